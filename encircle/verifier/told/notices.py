"""Is each notice the map's own, or one that a judgement gives: in its words, where it is so."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from encircle.map.naming import begin, call_features
from encircle.map.situation import Barrier, Control, Position
from encircle.verifier.path.case import Fault
from encircle.verifier.told.sentences import is_gainsaid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from encircle.map.situation import Feature, Situation
    from encircle.verifier.ground import Survey
    from encircle.verifier.reading.said import ToldNotice
    from encircle.verifier.told.beside import Beside

PLACE = r"-?[\d.]+, -?[\d.]+"
SEVERITIES = {
    "feature_far_away": ("doubt", "caution"),
    "map_swapped": ("doubt",),
    "force_off_the_map": ("caution",),
    "anchor_off_the_map": ("caution",),
    "force_on_hostile_ground": ("doubt", "caution"),
    "dated_far_later": ("doubt",),
    "map_small_for_seams": ("doubt",),
    "no_anchor": ("doubt",),
    "anchor_on_hostile_ground": ("doubt", "caution"),
    "anchor_beside_its_ground": ("caution",),
    "anchor_abroad": ("caution",),
    "route_over_water": ("caution",),
    "crossing_spans_nothing": ("doubt",),
    "crossing_ends_in_water": ("doubt",),
    "tunnel_on_hostile_ground": ("doubt",),
    "posted_twice": ("caution",),
    "no_enemy_drawn": ("caution",),
    "outline_mended": ("caution", "info"),
    "loose_end_tied": ("info",),
    "loose_end_open": ("caution",),
    "road_short_of_crossing": ("caution",),
    "unpainted_strip": ("caution",),
    "ring_closed_by_the_edge": ("caution",),
    "likelihood_against_verdict": ("caution",),
    "left_out_for_time": ("caution",),
}
"""Notice that a judgement gives by itself to the severities it may have."""
FRAMES = {
    "left_out_for_time": (
        r"Left out, since the judgement was to take no longer than [\d.]+(e-\d+)? s: [a-z, ]+\. "
        r"Allow more time\."
    ),
    "feature_far_away": (
        r"{0} lies \d+ km from the rest of the map\. (Its longitude and latitude are swapped: write"
        r" \[lon, lat\]|Is it meant\? Mend its place, or leave it out)\."
    ),
    "map_swapped": (
        r"Longitude and latitude of the whole map look swapped: it lies at {place}, and .+ {place}"
        r"\. Write \[lon, lat\] everywhere\."
    ),
    "dated_far_later": (
        r"{0} is dated {day}, {years} years after the instant judged, and is left out\. Is the year"
        r" mistyped\?"
    ),
    "map_small_for_seams": (
        r"The whole map is {across} m across, and gaps between drawings of less than {seam} m count"
        r" as seams, on which nobody stands\. Give a smaller seam_m, or draw the map at its true "
        r"size\."
    ),
    "force_off_the_map": (
        r"{0} stands outside the area of the map: widen the area, or mend its place\."
    ),
    "anchor_off_the_map": (
        r"{0} lies outside the area of the map and cannot be reached: widen the area\."
    ),
    "force_on_hostile_ground": (
        r"{list} (stands|stand, the first of them,) at {place} on ground the map gives to "
        r"{side}( and {side})*: (only a word says that anybody is there, and it does not outvote "
        r"the map|the position and the map contradict each other)\. Mend the place, or the map\."
    ),
    "no_anchor": (
        r"No land anchor of ({side}|the force) is drawn: nothing on this map counts as reached\. "
        r"Draw the friendly ground that has its own way onward as an anchor\."
    ),
    "anchor_on_hostile_ground": (
        r"({0} lies|\d+ % of {0} lies) at {place} on ground the map gives to {side}(,? (and )?"
        r"{side})* and does not count: an anchor is friendly ground with its own way onward\. Move "
        r"it, or mend the map\."
    ),
    "anchor_beside_its_ground": (
        r"{0} lies at {place}, \d+ m off the ground of {side}, where nobody says who holds the "
        r"ground: it is reached only over that\. Move it onto the ground, or draw the ground on to "
        r"it\."
    ),
    "anchor_abroad": (
        r"{0} lies at {place} on neutral ground, and no crossing leads there: a route carries "
        r"nobody over neutral ground, nor does its end join an anchor there\. Draw the gate as a "
        r"crossing that ends at it\."
    ),
    "route_over_water": (
        r"{0} runs over {1} at {place}(, and at [a-z\d]+ places? more)? and no crossing is drawn "
        r"there: nobody passes\. Draw the bridge, or say that there is none\."
    ),
    "crossing_spans_nothing": (
        r"{0} at {place} spans nothing: {1} runs \d+ m beside it, and a crossing finds what lies "
        r"within \d+ m\. Move it onto the [a-z]+, or state how far its place may be off in "
        r"location_error_m\."
    ),
    "crossing_ends_in_water": (
        r"{0} ends at {place} in {1}, \d+ m from its bank: nobody lands there\. Draw it from bank "
        r"to bank\."
    ),
    "tunnel_on_hostile_ground": (
        r"{0} comes up at {place} on ground the map gives to {side}: draw it to where its end "
        r"really is, or mend the map\."
    ),
    "posted_twice": (
        r"({list}|{0} and its copies) are one (line|crossing) at {place}, posted \d+ times: "
        r"counted once\. Leave the "
        r"copies out, or name both sources on one\."
    ),
    "no_enemy_drawn": (
        r"Barriers are drawn \({list}\) and no hostile ground: whatever closes the force in is "
        r"barriers alone\. Draw who holds the ground beyond them\."
    ),
    "outline_mended": (
        r"The outline of {0} crosses itself at {place} once it is drawn in metres, and (has no area"
        r" left: it is judged as if nobody had drawn it|was mended, by \d+ m2)\. Draw its sides "
        r"there apart, or leave the sliver out\."
    ),
    "loose_end_tied": (
        r"{0} ends at {place}, \d+ m short of what stops there too: it is taken to run on to it, as"
        r" a gap narrower than a seam is the drawing's\. Draw it wider if there is a way through\."
    ),
    "loose_end_open": (
        r"{0} ends at {place}, \d+ m short of {1}: that is wider than a seam of \d+ m, and one "
        r"passes round its end there\. Draw it on if it goes on; leave it if that is a way\."
    ),
    "road_short_of_crossing": (
        r"{0} ends at {place}, \d+ m short of {1}: a crossing joins what lies within \d+ m, so it "
        r"does not lead over it\. Draw the road on to the crossing, or leave it if it ends there\."
    ),
    "unpainted_strip": (
        r"(The way out over ground is pinched to|The ring is closed by no more than) \d+ m at "
        r"{place} of a strip that nobody painted, between {list}: wider than a seam of \d+ m, it "
        r"(lets through|parts the force from its side)\. If it is only the gap between two "
        r"drawings, draw them up to each other; if it is ground, paint it\."
    ),
    "ring_closed_by_the_edge": (
        r"The ground of {list} runs off the map( at {place})? before an anchor is reached: only "
        r"the "
        r"map's edge closes the ring there, and an edge is no wall\. Widen the area, or draw what "
        r"lies beyond\."
    ),
    "likelihood_against_verdict": (
        r"On this map (the ring is closed\. But it is only as good as all that closes it together, "
        r"and each piece of evidence it rests on may be wrong|a way out is open\. But each piece "
        r"of "
        r"evidence it rests on may be wrong, and then the enemy may stand on it|it hangs on ground "
        r"nobody is sure of\. But errors and grades say more than the map does): that the force "
        r"was "
        r"encircled is [a-z -]+( \((over |under )?[\d.e+-]+( to [\d.e+-]+)? %\)"
        r"|, by probabilities stated as 0 or 1)\."
    ),
}
"""
Notice that a judgement gives by itself to its sentence, as a pattern.

`{0}` and `{1}` stand for what the features it names are called, `{list}` for some of them, `{side}`
for a side and `{place}` for a place; `{day}` and `{years}` for when the feature named is dated, and
how long after the instant judged; `{across}` and `{seam}` for the width of the map and of a seam,
metres. Source: contract, Drawing slips.
"""
LATE = timedelta(days=366)
"""What is dated later than this after the instant judged may have its year mistyped."""
YEAR_DAYS = 365.25
SEAMS_ACROSS = 4
"""A map less than so many seams across is hardly larger than what counts as none of it."""
NOTHING = "(?!)"
"""What no text matches."""


def notices_have_their_form(beside: Beside) -> Iterator[Fault]:
    """Every notice is the map's own, or one that a judgement gives, in the words it is given in."""
    own = {(n.code, n.severity, n.statement, n.features) for n in beside.drawn.notices}
    ids = {feature.id: feature for feature in beside.drawn.features}
    maps = (beside.drawn, beside.survey.situation)
    names = [call_features(one, placed=placed) for one in maps for placed in (False, True)]
    for notice in beside.said.notices:
        said = (notice.code, notice.severity, notice.statement, notice.features)
        if said in own:
            continue
        strange = tuple(name for name in notice.features if name not in ids)
        if notice.code not in FRAMES:
            yield Fault(f"the notice {notice.statement!r:.120} is none of the map's")
        elif notice.severity not in SEVERITIES[notice.code]:
            yield Fault(f"{notice.code!r} is told as {notice.severity}")
        elif strange:
            yield Fault(f"{notice.code!r} is told of what is not on the map", strange)
        elif not _fits(notice, names, beside):
            yield Fault(f"{notice.code!r} is told as {notice.statement!r:.200}", notice.features)


def _fits(notice: ToldNotice, names: list[dict[str, str]], beside: Beside) -> bool:
    """Tell whether a notice is the sentence of its kind, of the features that it names."""
    drawn = beside.drawn
    called = [{words[name] for words in names if name in words} for name in notice.features]
    each = [_any_of(some | {begin(word) for word in some}) for some in called]
    one = _any_of(word for some in called for word in (*some, *map(begin, some)))
    sides = {s for f in drawn.features for s in (getattr(f, "side", None), _holder(f)) if s}
    slots = {
        "{place}": PLACE,
        "{side}": _any_of(map(drawn.side_name, sides)),
        "{list}": rf"{one}((, | and ){one})*( and \d+ more)?",
        "{0}": each[0] if each else NOTHING,
        "{1}": each[1] if len(each) > 1 else NOTHING,
        **(_say_measures(beside.survey) if notice.code == "map_small_for_seams" else {}),
        **(_say_date(drawn, notice.features) if notice.code == "dated_far_later" else {}),
    }
    slot = "|".join(map(re.escape, slots))
    told = re.sub(slot, lambda found: slots[found[0]], FRAMES[notice.code])
    return re.fullmatch(told, notice.statement, re.DOTALL) is not None


def _say_measures(survey: Survey) -> dict[str, str]:
    """Say how wide the map is, and a seam on it."""
    across_m, seam_m = _measure_across(survey), survey.parameters.seam_m
    return {"{across}": re.escape(f"{across_m:.3g}"), "{seam}": re.escape(f"{seam_m:g}")}


def _say_date(drawn: Situation, names: Iterable[str]) -> dict[str, str]:
    """Say when the feature named is dated, and how many years after the instant judged."""
    name = next(iter(names), None)  # the one that the notice names
    at = next((f.observed_at for f in drawn.features if f.id == name and f.observed_at), None)
    if at is None:
        return {"{day}": NOTHING, "{years}": NOTHING}
    years = (at - drawn.as_of).days / YEAR_DAYS
    return {"{day}": at.date().isoformat(), "{years}": f"{years:.0f}"}


def _measure_across(survey: Survey, enough_m: float = math.inf) -> float:
    """Measure how wide the map is that is drawn, metres, or find it wide enough."""
    low, high = np.full(2, math.inf), np.full(2, -math.inf)
    for feature in survey.known.values():
        drawn = survey.plane.to_metres(feature.drawn)
        if not drawn.is_empty:
            low, high = np.minimum(low, drawn.bounds[:2]), np.maximum(high, drawn.bounds[2:])
        if (high - low).max() >= enough_m:
            break
    return float((high - low).max()) if high[0] >= low[0] else enough_m


def _holder(feature: Feature) -> str | None:
    return feature.holder if isinstance(feature, Control) else None


def _any_of(words: Iterable[str]) -> str:
    """Write a pattern of words one of which stands there, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


def notices_due_are_told(beside: Beside) -> Iterator[Fault]:
    """What needs no more than a look at the map is told where it is so, and only there."""
    due = {(code, name) for code, name in _list_due(beside)}
    told = {
        (notice.code, name)
        for notice in beside.said.notices
        if notice.code in ALWAYS_TOLD
        for name in (notice.features if notice.code in OF_ONE else ("",))
    }
    for code, name in sorted(due - told):
        yield Fault(f"the notice {code!r} is not told", (name,) if name else ())
    for code, name in sorted(told - due):
        yield Fault(f"the notice {code!r} is told, and it is not so", (name,) if name else ())


OF_ONE = ("force_off_the_map", "anchor_off_the_map", "dated_far_later")
OF_ALL = ("no_anchor", "no_enemy_drawn", "map_small_for_seams", "likelihood_against_verdict")
ALWAYS_TOLD = (*OF_ONE, *OF_ALL)
"""Notices that follow from the map at a look, or from what else is told."""


def _list_due(beside: Beside) -> Iterator[tuple[str, str]]:
    survey, area = beside.survey, beside.survey.situation.area
    anchors = beside.land_anchors
    if not anchors:
        yield "no_anchor", ""
    force = survey.situation.positions_of(survey.situation.force)
    mine = [p for p in force if p.id in survey.known and p.present != "withdrawn"]
    for code, features in (("force_off_the_map", mine), ("anchor_off_the_map", anchors)):
        yield from ((code, f.id) for f in features if area and f.drawn.disjoint(area))
    others = (p for p in survey.each(Position) if p.side not in survey.friends)
    held = (c for c in survey.each(Control) if survey.holder(c) in ("hostile", "grey"))
    if any(survey.each(Barrier)) and not any(others) and not any(held):
        yield "no_enemy_drawn", ""
    least_m = SEAMS_ACROSS * survey.parameters.seam_m
    if least_m and _measure_across(survey, least_m) < least_m:
        yield "map_small_for_seams", ""
    for feature in survey.situation.features:
        at = feature.observed_at
        if at is not None and at - survey.situation.as_of > LATE:
            yield "dated_far_later", feature.id
    if is_gainsaid(beside.said):
        yield "likelihood_against_verdict", ""

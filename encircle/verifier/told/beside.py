"""What is told beside a verdict: names, notices and confidence, as far as the map gives them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.map.naming import begin, call_features
from encircle.map.situation import Anchor, Barrier, Control, Position
from encircle.verifier.path.case import Fault
from encircle.verifier.told.sentences import is_gainsaid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from encircle.map.situation import Feature, Situation, Source
    from encircle.verifier.ground import Survey
    from encircle.verifier.reading.said import Confidence, Said, ToldNotice

PLACE = r"-?[\d.]+, -?[\d.]+"
SEVERITIES = {
    "feature_far_away": ("doubt", "caution"),
    "map_swapped": ("doubt",),
    "force_off_the_map": ("caution",),
    "anchor_off_the_map": ("caution",),
    "force_on_hostile_ground": ("doubt", "caution"),
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
for a side and `{place}` for a place. Source: contract, Drawing slips.
"""
NOTHING = "(?!)"
"""What no text matches."""
LEVELS = ("low", "moderate", "high")
WHOLE_M = 1000.0
"""Metres that boundaries are moved by where confidence is graded. Source: contract, Confidence."""
WEAK_RELIABILITY, WEAK_CREDIBILITY = ("D", "E"), (4, 5)
UNJUDGED_RELIABILITY, UNJUDGED_CREDIBILITY = (None, "F"), (None, 6)
"""Admiralty grades that are doubtful, and those nobody could give. Source: AJP-2.1."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told beside the verdict, and the map: as drawn, and as judged."""

    said: Said
    drawn: Situation
    survey: Survey

    @property
    def speaking(self) -> list[Position]:
        """The positions one of which speaks for the force: those there, else perhaps, else all."""
        survey = self.survey
        force = survey.situation.positions_of(survey.situation.force)
        present = [p for p in force if p.present != "withdrawn"]
        return [p for p in force if survey.stands(p)] or present or force

    @property
    def land_anchors(self) -> list[Anchor]:
        """The anchors that could be reached by land."""
        survey = self.survey
        return [a for a in survey.each(Anchor) if a.access == "land" and a.side in survey.friends]


def names_are_those_of_the_map(beside: Beside) -> Iterator[Fault]:
    """What features, and the force, are called is what the map calls them."""
    drawn = beside.drawn
    due = {drawn.force: drawn.name_of(drawn.force), **call_features(drawn)}
    for name, told in beside.said.names.items():
        if told != due.get(name):
            its = repr(due[name]) if due.get(name) else "nothing of that id on the map has a name"
            yield Fault(f"{name!r} is called {told!r:.120}: {its}", (name,))


# -- notices -----------------------------------------------------------------------------------


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
        elif not _fits(notice, names, beside.drawn):
            yield Fault(f"{notice.code!r} is told as {notice.statement!r:.200}", notice.features)


def _fits(notice: ToldNotice, names: list[dict[str, str]], drawn: Situation) -> bool:
    """Tell whether a notice is the sentence of its kind, of the features that it names."""
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
    }
    told = re.sub(r"{(place|side|list|0|1)}", lambda slot: slots[slot[0]], FRAMES[notice.code])
    return re.fullmatch(told, notice.statement, re.DOTALL) is not None


def _holder(feature: Feature) -> str | None:
    return feature.holder if isinstance(feature, Control) else None


def _any_of(words: Iterable[str]) -> str:
    """Write a pattern of words one of which stands there, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


def notices_due_are_told(beside: Beside) -> Iterator[Fault]:
    """A map without an anchor, and what lies off it, are told where it is so and only there."""
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


OF_ONE = ("force_off_the_map", "anchor_off_the_map")
ALWAYS_TOLD = (*OF_ONE, "no_anchor", "no_enemy_drawn", "likelihood_against_verdict")
"""Notices that follow from the map, or from what else is told, without measuring anything."""


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
    if is_gainsaid(beside.said):
        yield "likelihood_against_verdict", ""


# -- confidence --------------------------------------------------------------------------------


def confidence_is_what_follows(beside: Beside) -> Iterator[Fault]:
    """Confidence is low where the map does not settle it, or speaks against it, and no lower."""
    said, told = beside.said, beside.said.confidence
    if told is None:
        return
    if told.level not in LEVELS:
        yield Fault(f"confidence is {told.level!r:.40}")
        return
    thin = told.moved_m is not None and told.moved_m < WHOLE_M
    low = _find_low(said, told, thin=thin)
    if low and told.level != "low":
        yield Fault(f"{low}, and confidence is {told.level}")
    if not low and told.level == "low" and said.whole.code != "N":
        yield Fault("confidence is low, and nothing that is told makes it so")
    if told.level == "high":
        yield from (Fault(f"{why}, and confidence is high") for why in _keep_down(beside, told))
    yield from _hold_room(said, told)


def _find_low(said: Said, told: Confidence, *, thin: bool) -> str:
    """Say why confidence is low; empty where nothing makes it so."""
    if any(notice.severity == "doubt" for notice in said.notices):
        return "a notice is a doubt"
    if said.whole.code in ("U", "C3"):
        return "the map does not settle it"
    late = (n.statement for n in said.notices if n.code == "left_out_for_time")
    if any("the confidence" in statement for statement in late):
        return "there was no time to look into it"
    if is_gainsaid(said):
        return "the likelihood speaks against the verdict"
    hangs = told.holds is not None and told.holds[0] < told.holds[1]
    return "it hangs on one origin and on boundaries" if hangs and thin else ""


def _keep_down(beside: Beside, told: Confidence) -> Iterator[str]:
    """Say what keeps confidence from being high, of what can be told without judging again."""
    survey, said = beside.survey, beside.said
    known = [*survey.known.values()]
    if told.holds is None or told.holds[0] < told.holds[1]:
        yield "it is not said to hold without each origin"
    if told.moved_m is None or told.moved_m < WHOLE_M:
        yield f"it is not said to hold with boundaries {WHOLE_M:.0f} m out"
    if any(map(survey.is_stale, known)):
        yield "some evidence is too old to rely on"
    if all(p.basis == "sketch" or survey.is_bare(p) for p in beside.speaking):
        yield "only a word or a sketch places the force"
    sources = [source for feature in known for source in feature.sources]
    if len({source.origin or source.id for source in sources}) < 2:  # noqa: PLR2004 - one is not two
        yield "no two origins are on the map"
    if not any(s.reliability or s.credibility for s in sources):
        yield "no source is graded"
    if not any(feature.dated for feature in known):
        yield "no evidence is dated"
    named = set(_list_named(said))
    doubtful = {s.id for f in known if f.id in named for s in f.sources if _is_doubtful(s)}
    if doubtful:
        yield f"the proof rests on {', '.join(sorted(doubtful)):.120}, doubtful or unjudged"
    low, high = said.p_encircled or (0.0, 1.0)
    if said.p_encircled and not (low > 0.5 if said.whole.encircled else high < 0.5):  # noqa: PLR2004
        yield "the likelihood does not bear the verdict out"


def _list_named(said: Said) -> Iterator[str]:
    """List the features that the force's proof names."""
    path, ring = said.whole.open, said.whole.closed
    if path is not None:
        yield from (name for leg in path.legs for name in leg.evidence)
    if ring is not None:
        yield from (name for segment in ring.segments for name in segment.evidence)
        yield from (stop.id for stops in ring.cut_set.values() for stop in stops)


def _is_doubtful(source: Source) -> bool:
    """Tell a source that is graded, and doubtful, or of which a part could not be judged."""
    if not (source.reliability or source.credibility):
        return False
    return source.reliability in (
        *WEAK_RELIABILITY,
        *UNJUDGED_RELIABILITY,
    ) or source.credibility in (*WEAK_CREDIBILITY, *UNJUDGED_CREDIBILITY)


def _hold_room(said: Said, told: Confidence) -> Iterator[Fault]:
    """How far boundaries may be out is half the neck, and no more than half of what closes."""
    if told.holds is not None and told.holds[0] > told.holds[1]:
        yield Fault(f"it is said to hold without {told.holds[0]} of {told.holds[1]} origins")
    if told.moved_m is None:
        return
    whole, margins = said.whole, said.margins
    most = WHOLE_M
    neck_m = margins.necks.get("pessimistic")
    by_neck = whole.verdict == "not_encircled" and margins.at is not None and neck_m is not None
    if by_neck:
        most = min(most, math.floor((neck_m or 0.0) / 2))
    elif whole.verdict == "encircled" and margins.opening_m is not None:
        most = min(most, math.floor(margins.opening_m / 2))
    if whole.verdict in ("indeterminate", "contested"):
        yield Fault(f"{whole.verdict} is said to hold with boundaries {told.moved_m:.0f} m out")
    elif told.moved_m > most or (by_neck and told.moved_m != most):
        yield Fault(f"it is said to hold with boundaries {told.moved_m:.0f} m out, not {most:.0f}")


BESIDE_RULES = (
    names_are_those_of_the_map,
    notices_have_their_form,
    notices_due_are_told,
    confidence_is_what_follows,
)
"""Everything asked of what is told beside the verdict, in the order it is asked."""

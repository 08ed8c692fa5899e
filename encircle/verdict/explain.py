"""A judgement in words a newspaper could print."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from encircle.map.days import say_day
from encircle.map.naming import begin, join_words, quote
from encircle.verdict.contradiction import say_area, say_distance
from encircle.verdict.judgement import BARRIERS_ALONE, CONTRADICTION, say_definition
from encircle.verdict.saying import (
    Telling,
    say_confidence,
    say_importance,
    say_likelihood,
    say_pivots,
    say_what_if,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.map.notices import Notice
    from encircle.verdict.judgement import Judged, Judgement, PositionJudged, Status
    from encircle.verdict.values import Axes, DisjointWays, Json, Leg, OpenPath

HEADLINES = {
    "C0": "{who} was not encircled: the way out was open",
    "C1": "{who} was not encircled: it stood in a salient with an open way out",
    "C2": "{who} was not encircled: a way out was open, but {but}",
    "C3": "whether {who} was encircled on {day} hung on ground nobody was sure of",
    "E1": "{who} was encircled by land, but could still be reached {access}",
    "E2": "{who} was encircled and isolated: every way by land was closed",
    "N": "{who} was no longer there to be encircled",
    "U": "whether {who} was encircled on {day} cannot be told from this map",
}
LOST = (
    "the map gave the ground where {who} was placed to the enemy, and nothing else says that it "
    "was there: whether it was encircled cannot be told"
)
BARRED = (
    "{who} had no way out by land: barriers alone closed it in, and nobody is drawn holding them"
)
GRAVITY = {"doubt": "In doubt: ", "caution": "", "info": ""}
MODES = {
    "rail": "by rail", "wheeled": "on wheels", "tracked": "on tracks", "foot": "on foot",
    "boat": "by boat",
}  # fmt: skip
HELD_BY = {
    "hostile": "hostile ground", "barrier": "a barrier", "sea": "the sea",
    "neutral": "neutral ground", "grey": "unclear ground", "edge": "the edge of the map",
}  # fmt: skip
"""What closes a ring, in words."""
MOST_POSITIONS = 12
"""As many positions of one status are named in one line; the rest are counted."""


def write_headline(  # noqa: PLR0913 - what a headline speaks of
    who: str,
    as_of: str,
    judged: Judged,
    positions: Sequence[PositionJudged],
    cut: Json,
    notices: Sequence[Notice],
    *,
    is_gainsaid: bool,
) -> str:
    """Write one sentence a newspaper could print; `is_gainsaid`: by the likelihood."""
    sentence = HEADLINES[judged.status.code]
    rules = {finding.rule for finding in judged.findings}
    if CONTRADICTION in rules:
        sentence = LOST
    elif BARRIERS_ALONE in rules:
        sentence = BARRED
    day = say_day(datetime.fromisoformat(as_of)) + (", on this map," if is_gainsaid else "")
    told = f"On {day} {sentence}" if "{day}" not in sentence else sentence
    text = told.format(who=who, day=day, access=_access(judged.axes), but=_but(judged.axes))
    if cut["of"] > 1 and 0 < cut["units"] < cut["of"]:
        were = "was" if cut["units"] == 1 else "were"
        text += f"; {cut['units']} of its {cut['of']} units {were} cut off"
        if cut["weight_share"] is not None:
            text += f" ({cut['weight_share']:.0%} of its weight)"
    hung = sum(position.judged.status.code == "C3" for position in positions)
    if hung and judged.status.code in ("C0", "C1", "C2"):
        their = f"{hung} of its {len(positions)} units"
        text += f"; whether {their} could get out hung on ground nobody was sure of"
    doubts = [n.statement for n in notices if n.severity == "doubt"]
    if doubts and CONTRADICTION not in rules:
        more = f" and {len(doubts) - 1} more" if doubts[1:] else ""
        text += f"; the map is in doubt ({_shorten(doubts[0])}{more})"
    return f"{begin(text)}."


def _shorten(statement: str) -> str:
    """Give the first clause of a sentence, to stand in brackets."""
    clause = re.split(r"[:;] |\. |\.$", statement, maxsplit=1)[0]
    return re.sub(r"^(A|An|The|This|No|Longitude) ", lambda article: article[0].lower(), clause)


def name_force(force_name: str | None, side: str, title: str | None) -> str:
    """
    Name a force as a newspaper would: by its own name, else by its side and the map's title.

    An id is no name: it is the drawer's, for the drawer.
    """
    if force_name:
        return force_name
    owner = f"{side}'" if side.endswith("s") else f"{side}'s"
    title = (title or "").strip().rstrip(".?!")
    return f"{owner} force ({quote(title)})" if title and title != "?" else f"{owner} force"


def _but(axes: Axes) -> str:
    if "open" not in (axes.land["wheeled"], axes.land["tracked"]):
        return "not for wheels or tracks"
    if axes.fire == "F4":
        return "nothing that moved on it survived for long"
    return "no vehicle could count on surviving it"


def _access(axes: Axes) -> str:
    names = {"sea": "by sea", "air": "by landing aircraft", "special": "by a special way"}
    by = [words for axis, words in names.items() if axes.access[axis] in ("open", "contested")]
    return " and ".join(by) or "from outside"


def explain(judgement: Judgement, *, ids: bool = False) -> str:
    """
    Write a judgement out: headline, reasons, definitions, proof, margins, what it rests on.

    Parameters
    ----------
    ids
        Give behind each line the ids of the features it speaks of, in square brackets.

    Returns
    -------
    text
        Plain sentences, a paragraph a question; no markup, and no line twice.
    """
    telling = Telling(judgement, judgement.names, ids)
    paragraphs = (list(dict.fromkeys(lines)) for lines in _paragraphs(telling))
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs if paragraph)


def _paragraphs(telling: Telling) -> Iterator[Iterator[str]]:
    judgement = telling.judgement
    yield iter([judgement.headline])
    yield _say_notices(telling)
    yield _say_status(telling)
    yield _say_definitions(judgement)
    yield _say_proof(telling)
    yield _say_margins(telling)
    yield _say_positions(telling)
    yield say_likelihood(judgement)
    yield say_pivots(telling)
    yield say_importance(telling)
    yield say_what_if(telling)
    yield say_confidence(judgement)


def _say_status(telling: Telling) -> Iterator[str]:
    status = telling.judgement.status
    yield f"Status {status.code}, {status.label.lower()}."
    told: set[frozenset[str]] = set()
    way = telling.judgement.judged.proof.path
    for finding in telling.judgement.findings:
        if finding.rule in OF_THE_WAY and not way:  # there is no way that it could be of
            continue
        about = frozenset(finding.evidence)
        said = _add_names(
            finding.statement, "" if about in told else telling.list(finding.evidence)
        )
        told.add(about)
        lead = f"Because {said[:1].lower()}{said[1:]}" if finding.decides else f"- {said}"
        yield f"{lead}{telling.point(finding.evidence)}"


def _add_names(statement: str, names: str) -> str:
    """End a statement with what it speaks of: after a colon, or in brackets if it has one."""
    if not names:
        return statement
    last = statement.rstrip(".").rpartition(". ")[2]
    told = f" ({names})" if ":" in last else f": {names}"
    return f"{statement.rstrip('.')}{told}."


def _say_notices(telling: Telling) -> Iterator[str]:
    """Say what must be told beside the verdict, the gravest first."""
    if not telling.judgement.notices:
        return
    yield "Notices:"
    for notice in telling.judgement.notices:
        about = telling.point(notice.features)
        yield f"- {GRAVITY[notice.severity]}{notice.statement}{about}"


def _say_definitions(judgement: Judgement) -> Iterator[str]:
    if set(judgement.definitions.values()) == {"unknown"}:
        yield "By definition: unknown, whichever of them is meant."
        return
    yield "By definition:"
    for name, answer in judgement.judged.definitions.items():
        yield f"- {say_definition(name, name)}: {answer}"


def _say_proof(telling: Telling) -> Iterator[str]:
    proof = telling.judgement.judged.proof
    if proof.path:
        yield from _say_way(telling, proof.path)
    if ring := proof.ring:
        held: dict[str, float] = {}
        for segment in ring.segments:
            held[segment.held_by] = held.get(segment.held_by, 0.0) + segment.length_m
        parts = [
            f"{HELD_BY.get(by, by)} ({say_distance(m)})"
            for by, m in held.items()
            if m >= LEAST_LEG_M
        ]
        inside = f", {say_area(ring.area_km2)} inside" if ring.area_km2 else ""
        yield (
            f"Proof that the ring was closed ({ring.reading} reading): it runs round "
            f"{telling.list(ring.units, MOST_POSITIONS)}{inside}, and is closed by "
            f"{join_words(parts or ['nothing but a point'])}."
            f"{telling.point((*ring.units, *ring.evidence))}"
        )


def _say_way(telling: Telling, path: OpenPath) -> Iterator[str]:
    """Say where a way begins and ends, what each stretch of it is, and which others there are."""
    start, end = telling.call(path.unit), telling.call(path.anchor)
    ends = telling.point([path.unit, path.anchor])
    lead = f"Proof that a way was open ({path.reading} reading)"
    if path.length_m < LEAST_LEG_M:
        yield f"{lead}: {start} stands on {end}, ground with its own way onward.{ends}"
        return
    yield (
        f"{lead}: {say_distance(path.length_m)} {MODES[path.mode]} from {start} to {end}, "
        f"ground with its own way onward.{ends}"
    )
    least_m = 0.0 if telling.ids else min(JOINT_M, path.length_m * JOINT_SHARE)
    legs = [leg for leg in path.legs if leg.length_m >= least_m or leg.by == "crossing"]
    for number, leg in enumerate(legs, 1):
        on = telling.list(leg.evidence) or "ground nobody drew"
        yield f"  {number}. {_say_leg(leg)}: {on}{telling.point(leg.evidence)}"
    yield _say_disjoint(telling, path.disjoint)


def _say_leg(leg: Leg) -> str:
    """Say how far a stretch runs over whose ground and under which fire."""
    far = f"{say_distance(leg.length_m)} " if leg.length_m >= LEAST_LEG_M else ""
    ground = CONTROL.get(leg.control, f"{leg.control} ground")
    over = {"route": f"by route over {ground}", "crossing": "at a crossing"}
    fire = "under no fire" if leg.fire == "F0" else f"under fire {leg.fire}"
    told = fire if leg.fire else "fire not mapped"
    return f"{far}{over.get(leg.by, f'over {ground}')}, {told}"


def _say_disjoint(telling: Telling, disjoint: DisjointWays) -> str:
    ways = [" + ".join(dict.fromkeys(map(telling.call, way))) for way in disjoint.ways]
    if not ways:
        return "  No route is mapped on it; it runs over open ground."
    about = telling.point(name for way in disjoint.ways for name in way)
    return (
        f"  Separate routes and crossings out from there: {disjoint.count} "
        f"({'; '.join(ways)}).{about}"
    )


def _say_margins(telling: Telling) -> Iterator[str]:
    """Say how much would have to change; nothing of widths where every way is closed."""
    margins = telling.judgement.margins
    if not margins:
        return
    neck, closing = margins["neck_width_m"], margins["closing_distance_m"]
    yield "Margins with all unknown ground hostile (in brackets: passable, where that differs):"
    path = telling.judgement.judged.proof.path
    crossed = path and any(leg.by == "crossing" for leg in path.legs)
    if crossed and neck["pessimistic"] is None and closing["pessimistic"] is None:
        yield "- narrowest place of the widest way: a crossing; no open ground leads out"
    elif path:
        unmeasured = "a crossing" if crossed else "no width to measure"
        width = _span(neck, "no way", unmeasured)
        yield f"- narrowest place of the widest way: {width}{_at(telling, neck)}"
        front = _span(closing, "none needed", "none, a crossing")
        yield f"- new front that would close the ring: {front}"
    routes, bearings = margins["disjoint_routes"], margins["hostile_bearings"]
    if routes["pessimistic"] or routes["optimistic"]:
        counted = (str(routes[reading]) for reading in ("pessimistic", "optimistic"))
        yield f"- separate routes out, of the whole force: {_differ(*counted)}"
    shares = (f"{bearings[reading]:.0%}" for reading in ("pessimistic", "optimistic"))
    yield f"- hostile ground on {_differ(*shares)} of the compass"
    if margins["opening_distance_m"]:
        far_m = margins["opening_distance_m"]["distance_m"]
        far = say_distance(far_m) if far_m >= LEAST_LEG_M else "any, for friends touch it"
        yield f"- friendly advance that would open the ring: {far}"


def _differ(strict: str, kind: str) -> str:
    """Give a value on both readings, once where they agree."""
    return strict if strict == kind else f"{strict} ({kind})"


def _span(values: dict[str, Any], closed: str, crossed: str) -> str:
    def say(value: float | None) -> str:
        return crossed if value is None else say_distance(value) if value else closed

    return _differ(say(values["pessimistic"]), say(values["optimistic"]))


def _at(telling: Telling, neck: dict[str, Any]) -> str:
    if not neck["at"]:
        return ""
    lon, lat = neck["at"]
    walls = [name for name in neck["evidence"] if name not in telling.own]
    pinch = f", pinched by {telling.list(walls)}" if walls else ""
    return f", at {lon:.3f}, {lat:.3f}{pinch}{telling.point(neck['evidence'])}"


def _say_positions(telling: Telling) -> Iterator[str]:
    positions = telling.judgement.positions
    if len(positions) < 2:  # noqa: PLR2004 - nothing to compare
        return
    yield "Position by position:"
    alike: dict[Status, list[str]] = {}
    for position in positions:
        alike.setdefault(position.judged.status, []).append(position.id)
    for status, ids in alike.items():
        named = telling.list(ids, MOST_POSITIONS)
        yield f"- {status.code}, {status.label.lower()}: {named}{telling.point(ids)}"


OF_THE_WAY = frozenset({"fire_on_the_way", "fire_unmapped", "routes_out"})
"""Findings that describe a way out."""
LEAST_LEG_M = 0.5
"""Shorter is no length to be told, metres."""
JOINT_M, JOINT_SHARE = 50.0, 0.01
"""A stretch shorter than a seam, metres, and than this share of its way is a joint of the drawing:
it is told with the ids only."""
CONTROL = {"grey": "unclear ground"}
"""Whose ground a way runs over, where the proof's own word is none for a reader."""

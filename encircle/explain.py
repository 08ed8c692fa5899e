"""A judgement in words a newspaper could print."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from encircle.calling import make_callable
from encircle.confidence import speaks_against
from encircle.judgement import BARRIERS_ALONE, CONTRADICTION, name_hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.judgement import Judgement

HEADLINES = {
    "C0": "{who} was not encircled: the way out was open",
    "C1": "{who} was not encircled: it stood in a salient with an open way out",
    "C2": "{who} was not encircled: a way out was open, but {but}",
    "C3": "whether {who} was encircled hung on ground nobody was sure of",
    "E1": "{who} was encircled by land, but could still be reached {access}",
    "E2": "{who} was encircled and isolated: every way by land was closed",
    "N": "{who} was no longer there to be encircled",
    "U": "whether {who} was encircled cannot be told from this map",
}
LOST = (
    "the map gave the ground where {who} was placed to the enemy, and nothing else says that it "
    "was there: whether it was encircled cannot be told"
)
BARRED = (
    "{who} had no way out by land: barriers alone closed it in, and nobody is drawn holding them"
)
QUESTIONS = {
    "land_cut": "cut off by land (the usual meaning of encircled)",
    "vehicle_cut": "cut off for wheels and tracks",
    "fire_control": 'every way left under fire control ("operational encirclement")',
    "isolation": "isolated by land, sea and air",
    "surrounded": "hostile ground on nearly all sides (the popular word)",
}
HELD_BY = {"edge": "edge of the map"}
"""What holds a ring, where its name in a proof is no word for a reader."""
GRAVITY = {"doubt": "In doubt: ", "caution": "", "info": ""}
MODES = {
    "rail": "rail", "wheeled": "wheels", "tracked": "tracks", "foot": "foot", "boat": "boat",
}  # fmt: skip


def write_headline(judgement: Judgement) -> str:
    """Write one sentence a newspaper could print."""
    who = name_force(judgement)
    sentence = HEADLINES[judgement.status.code]
    rules = {finding.rule for finding in judgement.findings}
    if CONTRADICTION in rules:
        sentence = LOST
    elif BARRIERS_ALONE in rules:
        sentence = BARRED
    text = sentence.format(who=who, access=_access(judgement), but=_but(judgement))
    cut = judgement.cut_off
    if cut["of"] > 1 and 0 < cut["units"] < cut["of"]:
        were = "was" if cut["units"] == 1 else "were"
        text += f"; {cut['units']} of its {cut['of']} units {were} cut off"
        if cut["weight_share"] is not None:
            text += f" ({cut['weight_share']:.0%} of its weight)"
    hung = sum(position.judged.status.code == "C3" for position in judgement.positions)
    if hung and judgement.status.code in ("C0", "C1", "C2"):
        their = f"{hung} of its {len(judgement.positions)} units"
        text += f"; whether {their} could get out hung on ground nobody was sure of"
    doubts = [n.statement for n in judgement.notices if n.severity == "doubt"]
    if doubts and CONTRADICTION not in rules:
        more = f" and {len(doubts) - 1} more" if doubts[1:] else ""
        text += f"; the map is in doubt ({_shorten(doubts[0])}{more})"
    on_map = ", on this map," if speaks_against(judgement) else ""
    return f"On {_say_date(judgement.as_of)}{on_map} {text}."


def _shorten(statement: str) -> str:
    """Give the first clause of a sentence."""
    return re.split(r"[:;] |\. |\.$", statement, maxsplit=1)[0]


def name_force(judgement: Judgement) -> str:
    """
    Name a force as a newspaper would: by its own name, else by its side and the map's title.

    An id is no name: it is the drawer's, for the drawer.
    """
    if judgement.force_name:
        return judgement.force_name
    side = judgement.side_name or judgement.side
    owner = f"{side}'" if side.endswith("s") else f"{side}'s"
    title = (judgement.title or "").strip().rstrip(".?!")
    return f'{owner} force ("{title}")' if title and title != "?" else f"{owner} force"


def _say_date(instant: str) -> str:
    day = datetime.fromisoformat(instant)
    return f"{day.day} {day:%B %Y}"


def _but(judgement: Judgement) -> str:
    land = judgement.judged.axes["land"]
    if "open" not in (land["wheeled"], land["tracked"]):
        return "not for wheels or tracks"
    if _fire(judgement) == "F4":
        return "nothing that moved on it survived for long"
    return "no vehicle could count on surviving it"


def _access(judgement: Judgement) -> str:
    axes = judgement.judged.axes
    names = {"sea": "by sea", "air": "by landing aircraft", "special": "by a special way"}
    by = [words for axis, words in names.items() if axes[axis] in ("open", "contested")]
    return " and ".join(by) or "from outside"


def _fire(judgement: Judgement) -> str | None:
    grade: str | None = judgement.judged.axes["fire"]["best"]
    return grade


def explain(judgement: Judgement) -> str:
    """
    Write a judgement out: headline, reasons, definitions, proof, margins, what it rests on.

    Returns
    -------
    text
        Plain sentences, a paragraph a question; no markup.
    """
    return "\n\n".join(
        "\n".join(paragraph) for paragraph in (list(p) for p in _paragraphs(judgement)) if paragraph
    )


def _paragraphs(judgement: Judgement) -> Iterator[Iterator[str]]:
    yield iter([judgement.headline])
    yield _say_notices(judgement)
    yield _say_status(judgement)
    yield _say_definitions(judgement)
    yield _say_proof(judgement)
    yield _say_margins(judgement)
    yield _say_positions(judgement)
    yield _say_likelihood(judgement)
    yield _say_pivots(judgement)
    yield _say_importance(judgement)
    yield _say_what_if(judgement)
    yield _say_confidence(judgement)


def _say_status(judgement: Judgement) -> Iterator[str]:
    status = judgement.status
    yield f"Status {status.code}, {status.label.lower()}."
    for finding in judgement.findings:
        ids = f" [{', '.join(finding.evidence)}]" if finding.evidence else ""
        yield f"{'Because' if finding.decides else '-'} {finding.statement}{ids}"


def _say_notices(judgement: Judgement) -> Iterator[str]:
    """Say what must be told beside the verdict, the gravest first."""
    if not judgement.notices:
        return
    yield "Notices:"
    for notice in judgement.notices:
        yield f"- {GRAVITY[notice.severity]}{notice.statement}"


def _say_definitions(judgement: Judgement) -> Iterator[str]:
    yield "By definition:"
    for name, answer in judgement.judged.definitions.items():
        yield f"- {QUESTIONS[name]}: {answer}"


def _say_proof(judgement: Judgement) -> Iterator[str]:
    path, ring = (judgement.judged.certificates[k] for k in ("open", "closed"))
    if path:
        yield (
            f"Proof that a way was open ({path['reading']} reading): {path['length_m'] / 1000:.1f} "
            f"km from the unit {path['unit']} to the anchor {path['anchor']} (ground with its own "
            f"way onward) by {MODES[path['mode']]}."
        )
        for number, leg in enumerate(path["legs"], 1):
            fire = f"fire {leg['fire']}" if leg["fire"] else "fire unmapped"
            on = ", ".join(leg["evidence"]) or "ground nobody drew"
            yield (
                f"  {number}. {leg['length_m'] / 1000:.1f} km by {leg['by']}, {leg['control']} "
                f"ground, {fire} ({on})"
            )
        yield _say_disjoint(path["disjoint"])
    if ring:
        held: dict[str, float] = {}
        for segment in ring["segments"]:
            by = name_hold(segment)
            held[by] = held.get(by, 0.0) + segment["length_m"] / 1000
        parts = ", ".join(f"{km:.1f} km {HELD_BY.get(by, by)}" for by, km in held.items())
        yield (
            f"Proof that the ring was closed ({ring['reading']} reading): round "
            f"{', '.join(ring['units'])}, {ring['area_km2']:g} km² inside, held by {parts}."
        )


def _say_disjoint(disjoint: dict[str, Any]) -> str:
    ways = [" + ".join(way) for way in disjoint["ways"]]
    if not ways:
        return "  No route is mapped on it; it runs over open ground."
    return (
        f"  Separate routes and crossings out from there: {disjoint['count']} ({'; '.join(ways)})."
    )


def _say_margins(judgement: Judgement) -> Iterator[str]:
    margins = judgement.margins
    if not margins:
        return
    neck, closing = margins["neck_width_m"], margins["closing_distance_m"]
    yield "Margins (unknown ground hostile / passable):"
    path = judgement.judged.certificates["open"]
    crossed = path and any(leg["by"] == "crossing" for leg in path["legs"])
    if crossed and neck["pessimistic"] is None and closing["pessimistic"] is None:
        yield "- narrowest place of the widest way: a crossing; no open ground leads out"
    else:
        yield f"- narrowest place of the widest way: {_span(neck)}{_at(neck)}"
        yield f"- new front that would close the ring: {_span(closing)}"
    routes, bearings = margins["disjoint_routes"], margins["hostile_bearings"]
    yield (
        f"- separate routes out, of the whole force: {routes['pessimistic']} / "
        f"{routes['optimistic']}"
    )
    yield (
        f"- hostile ground on {bearings['pessimistic']:.0%} / {bearings['optimistic']:.0%} "
        "of the compass"
    )
    if margins["opening_distance_m"]:
        km = margins["opening_distance_m"]["distance_m"] / 1000
        yield f"- friendly advance that would open the ring: {km:.1f} km"


def _span(values: dict[str, Any]) -> str:
    def say(value: float | None) -> str:
        return "-" if value is None else f"{value / 1000:.1f} km"

    return f"{say(values['pessimistic'])} / {say(values['optimistic'])}"


def _at(neck: dict[str, Any]) -> str:
    if not neck["at"]:
        return ""
    lon, lat = neck["at"]
    pinch = f", pinched by {' and '.join(neck['evidence'])}" if neck["evidence"] else ""
    return f", at {lon:.3f}, {lat:.3f}{pinch}"


def _say_positions(judgement: Judgement) -> Iterator[str]:
    if len(judgement.positions) < 2:  # noqa: PLR2004 - nothing to compare
        return
    yield "Position by position:"
    for position in judgement.positions:
        status = position.judged.status
        yield f"- {position.name or position.id}: {status.code}, {status.label.lower()}"


RARE = 1e-6
"""Probabilities below this are written out, not as powers of ten."""
MOST_IMPORTANT = 3
"""As many pieces of evidence are told to be worth a second look."""


def _say_likelihood(judgement: Judgement) -> Iterator[str]:
    """Say how likely it is: never in one sentence with the confidence (ICD 203)."""
    told = judgement.likelihood
    if told is None:
        yield from _say_no_likelihood(judgement)
        return
    yield f"Likelihood that it was encircled: {_say_chance(told, told['p_encircled'])}"
    others = {name: each for name, each in told["by_definition"].items() if name != "land_cut"}
    for name, each in others.items():
        yield f"- {QUESTIONS[name]}: {_say_chance(each, each['p'])}"


def _say_no_likelihood(judgement: Judgement) -> Iterator[str]:
    if judgement.provenance["parameters"]["most_worlds"] <= 0 or judgement.status.code == "N":
        return
    untold = judgement.status.code == "U"
    why = "the map does not tell where the force stood" if untold else "nothing here is graded"
    yield f"No likelihood: {why}."


def _say_chance(told: dict[str, Any], p: list[float]) -> str:
    """Say an interval: the word, the numbers, and whether they are bounds."""
    if p[0] == p[1] and p[0] in (0.0, 1.0):  # nothing graded can turn it: that is not certainty
        return f"{told['term']}."
    low, high = (_percent(value) for value in p)
    numbers = f"{low} %" if low == high else f"{low} to {high} %"
    bounds = ", bounds: not every world was looked at" if told["method"] == "bounds" else ""
    if p == [0.0, 1.0] and not bounds:
        return f"{told['term']} ({numbers}: it hangs on what nobody knows)."
    return f"{told['term']} ({numbers}{bounds})."


def _percent(p: float) -> str:
    """Say a share in percent, two digits of it; more where it is nearly all."""
    if 0 < p < RARE:
        return f"{p * 100:.{1 - math.floor(math.log10(p * 100))}f}"
    return f"{p * 100:.2g}" if p < 0.995 else f"{p * 100:.4g}"  # noqa: PLR2004 - 99.5 is not 1e+02


def _say_pivots(judgement: Judgement) -> Iterator[str]:
    if judgement.pivots:
        yield "What would turn the verdict:"
        yield from (f"- {pivot['statement']}" for pivot in judgement.pivots)


def _say_importance(judgement: Judgement) -> Iterator[str]:
    told = (judgement.likelihood or {}).get("importance", [])[:MOST_IMPORTANT]
    if told:
        yield "What to look at next:"
        yield from (f"- {each['statement']}" for each in told)


def _say_what_if(judgement: Judgement) -> Iterator[str]:
    if judgement.what_if is None:
        return
    asked = judgement.provenance["parameters"]
    left = [*asked["without"], *(i for i, holds in asked["assume"].items() if not holds)]
    sure = [i for i, holds in asked["assume"].items() if holds]
    told = [f"without {', '.join(left)}"] if left else []
    told += [f"with {', '.join(sure)} taken as right"] if sure else []
    yield f"This is what if: the map {' and '.join(told)}."
    base = judgement.what_if["base"]
    yield f"- as drawn: {base['status']}, {base['verdict'].replace('_', ' ')}"
    changed = judgement.what_if["changed"]
    for each in changed:
        name = QUESTIONS.get(each["member"], each["member"].replace("_", " "))
        yield f"- {name}: {_say_value(each['from'])} becomes {_say_value(each['to'])}"
    if not changed:
        yield "- nothing changes"


def _say_value(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(_percent(p) for p in value) + " %"
    return "unknown" if value is None else str(value).replace("_", " ")


def _say_confidence(judgement: Judgement) -> Iterator[str]:
    yield f"Confidence: {judgement.confidence['level']}."
    for reason in judgement.confidence["because"]:
        yield f"- {reason}"


make_callable(__name__)

"""Four definitions of encirclement, answered from the facts, and the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.map.reach import READINGS, Reading
from encircle.map.situation import Crossing
from encircle.network.ground.states import FIRE_RANKS, UNMAPPED
from encircle.verdict.facts import F3, Facts
from encircle.verdict.values import Axes

if TYPE_CHECKING:
    from encircle.network.isolation import Outlook
    from encircle.verdict.judgement import Answer


def answer_definitions(facts: Facts) -> dict[str, Answer]:
    """Answer the five definitions of being cut off."""
    if facts.is_untold:
        names = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded")
        return dict.fromkeys(names, "unknown")
    by_land = {r: not facts.outlooks[r].is_open for r in READINGS}
    by_vehicle = {r: facts.outlooks[r].best_vehicle is None for r in READINGS}
    alone = {r: by_land[r] and not _has_access(facts.outlooks[r]) for r in READINGS}
    around = {r: facts.bearings[r] >= facts.options.surrounded_share for r in READINGS}
    early = facts.ends_early
    return {
        "land_cut": "unknown" if early else _agree(by_land),
        "vehicle_cut": "unknown" if early else _agree(by_vehicle),
        "fire_control": "unknown" if early else _answer_fire_control(facts),
        "isolation": "unknown" if early else _agree(alone),
        "surrounded": _agree(around),
    }


def _has_access(outlook: Outlook) -> bool:
    return bool(outlook.sea or outlook.air or outlook.special)


def _agree(holds: dict[Reading, bool]) -> Answer:
    if holds["optimistic"] != holds["pessimistic"]:
        return "contested"
    return "yes" if holds["optimistic"] else "no"


def _answer_fire_control(facts: Facts) -> Answer:
    answers = set()
    for reading in READINGS:
        way = facts.outlooks[reading].best
        if way is not None and way.fire == UNMAPPED:
            return "unknown"
        answers.add("yes" if way is None or way.fire >= F3 else "no")
    return answers.pop() if len(answers) == 1 else "contested"  # type: ignore[return-value]


def measure_axes(facts: Facts) -> Axes:
    """Report every axis by itself: land per mode, fire, sea, air, special."""
    modes = ("rail", "wheeled", "tracked", "foot", "boat")
    if facts.contradiction:
        return Axes(dict.fromkeys(modes, "unknown"), None, {}, *3 * ("unknown",))
    best = facts.pessimistic if facts.pessimistic.is_open else facts.optimistic
    grades = {m: FIRE_RANKS[w.fire] for m, w in best.ways.items()}
    return Axes(
        land={mode: _measure_land(facts, mode) for mode in modes},
        fire=FIRE_RANKS[best.best.fire] if best.best else None,
        fire_by_mode={mode: grades[mode] for mode in modes if mode in grades},
        sea=_measure_access(facts, "sea"),
        air=_measure_access(facts, "air"),
        special=_measure_special(facts),
    )


def _measure_land(facts: Facts, mode: str) -> str:
    """Give open, closed, contested; unknown where nothing that carries the mode is mapped."""
    lines = facts.network.lines
    carried = [r.modes for piece in lines.pieces for r in piece.routes]
    mapped = any(mode in modes for modes in carried + [s.crossing.modes for s in lines.spans])
    if facts.is_untold or (mode in ("rail", "wheeled", "boat") and not mapped):
        return "unknown"
    holds = {r: mode in facts.outlooks[r].ways for r in READINGS}
    if not any(holds.values()):
        return "unknown" if facts.ends_early else "closed"
    return "open" if all(holds.values()) else "contested"


def _measure_access(facts: Facts, axis: str) -> str:
    holds = {r: bool(getattr(facts.outlooks[r], axis)) for r in READINGS}
    if any(holds.values()):
        return "open" if all(holds.values()) else "contested"
    anchored = any(a.access == axis for a, _ in facts.network.anchors.values())
    return "closed" if anchored or _is_drawn(facts, axis) else "none"


def _is_drawn(facts: Facts, axis: str) -> bool:
    """Tell whether a crossing on the map is one that may give access of a kind, shut or not."""
    lines = facts.network.lines
    if axis in ("sea", "air"):
        kind = "port" if axis == "sea" else "airstrip"
        return any(f.crossing.type == kind for f in lines.facilities)
    over_strip = any("neutral_strip" in span.because.values() for span in lines.spans)
    crossings = [s.crossing for s in lines.spans] + [f.crossing for f in lines.facilities]
    return over_strip or any(c.type == "tunnel" or c.permission is not None for c in crossings)


def _measure_special(facts: Facts) -> str:
    access = _measure_access(facts, "special")
    if access in ("open", "contested"):
        return access
    crossings = facts.evidence.of_kind(Crossing)
    by_leave = any(c.permission == "enemy" and c.state != "cut" for c, _ in crossings)
    return "enemy_leave" if by_leave else access

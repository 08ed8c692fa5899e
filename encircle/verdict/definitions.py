"""The definitions of encirclement, answered from the facts, and the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from encircle.map.reach import READINGS
from encircle.map.situation import Crossing
from encircle.network.ground.states import FIRE_RANKS, UNMAPPED
from encircle.verdict.facts import F3, Facts
from encircle.verdict.values import Axes

if TYPE_CHECKING:
    from collections.abc import Callable

    from encircle.verdict.judgement import Answer


DEFINITIONS = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded")
VEHICLES = ("wheeled", "tracked")


class Prospect(Protocol):
    """What the definitions of being cut off are asked of: one position, on one reading."""

    @property
    def modes(self) -> frozenset[str]:
        """The land modes by which there is a way."""

    @property
    def has_access(self) -> bool:
        """Whether sea, landing air or a special way may be open."""


CUT: dict[str, Callable[[Prospect], bool]] = {
    "land_cut": lambda prospect: not prospect.modes,
    "vehicle_cut": lambda prospect: prospect.modes.isdisjoint(VEHICLES),
    "isolation": lambda prospect: not (prospect.modes or prospect.has_access),
}
"""When a position is cut off on a reading."""


def answer_definitions(facts: Facts) -> dict[str, Answer]:
    """Answer the five definitions of being cut off."""
    if facts.is_untold:
        return dict.fromkeys(DEFINITIONS, "unknown")
    ways = {r: facts.outlooks[r].best for r in READINGS}
    answers = {
        name: agree(*(say(holds(facts.outlooks[r])) for r in READINGS))
        for name, holds in CUT.items()
    }
    answers["fire_control"] = agree(*(say_fire(way.fire if way else None) for way in ways.values()))
    if facts.ends_early:
        answers = dict.fromkeys(answers, "unknown")
    least = facts.options.surrounded_share
    answers["surrounded"] = agree(*(say(facts.bearings[r] >= least) for r in READINGS))
    return {name: answers[name] for name in DEFINITIONS}


def say(holds: bool) -> Answer:  # noqa: FBT001 - what is said is all there is
    """Answer for one reading."""
    return "yes" if holds else "no"


def say_fire(worst: int | None) -> Answer:
    """Answer for one reading whether all ways are under heavy fire, the best one under `worst`."""
    return "unknown" if worst == UNMAPPED else say(worst is None or worst >= F3)


def agree(one: Answer, other: Answer) -> Answer:
    """Answer for both readings together."""
    if "unknown" in (one, other):
        return "unknown"
    return one if one == other else "contested"


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

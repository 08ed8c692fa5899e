"""Answers to the definitions of being cut off: what holds surely, and what may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.likelihood.worlds.labels import CASES
from encircle.likelihood.worlds.world import MODES, VEHICLES
from encircle.map.reach import READINGS
from encircle.network.ground.states import FIRE_RANKS, UNMAPPED
from encircle.verdict.facts import F3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.likelihood.worlds.gazer import View
    from encircle.likelihood.worlds.world import Both, Bounds
    from encircle.map.reach import Reading
    from encircle.map.situation import Position

ROWS: dict[Reading, tuple[int, int]] = {
    r: (CASES.index((r, "best")), CASES.index((r, "worst"))) for r in READINGS
}
"""The rows of a reading's best and worst case."""


def answer(view: View, position: Position) -> dict[str, Both]:
    """
    Answer the definitions for one position in all worlds that agree with the one in view.

    Returns
    -------
    answers
        Per definition, first whether it holds on both readings, then whether it is not denied by
        both: each as (surely, possibly).
    """
    early = end_early(view, position)
    land = {r: _closed(view, position, r, MODES) for r in READINGS}
    vehicle = {r: _closed(view, position, r, VEHICLES) for r in READINGS}
    alone = {r: _all(land[r], _without_access(view, land[r], r, position)) for r in READINGS}
    return {
        "land_cut": _between(land, early),
        "vehicle_cut": _between(vehicle, early),
        "isolation": _between(alone, early),
    }


def answer_land(view: View, position: Position) -> tuple[Bounds, Bounds, Bounds]:
    """Answer `land_cut` as `answer` does, and whether the map ends early."""
    early = end_early(view, position)
    return (*_between({r: _closed(view, position, r, MODES) for r in READINGS}, early), early)


def answer_surrounded(view: View, position: Position) -> Both:
    """Answer whether hostile ground lies on nearly all bearings, as `answer` does."""
    least = view.gazer.options.surrounded_share
    around: dict[Reading, Bounds] = {}
    for r, rows in ROWS.items():
        surely, maybe = (view.share_hostile(position, row) >= least for row in rows)
        around[r] = (surely, maybe)
    return around["optimistic"], around["pessimistic"]


def answer_fire(view: View, position: Position) -> Both:
    """Answer whether every way left is under heavy fire, as `answer` does."""
    early = end_early(view, position)
    says: dict[Reading, set[str]] = {}
    for r, rows in ROWS.items():
        low, high = (view.find_fire(position, row) for row in rows)
        says[r] = _say_fire(low, high)
    cases = {_combine(one, other) for one in says["optimistic"] for other in says["pessimistic"]}
    yes, no = cases == {"yes"}, cases == {"no"}
    held = (yes and not early[1], "yes" in cases and not early[0])
    possible = (early[0] or "no" not in cases, early[1] or not no)
    return held, possible


def _say_fire(low: int | None, high: int | None) -> set[str]:
    """List what fire from the grade `low` to the grade `high` on the best way may say."""
    last = len(FIRE_RANKS)
    ranks = range(last if low is None else low, (last if high is None else high) + 1)
    return {"unknown" if rank == UNMAPPED else "yes" if rank >= F3 else "no" for rank in ranks}


def _combine(one: str, other: str) -> str:
    if "unknown" in (one, other):
        return "unknown"
    return one if one == other else "contested"


def _closed(view: View, position: Position, reading: Reading, modes: Sequence[str]) -> Bounds:
    """Tell whether none of some modes is open: surely, and possibly."""
    surely, possibly = (view.open_modes(position, row).isdisjoint(modes) for row in ROWS[reading])
    return surely, possibly


def end_early(view: View, position: Position) -> Bounds:
    """
    Tell whether nothing can be told of a position that is not free: surely, and possibly.

    The map ends before the answer, or only a word says that anybody is where the enemy is.
    """
    best, worst = ROWS["optimistic"]
    if view.open_modes(position, worst):
        return False, False
    lost, may_be_lost = view.is_lost(position)
    closed = not view.open_modes(position, best)
    surely = closed and (lost or view.reached.runs_off(position.id, worst))
    return surely, may_be_lost or view.reached.runs_off(position.id, best)


def _without_access(view: View, land: Bounds, reading: Reading, position: Position) -> Bounds:
    """Tell whether sea, landing air and special ways are all out of reach."""
    if not land[1]:
        return False, False
    best, worst = ROWS[reading]
    plain, special = view.has_access(position, best)
    surely, surely_special = view.has_access(position, worst)
    carries = view.labelling.carries
    if (carries[best] != carries[worst]).any():
        # A way that is special in one case may be plain in another, and then leads there as well.
        surely_special = False
        special = special or view.leads_anywhere(position, best)
    return not (plain or special), not (surely or surely_special)


def _all(one: Bounds, other: Bounds) -> Bounds:
    return one[0] and other[0], one[1] and other[1]


def _between(holds: dict[Reading, Bounds], early: Bounds) -> Both:
    """Answer yes where both readings hold, no where neither does; unknown where the map ends."""
    kind, strict = holds["optimistic"], holds["pessimistic"]
    yes = (kind[0] and not early[1], kind[1] and not early[0])
    not_no = (early[0] or strict[0], early[1] or strict[1])
    return yes, not_no

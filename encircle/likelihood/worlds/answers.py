"""Answers to the definitions of being cut off: what holds surely, and what may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.likelihood.worlds.labels import CASES
from encircle.map.reach import READINGS
from encircle.network.ground.states import FIRE_RANKS
from encircle.verdict.definitions import CUT, agree, say_fire

if TYPE_CHECKING:
    from collections.abc import Callable

    from encircle.likelihood.worlds.gazer import Case, View
    from encircle.likelihood.worlds.world import Both, Bounds
    from encircle.map.reach import Reading
    from encircle.map.situation import Position
    from encircle.verdict.judgement import Answer

ROWS: dict[Reading, tuple[int, int]] = {
    r: (CASES.index((r, "best")), CASES.index((r, "worst"))) for r in READINGS
}
"""The rows of a reading's best and worst case."""


def answer_cut(view: View, position: Position) -> dict[str, Both]:
    """
    Answer who is cut off, by land and altogether, in all worlds that agree with the one in view.

    Returns
    -------
    answers
        Per definition, first whether it holds on both readings, then whether it is not denied by
        both: each as (surely, possibly).
    """
    early = end_early(view, position)
    return {name: _between(_bound(view, position, holds), early) for name, holds in CUT.items()}


def answer_one(view: View, position: Position, name: str) -> Both:
    """Answer one of the definitions of `answer_cut`."""
    return _between(_bound(view, position, CUT[name]), end_early(view, position))


def answer_surrounded(view: View, position: Position) -> dict[str, Both]:
    """Answer whether hostile ground lies on nearly all bearings, as `answer_cut` does."""
    least = view.gazer.options.surrounded_share
    around = _bound(view, position, lambda case: case.share_hostile >= least)
    return {"surrounded": (around["optimistic"], around["pessimistic"])}


def answer_fire(view: View, position: Position) -> dict[str, Both]:
    """Answer whether every way left is under heavy fire, as `answer_cut` does."""
    early, cases = end_early(view, position), view.cases(position)
    kind, strict = ([cases[row].fire for row in rows] for rows in ROWS.values())
    told = {agree(one, other) for one in _say_fire(*kind) for other in _say_fire(*strict)}
    held = (told == {"yes"} and not early[1], "yes" in told and not early[0])
    possible = (early[0] or "no" not in told, early[1] or told != {"no"})
    return {"fire_control": (held, possible)}


def _say_fire(low: int | None, high: int | None) -> set[Answer]:
    """List what fire from the grade `low` to the grade `high` on the best way may say."""
    ranks = [*range(len(FIRE_RANKS)), None]  # none is worse than no way at all
    return {say_fire(rank) for rank in ranks[ranks.index(low) : ranks.index(high) + 1]}


def _bound(view: View, position: Position, holds: Callable[[Case], bool]) -> dict[Reading, Bounds]:
    """Tell for each reading whether something holds surely, and possibly."""
    told = [holds(case) for case in view.cases(position)]
    return {r: (told[best], told[worst]) for r, (best, worst) in ROWS.items()}


def end_early(view: View, position: Position) -> Bounds:
    """
    Tell whether nothing can be told of a position that is not free: surely, and possibly.

    The map ends before the answer, or only a word says that anybody is where the enemy is.
    """
    best, worst = (view.cases(position)[row] for row in ROWS["optimistic"])
    if worst.modes:
        return False, False
    lost, may_be_lost = view.is_lost(position)
    surely = not best.modes and (lost or worst.runs_off)
    return surely, may_be_lost or best.runs_off


def _between(holds: dict[Reading, Bounds], early: Bounds) -> Both:
    """Answer yes where both readings hold, no where neither does; unknown where the map ends."""
    kind, strict = holds["optimistic"], holds["pessimistic"]
    yes = (kind[0] and not early[1], kind[1] and not early[0])
    not_no = (early[0] or strict[0], early[1] or strict[1])
    return yes, not_no

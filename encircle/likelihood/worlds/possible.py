"""Who may hold a piece of ground, while some of what is said of it may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from encircle.network.ground.states import PAINTED, Role, State, find_state, is_passable

if TYPE_CHECKING:
    from encircle.map.reach import Reading

CONTROL = (
    PAINTED | Role.TERRITORY_FRIENDLY | Role.TERRITORY_HOSTILE | Role.TERRITORY_NEUTRAL
)  # what a control polygon says


@dataclass(frozen=True, slots=True)
class Possible:
    """What a face may be on one reading: for each question, if any case says so and if all do."""

    states: frozenset[State]
    spanned: frozenset[State]
    """The same as a crossing sees it over water: ground nobody drew a holder on is just water."""
    passable: tuple[bool, bool]
    """Whether it can be passed in any case, and in all."""
    hostile: tuple[bool, bool]
    """Whether it counts as hostile on the compass."""
    afloat: tuple[bool, bool]
    """Whether a ship can lie there."""


@lru_cache(maxsize=65536)
def find_possible(
    said: int, doubtful: tuple[int, ...], reading: Reading, uncovered: State
) -> Possible:
    """
    Find what ground may be of which `said` is certain, and each of `doubtful` may be wrong.

    Every case is asked of the rules of the ground themselves, so that nothing is presumed of
    which word is better for whom.

    Examples
    --------
    >>> red = int(Role.ASSESSED_HOSTILE)
    >>> find_possible(0, (red,), "optimistic", State.OPEN).passable
    (True, False)
    """
    cases = {said}
    for role in doubtful:
        cases |= {case | role for case in cases}
    states = {case: find_state(Role(case), reading, uncovered) for case in cases}
    spanned = {
        State.WATER if state == State.GREY and not Role(case) & CONTROL else state
        for case, state in states.items()
    }
    hostile = {State.HOSTILE} if reading == "optimistic" else {State.HOSTILE, State.GREY}
    kinds = frozenset(states.values())
    passed = [is_passable(state, reading) for state in kinds]
    held = [state in hostile for state in kinds]
    afloat = [state == State.WATER or is_passable(state, reading) for state in kinds]
    return Possible(
        kinds,
        frozenset(spanned),
        (any(passed), all(passed)),
        (any(held), all(held)),
        (any(afloat), all(afloat)),
    )

"""Who may hold a piece of ground, while some of what is said of it may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from encircle.map.reach import READINGS
from encircle.network.ground.states import PAINTED, Role, State, find_state, is_passable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from encircle.map.reach import Reading

    Numbers = NDArray[np.intp]

CONTROL = (
    PAINTED | Role.TERRITORY_FRIENDLY | Role.TERRITORY_HOSTILE | Role.TERRITORY_NEUTRAL
)  # what a control polygon says

ROLES = len(Role)
"""Roles are single bits: those in doubt are a mask like those that are sure."""


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


def mask_of(states: Iterable[State]) -> int:
    """Give a set of states as a mask."""
    return sum(1 << state for state in states)


@lru_cache(maxsize=1 << len(State))
def states_of(mask: int) -> frozenset[State]:
    """Give the set of states of a mask."""
    return frozenset(state for state in State if mask >> state & 1)


class Kinds:
    """A table of all that ground was found to be able to be; faces are numbers of its rows."""

    def __init__(self, uncovered: State) -> None:
        self._uncovered = uncovered
        self._number: dict[int, int] = {}
        self._masks = np.empty((0, 2), dtype=np.uint8)
        self._cases = np.empty((0, 3, 2), dtype=bool)

    def find(self, said: NDArray[np.int64], at: NDArray[np.int64]) -> Numbers:
        """
        Find the rows of ground by what is said of it, on the readings with the numbers `at`.

        `said` is a mask of the roles that are sure, and above it one of those in doubt.
        """
        keys, which = np.unique(said | at << 2 * ROLES, return_inverse=True)
        found = keys.tolist()
        fresh = [self._weigh(key) for key in found if key not in self._number]
        if fresh:
            rows = [(mask_of(kind.states), mask_of(kind.spanned)) for kind in fresh]
            self._masks = np.vstack([self._masks, np.array(rows, dtype=np.uint8)])
            cases = [(kind.passable, kind.hostile[::-1], kind.afloat) for kind in fresh]
            self._cases = np.concatenate([self._cases, np.array(cases, dtype=bool)])
        numbers = [self._number.setdefault(key, len(self._number)) for key in found]
        return np.array(numbers, dtype=np.intp)[which]

    def _weigh(self, key: int) -> Possible:
        said, doubtful = (key >> shift & (1 << ROLES) - 1 for shift in (0, ROLES))
        roles = tuple(1 << n for n in range(ROLES) if doubtful & ~said & 1 << n)
        return find_possible(said, roles, READINGS[key >> 2 * ROLES], self._uncovered)

    def states(self, kinds: Numbers) -> NDArray[np.uint8]:
        """Give what faces may be, as masks."""
        return np.asarray(self._masks[kinds, 0])

    def spanned(self, kinds: Numbers) -> NDArray[np.uint8]:
        """Give what they may be to a crossing over water, as masks."""
        return np.asarray(self._masks[kinds, 1])

    def passable(self, kinds: Numbers) -> NDArray[np.bool_]:
        """Tell of each case, a reading and an end, which faces can be passed."""
        return self._by_case(0, kinds)

    def hostile(self, kinds: Numbers) -> NDArray[np.bool_]:
        """Tell of each case which faces count as hostile on the compass."""
        return self._by_case(1, kinds)

    def afloat(self, kinds: Numbers) -> NDArray[np.bool_]:
        """Tell of each case on which faces a ship can lie."""
        return self._by_case(2, kinds)

    def _by_case(self, question: int, kinds: Numbers) -> NDArray[np.bool_]:
        told = self._cases[kinds, question]
        return np.asarray(told.transpose(0, 2, 1).reshape(-1, told.shape[1]))

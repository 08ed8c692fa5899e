"""Who may hold a piece of ground, while some of what is said of it may be wrong."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from encircle.map.reach import READINGS
from encircle.network.ground.states import PAINTED, Role, State, find_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from encircle.map.reach import Reading

CONTROL = (
    PAINTED | Role.TERRITORY_FRIENDLY | Role.TERRITORY_HOSTILE | Role.TERRITORY_NEUTRAL
)  # what a control polygon says
ROLES = len(Role)
"""Roles are single bits: those in doubt are a mask like those that are sure."""


def mask_of(states: Iterable[State]) -> int:
    """Give a set of states as a mask."""
    return sum(1 << state for state in set(states))


@lru_cache(maxsize=1 << len(State))
def states_of(mask: int) -> frozenset[State]:
    """Give the set of states of a mask."""
    return frozenset(state for state in State if mask >> state & 1)


@lru_cache(maxsize=65536)
def find_possible(said: int, doubtful: int, reading: Reading, uncovered: State) -> tuple[int, int]:
    """
    Find what ground may be of which `said` is certain, and each role in `doubtful` may be wrong.

    Every case is asked of the rules of the ground themselves, so that nothing is presumed of
    which word is better for whom.

    Returns
    -------
    states, spanned
        As masks; the second as a crossing sees it over water: ground nobody drew a holder on is
        just water.

    Examples
    --------
    >>> states, _ = find_possible(0, int(Role.ASSESSED_HOSTILE), "optimistic", State.OPEN)
    >>> sorted(state.name for state in states_of(states))
    ['HOSTILE', 'OPEN']
    """
    cases = {said}
    for role in (1 << n for n in range(ROLES) if doubtful & ~said & 1 << n):
        cases |= {case | role for case in cases}
    states = {case: find_state(Role(case), reading, uncovered) for case in cases}
    spanned = (
        State.WATER if state == State.GREY and not Role(case) & CONTROL else state
        for case, state in states.items()
    )
    return mask_of(states.values()), mask_of(spanned)


def find_all(said: NDArray[np.int64], at: NDArray[np.int64], uncovered: State) -> NDArray[np.uint8]:
    """
    Find what many pieces of ground may be, each on the reading with the number `at`.

    Parameters
    ----------
    said
        (n,) masks of the roles that are sure, and above them of those in doubt.
    at, uncovered
        The reading of each, and what ground of which nobody says anything is.

    Returns
    -------
    masks
        (2, n) states, and states as a crossing sees them.
    """
    keys, which = np.unique(said | at << 2 * ROLES, return_inverse=True)
    sure = (1 << ROLES) - 1
    found = [
        find_possible(key & sure, key >> ROLES & sure, READINGS[key >> 2 * ROLES], uncovered)
        for key in keys.tolist()
    ]
    return np.array(found, dtype=np.uint8).reshape(-1, 2)[which].T

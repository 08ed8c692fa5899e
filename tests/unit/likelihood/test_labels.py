"""Labels: what is asked of masks and of lists, case by case."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from encircle.likelihood.worlds.labels import CASES, EACH, Lists, hold
from encircle.likelihood.worlds.possible import ROLES, find_all, find_possible, mask_of, states_of
from encircle.network.ground.states import Role, State, find_state

OPEN, FOE, WATER = (mask_of([s]) for s in (State.OPEN, State.HOSTILE, State.WATER))


@pytest.mark.parametrize(
    ("may_be", "asked", "perhaps", "surely"),
    [
        (OPEN, OPEN, True, True),
        (OPEN | FOE, OPEN, True, False),
        (FOE, OPEN, False, False),
        (OPEN | FOE, OPEN | FOE, True, True),
        (OPEN | WATER, FOE, False, False),
    ],
)
def test_at_the_best_end_one_state_is_enough_and_at_the_worst_all_are_needed(
    may_be, asked, perhaps, surely
):
    states = np.full((len(CASES), 1), may_be, dtype=np.uint8)
    told = hold(states, np.uint8(asked))[:, 0].tolist()
    assert told == [perhaps if end == "best" else surely for _, end in CASES]


def test_the_bytes_of_a_word_are_joined_each_by_itself():
    rng = random.Random(0)  # noqa: S311
    bits = np.array([[rng.randrange(256) for _ in range(9)] for _ in CASES], dtype=np.uint8)
    lists = [[], [3], [0, 8, 4], [], [2, 2, 7]]
    told = Lists(lists)
    for how, empty in ((np.bitwise_or, 0), (np.bitwise_and, 0xFF), (np.bitwise_and, 15)):
        joined = told.join(how, bits, empty)
        for row, number in itertools.product(range(len(CASES)), range(len(lists))):
            some = bits[row, lists[number]]
            assert joined[row, number] == (how.reduce(some) if len(some) else empty)
    assert int.from_bytes(bytes([1] * len(CASES)), "little") == EACH


def test_roles_are_single_bits():
    """Those in doubt are told as one mask: of two bits in one word it would lose that they go
    together.
    """
    assert all(int(role).bit_count() == 1 for role in Role)
    assert len(Role) == ROLES
    assert max(Role).bit_length() == ROLES


@pytest.mark.parametrize("seed", range(20))
def test_ground_may_be_what_some_case_of_its_doubts_makes_it(seed):
    rng = random.Random(seed)  # noqa: S311
    roles = rng.sample(list(Role), 6)
    sure, doubtful = roles[:2], roles[2:]
    said, asked = (sum(map(int, some)) for some in (sure, doubtful))
    for at, reading in enumerate(("optimistic", "pessimistic")):
        cases = itertools.product((False, True), repeat=len(doubtful))
        found = {
            find_state(
                Role(said | sum(int(r) for r, there in zip(doubtful, case, strict=True) if there)),
                reading, State.GREY,
            )
            for case in cases
        }  # fmt: skip
        states, spanned = find_possible(said, asked, reading, State.GREY)
        assert states_of(states) == found
        packed = np.array([said | asked << ROLES], dtype=np.int64)
        masks = find_all(packed, np.array([at]), State.GREY)
        assert masks[:, 0].tolist() == [states, spanned]

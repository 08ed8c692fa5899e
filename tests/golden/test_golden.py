"""No judgement changes unseen: each is held, whole and to the digit, against the golden record."""

import itertools

import pytest

from tests.golden.record import (
    GROUPS,
    judge_whole,
    list_differences,
    name_machine,
    path_of,
    read,
)
from tests.historical.test_real_maps import BORDER, SHARED
from tests.thorough import thorough

MOST_TOLD = 6
PARTS = 8
"""Each group is compared in so many tests, that two processes share them."""


def check_machine(recorded):
    """Leave out where the last digits are another library's: see `tests/golden/record.py`."""
    here = name_machine()
    other = [f"{name} {here[name]}, not {was}" for name, was in recorded.items()
             if here[name] != was]  # fmt: skip
    if other:
        pytest.skip(f"the record was written with other arithmetic: here is {', '.join(other)}")


def compare(group, part=0, parts=1):
    machine, record = read(group)
    check_machine(machine)
    mine = itertools.islice(GROUPS[group](), part, None, parts)
    changed = {}
    for name, document in mine:
        found = list(list_differences(record[name], judge_whole(document)))
        if found:
            changed[name] = found[:MOST_TOLD]
    assert not changed, f"{len(changed)} judgements changed: {changed}"


@thorough
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("group", ["fixtures", "random"])
def test_a_judgement_is_what_it_was(group, part):
    compare(group, part, PARTS)


@pytest.mark.real
@pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped")
def test_a_judgement_of_a_map_made_by_others_is_what_it_was():
    compare("real")


@pytest.mark.parametrize("group", ["fixtures", "random"])
def test_the_record_has_every_map(group):
    """Names are cheap to list: a fixture without a record would never be compared."""
    _, record = read(group)
    assert list(record) == [name for name, _ in GROUPS[group]()]


def test_a_difference_is_told_by_its_place():
    before = {"status": {"code": "C1"}, "units": [1, 2]}
    now = {"status": {"code": "C2"}, "units": [1, 2], "more": None}
    assert list(list_differences(before, now)) == ["/status/code: 'C1' -> 'C2'"]


def test_the_record_is_small_enough_to_keep():
    assert sum(path_of(group).stat().st_size for group in GROUPS) < 3_000_000

"""A few published snapshots at random places; `tests.historical.snapshots` tries them all."""

import pytest

from tests.historical.snapshots import list_snapshots, try_snapshot
from tests.historical.test_real_maps import BORDER, SHARED

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]
STEP = 207
"""Snapshots from one tried to the next: three of 621."""


def test_a_published_snapshot_is_judged_and_proven_wherever_it_is_asked():
    judged = [
        (name, tried)
        for number, (name, snapshot) in enumerate(list_snapshots())
        if number % STEP == STEP // 2
        for tried in try_snapshot(name, snapshot, places=1)
    ]
    assert len(judged) >= 2 * (621 // STEP)
    assert [(name, tried) for name, tried in judged if tried.faults] == []

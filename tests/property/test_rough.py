"""Rough drawings: no crash, in good time, proven, and the margins obey their laws."""

from __future__ import annotations

import os

import pytest

from tests.property import rough

COUNT = int(os.environ.get("ENCIRCLE_ROUGH_SITUATIONS", "16"))


@pytest.mark.property
@pytest.mark.parametrize("seed", range(COUNT))
def test_a_rough_drawing_is_judged_and_proven(seed):
    """Whatever is drawn is refused by name or judged, with a proof that holds."""
    _, faults = rough.try_out(seed, twice=seed % 4 == 0)
    assert not faults

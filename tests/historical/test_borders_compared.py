"""The Kursk salient over the bundled border and over the mappers' own: the same answers."""

import json
from functools import cache

import pytest

from encircle import Options, judge, read, verify
from encircle.formats.publishers.presets import MapFile, convert_map
from tests.historical.test_real_maps import BORDER, SAMPLES, SHARED, border

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]
DAYS = ("2025-03-07_1741387566", "2025-03-14_1741941622", "2025-03-20_1742507523")


@cache
def judged(name, *, bundled):
    raw = (SAMPLES / f"{name}.geojson").read_bytes()
    outline = None if bundled else border()
    situation = read(
        json.dumps(
            convert_map(
                "deepstate", [MapFile(f"{name}.geojson", raw)], outline, force_in="salient-1"
            )
        )
    )
    return situation, judge(situation, Options(most_worlds=0))


@pytest.mark.parametrize("name", DAYS)
def test_the_bundled_border_gives_the_same_verdict_and_neck_as_the_mappers_own(name):
    (situation, ours), (_, theirs) = (judged(name, bundled=which) for which in (True, False))
    assert verify(ours, situation).holds
    assert ours.status == theirs.status
    for reading in ("optimistic", "pessimistic"):
        necks = [one.margins["neck_width_m"][reading] for one in (ours, theirs)]
        assert necks[0] == pytest.approx(necks[1], abs=100.0)

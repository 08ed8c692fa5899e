"""The share of the compass: where what is met at the same place ends a line in safety."""

import pytest
from shapely.geometry import Point, box

from encircle.verdict.margins.margins import share_hostile_bearings

EYE, AREA = Point(0, 0), box(-9e3, -9e3, 9e3, 9e3)
ENEMY = box(1000, -9e3, 9e3, 9e3)


@pytest.mark.parametrize(
    ("hostile", "anchors", "share"),
    [
        pytest.param(box(-1, -1, 1, 1), None, 1.0, id="inside the enemy's ground"),
        pytest.param(ENEMY, box(-100, -100, 100, 100), 0.0, id="inside an anchor"),
        pytest.param(box(200, -50, 300, 50), box(-400, -400, 400, 400), 0.0,
                     id="inside an anchor with the enemy in it"),
        pytest.param(ENEMY, box(500, -9e3, 600, 9e3), 0.0, id="an anchor before the enemy"),
        pytest.param(ENEMY, box(900, -9e3, 1000, 9e3), 0.0, id="an anchor as far as the enemy"),
        pytest.param(ENEMY, box(1000, -9e3, 1100, 9e3), 0.0, id="an anchor on the same line"),
        pytest.param(AREA.boundary.buffer(0), None, 0.0, id="nothing"),
        pytest.param(box(9e3, -9e3, 10e3, 9e3), None, 0.0, id="the enemy from the map's edge on"),
    ],
)  # fmt: skip
def test_what_ends_a_line_first_counts_and_a_tie_is_no_enemy(hostile, anchors, share):
    assert share_hostile_bearings(EYE, hostile, anchors, AREA) == share

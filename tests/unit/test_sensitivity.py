import numpy as np
import pytest
import shapely

from encircle import judge, read
from encircle.archive.library.sensitivity import KINDS, measure_sensitivity, redraw
from encircle.map.situation import Control
from tests.thorough import thorough


def controls(situation):
    return {c.id: c.geometry for c in situation.of_kind(Control)}


def situation_of(folder):
    return read(f"fixtures/{folder}/situation.geojson")


def test_moving_nothing_changes_nothing():
    situation = situation_of("bastogne-1944-12-22")
    still = redraw(situation, lambda places: places)
    for name, shape in controls(still).items():
        before = controls(situation)[name]
        assert shape.symmetric_difference(before).area < 1e-6 * before.area


def test_polygons_that_share_a_front_keep_sharing_it():
    situation = situation_of("stalingrad-1942-11-24")
    rng = np.random.default_rng(3)
    moved = controls(redraw(situation, lambda p: p + rng.uniform(-700, 700, p.shape)))
    before = controls(situation)
    fronts = [
        (a, b)
        for a in before
        for b in before
        if a < b and shapely.intersection(before[a].boundary, before[b].boundary).length > 0.01
    ]
    assert fronts
    for a, b in fronts:
        shared = shapely.intersection(moved[a].boundary.buffer(1e-6), moved[b].boundary)
        assert shared.length > 0.01


@thorough
def test_a_verdict_with_room_to_spare_stands():
    found = measure_sensitivity(situation_of("stalingrad-1942-11-24"))
    assert (found.verdict, found.share_held, found.others) == ("encircled", 1.0, {})
    assert all(found.of_kind(kind)[1] for kind in KINDS)


@thorough
def test_a_verdict_that_hung_on_how_its_edges_were_laid_stands():
    """One drawing of ten was contested, until edges kept their sides on the plane (0046)."""
    assert measure_sensitivity(situation_of("kursk-2025-04-26")).share_held == 1.0


@thorough
@pytest.mark.parametrize("folder", ["kursk-counterfactual-k2c"])
def test_a_verdict_that_flips_says_so_in_its_confidence(folder):
    situation = situation_of(folder)
    assert measure_sensitivity(situation).share_held < 1.0
    assert any("1 km out could" in reason for reason in judge(situation).confidence["because"])

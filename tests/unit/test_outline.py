"""Ground drawn larger reaches as far as it is told, and no farther."""

import math
import random

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from encircle.map.plane.outline import grow


def draw_bays(seed):
    """Draw land as overlays of a map leave it: spits rounded off, small bays beside them."""
    chance = random.Random(seed)  # noqa: S311
    angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(chance.randint(5, 40)))
    spots = [(chance.uniform(300, 4000), angle) for angle in angles]
    land = Polygon([(r * math.cos(a), r * math.sin(a)) for r, a in spots]).buffer(0)
    return shapely.intersection(land, land.buffer(-25).buffer(25.5))


@pytest.mark.parametrize("seed", range(60))
def test_no_place_of_it_is_farther_out_than_the_distance(seed):
    land = draw_bays(seed)
    larger = grow(land, 300.0, 16)
    points = shapely.get_coordinates(larger.segmentize(10.0))
    away_m = shapely.distance(land, shapely.points(points))
    assert away_m.max() <= 300.0 * (1 + 2e-3)
    assert larger.is_valid


@pytest.mark.parametrize("seed", range(60))
def test_every_place_within_the_distance_is_in_it(seed):
    land = draw_bays(seed)
    larger = grow(land, 300.0, 16)
    chance = np.random.default_rng(seed)
    places = shapely.points(chance.uniform(-4500, 4500, (4000, 2)))
    within = shapely.distance(land, places) < 300.0 * math.cos(math.pi / 64)  # chords at corners
    assert shapely.covers(larger, places[within]).all()


def test_geos_alone_goes_too_far_before_a_shallow_bay():
    most_m = 0.0
    for land in map(draw_bays, range(400)):
        outline = shapely.get_coordinates(land.buffer(300.0).segmentize(50.0))
        most_m = max(most_m, shapely.distance(land, shapely.points(outline)).max(initial=0.0))
    assert most_m > 303.0


def test_a_point_and_nothing_grow_as_they_are():
    assert grow(Point(0, 0), 5.0).area == pytest.approx(math.pi * 25, rel=0.01)
    assert grow(Polygon(), 5.0).is_empty
    assert grow(box(0, 0, 1, 1), 5.0).bounds == (-5, -5, 6, 6)

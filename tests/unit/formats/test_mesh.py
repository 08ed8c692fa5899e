"""The widest ways to the rear, beside the slow way to find them: narrowing ground by a disc."""

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, box

from encircle.formats.pieces.held import flat_polygons
from encircle.formats.pieces.mesh import build_mesh
from tests.thorough import thorough

NOBODY = MultiPolygon()
REAR = box(-60_000, -60_000, 60_000, 0)


def room(x, width_m, *, deep=20_000, wide=16_000, neck=6_000):
    """Draw a room north of the rear, behind a corridor."""
    corridor = box(x - width_m / 2, -100, x + width_m / 2, neck + 100)
    return corridor.union(box(x - wide / 2, neck, x + wide / 2, neck + deep))


def rank(mesh, number):
    """Follow the way from a triangle to the rear: half its narrowest width."""
    least = np.inf
    while number:
        least = min(least, mesh.passed_m[number])
        number = int(mesh.parents[number])
    return least


def passes(ground, start, end, radius_m):
    """Tell whether a disc gets from one place to another, by narrowing the ground: the oracle."""
    cores = flat_polygons(ground.buffer(-radius_m, quad_segs=16))
    return any(core.intersects(start) and core.intersects(end) for core in cores)


def find_centre(mesh, number):
    """Find the middle of the disc round a triangle."""
    (ax, ay), (bx, by), (cx, cy) = mesh.places[mesh.corners[number]]
    d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    a, b, c = ax**2 + ay**2, bx**2 + by**2, cx**2 + cy**2
    x = (a * (by - cy) + b * (cy - ay) + c * (ay - by)) / d
    y = (a * (cx - bx) + b * (ax - cx) + c * (bx - ax)) / d
    return Point(x, y)


@pytest.mark.parametrize("width_m", [700.0, 2_000.0, 5_300.0, 12_000.0])
@pytest.mark.parametrize("turn_deg", [0, 33])
def test_the_neck_of_a_room_is_as_wide_as_its_corridor(width_m, turn_deg):
    ground = shapely.affinity.rotate(REAR.union(room(0, width_m)), turn_deg, origin=(0, 0))
    mesh = build_mesh(ground, ground.boundary.buffer(10))
    peak = shapely.affinity.rotate(Point(0, 16_000), turn_deg, origin=(0, 0))
    centres = mesh.places[mesh.corners].mean(axis=1)
    number = int(np.hypot(*(centres - (peak.x, peak.y)).T).argmin())
    assert 2 * rank(mesh, number) == pytest.approx(width_m, rel=0.07)
    assert 2 * rank(mesh, number) >= width_m - 1


def test_of_two_ways_the_wider_counts():
    ground = REAR.union(room(-4_000, 900)).union(room(4_000, 3_000))
    mesh = build_mesh(ground, ground.boundary.buffer(10))
    centres = mesh.places[mesh.corners].mean(axis=1)
    for x in (-8_000, 8_000):
        number = int(np.hypot(*(centres - (x, 16_000)).T).argmin())
        assert 2 * rank(mesh, number) == pytest.approx(3_000, rel=0.03)


def test_what_hangs_on_a_triangle_is_what_its_neck_parts_from_the_rear():
    ground = REAR.union(room(0, 2_000))
    mesh = build_mesh(ground, ground.boundary.buffer(10))
    narrowest = int(np.argmin(np.where(mesh.sizes > 20, mesh.passed_m, np.inf)))
    behind = mesh.draw(narrowest)
    assert behind.area == pytest.approx(20_000 * 16_000, rel=0.06)
    beside = mesh.draw_beside(narrowest, behind.bounds)
    assert behind.intersection(beside).area < 1
    assert mesh.area_m2.sum() == pytest.approx(ground.area, rel=1e-6)


def test_too_little_ground_makes_no_mesh():
    assert build_mesh(NOBODY, NOBODY) is None


def wander(seed):
    """Draw rooms at random on a rear, some leading into others."""
    rng = np.random.default_rng(seed)
    shapes = [REAR]
    for _ in range(5):
        x, width = rng.uniform(-45_000, 45_000), rng.uniform(600, 9_000)
        shapes.append(
            room(x, width, deep=rng.uniform(4_000, 25_000), wide=rng.uniform(9_000, 30_000),
                 neck=rng.uniform(2_000, 9_000))
        )  # fmt: skip
    ground = shapely.affinity.rotate(shapely.union_all(shapes), rng.uniform(0, 90), origin=(0, 0))
    return max(flat_polygons(ground), key=lambda part: part.area)


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=thorough) for seed in range(3, 20))]
)
def test_a_way_is_as_wide_as_the_widest_disc_that_passes(seed):
    """Law: the tree tells of any place what narrowing the ground disc by disc tells."""
    ground = wander(seed)
    mesh = build_mesh(ground, ground.boundary.buffer(10))
    rear = find_centre(mesh, 0)
    roomy = np.flatnonzero((mesh.radius_m > 3_000) & (np.arange(len(mesh.sizes)) > 0))
    tried = 0
    for number in np.random.default_rng(seed).permutation(roomy).tolist():
        start = find_centre(mesh, number)
        told_m = min(rank(mesh, number), float(mesh.radius_m[number]))
        if tried == 6 or not ground.contains(start) or told_m < 300:
            continue
        tried += 1
        assert passes(ground, start, rear, 0.93 * told_m)
        assert not passes(ground, start, rear, 1.01 * told_m + 5)
    assert tried >= 3

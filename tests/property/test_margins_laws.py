import math

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box
from shapely.affinity import rotate, scale, translate

from encircle.verdict.margins.margins import (
    measure_closing_distance,
    measure_neck,
    share_hostile_bearings,
)
from tests.thorough import thorough

SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
pytestmark = pytest.mark.property

AREA = box(-10_000, -10_000, 10_000, 10_000)


@st.composite
def walls(draw):
    """A few ragged blots of hostile ground, some on the edge of the area."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    blots = []
    for _ in range(draw(st.integers(1, 7))):
        corners = rng.integers(3, 10)
        angle = np.sort(rng.uniform(0, 2 * math.pi, corners))
        reach = rng.uniform(300, 5_000, corners)
        x, y = rng.uniform(-9_000, 9_000, 2)
        ring = np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)
        blots.append(Polygon(ring).buffer(0))
    return shapely.union_all(blots) & AREA


@st.composite
def places(draw):
    """A force or a goal: a point, or ground of its own."""
    x, y = (draw(st.integers(-8_000, 8_000)) + 0.37 for _ in range(2))
    reach = draw(st.sampled_from([0, 0, 300, 1_500]))
    return Point(x, y).buffer(reach, quad_segs=4) if reach else Point(x, y)


barriers = st.one_of(
    st.none(),
    st.lists(st.tuples(*[st.integers(-9_000, 9_000)] * 2), min_size=2, max_size=3, unique=True).map(
        LineString
    ),
)


def erode(start, goal, solid, width_m):
    """Say whether a disc of this width gets through: erode the ground, look for one piece."""
    left = AREA - (solid.buffer(width_m / 2, quad_segs=48) if width_m else solid)
    return any(p.intersects(start) and p.intersects(goal) for p in shapely.get_parts(left))


@SETTINGS
@given(walls(), places(), places(), barriers)
def test_the_neck_agrees_with_erosion(ground, start, goal, lines):
    """A disc a little narrower than the neck gets through, and one a little wider does not."""
    assume(not ground.is_empty)
    neck = measure_neck(start, [goal], ground, lines, AREA)
    solid = ground if lines is None else shapely.union_all([ground, lines])
    slack_m = max(1.0, 0.0015 * neck.width_m)
    assert not erode(start, goal, solid, neck.width_m + slack_m)
    if neck.width_m > slack_m:
        assert erode(start, goal, solid, neck.width_m - slack_m)


@SETTINGS
@given(walls(), places(), places(), barriers)
def test_the_way_is_a_certificate(ground, start, goal, lines):
    """The way runs from force to goal inside the area and keeps half the width from every wall."""
    assume(not ground.is_empty)
    neck = measure_neck(start, [goal], ground, lines, AREA)
    assume(neck.width_m > 0)
    solid = ground if lines is None else shapely.union_all([ground, lines])
    assert AREA.buffer(0.01).covers(neck.way)
    assert neck.way.distance(start) < 0.01
    assert neck.way.distance(goal) < 0.01
    assert 2 * neck.way.distance(solid) >= neck.width_m - neck.error_m - 0.02


@SETTINGS
@given(walls(), places(), places(), st.integers(0, 359), st.sampled_from([0.5, 1.0, 3.0]))
def test_moving_turning_and_scaling_the_map_moves_turns_and_scales_the_neck(
    ground, start, goal, angle, factor
):
    """Where north and the origin are is no matter; a map twice as large has twice the neck."""
    assume(not ground.is_empty)

    def move(shape):
        turned = scale(rotate(shape, angle, (0, 0)), factor, factor, origin=(0, 0))
        return translate(turned, 31_234.5, -7_654.3)

    here = measure_neck(start, [goal], ground, None, AREA)
    there = measure_neck(move(start), [move(goal)], move(ground), None, move(AREA))
    slack_m = 2 * max(1.0, 0.001 * there.width_m)
    assert there.width_m == pytest.approx(factor * here.width_m, abs=slack_m)


@SETTINGS
@given(walls(), places(), places(), walls())
def test_more_hostile_ground_never_widens_the_neck(ground, start, goal, more):
    """Losing ground never widens the way out."""
    assume(not ground.is_empty)
    before = measure_neck(start, [goal], ground, None, AREA)
    after = measure_neck(start, [goal], shapely.union_all([ground, more]), None, AREA)
    assert after.width_m <= before.width_m + max(1.0, 0.001 * before.width_m)


def cut_on_grid(start, goal, ground, step_m):
    """Cut a fine grid of cells apart, diagonals too, by networkx; None if it cannot be done."""
    n = round(20_000 / step_m)
    xy = -10_000 + step_m * (np.arange(n) + 0.5)
    free = ~shapely.contains_xy(ground, *np.meshgrid(xy, xy, indexing="ij"))
    G = nx.Graph()
    # Four-neighbour grids measure lengths in blocks; eight neighbours with these weights are
    # within eight per cent of straight lines (Boykov and Kolmogorov 2003).
    straight, diagonal = step_m * math.pi / 8, step_m * math.pi / (8 * math.sqrt(2))
    ring = [(1, 0, straight), (0, 1, straight), (1, 1, diagonal), (1, -1, diagonal)]
    for i, j in np.argwhere(free):
        for di, dj, capacity in ring:
            if i + di < n and 0 <= j + dj < n and free[i + di, j + dj]:
                G.add_edge((i, j), (i + di, j + dj), capacity=capacity)
        if {i, j} & {0, n - 1}:
            G.add_edge((i, j), "outside")
    for name, shape in (("force", start), ("goal", goal)):
        held = shapely.contains_xy(shape, *np.meshgrid(xy, xy, indexing="ij")) & free
        for i, j in np.argwhere(held):
            G.add_edge(name, (i, j))
    if "force" not in G or "goal" not in G:
        return None
    try:
        return float(nx.minimum_cut_value(G, "force", "goal"))
    except nx.NetworkXUnbounded:
        return None


@thorough
@settings(SETTINGS, max_examples=12)
@given(walls(), st.tuples(*[st.integers(-7_000, 7_000)] * 4))
def test_the_closing_distance_agrees_with_a_cut_on_a_grid(ground, where):
    """The front is as long as the cut of a fine grid, up to the grid's own error."""
    assume(not ground.is_empty)
    start, goal = (Point(xy).buffer(900, quad_segs=8) for xy in (where[:2], where[2:]))
    assume(not (start.intersects(ground) or goal.intersects(ground)))
    assume(start.distance(goal) > 1_500)
    step_m = 250.0
    closing = measure_closing_distance(start, [goal], ground, None, AREA)
    expected_m = cut_on_grid(start, goal, ground, step_m)
    assert (closing.length_m is None) == (expected_m is None)
    if expected_m is not None:
        assert closing.length_m <= 1.15 * expected_m + 4 * step_m
        assert closing.length_m >= 0.85 * expected_m - 4 * step_m


@thorough
@SETTINGS
@given(walls(), places(), places())
def test_a_front_closes_the_ring_and_is_no_shorter_than_its_bound(ground, start, goal):
    """Walls and new front together part force and goal; the lower bound is one."""
    closing = measure_closing_distance(start, [goal], ground, None, AREA)
    assume(closing.length_m is not None)
    assert closing.lower_bound_m <= closing.length_m + 0.01
    front = closing.chords.buffer(0.5)
    shut = shapely.union_all([ground, front])
    world = AREA.buffer(1_000) - shut
    pieces = [p for p in shapely.get_parts(world) if p.intersects(start - shut.buffer(2))]
    assert not any(p.intersects(goal - shut.buffer(2)) for p in pieces)


@SETTINGS
@given(walls(), st.integers(0, 359))
def test_turning_the_map_leaves_the_hostile_share_of_the_horizon(ground, angle):
    """The share of hostile bearings does not depend on where north is."""
    area = Point(0, 0).buffer(9_000, quad_segs=32)
    eye, ground = Point(0, 0), ground & area
    here = share_hostile_bearings(eye, ground, None, area)
    there = share_hostile_bearings(eye, rotate(ground, angle, (0, 0)), None, area)
    assert there == pytest.approx(here, abs=0.02)

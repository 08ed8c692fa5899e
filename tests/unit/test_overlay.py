"""Segments cut by polygons: the same as cutting each by each."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from encircle.roads.overlay import cut_segments
from tests.thorough import thorough

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SAMPLES = sorted((SHARED / "deepstate" / "samples").glob("*.geojson"))


def measure(start, end, polygons):
    """Lengths by segment and polygon, none the last."""
    pieces = cut_segments(start, end, polygons)
    lengths = np.zeros((len(start), len(polygons) + 1))
    whole = np.hypot(*(end - start).T)[pieces.segment]
    np.add.at(lengths, (pieces.segment, pieces.polygon), (pieces.end - pieces.begin) * whole)
    return lengths


def measure_plainly(start, end, polygons):
    """The slow, obvious answer: what each polygon takes of each line, one after the other."""
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    lengths = np.zeros((len(start), len(polygons) + 1))
    for number, polygon in enumerate(polygons):
        lengths[:, number] = shapely.length(shapely.intersection(lines, polygon))
        lines = shapely.difference(lines, polygon)
    lengths[:, -1] = shapely.length(lines)
    return lengths


def draw_map(seed, count=12):
    """Ragged polygons that may overlap, one with a hole, and segments short and long."""
    rng = np.random.default_rng(seed)
    polygons = []
    for _ in range(count):
        turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 40)))
        radius = rng.uniform(2, 20, len(turns))
        ring = np.column_stack([np.cos(turns), np.sin(turns)]) * radius[:, None]
        polygons += shapely.get_parts(
            shapely.make_valid(shapely.Polygon(ring + rng.uniform(0, 100, 2)))
        ).tolist()
    polygons = [p for p in polygons if p.geom_type == "Polygon"]
    polygons.append(shapely.box(30, 30, 60, 60) - shapely.box(40, 40, 50, 50))
    start = rng.uniform(-10, 110, (400, 2))
    return start, start + rng.normal(0, rng.choice([0.5, 5, 50], (400, 1)), (400, 2)), polygons


@pytest.mark.parametrize("seed", range(12))
def test_pieces_are_those_of_plain_cutting_on_random_maps(seed):
    start, end, polygons = draw_map(seed)
    difference = measure(start, end, polygons) - measure_plainly(start, end, polygons)
    assert np.abs(difference).max() < 1e-9


small = st.integers(0, 6)


@thorough
@settings(max_examples=150, deadline=None)
@given(
    ends=st.lists(st.tuples(small, small, small, small), min_size=1, max_size=12),
    boxes=st.lists(st.tuples(small, small, st.integers(1, 4), st.integers(1, 4)), max_size=4),
)
def test_segments_along_and_through_corners_are_cut_as_plainly(ends, boxes):
    """On whole coordinates everything that can touch does: corners, edges, points."""
    start, end = np.hsplit(np.array(ends, float), 2)
    polygons = [shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes]
    difference = measure(start, end, polygons) - measure_plainly(start, end, polygons)
    assert np.abs(difference).max() < 1e-9


@pytest.mark.real
@pytest.mark.skipif(not SAMPLES, reason="the real maps lie beside the project, not in it")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_pieces_are_those_of_plain_cutting_on_real_maps(sample):
    shapes = [
        shapely.make_valid(shapely.force_2d(shapely.from_geojson(json.dumps(f["geometry"]))))
        for f in json.loads(sample.read_bytes())["features"]
        if "Polygon" in f["geometry"]["type"]
    ]
    polygons = [part for shape in shapes for part in shapely.get_parts(shape)
                if part.geom_type == "Polygon"]  # fmt: skip
    rng = np.random.default_rng(1)
    start = rng.uniform([31, 46], [39, 51], (1500, 2))
    end = start + rng.normal(0, 0.03, start.shape)
    difference = measure(start, end, polygons) - measure_plainly(start, end, polygons)
    assert np.abs(difference).max() < 1e-9


def test_pieces_follow_each_other_along_their_segment():
    start, end, polygons = draw_map(3)
    pieces = cut_segments(start, end, polygons)
    first = np.r_[True, np.diff(pieces.segment) > 0]
    assert (np.diff(pieces.segment) >= 0).all()
    assert (pieces.begin[first] == 0).all()
    assert (pieces.end[np.r_[first[1:], True]] == 1).all()
    assert (pieces.begin[~first] == pieces.end[:-1][~first[1:]]).all()
    assert (pieces.polygon[~first] != pieces.polygon[:-1][~first[1:]]).all()


@pytest.mark.parametrize("polygons", [[], [shapely.Polygon()]], ids=["none", "empty"])
def test_without_ground_every_segment_stays_whole(polygons):
    pieces = cut_segments(np.zeros((2, 2)), np.ones((2, 2)), polygons)
    assert pieces.segment.tolist() == [0, 1]
    assert pieces.polygon.tolist() == [-1, -1]


def test_an_empty_polygon_keeps_its_number():
    ground = [shapely.Polygon(), shapely.box(0, 0, 1, 1)]
    assert cut_segments(np.array([[0.2, 0.2]]), np.array([[0.8, 0.8]]), ground).polygon == [1]


def test_no_segments_give_no_pieces():
    nothing = np.empty((0, 2))
    assert len(cut_segments(nothing, nothing, [shapely.box(0, 0, 1, 1)]).segment) == 0


def test_a_segment_of_no_length_lies_where_its_place_lies():
    place = np.array([[0.5, 0.5], [3.0, 0.5], [1.0, 0.5]])
    pieces = cut_segments(place, place, [shapely.box(0, 0, 1, 1)])
    assert pieces.polygon.tolist() == [0, -1, 0]

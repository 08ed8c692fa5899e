"""Edges drawn along each other lie on each other, on the plane as in degrees."""

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, Point, box, mapping

from encircle.judge import judge
from encircle.map.door.joints import share_vertices
from encircle.map.door.reader import Limits, read_situation
from encircle.map.plane.projection import Plane
from encircle.verifier.verify import verify

CORRIDOR = box(-0.28, -0.02, -0.07, 0.02)
POCKET, REAR = box(-0.07, -0.05, 0.07, 0.05), box(-0.42, -0.3, -0.28, 0.3)
AREA = box(-0.42, -0.3, 0.42, 0.3)
RING = AREA.difference(shapely.union_all([POCKET, REAR, CORRIDOR]))
BAND = box(-0.18, -0.02, -0.17, 0.02)


def turn(shape, angle):
    """Turn a shape and put it on the map, in the six decimals most tools write."""
    turned = rotate(shape, angle, origin=(0, 0))
    placed = shapely.transform(turned, lambda c: np.round(np.array([30.0, 50.0]) + c, 6))
    return {"type": placed.geom_type, "coordinates": mapping(placed)["coordinates"]}


def judged(angle, kind, **properties):
    """Judge a pocket whose corridor carries a band exactly as wide as itself."""
    rows = [
        ("pocket", POCKET, {"kind": "control", "holder": "B", "basis": "assessed"}),
        ("rear", REAR, {"kind": "control", "holder": "B", "basis": "assessed"}),
        ("corridor", CORRIDOR, {"kind": "control", "holder": "B", "basis": "assessed"}),
        ("ring", RING, {"kind": "control", "holder": "R", "basis": "assessed"}),
        ("band", BAND, {"kind": kind, **properties}),
        ("force", Point(0, 0), {"kind": "position", "side": "B", "force": "f", "reach_m": 500}),
        ("depot", Point(-0.35, 0), {"kind": "anchor", "side": "B"}),
    ]
    situation = read_situation(
        {
            "type": "FeatureCollection",
            "situation": {"as_of": "2025-01-15", "area": turn(AREA, angle)},
            "features": [
                {"type": "Feature", "id": n, "geometry": turn(shape, angle), "properties": p}
                for n, shape, p in rows
            ],
        }
    )
    judgement = judge(situation).to_dict()
    assert verify(judgement, situation).holds
    return judgement["status"]["code"]


@pytest.mark.parametrize("angle", [0, 37, 90])
@pytest.mark.parametrize(
    ("kind", "properties", "code"),
    [
        pytest.param("fire", {"side": "R", "grade": "F3"}, "C2", id="fire"),
        pytest.param("barrier", {"type": "minefield"}, "E2", id="minefield"),
        pytest.param("control", {"holder": "R", "basis": "assessed"}, "C3", id="dispute"),
        pytest.param("control", {"holder": None, "basis": "unknown"}, "C3", id="grey"),
        pytest.param("fire", {"side": "R", "grade": "F2"}, "C1", id="lighter fire"),
    ],
)
def test_nobody_slips_past_a_band_as_wide_as_the_corridor(angle, kind, properties, code):
    assert judged(angle, kind, **properties) == code


def test_a_vertex_on_an_edge_moves_nothing_and_is_put_in_once():
    wide, narrow = box(0, 0, 3, 1), box(1, 1, 2, 2)
    shared = share_vertices([wide, narrow, wide], 100)
    assert [shapely.equals(a, b) for a, b in zip(shared, [wide, narrow, wide], strict=True)]
    assert shapely.get_num_coordinates(shared).tolist() == [7, 5, 7]


@pytest.mark.parametrize(
    ("when", "vertices"),
    [
        pytest.param({}, 7, id="always"),
        pytest.param({"observed_at": "2025-01-15T06:00:00Z"}, 7, id="of the day"),
        pytest.param({"observed_at": "2025-01-16T06:00:00Z"}, 5, id="after the instant"),
        pytest.param({"valid_from": "2025-01-16"}, 5, id="not yet valid"),
        pytest.param({"valid_to": "2025-01-14"}, 5, id="no longer valid"),
    ],
)
def test_what_does_not_speak_at_the_instant_lends_no_vertex(when, vertices):
    wide = {"kind": "control", "holder": "B", "basis": "assessed"}
    rows = [
        ("wide", box(0, 0, 0.3, 0.1), wide),
        ("narrow", box(0.1, 0.1, 0.2, 0.2), {**wide, **when}),
        ("force", Point(0.05, 0.05), {"kind": "position", "side": "B", "force": "f"}),
    ]
    situation = read_situation(
        {
            "type": "FeatureCollection",
            "situation": {"as_of": "2025-01-15"},
            "features": [
                {"type": "Feature", "id": n, "geometry": turn(shape, 0), "properties": p}
                for n, shape, p in rows
            ],
        }
    )
    assert shapely.get_num_coordinates(situation.features[0].drawn) == vertices


@pytest.mark.parametrize("lat", [54.0, 68.0, -79.0])
def test_who_is_beside_an_edge_is_on_the_same_side_of_it_on_the_plane(lat):
    """The plane bends an edge of kilometres by decimetres and more: nobody changes sides by it."""
    rng, changed = np.random.default_rng(1), 0
    for _ in range(60):
        turn_by, along = rng.uniform(0, 360), rng.uniform(0.1, 0.9)
        ground = rotate(box(20.0, lat, 20.12, lat + 0.02), turn_by, origin=(20.06, lat))
        a, b = (np.array(xy) for xy in ground.exterior.coords[1:3])
        off = np.array([a[1] - b[1], b[0] - a[0]]) / np.hypot(*(b - a))
        beside = Point(a + along * (b - a) + off * rng.uniform(2.1e-6, 4e-6) * rng.choice([-1, 1]))
        plane = Plane((20.0, lat))
        inside = [
            plane.to_metres(drawn).contains(plane.to_metres(beside))
            for drawn in (ground, share_vertices([ground, beside], 100)[0])
        ]
        changed += inside[0] != ground.contains(beside)
        assert inside[1] == ground.contains(beside)
    assert changed  # or the plane bends nothing, and nobody need be held where he is


def test_edges_that_cross_at_a_flat_angle_cross_where_they_do_in_degrees():
    one = LineString([(30.0, 51.0), (30.12, 51.0)])
    other = LineString([(30.03, 50.99998), (30.119, 51.00002)])
    plane = Plane((30.0, 51.0))
    meet = plane.to_metres(one.intersection(other))
    drawn, shared = ([plane.to_metres(line) for line in lines]
                     for lines in ((one, other), share_vertices([one, other], 100)))  # fmt: skip
    assert drawn[0].intersection(drawn[1]).distance(meet) > 50
    assert shared[0].intersection(shared[1]).distance(meet) < 0.1


def test_edges_that_cross_or_pass_each_other_elsewhere_stay_as_they_are():
    road = LineString([(29.99, 50.98), (30.13, 51.03)])
    field = box(30.0, 51.0, 30.12, 51.05)
    shared = share_vertices([road, field, Point(30.06, 51.0002)], 100)
    assert shapely.get_num_coordinates(shared).tolist() == [2, 5, 1]


def test_a_polygon_that_would_touch_itself_stays_as_drawn():
    thin = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1e-6), (0, 1)])
    assert share_vertices([thin], 100) == [thin]


def test_a_map_of_edges_drawn_on_each_other_without_end_is_refused():
    lines = [shapely.LineString([(x / 50, 0), (1 + x / 50, 0)]) for x in range(50)]
    assert share_vertices(lines, 100) is None
    assert Limits().vertices > 100

"""Edges drawn along each other lie on each other, on the plane as in degrees."""

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate
from shapely.geometry import Point, box, mapping

from encircle.judge import judge
from encircle.map.door.joints import share_vertices
from encircle.map.door.reader import Limits, read_situation
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


def test_a_polygon_that_would_touch_itself_stays_as_drawn():
    thin = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1e-6), (0, 1)])
    assert share_vertices([thin], 100) == [thin]


def test_a_map_of_edges_drawn_on_each_other_without_end_is_refused():
    lines = [shapely.LineString([(x / 50, 0), (1 + x / 50, 0)]) for x in range(50)]
    assert share_vertices(lines, 100) is None
    assert Limits().vertices > 100

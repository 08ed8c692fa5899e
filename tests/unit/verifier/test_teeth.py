"""A front of thousands of thin teeth: what lies between them is a seam to engine and verifier."""

import math

import shapely

import encircle
from encircle.verifier.regions import MOST_AT_ONCE, shrink

CENTRE = (30.1, 50.05)


def box(west, south, east, north):
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def toothed(count, of=5000):
    """Give a sector of a pocket whose rim has `count` teeth a few metres wide, 100 m long."""
    turns = range(of // 2 - count // 2, of // 2 + count // 2)
    rim = [
        [
            CENTRE[0] + 0.08 * math.cos(2 * math.pi * t / of) * (1 + 0.02 * math.sin(40 * t)),
            CENTRE[1] + 0.04 * math.sin(2 * math.pi * t / of) * (1 + 0.02 * math.sin(40 * t)),
        ]
        for t in turns
    ]
    return [[*rim, [*CENTRE], rim[0]]]


def feature(name, rings, kind="control", **says):
    geometry = {"type": "Polygon", "coordinates": rings}
    said = {"kind": kind, "basis": "assessed", **says}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": said}


def point(name, at, kind, **says):
    geometry = {"type": "Point", "coordinates": at}
    said = {"kind": kind, "side": "UA", **says}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": said}


def test_a_ring_round_teeth_thinner_than_a_seam_is_proved():
    sides = [{"id": "UA"}, {"id": "RU"}]
    drawn = encircle.read({
        "type": "FeatureCollection",
        "situation": {"as_of": "2025-03-14T12:00:00Z", "sides": sides, "force": "x"},
        "features": [
            feature("pocket", toothed(100), holder="UA"),
            feature("home", box(29.9, 50.3, 30.4, 50.5), holder="UA"),
            feature("land", box(29.7, 49.8, 30.6, 50.3), holder="RU", basis="territory"),
            point("men", [30.05, 50.05], "position", force="x", reach_m=1),
            point("rear", [30.1, 50.4], "anchor"),
        ],
    })  # fmt: skip
    judged = encircle.judge(drawn, deadline_s=0.01)
    assert judged.status.code == "E2"
    checked = encircle.verify(judged, drawn)
    assert checked.holds, checked.sentence


def test_an_outline_of_many_corners_moved_window_by_window_is_the_same_area():
    turns = [2 * math.pi * t / 3000 for t in range(3000)]
    area = shapely.Polygon(
        [(900 * math.cos(t) * (1 + 0.02 * math.sin(40 * n)), 900 * math.sin(t))
         for n, t in enumerate(turns)]
    ).buffer(0)  # fmt: skip
    assert shapely.get_num_coordinates(area) > MOST_AT_ONCE
    at_once = area.buffer(-0.17, quad_segs=2)
    drawn = shrink(area, 0.17)
    assert drawn.symmetric_difference(at_once).area < 1e-6 * area.area
    assert len(shapely.get_parts(drawn)) == len(shapely.get_parts(at_once))

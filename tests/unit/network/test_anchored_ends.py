"""A road that ends on the very edge of an anchor's ground reaches it as one a metre off does."""

import math

import pytest

import encircle

QUICK = encircle.Options(most_worlds=0)
ORIGIN = (34.0, 50.0)
METRES = (111_320 * math.cos(math.radians(ORIGIN[1])), 111_250)
WALLS = [
    (-2500, -4500, -600, 4500), (-600, 600, 1500, 4500), (-600, -4500, 1500, -600),
]  # fmt: skip
"""Hostile ground, metres: what is left open is a way east, mined but for wheels."""


def at(x, y):
    return [ORIGIN[0] + x / METRES[0], ORIGIN[1] + y / METRES[1]]


def box(west, south, east, north):
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[at(*corner) for corner in corners]]}


def feature(name, kind, geometry, **says):
    return {"type": "Feature", "id": name, "geometry": geometry,
            "properties": {"kind": kind, **says}}  # fmt: skip


def judge(x, y):
    """Of a force whose only way is a road that ends at a place beside its rear."""
    road = {"type": "LineString", "coordinates": [at(0, 0), at(x, y)]}
    features = [
        feature("unit", "position", {"type": "Point", "coordinates": at(0, 5)}, side="A",
                force="us", reach_m=1),
        feature("road", "route", road),
        feature("mines", "barrier", box(800, -4300, 1000, 4300), type="minefield",
                blocks=["tracked", "foot"]),
        feature("rear", "anchor", box(4000, -600, 4600, 600), side="A"),
        *(feature(f"wall-{n}", "control", box(*wall), holder="B", basis="assessed")
          for n, wall in enumerate(WALLS)),
    ]  # fmt: skip
    situation = encircle.read({
        "type": "FeatureCollection", "features": features,
        "situation": {"as_of": "2025-03-14T12:00:00Z", "force": "us", "uncovered": "open",
                      "sides": [{"id": "A"}, {"id": "B"}], "area": box(-2000, -4000, 6000, 4000)},
    })  # fmt: skip
    return situation, encircle.judge(situation, QUICK)


@pytest.mark.parametrize("y", [-500, -77, 0, 222])
def test_an_end_on_the_edge_is_an_end_beside_it(y):
    """By rounding it was in none of the anchor's ground, and no gap from it: encircled."""
    for x in (3999, 4000, 4001):
        situation, judgement = judge(x, y)
        assert (judgement.verdict, judgement.definitions["land_cut"]) == ("not_encircled", "no"), x
        assert not encircle.verify(judgement.to_dict(), situation).failures


@pytest.mark.parametrize("x", [3973, 3990, 4000, 4002, 4010])
def test_a_ring_is_no_proof_where_a_road_leads_to_the_anchors_ground(x):
    """Into it by a metre, or up to it: a road is thin, and was asked for the area of a band."""
    _, ringed = judge(3960, -100)
    situation, judgement = judge(x, -100)
    assert (ringed.verdict, judgement.verdict) == ("encircled", "not_encircled")
    forged = {**ringed.to_dict(), "provenance": judgement.to_dict()["provenance"]}
    failures = encircle.verify(forged, situation).failures
    assert any("gets to anchor" in failure.statement for failure in failures)

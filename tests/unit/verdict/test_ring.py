"""A ring round two pockets, one of which lies within the other."""

import json

import pytest
from shapely.geometry import box, mapping

import encircle
from tests.property.strategies import AS_OF, draw_plan
from tests.unit.test_contradiction import QUICK, SOURCE, feature, stand

OUTER, HOLE, INNER = box(-4000, -2000, 0, 2000), box(-3000, -1000, -1000, 1000), (-2500, -500)
"""A pocket, the enemy's ground within it, and where a pocket within that begins."""


def draw(apart_m):
    """Draw the inner pocket where it is told, and another as far to the north as is told."""
    inner = box(*INNER, INNER[0] + 1000, INNER[1] + 1000 + apart_m)
    ours = {"outer": OUTER.difference(HOLE), "inner": inner, "home": box(3000, -6000, 6000, 6000)}
    theirs = box(-6000, -6000, 3000, 6000)
    for shape in ours.values():
        theirs = theirs.difference(shape)
    features = [
        *(
            feature(name, mapping(shape), "control", holder="BLUE", basis="assessed")
            for name, shape in ours.items()
        ),
        feature("foe", mapping(theirs), "control", holder="RED", basis="assessed"),
        feature("rear", mapping(box(5000, -500, 5900, 500)), "anchor", side="BLUE"),
        stand((-3500, 40), "outside", sources=SOURCE, reach_m=100),
        stand((-2000, 40), "within", sources=SOURCE, reach_m=100),
    ]
    whole = {
        "as_of": AS_OF, "sides": [{"id": "BLUE"}, {"id": "RED"}], "force": "us",
        "area": mapping(box(-6000, -6000, 6000, 6000)),
    }  # fmt: skip
    return draw_plan({"type": "FeatureCollection", "situation": whole, "features": features})


@pytest.mark.parametrize("apart_m", [0, 300], ids=lambda m: f"{m} m longer")
def test_a_pocket_within_a_pocket_is_held_by_the_outer_ring(apart_m):
    situation = encircle.read(json.loads(json.dumps(draw(apart_m))))
    judgement = encircle.judge(situation, QUICK)
    assert judgement.status.code == "E2"
    ring = judgement.certificates["closed"]
    assert sorted(ring["units"]) == ["outside", "within"]
    assert ring["ring"]["type"] == "Polygon"
    assert ring["area_km2"] == pytest.approx(16.0, rel=1e-3)
    assert encircle.verify(json.loads(judgement.to_json()), situation).holds

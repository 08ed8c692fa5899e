"""Where the best way runs beside a road under fire, the road is named."""

import pytest

from encircle import judge
from encircle.map.door.reader import read_situation
from encircle.verdict.explain import explain

SQUARE = [[60.0, 50.0], [60.4, 50.0], [60.4, 50.1], [60.0, 50.1], [60.0, 50.0]]


def draw(**route):
    line = {"type": "LineString", "coordinates": [[60.05, 50.05], [60.35, 50.05]]}
    rows = [
        ("land", {"type": "Polygon", "coordinates": [SQUARE]},
         {"kind": "control", "holder": "B", "basis": "assessed"}),
        ("corn path", line, {"kind": "route", "name": "Corn path", "modes": ["foot"], **route}),
        ("force", {"type": "Point", "coordinates": [60.05, 50.05]},
         {"kind": "position", "side": "B", "force": "f", "reach_m": 300}),
        ("rear", {"type": "Point", "coordinates": [60.35, 50.05]}, {"kind": "anchor", "side": "B"}),
    ]  # fmt: skip
    features = [{"type": "Feature", "id": n, "geometry": g, "properties": p} for n, g, p in rows]
    whole = {"as_of": "1991-10-19", "area": {"type": "Polygon", "coordinates": [SQUARE]}}
    return read_situation({"type": "FeatureCollection", "situation": whole, "features": features})


def test_a_drawn_path_under_fire_is_named_beside_unmapped_ground():
    judgement = judge(draw(fire="F3"))
    assert judgement.definitions["fire_control"] == "unknown"
    (found,) = [f for f in judgement.findings if f.rule == "fire_unmapped"]
    assert found.evidence == ("corn path",)
    assert "“Corn path” is under fire F3" in explain(judgement)


@pytest.mark.parametrize("route", [{}, {"fire": "F1"}, {"fire": "F3", "state": "cut"}])
def test_a_path_that_is_calm_or_carries_nobody_is_not_named(route):
    judgement = judge(draw(**route))
    named = [f.evidence for f in judgement.findings if f.rule == "fire_unmapped"]
    assert named in ([], [()])

"""Which crossings lead out of a ring: who gets on them from within it."""

import pytest

import encircle
from tests.property.strategies import AS_OF, box, draw_plan, point

QUICK = encircle.Options(most_worlds=0)
FOE = (
    (-6000, -3000, -3500, 3000), (-3500, -3000, 0, 200), (-3500, 1200, 0, 3000),
    (-2500, 200, 0, 600), (-2500, 800, 0, 1200), (-2500, 600, -2450, 800), (-2350, 600, 0, 800),
)  # fmt: skip
"""All round a pocket, and round a strip of neutral ground 50 m beside it."""


def feature(name, geometry, kind, **says):
    properties = {"kind": kind, **says}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


@pytest.mark.parametrize(
    ("x", "listed"), [(-2475, False), (-2515, True)], ids=["by the strip", "in the pocket"]
)
def test_a_crossing_over_a_strip_is_got_on_at_the_strip(x, listed):
    """Drawn as a point within 30 m of the strip it spans that, and is not passed at the point."""
    features = [
        *(feature(f"foe-{n}", box(*corners), "control", holder="RED", basis="assessed")
          for n, corners in enumerate(FOE)),
        feature("pocket", box(-3500, 200, -2500, 1200), "control", holder="BLUE",
                basis="assessed"),
        feature("strip", box(-2450, 600, -2350, 800), "control", holder="neutral",
                basis="assessed"),
        feature("home", box(0, -3000, 6000, 3000), "control", holder="BLUE", basis="assessed"),
        feature("rear", box(5000, -500, 5900, 500), "anchor", side="BLUE"),
        feature("unit", point(-3000, 700), "position", side="BLUE", force="us", reach_m=1),
        feature("gate", point(x, 700), "crossing", type="tunnel"),
    ]  # fmt: skip
    whole = {"as_of": AS_OF, "sides": [{"id": "BLUE"}, {"id": "RED"}], "force": "us",
             "area": box(-6000, -3000, 6000, 3000)}  # fmt: skip
    document = {"type": "FeatureCollection", "situation": whole, "features": features}
    situation = encircle.read(draw_plan(document))
    judgement = encircle.judge(situation, QUICK).to_dict()
    assert judgement["status"]["code"] == "E2"
    cut = judgement["certificates"]["closed"]["cut_set"]
    assert any(stop["id"] == "gate" for stops in cut.values() for stop in stops) == listed
    assert not encircle.verify(judgement, situation).failures
    for stops in cut.values():
        stops[:] = [stop for stop in stops if stop["id"] != "gate"]
    assert bool(encircle.verify(judgement, situation).failures) == listed


@pytest.mark.parametrize("pond_m", [None, 20, 200], ids=["no water", "a pond beside", "far water"])
def test_a_bridge_over_a_line_leads_out_whatever_water_is_near(pond_m):
    """A pond within 30 m was taken for what it spans, and the river beside it forgotten."""
    ring = [(-6000, -3000, -3500, 3000), (-3500, -3000, 0, 200), (-3500, 1200, 0, 3000)]
    pond = [] if pond_m is None else [
        feature("pond", box(-2600, 700 + pond_m, -2400, 780 + pond_m), "barrier", type="lake"),
    ]  # fmt: skip
    line = {"type": "LineString", "coordinates": [[-2500, 100], [-2500, 1300]]}
    features = [
        *(feature(f"foe-{n}", box(*corners), "control", holder="RED", basis="assessed")
          for n, corners in enumerate(ring)),
        feature("home", box(-3500, 200, 6000, 1200), "control", holder="BLUE", basis="assessed"),
        feature("rear", box(5000, 300, 5900, 1100), "anchor", side="BLUE"),
        feature("unit", point(-3000, 700), "position", side="BLUE", force="us", reach_m=1),
        feature("river", line, "barrier", type="river"),
        feature("bridge", point(-2500, 700), "crossing", type="bridge", state="cut"),
        *pond,
    ]  # fmt: skip
    whole = {"as_of": AS_OF, "sides": [{"id": "BLUE"}, {"id": "RED"}], "force": "us",
             "area": box(-6000, -3000, 6000, 3000)}  # fmt: skip
    document = {"type": "FeatureCollection", "situation": whole, "features": features}
    situation = encircle.read(draw_plan(document))
    judgement = encircle.judge(situation, QUICK).to_dict()
    assert judgement["status"]["code"] == "E2"
    parts = [judgement, *judgement["units"]]
    cuts = [part["certificates"]["closed"]["cut_set"] for part in parts]
    assert all(any(stop["id"] == "bridge" for stops in cut.values() for stop in stops)
               for cut in cuts)  # fmt: skip
    assert not encircle.verify(judgement, situation).failures
    for stops in (stops for cut in cuts for stops in cut.values()):
        stops[:] = [stop for stop in stops if stop["id"] != "bridge"]
    assert encircle.verify(judgement, situation).failures

"""Margins of whole maps, and what is told beside them."""

from __future__ import annotations

import pytest

import encircle

AREA = (34.7, 49.8, 35.6, 50.3)
KM = 1 / 111.2
"""Degrees of latitude in a kilometre."""


def box(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(name, geometry, kind, **says):
    properties = {"kind": kind, "sources": ["s"], **says}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def line(*points):
    return {"type": "LineString", "coordinates": [list(p) for p in points]}


def control(name, holder, *bounds, basis="assessed", **says):
    return feature(name, box(*bounds), "control", holder=holder, basis=basis, **says)


HOME = control("home", "BLUE", *AREA, basis="territory")
BAG = (
    control("north", "RED", 34.9, 50.1, 35.2, 50.15),
    control("south", "RED", 34.9, 49.95, 35.2, 50.0),
    control("west", "RED", 34.9, 50.0, 34.95, 50.1),
)
"""A bag 11.1 km wide, open to the east."""
LID = control("east", "RED", 35.18, 50.0, 35.2, 50.1)
REAR = feature("rear", box(35.4, 49.9, 35.5, 50.2), "anchor", side="BLUE")
UNIT = feature("unit", point(35.05, 50.05), "position", side="BLUE", force="us", reach_m=500)
RIVER = feature("river", line((35.18, 49.99), (35.18, 50.11)), "barrier", type="river")
ROAD = feature("road", line((35.05, 50.05), (35.45, 50.05)), "route")


def judge(*features, **whole):
    situation = {
        "as_of": "2024-01-01T00:00:00Z",
        "force": "us",
        "sides": [{"id": "BLUE"}, {"id": "RED"}],
        "area": box(*AREA),
        "sources": [{"id": "s", "reliability": "B", "credibility": 2}],
        **whole,
    }
    document = {"type": "FeatureCollection", "situation": situation, "features": [*features]}
    read = encircle.read(document)
    judgement = encircle.judge(read)
    assert encircle.verify(judgement.to_dict(), read).holds
    return judgement


def rules_of(judgement):
    return {finding.rule: finding for finding in judgement.findings}


def test_a_bag_is_closed_by_its_mouth():
    margins = judge(HOME, *BAG, UNIT, REAR).margins
    for reading in ("optimistic", "pessimistic"):
        assert margins["neck_width_m"][reading] == pytest.approx(11_123, rel=0.01)
        assert margins["closing_distance_m"][reading] == pytest.approx(11_123, rel=0.01)


def test_in_open_country_the_front_is_a_loop_round_the_room_of_the_force():
    margins = judge(HOME, UNIT, REAR).margins
    assert margins["neck_width_m"]["pessimistic"] is None
    assert margins["closing_distance_m"]["pessimistic"] == pytest.approx(12_566, rel=0.01)


def test_a_force_on_its_anchor_cannot_be_cut_off():
    margins = judge(HOME, UNIT, feature("base", box(35.0, 50.0, 35.1, 50.1), "anchor", side="BLUE"))
    assert margins.margins["closing_distance_m"]["pessimistic"] is None


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_places_changes_no_margin(order):
    places = [[35.05, 50.05], [34.97, 50.12]][::order]  # the second on hostile ground
    geometry = {"type": "MultiPoint", "coordinates": places}
    unit = feature("unit", geometry, "position", side="BLUE", force="us", reach_m=500)
    margins = judge(HOME, *BAG, unit, REAR).margins
    assert margins["closing_distance_m"]["pessimistic"] == pytest.approx(11_123, rel=0.01)


def test_only_a_crossing_leads_out_and_there_is_no_neck():
    bridge = feature("bridge", point(35.18, 50.05), "crossing", type="bridge")
    wide = feature("river", line((35.18, 49.8), (35.18, 50.3)), "barrier", type="river")
    judgement = judge(HOME, UNIT, REAR, wide, bridge, ROAD)
    assert judgement.verdict == "not_encircled"
    margins = judgement.margins
    assert margins["neck_width_m"]["pessimistic"] is None
    assert margins["closing_distance_m"]["pessimistic"] is None
    assert "a crossing; no open ground leads out" in encircle.explain(judgement)


def test_where_a_river_holds_the_ring_no_advance_opens_it_and_the_cut_bridge_does():
    bridge = feature("bridge", point(35.18, 50.05), "crossing", type="bridge", state="cut")
    wide = feature("river", line((35.18, 49.8), (35.18, 50.3)), "barrier", type="river")
    west = control("west-bank", "RED", 34.7, 49.8, 34.9, 50.3)
    north, south = (
        control("n", "RED", 34.9, 50.1, 35.18, 50.3),
        control("s2", "RED", 34.9, 49.8, 35.18, 50.0),
    )
    judgement = judge(HOME, west, north, south, UNIT, REAR, wide, bridge, ROAD)
    assert judgement.status.code == "E2"
    assert judgement.margins["opening_distance_m"] is None
    assert rules_of(judgement)["crossings_cut"].evidence == ("bridge",)
    pivot = next(p for p in judgement.pivots if p.evidence == ("bridge",))
    assert pivot.would_make == "not_encircled"


def test_the_advance_that_opens_is_the_least_of_any_unit():
    strip = control("thick", "RED", 35.18, 50.0, 35.3, 50.1)
    near = feature("near", point(35.33, 50.25), "position", side="BLUE", force="us", reach_m=500)
    ring = (
        control("a", "RED", 35.28, 50.2, 35.38, 50.22),
        control("b", "RED", 35.28, 50.28, 35.38, 50.3),
        control("c", "RED", 35.28, 50.22, 35.3, 50.28),
        control("d", "RED", 35.36, 50.22, 35.38, 50.28),
    )
    judgement = judge(HOME, *BAG, strip, UNIT, near, *ring, REAR)
    assert judgement.status.code == "E2"
    assert judgement.margins["opening_distance_m"]["distance_m"] == pytest.approx(1_430, rel=0.02)


def test_a_force_off_the_map_and_a_sliver_that_folds_on_the_plane_are_judged():
    sliver = [[34.75, 50.29], [35.352, 49.973], [35.353, 49.974], [35.351, 49.972], [34.75, 50.29]]
    fold = {"type": "Polygon", "coordinates": [sliver]}
    away = feature("away", point(36.5, 50.0), "position", side="BLUE", force="us")
    said = feature("fold", fold, "control", holder="RED", basis="territory")
    assert judge(HOME, said, UNIT, away, REAR).verdict == "not_encircled"


def test_a_long_corridor_between_parallel_walls_takes_no_time():
    north = control("n", "RED", 34.8, 50.05 + 0.1 * KM, 35.3, 50.2)
    south = control("s2", "RED", 34.8, 49.9, 35.3, 50.05 - 0.1 * KM)
    west = control("w", "RED", 34.75, 49.9, 34.8, 50.2)
    unit = feature("unit", point(34.85, 50.05), "position", side="BLUE", force="us", reach_m=0)
    judgement = judge(HOME, north, south, west, unit, REAR)
    assert judgement.margins["neck_width_m"]["pessimistic"] == pytest.approx(200, abs=1)


# -- what is told ------------------------------------------------------------------------------


def test_only_the_fire_on_the_way_is_named():
    far = feature("far", box(34.7, 50.2, 34.8, 50.3), "fire", side="RED", grade="F3")
    near = feature("near", box(35.2, 50.0, 35.3, 50.1), "fire", side="RED", grade="F3")
    calm = feature("calm", line((35.05, 50.07), (35.15, 50.07)), "route", fire="F0")
    found = rules_of(judge(HOME, *BAG, UNIT, REAR, far, near, calm, ROAD))
    assert found["interdicted"].evidence == ("near",)
    assert found["fire_on_the_way"].evidence == ("near",)


def test_a_depot_in_the_pocket_is_told():
    depot = feature("depot", point(35.1, 50.05), "anchor", side="BLUE")
    found = rules_of(judge(HOME, *BAG, LID, UNIT, REAR, depot))
    assert found["anchor_inside_ring"].evidence == ("depot",)
    assert "anchor_inside_ring" not in rules_of(judge(HOME, *BAG, UNIT, REAR, depot))


def test_the_headline_tells_of_a_unit_whose_way_out_hung_on_grey():
    grey = feature("grey", box(35.18, 50.0, 35.2, 50.1), "control", holder=None, basis="unknown")
    free = feature("free", point(35.35, 50.25), "position", side="BLUE", force="us", reach_m=500)
    headline = judge(HOME, *BAG, grey, UNIT, free, REAR).headline
    assert "whether 1 of its 2 units could get out hung on ground nobody was sure of" in headline


def test_where_an_error_decides_the_pivot_says_what_holds_as_drawn():
    half = 0.218 * KM
    north = control("n", "RED", 34.8, 50.05 + half, 35.2, 50.2, location_error_m=400)
    south = control("s2", "RED", 34.8, 49.9, 35.2, 50.05 - half, location_error_m=400)
    west = control("w", "RED", 34.75, 49.9, 34.8, 50.2)
    unit = feature("unit", point(35.0, 50.05), "position", side="BLUE", force="us", reach_m=30)
    judgement = judge(HOME, north, south, west, unit, REAR)
    assert judgement.status.code == "C3"
    statements = [p.statement for p in judgement.pivots]
    assert any("boundaries where they are drawn a way out is open" in s for s in statements)
    assert any(p.probability == pytest.approx(5 / 6, abs=0.001) for p in judgement.pivots)
    assert not any("0.0 km" in s or "smaller" in s for s in statements)


@pytest.mark.parametrize(
    ("says", "code"),
    [
        pytest.param({}, "E1", id="open"),
        pytest.param({"permission": "third_party"}, "E1", id="by a third party's leave"),
        pytest.param({"permission": "enemy"}, "E2", id="by the enemy's leave"),
        pytest.param({"state": "cut"}, "E2", id="shut"),
    ],
)
@pytest.mark.parametrize("basis", ["territory", "assessed"])
@pytest.mark.parametrize(
    "post", [point(35.05, 50.16), box(35.0, 50.155, 35.1, 50.17)], ids=["point", "ground"]
)
def test_a_gate_reaches_its_post_abroad(says, code, basis, post):
    """An open crossing that ends at an anchor reaches it, on neutral ground too."""
    abroad = control("abroad", "neutral", 34.7, 50.15, 35.6, 50.3, basis=basis)
    lid = control("lid", "RED", 35.18, 50.0, 35.2, 50.15)
    south, west = BAG[1], control("west", "RED", 34.9, 50.0, 34.95, 50.15)
    gate = feature("gate", line((35.05, 50.145), (35.05, 50.16)), "crossing", type="checkpoint")
    gate["properties"].update(says)
    anchor = feature("post", post, "anchor", side="BLUE")
    home = control("home", "BLUE", 34.7, 49.8, 35.6, 50.15, basis="territory")
    judgement = judge(home, south, west, lid, abroad, UNIT, gate, anchor)
    assert judgement.status.code == code


@pytest.mark.parametrize("north", [50.16, 50.1502], ids=["far over the border", "beside it"])
@pytest.mark.parametrize("gated", [False, True], ids=["by road alone", "by road and gate"])
@pytest.mark.parametrize("basis", ["territory", "assessed"])
def test_a_road_reaches_no_post_abroad_without_a_gate(north, gated, basis):
    """A route carries nobody over neutral ground, and its end joins no anchor there."""
    abroad = control("abroad", "neutral", 34.7, 50.15, 35.6, 50.3, basis=basis)
    lid = control("lid", "RED", 35.18, 50.0, 35.2, 50.15)
    south, west = BAG[1], control("west", "RED", 34.9, 50.0, 34.95, 50.15)
    home = control("home", "BLUE", 34.7, 49.8, 35.6, 50.15, basis="territory")
    road = feature("road", line((35.05, 50.1), (35.05, north)), "route")
    gate = feature("gate", point(35.05, 50.15), "crossing", type="checkpoint")
    post = feature("post", point(35.05, north), "anchor", side="BLUE")
    drawn = [home, south, west, lid, abroad, UNIT, road, post, *([gate] if gated else [])]
    judgement = judge(*drawn)
    assert judgement.status.code == ("E1" if gated else "E2")
    assert ("anchor_abroad" in {n.code for n in judgement.notices}) is not gated
    checked = encircle.verify(judgement, judgement.situation)
    assert checked.holds, checked.sentence


def test_from_an_anchor_on_a_river_no_neck_is_measured_and_the_proof_holds():
    """A town's dot lies on its river: no disc gets away from there, and the way is open."""
    on_river = feature("town", point(35.18, 50.05), "anchor", side="BLUE")
    judged = judge(HOME, *BAG[:1], RIVER, UNIT, on_river)
    assert judged.status.code == "C0"
    neck = judged.margins["neck_width_m"]
    assert (neck["optimistic"], neck["pessimistic"], neck["at"]) == (None, None, None)

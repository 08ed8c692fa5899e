"""Slips of drawing: each is told once, with its place and remedy, and history has few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapely import union_all
from shapely.geometry import Point, mapping, shape

import encircle
from encircle.errors import SituationError
from encircle.map.slips import places as places_module
from encircle.map.slips.sheet import Sheet
from encircle.map.slips.slips import inspect_situation
from tests.property.strategies import box, draw_plan, line, point
from tests.thorough import thorough
from tests.unit.test_baselines import blue, build, force, red
from tests.unit.test_baselines import box as ring_box
from tests.unit.test_contradiction import SOURCE, draw, feature, stand

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RIVER = feature("river", line((3500, -3000), (3500, 3000)), "barrier", type="river")
LAKE = feature("lake", box(3400, -3000, 3600, 3000), "barrier", type="lake")
ROAD = feature("road", line((2000, 40), (5400, 40)), "route")


ABROAD = feature("abroad", box(0, 3000, 6000, 5000), "control", holder="neutral", basis="assessed")


def bridge(x, name="bridge", **says):
    return feature(name, point(x, 40), "crossing", **{"type": "bridge", **says})


def unit(at=(2000, 40), **says):
    return stand(at, **{"sources": SOURCE, "reach_m": 100, **says})


def inspect(*features, **whole):
    return inspect_situation(encircle.read(draw(*features, **whole)))


@pytest.mark.parametrize(
    ("features", "codes"),
    [
        pytest.param([unit()], set(), id="nothing amiss"),
        pytest.param([unit(), RIVER, ROAD, bridge(3500)], set(), id="a bridge on its river"),
        pytest.param(
            [unit(), RIVER, ROAD, bridge(3540)],
            {"crossing_spans_nothing", "route_over_water"},
            id="a bridge 40 m beside its river",
        ),
        pytest.param(
            [unit(), RIVER, ROAD, bridge(3540, location_error_m=100)],
            set(),
            id="a bridge whose place may be that far off",
        ),
        pytest.param([unit(), RIVER, ROAD], {"route_over_water"}, id="a road without a bridge"),
        pytest.param(
            [
                unit(),
                LAKE,
                feature("span", line((3440, 40), (3700, 40)), "crossing", type="bridge"),
            ],
            {"crossing_ends_in_water"},
            id="a bridge that ends in water",
        ),
        pytest.param(
            [unit(), feature("t", line((2000, 40), (-2000, 40)), "crossing", type="tunnel")],
            {"tunnel_on_hostile_ground"},
            id="a tunnel that comes up among the enemy",
        ),
        pytest.param(
            [unit(), RIVER, ROAD, bridge(3500), bridge(3500, "again")],
            {"posted_twice"},
            id="a bridge posted twice",
        ),
        pytest.param(
            [unit(), ROAD, feature("back", line((5400, 40), (2000, 40)), "route")],
            {"posted_twice"},
            id="a road posted twice, there and back",
        ),
        pytest.param([unit((-2000, 40))], {"force_on_hostile_ground"}, id="the force"),
        pytest.param(
            [unit(), feature("lost", point(-4000, 0), "anchor", side="BLUE")],
            {"anchor_on_hostile_ground"},
            id="an anchor",
        ),
        pytest.param([unit((7000, 40))], {"force_off_the_map"}, id="a force off the map"),
        pytest.param(
            [unit(), feature("ditch", line((20, 500), (3000, 500)), "barrier", type="river")],
            {"loose_end_tied"},
            id="a river that ends 20 m before the front",
        ),
        pytest.param(
            [unit(), feature("ditch", line((120, 500), (3000, 500)), "barrier", type="river")],
            {"loose_end_open"},
            id="a river that ends 120 m before the front",
        ),
        pytest.param(
            [unit(), feature("ditch", line((120, 500), (120, 2500)), "barrier", type="river")],
            set(),
            id="a river that runs along the front",
        ),
        pytest.param(
            [unit(), feature("ditch", line((320, 500), (3000, 500)), "barrier", type="river")],
            set(),
            id="a river that ends far from the front",
        ),
        pytest.param(
            [
                unit(),
                RIVER,
                feature("road", line((2000, 40), (3350, 40)), "route"),
                feature("on", line((3500, 40), (5400, 40)), "route"),
                bridge(3500),
            ],
            {"road_short_of_crossing"},
            id="a road that stops 150 m short of its bridge",
        ),
        pytest.param(
            [
                unit(),
                LAKE,
                feature("road", line((2000, 40), (3250, 40)), "route"),
                feature("on", line((3600, 40), (5400, 40)), "route"),
                bridge(3500),
            ],
            {"road_short_of_crossing"},
            id="a road that stops 150 m short of the bank",
        ),
        pytest.param(
            [
                unit(),
                LAKE,
                feature("road", line((2000, 40), (3390, 40)), "route"),
                feature("on", line((3600, 40), (5400, 40)), "route"),
                bridge(3500),
            ],
            set(),
            id="a road that stops at the bank",
        ),
        pytest.param(
            [
                unit(),
                RIVER,
                feature("road", line((2000, 40), (3350, 40)), "route"),
                feature("up", line((3350, 40), (3350, 900)), "route"),
                bridge(3500),
            ],
            set(),
            id="a road that goes on by another",
        ),
        pytest.param(
            [unit(), feature("ditch", line((-20, 500), (3000, 500)), "barrier", type="river")],
            set(),
            id="a river that runs into the front",
        ),
        pytest.param(
            [unit(), feature("depot", point(3000, 3010), "anchor", side="BLUE")],
            {"anchor_beside_its_ground"},
            id="an anchor 10 m off its ground",
        ),
        pytest.param(
            [unit(), feature("depot", point(3000, 2990), "anchor", side="BLUE")],
            set(),
            id="an anchor 10 m inside its ground",
        ),
        pytest.param(
            [
                unit(),
                ABROAD,
                feature("post", point(3000, 3300), "anchor", side="BLUE"),
                feature("lane", line((3000, 40), (3000, 3300)), "route"),
            ],
            {"anchor_abroad"},
            id="a post abroad that a road alone leads to",
        ),
        pytest.param(
            [
                unit(),
                ABROAD,
                feature("post", point(3000, 3300), "anchor", side="BLUE"),
                feature("gate", line((3000, 2990), (3000, 3300)), "crossing", type="checkpoint"),
            ],
            set(),
            id="a post abroad with its gate",
        ),
    ],
)
def test_a_slip_is_told(features, codes):
    notices = inspect(*features)
    assert {notice.code for notice in notices} == codes
    assert len(notices) == len({(n.code, n.features) for n in notices})


def fold_over(thick_deg):
    """Give a sliver along a parallel whose upper side has a vertex in the middle."""
    west, low = 34.6, 50.0
    ring = [(0.0, 0.0), (0.04, 0.0), (0.04, thick_deg), (0.02, thick_deg), (0.0, thick_deg)]
    corners = [[west + x, low + y] for x, y in [*ring, ring[0]]]
    return {
        "type": "Feature",
        "id": "sliver",
        "geometry": {"type": "Polygon", "coordinates": [corners]},
        "properties": {"kind": "control", "holder": "RED", "basis": "contested"},
    }


@pytest.mark.parametrize(("thick_deg", "told"), [(1e-7, True), (1e-4, False)])
def test_an_outline_that_had_to_be_mended_is_told_and_travels(thick_deg, told):
    """A straight edge in degrees is bent on the plane: a sliver may fold over itself there."""
    document = draw(unit())
    document["features"].append(fold_over(thick_deg))
    del document["situation"]["area"]
    judgement = encircle.judge(encircle.read(document))
    mended = [n for n in judgement.notices if n.code == "outline_mended"]
    assert bool(mended) is told
    assert all(n.features == ("sliver",) and "34.6" in n.statement for n in mended)
    assert encircle.verify(judgement, encircle.read(document)).holds


def test_an_anchor_on_hostile_ground_is_told_though_a_road_ends_at_it():
    """A road joins no anchor there: to pass that over would leave the drawer in the dark."""
    lost = feature("lost", point(-4000, 0), "anchor", side="BLUE")
    road = feature("road", line((2000, 40), (-4000, 0)), "route")
    assert "anchor_on_hostile_ground" in {n.code for n in inspect(unit(), lost, road)}


def test_a_map_without_an_anchor_is_told():
    document = draw(unit())
    document["features"] = [f for f in document["features"] if f["id"] != "rear"]
    assert "no_anchor" in {n.code for n in inspect_situation(encircle.read(document))}


def test_barriers_without_an_enemy_are_told_and_no_enemy_is_blamed():
    ring = line((1500, -500), (2500, -500), (2500, 500), (1500, 500), (1500, -500))
    document = draw(unit(), feature("cliff", ring, "barrier", type="cliff"))
    document["features"] = [f for f in document["features"] if f["id"] != "foe"]
    judgement = encircle.judge(encircle.read(document))
    assert judgement.status.code == "E2"
    assert "ring_of_barriers_alone" in {finding.rule for finding in judgement.findings}
    assert "encircled" not in judgement.headline
    assert "no_enemy_drawn" in {notice.code for notice in judgement.notices}


def test_a_whole_map_swapped_is_told_by_its_sides():
    plan = draw(unit())
    for side in plan["situation"]["sides"]:
        side["id"] = {"BLUE": "UA", "RED": "RU"}[side["id"]]
    for f in plan["features"]:
        for name in ("side", "holder"):
            if name in f["properties"]:
                f["properties"][name] = {"BLUE": "UA", "RED": "RU"}[f["properties"][name]]
    assert "map_swapped" not in {n.code for n in inspect_situation(encircle.read(plan))}

    def turn(value):
        return value[::-1] if isinstance(value[0], float) else [turn(v) for v in value]

    for geometry in (plan["situation"]["area"], *(f["geometry"] for f in plan["features"])):
        geometry["coordinates"] = turn(geometry["coordinates"])
        if geometry["type"] == "Polygon":
            geometry["coordinates"] = [ring[::-1] for ring in geometry["coordinates"]]
    assert "map_swapped" in {n.code for n in inspect_situation(encircle.read(plan))}


def test_a_bridge_posted_twice_is_one_way_out():
    once = encircle.judge(encircle.read(draw(unit(), RIVER, ROAD, bridge(3500))))
    twice = encircle.judge(
        encircle.read(draw(unit(), RIVER, ROAD, bridge(3500), bridge(3500, "again")))
    )
    assert once.margins["disjoint_routes"] == twice.margins["disjoint_routes"]


@pytest.mark.parametrize(("error_m", "told"), [(30, True), (50, False)])
def test_a_crossing_finds_its_river_within_its_error_and_no_further(error_m, told):
    """40 m off: an error of 30 m is not added to what ends join over."""
    codes = {n.code for n in inspect(unit(), RIVER, ROAD, bridge(3540, location_error_m=error_m))}
    assert ("crossing_spans_nothing" in codes) == told


def test_a_ring_that_only_the_maps_edge_closes_is_told_by_inspection_and_judgement():
    situation = encircle.read(FIXTURES / "trap-map-edge-ring" / "situation.geojson")
    (notice,) = encircle.inspect(situation)
    assert notice.code == "ring_closed_by_the_edge"
    assert "runs off the map at 60.0433, 55.1000" in notice.statement
    assert notice in encircle.judge(situation).notices


def test_a_property_of_another_kind_is_told():
    wall = feature("wall", box(6000, 0, 6100, 100), "control", holder="RED", basis="assessed")
    wall["properties"] |= {"reach_m": 500, "weight": 0}
    (notice,) = encircle.read(draw(unit(), wall)).notices
    assert (notice.code, notice.features) == ("property_of_another_kind", ("wall",))
    assert "'reach_m' of 1 control" in notice.statement


def test_a_doubt_keeps_confidence_low_and_stands_in_the_headline():
    judgement = encircle.judge(encircle.read(draw(unit(), RIVER, ROAD, bridge(3540))))
    assert judgement.confidence["level"] == "low"
    assert "in doubt" in judgement.headline
    assert "Notices:\n- In doubt: A bridge" in encircle.explain(judgement)
    assert "In doubt: A bridge" in encircle.draw_svg(
        judgement, encircle.read(draw(unit(), RIVER, ROAD, bridge(3540)))
    )


@thorough
def test_the_library_of_history_is_quiet():
    """A false alarm is a defect: these are the slips that its maps really have."""
    told = set()
    for path in sorted(FIXTURES.glob("*/situation.geojson")):
        if path.parent.name.startswith("trap-"):
            continue
        try:
            situation = encircle.read(path)
        except SituationError:
            continue
        told |= {(path.parent.name, notice.code) for notice in inspect_situation(situation)}
    assert told == {
        ("kursk-counterfactual-k2c", "anchor_on_hostile_ground"),
    }


# -- an anchor on ground that the enemy holds ------------------------------------------------------

POCKET, SLOT = (-20, -20, 20, 20), (20, -5, 200, 5)


def judge_pocket(basis, *more):
    """Judge a pocket in a square of the enemy's, with whatever else is drawn."""
    held = [shape(ring_box(*POCKET)), *(shape(drawn) for name, drawn, _ in more if name == "way")]
    ring = mapping(shape(ring_box(-200, -200, 200, 200)).difference(union_all(held)))
    pocket = blue("pocket", ring_box(*POCKET))
    drawn = force(), red("ring", ring, basis=basis), pocket, *more
    situation = build(*drawn, force="f", area=ring_box(-300, -300, 300, 300))
    judgement = encircle.judge(situation)
    assert encircle.verify(judgement, situation).holds
    told = [n for n in judgement.notices if n.code == "anchor_on_hostile_ground"]
    return judgement.status.code, told


def base(*corners, access="land"):
    return "base", ring_box(*corners), {"kind": "anchor", "side": "BLUE", "access": access}


@pytest.mark.parametrize("basis", ["assessed", "territory"])
@pytest.mark.parametrize("access", ["land", "special"])
@pytest.mark.parametrize(
    "corners",
    [
        pytest.param((150, -20, 190, 20), id="far from the pocket"),
        pytest.param((20, -20, 190, 20), id="beside it"),
        pytest.param((-10, -10, 190, 10), id="half in it"),
        pytest.param((20, -20, 260, 20), id="over the ring into ground nobody speaks of"),
    ],
)
def test_an_anchor_greys_nothing_that_the_map_gives_to_the_enemy(basis, access, corners):
    """What of an anchor lies on hostile ground does not count, and where none else is, says so."""
    inside = corners[0] < 20
    code, told = judge_pocket(basis, base(*corners, access=access))
    if inside and access == "land":  # a depot in the pocket counts as its drawer says
        assert code in {"C0", "C1"}
    else:
        assert code == ("E1" if inside else "E2")
    assert bool(told) == (access == "land")


def test_a_notice_says_how_much_of_an_anchor_does_not_count():
    _, [whole] = judge_pocket("assessed", base(150, -20, 190, 20))
    _, [part] = judge_pocket("assessed", base(20, -20, 260, 20))
    assert (whole.severity, part.severity) == ("doubt", "caution")
    assert whole.statement.startswith("The rear of BLUE lies at ")
    assert part.statement.startswith("75 % of the rear of BLUE lies at ")
    _, none = judge_pocket("assessed", base(199.5, -20, 260, 20))
    assert none == []


def test_an_anchor_beyond_hostile_ground_is_friendly_where_nobody_else_speaks():
    way = blue("way", ring_box(*SLOT))
    assert judge_pocket("assessed", way, base(200, -20, 260, 20)) == ("C1", [])


def draw_strip(*grounds):
    """Draw a pocket in the west, home in the east, and what lies between; 6 km either way."""
    features = [
        feature("pocket", grounds[0], "control", holder="BLUE", basis="assessed"),
        feature("home", grounds[1], "control", holder="BLUE", basis="assessed"),
        *(
            feature(f"foe-{n}", ground, "control", holder="RED", basis="assessed")
            for n, ground in enumerate(grounds[2:])
        ),
        feature("rear", box(4000, -500, 5000, 500), "anchor", side="BLUE"),
        unit((-4500, 0)),
    ]
    whole = {
        "as_of": "2025-03-14T12:00:00Z",
        "sides": [{"id": "BLUE"}, {"id": "RED"}],
        "force": "us",
        "area": box(-6000, -6000, 6000, 6000),
    }
    plan = {"type": "FeatureCollection", "situation": whole, "features": features}
    return encircle.judge(encircle.read(draw_plan(plan)), encircle.Options(most_worlds=0))


def corridor(wide):
    west, east = box(-6000, -6000, -3000, 6000), box(0, -6000, 6000, 6000)
    return west, east, box(-3000, wide / 2, 0, 6000), box(-3000, -6000, 0, -wide / 2)


def strip_across(wide):
    return box(-6000, -6000, 0, 6000), box(wide, -6000, 6000, 6000)


@pytest.mark.parametrize(
    ("grounds", "code", "named"),
    [
        pytest.param(corridor(120), "C3", ("foe-0", "foe-1"), id="the way out is 120 m wide"),
        pytest.param(corridor(900), "C3", None, id="the way out is 900 m wide"),
        pytest.param(strip_across(120), "C3", ("home", "pocket"), id="120 m part it from home"),
        pytest.param(strip_across(900), "C3", None, id="900 m part it from home"),
        pytest.param(strip_across(20), "C0", None, id="a seam"),
    ],
)
def test_a_strip_that_nobody_painted_is_told_where_the_verdict_hangs_on_it(grounds, code, named):
    """Wider than a seam and narrow all the same: it may be the gap between two drawings."""
    judgement = draw_strip(*grounds)
    told = [n for n in judgement.notices if n.code == "unpainted_strip"]
    assert judgement.status.code == code
    assert [tuple(sorted(n.features)) for n in told] == ([named] if named else [])
    assert all("120 m" in n.statement and "wider than a seam of 50 m" in n.statement for n in told)


@pytest.mark.parametrize(
    ("observed", "codes"),
    [("2035-03-01", {"dated_far_later"}), ("2025-12-01", set()), ("2015-03-01", set())],
)
def test_a_year_mistyped_is_doubted(observed, codes):
    road = feature("road", line((2000, 40), (5400, 40)), "route", observed_at=observed)
    told = [notice for notice in inspect(unit(), road) if notice.code == "dated_far_later"]
    assert {notice.code for notice in told} == codes
    assert all(notice.severity == "doubt" and notice.features == ("road",) for notice in told)


@pytest.mark.parametrize(("across_deg", "is_doubted"), [(0.0004, True), (0.04, False)])
def test_a_map_as_small_as_its_seams_is_doubted(across_deg, is_doubted):
    def around(lon, lat, half_deg):
        return mapping(Point(lon, lat).buffer(half_deg, cap_style="square"))

    spots = [
        {"type": "Feature", "id": "p", "geometry": {"type": "Point", "coordinates": [35, 51]},
         "properties": {"kind": "position", "side": "A", "force": "group", "reach_m": 0.1}},
        {"type": "Feature", "id": "c", "geometry": around(35, 51, across_deg / 2),
         "properties": {"kind": "control", "holder": "B", "basis": "assessed"}},
    ]  # fmt: skip
    whole = {"as_of": "2025-03-14T12:00:00Z", "sides": [{"id": "A"}, {"id": "B"}]}
    document = {"type": "FeatureCollection", "situation": whole, "features": spots}
    codes = {notice.code for notice in inspect_situation(encircle.read(document))}
    assert ("map_small_for_seams" in codes) == is_doubted


@pytest.mark.parametrize("seed", range(6))
def test_of_many_features_those_far_away_are_told_as_of_few(seed, monkeypatch):
    """Points near the middle of a large map are passed over; without that, the same is found."""
    chance = np.random.default_rng(seed)
    spread = chance.choice([0.02, 0.2, 0.8])
    places = chance.normal([35, 51], spread, (120, 2))
    places[:3] += chance.choice([-1, 1], (3, 2)) * chance.uniform(0.3, 6, (3, 2))
    spots = [
        {"type": "Feature", "id": f"p{number}",
         "geometry": {"type": "Point", "coordinates": place.tolist()},
         "properties": {"kind": "position", "side": "A", "force": "group", "reach_m": 100}}
        for number, place in enumerate(places)
    ]  # fmt: skip
    whole = {"as_of": "2025-03-14T12:00:00Z", "sides": [{"id": "A"}, {"id": "B"}]}
    situation = encircle.read({"type": "FeatureCollection", "situation": whole, "features": spots})

    def far():
        sheet = Sheet(situation, encircle.Options())
        return [notice.features for notice in places_module.find_far_away(sheet)]

    quick = far()
    monkeypatch.setattr(places_module, "MANY", 1_000_000)
    assert quick == far()
    assert quick or spread > 0.02  # on the narrow map somebody is far away

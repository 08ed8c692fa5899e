"""What is drawn exactly on, along or within a crack of something else: either drawing is right."""

from __future__ import annotations

import pytest
import shapely

import encircle
from encircle.judge import build_network_of
from encircle.margins import measure_closing_distance, measure_neck
from tests.property.strategies import box, draw_plan, line, point
from tests.unit.test_contradiction import AS_OF, SOURCE, draw, feature, stand

QUICK = encircle.Options(most_worlds=0)


def judge(document):
    situation = encircle.read(document)
    judgement = encircle.judge(situation, QUICK)
    checked = encircle.verify(judgement.to_dict(), situation)
    assert not [c.statement for c in checked.failures]
    return judgement.to_dict()


def on_land(document, unit="unit"):
    (one,) = [u for u in judge(document)["units"] if u["id"] == unit]
    return one["axes"]["land"]


def test_who_stands_on_a_cliff_as_it_is_drawn_goes_down_either_side():
    """Snapping moves the cliff by less than the grid, and the place on it stays."""
    for off_m in range(12):
        x, y = 2345.67 + off_m / 1000, 123.45 + off_m / 700
        cliff = feature(
            "cliff", line((2000, -3000), (x, y), (2100, 3000)), "barrier",
            type="cliff", blocks=["wheeled", "tracked"],
        )  # fmt: skip
        unit = stand((x, y), sources=SOURCE, reach_m=100)
        drawn = draw(cliff, unit)
        (standing,) = build_network_of(encircle.read(drawn)).standings
        assert len(standing.own_faces) == 2
        assert on_land(drawn)["tracked"] == "open"


@pytest.mark.parametrize(("x", "wheeled"), [(5030, "open"), (4970, "closed")])
def test_a_road_that_ends_at_the_bank_is_got_onto_from_its_own_side(x, wheeled):
    """Where the nearest of a road is its end at a river, the way there comes to no water."""
    river = feature("river", line((5000, -3000), (5000, 3000)), "barrier", type="river")
    road = feature("road", line((5000, 100), (5300, -400)), "route")
    unit = stand((x, 900), sources=SOURCE, reach_m=1400)
    assert on_land(draw(river, road, unit))["wheeled"] == wheeled


def draw_crack(*more):
    """Draw a pocket and home, two grounds of the enemy between, and a crack of 20 m in them."""
    ground = {
        "west": ("RED", box(-6000, -6000, -5000, 6000)),
        "north-west": ("RED", box(-5000, 2000, -3000, 6000)),
        "south-west": ("RED", box(-5000, -6000, -3000, -2000)),
        "pocket": ("BLUE", box(-5000, -2000, -3000, 2000)),
        "home": ("BLUE", box(0, -6000, 6000, 6000)),
        "north": ("RED", box(-3000, 10, 0, 40)),
        "far-north": ("RED", box(-3000, 40, 0, 6000)),
        "south": ("RED", box(-3000, -6000, 0, -10)),
    }
    controls = [
        feature(name, shape, "control", holder=holder, basis="assessed")
        for name, (holder, shape) in ground.items()
    ]
    rear = feature("rear", box(4000, -500, 5000, 500), "anchor", side="BLUE")
    unit = stand((-4000, 0), sources=SOURCE, reach_m=100)
    whole = {
        "as_of": AS_OF,
        "sides": [{"id": "BLUE"}, {"id": "RED"}],
        "force": "us",
        "area": box(-6000, -6000, 6000, 6000),
    }
    features = [*controls, rear, unit, *more]
    return draw_plan({"type": "FeatureCollection", "situation": whole, "features": features})


def test_a_crack_beside_ground_that_a_reach_greys_is_as_hostile_as_its_sides():
    """A seam lies within its own reaches: what is grey 20 m away opens no crack."""
    raid = feature(
        "raid", box(-2990, 30, -10, 500), "position", side="BLUE", force="raiders", sources=SOURCE
    )
    assert judge(draw_crack(raid))["status"]["code"] == "E2"


def test_the_mouth_of_a_crack_is_held_by_what_lies_at_it():
    """Of the grounds within a seam's width that say the same, the nearest are named."""
    ring = judge(draw_crack())["certificates"]["closed"]
    mouth = [s["evidence"] for s in ring["segments"] if 15 < s["length_m"] < 25]
    assert [sorted(names) for names in mouth] == [["north", "south"]]


def test_a_straight_edge_in_many_pieces_makes_no_neck_wider():
    """The sides of a map are thousands of short ones near the pole: none says anything."""
    notch = shapely.box(4_000, 5_000, 6_000, 6_000)
    area = shapely.box(0, 0, 10_000, 6_000).difference(notch)
    walls = shapely.box(4_000, 0, 6_000, 2_500) | shapely.box(4_000, 3_300, 6_000, 4_900)
    ends = shapely.Point(1_000, 3_000), [shapely.Point(9_000, 3_000)]
    plain = measure_neck(*ends, walls, None, area)
    fine = measure_neck(*ends, walls, None, area.segmentize(5.0))
    assert fine.width_m == pytest.approx(plain.width_m, abs=1.0)
    assert plain.width_m == pytest.approx(800.0, abs=1.0)


@pytest.mark.parametrize("wide_deg", [2e-8, 2e-7, 2e-6, 2e-5])
@pytest.mark.parametrize(("x", "code"), [(3000, "C0"), (-3000, "U")])
def test_an_anchor_is_come_to_however_thin_it_is_drawn(wide_deg, x, code):
    """Where the grid swallows its ground, it stands on what it runs over, if that lets through."""
    rear = feature("rear", box(x, -500, x + 100, 500), "anchor", side="BLUE")
    drawn = draw(stand((2000, 40), sources=SOURCE, reach_m=100))
    drawn["features"][2] = draw_plan({**drawn, "features": [rear]})["features"][0]
    ring = drawn["features"][2]["geometry"]["coordinates"][0]
    ring[1][0], ring[2][0] = ring[0][0] + wide_deg, ring[3][0] + wide_deg
    assert judge(drawn)["status"]["code"] == code


def test_the_fence_round_a_force_that_stands_fast_leaves_out_an_anchor_beside_it():
    """Nobody knows whose ground it is: a ring where the force stands, and the anchor past it."""
    post = feature("post", point(2010, 4000), "anchor", side="BLUE")
    judgement = judge(draw(stand((2000, 4000), sources=SOURCE, reach_m=0), post))
    assert judgement["status"]["code"] == "C3"
    assert judgement["certificates"]["closed"]["area_km2"] < 0.001


def test_a_front_shuts_out_an_anchor_however_thin_it_is_drawn_beside_another():
    """A corridor with an anchor at either end is shut twice, be one of them a sliver."""
    area = shapely.box(0, 0, 10_000, 10_000)
    walls = shapely.box(0, 0, 10_000, 3_000) | shapely.box(0, 7_000, 10_000, 10_000)
    start, wide = shapely.Point(5_000, 5_000).buffer(2_500), shapely.box(9_000, 3_500, 9_500, 6_500)
    for wide_m in (0.001, 0.02, 1.0):
        thin = shapely.box(500, 3_500, 500 + wide_m, 6_500)
        closing = measure_closing_distance(start, [wide, thin], walls, None, area)
        assert closing.length_m == pytest.approx(8_000, rel=0.01)

"""What joins what: ends of roads and crossings, judged and then checked without the engine."""

import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from encircle.judge import judge
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.unit.test_verify import control, document, feature, km, unit

OURS = control("ours", km(-10, -10, 10, 10), "US")
THEIRS = control("theirs", km(-15, 10, 15, 15), "THEM")
RIVER = feature("river", "barrier", LineString([(-16, 0), (16, 0)]), type="river")
LAKE = feature("lake", "barrier", km(-16, -1, 16, 1), type="lake")
DEPOT = feature("depot", "anchor", km(-1, -9, 1, -7.5), side="US")
FORCE = unit(at=(0, 5))


def road(name, *points, **properties):
    return feature(name, "route", LineString(points), **{"modes": ["wheeled"], **properties})


def bridge(*points, **properties):
    drawn = LineString(points) if len(points) > 1 else Point(*points)
    return feature("bridge", "crossing", drawn, **{"type": "bridge", **properties})


def judged(*features, ours=OURS):
    situation = read_situation(document(ours, THEIRS, FORCE, *features))
    judgement = judge(situation).to_dict()
    verification = verify(judgement, situation)
    assert not verification.failures
    return judgement


def land(*features, ours=OURS):
    return judged(*features, ours=ours)["axes"]["land"]


SHORT = [(0, 0.02), (0, -0.02)]
NO_WAY = [
    pytest.param({"state": "cut"}, id="blown"),
    pytest.param({"permission": "enemy"}, id="by the enemy's leave"),
    pytest.param({"type": "tunnel"}, id="a tunnel"),
    pytest.param({"type": "ferry"}, id="a ferry"),
    pytest.param({"modes": ["foot"]}, id="a footbridge"),
]


@pytest.mark.parametrize("why", NO_WAY)
@pytest.mark.parametrize("half_km", [0.16, 0.02, 0.005])
def test_nobody_passes_a_river_by_the_end_of_a_bridge_that_does_not_carry_him(why, half_km):
    """The end of a bridge shorter than the joining distance lies within it of both banks."""
    through = road("road", (0, 5), (0, -8), modes=["wheeled", "tracked", "foot"])
    carried = land(RIVER, bridge((0, half_km), (0, -half_km), **why), through, DEPOT)
    modes = {"wheeled", "tracked", "foot"} - set(why.get("modes", ()))
    assert not {mode for mode in modes if carried[mode] == "open"}


def test_a_short_bridge_that_stands_is_passed():
    through = road("road", (0, 5), (0, -8))
    assert land(RIVER, bridge(*SHORT), through, DEPOT)["wheeled"] == "open"


@pytest.mark.parametrize("near_km", [0.0, 0.02])
def test_a_road_that_ends_by_a_bridge_is_joined_to_it(near_km):
    roads = road("north", (0, 5), (near_km, 0.1)), road("south", (0, -0.1 - near_km), (0, -8))
    assert land(RIVER, bridge((0, 0.1), (0, -0.1)), *roads, DEPOT)["wheeled"] == "open"


def test_two_bridges_whose_ends_lie_close_make_one_way():
    second = feature("second", "barrier", LineString([(-16, -0.3), (16, -0.3)]), type="river")
    far = feature("far bridge", "crossing", LineString([(0, -0.12), (0, -0.4)]), type="bridge")
    roads = road("north", (0, 5), (0, 0.1)), road("south", (0, -0.4), (0, -8))
    carried = land(RIVER, second, bridge((0, 0.1), (0, -0.1)), far, *roads, DEPOT)
    assert carried["wheeled"] == "open"


JOINED = [
    pytest.param([road("a", (0, 5), (0, 0.01)), road("b", (0, -0.01), (0, -8)), DEPOT],
                 id="a road with a gap"),
    pytest.param([road("a", (0, 5), (0, 0.02)), road("b", (-3, 0), (0, 0), (0, -8)), DEPOT],
                 id="a road that ends beside another"),
    pytest.param([road("a", (0, 5), (0, -8)),
                  feature("depot", "anchor", Point(0.02, -7), side="US")],
                 id="a depot beside the road"),
    pytest.param([road("a", (0, 5), (1.02, -7.7)), DEPOT], id="a road that ends beside a depot"),
    pytest.param([road("cut", (0, 5), (0, -8), state="cut"), road("a", (0, 5), (0, -8)), DEPOT],
                 id="two roads on one line, the first cut"),
    pytest.param([control("them too", km(3.5, 1, 4.5, 2), "THEM"), DEPOT,
                  road("a", (0, -1.98), (0, 5), (4, 5), (4, -2), (0, -2), (0, -8))],
                 id="a road cut farther on that ends beside itself"),
]  # fmt: skip


@pytest.mark.parametrize("features", JOINED)
def test_what_lies_within_the_joining_distance_is_joined(features):
    judgement = judged(*features)
    assert judgement["axes"]["land"]["wheeled"] == "open"
    assert judgement["certificates"]["open"]["mode"] == "wheeled"


FERRIES = [
    pytest.param(LineString([(0, 1.01), (0, -1.01)]), [], id="from bank to bank"),
    pytest.param(Point(0, 0.3), [], id="a point"),
    pytest.param(Point(0, 0.3), [road("road", (0, 5), (0, 0.3), (2, -1.5), (0, -8))],
                 id="a point on a road that bends"),
]  # fmt: skip


@pytest.mark.parametrize(("drawn", "roads"), FERRIES)
def test_who_takes_the_boat_walks_ashore(drawn, roads):
    carried = land(LAKE, feature("ferry", "crossing", drawn, type="ferry"), *roads, DEPOT)
    assert carried["boat"] == "open"
    assert carried["foot"] != "open"


def test_a_bridge_drawn_as_a_point_passes_no_neutral_ground_on_its_way():
    """It spans the lake along its road; where that road is neutral it is special access."""
    strip = km(1, -3, 4, 0)
    neutral = control("neutral", strip, "neutral")
    ours = control("ours", km(-10, -10, 10, 10).difference(strip), "US")
    winding = road("road", (0, 5), (0, 0.3), (2, -0.5), (2, -5), (0, -8))
    carried = land(LAKE, neutral, bridge((0, 0.3)), winding, DEPOT, ours=ours)
    assert carried["wheeled"] == "closed"


@pytest.mark.parametrize(("short_m", "special"), [(20, "open"), (50, "closed")])
def test_a_tunnel_ends_within_reach_of_ground_it_comes_up_before(short_m, special):
    """A tunnel passes under hostile ground to its very end, which joins what lies within 30 m."""
    held = MultiPolygon([km(-2, 2, 2, 10), km(-2, -10, 2, -2)])
    belt = control("belt", km(-16, -16, 16, 16).difference(held), "THEM")
    tunnel = bridge((0, 3), (0, -2 + short_m / 1000), type="tunnel")
    assert (
        judged(belt, tunnel, DEPOT, ours=control("ours", held, "US"))["axes"]["special"] == special
    )


@pytest.mark.parametrize("half_km", [0.16, 0.02, 0.005])
def test_a_bridge_is_one_way_out_however_short(half_km):
    """Its two ends may both lie within reach of both roads."""
    through = road("road", (0, 5), (0, -8), modes=["wheeled", "tracked", "foot"])
    judgement = judged(RIVER, bridge((0, half_km), (0, -half_km)), through, DEPOT)
    assert judgement["margins"]["disjoint_routes"] == {"optimistic": 1, "pessimistic": 1}
    assert judgement["certificates"]["open"]["disjoint"]["cut"] == ["bridge"]


def test_ways_are_counted_where_a_river_ends_at_the_sharp_corner_of_neutral_ground():
    """Within the slack the ground on either side of the corner meets: it may lead out, or not."""
    wedge = Polygon([(0, 0), (16, 2.5), (16, -2.5)])
    ours = control("ours", km(-10, -10, 10, 10).difference(wedge), "US")
    river = feature("river", "barrier", LineString([(-16, 0), (0, 0)]), type="river")
    judgement = judged(
        control("neutral", wedge, "neutral"), river, bridge((-5, 0.1), (-5, -0.1)), DEPOT, ours=ours
    )
    assert judgement["certificates"]["open"]["disjoint"]["ways"] == [["bridge"]]


def test_a_road_that_is_cut_parts_others_where_it_meets_them():
    """Where ground leads out by itself, ways set out at both ends of the nearest stretch."""
    west, east = (feature(n, "anchor", km(x, 2, x + 1, 4), side="US")
                  for n, x in (("west", -9), ("east", 8)))  # fmt: skip
    through = road("road", (-8.5, 3), (8.5, 3), modes=["wheeled", "tracked", "foot"])
    lost = [road(f"lost {x}", (x, 2), (x, 4), state="cut") for x in (-1, 1)]
    judgement = judged(through, *lost, west, east)
    assert judgement["certificates"]["open"]["disjoint"]["ways"] == [["road"], ["road"]]


def test_a_road_over_mines_is_one_way_out():
    """Wheels pass what stops feet and tracks, who have the bridge: each mode has one way."""
    mines = feature("mines", "barrier", LineString([(-16, 0), (16, 0)]), type="minefield",
                    blocks=["foot", "tracked"])  # fmt: skip
    judgement = judged(mines, road("road", (0, 5), (0, -8)), bridge((4, 0.1), (4, -0.1)), DEPOT)
    assert judgement["margins"]["disjoint_routes"] == {"optimistic": 1, "pessimistic": 1}

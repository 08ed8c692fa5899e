"""Where a way ends: at an anchor, and at whoever else stands there."""

import pytest
import shapely
from shapely.geometry import box as cut_out

import encircle
from encircle.map.reach import READINGS
from encircle.network.isolation import Outlook, Searcher, Way, look_out
from encircle.network.sheet import build_network_of
from tests.property.strategies import box, line
from tests.unit.test_contradiction import SOURCE, draw, feature, stand
from tests.unit.test_ground import build_ground_of

RIVER = feature("river", line((3000, -7000), (3000, 7000)), "barrier", type="river")
"""From edge to edge of the map; the home ground and its rear lie on both of its banks."""
WEST, EAST = (1000, 40), (4000, 40)


def draw_banks(*features):
    """Draw the enemy all round a home with a river through it, and the rear on its far bank."""
    walls = [
        feature("north", box(-6000, 3000, 6000, 6000), "control", holder="RED", basis="assessed"),
        feature("south", box(-6000, -6000, 6000, -3000), "control", holder="RED", basis="assessed"),
    ]
    return encircle.read(draw(RIVER, *walls, *features))


def search(situation, reading):
    network = build_network_of(situation)
    standings = [s for s in network.standings if s.position.id == "unit"]
    return network, look_out(Searcher(network), standings, reading)


def banks_reached(network, outlook):
    """Name the banks on which ground was reached."""
    (river,) = network.ground.drawing.walls
    points = network.ground.points[sorted(v for v in outlook.reached if network.is_face(v))]
    return {"east" if x > river.shape.centroid.x else "west" for x in shapely.get_x(points)}


@pytest.mark.parametrize("reading", READINGS)
def test_an_anchor_is_an_end_and_no_bridge(reading):
    """One drawn over both banks is reached from either, and leads from neither to the other."""
    astride = feature("depot", box(2500, -400, 3500, 400), "anchor", side="BLUE", access="sea")
    bare = draw_banks(stand(WEST, sources=SOURCE, reach_m=100))
    assert banks_reached(*search(bare, reading)) == {"west"}
    network, outlook = search(
        draw_banks(astride, stand(WEST, sources=SOURCE, reach_m=100)), reading
    )
    assert banks_reached(network, outlook) == {"west"}


@pytest.mark.parametrize("reading", READINGS)
def test_nobody_passes_through_another_who_stands_on_both_banks(reading):
    unit = stand(WEST, sources=SOURCE, reach_m=100)
    other = stand((3000, 1000), "other", sources=SOURCE, reach_m=600)
    network, outlook = search(draw_banks(unit, other), reading)
    (across,) = [s for s in network.standings if s.position.id == "other"]
    assert look_out(Searcher(network), [across], reading).is_open
    assert not outlook.is_open
    assert banks_reached(network, outlook) == {"west"}


@pytest.mark.parametrize(
    ("shared_m", "joined"), [(0.0, False), (0.03, False), (0.2, True), (50.0, True)]
)
def test_grounds_that_only_touch_are_not_joined(shared_m, joined):
    ground = build_ground_of(cut_out(0, 0, 100, 100), cut_out(100, 100 - shared_m, 200, 200))
    one, other = (ground.faces_at(shapely.Point(x, x))[0] for x in (50, 150))
    assert ([min(one, other), max(one, other)] in ground.joins.tolist()) == joined


@pytest.mark.parametrize(
    ("fires", "best", "vehicle"),
    [
        pytest.param({"wheeled": 4, "foot": 1}, "foot", "wheeled", id="on foot out of the fire"),
        pytest.param({"wheeled": 4, "tracked": 3}, "tracked", "tracked", id="beside the road"),
        pytest.param({"wheeled": 1, "tracked": 1, "foot": 1}, "wheeled", "wheeled", id="alike"),
        pytest.param({"foot": 0, "boat": 0}, "foot", None, id="no vehicle"),
    ],
)
def test_the_best_way_is_the_least_exposed_and_of_equals_what_carries_most(fires, best, vehicle):
    ways = {m: Way(m, "optimistic", (), (), fire, 0.0) for m, fire in fires.items()}
    outlook = Outlook("optimistic", (), ways, frozenset(), frozenset(), runs_off=False)
    assert outlook.best.mode == best
    assert (outlook.best_vehicle and outlook.best_vehicle.mode) == vehicle

"""What is drawn exactly on, along or within a crack of something else: either drawing is right."""

from __future__ import annotations

import pytest
import shapely

import encircle
from encircle.network.sheet import build_network_of
from encircle.verdict.margins.margins import measure_closing_distance, measure_neck
from encircle.verdict.proof.ring import _leave_out_crumbs
from tests.property.strategies import box, draw_plan, line, point
from tests.thorough import every
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


def draw_cliff(off_m):
    x, y = 2345.67 + off_m / 1000, 123.45 + off_m / 700
    cliff = feature(
        "cliff", line((2000, -3000), (x, y), (2100, 3000)), "barrier",
        type="cliff", blocks=["wheeled", "tracked"],
    )  # fmt: skip
    return draw(cliff, stand((x, y), sources=SOURCE, reach_m=100))


@pytest.mark.parametrize("off_m", range(12))
def test_who_stands_on_a_cliff_as_it_is_drawn_stands_on_either_side(off_m):
    """Snapping moves the cliff by less than the grid, and the place on it stays."""
    (standing,) = build_network_of(encircle.read(draw_cliff(off_m))).standings
    assert len(standing.own_faces) == 2


@pytest.mark.parametrize("off_m", every(4, range(12)))
def test_who_stands_on_a_cliff_as_it_is_drawn_goes_down_either_side(off_m):
    assert on_land(draw_cliff(off_m))["tracked"] == "open"


@pytest.mark.parametrize(("x", "wheeled"), [(5030, "open"), (4970, "closed")])
def test_a_road_that_ends_at_the_bank_is_got_onto_from_its_own_side(x, wheeled):
    """Where the nearest of a road is its end at a river, the way there comes to no water."""
    river = feature("river", line((5000, -3000), (5000, 3000)), "barrier", type="river")
    road = feature("road", line((5000, 100), (5300, -400)), "route")
    unit = stand((x, 900), sources=SOURCE, reach_m=1400)
    assert on_land(draw(river, road, unit))["wheeled"] == wheeled


def draw_crack(*more, basis="assessed"):
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
        feature(name, shape, "control", holder=holder, basis=basis)
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


@pytest.mark.parametrize("basis", ["assessed", "territory"])
def test_the_mouth_of_a_crack_is_held_by_what_lies_at_it(basis):
    """Of the grounds within a seam's width that say the same, the nearest are named."""
    ring = judge(draw_crack(basis=basis))["certificates"]["closed"]
    mouth = [s["evidence"] for s in ring["segments"] if 15 < s["length_m"] < 25]
    assert [sorted(names) for names in mouth] == [["north", "south"]]


def test_a_crumb_of_a_ring_is_held_by_what_holds_the_stretch_before_it():
    """What holds a centimetre of it may be named for ground a seam's width away."""
    north, south = ("hostile", ("north",)), ("grey", ("south",))
    assert _leave_out_crumbs([north, south, north], [8.0, 0.01, 9.0]) == [north] * 3
    assert _leave_out_crumbs([south, north, north], [0.01, 8.0, 0.01]) == [north] * 3
    fine = [north] * 5 + [south] * 5  # many short pieces are no crumb
    assert _leave_out_crumbs(fine, [0.02] * 10) == fine
    assert _leave_out_crumbs([north, south], [0.01, 0.01]) == [north, south]


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


def stand_at(*places):
    shape = {"type": "MultiPoint", "coordinates": [list(place) for place in places]}
    return feature("unit", shape, "position", side="BLUE", force="us", sources=SOURCE, reach_m=100)


@pytest.mark.parametrize(("at", "code"), [((2000, 4500), "C3"), ((-2000, 0), "U")])
def test_of_what_stands_off_the_map_nothing_is_fenced_in(at, code):
    """A ring is drawn round who is on the map; a place past its edge may be anywhere."""
    assert judge(draw(stand_at(at, (90_000, 0))))["status"]["code"] == code
    away = stand((90_000, 0), name="away", sources=SOURCE, reach_m=100)
    group = judge(draw(stand(at, sources=SOURCE, reach_m=100), away))
    assert group["status"]["code"] == code
    assert [u["status"]["code"] for u in group["units"]] == ["C3" if code == "C3" else "E2", "U"]
    assert code == "U" or group["certificates"]["closed"]["units"] == ["unit"]


def test_a_word_that_is_not_heard_against_the_map_is_not_named():
    """Ground of the enemy on which a doubtful report of his is heard too is his by his own."""
    land = feature("land", box(-6000, 3000, 0, 6000), "control", holder="RED", basis="territory")
    report = feature(
        "report", point(-3000, 4500), "position", side="RED", force="them", basis="reported"
    )
    unit = stand_at((2000, 4500), (-3000, 4500))
    unit["properties"] = {"kind": "position", "side": "BLUE", "force": "us"}
    ring = judge(draw(land, report, unit))["certificates"]["closed"]
    assert [s["evidence"] for s in ring["segments"] if s["by"] == "hostile"] == [["land"]]


def test_the_way_to_a_road_is_under_the_fire_that_it_passes():
    """No mode has a way out of a barrage because the road that it gets onto lies beside it."""
    road = feature("road", line((2000, 1500), (5500, 0)), "route")
    fire = feature("fire", box(1000, -1000, 3000, 1000), "fire", side="RED", grade="F3")
    (unit,) = judge(draw(road, fire, stand((2000, 0), sources=SOURCE, reach_m=2000)))["units"]
    assert unit["axes"]["fire"]["by_mode"]["wheeled"] == "F3"


@pytest.mark.parametrize(("reach_m", "wheeled"), [(950, "closed"), (1050, "open")])
def test_a_drawn_force_gets_onto_a_road_where_the_road_is_within_its_reach(reach_m, wheeled):
    """Wheels set out from the nearest of what is drawn, not from its middle to the road's."""
    strip = stand(box(500, -2500, 700, -500), sources=SOURCE, reach_m=reach_m)
    road = feature("road", line((1700, -2500), (2500, 0), (5500, 0)), "route")
    assert on_land(draw(strip, road))["wheeled"] == wheeled


def test_a_neck_is_laid_to_the_walls_that_pinch_it():
    """Where one wall alone is near, what lies farther off on its other side has no part in it."""
    strip = stand(box(500, -2500, 700, -500), sources=SOURCE, reach_m=800)
    neck = judge(draw(strip))["margins"]["neck_width_m"]
    assert neck["pessimistic"] == pytest.approx(1400, rel=0.01)
    assert neck["evidence"] == []


@pytest.mark.parametrize("wide_deg", [2e-8, 2e-7, 2e-6, 2e-5])
@pytest.mark.parametrize(("east", "code"), [(2000, "C0"), (-1000, "U")])
def test_a_force_is_on_what_it_runs_over_however_thin_it_is_drawn(wide_deg, east, code):
    """It stands as well as on the best of that, and against the map where all is the enemy's."""
    drawn = draw(stand(box(-3000, 40, east, 50)))
    ring = drawn["features"][-1]["geometry"]["coordinates"][0]
    ring[2][1], ring[3][1] = ring[1][1] + wide_deg, ring[0][1] + wide_deg
    assert judge(drawn)["status"]["code"] == code


@pytest.mark.parametrize("wide_deg", [2e-8, 2e-7, 2e-5])
def test_a_drawn_force_looks_round_from_the_middle_of_what_was_drawn(wide_deg):
    """Thickened, so that the grid keeps it, a sliver has its middle elsewhere."""
    drawn = draw(stand(box(1000, -1500, 4000, 1500)))
    ring = drawn["features"][-1]["geometry"]["coordinates"][0]
    ring[2][1], ring[3][1] = ring[1][1] + wide_deg, ring[0][1] + wide_deg
    network = build_network_of(encircle.read(drawn))
    (standing,) = network.standings
    as_drawn = network.ground.drawing.plane.to_metres(standing.position.geometry)
    assert standing.place == as_drawn.representative_point()


@pytest.mark.parametrize("off_m", [0.17, 0.4, 3.0])
def test_no_road_leads_over_a_barrier_close_before_its_end(off_m):
    """A river is run on to the enemy's edge; along that edge a road crosses what is run on."""
    river = feature("river", line((20, 1000), (6000, 1000)), "barrier", type="river")
    road = feature("road", line((off_m, 1500), (off_m, 500)), "route")
    document = draw(stand((2000, 2000), sources=SOURCE), river, road)
    assert judge(document)["status"]["code"] == "U"  # past the river the map has no anchor


def polygon(*corners):
    return {"type": "Polygon", "coordinates": [[*map(list, (*corners, corners[0]))]]}


@pytest.mark.parametrize(("open_m", "code"), [((0.08, 0.16), "C3"), ((0.0, 0.0), "U")])
def test_a_crack_of_centimetres_is_a_way_on_the_kinder_reading_however_short(open_m, code):
    """A wall of 1.4 m with a crack through it, wide enough to be none of its corners."""
    (here, there), west, east = open_m, 1000, 1001.4
    walls = (
        polygon((west, here), (east, there), (east, 3500), (west, 3500)),
        polygon((west, -3500), (east, -3500), (east, 0), (west, 0)),
    )
    homes = box(0, -3500, west, 3500), box(east, -3500, 6000, 3500)
    features = [
        *(feature(f"home-{n}", shape, "control", holder="BLUE", basis="assessed")
          for n, shape in enumerate(homes)),
        *(feature(f"wall-{n}", shape, "control", holder="RED", basis="assessed")
          for n, shape in enumerate(walls)),
        feature("rear", box(5000, -500, 5900, 500), "anchor", side="BLUE"),
        stand((500, 40), sources=SOURCE, reach_m=1),
    ]  # fmt: skip
    whole = {
        "as_of": AS_OF, "sides": [{"id": "BLUE"}, {"id": "RED"}], "force": "us",
        "area": box(0, -3000, 6000, 3000),
    }  # fmt: skip
    document = {"type": "FeatureCollection", "situation": whole, "features": features}
    assert judge(draw_plan(document))["status"]["code"] == code

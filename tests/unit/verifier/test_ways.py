"""Are as many ways counted on a road as there are: no joint at a corner, and none at an anchor."""

import pytest

import encircle

QUICK = encircle.Options(most_worlds=0)


def feature(name, kind, shape, coordinates, **says):
    drawn = {"type": shape, "coordinates": coordinates}
    said = {"kind": kind, **({"side": "A"} if kind in ("position", "anchor") else {}), **says}
    return {"type": "Feature", "id": name, "geometry": drawn, "properties": said}


def line(name, *points, kind="route", **says):
    return feature(name, kind, "LineString", [*map(list, points)], **says)


def area(name, kind, *points, **says):
    return feature(name, kind, "Polygon", [[list(p) for p in (*points, points[0])]], **says)


def unit(*at, **says):
    return feature("unit", "position", "Point", [*at], force="us", reach_m=1, **says)


def judge(*features, within=()):
    whole = {"as_of": "2025-03-14T12:00:00Z", "force": "us", "sides": [{"id": "A"}, {"id": "B"}],
             "uncovered": "open"}  # fmt: skip
    if within:
        whole["area"] = area("", "", *within)["geometry"]
    document = {"type": "FeatureCollection", "situation": whole, "features": [*features]}
    situation = encircle.read(document)
    return situation, encircle.judge(situation, QUICK).to_dict()


def ways_of(judgement):
    (one,) = [part for part in judgement["units"] if part["id"] == "unit"]
    return one["certificates"]["open"]["disjoint"]["ways"]


LOOP = line("road", (34.88, -17.04), (35.06, -16.9), (34.91, -16.96), (35.04, -17.06))
STRIP = area("rear", "anchor", (34.91969, -17.09018), (34.9197, -17.09019), (34.95128, -16.94627))
NEUTRAL = area("strip", "control", (34.95, -16.95), (34.91, -16.95), (34.91, -16.96),
               holder="neutral", basis="assessed")  # fmt: skip


def test_a_road_that_meets_itself_is_jointed_there_and_at_no_corner():
    """Where part of it carries nobody, each of its corners was taken for a joint."""
    situation, judgement = judge(unit(34.98, -16.97), LOOP, STRIP, NEUTRAL)
    assert ways_of(judgement) == [["road"], ["road"]]
    assert not encircle.verify(judgement, situation).failures


def test_a_road_that_joins_its_anchor_where_it_is_got_onto_is_no_way():
    """All of a road of seven metres lies within the 30 m that join an anchor, and its ends do."""
    corner = (23.9998, 79.50072)
    roads = [
        line("short", corner, (23.9998, 79.50078)),
        line("beside", corner, (23.99982, 79.50078)),
        line("cut", (24.0, 79.5), (24.01, 79.5), state="cut"),
        line("ferry", (23.993, 79.501), (24.005, 79.5), kind="crossing", type="ferry"),
    ]
    drawn = area("drawn", "position", corner, (23.99982, 79.50078), (23.99775, 79.50081),
                 force="us", reach_m=1, basis="reported")  # fmt: skip
    rear = area("rear", "anchor", (23.9998, 79.5008), (24.0007, 79.5008), (24.0007, 79.5007))
    situation, judgement = judge(unit(24.0, 79.5), drawn, *roads, rear)
    assert ways_of(judgement) == []
    assert not encircle.verify(judgement, situation).failures


@pytest.mark.parametrize("count", [3, 4])
def test_no_more_ways_are_counted_than_flow_along_a_road(count):
    situation, judgement = judge(unit(34.98, -16.97), LOOP, STRIP, NEUTRAL)
    for ruling in (judgement, *judgement["units"]):
        ruling["certificates"]["open"]["disjoint"] = {
            "count": count, "ways": [["road"]] * count, "cut": ["road"] * count,
        }  # fmt: skip
    told = encircle.verify(judgement, situation).failures
    assert any(f"{count} ways are counted on 'road'" in check.statement for check in told)


def on_map(*points):
    """Give places so many metres east and north of one."""
    return [(34.0 + x / 71_700, 50.0 + y / 111_250) for x, y in points]


def forge(judgement, *ways):
    for part in (judgement, *judgement["units"]):
        part["certificates"]["open"]["disjoint"] = {
            "count": len(ways), "ways": [*ways], "cut": [way[-1] for way in ways]
        }  # fmt: skip
        if part.get("margins"):
            routes = dict.fromkeys(("optimistic", "pessimistic"), len(ways))
            part["margins"]["disjoint_routes"] = routes


@pytest.mark.parametrize(
    ("far_m", "wide_m", "at_m"),
    [
        pytest.param(200, 60, 0, id="from its end"),
        pytest.param(200, 60, 60, id="from the middle of it"),
        pytest.param(40, 20, -20, id="the force near by"),
        pytest.param(40, 20, 12, id="the force at hand"),
        pytest.param(2000, 400, 600, id="far and wide"),
    ],
)
def test_a_road_that_leads_through_the_ground_of_its_anchor_is_one_way(far_m, wide_m, at_m):
    """It was counted again for the stretch on the anchor's own ground, got onto at its edge."""
    road = line("road", *on_map((0, 0), (4000, 0)))
    west, east, half = far_m, far_m + wide_m, wide_m
    ring = on_map((west, -half), (east, -half), (east, half), (west, half))
    foe = area("foe", "control", *on_map((-3000, -3000), (-2500, -3000), (-2500, 3000)),
               holder="B", basis="assessed")  # fmt: skip
    place = unit(*on_map((at_m, 5))[0])
    situation, judgement = judge(place, road, area("rear", "anchor", *ring), foe)
    assert ways_of(judgement) in ([["road"]], [])
    assert not encircle.verify(judgement, situation).failures
    forge(judgement, ["road"], ["road"])
    said = [check.statement for check in encircle.verify(judgement, situation).failures]
    assert any("2 ways are counted on 'road'" in words for words in said)


def test_a_road_is_no_second_way_for_one_that_leads_nowhere_beside_it():
    """Told by another name too, it was taken for two that share some of it."""
    road = line("road", *on_map((0, 0), (4000, 0)))
    spur = line("spur", *on_map((100, -500), (100, 500)))
    rear = area("rear", "anchor", *on_map((400, -60), (460, -60), (460, 60), (400, 60)))
    situation, judgement = judge(unit(*on_map((0, 5))[0]), road, spur, rear)
    assert ways_of(judgement) == [["road"]]
    forge(judgement, ["road"], ["road", "spur"])
    said = [check.statement for check in encircle.verify(judgement, situation).failures]
    assert any("2 ways are counted on 'road' and 'spur'" in words for words in said)


def test_two_roads_that_part_and_lead_to_one_anchor_are_two_ways():
    """They share their first stretch by name, and the force gets onto both."""
    road = line("road", *on_map((-300, 0), (0, 0), (400, 0)))
    other = line("other", *on_map((0, 0), (0, 300), (430, 300), (430, 40)))
    rear = area("rear", "anchor", *on_map((400, -60), (460, -60), (460, 60), (400, 60)))
    situation, judgement = judge(unit(*on_map((0, 5))[0]), road, other, rear)
    assert len(ways_of(judgement)) == 2
    assert not encircle.verify(judgement, situation).failures


def test_ways_that_hang_on_the_end_of_one_road_are_one():
    """Two roads pass the end of a third, by which alone either comes to the anchor."""
    north = line("north", *on_map((-500, 10), (0, 26), (300, 300)))
    south = line("south", *on_map((-500, -10), (0, -26), (300, -300)))
    stub = line("stub", *on_map((0, 0), (-100, 0)))
    rear = area("rear", "anchor", *on_map((25, -2), (40, -2), (40, 2), (25, 2)))
    situation, judgement = judge(unit(*on_map((-500, 0))[0]), north, south, stub, rear)
    (way,) = ways_of(judgement)
    assert "stub" in way
    assert not encircle.verify(judgement, situation).failures
    forge(judgement, ["north", "stub"], ["south", "stub"])
    assert encircle.verify(judgement, situation).failures


def test_ways_that_change_roads_at_the_end_of_another_are_one():
    """Four roads pass it, two from the force and two to its rear; a fifth joins it elsewhere."""
    roads = {
        "north": [(-500, 20), (-15, 20), (-300, 400)],
        "south": [(-500, -10), (0, -12), (-300, -300)],
        "above": [(500, 20), (15, 20), (300, 400)],
        "below": [(500, -25), (10, -22), (300, -400)],
        "hub": [(0, 0), (0, 900)],
        "fifth": [(-100, 450), (100, 450)],
    }
    lines = [line(name, *on_map(*points)) for name, points in roads.items()]
    rear = area("rear", "anchor", *on_map((500, -60), (560, -60), (560, 60), (500, 60)))
    situation, judgement = judge(unit(*on_map((-500, 5))[0]), *lines, rear)
    assert len(ways_of(judgement)) == 1
    assert not encircle.verify(judgement, situation).failures
    forge(judgement, ["north", "hub", "above"], ["south", "hub", "below"])
    said = [check.statement for check in encircle.verify(judgement, situation).failures]
    assert any("2 ways are counted on" in words for words in said), said


def test_a_bridge_posted_twice_carries_one_way():
    """Over a river that parts the force from its rear, walked to over open ground."""
    river = area("river", "barrier", *on_map((0, -3000), (60, -3000), (60, 3000), (0, 3000)),
                 type="river", blocks=["wheeled", "tracked", "foot"])  # fmt: skip
    bridge = {"kind": "crossing", "type": "bridge"}
    bridges = [line("first", *on_map((-5, 0), (65, 0)), **bridge),
               line("second", *on_map((65, 0), (-5, 0)), **bridge)]  # fmt: skip
    rear = area("rear", "anchor", *on_map((400, -60), (460, -60), (460, 60), (400, 60)))
    ends = on_map((-2000, -2900), (2000, -2900), (2000, 2900), (-2000, 2900))
    situation, judgement = judge(unit(*on_map((-300, 0))[0]), river, *bridges, rear, within=ends)
    assert ways_of(judgement) == [["first"]]
    assert not encircle.verify(judgement, situation).failures
    forge(judgement, ["first"], ["second"])
    said = [check.statement for check in encircle.verify(judgement, situation).failures]
    assert any("posted twice" in words for words in said)


STUBS = {
    "runs on past the anchor": unit(34.014, 50.0045),
    "begins where the force is": unit(34.0, 50.00004),
}


@pytest.mark.parametrize("place", STUBS.values(), ids=STUBS)
def test_a_road_that_runs_on_past_its_anchor_is_one_way(place):
    road = line("road", (34.0, 50.0), (34.042, 50.0))
    rear = area("rear", "anchor", (34.0278, 50.0001), (34.0281, 50.0001), (34.0281, 50.0003))
    foe = area("foe", "control", (33.95, 49.97), (33.97, 49.97), (33.97, 50.03),
               holder="B", basis="assessed")  # fmt: skip
    situation, judgement = judge(place, road, rear, foe)
    forge(judgement, ["road"], ["road"])
    said = [check.statement for check in encircle.verify(judgement, situation).failures]
    assert any("2 ways are counted on 'road'" in words for words in said)


REAR = area("rear", "anchor", (35.06, 49.99), (35.07, 49.99), (35.07, 50.01), (35.06, 50.01))
FOE = area("foe", "control", (34.95, 49.97), (34.96, 49.97), (34.96, 50.03), holder="B",
           basis="assessed")  # fmt: skip
BRIDGE = line("bridge", (35.03, 50.0), (35.031, 50.0), kind="crossing", type="bridge")


@pytest.mark.parametrize(
    ("roads", "ways"),
    [
        ([line("a", (35, 50), (35.065, 50)), line("b", (35, 50), (35.065, 50))], [["a"], ["b"]]),
        ([line("a", (35, 50), (35.01, 50.004), (35.02, 50), (35.03, 50), (35.065, 50.004)),
          line("b", (35, 50), (35.01, 49.996), (35.02, 50), (35.03, 50), (35.065, 49.996))],
         [["a"], ["b"]]),
        ([line("a", (35, 50), (35.065, 50)), BRIDGE], [["a"], ["a", "bridge"]]),
    ],
    ids=["one road under two ids", "a stretch in the middle of both", "a bridge over nothing"],
)  # fmt: skip
def test_roads_on_one_ground_are_one_way_whatever_they_are_called(roads, ways):
    situation, judgement = judge(unit(35, 50.00004), *roads, REAR, FOE)
    assert not encircle.verify(judgement, situation).failures
    assert len(ways_of(judgement)) == 1
    for part in (judgement, *judgement["units"]):
        if found := part["certificates"]["open"]:
            cut = [way[-1] for way in ways]
            found["disjoint"] = {"count": len(ways), "ways": ways, "cut": cut}
        if part.get("margins"):
            part["margins"]["disjoint_routes"] = dict.fromkeys(("optimistic", "pessimistic"), 2)
    failures = encircle.verify(judgement, situation).failures
    assert any("ways are counted on" in failure.statement for failure in failures)

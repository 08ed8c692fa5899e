"""The judgement of one map passed off as that of another is refused for what is false in it."""

from math import cos, radians

import pytest

import encircle

QUICK = encircle.Options(most_worlds=0)
LON, LAT = 34.0, 50.0
METRE = 1 / 111_320
LAND = ["tracked", "foot", "wheeled", "rail"]


def place(x, y):
    return [LON + x * METRE / cos(radians(LAT)), LAT + y * METRE]


def ring(*corners):
    return [place(*corner) for corner in (*corners, corners[0])]


def square(left, bottom, right, top):
    return ring((left, bottom), (right, bottom), (right, top), (left, top))


def box(*sides):
    return {"type": "Polygon", "coordinates": [square(*sides)]}


def line(*points):
    return {"type": "LineString", "coordinates": [place(*point) for point in points]}


def point(x, y):
    return {"type": "Point", "coordinates": place(x, y)}


def feature(name, kind, geometry, **says):
    return {"type": "Feature", "id": name, "geometry": geometry,
            "properties": {"kind": kind, **says}}  # fmt: skip


def unit(geometry, **says):
    return feature("unit", "position", geometry, side="A", force="us", **says)


def foe(name, *sides):
    return feature(name, "control", box(*sides), holder="B", basis="assessed")


def rear(geometry):
    return feature("rear", "anchor", geometry, side="A")


def read(*features):
    whole = {"as_of": "2025-03-14T12:00:00Z", "force": "us", "sides": [{"id": "A"}, {"id": "B"}],
             "uncovered": "open", "area": box(-6000, -4000, 6000, 4000)}  # fmt: skip
    return encircle.read({"type": "FeatureCollection", "situation": whole, "features": [*features]})


def pass_off(one, other):
    """Give the codes of two maps, and what is refused when the first's judgement is the other's."""
    told, true = (encircle.judge(situation, QUICK).to_dict() for situation in (one, other))
    assert not encircle.verify(told, one).failures
    assert not encircle.verify(true, other).failures
    forged = {**told, **{name: true[name] for name in ("title", "notices", "provenance", "names")}}
    failures = encircle.verify(forged, other).failures
    refused = {check.name.rpartition(": ")[2] for check in failures}
    return told["status"]["code"], true["status"]["code"], refused


def draw_bridge(far_x):
    """A bridge over a wide river, the enemy a little past the other bank."""
    return read(
        unit(point(0, 0), reach_m=1), foe("west", -7000, -5000, -500, 5000),
        feature("river", "barrier", box(1000, -5000, 1500, 5000), type="river", blocks=LAND),
        foe("north", -6000, 2000, 1600, 4000), foe("south", -6000, -4000, 1600, -2000),
        foe("head", 2000, -200, 3000, 200), rear(box(4000, -600, 4600, 600)),
        feature("bridge", "crossing", line((990, 0), (far_x, 0)), type="bridge"),
    )  # fmt: skip


def draw_ferry(far_x):
    """A ferry from the east bank of a lake past its island to the enemy's bank."""
    lake = [square(-2000, -2000, 2000, 2000), square(-200, -200, 200, 200)[::-1]]
    return read(
        unit(point(0, 0), reach_m=1), foe("west", -6000, -4000, -1900, 4000),
        feature("lake", "barrier", {"type": "Polygon", "coordinates": lake}, type="lake",
                blocks=LAND),
        feature("ferry", "crossing", line((2010, 0), (far_x, 0)), type="ferry"),
        rear(box(4000, -600, 4600, 600)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("draw", "landing_x", "hostile_x", "code"),
    [(draw_bridge, 1990, 2900, "C1"), (draw_ferry, 190, -2010, "C2")],
    ids=["bridge", "ferry"],
)
def test_nobody_leaves_a_crossing_midway(draw, landing_x, hostile_x, code):
    *codes, refused = pass_off(draw(landing_x), draw(hostile_x))
    assert codes == [code, "E2"]
    assert {"lines carry their legs", "modes are open as told"} <= refused


RING = (
    foe("west", -6000, -4000, -500, 4000), foe("north", -500, 500, 500, 4000),
    foe("south", -500, -4000, 500, -500), foe("middle", 500, -4000, 2000, 4000),
    foe("east", 2500, -4000, 6000, 4000), foe("foot", 2000, -4000, 2500, -500),
)  # fmt: skip
"""All round the unit, and beyond it round a pocket about the rear."""


def test_nobody_leaves_a_tunnel_midway():
    maps = (
        read(unit(point(0, 0), reach_m=1), *RING, rear(box(2100, -300, 2400, 900)),
             feature("tunnel", "crossing", line((400, 0), (2250, 0), *more), type="tunnel"))
        for more in ((), ((4000, 0),))
    )  # fmt: skip
    *codes, refused = pass_off(*maps)
    assert codes == ["E1", "E2"]
    assert {"access is what is claimed", "access is on its axis"} <= refused


def test_a_runway_partly_on_the_enemy_s_ground_serves_nobody():
    base = feature("base", "anchor", point(2250, -100), side="A", access="air")
    maps = (
        read(unit(point(0, 0), reach_m=1), *RING, base, rear(box(2100, -300, 2400, 900)),
             feature("strip", "crossing", line((100, 0), (end_x, 0)), type="airstrip"))
        for end_x in (400, 2000)
    )  # fmt: skip
    *codes, refused = pass_off(*maps)
    assert codes == ["E1", "E2"]
    assert {"access is what is claimed", "access is on its axis"} <= refused


def test_a_gate_to_an_anchor_thirty_metres_over_the_border_is_a_special_way():
    """Who is told to be shut in has not walked to it, however near it stands."""
    abroad = feature("abroad", "control", box(500, -4000, 6000, 4000), holder="neutral",
                     basis="assessed")  # fmt: skip
    maps = (
        read(unit(point(0, 0), reach_m=1), *RING[:3], abroad, rear(point(anchor_x, 0)),
             feature("gate", "crossing", line((400, 0), (510, 0)), type="checkpoint"))
        for anchor_x in (545, 530)
    )  # fmt: skip
    *codes, refused = pass_off(*maps)
    assert codes == ["E2", "E1"]
    assert {"access is what is claimed", "access is on its axis"} <= refused


def mines(*corners):
    """A belt about the force that feet and tracks do not pass."""
    return feature("mines", "barrier", line(*corners, corners[0]), type="minefield",
                   blocks=["tracked", "foot"])  # fmt: skip


FIELD = (
    mines((-800, -800), (800, -800), (800, 800), (-800, 800)),
    foe("far", -6000, 3000, -5000, 4000), rear(box(4000, -600, 4600, 600)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("near_x", "far_x", "says"), [(120, 140, {}), (300, 440, {"reach_m": 300})]
)
def test_a_drawn_force_has_the_road_beside_it(near_x, far_x, says):
    maps = (
        read(unit(box(-100, -100, 100, 100), **says), *FIELD,
             feature("road", "route", line((x, 0), (4100, 0)), modes=["wheeled"]))
        for x in (far_x, near_x)
    )  # fmt: skip
    *codes, refused = pass_off(*maps)
    assert codes == ["E2", "C0"]
    assert {"modes are open as told", "nobody gets out"} <= refused


def test_a_force_at_several_places_has_the_road_beside_any_of_them():
    """The nearest of them has a cliff between; the other is 20 m from the road, or 60 m."""
    maps = (
        read(unit({"type": "MultiPoint", "coordinates": [place(0, 5), place(300, y)]}, reach_m=1),
             *FIELD, feature("cliff", "barrier", line((-100, 2), (100, 2)), type="cliff",
                             blocks=LAND),
             feature("road", "route", line((0, 0), (4100, 0)), modes=["wheeled"]))
        for y in (60, 20)
    )  # fmt: skip
    *codes, refused = pass_off(*maps)
    assert codes == ["E2", "C0"]
    assert {"modes are open as told", "nobody gets out"} <= refused


def test_a_road_posted_twice_lies_under_the_worse_fire_of_both():
    """Named by its calm copy alone it is under that fire all the same."""
    one, other = (
        read(unit(point(0, 0), reach_m=1), *FIELD,
             *(feature(name, "route", line((0, 0), (4100, 0)), fire=grade, modes=["wheeled"])
               for name, grade in posted.items()))
        for posted in ({"calm": "F0"}, {"calm": "F0", "shelled": "F3"})
    )  # fmt: skip
    *codes, refused = pass_off(one, other)
    assert codes == ["C0", "C2"]
    assert {"fire is not played down", "fire is that of each mode"} <= refused


def test_a_ring_with_the_enemy_on_the_far_bank_is_not_laid_to_barriers_alone():
    river = line((-800, -800), (800, -800), (800, 800), (-800, 800), (-800, -800))
    pocket = [square(-3000, -3000, 3000, 3000), square(-800, -800, 800, 800)[::-1]]
    enemy = feature("enemy", "control", {"type": "Polygon", "coordinates": pocket}, holder="B",
                    basis="assessed")  # fmt: skip
    maps = (
        read(unit(point(0, 0), reach_m=1), rear(box(5000, -600, 5600, 600)), held,
             feature("river", "barrier", river, type="river", blocks=LAND))
        for held in (foe("enemy", -6000, -4000, -5990, -3990), enemy)
    )  # fmt: skip
    *codes, refused = pass_off(*maps)
    assert codes == ["E2", "E2"]
    assert "barriers alone hold it" in refused


@pytest.mark.parametrize("shape", ["drawn", "places"])
def test_who_is_partly_on_the_map_is_told_of(shape):
    """A corner of a drawn force is off the map, or one place of two, and the rest has its way."""
    north = foe("north", -2000, 1000, 6000, 4000)

    def draw(*sides):
        left, bottom, right, top = sides
        drawn = box(*sides) if shape == "drawn" else {
            "type": "MultiPoint", "coordinates": [place(left, bottom), place(right, top)]
        }  # fmt: skip
        return read(unit(drawn, reach_m=1), north, rear(box(3000, -600, 4600, 600)))

    *codes, refused = pass_off(draw(-9500, -500, -6500, 500), draw(-6500, -500, -3500, 500))
    assert codes == ["U", "C0"]
    assert "what cannot be told has its reason" in refused


def test_a_drawn_force_in_a_ring_is_told_of_with_a_corner_off_the_map():
    walls = (foe("west", -6000, -500, -5000, 500), foe("north", -6000, 500, 0, 4000),
             foe("south", -6000, -4000, 0, -500), foe("east", 0, -4000, 3000, 4000))  # fmt: skip
    maps = (
        read(unit(box(left, -300, right, 300)), *walls, rear(box(3000, -600, 4600, 600)))
        for left, right in ((-9500, -7000), (-7500, -4000))
    )
    *codes, refused = pass_off(*maps)
    assert codes == ["U", "E2"]
    assert "what cannot be told has its reason" in refused


@pytest.mark.parametrize("answer", ["contested", "unknown"])
def test_fire_control_is_told_as_what_it_is_where_both_readings_are_alike(answer):
    road = feature("road", "route", line((0, 0), (5100, 0)), fire="F3", modes=["wheeled"])
    situation = read(unit(point(0, 0), reach_m=1), *FIELD, road)
    told = encircle.judge(situation, QUICK).to_dict()
    assert told["definitions"]["fire_control"] == "yes"
    assert not encircle.verify(told, situation).failures
    for part in (told, *told["units"]):
        part["definitions"]["fire_control"] = answer
    failures = encircle.verify(told, situation).failures
    assert [check.name for check in failures] == [
        "position 'unit': fire control has another way"
    ]  # fmt: skip


def test_a_bridge_drawn_as_a_point_is_not_crossed_slantwise():
    """It spans the river from bank to bank through its own place, and lands where that leads."""
    situation = read(
        unit(point(0, 0), reach_m=3000), foe("west", -7000, -5000, -500, 5000),
        feature("river", "barrier", box(1000, -5000, 1500, 5000), type="river", blocks=LAND),
        foe("north", -6000, 2000, 1600, 4000), foe("south", -6000, -4000, 1600, -2000),
        feature("bridge", "crossing", point(1200, 0), type="bridge"),
        rear(box(2000, 500, 2400, 900)),
    )  # fmt: skip
    told = encircle.judge(situation, QUICK).to_dict()
    assert not encircle.verify(told, situation).failures
    legs = told["certificates"]["open"]["legs"]
    assert [leg["by"] for leg in legs] == ["ground", "crossing", "ground"]
    course = [place(0, 0), place(1000, -140), place(1500, 210), place(2050, 600)]
    for leg, *ends in zip(legs, course, course[1:], strict=False):
        leg["geometry"]["coordinates"] = ends
    failures = encircle.verify(told, situation).failures
    assert "force, open path: lines carry their legs" in {check.name for check in failures}

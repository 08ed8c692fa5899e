"""Each popular method on maps small enough to see the answer."""

import pytest

from encircle import read
from encircle.archive.library.baselines import BASELINES

M = 0.001  # degrees; about 111 m on the equator


def box(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[x * M, y * M] for x, y in ring]]}


def point(x, y):
    return {"type": "Point", "coordinates": [x * M, y * M]}


def build(*features, **whole):
    rows = [
        {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}
        for name, geometry, properties in features
    ]
    situation = {"as_of": "2024-05-10T12:00:00Z", "area": box(-200, -200, 200, 200), **whole}
    return read({"type": "FeatureCollection", "situation": situation, "features": rows})


def force(x=0, y=0, **more):
    return "force", point(x, y), {"kind": "position", "side": "BLUE", "force": "f", **more}


def red(name, geometry, **more):
    return name, geometry, {"kind": "control", "holder": "RED", "basis": "assessed", **more}


def blue(name, geometry):
    return name, geometry, {"kind": "control", "holder": "BLUE", "basis": "assessed"}


def grey(name, geometry):
    return name, geometry, {"kind": "control", "holder": None, "basis": "unknown"}


REAR = ("rear", box(-200, -200, -150, 200), {"kind": "anchor", "side": "BLUE"})
RING = [
    red("north", box(-100, 60, 100, 100)),
    red("south", box(-100, -100, 100, -60)),
    red("east", box(60, -60, 100, 60)),
]
LID = box(-100, -60, -60, 60)
INSIDE = blue("inside", box(-60, -60, 60, 60))
OUTSIDE = blue("outside", box(-200, -200, -100, 200))

CLOSED = build(force(), REAR, *RING, INSIDE, OUTSIDE, red("west", LID))
SALIENT = build(force(), REAR, *RING, INSIDE, OUTSIDE, blue("root", LID))
DOUBT = build(force(), REAR, *RING, INSIDE, OUTSIDE, grey("root", LID))
WEST, EAST = box(-200, -200, 50, 200), box(50, -200, 200, 200)
FRONT = build(force(), REAR, blue("own", WEST), red("hers", EAST))
GONE = build(force(present="withdrawn"), REAR, *RING, INSIDE, OUTSIDE, red("west", LID))

TABLE = {
    "a closed ring": (CLOSED, {"convex_hull": True, "angular_gap": True,
                               "all_neighbours_hostile": True, "grey_as_enemy": True}),
    "a salient": (SALIENT, {"convex_hull": True, "angular_gap": True,
                            "all_neighbours_hostile": False, "grey_as_enemy": False}),
    "a root nobody knows": (DOUBT, {"convex_hull": True, "angular_gap": True,
                                    "all_neighbours_hostile": False, "grey_as_enemy": True}),
    "a straight front": (FRONT, dict.fromkeys(BASELINES, False)),
    "nobody there": (GONE, dict.fromkeys(BASELINES)),
}  # fmt: skip


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("case", TABLE)
def test_each_method_sees_what_it_looks_at(case, name):
    situation, said = TABLE[case]
    assert BASELINES[name](situation) is said[name]


def test_a_claim_alone_closes_nothing():
    west = red("west", LID, basis="claimed", claimed_by="RED")
    claimed = build(force(), REAR, *RING, INSIDE, OUTSIDE, blue("root", LID), west)
    for name, method in BASELINES.items():
        assert method(claimed) is method(SALIENT), name


def test_hostile_positions_alone_can_make_a_hull_and_close_the_compass():
    posts = [
        (f"post-{i}", point(x, y), {"kind": "position", "side": "RED", "reach_m": 500})
        for i, (x, y) in enumerate([(0, 40), (40, -30), (-40, -30)])
    ]
    situation = build(force(), REAR, *posts)
    assert BASELINES["convex_hull"](situation) is True
    assert BASELINES["angular_gap"](situation) is True
    assert BASELINES["grey_as_enemy"](situation) is False


def test_a_force_beside_the_enemy_is_not_in_his_hull():
    posts = [
        (f"post-{i}", point(60 + i, 20 * i), {"kind": "position", "side": "RED", "reach_m": 500})
        for i in range(-1, 3)
    ]
    situation = build(force(), REAR, *posts)
    assert BASELINES["convex_hull"](situation) is False
    assert BASELINES["angular_gap"](situation) is False


def test_a_force_in_two_places_is_taken_as_one_dot_between_them():
    second = ("second", point(-120, 0), {"kind": "position", "side": "BLUE", "force": "f"})
    split = build(force(), second, REAR, *RING, INSIDE, OUTSIDE, red("west", LID))
    assert BASELINES["convex_hull"](split) is True
    assert BASELINES["all_neighbours_hostile"](split) is False
    assert BASELINES["grey_as_enemy"](split) is False


def test_without_an_enemy_or_an_anchor_there_is_nothing_to_look_at():
    alone = build(force(), OUTSIDE)
    assert {name: method(alone) for name, method in BASELINES.items()} == dict.fromkeys(BASELINES)


@pytest.mark.parametrize("name", BASELINES)
def test_every_method_says_why_people_use_it_and_where_it_misleads(name):
    said = " ".join((BASELINES[name].__doc__ or "").split())
    assert "People use it because" in said
    assert "It is right" in said
    assert "misleads" in said

"""What ends at an anchor, or as near as joins, reaches it; a bridge passes what it spans alone."""

import math

import pytest

import encircle

QUICK = encircle.Options(most_worlds=0)
ORIGIN = (34.0, 50.0)
METRES = (111_320 * math.cos(math.radians(ORIGIN[1])), 111_250)
WALLS = [
    (-2500, -4500, -600, 4500), (-600, 600, 1500, 4500), (-600, -4500, 1500, -600),
]  # fmt: skip
"""Hostile ground, metres: what is left open is a way east, mined but for wheels."""


def at(x, y):
    return [ORIGIN[0] + x / METRES[0], ORIGIN[1] + y / METRES[1]]


def box(west, south, east, north):
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[at(*corner) for corner in corners]]}


def feature(name, kind, geometry, **says):
    return {"type": "Feature", "id": name, "geometry": geometry,
            "properties": {"kind": kind, **says}}  # fmt: skip


def judge(x, y):
    """Of a force whose only way is a road that ends at a place beside its rear."""
    road = {"type": "LineString", "coordinates": [at(0, 0), at(x, y)]}
    features = [
        feature("unit", "position", {"type": "Point", "coordinates": at(0, 5)}, side="A",
                force="us", reach_m=1),
        feature("road", "route", road),
        feature("mines", "barrier", box(800, -4300, 1000, 4300), type="minefield",
                blocks=["tracked", "foot"]),
        feature("rear", "anchor", box(4000, -600, 4600, 600), side="A"),
        *(feature(f"wall-{n}", "control", box(*wall), holder="B", basis="assessed")
          for n, wall in enumerate(WALLS)),
    ]  # fmt: skip
    situation = encircle.read({
        "type": "FeatureCollection", "features": features,
        "situation": {"as_of": "2025-03-14T12:00:00Z", "force": "us", "uncovered": "open",
                      "sides": [{"id": "A"}, {"id": "B"}], "area": box(-2000, -4000, 6000, 4000)},
    })  # fmt: skip
    return situation, encircle.judge(situation, QUICK)


@pytest.mark.parametrize("y", [-500, -77, 0, 222])
def test_an_end_on_the_edge_is_an_end_beside_it(y):
    """By rounding it was in none of the anchor's ground, and no gap from it: encircled."""
    for x in (3999, 4000, 4001):
        situation, judgement = judge(x, y)
        assert (judgement.verdict, judgement.definitions["land_cut"]) == ("not_encircled", "no"), x
        assert not encircle.verify(judgement.to_dict(), situation).failures


@pytest.mark.parametrize("x", [3973, 3990, 4000, 4002, 4010])
def test_a_ring_is_no_proof_where_a_road_leads_to_the_anchors_ground(x):
    """Into it by a metre, or up to it: a road is thin, and was asked for the area of a band."""
    _, ringed = judge(3960, -100)
    situation, judgement = judge(x, -100)
    assert (ringed.verdict, judgement.verdict) == ("encircled", "not_encircled")
    forged = {**ringed.to_dict(), "provenance": judgement.to_dict()["provenance"]}
    failures = encircle.verify(forged, situation).failures
    assert any("gets to anchor" in failure.statement for failure in failures)


def situation_of(*features):
    return encircle.read({
        "type": "FeatureCollection", "features": [*features],
        "situation": {"as_of": "2025-03-14T12:00:00Z", "force": "us", "uncovered": "open",
                      "sides": [{"id": "A"}, {"id": "B"}], "area": box(-6000, -4000, 6000, 4000)},
    })  # fmt: skip


ALL = ["tracked", "foot", "wheeled", "rail"]
UNIT = feature("unit", "position", {"type": "Point", "coordinates": at(0, 0)}, side="A",
               force="us", reach_m=1)  # fmt: skip
MINES = feature(
    "mines", "barrier", {**box(-800, -800, 800, 800), "type": "LineString"}, type="minefield",
    blocks=["tracked", "foot"],
)  # fmt: skip
MINES["geometry"]["coordinates"] = MINES["geometry"]["coordinates"][0]
FAR = feature("far", "control", box(-6000, 3000, -5000, 4000), holder="B", basis="assessed")
RIVER = feature("river", "barrier", box(1000, -5000, 1500, 5000), type="river", blocks=ALL)


def road(name, *points, **says):
    drawn = {"type": "LineString", "coordinates": [at(*point) for point in points]}
    return feature(name, "route", drawn, **{"modes": ["wheeled"], **says})


def bridge(*points, **says):
    return feature("bridge", "crossing", road("", *points)["geometry"],
                   **{"type": "bridge", **says})  # fmt: skip


BRIDGE = bridge((990, 0), (1510, 0))
REARS = {
    "into its ground": box(1505, -600, 1900, 600),
    "20 m before its ground": box(1530, -600, 1900, 600),
    "20 m before its place": {"type": "Point", "coordinates": at(1530, 0)},
}


@pytest.mark.parametrize("stub", [False, True])
@pytest.mark.parametrize("where", REARS.values(), ids=REARS)
def test_a_bridge_that_ends_at_an_anchor_reaches_it(where, stub):
    """For wheels, too: they came to it by another road of two metres alone, or not at all."""
    rear = feature("rear", "anchor", where, side="A")
    more = [road("stub", (1510, 0), (1512, 0))] if stub else []
    situation = situation_of(UNIT, MINES, FAR, RIVER, BRIDGE, rear, road("a", (0, 0), (990, 0)),
                             *more)  # fmt: skip
    judgement = encircle.judge(situation, QUICK)
    assert (judgement.verdict, judgement.axes["land"]["wheeled"]) == ("not_encircled", "open")
    assert not encircle.verify(judgement.to_dict(), situation).failures
    shut = situation_of(UNIT, MINES, FAR, RIVER, {**BRIDGE, "properties": {
        **BRIDGE["properties"], "state": "cut"}}, rear, road("a", (0, 0), (990, 0)),
        *more)  # fmt: skip
    ringed = encircle.judge(shut, QUICK)
    assert ringed.verdict == "encircled"
    forged = {**ringed.to_dict(), "provenance": judgement.to_dict()["provenance"]}
    assert encircle.verify(forged, situation).failures


@pytest.mark.parametrize("spur", [None, {"state": "cut"}, {"modes": ["rail"]}],
                         ids=["nothing", "a road that is cut", "a railway"])  # fmt: skip
def test_what_leads_nobody_on_takes_no_road_its_end(spur):
    """A road that was cut where another ends had that reach nothing: more roads closed a way."""
    rear = feature("rear", "anchor", box(4000, -600, 4600, 600), side="A")
    more = [road("spur", (3980, 0), (3980, 900), **spur)] if spur else []
    situation = situation_of(UNIT, MINES, FAR, rear, road("a", (0, 0), (3980, 0)), *more)
    judgement = encircle.judge(situation, QUICK)
    assert judgement.verdict == "not_encircled"
    assert not encircle.verify(judgement.to_dict(), situation).failures


WALL = road("", (1035, -5000), (1035, 5000))["geometry"]
SECOND = {"a line": WALL, "an area": box(1015, -5000, 1025, 5000)}


@pytest.mark.parametrize("second", [None, *SECOND.values()], ids=["nothing", *SECOND])
def test_a_bridge_passes_no_barrier_behind_the_one_it_spans(second):
    """Within 30 m of its end any was passed."""
    held = [(-7000, -4000, -500, 4000), (-6000, 2000, 1600, 4000), (-6000, -4000, 1600, -2000)]
    ground = [feature(f"held-{n}", "control", box(*one), holder="B", basis="assessed")
              for n, one in enumerate(held)]  # fmt: skip
    river = feature("river", "barrier", road("", (1000, -5000), (1000, 5000))["geometry"],
                    type="river", blocks=ALL)  # fmt: skip
    more = [feature("mines", "barrier", second, type="minefield", blocks=ALL)] if second else []
    rear = feature("rear", "anchor", box(4000, -600, 4600, 600), side="A")
    situation = situation_of(UNIT, *ground, river, bridge((990, 0), (1010, 0)), rear, *more)
    judgement = encircle.judge(situation, QUICK)
    assert judgement.verdict == ("encircled" if second else "not_encircled")
    assert not encircle.verify(judgement.to_dict(), situation).failures
    if second:
        free = encircle.judge(situation_of(UNIT, *ground, river, bridge((990, 0), (1010, 0)), rear),
                              QUICK)  # fmt: skip
        forged = {**free.to_dict(), "provenance": judgement.to_dict()["provenance"]}
        assert encircle.verify(forged, situation).failures


@pytest.mark.parametrize("gate", [
    {"type": "Point", "coordinates": at(490, 0)},
    road("", (400, 0), (500, 0))["geometry"],
], ids=["at its place", "along its road"])  # fmt: skip
def test_a_border_gate_leads_abroad_however_it_is_drawn(gate):
    """To an anchor on neutral ground: a special way, and none by land."""
    held = [(-6000, -4000, -500, 4000), (-500, 300, 500, 4000), (-500, -4000, 500, -300)]
    ground = [feature(f"held-{n}", "control", box(*one), holder="B", basis="assessed")
              for n, one in enumerate(held)]  # fmt: skip
    abroad = feature("abroad", "control", box(500, -4000, 6000, 4000), holder="neutral",
                     basis="assessed")  # fmt: skip
    rear = feature("rear", "anchor", {"type": "Point", "coordinates": at(505, 0)}, side="A")
    situation = situation_of(UNIT, *ground, abroad, rear,
                             feature("gate", "crossing", gate, type="checkpoint"))  # fmt: skip
    judgement = encircle.judge(situation, QUICK)
    assert (judgement.status.code, judgement.axes["special"]) == ("E1", "open")
    assert not encircle.verify(judgement.to_dict(), situation).failures

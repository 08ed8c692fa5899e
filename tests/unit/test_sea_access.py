"""Who reaches the sea: the verdict, and that the verifier accepts it and not the other one."""

from __future__ import annotations

import copy

import pytest

import encircle
from tests.property.strategies import AS_OF, box, draw_plan, point


def feature(name, geometry, kind, **says):
    """Give a feature of the plan, places in metres."""
    return {
        "type": "Feature",
        "id": name,
        "geometry": geometry,
        "properties": {"kind": kind, **says},
    }


def line(*points):
    """Give a line of the plan."""
    return {"type": "LineString", "coordinates": [list(p) for p in points]}


def beach(*extra, shore_m=2000):
    """Give a pocket that hostile ground holds on three sides, and the sea on the fourth."""
    walls = {
        "west": (-3000, -3000, -2000, 3000),
        "south": (-3000, -3000, 7000, -1990),
        "north": (-3000, 1990, 7000, 3000),
        "far": (5990, -3000, 7000, 3000),
    }
    features = [
        feature("us", point(0, 0), "position", side="BLUE", force="us", reach_m=300),
        feature("home", box(9000, -500, 9900, 500), "anchor", side="BLUE"),
        feature("sea", box(shore_m, -2000, 6000, 2000), "anchor", side="BLUE", access="sea"),
        *(
            feature(name, box(*sides), "control", holder="RED", basis="assessed")
            for name, sides in walls.items()
        ),
        *extra,
    ]
    whole = {
        "as_of": AS_OF,
        "sides": [{"id": "BLUE"}, {"id": "RED"}],
        "force": "us",
        "uncovered": "open",
        "area": box(-10000, -6000, 10000, 6000),
    }
    return draw_plan({"type": "FeatureCollection", "situation": whole, "features": features})


COAST = feature("coast", line((2000, -2500), (2000, 2500)), "barrier", type="coast")
BEHIND = feature("coast", line((2005, -2500), (2005, 2500)), "barrier", type="coast")
WIDE_COAST = feature("coast", box(2000, -2200, 2010, 2200), "barrier", type="coast")
HALVES = (
    feature("coast-s", line((2000, -2500), (2000, -50)), "barrier", type="coast"),
    feature("coast-n", line((2000, 50), (2000, 2500)), "barrier", type="coast"),
)
SPIT = feature("spit", box(2300, -500, 2600, 500), "control", holder="BLUE", basis="assessed")
ROUND_SPIT = feature(
    "spit-coast",
    line((2300, -500), (2600, -500), (2600, 500), (2300, 500), (2300, -500)),
    "barrier",
    type="coast",
)


def strip(holder, low=2000, high=2015):
    """Give a narrow strip along the shore."""
    return feature("strip", box(low, -2200, high, 2200), "control", holder=holder, basis="assessed")


def over(kind, start=1900, end=2100):
    """Give a crossing from the land over the coast."""
    return feature("x", line((start, 0), (end, 0)), "crossing", type=kind)


def at(kind, x):
    """Give a crossing drawn as a point."""
    return feature("x", point(x, 0), "crossing", type=kind)


CASES = [
    pytest.param("E1", beach(), id="the ground meets the water"),
    pytest.param("E1", beach(*HALVES), id="a beach of a hundred metres"),
    pytest.param("E2", beach(COAST), id="a coast between"),
    pytest.param("E2", beach(BEHIND, shore_m=2010), id="a coast five metres before the water"),
    pytest.param("E2", beach(WIDE_COAST, shore_m=2010), id="a coast with a width"),
    pytest.param("E2", beach(strip("RED"), shore_m=2015), id="a hostile strip between"),
    pytest.param("E2", beach(strip("neutral"), shore_m=2015), id="a neutral strip between"),
    pytest.param("E2", beach(COAST, over("ferry")), id="a ferry out to sea"),
    pytest.param("E2", beach(COAST, at("ferry", 2000)), id="a ferry's pier"),
    pytest.param("E2", beach(COAST, over("bridge")), id="a pier"),
    pytest.param("E1", beach(COAST, over("port")), id="a port drawn as a line"),
    pytest.param("E1", beach(COAST, at("port", 2000)), id="a port"),
    pytest.param("E1", beach(COAST, at("port", 2020)), id="a mole"),
    pytest.param(
        "E2", beach(strip("RED", 1980, 2005), at("port", 2006), shore_m=2005),
        id="a port behind a hostile strip",
    ),
    pytest.param("E1", beach(COAST, SPIT, over("ferry", 1950, 2350)), id="an island by ferry"),
    pytest.param("E1", beach(COAST, SPIT, over("bridge", 1950, 2350)), id="an island by bridge"),
    pytest.param("E1", beach(COAST, SPIT, over("tunnel", 1950, 2350)), id="an island by tunnel"),
    pytest.param("E2", beach(COAST, SPIT, over("ferry", 1950, 2250)), id="a ferry too short"),
    pytest.param(
        "E2", beach(COAST, SPIT, ROUND_SPIT, over("ferry", 1950, 2350)),
        id="an island with a coast all round",
    ),
]  # fmt: skip
NAMES = {"E1": "encircled_with_access", "E2": "isolated"}


@pytest.mark.parametrize(("code", "document"), CASES)
def test_the_sea_is_reached_over_ground_that_meets_it_or_by_a_port(code, document):
    """A coast parts what it lies between; a crossing leads to land, and an island has a shore."""
    situation = encircle.read(document)
    judgement = encircle.judge(situation)
    assert judgement.status.code == code
    checked = encircle.verify(judgement, situation)
    assert checked.holds, checked.sentence


@pytest.mark.parametrize(("code", "document"), CASES)
def test_no_access_is_given_or_taken_by_a_word(code, document):
    """The same judgement with the other status is refused, for what gives access or does not."""
    situation = encircle.read(document)
    forged = copy.deepcopy(encircle.judge(situation).to_dict())
    other = "E2" if code == "E1" else "E1"
    for ruling in (forged, *forged["units"]):
        ruling["status"].update(code=other, name=NAMES[other])
        ruling["axes"].update(sea="open" if other == "E1" else "closed", special="none")
        ruling["definitions"]["isolation"] = "no" if other == "E1" else "yes"
    for unit in forged["units"]:
        unit["because"]["rule"] = {"E1": "encircled_with_access", "E2": "isolated"}[other]
    checked = encircle.verify(forged, situation)
    assert not checked.holds
    assert any("access" in check.statement for check in checked.failures)


@pytest.mark.parametrize("kind", ["ferry", "bridge"])
def test_land_across_the_water_of_a_sea_anchor_is_reached_by_crossing(kind):
    """Water is what a crossing spans, a sea anchor's too: the way is proved."""
    rear = feature("rear", box(2400, -400, 2550, 400), "anchor", side="BLUE")
    situation = encircle.read(beach(COAST, SPIT, rear, over(kind, 1950, 2350)))
    judgement = encircle.judge(situation)
    assert judgement.verdict == "not_encircled"
    checked = encircle.verify(judgement, situation)
    assert checked.holds, checked.sentence

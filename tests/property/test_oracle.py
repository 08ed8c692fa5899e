"""The engine against the slow, obvious judge."""

from __future__ import annotations

import json
import os

import pytest

import encircle
from tests.property import oracle
from tests.property.strategies import situation_of

COUNT = int(os.environ.get("ENCIRCLE_ORACLE_SITUATIONS", "20"))
BATCH = 10
"""Maps a test, so that several workers can share them."""


@pytest.mark.property
@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_the_engine_agrees_with_the_flood_fill(first):
    """Exact faces and a fine grid come to the same verdict and the same axes."""
    undecided = 0
    for seed in range(first, min(first + BATCH, COUNT)):
        document = situation_of(seed, with_routes=seed % 4 != 0)
        found = oracle.compare(document, oracle.engine(document))
        undecided += found is None
        assert not found, f"seed {seed}: {'; '.join(found)}\n{json.dumps(document)}"
    assert undecided <= BATCH // 5, "the maps drawn are too fine for the oracle's grid"


@pytest.mark.property
@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(35, id="wheels at the edge of the map"),
        pytest.param(281, id="wheels at another edge"),
        pytest.param(5677, id="two roads on one ford, and over each other on the water"),
    ],
)
def test_where_wheels_go_otherwise_than_feet_engine_oracle_and_verifier_agree(seed):
    """Wheels at the edge of the map end it; none is lost where its road meets another at a ford."""
    document = situation_of(seed, with_routes=seed % 4 != 0)
    assert not oracle.compare(document, oracle.engine(document))
    situation = encircle.read(document)
    checked = encircle.verify(encircle.judge(situation), situation)
    assert checked.holds, checked.sentence


def ring_round_the_force(*extra, holder="RED"):
    """Give a small map whose answer is plain to see: a square of hostile ground."""
    from tests.property.strategies import AS_OF, box, draw_plan, point

    def feature(name, geometry, kind, **says):
        return {
            "type": "Feature",
            "id": name,
            "geometry": geometry,
            "properties": {"kind": kind, **says},
        }

    sides = [
        (-3000, -3000, 3000, -2000),
        (-3000, 2000, 3000, 3000),
        (-3000, -3000, -2000, 3000),
        (2000, -3000, 3000, 3000),
    ]
    features = [
        feature("us", point(50, 50), "position", side="BLUE", force="us", reach_m=300),
        feature("home", box(4000, -500, 5000, 500), "anchor", side="BLUE"),
        *(
            feature(f"wall-{i}", box(*side), "control", holder=holder, basis="assessed")
            for i, side in enumerate(sides)
        ),
        *(
            feature(f"extra-{i}", geometry, kind, **says)
            for i, (geometry, kind, says) in enumerate(extra)
        ),
    ]
    whole = {
        "as_of": AS_OF,
        "sides": [{"id": "BLUE"}, {"id": "RED"}],
        "force": "us",
        "uncovered": "open",
        "area": box(-6000, -6000, 6000, 6000),
    }
    return draw_plan({"type": "FeatureCollection", "situation": whole, "features": features})


GAP = {
    "type": "Polygon",
    "coordinates": [[[1500, -300], [3500, -300], [3500, 300], [1500, 300], [1500, -300]]],
}
TUNNEL = {"type": "LineString", "coordinates": [[100, 100], [4500, 100]]}


@pytest.mark.property
@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        pytest.param([], "encircled", id="a closed ring"),
        pytest.param(
            [(GAP, "control", {"holder": None, "basis": "unknown"})], "contested", id="a grey gap"
        ),
        pytest.param(
            [(TUNNEL, "crossing", {"type": "tunnel"})], "encircled", id="a tunnel under the ring"
        ),
        pytest.param(
            [(GAP, "control", {"holder": "RED", "basis": "claimed", "claimed_by": "RED"})],
            "encircled",
            id="a claim on the ring",
        ),
    ],
)
def test_the_oracle_itself_knows_the_plain_cases(extra, expected):
    """A ring closes, grey is either, a tunnel is not land, a claim is nothing."""
    assert oracle.answer(ring_round_the_force(*extra), 100.0)["verdict"] == expected


BACK = [(-5000, 500), (5000, -500), (3000, -2000), (-3000, 2000)]
"""A road that comes back over the river, and over itself on the water."""
PLAIN = BACK[:2]
ACROSS = [(-800, 1000), (300, -600), (600, 1000)]


@pytest.mark.property
@pytest.mark.parametrize(
    ("roads", "ford"),
    [
        pytest.param([BACK], (-800, 80), id="a road crosses itself over the water"),
        pytest.param([PLAIN, ACROSS], (-800, 80), id="another road crosses it over the water"),
    ],
)
def test_a_road_leads_through_a_ford_from_bank_to_bank_whatever_crosses_it(roads, ford):
    """Where roads meet over the water, none of them ends there."""
    from tests.property.strategies import AS_OF, box, draw_plan, point

    def feature(name, geometry, kind, **says):
        said = {"kind": kind, **says}
        return {"type": "Feature", "id": name, "geometry": geometry, "properties": said}

    lines = [{"type": "LineString", "coordinates": road} for road in roads]
    home = PLAIN[1]
    features = [
        feature("us", point(*roads[0][0]), "position", side="BLUE", force="us", reach_m=300),
        feature("home", box(home[0] - 300, home[1] - 300, home[0] + 300, home[1] + 300), "anchor",
                side="BLUE"),
        feature("river", box(-900, -8000, 900, 8000), "barrier", type="river"),
        feature("ford", point(*ford), "crossing", type="ford", modes=["wheeled"]),
        *(feature(f"road-{n}", line, "route", modes=["wheeled"]) for n, line in enumerate(lines)),
    ]  # fmt: skip
    whole = {
        "as_of": AS_OF,
        "sides": [{"id": "BLUE"}, {"id": "RED"}],
        "force": "us",
        "uncovered": "open",
        "area": box(-7000, -6000, 7000, 6000),
    }
    document = draw_plan({"type": "FeatureCollection", "situation": whole, "features": features})
    judged = oracle.engine(document)
    assert judged["axes"]["land"]["wheeled"] == "open"
    assert oracle.compare(document, judged) == []
    situation = encircle.read(document)
    checked = encircle.verify(encircle.judge(situation), situation)
    assert checked.holds, checked.sentence


@pytest.mark.property
def test_the_oracle_lets_a_force_out_through_neutral_ground_only_by_crossing():
    """Neutral walls hold like hostile ones."""
    document = ring_round_the_force(holder="neutral")
    assert oracle.answer(document, 100.0)["units"]["us"]["code"] == "E2"

"""Laws of the one network: what is judged, and what likelihood reads, are the same edges."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from encircle import Options, read
from encircle.errors import EncircleError
from encircle.likelihood.worlds.atlas import Atlas
from encircle.likelihood.worlds.labels import CASES
from encircle.likelihood.worlds.world import TRUE, World
from encircle.map.evidence import Doubts, admit, find_doubts
from encircle.network.sheet import draw_sheet, find_positions
from tests.property.strategies import SETTINGS, Sketch, box, draw_plan, line, point, random_whole
from tests.property.strategies import random_plan as draw_random_plan
from tests.property.worlds_oracle import doubted

pytestmark = pytest.mark.property

SEEDS = st.integers(0, 2**32 - 1)
NEAR_M = (0, 3, 40, 90, 140, 170)
"""How far apart ends are drawn: on each other, within reach of each other, and a little beyond."""
DRIFTED = {
    "a bit of road on a river, in one face": 0,
    "the way to a road past its end": 7,
    "a drawn force on a road that ends at a river in it": 24,
    "a tunnel that ends under the enemy": 79,
    "fire where land meets the sea": 2,
    "a road that comes back to another stretch of itself": 6,
}
"""Maps, by their seeds, on which verdict and likelihood once differed about who gets through."""


def crowd(plan, seed):
    """Draw besides what joins otherwise: roads that stop short, roads on rivers, gates, coasts."""
    sketch = Sketch(random.Random(seed))  # noqa: S311
    rng = sketch.rng
    rivers = [f for f in plan["features"] if f["properties"]["kind"] == "barrier"
              and f["geometry"]["type"] == "LineString"]  # fmt: skip
    force = [f for f in plan["features"] if f["properties"].get("force") == "the-force"]
    roads = [f for f in plan["features"] if f["properties"]["kind"] == "route"]
    anchors = [f for f in plan["features"] if f["properties"]["kind"] == "anchor"]
    for river in rivers[:2]:
        (a, b), share = rng.sample(river["geometry"]["coordinates"], 2), rng.random()
        half = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]
        along = rng.choice(([a, b], [a, half], [half, b, sketch.spot()]))
        sketch.add(line(*along), "route", fire=rng.choice((..., "F2")))
        beside = [(x + rng.choice(NEAR_M), y + rng.choice(NEAR_M)) for x, y in (a, half)]
        sketch.add(line(*beside), "route")
    for road in roads[:2]:
        x, y = rng.choice(road["geometry"]["coordinates"])
        start = x + rng.choice(NEAR_M), y + rng.choice(NEAR_M)
        hairpin = (*sketch.spot(), *sketch.spot())
        back = start[0] + rng.choice(NEAR_M), start[1] + rng.choice(NEAR_M)
        sketch.add(line(start, hairpin[:2], hairpin[2:], back), "route")
    for kept in (*anchors[:1], *force[:1]):
        if kept["geometry"]["type"] == "Point":
            x, y = kept["geometry"]["coordinates"]
            reach = rng.choice(NEAR_M)
            over = line((x - 700, y), (x + reach, y + reach))
            kind = rng.choice(("tunnel", "checkpoint", "ferry", "bridge"))
            sketch.add(over, "crossing", type=kind, fire=rng.choice((..., "F3")))
    post = sketch.spot()
    strip = box(post[0] - 600, post[1] - 300, post[0] + 600, post[1] + 300)
    sketch.add(strip, "control", holder="neutral", basis="territory")
    sketch.add(point(*post), "anchor", side="BLUE")
    sketch.add(line((post[0] - 900, post[1]), post), "crossing", type="checkpoint")
    if sketch.chance(0.5):
        coast = sketch.any_box(1200, 3000)
        sketch.add(coast, "anchor", side="BLUE", access="sea")
        sketch.add(coast, "barrier", type=rng.choice(("lake", "river")))
    for drawn in force[: rng.choice((0, 1))]:
        x, y = drawn["geometry"]["coordinates"]
        drawn["geometry"] = box(x - 637, y - 541, x + 1231, y + 437)
        for name in ("echelon", "location_error_m", "reach_m"):
            drawn["properties"].pop(name, None)
    extra = [{**f, "id": f"crowd-{f['id']}"} for f in sketch.features]
    return {**plan, "features": [*plan["features"], *extra]}


def draw_crowded(seed):
    """Draw a random map that has every kind of step, or nearly."""
    rng = random.Random(seed)  # noqa: S311
    return draw_plan(crowd(draw_random_plan(rng), seed))


def lay(situation, doubt):
    """Give the network judged, and the gazer and world in which all that is drawn is there."""
    options = Options()
    evidence = admit(situation, options)
    sheet = draw_sheet(evidence, find_positions(situation, evidence), options)
    doubts = Doubts((), (), {}, {})
    if doubt:
        doubts = find_doubts(evidence, situation.force, sheet.ground.drawing.friends, options)
    atlas = Atlas(
        evidence, doubts, sheet.ground, sheet.shapes, sheet.outline, sheet.stops, options,
        sheet.network.lines,
    )  # fmt: skip
    world = World(tuple(TRUE for _ in doubts.items), ())
    return sheet.network, atlas.gazer(world), world


def check(situation, *, doubt=False):
    network, gazer, world = lay(situation, doubt)
    edges = gazer.chart.network.edges
    laid = [e for e in edges if any(e.carries.values())]
    assert sorted(map(str, laid)) == sorted(map(str, network.edges))
    labelling = gazer.look(world).labelling
    ranks = gazer.fires.rank_steps(labelling).transpose(0, 2, 1).tolist()
    for row, (reading, end) in enumerate(CASES):
        carries = labelling.carries[row].tolist()
        for edge, carried, rank in zip(edges, carries, ranks[row], strict=True):
            assert carried == edge.carries[reading], (edge, reading, end, carried)
            if carried:
                assert tuple(rank) == edge.fire[reading], (edge, reading, end, rank)


@pytest.mark.parametrize("seed", [pytest.param(n, id=name) for name, n in DRIFTED.items()])
def test_what_drifted_apart_is_one_again(seed):
    check(read(draw_crowded(seed)))


@pytest.mark.parametrize("north_m", [310, 1170, 2030])
def test_an_anchor_drawn_on_a_front_stands_on_both_sides_of_it(north_m):
    """The grid moves the front by less than a centimetre, and the anchor stays."""
    sketch = Sketch(random.Random(0))  # noqa: S311
    sketch.add(box(37, -3011, 2953, 3017), "control", holder="RED", basis="assessed")
    sketch.add(box(-4001, -3011, 37, 3017), "control", holder="BLUE", basis="assessed")
    force = {"side": "BLUE", "force": "the-force", "present": "yes", "reach_m": 300}
    sketch.add(point(-3000, 0), "position", **force)
    sketch.add(point(37, north_m), "anchor", side="BLUE")
    whole = random_whole(sketch)
    plan = {"type": "FeatureCollection", "situation": whole, "features": sketch.features}
    check(read(draw_plan(plan)))


@SETTINGS
@given(SEEDS)
def test_the_likelihood_reads_the_network_that_is_judged(seed):
    """Where nothing is in doubt, each edge carries in the one world what it carries as judged."""
    check(read_or_skip(draw_crowded(seed)))


@SETTINGS
@given(SEEDS)
def test_the_world_in_which_all_is_right_is_the_one_judged(seed):
    """Where all that is doubted is right, each edge carries what it carries as judged."""
    document = doubted(draw_crowded(seed), seed)
    for feature in document["features"]:
        feature["properties"].pop("location_error_m", None)
    check(read_or_skip(document), doubt=True)


@pytest.mark.parametrize("fixture", ["trap-tunnel-open", "trap-border-gate-open"])
def test_a_trap_is_one_network(fixture):
    check(read(f"fixtures/{fixture}/situation.geojson"))


def read_or_skip(document):
    try:
        return read(document)
    except EncircleError:
        assume(condition=False)
        raise

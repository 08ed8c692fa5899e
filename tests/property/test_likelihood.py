"""Laws of likelihood: each docstring is one, tried on random maps."""

from __future__ import annotations

import copy
import itertools
import math
import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from encircle import Options, judge
from encircle.errors import SituationError
from encircle.likelihood.measure import Likelihood
from encircle.likelihood.worlds.as_graph import bracket_roads
from encircle.map.door.reader import read_situation
from encircle.reliability.counting.exact import find_reliability
from encircle.reliability.graph import Graph
from encircle.reliability.solving import CutOff
from encircle.verdict.definitions import DEFINITIONS
from tests.property.strategies import HALF_M, SETTINGS, Sketch, box, draw_plan, line, plans, point
from tests.property.worlds_oracle import (
    bracket_slowly,
    build_atlas,
    doubted,
    judge_fast,
    judge_slowly,
)
from tests.thorough import thorough

pytestmark = pytest.mark.property

SEEDS = st.integers(0, 2**32 - 1)
EXACT = Options(seam_m=0.0, most_worlds=5000)
"""Seams are drawn once, for all evidence together: without them worlds are exact."""
FEW = settings(SETTINGS, max_examples=max(4, SETTINGS.max_examples // 3))
"""For what judges every world of a map by itself, or some thousands of them twice."""
MOST_ITEMS, MOST_SHIFTS = 6, 1
ROUNDING = 2e-6
HELD = {"yes": [1.0, 1.0], "no": [0.0, 0.0], "contested": [0.0, 1.0], "unknown": [0.0, 1.0]}


def settled(plan):
    """Fix the area and what bare ground counts as: they are not evidence."""
    most = HALF_M + 750
    whole = {"uncovered": "unknown", **plan["situation"], "area": box(-most, -most, most, most)}
    return {**plan, "situation": whole}


def read_or_skip(document):
    try:
        return read_situation(document)
    except SituationError:
        assume(condition=False)
        raise


def intervals(document, options=None):
    """Give the interval of the group and of each position, by id, for each definition."""
    judgement = judge(read_or_skip(document), options)
    if judgement.likelihood is None:
        return {}
    rows = {None: judgement.likelihood["by_definition"]}
    rows |= {p.id: p.likelihood for p in judgement.positions if p.likelihood}
    return {(who, name): each["p"] for who, row in rows.items() for name, each in row.items()}


@thorough
@FEW
@given(plans(), SEEDS)
def test_factoring_agrees_with_every_world_judged_afresh(plan, seed):
    """The probability found by taking worlds apart is that of all worlds, each judged by itself."""
    situation = read_or_skip(doubted(draw_plan(plan), seed))
    likelihood, told = judge_fast(situation, EXACT)
    doubts = likelihood.atlas.doubts
    assume(told and len(doubts.items) <= MOST_ITEMS and len(doubts.shifts) <= MOST_SHIFTS)
    doubts, outcomes = judge_slowly(situation, EXACT)
    for definition, who in itertools.product(DEFINITIONS, (None, *(p.id for p in told))):
        asked = [p.id for p in told] if who is None else [who]
        expected = bracket_slowly(doubts, outcomes, asked, definition)
        found = likelihood.tree(definition).bracket((who, definition))
        assert found == pytest.approx(expected, abs=1e-9), (definition, who)


@SETTINGS
@given(plans())
def test_certain_evidence_agrees_with_the_readings(plan):
    """Where all is stated to be right, the likelihood is 0, 1, or all, as the readings say."""
    for feature in plan["features"]:
        feature["properties"].pop("location_error_m", None)
        feature["properties"]["probability"] = 1.0
    judgement = judge(read_or_skip(draw_plan(plan)))
    for position in judgement.positions:
        if position.likelihood is not None:
            told = {name: each["p"] for name, each in position.likelihood.items()}
            answers = position.judged.definitions
            assert told == {name: HELD[answer] for name, answer in answers.items()}
    if judgement.likelihood is not None:
        told = judgement.likelihood["p_encircled"]
        assert told == HELD[judgement.judged.definitions["land_cut"]]


@SETTINGS
@given(plans(), SEEDS)
def test_doubtful_evidence_of_probability_one_is_certain(plan, seed):
    """Evidence that is right with probability 1 changes nothing; with 0 it is as if not drawn."""
    rng = random.Random(seed)  # noqa: S311
    document = draw_plan(settled(plan))
    for feature in document["features"]:
        feature["properties"].pop("location_error_m", None)
    sure, gone = copy.deepcopy(document), copy.deepcopy(document)
    out = set()
    for feature in sure["features"]:
        own = feature["properties"].get("force") == "the-force"
        value = 1.0 if own or rng.random() < 0.7 else 0.0
        feature["properties"]["probability"] = value
        out |= {feature["id"]} if value == 0.0 else set()
    gone["features"] = [f for f in gone["features"] if f["id"] not in out]
    for feature in gone["features"]:
        feature["properties"]["probability"] = 1.0
    gone["situation"].setdefault("uncovered", "unknown")
    options = Options(seam_m=0.0)
    assert intervals(sure, options) == intervals(gone, options)


@FEW
@given(plans(), SEEDS)
def test_more_hostile_evidence_never_lowers_the_chance(plan, seed):
    """Ground the enemy may have taken never makes encirclement less likely."""
    sketch = Sketch(random.Random(seed))  # noqa: S311
    sketch.add(
        sketch.any_polygon(), "control", holder="RED",
        basis=sketch.rng.choice(("assessed", "territory")),
        probability=sketch.rng.choice((0.2, 0.6, 0.9)),
    )  # fmt: skip
    extra = [{**f, "id": f"extra-{f['id']}"} for f in sketch.features]
    plan = settled(plan)
    more = {**plan, "features": [*plan["features"], *extra]}
    before, after = (intervals(doubted_plan(p, seed), EXACT) for p in (plan, more))
    for who, name in before:
        if name == "land_cut" and (who, name) in after:
            (low, high), (lower, higher) = before[who, name], after[who, name]
            assert lower >= low - ROUNDING, who
            assert higher >= high - ROUNDING, who


def doubted_plan(plan, seed):
    """Grade the evidence of a plan, what is added to it left as it is."""
    kept = [f for f in plan["features"] if not f["id"].startswith("extra-")]
    extra = [f for f in plan["features"] if f["id"].startswith("extra-")]
    graded = doubted({**plan, "features": kept}, seed)
    return draw_plan({**graded, "features": [*graded["features"], *extra]})


@thorough
@FEW
@given(plans(), SEEDS)
def test_an_echo_changes_nothing(plan, seed):
    """To repeat what one origin says adds nothing to it."""
    document = doubted(draw_plan(settled(plan)), seed)
    cited = [f for f in document["features"] if f["properties"].get("sources")]
    cited = [f for f in cited if f["properties"]["kind"] != "position"]
    assume(cited)
    chosen = random.Random(seed).choice(cited)  # noqa: S311
    echo = {**copy.deepcopy(chosen), "id": "echo"}
    louder = {**document, "features": [*document["features"], echo]}
    one, other = intervals(document, EXACT), intervals(louder, EXACT)
    assert one.keys() == other.keys()
    for key, interval in one.items():
        assert other[key] == pytest.approx(interval, abs=ROUNDING), key


# -- islands: an oracle that knows nothing of ground -----------------------------------------

WIDE, HIGH, CELL_M = 3, 2, 3000


@st.composite
def archipelagos(draw):
    """Draw islands between rivers, bridges among them, and what the bridges rest on."""
    count = draw(st.integers(1, 5))
    items = [draw(st.sampled_from((0.1, 0.3, 0.5, 0.88, 0.95))) for _ in range(count)]
    edges = [((x, y), (x + 1, y)) for x in range(WIDE - 1) for y in range(HIGH)]
    edges += [((x, y), (x, y + 1)) for x in range(WIDE) for y in range(HIGH - 1)]
    kept = [e for e in edges if draw(st.booleans()) or draw(st.booleans())]
    rests = [draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=2, unique=True))
             for _ in kept]  # fmt: skip
    return items, list(zip(kept, rests, strict=True))


def draw_islands(items, bridges, wide=WIDE, high=HIGH):
    """Draw the islands as a situation: each item an origin whose grade is given its probability."""
    grades = [f"{letter}{number}" for letter in "ABCDE" for number in range(1, 6)]
    sources = [
        {"id": f"s{i}", "reliability": grades[i][0], "credibility": int(grades[i][1])}
        for i in range(len(items))
    ]
    features = []

    def add(name, geometry, kind, **properties):
        row = {"type": "Feature", "id": name, "geometry": geometry}
        features.append({**row, "properties": {"kind": kind, **properties}})

    far = CELL_M * wide
    for x in range(1, wide):
        add(f"x{x}", line((x * CELL_M, -99), (x * CELL_M, far)), "barrier", type="river")
    for y in range(1, high):
        add(f"y{y}", line((-99, y * CELL_M), (far + 99, y * CELL_M)), "barrier", type="river")
    for number, ((one, other), rests) in enumerate(bridges):
        places = [((x + 0.5) * CELL_M, (y + 0.5) * CELL_M) for x, y in (one, other)]
        middle = [sum(c) / 2 for c in zip(*places, strict=True)]
        step = [(b - a) / CELL_M * 200 for a, b in zip(*places, strict=True)]
        ends = [tuple(m + sign * s for m, s in zip(middle, step, strict=True)) for sign in (-1, 1)]
        add(
            f"bridge-{number}", line(*ends), "crossing", type="bridge",
            sources=[f"s{i}" for i in rests],
        )  # fmt: skip
    top, rim = CELL_M * high, 500
    for number, strip in enumerate(
        ((-rim, -rim, 0, top + rim), (far, -rim, far + rim, top + rim),
         (0, -rim, far, 0), (0, top, far, top + rim))
    ):  # fmt: skip
        add(
            f"rim-{number}", box(*strip), "control", holder="R", basis="assessed", probability=1.0
        )  # fmt: skip
    half = CELL_M / 2
    add("force", point(half, half), "position", side="B", force="the-force", reach_m=100)
    add("rear", point(far - half, high * CELL_M - half), "anchor", side="B")
    whole = {
        "as_of": "2025-03-14T12:00:00Z", "sides": [{"id": "B"}, {"id": "R"}],
        "force": "the-force", "uncovered": "open", "sources": sources,
        "area": box(-rim, -rim, far + rim, top + rim),
    }  # fmt: skip
    document = draw_plan({"type": "FeatureCollection", "situation": whole, "features": features})
    return document, dict(zip(grades, items, strict=False))


@SETTINGS
@given(archipelagos())
def test_islands_agree_with_plain_enumeration(archipelago):
    """On islands joined by bridges of shared evidence the chance is that of a cut network."""
    items, bridges = archipelago
    document, grades = draw_islands(items, bridges)
    lost = 0.0
    for values in itertools.product((True, False), repeat=len(items)):
        G = nx.Graph()
        G.add_nodes_from(itertools.product(range(WIDE), range(HIGH)))
        G.add_edges_from(e for e, rests in bridges if any(values[i] for i in rests))
        mass = 1.0
        for value, p in zip(values, items, strict=True):
            mass *= p if value else 1 - p
        lost += mass * (not nx.has_path(G, (0, 0), (WIDE - 1, HIGH - 1)))
    options = Options(grades=grades, most_worlds=5000)
    found = judge(read_situation(document), options).likelihood["p_encircled"]
    assert found == pytest.approx([lost, lost], abs=ROUNDING)


@SETTINGS
@given(archipelagos())
def test_islands_with_a_bridge_an_item_are_a_graph_of_independent_edges(archipelago):
    """Where each open item is one stretch of road, the graph for the kernels asks the same."""
    _, bridges = archipelago
    assume(bridges)
    document, _ = draw_islands([], [(edge, []) for edge, _ in bridges])
    chances = [0.1 + 0.8 * n / len(bridges) for n in range(len(bridges))]
    crossings = [f for f in document["features"] if f["properties"]["kind"] == "crossing"]
    for feature, p in zip(crossings, chances, strict=True):
        feature["properties"] |= {"probability": p, "sources": []}
    first, middle = crossings[0], crossings[0]["geometry"]["coordinates"]
    x, y = (sum(c) / 2 for c in zip(*middle, strict=True))
    mines = [[x - 1e-3, y - 1e-3], [x + 1e-3, y - 1e-3], [x + 1e-3, y + 1e-3], [x - 1e-3, y + 1e-3]]
    first["properties"]["probability"] = 1.0
    held = {"kind": "control", "holder": "R", "basis": "assessed", "probability": 0.3}
    document["features"].append(
        {"type": "Feature", "id": "held", "properties": held,
         "geometry": {"type": "Polygon", "coordinates": [[*mines, mines[0]]]}}
    )  # fmt: skip
    situation = read_situation(document)
    likelihood, (position,) = judge_fast(situation, EXACT)
    atlas = likelihood.atlas
    start = atlas.start
    found = bracket_roads(atlas.gazer(start), start, position, solve_plainly)
    assert found is not None
    bracket = found[0].low, found[1].high
    assert bracket == pytest.approx(likelihood.group.bracket((None, "land_cut")), abs=1e-9)


def test_a_kernel_answers_where_the_worlds_are_too_many():
    """Seven bridges: more worlds than are looked at, and one graph."""
    edges = [((0, 0), (1, 0)), ((1, 0), (2, 0)), ((2, 0), (2, 1))]
    edges += [((0, 0), (0, 1)), ((0, 1), (1, 1)), ((1, 1), (2, 1)), ((1, 0), (1, 1))]
    document, _ = draw_islands([], [(edge, []) for edge in edges])
    for feature in document["features"]:
        if feature["properties"]["kind"] == "crossing":
            feature["properties"] |= {"probability": 0.7, "sources": []}
    situation = read_situation(document)
    full, _ = judge_fast(situation, EXACT)
    asked = full.asked
    few = Options(seam_m=0.0, most_worlds=3)
    hurried = Likelihood(build_atlas(situation, few), asked, few, solve_plainly)
    lower, upper, method = hurried.bracket_group()
    assert method == "exact"
    assert (lower, upper) == pytest.approx(full.group.bracket((None, "land_cut")), abs=1e-9)


def draw_grid(side, p_open):
    """Draw a square of islands and its bridges, with the graph they are."""
    places = list(itertools.product(range(side), repeat=2))
    steps = [((x, y), (x + 1, y)) for x, y in places if x + 1 < side]
    steps += [((x, y), (x, y + 1)) for x, y in places if y + 1 < side]
    document, _ = draw_islands([], [(step, []) for step in steps], side, side)
    for feature in document["features"]:
        if feature["properties"]["kind"] == "crossing":
            feature["properties"] |= {"probability": p_open, "sources": []}
    u, v = (np.array([x * side + y for x, y in ends]) for ends in zip(*steps, strict=True))
    graph = Graph(
        side * side, u, v, np.full(len(u), p_open), np.array([0]), np.array([side * side - 1])
    )
    return read_situation(document), graph


def test_a_judgement_counts_a_graph_of_roads_whose_worlds_are_too_many():
    """Twenty-four bridges, each in doubt, are counted without looking at their worlds."""
    situation, graph = draw_grid(4, 0.7)
    found = judge(situation, Options(most_worlds=3)).likelihood
    assert found["method"] == "exact"
    assert found["p_encircled"] == pytest.approx([find_reliability(graph).cut_off] * 2, abs=2e-6)


@thorough
def test_a_judgement_draws_a_graph_too_wide_to_be_counted_only_where_it_may():
    """A hundred and forty-four bridges: bounds, or where worlds may be drawn, a draw."""
    situation, graph = draw_grid(9, 0.7)
    hurried = judge(situation, Options(most_worlds=3)).likelihood
    assert hurried["method"] == "bounds"
    told = judge(situation, Options(most_worlds=3, samples=4_000, seed=3)).likelihood
    low, high = told["p_encircled"]
    exact = find_reliability(graph).cut_off
    assert low - 1e-6 <= exact <= high + 1e-6
    assert high - low < 0.05


def solve_plainly(graph):
    """Enumerate the worlds of a graph: the probability that it cuts the force off."""
    doubtful = [i for i, p in enumerate(graph.p_open) if p < 1]
    held = 0.0
    for values in itertools.product((True, False), repeat=len(doubtful)):
        there = dict(zip(doubtful, values, strict=True))
        G = nx.Graph()
        G.add_nodes_from(range(graph.order))
        G.add_edges_from((graph.u[i], graph.v[i]) for i in range(graph.size) if there.get(i, True))
        mass = math.prod(graph.p_open[i] if v else 1 - graph.p_open[i] for i, v in there.items())
        reached = nx.node_connected_component(G, int(graph.sources[0]))
        held += mass * (not reached.isdisjoint(graph.targets.tolist()))
    return CutOff(1 - held, 1 - held, 1 - held)

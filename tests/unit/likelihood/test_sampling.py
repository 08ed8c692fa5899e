"""Sampling: its interval, its marginals, and that it draws what it says it draws."""

import itertools
import math
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encircle.reliability.graph import Graph
from encircle.reliability.sampling.sampling import (
    BLOCK_WORLDS,
    PARTS,
    ForceSampler,
    WorldBlocks,
    find_wilson_interval,
    sample_force,
    sample_vertices,
)
from tests.thorough import thorough

CHANCES = (0.0, 0.01, 0.1, 0.3, 0.5, 0.8, 0.95, 1.0)


def build(order, edges, sources=(0,), targets=(1,)):
    u, v, p = (list(column) for column in zip(*edges, strict=True)) if edges else ([], [], [])
    return Graph(
        order,
        np.array(u, np.int64),
        np.array(v, np.int64),
        np.array(p, float),
        np.array(sources, np.int64),
        np.array(targets, np.int64),
    )


def weigh_worlds(graph):
    """The slow, obvious answer: every world, its weight, and who reaches a target in it."""
    p_force, p_each = 0.0, np.zeros(graph.order)
    for states in itertools.product((False, True), repeat=graph.size):
        weight = math.prod(
            p if is_open else 1 - p
            for p, is_open in zip(graph.p_open.tolist(), states, strict=True)
        )
        if weight:
            reached = reach(graph, states)
            p_force += weight * bool(reached & set(graph.sources.tolist()))
            p_each[list(reached)] += weight
    return p_force, p_each


def reach(graph, states):
    G = nx.Graph()
    G.add_nodes_from(range(graph.order))
    ends = zip(graph.u.tolist(), graph.v.tolist(), states, strict=True)
    G.add_edges_from((u, v) for u, v, is_open in ends if is_open)
    return set().union(*(nx.node_connected_component(G, t) for t in graph.targets.tolist()))


@st.composite
def graphs(draw, most_edges=8):
    order = draw(st.integers(2, 7))
    vertex = st.integers(0, order - 1)
    edges = draw(st.lists(st.tuples(vertex, vertex, st.sampled_from(CHANCES)), max_size=most_edges))
    some = st.lists(vertex, min_size=1, max_size=3, unique=True)
    return build(order, edges, draw(some), draw(some))


def is_near(hits, worlds, p):
    """Within five standard errors: one chance in a million a case."""
    return abs(hits / worlds - p) <= 5 * math.sqrt(max(p * (1 - p), 0.25 / worlds) / worlds)


BRIDGE = build(4, [(0, 2, 0.6), (0, 3, 0.7), (2, 3, 0.5), (2, 1, 0.6), (3, 1, 0.4)])
GATED = build(
    6,
    [(0, 2, 0.9), (0, 3, 0.9), (2, 3, 0.5), (2, 4, 0.2), (3, 5, 0.3), (4, 5, 0.5),
     (4, 1, 0.9), (5, 1, 0.8)],
)  # fmt: skip


@thorough
@pytest.mark.parametrize("graph", [BRIDGE, GATED], ids=["bridge", "behind a gate"])
def test_the_interval_holds_the_truth_as_often_as_it_says(graph):
    """Over 1,000 seeds, as often as Wilson's interval does by the binomial law."""
    worlds, seeds = 300, 1000
    truth, _ = weigh_worlds(graph)
    sampler = ForceSampler(graph)
    hits = np.array([sampler.count(seed, 0, worlds)[0] for seed in range(seeds)])
    low, high = find_wilson_interval(hits, worlds)
    held = int(((low <= truth) & (truth <= high)).sum())
    low, high = find_wilson_interval(np.arange(worlds + 1), worlds)
    law = sum(
        math.comb(worlds, k) * truth**k * (1 - truth) ** (worlds - k)
        for k in range(worlds + 1)
        if low[k] <= truth <= high[k]
    )
    assert law > 0.93
    assert abs(held / seeds - law) <= 4 * math.sqrt(law * (1 - law) / seeds)


def test_one_graph_is_searched_from_its_gate_and_the_other_is_not():
    strong = build(4, [(0, 2, 0.9), (0, 3, 0.9), (2, 3, 0.9), (2, 1, 0.9), (3, 1, 0.9)])
    assert ForceSampler(GATED).gate_size > 0
    assert ForceSampler(strong).gate_size == 0


@settings(max_examples=150, deadline=None)
@given(graph=graphs(), seed=st.integers(0, 2**32))
def test_a_force_is_as_likely_connected_as_all_worlds_weighed_say(graph, seed):
    truth, _ = weigh_worlds(graph)
    estimate = sample_force(graph, 4000, seed)
    if estimate.certain:
        assert estimate.p_connected == pytest.approx(truth, abs=1e-12)
        assert estimate.interval == (estimate.p_connected,) * 2
    else:
        assert is_near(estimate.reached, 4000, truth)


@settings(max_examples=100, deadline=None)
@given(graph=graphs(), seed=st.integers(0, 2**32))
def test_every_vertex_is_as_likely_connected_as_all_worlds_weighed_say(graph, seed):
    _, truth = weigh_worlds(graph)
    marginals = sample_vertices(graph, 3000, seed)
    for hits, p in zip(marginals.reached.tolist(), truth.tolist(), strict=True):
        assert is_near(hits, 3000, p)


def build_grid(side, seed):
    rng = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    pairs = np.vstack([
        np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]),
        np.column_stack([at[:-1].ravel(), at[1:].ravel()]),
        rng.integers(0, side * side, (side, 2)),
    ])  # fmt: skip
    p_open = rng.uniform(0.4, 0.9, len(pairs))
    targets = rng.choice(side * side, 3, replace=False)
    return Graph(side * side, pairs[:, 0].copy(), pairs[:, 1].copy(), p_open,
                 np.array([side]), targets)  # fmt: skip


@pytest.mark.parametrize("most", [0, 2, 8, 64], ids=lambda most: f"most {most} neighbours")
def test_vertices_are_reached_exactly_as_plain_search_says_in_the_same_worlds(most, monkeypatch):
    """Taking vertices out changes no world's answer, however many are left to sweep."""
    monkeypatch.setattr("encircle.reliability.sampling.sampling.MOST_NEIGHBOURS", most)
    graph = build_grid(14, 3)
    blocks = WorldBlocks(graph)
    is_open, reached = blocks.draw(9, 2), blocks.spread(9, 2)
    for world in range(0, BLOCK_WORLDS, 37):
        word, bit = divmod(world, 64)
        states = (is_open[:, word] >> np.uint64(bit)) & np.uint64(1) > 0
        ours = (reached[: graph.order, word] >> np.uint64(bit)) & np.uint64(1) > 0
        assert set(np.flatnonzero(ours).tolist()) == reach(graph, states.tolist())


def test_edges_are_drawn_open_as_often_as_they_should_be():
    p_open = np.array([0.0, 1e-4, 0.25, 0.5, 0.9, 1.0])
    graph = build(2, [(0, 1, p) for p in p_open])
    blocks, worlds = WorldBlocks(graph), 400 * BLOCK_WORLDS
    drawn = sum(np.bitwise_count(blocks.draw(4, b)).sum(axis=1, dtype=int) for b in range(400))
    assert all(is_near(hits, worlds, p) for hits, p in zip(drawn, p_open, strict=True))
    assert drawn[0] == 0
    assert drawn[-1] == worlds


def test_the_same_seed_gives_the_same_answer_and_another_another():
    graph = build_grid(10, 1)
    first, again = (sample_force(graph, 5000, seed=3) for _ in range(2))
    assert first == again
    assert sample_force(graph, 5000, seed=4).reached != first.reached
    marginals = [sample_vertices(graph, 1000, seed) for seed in (3, 3, 4)]
    assert (marginals[0].reached == marginals[1].reached).all()
    assert (marginals[0].reached != marginals[2].reached).any()


def test_a_world_is_the_same_however_the_worlds_are_split():
    graph = build_grid(10, 1)
    whole = ForceSampler(graph).count(7, 0, 900)[0]
    sampler = ForceSampler(graph)
    assert sum(sampler.count(7, first, 300)[0] for first in (600, 0, 300)) == whole


@pytest.mark.parametrize("sample", [sample_force, sample_vertices])
def test_progress_is_told_to_the_end(sample):
    told = []
    sample(build_grid(6, 1), 30_001, on_step=told.append)
    assert told[-1] == 30_001
    assert len(told) <= PARTS
    assert told == sorted(told)


def test_what_is_certain_is_not_drawn():
    sure = sample_force(build(3, [(0, 2, 1.0), (2, 1, 1.0), (0, 1, 0.5)]))
    never = sample_force(build(3, [(0, 2, 0.9), (2, 1, 0.0)]))
    assert (sure.certain, sure.interval) == (True, (1.0, 1.0))
    assert (never.certain, never.interval) == (True, (0.0, 0.0))


def test_a_force_on_a_target_is_there():
    assert sample_force(build(2, [], sources=(1,), targets=(1,))).interval == (1.0, 1.0)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="from 0 to 1"):
        sample_force(build(2, [(0, 1, p)]))


def test_no_worlds_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        sample_force(BRIDGE, 0)


def test_judging_a_situation_imports_no_compiler():
    code = (
        "import sys; from encircle.cli.main import app\n"
        "import encircle, encircle.reliability.sampling.sampling, encircle.reliability.flow\n"
        "encircle.judge(encircle.read('fixtures/trap-tunnel-open/situation.geojson'))\n"
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encircle.reliability.counting.exact import find_reliability
from encircle.reliability.counting.frontier import run_sweep
from encircle.reliability.counting.reductions import reduce_graph
from encircle.reliability.counting.shared import Evidence, find_reliability_shared
from encircle.reliability.counting.sweep import plan_sweep
from encircle.reliability.graph import Graph
from encircle.reliability.sampling.rare import Drawing, estimate_connected, estimate_cut_off
from tests.property.worlds import (
    count_shared_worlds,
    count_worlds,
    draw_graph,
    draw_tangled_graph,
)
from tests.thorough import thorough

EXAMPLES = min(int(os.environ.get("ENCIRCLE_FUZZ", "60")), 200)
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
CLOSE = 1e-11
pytestmark = pytest.mark.property


@st.composite
def graphs(draw):
    """A small graph, and the means to draw more from."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    make = draw(st.sampled_from([draw_graph, draw_tangled_graph]))
    return make(rng), rng


def find(graph):
    found = find_reliability(graph)
    assert found.exact
    assert abs(found.connected + found.cut_off - 1) < CLOSE
    return found.connected


@thorough
@pytest.mark.parametrize("seed", range(20))
def test_exact_is_what_all_worlds_add_up_to(seed):
    """Counting by states equals counting every world, on 2,000 graphs."""
    rng = np.random.default_rng(seed)
    for turn in range(100):
        graph = draw_graph(rng) if turn % 2 else draw_tangled_graph(rng)
        connected, cut_off = count_worlds(graph)
        found = find_reliability(graph)
        assert abs(found.connected - connected) < CLOSE
        assert abs(found.cut_off - cut_off) < CLOSE


@thorough
def test_the_kernel_is_what_all_worlds_add_up_to():
    """Counting by states in machine code equals counting every world, on 1,000 graphs."""
    rng = np.random.default_rng(21)
    for _ in range(1_000):
        graph = draw_tangled_graph(rng)
        connected = 1.0
        for core in reduce_graph(graph).blocks:
            rest = core.keep(core.u + core.v > 1)
            swept = run_sweep(plan_sweep(rest), 10**6)[0] if rest.size else 0.0
            closed = core.p_closed[core.u + core.v == 1].prod()
            connected *= 1 - closed * (1 - swept)
        assert abs(connected - count_worlds(graph)[0]) < CLOSE


@pytest.mark.parametrize("seed", range(20))
def test_shared_evidence_is_what_all_worlds_add_up_to(seed):
    """Deciding shared evidence first equals counting every world, on 1,000 graphs."""
    rng = np.random.default_rng(seed)
    for turn in range(50):
        graph = draw_graph(rng, 8) if turn % 2 else draw_tangled_graph(rng, 5, 8)
        pieces = int(rng.integers(1, 4))
        evidence = Evidence(
            rng.choice([0, 0.2, 0.5, 0.8, 1], pieces),
            rng.integers(-1, pieces, graph.size),
            rng.random(graph.size) < 0.7,
        )
        found = find_reliability_shared(graph, evidence)
        assert abs(found.connected - count_shared_worlds(graph, evidence)) < CLOSE
        assert abs(found.connected + found.cut_off - 1) < CLOSE


@SETTINGS
@given(graphs(), st.integers(1, 12))
def test_bounds_always_bracket(drawn, most_states):
    """However few states are kept, the truth lies between the bounds."""
    graph, _ = drawn
    found = find_reliability(graph, most_states=most_states)
    assert found.lower - CLOSE <= count_worlds(graph)[0] <= found.upper + CLOSE


@SETTINGS
@given(graphs())
def test_reductions_change_nothing(drawn):
    """A chain of blocks is crossed as often as the graph it was made from."""
    graph, _ = drawn
    reduced = reduce_graph(graph)
    connected = 0.0 if reduced.cut_off else 1.0
    for core in reduced.blocks:
        ends = np.array([0]), np.array([1])
        connected *= count_worlds(Graph(core.order, core.u, core.v, core.p_open, *ends))[0]
        assert np.allclose(core.p_open + core.p_closed, 1)
    assert reduced.size <= graph.size
    assert abs(connected - count_worlds(graph)[0]) < CLOSE


@SETTINGS
@given(graphs(), st.floats(0, 1))
def test_an_edge_may_be_cut_in_two(drawn, share):
    """An edge is as good as two in a row of which both are open as often as it was."""
    graph, rng = drawn
    if not graph.size:
        return
    edge = int(rng.integers(graph.size))
    p_open = graph.p_open.copy()
    p_open[edge] **= share
    u, v = np.append(graph.u, graph.order), np.append(graph.v, graph.v[edge])
    v[edge] = graph.order
    p_open = np.append(p_open, graph.p_open[edge] ** (1 - share))
    longer = replace(graph, order=graph.order + 1, u=u, v=v, p_open=p_open)
    assert abs(find(longer) - find(graph)) < CLOSE


@SETTINGS
@given(graphs(), st.floats(0, 1))
def test_an_edge_may_be_split_side_by_side(drawn, share):
    """An edge is as good as two side by side of which both are closed as often as it was."""
    graph, rng = drawn
    if not graph.size:
        return
    edge = int(rng.integers(graph.size))
    p_closed = 1 - graph.p_open
    u, v = np.append(graph.u, graph.v[edge]), np.append(graph.v, graph.u[edge])
    p_closed = np.append(p_closed, p_closed[edge] ** (1 - share))
    p_closed[edge] **= share
    wider = replace(graph, u=u, v=v, p_open=1 - p_closed)
    assert abs(find(wider) - find(graph)) < CLOSE


@SETTINGS
@given(graphs(), st.floats(0, 1))
def test_a_likelier_edge_never_makes_connection_less_likely(drawn, p):
    """The answer grows with the probability of every edge."""
    graph, rng = drawn
    if not graph.size:
        return
    p_open = graph.p_open.copy()
    edge = int(rng.integers(graph.size))
    p_open[edge] = p_open[edge] + (1 - p_open[edge]) * p
    assert find(replace(graph, p_open=p_open)) >= find(graph) - CLOSE


@SETTINGS
@given(graphs())
def test_numbers_and_directions_mean_nothing(drawn):
    """Renumbering vertices, shuffling edges and swapping force and goal change nothing."""
    graph, rng = drawn
    number, order = rng.permutation(graph.order), rng.permutation(graph.size)
    u, v = number[graph.v[order]], number[graph.u[order]]
    ends = number[graph.targets], number[graph.sources]
    assert abs(find(Graph(graph.order, u, v, graph.p_open[order], *ends)) - find(graph)) < CLOSE


@settings(SETTINGS, max_examples=60)
@given(graphs())
def test_the_weight_of_all_bounds_the_probability(drawn):
    """No force is cut off more often than its cuts weigh, or connected than its joins do."""
    graph, _ = drawn
    estimates = estimate_connected, estimate_cut_off
    for estimate, truth in zip(estimates, count_worlds(graph), strict=True):
        found = estimate(graph, Drawing(exact_cost=0, most_samples=1))
        assert truth <= found.bound + CLOSE
        assert found.low - CLOSE <= found.probability <= found.high + CLOSE

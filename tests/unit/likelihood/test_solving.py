"""How likely a graph cuts the force off: counted where it is narrow, else drawn."""

from functools import partial

import numpy as np
import pytest

from encircle.reliability import solving
from encircle.reliability.counting.exact import find_reliability
from encircle.reliability.counting.shared import Evidence
from encircle.reliability.graph import Graph
from encircle.reliability.sampling.rare import Drawing
from encircle.reliability.solving import solve_graph, solve_rare, solve_shared


def build_grid(side, p_open):
    """Draw a grid of junctions, the force in one corner and the rear in the other."""
    number = np.arange(side * side).reshape(side, side)
    u = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    v = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    ends = np.array([0]), np.array([side * side - 1])
    return Graph(side * side, u, v, np.full(len(u), p_open), *ends)


def test_a_narrow_graph_is_counted():
    grid = build_grid(4, 0.8)
    found = solve_graph(grid)
    assert found.method == "exact"
    assert found.p == pytest.approx(find_reliability(grid).cut_off, abs=1e-12)


def test_a_wide_graph_is_drawn_only_where_worlds_may_be_drawn():
    grid = build_grid(6, 0.8)
    assert solve_graph(grid, most_visits=100) is None
    drawn = solve_graph(grid, 20_000, seed=1, most_visits=100)
    assert (drawn.method, drawn.worlds, drawn.seed) == ("sampled", 20_000, 1)
    assert drawn.low < find_reliability(grid).cut_off < drawn.high


def test_a_place_that_no_edge_leads_to_is_cut_off():
    edges = np.array([0, 2]), np.array([1, 3])
    apart = Graph(4, *edges, np.array([0.5, 0.5]), np.array([0]), np.array([3]))
    assert solve_graph(apart).p == 1.0


@pytest.mark.parametrize(("p_open", "seen"), [(0.995, 0.0), (0.1, 1.0)])
@pytest.mark.parametrize("method", ["exact", "weighed"])
def test_what_no_world_saw_is_found_by_weight(p_open, seen, method, monkeypatch):
    if method == "weighed":  # no block is counted
        monkeypatch.setattr(solving, "Drawing", partial(Drawing, exact_cost=0))
    grid = build_grid(6, p_open)
    drawn = solve_graph(grid, 2_000, seed=1, most_visits=100)
    assert drawn.p == seen
    found, truth = solve_rare(grid, drawn), find_reliability(grid).cut_off
    assert found.method == method
    assert found.low - 1e-12 <= truth <= found.high + 1e-12
    assert found.high - found.low < (drawn.high - drawn.low) / 10
    assert solve_rare(grid, found) == found


def test_what_was_seen_stays_as_it_was_drawn():
    grid = build_grid(6, 0.8)
    drawn = solve_graph(grid, 2_000, seed=1, most_visits=100)
    assert solve_rare(grid, drawn) is drawn


def test_shared_evidence_on_too_wide_a_graph_is_not_guessed(monkeypatch):
    grid = build_grid(6, 1.0)
    evidence = Evidence(np.array([0.5]), np.zeros(grid.size, np.int64), np.ones(grid.size, bool))
    assert solve_shared(grid, evidence).p == pytest.approx(0.5)
    monkeypatch.setattr(solving, "QUICK_VISITS", 100)
    assert solve_shared(grid, evidence) is None

"""How likely a graph cuts the force off: counted where it is narrow, else drawn."""

import numpy as np
import pytest

from encircle.reliability.counting.exact import find_reliability
from encircle.reliability.graph import Graph
from encircle.reliability.solving import solve_graph


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

import subprocess
import sys
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from encircle.reliability.counting import exact
from encircle.reliability.counting.exact import Bounds, chain, find_reliability
from encircle.reliability.counting.frontier import run_sweep
from encircle.reliability.counting.reductions import reduce_graph
from encircle.reliability.counting.sweep import (
    lay_out,
    list_neighbours,
    list_orders,
    measure_cost,
    plan_sweep,
    sweep_plainly,
)
from encircle.reliability.graph import Graph
from tests.property.worlds import build_grid, build_strip

GRIDS = {3: 0.972502171407, 4: 0.9750463495770659}
"""Counted over all worlds: 2^12 and 2^24 of them, each edge open with probability 0.9."""


@pytest.mark.parametrize(("side", "answer"), GRIDS.items())
def test_a_grid_is_counted_as_the_worlds_say(side, answer):
    found = find_reliability(build_grid(side, side, 0.9))
    assert found.exact
    assert found.lower == found.upper == pytest.approx(answer, abs=1e-13)
    assert found.connected + found.cut_off == pytest.approx(1, abs=1e-13)


def test_a_grid_is_counted_as_the_peer_does():
    graphillion = pytest.importorskip("graphillion")
    side = 6
    edges = [
        edge
        for place in range(side * side)
        for edge, there in (
            ((place + 1, place + 2), place % side < side - 1),
            ((place + 1, place + 1 + side), place < side * (side - 1)),
        )
        if there
    ]
    graphillion.GraphSet.set_universe(edges, traversal="as-is")
    peer = graphillion.GraphSet.reliability(dict.fromkeys(edges, 0.9), [1, side * side])
    assert find_reliability(build_grid(side, side, 0.9)).lower == pytest.approx(peer, abs=1e-12)


@pytest.mark.parametrize(("width", "length"), [(5, 5), (4, 30), (7, 7), (8, 5)])
def test_the_kernel_does_as_the_plain_sweep(width, length):
    strip = build_strip(width, length, 0.9)
    rng = np.random.default_rng(width)
    [core] = reduce_graph(replace(strip, p_open=rng.uniform(0.1, 0.9, strip.size))).blocks
    sweep = plan_sweep(core)
    connected, cut_off, most, whole = run_sweep(sweep, 10**6)
    plain = sweep_plainly(sweep, 10**6)
    assert whole
    assert (connected, cut_off) == pytest.approx(plain[:2], rel=1e-12, abs=0)
    assert most >= plain[2] / 2


def test_the_order_of_drawing_changes_nothing():
    [core] = reduce_graph(build_grid(4, 5, 0.7)).blocks
    neighbours = list_neighbours(core)
    rng = np.random.default_rng(2)
    shuffled = [rng.permutation(np.arange(2, core.order)).tolist() for _ in range(3)]
    answers = [
        sweep_plainly(lay_out(core, order, 0.0), 10**6)[0]
        for order in (*islice(list_orders(core, neighbours), 30), *shuffled)
    ]
    assert np.ptp(answers) < 1e-13


def test_every_order_completes_every_vertex_once():
    [core] = reduce_graph(build_grid(6, 7, 0.7)).blocks
    for order in islice(list_orders(core, list_neighbours(core)), 60):
        assert sorted(order) == list(range(2, core.order))


def test_a_long_strip_is_swept_across_not_along():
    [core] = reduce_graph(build_strip(5, 60, 0.9)).blocks
    assert plan_sweep(core).slots == 2 + 5


def test_a_worse_order_is_given_up_early():
    [core] = reduce_graph(build_strip(5, 20, 0.9)).blocks
    neighbours = list_neighbours(core)
    order = list(range(2, core.order))
    whole = measure_cost(neighbours, order, float("inf"))
    assert 10 < measure_cost(neighbours, order, 10) < whole


def test_many_sources_and_targets_do_not_widen_the_frontier():
    strip = build_strip(4, 40, 0.9)
    rim = np.flatnonzero(np.arange(strip.order) % 4 == 3)[1:]
    few = plan_sweep(reduce_graph(strip).blocks[0])
    many = plan_sweep(reduce_graph(replace(strip, targets=rim)).blocks[0])
    assert many.slots <= few.slots


@pytest.mark.parametrize("most_states", [2, 10, 100, 1_000])
def test_bounds_hold_when_states_run_out(most_states):
    grid = build_grid(7, 7, 0.8)
    truth = find_reliability(grid)
    found = find_reliability(grid, most_states=most_states)
    assert not found.exact
    assert found.lower <= truth.lower <= found.upper
    assert found.cut_off <= truth.cut_off


def test_bounds_close_in_as_more_states_are_kept():
    grid = build_grid(7, 7, 0.8)
    gaps = []
    for most_states in (10, 100, 1_000, 10_000):
        found = find_reliability(grid, most_states=most_states)
        gaps.append(found.upper - found.lower)
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] == 0


def test_blocks_in_a_row_must_all_be_crossed():
    whole = chain([Bounds(0.5, 0.5, exact=True), Bounds(0.8, 0.1, exact=False, most_states=7)])
    assert whole.connected == pytest.approx(0.4)
    assert whole.cut_off == pytest.approx(1 - 0.5 * 0.9)
    assert (whole.exact, whole.most_states) == (False, 7)
    assert chain([]).lower == 1
    assert chain([Bounds(0.0, 1.0, exact=True)]).cut_off == 1


def test_what_is_very_unlikely_keeps_its_digits():
    strip = build_strip(3, 2, 1 - 1e-5)
    found = find_reliability(strip)
    # The only three rungs in a row, of which each is closed once in 100,000 times.
    assert found.cut_off == pytest.approx(1e-15, rel=1e-9, abs=0)


def test_steps_are_reported():
    steps = []
    find_reliability(build_grid(7, 7, 0.8), on_step=steps.append)
    assert len(steps) > 30
    steps.clear()
    find_reliability(build_grid(3, 3, 0.8), on_step=steps.append)
    assert steps


def test_a_small_graph_needs_no_compiler():
    code = (
        "import sys, numpy as np\n"
        "from encircle.reliability.graph import Graph\n"
        "from encircle.reliability.counting.exact import find_reliability\n"
        "u, v = np.array([0, 0, 1, 1, 2]), np.array([1, 2, 2, 3, 3])\n"
        "find_reliability(Graph(4, u, v, np.full(5, 0.9), np.array([0]), np.array([3])))\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code


@pytest.mark.parametrize("p_open", [0.02, 0.3, 0.8, 0.98])
@pytest.mark.parametrize("slots", [3, 5, 6])
def test_a_graph_too_wide_for_a_key_is_bounded(monkeypatch, p_open, slots):
    grid = build_grid(6, 6, p_open)
    truth = find_reliability(grid)
    monkeypatch.setattr(exact, "KEY_SLOTS", slots)
    found = find_reliability(grid)
    assert not found.exact
    assert found.lower - 1e-13 <= truth.lower <= found.upper + 1e-13


def test_vertices_without_edges_are_no_trouble():
    graph = Graph(
        9, np.array([7]), np.array([4]), np.array([0.25]), np.array([4, 5]), np.array([7, 8])
    )
    assert find_reliability(graph).lower == 0.25

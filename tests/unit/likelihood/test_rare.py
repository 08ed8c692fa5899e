from dataclasses import replace

import numpy as np
import pytest

from encircle.reliability.counting.exact import find_reliability
from encircle.reliability.counting.reductions import reduce_graph
from encircle.reliability.sampling import rare
from encircle.reliability.sampling.rare import (
    CutLink,
    Drawing,
    JoinLink,
    TooWideError,
    estimate_connected,
    estimate_cut_off,
)
from tests.property.worlds import build_grid, build_strip, draw_tangled_graph, list_worlds
from tests.thorough import thorough

LEVELS = {1e-3: 0.065, 1e-6: 0.012, 1e-9: 0.0022}
"""How likely an edge of the strip is closed, for the force to be cut off about so often."""


def weigh_all_cuts(core):
    """Sum the weight of every choice of side, one after another."""
    total = 0.0
    for sides in list_worlds(core.order - 2):
        side = np.array([False, True, *sides])
        apart = side[core.u] != side[core.v]
        total += core.p_closed[apart].prod()
    return total


def test_the_weight_of_all_cuts_is_their_sum():
    rng = np.random.default_rng(6)
    for _ in range(50):
        for core in reduce_graph(draw_tangled_graph(rng)).blocks:
            rest = core.keep(core.u + core.v > 1)
            if rest.size:
                link = CutLink(rest, Drawing(exact_cost=-1), 0)
                assert link.weight == pytest.approx(weigh_all_cuts(rest))


def test_the_weight_of_all_joins_is_their_sum():
    rng = np.random.default_rng(6)
    for _ in range(50):
        for core in reduce_graph(draw_tangled_graph(rng)).blocks:
            rest = core.keep(core.u + core.v > 1)
            if rest.size:
                link = JoinLink(rest, Drawing(exact_cost=0), 0)
                assert link.weight == pytest.approx(weigh_every_join(rest))


def weigh_every_join(core):
    """Sum the weight of every set of edges with odd numbers at the ends alone."""
    edges = list_worlds(core.size)
    numbers = np.zeros((len(edges), core.order), int)
    for edge, ends in enumerate(zip(core.u, core.v, strict=True)):
        for end in ends:
            numbers[:, end] += edges[:, edge]
    wanted = np.arange(core.order) < 2
    joins = edges[(numbers % 2 == wanted).all(axis=1)]
    return np.where(joins, core.p_open, 1.0).prod(axis=1).sum()


@pytest.mark.parametrize(("level", "p_closed"), LEVELS.items())
def test_the_estimate_is_right_where_it_can_be_counted(level, p_closed):
    strip = build_strip(4, 40, 1 - p_closed)
    truth = find_reliability(strip).cut_off
    assert level / 5 < truth < level * 5
    found = estimate_cut_off(strip, Drawing(exact_cost=0, relative_error=0.01, seed=7))
    assert found.samples > 0
    assert found.relative_error <= 0.01
    assert found.probability == pytest.approx(truth, rel=0.02)
    assert truth <= found.bound


@pytest.mark.parametrize(("level", "p_open"), {1e-3: 0.2, 1e-6: 0.07, 1e-9: 0.022}.items())
def test_being_connected_is_estimated_as_well(level, p_open):
    strip = build_strip(5, 7, p_open)
    truth = find_reliability(strip).connected
    assert level / 5 < truth < level * 5
    found = estimate_connected(strip, Drawing(exact_cost=0, relative_error=0.01, seed=7))
    assert found.samples > 0
    assert found.relative_error <= 0.01
    assert found.probability == pytest.approx(truth, rel=0.02)
    assert truth <= found.bound


@thorough
def test_the_interval_holds_the_truth_as_often_as_it_says():
    strip = build_strip(3, 8, 0.75)
    truth = find_reliability(strip).cut_off
    held = 0
    for seed in range(1_000):
        found = estimate_cut_off(strip, Drawing(exact_cost=0, seed=seed, most_samples=1))
        held += found.low <= truth <= found.high
    # 950 of 1,000 are expected; four standard deviations are 28.
    assert held >= 922


def test_the_same_seed_gives_the_same_estimate():
    strip = build_strip(4, 10, 0.8)
    drawings = (Drawing(seed, exact_cost=0) for seed in (1, 1, 2))
    one, same, other = (estimate_cut_off(strip, drawing) for drawing in drawings)
    assert one == same
    assert one.probability != other.probability


def test_a_narrow_block_is_counted():
    grid = build_grid(4, 4, 0.99)
    found = estimate_cut_off(grid)
    assert found.samples == 0
    assert found.low == found.high == found.probability == find_reliability(grid).cut_off


def test_blocks_in_a_row_are_put_together():
    one, two = build_grid(4, 4, 0.9), build_grid(4, 4, 0.8)
    u, v = np.append(one.u, two.u + 15), np.append(one.v, two.v + 15)
    both = replace(one, order=31, u=u, v=v, p_open=np.append(one.p_open, two.p_open))
    both = replace(both, targets=np.array([30]))
    truth = find_reliability(both).cut_off
    found = estimate_cut_off(both, Drawing(exact_cost=0, relative_error=0.01))
    assert found.low * 0.99 <= truth <= found.high * 1.01


def test_a_direct_edge_counts():
    grid = build_grid(3, 3, 0.9)
    u, v = np.append(grid.u, 0), np.append(grid.v, 8)
    direct = replace(grid, u=u, v=v, p_open=np.append(grid.p_open, 0.999))
    truth = find_reliability(direct).cut_off
    assert estimate_cut_off(direct, Drawing(exact_cost=0)).probability == pytest.approx(
        truth, rel=0.05
    )


def test_certain_answers_need_no_world():
    grid = build_grid(3, 3, 0.9)
    assert estimate_cut_off(replace(grid, p_open=np.zeros(12))).probability == 1
    found = estimate_cut_off(replace(grid, p_open=np.ones(12)))
    assert (found.probability, found.relative_error, found.samples) == (0, 0, 0)


def test_a_frontier_too_wide_is_refused_with_a_remedy(monkeypatch):
    monkeypatch.setattr(rare, "MOST_ODDS", 10)
    with pytest.raises(TooWideError, match="Ask find_reliability for bounds"):
        estimate_cut_off(build_grid(5, 5, 0.9), Drawing(exact_cost=0))


def test_batches_are_reported():
    steps = []
    strip = build_strip(4, 10, 0.7)
    estimate_cut_off(
        strip, Drawing(exact_cost=0, relative_error=1e-9, most_samples=6_000), on_step=steps.append
    )
    assert steps[-1] == 6_000

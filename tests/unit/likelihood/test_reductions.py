from dataclasses import replace

import numpy as np
import pytest

from encircle.reliability.compiling import compile_late
from encircle.reliability.counting.reductions import (
    CONNECTED,
    CUT_OFF,
    find_relevant_edges,
    merge_ends,
    merge_parallel,
    reduce_graph,
)
from encircle.reliability.counting.stripping import find_path_blocks, strip
from encircle.reliability.graph import Graph
from tests.property.worlds import build_grid, count_worlds, draw_graph


def graph(edges, sources=(0,), targets=(1,)):
    """A graph from rows of end, end, probability."""
    u, v, p = zip(*edges, strict=True) if edges else ((), (), ())
    order = 1 + max([*u, *v, *sources, *targets])
    ints = (np.array(column, np.int64) for column in (u, v))
    return Graph(order, *ints, np.array(p, float), np.array(sources), np.array(targets))


BRIDGE = [(0, 2, 0.9), (0, 3, 0.8), (2, 3, 0.7), (2, 1, 0.6), (3, 1, 0.5)]


@pytest.mark.parametrize(
    ("edges", "p_open"),
    [
        pytest.param([(0, 1, 0.5)], 0.5, id="one edge"),
        pytest.param([(0, 2, 0.5), (2, 1, 0.5)], 0.25, id="in series"),
        pytest.param([(0, 1, 0.5), (1, 0, 0.5)], 0.75, id="side by side"),
        pytest.param([(0, 2, 0.5), (2, 1, 1.0)], 0.5, id="a certain edge is contracted"),
        pytest.param([(0, 2, 0.0), (2, 1, 1.0), (0, 1, 0.5)], 0.5, id="a closed edge goes"),
        pytest.param([(0, 1, 0.5), (1, 2, 0.9)], 0.5, id="a dead end"),
        pytest.param([(0, 1, 0.5), (1, 1, 0.9)], 0.5, id="a loop"),
        pytest.param([(0, 1, 0.5), (3, 4, 0.9)], 0.5, id="an edge elsewhere"),
        pytest.param([(0, 1, 0.5), *((a + 1, b + 1, p) for a, b, p in BRIDGE)], 0.5, id="a block"),
    ],
)
def test_what_can_be_summed_up_becomes_one_edge(edges, p_open):
    [block] = reduce_graph(graph(edges)).blocks
    assert block.size == 1
    assert block.p_open[0] == pytest.approx(p_open)
    assert block.p_closed[0] == pytest.approx(1 - p_open)


def test_a_bridge_of_five_edges_is_left_as_it_is():
    [block] = reduce_graph(graph(BRIDGE)).blocks
    assert (block.order, block.size) == (4, 5)


def test_blocks_in_a_row_are_kept_apart():
    second = [(a + 4 if a != 0 else 1, b + 4 if b != 0 else 1, p) for a, b, p in BRIDGE]
    reduced = reduce_graph(graph([*BRIDGE, *second], targets=(5,)))
    assert [block.size for block in reduced.blocks] == [5, 5]
    assert np.allclose(np.sort(reduced.blocks[0].p_open), np.sort(reduced.blocks[1].p_open))


def test_a_bridge_between_blocks_is_a_block_of_its_own():
    second = [(a + 5, b + 5, p) for a, b, p in BRIDGE]
    reduced = reduce_graph(graph([*BRIDGE, (1, 5, 0.25), *second], targets=(6,)))
    assert [block.size for block in reduced.blocks] == [5, 1, 5]
    assert reduced.blocks[1].p_open[0] == 0.25


@pytest.mark.parametrize(
    ("edges", "sources", "targets", "answer"),
    [
        pytest.param([], (0,), (1,), CUT_OFF, id="no edge"),
        pytest.param([], (0,), (0,), CONNECTED, id="the force stands on its goal"),
        pytest.param([(0, 1, 0.0)], (0,), (1,), CUT_OFF, id="only a closed edge"),
        pytest.param([(0, 1, 1.0)], (0,), (1,), CONNECTED, id="a certain edge"),
        pytest.param([(0, 2, 0.5), (3, 1, 0.5)], (0,), (1,), CUT_OFF, id="a gap"),
        pytest.param([(0, 2, 0.5), (3, 1, 1.0)], (0, 3), (1,), CONNECTED, id="a second source"),
        pytest.param([(0, 2, 0.5)], (0,), (), CUT_OFF, id="no goal at all"),
    ],
)
def test_what_is_certain_needs_no_block(edges, sources, targets, answer):
    assert reduce_graph(graph(edges, sources, targets)) == answer


def test_small_probabilities_keep_their_digits():
    tiny = 1e-12
    [block] = reduce_graph(graph([(0, 1, 1 - tiny), (0, 2, 0.5), (2, 1, 1 - 1e-9)])).blocks
    closed = (1 - (1 - tiny)) * (0.5 + 0.5 * 1e-9)
    assert block.p_closed[0] == pytest.approx(closed, rel=1e-7, abs=0)
    [block] = reduce_graph(graph([(0, 2, 1e-9), (2, 1, 1e-9), (0, 1, 1e-18)])).blocks
    assert block.p_open[0] == pytest.approx(2e-18, rel=1e-12, abs=0)


def test_only_edges_on_a_way_to_the_goal_are_relevant():
    edges = [(0, 2, 0.5), (2, 1, 0.5), (2, 3, 0.5), (3, 4, 0.5), (4, 2, 0.5), (0, 1, 0.0)]
    assert find_relevant_edges(graph(edges)).tolist() == [True, True, *[False] * 4]


def test_no_edge_is_relevant_where_the_answer_is_certain():
    assert not find_relevant_edges(graph([(0, 1, 1.0), (0, 1, 0.5)])).any()
    assert not find_relevant_edges(graph([(0, 2, 0.5), (1, 3, 0.5)])).any()


def test_an_irrelevant_edge_changes_nothing_and_a_relevant_one_does():
    rng = np.random.default_rng(11)
    for _ in range(60):
        drawn = draw_graph(rng, most_edges=8)
        relevant = find_relevant_edges(drawn)
        for edge in range(drawn.size):
            ends = []
            for p in (0.0, 1.0):
                p_open = drawn.p_open.copy()
                p_open[edge] = p
                ends.append(count_worlds(replace(drawn, p_open=p_open))[0])
            certain = drawn.p_open[edge] in {0.0, 1.0}
            assert certain or (ends[1] - ends[0] > 1e-12) == relevant[edge]


def test_compiled_kernels_do_as_the_plain_ones():
    rng = np.random.default_rng(3)
    grid = build_grid(12, 12, 0.5)
    kept = rng.random(grid.size) < 0.8
    thin = Graph(grid.order, grid.u[kept], grid.v[kept], rng.random(kept.sum()), *ends_of(grid))
    core = merge_parallel(merge_ends(thin)[0])
    columns = [[c.copy() for c in (core.u, core.v, core.p_open, core.p_closed)] for _ in range(2)]
    plain = strip(core.order, *columns[0])
    assert np.array_equal(plain, compile_late(strip)(core.order, *columns[1]))
    for one, other in zip(*columns, strict=True):
        assert np.allclose(one[plain], other[plain])
    whole = (grid.order, grid.u, grid.v)
    for one, other in zip(
        find_path_blocks(*whole), compile_late(find_path_blocks)(*whole), strict=True
    ):
        assert np.array_equal(one, other)


def test_a_long_chain_of_many_edges_becomes_one():
    links = np.arange(100_000)
    chain = Graph(
        100_001, links, links + 1, np.full(100_000, 1 - 1e-7), np.array([0]), np.array([100_000])
    )
    [block] = reduce_graph(chain).blocks
    assert block.size == 1
    assert block.p_open[0] == pytest.approx(np.exp(1e5 * np.log1p(-1e-7)), rel=1e-9)


def ends_of(drawn):
    return drawn.sources, drawn.targets

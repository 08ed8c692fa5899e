import numpy as np
import pytest

from encircle.reliability.counting.shared import Evidence, find_reliability_shared
from encircle.reliability.graph import Graph
from tests.property.worlds import count_shared_worlds, draw_tangled_graph


def roads(labels, opens, p_true, p_open=None):
    """Roads side by side from the force to its goal."""
    count = len(labels)
    p_open = np.ones(count) if p_open is None else np.array(p_open)
    zeros, ones = np.zeros(count, np.int64), np.ones(count, np.int64)
    graph = Graph(2, zeros, ones, p_open, np.array([0]), np.array([1]))
    return graph, Evidence(np.array(p_true), np.array(labels), np.array(opens))


@pytest.mark.parametrize(
    ("case", "answer"),
    [
        pytest.param(roads([0, 0], [True, True], [0.7]), 0.7, id="one report, two roads"),
        pytest.param(roads([0, 1], [True, True], [0.7, 0.7]), 0.91, id="two reports"),
        pytest.param(roads([0, 0], [True, False], [0.7]), 1.0, id="one road or the other"),
        pytest.param(roads([0, -1], [True, True], [0.5], [1, 0.5]), 0.75, id="evidence and a coin"),
        pytest.param(roads([0, 0], [True, True], [0.5], [0.5, 0.5]), 0.375, id="each may fail"),
        pytest.param(roads([0, 0], [False, False], [0.2]), 0.8, id="two roads that one fact shuts"),
    ],
)
def test_shared_evidence_falls_out_once_for_all(case, answer):
    found = find_reliability_shared(*case)
    assert found.exact
    assert found.lower == pytest.approx(answer)
    assert found.connected + found.cut_off == pytest.approx(1)


def test_an_echo_changes_nothing():
    """Naming a second time what rests on the same evidence changes nothing."""
    once = find_reliability_shared(*roads([0], [True], [0.3]))
    thrice = find_reliability_shared(*roads([0, 0, 0], [True] * 3, [0.3]))
    assert once.lower == pytest.approx(thrice.lower)


@pytest.mark.parametrize("most_worlds", [0, 1, 3, 6])
def test_bounds_hold_when_worlds_run_out(most_worlds):
    rng = np.random.default_rng(8)
    for _ in range(20):
        graph = draw_tangled_graph(rng, 5, 8)
        evidence = Evidence(rng.random(3), rng.integers(0, 3, graph.size), np.ones(8, bool))
        truth = count_shared_worlds(graph, evidence)
        found = find_reliability_shared(graph, evidence, most_worlds=most_worlds)
        assert found.lower - 1e-12 <= truth <= found.upper + 1e-12


def test_each_world_looked_into_is_reported():
    steps = []
    find_reliability_shared(*roads([0, 0], [True, False], [0.7]), on_step=steps.append)
    assert len(steps) == 3

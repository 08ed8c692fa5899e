"""The cut: as many ways as edges, and each proves the other."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from encircle.reliability.flow import certify_cut, find_cut_faults
from encircle.reliability.graph import Graph
from tests.thorough import thorough


def build(order, edges, sources, targets, p_open=None):
    ends = np.array(edges, np.int64).reshape(-1, 2)
    p = np.full(len(ends), 0.5) if p_open is None else np.array(p_open, float)
    return Graph(order, ends[:, 0].copy(), ends[:, 1].copy(), p,
                 np.array(sources), np.array(targets))  # fmt: skip


@st.composite
def graphs(draw):
    order = draw(st.integers(2, 14))
    vertex = st.integers(0, order - 1)
    edges = draw(st.lists(st.tuples(vertex, vertex), max_size=40))
    some = st.lists(vertex, min_size=1, max_size=4, unique=True)
    sources, targets = draw(some), draw(some)
    assume(not set(sources) & set(targets))
    p_open = draw(
        st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=len(edges), max_size=len(edges))
    )
    return build(order, edges, sources, targets, p_open)


def minimum_cut(graph):
    """What networkx says, all sources and all targets joined by ties no cut can pay for."""
    G = nx.DiGraph()
    G.add_nodes_from(["s", "t", *range(graph.order)])
    for u, v, p in zip(graph.u.tolist(), graph.v.tolist(), graph.p_open.tolist(), strict=True):
        for a, b in ((u, v), (v, u)):
            if p > 0 and a != b:
                had = G.edges[a, b]["capacity"] if G.has_edge(a, b) else 0
                G.add_edge(a, b, capacity=had + 1)
    G.add_edges_from((("s", s) for s in graph.sources.tolist()), capacity=1000)
    G.add_edges_from(((t, "t") for t in graph.targets.tolist()), capacity=1000)
    return nx.minimum_cut_value(G, "s", "t")


@thorough
@settings(max_examples=400, deadline=None)
@given(graph=graphs())
def test_ways_and_cut_are_as_many_as_the_minimum_cut_and_hold(graph):
    """Menger: the most edge-disjoint ways are as many as the fewest edges that close all."""
    certificate = certify_cut(graph)
    assert certificate.count == len(certificate.cut) == minimum_cut(graph)
    assert find_cut_faults(graph, certificate) == []


@settings(max_examples=100, deadline=None)
@given(graph=graphs())
def test_no_way_runs_in_circles(graph):
    for way in certify_cut(graph).ways:
        G = nx.MultiGraph(zip(graph.u[way].tolist(), graph.v[way].tolist(), strict=True))
        assert len(G) == len(way) + 1
        assert nx.is_connected(G)


SQUARE = build(4, [(0, 1), (0, 2), (1, 3), (2, 3), (1, 2)], [0], [3])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda c: replace(c, cut=c.cut[:1]), "do not bound", id="an edge too few"),
        pytest.param(lambda c: replace(c, cut=np.array([0, 4])), "a way is left", id="no cut"),
        pytest.param(lambda c: replace(c, ways=(c.ways[0],) * 2), "share an edge", id="one way"),
        pytest.param(
            lambda c: replace(c, ways=(c.ways[0][:1], c.ways[1])), "ends at no target", id="short"
        ),
        pytest.param(
            lambda c: replace(c, ways=(c.ways[0][::-1], c.ways[1])), "go on", id="backwards"
        ),
    ],
)
def test_a_certificate_that_was_tampered_with_is_found_out(change, said):
    faults = find_cut_faults(SQUARE, change(certify_cut(SQUARE)))
    assert any(said in fault for fault in faults)


def test_a_way_over_a_road_that_is_never_open_is_found_out():
    certificate = certify_cut(SQUARE)
    closed = replace(SQUARE, p_open=np.zeros(5))
    assert any("never open" in fault for fault in find_cut_faults(closed, certificate))


def test_a_force_on_a_target_is_refused():
    with pytest.raises(ValueError, match="a source is a target"):
        certify_cut(build(2, [(0, 1)], [0], [0, 1]))


def test_nothing_joined_needs_no_cut():
    certificate = certify_cut(build(3, [(0, 1)], [0], [2]))
    assert (certificate.count, certificate.cut.tolist(), certificate.ways) == (0, [], ())
    assert sorted(certificate.inside.tolist()) == [0, 1]

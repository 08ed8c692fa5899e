"""The slow and obvious way: look into every world, one after another."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from encircle.reliability.graph import Graph


def count_worlds(graph: Graph) -> tuple[float, float]:
    """Sum the probability of every world by what it does: connected, cut off."""
    worlds = list_worlds(graph.size)
    p_world = np.where(worlds, graph.p_open, 1 - graph.p_open).prod(axis=1)
    connected = find_connected(graph, worlds)
    return float(p_world[connected].sum()), float(p_world[~connected].sum())


def count_shared_worlds(graph: Graph, evidence) -> float:
    """Sum the probability of every world of evidence and edges that connects."""
    total = 0.0
    for held in list_worlds(len(evidence.p_true)):
        p_held = np.where(held, evidence.p_true, 1 - evidence.p_true).prod()
        fits = [
            label < 0 or held[label] == needed
            for label, needed in zip(evidence.labels, evidence.opens, strict=True)
        ]
        settled = replace(graph, p_open=graph.p_open * np.array(fits, float))
        total += float(p_held) * count_worlds(settled)[0]
    return total


def list_worlds(coins: int):
    """List every way that coins can fall, shape (2^coins, coins)."""
    return np.array([*product((True, False), repeat=coins)], bool).reshape(2**coins, coins)


def find_connected(graph: Graph, worlds):
    """Follow open edges from the sources in every world until nothing new is reached."""
    reached = np.zeros((len(worlds), graph.order), bool)
    reached[:, graph.sources] = True
    for _ in range(graph.order):
        for edge, (a, b) in enumerate(zip(graph.u, graph.v, strict=True)):
            either = (reached[:, a] | reached[:, b]) & worlds[:, edge]
            reached[:, a] |= either
            reached[:, b] |= either
    return reached[:, graph.targets].any(axis=1)


def draw_graph(rng, most_edges: int = 11) -> Graph:
    """Draw a small graph, about half of them too tangled to be summed up edge by edge."""
    order = int(rng.integers(2, 7))
    size = int(rng.integers(0, most_edges + 1))
    u, v = rng.integers(0, order, size), rng.integers(0, order, size)
    p_open = rng.choice([0.0, 0.02, 0.3, 0.5, 0.9, 0.999, 1.0], size, p=[0.03, *[0.188] * 5, 0.03])
    sources = rng.choice(order, int(rng.integers(1, 3)))
    targets = rng.choice(order, int(rng.integers(1, 3)))
    return Graph(order, u, v, p_open, sources, targets)


def draw_tangled_graph(rng, order: int = 6, size: int = 11) -> Graph:
    """Draw a small graph without loops, that nothing decides beforehand."""
    pairs = np.array([(a, b) for a in range(order) for b in range(a)])
    u, v = pairs[rng.choice(len(pairs), size, replace=False)].T
    p_open = rng.choice([0.02, 0.3, 0.5, 0.9, 0.999], size)
    return Graph(order, u, v, p_open, np.array([0]), np.array([order - 1]))


def build_grid(width: int, length: int, p_open: float) -> Graph:
    """A grid, from corner to corner."""
    place = np.arange(width * length).reshape(length, width)
    u = np.concatenate([place[:, :-1].ravel(), place[:-1].ravel()])
    v = np.concatenate([place[:, 1:].ravel(), place[1:].ravel()])
    last = np.array([width * length - 1])
    return Graph(width * length, u, v, np.full(len(u), p_open), np.array([0]), last)


def build_strip(width: int, length: int, p_open: float) -> Graph:
    """A grid, from one short side to the other."""
    grid = build_grid(width, length, p_open)
    side = np.arange(width)
    return Graph(grid.order, grid.u, grid.v, grid.p_open, side, grid.order - 1 - side)

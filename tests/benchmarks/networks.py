"""Road-like networks of any size, the same for every run: what P2, P3, P5 and ROADS measure on."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay

from encircle.reliability.graph import Graph, sort_along_curve

if TYPE_CHECKING:
    from collections.abc import Callable

DEGREE = 2.7
"""Average number of roads at a junction. Source: OSM road networks, 2.2 with and 3.0 without shape
nodes (reference measurements of the project)."""
REAR = 0.02
"""Width of the band along the edge that counts as the rear, as a share of the map's."""
POCKET, HOLES, P_HOLE = 0.3, 6, 0.15
"""The pocket: its radius as a share of the map's width, how many roads lead out, how likely each
is open."""
DISC = 0.05
"""Radius of the ground a force holds, as a share of the map's width."""


def build_roads(size: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay roads between random places: a spanning tree of the shortest, and others at random.

    All roads are edges of the Delaunay triangulation; those at random are no longer than twice the
    median. Junctions are numbered along a curve that keeps neighbours together.

    Returns
    -------
    places, u, v
        Shape (n, 2), in a square of width 1; the ends of each road, shape (m,).
    """
    rng = np.random.default_rng(seed)
    n = round(2 * size / DEGREE)
    places = rng.random((n, 2))
    places = places[sort_along_curve(places)]
    corners = Delaunay(places).simplices
    pairs = np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    ends = np.unique(pairs.astype(np.int64), axis=0)
    length = np.hypot(*(places[ends[:, 0]] - places[ends[:, 1]]).T)
    tree = minimum_spanning_tree(coo_array((length, ends.T), shape=(n, n)).tocsr()).tocoo()
    inside = np.minimum(*tree.coords).astype(np.int64) * n + np.maximum(*tree.coords)
    in_tree = np.isin(ends[:, 0] * n + ends[:, 1], inside)
    others = np.flatnonzero(~in_tree & (length < 2 * np.median(length)))
    others = rng.permutation(others)[: size - int(in_tree.sum())]
    chosen = np.sort(np.r_[np.flatnonzero(in_tree), others])
    return places, ends[chosen, 0].copy(), ends[chosen, 1].copy()


def build_case(size: int, regime: str, seed: int = 0) -> Graph:
    """Put a force in the middle of a road network and the rear all round it.

    Regimes: `connected`, nearly every road open; `pocket`, a ring of closed roads round the force
    with a few that may be open; `thin`, every other road closed.
    """
    places, u, v = build_roads(size, seed)
    rng = np.random.default_rng([seed, 1])
    away = np.hypot(*(places - 0.5).T)
    rear = np.flatnonzero(np.abs(places - 0.5).max(axis=1) > 0.5 - REAR)
    low, high = {"connected": (0.8, 0.99), "pocket": (0.9, 0.99), "thin": (0.3, 0.7)}[regime]
    p_open = rng.uniform(low, high, len(u))
    if regime == "pocket":
        ring = np.flatnonzero((away[u] < POCKET) != (away[v] < POCKET))
        p_open[ring] = 0.0
        p_open[rng.choice(ring, HOLES, replace=False)] = P_HOLE
    return Graph(len(places), u, v, p_open, np.array([np.argmin(away)]), rear)


def hold_disc(graph: Graph, places: np.ndarray) -> Graph:
    """Let the force hold a disc in the middle rather than one junction."""
    disc = np.flatnonzero(np.hypot(*(places - 0.5).T) < DISC)
    return Graph(graph.order, graph.u, graph.v, graph.p_open, disc, graph.targets)


def colour(graph: Graph, is_open: np.ndarray) -> np.ndarray:
    """Colour the junctions by what roads are open, with SciPy; shape (n,)."""
    ends = graph.u[is_open], graph.v[is_open]
    matrix = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(graph.order,) * 2)
    return connected_components(matrix.tocsr(), directed=False)[1]


def is_joined(graph: Graph, is_open: np.ndarray) -> bool:
    label = colour(graph, is_open)
    return bool(np.isin(label[graph.sources], label[graph.targets]).any())


def take_turns(turns: dict[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """Run each in turn, so that a busy machine slows all alike; median processor time, seconds."""
    times: dict[str, list[float]] = {name: [] for name in turns}
    for turn in turns.values():
        turn()
    for _ in range(repeats):
        for name, turn in turns.items():
            began = time.process_time()
            turn()
            times[name].append(time.process_time() - began)
    return {name: median(taken) for name, taken in times.items()}


def fit_exponent(sizes: list[int], costs: list[float]) -> float:
    """Fit how cost grows with size: the slope of the logarithms."""
    return round(float(np.polyfit(np.log(sizes), np.log(costs), 1)[0]), 2)

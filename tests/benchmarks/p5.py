"""P5: the cut with its ways, 15 ms at 10**5 edges and 400 ms at 10**6, three times the best peer.

Ours takes flat arrays and gives the ways and the cut: rows, search and telling the ways apart are
all in its time. A peer is given its own graph ready built, and only its flow is timed. The force
holds a disc, the rear is the edge of the map, every road has room for one way. Correct: all give
the same number, and SciPy's colouring, edge by edge, finds nothing wrong with our certificate.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from encircle.reliability.flow import certify_cut, find_cut_faults
from encircle.reliability.graph import Graph
from tests.benchmarks.networks import DISC, REAR, build_roads, fit_exponent, take_turns

if TYPE_CHECKING:
    from collections.abc import Callable

GOALS_MS = {10_000: None, 100_000: 15.0, 1_000_000: 400.0}
GOAL_RATIO = 3.0
REPEATS = {10_000: 15, 100_000: 9, 1_000_000: 3}
WIDE = 2**20
"""Room of the ties that make one vertex of all sources, and one of all targets."""


def build(size: int) -> Graph:
    places, u, v = build_roads(size)
    sources = np.flatnonzero(np.hypot(*(places - 0.5).T) < DISC)
    targets = np.flatnonzero(np.abs(places - 0.5).max(axis=1) > 0.5 - REAR)
    return Graph(len(places), u, v, np.full(len(u), 0.9), sources, targets)


def list_peers(graph: Graph) -> tuple[dict[str, Callable[[], int]], list[str]]:
    """Ready every peer's graph, the force and the rear made one vertex each."""
    s, t = graph.order, graph.order + 1
    ties = [(graph.sources, s), (graph.targets, t)]
    u = np.r_[graph.u, *(inner for inner, _ in ties)]
    v = np.r_[graph.v, *(np.full(len(inner), outer) for inner, outer in ties)]
    room = np.ones(len(u), np.int32)
    room[graph.size :] = WIDE
    both = np.r_[room, room], (np.r_[u, v], np.r_[v, u])
    matrix = coo_array(both, shape=(graph.order + 2,) * 2).tocsr()
    peers: dict[str, Callable[[], int]] = {
        "scipy": lambda: int(maximum_flow(matrix, s, t, method="dinic").flow_value)
    }
    try:
        igraph = import_module("igraph")
    except ModuleNotFoundError:
        return peers, ["igraph"]
    G = igraph.Graph(graph.order + 2, np.column_stack([u, v]))
    capacity = room.astype(float).tolist()
    peers["igraph value"] = lambda: int(G.maxflow_value(s, t, capacity))
    peers["igraph cut"] = lambda: int(G.mincut(s, t, capacity).value)
    return peers, []


def measure(size: int) -> dict[str, Any]:
    graph = build(size)
    peers, missing = list_peers(graph)
    answers = {name: ask() for name, ask in peers.items()}
    certificate = certify_cut(graph)
    faults = find_cut_faults(graph, certificate)
    seconds = take_turns({"ours": lambda: certify_cut(graph), **peers}, REPEATS[size])
    ours_ms = seconds.pop("ours") * 1e3
    peers_ms = {name: round(value * 1e3, 2) for name, value in seconds.items()}
    ratio = min(peers_ms.values()) / ours_ms
    goal = GOALS_MS[size]
    return {
        "edges": size,
        "ways": certificate.count,
        "longest_way": max(len(way) for way in certificate.ways),
        "ours_ms": round(ours_ms, 2),
        "peers_ms": peers_ms,
        "ratio": round(ratio, 1),
        "missing": missing,
        "faults": faults,
        "reached": (goal is None or ours_ms <= goal) and ratio >= GOAL_RATIO,
        "correct": not faults and set(answers.values()) == {certificate.count},
    }


def main() -> int:
    rows = [measure(size) for size in GOALS_MS]
    correct = all(row["correct"] for row in rows)
    middle = rows[1]
    line = {
        "goal": "P5",
        "ours": middle["ours_ms"],
        "peer": min(middle["peers_ms"].values()),
        "ratio": min(row["ratio"] for row in rows),
        "correct": correct,
        "reached": correct and all(row["reached"] for row in rows),
        "exponent": fit_exponent(list(GOALS_MS), [row["ours_ms"] for row in rows]),
        "cases": rows,
    }
    print(json.dumps(line))
    return 0 if correct else 1

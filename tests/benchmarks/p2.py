"""P2: one force sampled, 5,000 times networkx and 100 times SciPy, whether it is cut off or not.

A world of a peer is every road drawn, the graph of the open ones built, and one question asked. A
world of ours is the same question of the same distribution; it draws the roads the search looks
at. Times are processor time for a world; laying out the graph for the search is told apart, as it
is done once. Correct: in every regime our share of connected worlds is that of the peers' worlds
within four standard errors, and on small networks that of every world counted.
"""

from __future__ import annotations

import itertools
import json
import math
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from encircle.reliability.graph import Graph
from encircle.reliability.sampling.sampling import ForceSampler
from tests.benchmarks.networks import build_case, fit_exponent, is_joined, take_turns

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL_NETWORKX, GOAL_SCIPY = 5_000, 100
SIZES = [10_000, 100_000, 1_000_000]
REGIMES = ("connected", "pocket", "thin")
WORLDS = {10_000: 40_000, 100_000: 20_000, 1_000_000: 4_000}
"""Worlds of ours in a turn: about as long as one of a peer's turns."""
REPEATS = {10_000: 15, 100_000: 7, 1_000_000: 3}
PEER_WORLDS = {10_000: 400, 100_000: 200, 1_000_000: 30}
"""Worlds of SciPy's that our share is held against."""


def ask_networkx(graph: Graph, is_open: np.ndarray) -> bool:
    G = nx.Graph()
    G.add_nodes_from(range(graph.order + 1))
    G.add_edges_from(zip(graph.u[is_open].tolist(), graph.v[is_open].tolist(), strict=True))
    G.add_edges_from((t, graph.order) for t in graph.targets.tolist())
    return nx.has_path(G, int(graph.sources[0]), graph.order)


def ask_rustworkx(graph: Graph, is_open: np.ndarray) -> bool:
    import rustworkx as rx

    G = rx.PyGraph()
    G.add_nodes_from(range(graph.order))
    pairs = zip(graph.u[is_open].tolist(), graph.v[is_open].tolist(), strict=True)
    G.extend_from_edge_list(list(pairs))
    reached = rx.node_connected_component(G, int(graph.sources[0]))
    return not reached.isdisjoint(graph.targets.tolist())


def ask_igraph(graph: Graph, is_open: np.ndarray) -> bool:
    import igraph

    G = igraph.Graph(graph.order, np.column_stack([graph.u[is_open], graph.v[is_open]]))
    return not set(G.subcomponent(int(graph.sources[0]))).isdisjoint(graph.targets.tolist())


PEERS: dict[str, Callable[[Graph, np.ndarray], bool]] = {
    "networkx": ask_networkx,
    "scipy": is_joined,
    "rustworkx": ask_rustworkx,
    "igraph": ask_igraph,
}


def find_missing() -> list[str]:
    missing = []
    for name in PEERS:
        try:
            import_module(name)
        except ModuleNotFoundError:
            missing.append(name)
    return missing


def measure(size: int, regime: str, missing: list[str]) -> dict[str, Any]:
    graph = build_case(size, regime)
    began = time.process_time()
    sampler = ForceSampler(graph)
    sampler.count(0, 0, 1)
    prepared_s = time.process_time() - began
    rng = np.random.default_rng(5)
    worlds = itertools.count(1, WORLDS[size])
    turns: dict[str, Callable[[], object]] = {
        "ours": lambda: sampler.count(0, next(worlds), WORLDS[size])
    }
    for name, ask in PEERS.items():
        if name not in missing:
            turns[name] = lambda ask=ask: ask(graph, rng.random(graph.size) < graph.p_open)
    seconds = take_turns(turns, REPEATS[size])
    ours_us = seconds.pop("ours") / WORLDS[size] * 1e6
    hits, drawn = sampler.count(1, 0, WORLDS[size])
    share = hits / WORLDS[size]
    theirs = sum(
        is_joined(graph, rng.random(graph.size) < graph.p_open) for _ in range(PEER_WORLDS[size])
    )
    return {
        "edges": size,
        "regime": regime,
        "ours_us": round(ours_us, 2),
        "prepared_s": round(prepared_s, 3),
        "connected": round(share, 4),
        "drawn": round(drawn / WORLDS[size], 1),
        "edge_samples_per_s": float(f"{size / ours_us * 1e6:.3g}"),
        "peers_us": {name: round(value * 1e6) for name, value in seconds.items()},
        "ratios": {name: round(value * 1e6 / ours_us) for name, value in seconds.items()},
        "correct": agree(hits, WORLDS[size], theirs, PEER_WORLDS[size]),
    }


def agree(hits: int, of: int, others: int, of_others: int) -> bool:
    """Say whether two shares are one within four standard errors."""
    p = (hits + others + 1) / (of + of_others + 2)
    error = math.sqrt(p * (1 - p) * (1 / of + 1 / of_others))
    return abs(hits / of - others / of_others) <= 4 * error


def agrees_with_counting(seed: int, worlds: int = 20_000) -> bool:
    """Hold a small network's share against all of its worlds, weighed one by one."""
    rng = np.random.default_rng(seed)
    n, m = 7, 11
    ends, p_open = rng.integers(0, n, (2, m)), rng.choice([0.02, 0.2, 0.5, 0.9], m)
    graph = Graph(n, *ends, p_open, np.array([0]), np.array([n - 1]))
    exact = sum(
        float(np.prod(np.where(is_open, p_open, 1 - p_open)))
        for states in itertools.product((False, True), repeat=m)
        if is_joined(graph, is_open := np.array(states))
    )
    sampler = ForceSampler(graph)
    if sampler.decided is not None:
        return exact == float(sampler.decided)
    share = sampler.count(seed, 0, worlds)[0] / worlds
    return abs(share - exact) <= 4.5 * math.sqrt(exact * (1 - exact) / worlds)


def main() -> int:
    missing = find_missing()
    exact = all(agrees_with_counting(seed) for seed in range(10))
    rows = [measure(size, regime, missing) for regime in REGIMES for size in SIZES]
    correct = exact and all(row["correct"] for row in rows)
    worst = {
        name: min(row["ratios"][name] for row in rows) for name in PEERS if name not in missing
    }
    exponents = {
        regime: fit_exponent(SIZES, [r["ours_us"] for r in rows if r["regime"] == regime])
        for regime in REGIMES
    }
    middle = next(r for r in rows if r["edges"] == SIZES[1] and r["regime"] == "connected")
    line = {
        "goal": "P2",
        "ours": middle["ours_us"],
        "peer": middle["peers_us"]["scipy"],
        "ratio": worst["scipy"],
        "correct": correct,
        "reached": correct and worst["networkx"] >= GOAL_NETWORKX and worst["scipy"] >= GOAL_SCIPY,
        "worst_ratios": worst,
        "missing": missing,
        "exponents": exponents,
        "cases": rows,
    }
    print(json.dumps(line))
    return 0 if correct else 1

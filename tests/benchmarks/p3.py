"""P3: every junction's likelihood at once, 10**9 edge-samples a second at 10**5 edges.

An edge-sample is one road in one world. The peer draws a world and colours it with SciPy, which
answers for every junction too. Ours counts everything a block of 512 worlds needs: drawing every
road, taking junctions out, sweeping the rest, giving the answer back, counting. Correct: in some
worlds of a block of each size, the junctions reached are exactly those SciPy reaches over the
same roads.
"""

from __future__ import annotations

import itertools
import json
import time

import numpy as np

from encircle.reliability.sampling.sampling import BLOCK_WORLDS, WorldBlocks
from tests.benchmarks.networks import build_case, colour, fit_exponent, take_turns

GOALS = {10_000: 1e9, 100_000: 1e9, 1_000_000: 5e8}
REPEATS = {10_000: 25, 100_000: 9, 1_000_000: 3}
CHECKED = (0, 63, 64, 511)
"""Worlds of a block held against SciPy."""


def measure(size: int) -> dict[str, object]:
    graph = build_case(size, "connected")
    began = time.process_time()
    blocks = WorldBlocks(graph)
    blocks.spread(0, 0)
    prepared_s = time.process_time() - began
    counts, number = np.zeros(graph.order, np.int64), itertools.count()
    rng = np.random.default_rng(5)

    def ask_scipy() -> None:
        label = colour(graph, rng.random(graph.size) < graph.p_open)
        np.isin(label, label[graph.targets])

    seconds = take_turns(
        {"ours": lambda: blocks.add_counts(0, next(number), BLOCK_WORLDS, counts),
         "scipy": ask_scipy},
        REPEATS[size],
    )  # fmt: skip
    rate, peer = size * BLOCK_WORLDS / seconds["ours"], size / seconds["scipy"]
    return {
        "edges": size,
        "ours": float(f"{rate:.3g}"),
        "scipy": float(f"{peer:.3g}"),
        "ratio": round(rate / peer, 1),
        "prepared_s": round(prepared_s, 3),
        "block_ms": round(seconds["ours"] * 1e3, 1),
        "swept": blocks.swept,
        "reached": rate >= GOALS[size],
        "correct": all(is_right(blocks, graph, world) for world in CHECKED),
    }


def is_right(blocks: WorldBlocks, graph: object, world: int) -> bool:
    """Colour one world of a block with SciPy and compare every junction."""
    word, bit = divmod(world, 64)
    shift = np.uint64(bit)
    is_open = (blocks.draw(3, 1)[:, word] >> shift) & np.uint64(1) > 0
    reached = (blocks.spread(3, 1)[: graph.order, word] >> shift) & np.uint64(1) > 0
    label = colour(graph, is_open)
    return bool((np.isin(label, label[graph.targets]) == reached).all())


def main() -> int:
    build = [measure(size) for size in GOALS]
    correct = all(row["correct"] for row in build)
    middle = build[1]
    line = {
        "goal": "P3",
        "ours": middle["ours"],
        "peer": middle["scipy"],
        "ratio": middle["ratio"],
        "correct": correct,
        "reached": correct and all(row["reached"] for row in build),
        "exponent": fit_exponent(list(GOALS), [row["block_ms"] for row in build]),
        "cases": build,
    }
    print(json.dumps(line))
    return 0 if correct else 1

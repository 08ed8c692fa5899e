"""P1: exact reliability of a grid, corner to corner, against Graphillion in its best order.

Ours and the peer take turns, each time in a process of its own, since what a peer keeps cannot be
given back. Each first solves a small grid, so that what is measured is the solving: not imports,
and not the compiling of kernels. Seconds are processor time; memory is how far the peak of the
process rises above what it held before. The peer draws its edges row by row: its own order does not
end on eight by eight. Only `GraphSet.reliability` asks the same question; sets of graphs that
connect two vertices forbid a further component.

Grids that the peer does not finish are counted twice by ours, the second time row by row.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.counting.exact import find_reliability
from encircle.reliability.counting.frontier import run_sweep
from encircle.reliability.counting.reductions import merge_ends
from encircle.reliability.counting.sweep import lay_out
from encircle.reliability.graph import Graph
from tests.property.worlds import build_grid, build_strip

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL_RATIO, GOAL_MEMORY, GOAL_11_S, GOAL_12_S, GOAL_EXPONENT = 20.0, 0.2, 5.0, 30.0, 1.05
REPEATS = 3
SIDE = 10
P_OPEN = 0.9
TOLERANCE = 1e-10
LENGTHS = (80, 250, 800, 2_500, 8_000)
"""Rows of a strip of width 7: a thousand to a hundred thousand edges."""


def solve_ours(side: int) -> float:
    return find_reliability(build_grid(side, side, P_OPEN)).lower


def solve_peer(side: int) -> float:
    from graphillion import GraphSet

    edges = []
    for place in range(side * side):
        if place % side < side - 1:
            edges.append((place + 1, place + 2))
        if place < side * (side - 1):
            edges.append((place + 1, place + 1 + side))
    GraphSet.set_universe(edges, traversal="as-is")
    return float(GraphSet.reliability(dict.fromkeys(edges, P_OPEN), [1, side * side]))


def report(who: str, side: int) -> None:
    """Solve a grid in this process; print the answer, seconds, MB added and MB in all."""
    solve = {"ours": solve_ours, "peer": solve_peer}[who]
    solve(6)
    before_mb = read_memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    began = time.process_time()
    value = solve(side)
    seconds = time.process_time() - began
    added_mb = read_memory("VmHWM") - before_mb
    whole_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([value, seconds, added_mb, max(whole_mb, before_mb + added_mb)]))


def read_memory(name: str) -> float:
    """Read what the system says this process holds, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(name + ":")]
    return int(line.split()[1]) / 1024


def run(who: str, side: int) -> list[float]:
    command = [sys.executable, "-m", "tests.benchmarks.p1", who, str(side)]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    found: list[float] = json.loads(done.stdout)
    return found


def solve_row_by_row(side: int) -> float:
    """Sweep the grid unreduced in another order, as a check on itself."""
    core, _ = merge_ends(build_grid(side, side, P_OPEN))
    connected, _, _, whole = run_sweep(lay_out(core, range(2, core.order), 0.0), 10**8)
    return connected if whole else float("nan")


def take(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure_strips() -> tuple[dict[int, float], float, float]:
    """Time strips of width 7; seconds by edges, the exponent, and the widest gap in the answer."""
    seconds, gap = {}, 0.0
    for length in LENGTHS:
        strip = build_strip(7, length, P_OPEN)
        p_open = np.random.default_rng(length).uniform(0.8, 0.99, strip.size)
        strip = Graph(strip.order, strip.u, strip.v, p_open, strip.sources, strip.targets)
        solve = partial(find_reliability, strip)
        seconds[strip.size] = median(take(solve) for _ in range(3))
        found = find_reliability(strip)
        gap = max(gap, abs(found.connected + found.cut_off - 1))
    exponent = np.polyfit(np.log([*seconds]), np.log([*seconds.values()]), 1)[0]
    return seconds, float(exponent), gap


def main() -> int:
    solve_ours(6)
    turns = [(run("peer", SIDE), run("ours", SIDE)) for _ in range(REPEATS)]
    peer, ours = (np.median([turn[who] for turn in turns], axis=0) for who in (0, 1))
    larger = {side: run("ours", side) for side in (11, 12)}
    strips, exponent, gap = measure_strips()
    correct = (
        abs(ours[0] - peer[0]) < TOLERANCE
        and gap < TOLERANCE
        and all(abs(larger[side][0] - solve_row_by_row(side)) < TOLERANCE for side in larger)
    )
    reached = (
        peer[1] / ours[1] >= GOAL_RATIO
        and ours[2] / peer[2] <= GOAL_MEMORY
        and larger[11][1] <= GOAL_11_S
        and larger[12][1] <= GOAL_12_S
        and exponent <= GOAL_EXPONENT
    )
    line = {
        "goal": "P1",
        "ours": round(ours[1], 3),
        "peer": round(peer[1], 2),
        "ratio": round(peer[1] / ours[1], 1),
        "correct": bool(correct),
        "reached": bool(correct and reached),
        "answer": [ours[0], peer[0]],
        "added_mb": [round(ours[2], 1), round(peer[2], 1)],
        "whole_process_mb": [round(ours[3], 1), round(peer[3], 1)],
        "k11_s": round(larger[11][1], 2),
        "k12_s": round(larger[12][1], 2),
        "k12_added_mb": round(larger[12][2], 1),
        "strip_s": {size: round(value, 3) for size, value in strips.items()},
        "strip_exponent": round(exponent, 3),
    }
    print(json.dumps(line))
    return 0 if correct else 1


if __name__ == "__main__":
    report(sys.argv[1], int(sys.argv[2]))

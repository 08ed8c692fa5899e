"""P4: being cut off, or connected, once in a million, within 5 % in a second on a thousand edges.

Ours draws cuts, or joins, by weight and is not allowed to count exactly; the exact sweep, in the
same turn, says what is right. The peer draws worlds as they come, with the fastest library there is
for it: at one in a million it cannot be run to the end, so its work is the time of one world by the
worlds that the same error needs. A grid too wide for the exact sweep is measured as well, without a
check other than two seeds that must agree. Times are processor time.
"""

from __future__ import annotations

import json
import time
from statistics import median

import numpy as np
from scipy.optimize import brentq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from encircle.reliability.counting.exact import find_reliability
from encircle.reliability.graph import Graph
from encircle.reliability.sampling.rare import Z_95, Drawing, estimate_connected, estimate_cut_off
from tests.property.worlds import build_strip

GOAL_ERROR, GOAL_S, GOAL_WORK = 0.05, 1.0, 1e4
REPEATS = 5
LEVELS = (1e-3, 1e-6, 1e-9)
WIDTH, LENGTH = 8, 67
WIDE, WIDE_LENGTH, WIDE_P_OPEN = 16, 33, 0.78
CRUDE_WORLDS = 2_000
ESTIMATES = {"cut_off": estimate_cut_off, "connected": estimate_connected}
SIGMAS = 4.0
"""Standard errors that an estimate may miss the truth by: once in 16,000 times."""


def build(event: str, level: float) -> Graph:
    """Build a strip in which the event is so likely, each edge with a probability of its own.

    The force stands along a short side where it is hardly ever to be cut off, and along a long one
    where it is hardly ever to be connected.
    """
    rare_closed = event == "cut_off"
    strip = build_strip(WIDTH, LENGTH, 0.5) if rare_closed else build_strip(LENGTH, WIDTH, 0.5)
    spread = np.random.default_rng(4).uniform(0.5, 1.5, strip.size)

    def spoil(log_p: float) -> Graph:
        p = np.exp(log_p) * spread
        p_open = 1 - p if rare_closed else p
        return Graph(strip.order, strip.u, strip.v, p_open, strip.sources, strip.targets)

    def miss(log_p: float) -> float:
        return float(np.log(getattr(find_reliability(spoil(log_p)), event) / level))

    return spoil(brentq(miss, np.log(1e-3), np.log(0.5), xtol=1e-3))


def draw_crudely(graph: Graph, worlds: int, seed: int) -> tuple[int, float]:
    """Draw worlds as they come; how many cut the force off, and the seconds that one took."""
    rng = np.random.default_rng(seed)
    hub, goal = graph.sources[0], graph.targets[0]
    a = np.concatenate([graph.sources, graph.targets])
    b = np.repeat([hub, goal], [len(graph.sources), len(graph.targets)])
    began = time.process_time()
    cut_off = 0
    for _ in range(worlds):
        is_open = rng.random(graph.size) < graph.p_open
        u, v = np.append(graph.u[is_open], a), np.append(graph.v[is_open], b)
        joined = coo_array((np.ones(len(u), np.int8), (u, v)), shape=(graph.order, graph.order))
        label = connected_components(joined, directed=False)[1]
        cut_off += int(label[hub] != label[goal])
    return cut_off, (time.process_time() - began) / worlds


def measure(event: str, level: float) -> dict[str, object]:
    graph = build(event, level)
    exact = getattr(find_reliability(graph), event)
    estimate = ESTIMATES[event]
    times, misses, errors, crude_s = [], [], [], []
    hits = 0
    for seed in range(REPEATS):
        began = time.process_time()
        found = estimate(graph, Drawing(seed, relative_error=GOAL_ERROR / 2, exact_cost=0))
        times.append(time.process_time() - began)
        errors.append(found.relative_error)
        misses.append((found.probability - exact) / (found.high - found.probability) * Z_95)
        cut_off, seconds = draw_crudely(graph, CRUDE_WORLDS, seed)
        hits += cut_off if event == "cut_off" else CRUDE_WORLDS - cut_off
        crude_s.append(seconds)
    worlds = REPEATS * CRUDE_WORLDS
    crude_fits = abs(hits - worlds * exact) <= SIGMAS * max(1.0, np.sqrt(worlds * exact))
    needed = (Z_95 / max(errors)) ** 2 / exact
    began = time.process_time()
    find_reliability(graph)
    return {
        "event": event,
        "level": level,
        "edges": graph.size,
        "exact": exact,
        "relative_error": round(max(errors), 4),
        "miss_sigmas": [round(miss, 2) for miss in misses],
        "ours_s": round(median(times), 3),
        "exact_s": round(time.process_time() - began, 3),
        "crude_s": round(needed * median(crude_s), 1),
        "work_ratio": round(needed * median(crude_s) / median(times), 1),
        "correct": bool(max(map(abs, misses)) <= SIGMAS and crude_fits),
    }


def measure_wide() -> dict[str, object]:
    graph = build_strip(WIDE, WIDE_LENGTH, WIDE_P_OPEN)
    times, found = [], []
    for seed in range(2):
        began = time.process_time()
        found.append(estimate_cut_off(graph, Drawing(seed=seed, relative_error=GOAL_ERROR)))
        times.append(time.process_time() - began)
    half = sum((e.high - e.low) / 2 / Z_95 for e in found)
    return {
        "edges": graph.size,
        "width": WIDE,
        "estimates": [e.probability for e in found],
        "relative_error": round(max(e.relative_error for e in found), 4),
        "worlds": found[0].samples,
        "ours_s": round(median(times), 3),
        "correct": bool(abs(found[0].probability - found[1].probability) <= SIGMAS * half),
    }


def main() -> int:
    estimate_cut_off(build_strip(4, 5, 0.9), Drawing(exact_cost=0))
    find_reliability(build_strip(6, 9, 0.9))
    estimate_connected(build_strip(4, 5, 0.1), Drawing(exact_cost=0))
    rows = [measure(event, level) for event in ESTIMATES for level in LEVELS]
    wide = measure_wide()
    aimed, other = (row for row in rows if row["level"] == 1e-6)
    correct = all(row["correct"] for row in (*rows, wide))
    reached = all(
        row["relative_error"] <= GOAL_ERROR
        and row["ours_s"] <= GOAL_S
        and row["work_ratio"] >= GOAL_WORK
        for row in (aimed, other)
    )
    line = {
        "goal": "P4",
        "ours": aimed["ours_s"],
        "peer": aimed["crude_s"],
        "ratio": aimed["work_ratio"],
        "correct": correct,
        "reached": correct and reached,
        "relative_error": aimed["relative_error"],
        "levels": rows,
        "wide": wide,
    }
    print(json.dumps(line))
    return 0 if correct else 1

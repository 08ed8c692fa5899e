"""How likely does a graph cut the force off: counted where it is narrow, else drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from encircle.reliability.counting.exact import MOST_PLANNED, count_narrow
from encircle.reliability.counting.reductions import reduce_graph
from encircle.reliability.counting.shared import Evidence, find_reliability_shared
from encircle.reliability.sampling.rare import (
    FIRST_SAMPLES,
    Drawing,
    TooWideError,
    estimate_connected,
    estimate_cut_off,
)
from encircle.reliability.sampling.sampling import LEVEL, sample_force

if TYPE_CHECKING:
    from collections.abc import Callable

    from encircle.reliability.graph import Graph

QUICK_VISITS = 3e7
"""States to visit up to which counting takes less than about a second."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """How likely a force is cut off, and how that is known."""

    low: float
    high: float
    """The same where it was counted; else an interval of `level`."""
    p: float
    method: Literal["exact", "sampled", "weighed", "bounds"] = "exact"
    """Counted; drawn as worlds come; or, where that never saw the event, drawn by weight. Bounds:
    too many pieces of shared evidence to decide them all."""
    worlds: int = 0
    """Worlds drawn."""
    seed: int = 0
    level: float = LEVEL


def solve_graph(
    graph: Graph,
    worlds: int = 0,
    seed: int = 0,
    *,
    most_visits: float = QUICK_VISITS,
    on_step: Callable[[int], object] | None = None,
) -> CutOff | None:
    """
    Find how likely the sources of a graph are cut off from its targets.

    Parameters
    ----------
    worlds, seed
        Worlds to draw where counting would take too long. Same seed, same answer.
    most_visits
        States up to which it is counted.

    Returns
    -------
    cut_off
        None where it is too wide to be counted, and no world may be drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from encircle.reliability.graph import Graph
    >>> ends = np.array([0, 0]), np.array([1, 1])
    >>> two_roads = Graph(2, *ends, np.array([0.9, 0.8]), np.array([0]), np.array([1]))
    >>> found = solve_graph(two_roads)
    >>> f"{found.p:.3f} {found.method}"
    '0.020 exact'
    """
    counted = count_narrow(graph, most_visits)
    if counted is not None:
        return CutOff(counted.cut_off, counted.cut_off, counted.cut_off)
    if worlds < 1:
        return None
    estimate = sample_force(graph, worlds, seed, level=LEVEL, on_step=on_step)
    low, high = estimate.interval
    return CutOff(1 - high, 1 - low, 1 - estimate.p_connected, "sampled", worlds, seed)


def solve_rare(graph: Graph, found: CutOff) -> CutOff:
    """
    Find how likely it is where none of the worlds drawn saw the one or the other.

    Its cuts, or the ways through it, are then drawn by their weight. What was found stays where it
    is no such case, where the graph is too wide for that, or where that says no more.
    """
    if found.method != "sampled" or 0 < found.p < 1:
        return found
    if any(block.size > MOST_PLANNED for block in reduce_graph(graph).blocks):
        return found
    drawing = Drawing(found.seed, most_samples=max(found.worlds, FIRST_SAMPLES))
    try:
        rare = (estimate_connected if found.p else estimate_cut_off)(graph, drawing)
    except TooWideError:
        return found
    if rare.high - rare.low >= found.high - found.low:
        return found
    low, p, high = rare.low, rare.probability, rare.high
    if found.p:
        low, p, high = 1 - high, 1 - p, 1 - low
    return CutOff(low, high, p, "weighed" if rare.samples else "exact", rare.samples, found.seed)


def solve_shared(graph: Graph, evidence: Evidence) -> CutOff | None:
    """
    Find how likely it is where edges rest on shared evidence; None where it cannot be counted.

    Examples
    --------
    Two roads that one report speaks of are no likelier open than one.

    >>> import numpy as np
    >>> from encircle.reliability.graph import Graph
    >>> ends = np.array([0, 0]), np.array([1, 1])
    >>> two_roads = Graph(2, *ends, np.ones(2), np.array([0]), np.array([1]))
    >>> both = Evidence(np.array([0.7]), np.array([0, 0]), np.array([True, True]))
    >>> f"{solve_shared(two_roads, both).p:.1f}"
    '0.3'
    """
    doubtful = np.where((graph.p_open > 0) & (evidence.labels >= 0), 0.5, graph.p_open)
    if count_narrow(replace(graph, p_open=doubtful), QUICK_VISITS) is None:
        return None
    bounds = find_reliability_shared(graph, evidence)
    low = min(bounds.cut_off, 1.0) if bounds.exact else 1 - bounds.upper
    high = low if bounds.exact else 1 - bounds.lower
    return CutOff(low, high, (low + high) / 2, "exact" if bounds.exact else "bounds")

"""How likely does a graph cut the force off: counted where it is narrow, else drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from encircle.reliability.counting.exact import count_narrow
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
    """The same where it was counted; else a Wilson interval."""
    p: float
    method: Literal["exact", "sampled"] = "exact"
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
    graph
        Edges open independently of each other.
    worlds, seed
        Worlds to draw where counting would take too long. Same seed, same answer.
    most_visits
        States up to which it is counted.
    on_step
        Called as the drawing goes on.

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

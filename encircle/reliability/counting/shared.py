"""How likely is it that a force is connected, when one piece of evidence bears on many edges.

Edges that share a piece of evidence are open or closed together, so they cannot be drawn one by
one. The shared pieces are decided first, the likeliest worlds before the others; what is left in
each are edges of their own, which the sweep counts. A piece that bears on a single edge that can
still change anything is part of that edge, and one that bears on none need not be decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.counting.exact import MOST_STATES, Bounds, find_reliability
from encircle.reliability.counting.reductions import find_relevant_edges

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from encircle.reliability.graph import Graph

MOST_WORLDS = 4_096
"""Ways to decide the shared evidence that are looked into by default."""

UNDECIDED = -1


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pieces of evidence, and the edges they bear on."""

    p_true: NDArray[np.float64]
    """Probability that the piece holds, shape (k,)."""
    labels: NDArray[np.int64]
    """The piece that an edge rests on, shape (m,); -1 for none."""
    opens: NDArray[np.bool_]
    """Whether the edge needs the piece to hold, rather than not to hold; shape (m,)."""


def find_reliability_shared(
    graph: Graph,
    evidence: Evidence,
    *,
    most_worlds: int = MOST_WORLDS,
    most_states: int = MOST_STATES,
    on_step: Callable[[object], None] | None = None,
) -> Bounds:
    """
    Find how likely any source reaches any target, with edges that rest on shared evidence.

    Parameters
    ----------
    graph
        An edge is open when its evidence is as it needs it, and its own `p_open` falls out so.
    most_worlds
        Ways to decide the shared evidence that are looked into; when there are more, the answer
        is not exact, and `lower` and `upper` hold all the same.

    Examples
    --------
    Two roads that one report speaks of are no likelier open than one.

    >>> from encircle.reliability.graph import Graph
    >>> road, ends = np.array([0, 0]), (np.array([0]), np.array([1]))
    >>> graph = Graph(2, road, road + 1, np.ones(2), *ends)
    >>> both = Evidence(np.array([0.7]), np.array([0, 0]), np.array([True, True]))
    >>> f"{find_reliability_shared(graph, both).lower:.2f}"
    '0.70'
    """
    start = np.full(len(evidence.p_true), UNDECIDED, np.int8)
    waiting: list[tuple[float, int, NDArray[np.int8]]] = [(-1.0, 0, start)]
    connected, cut_off, exact, most, number = 0.0, 0.0, True, 1, 1
    for _ in range(most_worlds):
        if not waiting:
            break
        mass, _, decided = heappop(waiting)
        piece = _find_shared(graph, evidence, decided)
        if piece is None:
            found = find_reliability(_settle(graph, evidence, decided), most_states=most_states)
            connected -= mass * found.connected
            cut_off -= mass * found.cut_off
            exact, most = exact and found.exact, max(most, found.most_states)
        else:
            for holds, p in ((1, evidence.p_true[piece]), (0, 1 - evidence.p_true[piece])):
                if p > 0:
                    branch = decided.copy()
                    branch[piece] = holds
                    heappush(waiting, (mass * float(p), number, branch))
                    number += 1
        if on_step:
            on_step(number)
    return Bounds(connected, cut_off, exact and not waiting, most)


def _find_shared(graph: Graph, evidence: Evidence, decided: NDArray[np.int8]) -> int | None:
    """Find the undecided piece that most edges that matter rest on; None if none rests on two."""
    settled = _settle(graph, evidence, decided)
    # What hangs on undecided evidence may be open or closed: neither is certain.
    open_ended = (evidence.labels >= 0) & (decided[evidence.labels] == UNDECIDED)
    doubtful = np.where(open_ended & (graph.p_open > 0), 0.5, settled.p_open)
    relevant = find_relevant_edges(replace(graph, p_open=doubtful))
    labels = evidence.labels[relevant & open_ended]
    if not len(labels):
        return None
    bearing = np.bincount(labels)
    piece = int(bearing.argmax())
    return piece if bearing[piece] > 1 else None


def _settle(graph: Graph, evidence: Evidence, decided: NDArray[np.int8]) -> Graph:
    """Give each edge the probability that it is open, as far as the evidence is decided."""
    p_holds = np.where(decided == UNDECIDED, evidence.p_true, decided)
    p_holds = np.append(p_holds, 1.0)  # for edges that rest on nothing: label -1 is the last
    rests = evidence.labels >= 0
    p_fit = p_holds[evidence.labels]
    p_fit = np.where(rests & ~evidence.opens, 1 - p_fit, p_fit)
    return replace(graph, p_open=graph.p_open * p_fit)

"""What a kernel is given: flat arrays of edges, each with the probability that it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CURVE_BITS = 20
"""Bits of each axis of the curve: a millionth of the map's width."""


@dataclass(frozen=True, slots=True)
class Graph:
    """
    An undirected graph whose edges are open independently of each other.

    Vertices are numbered 0 to `order - 1`. Loops and parallel edges are allowed. The force stands
    on all of `sources` at once and is connected when any of them reaches any of `targets`.
    """

    order: int
    """Number of vertices, n."""
    u: NDArray[np.int64]
    """One end of each edge, shape (m,)."""
    v: NDArray[np.int64]
    """The other end, shape (m,)."""
    p_open: NDArray[np.float64]
    """Probability that the edge is open, shape (m,), 0 to 1."""
    sources: NDArray[np.int64]
    """Vertices the force stands on, shape (a,)."""
    targets: NDArray[np.int64]
    """Vertices that count as reached, shape (b,)."""

    @property
    def size(self) -> int:
        """Number of edges, m."""
        return len(self.u)


def sort_along_curve(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Order places along a curve that keeps neighbours near each other (Z-order), shape (n,).

    Vertices numbered so lie close in memory where they lie close on the map, and searches are the
    faster for it.

    Examples
    --------
    >>> sort_along_curve(np.array([[0.0, 0.0], [9.0, 9.0], [1.0, 0.0], [9.0, 8.0]])).tolist()
    [0, 2, 3, 1]
    """
    low = places.min(axis=0, initial=np.inf)
    extent = (places - low).max(initial=0.0) or 1.0
    steps = ((places - low) / extent * (2**CURVE_BITS - 1)).astype(np.uint64)
    spread = np.zeros(len(places), np.uint64)
    for bit in range(CURVE_BITS):
        for axis in range(2):
            one = (steps[:, axis] >> np.uint64(bit)) & np.uint64(1)
            spread |= one << np.uint64(2 * bit + axis)
    return np.argsort(spread, kind="stable")

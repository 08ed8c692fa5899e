"""What a kernel is given: flat arrays of edges, each with the probability that it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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

"""How likely is it, exactly, that a force reaches its goal through edges that may be closed.

The graph is reduced first; what is left is a chain of blocks, and each is swept: its edges are
drawn one after another, and of all the worlds so far only how the vertices of the frontier hang
together is remembered, with the probability of each such state. Nothing is built that would have to
be kept, so memory follows the width of the frontier and time the length of the block.

References
----------
.. [1] Hardy, G., Lucet, C., Limnios, N. (2007). K-terminal network reliability measures with binary
   decision diagrams. IEEE Transactions on Reliability 56. doi:10.1109/TR.2007.898572
"""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1, log1p
from typing import TYPE_CHECKING

import numpy as np

from encircle.likelihood.reductions import Core, reduce_graph
from encircle.likelihood.sweep import SOURCE, TARGET, Sweep, plan_sweep, sweep_plainly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from encircle.likelihood.graph import Graph

    OnStep = Callable[[object], None]

MOST_STATES = 4_000_000
"""States kept at once by default; at about 70 bytes each, 280 MB."""

MOST_PLAIN_STATES = 4_000
"""States of bytes kept at once, where the frontier is too wide for a key of 64 bits."""

KEY_SLOTS = 16
"""Slots in a key of 64 bits."""

PLAIN_COST = 30_000.0
"""States to visit up to which a plain sweep takes less time than to load the compiled one."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of the probability that the force is connected."""

    connected: float
    """Probability of the worlds known to connect it."""
    cut_off: float
    """Probability of the worlds known to cut it off; it keeps its digits where it is small."""
    exact: bool
    """Whether these are all worlds."""
    most_states: int = 1
    """States there were at once, at the widest."""

    @property
    def lower(self) -> float:
        """No less likely than this."""
        return min(self.connected, 1.0)

    @property
    def upper(self) -> float:
        """No likelier than this."""
        return self.lower if self.exact else max(self.lower, 1.0 - self.cut_off)


def find_reliability(
    graph: Graph, *, most_states: int = MOST_STATES, on_step: OnStep | None = None
) -> Bounds:
    """
    Find how likely any source reaches any target.

    Parameters
    ----------
    graph
        Edges open independently of each other.
    most_states
        States kept at once. When there are more, the lightest are given up: what is left undecided
        lies between `lower` and `upper`, which hold in every case.
    on_step
        Called now and then, for progress to be shown.

    Examples
    --------
    >>> from encircle.likelihood.graph import Graph
    >>> u, v, p = np.array([0, 0, 1, 1, 2]), np.array([1, 2, 2, 3, 3]), np.full(5, 0.9)
    >>> found = find_reliability(Graph(4, u, v, p, np.array([0]), np.array([3])))
    >>> f"{found.lower:.5f} {found.cut_off:.5f} {found.exact}"
    '0.97848 0.02152 True'
    """
    reduced = reduce_graph(graph)
    if reduced.cut_off:
        return Bounds(0.0, 1.0, exact=True)
    return chain([find_core_reliability(core, most_states, on_step) for core in reduced.blocks])


def chain(links: Sequence[Bounds]) -> Bounds:
    """Put bounds of blocks together of which every one must be crossed."""
    connected, log_crossed = 1.0, 0.0
    for link in links:
        connected *= link.connected
        log_crossed += log1p(-link.cut_off) if link.cut_off < 1 else -np.inf
    most = max((link.most_states for link in links), default=1)
    return Bounds(connected, -expm1(log_crossed), all(link.exact for link in links), most)


def find_core_reliability(
    core: Core, most_states: int = MOST_STATES, on_step: OnStep | None = None
) -> Bounds:
    """
    Find how likely the two ends of a core hang together.

    The core must hang together, and no two edges may join the same vertices.
    """
    direct = core.u + core.v == SOURCE + TARGET
    p_direct, q_direct = float(core.p_open[direct].sum()), float(core.p_closed[direct].prod())
    rest = core.keep(~direct)
    if not rest.size:
        return Bounds(p_direct, q_direct, exact=True)
    connected, cut_off, most, whole = _sweep(plan_sweep(rest), most_states, on_step)
    return Bounds(p_direct + q_direct * connected, q_direct * cut_off, whole, most)


def _sweep(
    sweep: Sweep, most_states: int, on_step: OnStep | None
) -> tuple[float, float, int, bool]:
    """Sweep by the means that suit: connected, cut off, most states, and whether all are in."""
    if sweep.cost <= PLAIN_COST or sweep.slots > KEY_SLOTS:
        most = most_states if sweep.slots <= KEY_SLOTS else min(most_states, MOST_PLAIN_STATES)
        connected, cut_off, reached = sweep_plainly(sweep, most, on_step)
        return connected, cut_off, reached, reached <= most
    from encircle.likelihood.frontier import run_sweep  # noqa: PLC0415 - only where it pays

    return run_sweep(sweep, most_states, on_step)

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
from math import expm1, log, log1p
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from encircle.likelihood.graph import Graph
from encircle.likelihood.reductions import Core, reduce_graph
from encircle.likelihood.sweep import (
    GROWTH,
    SOURCE,
    TARGET,
    Sweep,
    measure_widths,
    narrow,
    plan_sweep,
    sweep_plainly,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    OnStep = Callable[[object], None]

MOST_STATES = 4_000_000
"""States kept at once by default; at about 70 bytes each, 280 MB."""

VISITS = 5e9
"""States to visit for bounds of a core that is too wide to be counted: some seconds."""

QUICK_TRIES = 6
"""Orders tried to see whether part of a core is narrow."""

WIDEST_WEIGHED = 24
"""Vertices of a frontier whose cuts can be weighed: 128 MB."""

SHORTEST = 1e-9
"""Length of a certain edge; none would be no edge at all."""

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
    sweep = plan_sweep(rest)
    if sweep.slots > KEY_SLOTS:
        found = bound_core_reliability(rest, sweep, most_states, on_step)
    else:
        found = _sweep(sweep, most_states, on_step)
    connected = p_direct + q_direct * found.connected
    return Bounds(connected, q_direct * found.cut_off, found.exact, found.most_states)


def bound_core_reliability(
    core: Core, sweep: Sweep, most_states: int, on_step: OnStep | None = None
) -> Bounds:
    """
    Bound how likely the two ends of a core hang together that is too wide to be counted.

    From below: edges off the likeliest ways are taken for closed; and the force is cut off no more
    often than all cuts weigh together. From above: edges that would widen the frontier are taken
    for open.
    """
    likely = keep_likely_ways(core)
    width = min(KEY_SLOTS - 2, int(log(max(VISITS / len(sweep), GROWTH), GROWTH)))
    opened = narrow(core, sweep.order, width)
    below, above = (
        find_reliability(_as_graph(part), most_states=most_states, on_step=on_step)
        for part in (likely, opened)
    )
    connected = max(below.connected, 1.0 - weigh_all_cuts(sweep))
    most = max(below.most_states, above.most_states)
    return Bounds(connected, above.cut_off, exact=False, most_states=most)


def _as_graph(core: Core) -> Graph:
    ends = np.array([SOURCE]), np.array([TARGET])
    return Graph(core.order, core.u, core.v, core.p_open, *ends)


def keep_likely_ways(core: Core) -> Core:
    """Keep as many edges as can be counted, those first that lie on the likeliest ways."""
    length = -np.log(core.p_open) + SHORTEST
    ends = (np.append(core.u, core.v), np.append(core.v, core.u))
    ways = coo_array((np.append(length, length), ends), shape=(core.order, core.order)).tocsr()
    to_source, to_target = dijkstra(ways, indices=[SOURCE, TARGET])
    one_way, other_way = (to_source[a] + to_target[b] for a, b in ((core.u, core.v), ends[::-1]))
    detour = np.minimum(one_way, other_way[: core.size]) + length
    ranked = np.argsort(detour, kind="stable")
    few, many = 0, core.size
    while many - few > max(1, core.size // 64):
        middle = (few + many) // 2
        if _is_narrow(core.keep(ranked[:middle])):
            few = middle
        else:
            many = middle
    return core.keep(ranked[:few])


def _is_narrow(core: Core) -> bool:
    """Say whether a core can be counted in a time that bounds are worth."""
    for block in reduce_graph(_as_graph(core)).blocks:
        rest = block.keep(block.u + block.v > SOURCE + TARGET)
        sweep = plan_sweep(rest, QUICK_TRIES * rest.size)
        if sweep.slots > KEY_SLOTS or sweep.cost > VISITS:
            return False
    return True


def weigh_all_cuts(sweep: Sweep) -> float:
    """Weigh all cuts together, which bounds the probability of being cut off; 1 if too many."""
    widths = measure_widths(sweep)
    if np.exp2(widths).sum() > VISITS or widths.max() > WIDEST_WEIGHED:
        return 1.0
    from encircle.likelihood.cuts import weigh_cuts  # noqa: PLC0415 - compiled

    steps = (
        sweep.kinds, sweep.firsts, sweep.seconds, sweep.p_open, sweep.p_closed, sweep.edges
    )  # fmt: skip
    return min(1.0, weigh_cuts(steps, widths, np.zeros_like(widths), np.empty(0, np.float32)))


def _sweep(sweep: Sweep, most_states: int, on_step: OnStep | None) -> Bounds:
    """Sweep by the means that suit."""
    if sweep.cost <= PLAIN_COST:
        connected, cut_off, most = sweep_plainly(sweep, most_states, on_step)
        return Bounds(connected, cut_off, most <= most_states, most)
    from encircle.likelihood.frontier import run_sweep  # noqa: PLC0415 - only where it pays

    connected, cut_off, most, whole = run_sweep(sweep, most_states, on_step)
    return Bounds(connected, cut_off, whole, most)

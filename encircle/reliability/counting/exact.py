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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from encircle.reliability.counting.reductions import Core, reduce_graph
from encircle.reliability.counting.sweep import (
    KEY_SLOTS,
    SOURCE,
    TARGET,
    Sweep,
    measure_widths,
    narrow,
    plan_sweep,
    sweep_plainly,
)
from encircle.reliability.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    OnStep = Callable[[object], None]

MOST_STATES = 4_000_000
"""States kept at once by default; at about 70 bytes each, 280 MB."""

VISITS = 5e9
"""States to visit for bounds of a core that is too wide to be counted: some seconds."""

MOST_PLANNED = 5_000
"""Edges of a block whose order is planned in a fraction of a second; larger road networks are
wider than can be counted."""

QUICK_TRIES = 6
"""Orders tried to see whether part of a core is narrow."""

WIDEST_WEIGHED = 24
"""Vertices of a frontier whose cuts can be weighed: 128 MB."""

SHORTEST = 1e-9
"""Length of a certain edge; none would be no edge at all."""

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
    most_states
        States kept at once. When there are more, the lightest are given up: what is left undecided
        lies between `lower` and `upper`, which hold in every case.

    Examples
    --------
    >>> from encircle.reliability.graph import Graph
    >>> u, v, p = np.array([0, 0, 1, 1, 2]), np.array([1, 2, 2, 3, 3]), np.full(5, 0.9)
    >>> found = find_reliability(Graph(4, u, v, p, np.array([0]), np.array([3])))
    >>> f"{found.lower:.5f} {found.cut_off:.5f} {found.exact}"
    '0.97848 0.02152 True'
    """
    reduced = reduce_graph(graph)
    if reduced.cut_off:
        return Bounds(0.0, 1.0, exact=True)
    return chain([find_core_reliability(core, most_states, on_step) for core in reduced.blocks])


def count_narrow(graph: Graph, most_visits: float) -> Bounds | None:
    """
    Count how likely any source reaches any target, where that takes few visits.

    Parameters
    ----------
    most_visits
        States to visit at most in one block.

    Returns
    -------
    bounds
        Exact; None where it would take more, or merely planning would.
    """
    reduced = reduce_graph(graph)
    if reduced.cut_off:
        return Bounds(0.0, 1.0, exact=True)
    if any(block.size > MOST_PLANNED for block in reduced.blocks):
        return None
    parts = _plan_blocks(reduced.blocks, most_visits)
    return None if parts is None else chain([_count_part(p, MOST_STATES, None) for p in parts])


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
    rest = core.keep(core.u + core.v > SOURCE + TARGET)
    if not rest.size:
        return _add_direct(core, Bounds(0.0, 1.0, exact=True))
    sweep = plan_sweep(rest)
    if sweep.slots > KEY_SLOTS:
        found = bound_core_reliability(rest, sweep, most_states, on_step)
    else:
        found = _sweep(sweep, most_states, on_step)
    return _add_direct(core, found)


def _add_direct(core: Core, found: Bounds) -> Bounds:
    """Add the edge that joins the two ends directly, if there is one."""
    direct = core.u + core.v == SOURCE + TARGET
    p_direct, q_direct = float(core.p_open[direct].sum()), float(core.p_closed[direct].prod())
    connected = p_direct + q_direct * found.connected
    return Bounds(connected, q_direct * found.cut_off, found.exact, found.most_states)


def bound_core_reliability(
    core: Core, sweep: Sweep, most_states: int, on_step: OnStep | None = None
) -> Bounds:
    """
    Bound how likely the two ends of a core hang together that is too wide to be counted.

    From below: edges off the likeliest ways are taken for closed; and the force is cut off no more
    often than all cuts weigh together. From above: edges that would widen the frontier are taken
    for open; and the force is connected no more often than all joins weigh together.
    """
    parts = keep_likely_ways(core), contract_wide_edges(core, sweep.order)
    below, above = (
        chain([_count_part(block, most_states, on_step) for block in part]) for part in parts
    )
    cuts, joins = weigh_all(sweep)
    connected = max(below.connected if parts[0] else 0.0, 1.0 - cuts)
    cut_off = max(above.cut_off, 1.0 - joins)
    most = max(below.most_states, above.most_states)
    return Bounds(connected, cut_off, exact=False, most_states=most)


Part = tuple["Core", "Sweep | None"]
"""A block narrow enough to be counted, and the sweep for it; none where it is a single edge."""


def _count_part(part: Part, most_states: int, on_step: OnStep | None) -> Bounds:
    core, sweep = part
    found = _sweep(sweep, most_states, on_step) if sweep else Bounds(0.0, 1.0, exact=True)
    return _add_direct(core, found)


def keep_likely_ways(core: Core) -> list[Part]:
    """Keep as many edges as can be counted, those first that lie on the likeliest ways."""
    length = -np.log(core.p_open) + SHORTEST
    ways = coo_array((length, (core.u, core.v)), shape=(core.order, core.order)).tocsr()
    from_source, from_target = dijkstra(ways, directed=False, indices=[SOURCE, TARGET])
    there = from_source[core.u] + from_target[core.v]
    back = from_source[core.v] + from_target[core.u]
    ranked = np.argsort(np.minimum(there, back) + length, kind="stable")
    few, many = 0, core.size
    best: list[Part] = []
    while many - few > max(1, core.size // 64):
        middle = (few + many) // 2
        parts = _plan_narrow(core.keep(ranked[:middle]))
        if parts is None:
            many = middle
        else:
            few, best = middle, parts
    return best


def contract_wide_edges(core: Core, order: Sequence[int]) -> list[Part]:
    """Contract as few edges as let the rest be counted; none is left if that is too many."""
    for width in range(KEY_SLOTS - 2, 1, -1):
        parts = _plan_narrow(narrow(core, order, width))
        if parts is not None:
            return parts
    return []


def _plan_narrow(core: Core) -> list[Part] | None:
    """Plan the sweeps of a core; None if it cannot be counted in a time that bounds are worth."""
    ends = np.array([SOURCE]), np.array([TARGET])
    reduced = reduce_graph(Graph(core.order, core.u, core.v, core.p_open, *ends))
    return _plan_blocks(reduced.blocks, VISITS)


def _plan_blocks(blocks: Iterable[Core], most_visits: float) -> list[Part] | None:
    """Plan the sweeps of a chain of blocks; None if one of them takes too many visits."""
    parts: list[Part] = []
    for block in blocks:
        rest = block.keep(block.u + block.v > SOURCE + TARGET)
        sweep = plan_sweep(rest, QUICK_TRIES * rest.size) if rest.size else None
        if sweep and (sweep.slots > KEY_SLOTS or sweep.cost > most_visits):
            return None
        parts.append((block, sweep))
    return parts


def weigh_all(sweep: Sweep) -> tuple[float, float]:
    """
    Weigh all cuts together, and all joins; 1 and 1 if there are too many.

    The force is cut off no more often than the first, and connected no more often than the second.
    """
    widths = measure_widths(sweep)
    if np.exp2(widths).sum() > VISITS or widths.max() > WIDEST_WEIGHED:
        return 1.0, 1.0
    from encircle.reliability.sampling.cuts import weigh_cuts
    from encircle.reliability.sampling.joins import weigh_joins

    steps, offsets, none = sweep.list_columns(), np.zeros_like(widths), np.empty(0, np.float32)
    cuts = weigh_cuts(steps, widths, offsets, none)
    joins = weigh_joins(steps, widths + 1, offsets, none)
    return min(cuts, 1.0), min(joins, 1.0)


def _sweep(sweep: Sweep, most_states: int, on_step: OnStep | None) -> Bounds:
    """Sweep by the means that suit."""
    if sweep.cost <= PLAIN_COST:
        connected, cut_off, most = sweep_plainly(sweep, most_states, on_step)
        return Bounds(connected, cut_off, most <= most_states, most)
    from encircle.reliability.counting.frontier import run_sweep

    connected, cut_off, most, whole = run_sweep(sweep, most_states, on_step)
    return Bounds(connected, cut_off, whole, most)

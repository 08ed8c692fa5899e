"""
How likely it is by sampling: worlds drawn at random, one force or every vertex at once.

Long for one reason: a force and every vertex are sampled over one layout of arcs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from encircle.reliability.flow import find_flow

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from encircle.reliability.graph import Graph

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Int32s = NDArray[np.int32]
    Words = NDArray[np.uint64]
    Gate = tuple[Ints, Ints, Floats, Floats]

DRAW_BITS = 32
"""A probability is drawn in steps of 2**-32."""
LEAST_GATE = 0.02
"""A gate closed less often than this does not pay: it is drawn in every world."""
LARGEST_GATE = 4096
"""Edges of the largest gate that is drawn."""
BLOCK_WORLDS = 512
"""Worlds drawn together for every vertex at once."""
MOST_NEIGHBOURS = 8
"""A vertex with more neighbours than this is swept over rather than eliminated: measured best at
10**5 and 10**6 edges of a road network (docs/performance.md)."""
FEW = 64
"""Sources or targets up to this many are worth a look of their own in every world."""
PATIENCE = 64
"""Draws spent at one end first, to see whether it is cut off just there."""
NOBODY = np.empty(0, np.int64)
LAST_TURN = 2**31 - 2
"""Searches after which the marks are wiped."""
PARTS = 50
"""Steps in which progress is told."""
LEVEL = 0.95
"""Share of intervals that hold the truth."""


class Interval(NamedTuple):
    """What a probability may be, lowest and highest."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """How likely one force reaches a target, from worlds drawn at random."""

    worlds: int
    reached: int
    """Worlds in which it does."""
    seed: int
    level: float = LEVEL
    certain: bool = False
    """Known without drawing: a way is open in every world, or in none."""
    drawn: int = 0
    """Edges drawn in all worlds together; the rest was never looked at."""

    @property
    def p_connected(self) -> float:
        """Share of worlds in which the force reaches a target."""
        return self.reached / self.worlds

    @property
    def interval(self) -> Interval:
        """Wilson interval of that share."""
        if self.certain:
            return Interval(self.p_connected, self.p_connected)
        low, high = find_wilson_interval(np.array([self.reached]), self.worlds, self.level)
        return Interval(float(low[0]), float(high[0]))


@dataclass(frozen=True, slots=True)
class Marginals:
    """How likely each vertex reaches a target, all from the same worlds."""

    worlds: int
    reached: Ints
    """Worlds in which each vertex reaches a target, shape (n,)."""
    seed: int
    level: float = LEVEL

    @property
    def p_connected(self) -> Floats:
        """Share of those worlds, shape (n,)."""
        return self.reached / self.worlds

    @property
    def interval(self) -> tuple[Floats, Floats]:
        """Wilson intervals, each by itself at the level: lowest and highest, shape (n,)."""
        return find_wilson_interval(self.reached, self.worlds, self.level)


def find_wilson_interval(hits: Ints, trials: int, level: float = LEVEL) -> tuple[Floats, Floats]:
    """
    Find what a probability may be after so many hits in independent trials.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
       inference. Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> low, high = find_wilson_interval(np.array([0, 5]), 10)
    >>> [f"{a:.3f} to {b:.3f}" for a, b in zip(low, high)]
    ['0.000 to 0.278', '0.237 to 0.763']
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = np.asarray(hits) / trials
    middle = share + z * z / (2 * trials)
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    low, high = ((middle + s * half) / (1 + z * z / trials) for s in (-1, 1))
    low = np.where(share == 0, 0.0, np.clip(low, 0, 1))
    return low, np.where(share == 1, 1.0, np.clip(high, 0, 1))


def sample_force(
    graph: Graph,
    worlds: int = 10_000,
    seed: int = 0,
    *,
    level: float = LEVEL,
    on_step: Callable[[int], object] | None = None,
) -> Estimate:
    """
    Sample how likely the force reaches a target.

    Parameters
    ----------
    graph
        The sources are the force, the targets what it must reach.
    worlds
        How many worlds to draw. World i is the same whatever their number.

    Examples
    --------
    >>> from encircle.reliability.graph import Graph
    >>> ends = np.array([0, 0]), np.array([1, 1])
    >>> two_roads = Graph(2, *ends, np.array([0.5, 0.5]), np.array([0]), np.array([1]))
    >>> estimate = sample_force(two_roads, seed=1)
    >>> estimate.interval.low < 0.75 < estimate.interval.high
    True
    """
    sampler = ForceSampler(graph)
    if sampler.decided is not None:
        hits = worlds if sampler.decided else 0
        return Estimate(worlds, hits, seed, level, certain=True)
    reached = drawn = 0
    for first, count in _split(worlds, 1):
        hits, looked = sampler.count(seed, first, count)
        reached, drawn = reached + hits, drawn + looked
        if on_step:
            on_step(first + count)
    return Estimate(worlds, reached, seed, level, drawn=drawn)


def sample_vertices(
    graph: Graph,
    worlds: int = 10_000,
    seed: int = 0,
    *,
    level: float = LEVEL,
    on_step: Callable[[int], object] | None = None,
) -> Marginals:
    """
    Sample how likely every vertex reaches a target, all in the same worlds.

    Parameters are those of `sample_force`; the sources play no part.
    """
    blocks = WorldBlocks(graph)
    counts = np.zeros(graph.order, np.int64)
    for first, count in _split(worlds, BLOCK_WORLDS):
        for block in range(first // BLOCK_WORLDS, -(-(first + count) // BLOCK_WORLDS)):
            begin = block * BLOCK_WORLDS
            blocks.add_counts(seed, block, min(BLOCK_WORLDS, worlds - begin), counts)
        if on_step:
            on_step(first + count)
    return Marginals(worlds, counts, seed, level)


def _split(worlds: int, block: int) -> list[tuple[int, int]]:
    """Split worlds into parts of whole blocks, about as many as progress is told in."""
    if worlds < 1:
        raise ValueError(f"{worlds} worlds say nothing; draw at least 1")
    size = -(-worlds // (PARTS * block)) * block
    return [(first, min(size, worlds - first)) for first in range(0, worlds, size)]


def find_thresholds(p_open: Floats) -> Words:
    """Give what 32 random bits must be below for an edge to be open: 0 to 2**32, shape (m,)."""
    if not ((p_open >= 0) & (p_open <= 1)).all():
        raise ValueError("a probability is not from 0 to 1; leave such edges out or correct them")
    return np.round(p_open * 2.0**DRAW_BITS).astype(np.uint64)


# -- one force -------------------------------------------------------------------------------


class ForceSampler:
    """
    Searches worlds for a way from the force, drawing an edge only when the search looks at it.

    The search is depth first, nearest to the targets first, and ends at the first target. Where
    some small cut is often closed as a whole (a gate), it is drawn before anything is searched: a
    world whose gate is closed is decided at once, else the search begins at its open edges.
    """

    def __init__(self, graph: Graph) -> None:
        from encircle.reliability.kernels import rows

        # Towards one place rather than many: the nearest of many may be cut off by itself, and
        # the search would linger there. Who reaches whom is the same both ways.
        if len(graph.sources) < len(graph.targets) <= FEW:
            graph = replace(graph, sources=graph.targets, targets=graph.sources)
        self._graph = graph
        self._threshold = find_thresholds(graph.p_open)
        self._keep = self._threshold > 0
        self._rows = rows.build_rows(graph.order, graph.u, graph.v, self._keep)
        self._stamp = np.full((2, graph.order), -1, np.int32)
        self._pending = np.empty((2, 2 * (graph.order + 2)), np.int32)
        self._turn = 0

    @cached_property
    def decided(self) -> bool | None:
        """Whether a target is reached in every world (True), in none (False), or in some."""
        if self._reaches(self._graph.p_open == 1):
            return True
        return None if self._reaches(self._graph.p_open > 0) else False

    def _reaches(self, keep: Flags) -> bool:
        """Tell whether a target is reached over the edges in `keep`."""
        from encircle.reliability.kernels import rows

        graph = self._graph
        indptr, head, _ = rows.build_rows(graph.order, graph.u, graph.v, keep)
        hops = rows.count_hops(indptr, head, graph.sources)
        return bool((hops[graph.targets] < rows.UNSEEN).any())

    @property
    def gate_size(self) -> int:
        """Edges of the gate that is drawn first; 0 where there is none."""
        gate = self._layout[3]
        return len(gate[2]) if gate else 0

    def count(self, seed: int, first: int, count: int) -> tuple[int, int]:
        """Count the worlds of a range in which a target is reached, and the edges drawn there."""
        from encircle.reliability.kernels import gate, search

        graph, (indptr, arcs, edges, at_gate) = self._graph, self._layout
        searches = 3 + 2 * len(at_gate[2]) if at_gate else 2
        if count * searches > LAST_TURN:
            halves = (first, count // 2), (first + count // 2, count - count // 2)
            (a, b), (c, d) = (self.count(seed, *half) for half in halves)
            return a + c, b + d
        if self._turn + count * searches > LAST_TURN:
            self._stamp[:], self._turn = -1, 0
        sources = graph.sources if at_gate is None or len(graph.sources) <= FEW else NOBODY
        targets = graph.targets if len(graph.targets) <= FEW else NOBODY
        worlds = PATIENCE, seed, first, count
        if at_gate is None:
            room = self._stamp, self._turn, self._pending
            done = search.search_worlds(indptr, arcs, edges, sources, targets, *worlds, *room)
        else:
            room = self._stamp[0], self._turn, self._pending[0]
            done = gate.search_worlds_from_gate(
                indptr, arcs, edges, *at_gate, sources, targets, *worlds, *room
            )
        reached, drawn, self._turn = done
        return int(reached), int(drawn)

    @cached_property
    def _layout(self) -> tuple[Ints, Words, Int32s, Gate | None]:
        """Lay out the arcs for the search, and the gate it begins at where there is one."""
        from encircle.reliability.kernels import rows, search

        graph, (indptr, head, by) = self._graph, self._rows
        flags = np.zeros(graph.order, np.uint8)
        flags[graph.sources] |= search.SOURCE
        flags[graph.targets] |= search.TARGET
        hops = rows.count_hops(indptr, head, graph.targets)
        inside = self._find_gate()
        if inside is not None:
            inward = rows.count_hops(indptr, head, graph.sources)
            hops = np.where(inside, inward, hops)
        below = self._threshold - np.minimum(self._threshold, 1)
        arcs, edges = search.pack_arcs(indptr, head, by, below, hops, flags)
        gate = None if inside is None else self._describe_gate(inside, indptr, edges, flags)
        return indptr, arcs, edges, gate

    def _find_gate(self) -> Flags | None:
        """Find the inner side of the cut that is likeliest to be closed as a whole."""
        from encircle.reliability.kernels import gate

        graph = self._graph
        order = np.argsort(-graph.p_open[self._keep], kind="stable")
        strongest = np.flatnonzero(self._keep)[order]
        near, far = gate.find_strong_sides(
            graph.order, graph.u, graph.v, strongest, graph.sources, graph.targets
        )
        sides = [near, ~far, np.zeros(graph.order, bool), np.ones(graph.order, bool)]
        sides[2][graph.sources] = True
        sides[3][graph.targets] = False
        flow = find_flow(graph, self._keep)
        sides.append(np.zeros(graph.order, bool))
        sides[4][flow.inside] = True
        best = max(sides, key=self._measure_closed)
        return best if self._measure_closed(best) >= LEAST_GATE else None

    def _list_gate(self, inside: Flags) -> Ints:
        graph = self._graph
        return np.flatnonzero(self._keep & (inside[graph.u] != inside[graph.v]))

    def _measure_closed(self, inside: Flags) -> float:
        """Give the probability that all edges which leave a side are closed; 0 for too many."""
        edges = self._list_gate(inside)
        if len(edges) > LARGEST_GATE:
            return 0.0
        return float(np.prod(1.0 - self._graph.p_open[edges]))

    def _describe_gate(
        self, inside: Flags, indptr: Ints, edges: Int32s, flags: NDArray[np.uint8]
    ) -> Gate:
        """List the gate's edges: ends and their flags, where their arcs lie, how likely open."""
        graph, crossing = self._graph, self._list_gate(inside)
        turned = ~inside[graph.u[crossing]]
        ends = graph.u[crossing], graph.v[crossing]
        inner, outer = np.where(turned, ends[::-1], ends)
        gate = np.column_stack([inner, outer, flags[inner], flags[outer]]).astype(np.int64)
        arc_of = [
            [_find_arc(indptr, edges, int(x), e) for x in pair]
            for pair, e in zip(gate[:, :2], crossing.tolist(), strict=True)
        ]
        p_open = graph.p_open[crossing]
        closed_from = np.ascontiguousarray(np.cumprod((1.0 - p_open)[::-1])[::-1], np.float64)
        return gate, np.array(arc_of, np.int64), p_open, closed_from


def _find_arc(indptr: Ints, edges: Int32s, x: int, edge: int) -> int:
    """Find where the arc of an edge lies in a vertex's row."""
    begin = int(indptr[x])
    return begin + int(np.flatnonzero(edges[begin : indptr[x + 1]] == edge)[0])


# -- every vertex ----------------------------------------------------------------------------


class WorldBlocks:
    """
    Draws 512 worlds at once and finds every vertex that reaches a target in each of them.

    Vertices with few neighbours are eliminated (`kernels/elimination.py`), the rest is swept.
    """

    def __init__(self, graph: Graph) -> None:
        from encircle.reliability.kernels import elimination

        self._graph = graph
        self._root = graph.order
        self._threshold = find_thresholds(graph.p_open)
        u, v, self._into = self._merge()
        self._edges = len(u)
        plan = elimination.plan_elimination(graph.order + 1, u, v, self._root, MOST_NEIGHBOURS)
        self._rows, self._joins, self._lines = plan[:4], plan[4:6], plan[6]

    def _merge(self) -> tuple[Int32s, Int32s, Int32s]:
        """Make one vertex of all targets, and one edge of parallel ones; say where each went."""
        graph, count = self._graph, self._graph.order + 1
        at = np.arange(graph.order)
        at[graph.targets] = self._root
        u, v = at[graph.u], at[graph.v]
        keep = (u != v) & (self._threshold > 0)
        key = np.minimum(u, v) * count + np.maximum(u, v)
        kept, line = np.unique(key[keep], return_inverse=True)
        into = np.full(graph.size, -1, np.int32)
        into[keep] = line
        return (kept // count).astype(np.int32), (kept % count).astype(np.int32), into

    @property
    def swept(self) -> int:
        """Vertices left to sweep."""
        return len(self._rows[0]) - len(self._joins[0]) + 1

    def draw(self, seed: int, block: int) -> Words:
        """Draw which edges are open in a block's worlds, world 64 w + b in bit b of word w.

        Returns
        -------
        is_open
            Shape (m, 8). Edges that no search needs (loops, edges between targets) are drawn too.
        """
        from encircle.reliability.kernels import elimination

        lines = np.zeros((self._graph.size, elimination.WORDS), np.uint64)
        each = np.arange(self._graph.size, dtype=np.int32)
        elimination.draw_lines(self._threshold, each, seed, block, lines)
        return lines

    def spread(self, seed: int, block: int) -> Words:
        """Find which vertices reach a target in the worlds of a block; shape (n + 1, 8)."""
        from encircle.reliability.kernels import elimination

        (taken, begins, near, by), (joins_begin, joins) = self._rows, self._joins
        lines, reach = self._room
        lines[: self._edges] = 0
        elimination.draw_lines(self._threshold, self._into, seed, block, lines)
        elimination.replay_joins(begins, by, joins_begin, joins, lines)
        reach[:] = 0
        reach[self._root] = ~np.uint64(0)
        eliminated = len(joins_begin) - 1
        elimination.sweep_rest(eliminated, taken, begins, near, by, lines, reach)
        elimination.spread_back(eliminated, taken, begins, near, by, lines, reach)
        reach[self._graph.targets] = reach[self._root]
        return reach

    def add_counts(self, seed: int, block: int, worlds: int, counts: Ints) -> None:
        """Add to `counts`, shape (n,), in how many of a block's first worlds each is reached."""
        from encircle.reliability.kernels import elimination

        elimination.count_worlds(self.spread(seed, block), worlds, counts)

    @cached_property
    def _room(self) -> tuple[Words, Words]:
        from encircle.reliability.kernels import elimination

        lines = np.empty((self._lines, elimination.WORDS), np.uint64)
        return lines, np.empty((self._graph.order + 1, elimination.WORDS), np.uint64)

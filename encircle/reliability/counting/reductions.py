"""What can be left out or summed up before anything is counted, without changing the answer.

Sources become one vertex and so do targets; edges that are certainly open are contracted and those
certainly closed removed; what does not hang together with both ends is dropped, and so are dead
ends and blocks that no way leads through; edges in series and side by side become one. What is left
is a chain of blocks, each between two vertices of its own, of which every one must be crossed.

References
----------
.. [1] Colbourn, C. J. (1987). The Combinatorics of Network Reliability. Oxford University Press.
.. [2] Tarjan, R. E. (1972). Depth-first search and linear graph algorithms.
   doi:10.1137/0201010
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from encircle.errors import KernelsMissingError
from encircle.reliability.counting.stripping import find_path_blocks, strip
from encircle.reliability.counting.sweep import SOURCE, TARGET

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from encircle.reliability.graph import Graph

    Kernel = TypeVar("Kernel", bound=Callable[..., object])

SMALL = 2_000
"""Edges up to which the kernels run as they stand: compiled they would save less than their
loading takes."""


@dataclass(frozen=True, slots=True)
class Core:
    """What is left between a source, vertex 0, and a target, vertex 1."""

    order: int
    """Number of vertices, n."""
    u: NDArray[np.int64]
    """One end of each edge, shape (m,)."""
    v: NDArray[np.int64]
    """The other end, shape (m,)."""
    p_open: NDArray[np.float64]
    """Probability that the edge is open, shape (m,)."""
    p_closed: NDArray[np.float64]
    """Probability that it is closed, which keeps its digits where it is small; shape (m,)."""

    @property
    def size(self) -> int:
        """Number of edges, m."""
        return len(self.u)

    def keep(self, edges: NDArray[np.bool_] | NDArray[np.int64]) -> Core:
        """Keep some of the edges."""
        p_open, p_closed = self.p_open[edges], self.p_closed[edges]
        return Core(self.order, self.u[edges], self.v[edges], p_open, p_closed)


@dataclass(frozen=True, slots=True)
class Reduced:
    """A chain of blocks; the force is connected when every one of them is crossed."""

    blocks: tuple[Core, ...]
    """From the force to its goal; none where the answer is certain."""
    cut_off: bool = False
    """Whether nothing joins the ends at all."""

    @property
    def size(self) -> int:
        """Number of edges left."""
        return sum(block.size for block in self.blocks)


CUT_OFF, CONNECTED = Reduced((), cut_off=True), Reduced(())


def reduce_graph(graph: Graph) -> Reduced:
    """
    Reduce a graph to the blocks that decide, exactly.

    Examples
    --------
    >>> from encircle.reliability.graph import Graph
    >>> ends = np.array([0]), np.array([3])
    >>> u, v = np.array([0, 0, 1, 2]), np.array([1, 2, 3, 3])
    >>> [block] = reduce_graph(Graph(4, u, v, np.array([0.9, 0.8, 0.9, 0.8]), *ends)).blocks
    >>> block.size, f"{block.p_open[0]:.4f}"
    (1, '0.9316')
    """
    merged = merge_ends(graph)
    if isinstance(merged, Reduced):
        return merged
    core = _keep_joined(merge_parallel(merged[0]))
    if core is None:
        return CUT_OFF
    core, block, _ = _find_blocks(_strip(core))
    core, block, joints = _find_blocks(_strip(_renumber(core.keep(block >= 0))))
    return Reduced(tuple(_split(core, block, joints)))


def find_relevant_edges(graph: Graph) -> NDArray[np.bool_]:
    """
    Find the edges that can change the answer as they are open or closed, shape (m,).

    None can where certain edges connect the force, or nothing joins the ends. A certain edge
    cannot, and neither can one that no way leads through.
    """
    relevant = np.zeros(graph.size, np.bool_)
    merged = merge_ends(graph)
    if isinstance(merged, Reduced):
        return relevant
    core, possible = merged
    _, label = _find_components(core.order, core.u, core.v)
    if label[SOURCE] != label[TARGET]:
        return relevant
    joined = label[core.u] == label[SOURCE]
    _, block, _ = _find_blocks(_renumber(core.keep(joined)))
    relevant[possible[joined][block >= 0]] = True
    return relevant


def merge_ends(graph: Graph) -> tuple[Core, NDArray[np.int64]] | Reduced:
    """
    Merge all sources, all targets and the ends of open edges; tell if that decides it.

    With the core come the numbers that its edges have in the graph.
    """
    if not len(graph.sources) or not len(graph.targets):
        return CUT_OFF
    certain = graph.p_open >= 1
    hub, goal = graph.sources[0], graph.targets[0]
    a = np.concatenate([graph.u[certain], graph.sources, graph.targets])
    b = np.concatenate(
        [
            graph.v[certain],
            np.full(len(graph.sources), hub, np.int64),
            np.full(len(graph.targets), goal, np.int64),
        ]
    )
    count, label = _find_components(graph.order, a, b)
    if label[hub] == label[goal]:
        return CONNECTED
    number = _put_first(count, int(label[hub]), int(label[goal]))
    u, v = number[label[graph.u]], number[label[graph.v]]
    possible = np.flatnonzero((u != v) & (graph.p_open > 0))
    p_open = graph.p_open[possible]
    return Core(count, u[possible], v[possible], p_open, 1 - p_open), possible


def merge_parallel(core: Core) -> Core:
    """Draw edges between the same two vertices as one."""
    low, high = np.minimum(core.u, core.v), np.maximum(core.u, core.v)
    pair = low * core.order + high
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    heads = np.flatnonzero(np.diff(pair, prepend=-1))
    if not len(heads) or len(heads) == core.size:
        return core
    p_closed = np.multiply.reduceat(core.p_closed[order], heads)
    # Of two probabilities of having none open, this keeps the digits where few are likely open.
    p_open = -np.expm1(np.add.reduceat(np.log1p(-core.p_open[order]), heads))
    single = np.diff(heads, append=core.size) == 1
    p_open[single] = core.p_open[order[heads[single]]]
    return Core(core.order, low[order[heads]], high[order[heads]], p_open, p_closed)


def _find_components(
    order: int, a: NDArray[np.int64], b: NDArray[np.int64]
) -> tuple[int, NDArray[np.int64]]:
    joined = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(order, order))
    count, label = connected_components(joined, directed=False)
    return int(count), label.astype(np.int64)


def _put_first(count: int, source: int, target: int) -> NDArray[np.int64]:
    """Number vertices anew, so that the two ends come first."""
    number = np.full(count, -1, np.int64)
    number[source], number[target] = SOURCE, TARGET
    number[number < 0] = np.arange(TARGET + 1, count)
    return number


def _keep_joined(core: Core) -> Core | None:
    """Keep what hangs together with both ends; None if they do not hang together."""
    _, label = _find_components(core.order, core.u, core.v)
    if label[SOURCE] != label[TARGET]:
        return None
    return _renumber(core.keep(label[core.u] == label[SOURCE]))


def _renumber(core: Core, source: int = SOURCE, target: int = TARGET) -> Core:
    """Number only the vertices that edges lead to, the two ends first."""
    used = np.zeros(core.order, np.bool_)
    used[core.u] = used[core.v] = True
    used[[source, target]] = False
    number = np.full(core.order, -1, np.int64)
    number[[source, target]] = SOURCE, TARGET
    count = int(used.sum()) + 2
    number[used] = np.arange(TARGET + 1, count)
    return Core(count, number[core.u], number[core.v], core.p_open, core.p_closed)


def _strip(core: Core) -> Core:
    u, v = core.u.copy(), core.v.copy()
    p_open, p_closed = core.p_open.copy(), core.p_closed.copy()
    kept = _choose(strip, core.size)(core.order, u, v, p_open, p_closed)
    return _renumber(Core(core.order, u, v, p_open, p_closed).keep(kept))


def _find_blocks(core: Core) -> tuple[Core, NDArray[np.int64], NDArray[np.int64]]:
    block, joints = _choose(find_path_blocks, core.size)(core.order, core.u, core.v)
    return core, block, joints


def _split(core: Core, block: NDArray[np.int64], joints: NDArray[np.int64]) -> list[Core]:
    """Split a chain into its blocks, each with its own two ends."""
    order = np.argsort(block, kind="stable")
    bounds = np.searchsorted(block[order], np.arange(len(joints)))
    blocks = []
    for place, (begin, end) in enumerate(pairwise(bounds.tolist())):
        edges = core.keep(order[begin:end])
        blocks.append(_renumber_few(edges, int(joints[place]), int(joints[place + 1])))
    return blocks


def _renumber_few(core: Core, source: int, target: int) -> Core:
    """Number as `_renumber` does, at the cost of the edges alone."""
    vertices, places = np.unique(np.concatenate([core.u, core.v]), return_inverse=True)
    ends = np.searchsorted(vertices, [source, target])
    number = _put_first(len(vertices), int(ends[0]), int(ends[1]))
    u, v = number[places[: core.size]], number[places[core.size :]]
    return Core(len(vertices), u, v, core.p_open, core.p_closed)


def _choose(kernel: Kernel, size: int) -> Kernel:
    """Give the kernel as it stands, or compiled where that pays and a compiler is there."""
    if size <= SMALL:
        return kernel
    try:
        from encircle.reliability.compiling import compile_late
    except KernelsMissingError:
        return kernel  # the same answer, later

    compiled: Kernel = compile_late(kernel)
    return compiled

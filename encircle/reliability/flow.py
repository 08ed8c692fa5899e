"""How many ways share no edge, and which edges prove that there are no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from encircle.reliability.graph import Graph

    Flags = NDArray[np.bool_]
    Int32s = NDArray[np.int32]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Flow:
    """Ways sent and the cut that stops one more, before the ways are told apart."""

    net: NDArray[np.int8]
    """Net flow of each edge from u to v, shape (m,)."""
    cut: Ints
    """Edges whose loss closes all ways."""
    inside: Int32s
    """Vertices on the sources' side of the cut."""
    rows: tuple[Ints, Int32s, Int32s]


@dataclass(frozen=True, slots=True)
class CutCertificate:
    """
    As many ways without a common edge as edges whose loss closes all: each proves the other.

    The cut is the one nearest the sources.
    """

    ways: tuple[Ints, ...]
    """Edges of each way, in order from a source to a target."""
    cut: Ints
    """Edges whose loss closes every way, shape (k,)."""
    inside: Int32s
    """Vertices the sources still reach without the cut."""

    @property
    def count(self) -> int:
        """How many ways share no edge, k."""
        return len(self.ways)


def certify_cut(graph: Graph) -> CutCertificate:
    """
    Find all edge-disjoint ways from the sources to the targets, and the cut that bars one more.

    An edge counts where it can be open at all (`p_open` above 0), each for one way. On a network
    of a few hundred edges with free ground, `isolation.count_disjoint_ways` answers without
    compiled code.

    Raises
    ------
    ValueError
        If a source is a target: no loss of edges cuts it off.

    References
    ----------
    .. [1] Menger, K. (1927). Zur allgemeinen Kurventheorie. Fundamenta Mathematicae 10, 96-115.
    .. [2] Ford, L. R.; Fulkerson, D. R. (1956). Maximal flow through a network. Canadian Journal
       of Mathematics 8, 399-404.

    Examples
    --------
    >>> from encircle.reliability.graph import Graph
    >>> u, v = np.array([0, 0, 1, 2]), np.array([1, 2, 3, 3])
    >>> square = Graph(4, u, v, np.full(4, 0.9), np.array([0]), np.array([3]))
    >>> certificate = certify_cut(square)
    >>> certificate.count, certificate.cut.tolist()
    (2, [0, 1])
    """
    from encircle.reliability.kernels import flow as compiled

    flow = find_flow(graph, graph.p_open > 0)
    ends = graph.sources, graph.targets
    edges, stops = compiled.follow_flow(flow.net, len(flow.cut), *flow.rows, *ends)
    return CutCertificate(tuple(np.split(edges, stops[:-1])) if len(stops) else (), flow.cut,
                          flow.inside)  # fmt: skip


def find_flow(graph: Graph, keep: Flags) -> Flow:
    """Send as many ways over the edges in `keep` as there is room for."""
    from encircle.reliability.kernels import flow as compiled

    is_target = np.zeros(graph.order, bool)
    is_target[graph.targets] = True
    if is_target[graph.sources].any():
        raise ValueError(
            "a source is a target, and no loss of edges cuts it off; decide this before asking"
        )
    ends = graph.sources, graph.targets
    net, cut, inside, indptr, head, by = compiled.find_flow(
        graph.order, graph.u, graph.v, keep, *ends
    )
    return Flow(net, cut, inside, (indptr, head, by))


def find_cut_faults(graph: Graph, certificate: CutCertificate) -> list[str]:
    """
    Check a certificate by other means than those that made it: say everything wrong with it.

    The ways are walked edge by edge, and the graph without the cut is coloured by SciPy.
    """
    faults = [f"way {i}: {why}" for i, way in enumerate(certificate.ways)
              for why in _find_way_faults(graph, way)]  # fmt: skip
    used = np.concatenate([*certificate.ways, np.empty(0, np.int64)])
    if len(np.unique(used)) < len(used):
        faults.append("two ways share an edge")
    if len(np.unique(certificate.cut)) != certificate.count:
        faults.append(f"{len(certificate.cut)} edges do not bound {certificate.count} ways")
    if _is_joined(graph, certificate.cut):
        faults.append("a way is left without the edges of the cut")
    return faults


def _find_way_faults(graph: Graph, way: Ints) -> Iterator[str]:
    at = set(graph.sources.tolist())
    for edge in way.tolist():
        ends = {int(graph.u[edge]), int(graph.v[edge])}
        if not at & ends:
            yield f"edge {edge} does not go on from the one before"
        if graph.p_open[edge] <= 0:
            yield f"edge {edge} is never open"
        here = at & ends
        at = ends - here or here
    if not at & set(graph.targets.tolist()):
        yield "ends at no target"


def _is_joined(graph: Graph, without: Ints) -> bool:
    """Tell whether a source reaches a target over edges that can be open, but for some."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left = graph.p_open > 0
    left[without] = False
    ends = graph.u[left], graph.v[left]
    matrix = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(graph.order,) * 2)
    _, colour = connected_components(matrix.tocsr(), directed=False)
    return bool(np.isin(colour[graph.sources], colour[graph.targets]).any())

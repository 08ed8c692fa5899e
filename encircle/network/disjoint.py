"""Ways out that share no crossing and no stretch of road, and the least that cuts them all."""

from __future__ import annotations

from collections import deque
from copy import copy
from itertools import islice, product
from typing import TYPE_CHECKING

import numpy as np
import shapely

from encircle.network.ground.states import MODE_BITS
from encircle.network.lines.values import LANDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.map.reach import Reading
    from encircle.network.isolation import Outlook, Searcher
    from encircle.network.lines.values import Span
    from encircle.network.network import Edge, Network

COUNTED_MODES = ("tracked", "foot", "boat", "wheeled", "rail")
"""The order in which equal counts of ways are preferred: who walks needs the crossings alone, so
their loss ends the ways of those who keep to roads too."""
MOST_CUTS = 16
"""So many choices of what the cut names are tried, where the flow's own may leave a way open."""
Steps = list[tuple[int, int]]
"""The edges of a way, each with 1 where it is taken from its u to its v and -1 where back."""
Counted = tuple[int, list[list[str]], list[str]]
"""How many ways there are, what each leads by, and what ends each."""


def count_disjoint_ways(
    searcher: Searcher, outlooks: Sequence[Outlook]
) -> tuple[int, list[list[str]], list[str]]:
    """
    Count edge-disjoint ways out by route and crossing, with the cut that proves there are no more.

    A way is one mode's throughout: they are counted for each mode, and the most are given. Open
    ground is free where it does not lead out by itself; where it does it is measured by its
    neck and left out of the count, and the ways start from the route nearest to the force.

    Returns
    -------
    count, ways, cut
        The number k; k lists of route and crossing ids; ids of k edges whose loss closes all.

    References
    ----------
    .. [1] Menger (1927): the maximum number of edge-disjoint paths equals the minimum cut.
    """
    network, reading = searcher.network, outlooks[0].reading
    targets = searcher.land_anchors()
    starts = {start for outlook in outlooks for start in outlook.starts}
    by_ground = searcher.spread_over_ground(starts, reading)
    free = not by_ground & targets
    on_foot = set(starts)
    if not free:
        reached = searcher.spread_over_ground(starts, reading, to_junctions=True)
        on_foot |= _nearest_junctions(network, reached, starts, reading)
    counted = []
    for mode in COUNTED_MODES:
        if any(mode in outlook.ways for outlook in outlooks):
            # No ground leads who keeps to roads to the nearest of them.
            first = starts if mode in ("wheeled", "rail") else on_foot
            counted.append(_count(_Flow(searcher, reading, mode, free=free), first, targets))
    return max(counted, key=lambda one: one[0], default=(0, [], []))


def _count(flow: _Flow, starts: set[int], targets: set[int]) -> Counted:
    """Count a mode's ways; two by one crossing or road's end are one, and another is sought."""
    best: Counted = (0, [], [])
    while True:
        while flow.augment(starts, targets):
            pass
        if flow.is_boundless:  # the force stands at the anchor: no route lies between
            return 0, [], []
        ways = flow.list_ways(starts, targets)
        kept = _share_nothing(flow, ways)
        if len(kept) > best[0]:
            names = [list(dict.fromkeys(flow.names_on(way).values())) for way in kept]
            best = len(kept), names, _choose_cuts(flow, kept, starts, targets)
        elif kept:
            return best
        if len(kept) == len(ways):
            return best
        flow.keep(kept)


def _share_nothing(flow: _Flow, ways: list[Steps]) -> list[Steps]:
    """Keep the first of the ways that lead over a crossing, or by the end of a road."""
    kept: list[Steps] = []
    taken: set[object] = set()
    for way in ways:
        over = flow.list_taken(way)
        if not over & taken:
            kept.append(way)
            taken |= over
    return kept


def _name_bridge(span: Span) -> object:
    """Name a bridge by its kind and place, to a metre."""
    points = np.round(shapely.get_coordinates(span.line)).astype(int).tolist()
    return span.crossing.type, *min(points, points[::-1])[0], *max(points, points[::-1])[0]


def _choose_cuts(flow: _Flow, ways: list[Steps], starts: set[int], targets: set[int]) -> list[str]:
    """
    Name where the cut meets each way: at a crossing before a road, since others lead over it.

    Where a crossing was kept for one way, others by it are not in the flow nor in its cut: of what
    lies on the ways, what ends them all is looked for.
    """
    cut = flow.cut(starts)
    closed = {flow.name(edge) for edge in cut} & flow.bridges.keys()
    choices = []
    for way in ways:
        names = flow.names_on(way)
        met = [name for edge, name in names.items() if edge in cut]
        over = [name for name in names.values() if name in flow.bridges]
        first = next((name for name in over if name in closed), (met or over)[0])
        hung = [name for edge, name in names.items() if edge in flow.by_end]
        choices.append(list(dict.fromkeys([first, *over, *met, *hung])))
    tried = islice(product(*choices), MOST_CUTS)
    ends = (list(names) for names in tried if not flow.leads_out(starts, targets, {*names}))
    return next(ends, [names[0] for names in choices])


def _nearest_junctions(
    network: Network, reached: set[int], starts: set[int], reading: Reading
) -> set[int]:
    """Find the route nearest to the force among those its open ground leads to."""
    to_metres = network.ground.drawing.plane.to_metres
    places = [
        to_metres(s.position.drawn) if s.is_drawn else s.place
        for s in network.standings
        if s.vertex in starts
    ]
    best: tuple[float, set[int]] = (float("inf"), set())
    for edge in network.edges:
        if edge.by == "route" and edge.ref >= 0 and edge.carries[reading]:
            ends = {edge.u, edge.v} & reached
            line = network.lines.pieces[edge.ref].line
            distance = min(place.distance(line) for place in places)
            if ends and distance < best[0]:
                best = (distance, ends)
    return best[1]


def _bits_of(mode: str) -> int:
    """Give the modes that a way of a mode may use: who takes a boat also walks."""
    return MODE_BITS["foot"] | MODE_BITS["boat"] | LANDING if mode == "boat" else MODE_BITS[mode]


class _Flow:
    """Unit flow on routes and crossings, undirected; ground is free or absent."""

    def __init__(self, searcher: Searcher, reading: Reading, mode: str, *, free: bool) -> None:
        network = searcher.network
        self.network, self.out = network, searcher.out
        self.positions, self.reading = searcher.positions, reading
        self.points = {
            ends[0]: number for number, ends in network.span_ends.items() if ends[0] == ends[1]
        }
        """Crossings drawn as points: they are passed at a vertex, not along an edge."""
        first = len(network.ground.faces)
        self.piece_at = {
            first + end: number
            for number, piece in enumerate(network.lines.pieces)
            for end in (piece.start, piece.end)
            if piece.carries[reading] & _bits_of(mode)
        }
        """A piece of route that ends at each junction."""
        self.by_end = {
            number: edge.ref if edge.after < 0 else edge.after
            for number, edge in enumerate(network.edges)
            if edge.rests.kind == "link" and first <= edge.u < first + len(network.lines.junctions)
        }
        """Steps from the end of a road to what that joins, and its piece there: without the road
        none is there, whether one comes along it or from another that its end joins too."""
        self.carries = searcher.carries[reading]
        self.bits = _bits_of(mode)
        self.kind = [
            self._grade(number, free=free) if self.carries[number] & self.bits else None
            for number in range(len(network.edges))
        ]
        self.used: dict[int, int] = {}
        """Net flow on an edge from its u to its v."""
        self.shut: set[int] = set()
        """Edges of crossings and road ends that are kept for a way which does not take them."""
        self.bridges = {s.crossing.id: _name_bridge(s) for s in network.lines.spans}
        """Crossings, by what makes one of those that are posted twice."""
        self.is_boundless = False

    def _grade(self, number: int, *, free: bool) -> str | None:
        """Say whether an edge has room for one way, for any number, or is left out."""
        edge = self.network.edges[number]
        at_point = edge.u in self.points or edge.v in self.points
        at_crossing = at_point or bool(edge.beside)  # both roads may join one end of a short bridge
        if (edge.by in ("route", "crossing") and edge.ref >= 0) or at_crossing:
            return "unit"
        if number in self.by_end or self._find_over(edge) is not None:
            return "unit"
        to_anchor = edge.u in self.network.anchors or edge.v in self.network.anchors
        return "free" if free or edge.by == "join" or to_anchor else None

    def augment(self, starts: set[int], targets: set[int]) -> bool:
        """Send one more unit, if any can go; a way without a unit edge has no bound."""
        came = self._residual(starts, targets)
        end = next((t for t in targets if t in came), None)
        if end is None:
            return False
        path = []
        while (step := came[end]) is not None:
            before, edge = step
            path.append((edge, 1 if self.network.edges[edge].u == before else -1))
            end = before
        self.is_boundless = all(self.kind[e] == "free" or e in self.by_end for e, _ in path)
        for edge, forward in path:
            self.used[edge] = self.used.get(edge, 0) + forward
        return not self.is_boundless

    def _residual(self, starts: set[int], targets: set[int]) -> dict[int, tuple[int, int] | None]:
        """Search what unused capacity still leads to, stopping at the first target."""
        came: dict[int, tuple[int, int] | None] = dict.fromkeys(starts)
        queue = deque(starts)
        while queue:
            here = queue.popleft()
            if here in targets:
                return came
            if here in self.network.anchors:
                continue
            for there, edge in self.out[here]:
                taken = there in came or there in self.positions
                if not taken and self._has_room(edge, here):
                    came[there] = (here, edge)
                    queue.append(there)
        return came

    def _has_room(self, edge: int, here: int) -> bool:
        if self.kind[edge] != "unit" or edge in self.shut:
            return self.kind[edge] == "free"
        forward = 1 if self.network.edges[edge].u == here else -1
        return self.used.get(edge, 0) * forward < 1

    def cut(self, starts: set[int]) -> set[int]:
        """Find the edges that lead out of what unused capacity still leads to."""
        inside = self._residual(starts, set())
        return {
            i for i, e in enumerate(self.network.edges)
            if self.kind[i] == "unit" and (e.u in inside) != (e.v in inside)
        }  # fmt: skip

    def keep(self, ways: list[Steps]) -> None:
        """Leave only some ways in the flow, and the crossings that they take to them."""
        self.used = {}
        for edge, forward in (step for way in ways for step in way):
            self.used[edge] = self.used.get(edge, 0) + forward
        taken = set().union(*(self.list_taken(way) for way in ways))
        self.shut |= {
            edge for edge, kind in enumerate(self.kind)
            if kind == "unit" and not self.used.get(edge) and self._find_taken(edge) in taken
        }  # fmt: skip

    def list_taken(self, way: Steps) -> set[object]:
        """List what a way shares with no other: the crossings on it, and the ends of roads."""
        return {taken for edge, _ in way if (taken := self._find_taken(edge)) is not None}

    def _find_taken(self, edge: int) -> object | None:
        if self.kind[edge] != "unit":
            return None
        if edge in self.by_end:
            return "end", self.network.edges[edge].u
        return self.bridges.get(self.name(edge))

    def leads_out(self, starts: set[int], targets: set[int], lost: set[str]) -> bool:
        """Tell whether any way is left once some routes and crossings are lost."""
        whole = copy(self)
        whole.used = {}
        whole.shut = {e for e, k in enumerate(self.kind) if k == "unit" and self.name(e) in lost}
        return not targets.isdisjoint(whole._residual(starts, targets))  # noqa: SLF001 - its own

    def list_ways(self, starts: set[int], targets: set[int]) -> list[Steps]:
        """Follow the flow from the force to its ends."""
        left = {e: f for e, f in self.used.items() if f}
        ways = []
        for start in starts:
            while (way := self._follow(start, targets, left)) is not None:
                ways.append(way)
        return ways

    def _follow(self, start: int, targets: set[int], left: dict[int, int]) -> Steps | None:
        here, taken = start, []
        while here not in targets:
            step = next(
                (
                    (there, edge)
                    for there, edge in self.out[here]
                    if left.get(edge, 0) * (1 if self.network.edges[edge].u == here else -1) > 0
                ),
                None,
            )
            if step is None:
                return None
            here, edge = step
            forward = 1 if left[edge] > 0 else -1
            left[edge] -= forward
            taken.append((edge, forward))
        return taken

    def names_on(self, way: Steps) -> dict[int, str]:
        """Name the routes and crossings on a way, edge by edge."""
        return {edge: self.name(edge) for edge, _ in way if self.kind[edge] == "unit"}

    def name(self, number_of_edge: int) -> str:
        """Name the route or crossing that an edge belongs to."""
        edge = self.network.edges[number_of_edge]
        number = self.points.get(edge.u, self.points.get(edge.v))
        if number is None and edge.by == "crossing":
            number = edge.ref
        if number is not None:
            return self.network.lines.spans[number].crossing.id
        if edge.beside:
            return edge.beside[0]
        over = self.by_end.get(number_of_edge, self._find_over(edge))
        piece = self.network.lines.pieces[edge.ref if over is None else over]
        return piece.carriers(self.reading, self.bits)[0]

    def _find_over(self, edge: Edge) -> int | None:
        """Find the piece of route that a step over a barrier, road to road, belongs to."""
        if edge.by != "join" or edge.ref >= 0 or edge.length_m > 0:
            return None
        return self.piece_at.get(edge.u) if edge.v in self.piece_at else None

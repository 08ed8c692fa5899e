"""
Who reaches an anchor: per mode, per reading.

The question is plain connectivity on the labelled network. A way for a mode uses only edges that
carry the mode throughout; `boat` is a way on foot that takes at least one boat, so it is searched
on two copies of the network, before the first boat and after. Nothing here weighs distances,
stocks or widths: a force is cut off when no way is left, and not before. The optimistic reading
contains the pessimistic one edge by edge, so what is open on the second is open on the first.

By planar duality a way out and a closed ring exclude each other on each reading: the faces reached
on foot and by boat are the inside of the ring, and the boundary of their union is the ring.

Fire never cuts a way; it grades it. The best way of a mode is the one whose worst step is least
exposed, and among those the shortest.

References
----------
.. [1] Menger, K. (1927). Zur allgemeinen Kurventheorie. Fundamenta Mathematicae 10, 96-115.
.. [2] Ford, L. R.; Fulkerson, D. R. (1956). Maximal flow through a network. Canadian Journal of
   Mathematics 8, 399-404.
.. [3] Field Manual 3-90, Tactics (2001), Appendix D: encirclement is isolation by control of all
   ground lines of communication and reinforcement.
"""

from __future__ import annotations

import heapq
from collections import deque
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product
from typing import TYPE_CHECKING

import numpy as np
import shapely

from encircle.map.reach import READINGS
from encircle.network.ground.ground import FIRE_MODES, GROUND_BITS, MODE_BITS, State
from encircle.network.lines.lines import LAND_BITS, LANDING, SPECIAL, lands_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.reach import Reading
    from encircle.network.lines.lines import Span
    from encircle.network.network import Edge, Network, Standing

LAND_MODES = ("wheeled", "tracked", "rail", "foot", "boat")
"""Modes a land way may have; the order in which equal ways are preferred."""


COUNTED_MODES = ("tracked", "foot", "boat", "wheeled", "rail")
"""The order in which equal counts of ways are preferred: who walks needs the crossings alone, so
their loss ends the ways of those who keep to roads too."""


MOST_CUTS = 16
"""So many choices of what the cut names are tried, where the flow's own may leave a way open."""

Steps = list[tuple[int, int]]
"""The edges of a way, each with 1 where it is taken from its u to its v and -1 where back."""
Counted = tuple[int, list[list[str]], list[str]]
"""How many ways there are, what each leads by, and what ends each."""

DRIVEN = ("tracked", "wheeled", "rail")
"""Land modes that are not walked."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way from a position to an anchor: vertices, the edges between them, its worst fire."""

    mode: str
    reading: Reading
    vertices: tuple[int, ...]
    edges: tuple[int, ...]
    fire: int
    length_m: float
    boats: frozenset[int] = frozenset()
    """Edges of the way that are taken by boat."""


@dataclass(frozen=True)
class Searcher:
    """Asks one network who reaches what."""

    network: Network
    _out: list[list[tuple[int, int]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_out", self.network.adjacency())

    @cached_property
    def carries(self) -> dict[Reading, list[int]]:
        """Mode bits of every edge, per reading."""
        return {r: [e.carries[r] for e in self.network.edges] for r in READINGS}

    @cached_property
    def positions(self) -> set[int]:
        """Vertices of the positions: a way begins at one and passes through no other."""
        return {s.vertex for s in self.network.standings}

    def land_anchors(self) -> set[int]:
        """Give the vertices that count as reached by land."""
        return {v for v, (a, _) in self.network.anchors.items() if a.access == "land"}

    def spread(self, starts: Iterable[int], reading: Reading, bits: int) -> set[int]:
        """Find every vertex reached over edges that carry any of the modes in `bits`."""
        carries = self.carries[reading]
        seen = set(starts)
        others = self.positions - seen
        queue = deque(seen)
        while queue:
            here = queue.popleft()
            if here in self.network.anchors:
                continue  # an anchor is an end; what lies behind it is not this map's business
            for there, edge in self._out[here]:
                if there not in seen and there not in others and carries[edge] & bits:
                    seen.add(there)
                    queue.append(there)
        return seen

    def spread_over_ground(
        self, starts: Iterable[int], reading: Reading, *, to_junctions: bool = False
    ) -> set[int]:
        """Find every vertex reached over open ground alone, from face to face or to roads too."""
        network, carries = self.network, self.carries[reading]
        seen = set(starts)
        others = self.positions - seen
        queue = deque(seen)
        while queue:
            here = queue.popleft()
            for there, edge in self._out[here]:
                walked = network.edges[edge].by == "ground" and carries[edge] & GROUND_BITS
                ground = network.is_face(there) or there in network.anchors
                fresh = there not in seen and there not in others
                if walked and fresh and (ground or to_junctions):
                    seen.add(there)
                    if there not in network.anchors:
                        queue.append(there)
        return seen

    def find_way(
        self, starts: Iterable[int], reading: Reading, mode: str, targets: set[int] | None = None
    ) -> Way | None:
        """Find the best way of a mode: least worst fire, then shortest; None if there is none."""
        starts, targets = list(starts), self.land_anchors() if targets is None else targets
        worst = self._search(starts, reading, mode, targets, limit=None)
        if worst is None:
            return None
        return self._search(starts, reading, mode, targets, limit=worst.fire)

    def _search(
        self, starts: list[int], reading: Reading, mode: str, targets: set[int], limit: int | None
    ) -> Way | None:
        """Run Dijkstra's algorithm: on the worst fire without a limit, on length within one."""
        boating = mode == "boat"
        best: dict[tuple[int, bool], tuple[float, float]] = {}
        came: dict[tuple[int, bool], tuple[tuple[int, bool], int, bool]] = {}
        others = self.positions - set(starts)
        heap = [(0.0, 0.0, start, False) for start in starts]
        best.update({(start, False): (0.0, 0.0) for start in starts})
        while heap:
            fire, length, here, afloat = heapq.heappop(heap)
            if best[here, afloat] < (fire, length):
                continue
            if here in targets and (afloat or not boating):
                return self._trace(came, (here, afloat), mode, reading)
            if here in self.network.anchors:
                continue
            for there, edge, rank, boat in self._steps(here, reading, mode):
                if there in others or (limit is not None and rank > limit):
                    continue
                worst = max(fire, float(rank)) if limit is None else 0.0
                state = (there, afloat or boat)
                cost = (worst, length + self.network.edges[edge].length_m)
                if cost < best.get(state, (float("inf"), 0.0)):
                    best[state] = cost
                    came[state] = ((here, afloat), edge, boat)
                    heapq.heappush(heap, (*cost, *state))
        return None

    def _steps(
        self, here: int, reading: Reading, mode: str
    ) -> Iterable[tuple[int, int, int, bool]]:
        """List the steps a mode can take from a vertex: where, by which edge, fire, by boat."""
        carries, edges = self.carries[reading], self.network.edges
        walk = "foot" if mode == "boat" else mode
        column, bit = FIRE_MODES.index(walk), MODE_BITS[walk]
        bit |= LANDING if mode == "boat" else 0
        for there, edge in self._out[here]:
            if carries[edge] & bit:
                yield there, edge, edges[edge].fire[reading][column], False
            if mode == "boat" and carries[edge] & MODE_BITS["boat"]:
                yield there, edge, edges[edge].fire[reading][FIRE_MODES.index("boat")], True

    def _trace(
        self,
        came: dict[tuple[int, bool], tuple[tuple[int, bool], int, bool]],
        last: tuple[int, bool],
        mode: str,
        reading: Reading,
    ) -> Way:
        vertices, edges, boats, state = [last[0]], [], set(), last
        while state in came:
            state, edge, boat = came[state]
            vertices.append(state[0])
            edges.append(edge)
            if boat:
                boats.add(edge)
        fire = max((self._rank(e, mode, reading, e in boats) for e in edges), default=0)
        length_m = sum(self.network.edges[e].length_m for e in edges)
        there, by = tuple(vertices[::-1]), tuple(edges[::-1])
        return Way(mode, reading, there, by, fire, length_m, frozenset(boats))

    def _rank(self, edge: int, mode: str, reading: Reading, afloat: bool) -> int:  # noqa: FBT001
        walk = "boat" if afloat else "foot" if mode == "boat" else mode
        return self.network.edges[edge].fire[reading][FIRE_MODES.index(walk)]


@dataclass(frozen=True)
class Outlook:
    """What one position can reach on one reading."""

    reading: Reading
    starts: tuple[int, ...]
    ways: dict[str, Way]
    """Best way per land mode, where there is one."""
    reached: frozenset[int]
    """Vertices reached on foot and by boat."""
    enclosed: frozenset[int]
    """Vertices reached by changing between modes at will, where that leads to no anchor: what a
    ring has to run round. Else the same as `reached`: a way that changes modes counts for none."""
    runs_off: bool
    """What is reached touches the edge of the area: ground, or a road that runs off the map."""
    sea: tuple[str, ...] = ()
    """Ids of the ports and sea anchors that are open to the position."""
    air: tuple[str, ...] = ()
    special: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether any land way is left."""
        return bool(self.ways)

    @property
    def best(self) -> Way | None:
        """Give the least exposed way; of equals the one that carries most."""
        ranked = [self.ways[mode] for mode in LAND_MODES if mode in self.ways]
        return min(ranked, key=lambda way: way.fire, default=None)

    @property
    def best_vehicle(self) -> Way | None:
        """Give the least exposed way for wheels or tracks."""
        ranked = [self.ways[mode] for mode in ("wheeled", "tracked") if mode in self.ways]
        return min(ranked, key=lambda way: way.fire, default=None)


def look_out(searcher: Searcher, standings: list[Standing], reading: Reading) -> Outlook:
    """Find what a position (one or more points) can reach on a reading."""
    network = searcher.network
    starts = tuple(standing.vertex for standing in standings)
    ways = {mode: way for mode in LAND_MODES if (way := searcher.find_way(starts, reading, mode))}
    walked = MODE_BITS["foot"] | MODE_BITS["boat"] | LANDING
    reached = searcher.spread(starts, reading, walked)
    driven = set().union(*(searcher.spread(starts, reading, MODE_BITS[mode]) for mode in DRIVEN))
    far = searcher.spread(starts, reading, walked | SPECIAL)
    return Outlook(
        reading=reading,
        starts=starts,
        ways=ways,
        reached=frozenset(reached),
        enclosed=frozenset(_find_enclosed(searcher, starts, reading, reached)),
        runs_off=not network.at_edge.isdisjoint(reached | driven),
        sea=tuple(_moored(network, reached, "sea") + _served(network, reached, reading, "port")),
        air=tuple(
            _moored(network, reached, "air") + _served(network, reached, reading, "airstrip")
        ),
        special=tuple(_find_special(searcher, reached, far, reading)),
    )


def _find_enclosed(
    searcher: Searcher, starts: tuple[int, ...], reading: Reading, reached: set[int]
) -> set[int]:
    mixed = searcher.spread(starts, reading, LAND_BITS | LANDING)
    faces = [v for v in mixed if searcher.network.is_face(v)]
    leads_out = mixed & searcher.land_anchors() or searcher.network.ground.on_edge[faces].any()
    return reached if leads_out else mixed


def _moored(network: Network, reached: set[int], access: str) -> list[str]:
    return [a.id for v, (a, _) in network.anchors.items() if v in reached and a.access == access]


def _served(network: Network, reached: set[int], reading: Reading, kind: str) -> list[str]:
    """Name the open airstrips or ports that the ground reached holds, if the side has a base."""
    access = "sea" if kind == "port" else "air"
    bases = any(
        a.access == access and reading in readings
        for a, _, readings in network.ground.drawing.anchors
    )
    return [
        f.crossing.id
        for f in network.lines.facilities
        if bases
        and f.crossing.type == kind
        and reading in f.readings
        and not f.special
        and is_at_hand(network, f.place, reached, reading)
    ]


def is_at_hand(network: Network, place: BaseGeometry, reached: set[int], reading: Reading) -> bool:
    """Tell whether a facility lies on or beside ground reached, and no hostile ground between."""
    ground = network.ground
    on = ground.tree.query(place, "intersects").tolist()
    hostile = any(int(ground.state[reading][f]) == State.HOSTILE for f in on)
    beside = ground.tree.query(place, "dwithin", network.join_m).tolist()
    return not hostile and any(
        face in reached
        and lands_on(shapely.shortest_line(place, ground.faces[face]), ground, reading)
        for face in beside
    )


def _find_special(
    searcher: Searcher, reached: set[int], far: set[int], reading: Reading
) -> list[str]:
    """Name the special ways: anchors or facilities reached only by tunnel, strip or leave."""
    network = searcher.network
    ids = _moored(network, reached, "special")
    beyond = far - reached
    if beyond & {v for v, (a, _) in network.anchors.items()}:
        ids += [
            span.crossing.id
            for number, span in enumerate(network.lines.spans)
            if span.carries[reading] & SPECIAL and set(network.span_ends[number]) & far
        ]
    ids += [
        f.crossing.id
        for f in network.lines.facilities
        if f.special
        and reading in f.readings
        and any(
            a.access == ("sea" if f.crossing.type == "port" else "air")
            for a, _, _ in network.ground.drawing.anchors
        )
        and is_at_hand(network, f.place, reached, reading)
    ]
    return list(dict.fromkeys(ids))


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
    """Count a mode's ways; two by one crossing are one, and another is looked for beside it."""
    best: Counted = (0, [], [])
    while True:
        while flow.augment(starts, targets):
            pass
        if flow.is_boundless:  # the force stands at the anchor: no route lies between
            return 0, [], []
        ways = flow.list_ways(starts, targets)
        kept = _share_no_crossing(flow, ways)
        if len(kept) > best[0]:
            names = [list(dict.fromkeys(flow.names_on(way).values())) for way in kept]
            best = len(kept), names, _choose_cuts(flow, kept, starts, targets)
        elif kept:
            return best
        if len(kept) == len(ways):
            return best
        flow.keep(kept)


def find_depots(searcher: Searcher, outlook: Outlook) -> tuple[str, ...]:
    """
    Name the land anchors reached that lie inside a ring which shuts out the side's others.

    Whoever walks on behind them comes neither to another anchor nor to the edge of the map. Empty
    where none is reached, or where there is no other.
    """
    network, targets = searcher.network, searcher.land_anchors()
    seen, queue = set(outlook.starts), deque(outlook.starts)
    while queue:
        here = queue.popleft()
        for there, edge in searcher._out[here]:  # noqa: SLF001 - same module
            if there not in seen and searcher.carries[outlook.reading][edge] & LAND_BITS:
                seen.add(there)
                queue.append(there)
    reached = [network.anchors[v][0].id for v in sorted(seen & targets)]
    faces = [v for v in seen if network.is_face(v)]
    others = [
        v for v in targets - seen
        if any(searcher.carries[outlook.reading][e] & LAND_BITS for _, e in searcher._out[v])  # noqa: SLF001
    ]  # fmt: skip
    if not others or (faces and network.ground.on_edge[faces].any()):
        return ()
    return tuple(reached)


def leads_out_by_ground(searcher: Searcher, outlook: Outlook) -> bool:
    """Tell whether open ground leads to a land anchor by itself, without route or crossing."""
    reached = searcher.spread_over_ground(outlook.starts, outlook.reading)
    return bool(reached & searcher.land_anchors())


def _share_no_crossing(flow: _Flow, ways: list[Steps]) -> list[Steps]:
    """Keep the first of the ways that lead over a crossing."""
    kept: list[Steps] = []
    taken: set[object] = set()
    for way in ways:
        over = {flow.bridges[name] for name in flow.names_on(way).values() if name in flow.bridges}
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
        choices.append(list(dict.fromkeys([first, *over, *met])))
    tried = islice(product(*choices), MOST_CUTS if flow.shut else 0)
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
        self.network, self.out = network, searcher._out  # noqa: SLF001 - same module
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
        self.carries = searcher.carries[reading]
        self.bits = _bits_of(mode)
        self.kind = [
            self._grade(e, free=free) if self.carries[i] & self.bits else None
            for i, e in enumerate(network.edges)
        ]
        self.used: dict[int, int] = {}
        """Net flow on an edge from its u to its v."""
        self.shut: set[int] = set()
        """Edges of crossings that are kept for a way which does not take them."""
        self.bridges = {s.crossing.id: _name_bridge(s) for s in network.lines.spans}
        """Crossings, by what makes one of those that are posted twice."""
        self.is_boundless = False

    def _grade(self, edge: Edge, *, free: bool) -> str | None:
        """Say whether an edge has room for one way, for any number, or is left out."""
        at_point = edge.u in self.points or edge.v in self.points
        at_crossing = at_point or bool(edge.beside)  # both roads may join one end of a short bridge
        if (edge.by in ("route", "crossing") and edge.ref >= 0) or at_crossing:
            return "unit"
        if self._find_over(edge) is not None:
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
        self.is_boundless = all(self.kind[edge] == "free" for edge, _ in path)
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
        named = {name for way in ways for name in self.names_on(way).values()}
        taken = {self.bridges[name] for name in named & self.bridges.keys()}
        self.shut |= {
            edge for edge, kind in enumerate(self.kind)
            if kind == "unit" and not self.used.get(edge) and self._leads_over(edge, taken)
        }  # fmt: skip

    def _leads_over(self, edge: int, bridges: set[object]) -> bool:
        return self.bridges.get(self.name(edge)) in bridges

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
        over = self._find_over(edge)
        piece = self.network.lines.pieces[edge.ref if over is None else over]
        return piece.carriers(self.reading, self.bits)[0]

    def _find_over(self, edge: Edge) -> int | None:
        """Find the piece of route that a step over a barrier, road to road, belongs to."""
        if edge.by != "join" or edge.ref >= 0 or edge.length_m > 0:
            return None
        return self.piece_at.get(edge.u) if edge.v in self.piece_at else None

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
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import shapely

from encircle.map.reach import READINGS
from encircle.network.ground.states import FIRE_MODES, GROUND_BITS, MODE_BITS, State
from encircle.network.lines.crossings import lands_on
from encircle.network.lines.values import LAND_BITS, LANDING, SPECIAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from encircle.map.reach import Reading
    from encircle.network.network import Network, Standing

LAND_MODES = ("wheeled", "tracked", "rail", "foot", "boat")
"""Modes a land way may have; the order in which equal ways are preferred."""
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
        and lands_on(
            ground.faces_along(shapely.shortest_line(place, ground.faces[face])), ground, reading
        )
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

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
from functools import cached_property, partial
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from encircle.map.reach import READINGS
from encircle.network.ground.states import FIRE_MODES, FIRE_RANKS, GROUND_BITS, MODE_BITS, State
from encircle.network.lines.crossings import lands_on
from encircle.network.lines.values import LAND_BITS, LANDING, SPECIAL
from encircle.network.reached import (
    ASKED,
    BOAT,
    LAND_MODES,
    WORST,
    Reached,
    carry_within,
    find_worst_fire,
    list_starts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from encircle.map.reach import Reading
    from encircle.network.lines.values import Facility
    from encircle.network.network import Network, Standing


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
    _reached: dict[tuple[tuple[int, ...], int], Reached] = field(
        init=False, repr=False, default_factory=dict
    )

    @cached_property
    def out(self) -> list[list[tuple[int, int]]]:
        """Each vertex's neighbours, with the edges to them."""
        return self.network.adjacency()

    @cached_property
    def carries(self) -> dict[Reading, list[int]]:
        """Mode bits of every edge, per reading."""
        return {r: [e.carries[r] for e in self.network.edges] for r in READINGS}

    @cached_property
    def _within(self) -> list[NDArray[np.uint8]]:
        """Mode bits of every edge, (2, edges), under no more than each grade of fire, by rank."""
        carries = np.array([self.carries[r] for r in READINGS], dtype=np.uint8)
        fire = [[e.fire[r] for e in self.network.edges] for r in READINGS]
        ranks = np.array(fire, dtype=np.int64).reshape(len(READINGS), -1, len(FIRE_MODES))
        grades = range(len(FIRE_RANKS))
        return [carry_within(carries, ranks.transpose(0, 2, 1), worst) for worst in grades]

    def reach(self, starts: tuple[int, ...], worst: int = WORST) -> Reached:
        """Find who reaches what on each reading, as a row; under no more than a grade of fire."""
        groups = list_starts(self.network)
        groups = groups if starts in groups else (starts,)
        if (groups[0], worst) not in self._reached:
            found = Reached(self.network, self.out, self._within[worst], groups)
            self._reached[groups[0], worst] = found
        return self._reached[groups[0], worst]

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
            for there, edge in self.out[here]:
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
            for there, edge in self.out[here]:
                walked = network.edges[edge].by == "ground" and carries[edge] & GROUND_BITS
                ground = network.is_face(there) or there in network.anchors
                fresh = there not in seen and there not in others
                if walked and fresh and (ground or to_junctions):
                    seen.add(there)
                    if there not in network.anchors:
                        queue.append(there)
        return seen

    def find_way(self, starts: tuple[int, ...], reading: Reading, mode: str) -> Way | None:
        """Find the best way of a mode: least worst fire, then shortest; None if there is none."""
        row = READINGS.index(reading)
        worst = find_worst_fire(partial(self.reach, starts), starts, row, mode)
        if worst is None:
            return None
        vertices, edges, boats = self._search(starts, self._within[worst][row].tolist(), mode)
        length_m = sum(self.network.edges[e].length_m for e in edges)
        return Way(mode, reading, vertices, edges, worst, length_m, boats)

    def _search(
        self, starts: tuple[int, ...], carries: list[int], mode: str
    ) -> tuple[tuple[int, ...], tuple[int, ...], frozenset[int]]:
        """Run Dijkstra's algorithm on length: the vertices, edges and boats of the shortest way."""
        walk, sail = (ASKED["ashore"], BOAT) if mode == "boat" else (MODE_BITS[mode], 0)
        targets, others = self.land_anchors(), self.positions - set(starts)
        best = {(start, False): 0.0 for start in starts}
        came: dict[tuple[int, bool], tuple[tuple[int, bool], int, bool]] = {}
        heap = [(0.0, start, False) for start in starts]
        while heap:
            length, here, afloat = heapq.heappop(heap)
            if best[here, afloat] < length:
                continue
            if here in targets and (afloat or not sail):
                return _trace(came, (here, afloat))
            if here in self.network.anchors:
                continue
            for there, edge in self.out[here]:
                for bits, boat in ((walk, False), (sail, True)):
                    if there in others or not carries[edge] & bits:
                        continue
                    state = (there, afloat or boat)
                    cost = length + self.network.edges[edge].length_m
                    if cost < best.get(state, inf):
                        best[state] = cost
                        came[state] = ((here, afloat), edge, boat)
                        heapq.heappush(heap, (cost, *state))
        message = f"no way by {mode}, though an anchor is reached"
        raise AssertionError(message)


def _trace(
    came: dict[tuple[int, bool], tuple[tuple[int, bool], int, bool]], last: tuple[int, bool]
) -> tuple[tuple[int, ...], tuple[int, ...], frozenset[int]]:
    vertices, edges, boats, state = [last[0]], [], set(), last
    while state in came:
        state, edge, boat = came[state]
        vertices.append(state[0])
        edges.append(edge)
        if boat:
            boats.add(edge)
    return tuple(vertices[::-1]), tuple(edges[::-1]), frozenset(boats)


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
    def modes(self) -> frozenset[str]:
        """The land modes by which there is a way."""
        return frozenset(self.ways)

    @property
    def has_access(self) -> bool:
        """Tell whether sea, landing air or a special way may be open."""
        return bool(self.sea or self.air or self.special)

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
    network, row = searcher.network, READINGS.index(reading)
    starts = tuple(standing.vertex for standing in standings)
    ways = {mode: way for mode in LAND_MODES if (way := searcher.find_way(starts, reading, mode))}
    reached = searcher.reach(starts)
    walked, far = (reached.vertices(starts, row, asked) for asked in ("walked", "far"))
    served = list(_list_served(searcher, starts, reading))
    plain = [f.crossing for f in served if not f.special]
    return Outlook(
        reading=reading,
        starts=starts,
        ways=ways,
        reached=walked,
        enclosed=_find_enclosed(searcher, starts, reading, walked),
        runs_off=reached.runs_off(starts, row),
        sea=(*_moored(network, walked, "sea"), *(c.id for c in plain if c.type == "port")),
        air=(*_moored(network, walked, "air"), *(c.id for c in plain if c.type == "airstrip")),
        special=tuple(
            dict.fromkeys(
                [
                    *_moored(network, walked, "special"),
                    *_find_special(network, reading, walked, far),
                    *(f.crossing.id for f in served if f.special),
                ]
            )
        ),
    )


def _find_enclosed(
    searcher: Searcher, starts: tuple[int, ...], reading: Reading, reached: frozenset[int]
) -> frozenset[int]:
    mixed = searcher.spread(starts, reading, LAND_BITS | LANDING)
    faces = [v for v in mixed if searcher.network.is_face(v)]
    leads_out = mixed & searcher.land_anchors() or searcher.network.ground.on_edge[faces].any()
    return reached if leads_out else frozenset(mixed)


def _moored(network: Network, reached: frozenset[int], access: str) -> list[str]:
    return [a.id for v, (a, _) in network.anchors.items() if v in reached and a.access == access]


def _list_served(
    searcher: Searcher, starts: tuple[int, ...], reading: Reading
) -> Iterator[Facility]:
    ground, reached = searcher.network.ground, searcher.reach(starts)
    row = READINGS.index(reading)
    return list_served(
        searcher.network,
        reading,
        reaches=lambda face: reached.is_reached(face, starts, row),
        held=ground.state[reading] == State.HOSTILE,
        lands=lambda faces: lands_on(faces, ground, reading),
    )


def list_served(  # noqa: PLR0913 - what is there, and who holds it
    network: Network,
    reading: Reading,
    *,
    reaches: Callable[[int], bool],
    held: NDArray[np.bool_],
    lands: Callable[[Sequence[int]], bool],
    is_there: Callable[[str], bool] = lambda _: True,
) -> Iterator[Facility]:
    """
    Give the facilities that work, whose side has a base, and that lie on or beside ground reached.

    Parameters
    ----------
    network, reading
        Where they lie, and on which reading they are asked for.
    reaches
        Tells whether a face is reached.
    held
        (faces,) whether the enemy holds each; where one lies on such ground it serves nobody.
    lands
        Tells whether a walk over some faces passes none that a crossing never passes.
    is_there
        Tells whether a facility or an anchor is there.
    """
    for facility, (on, beside) in zip(network.lines.facilities, network.at_hand, strict=True):
        access = "sea" if facility.crossing.type == "port" else "air"
        based = any(
            anchor.access == access
            and (facility.special or reading in readings)
            and is_there(anchor.id)
            for anchor, _, readings in network.ground.drawing.anchors
        )
        works = reading in facility.readings and is_there(facility.crossing.id)
        safe = based and works and not held[on].any()
        if safe and any(reaches(face) and lands(between) for face, between in beside):
            yield facility


def _find_special(
    network: Network, reading: Reading, reached: frozenset[int], far: frozenset[int]
) -> list[str]:
    """Name the special ways, by tunnel, strip or leave, where one leads to an anchor."""
    if not (far - reached) & set(network.anchors):
        return []
    gates = {
        edge.ref for edge in network.edges
        if edge.rests.kind == "gate" and edge.carries[reading] & SPECIAL
    }  # fmt: skip
    return [
        span.crossing.id
        for number, span in enumerate(network.lines.spans)
        if (span.carries[reading] & SPECIAL or number in gates)
        and set(network.span_ends[number]) & far
    ]


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
        for there, edge in searcher.out[here]:
            if there not in seen and searcher.carries[outlook.reading][edge] & LAND_BITS:
                seen.add(there)
                queue.append(there)
    reached = [network.anchors[v][0].id for v in sorted(seen & targets)]
    faces = [v for v in seen if network.is_face(v)]
    others = [
        v for v in targets - seen
        if any(searcher.carries[outlook.reading][e] & LAND_BITS for _, e in searcher.out[v])
    ]  # fmt: skip
    if not others or (faces and network.ground.on_edge[faces].any()):
        return ()
    return tuple(reached)


def leads_out_by_ground(searcher: Searcher, outlook: Outlook) -> bool:
    """Tell whether open ground leads to a land anchor by itself, without route or crossing."""
    reached = searcher.spread_over_ground(outlook.starts, outlook.reading)
    return bool(reached & searcher.land_anchors())

"""
How ground and lines are joined into one network.

Long for one reason: each kind of join is laid into the one network by the class that numbers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from encircle.map.plane.fronts import is_sliver
from encircle.map.reach import READINGS, Reading, measure_reach
from encircle.network.ground.ground import ON_LINE_M
from encircle.network.ground.states import (
    FIRE_MODES,
    FIRE_RANKS,
    GROUND_BITS,
    MODE_BITS,
    UNMAPPED,
    State,
    is_passable,
)
from encircle.network.lines.crossings import carried_ashore, lands_on, led_by_gate
from encircle.network.lines.lines import carried_by_link
from encircle.network.lines.values import ROUTE_BITS, SPECIAL, Lines, combine_fire
from encircle.network.network import FREE, By, Edge, Network, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Anchor, Crossing, Position, Route
    from encircle.network.ground.ground import Ground
    from encircle.network.lines.values import Bits, Grades, Piece, Span


def places_of(shape: BaseGeometry) -> list[Point]:
    """Give the points a way starts from: a polygon's representative point, else its points."""
    if shape.geom_type == "Polygon":
        return [shape.representative_point()]
    return list(shapely.get_parts(shape))


def stand_in(ground: Ground, shape: BaseGeometry) -> Point:
    """
    Choose where a force drawn as a polygon stands: on the part of it that can be passed.

    Its middle if that can be, else the middle of its largest piece that surely can, or that may.
    """
    middle: Point = shape.representative_point()
    inside = np.flatnonzero(shapely.contains(shape, ground.points))
    if not len(inside):
        return middle
    at = ground.faces_at(middle)
    for reading in reversed(READINGS):
        free = set(inside[ground.is_free(inside, reading)].tolist())
        if at and free.issuperset(at):
            return middle
        if free:
            widest = max(sorted(free), key=lambda face: float(shapely.area(ground.faces[face])))
            return Point(ground.points[widest])
    return middle


def find_discs(
    position: Position, place: Point, shape: BaseGeometry, join_m: float
) -> dict[Reading, BaseGeometry]:
    """Draw the ground a position of the force holds round one of its points, per reading."""
    if shape.geom_type == "Polygon":
        return dict.fromkeys(READINGS, shape)
    return {
        r: place.buffer(max(join_m, measure_reach(position, r, hostile=False)), quad_segs=8)
        for r in READINGS
    }


def build_network(
    ground: Ground,
    lines: Lines,
    force: list[tuple[Position, BaseGeometry]],
    join_m: float,
) -> Network:
    """
    Join ground and lines into the network that every question is asked of.

    Parameters
    ----------
    ground, lines
        The arrangement and what runs over it.
    force
        The positions judged, with their shapes on the plane.
    join_m
        A route's or crossing's end joins what lies within this, metres.
    """
    return NetworkBuilder(ground, lines, join_m).build(force)


class NetworkBuilder:
    """Lays the edges one after the other, and numbers the vertices as it needs them."""

    def __init__(self, ground: Ground, lines: Lines, join_m: float) -> None:
        self.ground, self.lines, self.join_m = ground, lines, join_m
        self.names = [f"face:{i}" for i in range(len(ground.faces))]
        self.first_junction = len(self.names)
        self.names += [f"junction:{i}" for i in range(len(lines.junctions))]
        self.edges: list[Edge] = []
        self.ground_bits = {r: ground.carries(r) for r in READINGS}
        self.anchors: dict[int, tuple[Anchor, BaseGeometry]] = {}
        self.span_ends: dict[int, tuple[int, int]] = {}
        self.crossing_at: dict[int, Crossing] = {}
        self.roads: dict[tuple[Reading, int], NDArray[np.int64]] = {}

    def build(self, force: list[tuple[Position, BaseGeometry]]) -> Network:
        """Join ground, routes, crossings, the force and its anchors."""
        self._join_faces()
        self._lay_pieces()
        self._lay_spans()
        standings = [s for position, shape in force for s in self._stand(position, shape)]
        for anchor, shape, readings in self.ground.drawing.anchors:
            self._moor(anchor, shape, readings)
        return Network(
            self.ground,
            self.lines,
            tuple(e for e in self.edges if any(e.carries.values())),
            tuple(self.names),
            tuple(standings),
            self.anchors,
            self.span_ends,
            self.join_m,
        )

    def _vertex(self, name: str) -> int:
        self.names.append(name)
        return len(self.names) - 1

    def _junction(self, number: int) -> int:
        return self.first_junction + number

    # ground

    def _join_faces(self) -> None:
        ground = self.ground
        middles = shapely.get_coordinates(shapely.centroid(ground.faces))
        u, v = ground.joins[:, 0], ground.joins[:, 1]
        lengths = np.hypot(*(middles[u] - middles[v]).T) if len(u) else np.empty(0)
        bits = {
            r: self.ground_bits[r][u] & self.ground_bits[r][v] & ~ground.stopped[r]
            for r in READINGS
        }
        fire = {r: np.maximum(ground.fire[r][u], ground.fire[r][v]) for r in READINGS}
        for i in np.flatnonzero(bits["optimistic"] | bits["pessimistic"]).tolist():
            carries = {r: int(bits[r][i]) for r in READINGS}
            grades = {r: tuple(fire[r][i].tolist()) for r in READINGS}
            self._add(int(u[i]), int(v[i]), "ground", carries, grades, float(lengths[i]))

    def _add(  # noqa: PLR0913 - the parts of an edge
        self,
        u: int,
        v: int,
        by: By,
        carries: Bits,
        fire: Grades = FREE,
        length_m: float = 0.0,
        ref: int = -1,
        line: BaseGeometry | None = None,
        after: int = -1,
        beside: tuple[str, ...] = (),
    ) -> None:
        self.edges.append(Edge(u, v, by, carries, fire, length_m, ref, line, after, beside))

    def _face_grades(self, face: int) -> Grades:
        return {r: tuple(self.ground.fire[r][face].tolist()) for r in READINGS}

    def _face_bits(self, face: int) -> Bits:
        return {r: int(self.ground_bits[r][face]) for r in READINGS}

    # routes

    def _lay_pieces(self) -> None:
        for number, piece in enumerate(self.lines.pieces):
            ends = self._junction(piece.start), self._junction(piece.end)
            self._add(*ends, "route", piece.carries, piece.fire, piece.line.length, number)
            stopped = self._stopped_along(piece)
            for face in piece.faces:
                for end in set(ends):
                    bits = {r: b & ~stopped[r] for r, b in self._face_bits(face).items()}
                    self._add(face, end, "ground", bits, self._face_grades(face), 1.0)
        for one, other, carries in self.lines.over:
            self._add(self._junction(one), self._junction(other), "join", carries)
        for place, end, loose in self._loose_ends():
            ended = {route.id for route in self.lines.pieces[loose].routes}
            for number in self.lines.near(place, self.join_m):
                if ended.isdisjoint(r.id for r in self.lines.pieces[number].routes):
                    self._link(end, place, number, READINGS, after=loose)
                elif any((apart := self._part(loose, number)).values()):
                    self._link(end, place, number, READINGS, after=loose, only=apart)

    def _part(self, one: int, other: int) -> Bits:
        """Give the modes for which two stretches of one road do not hang together by roads."""
        starts = [self.lines.pieces[n].start for n in (one, other)]
        return {
            r: sum(bit for bit in MODE_BITS.values() if bit & ROUTE_BITS
                   and len({*self._network_of_roads(r, bit)[starts].tolist()}) > 1)
            for r in READINGS
        }  # fmt: skip

    def _network_of_roads(self, reading: Reading, bit: int) -> NDArray[np.int64]:
        """Number the junctions by what hangs together by roads, for a mode on a reading."""
        from scipy.sparse import csr_array  # noqa: PLC0415
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

        key = reading, bit
        if key not in self.roads:
            pairs = [(p.start, p.end) for p in self.lines.pieces if p.carries[reading] & bit]
            pairs += [(u, v) for u, v, carries in self.lines.over if carries[reading] & bit]
            u, v = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
            size = len(self.lines.junctions)
            joined = csr_array((np.ones(len(u)), (u, v)), shape=(size, size))
            self.roads[key] = connected_components(joined, directed=False)[1].astype(np.int64)
        return self.roads[key]

    def _pass(self, line: BaseGeometry, reading: Reading) -> int:
        """Say which modes a short straight link carries."""
        return carried_by_link(line, self.ground, reading)

    def _lands(self, line: BaseGeometry, reading: Reading) -> bool:
        """Tell whether a line ashore passes none of the ground that a crossing never passes."""
        return lands_on(line, self.ground, reading)

    def _stopped_along(self, piece: Piece) -> Bits:
        """
        Give the modes stopped by a barrier a piece runs along: it has no say of its side.

        One that lies on the barrier from end to end is on neither side of it, whichever face the
        snapping to the grid leaves it in.
        """
        stopped = dict.fromkeys(READINGS, 0)
        shares = (0.5,) if len(piece.faces) > 1 else (0.0, 0.5, 1.0)
        places = [piece.line.interpolate(share, normalized=True) for share in shares]
        for wall in self.ground.drawing.walls:
            if wall.is_line and shapely.dwithin(wall.shape, places, ON_LINE_M).all():
                stopped = {r: stopped[r] | wall.stops[r] for r in READINGS}
        return stopped

    def _loose_ends(self) -> Iterator[tuple[Point, int, int]]:
        """Give the ends of routes where no other piece begins: place, junction, piece."""
        at: dict[tuple[float, float], list[tuple[int, int]]] = {}
        for number, piece in enumerate(self.lines.pieces):
            for end in (piece.start, piece.end):
                at.setdefault(self.lines.junctions[end], []).append((end, number))
        for place, meeting in at.items():
            if len(meeting) == 1:
                end, number = meeting[0]
                yield Point(place), self._junction(end), number

    def _link(  # noqa: PLR0913 - as above
        self,
        vertex: int,
        place: BaseGeometry,
        number: int,
        readings: tuple[Reading, ...],
        *,
        after: int = -1,
        only: Bits | None = None,
    ) -> None:
        """Join a vertex to the piece close by, where nothing stands between; `only` some modes."""
        piece = self.lines.pieces[number]
        line = shapely.shortest_line(place, piece.line)
        past = shapely.shortest_line(place, piece.past_its_ends)
        carries = dict.fromkeys(READINGS, 0)
        for r in readings:
            passed = piece.carries[r] and carried_by_link(line, self.ground, r, past)
            carries[r] = piece.carries[r] & passed
            if after >= 0:  # the end of a road that carries nobody joins nothing
                carries[r] &= self.lines.pieces[after].carries[r]
            if only is not None:
                carries[r] &= only[r]
        if any(carries.values()):
            self._tie(vertex, line, number, carries, after=after)

    def _tie(  # noqa: PLR0913 - as above
        self,
        vertex: int,
        line: BaseGeometry,
        number: int,
        carries: Bits,
        *,
        after: int = -1,
        crossing: Crossing | None = None,
    ) -> None:
        """Tie a vertex to a piece by a line; the piece ends where the line meets it."""
        piece = self.lines.pieces[number]
        met = Point(shapely.get_coordinates(line)[-1])
        ends = [e for e in {piece.start, piece.end} if self._is_at(e, met)]
        pieces = [self.lines.pieces[n] for n in (number, after) if n >= 0]
        joined: list[Route | Crossing] = [route for p in pieces for route in p.routes]
        joined += [crossing] if crossing else []
        fire = self._worst_fire(line, piece.faces, joined)
        for end in ends:
            self._add(
                vertex,
                self._junction(end),
                "join",
                carries,
                fire,
                length_m=line.length,
                ref=number,
                line=line,
                after=after,
                beside=(crossing.id,) if crossing else (),
            )

    def _is_at(self, junction: int, place: Point) -> bool:
        return place.distance(Point(self.lines.junctions[junction])) < ON_LINE_M

    # crossings

    def _lay_spans(self) -> None:
        for number, span in enumerate(self.lines.spans):
            if span.line.geom_type == "Point":
                ends = (self._vertex(f"crossing:{span.crossing.id}/{number}"),) * 2
                points = (Point(span.line.coords[0]),) * 2
            else:
                ends = (
                    self._vertex(f"crossing:{span.crossing.id}/{number}/a"),
                    self._vertex(f"crossing:{span.crossing.id}/{number}/b"),
                )
                coordinates = shapely.get_coordinates(span.line)
                points = (Point(coordinates[0]), Point(coordinates[-1]))
                self._add(*ends, "crossing", span.carries, span.fire, span.line.length, number)
            self.span_ends[number] = ends
            for vertex, point in dict(zip(ends, points, strict=True)).items():
                self.crossing_at[vertex] = span.crossing
                self._land(vertex, point, span, number)
        self._join_span_ends()

    def _land(self, vertex: int, point: Point, span: Span, number: int) -> None:
        """Join a crossing's end to the ground and the routes within reach of it."""
        at_point = span.line.geom_type == "Point"
        for face in self.ground.tree.query(point, "dwithin", self.join_m).tolist():
            line = shapely.shortest_line(point, self.ground.faces[face])
            bits = {r: int(self.ground_bits[r][face]) & GROUND_BITS for r in READINGS}
            ashore = self._go_ashore(span, line, bits, at_point=at_point)
            grades = self._worst_fire(line, [face], [span.crossing])
            self._add(vertex, int(face), "crossing", ashore, grades, line.length, number, line)
        for piece in self.lines.near(point, self.join_m):
            line = shapely.shortest_line(point, self.lines.pieces[piece].line)
            bits = {r: self.lines.pieces[piece].carries[r] & ROUTE_BITS for r in READINGS}
            ashore = self._go_ashore(span, line, bits, at_point=at_point)
            if at_point:  # a boat lands on the ground, not on the road
                ashore = {r: b & ROUTE_BITS for r, b in ashore.items()}
            self._tie(vertex, line, piece, ashore, crossing=span.crossing)

    def _go_ashore(self, span: Span, line: BaseGeometry, bits: Bits, *, at_point: bool) -> Bits:
        """
        Say who steps along a line between a crossing's end and what carries `bits` there.

        A tunnel passes under hostile ground to its very end.
        """
        under = span.crossing.type == "tunnel"
        return {
            r: carried_ashore(span.carries[r], bits[r], at_point=at_point)
            if under or self._lands(line, r)
            else 0
            for r in READINGS
        }

    def _worst_fire(
        self, line: BaseGeometry, faces: Sequence[int], lines: Iterable[Route | Crossing]
    ) -> Grades:
        """Give the worst fire on a short line, else on its faces, and on what it belongs to."""
        under = list(self.ground.faces_along(line) or faces)
        stated = max((FIRE_RANKS.index(one.fire) for one in lines if one.fire), default=UNMAPPED)
        if not under:
            return dict.fromkeys(READINGS, (stated,) * len(FIRE_MODES))
        mapped = {r: self.ground.fire[r][under].max(axis=0).tolist() for r in READINGS}
        return {r: tuple(combine_fire(rank, stated) for rank in mapped[r]) for r in READINGS}

    def _join_span_ends(self) -> None:
        """Join crossings whose ends lie within reach of each other."""
        ends = [
            (vertex, Point(point))
            for number, span in enumerate(self.lines.spans)
            for vertex, point in zip(
                self.span_ends[number],
                shapely.get_coordinates(span.line)[[0, -1]],
                strict=True,
            )
        ]
        for i, (one, here) in enumerate(ends):
            for other, there in ends[i + 1 :]:
                line = LineString([here, there])
                if one != other and line.length <= self.join_m:
                    passed = {r: self._pass(line, r) for r in READINGS}
                    carries = {r: b | SPECIAL if b else 0 for r, b in passed.items()}
                    both = self.crossing_at[one], self.crossing_at[other]
                    self._add(
                        one,
                        other,
                        "join",
                        carries,
                        self._worst_fire(line, self.ground.faces_under(line), both),
                        line.length,
                        line=line,
                        beside=tuple(crossing.id for crossing in both),
                    )

    # the force and its anchors

    def _stand(self, position: Position, shape: BaseGeometry) -> Iterator[Standing]:
        drawn = shape.geom_type == "Polygon"
        for place in [stand_in(self.ground, shape)] if drawn else places_of(shape):
            vertex = self._vertex(f"position:{position.id}")
            discs = find_discs(position, place, shape, self.join_m)
            own = tuple(self.ground.faces_round(place))
            for reading in READINGS:
                for face in own:
                    self._enter(vertex, face, reading, int(self.ground_bits[reading][face]))
                if drawn:
                    self._spread(vertex, shape, reading)
                    self._mount_inside(vertex, shape, reading)
                self._mount(vertex, place, shape, reading, position)
            yield Standing(position, place, vertex, discs, own)

    def _enter(self, vertex: int, face: int, reading: Reading, bits: int) -> None:
        if bits:
            carries = {r: bits if r == reading else 0 for r in READINGS}
            self._add(vertex, face, "ground", carries, self._face_grades(face))

    def _spread(self, vertex: int, shape: BaseGeometry, reading: Reading) -> None:
        """Let a force drawn as a polygon start anywhere passable in it."""
        for face in np.flatnonzero(shapely.contains(shape, self.ground.points)).tolist():
            self._enter(vertex, face, reading, int(self.ground_bits[reading][face]))

    def _mount(
        self,
        vertex: int,
        place: Point,
        shape: BaseGeometry,
        reading: Reading,
        position: Position,
    ) -> None:
        """Reach the routes on the ground a position holds, from the nearest of it that is drawn."""
        drawn = shape.geom_type == "Polygon"
        start = shape if drawn else place
        reach_m = measure_reach(position, reading, hostile=False)
        for number in self.lines.near(start, max(self.join_m, reach_m)):
            if not drawn or not shape.intersects(self.lines.pieces[number].line):
                self._link(vertex, start, number, (reading,))

    def _mount_inside(self, vertex: int, shape: BaseGeometry, reading: Reading) -> None:
        """Let a force drawn as a polygon start on the roads in it, wherever they are."""
        for number in self.lines.near(shape, ON_LINE_M):
            piece = self.lines.pieces[number]
            if not shapely.covers(shape.buffer(ON_LINE_M), piece.line):
                continue
            carries = {r: piece.carries[r] & ROUTE_BITS if r == reading else 0 for r in READINGS}
            for end in {piece.start, piece.end}:
                place = self.lines.junctions[end]
                line = LineString([place, place])
                fire = self._worst_fire(line, piece.faces, piece.routes)
                self._add(vertex, self._junction(end), "join", carries, fire, ref=number, line=line)

    def _moor(self, anchor: Anchor, shape: BaseGeometry, readings: tuple[Reading, ...]) -> None:
        vertex = self._vertex(f"anchor:{anchor.id}")
        self.anchors[vertex] = (anchor, shape)
        self._open_gates(vertex, shape, readings)
        if shape.geom_type == "Point":
            self._moor_point(vertex, Point(shape.coords[0]), readings)
        elif anchor.access == "sea":
            self._moor_water(vertex, shape, readings)
        else:
            self._moor_ground(vertex, shape, readings)

    def _open_gates(self, vertex: int, shape: BaseGeometry, readings: tuple[Reading, ...]) -> None:
        """
        Join an anchor on neutral ground to the crossings that end beside it.

        A border gate leads to its post on the other side: nobody walks there but by the gate.
        """
        for number, span in enumerate(self.lines.spans):
            places = [Point(p) for p in shapely.get_coordinates(span.line)[[0, -1]]]
            for end, place in dict(zip(self.span_ends[number], places, strict=True)).items():
                line = shapely.shortest_line(place, shape)
                if line.length > self.join_m:
                    continue
                carries = {
                    r: led_by_gate(span.carries[r])
                    if r in readings and self._ends_abroad(line, r)
                    else 0
                    for r in READINGS
                }
                fire = self._worst_fire(line, self.ground.faces_under(line), [span.crossing])
                self._add(end, vertex, "crossing", carries, fire, line.length, number, line)

    def _ends_abroad(self, line: BaseGeometry, reading: Reading) -> bool:
        """Tell whether the end of a line, where an anchor stands, is neutral ground."""
        end = Point(shapely.get_coordinates(line)[-1])
        states = {int(self.ground.state[reading][f]) for f in self.ground.faces_at(end)}
        return State.NEUTRAL in states and State.HOSTILE not in states

    def _moor_point(self, vertex: int, place: Point, readings: tuple[Reading, ...]) -> None:
        faces = self.ground.faces_round(place)
        for r in readings:
            states = [int(self.ground.state[r][f]) for f in faces]
            if not states or not all(is_passable(s, r) for s in states):
                continue
            for face in faces:
                self._enter(vertex, face, r, int(self.ground_bits[r][face]))
            for number in self.lines.near(place, self.join_m):
                self._link(vertex, place, number, (r,))

    def _moor_ground(self, vertex: int, shape: BaseGeometry, readings: tuple[Reading, ...]) -> None:
        inside, near_m = self._find_own_ground(shape)
        for r in readings:
            for face in inside:
                if is_passable(int(self.ground.state[r][face]), r):
                    self._enter(vertex, face, r, int(self.ground_bits[r][face]))
        for piece in self.lines.pieces:
            if any(face in inside for face in piece.faces):
                carries = {r: piece.carries[r] if r in readings else 0 for r in READINGS}
                for end in {piece.start, piece.end}:
                    if shapely.dwithin(shape, Point(self.lines.junctions[end]), near_m):
                        self._add(self._junction(end), vertex, "join", carries)
        for place, end, loose in self._loose_ends():
            if 0 < shapely.distance(place, shape) <= self.join_m:
                line = shapely.shortest_line(place, shape)
                piece = self.lines.pieces[loose]
                bits = {r: self._pass(line, r) for r in READINGS}
                carries = {r: bits[r] & piece.carries[r] if r in readings else 0 for r in READINGS}
                fire = self._worst_fire(line, piece.faces, piece.routes)
                self._add(end, vertex, "join", carries, fire, line.length, loose, line)

    def _find_own_ground(self, shape: BaseGeometry) -> tuple[set[int], float]:
        """
        Find the faces of an anchor's ground, and how near to it a road in them has to come.

        Of what the grid swallows no face is left, or by chance a crumb: it stands on those that it
        runs over, and a road in them is on its ground only where it comes to it.
        """
        inside = set(np.flatnonzero(shapely.intersects(shape, self.ground.points)).tolist())
        if inside and not is_sliver(shape):
            return inside, self.join_m
        return inside | set(self.ground.faces_along(shape.boundary)), ON_LINE_M

    def _moor_water(self, vertex: int, shape: BaseGeometry, readings: tuple[Reading, ...]) -> None:
        """Reach the sea where reached ground meets its water and no barrier lies between."""
        inside = shapely.intersects(shape, self.ground.points)
        foot = MODE_BITS["foot"]
        for i, (u, v) in enumerate(self.ground.joins.tolist()):
            for land, sea in ((u, v), (v, u)):
                if not inside[sea]:
                    continue
                for r in readings:
                    state = int(self.ground.state[r][sea])
                    # An island has its shore inside the polygon: there the water alone is sea.
                    afloat = state == State.WATER or (is_passable(state, r) and not inside[land])
                    stopped = (self.ground.barred[r][sea] | self.ground.stopped[r][i]) & foot
                    open_water = afloat and not stopped
                    if open_water and self.ground_bits[r][land] & foot:
                        self._enter(vertex, land, r, foot)

"""
How ground and lines are joined into one network.

Long for one reason: each kind of join is laid into the one network by the class that numbers it.
"""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
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
from encircle.network.lines.lines import carried_by_link, meet
from encircle.network.lines.values import ROUTE_BITS, SPECIAL, Lines, combine_fire
from encircle.network.network import FREE, By, Edge, Network, Standing, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Anchor, Crossing, Position, Route
    from encircle.network.ground.ground import Ground
    from encircle.network.lines.values import Bits, Grades, Piece, Roads, Span


def places_of(shape: BaseGeometry) -> list[Point]:
    """Give the points a way starts from: a polygon's representative point, else its points."""
    if shape.geom_type == "Polygon":
        return [shape.representative_point()]
    return list(shapely.get_parts(shape))


def stand_in(ground: Ground, shape: BaseGeometry, middle: Point) -> Point:
    """
    Choose where a force drawn as a polygon stands: on the part of it that can be passed.

    Its middle if that can be, else the middle of its largest piece that surely can, or that may.
    """
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
    doubtful: frozenset[str] | None = None,
) -> Network:
    """
    Join ground and lines into the network that every question is asked of.

    Parameters
    ----------
    join_m
        A route's or crossing's end joins what lies within this, metres.
    doubtful
        Features that may not be there. Where they are given, even if none, what carries nobody as
        drawn is laid too, and what is joined only with some of them away.
    """
    return NetworkBuilder(ground, lines, join_m, doubtful).build(force)


class NetworkBuilder:
    """
    Lays the edges one after the other, and numbers the vertices as it needs them.

    Each is laid with what it rests on: who travels it as the map is drawn is said beside it.
    """

    def __init__(
        self,
        ground: Ground,
        lines: Lines,
        join_m: float,
        doubtful: frozenset[str] | None = None,
    ) -> None:
        self.ground, self.lines, self.join_m = ground, lines, join_m
        self.doubtful = doubtful or frozenset()
        self.lays_all = doubtful is not None
        self.names = [f"face:{i}" for i in range(len(ground.faces))]
        self.first_junction = len(self.names)
        self.names += [f"junction:{i}" for i in range(len(lines.junctions))]
        self.edges: list[Edge] = []
        self.ground_bits = {r: ground.carries(r) for r in READINGS}
        self.anchors: dict[int, tuple[Anchor, BaseGeometry]] = {}
        self.span_ends: dict[int, tuple[int, int]] = {}

    def build(self, force: list[tuple[Position, BaseGeometry]]) -> Network:
        """Join ground, routes, crossings, the force and its anchors."""
        self._join_faces()
        self._lay_pieces()
        self._lay_spans()
        standings = [s for position, shape in force for s in self._stand(position, shape)]
        for number, (anchor, shape, readings) in enumerate(self.ground.drawing.anchors):
            self._moor(number, anchor, shape, readings)
        return Network(
            self.ground,
            self.lines,
            tuple(self.edges),
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

    def _add(  # noqa: PLR0913 - the parts of an edge
        self,
        u: int,
        v: int,
        by: By,
        carries: Bits,
        rests: Step,
        fire: Grades = FREE,
        length_m: float = 0.0,
        ref: int = -1,
        line: BaseGeometry | None = None,
        after: int = -1,
        beside: tuple[str, ...] = (),
    ) -> None:
        if self.lays_all or any(carries.values()):
            edge = Edge(u, v, by, carries, rests, fire, length_m, ref, line, after, beside)
            self.edges.append(edge)

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
        open_ = np.flatnonzero(bits["optimistic"] | bits["pessimistic"])
        for i in (ground.in_order if self.lays_all else open_).tolist():
            faces = int(u[i]), int(v[i])
            carries = {r: int(bits[r][i]) for r in READINGS}
            grades = {r: tuple(fire[r][i].tolist()) for r in READINGS}
            rests = Step(faces=faces, walls=ground.between[i], fire_faces=faces)
            self._add(*faces, "ground", carries, rests, grades, float(lengths[i]))

    def _face_grades(self, face: int) -> Grades:
        return {r: tuple(self.ground.fire[r][face].tolist()) for r in READINGS}

    def _face_bits(self, face: int) -> Bits:
        return {r: int(self.ground_bits[r][face]) for r in READINGS}

    # routes

    def _lay_pieces(self) -> None:
        for number, piece in enumerate(self.lines.pieces):
            ends = self._junction(piece.start), self._junction(piece.end)
            along = Step(
                pieces=(number,), kind="route", fire_faces=piece.faces, fire_pieces=(number,)
            )
            self._add(*ends, "route", piece.carries, along, piece.fire, piece.line.length, number)
            walls = self._walls_along(piece)
            stopped = {r: self.ground.drawing.stop(walls, r) for r in READINGS}
            for face in piece.faces:
                beside = Step(faces=(face,), walls=walls, fire_faces=(face,))
                bits = {r: b & ~stopped[r] for r, b in self._face_bits(face).items()}
                for end in set(ends):
                    self._add(face, end, "ground", bits, beside, self._face_grades(face), 1.0)
        named = {wall.barrier.id: n for n, wall in enumerate(self.ground.drawing.walls)}
        for (one, other, carries), crossed in zip(self.lines.over, self.lines.between, strict=True):
            over = Step(walls=tuple(named[wall.barrier.id] for wall in crossed), kind="over")
            self._add(self._junction(one), self._junction(other), "join", carries, over)
        for place, end, loose, rivals in self._loose_ends():
            for number in self.lines.near(place, self.join_m):
                only = None
                if self._is_same_road(loose, number):
                    if self._meet(loose, number):
                        continue
                    only = self._part(loose, number)
                if only is None or self.lays_all or any(only.values()):
                    self._link(end, place, number, READINGS, after=loose, rivals=rivals, only=only)

    def _meet(self, one: int, other: int) -> bool:
        """Tell whether two pieces meet, or are one: then they hang together if they carry."""
        ends = [{p.start, p.end} for p in (self.lines.pieces[n] for n in (one, other))]
        return not ends[0].isdisjoint(ends[1])

    def _is_same_road(self, one: int, other: int) -> bool:
        """Tell whether two pieces are stretches of one road."""
        named = {route.id for route in self.lines.pieces[one].routes}
        return not named.isdisjoint(route.id for route in self.lines.pieces[other].routes)

    def _part(self, one: int, other: int) -> Bits:
        """Give the modes for which two stretches of one road do not hang together by roads."""
        return {r: self.lines.part(self._roads[r], one, other) for r in READINGS}

    @cached_property
    def _roads(self) -> dict[Reading, Roads]:
        pieces, over = self.lines.pieces, self.lines.over
        return {
            r: self.lines.join_roads([p.carries[r] for p in pieces], [b[r] for _, _, b in over])
            for r in READINGS
        }

    def _walls_along(self, piece: Piece) -> tuple[int, ...]:
        """
        List the barriers a piece runs along: it has no say of its side.

        One that lies on the barrier from end to end is on neither side of it, whichever face the
        snapping to the grid leaves it in.
        """
        shares = (0.5,) if len(piece.faces) > 1 else (0.0, 0.5, 1.0)
        places = [piece.line.interpolate(share, normalized=True) for share in shares]
        return tuple(
            number
            for number, wall in enumerate(self.ground.drawing.walls)
            if wall.is_line and shapely.dwithin(wall.shape, places, ON_LINE_M).all()
        )

    def _loose_ends(self) -> Iterator[tuple[Point, int, int, tuple[int, ...]]]:
        """
        Give the ends of routes where no other piece begins: place, junction, piece, rivals.

        The rivals meet it as drawn, and may all be away with the piece itself still there; what is
        cut, or carries nobody whom the piece carries, leads nobody on and is none. Where a
        route is merely cut by the boundaries of the ground it meets itself, and is never loose.
        """
        meeting: dict[tuple[float, float], list[int]] = {}
        for number, piece in enumerate(self.lines.pieces):
            for end in (piece.start, piece.end):
                meeting.setdefault(self.lines.junctions[end], []).append(number)
        for number, piece in enumerate(self.lines.pieces):
            for end in dict.fromkeys((piece.start, piece.end)):
                place = self.lines.junctions[end]
                rivals = [n for n in meeting[place] if n == number or self._shares(number, n)]
                rivals.remove(number)
                away = {r.id for rival in rivals for r in self.lines.pieces[rival].routes}
                if away <= self.doubtful and not away.issuperset(r.id for r in piece.routes):
                    yield Point(place), self._junction(end), number, tuple(rivals)

    def _shares(self, one: int, other: int) -> bool:
        """Tell whether two pieces may both carry a mode: what is cut carries none."""
        ways: list[set[str]] = [
            {mode for route in self.lines.pieces[n].routes if route.state != "cut"
             for mode in route.modes}
            for n in (one, other)
        ]  # fmt: skip
        return not ways[0].isdisjoint(ways[1])

    def _link(  # noqa: PLR0913 - as above
        self,
        vertex: int,
        place: BaseGeometry,
        number: int,
        readings: tuple[Reading, ...],
        *,
        after: int = -1,
        rivals: tuple[int, ...] = (),
        anchor: int = -1,
        under: tuple[int, ...] = (),
        only: Bits | None = None,
    ) -> None:
        """Join a vertex to the piece close by, where nothing stands between; `only` some modes."""
        piece = self.lines.pieces[number]
        pieces = tuple(n for n in (number, after) if n >= 0)
        drawn = () if rivals else readings
        if not (self.lays_all or any(piece.carries[r] for r in drawn)):
            return
        line = shapely.shortest_line(place, piece.line)
        past = shapely.shortest_line(place, piece.past_its_ends)
        walls, faces = meet(line, self.ground, past)
        carries = dict.fromkeys(READINGS, 0)
        for r in drawn:
            carries[r] = carried_by_link(walls, (*faces, *under), self.ground, r)
            for n in pieces:  # the end of a road that carries nobody joins nothing
                carries[r] &= self.lines.pieces[n].carries[r]
            if only is not None:
                carries[r] &= only[r]
        rests = Step(
            pieces=pieces, walls=walls, under=(*faces, *under),
            anchor=anchor, rivals=rivals, apart=only is not None, kind="link",
            readings=readings, fire_pieces=pieces,
            fire_faces=self._under(line, piece.faces),
        )  # fmt: skip
        self._tie(vertex, line, number, carries, rests, after=after)

    def _tie(  # noqa: PLR0913 - as above
        self,
        vertex: int,
        line: BaseGeometry,
        number: int,
        carries: Bits,
        rests: Step,
        *,
        after: int = -1,
        beside: tuple[str, ...] = (),
    ) -> None:
        """Tie a vertex to a piece by a line; the piece ends where the line meets it."""
        if not (self.lays_all or any(carries.values())):
            return
        piece = self.lines.pieces[number]
        met = Point(shapely.get_coordinates(line)[-1])
        fire = self._worst_fire(rests)
        for end in {piece.start, piece.end}:
            if met.distance(Point(self.lines.junctions[end])) < ON_LINE_M:
                self._add(
                    vertex, self._junction(end), "join", carries, rests, fire, line.length, number,
                    line, after, beside,
                )  # fmt: skip

    def _under(self, line: BaseGeometry, faces: Sequence[int]) -> tuple[int, ...]:
        """Give the faces a short line runs over, else those it stands on."""
        return tuple(self.ground.faces_along(line) or faces)

    def _worst_fire(self, rests: Step) -> Grades:
        """Give the worst fire on the ground a step passes, and on what it belongs to."""
        routes = [r for n in rests.fire_pieces for r in self.lines.pieces[n].routes]
        crossings = [self.lines.spans[n].crossing for n in rests.fire_spans]
        lines: list[Route | Crossing] = [*routes, *crossings]
        stated = max((FIRE_RANKS.index(one.fire) for one in lines if one.fire), default=UNMAPPED)
        under = list(rests.fire_faces)
        if not under:
            return dict.fromkeys(READINGS, (stated,) * len(FIRE_MODES))
        mapped = {r: self.ground.fire[r][under].max(axis=0).tolist() for r in READINGS}
        return {r: tuple(combine_fire(rank, stated) for rank in mapped[r]) for r in READINGS}

    # crossings

    def _lay_spans(self) -> None:
        for number, span in enumerate(self.lines.spans):
            if span.line.geom_type == "Point":
                ends = (self._vertex(f"crossing:{span.crossing.id}/{number}"),) * 2
            else:
                ends = (
                    self._vertex(f"crossing:{span.crossing.id}/{number}/a"),
                    self._vertex(f"crossing:{span.crossing.id}/{number}/b"),
                )
                over = Step(
                    span=number,
                    kind="span",
                    fire_faces=tuple(self.ground.faces_under(span.line)),
                    fire_spans=(number,),
                )
                length_m = span.line.length
                self._add(*ends, "crossing", span.carries, over, span.fire, length_m, number)
            self.span_ends[number] = ends
            for vertex, point in self._list_ends(number):
                self._land(vertex, point, span, number)
        self._join_span_ends()

    def _list_ends(self, number: int) -> list[tuple[int, Point]]:
        """List the vertices of a crossing's ends with their places; of a point, its own."""
        ends = shapely.get_coordinates(self.lines.spans[number].line)[[0, -1]]
        places = [Point(place) for place in ends]
        return list(dict(zip(self.span_ends[number], places, strict=True)).items())

    def _land(self, vertex: int, point: Point, span: Span, number: int) -> None:
        """Join a crossing's end to the ground and the routes within reach of it."""
        at_point = span.line.geom_type == "Point"
        under = span.crossing.type == "tunnel"  # it passes under hostile ground to its very end
        for face in self.ground.tree.query(point, "dwithin", self.join_m).tolist():
            line = shapely.shortest_line(point, self.ground.faces[face])
            bits = {r: int(self.ground_bits[r][face]) & GROUND_BITS for r in READINGS}
            ashore = () if under else tuple(self.ground.faces_along(line))
            walls = self._walls_beside(span, line)
            bits = {r: b & ~self.ground.drawing.stop(walls, r) for r, b in bits.items()}
            carries = self._go_ashore(span, ashore, bits, at_point=at_point)
            rests = Step(
                faces=(face,), span=number, at_point=at_point, kind="land", ashore=ashore,
                walls=walls,
                fire_faces=self._under(line, (face,)), fire_spans=(number,),
            )  # fmt: skip
            fire = self._worst_fire(rests)
            self._add(vertex, face, "crossing", carries, rests, fire, line.length, number, line)
        for piece in self.lines.near(point, self.join_m):
            road = self.lines.pieces[piece]
            line = shapely.shortest_line(point, road.line)
            bits = {r: road.carries[r] & ROUTE_BITS for r in READINGS}
            ashore = () if under else tuple(self.ground.faces_along(line))
            walls = self._walls_beside(span, line)
            bits = {r: b & ~self.ground.drawing.stop(walls, r) for r, b in bits.items()}
            carries = self._go_ashore(span, ashore, bits, at_point=at_point)
            if at_point:  # a boat lands on the ground, not on the road
                carries = {r: b & ROUTE_BITS for r, b in carries.items()}
            rests = Step(
                pieces=(piece,), span=number, at_point=at_point, kind="land", ashore=ashore,
                walls=walls,
                fire_faces=self._under(line, road.faces), fire_pieces=(piece,),
                fire_spans=(number,),
            )  # fmt: skip
            self._tie(vertex, line, piece, carries, rests, beside=(span.crossing.id,))

    def _walls_beside(self, span: Span, step: BaseGeometry) -> tuple[int, ...]:
        """
        List the barriers on a step from the end of a crossing that are none of those it spans.

        One that comes to no barrier as it is drawn spans those as near as joins, and so does one at
        a point: which of them it was drawn for nobody can tell.
        """
        walls = self.ground.drawing.walls
        met = {n for n, wall in enumerate(walls) if shapely.dwithin(wall.shape, step, ON_LINE_M)}
        spanned = {n for n in met if shapely.dwithin(walls[n].shape, span.line, ON_LINE_M)}
        comes_to_any = any(shapely.dwithin(wall.shape, span.line, ON_LINE_M) for wall in walls)
        if not comes_to_any or span.line.geom_type == "Point":
            return ()
        return tuple(sorted(met - spanned))

    def _go_ashore(self, span: Span, ashore: Sequence[int], bits: Bits, *, at_point: bool) -> Bits:
        """Say who steps over faces between a crossing's end and what carries `bits` there."""
        return {
            r: carried_ashore(span.carries[r], bits[r], at_point=at_point)
            if lands_on(ashore, self.ground, r)
            else 0
            for r in READINGS
        }

    def _join_span_ends(self) -> None:
        """Join crossings whose ends lie within reach of each other."""
        ends = [(n, *end) for n in range(len(self.lines.spans)) for end in self._list_ends(n)]
        for (n, one, here), (m, other, there) in combinations(ends, 2):
            line = LineString([here, there])
            if line.length > self.join_m:
                continue
            walls, faces = meet(line, self.ground)
            passed = {r: carried_by_link(walls, faces, self.ground, r) for r in READINGS}
            rests = Step(
                walls=walls, under=faces, kind="ends", fire_spans=(n, m),
                fire_faces=tuple(self.ground.faces_under(line)),
            )  # fmt: skip
            self._add(
                one,
                other,
                "join",
                {r: b | SPECIAL if b else 0 for r, b in passed.items()},
                rests,
                self._worst_fire(rests),
                line.length,
                line=line,
                beside=tuple(self.lines.spans[number].crossing.id for number in (n, m)),
            )

    # the force and its anchors

    def _stand(self, position: Position, shape: BaseGeometry) -> Iterator[Standing]:
        drawn = shape.geom_type == "Polygon"
        places = [self._place_drawn(position, shape)] if drawn else places_of(shape)
        for place in places:
            vertex = self._vertex(f"position:{position.id}")
            discs = find_discs(position, place, shape, self.join_m)
            own = tuple(self.ground.faces_round(place))
            for reading in READINGS:
                for face in own:
                    self._enter(vertex, face, reading)
                if drawn:
                    self._spread(vertex, shape, reading)
                    self._mount_inside(vertex, shape, reading)
                self._mount(vertex, place, shape, reading, position)
            yield Standing(position, place, vertex, discs, own)

    def _place_drawn(self, position: Position, shape: BaseGeometry) -> Point:
        """Place a force drawn as a polygon: its middle is that of what was drawn, not thickened."""
        as_drawn = self.ground.drawing.plane.to_metres(position.drawn)
        return stand_in(self.ground, shape, as_drawn.representative_point())

    def _enter(
        self,
        vertex: int,
        face: int,
        reading: Reading,
        anchor: int = -1,
        under: tuple[int, ...] = (),
    ) -> None:
        """Join a position or an anchor to a face, where the faces `under` it can be passed too."""
        free = all(is_passable(int(self.ground.state[reading][f]), reading) for f in under)
        bits = int(self.ground_bits[reading][face]) if free else 0
        if bits or self.lays_all:
            carries = {r: bits if r == reading else 0 for r in READINGS}
            rests = Step(
                faces=(face,), under=under, anchor=anchor, readings=(reading,), fire_faces=(face,)
            )
            self._add(vertex, face, "ground", carries, rests, self._face_grades(face))

    def _spread(self, vertex: int, shape: BaseGeometry, reading: Reading) -> None:
        """Let a force drawn as a polygon start anywhere passable in it."""
        for face in np.flatnonzero(shapely.contains(shape, self.ground.points)).tolist():
            self._enter(vertex, face, reading)

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
                rests = Step(
                    pieces=(number,), kind="link",
                    readings=(reading,), fire_faces=piece.faces, fire_pieces=(number,),
                )  # fmt: skip
                fire = self._worst_fire(rests)
                joined = vertex, self._junction(end)
                self._add(*joined, "join", carries, rests, fire, ref=number, line=line)

    def _moor(
        self, number: int, anchor: Anchor, shape: BaseGeometry, readings: tuple[Reading, ...]
    ) -> None:
        vertex = self._vertex(f"anchor:{anchor.id}")
        self.anchors[vertex] = (anchor, shape)
        self._open_gates(vertex, number, shape, readings)
        if shape.geom_type == "Point":
            self._moor_point(vertex, number, Point(shape.coords[0]), readings)
        elif anchor.access == "sea":
            self._moor_water(vertex, number, shape, readings)
        else:
            self._moor_ground(vertex, number, shape, readings)

    def _open_gates(
        self, vertex: int, anchor: int, shape: BaseGeometry, readings: tuple[Reading, ...]
    ) -> None:
        """
        Join an anchor to the crossings that end beside it, on whatever ground it stands.

        A border gate leads to its post on the other side: nobody walks there but by the gate.
        Elsewhere whoever keeps to roads gets off there too; a sea is met at its shore alone.
        """
        for number, span in enumerate(self.lines.spans):
            for end, place in self._list_ends(number):
                line = shapely.shortest_line(place, shape)
                if line.length > self.join_m:
                    continue
                self._land_at_anchor(vertex, anchor, end, number, line, readings)
                post = tuple(self.ground.faces_at(Point(shapely.get_coordinates(line)[-1])))
                carries = {
                    r: led_by_gate(span.carries[r])
                    if r in readings and self._is_abroad(post, r)
                    else 0
                    for r in READINGS
                }
                rests = Step(
                    span=number, under=post, anchor=anchor, kind="gate", readings=readings,
                    fire_faces=tuple(self.ground.faces_under(line)), fire_spans=(number,),
                )  # fmt: skip
                fire = self._worst_fire(rests)
                self._add(end, vertex, "crossing", carries, rests, fire, line.length, number, line)

    def _land_at_anchor(  # noqa: PLR0913 - from which end to which anchor, on which readings
        self, vertex: int, anchor: int, end: int, number: int, line: BaseGeometry,
        readings: tuple[Reading, ...],
    ) -> None:  # fmt: skip
        span = self.lines.spans[number]
        if self.anchors[vertex][0].access == "sea":
            return
        at_point = span.line.geom_type == "Point"
        under = span.crossing.type == "tunnel"
        ashore = () if under else tuple(self.ground.faces_along(line))
        post = tuple(self.ground.faces_at(Point(shapely.get_coordinates(line)[-1])))
        walls = self._walls_beside(span, line)
        led = {r: carried_by_link(walls, post, self.ground, r) for r in READINGS}
        led = {r: bits if r in readings else 0 for r, bits in led.items()}
        carries = self._go_ashore(span, ashore, led, at_point=at_point)
        rests = Step(
            span=number, at_point=at_point, kind="land", ashore=ashore, under=post, walls=walls,
            anchor=anchor, readings=readings,
            fire_faces=tuple(self.ground.faces_under(line)), fire_spans=(number,),
        )  # fmt: skip
        fire = self._worst_fire(rests)
        self._add(end, vertex, "crossing", carries, rests, fire, line.length, number, line)

    def _is_abroad(self, faces: Sequence[int], reading: Reading) -> bool:
        """Tell whether the place of an anchor is neutral ground that nobody hostile holds."""
        states = {int(self.ground.state[reading][face]) for face in faces}
        return State.NEUTRAL in states and State.HOSTILE not in states

    def _moor_point(
        self, vertex: int, anchor: int, place: Point, readings: tuple[Reading, ...]
    ) -> None:
        faces = tuple(self.ground.faces_round(place))
        for r in readings:
            for face in faces:
                self._enter(vertex, face, r, anchor, faces)
            for number in self.lines.near(place, self.join_m):
                self._link(vertex, place, number, (r,), anchor=anchor, under=faces)

    def _moor_ground(
        self, vertex: int, anchor: int, shape: BaseGeometry, readings: tuple[Reading, ...]
    ) -> None:
        inside, near_m = self._find_own_ground(shape)
        for r in readings:
            for face in inside:
                self._enter(vertex, face, r, anchor)
        for number, piece in enumerate(self.lines.pieces):
            if any(face in inside for face in piece.faces):
                carries = {r: piece.carries[r] if r in readings else 0 for r in READINGS}
                rests = Step(pieces=(number,), anchor=anchor, kind="moor", readings=readings)
                for end in {piece.start, piece.end}:
                    if shapely.dwithin(shape, Point(self.lines.junctions[end]), near_m):
                        self._add(self._junction(end), vertex, "join", carries, rests)
        for place, end, loose, rivals in self._loose_ends():
            piece = self.lines.pieces[loose]
            if any(face in inside for face in piece.faces):  # it leads through the anchor's ground
                continue
            # Also an end on its very edge, whose piece lies outside as a whole: rounding decides.
            if shapely.distance(place, shape) <= self.join_m:
                line = shapely.shortest_line(place, shape)
                walls, faces = meet(line, self.ground)
                carries = {
                    r: carried_by_link(walls, faces, self.ground, r) & piece.carries[r]
                    if r in readings and not rivals
                    else 0
                    for r in READINGS
                }
                rests = Step(
                    pieces=(loose,), walls=walls, under=faces, rivals=rivals, anchor=anchor,
                    kind="link", readings=readings, fire_faces=self._under(line, piece.faces),
                    fire_pieces=(loose,),
                )  # fmt: skip
                fire = self._worst_fire(rests)
                self._add(end, vertex, "join", carries, rests, fire, line.length, loose, line)

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

    def _moor_water(
        self, vertex: int, anchor: int, shape: BaseGeometry, readings: tuple[Reading, ...]
    ) -> None:
        """Reach the sea where reached ground meets its water and no barrier lies between."""
        inside = shapely.intersects(shape, self.ground.points)
        foot = MODE_BITS["foot"]
        for i, (u, v) in enumerate(self.ground.joins.tolist()):
            for land, sea in ((u, v), (v, u)):
                if not inside[sea]:
                    continue
                carries = dict.fromkeys(READINGS, 0)
                for r in readings:
                    state = int(self.ground.state[r][sea])
                    # An island has its shore inside the polygon: there the water alone is sea.
                    afloat = state == State.WATER or (is_passable(state, r) and not inside[land])
                    stopped = self.ground.barred[r][sea] | self.ground.stopped[r][i]
                    if afloat and not stopped & foot:
                        carries[r] = int(self.ground_bits[r][land]) & foot
                rests = Step(
                    faces=(land,), under=(sea,), walls=self.ground.between[i], anchor=anchor,
                    kind="island" if inside[land] else "sea", readings=readings,
                    fire_faces=(land,),
                )  # fmt: skip
                self._add(vertex, land, "ground", carries, rests, self._face_grades(land))

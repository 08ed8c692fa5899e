"""The proof that a way is open: a way, leg by leg."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point

from encircle.map.plane.fronts import GRID_M
from encircle.map.plane.projection import length_on_globe_m
from encircle.network.disjoint import count_disjoint_ways
from encircle.network.ground.patches import barrier_lines
from encircle.network.ground.states import FIRE_MODES, FIRE_RANKS, MODE_BITS, State
from encircle.verdict.proof.passage import draw_passage
from encircle.verdict.values import DisjointWays, Leg, OpenPath

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.plane.projection import Plane
    from encircle.map.reach import Reading
    from encircle.network.ground.ground import Ground
    from encircle.network.isolation import Outlook, Searcher, Way
    from encircle.network.network import Edge, Network, Standing

DECIMALS = 9
"""Decimals of degrees in a certificate: a tenth of a millimetre."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """A stretch of a way of one kind, on the plane."""

    line: LineString
    by: str
    mode: str
    control: str
    fire: int
    evidence: tuple[str, ...]
    is_step: bool = False
    """It leads from a road's end to a road beside it, be it another stretch of the same."""

    def joins(self, other: _Leg) -> bool:
        """Tell whether two stretches differ in nothing but their place."""
        if self.is_step or other.is_step:
            return False
        return (self.by, self.mode, self.control, self.fire, self.evidence) == (
            other.by, other.mode, other.control, other.fire, other.evidence
        )  # fmt: skip


def certify_open(searcher: Searcher, outlook: Outlook, standings: Sequence[Standing]) -> OpenPath:
    """Draw the best way out as a path of legs, each with what it rests on."""
    network, way = searcher.network, outlook.best
    if way is None:
        message = "no open path can be drawn where none is open"
        raise AssertionError(message)
    legs = _merge(_draw_legs(network, way, standings))
    anchor, _ = network.anchors[way.vertices[-1]]
    return OpenPath(
        reading=way.reading,
        unit=_standing_of(way, standings).position.id,
        anchor=anchor.id,
        mode=way.mode,
        legs=tuple(_place_legs(legs, network.ground.drawing.plane)),
        disjoint=DisjointWays(*count_disjoint_ways(searcher, [outlook])),
    )


def _standing_of(way: Way, standings: Sequence[Standing]) -> Standing:
    return next(s for s in standings if s.vertex == way.vertices[0])


def _draw_legs(network: Network, way: Way, standings: Sequence[Standing]) -> Iterator[_Leg]:
    """Walk the way's edges; runs over open ground are drawn in one piece."""
    mode = "foot" if way.mode == "boat" else way.mode
    standing = _standing_of(way, standings)
    walker = _Walker(network, mode, way.reading, *_start_of(network, way, standing))
    for before, vertex, number in zip(way.vertices, way.vertices[1:], way.edges, strict=False):
        edge = network.edges[number]
        if edge.by == "ground":
            yield from walker.walk(vertex)
        else:
            taken = "boat" if number in way.boats else mode
            yield from walker.travel(edge, taken, forward=edge.u == before)
            walker.run = [vertex] if network.is_face(vertex) else []


def _start_of(network: Network, way: Way, standing: Standing) -> tuple[Point, list[int]]:
    """Say where a way starts, and on what ground: of a drawn force, where its first step is."""
    carried = network.ground.carries(way.reading)
    own = [face for face in standing.own_faces if carried[face]] or list(standing.own_faces)
    if not standing.is_drawn or not way.edges:
        return standing.place, own
    edge, second = network.edges[way.edges[0]], way.vertices[1]
    if network.is_face(second):
        if second in standing.own_faces:
            return standing.place, own
        return Point(network.ground.points[second]), []
    line = _line_of(network, edge, standing.place, forward=edge.u == way.vertices[0])
    start = Point(line.coords[0])
    return start, network.ground.faces_at(start)


@dataclass
class _Walker:
    """Follows a way edge by edge and says what each stretch of it rests on."""

    network: Network
    mode: str
    reading: Reading
    here: Point
    run: list[int]
    """Faces entered since the last route or crossing."""

    def walk(self, vertex: int) -> Iterator[_Leg]:
        """Go over open ground; draw it once something else begins."""
        if self.network.is_face(vertex):
            self.run.append(vertex)
        else:
            yield from self._flush(_place_of(self.network, vertex, self.run))

    def travel(self, edge: Edge, mode: str, *, forward: bool) -> Iterator[_Leg]:
        """Go along a route or over a crossing, after the ground that leads there."""
        line = _line_of(self.network, edge, self.here, forward=forward)
        first = Point(line.coords[0])
        if self.run and first.distance(self.here) > GRID_M:
            yield from self._flush(first)
        self.here = Point(line.coords[-1])
        if edge.by == "join" and self.network.names[edge.u].startswith("position:"):
            # A step of no length gets on where it stands: on the ground of the road itself.
            far = line.length > GRID_M
            faces = self.network.ground.faces_under(line) if far else ()
            yield from self._describe_ground(
                line, faces or self.network.lines.pieces[edge.ref].faces
            )
        else:
            yield _leg_of(self.network, edge, line, mode, self.reading)

    def _flush(self, goal: Point | None) -> Iterator[_Leg]:
        for leg in self._draw_ground(goal):
            self.here = Point(leg.line.coords[-1])
            yield leg

    def _draw_ground(self, goal: Point | None) -> list[_Leg]:
        """Draw a run over open ground, cut where it changes hands or comes under fire."""
        ground = self.network.ground
        if goal is not None and self.here.distance(goal) < GRID_M:
            line = LineString([self.here, goal])
        else:
            walls = barrier_lines(ground.drawing, self.reading, self.mode)
            line = draw_passage(ground, self.run, self.here, goal, walls)
        legs = self._describe_ground(line, self.run)
        if goal is None:  # it ends where the anchor's ground begins, and comes under the fire there
            end = line.coords[-1]
            legs.append(self._describe(LineString([end, end]), self.run[-1]))
        return legs

    def _describe_ground(self, line: LineString, faces: Sequence[int]) -> list[_Leg]:
        cut = _cut_by_faces(line, self.network.ground, faces)
        return [self._describe(part, face) for part, face in cut]

    def _describe(self, part: LineString, face: int) -> _Leg:
        ground = self.network.ground
        state = State(int(ground.state[self.reading][face]))
        rank = int(ground.fire[self.reading][face][FIRE_MODES.index(self.mode)])
        evidence = tuple(ground.evidence_of(face, self.reading))
        return _Leg(part, "ground", self.mode, state.name.lower(), rank, evidence)


def _place_of(network: Network, vertex: int, run: Sequence[int]) -> Point | None:
    """Give the point of a vertex that is not ground; None for an anchor that is ground itself."""
    if vertex in network.anchors:
        shape = network.anchors[vertex][1]
        if shape.geom_type == "Point":
            return Point(shape.coords[0])
        if not run or shape.intersects(network.ground.points[run[-1]]):
            return None
        return Point(shapely.point_on_surface(shape.intersection(network.ground.faces[run[-1]])))
    return Point(network.lines.junctions[vertex - len(network.ground.faces)])


def _line_of(network: Network, edge: Edge, here: Point, *, forward: bool) -> LineString:
    """Give the line an edge travels, in the direction travelled."""
    if edge.line is not None:
        line = edge.line
    elif edge.by == "route":
        line = network.lines.pieces[edge.ref].line
    elif edge.by == "crossing":
        line = network.lines.spans[edge.ref].line
    else:
        return LineString([here, here])
    points = shapely.get_coordinates(line)
    return LineString(points if forward else points[::-1])


def _leg_of(network: Network, edge: Edge, line: LineString, mode: str, reading: Reading) -> _Leg:
    """Say what a step by route, crossing or join rests on."""
    rank = edge.fire[reading][FIRE_MODES.index(mode)]
    evidence = tuple(network.evidence_of(edge, reading, MODE_BITS[mode]))
    if edge.by == "crossing" or edge.beside:
        return _Leg(line, "crossing", mode, "crossing", rank, evidence)
    if edge.ref < 0:
        return _Leg(line, "route", mode, "friendly", rank, evidence)
    faces = network.lines.pieces[edge.ref].faces
    if edge.by == "join":
        faces = tuple(network.ground.faces_along(line)) or faces
    states = [State(network.ground.state[reading][face]) for face in faces]
    state = min(states) if reading == "optimistic" and edge.by == "route" else max(states)
    return _Leg(line, "route", mode, state.name.lower(), rank, evidence, edge.after >= 0)


def _cut_by_faces(
    line: LineString, ground: Ground, run: Sequence[int]
) -> Iterator[tuple[LineString, int]]:
    if line.length < GRID_M:
        yield line, run[-1]
        return
    faces = list(dict.fromkeys(run))
    stops = {0.0, line.length}
    for face in faces:
        met = shapely.intersection(line, ground.faces[face].boundary)
        stops |= {line.project(Point(p)) for p in shapely.get_coordinates(met)}
    ordered = sorted(stops)
    cuts = [ordered[0]] + [b for a, b in pairwise(ordered) if b - a > GRID_M]
    cuts[-1] = line.length
    for a, b in pairwise(cuts):
        middle = line.interpolate((a + b) / 2)
        distances = shapely.distance(ground.faces[faces], middle)
        part = shapely.ops.substring(line, a, b)
        yield LineString(part.coords), faces[int(np.argmin(distances))]


def _merge(legs: Iterator[_Leg]) -> list[_Leg]:
    """Join neighbouring legs that differ in nothing but their place."""
    merged: list[_Leg] = []
    for leg in legs:
        touched = leg.line.length < GRID_M and leg.by != "crossing"
        if touched and merged and leg.fire <= max(one.fire for one in merged):
            continue
        if merged and _is_one_crossing(merged[-1], leg):
            if leg.line.length < GRID_M:
                continue
            if merged[-1].line.length < GRID_M:
                merged[-1] = leg
                continue
        if merged and merged[-1].joins(leg):
            points = [*merged[-1].line.coords, *list(leg.line.coords)[1:]]
            merged[-1] = _Leg(LineString(points), *(getattr(leg, n) for n in _Leg.__slots__[1:]))
        else:
            merged.append(leg)
    if len(merged) > 1 and merged[0].line.length < GRID_M and merged[0].by != "crossing":
        merged = merged[1:]
    return merged


def _is_one_crossing(one: _Leg, other: _Leg) -> bool:
    """Tell whether two stretches pass the same crossing: a step of no length on to it is none."""
    return one.by == other.by == "crossing" and one.evidence[0] == other.evidence[0]


def _place_legs(legs: Sequence[_Leg], plane: Plane) -> Iterator[Leg]:
    """Place stretches on the globe; neighbours share their end points to the last digit."""
    end: list[float] | None = None
    for leg in legs:
        points = _to_degrees(leg.line, plane)
        points[0], end = end or points[0], points[-1]
        length_m = round(length_on_globe_m(points), 1)
        fire = FIRE_RANKS[leg.fire]
        yield Leg(points, leg.by, leg.mode, leg.control, fire, leg.evidence, length_m)


def _to_degrees(line: BaseGeometry, plane: Plane) -> list[list[float]]:
    degrees = plane.points_to_degrees(shapely.get_coordinates(line))
    written: list[list[float]] = np.round(degrees, DECIMALS).tolist()
    return written

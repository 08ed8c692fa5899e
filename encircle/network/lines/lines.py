"""Lines of communication: routes noded and cut by the ground, and what crossings span."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops
from shapely import STRtree
from shapely.geometry import LineString, MultiLineString, Point

from encircle.map.plane.fronts import GRID_M
from encircle.map.plane.runs import find_runs
from encircle.map.reach import READINGS, Reading
from encircle.map.situation import Route
from encircle.network.ground.ground import ON_LINE_M, Ground
from encircle.network.ground.states import FIRE_RANKS, MODE_BITS, UNMAPPED, State, is_passable
from encircle.network.lines.crossings import lay_crossings
from encircle.network.lines.values import (
    ROUTE_BITS,
    STEP_M,
    Bits,
    Grades,
    Lines,
    Piece,
    Reason,
    Stop,
    closed_by,
    combine_fire,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.network.ground.patches import Wall

SHORT_OF_END = 0.9
"""Share of the way to a barrier's end at which it is looked on which side of it something lies."""


def build_lines(
    evidence: Evidence, ground: Ground, join_m: float, stops: Sequence[Stop] = ()
) -> Lines:
    """
    Node the routes, cut them at the ground's boundaries, and lay out the crossings.

    Parameters
    ----------
    join_m
        A route's or crossing's end joins what lies within this, metres.
    stops
        Further places that join the routes near them, such as positions and anchors.
    """
    plane, area = ground.drawing.plane, ground.drawing.area
    routes = []
    for route, certain in evidence.of_kind(Route):
        line = MultiLineString(find_runs(plane.to_metres(route.drawn), area))
        if not line.is_empty:
            routes.append((route, line, certain))
    junctions = _Junctions(ground)
    spans, facilities = lay_crossings(evidence, ground, routes, join_m)
    ends = [*(s.line for s in spans), *(line for _, line, _ in routes)]
    joining = [(place, join_m) for line in ends for place in _ends_of(line)]
    pieces = _cut(routes, ground, junctions, [*stops, *joining])
    across = list(junctions.across())
    return Lines(
        pieces=tuple(pieces),
        junctions=tuple(junctions.places),
        over=tuple((one, other, _passing(walls)) for one, other, walls in across),
        between=tuple(walls for _, _, walls in across),
        spans=tuple(spans),
        facilities=tuple(facilities),
        tree=STRtree([piece.line for piece in pieces]),
    )


# -- routes ----------------------------------------------------------------------------------


def _cut(
    routes: Sequence[tuple[Route, BaseGeometry, bool]],
    ground: Ground,
    junctions: _Junctions,
    stops: Sequence[Stop],
) -> list[Piece]:
    if not routes:
        return []
    lines = [line for _, line, _ in routes]
    boundaries = shapely.get_parts(ground.linework)
    met = np.unique(STRtree(boundaries).query(lines, "dwithin", ON_LINE_M)[1])  # noded before
    noded = shapely.union_all([*boundaries[met], *lines], grid_size=GRID_M)
    parts = _split_at_stops(shapely.get_parts(noded), routes, stops)
    parts = parts[~junctions.merge_across(parts)]
    middles = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    of_route: dict[int, list[int]] = {}
    tree = STRtree(middles)
    for number, (_, line, _) in enumerate(routes):
        # Snapping moves a road by less than the grid: a boundary that runs beside it is not it.
        for part in tree.query(line, "dwithin", GRID_M).tolist():
            of_route.setdefault(part, []).append(number)
    _leave_out_doubles(parts, of_route)
    pieces = []
    for part in sorted(of_route):
        faces = tuple(ground.faces_at(middles[part]))
        on = [routes[number] for number in of_route[part]]
        if faces:
            start, end = junctions.ends_of(parts[part])
            pieces.append(_describe(parts[part], on, faces, start, end, ground))
    return pieces


def _leave_out_doubles(parts: NDArray[np.object_], of_route: dict[int, list[int]]) -> None:
    """
    Leave out a stretch of a road that a boundary beside it was taken for, nearer than the grid.

    It runs along other stretches of the same road, which lead from its one end to its other: two
    ways along one road would be counted there.
    """
    laid = sorted(of_route)
    tree = STRtree(parts[laid])
    middles = shapely.line_interpolate_point(parts[laid], 0.5, normalized=True)
    beside: dict[int, list[int]] = {}
    for one, other in tree.query(middles, "dwithin", 2 * GRID_M).T.tolist():
        beside.setdefault(laid[one], []).append(laid[other])
    for part, near in beside.items():
        if len(near) == 1:  # itself
            continue
        around = parts[part].buffer(2 * GRID_M)
        along = [
            other
            for other in map(laid.__getitem__, tree.query(around, "covers").tolist())
            if other != part and other in of_route and set(of_route[part]) <= set(of_route[other])
        ]
        ends = _ends_of(parts[part])
        if ends[0] != ends[1] and _lead_on([_ends_of(parts[other]) for other in along], *ends):
            del of_route[part]


def _lead_on(stretches: list[list[Point]], here: Point, there: Point) -> bool:
    """Tell whether stretches, by their ends, lead from one place to another."""
    reached, left = [here], stretches
    while led := [ends for ends in left if _meet_within_grid(ends, reached)]:
        reached += [end for ends in led for end in ends]
        left = [ends for ends in left if ends not in led]
    return _meet_within_grid([there], reached)


def _meet_within_grid(some: list[Point], others: list[Point]) -> bool:
    return any(one.dwithin(other, 2 * GRID_M) for one in some for other in others)


def _ends_of(line: BaseGeometry) -> list[Point]:
    """Give the ends of a line, part by part; of a point, itself."""
    parts = shapely.get_parts(line)
    return [Point(p) for part in parts for p in shapely.get_coordinates(part)[[0, -1]]]


def _split_at_stops(
    parts: NDArray[np.object_],
    routes: Sequence[tuple[Route, BaseGeometry, bool]],
    stops: Sequence[Stop],
) -> NDArray[np.object_]:
    """Cut each part of a route where it comes nearest to a stop that joins it."""
    tree = STRtree(parts)
    on_route = {int(i) for _, line, _ in routes for i in tree.query(line, "dwithin", ON_LINE_M)}
    cuts: dict[int, set[float]] = {}
    for place, within_m in stops:
        for i in tree.query(place, "dwithin", within_m).tolist():
            if i in on_route:
                nearest = shapely.get_point(shapely.shortest_line(parts[i], place), 0)
                cuts.setdefault(i, set()).add(float(parts[i].project(nearest)))
    split = []
    for i in sorted(on_route):
        length = parts[i].length
        inner = sorted(c for c in cuts.get(i, ()) if GRID_M < c < length - GRID_M)
        stations = [0.0, *inner, length]
        split += [
            shapely.ops.substring(parts[i], a, b)
            for a, b in pairwise(stations)
            if b - a > GRID_M / 10
        ]
    return np.array(split, dtype=object)


def _describe(  # noqa: PLR0913 - the parts of one value
    line: LineString,
    on: Sequence[tuple[Route, BaseGeometry, bool]],
    faces: tuple[int, ...],
    start: int,
    end: int,
    ground: Ground,
) -> Piece:
    carries: Bits = {}
    because: dict[Reading, Reason | None] = {}
    fire: Grades = {}
    each: dict[Reading, tuple[int, ...]] = {}
    for reading in READINGS:
        each[reading], because[reading] = _carried(on, faces, ground, reading)
        carries[reading] = int(np.bitwise_or.reduce(each[reading]))
        mapped = ground.fire[reading][list(faces)].max(axis=0)
        stated = max((FIRE_RANKS.index(r.fire) for r, _, _ in on if r.fire), default=UNMAPPED)
        fire[reading] = tuple(combine_fire(int(rank), stated) for rank in mapped)
    routes = tuple(route for route, _, _ in on)
    return Piece(line, routes, faces, start, end, carries, fire, because, each)


def _carried(
    on: Sequence[tuple[Route, BaseGeometry, bool]],
    faces: tuple[int, ...],
    ground: Ground,
    reading: Reading,
) -> tuple[tuple[int, ...], Reason | None]:
    """Say which modes each route of a piece carries on a reading, and what stops it if none."""
    states = [State(ground.state[reading][face]) for face in faces]
    # On a boundary the optimistic reading takes the better side, the pessimistic the worse.
    state = min(states) if reading == "optimistic" else max(states)
    barred = int(np.bitwise_and.reduce(ground.barred[reading][list(faces)]))
    each: list[int] = []
    reason = None
    for route, _, certain in on:
        closed = closed_by(route.state, certain=certain, reading=reading)
        each.append(0 if closed else sum(MODE_BITS[mode] for mode in route.modes))
        reason = reason or closed
    none = (0,) * len(each)
    if not is_passable(state, reading):
        return none, _reason_of(state)
    if any(each) and not any(bits & ~barred for bits in each):
        return none, "barrier"
    return tuple(bits & ~barred for bits in each), None if any(each) else reason


def _reason_of(state: State) -> Reason:
    names: dict[State, Reason] = {
        State.GREY: "grey",
        State.NEUTRAL: "neutral",
        State.WATER: "barrier",
    }
    return names.get(state, "hostile")


class _Junctions:
    """Numbers the ends of pieces; an end on a barrier is a junction for each side of it."""

    def __init__(self, ground: Ground) -> None:
        self.places: list[tuple[float, float]] = []
        self._number: dict[tuple[int, int, tuple[int, ...]], int] = {}
        self._walls = [wall for wall in ground.drawing.walls if wall.is_line]
        self._tree = STRtree([wall.shape for wall in self._walls])
        self._beside: dict[tuple[int, int], list[tuple[tuple[int, ...], int, list[Wall]]]] = {}
        self._same: dict[tuple[int, int], tuple[int, int]] = {}

    def merge_across(self, parts: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Take the ends of parts too short to have a direction as one place; tell which."""
        short = shapely.length(parts) <= ON_LINE_M
        for part in parts[short]:
            points = shapely.get_coordinates(part)
            first, last = (self._place(p) for p in (points[0], points[-1]))
            self._same[last] = first
        return np.asarray(short)

    def _place(self, point: NDArray[np.float64]) -> tuple[int, int]:
        """Name a place in grid units, places too near to tell apart by one name."""
        x, y = (round(float(c) / GRID_M) for c in point)
        place, seen = (x, y), {(x, y)}
        while (other := self._same.get(place)) is not None and other not in seen:
            place = other
            seen.add(other)
        return place

    def ends_of(self, line: LineString) -> tuple[int, int]:
        points = shapely.get_coordinates(line)
        return self._at(points[0], line), self._at(points[-1], line.reverse())

    def _at(self, place: NDArray[np.float64], line: LineString) -> int:
        """Number the junction at a place on the side that a line sets out to."""
        x, y = self._place(place)
        place = np.array([x * GRID_M, y * GRID_M])
        merged = (x, y) in self._same.values()
        within_m = 2 * ON_LINE_M if merged else 1.5 * GRID_M
        near = self._tree.query(Point(place), "dwithin", within_m).tolist()
        walls = [self._walls[i] for i in sorted(near)]
        side = tuple(_sector(wall.shape, place, line, within_m) for wall in walls)
        key = (x, y, side)
        if key not in self._number:
            self._number[key] = len(self.places)
            self.places.append((float(place[0]), float(place[1])))
            if walls:
                row = (side, self._number[key], walls)
                self._beside.setdefault((x, y), []).append(row)
        return self._number[key]

    def across(self) -> Iterable[tuple[int, int, tuple[Wall, ...]]]:
        """Pair the junctions of one place across the barriers that lie between them."""
        for rows in self._beside.values():
            for i, (side, number, walls) in enumerate(rows):
                for other, neighbour, _ in rows[i + 1 :]:
                    crossed = (w for w, a, b in zip(walls, side, other, strict=True) if a != b)
                    yield number, neighbour, tuple(crossed)


def _passing(walls: Sequence[Wall]) -> Bits:
    """Give the modes that pass several barriers."""
    return {r: ROUTE_BITS & ~_stops(walls, r) for r in READINGS}


def _stops(walls: Iterable[Wall], reading: Reading) -> int:
    bits = 0
    for wall in walls:
        bits |= wall.stops[reading]
    return bits


def _sector(
    wall: BaseGeometry, place: NDArray[np.float64], line: LineString, within_m: float
) -> int:
    """Say on which side of a barrier through `place` a line sets out from it; 0 past its end."""
    # Looked at from no farther than the barrier goes on: close before its end it divides too.
    ends_m = shapely.distance(shapely.get_parts(wall.boundary), Point(place))
    near_m = min([STEP_M, line.length / 3, *(ends_m[ends_m > within_m] * SHORT_OF_END)])
    step = max(near_m, 2 * within_m)
    ahead = line.interpolate(min(step, line.length / 3))
    circle = Point(place).buffer(step, quad_segs=16).exterior
    hits = shapely.get_coordinates(shapely.intersection(wall, circle)) - place
    bearings = np.unique(np.round(np.arctan2(hits[:, 1], hits[:, 0]), 6))
    if len(bearings) < 2:  # noqa: PLR2004 - a loose end divides nothing
        return 0
    bearing = math.atan2(ahead.y - place[1], ahead.x - place[0])
    return int(np.searchsorted(bearings, bearing) % len(bearings))


# -- crossings -------------------------------------------------------------------------------


def meet(
    line: BaseGeometry, ground: Ground, past: BaseGeometry | None = None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """
    List what a short straight link meets: the barriers between its ends, the faces it runs over.

    Links join a route's end, a position or an anchor to a route close by. The route may end at a
    bank: then the way to it `past` its end tells on which side of the barrier the link comes.
    """
    lines = [line] if past is None else [line, past]
    between = tuple(
        number
        for number, wall in enumerate(ground.drawing.walls)
        if shapely.dwithin(wall.shape, lines, ON_LINE_M).all()
    )
    return between, tuple(ground.faces_under(line)) if line.length else ()


def carried_by_link(
    walls: Iterable[int], faces: Iterable[int], ground: Ground, reading: Reading
) -> int:
    """Say which modes a link carries, by what it meets: no barrier, and no hostile ground."""
    if not all(is_passable(int(ground.state[reading][face]), reading) for face in faces):
        return 0
    return ROUTE_BITS & ~ground.drawing.stop(walls, reading)

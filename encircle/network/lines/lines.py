"""Lines of communication: routes noded and cut by the ground, and what crossings span."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
import shapely.ops
from shapely import STRtree
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from encircle.map.reach import READINGS, Reading
from encircle.map.situation import Crossing, Route
from encircle.network.ground.ground import (
    FIRE_MODES,
    FIRE_RANKS,
    GRID_M,
    LEAST_RUN_M,
    MODE_BITS,
    ON_LINE_M,
    UNMAPPED,
    Ground,
    State,
    Wall,
    is_passable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from encircle.map.evidence import Evidence

SPECIAL = 64
"""Bit of a way by tunnel, across a neutral strip, or by a third party's leave."""
LAND_BITS = sum(MODE_BITS[m] for m in ("rail", "wheeled", "tracked", "foot", "boat"))
LANDING = 128
"""Bit of the walk between a boat and the ground or road it lands at."""
ROUTE_BITS = LAND_BITS & ~MODE_BITS["boat"]
"""Modes that a join between routes may carry: a boat needs a crossing."""
STEP_M = 1.0
"""So far from its end a stretch of road is looked at to tell which side of a barrier it is on, and
where it is got onto, metres. Source: convention here."""
FACILITIES = ("airstrip", "port")
"""Crossings that lead off the map: to the side's own air or sea anchors."""

Reason = Literal[
    "hostile", "grey", "neutral", "barrier", "cut", "unknown", "permission", "tunnel",
    "neutral_strip", "third_party", "edge",
]  # fmt: skip
"""Why a route or crossing does not carry on."""

Stop = tuple[BaseGeometry, float]
"""A place, and how far from it a route joins it, metres."""
Bits = dict[Reading, int]
Grades = dict[Reading, tuple[int, ...]]
"""Fire ranks by mode, in the order of FIRE_MODES."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of route inside one face."""

    line: LineString
    routes: tuple[Route, ...]
    faces: tuple[int, ...]
    start: int
    end: int
    carries: Bits
    fire: Grades
    because: dict[Reading, Reason | None]
    each: dict[Reading, tuple[int, ...]]
    """What each of the routes carries here, in their order."""

    @property
    def past_its_ends(self) -> BaseGeometry:
        """Give the stretch without its ends: one that ends at a bank is got onto beside it."""
        step_m = min(STEP_M, self.line.length / 3)
        return shapely.ops.substring(self.line, step_m, self.line.length - step_m)

    def carriers(self, reading: Reading, bits: int) -> list[str]:
        """Name the routes that carry any of the modes in `bits`."""
        pairs = zip(self.routes, self.each[reading], strict=True)
        return [route.id for route, carried in pairs if carried & bits]

    def witnesses(self, reading: Reading, bits: int) -> list[str]:
        """Name the routes that carry any of the modes in `bits`, then those that state a fire."""
        stating = [route.id for route in self.routes if route.fire]
        return [*self.carriers(reading, bits), *stating]


@dataclass(frozen=True, slots=True)
class Span:
    """What a crossing passes, from end to end; both ends are one where it is a point."""

    crossing: Crossing
    line: BaseGeometry
    carries: Bits
    fire: Grades
    because: dict[Reading, Reason | None]


@dataclass(frozen=True, slots=True)
class Facility:
    """An airstrip or port: where it lies, and on which readings it works."""

    crossing: Crossing
    place: BaseGeometry
    readings: tuple[Reading, ...]
    special: bool


@dataclass(frozen=True)
class Lines:
    """Pieces between junctions, spans of crossings, and facilities."""

    pieces: tuple[Piece, ...] = ()
    junctions: tuple[tuple[float, float], ...] = ()
    """Places of the junctions; one on a barrier stands once for each side of it."""
    over: tuple[tuple[int, int, Bits], ...] = ()
    """Pairs of junctions on either side of a barrier, and the modes that still pass."""
    between: tuple[tuple[Wall, ...], ...] = ()
    """The barriers between each such pair."""
    spans: tuple[Span, ...] = ()
    facilities: tuple[Facility, ...] = ()
    tree: STRtree = field(default_factory=lambda: STRtree([]), repr=False)

    def near(self, place: BaseGeometry, within_m: float) -> list[int]:
        """List the pieces that lie within a distance of a place."""
        return sorted(int(i) for i in self.tree.query(place, "dwithin", within_m))


def build_lines(
    evidence: Evidence, ground: Ground, join_m: float, stops: Sequence[Stop] = ()
) -> Lines:
    """
    Node the routes, cut them at the ground's boundaries, and lay out the crossings.

    Parameters
    ----------
    evidence, ground
        What speaks, and the arrangement it makes.
    join_m
        A route's or crossing's end joins what lies within this, metres.
    stops
        Further places that join the routes near them, such as positions and anchors.
    """
    plane, area = ground.drawing.plane, ground.drawing.area
    routes = []
    for route, certain in evidence.of_kind(Route):
        line = _only_lines(shapely.intersection(plane.to_metres(route.drawn), area))
        if not line.is_empty:
            routes.append((route, line, certain))
    junctions = _Junctions(ground)
    spans, facilities = _lay_crossings(evidence, ground, routes, join_m)
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


def _only_lines(shape: BaseGeometry) -> BaseGeometry:
    parts = [p for p in shapely.get_parts(shape) if "Line" in p.geom_type]
    return shapely.union_all(parts) if parts else MultiLineString()


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
    pieces = []
    for part in sorted(of_route):
        faces = tuple(ground.faces_at(middles[part]))
        on = [routes[number] for number in of_route[part]]
        if faces:
            start, end = junctions.ends_of(parts[part])
            pieces.append(_describe(parts[part], on, faces, start, end, ground))
    return pieces


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


def combine_fire(mapped: int, stated: int) -> int:
    """Take the worse of two grades; where only one of them is mapped, that one."""
    if UNMAPPED in (mapped, stated):
        return stated if mapped == UNMAPPED else mapped
    return max(mapped, stated)


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
        closed = _closed_by(route.state, certain=certain, reading=reading)
        each.append(0 if closed else sum(MODE_BITS[mode] for mode in route.modes))
        reason = reason or closed
    none = (0,) * len(each)
    if not is_passable(state, reading):
        return none, _reason_of(state)
    if any(each) and not any(bits & ~barred for bits in each):
        return none, "barrier"
    return tuple(bits & ~barred for bits in each), None if any(each) else reason


def _closed_by(state: str, *, certain: bool, reading: Reading) -> Reason | None:
    if state == "cut" and certain:
        return "cut"
    doubtful = state == "unknown" or not certain
    return "unknown" if doubtful and reading == "pessimistic" else None


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
        step = min(STEP_M, line.length / 3)
        first = line.interpolate(step)
        last = line.interpolate(line.length - step)
        return self._at(points[0], first, step), self._at(points[-1], last, step)

    def _at(self, place: NDArray[np.float64], ahead: Point, step: float) -> int:
        x, y = self._place(place)
        place = np.array([x * GRID_M, y * GRID_M])
        merged = (x, y) in self._same.values()
        within_m = 2 * ON_LINE_M if merged else 1.5 * GRID_M
        near = self._tree.query(Point(place), "dwithin", within_m).tolist()
        walls = [self._walls[i] for i in sorted(near)]
        side = tuple(_sector(wall.shape, place, ahead, max(step, 2 * within_m)) for wall in walls)
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


def _sector(wall: BaseGeometry, place: NDArray[np.float64], ahead: Point, step: float) -> int:
    """Say on which side of a barrier through `place` the point `ahead` lies; 0 past its end."""
    circle = Point(place).buffer(step, quad_segs=16).exterior
    hits = shapely.get_coordinates(shapely.intersection(wall, circle)) - place
    bearings = np.unique(np.round(np.arctan2(hits[:, 1], hits[:, 0]), 6))
    if len(bearings) < 2:  # noqa: PLR2004 - a loose end divides nothing
        return 0
    bearing = math.atan2(ahead.y - place[1], ahead.x - place[0])
    return int(np.searchsorted(bearings, bearing) % len(bearings))


# -- crossings -------------------------------------------------------------------------------


def _lay_crossings(
    evidence: Evidence,
    ground: Ground,
    routes: Sequence[tuple[Route, BaseGeometry, bool]],
    join_m: float,
) -> tuple[list[Span], list[Facility]]:
    spans, facilities = [], []
    obstacles = _find_obstacles(ground)
    waters = [*(wall.shape for wall in ground.drawing.walls), *obstacles]
    walls = [wall.shape for wall in ground.drawing.walls if wall.is_line]
    for crossing, certain in evidence.of_kind(Crossing):
        place = ground.drawing.plane.to_metres(crossing.drawn)
        if crossing.location_error_m > 0 and crossing.type not in FACILITIES:
            place = _move_to_water(place, crossing.location_error_m, waters)
        if not place.intersects(ground.drawing.area.buffer(join_m)):
            continue
        if crossing.type in FACILITIES:
            facilities.append(_build_facility(crossing, place, certain=certain))
            continue
        found = _find_spans(place, obstacles, routes, join_m, walls)
        spans += [_build_span(crossing, line, ground, certain=certain) for line in found]
    return spans, facilities


def _move_to_water(
    place: BaseGeometry, error_m: float, waters: Sequence[BaseGeometry]
) -> BaseGeometry:
    """
    Move a crossing on to what it spans, as far as its place may be off and no farther.

    It keeps its shape and bearing: a line is moved by its middle.
    """
    if not waters or any(place.intersects(water) for water in waters):
        return place
    middle = place if place.geom_type == "Point" else place.interpolate(0.5, normalized=True)
    nearest = min(waters, key=lambda water: water.distance(place))
    if nearest.distance(place) > error_m:
        return place
    here, there = shapely.get_coordinates(shapely.shortest_line(middle, nearest))
    return shapely.transform(place, lambda points: points + (there - here))


def _build_facility(crossing: Crossing, place: BaseGeometry, *, certain: bool) -> Facility:
    works = [
        reading
        for reading in READINGS
        if crossing.permission != "enemy"
        and _closed_by(crossing.state, certain=certain, reading=reading) is None
    ]
    return Facility(crossing, place, tuple(works), crossing.permission == "third_party")


def _find_obstacles(ground: Ground) -> list[BaseGeometry]:
    """Unite barrier polygons and neutral ground, what a crossing at a point may span."""
    shapes = [wall.shape for wall in ground.drawing.walls if not wall.is_line]
    neutral = ground.state["optimistic"] == State.NEUTRAL
    shapes.extend(ground.faces[neutral])
    return list(shapely.get_parts(shapely.union_all(shapes))) if shapes else []


def _find_spans(
    place: BaseGeometry,
    obstacles: list[BaseGeometry],
    routes: Sequence[tuple[Route, BaseGeometry, bool]],
    join_m: float,
    walls: Sequence[BaseGeometry],
) -> list[BaseGeometry]:
    """Find what a crossing spans: its own line, the road's run over the obstacle, or a chord."""
    if place.geom_type == "LineString":
        return [place]
    near = [o for o in obstacles if shapely.dwithin(o, place, join_m)]
    if not near:
        return [place]
    spans: list[BaseGeometry] = []
    for obstacle in near:
        over = _runs_over(obstacle, routes)
        runs = [r for r in over if r.length > join_m / 10 and shapely.dwithin(r, place, join_m)]
        spans += runs or [_straight_across(place, obstacle, join_m)]
    if any(shapely.dwithin(wall, place, join_m) for wall in walls):
        spans.append(place)  # a barrier line runs there too, and is passed at the point itself
    return spans


def _runs_over(
    obstacle: BaseGeometry, routes: Sequence[tuple[Route, BaseGeometry, bool]]
) -> list[BaseGeometry]:
    """Find where roads run over an obstacle; roads that meet end to end out there are one road."""
    runs = [
        shapely.normalize(run)
        for _, line, _ in routes
        for run in shapely.get_parts(shapely.intersection(line, obstacle))
        if "Line" in run.geom_type and run.length
    ]
    once = {run.wkb: run for run in runs}
    if not once:
        return []
    merged = shapely.line_merge(shapely.multilinestrings([once[key] for key in sorted(once)]))
    ends = shapely.boundary([*once.values()])
    banks = [p for p in shapely.get_parts(ends) if shapely.dwithin(p, obstacle.boundary, ON_LINE_M)]
    return [run for road in shapely.get_parts(merged) for run in _part_at(road, banks)]


def _part_at(road: BaseGeometry, banks: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Part a road where it comes ashore: two that meet at the bank are two, not one that turns."""
    ashore = {point.coords[0] for point in banks}
    points = list(road.coords)
    stops = [0, *(i for i in range(1, len(points) - 1) if points[i] in ashore), len(points) - 1]
    return [LineString(points[a : b + 1]) for a, b in pairwise(stops)]


def _straight_across(place: BaseGeometry, obstacle: BaseGeometry, join_m: float) -> BaseGeometry:
    """Draw the line from the nearest bank through a place to the opposite bank."""
    bank = shapely.get_coordinates(shapely.shortest_line(obstacle.boundary, place))[0]
    towards = shapely.get_coordinates(place)[0] - bank
    if np.hypot(*towards) < 1.0 or not obstacle.contains(place):
        inner = obstacle.buffer(-1.0)
        if inner.is_empty or inner.distance(place) > 2 * join_m:  # it is wide elsewhere
            return place
        bank = shapely.get_coordinates(shapely.shortest_line(obstacle.boundary, place))[0]
        towards = shapely.get_coordinates(shapely.shortest_line(inner, Point(bank)))[0] - bank
    left, bottom, right, top = obstacle.bounds
    far = bank + towards / np.hypot(*towards) * math.hypot(right - left, top - bottom)
    runs = shapely.get_parts(shapely.intersection(LineString([bank, far]), obstacle))
    straight = [run for run in runs if "Line" in run.geom_type]
    return min(straight, key=lambda run: run.distance(Point(bank)), default=place)


def _build_span(crossing: Crossing, line: BaseGeometry, ground: Ground, *, certain: bool) -> Span:
    under = ground.faces_under(line)
    stretches = list_stretches(line, ground)
    carries: Bits = {}
    because: dict[Reading, Reason | None] = {}
    fire: Grades = {}
    for reading in READINGS:
        bits, reason = _spanned(crossing, line, stretches, ground, reading, certain=certain)
        carries[reading], because[reading] = bits, reason
        mapped = [UNMAPPED] * len(FIRE_MODES)
        if under:
            mapped = ground.fire[reading][under].max(axis=0).tolist()
        stated = FIRE_RANKS.index(crossing.fire) if crossing.fire else UNMAPPED
        fire[reading] = tuple(combine_fire(int(rank), stated) for rank in mapped)
    return Span(crossing, line, carries, fire, because)


def _spanned(  # noqa: PLR0911, PLR0913 - a return for each reason, in order
    crossing: Crossing,
    line: BaseGeometry,
    stretches: Sequence[tuple[int, ...]],
    ground: Ground,
    reading: Reading,
    *,
    certain: bool,
) -> tuple[int, Reason | None]:
    """Say what a crossing carries on a reading; a tunnel passes under anything."""
    closed = _closed_by(crossing.state, certain=certain, reading=reading)
    if crossing.permission == "enemy":
        return 0, "permission"
    if closed:
        return 0, closed
    if crossing.type == "tunnel":
        return SPECIAL, "tunnel"
    states = {min(_spanned_state(f, ground, reading) for f in faces) for faces in stretches}
    if not shapely.covers(ground.drawing.area.buffer(ON_LINE_M), line):
        states.add(State.GREY)  # beside the edge of the map it runs over what nobody knows
    if is_on_boundary(line, stretches):
        states = {min(states)}
    if State.HOSTILE in states:
        return 0, "hostile"
    if State.GREY in states and reading == "pessimistic":
        return 0, "grey"
    if crossing.permission == "third_party":
        return SPECIAL, "third_party"
    if State.NEUTRAL in states:
        return SPECIAL, "neutral_strip"
    return sum(MODE_BITS[mode] for mode in crossing.modes) & LAND_BITS, None


def list_stretches(line: BaseGeometry, ground: Ground) -> list[tuple[int, ...]]:
    """
    List the faces a crossing runs over, stretch by stretch.

    Where it runs on a boundary, a stretch has the faces on both sides, and is what the better of
    them is: which side of it a line drawn along it lies on is rounding. So it is with a point.
    """
    under = ground.faces_under(line)
    if line.geom_type == "Point" or line.length <= LEAST_RUN_M:
        return [tuple(under)] if under else []
    near = ground.tree.query(line, "dwithin", ON_LINE_M)
    if len(under) == len(near) == 1:
        return [tuple(under)]
    beside = shapely.intersection(ground.faces[near], line.buffer(2 * LEAST_RUN_M))
    rims = shapely.boundary(shapely.buffer(beside, ON_LINE_M, quad_segs=2))
    parts = shapely.get_parts(shapely.difference(line, shapely.union_all(rims)))
    run_m: dict[tuple[int, ...], float] = {}
    for part in parts:
        middle = part.interpolate(0.5, normalized=True)
        faces = tuple(sorted(near[shapely.dwithin(beside, middle, ON_LINE_M)].tolist()))
        run_m[faces] = run_m.get(faces, 0.0) + part.length
    # What it passes straight through has a boundary at either end of the run.
    found = [faces for faces, m in run_m.items() if faces and m > LEAST_RUN_M - 2 * ON_LINE_M]
    return sorted(found) or [(face,) for face in under]


def is_on_boundary(line: BaseGeometry, stretches: Sequence[tuple[int, ...]]) -> bool:
    """Tell a crossing at a point where ground meets ground: it belongs to the better side."""
    return line.geom_type == "Point" and any(len(faces) > 1 for faces in stretches)


def _spanned_state(face: int, ground: Ground, reading: Reading) -> State:
    """Give a face's state as a crossing sees it: water nobody drew a holder on is just water."""
    state = State(ground.state[reading][face])
    water = state == State.WATER or (
        state == State.GREY and face in ground.enclosing and ground.is_uncovered(face, reading)
    )
    return State.OPEN if water else state


def lands_on(line: BaseGeometry, ground: Ground, reading: Reading) -> bool:
    """Tell whether a line ashore passes none of the ground that a crossing never passes."""
    states = {_spanned_state(face, ground, reading) for face in ground.faces_along(line)}
    return State.HOSTILE not in states and (State.GREY not in states or reading == "optimistic")


def carried_ashore(carried: int, bits: int, *, at_point: bool) -> int:
    """
    Say who may step between a crossing's end and the ground or road of modes `bits` beside it.

    Only what the crossing carries steps on or off it, so that nobody passes a barrier by its end
    alone. Who takes the boat walks ashore. A crossing drawn as a point is passed in the step.
    """
    kept = carried & bits
    if bits & MODE_BITS["foot"]:
        kept |= carried & SPECIAL
        if carried & MODE_BITS["boat"]:
            kept |= MODE_BITS["boat"] if at_point else LANDING
    return kept


def led_by_gate(carried: int) -> int:
    """Say who gets on to an anchor on neutral ground where a crossing ends: a special way."""
    return SPECIAL if carried & (SPECIAL | MODE_BITS["foot"] | MODE_BITS["wheeled"]) else 0


def carried_by_link(
    line: BaseGeometry, ground: Ground, reading: Reading, past: BaseGeometry | None = None
) -> int:
    """
    Say which modes a short straight link carries: it passes no barrier and no hostile ground.

    Links join a route's end, a position or an anchor to a route close by. The route may end at a
    bank: then the way to it `past` its end tells on which side of the barrier the link comes.
    """
    bits = ROUTE_BITS
    lines = [line] if past is None else [line, past]
    for wall in ground.drawing.walls:
        if wall.stops[reading] and shapely.dwithin(wall.shape, lines, ON_LINE_M).all():
            bits &= ~wall.stops[reading]
    for face in ground.faces_under(line) if line.length else []:
        if not is_passable(int(ground.state[reading][face]), reading):
            return 0
    return bits

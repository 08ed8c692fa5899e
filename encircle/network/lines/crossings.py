"""What crossings span, and whom they carry ashore."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point

from encircle.map.plane.runs import find_runs
from encircle.map.reach import READINGS, Reading
from encircle.map.situation import Crossing, Route
from encircle.network.ground.ground import LEAST_RUN_M, ON_LINE_M, Ground
from encircle.network.ground.states import FIRE_MODES, FIRE_RANKS, MODE_BITS, UNMAPPED, State
from encircle.network.lines.values import (
    LAND_BITS,
    LANDING,
    SPECIAL,
    Bits,
    Facility,
    Grades,
    Reason,
    Span,
    closed_by,
    combine_fire,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence

M = TypeVar("M", int, "NDArray[Any]")
"""Mode bits: of one step, or of many at once."""
FACILITIES = ("airstrip", "port")
"""Crossings that lead off the map: to the side's own air or sea anchors."""


def lay_crossings(
    evidence: Evidence,
    ground: Ground,
    routes: Sequence[tuple[Route, BaseGeometry, bool]],
    join_m: float,
) -> tuple[list[Span], list[Facility]]:
    """Lay every crossing over what it spans; give those that are facilities apart."""
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
        and closed_by(crossing.state, certain=certain, reading=reading) is None
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
        if shapely.intersects(line, obstacle)
        for run in find_runs(line, obstacle)
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
        states = _find_spanned(line, stretches, ground, reading)
        bits, reason = carried_over(crossing, states, reading, certain=certain)
        carries[reading], because[reading] = bits, reason
        mapped = [UNMAPPED] * len(FIRE_MODES)
        if under:
            mapped = ground.fire[reading][under].max(axis=0).tolist()
        stated = FIRE_RANKS.index(crossing.fire) if crossing.fire else UNMAPPED
        fire[reading] = tuple(combine_fire(int(rank), stated) for rank in mapped)
    return Span(crossing, line, carries, fire, because)


def _find_spanned(
    line: BaseGeometry, stretches: Sequence[tuple[int, ...]], ground: Ground, reading: Reading
) -> set[State]:
    """Find what a crossing runs over on a reading, as states."""
    states = {min(_spanned_state(f, ground, reading) for f in faces) for faces in stretches}
    if not shapely.covers(ground.drawing.area.buffer(ON_LINE_M), line):
        states.add(State.GREY)  # beside the edge of the map it runs over what nobody knows
    return {min(states)} if is_on_boundary(line, stretches) else states


def carried_over(
    crossing: Crossing, states: AbstractSet[State], reading: Reading, *, certain: bool
) -> tuple[int, Reason | None]:
    """Say what a crossing over some states carries on a reading; a tunnel passes under anything."""
    closed = closed_by(crossing.state, certain=certain, reading=reading)
    over = sum(MODE_BITS[mode] for mode in crossing.modes) & LAND_BITS
    cases: list[tuple[bool, int, Reason | None]] = [
        (crossing.permission == "enemy", 0, "permission"),
        (closed is not None, 0, closed),
        (crossing.type == "tunnel", SPECIAL, "tunnel"),
        (State.HOSTILE in states, 0, "hostile"),
        (State.GREY in states and reading == "pessimistic", 0, "grey"),
        (crossing.permission == "third_party", SPECIAL, "third_party"),
        (State.NEUTRAL in states, SPECIAL, "neutral_strip"),
    ]
    return next(((bits, reason) for so, bits, reason in cases if so), (over, None))


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


def lands_on(faces: Iterable[int], ground: Ground, reading: Reading) -> bool:
    """Tell whether a line ashore, by its faces, passes none that a crossing never passes."""
    return all(is_landed(_spanned_state(face, ground, reading), reading) for face in faces)


def is_landed(state: State, reading: Reading) -> bool:
    """Tell whether a crossing may come ashore on ground in a state, as it sees it."""
    return state != State.HOSTILE and (state != State.GREY or reading == "optimistic")


def carried_ashore(carried: M, bits: M, *, at_point: bool | NDArray[np.bool_]) -> M:
    """
    Say who may step between a crossing's end and the ground or road of modes `bits` beside it.

    Only what the crossing carries steps on or off it, so that nobody passes a barrier by its end
    alone. Who takes the boat walks ashore. A crossing drawn as a point is passed in the step.
    """
    foot, boat = MODE_BITS["foot"], MODE_BITS["boat"]
    walked: Any = bits & foot > 0
    landed: Any = (walked & (carried & boat > 0)) * (LANDING + at_point * (boat - LANDING))
    kept: M = carried & bits | walked * (carried & SPECIAL) | landed
    return kept


def led_by_gate(carried: M) -> M:
    """Say who gets on to an anchor on neutral ground where a crossing ends: a special way."""
    led: Any = carried & (SPECIAL | MODE_BITS["foot"] | MODE_BITS["wheeled"]) > 0
    special: M = led * SPECIAL
    return special

"""
How far a force is from being cut off: its neck, the front that would close it, its horizon.

Long for one reason: neck and front are measured over the same obstacles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point, Polygon

from encircle.verdict.margins.clearance import find_widest_way
from encircle.verdict.margins.closing import find_new_front
from encircle.verdict.margins.obstacles import POLYGON, draw_lines, list_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Place = tuple[float, float]

CORNER_M = 0.01
"""How far a way may cut into the corner of what it goes round, metres: the noding grid."""
LOOSE_M = 1.0
"""What lies farther than this from every wall hangs on none, metres."""
MOST_CORNERS = 300
"""Outlines of more corners are drawn more coarsely before a way round them is looked for."""
BEARINGS = 720
"""Directions in which the horizon is looked at: one every half degree."""


@dataclass(frozen=True)
class Neck:
    """
    The narrowest place of the widest way out.

    Attributes
    ----------
    width_m
        Twice the clearance from walls and barriers; 0 if there is no way, inf if there is no wall.
    error_m
        How far the width may be from the truth.
    pinched_by
        "walls" if two walls face each other; "end" if the force or the goal itself stands this
        close to a wall; "edge" if the way passes between a wall and the edge of the area. None if
        there is no way or no wall.
    at
        The narrowest place: the middle of the chord if two walls pinch.
    chord
        The two wall points that pinch; for "end" and "edge" the wall point and `at`.
    way
        The way, from start to goal; a way of length 0 if the force stands on a goal; empty if none.
    """

    width_m: float
    error_m: float
    pinched_by: str | None
    at: Place | None
    chord: tuple[Place, Place] | None
    way: LineString


@dataclass(frozen=True)
class Closing:
    """
    The shortest new front found that would close the ring.

    Attributes
    ----------
    length_m
        Its length off hostile ground; 0 if the ring is closed, None if no front can close it.
    lower_bound_m
        No front shorter than this closes the ring; None as `length_m`.
    chords
        The new front.
    """

    length_m: float | None
    lower_bound_m: float | None
    chords: MultiLineString


@dataclass(frozen=True)
class Advance:
    """The shortest way between the pocket and friendly ground outside it, past no barrier."""

    length_m: float
    course: LineString


def measure_neck(
    start: BaseGeometry,
    goals: Sequence[BaseGeometry],
    walls: BaseGeometry,
    lines: BaseGeometry | None,
    area: Polygon,
) -> Neck:
    """
    Measure how wide the widest way from a force to a goal is, and find what pinches it.

    All geometries are metric, on one plane.

    Parameters
    ----------
    start
        Point or polygon; the way starts anywhere in it.
    goals
        Points or polygons; the way ends anywhere in one of them.
    walls
        Union of the ground that cannot be passed.
    lines
        Barriers that cannot be passed.
    area
        The ground considered; no way crosses its edge, and its edge is no wall.

    Returns
    -------
    neck
        `width_m` is proven to within 0.5 m or 0.05 %, whichever is more.

    Notes
    -----
    A way of width w keeps w/2 from every wall. Along the edge of the area a way is as wide as twice
    the distance to the wall. A force or goal that stands close to a wall is itself a neck.

    Examples
    --------
    >>> from shapely import Point, box
    >>> area = box(0, 0, 10_000, 6_000)
    >>> walls = box(4_000, 0, 6_000, 2_500) | box(4_000, 3_300, 6_000, 6_000)
    >>> neck = measure_neck(Point(1_000, 3_000), [Point(9_000, 3_000)], walls, None, area)
    >>> f"{neck.width_m:.0f} m"
    '800 m'
    """
    goal = shapely.union_all(list(goals))
    way = find_widest_way(start, goal, walls, lines, area)
    course = LineString(way.path) if len(way.path) else LineString()
    if way.pinch is None:
        return Neck(way.width_m, way.error_m, None, None, None, course)
    by, at, (p, q) = way.pinch
    return Neck(way.width_m, way.error_m, by, _place(at), (_place(p), _place(q)), course)


def _place(xy: Floats) -> Place:
    return float(xy[0]), float(xy[1])


def measure_closing_distance(  # noqa: PLR0913  (the five of measure_neck, and the neck)
    start: BaseGeometry,
    goals: Sequence[BaseGeometry],
    walls: BaseGeometry,
    lines: BaseGeometry | None,
    area: Polygon,
    *,
    neck: Neck | None = None,
) -> Closing:
    """
    Measure the least new front that would cut a force off from every goal.

    Walls and barriers are front already and cost nothing; the edge of the area closes nothing, for
    passable ground goes on behind it. A new front runs from wall to wall, or is a loop of its own:
    drawn close about the force's own ground, or about a goal's, it counts too.

    Parameters
    ----------
    start, goals, walls, lines, area
        As in `measure_neck`.
    neck
        The neck, if it has been measured: it is the lower bound.

    Returns
    -------
    closing
        With `length_m` None if the force stands on a goal, or no front inside the area closes.

    Notes
    -----
    Minimum cut over a triangulation, then pulled tight: `closing.find_new_front`. `length_m` may
    exceed the least by the few per cent between two places where the outlines are cut.
    `lower_bound_m` is proven: every front from wall to wall crosses the widest way, both its ends
    on walls; a loop is no shorter than the convex hull of the polygon it runs round.

    Examples
    --------
    >>> from shapely import Point, box
    >>> area = box(0, 0, 10_000, 6_000)
    >>> walls = box(4_000, 0, 6_000, 2_500) | box(4_000, 3_300, 6_000, 6_000) | box(0, 0, 50, 6_000)
    >>> walls = walls | box(0, 0, 6_000, 50) | box(0, 5_950, 6_000, 6_000)
    >>> force, rear = Point(1_500, 3_000).buffer(1_000), Point(9_000, 3_000).buffer(900)
    >>> closing = measure_closing_distance(force, [rear], walls, None, area)
    >>> f"{closing.length_m:.0f} m"
    '800 m'
    """
    front = find_closing_front(start, goals, walls, lines, area)
    if front is None:
        return Closing(None, None, MultiLineString())
    neck = neck or measure_neck(start, goals, walls, lines, area)
    rings_m = [*_measure_rings(start), *_measure_rings(shapely.union_all(list(goals)))]
    least_m = min(neck.width_m - neck.error_m, *rings_m)
    return Closing(float(front.length), min(least_m, float(front.length)), front)


def find_closing_front(
    start: BaseGeometry,
    goals: Sequence[BaseGeometry],
    walls: BaseGeometry,
    lines: BaseGeometry | None,
    area: Polygon,
) -> MultiLineString | None:
    """
    Find the front that `measure_closing_distance` measures, without its lower bound.

    Parameters
    ----------
    start, goals, walls, lines, area
        As in `measure_neck`.

    Returns
    -------
    front
        None if the force stands on a goal, or no front inside the area closes.
    """
    goal = shapely.union_all(list(goals))
    if _stands_on(start, goal):
        return None
    return find_new_front(start, goal, walls, lines, area)


def _stands_on(start: BaseGeometry, goal: BaseGeometry) -> bool:
    """Tell whether two shapes share ground; to touch along an outline is to share none."""
    if start.area > 0 and goal.area > 0:
        return bool(shapely.intersection(start, goal).area > LOOSE_M**2)
    return bool(shapely.intersects(start, goal))


def is_loose(front: BaseGeometry, walls: BaseGeometry, lines: BaseGeometry | None) -> bool:
    """Tell whether part of a front hangs on no wall: a loop of its own."""
    solid = [walls] if lines is None else [walls, lines]
    pieces = shapely.get_parts(shapely.line_merge(front))
    return any(
        piece.is_ring and not any(shapely.dwithin(piece, wall, LOOSE_M) for wall in solid)
        for piece in pieces
    )


def _measure_rings(shape: BaseGeometry) -> list[float]:
    """Measure the least ring round each polygon of a shape; a point cannot be ringed so."""
    parts = shapely.get_parts(shape)
    round_m = shapely.length(shapely.convex_hull(parts[shapely.get_dimensions(parts) == POLYGON]))
    return [math.inf, *round_m.tolist()]


def share_hostile_bearings(
    viewpoint: Point,
    hostile: BaseGeometry,
    anchors: BaseGeometry | None,
    area: Polygon,
    bearings: int = BEARINGS,
) -> float:
    """
    Share of the compass on which a straight line meets hostile ground first.

    First means before an anchor and before the edge of the area. An anchor that is a point covers
    no bearing.

    Parameters
    ----------
    viewpoint
        Where the force stands.
    hostile
        Hostile ground.
    anchors
        Ground that ends the line in safety.
    area
        The ground considered.
    bearings
        How many bearings are looked at.

    Returns
    -------
    share
        From 0 to 1; 1 inside hostile ground, 0 inside an anchor.

    Examples
    --------
    >>> from shapely import Point, box
    >>> hostile, area = box(1, -9e3, 9e3, 9e3), box(-9e3, -9e3, 9e3, 9e3)
    >>> share_hostile_bearings(Point(0, 0), hostile, None, area)
    0.5
    """
    if shapely.intersects(hostile, viewpoint):
        return 1.0
    if anchors is not None and shapely.intersects(anchors, viewpoint):
        return 0.0
    eye = np.array([viewpoint.x, viewpoint.y])
    met_m = _look_round(eye, list_segments(hostile), bearings)
    end_m = _look_round(eye, list_segments(area), bearings)
    if anchors is not None:
        end_m = np.minimum(end_m, _look_round(eye, list_segments(anchors), bearings))
    return float((met_m < end_m).mean())


def look_round(places: Sequence[Point], shapes: Sequence[BaseGeometry]) -> list[Floats]:
    """
    Measure the distance from places to each shape on each bearing, metres; inf if not met.

    Returns
    -------
    met_m
        For each place (shapes, bearings).
    """
    segments = [list_segments(shape) for shape in shapes]
    shape_of = np.repeat(np.arange(len(shapes)), [len(s) for s in segments])
    joined = np.concatenate(segments) if segments else np.empty((0, 2, 2))
    eyes = shapely.get_coordinates(list(places))
    return [_look_round(eye, joined, BEARINGS, shape_of, len(shapes)) for eye in eyes]


def _look_round(
    eye: Floats,
    segments: Floats,
    bearings: int,
    shape_of: NDArray[np.intp] | None = None,
    shapes: int = 1,
) -> Floats:
    """
    Measure the distance to the nearest segment on each bearing; inf where none is met.

    With `shape_of`, the number of the shape each segment belongs to, (shapes, bearings).
    """
    nearest_m = np.full(bearings * shapes, math.inf)
    a, b = (segments - eye).transpose(1, 0, 2)
    step = 2 * math.pi / bearings
    # Bearings stand half a step off the axes, so that none runs along a straight map edge.
    first = np.arctan2(a[:, 1], a[:, 0]) / step - 0.5
    turn = np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], np.einsum("ij,ij->i", a, b)) / step
    low = np.ceil(np.minimum(first, first + turn)).astype(np.intp)
    count = np.floor(np.maximum(first, first + turn)).astype(np.intp) - low + 1
    k = np.repeat(np.arange(len(a)), count)
    within = np.arange(len(k)) - np.repeat(np.cumsum(count) - count, count)
    bearing = low[k] + within
    ray = np.stack([np.cos((bearing + 0.5) * step), np.sin((bearing + 0.5) * step)], axis=1)
    side = b[k] - a[k]
    across = ray[:, 0] * side[:, 1] - ray[:, 1] * side[:, 0]
    met = across != 0
    distance_m = (a[k, 0] * side[:, 1] - a[k, 1] * side[:, 0])[met] / across[met]
    at = bearing[met] % bearings
    if shape_of is None:
        np.minimum.at(nearest_m, at, distance_m)
        return nearest_m
    np.minimum.at(nearest_m, shape_of[k[met]] * bearings + at, distance_m)
    return nearest_m.reshape(shapes, bearings)


def least_advance_to_open(
    ring_inside: BaseGeometry, friendly_outside: BaseGeometry, barred: BaseGeometry
) -> Advance:
    """
    Measure how far friendly forces would have to advance to open a closed ring.

    Parameters
    ----------
    ring_inside
        The ground inside the ring.
    friendly_outside
        Friendly ground outside it that reaches an anchor.
    barred
        Areas that nobody advances through: the way goes round them.

    Returns
    -------
    advance
        Length 0 if the two areas meet; inf, with an empty course, if one of them is empty or
        nothing but a crossing of `barred` joins them.

    Notes
    -----
    The straight gap where nothing lies in it, else the shortest way by the corners of what does
    (a visibility graph).

    Examples
    --------
    >>> from shapely import Polygon, box
    >>> least_advance_to_open(box(0, 0, 1, 1), box(5, 0, 6, 1), Polygon()).length_m
    4.0
    """
    inside, outside = (shapely.difference(s, barred) for s in (ring_inside, friendly_outside))
    if inside.is_empty or outside.is_empty:
        return Advance(math.inf, LineString())
    core = barred.buffer(-CORNER_M)
    shapely.prepare(core)
    gap = shapely.shortest_line(inside, outside)
    if not core.intersects(gap):
        return Advance(float(gap.length), gap)
    return _go_round(inside, outside, barred, core)


def _go_round(
    inside: BaseGeometry, outside: BaseGeometry, barred: BaseGeometry, core: BaseGeometry
) -> Advance:
    """Find the shortest way round what is barred: from corner to corner that see each other."""
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import shortest_path  # noqa: PLC0415

    rim = shapely.boundary(barred)
    coarse_m = 0.0
    while shapely.get_num_coordinates(rim).sum() > MOST_CORNERS:
        coarse_m = max(2 * coarse_m, 1.0)
        rim = shapely.boundary(barred.buffer(coarse_m, quad_segs=1).simplify(coarse_m / 2))
    corners = np.unique(shapely.get_coordinates(rim), axis=0)
    places = np.asarray(shapely.points(corners), dtype=np.object_)
    n = len(corners)
    u, v = np.triu_indices(n, 1)
    to_ends = [np.asarray(shapely.shortest_line(places, s)) for s in (inside, outside)]
    straight = draw_lines(corners[u], corners[v])
    lines = np.concatenate([straight, *to_ends])
    u = np.concatenate([u, np.full(n, n), np.full(n, n + 1)])
    v = np.concatenate([v, np.arange(n), np.arange(n)])
    seen = ~shapely.intersects(core, lines)
    # A step of no length would be no edge of a sparse graph.
    length_m = np.maximum(shapely.length(lines), CORNER_M / 10)
    graph = csr_array((length_m[seen], (u[seen], v[seen])), shape=(n + 2, n + 2))
    far_m, before = shortest_path(graph, directed=False, indices=n, return_predecessors=True)
    if not math.isfinite(far_m[n + 1]):
        return Advance(math.inf, LineString())
    way = [int(before[n + 1])]
    while before[way[-1]] != n:
        way.append(int(before[way[-1]]))
    middle = [places[k].coords[0] for k in way[::-1]]
    first = to_ends[0][way[-1]].coords[-1]
    last = to_ends[1][way[0]].coords[-1]
    course = LineString([first, *middle, last])
    return Advance(float(course.length), course)

"""The widest way through some ground, and the place where it is pinched."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from encircle.verdict.margins.diagram import End, Ground
from encircle.verdict.margins.obstacles import GRID_M, POLYGON, Wall, list_faces, nearest_share
from encircle.verdict.margins.roadmap import Course, find_course, is_same

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

TOLERANCE_M = 0.5
"""A width is proven to within this many metres, or to RELATIVE_TOLERANCE if that is more."""
RELATIVE_TOLERANCE = 0.0005
"""The share of a width within which it is proven, where that is more than TOLERANCE_M."""
CLOSED_M = 0.05
"""A gap narrower than this, in metres, is a joint between two walls and no way."""
ROUNDS = 20
"""Rounds of refinement: walls that lie nearly on each other may want ever more points."""
MOST_SITES = 8_000
"""Wall points after which no more are added, for the same reason."""
ERODED = 0.002
"""The share of a width within which it is found by erosion, where the points do not settle it."""
FACING_M = 5.0
"""What is farther by more than this, metres, than the wall that pinches is no other side to it."""
QUARTER_SEGMENTS = 32
"""Sides of a quarter of a disc in erosion: 0.03 % of its radius is lost between two corners."""


class Pinch(NamedTuple):
    """The narrowest place of a way: what pinches it, where, and between which points."""

    by: str
    at: Floats
    chord: Floats


class WidestWay(NamedTuple):
    """The widest way: its width, how far below it the truth may lie, its pinch and its course."""

    width_m: float
    error_m: float
    pinch: Pinch | None
    path: Floats


CLOSED = WidestWay(0.0, 0.0, None, np.empty((0, 2)))


def find_widest_way(
    start: BaseGeometry,
    goals: BaseGeometry,
    walls: BaseGeometry,
    lines: BaseGeometry | None,
    area: Polygon,
) -> WidestWay:
    """
    Find the way from `start` to `goals` that keeps farthest from walls and lines.

    Parameters
    ----------
    start, goals
        Points or polygons; the way starts and ends anywhere in them.
    walls
        Ground the way may not touch.
    lines
        Lines it may not touch either.
    area
        The way stays in it; its edge is no wall.

    Notes
    -----
    The walls are first replaced by points on them. The Voronoi diagram of the points, cut by the
    area's edge, holds the way that keeps farthest from the points, and fewer walls can only make a
    way wider: this is an upper bound. The way is then measured against the walls themselves.
    Where it comes too near one, that wall gets more points and the diagram is drawn again, until
    both agree. A piece of wall between two neighbouring points may not be crossed. Where they come
    to no agreement, because walls lie nearly on each other, the ground is eroded instead.

    References
    ----------
    .. [1] Bhattacharya, P., Gavrilova, M. L. (2008). Roadmap-based path planning: using the
       Voronoi diagram for a clearance-based shortest path. IEEE Robotics & Automation Magazine 15.
    """
    ground = Ground(area, End.build(start, walls, area), End.build(goals, walls, area), walls)
    solids = [walls] if lines is None else [walls, lines]
    wall = Wall(list_faces(walls, lines, area), area, solids)
    wall.look_from(np.concatenate([ground.start.points[:1], ground.goals.points[:1]]))
    if not (len(ground.start.points) and len(ground.goals.points)):
        return CLOSED
    proven_m, most_m = 0.0, math.inf
    for _ in range(ROUNDS):
        course = find_course(ground, wall, proven_m)
        if course is None or course.narrowest_m < CLOSED_M:
            return CLOSED
        most_m = min(most_m, course.narrowest_m)
        slack_m = max(TOLERANCE_M, RELATIVE_TOLERANCE * course.narrowest_m)
        way_m, is_new = wall.refine(course.show_walls(), course.narrowest_m, slack_m)
        if way_m >= course.narrowest_m - slack_m:
            return _state(course, way_m)
        proven_m = max(proven_m, way_m - 10 * GRID_M)
        if not is_new or len(wall.triangulation.points) > MOST_SITES:
            break
    return _erode(start, goals, shapely.union_all(solids), area, (proven_m, most_m))


def _erode(
    start: BaseGeometry,
    goals: BaseGeometry,
    solid: BaseGeometry,
    area: Polygon,
    bounds_m: tuple[float, float],
) -> WidestWay:
    """
    Find how wide a disc still gets through, by halving: slow, and at home with every drawing.

    The pinch is where ground too narrow for a disc a little wider parts start from goals.
    """
    if not _gets_through(start, goals, solid, area, CLOSED_M):
        return CLOSED
    low_m, high_m = _bracket(start, goals, solid, area, bounds_m)
    while high_m - low_m > max(TOLERANCE_M / 10, ERODED * low_m):
        middle_m = math.sqrt(low_m * high_m)
        if _gets_through(start, goals, solid, area, middle_m):
            low_m = middle_m
        else:
            high_m = middle_m
    at = _find_pinch_between(start, goals, solid, area, (low_m, high_m))
    p = shapely.get_coordinates(shapely.shortest_line(solid, shapely.Point(at)))[0]
    q = shapely.get_coordinates(shapely.shortest_line(solid, shapely.Point(2 * at - p)))[0]
    by, far_m = "walls", high_m / 2 + max(FACING_M, ERODED * high_m)
    if math.dist(at, q) > far_m or math.dist(p, q) < far_m:  # one wall alone pinches
        stands = any(shapely.dwithin(end, shapely.Point(at), FACING_M) for end in (start, goals))
        by, q = "end" if stands else "edge", at
    return WidestWay(low_m, high_m - low_m, Pinch(by, at, np.stack([p, q])), np.array([at, at]))


def _bracket(
    start: BaseGeometry,
    goals: BaseGeometry,
    solid: BaseGeometry,
    area: Polygon,
    bounds_m: tuple[float, float],
) -> tuple[float, float]:
    """
    Widen bounds until a disc of the lower width gets through, drawn, and one of the higher not.

    Walls grown by GEOS lie a little off: what was proven otherwise need not hold of them.
    """
    low_m, high_m = max(bounds_m[0], CLOSED_M), bounds_m[1]
    share = ERODED
    while low_m > CLOSED_M and not _gets_through(start, goals, solid, area, low_m):
        low_m, share = max(low_m * (1 - share), CLOSED_M), min(2 * share, 0.5)
    share = ERODED
    while _gets_through(start, goals, solid, area, high_m):
        low_m, high_m, share = high_m, high_m * (1 + share), 2 * share
    return low_m, high_m


def _find_pinch_between(
    start: BaseGeometry,
    goals: BaseGeometry,
    solid: BaseGeometry,
    area: Polygon,
    bounds_m: tuple[float, float],
) -> Floats:
    """Find a place on every way that a disc of the lower width passes and one of the higher not."""
    through, parted = (_leave(solid, area, width_m) for width_m in bounds_m)
    way = shapely.union_all(
        [p for p in through if shapely.intersects(p, start) and shapely.intersects(p, goals)]
    )
    lost = shapely.difference(way, shapely.union_all(parted))
    ends = [
        shapely.union_all([end, *(p for p in parted if shapely.intersects(p, end))])
        for end in (start, goals)
    ]
    # What is lost runs along every wall too: the pinch is where both ends are near.
    places: Floats = shapely.get_coordinates(lost)
    away_m = sum(shapely.distance(shapely.points(places), end) for end in ends)
    nearest: Floats = places[np.argmin(away_m)]
    return nearest


def _gets_through(
    start: BaseGeometry, goals: BaseGeometry, solid: BaseGeometry, area: Polygon, width_m: float
) -> bool:
    left = _leave(solid, area, width_m)
    return any(shapely.intersects(p, start) and shapely.intersects(p, goals) for p in left)


def _leave(solid: BaseGeometry, area: Polygon, width_m: float) -> NDArray[np.object_]:
    """Leave what the middle of a disc of this width can reach: the area without a rim of walls."""
    thick = solid.buffer(width_m / 2, quad_segs=QUARTER_SEGMENTS)
    parts: NDArray[np.object_] = shapely.get_parts(shapely.difference(area, thick))
    return np.asarray(parts[shapely.get_dimensions(parts) == POLYGON], dtype=np.object_)


def _state(course: Course, proven_m: float) -> WidestWay:
    """State the width of a course, how far it is proven, and where it is pinched."""
    if math.isinf(proven_m):
        return WidestWay(math.inf, 0.0, None, course.path)
    width_m = course.narrowest_m
    slack_m = max(TOLERANCE_M, RELATIVE_TOLERANCE * width_m)
    error_m = width_m - proven_m
    width_m = width_m if error_m <= slack_m + GRID_M else proven_m
    return WidestWay(width_m, error_m, _find_pinch(course), course.path)


def _find_pinch(course: Course) -> Pinch:
    """Find the narrowest place of a course, and the wall points that make it so."""
    k = int(course.width_m.argmin())
    a, b = course.path[k : k + 2]
    p = course.points[course.sites[k, 0]]
    at = a + nearest_share(p[None], a[None], b[None])[0] * (b - a)
    near = np.hypot(*(course.points - at).T) <= math.dist(p, at) * (1 + 1e-6) + GRID_M
    others = course.points[near]
    q = others[np.hypot(*(others - p).T).argmax()]
    if math.dist(p, q) >= 2 * math.dist(p, at) - 10 * GRID_M:
        return Pinch("walls", (p + q) / 2, np.array(sorted([p.tolist(), q.tolist()])))
    by = "end" if is_same(at, course.path[0]) or is_same(at, course.path[-1]) else "edge"
    return Pinch(by, at, np.stack([p, at]))

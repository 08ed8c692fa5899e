"""A line through open ground, drawn so that it never leaves it."""

from __future__ import annotations

import heapq
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from encircle.map.plane.fronts import GRID_M
from encircle.network.ground.ground import ON_LINE_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.network.ground.ground import Ground
    from encircle.network.ground.patches import Wall

Doors = dict[int, list[tuple[int, tuple[float, float]]]]
"""From each triangle to those beside it, and the point passed on the way there."""
SLIT_M = 0.02
"""Half the width of the slit a barrier makes in a face it ends in, metres."""
SLIT_ROOM_M = 0.5
"""How far a slit stays from the edge of its face, so that shared edges keep their ends, metres."""
STEP_M = 0.2
"""Ground this near to other ground joins it, metres: the slack a proof is given (contract)."""
KEEP_AWAY_M = 100.0
"""A drawn way keeps this far from the edge of open ground where there is room, metres."""
AT_ONCE = 32
"""So many straight lines are tried at once."""


def draw_passage(
    ground: Ground,
    faces: Sequence[int],
    start: Point,
    goal: Point | None,
    walls: Sequence[Wall],
) -> LineString:
    """
    Draw a line from `start` through faces to `goal`, or into the last face.

    Parameters
    ----------
    faces
        The faces that may be used; the last is where the line ends.
    start, goal
        Points in or on the edge of the faces.
    walls
        Barrier lines the traveller may not cross.

    Notes
    -----
    The faces are cut into triangles; the line runs through the middles of shared edges, which
    cannot leave the ground, and is then pulled straight where the straight line stays inside.
    """
    shapely.prepare([wall.shape for wall in walls])
    triangles, owner = _triangulate(ground, faces, walls)
    doors = _find_doors(triangles, walls)
    ends = _triangles_at(triangles, goal) if goal else np.flatnonzero(owner == faces[-1]).tolist()
    starts = _triangles_at(triangles, start)
    points = _cross(doors, starts, set(ends), start, goal, walls)
    points = points or _cross(doors, starts, set(ends), start, goal, ())
    if points is None:  # a start on a wall, in a corner as thin as what is on it
        doors = _find_doors(triangles, ())
        points = _cross(doors, starts, set(ends), start, goal, walls)
        points = points or _cross(doors, starts, set(ends), start, goal, ())
    if points is None:  # faces that meet in a point, or but for rounding
        _step_over(doors, triangles, owner, [ground.faces[face] for face in faces], faces)
        points = _cross(doors, starts, set(ends), start, goal, ())
    if points is None:
        message = "ground that joins on the network does not join on the plane"
        raise AssertionError(message)
    inside = shapely.union_all([ground.faces[face] for face in dict.fromkeys(faces)])
    return _straighten(points, inside, walls)


def _triangulate(
    ground: Ground, faces: Sequence[int], walls: Sequence[Wall]
) -> tuple[np.ndarray, np.ndarray]:
    """Cut faces into triangles; a barrier that ends inside a face is a slit in it."""
    distinct = list(dict.fromkeys(faces))
    barriers = tuple(wall.barrier.id for wall in walls)
    for face in distinct:  # every unit's way starts with the same ones
        if (face, barriers) not in ground.triangles:
            cut = shapely.constrained_delaunay_triangles(_slit(ground.faces[face], walls))
            ground.triangles[face, barriers] = shapely.get_parts(cut)
    parts = [ground.triangles[face, barriers] for face in distinct]
    return np.concatenate(parts), np.repeat(distinct, [len(part) for part in parts])


def _slit(face: BaseGeometry, walls: Sequence[Wall]) -> BaseGeometry:
    lines = [w.shape for w in walls if shapely.intersects(w.shape, face)]
    if not lines:
        return face
    inside = shapely.intersection(shapely.union_all(lines), face.buffer(-SLIT_ROOM_M))
    if inside.is_empty:
        return face
    slit = shapely.difference(face, inside.buffer(SLIT_M, cap_style="flat", join_style="bevel"))
    return slit if slit.geom_type == "Polygon" else face


def _find_doors(triangles: np.ndarray, walls: Sequence[Wall]) -> Doors:
    """Join triangles that share an edge, through the middle of the edge, but on a wall."""
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)
    sides = np.stack([corners[:, :3], corners[:, 1:]], axis=2).reshape(-1, 2, 2)
    back = (sides[:, 0, 0] > sides[:, 1, 0]) | (
        (sides[:, 0, 0] == sides[:, 1, 0]) & (sides[:, 0, 1] > sides[:, 1, 1])
    )
    sides[back] = sides[back, ::-1]
    order = np.lexsort(sides.reshape(-1, 4).T)
    # Faces do not overlap: at most two triangles have a side in common, one after the other here.
    twins = np.flatnonzero(np.all(sides[order[1:]] == sides[order[:-1]], axis=(1, 2)))
    shared = np.sort(np.stack([order[twins], order[twins + 1]], axis=1), axis=1)
    shared = shared[np.argsort(shared[:, 0])]  # as the triangles come: ties are broken so
    ends = sides[shared[:, 0]]
    middles = ends.mean(axis=1)
    free = np.ones(len(middles), dtype=bool)
    # An edge is on a wall with both its ends: the middle of one that leaves it at a sharp angle
    # may lie as near.
    for wall in walls:
        at = shapely.points(np.concatenate([ends, middles[:, None]], axis=1))
        free &= ~np.all(shapely.dwithin(wall.shape, at, ON_LINE_M), axis=1)
    doors: Doors = {}
    pairs = (shared[free] // 3).tolist()
    for (one, other), (x, y) in zip(pairs, middles[free].tolist(), strict=True):
        doors.setdefault(one, []).append((other, (x, y)))
        doors.setdefault(other, []).append((one, (x, y)))
    return doors


def _step_over(
    doors: Doors,
    triangles: np.ndarray,
    owner: np.ndarray,
    shapes: Sequence[BaseGeometry],
    faces: Sequence[int],
) -> None:
    """Join the triangles of faces one after another where these come nearest, if near enough."""
    for (one, shape), (other, beyond) in pairwise(zip(faces, shapes, strict=True)):
        if one == other:
            continue
        step = shapely.shortest_line(shape, beyond)
        if step.length > STEP_M:
            continue
        door = (float(step.centroid.x), float(step.centroid.y))
        at = Point(door)
        near = [
            number
            for number in np.flatnonzero((owner == one) | (owner == other)).tolist()
            if shapely.dwithin(triangles[number], at, STEP_M)
        ]
        for here, there in permutations(near, 2):
            doors.setdefault(here, []).append((there, door))


def _triangles_at(triangles: np.ndarray, point: Point) -> list[int]:
    distances = shapely.distance(triangles, point)
    return np.flatnonzero(distances <= distances.min() + GRID_M).tolist()


def _cross(  # noqa: PLR0913 - the parts of one search
    doors: Doors,
    starts: list[int],
    ends: set[int],
    start: Point,
    goal: Point | None,
    walls: Sequence[Wall],
) -> list[tuple[float, float]] | None:
    """Run Dijkstra's algorithm through the doors; give the points passed, None if none leads."""
    first = (start.x, start.y)
    heap = [(0.0, t, first) for t in starts]
    best = dict.fromkeys(starts, 0.0)
    came: dict[int, tuple[int, tuple[float, float]]] = {}
    while heap:
        length, here, at = heapq.heappop(heap)
        if here in ends:
            return _collect(came, here, first, goal)
        if length > best[here]:
            continue
        for there, door in doors.get(here, []):
            if door != at and any(w.shape.intersects(LineString([at, door])) for w in walls):
                continue
            further = length + float(np.hypot(door[0] - at[0], door[1] - at[1]))
            if further < best.get(there, float("inf")):
                best[there] = further
                came[there] = (here, door)
                heapq.heappush(heap, (further, there, door))
    return None


def _collect(
    came: dict[int, tuple[int, tuple[float, float]]],
    here: int,
    first: tuple[float, float],
    goal: Point | None,
) -> list[tuple[float, float]]:
    points = [(goal.x, goal.y)] if goal else []
    while here in came:
        here, door = came[here]
        points.append(door)
    return [first, *points[::-1]]


def _straighten(
    points: list[tuple[float, float]], inside: BaseGeometry, walls: Sequence[Wall]
) -> LineString:
    """Skip points where the straight line between their neighbours stays in open ground."""
    if len(points) < 3:  # noqa: PLR2004 - nothing between the ends
        return LineString(points if len(points) > 1 else points * 2)
    room = float(shapely.distance(inside.boundary, shapely.points(points[1:-1])).min())
    room_m = min(KEEP_AWAY_M, room / 2)
    inner = inside.buffer(-room_m) if room_m > 1.0 else inside
    shapely.prepare([inner, inside])
    kept, here = [points[0]], 0
    while here < len(points) - 1:
        here = _see_farthest(points, here, inner, inside, walls)
        kept.append(points[here])
    return LineString(kept)


def _see_farthest(
    points: list[tuple[float, float]],
    here: int,
    inner: BaseGeometry,
    inside: BaseGeometry,
    walls: Sequence[Wall],
) -> int:
    """Number the last of the points that a straight line leads to; the next, if none does."""
    for last in range(len(points) - 1, here + 1, -AT_ONCE):
        further = range(last, max(here + 1, last - AT_ONCE), -1)
        lines = shapely.linestrings([[points[here], points[n]] for n in further])
        free = shapely.covers(inside, lines)
        for wall in walls:
            free &= ~shapely.intersects(wall.shape, lines)
        for at in np.flatnonzero(free):
            if inner.covers(lines[at]) or _leaves_only_at_ends(lines[at], inner):
                return further[at]
    return here + 1


def _leaves_only_at_ends(line: LineString, inner: BaseGeometry) -> bool:
    """Allow a line to come close to the edge where it starts or ends there."""
    close = shapely.difference(line, inner)
    ends = shapely.union_all([Point(p).buffer(2 * KEEP_AWAY_M) for p in line.coords])
    return bool(shapely.covers(ends, close))

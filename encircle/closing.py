"""The least new front that would cut one piece of ground off from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import MultiLineString, Polygon

from encircle.obstacles import (
    GRID_M,
    Mesh,
    Wall,
    draw_lines,
    is_among,
    is_convex,
    list_obstacles,
    list_segments,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.obstacles import Floats, Ints

CONFORMING_ROUNDS = 12
"""Rounds in which walls that are missing from the triangulation are given more points."""
TIGHTENING_ROUNDS = 1
"""How often the cut is drawn again with more points where it meets the walls."""


def find_new_front(
    start: BaseGeometry,
    goals: BaseGeometry,
    walls: BaseGeometry,
    lines: BaseGeometry | None,
    area: Polygon,
) -> MultiLineString | None:
    """
    Find the shortest lines that, with walls and lines, part `start` from `goals`.

    Parameters
    ----------
    start, goals
        Points or polygons that do not meet.
    walls
        Ground that parts already: a front in it costs nothing.
    lines
        Lines that part already.
    area
        The front stays in it, and outside it all ground hangs together.

    Returns
    -------
    front
        Empty if the two are parted already; None if they cannot be parted.
    """
    start, goals = (_leave_out(shape, walls, area) for shape in (start, goals))
    if start.is_empty or goals.is_empty:
        return MultiLineString()
    plan = Plan(start, goals, list_obstacles(walls, lines), area)
    cut = plan.find_cut()
    for _ in range(TIGHTENING_ROUNDS):
        if cut is None or not len(cut):
            break
        plan.look_closer(cut)
        cut = plan.find_cut()
    if cut is None:
        return None
    front = MultiLineString([*_pull_tight(cut, start, goals, area)])
    return _keep_lines(
        shapely.difference(front, walls) if shapely.intersects(front, walls) else front
    )


def _keep_lines(front: BaseGeometry) -> MultiLineString:
    parts = shapely.get_parts(front)
    return MultiLineString([*parts[shapely.get_dimensions(parts) == 1]])


def _leave_out(shape: BaseGeometry, walls: BaseGeometry, area: Polygon) -> BaseGeometry:
    shape = shapely.intersection(shape, area)
    return shapely.difference(shape, walls) if shapely.intersects(shape, walls) else shape


class Plan:
    """Walls, force and goals as points, more of them from cut to cut."""

    def __init__(
        self, start: BaseGeometry, goals: BaseGeometry, solid: Floats, area: Polygon
    ) -> None:
        self.start, self.goals, self.convex = start, goals, is_convex(area)
        self.room = area.buffer(GRID_M)
        shapely.prepare(self.room)
        fences = [list_segments(shape) for shape in (start, goals)]
        self.wall = Wall(np.concatenate([solid, *fences]), area, every=True)
        self.solid = np.arange(len(self.wall.segments)) < self.wall.kept[: len(solid)].sum()
        self._cut_at_touching_points()

    def _cut_at_touching_points(self) -> None:
        """Cut each segment where another's end lies on it."""
        points = shapely.points(self.wall.vertices)
        k, on = self.wall.tree.query(points, "dwithin", 2 * GRID_M)
        self.wall.cut(on, self.wall.vertices[k])

    def find_cut(self) -> Floats | None:
        """Find the shortest set of triangle sides that parts start and goals; None if none does."""
        mesh, blocked = self._draw_mesh()
        points = mesh.points
        inside = shapely.intersects_xy(self.room, points)
        owners = self._find_owners(mesh, inside)
        a, b = points[mesh.across].transpose(1, 0, 2)
        free = inside[mesh.across[:, 0]] & inside[mesh.across[:, 1]]
        if not self.convex:
            free[free] = shapely.covers(self.room, draw_lines(a[free], b[free]))
        length_m = np.where(free, np.hypot(*(b - a).T), np.inf)
        chosen = _cut_least(mesh.edges[~blocked], length_m[~blocked], owners)
        return None if chosen is None else np.stack([a, b], axis=1)[~blocked][chosen]

    def _draw_mesh(self) -> tuple[Mesh, NDArray[np.bool_]]:
        """Triangulate until every wall, and the outline of force and goals, is made of sides."""
        for _ in range(CONFORMING_ROUNDS):
            mesh, pairs, on = self.wall.draw_mesh()
            key, wanted = mesh.number_edges(mesh.across), mesh.number_edges(pairs)
            a, b = mesh.points[pairs].transpose(1, 0, 2)
            missing = ~is_among(wanted, np.sort(key)) & (np.hypot(*(b - a).T) > LEAST_PIECE_M)
            if not missing.any():
                break
            self.wall.cut(on[missing], ((a + b) / 2)[missing])
        return mesh, is_among(key, np.sort(wanted[self.solid[on]]))

    def _find_owners(self, mesh: Mesh, inside: NDArray[np.bool_]) -> list[Ints]:
        """List the triangles the force holds, those of the goals, and those outside the area."""
        corners = mesh.points[mesh.corners]
        outside = np.flatnonzero((~inside)[mesh.corners].any(axis=1))
        return [_find_held(self.start, corners), _find_held(self.goals, corners), outside]

    def look_closer(self, cut: Floats) -> None:
        """Give the walls more points opposite the ends of a cut."""
        ends = cut.reshape(-1, 2)
        reach = np.hypot(*(cut[:, 1] - cut[:, 0]).T)
        k, on = self.wall.tree.query(
            shapely.points(ends), "dwithin", np.repeat(reach, 2) * 1.001 + GRID_M
        )
        if len(k) <= MOST_PAIRS:
            self.wall.cut(on, ends[k])


LEAST_PIECE_M = 1.0
"""Pieces of wall shorter than this may be missing from the triangulation: a leak this wide."""
MOST_PAIRS = 5000
"""More pairs than this of a cut's ends and the walls beside them are not looked at."""


def _find_held(shape: BaseGeometry, triangles: Floats) -> Ints:
    """Find the triangles in a shape that their sides outline, and those that hold its points."""
    middle = triangles.mean(axis=1)
    held = []
    for part in shapely.get_parts(shape):
        if shapely.get_dimensions(part) == 0:
            held.append(_find_triangle(triangles, shapely.get_coordinates(part)[0]))
        else:
            shapely.prepare(part)
            held.append(np.flatnonzero(shapely.contains_xy(part, middle)))
    return np.concatenate(held)


def _find_triangle(triangles: Floats, xy: Floats) -> Ints:
    """Find the triangles that hold a point."""
    a, b = triangles - xy, np.roll(triangles, -1, axis=1) - xy
    side = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.flatnonzero((side >= 0).all(axis=1) | (side <= 0).all(axis=1))


def _cut_least(edges: Ints, length_m: Floats, owners: list[Ints]) -> Ints | None:
    """Choose the edges of least total length that part start from goal."""
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import (  # noqa: PLC0415
        breadth_first_order,
        connected_components,
        maximum_flow,
    )

    count = int(max(edges.max(), *(held.max(initial=0) for held in owners))) + 1
    size = count + len(owners)
    firm = edges[~np.isfinite(length_m)]
    tails = np.concatenate([firm[:, 0], *owners])
    heads = np.concatenate(
        [firm[:, 1], *(np.full(len(held), count + k) for k, held in enumerate(owners))]
    )
    joined = csr_array((np.ones(len(tails)), (tails, heads)), shape=(size, size))
    count_joined, group = connected_components(joined, directed=False)
    source, sink = group[count], group[count + 1]
    if source == sink:
        return None
    u, v = group[edges].T
    open_ = np.flatnonzero((u != v) & np.isfinite(length_m))
    u, v = u[open_], v[open_]
    capacity = np.maximum(1, np.round(length_m[open_] * 10)).astype(np.int32)
    graph = csr_array(
        (np.tile(capacity, 2), (np.concatenate([u, v]), np.concatenate([v, u]))),
        shape=(count_joined, count_joined),
    )
    graph.sum_duplicates()
    flow = maximum_flow(graph, source, sink).flow
    left = csr_array(graph - flow)
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached = np.zeros(count_joined, bool)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    crossing: Ints = open_[reached[u] != reached[v]]
    return crossing


def _pull_tight(
    cut: Floats, start: BaseGeometry, goals: BaseGeometry, area: Polygon
) -> NDArray[np.object_]:
    """Replace two sides of a triangle by the third, wherever no force, goal or edge is between."""
    room = area.buffer(GRID_M)
    shapely.prepare([room, start, goals])
    front = Front(cut)
    queue = list(front.beside)
    while queue:
        r = queue.pop()
        for p, q in front.list_corners(r):
            if _holds_nothing((p, r, q), room, start, goals):
                front.shorten(p, r, q)
                queue += [p, q, r]
                break
    return front.draw()


def _holds_nothing(
    corners: tuple[complex, complex, complex], room: BaseGeometry, *shapes: BaseGeometry
) -> bool:
    """Say whether a triangle lies in the area and holds nothing of these shapes."""
    triangle = Polygon([(z.real, z.imag) for z in corners])
    if triangle.area <= 0:
        return True
    if not shapely.covers(room, triangle):
        return False
    return all(
        not shapely.intersects(shape, triangle) or shapely.touches(shape, triangle)
        for shape in shapes
    )


class Front:
    """The chords of a front, by the points they join; points are complex numbers."""

    def __init__(self, cut: Floats) -> None:
        self.beside: dict[complex, set[complex]] = {}
        for a, b in cut[..., 0] + 1j * cut[..., 1]:
            self._toggle(complex(a), complex(b))

    def _toggle(self, a: complex, b: complex) -> None:
        if a != b:
            for p, q in ((a, b), (b, a)):
                self.beside.setdefault(p, set()).symmetric_difference_update({q})

    def list_corners(self, r: complex) -> list[tuple[complex, complex]]:
        """List the pairs of chords that meet at a point."""
        near = sorted(self.beside[r], key=lambda z: (z.real, z.imag))
        return [(p, q) for i, p in enumerate(near) for q in near[i + 1 :]]

    def shorten(self, p: complex, r: complex, q: complex) -> None:
        """Replace p-r-q by p-q; a chord that is there twice cancels out."""
        self._toggle(p, r)
        self._toggle(r, q)
        self._toggle(p, q)

    def draw(self) -> NDArray[np.object_]:
        """Draw each chord once."""
        pairs = [(a, b) for a, near in self.beside.items() for b in near if _order(a) < _order(b)]
        ends = np.array(pairs, dtype=complex).reshape(-1, 2)
        xy = np.stack([ends.real, ends.imag], axis=-1)
        return draw_lines(xy[:, 0], xy[:, 1])


def _order(z: complex) -> tuple[float, float]:
    return z.real, z.imag

"""The lines that a way may not touch, and the points that stand for them."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import STRtree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Bools = NDArray[np.bool_]

POLYGON = 2
"""The dimension of an areal geometry."""
GRID_M = 1e-3
"""Wall points closer together than this are one point."""
MANY_SIDES = 100
"""The sides of an area with more of them than this are not compared with the walls."""
NEARLY = 1.02
"""Steps that are this many times as wide as the narrowest get more wall points with it."""
JITTER_M = 1e-4
"""How far wall points are moved so that no four of them lie on one circle, in metres."""
SITES_AT_FIRST = 1200
"""Wall vertices looked at in the first round; the others are looked at where a way comes near."""
BAY = 0.05
"""The sine of the turn from which a corner of the wall is a bay."""
BAYS_IN_BAYS = 2
"""How often bays are looked for among the corners that are left."""
SPACING = 100
"""Wall points on a straight wall stand no farther apart at first than this part of the area."""


def list_obstacles(walls: BaseGeometry, lines: BaseGeometry | None) -> Floats:
    """List the straight pieces of every line that a way may not touch."""
    if lines is None or lines.is_empty:
        return list_segments(walls)
    return list_segments(shapely.union_all([shapely.boundary(walls), lines]))


def list_faces(walls: BaseGeometry, lines: BaseGeometry | None, area: Polygon) -> Floats:
    """Leave out the sides that walls share with the area's edge: no ground lies before them."""
    segments = list_obstacles(walls, lines)
    sides = list_segments(area)
    if not (lines is None or lines.is_empty) or len(sides) > MANY_SIDES or not is_convex(area):
        return segments
    if not _fits_in(walls.bounds, area.bounds):
        return segments
    on_edge = np.zeros(len(segments), bool)
    for a, b in sides:
        off = (segments - a) @ np.array([b[1] - a[1], a[0] - b[0]])
        on_edge |= (np.abs(off) <= GRID_M * math.dist(a, b)).all(axis=1)
    return segments[~on_edge]


def is_convex(area: Polygon) -> bool:
    """Say whether the straight line between any two places of an area stays in it."""
    hull_m2 = float(area.convex_hull.area)
    return bool(hull_m2 - area.area <= 1e-9 * hull_m2)


def _fits_in(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    low, high = np.subtract(inner, outer)[:2], np.subtract(inner, outer)[2:]
    return bool((low >= -GRID_M).all() and (high <= GRID_M).all())


def draw_lines(a: Floats, b: Floats) -> NDArray[np.object_]:
    """Draw the straight lines from each a to its b."""
    return np.asarray(shapely.linestrings(np.stack([a, b], axis=1)), dtype=np.object_)


def list_segments(shape: BaseGeometry) -> Floats:
    """List the straight pieces of every line and ring of a geometry, as (n, 2, 2)."""
    lines = shapely.get_parts(shape)
    if len(lines) and shapely.get_dimensions(lines[0]) == POLYGON:
        lines = shapely.get_rings(lines)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    return np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)


def nearest_share(p: Floats, a: Floats, b: Floats) -> Floats:
    """Say how far along each segment from a to b the place nearest to p lies, from 0 to 1."""
    along = b - a
    length2 = np.einsum("ij,ij->i", along, along)
    dot = np.einsum("ij,ij->i", p - a, along)
    share: Floats = np.clip(dot / np.where(length2 > 0, length2, 1.0), 0.0, 1.0)
    return share[:, None]


def measure_gap(p: Floats, a: Floats, b: Floats) -> Floats:
    """Measure the distance from each p to the segment from a to b."""
    near = a + nearest_share(p, a, b) * (b - a)
    distance_m: Floats = np.hypot(*(near - p).T)
    return distance_m


class Way(NamedTuple):
    """
    A way as the walls see it.

    The whole of it and its steps; the two wall points beside each step; the middles of the pieces
    of wall that it could leak through, with the segments they are on.
    """

    path: BaseGeometry
    steps: NDArray[np.object_]
    beside: Floats
    gap_on: Ints
    gap_middle: Floats


class Wall:
    """The lines that a way may not touch, and the points that stand for them so far."""

    def __init__(
        self,
        segments: Floats,
        area: Polygon,
        solids: Sequence[BaseGeometry] = (),
        *,
        every: bool = False,
    ) -> None:
        self.solids = solids
        shapely.prepare(list(solids))
        ends = np.round(segments.reshape(-1, 2) / GRID_M) * GRID_M
        keys, ids = np.unique(ends[:, 0] + 1j * ends[:, 1], return_inverse=True)
        self.vertices = np.stack([keys.real, keys.imag], axis=1)
        self.ends = ids.reshape(-1, 2)
        keep = self.ends[:, 0] != self.ends[:, 1]
        self.ends, self.segments = self.ends[keep], segments[keep]
        self.kept = keep
        self.chosen = np.zeros(len(self.vertices), bool)
        step = 1 if every else max(1, math.ceil(len(self.ends) / SITES_AT_FIRST))
        self.chosen[self.ends[::step].ravel()] = True
        low_x, low_y, high_x, high_y = area.bounds
        part_m = max(high_x - low_x, high_y - low_y) / SPACING
        if step == 1 and not every:
            self._skip_bays(part_m / 2)
        self.cut_segment = np.empty(0, np.intp)
        self.cut_at = np.empty(0)
        self._space_out(part_m)
        around = _surround(np.concatenate([shapely.get_coordinates(area), self.vertices]))
        self.triangulation = Triangulation(around)
        self._keys = np.empty(0, complex)
        self._numbers = np.empty(0, np.intp)

    def _skip_bays(self, part_m: float) -> None:
        """Leave out corners where the wall recedes, at first: their neighbours are nearer."""
        chain = np.cumsum(np.append(True, self.ends[:-1, 1] != self.ends[1:, 0]))
        corner = self.ends[:, 0]
        for _ in range(BAYS_IN_BAYS):
            xy = self.vertices[corner]
            along, past = xy[1:-1] - xy[:-2], xy[2:] - xy[1:-1]
            turn = along[:, 0] * past[:, 1] - along[:, 1] * past[:, 0]
            sharp = turn > BAY * np.hypot(*along.T) * np.hypot(*past.T)
            recedes = sharp & (chain[2:] == chain[:-2]) & (np.hypot(*(along + past).T) < part_m)
            recedes[1:] &= ~recedes[:-1]
            at = 1 + np.flatnonzero(recedes)
            self.chosen[corner[at]] = False
            corner, chain = np.delete(corner, at), np.delete(chain, at)

    def _space_out(self, part_m: float) -> None:
        """Cut segments that are longer than this, into twice, four, eight … equal parts."""
        a, b = self.segments.transpose(1, 0, 2)
        parts = np.clip(np.hypot(*(b - a).T) / part_m, 1.0, 10 * SPACING)
        count = (2 ** np.ceil(np.log2(parts))).astype(np.intp) - 1
        on = np.repeat(np.arange(len(a)), count)
        nth = np.arange(len(on)) - np.repeat(np.cumsum(count) - count, count) + 1
        self.cut(on, a[on] + (nth / (count[on] + 1))[:, None] * (b - a)[on])

    def draw_mesh(self) -> tuple[Mesh, Ints, Ints]:
        """Triangulate the sites; list the pairs joined by a straight wall, and what each is on."""
        a, b = self.segments[self.cut_segment].transpose(1, 0, 2)
        cuts = np.round((a + self.cut_at[:, None] * (b - a)) / GRID_M) * GRID_M
        chosen = np.flatnonzero(self.chosen)
        number = self._number(np.concatenate([self.vertices[chosen], cuts]))
        site = np.full(len(self.vertices), -1)
        site[chosen] = number[: len(chosen)]
        on = np.concatenate([np.repeat(np.arange(len(self.ends)), 2), self.cut_segment])
        at = np.concatenate([np.tile([0.0, 1.0], len(self.ends)), self.cut_at])
        who = np.concatenate([site[self.ends].ravel(), number[len(chosen) :]])
        known = who >= 0
        on, at, who = on[known], at[known], who[known]
        order = np.lexsort((at, on))
        on, who = on[order], who[order]
        joined = (on[1:] == on[:-1]) & (who[1:] != who[:-1])
        pairs = np.stack([who[:-1][joined], who[1:][joined]], axis=1)
        return self.triangulation.draw(), pairs, on[:-1][joined]

    def _number(self, places: Floats) -> Ints:
        """Number the sites at these places as they came; the new ones join the triangulation."""
        keys, ids = np.unique(places[:, 0] + 1j * places[:, 1], return_inverse=True)
        numbers = np.full(len(keys), -1)
        numbers[np.searchsorted(keys, self._keys)] = self._numbers
        new = np.flatnonzero(numbers < 0)
        numbers[new] = self.triangulation.add(np.stack([keys.real, keys.imag], axis=1)[new])
        self._keys, self._numbers = keys, numbers
        return numbers[ids]

    @cached_property
    def tree(self) -> STRtree:
        """The segments, for questions of nearness."""
        return STRtree(draw_lines(self.segments[:, 0], self.segments[:, 1]))

    def refine(self, way: Way, width_m: float, slack_m: float) -> tuple[float, bool]:
        """
        Measure a way against the walls, and add wall points where it is not so wide.

        Returns the proven width, and whether there were points to add.
        """
        if not len(self.segments):
            return math.inf, False
        steps = way.steps
        # GEOS does not see that a prepared area is near to a line that lies wholly inside it.
        buried = any(shapely.intersects(s, way.path) for s in self.solids)
        for proven_m in (width_m - GRID_M, width_m - slack_m):
            near = buried or any(shapely.dwithin(s, way.path, proven_m / 2) for s in self.solids)
            if not near:
                return proven_m, False
        step, on = self.tree.query(steps, "dwithin", NEARLY * width_m / 2)
        lines = self.tree.geometries[on]
        distance_m = shapely.distance(lines, steps[step])
        proven_m = 0.0 if buried else min(2 * float(distance_m.min(initial=math.inf)), width_m)
        wanted = [shapely.get_coordinates(shapely.shortest_line(lines, steps[step]))[::2]]
        wanted += [way.beside[step, k] for k in (0, 1)]
        before = len(self.cut_at), self.chosen.sum()
        self.chosen[self.ends[on].ravel()] = True
        if proven_m <= 0:
            self._choose_between(width_m / 2)
        on = np.concatenate([on, on, on, way.gap_on])
        # Of points this far apart the walls are as wide apart as they are, to half the slack.
        apart_m = min(math.sqrt(width_m * slack_m), width_m) / 2
        self.cut(on, np.concatenate([*wanted, way.gap_middle]), apart_m)
        return proven_m, before != (len(self.cut_at), self.chosen.sum())

    def _choose_between(self, widest_m: float) -> None:
        """Choose a vertex in the middle wherever two neighbours chosen are far apart."""
        at = np.flatnonzero(self.chosen[self.ends[:, 0]])
        apart = self.vertices[self.ends[at[1:], 0]] - self.vertices[self.ends[at[:-1], 0]]
        wide = (np.diff(at) > 1) & (np.hypot(*apart.T) >= widest_m)
        self.chosen[self.ends[((at[1:] + at[:-1]) // 2)[wide], 0]] = True

    def look_from(self, places: Floats) -> None:
        """Add the wall point nearest to each place."""
        if len(self.segments):
            a, b = self.segments.transpose(1, 0, 2)
            near = [int(measure_gap(place, a, b).argmin()) for place in places]
            self.cut(np.array(near, dtype=np.intp), places)

    def cut(self, on: Ints, wanted: Floats, apart_m: float = 0.0) -> None:
        """
        Add the points of these segments that lie nearest to the wanted ones.

        Points are asked for from round to round, ever nearer to each other; two that are nearly one
        have no direction between them that means anything, and the way wavers there. So with
        `apart_m` a segment is halved, and halved again, until its parts are no longer than that,
        and the nearest of those places is taken.
        """
        a, b = self.segments[on].transpose(1, 0, 2)
        length_m = np.hypot(*(b - a).T)
        at = np.einsum("ij,ij->i", wanted - a, b - a) / length_m**2
        if apart_m:
            parts = 2 ** np.ceil(np.log2(np.maximum(length_m / apart_m, 1.0)))
            at = np.round(at * parts) / parts
        inner = (at * length_m > GRID_M) & ((1 - at) * length_m > GRID_M)
        on = np.concatenate([self.cut_segment, on[inner]])
        at = np.concatenate([self.cut_at, at[inner]])
        length_m = np.hypot(*(self.segments[on, 1] - self.segments[on, 0]).T)
        _, first = np.unique(on + 1j * np.round(at * length_m / (GRID_M * 5)), return_index=True)
        self.cut_segment, self.cut_at = on[first], at[first]


def _surround(xy: Floats) -> Floats:
    """Place four points so far out that no wall point is farther from any place in the area."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    reach = 10 * float((high - low).max()) + 1.0
    corners = np.array([[-1.0, -1.1], [1.2, -1.0], [1.0, 1.3], [-1.1, 1.0]])
    points: Floats = (low + high) / 2 + reach * corners
    return points


class Mesh(NamedTuple):
    """Triangles by their corners, and each side that two triangles share."""

    points: Floats
    corners: Ints
    edges: Ints
    across: Ints
    apexes: Ints
    nodes: Floats

    def number_edges(self, pairs: Ints) -> Ints:
        """Give each pair of points one number, whichever comes first."""
        a, b = pairs.T
        numbers: Ints = np.minimum(a, b) * len(self.points) + np.maximum(a, b)
        return numbers


class Triangulation:
    """The Delaunay triangulation of points that come in batches, the first around all others."""

    def __init__(self, around: Floats) -> None:
        self.points = np.empty((0, 2))
        self._moved = np.empty((0, 2))
        self._centre = around.mean(axis=0)
        self._size_m = float(np.abs(around - self._centre).max())
        self._random = np.random.default_rng(0)
        self.add(around)

    def add(self, points: Floats) -> Ints:
        """Add points that were not there before, and return their numbers."""
        before = len(self.points)
        jitter = self._random.uniform(-JITTER_M, JITTER_M, points.shape)
        moved = (points - self._centre + jitter) / self._size_m
        self.points = np.concatenate([self.points, points])
        self._moved = np.concatenate([self._moved, moved])
        return np.arange(before, len(self.points))

    def draw(self) -> Mesh:
        """Draw the triangles of all points so far, afresh: points added one by one can loop."""
        from scipy.spatial import Delaunay  # noqa: PLC0415  (0.3 s at import)

        drawn = Delaunay(self._moved, qhull_options="Q12")
        corners, beside = drawn.simplices.astype(np.intp), drawn.neighbors
        here, side = np.nonzero(beside > np.arange(len(corners))[:, None])
        there = beside[here, side].astype(np.intp)
        total = corners.sum(axis=1)
        p, q = corners[here, side - 2], corners[here, side - 1]
        apexes = np.stack([corners[here, side], total[there] - p - q], axis=1)
        nodes = _find_circumcentres(drawn.points[corners]) * self._size_m + self._centre
        edges, across = np.stack([here, there], axis=1), np.stack([p, q], axis=1)
        return Mesh(self.points, corners, edges, across, apexes, nodes)


def _find_circumcentres(triangles: Floats) -> Floats:
    """Find the centre of the circle through the corners of each triangle."""
    a = triangles[:, 0]
    b, c = triangles[:, 1] - a, triangles[:, 2] - a
    twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    twice = np.where(twice == 0, 1e-9, twice)
    b2, c2 = np.einsum("ij,ij->i", b, b), np.einsum("ij,ij->i", c, c)
    x = (c[:, 1] * b2 - b[:, 1] * c2) / twice
    y = (b[:, 0] * c2 - c[:, 0] * b2) / twice
    return np.stack([x, y], axis=1) + a


def is_among(numbers: Ints, ordered: Ints) -> Bools:
    """Say which numbers are found among ordered ones."""
    if not len(ordered):
        return np.zeros(len(numbers), bool)
    at = np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)
    found: Bools = ordered[at] == numbers
    return found

"""
Where do two drawings share an edge: a vertex that lies on another's edge is put into it.

Where two run along each other nearer than the plane bends them, they are joined too: a vertex is
faced by one on the other's edge, and where they cross at a flat angle both have one.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

from encircle.map.plane.projection import LONGEST_EDGE_DEG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Places = dict[int, list[tuple[int, float, float, float]]]
    Put = tuple[Ints, Floats, Floats]
    """Edges, how far along each something is put into it, and where that is."""

JOINT_DEG = 2e-6
"""A vertex within this of an edge lies on it, degrees: what two roundings to the six decimals of
RFC 7946 11.2 come to."""
FLAT_M = 10.0
"""A crossing that bending may move along by more than this, metres, is where it is in degrees."""
LEAST_BEND_M = 0.05
"""What is bent by less is straight, metres: what lies so near to a line lies on it."""
FLATTEST = 1e-8
"""Edges at an angle of less than this, radians, lie on each other where they meet."""
DEGREE_M = 111_320.0
"""A degree of the equator, metres."""
MOST_LAT_DEG = 89.9
"""Nearer to a pole a degree of longitude is as long as there."""
FAR_SHARE = 0.2
"""The plane bends an edge more the farther it lies from its middle: within five degrees by no more
than this share of what the globe itself bends in its length. Measured on random edges."""
PAIRS_AT_ONCE = 8_000_000
"""Most pairs of edge and vertex held at a time, so that they never fill the memory."""


def share_vertices(shapes: Sequence[BaseGeometry], most: int) -> list[BaseGeometry] | None:
    """
    Give each line and polygon the vertices that others have on its edges.

    Edges are straight in degrees and bent on a plane in metres (RFC 7946 3.1.1). Two that lie
    on each other do so on the plane too if both have vertices at the same places. What lies beside
    one, or crosses it, is there on the plane too if a vertex of its own faces it there.

    Returns
    -------
    shapes
        In the same order; None if there were more vertices to put in. What would touch itself
        with them stays as it was.

    Examples
    --------
    >>> wide, narrow = shapely.box(0, 0, 3, 1), shapely.box(1, 1, 2, 2)
    >>> shapely.get_coordinates(share_vertices([wide, narrow], 100)[0])[1:4].tolist()
    [[3.0, 1.0], [2.0, 1.0], [1.0, 1.0]]
    """
    paths = [path for shape in shapes for path in _paths_of(shape)]
    places = _find_places(paths, shapely.get_coordinates(list(shapes)), most)
    if places is None:
        return None
    bent = iter([_bend(path, places.get(i, [])) for i, path in enumerate(paths)])
    shared, number = [], 0
    for shape in shapes:
        count = sum(1 for _ in _paths_of(shape))
        own = [next(bent) for _ in range(count)]
        is_bent = any(i in places for i in range(number, number + count))
        built = _rebuild(shape, iter(own)) if is_bent else shape
        shared.append(built if built.is_valid else shape)
        number += count
    return shared


def _paths_of(shape: BaseGeometry) -> Iterator[Floats]:
    """Give the vertices of each line and each ring, in a fixed order."""
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon):
            yield shapely.get_coordinates(part.exterior)
            yield from (shapely.get_coordinates(hole) for hole in part.interiors)
        elif isinstance(part, LineString):
            yield shapely.get_coordinates(part)


def _rebuild(shape: BaseGeometry, paths: Iterator[Floats]) -> BaseGeometry:
    parts: list[Any] = [
        Polygon(next(paths), [next(paths) for _ in part.interiors])
        if isinstance(part, Polygon)
        else LineString(next(paths))
        for part in shapely.get_parts(shape)
    ]
    if shape.geom_type == "MultiPolygon":
        return MultiPolygon(parts)
    return MultiLineString(parts) if shape.geom_type == "MultiLineString" else parts[0]


def _find_places(paths: list[Floats], vertices: Floats, most: int) -> Places | None:
    """Find what to put into each path's edges: after which vertex, how far along, where."""
    knots = np.unique(vertices, axis=0)
    edges = _Edges(paths)
    places: Places = {}
    found = 0
    for edge, share, where in chain(_find_beside(edges, knots), _find_flat_crossings(edges)):
        found += len(edge)
        if found > most:
            return None
        owner, start = edges.path[edge].tolist(), edges.after[edge].tolist()
        for i, n, s, (x, y) in zip(owner, start, share.tolist(), where.tolist(), strict=True):
            places.setdefault(i, []).append((n, s, x, y))
    return places


class _Edges:
    """All edges of all paths, by the path and the vertex of it that each begins at."""

    def __init__(self, paths: list[Floats]) -> None:
        lengths = [len(path) - 1 for path in paths]
        self.path = np.repeat(np.arange(len(paths)), lengths)
        self.after = np.concatenate([np.arange(n) for n in lengths] or [np.empty(0, dtype=int)])
        self.start = np.concatenate([path[:-1] for path in paths] or [np.empty((0, 2))])
        self.step = np.concatenate([np.diff(path, axis=0) for path in paths] or [np.empty((0, 2))])
        middle = self.start[:, 1] + self.step[:, 1] / 2
        self.lat = np.radians(np.clip(middle, -MOST_LAT_DEG, MOST_LAT_DEG))
        self.across_m = DEGREE_M * np.cos(self.lat)
        """How long a degree of longitude is at the middle of each."""
        self.bend_m = self._measure_bends()

    def _measure_bends(self) -> Floats:
        """
        Bound how far from where it is in degrees the plane has the middle of what it cuts each to.

        Metres; by how a degree of longitude shrinks towards the poles, and by a little more for
        what lies far from the middle of the plane.
        """
        long = np.maximum(np.hypot(*self.step.T), JOINT_DEG)
        east, north = self.step.T * np.minimum(LONGEST_EDGE_DEG / long, 1.0)
        turn = np.radians(1.0)
        along = self.across_m * east * north * np.tan(self.lat) * turn / 4
        beside = DEGREE_M * east**2 * np.sin(2 * self.lat) * turn / 16
        far = FAR_SHARE * DEGREE_M * (east**2 + north**2) * turn / 8
        bends_m: Floats = np.hypot(along, beside) + far
        return bends_m

    def measure(self, steps: Floats, edges: Ints) -> Floats:
        """Measure steps beside some edges, metres."""
        return np.hypot(steps[:, 0] * self.across_m[edges], steps[:, 1] * DEGREE_M)

    def draw(self, numbers: slice | NDArray[np.intp] = slice(None)) -> NDArray[np.object_]:
        """Draw some of them."""
        start, step = self.start[numbers], self.step[numbers]
        return np.asarray(shapely.linestrings(np.stack([start, start + step], axis=1)))


def _find_beside(edges: _Edges, knots: Floats) -> Iterator[Put]:
    """
    Find the vertices on each edge, and those beside it that bending may bring to its other side.

    What lies on it is put in, what lies beside it is faced by a vertex on the edge itself.
    """
    tree = STRtree([*shapely.get_parts(shapely.multipoints(knots))])
    near = np.maximum(2 * edges.bend_m / edges.across_m, JOINT_DEG)
    at_once = max(1, PAIRS_AT_ONCE // len(knots)) if len(knots) else 1
    for first in range(0, len(edges.path), at_once):
        batch = slice(first, first + at_once)
        edge, knot = tree.query(edges.draw(batch), "dwithin", near[batch])
        edge += first
        start, step = edges.start[edge], edges.step[edge]
        off = knots[knot] - start
        apart = np.minimum(np.hypot(*off.T), np.hypot(*(off - step).T)) > JOINT_DEG
        edge, knot, start, step, off = (a[apart] for a in (edge, knot, start, step, off))
        share = (off * step).sum(axis=1) / np.square(step).sum(axis=1)
        foot = start + share[:, None] * step
        gap = knots[knot] - foot
        on = (np.hypot(*gap.T) <= JOINT_DEG) & (share > 0) & (share < 1)
        yield edge[on], share[on], knots[knot[on]]
        faced = ~on & (_measure_from_ends(share, step) > JOINT_DEG)
        faced &= edges.measure(gap, edge) <= 2 * edges.bend_m[edge]  # what it runs along bends too
        yield edge[faced], share[faced], foot[faced]


def _measure_from_ends(share: Floats, step: Floats) -> Floats:
    """Measure how far from the nearer end of edges some shares of them lie, degrees."""
    from_ends: Floats = np.minimum(share, 1 - share) * np.hypot(*step.T)
    return from_ends


def _find_flat_crossings(edges: _Edges) -> Iterator[Put]:
    """Find where edges cross so flatly that bending would have them cross elsewhere."""
    bent = np.flatnonzero(edges.bend_m >= LEAST_BEND_M)
    if not len(bent):
        return
    one, nth = STRtree(edges.draw(bent)).query(edges.draw())  # whose boxes meet
    kept = (one < bent[nth]) | (edges.bend_m[one] < LEAST_BEND_M)  # of two bent ones once
    one, other = one[kept], bent[nth[kept]]
    a, b, gap = edges.step[one], edges.step[other], edges.start[other] - edges.start[one]
    turned = _cross(a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, along = _cross(gap, b) / turned, _cross(gap, a) / turned
        sine = turned * edges.across_m[one] * DEGREE_M
        sine /= edges.measure(a, one) * edges.measure(b, one)
        moved_m = (edges.bend_m[one] + edges.bend_m[other]) / np.abs(sine)
        inner = np.minimum(_measure_from_ends(share, a), _measure_from_ends(along, b))
    flat = (moved_m > FLAT_M) & (np.abs(sine) > FLATTEST) & (inner > JOINT_DEG)
    where = edges.start[one[flat]] + share[flat, None] * a[flat]
    yield one[flat], share[flat], where
    yield other[flat], along[flat], where


def _cross(a: Floats, b: Floats) -> Floats:
    """Give the cross product of each a with its b."""
    product: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _bend(path: Floats, places: list[tuple[int, float, float, float]]) -> Floats:
    """Put vertices into a path, each into its edge, in their order along it."""
    if not places:
        return path
    order = sorted(places)
    after = [start + 1 for start, *_ in order]
    return np.insert(path, after, [(x, y) for _, _, x, y in order], axis=0)

"""Where do two drawings share an edge: a vertex that lies on another's edge is put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Places = dict[int, list[tuple[int, float, float, float]]]

JOINT_DEG = 2e-6
"""A vertex within this of an edge lies on it, degrees: what two roundings to the six decimals of
RFC 7946 11.2 come to."""
PAIRS_AT_ONCE = 8_000_000
"""Most pairs of edge and vertex held at a time, so that they never fill the memory."""


def share_vertices(shapes: Sequence[BaseGeometry], most: int) -> list[BaseGeometry] | None:
    """
    Give each line and polygon the vertices that others have on its edges.

    Edges are straight in degrees and bent on a plane in metres (RFC 7946 3.1.1). Two that lie
    on each other do so on the plane too if both have vertices at the same places.

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
    """Find the vertices on each path's edges: after which vertex, how far along the edge, where."""
    knots = np.unique(vertices, axis=0)
    tree = STRtree([*shapely.get_parts(shapely.multipoints(knots))])
    lengths = [len(path) - 1 for path in paths]
    path_of = np.repeat(np.arange(len(paths)), lengths)
    start_of = np.concatenate([np.arange(n) for n in lengths] or [np.empty(0, dtype=int)])
    starts = np.concatenate([path[:-1] for path in paths] or [np.empty((0, 2))])
    steps = np.concatenate([np.diff(path, axis=0) for path in paths] or [np.empty((0, 2))])
    places: Places = {}
    found = 0
    at_once = max(1, PAIRS_AT_ONCE // len(knots)) if len(knots) else 1
    for first in range(0, len(starts), at_once):
        batch = slice(first, first + at_once)
        edges = shapely.linestrings(np.stack([starts[batch], starts[batch] + steps[batch]], axis=1))
        edge, knot = tree.query(edges, "dwithin", JOINT_DEG)
        edge += first
        off = knots[knot] - starts[edge]
        apart = np.minimum(np.hypot(*off.T), np.hypot(*(off - steps[edge]).T)) > JOINT_DEG
        edge, knot, off = edge[apart], knot[apart], off[apart]
        found += len(edge)
        if found > most:
            return None
        share = (off * steps[edge]).sum(axis=1) / np.square(steps[edge]).sum(axis=1)
        for e, s, (x, y) in zip(edge.tolist(), share.tolist(), knots[knot].tolist(), strict=True):
            places.setdefault(int(path_of[e]), []).append((int(start_of[e]), s, x, y))
    return places


def _bend(path: Floats, places: list[tuple[int, float, float, float]]) -> Floats:
    """Put vertices into a path, each into its edge, in their order along it."""
    if not places:
        return path
    order = sorted(places)
    after = [start + 1 for start, *_ in order]
    return np.insert(path, after, [(x, y) for _, _, x, y in order], axis=0)

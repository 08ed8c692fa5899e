"""Which stretch of each line lies on whose ground: a million segments cut by polygons at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage
from shapely import STRtree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CELLS = (128, 1024)
"""The least and most cells along each side of the raster. The most: fine enough that few segments
of a kilometre on a map of a thousand come near a boundary, coarse enough to be drawn in tens of
milliseconds."""
CELLS_PER_SEGMENT = 4.0
"""About so many cells are drawn for each segment: for a few segments a fine raster costs more than
it saves."""
MOST_IN_BOX = 64
"""Segments whose box holds more cells than this are held against the edges with a tree."""
SLACK = 1e-9
"""Share of the raster's width by which a boundary may stray in rounding."""
LEAST_SHARE = 1e-12
"""A piece shorter than this share of its segment is rounding."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Segments in pieces, in order along each segment, segments in order."""

    segment: Ints
    """Segment each piece is part of, shape (k,)."""
    polygon: Ints
    """Polygon it lies in, shape (k,); -1 for none."""
    begin: Floats
    end: Floats
    """Share of the segment at which the piece begins and ends, 0 to 1."""


def cut_segments(start: Floats, end: Floats, polygons: Sequence[BaseGeometry]) -> Pieces:
    """
    Cut straight segments where they enter and leave polygons.

    Ground that several polygons cover belongs to the first of them; a boundary belongs to its
    polygon.

    Parameters
    ----------
    start, end
        Ends of the segments, any plane coordinates, shape (n, 2).
    polygons
        Valid polygons and multipolygons in the same coordinates.

    Notes
    -----
    A raster of the boundaries tells which segments cannot touch one: those whose bounding box
    holds no cell with a boundary in it. They lie where their cell lies. Only the others are held
    against the boundaries themselves: each against the edges in the cells of its box.

    Examples
    --------
    >>> square = shapely.box(2, 0, 5, 4)
    >>> pieces = cut_segments(np.array([[0.0, 1.0]]), np.array([[10.0, 1.0]]), [square])
    >>> pieces.polygon.tolist(), pieces.begin.round(3).tolist()
    ([-1, 0, -1], [0.0, 0.2, 0.5])
    """
    start, end = np.asarray(start, float), np.asarray(end, float)
    shapes = np.array([p for p in polygons if not p.is_empty], object)
    number = np.flatnonzero([not p.is_empty for p in polygons])
    if not (len(shapes) and len(start)):
        return _keep_whole(np.arange(len(start)), np.full(len(start), -1))
    edges = _list_edges(shapes)
    raster = _Raster(shapes, edges, len(start))
    clear, found = raster.look_up(start, end)
    near = np.flatnonzero(~clear)
    whole = _keep_whole(np.flatnonzero(clear), found[clear])
    pairs = raster.pair(start[near], end[near])
    cut = _cut_near(start[near], end[near], shapes, edges, pairs)
    cut = Pieces(near[cut.segment], cut.polygon, cut.begin, cut.end)
    merged = (np.concatenate(pair) for pair in zip(_columns(whole), _columns(cut), strict=True))
    segment, polygon, begin, stop = merged
    order = np.argsort(segment, kind="stable")
    polygon = np.r_[number, -1][polygon[order]]
    return Pieces(segment[order], polygon, begin[order], stop[order])


def find_first(points: NDArray[np.object_], polygons: NDArray[np.object_]) -> Ints:
    """Find the first polygon each point lies in or on; -1 for none. Shape (n,)."""
    shapely.prepare(polygons)
    which, point = STRtree(points).query(polygons, "intersects")
    first = np.full(len(points), len(polygons))
    np.minimum.at(first, point, which)
    return np.where(first == len(polygons), -1, first)


def _columns(pieces: Pieces) -> tuple[Ints, Ints, Floats, Floats]:
    return pieces.segment, pieces.polygon, pieces.begin, pieces.end


def _keep_whole(segment: Ints, polygon: Ints) -> Pieces:
    return Pieces(segment, polygon, np.zeros(len(segment)), np.ones(len(segment)))


def _list_edges(polygons: NDArray[np.object_]) -> Floats:
    """List the edges of all rings; shape (k, 4)."""
    rings = shapely.get_parts(shapely.get_parts(shapely.boundary(polygons)))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    along = ring[1:] == ring[:-1]
    return np.hstack([xy[:-1][along], xy[1:][along]])


class _Raster:
    """Square cells over the polygons, those on a boundary marked and the others told apart."""

    def __init__(self, polygons: NDArray[np.object_], edges: Floats, segments: int) -> None:
        west, south, east, north = shapely.total_bounds(polygons)
        width = max(east - west, north - south, 1e-300)
        self._cells = int(np.clip(math.sqrt(CELLS_PER_SEGMENT * segments), *CELLS))
        self._cell = width / (self._cells - 4)  # two cells of margin: the outermost are outside
        self._origin = np.array([west, south]) - 2 * self._cell
        self._edges = edges
        self._passed, self._edge = self._mark(edges, SLACK * width)
        marked = np.zeros((self._cells, self._cells), bool)
        marked.ravel()[self._passed] = True
        sums = np.zeros((self._cells + 1, self._cells + 1), np.int32)
        np.cumsum(np.cumsum(marked, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
        self._sums = sums
        label, count = ndimage.label(~marked)
        cells = label.ravel()
        at = np.zeros(count + 1, np.int64)
        at[cells[::-1]] = np.arange(cells.size)[::-1]  # the first cell of each is written last
        middle = self._origin + (np.column_stack(np.divmod(at[1:], self._cells)) + 0.5) * self._cell
        first = find_first(shapely.points(middle), polygons)
        self._polygon = np.r_[-1, first][label]

    def _mark(self, edges: Floats, slack: float) -> tuple[Ints, Ints]:
        """List the cells an edge may pass, of each bit of it those of its bounds, and the edge."""
        steps = np.ceil(np.hypot(*(edges[:, 2:] - edges[:, :2]).T) / self._cell).astype(int) + 1
        which = np.repeat(np.arange(len(edges)), steps)
        step = np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)
        shares = np.column_stack([step, step + 1]) / steps[which][:, None]
        one, other = (
            edges[which, :2] + shares[:, k, None] * (edges[which, 2:] - edges[which, :2])
            for k in range(2)
        )
        low = self._find_cells(np.minimum(one, other) - slack)
        high = self._find_cells(np.maximum(one, other) + slack)
        across, up = (low != high).T
        listed = [
            (x[own] * self._cells + y[own]) * len(edges) + which[own]
            for x, y, own in (
                (low[:, 0], low[:, 1], slice(None)),
                (high[:, 0], low[:, 1], across),
                (low[:, 0], high[:, 1], up),
                (high[:, 0], high[:, 1], across & up),
            )
        ]
        return np.divmod(np.sort(np.concatenate(listed)), len(edges))

    def pair(self, start: Floats, end: Floats) -> tuple[Ints, Ints]:
        """Pair segments with the edges that pass a cell of their box: segment and edge, by both."""
        low = self._find_cells(np.minimum(start, end))
        wide = self._find_cells(np.maximum(start, end)) - low + 1
        count = wide[:, 0] * wide[:, 1]
        long = np.flatnonzero(count > MOST_IN_BOX)
        count[long] = 0
        segment, nth = _count_up(count)
        over, up = np.divmod(nth, wide[segment, 1])
        cell = (low[segment, 0] + over) * self._cells + low[segment, 1] + up
        first, last = (np.searchsorted(self._passed, cell, side=side) for side in ("left", "right"))
        box, nth = _count_up(last - first)
        which, edge = _pair_by_tree(start[long], end[long], self._edges)
        segment = np.concatenate([segment[box], long[which]])
        edge = np.concatenate([self._edge[first[box] + nth], edge])
        paired = np.unique(segment * len(self._edges) + edge)
        return np.divmod(paired, len(self._edges))

    def _find_cells(self, xy: Floats) -> Ints:
        cells = np.floor((xy - self._origin) / self._cell)
        return np.asarray(np.clip(cells, 0, self._cells - 1), np.int64)

    def look_up(self, start: Floats, end: Floats) -> tuple[Bools, Ints]:
        """Tell which segments are clear of every boundary, and in which polygon those lie."""
        low = self._find_cells(np.minimum(start, end))
        high = self._find_cells(np.maximum(start, end)) + 1
        sums = self._sums.ravel()
        row_low, row_high = low[:, 0] * (self._cells + 1), high[:, 0] * (self._cells + 1)
        marked = (
            sums[row_high + high[:, 1]]
            - sums[row_low + high[:, 1]]
            - sums[row_high + low[:, 1]]
            + sums[row_low + low[:, 1]]
        )
        return marked == 0, self._polygon.ravel()[low[:, 0] * self._cells + low[:, 1]]


def _count_up(counts: Ints) -> tuple[Ints, Ints]:
    """List what is counted: whose it is, and the how manieth of it."""
    of = np.repeat(np.arange(len(counts)), counts)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)


def _pair_by_tree(start: Floats, end: Floats, edges: Floats) -> tuple[Ints, Ints]:
    """Pair segments with the edges that they meet: for those too long to look at every cell."""
    if not len(start):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    drawn: NDArray[np.object_] = np.array(shapely.linestrings(edges.reshape(-1, 2, 2)), object)
    segment, edge = STRtree(drawn).query(shapely.linestrings(np.stack([start, end], axis=1)))
    return segment, edge


def _cut_near(
    start: Floats,
    end: Floats,
    polygons: NDArray[np.object_],
    edges: Floats,
    pairs: tuple[Ints, Ints],
) -> Pieces:
    """Cut segments at every boundary they meet, and ask each piece's middle where it lies."""
    segment, share = _find_meetings(start, end, edges, pairs)
    all_segments = np.arange(len(start))
    segment = np.r_[all_segments, segment, all_segments]
    share = np.r_[np.zeros(len(start)), share, np.ones(len(start))]
    order = np.lexsort((share, segment))
    segment, share = segment[order], share[order]
    begin = np.flatnonzero((segment[1:] == segment[:-1]) & (np.diff(share) > LEAST_SHARE))
    of, low, high = segment[begin], share[begin], share[begin + 1]
    middle = start[of] + ((low + high) / 2)[:, None] * (end[of] - start[of])
    polygon = find_first(shapely.points(middle), polygons)
    fresh = np.ones(len(of) + 1, bool)
    fresh[1:-1] = (of[1:] != of[:-1]) | (polygon[1:] != polygon[:-1])
    first, last = fresh[:-1], fresh[1:]
    return Pieces(of[first], polygon[first], low[first], high[last])


def _find_meetings(
    start: Floats, end: Floats, edges: Floats, pairs: tuple[Ints, Ints]
) -> tuple[Ints, Floats]:
    """
    Find where segments meet edges, of the pairs that may: the segment and the share of it.

    An edge that runs along a segment meets it where the edge begins and ends. A cut where they only
    nearly meet does no harm: the pieces on either side of it lie on the same ground.
    """
    segment, which = pairs
    p, r = start[segment], end[segment] - start[segment]
    q, s = edges[which, :2], edges[which, 2:] - edges[which, :2]
    away = q - p
    across = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    size = np.hypot(*r.T) * np.hypot(*s.T)
    along = np.abs(across) <= SLACK * size
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (away[:, 0] * s[:, 1] - away[:, 1] * s[:, 0]) / across
        of_edge = (away[:, 0] * r[:, 1] - away[:, 1] * r[:, 0]) / across
    met = ~along & (np.abs(share - 0.5) <= 0.5 + SLACK) & (np.abs(of_edge - 0.5) <= 0.5 + SLACK)
    squared = np.maximum((r * r).sum(axis=1), 1e-300)[along]
    ends = [((e[along] - p[along]) * r[along]).sum(axis=1) / squared for e in (q, q + s)]
    return (
        np.r_[segment[met], segment[along], segment[along]],
        np.clip(np.r_[share[met], *ends], 0.0, 1.0),
    )

"""Lines of a road map cut where they meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, STRtree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from encircle.map.plane.projection import Plane

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SAME_M = 0.01
"""Stops no further apart than this along a line are one junction, metres: rounding of a projection
must not make a stretch of road with a chance of its own."""
GAP_M = 1.0
"""Gap between two lines laid on one axis, metres."""
LANDING_M = 1.0
"""A place asked for is at a junction where it lies no further than this along the road, metres."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Roads as they were drawn."""

    lonlat: Floats
    """Places of all lines, one line after the other, degrees, shape (k, 2)."""
    begins: Ints
    """Where each line begins among them, and the end, shape (l + 1,)."""
    keys: Ints
    """Who each place is, 0 and up, shape (k,): two lines meet where they share a key."""
    p_open: Floats
    """Probability that each line is open, shape (l,); NaN where the file does not say."""
    names: tuple[str, ...]
    notices: tuple[str, ...] = ()
    """What was odd about the file."""
    shared: Ints | None = None
    """The piece of evidence each line rests on with others, shape (l,), -1 for none; None: all
    roads are open or closed each by itself."""


def project(lines: Lines, plane: Plane) -> Floats:
    """Give all places in metres; a place that many lines share is projected once."""
    one_of = np.zeros(int(lines.keys.max()) + 1, np.int64)
    one_of[lines.keys] = np.arange(len(lines.keys))
    return plane.points_to_metres(lines.lonlat[one_of])[lines.keys]


def measure_along(lines: Lines, xy: Floats) -> tuple[Ints, Floats]:
    """Give the line of every place, and how far along it the place lies, metres."""
    of_line = np.repeat(np.arange(len(lines.begins) - 1), np.diff(lines.begins))
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    step[lines.begins[:-1]] = 0.0
    total = np.cumsum(step)
    return of_line, total - total[lines.begins[:-1]][of_line]


class Noder:
    """Gathers where lines must be cut: a stop is a place along a line, and the key it has there."""

    def __init__(self, lines: Lines, plane: Plane) -> None:
        self.lines, self.plane = lines, plane
        self.xy = xy = project(lines, plane)
        self.of_line, self.along = measure_along(lines, xy)
        self.keys, self.count = lines.keys, int(lines.keys.max()) + 1
        is_end = np.zeros(len(xy), bool)
        is_end[lines.begins[:-1]] = is_end[lines.begins[1:] - 1] = True
        met = np.bincount(self.keys)
        self.is_loose = is_end & (met[self.keys] == 1)
        stops = np.flatnonzero(is_end | (met[self.keys] > 1))
        self.stops = [
            (self.of_line[stops], self.along[stops], self.keys[stops], lines.lonlat[stops])
        ]
        self.same: list[tuple[Ints, Ints]] = []
        self.asked: set[int] = set()
        self.joined = 0

    def join_loose_ends(self, tolerance_m: float) -> None:
        """Join every loose end to the sides and the loose ends of other lines near it."""
        ends = np.flatnonzero(self.is_loose)
        shapes: NDArray[np.object_] = np.array(
            shapely.linestrings(self.xy, indices=self.of_line), object
        )
        points: NDArray[np.object_] = np.array(shapely.points(self.xy[ends]), object)
        which, other = STRtree(shapes).query(points, "dwithin", tolerance_m)
        fresh = self.of_line[ends[which]] != other
        which, other = which[fresh], other[fresh]
        at = shapely.line_locate_point(shapes[other], points[which])
        keys = self._add_stops(other, at)
        self.same.append((self.keys[ends[which]], keys))
        self.joined = len(np.unique(which))

    def land(self, places: Floats) -> list[tuple[int, float]]:
        """Cut the road nearest each place; give the key and the distance, metres."""
        landings = []
        for place in places:
            lines = self._list_near(place)
            shapes = [self._draw(line) for line in lines]
            gaps_m = shapely.distance(shapely.Point(place), shapes)
            nearest = int(np.argmin(gaps_m))
            at = shapes[nearest].project(shapely.Point(place))
            key = self._find_stop(int(lines[nearest]), at)
            if key is None:
                key = int(self._add_stops(lines[nearest : nearest + 1], np.array([at]))[0])
                self.asked.add(key)
            landings.append((key, float(gaps_m[nearest])))
        return landings

    def _find_stop(self, line: int, along_m: float) -> int | None:
        """Find the stop that lies right there on a line, if there is one."""
        for lines, along, keys, _ in self.stops:
            on = np.flatnonzero(lines == line)
            near = on[np.abs(along[on] - along_m) <= LANDING_M]
            if len(near):
                return int(keys[near[0]])
        return None

    def _list_near(self, place: Floats) -> Ints:
        """List the lines that may come as near to a place as the nearest corner of any does."""
        squared = sum((axis - at) ** 2 for axis, at in zip(self.axes, place, strict=True))
        outside = sum(
            np.maximum(np.maximum(low - at, at - high), 0.0) ** 2
            for (low, high), at in zip(self.bounds, place, strict=True)
        )
        return np.flatnonzero(outside <= np.min(squared) * (1 + 1e-9))

    @cached_property
    def axes(self) -> tuple[Floats, Floats]:
        """Each coordinate of all places by itself, metres."""
        return np.ascontiguousarray(self.xy[:, 0]), np.ascontiguousarray(self.xy[:, 1])

    @cached_property
    def bounds(self) -> list[tuple[Floats, Floats]]:
        """Lowest and highest of each coordinate along every line, metres."""
        starts = self.lines.begins[:-1]
        return [
            (np.minimum.reduceat(axis, starts), np.maximum.reduceat(axis, starts))
            for axis in self.axes
        ]

    def _draw(self, line: int) -> LineString:
        return LineString(self.xy[self.lines.begins[line] : self.lines.begins[line + 1]])

    def _add_stops(self, line: Ints, along: Floats) -> Ints:
        keys = np.arange(self.count, self.count + len(line))
        self.count += len(line)
        drawn = [self._draw(one) for one in line]
        xy = shapely.get_coordinates(shapely.line_interpolate_point(drawn, along))
        self.stops.append((line, along, keys, self.plane.points_to_degrees(xy)))
        return keys

    def cut(self) -> tuple[Ints, Ints, Floats, Floats, Ints, Floats, Floats, Ints]:
        """
        Cut the lines at their stops.

        Returns
        -------
        u, v, begin_m, length_m, line, share
            Of every stretch.
        lonlat, vertex_of
            Where each vertex lies, degrees; and the vertex of each key.
        """
        line, along, keys, lonlat = (np.concatenate(part) for part in zip(*self.stops, strict=True))
        # on one axis, line after line: nearly in order already, which a stable sort is quick at
        ends = np.cumsum(self.along[self.lines.begins[1:] - 1] + GAP_M)
        order = np.argsort(along + np.r_[0.0, ends][line], kind="stable")
        line, along, keys, lonlat = line[order], along[order], keys[order], lonlat[order]
        next_to = np.flatnonzero(line[1:] == line[:-1])
        length_m = along[next_to + 1] - along[next_to]
        touching = next_to[length_m <= SAME_M]
        pairs = [*self.same, (keys[touching], keys[touching + 1])]
        one, other = (np.concatenate(part) for part in zip(*pairs, strict=True))
        number = self._join_keys(one, other)
        is_used = np.zeros(int(number.max()) + 1, bool)
        is_used[number[keys]] = True
        vertex_of = (np.cumsum(is_used) - 1)[number]
        vertex = vertex_of[keys]
        met = np.bincount(vertex)
        places = np.column_stack([np.bincount(vertex, lonlat[:, axis]) / met for axis in range(2)])
        kept = next_to[length_m > SAME_M]
        length_m = length_m[length_m > SAME_M]
        u, v = vertex[kept], vertex[kept + 1]
        share = self._find_shares(line, keys, kept, length_m)
        return u, v, along[kept], length_m, line[kept], share, places, vertex_of

    def _join_keys(self, one: Ints, other: Ints) -> Ints:
        """Number the keys, those that are one place alike."""
        if len(one) == 0:
            return np.arange(self.count)
        ties = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(self.count,) * 2)
        return np.asarray(connected_components(ties.tocsr(), directed=False)[1], np.int64)

    def _find_shares(self, line: Ints, keys: Ints, kept: Ints, length_m: Floats) -> Floats:
        """Give what share of a stretch between junctions each piece is: places asked for cut it."""
        cuts_off = np.isin(keys[kept], list(self.asked))
        follows = np.r_[False, line[kept][1:] == line[kept][:-1]]
        whole = np.cumsum(~(cuts_off & follows)) - 1
        total = np.bincount(whole, length_m, minlength=len(length_m))
        return np.asarray(length_m / total[whole])

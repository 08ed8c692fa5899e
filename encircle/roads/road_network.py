"""Which roads meet where: lines noded at shared places and loose ends, as a graph in metres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, STRtree

from encircle.errors import InputFault, SituationError
from encircle.map.counting import number_of
from encircle.map.plane.projection import Plane
from encircle.reliability.graph import Graph, sort_along_curve
from encircle.roads.overlay import cut_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

METRES_A_KM = 1000.0
TOUCH_M = 1e-6
"""Ground that reaches along a stretch no further than this is rounding, metres."""
SAME_M = 0.01
"""Stops no further apart than this along a line are one junction, metres: rounding of a projection
must not make a stretch of road with a chance of its own."""
GAP_M = 1.0
"""Gap between two lines laid on one axis, metres."""
LANDING_M = 1.0
"""A place asked for is at a junction where it lies no further than this along the road, metres."""


MOST_AWAY_M = 2_000.0
"""A place asked for further than this from every road is not on this road map, metres: a village
and its road lie nearer together. A choice, stated in docs/maps.md."""


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


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a place asked for meets the roads."""

    vertex: int
    distance_m: float
    """From the place to the nearest road, metres."""


@dataclass(frozen=True, slots=True)
class RoadNetwork:
    """Junctions and the stretches of road between them."""

    lonlat: Floats
    """Where each junction lies, degrees, shape (n, 2)."""
    u: Ints
    v: Ints
    length_m: Floats
    """Length of each stretch, metres, shape (m,)."""
    begin_m: Floats
    """Where along its line each stretch begins, metres, shape (m,)."""
    line: Ints
    """The line each stretch is part of, shape (m,)."""
    share: Floats
    """Share of a stretch between two junctions this is: less than 1 only where a place asked for
    lies along it."""
    lines: Lines
    landings: tuple[Landing, ...]
    """Where the places asked for meet the roads, in their order."""
    joined: int
    """Loose ends joined to another road within the tolerance."""
    tolerance_m: float

    def find_touched(self, polygons: Sequence[BaseGeometry]) -> NDArray[np.bool_]:
        """
        Find the stretches that some ground lies on, shape (m,).

        Parameters
        ----------
        polygons
            Valid polygons in degrees. What only meets a stretch at its end does not touch it.
        """
        plane = Plane(_find_middle(self.lines.lonlat))
        xy = _project(self.lines, plane)
        of_line, along = _measure_along(self.lines, xy)
        starts = np.flatnonzero(of_line[1:] == of_line[:-1])
        ground = [plane.to_metres(polygon) for polygon in polygons]
        pieces = cut_segments(xy[starts], xy[starts + 1], ground)
        # all lines one after the other on one axis, a gap between each
        offset = np.r_[0.0, np.cumsum(along[self.lines.begins[1:] - 1] + GAP_M)]
        place = (along + offset[of_line])[starts]
        length_m = np.diff(along)[starts]
        on = pieces.polygon >= 0
        segment = pieces.segment[on]
        low = place[segment] + pieces.begin[on] * length_m[segment]
        high = place[segment] + pieces.end[on] * length_m[segment]
        begins = self.begin_m + offset[self.line]
        first = np.searchsorted(begins + self.length_m, low + TOUCH_M)
        last = np.searchsorted(begins, high - TOUCH_M)
        turns = np.zeros(len(self.u) + 1, np.int64)
        np.add.at(turns, first, 1)
        np.add.at(turns, np.maximum(first, last), -1)
        return np.asarray(np.cumsum(turns)[:-1] > 0)

    def find_p_open(self, p_open: float, *, per_km: bool) -> Floats:
        """
        Give the probability that each stretch is open.

        Parameters
        ----------
        p_open
            For a stretch between two junctions, or for a kilometre, where the file says nothing.
        per_km
            A road of L km is open with the power L of its probability.
        """
        stated = self.lines.p_open[self.line]
        p = np.where(np.isnan(stated), p_open, stated)
        return np.asarray(p ** (self.length_m / METRES_A_KM if per_km else self.share))

    def to_graph(self, p_open: Floats, sources: Sequence[int], targets: Sequence[int]) -> Graph:
        """Give the kernels their arrays."""
        ends = (np.unique(np.array(one, np.int64)) for one in (sources, targets))
        return Graph(len(self.lonlat), self.u, self.v, p_open, *ends)

    def count_parts(self) -> tuple[int, float]:
        """Count the parts that no road joins, and the share of junctions in the largest."""
        n = len(self.lonlat)
        ones = np.ones(len(self.u), np.int8)
        count, label = connected_components(
            coo_array((ones, (self.u, self.v)), shape=(n, n)).tocsr(), directed=False
        )
        return int(count), float(np.bincount(label).max() / n)


def build_road_network(
    lines: Lines,
    places: Sequence[tuple[float, float]] = (),
    tolerance_m: float = 0.0,
    most_away_m: float = MOST_AWAY_M,
) -> RoadNetwork:
    """
    Cut lines where they meet, and at the places asked for.

    Lines meet where they share a place. A loose end (one that no other line shares) also meets
    whatever comes within the tolerance: other loose ends and the sides of other roads. Lines that
    merely cross do not meet: one may pass over the other. What is drawn twice, in the same or the
    other direction, is one road.

    Parameters
    ----------
    lines
        Roads as drawn.
    places
        Longitude and latitude of places, each joined to the nearest road.
    tolerance_m
        How near a loose end must come to another road to meet it, metres.
    most_away_m
        How far a place may lie from the nearest road, metres.

    Raises
    ------
    SituationError
        If a place lies further away: what is told of a road says nothing of that place.

    Examples
    --------
    >>> lonlat = np.array([[35.0, 51.0], [35.1, 51.0], [35.1001, 51.0], [35.1001, 51.1]])
    >>> begins, keys = np.array([0, 2, 4]), np.arange(4)
    >>> drawn = Lines(lonlat, begins, keys, np.array([np.nan, np.nan]), ("west", "north"))
    >>> [build_road_network(drawn, (), gap).count_parts()[0] for gap in (0.0, 10.0)]
    [2, 1]
    """
    lines = drop_repeats(lines)
    plane = Plane(_find_middle(lines.lonlat))
    noder = _Noder(lines, plane)
    if tolerance_m > 0:
        noder.join_loose_ends(tolerance_m)
    landings = noder.land(plane.points_to_metres(list(places)))
    _refuse_far(places, [gap_m for _, gap_m in landings], most_away_m)
    u, v, begin_m, length_m, line, share, lonlat, vertex_of = noder.cut()
    order = sort_along_curve(lonlat)
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    return RoadNetwork(
        lonlat=lonlat[order],
        u=number[u],
        v=number[v],
        begin_m=begin_m,
        length_m=length_m,
        line=line,
        share=share,
        lines=lines,
        landings=tuple(Landing(int(number[vertex_of[key]]), gap) for key, gap in landings),
        joined=noder.joined,
        tolerance_m=tolerance_m,
    )


def _refuse_far(
    places: Sequence[tuple[float, float]], gaps_m: Sequence[float], most_away_m: float
) -> None:
    faults = [
        InputFault(
            "",
            f"the place {lon:g},{lat:g} lies {gap_m / METRES_A_KM:.1f} km from the nearest road",
            "Give a place on a road (longitude first), or a road map that reaches there; "
            f"at most {most_away_m:g} m are bridged (--most-away-m)",
        )
        for (lon, lat), gap_m in zip(places, gaps_m, strict=True)
        if gap_m > most_away_m
    ]
    if faults:
        raise SituationError(faults)


def drop_repeats(lines: Lines) -> Lines:
    """
    Count once what is drawn twice, in the same or the other direction.

    A street saved there and back is one street, and a road posted twice is one road: repeating
    evidence changes nothing. Where repeats differ in their chance, the lowest stated one counts,
    and a notice says so, so that the order of the lines changes nothing either.

    Examples
    --------
    >>> lonlat = np.array([[35.0, 51.0], [35.1, 51.0], [35.1, 51.0], [35.0, 51.0]])
    >>> there_and_back = Lines(
    ...     lonlat, np.array([0, 2, 4]), np.array([0, 1, 1, 0]), np.array([0.9, 0.9]), ("a", "b")
    ... )
    >>> drop_repeats(there_and_back).names
    ('a',)
    """
    of_line = np.repeat(np.arange(len(lines.begins) - 1), np.diff(lines.begins))
    starts = np.flatnonzero(of_line[1:] == of_line[:-1])
    one, other = lines.keys[starts], lines.keys[starts + 1]
    pair = np.minimum(one, other) * (int(lines.keys.max()) + 1) + np.maximum(one, other)
    chance = np.where(np.isnan(lines.p_open), np.inf, lines.p_open)[of_line[starts]]
    order = np.lexsort((starts, chance, pair))
    repeats = np.zeros(len(starts), bool)
    repeats[order[1:]] = pair[order[1:]] == pair[order[:-1]]
    repeats &= one != other
    if not repeats.any():
        return lines
    said = np.isfinite(chance[order])
    differ = (chance[order][1:] != chance[order][:-1]) & said[1:] & said[:-1]
    unlike = int((repeats[order[1:]] & differ).sum())
    return _keep(lines, starts[~repeats], of_line, int(repeats.sum()), unlike)


def _keep(lines: Lines, starts: Ints, of_line: Ints, repeats: int, unlike: int) -> Lines:
    """Keep the segments that begin at some places, in runs that follow each other on a line."""
    goes_on = (starts[1:] == starts[:-1] + 1) & (of_line[starts[1:]] == of_line[starts[:-1]])
    first = starts[np.r_[True, ~goes_on]]
    last = starts[np.r_[~goes_on, True]] + 1
    count = last - first + 1
    begins = np.r_[0, np.cumsum(count)]
    kept = np.repeat(first - begins[:-1], count) + np.arange(begins[-1])
    line = of_line[first]
    notices = [f"{number_of(repeats, 'piece')} of road drawn more than once and counted once"]
    if unlike:
        notices.append(f"{unlike} of them state different chances: the lowest was taken")
    return Lines(
        lonlat=lines.lonlat[kept],
        begins=begins,
        keys=np.unique(lines.keys[kept], return_inverse=True)[1].reshape(-1).astype(np.int64),
        p_open=lines.p_open[line],
        names=tuple(lines.names[one] for one in line.tolist()),
        notices=(*lines.notices, *notices),
    )


def _find_middle(lonlat: Floats) -> tuple[float, float]:
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    if east - west > 180:  # noqa: PLR2004 - half the globe
        raise SituationError(
            [InputFault("", "the roads lie on both sides of the date line", "Give one side of it")]
        )
    return float((west + east) / 2), float((south + north) / 2)


def _project(lines: Lines, plane: Plane) -> Floats:
    """Give all places in metres; a place that many lines share is projected once."""
    one_of = np.zeros(int(lines.keys.max()) + 1, np.int64)
    one_of[lines.keys] = np.arange(len(lines.keys))
    return plane.points_to_metres(lines.lonlat[one_of])[lines.keys]


def _measure_along(lines: Lines, xy: Floats) -> tuple[Ints, Floats]:
    """Give the line of every place, and how far along it the place lies, metres."""
    of_line = np.repeat(np.arange(len(lines.begins) - 1), np.diff(lines.begins))
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    step[lines.begins[:-1]] = 0.0
    total = np.cumsum(step)
    return of_line, total - total[lines.begins[:-1]][of_line]


class _Noder:
    """Gathers where lines must be cut: a stop is a place along a line, and the key it has there."""

    def __init__(self, lines: Lines, plane: Plane) -> None:
        self.lines, self.plane = lines, plane
        self.xy = xy = _project(lines, plane)
        self.of_line, self.along = _measure_along(lines, xy)
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

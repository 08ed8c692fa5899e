"""Which roads meet where: lines noded at shared places and loose ends, as a graph in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from encircle.errors import InputFault, SituationError
from encircle.map.counting import number_of
from encircle.map.plane.projection import Plane
from encircle.reliability.counting.shared import Evidence
from encircle.reliability.graph import Graph, sort_along_curve
from encircle.roads.noding import GAP_M, Lines, Noder, measure_along, project
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
MOST_AWAY_M = 2_000.0
"""A place asked for further than this from every road is not on this road map, metres: a village
and its road lie nearer together. A choice, stated in docs/maps.md."""


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
        xy = project(self.lines, plane)
        of_line, along = measure_along(self.lines, xy)
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

    def find_shared(self, p_open: float) -> Evidence | None:
        """
        Find the evidence that roads share; None where all are open or closed each by itself.

        A piece holds with the lowest probability stated of a road that rests on it; `p_open` counts
        where none is stated. Its roads need it to hold, and nothing else.
        """
        if self.lines.shared is None or not (self.lines.shared >= 0).any():
            return None
        pieces = np.unique(self.lines.shared[self.lines.shared >= 0])
        lowest = np.full(int(pieces[-1]) + 1, np.inf)
        np.fmin.at(lowest, self.lines.shared, self.lines.p_open)
        p_true = np.where(np.isfinite(lowest), lowest, p_open)
        labels = self.lines.shared[self.line]
        return Evidence(p_true, labels, np.ones(len(labels), bool))

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
    noder = Noder(lines, plane)
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
        shared=None if lines.shared is None else lines.shared[line],
    )


def _find_middle(lonlat: Floats) -> tuple[float, float]:
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    if east - west > 180:  # noqa: PLR2004 - half the globe
        raise SituationError(
            [InputFault("", "the roads lie on both sides of the date line", "Give one side of it")]
        )
    return float((west + east) / 2), float((south + north) / 2)

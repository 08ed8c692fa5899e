"""Areas laid over each other, and told apart where they differ by more than rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely
from shapely.errors import GEOSException
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray


Region: TypeAlias = BaseGeometry | Sequence[BaseGeometry]
"""An area, or several that are taken as one: only what lies near a certificate is united."""
GRID_M = 0.01
"""Overlays snap to a grid of this width, metres: near-coincident edges break them otherwise."""
QUAD_SEGS = 32
ROUND = 1 / np.cos(np.pi / (4 * QUAD_SEGS))
"""Share of a distance at which so many chords lie nowhere inside the circle they stand for."""
MOST_AT_ONCE = 500
"""An outline of more corners is moved inward window by window: GEOS takes their square."""
LEAST_WINDOW_M = 50.0
"""A window is halved no further than this; metres."""
_SLIVER_M2 = 1e-6
NOTHING: BaseGeometry = Polygon()


def areas_of(geometry: BaseGeometry) -> BaseGeometry:
    """Keep the polygons of a geometry; the lines and points overlays leave behind go."""
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry if geometry.area > _SLIVER_M2 else NOTHING
    parts = shapely.get_parts(shapely.get_parts(geometry))  # of a collection's own collections too
    areas = parts[shapely.area(parts) > 0]
    return MultiPolygon([*areas]) if len(areas) else NOTHING  # apart, as overlays leave them


def join(*parts: BaseGeometry) -> BaseGeometry:
    """Unite areas."""
    drawn = [part for part in parts if not part.is_empty]
    if len(drawn) < 2:  # noqa: PLR2004 - nothing to unite
        return areas_of(drawn[0]) if drawn else NOTHING
    return areas_of(_overlay(_unite, *drawn))


def minus(whole: BaseGeometry, *parts: BaseGeometry) -> BaseGeometry:
    """Take areas from an area."""
    for part in parts:
        if not (whole.is_empty or part.is_empty):
            whole = areas_of(_overlay(shapely.difference, whole, part))
    return whole


def common(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Find the area two areas share."""
    return areas_of(_overlay(shapely.intersection, one, other))


def _unite(*parts: BaseGeometry, grid_size: float | None) -> BaseGeometry:
    if len(parts) == 2:  # noqa: PLR2004 - in one sweep; of more, GEOS unites polygon by polygon
        return shapely.union(*parts, grid_size=grid_size)
    return shapely.union_all(list(parts), grid_size=grid_size)


def _overlay(operate: Callable[..., BaseGeometry], *shapes: BaseGeometry) -> BaseGeometry:
    """Lay areas over each other on the grid; one whose parts overlap is mended first."""
    try:
        return operate(*shapes, grid_size=GRID_M)
    except GEOSException:  # an outline moved by GEOS may cross itself
        whole = [shapely.make_valid(s, method="structure", keep_collapsed=False) for s in shapes]
        return operate(*map(areas_of, whole), grid_size=GRID_M)


def with_slivers(area: BaseGeometry) -> BaseGeometry:
    """Draw what is thinner than the grid as thick as the grid keeps: it is drawn all the same."""
    wide = area.buffer(-2 * GRID_M, quad_segs=2)
    slivers = shapely.difference(area, wide.buffer(3 * GRID_M, quad_segs=2))
    if slivers.is_empty:
        return area
    return areas_of(shapely.union(area, slivers.buffer(2 * GRID_M, quad_segs=2)))


def shrink(area: BaseGeometry, by_m: float) -> BaseGeometry:
    """Draw an area smaller by some centimetres, however many corners its outline has."""
    windows = list(_halve(area, box(*area.bounds), 4 * by_m)) if not area.is_empty else []
    if len(windows) < 2:  # noqa: PLR2004 - all of it at once
        return area.buffer(-by_m, quad_segs=2)
    # What is cut off at a window's rim is drawn whole in the one beside it: they overlap.
    drawn = [
        shapely.intersection(part.buffer(-by_m, quad_segs=2), window.buffer(2 * by_m))
        for part, window in windows
    ]
    return areas_of(shapely.union_all(drawn))


def _halve(
    area: BaseGeometry, window: BaseGeometry, beside_m: float
) -> Iterator[tuple[BaseGeometry, BaseGeometry]]:
    """Cut an area into windows of few corners, each with what lies so near beside it."""
    left, bottom, right, top = window.bounds
    wide, high = right - left, top - bottom
    if shapely.get_num_coordinates(area) <= MOST_AT_ONCE or max(wide, high) < LEAST_WINDOW_M:
        yield area, window
        return
    middle = (left + right) / 2 if wide > high else (bottom + top) / 2
    first = (left, bottom, middle, top) if wide > high else (left, bottom, right, middle)
    other = (middle, bottom, right, top) if wide > high else (left, middle, right, top)
    for half in (box(*first), box(*other)):
        rim = half.buffer(beside_m, join_style="mitre")
        yield from _halve(shapely.intersection(area, rim), half, beside_m)


def look_round(thin: BaseGeometry, by_m: float) -> BaseGeometry:
    """
    Draw what lies within a distance of thin ground, at corners down to nine tenths of it.

    Part by part: of a thousand slivers at once GEOS lays every circle over every other.
    """
    return shapely.union_all(shapely.buffer(shapely.get_parts(thin), by_m, quad_segs=2))


def trace_of(points: NDArray[np.float64]) -> BaseGeometry:
    """Draw a polyline on the plane; one without length is a point."""
    if np.ptp(points, axis=0).max() < 1e-6:  # noqa: PLR2004 - a micrometre is no length
        return Point(points[0])
    return LineString(points)


def measure_stray(trace: BaseGeometry, region: Region, tolerance_m: float) -> float:
    """Measure how much of a trace, metres, lies farther than a tolerance from a region."""
    around = trace.buffer(3 * tolerance_m + 1)
    parts = [shapely.intersection(part, around) for part in parts_of(region) if not part.is_empty]
    if not parts:
        return max(trace.length, 1.0)
    near = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    left = trace if near.is_empty else trace.difference(near.buffer(tolerance_m * 1.01))
    if trace.geom_type == "Point":
        return 0.0 if left.is_empty else 1.0
    return float(left.length)


def parts_of(region: Region) -> Sequence[BaseGeometry]:
    """List the areas of a region."""
    return (region,) if isinstance(region, BaseGeometry) else region


def measure_gap(trace: BaseGeometry, region: Region) -> float:
    """Measure how far a trace passes from a region, metres; infinite where there is none."""
    gaps = [trace.distance(part) for part in parts_of(region) if not part.is_empty]
    return min(gaps, default=float("inf"))


def union_of(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """Unite shapes of any dimension."""
    return shapely.union_all(list(shapes))

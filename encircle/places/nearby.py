"""Which places lie here: the nearest one, and the largest of a window."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from encircle.places.listing import SCALE, read_columns, read_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from encircle.places.borders import Bounds
    from encircle.places.listing import Place

EARTH_M = 6_371_008.8
"""Mean radius, metres (IUGG). A sphere errs by 0.6 % at most: no matter which place is nearest."""
NEAREST_WITHIN_M = 30_000


@cache
def _order() -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Sort all places by latitude, so that a window is a slice."""
    lat = read_columns()[:, 1]
    order = np.argsort(lat, kind="stable")
    return order, lat[order]


def _find_between(south: float, north: float) -> NDArray[np.int64]:
    order, lat = _order()
    first, last = np.searchsorted(lat, [south * SCALE, north * SCALE + 1])
    return order[first:last]


def nearest_place(
    lon: float, lat: float, *, within_m: float = NEAREST_WITHIN_M, least: int = 0
) -> Place | None:
    """
    Find the place nearest to a point, or nothing within a distance.

    Parameters
    ----------
    least
        Places with fewer people are passed over.

    Examples
    --------
    >>> place = nearest_place(35.27, 51.19)
    >>> place.name if place else None
    'Sudzha'
    """
    reach = np.degrees(within_m / EARTH_M) * 1.01
    rows = _find_between(lat - reach, lat + reach)
    columns = read_columns()[rows]
    if least:
        rows, columns = rows[columns[:, 2] >= least], columns[columns[:, 2] >= least]
    if not len(rows):
        return None
    apart = measure_apart(lon, lat, columns[:, 0] / SCALE, columns[:, 1] / SCALE)
    best = int(np.argmin(apart))
    return read_place(int(rows[best])) if apart[best] <= within_m else None


def measure_apart(
    lon: float, lat: float, lons: NDArray[np.float64], lats: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Measure how far many places lie from one, on the sphere, in metres."""
    phi, phis = np.radians(lat), np.radians(lats)
    chord = (
        np.sin((phis - phi) / 2) ** 2
        + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2) ** 2
    )
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(chord, 1))))


def places_within(bounds: Bounds, most: int) -> list[Place]:
    """
    List the largest places of a window, at most so many, the largest first.

    Where west lies beyond east the window crosses the 180th meridian.

    Examples
    --------
    >>> [p.name for p in places_within((35.0, 51.0, 35.6, 51.4), 1)]
    ['Sudzha']
    """
    west, south, east, north = bounds
    rows = _find_between(south, north)
    lon = read_columns()[rows, 0] / SCALE
    inside = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    rows = rows[inside]
    ranked = rows[np.lexsort((rows, -read_columns()[rows, 2]))]
    return [read_place(int(row)) for row in ranked[: max(0, most)]]

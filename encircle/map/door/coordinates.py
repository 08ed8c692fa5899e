"""Are these the coordinates of a GeoJSON geometry, in degrees, and if not, which of them is not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Tell = Callable[[str, str, str], None]
    """Takes a fault: JSON pointer, what is wrong, the remedy."""

DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""Lists round a position, by type of geometry. Source: RFC 7946 3.1."""

LEAST_POSITIONS = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
"""Positions in a line or a ring, at least. Source: RFC 7946 3.1.4, 3.1.6."""

RINGED = frozenset({"Polygon", "MultiPolygon"})

BOUNDS_DEG = (180.0, 90.0)
"""Longitude and latitude run from minus this to this, degrees."""

FARTHEST_ANGLE = 400.0
"""A number past this is no angle that anybody mistyped (a circle has 360 degrees, or 400 gon):
it is metres or feet of a plane."""


@dataclass(slots=True)
class CoordinateWalk:
    """Walks nested coordinates, checking each number, so that a pointer can name the place."""

    tell: Tell
    vertices: int = 0
    with_z: int = 0
    """Positions that had more than a longitude and a latitude, whatever the rest was."""

    def take(self, value: object, pointer: str, kind: str) -> Any:  # noqa: ANN401 - nested lists
        """
        Take the coordinates of one geometry as nested lists of `(lon, lat)`.

        Heights and measures are dropped, on however many positions they stand and whatever they
        are (null too): the map is flat. What is wrong is told, each place of it.
        """
        return self._nest(value, pointer, DEPTHS[kind], kind)

    def _nest(self, value: object, pointer: str, depth: int, kind: str) -> Any:  # noqa: ANN401
        if depth == 0:
            return self._position(value, pointer)
        if not isinstance(value, (list, tuple)) or not value:
            self.tell(pointer, "no coordinates", "Give a list of positions")
            return []
        least = LEAST_POSITIONS.get(kind, 1)
        if depth == 1 and len(value) < least:
            self.tell(pointer, f"{number_of(len(value), 'position')}", f"Give at least {least}")
            return []
        inner: list[Any] | None = self._take_plain(value) if depth == 1 else None
        if inner is None:
            inner = [
                self._nest(item, f"{pointer}/{i}", depth - 1, kind) for i, item in enumerate(value)
            ]
        if depth == 1 and kind in RINGED and inner[0] != inner[-1]:
            self.tell(pointer, "the ring is not closed", "Repeat its first position at the end")
        return inner

    def _take_plain(self, value: list[Any] | tuple[Any, ...]) -> list[tuple[float, float]] | None:
        """Take flat positions in range at once, as nearly all are; None where one is not so."""
        if not set(map(type, value)) <= {list, tuple} or set(map(len, value)) != {2}:
            return None
        numbers = [*chain.from_iterable(value)]
        if set(map(type, numbers)) != {float}:
            return None
        if not (np.abs(np.array(numbers).reshape(-1, 2)) <= BOUNDS_DEG).all():  # nor is NaN
            return None
        self.vertices += len(value)
        return [*map(tuple, value)]

    def _position(self, value: object, pointer: str) -> tuple[float, float] | None:
        self.vertices += 1
        if value is None:
            self.tell(pointer, "no coordinates", "Write [lon, lat]")
            return None
        if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= 4:  # noqa: PLR2004 - lon lat z m
            self.tell(pointer, "not a position", "Write [lon, lat]")
            return None
        self.with_z += len(value) > 2  # noqa: PLR2004 - lon and lat
        for place, (number, bound) in enumerate(zip(value, BOUNDS_DEG, strict=False)):
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                self.tell(f"{pointer}/{place}", *_say_no_number(number))
                return None
            if not -bound <= number <= bound:  # NaN is not within anything either
                self.tell(f"{pointer}/{place}", *_say_out_of_range(value, place))
                return None
        return float(value[0]), float(value[1])


def _say_no_number(written: object) -> tuple[str, str]:
    if isinstance(written, str):
        return f"the text {written!r:.40} and not a number", "Write degrees without quotes"
    return "not a number", "Write degrees as a number"


def _say_out_of_range(position: list[Any] | tuple[Any, ...], place: int) -> tuple[str, str]:
    what, bound, number = ("longitude", "latitude")[place], BOUNDS_DEG[place], position[place]
    said = f"{what} {number!r:.40} out of range"
    runs = f"{what.title()} runs from -{bound:.0f} to {bound:.0f}"
    if isinstance(number, float) and not math.isfinite(number):
        return said, runs
    if abs(number) > FARTHEST_ANGLE:
        return said, f"{runs}: these look like metres. Reproject to WGS 84 (EPSG:4326)"
    return said, f"{runs}; is it [lon, lat]?"

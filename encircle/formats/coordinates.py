"""What geometry does a GeoJSON file of others hold, flat and in degrees; one reader for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape

from encircle.map.door.coordinates import DEPTHS, RINGED, CoordinateWalk
from encircle.map.door.crs import check_crs

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Read", "UnreadableError", "read_geometry"]

DEEPEST = 8
"""Collections within collections; RFC 7946 3.1.8 asks for none, and nobody needs more."""


class UnreadableError(ValueError):
    """A geometry that cannot be read: leaving it out would make the map thinner in silence."""

    def __init__(self, reason: str, pointer: str, remedy: str = "") -> None:
        self.reason = reason
        """What is wrong, as a clause: *longitude 3628000 out of range*."""
        self.pointer = pointer
        """JSON pointer from the geometry to the place; empty for the whole of it."""
        self.remedy = remedy
        super().__init__(f"{reason} at {pointer or '/'}" + (f". {remedy}" if remedy else ""))


@dataclass(frozen=True, slots=True)
class Read:
    """A geometry as it was read."""

    geometry: BaseGeometry
    """In degrees, flat, as drawn: rings may still cross themselves or be without area. Empty where
    the file writes an empty one."""
    has_z: bool
    """Some position had a height (or a null in its place), which was dropped."""


def read_geometry(written: object) -> Read:
    """
    Read one GeoJSON geometry of any type, flat, or say which place of it cannot be read.

    Heights are dropped, on however many positions they stand. Nothing is mended: a ring that is
    not closed, a position out of range or in metres, a text for a number is unreadable.

    Parameters
    ----------
    written
        The geometry as JSON. Null (a feature without a place) is for the caller to ask about.

    Raises
    ------
    UnreadableError
        With the reason and the place.

    Examples
    --------
    >>> read_geometry({"type": "LineString", "coordinates": [[35, 51, None], [36, 51]]})
    Read(geometry=<LINESTRING (35 51, 36 51)>, has_z=True)
    >>> read_geometry({"type": "Point", "coordinates": [135]})
    Traceback (most recent call last):
    encircle.formats.coordinates.UnreadableError: not a position at /coordinates. Write [lon, lat]
    """
    walk = CoordinateWalk(_refuse)
    geometry = _read(written, "", walk, DEEPEST)
    return Read(geometry, walk.with_z > 0)


def _refuse(pointer: str, said: str, remedy: str) -> None:
    raise UnreadableError(said, pointer, remedy)


def _read(written: object, pointer: str, walk: CoordinateWalk, deeper: int) -> BaseGeometry:
    kind = written.get("type") if isinstance(written, dict) else None
    if not isinstance(written, dict) or not isinstance(kind, str):
        raise UnreadableError("no geometry", pointer, "Give a GeoJSON geometry")
    foreign = check_crs(written.get("crs"))
    if foreign:
        raise UnreadableError(f"not WGS 84: {foreign}", f"{pointer}/crs", "Reproject to EPSG:4326")
    if kind == "GeometryCollection":
        return shapely.GeometryCollection(_read_members(written, pointer, walk, deeper))
    if kind not in DEPTHS:
        raise UnreadableError(f"geometry is {kind!r:.40}", f"{pointer}/type", f"Use {_ANY}")
    coordinates = written.get("coordinates")
    if not isinstance(coordinates, (list, tuple)) or coordinates:
        coordinates = walk.take(coordinates, f"{pointer}/coordinates", kind)
    if coordinates and kind in RINGED:  # shapely takes positions one by one, arrays at once
        areas = coordinates if kind == "MultiPolygon" else [coordinates]
        drawn = [[np.array(ring) for ring in rings] for rings in areas]
        coordinates = drawn if kind == "MultiPolygon" else drawn[0]
    return shape({"type": kind, "coordinates": coordinates})  # an empty list: nothing drawn


def _read_members(
    written: dict[str, Any], pointer: str, walk: CoordinateWalk, deeper: int
) -> list[BaseGeometry]:
    members = written.get("geometries")
    if not isinstance(members, (list, tuple)):
        raise UnreadableError("no list of geometries", f"{pointer}/geometries", "Give a list")
    if deeper == 0:
        raise UnreadableError("collections nested too deep", pointer, "Flatten them")
    return [
        _read(member, f"{pointer}/geometries/{place}", walk, deeper - 1)
        for place, member in enumerate(members)
    ]


_ANY = ", ".join((*DEPTHS, "GeometryCollection"))

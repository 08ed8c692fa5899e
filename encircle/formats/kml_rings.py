"""Where does a KML polygon run: its rings, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapely.geometry import Polygon

from encircle.errors import InputFault
from encircle.formats.kml_styles import local_name
from encircle.formats.painted import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from encircle.geojson import Limits

LEAST = 4
"""Positions of a ring: three corners and the first once more. Source: KML 2.3, kml:LinearRing."""

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_POSITION = re.compile(rf"({_NUMBER}),({_NUMBER})(?:,({_NUMBER})?)?", re.ASCII)

Ring = list[tuple[float, float]]


@dataclass
class Rings:
    """Reads polygons one by one, and remembers what was wrong with them."""

    limits: Limits
    faults: list[InputFault] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    thin: list[str] = field(default_factory=list)
    vertices: int = 0
    with_z: int = 0

    def read_polygon(self, element: Element, where: str) -> Polygon | None:
        """Read one polygon; None where it has no area, or cannot be read."""
        outer = self._read_rings(element, "outerBoundaryIs", where)
        if len(outer) > 1:
            said = f"a polygon with {len(outer)} outer rings"
            self._fault(where, said, "Give each outer ring a <Polygon> of its own")
        if len(outer) != 1:
            return None
        return Polygon(outer[0], self._read_rings(element, "innerBoundaryIs", where))

    def notices(self) -> Iterator[str]:
        """Say what was closed, left out or flattened."""
        for where in self.closed:
            yield f"A ring of {where!r} was not closed: its first position was repeated."
        for where in self.thin:
            yield f"A ring of {where!r} has fewer than {LEAST} positions: no area, left out."
        if self.with_z:
            yield f"Heights were dropped from {self.with_z} positions: the map is flat."

    def _read_rings(self, polygon: Element, boundary: str, where: str) -> list[Ring]:
        texts = [
            ring.findtext("{*}coordinates") or ""
            for side in polygon
            if local_name(side) == boundary
            for ring in side
            if local_name(ring) == "LinearRing"
        ]
        return [ring for ring in (self._read_ring(text, where) for text in texts) if ring]

    def _read_ring(self, text: str, where: str) -> Ring | None:
        written = text.split()
        self._count(len(written), where)
        ring: Ring = []
        for position in written:
            lonlat = self._read_position(position, where)
            if lonlat is None:
                return None  # one fault a ring is enough
            ring.append(lonlat)
        if ring and ring[0] != ring[-1]:
            ring.append(ring[0])
            self.closed.append(where)
        if len(ring) < LEAST:
            self.thin.append(where)
            return None
        return ring

    def _read_position(self, written: str, where: str) -> tuple[float, float] | None:
        found = _POSITION.fullmatch(written)
        if not found:
            remedy = "Write lon,lat in degrees, no space after the comma"
            self._fault(where, f"{written[:40]!r} is not a position", remedy)
            return None
        lon, lat = float(found[1]), float(found[2])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
            said = f"{written[:40]!r} is out of range"
            self._fault(where, said, "Write longitude first, then latitude, in degrees")
            return None
        self.with_z += bool(found[3]) and float(found[3]) != 0
        return lon, lat

    def _count(self, more: int, where: str) -> None:
        self.vertices += more
        if self.vertices > self.limits.vertices:
            said = f"more than {self.limits.vertices} vertices, counted up to {where!r}"
            raise refusal(said, "Crop or simplify the map")

    def _fault(self, where: str, message: str, remedy: str) -> None:
        self.faults.append(InputFault(f"/{where}", message, remedy, where))

"""Where does a KML polygon run: its rings, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shapely.geometry import Polygon

from encircle.errors import InputFault, refusal
from encircle.formats.kml.styles import local_name
from encircle.map.counting import number_of
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from encircle.map.door.reader import Limits

LEAST = 4
"""Positions of a ring: three corners and the first once more. Source: KML 2.3, kml:LinearRing."""

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_POSITION = re.compile(rf"({_NUMBER}),({_NUMBER})(?:,({_NUMBER})?)?", re.ASCII)
_BLANKS = re.compile(r"\s*,\s*")
"""Blanks round a comma: many writers leave them, and a comma never ends a position."""

PLANE_FROM = 400.0
"""A coordinate larger than this is no slip in degrees: it is metres of some plane."""

Ring = list[tuple[float, float]]


@dataclass
class Rings:
    """Reads polygons one by one, and remembers what was wrong with them."""

    limits: Limits
    faults: list[InputFault] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    thin: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    seen: set[Element] = field(default_factory=set)
    """Every `coordinates` that was looked at."""
    vertices: int = 0
    with_z: int = 0

    def read_polygon(self, element: Element, where: str) -> Polygon | None:
        """Read one polygon; None where it has no area, or cannot be read."""
        faults = len(self.faults)
        outer = self._read_rings(element, "outerBoundaryIs", where)
        inner = self._read_rings(element, "innerBoundaryIs", where)
        if len(self.faults) > faults:
            return None
        if len(outer) > 1:
            said = f"a polygon with {len(outer)} outer rings"
            self._fault(where, said, "Give each outer ring a <Polygon> of its own")
        elif not outer and inner:
            self._fault(where, "a polygon with holes and no outer ring", "Draw its outer ring")
        elif not outer and where not in self.thin:
            self.empty.append(where)
        return Polygon(outer[0], inner) if len(outer) == 1 else None

    def is_closed_line(self, element: Element, where: str) -> bool:
        """Tell a line that closes on itself, which may be a zone drawn as a line."""
        texts = [c for c in element if local_name(c) == "coordinates"]
        self.seen.update(texts)
        written = " ".join(c.text or "" for c in texts).split()
        self._count(len(written), where)
        return len(written) >= LEAST and written[0] == written[-1]

    def notices(self) -> Iterator[Notice]:
        """Say what was closed, left out or flattened."""
        for where in self.closed:
            said = f"A ring of {where!r} was not closed: its first position was repeated."
            yield Notice("ring_closed", "caution", said)
        for where in self.thin:
            said = f"A ring of {where!r} has fewer than {LEAST} positions: no area, left out."
            yield Notice("no_area", "caution", said)
        for where in self.empty:
            yield Notice("no_geometry", "caution", f"The polygon of {where!r} is empty.")
        if self.with_z:
            said = (
                f"Heights were dropped from {number_of(self.with_z, 'position')}: the map is flat."
            )
            yield Notice("z_dropped", "info", said)

    def _read_rings(self, polygon: Element, boundary: str, where: str) -> list[Ring]:
        texts = []
        for side in polygon:
            if local_name(side) != boundary:
                continue
            for ring in side:
                if local_name(ring) == "LinearRing":
                    own = [c for c in ring if local_name(c) == "coordinates"]
                    self.seen.update(own)
                    if len(own) > 1:
                        said = f"a ring with {len(own)} lists of coordinates"
                        self._fault(where, said, "Give each ring one <coordinates>")
                    texts.append(" ".join(c.text or "" for c in own))
        return [ring for ring in (self._read_ring(text, where) for text in texts) if ring]

    def _read_ring(self, text: str, where: str) -> Ring | None:
        written = _split(text)
        self._count(len(written), where)
        ring: Ring = []
        for position in written:
            lonlat = self._read_position(position, where)
            if lonlat is None:
                return None  # one fault a ring is enough
            ring.append(lonlat)
        if not ring:
            return None
        if ring[0] != ring[-1]:
            ring.append(ring[0])
            self.closed.append(where)
        if len(ring) < LEAST:
            self.thin.append(where)
            return None
        return ring

    def _read_position(self, written: str, where: str) -> tuple[float, float] | None:
        found = _POSITION.fullmatch(written)
        if not found:
            remedy = "Write lon,lat in degrees: a comma between the two, a blank between positions"
            self._fault(where, f"{written[:40]!r} is not a position", remedy)
            return None
        lon, lat = float(found[1]), float(found[2])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
            said = f"{written[:40]!r} is out of range"
            metres = "These are metres on a plane: reproject to EPSG:4326"
            order = "Write longitude first, then latitude, in degrees"
            self._fault(where, said, metres if max(abs(lon), abs(lat)) > PLANE_FROM else order)
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


def _split(text: str) -> list[str]:
    """Part the positions; blanks after commas are taken away where that alone makes them plain."""
    written = text.split()
    if all(map(_POSITION.fullmatch, written)):
        return written
    joined = _BLANKS.sub(",", text).split()
    return joined if all(map(_POSITION.fullmatch, joined)) else written

"""
What does a KML file paint: its placemarks, each with folder, style, colour and polygons.

Who holds a polygon is often said by its colour or folder alone, which readers of shapes drop; so
this one keeps both. A KML file is foreign text: entities, DTDs and links are never followed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from shapely.geometry import MultiPolygon

from encircle.errors import SituationError
from encircle.formats.kml_rings import Rings
from encircle.formats.kml_styles import Styles, local_name, text_of
from encircle.formats.painted import refusal
from encircle.geojson import LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from encircle.formats.kml_styles import Paint

CONTAINERS = frozenset({"kml", "Document", "Folder"})
NO_AREA = ("Point", "LineString", "LinearRing", "Model", "Track", "MultiTrack")
LEFT_OUT = {
    "NetworkLink": "network links were not followed: only what stands in the file is read.",
    "GroundOverlay": "pictures laid over the ground were left out.",
    "hidden": "placemarks or folders are hidden in the file; they were read like the rest.",
}
ZIP = b"PK\x03\x04"
"""First bytes of a KMZ, which is a zip with one KML file in it."""


@dataclass(frozen=True, slots=True)
class Placemark:
    """One placemark that paints ground."""

    index: int
    """Its place among all placemarks of the file."""
    name: str
    folders: tuple[str, ...]
    """Names of the folders round it, outermost first; the document is none."""
    paint: Paint
    geometry: MultiPolygon
    """As drawn: flat, and not always valid."""

    @property
    def path(self) -> str:
        """Where it stands, for people."""
        return _path(self.folders, self.name, self.index)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a KML file paints, and what was left out on the way."""

    placemarks: tuple[Placemark, ...]
    notices: tuple[str, ...]


def read_kml(raw: bytes, limits: Limits = LIMITS) -> Drawing:
    """
    Read the painted ground of a KML or KMZ file.

    Parameters
    ----------
    raw
        The file.
    limits
        How large it may be: bytes (unzipped), depth, placemarks, vertices.

    Returns
    -------
    drawing
        Placemarks with polygons in the file's order, and notices of everything else.

    Raises
    ------
    SituationError
        If it is no KML, too large, or coordinates cannot be read: every placemark by name.

    References
    ----------
    .. [1] OGC 12-007r2, KML 2.3.
    .. [2] CWE-776, CWE-611: entity expansion, external entities.
    """
    text = _unzip(raw, limits) if raw.startswith(ZIP) else raw
    if len(text) > limits.bytes:
        raise refusal(f"more than {limits.bytes} bytes", "Crop or simplify the map")
    return _Reader(_parse(text, limits), limits).read()


# -- bytes to elements ---------------------------------------------------------------------------


def _unzip(raw: bytes, limits: Limits) -> bytes:
    """Take the first KML file out of a KMZ; one byte past the limit is enough to refuse it."""
    unreadable = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
            if names:
                with archive.open(names[0]) as member:
                    return member.read(limits.bytes + 1)
    except unreadable as error:
        raise refusal(f"the zip cannot be read: {error}", "Save the KMZ again") from None
    raise refusal("a zip without a .kml file in it", "Give a KMZ or KML file")


def _parse(text: bytes, limits: Limits) -> Element:
    """Parse XML, refusing bombs, DTDs, external entities and endless nesting."""
    try:
        root = _read_elements(text, limits.depth)
    except SituationError:
        raise
    except DefusedXmlException as error:
        said = f"a DTD or an entity stands in it ({type(error).__name__})"
        raise refusal(said, "Save the file without DOCTYPE and entities") from None
    except ParseError as error:
        raise refusal(f"not XML: {error}", "Mend the text there, or save the file again") from None
    except (LookupError, ValueError) as error:  # an encoding nobody knows, or bytes not in it
        raise refusal(f"not readable text: {error}", "Save the file as UTF-8") from None
    if root is None or local_name(root) not in CONTAINERS:
        raise refusal("the document is no KML", "Give a file that begins with <kml>")
    return root


def _read_elements(text: bytes, deepest: int) -> Element | None:
    root: Element | None = None
    depth = 0
    for event, element in iterparse(io.BytesIO(text), ("start", "end"), forbid_dtd=True):
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        if depth > deepest:
            raise refusal(f"nested deeper than {deepest} levels", "Flatten the file's folders")
    return root


# -- elements to placemarks ----------------------------------------------------------------------


@dataclass
class _Reader:
    """Reads placemarks one by one, and remembers what it left out."""

    root: Element
    limits: Limits
    counts: dict[str, int] = field(default_factory=dict)

    def read(self) -> Drawing:
        self.styles, self.rings = Styles(self.root), Rings(self.limits)
        found = [self._read_one(*numbered) for numbered in enumerate(self._walk())]
        if self.rings.faults:
            raise SituationError(self.rings.faults)
        return Drawing(tuple(p for p in found if p), tuple(self._notices()))

    def _walk(self) -> Iterator[tuple[Element, tuple[str, ...]]]:
        """List placemarks in the file's order, each with the folders round it."""
        stack: list[tuple[Element, tuple[str, ...]]] = [(self.root, ())]
        while stack:
            element, folders = stack.pop()
            name = local_name(element)
            self._count("hidden", when=text_of(element, "visibility") == "0")
            self._count(name, when=name in LEFT_OUT)
            if name == "Placemark":
                yield element, folders
            elif name in CONTAINERS:
                inside = (*folders, text_of(element, "name")) if name == "Folder" else folders
                stack += [(child, inside) for child in reversed(element)]

    def _read_one(self, index: int, found: tuple[Element, tuple[str, ...]]) -> Placemark | None:
        element, folders = found
        if index >= self.limits.features:
            said = f"more than {self.limits.features} placemarks"
            raise refusal(said, "Crop the map, or leave out what paints no ground")
        name = text_of(element, "name")
        where = _path(folders, name, index)
        polygons = [self.rings.read_polygon(area, where) for area in self._areas(element)]
        drawn = MultiPolygon([polygon for polygon in polygons if polygon])
        if drawn.is_empty:
            return None
        return Placemark(index, name, folders, self.styles.resolve(element), drawn)

    def _areas(self, placemark: Element) -> Iterator[Element]:
        """List the polygons of a placemark, however deep in MultiGeometries; count the rest."""
        stack = list(reversed(placemark))
        while stack:
            element = stack.pop()
            name = local_name(element)
            self._count(name, when=name in NO_AREA)
            if name == "MultiGeometry":
                stack += list(reversed(element))
            elif name == "Polygon":
                yield element

    def _count(self, what: str, *, when: bool) -> None:
        if when:
            self.counts[what] = self.counts.get(what, 0) + 1

    def _notices(self) -> Iterator[str]:
        for what, said in LEFT_OUT.items():
            if what in self.counts:
                yield f"{self.counts[what]} {said}"
        for what in NO_AREA:
            if what in self.counts:
                yield f"{self.counts[what]} {what} were left out: they paint no ground."
        yield from self.rings.notices()
        yield from self.styles.notices()


def _path(folders: tuple[str, ...], name: str, index: int) -> str:
    return "/".join((*folders, name or f"placemark {index}"))

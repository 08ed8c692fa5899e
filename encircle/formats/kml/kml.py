"""
What does a KML file paint: its placemarks, each with folder, style, colour and polygons.

Who holds a polygon is often said by its colour or folder alone, which readers of shapes drop; so
this one keeps both. A KML file is foreign text: entities, DTDs and links are never followed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from shapely.geometry import MultiPolygon

from encircle.errors import InputFault, SituationError, refusal
from encircle.formats.kml.archive import open_documents
from encircle.formats.kml.rings import Rings
from encircle.formats.kml.styles import Styles, local_name, text_of
from encircle.formats.kml.times import Span, TimeError, read_span
from encircle.map.door.reader import LIMITS, Limits
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from encircle.formats.kml.styles import Paint

CONTAINERS = frozenset({"kml", "Document", "Folder"})
LINES = frozenset({"LineString", "LinearRing"})
NO_AREA = ("Point", "LineString", "LinearRing", "Model", "Track", "MultiTrack")
OF_DATA = frozenset({"ExtendedData", "Data", "SchemaData", "displayName", "value"})
"""What KML itself puts into ExtendedData, apart from values."""
NOT_GROUND = frozenset({"GroundOverlay", "PhotoOverlay", "ScreenOverlay", "Tour"})
"""What may hold coordinates and draws no zone."""

LEFT_OUT = {
    "GroundOverlay": ("overlay_left_out", "pictures laid over the ground were left out."),
    "hidden": (
        "hidden_read",
        "placemarks or folders are hidden; they were read like the rest (MARK=skip drops one).",
    ),
}


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
    documents: tuple[str, ...] = ()
    """Names of the documents round it, outermost first."""
    said: tuple[tuple[str, str], ...] = ()
    """Its ExtendedData: names and values."""
    schemas: tuple[str, ...] = ()
    """Schemas its data are of, which GDAL names after the layer."""
    span: Span | None = None
    """When it is drawn; its own time, else that of the nearest folder or document round it."""

    @property
    def path(self) -> str:
        """Where it stands, for people."""
        return _path(self.folders, self.name, self.index)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a KML file paints, and what was left out on the way."""

    placemarks: tuple[Placemark, ...]
    notices: tuple[Notice, ...]
    links: tuple[str, ...] = ()
    """Network links that lead out of the file, by name and address."""
    counts: tuple[tuple[str, int], ...] = ()
    """How many of what was left out."""
    closed_lines: tuple[str, ...] = ()
    """Placemarks drawn as a line that closes on itself."""

    def count(self, *kinds: str) -> int:
        """Count what was left out of some kinds."""
        return sum(number for kind, number in self.counts if kind in kinds)


def read_kml(raw: bytes, limits: Limits = LIMITS) -> Drawing:
    """
    Read the painted ground of a KML or KMZ file.

    Returns
    -------
    drawing
        Placemarks with polygons in the file's order, and notices of everything else. Of a KMZ all
        documents are read.

    Raises
    ------
    SituationError
        If it is no KML, too large, or coordinates cannot be read, or stand where no reader looks:
        every placemark by name.

    References
    ----------
    .. [1] OGC 12-007r2, KML 2.3.
    .. [2] CWE-776, CWE-611: entity expansion, external entities.
    """
    documents = open_documents(raw, limits)
    reader = _Reader(limits)
    for member in documents:
        reader.add(member.name, _parse_member(member.name, member.text, limits))
    return reader.read()


# -- bytes to elements ---------------------------------------------------------------------------


def _parse_member(name: str, text: bytes, limits: Limits) -> Element:
    """Parse a document; one of an archive is called by its name in what is refused."""
    try:
        return _parse(text, limits)
    except SituationError as error:
        if not name:
            raise
        faults = [InputFault(f"/{name}", f.message, f.remedy, name) for f in error.faults]
        raise SituationError(faults) from None


def _parse(text: bytes, limits: Limits) -> Element:
    """Parse XML, refusing bombs, DTDs, external entities and endless nesting."""
    text = text.lstrip() if text[:1].isspace() else text  # blanks before <?xml are common
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


@dataclass(frozen=True, slots=True)
class _Round:
    """What stands round a placemark."""

    file: str = ""
    folders: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    span: Span | None = None

    def enter(self, element: Element, span: Span | None) -> _Round:
        kind, name = local_name(element), text_of(element, "name")
        return _Round(
            self.file,
            (*self.folders, name) if kind == "Folder" else self.folders,
            (*self.documents, name) if kind == "Document" and name else self.documents,
            span or self.span,
        )


@dataclass
class _Reader:
    """Reads placemarks one by one, and remembers what it left out."""

    limits: Limits
    documents: dict[str, Element] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    closed_lines: list[str] = field(default_factory=list)
    timeless: list[str] = field(default_factory=list)

    def add(self, name: str, root: Element) -> None:
        while name in self.documents:  # a zip may hold a name twice
            name += " (again)"
        self.documents[name] = root

    def read(self) -> Drawing:
        self.rings = Rings(self.limits)
        self.styles: dict[str, Styles] = {}
        for name, root in self.documents.items():
            self.styles[name] = Styles(root, name, self.styles)
        found = [self._read_one(*numbered) for numbered in enumerate(self._walk_all())]
        for name, root in self.documents.items():
            self._check_all_read(name, root)
        if self.rings.faults:
            raise SituationError(self.rings.faults)
        return Drawing(
            tuple(p for p in found if p),
            tuple(self._notices()),
            tuple(self.links),
            tuple(self.counts.items()),
            tuple(self.closed_lines),
        )

    def _walk_all(self) -> Iterator[tuple[Element, _Round]]:
        for name, root in self.documents.items():
            yield from self._walk(root, _Round(name))

    def _walk(self, root: Element, outer: _Round) -> Iterator[tuple[Element, _Round]]:
        """List placemarks in the file's order, each with what stands round it."""
        stack = [(root, outer)]
        while stack:
            element, round_it = stack.pop()
            name = local_name(element)
            self._count("hidden", when=text_of(element, "visibility") in {"0", "false"})
            self._count(name, when=name in LEFT_OUT)
            if name == "Placemark":
                yield element, round_it
            elif name == "NetworkLink":
                self._note_link(element)
            elif name in CONTAINERS:
                inside = round_it.enter(element, self._read_span(element, text_of(element, "name")))
                stack += [(child, inside) for child in reversed(element)]

    def _note_link(self, element: Element) -> None:
        """Note a link that leads out of the file; one to a document of the archive is read."""
        addresses = [e.text or "" for e in element.iter() if local_name(e) == "href"]
        address = " ".join(" ".join(addresses).split())
        if address.removeprefix("./") in self.documents:
            return
        name = text_of(element, "name") or "a link"
        self.links.append(f"{name!r} to {address[:120]!r}" if address else f"{name!r}")

    def _read_span(self, element: Element, where: str) -> Span | None:
        try:
            return read_span(element)
        except TimeError as error:
            self.timeless.append(f"{where!r}: {error}")
            return None

    def _read_one(self, index: int, found: tuple[Element, _Round]) -> Placemark | None:
        element, round_it = found
        if index >= self.limits.features:
            said = f"more than {self.limits.features} placemarks"
            raise refusal(said, "Crop the map, or leave out what paints no ground")
        name = text_of(element, "name")
        where = _path(round_it.folders, name, index)
        polygons = [self.rings.read_polygon(area, where) for area in self._areas(element, where)]
        drawn = MultiPolygon([polygon for polygon in polygons if polygon])
        if drawn.is_empty:
            return None
        file = (round_it.file,) if len(self.documents) > 1 else ()
        data, schemas = _read_data(element)
        return Placemark(
            index, name, round_it.folders, self.styles[round_it.file].resolve(element), drawn,
            (*file, *round_it.documents), data, schemas,
            self._read_span(element, where) or round_it.span,
        )  # fmt: skip

    def _areas(self, placemark: Element, where: str) -> Iterator[Element]:
        """List the polygons of a placemark, however deep in MultiGeometries; count the rest."""
        stack = list(reversed(placemark))
        while stack:
            element = stack.pop()
            name = local_name(element)
            self._count(name, when=name in NO_AREA)
            if name in LINES and self.rings.is_closed_line(element, where):
                self.closed_lines.append(where)
            elif name in NO_AREA:
                self.rings.seen.update(e for e in element.iter() if local_name(e) == "coordinates")
            if name == "MultiGeometry":
                stack += list(reversed(element))
            elif name == "Polygon":
                yield element

    def _check_all_read(self, file: str, root: Element) -> None:
        """Refuse coordinates that stand where KML has none: they would be lost without a word."""
        stack = [(root, root, "")]
        while stack:
            element, parent, name = stack.pop()
            kind = local_name(element)
            if kind in NOT_GROUND:
                continue
            name = text_of(element, "name") if kind == "Placemark" else name
            written = (element.text or "").strip()
            if kind.lower() == "coordinates" and written and element not in self.rings.seen:
                where = "/".join(filter(None, (file, name or local_name(parent))))
                said = f"<{kind}> in <{local_name(parent)}> stands where KML has none"
                remedy = "Save the map again as KML 2.2, or draw this zone anew"
                self.rings.faults.append(InputFault(f"/{where}", said, remedy, where))
            stack += [(child, element, name) for child in reversed(element)]

    def _count(self, what: str, *, when: bool) -> None:
        if when:
            self.counts[what] = self.counts.get(what, 0) + 1

    def _notices(self) -> Iterator[Notice]:
        if len(self.documents) > 1:
            said = f"All {len(self.documents)} documents of the archive were read: "
            yield Notice("documents_read", "info", f"{said}{', '.join(self.documents)}.")
        if self.links:
            said = f"{len(self.links)} network links were not followed: only what stands in the "
            said += f"file is read. What they lead to is not on this map: {'; '.join(self.links)}."
            yield Notice("link_not_followed", "doubt", said)
        for what, (code, said) in LEFT_OUT.items():
            if what in self.counts:
                yield Notice(code, "caution", f"{self.counts[what]} {said}")
        for what in NO_AREA:
            if what in self.counts:
                said = f"{self.counts[what]} {what} were left out: they paint no ground."
                yield Notice("no_ground", "info", said)
        if self.closed_lines:
            said = "Lines that close on themselves were left out: if they are zones, draw polygons"
            yield Notice("zones_as_lines", "doubt", f"{said}: {', '.join(self.closed_lines[:20])}.")
        for said in self.timeless:
            yield Notice("time_unreadable", "doubt", f"The time of {said}; it was read as always.")
        yield from self.rings.notices()
        for styles in self.styles.values():
            yield from styles.notices()


def _read_data(placemark: Element) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Read the ExtendedData of a placemark: names and values, and the schemas they are of."""
    said: list[tuple[str, str]] = []
    schemas: list[str] = []
    extended = [child for child in placemark if local_name(child) == "ExtendedData"]
    for element in (inner for data in extended for inner in data.iter()):
        kind, name = local_name(element), " ".join((element.get("name") or "").split())
        words = " ".join((element.text or "").split())
        if kind == "Data":
            said.append((name, text_of(element, "value")))
        elif kind == "SimpleData":
            said.append((name, words))
        elif kind == "SimpleArrayData":
            said += [(name, " ".join((value.text or "").split())) for value in element]
        elif kind == "SchemaData":
            schemas.append((element.get("schemaUrl") or "").rpartition("#")[2])
        elif kind not in OF_DATA and not len(element):  # data in a namespace of its maker's own
            said.append((kind, words))
    return tuple(pair for pair in said if pair[1]), tuple(filter(None, schemas))


def _path(folders: tuple[str, ...], name: str, index: int) -> str:
    return "/".join((*folders, name or f"placemark {index}"))

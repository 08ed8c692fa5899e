"""Which places does a KML mark, and what does it say of each."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from encircle.errors import refusal
from encircle.formats.tables.sheets import MOST_ROWS, Row, Sheet
from encircle.map.door.reader import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 64
SHAPES = frozenset({"Point", "Polygon", "LineString", "LinearRing", "MultiGeometry", "Model",
                    "Track", "MultiTrack"})  # fmt: skip


def read_kml_points(raw: bytes, name: str) -> Sheet:
    """
    Read every placemark of a KML or KMZ as a row; what is no point says so.

    Raises
    ------
    SituationError
        If it cannot be read.
    """
    rows: list[Row] = []
    for text in _list_texts(raw, name):
        root = _parse(text, name)
        for placemark, folders in _walk(root):
            rows.append(_read(len(rows) + 1, placemark, folders))
            if len(rows) > MOST_ROWS:
                raise refusal(f"{name} has more than {MOST_ROWS} placemarks", "Split the file")
    if not rows:
        raise refusal(f"{name} marks no place", "Save the places themselves, not a link to them")
    headings = dict.fromkeys(heading for row in rows for heading in row.cells)
    return Sheet(name, "placemark", tuple(headings), tuple(rows), is_drawn=True)


def _list_texts(raw: bytes, name: str) -> Iterator[bytes]:
    """Give every KML of a KMZ."""
    if not raw.startswith(b"PK"):
        if len(raw) > LIMITS.bytes:
            raise refusal(f"{name} has {len(raw)} bytes", "Split the file")
        yield raw
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.infolist():
                if member.filename.lower().endswith(".kml"):
                    with archive.open(member) as packed:
                        text = packed.read(LIMITS.bytes + 1)
                    if len(text) > LIMITS.bytes:
                        raise refusal(f"{name} unpacks to too much", "Split the file")
                    yield text
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
            NotImplementedError) as error:  # fmt: skip
        raise refusal(f"{name} cannot be unpacked ({error!s:.80})", "Save it again") from None


def _parse(text: bytes, name: str) -> Element:
    root: Element | None = None
    depth = 0
    try:
        for event, element in iterparse(io.BytesIO(text), ("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                raise refusal(f"{name} is nested too deep", "Flatten its folders")
    except DefusedXmlException:
        raise refusal(f"{name} holds a DTD or an entity", "Save it without DOCTYPE") from None
    except (ParseError, LookupError, ValueError) as error:
        raise refusal(f"{name} is not XML ({error!s:.80})", "Mend it, or save it again") from None
    if root is None:
        raise refusal(f"{name} is empty", "Save it again")
    return root


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _walk(root: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    stack: list[tuple[Element, tuple[str, ...]]] = [(root, ())]
    while stack:
        element, folders = stack.pop()
        word = _local(element)
        if word == "Placemark":
            yield element, folders
        elif word in ("kml", "Document", "Folder", "Create", "Update", "Change"):
            named = _text(element, "name")
            inside = (*folders, named) if word == "Folder" and named else folders
            stack += [(child, inside) for child in reversed(element)]


def _text(element: Element, word: str) -> str:
    for child in element:
        if _local(child) == word:
            return (child.text or "").strip()
    return ""


def _read(number: int, placemark: Element, folders: tuple[str, ...]) -> Row:
    cells = {word: text for word in ("name", "description") if (text := _text(placemark, word))}
    if folders:
        cells["folder"] = " / ".join(folders)
    cells |= _extended(placemark) | _times(placemark)
    shapes = [child for child in placemark if _local(child) in SHAPES]
    if placemark.get("id"):
        cells.setdefault("id", str(placemark.get("id")))
    geometry, fault = _point(shapes)
    return Row(number, cells, geometry=geometry, fault=fault)


def _point(shapes: list[Element]) -> tuple[object, str | None]:
    if not shapes:
        return {}, None
    word = _local(shapes[0])
    if len(shapes) > 1 or word != "Point":
        return {}, f"it draws a {word}, not a point"
    written = _text(shapes[0], "coordinates").split(",")
    try:
        return {"type": "Point", "coordinates": [float(part) for part in written]}, None
    except ValueError:
        return {}, f"its coordinates are {','.join(written)[:60]!r}"


def _extended(placemark: Element) -> dict[str, str]:
    """Read what My Maps, GDAL and QGIS keep in ExtendedData."""
    cells: dict[str, str] = {}
    for block in placemark:
        if _local(block) != "ExtendedData":
            continue
        for one in block.iter():
            named = str(one.get("name") or "")
            value = _text(one, "value") if _local(one) == "Data" else (one.text or "").strip()
            if named and value and _local(one) in ("Data", "SimpleData"):
                cells[named[:200]] = value
    return cells


def _times(placemark: Element) -> dict[str, str]:
    cells: dict[str, str] = {}
    for block in placemark:
        if _local(block) == "TimeStamp" and _text(block, "when"):
            cells["date"] = _text(block, "when")
        if _local(block) == "TimeSpan":
            for word, heading in (("begin", "valid_from"), ("end", "valid_to")):
                if _text(block, word):
                    cells[heading] = _text(block, word)
    return cells

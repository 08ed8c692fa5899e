"""The parts that every KML written here is made of: styles, data, shapes in degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from encircle.picture.canvas import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

KML = "http://www.opengis.net/kml/2.2"
GROUND_ALPHA = 0x80


def begin_kml(name: str) -> tuple[Element, Element]:
    """Begin a document: its root, and what placemarks and folders are put into."""
    root = Element("kml", xmlns=KML)
    document = SubElement(root, "Document")
    tell(document, "name", name)
    return root, document


def dump_kml(root: Element) -> bytes:
    """Give the document as text."""
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def tell(parent: Element, tag: str, text: str) -> None:
    """Put an element with a text in another."""
    SubElement(parent, tag).text = clean(text)


def write_style(document: Element, name: str, line: str, width_px: float, fill: str | None) -> None:
    """Write how what is styled by a name looks: colours as `#rrggbb`."""
    style = SubElement(document, "Style", id=name)
    icon = SubElement(style, "IconStyle")
    tell(icon, "color", write_colour(line))
    drawn = SubElement(style, "LineStyle")
    tell(drawn, "color", write_colour(line))
    tell(drawn, "width", f"{width_px:g}")
    ground = SubElement(style, "PolyStyle")
    tell(ground, "color", write_colour(fill or line, GROUND_ALPHA if fill else 0))


def write_colour(colour: str, alpha: int = 0xFF) -> str:
    """
    Write a colour as KML does: alpha, blue, green, red.

    Examples
    --------
    >>> write_colour("#1f5fa8")
    'ffa85f1f'
    """
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{alpha:02x}{blue}{green}{red}"


def write_data(placemark: Element, said: Mapping[str, object]) -> None:
    """Write what is said of a placemark; what is empty is left out."""
    extended = SubElement(placemark, "ExtendedData")
    for name, value in said.items():
        if value not in (None, ""):
            tell(SubElement(extended, "Data", name=name), "value", _spell(value))


def _spell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_geometry(parent: Element, geometry: Any) -> None:  # noqa: ANN401 - any shape
    """Write a shape in degrees; of many parts as a `MultiGeometry`."""
    kind = geometry.geom_type
    if kind in ("Point", "LineString"):
        tell(SubElement(parent, kind), "coordinates", _write_places(geometry))
    elif kind == "Polygon":
        polygon = SubElement(parent, kind)
        sides = [("outerBoundaryIs", geometry.exterior)]
        sides += [("innerBoundaryIs", hole) for hole in geometry.interiors]
        for side, line in sides:
            ring = SubElement(SubElement(polygon, side), "LinearRing")
            tell(ring, "coordinates", _write_places(line))
    else:
        several = SubElement(parent, "MultiGeometry")
        for part in geometry.geoms:
            write_geometry(several, part)


def _write_places(line: Any) -> str:  # noqa: ANN401 - a point or a line
    return " ".join(f"{lon:.9g},{lat:.9g}" for lon, lat, *_ in line.coords)

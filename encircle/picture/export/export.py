"""
How a judgement leaves for other tools: GeoJSON, GeoPackage, KML, a table of its units.

Long for one reason: it has one short function for each format, side by side.
"""

from __future__ import annotations

import csv
import io
import shlex
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np
import shapely
from shapely.geometry import shape

from encircle.errors import EncircleError, say_install
from encircle.picture.canvas import clean
from encircle.picture.export.layers import LAYERS, draw_layers
from encircle.verdict.judgement import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from encircle.map.situation import Situation
    from encircle.picture.colours import Colours
    from encircle.verdict.judgement import Judgement

    Objects = NDArray[np.object_]

Json = dict[str, Any]


class ExportError(EncircleError, ValueError):
    """A judgement cannot be written in a format."""


def export(
    judgement: Judgement,
    suffix: str,
    situation: Situation | None = None,
    *,
    colours: Colours = "judged",
) -> bytes:
    """
    Write a judgement as the file another tool opens.

    Parameters
    ----------
    suffix
        `.geojson`, `.gpkg` and `.kml` hold the layers of `Judgement.to_geojson`; `.csv` one line
        for each unit; `.svg` and `.png` the picture.
    colours
        Of a picture: blue to the force judged, or to each side its own; see `draw_svg`.

    Raises
    ------
    ExportError
        If the format is unknown, or needs what is not installed.

    Examples
    --------
    >>> from encircle import judge, read
    >>> judgement = judge(read("fixtures/trap-tunnel-open/situation.geojson"))
    >>> export(judgement, ".csv").decode().split(",")[:3]
    ['unit', 'name', 'force']
    """
    write = WRITERS.get(suffix.lower())
    if write is None:
        known = ", ".join(WRITERS)
        raise ExportError(f"no file ends in {suffix!r} here; end it in one of {known}")
    if write in (_write_svg, _write_png):
        write = partial(write, colours=colours)
    return write(judgement, situation or judgement.situation)


def _write_geojson(judgement: Judgement, situation: Situation | None) -> bytes:
    return write_json(draw_layers(judgement, situation))


# -- pictures --------------------------------------------------------------------------------


def _draw(judgement: Judgement, situation: Situation | None, colours: Colours) -> str:
    from encircle.picture.picture import draw_svg  # noqa: PLC0415 - only who asks for a picture draws one

    if situation is None:
        raise ExportError("a picture needs the map it was judged on; give the situation")
    return draw_svg(judgement, situation, colours=colours)


def _write_svg(
    judgement: Judgement, situation: Situation | None, colours: Colours = "judged"
) -> bytes:
    return _draw(judgement, situation, colours).encode("utf-8", "backslashreplace")


PNG_WIDTH_PX = 1920
"""Twice the picture's own width: sharp on the screens of 2025, and on a printed column."""


def _write_png(
    judgement: Judgement, situation: Situation | None, colours: Colours = "judged"
) -> bytes:
    from encircle.picture.export.png import render_png  # noqa: PLC0415 - as above

    return render_png(_draw(judgement, situation, colours), PNG_WIDTH_PX)


# -- the table of units ----------------------------------------------------------------------

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins with one of these for a formula.
Source: OWASP, CSV Injection."""


def _write_csv(judgement: Judgement, situation: Situation | None) -> bytes:
    rows = [dict(_list_cells(judgement, n, situation)) for n in range(len(judgement.positions))]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _guard(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _list_cells(
    judgement: Judgement, number: int, situation: Situation | None
) -> Iterator[tuple[str, object]]:
    one = judgement.positions[number]
    said = one.judged
    yield from {"unit": one.id, "name": one.name, "force": judgement.force}.items()
    yield from {"side": judgement.side, "as_of": judgement.as_of, "weight": one.weight}.items()
    yield from {"present": one.present, "verdict": said.status.verdict}.items()
    yield "status", said.status.code
    yield from said.definitions.items()
    yield from ((f"by_{mode}", answer) for mode, answer in said.axes.land.items())
    yield "fire", said.axes.fire
    yield from ((f"by_{axis}", answer) for axis, answer in said.axes.access.items())
    low, high = (one.likelihood or {}).get("land_cut", {}).get("p", (None, None))
    yield from {"p_encircled_low": low, "p_encircled_high": high}.items()
    lon, lat = _find_place(one.id, situation)
    yield from {"lon": lon, "lat": lat}.items()
    yield from {"headline": judgement.headline, "engine": judgement.provenance["engine"]}.items()


def _find_place(name: str, situation: Situation | None) -> tuple[float | None, float | None]:
    for feature in situation.features if situation else ():
        if feature.id == name and feature.geometry is not None:
            place = feature.geometry.representative_point()
            return round(place.x, 7), round(place.y, 7)
    return None, None


def _guard(cell: object) -> object:
    is_formula = isinstance(cell, str) and cell.startswith(FORMULA)
    return f"'{cell}" if is_formula else cell


# -- GeoPackage ------------------------------------------------------------------------------

GPKG = f"a GeoPackage needs pyogrio, which is not installed: {say_install('gis', 'pyogrio')}"


def _write_gpkg(judgement: Judgement, situation: Situation | None) -> bytes:
    try:
        from pyogrio import raw  # noqa: PLC0415 - an extra: only who asks for a GeoPackage needs it
    except ImportError:
        raise ExportError(f"{GPKG}; .geojson needs nothing") from None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "judgement.gpkg"
        for layer, features in _sort(draw_layers(judgement, situation)):
            _write_layer(raw.write, path, layer, features)
        return path.read_bytes()


def _sort(collection: Json) -> Iterator[tuple[str, list[Json]]]:
    """Give the layers that have features, the lowest first."""
    for layer in LAYERS:
        features = [f for f in collection["features"] if f["properties"]["layer"] == layer]
        if features:
            yield layer, features


def _write_layer(
    write: Callable[..., object], path: Path, layer: str, features: Sequence[Json]
) -> None:
    shapes = [shape(f["geometry"]) if f["geometry"] else None for f in features]
    names = [name for name in features[0]["properties"] if name != "layer"]
    columns = [_type([f["properties"][name] for f in features]) for name in names]
    write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, object)),
        field_data=[values for values, _ in columns],
        field_mask=[missing for _, missing in columns],
        # `id` is a column of its own kind in a GeoPackage's eyes: the feature's is told apart
        fields=["feature_id" if name == "id" else name for name in names],
        geometry_type=_name_geometry(shapes),
        layer=layer,
        driver="GPKG",
        crs="EPSG:4326",
        append=path.exists(),
    )


def _type(values: Sequence[object]) -> tuple[Objects | NDArray[Any], NDArray[np.bool_]]:
    """Give a column the type all its values have, and say which of them are missing."""
    missing = np.array([value is None for value in values])
    told = [value for value in values if value is not None]
    if told and all(isinstance(value, bool) for value in told):
        return np.array([bool(value) for value in values]), missing
    if told and all(isinstance(value, int | float) for value in told):
        return np.array([np.nan if v is None else v for v in values], np.float64), missing
    return np.array([None if v is None else _say(v) for v in values], object), missing


def _say(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode()


def _name_geometry(shapes: Sequence[Any]) -> str:
    """Name the one kind of geometry a layer has; a layer of several kinds is of any."""
    kinds = {one.geom_type for one in shapes if one is not None}
    return kinds.pop() if len(kinds) == 1 else "Unknown"


# -- KML -------------------------------------------------------------------------------------

KML = "http://www.opengis.net/kml/2.2"
STYLES: dict[str, tuple[str, float, str | None]] = {
    "own": ("#1f5fa8", 1.0, "#a9c8ec"),
    "hostile": ("#b8371a", 1.0, "#f3b69f"),
    "unclear": ("#777777", 1.0, "#d6d6d6"),
    "barrier": ("#2f6f9f", 2.0, None),
    "fire": ("#d96c00", 1.0, "#ffd9b0"),
    "route": ("#3a3a3a", 2.0, None),
    "crossing": ("#3a3a3a", 2.0, None),
    "anchor": ("#00694d", 2.0, "#9fd8c4"),
    "force": ("#123e7c", 3.0, "#a9c8ec"),
    "pocket": ("#3a3a3a", 1.0, "#fff3a8"),
    "ring": ("#1a1a1a", 5.0, None),
    "way_out": ("#008a5c", 5.0, None),
    "opening": ("#5b1a8b", 3.0, None),
    "neck": ("#5b1a8b", 3.0, None),
    "cut": ("#8c1146", 4.0, None),
}
"""Colour of lines, their width in pixels, colour of ground; as the pictures draw them."""
GROUND_ALPHA = 0x80


def _write_kml(judgement: Judgement, situation: Situation | None) -> bytes:
    root = Element("kml", xmlns=KML)
    document = SubElement(root, "Document")
    _tell(document, "name", judgement.title or judgement.headline)
    notices = [notice.statement for notice in judgement.notices]
    _tell(document, "description", "\n".join([judgement.headline, *notices]))
    for style in STYLES:
        _write_style(document, style)
    friends = situation.friends_of(judgement.side) if situation else frozenset({judgement.side})
    for layer, features in _sort(draw_layers(judgement, situation)):
        folder = SubElement(document, "Folder")
        _tell(folder, "name", layer.replace("_", " "))
        for feature in features:
            _write_placemark(folder, feature, _choose_style(feature["properties"], friends))
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


HELD = "held"
"""Data of a placemark by which `convert --holder` knows whose a zone is when it is read back."""
UNHELD = "none"
"""What is no zone, or says nothing of who holds it: territory, claims, whatever is not ground."""
RESERVED = frozenset({UNHELD, "unknown", "skip"})
"""What the reader of KML takes for no side."""
HEADING = "{kind}s"


def write_situation_kml(document: Json) -> bytes:
    """
    Write a situation as KML: every feature a placemark with all that is said of it.

    KML has no word for who holds ground. Each placemark's data `held` says it, as `list_rules`
    says to `convert`: a side; `unknown`; `none` for all that is no zone.

    Raises
    ------
    ExportError
        If a side is called by one of the words that say otherwise.
    """
    whole = document["situation"]
    for name in sorted({str(f["properties"].get("holder")) for f in document["features"]}):
        if name in RESERVED or "=" in name:
            said = f"a KML of a side called {name!r} could not be read back"
            raise ExportError(f"{said}; call the side otherwise, or write .geojson")
    root = Element("kml", xmlns=KML)
    drawn = SubElement(root, "Document")
    _tell(drawn, "name", str(whole.get("title") or whole.get("id") or "Situation"))
    notices = [n["statement"] if isinstance(n, dict) else n for n in whole.get("notices") or ()]
    told = [f"As of {whole['as_of']}.", f"Read back by {' '.join(list_rules(document))}"]
    _tell(drawn, "description", "\n".join([*told, *notices]))
    for style in STYLES:
        _write_style(drawn, style)
    friends = _find_friends(document)
    for kind in dict.fromkeys(f["properties"]["kind"] for f in document["features"]):
        folder = SubElement(drawn, "Folder")
        _tell(folder, "name", HEADING.format(kind=kind))
        for feature in document["features"]:
            said = feature["properties"]
            if said["kind"] == kind:
                layer = {"control": "ground"}.get(kind, kind)
                style = _choose_style({"basis": None, "holder": None, **said, "layer": layer},
                                      friends)  # fmt: skip
                own = {HELD: _name_held(said), "id": feature["id"], **said,
                       "as_of": str(whole["as_of"])[:10]}  # fmt: skip
                _write_placemark(folder, {**feature, "properties": own},
                                 style if style in STYLES else "unclear")  # fmt: skip
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def list_rules(document: Json) -> list[str]:
    """List the options by which `convert` reads such a KML back, each one word of a command."""
    held = dict.fromkeys(_name_held(f["properties"]) for f in document["features"])
    meant = {UNHELD: "skip"}
    rules = (f"{HELD}={mark}={meant.get(mark, mark)}" for mark in held)
    return [f"--holder {shlex.quote(rule)}" for rule in rules]


def _name_held(said: Json) -> str:
    """Name whose a zone is, as KML's reader has it."""
    basis = said.get("basis")
    if said["kind"] != "control" or basis in ("territory", "claimed"):
        return UNHELD
    holder = said.get("holder")
    return str(holder) if holder and basis == "assessed" else "unknown"


def _find_friends(document: Json) -> frozenset[str]:
    """Find the side of the force judged, for the colours; none where no force is named."""
    force = document["situation"].get("force")
    positions = (f["properties"] for f in document["features"]
                 if f["properties"]["kind"] == "position")  # fmt: skip
    sides = (said.get("side") for said in positions if said.get("force") == force)
    return frozenset(side for side in sides if side)


def _choose_style(told: Json, friends: frozenset[str]) -> str:
    """Choose the look of a feature: ground and positions by whose they are."""
    layer: str = told["layer"]
    if layer not in ("ground", "position"):
        return layer
    is_assessed = layer == "position" or told["basis"] in ("assessed", "territory")
    holder = told["holder"] if layer == "ground" else told["side"]
    if not is_assessed or holder in (None, "neutral"):
        return "unclear"
    return "own" if holder in friends else "hostile"


def _write_style(document: Element, name: str) -> None:
    line, width, fill = STYLES[name]
    style = SubElement(document, "Style", id=name)
    icon = SubElement(style, "IconStyle")
    _tell(icon, "color", _write_colour(line))
    drawn = SubElement(style, "LineStyle")
    _tell(drawn, "color", _write_colour(line))
    _tell(drawn, "width", f"{width:g}")
    ground = SubElement(style, "PolyStyle")
    _tell(ground, "color", _write_colour(fill or line, GROUND_ALPHA if fill else 0))


def _write_colour(colour: str, alpha: int = 0xFF) -> str:
    """
    Write a colour as KML does: alpha, blue, green, red.

    Examples
    --------
    >>> _write_colour("#1f5fa8")
    'ffa85f1f'
    """
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{alpha:02x}{blue}{green}{red}"


def _write_placemark(folder: Element, feature: Json, style: str) -> None:
    told = feature["properties"]
    placemark = SubElement(folder, "Placemark")
    _tell(placemark, "name", str(told.get("name") or told["id"]))
    when = SubElement(placemark, "TimeStamp")
    _tell(when, "when", told["as_of"])
    _tell(placemark, "styleUrl", f"#{style}")
    extended = SubElement(placemark, "ExtendedData")
    for name, value in told.items():
        if value not in (None, ""):
            _tell(SubElement(extended, "Data", name=name), "value", _spell(value))
    if feature["geometry"]:
        _write_geometry(placemark, shape(feature["geometry"]))


def _spell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _write_geometry(parent: Element, geometry: Any) -> None:  # noqa: ANN401 - any shape
    kind = geometry.geom_type
    if kind in ("Point", "LineString"):
        _tell(SubElement(parent, kind), "coordinates", _write_places(geometry))
    elif kind == "Polygon":
        polygon = SubElement(parent, kind)
        sides = [("outerBoundaryIs", geometry.exterior)]
        sides += [("innerBoundaryIs", hole) for hole in geometry.interiors]
        for side, line in sides:
            ring = SubElement(SubElement(polygon, side), "LinearRing")
            _tell(ring, "coordinates", _write_places(line))
    else:
        several = SubElement(parent, "MultiGeometry")
        for part in geometry.geoms:
            _write_geometry(several, part)


def _write_places(line: Any) -> str:  # noqa: ANN401 - a point or a line
    return " ".join(f"{lon:.9g},{lat:.9g}" for lon, lat in line.coords)


def _tell(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = clean(text)


WRITERS: dict[str, Callable[[Judgement, Situation | None], bytes]] = {
    ".geojson": _write_geojson,
    ".json": _write_geojson,
    ".gpkg": _write_gpkg,
    ".kml": _write_kml,
    ".csv": _write_csv,
    ".svg": _write_svg,
    ".png": _write_png,
}

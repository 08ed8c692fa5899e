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
from xml.etree.ElementTree import SubElement

from shapely.geometry import shape

from encircle.picture.colours import BLUE, VERMILION
from encircle.picture.export.kml import (
    begin_kml,
    dump_kml,
    tell,
    write_data,
    write_geometry,
    write_style,
)
from encircle.picture.export.layer_files import ExportError, Layer, Row, write_layer
from encircle.picture.export.layers import LAYERS, draw_layers
from encircle.picture.tokens import LIGHT
from encircle.verdict.judgement import write_json
from encircle.verdict.saying import say_supposed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    from encircle.map.situation import Situation
    from encircle.picture.colours import Colours
    from encircle.verdict.judgement import Judgement

Json = dict[str, Any]


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
    writer.writerows({name: guard_cell(cell) for name, cell in row.items()} for row in rows)
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


def guard_cell(cell: object) -> object:
    """Write a cell that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(FORMULA)
    return f"'{cell}" if is_formula else cell


# -- GeoPackage ------------------------------------------------------------------------------


def _write_gpkg(judgement: Judgement, situation: Situation | None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "judgement.gpkg"
        for layer, features in _sort(draw_layers(judgement, situation)):
            write_layer(path, Layer(layer, [_row_of(feature) for feature in features]))
        return path.read_bytes()


def _sort(collection: Json) -> Iterator[tuple[str, list[Json]]]:
    """Give the layers that have features, the lowest first."""
    for layer in LAYERS:
        features = [f for f in collection["features"] if f["properties"]["layer"] == layer]
        if features:
            yield layer, features


def _row_of(feature: Json) -> Row:
    said = {name: value for name, value in feature["properties"].items() if name != "layer"}
    return Row(said, shape(feature["geometry"]) if feature["geometry"] else None)


# -- KML -------------------------------------------------------------------------------------

STYLES: dict[str, tuple[str, float, str | None]] = {
    "own": (BLUE.edge, 1.0, BLUE.held),
    "hostile": (VERMILION.edge, 1.0, VERMILION.held),
    "unclear": (LIGHT["hatch"], 1.0, LIGHT["unclear"]),
    "barrier": (LIGHT["water"], 2.0, None),
    "fire": (LIGHT["fire"], 1.0, "#ffd9b0"),
    "route": (LIGHT["road"], 2.0, None),
    "crossing": (LIGHT["road"], 2.0, None),
    "anchor": (LIGHT["way"], 2.0, "#9fd8c4"),
    "force": (BLUE.ink, 3.0, BLUE.held),
    "pocket": ("#3a3a3a", 1.0, "#fff3a8"),
    "ring": (LIGHT["ring"], 5.0, None),
    "way_out": (LIGHT["way"], 5.0, None),
    "opening": (LIGHT["ink"], 3.0, None),
    "neck": (LIGHT["ink"], 3.0, None),
    "cut": ("#8c1146", 4.0, None),
}
"""Colour of lines, their width in pixels, colour of ground; as the pictures draw them."""


def _write_kml(judgement: Judgement, situation: Situation | None) -> bytes:
    supposed = say_supposed(judgement)
    title = judgement.title or judgement.headline
    root, document = begin_kml(f"What if: {title}" if supposed else title)
    notices = [notice.statement for notice in judgement.notices]
    told = [supposed, judgement.headline, *notices]
    tell(document, "description", "\n".join(filter(None, told)))
    for name, (line, width_px, fill) in STYLES.items():
        write_style(document, name, line, width_px, fill)
    friends = situation.friends_of(judgement.side) if situation else frozenset({judgement.side})
    for layer, features in _sort(draw_layers(judgement, situation)):
        folder = SubElement(document, "Folder")
        tell(folder, "name", layer.replace("_", " "))
        for feature in features:
            _write_placemark(folder, feature, _choose_style(feature["properties"], friends))
    return dump_kml(root)


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
    root, drawn = begin_kml(str(whole.get("title") or whole.get("id") or "Situation"))
    notices = [n["statement"] if isinstance(n, dict) else n for n in whole.get("notices") or ()]
    told = [f"As of {whole['as_of']}.", f"Read back by {' '.join(list_rules(document))}"]
    tell(drawn, "description", "\n".join([*told, *notices]))
    for name, (line, width_px, fill) in STYLES.items():
        write_style(drawn, name, line, width_px, fill)
    friends = _find_friends(document)
    for kind in dict.fromkeys(f["properties"]["kind"] for f in document["features"]):
        folder = SubElement(drawn, "Folder")
        tell(folder, "name", HEADING.format(kind=kind))
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
    return dump_kml(root)


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


def _write_placemark(folder: Element, feature: Json, style: str) -> None:
    told = feature["properties"]
    placemark = SubElement(folder, "Placemark")
    tell(placemark, "name", str(told.get("name") or told["id"]))
    when = SubElement(placemark, "TimeStamp")
    tell(when, "when", told["as_of"])
    tell(placemark, "styleUrl", f"#{style}")
    write_data(placemark, told)
    if feature["geometry"]:
        write_geometry(placemark, shape(feature["geometry"]))


WRITERS: dict[str, Callable[[Judgement, Situation | None], bytes]] = {
    ".geojson": _write_geojson,
    ".json": _write_geojson,
    ".gpkg": _write_gpkg,
    ".kml": _write_kml,
    ".csv": _write_csv,
    ".svg": _write_svg,
    ".png": _write_png,
}

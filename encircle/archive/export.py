"""Every piece of an archive with its days, as other tools open it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import SubElement

from shapely.geometry import mapping

from encircle.archive.timeline_picture import COLOURS
from encircle.map.counting import number_of
from encircle.picture.export.export import guard_cell
from encircle.picture.export.kml import (
    begin_kml,
    dump_kml,
    tell,
    write_data,
    write_geometry,
    write_style,
)
from encircle.picture.export.layer_files import Layer, Row, dump_layers, dump_parquet
from encircle.verdict.judgement import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from shapely.geometry.base import BaseGeometry

    from encircle.archive.linking import Story
    from encircle.archive.scan import Scan, ScannedPiece

Json = dict[str, Any]

TITLE = "Pockets and salients"
LAYER = "pieces"
COLUMNS: dict[str, type] = {
    "map": str, "mapper": str, "as_of": datetime, "side": str, "id": str, "kind": str,
    "since": datetime, "nearest_place": str, "lon": float, "lat": float, "area_km2": float,
    "area_uncertain_km2": float, "verdict": str, "status": str, "neck_m_grey_passable": float,
    "neck_m_grey_hostile": float, "closing_m_grey_passable": float,
    "closing_m_grey_hostile": float, "notices": str, "story": str, "until": datetime,
}  # fmt: skip
"""What is said of each piece, in this order, whether any was found or not."""
INSTANTS = tuple(name for name, kind in COLUMNS.items() if kind is datetime)

NOTICES = "notices"
"""The table in a GeoPackage, and the member or key elsewhere, of what is told of the maps."""
NOTICE_COLUMNS: dict[str, type] = {
    "map": str, "mapper": str, "as_of": datetime, "severity": str, "code": str, "statement": str,
}  # fmt: skip
EDGE = "#1a1a1a"
"""Colour of outlines in a KML."""


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A piece on one map: what is said of it, flat, and its ground in degrees."""

    said: Json
    geometry: BaseGeometry


def list_rows(scans: Sequence[Scan], stories: Sequence[Story]) -> list[PieceRow]:
    """
    List each piece of each map, in the order of the maps.

    `story` names the piece over all its days. `until` is the instant of its mapper's next map,
    and None on the last: what happened between two maps they do not say, so a piece is shown from
    the map that draws it up to the next.
    """
    named = {
        (sight.scan.mapper, sight.scan.side, sight.as_of, sight.piece.id): story.id
        for story in stories
        for sight in story.sights
    }
    following = _find_following(scans)
    return [
        PieceRow(
            {
                **_flatten(scan, piece),
                "story": named.get((scan.mapper, scan.side, scan.as_of, piece.id)),
                "until": following[scan.mapper, scan.as_of],
            },
            piece.geometry,
        )
        for scan in scans
        for piece in scan.pieces
    ]


def _find_following(scans: Sequence[Scan]) -> dict[tuple[str, str], str | None]:
    days: dict[str, set[str]] = {}
    for scan in scans:
        days.setdefault(scan.mapper, set()).add(scan.as_of)
    found: dict[tuple[str, str], str | None] = {}
    for mapper, seen in days.items():
        ordered = sorted(seen)
        for day, after in zip(ordered, [*ordered[1:], None], strict=True):
            found[mapper, day] = after
    return found


def _flatten(scan: Scan, piece: ScannedPiece) -> Json:
    neck, closing = piece.proved.neck_width_m or {}, piece.proved.closing_distance_m or {}
    return {
        "map": scan.map, "mapper": scan.mapper, "as_of": scan.as_of, "side": scan.side,
        "id": piece.id, "kind": piece.kind, "since": piece.since,
        "nearest_place": piece.nearest_place, "lon": piece.at[0], "lat": piece.at[1],
        "area_km2": piece.area_km2, "area_uncertain_km2": piece.area_uncertain_km2,
        "verdict": piece.proved.verdict, "status": piece.proved.status["code"],
        "neck_m_grey_passable": neck.get("optimistic"),
        "neck_m_grey_hostile": neck.get("pessimistic"),
        "closing_m_grey_passable": closing.get("optimistic"),
        "closing_m_grey_hostile": closing.get("pessimistic"), "notices": say_notices(scan.notices),
    }  # fmt: skip


def say_notices(notices: Sequence[Json]) -> str | None:
    """Say in one text what is told of a map; None where nothing is."""
    return " ".join(f"{n['severity'].capitalize()}: {n['statement']}" for n in notices) or None


def list_notices(scans: Sequence[Scan], faults: Mapping[str, Sequence[str]]) -> list[Json]:
    """
    List what is told of each map, once for both its sides.

    Parameters
    ----------
    faults
        Why maps could not be read, by name: of them nothing else is in what is written.
    """
    told = {
        (scan.map, scan.mapper, scan.as_of, notice["statement"]): notice
        for scan in scans
        for notice in scan.notices
    }
    read = [
        {"map": name, "mapper": mapper, "as_of": as_of, "severity": notice["severity"],
         "code": notice["code"], "statement": statement}
        for (name, mapper, as_of, statement), notice in told.items()
    ]  # fmt: skip
    unread = [
        {"map": name, "mapper": None, "as_of": None, "severity": "doubt", "code": UNREAD,
         "statement": f"{name} is not in what was found: {'; '.join(why)}"}
        for name, why in faults.items()
    ]  # fmt: skip
    return [*read, *unread]


UNREAD = "map_not_read"
"""Code of the notice of a map that could not be read."""


def group_notices(notices: Sequence[Json]) -> list[str]:
    """Say what is told of maps, each sentence once with how many it is told of."""
    counted = Counter((n["severity"], n["code"], n["statement"]) for n in notices)
    return [
        statement
        if code == UNREAD
        else f"{severity.capitalize()}, of {number_of(many, 'map')}: {statement}"
        for (severity, code, statement), many in counted.most_common()
    ]


def export_rows(rows: Sequence[PieceRow], suffix: str, notices: Sequence[Json] = ()) -> bytes:
    """
    Write pieces as a file; where none was found, one with the same columns and no row.

    Parameters
    ----------
    suffix
        `.csv` is a table; `.geojson`, `.gpkg`, `.fgb` and `.parquet` hold a feature for each piece
        of each map; `.kml` shows each on its days.
    notices
        As `list_notices` gives them. A piece says in `notices` what is told of its map. Of all
        maps, those without a piece too, it is told: in a `.csv`, by a row without a piece; in a
        `.gpkg`, by a table; elsewhere beside the features.

    Raises
    ------
    ExportError
        If a package is missing.
    """
    return WRITERS[suffix](rows, notices)


def _write_table(rows: Sequence[PieceRow], notices: Sequence[Json]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS))
    writer.writeheader()
    said = [*(row.said for row in rows), *_say_without_piece(rows, notices)]
    writer.writerows({n: guard_cell(v) for n, v in one.items()} for one in said)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _say_without_piece(rows: Sequence[PieceRow], notices: Sequence[Json]) -> Iterator[Json]:
    """Say what is told of maps on which nothing was found: no other row says it."""
    shown = {(row.said["map"], row.said["as_of"]) for row in rows}
    other: dict[tuple[str, str | None], list[Json]] = {}
    for notice in notices:
        if (key := (notice["map"], notice["as_of"])) not in shown:
            other.setdefault(key, []).append(notice)
    for (name, as_of), told in other.items():
        yield {
            "map": name, "mapper": told[0]["mapper"], "as_of": as_of, "notices": say_notices(told),
        }  # fmt: skip


def _write_geojson(rows: Sequence[PieceRow], notices: Sequence[Json]) -> bytes:
    features = [
        {"type": "Feature", "geometry": mapping(row.geometry), "properties": row.said}
        for row in rows
    ]
    return write_json({"type": "FeatureCollection", NOTICES: [*notices], "features": features})


def _write_gpkg(rows: Sequence[PieceRow], notices: Sequence[Json]) -> bytes:
    layers = [_lay(rows)]
    if notices:  # a file of one layer opens without being asked which
        told = [Row(_date(notice), None) for notice in notices]
        layers.append(Layer(NOTICES, told, NOTICE_COLUMNS, has_shapes=False))
    return dump_layers(".gpkg", layers)


def _write_fgb(rows: Sequence[PieceRow], notices: Sequence[Json]) -> bytes:
    return dump_layers(".fgb", [_lay(rows, "\n".join(group_notices(notices)))])


def _write_parquet(rows: Sequence[PieceRow], notices: Sequence[Json]) -> bytes:
    return dump_parquet(_lay(rows), {NOTICES: [*notices]})


def _lay(rows: Sequence[PieceRow], description: str = "") -> Layer:
    dated = [Row(_date(row.said), row.geometry) for row in rows]
    return Layer(LAYER, dated, COLUMNS, description)


def _date(said: Json) -> Json:
    """Give instants as instants: a time slider takes no text."""
    dated = {name: datetime.fromisoformat(said[name]) for name in INSTANTS if said.get(name)}
    return said | dated


def _write_kml(rows: Sequence[PieceRow], notices: Sequence[Json]) -> bytes:
    """Write a folder for each piece followed, in it its ground on each day, by its status."""
    root, document = begin_kml(TITLE)
    told = [*([] if rows else ["No piece was found."]), *group_notices(notices)]
    if told:
        tell(document, "description", " ".join(told))
    for code, colour in COLOURS.items():
        write_style(document, code, EDGE, 1.5, colour)
    folders: dict[object, Element] = {}
    for row in rows:
        said = row.said
        name = f"{said['mapper']} {said['story']}"
        if name not in folders:
            folders[name] = SubElement(document, "Folder")
            tell(folders[name], "name", _name(said))
        placemark = SubElement(folders[name], "Placemark")
        tell(placemark, "name", f"{_name(said)}, {said['as_of'][:10]}")
        span = SubElement(placemark, "TimeSpan")
        tell(span, "begin", said["as_of"])
        if said["until"] is not None:  # the last map is the last that is known
            tell(span, "end", said["until"])
        tell(placemark, "styleUrl", f"#{said['status']}")
        write_data(placemark, said)
        write_geometry(placemark, row.geometry)
    return dump_kml(root)


def _name(said: Json) -> str:
    by = f" by {said['nearest_place']}" if said["nearest_place"] else ""
    return f"{said['side']} {said['kind']}{by}"


WRITERS: dict[str, Callable[[Sequence[PieceRow], Sequence[Json]], bytes]] = {
    ".csv": _write_table,
    ".geojson": _write_geojson,
    ".json": _write_geojson,
    ".gpkg": _write_gpkg,
    ".fgb": _write_fgb,
    ".parquet": _write_parquet,
    ".kml": _write_kml,
}
"""What a file is written by, by how its name ends."""

"""Every piece of an archive with its days, as other tools open it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import SubElement

from shapely.geometry import mapping

from encircle.archive.timeline_picture import COLOURS
from encircle.picture.export.export import guard_cell
from encircle.picture.export.kml import (
    begin_kml,
    dump_kml,
    tell,
    write_data,
    write_geometry,
    write_style,
)
from encircle.picture.export.layer_files import ExportError, Row, dump_layer, dump_parquet
from encircle.verdict.judgement import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree.ElementTree import Element

    from shapely.geometry.base import BaseGeometry

    from encircle.archive.linking import Story
    from encircle.archive.scan import Scan, ScannedPiece

Json = dict[str, Any]

TITLE = "Pockets and salients"
LAYER = "pieces"
INSTANTS = ("as_of", "since", "until")
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
        "closing_m_grey_hostile": closing.get("pessimistic"),
    }  # fmt: skip


def export_rows(rows: Sequence[PieceRow], suffix: str) -> bytes:
    """
    Write pieces as a file.

    Parameters
    ----------
    suffix
        `.csv` is a table; `.geojson`, `.gpkg`, `.fgb` and `.parquet` hold a feature for each piece
        of each map; `.kml` shows each on its days.

    Raises
    ------
    ExportError
        If there is nothing to write and the format needs something, or a package is missing.
    """
    return WRITERS[suffix](rows)


def _write_table(rows: Sequence[PieceRow]) -> bytes:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0].said))
        writer.writeheader()
        writer.writerows({n: guard_cell(v) for n, v in row.said.items()} for row in rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _write_geojson(rows: Sequence[PieceRow]) -> bytes:
    features = [
        {"type": "Feature", "geometry": mapping(row.geometry), "properties": row.said}
        for row in rows
    ]
    return write_json({"type": "FeatureCollection", "features": features})


def _write_layer(suffix: str, rows: Sequence[PieceRow]) -> bytes:
    return dump_layer(suffix, LAYER, _list_rows(rows, suffix))


def _write_parquet(rows: Sequence[PieceRow]) -> bytes:
    return dump_parquet(_list_rows(rows, ".parquet"))


def _list_rows(rows: Sequence[PieceRow], suffix: str) -> list[Row]:
    if not rows:
        raise ExportError(f"no piece was found, and a {suffix} of nothing has no columns")
    return [Row(_date(row.said), row.geometry) for row in rows]


def _date(said: Json) -> Json:
    """Give instants as instants: a time slider takes no text."""
    dated = {name: datetime.fromisoformat(said[name]) for name in INSTANTS if said[name]}
    return said | dated


def _write_kml(rows: Sequence[PieceRow]) -> bytes:
    """Write a folder for each piece followed, in it its ground on each day, by its status."""
    root, document = begin_kml(TITLE)
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


WRITERS: dict[str, Callable[[Sequence[PieceRow]], bytes]] = {
    ".csv": _write_table,
    ".geojson": _write_geojson,
    ".json": _write_geojson,
    ".gpkg": partial(_write_layer, ".gpkg"),
    ".fgb": partial(_write_layer, ".fgb"),
    ".parquet": _write_parquet,
    ".kml": _write_kml,
}
"""What a file is written by, by how its name ends."""

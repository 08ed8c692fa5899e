"""How do the positions of a situation leave as a table that comes in again."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from shapely.geometry import shape

from encircle.errors import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADINGS = (
    "id", "lat", "lon", "wkt", "side", "force", "echelon", "name", "date", "reported_at",
    "valid_from", "valid_to", "basis", "status", "reach_m", "location_error_m", "weight",
    "probability", "track", "source", "url", "archive_url", "reliability", "credibility", "note",
)  # fmt: skip
MEMBERS = {"date": "observed_at", "status": "present"}
FORMULA = ("=", "+", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run as a formula (OWASP, CSV injection)."""


def write_positions(document: Mapping[str, Any]) -> bytes:
    """
    Write the positions of a situation as CSV, in columns that `convert` reads.

    Raises
    ------
    SituationError
        If there is none.
    """
    sources = {s.get("id"): s for s in document["situation"].get("sources") or []}
    rows = [_row(f, sources) for f in document["features"]
            if f["properties"].get("kind") == "position"]  # fmt: skip
    if not rows:
        raise refusal("the situation has no positions", "Write it as .geojson")
    used = [h for h in HEADINGS if any(row.get(h) not in (None, "") for row in rows)]
    written = io.StringIO(newline="")
    lines = csv.DictWriter(written, used, extrasaction="ignore", lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows)
    return written.getvalue().encode()


def _row(feature: Mapping[str, Any], sources: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    said, drawn = feature["properties"], shape(feature["geometry"])
    row: dict[str, Any] = {h: said.get(MEMBERS.get(h, h)) for h in HEADINGS}
    row["id"] = feature["id"]
    if drawn.geom_type == "Point":
        row |= {"lat": drawn.centroid.y, "lon": drawn.centroid.x}
    else:
        row["wkt"] = drawn.wkt
    named = next(iter(said.get("sources") or ()), None)
    source = named if isinstance(named, dict) else sources.get(named, {})
    row |= {"source": source.get("title"), **{k: source.get(k) for k in (
        "url", "archive_url", "reliability", "credibility")}}  # fmt: skip
    return {heading: _guard(cell) for heading, cell in row.items()}


def _guard(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

"""What kinds of file do people bring, what is each called, and what reads it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Literal

FileKind = Literal[
    "situation", "deepstate", "mirror", "isw", "liveuamap", "kml", "kmz", "table", "spreadsheet",
    "records", "osm_pbf", "osm_xml", "overpass", "geopackage", "shapefile", "flatgeobuf", "gzip",
    "zip", "packed", "geojson_lines", "esri_json", "umap", "topojson", "gpx", "judgement",
    "claims", "border", "points", "lines", "ground", "text", "html", "pdf", "image", "office",
    "utf16", "empty", "broken_json", "json", "unknown",
]  # fmt: skip
"""Kinds of file that people bring."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A file by its content."""

    kind: FileKind
    label: str
    """What to call it, for people: *a DeepStateMap snapshot*."""
    remedy: str
    """What reads it, or what to do first."""


_CONVERT = "Make a situation of it: encircle convert {file} situation.geojson"
_PLACE = _CONVERT + " --force-at PLACE"
REMEDIES: dict[FileKind, str] = {
    "situation": "Judge it: encircle judge {file}",
    "deepstate": _PLACE,
    "mirror": _PLACE,
    "isw": _PLACE,
    "liveuamap": _PLACE,
    "kml": _CONVERT + " --force-at PLACE (--preset control-kml where its zones are not told apart)",
    "kmz": _CONVERT + " --force-at PLACE (--preset control-kml where its zones are not told apart)",
    "table": _CONVERT,
    "spreadsheet": _CONVERT,
    "records": _CONVERT,
    "points": _CONVERT,
    "lines": "Give it beside a map: encircle convert MAP {file} situation.geojson, or measure the "
    "roads alone: encircle roads {file}",
    "osm_pbf": "Give it beside a map: encircle convert MAP {file} situation.geojson --within-km 30",
    "osm_xml": "Give it beside a map: encircle convert MAP {file} situation.geojson --within-km 30",
    "overpass": "Give it beside a map: encircle convert MAP {file} situation.geojson "
    "--within-km 30",
    "geopackage": _CONVERT + " (needs the extra gis)",
    "shapefile": _CONVERT + " (needs the extra gis)",
    "flatgeobuf": _CONVERT + " (needs the extra gis)",
    "gzip": "Unpack it first: gunzip {file}; encircle convert reads it as it is",
    "zip": "Unpack it first: unzip {file}",
    "packed": "Unpack it first, and give what is in it",
    "geojson_lines": "Make one FeatureCollection of its lines: jq -s "
    "'{{type: \"FeatureCollection\", features: .}}' {file} > map.geojson; encircle convert reads "
    "it as it is",
    "esri_json": "Ask the server for GeoJSON: put f=geojson in place of f=json in the address",
    "umap": "Export it from uMap as GeoJSON (Share, Download) and give that",
    "topojson": "Make GeoJSON of it (npx topojson-client topo2geo, or mapshaper {file} -o "
    "format=geojson) and give that",
    "gpx": "Make GeoJSON of it (ogr2ogr points.geojson {file} waypoints) and give that",
    "judgement": "Check it against its situation: encircle verify {file} SITUATION",
    "claims": "Check the claims against a map: encircle check SITUATION --claims {file}",
    "border": "Give it beside a map: encircle convert MAP situation.geojson --border {file}",
    "ground": "Say whose ground it is: encircle convert {file} situation.geojson --preset isw "
    "--force-at PLACE, or write kind, holder and basis into the features",
    "text": "Read the claims in it: encircle claims extract {file}",
    "html": "Save the data itself, not the page that shows it",
    "pdf": "Give the map's data (GeoJSON, KML) or the table (CSV), not a print of it",
    "image": "A picture holds no coordinates to read: give the map's data (GeoJSON, KML, CSV)",
    "office": "Save the table as .xlsx or .csv and give that",
    "utf16": "Save it as UTF-8",
    "empty": "Save or download it again: there is nothing in it",
    "broken_json": "Mend it there, or download it again: it may have been cut short",
    "json": "Give a situation, a map, a table or roads (see docs/contract.md)",
    "unknown": "Give a situation in GeoJSON, or what encircle convert reads: a map, a table, roads "
    "or a GIS file",
}
"""What reads a file of a kind, or what to do first."""

_PLAIN = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


def guest(kind: FileKind, label: str, name: str = "", remedy: str | None = None) -> Guest:
    """
    Introduce a file of a kind.

    Examples
    --------
    >>> guest("gzip", "gzip", "map.geojson.gz").remedy
    'Unpack it first: gunzip map.geojson.gz; encircle convert reads it as it is'
    """
    shown = shlex.quote(name) if _PLAIN.fullmatch(name) else "FILE"
    return Guest(kind, label, remedy or REMEDIES[kind].format(file=shown))

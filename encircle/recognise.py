"""What kind of file is it, by its content, and which command reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FileKind = Literal[
    "situation", "deepstate", "mirror", "isw", "liveuamap", "kml", "kmz", "table", "spreadsheet",
    "osm_pbf", "osm_xml", "geopackage", "shapefile", "flatgeobuf", "gzip", "zip", "geojson_lines",
    "esri_json", "umap", "topojson", "judgement", "claims", "border", "points", "lines", "ground",
    "text", "json", "unknown",
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


def recognise(raw: bytes, name: str = "") -> Guest:
    """Tell what kind of file it is by its content; its name only settles what content leaves."""
    del raw, name
    return Guest("unknown", "a file of no kind known here", "Give a situation in GeoJSON")

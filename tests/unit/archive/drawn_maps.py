"""Maps drawn by hand in DeepState's colours over a country that is a box."""

import json
from datetime import UTC, datetime

from shapely.geometry import box, mapping

from encircle.formats.publishers.presets import MapFile

COUNTRY = box(30.0, 48.0, 36.0, 51.0)
BORDER = {"type": "Feature", "properties": {"name": "A box"}, "geometry": mapping(COUNTRY)}
FILLS = {"RU": "#a52714", "UA": "#0f9d58", None: "#bcaaa4"}
NAMES = {"RU": "/// Occupied ///", "UA": "/// Liberated ///", None: "/// Unknown ///"}

POCKET = box(33.4, 49.25, 33.6, 49.35)
"""Some 14 by 11 km."""
RING = box(33.0, 49.0, 34.0, 49.6).difference(POCKET)
CORRIDOR = box(32.9, 49.28, 33.45, 49.32)
"""4.4 km wide, from the west into the pocket."""


def second(day, hour=12):
    """Give the Unix time of an hour of a day."""
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC).timestamp())


def draw(*drawn, begin=0):
    """Draw zones, each a shape and whose it is; features count from `begin`."""
    point = {"type": "Point", "coordinates": [33.0, 49.0]}
    before = [{"type": "Feature", "properties": {"name": "A unit"}, "geometry": point}] * begin
    features = [
        {
            "type": "Feature",
            "properties": {"fill": FILLS[holder], "name": NAMES[holder]},
            "geometry": mapping(shape),
        }
        for shape, holder in drawn
    ]
    return {"type": "FeatureCollection", "features": [*before, *features]}


def file_of(day, *drawn, begin=0, hour=12):
    """Make a file of a map of a day."""
    raw = json.dumps(draw(*drawn, begin=begin)).encode()
    return MapFile(f"{second(day, hour)}.geojson", raw)

"""
What does the public daily mirror of DeepStateMap say: Russian-held ground, and nothing else.

The mirror draws one MultiPolygon a day from the map, without properties: the ground held by
Russia. Grey ground, which the map tells apart, is not in it, and neither is what Ukraine holds
inside Russia.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely.geometry import box

from encircle.errors import refusal
from encircle.formats.painted.layers import find_collection, read_layer
from encircle.formats.painted.painted import PaintedMap, Zone, count_once, parse_day
from encircle.formats.publishers.deepstate import LOCATION_ERROR_M
from encircle.map.door.reader import digest
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

MAPPER_SIDE = "UA"
"""The mapper is DeepState: a group in Kyiv, close to the Ukrainian forces."""

PLAIN = frozenset({"id", "fid", "gid", "index", "objectid", "ogc_fid", "date", "day", "area"})
"""Properties that say nothing of whose the ground is; tools add them to what has none."""

AFIELD = box(34.2, 50.2, 36.0, 51.6)
"""Round what Ukraine held inside Russia from August 2024 on, degrees. Source: the extent of it on
621 snapshots of the map itself, 34.24-35.44 E and 51.05-51.45 N, and the border villages of
Belgorod oblast fought over in 2025, to the south."""

NO_GREY = Notice(
    "grey_not_told_apart",
    "caution",
    "The mirror paints Russian-held ground only: what the map itself shows as unknown is not told "
    "apart, so both readings are the same. Compare the snapshot of the day.",
)
SILENCE = Notice(
    "silent_abroad",
    "caution",
    "The mirror does not draw what Ukraine held inside Russia: beyond the border of Sumy and "
    "Kharkiv oblasts unpainted ground is unknown.",
)


def is_mirror(document: Mapping[str, Any]) -> bool:
    """
    Tell the mirror from maps whose features say what they are.

    Examples
    --------
    >>> ground = {"type": "Polygon", "coordinates": []}
    >>> is_mirror({"features": [{"type": "Feature", "properties": {}, "geometry": ground}]})
    True
    >>> is_mirror({"features": [{"properties": {"fill": "#a52714"}, "geometry": ground}]})
    False
    """
    features = document.get("features", [{"geometry": document}])
    return isinstance(features, list) and bool(features) and all(map(_says_nothing, features))


def _says_nothing(feature: object) -> bool:
    members = feature if isinstance(feature, dict) else {}
    geometry, said = members.get("geometry"), members.get("properties") or {}
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    plain = isinstance(said, dict) and {str(key).lower() for key in said} <= PLAIN
    return kind in {"Polygon", "MultiPolygon"} and plain


def paint_mirror(document: Mapping[str, Any], name: str = "") -> PaintedMap:
    """
    Read a day of the mirror as a painted map.

    Parameters
    ----------
    document
        The FeatureCollection of one MultiPolygon, or the bare geometry.
    name
        Of the file: the day stands in it (`deepstatemap_data_20250314.geojson`).

    Raises
    ------
    SituationError
        If it cannot be read (see `read_layer`), paints nothing, or says what it paints: then it
        is another map.
    """
    layer = read_layer(document, name or "The mirror")
    if not layer.features:
        raise refusal(layer.empty_because, "Give a day of the mirror: one MultiPolygon")
    _, collection = find_collection(document, name or "The mirror")
    if not is_mirror(collection):
        said = "its features have properties, which the mirror has not"
        raise refusal(said, "Give it as what it is (--preset deepstate, isw or liveuamap)")
    zones, twice = count_once(
        Zone(
            id=f"mirror-{feature.index}",
            geometry=feature.geometry,
            holder="RU",
            basis="assessed",
            source="deepstate-mirror",
            name="held by Russia",
        )
        for feature in layer.features
    )
    day = parse_day(name) or parse_day(layer.name)
    return PaintedMap(
        maker="mirror",
        title="DeepStateMap, by its public mirror",
        zones=zones,
        sources=({
            "id": "deepstate-mirror",
            "title": "DeepStateMap, by its public mirror",
            "url": "https://deepstatemap.live/",
            "sha256": digest(document),
            "origin": "deepstate",
        },),
        notices=(*layer.notices, *twice, NO_GREY, SILENCE),
        mapper_side=MAPPER_SIDE,
        location_error_m=LOCATION_ERROR_M,
        silent=AFIELD,
        dated=f"{day:%Y-%m-%d}" if day else None,
    )  # fmt: skip

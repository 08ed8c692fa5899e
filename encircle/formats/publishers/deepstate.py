"""
What does a DeepStateMap snapshot say, as a situation any judge can read.

A snapshot paints what is or was disputed and nothing else: ground left unpainted is Ukrainian
inside Ukraine's border and Russian outside it, so a border comes with the snapshot. The fill of a
polygon decides whose it is. Points (units, arrows, captions) are not evidence of control.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from encircle.formats.painted.painted import PaintedMap, Zone, count_once
from encircle.formats.painted.situation import situation_from_painted
from encircle.formats.publishers.deepstate_abroad import GroundAbroad, measure_ground_abroad
from encircle.formats.publishers.deepstate_snapshot import (
    Patch,
    Snapshot,
    parse_snapshot_time,
    read_snapshot,
)
from encircle.map.door.reader import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "GroundAbroad",
    "Patch",
    "Snapshot",
    "measure_ground_abroad",
    "paint_deepstate",
    "parse_snapshot_time",
    "read_snapshot",
    "situation_from_deepstate",
]
MAPPER_SIDE = "UA"
"""Whose cause the mappers serve: a group in Kyiv, close to the Ukrainian forces."""

LOCATION_ERROR_M = 300.0
"""How far off a boundary may be drawn, metres. Source: a quarter of the front lies within 220 to
320 m of that of the Russian mapper's map of the day, March and April 2025."""


def paint_deepstate(snapshot: Mapping[str, Any]) -> PaintedMap:
    """
    Read a snapshot as a painted map.

    Raises
    ------
    SituationError
        If it is no snapshot (see `read_snapshot`).
    """
    read = read_snapshot(snapshot)
    zones, twice = count_once(map(_zone_of, read.patches))
    source = {
        "id": "deepstate",
        "title": "DeepStateMap snapshot",
        "url": "https://deepstatemap.live/",
        "sha256": digest(snapshot),
        "origin": "deepstate",
    }
    return PaintedMap(
        maker="deepstate",
        title="DeepStateMap",
        zones=zones,
        sources=(source,),
        notices=(*read.notices, *twice),
        mapper_side=MAPPER_SIDE,
        location_error_m=LOCATION_ERROR_M,
        lacks=read.lacks,
    )


def _zone_of(patch: Patch) -> Zone:
    holder = patch.status.holder
    return Zone(
        id=f"deepstate-{patch.index}",
        geometry=patch.geometry,
        holder=holder,
        basis="assessed" if holder else "unknown",
        source="deepstate",
        name=patch.name,
        said={"fill": patch.fill},
    )


def situation_from_deepstate(
    snapshot: Mapping[str, Any],
    border: Mapping[str, Any],
    **options: Any,  # noqa: ANN401 - those of situation_from_painted, which checks them
) -> dict[str, Any]:
    """
    Turn a DeepStateMap snapshot into a situation about one force.

    Parameters
    ----------
    border
        Ukraine's outline: a polygon, a Feature or a FeatureCollection of them.
    options
        As `situation_from_painted` takes them: `force_at` and `as_of`, and what may be left out.

    Raises
    ------
    SituationError
        If the inputs are not what they should be, or no anchor can be drawn.
    """
    return situation_from_painted(paint_deepstate(snapshot), border, **options)

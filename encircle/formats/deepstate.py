"""
What does a DeepStateMap snapshot say, as a situation any judge can read.

A snapshot paints what is or was disputed and nothing else: ground left unpainted is Ukrainian
inside Ukraine's border and Russian outside it, so a border comes with the snapshot. The fill of a
polygon decides whose it is. Points (units, arrows, captions) are not evidence of control.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, mapping

from encircle.formats.deepstate_abroad import GroundAbroad, measure_ground_abroad
from encircle.formats.deepstate_ground import REAR_BAND_M, REAR_DEPTH_M, Ground, show
from encircle.formats.deepstate_snapshot import (
    Patch,
    Snapshot,
    parse_snapshot_time,
    read_border,
    read_snapshot,
    refusal,
)
from encircle.formats.shapes import LonLat, cut, make_valid, polygons_of
from encircle.geojson import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "GroundAbroad",
    "Patch",
    "Snapshot",
    "measure_ground_abroad",
    "parse_snapshot_time",
    "read_snapshot",
    "situation_from_deepstate",
]

DECIMALS = 7
"""Of a degree: about a centimetre, and as fine as the snapshots are written."""


def situation_from_deepstate(  # noqa: PLR0913 - one option each, all but two by name
    snapshot: Mapping[str, Any],
    border: Mapping[str, Any],
    *,
    force_at: Sequence[LonLat],
    as_of: datetime,
    force: str = "force",
    side: str = "UA",
    area_km: float | None = None,
    anchor_at: Sequence[LonLat] | None = None,
) -> dict[str, Any]:
    """
    Turn a DeepStateMap snapshot into a situation about one force.

    Parameters
    ----------
    snapshot
        The map, as `read_snapshot` takes it.
    border
        Ukraine's outline: a polygon, a Feature or a FeatureCollection of them.
    force_at
        Places of the force, `(lon, lat)`; one position each. The map shows none it could use.
    as_of
        Instant of the snapshot; a time without a zone is UTC.
    force
        Id of the force.
    side
        Side of the force: `UA` or `RU`.
    area_km
        Half the width of the area round the force, km; by default the least of
        `HALF_WIDTHS_KM` that holds an anchor.
    anchor_at
        Places that count as reached, `(lon, lat)`; by default the rear, as below. The area
        grows to hold them.

    Returns
    -------
    situation
        A FeatureCollection by the contract. What was left out, mended or found odd stands in
        its member `situation.notices`.

    Raises
    ------
    SituationError
        If the inputs are not what they should be, or no anchor can be drawn.

    Notes
    -----
    Ground. Painted polygons become `control`, `assessed` or `unknown`, cropped to the area and
    otherwise vertex for vertex as drawn. Beneath them lie polygons of basis `territory`: Ukraine
    inside the border, Russia outside it, and `neutral` where the area reaches the sea or a third
    country. The seam between the mappers' line and the border is left as it is. Nothing else is
    drawn: no rivers, no roads, no fire.

    Anchors. Ground of the side, in one piece with the largest piece of its ground on the whole
    map, more than `REAR_DEPTH_M` from any ground it does not hold, and within `REAR_BAND_M` of
    the area's edge: who gets there has left the fight behind. So a pocket is never an anchor,
    however large, and neither is ground beyond what the enemy or nobody holds. Since rivers are
    not drawn, a bridgehead looks joined to the other bank: give `anchor_at` for one.

    References
    ----------
    .. [1] RFC 7946, The GeoJSON Format, 3.1.6 (right-hand rule).
    """
    if side not in {"UA", "RU"}:
        raise refusal(f"side {side!r} is not on this map", "Use UA or RU")
    _check_places(force_at, anchor_at or ())
    instant = as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of.astimezone(UTC)
    drawing = _Drawing(Ground(read_snapshot(snapshot), read_border(border), side), instant)
    area, anchors = drawing.ground.choose_area(force_at, area_km, anchor_at or ())
    features = [
        *drawing.draw_territory(area),
        *drawing.draw_patches(area),
        *drawing.draw_anchors(anchors),
        *drawing.draw_force(force_at, force),
    ]
    whole = {
        "id": f"deepstate-{instant:%Y-%m-%d}-{force}",
        "title": f"DeepStateMap of {instant:%Y-%m-%d %H:%M} UTC, round {force}",
        "as_of": drawing.as_of,
        "sides": [{"id": "UA", "name": "Ukraine"}, {"id": "RU", "name": "Russia"}],
        "force": force,
        "area": mapping(area),
        "uncovered": "unknown",
        "sources": _describe_sources(snapshot, border, instant),
        "notices": list(drawing.all_notices()),
    }
    return {"type": "FeatureCollection", "situation": whole, "features": features}


class _Drawing:
    """Draws the features of one situation, and remembers what should be told."""

    def __init__(self, ground: Ground, instant: datetime) -> None:
        self.ground, self.snapshot, self.side = ground, ground.snapshot, ground.side
        self.as_of = f"{instant:%Y-%m-%dT%H:%M:%SZ}"
        self.notices: list[str] = []

    def all_notices(self) -> Iterator[str]:
        yield from self.snapshot.notices
        yield from self.notices
        yield "Rivers, lagoons, roads and fire are not drawn: ground across water looks joined."
        yield "Unpainted ground was taken as Ukrainian inside the border, Russian outside it."

    def draw_territory(self, area: Polygon) -> Iterator[dict[str, Any]]:
        """Draw whose country it is, under the paint."""
        for holder, ground in self.ground.territory(area).items():
            geometry = self._finish(ground, f"The territory of {holder}")
            if geometry:
                yield _feature(f"territory-{holder}", geometry, kind="control", holder=holder,
                               basis="territory", sources=["border"])  # fmt: skip
                if holder == "neutral":
                    self.notices.append("The area reaches the sea or a third country: neutral.")

    def draw_patches(self, area: Polygon) -> Iterator[dict[str, Any]]:
        """Draw the paint, cropped to the area."""
        for patch in self.snapshot.patches:
            if not patch.geometry.intersects(area):
                continue
            cropped = polygons_of(cut(patch.geometry, area))
            geometry = self._finish(cropped, f"Feature {patch.index}")
            if geometry:
                holder = patch.status.holder
                yield _feature(f"deepstate-{patch.index}", geometry, kind="control", holder=holder,
                               basis="assessed" if holder else "unknown", name=patch.name,
                               observed_at=self.as_of, sources=["deepstate"],
                               fill=patch.fill)  # fmt: skip

    def draw_anchors(self, anchors: Sequence[BaseGeometry]) -> Iterator[dict[str, Any]]:
        """Draw what counts as reached."""
        rear = (
            f"Drawn by rule: {self.side}'s ground joined to its largest piece on the whole map, "
            f"over {REAR_DEPTH_M / 1e3:.0f} km from ground it does not hold, within "
            f"{REAR_BAND_M / 1e3:.0f} km of the area's edge."
        )
        for number, anchor in enumerate(anchors, 1):
            given = anchor.geom_type == "Point"
            geometry = mapping(anchor) if given else self._finish(anchor, f"Anchor {number}")
            if geometry:
                yield _feature(f"anchor-{number}", geometry, kind="anchor", side=self.side,
                               access="land", note="Given by hand." if given else rear,
                               sources=["deepstate", "border"])  # fmt: skip

    def draw_force(self, places: Sequence[LonLat], force: str) -> Iterator[dict[str, Any]]:
        """Put the force where it was said to be, holding no ground the map does not give it."""
        for number, place in enumerate(places, 1):
            whose = self.ground.holder_at(Point(place))
            if whose != self.side:
                self.notices.append(
                    f"Position {number} of the force, {show(place)}, stands on ground the map "
                    f"gives to {whose or 'nobody for certain'}."
                )
            yield _feature(f"position-{number}", mapping(Point(place)), kind="position",
                           side=self.side, force=force, basis="reported", reach_m=0.0,
                           observed_at=self.as_of,
                           note="Placed by hand: the map shows no positions. Reach 0: what the "
                                "force holds is what the map paints.")  # fmt: skip

    def _finish(self, ground: BaseGeometry, what: str) -> dict[str, Any] | None:
        """Round, mend what rounding broke, and wind rings by the right hand."""
        rounded = shapely.transform(ground, lambda c: np.round(c, DECIMALS))
        if not rounded.is_valid:
            rounded = make_valid(rounded)
            self.notices.append(f"{what} was mended after rounding to {DECIMALS} decimals.")
        parts = [part for part in polygons_of(rounded).geoms if part.area > 0]
        if not parts:
            return None
        whole = parts[0] if len(parts) == 1 else MultiPolygon(parts)
        wound: dict[str, Any] = mapping(shapely.orient_polygons(whole))
        return wound


def _feature(name: str, geometry: dict[str, Any], /, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def _describe_sources(
    snapshot: Mapping[str, Any], border: Mapping[str, Any], as_of: datetime
) -> list[dict[str, Any]]:
    features = border.get("features") or [border]
    outline = (features[0].get("properties") or {}).get("name") or "Ukraine's outline"
    return [
        {
            "id": "deepstate",
            "title": f"DeepStateMap snapshot of {as_of:%Y-%m-%d %H:%M} UTC",
            "url": "https://deepstatemap.live/",
            "sha256": digest(snapshot),
            "origin": "deepstate",
        },
        {"id": "border", "title": outline, "sha256": digest(border), "origin": "border"},
    ]


def _check_places(force_at: Sequence[LonLat], anchor_at: Sequence[LonLat]) -> None:
    if not force_at:
        raise refusal("no place of the force", "Say where it stands (--force-at LON,LAT)")
    for lon, lat in (*force_at, *anchor_at):
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
            raise refusal(f"({lon}, {lat}) is not a place", "Give LON,LAT in degrees")

"""Draw a painted map as a situation about one force."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, mapping

from encircle.formats.painted import read_border, refusal
from encircle.formats.painted_ground import REAR_BAND_M, REAR_DEPTH_M, Ground, show
from encircle.formats.painted_place import check_place
from encircle.formats.shapes import LonLat, cut, make_valid, polygons_of
from encircle.geojson import digest
from encircle.notices import Notice, parse_notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted import PaintedMap, Zone

DECIMALS = 7
"""Of a degree: about a centimetre, and as fine as most maps are written."""


def situation_from_painted(  # noqa: PLR0913 - one option each, all but two by name
    painted: PaintedMap,
    border: Mapping[str, Any] | None,
    *,
    force_at: Sequence[LonLat],
    as_of: datetime,
    force: str = "force",
    side: str = "UA",
    area_km: float | None = None,
    anchor_at: Sequence[LonLat] | None = None,
) -> dict[str, Any]:
    """
    Turn a painted map into a situation about one force.

    Parameters
    ----------
    painted
        The map, as the reader of its kind gives it.
    border
        Ukraine's outline: a polygon, a Feature or a FeatureCollection of them; None for a map
        that paints both sides' ground itself.
    force_at
        Places of the force, `(lon, lat)`; one position each. Painted maps show none to use.
    as_of
        Instant of the map; a time without a zone is UTC.
    force
        Id of the force.
    side
        Side of the force, one of the map's.
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
    Ground. Zones become `control`, cropped to the area and otherwise vertex for vertex as drawn.
    Beneath them, where there is a border, lie polygons of basis `territory`: Ukraine inside it,
    Russia outside, and `neutral` where the area reaches the sea or a third country; nothing where
    the map is silent. The seam between the mappers' line and the border is left as it is. Nothing
    else is drawn: no rivers, no roads, no fire.

    Anchors. Ground of the side, in one piece with the largest piece of its ground on the whole
    map, more than `REAR_DEPTH_M` from any ground it does not hold, and within `REAR_BAND_M` of
    the area's edge: who gets there has left the fight behind. So a pocket is never an anchor,
    however large, and neither is ground beyond what the enemy or nobody holds. Since rivers are
    not drawn, a bridgehead looks joined to the other bank: give `anchor_at` for one.

    References
    ----------
    .. [1] RFC 7946, The GeoJSON Format, 3.1.6 (right-hand rule).
    """
    names = [name for name, _ in painted.sides]
    if side not in names:
        raise refusal(f"side {side!r} is not on this map", f"Use {' or '.join(names)}")
    if border is not None and not {"UA", "RU"} <= set(names):
        said = f"the sides of this map are {', '.join(names)}; the border parts Ukraine and Russia"
        raise refusal(said, "Leave out --border, or call the sides UA and RU")
    _check_places(force_at, anchor_at or ())
    instant = as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of.astimezone(UTC)
    outline = read_border(border) if border is not None else None
    check_place(painted, outline.bounds if outline else None, force_at)
    drawing = _Drawing(painted, Ground(painted, outline, side), instant)
    area, anchors = drawing.ground.choose_area(force_at, area_km, anchor_at or ())
    features = [
        *drawing.draw_territory(area),
        *drawing.draw_zones(area),
        *drawing.draw_anchors(anchors),
        *drawing.draw_force(force_at, force),
    ]
    whole = {
        "id": f"{painted.maker}-{instant:%Y-%m-%d}-{force}",
        "title": f"{painted.title} of {instant:%Y-%m-%d %H:%M} UTC, round {force}",
        "as_of": drawing.as_of,
        "sides": [{"id": name, "name": label} for name, label in painted.sides],
        "force": force,
        "area": mapping(area),
        "uncovered": "unknown",
        "sources": [*_date(painted.sources, instant), *_describe_border(border)],
        "notices": [_write(notice) for notice in drawing.all_notices()],
    }
    if painted.mapper_side:
        whole["mapper_side"] = painted.mapper_side
    return {"type": "FeatureCollection", "situation": whole, "features": features}


def _write(notice: Notice | str) -> dict[str, Any]:
    return (parse_notice(notice) if isinstance(notice, str) else notice).to_dict()


class _Drawing:
    """Draws the features of one situation, and remembers what should be told."""

    def __init__(self, painted: PaintedMap, ground: Ground, instant: datetime) -> None:
        self.painted, self.ground, self.side = painted, ground, ground.side
        self.as_of = f"{instant:%Y-%m-%dT%H:%M:%SZ}"
        self.sources = [source["id"] for source in painted.sources]
        self.sources += ["border"] if ground.border is not None else []
        self.notices: list[str] = []

    def all_notices(self) -> Iterator[Notice | str]:
        yield from self.painted.notices
        yield from self.notices
        yield "Rivers, lagoons, roads and fire are not drawn: ground across water looks joined."
        if self.ground.border is None:
            yield "No border was given: unpainted ground is unknown."
        elif self.ground.silent.is_empty:
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

    def draw_zones(self, area: Polygon) -> Iterator[dict[str, Any]]:
        """Draw the paint, cropped to the area."""
        for zone in self.painted.zones:
            if not zone.geometry.intersects(area):
                continue
            cropped = polygons_of(cut(zone.geometry, area))
            geometry = self._finish(cropped, f"Zone {zone.id}")
            if geometry:
                yield _feature(zone.id, geometry, kind="control", holder=zone.holder,
                               basis=zone.basis, name=zone.name,
                               observed_at=zone.observed_at or self.as_of, sources=[zone.source],
                               **_claimant(zone), **zone.said)  # fmt: skip

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
                               sources=self.sources)  # fmt: skip

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


def _claimant(zone: Zone) -> dict[str, str]:
    """Say whose claim a zone is; the holder claims it."""
    return {"claimed_by": zone.holder} if zone.basis == "claimed" and zone.holder else {}


def _feature(name: str, geometry: dict[str, Any], /, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def _date(sources: Sequence[dict[str, Any]], instant: datetime) -> list[dict[str, Any]]:
    return [{**s, "title": f"{s['title']} of {instant:%Y-%m-%d %H:%M} UTC"} for s in sources]


def _describe_border(border: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    if border is None:
        return []
    features = border.get("features") or [border]
    outline = (features[0].get("properties") or {}).get("name") or "Ukraine's outline"
    return [{"id": "border", "title": outline, "sha256": digest(border), "origin": "border"}]


def _check_places(force_at: Sequence[LonLat], anchor_at: Sequence[LonLat]) -> None:
    if not force_at:
        raise refusal("no place of the force", "Say where it stands (--force-at LON,LAT)")
    for lon, lat in (*force_at, *anchor_at):
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
            raise refusal(f"({lon}, {lat}) is not a place", "Give LON,LAT in degrees")

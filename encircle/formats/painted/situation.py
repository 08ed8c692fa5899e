"""
Draw a painted map as a situation about one force.

Long for one reason: a painted map becomes a situation in one sequence of steps.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely
from shapely.geometry import MultiPolygon, mapping

from encircle.errors import refusal
from encircle.formats.painted.force import Force, ForceFinder
from encircle.formats.painted.ground import REAR_DEPTH_M, Ground
from encircle.formats.painted.painted import read_border
from encircle.formats.painted.place import check_place
from encircle.formats.painted.shapes import LonLat, cut, make_valid, polygons_of
from encircle.formats.pieces.choosing import NEAR_M
from encircle.formats.pieces.held import to_plane
from encircle.map.days import write_instant
from encircle.map.door.reader import digest
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted.painted import PaintedMap, Zone

ON_LAND_DEG = 0.003
"""A force that the coastline puts into the water stands on land within this, degrees: some 300 m,
a harbour's width."""

DECIMALS = 7
"""Of a degree: about a centimetre, and as fine as most maps are written."""


def situation_from_painted(  # noqa: PLR0913 - one option each, all but two by name
    painted: PaintedMap,
    border: Mapping[str, Any] | None,
    *,
    force_at: Sequence[LonLat | str] = (),
    force_in: LonLat | str | None = None,
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
    border
        Ukraine's outline: a polygon, a Feature or a FeatureCollection of them; None for a map
        that paints both sides' ground itself.
    force_at
        Places of the force, `(lon, lat)` or names. A place means the piece of held ground it
        stands on; on ground plainly joined to the rear, itself.
    force_in
        The piece meant, by its id on this map (`salient-1`) or by a place on or near it; where
        given, `force_at` only says round which place `front` is.
    as_of
        Instant of the map; a time without a zone is UTC.
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
    QuestionError
        If a place is not on ground of the side: a map of control shows no forces, so the asker
        is asked back which piece of held ground near by is meant.

    Notes
    -----
    Ground. Zones become `control`, cropped to the area and otherwise vertex for vertex as drawn.
    Beneath them, where there is a border, lie polygons of basis `territory`: Ukraine inside it,
    Russia outside, and `neutral` where the area reaches the sea or a third country; nothing where
    the map is silent. The seam between the mappers' line and the border is left as it is. Nothing
    else is drawn: no rivers, no roads, no fire.

    Force. A piece is drawn as polygons a little inside the ground it holds (`pieces`).

    Anchors. The deep rear of the whole map (`Ground.find_rear`): so a pocket is never an anchor,
    however large, and neither is ground beyond what the enemy or nobody holds. Since rivers are
    not drawn, a bridgehead looks joined to the other bank: give `anchor_at` for one.

    References
    ----------
    .. [1] RFC 7946, The GeoJSON Format, 3.1.6 (right-hand rule).
    """
    ground = read_ground(painted, border, side)
    finder = ForceFinder(ground, label_of(painted, side))
    meant = tell_far(finder, finder.find(force_at, force_in), force_at, force_in)
    return draw_situation(ground, border, meant, as_of, force, area_km, anchor_at or ())


def read_ground(painted: PaintedMap, border: Mapping[str, Any] | None, side: str) -> Ground:
    """
    Lay a map over a border, seen by one side.

    Raises
    ------
    SituationError
        If the side is not on the map, the border does not fit it, or the map lies off the border.
    """
    names = [name for name, _ in painted.sides]
    if side not in names:
        raise refusal(f"side {side!r} is not on this map", f"Use {' or '.join(names)}", "/side")
    if border is not None and not {"UA", "RU"} <= set(names):
        said = f"the sides of this map are {', '.join(names)}; the border parts Ukraine and Russia"
        raise refusal(said, "Leave out --border, or call the sides UA and RU")
    outline = read_border(border) if border is not None else None
    if painted.zones:
        check_place(painted, outline.bounds if outline is not None else None, ())
    return Ground(painted, outline, side)


def tell_far(
    finder: ForceFinder,
    meant: Force,
    force_at: Sequence[LonLat | str],
    force_in: LonLat | str | None,
) -> Force:
    """Say so where the ground named is far from every place the force was said to be at."""
    if force_in is None or not force_at:
        return meant
    places = [finder.resolve(given, "--force-at") for given in force_at]
    held = finder.held
    ground_m = to_plane(held.plane, meant.ground)
    away_m, place = min((held.to_metres(p.at).distance(ground_m), str(p)) for p in places)
    if away_m <= NEAR_M:
        return meant
    said = (
        f"The force was said to be at {place}, which lies {away_m / 1e3:.0f} km from the ground "
        f"that was named for it ({force_in}): that ground was taken. If the place is meant, leave "
        "out --force-in."
    )
    notice = Notice("place_far_from_the_piece", "caution", said)
    return replace(meant, notices=(*meant.notices, notice))


def label_of(painted: PaintedMap, side: str) -> str:
    """Give the name of a side of a map."""
    return dict(painted.sides).get(side, side)


def draw_situation(  # noqa: PLR0913 - each a part of one document
    ground: Ground,
    border: Mapping[str, Any] | None,
    meant: Force,
    as_of: datetime,
    force: str,
    area_km: float | None = None,
    anchor_at: Sequence[LonLat] = (),
) -> dict[str, Any]:
    """Draw a map as a situation about a force found on it (`ForceFinder`, `SameGround`)."""
    painted = ground.painted
    _check_places(anchor_at)
    instant = as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of.astimezone(UTC)
    drawing = _Drawing(painted, ground, instant)
    area, anchors = ground.choose_area(meant.corners, area_km, anchor_at)
    features = [
        *drawing.draw_territory(area),
        *drawing.draw_sea(area, meant),
        *drawing.draw_zones(area),
        *drawing.draw_anchors(anchors),
        *drawing.draw_force(meant, force),
    ]
    drawing.tell_strip(area, meant, anchors)
    whole = {
        "id": f"{painted.maker}-{instant:%Y-%m-%d}-{force}",
        "title": f"{painted.title} of {instant:%Y-%m-%d %H:%M} UTC, round {force}",
        "as_of": drawing.as_of,
        "sides": [{"id": name, "name": label} for name, label in painted.sides],
        "force": force,
        "area": mapping(area),
        "uncovered": "unknown",
        "sources": [
            *_date(painted.sources, instant),
            *_describe_border(border),
            *_describe_sea(features),
        ],
        "notices": list(drawing.all_notices(meant)),
    }
    if meant.name:
        whole["forces"] = [{"id": force, "name": meant.name, "side": ground.side}]
        whole["title"] = f"{painted.title} of {instant:%Y-%m-%d %H:%M} UTC: {meant.name}"
    if painted.mapper_side:
        whole["mapper_side"] = painted.mapper_side
    return {"type": "FeatureCollection", "situation": whole, "features": features}


class _Drawing:
    """Draws the features of one situation, and remembers what should be told."""

    def __init__(self, painted: PaintedMap, ground: Ground, instant: datetime) -> None:
        self.painted, self.ground, self.side = painted, ground, ground.side
        self.as_of = write_instant(instant)
        self.sources = [source["id"] for source in painted.sources]
        self.sources += ["border"] if ground.border is not None else []
        self.notices: list[Notice] = []

    def all_notices(self, meant: Force) -> Iterator[dict[str, Any]]:
        """List what is to be told of the map, the drawing and the force, as the contract has it."""
        for given in self.painted.notices:
            yield given.to_dict()
        for notice in (*meant.notices, *self.notices, *self._conventions()):
            yield notice.to_dict()

    def tell_strip(self, area: Polygon, meant: Force, anchors: Sequence[BaseGeometry]) -> None:
        """Doubt a way out across what the map leaves bare as it does for a river."""
        shapes = shapely.union_all(meant.shapes)
        strip = self.ground.find_bare_strip(area, shapes, anchors)
        if strip is None:
            return
        lon, lat = strip.at
        said = (
            "The way out may cross a river that the map does not draw. Between the force and its "
            f"rear it leaves a strip bare, {strip.length_m / 1e3:.0f} km long and "
            f"{strip.width_m / 1e3:.1f} km wide on average, at ({lon:.4f}, {lat:.4f}), as maps "
            "leave rivers: if it is one, the way hangs on bridges and ferries that nobody drew. "
            "Draw the river and its crossings as they were."
        )
        self.notices.append(Notice("strip_left_bare", "doubt", said))

    def _conventions(self) -> Iterator[Notice]:
        error_m = self.painted.location_error_m
        if error_m:
            said = (
                f"Boundaries were taken as good to {error_m:.0f} m, grey ones too: a gap or a ring "
                f"narrower than {2 * error_m:.0f} m is contested."
            )
            yield Notice("boundary_error", "info", said)
        said = "Rivers, lagoons, roads and fire are not drawn: ground across water looks joined."
        yield Notice("water_not_drawn", "caution", said)
        if self.ground.border is None:
            said = "No border was given: unpainted ground is unknown."
            yield Notice("no_border", "caution", said)
        elif self.ground.silent.is_empty:
            said = "Unpainted ground was taken as Ukrainian inside the border, Russian outside it."
            yield Notice("unpainted_by_border", "info", said)

    def draw_territory(self, area: Polygon) -> Iterator[dict[str, Any]]:
        """Draw whose country it is, under the paint."""
        for holder, ground in self.ground.territory(area).items():
            geometry = self._finish(ground, f"The territory of {holder}")
            if geometry:
                yield _feature(f"territory-{holder}", geometry, kind="control", holder=holder,
                               basis="territory", sources=["border"])  # fmt: skip
                if holder == "neutral":
                    said = "The area reaches the sea or a third country: neutral."
                    self.notices.append(Notice("neutral_ground", "info", said))

    def draw_sea(self, area: Polygon, meant: Force) -> Iterator[dict[str, Any]]:
        """Draw the sea as water: the coast is good to some metres, a place on it is on land."""
        sea = self.ground.sea(area)
        landed = [shape.buffer(ON_LAND_DEG) for shape in meant.shapes if shape.intersects(sea)]
        geometry = self._finish(polygons_of(sea.difference(shapely.union_all(landed))), "The sea")
        if geometry:
            yield _feature("sea", geometry, kind="barrier", type="coast", sources=["sea"])

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
                               **self._error(zone), **_claimant(zone), **zone.said)  # fmt: skip

    def _error(self, zone: Zone) -> dict[str, float]:
        """Say how far off a zone may be drawn; what is merely claimed moves nothing."""
        error_m = self.painted.location_error_m
        return {"location_error_m": error_m} if error_m and zone.is_evidence else {}

    def draw_anchors(self, anchors: Sequence[BaseGeometry]) -> Iterator[dict[str, Any]]:
        """Draw what counts as reached."""
        rear = (
            f"Drawn by rule: the largest piece of {self.side}'s ground on the whole map that keeps "
            f"{REAR_DEPTH_M / 1e3:.0f} km from ground it does not hold."
        )
        for number, anchor in enumerate(anchors, 1):
            given = anchor.geom_type == "Point"
            name = f"rear of {label_of(self.painted, self.side)}"
            if given:
                lon, lat = anchor.coords[0][:2]
                name = f"{name}, {lon:g}, {lat:g}"
            geometry = mapping(anchor) if given else self._finish(anchor, f"Anchor {number}")
            if geometry:
                yield _feature(f"anchor-{number}", geometry, kind="anchor", side=self.side,
                               name=name, access="land", note="Given by hand." if given else rear,
                               sources=self.sources)  # fmt: skip

    def draw_force(self, meant: Force, force: str) -> Iterator[dict[str, Any]]:
        """Draw the force, holding no ground the map does not give it."""
        for number, shape in enumerate(meant.shapes, 1):
            yield _feature(f"position-{number}", mapping(shapely.orient_polygons(shape)),
                           kind="position", side=self.side, force=force, basis="reported",
                           name=f"the force{f', {number}' if len(meant.shapes) > 1 else ''}",
                           reach_m=0.0, present="withdrawn" if meant.is_gone else "yes",
                           observed_at=self.as_of, sources=self.sources,
                           note=meant.note)  # fmt: skip

    def _finish(self, ground: BaseGeometry, what: str) -> dict[str, Any] | None:
        """Round, mend what rounding broke, and wind rings by the right hand."""
        rounded = shapely.transform(ground, lambda c: np.round(c, DECIMALS))
        if not rounded.is_valid:
            rounded = make_valid(rounded)
            said = f"{what} was mended after rounding to {DECIMALS} decimals."
            self.notices.append(Notice("mended_after_rounding", "info", said))
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


def _describe_sea(features: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if not any(feature["id"] == "sea" for feature in features):
        return []
    from encircle.places import describe_sea  # noqa: PLC0415 - only where there is sea

    return [{**describe_sea(), "id": "sea"}]


def _date(sources: Sequence[dict[str, Any]], instant: datetime) -> list[dict[str, Any]]:
    return [{**s, "title": f"{s['title']} of {instant:%Y-%m-%d %H:%M} UTC"} for s in sources]


def _describe_border(border: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    if border is None:
        return []
    features = border.get("features") or [border]
    outline = (features[0].get("properties") or {}).get("name") or "Ukraine's outline"
    sha256 = _digest_border(orjson.dumps(dict(border)))
    return [{"id": "border", "title": outline, "sha256": sha256, "origin": "border"}]


@lru_cache(maxsize=4)
def _digest_border(written: bytes) -> str:
    """Digest an outline: the same one lies under every map of an archive."""
    return digest(orjson.loads(written))


def _check_places(anchor_at: Sequence[LonLat]) -> None:
    for lon, lat in anchor_at:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
            raise refusal(f"({lon}, {lat}) is not a place", "Give LON,LAT in degrees")

"""Whose ground is it on a painted map, and where does a side's rear begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from encircle.formats.painted import NOBODY, refusal
from encircle.formats.shapes import LonLat, box_round, cut, make_valid, polygons_of, union_within
from encircle.projection import Plane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted import PaintedMap

RUSSIA = Polygon([
    (31.78, 52.11), (31.55, 52.40), (31.35, 53.10), (32.70, 53.45), (32.50, 55.00),
    (45.00, 55.00), (45.00, 43.40), (40.00, 43.40), (39.00, 44.00), (37.80, 44.65),
    (37.30, 44.70), (37.25, 45.00), (36.60, 45.08), (36.58, 45.42), (37.40, 45.42),
    (37.95, 46.00), (38.15, 46.45), (37.90, 46.65), (38.30, 46.85), (39.25, 47.05),
    (38.85, 47.20), (38.22, 47.05), (38.00, 47.30), (36.00, 50.00), (31.78, 51.00),
])  # fmt: skip
"""Russia beside Ukraine, coarse (coasts and the Belarusian border within some 10 km); it counts
only outside Ukraine's border. What lies outside both is sea or a third country: neutral."""

# -- how much of the map -----------------------------------------------------------------------

HALF_WIDTHS_KM = (60.0, 80.0, 110.0, 150.0, 200.0)
"""How far the area runs from the force, km: the first that holds a rear. Convention: 60 km is
twice the reach of most tube and rocket artillery and holds the rear of a corps."""

REAR_DEPTH_M = 15_000.0
"""How far an anchor keeps from ground the side does not hold, metres. Convention: past the
reach of infantry, mortars and most drones of the first line."""

REAR_BAND_M = 10_000.0
"""An anchor lies within this of the area's edge, metres: leaving the area is what counts."""

REAR_MARGIN_M = 300.0
REAR_DETAIL_M = 100.0
"""An anchor is drawn this far inside the ground it stands on, and no finer, metres."""

REAR_LEAST_M2 = 5e6
"""Anchors smaller than this are not drawn, square metres: a scrap in a corner is no rear."""


class Ground:
    """One map over one border, if it needs one, seen by one side; in degrees."""

    def __init__(self, painted: PaintedMap, border: BaseGeometry | None, side: str) -> None:
        self.zones = [zone for zone in painted.zones if zone.is_evidence]
        self.border, self.side = border, side
        self.silent = painted.silent.difference(border) if border is not None else NOBODY
        self._mainland: BaseGeometry | None = None

    def territory(self, window: BaseGeometry) -> dict[str, MultiPolygon]:
        """Divide a window by the border: Ukraine, Russia, and what is neither."""
        if self.border is None:
            return {}
        inside = polygons_of(cut(self.border, window))
        outside = polygons_of(window.difference(inside))
        if not self.silent.is_empty:
            outside = polygons_of(outside.difference(self.silent))
        if RUSSIA.contains(window):
            return {"UA": inside, "RU": outside, "neutral": MultiPolygon()}
        russia = polygons_of(cut(outside, RUSSIA))
        return {"UA": inside, "RU": russia, "neutral": polygons_of(outside.difference(RUSSIA))}

    def held(self, side: str, window: BaseGeometry) -> MultiPolygon:
        """Join the ground of a side in a window: its paint, and its territory left unpainted."""
        mine, others = self._painted(side, window)
        ground = shapely.union(self.territory(window).get(side, NOBODY), mine)
        return polygons_of(ground.difference(others))

    def mainland(self) -> BaseGeometry:
        """Find the largest piece of the side's ground on the whole map."""
        if self._mainland is None:
            drawn = [zone.geometry for zone in self.zones]
            known = [self.border, RUSSIA] if self.border is not None else []
            pieces = self.held(self.side, box(*shapely.total_bounds([*known, *drawn]))).geoms
            self._mainland = max(pieces, key=lambda piece: piece.area, default=NOBODY)
        return self._mainland

    # the area, and the rear in it

    def choose_area(
        self, force_at: Sequence[LonLat], area_km: float | None, anchor_at: Sequence[LonLat]
    ) -> tuple[Polygon, list[BaseGeometry]]:
        """Choose the area round the force, and the anchors in it."""
        widths = HALF_WIDTHS_KM if area_km is None else (area_km,)
        if anchor_at:
            area = box_round(force_at, widths[0])
            area = box(*shapely.total_bounds([area, box_round(anchor_at, REAR_BAND_M / 1e3)]))
            return area, self._check_anchors(anchor_at, area)
        for width in widths:
            area = box_round(force_at, width)
            rear = self.find_rear(area)
            if rear:
                return area, rear
        said = f"no rear of {self.side} within {widths[-1]:.0f} km of the force"
        raise refusal(said, "Give a larger area (--area-km), or the anchor (--anchor-at)")

    def find_rear(self, area: Polygon) -> list[BaseGeometry]:
        """Find the side's rear along the edge of an area, as polygons in degrees."""
        plane = Plane((area.centroid.x, area.centroid.y))
        area_m = plane.to_metres(area)
        west, south, east, north = area.bounds
        window = box_round([(west, south), (east, north)], REAR_DEPTH_M / 1e3)
        ground_m = _to_metres(plane, self._joined_to_mainland(window))
        unheld_m = _to_metres(plane, self._unheld(window))
        band_m = area_m.difference(area_m.buffer(-REAR_BAND_M, join_style="mitre"))
        near_m = unheld_m.simplify(REAR_DETAIL_M).buffer(REAR_DEPTH_M + REAR_DETAIL_M)
        rear_m = ground_m.intersection(band_m).difference(near_m).buffer(-REAR_MARGIN_M)
        parts = polygons_of(rear_m.simplify(REAR_DETAIL_M)).geoms
        return [plane.to_degrees(part) for part in parts if part.area >= REAR_LEAST_M2]

    def _joined_to_mainland(self, window: Polygon) -> BaseGeometry:
        return polygons_of(cut(self.mainland(), window))

    def _unheld(self, window: Polygon) -> BaseGeometry:
        """Join the ground in a window that the side does not hold; sea left out."""
        mine, others = self._painted(self.side, window)
        if self.border is None:
            return shapely.union(window.difference(mine), others)
        enemy = self.territory(window)["RU" if self.side == "UA" else "UA"]
        silent = cut(self.silent, window)
        return shapely.union_all([enemy.difference(mine), silent.difference(mine), others])

    def _painted(self, side: str, window: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
        """Join the paint in a window: the side's, and everybody else's with the grey."""
        mine = [zone.geometry for zone in self.zones if zone.held_by == side]
        others = [zone.geometry for zone in self.zones if zone.held_by != side]
        return union_within(mine, window), union_within(others, window)

    def _check_anchors(self, places: Sequence[LonLat], area: Polygon) -> list[BaseGeometry]:
        ground = self._joined_to_mainland(area)
        for place in places:
            if not ground.contains(Point(place)):
                said = f"the anchor at {show(place)} is not on ground joined to the rear of"
                remedy = "Give a place well behind that side's own lines, as LON,LAT"
                raise refusal(f"{said} {self.side}", remedy)
        return [Point(place) for place in places]

    def holder_at(self, place: Point) -> str | None:
        """Find who holds a place; None where nobody does for certain."""
        for zone in self.zones:
            if zone.geometry.intersects(place):
                return zone.held_by
        if self.border is None:
            return None
        if self.border.intersects(place):
            return "UA"
        if self.silent.intersects(place):
            return None
        return "RU" if RUSSIA.intersects(place) else "neutral"


def _to_metres(plane: Plane, ground: BaseGeometry) -> BaseGeometry:
    """Project; edges that all but touch in degrees may cross by a hair on the plane."""
    ground_m = plane.to_metres(ground)
    return ground_m if ground_m.is_valid else make_valid(ground_m)


def show(place: LonLat) -> str:
    """Write a place as (lon, lat)."""
    return f"({place[0]:g}, {place[1]:g})"

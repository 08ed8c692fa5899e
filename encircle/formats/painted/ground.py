"""Whose ground is it on a painted map, and where does a side's rear begin."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from encircle.errors import refusal
from encircle.formats.painted.painted import NOBODY
from encircle.formats.painted.shapes import (
    LonLat,
    box_round,
    cut,
    make_valid,
    polygons_of,
    union_within,
)
from encircle.formats.pieces.held import Shares
from encircle.map.plane.projection import Plane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted.painted import PaintedMap

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
"""The area runs at least this far past an anchor given by hand, metres."""

REAR_MARGIN_M = 300.0
"""An anchor is drawn this far inside the ground it stands on, metres."""

REAR_DETAIL_M = 400.0
"""And no finer than this, metres: the rear is measured on the whole map, and its outline lies
kilometres from anything that decides."""

REAR_LEAST_M2 = 5e6
"""Anchors smaller than this are not drawn, square metres: a scrap in a corner is no rear."""

SCRAP_WIDTH_M = 300.0
SCRAP_M2 = 1e6
"""Unheld ground nowhere wider, or smaller inside that width, threatens no rear, metres and square
metres: a pocket of men needs more, and mapped ones have had more than 2 km²."""
STRIP_WIDTH_M = 3_000.0
"""Bare ground wider than this is no river's bed, metres. Source: the lower Dnipro with its arms and
flats, some two kilometres by Kherson."""

STRIP_LEAST_WIDTH_M = 100.0
"""What is narrower on average is where two drawings fail to meet, metres."""

STRIP_LENGTH_M = 10_000.0
"""What is shorter may be a salient, metres."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Ground that the map leaves bare, long and narrow."""

    length_m: float
    width_m: float
    """On average."""
    at: LonLat


class Ground:
    """
    One map over one border, if it needs one, seen by one side; in degrees.

    Two are equal that say the same of all ground: what takes seconds to find on a map of a whole
    country is found once for all forces asked about on it.
    """

    def __init__(self, painted: PaintedMap, border: BaseGeometry | None, side: str) -> None:
        self.painted = painted
        self.zones = [zone for zone in painted.zones if zone.is_evidence]
        self.border, self.side = border, side
        self.silent = painted.silent.difference(border) if border is not None else NOBODY

    @cached_property
    def _says(self) -> bytes:
        """Digest all that decides who holds what."""
        drawn = [zone.geometry for zone in self.zones]
        shapes = shapely.to_wkb([*drawn, self.silent, self.border or NOBODY])
        words = repr([self.side, self.border is None, *(zone.held_by for zone in self.zones)])
        return hashlib.sha256(b"".join([words.encode(), *shapes])).digest()

    @property
    def digest(self) -> str:
        """Digest all that decides who holds what, as text: equal on maps that draw the same."""
        return self._says.hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ground) and self._says == other._says

    def __hash__(self) -> int:
        return hash(self._says)

    def territory(self, window: BaseGeometry) -> dict[str, MultiPolygon]:
        """Divide a window by the border: Ukraine, Russia, and what is neither."""
        if self.border is None:
            return {}
        return _divide_by_border(self.border, self.silent, self.sea(window), window)

    def sea(self, window: BaseGeometry) -> BaseGeometry:
        """Find the sea in a window: an outline with its waters calls it the country's."""
        if self.border is None:
            return NOBODY
        west, south, east, north = (float(c) for c in self.whole().bounds)
        return _cut_sea((west, south, east, north), window)

    def held(self, side: str, window: BaseGeometry) -> MultiPolygon:
        """Join the ground of a side in a window: its paint, and its territory left unpainted."""
        mine, others = self._painted(side, window)
        ground = shapely.union(self.territory(window).get(side, NOBODY), mine)
        return polygons_of(ground.difference(others).difference(self.sea(window)))

    def whole(self) -> Polygon:
        """Draw the window that holds the whole map, and both countries where a border is known."""
        drawn = [zone.geometry for zone in self.zones]
        known = [self.border, RUSSIA] if self.border is not None else []
        return box(*shapely.total_bounds([*known, *drawn]))

    def painted_window(self) -> Polygon:
        """Draw the window that holds all that the map paints, and the rear behind it."""
        if not self.zones:
            return self.whole()
        west, south, east, north = shapely.total_bounds([zone.geometry for zone in self.zones])
        around = box_round([(west, south), (east, north)], HALF_WIDTHS_KM[0])
        return box(*around.intersection(self.whole()).bounds)

    def mainland(self) -> BaseGeometry:
        """Find the largest piece of the side's ground on the whole map."""
        return _find_mainland(self)

    def divide(self, window: Polygon) -> Shares:
        """Divide a window by whose it is to the side."""
        mine, others = map(polygons_of, self._painted(self.side, window))
        grey = [zone.geometry for zone in self.zones if zone.held_by is None]
        countries = self.territory(window)
        country = countries.get(self.side, NOBODY)
        unpainted = country.difference(shapely.union(mine, others))
        silent = cut(self.silent, window).difference(shapely.union(mine, others))
        sea = self.sea(window)
        return Shares(
            painted=mine if sea.is_empty else mine.difference(sea),
            unpainted=unpainted,
            others=others,
            grey=shapely.union(union_within(grey, window), silent),
            country=country if self.border is not None else None,
            neutral=shapely.union(countries.get("neutral", NOBODY), sea),
        )

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
        """
        Find the side's rear in an area, as polygons in degrees.

        The rear is the largest piece of the side's ground, on the *whole* map, that keeps
        `REAR_DEPTH_M` from all it does not hold. So whoever reaches it can go on for good through
        ground as deep, outside the area too, and it may begin as near as that depth allows. A
        pocket is never part of it, however large: what joins a pocket to the mainland, a thread
        between two drawings or a corridor, is not 30 km wide. Nor is the inside of a salient.
        """
        plane, deep_m = _find_deep_rear(self)
        within_m = deep_m.intersection(_to_metres(plane, area)).buffer(-REAR_MARGIN_M)
        parts = polygons_of(within_m.simplify(REAR_DETAIL_M / 4)).geoms
        return [plane.to_degrees(part) for part in parts if part.area >= REAR_LEAST_M2]

    def _joined_to_mainland(self, window: Polygon) -> BaseGeometry:
        return polygons_of(cut(self.mainland(), window))

    def unheld(self, window: Polygon) -> BaseGeometry:
        """Join the ground in a window that the side does not hold; sea left out."""
        mine, others = self._painted(self.side, window)
        if self.border is None:
            return shapely.union(window.difference(mine), others)
        enemy = self.territory(window)["RU" if self.side == "UA" else "UA"]
        silent = cut(self.silent, window)
        return shapely.union_all([enemy.difference(mine), silent.difference(mine), others])

    def find_bare_strip(
        self, area: Polygon, force: BaseGeometry, anchors: Sequence[BaseGeometry]
    ) -> Strip | None:
        """
        Find what the map leaves bare between a force and its nearest rear as it does for rivers.

        That is unpainted ground of the other country, long and nowhere wide, across the straight
        line to the rear. A front has depth on either hand: it is no strip.
        """
        if self.border is None or not anchors:
            return None
        plane = Plane((area.centroid.x, area.centroid.y))
        country = self.territory(area).get("RU" if self.side == "UA" else "UA", NOBODY)
        drawn = union_within([zone.geometry for zone in self.zones], area)
        bare_m = polygons_of(_to_metres(plane, country.difference(drawn)))
        wide_m = bare_m.buffer(-STRIP_WIDTH_M / 2, quad_segs=4)
        wide_m = wide_m.buffer(STRIP_WIDTH_M / 2 + 1.0, quad_segs=4)
        force_m, rear_m = plane.to_metres(force), plane.to_metres(shapely.union_all(anchors))
        way_m = shapely.shortest_line(force_m, rear_m)
        for strip in polygons_of(bare_m.difference(wide_m)).geoms:
            length = strip.length / 2
            if (length < STRIP_LENGTH_M or strip.area / length < STRIP_LEAST_WIDTH_M
                    or not strip.intersects(way_m)):  # fmt: skip
                continue
            at = Point(plane.to_degrees(strip.intersection(way_m)).centroid)
            return Strip(length, strip.area / length, (at.x, at.y))
        return None

    def hostile(self, window: Polygon) -> BaseGeometry:
        """Join what the map gives to others for certain: their paint, and their country's rest."""
        painted = [z.geometry for z in self.zones if z.held_by not in (None, self.side)]
        drawn = union_within([zone.geometry for zone in self.zones], window)
        country = self.territory(window).get("RU" if self.side == "UA" else "UA", NOBODY)
        return shapely.union(union_within(painted, window), country.difference(drawn))

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
        zones = {zone.held_by for zone in self.zones if zone.geometry.intersects(place)}
        if zones:
            # as the contract reads assessed ground that overlaps: grey if one is friendly
            if len(zones) > 1 and self.side in zones:
                return None
            return next(iter(sorted(zone for zone in zones if zone)), None)
        return self._country_at(place)

    def is_silent_at(self, place: Point) -> bool:
        """Tell whether the map says nothing of a place."""
        drawn = any(zone.geometry.intersects(place) for zone in self.zones)
        return not drawn and (self.border is None or self.silent.intersects(place))

    def _country_at(self, place: Point) -> str | None:
        if self.border is None:
            return None
        if self.border.intersects(place):
            return "UA"
        if self.silent.intersects(place):
            return None
        return "RU" if RUSSIA.intersects(place) else "neutral"


@lru_cache(maxsize=8)
def _divide_by_border(
    border: BaseGeometry, silent: BaseGeometry, sea: BaseGeometry, window: BaseGeometry
) -> dict[str, MultiPolygon]:
    """Divide a window by a border: the maps of a whole archive lie over the same one."""
    inside = polygons_of(cut(border, window))
    outside = polygons_of(window.difference(inside))
    if not sea.is_empty:
        inside, outside = polygons_of(inside - sea), polygons_of(outside - sea)
    if not silent.is_empty:
        outside = polygons_of(outside.difference(silent))
    if RUSSIA.contains(window) and sea.is_empty:
        return {"UA": inside, "RU": outside, "neutral": MultiPolygon()}
    russia = polygons_of(cut(outside, RUSSIA))
    return {"UA": inside, "RU": russia, "neutral": polygons_of(outside.difference(RUSSIA))}


@lru_cache(maxsize=4)
def _find_mainland(ground: Ground) -> BaseGeometry:
    """Find the largest piece of a side's ground on the whole map."""
    pieces = ground.held(ground.side, ground.whole()).geoms
    return max(pieces, key=lambda piece: piece.area, default=NOBODY)


@lru_cache(maxsize=4)
def _find_deep_rear(ground: Ground) -> tuple[Plane, BaseGeometry]:
    """Find the mainland's largest part that keeps its depth from all not held, on a plane."""
    whole = ground.whole()
    plane = Plane((whole.centroid.x, whole.centroid.y))
    ground_m = _to_metres(plane, ground.mainland()).simplify(REAR_DETAIL_M / 4)
    unheld_m = _without_scraps(_to_metres(plane, ground.unheld(whole)))
    near_m = unheld_m.buffer(REAR_DEPTH_M + REAR_DETAIL_M, quad_segs=6)
    parts = polygons_of(ground_m.difference(near_m)).geoms
    return plane, max(parts, key=lambda part: part.area, default=Polygon())


def _without_scraps(ground_m: BaseGeometry) -> BaseGeometry:
    """
    Leave out what is too thin or too small for anybody to threaten a rear from.

    Between the mappers' line and the border run slivers of metres, and mudflats lie unpainted off
    every shore: taken for the enemy's, each would push the rear 15 km away, and so part occupied
    ground from the country that it is joined to.
    """
    core_m = ground_m.simplify(REAR_DETAIL_M / 8).buffer(-SCRAP_WIDTH_M / 2, quad_segs=1)
    kept = [core for core in polygons_of(core_m).geoms if core.area >= SCRAP_M2]
    coarse_m = shapely.union_all(kept).simplify(REAR_DETAIL_M / 8)
    return coarse_m.buffer(SCRAP_WIDTH_M / 2, quad_segs=1).simplify(REAR_DETAIL_M)


def _to_metres(plane: Plane, ground: BaseGeometry) -> BaseGeometry:
    """Project; edges that all but touch in degrees may cross by a hair on the plane."""
    ground_m = plane.to_metres(ground)
    return ground_m if ground_m.is_valid else make_valid(ground_m)


@lru_cache(maxsize=4)
def _read_sea(bounds: tuple[float, float, float, float]) -> BaseGeometry:
    from encircle.places import read_sea  # noqa: PLC0415 - megabytes, where asked for

    return read_sea(bounds)


@lru_cache(maxsize=8)
def _cut_sea(bounds: tuple[float, float, float, float], window: BaseGeometry) -> BaseGeometry:
    return cut(_read_sea(bounds), window)


def show(place: LonLat) -> str:
    """Write a place as (lon, lat)."""
    return f"({place[0]:g}, {place[1]:g})"

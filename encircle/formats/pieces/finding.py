"""Which pieces of held ground does a map show."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from encircle.formats.pieces.held import Held, flat_polygons, measure_km2, read_held, to_globe
from encircle.formats.pieces.necks import MOST_PIECE_KM2, find_bulges
from encircle.formats.pieces.piece import FRONT, Cut, Found, Kind, LonLat, Piece, Rejection
from encircle.places import nearest_place, places_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.pieces.held import MapGround

LEAST_PIECE_KM2 = 0.5
"""Smaller ground is no piece, km²: some 700 m across, less than published maps can be read to."""

SPECK_KM2 = 0.01
"""Smaller ground is not even told of, km²: the seams of two drawings leave thousands of specks."""

LEAST_ACROSS_M = 300.0
"""Ground nowhere wider than this is a ribbon: a river's bed, a bank, two lines that fail to meet.
Published maps place the front no better than some hundred metres."""

RIBBON_LENGTH = 12.0
"""So is ground this many times as long as it is wide: undrawn channels of a river between banks
held by others."""

ALONG_LEAST = 0.3
"""Ground is *along* the sea or a state border with this share of its outline."""

MOST_SLIVER_KM2 = 5.0
"""Along a state border the mappers' line and the outline part by some hundred metres: ground left
between them is no pocket, up to this many km²."""

GREY_REACH_M = 5_000.0
"""Grey ground farther than this from a piece is not *its* grey, metres."""

MOST_NAMED = 30
NAMED_WITHIN_M = 25_000.0
"""Ground with no place in it is named after the nearest within this, metres."""

FRONT_RADIUS_M = 5_000.0
"""How much of plainly joined ground is meant by a place, metres: a brigade's sector."""


@lru_cache(maxsize=4)
def read_pieces(ground: MapGround) -> tuple[Held, Found]:
    """Read what a side holds on a whole map, and its pieces: once for grounds that are equal."""
    held = read_held(ground)
    return held, find_all(held)


def find_pieces(ground: MapGround) -> list[Piece]:
    """
    Find the pieces of a side's held ground on a map, numbered by kind over the whole of it.

    See `find_all`, which keeps what was rejected too.
    """
    return list(read_pieces(ground)[1].pieces)


def find_all(held: Held) -> Found:
    """
    Find the pieces of held ground, and what looks like one and is none.

    Notes
    -----
    A part not joined to the rear is a `pocket`. Of what is joined, the share abroad is a
    `salient` cut at the border where it is of a force's size, and what bulges behind a neck is a
    `salient` cut there. Nothing is in two pieces: the border, which leaves no choice of scale,
    cuts first, and is numbered first; else the larger comes first.
    """
    abroad, slivers = _cut_at_border(held)
    bulges, of_the_border = find_bulges(held)
    necks = [_without(b.geometry_m, abroad) for b in bulges]
    scraps = [*slivers, *(_reject(b.geometry_m, "state_border", held) for b in of_the_border)]
    apart = [p for p, joined in zip(held.parts_m, held.joined, strict=True) if not joined]
    salients = [_build(part, "salient", "border", held) for part in abroad]
    for bulge, left in zip(bulges, necks, strict=True):
        if left is not None and left.area >= bulge.geometry_m.area / 2:
            salients.append(_build(left, "salient", "neck", held, bulge.neck_m))
    pockets = []
    for part in apart:
        if part.area < SPECK_KM2 * 1e6:
            continue
        reason = judge_shape(part) or _judge_place(part, held)
        if reason:
            scraps.append(_reject(part, reason, held))
        else:
            pockets.append(_build(part, "pocket", None, held))
    return Found((*_number(salients), *_number(pockets)), tuple(scraps))


def judge_shape(part_m: Polygon) -> str | None:
    """Say why ground on the plane is no piece by its shape; None if it may be one."""
    if part_m.area < LEAST_PIECE_KM2 * 1e6:
        return "scrap"
    across_m = 2 * shapely.maximum_inscribed_circle(part_m, tolerance=20.0).length
    if across_m < LEAST_ACROSS_M or part_m.length / 2 > RIBBON_LENGTH * across_m:
        return "ribbon"
    return None


def _judge_place(part_m: Polygon, held: Held) -> str | None:
    """Say why ground that is not joined is no pocket by where it lies; None if it may be one."""
    shore = part_m.buffer(100.0, quad_segs=2).intersection(held.neutral_m)
    if not held.neutral_m.is_empty and shore.area > ALONG_LEAST * part_m.length * 100.0:
        return "water"
    if held.country_m is None or part_m.area > MOST_SLIVER_KM2 * 1e6:
        return None
    frontier = held.country_m.boundary.intersection(part_m.buffer(100.0, quad_segs=2))
    return "border_sliver" if frontier.length > ALONG_LEAST * part_m.length else None


def _cut_at_border(held: Held) -> tuple[list[Polygon], list[Rejection]]:
    """Cut what is joined to the rear where it leaves the side's own country."""
    if held.country_m is None:
        return [], []
    pieces, slivers = [], []
    for part in flat_polygons(held.rear_m.difference(held.country_m)):
        if not SPECK_KM2 * 1e6 <= part.area <= MOST_PIECE_KM2 * 1e6:
            continue
        reason = judge_shape(part)
        if reason:
            slivers.append(_reject(part, reason, held))
        else:
            pieces.append(part)
    return pieces, slivers


def _without(bulge: Polygon, taken: Sequence[Polygon]) -> Polygon | None:
    """Leave of a bulge what no piece before it has taken: its largest part."""
    left: BaseGeometry = bulge
    for other in taken:
        if left.intersects(other):
            left = left.difference(other)
    parts = flat_polygons(left)
    return max(parts, key=lambda part: part.area, default=None)


# -- describing a piece ----------------------------------------------------------------------------


def _build(
    part_m: BaseGeometry, kind: Kind, cut: Cut | None, held: Held, neck_m: float | None = None
) -> Piece:
    geometry = to_globe(held.plane, part_m)
    at = find_middle(geometry)
    return Piece(
        id=kind,
        kind=kind,
        geometry=geometry,
        area_km2=measure_km2(geometry),
        area_uncertain_km2=_measure_grey(part_m, cut, held),
        joined=kind != "pocket",
        cut=cut,
        at=at,
        nearest_place=name_ground(geometry, at),
        neck_m=neck_m,
    )


def _measure_grey(part_m: BaseGeometry, cut: Cut | None, held: Held) -> float:
    """Measure the grey ground that touches a piece, near it and on its side of the cut."""
    near_m = part_m.buffer(GREY_REACH_M, quad_segs=4)
    grey_m = held.grey_m.intersection(near_m)
    if cut == "border" and held.country_m is not None:
        grey_m = grey_m.difference(held.country_m)
    touching = [g for g in flat_polygons(grey_m) if g.dwithin(part_m, 50.0)]
    return measure_km2(to_globe(held.plane, MultiPolygon(touching))) if touching else 0.0


def find_middle(geometry: BaseGeometry) -> LonLat:
    """Find the middle of the widest part of some ground, in degrees."""
    largest = max(flat_polygons(geometry), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.0005)
    lon, lat = shapely.get_coordinates(circle)[0]
    return round(float(lon), 4), round(float(lat), 4)


def name_ground(geometry: BaseGeometry, at: LonLat) -> str | None:
    """Name ground after the largest place in it, else the nearest; None where none is known."""
    west, south, east, north = (float(c) for c in geometry.bounds)
    for place in places_within((west, south, east, north), MOST_NAMED):
        if geometry.covers(Point(place.lon, place.lat)):
            return place.name
    nearest = nearest_place(*at, within_m=NAMED_WITHIN_M)
    return nearest.name if nearest else None


def _reject(part_m: Polygon, because: str, held: Held) -> Rejection:
    geometry = to_globe(held.plane, part_m)
    middle = geometry.representative_point()
    at = (round(middle.x, 4), round(middle.y, 4))
    return Rejection(at, measure_km2(geometry), because, geometry)  # type: ignore[arg-type]


def _number(pieces: Iterable[Piece]) -> list[Piece]:
    """Give ids by kind: cut at the border first, then the larger, then the more westerly."""

    def rank(piece: Piece) -> tuple[bool, float, LonLat]:
        return piece.cut != "border", -round(piece.area_km2, 3), piece.at

    ordered = sorted(pieces, key=rank)
    return [replace(p, id=f"{p.kind}-{number}") for number, p in enumerate(ordered, 1)]


# -- the ground at a place -----------------------------------------------------------------------


def find_front(held: Held, pieces: Sequence[Piece], place: LonLat) -> Piece | None:
    """Draw the plainly joined ground nearest to a place: what no piece has taken of it."""
    rear_m = held.rear_m
    if rear_m.is_empty:
        return None
    here = held.to_metres(place)
    near_m = rear_m.intersection(here.buffer(here.distance(rear_m) + 3 * FRONT_RADIUS_M))
    reach_m = box(*near_m.bounds)
    for piece in pieces:
        taken_m = held.plane.to_metres(piece.geometry)
        if piece.joined and taken_m.intersects(reach_m):
            near_m = near_m.difference(taken_m)
    # what is left of a salient's rim, a metre wide, is no front
    broad = [p for p in flat_polygons(near_m) if judge_shape(p) != "scrap"]
    if not broad:
        return None
    centre = Point(shapely.shortest_line(here, MultiPolygon(broad)).coords[-1])
    stretch = MultiPolygon(broad).intersection(centre.buffer(FRONT_RADIUS_M, quad_segs=8))
    parts = [p for p in flat_polygons(stretch) if p.dwithin(centre, 1.0)]
    whole = max(parts, key=lambda part: part.area, default=None)
    return None if whole is None else replace(_build(whole, "front", None, held), id=FRONT)

"""Does a painted map lie where it is asked about, or are longitude and latitude swapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import box

from encircle.errors import InputFault, SituationError, refusal
from encircle.formats.painted.painted import show_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted.painted import PaintedMap
    from encircle.formats.painted.shapes import LonLat

NEAR_DEG = 2.0
"""What lies farther than this from what is asked about is off the map, degrees: some 220 km of
latitude. Convention: past the widest area that is looked at for a rear, 200 km."""

BORDER_DEG = 0.03
"""The edge of paint within this of a border is the border, degrees: some 3 km."""

SWAPPED = "are lon and lat swapped?"
ORDER = "Longitude comes first in GeoJSON and KML: swap the two in the source, and export it again"

Bounds = tuple[float, float, float, float]


def find_front_line(painted: PaintedMap, outline: BaseGeometry | None) -> BaseGeometry | None:
    """
    Find the lines along which the sides of a painted map meet, in degrees.

    The edge of what one side holds in the other's country, where it is not the border itself.
    None where no outline says whose country it is.
    """
    if outline is None:
        return None
    plain = outline.simplify(BORDER_DEG / 10)
    inner, outer = plain.buffer(-BORDER_DEG), plain.buffer(BORDER_DEG)
    lines = []
    for zone in painted.zones:
        if zone.held_by == "RU":
            lines.append(zone.geometry.boundary.intersection(inner))
        elif zone.held_by == "UA":
            lines.append(zone.geometry.boundary.difference(outer))
    return shapely.union_all(lines)


def check_place(
    painted: PaintedMap, border_bounds: Bounds | None, places: Sequence[LonLat]
) -> None:
    """
    Refuse a map, a zone, a border or a place that lies off the map.

    Parameters
    ----------
    border_bounds
        West, south, east and north of the outline, where there is one.
    places
        Where the force is, `(lon, lat)`.

    Raises
    ------
    SituationError
        If nothing painted lies near the border or a place; or if a zone, the border or a place
        lies off the rest and would lie on it with longitude and latitude swapped.

    Notes
    -----
    A layer that is off the map leaves no trace in what is judged: all of the country would count
    as held by whose it is. A single zone far away is the mapper's business, unless it is here when
    swapped.
    """
    zones = _widen(_bounds_of(painted))
    border = [_widen(border_bounds)] if border_bounds else []
    around = [_widen((lon, lat, lon, lat)) for lon, lat in places]
    _check_border(zones, border, around)
    _check_zones(painted, shapely.union_all([*border, *around]))
    _check_places(places, shapely.union_all([zones, *border]))


def is_on_map(painted: PaintedMap, border_bounds: Bounds | None, place: LonLat) -> bool:
    """Tell whether a place, `(lon, lat)`, lies as near to the paint or the border as is asked."""
    bounds = [_bounds_of(painted), *([border_bounds] if border_bounds else [])]
    return any(_widen(one).intersects(shapely.Point(place)) for one in bounds)


def _bounds_of(painted: PaintedMap) -> Bounds:
    west, south, east, north = shapely.total_bounds([z.geometry for z in painted.zones]).tolist()
    return west, south, east, north


def _check_border(zones: Polygon, border: list[Polygon], around: list[Polygon]) -> None:
    for outline in border:
        others = shapely.union_all([zones, *around])
        if not outline.intersects(others) and _swap(outline).intersects(others):
            (west, south, east, north), (lon, lat) = outline.bounds, _middle_of(zones)
            at = f"({(west + east) / 2:.4f}, {(south + north) / 2:.4f})"
            said = f"the border lies off the map: it is at {at}, and the ground is painted at "
            raise refusal(f"{said}({lon:.4f}, {lat:.4f}): in one of the two, {SWAPPED}", ORDER)


def _middle_of(shape: Polygon) -> tuple[float, float]:
    return shape.centroid.x, shape.centroid.y


def _check_zones(painted: PaintedMap, asked: BaseGeometry) -> None:
    if asked.is_empty:
        return
    shapely.prepare(asked)
    off = [z for z in painted.zones if not asked.intersects(box(*z.geometry.bounds))]
    swapped = [z for z in off if asked.intersects(_swap(z.geometry))]
    if len(off) == len(painted.zones):
        where = f"nothing on the map lies near the border or the force, but at {_at(painted)}"
        if swapped:
            raise refusal(f"{where}: {SWAPPED}", ORDER)
        raise refusal(where, "Give a map of the ground asked about, with its border and place")
    _check_vertices(painted, asked)
    if swapped:
        raise SituationError(
            [
                InputFault(
                    "", f"it lies off the map, at {show_place(z.geometry)}: {SWAPPED}", ORDER, z.id
                )
                for z in swapped
            ]
        )


def _check_vertices(painted: PaintedMap, asked: BaseGeometry) -> None:
    """Refuse a zone that reaches to where a lost or a swapped position lies."""
    near = asked.buffer(-NEAR_DEG * 0.99)
    shapely.prepare(near)
    faults = []
    for zone in painted.zones:
        lons, lats = shapely.get_coordinates(zone.geometry).T
        lost = (lons == 0) & (lats == 0)
        swapped = ~shapely.contains_xy(asked, lons, lats) & shapely.contains_xy(near, lats, lons)
        for which, said in (
            (lost, "a position that was lost"),
            (swapped, "longitude and latitude are swapped there"),
        ):
            if which.any() and not which.all():
                place = f"({lons[which][0]:g}, {lats[which][0]:g})"
                told = f"its ring runs off the map to {place}: {said}"
                faults.append(InputFault("", told, "Mend that position in the source", zone.id))
    if faults:
        raise SituationError(faults)


def _check_places(places: Sequence[LonLat], known: BaseGeometry) -> None:
    faults = list(_find_off(places, known))
    if faults:
        raise SituationError(faults)


def _find_off(places: Sequence[LonLat], known: BaseGeometry) -> Iterator[InputFault]:
    for lon, lat in places:
        if known.intersects(shapely.Point(lon, lat)):
            continue
        said = f"the place ({lon:g}, {lat:g}) lies off the map"
        if known.intersects(shapely.Point(lat, lon)):
            yield InputFault("", f"{said}: {SWAPPED}", "Write a place as LON,LAT")
        else:
            yield InputFault("", said, "Give a place on the map, as LON,LAT")


def _at(painted: PaintedMap) -> str:
    return show_place(max((z.geometry for z in painted.zones), key=lambda g: g.area))


def _widen(bounds: Bounds) -> Polygon:
    west, south, east, north = bounds
    return box(west - NEAR_DEG, south - NEAR_DEG, east + NEAR_DEG, north + NEAR_DEG)


def _swap(geometry: BaseGeometry) -> BaseGeometry:
    swapped: BaseGeometry = shapely.transform(geometry, lambda c: c[:, ::-1])
    return swapped

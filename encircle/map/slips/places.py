"""Things drawn where they cannot be meant: far away, swapped, off the map."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import shapely

from encircle.map.plane.projection import Plane
from encircle.map.situation import Anchor, Claim, Feature
from encircle.map.slips.sheet import Sheet, tell_of
from encircle.places import find_countries, find_places, list_outlines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.map.notices import Notice


FAR_SHARE = 3.0
"""A feature this many times as far off as the rest is wide lies on another map."""
FAR_LEAST_M = 100_000.0
"""And at least this far, metres: a supply base may lie a day's march behind the map."""
LATE = timedelta(days=366)
"""Evidence that is dated later than this after the instant judged: its year looks mistyped."""
SEAMS_ACROSS = 4
"""A map less than so many seams across is drawn finer than seams are told apart."""
NEAR_LEAST_DEG = 0.6
"""Two points no farther apart than this along either axis are nearer than `FAR_LEAST_M`, degrees:
a degree is 111.7 km at most."""
MANY = 64
"""From so many features on, one more or less does not move their middle."""
MOST_NAMES = 12
"""Names looked up to tell where a map lies."""
NEAR_DEG = 2.0
"""A place this near to a map may be on it, degrees."""
LEAST_SWAP_DEG = 5.0
"""Nearer to where longitude and latitude are the same, a swap cannot be told, degrees."""
HALF_TURN = 90.0
"""Longitudes within this could be latitudes, degrees."""


def find_far_away(sheet: Sheet) -> Iterator[Notice]:
    """Find single features that lie on another map, most often with lon and lat swapped."""
    drawn = [f for f in sheet.situation.features if f.geometry is not None and _bears_place(f)]
    area = sheet.situation.area
    bounds = shapely.bounds([f.drawn for f in drawn]).reshape(-1, 4)
    near = _find_near(bounds) if area is None else np.zeros(len(drawn), dtype=bool)
    for number, feature in enumerate(drawn):
        if near[number]:
            continue
        frame = area if area is not None else _frame_others(bounds, number)
        if frame is None or feature.drawn.intersects(frame):
            continue
        west, south, east, north = frame.bounds
        away_deg = feature.drawn.distance(frame)
        widest = max(east - west, north - south)
        if away_deg < (1.0 if area is not None else FAR_SHARE) * widest:
            continue
        away_m = _measure_away(feature.drawn, frame)
        if area is None and away_m < FAR_LEAST_M:
            continue
        turned = shapely.transform(feature.drawn, lambda lonlat: lonlat[:, ::-1])
        swapped = turned.distance(frame) <= widest
        why = (
            "Its longitude and latitude are swapped: write [lon, lat]."
            if swapped
            else "Is it meant? Mend its place, or leave it out."
        )
        yield tell_of(
            "feature_far_away", "doubt" if swapped else "caution",
            f"{sheet.call(feature)} lies {away_m / 1000:.0f} km from the rest of the map. {why}",
            feature.id,
        )  # fmt: skip


def find_dated_later(sheet: Sheet) -> Iterator[Notice]:
    """Find what is dated so long after the instant judged that the year may be mistyped."""
    as_of = sheet.situation.as_of
    for feature in sheet.situation.features:
        at = feature.observed_at
        if at is not None and at - as_of > LATE:
            yield tell_of(
                "dated_far_later", "doubt",
                f"{sheet.call(feature)} is dated {at.date().isoformat()}, "
                f"{(at - as_of).days / 365.25:.0f} years after the instant judged, and is left "
                "out. Is the year mistyped?", feature.id,
            )  # fmt: skip


def find_small_map(sheet: Sheet) -> Iterator[Notice]:
    """Find a map on which what counts as a seam is no small thing beside the whole."""
    seam_m = sheet.options.seam_m
    drawn = [shape for shape in sheet.shapes.values() if not shape.is_empty]
    if not drawn or not seam_m:
        return
    west, south, east, north = shapely.total_bounds(drawn)
    across_m = float(max(east - west, north - south))
    if across_m < SEAMS_ACROSS * seam_m:
        yield tell_of(
            "map_small_for_seams", "doubt",
            f"The whole map is {across_m:.3g} m across, and gaps between drawings of less than "
            f"{seam_m:g} m count as seams, on which nobody stands. Give a smaller seam_m, or draw "
            "the map at its true size.",
        )  # fmt: skip


def find_swapped_map(sheet: Sheet) -> Iterator[Notice]:
    """Find a whole map with longitude and latitude swapped: by its sides, or by its names."""
    lon, lat = sheet.situation.origin
    if abs(lon) > HALF_TURN or abs(lon - lat) < LEAST_SWAP_DEG:
        return
    why = _lies_in_a_side(sheet, lon, lat)
    if why is None:
        why = _lies_by_its_names(sheet, lon, lat)
    if why:
        yield tell_of(
            "map_swapped", "doubt",
            f"Longitude and latitude of the whole map look swapped: it lies at {lon:.2f}, "
            f"{lat:.2f}, and {why} {lat:.2f}, {lon:.2f}. Write [lon, lat] everywhere.",
        )  # fmt: skip


def _lies_in_a_side(sheet: Sheet, lon: float, lat: float) -> str | None:
    """Say why a map lies in none of its countries, but turned it would; empty where it does."""
    known = [side.id for side in sheet.situation.sides if side.id in list_outlines()]
    if not known:
        return None
    if set(known) & set(find_countries(lon, lat)):
        return ""
    turned = [code for code in known if code in find_countries(lat, lon)]
    return f"{' and '.join(turned)} is at" if turned else None


def _lies_by_its_names(sheet: Sheet, lon: float, lat: float) -> str:
    """Say which names of a map are of places near where it would lie if it were turned."""
    names = [f.name for f in sheet.situation.features if f.name and _bears_place(f)]
    words = [word for name in names for word in re.split(r"[,;()]", name)[:1]]
    here = there = 0
    found = ""
    for word in dict.fromkeys(w.strip() for w in words[:MOST_NAMES]):
        places = find_places(word)
        near = any(_is_near(p.lon, p.lat, lon, lat) for p in places)
        here += near
        if not near and any(_is_near(p.lon, p.lat, lat, lon) for p in places):
            there += 1
            found = found or word
        if here:
            return ""
    return f"{found} is near" if there else ""


def _is_near(lon: float, lat: float, other_lon: float, other_lat: float) -> bool:
    return abs(lat - other_lat) < NEAR_DEG and abs(lon - other_lon) < NEAR_DEG


def _bears_place(feature: Feature) -> bool:
    elsewhere = isinstance(feature, Anchor) and feature.access != "land"
    return not elsewhere and not isinstance(feature, Claim)


def _find_near(bounds: np.ndarray) -> np.ndarray:
    """
    Find points so near the middle of a map of many features that none is far from the others.

    Half of the others lie within the median distance of the middle, and so in their frame.
    """
    if len(bounds) < MANY:
        return np.zeros(len(bounds), dtype=bool)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    apart = np.abs(middles - np.median(middles, axis=0)).max(axis=1)
    is_point = (bounds[:, :2] == bounds[:, 2:]).all(axis=1)
    near: np.ndarray = is_point & (apart + 2 * np.median(apart) < NEAR_LEAST_DEG)
    return near


def _frame_others(bounds: np.ndarray, one: int) -> BaseGeometry | None:
    """Frame the middle half of the other features: one or two far off do not move it."""
    others = np.delete(bounds, one, axis=0)
    if len(others) < 4:  # noqa: PLR2004 - too few to tell which of them is far
        return None
    middles = (others[:, :2] + others[:, 2:]) / 2
    median = np.median(middles, axis=0)
    apart = np.abs(middles - median).max(axis=1)
    near = others[apart <= max(4 * float(np.median(apart)), 0.05)]
    frame: BaseGeometry = shapely.box(*near[:, :2].min(axis=0), *near[:, 2:].max(axis=0))
    return frame


def _measure_away(shape: BaseGeometry, frame: BaseGeometry) -> float:
    here, there = shapely.get_coordinates(shapely.shortest_line(shape, frame))
    plane = Plane((float(here[0]), float(here[1])))
    return float(np.hypot(*plane.points_to_metres([there])[0]))

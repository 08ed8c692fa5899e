"""What lies under every map: the sea, the borders of states, the largest places, by square."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import shapely
from shapely.geometry import box, mapping

from encircle.places import list_outlines, places_within, read_outline, read_sea
from encircle.places.borders import CREDIT, OUTLINES
from encircle.places.packing import read_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.places.borders import Bounds

Json = dict[str, Any]
STEPS_DEG = (8.0, 2.0, 0.5)
"""Width and height of a square at each of the three levels, degrees: a continent, a country, a
front."""
MOST_PLACES = (14, 40, 120)
"""Places of a square at each level, the largest first."""
DETAIL_SHARE = 1 / 1500
"""A line may be drawn off by so much of its square: less than a pixel of a square on a screen."""
CREDITS = f"{CREDIT} (ODbL), GeoNames (CC BY 4.0), Natural Earth"
MOST_KEPT = 512
"""Squares remembered, some tens of kilobytes each."""


def find_bounds(level: int, column: int, row: int) -> Bounds:
    """
    Find the square of a level that a column and a row name, counted from 180° west, 90° south.

    Examples
    --------
    >>> find_bounds(1, 107, 70)
    (34.0, 50.0, 36.0, 52.0)
    """
    step = STEPS_DEG[level]
    west, south = -180.0 + column * step, -90.0 + row * step
    return west, south, min(180.0, west + step), min(90.0, south + step)


def has_square(level: int, column: int, row: int) -> bool:
    """Tell whether a level has that square."""
    if not 0 <= level < len(STEPS_DEG):
        return False
    step = STEPS_DEG[level]
    return 0 <= column < 360 / step and 0 <= row < 180 / step


@lru_cache(maxsize=MOST_KEPT)
def write_square(level: int, column: int, row: int) -> bytes:
    """Write a square as a FeatureCollection; `properties.layer` is `sea`, `border` or `place`."""
    bounds = find_bounds(level, column, row)
    features = list(_draw(bounds, level))
    return orjson.dumps({"type": "FeatureCollection", "credit": CREDITS, "features": features})


def _draw(bounds: Bounds, level: int) -> Iterator[Json]:
    tolerance = STEPS_DEG[level] * DETAIL_SHARE
    sea = read_sea(bounds)
    if not sea.is_empty:
        yield _write("sea", sea.simplify(tolerance))
    # Outlines reach into territorial waters, where no border is drawn.
    border = _find_borders(bounds).difference(sea)
    if not border.is_empty:
        yield _write("border", border.simplify(tolerance))
    for place in places_within(bounds, MOST_PLACES[level]):
        at = {"type": "Point", "coordinates": [place.lon, place.lat]}
        told = {"layer": "place", "name": place.name, "population": place.population,
                "country": place.country}  # fmt: skip
        yield {"type": "Feature", "geometry": at, "properties": told}


def _find_borders(bounds: Bounds) -> BaseGeometry:
    """Find where states end; a line that two of them share is one line."""
    west, south, east, north = bounds
    square, known = box(*bounds), read_index(OUTLINES)["bounds"]
    near = [
        code
        for code in list_outlines()
        if known[code][0] <= east and known[code][2] >= west
        and known[code][1] <= north and known[code][3] >= south
    ]  # fmt: skip
    lines = [shapely.clip_by_rect(_find_boundary(code), *square.bounds) for code in near]
    return shapely.line_merge(shapely.union_all(lines))


@lru_cache(maxsize=32)
def _find_boundary(code: str) -> BaseGeometry:
    return read_outline(code).boundary


def _write(layer: str, geometry: BaseGeometry) -> Json:
    rounded = shapely.transform(geometry, lambda at: at.round(5))
    return {"type": "Feature", "geometry": mapping(rounded), "properties": {"layer": layer}}

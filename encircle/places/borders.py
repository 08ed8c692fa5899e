"""Where does a country end, and where does its land: outlines and the sea."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import shapely

from encircle.errors import InputFault, SituationError
from encircle.places.packing import DATA, read_index, read_shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

OUTLINES = DATA / "osm" / "outlines.odbl.bin"
LAND = DATA / "osm" / "land.odbl.bin"
OUTLINE_ACCURACY_M = 10
"""Within so much of what OpenStreetMap draws. Source: the package's own resolution; measured."""
COAST_ACCURACY_M = 45
"""Within so much of what OpenStreetMap drew in 2017: 10 m of the source, 33 m of simplifying."""
ODBL = "Open Database License 1.0, https://opendatacommons.org/licenses/odbl/1-0/"
CREDIT = "© OpenStreetMap contributors"

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


def list_outlines() -> tuple[str, ...]:
    """List the two-letter codes (ISO 3166-1) of the countries with an outline."""
    return tuple(read_index(OUTLINES)["index"])


@lru_cache(maxsize=8)
def read_outline(country: str = "UA") -> BaseGeometry:
    """
    Read a country's outline, in degrees, with its territorial waters.

    The outline is the internationally recognised one (Ukraine's is that of 1991, with Crimea), as
    mappers of control use it. It states nothing about who holds the ground.

    Parameters
    ----------
    country
        Two letters, ISO 3166-1.

    Raises
    ------
    SituationError
        If no outline of that country is here.

    Examples
    --------
    >>> ukraine = read_outline("UA")
    >>> [bool(shapely.contains_xy(ukraine, *at)) for at in ((34.10, 44.95), (35.27, 51.19))]
    [True, False]
    """
    return read_shape(OUTLINES, _check_country(country))


def describe_outline(country: str = "UA") -> dict[str, Any]:
    """Describe where an outline comes from, as a source of a situation."""
    code = _check_country(country)
    return {
        "id": f"outline-{code.lower()}",
        "title": f"Outline of {code} from OpenStreetMap, at {OUTLINE_ACCURACY_M} m",
        "publisher": "OpenStreetMap contributors",
        "url": "https://www.openstreetmap.org/copyright",
        "license": f"{CREDIT}, {ODBL}",
        "origin": "OpenStreetMap",
        "note": "The internationally recognised outline with territorial waters, bundled with "
        "this software (npm @osm_borders/maritime_10m 1.1.0, repacked). It says nothing about "
        "who holds the ground.",
    }


def _check_country(country: str) -> str:
    code = country.strip().upper()
    if code not in read_index(OUTLINES)["index"]:
        message = f"no outline of {country!r} is bundled"
        remedy = "Give two letters of ISO 3166-1 (UA, RU, SY), or your own outline with --border"
        raise SituationError([InputFault("", message, remedy)])
    return code


def find_countries(lon: float, lat: float) -> tuple[str, ...]:
    """
    Find whose outline a place lies in.

    Examples
    --------
    >>> find_countries(35.271, 51.191)
    ('RU',)
    """
    near = [
        code
        for code, (west, south, east, north) in read_index(OUTLINES)["bounds"].items()
        if west <= lon <= east and south <= lat <= north
    ]
    return tuple(code for code in near if shapely.intersects_xy(read_outline(code), lon, lat))


def read_sea(bounds: Bounds) -> BaseGeometry:
    """
    Read the sea in a window: what the coastline shuts out, in degrees; empty where all is land.

    Lakes, rivers and their reservoirs are land here, whatever water they hold; so are lagoons that
    OpenStreetMap does not draw as sea (see `describe_sea`).

    Parameters
    ----------
    bounds
        West, south, east, north, degrees; west may not lie beyond east.

    Raises
    ------
    SituationError
        If the window is none.

    Examples
    --------
    >>> sea = read_sea((30.0, 45.0, 32.0, 47.0))
    >>> bool(shapely.contains_xy(sea, 31.0, 46.0)), bool(shapely.contains_xy(sea, 30.7, 46.48))
    (True, False)
    """
    west, south, east, north = bounds
    if not (west < east and south < north):
        message = f"no window lies between {west:g},{south:g} and {east:g},{north:g}"
        remedy = "Give west, south, east, north in degrees"
        raise SituationError([InputFault("", message, remedy)])
    tile = read_index(LAND)["tile_deg"]
    tiles = [
        (x, y)
        for x in range(math.floor(west / tile) * tile, math.ceil(east / tile) * tile, tile)
        for y in range(math.floor(south / tile) * tile, math.ceil(north / tile) * tile, tile)
    ]
    window = shapely.box(west, south, east, north)
    seas = [_read_tile(x, y, tile) for x, y in tiles]
    found = [shapely.intersection(sea, window) for sea in seas if sea.intersects(window)]
    areas = [p for p in shapely.get_parts(shapely.union_all(found)) if p.geom_type == "Polygon"]
    return shapely.union_all(areas)


@lru_cache(maxsize=16)
def _read_tile(west: int, south: int, tile: int) -> BaseGeometry:
    box = shapely.box(west, south, west + tile, south + tile)
    name = f"{west},{south}"
    if name not in read_index(LAND)["index"]:
        return box
    return shapely.difference(box, read_shape(LAND, name))


def describe_sea() -> dict[str, Any]:
    """Describe where the coast comes from, as a source of a situation."""
    return {
        "id": "sea",
        "title": f"Coastline from OpenStreetMap, at {COAST_ACCURACY_M} m",
        "publisher": "OpenStreetMap contributors",
        "url": "https://www.openstreetmap.org/copyright",
        "license": f"{CREDIT}, {ODBL}",
        "origin": "OpenStreetMap",
        "note": "The coastline of 2017 (npm @geo-maps/earth-lands-10m 0.6.0, simplified and cut "
        "into tiles). Rivers, lakes and most lagoons count as land.",
    }

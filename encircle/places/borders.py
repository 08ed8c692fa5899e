"""Where does a country end, and where does its land: outlines and the sea."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import shapely

from encircle.errors import InputFault, SituationError
from encircle.places.packing import DATA, read_index, read_shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

OUTLINES = DATA / "osm" / "outlines.odbl.bin"
LAND = DATA / "naturalearth" / "land.bin"
COAST = DATA / "osm" / "land.odbl.bin"
OUTLINE_ACCURACY_M = 10
"""Within so much of what OpenStreetMap draws. Source: the package's own resolution; measured."""
FINE_COAST_ACCURACY_M = 50
"""OpenStreetMap's coast about the Black Sea's north and the Sea of Azov, as bundled."""
COAST_ACCURACY_M = 1500
"""Natural Earth's coast at 1:10m strays by so much: good for what is sea, not for a beach."""
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
    window = shapely.box(west, south, east, north)
    near = [
        name
        for name, (x, y, right, top) in read_index(LAND)["bounds"].items()
        if x <= east and right >= west and y <= north and top >= south
    ]
    fine = shapely.box(*read_index(COAST)["bounds"]["coast"])
    coarse = window.difference(fine)
    land = [shapely.intersection(_read_land(name), coarse) for name in near if not coarse.is_empty]
    land.append(shapely.intersection(_read_coast(), window))
    sea = shapely.difference(window, shapely.union_all(land))
    return shapely.union_all([p for p in shapely.get_parts(sea) if p.geom_type == "Polygon"])


@lru_cache(maxsize=1)
def _read_coast() -> BaseGeometry:
    return shapely.make_valid(read_shape(COAST, "coast"))


@lru_cache(maxsize=16)
def _read_land(name: str) -> BaseGeometry:
    # Rounding to the grid can make a ring touch itself.
    return shapely.make_valid(read_shape(LAND, name))


def describe_sea() -> dict[str, Any]:
    """Describe where the coast comes from, as a source of a situation."""
    return {
        "id": "sea",
        "title": f"Coastline of OpenStreetMap about the northern Black Sea and the Sea of Azov, "
        f"good to {FINE_COAST_ACCURACY_M} m; elsewhere of Natural Earth, to {COAST_ACCURACY_M} m",
        "publisher": "OpenStreetMap contributors; Natural Earth",
        "url": "https://www.openstreetmap.org/copyright",
        "license": f"{CREDIT}, {ODBL}; Natural Earth: public domain",
        "origin": "OpenStreetMap",
        "note": "Land at 10 m (npm @geo-maps/earth-lands-10m 0.6.0, of 2017, cut and repacked), "
        "and of Natural Earth at 1:10m (npm world-atlas 2.0.2, repacked). Rivers, lakes and "
        "closed lagoons count as land. Within the accuracy told a coast may lie on either side.",
    }

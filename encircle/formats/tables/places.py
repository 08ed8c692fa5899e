"""Where does a cell say something is: numbers, degrees, grids, geometry or a link to a map."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import shapely
from shapely.errors import ShapelyError

from encircle.formats.tables.angles import LONGEST, Angle, PlaceError, read_angle, read_pair
from encircle.formats.tables.grids import looks_like_mgrs, read_mgrs, read_utm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

LEAST_TOLD_M = 50.0
"""Errors of a grid square that are stated with a place, metres: a square of 100 m or more."""
NULL_ISLAND = 0.01
"""Degrees round (0, 0) that mean *no place*: programs write it where they know none."""
LONGEST_WKT = 100_000


@dataclass(frozen=True, slots=True)
class Found:
    """A place as a row gives it."""

    lon: float
    lat: float
    way: str
    """How it was written: *lat/lon*, *MGRS*, *link*."""
    error_m: float = 0.0
    """Of a coarse grid square, half its diagonal."""
    geometry: dict[str, object] | None = None
    """Where the cell draws more than one point."""
    is_sure: bool = True
    """False: the cell does not say which number is the latitude."""


def read_place(text: str, *, lon_first: bool = False) -> Found:
    """
    Read a place that stands in one cell.

    Parameters
    ----------
    lon_first
        Whether bare pairs give the longitude first; people write latitude, longitude.

    Raises
    ------
    PlaceError
        With the reason and what to write.

    Examples
    --------
    >>> read_place("51.19, 35.27")
    Found(lon=35.27, lat=51.19, way='lat, lon', error_m=0.0, geometry=None, is_sure=False)
    >>> read_place("https://www.google.com/maps/@51.19,35.27,15z").way
    'link'
    """
    bare = text.strip()
    if bare[:1] == "{" or bare[:12].upper().startswith(_WKT) or _HEX.match(bare):
        return _read_geometry(bare)
    if len(bare) > LONGEST:
        raise PlaceError(f"a cell of {len(bare)} letters is no place", _HOW)
    if re.match(r"(?i)(?:https?://|www\.|geo:|maps?\.|goo\.gl)", bare):
        return _read_link(bare)
    if looks_like_mgrs(bare):
        lon, lat, error_m = read_mgrs(bare)
        return Found(lon, lat, "MGRS", error_m if error_m > LEAST_TOLD_M else 0.0)
    utm = read_utm(bare)
    if utm:
        return Found(*utm, "UTM")
    if _PLUS_CODE.fullmatch(bare):
        raise PlaceError(f"{bare[:20]!r} is a plus code", "Open it on a map and copy degrees")
    if _THREE_WORDS.fullmatch(bare):
        raise PlaceError(f"{bare[:40]!r} is three words", "Open it on a map and copy degrees")
    return _read_two(bare, lon_first=lon_first)


_HOW = "Write 51.19, 35.27"
_WKT = ("POINT", "SRID=", "POLYGON", "MULTIPO")
_HEX = re.compile(r"0[01][0-9A-Fa-f]{40,}$")
_PLUS_CODE = re.compile(r"[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{0,4}.{0,60}")
_THREE_WORDS = re.compile(r"(?:///)?[^\W\d]{2,20}\.[^\W\d]{2,20}\.[^\W\d]{2,20}")


def _read_two(text: str, *, lon_first: bool) -> Found:
    first, second = read_pair(text)
    way = "DMS" if max(first.form[0], second.form[0]) > 1 else "lat, lon"
    if first.axis or second.axis:
        is_lon_first = first.axis == "lon" or second.axis == "lat"
        return _place(*((second, first) if is_lon_first else (first, second)), way)
    way = "lon, lat" if lon_first and way == "lat, lon" else way
    return _place(*((second, first) if lon_first else (first, second)), way, is_sure=False)


def place_of(lat: str, lon: str) -> Found:
    """
    Read a place whose latitude and longitude stand in two cells.

    Examples
    --------
    >>> place_of("51°11′24″N", "35,27").way
    'DMS'

    Raises
    ------
    PlaceError
        If one is no angle, or says it is the other.
    """
    north, east = read_angle(lat), read_angle(lon)
    if north.axis == "lon" or east.axis == "lat":
        said = f"latitude {lat.strip()[:30]!r} and longitude {lon.strip()[:30]!r} are swapped"
        raise PlaceError(said, "Exchange the two cells")
    way = "DMS" if max(north.form[0], east.form[0]) > 1 else "lat/lon"
    return _place(north, east, way)


def _place(lat: Angle, lon: Angle, way: str, *, is_sure: bool = True) -> Found:
    return check_place(Found(lon.degrees, lat.degrees, way, is_sure=is_sure))


def check_place(found: Found) -> Found:
    """
    Refuse what is no place on the earth, and (0, 0), which programs write for *none*.

    Raises
    ------
    PlaceError
        With the reason.
    """
    if abs(found.lat) > 90:  # noqa: PLR2004 - degrees
        said = f"latitude {found.lat:g} is beyond 90 degrees"
        can_be = abs(found.lon) <= 90  # noqa: PLR2004
        raise PlaceError(said, "Exchange latitude and longitude" if can_be else "Write degrees")
    if abs(found.lat) < NULL_ISLAND and abs(found.lon) < NULL_ISLAND:
        said = f"({found.lat:g}, {found.lon:g}) is what programs write where they know no place"
        raise PlaceError(said, "Fill it in, or leave the row out")
    return found


# -- geometry in a cell -------------------------------------------------------------------------


def _read_geometry(text: str) -> Found:
    if len(text) > LONGEST_WKT:
        raise PlaceError(f"a geometry of {len(text)} letters", "Simplify it")
    if text.startswith("{"):
        return _from_json(text)
    srid = re.match(r"(?i)SRID=(\d{1,6});", text)
    try:
        if _HEX.match(text):
            drawn = shapely.from_wkb(text)
            code = int(shapely.get_srid(drawn))
        else:
            drawn = shapely.from_wkt(text[srid.end() if srid else 0 :])
            code = int(srid[1]) if srid else 0
    except (ShapelyError, ValueError) as error:
        raise PlaceError(f"no geometry ({str(error)[:60]})", "Write POINT (35.27 51.19)") from None
    if code not in (0, 4326):
        raise PlaceError(f"not WGS 84: EPSG:{code}", "Reproject to EPSG:4326")
    return _drawn(drawn, "WKT")


def _from_json(text: str) -> Found:
    from encircle.formats.coordinates import UnreadableError, read_geometry  # noqa: PLC0415

    try:
        return _drawn(read_geometry(json.loads(text)).geometry, "GeoJSON")
    except UnreadableError as error:
        raise PlaceError(error.reason, error.remedy or _HOW) from None
    except (ValueError, RecursionError):
        raise PlaceError("JSON that is no geometry", _HOW) from None


def from_geometry(drawn: BaseGeometry, way: str) -> Found:
    """Give the place of a geometry that a file draws: a point, several, or ground."""
    return _drawn(drawn, way)


def _drawn(drawn: BaseGeometry, way: str) -> Found:
    flat = shapely.force_2d(drawn)
    if flat.is_empty:
        raise PlaceError("an empty geometry", "Draw it, or leave the row out")
    if flat.geom_type not in ("Point", "MultiPoint", "Polygon"):
        raise PlaceError(f"a {flat.geom_type} is no position", "Draw a point or a polygon")
    west, south, east, north = flat.bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):  # noqa: PLR2004
        raise PlaceError(f"{flat.geom_type} out of range", "Write WGS 84 degrees, longitude first")
    if flat.geom_type == "Point":
        return check_place(Found(flat.centroid.x, flat.centroid.y, way))
    middle = flat.representative_point() if flat.geom_type == "Polygon" else flat.centroid
    geometry: dict[str, object] = json.loads(shapely.to_geojson(flat))
    return check_place(Found(middle.x, middle.y, way, geometry=geometry))


# -- links --------------------------------------------------------------------------------------

_N = r"(-?\d{1,3}(?:\.\d{1,20})?)"
_PIN = re.compile(rf"!3d{_N}!4d{_N}")
_VIEW = re.compile(rf"@{_N},{_N}")
_HASH = re.compile(rf"#(?:map=)?\d{{1,2}}(?:\.\d+)?/{_N}/{_N}")
_TWO = re.compile(rf"(?:loc:)?{_N}[, ]{{1,2}}{_N}")
LON_FIRST_HOSTS = ("yandex.", "2gis.")
"""Maps whose links give the longitude first. Source: their own documentation of links."""


def _read_link(text: str) -> Found:
    """Read the pin a link points at; the middle of its view where it has none."""
    link = unquote(text)
    parts = urlsplit(link if "//" in link[:8] or link.startswith("geo:") else f"https://{link}")
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    place = _in_link(link, parts.netloc.lower(), asked)
    if place is None:
        said = f"the link {text[:60]!r} shows no coordinates"
        raise PlaceError(said, "Open it, and copy the coordinates or the long address")
    lat, lon = place
    return check_place(Found(lon, lat, "link"))


def _in_link(link: str, host: str, asked: Mapping[str, str]) -> tuple[float, float] | None:
    pin = _PIN.search(link)
    if pin:
        return float(pin[1]), float(pin[2])
    for north, east in (("mlat", "mlon"), ("lat", "lon"), ("lat", "lng")):
        if north in asked and east in asked:
            return _two(f"{asked[north]},{asked[east]}")
    for key in ("q", "query", "ll", "pt", "destination", "center", "sll", "whatshere[point]"):
        place = _two(asked.get(key, ""))
        if place:
            return place[::-1] if any(word in host for word in LON_FIRST_HOSTS) else place
    if link.startswith("geo:"):
        return _two(link[4:].split("?", maxsplit=1)[0].split(";", maxsplit=1)[0])
    view = _VIEW.search(link) or _HASH.search(link)
    if view:
        return float(view[1]), float(view[2])
    after = re.search(r"/place/([^/@?]{3,80})", link)
    return _two(after[1].replace("+", " ")) or _angles(after[1]) if after else None


def _two(text: str) -> tuple[float, float] | None:
    found = _TWO.fullmatch(text.strip())
    return (float(found[1]), float(found[2])) if found else None


def _angles(text: str) -> tuple[float, float] | None:
    try:
        first, second = read_pair(text.replace("+", " "))
    except PlaceError:
        return None
    return first.degrees, second.degrees

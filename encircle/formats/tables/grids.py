"""Where is a square of a military grid: MGRS and UTM."""

from __future__ import annotations

import math
import re
from functools import cache

import mgrs
from pyproj import Transformer

from encircle.formats.tables.angles import PlaceError

BANDS = "CDEFGHJKLMNPQRSTUVWX"
"""Bands of latitude, 8 degrees each from 80 degrees south; the last has 12. Source:
NGA.STND.0037."""
BAND_DEGREES = 8.0
SOUTHERNMOST = -80.0
EASTINGS_M = (100_000.0, 900_000.0)
"""Eastings that a zone of UTM can have, metres. Source: NGA.STND.0037."""
MOST_NORTHING_M = 10_000_000.0
BAND_S_NORTHINGS_M = (3_500_000.0, 4_450_000.0)
"""Northings between 32 and 40 degrees north: there the letter S is the band, elsewhere *south*."""
_MGRS = re.compile(r"(?i)(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])((?:\d\d){1,5})")
_LOOKS_MGRS = re.compile(r"(?:\d{1,2}[C-X])?[A-Z]{2}\d{2,10}", re.IGNORECASE)
_UTM = re.compile(
    r"(?:UTM ?)?(?:zone ?)?(\d{1,2}) ?([C-X]|north|south)? ?,? ?"
    r"(?:E ?)?(\d{6}(?:[.,]\d{1,6})?) ?(?:m ?E?|E)?[ ,;]{1,2}"
    r"(?:N ?)?(\d{6,8}(?:[.,]\d{1,6})?) ?(?:m ?N?|N)?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"(?:UTM ?)?(?:zone ?)?(?:EPSG:32(?P<code>[67])(?P<epsg>\d\d)"
    r"|(?P<zone>\d{1,2}) ?(?P<letter>[C-X]|north|south)?)",
    re.IGNORECASE,
)


def read_mgrs(text: str) -> tuple[float, float, float]:
    """
    Read a square of MGRS: longitude and latitude of its middle, and half its diagonal in metres.

    Raises
    ------
    PlaceError
        If it is none, or lacks its zone.

    Examples
    --------
    >>> lon, lat, error_m = read_mgrs("36U XB 5841 7412")
    >>> f"{lon:.4f} {lat:.4f} {error_m:.0f}"
    '35.2673 51.1965 7'
    """
    bare = re.sub(r"[\s\-./,]", "", text).upper()[:20]
    found = _MGRS.fullmatch(bare)
    if not found:
        raise PlaceError(f"{text.strip()[:40]!r} is no square of MGRS", _why_not(bare))
    zone, band, *square, digits = found.groups()
    half = len(digits) // 2
    middle = f"{digits[:half]}5{'0' * (4 - half)}{digits[half:]}5{'0' * (4 - half)}"
    if half == 5:  # noqa: PLR2004 - to the metre: no middle to speak of
        middle = digits
    try:
        lat, lon = mgrs.MGRS().toLatLon(f"{zone}{band}{''.join(square)}{middle}")
    except (mgrs.core.MGRSError, UnicodeError, ValueError):
        raise PlaceError(f"{text.strip()[:40]!r} is no square of MGRS", _HOW_MGRS) from None
    south = SOUTHERNMOST + BAND_DEGREES * BANDS.index(band)
    if not (1 <= int(zone) <= 60 and south - 1 <= lat <= south + 13):  # noqa: PLR2004 - X has 12
        said = f"{text.strip()[:40]!r}: its square is not in band {band} of zone {zone}"
        raise PlaceError(said, "Look up the square again")
    return lon, lat, 10.0 ** (5 - half) * math.sqrt(2) / 2


_HOW_MGRS = "Write 36U XB 58410 74120"


def _why_not(bare: str) -> str:
    if re.fullmatch(r"[A-Z]{2}\d{2,10}", bare):
        return f"Write its zone too: {_HOW_MGRS.removeprefix('Write ')}"
    digits = sum(letter.isdigit() for letter in bare[5:])
    return "Its digits are an odd number: " + _HOW_MGRS if digits % 2 else _HOW_MGRS


def looks_like_mgrs(text: str) -> bool:
    """Tell whether a cell is meant as MGRS, right or wrong."""
    return _LOOKS_MGRS.fullmatch(re.sub(r"[\s\-.]", "", text)[:20]) is not None


def read_utm(text: str) -> tuple[float, float] | None:
    """
    Read UTM in one cell; None where it is nothing of the kind.

    Examples
    --------
    >>> lon, lat = read_utm("36U 658410 5674120")
    >>> f"{lon:.4f} {lat:.4f}"
    '35.2672 51.1965'
    """
    found = _UTM.fullmatch(" ".join(text.split())[:80])
    if not found:
        return None
    zone, letter, easting, northing = found.groups()
    return place_utm(f"{zone}{letter or ''}", _metres(easting), _metres(northing))


def _metres(text: str) -> float:
    return float(text.replace(",", "."))


def place_utm(zone: str, easting_m: float, northing_m: float) -> tuple[float, float]:
    """
    Give longitude and latitude of a place in a zone of UTM.

    Raises
    ------
    PlaceError
        If there is no such zone, or no such place in it.
    """
    number, is_south = _read_zone(zone, northing_m)
    low, high = EASTINGS_M
    if not (low <= easting_m <= high and 0 <= northing_m <= MOST_NORTHING_M):
        said = f"easting {easting_m:.0f}, northing {northing_m:.0f} is no place in a UTM zone"
        raise PlaceError(said, "Write metres: easting of 6 digits, northing of 7")
    lon, lat = _to_degrees(number, is_south).transform(easting_m, northing_m)
    return round(float(lon), 9), round(float(lat), 9)


def _read_zone(zone: str, northing_m: float) -> tuple[int, bool]:
    found = _ZONE.fullmatch(" ".join(zone.split())[:40])
    number = int(found["epsg"] or found["zone"]) if found else 0
    if not found or not 1 <= number <= 60:  # noqa: PLR2004 - zones of 6 degrees
        raise PlaceError(f"{zone[:20]!r} is no zone of UTM", "Write it as 36U or 36N")
    if found["code"]:
        return number, found["code"] == "7"
    letter = (found["letter"] or "N").upper()
    if letter == "S":
        low, high = BAND_S_NORTHINGS_M
        return number, not low <= northing_m <= high
    return number, letter == "SOUTH" or letter < "N"


@cache
def _to_degrees(zone: int, is_south: bool) -> Transformer:  # noqa: FBT001 - a key of the cache
    return Transformer.from_crs(32_600 + 100 * is_south + zone, 4326, always_xy=True)

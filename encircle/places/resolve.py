"""Which one place is meant: by coordinates, or by a name narrowed until one is left."""

from __future__ import annotations

import math
import re
from math import cos, radians
from typing import TYPE_CHECKING

import shapely
from pyproj import Geod
from shapely.geometry import Point

from encircle.errors import InputFault, QuestionError, SituationError
from encircle.places.gazetteer import find_places, suggest_places
from encircle.places.listing import SMALLEST_PLACE, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.places.borders import Bounds

GEOD = Geod(ellps="WGS84")
NEAR_FRONT_M = 30_000
"""A namesake so near to the front is meant, where every other is not and `TIMES_FARTHER` as far."""
NEAR_M = 50_000
"""A namesake so near to a given place is meant, where every other is `TIMES_FARTHER` as far."""
TIMES_FARTHER = 4
MOST_ASKED = 12
"""As many namesakes are listed when one has to be chosen."""

NUMBER = r"[+-]?\d+(?:\.\d+)?"
PAIR = re.compile(rf"\(?\s*({NUMBER})\s*[,;\s]\s*({NUMBER})\s*\)?")
ANGLE = (
    r"(\d+(?:[.,]\d+)?)\s*[°º]?\s*(?:(\d+(?:[.,]\d+)?)\s*['′’]\s*)?"
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:[\"″”]|''|’’)\s*)?"
)
LETTERED = re.compile(rf"{ANGLE}([NS])[\s,;]*{ANGLE}([EW])", re.IGNORECASE)
_LABEL = re.compile(rf"(?<=[^\W\d]|['’]),?\s*\(\s*({NUMBER}),({NUMBER})\s*\)$")
"""Degrees behind a name, as a remedy lists them: *Lyman, Donetsk, UA (37.81,48.98)*."""
LABEL_DEG = 0.06
"""How far rounded to four digits they may lie from the place, degrees: half a tenth beyond 100."""
LEADING = re.compile(rf"([NS])\s*{ANGLE}[\s,;]*([EW])\s*{ANGLE}", re.IGNORECASE)
EAST_FIRST = re.compile(rf"{ANGLE}([EW])[\s,;]*{ANGLE}([NS])", re.IGNORECASE)


def resolve_place(  # noqa: PLR0913 - all but the first by name
    text: str,
    *,
    countries: Sequence[str] | None = None,
    bounds: Bounds | None = None,
    near: tuple[float, float] | None = None,
    front: Callable[[], BaseGeometry | None] = lambda: None,
    tell: Callable[[str], object] = lambda _: None,
    option: str = "--place",
) -> Place:
    """
    Find the one place that is meant, or ask, or refuse; nothing is guessed.

    Parameters
    ----------
    text
        `LON,LAT`, degrees with N/S and E/W (`51.19N 35.27E`, `51°11'28"N 35°16'16"E`), or a name
        in any alphabet and any case of Ukrainian or Russian.
    countries
        Places elsewhere are not meant; for coordinates it says nothing.
    bounds
        The map's west, south, east, north: of namesakes, one within the map is meant.
    near
        Longitude and latitude of what is asked about: of namesakes, one is meant that lies within
        50 km of it while every other is four times as far.
    front
        Gives the lines along which the sides of the map meet, in degrees: of namesakes that are
        left, one is meant that lies within 30 km of it while every other does not and is four
        times as far.
    option
        What the answer is given with.

    Raises
    ------
    QuestionError
        If several places are left.
    SituationError
        If none is left, or the coordinates are swapped or none.

    Examples
    --------
    >>> resolve_place("Судже", countries=("UA", "RU")).name
    'Sudzha'
    >>> resolve_place("35.27,51.19").lat
    51.19
    """
    label = _LABEL.search(text.strip())
    given = _LABEL.sub("", text.strip())
    if not given:
        raise _refuse("no place is given", f"Give {option} NAME or {option} LON,LAT", option)
    point = _read_point(given, bounds, option)
    if point is not None:
        lon, lat = point
        return Place(f"{lon:g},{lat:g}", (given,), lon, lat, "", "", 0)
    found = find_places(given, countries=countries)
    if not found:
        raise _refuse_unknown(given, countries, option)
    if label is not None:
        lon, lat = float(label[1]), float(label[2])
        found = [p for p in found if max(abs(p.lon - lon), abs(p.lat - lat)) <= LABEL_DEG] or found
    left = _narrow(found, bounds, near)
    if not left:
        raise _refuse_outside(given, found, option)
    if len(left) > 1:
        chosen = _choose_by_front(left, front())
        if chosen is None:
            raise _ask(given, left, option)
        others = _list([p for p in left if p != chosen])
        tell(
            f"{given!r} was taken for {_describe(chosen)}, which alone of {len(left)} places of "
            f"that name lies by the front of this map (the others: {others}). Give another as "
            f"{option} LON,LAT."
        )
        return chosen
    return left[0]


def _choose_by_front(places: list[Place], front: BaseGeometry | None) -> Place | None:
    """Choose the place by the front, where every other is far from it."""
    if front is None or front.is_empty:
        return None
    gaps = []
    for number, place in enumerate(places):
        squeezed = _squeeze(front, place.lat)
        here = Point(place.lon * cos(radians(place.lat)), place.lat)
        x, y = shapely.shortest_line(squeezed, here).coords[0]
        foot = x / cos(radians(place.lat)), y
        gaps.append((measure_m((place.lon, place.lat), foot), number))
    (first, nearest), (second, _) = sorted(gaps)[:2]
    is_meant = first <= NEAR_FRONT_M < second and second >= TIMES_FARTHER * first
    return places[nearest] if is_meant else None


def _squeeze(drawn: BaseGeometry, lat: float) -> BaseGeometry:
    """Draw degrees of longitude as long as those of latitude are there."""
    return shapely.transform(drawn, lambda c: c * [cos(radians(lat)), 1.0])


def _narrow(
    found: list[Place], bounds: Bounds | None, near: tuple[float, float] | None
) -> list[Place]:
    left = found if bounds is None else [p for p in found if _is_within(p.lon, p.lat, bounds)]
    if near is None or len(left) < 2:  # noqa: PLR2004 - one is no choice
        return left
    far = sorted((measure_m(near, (p.lon, p.lat)), i) for i, p in enumerate(left))
    (first, nearest), (second, _) = far[:2]
    if first <= NEAR_M and second >= TIMES_FARTHER * first:
        return [left[nearest]]
    return left


def measure_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Measure how far two places are apart, in metres."""
    return float(GEOD.inv(*start, *end)[2])


def _is_within(lon: float, lat: float, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    return south <= lat <= north and (
        west <= lon <= east if west <= east else lon >= west or lon <= east
    )


def _read_point(text: str, bounds: Bounds | None, option: str) -> tuple[float, float] | None:
    lettered = _read_lettered(text)
    if lettered is not None:
        return _check_range(*lettered, text, option)
    pair = PAIR.fullmatch(text)
    if pair is None:
        return None
    lon, lat = float(pair[1]), float(pair[2])
    if bounds is not None and not _is_within(lon, lat, bounds) and _is_within(lat, lon, bounds):
        message = f"{text!r} lies outside the map, and within it if latitude stands first"
        raise _refuse(message, f"Write longitude first: {option} {pair[2]},{pair[1]}", option)
    return _check_range(lon, lat, text, option)


def _check_range(lon: float, lat: float, text: str, option: str) -> tuple[float, float]:
    if abs(lat) <= 90 and abs(lon) <= 180:  # noqa: PLR2004 - the ends of the globe, degrees
        return lon, lat
    swapped = abs(lon) <= 90 and abs(lat) <= 180  # noqa: PLR2004
    remedy = (
        f"Write longitude first: {option} {lat:g},{lon:g}"
        if swapped
        else f"Give {option} LON,LAT in degrees, WGS 84"
    )
    raise _refuse(f"{text!r} is nowhere on the globe", remedy, option)


def _read_lettered(text: str) -> tuple[float, float] | None:
    if match := LETTERED.fullmatch(text):
        lat, ns, lon, ew = match.groups()[:3], match[4], match.groups()[4:7], match[8]
    elif match := LEADING.fullmatch(text):
        ns, lat, ew, lon = match[1], match.groups()[1:4], match[5], match.groups()[5:8]
    elif match := EAST_FIRST.fullmatch(text):
        lon, ew, lat, ns = match.groups()[:3], match[4], match.groups()[4:7], match[8]
    else:
        return None
    return _add_up(lon, ew, "W"), _add_up(lat, ns, "S")


def _add_up(parts: Sequence[str | None], letter: str, negative: str) -> float:
    degrees, minutes, seconds = (float((part or "0").replace(",", ".")) for part in parts)
    degrees += minutes / 60 + seconds / 3600
    return round(-degrees if letter.upper() == negative else degrees, 7)


def _refuse(message: str, remedy: str, option: str) -> SituationError:
    pointer = "/" + option.lstrip("-").replace("-", "_")  # the member of a request, and the option
    return SituationError([InputFault(pointer, message, remedy)])


def _refuse_unknown(text: str, countries: Sequence[str] | None, option: str) -> SituationError:
    where = f" in {' or '.join(countries)}" if countries else ""
    elsewhere = find_places(text) if countries else []
    alike = suggest_places(text, countries=countries)
    hint = "Did you mean " + " or ".join(_describe(p) for p in alike) + "? " if alike else ""
    if elsewhere:
        hint = f"There is {_describe(elsewhere[0])}. " + hint
    return _refuse(
        f"no place called {text!r} is known{where}",
        f"{hint}Villages of fewer than {SMALLEST_PLACE} people are not listed: give them as "
        f"{option} LON,LAT",
        option,
    )


def _refuse_outside(text: str, found: list[Place], option: str) -> SituationError:
    known = _list(found)
    return _refuse(
        f"{text!r} does not lie within the map ({known})",
        f"Take a map of that place, or give the place that is meant as {option} LON,LAT",
        option,
    )


def _describe(place: Place) -> str:
    return f"{place.label} ({place.lon:.4g},{place.lat:.4g})"


def _list(places: list[Place]) -> str:
    """List places by name, and say how many are left out."""
    more = len(places) - MOST_ASKED
    shown = [_describe(place) for place in places[:MOST_ASKED]]
    return "; ".join([*shown, *([f"and {more} more, smaller ones"] if more > 0 else [])])


def _ask(text: str, left: list[Place], option: str) -> QuestionError:
    shown = left[:MOST_ASKED]
    more = len(left) - len(shown)
    another = (
        f"Another of that name, or a village of fewer than {SMALLEST_PLACE} people, which is not "
        f"listed: {option} LON,LAT"
    )
    document = {
        "question": "which_place",
        "text": text,
        "places": [place.to_dict() for place in shown],
        "left_off": more,
        "another": another,
        "answer_with": f"{option} LON,LAT",
    }
    lines = [f"  {p.label}, {_people(p)}: {option} {p.lon:g},{p.lat:g}" for p in shown]
    lines += [f"  and {more} more, smaller ones"] if more else []
    lines.append(f"  {another}")
    head = f"{len(left)} places are called {text!r}. Which is meant?"
    return QuestionError(document, "\n".join([head, *lines]))


def _people(place: Place) -> str:
    if not math.isfinite(place.population) or place.population <= 0:
        return "population not known"
    return f"{place.population:,} people"

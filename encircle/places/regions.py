"""Regions called after a town: Kursk oblast, Donetsk region, Харківська область."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import shapely

from encircle.places.known import compile_known, find_known
from encircle.places.letters import fold
from encircle.places.nearby import nearest_place

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from encircle.places.listing import Place

_WORD = (
    r"(?:oblast\w{0,2}'?|regions?|provinces?|governorate|gebiet\w{0,2}|област\w{0,4}|обл\.?"
    r"|регион\w{0,3}|регіон\w{0,3})"
)
_BEFORE = rf"(?:{_WORD}\s+(?:of\s+|von\s+)?)"
_AFTER = re.compile(rf"[\s-]+{_WORD}(?!\w)")
_FRONT = re.compile(rf"{_BEFORE}$")
_SUFFIX = re.compile(rf"[\s,-]+{_WORD}\W*$", re.IGNORECASE)
_PREFIX = re.compile(rf"^(?:the\s+)?{_BEFORE}", re.IGNORECASE)
LEAST_SHARE = 1 / 3
"""A force on a border lies in the regions on both sides; one with a corner over it does not."""
MOST_CORNERS = 200
"""So many corners of a force's ground are asked in which region they lie, evenly spread."""


def split_region(name: str) -> tuple[str, bool]:
    """
    Part the name of a region from the word that says it is one.

    Examples
    --------
    >>> split_region("Kursk oblast"), split_region("the region of Kursk"), split_region("Kursk")
    (('Kursk', True), ('Kursk', True), ('Kursk', False))
    """
    bare = _PREFIX.sub("", _SUFFIX.sub("", name.strip()))
    return (bare, True) if bare and bare != name.strip() else (name.strip(), False)


def is_called_region(name: str, text: str) -> bool:
    """
    Tell whether a text that names a place means the region called after it.

    Examples
    --------
    >>> is_called_region("Kursk", "Encircled in the Kursk region."), is_called_region(
    ...     "Kursk", "Encircled in Kursk.")
    (True, False)
    >>> is_called_region("Kursk", "Окружены в Курской области")
    True
    """
    folded = fold(text)
    called = {place.name for place in find_known(name)}
    patterns = [pattern for pattern, place in compile_known() if place.name in called]
    patterns.append(re.compile(rf"(?<!\w){re.escape(fold(name))}(?!\w)"))
    return any(
        _AFTER.match(folded, found.end()) or _FRONT.search(folded[: found.start()])
        for pattern in patterns
        for found in pattern.finditer(folded)
    )


def may_be_region(name: str) -> bool:
    """
    Tell whether a name alone is as often a region's as a town's, as Kursk is.

    Examples
    --------
    >>> may_be_region("Kursk"), may_be_region("Sudzha")
    (True, False)
    """
    return any(place.region for place in find_known(name))


def lies_in_region(shape: BaseGeometry, town: Place) -> bool:
    """
    Tell whether a third of the corners of what is drawn lie in the region of a town.

    The region of a corner is that of the listed place nearest to it: near a region's border this
    errs by half the way between two villages.

    Parameters
    ----------
    shape
        In degrees.
    town
        A town of the region.
    """
    corners = shapely.get_coordinates(shape)
    asked = corners[:: max(1, len(corners) // MOST_CORNERS)].tolist()
    near = [nearest_place(lon, lat) for lon, lat in asked]
    within = [p for p in near if p and (p.country, p.admin) == (town.country, town.admin)]
    return bool(town.admin) and len(within) >= LEAST_SHARE * len(near) > 0

"""Where is it called so: places in every alphabet, outlines of countries, the sea."""

from encircle.places.borders import (
    describe_outline,
    describe_sea,
    find_countries,
    list_outlines,
    read_outline,
    read_sea,
)
from encircle.places.gazetteer import find_places, suggest_places
from encircle.places.listing import Place
from encircle.places.nearby import nearest_place, places_within
from encircle.places.resolve import resolve_place

__all__ = [
    "Place",
    "describe_outline",
    "describe_sea",
    "find_countries",
    "find_places",
    "list_outlines",
    "nearest_place",
    "places_within",
    "read_outline",
    "read_sea",
    "resolve_place",
    "suggest_places",
]

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
from encircle.places.known import find_known
from encircle.places.listing import Place
from encircle.places.nearby import nearest_place, places_within
from encircle.places.regions import (
    Region,
    find_region_called,
    find_regions,
    is_called_region,
    lies_in_region,
    may_be_region,
    region_of_town,
    split_region,
)
from encircle.places.resolve import resolve_place

__all__ = [
    "Place",
    "Region",
    "describe_outline",
    "describe_sea",
    "find_countries",
    "find_known",
    "find_places",
    "find_region_called",
    "find_regions",
    "is_called_region",
    "lies_in_region",
    "list_outlines",
    "may_be_region",
    "nearest_place",
    "places_within",
    "read_outline",
    "read_sea",
    "region_of_town",
    "resolve_place",
    "split_region",
    "suggest_places",
]

"""Which place a question names."""

from __future__ import annotations

import re

from encircle.claims.words.apart import COUNTRIES, NO_PLACE
from encircle.places.letters import fold

_NAME = r"(?P<name>[^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]+(?:[ ][^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]+){0,2})"
_AT_NAME = re.compile(
    r"(?<!\w)(?:[Aa]t|[Ii]n|[Nn]ear|[Aa]round|[Oo]utside|[Oo]f|[Bb]ei|[Uu]m|[Nn]ahe|[Уу]|[Вв]|[Пп]ід|[Бб]іля"
    rf"|[Пп]од|[Вв]озле|[Оо]коло|[Рр]айоне|[Рр]айоні)\s+{_NAME}"
)
_ANY_NAME = re.compile(rf"(?<!\w){_NAME}")


def find_place(text: str, *, anywhere: bool = True) -> str | None:
    """Find the town a text names, in any alphabet: after *at* and the like, else `anywhere`."""
    from encircle.places import find_places  # noqa: PLC0415 - read only when needed

    for pattern in (_AT_NAME, _ANY_NAME) if anywhere else (_AT_NAME,):
        for found in pattern.finditer(text):
            words = found["name"].split()
            for count in range(len(words), 0, -1):
                name = " ".join(words[:count]).strip(".,;:!?\"'»”")
                if not NO_PLACE.fullmatch(fold(name)) and find_places(name, countries=COUNTRIES):
                    return name
    unknown = (
        _AT_NAME.search(text) if anywhere else None
    )  # misspelt, perhaps: whoever looks it up says what is near
    if unknown is None or NO_PLACE.fullmatch(fold(unknown["name"])):
        return None
    return unknown["name"].split()[0]


def name_region(place: str | None, text: str) -> str | None:
    """Say of a place that it is the region called after it, where the text means that."""
    from encircle.places import is_called_region  # noqa: PLC0415 - read only when needed

    return f"{place} region" if place and is_called_region(place, text) else place

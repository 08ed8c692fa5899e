"""Which place a question names."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from encircle.claims.asking.whose.whose import find_mentions, names_side
from encircle.map.notices import Notice
from encircle.places.letters import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


COUNTRIES = ("UA", "RU")
"""Where a town is looked for that a text names; the lexicon has the places of other wars."""
_NAME = r"(?P<name>[^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]+(?:[ ][^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]+){0,2})"
_AT_NAME = re.compile(
    r"(?<!\w)(?:[Aa]t|[Ii]n|[Nn]ear|[Aa]round|[Oo]utside|[Oo]f|[Bb]ei|[Uu]m|[Nn]ahe|[Уу]|[Вв]|[Пп]ід|[Бб]іля"
    rf"|[Пп]од|[Вв]озле|[Оо]коло|[Рр]айоне|[Рр]айоні)\s+{_NAME}"
)
_ANY_NAME = re.compile(rf"(?<!\w){_NAME}")
_TOWN = re.compile(r"(?<![\w-])[^\W\d_a-zа-яіїєґёäöüß][\w'’-]{2,}")
"""A word that may name a town."""
_PREPOSITION = r"(?:at|in|near|around|outside|bei|in|um|nahe|під|біля|у|в|под|около|возле)"
_JOINED = re.compile(
    r"\s*,?\s*(?:and|or|as well as|und|oder|sowie|и|или|та|і|й|або|чи)\s+"
    rf"(?:(?:[^\W\d]+\s+){{0,4}}?{_PREPOSITION}\s+)?",
    re.IGNORECASE,
)
"""What joins two towns: *at Sudzha and (Russian troops at) Vovchansk*."""
_ANY_JOINT = re.compile(rf"\s*,\s+|{_JOINED.pattern}", re.IGNORECASE)
_NO_PLACE = re.compile(
    r"(?:ukrain|russ|росі|росс|украин|україн|march|may|putin|trump|зсу|всу|kyiv's|moscow's)[\w'’ ]*"
    r"|(?:the|a|der|die|das|all|thousands|experts|they|he|she|it)(?: .*)?"
)
"""Words written like names that are none of a town's, folded."""


def find_place(text: str, *, anywhere: bool = True) -> str | None:
    """Find the town a text names, in any alphabet: after *at* and the like, else `anywhere`."""
    from encircle.places import find_places  # noqa: PLC0415 - read only when needed

    for pattern in (_AT_NAME, _ANY_NAME) if anywhere else (_AT_NAME,):
        for found in pattern.finditer(text):
            words = found["name"].split()
            for count in range(len(words), 0, -1):
                name = " ".join(words[:count]).strip(".,;:!?\"'»”")
                if not _NO_PLACE.fullmatch(fold(name)) and find_places(name, countries=COUNTRIES):
                    return name
    unknown = (
        _AT_NAME.search(text) if anywhere else None
    )  # misspelt, perhaps: whoever looks it up says what is near
    if unknown is None or _NO_PLACE.fullmatch(fold(unknown["name"])):
        return None
    return unknown["name"].split()[0]


def name_region(place: str | None, text: str) -> str | None:
    """Say of a place that it is the region called after it, where the text means that."""
    from encircle.places import is_called_region  # noqa: PLC0415 - read only when needed

    return f"{place} region" if place and is_called_region(place, text) else place


def tell_joined_places(towns: Sequence[str], taken: str | None) -> Iterator[Notice]:
    """Tell that a claim is about towns in one breath: a piece of ground is of one of them."""
    if towns:
        said = (
            f"The claim names {', '.join(towns[:-1])} and {towns[-1]}; it was held against one "
            f"force only, that at {taken}. Ask of every other apart (--place NAME, and --side)."
        )
        yield Notice("several_places", "caution", said)


def names_both(sentence: str) -> bool:
    """Tell whether forces of two sides are named, so that each is known by its town."""
    return len({m.side for m in find_mentions(fold(sentence)) if not m.is_agent}) > 1


def list_joined_towns(sentence: str) -> tuple[list[str], bool]:
    """
    List the towns that a sentence names in one breath; none where it names but one.

    Beside them, whether a side is named between: *Ukrainians at Sudzha and Russians at Vovchansk*.
    """
    from encircle.places import find_places  # noqa: PLC0415 - read only when needed

    towns = [
        (found, places[0]) for found in _TOWN.finditer(sentence)
        if not _NO_PLACE.fullmatch(fold(found[0]))
        and (places := find_places(found[0], countries=COUNTRIES))
    ]  # fmt: skip
    joined: list[str] = []
    is_mixed = False
    for (one, here), (other, there) in reversed(list(pairwise(towns))):
        between = sentence[one.end() : other.start()]
        if here != there and (_JOINED if not joined else _ANY_JOINT).fullmatch(between):
            joined = [one[0], *(joined or [other[0]])]
            is_mixed = is_mixed or names_side(fold(between))
    return joined, is_mixed

"""Which places bear a name, in whatever alphabet, spelling or case it is written."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from encircle.places.known import find_known
from encircle.places.letters import (
    fold_name,
    is_case_of,
    is_cyrillic,
    key_of,
    read_keys,
    romanise,
    split_name,
    stem,
)
from encircle.places.listing import VILLAGES, find_ranges, find_rows, read_place
from encircle.places.listing import read_keys as read_key_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.places.listing import Place

GENITIVE = re.compile(r"(?:['’ʼ]s|s['’ʼ]|(?<=[^sx])s)$", re.IGNORECASE)
"""Bakhmut's, Bachmuts."""
ARTICLE = re.compile(r"^(?:the|die|der|das)\s+", re.IGNORECASE)
SAME_PLACE_DEG = 0.02
"""Two entries of one name within so many degrees, 1.5 to 2 km, are one place."""
MOST_SUGGESTED = 3
LONGEST_SLIP = 40
"""Letters of a name that are looked at for a slip of typing."""
LEAST_LIKENESS = 0.75
"""Names less alike than this (difflib's ratio) are not suggested."""


def find_places(text: str, *, countries: Sequence[str] | None = None) -> list[Place]:
    """
    Find every place that may be meant by a name, the likeliest reading and the largest first.

    Only the nearest reading counts: places listed under the very name; else under another way
    of romanising it; else those of which it is a case in Ukrainian or Russian, or a genitive.

    Parameters
    ----------
    text
        One name and nothing else, in any alphabet; or a name with its region, its country, or both
        after commas, as a remedy lists it.
    countries
        Two-letter codes; places elsewhere are not found.

    Examples
    --------
    >>> [p.label for p in find_places("у Бахмуті".split()[1], countries=("UA", "RU"))]
    ['Bakhmut, Donetsk, UA']
    >>> [p.country for p in find_places("Артёмовск", countries=["UA"])][:1]
    ['UA']
    >>> [p.admin for p in find_places("Mykolaiv, Lviv, UA")]
    ['Lviv']
    """
    asked = None if countries is None else tuple(sorted(countries))
    name, *rest = (part.strip() for part in text.strip().split(","))
    if not rest:
        return list(_find(name, asked))
    told = set(map(fold_name, rest))  # as `Place.label` has it
    return [p for p in _find(name, asked) if told <= {fold_name(p.admin), fold_name(p.country)}]


@lru_cache(maxsize=512)
def _find(text: str, countries: tuple[str, ...] | None) -> tuple[Place, ...]:
    known = {place.name for place in find_known(text)}
    bare = ARTICLE.sub("", text)
    for written in dict.fromkeys((text, bare, GENITIVE.sub("", bare))):
        found = _find_written(written, countries)
        if found or known:
            break
    for name in known:
        found += [
            (1, p)
            for _, p in _find_written(name, countries)
            if fold_name(p.name) == fold_name(name)
        ]
    best = min((level for level, _ in found), default=0)
    # An old name is as good as a present one: who says Krasnoarmeysk may well mean Pokrovsk.
    kept = [p for level, p in found if level == best or (known and level <= 1)]
    return tuple(_drop_doubles(sorted(dict.fromkeys(kept), key=lambda p: (-p.population, p.lon))))


def _find_written(text: str, countries: Sequence[str] | None) -> list[tuple[int, Place]]:
    rows = dict.fromkeys(row for key in read_keys(text) for row in find_rows(key, countries))
    found: list[tuple[int, Place]] = []
    asked = {code.upper() for code in countries} if countries is not None else None
    villages = (v for v in VILLAGES if asked is None or v.country in asked)
    for place in chain(map(read_place, rows), villages):
        level = _rate(text, place)
        if level is not None:
            found.append((level, place))
    return found


def _rate(text: str, place: Place) -> int | None:
    """Rate how far a place's nearest name is from what was written; nothing if too far."""
    folded = fold_name(text)
    if folded in map(fold_name, place.names):
        return 0
    names, fine = list(place.names), False
    if is_cyrillic(text) and any(map(is_cyrillic, names)):
        names, fine = [name for name in names if is_cyrillic(name)], True
    sound = _romanise_all(text, fine=fine)
    if any(sound == _romanise_all(name, fine=fine) for name in names):
        return 1
    keys = set(read_keys(text, fine=fine))
    if any(key_of(name, fine=fine) in keys and _is_case(text, name) for name in names):
        return 2
    return None


def _romanise_all(text: str, *, fine: bool) -> list[str]:
    return [romanise(word, fine=fine) for word in split_name(text)]


def _is_case(text: str, name: str) -> bool:
    words, listed = split_name(text), split_name(name)
    if len(words) != len(listed) or is_cyrillic(text) < is_cyrillic(name):
        return False
    return all(
        is_case_of(word, other) or (word == other) or _is_stem(word, other)
        for word, other in zip(words, listed, strict=True)
    )


def _is_stem(word: str, other: str) -> bool:
    """Part of a double name that no case changes: the Yar of Chasiv Yar in Latin letters."""
    return romanise(word) == romanise(other) and stem(romanise(word)) == romanise(other)


def _drop_doubles(places: Sequence[Place]) -> list[Place]:
    kept: list[Place] = []
    for place in places:
        if not any(_is_double(place, other) for other in kept):
            kept.append(place)
    return kept


def _is_double(place: Place, other: Place) -> bool:
    return (
        abs(place.lon - other.lon) < SAME_PLACE_DEG and abs(place.lat - other.lat) < SAME_PLACE_DEG
    )


def suggest_places(text: str, *, countries: Sequence[str] | None = None) -> list[Place]:
    """
    Suggest places whose names are written almost like a name that nobody bears.

    First those that two neighbouring letters exchanged, or one letter too many, make of it: the
    commonest slips of typing. A key is no help there, for it reads the letters by their neighbours.

    Examples
    --------
    >>> [p.name for p in suggest_places("Sudhza", countries=["RU"])][:1]
    ['Sudzha']
    >>> [p.name for p in suggest_places("Pokrvosk", countries=["UA"])][:1]
    ['Pokrovsk']
    """
    meant = list(_undo_slips(text))
    slipped = [p for written in meant for p in find_places(written, countries=countries)]
    folded = set(map(fold_name, meant))  # a place of that very name before one that was called so
    slipped.sort(key=lambda p: (fold_name(p.name) not in folded, -p.population))
    return list(dict.fromkeys([*slipped, *_suggest_alike(text, countries)]))[:MOST_SUGGESTED]


def _undo_slips(text: str) -> Iterator[str]:
    """Give a name with two neighbouring letters exchanged, then with one left out, each once."""
    small = text.strip()[:LONGEST_SLIP].casefold()
    turned = (small[:i] + small[i + 1] + small[i] + small[i + 2 :] for i in range(len(small) - 1))
    shorter = (small[:i] + small[i + 1 :] for i in range(len(small))) if len(small) > 4 else ()  # noqa: PLR2004 - a shorter one may be anything
    yield from dict.fromkeys(written for written in (*turned, *shorter) if written != small)


def _suggest_alike(text: str, countries: Sequence[str] | None) -> list[Place]:
    """Suggest places by how alike the keys are."""
    key = key_of(text)
    if not key:
        return []
    raw, ends = read_key_lines()
    rows: dict[str, int] = {}
    # Whoever mistypes seldom mistypes the first letter; and so few names are compared.
    pattern = re.compile(rf"\t({re.escape(key[0])}[^\t\n]{{0,{len(key) + 1}}})(?=\t)".encode())
    for first, last in find_ranges(countries):
        at = 0 if not first else int(ends[first - 1]) + 1
        for match in pattern.finditer(raw, at, int(ends[last - 1])):
            rows.setdefault(match[1].decode(), match.start())
    near = difflib.get_close_matches(key, rows, MOST_SUGGESTED, LEAST_LIKENESS)
    found = [read_place(int(ends.searchsorted(rows[k]))) for k in near]
    return list(dict.fromkeys(found))

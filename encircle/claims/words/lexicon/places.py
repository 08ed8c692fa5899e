"""Which place is meant, whatever it is called: old and new names, four languages, any case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from encircle.places.known import KNOWN, Known, compile_known
from encircle.places.letters import fold

Place, PLACES = Known, KNOWN
"""The gazetteer knows the same places by the same names: one table for both."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text."""

    place: Known
    start: int
    end: int


@lru_cache(maxsize=256)
def find_places(text: str) -> tuple[Mention, ...]:
    """
    Find every place a text names, under its present name, in the text's order.

    Examples
    --------
    >>> [m.place.name for m in find_places("В Артёмовске и Димитрове; Krasnoarmeysk")]
    ['Bakhmut', 'Myrnohrad', 'Pokrovsk']
    """
    folded = fold(text)
    found = [
        Mention(place, match.start(), match.end())
        for pattern, place in compile_known()
        for match in pattern.finditer(folded)
        if text[match.start()].isupper()
    ]
    return tuple(sorted(found, key=lambda m: (m.start, m.place.name)))

"""
The same claim made again: in other words, in another language, on another day.

What is asserted decides, and no likeness of words makes a denial of an assertion. Words that are
nearly the same are the same claim whoever says them; one claimant who asserts the same within some
days says it again, however it is put. Of another place, or another side's force, it is another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from encircle.claims.words.lexicon import find_places
from encircle.claims.words.lexicon.speakers import SIDES
from encircle.places.letters import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

ALIKE = 85.0
"""Statements with so many of their words in common are the same words, percent (token sort ratio of
rapidfuzz: order of words does not count)."""
SAME_SPEAKER = 90.0
"""Names of speakers so much alike are one's, *Vladimir Putin*, *Putin*; percent, token set."""
AGAIN_DAYS = 7
"""Whoever asserts the same within so many days says it again."""
LEAST_WORDS = 4
"""Statements of fewer words are alike by chance: *they are surrounded*."""


@dataclass(frozen=True, slots=True)
class Said:
    """A claim as far as it is compared."""

    id: str
    claimant: str | None
    statement: str | None
    definition: str | None
    value: str = "yes"
    tense: str = "present"
    made_on: date | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """A claim that was made before, and why it is the same."""

    id: str
    because: str


def find_again(claim: Said, known: Iterable[Said]) -> list[Again]:
    """
    Find claims that say the same as one, the likest first.

    Parameters
    ----------
    claim
        The one that is new.
    known
        Those that were checked, in any order; itself is passed over, by id.

    Examples
    --------
    >>> from datetime import date
    >>> new = Said("b", "Putin", "Они заблокированы", "land_cut", made_on=date(2025, 3, 14))
    >>> old = Said("a", "Vladimir Putin", "Blocked", "land_cut", made_on=date(2025, 3, 13))
    >>> [again.because for again in find_again(new, [old])]
    ['The same claimant asserted the same a day before.']
    >>> find_again(new, [Said("c", "Putin", "They are not blocked", "land_cut", "no")])
    []
    """
    found: list[tuple[float, Again]] = []
    for other in known:
        if other.id == claim.id or not _asserts_the_same(claim, other):
            continue
        alike = _compare_words(claim, other)
        if alike >= ALIKE:
            found.append((alike, Again(other.id, "The words are the same, or nearly.")))
        elif _is_same_speaker(claim, other) and (days := _count_days(claim, other)) is not None:
            said = f"The same claimant asserted the same {_say_days(days)}."
            found.append((-abs(days), Again(other.id, said)))
    return [again for _, again in sorted(found, key=lambda pair: -pair[0])]


def _asserts_the_same(one: Said, other: Said) -> bool:
    if one.definition is None or other.definition is None:
        return False
    for find in (_find_places, _find_sides):
        named = find(one.statement or ""), find(other.statement or "")
        if all(named) and not named[0] & named[1]:
            return False  # of another place, or of another side's force
    return (one.definition, one.value, one.tense) == (other.definition, other.value, other.tense)


def _find_places(statement: str) -> frozenset[str]:
    return frozenset(mention.place.name for mention in find_places(statement))


def _find_sides(statement: str) -> frozenset[str]:
    """Find the sides whose forces a statement names, in any of the languages read."""
    folded = statement.casefold()
    return frozenset(side for side, pattern in SIDES if pattern.search(folded))


def _compare_words(one: Said, other: Said) -> float:
    words = [re.findall(r"\w+", fold(said.statement or "")) for said in (one, other)]
    if min(map(len, words)) < LEAST_WORDS:
        return 0.0
    return float(fuzz.token_sort_ratio(*(" ".join(each) for each in words)))


def _is_same_speaker(one: Said, other: Said) -> bool:
    if not one.claimant or not other.claimant:
        return False
    names = fold(one.claimant), fold(other.claimant)
    return float(fuzz.token_set_ratio(*names)) >= SAME_SPEAKER


def _count_days(one: Said, other: Said) -> int | None:
    """Count the days from one to the other; None where too many, or where either has no day."""
    if one.made_on is None or other.made_on is None:
        return None
    days = (other.made_on - one.made_on).days
    return days if abs(days) <= AGAIN_DAYS else None


def _say_days(days: int) -> str:
    if days == 0:
        return "on the same day"
    count = "a day" if abs(days) == 1 else f"{abs(days)} days"
    return f"{count} {'before' if days < 0 else 'after'}"

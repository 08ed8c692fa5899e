"""
Which definition do the words use: phrases of war reports, in four languages, with their source.

The lexicon proposes what a phrase asserts. The same words are used for more than one thing, so
every entry names where its meaning is taken from and what else it has been used for (`also`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from encircle.claims.words.lexicon.english import ENGLISH
from encircle.claims.words.lexicon.entry import (
    Code,
    Definition,
    Language,
    Tense,
    Term,
    compile_any,
    compile_phrase,
)
from encircle.claims.words.lexicon.german import GERMAN
from encircle.claims.words.lexicon.places import PLACES, Place, find_places
from encircle.claims.words.lexicon.russian import RUSSIAN
from encircle.claims.words.lexicon.speakers import SPEAKERS, Speaker, find_speakers
from encircle.claims.words.lexicon.ukrainian import UKRAINIAN
from encircle.places.letters import fold

__all__ = [
    "LANGUAGES",
    "PLACES",
    "SPEAKERS",
    "Code",
    "Definition",
    "Language",
    "Place",
    "Speaker",
    "Tense",
    "Term",
    "Use",
    "compile_any",
    "detect_language",
    "find_places",
    "find_speakers",
    "find_uses",
    "fold",
    "has_known_words",
    "list_lexicon",
]

LANGUAGES: dict[Code, Language] = {
    language.code: language for language in (ENGLISH, UKRAINIAN, RUSSIAN, GERMAN)
}
CYRILLIC: tuple[Code, ...] = ("uk", "ru")
LATIN: tuple[Code, ...] = ("en", "de")
LETTER_WEIGHT = 3
"""A letter only one language has tells as much as so many of its commonest words."""

DECISIVE = 2
"""A headline may have a word of another language; so many more tell a language by themselves."""


@dataclass(frozen=True, slots=True)
class Use:
    """A phrase of the lexicon, used in a text: from `start` up to `end`, in characters."""

    term: Term
    start: int
    end: int


@lru_cache(maxsize=8)
def _compile_terms(code: Code) -> tuple[tuple[re.Pattern[str], Term], ...]:
    return tuple((re.compile(compile_phrase(t.phrase)), t) for t in LANGUAGES[code].terms)


def find_uses(text: str, code: Code) -> list[Use]:
    """
    Find the phrases of a language's lexicon in a text; where two overlap, the longer one.

    Examples
    --------
    >>> [u.term.definition for u in find_uses("Bakhmut is in operational encirclement.", "en")]
    ['fire_control']
    """
    return list(_find_uses(text, code))


@lru_cache(maxsize=256)
def _find_uses(text: str, code: Code) -> tuple[Use, ...]:
    folded = fold(text)
    found = [
        Use(term, match.start(), match.end())
        for pattern, term in _compile_terms(code)
        for match in pattern.finditer(folded)
    ]
    kept: list[Use] = []
    for use in sorted(found, key=lambda u: (u.start - u.end, u.start, not u.term.sure)):
        if all(use.end <= k.start or k.end <= use.start for k in kept):
            kept.append(use)
    return tuple(sorted(kept, key=lambda u: u.start))


def detect_language(text: str, otherwise: Code | None = None) -> Code | None:
    """
    Tell the language of a sentence by its script, its letters and its commonest words.

    Parameters
    ----------
    otherwise
        What to answer where a sentence of the same script gives nothing away.

    Returns
    -------
    code
        None for a text without letters, or in a script of no language of the lexicon.

    Examples
    --------
    >>> detect_language("Війська не оточені"), detect_language("Войска не окружены")
    ('uk', 'ru')
    """
    folded = fold(text)
    cyrillic = len(re.findall("[а-яіїєґ]", folded))
    latin = len(re.findall("[a-zäöüß]", folded))
    if not cyrillic and not latin:
        return None
    codes = CYRILLIC if cyrillic > latin else LATIN
    words = re.findall(r"[\w']+", text.lower())
    scores = {code: _score(LANGUAGES[code], text.lower(), words) for code in codes}
    best = max(scores.values())
    leaders = [code for code in codes if scores[code] > best - DECISIVE]
    if len(leaders) == 1:
        return leaders[0]
    known = {code: scores[code] + _count_known(LANGUAGES[code], folded) for code in leaders}
    most = max(known.values())
    leaders = [code for code in leaders if known[code] == most]
    return otherwise if otherwise in leaders else leaders[0]


def _score(language: Language, text: str, words: list[str]) -> int:
    common = set(language.stop_words.split())
    given_away = sum(letter in language.letters for letter in text)
    return sum(word in common for word in words) + LETTER_WEIGHT * given_away


def _count_known(language: Language, folded: str) -> int:
    """Count the words of war reports in a sentence of none of the commonest words."""
    words = (*language.says, *language.denies, *language.military, *language.negations)
    phrases = (*words, *(term.phrase for term in language.terms))
    return sum(1 for _ in compile_any(phrases).finditer(folded))


def has_known_words(text: str) -> bool:
    """Tell whether a text has a word that any of the languages read is seldom without."""
    words = set(re.findall(r"[\w']+", text.lower()))
    return any(
        words & set(language.stop_words.split()) or _count_known(language, fold(text))
        for language in LANGUAGES.values()
    )


def list_lexicon() -> list[dict[str, object]]:
    """List every entry as a row: language, phrase, what it asserts, and where that is from."""
    return [
        {
            "language": code,
            "phrase": term.phrase,
            "definition": term.definition,
            "value": term.value,
            "tense": term.tense,
            "hedged": term.hedged,
            "also": list(term.also),
            "source": term.source,
        }
        for code, language in LANGUAGES.items()
        for term in language.terms
    ]

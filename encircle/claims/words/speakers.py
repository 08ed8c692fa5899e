"""Who is known to speak so far in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from encircle.claims.words.lexicon import compile_any, find_speakers, fold
from encircle.claims.words.lexicon.speakers import AIDES, SIDES

if TYPE_CHECKING:
    from encircle.claims.words.lexicon import Language


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who is said to have said it."""

    name: str
    side: str | None


@dataclass
class Memory:
    """Whom a text has named so far, for *he added*."""

    last: Claimant | None = None
    names: list[str] = field(default_factory=list)

    def name(self, subject: str, language: Language) -> Claimant | None:
        """
        Name the speaker a subject means: a pronoun is the last one named.

        A short name that ends a longer one used before is that one.
        """
        words = re.sub(r"\s+", " ", subject).strip(" ,")
        if not words:
            return None
        if compile_any(language.pronouns).fullmatch(fold(words)):
            return self.last or (Claimant(words, None) if " " in words else None)
        claimant = recognise(words)
        longer = [n for n in self.names if n.endswith(f" {claimant.name}")]
        if longer:
            claimant = Claimant(longer[-1], claimant.side)
        self.names.append(claimant.name)
        self.last = claimant
        return claimant


def recognise(words: str) -> Claimant:
    """Name whom some words mean, with the side he is known to speak for."""
    known: dict[str, str | None] = {}
    for start, end, who in find_speakers(words):
        owns = re.match(r"['’]s?(?!\w)", words[end:]) or words[max(0, end - 2) : end] in (
            "'s",
            "’s",
        )
        if not (owns or AIDES.search(fold(words[:start]))):
            known[who.name] = who.side
    if not known or (AIDES.search(fold(words)) and len(known) > 1):
        return Claimant(words, _guess_side(words))
    sides = set(known.values())
    return Claimant(" and ".join(known), sides.pop() if len(sides) == 1 else None)


def _guess_side(words: str) -> str | None:
    folded = fold(words)
    sides = [side for side, pattern in SIDES if pattern.search(folded)]
    return sides[0] if len(sides) == 1 else None

"""Whether a claim of the library is filed under the definition its words have in the lexicon."""

from __future__ import annotations

import re
from typing import Any

from encircle.claims.words.lexicon import LANGUAGES, Term, detect_language, find_uses, fold
from encircle.claims.words.lexicon.entry import compile_phrase

ENTRY = "lexicon"
"""Property of a claim: the phrase of the lexicon it falls under, where the words hold several."""
ORIGINAL = "original"
"""Property of a claim: its words in the language they were said in."""
OUTSIDE = (None, "no_force")
"""Definitions no phrase of the lexicon stands for: nothing a map could answer, or who is left."""
ARGUED = "Lexicon:"
"""How SOURCES.md begins where it argues that words are to be taken otherwise."""


def find_disagreement(claim: dict[str, Any]) -> str | None:
    """
    Say why a claim's words do not fall under the definition it is filed under; None: they do.

    The same words have the same definition whoever says them, so who spoke is not looked at.

    Parameters
    ----------
    claim
        Its properties: `statement`, `asserts`, and, where given, `original` and `lexicon`.
    """
    definition = claim.get("asserts", {}).get("definition")
    if definition in OUTSIDE:
        return None
    texts = [str(claim[member]) for member in ("statement", ORIGINAL) if claim.get(member)]
    if entry := claim.get(ENTRY):
        return _check_entry(entry, definition, texts)
    spoken = ((text, detect_language(text)) for text in texts)
    terms = [use.term for text, code in spoken if code for use in find_uses(text, code)]
    if not terms:
        return f"no phrase of the lexicon is in its words; name one in {ENTRY}, or argue"
    found = sorted({term.definition for term in terms})
    if definition not in found:
        return f"filed under {definition}; the lexicon takes its words for {', '.join(found)}"
    return None


def _check_entry(entry: str, definition: object, texts: list[str]) -> str | None:
    known: list[Term] = [t for lan in LANGUAGES.values() for t in lan.terms if t.phrase == entry]
    if not known:
        return f"{entry!r} is no phrase of the lexicon"
    if not any(re.search(compile_phrase(entry), fold(text)) for text in texts):
        return f"{entry!r} is not in its words"
    if definition not in {term.definition for term in known}:
        return f"filed under {definition}; the lexicon takes {entry!r} for {known[0].definition}"
    return None

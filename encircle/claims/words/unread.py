"""Which languages of a text are not read: a claim in French is no *0 claims*."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from encircle.claims.words.lexicon import LANGUAGES, has_known_words
from encircle.map.naming import join_words

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_LETTERS = 25
"""Of a paragraph of fewer letters the language cannot be told."""
UNTOLD = "und"
"""ISO 639-2 for a language that is not determined."""
ANY_READ = "en"
"""Any language that is read."""
NAMES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bs": "Bosnian", "cs": "Czech",
    "da": "Danish", "el": "Greek", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "tr": "Turkish", "zh": "Chinese",
    UNTOLD: "Text too short to tell its language",
}  # fmt: skip
"""Languages that are told from those that are read, by their codes of ISO 639-1."""


def find_unread_languages(text: str) -> list[dict[str, Any]]:
    """
    Find the languages of a text that are not read, with how many paragraphs each has.

    Examples
    --------
    >>> find_unread_languages("Les troupes ukrainiennes sont encerclées, a déclaré Poutine.")
    [{'language': 'fr', 'name': 'French', 'paragraphs': 1}]
    >>> find_unread_languages("Ukrainian troops are surrounded, Putin said.")
    []
    >>> [one["language"] for one in find_unread_languages("Ils sont encerclés.")]
    ['und']
    """
    counts: dict[str, int] = {}
    for paragraph in re.split(r"\n\s*\n|\n", text):
        code = _tell_language(paragraph, alone=paragraph.strip() == text.strip())
        if code not in LANGUAGES:
            counts[code] = counts.get(code, 0) + 1
    return [
        {"language": code, "name": NAMES.get(code, code), "paragraphs": count}
        for code, count in counts.items()
    ]


def _tell_language(paragraph: str, *, alone: bool) -> str:
    """Tell a language; a heading of names, within a longer text, is of every language."""
    letters = len(re.findall(r"[^\W\d_]", paragraph))
    if letters >= LEAST_LETTERS:
        return _tell()(paragraph)[0]
    says = alone or re.search(r"(?<!\w)[^\W\d_A-ZА-ЯІЇЄҐЁÄÖÜ][^\W\d_]{2,}", paragraph)
    return UNTOLD if letters and says and not has_known_words(paragraph) else ANY_READ


@lru_cache(maxsize=1)
def _tell() -> Callable[[str], tuple[str, float]]:
    import py3langid  # noqa: PLC0415 - its model takes half a second to load

    py3langid.set_languages([*LANGUAGES, *(code for code in NAMES if code != UNTOLD)])
    return cast("Callable[[str], tuple[str, float]]", py3langid.classify)


def say_unread(unread: list[dict[str, Any]]) -> str:
    """
    Say which languages are not read.

    Examples
    --------
    >>> say_unread([{"language": "fr", "name": "French", "paragraphs": 1}])
    'French is not read: English, Ukrainian, Russian and German are. Translate the claim first.'
    """
    names = join_words([str(one["name"]) for one in unread])
    read = join_words([language.name for language in LANGUAGES.values()])
    is_ = "is" if len(unread) == 1 else "are"
    return f"{names} {is_} not read: {read} are. Translate the claim first."

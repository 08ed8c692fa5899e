"""Which languages of a text are not read: a claim in French is no *0 claims*."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from encircle.claims.words.lexicon import LANGUAGES
from encircle.map.naming import join_words

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_LETTERS = 25
"""A paragraph of fewer letters is a heading or a name, in any language."""
NAMES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bs": "Bosnian", "cs": "Czech",
    "da": "Danish", "el": "Greek", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "tr": "Turkish", "zh": "Chinese",
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
    """
    counts: dict[str, int] = {}
    for paragraph in re.split(r"\n\s*\n|\n", text):
        if len(re.findall(r"[^\W\d_]", paragraph)) < LEAST_LETTERS:
            continue
        code = _tell()(paragraph)[0]
        if code not in LANGUAGES:
            counts[code] = counts.get(code, 0) + 1
    return [
        {"language": code, "name": NAMES.get(code, code), "paragraphs": count}
        for code, count in counts.items()
    ]


@lru_cache(maxsize=1)
def _tell() -> Callable[[str], tuple[str, float]]:
    import py3langid  # noqa: PLC0415 - its model takes half a second to load

    py3langid.set_languages([*LANGUAGES, *NAMES])
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

"""Which names are one name to whoever reads them, and two to a machine."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOKS = str.maketrans(
    "авекмнорстухіјѕԁһӏαβεικνορτυχ",
    "abekmhopctyxijsdhlabeikvoptux",
)
"""Small letters, Cyrillic and Greek, to the Latin one that they, or their capitals,
look like. Source: Unicode Technical Standard 39, confusables."""
UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")
NOTHING = frozenset(("nan", "none", "null", "nil", "n/a", "na", "<na>", "unknown", "-", "?"))
"""What tables and scripts write where nobody knows."""


def says_nothing(text: str) -> bool:
    """Tell a text that a table wrote for what is not known."""
    return text.strip().casefold() in NOTHING


def fold_looks(name: str) -> str:
    """
    Fold a name to how it looks: no case, no blanks, one alphabet.

    Examples
    --------
    >>> fold_looks("U\u0410 ") == fold_looks("ua")
    True
    """
    return UNSEEN.sub("", unicodedata.normalize("NFKC", name).casefold()).translate(LOOKS)


def find_alike(names: Iterable[str], fixed: str) -> dict[str, str]:
    """
    Find names that look like another; of each `fixed`, or the one that stands there most often.

    Examples
    --------
    >>> find_alike(["UA", "UA", "ua ", "RU", "Neutral"], "neutral")
    {'ua ': 'UA', 'Neutral': 'neutral'}
    """
    counted = Counter(names)
    known = {fold_looks(fixed): fixed}
    for name, _ in counted.most_common():
        known.setdefault(fold_looks(name), name)
    return {name: known[fold_looks(name)] for name in counted if known[fold_looks(name)] != name}

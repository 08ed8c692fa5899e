"""What is an entry of the lexicon: a phrase, what it asserts, and how it is found in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Definition = Literal["land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded"]
Tense = Literal["present", "future", "conditional"]
Code = Literal["en", "uk", "ru", "de"]

GAP = r"(?:[\w'.-]+[\s\-–]+){0,6}?"
"""What an ellipsis in a phrase stands for: at most six words."""
SPACE = r"[\s\-–]+"


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase and the definition it asserts."""

    phrase: str
    definition: Definition
    source: str
    value: Literal["yes", "no"] = "yes"
    """The answer asserted: `no` for words that say a way is open."""
    sure: bool = False
    """Said of forces and nothing else, so that no other word need show what is meant."""
    tense: Tense = "present"
    """Where the word's own form carries a tense (*окружат*: will encircle)."""
    hedged: bool = False
    """Where the word itself says that something is missing (*semi-encircled*)."""
    also: tuple[Definition, ...] = ()
    """What else the same words have been used for."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words: what is said, how it is turned round, and who says it."""

    code: Code
    name: str
    terms: tuple[Term, ...]
    stop_words: str
    """Words no page of this language is without, and few of another's are with."""
    letters: str
    """Letters that give the language away within its script."""
    negations: tuple[str, ...]
    avoids: tuple[str, ...]
    """Negations of what has not come: *avoid*, *escape*; they put nothing in the future."""
    no_evidence: tuple[str, ...]
    """Negations that reach far: *no evidence that*."""
    refutations: tuple[str, ...]
    """What is said after the words to call them false: *is untrue*, *is a fake*."""
    falsehoods: tuple[str, ...]
    """What a thing is called that is not so: *a myth*, *propaganda*."""
    unborn: tuple[str, ...]
    """What is said after a word for the ring where there is none: *did not happen*."""
    near: tuple[str, ...]
    """Some of the degree is taken back: an unclosed ring is no ring. *almost, practically*."""
    hearsay: tuple[str, ...]
    """It is doubted, and nothing of the degree is taken back: *reportedly, may*."""
    futures: tuple[str, ...]
    looming: tuple[str, ...]
    """What is said after the words to put them in the future: *encirclement looms*."""
    conditions: tuple[str, ...]
    opening_conditions: tuple[str, ...]
    """Conditions only where they open a clause: *should they be blocked*, *once surrounded*."""
    questions: tuple[str, ...]
    formerly: tuple[str, ...]
    """What is said right before the words to put them behind: *used to be*, *broke the*."""
    ended: tuple[str, ...]
    """What is said after the words to end them: *was broken*, *has been lifted*."""
    left: tuple[str, ...]
    """How those inside got out, said after the words: *but broke out*."""
    meanwhile: tuple[str, ...]
    """What may stand between a joint and that: *and they have since ...*."""
    parts: tuple[str, ...]
    """What makes it a part of a force and not the whole: *some of the*, *less than half*."""
    except_for: tuple[str, ...]
    """What takes a number out of the whole: *all but 200*."""
    mentions: tuple[str, ...]
    """What makes an assertion a topic: *claims of*, *reports of*."""
    contrasts: tuple[str, ...]
    """Where a clause ends and a negation with it: *but, and yet*."""
    says: tuple[str, ...]
    denies: tuple[str, ...]
    according: tuple[str, ...]
    claims: tuple[str, ...]
    """Nouns for an assertion: *claim*, *statement*."""
    that: tuple[str, ...]
    articles: tuple[str, ...]
    prepositions: tuple[str, ...]
    pronouns: tuple[str, ...]
    boundaries: tuple[str, ...]
    """Words at which a speaker's name is over."""
    adverbs: tuple[str, ...]
    """Words between a speaker and the verb that are neither."""
    subordinators: tuple[str, ...]
    military: tuple[str, ...]
    people: tuple[str, ...]
    """Whom a number counts."""
    others: tuple[str, ...]
    """What is surrounded, blocked or cut off in any other walk of life, or surrounds it."""
    backward: tuple[str, ...]
    """What of these is decisive on the left of a phrase: the thing blocked is named first."""
    terrain: tuple[str, ...]
    """What of these forces stand on or behind, after a preposition: *troops on the right bank*."""
    places: tuple[str, ...]
    """Prepositions of place."""
    collectives: tuple[str, ...]
    """Words for people of whom nothing says that they are armed: *the group*."""
    copulas: tuple[str, ...]
    """What may stand between those and a phrase."""
    they: tuple[str, ...]
    """Pronouns that stand for a force named before."""
    months: tuple[str, ...]
    """Twelve patterns, January first."""
    weekdays: tuple[str, ...]
    """Seven patterns, Monday first."""
    numerals: dict[str, int]
    days: dict[str, int]
    """Words for a day counted from the day of writing: *yesterday* is -1."""
    later_days: dict[str, int]
    """Words for a day counted from the last day named: *a day later* is 1."""


def compile_phrase(phrase: str) -> str:
    r"""
    Turn a phrase of the lexicon into a regular expression over folded text.

    `*` stands for any ending, `(a|b)` for either, `[x]` for a word that may be missing, `…` for
    at most six words, and `!x` at the end for a word that must not come next.

    Examples
    --------
    >>> import re
    >>> bool(re.search(compile_phrase("cut off [from] suppl*"), "cut off supplies"))
    True
    >>> bool(re.search(compile_phrase("road is cut !off"), "who is on that road is cut off"))
    False
    """
    phrase, _, barred = phrase.partition(" !")
    words = re.findall(r"\[[^\]]*\]|\([^)]*\)[\w*]*|…|[^\s\[\]()…]+", phrase)
    last = max(i for i, word in enumerate(words) if word[0] not in "[…")
    written = ""
    for i, word in enumerate(words):
        if word == "…":
            written += GAP
        elif word[0] == "[":
            inner = "|".join(_compile_word(part) for part in word[1:-1].split("|"))
            written += f"(?:(?:{inner}){SPACE})?" if i < last else f"(?:{SPACE}(?:{inner}))?"
        else:
            written += _compile_word(word) + (SPACE if i < last else "")
    after = rf"(?!{SPACE}{_compile_word(barred)}(?![\w]))" if barred else ""
    return rf"(?<![\w]){written}(?![\w]){after}"


def _compile_word(word: str) -> str:
    if word.startswith("("):
        inner, _, ending = word[1:].partition(")")
        parts = "|".join(
            SPACE.join(re.escape(w).replace(r"\*", r"[\w'’]*") for w in part.split())
            for part in inner.split("|")
        )
        return f"(?:{parts})" + ending.replace("*", r"[\w'’]*")
    return SPACE.join(re.escape(part).replace(r"\*", r"[\w'’]*") for part in word.split())


@lru_cache(maxsize=512)
def compile_any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Compile phrases into one pattern that finds any of them, the longest first."""
    longest = sorted((compile_phrase(phrase) for phrase in phrases), key=len, reverse=True)
    return re.compile("|".join(longest) if longest else r"(?!)")

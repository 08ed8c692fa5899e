"""What is one name in another alphabet, another spelling or another case: folding and keys."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product
from typing import Literal

FirstForm = Literal["consonant", "a", "o", "i", "adjective"]
"""How a name ends in the nominative, which decides how its other cases may end."""

CYRILLIC = {
    letter: latin
    for latin, letters in {
        "a": "аәӑ", "b": "б", "v": "вўв", "h": "гґхһғҳӽ", "d": "д", "e": "еэ", "s": "жзсцшщчћҙҡҷҗ",
        "i": "иіыӣ", "j": "йј", "k": "кқќҝ", "l": "лљ", "m": "м", "n": "нњңҥ", "o": "оөӧ", "p": "п",
        "r": "р", "t": "т", "u": "уүұӯӱ", "f": "ф", "": "ъь", "je": "є", "ji": "ї", "ju": "ю",
        "ja": "я", "jo": "ё", "ds": "џѕђѓ",
    }.items()
    for letter in letters
}  # fmt: skip
"""Every Cyrillic letter as the letter that stands for all ways of romanising it: г is h or g, and
ж, з, с, ц, ч, ш and щ are written with s, z, c, h, t and j in too many ways to be told apart."""

FINE = CYRILLIC | dict(zip("жшщчцх", "ZSQCTX", strict=True))
"""The same where both words are Cyrillic: no spelling comes between these letters."""

LATIN = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
         "ə": "a", "ħ": "h", "ŋ": "n"}  # fmt: skip
"""Latin letters that Unicode does not take apart into a letter and a mark."""

ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي",
                        "ة": "ه", "ۀ": "ه", "ە": "ه", "ك": "ک", "ـ": ""})  # fmt: skip
"""Letters that Arabic, Persian and Kurdish keyboards write for one another."""

UNWRITTEN = re.compile("['’‘ʼ`´ʹʺʻʾʿ\"“”„\u200b-\u200f\u2060]")
"""Apostrophes, soft signs and quotation marks: left out as often as not."""

SPELLINGS = (
    (re.compile("schtsch|shch|stsch|szcz"), "s"),
    (re.compile("tsch|tch|sch|sh|zh|ch|ts|tz|cz|sz"), "s"),
    (re.compile("ck|qu|q"), "k"),
    (re.compile("kh|gh"), "h"),
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("c"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("g"), "h"),
    (re.compile("w"), "v"),
    (re.compile("ou"), "u"),
)
"""Latin spellings of one sound, in the order in which they are read."""

GLIDES = (
    (re.compile("[iyj]o"), "e"),
    (re.compile("[iyj]+"), "i"),
    (re.compile("i(?=[aeou])|(?<=[aeou])i"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)
"""Kupiansk, Kupyansk and Kupjansk; Artemovsk and Artyomovsk; Avdiivka and Avdijivka."""

SHIFTS = (
    (re.compile("[ieo]v(?=[ksn]|$)"), "V"),
    (re.compile("[io]l$"), "Ol"),
    (re.compile("r[io]h$"), "rOh"),
)
"""Where Ukrainian closes a vowel and Russian does not, or only the nominative does: Kharkiv and
Kharkov, -ivka and -ovka, Ternopil and Ternopolia, Rih and Rohu."""

ENDINGS: dict[FirstForm, tuple[str, ...]] = {
    "consonant": ("", *"а я у ю і ї е о ом ем єм ові еві ого ому им ым ім".split()),
    "a": tuple("а я и і ї ы у ю е ям ою ею єю ой ей ої ій ую юю ая яя".split()),
    "o": tuple("о е є ое ее а я у ю і ї ом ем єм ого его ому ему им ім ым".split()),
    "i": ("", *"и і ї ы ів їв ов ев ей ам ям ах ях ами ями их ых им ым ими ыми".split()),
    "adjective": tuple("ий ій ый ой ого его ому ему им ім ым ом".split()),
}
"""The case endings of Ukrainian and Russian nouns and adjectives by how the nominative ends. A
first word in -iv or -in (Chasiv Yar) bends as an adjective, so consonants take both."""

LONG_ENDINGS = (
    "ого его ому ему ами ями ими ыми ові еві ом ем єм ым им ім ям ам ах ях их ых ів їв ов ев ей"
).split()
"""Endings that hold a consonant: those of vowels alone fall with the vowels at the end."""

MOST_KEYS = 64
"""As many readings of one query are looked for."""


@lru_cache(maxsize=64)
def fold(text: str) -> str:
    """
    Write text in small letters, one spelling for each sound and every character where it was.

    Examples
    --------
    >>> fold("Окружён’")
    "окружен'"
    >>> len(fold("İẞ")) == len("İẞ")
    True
    """
    return "".join(_fold_letter(letter) for letter in text)


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    small = letter.lower()
    small = small if len(small) == 1 else letter
    return {"ё": "е", "’": "'", "ʼ": "'", "`": "'", "\u00a0": " ", "\u2011": "-"}.get(small, small)


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """
    Write a name without case, accents, apostrophes and hyphens; folding twice changes nothing.

    Examples
    --------
    >>> fold_name("Kup’yans’k"), fold_name("Goražde"), fold_name("Дейр-эз-Зор")
    ('kupyansk', 'gorazde', 'деир эз зор')
    """
    return " ".join(_strip_marks(word) for word in split_name(name))


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str, ...]:
    """Split a name into words in small letters, without apostrophes."""
    small = unicodedata.normalize("NFKC", UNWRITTEN.sub("", name).casefold()).casefold()
    small = UNWRITTEN.sub("", small).translate(ARABIC)
    return tuple(re.findall(r"[\w\u0300-\u036f\u0900-\u0dff]+", small.replace("_", " ")))


@lru_cache(maxsize=8192)
def _strip_marks(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return "".join(LATIN.get(letter, letter) for letter in bare)


def is_cyrillic(word: str) -> bool:
    """Tell whether a word is written in Cyrillic letters."""
    return any("\u0400" <= letter <= "\u052f" for letter in word)


def is_romanised(word: str) -> bool:
    """Tell whether a word is in an alphabet that is romanised here: Latin or Cyrillic."""
    return all(letter < "\u0370" or "\u0400" <= letter <= "\u052f" for letter in word)


@lru_cache(maxsize=8192)
def romanise(word: str, *, fine: bool = False) -> str:
    """
    Write a word so that every usual way of romanising it comes out alike.

    Examples
    --------
    >>> {romanise(w) for w in ("Куп'янськ", "Kup’yans’k", "Kupiansk", "Kupjansk")}
    {'kupansk'}
    >>> {romanise(w) for w in ("Донецьк", "Donetsk", "Donezk")}
    {'donesk'}
    >>> romanise("Суджа") == romanise("Судча"), romanise("Суджа", fine=True)
    (True, 'sudZa')
    """
    table = FINE if fine else CYRILLIC
    small = UNWRITTEN.sub("", word.casefold())
    if not is_romanised(small):
        return _strip_marks(small)
    bare = "".join(table.get(letter, letter) for letter in small)
    bare = "".join(table.get(letter, letter) for letter in _strip_marks(bare))
    for spelling, sound in (*SPELLINGS, *GLIDES):
        bare = spelling.sub(sound, bare)
    return bare


def stem(word: str) -> str:
    """
    Cut a romanised word to what no case changes.

    Examples
    --------
    >>> stem(romanise("Авдіївка")), stem(romanise("Авдеевка")), stem(romanise("Avdiivka"))
    ('avdVk', 'avdVk', 'avdVk')
    """
    bare = word.rstrip("aeiou") or word
    for shift, sound in SHIFTS:
        bare = shift.sub(sound, bare)
    return bare


def find_form(word: str) -> FirstForm:
    """Tell how a name ends in the nominative."""
    small = word.casefold()
    if small.endswith(("ий", "ій", "ый", "ой", "yy", "yi", "yj", "ij")):
        return "adjective"
    last = _strip_marks(small)[-1:]
    for form, letters in (("a", "aая"), ("o", "oeоеєэ"), ("i", "iyиіы")):
        if last in letters:
            return form  # type: ignore[return-value]
    return "consonant"


def is_case_of(word: str, name: str) -> bool:
    """
    Tell whether a written word can be a case of a name's word that has the same key.

    Latin letters have no cases here: only the spelling of the last vowels may differ.

    Examples
    --------
    >>> is_case_of("Бахмута", "Бахмут"), is_case_of("Лиманах", "Лиман")
    (True, False)
    """
    form = find_form(name)
    if not is_cyrillic(word):
        return find_form(word) == form or {find_form(word), form} <= {"i", "adjective"}
    small = UNWRITTEN.sub("", word.casefold()).replace("ё", "е").rstrip("ь")
    return any(
        _closes(small, ending) if ending else _is_bare(small, name) for ending in ENDINGS[form]
    )


def _is_bare(word: str, name: str) -> bool:
    """Tell whether a word is a name without its ending: Sum of Sumy, Krynok of Krynky."""
    if find_form(word) != "consonant":
        return False
    sounds = {stem(romanise(form)) for form in (word, *_undo_mutation(word))}
    return stem(romanise(name)) in sounds


def _closes(word: str, ending: str) -> bool:
    before = word.removesuffix(ending).rstrip("ь")
    return before != word and not before.endswith(tuple("аеєиіїоуюяыэ")) and len(before) > 1


@lru_cache(maxsize=4096)
def read_keys(text: str, *, fine: bool = False) -> tuple[str, ...]:
    """
    List the keys under which a written name may be found, the likeliest first.

    Examples
    --------
    >>> key_of("Часів Яр") in read_keys("Часовому Яру")
    True
    >>> key_of("Авдіївка") in read_keys("Авдіївці")
    True
    """
    words = [_read_word(word, fine=fine) for word in split_name(text)]
    readings = islice(product(*words), MOST_KEYS)
    return tuple(dict.fromkeys(" ".join(reading) for reading in readings))


def _read_word(word: str, *, fine: bool) -> tuple[str, ...]:
    found = [stem(romanise(word, fine=fine))]
    if is_cyrillic(word):
        found += [stem(romanise(form, fine=fine)) for form in _undo_case(word.replace("ё", "е"))]
    elif "ch" in word:
        # German writes х as ch; English writes ч so.
        found.append(stem(romanise(word.replace("ch", "h"))))
    return tuple(dict.fromkeys(found))


def _undo_case(word: str) -> list[str]:
    bare = [
        word.removesuffix(ending)
        for ending in LONG_ENDINGS
        if word.endswith(ending) and len(word) - len(ending) > 1
    ]
    return bare + _undo_mutation(word)


def _undo_mutation(word: str) -> list[str]:
    return [here.sub(nominative, word) for here, nominative in MUTATIONS if here.search(word)]


MUTATIONS = (
    (re.compile("ці$"), "к"),
    (re.compile("зі$"), "г"),
    (re.compile("сі$"), "х"),
    (re.compile("ок$"), "к"),
    (re.compile("(?<=[^аеєиіїоуюяыэь])к(?:а|у|ом|ові|е|і)$"), "ок"),
    (re.compile("(?<=[^аеєиіїоуюяыэ])ц(?:я|ю|ем|еві|і|е|а|у|ом)$"), "ец"),
)
"""What a case does inside the word: Avdiivka to Avdiivtsi, Krynky to Krynok, Horodok to Horodka."""


@lru_cache(maxsize=8192)
def key_of(name: str, *, fine: bool = False) -> str:
    """
    Give the key under which a listed name is kept.

    Examples
    --------
    >>> key_of("Kurakhove"), key_of("Курахово"), key_of("حلب")
    ('kurahV', 'kurahV', 'حلب')
    """
    return " ".join(stem(romanise(word, fine=fine)) for word in split_name(name))


OFFICIAL = {
    **dict(zip("абвгґдезиіклмнопрстуфїй", "abvhgdezyiklmnoprstufii", strict=True)),
    **dict(zip("жхцчшщєюяь", "zh kh ts ch sh shch ie iu ia ".split(" "), strict=True)),
}
"""Ukraine's own romanisation. Source: Cabinet of Ministers, resolution 55 of 27 January 2010."""
FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
"""The same, where a word begins."""


def romanise_officially(name: str) -> str | None:
    """
    Romanise a Ukrainian name as Ukraine does; nothing where it is not written in Ukrainian.

    Examples
    --------
    >>> romanise_officially("Куп'янськ"), romanise_officially("Кривий Ріг")
    ('Kupiansk', 'Kryvyi Rih')
    """
    small = UNWRITTEN.sub("", name.casefold()).replace("зг", "zgh")
    words: list[str] = []
    for word in re.split(r"([\s-]+)", small):
        letters = [FIRST.get(word[:1]) or OFFICIAL.get(word[:1], word[:1])]
        letters += [OFFICIAL.get(letter, letter) for letter in word[1:]]
        words.append("".join(letters).capitalize())
    written = "".join(words)
    return written if written.isascii() else None

"""What do the words in a table's cells mean: sides, echelons, grades, lengths, symbols."""

from __future__ import annotations

import re
from typing import get_args

from encircle.map.recognise.headings import plain_heading
from encircle.map.situation import Echelon

FRIENDLY, HOSTILE = "friendly", "hostile"
"""Sides by how whoever drew the table stands to them; which they are, the map or --side tells."""

_SIDES = {
    "UA": "ua ukr ukraine ukrainian ukrainians ukrainian_army armed_forces_of_ukraine afu uaf zsu "
    "зсу всу україна украина українські украинская украинские ukrainische ukrainisch "
    "ukrainian_forces ukrainian_armed_forces military_forces_of_ukraine збройні_сили_україни",
    "RU": "ru rus russia russian russians russian_army russian_federation rf рф россия росія "
    "россии російські русские российская вс_рф зс_рф russland russische russisch russian_forces "
    "russian_armed_forces armed_forces_of_russia military_forces_of_russia vks afrf зсрф всрф",
    FRIENDLY: "friendly friend friends friendly_forces own own_forces own_troops us ours our blue "
    "bluefor blufor свої свои наші наши друж дружні eigene own_side f",
    HOSTILE: "hostile enemy enemies foe opfor red redfor enemy_forces adversary opposing ворог "
    "ворожі противник враг вражеские feind feindlich opponent h",
}
SIDES = {word: side for side, words in _SIDES.items() for word in words.split()}
"""Side by what tables call it, as `plain_heading` gives it."""
NO_SIDE = frozenset("unknown unclear none n_a na tbd neutral other civilian unidentified".split())

_ECHELONS: dict[Echelon, str] = {
    "squad": "squad team crew fire_team отделение відділення trupp gruppe",
    "section": "section секция",
    "platoon": "platoon plt взвод zug",
    "company": "company coy co battery troop рота kompanie",
    "battalion": "battalion bn btg btn batallion battalion_tactical_group squadron батальон "
    "батальйон bataillon дивизион дивізіон",
    "regiment": "regiment regt rgt group полк",
    "brigade": "brigade bde brig бригада",
    "division": "division div дивизия дивізія",
    "corps": "corps корпус army_corps korps",
    "army": "army армия армія field_army combined_arms_army cаа armee army_group front district",
}
ECHELONS = {word: echelon for echelon, words in _ECHELONS.items() for word in words.split()}
"""Echelon by what tables call it: English, Ukrainian, Russian, German."""

PRESENT = {
    word: state
    for state, words in {
        "yes": "yes y present active there here confirmed current так да є есть holding 1 true ja",
        "withdrawn": "withdrawn left gone retreated withdrew no absent moved destroyed surrendered "
        "inactive відійшли вийшли отошли вышли нет ні abgezogen 0 false former disbanded",
        "unknown": "unknown unclear unconfirmed possibly possible maybe невідомо неизвестно",
    }.items()
    for word in words.split()
}
BASES = {
    word: basis
    for basis, words in {
        "geolocated": "geolocated geolocation geoconfirmed visual visually_confirmed picture photo "
        "video satellite imagery confirmed_by_picture геолокація геолокация геолоковано",
        "sketch": "sketch drawn account written map history",
        "reported": "reported report claimed said rumour rumor unconfirmed media text osint social",
    }.items()
    for word in words.split()
}

_SIDC_LETTERS = re.compile(r"[SGOEWIM*][A-Z*-][A-Z*-][A-Z*-][A-Z0-9*-]{6}[A-Z*-]{2}[A-Z*-]{0,3}")
"""MIL-STD-2525B/C: scheme, affiliation, dimension, status, function, echelon."""
_SIDC_DIGITS = re.compile(r"1\d{19}(?:\d{10})?")
"""MIL-STD-2525D/E, APP-6D: version, context, identity, set, status, HQ, echelon, entity."""
_AFFILIATION = {"F": FRIENDLY, "A": FRIENDLY, "H": HOSTILE, "S": HOSTILE}
_IDENTITY = {"3": FRIENDLY, "2": FRIENDLY, "6": HOSTILE, "5": HOSTILE}
_SIZES: dict[str, Echelon] = {
    "A": "squad", "B": "squad", "C": "section", "D": "platoon", "E": "company", "F": "battalion",
    "G": "regiment", "H": "brigade", "I": "division", "J": "corps", "K": "army", "L": "army",
    "11": "squad", "12": "squad", "13": "section", "14": "platoon", "15": "company",
    "16": "battalion", "17": "regiment", "18": "brigade", "21": "division", "22": "corps",
    "23": "army", "24": "army",
}  # fmt: skip
"""Echelon by the code of a symbol; a team is drawn as a squad, an army group as an army."""


def read_sidc(text: str) -> tuple[str | None, Echelon | None] | None:
    """
    Read a symbol's code: side and echelon, None where it does not say; None: it is no code.

    Examples
    --------
    >>> read_sidc("SHGPUCIZ--AI"), read_sidc("10031000181211000000"), read_sidc("SNGPUCIL---H---")
    (('hostile', 'division'), ('friendly', 'brigade'), (None, 'brigade'))
    >>> read_sidc("infantry") is None
    True
    """
    code = text.strip().upper()
    if _SIDC_LETTERS.fullmatch(code):
        return _AFFILIATION.get(code[1]), _SIZES.get(code[11])
    if _SIDC_DIGITS.fullmatch(code):
        return _IDENTITY.get(code[3]), _SIZES.get(code[8:10])
    return None


def find_side(text: str) -> str | None:
    """
    Find the side a cell names; None: a word of its own, which may be a side's id.

    Examples
    --------
    >>> find_side("РФ"), find_side("Ukrainian forces"), find_side("Wagner")
    ('RU', 'UA', None)
    """
    return SIDES.get(plain_heading(text))


def find_echelon(text: str) -> Echelon | None:
    """
    Find the echelon a cell names, alone or within a name.

    Examples
    --------
    >>> find_echelon("Brigade"), find_echelon("бригада"), find_echelon("XX"), find_echelon("many")
    ('brigade', 'brigade', None, None)
    """
    word = plain_heading(text)
    if word in get_args(Echelon):
        return word  # type: ignore[return-value]
    return ECHELONS.get(word)


_LENGTH = re.compile(
    r"(?:±|\+/-|\+-|~|≈|c\.|ca\.?|about|up to|within|<|≤)? ?(\d{1,9}(?:[.,]\d{1,6})?) ?"
    r"(m|km|м|км|metres?|meters?|kilomet(?:re|er)s?|mi|miles?|ft|feet)?\.?", re.IGNORECASE,
)  # fmt: skip
_TIMES = {"m": 1.0, "м": 1.0, "k": 1000.0, "к": 1000.0, "mi": 1609.344, "f": 0.3048}
_THOUSANDS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+")


def read_length(text: str, scale: float = 1.0) -> float | None:
    """
    Read a length in metres; None: it is none. A unit in the cell outweighs the heading's.

    Examples
    --------
    >>> read_length("±500 m"), read_length("0,5 км"), read_length("3", 1000.0), read_length("far")
    (500.0, 500.0, 3000.0, None)
    """
    bare = " ".join(text.split())
    if _THOUSANDS.fullmatch(bare):
        bare = bare.replace(" ", "")
    found = _LENGTH.fullmatch(bare)
    if not found:
        return None
    unit = (found[2] or "").lower()
    times = _TIMES.get(unit[:2], _TIMES.get(unit[:1], scale)) if unit else scale
    return round(float(found[1].replace(",", ".")) * times, 3)


_GRADE = re.compile(r"([A-FА-Е]) ?[-/]? ?([1-6])", re.IGNORECASE)
_CYRILLIC = str.maketrans("АВСЕ", "ABCE")
_RELIABILITY = {
    "completely_reliable": "A", "usually_reliable": "B", "fairly_reliable": "C",
    "not_usually_reliable": "D", "unreliable": "E", "cannot_be_judged": "F",
}  # fmt: skip
_CREDIBILITY = {
    "confirmed": 1, "probably_true": 2, "possibly_true": 3, "doubtful": 4, "improbable": 5,
    "cannot_be_judged": 6,
}  # fmt: skip
"""The Admiralty scale. Source: AJP-2.1."""


def read_grade(text: str) -> tuple[str, int] | None:
    """
    Read a grade of the Admiralty scale; letters that look Latin are read so.

    Examples
    --------
    >>> read_grade("b-2"), read_grade("В2"), read_grade("Z9")
    (('B', 2), ('B', 2), None)
    """
    found = _GRADE.fullmatch(text.strip().upper().translate(_CYRILLIC))
    return (found[1], int(found[2])) if found else None


def read_reliability(text: str) -> str | None:
    """Read a source's reliability: a letter, or AJP-2.1's words."""
    letter = text.strip().upper().translate(_CYRILLIC)
    return letter if letter in set("ABCDEF") else _RELIABILITY.get(plain_heading(text))


def read_credibility(text: str) -> int | None:
    """Read the information's credibility: a number, or AJP-2.1's words."""
    bare = text.strip().removesuffix(".0")
    return int(bare) if bare in set("123456") else _CREDIBILITY.get(plain_heading(text))


def read_share(text: str) -> float | None:
    """
    Read a probability from 0 to 1, or in percent.

    Examples
    --------
    >>> read_share("0,8"), read_share("80 %"), read_share("80")
    (0.8, 0.8, None)
    """
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,9})?) ?(%)?", text.strip())
    if not found:
        return None
    share = float(found[1].replace(",", ".")) / (100 if found[2] else 1)
    return share if share <= 1 else None

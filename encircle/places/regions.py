"""Regions, by the town they are called after or their own name: Kursk oblast, Сумщина, Donbas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import shapely

from encircle.places.known import compile_known, find_known
from encircle.places.letters import fold
from encircle.places.nearby import nearest_place

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from encircle.places.listing import Place

_WORD = (
    r"(?:oblast\w{0,2}'?|regions?|provinces?|governorate|gebiet\w{0,2}|област\w{0,4}|обл\.?"
    r"|регион\w{0,3}|регіон\w{0,3})"
)
_BEFORE = rf"(?:{_WORD}\s+(?:of\s+|von\s+)?)"
_AFTER = re.compile(rf"[\s-]+{_WORD}(?!\w)")
_FRONT = re.compile(rf"{_BEFORE}$")
_SUFFIX = re.compile(rf"[\s,-]+{_WORD}\W*$", re.IGNORECASE)
_PREFIX = re.compile(rf"^(?:the\s+)?{_BEFORE}", re.IGNORECASE)
_ADJECTIVE_ENDS = (
    r"(?:а|ої|ій|у|ою|ий|ого|ому|им|ая|ой|ую|ые|ых|ие|их|і|a|aya|oyi|oi|iy|ij|ii|yi|oy|yy|y)?"
)
"""Endings of an adjective in *-ськ-* or *-ск-*, and of the same in Latin letters."""
LEAST_SHARE = 1 / 3
"""A force on a border lies in the regions on both sides; one with a corner over it does not."""
MOST_CORNERS = 200
"""So many corners of a force's ground are asked in which region they lie, evenly spread."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region, or several under one name."""

    name: str
    """As it is told: *Kharkiv region*, *Donbas*."""
    town: str
    """Its seat, or the largest of its towns."""
    parts: tuple[tuple[str, str], ...]
    """Country and region, as the gazetteer calls it."""
    adjectives: tuple[str, ...] = ()
    """Stems that mean it beside a word for a region, folded: *харківськ*, *kharkivsk*."""
    names: tuple[str, ...] = ()
    """Stems that mean it alone, folded: *харківщин*, *donbas*."""


def _oblast(town: str, admin: str, adjectives: str, names: str = "", country: str = "UA") -> Region:
    called = tuple(adjectives.split())
    return Region(
        f"{town} region", town, ((country, admin),), (*called, fold(town)), tuple(names.split())
    )  # fmt: skip


_DONETSK, _LUHANSK, _KHARKIV = ("UA", "Donetsk"), ("UA", "Luhansk"), ("UA", "Kharkivs’ka Oblast’")
_CRIMEA = (("UA", "Crimea"), ("UA", "Sevastopol City"))
_SOUTH = (("UA", "Kherson"), ("UA", "Mykolaiv"), ("UA", "Zaporizhzhia"), ("UA", "Odessa"), *_CRIMEA)
_EAST_STEMS = "eastern_ukraine east_ukraine east_of_ukraine ostukraine osten_der_ukraine"
_EAST_STEMS += (
    " сході_україни схід_україни східн\\w*_україн востоке_украины восток_украины восточн\\w*_украин"
)
_SOUTH_STEMS = "southern_ukraine south_of_ukraine südukraine süden_der_ukraine півдні_україни"
_SOUTH_STEMS += " південн\\w*_україн юге_украины южн\\w*_украин"
REGIONS = (
    Region("Donbas", "Donetsk", (_DONETSK, _LUHANSK), (),
           ("donbas", "donbass", "донбас", "донбасс", "donezbecken")),
    Region("Crimea", "Simferopol", _CRIMEA, ("кримськ", "крымск", "krimsk", "krymsk"),
           ("crimea", "crimean_peninsula", "krim", "крим", "крым")),
    Region("eastern Ukraine", "Donetsk", (_DONETSK, _LUHANSK, _KHARKIV), (),
           tuple(_EAST_STEMS.split())),
    Region("southern Ukraine", "Kherson", _SOUTH, (), tuple(_SOUTH_STEMS.split())),
    _oblast("Donetsk", "Donetsk", "донецьк донецк donetsk donezk", "донеччин донетчин donechchyn"),
    _oblast("Luhansk", "Luhansk", "луганськ луганск luhansk lugansk", "луганщин luhanshchyn"),
    _oblast("Kharkiv", "Kharkivs’ka Oblast’",
            "харківськ харьковск kharkivsk kharkivs'k kharkovsk charkiwsk",
            "харківщин харьковщин kharkivshchyn"),
    _oblast("Sumy", "Sumy", "сумськ сумск sumsk sums'k", "сумщин sumshchyn"),
    _oblast("Chernihiv", "Chernihiv", "чернігівськ черниговск chernihivsk chernigovsk",
            "чернігівщин черниговщин chernihivshchyn"),
    _oblast("Zaporizhzhia", "Zaporizhzhia",
            "запорізьк запорожск zaporizk zaporiz'k zaporizhzhsk zaporozhsk", "запоріжчин"),
    _oblast("Kherson", "Kherson", "херсонськ херсонск khersonsk", "херсонщин khersonshchyn"),
    _oblast("Mykolaiv", "Mykolaiv", "миколаївськ николаевск mykolaivsk nikolaevsk",
            "миколаївщин николаевщин"),
    _oblast("Dnipro", "Dnipropetrovsk",
            "дніпропетровськ днепропетровск dnipropetrovsk dnepropetrovsk дніпровськ",
            "дніпропетровщин днепропетровщин"),
    _oblast("Poltava", "Poltava", "полтавськ полтавск poltavsk", "полтавщин"),
    _oblast("Odesa", "Odessa", "одеськ одесск odesk odessk", "одещин одесчин"),
    _oblast("Zhytomyr", "Zhytomyr", "житомирськ житомирск zhytomyrsk", "житомирщин"),
    Region("Kyiv region", "Kyiv", (("UA", "Kyiv"), ("UA", "Kyiv City")),
           ("київськ", "киевск", "kyivsk", "kievsk"), ("київщин", "киевщин")),
    _oblast("Kursk", "Kursk Oblast", "курськ курск kursk", "курщин", "RU"),
    _oblast("Belgorod", "Belgorod Oblast",
            "бєлгородськ белгородськ белгородск belgorodsk belgorod", "бєлгородщин белгородщин",
            "RU"),
    _oblast("Bryansk", "Bryansk Oblast", "брянськ брянск bryansk brjansk",
            "брянщин", "RU"),
    _oblast("Voronezh", "Voronezh Oblast", "воронезьк воронежск voronezhsk", "", "RU"),
    _oblast("Rostov-on-Don", "Rostov", "ростовськ ростовск rostovsk", "", "RU"),
)  # fmt: skip
"""Regions of the war since 2014 by their adjectives and own names; any other is called after the
town in its first case. Source: the gazetteer's own list, and the names' grammar."""


@lru_cache(maxsize=1)
def _compile_regions() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Region], ...]:
    """Compile how a region is called beside a word for one, and how alone."""
    compiled = []
    for region in REGIONS:
        adjectives = "|".join(re.escape(a) for a in region.adjectives) or r"(?!)"
        beside = rf"(?<!\w)(?:{adjectives}){_ADJECTIVE_ENDS}(?!\w)"
        names = "|".join(n.replace("_", r"\s+") for n in region.names) or r"(?!)"
        alone = rf"(?<!\w)(?:{names})[\w']{{0,3}}(?!\w)"
        compiled.append((re.compile(beside), re.compile(alone), region))
    return tuple(compiled)


def find_region(word: str) -> Region | None:
    """
    Find the region that a word, or a town's adjective, means, and nothing but it.

    Examples
    --------
    >>> found = find_region("Харківській")
    >>> found.name if found else None
    'Kharkiv region'
    """
    folded = fold(word.strip())
    for beside, alone, region in _compile_regions():
        if beside.fullmatch(folded) or alone.fullmatch(folded):
            return region
    return None


def find_regions(text: str) -> list[tuple[int, int, Region]]:
    """
    Find the regions a text names by an adjective with a word for one, or by their own names.

    Examples
    --------
    >>> [region.name for _, _, region in find_regions("Окружены в Сумской области, на Донбассе")]
    ['Sumy region', 'Donbas']
    """
    folded = fold(text)
    found: list[tuple[int, int, Region]] = []
    for beside, alone, region in _compile_regions():
        found += [
            (match.start(), after.end(), region) for match in beside.finditer(folded)
            if (after := _AFTER.match(folded, match.end()))
        ]  # fmt: skip
        found += [
            (m.start(), m.end(), region) for m in alone.finditer(folded)
            if not text[m.start() : m.end()].islower()
        ]  # fmt: skip
    return sorted(found, key=lambda f: (f[0], -f[1]))


def region_of_town(town: Place) -> Region:
    """Give the region that a town lies in, called after the town."""
    return Region(f"{town.name} region", town.name, ((town.country, town.admin),))


def split_region(name: str) -> tuple[str, bool]:
    """
    Part the name of a region from the word that says it is one.

    Examples
    --------
    >>> split_region("Kursk oblast"), split_region("the region of Kursk"), split_region("Kursk")
    (('Kursk', True), ('Kursk', True), ('Kursk', False))
    """
    bare = _PREFIX.sub("", _SUFFIX.sub("", name.strip()))
    return (bare, True) if bare and bare != name.strip() else (name.strip(), False)


def find_region_called(name: str) -> Region | None:
    """
    Find the region that a name stands for.

    Its own name, or that of a town or an adjective of one with a word for a region.

    None: it is none of `REGIONS`.

    Examples
    --------
    >>> [find_region_called(said).name for said in ("Kharkivs'ka Oblast'", "Сумщина", "the Donbas")]
    ['Kharkiv region', 'Sumy region', 'Donbas']
    >>> find_region_called("Kharkiv") is None
    True
    """
    bare, is_said = split_region(re.sub(r"^the\s+", "", name.strip(), flags=re.IGNORECASE))
    folded = fold(bare)
    towns = {place.name for place in find_known(bare)} if is_said else set()
    for beside, alone, region in _compile_regions():
        if alone.fullmatch(folded) or (is_said and beside.fullmatch(folded)):
            return region
        if region.town in towns and len(region.parts) == 1:
            return region
    return None


def is_called_region(name: str, text: str) -> bool:
    """
    Tell whether a text that names a place means the region called after it.

    Examples
    --------
    >>> is_called_region("Kursk", "Encircled in the Kursk region."), is_called_region(
    ...     "Kursk", "Encircled in Kursk.")
    (True, False)
    >>> is_called_region("Kursk", "Окружены в Курской области")
    True
    """
    folded = fold(text)
    called = {place.name for place in find_known(name)}
    patterns = [pattern for pattern, place in compile_known() if place.name in called]
    patterns.append(re.compile(rf"(?<!\w){re.escape(fold(name))}(?!\w)"))
    return any(
        _AFTER.match(folded, found.end()) or _FRONT.search(folded[: found.start()])
        for pattern in patterns
        for found in pattern.finditer(folded)
    )


def may_be_region(name: str) -> bool:
    """
    Tell whether a name alone is as often a region's as a town's, as Kursk is.

    Examples
    --------
    >>> may_be_region("Kursk"), may_be_region("Sudzha")
    (True, False)
    """
    return any(place.region for place in find_known(name))


def lies_in_region(shape: BaseGeometry, region: Region) -> bool:
    """
    Tell whether a third of the corners of what is drawn lie in a region.

    The region of a corner is that of the listed place nearest to it: near a region's border this
    errs by half the way between two villages.

    Parameters
    ----------
    region
        As `find_regions` or `region_of_town` gives it.
    """
    corners = shapely.get_coordinates(shape)
    asked = corners[:: max(1, len(corners) // MOST_CORNERS)].tolist()
    near = [nearest_place(lon, lat) for lon, lat in asked]
    within = [p for p in near if p and p.admin and (p.country, p.admin) in region.parts]
    return len(within) >= LEAST_SHARE * len(near) > 0

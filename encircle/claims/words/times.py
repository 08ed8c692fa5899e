"""Which words give a time that is no day of the report's: *in 1943*, *in May*, *last winter*."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from encircle.claims.words.lexicon import compile_any, fold
from encircle.claims.words.sentences import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from encircle.claims.words.apart import Parted
    from encircle.claims.words.lexicon import Language

ORDINALS = (
    r"(?:\w{2,}надцят|двадцят|тридцят|сорок|перш|друг|трет|четверт|п'ят|шост|сьом|восьм|дев'ят|десят|"
    r"\w{2,}надцат|двадцат|тридцат|перв|втор|пят|шест|седьм|девят)"
)
"""Years in words, folded: *п'ятнадцятого року*."""
YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
COUNTED = (
    r"(?:men|people|troops|soldier|personnel|fighter|marine|mann|soldat|kämpfer|бойц|бійц|солдат|"
    r"военн|військов|человек|людей|осіб|km|kilomet|met(?:er|re)|метр|км)"
)
"""What a number before it counts, so that it is no year, folded."""
SEASONS = (
    r"(?:(?:(?:in|during|over|the|that|late|early|mid|last)[\s-]+){1,3}"
    r"(?:spring|summer|autumn|winter|fall(?!\s+of))|"
    r"(?:im|ende|anfang|mitte|diesen|jenem|(?:letzte|vergangene|vorige)[nsrm]?)\s+(?:des\s+)?"
    r"(?:frühjahrs?|frühlings?|sommers?|herbst(?:es)?|winters?)|"
    r"осенью|зимой|весной|летом|восени|взимку|навесні|влітку)"
)
"""A season is never the day of a report, folded."""
OTHER_TIME = re.compile(
    r"(?<!\w)(?:in|im|ende|anfang|mitte|during|(?P<weak>of|by|у|в|во|к|на))\s+"
    rf"(?:(?:the|early|late|mid|year|jahre?|[^\W\d]{{3,10}})[\s-]+){{0,2}}{YEAR}(?![\d.,]\d|\d)"
    rf"(?(weak)(?!\s+{COUNTED}))|"
    rf"(?<!\w)[^\W\d]{{3,10}}\s+{YEAR.replace('year', 'last')}(?=[.,;])|"
    rf"^\W*{YEAR.replace('year', 'first')}\s+(?:wurden?|waren?|sind|were|was)(?!\w)|"
    rf"{YEAR.replace('year', 'slavic')}(?:-?(?:го|му|м))?\s*(?:року|році|году|года|гг?\.|рр?\.)|"
    rf"(?<!\w)(?:{SEASONS}|"
    r"(?:first|second)\s+world\s+war|world\s+war\s+(?:one|two|ii?)|wwii?|"
    r"(?:ersten|zweiten)\s+weltkrieg\w*|(?:перв|втор)\w+\s+миров\w+|великой\s+отечественной|"
    r"(?:перш|друг)\w+\s+світов\w+|(?:в\s+годы|[ув]\s+роки)\s+(?:\w+\s+)?в[оі]йн\w+|"
    rf"(?:{ORDINALS})\w*\s+(?:року|році|году|года)|last\s+(?:year|month|week)|"
    r"(?:\w+\s+)?(?:years?|months?|weeks?|decades?|centur(?:y|ies))\s+(?:ago|earlier|before)|"
    r"(?:letzte|vergangene|vorige)[nsrm]?\s+(?:jahr(?:es)?|monat|woche)|"
    r"vor\s+(?:\w+\s+){1,2}(?:jahr(?:en)?|monat(?:en)?|wochen|jahrzehnten)|"
    r"прошл\w+\s+(?:год\w*|месяц\w*|недел\w*|лет\w+|зим\w+|весн\w+|осен\w+)|"
    r"(?:\w+\s+)?(?:лет|год|года|месяц\w*|недел\w+)\s+(?:тому\s+)?назад|"
    r"торік|позаторік|минул\w+\s+(?:рок\w+|місяц\w+|тижн\w+|літ\w+|зим\w+|весн\w+|осен\w+)|"
    r"(?:\w+\s+)?(?:років|рік|роки|місяц\w+|тиж\w+)\s+тому)(?!\w)"
)
"""Words for a time that is not that of the report and no day of it, folded."""
PART_OF_MONTH = re.compile(
    r"(?<!\w)(?:early|late|mid|middle|beginning|start|end|first|second|third|last|"
    r"anfang|mitte|ende|начал\w|середин\w|кон[ец]\w+|перв\w+|втор\w+|трет\w+|последн\w+|прошл\w+|"
    r"початк\w|початок|кін[ец]\w+|наприкінці|перш\w+|друг\w+|останн\w+|минул\w+)(?!\w)"
)
"""A part of a month, or another year's, folded."""
TO_MONTH = (
    rf"(?:{PART_OF_MONTH.pattern}|in|im|by|to|of|during|the|it|was|war|es|bis|zum|month|weeks?|"
    r"half|days|monat|woche|hälfte|в|во|к|ко|на|у|до|за|о|був|был|числах|половин\w|недел\w|дн\w+|"
    r"тижн\w+|днях)"
)
"""What stands before the name of a month, folded."""
NOT_ALWAYS_MONTHS = frozenset(
    "may march mar jan jun sep dec август лютий лютого лютому листопад листопаду".split()
)
"""Names of months that are other words as well, folded."""
SINCE = re.compile(
    r"(?<!\w)(?:since|from|than|until|seit|als|ab|с|со|чем|з|зі|від|ніж)\s+"
    r"(?:the\s+|dem\s+|der\s+)?$"
)
"""What makes a time the beginning of a longer one, or another thing's, folded."""
LONGEST_TIME = 1
"""*In the spring offensive, …*: a clause that begins with a time may have so many words more."""
OPENING = re.compile(
    r"(?<!\w)(?:back|already|as|early|the|during|bereits|schon|noch|уже|вже|ще|еще)(?!\w)"
)
"""What may stand in a clause that gives a time and nothing else: *Back in 1943, …*; folded."""


def list_other_times(
    text: str, language: Language, now: date | None, within: tuple[int, int] | None = None
) -> Iterator[tuple[int, int]]:
    """
    List where a text names times by no day of them; the month and year of the report are none.

    Parameters
    ----------
    now
        A day of the report.
    within
        The part of the text to look through, from where up to where.

    Examples
    --------
    >>> from datetime import date
    >>> from encircle.claims.words.lexicon import LANGUAGES
    >>> en, day = LANGUAGES["en"], date(2025, 3, 14)
    >>> list(list_other_times("in 1943 and in 2025", en, day))
    [(0, 7)]
    >>> said = "in March, in May, since May, early in March; they may"
    >>> [said[a:b] for a, b in list_other_times(said, en, day)]
    ['in May', 'early in March']
    """
    start, end = within or (0, len(text))
    folded = fold(text)[:end]
    found = [m.span() for m in OTHER_TIME.finditer(folded, start) if not _is_year_of(m, now)]
    found += _find_months(text, folded, language, now, start)
    for span in sorted(found):
        if not SINCE.search(folded[: span[0]]):
            yield span


def _is_year_of(found: re.Match[str], now: date | None) -> bool:
    told = next((one for one in found.groups() if one and one.isdigit()), None)
    return bool(told and now and int(told) == now.year)


def _find_months(
    text: str, folded: str, language: Language, now: date | None, start: int
) -> Iterator[tuple[int, int]]:
    """Find months without a day, but for that of the report and what is written like a month."""
    for found in _compile_months(language.months).finditer(folded, start):
        number = next(n for n in range(1, 13) if found[f"month{n}"])
        name = found.start(f"month{number}")
        is_named = text[name].isupper() or language.code in ("uk", "ru")
        if name > 0 and text[name].isupper() and language.code in ("uk", "ru"):
            continue  # a village of that name
        is_placed = found["lead"] or found["said"]
        if found[f"month{number}"] in NOT_ALWAYS_MONTHS and not (is_named and is_placed):
            continue
        year = int(found["said"]) if found["said"] else None
        is_whole = not PART_OF_MONTH.search(found["lead"])
        if not (now and is_whole and number == now.month and year in (None, now.year)):
            yield found.span()


@lru_cache(maxsize=8)
def _compile_months(names: tuple[str, ...]) -> re.Pattern[str]:
    months = "|".join(f"(?P<month{n}>{compile_any((m,)).pattern})" for n, m in enumerate(names, 1))
    year = r"(?:,?\s+(?:of\s+|des\s+jahres\s+)?(?P<said>\d{4})(?!\d))?"
    return re.compile(rf"(?<!\w)(?P<lead>(?:{TO_MONTH}[\s-]+){{0,4}})(?:{months}){year}")


def find_other_time(
    parted: Parted, place: int, dated: Sequence[Span], now: date | None
) -> str | None:
    """
    Find words that put a clause into a time that is no day of the report's month.

    Parameters
    ----------
    parted
        The sentence.
    place
        Where the phrase stands in it.
    dated
        Days of the sentence: a month or year that is part of one is no time by itself.
    now
        A day of the report; None where none is known.

    Examples
    --------
    >>> from datetime import date
    >>> from encircle.claims.words.lexicon import LANGUAGES
    >>> from encircle.claims.words.apart import part
    >>> said = part("In 1943 the army was encircled.", LANGUAGES["en"], [Span(21, 30)])
    >>> [find_other_time(said, 24, (), date(year, 1, 1)) for year in (2025, 1943)]
    ['In 1943', None]
    """
    said, language = fold(parted.text), parted.language
    own = parted.clause_of(place)
    speaks = compile_any((*language.says, *language.denies, *language.according))
    that = compile_any(language.that).pattern
    for clause in parted.clauses:
        within = (clause.start, clause.end)
        listed = list_other_times(parted.text, language, now, within)
        times = [t for t in listed if not any(d.meets(Span(*t)) for d in dated)]
        rest = said[clause.start : clause.end]
        for start, end in times:
            rest = rest.replace(said[start:end], " ")
        left = re.findall(r"\w+", OPENING.sub(" ", rest))
        begins = bool(times) and not re.search(r"\w", said[clause.start : times[0][0]])
        is_time = clause.start < own.start and len(left) <= LONGEST_TIME * begins
        leads = rest + said[clause.end : own.start]  # *the January report has it that*
        tells = speaks.search(rest) or re.search(rf"(?<!\w)(?:{that})\W*\Z", leads)
        if times and (clause == own or is_time or tells):
            return parted.text[slice(*times[0])].strip()
    return None

"""Which day does a sentence speak of: dates in four languages, and days counted from others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from encircle.claims.words.lexicon import LANGUAGES, compile_any, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.claims.words.lexicon import Code, Language

ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
WEEK = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A day named in a text, and where; `when` is None for a month and day of an unknown year."""

    start: int
    end: int
    when: date | None


def find_days(text: str, code: Code, written: date | None, last: date | None = None) -> list[Day]:
    """
    Find the days a sentence names, in its order.

    Parameters
    ----------
    written
        When the text was written: a day without its year is the last such day up to then.
    last
        The last day named before, for *a day later*.

    Examples
    --------
    >>> days = find_days("On 14 March he spoke; a day later she did.", "en", date(2025, 3, 20))
    >>> [str(day.when) for day in days]
    ['2025-03-14', '2025-03-15']
    """
    folded, language = fold(text), LANGUAGES[code]
    found: list[Day] = []
    for day in sorted(_find_all(folded, language, written), key=lambda d: (d.start, -d.end)):
        if not found or day.start >= found[-1].end:
            found.append(day)
    return list(_count_on(folded, language, found, last))


def _find_all(folded: str, language: Language, written: date | None) -> Iterator[Day]:
    for match in ISO.finditer(folded):
        year, month, day = (int(part) for part in match.groups())
        yield Day(match.start(), match.end(), _make(year, month, day))
    for match in NUMERIC.finditer(folded):
        day, month, year = (int(part) for part in match.groups())
        yield Day(match.start(), match.end(), _make(year, month, day))
    for number, pattern in enumerate(language.months, 1):
        month_name = compile_any((pattern,)).pattern
        for match in re.finditer(
            rf"(?<!\w)(?:(?:on|am|den|the)\s+)?(?:(\d{{1,2}})(?:st|nd|rd|th|\.|-го)?\s+(?:of\s+)?"
            rf"{month_name}|{month_name}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\d,.]\d))"
            rf"(?:,?\s+(\d{{4}}))?",
            folded,
        ):
            said = int(match[3]) if match[3] else None
            when = _place(said, number, int(match[1] or match[2]), written)
            yield Day(match.start(), match.end(), when)
    for number, pattern in enumerate(language.weekdays):
        for match in compile_any((pattern,)).finditer(folded):
            back = (written.weekday() - number) % WEEK if written else 0
            yield Day(match.start(), match.end(), _shift(written, -back))
    for word, offset in language.days.items():
        for match in compile_any((word,)).finditer(folded):
            yield Day(match.start(), match.end(), _shift(written, offset))


def _count_on(
    folded: str, language: Language, found: list[Day], last: date | None
) -> Iterator[Day]:
    later = [
        Day(match.start(), match.end(), date.min + timedelta(days=offset))
        for word, offset in language.later_days.items()
        for match in compile_any((word,)).finditer(folded)
    ]
    counted = {(day.start, day.end) for day in later}
    for day in sorted([*found, *later], key=lambda d: d.start):
        when = day.when
        if (day.start, day.end) in counted and when is not None:
            when = _shift(last, (when - date.min).days)
        last = when or last
        yield Day(day.start, day.end, when)


def _shift(day: date | None, days: int) -> date | None:
    try:
        return day + timedelta(days=days) if day else None
    except OverflowError:
        return None


def _place(year: int | None, month: int, day: int, written: date | None) -> date | None:
    if year is not None or written is None:
        return _make(year, month, day) if year is not None else None
    this_year = _make(written.year, month, day)
    if this_year is not None and this_year <= written:
        return this_year
    return _make(written.year - 1, month, day)


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

"""When was it, by a whole column of dates: only the column tells 03/04 from 04/03."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from encircle.map.counting import number_of
from encircle.map.days import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable

EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
"""Day 0 of Excel's serial numbers (1900 system). Source: ECMA-376 18.17.4.1."""
SERIALS = (25_569.0, 73_050.0)
"""Serials from 1970 to 2099: what may be a day in a column of numbers."""
UNIX_SECONDS = (3e8, 4.2e9)
"""Seconds since 1970 from 1979 to 2103; a thousand times as many are milliseconds."""
CENTURY = 2000

_MONTHS = {
    prefix: number
    for number, words in enumerate(
        (
            "jan янв січ", "feb фев лют", "mar mär мар бер", "apr апр кві", "may mai май мая тра",
            "jun июн чер", "jul июл лип", "aug авг сер", "sep сен вер", "oct okt окт жов",
            "nov ноя лис", "dec dez дек гру",
        ),
        1,
    )
    for prefix in words.split()
}  # fmt: skip
"""Months by their first three letters: English, German, Russian, Ukrainian."""

_TIME = (
    r"(?:(?:T|,? +|_)(?P<h>\d{1,2})[:.](?P<min>\d{2})(?:[:.](?P<s>\d{2})(?:\.\d{1,9})?)?"
    r" ?(?P<half>[AaPp]\.?[Mm]\.?)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_FORMS = {
    "ymd": re.compile(r"(?P<y>\d{4})[-/.](?P<a>\d{1,2})[-/.](?P<b>\d{1,2})" + _TIME),
    "compact": re.compile(r"(?P<y>(?:19|20)\d{2})(?P<a>\d{2})(?P<b>\d{2})" + _TIME),
    "dots": re.compile(r"(?P<a>\d{1,2})\.(?P<b>\d{1,2})\.(?P<y>\d{4}|\d{2})" + _TIME),
    "slashes": re.compile(r"(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4}|\d{2})" + _TIME),
    "dmy": re.compile(
        r"(?:[^\W\d]{2,12},? )?(?P<a>\d{1,2})(?:st|nd|rd|th)?\.?[ -](?P<m>[^\W\d]{3,12})\.?,?[ -]"
        r"(?P<y>\d{4}|\d{2})(?: ?(?:р|г|year|року|года)\.?)?" + _TIME
    ),
    "mdy": re.compile(
        r"(?:[^\W\d]{2,12},? )?(?P<m>[^\W\d]{3,12})\.? (?P<a>\d{1,2})(?:st|nd|rd|th)?,? "
        r"(?P<y>\d{4})" + _TIME
    ),
}
_NUMBER = re.compile(r"\d{4,14}(?:[.,]\d{1,12})?")


@dataclass
class Days:
    """The dates of a column."""

    read: dict[int, str] = field(default_factory=dict)
    """RFC 3339, or a bare date, by row."""
    faults: dict[int, str] = field(default_factory=dict)
    """Why a cell is no date, by row."""
    told: list[str] = field(default_factory=list)
    """What had to be taken for granted."""


def read_days(cells: Iterable[tuple[int, str]]) -> Days:
    """
    Read a column of dates as a whole.

    Dates with slashes are taken as day first or month first only where the column says which:
    some number above 12 stands first, or second, and never both.

    Examples
    --------
    >>> read_days([(1, "14/03/2025"), (2, "03/04/2025")]).read
    {1: '2025-03-14', 2: '2025-04-03'}
    >>> read_days([(1, "03/04/2025")]).faults
    {1: "'03/04/2025' can be 3 April or 4 March"}
    >>> read_days([(1, "45730"), (2, "1741910400"), (3, "14 березня 2025")]).read
    {1: '2025-03-14', 2: '2025-03-14T00:00:00Z', 3: '2025-03-14'}
    """
    listed = [(row, " ".join(text.split())) for row, text in cells]
    days = Days()
    order = _find_order([text for _, text in listed])
    zoneless = 0
    for row, text in listed:
        try:
            read, has_zone = _read_one(text, order)
        except ValueError as error:
            days.faults[row] = str(error)
            continue
        days.read[row] = read
        zoneless += not has_zone
    if zoneless:
        days.told.append(f"{number_of(zoneless, 'time')} without a zone taken as UTC")
    if order and any(_FORMS["slashes"].fullmatch(text) for _, text in listed):
        days.told.append(f"dates with slashes were read {order} first, as the whole column is")
    return days


def _find_order(texts: list[str]) -> str:
    """Tell whether dates with slashes begin with the day or the month; empty: nothing tells."""
    firsts = [m for text in texts if (m := _FORMS["slashes"].fullmatch(text))]
    is_day = any(int(m["a"]) > 12 for m in firsts)  # noqa: PLR2004 - months
    is_month = any(int(m["b"]) > 12 for m in firsts)  # noqa: PLR2004
    if is_day and is_month:
        return ""
    return "day" if is_day else "month" if is_month else ""


def _read_one(text: str, order: str) -> tuple[str, bool]:
    if _NUMBER.fullmatch(text) and not _FORMS["compact"].fullmatch(text):
        return _from_number(text), True
    for form, pattern in _FORMS.items():
        found = pattern.fullmatch(text)
        if found:
            return _from_parts(found, form, order, text)
    raise ValueError(f"{text[:40]!r} is no date")


def _from_number(text: str) -> str:
    number = float(text.replace(",", "."))
    if SERIALS[0] <= number <= SERIALS[1]:
        moment = EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
        return _show(moment, has_time=not number.is_integer())
    for scale in (1.0, 1000.0):
        if UNIX_SECONDS[0] <= number / scale <= UNIX_SECONDS[1]:
            return _show(datetime.fromtimestamp(number / scale, UTC), has_time=True)
    raise ValueError(f"{text[:40]!r} is no date: no day of Excel, no seconds since 1970")


def _from_parts(found: re.Match[str], form: str, order: str, text: str) -> tuple[str, bool]:
    year, month, day = _pick(found, form, order, text)
    zone = found["zone"]
    try:
        moment = datetime(year, month, day, *_clock(found), tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no day of the calendar") from None
    has_time = found["h"] is not None
    return _show(moment - _offset(zone), has_time=has_time), bool(zone) or not has_time


def _pick(found: re.Match[str], form: str, order: str, text: str) -> tuple[int, int, int]:
    year = int(found["y"]) + (CENTURY if len(found["y"]) == 2 else 0)  # noqa: PLR2004 - 25: 2025
    if form in ("dmy", "mdy"):
        month = _MONTHS.get(found["m"].casefold()[:3])
        if month is None:
            raise ValueError(f"{text[:40]!r} names no month known here")
        return year, month, int(found["a"])
    first, second = int(found["a"]), int(found["b"])
    if form in ("ymd", "compact"):
        return year, first, second
    if form == "dots" or order == "day" or first == second:
        return year, second, first
    if order == "month":
        return year, first, second
    if first > 12 or second > 12:  # noqa: PLR2004 - the column has both orders
        raise ValueError(f"{text[:40]!r} is written otherwise than other dates of its column")
    shown = [f"{d} {MONTHS[m - 1]}" for m, d in ((second, first), (first, second))]
    raise ValueError(f"{text[:40]!r} can be {shown[0]} or {shown[1]}")


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    if found["h"] is None:
        return 0, 0, 0
    hour = int(found["h"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    return hour, int(found["min"]), int(found["s"] or 0)


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in ("Z", "UTC", "GMT"):
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return size if zone[0] == "+" else -size


def _show(moment: datetime, *, has_time: bool) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if has_time else f"{moment:%Y-%m-%d}"

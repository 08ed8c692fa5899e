"""When does a placemark hold: its TimeSpan or TimeStamp, its own or that of a folder round it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from encircle.formats.kml.styles import local_name, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TIME = re.compile(
    r"(-?\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*"
    r"(Z|[-+]\d\d:?(?:\d\d)?)?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
"""A year, a month, a day or an instant. Source: KML 2.3, kml:dateTimeType (XML Schema)."""


class TimeError(ValueError):
    """A time that cannot be read."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something is drawn."""

    begin: datetime | None
    """None: always was."""
    end: datetime | None
    """The first instant that is no more in it; None: still is."""
    written: str
    is_stamp: bool = False
    """A TimeStamp: it was seen then, and says nothing of when it ends."""

    def covers(self, instant: datetime) -> bool:
        """Tell whether it is drawn at an instant."""
        started = self.begin is None or self.begin <= instant
        return started and (self.end is None or instant < self.end)


def read_span(feature: Element) -> Span | None:
    """
    Read the time of a placemark, folder or document; None where it has none of its own.

    A day, month or year stands for all of it, so `end` 2025-03-01 is still there at noon of that
    day. Times of views (`gx:TimeSpan` in a LookAt) are where the camera stands, not these.

    Raises
    ------
    TimeError
        If a time cannot be read, or ends before it begins.
    """
    for child in feature:
        kind = local_name(child)
        if kind == "TimeStamp":
            when = text_of(child, "when")
            if when:
                begin, end = parse_period(when)
                return Span(begin, end, when, is_stamp=True)
        if kind == "TimeSpan":
            first, last = text_of(child, "begin"), text_of(child, "end")
            if first or last:
                return _build(first, last)
    return None


def _build(first: str, last: str) -> Span:
    begin = parse_period(first)[0] if first else None
    end = parse_period(last)[1] if last else None
    written = f"{first or '…'} to {last or '…'}"
    if begin and end and end <= begin:
        raise TimeError(f"{written} ends before it begins")
    return Span(begin, end, written)


def parse_period(written: str) -> tuple[datetime, datetime]:
    """
    Parse a time of any precision: its first instant, and the first that is past it.

    Examples
    --------
    >>> [f"{t:%Y-%m-%d}" for t in parse_period("2025-02")]
    ['2025-02-01', '2025-03-01']
    """
    found = _TIME.fullmatch(written.strip())
    if not found:
        raise TimeError(f"{written[:40]!r} is no time")
    year, month, day, hour, minute, second = (
        int(part) if part else None for part in found.groups()[:6]
    )
    try:
        first = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0,
                         tzinfo=_zone(found[7]))  # fmt: skip
        if month is None:
            return first, first.replace(year=first.year + 1)
        if day is None:
            return first, (first + timedelta(days=32)).replace(day=1)
        step = timedelta(days=1) if hour is None else timedelta(seconds=1)
        return first, first + step
    except (ValueError, OverflowError):
        raise TimeError(f"{written[:40]!r} is no time") from None


def _zone(written: str | None) -> timezone:
    if written is None or written.upper() == "Z":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if written[0] == "-" else offset)

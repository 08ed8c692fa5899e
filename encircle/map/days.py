"""Days and instants, as people write them and as the contract does; the same on every machine."""

from __future__ import annotations

from datetime import UTC, date, datetime

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
"""Written out here: the names must not depend on where a page is made."""


def say_day(day: date) -> str:
    """
    Write a day as people do.

    Examples
    --------
    >>> say_day(date(2025, 3, 14))
    '14 March 2025'
    """
    return f"{day.day} {say_month(day)}"


def say_month(day: date) -> str:
    """Write the month of a day, with its year."""
    return f"{MONTHS[day.month - 1]} {day.year:04d}"


def write_instant(instant: datetime) -> str:
    """
    Write an instant as the contract does, to the second.

    Examples
    --------
    >>> write_instant(datetime(2025, 3, 14, 12, tzinfo=UTC))
    '2025-03-14T12:00:00Z'
    """
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

"""
The clock of a case's log: what was known at an instant, once it was answered, stays so.

An instant is taken under the case's lock, as late as can be, and is later than that of every line
before. What was taken may still be on its way to the disk when somebody asks for the same instant:
whoever asks waits for it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from encircle.store.opening import StoreError
from encircle.store.tables import cases, revisions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.opening import Store

__all__ = ["NotKeptError", "lock_case", "take_instant", "wait_until_settled", "write_instant"]

TICK = timedelta(microseconds=1)
"""Between two instants that are written differently."""
UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that are drawn as nothing: Hangul fillers, Braille's blank. Source: Unicode."""
LONGEST = timedelta(hours=1)
"""No transaction lasts so long: what was known before that is settled, and nobody waits."""
MOST_AHEAD = timedelta(seconds=5)
"""By which a service's clock may be ahead of its database's: so long is waited."""


class NotKeptError(StoreError):
    """There is no such case, observation, layer or claim."""


def write_instant(instant: datetime) -> str:
    """
    Write an instant as the store keeps it: in order as text.

    Examples
    --------
    >>> write_instant(datetime(2025, 3, 14, 12, tzinfo=UTC))
    '2025-03-14T12:00:00.000000Z'
    """
    # Not by strftime, which writes the year 999 in three figures: as text after every other.
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def is_blank(text: str) -> bool:
    """
    Tell a text in which nobody sees anything.

    Examples
    --------
    >>> [is_blank(text) for text in ("", " \u200b\u2060", "\u3164", "moved")]
    [True, True, True, False]
    """
    return not any(c.isprintable() and not c.isspace() and c not in UNSEEN for c in text)


def lock_case(connection: Connection, case_id: str, *, shared: bool = False) -> None:
    """
    Make whoever else writes to the case wait until this transaction ends.

    Parameters
    ----------
    shared
        Only wait for whoever writes now.

    Raises
    ------
    NotKeptError
        If there is no such case.
    """
    asked = sa.select(cases.c.id).where(cases.c.id == case_id).with_for_update(read=shared)
    if connection.execute(asked).first() is None:
        raise NotKeptError(f"there is no case {case_id!r}")


def take_instant(connection: Connection, least: str, now: datetime | None) -> str:
    """
    Take the instant of what is recorded next; the case is locked by now.

    Parameters
    ----------
    least
        When the line before was recorded; empty: there is none.
    now
        What the clock is said to show; None: what it shows.
    """
    if now is not None:
        return max(write_instant(now), least)
    # Were it the same as that of the line before, which may have been asked for by now, the answer
    # would change: a clock that was set back stands still, but for a tick a line.
    after = write_instant(datetime.fromisoformat(least) + TICK) if least else ""
    return max(write_instant(_read_clock(connection)), after)


def wait_until_settled(store: Store, case_id: str, known_at: datetime) -> None:
    """
    Wait until nothing more can be recorded in a case by an instant.

    Raises
    ------
    NotKeptError
        If there is no such case.
    StoreBusyError
        If others write for too long.
    """
    c = revisions.c
    with store.reading() as connection:
        if known_at < _read_clock(connection) - LONGEST:
            return
        latest = connection.scalar(
            sa.select(sa.func.max(c.recorded_at)).where(c.case_id == case_id)
        )
    if latest and latest > write_instant(known_at):
        return  # whatever follows is later still
    with store.writing() as connection:
        lock_case(connection, case_id, shared=True)
        ahead = known_at - _read_clock(connection)
    if -TICK < ahead <= MOST_AHEAD:
        time.sleep(max(ahead, TICK).total_seconds())


def _read_clock(connection: Connection) -> datetime:
    """Read the clock that all who write to the store go by."""
    if connection.dialect.name != "postgresql":
        return datetime.now(UTC)
    read: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return read

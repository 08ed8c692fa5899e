"""
What is still to be told of a post: what it changed is worked out after it is kept.

Written down with the post, in one transaction: so a crash leaves nothing untold, nor do workers
that had no time. And told once: by whoever comes first, in whichever process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from encircle.store.changes import Change, list_changes, note_changes
from encircle.store.revisions import COLUMNS, Revision, lock_case, write_instant
from encircle.store.tables import revisions, tellings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

__all__ = ["Untold", "find_post", "find_told", "list_untold", "mark_told", "tell_post"]

Json = dict[str, Any]
MANY = 500
"""Posts marked in one statement: SQLite takes no more than some thousand parameters."""


@dataclass(frozen=True, slots=True)
class Untold:
    """A post of which nobody has said yet what it changed: its first line and its last."""

    case_id: str
    first: Revision
    last: Revision


def list_untold(
    connection: Connection, until: datetime, most: int = 100, without: Collection[str] = ()
) -> list[Untold]:
    """
    List posts recorded by an instant that are untold: the oldest of each case, then the next.

    A case of many posts keeps no other waiting; `without` are cases to leave out.
    """
    t = tellings.c
    turn = sa.func.row_number().over(partition_by=t.case_id, order_by=t.first)
    asked = sa.select(t.case_id, t.first, t.last).join_from(
        tellings, revisions, revisions.c.seq == t.last
    )
    asked = asked.where(t.told_at.is_(None), revisions.c.recorded_at <= write_instant(until))
    asked = asked.where(t.case_id.not_in(list(without)[:MANY]))
    return _read_posts(
        connection, connection.execute(asked.order_by(turn, t.first).limit(most)).all()
    )


def find_post(connection: Connection, case_id: str, name: str) -> Untold | None:
    """Find a post by the hash of its last line, told or not; None: of before that was noted."""
    t = tellings.c
    asked = sa.select(t.case_id, t.first, t.last).join_from(
        tellings, revisions, revisions.c.seq == t.last
    )
    asked = asked.where(t.case_id == case_id, revisions.c.hash == name)
    return next(iter(_read_posts(connection, connection.execute(asked).all())), None)


def _read_posts(connection: Connection, found: Iterable[Any]) -> list[Untold]:
    """Read the lines of posts, which are rows of a case and the numbers of its first and last."""
    posts: list[tuple[str, int, int]] = [(row[0], row[1], row[2]) for row in found]
    numbers = {number for _, *ends in posts for number in ends}
    rows = connection.execute(sa.select(*COLUMNS).where(revisions.c.seq.in_(numbers)))
    lines = {line.seq: line for line in (Revision(*row) for row in rows)}
    return [Untold(case_id, lines[first], lines[last]) for case_id, first, last in posts]


def tell_post(
    connection: Connection, post: Untold, found: Sequence[Json], as_of: str, now: datetime
) -> bool:
    """
    Note what a post changed, and that it is told; nothing, where it was told before.

    Parameters
    ----------
    found
        As HTTP answers it.
    as_of
        The instant judged, as `write_instant` writes it.
    """
    lock_case(connection, post.case_id)
    if not _mark(connection, [post.first.seq], now):
        return False
    note_changes(connection, post.case_id, found, post.last, as_of)
    return True


def mark_told(connection: Connection, firsts: Collection[int], now: datetime) -> None:
    """Note of posts, by their first lines, that they changed nothing."""
    listed = sorted(firsts)
    for first in range(0, len(listed), MANY):
        _mark(connection, listed[first : first + MANY], now)


def _mark(connection: Connection, firsts: Sequence[int], now: datetime) -> int:
    t = tellings.c
    marked = tellings.update().where(t.first.in_(firsts), t.told_at.is_(None))
    return connection.execute(marked.values(told_at=write_instant(now))).rowcount


def find_told(connection: Connection, case_id: str, name: str) -> tuple[int, list[Change] | None]:
    """
    Find what was told of a post, by the hash of its last line.

    Returns
    -------
    first, changes
        The number of its first line, 0 where it is of before that was noted; and what it changed,
        None where that is still to be told.
    """
    t = tellings.c
    asked = sa.select(t.first, t.told_at).join_from(tellings, revisions, revisions.c.seq == t.last)
    row = connection.execute(asked.where(revisions.c.hash == name)).first()
    changes = list_changes(connection, case_id, revision=name)
    if row is None:
        return 0, changes
    return row.first, changes if row.told_at else None

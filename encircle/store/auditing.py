"""
Is a store still what was recorded: what stands beside the logs, which `check_log` looks through.

What a revision is searched by is copied from what it says, and taken from it anew here. A judgement
of the record is named by its digest. What changed, how claims were rated, watches and keys bear no
hash: nothing here looks at them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from encircle.store.record import tell_kept
from encircle.store.revisions import COLUMNS, SEARCHED, Entry, Revision, describe_entry
from encircle.store.tables import judgements, revisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

__all__ = ["count_kept", "find_first_hashed", "list_lines", "name_miscopied", "read_record"]

Json = dict[str, Any]
WIDEST = 200
"""Characters of a name that are searched: the first, of one kept before longer were refused."""
AT_ONCE = 20
"""Judgements that are read at a time: each may be of megabytes."""


def find_first_hashed(connection: Connection) -> int | None:
    """Find the first line whose reason has a hash: of every later one it has to have one, too."""
    c = revisions.c
    asked = sa.select(c.seq).where(c.why_sha256.is_not(None)).order_by(c.seq).limit(1)
    found: int | None = connection.scalar(asked)
    return found


def list_lines(
    connection: Connection, case_id: str, after: int, most: int
) -> list[tuple[Revision, Json]]:
    """List the lines of a log after one, each with what it is searched by."""
    c = revisions.c
    asked = sa.select(*COLUMNS, *(c[name] for name in SEARCHED)).where(
        c.case_id == case_id, c.seq > after
    )
    rows = connection.execute(asked.order_by(c.seq).limit(most))
    width = len(COLUMNS)
    return [(Revision(*row[:width]), dict(zip(SEARCHED, row[width:], strict=True))) for row in rows]


def name_miscopied(line: Revision, searched: Json) -> list[str]:
    """
    Name what a line is searched by that is not what it says.

    What was redacted is searched by nothing; that it had to be, `check_log` tells.
    """
    said = describe_entry(Entry(line.act, line.what, line.subject, line.document))
    if line.body is None and not any(value is not None for value in searched.values()):
        return []
    return [name for name in SEARCHED if _cut(said[name]) != _cut(searched[name])]


def _cut(value: object) -> object:
    return value[:WIDEST] if isinstance(value, str) else value


def count_kept(connection: Connection, case_id: str) -> int:
    """Count the judgements of a case's record."""
    asked = sa.select(sa.func.count()).where(judgements.c.case_id == case_id)
    return connection.scalar(asked) or 0


def read_record(connection: Connection, case_id: str, *, may_be_empty: bool) -> Iterator[list[str]]:
    """
    Say of each judgement of a case's record what is wrong with it.

    Parameters
    ----------
    may_be_empty
        Whether something of the case was redacted, which takes out what was judged on it.
    """
    c, after = judgements.c, 0
    while True:
        asked = sa.select(judgements).where(c.case_id == case_id, c.seq > after)
        rows = connection.execute(asked.order_by(c.seq).limit(AT_ONCE)).all()
        for row in rows:
            yield list(_look(row, may_be_empty=may_be_empty))
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].seq


def _look(row: Row[Any], *, may_be_empty: bool) -> Iterator[str]:
    name = f"the judgement {row.id!r} of the record"
    if row.body is None:
        if not may_be_empty:
            yield f"{name} is gone, and nothing was redacted"
        return
    if hashlib.sha256(row.body.encode()).hexdigest() != row.id:
        yield f"{name} is not what was kept: its digest is another"
        return
    for column, said in tell_kept(orjson.loads(row.body)).items():
        if getattr(row, column) != said:
            yield f"{name} is listed with a {column} that is not its own"

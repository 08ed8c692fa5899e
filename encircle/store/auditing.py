"""
Is a store still what was recorded: what stands beside the logs, which `check_log` looks through.

What a revision is searched by is copied from what it says, and taken from it anew here. A judgement
of the record is named by its digest. What changed, how claims were rated, watches and keys bear no
hash: nothing here looks at them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from encircle.store.record import tell_kept
from encircle.store.revisions import COLUMNS, SEARCHED, Entry, Revision, describe_entry
from encircle.store.standing import COUNTED
from encircle.store.tables import judgements, revisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row

__all__ = ["count_kept", "find_first_hashed", "list_lines", "name_miscopied", "read_record"]

Json = dict[str, Any]
Span = tuple[str, str]
"""From an instant to another, which is not in it; as `write_instant` writes them."""
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
    try:
        said = describe_entry(Entry(line.act, line.what, line.subject, line.document))
    except (ValueError, AttributeError):  # no JSON, or of another form: `check_log` tells
        return []
    if line.body is None and not any(value is not None for value in searched.values()):
        return []
    return [name for name in SEARCHED if _cut(said[name]) != _cut(searched[name])]


def _cut(value: object) -> object:
    return value[:WIDEST] if isinstance(value, str) else value


def count_kept(connection: Connection, case_id: str) -> int:
    """Count the judgements of a case's record."""
    asked = sa.select(sa.func.count()).where(judgements.c.case_id == case_id)
    return connection.scalar(asked) or 0


def read_record(connection: Connection, case_id: str) -> Iterator[list[str]]:
    """
    Say of each judgement of a case's record what is wrong with it.

    What is redacted takes out what was judged on it, and nothing else may be empty.
    """
    spans = _list_redacted(connection, case_id)
    c, after = judgements.c, 0
    while True:
        asked = sa.select(judgements).where(c.case_id == case_id, c.seq > after)
        rows = connection.execute(asked.order_by(c.seq).limit(AT_ONCE)).all()
        for row in rows:
            yield list(_look(row, spans))
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].seq


def _list_redacted(connection: Connection, case_id: str) -> list[Span]:
    """
    List from when until when something stood that was redacted later.

    Of what day it spoke, and of which unit, went with it: so what is known at such an instant may
    have been on its map, and a map of any other instant cannot have had it.
    """
    c, gone = revisions.c, revisions.alias()
    is_gone = sa.exists().where(
        gone.c.case_id == c.case_id, gone.c.what == c.what, gone.c.subject == c.subject,
        gone.c.act == "redact",
    )  # fmt: skip
    asked = sa.select(c.what, c.subject, c.act, c.recorded_at).where(c.case_id == case_id, is_gone)
    spans: list[Span] = []
    begun: dict[tuple[str, str], str] = {}
    ended: defaultdict[tuple[str, str], list[Span]] = defaultdict(list)
    for what, subject, act, at in connection.execute(asked.order_by(c.seq)):
        key = (what, subject)
        if act in COUNTED:
            begun.setdefault(key, at)
        elif key in begun:
            ended[key].append((begun.pop(key), at))
        if act == "redact":
            spans += ended.pop(key, ())
    return spans


def _look(row: Row[Any], redacted: list[Span]) -> Iterator[str]:
    name = f"the judgement {row.id!r} of the record"
    if row.body is None:
        if not any(begun <= row.known_at < ended for begun, ended in redacted):
            yield f"{name} is gone, and nothing was redacted that it can have been made on"
        return
    if hashlib.sha256(row.body.encode()).hexdigest() != row.id:
        yield f"{name} is not what was kept: its digest is another"
        return
    for column, said in tell_kept(orjson.loads(row.body)).items():
        if getattr(row, column) != said:
            yield f"{name} is listed with a {column} that is not its own"

"""
The record: judgements kept as they were given, for whoever has to show later what was said.

A case can be judged again as of any day and as known at any other; but a later engine may judge
otherwise. What was kept here stays as it was, with the digest of its map and what judged it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from encircle.store.lines import COLUMNS as COLUMNS_OF_LINES
from encircle.store.lines import Line
from encircle.store.revisions import (
    ConflictError,
    GoneError,
    NotKeptError,
    list_revisions,
    lock_case,
    write_instant,
)
from encircle.store.standing import Standing
from encircle.store.tables import judgements, revisions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.revisions import What

__all__ = [
    "Kept",
    "empty_record",
    "keep_judgement",
    "list_kept",
    "read_kept_judgement",
    "tell_kept",
]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """One judgement of the record, without its document."""

    id: str
    """Digest of the document, as it was given."""
    force: str
    as_of: str
    known_at: str
    """What was recorded by then is on its map."""
    verdict: str
    status: str
    input_sha256: str
    engine: str
    by: str
    recorded_at: str

    def to_dict(self) -> Json:
        """Write it as HTTP answers it."""
        return {name: getattr(self, name) for name in type(self).__dataclass_fields__}


COLUMNS = [judgements.c["actor" if n == "by" else n] for n in Kept.__dataclass_fields__]


def keep_judgement(  # noqa: PLR0913 - whose, what, by whom
    connection: Connection, case_id: str, raw: bytes, known_at: datetime, actor: str,
    now: datetime, begun: datetime | None = None,
) -> Kept:  # fmt: skip
    """
    Keep a judgement's document; kept before, it is given as it was kept.

    Kept before and emptied since with what was redacted, it is filled again: it is judged anew, and
    so on a map without that.

    Parameters
    ----------
    raw
        The document, JSON.
    known_at
        What was recorded by then is on its map.
    begun
        When its map was put together.

    Raises
    ------
    ConflictError
        If something was redacted since it was begun: it may be on the map.
    """
    lock_case(connection, case_id)
    if begun is not None and _was_redacted(connection, case_id, begun):
        said = "something of this case was redacted while it was judged. Ask for it again"
        raise ConflictError(said, 0)
    name = hashlib.sha256(raw).hexdigest()
    if (found := _find(connection, case_id, name)) is not None:
        c = judgements.c
        emptied = sa.and_(c.case_id == case_id, c.id == name, c.body.is_(None))
        connection.execute(judgements.update().where(emptied).values(body=raw.decode()))
        return found
    row = {
        "id": name, "case_id": case_id, **tell_kept(orjson.loads(raw)),
        "known_at": write_instant(known_at), "actor": actor, "recorded_at": write_instant(now),
        "body": raw.decode(),
    }  # fmt: skip
    connection.execute(judgements.insert(), row)
    kept = _find(connection, case_id, name)
    assert kept is not None  # noqa: S101 - it was written above
    return kept


def _was_redacted(connection: Connection, case_id: str, since: datetime) -> bool:
    c = revisions.c
    asked = sa.select(c.seq).where(
        c.case_id == case_id, c.act == "redact", c.recorded_at >= write_instant(since)
    )
    return connection.execute(asked.limit(1)).first() is not None


def tell_kept(document: Json) -> Json:
    """Tell what of a judgement's document stands beside it in the record."""
    return {
        "force": document["force"], "as_of": document["as_of"], "verdict": document["verdict"],
        "status": document["status"]["code"],
        "input_sha256": document["provenance"]["input_sha256"],
        "engine": document["provenance"]["engine"],
    }  # fmt: skip


def _find(connection: Connection, case_id: str, name: str) -> Kept | None:
    c = judgements.c
    asked = sa.select(*COLUMNS).where(c.case_id == case_id, c.id == name)
    row = connection.execute(asked).first()
    return None if row is None else Kept(*row)


def list_kept(connection: Connection, case_id: str, most: int = 1000) -> list[Kept]:
    """List what was kept of a case, the latest first."""
    c = judgements.c
    asked = sa.select(*COLUMNS).where(c.case_id == case_id)
    return [Kept(*row) for row in connection.execute(asked.order_by(c.seq.desc()).limit(most))]


def read_kept_judgement(connection: Connection, case_id: str, name: str) -> str:
    """
    Read a judgement as it was kept.

    Raises
    ------
    NotKeptError
        If there is none of that id.
    GoneError
        If something on its map was redacted since.
    """
    c = judgements.c
    row = connection.execute(sa.select(c.body).where(c.case_id == case_id, c.id == name)).first()
    if row is None:
        raise NotKeptError(f"there is no judgement {name!r} in the record of case {case_id!r}")
    if row.body is None:
        raise GoneError(f"what was on the map of judgement {name!r} was redacted since")
    body: str = row.body
    return body


def empty_record(connection: Connection, case_id: str, what: What, subject: str) -> None:
    """
    Take out what was judged on something that must not be read any more.

    Before that is redacted, while it is still known when it spoke. What settings said before may be
    on every map that was judged; of what was posted it is found which maps it was on.
    """
    lock_case(connection, case_id)
    known = list_revisions(connection, case_id, subject, what, most=1)
    if not known:
        return
    c = judgements.c
    since = sa.and_(c.case_id == case_id, c.known_at >= known[0].recorded_at, c.body.is_not(None))
    asked = sa.select(c.seq, c.known_at, c.as_of).where(since)
    lines = _read_rivals(connection, case_id, what, subject)
    for seq, known_at, as_of in connection.execute(asked).all():
        if what == "settings" or _was_on_map(lines, subject, known_at, as_of):
            connection.execute(judgements.update().where(c.seq == seq).values(body=None))


def _read_rivals(connection: Connection, case_id: str, what: What, subject: str) -> list[Line]:
    """Read the lines of something, and of all that speaks in its place: a unit's, a layer's."""
    c = revisions.c
    of_it = sa.and_(c.case_id == case_id, c.what == what, c.subject == subject)
    tracks = sa.select(c.track).where(of_it, c.track.is_not(None))
    tracked = sa.select(c.subject).where(c.case_id == case_id, c.what == what, c.track.in_(tracks))
    asked = sa.select(*COLUMNS_OF_LINES).where(
        c.case_id == case_id, c.what == what, sa.or_(c.subject == subject, c.subject.in_(tracked))
    )
    return [Line(*row) for row in connection.execute(asked.order_by(c.seq))]


def _was_on_map(lines: list[Line], subject: str, known_at: str, as_of: str) -> bool:
    """Tell whether it spoke at an instant, as known at another."""
    then = datetime.fromisoformat(as_of)
    if not then.microsecond:  # a judgement tells its instant to the second
        then += timedelta(seconds=1, microseconds=-1)
    standing = Standing(line for line in lines if line.recorded_at <= known_at)
    chosen = standing.choose(write_instant(then), 0)
    spoke = [*chosen.layers, *(line for seen in chosen.features for line in seen)]
    return any(line.subject == subject for line in spoke)

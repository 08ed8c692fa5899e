"""
The log of a case: each revision names the one before it by its hash, and none is ever overwritten.

The server's clock alone says when; and never earlier than the revision before, whatever the clock
does: what was known at an instant must not change afterwards. Over 400 lines: to append, to read
and to check are one rule, of what a hash is taken over and what may follow what.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from encircle.errors import EncircleError
from encircle.map.door.canonical import canonicalise, digest
from encircle.map.door.contract import parse_instant
from encircle.store.clock import NotKeptError, is_blank, lock_case, take_instant, write_instant
from encircle.store.geometry import bounds_of, span_of
from encircle.store.opening import StoreError
from encircle.store.redacting import empty_told
from encircle.store.tables import cases, revisions, tellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

__all__ = [
    "Act",
    "CaseExistsError",
    "ConflictError",
    "Entry",
    "GoneError",
    "NotKeptError",
    "Revision",
    "What",
    "append",
    "begin_case",
    "bounds_of",
    "check_log",
    "describe",
    "describe_entry",
    "find_author",
    "find_current",
    "find_end",
    "find_ends",
    "find_known",
    "list_layer_numbers",
    "list_revisions",
    "lock_case",
    "read_latest",
    "read_written",
    "write_instant",
]

Json = dict[str, Any]
Act = Literal["post", "correct", "retract", "redact"]
What = Literal["feature", "layer", "settings", "access"]
NOTHING = hashlib.sha256(b"").hexdigest()
"""The hash before the first, and of a body that a retraction does not have."""
AGAIN = "posted again after it was taken back"
"""Why something that was taken back counts again, where nobody says."""
AFRESH = {"layer": "lay it under another name"}
"""What helps where nothing may follow what was redacted; else another id does."""
MANY = 500
"""Subjects asked for in one statement: SQLite takes no more than some thousand parameters."""
END = 2**63
"""Beyond the last line of any log."""


class CaseExistsError(StoreError):
    """There is a case of that name already."""


class ConflictError(StoreError):
    """Somebody else revised it meanwhile, or it is there already; `number` is its latest."""

    def __init__(self, message: str, number: int, what: What | None = None) -> None:
        self.number, self.what = number, what
        super().__init__(message)


class GoneError(StoreError):
    """It was retracted, and only a new post follows that; or redacted, and nothing does."""


class WhyError(EncircleError, ValueError):
    """A correction, a retraction or a redaction without a reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded of one subject."""

    act: Act
    what: What
    subject: str
    body: Json | None = None
    why: str | None = None
    expected: int | None = None
    """Number of the revision that is revised; None: whichever is the latest; 0: there is none yet,
    which only what is public can be told from."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of the log."""

    seq: int
    case_id: str
    what: What
    subject: str
    number: int
    act: Act
    body: str | None
    recorded_at: str
    actor: str
    why: str | None
    body_sha256: str
    previous: str
    hash: str
    why_sha256: str | None = None
    """Of a line that was written before reasons could be redacted: None."""

    @property
    def document(self) -> Json | None:
        """What was said; None of what says nothing, or was redacted."""
        return None if self.body is None else orjson.loads(self.body)

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of what was said, as `span_of` gives them."""
        return span_of((self.document or {}).get("geometry"))

    def brief(self) -> Json:
        """Say that it was recorded, without what was said."""
        return {"id": self.subject, "revision": self.number, "recorded_at": self.recorded_at,
                "hash": self.hash}  # fmt: skip

    def tell_public(self) -> Json:
        """Say what was said and when, not by whom."""
        return {"id": self.subject, "revision": self.number, "act": self.act,
                "recorded_at": self.recorded_at, "body": self.document}  # fmt: skip

    def to_dict(self) -> Json:
        """Write it as HTTP answers it."""
        return {
            "id": self.subject, "revision": self.number, "act": self.act,
            "recorded_at": self.recorded_at, "by": self.actor, "why": self.why,
            "why_sha256": self.why_sha256,
            "body_sha256": self.body_sha256, "previous": self.previous, "hash": self.hash,
            "body": self.document,
        }  # fmt: skip


STANDING = [
    revisions.c[name]
    for name in (
        "subject", "seq", "kind", "track", "seen_at", "heard_at", "valid_from", "recorded_at",
        "body",
    )
]  # fmt: skip
"""What a situation is put together from."""
COLUMNS = [revisions.c[name] for name in Revision.__dataclass_fields__]


def begin_case(
    connection: Connection, case_id: str, settings: Json, actor: str, now: datetime | None = None
) -> Revision:
    """
    Begin a case with its settings: the member `situation` of its maps.

    Raises
    ------
    CaseExistsError
        If there is one of that name.
    """
    row = {"id": case_id, "created_at": write_instant(now or datetime.now(UTC)), "actor": actor}
    try:
        connection.execute(cases.insert(), row)
    except IntegrityError as error:
        raise CaseExistsError(f"there is a case {case_id!r} already") from error
    return append(connection, case_id, [Entry("post", "settings", case_id, settings)], actor, now)[
        0
    ]


def append(
    connection: Connection, case_id: str, entries: Sequence[Entry], actor: str,
    now: datetime | None = None,
) -> list[Revision]:  # fmt: skip
    """
    Record entries, all or none, in their order.

    Parameters
    ----------
    connection
        A transaction of `Store.writing`.
    actor
        Who says so.
    now
        What the clock is said to show; None: what it shows, once nobody else writes.

    Raises
    ------
    ConflictError
        If a subject that is posted is there, or one that is revised was revised meanwhile.
    GoneError
        If it was retracted or redacted before.
    NotKeptError
        If there is no such case, or nothing to revise.
    WhyError
        If a reason is missing.
    """
    lock_case(connection, case_id)
    _, previous, least = find_end(connection, case_id)
    heads = _find_heads(connection, case_id, {(entry.what, entry.subject) for entry in entries})
    recorded_at = take_instant(connection, least, now)
    rows: list[Json] = []
    for entry in entries:
        key = (entry.what, entry.subject)
        number, act = heads.get(key, (0, None))
        if entry.act == "post" and act == "retract":
            entry = replace(entry, act="correct", why=entry.why or AGAIN)  # noqa: PLW2901
        elif entry.what == "access" and entry.expected == number == 0:
            entry = replace(entry, act="post")  # noqa: PLW2901 - nothing was said, as was read
        else:
            _check(entry, number, act)
        heads[key] = (number + 1, entry.act)
        row = _write(entry, case_id, number + 1, actor, recorded_at, previous)
        previous = row["hash"]
        rows.append(row)
    if not rows:
        return []
    try:
        connection.execute(revisions.insert(), rows)
    except (
        IntegrityError
    ) as error:  # the database itself refuses what the lock should have kept out
        raise ConflictError(f"{entries[0].subject!r} was revised meanwhile", 0) from error
    for entry, row in zip(entries, rows, strict=True):
        if entry.act == "redact":
            _empty(connection, case_id, entry, row["hash"])
    wanted = sa.select(*COLUMNS).where(revisions.c.case_id == case_id)
    wanted = wanted.order_by(revisions.c.seq.desc()).limit(len(rows))
    made = [Revision(*row) for row in connection.execute(wanted)][::-1]
    if any(map(_changes_a_map, entries)):
        untold = {"case_id": case_id, "first": made[0].seq, "last": made[-1].seq}
        connection.execute(tellings.insert(), untold)
    return made


def _changes_a_map(entry: Entry) -> bool:
    """Tell whether a verdict may hang on it: not on who may read, nor as a case begins."""
    return entry.what != "access" and (entry.what, entry.act) != ("settings", "post")


def find_end(connection: Connection, case_id: str) -> tuple[int, str, str]:
    """Find the last line of the log: its number, its hash, and when it was recorded."""
    c = revisions.c
    asked = sa.select(c.seq, c.hash, c.recorded_at)
    asked = asked.where(c.case_id == case_id).order_by(c.seq.desc()).limit(1)
    last = connection.execute(asked).first()
    return (last.seq, last.hash, last.recorded_at) if last else (0, NOTHING, "")


def find_ends(connection: Connection) -> list[tuple[str, int, str]]:
    """Find of every case how many lines its log has, and the hash of the last."""
    c = revisions.c
    counted = sa.select(c.case_id, sa.func.count()).group_by(c.case_id).order_by(c.case_id)
    return [
        (case, count, find_end(connection, case)[1]) for case, count in connection.execute(counted)
    ]


def _find_heads(
    connection: Connection, case_id: str, wanted: Iterable[tuple[What, str]]
) -> dict[tuple[str, str], tuple[int, str | None]]:
    """The number and the act of the latest revision of each subject, by what it is."""
    subjects: dict[What, list[str]] = {}
    for what, subject in sorted(wanted):
        subjects.setdefault(what, []).append(subject)
    found: dict[tuple[str, str], tuple[int, str | None]] = {}
    c = revisions.c
    for what, named in subjects.items():
        for first in range(0, len(named), MANY):
            asked = sa.select(c.seq, c.subject, c.number, c.act).where(
                c.case_id == case_id, c.what == what, c.subject.in_(named[first : first + MANY])
            )
            # Put in order here: for an order SQLite would go through all lines of the case.
            for _, subject, number, act in sorted(connection.execute(asked), key=itemgetter(0)):
                found[what, subject] = (number, act)
    return found


def _check(entry: Entry, number: int, act: str | None) -> None:
    """Refuse what the log does not allow after its latest of the subject."""
    name = f"{entry.what} {entry.subject!r}"
    if entry.act == "post":
        if act == "redact":
            helps = AFRESH.get(entry.what, "give this one another id")
            raise GoneError(f"{name} was redacted, and nothing follows that: {helps}")
        if number:
            said = f"there is a {name} already, at revision {number}"
            helps = "correct it, or give this one another id"
            raise ConflictError(f"{said}: {helps}", number, entry.what)
        return
    if is_blank(entry.why or ""):
        raise WhyError(f"why? To {entry.act} {name} takes a reason")
    if not number:
        raise NotKeptError(f"there is no {name} to {entry.act}")
    if entry.what == "settings":  # what they said before is redacted, and others follow
        act = None
    if act == "redact" or (act == "retract" and entry.act != "redact"):
        raise GoneError(
            f"{name} was {act}ed already" if act != "retract" else f"{name} was retracted"
        )
    if entry.expected is not None and entry.expected != number:
        said = (
            f"{name} is at revision {number}, not {entry.expected}: somebody was there before you"
        )
        raise ConflictError(f"{said}. Read it, and decide again", number, entry.what)


def _write(  # noqa: PLR0913 - a row of the log
    entry: Entry, case_id: str, number: int, actor: str, recorded_at: str, previous: str
) -> Json:
    body = None if entry.body is None else orjson.dumps(entry.body).decode()
    row = {
        "case_id": case_id, "what": entry.what, "subject": entry.subject, "number": number,
        "act": entry.act, "recorded_at": recorded_at, "actor": actor, "why": entry.why,
        "why_sha256": None if entry.why is None else digest(entry.why),
        "body_sha256": NOTHING if entry.body is None else digest(entry.body), "previous": previous,
    }  # fmt: skip
    return {**row, "hash": _hash(row), "body": body, **describe_entry(entry)}


def _hash(row: Mapping[str, Any]) -> str:
    """Take the hash of a line; over its reason's where that may be redacted."""
    said = dict(row)
    del said["why" if said.get("why_sha256") else "why_sha256"]
    return hashlib.sha256(canonicalise(said)).hexdigest()


SHAPES = {
    "Point": "point", "MultiPoint": "point", "LineString": "line", "MultiLineString": "line",
    "Polygon": "area", "MultiPolygon": "area",
}  # fmt: skip
"""What a geometry is drawn as: GIS keep each in a layer of its own."""
SEARCHED: tuple[str, ...] = (
    "kind", "shape", "side", "force", "track", "seen_at", "heard_at", "valid_from", "valid_to",
    "west", "south", "east", "north",
)  # fmt: skip


def describe_entry(entry: Entry) -> Json:
    """Copy what a feature is searched by; of a layer, its name and its day."""
    found: Json = dict.fromkeys(SEARCHED)
    body = entry.body or {}
    if entry.what == "layer":
        day = (body.get("situation") or {}).get("as_of")
        return {**found, "track": entry.subject.partition("@")[0], "seen_at": read_written(day)}
    if entry.what != "feature" or not body:
        return found
    properties = body.get("properties") or {}
    times = {"seen_at": "observed_at", "heard_at": "reported_at"}
    for column in ("seen_at", "heard_at", "valid_from", "valid_to"):
        found[column] = read_written(properties.get(times.get(column, column)))
    for column in ("kind", "side", "force", "track"):
        value = properties.get(column)
        found[column] = None if value is None else str(value)
    geometry = body.get("geometry") or {}
    found["shape"] = SHAPES.get(str(geometry.get("type")))
    if box := span_of(geometry):
        found |= dict(zip(("west", "south", "east", "north"), box, strict=True))
    return found


def describe(feature: Json) -> tuple[object, ...]:
    """Give what a feature is searched by, as `find_alike` compares it."""
    return tuple(describe_entry(Entry("post", "feature", "", feature)).values())


def read_written(value: object) -> str | None:
    """Read an instant as somebody wrote it; None: it is none."""
    try:
        read = parse_instant(value) if isinstance(value, str) and value else None
    except ValueError:  # kept before it was refused
        return None
    return write_instant(read) if isinstance(read, datetime) else None


def _empty(connection: Connection, case_id: str, entry: Entry, end: str) -> None:
    """
    Take out what was said of a subject before a line, and why, and what was told with its words.

    Who said it when stays, and its hashes.
    """
    c, last = revisions.c, revisions.alias()
    before = sa.select(last.c.seq).where(last.c.hash == end).scalar_subquery()
    lines = sa.and_(c.case_id == case_id, c.what == entry.what, c.subject == entry.subject)
    which = sa.and_(lines, c.seq < before)
    said, still = (
        connection.scalars(sa.select(c.body).where(some)).all()
        for some in (which, sa.and_(lines, c.seq > before))
    )
    empty_told(connection, case_id, entry.subject, said, still)
    blank: dict[str, Any] = dict.fromkeys((*SEARCHED, "body"))
    blank["why"] = sa.case((c.why.is_(None), None), else_="")
    connection.execute(revisions.update().where(which).values(**blank))


# -- reading ---------------------------------------------------------------------------------


def find_current(
    connection: Connection, case_id: str, what: What, known_at: str | None = None
) -> list[Row[Any]]:
    """
    Find what stands at an instant: the latest revision of every subject that was not taken back.

    Parameters
    ----------
    known_at
        As `write_instant` writes it; None: now.

    Returns
    -------
    rows
        Of the columns `STANDING`, in the order of their subjects.
    """
    c = revisions.c
    known = [c.case_id == case_id, c.what == what]
    if known_at is not None:
        known.append(c.recorded_at <= known_at)
    latest = sa.select(sa.func.max(c.seq)).where(*known).group_by(c.subject)
    asked = sa.select(*STANDING).where(c.seq.in_(latest), c.act.in_(("post", "correct")))
    return sorted(connection.execute(asked), key=itemgetter(0))


def list_layer_numbers(
    connection: Connection, case_id: str, known_at: str | None = None
) -> list[tuple[int, str]]:
    """List the lines of layers that stand, as `find_current` does, with the names of the layers."""
    c = revisions.c
    latest = sa.select(sa.func.max(c.seq)).where(c.case_id == case_id, c.what == "layer")
    if known_at is not None:
        latest = latest.where(c.recorded_at <= known_at)
    asked = sa.select(c.seq, c.track).where(
        c.seq.in_(latest.group_by(c.subject)), c.act.in_(("post", "correct"))
    )
    return [(seq, name or "") for seq, name in connection.execute(asked.order_by(c.seq))]


def find_known(
    connection: Connection, case_id: str, what: What, subjects: Sequence[str]
) -> dict[str, str]:
    """Find which of the subjects the log knows, and what was done last to each."""
    heads = _find_heads(connection, case_id, ((what, name) for name in subjects))
    return {name: act or "" for (_, name), (_, act) in heads.items()}


def list_revisions(  # noqa: PLR0913 - which of them, and how much of each
    connection: Connection, case_id: str, subject: str | None = None, what: What | None = None,
    *, after: int = 0, after_number: int = 0, most: int = 1000, is_brief: bool = False,
) -> list[Revision]:  # fmt: skip
    """
    List the log of a case, or of one subject, from the oldest on, page by page.

    Parameters
    ----------
    after
        The last line of the page before (`Revision.seq`).
    after_number
        The same by its number, of one subject.
    is_brief
        Leave unread what was said, which of a layer is megabytes.
    """
    c = revisions.c
    columns = [sa.null().label("body") if is_brief and one is c.body else one for one in COLUMNS]
    asked = sa.select(*columns).where(c.case_id == case_id, c.seq > after)
    if subject is not None:
        asked = asked.where(c.subject == subject, c.number > after_number)
    if what is not None:
        asked = asked.where(c.what == what)
    return [Revision(*row) for row in connection.execute(asked.order_by(c.seq).limit(most))]


def read_latest(
    connection: Connection, case_id: str, what: What, subject: str, known_at: str | None = None
) -> Revision | None:
    """Read the latest revision of a subject, by an instant or of all; None: there is none."""
    c = revisions.c
    asked = sa.select(*COLUMNS).where(c.case_id == case_id, c.what == what, c.subject == subject)
    if known_at is not None:
        asked = asked.where(c.recorded_at <= known_at)
    last = connection.execute(asked.order_by(c.seq.desc()).limit(1)).first()
    return None if last is None else Revision(*last)


def find_author(connection: Connection, case_id: str, what: What, subject: str) -> str | None:
    """Find who posted a subject, last where it was taken back and posted again; None: nobody."""
    c = revisions.c
    asked = sa.select(c.act, c.actor).where(
        c.case_id == case_id, c.what == what, c.subject == subject
    )
    author, is_gone = None, True
    for act, actor in connection.execute(asked.order_by(c.seq)):
        posted = act in ("post", "correct")
        if posted and is_gone:
            author = actor
        is_gone = not posted
    return author


def check_log(
    lines: Iterable[Revision], hashed_since: int | None = None, unproved: list[str] | None = None
) -> list[str]:
    """
    Say where a case's log was tampered with; nothing if it is whole.

    Each hash is taken anew over what its line says and over the hash before; and each body over
    what it is, but where it was redacted.

    Parameters
    ----------
    hashed_since
        A line (`Revision.seq`) from which on reasons have hashes, where one is known; else from
        the first of these lines whose reason has one.
    unproved
        Takes which lines hold by the next line's word alone: their reasons were redacted, and had
        no hash.

    Examples
    --------
    >>> check_log([])
    []
    """
    faults: list[str] = []
    emptied: dict[tuple[str, str], list[str]] = {}
    """Subject to what of it is gone, for which no redaction was found yet."""
    previous, at = NOTHING, ""
    for line in lines:
        where = f"revision {line.seq} ({line.what} {line.subject!r}, number {line.number})"
        subject = (line.what, line.subject)
        if line.act == "redact":
            emptied.pop(subject, None)
        if line.body is None and line.body_sha256 != NOTHING:
            emptied.setdefault(subject, []).append(f"the body of {where} is gone")
        if line.why == "":
            emptied.setdefault(subject, []).append(f"the reason of {where} is gone")
        if line.previous != previous:
            faults.append(f"{where} does not follow the one before it")
        if line.why_sha256 is not None and hashed_since is None:
            hashed_since = line.seq
        if line.why is not None and line.why_sha256 is None and line.seq >= (hashed_since or END):
            faults.append(f"the hash of the reason of {where} is gone")
        if _has_next_alone(line) and unproved is not None:
            unproved.append(where)
        faults += _check_line(line, where)
        if line.recorded_at < at:
            faults.append(f"{where} was recorded before the one before it")
        previous, at = line.hash, line.recorded_at
    return faults + [fault for gone in emptied.values() for fault in gone]


def _has_next_alone(line: Revision) -> bool:
    """Tell whether the next line alone is witness: its reason was redacted, and had no hash."""
    return line.why == "" and line.why_sha256 is None


def _check_line(line: Revision, where: str) -> Iterator[str]:
    """Take the hashes of a line anew."""
    row = {
        "case_id": line.case_id, "what": line.what, "subject": line.subject,
        "number": line.number, "act": line.act, "recorded_at": line.recorded_at,
        "actor": line.actor, "why": line.why, "why_sha256": line.why_sha256,
        "body_sha256": line.body_sha256, "previous": line.previous,
    }  # fmt: skip
    if not _has_next_alone(line) and line.hash != _hash(row):
        yield f"{where} is not what was recorded"
    if line.body is not None and not _holds(line.body, line.body_sha256):
        yield f"the body of {where} is not what was recorded"
    if line.why and line.why_sha256 and digest(line.why) != line.why_sha256:
        yield f"the reason of {where} is not what was recorded"


def _holds(body: str, sha256: str) -> bool:
    """Tell whether a body is what was recorded: each member once, for of two the hash has one."""
    try:
        said = orjson.loads(body)
        if orjson.dumps(said).decode() != body:  # what it leaves out is told by a second reading
            json.loads(body, object_pairs_hook=_take_once)
    except (ValueError, RecursionError):
        return False
    return digest(said) == sha256


def _take_once(members: list[tuple[str, Any]]) -> Json:
    read = dict(members)
    if len(read) != len(members):
        said = "a member stands there twice"
        raise ValueError(said)
    return read

"""
What people do with a case: post, correct and take back what they found.

Everything passes the door that files pass, before it is kept: a row that it refuses is answered
with its fault and its remedy, and the others are kept, unless all or none is wanted.
"""

from __future__ import annotations

import codecs
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from encircle.errors import InputFault, SituationError
from encircle.formats.tables.positions import Wishes, read_table
from encircle.map.counting import number_of
from encircle.map.door.canonical import digest
from encircle.map.door.contract import parse_day_or_instant, parse_end
from encircle.map.door.spelling import is_absent
from encircle.store.checking import find_row_faults, find_taken, give_id, lift
from encircle.store.fitting import find_misfits
from encircle.store.geometry import tell_unpacked
from encircle.store.opening import StoreError
from encircle.store.record import empty_record
from encircle.store.revisions import (
    Entry,
    append,
    lock_case,
    read_latest,
    write_instant,
)
from encircle.store.searching import find_alike
from encircle.store.settings import read_settings
from encircle.store.tables import idempotency

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

Json = dict[str, Any]
CLAIM = "claim"
"""The kind of what is said of a map, and is no part of it."""


class KeyReusedError(StoreError):
    """A key under which something else was posted before."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not kept, with everything that is wrong with it."""

    row: int
    """Of a collection its place in `features`, from 0; of a table its row, its headings being 1."""
    faults: tuple[InputFault, ...]

    def to_dict(self) -> Json:
        """Write it as HTTP answers it."""
        return {
            "row": self.row,
            "detail": "; ".join(fault.message for fault in self.faults),
            "remedy": "; ".join(dict.fromkeys(fault.remedy for fault in self.faults)),
            "pointer": self.faults[0].pointer,
        }


@dataclass(slots=True)
class Posted:
    """What became of the rows of one post."""

    accepted: list[Revision] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """What was not used of a table, or read in a way that may not be meant."""
    before: Json | None = None
    """What was answered when the same was sent before; then nothing was done now."""

    def to_dict(self) -> Json:
        """Write it as HTTP answers it."""
        if self.before is not None:
            return self.before
        return {
            "accepted": [revision.brief() for revision in self.accepted],
            "refused": [refused.to_dict() for refused in self.refused],
            **({"notices": self.notices} if self.notices else {}),
        }


def post(
    store: Store, case_id: str, features: Sequence[object], actor: str, *,
    atomic: bool = False, key: str | None = None, now: datetime | None = None,
) -> Posted:  # fmt: skip
    """
    Keep what was found: positions, routes, ground, claims.

    Parameters
    ----------
    features
        GeoJSON Features; one without an id is given one.
    atomic
        Keep all of them or none.
    key
        Names the post: sent again under the same key, it is answered as it was and not done again.

    Raises
    ------
    NotKeptError
        If there is no such case.
    KeyReusedError
        If something else was posted under the key.
    """
    rows = [give_id(feature) for feature in features]
    sent = digest([case_id, list(features), atomic]) if key else ""
    numbered = Posted(notices=tell_unpacked(features)), dict(enumerate(range(len(rows))))

    def work(connection: Connection) -> Posted:
        return _post(connection, case_id, rows, actor, numbered, atomic=atomic, now=now)

    return _once(store, case_id, actor, key, sent, now, work)


def post_table(
    store: Store, case_id: str, raw: bytes, actor: str, *, side: str | None = None,
    force: str | None = None, rows_side: str | None = None, atomic: bool = False,
    key: str | None = None, now: datetime | None = None,
) -> Posted:  # fmt: skip
    """
    Keep the positions of a table, as `convert` reads it; rows are numbered as in the table.

    Parameters
    ----------
    raw
        CSV, with headings.
    side, force
        Rows of `side` that name no force are of `force`.
    rows_side
        The side of rows that name none.

    Raises
    ------
    SituationError
        If it is no table, or no column says a place.
    """
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):  # a spreadsheet's "Unicode text"
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"\0" in raw:
        remedy = "Save the table as CSV in UTF-8"
        raise SituationError([InputFault("", "a table with a NUL in it", remedy)])
    said = [case_id, hashlib.sha256(raw).hexdigest(), side, force, rows_side, atomic]
    sent = digest(said) if key else ""

    def work(connection: Connection) -> Posted:
        settings = read_settings(connection, case_id)
        sides = {
            str(one["id"]): str(one.get("name") or one["id"]) for one in settings.get("sides", ())
        }
        wishes = Wishes(known_sides=sides, all_side=rows_side, side=side, keeps_tracks=True)
        # A name of its own: another table's second row is another sighting.
        reading = read_table(raw, f"t{uuid.uuid4().hex[:12]}.csv", "table", wishes)
        cited = {source["id"]: source for source in reading.sources}
        rows, numbers = [], {}
        for number, feature in enumerate(reading.features):
            said = feature["properties"]
            if force and said.get("side") == side:
                said = {"force": force, **said}
            sources = [cited[name] for name in said.get("sources", ())]
            numbers[number] = reading.rows_of[feature["id"]]
            rows.append({
                **feature, "id": reading.own_ids.get(feature["id"], feature["id"]),
                "properties": {**said, **({"sources": sources} if sources else {})},
            })  # fmt: skip
        faults: dict[int, list[InputFault]] = {}
        for row, fault in reading.faults:
            faults.setdefault(row, []).append(fault)
        told = Posted([], [Refused(row, tuple(said)) for row, said in sorted(faults.items())],
                      [str(notice) for notice in reading.notices])  # fmt: skip
        return _post(connection, case_id, rows, actor, (told, numbers), atomic=atomic, now=now)

    return _once(store, case_id, actor, key, sent, now, work)


def _once(
    store: Store, case_id: str, actor: str, key: str | None, sent: str, now: datetime | None,
    work: Callable[[Connection], Posted],
) -> Posted:  # fmt: skip
    """Do a post, or answer it as it was answered; what is answered is kept with what is done."""
    with store.writing() as connection:
        lock_case(connection, case_id)
        if key and (before := _recall(connection, actor, key, sent)) is not None:
            return Posted(before=before)
        posted = work(connection)
        if key:
            answer = orjson.dumps(posted.to_dict()).decode()
            row = {"actor": actor, "key": key, "body_sha256": sent, "answer": answer,
                   "recorded_at": write_instant(now or datetime.now(UTC))}  # fmt: skip
            connection.execute(idempotency.insert(), row)
        return posted


def _post(
    connection: Connection, case_id: str, rows: Sequence[Json], actor: str,
    numbered: tuple[Posted, Mapping[int, int]], *, atomic: bool, now: datetime | None,
) -> Posted:  # fmt: skip
    """Keep the rows that pass; `numbered`: what was refused before, and how rows are called."""
    told, numbers = numbered
    settings = read_settings(connection, case_id)
    faults = find_row_faults(settings, rows)
    for row, fault in find_taken(connection, case_id, rows, faults).items():
        faults.setdefault(row, []).append(fault)
    sound = {number: row for number, row in enumerate(rows) if number not in faults}
    faults |= find_misfits(connection, case_id, settings, sound)
    told.refused += [Refused(numbers[row], tuple(said)) for row, said in sorted(faults.items())]
    told.refused.sort(key=lambda refused: refused.row)
    if told.refused and atomic:
        return told
    kept = [row for number, row in enumerate(rows) if number not in faults]
    if twice := _find_twice(connection, case_id, kept):
        told.notices.append(
            f"{number_of(len(twice), 'row')} of what stands here already under another id "
            f"({', '.join(twice[:5])}): each counts as one more. Take it back, or give it a track."
        )
    by = now or datetime.now(UTC)
    if late := [str(row["id"]) for row in kept if _is_later(row, settings, by)]:
        told.notices.append(
            f"{number_of(len(late), 'row')} of later than the instant judged "
            f"({', '.join(late[:5])}): kept, and not counted until then. Is the date right?"
        )
    entries = [Entry("post", "feature", str(row["id"]), row) for row in kept]
    told.accepted = append(connection, case_id, entries, actor, now)
    return told


def _is_later(row: Json, settings: Json, now: datetime) -> bool:
    """Tell whether a row speaks of later than the case is judged at: its own instant, or now."""
    said = row["properties"]
    times = (said.get(name) for name in ("observed_at", "reported_at", "valid_from"))
    given = next((time for time in times if not is_absent(time)), None)
    try:
        at = parse_day_or_instant(given) if isinstance(given, str) else None
        until = now if is_absent(settings.get("as_of")) else parse_end(settings["as_of"])
    except ValueError:  # written as the door reads it, and as nobody orders it
        return False
    return at is not None and at.date() > until.date()


def _find_twice(connection: Connection, case_id: str, rows: Sequence[Json]) -> list[str]:
    """Find what stands in the case already and was given another id: the same table sent twice."""
    if not rows:
        return []
    standing = {
        _say(orjson.loads(body)): name for name, body in find_alike(connection, case_id, rows)
    }
    # Of one track they count as one, under however many ids.
    alone = [row for row in rows if not row["properties"].get("track")]
    return [standing[said] for row in alone if (said := _say(row)) in standing]


def _say(row: Json) -> str:
    """Give what a row says, whatever it and its sources are called."""
    said = {k: v for k, v in row["properties"].items() if k not in ("id", "sources")}
    return digest([row.get("geometry"), said])


def _recall(connection: Connection, actor: str, key: str, sent: str) -> Json | None:
    """What was answered under a key, if the same was sent."""
    c = idempotency.c
    found = connection.execute(sa.select(idempotency).where(c.actor == actor, c.key == key)).first()
    if found is None:
        return None
    if found.body_sha256 != sent:
        said = (
            f"something else was posted under the key {key!r}. Take a key of its own for each post"
        )
        raise KeyReusedError(said)
    read: Json = orjson.loads(found.answer)
    return read


def revise(
    store: Store, case_id: str, name: str, feature: object, actor: str, why: str,
    expected: int | None = None, now: datetime | None = None,
) -> Revision:  # fmt: skip
    """
    Correct an observation: the revision before stays, and is no longer counted.

    Raises
    ------
    SituationError
        If the feature does not pass the door.
    ConflictError, GoneError, NotKeptError, WhyError
        As the log says.
    """
    row = give_id(feature, name)
    with store.writing() as connection:
        lock_case(connection, case_id)
        settings = read_settings(connection, case_id)
        faults = find_row_faults(settings, [row])
        if not faults:
            faults = find_misfits(connection, case_id, settings, {0: row}, subject=name)
            faults |= _find_turned(connection, case_id, name, row)
        if str(row.get("id")) != name:
            said = f"the id {row.get('id')!r} is not {name!r}, which is corrected"
            faults.setdefault(0, []).append(
                InputFault("/id", said, f"Leave the id out, or write {name!r}")
            )
        if faults:
            raise SituationError([lift(fault) for fault in faults[0]])
        entry = Entry("correct", "feature", name, row, why, expected)
        return append(connection, case_id, [entry], actor, now)[0]


def _find_turned(
    connection: Connection, case_id: str, name: str, row: Json
) -> dict[int, list[InputFault]]:
    """
    Find a claim that is to be no claim any more, or what was none and is to be one.

    It would be gone, with all that was ever rated of it, and nobody would have taken it back.
    """
    last = read_latest(connection, case_id, "feature", name)
    if last is None or last.document is None:  # the log tells it
        return {}
    was, kind = last.document["properties"].get("kind"), row["properties"].get("kind")
    if was == kind or CLAIM not in (was, kind):
        return {}
    said = f"{name!r} is a {was}, and no correction makes it a {kind}"
    remedy = "Take it back (DELETE), and post this under another id"
    return {0: [InputFault("/features/0/properties/kind", said, remedy, name)]}


def retract(
    store: Store, case_id: str, name: str, actor: str, why: str, *,
    expected: int | None = None, redact: bool = False, now: datetime | None = None,
) -> Revision:  # fmt: skip
    """
    Take an observation back: it is counted no more, and stays to be read.

    Parameters
    ----------
    redact
        It must not stay to be read: what was said goes from every revision, who said it when stays.
    """
    with store.writing() as connection:
        entry = Entry("redact" if redact else "retract", "feature", name, None, why, expected)
        if redact:
            empty_record(connection, case_id, "feature", name)
        made = append(connection, case_id, [entry], actor, now)[0]
    if redact:
        store.wipe()
    return made

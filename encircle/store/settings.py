"""A case and its settings: title, sides, force, sources; the member `situation` of its maps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from encircle.map.door.spelling import drop_absent
from encircle.store.checking import SPOKEN_OF, check_fits, check_name, check_settings
from encircle.store.record import empty_record
from encircle.store.revisions import (
    Entry,
    NotKeptError,
    append,
    begin_case,
    lock_case,
    read_latest,
    write_instant,
)
from encircle.store.tables import cases, revisions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

Json = dict[str, Any]


def make_case(
    store: Store, case_id: str, settings: Json, actor: str, now: datetime | None = None
) -> Revision:
    """
    Begin a case.

    Parameters
    ----------
    settings
        The member `situation` of its maps: title, sides, force, sources, area.

    Raises
    ------
    SituationError
        If the settings are not such a member, or the name cannot stand in an address.
    CaseExistsError
        If there is one of that name.
    """
    check_name(case_id, "/id")
    check_settings(settings)
    with store.writing() as connection:
        return begin_case(connection, case_id, settings, actor, now)


def settle(
    store: Store, case_id: str, settings: Json, actor: str, why: str,
    expected: int | None = None, now: datetime | None = None, *, redact: bool = False,
) -> list[Revision]:  # fmt: skip
    """
    Give a case other settings.

    Parameters
    ----------
    redact
        What they said before must not stay to be read: it is as if these had been there always.

    Returns
    -------
    made
        What was recorded, these settings last.

    Raises
    ------
    SituationError
        If they are none, or something that was posted does not fit them: a side that is no more.
    """
    check_settings(settings)
    with store.writing() as connection:
        lock_case(connection, case_id)
        before, said = read_settings(connection, case_id), drop_absent(settings)
        if any(before.get(name) != said.get(name) for name in (*SPOKEN_OF, "area")):
            check_fits(connection, case_id, said)
        entries = [Entry("correct", "settings", case_id, settings, why, expected)]
        if redact:
            entries.insert(0, Entry("redact", "settings", case_id, None, why, expected))
            entries[1] = replace(entries[1], expected=None)
        if redact:
            empty_record(connection, case_id, "settings", case_id)
        made = append(connection, case_id, entries, actor, now)
    if redact:
        store.wipe()
    return made


def read_settings(connection: Connection, case_id: str, known_at: datetime | None = None) -> Json:
    """
    Read a case's settings as they stand, or stood when the case was known so far.

    Raises
    ------
    NotKeptError
        If there is no such case.
    """
    return read_numbered(connection, case_id, known_at)[1]


def read_numbered(
    connection: Connection, case_id: str, known_at: datetime | None = None
) -> tuple[int, Json]:
    """
    Read a case's settings, as `read_settings` does, with the number by which they are corrected.

    Without what says nothing, null or a blank text: the door takes that, and whoever reads on would
    take its letters for sides.

    Raises
    ------
    NotKeptError
        If there is no such case.
    """
    by = None if known_at is None else write_instant(known_at)
    latest = read_latest(connection, case_id, "settings", case_id, by)
    if latest is None:
        raise NotKeptError(
            f"there is no case {case_id!r}" + (f", or was none at {by}" if by else "")
        )
    number, read = read_line(connection, case_id, latest.seq)
    return number, drop_absent(read)


def read_line(connection: Connection, case_id: str, seq: int) -> tuple[int, Json]:
    """
    Read the settings of a line of the log, as they were given, and their number.

    Of settings that were redacted since, those that were given in their place: the first that can
    be read after them. Others given later do not change what was known before.

    Raises
    ------
    NotKeptError
        If nothing can be read there or after.
    """
    c = revisions.c
    asked = sa.select(c.number, c.body).where(
        c.case_id == case_id, c.what == "settings", c.seq >= seq, c.body.is_not(None)
    )
    row = connection.execute(asked.order_by(c.seq).limit(1)).first()
    if row is None:
        said = f"the settings of case {case_id!r} were redacted, and none given in their place"
        raise NotKeptError(said)
    return row.number, orjson.loads(row.body)


def list_cases(connection: Connection) -> list[Json]:
    """List the cases, in the order they were begun."""
    asked = sa.select(cases).order_by(cases.c.created_at, cases.c.id)
    return [
        {"id": row.id, "created_at": row.created_at, "by": row.actor}
        for row in connection.execute(asked)
    ]

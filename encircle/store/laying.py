"""What is laid under a case: control maps, roads, borders, for a day or for every day."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from encircle.errors import InputFault, SituationError
from encircle.map.door.contract import parse_day_or_instant
from encircle.map.door.spelling import is_absent
from encircle.store.checking import check_collection, check_name, find_row_faults
from encircle.store.fitting import find_misfits, list_layers
from encircle.store.geometry import unpack
from encircle.store.record import empty_record
from encircle.store.revisions import Entry, append, find_current, lock_case, read_latest
from encircle.store.settings import read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from encircle.store.opening import Store
    from encircle.store.revisions import Act, Revision

READ_OF_LAYERS = {"type", "features", "situation", "crs", "bbox", "why"}
"""Members of a layer's document that are read, or say nothing that its features do not; and why it
is laid anew."""


def lay_layer(
    store: Store, case_id: str, name: str, document: object, actor: str,
    why: str | None = None, now: datetime | None = None, expected: int | None = None,
) -> Revision:  # fmt: skip
    """
    Lay a layer under a case's observations: a control map, roads, borders.

    A layer whose document says a day (`situation.as_of`) is that day's, beside those of other days;
    one that says none is for every day. Laid again, it is a correction and takes a reason.

    Parameters
    ----------
    expected
        Number of the revision that it is laid over, or that took it back; None: whichever is the
        latest, or none.

    Raises
    ------
    SituationError
        If it does not pass the door, or an id in it is an observation's.
    ConflictError, GoneError, NotKeptError, WhyError
        As the log says.
    """
    check_name(name, "/name")
    if not isinstance(document, Mapping) or not isinstance(document.get("features"), list):
        said = "no FeatureCollection"
        raise SituationError(
            [InputFault("", said, 'Give {"type": "FeatureCollection", "features": [...]}')]
        )
    check_collection(document)
    rows = [
        dict(unpack(row)) if isinstance(row, Mapping) else {"type": row}
        for row in document["features"]
    ]
    whole = document.get("situation")
    day = whole.get("as_of") if isinstance(whole, Mapping) else None
    day = None if is_absent(day) else day  # an empty text is an absent one
    subject = name if day is None else f"{name}@{_read_day(day)}"
    kept = {
        "type": "FeatureCollection",
        "features": rows,
        **({"situation": {"as_of": day}} if day is not None else {}),
    }
    with store.writing() as connection:
        lock_case(connection, case_id)
        settings = read_settings(connection, case_id)
        faults = find_row_faults(settings, rows, posted=False)
        taken = {
            row.subject: "an observation's" for row in find_current(connection, case_id, "feature")
        }
        for layer, laid in list_layers(connection, case_id):
            if layer != name:  # of one layer a single day counts
                taken |= dict.fromkeys(laid.ids, f"a feature's of the layer {layer!r}")
        for number, row in enumerate(rows):
            if str(row.get("id")) in taken:
                said = f"the id {row['id']!r} is {taken[str(row['id'])]} of this case"
                fault = InputFault(
                    f"/features/{number}/id", said, "Give the layer's feature another id"
                )
                faults.setdefault(number, []).append(fault)
        sound = {number: row for number, row in enumerate(rows) if number not in faults}
        faults |= find_misfits(connection, case_id, settings, sound, layer=name)
        if faults:
            raise SituationError([fault for row in sorted(faults) for fault in faults[row]])
        laid_now = {row.subject for row in find_current(connection, case_id, "layer")}
        _refuse_mixing(name, subject, laid_now)
        there = subject in laid_now
        # Nothing is laid over what is not there, but by who read that it was taken back.
        is_over = there or (
            expected is not None and not _is_taken_back(connection, case_id, subject, expected)
        )
        entry = Entry("correct" if is_over else "post", "layer", subject, kept, why, expected)
        return append(connection, case_id, [entry], actor, now)[0]


def _is_taken_back(connection: Connection, case_id: str, subject: str, number: int) -> bool:
    """Tell whether a layer was taken back by its revision of a number, and that is its latest."""
    last = read_latest(connection, case_id, "layer", subject)
    return last is not None and (last.act, last.number) == ("retract", number)


def _refuse_mixing(name: str, subject: str, laid: Collection[str]) -> None:
    """Refuse a layer for every day beside days of the same layer, of which one alone counts."""
    days = sorted(other for other in laid if other.startswith(f"{name}@"))
    if subject in laid or (not days if subject == name else name not in laid):
        return
    if subject == name:
        said = f"the layer {name!r} has days ({days[-1].partition('@')[2]}), and this one has none"
        remedy = 'Say its day, {"situation": {"as_of": "2025-03-14"}}, or give it another name'
    else:
        said = f"the layer {name!r} is for every day, and this one is for a day"
        remedy = "Take that one back (DELETE), and lay it for the day it is of; or give this one "
        remedy += "another name"
    raise SituationError([InputFault("/situation/as_of", said, remedy)])


def take_back_layer(
    store: Store, case_id: str, name: str, day: str | None, actor: str, why: str, *,
    expected: int | None = None, redact: bool = False, now: datetime | None = None,
) -> Revision:  # fmt: skip
    """
    Take a layer back: the day before counts again, or none.

    Parameters
    ----------
    day
        Of the layer of which day; None: of the one that is for every day.
    redact
        It must not stay to be read.

    Raises
    ------
    SituationError
        If the day is none.
    ConflictError, GoneError, NotKeptError, WhyError
        As the log says.
    """
    subject = name if day is None else f"{name}@{_read_day(day)}"
    with store.writing() as connection:
        act: Act = "redact" if redact else "retract"
        entry = Entry(act, "layer", subject, None, why, expected)
        if redact:
            empty_record(connection, case_id, "layer", subject)
        made = append(connection, case_id, [entry], actor, now)[0]
    if redact:
        store.wipe()
    return made


DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _read_day(written: object) -> str:
    """Read the day of a layer: it is part of what the layer is called."""
    try:
        instant = parse_day_or_instant(written) if isinstance(written, str) else None
    except (ValueError, OverflowError):
        instant = None
    if not isinstance(written, str) or instant is None:
        remedy = "Write 2025-03-14 or 2025-03-14T12:00:00Z, or leave it out"
        fault = f"{written!r:.80} is no day"
        raise SituationError([InputFault("/situation/as_of", fault, remedy)])
    own = DAY.match(written.strip())
    return own[0] if own else instant.date().isoformat()


def name_unread(document: Mapping[str, Any]) -> list[str]:
    """
    Name what of a layer's document is not read: all but its features and their day.

    Examples
    --------
    >>> name_unread({"type": "FeatureCollection", "features": [], "name": "roads",
    ...              "situation": {"as_of": "2025-03-14", "sides": []}})
    ['name', 'situation.sides']
    """
    whole = document.get("situation")
    named = sorted(map(str, document.keys() - READ_OF_LAYERS))
    if isinstance(whole, Mapping):
        return named + [f"situation.{name}" for name in sorted(map(str, whole.keys() - {"as_of"}))]
    return named + ["situation"] * (whole is not None)

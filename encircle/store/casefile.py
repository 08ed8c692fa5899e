"""
What people do with a case: post, correct and take back what they found, lay a map under it.

Everything passes the door that files pass, before it is kept: a row that it refuses is answered
with its fault and its remedy, and the others are kept, unless all or none is wanted.

Long for one reason: what is posted, corrected and taken back passes one sequence of checks.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from encircle.errors import InputFault, SituationError
from encircle.formats.tables.positions import Wishes, read_table
from encircle.map.counting import number_of
from encircle.map.door.canonical import digest
from encircle.map.door.contract import parse_day_or_instant
from encircle.map.door.crs import check_crs
from encircle.map.door.document import find_cut
from encircle.map.door.reader import find_faults
from encircle.store.lines import list_layer_ids
from encircle.store.opening import StoreError
from encircle.store.record import empty_record
from encircle.store.revisions import (
    Entry,
    NotKeptError,
    append,
    begin_case,
    find_current,
    find_known,
    find_numbers,
    list_revisions,
    lock_case,
    write_instant,
)
from encircle.store.searching import find_alike
from encircle.store.tables import cases, idempotency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

__all__ = [
    "Posted",
    "Refused",
    "check_collection",
    "find_number",
    "lay_layer",
    "lift",
    "list_cases",
    "make_case",
    "name_unread",
    "post",
    "post_table",
    "read_settings",
    "retract",
    "revise",
    "settle",
]

Json = dict[str, Any]


class KeyReusedError(StoreError):
    """A key under which something else was posted before."""


ID = re.compile(r"[\w.~:-]{1,120}")
"""What a case or a layer may be called: it is part of an address."""
SPOKEN_OF = ("sides", "sources", "forces", "mapper_side")
"""Members of the settings that a feature is checked against."""
MOST_NAME = 200
"""Characters of an id, a force, a track: as many as every store keeps. Source: tables.NAME."""
MOST_DEEP = 40
"""Levels of one feature: a map of it stays below the door's 64."""
AT_ROW = re.compile(r"/features/(\d+)")


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
    _check_name(case_id, "/id")
    _check_settings(settings)
    with store.writing() as connection:
        return begin_case(connection, case_id, settings, actor, now or _now())


def settle(
    store: Store, case_id: str, settings: Json, actor: str, why: str,
    expected: int | None = None, now: datetime | None = None,
) -> Revision:  # fmt: skip
    """
    Give a case other settings.

    Raises
    ------
    SituationError
        If they are none, or something that was posted does not fit them: a side that is no more.
    """
    _check_settings(settings)
    with store.writing() as connection:
        lock_case(connection, case_id)
        before = read_settings(connection, case_id)
        if any(before.get(name) != settings.get(name) for name in SPOKEN_OF):
            _check_fits(connection, case_id, settings)
        entry = Entry("correct", "settings", case_id, settings, why, expected)
        return append(connection, case_id, [entry], actor, now or _now())[0]


def read_settings(connection: Connection, case_id: str, known_at: datetime | None = None) -> Json:
    """
    Read a case's settings as they stand, or stood when the case was known so far.

    Raises
    ------
    NotKeptError
        If there is no such case.
    """
    by = None if known_at is None else write_instant(known_at)
    rows = find_current(connection, case_id, "settings", by)
    if not rows:
        raise NotKeptError(
            f"there is no case {case_id!r}" + (f", or was none at {by}" if by else "")
        )
    read: Json = orjson.loads(rows[0].body)
    return read


def find_number(connection: Connection, case_id: str, known_at: datetime | None = None) -> int:
    """Find the number of a case's settings, by which they are corrected."""
    until = "~" if known_at is None else write_instant(known_at)
    log = list_revisions(connection, case_id, case_id)
    return max(r.number for r in log if r.what == "settings" and r.recorded_at <= until)


def list_cases(connection: Connection) -> list[Json]:
    """List the cases, in the order they were begun."""
    asked = sa.select(cases).order_by(cases.c.created_at, cases.c.id)
    return [
        {"id": row.id, "created_at": row.created_at, "by": row.actor}
        for row in connection.execute(asked)
    ]


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
    rows = [_give_id(feature) for feature in features]
    sent = digest([case_id, list(features), atomic]) if key else ""
    numbered = Posted(), dict(enumerate(range(len(rows))))

    def work(connection: Connection, at: datetime) -> Posted:
        return _post(connection, case_id, rows, actor, numbered, atomic=atomic, now=at)

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

    def work(connection: Connection, at: datetime) -> Posted:
        settings = read_settings(connection, case_id)
        sides = {
            str(one["id"]): str(one.get("name") or one["id"]) for one in settings.get("sides", ())
        }
        wishes = Wishes(known_sides=sides, all_side=rows_side, side=side)
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
        return _post(connection, case_id, rows, actor, (told, numbers), atomic=atomic, now=at)

    return _once(store, case_id, actor, key, sent, now, work)


def _once(
    store: Store, case_id: str, actor: str, key: str | None, sent: str, now: datetime | None,
    work: Callable[[Connection, datetime], Posted],
) -> Posted:  # fmt: skip
    """Do a post, or answer it as it was answered; what is answered is kept with what is done."""
    at = now or _now()
    with store.writing() as connection:
        lock_case(connection, case_id)
        if key and (before := _recall(connection, actor, key, sent)) is not None:
            return Posted(before=before)
        posted = work(connection, at)
        if key:
            answer = orjson.dumps(posted.to_dict()).decode()
            row = {"actor": actor, "key": key, "body_sha256": sent, "answer": answer,
                   "recorded_at": write_instant(at)}  # fmt: skip
            connection.execute(idempotency.insert(), row)
        return posted


def _post(
    connection: Connection, case_id: str, rows: Sequence[Json], actor: str,
    numbered: tuple[Posted, Mapping[int, int]], *, atomic: bool, now: datetime,
) -> Posted:  # fmt: skip
    """Keep the rows that pass; `numbered`: what was refused before, and how rows are called."""
    told, numbers = numbered
    settings = read_settings(connection, case_id)
    faults = _find_faults(settings, rows)
    for row, fault in _find_taken(connection, case_id, rows, faults).items():
        faults.setdefault(row, []).append(fault)
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
    if late := [str(row["id"]) for row in kept if _is_later(row, settings, now)]:
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
    given = said.get("observed_at") or said.get("reported_at") or said.get("valid_from")
    try:
        at = parse_day_or_instant(given) if isinstance(given, str) else None
        until = parse_day_or_instant(settings["as_of"]) if settings.get("as_of") else now
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
    return [standing[said] for row in rows if (said := _say(row)) in standing]


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
    row = _give_id(feature, name)
    with store.writing() as connection:
        faults = _find_faults(read_settings(connection, case_id), [row])
        if str(row.get("id")) != name:
            said = f"the id {row.get('id')!r} is not {name!r}, which is corrected"
            faults.setdefault(0, []).append(
                InputFault("/id", said, f"Leave the id out, or write {name!r}")
            )
        if faults:
            raise SituationError([lift(fault) for fault in faults[0]])
        entry = Entry("correct", "feature", name, row, why, expected)
        return append(connection, case_id, [entry], actor, now or _now())[0]


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
        made = append(connection, case_id, [entry], actor, now or _now())[0]
        if redact:
            empty_record(connection, case_id, name)
        return made


def lay_layer(
    store: Store, case_id: str, name: str, document: object, actor: str,
    why: str | None = None, now: datetime | None = None,
) -> Revision:  # fmt: skip
    """
    Lay a layer under a case's observations: a control map, roads, borders.

    A layer whose document says a day (`situation.as_of`) is that day's, beside those of other days;
    one that says none is for every day. Laid again, it is a correction and takes a reason.

    Raises
    ------
    SituationError
        If it does not pass the door, or an id in it is an observation's.
    """
    _check_name(name, "/name")
    if not isinstance(document, Mapping) or not isinstance(document.get("features"), list):
        said = "no FeatureCollection"
        raise SituationError(
            [InputFault("", said, 'Give {"type": "FeatureCollection", "features": [...]}')]
        )
    check_collection(document)
    rows = [
        dict(row) if isinstance(row, Mapping) else {"type": row} for row in document["features"]
    ]
    whole = document.get("situation")
    day = whole.get("as_of") if isinstance(whole, Mapping) else None
    day = None if day == "" else day  # an empty text is an absent one
    subject = name if day is None else f"{name}@{_read_day(day)}"
    kept = {
        "type": "FeatureCollection",
        "features": rows,
        **({"situation": {"as_of": day}} if day is not None else {}),
    }
    with store.writing() as connection:
        faults = _find_faults(read_settings(connection, case_id), rows, posted=False)
        taken = {row.subject for row in find_current(connection, case_id, "feature")}
        for number, row in enumerate(rows):
            if str(row.get("id")) in taken:
                said = f"the id {row['id']!r} is an observation's of this case"
                fault = InputFault(
                    f"/features/{number}/id", said, "Give the layer's feature another id"
                )
                faults.setdefault(number, []).append(fault)
        if faults:
            raise SituationError([fault for row in sorted(faults) for fault in faults[row]])
        there = any(row.subject == subject for row in find_current(connection, case_id, "layer"))
        entry = Entry("correct" if there else "post", "layer", subject, kept, why)
        return append(connection, case_id, [entry], actor, now or _now())[0]


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


# -- checks ----------------------------------------------------------------------------------


READ_OF_LAYERS = {"type", "features", "situation", "crs", "bbox", "why"}
"""Members of a layer's document that are read, or say nothing that its features do not; and why it
is laid anew."""


def check_collection(document: Mapping[str, Any]) -> None:
    """
    Refuse a collection that is no whole one, or not in degrees of WGS 84, as a file is refused.

    Raises
    ------
    SituationError
        If it says so of itself.
    """
    faults = []
    if foreign := check_crs(document.get("crs")):
        remedy = "Reproject to CRS84 / EPSG:4326 and drop `crs`"
        faults.append(InputFault("/crs", f"not WGS 84: {foreign}", remedy))
    if cut := find_cut(dict(document)):
        remedy = "Fetch all pages, join them, and drop the mark"
        faults.append(InputFault("", f"a page cut short ({cut}), not the whole map", remedy))
    if faults:
        raise SituationError(faults)


def _check_fits(connection: Connection, case_id: str, settings: Json) -> None:
    """Hold all that stands in a case against settings it is to have."""
    rows = [orjson.loads(r.body) for r in find_current(connection, case_id, "feature") if r.body]
    for layer in find_current(connection, case_id, "layer"):
        rows += orjson.loads(layer.body)["features"] if layer.body else []
    whole = {name: settings[name] for name in SPOKEN_OF if name in settings}
    if faults := find_faults(rows, whole):
        raise SituationError(faults)


def _now() -> datetime:
    return datetime.now(UTC)


def _check_name(name: str, pointer: str) -> None:
    if not ID.fullmatch(name) or name in (".", ".."):
        said = f"{name!r:.80} cannot stand in an address"
        remedy = "Use up to 120 letters, digits and . _ ~ : -, like kursk-2025"
        raise SituationError([InputFault(pointer, said, remedy)])


def _give_id(feature: object, name: str | None = None) -> Json:
    """Name a feature that has no name: it is found by it again."""
    row = dict(feature) if isinstance(feature, Mapping) else {"type": type(feature).__name__}
    properties = row.get("properties")
    own = row.get("id")
    if own in (None, "") and isinstance(properties, Mapping):
        own = properties.get("id")
    row["id"] = own if own not in (None, "") else name or f"o-{uuid.uuid4().hex[:16]}"
    if isinstance(row["id"], float | int) and not isinstance(row["id"], bool):
        row["id"] = str(int(row["id"])) if float(row["id"]).is_integer() else str(row["id"])
    return row


def _check_settings(settings: object) -> None:
    if not isinstance(settings, Mapping):
        said = "settings that are no object"
        raise SituationError(
            [InputFault("/situation", said, 'Give {"title": ..., "sides": [...]}')]
        )
    if faults := find_faults([], settings):
        raise SituationError(faults)


def _find_faults(
    settings: Json, rows: Sequence[Json], *, posted: bool = True
) -> dict[int, list[InputFault]]:
    """
    Find what the door says of each row: first all that is plain, then what that hid.

    Before that, what would make a row that is `posted` unfindable, and the case unreadable.
    """
    whole = {name: settings[name] for name in SPOKEN_OF if name in settings}
    found: dict[int, list[InputFault]] = {}
    for number, row in enumerate(rows):
        own = [*(_find_unnamed(row) if posted else ()), *_find_depth(row)]
        if own:
            found[number] = [replace(f, pointer=f"/features/{number}{f.pointer}") for f in own]
    left = [number for number in range(len(rows)) if number not in found]
    while left and (faults := find_faults([rows[number] for number in left], whole)):
        faulty = _sort(faults, left)
        found.update(faulty)
        left = [number for number in left if number not in faulty]
    return found


def _find_unnamed(row: Json) -> Iterator[InputFault]:
    """Find names that cannot stand in an address, or are longer than a store keeps."""
    name = str(row.get("id", ""))
    if "/" in name or name in (".", "..") or not name.isprintable():
        fault = f"the id {name!r:.80} cannot stand in an address"
        yield InputFault("/id", fault, "Take out slashes and what cannot be printed")
    said = row.get("properties")
    texts: dict[str, object] = {"/id": name}
    if isinstance(said, Mapping):
        texts |= {f"/properties/{key}": said.get(key) for key in ("kind", "force", "track")}
    for at, text in texts.items():
        if isinstance(text, Mapping | list):
            yield InputFault(at, "this is no text", "Write one word")
        elif len(str(text)) > MOST_NAME:
            fault = f"this has {len(str(text))} characters"
            yield InputFault(at, fault, f"Use no more than {MOST_NAME}")


def _find_depth(row: Json) -> Iterator[InputFault]:
    if _is_deep(row, MOST_DEEP):
        fault = f"nested deeper than {MOST_DEEP} levels"
        yield InputFault("", fault, "Write what is deep as a text")


def _is_deep(value: object, left: int) -> bool:
    if not isinstance(value, Mapping | list):
        return False
    parts = value.values() if isinstance(value, Mapping) else value
    return left == 0 or any(_is_deep(part, left - 1) for part in parts)


def _sort(faults: Iterable[InputFault], rows: Sequence[int]) -> dict[int, list[InputFault]]:
    """Sort faults by the row they stand at; what is said of the whole is said of each row."""
    found: dict[int, list[InputFault]] = {}
    for fault in faults:
        at = AT_ROW.match(fault.pointer)
        for number in [rows[int(at[1])]] if at else rows:
            pointer = f"/features/{number}{fault.pointer[at.end() :]}" if at else fault.pointer
            moved = InputFault(pointer, fault.message, fault.remedy, fault.feature)
            found.setdefault(number, []).append(moved)
    return found


def lift(fault: InputFault) -> InputFault:
    """Point into the one feature that was sent."""
    pointer = fault.pointer.removeprefix("/features/0")
    return InputFault(pointer, fault.message, fault.remedy, fault.feature)


def _find_taken(
    connection: Connection, case_id: str, rows: Sequence[Json], faults: Mapping[int, object]
) -> dict[int, InputFault]:
    """Find rows whose id the case has already."""
    names = [str(row["id"]) for number, row in enumerate(rows) if number not in faults]
    known = find_known(connection, case_id, "feature", names)
    known |= list_layer_ids(connection, find_numbers(connection, case_id, "layer"))
    found = {}
    for number, row in enumerate(rows):
        name = str(row["id"])
        if number not in faults and name in known:
            said = f"there is an observation {name!r} in this case already"
            remedy = "Correct it (PUT), or give this one another id"
            found[number] = InputFault(f"/features/{number}/id", said, remedy, name)
    return found

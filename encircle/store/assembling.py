"""
A situation is put together: as of one instant, from what was known at another.

What is kept says nothing of its own: everything passes the same door as a file does. What is left
out on the way is told in the situation's notices, as whoever makes a file tells it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from encircle.map.counting import number_of
from encircle.map.door.contract import parse_day_or_instant
from encircle.map.notices import Notice
from encircle.store.publishing import make_public, tell_public
from encircle.store.revisions import NotKeptError, find_current, write_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Row

__all__ = ["Assembled", "assemble", "find_instant", "list_days"]

Json = dict[str, Any]
Text = tuple[str, str]
"""A feature's id, and what is kept of it as it was taken in."""
MOST_NAMED = 5
"""As many ids are named in one notice."""
DAY = len("2025-03-14")


@dataclass(frozen=True, slots=True)
class Assembled:
    """What the case said: a document for the door, and which revisions it was made of."""

    raw: bytes
    """GeoJSON."""
    last_seq: int
    """The latest revision that is in it."""

    @property
    def document(self) -> Json:
        """The same, parsed."""
        read: Json = orjson.loads(self.raw)
        return read


@dataclass(slots=True)
class _Left:
    """What was left out, by reason."""

    later: list[str] = field(default_factory=list)
    redacted: list[str] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)

    def tell(self) -> Iterator[Notice]:
        if self.later:
            said = f"Posted of later than this instant, and left out: {_name(self.later)}."
            yield Notice("later_evidence_left_out", "info", said)
        if self.superseded:
            said = f"Seen again later, and counted where last seen: {_name(self.superseded)}."
            yield Notice("sightings_superseded", "info", said)
        if self.redacted:
            said = f"Known then, redacted since, and missing here: {_name(self.redacted)}."
            yield Notice("evidence_redacted", "caution", said)


def _name(ids: Sequence[str]) -> str:
    listed = ", ".join(sorted(ids)[:MOST_NAMED])
    more = len(ids) - MOST_NAMED
    return f"{number_of(len(ids), 'feature')} ({listed}{f' and {more} more' if more > 0 else ''})"


def assemble(
    connection: Connection,
    case_id: str,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    coarsen_m: float | None = None,
) -> Assembled:
    """
    Put a case's situation together.

    Of a unit seen several times (`track`), the latest sighting speaks; those of one day are sources
    of one position. Of a layer with days, the latest day's. Features stand in the order of their
    ids, so that the same evidence has the same digest, whoever posted it in which order.

    Parameters
    ----------
    as_of
        The instant that is judged; None: that of the case's settings, or that of what is known.
    known_at
        What was recorded by then; None: all that is recorded.
    coarsen_m
        What readers without a key are given, positions to so many metres; None: all.

    Returns
    -------
    assembled
        Whose document `encircle.read` takes.

    Raises
    ------
    NotKeptError
        If there is no such case, or there was none yet.
    """
    by = None if known_at is None else write_instant(known_at)
    settings = find_current(connection, case_id, "settings", by)
    if not settings:
        raise NotKeptError(
            f"there is no case {case_id!r}" + (f", or was none at {by}" if by else "")
        )
    whole = _date(orjson.loads(settings[0].body), as_of, known_at)
    then, left = write_instant(_read_end(whole["as_of"])), _Left()
    layers = find_current(connection, case_id, "layer", by)
    rows = find_current(connection, case_id, "feature", by)
    features = [*_from_layers(layers, then, left), *_from_observations(rows, then, left)]
    features.sort(key=itemgetter(0))
    notices = [notice.to_dict() for notice in left.tell()]
    if coarsen_m is not None:
        features = [(name, _write_public(text, coarsen_m)) for name, text in features]
        latest = max(row.recorded_at for row in (*settings, *layers, *rows))
        notices.append(tell_public(coarsen_m, latest).to_dict())
    if notices:
        whole["notices"] = [*(whole.get("notices") or ()), *notices]
    head = orjson.dumps({"type": "FeatureCollection", "situation": whole})[:-1]
    # What is kept is JSON as it was taken in: a hundred thousand observations are not parsed here.
    raw = b'%s,"features":[%s]}' % (head, ",".join(text for _, text in features).encode())
    return Assembled(raw, max(row.seq for row in (*settings, *layers, *rows)))


def find_instant(connection: Connection, case_id: str) -> datetime:
    """Find the instant a case is judged at where nobody names one: its settings', or now."""
    settings = find_current(connection, case_id, "settings")
    return _read_end(_date(orjson.loads(settings[0].body), None)["as_of"])


def list_days(
    connection: Connection, case_id: str, known_at: datetime | None = None
) -> list[datetime]:
    """
    List the days of which the case has something new, each by its last instant.

    Between two of them nothing changes: a map of either is the map of all days until the next.
    """
    by = None if known_at is None else write_instant(known_at)
    rows = [
        row for what in ("feature", "layer") for row in find_current(connection, case_id, what, by)
    ]
    told = {(row.seen_at or row.heard_at or row.valid_from or "")[:DAY] for row in rows}
    return [_read_end(day) for day in sorted(told - {""})]


def _write_public(text: str, side_m: float) -> str:
    return orjson.dumps(make_public(orjson.loads(text), side_m)).decode()


def _date(settings: Json, as_of: datetime | None, known_at: datetime | None = None) -> Json:
    """Set the instant judged; where the case says the same one, its spelling stays."""
    written = settings.get("as_of")
    if written is not None and (as_of is None or _read_end(written) == as_of):
        return settings
    then = as_of or min(known_at or datetime.max.replace(tzinfo=UTC), datetime.now(UTC))
    return {**settings, "as_of": then.isoformat().replace("+00:00", "Z")}


def _read_end(written: str) -> datetime:
    """Read an instant; a bare day is its end, as the door reads it."""
    read = parse_day_or_instant(written)
    is_day = len(written.strip()) <= DAY
    return datetime.combine(read, time.max, UTC) if is_day else read


def _from_layers(rows: Sequence[Row[Any]], then: str, left: _Left) -> Iterator[Text]:
    """Of each layer the latest day that is not after the instant; or the one without a day."""
    by_name: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row.body is None:
            left.redacted.append(row.subject)
        elif row.seen_at is not None and row.seen_at > then:
            left.later.append(row.subject)
        else:
            by_name[row.track].append(row)
    for days in by_name.values():
        latest = max(days, key=lambda row: row.seen_at or "")
        for feature in orjson.loads(latest.body)["features"]:
            yield str(feature.get("id", "")), orjson.dumps(feature).decode()


def _from_observations(rows: Iterable[Row[Any]], then: str, left: _Left) -> Iterator[Text]:
    tracked: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        subject, _, kind, track, seen_at, heard_at, valid_from, _, body = tuple(row)
        if body is None:
            left.redacted.append(subject)
        elif (seen_at or heard_at or valid_from or "") > then:
            # Where nobody says when it was seen, by when it was reported: the door itself looks at
            # the first only.
            left.later.append(subject)
        elif track is not None and kind == "position":
            tracked[track].append(row)
        else:
            yield subject, body
    for sightings in tracked.values():
        yield _see_last(sightings, left)


def _seen(row: Row[Any]) -> str:
    """When a sighting speaks of; of one that says no time, when it was posted."""
    told: str = row.seen_at or row.heard_at or row.valid_from or row.recorded_at
    return told


def _see_last(sightings: Sequence[Row[Any]], left: _Left) -> Text:
    """Take a unit where it was seen last, on the word of all who saw it that day."""
    order = sorted(sightings, key=lambda row: (_seen(row), row.seq))
    days = [list(rows) for _, rows in groupby(order, key=lambda row: _seen(row)[:DAY])]
    left.superseded += [row.subject for day in days[:-1] for row in day]
    *others, last = days[-1]
    if not others:
        return last.subject, last.body
    feature = orjson.loads(last.body)
    sources = list(_sources(feature))
    for other in map(orjson.loads, (row.body for row in others)):
        sources += [source for source in _sources(other) if source not in sources]
    feature["properties"]["sources"] = sources
    return last.subject, orjson.dumps(feature).decode()


def _sources(feature: Json) -> Iterator[Any]:
    cited = feature["properties"].get("sources") or ()
    yield from [cited] if isinstance(cited, str) else cited

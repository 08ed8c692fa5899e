"""
A situation is put together: as of one instant, from what was known at another.

What is kept says nothing of its own: everything passes the same door as a file does. What is left
out on the way is told in the situation's notices, as whoever makes a file tells it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from encircle.map.counting import number_of
from encircle.map.door.contract import parse_end
from encircle.map.door.spelling import is_absent, parse_list
from encircle.map.notices import Notice
from encircle.store.lines import hold_standing, read_bodies
from encircle.store.publishing import make_public, make_settings_public, tell_public
from encircle.store.revisions import NotKeptError, find_current, read_written, write_instant
from encircle.store.settings import read_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from encircle.store.standing import Chosen, Standing

__all__ = ["Assembled", "assemble", "find_instant", "list_days"]

Json = dict[str, Any]
Text = tuple[str, str, str | None]
"""A feature's id, what is kept of it as it was taken in, and its kind."""
NO_LAYER = b'{"features":[]}'
"""What is left of a layer that was redacted meanwhile."""
MOST_NAMED = 5
"""As many ids are named in one notice."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """What the case said: a document for the door."""

    raw: bytes
    """GeoJSON."""
    judged: bytes
    """The same without what no verdict hangs on: claims but the one that is asked for, and notices
    of what was left out."""
    as_of: datetime
    """The instant judged."""
    is_dated: bool
    """Whether the case or who asked names that instant; else it is what the clock said."""

    @property
    def document(self) -> Json:
        """The same, parsed."""
        read: Json = orjson.loads(self.raw)
        return read


def _tell_left(left: Chosen) -> Iterator[Notice]:
    """Tell what was left out, by reason."""
    if left.later:
        said = f"Posted of later than this instant, and left out: {_name(left.later)}."
        yield Notice("later_evidence_left_out", "info", said)
    if left.superseded:
        named = _name(left.superseded_first, left.superseded)
        said = f"Seen again later, and counted where last seen: {named}."
        yield Notice("sightings_superseded", "info", said)
    if left.undated:
        named = ", ".join(sorted(left.undated))
        said = f"Laid for every day, and left out beside a day of the same layer: {named}. "
        said += "Lay it under another name."
        yield Notice("layer_without_day_left_out", "caution", said)
    if left.redacted:
        said = f"Known then, redacted since, and missing here: {_name(left.redacted)}."
        yield Notice("evidence_redacted", "caution", said)


def _name(ids: Sequence[str], number: int | None = None) -> str:
    """Name the first of some features; `number`, where not all are given."""
    count = len(ids) if number is None else number
    listed, more = ", ".join(nsmallest(MOST_NAMED, ids)), count - MOST_NAMED
    return f"{number_of(count, 'feature')} ({listed}{f' and {more} more' if more > 0 else ''})"


def assemble(  # noqa: PLR0913 - whose, of when, for whom
    connection: Connection,
    case_id: str,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    coarsen_m: float | None = None,
    last: int | None = None,
    now: datetime | None = None,
    claim: str | None = None,
    *,
    with_claims: bool = True,
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
    last
        The line of the log after which nothing counts (`Revision.seq`): the case as one post found
        or left it, whatever others post meanwhile.
    now
        What the clock says, where nobody names an instant; None: what it says.
    claim
        The claim that is to be rated on `judged`; None: none.
    with_claims
        False: leave all others out of `raw`, too, where no verdict hangs on them.

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
    with hold_standing(connection, case_id, by, last) as standing:
        settings = _read_settings(connection, case_id, standing, by)
        if coarsen_m is not None:
            settings = make_settings_public(settings)
        whole = _date(settings, as_of, known_at or now)
        # An instant that nobody can read, kept before that was refused: the door tells it.
        then = _read_end(whole["as_of"]) or _read_clock(known_at or now)
        chosen = standing.choose(write_instant(then), MOST_NAMED)
        lines = chain.from_iterable(named.values() for named in standing.named.values())
        latest = "" if coarsen_m is None else max(line.recorded_at for line in lines)
    has_sides = not is_absent(whole.get("sides"))
    if has_sides and not with_claims:
        wanted = (None, claim)
        chosen.features = [
            seen for seen in chosen.features
            if (seen[-1].subject if seen[-1].kind == "claim" else None) in wanted
        ]  # fmt: skip
    layers, seen = _read_layers(connection, chosen), _read_features(connection, chosen)
    features = [*layers, *seen]
    features.sort(key=itemgetter(0))
    notices = [notice.to_dict() for notice in _tell_left(chosen)]
    if coarsen_m is not None:
        features = [(*_write_public(name, text, coarsen_m), kind) for name, text, kind in features]
        notices.append(tell_public(coarsen_m, latest).to_dict())
    texts = [text for _, text, _ in features]
    own = whole.get("notices")
    own = () if is_absent(own) else own or ()
    told = {**whole, "notices": [*own, *notices]} if notices else whole
    # Sides that nobody lists are those that anything names, a claim, too.
    kept = texts
    if has_sides:
        kept = [text for name, text, kind in features if kind != "claim" or name == claim]
    is_dated = as_of is not None or _read_end(settings.get("as_of")) is not None
    raw = _write(told, texts)
    is_same = told is whole and len(kept) == len(texts)
    return Assembled(raw, raw if is_same else _write(whole, kept), then, is_dated)


def _write(whole: Json, texts: Sequence[str]) -> bytes:
    """Write a map; what is kept is JSON as it was taken in, and is not parsed here."""
    head = orjson.dumps({"type": "FeatureCollection", "situation": whole})[:-1]
    return b'%s,"features":[%s]}' % (head, ",".join(texts).encode())


def _read_settings(
    connection: Connection, case_id: str, standing: Standing, by: str | None
) -> Json:
    line = standing.named["settings"].get(case_id)
    if line is None:
        raise NotKeptError(
            f"there is no case {case_id!r}" + (f", or was none at {by}" if by else "")
        )
    return read_line(connection, case_id, line.seq)[1]


def find_instant(connection: Connection, case_id: str) -> datetime:
    """Find the instant a case is judged at where nobody names one: its settings', or now."""
    settings = find_current(connection, case_id, "settings")
    return _read_end(orjson.loads(settings[0].body).get("as_of")) or _read_clock(None)


def list_days(
    connection: Connection, case_id: str, known_at: datetime | None = None
) -> list[datetime]:
    """
    List the days of which the case has something new, each by its last instant.

    Between two of them nothing changes: a map of either is the map of all days until the next. Of
    what is valid for a time that is the day on whose last instant it is so first, and the one on
    whose last it is so no more. What is to end or to begin yet, by the clock, or by what it said
    when the case was known so far, is not listed.
    """
    by = None if known_at is None else write_instant(known_at)
    with hold_standing(connection, case_id, by) as standing:
        layers = list(standing.named["layer"].values())
        lines = [*standing.named["feature"].values(), *layers]
    told = {day for line in lines if (day := _read_day(line.spoken)) is not None}
    turns = {(line.begins, line.ends) for line in lines}
    for body in read_bodies(connection, [line.seq for line in layers]).values():
        for feature in orjson.loads(body)["features"]:
            said = feature.get("properties") or {}
            times = [read_written(said.get(n)) for n in ("observed_at", "valid_from", "valid_to")]
            turns |= {(times[0], None), (times[1], times[2])}
    today = _read_clock(known_at).date()  # as known then, what was to come then is to come
    for begins, ends in turns:
        told |= {day for day in (_read_day(begins), _read_last(ends)) if day and day <= today}
    return [datetime.combine(day, time.max, UTC) for day in sorted(told)]


def _read_day(instant: str | None) -> date | None:
    return None if instant is None else datetime.fromisoformat(instant).date()


def _read_last(ends: str | None) -> date | None:
    """Read the first day at whose last instant something that ends is over."""
    if ends is None:
        return None
    over = datetime.fromisoformat(ends)
    if over.date() == date.max:
        return None
    return over.date() + timedelta(days=over.time() == time.max)


def _write_public(name: str, text: str, side_m: float) -> tuple[str, str]:
    return name, orjson.dumps(make_public(orjson.loads(text), side_m)).decode()


def _date(settings: Json, as_of: datetime | None, known_at: datetime | None = None) -> Json:
    """Set the instant judged; where the case says the same one, its spelling stays."""
    written = settings.get("as_of")
    if not is_absent(written) and (as_of is None or _read_end(written) == as_of):
        return settings
    then = as_of or _read_clock(known_at)
    return {**settings, "as_of": then.isoformat().replace("+00:00", "Z")}


def _read_clock(known_at: datetime | None) -> datetime:
    """Read what the clock says, or said by when a case was known so far."""
    return min(known_at or datetime.max.replace(tzinfo=UTC), datetime.now(UTC))


def _read_end(written: object) -> datetime | None:
    """Read the instant of settings as the door does; None: it is none, or there is none."""
    try:
        return parse_end(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _read_layers(connection: Connection, chosen: Chosen) -> Iterator[Text]:
    bodies = read_bodies(connection, [line.seq for line in chosen.layers])
    for line in chosen.layers:
        for feature in orjson.loads(bodies.get(line.seq, NO_LAYER))["features"]:
            kind = (feature.get("properties") or {}).get("kind")
            yield str(feature.get("id", "")), orjson.dumps(feature).decode(), kind


def _read_features(connection: Connection, chosen: Chosen) -> Iterator[Text]:
    bodies = read_bodies(connection, [line.seq for seen in chosen.features for line in seen])
    for seen in chosen.features:
        there = [line for line in seen if line.seq in bodies]
        chosen.redacted += [line.subject for line in seen if line.seq not in bodies]  # meanwhile
        if there:
            *others, last = there
            text = _join(bodies[last.seq], [bodies[line.seq] for line in others])
            yield last.subject, text, last.kind


def _join(last: str, others: Sequence[str]) -> str:
    """Take a unit where it was seen last, on the word of all who saw it that day."""
    if not others:
        return last
    feature = orjson.loads(last)
    sources = list(_sources(feature))
    for other in map(orjson.loads, others):
        sources += [source for source in _sources(other) if source not in sources]
    feature["properties"]["sources"] = sources
    return orjson.dumps(feature).decode()


def _sources(feature: Json) -> Iterator[Any]:
    cited = feature["properties"].get("sources")
    read = () if is_absent(cited) else parse_list(cited)
    yield from read if isinstance(read, list | tuple) else [read]

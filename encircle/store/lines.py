"""
The lines of a case's log, without what was said in them: read once, and after that what is new.

A log only grows, and its order is that of its clock: so one list answers what stood at any line and
at any instant. What was said is read where it is wanted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from contextlib import contextmanager
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import sqlalchemy as sa

from encircle.store.geometry import bounds_of
from encircle.store.standing import Standing
from encircle.store.tables import revisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

__all__ = [
    "LINES", "WRITES", "Line", "Lines", "hold_standing", "read_bodies", "read_bounds",
    "read_layers",
]  # fmt: skip

LINES = "encircle_lines"
"""Option of a connection: where the lines that were read are kept."""
WRITES = "encircle_writes"
"""Option of a connection that writes: what it reads may yet come to nothing, and is not kept."""
MOST_LINES = 200_000
"""Lines kept of all cases but the one asked last: some 60 MB."""
FEW = 500
"""Lines that are rather gone back than the whole log gone on by: several posts at one time."""
MANY = 500
"""Bodies asked for in one statement: SQLite takes no more than some thousand parameters."""


Bounds = tuple[float, float, float, float]
"""West, south, east and north, degrees."""


class LayerSaid(NamedTuple):
    """What of a layer other rows are held against."""

    ids: frozenset[str]
    sides: dict[str, set[str]]
    """Force to the sides of its positions."""
    bounds: Bounds | None
    """Of what is not only claimed; None: it has no place."""


class Line(NamedTuple):
    """A line of the log, as a map is put together from it."""

    seq: int
    what: str
    subject: str
    act: str
    kind: str | None
    track: str | None
    """Of a layer, its name."""
    spoken: str | None
    """The instant it speaks of; None: it says none."""
    recorded_at: str
    is_there: bool
    """Whether what was said is still to be read."""
    begins: str | None = None
    ends: str | None = None
    """From when and until when it is valid; None: it says none."""
    side: str | None = None
    force: str | None = None
    """Of a track, whose it is."""


_SAID = revisions.c
COLUMNS = (
    _SAID.seq, _SAID.what, _SAID.subject, _SAID.act, _SAID.kind, _SAID.track,
    sa.func.coalesce(_SAID.seen_at, _SAID.heard_at, _SAID.valid_from), _SAID.recorded_at,
    _SAID.body.is_not(None), _SAID.valid_from, _SAID.valid_to,
    _SAID.side, _SAID.force,
)  # fmt: skip


class _Log:
    """One case's lines, as far as they were read, and what stands at their end."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.standing = Standing()
        self.lock = Lock()

    def read_on(self, connection: Connection, case_id: str) -> None:
        """Read what was recorded since; what was redacted since is gone from what was read."""
        new = _read_after(connection, case_id, self.lines[-1].seq if self.lines else 0)
        gone = {(line.what, line.subject) for line in new if line.act == "redact"}
        if gone:
            self.lines = [
                line._replace(
                    kind=None, track=None, spoken=None, begins=None, ends=None, side=None,
                    force=None, is_there=False
                )
                if (line.what, line.subject) in gone else line
                for line in self.lines
            ]  # fmt: skip
        self.lines += new
        self.standing.take(new)

    @contextmanager
    def give(self, end: int) -> Iterator[Standing]:
        """Give what stood after the first so many lines."""
        if len(self.lines) - end > FEW:
            yield Standing(self.lines[:end])
            return
        self.standing.go_back(self.lines, end)
        try:
            yield self.standing
        finally:
            self.standing.take(self.lines[end:])


class Lines:
    """The logs of a store's cases that were asked for last; for any thread."""

    def __init__(self, most: int = MOST_LINES) -> None:
        self._most = most
        self._layers: OrderedDict[int, LayerSaid] = OrderedDict()
        self._logs: OrderedDict[str, _Log] = OrderedDict()
        self._bounds: dict[str, tuple[int, Bounds | None]] = {}
        self._lock = Lock()

    @contextmanager
    def hold(self, connection: Connection, case_id: str) -> Iterator[_Log]:
        """Hold the log of a case, read as far as this connection sees it or further."""
        with self._lock:
            log = self._logs.setdefault(case_id, _Log())
            self._logs.move_to_end(case_id)
        try:
            with log.lock:
                log.read_on(connection, case_id)
                yield log
        finally:
            with self._lock:
                self._forget(case_id)

    def read_layers(self, connection: Connection, numbers: Sequence[int]) -> dict[int, LayerSaid]:
        """Read what is asked of layers again and again, by the numbers of their lines."""
        with self._lock:
            known = {seq: self._layers[seq] for seq in numbers if seq in self._layers}
        bodies = read_bodies(connection, [seq for seq in numbers if seq not in known])
        for seq, body in bodies.items():
            known[seq] = _read_layer(orjson.loads(body)["features"])
        with self._lock:
            for seq, said in known.items():
                self._layers[seq] = said
                self._layers.move_to_end(seq)
            kept = sum(len(said.ids) for said in self._layers.values())
            while kept > self._most and len(self._layers) > len(known):
                _, said = self._layers.popitem(last=False)
                kept -= len(said.ids)
        return known

    def read_bounds(self, connection: Connection, case_id: str) -> Bounds | None:
        """Read the bounds of all that was ever posted but claims; asked before one appends."""
        with self._lock:
            last, known = self._bounds.get(case_id, (0, None))
        c = revisions.c
        is_counted = sa.and_(c.kind.is_not(None), c.kind != "claim")
        lons, lats = (
            [sa.case((is_counted, c[name])) for name in names]
            for names in (("west", "east"), ("south", "north"))
        )
        ends = [*(sa.func.min(lon) for lon in lons), *(sa.func.max(lon) for lon in lons),
                sa.func.min(lats[0]), sa.func.max(lats[1])]  # fmt: skip
        new = connection.execute(
            sa.select(sa.func.max(c.seq), *ends).where(c.case_id == case_id, c.seq > last)
        ).one()
        if new[0] is None:
            return known
        if new[1] is not None:  # west may be more than east, across the date line
            boxes = [(min(new[1:5]), new[5], max(new[1:5]), new[6]), *([known] if known else ())]
            west, south, east, north = zip(*boxes, strict=True)
            known = min(west), min(south), max(east), max(north)
        with self._lock:
            self._bounds[case_id] = new[0], known
        return known

    def _forget(self, last: str) -> None:
        """Forget the cases asked for longest ago, and the last only where there is none."""
        if last in self._logs and not self._logs[last].lines:
            del self._logs[last]
        kept = sum(len(log.lines) for log in self._logs.values())
        while kept > self._most and len(self._logs) > 1:
            _, log = self._logs.popitem(last=False)
            kept -= len(log.lines)


_SEQ, _RECORDED = attrgetter("seq"), attrgetter("recorded_at")


@contextmanager
def hold_standing(
    connection: Connection, case_id: str, known_at: str | None = None, last: int | None = None
) -> Iterator[Standing]:
    """
    Give what stands in a case; it is not gone on with before it is let go.

    Parameters
    ----------
    known_at
        At this instant, as `write_instant` writes it.
    last
        At the line of this number (`Revision.seq`).
    """
    options = connection.get_execution_options()
    kept: Lines | None = options.get(LINES)
    if kept is None or options.get(WRITES):
        lines = _read_after(connection, case_id, 0)
        yield Standing(lines[: _find_cut(lines, known_at, last)])
        return
    with kept.hold(connection, case_id) as log:
        head = _find_last(connection, case_id)  # others may have read further than this connection
        end = _find_cut(log.lines, known_at, head if last is None else min(last, head))
        with log.give(end) as standing:
            yield standing


def _find_cut(lines: list[Line], known_at: str | None, last: int | None) -> int:
    """Find how many lines there are until an instant and a line: a log's clock never goes back."""
    end = len(lines) if last is None else bisect_right(lines, last, key=_SEQ)
    return end if known_at is None else bisect_right(lines, known_at, hi=end, key=_RECORDED)


def read_layers(connection: Connection, numbers: Sequence[int]) -> dict[int, LayerSaid]:
    """Read what is asked of layers again and again, by the numbers of their lines."""
    kept: Lines | None = connection.get_execution_options().get(LINES)
    return (kept or Lines()).read_layers(connection, numbers)


def read_bounds(connection: Connection, case_id: str) -> Bounds | None:
    """Read the bounds of all that was ever posted in a case but claims, before one appends."""
    kept: Lines | None = connection.get_execution_options().get(LINES)
    return (kept or Lines()).read_bounds(connection, case_id)


def _read_layer(features: list[dict[str, Any]]) -> LayerSaid:
    sides: dict[str, set[str]] = {}
    boxes = []
    for feature in features:
        said = feature.get("properties") or {}
        if said.get("kind") == "position" and said.get("force"):
            sides.setdefault(str(said["force"]), set()).add(str(said.get("side")))
        box = bounds_of((feature.get("geometry") or {}).get("coordinates"))
        if box is not None and said.get("kind") != "claim" and said.get("basis") != "claimed":
            boxes.append(box)
    ends = list(zip(*boxes, strict=True))
    bounds = (min(ends[0]), min(ends[1]), max(ends[2]), max(ends[3])) if ends else None
    return LayerSaid(frozenset(str(feature.get("id")) for feature in features), sides, bounds)


def read_bodies(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Read what was said in some lines, by their numbers; what was redacted is not among it."""
    found: dict[int, str] = {}
    for first in range(0, len(numbers), MANY):
        wanted = _SAID.seq.in_(numbers[first : first + MANY])
        rows = connection.execute(sa.select(_SAID.seq, _SAID.body).where(wanted))
        found.update({seq: body for seq, body in rows if body is not None})
    return found


def _read_after(connection: Connection, case_id: str, seq: int) -> list[Line]:
    asked = sa.select(*COLUMNS).where(_SAID.case_id == case_id, _SAID.seq > seq)
    shared: dict[str | None, str | None] = {}  # most lines say what others say: one text for all
    share = shared.setdefault
    return [
        Line(seq, share(what, what) or "", subject, share(act, act) or "", share(kind, kind),
             share(track, track), spoken, share(at, at) or "", bool(there),
             share(begins, begins), share(ends, ends),
             share(side, side), share(force, force))
        for (
            seq, what, subject, act, kind, track, spoken, at, there, begins, ends, side,
            force,
        ) in connection.execute(
            asked.order_by(_SAID.seq)
        )
    ]  # fmt: skip


def _find_last(connection: Connection, case_id: str) -> int:
    asked = sa.select(sa.func.max(_SAID.seq)).where(_SAID.case_id == case_id)
    return connection.scalar(asked) or 0

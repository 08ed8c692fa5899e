"""What stands in a case is searched: by what it says, where and when; page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from encircle.store.geometry import HAS_GEOMETRY, overlaps
from encircle.store.lines import read_bodies
from encircle.store.revisions import COLUMNS, MANY, SEARCHED, Revision, describe
from encircle.store.tables import revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

__all__ = ["Wanted", "find_alike", "search"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which observations are asked for; what is None is not asked."""

    kind: str | None = None
    shape: str | None = None
    force: str | None = None
    subject: str | None = None
    """The one of this id."""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north, degrees; whatever has a part in it."""
    since: str | None = None
    until: str | None = None
    """What speaks of a time that meets the one between the two, as `write_instant` writes them."""
    known_at: str | None = None


def search(  # noqa: PLR0913 - whose, what, and which page
    connection: Connection,
    case_id: str,
    wanted: Wanted,
    *,
    after: str = "",
    skip: int = 0,
    most: int = 100,
) -> list[Revision]:
    """
    Search the observations that stand, in the order of their ids.

    Parameters
    ----------
    after
        The last id of the page before.
    skip
        How many are passed over: for readers who page by numbers.
    most
        How many at most.
    """
    c, later = revisions.c, revisions.alias().c
    overtaken = [later.case_id == c.case_id, later.what == c.what, later.subject == c.subject,
                 later.seq > c.seq]  # fmt: skip
    asked = sa.select(*COLUMNS).where(
        c.case_id == case_id, _is_feature(wanted.kind), c.subject > after,
        c.act.in_(("post", "correct")), c.body.is_not(None),
    )  # fmt: skip
    if wanted.known_at is not None:
        asked = asked.where(c.recorded_at <= wanted.known_at)
        overtaken.append(later.recorded_at <= wanted.known_at)
    # Row by row, not by a list of all that is latest: a page is found without reading the case.
    asked = asked.where(~sa.exists().where(*overtaken))
    for column, value in (
        (c.kind, wanted.kind), (c.shape, wanted.shape), (c.force, wanted.force),
        (c.subject, wanted.subject),
    ):  # fmt: skip
        if value is not None:
            asked = asked.where(column == value)
    if wanted.bbox is not None:
        west, south, east, north = wanted.bbox
        asked = asked.where(c.south <= north, c.north >= south)
        either = sa.or_(c.west <= east, c.east >= west)
        across = c.west > c.east  # of what is drawn across the date line (RFC 7946 5.2)
        within = sa.or_(across, either)
        if west <= east:
            both = sa.and_(c.west <= east, c.east >= west)
            within = sa.or_(sa.and_(~across, both), sa.and_(across, either))
        asked = asked.where(within)
        if connection.get_execution_options().get(HAS_GEOMETRY):
            asked = asked.where(overlaps(wanted.bbox))
    begins, ends = _find_times()
    if wanted.since is not None:
        asked = asked.where(sa.or_(ends.is_(None), ends >= wanted.since))
    if wanted.until is not None:
        asked = asked.where(sa.or_(begins.is_(None), begins <= wanted.until))
    asked = asked.order_by(c.subject).offset(skip).limit(most)
    return [Revision(*row) for row in connection.execute(asked)]


def _is_feature(kind: str | None = "") -> sa.ColumnElement[bool]:
    """
    Say that a row is of a feature, and leave it to the other columns to find it by an index.

    SQLite takes the index of which most columns are asked, whatever they hold: that of all features
    of a case, where a claim is one of thousands. Of no kind, and of positions, that one is right.
    """
    if kind in (None, "position"):
        return revisions.c.what == "feature"
    return sa.func.coalesce(revisions.c.what, "") == "feature"


def _find_times() -> tuple[sa.ColumnElement[str | None], sa.ColumnElement[str | None]]:
    """
    Say from when and until when an observation speaks; null: without bound.

    As long as it is valid; of what says no validity, when it was seen, or was reported. What says
    no time at all speaks at any.
    """
    c = revisions.c
    at = sa.func.coalesce(c.seen_at, c.heard_at)
    ends = sa.func.coalesce(c.valid_to, sa.case((c.valid_from.is_(None), at)))
    return sa.func.coalesce(c.valid_from, at), ends


def find_alike(
    connection: Connection, case_id: str, features: Sequence[Json]
) -> list[tuple[str, str]]:
    """
    Find what stands and is found by the same as one of the features: place, times, kind and so on.

    Returns
    -------
    found
        Names and bodies, in the order of their names: what says the same as a feature is among it.
    """
    c = revisions.c
    later = revisions.alias()
    is_last = ~sa.exists().where(
        later.c.case_id == c.case_id, later.c.what == c.what, later.c.subject == c.subject,
        later.c.seq > c.seq,
    )  # fmt: skip
    wanted = {describe(feature) for feature in features}
    asked = sa.select(c.subject, c.seq, *(c[name] for name in SEARCHED)).where(
        c.case_id == case_id, _is_feature(), c.act.in_(("post", "correct")), is_last
    )
    questions = [
        *_ask_by_place(asked, wanted, "west", "south", "seen_at"),
        *(one.where(c.seen_at.is_(None)) for one in _ask_by_place(asked, wanted, "west", "south")),
    ]
    if any(row[SEARCHED.index("west")] is None for row in wanted):
        questions.append(asked.where(c.west.is_(None)))
    names = {
        seq: subject
        for question in questions
        for subject, seq, *said in connection.execute(question)
        if tuple(said) in wanted
    }
    return sorted((names[seq], body) for seq, body in read_bodies(connection, [*names]).items())


def _ask_by_place(
    asked: sa.Select[Any], wanted: Iterable[tuple[object, ...]], *names: str
) -> Iterator[sa.Select[Any]]:
    """
    Ask for rows at the places of some features, and at their times, where these are named.

    Joined to a table of the places: with a list of them SQLite would read every row of the case.
    """
    parts = [SEARCHED.index(name) for name in names]
    timed = "seen_at" in names
    places = sorted({
        tuple(row[part] for part in parts) for row in wanted
        if row[SEARCHED.index("west")] is not None
        and (row[SEARCHED.index("seen_at")] is not None) == timed
    })  # fmt: skip
    columns = [revisions.c[name] for name in names]
    for first in range(0, len(places), MANY):
        rows = (zip(columns, place, strict=True) for place in places[first : first + MANY])
        table = sa.union_all(*(
            sa.select(*(sa.literal(said, one.type).label(one.name) for one, said in row))
            for row in rows
        )).subquery()  # fmt: skip
        meets = sa.and_(*(one == table.c[one.name] for one in columns))
        yield asked.select_from(sa.join(revisions, table, meets))

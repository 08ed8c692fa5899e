"""How claims were rated, and why otherwise now: a line for every rating that differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from encircle.store.revisions import write_instant
from encircle.store.tables import ratings, revisions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

__all__ = ["Rated", "list_claimed", "list_latest", "list_ratings", "note_rating"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating of a claim."""

    rating: str | None
    definition: str | None
    because: list[str]
    as_of: str
    input_sha256: str
    """Digest of the map it was held against."""
    engine: str
    recorded_at: str = ""

    def is_as(self, other: Rated | None) -> bool:
        """Tell whether it says the same of the same instant."""
        return other is not None and (self.rating, self.definition, self.as_of) == (
            other.rating, other.definition, other.as_of,
        )  # fmt: skip

    def to_dict(self) -> Json:
        """Write it as HTTP answers it."""
        return {name: getattr(self, name) for name in type(self).__dataclass_fields__}


COLUMNS = [ratings.c[name] for name in Rated.__dataclass_fields__]


def note_rating(
    connection: Connection, case_id: str, claim: str, rated: Rated, now: datetime
) -> list[Rated]:
    """
    Note a rating where it differs from the one before, and give the whole log, the latest last.

    A rating that is taken back is not dropped: the next line says what is said now.
    """
    log = list_ratings(connection, case_id, claim)
    if rated.is_as(log[-1] if log else None):
        return log
    row = {**rated.to_dict(), "because": orjson.dumps(rated.because).decode(),
           "recorded_at": write_instant(now), "case_id": case_id, "claim": claim}  # fmt: skip
    connection.execute(ratings.insert(), row)
    return list_ratings(connection, case_id, claim)


def list_ratings(
    connection: Connection, case_id: str, claim: str, until: datetime | None = None
) -> list[Rated]:
    """List how a claim was rated, by an instant or all, the latest last."""
    c = ratings.c
    asked = sa.select(*COLUMNS).where(c.case_id == case_id, c.claim == claim).order_by(c.seq)
    if until is not None:
        asked = asked.where(c.recorded_at <= write_instant(until))
    return [_read(row) for row in connection.execute(asked)]


def list_latest(
    connection: Connection, case_id: str, until: datetime | None = None
) -> dict[str, Rated]:
    """Give how each claim of a case was rated last, by an instant or of all, by its name."""
    c = ratings.c
    last = sa.select(sa.func.max(c.seq)).where(c.case_id == case_id).group_by(c.claim)
    if until is not None:
        last = last.where(c.recorded_at <= write_instant(until))
    asked = sa.select(c.claim, *COLUMNS).where(c.seq.in_(last))
    return {claim: _read(row) for claim, *row in connection.execute(asked)}


def list_claimed(connection: Connection) -> list[str]:
    """List the cases in which a claim was kept, taken back or not."""
    c = revisions.c
    asked = sa.select(c.case_id).where(c.what == "feature", c.kind == "claim").distinct()
    return list(connection.scalars(asked.order_by(c.case_id)))


def _read(row: Sequence[Any]) -> Rated:
    rating, definition, because, *rest = row
    return Rated(rating, definition, orjson.loads(because), *rest)

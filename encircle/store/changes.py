"""What a revision did to a verdict, as a feed that any reader of news follows (Atom, RFC 4287)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
import sqlalchemy as sa

from encircle.store.fitting import list_layers
from encircle.store.revisions import find_current, write_instant
from encircle.store.tables import changes, revisions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from encircle.store.ratings import Rated
    from encircle.store.revisions import Revision

__all__ = [
    "Change", "Item", "is_force_known", "list_changes", "note_changes", "tell_changes",
    "tell_ratings", "write_atom",
]  # fmt: skip

Json = dict[str, Any]
ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Change:
    """The verdict on one force, before and after."""

    force: str
    was: Json | None
    now: Json | None
    because: list[str]
    as_of: str
    recorded_at: str
    revision: str
    """Hash of the revision that did it."""
    is_correction: bool
    """Something that had been counted was corrected or taken back."""

    def to_dict(self) -> Json:
        """Write it as HTTP answers it to the post that did it."""
        return {"force": self.force, "was": self.was, "is": self.now, "because": self.because}

    @property
    def statement(self) -> str:
        """One sentence: what was said, and what is said now."""
        if self.was is None and self.now is None:
            return f"{self.force or 'The case'} on {self.as_of[:10]}: not judged"
        said = [_say(one) for one in (self.was, self.now)]
        begun = "Correction: " if self.is_correction and self.was else ""
        return f"{begun}{self.force} on {self.as_of[:10]}: {said[0]} becomes {said[1]}"


def _say(status: Json | None) -> str:
    return f"{status['verdict'].replace('_', ' ')} ({status['status']})" if status else "not judged"


def note_changes(
    connection: Connection, case_id: str, found: Sequence[Json], by: Revision, as_of: str
) -> None:
    """Note what a revision changed; `found` as HTTP answers it."""
    rows = [
        {
            "case_id": case_id, "force": one["force"], "is_correction": by.act != "post",
            "was": _write(one["was"]), "now": _write(one["is"]),
            "because": orjson.dumps(one["because"]).decode(), "as_of": as_of,
            "recorded_at": by.recorded_at, "revision": by.hash,
        }
        for one in found
    ]  # fmt: skip
    if rows:
        connection.execute(changes.insert(), rows)


def _write(status: Json | None) -> str | None:
    return None if status is None else orjson.dumps(status).decode()


def list_changes(  # noqa: PLR0913 - whose, of which
    connection: Connection, case_id: str, force: str | None = None, most: int = 100,
    until: datetime | None = None, revision: str | None = None,
) -> list[Change]:  # fmt: skip
    """List what changed, by an instant or all, or by one revision's hash; the latest told first."""
    c = changes.c
    asked = sa.select(changes).where(c.case_id == case_id).order_by(c.seq.desc()).limit(most)
    if force is not None:
        asked = asked.where(c.force == force)
    if revision is not None:
        asked = asked.where(c.revision == revision)
    if until is not None:
        asked = asked.where(c.recorded_at <= write_instant(until))
    return [
        Change(
            row.force, row.was and orjson.loads(row.was), row.now and orjson.loads(row.now),
            orjson.loads(row.because), row.as_of, row.recorded_at, row.revision, row.is_correction,
        )
        for row in connection.execute(asked)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a feed tells."""

    id: str
    title: str
    updated: str
    where: str
    """What it is about, beside the feed."""
    content: str


def is_force_known(
    connection: Connection, case_id: str, force: str, known_at: str | None = None
) -> bool:
    """Tell whether anything in a case ever was of a force, by an instant or of all."""
    c = revisions.c
    asked = sa.select(c.seq).where(c.case_id == case_id, c.force == force)
    if known_at is not None:
        asked = asked.where(c.recorded_at <= known_at)
    if connection.execute(asked.limit(1)).first() is not None:
        return True
    told = sa.select(changes.c.seq).where(changes.c.case_id == case_id, changes.c.force == force)
    if known_at is not None:
        told = told.where(changes.c.recorded_at <= known_at)
    if connection.execute(told.limit(1)).first() is not None:
        return True
    settings = find_current(connection, case_id, "settings", known_at)
    said = orjson.loads(settings[0].body) if settings and settings[0].body else {}
    named = {said.get("force"), *(str(one.get("id")) for one in said.get("forces") or ())}
    return force in named or any(
        force in laid.sides for _, laid in list_layers(connection, case_id, known_at)
    )


def tell_changes(found: Sequence[Change]) -> list[Item]:
    """Tell what changed, as a feed does."""
    return [
        Item(
            f"urn:sha256:{change.revision}:{quote(change.force, safe='')}", change.statement,
            change.recorded_at,
            f"forces/{quote(change.force, safe='')}/judgement?as_of={change.as_of}"
            f"&known_at={change.recorded_at}",
            " ".join(change.because),
        )
        for change in found
    ]  # fmt: skip


def tell_ratings(claim: str, log: Sequence[Rated]) -> list[Item]:
    """Tell how a claim was rated, the latest first; a rating that says otherwise corrects one."""
    items = []
    name = quote(claim, safe="")
    for number, rated in enumerate(log):
        said = f"{claim}: {rated.rating or 'not rated'}"
        before = log[number - 1].rating if number else None
        corrects = before is not None and before != rated.rating
        title = f"Correction: {said} (before: {before})" if corrects else said
        where = f"urn:encircle:claim:{name}:{rated.recorded_at}"
        items.append(
            Item(where, title, rated.recorded_at, f"claims/{name}", " ".join(rated.because))
        )
    return items[::-1]


def write_atom(
    case_id: str, title: str, address: str, items: Sequence[Item], of: str = ""
) -> bytes:
    """
    Write an Atom feed.

    Parameters
    ----------
    address
        Of the feed itself, as it was asked for; what its items are about lies beside it.
    of
        What of the case it tells, where not all: each such feed is one of its own.

    References
    ----------
    .. [1] RFC 4287, The Atom Syndication Format.
    """
    feed = Element("feed", xmlns=ATOM)
    _add(feed, "id", f"urn:encircle:case:{quote(case_id, safe='')}{of}")
    _add(feed, "title", f"{title}: what changed")
    _add(feed, "updated", items[0].updated if items else "1970-01-01T00:00:00Z")
    SubElement(feed, "link", rel="self", href=address)
    _add(SubElement(feed, "author"), "name", "Encircle")
    base = address.partition("?")[0].rpartition("/")[0]
    for item in items:
        entry = SubElement(feed, "entry")
        _add(entry, "id", item.id)
        _add(entry, "title", item.title)
        _add(entry, "updated", item.updated)
        SubElement(entry, "link", rel="alternate", href=f"{base}/{item.where}")
        _add(entry, "content", item.content)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = "".join(c for c in text if c >= " " or c in "\t\n")

"""What a revision did to a verdict, as a feed that any reader of news follows (Atom, RFC 4287)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
import sqlalchemy as sa

from encircle.store.revisions import write_instant
from encircle.store.tables import changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from encircle.store.revisions import Revision

__all__ = ["Change", "list_changes", "note_changes", "write_atom"]

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

    @property
    def statement(self) -> str:
        """One sentence: what was said, and what is said now."""
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


def list_changes(
    connection: Connection, case_id: str, force: str | None = None, most: int = 100,
    until: datetime | None = None,
) -> list[Change]:  # fmt: skip
    """List what changed, by an instant or all, the latest first."""
    c = changes.c
    asked = sa.select(changes).where(c.case_id == case_id).order_by(c.seq.desc()).limit(most)
    if force is not None:
        asked = asked.where(c.force == force)
    if until is not None:
        asked = asked.where(c.recorded_at <= write_instant(until))
    return [
        Change(
            row.force, row.was and orjson.loads(row.was), row.now and orjson.loads(row.now),
            orjson.loads(row.because), row.as_of, row.recorded_at, row.revision, row.is_correction,
        )
        for row in connection.execute(asked)
    ]  # fmt: skip


def write_atom(case_id: str, title: str, address: str, found: Sequence[Change]) -> bytes:
    """
    Write changes as an Atom feed.

    Parameters
    ----------
    address
        Of the feed itself; that of a judgement lies beside it.

    References
    ----------
    .. [1] RFC 4287, The Atom Syndication Format.
    """
    feed = Element("feed", xmlns=ATOM)
    _add(feed, "id", f"urn:encircle:case:{case_id}")
    _add(feed, "title", f"{title}: what changed")
    _add(feed, "updated", found[0].recorded_at if found else "1970-01-01T00:00:00Z")
    SubElement(feed, "link", rel="self", href=address)
    _add(SubElement(feed, "author"), "name", "Encircle")
    base = address.rpartition("/")[0]
    for change in found:
        entry = SubElement(feed, "entry")
        _add(entry, "id", f"urn:sha256:{change.revision}:{change.force}")
        _add(entry, "title", change.statement)
        _add(entry, "updated", change.recorded_at)
        SubElement(entry, "link", rel="alternate", href=(
            f"{base}/forces/{change.force}/judgement?as_of={change.as_of}"
            f"&known_at={change.recorded_at}"
        ))  # fmt: skip
        _add(entry, "content", " ".join(change.because))
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = "".join(c for c in text if c >= " " or c in "\t\n")

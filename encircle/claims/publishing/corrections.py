"""
What was said of a claim before, and why it is said otherwise now: an append-only log.

One JSON object a line. A line is never changed: a new rating is a new line, which keeps the old
rating and says what differs. Each line carries the digest of the one before, so that a line taken
out or written over shows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import orjson

from encircle.claims.matching import Said
from encircle.claims.publishing.checked import RATINGS, say_day_of
from encircle.errors import CheckedClaimsError, InputFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from encircle.claims.publishing.checked import CheckedClaim

Json = dict[str, Any]
Kind = Literal["published", "updated", "corrected"]
MOST_NAMED = 5
"""Ids named of a longer list of evidence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    key: str
    claim: str
    claimant: str
    statement: str
    definition: str | None
    rating: str
    kind: Kind
    """First published; the same rating on another basis; another rating."""
    recorded_at: str
    basis: Json
    """What the rating rests on: engine, parameters, maps, evidence, rules."""
    earlier_rating: str | None
    because: tuple[str, ...]
    note: str
    previous_sha256: str

    def to_line(self) -> bytes:
        """Write the entry as its line."""
        return orjson.dumps(
            {
                "key": self.key,
                "claim": self.claim,
                "claimant": self.claimant,
                "statement": self.statement,
                "definition": self.definition,
                "rating": self.rating,
                "kind": self.kind,
                "recorded_at": self.recorded_at,
                "basis": self.basis,
                "earlier_rating": self.earlier_rating,
                "because": list(self.because),
                "note": self.note,
                "previous_sha256": self.previous_sha256,
            }
        )

    @property
    def told(self) -> str:
        """The entry in a sentence a reader can follow."""
        day, now = say_day_of(self.recorded_at), RATINGS[self.rating].lower()
        why = f" {' '.join(self.because)}" if self.because else ""
        note = f" {self.note}" if self.note else ""
        if self.kind == "corrected":
            was = RATINGS[self.earlier_rating or self.rating].lower()
            return f"Corrected on {day}: rated {now}, before that {was}.{why}{note}"
        if self.kind == "updated":
            return f"Updated on {day}: still rated {now}, on another basis.{why}{note}"
        return f"First published on {day}: rated {now}.{note}"


@dataclass(frozen=True, slots=True)
class Log:
    """All entries, oldest first; a log only grows."""

    entries: tuple[Entry, ...] = ()

    def of(self, key: str) -> tuple[Entry, ...]:
        """List what was said of one claim, oldest first."""
        return tuple(entry for entry in self.entries if entry.key == key)

    @property
    def ratings(self) -> dict[str, str]:
        """What is said now of each claim, by its key."""
        return {entry.key: entry.rating for entry in self.entries}

    def list_said(self) -> list[Said]:
        """List the claims checked so far, by their keys, on the day of the map of each."""
        latest = {entry.key: entry for entry in self.entries}
        return [_read_said(entry) for entry in latest.values()]

    @property
    def corrected(self) -> list[Entry]:
        """Entries that changed a rating."""
        return [entry for entry in self.entries if entry.kind == "corrected"]

    def record(self, claims: Iterable[CheckedClaim], at: str, note: str = "") -> Log:
        """
        Record new checks: a new log, whose beginning is this one.

        A check that says the same on the same basis adds nothing.
        """
        entries = list(self.entries)
        latest = {entry.key: entry for entry in entries}
        for claim in claims:
            entry = _compare(claim, latest.get(claim.key), at, note, _digest_last(entries))
            if entry is not None:
                entries.append(entry)
                latest[claim.key] = entry
        return Log(tuple(entries))

    def to_lines(self) -> bytes:
        """Write the whole log."""
        return b"".join(entry.to_line() + b"\n" for entry in self.entries)


def _digest_last(entries: list[Entry]) -> str:
    return hashlib.sha256(entries[-1].to_line()).hexdigest() if entries else ""


def _compare(
    claim: CheckedClaim, earlier: Entry | None, at: str, note: str, previous: str
) -> Entry | None:
    basis = build_basis(claim)
    if earlier is None:
        kind: Kind = "published"
        because: tuple[str, ...] = ()
    elif earlier.rating == claim.rating and earlier.basis == basis:
        return None
    else:
        kind = "updated" if earlier.rating == claim.rating else "corrected"
        because = tuple(explain_difference(earlier.basis, basis))
    return Entry(
        key=claim.key,
        claim=claim.id,
        claimant=claim.claimant,
        statement=claim.statement,
        definition=claim.definition,
        rating=claim.rating,
        kind=kind,
        recorded_at=at,
        basis=basis,
        earlier_rating=earlier.rating if earlier else None,
        because=because,
        note=note,
        previous_sha256=previous,
    )


def _read_said(entry: Entry) -> Said:
    asserts, as_of = entry.basis.get("asserts") or {}, entry.basis.get("as_of")
    return Said(
        entry.key, entry.claimant, entry.statement, entry.definition,
        asserts.get("value") or "yes", asserts.get("tense") or "present",
        date.fromisoformat(str(as_of)[:10]) if as_of else None,
    )  # fmt: skip


def build_basis(claim: CheckedClaim) -> Json:
    """List what a rating rests on, so that two checks can be held beside each other."""
    judgement = claim.judgement
    provenance = judgement.get("provenance") or {}
    return {
        "engine": claim.engine,
        "parameters": provenance.get("parameters") or {},
        "input_sha256": claim.input_sha256,
        "as_of": judgement.get("as_of"),
        "status": (judgement.get("status") or {}).get("code"),
        "asserts": claim.asserts,
        "maps": [
            {"map": m.name, "as_of": m.as_of, "rating": m.rating, "mapper_side": m.mapper_side}
            for m in claim.maps
        ],
        "evidence": list(claim.evidence),
        "rules": [reason.rule for reason in claim.because],
    }


def explain_difference(before: Json, now: Json) -> Iterator[str]:
    """Say what differs between the bases of two checks, a sentence each; never nothing."""
    said = False
    for sentence in _differences(before, now):
        said = True
        yield sentence
    if not said:
        yield "The same map, evidence and rules gave another answer."


def _differences(before: Json, now: Json) -> Iterator[str]:
    if before.get("asserts") != now.get("asserts"):
        yield "What the claim asserts was read otherwise."
    if before.get("engine") != now.get("engine"):
        old, new = before.get("engine") or "unknown", now.get("engine") or "unknown"
        yield f"The engine is {new}; it was {old}."
    if before.get("parameters") != now.get("parameters"):
        names = _list_changed(before.get("parameters") or {}, now.get("parameters") or {})
        yield f"Parameters differ: {names}."
    yield from _differing_maps(before, now)
    gained = sorted(set(now.get("evidence") or ()) - set(before.get("evidence") or ()))
    lost = sorted(set(before.get("evidence") or ()) - set(now.get("evidence") or ()))
    if gained:
        yield f"It rests on new evidence: {_name(gained)}."
    if lost:
        yield f"It no longer rests on {_name(lost)}."
    if before.get("rules") != now.get("rules"):
        added = [r for r in now.get("rules") or () if r not in (before.get("rules") or ())]
        yield f"Other rules apply: {_name(added) if added else 'fewer than before'}."


def _differing_maps(before: Json, now: Json) -> Iterator[str]:
    if before.get("as_of") != now.get("as_of"):
        yield f"The map is of {now.get('as_of')}; it was of {before.get('as_of')}."
    elif before.get("input_sha256") != now.get("input_sha256"):
        old, new = (str(b.get("input_sha256") or "none")[:8] for b in (before, now))
        yield f"The map was changed (input {new}; it was {old})."
    names = [[f"{m['map']} {m['as_of'][:10]}" for m in b.get("maps") or ()] for b in (before, now)]
    added = [name for name in names[1] if name not in names[0]]
    gone = [name for name in names[0] if name not in names[1]]
    if added:
        yield f"Maps were added: {_name(added)}."
    if gone:
        yield f"Maps were left out: {_name(gone)}."


def _list_changed(before: Json, now: Json) -> str:
    names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    return ", ".join(f"{name} {now.get(name)}, was {before.get(name)}" for name in names)


def _name(names: list[str]) -> str:
    shown = names if len(names) <= MOST_NAMED else [*names[:MOST_NAMED], "…"]
    return ", ".join(shown)


def read_log(raw: bytes) -> Log:
    """
    Read a log, and check that no line was taken out, changed or put in between.

    Raises
    ------
    CheckedClaimsError
        If a line is not an entry, or does not follow from the one before.
    """
    entries: list[Entry] = []
    for number, line in enumerate(raw.splitlines()):
        entry = _parse_line(line, number)
        if entry.previous_sha256 != _digest_last(entries):
            message = "the line does not follow from the one before"
            raise _refuse(number, message, "Restore the log: lines are only ever added")
        entries.append(entry)
    return Log(tuple(entries))


def _parse_line(line: bytes, number: int) -> Entry:
    try:
        values = orjson.loads(line)
        entry = Entry(**{**values, "because": tuple(values["because"])})
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise _refuse(number, f"not an entry of the log ({error})", "Restore the line") from None
    if entry.rating not in RATINGS or entry.kind not in ("published", "updated", "corrected"):
        raise _refuse(number, f"{entry.rating!r} is no rating", "Restore the line")
    if entry.to_line() != line:
        raise _refuse(number, "the line is not written as the log writes it", "Restore the line")
    return entry


def _refuse(number: int, message: str, remedy: str) -> CheckedClaimsError:
    return CheckedClaimsError([InputFault(f"/line {number + 1}", message, remedy)])

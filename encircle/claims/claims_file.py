"""A file of claims, JSON or CSV: which claims are in it, and what is wrong with which."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from encircle.claims.claims_columns import (
    ASSERTED,
    COLUMNS,
    UnreadDate,
    match_columns,
    read_dates,
    rename_members,
    spell,
)
from encircle.claims.rating.answer import FaultyClaim, Statement
from encircle.claims.words.doubtful import find_any_denial
from encircle.claims.words.extraction import propose_claims
from encircle.errors import EncircleError, InputFault
from encircle.map.counting import number_of
from encircle.map.door.contract import Instant, Name, Text, parse_assertion
from encircle.map.door.reader import LIMITS, parse_document, tell_faults
from encircle.map.situation import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from encircle.map.notices import Notice

    Read = tuple[Sequence[tuple[str, object]], list[Notice]]

Json = dict[str, Any]
MOST_CLAIMS = 100_000
"""Claims read from one file; a nightly run has hundreds."""
DELIMITERS = ",;\t"
HEAD_COUNT = re.compile(
    r"(?:[~≈>]\s*|(?:about|around|approx(?:\.|imately)?|circa|ca\.?|c\.|some|up\s+to|over|more\s+than|"
    r"at\s+least|etwa|rund|bis\s+zu|über|mindestens|около|примерно|до|более|свыше|близько|приблизно|"
    r"понад|більше)\s+)?"
    r"(?P<count>[0-9]{1,3}(?:[ ,.'’\u00a0\u202f][0-9]{3})+|[0-9]+)"
)
"""A head count, folded: people come whole, so a group of three digits behind a point or a comma is
thousands in every language."""


@dataclass(frozen=True, slots=True)
class ClaimsRead:
    """The claims of a file, and what of the file was not used."""

    claims: list[Statement | FaultyClaim]
    notices: tuple[Notice, ...] = ()


class ClaimsFileError(EncircleError, ValueError):
    """A file holds no claims at all."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        self.name = name
        super().__init__(f"{name}: {reason}. {remedy}")


class ClaimRow(BaseModel):
    """One claim of a file; what it asserts is read apart."""

    model_config = ConfigDict(extra="ignore")

    claimant: Text | None = None
    claimant_side: Name | None = None
    made_at: Instant | None = None
    statement: Text | None = None
    url: Text | None = None
    archive_url: Text | None = None


def read_claims(raw: bytes, name: str = "claims") -> list[Statement | FaultyClaim]:
    r"""
    Read a file of claims: a JSON list, `{"claims": [...]}`, or CSV with a line of names.

    Parameters
    ----------
    raw
        The file. JSON where it begins with a bracket or a brace, else CSV: UTF-8, with or without a
        byte order mark, separated by commas, semicolons or tabs.

    Returns
    -------
    claims
        In order. One that is wrong comes as its faults, everything at once, each with its place.

    Raises
    ------
    ClaimsFileError
        If nothing in the file can be read as claims.

    Examples
    --------
    >>> [entry.claim.asserts for entry in read_claims(b"force;definition\nx;land_cut\n")]
    [{'force': 'x', 'definition': 'land_cut'}]
    """
    return read_claims_file(raw, name).claims


def read_claims_file(raw: bytes, name: str = "claims") -> ClaimsRead:
    """
    Read a file of claims as `read_claims` does, and tell what of it was taken for what.

    Columns nearly named (*Made At*) and those of other tools (the auto-archiver's, ACLED's,
    ClaimReview's) are taken for ours; every other column is named in a notice.
    """
    if len(raw) > LIMITS.bytes:
        raise ClaimsFileError(name, f"{len(raw)} bytes", "Split the file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8"
        raise ClaimsFileError(name, reason, "Save the file as UTF-8") from None
    is_json = text.lstrip()[:1] in ("[", "{")
    rows, notices = _read_json(text, name) if is_json else _read_csv(text, name)
    claims, told = _read_listed(rows, name)
    return ClaimsRead(claims, (*notices, *told))


def read_rows(
    rows: Iterable[tuple[str, object]], name: str = "claims"
) -> list[Statement | FaultyClaim]:
    """Read claims that are parsed already, each with its place (a JSON pointer or a line)."""
    claims, _ = _read_listed(list(rows), name)
    return claims


def _read_listed(
    rows: Sequence[tuple[str, object]], name: str
) -> tuple[list[Statement | FaultyClaim], list[Notice]]:
    named, taken = rename_members([row for _, row in rows])
    dated, told = read_dates(named)
    places = [place for place, _ in rows]
    return _read_all(list(zip(places, dated, strict=True)), name), [*taken, *told]


def _read_all(rows: Sequence[tuple[str, object]], name: str) -> list[Statement | FaultyClaim]:
    read: list[Statement | FaultyClaim] = []
    first: dict[str, str] = {}
    for number, (place, row) in enumerate(rows):
        entry = _read_row(row, place, f"claim-{number + 1}", name)
        own = entry.id if isinstance(entry, FaultyClaim) else entry.claim.id
        if own in first:
            said = f"the id {own!r} is taken at {first[own]}"
            fault = InputFault(f"{place}/id", said, "Give each claim its own id", own)
            faults = (*entry.faults, fault) if isinstance(entry, FaultyClaim) else (fault,)
            entry = FaultyClaim(own, faults, name)
        first.setdefault(own, place)
        read.append(entry)
    return read


def _read_row(row: object, place: str, default: str, name: str) -> Statement | FaultyClaim:
    if not isinstance(row, dict):
        fault = InputFault(place, "not an object", 'Give {"id": ..., "asserts": {...}}', default)
        return FaultyClaim(default, (fault,), name)
    faults: list[InputFault] = []
    own = _name_row(row.get("id"), default)
    if own is None:
        own = default
        faults.append(InputFault(f"{place}/id", "an id that is not text", "Write it as text", own))
    if not _is_text(row):
        faults.append(InputFault(place, "text that is not valid Unicode", "Mend it there", own))
        return FaultyClaim(default, tuple(faults), name)
    told, asserts = _split(row)
    asserts = _read_head_count(asserts)
    if isinstance(asserts, dict) and isinstance(asserts.get("number"), str):
        said = f"the number {asserts['number']!r:.40} is text"
        remedy = "Write a head count in digits: 5000, 5,000 or about 5,000"
        faults.append(InputFault(f"{place}/number", said, remedy, own))
        asserts = {key: value for key, value in asserts.items() if key != "number"}
    known: Json = {}
    date = told.get("made_at")
    if isinstance(date, UnreadDate):
        remedy = "Write it as 2025-03-14, or 2025-03-14T12:00:00Z"
        faults.append(InputFault(f"{place}/made_at", date.because, remedy, own))
        told = {**told, "made_at": None}
    try:
        known = ClaimRow.model_validate(told).model_dump(exclude_none=True)
    except ValidationError as error:
        faults += tell_faults(error, place, own)
    try:
        parse_assertion(asserts)
    except ValidationError as error:
        faults += tell_faults(error, f"{place}/asserts" if "asserts" in row else place, own)
    faults = faults or list(_find_denial(known, asserts, place, own))
    if faults:
        return FaultyClaim(own, tuple(faults), name)
    known["id"] = own
    claim = Claim(geometry=None, pointer=place, asserts=asserts, **known)
    return Statement(claim, source=name, verbatim=_is_verbatim(row))


def _is_verbatim(row: Json) -> bool:
    """Tell whether the words are a quotation, as they are where nobody says otherwise."""
    proposed = row.get("proposed")
    beside = proposed.get("verbatim") if isinstance(proposed, dict) else None
    told = row.get("verbatim", beside)
    return str(told).lower() not in ("false", "no")


def _read_head_count(asserts: Any) -> Any:  # noqa: ANN401 - what a file says, whatever it is
    """Read a head count that is written as text."""
    if isinstance(asserts, dict) and isinstance(asserts.get("number"), str):
        return {**asserts, "number": read_number(asserts["number"])}
    return asserts


def _find_denial(known: Json, asserts: Json, place: str, own: str) -> Iterator[InputFault]:
    """Find a statement that denies, or may, where nobody wrote whether it does."""
    statement = known.get("statement")
    if asserts.get("definition") is None or asserts.get("value") is not None or not statement:
        return
    claims = propose_claims(statement)
    open_ = ("denial", "speaker")
    denying = [c for c in claims if c.value == "no" or (c.unread and c.unread_as in open_)]
    words = (
        find_any_denial(statement)
        if not claims
        else next((c.unread or ", ".join(c.because) or c.phrase for c in denying), None)
    )
    if words:
        said = f"no value is given, and the statement denies, or may ({words!r:.40})"
        remedy = "Write `value`: no where the claim denies it, yes where it does not"
        yield InputFault(f"{place}/value", said, remedy, own)


def _is_text(value: object) -> bool:
    """Tell whether all text in a value can be written as UTF-8."""
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(_is_text(part) for pair in value.items() for part in pair)
    return not isinstance(value, list) or all(map(_is_text, value))


def _name_row(given: object, default: str) -> str | None:
    """Name a claim by its id, or by its place where it has none; None: the id is no text."""
    if given is None or given == "":
        return default
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return str(given) if is_number or isinstance(given, str) else None


def _split(row: Json) -> tuple[Json, Any]:
    """Tell a claim from what it asserts, which may stand beside it or in `asserts`."""
    asserts = row.get("asserts")
    beside = {column: row[column] for column in ASSERTED if row.get(column) is not None}
    if asserts is None:
        return row, beside
    return row, {**beside, **asserts} if isinstance(asserts, dict) else asserts


# -- JSON ------------------------------------------------------------------------------------


def _read_json(text: str, name: str) -> Read:
    wrapped = text if text.lstrip().startswith("{") else f'{{"claims": {text}}}'
    remedy = 'Give a list of claims, or {"claims": [...]}'
    try:
        document = parse_document(wrapped)
    except EncircleError as error:
        raise ClaimsFileError(name, str(error), "") from None
    claims = document.get("claims", document.get("@graph"))
    if "claimReviewed" in document:
        claims = [document]
    if not isinstance(claims, list):
        raise ClaimsFileError(name, "no list of claims", remedy)
    if len(claims) > MOST_CLAIMS:
        raise ClaimsFileError(name, f"{number_of(len(claims), 'claim')}", f"Keep {MOST_CLAIMS}")
    root = "/claims" if text.lstrip().startswith("{") else ""
    return [(f"{root}/{number}", claim) for number, claim in enumerate(claims)], []


# -- CSV -------------------------------------------------------------------------------------


def _read_csv(text: str, name: str) -> Read:
    delimiter = max(DELIMITERS, key=text.split("\n", 1)[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(lines.line_num, cells) for cells in lines]
    except csv.Error as error:
        reason = f"line {lines.line_num} is no CSV ({error})"
        raise ClaimsFileError(name, reason, "Mend the quotes there") from None
    head = rows[0][1] if rows else []
    columns, notices = match_columns(head)
    if not set(columns.values()) & {"force", "definition", "statement"}:
        remedy = f"Begin with a line of names; known are {', '.join(COLUMNS)}"
        raise ClaimsFileError(name, "no column is called force, definition or statement", remedy)
    names = [spell(cell).replace(" ", "_") for cell in head]
    twice = sorted({n for n in names if n in COLUMNS and names.count(n) > 1})
    if twice:
        raise ClaimsFileError(name, f"two columns are called {twice[0]}", "Keep one of them")
    filled = ((line, cells) for line, cells in rows[1:] if any(cell.strip() for cell in cells))
    return [(f"line {line}", _name_cells(columns, cells)) for line, cells in filled], notices


def _name_cells(columns: dict[int, str], cells: list[str]) -> Json:
    """Name the cells of a line; empty ones say nothing, numbers and flags are read as such."""
    row: Json = {
        columns[place]: cell.strip()
        for place, cell in enumerate(cells)
        if place in columns and cell.strip()
    }
    if "number" in row:
        row["number"] = read_number(row["number"])
    if "hedged" in row:
        row["hedged"] = {"yes": True, "true": True, "no": False, "false": False}.get(
            row["hedged"].lower(), row["hedged"]
        )
    return row


def read_number(text: str) -> object:
    """
    Read a head count as people write it; what is no number stays text.

    Examples
    --------
    >>> [read_number(text) for text in ("2 000", "2,000", "2.000", "~2500", "about 2,000")]
    [2000, 2000, 2000, 2500, 2000]
    >>> [read_number(text) for text in ("2.5", "2,00", "two", "2000-3000")]
    ['2.5', '2,00', 'two', '2000-3000']
    """
    found = HEAD_COUNT.fullmatch(text.strip().casefold())
    return int(re.sub(r"\D", "", found["count"])) if found else text

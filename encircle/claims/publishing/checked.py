"""A checked claim as it comes from `encircle check --json`, read into frozen values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import ValidationError

from encircle.claims.publishing.entry import Entry, Told
from encircle.claims.words.lexicon import detect_language
from encircle.claims.words.unread import UNTOLD, find_unread_languages
from encircle.errors import CheckedClaimsError, InputFault
from encircle.map.days import say_day
from encircle.map.door.reader import tell_faults
from encircle.verdict.judgement import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]

RATINGS: dict[str, str] = {
    "supported": "Supported",
    "supported_weaker_definition": "Supported under a weaker definition",
    "premature": "Premature",
    "overstated": "Overstated",
    "misattributed": "Misattributed",
    "contradicted": "Contradicted",
    "unsupported": "Unsupported",
    "unverifiable": "Unverifiable",
}
"""The eight ratings, as they are printed. Source: docs/method.md."""
MEANINGS: dict[str, str] = {
    "supported": "The map of that day shows what was claimed, and a proof carries it.",
    "supported_weaker_definition": (
        "What was claimed does not hold as the words are usually meant; it holds under a weaker "
        "definition of the same words."
    ),
    "premature": "It was not so when it was said; the maps show it so within 14 days.",
    "overstated": "The right place, and less than was claimed.",
    "misattributed": "It was true of another force, a part of it, or another day.",
    "contradicted": "The map of that day shows the contrary, and a proof carries it.",
    "unsupported": "Nothing beyond the claim itself speaks for it or against it.",
    "unverifiable": "No public evidence could decide it.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding behind a rating."""

    rule: str
    statement: str
    evidence: tuple[str, ...] = ()
    decides: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MapRating:
    """What one map says of the claim."""

    name: str
    as_of: str
    rating: str
    mapper_side: str | None = None
    mapper: str | None = None
    used: bool = True
    use: str = ""
    """What it counts for, or why it was not used."""
    says: str = ""
    """What it shows, in words."""
    title: str = ""
    """What its maker calls it."""


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim, its rating, and everything the rating rests on."""

    id: str
    rating: str
    definition: str | None
    claimant: str
    claimant_side: str | None
    made_at: str | None
    statement: str
    verbatim: bool
    """The words are the claimant's own."""
    url: str | None
    archive_url: str | None
    asserts: Json
    because: tuple[Reason, ...]
    judgement: Json
    """The judgement that carries the rating, as the contract writes it; empty where no map does."""
    matrix: dict[str, str] = field(default_factory=dict)
    number_rating: str | None = None
    number_because: str | None = None
    maps: tuple[MapRating, ...] = ()
    quote: str = ""
    notices: tuple[Told, ...] = ()
    """What must be told beside the rating, the gravest first."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Sentences without which the rating must not be told."""
        return tuple(notice.statement for notice in self.notices if notice.severity == "doubt")

    @property
    def key(self) -> str:
        """What makes two checks checks of one claim: claimant, words, day, definition."""
        parts = [self.claimant, self.statement, self.day or "", self.definition or ""]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

    @property
    def day(self) -> str | None:
        """The day the claim was made, ISO 8601."""
        return self.made_at[:10] if self.made_at else None

    @property
    def language(self) -> str | None:
        """The language of its words, ISO 639-1, where it can be told."""
        unread = [str(one["language"]) for one in find_unread_languages(self.statement)]
        if UNTOLD in unread:
            return None
        return unread[0] if unread else detect_language(self.statement)

    def rate_by(self, definition: str) -> str | None:
        """
        Say how the claim is rated by a definition.

        Where the map gives the other answer no rating in the table begins with *supported*: that a
        weaker definition holds stands on the line of that one.
        """
        rating = self.matrix.get(definition)
        rating = self.rating if rating is None and definition == self.definition else rating
        answer = (self.judgement.get("definitions") or {}).get(definition)
        if rating == "supported_weaker_definition" and answer == ("yes" if self.denies else "no"):
            return "Does not hold; a weaker definition does"
        return RATINGS.get(rating, rating) if rating else None

    @property
    def denies(self) -> bool:
        """Tell whether the claim says that it is *not* so."""
        return self.asserts.get("value") == "no"

    @property
    def engine(self) -> str:
        """The engine that judged."""
        return str((self.judgement.get("provenance") or {}).get("engine") or "")

    @property
    def input_sha256(self) -> str:
        """Digest of the map that was judged."""
        return str((self.judgement.get("provenance") or {}).get("input_sha256") or "")

    @property
    def evidence(self) -> tuple[str, ...]:
        """Ids of every feature the rating and its proof rest on, sorted."""
        found = {name for reason in self.because for name in reason.evidence}
        proofs = self.judgement.get("certificates") or {}
        for proof in (proofs.get("open"), proofs.get("closed")):
            for part in (proof or {}).get("legs", ()) or (proof or {}).get("segments", ()):
                found.update(part.get("evidence", ()))
        return tuple(sorted(found))


def say_day_of(text: str) -> str:
    """
    Write a day as people do; what is no day stays as it is.

    Examples
    --------
    >>> say_day_of("2025-03-14T12:00:00Z")
    '14 March 2025'
    """
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return say_day(day)


def parse_checked(source: bytes | str | Mapping[str, Any] | Sequence[Any]) -> list[CheckedClaim]:
    """
    Read checked claims; entries that were themselves not claims are left out.

    Raises
    ------
    CheckedClaimsError
        With everything that is wrong with the document.

    Examples
    --------
    >>> [claim] = parse_checked({"claims": [{"id": "a", "rating": "supported", "claim": {}}]})
    >>> claim.claimant, claim.rating
    ('Somebody', 'supported')
    """
    document = _load(source)
    entries = document.get("claims") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise CheckedClaimsError([
            InputFault("/claims", "there is no list of checked claims",
                       "Give what `encircle check --json` prints")])  # fmt: skip
    faults: list[InputFault] = []
    claims = [
        claim
        for number, entry in enumerate(entries)
        if (claim := _parse_entry(entry, f"/claims/{number}", faults)) is not None
    ]
    if faults:
        raise CheckedClaimsError(faults)
    return claims


def _load(source: bytes | str | Mapping[str, Any] | Sequence[Any]) -> Any:  # noqa: ANN401 - read below
    try:
        return orjson.loads(source if isinstance(source, bytes | str) else write_json(source))
    except orjson.JSONDecodeError as error:
        raise CheckedClaimsError(
            [InputFault("", f"not JSON: {error}", "Give a JSON document")]
        ) from None


def _parse_entry(entry: object, pointer: str, faults: list[InputFault]) -> CheckedClaim | None:
    if not isinstance(entry, dict):
        faults.append(InputFault(pointer, "not an object", "Give one object for each claim"))
        return None
    if entry.get("errors"):
        return None
    rating = entry.get("rating")
    if not isinstance(rating, str) or rating not in RATINGS:
        remedy = f"Name one of {', '.join(RATINGS)}"
        faults.append(InputFault(f"{pointer}/rating", f"{rating!r} is no rating", remedy))
        return None
    try:
        Entry.model_validate(entry)
    except ValidationError as error:
        faults += tell_faults(error, pointer, _text(entry.get("id")))
        return None
    claim = _object(entry.get("claim"))
    judgement = _object(entry.get("judgement"))
    number = _object(entry.get("number"))
    return CheckedClaim(
        id=str(entry.get("id") or pointer),
        rating=str(rating),
        definition=_text(entry.get("definition")),
        claimant=_text(claim.get("claimant")) or "Somebody",
        claimant_side=_text(claim.get("claimant_side")),
        made_at=_parse_instant(claim.get("made_at"), f"{pointer}/claim/made_at", faults),
        statement=_text(claim.get("statement")) or "",
        verbatim=claim.get("verbatim") is not False,
        url=_parse_url(claim.get("url")),
        archive_url=_parse_url(claim.get("archive_url")),
        asserts=_object(claim.get("asserts")),
        because=tuple(_parse_reason(r) for r in entry.get("because") or () if isinstance(r, dict)),
        judgement=judgement,
        matrix={str(k): str(v) for k, v in _object(entry.get("matrix")).items()},
        number_rating=_text(number.get("rating")),
        number_because=_parse_statement(number.get("because")),
        maps=tuple(_parse_map(m) for m in entry.get("maps") or () if isinstance(m, dict)),
        quote=_text(entry.get("quote")) or "",
        notices=_parse_notices(entry.get("notices") or judgement.get("notices")),
    )


def _parse_notices(given: object) -> tuple[Told, ...]:
    """Take the notices of the entry, else of its judgement, as older documents have them."""
    told = [Told.model_validate(n) for n in given or () if isinstance(n, dict)]  # type: ignore[attr-defined]
    rank = {"doubt": 0, "caution": 1}
    return tuple(sorted(told, key=lambda notice: rank.get(notice.severity, 2)))


def _parse_reason(reason: Json) -> Reason:
    return Reason(
        rule=str(reason.get("rule", "")),
        statement=str(reason.get("statement", "")),
        evidence=tuple(str(name) for name in reason.get("evidence") or ()),
        decides=bool(reason.get("decides")),
        reference=str(reason.get("reference") or ""),
    )


def _parse_map(rated: Json) -> MapRating:
    name = rated.get("map") or rated.get("situation") or "a map"
    return MapRating(
        str(name), str(rated.get("as_of") or ""), str(rated.get("rating") or ""),
        _text(rated.get("mapper_side")), _text(rated.get("mapper")),
        rated.get("used") is not False, _text(rated.get("use")) or "",
        _text(rated.get("says")) or "", _text(rated.get("title")) or "",
    )  # fmt: skip


def _parse_statement(because: object) -> str | None:
    return _text(because.get("statement") if isinstance(because, dict) else because)


def _parse_instant(value: object, pointer: str, faults: list[InputFault]) -> str | None:
    if value is None:
        return None
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        remedy = "Write 2025-03-14T12:00:00Z"
        faults.append(InputFault(pointer, f"{value!r} is not an instant", remedy))
        return None
    return str(value)


def _parse_url(value: object) -> str | None:
    """Take a link a browser may follow; anything else is no link."""
    text = _text(value)
    return text if text and text.lower().startswith(("https://", "http://")) else None


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str) and value else None


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}

"""A checked claim as schema.org ClaimReview, the form in which fact checks are exchanged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from encircle.claims.publishing.checked import MEANINGS, RATINGS
from encircle.places.letters import fold
from encircle.verdict.judgement import say_definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from encircle.claims.publishing.checked import CheckedClaim
    from encircle.claims.publishing.corrections import Entry, Log

Json = dict[str, Any]

BEST, WORST = 5, 1
SCORES: dict[str, int] = {
    "supported": 5,
    "supported_weaker_definition": 4,
    "overstated": 3,
    "premature": 2,
    "misattributed": 2,
    "contradicted": 1,
}
"""How much of a claim stands, 5 all and 1 nothing. *Unsupported* and *unverifiable* say nothing of
that and have no number: a number outside the scale, as -1, is not one, since `ratingValue` lies
between `worstRating` and `bestRating`, and `alternateName` carries the rating in words. Sources:
https://developers.google.com/search/docs/appearance/structured-data/factcheck and
https://schema.org/Rating."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a check, and where."""

    name: str
    url: str | None = None
    page: str | None = None
    """Address of the page that holds the check."""
    published: str | None = None
    """Day of publication, ISO 8601."""


def write_claim_reviews(
    claims: Iterable[CheckedClaim], publisher: Publisher, log: Log | None = None
) -> list[Json]:
    """
    Write one ClaimReview for each claimant, statement, day and definition.

    Examples
    --------
    >>> from encircle.claims.publishing.checked import parse_checked
    >>> claims = parse_checked([{"id": "a", "rating": "unverifiable", "claim": {}}])
    >>> [review] = write_claim_reviews(claims, Publisher("A newsroom"))
    >>> "ratingValue" in review["reviewRating"], review["reviewRating"]["alternateName"]
    (False, 'Unverifiable')
    """
    first = {claim.key: claim for claim in reversed(list(claims))}
    return [
        write_claim_review(claim, publisher, log.of(claim.key) if log else ())
        for claim in reversed(first.values())
    ]


def write_claim_review(
    claim: CheckedClaim, publisher: Publisher, history: Sequence[Entry] = ()
) -> Json:
    """Write one checked claim as a ClaimReview, with its corrections."""
    page = f"{publisher.page}#{claim.key}" if publisher.page else None
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "@id": page or f"urn:encircle:{claim.key}",
        "url": page,
        "claimReviewed": claim.statement or _write_assertion(claim),
        "itemReviewed": _write_item(claim),
        "reviewRating": _write_rating(claim),
        "author": {"@type": "Organization", "name": publisher.name, "url": publisher.url},
        "datePublished": history[0].recorded_at[:10] if history else publisher.published,
        "dateModified": history[-1].recorded_at[:10] if len(history) > 1 else None,
        "reviewBody": claim.quote,
        "sdPublisher": {"@type": "Organization", "name": claim.engine or "encircle"},
        "sdDatePublished": publisher.published,
        "correction": [_write_correction(e, publisher) for e in history if e.kind == "corrected"],
    }
    cleaned: Json = _without_empty(review)
    return cleaned


def _write_item(claim: CheckedClaim) -> Json:
    """Write the claim itself; where it was read is an appearance, and not known to be the first."""
    appearances = [claim.url, claim.archive_url]
    works = [{"@type": "CreativeWork", "url": url} for url in appearances if url]
    return {
        "@type": "Claim",
        "text": claim.statement,
        "author": {"@type": _guess_kind(claim.claimant), "name": claim.claimant},
        "inLanguage": claim.language if claim.statement else None,
        "datePublished": claim.day,
        "appearance": works,
    }


def _guess_kind(claimant: str) -> str:
    """
    Tell a person from a body or a group.

    A person is called by an office of one (*a general*), or by a name in which no word is one of a
    body (*army*, *Генштаб*), of a country or a seat of government, or the plural of whoever speaks.

    Examples
    --------
    >>> [_guess_kind(who) for who in ("Yurii Butusov", "Kyiv", "Two Ukrainian units", "A general")]
    ['Person', 'Organization', 'Organization', 'Person']
    """
    words = [word.strip('.,()“”"«»') for word in claimant.split()]
    folded = [fold(word) for word in words]
    if OFFICE.search(" ".join(folded[:3])):
        return "Person"
    is_body = any(BODY.match(word) for word in folded) or any(
        (word.isupper() and len(word) > 1) or re.fullmatch(r"[a-z]{4,}s", word) for word in words
    )
    return "Organization" if is_body else "Person"


OFFICE = re.compile(
    r"(?<!\w)(?:president|minister|general(?!\s+staff)|chief|commander|spokes(?:man|woman|person)|head|officer|soldier|"
    r"sprecher|präsident|oberst|президент|министр|міністр|генерал|глава|командир|речник|спикер)(?!\w)"
)
"""Whoever is called by one of these is one person, folded."""
BODY = re.compile(
    r"(?:army|staff|ministry|defen[cs]e|institute|forces|command|corps|brigade|group|council|"
    r"government|coalition|observatory|military|department|authorit|agency|channel|headquarters|"
    r"kremlin|reuters|bbc|isw|deepstate|news|press|post|times|media|institut|centre|center|party|"
    r"parliament|union|army|regiment|battalion|генштаб|штаб|минобороны|міноборони|министерств|"
    r"міністерств|правительств|уряд|кремл|арми|армі|бригад|агентств|войск|військ|generalstab|"
    r"ministerium|\w+ministerium|regierung|armee|kreml|kyiv|kiev|kiew|ки[еї]в|moscow|moskau|москв|"
    r"washington|berlin|ankara|damascus|russia(?!n)|ukraine|росси[яи]|росія|украин[аы]|україн[аи]|"
    r"pravda|правда|novosti|новости|telegram)"
)
"""How words begin that a body is called by, or those who speak for a country; folded."""


def _write_rating(claim: CheckedClaim) -> Json:
    score = SCORES.get(claim.rating)
    return {
        "@type": "Rating",
        "alternateName": RATINGS[claim.rating],
        "ratingExplanation": explain_rating(claim),
        **(
            {"ratingValue": score, "bestRating": BEST, "worstRating": WORST}
            if score is not None
            else {}
        ),
    }


def explain_rating(claim: CheckedClaim) -> str:
    """Explain a rating in a few sentences: the definition, the reason, the other definitions."""
    parts = [
        f"Rated against this definition: {_define(claim.definition)}." if claim.definition else ""
    ]
    parts.append(MEANINGS[claim.rating])
    parts += [reason.statement for reason in claim.because if reason.decides][:1]
    parts += [f"In doubt: {doubt}" for doubt in claim.doubts]
    others = [
        f"{_define(name)}: {str(claim.rate_by(name)).lower()}"
        for name in claim.matrix
        if name != claim.definition
    ]
    if others:
        parts.append(f"By other definitions: {'; '.join(others)}.")
    if claim.number_rating:
        rated = RATINGS.get(claim.number_rating, claim.number_rating).lower()
        parts.append(f"The number claimed is rated apart: {rated}.")
    return " ".join(part for part in parts if part)


def _define(name: str | None) -> str:
    return say_definition(name, name or "none named")


def _write_assertion(claim: CheckedClaim) -> str:
    denied = "not " if claim.denies else ""
    return f"{claim.asserts.get('force') or 'The force'} was {denied}{_define(claim.definition)}"


def _write_correction(entry: Entry, publisher: Publisher) -> Json:
    return {
        "@type": "CorrectionComment",
        "text": entry.told,
        "datePublished": entry.recorded_at[:10],
        "author": {"@type": "Organization", "name": publisher.name},
    }


def _without_empty(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        kept = {name: _without_empty(member) for name, member in value.items()}
        return {name: member for name, member in kept.items() if member not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_empty(member) for member in value]
    return value


def write_json_ld(reviews: Sequence[Json]) -> bytes:
    """Write ClaimReviews as one JSON-LD document."""
    document = reviews[0] if len(reviews) == 1 else list(reviews)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)

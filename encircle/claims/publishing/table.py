"""Checked claims as flat rows, for claim databases and spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from encircle.claims.publishing.checked import RATINGS
from encircle.claims.publishing.claimreview import SCORES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from encircle.claims.publishing.checked import CheckedClaim
    from encircle.claims.publishing.corrections import Log

COLUMNS = (
    "id", "key", "claim", "claimant", "claimant_side", "date", "force", "definition", "value",
    "tense", "rating", "rating_label", "score", "number", "number_rating", "quote", "because",
    "map", "map_as_of", "map_sha256", "verdict", "status", "maps", "url", "archive_url", "engine",
    "first_published", "last_changed", "earlier_ratings", "notices",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins with one of these for a formula.
Source: OWASP, CSV Injection."""


def build_rows(claims: Iterable[CheckedClaim], log: Log | None = None) -> list[dict[str, object]]:
    """Build one flat row for each checked claim; columns as in `COLUMNS`, None where unknown."""
    return [_build_row(claim, log) for claim in claims]


def _build_row(claim: CheckedClaim, log: Log | None) -> dict[str, object]:
    judgement, history = claim.judgement, log.of(claim.key) if log else ()
    provenance = judgement.get("provenance") or {}
    return {
        "id": claim.id,
        "key": claim.key,
        "claim": claim.statement,
        "claimant": claim.claimant,
        "claimant_side": claim.claimant_side,
        "date": claim.day,
        "force": claim.asserts.get("force") or judgement.get("force"),
        "definition": claim.definition,
        "value": claim.asserts.get("value"),
        "tense": claim.asserts.get("tense"),
        "rating": claim.rating,
        "rating_label": RATINGS[claim.rating],
        "score": SCORES.get(claim.rating),
        "number": claim.asserts.get("number"),
        "number_rating": claim.number_rating,
        "quote": claim.quote,
        "because": " ".join(r.statement for r in claim.because if r.decides) or None,
        "map": provenance.get("situation"),
        "map_as_of": judgement.get("as_of"),
        "map_sha256": claim.input_sha256 or None,
        "verdict": judgement.get("verdict"),
        "status": (judgement.get("status") or {}).get("code"),
        "maps": "; ".join(f"{m.name}: {m.rating}" for m in claim.maps) or None,
        "url": claim.url,
        "archive_url": claim.archive_url,
        "engine": claim.engine or None,
        "first_published": history[0].recorded_at if history else None,
        "last_changed": history[-1].recorded_at if history else None,
        "earlier_ratings": "; ".join(e.rating for e in history[:-1]) or None,
        "notices": " ".join(
            f"In doubt: {n.statement}" if n.severity == "doubt" else n.statement
            for n in claim.notices
        )
        or None,
    }


def write_csv(rows: Iterable[Mapping[str, object]], columns: tuple[str, ...] = COLUMNS) -> bytes:
    """
    Write rows as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet.

    A text that a spreadsheet would take for a formula is given an apostrophe in front.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_write_cell(row.get(name)) for name in columns])
    return text.getvalue().encode("utf-8", "replace")


def _write_cell(value: object) -> str:
    """
    Write one cell.

    Examples
    --------
    >>> _write_cell("=1+1"), _write_cell(None), _write_cell(-3)
    ("'=1+1", '', '-3')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = value.replace("\x00", "")
    return (
        f"'{text}"
        if text.lstrip(" \u00a0\ufeff").startswith(FORMULA) or text.startswith(FORMULA)
        else text
    )

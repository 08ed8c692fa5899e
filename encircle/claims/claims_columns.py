"""Which column of somebody's table of claims says what: names nearly named, and others' names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeGuard

from encircle.formats.tables.days import read_days
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Json = dict[str, Any]

ASSERTED = ("force", "definition", "value", "number", "tense", "hedged")
"""Columns that say what a claim asserts; in JSON they may also stand in `asserts`."""
TOLD = ("claimant", "claimant_side", "made_at", "statement", "url", "archive_url")
COLUMNS = ("id", *TOLD, *ASSERTED, "verbatim")
SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("claim id", "claimid", "event id cnty", "event id", "uid"),
    "claimant": ("speaker", "said by", "who", "author", "claimed by", "spokesperson",
                 "spokesman", "автор", "хто", "кто", "спікер", "source"),
    "claimant_side": (
        "side of claimant", "speaker side", "claimant party", "claimant country",
    ),
    "made_at": (
        "upload timestamp", "event date", "claim date", "date of claim", "date said", "said at",
        "said on", "made on", "posted at", "date posted", "published at", "publication date",
        "published", "created at", "date", "datetime", "timestamp", "day", "when",
        "дата", "datum", "fecha",
    ),
    "statement": (
        "text content", "claim reviewed", "claim text", "claim", "statement text", "quote",
        "full text", "post text", "text", "content", "notes", "words",
        "цитата", "текст", "заява", "заявление", "upload title",
    ),
    "url": ("link", "source url", "post url", "original url", "claim url", "permalink"),
    "archive_url": (
        "archive location", "archived url", "archive link", "archived at", "archive", "wayback",
    ),
    "force": ("force id", "formation"),
    "definition": ("asserted definition", "asserts definition"),
    "value": ("asserted value", "holds"),
    "number": ("head count", "headcount", "number of soldiers", "soldiers", "troops"),
}  # fmt: skip
"""What others call our columns, the surest name first. Sources: Bellingcat's auto-archiver (Link,
Archive location, Upload timestamp, Text Content), ACLED (event_id_cnty, event_date, source, notes),
schema.org ClaimReview (claimReviewed), and what people write by hand."""
ALL_SPELT = {
    **{name: (name.replace("_", " "), *SYNONYMS.get(name, ())) for name in COLUMNS},
}
LONGEST_NAME = 60
UNTOLD = ("asserts",)
"""Members of a claim in JSON that are read as they stand."""


def spell(name: str) -> str:
    """
    Spell a column's name as the table of synonyms does.

    Examples
    --------
    >>> spell("  Made_At "), spell("claimReviewed"), spell("Archive-URL")
    ('made at', 'claim reviewed', 'archive url')
    >>> spell("Date (UTC)")
    'date'
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    bare = re.sub(r"(?<=\S)\s*\([^()]*\)\s*$", "", apart)  # a unit or a zone: Date (UTC)
    return " ".join(re.sub(r"[\s_\-./:#]+", " ", bare).casefold().split())


def match_columns(names: Sequence[str]) -> tuple[dict[int, str], list[Notice]]:
    """
    Find which column of a table is which of ours.

    Returns
    -------
    columns, notices
        Our name by place. What is taken for what, and what is not used, is told.

    Examples
    --------
    >>> columns, notices = match_columns(["ID", "Made At", "colour"])
    >>> columns
    {0: 'id', 1: 'made_at'}
    >>> [notice.statement for notice in notices]
    ['Columns not used: colour.']
    """
    spelt = [spell(name) for name in names]
    columns: dict[int, str] = {}
    taken: list[str] = []
    for ours, theirs in ALL_SPELT.items():
        found = next((s for s in theirs if s in spelt), None)
        if found is None:
            continue
        place = spelt.index(found)
        if place in columns:
            continue
        columns[place] = ours
        if found != theirs[0]:
            taken.append(f"{names[place].strip()[:LONGEST_NAME]!r} as {ours}")
    return columns, list(_tell(names, columns, taken))


def _tell(names: Sequence[str], columns: dict[int, str], taken: list[str]) -> Iterable[Notice]:
    unused = [
        name.strip()[:LONGEST_NAME]
        for place, name in enumerate(names)
        if place not in columns and name.strip()
    ]
    if taken:
        yield Notice("columns_taken", "info", f"Columns were taken: {', '.join(taken)}.")
    if unused:
        yield Notice("columns_not_used", "caution", f"Columns not used: {', '.join(unused)}.")


def read_dates(claims: Sequence[object]) -> tuple[list[object], list[Notice]]:
    """
    Read when each claim was made, in the form the whole column is written in.

    What is RFC 3339 or a bare date already stays as it is written; what is no date, or can be
    several, comes as an `UnreadDate`, which is a fault of its claim.

    Examples
    --------
    >>> claims, _ = read_dates([{"made_at": "14/03/2025"}, {"made_at": "03/04/2025"}])
    >>> [claim["made_at"] for claim in claims]
    ['2025-03-14', '2025-04-03']
    """
    rows = {number: row for number, row in enumerate(claims) if isinstance(row, dict)}
    written = {number: row.get("made_at") for number, row in rows.items()}
    texts = {number: text for number, text in written.items() if _is_local(text)}
    days = read_days(texts.items())
    dated = list(claims)
    for number, day in days.read.items():
        dated[number] = {**rows[number], "made_at": day}
    for number, because in days.faults.items():
        dated[number] = {**rows[number], "made_at": UnreadDate(texts[number], because)}
    return dated, [Notice("dates_read", "info", f"{said}.") for said in days.told]


def _is_local(text: object) -> TypeGuard[str]:
    """Tell whether a date is written otherwise than the contract writes it."""
    if not isinstance(text, str) or not text.strip():
        return False
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return True
    return False


@dataclass(frozen=True, slots=True)
class UnreadDate:
    """A date that can be read in no way or in several, with the reason."""

    written: str
    because: str


def rename_members(claims: Sequence[object]) -> tuple[list[object], list[Notice]]:
    """Take members nearly named for ours, alike in every claim; what is no object stays."""
    flat = [flatten_review(one) if isinstance(one, dict) else one for one in claims]
    names = dict.fromkeys(key for one in flat if isinstance(one, dict) for key in one)
    listed = [name for name in names if name not in UNTOLD]
    columns, notices = match_columns(listed)
    ours = {listed[place]: column for place, column in columns.items()}
    return [
        {ours.get(key, key): value for key, value in one.items()} if isinstance(one, dict) else one
        for one in flat
    ], notices


def flatten_review(row: Json) -> Json:
    """
    Take a ClaimReview (schema.org) as the claim it is about; anything else stays as it is.

    `datePublished` of a review is the day of the check: the day of the claim is that of its
    `itemReviewed`.

    Examples
    --------
    >>> flatten_review({
    ...     "@type": "ClaimReview", "claimReviewed": "They are encircled.",
    ...     "datePublished": "2025-03-20", "itemReviewed": {"datePublished": "2025-03-14"},
    ... })
    {'statement': 'They are encircled.', 'made_at': '2025-03-14'}
    """
    if "claimReviewed" not in row:
        return row
    item = row.get("itemReviewed")
    item = item if isinstance(item, dict) else {}
    author = item.get("author")
    author = author[0] if isinstance(author, list) and author else author
    name = author.get("name") if isinstance(author, dict) else author
    told = {
        "id": row.get("@id") or row.get("id"),
        "claimant": name,
        "statement": row["claimReviewed"],
        "made_at": item.get("datePublished"),
        "url": _find_url(item.get("appearance") or item.get("firstAppearance")),
        **{key: value for key, value in row.items() if key in (*ASSERTED, "asserts")},
    }
    return {key: value for key, value in told.items() if value is not None}


def _find_url(appearance: object) -> object:
    first = appearance[0] if isinstance(appearance, list) and appearance else appearance
    return first.get("url") if isinstance(first, dict) else first

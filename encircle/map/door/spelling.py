"""What value did a table write this text for: lists, truth, times, ids, as GIS tools leave them."""

from __future__ import annotations

import ast
import json
import re
import warnings
from datetime import UTC, datetime
from typing import Any

__all__ = ["drop_absent", "parse_list", "parse_object", "parse_truth", "read_id", "read_time"]

LONGEST_LIST = 100_000
"""Characters of a text that is read as a list."""
LONGEST_PRINTED = 10_000
"""Characters of a text that is read as Python printed it."""

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_ARRAY = re.compile(rf"\[\s*(?:{_QUOTED})(?:[\s,]+(?:{_QUOTED}))*\s*\]", re.DOTALL)
"""A printed array of NumPy (`['a' 'b']`) or list of Python (`['a', 'b']`)."""
_COUNTED = re.compile(r"\((\d{1,6}):(.*)\)", re.DOTALL)
"""A list of texts as GDAL prints it: `(2:wheeled,foot)`."""
_NESTED = re.compile(r"\[\s*[\"'{\[].*\]\Z|\(\d{1,6}:.*\)\Z", re.DOTALL)
_SEPARATORS = re.compile(r"[,;|]")
_QUOTES = re.compile(r"([\"'])(.*)\1", re.DOTALL)
_BROKEN = re.compile(r"[\"'{}\[\]]")


def is_absent(value: object) -> bool:
    """Tell a property that is not there: null, or an empty text as tables have it."""
    return value is None or (isinstance(value, str) and not value.strip())


def drop_absent(properties: dict[str, Any]) -> dict[str, Any]:
    """
    Drop what a table writes where nothing was said, and turn NumPy's values into plain ones.

    Examples
    --------
    >>> drop_absent({"side": "UA", "fire": None, "note": " "})
    {'side': 'UA'}
    """
    plain = {
        name: value.tolist() if hasattr(value, "tolist") else value
        for name, value in properties.items()
    }
    return {name: value for name, value in plain.items() if not is_absent(value)}


# -- lists -------------------------------------------------------------------------------------


def parse_list(value: object) -> object:
    """
    Read a list that a table turned into text; anything else is given back as it is.

    Raises
    ------
    ValueError
        If the text is a list that was cut short.

    Examples
    --------
    >>> parse_list('["wheeled","foot"]') == parse_list("['wheeled' 'foot']")
    True
    >>> parse_list("(2:wheeled,foot)") == parse_list("wheeled, foot")
    True
    >>> parse_list("(3:wheeled,foot)")
    Traceback (most recent call last):
    ValueError: a list of 3 of which 2 are left: '(3:wheeled,foot)'
    """
    if isinstance(value, list):
        return [part for item in value for part in _open_item(item)]
    if not isinstance(value, str) or len(value) > LONGEST_LIST:
        return [value] if isinstance(value, dict) else value
    text = value.strip()
    if counted := _COUNTED.fullmatch(text):
        return _read_counted(counted, text)
    written = parse_object(text)
    if not isinstance(written, str):
        return written if isinstance(written, list) else [written]
    return parse_list(written) if written != text else _split(text)


def _open_item(item: object) -> list[object]:
    """Open a list within a list's text: a second tool has quoted what the first one wrote."""
    if not isinstance(item, str) or not _NESTED.match(item.strip()):
        return [item]
    inner = parse_list(item)
    return inner if isinstance(inner, list) else [item]


def _split(text: str) -> list[str]:
    """Split a plain list; what looks like a list of something else was broken on the way."""
    enclosed = text[:1] + text[-1:] in ("{}", "[]", "()")
    parts = [part.strip() for part in _SEPARATORS.split(text[1:-1] if enclosed else text)]
    items = [_QUOTES.sub(r"\2", part) for part in parts if part]
    if text[0] in "[{" and (not enclosed or any(_BROKEN.search(item) for item in items)):
        message = f"a list that was cut short or broken: {text!r:.80}"
        raise ValueError(message)
    return items


def _read_counted(counted: re.Match[str], text: str) -> list[str]:
    count, items = int(counted[1]), [item.strip() for item in counted[2].split(",")]
    items = [] if count == 0 and items == [""] else items
    if len(items) != count or items[-1:] == ["..."]:
        left = len([item for item in items if item != "..."])
        message = f"a list of {count} of which {left} are left: {text!r:.80}"
        raise ValueError(message)
    return items


def parse_object(value: object) -> object:
    """
    Read a JSON value, or one that Python printed, from text; other text is given back as it is.

    Examples
    --------
    >>> parse_object("{'force': 'group', 'value': True}") == parse_object(
    ...     '{"force": "group", "value": true}'
    ... )
    True
    """
    if not isinstance(value, str) or len(value) > LONGEST_LIST or value.strip()[:1] not in '[{"':
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return _read_printed(value)


def _read_printed(text: str) -> object:
    """Read what Python or NumPy printed."""
    plain = text.strip()
    if len(plain) > LONGEST_PRINTED:
        return text
    array = _ARRAY.fullmatch(plain)  # read item by item: to Python 'a' 'b' is 'ab'
    items = re.findall(_QUOTED, plain, re.DOTALL) if array else [plain]
    try:
        with warnings.catch_warnings(action="ignore"):  # of a backslash that escapes nothing
            read: Any = [ast.literal_eval(item) for item in items]
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text
    read = read if array else read[0]
    return read if isinstance(read, (dict, list)) else text


# -- truth, times, ids -------------------------------------------------------------------------

_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def parse_truth(value: object) -> object:
    """
    Read yes or no as a table writes it: 1, 0, `True`, `false`; other values are given back.

    Examples
    --------
    >>> parse_truth(1), parse_truth("False"), parse_truth("enemy")
    (True, False, 'enemy')
    """
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    return _TRUTHS.get(value.strip().lower(), value) if isinstance(value, str) else value


_SLASHED = re.compile(r"(\d{4})/(\d{2})/(\d{2})(?!\d)")
_ZONE = re.compile(r"(?<=[\dZz])\[[\w/+-]{1,40}\]$")
"""A zone behind an offset, as Java and Temporal write it."""
_UTC = re.compile(r"\s*(?:(?:\+00(?::?00)?|Z)\s*)?(?:UTC|GMT|Z)$", re.IGNORECASE)
_WEEK = re.compile(r"\d{4}-?W\d", re.IGNORECASE)
"""A date by its week (ISO 8601), which no map of ours writes: a week alone would pass for a day."""
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d{2}(?::?\d{2})?$)")
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)\[")


def read_time(value: object) -> datetime:
    """
    Read an instant: RFC 3339, a bare date, or either as GIS tools rewrite it.

    Raises
    ------
    ValueError
        If it is none; the message says how to write it where that can be told.

    Examples
    --------
    >>> read_time("2025/03/14 12:00:00+00") == read_time("2025-03-14T12:00:00.000Z")
    True
    >>> read_time("2025-03-14T14:00:00+02:00[Europe/Kyiv]").isoformat()
    '2025-03-14T12:00:00+00:00'
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if not isinstance(value, str):
        raise ValueError(_say_no_time(value))  # noqa: TRY004 - pydantic collects these
    text = _SLASHED.sub(r"\1-\2-\3", value.strip(), count=1)
    if text.endswith("]") and not _OFFSET.search(text):
        message = f"{value!r:.60} names a zone and no offset"
        raise ValueError(message)
    if _WEEK.match(text):
        message = f"{value!r:.60} names a week, and no day of it"
        raise ValueError(message)
    bare = _SPACED_OFFSET.sub("", _UTC.sub("+00:00", _ZONE.sub("", text), count=1))
    try:
        instant = datetime.fromisoformat(bare)
    except ValueError:
        message = f"{value!r:.60} is not an instant"
        raise ValueError(message) from None
    try:
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time outside the years 1 to 9999") from None


EPOCH_MS = (10**11, 10**13)
"""Milliseconds since 1970 that fall between 1973 and 2286: dates as ArcGIS writes them."""


def _say_no_time(value: object) -> str:
    if isinstance(value, (int, float)) and EPOCH_MS[0] <= value < EPOCH_MS[1]:
        meant = datetime.fromtimestamp(value / 1000, UTC).isoformat().replace("+00:00", "Z")
        return f"a number where a time stands; if it counts milliseconds, write {meant}"
    return "a time is written as text, like 2025-03-14T12:00:00Z"


LARGEST_ID = 10**18
"""No number of a feature is larger: a 64-bit integer is, less a digit."""


def read_id(value: object) -> str | None:
    """
    Read an id as text; a number is its digits (3.0 is 3 as 3 is); None: no id.

    Examples
    --------
    >>> read_id(3), read_id(3.0), read_id("r1"), read_id(True)
    ('3', '3', 'r1', None)
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not -LARGEST_ID < value < LARGEST_ID:  # NaN is not within anything either
        return None
    return str(int(value)) if value == int(value) else repr(value)

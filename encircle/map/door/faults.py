"""What is wrong with a part of a document, in words: each place, and its remedy."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from encircle.errors import InputFault
from encircle.map.door.contract import KNOWN_PROPERTIES, NEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError

__all__ = ["tell_faults"]


def tell_faults(error: ValidationError, pointer: str, whose: str | None) -> Iterator[InputFault]:
    """Tell what is wrong with a part of a document: each place once, and its remedy."""
    told: set[str] = set()
    for fault in error.errors(include_url=False):
        place = [part for part in fault["loc"] if not _is_union_label(part)]
        either = len(place) < len(fault["loc"])
        if either and fault["type"] == "string_type" and isinstance(fault["input"], dict):
            continue  # an object where a text would do too: what is wrong in it is told
        at = pointer + "".join(f"/{escape(part)}" for part in place)
        if at not in told:
            yield InputFault(at, _say(fault), _remedy(fault), whose)
        told.add(at)


def _is_union_label(part: object) -> bool:
    """Tell pydantic's names for the branches of a union from places in the document."""
    labels = (
        "constrained-str",
        "function-",
        "SourceModel",
        "NoticeModel",
        "float",
        "str",
        "literal[",
    )
    return isinstance(part, str) and part.startswith(labels)


def escape(part: object) -> str:
    """Write a member's name as a step of a JSON pointer (RFC 6901 3)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _say(fault: Any) -> str:
    written, member = fault.get("input"), _member(fault)
    if fault["type"] == "literal_error":
        return f"{member} cannot be {written!r:.80}"
    if fault["type"] == "missing":
        return f"no `{member}`"
    if isinstance(written, str) and fault["type"] in ("float_type", "int_type"):
        return f"the text {written!r:.80} where a number stands"
    if fault["type"] in _SAYINGS:
        return _SAYINGS[fault["type"]]
    message = fault["msg"].removeprefix("Value error, ")
    return message[0].lower() + message[1:].rstrip(".") if message else "wrong"


_SAYINGS = {
    "list_type": "not a list",
    "dict_type": "not an object",
    "model_type": "not an object",
    "string_type": "not a text",
    "bool_type": "neither true nor false",
    "float_type": "not a number",
    "int_type": "not a whole number",
    "finite_number": "not a finite number",
}


def _member(fault: Any) -> str:
    return next((str(p) for p in reversed(fault["loc"]) if isinstance(p, str)
                 and not _is_union_label(p)), "it")  # fmt: skip


def _remedy(fault: Any) -> str:
    context, kind, written = fault.get("ctx") or {}, fault["type"], fault.get("input")
    member = _member(fault)
    if kind == "literal_error":
        return f"Use {context['expected']}"
    if kind == "missing":
        return f"Add `{member}`{_hint_missing(member, written)}"
    if member in LISTS and kind in ("value_error", "list_type"):
        return f"Write a list, like {LISTS[member]}"
    number = _NUMBER.fullmatch(written.strip()) if isinstance(written, str) else None
    if kind in ("float_type", "int_type") and number:
        return f"Write {number[1].replace(',', '.')} without quotes"
    if kind.startswith(("greater_than", "less_than")):
        said = [f"{words} {context[k]:g}" for k, words in _BOUNDS.items() if k in context]
        return f"Write {' and '.join(said)}"
    return _REMEDIES.get(kind, "See the contract in docs/contract.md")


LISTS = {
    "modes": '["wheeled", "foot"]',
    "blocks": '["wheeled", "foot"]',
    "sources": '["map-a"] or [{"id": "map-a"}]',
    "sides": '[{"id": "UA"}, {"id": "RU"}]',
    "forces": '[{"id": "group", "name": "The group", "side": "UA"}]',
    "notices": '["Rivers are not drawn."]',
}
"""Members that are lists, and how one is written."""
_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)(?:\s*[a-zA-Z²%°]{1,12})?", re.ASCII)
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_REMEDIES = {
    "float_type": "Write a number",
    "int_type": "Write a whole number",
    "bool_type": "Write true or false",
    "string_type": "Write a text, in quotes",
    "list_type": 'Write a list, like ["a", "b"]',
    "dict_type": 'Write an object, like {"id": "a"}',
    "model_type": 'Write an object, like {"id": "a"}',
    "finite_number": "Write a finite number",
    "too_short": "Name one at least, or leave the property out",
    "value_error": "Write times as RFC 3339, like 2025-03-14T12:00:00Z",
}


def _hint_missing(member: str, written: object) -> str:
    """Ask whether a property of nearly that name was meant."""
    names = [name for name in written if isinstance(name, str)] if isinstance(written, dict) else []
    near = next((name for name in names if name.strip().lower() == member), None)
    near = near or next(iter(get_close_matches(member, names, 1, NEAR)), None)
    return f" (is {near!r} meant?)" if near and near not in KNOWN_PROPERTIES else ""

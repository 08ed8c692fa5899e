"""Is this text one JSON object, strictly, and if not, what is it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from encircle.errors import InputFault, SituationError
from encircle.map.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LIMITS", "Limits", "call_by_kind", "find_cut", "parse_document", "refusal"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be before it is refused unread."""

    bytes: int = 64 * 2**20
    depth: int = 64
    """Brackets within brackets; a situation needs about ten."""
    features: int = 20_000
    vertices: int = 1_000_000
    radius_m: float = 1_000_000.0
    """Reach of the local plane; past it distances err by more than half a percent."""


LIMITS = Limits()

CHUNK = 2**20
"""Bytes looked at together when brackets are counted: memory stays small, time linear."""

_QUOTE, _BACKSLASH = ord('"'), ord("\\")


def refusal(message: str, remedy: str) -> SituationError:
    """Say what is wrong with a document as a whole, and the remedy."""
    return SituationError([InputFault("", message, remedy)])


def parse_document(raw: bytes | str, limits: Limits = LIMITS, name: str = "") -> dict[str, Any]:
    """
    Parse JSON text strictly: one value a member, no NaN, bounded size and depth.

    Parameters
    ----------
    name
        Name of the file, which helps to call it by its kind.

    Raises
    ------
    SituationError
        If the text is not one JSON object; what is another kind of file is called by its name.
    """
    try:
        data = raw.encode() if isinstance(raw, str) else bytes(raw)
    except UnicodeEncodeError:
        raise refusal("the text is not valid Unicode", "Save the file as UTF-8") from None
    if len(data) > limits.bytes:
        raise refusal(f"{len(data)} bytes, more than {limits.bytes}", "Crop or simplify the map")
    if not data.strip():
        raise refusal("the file is empty", "Give a situation in GeoJSON")
    if measure_depth(data) > limits.depth:
        raise refusal(f"nested deeper than {limits.depth} levels", "Flatten the document")
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_pairs_once, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        said = f"byte {error.start} is not UTF-8"
        raise call_by_kind(data, name) or refusal(said, "Save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        said = f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        raise call_by_kind(data, name) or refusal(said, "Mend the text there") from None
    except (_UnreadableError, ValueError, RecursionError) as error:
        raise refusal(f"not strict JSON: {error}", "Mend the text there") from None
    if not isinstance(document, dict):
        said = "the document is not an object"
        wanted = "a situation in GeoJSON"
        raise call_by_kind(data, name, wanted) or refusal(said, "Give a GeoJSON FeatureCollection")
    return document


_NO_KINDS = frozenset({"json", "broken_json", "text", "situation"})
"""Kinds that say nothing more than that the text could not be read."""


def call_by_kind(data: bytes, name: str = "", wanted: str = "JSON") -> SituationError | None:
    """Call what is not wanted by its kind, with what reads it; None: it is of no kind known."""
    guest = recognise(data, name)
    is_binary = b"\0" in data or not data.isascii()
    if guest.kind in _NO_KINDS or (guest.kind == "unknown" and not is_binary):
        return None
    return refusal(f"not {wanted} but {guest.label}", guest.remedy)


CUT = ("exceededTransferLimit", "hasMore", "has_more", "truncated")
ONWARD = ("next", "nextPageToken", "next_page_token")
TOTALS = ("numberMatched", "numberReturned", "totalFeatures")
"""Members by which a server says that it gave only a page: ArcGIS, OGC API, WFS, and others."""


def find_cut(document: Mapping[str, Any], count: int | None = None) -> str | None:
    """
    Say what shows that a server gave only a page of a collection; None where nothing does.

    Parameters
    ----------
    count
        Its features; None: those in its list.

    Examples
    --------
    >>> find_cut({"features": [], "properties": {"exceededTransferLimit": True}})
    'exceededTransferLimit'
    >>> find_cut({"features": [{}], "numberMatched": 5300, "numberReturned": 1})
    'numberMatched 5300, and 1 features'
    """
    features, about = document.get("features"), document.get("properties")
    held = len(features) if count is None and isinstance(features, list) else count
    for members in (document, about if isinstance(about, dict) else {}):
        if because := _find_mark(members, held):
            return because
    links = document.get("links")
    listed = links if isinstance(links, list) else []
    onward = any(isinstance(link, dict) and link.get("rel") == "next" for link in listed)
    return "a link to the next page" if onward else None


def _find_mark(members: Mapping[str, Any], held: int | None) -> str | None:
    said = [mark for mark in CUT if str(members.get(mark)).lower() in {"true", "1", "yes"}]
    said += [
        mark for mark in ONWARD if isinstance(members.get(mark), (str, dict)) and members[mark]
    ]
    for mark in TOTALS if held is not None else ():
        total = members.get(mark)
        if re.fullmatch(r"[0-9]{1,12}", f"{total!s:.20}") and int(total) > held:  # type: ignore[arg-type, operator]
            said.append(f"{mark} {total}, and {held} features")
    return said[0] if said else None


class _UnreadableError(ValueError):
    """Raised inside json's hooks; never leaves this module."""


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _UnreadableError(f"an object has the member {twice!r:.80} twice")
    return members


def _refuse_constant(name: str) -> None:
    raise _UnreadableError(f"{name} is not a JSON number")


# -- how deep ----------------------------------------------------------------------------------


def measure_depth(raw: bytes) -> int:
    r"""
    Count how deep brackets stand within brackets, strings left aside.

    Notes
    -----
    Every byte is looked at once, whatever the text is: a pattern that looks for the end of each
    string does so again from every quote of `\"\"\"...`, which takes time square in its length.

    Examples
    --------
    >>> measure_depth(b'{"a": [1, "]]]", [2]]}')
    3
    """
    depth = deepest = 0
    odd = inside = False
    for start in range(0, len(raw), CHUNK):
        chunk = np.frombuffer(raw, dtype=np.uint8, count=min(CHUNK, len(raw) - start), offset=start)
        places = np.flatnonzero(_TELLING[chunk])
        telling = chunk[places]
        escaped, odd = _find_escaped(chunk, carried=odd)
        quotes = (telling == _QUOTE) & ~escaped[places]
        strung = np.logical_xor.accumulate(quotes) ^ inside
        levels = depth + np.where(strung, 0, _STEPS[telling]).cumsum(dtype=np.int32)
        if len(places):
            inside = bool(strung[-1])
            depth, deepest = int(levels[-1]), max(deepest, int(levels.max()))
    return deepest


_STEPS = np.zeros(256, dtype=np.int32)
_STEPS[[ord("["), ord("{")]], _STEPS[[ord("]"), ord("}")]] = 1, -1
_TELLING = _STEPS != 0
_TELLING[_QUOTE] = True
"""Bytes that open or close something."""


def _find_escaped(chunk: np.ndarray, *, carried: bool) -> tuple[np.ndarray, bool]:
    """Mark the bytes behind an odd run of backslashes; tell whether one is carried on."""
    if not carried and not (chunk == _BACKSLASH).any():
        return np.zeros(len(chunk), dtype=np.bool_), False
    places = np.arange(len(chunk), dtype=np.int32)
    other = np.where(chunk == _BACKSLASH, -1 - carried, places)
    last = np.maximum.accumulate(other)
    odd = (places - last) % 2 == 1
    return np.concatenate([[carried], odd[:-1]]), bool(odd[-1])

"""In which form a body comes, and in which an answer is wanted."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from encircle.errors import InputFault

from .errors import (
    NotAcceptableError,
    TooLargeError,
    UnreadableError,
    UnsupportedEncodingError,
    UnsupportedTypeError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import Headers

CURLS_OWN = "application/x-www-form-urlencoded"
"""What curl says of `--data-binary` unless told otherwise: it tells nothing of the body."""
STEP_BYTES = 2**20
MAGIC = b"\x1f\x8b"
"""First bytes of a gzip. Source: RFC 1952, 2.3.1."""
GZIP = zlib.MAX_WBITS | 16
"""Read a gzip head, and check its sum. Source: zlib, inflateInit2."""


def says_type(headers: Headers) -> str:
    """Tell what a body says it is, without its parameters; nothing: an empty text."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def check_type(headers: Headers, raw: bytes) -> None:
    """
    Refuse a body that says it is no JSON; one that says nothing is read.

    Raises
    ------
    UnsupportedTypeError
        If the request's `Content-Type` is neither JSON nor GeoJSON.
    """
    name = says_type(headers)
    if name in ("", "application/octet-stream", "text/json"):
        return
    if name == "application/json" or (name.startswith("application/") and name.endswith("+json")):
        return
    if name == CURLS_OWN and raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return
    raise UnsupportedTypeError(name)


def decode(headers: Headers, raw: bytes, limit_bytes: int) -> bytes:
    """
    Undo the `Content-Encoding` of a body, and a gzip that goes without, no further than the limit.

    Raises
    ------
    UnsupportedEncodingError
        If it is not gzip.
    TooLargeError
        As soon as more comes out of it than is read of any body.
    UnreadableError
        If it is broken.
    """
    named = headers.get("content-encoding", "").lower().split(",")
    names = [name.strip() for name in named if name.strip() not in ("", "identity")]
    if not names:  # what calls itself nothing is looked at
        return _unzip(raw, limit_bytes) if raw.startswith(MAGIC) else raw
    if names not in (["gzip"], ["x-gzip"]):
        raise UnsupportedEncodingError(", ".join(names))
    return _unzip(raw, limit_bytes)


def _unzip(raw: bytes, limit_bytes: int) -> bytes:
    """Unzip piece by piece, so that a small body cannot become a large one unseen."""
    whole, rest = bytearray(), raw
    member = zlib.decompressobj(wbits=GZIP)
    while True:
        try:
            piece = member.decompress(rest, min(STEP_BYTES, limit_bytes + 1))
        except zlib.error as error:
            raise UnreadableError([_say_broken(str(error))]) from None
        whole += piece
        if len(whole) > limit_bytes:
            raise TooLargeError(limit_bytes)
        if member.eof:
            if not member.unused_data:
                break
            rest, member = member.unused_data, zlib.decompressobj(wbits=GZIP)
        elif piece or member.unconsumed_tail:
            rest = member.unconsumed_tail
        else:
            fault = InputFault("", "the gzip is cut short", "Send it again, whole")
            raise UnreadableError([fault])
    return bytes(whole)


def _say_broken(reason: str) -> InputFault:
    return InputFault("", f"the body is no gzip: {reason}", "Zip it anew, or send it as it is")


def choose_type(accept: str | None, offered: Sequence[str]) -> str:
    """
    Choose which of several types to answer with; the first is the default.

    Raises
    ------
    NotAcceptableError
        If none of them is wanted.

    Examples
    --------
    >>> choose_type("text/html;q=0.5, image/*", ["application/json", "text/html", "image/svg+xml"])
    'image/svg+xml'
    """
    if not (accept or "").strip():
        return offered[0]
    wanted = [_read_range(part) for part in str(accept).split(",") if part.strip()]
    rated = {name: _rate(name, wanted) for name in offered}
    best = max(offered, key=lambda name: rated[name])
    if rated[best] <= 0:
        raise NotAcceptableError(offered)
    return best


def _read_range(part: str) -> tuple[str, float]:
    """Read one range of an `Accept` header, and how much it is wanted."""
    name, *parameters = (piece.strip() for piece in part.split(";"))
    told = [p[2:] for p in parameters if p.lower().startswith("q=")]
    try:
        return name.lower(), min(1.0, max(0.0, float(told[0]))) if told else 1.0
    except ValueError:
        return name.lower(), 1.0


def _rate(name: str, wanted: Sequence[tuple[str, float]]) -> float:
    """Rate a type by the range nearest to it."""
    for spelt in (name, f"{name.partition('/')[0]}/*", "*/*"):
        found = [quality for range_, quality in wanted if range_ == spelt]
        if found:
            return max(found)
    return 0.0

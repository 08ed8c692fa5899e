"""What stands in a file that was compressed with gzip, if it is one."""

from __future__ import annotations

import zlib

from encircle.errors import refusal
from encircle.map.door.reader import LIMITS, Limits

GZIP = b"\x1f\x8b"
"""First bytes of a gzip file. Source: RFC 1952, 2.3.1."""

MOST_LAYERS = 3
"""A gzip of a gzip of a gzip: what download tools and browsers make of an archive's file."""

AGAIN = "Download it again, whole: it was not fetched or copied to its end"
"""Remedy for what is cut short."""

_WITH_HEADER = 16 + zlib.MAX_WBITS


def unwrap(raw: bytes, limits: Limits = LIMITS) -> bytes:
    """
    Unpack a gzip file in memory; anything else comes back as it is.

    Never more than the limit is unpacked, however far a bomb would go.

    Raises
    ------
    SituationError
        If it is broken, cut short, or unpacks to more than may be read.

    Examples
    --------
    >>> import gzip
    >>> unwrap(gzip.compress(b"{}")), unwrap(b"{}")
    (b'{}', b'{}')
    """
    for _ in range(MOST_LAYERS):
        if not raw.startswith(GZIP):
            return raw
        raw = _unpack(raw, limits)
    if raw.startswith(GZIP):
        raise refusal("gzip within gzip within gzip", "Unpack the file first")
    return raw


def _unpack(raw: bytes, limits: Limits) -> bytes:
    """Unpack one layer: all members of it, since a gzip file may be several put together."""
    whole = bytearray()
    while raw.startswith(GZIP):
        member = zlib.decompressobj(_WITH_HEADER)
        try:
            whole += member.decompress(raw, limits.bytes + 1 - len(whole))
        except zlib.error as error:
            raise refusal(f"the gzip cannot be read: {error}", "Fetch the file again") from None
        if len(whole) > limits.bytes:
            said = f"the gzip unpacks to more than {limits.bytes} bytes"
            raise refusal(said, "Crop or simplify the map")
        if not member.eof:
            raise refusal("the gzip is cut short", AGAIN)
        raw = member.unused_data
    if raw.strip(b"\0"):
        raise refusal("something follows the gzip in the file", "Unpack the file first")
    return bytes(whole)

"""What is the one way to write a JSON value, so that a digest compares values and not spellings."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import orjson
import rfc8785

__all__ = ["canonicalise", "digest"]

MOST_EXACT = 2**53
"""Integers below this are doubles without loss. Source: RFC 8785 3.2.2.3, RFC 7493 2.2."""

LEAST_PLAIN = 1e-3
"""From here up to `MOST_EXACT` orjson and ECMAScript write a fraction alike, without an exponent;
what lies outside is rare on a map, and left to rfc8785."""

DEEPEST = 200
"""Lists within lists; the door stops far above that."""


def digest(document: object) -> str:
    """
    Hash a document so that white space, order of members and spelling of numbers do not matter.

    Returns
    -------
    sha256
        Of the canonical form of RFC 8785.

    Examples
    --------
    >>> digest({"lon": 35.0, "lat": 51}) == digest({"lat": 51.0, "lon": 3.5e1})
    True
    """
    return hashlib.sha256(canonicalise(document)).hexdigest()


def canonicalise(document: object) -> bytes:
    """
    Write a document in the canonical form of RFC 8785.

    Notes
    -----
    The library rfc8785 needs a second for two megabytes; here orjson writes what both write alike
    and rfc8785 the rest, which a test holds equal to it. Integers past 2^53, which RFC 8785 leaves
    out, are written as the doubles that any JavaScript makes of them. Half surrogate pairs and
    infinities have no canonical form: such a document gets one of its own, escaped, which numbers
    written another way still do not change.

    References
    ----------
    .. [1] RFC 8785, JSON Canonicalization Scheme.

    Examples
    --------
    >>> canonicalise({"b": [35.0, 1e21, 0.5], "a": None}).decode()
    '{"a":null,"b":[35,1e+21,0.5]}'
    """
    try:
        return orjson.dumps(_order(document, DEEPEST))
    except (TypeError, ValueError):
        plain = _order(document, DEEPEST, strict=False)
        return json.dumps(plain, separators=(",", ":"), default=str).encode()


def _order(value: Any, deeper: int, *, strict: bool = True) -> Any:  # noqa: ANN401 - JSON is anything
    """Put members in order and numbers in their one spelling."""
    kind = type(value)
    if kind is float or kind is int:
        return _spell(value, strict=strict)
    if kind is str or value is None or kind is bool:
        return value
    if deeper == 0:
        message = "nested too deep"
        raise RecursionError(message)
    if isinstance(value, (list, tuple)):
        return [
            item
            if type(item) is float and LEAST_PLAIN < abs(item) < MOST_EXACT and item % 1
            else _order(item, deeper - 1, strict=strict)
            for item in value
        ]  # most items by far are coordinates, with a fraction
    if isinstance(value, dict):
        keys = [key if isinstance(key, str) else str(key) for key in value]
        named = dict(zip(keys, value.values(), strict=True))
        plain = all(map(str.isascii, keys))
        order = sorted(named) if plain else sorted(named, key=_utf_16)
        return {key: _order(named[key], deeper - 1, strict=strict) for key in order}
    return value


def _spell(number: float, *, strict: bool) -> Any:  # noqa: ANN401 - a number, or how it is written
    """Spell a number as ECMAScript does (RFC 8785 3.2.2.3): 35.0 is 35, -0.0 is 0."""
    if -MOST_EXACT < number < MOST_EXACT:
        whole = int(number)
        if whole == number:
            return whole
        if not -LEAST_PLAIN < number < LEAST_PLAIN:
            return number
    try:
        written = rfc8785.dumps(float(number))
    except (OverflowError, rfc8785.FloatDomainError):
        if strict:
            raise ValueError(number) from None
        return str(number)
    return orjson.Fragment(written) if strict else float(number)


def _utf_16(key: str) -> bytes:
    """Order names by UTF-16 units (RFC 8785 3.2.3); half a pair counts as what it is."""
    return key.encode("utf-16-be", "surrogatepass")

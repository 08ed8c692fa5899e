"""What was found before, kept on disk by the digest of what it was found from."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from pathlib import Path
from typing import Any, Literal

import orjson

Json = dict[str, Any]
_MARK = b"encircle kept 1\n"
_DIGEST_BYTES = 32


def key_of(*parts: bytes | str) -> str:
    """
    Digest what something is found from, part by part.

    Examples
    --------
    >>> key_of("ab", "c") == key_of("a", "bc")
    False
    """
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        whole.update(len(raw).to_bytes(8, "big"))
        whole.update(raw)
    return whole.hexdigest()


class Kept:
    """
    A folder of answers by key, safe against half-written and altered entries.

    Parameters
    ----------
    folder
        Made when first written to; None keeps nothing.

    Notes
    -----
    An entry is written beside and moved into place, so it is there whole or not at all; its digest
    stands before it, so that what a disk or a copy broke is found anew and not believed. Where
    nothing can be written any more (a full disk), answers are found as before and kept no longer;
    `fault` says why.

    Examples
    --------
    >>> kept = Kept(None)
    >>> kept.put("a" * 64, {"x": 1}); kept.get("a" * 64) is None
    True
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.fault: str | None = None
        """Why nothing is kept any more."""
        self.found = 0
        """How often an answer was there."""

    def get(self, key: str) -> Json | None:
        """Give what was kept under a key; None where there is none, or it is not whole."""
        if self.folder is None:
            return None
        try:
            raw = self._path(key).read_bytes()
        except OSError:
            return None
        value = _unpack(raw)
        self.found += value is not None
        return value

    def put(self, key: str, value: Json) -> None:
        """Keep an answer under a key."""
        if self.folder is None or self.fault:
            return
        path = self._path(key)
        packed = zlib.compress(orjson.dumps(value), 1)
        written: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            place, written = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            with os.fdopen(place, "wb") as file:
                file.write(_MARK + hashlib.sha256(packed).digest() + packed)
            Path(written).replace(path)
        except OSError as error:
            self.fault = f"nothing more is kept in {self.folder}: {error.strerror}"
            if written:
                Path(written).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        assert self.folder is not None  # noqa: S101 - asked by both callers
        return self.folder / key[:2] / f"{key[2:]}.kept"


def _unpack(raw: bytes) -> Json | None:
    """Read an entry; None where it is not whole."""
    start = len(_MARK) + _DIGEST_BYTES
    digest, packed = raw[len(_MARK) : start], raw[start:]
    if not raw.startswith(_MARK) or hashlib.sha256(packed).digest() != digest:
        return None
    value = orjson.loads(zlib.decompress(packed))
    return value if isinstance(value, dict) else None


OWN: Literal["own"] = "own"
"""For the folder that a machine keeps answers in if nobody says."""


def open_kept(place: Path | Literal["own"] | None) -> Kept:
    """Open where answers are kept on this machine; one that has no such folder keeps nothing."""
    if place != OWN:
        return Kept(place)
    try:
        return Kept(find_folder())
    except RuntimeError:  # nobody's home: a service account of a cluster may have none
        kept = Kept(None)
        kept.fault = "nothing is kept: there is no home; set XDG_CACHE_HOME or name a folder"
        return kept


def find_folder() -> Path:
    """Find where answers are kept if nobody says, by the XDG Base Directory Specification."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "encircle" / "scan"

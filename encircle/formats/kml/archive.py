"""Which KML documents are in a file: itself, or all those of a KMZ."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from encircle.errors import refusal
from encircle.map.door.compressed import unwrap

if TYPE_CHECKING:
    from encircle.map.door.reader import Limits

ZIP = b"PK\x03\x04"
"""First bytes of a KMZ, which is a zip with KML files in it."""

DEEPEST = 2
"""A KMZ within a KMZ, as Google Earth saves a place that holds one."""

MOST_DOCUMENTS = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One KML document, and where it stands in the archive; empty for a file that is none."""

    name: str
    text: bytes


def open_documents(raw: bytes, limits: Limits) -> list[Member]:
    """
    List the KML documents of a file, the main one first.

    A viewer opens the first one and follows its links to the rest. Here all are read: what is
    drawn in any of them is ground somebody painted, and leaving it out would be silent.

    Raises
    ------
    SituationError
        If the archive cannot be read, holds no KML, or unpacks to more than may be read.
    """
    raw = unwrap(raw, limits)
    if not raw.startswith(ZIP):
        if len(raw) > limits.bytes:
            raise refusal(f"more than {limits.bytes} bytes", "Crop or simplify the map")
        return [Member("", raw)]
    opening = _Opening(limits)
    unreadable = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError,
                  NotImplementedError, UnicodeError)  # fmt: skip
    try:
        opening.open(raw, "", 0)
    except unreadable as error:
        if hasattr(error, "faults"):
            raise
        raise refusal(f"the zip cannot be read: {error}", "Save the KMZ again") from None
    if not opening.found:
        raise refusal("a zip without a .kml file in it", "Give a KMZ or KML file")
    return opening.found


@dataclass
class _Opening:
    """Unpacks archives, and remembers how much has been unpacked."""

    limits: Limits
    found: list[Member] = field(default_factory=list)
    unpacked: int = 0

    def open(self, raw: bytes, inside: str, depth: int) -> None:
        if depth > DEEPEST:
            raise refusal(f"{inside}: a KMZ within a KMZ within a KMZ", "Unzip the inner ones")
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for entry in sorted(archive.infolist(), key=_order):
                kind = PurePosixPath(entry.filename).suffix.lower()
                if kind not in {".kml", ".kmz"} or _is_shadow(entry.filename):
                    continue
                with archive.open(entry) as member:
                    text = member.read(self.limits.bytes + 1 - self.unpacked)
                self._count(len(text))
                name = f"{inside}{entry.filename}"
                if text.startswith(ZIP):
                    self.open(text, f"{name}/", depth + 1)
                else:
                    self.found.append(Member(name, text))

    def _count(self, more: int) -> None:
        self.unpacked += more
        if self.unpacked > self.limits.bytes:
            raise refusal(f"more than {self.limits.bytes} bytes", "Crop or simplify the map")
        if len(self.found) >= MOST_DOCUMENTS:
            raise refusal(f"more than {MOST_DOCUMENTS} documents in the KMZ", "Join them")


def _order(entry: zipfile.ZipInfo) -> tuple[int, int]:
    """Put the main document first: `doc.kml` at the root, else what stands highest."""
    path = PurePosixPath(entry.filename)
    return (path.as_posix().lower() != "doc.kml", len(path.parts))


def _is_shadow(name: str) -> bool:
    """Tell the twins that a Mac puts into archives, which are no documents."""
    path = PurePosixPath(name)
    return path.parts[0] == "__MACOSX" or path.name.startswith("._")

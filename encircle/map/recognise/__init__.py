"""
What kind of file is it, by its content, and which command reads it.

Nothing here reads a file for use: it is looked at, called by its name, and handed on. Looking is
cheap (a few megabytes of text take milliseconds) and bounded: no archive is unpacked beyond a
sample, no expression runs back over what it has read.
"""

from __future__ import annotations

from pathlib import PurePath

from encircle.map.recognise.containers import gunzip, recognise_container
from encircle.map.recognise.documents import recognise_json
from encircle.map.recognise.guest import FileKind, Guest, guest
from encircle.map.recognise.writing import decode, recognise_writing

__all__ = ["FileKind", "Guest", "decode", "gunzip", "recognise"]


def recognise(raw: bytes, name: str = "") -> Guest:
    r"""
    Tell what kind of file it is by its content; its name only settles what content leaves.

    Examples
    --------
    >>> recognise(b"lat;lon;side\n51,19;35,27;UA\n").label
    'a table (CSV, 3 columns)'
    >>> recognise(b"PK\x05\x06" + bytes(18)).kind
    'zip'
    >>> recognise(b"").label
    'an empty file'
    """
    plain = PurePath(name).name
    found = recognise_container(raw, plain, recognise)
    if found:
        return found
    text, spelling = decode(raw)
    if text is None:
        return guest("unknown", "a binary file of no kind known here", plain)
    if not text.strip("\ufeff \t\r\n\0"):
        bare = not raw.strip()
        return guest("empty", "an empty file" if bare else "a file without a single letter", plain)
    read = recognise_json(text, plain) or recognise_writing(text, plain)
    return _spell(read, spelling, plain)


def _spell(read: Guest, spelling: str, name: str) -> Guest:
    """Say how a text is spelt where that stands in the way of reading it."""
    if not spelling.startswith("utf-16"):
        return read
    if read.kind in ("table", "kml", "osm_xml", "claims"):  # read in any spelling
        return Guest(read.kind, f"{read.label}, in UTF-16", read.remedy)
    return guest("utf16", f"UTF-16 text: {read.label}", name, f"Save it as UTF-8. {read.remedy}")

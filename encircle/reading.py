"""What a caller in Python may hand in as a situation."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encircle.geojson import read_situation

if TYPE_CHECKING:
    from encircle.situation import Situation


def read(
    source: PathLike[str] | str | bytes | Mapping[str, Any] | object,
    *,
    as_of: str | None = None,
    force: str | None = None,
) -> Situation:
    """
    Read a situation from a path, GeoJSON text, a parsed document, or what shows itself as one.

    Parameters
    ----------
    source
        A path; text or bytes of GeoJSON (text that begins with a brace); a mapping; or an object
        with a `__geo_interface__`, such as a GeoDataFrame.
    as_of, force
        Stand in for the members of `situation` of the same names.

    Raises
    ------
    SituationError
        With everything that is wrong with the input.
    TypeError
        If it is none of these.

    Examples
    --------
    >>> read("fixtures/kursk-2025-03-14/situation.geojson").force
    'kursk-group'
    """
    if isinstance(source, PathLike) or (isinstance(source, str) and not _is_document(source)):
        return read_situation(Path(source).read_bytes(), as_of=as_of, force=force)
    if isinstance(source, str | bytes | Mapping):
        return read_situation(source, as_of=as_of, force=force)
    shown = getattr(source, "__geo_interface__", None)
    if isinstance(shown, Mapping):
        return read_situation(shown, as_of=as_of, force=force)
    raise TypeError(
        "read() takes a path, GeoJSON text or bytes, a mapping, or an object with a "
        f"__geo_interface__; not {type(source).__name__}"
    )


def _is_document(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")

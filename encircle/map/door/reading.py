"""What a caller in Python may hand in as a situation."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encircle.errors import MissingFileError
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import read_situation

if TYPE_CHECKING:
    from encircle.map.situation import Situation


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
        A path, also of a gzip; text or bytes of GeoJSON (text that begins with a brace); a
        mapping; or an object with a `__geo_interface__`, such as a GeoDataFrame.
    as_of, force
        Stand in for the members of `situation` of the same names.

    Raises
    ------
    SituationError
        With everything that is wrong with the input.
    MissingFileError
        If there is no such file.
    TypeError
        If it is none of these.

    Examples
    --------
    >>> read("fixtures/kursk-2025-03-14/situation.geojson").force
    'kursk-group'
    """
    if isinstance(source, PathLike) or (isinstance(source, str) and not _is_document(source)):
        raw = unwrap(_load(source))
        return read_situation(raw, as_of=as_of, force=force, name=str(source))
    if isinstance(source, str | bytes | Mapping):
        return read_situation(source, as_of=as_of, force=force)
    shown = getattr(source, "__geo_interface__", None)
    if isinstance(shown, Mapping):
        return read_situation(shown, as_of=as_of, force=force)
    raise TypeError(
        "read() takes a path, GeoJSON text or bytes, a mapping, or an object with a "
        f"__geo_interface__; not {type(source).__name__}"
    )


def _load(source: PathLike[str] | str) -> bytes:
    try:
        return Path(source).read_bytes()
    except (OSError, ValueError) as error:
        name = f"{source!s:.200}"
        why = name_missing(name) or getattr(error, "strerror", None) or "no file can be called so"
        raise MissingFileError(name, f"{why[:1].upper()}{why[1:]}") from None


def name_missing(name: str) -> str | None:
    """
    Say which file may be meant where a name is that of none: a scenario's folder, or its id.

    Examples
    --------
    >>> name_missing("kursk-2025-03-14")
    'no such file; the map of that scenario is fixtures/kursk-2025-03-14/situation.geojson'
    """
    path = Path(name)
    try:
        if path.is_dir():
            if (inside := path / MAP).is_file():
                return f"it is a folder; its map is {inside}"
            return "it is a folder; give the file in it"
        if not path.exists() and (scenario := Path("fixtures") / name / MAP).is_file():
            return f"no such file; the map of that scenario is {scenario}"
        return None if path.exists() else "no such file; is the name spelt right, from this folder?"
    except (OSError, ValueError):
        return None


MAP = "situation.geojson"
"""What the map of a scenario is called in its folder."""


def _is_document(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")

"""Which files were handed in, each unpacked and called by its name, and which role each plays."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal

from encircle.errors import SituationError, refusal
from encircle.formats.gis import read_gis
from encircle.formats.tables.presets import PRESETS as TABLES
from encircle.formats.tables.presets import find_preset
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import LIMITS
from encircle.map.recognise import Guest, decode, recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from encircle.map.notices import Notice

Role = Literal["control", "table", "roads", "claims", "border", "situation"]

MAPS = {
    "deepstate": "deepstate", "mirror": "mirror", "isw": "isw", "liveuamap": "liveuamap",
    "kml": "control-kml", "kmz": "control-kml",
}  # fmt: skip
"""Preset of a map by the kind of file."""
ROLES: dict[str, Role] = {
    **dict.fromkeys(MAPS, "control"),
    **dict.fromkeys(("table", "spreadsheet", "records", "points"), "table"),
    **dict.fromkeys(("osm_pbf", "osm_xml", "overpass", "lines"), "roads"),
    "claims": "claims", "border": "border", "situation": "situation",
}  # fmt: skip
"""Part that a kind of file plays in a situation."""
GIS = frozenset({"geopackage", "shapefile", "flatgeobuf"})
FORCED: dict[str, tuple[Role, str]] = {
    **dict.fromkeys(("table", *TABLES), ("table", "table")),
    "roads": ("roads", "lines"), "claims": ("claims", "claims"), "border": ("border", "border"),
    "situation": ("situation", "situation"),
}  # fmt: skip
"""Role and kind that a preset asks for, whatever the file looks like."""
DEEPEST = 3
"""Archives within archives."""


@dataclass(frozen=True, slots=True)
class Given:
    """One file as it was handed in."""

    name: str
    raw: bytes
    basis: str | None = None
    """Of a layer of ISW's map, where its name does not tell."""
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One file, unpacked, and what it was taken for."""

    given: Given
    guest: Guest
    role: Role
    preset: str | None = None
    """Of a map or a table, where it is known."""
    notices: tuple[Notice, ...] = ()


def take_in(
    given: Sequence[Given], preset: str | None, tell: Callable[[str], object]
) -> list[Taken]:
    """
    Call every file by its name, unpacked and layer by layer, and say so in one line each.

    Raises
    ------
    SituationError
        If a file cannot be used here: called by its name, with what reads it.
    """
    taken: list[Taken] = []
    for one in given:
        for part in _open(one, preset):
            taken.append(part)
            tell(f"{PurePath(part.given.name).name}: {part.guest.label}")
    return taken


def _open(given: Given, preset: str | None, depth: int = 0) -> Iterator[Taken]:
    guest = recognise(given.raw, given.name)
    inner = _unpack(given, guest) if depth < DEEPEST else None
    if inner is not None:
        yield from _open(inner, preset, depth + 1)
    elif guest.kind in GIS:
        for layer in read_gis(given.raw, PurePath(given.name).name, guest.kind, given.path):
            name = f"{PurePath(given.name).stem}-{layer.name}.geojson"
            part = Given(name, layer.dump(), given.basis)
            for taken in _open(part, preset, depth + 1):
                label = f"{guest.label}, layer {layer.name}: {taken.guest.label}"
                told = (*layer.notices, *taken.notices)
                yield replace(taken, guest=replace(taken.guest, label=label), notices=told)
    else:
        yield _cast(given, guest, preset)


def _cast(given: Given, guest: Guest, preset: str | None) -> Taken:
    """Give a file its role."""
    if given.basis is not None and guest.kind != "situation":
        return Taken(given, guest, "control", "isw")
    if preset in FORCED and _fits(preset, guest):
        role, kind = FORCED[preset]
        own = guest if ROLES.get(guest.kind) == role or guest.kind in ("kml", "kmz") else (
            replace(guest, kind=kind))  # type: ignore[arg-type]  # fmt: skip
        return Taken(given, own, role, preset if preset in TABLES else None)
    if guest.kind == "claims" and preset is None and _is_archive(given):
        return Taken(given, replace(guest, kind="table"), "table", "auto-archiver")
    if guest.kind in ("kml", "kmz") and preset is None and _marks_points(given):
        return Taken(given, guest, "table")
    if guest.kind == "geojson_lines":
        return _join_lines(given, preset)
    part = ROLES.get(guest.kind)
    if preset is not None and preset not in FORCED and part in (None, "control", "border", "table"):
        return Taken(given, guest, "control", preset)
    if part is None:
        name = PurePath(given.name).name
        raise refusal(f"{name} is {guest.label}, which cannot be converted", guest.remedy)
    return Taken(given, guest, part, MAPS.get(guest.kind))


def _fits(preset: str, guest: Guest) -> bool:
    """Tell whether a preset speaks of this file: given beside a map, it speaks of the table."""
    role = ROLES.get(guest.kind)
    asked = FORCED[preset][0]
    return role in (None, asked) or (role in ("control", "claims", "border") and asked == "table"
                                     and guest.kind in ("kml", "kmz", "claims"))  # fmt: skip


def _is_archive(given: Given) -> bool:
    """Tell an export of auto-archiver: posts, which say nothing of what they assert."""
    text, _ = decode(given.raw[:8192])
    return text is not None and find_preset(text.split("\n", 1)[0].split(",")) == "auto-archiver"


def _marks_points(given: Given) -> bool:
    """Tell a KML of marked places from one of zones."""
    text = given.raw
    if text.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(text)) as archive:
                names = [n for n in archive.namelist() if n.lower().endswith(".kml")]
                text = b"".join(archive.open(n).read(LIMITS.bytes) for n in names[:20])
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
        ):
            return False
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.decode("utf-16", "replace").encode("utf-8", "replace")
    return b"Point>" in text and b"Polygon>" not in text


def _join_lines(given: Given, preset: str | None) -> Taken:
    """Make one collection of a document a line."""
    import orjson  # noqa: PLC0415

    features = []
    text = given.raw.decode("utf-8-sig", "replace")
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip("\x1e \r\t")
        if not bare:
            continue
        try:
            features.append(orjson.loads(bare))
        except orjson.JSONDecodeError as error:
            said = f"{PurePath(given.name).name}, line {number} is not JSON ({error.msg})"
            raise refusal(said, "Mend it there, or download it again") from None
    whole = orjson.dumps({"type": "FeatureCollection", "features": features})
    joined = replace(given, raw=whole)
    return _cast(joined, recognise(whole, given.name), preset)


def _unpack(given: Given, guest: Guest) -> Given | None:
    """Unpack gzip, and a ZIP of one file; None: there is nothing to unpack."""
    name = PurePath(given.name)
    if guest.kind == "gzip":
        try:
            inner = unwrap(given.raw)
        except SituationError as error:
            [fault] = error.faults
            raise refusal(f"{name.name}: {fault.message}", fault.remedy) from None
        return replace(given, name=name.stem or given.name, raw=inner, path=None)
    if guest.kind == "zip" and guest.label.startswith("a ZIP of one file"):
        try:
            with zipfile.ZipFile(io.BytesIO(given.raw)) as archive:
                member = next(m for m in archive.infolist()
                              if not m.is_dir() and "__MACOSX" not in m.filename)  # fmt: skip
                with archive.open(member) as packed:
                    inner = packed.read(LIMITS.bytes + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise refusal(
                f"{name.name} cannot be unpacked ({error!s:.80})", "Save it again"
            ) from None
        _check_unpacked(inner, name.name)
        return replace(given, name=PurePath(member.filename).name, raw=inner, path=None)
    return None


def _check_unpacked(inner: bytes | bytearray, name: str) -> None:
    if len(inner) > LIMITS.bytes:
        raise refusal(f"{name} unpacks to more than {LIMITS.bytes} bytes", "Crop it")

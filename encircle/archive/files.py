"""Which maps lie in files, folders and archives, in order of time."""

from __future__ import annotations

import lzma
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NoReturn, Self

from encircle.errors import refusal
from encircle.formats.painted.painted import parse_day
from encircle.formats.publishers.deepstate import parse_snapshot_time
from encircle.formats.publishers.presets import MapFile
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import LIMITS
from encircle.map.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAP_ENDINGS = (".geojson", ".json", ".kml", ".kmz", ".gz", ".geojsonl")
"""How the names of maps end; what else lies in a folder or an archive is no map."""

UNDATED = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One file that may be a map, read when it is asked for."""

    name: str
    """Of the file; in an archive, behind the archive's name and a colon."""
    dated: datetime
    """As its name says; the end of time where it says nothing."""
    read: Callable[[], bytes]

    @property
    def file_name(self) -> str:
        """Its own name, which may tell the day."""
        return PurePath(self.name.rpartition(":")[2]).name

    def to_file(self) -> MapFile:
        """Read it as a file of a map."""
        return MapFile(self.file_name, unwrap(self.read()))


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found in the places given."""

    entries: tuple[MapEntry, ...]
    """In order of the time that the names tell, then by name."""
    passed_over: tuple[str, ...]
    """Files in folders and archives that are no maps by their names."""
    opened: tuple[_OpenTar, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for archive in self.opened:
            archive.close()


def list_maps(paths: Sequence[str]) -> Listing:
    """
    List the maps in files, folders and archives (.tar, .tar.xz, .tar.gz, .tar.bz2, .zip).

    A context: archives are open until it is left.

    Raises
    ------
    SituationError
        If a place is not there, or an archive cannot be read to its end.
    """
    sorting = _Sorting()
    try:
        for path in paths:
            place = Path(path)
            if place.is_dir():
                for one in (p for p in sorted(place.rglob("*")) if p.is_file()):
                    sorting.take(one, is_named=False)
            elif place.is_file():
                sorting.take(place, is_named=True)
            else:
                _refuse_absent(path)
    except BaseException:
        sorting.finish().__exit__()
        raise
    return sorting.finish()


def holds_maps(path: str) -> bool:
    """Tell a folder, or an archive, from a file that may be a map itself."""
    place = Path(path)
    if place.is_dir():
        return True
    name = place.name.lower()
    return place.is_file() and (
        name.endswith((".zip", ".tar.gz", ".tgz"))
        or (not name.endswith(MAP_ENDINGS) and tarfile.is_tarfile(place))
    )


def _refuse_absent(path: str) -> NoReturn:
    raise refusal(f"{path} is not there", "Give a file, a folder or an archive of maps")


def read_stdin(raw: bytes) -> MapEntry:
    """Take what came on standard input as a map."""
    return MapEntry("-", UNDATED, lambda: raw)


class _Sorting:
    """Sorts files into maps, archives of maps, and neither."""

    def __init__(self) -> None:
        self.entries: list[MapEntry] = []
        self.passed: list[str] = []
        self.opened: list[_OpenTar] = []

    def finish(self) -> Listing:
        """Give what was found, in order of time."""
        ordered = sorted(self.entries, key=lambda e: (e.dated, e.name))
        return Listing(tuple(ordered), tuple(self.passed), tuple(self.opened))

    def take(self, place: Path, *, is_named: bool) -> None:
        """Sort a file in; one that was named is a map, whatever it is called."""
        ending, name = place.suffix.lower(), place.name.lower()
        if name.startswith(".") and not is_named:
            self.passed.append(str(place))
        elif ending == ".zip":
            self._list_zip(place)
        elif name.endswith(MAP_ENDINGS) and not name.endswith(".tar.gz"):
            self.entries.append(_entry(str(place), place.read_bytes))
        elif tarfile.is_tarfile(place):
            self._list_tar(place)
        elif is_named:
            self.entries.append(_entry(str(place), place.read_bytes))
        else:
            self.passed.append(str(place))

    def _list_zip(self, place: Path) -> None:
        try:
            with zipfile.ZipFile(place) as archive:
                members = [m for m in archive.infolist() if not m.is_dir()]
        except (OSError, zipfile.BadZipFile) as error:
            raise _broken(place, error) from None
        for member in members:
            name = f"{place}:{member.filename}"
            if not _is_map(member.filename):
                self.passed.append(name)
                continue
            _check_size(name, member.file_size)
            self.entries.append(_entry(name, partial(_read_zipped, place, member)))

    def _list_tar(self, place: Path) -> None:
        opened = _OpenTar(place)
        self.opened.append(opened)
        try:
            for name in opened.list_members():
                whole = f"{place}:{name}"
                if _is_map(name):
                    self.entries.append(_entry(whole, partial(opened.read, name)))
                else:
                    self.passed.append(whole)
        except (OSError, EOFError, tarfile.TarError, lzma.LZMAError, zlib.error) as error:
            raise _broken(place, error) from None


def _entry(name: str, read: Callable[[], bytes]) -> MapEntry:
    own = PurePath(name.rpartition(":")[2]).name
    return MapEntry(name, parse_snapshot_time(own) or parse_day(own) or UNDATED, read)


def _read_zipped(place: Path, member: zipfile.ZipInfo) -> bytes:
    try:
        with zipfile.ZipFile(place) as archive, archive.open(member) as file:
            return file.read(LIMITS.bytes + 1)
    except (EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise _broken(place, error) from None
    except (NotImplementedError, RuntimeError) as error:  # packed or locked as nobody here opens it
        said = f"{member.filename} in {place} cannot be unpacked: {error}"
        raise refusal(said, "Unpack the archive, and give its folder") from None


class _OpenTar:
    """A compressed tar has no index: it is unpacked once, into a file that has no name."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._places: dict[str, tuple[int, int]] = {}
        self._plain = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the maps are read

    def list_members(self) -> Iterator[str]:
        """List the files in it, and unpack those that are maps: none larger than may be read."""
        with tarfile.open(self.place, "r|*") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is None:
                    continue
                if _is_map(member.name):
                    _check_size(f"{self.place}:{member.name}", member.size)
                    start = self._plain.tell()
                    while block := file.read(1 << 20):
                        self._plain.write(block)
                    self._places[member.name] = start, member.size
                yield member.name

    def read(self, name: str) -> bytes:
        """Read a member."""
        start, size = self._places[name]
        self._plain.seek(start)
        return self._plain.read(size)

    def close(self) -> None:
        """Leave it: the file without a name is gone."""
        self._plain.close()


def _is_map(name: str) -> bool:
    own = PurePath(name).name
    return own.lower().endswith(MAP_ENDINGS) and not own.startswith(".")


def _check_size(name: str, size: int) -> None:
    if size > LIMITS.bytes:
        said = f"{name} has {size} bytes, more than the {LIMITS.bytes} that are read of a map"
        raise refusal(said, "Crop or simplify the map")


def _broken(place: Path, error: Exception) -> Exception:
    return refusal(f"{place} cannot be read to its end: {error}", "Fetch the archive again, whole")


def group_layers(entries: Sequence[MapEntry]) -> Iterator[tuple[MapEntry, ...]]:
    """
    Group the files of one map: a day of ISW is several layers in one folder.

    Only the first bytes of files whose name is an ISW layer's are looked at.
    """
    days: dict[tuple[str, datetime], list[MapEntry]] = {}
    order: list[tuple[str, datetime] | MapEntry] = []
    for entry in entries:
        if entry.dated is not UNDATED and _is_layer(entry):
            key = str(PurePath(entry.name).parent), entry.dated
            if key not in days:
                order.append(key)
            days.setdefault(key, []).append(entry)
        else:
            order.append(entry)
    for one in order:
        yield (one,) if isinstance(one, MapEntry) else tuple(days[one])


LAYER_WORDS = ("assessed", "claimed", "partisan", "counteroffensive", "infiltration")


def _is_layer(entry: MapEntry) -> bool:
    own = entry.file_name.lower()
    return (
        any(word in own for word in LAYER_WORDS)
        and recognise(entry.read(), entry.file_name).kind == "isw"
    )

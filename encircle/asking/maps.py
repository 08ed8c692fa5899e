"""Which maps were given, by content; layers of one day by one mapper are one map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from encircle.errors import InputFault, SituationError
from encircle.formats.deepstate import parse_snapshot_time
from encircle.formats.painted import parse_day
from encircle.formats.presets import PRESETS, MapFile
from encircle.geojson import parse_document, read_situation
from encircle.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from encircle.formats.painted import PaintedMap
    from encircle.recognise import Guest
    from encircle.situation import Situation

KINDS = {
    "deepstate": "deepstate", "mirror": "mirror", "isw": "isw", "liveuamap": "liveuamap",
    "kml": "control-kml", "kmz": "control-kml",
}  # fmt: skip
"""Reader by what a file was recognised as."""
MOST_MAPS = 40
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GivenMap:
    """One map as it was given: a situation, or paint that somebody else made."""

    name: str
    """Of its file; of several, of the first and how many more."""
    label: str
    """What it was taken for, for people."""
    as_of: datetime
    situation: Situation | None = None
    painted: PaintedMap | None = None
    document: dict[str, Any] | None = None
    """The situation as it was given."""

    @property
    def title(self) -> str:
        """What its maker calls it; else its file's name."""
        if self.painted is not None:
            return self.painted.title
        return (self.situation.title if self.situation else None) or self.name

    @property
    def mapper(self) -> str:
        """The origin of the paint; of a situation, see `claims.mappers`."""
        if self.painted is not None:
            origins = [s.get("origin") or s.get("id") for s in self.painted.sources]
            return str(next(filter(None, origins), self.painted.maker))
        from encircle.claims.mappers import find_mapper  # noqa: PLC0415 - one of two kinds

        assert self.situation is not None  # noqa: S101 - the other kind
        return find_mapper(self.situation).name


def read_maps(files: Sequence[MapFile], as_of: datetime | None = None) -> list[GivenMap]:
    """
    Read maps of any known kind, in the order given.

    Parameters
    ----------
    files
        Their files. ISW's layers of one day are one map.
    as_of
        Instant of the maps that tell none themselves.

    Raises
    ------
    SituationError
        With everything that cannot be read, each fault naming its file.
    """
    if not files:
        raise _fault("/maps", "no map is given", "Give one map or more")
    if len(files) > MOST_MAPS:
        raise _fault("/maps", f"{len(files)} files", f"Give {MOST_MAPS} at most")
    faults: list[InputFault] = []
    read: list[GivenMap] = []
    for number, those in _group(files):
        try:
            read.append(_read_one(those, as_of))
        except SituationError as error:
            faults += [_name(fault, number, those[0][0].name) for fault in error.faults]
    if faults:
        raise SituationError(faults)
    return read


def _group(
    files: Sequence[MapFile],
) -> Iterable[tuple[int, list[tuple[MapFile, Guest]]]]:
    """Put ISW's layers of one day together."""
    groups: dict[object, tuple[int, list[tuple[MapFile, Guest]]]] = {}
    for number, file in enumerate(files):
        guest = recognise(file.raw, file.name)
        layered = guest.kind == "isw"
        key: object = ("isw", parse_day(file.name)) if layered else number
        groups.setdefault(key, (number, []))[1].append((file, guest))
    return groups.values()


def _read_one(those: Sequence[tuple[MapFile, Guest]], as_of: datetime | None) -> GivenMap:
    file, guest = those[0]
    more = f" and {len(those) - 1} more" if len(those) > 1 else ""
    name = f"{PurePath(file.name).name}{more}"
    if guest.kind == "situation":
        situation = read_situation(file.raw)
        document = parse_document(file.raw)
        return GivenMap(name, guest.label, situation.as_of, situation, document=document)
    preset = file.basis if file.basis in PRESETS else KINDS.get(guest.kind)
    if preset is None or preset not in PRESETS:
        raise _fault("", f"{guest.label} is no map of who holds what", guest.remedy)
    basis_free = [MapFile(f.name, f.raw, None if f.basis in PRESETS else f.basis)
                  for f, _ in those]  # fmt: skip
    painted = PRESETS[preset](basis_free, ())
    instant = find_instant(file.name, painted) or as_of
    if instant is None:
        raise _fault("", "neither its name nor the map says when it was made",
                     "Put the day into the file's name (2025-03-14), or give --as-of")  # fmt: skip
    return GivenMap(name, guest.label, instant, painted=painted)


def find_instant(name: str, painted: PaintedMap) -> datetime | None:
    """Find when a map was made: its file's name tells, else the map itself."""
    snapshot = parse_snapshot_time(name) if painted.maker.startswith("deepstate") else None
    told = painted.dated
    dated = datetime.combine(date.fromisoformat(told[:10]), NOON) if told else None
    return snapshot or parse_day(name) or dated


def _name(fault: InputFault, number: int, name: str) -> InputFault:
    message = f"{PurePath(name).name}: {fault.message}"
    return InputFault(f"/maps/{number}{fault.pointer}", message, fault.remedy, fault.feature)


def _fault(pointer: str, message: str, remedy: str) -> SituationError:
    return SituationError([InputFault(pointer, message, remedy)])

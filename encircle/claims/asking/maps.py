"""Which maps were given, by content; layers of one day by one mapper are one map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from encircle.errors import InputFault, SituationError
from encircle.formats.painted.painted import parse_day
from encircle.formats.publishers.presets import PRESETS, MapFile, find_preset, read_map
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import parse_document, read_situation
from encircle.map.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from encircle.formats.painted.painted import PaintedMap
    from encircle.map.recognise import Guest
    from encircle.map.situation import Situation

READ = frozenset(PRESETS)
MOST_MAPS = 40


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
    border: Mapping[str, Any] | None = None
    """The outline that parts its sides, where it leaves that out."""
    is_dated_by_asker: bool = False
    """Whether it tells no day itself."""

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
        from encircle.claims.rating.mappers import find_mapper  # noqa: PLC0415 - one of two kinds

        assert self.situation is not None  # noqa: S101 - the other kind
        return find_mapper(self.situation).name


def read_maps(
    files: Sequence[MapFile],
    as_of: datetime | None = None,
    border: Mapping[str, Any] | None = None,
    numbers: Sequence[int] | None = None,
) -> list[GivenMap]:
    """
    Read maps of any known kind, in the order given.

    Parameters
    ----------
    files
        Their files. ISW's layers of one day are one map.
    as_of
        Instant of the maps that tell none themselves.
    border
        Ukraine's outline; by default the one that comes with the library.
    numbers
        Which of all that was given each file is, for the faults; by default counted from 0.

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
    opened: list[tuple[int, MapFile]] = []
    for number, file in zip(numbers or range(len(files)), files, strict=True):
        try:
            opened.append((number, replace(file, raw=unwrap(file.raw))))
        except SituationError as error:
            faults += [_name(fault, number, file.name) for fault in error.faults]
    if faults:
        raise SituationError(faults)
    for number, those in _group(opened):
        try:
            read.append(_read_one(those, as_of, border))
        except SituationError as error:
            faults += [_name(fault, number, those[0][0].name) for fault in error.faults]
    if faults:
        raise SituationError(faults)
    return read


def _group(
    files: Sequence[tuple[int, MapFile]],
) -> Iterable[tuple[int, list[tuple[MapFile, Guest]]]]:
    """Put ISW's layers of one day together."""
    groups: dict[object, tuple[int, list[tuple[MapFile, Guest]]]] = {}
    for number, file in files:
        guest = recognise(file.raw, file.name)
        layered = guest.kind == "isw"
        key: object = ("isw", parse_day(file.name)) if layered else number
        groups.setdefault(key, (number, []))[1].append((file, guest))
    return groups.values()


def _read_one(
    those: Sequence[tuple[MapFile, Guest]],
    as_of: datetime | None,
    border: Mapping[str, Any] | None,
) -> GivenMap:
    file, guest = those[0]
    more = f" and {len(those) - 1} more" if len(those) > 1 else ""
    name = f"{PurePath(file.name).name}{more}"
    if guest.kind == "situation":
        if file.basis is not None:
            told = f"{file.basis}= says nothing of a situation, which says itself what it rests on"
            raise _fault("", told, f"Give {name} without it")
        situation = read_situation(file.raw)
        document = parse_document(file.raw)
        return GivenMap(name, guest.label, situation.as_of, situation, document=document)
    preset = file.basis if file.basis in PRESETS else None
    plain = [replace(f, basis=None if f.basis in PRESETS else f.basis) for f, _ in those]
    if preset is None and guest.kind not in READ and not _is_preset(plain):
        raise _fault("", f"{guest.label} is no map of who holds what", guest.remedy)
    is_dated = True
    try:
        dated = read_map(preset, plain, border)
    except SituationError:
        if as_of is None:
            raise
        dated, is_dated = read_map(preset, plain, border, as_of=as_of), False
    return GivenMap(
        name, guest.label, dated.as_of, painted=dated.painted, border=dated.border,
        is_dated_by_asker=not is_dated,
    )  # fmt: skip


def _is_preset(files: Sequence[MapFile]) -> bool:
    try:
        return find_preset(files) in PRESETS
    except SituationError:
        return False


def _name(fault: InputFault, number: int, name: str) -> InputFault:
    message = f"{PurePath(name).name}: {fault.message}"
    return InputFault(f"/maps/{number}{fault.pointer}", message, fault.remedy, fault.feature)


def _fault(pointer: str, message: str, remedy: str) -> SituationError:
    return SituationError([InputFault(pointer, message, remedy)])

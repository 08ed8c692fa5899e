"""Which kind of map is it, and when was it made: one door to every painted map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from shapely.geometry import mapping

from encircle.errors import refusal
from encircle.formats.kml.control import paint_control_kml, parse_rule
from encircle.formats.painted.painted import PaintedMap, parse_day, tell_missing
from encircle.formats.painted.situation import situation_from_painted
from encircle.formats.publishers.deepstate import paint_deepstate, parse_snapshot_time
from encircle.formats.publishers.isw import BASES, LayerFile, draws_control, paint_isw
from encircle.formats.publishers.liveuamap import paint_liveuamap
from encircle.formats.publishers.mirror import paint_mirror
from encircle.map.days import write_instant
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import parse_document
from encircle.map.notices import Notice
from encircle.map.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOON = time(12, tzinfo=UTC)
BORDERLESS = frozenset({"control-kml"})
"""Kinds that can paint both sides' ground, so that no border need be known."""
WHOLE = frozenset({"deepstate", "mirror", "isw", "liveuamap"})
"""Kinds that paint all of the war; a KML is of whatever its mapper chose."""


@dataclass(frozen=True, slots=True)
class MapFile:
    """One file of a map: its name, which may tell its day and basis, and what is in it."""

    name: str
    raw: bytes
    basis: str | None = None


def parse_layer(text: str) -> tuple[str | None, str]:
    """
    Parse [BASIS=]FILE.

    Examples
    --------
    >>> parse_layer("claimed=a.geojson")
    ('claimed', 'a.geojson')
    >>> parse_layer("maps/x=1.geojson")
    (None, 'maps/x=1.geojson')
    """
    basis, equals, name = text.partition("=")
    return (basis, name) if equals and basis in BASES else (None, text)


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever asks says of a map."""

    holders: Sequence[str] = ()
    as_of: datetime | None = None
    """The instant asked about, or else the day of the file's name."""


def _deepstate(files: Sequence[MapFile], _: Asked) -> PaintedMap:
    return paint_deepstate(parse_document(files[0].raw))


def _mirror(files: Sequence[MapFile], _: Asked) -> PaintedMap:
    return paint_mirror(parse_document(files[0].raw), files[0].name)


def _liveuamap(files: Sequence[MapFile], _: Asked) -> PaintedMap:
    return paint_liveuamap(parse_document(files[0].raw))


def _control_kml(files: Sequence[MapFile], asked: Asked) -> PaintedMap:
    rules = [parse_rule(text) for text in asked.holders]
    return paint_control_kml(files[0].raw, rules, as_of=asked.as_of)


def _isw(files: Sequence[MapFile], _: Asked) -> PaintedMap:
    return paint_isw([LayerFile(f.name, parse_document(f.raw), f.basis) for f in files])


PRESETS: dict[str, Callable[[Sequence[MapFile], Asked], PaintedMap]] = {
    "deepstate": _deepstate,
    "mirror": _mirror,
    "control-kml": _control_kml,
    "isw": _isw,
    "liveuamap": _liveuamap,
}
"""Reader by the name of the kind."""
STEPS = ("read", "drawn")
"""What a conversion does, in order: the map of a whole country takes seconds."""


def convert_map(  # noqa: PLR0913 - as the command has them
    preset: str | None,
    files: Sequence[MapFile],
    border: Mapping[str, Any] | None = None,
    *,
    as_of: datetime | None = None,
    holders: Sequence[str] = (),
    mapper_side: str | None = None,
    on_step: Callable[[str], object] = lambda _: None,
    **options: Any,  # noqa: ANN401 - those of situation_from_painted, which checks them
) -> dict[str, Any]:
    """
    Turn a map of a known kind into a situation about one force.

    Parameters
    ----------
    preset
        Kind of map, one of `PRESETS`; None to tell it by its content.
    files
        The map; several for ISW, whose map of a day is several layers.
    border
        Ukraine's outline; by default the one that comes with the library, where the map needs one.
    as_of
        Instant of the map; by default as the file's name, or the map itself, tells.
    holders
        Rules MARK=SIDE for a KML.
    mapper_side
        Side whose cause the mapper serves; by default as known of the kind of map.

    Raises
    ------
    SituationError
        If the kind is not known, its file is not of the kind, or an option does not fit it.
    """
    dated = read_map(preset, files, border, as_of=as_of, holders=holders, mapper_side=mapper_side)
    on_step("read")
    document = situation_from_painted(dated.painted, dated.border, as_of=dated.as_of, **options)
    on_step("drawn")
    return document


@dataclass(frozen=True, slots=True)
class DatedMap:
    """A map as painted, its instant, and the border it is laid over."""

    name: str
    """Of its file."""
    painted: PaintedMap
    as_of: datetime
    border: Mapping[str, Any] | None


def read_map(  # noqa: PLR0913 - as convert_map
    preset: str | None,
    files: Sequence[MapFile],
    border: Mapping[str, Any] | None = None,
    *,
    as_of: datetime | None = None,
    holders: Sequence[str] = (),
    mapper_side: str | None = None,
) -> DatedMap:
    """
    Read a map of a known kind, date it, and find the border it leaves out.

    Parameters are as `convert_map` takes them.

    Raises
    ------
    SituationError
        If the kind is not known, its file is not of the kind, or nothing dates it.
    """
    kind = preset or find_preset(files)
    _check(kind, files, holders)
    files = [replace(file, raw=unwrap(file.raw)) for file in files]
    painted = PRESETS[kind](files, Asked(holders, as_of or parse_day(files[0].name)))
    if mapper_side:
        painted = replace(painted, mapper_side=mapper_side)
    instant = as_of or _find_instant(kind, files[0].name, painted)
    if instant is None:
        day = parse_day(files[0].name)
        said = "the file's name does not say when the map was made"
        if day is not None:
            said = "the file's name gives a day, and a DeepStateMap is drawn several times a day"
        wanted = write_instant(day or datetime(2025, 3, 14, 12, tzinfo=UTC))
        raise refusal(said, f"Give the instant (--as-of {wanted})")
    if kind in WHOLE and (kind != "isw" or draws_control(painted)):
        notices = (*tell_missing(painted, instant), *painted.notices)
        painted = replace(painted, notices=notices)
    if as_of is None and kind != "deepstate":
        said = f"The map is dated {instant:%Y-%m-%d}, without an hour: noon UTC was taken."
        told = Notice("day_without_hour", "info", said)
        painted = replace(painted, notices=(*painted.notices, told))
    if border is None and _needs_border(kind, painted):
        border = read_default_border()
    return DatedMap(files[0].name, painted, instant, border)


def find_preset(files: Sequence[MapFile]) -> str:
    """Find the kind of a map by its content."""
    guest = recognise(files[0].raw, files[0].name)
    kind = KINDS.get(guest.kind, guest.kind)
    if kind in PRESETS:
        return kind
    raise refusal(f"{files[0].name} is {guest.label}", guest.remedy)


KINDS: dict[str, str] = {"kml": "control-kml", "kmz": "control-kml"}
"""Readers whose name is not that of the kind of file."""


def _needs_border(kind: str, painted: PaintedMap) -> bool:
    """Tell whether a map leaves ground unpainted that only a border can give to a side."""
    if not {"UA", "RU"} <= {side for side, _ in painted.sides}:
        return False
    held = {zone.held_by for zone in painted.zones}
    return kind not in BORDERLESS or not {"UA", "RU"} <= held


@cache
def read_default_border() -> Mapping[str, Any]:
    """Read the outline of Ukraine that comes with the library, as a FeatureCollection."""
    from encircle.places import describe_outline, read_outline  # noqa: PLC0415 - megabytes

    feature = {
        "type": "Feature",
        "properties": {"name": describe_outline("UA")["title"]},
        "geometry": mapping(read_outline("UA")),
    }
    return {"type": "FeatureCollection", "features": [feature]}


def _find_instant(preset: str, name: str, painted: PaintedMap) -> datetime | None:
    if preset == "deepstate":  # several a day: only the second tells which
        return parse_snapshot_time(name)
    dated = painted.dated and datetime.combine(date.fromisoformat(painted.dated), NOON)
    return parse_day(name) or dated or None


def _check(preset: str, files: Sequence[MapFile], holders: Sequence[str]) -> None:
    if preset not in PRESETS:
        raise refusal(f"unknown preset {preset!r}", f"Use one of {', '.join(PRESETS)}")
    if len(files) > 1 and preset != "isw":
        raise refusal(f"a {preset} map is one file", "Give --layer with the preset isw only")
    if holders and preset != "control-kml":
        said = f"a {preset} map says itself who holds what"
        raise refusal(said, "Give --holder with the preset control-kml only")

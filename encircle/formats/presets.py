"""Which kind of map is it, and when was it made: one door to every painted map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from encircle.formats.compressed import unwrap
from encircle.formats.control_kml import paint_control_kml, parse_rule
from encircle.formats.deepstate import paint_deepstate, parse_snapshot_time
from encircle.formats.isw import BASES, LayerFile, paint_isw
from encircle.formats.liveuamap import paint_liveuamap
from encircle.formats.mirror import paint_mirror
from encircle.formats.painted import PaintedMap, parse_day, refusal
from encircle.formats.painted_situation import situation_from_painted
from encircle.geojson import parse_document
from encircle.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOON = time(12, tzinfo=UTC)
BORDERLESS = frozenset({"control-kml"})
"""Kinds that can paint both sides' ground, so that no border need be known."""


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
    preset: str,
    files: Sequence[MapFile],
    border: Mapping[str, Any] | None,
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
        Kind of map, one of `PRESETS`.
    files
        The map; several for ISW, whose map of a day is several layers.
    border
        Ukraine's outline; may be None for the kinds in `BORDERLESS`.
    as_of
        Instant of the map; by default as the file's name, or the map itself, tells.
    holders
        Rules MARK=SIDE for a KML.
    mapper_side
        Side whose cause the mapper serves; by default as known of the kind of map.
    on_step
        Called after each of `STEPS`, for showing progress.
    options
        As `situation_from_painted` takes them.

    Raises
    ------
    SituationError
        If the kind is not known, its file is not of the kind, or an option does not fit it.
    """
    _check(preset, files, border, holders)
    files = [replace(file, raw=unwrap(file.raw)) for file in files]
    painted = PRESETS[preset](files, Asked(holders, as_of or parse_day(files[0].name)))
    on_step("read")
    if mapper_side:
        painted = replace(painted, mapper_side=mapper_side)
    instant = as_of or _find_instant(preset, files[0].name, painted)
    if instant is None:
        said = "the file's name does not say when the map was made"
        raise refusal(said, "Give the instant (--as-of 2025-03-14T12:00:00Z)")
    if as_of is None and preset != "deepstate":
        said = f"The map is dated {instant:%Y-%m-%d}, without an hour: noon UTC was taken."
        notice = Notice("day_without_hour", "info", said)
        painted = replace(painted, notices=(*painted.notices, notice))
    document = situation_from_painted(painted, border, as_of=instant, **options)
    on_step("drawn")
    return document


def _find_instant(preset: str, name: str, painted: PaintedMap) -> datetime | None:
    if preset == "deepstate":  # several a day: only the second tells which
        return parse_snapshot_time(name)
    dated = painted.dated and datetime.combine(date.fromisoformat(painted.dated), NOON)
    return parse_day(name) or dated or None


def _check(
    preset: str,
    files: Sequence[MapFile],
    border: Mapping[str, Any] | None,
    holders: Sequence[str],
) -> None:
    if preset not in PRESETS:
        raise refusal(f"unknown preset {preset!r}", f"Use one of {', '.join(PRESETS)}")
    if border is None and preset not in BORDERLESS:
        said = f"a {preset} map leaves the state border out"
        raise refusal(said, "Give it (--border FILE, GeoJSON)")
    if len(files) > 1 and preset != "isw":
        raise refusal(f"a {preset} map is one file", "Give --layer with the preset isw only")
    if holders and preset != "control-kml":
        said = f"a {preset} map says itself who holds what"
        raise refusal(said, "Give --holder with the preset control-kml only")

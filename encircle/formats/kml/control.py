"""
What does a KML map of control zones say: whose each zone is, by its style, colour or folder.

Made for the monthly maps of a mapper close to the Russian side, who paints one polygon a side in
the styles `#ru` and `#ua`; rules of the user's own read any other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from encircle.errors import refusal
from encircle.formats.kml.kml import Drawing, Placemark, read_kml
from encircle.formats.painted.painted import PaintedMap, Zone, count_once, mend, tell_unknown
from encircle.map.counting import number_of
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UNKNOWN, SKIP = "unknown", "skip"
"""What a rule may say instead of a side: nobody's for certain; no control zone at all."""

ANYTHING = "*"
"""The mark of anything else: it fits what no other rule does, wherever it stands among them."""

NEUTRAL = "neutral"
"""Nobody's by consent; a holder, and no side. Source: the contract."""

MOST_NAMED = 20
"""As many placemarks are told one by one."""

SIDES = (("UA", "Ukraine"), ("RU", "Russia"))


@dataclass(frozen=True, slots=True)
class HolderRule:
    """Whose the zones are that bear a mark."""

    mark: str
    """Style (`#ru`), colour on the screen (`rrggbb`), value of its data (`RU`, `side=RU`), the
    name of a folder, document, schema or placemark, or `*` for anything else."""
    holder: str
    """A side, `unknown` or `skip`."""

    def matches(self, placemark: Placemark) -> bool:
        """Tell whether a placemark bears the mark."""
        marks = {mark.casefold() for mark in (*list_marks(placemark), f"#{placemark.paint.colour}")}
        return self.mark == ANYTHING or self.mark.casefold() in marks


MAPPER = (HolderRule("#ru", "RU"), HolderRule("#ua", "UA"))
"""The styles of the map this was made for. Source: the files of 2023-2025, read."""

MAPPER_SIDE = "RU"
"""Whose cause that mapper serves; of a map read by other rules nobody knows."""

LOCATION_ERROR_M = 300.0
"""How far off that mapper's boundaries may be drawn, metres. Source: a quarter of the front lies
within 220 to 320 m of DeepStateMap's, March and April 2025."""

STRANGER_ERROR_M = 500.0
"""And those of a mapper nobody has measured, metres. Source: the worst of those measured."""


def parse_rule(text: str) -> HolderRule:
    """
    Parse MARK=SIDE.

    Examples
    --------
    >>> parse_rule("#ru=RU")
    HolderRule(mark='#ru', holder='RU')

    Raises
    ------
    SituationError
        If it is not MARK=SIDE.
    """
    mark, _, holder = (part.strip() for part in text.rpartition("="))
    if not (mark and holder):
        remedy = "Write it as '#style=RU', 'ff0000=RU' (colour), or 'Folder name=RU'"
        raise refusal(f"--holder {text!r} is not MARK=SIDE", remedy)
    return HolderRule(mark, holder)


def list_marks(placemark: Placemark) -> list[str]:
    """List what a rule can know a placemark by, the plainest first."""
    colour = [placemark.paint.colour] if placemark.paint.colour else []
    data = [mark for name, value in placemark.said for mark in (f"{name}={value}", value)]
    folders = [name for name in reversed(placemark.folders) if name]
    schemas = [m for name in placemark.schemas for m in (name, name.removesuffix(".schema"))]
    names = [*folders, *reversed(placemark.documents), *schemas]
    marks = [*placemark.paint.styles, *colour, *data, *names, *filter(None, [placemark.name])]
    return list(dict.fromkeys(marks))


def paint_control_kml(
    raw: bytes, rules: Sequence[HolderRule] = (), *, as_of: datetime | None = None
) -> PaintedMap:
    """
    Read a KML or KMZ map of control zones as a painted map.

    Parameters
    ----------
    rules
        Whose the zones are, the first that fits; by default those of the map this was made for.
    as_of
        The instant asked about. Zones of another time (TimeSpan, TimeStamp) are left out, and
        told. May be None where the file dates nothing, or everything to one time.

    Raises
    ------
    SituationError
        If it is no KML (see `read_kml`), or no zone fits a rule: the marks it has are named; or
        nothing in it is a zone: why, and what to do; or zones are of several times and no instant
        is given.

    Notes
    -----
    A zone that fits no rule is drawn as unknown (see `painted.tell_unknown`); the rule `MARK=skip`
    leaves it out by whoever knows that it is no zone.
    """
    drawing = read_kml(raw)
    if not drawing.placemarks:
        raise refusal(*_explain_empty(drawing))
    timed = _choose_time(drawing.placemarks, as_of)
    reading = _Reading(tuple(rules) or MAPPER)
    drawn = tuple(reading.read(timed.placemarks))
    if not reading.used:
        raise refusal("no control zone fits a rule", reading.remedy())
    if not drawn:
        raise refusal("the rules leave every zone out", "Give a side to some with --holder")
    zones, twice = count_once(drawn)
    source = {
        "id": "control-kml",
        "title": "Control zones, KML",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "origin": "control-kml",
    }
    return PaintedMap(
        maker="kml",
        title="Map of control zones",
        zones=zones,
        sources=(source,),
        notices=(*drawing.notices, *timed.notices, *reading.notices(), *twice),
        sides=_list_sides(zones),
        mapper_side=None if rules else MAPPER_SIDE,
        location_error_m=STRANGER_ERROR_M if rules else LOCATION_ERROR_M,
        dated=timed.dated,
    )


def _explain_empty(drawing: Drawing) -> tuple[str, str]:
    """Say why a file holds no zone, and what to do."""
    if drawing.links:
        said = f"the file holds only a link to the map, which is not followed: {drawing.links[0]}"
        return said, "Export it again without the network link (not 'keep data up to date')"
    if drawing.closed_lines:
        shown = ", ".join(drawing.closed_lines[:8])
        said = f"zones are drawn as lines, which paint no ground: {shown}"
        return (
            said,
            "Draw them as polygons, or turn the lines into polygons (QGIS: Lines to polygons)",
        )
    if drawing.count("LineString", "LinearRing"):
        return "the file holds lines, and no polygon paints ground", "Give a map of control zones"
    if drawing.count("Point", "Track", "MultiTrack"):
        said = "the file holds positions, and no polygon paints ground"
        return said, "Give it beside a map of control, as a table of positions"
    return "nothing paints ground in the file", "Give a KML with polygons of control"


# -- when ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Timed:
    placemarks: tuple[Placemark, ...]
    notices: tuple[Notice, ...] = ()
    dated: str | None = None
    """The day of everything in the file, where it is one."""


def _choose_time(placemarks: Sequence[Placemark], as_of: datetime | None) -> _Timed:
    """Take the zones of the instant asked about, and tell those of other times."""
    times = {p.span.written: p.span for p in placemarks if p.span}
    if not times:
        return _Timed(tuple(placemarks))
    if as_of is None:
        dated = {p.span for p in placemarks}
        begin = next(iter(times.values())).begin
        if len(dated) > 1 or begin is None:
            said = f"the zones are of several times ({', '.join(sorted(times)[:8])})"
            raise refusal(said, "Give the instant (--as-of 2025-03-14T12:00:00Z)")
        return _Timed(tuple(placemarks), dated=f"{begin.astimezone(UTC):%Y-%m-%d}")
    instant = as_of.replace(tzinfo=UTC) if as_of.tzinfo is None else as_of
    kept = tuple(p for p in placemarks if p.span is None or p.span.covers(instant))
    if not kept:
        said = f"no zone is of {instant:%Y-%m-%d %H:%M}; the zones are of "
        remedy = "Give the instant of one of them (--as-of)"
        raise refusal(said + ", ".join(sorted(times)[:8]), remedy)
    return _Timed(kept, tuple(_tell_times(placemarks, instant)))


def _tell_times(placemarks: Sequence[Placemark], instant: datetime) -> Iterator[Notice]:
    other = [p for p in placemarks if p.span and not p.span.covers(instant)]
    spans = [f"{p.path!r} ({p.span.written})" for p in other if p.span and not p.span.is_stamp]
    stamps = [f"{p.path!r} ({p.span.written})" for p in other if p.span and p.span.is_stamp]
    when = f"{instant:%Y-%m-%d %H:%M}"
    if spans:
        said = (
            f"{number_of(len(spans), 'zone', 'does')} not hold at {when}, left out: "
            f"{', '.join(spans[:20])}."
        )
        yield Notice("zones_of_another_time", "info", said)
    if stamps:
        said = (
            f"{number_of(len(stamps), 'zone', 'bears')} another stamp than {when}, left out: "
            f"{', '.join(stamps[:20])}. Whether they still held is not said."
        )
        yield Notice("zones_stamped_otherwise", "doubt", said)


# -- whose ---------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """Gives each placemark to a side, and remembers those it could not."""

    rules: Sequence[HolderRule]
    used: set[HolderRule] = field(default_factory=set)
    strangers: list[tuple[Placemark, Zone]] = field(default_factory=list)
    skipped: int = 0
    flat: list[str] = field(default_factory=list)
    mended: list[Notice] = field(default_factory=list)

    def read(self, placemarks: Sequence[Placemark]) -> Iterator[Zone]:
        rules = sorted(self.rules, key=lambda rule: rule.mark == ANYTHING)
        for placemark in placemarks:
            rule = next((rule for rule in rules if rule.matches(placemark)), None)
            if rule:
                self.used.add(rule)
            if rule and rule.holder == SKIP:
                self.skipped += 1
                continue
            zone = self._zone(placemark, rule)
            if zone.geometry.is_empty:
                self.flat.append(placemark.path)
                continue
            if rule is None:
                self.strangers.append((placemark, zone))
            yield zone

    def _zone(self, placemark: Placemark, rule: HolderRule | None) -> Zone:
        geometry, said = mend(placemark.geometry, f"Placemark {placemark.path!r}")
        self.mended += said
        holder = rule.holder if rule and rule.holder != UNKNOWN else None
        basis: Literal["assessed", "unknown"] = "assessed" if holder else "unknown"
        return Zone(
            id=f"kml-{placemark.index}",
            geometry=geometry,
            holder=holder,
            basis=basis,
            source="control-kml",
            name=placemark.path,
            said={"mark": rule.mark} if rule else {},
        )

    def remedy(self) -> str:
        marks = dict.fromkeys(mark for p, _ in self.strangers for mark in list_marks(p))
        shown = ", ".join(repr(mark) for mark in list(marks)[:8])
        bare = "they bear no mark at all: '*=SIDE' gives every zone to a side"
        known = f"the marks in the file are {shown}; '*' is anything else" if shown else bare
        return f"Say whose they are with --holder MARK=SIDE; {known}"

    def notices(self) -> Iterator[Notice]:
        yield from self.mended
        if self.flat:
            said = f"Rings without an area paint nothing: {', '.join(self.flat[:20])}."
            yield Notice("no_area", "caution", said)
        if self.skipped:
            said = f"{number_of(self.skipped, 'placemark', 'was')} left out, as the rules say."
            yield Notice("skipped_by_rule", "info", said)
        yield from self._tell_strangers()
        for rule in self.rules:
            if rule not in self.used:
                said = f"No placemark bears {rule.mark!r}: nothing was given to {rule.holder}."
                yield Notice("rule_unused", "caution", said)

    def _tell_strangers(self) -> Iterator[Notice]:
        """Name each placemark that fits no rule; past a page of them, their number and ids."""
        for placemark, zone in self.strangers[:MOST_NAMED]:
            marks = ", ".join(list_marks(placemark)) or "no mark at all"
            whose = f"Placemark {placemark.path!r} ({marks}) fits no rule"
            remedy = "Give it a side, or leave it out (MARK=skip), with --holder."
            yield tell_unknown("fits_no_rule", whose, zone, remedy)
        rest = tuple(zone.id for _, zone in self.strangers[MOST_NAMED:])
        if rest:
            said = f"{number_of(len(rest), 'placemark')} more fit no rule: drawn as unknown ground."
            yield Notice("fits_no_rule", "doubt", said, rest)


def _list_sides(zones: Sequence[Zone]) -> tuple[tuple[str, str], ...]:
    """List the sides of a map; those two where no other is on it."""
    names = dict.fromkeys(z.holder for z in zones if z.holder and z.holder != NEUTRAL)
    if set(names) <= {name for name, _ in SIDES}:
        return SIDES
    return tuple((name, name) for name in names)

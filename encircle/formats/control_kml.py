"""
What does a KML map of control zones say: whose each zone is, by its style, colour or folder.

Made for the monthly maps of a mapper close to the Russian side, who paints one polygon a side in
the styles `#ru` and `#ua`; rules of the user's own read any other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from encircle.formats.kml import read_kml
from encircle.formats.painted import PaintedMap, Zone, mend, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.formats.kml import Placemark

UNKNOWN, SKIP = "unknown", "skip"
"""What a rule may say instead of a side: nobody's for certain; no control zone at all."""

NEUTRAL = "neutral"
"""Nobody's by consent; a holder, and no side. Source: the contract."""

SIDES = (("UA", "Ukraine"), ("RU", "Russia"))


@dataclass(frozen=True, slots=True)
class HolderRule:
    """Whose the zones are that bear a mark."""

    mark: str
    """Style (`#ru`), colour on the screen (`rrggbb`), or the name of a folder or placemark."""
    holder: str
    """A side, `unknown` or `skip`."""

    def matches(self, placemark: Placemark) -> bool:
        """Tell whether a placemark bears the mark."""
        return self.mark.casefold() in {mark.casefold() for mark in list_marks(placemark)}


MAPPER = (HolderRule("#ru", "RU"), HolderRule("#ua", "UA"))
"""The styles of the map this was made for. Source: the files of 2023-2025, read."""

MAPPER_SIDE = "RU"
"""Whose cause that mapper serves; of a map read by other rules nobody knows."""


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
    folders = [name for name in reversed(placemark.folders) if name]
    return [*placemark.paint.styles, *colour, *folders, *filter(None, [placemark.name])]


def paint_control_kml(raw: bytes, rules: Sequence[HolderRule] = ()) -> PaintedMap:
    """
    Read a KML or KMZ map of control zones as a painted map.

    Parameters
    ----------
    raw
        The file.
    rules
        Whose the zones are, the first that fits; by default those of the map this was made for.

    Raises
    ------
    SituationError
        If it is no KML (see `read_kml`), or no zone fits a rule: the marks it has are named.
    """
    drawing = read_kml(raw)
    reading = _Reading(tuple(rules) or MAPPER)
    zones = tuple(reading.read(drawing.placemarks))
    if not zones:
        raise refusal("no control zone fits a rule", reading.remedy())
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
        notices=(*drawing.notices, *reading.notices()),
        sides=_list_sides(zones),
        mapper_side=None if rules else MAPPER_SIDE,
    )


class _Reading:
    """Gives each placemark to a side, and remembers those it could not."""

    def __init__(self, rules: Sequence[HolderRule]) -> None:
        self.rules = rules
        self.used: set[HolderRule] = set()
        self.strangers: list[Placemark] = []
        self.skipped = 0
        self.mended: list[str] = []

    def read(self, placemarks: Sequence[Placemark]) -> Iterator[Zone]:
        for placemark in placemarks:
            rule = next((rule for rule in self.rules if rule.matches(placemark)), None)
            if rule is None:
                self.strangers.append(placemark)
                continue
            self.used.add(rule)
            if rule.holder == SKIP:
                self.skipped += 1
            else:
                yield self._zone(placemark, rule)

    def _zone(self, placemark: Placemark, rule: HolderRule) -> Zone:
        geometry, said = mend(placemark.geometry, f"Placemark {placemark.path!r}")
        self.mended += said
        known = rule.holder != UNKNOWN
        basis: Literal["assessed", "unknown"] = "assessed" if known else "unknown"
        return Zone(
            id=f"kml-{placemark.index}",
            geometry=geometry,
            holder=rule.holder if known else None,
            basis=basis,
            source="control-kml",
            name=placemark.path,
            said={"mark": rule.mark},
        )

    def remedy(self) -> str:
        marks = dict.fromkeys(mark for p in self.strangers for mark in list_marks(p))
        shown = ", ".join(repr(mark) for mark in list(marks)[:8]) or "none: nothing paints ground"
        return f"Say whose they are with --holder MARK=SIDE; the marks in the file are {shown}"

    def notices(self) -> Iterator[str]:
        yield from self.mended
        if self.skipped:
            yield f"{self.skipped} placemarks were left out, as the rules say."
        for placemark in self.strangers:
            marks = ", ".join(list_marks(placemark)) or "no mark at all"
            yield f"Placemark {placemark.path!r} ({marks}) fits no rule and was left out."
        for rule in self.rules:
            if rule not in self.used:
                yield f"No placemark bears {rule.mark!r}: nothing was given to {rule.holder}."


def _list_sides(zones: Sequence[Zone]) -> tuple[tuple[str, str], ...]:
    """List the sides of a map; those two where no other is on it."""
    names = dict.fromkeys(z.holder for z in zones if z.holder and z.holder != NEUTRAL)
    if set(names) <= {name for name, _ in SIDES}:
        return SIDES
    return tuple((name, name) for name in names)

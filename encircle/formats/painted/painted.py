"""What does a painted map say, whoever painted it: zones, whose they are, and on what basis."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import shapely
from shapely.geometry import MultiPolygon

from encircle.errors import refusal
from encircle.formats.coordinates import UnreadableError, read_geometry
from encircle.formats.painted.shapes import make_valid, polygons_of
from encircle.map.counting import number_of
from encircle.map.door.crs import check_crs
from encircle.map.notices import Notice
from encircle.map.plane.projection import GEOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

Basis = Literal["assessed", "unknown", "contested", "advance", "infiltration", "claimed"]
"""On what a zone rests; the words are those of the contract."""

NOBODY: MultiPolygon = MultiPolygon()


@dataclass(frozen=True, slots=True)
class Zone:
    """Ground that a map paints in one colour."""

    id: str
    geometry: BaseGeometry
    """In degrees, flat, valid."""
    holder: str | None
    """None: nobody knows, or both are there."""
    basis: Basis
    source: str
    """Id of one of the map's sources."""
    name: str = ""
    observed_at: str | None = None
    """Where the map dates the zone itself, RFC 3339; else the map's own instant counts."""
    said: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What decided the holder (fill, style, layer), kept for whoever asks."""

    @property
    def held_by(self) -> str | None:
        """Who holds it for certain."""
        return self.holder if self.basis == "assessed" else None

    @property
    def is_evidence(self) -> bool:
        """Tell what changes the map from what somebody merely claims."""
        return self.basis != "claimed"


@dataclass(frozen=True, slots=True)
class PaintedMap:
    """One map as its maker painted it, and what was left out or mended on the way."""

    maker: str
    """Prefix of every id drawn from it."""
    title: str
    zones: tuple[Zone, ...]
    sources: tuple[dict[str, Any], ...]
    notices: tuple[Notice, ...] = ()
    sides: tuple[tuple[str, str], ...] = (("UA", "Ukraine"), ("RU", "Russia"))
    mapper_side: str | None = None
    """The side whose cause the mapper serves, where that is known."""
    silent: BaseGeometry = NOBODY
    """Ground outside the border of which the map says nothing where it leaves it unpainted."""
    dated: str | None = None
    """The day the map gives itself, where its file's name gives none; YYYY-MM-DD."""
    location_error_m: float = 0.0
    """
    How far off its boundaries may be drawn, metres.

    No mapper publishes one. It is the lower quartile of how far the fronts of two mappers lie apart
    on one day: so near they come where both draw the same front. Where they lie farther apart
    they differ on who is there, which is no error but another map's word.
    Source: docs/beside-real-maps.md, How exact a map is.
    """
    lacks: tuple[str, ...] = ()
    """What else every whole map of its maker shows since `WHOLE_SINCE`, and this one does not."""


# -- whole ---------------------------------------------------------------------------------------

SINCE_2014 = {
    "Simferopol": (34.10, 44.95), "Sevastopol": (33.52, 44.60), "Kerch": (36.47, 45.36),
    "Donetsk": (37.80, 48.00), "Luhansk": (39.30, 48.57),
}  # fmt: skip
SINCE_2022 = {
    "Starobilsk": (38.92, 49.28), "Mariupol": (37.55, 47.10), "Berdiansk": (36.79, 46.77),
    "Melitopol": (35.37, 46.85), "Henichesk": (34.80, 46.18), "Nova Kakhovka": (33.40, 46.74),
    "Skadovsk": (32.91, 46.12),
}  # fmt: skip
"""Places that every map of the whole war paints, by how long, (lon, lat). Source: all are painted
on 621 snapshots of DeepStateMap, its mirror, Liveuamap and ISW's assessed control, 2022-2025."""

WITHOUT_2014 = frozenset({"liveuamap"})
"""Makers that leave what was held before 2022 bare on some maps. Source: its files, 2022-2025."""

WHOLE_SINCE = datetime(2022, 7, 1, tzinfo=UTC)
"""Day from which `SINCE_2022` is looked for. Source: the last of those places fell in May 2022."""


def tell_missing(painted: PaintedMap, as_of: datetime) -> list[Notice]:
    """
    Say what a map of the whole war must show and does not: it was cut short, or cropped.

    Ground left off counts as held by whoever has the country round it, so a map cut short opens
    rings and closes others. A place painted in any colour is there.
    """
    looked_for = {
        **({} if painted.maker in WITHOUT_2014 else SINCE_2014),
        **(SINCE_2022 if as_of >= WHOLE_SINCE else {}),
    }
    tree = shapely.STRtree([zone.geometry for zone in painted.zones if zone.is_evidence])
    places = shapely.points(list(looked_for.values()))
    shown = set(tree.query(places, predicate="intersects")[0].tolist())
    bare = [name for number, name in enumerate(looked_for) if number not in shown]
    lacks = [f"ground at {', '.join(bare)}"] if bare else []
    lacks += painted.lacks if as_of >= WHOLE_SINCE else ()
    if not lacks:
        return []
    said = (
        f"{painted.title} is not whole: every whole map of this kind shows {'; and '.join(lacks)}, "
        "and this one does not. What was cut off counts as unpainted ground, so a way out or a "
        "ring on it may be none. Download it again, whole, and do not crop it."
    )
    return [Notice("map_incomplete", "doubt", said)]


# -- when ----------------------------------------------------------------------------------------

_DAYS = re.compile(r"(?<!\d)(?:(20\d\d)([-_]?)(\d\d)\2(\d\d)|(\d\d)([-_])(\d\d)\6(\d\d))(?!\d)")
"""A day in a file's name: 2025-03-14, 20250314, 25_03_14."""


def parse_day(name: str) -> datetime | None:
    """
    Read the day of a map from its file name, as noon UTC; None where the name has none.

    Examples
    --------
    >>> parse_day("maps/Control_25_03_01.kml").isoformat()
    '2025-03-01T12:00:00+00:00'
    >>> parse_day("20220815_RussianAssessedCoTinUkraine.geojson").date().isoformat()
    '2022-08-15'
    >>> parse_day("1741941622.geojson") is None
    True
    """
    found = _DAYS.search(PurePath(name).name)
    if not found:
        return None
    year, month, day = found[1] or f"20{found[5]}", found[3] or found[7], found[4] or found[8]
    try:
        return datetime(int(year), int(month), int(day), 12, tzinfo=UTC)
    except ValueError:
        return None


def is_day(text: str) -> bool:
    """Tell whether a text is a day, YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# -- shapes --------------------------------------------------------------------------------------


def measure_km2(geometry: BaseGeometry) -> float:
    """
    Measure an area on the ellipsoid, km².

    Of a ring that crosses itself: as the surveyor's formula has it, so that loops run the other
    way round count against the rest.
    """
    parts = polygons_of(geometry).geoms
    rings = ((_ring_km2(p.exterior), sum(map(_ring_km2, p.interiors))) for p in parts)
    return sum(outer - holes for outer, holes in rings)


def _ring_km2(ring: BaseGeometry) -> float:
    lons, lats = shapely.get_coordinates(ring).T
    area_m2, _ = GEOD.polygon_area_perimeter(lons, lats)
    return abs(float(area_m2)) / 1e6


MENDED_SHARE = 0.01
"""Mending that changes the area by more than this share is a caution, else good to know."""

OVERLAP_KM2 = 0.01
"""Parts of one feature that overlap by less only touch, as drawn by hand, km²."""


def mend(geometry: MultiPolygon, what: str) -> tuple[MultiPolygon, list[Notice]]:
    """
    Make polygons valid without moving a boundary, and say what that did to the area.

    Rings that cross or touch themselves are split where they do, by structure: the inside of a
    ring stays inside. Valid neighbours that overlap are joined, which is no mending; where they
    overlap by more than a seam that is told, most of all where one lies inside another: a hole
    may have been meant.
    """
    if geometry.is_valid:
        return geometry, []
    parts: list[BaseGeometry] = [p if p.is_valid else make_valid(p) for p in geometry.geoms]
    joined = polygons_of(shapely.union_all(parts))
    told = list(_tell_overlap(parts, joined, what))
    if all(part.is_valid for part in geometry.geoms):
        return joined, told
    drawn, kept = measure_km2(geometry), measure_km2(joined)
    areas = f"{drawn:.3f} km² as drawn, {kept:.3f} km² as mended"
    said = "crossed or touched itself and was mended (by structure), no boundary moved"
    grave: Literal["info", "caution"] = (
        "caution" if abs(drawn - kept) > MENDED_SHARE * max(drawn, kept) else "info"
    )
    return joined, [Notice("ring_mended", grave, f"{what} {said}: {areas}."), *told]


def _tell_overlap(parts: list[BaseGeometry], joined: MultiPolygon, what: str) -> Iterator[Notice]:
    """Say where the parts of one feature lie over each other, and were counted once."""
    kept = [part for part in parts if not part.is_empty]
    over = sum(measure_km2(part) for part in kept) - measure_km2(joined)
    if over <= OVERLAP_KM2:
        return
    tree = shapely.STRtree(kept)
    inner, outer = tree.query(kept, predicate="within")
    nested = any(
        i != o and not shapely.equals(kept[i], kept[o]) for i, o in zip(inner, outer, strict=True)
    )
    if nested:
        said = "one of its parts lies inside another: it was read as ground, not as a hole"
        yield Notice("part_inside_part", "doubt", f"{what}: {said} ({over:.2f} km² twice).")
    else:
        said = f"its parts overlap by {over:.2f} km², which was counted once"
        yield Notice("parts_overlap", "info", f"{what}: {said}.")


def count_once(zones: Iterable[Zone]) -> tuple[tuple[Zone, ...], tuple[Notice, ...]]:
    """
    Leave out zones drawn twice, and say so; what is painted twice in two ways stays.

    Two zones are the same where their rings are, wherever a ring begins and whichever way it
    runs, and where they say the same of the ground.
    """
    kept: dict[tuple[bytes, str | None, str], Zone] = {}
    first: dict[bytes, Zone] = {}
    told: list[Notice] = []
    twice: list[str] = []
    for zone in zones:
        key = bytes(shapely.to_wkb(shapely.normalize(zone.geometry)))
        drawn = first.setdefault(key, zone)
        if (key, zone.holder, zone.basis) in kept:
            twice.append(zone.id)
            continue
        kept[key, zone.holder, zone.basis] = zone
        if drawn is not zone:
            said = (
                f"{drawn.id} and {zone.id} are the same polygon at {show_place(zone.geometry)}, "
                f"given to {_say(drawn)} and to {_say(zone)}: both were drawn."
            )
            told.append(Notice("painted_in_two_ways", "doubt", said, (drawn.id, zone.id)))
    if twice:
        named = ", ".join(twice[:20])
        said = f"{number_of(len(twice), 'polygon')} drawn twice and counted once: {named}."
        told.append(Notice("drawn_twice", "info", said))
    return tuple(kept.values()), tuple(told)


def tell_unknown(code: str, said: str, zone: Zone, remedy: str = "") -> Notice:
    """
    Tell ground whose meaning is not known, which was drawn as unknown.

    It is neither left out nor given to anybody. Left out, it would silently count as ground of the
    country round it, and open or close a ring; drawn grey it is passable on one reading and
    hostile on the other, so a verdict that hangs on it says *contested*. The notice is a doubt,
    so nothing that rests on this map is told without it.
    """
    where = f"{measure_km2(zone.geometry):.1f} km² at {show_place(zone.geometry)}"
    statement = f"{said}: {where} were drawn as unknown ground. {remedy}".rstrip()
    return Notice(code, "doubt", statement, (zone.id,))


def _say(zone: Zone) -> str:
    return f"{zone.holder or 'nobody'} ({zone.basis})"


def show_place(geometry: BaseGeometry) -> str:
    """Write where a shape lies: a point on it, (lon, lat)."""
    place = shapely.point_on_surface(geometry)
    return f"({place.x:.4f}, {place.y:.4f})"


def read_border(border: Mapping[str, Any]) -> BaseGeometry:
    """Read a country's outline: a geometry, a Feature or a FeatureCollection."""
    remedy = "Give the country's outline as a polygon, in degrees"
    features = border.get("features", [border])
    foreign = check_crs(border.get("crs"))
    if foreign:
        raise refusal(f"the border is not WGS 84: {foreign}", "Reproject it to EPSG:4326")
    parts = []
    for number, feature in enumerate(features if isinstance(features, list) else []):
        written = feature.get("geometry", feature) if isinstance(feature, dict) else feature
        try:
            parts.append(polygons_of(read_geometry(written).geometry))
        except UnreadableError as error:
            said = f"feature {number} of the border has no polygon that can be read"
            raise refusal(f"{said}: {error.reason} at {error.pointer or '/'}", remedy) from None
    outline = parts[0] if len(parts) == 1 else shapely.union_all([make_valid(p) for p in parts])
    if outline.area == 0:
        raise refusal("the border has no polygon", remedy)
    return outline if outline.is_valid else polygons_of(make_valid(outline))

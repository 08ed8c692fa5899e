"""What does a painted map say, whoever painted it: zones, whose they are, and on what basis."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, shape

from encircle.errors import InputFault, SituationError
from encircle.formats.shapes import make_valid, polygons_of
from encircle.projection import GEOD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

Basis = Literal["assessed", "unknown", "advance", "claimed"]
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
    notices: tuple[str, ...] = ()
    sides: tuple[tuple[str, str], ...] = (("UA", "Ukraine"), ("RU", "Russia"))
    mapper_side: str | None = None
    """The side whose cause the mapper serves, where that is known."""
    silent: BaseGeometry = NOBODY
    """Ground outside the border of which the map says nothing where it leaves it unpainted."""
    dated: str | None = None
    """The day the map gives itself, where its file's name gives none; YYYY-MM-DD."""


def refusal(message: str, remedy: str) -> SituationError:
    """Say what is wrong with an input as a whole, and the remedy."""
    return SituationError([InputFault("", message, remedy)])


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


def mend(geometry: MultiPolygon, what: str) -> tuple[MultiPolygon, list[str]]:
    """
    Make polygons valid without moving a boundary, and say what that did to the area.

    Rings that cross or touch themselves are split where they do, by structure: the inside of a
    ring stays inside. Valid neighbours that overlap are joined, which is no mending.
    """
    if geometry.is_valid:
        return geometry, []
    parts: list[BaseGeometry] = [p if p.is_valid else make_valid(p) for p in geometry.geoms]
    joined = polygons_of(shapely.union_all(parts))
    if all(part.is_valid for part in geometry.geoms):
        return joined, []
    drawn, kept = measure_km2(geometry), measure_km2(joined)
    areas = f"{drawn:.3f} km² as drawn, {kept:.3f} km² as mended"
    said = "crossed or touched itself and was mended (by structure), no boundary moved"
    return joined, [f"{what} {said}: {areas}."]


def read_polygons(geometry: object) -> tuple[MultiPolygon, bool] | None:
    """Read the polygons of a GeoJSON geometry, flat, and whether it had heights; None if broken."""
    try:
        drawn = shape(geometry)  # type: ignore[arg-type]
    except (ShapelyError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None
    flat = polygons_of(shapely.force_2d(drawn))
    return (flat, bool(drawn.has_z)) if all(map(_is_on_earth, flat.geoms)) else None


def _is_on_earth(part: Polygon) -> bool:
    west, south, east, north = part.bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90  # noqa: PLR2004 - degrees


def read_border(border: Mapping[str, Any]) -> BaseGeometry:
    """Read a country's outline: a geometry, a Feature or a FeatureCollection."""
    features = border.get("features", [border])
    try:
        shapes = [shape(f.get("geometry", f)) for f in features]
    except (ShapelyError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        shapes = []
    parts = [polygons_of(shapely.force_2d(s)) for s in shapes]
    outline = parts[0] if len(parts) == 1 else shapely.union_all([make_valid(p) for p in parts])
    if outline.area == 0:
        raise refusal("the border has no polygon", "Give Ukraine's outline as a polygon")
    return outline if outline.is_valid else polygons_of(make_valid(outline))

"""Where is each row of a table, and which rows have their coordinates exchanged."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from encircle.formats.coordinates import UnreadableError, read_geometry
from encircle.formats.tables.angles import PlaceError
from encircle.formats.tables.grids import place_utm
from encircle.formats.tables.places import Found, check_place, from_geometry, place_of, read_place
from encircle.map.plane.projection import GEOD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from encircle.formats.tables.columns import Columns, Role
    from encircle.formats.tables.sheets import Row, Sheet

AGREE_M = 1_000.0
"""Two places that one row gives may lie this far apart, metres: rounding, a coarse grid."""
LEAST_ROWS = 4
"""Rows from which one may be told to lie elsewhere than the rest."""
LEAST_FAR_M = 100_000.0
"""A row nearer to the rest than this is among it, metres."""
FAR_TIMES = 2.0
"""A row lies far off where it is so many times as far from the middle as three rows in four."""


@dataclass
class Located:
    """Places by row, and why others have none."""

    places: dict[int, Found] = field(default_factory=dict)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Reason and remedy, by row."""
    swapped: dict[int, float] = field(default_factory=dict)
    """Rows whose exchanged place lies amid the others, and how far off they lie as written, m."""
    far: dict[int, float] = field(default_factory=dict)
    """Rows far from all others, either way, metres."""
    lon_first: bool = False

    def count_ways(self) -> Counter[str]:
        """Count how places were written."""
        return Counter(found.way for found in self.places.values())


def locate(sheet: Sheet, columns: Columns, swap: frozenset[int] = frozenset()) -> Located:
    """
    Find the place of every row, however it is written, row by row.

    Parameters
    ----------
    swap
        Rows whose latitude and longitude are to be exchanged, as whoever brings it says.
    """
    located = _locate_all(sheet, columns, lon_first=columns.lon_first)
    if not columns.lon_first and _reads_lon_first(sheet, columns, located):
        located = _locate_all(sheet, columns, lon_first=True)
    for row in swap & located.places.keys():
        found = located.places[row]
        located.places[row] = replace(found, lon=found.lat, lat=found.lon)
    _find_swapped(located, swap)
    return located


def _locate_all(sheet: Sheet, columns: Columns, *, lon_first: bool) -> Located:
    located = Located(lon_first=lon_first)
    for row in sheet.rows:
        if row.fault:
            located.faults[row.number] = (row.fault, "Mend the row")
            continue
        try:
            located.places[row.number] = _locate(row, columns, lon_first=lon_first)
        except PlaceError as error:
            located.faults[row.number] = (error.reason, error.remedy)
    return located


def _reads_lon_first(sheet: Sheet, columns: Columns, located: Located) -> bool:
    """Tell a column of bare pairs that can only be longitude, latitude: none reads otherwise."""
    if "place" not in columns.of or not located.faults:
        return False
    again = _locate_all(sheet, columns, lon_first=True)
    unsure = [found for found in located.places.values() if not found.is_sure]
    beyond = [row for row in again.places if row in located.faults]
    lost = [row for row in located.places if row in again.faults]
    return bool(beyond) and not lost and (len(beyond) > len(unsure) / 4)


def _locate(row: Row, columns: Columns, *, lon_first: bool) -> Found:
    """Find one row's place by every way it gives, which must agree."""
    found, faults = list[Found](), list[PlaceError]()
    for way in _list_ways(row, columns, lon_first=lon_first):
        try:
            found.append(way())
        except PlaceError as error:
            faults.append(error)
    if faults and not found:
        raise faults[0]
    if not found:
        raise PlaceError("no place", _what_to_fill(columns, row))
    for other in found[1:]:
        gap_m = measure_m(found[0], other)
        if gap_m > max(AGREE_M, 3 * (found[0].error_m + other.error_m)):
            said = f"its places differ: {found[0].way} and {other.way} lie {gap_m / 1e3:.1f} km"
            raise PlaceError(f"{said} apart", "Keep the right one")
    return found[0]


def _what_to_fill(columns: Columns, row: Row) -> str:
    if row.geometry is not None:
        return "Draw it"
    wanted: tuple[Role, ...] = ("lat", "lon", "place", "mgrs")
    roles = [role for role in wanted if role in columns.of]
    return f"Fill in {' and '.join(columns.of[r] for r in roles)}" if roles else "Add lat and lon"


def _list_ways(row: Row, columns: Columns, *, lon_first: bool) -> list[Callable[[], Found]]:
    """List the ways in which a row gives its place."""
    cells: Mapping[str, str] = {
        role: row.cells[heading] for role, heading in columns.of.items() if heading in row.cells
    }
    ways: list[Callable[[], Found]] = []
    if row.geometry:
        ways.append(lambda: _read_drawn(row.geometry))
        return ways
    lat, lon = cells.get("lat"), cells.get("lon")
    if lat and lon:
        ways.append(lambda: _two_cells(lat, lon))
    elif lat or lon:
        only = str(lat or lon)
        ways.append(lambda: _one_cell(only, "lon" if lat else "lat", lon_first=lon_first))
    ways += [
        partial(read_place, cells[role], lon_first=lon_first)
        for role in ("place", "mgrs")
        if role in cells
    ]
    if {"zone", "easting", "northing"} <= cells.keys():
        ways.append(lambda: _grid(cells["zone"], cells["easting"], cells["northing"]))
    return ways


def _two_cells(lat: str, lon: str) -> Found:
    try:
        return place_of(lat, lon)
    except PlaceError as error:
        if lat == lon:  # one cell copied into both
            with suppress(PlaceError):
                return read_place(lat)
        raise error from None


def _one_cell(text: str, missing: str, *, lon_first: bool) -> Found:
    try:
        return read_place(text, lon_first=lon_first)
    except PlaceError:
        said = f"{text.strip()[:40]!r} alone is no place: no {missing}"
        raise PlaceError(said, f"Fill in the {missing}") from None


def _grid(zone: str, easting: str, northing: str) -> Found:
    try:
        east, north = (float(text.replace(" ", "").replace(",", ".")) for text in
                       (easting, northing))  # fmt: skip
    except ValueError:
        raise PlaceError(f"{easting[:20]!r}, {northing[:20]!r} are no metres", "Write numbers")\
            from None  # fmt: skip
    lon, lat = place_utm(zone, east, north)
    return check_place(Found(lon, lat, "UTM"))


def _read_drawn(geometry: object) -> Found:
    try:
        return from_geometry(read_geometry(geometry).geometry, "drawn")
    except UnreadableError as error:
        raise PlaceError(error.reason, error.remedy or "Draw it again") from None


def measure_m(one: Found, other: Found) -> float:
    """Measure from place to place on the ellipsoid, metres."""
    return float(GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2])


# -- exchanged coordinates ------------------------------------------------------------------------


def _find_swapped(located: Located, told: frozenset[int]) -> None:
    """
    Find rows that lie far from all others, and amid them with their coordinates exchanged.

    The middle is the median of the rows, and *far* twice what three rows in four stay within, so
    that up to a quarter of the rows may be wrong without hiding each other.
    """
    places = located.places
    if len(places) < LEAST_ROWS:
        return
    middle = Found(median(p.lon for p in places.values()), median(p.lat for p in places.values()),
                   "middle")  # fmt: skip
    gaps = {row: measure_m(found, middle) for row, found in places.items()}
    spread = sorted(gaps.values())[(len(gaps) * 3) // 4 - (len(gaps) % 4 == 0)]
    far_m = max(LEAST_FAR_M, FAR_TIMES * spread)
    for row, gap_m in gaps.items():
        if gap_m <= far_m:
            continue
        found = places[row]
        exchanged = replace(found, lon=found.lat, lat=found.lon)
        fits = abs(found.lon) <= 90 and measure_m(exchanged, middle) <= far_m  # noqa: PLR2004
        if fits and row not in told and found.geometry is None:
            located.swapped[row] = gap_m
        elif gap_m > 2 * far_m:
            located.far[row] = gap_m

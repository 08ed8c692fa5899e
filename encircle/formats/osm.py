"""Road maps made by others: OpenStreetMap extracts, and plain GeoJSON lines, as lines to node."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from encircle.errors import InputFault, SituationError
from encircle.formats.road_network import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OSM_SUFFIXES = (".pbf", ".osm", ".gz", ".bz2")
"""How the name of an OpenStreetMap file ends; .osm.gz and the like are XML, packed."""
DRIVEN = frozenset(
    f"{kind}{link}"
    for kind in ("motorway", "trunk", "primary", "secondary", "tertiary")
    for link in ("", "_link")
) | {"unclassified", "residential", "living_street", "service", "road", "track"}
"""Values of `highway` a vehicle can drive on. Source: OpenStreetMap wiki, Key:highway; paths,
steps and what is only planned are left out."""
STEP = 1_000
"""Roads read between two words of progress."""


def read_road_lines(
    path: Path, chance: str | None = None, on_read: Callable[[int], object] | None = None
) -> Lines:
    """
    Read the roads of a file: OpenStreetMap by its suffix, else GeoJSON.

    Parameters
    ----------
    path
        An .osm.pbf, .osm, .osm.gz or .osm.bz2 file, or GeoJSON lines.
    chance
        Tag or property that holds the probability that a road is open; roads without it keep NaN.
    on_read
        Called with the number of roads read, now and then.

    Raises
    ------
    SituationError
        If the file holds no road, or osmium is needed and not installed.
    """
    try:
        is_osm = path.name.endswith(OSM_SUFFIXES)
        lines = _read_osm(path, chance, on_read) if is_osm else _read_geojson(path, chance)
    except OSError as error:
        raise _refuse(f"cannot read {path}: {error.strerror or error}", "Name a file") from None
    if not len(lines.p_open):
        kinds = "ways with a drivable highway tag" if is_osm else "LineString features"
        raise _refuse(f"no road in {path.name}", f"Give a file that holds {kinds}")
    return lines


def _refuse(message: str, remedy: str, pointer: str = "") -> SituationError:
    return SituationError([InputFault(pointer, message, remedy)])


def _parse_chance(value: object, chance: str, whose: str) -> float:
    """Parse a probability; NaN where there is none."""
    if value is None:
        return math.nan
    try:
        p = float(str(value))
    except ValueError:
        p = math.nan
    if not 0 <= p <= 1:
        raise _refuse(f"{whose}: {chance} is {value!r}", "Write a probability from 0 to 1")
    return p


class _Gathered:
    """Lines as they come, before they are arrays."""

    def __init__(self) -> None:
        self.lon: list[float] = []
        self.lat: list[float] = []
        self.keys: list[int] = []
        self.begins = [0]
        self.p_open: list[float] = []
        self.names: list[str] = []
        self.notices: list[str] = []

    def add(self, name: str, p_open: float, lon: list[float], lat: list[float]) -> None:
        """Add one line; one of a single place is none."""
        if len(lon) > 1:
            self.lon += lon
            self.lat += lat
            self.begins.append(len(self.lon))
            self.p_open.append(p_open)
            self.names.append(name)

    def to_lines(self, keys: list[int] | None = None) -> Lines:
        """Make arrays of them; without keys given, two places are one where they lie at one spot."""
        lonlat = np.column_stack([self.lon, self.lat]).astype(float).reshape(-1, 2)
        if keys is None and len(lonlat):
            numbers = np.unique(lonlat, axis=0, return_inverse=True)[1]
        else:
            numbers = np.array(keys or [], np.int64)
        return Lines(
            lonlat=lonlat,
            begins=np.array(self.begins, np.int64),
            keys=numbers.astype(np.int64).reshape(-1),
            p_open=np.array(self.p_open, float),
            names=tuple(self.names),
            notices=tuple(self.notices),
        )


# -- OpenStreetMap ---------------------------------------------------------------------------


def _read_osm(path: Path, chance: str | None, on_read: Callable[[int], object] | None) -> Lines:
    """Read the drivable ways; a way is broken where the extract lacks one of its nodes."""
    try:
        import osmium  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise _refuse(
            f"{path.name} needs the package osmium, which is not installed",
            "Install it with pip install 'encircle[osm]', or convert the roads to GeoJSON lines",
        ) from None
    if not path.exists():
        raise FileNotFoundError(2, "No such file or directory")
    gathered, keys, lost = _Gathered(), list[int](), 0
    only = osmium.filter.KeyFilter("highway")
    try:
        found = osmium.FileProcessor(str(path)).with_locations().with_filter(only)
        ways: Iterator[Any] = (way for way in found if way.is_way())  # type: ignore[union-attr]
        for count, way in enumerate(w for w in ways if w.tags.get("highway") in DRIVEN):
            if on_read and count % STEP == 0:
                on_read(count)
            nodes = list(way.nodes)
            name, p_open = _describe_way(way, chance)
            for stretch in _split_at_lost(nodes):
                if len(stretch) > 1:
                    gathered.add(name, p_open, [n.lon for n in stretch], [n.lat for n in stretch])
                    keys += [n.ref for n in stretch]
            lost += sum(not n.location.valid() for n in nodes)
    except RuntimeError as error:
        raise _refuse(f"{path.name} is not OpenStreetMap: {error}", "Give a whole file") from None
    if lost:
        gathered.notices.append(f"{lost} places of roads lie outside the extract: cut off there")
    return gathered.to_lines(keys)


def _describe_way(way: Any, chance: str | None) -> tuple[str, float]:  # noqa: ANN401 - osmium's
    """Give a way's name, and the probability that it is open."""
    name = f"way/{way.id}"
    p_open = _parse_chance(way.tags.get(chance), chance, name) if chance else math.nan
    label = way.tags.get("name") or way.tags.get("ref")
    return f"{name} {label}" if label else name, p_open


def _split_at_lost(nodes: list[Any]) -> Iterator[list[Any]]:
    """Split a way where the extract does not say where a node lies."""
    stretch: list[Any] = []
    for node in nodes:
        if node.location.valid():
            stretch.append(node)
        else:
            yield stretch
            stretch = []
    yield stretch


# -- GeoJSON ---------------------------------------------------------------------------------


def _read_geojson(path: Path, chance: str | None) -> Lines:
    """Read LineStrings and MultiLineStrings; other geometries are counted and left out."""
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise _refuse(f"{path.name} is not JSON: {error}", "Give GeoJSON lines") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise _refuse(f"{path.name} has no features", "Give a GeoJSON FeatureCollection of lines")
    gathered, others = _Gathered(), 0
    for number, feature in enumerate(features):
        geometry = (feature.get("geometry") if isinstance(feature, dict) else None) or {}
        kind, parts = geometry.get("type"), geometry.get("coordinates") or []
        if kind not in ("LineString", "MultiLineString"):
            others += 1
            continue
        about = feature.get("properties") or {}
        name = str(feature.get("id") or about.get("name") or f"feature {number}")
        p_open = _parse_chance(about.get(chance), chance, name) if chance else math.nan
        for part in [parts] if kind == "LineString" else parts:
            gathered.add(name, p_open, *_parse_places(part, number))
    if others:
        gathered.notices.append(f"{others} features are not lines and were left out")
    return gathered.to_lines()


def _parse_places(part: Any, number: int) -> tuple[list[float], list[float]]:  # noqa: ANN401 - JSON
    try:
        lon = [float(place[0]) for place in part]
        lat = [float(place[1]) for place in part]
    except (TypeError, ValueError, IndexError, KeyError):
        lon, lat = [math.nan], [math.nan]
    if not all(abs(x) <= 180 and abs(y) <= 90 for x, y in zip(lon, lat, strict=True)):  # noqa: PLR2004 - degrees
        raise _refuse(
            "a line's places are not lists of longitude and latitude in degrees",
            "Write WGS 84 coordinates, longitude first",
            f"/features/{number}/geometry/coordinates",
        )
    return lon, lat

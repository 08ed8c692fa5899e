"""Road maps made by others: OpenStreetMap extracts, and plain GeoJSON lines, as lines to node."""

from __future__ import annotations

import gc
import math
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely
import shapely.geometry

from encircle.errors import InputFault, SituationError, refusal, say_install
from encircle.formats.coordinates import UnreadableError, read_geometry
from encircle.map.counting import number_of
from encircle.map.door.crs import check_crs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.roads.noding import Lines

OSM_SUFFIXES = (".pbf", ".osm", ".gz", ".bz2")
"""How the name of an OpenStreetMap file ends; .osm.gz and the like are XML, packed."""
DRIVEN = frozenset(
    f"{kind}{link}"
    for kind in ("motorway", "trunk", "primary", "secondary", "tertiary")
    for link in ("", "_link")
) | {"unclassified", "residential", "living_street", "service", "road", "track"}
"""Values of `highway` a vehicle can drive on. Source: OpenStreetMap wiki, Key:highway; paths,
steps and what is only planned are left out."""
LINE_TYPES = frozenset({"LineString", "MultiLineString"})
AREA_TYPES = frozenset({"Point", "MultiPoint", "Polygon", "MultiPolygon"})
STEP = 1_000
"""Roads read between two words of progress."""


def read_road_lines(
    path: Path,
    chance: str | None = None,
    on_read: Callable[[int], object] | None = None,
    *,
    shared: str | None = None,
) -> Lines:
    """
    Read the roads of a file: OpenStreetMap by its suffix, else GeoJSON.

    Parameters
    ----------
    path
        An .osm.pbf, .osm, .osm.gz or .osm.bz2 file, or GeoJSON lines.
    chance
        Tag or property that holds the probability that a road is open; roads without it keep NaN.
    shared
        Tag or property of which roads that have the same value are open or closed together.

    Raises
    ------
    SituationError
        If the file holds no road, or osmium is needed and not installed.
    """
    try:
        is_osm = path.name.endswith(OSM_SUFFIXES)
        with _keep_garbage():
            gathered = _Gathered(chance, shared)
            read = _read_osm if is_osm else _read_geojson
            lines = read(path, gathered, on_read)
    except OSError as error:
        raise refusal(f"cannot read {path}: {error.strerror or error}", "Name a file") from None
    if not len(lines.p_open):
        kinds = "ways with a drivable highway tag" if is_osm else "LineString features"
        raise refusal(f"no road in {path.name}", f"Give a file that holds {kinds}")
    return lines


@contextmanager
def _keep_garbage() -> Iterator[None]:
    """Collect no garbage for a while: a million small lists would be counted over and over."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _parse_chance(value: object, chance: str, whose: str) -> float:
    """Parse a probability; NaN where there is none."""
    if value is None:
        return math.nan
    if isinstance(value, float) and 0 <= value <= 1:
        return value
    try:
        p = float(str(value))
    except ValueError:
        p = math.nan
    if not 0 <= p <= 1:
        raise refusal(f"{whose}: {chance} is {value!r}", "Write a probability from 0 to 1")
    return p


class _Gathered:
    """Lines as they come, before they are arrays."""

    def __init__(self, chance: str | None = None, shared: str | None = None) -> None:
        self.tags = chance, shared
        self.shared: list[int] = []
        self.pieces: dict[str, int] = {}
        """Values of the tag that roads share, numbered as they come."""
        self.parts: list[list[Any]] = []
        """Of each line its places: longitude, latitude and whatever else was written."""
        self.p_open: list[float] = []
        self.names: list[str] = []
        self.notices: list[str] = []

    def add(self, name: str, about: Any, parts: Iterable[list[Any]]) -> None:  # noqa: ANN401 - tags
        """Add the lines of a road with its tags; one of a single place is none."""
        chance, shared = (tag and about.get(tag) for tag in self.tags)
        p_open = _parse_chance(chance, self.tags[0] or "", name)
        piece = (
            -1 if shared in (None, "") else self.pieces.setdefault(str(shared), len(self.pieces))
        )
        for places in parts:
            if len(places) > 1:
                self.parts.append(places)
                self.p_open.append(p_open)
                self.names.append(name)
                self.shared.append(piece)

    def to_lines(self, keys: list[int] | None = None) -> Lines:
        """Make arrays of them; without keys, two places are one where they lie at one spot."""
        from encircle.roads.noding import Lines  # noqa: PLC0415 - half a second, for SciPy

        lonlat = self._list_places()
        # a complex number sorts by both its parts, many times faster than rows do
        told_apart = lonlat.view(np.complex128) if keys is None else np.array(keys, np.int64)
        return Lines(
            lonlat=lonlat,
            begins=np.cumsum([0, *map(len, self.parts)]),
            keys=np.unique(told_apart, return_inverse=True)[1].reshape(-1).astype(np.int64),
            p_open=np.array(self.p_open, float),
            names=tuple(self.names),
            notices=tuple(self.notices),
            shared=np.array(self.shared, np.int64) if self.tags[1] else None,
        )

    def _list_places(self) -> NDArray[np.float64]:
        """Give all places, shape (k, 2); refuse what is not one."""
        places = list(chain.from_iterable(self.parts))
        try:
            lonlat = _to_numbers(places).reshape(len(places), -1)[:, :2]
        except (TypeError, ValueError):  # some with heights, some without; or no numbers
            lonlat = np.array([_parse_lonlat(place) for place in places]).reshape(-1, 2)
        wrong = ~((np.abs(lonlat) <= [180, 90]).all(axis=1)) if places else np.empty(0, bool)
        if lonlat.shape[1] != 2 or wrong.any():  # noqa: PLR2004 - longitude, latitude
            example = places[int(np.argmax(wrong))] if wrong.any() else places[:1]
            raise refusal(
                f"{example} is no longitude and latitude in degrees",
                "Write WGS 84 coordinates, longitude first",
                "/features",
            )
        return np.ascontiguousarray(lonlat)


def _to_numbers(places: list[Any]) -> NDArray[np.float64]:
    """Make an array of numbers; text that looks like them is none, as at every other door."""
    array = np.array(places)
    if places and array.dtype.kind not in "iuf":
        raise ValueError
    return array.astype(float)


def _parse_lonlat(place: Any) -> tuple[float, float]:  # noqa: ANN401 - JSON
    try:
        if isinstance(place[0], str | bool) or isinstance(place[1], str | bool):
            return math.nan, math.nan
        return float(place[0]), float(place[1])
    except (TypeError, ValueError, IndexError, KeyError):
        return math.nan, math.nan


# -- OpenStreetMap ---------------------------------------------------------------------------


def _read_osm(path: Path, gathered: _Gathered, on_read: Callable[[int], object] | None) -> Lines:
    """Read the drivable ways; a way is broken where the extract lacks one of its nodes."""
    try:
        import osmium  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise refusal(
            f"{path.name} needs the package osmium, which is not installed",
            f"Install it with {say_install('osm', 'osmium')}, or convert to GeoJSON lines",
        ) from None
    if not path.exists():
        raise FileNotFoundError(2, "No such file or directory")
    keys, lost = list[int](), 0
    only = osmium.filter.KeyFilter("highway")
    try:
        found = osmium.FileProcessor(str(path)).with_locations().with_filter(only)
        ways: Iterator[Any] = (way for way in found if way.is_way())  # type: ignore[union-attr]
        for count, way in enumerate(w for w in ways if w.tags.get("highway") in DRIVEN):
            if on_read and count % STEP == 0:
                on_read(count)
            nodes = list(way.nodes)
            kept = [stretch for stretch in _split_at_lost(nodes) if len(stretch) > 1]
            parts = [[(node.lon, node.lat) for node in stretch] for stretch in kept]
            gathered.add(_name_way(way), way.tags, parts)
            keys += [node.ref for stretch in kept for node in stretch]
            lost += sum(not n.location.valid() for n in nodes)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise refusal(f"{path.name} is not OpenStreetMap: {error}", "Give a whole file") from None
    if lost:
        gathered.notices.append(f"{number_of(lost, 'place')} outside the extract: roads end there")
    return gathered.to_lines(keys)


def _name_way(way: Any) -> str:  # noqa: ANN401 - osmium's
    label = way.tags.get("name") or way.tags.get("ref")
    return f"way/{way.id} {label}" if label else f"way/{way.id}"


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


def _read_geojson(path: Path, gathered: _Gathered, _on_read: object) -> Lines:
    """Read LineStrings and MultiLineStrings; other geometries are counted and left out."""
    others = 0
    features = _load_features(path)
    for number, feature in enumerate(features):
        geometry = (feature.get("geometry") if isinstance(feature, dict) else None) or {}
        kind, parts = geometry.get("type"), geometry.get("coordinates")
        if kind in AREA_TYPES or not geometry:
            others += 1
            continue
        if not _is_drawn(kind, parts):
            parts, kind = _read_with_care(feature, number), "MultiLineString"
            others += not parts
        drawn: list[Any] = parts if kind == "MultiLineString" and parts else [parts or []]
        gathered.add(_name(feature, number), feature.get("properties") or {}, drawn)
    if others:
        gathered.notices.append(
            f"{number_of(others, 'feature', 'was')} left out: no line, or empty"
        )
    try:
        return gathered.to_lines()
    except SituationError:
        for number, feature in enumerate(features):  # say which
            if (feature.get("geometry") or {}).get("type") in LINE_TYPES:
                _read_with_care(feature, number)
        raise


def _name(feature: Any, number: int) -> str:  # noqa: ANN401 - JSON
    about = feature.get("properties") or {}
    own = feature.get("id")
    return str(own if own not in (None, "") else about.get("name") or f"feature {number}")


def _is_drawn(kind: object, parts: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a geometry looks like lines of places; what the places are is seen later."""
    if not isinstance(parts, list) or kind not in LINE_TYPES:
        return False
    lines = parts if kind == "MultiLineString" else [parts]
    return all(isinstance(line, list) and len(line) > 1 for line in lines)


def _read_with_care(feature: Any, number: int) -> list[Any]:  # noqa: ANN401 - JSON
    """Read the lines of an odd geometry, or refuse it by feature: no road is left out unsaid."""
    at = f"/features/{number}/geometry"
    try:
        geometry = read_geometry(feature["geometry"]).geometry
    except UnreadableError as error:
        remedy = error.remedy or "Mend the line there"
        fault = InputFault(f"{at}{error.pointer}", error.reason, remedy, _name(feature, number))
        raise SituationError([fault]) from None
    return [
        shapely.get_coordinates(part).tolist()
        for part in shapely.get_parts(shapely.get_parts(geometry))
        if part.geom_type in ("LineString", "LinearRing")
    ]


def _load_features(path: Path) -> list[Any]:
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise refusal(f"{path.name} is not JSON: {error}", "Give GeoJSON") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise refusal(f"{path.name} has no features", "Give a GeoJSON FeatureCollection")
    foreign = check_crs(document.get("crs"))
    if foreign:
        raise refusal(f"{path.name} is not WGS 84: {foreign}", "Reproject to EPSG:4326", "/crs")
    for number, feature in enumerate(features):
        is_feature = isinstance(feature, dict) and isinstance(feature.get("properties") or {}, dict)
        if not (is_feature and isinstance(feature.get("geometry") or {}, dict)):
            raise refusal(f"{path.name}: no feature", "Mend it there", f"/features/{number}")
    return features


def read_polygons(path: Path) -> list[BaseGeometry]:
    """
    Read the polygons of a GeoJSON file, in degrees, mended where a ring crosses itself.

    Raises
    ------
    SituationError
        If there is none.
    """
    try:
        features = _load_features(path)
    except OSError as error:
        raise refusal(f"cannot read {path}: {error.strerror or error}", "Name a file") from None
    shapes = []
    for number, feature in enumerate(features):
        geometry = (feature.get("geometry") if isinstance(feature, dict) else None) or {}
        if "Polygon" not in str(geometry.get("type")):
            continue
        try:
            shape = shapely.force_2d(shapely.geometry.shape(geometry))
        except (TypeError, ValueError, IndexError, shapely.errors.GEOSException) as error:
            at = f"/features/{number}/geometry"
            raise refusal(f"not a polygon: {error}", "Mend its rings", at) from None
        parts = shapely.get_parts(shapely.make_valid(shape))
        shapes += [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    if not shapes:
        raise refusal(f"no polygon in {path.name}", "Give GeoJSON polygons of hostile ground")
    return shapes

"""What ground does a GeoJSON layer made by others paint, and what of it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from encircle.errors import InputFault, SituationError, refusal
from encircle.formats.coordinates import UnreadableError, read_geometry
from encircle.formats.painted.painted import mend
from encircle.formats.painted.shapes import polygons_of
from encircle.map.counting import number_of
from encircle.map.door.crs import check_crs
from encircle.map.door.document import find_cut
from encircle.map.door.reader import parse_document
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from encircle.map.notices import Severity

ENVELOPES = ("map", "value", "geojson", "geoJSON", "data", "result", "results")
"""Members in which a layer comes wrapped, by publishers and their interfaces."""

DEEPEST = 4
"""Wrappings within wrappings."""

PAGE_SIZES = (1000, 2000)
"""Most features a map service gives at once; older ones do not say that there are more.
Source: the default `maxRecordCount` of ArcGIS Server, of either generation."""

MOST_FAULTS = 60
"""As many features are named in one refusal; of the rest their number."""

MEND = "Mend it in the source: leaving it out would move a boundary"

EMPTY = "no ground is painted in it"


@dataclass(frozen=True, slots=True)
class Painted:
    """One feature of a layer that paints ground."""

    index: int
    """Its place in the layer's list of features."""
    properties: Mapping[str, Any]
    geometry: MultiPolygon
    """In degrees, flat, valid."""
    label: str = ""
    """What to call it, for people: its place, and its id or name."""

    def text(self, member: str) -> str:
        """Give a property as text; empty where it has none."""
        value = self.properties.get(member)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return f"{value}"
        return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer, and what was left out or mended on the way."""

    features: tuple[Painted, ...]
    notices: tuple[Notice, ...]
    name: str = ""
    """What the layer calls itself."""
    empty_because: str = EMPTY
    """Why it paints nothing, where it does not."""


def read_layer(document: Mapping[str, Any], name: str) -> Layer:
    """
    Read a layer's painted ground: all of it, or none.

    Parameters
    ----------
    document
        A FeatureCollection, in degrees, or an envelope round one.

    Raises
    ------
    SituationError
        If it is no FeatureCollection, is cut short, or is not in degrees of WGS 84; and for
        features whose geometry cannot be read: all of them at once.

    Notes
    -----
    Leaving out what cannot be read would make the map thinner in silence, and a ring open. A
    feature that has no geometry, or one without an area, paints nothing, and is told.
    """
    pointer, collection = find_collection(document, name)
    reader = _Reader(name, pointer)
    features = tuple(reader.read(collection["features"]))
    reader.stop_if_faulty()
    own = collection.get("name")
    return Layer(
        features,
        tuple(reader.notices(len(collection["features"]))),
        own if isinstance(own, str) else "",
        reader.explain_empty(),
    )


# -- the collection ----------------------------------------------------------------------------


def find_collection(document: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    """Find the FeatureCollection in its envelopes, whole and in WGS 84, and where it stands."""
    pointer, inner = "", dict(document)
    for _ in range(DEEPEST):
        _check_crs(inner, name)
        features = inner.get("features")
        if isinstance(features, list):
            _check_whole(inner, len(features), name)
            _check_kind(features, name)
            return pointer, inner
        _check_whole(inner, None, name)
        if inner.get("type") == "Feature":
            return pointer, {"features": [inner]}
        if "type" in inner and ("coordinates" in inner or "geometries" in inner):
            return pointer, {"features": [{"type": "Feature", "geometry": inner}]}
        member, wrapped = _unwrap(inner)
        if wrapped is None:
            break
        pointer, inner = f"{pointer}/{member}", wrapped
    raise refusal(f"{name}: no list of features", "Give a GeoJSON FeatureCollection")


def _unwrap(inner: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    for member in ENVELOPES:
        wrapped = inner.get(member)
        if isinstance(wrapped, str) and wrapped.lstrip().startswith("{"):
            wrapped = parse_document(wrapped)
        if isinstance(wrapped, dict):
            return member, wrapped
    return "", None


def _check_crs(inner: Mapping[str, Any], name: str) -> None:
    foreign = check_crs(inner.get("crs"))
    if foreign:
        remedy = "Reproject it to EPSG:4326 (longitude, latitude) and drop `crs`"
        raise refusal(f"{name}: not WGS 84: {foreign}", remedy)


def _check_kind(features: list[Any], name: str) -> None:
    shapes = [f.get("geometry") for f in features if isinstance(f, dict)]
    if any(isinstance(s, dict) and {"rings", "paths", "x"} & set(s) for s in shapes):
        raise refusal(f"{name}: Esri JSON, no GeoJSON", "Ask the service for f=geojson")


def _check_whole(inner: Mapping[str, Any], count: int | None, name: str) -> None:
    """Refuse a page of a layer: what stands on the others is not known."""
    because = find_cut(inner, count)
    if because:
        remedy = (
            "Fetch all pages (resultOffset, startIndex or the next link), join them, and drop "
            "the mark"
        )
        raise refusal(f"{name}: a page cut short ({because}), not the whole layer", remedy)


# -- its features --------------------------------------------------------------------------------


@dataclass
class _Reader:
    """Reads features one by one, and remembers what was left out and what is wrong."""

    name: str
    pointer: str
    faults: list[InputFault] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    flat: list[str] = field(default_factory=list)
    points: int = 0
    lines: int = 0
    closed: list[str] = field(default_factory=list)
    with_z: int = 0
    mended: list[Notice] = field(default_factory=list)

    def read(self, features: list[Any]) -> Iterator[Painted]:
        for index, feature in enumerate(features):
            label = _label(index, feature)
            geometry = self._read_geometry(index, feature, label)
            if geometry is not None:
                properties = feature.get("properties")
                kept = properties if isinstance(properties, dict) else {}
                yield Painted(index, kept, geometry, label)

    def stop_if_faulty(self) -> None:
        if self.faults:
            raise SituationError(self.faults[:MOST_FAULTS] + self._count_rest())

    def _count_rest(self) -> list[InputFault]:
        rest = len(self.faults) - MOST_FAULTS
        said = f"{self.name}: {number_of(rest, 'feature')} more cannot be read"
        return [InputFault("", said, "Mend the kinds of fault above")] if rest > 0 else []

    def _read_geometry(self, index: int, feature: object, label: str) -> MultiPolygon | None:
        if not isinstance(feature, dict) or feature.get("type", "Feature") != "Feature":
            self._fault(index, label, "not a Feature", "", 'Give {"type": "Feature", ...}')
            return None
        foreign = check_crs(feature.get("crs"))
        if foreign:
            remedy = "Reproject it to EPSG:4326"
            self._fault(index, label, f"not WGS 84: {foreign}", "/crs", remedy)
            return None
        if "geometry" not in feature:
            self._fault(index, label, "no `geometry` member", "", "Give it, or null for none")
            return None
        written = feature["geometry"]
        if written is None:
            self.empty.append(label)
            return None
        try:
            read = read_geometry(written)
        except UnreadableError as error:
            where = f"/geometry{error.pointer}"
            self._fault(index, label + _near(written), error.reason, where, error.remedy or MEND)
            return None
        self.with_z += read.has_z
        return self._take_ground(read.geometry, label)

    def _take_ground(self, geometry: BaseGeometry, label: str) -> MultiPolygon | None:
        """Take what has an area; count the rest."""
        if geometry.is_empty:
            self.empty.append(label)
            return None
        self._count_others(geometry, label)
        drawn = polygons_of(geometry)
        if drawn.is_empty:
            return None
        ground, said = mend(drawn, f"{self.name}, {label}")
        if ground.is_empty or ground.area == 0:
            self.flat.append(label)
            return None
        self.mended += said
        return ground

    def _count_others(self, geometry: BaseGeometry, label: str) -> None:
        for part in _parts(geometry):
            self.points += part.geom_type == "Point"
            if part.geom_type == "LineString":
                self.lines += 1
                if len(part.coords) >= 4 and part.is_ring:  # noqa: PLR2004 - a triangle, closed
                    self.closed.append(label)

    def _fault(self, index: int, label: str, said: str, where: str, remedy: str) -> None:
        pointer = f"{self.pointer}/features/{index}{where}"
        message = f"{self.name}, {label}: cannot be read: {said}"
        self.faults.append(InputFault(pointer, message, remedy))

    def explain_empty(self) -> str:
        """Say why nothing is painted, as far as it is known."""
        if self.closed:
            return f"{EMPTY}: zones are drawn as closed lines, not as polygons"
        if self.lines:
            return f"{EMPTY}: it holds lines"
        if self.points:
            return f"{EMPTY}: it holds points, which are positions and no control"
        return f"{EMPTY}: its features have no geometry" if self.empty else EMPTY

    def notices(self, count: int) -> Iterator[Notice]:
        if self.empty:
            said = (
                f"{number_of(len(self.empty), 'feature')} without a geometry, which paints nothing"
            )
            yield self._tell("no_geometry", "caution", said, self.empty)
        if self.flat:
            said = f"{number_of(len(self.flat), 'feature', 'has')} rings without area: not painted"
            yield self._tell("no_area", "caution", said, self.flat)
        if self.points or self.lines:
            counted = (self.points, "point"), (self.lines, "line")
            left = [number_of(number, noun) for number, noun in counted if number]
            one = self.points + self.lines == 1
            were, they = ("was", "it paints") if one else ("were", "they paint")
            said = f"{' and '.join(left)} {were} left out: {they} no ground"
            yield self._tell("no_ground", "info", said)
        if self.closed:
            said = "lines that close on themselves were left out: if they are zones, draw polygons"
            yield self._tell("zones_as_lines", "doubt", said, self.closed)
        if self.with_z:
            said = f"heights were dropped from {number_of(self.with_z, 'feature')}: the map is flat"
            yield self._tell("z_dropped", "info", said)
        if count in PAGE_SIZES:
            said = f"exactly {count} features, where map services cut a page: is it whole?"
            yield self._tell("page_of_round_size", "caution", said)
        yield from self.mended

    def _tell(
        self, code: str, severity: Severity, said: str, labels: list[str] | None = None
    ) -> Notice:
        named = f": {', '.join(labels[:10])}" if labels else ""
        more = f" and {len(labels) - 10} more" if labels and len(labels) > 10 else ""  # noqa: PLR2004 - as many are named
        return Notice(code, severity, f"{self.name}: {said}{named}{more}.")


def _parts(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    if hasattr(geometry, "geoms"):
        for part in geometry.geoms:
            yield from _parts(part)
    else:
        yield geometry


def _label(index: int, feature: object) -> str:
    """Call a feature by its place and by what it calls itself."""
    members = feature if isinstance(feature, dict) else {}
    properties = members.get("properties")
    said = properties if isinstance(properties, dict) else {}
    given = members.get("id"), *(said.get(k) for k in ("id", "name", "Name", "title"))
    own = next((g for g in given if isinstance(g, (str, int)) and str(g).strip()), None)
    shown = f"{own}".strip() if own is not None else ""
    return f"feature {index}" + (f" ({' '.join(shown.split())[:60]!r})" if shown else "")


def _near(written: object) -> str:
    """Say where an unreadable geometry lies, by the first of its places that can be read."""
    stack = [written.get("coordinates") if isinstance(written, dict) else None]
    for _ in range(10_000):
        item = stack.pop() if stack else None
        if not isinstance(item, list):
            if not stack:
                return ""
            continue
        numbers = [n for n in item[:2] if isinstance(n, (int, float)) and not isinstance(n, bool)]
        if len(numbers) == 2 and abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90:  # noqa: PLR2004 - degrees
            return f", near ({numbers[0]:g}, {numbers[1]:g})"
        if not numbers:
            stack += reversed(item)
    return ""

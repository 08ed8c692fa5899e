"""The door: is this a situation, and if not, everything that is wrong with it."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import orjson
import shapely
from pydantic import BaseModel, ValidationError
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon

from encircle import situation as nouns
from encircle.contract import (
    AREAS,
    CROSSING_MODES,
    KINDS,
    ClaimModel,
    CommonModel,
    ControlModel,
    CrossingModel,
    Kind,
    SituationModel,
    SourceModel,
    parse_instant,
)
from encircle.coordinates import DEPTHS, CoordinateWalk
from encircle.crs import check_crs
from encircle.errors import InputFault, SituationError, UnknownForceError
from encircle.joints import share_vertices
from encircle.notices import Notice, parse_notice
from encircle.projection import Plane, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

__all__ = ["LIMITS", "Limits", "read_situation"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be before it is refused unread."""

    bytes: int = 64 * 2**20
    depth: int = 64
    """Brackets within brackets; a situation needs about ten."""
    features: int = 20_000
    vertices: int = 1_000_000
    radius_m: float = 1_000_000.0
    """Reach of the local plane; past it distances err by more than half a percent."""


LIMITS = Limits()

# -- text to document ------------------------------------------------------------------------


class _UnreadableError(ValueError):
    """Raised inside json's hooks; never leaves this module."""


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _UnreadableError(f"an object has the member {twice!r} twice")
    return members


def _refuse_constant(name: str) -> None:
    raise _UnreadableError(f"{name} is not a JSON number")


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


def _depth_of(raw: bytes) -> int:
    """Count how deep brackets stand within brackets, strings left aside."""
    bare = np.frombuffer(_STRING.sub(b"", raw), dtype=np.uint8)
    step = np.isin(bare, [ord("["), ord("{")]).astype(np.int64)
    step -= np.isin(bare, [ord("]"), ord("}")])
    return int(step.cumsum().max(initial=0))


def parse_document(raw: bytes | str, limits: Limits = LIMITS) -> dict[str, Any]:
    """
    Parse JSON text strictly: one value a member, no NaN, bounded size and depth.

    Raises
    ------
    SituationError
        If the text is not one JSON object.
    """
    try:
        data = raw.encode() if isinstance(raw, str) else bytes(raw)
    except UnicodeEncodeError:
        raise _refusal("the text is not valid Unicode", "Save the file as UTF-8") from None
    if len(data) > limits.bytes:
        raise _refusal(f"{len(data)} bytes, more than {limits.bytes}", "Crop or simplify the map")
    if _depth_of(data) > limits.depth:
        raise _refusal(f"nested deeper than {limits.depth} levels", "Flatten the document")
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_pairs_once, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise _refusal(f"byte {error.start} is not UTF-8", "Save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _refusal(f"not JSON: {error.msg} ({place})", "Mend the text there") from None
    except (_UnreadableError, ValueError, RecursionError) as error:
        raise _refusal(f"not strict JSON: {error}", "Mend the text there") from None
    if not isinstance(document, dict):
        raise _refusal("the document is not an object", "Give a GeoJSON FeatureCollection")
    return document


def _refusal(message: str, remedy: str) -> SituationError:
    return SituationError([InputFault("", message, remedy)])


def digest(document: Mapping[str, Any]) -> str:
    """Hash a document so that white space and the order of members do not matter (SHA-256)."""
    try:
        canonical = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers past 64 bits, or half a surrogate pair, in a foreign member
        canonical = json.dumps(document, sort_keys=True, default=str).encode()
    return hashlib.sha256(canonical).hexdigest()


# -- document to situation -------------------------------------------------------------------


def read_situation(
    source: bytes | str | Mapping[str, Any],
    *,
    as_of: str | None = None,
    force: str | None = None,
    limits: Limits = LIMITS,
) -> nouns.Situation:
    """
    Read a situation, or say everything that is wrong with it.

    Parameters
    ----------
    source
        GeoJSON text, or the object parsed from it.
    as_of
        Instant to judge, RFC 3339; stands in for `situation.as_of`.
    force
        Force to judge; stands in for `situation.force`.
    limits
        How large a document may be.

    Returns
    -------
    situation
        Frozen; longitudes unwrapped round the situation's own, Z dropped with a notice.

    Raises
    ------
    SituationError
        With every fault found: feature id, JSON pointer, remedy.

    References
    ----------
    .. [1] RFC 7946, The GeoJSON Format.
    .. [2] RFC 6901, JavaScript Object Notation Pointer.
    """
    document = parse_document(source, limits) if isinstance(source, (bytes, str)) else dict(source)
    return _Reader(document, limits, as_of, force).read()


@dataclass
class _Reader:
    document: dict[str, Any]
    limits: Limits
    as_of: str | None
    force: str | None
    faults: list[InputFault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)
    vertices: int = 0
    with_z: int = 0
    _area_shape: _Shape | None = None

    def read(self) -> nouns.Situation:
        self._check_collection()
        whole = self._read_whole()
        rows = list(self._read_rows())
        self._check_ids()
        self._check_size()
        origin = self._find_origin(whole, rows)
        area = self._build_area(whole, origin)
        sources = self._read_sources(whole)
        features = [self._build_feature(row, origin, sources) for row in rows]
        sides = self._find_sides(whole, features)
        self._check_sides(features, {side.id for side in sides})
        self._check_extent(area, features, origin)
        as_of = self._find_instant(whole)
        area, features = self._join_edges(area, features, as_of)
        force = self._find_force(whole, features)
        self._check_force(features, force, sides)
        self._stop_if_faulty()
        if self.with_z:
            said = f"Heights were dropped from {self.with_z} places: the map is flat."
            self.notices.append(Notice("z_dropped", "info", said))
        return nouns.Situation(
            as_of=as_of or datetime.max.replace(tzinfo=UTC),
            features=tuple(f for f in features if f),
            sides=sides,
            force=force,
            id=whole.id,
            title=whole.title,
            area=area,
            uncovered=whole.uncovered or self._default_uncovered(rows),
            mapper_side=whole.mapper_side,
            origin=origin,
            notices=(*_read_notices(whole), *self.notices),
            named_forces=tuple(nouns.NamedForce(f.id, f.name, f.side) for f in whole.forces or ()),
            sha256=digest(self.document),
        )

    # faults

    def _fault(self, pointer: str, message: str, remedy: str, feature: str | None = None) -> None:
        self.faults.append(InputFault(pointer, message, remedy, feature))

    def _stop_if_faulty(self) -> None:
        if self.faults:
            raise SituationError(self.faults)

    def _validate(
        self, model: type[BaseModel], value: object, pointer: str, whose: str | None
    ) -> Any:
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self.faults.extend(tell_faults(error, pointer, whose))
            return None

    # the collection

    def _check_collection(self) -> None:
        if self.document.get("type") != "FeatureCollection":
            self._fault("/type", "not a FeatureCollection", 'Set "type": "FeatureCollection"')
        features = self.document.get("features")
        if not isinstance(features, list):
            self._fault("/features", "no list of features", 'Add "features": [...]')
        elif len(features) > self.limits.features:
            count = len(features)
            self._fault("/features", f"{count} features, too many", f"Keep {self.limits.features}")
        self._check_crs(self.document.get("crs"), "/crs", None)
        self._stop_if_faulty()

    def _check_crs(self, crs: object, pointer: str, name: str | None) -> None:
        foreign = check_crs(crs)
        if foreign:
            remedy = "Reproject to CRS84 / EPSG:4326 and drop `crs`"
            self._fault(pointer, f"not WGS 84: {foreign}", remedy, name)

    def _read_whole(self) -> SituationModel:
        given = self.document.get("situation", {})
        whole = self._validate(SituationModel, given, "/situation", None)
        return whole or SituationModel()

    def _read_rows(self) -> Iterator[_Row]:
        for number, feature in enumerate(self.document["features"]):
            row = self._read_row(f"/features/{number}", feature)
            if row:
                yield row

    def _read_row(self, pointer: str, feature: object) -> _Row | None:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            self._fault(pointer, "not a Feature", 'Give {"type": "Feature", ...}')
            return None
        name = self._read_id(pointer, feature)
        properties = feature.get("properties")
        if not isinstance(properties, dict):
            self._fault(f"{pointer}/properties", "no properties", "Give `kind` and the rest", name)
            return None
        kind = properties.get("kind")
        known = KINDS.get(kind) if isinstance(kind, str) else None
        if known is None:
            remedy = f"Use one of {', '.join(KINDS)}"
            said = f"unknown kind {kind!r}" if "kind" in properties else "no `kind`"
            self._fault(f"{pointer}/properties/kind", said, remedy, name)
        model = self._validate(
            known.model if known else CommonModel, properties, f"{pointer}/properties", name
        )
        geometry = self._check_geometry(feature.get("geometry"), f"{pointer}/geometry", known, name)
        return _Row(pointer, name or "", known, model, geometry) if known and model else None

    def _read_id(self, pointer: str, feature: dict[str, Any]) -> str | None:
        name = feature.get("id")
        if isinstance(name, str) and name and _is_text(name):
            self.ids.append((pointer, name))
            return name
        said = "no id" if name is None else "an id that is not text"
        self._fault(f"{pointer}/id", said, 'Give every feature an id of its own, like "id": "r1"')
        return None

    def _check_ids(self) -> None:
        first: dict[str, str] = {}
        for pointer, name in self.ids:
            if name in first:
                said = f"the id is taken by {first[name]}"
                self._fault(f"{pointer}/id", said, "Give each feature its own id", name)
            first.setdefault(name, pointer)

    def _check_size(self) -> None:
        """Stop before geometry is built from a map that is too large."""
        if self.vertices > self.limits.vertices:
            said = f"{self.vertices} vertices, more than {self.limits.vertices}"
            self._fault("/features", said, "Simplify or crop the map")
            self._stop_if_faulty()

    # geometry

    def _check_geometry(
        self, geometry: object, pointer: str, known: Kind | None, name: str | None
    ) -> _Shape | None:
        if geometry is None and known and known.noun is nouns.Claim:
            return None
        allowed = known.geometries if known else tuple(DEPTHS)
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if not isinstance(geometry, dict) or kind not in allowed:
            said = f"geometry is {kind!r}" if kind else "no geometry"
            self._fault(f"{pointer}/type", said, f"Use {' or '.join(allowed)}", name)
            return None
        before = len(self.faults)
        self._check_crs(geometry.get("crs"), f"{pointer}/crs", name)
        walk = self._walk(name)
        coordinates = walk.take(geometry.get("coordinates"), f"{pointer}/coordinates", kind)
        self.vertices += walk.vertices
        self.with_z += walk.with_z
        return _Shape(kind, coordinates, pointer) if len(self.faults) == before else None

    def _walk(self, name: str | None) -> CoordinateWalk:
        return CoordinateWalk(
            lambda pointer, said, remedy: self._fault(pointer, said, remedy, name)
        )

    def _build_shape(self, shape: _Shape, lon_0: float, name: str | None) -> BaseGeometry | None:
        """Build a shapely geometry, or say where it crosses itself."""
        turned = _turn(shape.coordinates, lon_0)
        if shape.kind in AREAS:
            return self._build_polygons(shape, turned, name)
        build = {
            "Point": Point,
            "MultiPoint": MultiPoint,
            "LineString": LineString,
            "MultiLineString": MultiLineString,
        }
        built: BaseGeometry = build[shape.kind](turned)
        for part, pointer in _parts(built, shape):
            if part.geom_type == "LineString" and part.length == 0:
                self._fault(pointer, "a line of no length", "Give it two different positions", name)
                return None
        return built

    def _build_polygons(
        self, shape: _Shape, turned: list[Any], name: str | None
    ) -> BaseGeometry | None:
        many = shape.kind == "MultiPolygon"
        parts = [Polygon(rings[0], rings[1:]) for rings in (turned if many else [turned])]
        pointers = [f"{shape.pointer}/coordinates" + (f"/{i}" if many else "")
                    for i in range(len(parts))]  # fmt: skip
        faults = len(self.faults)
        for part, pointer in zip(parts, pointers, strict=True):
            self._check_polygon(part, pointer, name)
        if len(self.faults) > faults:
            return None
        return self._join_parts(parts, shape, name)

    def _check_polygon(self, part: Polygon, pointer: str, name: str | None) -> None:
        steps = [np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])).max()
                 for ring in (part.exterior, *part.interiors)]  # fmt: skip
        if max(steps) > 180.0:  # noqa: PLR2004 - half a turn
            remedy = "Cut it at the antimeridian (RFC 7946 3.1.9); the poles are outside the map"
            self._fault(pointer, "an edge runs half round the globe", remedy, name)
        elif not part.is_valid:
            remedy = "Redraw it; nothing is repaired silently, a repair could move a boundary"
            self._fault(pointer, _say_invalid(part), remedy, name)

    def _join_parts(
        self, parts: list[Polygon], shape: _Shape, name: str | None
    ) -> BaseGeometry | None:
        """Join parts that touch, as at the antimeridian; refuse parts that overlap."""
        if len(parts) == 1:
            return parts[0]
        joined = MultiPolygon(parts)
        if joined.is_valid:
            return joined
        whole = shapely.union_all(parts)
        drawn = sum(part.area for part in parts)
        if drawn - whole.area > 1e-9 * drawn:
            remedy = "Unite the parts, or make them features of their own"
            self._fault(f"{shape.pointer}/coordinates", "parts overlap", remedy, name)
            return None
        return whole

    # the whole

    def _find_origin(self, whole: SituationModel, rows: list[_Row]) -> tuple[float, float]:
        """Centre the plane on the area, else on the features."""
        walk = self._walk(None)
        if whole.area is not None:
            self._area_shape = self._check_area(whole.area, walk)
            shapes = [self._area_shape] if self._area_shape else []
        else:
            shapes = [row.shape for row in rows if row.shape and row.counts_for_extent]
            shapes = shapes or [row.shape for row in rows if row.shape]
        points = [p for shape in shapes for p in _positions(shape.coordinates)]
        if not points:
            if self.faults:
                return 0.0, 0.0
            self._fault("/features", "nothing is drawn", "Give the force's position at least")
            return 0.0, 0.0
        return _middle(np.asarray(points, dtype=float))

    def _check_area(self, area: dict[str, Any], walk: CoordinateWalk) -> _Shape | None:
        kind = area.get("type")
        if kind not in AREAS:
            self._fault("/situation/area/type", f"the area is {kind!r}", "Use Polygon")
            return None
        before = len(self.faults)
        coordinates = walk.take(area.get("coordinates"), "/situation/area/coordinates", kind)
        if len(self.faults) > before:
            return None
        return _Shape(kind, coordinates, "/situation/area")

    def _build_area(
        self, whole: SituationModel, origin: tuple[float, float]
    ) -> BaseGeometry | None:
        if whole.area is None or self._area_shape is None:
            return None
        area = self._build_shape(self._area_shape, origin[0], None)
        if area is not None and area.geom_type != "Polygon":
            self._fault("/situation/area", "the area is in pieces", "Draw it in one piece")
        return area

    def _read_sources(self, whole: SituationModel) -> dict[str, nouns.Source]:
        return {
            source.id: nouns.Source(**source.model_dump())
            for source in whole.sources or []
            if source.id
        }

    def _build_feature(
        self, row: _Row, origin: tuple[float, float], sources: dict[str, nouns.Source]
    ) -> nouns.Feature | None:
        geometry = self._build_shape(row.shape, origin[0], row.name) if row.shape else None
        if row.shape and geometry is None:
            return None
        given = row.model.model_dump(exclude_none=True, exclude={"kind", "sources"})
        if isinstance(row.model, ControlModel):
            given["holder"] = row.model.holder
        if isinstance(row.model, CrossingModel):
            given.setdefault("modes", CROSSING_MODES[row.model.type])
        for several in ("modes", "blocks"):
            if several in given:
                given[several] = tuple(dict.fromkeys(given[several]))
        cited = tuple(self._cite(s, row, sources) for s in row.model.sources or [])
        return row.kind.noun(
            id=row.name, geometry=geometry, pointer=row.pointer, sources=cited, **given
        )

    def _cite(
        self, cited: str | SourceModel, row: _Row, sources: dict[str, nouns.Source]
    ) -> nouns.Source:
        if isinstance(cited, SourceModel):
            return nouns.Source(**{**cited.model_dump(), "id": cited.id or f"{row.name}/source"})
        if sources and cited not in sources:
            said = f"Feature {row.name!r} cites source {cited!r}, which is not given."
            self.notices.append(Notice("source_not_given", "caution", said, (row.name,)))
        return sources.get(cited, nouns.Source(id=cited))

    def _find_instant(self, whole: SituationModel) -> datetime | None:
        given = self.as_of if self.as_of is not None else whole.as_of
        if given is None:
            remedy = "Give the instant judged, like 2025-03-14T12:00:00Z (or --as-of)"
            self._fault("/situation/as_of", "no `as_of`", remedy)
            return None
        try:
            instant = parse_instant(given)
            assert isinstance(instant, datetime)  # noqa: S101 - narrows the type
        except (ValueError, OverflowError):
            remedy = "Write it as RFC 3339, like 2025-03-14T12:00:00Z"
            self._fault("/situation/as_of", f"{given!r} is not an instant", remedy)
            return None
        bare_date = re.fullmatch(r"\s*[\d-]{8,10}\s*", given)
        return datetime.combine(instant, time.max, UTC) if bare_date else instant

    def _find_sides(
        self, whole: SituationModel, features: list[nouns.Feature | None]
    ) -> tuple[nouns.Side, ...]:
        if whole.sides is not None:
            sides = [nouns.Side(s.id, s.name, tuple(s.allies or ())) for s in whole.sides]
            self._check_allies(sides)
            return tuple(sides)
        named = [side for f in features if f for _, side in _sides_named(f)]
        return tuple(nouns.Side(side) for side in dict.fromkeys(named))

    def _check_allies(self, sides: list[nouns.Side]) -> None:
        known = [side.id for side in sides]
        for number, side in enumerate(sides):
            if side.id in known[:number] or side.id == nouns.NEUTRAL:
                said = f"side {side.id!r} is taken"
                self._fault(f"/situation/sides/{number}/id", said, "Give each side its own id")
            for place, ally in enumerate(side.allies):
                if ally not in known:
                    at = f"/situation/sides/{number}/allies/{place}"
                    self._fault(at, f"unknown side {ally!r}", f"Use one of {', '.join(known)}")

    def _check_sides(self, features: list[nouns.Feature | None], known: set[str]) -> None:
        for feature in filter(None, features):
            for member, side in _sides_named(feature):
                if side not in known:
                    at = f"{feature.pointer}/properties/{member}"
                    remedy = f"Use one of {', '.join(sorted(known))}, or add it to situation.sides"
                    self._fault(at, f"unknown side {side!r}", remedy, feature.id)

    def _find_force(self, whole: SituationModel, features: list[nouns.Feature | None]) -> str:
        positions = [f for f in features if isinstance(f, nouns.Position)]
        known = list(dict.fromkeys(p.force for p in positions if p.force))
        asked = self.force if self.force is not None else whole.force
        if asked is None and len(known) == 1:
            return known[0]
        if not self.faults and (asked is None or asked not in known):
            raise UnknownForceError(asked, known)  # with faults, a position may just be misread
        return asked or ""

    def _check_force(
        self, features: list[nouns.Feature | None], force: str, sides: tuple[nouns.Side, ...]
    ) -> None:
        positions = [f for f in features if isinstance(f, nouns.Position) and f.force == force]
        allies = {s.id: {s.id, *s.allies} for s in sides}
        for position in positions[1:]:
            first = positions[0].side
            if position.side not in allies.get(first, ()) and first not in allies.get(
                position.side, ()
            ):
                said = f"force {force!r} has positions of {first!r} and of {position.side!r}"
                at = f"{position.pointer}/properties/side"
                self._fault(at, said, "Give each side's force its own id", position.id)

    def _check_extent(
        self,
        area: BaseGeometry | None,
        features: list[nouns.Feature | None],
        origin: tuple[float, float],
    ) -> None:
        """Refuse a map too wide for one plane; with an area, only the area counts."""
        if self.faults:
            return
        plane = Plane(origin)
        drawn = [(None, area)] if area is not None else [
            (f.id, f.geometry) for f in features if f and f.geometry and _counts(f)
        ]  # fmt: skip
        for name, geometry in drawn:
            points = plane.points_to_metres(shapely.get_coordinates(geometry))
            if not np.isfinite(points).all() or np.hypot(*points.T).max() > self.limits.radius_m:
                km = self.limits.radius_m / 1000
                said = f"more than {km:.0f} km from the middle of the map"
                remedy = "Give situation.area, or drop what is far away (are lon and lat swapped?)"
                self._fault("/features" if name else "/situation/area", said, remedy, name)

    def _join_edges(
        self,
        area: BaseGeometry | None,
        features: list[nouns.Feature | None],
        as_of: datetime | None,
    ) -> tuple[BaseGeometry | None, list[nouns.Feature | None]]:
        """Give edges drawn along each other the same vertices; only what speaks then has a say."""
        if self.faults or as_of is None:
            return area, features
        drawn = {
            i: f.drawn
            for i, f in enumerate(features)
            if f and f.geometry and _counts(f) and f.speaks_at(as_of)
        }
        shapes = [*drawn.values(), *([area] if area is not None else [])]
        shared = share_vertices(shapes, self.limits.vertices)
        if shared is None:
            said = "too many vertices lie on other features' edges"
            self._fault("/features", said, "Leave out features that repeat others")
            return area, features
        joined = list(features)
        for i, shape in zip(drawn, shared, strict=False):
            if (feature := features[i]) is not None:
                joined[i] = replace(feature, geometry=shape)
        return (shared[-1] if area is not None else None), joined

    def _default_uncovered(self, rows: list[_Row]) -> Literal["unknown", "open"]:
        drawn = any(
            isinstance(row.model, ControlModel) and row.model.basis != "claimed" for row in rows
        )
        return "unknown" if drawn else "open"


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: str
    coordinates: Any
    pointer: str


@dataclass(frozen=True, slots=True)
class _Row:
    pointer: str
    name: str
    kind: Kind
    model: Any
    shape: _Shape | None

    @property
    def counts_for_extent(self) -> bool:
        return not (
            isinstance(self.model, ClaimModel)
            or (isinstance(self.model, ControlModel) and self.model.basis == "claimed")
        )


def _counts(feature: nouns.Feature) -> bool:
    claimed = isinstance(feature, nouns.Control) and feature.basis == "claimed"
    return not (claimed or isinstance(feature, nouns.Claim))


def tell_faults(error: ValidationError, pointer: str, whose: str | None) -> Iterator[InputFault]:
    """Tell what is wrong with a part of a document: each place, and its remedy."""
    for fault in error.errors(include_url=False, include_input=False):
        place = [part for part in fault["loc"] if not _is_union_label(part)]
        at = pointer + "".join(f"/{_escape(part)}" for part in place)
        yield InputFault(at, _say(fault), _remedy(fault), whose)


# -- small questions -------------------------------------------------------------------------


def _turn(coordinates: Any, lon_0: float) -> Any:
    """Unwrap the longitudes of nested coordinates round `lon_0`."""
    if coordinates and isinstance(coordinates[0], float):
        lon, lat = coordinates
        return (lon - 360.0 * round((lon - lon_0) / 360.0), lat)
    return [_turn(item, lon_0) for item in coordinates]


def _parts(built: BaseGeometry, shape: _Shape) -> Iterator[tuple[BaseGeometry, str]]:
    """Give the parts of a geometry, each with the pointer to its coordinates."""
    many = shape.kind.startswith("Multi")
    for i, part in enumerate(getattr(built, "geoms", [built])):
        yield part, f"{shape.pointer}/coordinates" + (f"/{i}" if many else "")


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], float):
        yield coordinates
        return
    for item in coordinates:
        yield from _positions(item)


def _middle(points: np.ndarray) -> tuple[float, float]:
    """Find the middle of a set of points, longitudes taken round the circle."""
    radians = np.radians(points[:, 0])
    around = math.degrees(math.atan2(np.sin(radians).mean(), np.cos(radians).mean()))
    lon = unwrap(points[:, 0], around)
    lon_0 = (lon.min() + lon.max()) / 2
    return (lon_0 + 180.0) % 360.0 - 180.0, float(points[:, 1].min() + points[:, 1].max()) / 2


def _read_notices(whole: SituationModel) -> Iterator[Notice]:
    for given in whole.notices or ():
        yield parse_notice(given if isinstance(given, str) else given.model_dump())


def _sides_named(feature: nouns.Feature) -> Iterator[tuple[str, str]]:
    for member in ("side", "holder", "claimed_by", "claimant_side"):
        side = getattr(feature, member, None)
        if side is not None and not (member == "holder" and side == nouns.NEUTRAL):
            yield member, side


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_union_label(part: object) -> bool:
    """Tell pydantic's names for the branches of a union from places in the document."""
    labels = ("constrained-str", "function-", "SourceModel", "float", "str", "literal[")
    return isinstance(part, str) and part.startswith(labels)


def _escape(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _say(fault: Any) -> str:
    message = fault["msg"].removeprefix("Value error, ")
    return message[0].lower() + message[1:].rstrip(".") if message else "wrong"


def _remedy(fault: Any) -> str:
    context = fault.get("ctx") or {}
    if fault["type"] == "literal_error":
        return f"Use {context['expected']}"
    if fault["type"] == "missing":
        return f"Add `{fault['loc'][-1]}`"
    if fault["type"].startswith("value_error"):
        return "Write times as RFC 3339, like 2025-03-14T12:00:00Z"
    return "See the contract in docs/contract.md"


def _say_invalid(part: Polygon) -> str:
    reason = shapely.is_valid_reason(part)
    what, _, place = reason.partition("[")
    where = f" at [{place.rstrip(']').replace(' ', ', ')}]" if place else ""
    return f"the ring crosses or touches itself ({what.strip().lower()}){where}"

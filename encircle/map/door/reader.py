"""
The door: is this a situation, and if not, everything that is wrong with it.

Long for one reason: it reads in one pass, so that everything that is wrong is told at once.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from pydantic import BaseModel, ValidationError
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon

from encircle.errors import InputFault, SituationError, UnknownForceError
from encircle.map import situation as nouns
from encircle.map.counting import number_of
from encircle.map.door.alike import find_alike, fold_looks, says_nothing
from encircle.map.door.canonical import digest
from encircle.map.door.contract import (
    AREAS,
    AS_RFC_3339,
    CROSSING_MODES,
    CUT_TO,
    KINDS,
    TELLING_NOTHING,
    ClaimModel,
    CommonModel,
    ControlModel,
    CrossingModel,
    Kind,
    SituationModel,
    SourceModel,
    name_nearest,
    parse_end,
)
from encircle.map.door.coordinates import DEPTHS, CoordinateWalk
from encircle.map.door.crs import check_crs
from encircle.map.door.document import LIMITS, Limits, call_by_kind, find_cut, parse_document
from encircle.map.door.faults import tell_faults
from encircle.map.door.joints import share_vertices
from encircle.map.door.spelling import is_absent, read_id
from encircle.map.notices import Notice, parse_notice
from encircle.map.plane.projection import Plane, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely import LinearRing
    from shapely.geometry.base import BaseGeometry

    from encircle.map.notices import Severity

__all__ = [
    "LIMITS", "Limits", "digest", "find_faults", "parse_document", "read_situation", "tell_faults",
]  # fmt: skip


# -- document to situation -------------------------------------------------------------------


def read_situation(
    source: bytes | str | Mapping[str, Any],
    *,
    as_of: str | None = None,
    force: str | None = None,
    limits: Limits = LIMITS,
    name: str = "",
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
    name
        Name of the file, which helps to call what is no situation by its kind.

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
    if isinstance(source, (bytes, str)):
        return _Reader(parse_document(source, limits, name), limits, as_of, force, name).read()
    if not isinstance(source, Mapping):
        raise TypeError(_say_no_source(source))
    return _Reader(dict(source), limits, as_of, force, name).read()


def find_faults(
    features: Sequence[object], settings: Mapping[str, Any], limits: Limits = LIMITS
) -> tuple[InputFault, ...]:
    """
    Say what is wrong with features that are to be part of a map.

    Each is asked what a map asks of a feature. Of the whole nothing is asked: no force, no instant,
    nothing drawn.

    Parameters
    ----------
    features
        GeoJSON Features.
    settings
        Members of `situation` which features are held against: sides, sources.

    Returns
    -------
    faults
        Their pointers begin with `/features/N`, but for what is wrong with all of them.
    """
    whole = {"type": "FeatureCollection", "situation": dict(settings), "features": list(features)}
    reader = _Reader(whole, limits, None, None)
    try:
        reader.check_parts()
    except SituationError as error:
        return error.faults
    return tuple(reader.faults)


def _say_no_source(source: object) -> str:
    what = type(source).__name__
    return f"a situation is read from GeoJSON text or the object parsed from it, not from {what!r}"


@dataclass
class _Reader:
    document: dict[str, Any]
    limits: Limits
    as_of: str | None
    force: str | None
    name: str = ""
    faults: list[InputFault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)
    source_ids: set[str] = field(default_factory=set)
    unused: dict[str, list[str]] = field(default_factory=dict)
    """Property that looks like one of the contract's, and the features that have it."""
    strange: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Property of another kind, with the kind it stands on, and the features that have it."""
    other_ids: dict[str, str] = field(default_factory=dict)
    """Ids that differ from the property `id` beside them."""
    whole_faulty: bool = False
    """The member `situation` cannot be read: what it lacks is no fault beside that."""
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
        self._check_named_forces(whole, features, [side.id for side in sides])
        self._check_extent(area, features, origin)
        as_of = self._find_instant(whole)
        area, features = self._join_edges(area, features, as_of)
        force = self._find_force(whole, features)
        self._check_force(features, force, sides)
        self._check_force_names(features, force)
        sha256 = self._digest()
        self._stop_if_faulty()
        if self.other_ids:
            self.notices.append(_tell_other_ids(self.other_ids))
        self.notices += [_tell_unused(*item) for item in self.unused.items()]
        self.notices += [_tell_strange(*which, ids) for which, ids in self.strange.items()]
        if self.with_z:
            said = f"Heights were dropped from {number_of(self.with_z, 'place')}: the map is flat."
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
            sha256=sha256,
        )

    def check_parts(self) -> None:
        """Read each feature for itself."""
        self._check_collection()
        whole = self._read_whole()
        rows = list(self._read_rows())
        self._check_ids()
        self._check_size()
        drawn = whole.area is not None or any(row.shape for row in rows)
        origin = self._find_origin(whole, rows) if drawn else (0.0, 0.0)
        sources = self._read_sources(whole)
        features = [self._build_feature(row, origin, sources) for row in rows]
        sides = self._find_sides(whole, features)
        self._check_sides(features, {side.id for side in sides})

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

    def _digest(self) -> str:
        try:
            return digest(self.document)
        except RecursionError:
            self._fault("", "an object within itself, or nested too deep", "Flatten the document")
            return ""

    # the collection

    def _check_collection(self) -> None:
        features = self.document.get("features")
        listed = features if isinstance(features, list) else []
        if self.document.get("type") != "FeatureCollection" or (listed and _are_foreign(listed)):
            self._call_by_kind()
        if self.document.get("type") == "Feature":
            remedy = 'Put it into {"type": "FeatureCollection", "features": [...]}'
            self._fault("/type", "one Feature, not a FeatureCollection", remedy)
            self._stop_if_faulty()
        if self.document.get("type") != "FeatureCollection":
            self._fault("/type", "not a FeatureCollection", 'Set "type": "FeatureCollection"')
        if not isinstance(features, list):
            self._fault("/features", "no list of features", 'Add "features": [...]')
        elif len(features) > self.limits.features:
            count = len(features)
            self._fault("/features", f"{count} features, too many", f"Keep {self.limits.features}")
        if cut := find_cut(self.document):
            remedy = "Fetch all pages, join them, and drop the mark"
            self._fault("", f"a page cut short ({cut}), not the whole map", remedy)
        self._check_crs(self.document.get("crs"), "/crs", None)
        self._stop_if_faulty()
        self._check_rows(listed)

    def _call_by_kind(self) -> None:
        """Say what the document is, in one refusal, where it is something else altogether."""
        try:
            raw = json.dumps(self.document, default=str).encode()
        except (ValueError, TypeError, RecursionError):  # whatever it is, it is no JSON
            return
        if called := call_by_kind(raw, self.name, "a situation in GeoJSON"):
            raise called

    def _check_rows(self, features: list[Any]) -> None:
        """Say once what nearly every feature lacks."""
        if len(features) < MANY:
            return
        rows = [f for f in features if isinstance(f, dict) and f.get("type") == "Feature"]
        if _are_foreign(features):
            count = sum(map(_is_dumb, features))
            said = f"{count} of {len(features)} features do not say what they are (no `kind`)"
            remedy = f"Give each properties.kind, one of {', '.join(KINDS)}{_hint_kind(rows)}"
            self._fault("/features", said, remedy)
        if rows and not any(_id_of(f) for f in rows):
            said = f"none of {len(features)} features has an id"
            self._fault("/features", said, f"{_GIVE_ID}, or a property `id`")
        self._stop_if_faulty()

    def _check_crs(self, crs: object, pointer: str, name: str | None) -> None:
        foreign = check_crs(crs)
        if foreign:
            remedy = "Reproject to CRS84 / EPSG:4326 and drop `crs`"
            self._fault(pointer, f"not WGS 84: {foreign}", remedy, name)

    def _read_whole(self) -> SituationModel:
        given = self.document.get("situation", {})
        if is_absent(given):
            return SituationModel()
        faults = len(self.faults)
        whole = self._validate(SituationModel, given, "/situation", None) or SituationModel()
        self.whole_faulty = len(self.faults) > faults
        self.source_ids = {source.id for source in whole.sources or () if source.id}
        return whole

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
        self._check_crs(feature.get("crs"), f"{pointer}/crs", name)
        properties = feature.get("properties")
        if not isinstance(properties, dict):
            self._fault(f"{pointer}/properties", "no properties", "Give `kind` and the rest", name)
            return None
        known = self._read_kind(properties, f"{pointer}/properties", name)
        properties = self._settle(properties, known, f"{pointer}/properties", name)
        model = self._validate(
            known.model if known else CommonModel, properties, f"{pointer}/properties", name
        )
        geometry = self._check_geometry(feature.get("geometry"), f"{pointer}/geometry", known, name)
        if model:
            self._check_validity(model, f"{pointer}/properties", name)
        return _Row(pointer, name or "", known, model, geometry) if known and model else None

    def _check_validity(self, model: CommonModel, pointer: str, name: str | None) -> None:
        """Refuse a time that ends before it begins: such a feature would speak at no instant."""
        begun, over = model.valid_from, model.valid_to
        if begun is not None and over is not None and over < begun:
            said = f"valid_to {over.isoformat()} lies before valid_from {begun.isoformat()}"
            remedy = "Swap the two, or leave the wrong one out; a bare date is its first instant"
            self._fault(f"{pointer}/valid_to", said, remedy, name)

    def _read_kind(self, properties: dict[str, Any], pointer: str, name: str | None) -> Kind | None:
        kind = properties.get("kind")
        known = KINDS.get(kind) if isinstance(kind, str) else None
        if known is None:
            hint = _hint_kind([{"properties": properties}])
            said = "no `kind`" if is_absent(kind) else f"unknown kind {kind!r:.80}"
            self._fault(f"{pointer}/kind", said, f"Use one of {', '.join(KINDS)}{hint}", name)
        return known

    def _settle(
        self, properties: dict[str, Any], known: Kind | None, pointer: str, name: str | None
    ) -> dict[str, Any]:
        """Settle what only the whole document can: ids with commas, holders lost, names cut."""
        cited, holder = properties.get("sources"), properties.get("holder")
        if isinstance(cited, str) and cited in self.source_ids:
            properties = {**properties, "sources": [cited]}
        sure = str(properties.get("basis")) not in nouns.GREY_BASES
        if (
            known
            and known.noun is nouns.Control
            and is_absent(holder)
            and holder is not None
            and sure
        ):
            remedy = "Write the side that holds it, or null where nobody knows"
            self._fault(f"{pointer}/holder", "the holder is an empty text", remedy, name)
        also = read_id(properties.get("id")) if name else None
        if name and also and also != name:
            self.other_ids[name] = also
        if known and name:
            for written in known.find_unused(properties):
                self.unused.setdefault(written, []).append(name)
            for written in known.find_strange(properties):
                self.strange.setdefault((written, str(properties["kind"])), []).append(name)
        return properties

    def _read_id(self, pointer: str, feature: dict[str, Any]) -> str | None:
        name = _id_of(feature)
        if name and _is_text(name):
            self.ids.append((pointer, name))
            return name
        said = "no id" if is_absent(feature.get("id")) else "an id that is neither text nor number"
        self._fault(f"{pointer}/id", said, _GIVE_ID)
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
        if known and known.noun is nouns.Claim and _is_nowhere(geometry):
            return None
        allowed = known.geometries if known else tuple(DEPTHS)
        members = geometry.get("geometries") if isinstance(geometry, dict) else None
        if isinstance(members, (list, tuple)) and len(members) == 1:
            geometry, pointer = members[0], f"{pointer}/geometries/0"
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if (
            not isinstance(geometry, dict)
            or not isinstance(kind, str)
            or kind not in (known.written_as if known else allowed)
        ):
            said = f"geometry is {kind!r:.80}" if kind else "no geometry"
            self._fault(f"{pointer}/type", said, f"Use {' or '.join(allowed)}", name)
            return None
        before = len(self.faults)
        self._check_crs(geometry.get("crs"), f"{pointer}/crs", name)
        coordinates = self._take(geometry, kind, pointer, name)
        if len(self.faults) > before:
            return None
        shape = _Shape(kind, coordinates, f"{pointer}/coordinates").alone()
        if shape.kind not in allowed:
            said = f"a {kind} of {number_of(len(coordinates), 'part')}"
            remedy = f"Use {' or '.join(allowed)}: make each part a feature of its own"
            self._fault(f"{pointer}/type", said, remedy, name)
            return None
        return shape

    def _take(self, geometry: dict[str, Any], kind: str, pointer: str, name: str | None) -> Any:
        """Walk a geometry's coordinates; of what is wrong with it, the first places are told."""
        told: list[tuple[str, str, str]] = []
        walk = CoordinateWalk(lambda *fault: told.append(fault))
        coordinates = walk.take(geometry.get("coordinates"), f"{pointer}/coordinates", kind)
        for fault in told[:FEW]:
            self._fault(*fault, name)
        if more := len(told[FEW:]):
            said = f"{more} more places of this geometry are wrong"
            self._fault(f"{pointer}/coordinates", said, "Mend them all the same way", name)
        self.vertices += walk.vertices
        self.with_z += walk.with_z
        return coordinates

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
        pointers = [shape.place + (f"/{i}" if many else "") for i in range(len(parts))]
        faults = len(self.faults)
        for part, pointer in zip(parts, pointers, strict=True):
            self._check_polygon(part, pointer, name)
        if len(self.faults) > faults:
            return None
        return self._join_parts(parts, shape, name)

    def _check_polygon(self, part: Polygon, pointer: str, name: str | None) -> None:
        rings = (part.exterior, *part.interiors)
        flat = [f"{pointer}/{i}" for i, ring in enumerate(rings) if _is_flat(ring)]
        for place in flat:
            remedy = "Draw the ground it should enclose, or leave the ring out"
            self._fault(place, "the ring has no area", remedy, name)
        steps = [np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])).max() for ring in rings]
        if max(steps) > 180.0:  # noqa: PLR2004 - half a turn
            remedy = "Cut it at the antimeridian (RFC 7946 3.1.9); the poles are outside the map"
            self._fault(pointer, "an edge runs half round the globe", remedy, name)
        elif not flat and not part.is_valid:
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
            self._fault(shape.place, "parts overlap", remedy, name)
            return None
        return whole

    # the whole

    def _find_origin(self, whole: SituationModel, rows: list[_Row]) -> tuple[float, float]:
        """Centre the plane on the area, else on the features."""
        if whole.area is not None:
            self._area_shape = self._check_area(whole.area)
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

    def _check_area(self, area: dict[str, Any]) -> _Shape | None:
        kind = area.get("type")
        if kind not in AREAS:
            self._fault("/situation/area/type", f"the area is {kind!r}", "Use Polygon")
            return None
        before = len(self.faults)
        coordinates = self._take(area, kind, "/situation/area", None)
        if len(self.faults) > before:
            return None
        return _Shape(kind, coordinates, "/situation/area/coordinates")

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
        if given is None and self.whole_faulty:
            return None
        if given is None:
            remedy = "Give the instant judged, like 2025-03-14T12:00:00Z (or --as-of)"
            self._fault("/situation/as_of", "no `as_of`", remedy)
            return None
        try:
            return parse_end(given)
        except ValueError:
            self._fault("/situation/as_of", f"{given!r} is not an instant", AS_RFC_3339)
            return None

    def _find_sides(
        self, whole: SituationModel, features: list[nouns.Feature | None]
    ) -> tuple[nouns.Side, ...]:
        if whole.sides is not None:
            sides = [nouns.Side(s.id, s.name, tuple(s.allies or ())) for s in whole.sides]
            self._check_allies(sides)
            return tuple(sides)
        self._check_inferred(features)
        named = [side for f in features if f for _, side in _sides_named(f)]
        return tuple(nouns.Side(side) for side in dict.fromkeys(named))

    def _check_inferred(self, features: list[nouns.Feature | None]) -> None:
        """
        Doubt sides that nobody listed: a word misspelt is another side, and another side an enemy.

        What looks like another name is refused. A third side that nothing but ground names is told.
        """
        said = [(f, member, side) for f in features if f for member, side in _sides_named(f)]
        alike = find_alike((side for *_, side in said), nouns.NEUTRAL)
        only_ground: dict[str, list[str]] = {}
        for feature, member, side in said:
            at = f"{feature.pointer}/properties/{member}"
            if side in alike:
                other = alike[side]
                told = f"the side {side!r} differs from {other!r} by case, blanks or letters alone"
                remedy = f"Write {other!r}"
                if other != nouns.NEUTRAL:
                    remedy += ", or list both in situation.sides"
                self._fault(at, told, remedy, feature.id)
            elif member == "holder" and says_nothing(side):
                remedy = "Write the side that holds it, or null where nobody knows"
                self._fault(at, f"the holder is the text {side!r}", remedy, feature.id)
            elif member == "holder":
                only_ground.setdefault(side, []).append(feature.id)
        standing = {side for _, member, side in said if member != "holder"}
        if len(standing | only_ground.keys()) > TWO_SIDES:
            further = {side: ids for side, ids in only_ground.items() if side not in standing}
            if further:
                self.notices.append(_tell_further_sides(further))

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

    def _check_named_forces(
        self, whole: SituationModel, features: list[nouns.Feature | None], known: list[str]
    ) -> None:
        """A name is of one force, and of a side on the map: that of the force's positions."""
        seen: set[str] = set()
        positions = [f for f in features if isinstance(f, nouns.Position)]
        for number, force in enumerate(whole.forces or ()):
            at = f"/situation/forces/{number}"
            if force.id in seen:
                self._fault(f"{at}/id", f"force {force.id!r} is named twice", "Keep one of them")
            seen.add(force.id)
            if force.side is None:
                continue
            own = sorted({p.side for p in positions if p.force == force.id})
            if force.side not in known:
                remedy = f"Use one of {', '.join(known)}, or add it to situation.sides"
                self._fault(f"{at}/side", f"unknown side {force.side!r}", remedy)
            elif own and force.side not in own:
                said = f"force {force.id!r} is of {force.side!r}, its positions of {own[0]!r}"
                self._fault(f"{at}/side", said, "Give the force the side of its positions")

    def _check_force_names(self, features: list[nouns.Feature | None], force: str) -> None:
        """Refuse a force that looks like the one judged: its positions would be left out."""
        named = [f for f in features if isinstance(f, nouns.Position) and f.force]
        for position in named:
            other = str(position.force)
            if other != force and fold_looks(other) == fold_looks(force):
                told = (
                    f"the force {other!r} differs from {force!r} by case, blanks or letters alone"
                )
                at = f"{position.pointer}/properties/force"
                remedy = f"Write {force!r}, or give the other force a name of its own"
                self._fault(at, told, remedy, position.id)

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
        allies = {s.id: {s.id, *s.allies} for s in sides}
        positions = [
            f
            for f in features
            if isinstance(f, nouns.Position) and f.force == force and f.side in allies
        ]  # fmt: skip - an unknown side is told already
        most = Counter(position.side for position in positions).most_common(1)
        own = most[0][0] if most else ""
        for position in positions:
            if position.side not in allies[own] and own not in allies[position.side]:
                said = f"force {force!r} has positions of {own!r} and of {position.side!r}"
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
    place: str
    """JSON pointer of the coordinates."""

    def alone(self) -> _Shape:
        """Take a Multi of one part, as a GIS writes every shape of some layers, for that part."""
        if not self.kind.startswith("Multi") or len(self.coordinates) != 1:
            return self
        return _Shape(self.kind.removeprefix("Multi"), self.coordinates[0], f"{self.place}/0")


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
        yield part, shape.place + (f"/{i}" if many else "")


TWO_SIDES = 2
MANY = 6
"""From so many features on, what nearly all of them lack is said once."""
ID_COLUMNS = (
    "id", "ID", "Id", "@id", "fid", "FID", "ogc_fid", "OGC_FID", "OBJECTID", "objectid", "gid",
)  # fmt: skip
"""Properties that tools leave a feature's id in, or number a table's rows by; the first counts."""
FEW = 3
"""So many wrong places of one geometry are told one by one: a file in metres has as many as it has
vertices."""
FLAT = 1e-12
"""Area by squared perimeter: a ring of 10 km would be 10 nanometres wide."""
_GIVE_ID = 'Give every feature an id of its own, like "id": "r1"'


def _is_dumb(feature: object) -> bool:
    """Tell a feature that does not say what it is."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return False
    properties = feature.get("properties")
    return not isinstance(properties, dict) or is_absent(properties.get("kind"))


def _are_foreign(features: list[Any]) -> bool:
    """Tell a collection of which most features do not say what they are."""
    return sum(map(_is_dumb, features)) * 2 > len(features)


def _id_of(feature: dict[str, Any]) -> str | None:
    """Find a feature's id: its member, or the property that a GIS keeps it in."""
    if not is_absent(feature.get("id")):
        return read_id(feature["id"])
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return None
    given = (properties[c] for c in ID_COLUMNS if not is_absent(properties.get(c)))
    return next(map(read_id, given), None)


def _hint_kind(rows: list[Any]) -> str:
    """Ask whether a property of nearly that name was meant."""
    names = [n for row in rows for n in row.get("properties") or () if isinstance(n, str)]
    near = next((n for n in names if n != "kind" and n.strip().lower() == "kind"), None)
    return f" (is {near!r} meant? Write it `kind`)" if near else ""


def _tell_other_ids(others: dict[str, str]) -> Notice:
    """Tell ids that a tool has numbered anew, as GeoPandas does."""
    (own, also), *rest = others.items()
    more = f" (and {len(rest)} more)" if rest else ""
    said = f"A feature is {own!r} by its id and {also!r} by its property{more}: the id counts."
    return Notice("ids_differ", "info", said, tuple(others))


def _tell_further_sides(ground: dict[str, list[str]]) -> Notice:
    """Tell sides that nobody listed and nobody stands for, where there are more than two."""
    names = ", ".join(map(repr, ground))
    said = (
        f"Sides are named by ground alone ({names}), and none are listed: whose allies they are "
        "nobody says, so each counts as everybody's enemy. List the sides (situation.sides, with "
        "their allies), or write the side that is meant."
    )
    return Notice(
        "sides_of_ground_alone", "doubt", said, tuple(i for ids in ground.values() for i in ids)
    )


def _tell_unused(written: str, features: list[str]) -> Notice:
    """Tell a property that is not read, and which one may be meant."""
    meant = name_nearest(written) or ""
    cut = len(written) == CUT_TO and meant.startswith(written)
    asked = (
        f"is it {meant!r} cut to ten letters, as a Shapefile does?" if cut else f"is it {meant!r}?"
    )
    severity: Severity = "caution" if meant in TELLING_NOTHING else "doubt"
    said = f"Property {written!r} of {number_of(len(features), 'feature')} is not used: {asked}"
    return Notice("property_nearly_named", severity, said, tuple(features))


def _tell_strange(written: str, kind: str, features: list[str]) -> Notice:
    """Tell a property that belongs to other kinds of features, and is not read on this one."""
    whose = [name for name, other in KINDS.items() if written in other.model.model_fields]
    said = f"Property {written!r} of {number_of(len(features), kind)} is not used: it belongs to a "
    said += f"{' or '.join(whose)}. Is the kind right? Mend it, or leave the property out."
    return Notice("property_of_another_kind", "caution", said, tuple(features))


def _is_flat(ring: LinearRing) -> bool:
    hull = ring.convex_hull  # a ring that crosses itself may enclose as much as it takes away
    return bool(hull.area <= FLAT * ring.length**2)


def _is_nowhere(geometry: object) -> bool:
    """Tell a geometry that is null, or empty as some tools write null."""
    if not isinstance(geometry, dict):
        return geometry is None
    member = "geometries" if geometry.get("type") == "GeometryCollection" else "coordinates"
    return geometry.get(member) in ([], ())


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


def _say_invalid(part: Polygon) -> str:
    reason = shapely.is_valid_reason(part)
    what, _, place = reason.partition("[")
    where = f" at [{place.rstrip(']').replace(' ', ', ')}]" if place else ""
    return f"the ring crosses or touches itself ({what.strip().lower()}){where}"

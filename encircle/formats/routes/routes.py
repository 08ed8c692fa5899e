"""
Which roads and bridges lead away from a place, as routes and crossings of a situation.

Long for one reason: every way in which files of roads name a road's state is read here.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import orjson
import shapely
from shapely.geometry import LineString, mapping, shape

from encircle.errors import InputFault, SituationError, refusal, say_install
from encircle.formats.coordinates import UnreadableError, read_geometry
from encircle.formats.routes.osm import DRIVEN
from encircle.map.counting import number_of
from encircle.map.door.crs import check_crs
from encircle.map.door.reader import LIMITS
from encircle.map.notices import Notice
from encircle.map.plane.projection import Plane

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

WITHIN_KM = 30.0
"""How far from the force roads are taken by default, km: a day's reach of the fighting round it."""
MOST_ROADS = 500
"""Roads taken into one situation, the largest classes first; more would drown the map, and a
judgement over a thousand takes minutes."""
DECIMALS = 7
WHEELS, TRACKS, RAILS, FEET = (
    ("wheeled", "tracked", "foot"), ("tracked", "foot"), ("rail",), ("foot",),
)  # fmt: skip
RANKS = (
    "motorway trunk primary secondary tertiary rail unclassified road ferry residential "
    "living_street service track light_rail narrow_gauge"
).split()
"""Classes of road, the largest first. Source: OpenStreetMap wiki, Key:highway."""
RAILWAYS = frozenset({"rail", "narrow_gauge", "light_rail"})
SOFT_TRACKS = frozenset({"grade4", "grade5"})
"""Tracks of mostly soft material: no road for lorries. Source: wiki, Key:tracktype."""
IMPASSABLE = frozenset({"impassable", "very_horrible", "horrible"})
"""Smoothness no wheeled vehicle passes. Source: wiki, Key:smoothness."""
CUT = ("destroyed:highway", "collapsed:highway", "destroyed:bridge", "destroyed:railway")
NO_ROADS = frozenset("waterway boundary admin_level natural power aeroway barrier contour".split())
"""Keys of lines that are no roads."""
KEPT_TAGS = ("access", "motor_vehicle", "maxweight", "oneway", "lanes", "surface", "tracktype")


@dataclass(frozen=True, slots=True)
class Way:
    """One line as its maker drew it."""

    id: str
    tags: Mapping[str, str]
    line: BaseGeometry
    """LineString or MultiLineString, degrees."""


@dataclass
class Roads:
    """What a file of roads gives, and what of it was left out."""

    features: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    read: int = 0
    """Lines in the file."""
    told: Counter[str] = field(default_factory=Counter)
    """Lines left out, by why."""


def read_roads(
    raw: bytes, name: str, kind: str, near: Sequence[BaseGeometry], within_km: float = WITHIN_KM
) -> Roads:
    """
    Read the roads and bridges within a distance of what is judged.

    Parameters
    ----------
    raw, name, kind
        The file: `osm_pbf`, `osm_xml`, `overpass` or `lines`.
    near
        Places or ground in degrees; roads further from all of them are left out, and counted. None:
        every road is taken.

    Raises
    ------
    SituationError
        If the file cannot be read, or holds no road near by.

    Notes
    -----
    OSM says what may drive on a road by law, not what can in war: `access` and `oneway` are kept in
    the note and change nothing. Paths for feet only are left out: open ground carries feet anyway.
    """
    plain = PurePath(name).name
    roads = Roads(sources=[_describe(raw, plain, kind)])
    ways = list(_READERS[kind](raw, plain, roads))
    roads.read = len(ways) + sum(roads.told.values())
    kept = list(_count_once(ways, roads))
    close = _keep_near(kept, near, within_km, roads)
    chosen = _keep_largest(close, roads)
    stem = PurePath(plain).name.split(".")[0]
    roads.features = [_draw(way, stem, roads.sources[0]["id"]) for way in chosen]
    if not roads.features:
        why = "; ".join(f"{n} {reason}" for reason, n in roads.told.items()) or "it is empty"
        raise refusal(f"{plain}: no road to take ({why})", "Give roads near the force, or a "
                      "larger --within-km")  # fmt: skip
    roads.notices += _tell(roads, plain)
    return roads


def _describe(raw: bytes, name: str, kind: str) -> dict[str, Any]:
    stem = name.split(".", maxsplit=1)[0]
    about: dict[str, Any] = {"id": f"roads-{stem}", "title": f"Roads: {name}",
                             "sha256": hashlib.sha256(raw).hexdigest()}  # fmt: skip
    if kind != "lines":
        about |= {"title": f"OpenStreetMap, {name}", "origin": "openstreetmap",
                  "url": "https://www.openstreetmap.org/copyright"}  # fmt: skip
    return about


def _tell(roads: Roads, name: str) -> Iterator[Notice]:
    bridges = sum(f["properties"]["kind"] == "crossing" for f in roads.features)
    parts = (
        number_of(roads.read, "line"),
        number_of(len(roads.features) - bridges, "route"),
        number_of(bridges, "crossing"),
    )
    said = f"{name}: {', '.join(parts)}"
    left = "".join(f"; {count} {why}" for why, count in roads.told.items())
    yield Notice("roads_read", "info", f"{said}{left}.")


# -- OpenStreetMap --------------------------------------------------------------------------------


def _read_osm(raw: bytes, name: str, roads: Roads) -> Iterator[Way]:
    try:
        import osmium  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise refusal(
            f"{name} needs the package osmium, which is not installed",
            f"Install it with {say_install('osm', 'osmium')}, or give GeoJSON lines",
        ) from None
    form = _form(raw)
    only = osmium.filter.KeyFilter("highway", "railway", "route", *CUT)
    try:
        buffer = osmium.io.FileBuffer(raw, form)
        found = osmium.FileProcessor(buffer).with_locations().with_filter(only)
        for way in found:
            if isinstance(way, osmium.osm.Way):
                yield from _read_way(way, name, roads)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise refusal(f"{name} is not OpenStreetMap: {error!s:.120}", "Give a whole file") from None
    roads.notices[:] = _gather_lost(roads.notices, name)


def _read_way(way: Any, name: str, roads: Roads) -> Iterator[Way]:  # noqa: ANN401 - osmium's
    tags = {tag.k: tag.v for tag in way.tags}
    nodes = list(way.nodes)
    places = [(node.lon, node.lat) for node in nodes if node.location.valid()]
    if _class_of(tags) is None:
        roads.told["ways are no road for vehicles or trains"] += 1
    elif len(places) < 2:  # noqa: PLR2004 - a line
        roads.told["ways have no place in the extract"] += 1
    else:
        if len(places) != len(nodes):
            roads.notices.append(_tell_lost(f"way/{way.id}", name))
        yield Way(f"way/{way.id}", tags, LineString(places))


def _form(raw: bytes) -> str:
    """Say how an extract is written, in osmium's words."""
    if raw.startswith(b"\x1f\x8b"):
        return "osm.gz"
    if raw.startswith(b"BZh"):
        return "osm.bz2"
    return "osm.pbf" if raw[4:15] == b"\n\tOSMHeader" else "osm"


def _tell_lost(way: str, name: str) -> Notice:
    return Notice("road_cut_off", "info", f"{name}: cut off", (way,))


def _gather_lost(notices: Iterable[Notice], name: str) -> list[Notice]:
    listed = list(notices)
    lost = [n for n in listed if n.code == "road_cut_off"]
    kept = [n for n in listed if n.code != "road_cut_off"]
    if lost:
        said = f"{name}: {number_of(len(lost), 'road', 'runs')} out of the extract: cut off there."
        kept.append(Notice("roads_cut_off", "info", said))
    return kept


def _read_overpass(raw: bytes, name: str, roads: Roads) -> Iterator[Way]:
    """Read ways whose nodes stand in the file, or whose geometry does (`out geom`)."""
    document = _parse(raw, name)
    elements = [e for e in document.get("elements", []) if isinstance(e, dict)]
    if document.get("remark"):
        said = f"{name} is cut short: Overpass says {str(document['remark'])[:120]!r}"
        raise refusal(said, "Ask for a smaller area, or a longer timeout")
    nodes = {e.get("id"): (e.get("lon"), e.get("lat")) for e in elements if e.get("type") == "node"}
    for element in elements:
        if element.get("type") != "way":
            continue
        tags = _texts(element.get("tags"))
        drawn = element.get("geometry")
        listed = element.get("nodes")
        if isinstance(drawn, list):
            places = [(p.get("lon"), p.get("lat")) if isinstance(p, dict) else None for p in drawn]
        else:
            places = [nodes.get(n) for n in listed] if isinstance(listed, list) else []
        known = [list(p) for p in places if p and None not in p]
        if _class_of(tags) is None:
            roads.told["ways are no road for vehicles or trains"] += 1
        elif len(known) < 2 or len(known) < len(places):  # noqa: PLR2004 - a line
            raise refusal(f"{name}: way/{element.get('id')} lacks the places of its nodes",
                          "Ask Overpass for them: out geom")  # fmt: skip
        else:
            line = _read_line({"type": "LineString", "coordinates": known}, name, len(known))
            yield Way(f"way/{element.get('id')}", tags, line)


# -- GeoJSON --------------------------------------------------------------------------------------


def _read_lines(raw: bytes, name: str, roads: Roads) -> Iterator[Way]:
    """Read lines with OSM's tags (OSMnx, ogr2ogr, QGIS), or none."""
    document = _parse(raw, name)
    foreign = check_crs(document.get("crs"))
    if foreign:
        raise refusal(f"{name} is not WGS 84: {foreign}", "Reproject it to EPSG:4326")
    if document.get("exceededTransferLimit"):
        raise refusal(f"{name} was cut short by its server", "Ask for the pages that follow")
    features = document.get("features")
    if not isinstance(features, list):
        features = [document if document.get("type") == "Feature" else {"geometry": document}]
    faults: list[InputFault] = []
    for number, feature in enumerate(features):
        about = feature if isinstance(feature, dict) else {}
        tags = _tags(about.get("properties"))
        try:
            line = _read_line(about.get("geometry"), name, number)
        except SituationError as error:
            faults += error.faults
            continue
        if line is None:
            roads.told["features are no lines"] += 1
        elif _class_of(tags) is None and (tags.keys() & {"highway", "railway"}):
            roads.told["ways are no road for vehicles or trains"] += 1
        elif tags.keys() & NO_ROADS and not tags.keys() & {"highway", "railway"}:
            roads.told[f"lines are no roads ({min(tags.keys() & NO_ROADS)})"] += 1
        else:
            own = about.get("id") or tags.get("osmid") or tags.get("osm_id") or tags.get("@id")
            yield Way(str(own or number + 1), tags, line)
    if faults:
        raise SituationError(faults)


def _read_line(geometry: object, name: str, number: int) -> Any:  # noqa: ANN401 - a line, or None
    if geometry is None:
        return None
    try:
        read = read_geometry(geometry).geometry
    except UnreadableError as error:
        where = f"{name}, feature {number + 1}"
        fault = InputFault(f"/features/{number}/geometry{error.pointer}", error.reason,
                           error.remedy or "Mend it there", where)  # fmt: skip
        raise SituationError([fault]) from None
    return (
        read if read.geom_type in ("LineString", "MultiLineString") and not read.is_empty else None
    )


def _parse(raw: bytes, name: str) -> dict[str, Any]:
    if len(raw) > LIMITS.bytes:
        raise refusal(f"{name} has {len(raw)} bytes", "Crop it to the area round the force")
    try:
        document = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        said = f"{name} is not JSON: line {error.lineno}, column {error.colno}"
        raise refusal(said, "Mend it there, or download it again") from None
    if not isinstance(document, dict):
        raise refusal(f"{name} is no GeoJSON object", "Give a FeatureCollection of lines")
    return document


def _texts(tags: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in tags.items()} if isinstance(tags, dict) else {}


def _tags(properties: object) -> dict[str, str]:
    """
    Give properties as tags: the largest of several classes, `other_tags` as ogr2ogr packs them.

    Examples
    --------
    >>> _tags({"highway": "['residential', 'primary']", "oneway": False, "name": None})
    {'highway': 'primary', 'oneway': 'no'}
    """
    tags: dict[str, str] = {}
    for key, value in properties.items() if isinstance(properties, dict) else ():
        values = _listed(value)
        if values:
            tags[str(key)] = min(values, key=_rank) if key == "highway" else values[0]
    for pair in tags.pop("other_tags", "").split('","'):
        key, arrow, value = pair.partition('"=>"')
        if arrow:
            tags.setdefault(key.strip('"'), value.strip('"'))
    return tags


def _listed(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, str) and value.startswith("[") and len(value) < 1000:  # noqa: PLR2004
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return [str(value)]
    if isinstance(value, list):
        return [str(part) for part in value if part is not None]
    return [] if value is None or value == "" else [str(value)]


_READERS = {
    "osm_pbf": _read_osm, "osm_xml": _read_osm, "overpass": _read_overpass, "lines": _read_lines,
}  # fmt: skip


# -- which of them --------------------------------------------------------------------------------


def _class_of(tags: Mapping[str, str]) -> str | None:
    """Find the class of a way; None: no vehicle or train uses it."""
    highway = tags.get("highway") or next((tags[key] for key in CUT[:2] if key in tags), "")
    if highway in DRIVEN:
        return highway.removesuffix("_link")
    if tags.get("railway") in RAILWAYS:
        return tags["railway"]
    return "ferry" if tags.get("route") == "ferry" else None


def _rank(kind: str | None) -> int:
    plain = (kind or "road").removesuffix("_link")
    return RANKS.index(plain) if plain in RANKS else len(RANKS)


def _count_once(ways: Iterable[Way], roads: Roads) -> Iterator[Way]:
    """Leave out what is drawn twice, there and back, as OSMnx writes two-way streets."""
    seen: set[bytes] = set()
    for way in ways:
        key = shapely.to_wkb(shapely.normalize(shapely.set_precision(way.line, 1e-7)))
        if key in seen:
            roads.told["lines repeat another, there or back, and count once"] += 1
            continue
        seen.add(key)
        yield way


def _keep_near(
    ways: list[Way], near: Sequence[BaseGeometry], within_km: float, roads: Roads
) -> list[Way]:
    if not near or not ways:
        return ways
    middle = shapely.union_all([shape.envelope for shape in near]).envelope.centroid
    plane = Plane((middle.x, middle.y))
    ground = [plane.to_metres(one) for one in near]
    lines = [plane.to_metres(way.line) for way in ways]
    gaps = [min(line.distance(one) for one in ground) for line in lines]
    kept = [way for way, gap in zip(ways, gaps, strict=True) if gap <= within_km * 1000]
    if len(kept) < len(ways):
        roads.told[f"lie further than {within_km:g} km off"] += len(ways) - len(kept)
    return kept


def _keep_largest(ways: list[Way], roads: Roads) -> list[Way]:
    """Keep the largest classes where there are too many; within the last, the longest."""
    if len(ways) <= MOST_ROADS:
        return ways
    order = sorted(ways, key=lambda w: (_rank(_class_of(w.tags)), -w.line.length))
    left = Counter(_class_of(way.tags) or "road" for way in order[MOST_ROADS:])
    said = ", ".join(f"{n} {kind}" for kind, n in left.most_common(6))
    roads.told[
        f"are beyond the {MOST_ROADS} largest ({said}): ways out over them are not seen"
    ] += len(ways) - MOST_ROADS
    kept = {way.id for way in order[:MOST_ROADS]}
    return [way for way in ways if way.id in kept][:MOST_ROADS]


# -- as features ----------------------------------------------------------------------------------


def _draw(way: Way, stem: str, source: str) -> dict[str, Any]:
    kind = _class_of(way.tags)
    said: dict[str, Any] = {
        "name": way.tags.get("name") or way.tags.get("ref"),
        "modes": list(_modes(way.tags, kind)),
        "state": "cut" if any(key in way.tags for key in CUT) else None,
        "surface": way.tags.get("surface"),
        "capacity": way.tags.get("maxweight"),
        "note": _note(way.tags, kind),
        "sources": [source],
    }
    crossing = _crossing(way.tags, kind)
    if crossing:
        said.pop("surface")
        said.pop("capacity")
        said = {"kind": "crossing", "type": crossing, **said}
    else:
        said = {"kind": "route", **said}
    drawn = mapping(shapely.transform(way.line, lambda c: c.round(DECIMALS)))
    return {"type": "Feature", "id": f"{stem}-{way.id}", "geometry": drawn,
            "properties": {k: v for k, v in said.items() if v is not None}}  # fmt: skip


def _modes(tags: Mapping[str, str], kind: str | None) -> tuple[str, ...]:
    """
    Say what travels on a road.

    Source: OpenStreetMap wiki, Key:highway, Key:tracktype, Key:smoothness: classes down to `track`
    carry lorries, except tracks of soft material and what is called impassable.
    """
    if kind in RAILWAYS:
        return RAILS
    if kind == "ferry":
        return ("boat",)
    is_soft = kind == "track" and tags.get("tracktype") in SOFT_TRACKS
    return TRACKS if is_soft or tags.get("smoothness") in IMPASSABLE else WHEELS


def _crossing(tags: Mapping[str, str], kind: str | None) -> str | None:
    if kind == "ferry":
        return "ferry"
    bridge = tags.get("bridge", "no")
    if bridge not in ("no", "") or "destroyed:bridge" in tags:
        return "bridge"
    return "ford" if tags.get("ford") in ("yes", "stepping_stones") else None


def _note(tags: Mapping[str, str], kind: str | None) -> str | None:
    said = [f"{key}={tags[key]}" for key in KEPT_TAGS if key in tags and key != "surface"]
    word = tags.get("highway") or tags.get("railway") or kind
    return "; ".join([word, *said]) if word else None


def near_of(features: Iterable[Mapping[str, Any]]) -> list[BaseGeometry]:
    """Give the shapes of features, for measuring what is near them."""
    return [shape(f["geometry"]) for f in features if f.get("geometry")]

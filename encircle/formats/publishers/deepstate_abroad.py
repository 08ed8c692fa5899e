"""How much does Ukraine hold inside Russia, and how much border does it share with home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Proj
from shapely.geometry import box

from encircle.formats.painted.painted import read_border
from encircle.formats.painted.shapes import cut, polygons_of, union_within
from encircle.formats.publishers.deepstate_snapshot import ABROAD, read_snapshot
from encircle.map.plane.projection import LONGEST_EDGE_DEG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

CONTACT_M = 100.0
"""The mappers' line and the border file run beside each other and rarely coincide, in places a
hundred metres apart: ground this near the border touches it, metres."""


@dataclass(frozen=True, slots=True)
class GroundAbroad:
    """What Ukraine holds inside Russia in one piece."""

    area_km2: float
    """Outside the border."""
    shared_border_km: float
    """Border along it with ground that is Ukrainian and not grey on the other side."""


_LAEA = Proj("+proj=laea +lat_0=49 +lon_0=35 +datum=WGS84")
"""Lambert azimuthal equal-area plane centred on the war, metres."""


def measure_ground_abroad(
    snapshot: Mapping[str, Any], border: Mapping[str, Any]
) -> list[GroundAbroad]:
    """
    Measure what Ukraine holds inside Russia, piece by piece, largest first.

    Parameters
    ----------
    border
        Ukraine's outline; its stretch along the ground measured must be the mappers' own.

    Returns
    -------
    pieces
        Area outside the border and length of border shared, one value a painted polygon.

    Notes
    -----
    The border counts as shared where it runs within `CONTACT_M` of the held ground and not
    through grey or occupied ground. So crooked a line is as long as its detail makes it:
    compare like with like.
    """
    read, outline = read_snapshot(snapshot), read_border(border)
    held = polygons_of(read.ground(ABROAD))
    if held.is_empty:
        return []
    window = box(*held.buffer(0.2).bounds)
    country = _to_equal_area(cut(outline, window))
    edge = country.boundary.difference(_to_equal_area(window).boundary.buffer(CONTACT_M))
    lost = [p.geometry for p in read.patches if p.status.holder != "UA"]
    edge = edge.difference(_to_equal_area(union_within(lost, window)))
    pieces = [_measure_piece(_to_equal_area(piece), country, edge) for piece in held.geoms]
    return sorted(pieces, key=lambda piece: piece.area_km2, reverse=True)


def _measure_piece(piece: BaseGeometry, country: BaseGeometry, edge: BaseGeometry) -> GroundAbroad:
    shared = edge.intersection(piece.buffer(CONTACT_M))
    return GroundAbroad(piece.difference(country).area / 1e6, shared.length / 1e3)


def _to_equal_area(geometry: BaseGeometry) -> BaseGeometry:
    cut_fine = shapely.segmentize(geometry, LONGEST_EDGE_DEG)
    return shapely.transform(cut_fine, lambda c: np.column_stack(_LAEA(c[:, 0], c[:, 1])))

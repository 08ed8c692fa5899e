"""Small questions of plane geometry that reading a painted map asks again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

LonLat = tuple[float, float]


def polygons_of(geometry: BaseGeometry) -> MultiPolygon:
    """Gather the polygons of a geometry; points and lines left over from cutting go."""
    flat: list[Polygon] = []
    for part in getattr(geometry, "geoms", [geometry]):
        if isinstance(part, Polygon):
            flat.append(part)
        elif hasattr(part, "geoms"):
            flat.extend(polygons_of(part).geoms)
    return MultiPolygon([part for part in flat if not part.is_empty])


def make_valid(geometry: BaseGeometry) -> BaseGeometry:
    """Mend rings that cross or touch themselves; the inside of a ring stays inside."""
    return shapely.make_valid(geometry, method="structure", keep_collapsed=False)


def cut(geometry: BaseGeometry, window: BaseGeometry) -> BaseGeometry:
    """Intersect, sparing what lies inside altogether."""
    return geometry if window.contains(geometry) else geometry.intersection(window)


def union_within(shapes: Iterable[BaseGeometry], window: BaseGeometry) -> BaseGeometry:
    """Join what of some shapes lies in a window."""
    return shapely.union_all([cut(s, window) for s in shapes if s.intersects(window)])


def box_round(places: Sequence[LonLat], half_width_km: float) -> Polygon:
    """Draw a box of meridians and parallels round places, six decimals."""
    west, south, east, north = shapely.MultiPoint(list(places)).bounds
    up = half_width_km / 111.2
    across = up / np.cos(np.radians((south + north) / 2))
    return box(*np.round([west - across, south - up, east + across, north + up], 6).tolist())

"""How far is it: degrees to local metres and back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod, Proj
from shapely import MultiPolygon, Polygon

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

LONGEST_EDGE_DEG = 0.05
"""An edge of a map is straight in degrees (RFC 7946 3.1.1) and curved on the plane; cut to this
length, degrees, it strays less than a metre between its ends below 70 degrees of latitude."""

FOLDED_AT = re.compile(r"\[(\S+) (\S+?)(?: \S+)?\]")
"""Where GEOS says that an outline crosses itself: its coordinates in square brackets."""

GEOD = Geod(ellps="WGS84")


def unwrap(lon: NDArray[np.float64], lon_0: float) -> NDArray[np.float64]:
    """Bring longitudes, degrees, within half a turn of `lon_0`; near ones stay as written."""
    turns = np.round((lon - lon_0) / 360.0)
    return np.asarray(lon - 360.0 * turns)


@dataclass(frozen=True, slots=True)
class Plane:
    """
    A plane in metres touching the globe at `(lon, lat)`: azimuthal equidistant, WGS 84.

    Distances from the centre are true; others err by less than 0.5 % within 1,000 km of it.

    Examples
    --------
    >>> plane = Plane((35.2, 51.2))
    >>> x, y = plane.points_to_metres([[35.2, 51.3]])[0]
    >>> f"{y:.0f} m north"
    '11125 m north'
    """

    origin: tuple[float, float]
    _proj: Proj = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lon, lat = self.origin
        proj = Proj(proj="aeqd", lat_0=lat, lon_0=lon, ellps="WGS84")
        object.__setattr__(self, "_proj", proj)

    def points_to_metres(self, lonlat: object) -> NDArray[np.float64]:
        """Project an (n, 2) array of degrees to an (n, 2) array of metres."""
        points = np.asarray(lonlat, dtype=float).reshape(-1, 2)
        x, y = self._project(unwrap(points[:, 0], self.origin[0]), points[:, 1])
        return np.column_stack([x, y])

    def points_to_degrees(self, metres: object) -> NDArray[np.float64]:
        """Project an (n, 2) array of metres back to degrees, longitudes within +-180."""
        points = np.asarray(metres, dtype=float).reshape(-1, 2)
        lon, lat = self._project(points[:, 0], points[:, 1], inverse=True)
        lon = (np.asarray(lon) + 180.0) % 360.0 - 180.0
        return np.column_stack([lon, lat])

    def _project(
        self, one: NDArray[np.float64], other: NDArray[np.float64], *, inverse: bool = False
    ) -> tuple[Any, Any]:
        """Project, a single place as two numbers: pyproj below 3.8 warns of arrays of one."""
        if len(one) == 1:
            return self._proj(float(one[0]), float(other[0]), inverse=inverse)
        return self._proj(one, other, inverse=inverse)

    def to_metres(self, geometry: BaseGeometry) -> BaseGeometry:
        """
        Project a geometry in degrees to metres, its long edges cut first.

        A straight edge in degrees is bent on the plane: a sliver thinner than the bend may cross
        itself there, and is mended; one that has no area left is empty.
        """
        drawn = self._bend(geometry)
        if drawn.geom_type.endswith("Polygon") and not drawn.is_valid:
            return mend(drawn)
        return drawn

    def find_fold(self, geometry: BaseGeometry) -> tuple[tuple[float, float], float] | None:
        """
        Find where a polygon in degrees crosses itself on the plane, so that it has to be mended.

        Returns
        -------
        place, lost_m2
            A place in degrees, and the area that mending leaves out, m2; None for one that is
            drawn as it is written.
        """
        drawn = self._bend(geometry)
        if not drawn.geom_type.endswith("Polygon") or drawn.is_valid:
            return None
        x, y = map(float, FOLDED_AT.findall(shapely.is_valid_reason(drawn))[-1])
        lon, lat = self.points_to_degrees([(x, y)])[0].tolist()
        return (lon, lat), abs(drawn.area - mend(drawn).area)

    def _bend(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project a geometry to metres as it is, its long edges cut first."""
        lon_0 = self.origin[0]
        around = shapely.transform(
            geometry, lambda c: np.column_stack([unwrap(c[:, 0], lon_0), c[:, 1]])
        )
        cut = shapely.segmentize(around, LONGEST_EDGE_DEG)
        return shapely.transform(cut, self.points_to_metres)

    def to_degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project a geometry in metres back to degrees."""
        return shapely.transform(geometry, self.points_to_degrees)


def mend(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """Make an area whose outline crosses itself valid: what it goes round, without what is thin."""
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts: list[Polygon] = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def length_on_globe_m(lonlat: object) -> float:
    """Measure a polyline given in degrees along the WGS 84 ellipsoid, in metres."""
    points = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return 0.0
    return float(GEOD.line_length(points[:, 0], points[:, 1]))

"""How wide is the widest way from anywhere on some ground to its rear: all necks at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, depth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SPACING_M = 250.0
"""Outlines are sampled at this distance, metres. A width is so measured too wide by 6 % at half a
kilometre, where it is worst, and by less than 1 % from two kilometres on."""

REAR_WIDTH_M = 16_000.0
"""A rear holds together by ways at least as wide as this, metres: the widest neck looked for."""

FAR_M = 40_000.0
"""Outlines farther than this from what is painted are sampled at an eighth of that, metres: no
neck lies there, and no disc that decides reaches there."""

LEAST_SAMPLES = 4
LEAST_TRIANGLES = 2
"""Fewer have no side between them."""


@dataclass(frozen=True)
class Mesh:
    """
    Ground cut into triangles between samples of its outline, ordered from the rear outwards.

    Each triangle but the first hangs on one before it, by the widest way to the rear there is; what
    hangs on number `i` are numbers `i` to `i + sizes[i]`.
    """

    places: NDArray[np.float64]
    """(m, 2) samples, metres."""
    corners: NDArray[np.int64]
    """(n, 3) numbers of samples."""
    radius_m: NDArray[np.float64]
    """Of the disc round each triangle: as large as fits there between samples."""
    area_m2: NDArray[np.float64]
    sizes: NDArray[np.int64]
    parents: NDArray[np.int64]
    """What each hangs on; of the first, itself."""
    passed_m: NDArray[np.float64]
    """Half the width between each and what it hangs on; infinite at the first."""
    mouths: NDArray[np.int64]
    """(n, 2) the samples between which that way passes."""

    def members(self, number: int) -> slice:
        """Give what hangs on a triangle, itself included."""
        return slice(number, number + int(self.sizes[number]))

    def draw(self, number: int) -> BaseGeometry:
        """Join what hangs on a triangle."""
        return shapely.union_all(self.triangles[self.members(number)])

    def draw_beside(self, number: int, bounds: tuple[float, float, float, float]) -> BaseGeometry:
        """Join all other triangles that reach into a box."""
        west, south, east, north = bounds
        low, high = self.extents
        is_near = (low <= (east, north)).all(axis=1) & (high >= (west, south)).all(axis=1)
        near = np.flatnonzero(is_near)
        members = self.members(number)
        beside = near[(near < members.start) | (near >= members.stop)]
        return shapely.union_all(self.triangles[beside])

    @cached_property
    def extents(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the south-western and north-eastern corners of the boxes round all triangles."""
        drawn = self.places[self.corners]
        return drawn.min(axis=1), drawn.max(axis=1)

    @cached_property
    def triangles(self) -> NDArray[np.object_]:
        """Draw all triangles."""
        drawn = self.places[self.corners]
        return np.asarray(shapely.polygons(np.concatenate([drawn, drawn[:, :1]], axis=1)))

    def find_narrowing(self) -> NDArray[np.bool_]:
        """Find what hangs by a way narrower than all between there and the rear."""
        passed = self.passed_m.tolist()
        before = [float("inf")] * len(passed)
        for number, parent in enumerate(self.parents.tolist()):
            if number:
                before[number] = min(before[parent], passed[parent])
        return self.passed_m < np.array(before)


def build_mesh(ground_m: BaseGeometry, others_m: BaseGeometry) -> Mesh | None:
    """
    Triangulate ground on a plane, and order it by the widest ways to its rear.

    Parameters
    ----------
    others_m
        What is painted as not the side's: necks are looked for near it.

    Returns
    -------
    mesh
        Of the part with the rear: the largest of the ground's cores in which the widest disc of all
        moves about. None where there is too little ground to triangulate.

    Notes
    -----
    A disc passes between two samples if it is no wider than they are apart; where a third sample
    lies close beside that line, it must pass round all three. So the widest ways between triangles
    are a maximum spanning tree over their common sides.

    References
    ----------
    .. [1] Edelsbrunner, Kirkpatrick, Seidel (1983). On the shape of a set of points in the plane.
       IEEE Trans. Inf. Theory 29, 551-559.
    """
    places = _sample(ground_m, others_m)
    if len(places) < LEAST_SAMPLES:
        return None
    drawn = Delaunay(places)
    centres = places[drawn.simplices].mean(axis=1)
    shapely.prepare(ground_m)
    inside = shapely.contains_xy(ground_m, centres[:, 0], centres[:, 1])
    if inside.sum() < LEAST_TRIANGLES:
        return None
    # the last row stands for "no neighbour": numbers of neighbours count from there
    number = np.append(np.where(inside, np.cumsum(inside) - 1, -1), -1)
    corners = drawn.simplices[inside].astype(np.int64)
    return _grow(places, corners, number[drawn.neighbors[inside]])


def _sample(ground_m: BaseGeometry, others_m: BaseGeometry) -> NDArray[np.float64]:
    lines = shapely.segmentize(shapely.boundary(ground_m), SPACING_M)
    # to a decimetre: what is nearer is one place, drawn twice where rings touch
    places = np.round(shapely.get_coordinates(lines), 1)
    painted = shapely.get_coordinates(shapely.segmentize(others_m, FAR_M / 10))
    if len(painted):
        away_m, _ = cKDTree(painted).query(places, distance_upper_bound=FAR_M)
        places = places[np.isfinite(away_m) | (np.arange(len(places)) % 8 == 0)]
    return np.unique(places, axis=0)


def _grow(
    places: NDArray[np.float64], corners: NDArray[np.int64], beside: NDArray[np.int64]
) -> Mesh:
    """Grow the tree of widest ways from the rear, and put the triangles in its order."""
    radius_m, area_m2 = _measure(places[corners])
    one, side = np.nonzero(beside > np.arange(len(corners))[:, None])
    other = beside[one, side]
    ends = np.column_stack([corners[one, (side + 1) % 3], corners[one, (side + 2) % 3]])
    half_m = _measure_ways(places, corners, one, other, ends, radius_m)
    n, far = len(corners), float(half_m.max(initial=0.0)) + 1.0
    # 32 bits: older SciPy grows no tree over longer numbers
    pairs = one.astype(np.int32), other.astype(np.int32)
    ways = coo_array((far - half_m, pairs), shape=(n, n)).tocsr()
    tree = minimum_spanning_tree(ways)
    root = _find_rear(tree, far, area_m2, radius_m)
    order, above = depth_first_order(tree, root, directed=False)
    place_in = np.full(n, -1, dtype=np.int64)
    place_in[order] = np.arange(len(order))
    above[root] = root
    parents = place_in[above[order]]
    which = _find_ways(np.column_stack([one, other]), n, np.column_stack([order, order[parents]]))
    passed_m, mouths = half_m[which], ends[which]
    passed_m[0] = np.inf
    return Mesh(places, corners[order], radius_m[order], area_m2[order], _count(parents), parents,
                passed_m, mouths)  # fmt: skip


def _measure(drawn: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the radius of the disc round each triangle, and its area."""
    a, b, c = drawn[:, 0], drawn[:, 1], drawn[:, 2]
    u, v = b - a, c - a
    area_m2 = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2
    sides = np.hypot(*u.T) * np.hypot(*v.T) * np.hypot(*(c - b).T)
    flat = area_m2 < 1.0
    return np.where(flat, 0.0, sides / (4 * np.where(flat, 1.0, area_m2))), area_m2


def _measure_ways(  # noqa: PLR0913 - one row a way
    places: NDArray[np.float64],
    corners: NDArray[np.int64],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    ends: NDArray[np.int64],
    radius_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Measure the radius of the widest disc that passes from triangle to triangle."""
    start, end = places[ends[:, 0]], places[ends[:, 1]]
    middle, half_m = (start + end) / 2, np.hypot(*(start - end).T) / 2
    least_m = np.minimum(radius_m[one], radius_m[other])
    beside = np.zeros(len(one), dtype=bool)
    for triangle in (one, other):
        third = corners[triangle].sum(axis=1) - ends.sum(axis=1)
        beside |= np.hypot(*(places[third] - middle).T) < half_m
    return np.where(beside, least_m, np.minimum(half_m, least_m))


def _find_rear(
    tree: csr_array, far: float, area_m2: NDArray[np.float64], radius_m: NDArray[np.float64]
) -> int:
    """Find the middle of the largest ground that holds together by ways as wide as a rear."""
    wide = tree.copy()
    wide.data = np.where(far - tree.data >= REAR_WIDTH_M / 2, 1.0, 0.0)
    wide.eliminate_zeros()
    _, parts = connected_components(wide, directed=False)
    largest = int(np.argmax(np.bincount(parts, weights=area_m2)))
    return int(np.argmax(np.where(parts == largest, radius_m, -1.0)))


def _find_ways(ways: NDArray[np.int64], n: int, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the number of the way between each wanted two of `n` triangles."""
    keys, asked = (rows.min(axis=1) * n + rows.max(axis=1) for rows in (ways, wanted))
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    sorting = np.argsort(keys)
    found = np.searchsorted(keys[sorting], asked).clip(max=len(keys) - 1)
    return np.asarray(sorting[found], dtype=np.int64)


def _count(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count what hangs on each, itself included."""
    sizes = [1] * len(parents)
    for number in range(len(parents) - 1, 0, -1):
        sizes[int(parents[number])] += sizes[number]
    return np.array(sizes, dtype=np.int64)

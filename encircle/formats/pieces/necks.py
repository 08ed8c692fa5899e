"""Where does held ground bulge out of the rear behind a neck."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from encircle.formats.pieces.held import Held, flat_polygons
from encircle.formats.pieces.mesh import Mesh, build_mesh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

LEAST_NECK_M = 500.0
MOST_NECK_M = 16_000.0
"""Widths of neck looked for, metres: from half a kilometre, below which published maps cannot be
read, to 16 km, the reach of tube artillery from both sides. Ground behind a wider neck is not in a
salient."""

DETAIL_M = 100.0
"""Necks are looked for on lines no finer than this, metres: the mappers' own lines err by as much.
What is cut off is drawn as fine as the map."""

DEPTH_PER_NECK = 0.8
"""A salient is at least as deep as its neck is wide. Convention, as of a peninsula and a cape."""

ROOM_PER_NECK = 1.25
"""It is at least this much wider inside than its neck: less is the front's own unevenness."""

LEAST_SALIENT_KM2 = 3.0
"""Smaller bulges are the front's own unevenness, km²: a company's strongpoint."""

LEAST_HOLE_KM2 = 0.5
"""Smaller holes that nobody painted are where two drawings fail to meet, along a border or a
shore, km²: no neck lies between them. As small as ground that is no piece."""

MOST_PIECE_KM2 = 3_000.0
"""Larger ground is a country's or an army group's, not a force's, km². The largest of this war
that people called one force's was Kursk oblast's, some 1,250 km² in August 2024."""

FACING_LEAST = 0.25
"""At least this share of its outline faces what the map paints as not the side's: else the bulge
is one of the country itself, bounded by the state border."""


@dataclass(frozen=True, slots=True)
class Bulge:
    """Ground beyond a neck, on the plane."""

    geometry_m: Polygon
    neck_m: float
    """Width of the neck."""
    depth_m: float
    """How far its farthest place lies from where it was cut."""
    room: float
    """How many times as wide as its neck it is inside."""

    @property
    def score(self) -> float:
        """How plainly it is a salient: deep and roomy beside its neck."""
        return self.depth_m / self.neck_m * self.room


@dataclass(frozen=True, slots=True)
class _Branch:
    """What hangs on one neck."""

    number: int
    stop: int
    score: float
    depth_m: float
    room: float

    def overlaps(self, other: _Branch) -> bool:
        """Tell whether one lies within the other: two branches never overlap otherwise."""
        return self.number < other.stop and other.number < self.stop


def find_bulges(held: Held) -> tuple[list[Bulge], list[Bulge]]:
    """
    Find the bulges of the joined ground that necks part from the rear, none inside another.

    Returns
    -------
    salients, of_the_border
        Bulges before what the map paints as not the side's, and those that are only the shape of
        the country: the best first. Where one lies in another, the plainer one is kept.

    Notes
    -----
    Opening by a disc, all its sizes at once (`mesh`): what hangs on a way narrower than every way
    between there and the rear is what no wider disc reaches. Third countries and the sea count as
    open here: they threaten nobody, so no neck lies between them and the enemy alone.
    """
    shapely.prepare(held.others_m)
    mesh = build_mesh(_find_open(held), held.others_m)
    salients: list[Bulge] = []
    borders: list[Bulge] = []
    if mesh is None:
        return salients, borders
    taken: list[_Branch] = []
    for branch in sorted(_find_branches(mesh, held), key=lambda b: (-round(b.score, 3), b.number)):
        if any(branch.overlaps(one) for one in taken):
            continue
        bulge = _draw(branch, mesh, held)
        if bulge is None:
            continue
        taken.append(branch)
        (salients if _faces_paint(bulge.geometry_m, held.others_m) else borders).append(bulge)
    return salients, borders


# -- the ground to roam ----------------------------------------------------------------------------


def _find_open(held: Held) -> BaseGeometry:
    """Join all ground a force may roam without a neck: its rear, and what is neutral."""
    neutral_m = _widen_neutral(held.neutral_m)
    roam_m = shapely.union(held.rear_m.simplify(DETAIL_M), neutral_m)
    return _fill(roam_m, held.others_m)


@lru_cache(maxsize=4)
def _widen_neutral(neutral_m: BaseGeometry) -> BaseGeometry:
    """Let neutral ground overlap what it borders on: a coast is drawn in two ways."""
    return neutral_m.simplify(DETAIL_M).buffer(2 * DETAIL_M, quad_segs=2).simplify(DETAIL_M)


def _fill(ground_m: BaseGeometry, others_m: BaseGeometry) -> BaseGeometry:
    """Fill holes that nobody painted and that are too small to be anybody's ground."""
    parts = []
    for part in flat_polygons(ground_m):
        kept = [
            ring
            for ring, hole in ((ring, Polygon(ring)) for ring in part.interiors)
            if hole.area >= LEAST_HOLE_KM2 * 1e6 or others_m.intersects(hole)
        ]
        parts.append(Polygon(part.exterior, kept))
    return shapely.union_all(parts)


# -- what hangs on a neck --------------------------------------------------------------------------


def _find_branches(mesh: Mesh, held: Held) -> Iterator[_Branch]:
    """Find what hangs on a neck and is of a salient's size, depth and room."""
    shapely.prepare(held.rear_m)
    own = shapely.contains_xy(held.rear_m, *mesh.places[mesh.corners].mean(axis=1).T)
    areas = np.concatenate([[0.0], np.cumsum(np.where(own, mesh.area_m2, 0.0))])
    stops = np.arange(len(mesh.sizes)) + mesh.sizes
    area_km2 = (areas[stops] - areas[:-1]) / 1e6
    fit = (
        mesh.find_narrowing()
        & (2 * mesh.passed_m >= LEAST_NECK_M)
        & (2 * mesh.passed_m <= MOST_NECK_M)
        & (area_km2 >= LEAST_SALIENT_KM2)
        & (area_km2 <= MOST_PIECE_KM2)
    )
    for number in np.flatnonzero(fit).tolist():
        half_m = float(mesh.passed_m[number])
        members = mesh.members(number)
        room = float(mesh.radius_m[members].max()) / half_m
        if room < ROOM_PER_NECK:
            continue
        mouth = LineString(mesh.places[mesh.mouths[number]])
        far = shapely.points(mesh.places[np.unique(mesh.corners[members])])
        depth_m = float(shapely.distance(far, mouth).max())
        if depth_m >= DEPTH_PER_NECK * 2 * half_m:
            score = depth_m / (2 * half_m) * room
            yield _Branch(number, members.stop, score, depth_m, room)


def _draw(branch: _Branch, mesh: Mesh, held: Held) -> Bulge | None:
    """Draw a branch as fine as the map; None where too little of it is held."""
    rough = mesh.draw(branch.number)
    near = rough.buffer(2 * DETAIL_M, quad_segs=2)
    west, south, east, north = near.bounds
    beside = mesh.draw_beside(branch.number, (west, south, east, north))
    exact_m = shapely.intersection(held.rear_m, near).difference(beside)
    bulge = max(flat_polygons(exact_m), key=lambda part: part.area, default=None)
    if bulge is None or not LEAST_SALIENT_KM2 <= bulge.area / 1e6 <= MOST_PIECE_KM2:
        return None
    return Bulge(bulge, 2 * float(mesh.passed_m[branch.number]), branch.depth_m, branch.room)


def _faces_paint(bulge: Polygon, others_m: BaseGeometry) -> bool:
    outline = bulge.exterior
    facing = outline.intersection(_near(others_m, bulge))
    return facing.length >= FACING_LEAST * outline.length


def _near(others_m: BaseGeometry, bulge: Polygon) -> BaseGeometry:
    """Cut what is painted to the surroundings of a bulge, and widen it by a seam."""
    return others_m.intersection(bulge.buffer(2 * DETAIL_M).envelope).buffer(DETAIL_M)

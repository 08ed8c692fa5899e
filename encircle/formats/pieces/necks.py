"""Where does held ground bulge out of the rear behind a neck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Polygon

from encircle.formats.pieces.held import Held, flat_polygons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

STEP = 1.2
HALF_NECKS_M = tuple(round(250.0 * STEP**k, 1) for k in range(20))
"""Half the widths of neck looked for, metres, each `STEP` times the one before. From half a
kilometre, below which published maps cannot be read, to 16 km, the reach of tube artillery from
both sides: ground behind a wider neck is not in a salient."""

DETAIL_M = 100.0
"""Necks are looked for on lines no finer than this, metres (or a twentieth of the half neck): the
mappers' own lines err by as much. What is cut off is drawn as fine as the map."""

CORE_DETAIL_M = 10.0
"""Where the centre of a disc may lie is drawn no finer than this, metres: a tenth of the detail of
the lines it follows from."""

DEPTH_PER_NECK = 0.8
"""A salient is at least as deep as its neck is wide. Convention, as of a peninsula and a cape."""

ROOM_PER_NECK = 1.25
"""It is at least this much wider inside than its neck, so that it is found on more than one scale:
what shows at one step only is an accident of the steps."""

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
    """Width of the neck, to the step of the scale."""
    depth_m: float
    """How far its farthest place lies from where it was cut."""
    room: float
    """How many times as wide as its neck it is inside."""

    @property
    def score(self) -> float:
        """How plainly it is a salient: deep and roomy beside its neck."""
        return self.depth_m / self.neck_m * self.room


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
    Opening by a disc, scale by scale: what the disc cannot reach from the rear, and where another
    disc of that size fits, lies behind a neck narrower than the disc. Third countries and the sea
    count as open here: they threaten nobody, so no neck lies between them and the enemy alone.
    """
    shapely.prepare(held.others_m)
    roam_m = _find_open(held)
    found: list[Bulge] = []
    cores_m, before_m = roam_m, 0.0
    for radius_m in HALF_NECKS_M:
        # a disc's erosion is the next smaller one's, eroded by the difference
        cores_m = _coarsen(cores_m.buffer(before_m - radius_m, quad_segs=4))
        before_m = radius_m
        found.extend(_find_at(held, roam_m, cores_m, radius_m))
    ordered = sorted(found, key=lambda b: (-round(b.score, 3), -round(b.geometry_m.area)))
    salients: list[Bulge] = []
    borders: list[Bulge] = []
    for bulge in ordered:
        if any(_overlaps(bulge.geometry_m, kept.geometry_m) for kept in (*salients, *borders)):
            continue
        (salients if _faces_paint(bulge.geometry_m, held.others_m) else borders).append(bulge)
    return salients, borders


def _coarsen(cores_m: BaseGeometry) -> BaseGeometry:
    """Draw ground no finer than `CORE_DETAIL_M`; a ring that so comes to touch itself is mended."""
    coarse = cores_m.simplify(CORE_DETAIL_M, preserve_topology=False)
    if coarse.is_valid:
        return coarse
    return shapely.make_valid(coarse, method="structure", keep_collapsed=False)


def _find_open(held: Held) -> BaseGeometry:
    """Join all ground a force may roam without a neck: its rear, and what is neutral."""
    neutral_m = held.neutral_m.simplify(DETAIL_M).buffer(2 * DETAIL_M, quad_segs=2)
    roam_m = shapely.union(held.rear_m.simplify(DETAIL_M), neutral_m.simplify(DETAIL_M))
    return _fill(roam_m, held.others_m)


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


def _find_at(
    held: Held, roam_m: BaseGeometry, cores_m: BaseGeometry, radius_m: float
) -> Iterator[Bulge]:
    """Find the bulges behind necks narrower than a disc, from where its centre may lie."""
    slack_m = max(DETAIL_M, radius_m / 20)
    cores = sorted(flat_polygons(cores_m), key=lambda c: -c.area)
    small = [core for core in cores[1:] if core.area < MOST_PIECE_KM2 * 1e6]
    if not small:
        return
    coarse = roam_m.simplify(slack_m) if slack_m > DETAIL_M else roam_m
    reached_m = cores[0].buffer(radius_m + 1.5 * slack_m, quad_segs=4)
    beyond = flat_polygons(coarse.difference(reached_m))
    left = [part for part in beyond if part.area >= LEAST_SALIENT_KM2 * 1e6]
    tree = shapely.STRtree(small)
    for rough in left:
        inside = [small[i] for i in tree.query(rough, predicate="intersects")]
        widest_m = max((_inner_radius(core) + radius_m for core in inside), default=0.0)
        room = widest_m / (radius_m / STEP)  # the disc before this one still got through
        if room < ROOM_PER_NECK:
            continue
        near_m = rough.buffer(2 * slack_m)
        exact_m = shapely.intersection(held.rear_m, near_m).difference(reached_m)
        parts = flat_polygons(exact_m)
        bulge = max(parts, key=lambda p: p.area, default=None)
        if bulge is None or not LEAST_SALIENT_KM2 <= bulge.area / 1e6 <= MOST_PIECE_KM2:
            continue
        depth_m = _depth(bulge, reached_m)
        if depth_m >= DEPTH_PER_NECK * 2 * radius_m:
            yield Bulge(bulge, 2 * radius_m, depth_m, room)


def _inner_radius(core: Polygon) -> float:
    line = shapely.maximum_inscribed_circle(core, tolerance=max(20.0, core.area**0.5 / 50))
    return float(line.length)


def _depth(bulge: Polygon, reached_m: BaseGeometry) -> float:
    """Measure how far the farthest place of a bulge lies from where it was cut."""
    near_m = reached_m.intersection(shapely.box(*bulge.buffer(10.0).bounds))
    mouth = bulge.exterior.intersection(near_m.buffer(1.0))
    if mouth.is_empty:
        return 0.0
    corners = shapely.points(shapely.get_coordinates(bulge.exterior.simplify(DETAIL_M)))
    return float(shapely.distance(corners, mouth).max())


def _overlaps(one: Polygon, other: Polygon) -> bool:
    least = min(one.area, other.area)
    return one.intersects(other) and one.intersection(other).area > 0.01 * least


def _faces_paint(bulge: Polygon, others_m: BaseGeometry) -> bool:
    outline = bulge.exterior
    facing = outline.intersection(_near(others_m, bulge))
    return facing.length >= FACING_LEAST * outline.length


def _near(others_m: BaseGeometry, bulge: Polygon) -> BaseGeometry:
    """Cut what is painted to the surroundings of a bulge, and widen it by a seam."""
    return others_m.intersection(bulge.buffer(2 * DETAIL_M).envelope).buffer(DETAIL_M)

"""How much of a large map is shown: the ground judged, its neck, and where the way begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
import shapely.ops
from shapely.geometry import LineString, MultiPoint, Point, box

from encircle.map.situation import Control
from encircle.picture.canvas import View
from encircle.picture.drawn.proof import list_rings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.plane.projection import Plane
    from encircle.map.situation import Situation
    from encircle.picture.scene import Town
    from encircle.verdict.judgement import Judgement

LEAST_ACROSS_M = 16_000.0
"""A reader cannot tell where less ground lies; metres. Convention: it holds a town and the next."""
PADDING = 0.12
WAY_SHARE, WAY_LEAST_M, WAY_MOST_M = 0.45, 6_000.0, 25_000.0
"""So much of a way is shown past the ground judged: as a share of its size, and metres."""
RING_FACTOR = 3.0
"""A ring is shown whole unless it is so many times the size of the ground judged."""
TOWN_REACH = 1.2
"""The nearest town is brought into view if it lies within so many sizes of the ground judged."""
HELD_REACH_M = 12_000.0
"""So is the nearest ground of the force's side, within so many metres."""


def choose_close_view(  # noqa: PLR0913 - a view has these
    judgement: Judgement,
    situation: Situation,
    plane: Plane,
    size_px: tuple[float, float],
    towns: Sequence[Town],
    tolerance: float,
) -> View:
    """Choose the piece of the plane to draw."""
    ground = _find_force(judgement, situation, plane)
    shapes = [ground, *_find_proof(judgement, plane, ground)]
    shapes += _find_held(situation, judgement, plane, ground)
    shapes += _find_towns(towns, plane, ground)
    return _fit(shapely.union_all([s.envelope for s in shapes]).bounds, size_px, tolerance)


def _measure(shape: BaseGeometry) -> float:
    left, bottom, right, top = shape.bounds
    return max(right - left, top - bottom, LEAST_ACROSS_M / 2)


def _find_force(judgement: Judgement, situation: Situation, plane: Plane) -> BaseGeometry:
    drawn = [
        plane.to_metres(p.geometry)
        for p in situation.positions_of(judgement.force)
        if p.geometry is not None and not p.geometry.is_empty
    ]
    return shapely.union_all(drawn) if drawn else Point(0, 0)


def _find_proof(judgement: Judgement, plane: Plane, ground: BaseGeometry) -> Iterator[BaseGeometry]:
    size = _measure(ground)
    for ring in list_rings(judgement):
        places = [xy for s in ring["segments"] for xy in s["geometry"]["coordinates"]]
        line = MultiPoint(plane.points_to_metres(places))
        if _measure(line) <= RING_FACTOR * size:
            yield line
    if path := judgement.judged.certificates.get("open"):
        places = [xy for leg in path["legs"] for xy in leg["geometry"]["coordinates"]]
        if len(places) > 1:
            yield _begin_way(LineString(plane.points_to_metres(places)), ground, size)
    neck = judgement.margins.get("neck_width_m") or {}
    if neck.get("at"):
        at = Point(plane.points_to_metres([neck["at"]])[0])
        if at.distance(ground) <= size:
            yield at.buffer((neck.get("optimistic") or 0.0) / 2)


def _begin_way(way: LineString, ground: BaseGeometry, size: float) -> BaseGeometry:
    """Take the way as far as a share of the ground's size past its edge."""
    further = min(max(size * WAY_SHARE, WAY_LEAST_M), WAY_MOST_M)
    outside = way.difference(ground.buffer(100.0))
    parts = [part for part in shapely.get_parts(outside) if part.length > 0]
    start = way.project(Point(parts[0].coords[0])) if parts else 0.0
    return shapely.ops.substring(way, 0.0, min(way.length, start + further))


def _find_held(
    situation: Situation, judgement: Judgement, plane: Plane, ground: BaseGeometry
) -> list[BaseGeometry]:
    """Find where the nearest ground of the side begins, if the force is on none."""
    friends = situation.friends_of(judgement.side)
    held = [
        plane.to_metres(c.drawn) for c in situation.of_kind(Control)
        if c.holder in friends and c.basis in ("assessed", "territory")
    ]  # fmt: skip
    near = min(held, key=lambda shape: shape.distance(ground), default=None)
    if near is None or not 0 < near.distance(ground) <= HELD_REACH_M:
        return []
    at = shapely.shortest_line(near, ground).coords[0]
    return [Point(at).buffer(2_000.0)]


def _find_towns(towns: Sequence[Town], plane: Plane, ground: BaseGeometry) -> list[BaseGeometry]:
    """Find the place asked about, else the nearest town."""
    if not towns:
        return []
    reach = TOWN_REACH * _measure(ground)
    placed = [(t, Point(plane.points_to_metres([(t.lon, t.lat)])[0])) for t in towns]
    asked = [at for town, at in placed if town.must and at.distance(ground) <= reach]
    nearest = min((at for _, at in placed), key=lambda at: at.distance(ground))
    return [p.buffer(1_500.0) for p in asked or [nearest] if p.distance(ground) <= reach]


def _fit(
    bounds: tuple[float, float, float, float], size_px: tuple[float, float], tolerance: float
) -> View:
    left, bottom, right, top = bounds
    width, height = size_px
    across = max((right - left) * (1 + 2 * PADDING), LEAST_ACROSS_M)
    down = max((top - bottom) * (1 + 2 * PADDING), LEAST_ACROSS_M * height / width)
    across = max(across, down * width / height)
    down = across * height / width
    middle = box(*bounds).centroid
    return View(
        middle.x - across / 2, middle.y + down / 2, width / across, width, height, tolerance
    )

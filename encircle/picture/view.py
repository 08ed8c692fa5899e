"""How much of a map is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import MultiPoint, Point, box

from encircle.map.situation import Anchor, Control
from encircle.picture.canvas import View
from encircle.picture.drawn.places import find_town_beside
from encircle.picture.drawn.proof import list_places

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from encircle.map.plane.projection import Plane
    from encircle.map.situation import Situation
    from encircle.picture.scene import Scene
    from encircle.verdict.judgement import Judgement

LOWEST, HIGHEST = 0.52, 0.74
"""Height of the map as a share of its width, at least and at most."""
PADDING = 0.13
"""Ground shown round what matters, as a share of its size."""
WHOLE_FACTOR, BARE_FACTOR = 1.5, 2.2
"""The whole map is shown where it is no larger than so many times what matters; a map without an
area of its own is only as large as what is on it, so more of it is shown."""
ANCHOR_FACTOR, ANCHOR_FACTOR_BARE = 0.95, 1.3
"""The nearest anchor is brought into view if it lies no further than so many sizes away; a little
further where nobody drew who holds the ground, since nothing else shows where friends are."""
TOWN_ROOM = 0.06
"""Room left round a town that a view was widened for, as a share of the view."""
LEAST_VIEW_M, MOST_REACH_M = 1_500.0, 50_000.0


def choose_view(
    judgement: Judgement, situation: Situation, plane: Plane, width: float, tolerance: float
) -> View:
    """Zoom to the force, the proof and the nearest anchor; to the whole map if that is near."""
    matters = _find_matters(judgement, situation, plane)
    left, bottom, right, top = matters.bounds
    least = max(LEAST_VIEW_M, *(x * PADDING for x in (right - left, top - bottom)))
    pad = max((right - left), (top - bottom)) * PADDING
    pad = max(pad, (least - max(right - left, top - bottom)) / 2)
    seen = box(left - pad, bottom - pad, right + pad, top + pad)
    whole = _find_whole(situation, plane)
    factor = BARE_FACTOR if situation.area is None else WHOLE_FACTOR
    if whole is not None and _is_near(whole, seen, factor):
        inside = whole.covers(matters)
        return _fit(whole.bounds if inside else seen.union(whole).bounds, width, tolerance)
    return _fit(seen.bounds, width, tolerance)


def show_town(scene: Scene) -> View:
    """Widen a view that shows no town to the nearest one: a reader must see where it is."""
    town = find_town_beside(scene)
    if town is None:
        return scene.view
    view = scene.view
    right, bottom = view.width / view.px_per_m, view.height / view.px_per_m
    seen = box(view.left_m, view.top_m - bottom, view.left_m + right, view.top_m)
    room = town.buffer(TOWN_ROOM * max(right, bottom, seen.distance(town)))
    return _fit(seen.union(room).bounds, view.width, view.tolerance_px)


def _is_near(whole: BaseGeometry, seen: BaseGeometry, factor: float) -> bool:
    a, b = whole.bounds, seen.bounds
    return max(a[2] - a[0], a[3] - a[1]) <= factor * max(b[2] - b[0], b[3] - b[1])


def _find_matters(judgement: Judgement, situation: Situation, plane: Plane) -> BaseGeometry:
    places = [plane.points_to_metres(line) for line in list_places(judgement)]
    shapes: list[BaseGeometry] = [MultiPoint(p) for p in places]
    shapes += [
        plane.to_metres(p.geometry).buffer(min(max(p.reach_m or 0.0, 1.0), MOST_REACH_M))
        for p in situation.positions_of(judgement.force)
        if p.geometry is not None and p.present != "withdrawn"
    ]
    if not shapes:
        drawn = [plane.to_metres(f.geometry) for f in situation.features if f.geometry is not None]
        shapes = drawn or [Point(0, 0)]
    matters = shapely.union_all(shapes).envelope
    return shapely.union_all([matters, *_find_near_anchors(matters, situation, judgement, plane)])


def _find_near_anchors(
    matters: BaseGeometry, situation: Situation, judgement: Judgement, plane: Plane
) -> list[BaseGeometry]:
    """Find the near side of the nearest anchor, and who would relieve the force."""
    left, bottom, right, top = matters.bounds
    size = max(right - left, top - bottom, LEAST_VIEW_M)
    friends = situation.friends_of(judgement.side)
    grounds = [
        plane.to_metres(a.geometry)
        for a in situation.of_kind(Anchor)
        if a.geometry is not None and a.access == "land" and a.side in friends
    ]
    near = sorted(grounds, key=lambda g: g.distance(matters))[:1]
    factor = ANCHOR_FACTOR if situation.of_kind(Control) else ANCHOR_FACTOR_BARE
    if any(list_places(judgement)):
        near = [g for g in near if g.distance(matters) <= factor * size]
    found = [g.intersection(matters.buffer(g.distance(matters) + size * 0.12)) for g in near]
    gap = judgement.margins.get("opening_distance_m") or {}
    if judgement.encircled and gap.get("between"):
        ends = MultiPoint(plane.points_to_metres(gap["between"]))
        found += [ends] if ends.distance(matters) + ends.length <= 2 * size and all(
            p.distance(matters) <= ANCHOR_FACTOR * size for p in ends.geoms
        ) else []  # fmt: skip
    return found


def _find_whole(situation: Situation, plane: Plane) -> BaseGeometry | None:
    if situation.area is not None:
        return plane.to_metres(situation.area)
    drawn = [plane.to_metres(f.geometry) for f in situation.features if f.geometry is not None]
    if not drawn:
        return None
    left, bottom, right, top = shapely.total_bounds(drawn)
    pad = 0.12 * max(right - left, top - bottom, LEAST_VIEW_M)
    return box(left - pad, bottom - pad, right + pad, top + pad)


def _fit(bounds: tuple[float, float, float, float], width: float, tolerance: float) -> View:
    left, bottom, right, top = bounds
    across, down = max(right - left, 1.0), max(top - bottom, 1.0)
    share = min(max(down / across, LOWEST), HIGHEST)
    full = max(across, down / share)
    tall = full * share
    x = (left + right) / 2 - full / 2
    y = (bottom + top) / 2 + tall / 2
    return View(x, y, width / full, width, round(width * share), tolerance)

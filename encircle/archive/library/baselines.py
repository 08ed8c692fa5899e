"""The wrong methods, by name: what people use to call a force encircled, for comparison."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry import MultiPoint, Point

from encircle.map.evidence import admit
from encircle.map.options import Options
from encircle.map.plane.projection import Plane
from encircle.map.reach import READINGS
from encircle.map.situation import Position, Situation
from encircle.network.builder import places_of
from encircle.network.ground.drawing import draw
from encircle.network.ground.ground import Ground, build_ground
from encircle.network.ground.states import State

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Cells = NDArray[np.bool_]

__all__ = ["BASELINES", "Baseline", "all_neighbours_hostile", "angular_gap", "convex_hull",
           "grey_as_enemy"]  # fmt: skip

Baseline = Callable[[Situation], bool | None]
"""Answers *encircled?* with yes, no, or None where the method has nothing to look at."""

WIDEST_GAP_DEG = 120.0
"""A gap between hostile bearings narrower than this counts as closed, degrees. Source: the
commoner of the two figures in use, 120 and 180."""
SURROUNDED_SHARE = 0.95
"""Share of the compass on which the neighbour must be hostile. Source: docs/contract.md."""
BEARINGS = 360
"""Directions in which the methods look: one every degree."""
CELLS = 300
"""Cells along the longer side of the grid that is flooded."""


def convex_hull(situation: Situation) -> bool | None:
    """
    Call a force encircled if it stands inside the convex hull of the enemy.

    The hull is drawn round everything hostile on the map, positions and ground; the force is one
    dot, the middle of its positions.

    Notes
    -----
    People use it because a list of coordinates is all it needs: no roads, no fronts, one line of
    code. It is right wherever the enemy does stand all round, and right to say no to a force that
    stands beside the enemy rather than among him. It misleads because a hull has no gaps: any
    salient lies inside the hull of the two shoulders that flank it, however wide its root.
    """
    view = _View(situation)
    hull = shapely.convex_hull(shapely.union_all([view.hostile, *view.enemy]))
    if hull.area == 0 or view.dot is None:
        return None
    return bool(hull.contains(view.dot))


def angular_gap(situation: Situation) -> bool | None:
    """
    Call a force encircled if no gap between hostile bearings is as wide as 120 degrees.

    Bearings are taken from the force, as one dot in the middle of its positions, to every hostile
    position and over all hostile ground, at any distance.

    Notes
    -----
    People use it because it puts the picture of being surrounded into one number, and because it
    forgives a few missing points. It is right on rings, and right on a straight front. It
    misleads because bearings know no distance and no depth: a corridor ten kilometres wide and
    thirty long is a small angle seen from its head, and the enemy on the far side of a friendly
    city closes the circle as well as one across the street. A coast or a river completes a real
    ring and leaves a gap all the same.
    """
    view = _View(situation)
    if view.dot is None or (view.hostile.is_empty and not view.enemy):
        return None
    return view.measure_gap(view.dot) < WIDEST_GAP_DEG


def all_neighbours_hostile(situation: Situation) -> bool | None:
    """
    Call a force encircled if hostile ground adjoins its own on 95 % of the compass.

    On each bearing the first ground that is not the side's own is its neighbour there; the edge
    of the map is a neighbour that is not hostile.

    Notes
    -----
    People use it because it is what *surrounded* means in common speech, and what a board game
    asks of the fields round a piece. It is right on a pocket deep in hostile ground, and it is
    not fooled by a wide root. It misleads in both directions: the neck of a long salient fills
    less than a twentieth of the compass, so an open force is called encircled; and a force with
    its back to the sea, to neutral ground or to a river without a bridge is called free.
    """
    view = _View(situation)
    if not view.force or view.hostile.is_empty:
        return None
    shares = [view.share_neighbours(place) for place in view.force]
    return min(shares) >= SURROUNDED_SHARE


def grey_as_enemy(situation: Situation) -> bool | None:
    """
    Call a force encircled if a flood fill from it over friendly cells meets no anchor.

    The map is painted on a grid, everything that is not friendly counts as the enemy's, and the
    fill spreads over the sides of cells.

    Notes
    -----
    People use it because it is the right question, connectivity, asked in the cheapest way; of
    the four it is the one worth improving. It is right on every ring and on every salient that
    the map paints without doubt. It misleads where the map says *unknown*: grey then decides as
    if it had been taken. And it sees colours only: a river whose bridges are down does not stop
    it, a bridge or a ferry does not help it, nor does a corridor narrower than a cell.
    """
    view = _View(situation)
    drawn = view.ground.drawing.anchors
    anchors = [shape for anchor, shape, _ in drawn if anchor.access == "land"]
    if not view.force or not anchors:
        return None
    grid = _Grid(view.ground)
    starts = grid.cells_of(MultiPoint(view.force))
    ends = grid.cells_of(shapely.union_all(anchors))
    friendly = grid.friendly | starts
    pools, _ = ndimage.label(friendly)
    return not bool(np.isin(pools[starts], pools[ends & grid.friendly]).any())


BASELINES: dict[str, Baseline] = {
    "convex_hull": convex_hull,
    "angular_gap": angular_gap,
    "all_neighbours_hostile": all_neighbours_hostile,
    "grey_as_enemy": grey_as_enemy,
}
"""Every method kept for comparison, by name. None of them takes part in a judgement."""


class _View:
    """
    The map as the methods see it: the same one the engine judges.

    Who holds which ground is worked out in the same way, so that what differs is the method.
    """

    def __init__(self, situation: Situation) -> None:
        options = Options()
        evidence = admit(situation, options)
        plane = Plane(situation.origin)
        side = situation.positions_of(situation.force)[0].side
        friends = situation.friends_of(side)
        self.ground: Ground = build_ground(draw(evidence, plane, side, options))
        self.force: list[Point] = []
        self.enemy: list[Point] = []
        for position, _ in evidence.of_kind(Position):
            if position.present == "withdrawn" or position.geometry is None:
                continue
            places = places_of(plane.to_metres(position.geometry))
            if position.force == situation.force:
                self.force.extend(places)
            elif position.side not in friends:
                self.enemy.extend(places)

    @property
    def dot(self) -> Point | None:
        """The force as one dot in the middle of its positions, as a marker on a map is."""
        return MultiPoint(self.force).centroid if self.force else None

    @cached_property
    def hostile(self) -> BaseGeometry:
        """Ground that is surely hostile."""
        return self._unite(State.HOSTILE)

    @cached_property
    def other(self) -> BaseGeometry:
        """Ground that is neither hostile nor the side's own, and the edge of the map."""
        ground = self._unite(State.GREY, State.NEUTRAL, State.WATER)
        return shapely.union(ground, self.ground.drawing.area.boundary)

    def _unite(self, *states: State) -> BaseGeometry:
        return shapely.union_all(
            self.ground.faces[np.isin(self.ground.state["optimistic"], states)]
        )

    def measure_gap(self, place: Point) -> float:
        """Measure the widest run of bearings on which there is no enemy, in degrees."""
        seen = shapely.intersects(self.hostile, self._look_round(place))
        for other in self.enemy:
            bearing = np.degrees(np.arctan2(other.y - place.y, other.x - place.x)) % 360.0
            seen[int(bearing * BEARINGS / 360.0) % BEARINGS] = True
        if not seen.any():
            return 360.0
        at = np.flatnonzero(seen)
        runs = np.diff(np.append(at, at[0] + BEARINGS)) - 1
        return float(runs.max() * 360.0 / BEARINGS)

    def share_neighbours(self, place: Point) -> float:
        """Measure on what share of the compass the first ground not one's own is hostile."""
        rays = self._look_round(place)
        to_hostile, to_other = (
            np.nan_to_num(shapely.distance(place, shapely.intersection(rays, ground)), nan=np.inf)
            for ground in (self.hostile, self.other)
        )
        return float((to_hostile <= to_other).mean())

    def _look_round(self, place: Point) -> NDArray[np.object_]:
        """Draw a line on every bearing, as long as the map is wide."""
        left, bottom, right, top = self.ground.drawing.area.bounds
        far = float(np.hypot(right - left, top - bottom))
        bearings = np.radians((np.arange(BEARINGS) + 0.5) * 360.0 / BEARINGS)
        eye = np.array([place.x, place.y])
        ends = eye + far * np.column_stack([np.cos(bearings), np.sin(bearings)])
        rays = np.stack([np.broadcast_to(eye, ends.shape), ends], axis=1)
        return np.asarray(shapely.linestrings(rays))


class _Grid:
    """The map painted in square cells: friendly, or not."""

    def __init__(self, ground: Ground) -> None:
        left, bottom, right, top = ground.drawing.area.bounds
        self.size_m = max(right - left, top - bottom) / CELLS
        columns = np.arange(left + self.size_m / 2, right, self.size_m)
        rows = np.arange(bottom + self.size_m / 2, top, self.size_m)
        self._centres = shapely.points(*np.meshgrid(columns, rows))
        own = np.logical_and.reduce([ground.state[r] <= State.OPEN for r in READINGS])
        painted = shapely.union_all(ground.faces[own])
        shapely.prepare(painted)
        self.friendly: Cells = np.asarray(shapely.intersects(painted, self._centres))

    def cells_of(self, shape: BaseGeometry) -> Cells:
        """Find the cells a shape lies in or close to."""
        near_m = self.size_m / math.sqrt(2)
        return np.asarray(shapely.dwithin(shape, self._centres, near_m))

"""How far a front may run from where it is drawn: ground smaller and larger by its error."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import shapely

from encircle.map.plane.outline import grow
from encircle.map.plane.projection import mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

GRID_M = 0.01
"""Boundaries are snapped to this grid before they are laid over each other, metres."""
TOUCH_M = 1e-4
"""A point this near to a boundary is on it, metres: rounding, well below the grid."""
CORNER_SEGS = 16
"""Chords in a quarter of the circle round a corner: they cut it by an eighth of a percent of the
error, well within what a proof is allowed for chords."""
CRACK_M = 1.0
"""Ground thinner than this between two drawings is a crack between their edges, metres."""


def lay_over(
    operation: Callable[..., BaseGeometry], one: BaseGeometry, other: BaseGeometry
) -> BaseGeometry:
    """Lay two shapes over each other; where floating point fails at that, on the noding grid."""
    try:
        return operation(one, other)
    except shapely.GEOSException:
        valid = (s if "Line" in s.geom_type else mend(s) for s in (one, other))
        return operation(*valid, grid_size=GRID_M)


def is_sliver(shape: BaseGeometry) -> bool:
    """Tell a polygon nowhere as wide as two steps of the grid: it may be swallowed."""
    # An area is no more than its outline times the radius of the widest disc in it: quick to tell.
    return bool(shape.area <= GRID_M * shape.length and shape.buffer(-GRID_M).is_empty)


def leave_out_slivers(shape: BaseGeometry) -> BaseGeometry:
    """Leave out what of a polygon the grid swallows: no ground is left of it to lie beside."""
    if is_sliver(shape):  # which crumbs of it the grid keeps is chance
        return type(shape)()
    kept = shapely.set_precision(shape, GRID_M)
    folded = kept.length < shape.length - CRACK_M  # a sliver has as much outline as it is long
    if kept.is_empty:
        return kept
    if not folded:
        return shape
    # The rest stays as drawn: snapped, it would leave cracks along the neighbours that are not.
    left = lay_over(shapely.intersection, shape, shapely.buffer(kept, GRID_M, quad_segs=2))
    return shapely.union_all([p for p in shapely.get_parts(left) if p.geom_type == "Polygon"])


def thicken_slivers(shape: BaseGeometry) -> BaseGeometry:
    """Draw what the grid may swallow as thick as it keeps: it is drawn all the same."""
    wide = shape.buffer(-GRID_M, quad_segs=2)
    if wide.length > shape.length - CRACK_M:
        return shape
    slivers = lay_over(shapely.difference, shape, wide.buffer(2 * GRID_M, quad_segs=2))
    # the tip of every sharp corner is left too, centimetres long: it lies on ground that is kept
    long = [part for part in shapely.get_parts(slivers) if part.length > CRACK_M]
    return shapely.union(shape, shapely.union_all(long).buffer(GRID_M, quad_segs=2))


def clip(shape: BaseGeometry, area: BaseGeometry) -> BaseGeometry:
    """Cut polygons and lines to the area; leave what lies inside as it is drawn."""
    if shape.geom_type.endswith("Point") or shapely.covers(area, shape):
        return shape
    clipped = lay_over(shapely.intersection, shape, area)
    keep = "Line" if "Line" in shape.geom_type else "Polygon"
    parts = [p for p in shapely.get_parts(clipped) if keep in p.geom_type]
    return shapely.union_all(parts) if parts else type(shape)()


def find_ties(
    line: BaseGeometry, others: Iterable[BaseGeometry], seam_m: float
) -> list[BaseGeometry]:
    """
    Find what runs a barrier's loose ends on to a wall nearer than a seam: the gap is a drawing's.

    Parameters
    ----------
    line
        The barrier, within the area, metres.
    others
        What stops too, as drawn: hostile and neutral polygons, other barriers, the area's edge.
    seam_m
        Ends nearer than this are run on, metres; one that touches something already is not loose.
    """
    met = [other for other in others if not other.is_empty]
    return [gap for gap in find_gaps(line, met) if TOUCH_M < gap.length < seam_m]


def find_gaps(line: BaseGeometry, met: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Draw the shortest line from each end of a line to the nearest of some shapes."""
    ends = shapely.get_parts(line.boundary)
    return [min((shapely.shortest_line(e, m) for m in met), key=shapely.length) for e in ends]


class Fronts:
    """
    The fronts of a map, and the ground of either side when they run elsewhere.

    A front is drawn once, and its error counts once: as the boundary of the enemy's ground where
    that is painted, else as the boundary of the force's own. Grey has none behind it to move.

    Parameters
    ----------
    hostile, foreign
        What the enemy is assessed to hold, and his territory.
    walls
        Neutral ground, water and other barriers: no front runs along them.
    faced
        Ground painted as the force's side's or as nobody's: a front may face it, however thin.
    painted
        All ground that an assessed or grey polygon speaks of.
    home
        Territory of the force's side.
    area
        The ground considered.
    seam_m
        Unpainted ground thinner than this is no ground, metres.
    unknown
        Ground that no polygon covers is unknown.
    """

    def __init__(  # noqa: PLR0913 - the layers of a map
        self,
        *,
        hostile: Sequence[BaseGeometry],
        foreign: Sequence[BaseGeometry],
        walls: Sequence[BaseGeometry],
        faced: Sequence[BaseGeometry],
        painted: Sequence[BaseGeometry],
        home: Sequence[BaseGeometry],
        area: BaseGeometry,
        seam_m: float,
        unknown: bool,
    ) -> None:
        self._walls = [shape for shape in walls if "Polygon" in shape.geom_type]
        self._solid = [*hostile, *foreign, *self._walls]
        self._faced, self._painted = faced, painted
        self._home, self._foreign = home, foreign
        self._area, self._seam_m, self._unknown = area, seam_m, unknown
        self._before: dict[float, BaseGeometry] = {}

    def shrink_hostile(self, shape: BaseGeometry, error_m: float) -> BaseGeometry:
        """Draw ground of the enemy smaller by an error, from its fronts and nowhere else."""
        if error_m not in self._before:
            frame = self._area.buffer(3 * error_m, join_style="mitre")
            faced = lay_over(shapely.difference, frame, self._close_seams(frame))
            self._before[error_m] = grow(faced, error_m, CORNER_SEGS)
        return lay_over(shapely.difference, shape, self._before[error_m])

    def grow(self, shape: BaseGeometry, error_m: float) -> BaseGeometry:
        """Draw ground larger by an error, on all sides."""
        return clip(grow(shape, error_m, CORNER_SEGS), self._area)

    def shrink_friendly(self, shape: BaseGeometry, error_m: float) -> BaseGeometry:
        """Draw ground of the force's side smaller where nothing painted faces it."""
        if not shapely.dwithin(shape, self._bare, error_m):
            return shape
        near = lay_over(shapely.intersection, self._bare, shape.buffer(2 * error_m, quad_segs=2))
        return lay_over(shapely.difference, shape, grow(near, error_m, CORNER_SEGS))

    def find_gain(self, shape: BaseGeometry, error_m: float) -> BaseGeometry | None:
        """Find what it gains drawn larger: territory of the enemy that nobody painted."""
        if not shapely.dwithin(shape, self._foreign_bare, error_m):
            return None
        larger = grow(shape, error_m, CORNER_SEGS)
        return lay_over(shapely.intersection, larger, self._foreign_bare)

    @cached_property
    def _bare(self) -> BaseGeometry:
        """Find unpainted ground that is not the side's own, seams left out."""
        if not self._unknown:
            return self._foreign_bare
        rest = lay_over(shapely.difference, self._area, shapely.union_all(self._home))
        return self._open(shapely.union(rest, self._foreign_bare))

    @cached_property
    def _foreign_bare(self) -> BaseGeometry:
        """Find unpainted territory of the enemy, seams left out."""
        return self._open(shapely.union_all(self._foreign))

    @cached_property
    def _taken(self) -> BaseGeometry:
        """Unite what is painted and what barriers cover."""
        return shapely.union_all([*self._painted, *self._walls])

    def _open(self, ground: BaseGeometry) -> BaseGeometry:
        """Leave out what is painted, what barriers cover, and what is as thin as a seam."""
        bare = lay_over(shapely.difference, ground, self._taken)
        half = max(self._seam_m, CRACK_M) / 2
        wide = bare.buffer(-half, quad_segs=4).buffer(half, quad_segs=4)
        return lay_over(shapely.intersection, bare, wide)

    def _close_seams(self, frame: BaseGeometry) -> BaseGeometry:
        """
        Unite what hostile ground does not shrink from: its boundary is the front.

        That is other hostile ground, neutral ground and water, the edge of the area, and seams
        among them: no front runs there, and a gap along it would be the drawing's alone. Ground
        painted as somebody else's or as nobody's is faced, however thin.
        """
        outside = lay_over(shapely.difference, frame, self._area)
        whole = shapely.union_all([outside, *self._solid])
        half = max(self._seam_m, CRACK_M) / 2
        closed = whole.buffer(half).buffer(-half)
        held_by_others = lay_over(shapely.difference, shapely.union_all(self._faced), whole)
        no_crack = held_by_others.buffer(-CRACK_M / 2).buffer(CRACK_M / 2, join_style="mitre")
        return lay_over(shapely.difference, closed, no_crack)

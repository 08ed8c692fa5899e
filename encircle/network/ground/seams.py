"""Seams: gaps between painted polygons, and what their sides say of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import STRtree

from encircle.map.plane.fronts import CRACK_M, GRID_M, TOUCH_M, lay_over, leave_out_slivers
from encircle.map.plane.outline import SMOOTHED
from encircle.map.reach import READINGS, Reading
from encircle.network.ground.patches import Patch
from encircle.network.ground.states import PAINTED, SEAM_OF, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


LANDS = (Role.TERRITORY_FRIENDLY, Role.TERRITORY_HOSTILE, Role.TERRITORY_NEUTRAL)
"""Whose territory unpainted ground may be, the force's side first."""
LEAST_THIN_M2 = 1.0
"""Thin parts of wide ground that are smaller than this are put down to rounding."""
SMALLER_DISCS = (1, 10, 100)
"""Thin ground is looked for with discs so many times as narrow as a seam."""
OFFSET_ERROR = 0.01
"""Share of a distance by which an outline moved by it may be off: GEOS smooths what it moves."""


def patch_seams(control: list[Patch], area: BaseGeometry, seam_m: float) -> Iterator[Patch]:
    """
    Find ground no assessed or grey polygon speaks of that is too thin to be more than a seam.

    A seam between two drawings, or between a drawing and a border, must neither open a ring nor
    close a road, so it takes the state of what lies beside it.
    """
    control = [replace(p, shape=leave_out_slivers(p.shape)) for p in control]
    control = [p for p in control if not p.shape.is_empty]
    if seam_m <= 0 or not control:
        return
    moved = any(p.readings != READINGS for p in control)
    apart: list[tuple[Reading, ...]] = [("optimistic",), ("pessimistic",)]
    together: list[tuple[Reading, ...]] = [READINGS]
    # What is there on one reading alone is not drawn alike, be it that all else of its role is.
    differ = {p.role for p in control if p.readings != READINGS}
    alike = {
        role: _unite(p for p in control if p.role == role) for role in LANDS if role not in differ
    }
    for readings in apart if moved else together:
        speaking = [p for p in control if readings[0] in p.readings]
        painted = [p for p in speaking if p.role & PAINTED]
        bare = _find_bare(speaking, _unite(painted), area, alike)
        thin = {role: _find_thin(ground, seam_m) for role, ground in bare.items()}
        if all(seam.is_empty for seam in thin.values()):
            continue
        seams = _Seams(thin, seam_m)
        beside = [(patch, seams.find_near(patch)) for patch in painted]
        bounding = {
            role: [
                (patch, seams.find_near(patch, but=role))
                for patch in _part(lay_over(shapely.difference, ground, thin[role]), role, speaking)
            ]
            for role, ground in bare.items()
            if role
        }
        for role, seam in thin.items():
            if seam.is_empty:
                continue
            yield Patch(seam, Role.SEAM, "", readings)
            others = (known for other, known in bounding.items() if other != role)
            for patch, near in chain(beside, *others):
                if role in near:
                    yield Patch(near[role], SEAM_OF[patch.role], patch.feature, readings)


class _Seams:
    """The seams of a reading, and what of each lies beside a polygon."""

    def __init__(self, thin: dict[Role, BaseGeometry], seam_m: float) -> None:
        self._roles = list(thin)
        self._parts, self._role = shapely.get_parts([*thin.values()], return_index=True)
        self._tree = STRtree(self._parts)
        self._seam_m = seam_m

    def find_near(self, patch: Patch, but: Role | None = None) -> dict[Role, BaseGeometry]:
        """
        Find what of each seam, but for its own, is within a seam's width of a polygon.

        Only the pieces of the polygon that come so near to a seam are drawn larger, and only the
        parts of a seam that come so near are cut.
        """
        pieces = shapely.get_parts(patch.shape)
        piece, met = self._tree.query(pieces, "dwithin", self._seam_m * (1 + SMOOTHED))
        met = np.unique(met)
        if but is not None:
            met = met[self._role[met] != self._roles.index(but)]
        if not len(met):
            return {}
        drawn = shapely.geometrycollections(pieces[np.unique(piece)])
        around = shapely.buffer(drawn, self._seam_m, quad_segs=4)
        near: dict[Role, BaseGeometry] = {}
        for number in np.unique(self._role[met]).tolist():
            seam = shapely.multipolygons(self._parts[met[self._role[met] == number]])
            cut = lay_over(shapely.intersection, seam, around)
            if cut.area > 0:
                near[self._roles[number]] = cut
        return near


def _find_bare(
    speaking: list[Patch],
    painted: BaseGeometry,
    area: BaseGeometry,
    alike: dict[Role, BaseGeometry],
) -> dict[Role, BaseGeometry]:
    """Give the ground nothing is painted on, by whose territory it is; Role(0): nobody's."""
    bare: dict[Role, BaseGeometry] = {}
    left = lay_over(shapely.difference, area, painted)
    for role in LANDS:
        own = alike[role] if role in alike else _unite(p for p in speaking if p.role == role)
        if not own.is_empty:
            bare[role] = lay_over(shapely.difference, own, painted)
            left = lay_over(shapely.difference, left, own)
    bare[Role(0)] = left
    return bare


def _part(ground: BaseGeometry, role: Role, speaking: Sequence[Patch]) -> Iterator[Patch]:
    """Part bare territory by whose word it is."""
    named = [patch for patch in speaking if patch.role == role]
    for patch in named:
        alone = len(named) == 1  # then it is all of one word
        own = ground if alone else lay_over(shapely.intersection, ground, patch.shape)
        if own.area > 0:
            yield Patch(own, role, patch.feature)


def _unite(patches: Iterable[Patch]) -> BaseGeometry:
    return shapely.union_all([p.shape for p in patches])


def _find_thin(ground: BaseGeometry, width_m: float) -> BaseGeometry:
    """
    Find the parts of ground that a disc as wide as `width_m` cannot enter.

    What it can enter is drawn a hundredth of its width too large, and so covers a gap in a wall no
    thicker than that: smaller discs look for those.
    """
    sides = _Sides(ground)
    thin = [part for n in SMALLER_DISCS for part in _find_thinner(ground, width_m / n, sides)]
    return shapely.union_all(thin)


class _Sides:
    """The sides of ground, by what place they are near."""

    def __init__(self, ground: BaseGeometry) -> None:
        points, ring = shapely.get_coordinates(
            shapely.get_rings(shapely.get_parts(ground)), return_index=True
        )
        along = np.flatnonzero(ring[1:] == ring[:-1])
        self.ends = np.stack([points[along], points[along + 1]], axis=1)
        self.lines = np.asarray(shapely.linestrings(self.ends))
        self._tree = STRtree(self.lines)
        self._ground = ground
        shapely.prepare(ground)

    def meet_at_corner(self, windows: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Tell in which windows there is one side, or two that meet: no wall has a gap there."""
        window, side = self._tree.query(windows, "intersects")
        count = np.bincount(window, minlength=len(windows))
        first = np.searchsorted(window, np.arange(len(windows)))
        alone = count <= 1
        two = np.flatnonzero(count == 2)  # noqa: PLR2004 - the two sides of a corner
        one, other = self.ends[side[first[two]]], self.ends[side[first[two] + 1]]
        alone[two] = (one[:, :, None] == other[:, None]).all(axis=-1).any(axis=(1, 2))
        return alone

    def cut_out(self, window: BaseGeometry) -> BaseGeometry:
        """Give the ground in a window, without going round all of it."""
        near = self.lines[self._tree.query(window, "intersects")]
        noded = shapely.union_all([window.boundary, *near])
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
        places = shapely.point_on_surface(faces)
        inside = shapely.contains(window, places) & shapely.contains(self._ground, places)
        return shapely.union_all(faces[inside])


def _find_thinner(ground: BaseGeometry, width_m: float, sides: _Sides) -> list[BaseGeometry]:
    half = width_m / 2
    kept_corner = 1.5  # ratio of mitre to width: right angles stay, spikes go
    core = ground.buffer(-half, quad_segs=8)  # round: before a spike of a wall there is room
    back = half * (1 + 2 * OFFSET_ERROR)  # out and in again; the rest is no seam but rounding
    wide: BaseGeometry = core.buffer(back, join_style="mitre", mitre_limit=kept_corner)
    if not wide.is_valid:  # an outline moved with its corners may cross itself
        wide = shapely.make_valid(wide, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(lay_over(shapely.difference, ground, wide))
    thin = parts[shapely.area(parts) > 0]
    large = shapely.area(thin) > LEAST_THIN_M2
    # what is smaller is rounding along wide ground, unless it leads through or stands alone
    crumbs = thin[~large]
    left, bottom, right, top = shapely.bounds(crumbs).T
    windows = np.asarray(
        shapely.box(left - CRACK_M, bottom - CRACK_M, right + CRACK_M, top + CRACK_M)
    )
    apart = ~sides.meet_at_corner(windows)
    gaps = [
        crumb
        for crumb, window in zip(crumbs[apart], windows[apart], strict=True)
        if _leads_through(crumb, sides.cut_out(window))
    ]
    alone = [p for p in shapely.get_parts(ground) if 0 < p.area <= LEAST_THIN_M2]
    return [*thin[large], *gaps, *alone]


def _leads_through(part: BaseGeometry, around: BaseGeometry) -> bool:
    """Tell a gap in a wall, however short, from a crumb that lies along one side of wide ground."""
    rim = lay_over(shapely.difference, part.buffer(GRID_M, quad_segs=2), part)
    # Eroded, for rounding lets the rim run on from mouth to mouth along the wall between.
    met = shapely.get_parts(lay_over(shapely.intersection, around, rim).buffer(-TOUCH_M))
    return bool((shapely.area(met) > TOUCH_M**2).sum() > 1)  # snapping may widen any gap

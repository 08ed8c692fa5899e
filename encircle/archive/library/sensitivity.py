"""How firmly does a verdict stand: the same map drawn a little otherwise, and judged again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LinearRing, MultiPolygon, Polygon

from encircle.judge import find_status
from encircle.map.options import Options
from encircle.map.plane.projection import Plane
from encircle.map.situation import Anchor, Barrier, Control
from encircle.verdict.confidence import BOUNDARY_ERROR_M

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Situation

    Move = Callable[[NDArray[np.float64]], NDArray[np.float64]]

Kind = Literal["jitter", "coarser", "parameter"]
KINDS: tuple[Kind, ...] = ("jitter", "coarser", "parameter")

JITTERS = 10
"""Maps drawn with other errors."""
COARSE_M = (500.0, 1000.0)
"""Grids that a mapper in haste rounds boundaries to, metres."""
PARAMETERS: dict[str, tuple[float, float]] = {
    "seam_m": (25.0, 100.0),
    "join_m": (15.0, 60.0),
    "stale_after_days": (14.0, 60.0),
}
"""Half and twice each default that bears on a verdict: as far as one could defend to set them."""
TOUCHING_M = 1.0
"""Vertices nearer than this are one vertex of two polygons, metres."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One map drawn otherwise, and the verdict on it."""

    kind: Kind
    name: str
    code: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A verdict, and what became of it on every map drawn otherwise."""

    code: str
    verdict: str
    trials: tuple[Trial, ...]

    def of_kind(self, kind: Kind) -> tuple[int, int]:
        """Count the trials of a kind on which the verdict held, and all of them."""
        tried = [t for t in self.trials if t.kind == kind]
        return sum(t.verdict == self.verdict for t in tried), len(tried)

    @property
    def share_held(self) -> float:
        """Share of all trials on which the verdict held."""
        return sum(t.verdict == self.verdict for t in self.trials) / len(self.trials)

    @property
    def others(self) -> dict[str, int]:
        """Count the trials by the verdicts they gave instead."""
        return dict(Counter(t.verdict for t in self.trials if t.verdict != self.verdict))

    def to_dict(self) -> dict[str, object]:
        """Give the shares that held, kind by kind, and what else was found."""
        return {
            "code": self.code,
            "verdict": self.verdict,
            "share_held": round(self.share_held, 4),
            "held": {kind: list(self.of_kind(kind)) for kind in KINDS},
            "others": self.others,
        }


def measure_sensitivity(situation: Situation, options: Options | None = None) -> Sensitivity:
    """
    Judge a situation again under other drawings and other parameters.

    Boundaries of control are moved by up to `BOUNDARY_ERROR_M`, each vertex by itself; polygons
    that share a vertex keep sharing it, so that no seam is torn open where the mapper drew none.
    Positions, routes and barriers stay.

    References
    ----------
    .. [1] Saltelli, A. et al. (2008). Global Sensitivity Analysis: The Primer. Wiley.
    """
    options = options or Options()
    base = find_status(situation, options)
    trials = tuple(_try_all(situation, options))
    return Sensitivity(base.code, base.verdict, trials)


def _try_all(situation: Situation, options: Options) -> Iterator[Trial]:
    for seed in range(JITTERS):
        moved = redraw(situation, _jitter_by(seed))
        yield _try("jitter", f"seed {seed}", moved, options)
    for step_m in COARSE_M:
        moved = redraw(situation, _round_to(step_m))
        yield _try("coarser", f"{step_m:g} m", moved, options)
    for name, values in PARAMETERS.items():
        for value in values:
            changed = replace(options, **{name: value})  # type: ignore[arg-type]
            yield _try("parameter", f"{name} {value:g}", situation, changed)


def _try(kind: Kind, name: str, situation: Situation, options: Options) -> Trial:
    status = find_status(situation, options)
    return Trial(kind, name, status.code, status.verdict)


# -- drawing otherwise -----------------------------------------------------------------------


def _jitter_by(seed: int) -> Move:
    rng = np.random.default_rng(seed)

    def move(places: NDArray[np.float64]) -> NDArray[np.float64]:
        away = BOUNDARY_ERROR_M * np.sqrt(rng.random(len(places)))
        bearing = 2 * np.pi * rng.random(len(places))
        return places + np.column_stack([away * np.cos(bearing), away * np.sin(bearing)])

    return move


def _round_to(step_m: float) -> Move:
    return lambda places: np.round(places / step_m) * step_m


def redraw(situation: Situation, move: Move) -> Situation:
    """
    Draw a situation with the boundaries of control moved.

    Parameters
    ----------
    move
        Takes the vertices of all boundaries, shape (n, 2), metres, each place once, to where they
        shall be. Those at the area's edge stay, since what is painted off the map is no boundary;
        so do those on a shore or a river, since nobody is unsure of where that runs.
    """
    plane = Plane(situation.origin)
    controls = [f for f in situation.of_kind(Control) if f.geometry is not None]
    shapes = _share_vertices([plane.to_metres(c.drawn) for c in controls])
    vertices = np.vstack([shapely.get_coordinates(s) for s in shapes] or [np.empty((0, 2))])
    keys = np.round(vertices / TOUCHING_M).astype(np.int64)
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    places = vertices[first]
    moved = np.where(_is_front(places, situation, plane)[:, None], move(places), places)
    placed = moved[which.reshape(-1)]
    drawn, start = {}, 0
    for control, shape in zip(controls, shapes, strict=True):
        end = start + shapely.count_coordinates(shape)
        drawn[control.id] = plane.to_degrees(_keep_polygons(shape, placed[start:end]))
        start = end
    features = (
        replace(f, geometry=drawn[f.id]) if f.id in drawn else f for f in situation.features
    )
    return replace(
        situation,
        features=tuple(f for f in features if f.geometry is None or not f.geometry.is_empty),
    )


def _is_front(places: NDArray[np.float64], situation: Situation, plane: Plane) -> NDArray[np.bool_]:
    points = shapely.points(places)
    seas = [a for a in situation.of_kind(Anchor) if a.access == "sea"]
    water = [plane.to_metres(f.drawn) for f in (*situation.of_kind(Barrier), *seas)]
    dry = ~shapely.dwithin(points, shapely.union_all(water), BOUNDARY_ERROR_M) if water else True
    if situation.area is None:
        return np.asarray(dry & np.ones(len(places), dtype=bool))
    inner = plane.to_metres(situation.area).buffer(-2 * BOUNDARY_ERROR_M)
    return np.asarray(dry & shapely.contains(inner, points))


def _keep_polygons(shape: BaseGeometry, vertices: NDArray[np.float64]) -> BaseGeometry:
    """Put a polygon's vertices elsewhere; where that makes it cross itself, keep its lobes."""
    whole = shapely.make_valid(shapely.set_coordinates(shape, vertices))
    parts = [p for p in shapely.get_parts(whole) if "Polygon" in p.geom_type]
    return MultiPolygon([p for part in parts for p in shapely.get_parts(part) if p.area > 0])


def _share_vertices(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Give each polygon the vertices that its neighbours have on its boundary."""
    places = [shapely.Point(p) for s in shapes for p in shapely.get_coordinates(s)]
    tree = STRtree(places)

    def thicken(ring: LinearRing) -> NDArray[np.float64]:
        own = shapely.get_coordinates(ring)
        near = shapely.get_coordinates(
            [places[i] for i in tree.query(ring, "dwithin", TOUCHING_M / 2).tolist()]
        )
        stations = {float(ring.project(shapely.Point(p))): p for p in near}
        steps = np.hypot(*np.diff(own, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        stations.update(zip(along[:-1].tolist(), own[:-1], strict=True))
        order = sorted(stations)
        kept = [order[0]] + [b for a, b in pairwise(order) if b - a > TOUCHING_M / 2]
        kept = [s for s in kept if along[-1] - s > TOUCHING_M / 2]
        points = [stations[s] for s in kept]
        return np.array([*points, points[0]])

    def rebuild(polygon: Polygon) -> Polygon:
        return Polygon(thicken(polygon.exterior), [thicken(hole) for hole in polygon.interiors])

    return [MultiPolygon([rebuild(p) for p in shapely.get_parts(shape)]) for shape in shapes]

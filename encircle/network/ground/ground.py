"""Who holds which ground: the exact arrangement of all boundaries, on both readings."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import STRtree

from encircle.map.plane.fronts import GRID_M, TOUCH_M
from encircle.map.reach import READINGS, Reading
from encircle.network.ground.states import (
    BESIDE_SEAM,
    FIRE_MODES,
    FIRE_RANKS,
    GROUND_BITS,
    MODE_BITS,
    PAINTED,
    UNMAPPED,
    Role,
    State,
    find_decisive,
    find_state,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.network.ground.patches import Drawing


ON_LINE_M = 0.05
"""What lies within this of a line lies on it, metres: a few times the grid."""
LEAST_SHARED_M = 0.05
"""Faces that share less boundary than this only touch, metres."""
LEAST_RUN_M = 0.2
"""A line runs over ground that it is on for longer than this, metres. Source: the one slack of
docs/decisions/0025-one-slack.md: nothing wider is stepped over."""


@dataclass(frozen=True)
class Ground:
    """
    The faces of the arrangement, who holds each on either reading, and which ones join.

    Arrays run over faces (n) or over shared stretches of boundary (m): `faces` (n,), `state` and
    `barred` per reading (n,), `fire` per reading (n, 5) in the order of FIRE_MODES, `joins`
    (m, 2), `stopped` per reading (m,) as mode bits.
    """

    drawing: Drawing
    linework: BaseGeometry
    faces: NDArray[np.object_]
    said: dict[Reading, NDArray[np.int64]]
    state: dict[Reading, NDArray[np.int64]]
    barred: dict[Reading, NDArray[np.int64]]
    fire: dict[Reading, NDArray[np.int64]]
    joins: NDArray[np.int64]
    stopped: dict[Reading, NDArray[np.int64]]
    between: tuple[tuple[int, ...], ...]
    """The barrier lines that run on each join, as numbers of walls."""
    in_order: NDArray[np.int64]
    """The joins as their boundaries follow each other, (m,)."""
    on_edge: NDArray[np.bool_]
    stretches: dict[tuple[int, int, int, int], tuple[int, ...]]
    """Faces beside each piece of boundary, by its end points in grid units."""
    members: dict[int, list[int]] = field(repr=False)
    """Patches that cover each face."""
    enclosing: dict[int, list[int]] = field(repr=False)
    """Polygonal walls that cover each face."""
    triangles: dict[tuple[int, tuple[str, ...]], NDArray[np.object_]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Faces cut into triangles so far, by face and the barriers that are slits in it."""
    met: dict[bytes, tuple[list[int], list[int]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Faces that lines were found to run over and to touch so far, by the line as it is drawn."""
    named: dict[tuple[int, Reading], list[str]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """The features that make faces what they are on a reading, as far as asked."""
    united: dict[bytes, BaseGeometry] = field(default_factory=dict, repr=False, compare=False)
    """Ground united so far, by the numbers of its faces."""

    @cached_property
    def tree(self) -> STRtree:
        """Index of the faces."""
        return STRtree(self.faces)

    @cached_property
    def points(self) -> NDArray[np.object_]:
        """One point inside each face."""
        return shapely.point_on_surface(self.faces)

    def passable(self, reading: Reading) -> NDArray[np.bool_]:
        """Tell which faces can be passed, barriers left aside."""
        return self.state[reading] <= (State.GREY if reading == "optimistic" else State.OPEN)

    def carries(self, reading: Reading) -> NDArray[np.int64]:
        """Give the modes that each face's open ground carries, as bits."""
        carried = np.where(self.passable(reading), GROUND_BITS, 0)
        return np.asarray(carried & ~self.barred[reading])

    def is_free(self, faces: NDArray[np.int64], reading: Reading) -> NDArray[np.bool_]:
        """Tell which of some faces can be passed as drawn, on foot and by whatever barrier."""
        state = _decide(self.said[reading][faces], reading, self.drawing.uncovered)
        foot = MODE_BITS["foot"]
        shut = [
            any(
                MODE_BITS[mode] & foot
                for wall in self.enclosing.get(face, [])
                for mode in self.drawing.walls[wall].barrier.blocks
            )
            for face in faces.tolist()
        ]
        passed = state <= (State.GREY if reading == "optimistic" else State.OPEN)
        return np.asarray(passed & ~np.array(shut, dtype=bool))

    def unite(self, faces: NDArray[np.bool_] | list[int]) -> BaseGeometry:
        """Unite faces into one shape; they never overlap, so their shared edges just go."""
        key = np.arange(len(self.faces))[faces].tobytes()
        if key not in self.united:  # walls and hostile ground are the same on most maps
            self.united[key] = shapely.coverage_union_all(self.faces[faces])
        return self.united[key]

    def faces_at(self, point: BaseGeometry, within_m: float = TOUCH_M) -> list[int]:
        """List the faces whose closure holds a point; more than one on a boundary."""
        touched = self.tree.query(point, "dwithin", within_m)
        found = touched if len(touched) else self.tree.query(point, "dwithin", ON_LINE_M)
        return sorted(int(i) for i in found)

    def faces_round(self, place: BaseGeometry) -> list[int]:
        """
        List the faces whose closure holds a place as it is drawn.

        Snapping moves boundaries by less than the grid, and places stay: one drawn on a boundary
        is on both sides of it.
        """
        return self.faces_at(place, GRID_M)

    def faces_under(self, line: BaseGeometry) -> list[int]:
        """List the faces a line runs over for more than the slack; else those it touches."""
        along, touched = self._faces_met(line)
        return list(along or touched)

    def faces_along(self, line: BaseGeometry) -> list[int]:
        """List the faces a line runs over for more than the slack."""
        return list(self._faces_met(line)[0])

    def _faces_met(self, line: BaseGeometry) -> tuple[list[int], list[int]]:
        """List the faces a line runs over for more than the slack, and those it touches."""
        drawn = shapely.to_wkb(line)
        if drawn not in self.met:
            touched = self.tree.query(line, "intersects")
            along = touched[:0]
            if line.length > LEAST_RUN_M:
                runs_m = shapely.length(shapely.intersection(line, self.faces[touched]))
                along = touched[runs_m > LEAST_RUN_M]
            self.met[drawn] = (sorted(along.tolist()), sorted(touched.tolist()))
        return self.met[drawn]

    def evidence_of(self, face: int, reading: Reading) -> list[str]:
        """
        Name the features that make a face what it is on a reading.

        Of those beside a seam that say the same, the nearest are named.
        """
        if (face, reading) not in self.named:
            self.named[face, reading] = self._find_evidence(face, reading)
        return list(self.named[face, reading])

    def _find_evidence(self, face: int, reading: Reading) -> list[str]:
        patches = [self.drawing.patches[i] for i in self.members.get(face, [])]
        said = Role(int(self.said[reading][face]))
        decisive = find_decisive(said, State(self.state[reading][face]))
        speaking = [p for p in patches if reading in p.readings and p.feature and p.role & decisive]
        beside: dict[Role, dict[str, float]] = {}
        for patch in speaking:
            if patch.role & BESIDE_SEAM:
                away_m = self.drawing.measure_gap(patch.feature, self.faces[face])
                beside.setdefault(patch.role, {})[patch.feature] = away_m
        near = {
            (role, name)
            for role, gaps in beside.items()
            for name, away_m in gaps.items()
            if away_m <= min(gaps.values()) + LEAST_RUN_M
        }
        named = [p for p in speaking if p.role not in beside or (p.role, p.feature) in near]
        return list(dict.fromkeys(p.feature for p in named))

    def is_uncovered(self, face: int, reading: Reading) -> bool:
        """Tell whether no control polygon says anything of a face."""
        control = PAINTED | Role.TERRITORY_FRIENDLY | Role.TERRITORY_HOSTILE
        return not Role(int(self.said[reading][face])) & (control | Role.TERRITORY_NEUTRAL)


# -- the arrangement -------------------------------------------------------------------------


def build_ground(drawing: Drawing, extra: Iterable[BaseGeometry] = ()) -> Ground:
    """
    Lay all boundaries over each other and say who holds each face.

    Parameters
    ----------
    drawing
        The features on the plane.
    extra
        Further lines to cut the ground along, metres, such as the reach of the force judged.

    Returns
    -------
    ground
        Exact: no grid but the snapping of boundaries to a centimetre.

    Notes
    -----
    Two faces are joined where they share a stretch of boundary; touching at a point does not
    join them. Cost grows as (n log n) in the vertices.
    """
    linework = _node(drawing, extra)
    faces = shapely.get_parts(shapely.polygonize([linework]))
    around = drawing.area.buffer(1.0)
    shapely.prepare(around)
    faces = faces[shapely.covers(around, faces)]
    points = shapely.point_on_surface(faces)
    members, said = _classify(drawing, points)
    state = {r: _decide(said[r], r, drawing.uncovered) for r in READINGS}
    enclosing, barred = _bar(drawing, points)
    stretches = _find_stretches(faces)
    joins, stopped, between, in_order = _join(drawing, stretches)
    on_edge = np.zeros(len(faces), dtype=bool)
    on_edge[stretches.alone] = True
    return Ground(
        drawing=drawing,
        linework=linework,
        faces=faces,
        said=said,
        state=state,
        barred=barred,
        fire=_measure_fire(drawing, points),
        joins=joins,
        stopped=stopped,
        between=between,
        in_order=in_order,
        on_edge=on_edge,
        stretches=stretches.beside,
        members=members,
        enclosing=enclosing,
    )


def _node(drawing: Drawing, extra: Iterable[BaseGeometry]) -> BaseGeometry:
    """Cut all boundaries where they meet."""
    shapes = [
        drawing.area,
        *(p.shape for p in drawing.patches),
        *(w.shape for w in drawing.walls),
        *(z.shape for z in drawing.zones),
        *(shape for _, shape, _ in drawing.anchors),
    ]
    lines = [s if "Line" in s.geom_type else s.boundary for s in shapes if not _is_dot(s)]
    return shapely.union_all([*lines, *extra], grid_size=GRID_M)


def _is_dot(shape: BaseGeometry) -> bool:
    return shape.is_empty or shape.geom_type.endswith("Point")


def _classify(
    drawing: Drawing, points: NDArray[np.object_]
) -> tuple[dict[int, list[int]], dict[Reading, NDArray[np.int64]]]:
    said = {reading: np.zeros(len(points), dtype=np.int64) for reading in READINGS}
    members: dict[int, list[int]] = {}
    if drawing.patches:
        tree = STRtree(points)
        patch_of, face_of = tree.query([p.shape for p in drawing.patches], "intersects")
        roles = np.array([int(p.role) for p in drawing.patches])
        for reading in READINGS:
            speaks = np.array([reading in p.readings for p in drawing.patches])[patch_of]
            np.bitwise_or.at(said[reading], face_of[speaks], roles[patch_of[speaks]])
        for patch, face in zip(patch_of.tolist(), face_of.tolist(), strict=True):
            members.setdefault(face, []).append(patch)
    return members, said


def _decide(said: NDArray[np.int64], reading: Reading, uncovered: State) -> NDArray[np.int64]:
    kinds, where = np.unique(said, return_inverse=True)
    states = np.array([find_state(Role(int(k)), reading, uncovered) for k in kinds], dtype=np.int64)
    return np.asarray(states[where])


def _bar(
    drawing: Drawing, points: NDArray[np.object_]
) -> tuple[dict[int, list[int]], dict[Reading, NDArray[np.int64]]]:
    barred = {reading: np.zeros(len(points), dtype=np.int64) for reading in READINGS}
    enclosing: dict[int, list[int]] = {}
    tree = STRtree(points)
    for number, wall in enumerate(drawing.walls):
        if wall.is_line:
            continue
        inside = tree.query(wall.shape, "intersects")
        for reading in READINGS:
            barred[reading][inside] |= wall.stops[reading]
        for face in inside.tolist():
            enclosing.setdefault(face, []).append(number)
    return enclosing, barred


def _measure_fire(
    drawing: Drawing, points: NDArray[np.object_]
) -> dict[Reading, NDArray[np.int64]]:
    fire = {r: np.full((len(points), len(FIRE_MODES)), -1, dtype=np.int64) for r in READINGS}
    tree = STRtree(points)
    for zone in drawing.zones:
        inside = tree.query(zone.shape, "intersects")
        columns = [FIRE_MODES.index(m) for m in zone.fire.modes if m in FIRE_MODES]
        rank = FIRE_RANKS.index(zone.fire.grade)
        for reading in zone.readings:
            cells = np.ix_(inside, np.array(columns, dtype=np.int64))
            fire[reading][cells] = np.maximum(fire[reading][cells], rank)
    return {r: np.where(grades < 0, UNMAPPED, grades) for r, grades in fire.items()}


class _Stretches(NamedTuple):
    """
    Pieces of boundary: the faces beside each, by its end points in grid units.

    Then of those that two faces share the ends (n, 2, 2) and both faces (n, 2), the lower first;
    and the faces that have a piece for themselves.
    """

    beside: dict[tuple[int, int, int, int], tuple[int, ...]]
    ends: NDArray[np.int64]
    pairs: NDArray[np.int64]
    alone: NDArray[np.int64]


def _find_stretches(faces: NDArray[np.object_]) -> _Stretches:
    """Find the faces beside each piece of boundary."""
    rings, ring_of_face = shapely.get_rings(faces, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    units = np.round(points / GRID_M).astype(np.int64)
    along = np.flatnonzero(ring[1:] == ring[:-1])
    start, end = units[along], units[along + 1]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    _, number = np.unique(units[:, 0] + 1j * units[:, 1], return_inverse=True)
    one, other = number[along], number[along + 1]
    key = np.minimum(one, other) * (len(points) + 1) + np.maximum(one, other)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    as_met = np.argsort(order[starts])  # as the first face of each comes
    first, count = starts[as_met], np.diff(np.append(starts, len(order)))[as_met]
    met = order[first]
    ends = np.stack([low[met], high[met]], axis=1)
    face = ring_of_face[ring[along]][order]
    listed, names = face.tolist(), map(tuple, ends.reshape(-1, 4).tolist())
    runs = zip(names, first.tolist(), (first + count).tolist(), strict=True)
    shared = count == 2  # noqa: PLR2004 - two sides
    return _Stretches(
        {name: tuple(listed[begin:stop]) for name, begin, stop in runs},
        ends[shared],
        np.sort(np.stack([face[first[shared]], face[first[shared] + 1]], axis=1), axis=1),
        face[first[count == 1]],
    )


def _join(
    drawing: Drawing, stretches: _Stretches
) -> tuple[
    NDArray[np.int64],
    dict[Reading, NDArray[np.int64]],
    tuple[tuple[int, ...], ...],
    NDArray[np.int64],
]:
    """Join faces along shared stretches, apart by which barrier lines run on them."""
    pairs, ends = stretches.pairs, stretches.ends * GRID_M
    lengths = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    on: dict[int, tuple[int, ...]] = {}
    lines = [number for number, wall in enumerate(drawing.walls) if wall.is_line]
    if lines and len(ends):
        tree = STRtree(shapely.points(ends.mean(axis=1)))
        for number in lines:
            for stretch in tree.query(drawing.walls[number].shape, "dwithin", ON_LINE_M).tolist():
                on[stretch] = (*on.get(stretch, ()), number)
    kinds = {walls: number for number, walls in enumerate(dict.fromkeys([(), *on.values()]))}
    which = np.zeros(len(ends), dtype=np.int64)
    for stretch, walls in on.items():
        which[stretch] = kinds[walls]
    stops = [np.array([drawing.stop(walls, r) for walls in kinds])[which] for r in READINGS]
    distinct, first, where = np.unique(
        np.column_stack([pairs, *stops, which]), axis=0, return_index=True, return_inverse=True
    )
    shared = np.bincount(where.ravel(), weights=lengths, minlength=len(distinct))
    distinct, first = distinct[shared > LEAST_SHARED_M], first[shared > LEAST_SHARED_M]
    stopped = {r: distinct[:, 2 + column] for column, r in enumerate(READINGS)}
    named = list(kinds)
    between = tuple(named[kind] for kind in distinct[:, -1].tolist())
    return distinct[:, :2], stopped, between, np.argsort(first)


def stretch_key(start: NDArray[np.float64], end: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Name a piece of boundary by its end points in grid units, the lower first."""
    a = tuple(np.round(np.asarray(start) / GRID_M).astype(int).tolist())
    b = tuple(np.round(np.asarray(end) / GRID_M).astype(int).tolist())
    low, high = (a, b) if a <= b else (b, a)
    return (*low, *high)

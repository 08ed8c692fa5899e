"""Who holds which ground: the exact arrangement of all boundaries, on both readings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum, IntFlag
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Polygon, box

from encircle.map.plane.fronts import (
    CRACK_M,
    TOUCH_M,
    Fronts,
    clip,
    find_ties,
    lay_over,
    leave_out_slivers,
    thicken_slivers,
)
from encircle.map.plane.fronts import GRID_M as GRID_M  # noqa: PLC0414 - given on from here
from encircle.map.reach import READINGS, Reading, build_reach, is_bare
from encircle.map.situation import (
    GREY_BASES,
    NEUTRAL,
    Anchor,
    Barrier,
    Control,
    Fire,
    Position,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.map.options import Options
    from encircle.map.plane.projection import Plane

LEAST_THIN_M2 = 1.0
"""Thin parts of wide ground that are smaller than this are put down to rounding."""
ON_LINE_M = 0.05
"""What lies within this of a line lies on it, metres: a few times the grid."""
LEAST_SHARED_M = 0.05
"""Faces that share less boundary than this only touch, metres."""
LEAST_RUN_M = 0.2
"""A line runs over ground that it is on for longer than this, metres. Source: the one slack of
docs/decisions/0025-one-slack.md: nothing wider is stepped over."""
SMALLER_DISCS = (1, 10, 100)
"""Thin ground is looked for with discs so many times as narrow as a seam."""
OFFSET_ERROR = 0.01
"""Share of a distance by which an outline moved by it may be off: GEOS smooths what it moves."""
MARGIN_SHARE = 0.1
"""Default margin round the features, as a share of their larger extent."""
MARGIN_LEAST_M = 1_000.0
"""The least such margin, metres."""

MODE_BITS = {"rail": 1, "wheeled": 2, "tracked": 4, "foot": 8, "boat": 16, "air": 32}
GROUND_BITS = MODE_BITS["tracked"] | MODE_BITS["foot"]
"""Modes that open ground carries."""

FIRE_RANKS = ("F0", "F1", None, "F2", "F3", "F4")
"""Fire grades from best to worst; unmapped (None) stands between F1 and F2: it is not F0."""
UNMAPPED = FIRE_RANKS.index(None)
FIRE_MODES = ("rail", "wheeled", "tracked", "foot", "boat")


class State(IntEnum):
    """Who holds a face, on one reading."""

    FRIENDLY = 0
    OPEN = 1
    GREY = 2
    HOSTILE = 3
    NEUTRAL = 4
    WATER = 5


class Role(IntFlag):
    """What a polygon says of the ground it covers, seen from the force's side."""

    GREY = 1
    ASSESSED_FRIENDLY = 2
    ASSESSED_HOSTILE = 4
    ASSESSED_NEUTRAL = 8
    REACH_FRIENDLY = 16
    REACH_HOSTILE = 32
    DOUBT_FRIENDLY = 64
    DOUBT_HOSTILE = 128
    TERRITORY_FRIENDLY = 256
    TERRITORY_HOSTILE = 512
    TERRITORY_NEUTRAL = 1024
    WATER = 2048
    SEAM = 4096
    SEAM_FRIENDLY = 8192
    SEAM_HOSTILE = 16384
    SEAM_GREY = 32768
    SEAM_NEUTRAL = 65536
    SEAM_HOME = 131072
    SEAM_FOREIGN = 262144
    SEAM_NEUTRAL_LAND = 524288
    BARE_REACH = 1048576
    BARE_DOUBT = 2097152


PAINTED = Role.GREY | Role.ASSESSED_FRIENDLY | Role.ASSESSED_HOSTILE | Role.ASSESSED_NEUTRAL
FRIENDLY = (
    Role.ASSESSED_FRIENDLY | Role.REACH_FRIENDLY | Role.DOUBT_FRIENDLY | Role.TERRITORY_FRIENDLY
)
HOSTILE_GROUND = Role.ASSESSED_HOSTILE | Role.TERRITORY_HOSTILE
NEUTRAL_GROUND = Role.ASSESSED_NEUTRAL | Role.TERRITORY_NEUTRAL
BARE = Role.BARE_REACH | Role.BARE_DOUBT
"""What a friendly position says that nothing but a word vouches for, and what an anchor's polygon
says: as much as any other, but nothing where control polygons give the ground to the enemy. A dot
is not a force, nor are two; an anchor on hostile ground does not count."""
REACHES = Role.REACH_FRIENDLY | Role.REACH_HOSTILE | Role.DOUBT_FRIENDLY | Role.DOUBT_HOSTILE | BARE
_SEAM_OF = {
    Role.ASSESSED_FRIENDLY: Role.SEAM_FRIENDLY,
    Role.ASSESSED_HOSTILE: Role.SEAM_HOSTILE,
    Role.GREY: Role.SEAM_GREY,
    Role.ASSESSED_NEUTRAL: Role.SEAM_NEUTRAL,
    Role.TERRITORY_FRIENDLY: Role.SEAM_HOME,
    Role.TERRITORY_HOSTILE: Role.SEAM_FOREIGN,
    Role.TERRITORY_NEUTRAL: Role.SEAM_NEUTRAL_LAND,
}
"""What a polygon says of the seams beside it."""
BESIDE_SEAM = reduce(or_, _SEAM_OF.values())
_TERRITORY_OF = {
    State.FRIENDLY: Role.TERRITORY_FRIENDLY,
    State.HOSTILE: Role.TERRITORY_HOSTILE,
    State.NEUTRAL: Role.TERRITORY_NEUTRAL,
}


def find_state(said: Role, reading: Reading, uncovered: State) -> State:
    """
    Decide who holds ground of which polygons say `said`: the rules of the ground.

    Examples
    --------
    >>> find_state(Role.TERRITORY_FRIENDLY | Role.REACH_HOSTILE, "optimistic", State.GREY).name
    'HOSTILE'
    >>> find_state(Role.ASSESSED_FRIENDLY | Role.REACH_HOSTILE, "optimistic", State.GREY).name
    'GREY'
    """
    if said & BARE:
        said = _hear_bare(said)
    if said & Role.GREY:
        return State.GREY
    if said & PAINTED:
        return _find_assessed(said)
    if said & Role.WATER and not said & Role.TERRITORY_FRIENDLY:
        return State.WATER
    if said & Role.SEAM and said & BESIDE_SEAM:
        return _find_seam(said, reading, uncovered)
    return _find_unassessed(said, uncovered)


def _hear_bare(said: Role) -> Role:
    """Let a bare position speak as any other, but not against the map."""
    if said & Role.SEAM and said & BESIDE_SEAM and not said & (PAINTED | Role.WATER):
        return said  # heard beside each of the seam's neighbours
    heard = said & ~BARE
    if said & HOSTILE_GROUND:
        return heard
    heard |= Role.REACH_FRIENDLY if said & Role.BARE_REACH else Role(0)
    return heard | (Role.DOUBT_FRIENDLY if said & Role.BARE_DOUBT else Role(0))


def _find_assessed(said: Role) -> State:
    friendly = bool(said & Role.ASSESSED_FRIENDLY)
    hostile = bool(said & Role.ASSESSED_HOSTILE)
    neutral = bool(said & Role.ASSESSED_NEUTRAL)
    if friendly:
        doubted = hostile or neutral or said & (Role.REACH_HOSTILE | Role.DOUBT_HOSTILE)
        return State.GREY if doubted else State.FRIENDLY
    if hostile:
        settled = neutral or said & Role.WATER  # more hostile ground must never open any
        doubted = said & (Role.REACH_FRIENDLY | Role.DOUBT_FRIENDLY)
        return State.GREY if doubted and not settled else State.HOSTILE
    return State.NEUTRAL


def _find_seam(said: Role, reading: Reading, uncovered: State) -> State:
    """
    Give a seam the better state beside it, or the worse one on the pessimistic reading.

    What lies beside it lies within the same reaches: hostile ground that they grey is grey there.
    """
    reached = said & REACHES
    beside = [
        find_state(role | reached, reading, uncovered)
        for role, seam in _SEAM_OF.items()
        if said & seam
    ]
    if reading == "optimistic":
        return min(beside)
    return State.HOSTILE if State.HOSTILE in beside else max(beside)


def _find_unassessed(said: Role, uncovered: State) -> State:
    friendly, hostile = bool(said & Role.REACH_FRIENDLY), bool(said & Role.REACH_HOSTILE)
    if friendly and hostile:
        return State.GREY
    if hostile:
        state = State.HOSTILE
    elif friendly:
        state = State.FRIENDLY
    else:
        state = _find_territory(said, uncovered)
    if said & Role.DOUBT_HOSTILE and state in (State.FRIENDLY, State.OPEN):
        return State.GREY
    if said & Role.DOUBT_FRIENDLY and state == State.HOSTILE:
        return State.GREY
    return state


def _find_territory(said: Role, uncovered: State) -> State:
    friendly = bool(said & Role.TERRITORY_FRIENDLY)
    hostile = bool(said & Role.TERRITORY_HOSTILE)
    neutral = bool(said & Role.TERRITORY_NEUTRAL)
    if friendly:
        return State.GREY if hostile or neutral else State.FRIENDLY
    if hostile:
        return State.HOSTILE
    return State.NEUTRAL if neutral else uncovered


def is_passable(state: int, reading: Reading) -> bool:
    """Tell whether ground in a state can be passed; grey only on the optimistic reading."""
    return state <= (State.GREY if reading == "optimistic" else State.OPEN)


@dataclass(frozen=True, slots=True)
class Patch:
    """One polygon on the plane and what it says, on the readings where it says it."""

    shape: BaseGeometry
    role: Role
    feature: str
    readings: tuple[Reading, ...] = READINGS
    gain: BaseGeometry | None = None
    """What of the shape is there by the error stated, in the force's favour."""


@dataclass(frozen=True, slots=True)
class Wall:
    """A barrier on the plane, and the modes it stops on each reading."""

    barrier: Barrier
    shape: BaseGeometry
    stops: dict[Reading, int]

    @property
    def is_line(self) -> bool:
        """Tell a river line from a lake."""
        return "Line" in self.shape.geom_type


@dataclass(frozen=True, slots=True)
class Zone:
    """Ground under hostile fire."""

    shape: BaseGeometry
    fire: Fire
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Drawing:
    """Everything on the plane before it is laid over each other."""

    plane: Plane
    side: str
    friends: frozenset[str]
    area: Polygon
    uncovered: State
    patches: tuple[Patch, ...]
    walls: tuple[Wall, ...]
    zones: tuple[Zone, ...]
    anchors: tuple[tuple[Anchor, BaseGeometry, tuple[Reading, ...]], ...]

    @cached_property
    def _control(self) -> dict[str, BaseGeometry]:
        """Control polygons on the plane, on whichever reading they are larger."""
        said = PAINTED | HOSTILE_GROUND | NEUTRAL_GROUND | Role.TERRITORY_FRIENDLY
        drawn: dict[str, list[BaseGeometry]] = {}
        for patch in self.patches:
            if patch.role & said:
                drawn.setdefault(patch.feature, []).append(patch.shape)
        return {name: shapely.union_all(shapes) for name, shapes in drawn.items()}

    def measure_gap(self, feature: str, face: BaseGeometry) -> float:
        """Measure how far a control polygon lies from a face, metres."""
        return float(shapely.distance(self._control[feature], face))


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
        return shapely.coverage_union_all(self.faces[faces])

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
        patches = [self.drawing.patches[i] for i in self.members.get(face, [])]
        said = Role(int(self.said[reading][face]))
        decisive = _decisive(said, State(self.state[reading][face]))
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


def _decisive(said: Role, state: State) -> Role:
    """Give the roles whose word decided a state, as far as they were spoken."""
    if said & HOSTILE_GROUND and not _hear_bare(said) & BARE:
        said &= ~BARE  # not heard against the map, whoever else is heard there
    if said & Role.GREY:
        return Role.GREY
    if said & PAINTED:
        reaches = Role.REACH_FRIENDLY | Role.REACH_HOSTILE | Role.BARE_REACH
        doubts = Role.DOUBT_FRIENDLY | Role.DOUBT_HOSTILE | Role.BARE_DOUBT
        return PAINTED | (reaches | doubts if state == State.GREY else Role(0))
    if state == State.WATER:
        return Role.WATER
    if said & Role.SEAM and said & BESIDE_SEAM:
        reached = Role(0) if state == State.NEUTRAL else REACHES
        return BESIDE_SEAM | reached | _TERRITORY_OF.get(state, Role(0))
    reaches = Role.REACH_FRIENDLY | Role.REACH_HOSTILE | Role.BARE_REACH
    doubts = Role.DOUBT_FRIENDLY | Role.DOUBT_HOSTILE | Role.BARE_DOUBT
    territory = Role.TERRITORY_FRIENDLY | Role.TERRITORY_HOSTILE | Role.TERRITORY_NEUTRAL
    if state == State.GREY:
        return reaches | doubts | territory
    return reaches if said & reaches else territory


# -- drawing ---------------------------------------------------------------------------------


def draw(evidence: Evidence, plane: Plane, side: str, options: Options) -> Drawing:
    """Put every speaking feature on the plane, with what it says to this side."""
    friends = evidence.situation.friends_of(side)
    area = _draw_area(evidence, plane)
    drawn = {f.id: plane.to_metres(f.geometry) for f in evidence.speaking if f.geometry is not None}
    shapes = {name: clip(shape, area) for name, shape in drawn.items()}
    control = list(_patch_control(evidence, shapes, friends, area, options.seam_m))
    patches = [
        *(
            replace(p, shape=thicken_slivers(p.shape)) if p.role & NEUTRAL_GROUND else p
            for p in control
        ),
        # A reach is measured from what is drawn off the map too, and then cut to it.
        *_patch_positions(evidence, drawn, friends, area),
        *_patch_anchors(evidence, shapes, friends),
        *_patch_seams(control, area, options.seam_m),
    ]
    return Drawing(
        plane=plane,
        side=side,
        friends=friends,
        area=area,
        uncovered=State.OPEN if evidence.situation.uncovered == "open" else State.GREY,
        patches=tuple(_only_areas(patches)),
        walls=tuple(_draw_walls(evidence, shapes, control, area, options)),
        zones=tuple(_draw_zones(evidence, shapes, friends)),
        anchors=tuple(_draw_anchors(evidence, shapes, friends)),
    )


def _only_areas(patches: Iterable[Patch]) -> Iterator[Patch]:
    """Keep the polygons of each patch; cutting may leave lines and points behind."""
    for patch in patches:
        shape = patch.shape
        if "Polygon" not in shape.geom_type:
            parts = [p for p in shapely.get_parts(shape) if "Polygon" in p.geom_type]
            shape = shapely.union_all(parts)
        if not shape.is_empty:
            yield replace(patch, shape=shape)


def _draw_area(evidence: Evidence, plane: Plane) -> Polygon:
    """Draw the ground considered: as given, else the features' box and a margin."""
    if evidence.situation.area is not None:
        return cast("Polygon", plane.to_metres(evidence.situation.area))
    drawn = [plane.to_metres(f.geometry) for f in evidence.speaking if f.geometry is not None]
    left, bottom, right, top = shapely.total_bounds(drawn)
    margin = max(MARGIN_SHARE * max(right - left, top - bottom), MARGIN_LEAST_M)
    return box(left - margin, bottom - margin, right + margin, top + margin)


def _patch_control(
    evidence: Evidence,
    shapes: dict[str, BaseGeometry],
    friends: frozenset[str],
    area: BaseGeometry,
    seam_m: float,
) -> Iterator[Patch]:
    roles = {
        c.id: _role_of(c, friends) if certain else Role.GREY
        for c, certain in evidence.of_kind(Control)
    }

    def of(role: Role) -> list[BaseGeometry]:
        return [shapes[name] for name, own in roles.items() if own & role]

    fronts = Fronts(
        hostile=of(Role.ASSESSED_HOSTILE),
        foreign=of(Role.TERRITORY_HOSTILE),
        walls=[*of(NEUTRAL_GROUND), *(shapes[b.id] for b, _ in evidence.of_kind(Barrier))],
        faced=of(Role.GREY | Role.ASSESSED_FRIENDLY),
        painted=of(PAINTED),
        home=of(Role.TERRITORY_FRIENDLY),
        area=area,
        seam_m=seam_m,
        unknown=evidence.situation.uncovered != "open",
    )
    for control, _ in evidence.of_kind(Control):
        shape, role, error_m = shapes[control.id], roles[control.id], control.location_error_m
        kind = strict = shape
        gain = None
        if error_m and role & HOSTILE_GROUND:
            kind, strict = fronts.shrink_hostile(shape, error_m), fronts.grow(shape, error_m)
        elif error_m and role == Role.GREY:
            strict = fronts.grow(shape, error_m)
        elif error_m and role == Role.ASSESSED_FRIENDLY:
            gain = fronts.find_gain(shape, error_m)
            kind = shape if gain is None else lay_over(shapely.union, shape, gain)
            strict = fronts.shrink_friendly(shape, error_m)
        if kind is strict:
            yield Patch(shape, role, control.id)
            continue
        yield Patch(kind, role, control.id, ("optimistic",), gain)
        yield Patch(strict, role, control.id, ("pessimistic",))


def _role_of(control: Control, friends: frozenset[str]) -> Role:
    if control.basis in GREY_BASES or control.holder is None:
        return Role.GREY
    assessed = control.basis == "assessed"
    if control.holder == NEUTRAL:
        return Role.ASSESSED_NEUTRAL if assessed else Role.TERRITORY_NEUTRAL
    if control.holder in friends:
        return Role.ASSESSED_FRIENDLY if assessed else Role.TERRITORY_FRIENDLY
    return Role.ASSESSED_HOSTILE if assessed else Role.TERRITORY_HOSTILE


def _patch_positions(
    evidence: Evidence,
    shapes: dict[str, BaseGeometry],
    friends: frozenset[str],
    area: BaseGeometry,
) -> Iterator[Patch]:
    for position, certain in evidence.of_kind(Position):
        if position.present == "withdrawn":
            continue
        hostile = position.side not in friends
        sure = certain and position.basis != "reported" and position.present == "yes"
        if hostile:
            role = Role.REACH_HOSTILE if sure else Role.DOUBT_HOSTILE
        elif is_bare(position):  # of whichever force: two dots are no force either
            role = Role.BARE_REACH if sure else Role.BARE_DOUBT
        else:
            role = Role.REACH_FRIENDLY if sure else Role.DOUBT_FRIENDLY
        for reading in READINGS:
            reach = build_reach(position, shapes[position.id], reading, hostile=hostile)
            yield Patch(clip(reach, area), role, position.id, (reading,))


def _patch_anchors(
    evidence: Evidence, shapes: dict[str, BaseGeometry], friends: frozenset[str]
) -> Iterator[Patch]:
    for anchor, certain in evidence.of_kind(Anchor):
        if anchor.side in friends and shapes[anchor.id].geom_type != "Point":
            if anchor.access == "sea":
                yield Patch(shapes[anchor.id], Role.WATER, anchor.id)
            else:
                readings: tuple[Reading, ...] = READINGS if certain else ("optimistic",)
                yield Patch(shapes[anchor.id], Role.BARE_REACH, anchor.id, readings)


def _patch_seams(control: list[Patch], area: BaseGeometry, seam_m: float) -> Iterator[Patch]:
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
    for readings in apart if moved else together:
        speaking = [p for p in control if readings[0] in p.readings]
        painted = [p for p in speaking if p.role & PAINTED]
        bare = _find_bare(speaking, _unite(painted), area)
        thin = {role: _find_thin(ground, seam_m) for role, ground in bare.items()}
        for role, seam in thin.items():
            if seam.is_empty:
                continue
            yield Patch(seam, Role.SEAM, "", readings)
            wide = [
                patch
                for other, ground in bare.items()
                if other not in (role, Role(0))
                for patch in _part(
                    lay_over(shapely.difference, ground, thin[other]), other, speaking
                )
            ]
            for patch in (*painted, *wide):
                around = patch.shape.buffer(seam_m, quad_segs=4)
                near = lay_over(shapely.intersection, seam, around)
                if near.area > 0:
                    yield Patch(near, _SEAM_OF[patch.role], patch.feature, readings)


def _find_bare(
    speaking: list[Patch], painted: BaseGeometry, area: BaseGeometry
) -> dict[Role, BaseGeometry]:
    """Give the ground nothing is painted on, by whose territory it is; Role(0): nobody's."""
    roles = (Role.TERRITORY_FRIENDLY, Role.TERRITORY_HOSTILE, Role.TERRITORY_NEUTRAL)
    bare: dict[Role, BaseGeometry] = {}
    left = lay_over(shapely.difference, area, painted)
    for role in roles:
        own = _unite([p for p in speaking if p.role == role])
        if not own.is_empty:
            bare[role] = lay_over(shapely.difference, own, painted)
            left = lay_over(shapely.difference, left, own)
    bare[Role(0)] = left
    return bare


def _part(ground: BaseGeometry, role: Role, speaking: Sequence[Patch]) -> Iterator[Patch]:
    """Part bare territory by whose word it is."""
    for patch in speaking:
        if patch.role == role:
            own = lay_over(shapely.intersection, ground, patch.shape)
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
    return shapely.union_all([_find_thinner(ground, width_m / n, sides) for n in SMALLER_DISCS])


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


def _find_thinner(ground: BaseGeometry, width_m: float, sides: _Sides) -> BaseGeometry:
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
    return shapely.union_all([*thin[large], *gaps, *alone])


def _leads_through(part: BaseGeometry, around: BaseGeometry) -> bool:
    """Tell a gap in a wall, however short, from a crumb that lies along one side of wide ground."""
    rim = lay_over(shapely.difference, part.buffer(GRID_M, quad_segs=2), part)
    # Eroded, for rounding lets the rim run on from mouth to mouth along the wall between.
    met = shapely.get_parts(lay_over(shapely.intersection, around, rim).buffer(-TOUCH_M))
    return bool((shapely.area(met) > TOUCH_M**2).sum() > 1)  # snapping may widen any gap


def _draw_walls(
    evidence: Evidence,
    shapes: dict[str, BaseGeometry],
    control: list[Patch],
    area: BaseGeometry,
    options: Options,
) -> Iterator[Wall]:
    barriers = list(evidence.of_kind(Barrier))
    held = {p.feature for p in control if p.role & (HOSTILE_GROUND | NEUTRAL_GROUND)}
    solid = [shapes[name] for name in sorted(held)]  # as drawn: an error moves no river's end
    for barrier, certain in barriers:
        shape = shapes[barrier.id]
        if "Line" in shape.geom_type:
            others = [shapes[b.id] for b, _ in barriers if b.id != barrier.id]
            ties = find_ties(shape, [*solid, *others, area.boundary], options.seam_m)
            shape = shapely.union_all([shape, *ties]) if ties else shape
        bits = sum(MODE_BITS[mode] for mode in barrier.blocks)
        yield Wall(barrier, shape, {"optimistic": bits if certain else 0, "pessimistic": bits})


def _draw_zones(
    evidence: Evidence, shapes: dict[str, BaseGeometry], friends: frozenset[str]
) -> Iterator[Zone]:
    for fire, certain in evidence.of_kind(Fire):
        if fire.side not in friends and not shapes[fire.id].is_empty:
            yield Zone(shapes[fire.id], fire, READINGS if certain else ("pessimistic",))


def _draw_anchors(
    evidence: Evidence, shapes: dict[str, BaseGeometry], friends: frozenset[str]
) -> Iterator[tuple[Anchor, BaseGeometry, tuple[Reading, ...]]]:
    for anchor, certain in evidence.of_kind(Anchor):
        if anchor.side in friends and not shapes[anchor.id].is_empty:
            yield anchor, shapes[anchor.id], READINGS if certain else ("optimistic",)


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
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    faces = faces[shapely.covers(drawing.area.buffer(1.0), faces)]
    points = shapely.point_on_surface(faces)
    members, said = _classify(drawing, points)
    state = {r: _decide(said[r], r, drawing.uncovered) for r in READINGS}
    enclosing, barred = _bar(drawing, points)
    stretches = _find_stretches(faces)
    joins, stopped = _join(drawing, stretches)
    on_edge = np.zeros(len(faces), dtype=bool)
    on_edge[[beside[0] for beside in stretches.values() if len(beside) == 1]] = True
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
        on_edge=on_edge,
        stretches=stretches,
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


def _find_stretches(
    faces: NDArray[np.object_],
) -> dict[tuple[int, int, int, int], tuple[int, ...]]:
    """Find the faces beside each piece of boundary, keyed by its end points in grid units."""
    if not len(faces):
        return {}
    rings, ring_of_face = shapely.get_rings(faces, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    units = np.round(points / GRID_M).astype(np.int64)
    along = np.flatnonzero(ring[1:] == ring[:-1])
    start, end = units[along], units[along + 1]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    keys = map(tuple, np.column_stack([low, high]).tolist())
    beside: dict[tuple[int, int, int, int], tuple[int, ...]] = {}
    for key, face in zip(keys, ring_of_face[ring[along]].tolist(), strict=True):
        beside[key] = (*beside.get(key, ()), face)
    return beside


def _join(
    drawing: Drawing, stretches: dict[tuple[int, int, int, int], tuple[int, ...]]
) -> tuple[NDArray[np.int64], dict[Reading, NDArray[np.int64]]]:
    """Join faces along shared stretches, apart by which modes a barrier on them stops."""
    keys = [key for key, beside in stretches.items() if len(beside) == 2]  # noqa: PLR2004 - two sides
    ends = np.array(keys, dtype=float).reshape(-1, 2, 2) * GRID_M
    lengths = np.hypot(*(ends[:, 1] - ends[:, 0]).T) if keys else np.empty(0)
    stops = {r: np.zeros(len(keys), dtype=np.int64) for r in READINGS}
    lines = [wall for wall in drawing.walls if wall.is_line]
    if lines and keys:
        tree = STRtree(shapely.points(ends.mean(axis=1)))
        for wall in lines:
            on = tree.query(wall.shape, "dwithin", ON_LINE_M)
            for reading in READINGS:
                stops[reading][on] |= wall.stops[reading]
    pairs = np.array([sorted(stretches[key]) for key in keys], dtype=np.int64).reshape(-1, 2)
    rows = np.column_stack([pairs, stops["optimistic"], stops["pessimistic"]])
    distinct, where = np.unique(rows, axis=0, return_inverse=True)
    shared = np.bincount(where.ravel(), weights=lengths, minlength=len(distinct))
    kept = shared > LEAST_SHARED_M
    distinct = distinct[kept]
    stopped: dict[Reading, NDArray[np.int64]] = {
        "optimistic": distinct[:, 2],
        "pessimistic": distinct[:, 3],
    }
    return distinct[:, :2], stopped


def barrier_lines(drawing: Drawing, reading: Reading, mode: str) -> list[Wall]:
    """List the barrier lines that stop a mode on a reading."""
    bit = MODE_BITS[mode]
    return [w for w in drawing.walls if w.is_line and w.stops[reading] & bit]


def stretch_key(start: NDArray[np.float64], end: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Name a piece of boundary by its end points in grid units, the lower first."""
    a = tuple(np.round(np.asarray(start) / GRID_M).astype(int).tolist())
    b = tuple(np.round(np.asarray(end) / GRID_M).astype(int).tolist())
    low, high = (a, b) if a <= b else (b, a)
    return (*low, *high)

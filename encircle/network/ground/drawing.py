"""Evidence drawn on the plane, on both readings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import shapely
from shapely.geometry import Polygon, box

from encircle.map.plane.fronts import Fronts, clip, find_ties, lay_over, thicken_slivers
from encircle.map.reach import READINGS, Reading, build_reach, is_bare
from encircle.map.situation import GREY_BASES, NEUTRAL, Anchor, Barrier, Control, Fire, Position
from encircle.network.ground.patches import Drawing, Patch, Wall, Zone
from encircle.network.ground.seams import patch_seams
from encircle.network.ground.states import (
    HOSTILE_GROUND,
    MODE_BITS,
    NEUTRAL_GROUND,
    PAINTED,
    Role,
    State,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.map.options import Options
    from encircle.map.plane.projection import Plane

MARGIN_SHARE = 0.1
"""Default margin round the features, as a share of their larger extent."""
MARGIN_LEAST_M = 1_000.0
"""The least such margin, metres."""


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
        *patch_seams(control, area, options.seam_m),
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


def draw_reaches(evidence: Evidence, plane: Plane, side: str) -> tuple[Patch, ...]:
    """Put on the plane how far positions reach, and nothing else."""
    area = _draw_area(evidence, plane)
    drawn = {
        p.id: plane.to_metres(p.geometry)
        for p, _ in evidence.of_kind(Position)
        if p.geometry is not None
    }
    friends = evidence.situation.friends_of(side)
    return tuple(_only_areas(_patch_positions(evidence, drawn, friends, area)))


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
    speaking = [f for f in evidence.speaking if f.geometry is not None]
    # Where all is of later nothing speaks yet: then where it will.
    features = speaking or [f for f in evidence.situation.features if f.geometry is not None]
    drawn = [plane.to_metres(f.drawn) for f in features]
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

"""Is it a way out: every leg of an open path held against the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import Point

from encircle.map.plane.projection import length_on_globe_m
from encircle.map.situation import Anchor, Position
from encircle.verifier.ground import SLACK_M
from encircle.verifier.path.case import STRAY_M, Fault, PathCase
from encircle.verifier.path.said import (
    bottleneck_is_measured,
    evidence_is_really_there,
    fire_is_not_invented,
    fire_is_not_played_down,
)
from encircle.verifier.path.travel import (
    lines_carry_their_legs,
    mode_is_kept,
    wheels_keep_to_routes,
)
from encircle.verifier.path.underfoot import (
    ground_is_what_it_is_called,
    ground_lets_through,
    it_passes_no_corner,
    nothing_stands_across_it,
)
from encircle.verifier.regions import GRID_M, areas_of, measure_stray, minus

if TYPE_CHECKING:
    from collections.abc import Iterator


LENGTH_TOLERANCE_M = 0.2
"""Two honest measurements of one length may differ by this; metres."""
SAME_PLACE_DEG = 1e-9
"""Ends that meet are equal but for the last bits; degrees."""


# -- the ends --------------------------------------------------------------------------------


def starts_at_the_force(case: PathCase) -> Iterator[Fault]:
    """The path starts where a position of the force stands."""
    unit = case.survey.known.get(case.path.unit)
    situation = case.survey.situation
    if not isinstance(unit, Position) or unit.force != situation.force:
        yield Fault(f"{case.path.unit!r} is no position of the force", (case.path.unit,))
        return
    if not case.survey.stands(unit):
        yield Fault(f"{unit.id!r} may not be there", (unit.id,))
    start = Point(case.on_plane(case.path.legs[0].points[:1])[0])
    gap = start.distance(case.survey.shape(unit))
    if gap > STRAY_M:
        yield Fault(f"the path starts {gap:.0f} m from {unit.id!r}", (unit.id,))


def ends_at_a_friendly_anchor(case: PathCase) -> Iterator[Fault]:
    """The path ends at a friendly land anchor that stands on passable ground."""
    name = case.path.anchor
    anchor = case.survey.known.get(name)
    if not isinstance(anchor, Anchor) or not case.survey.counts(anchor, case.path.reading):
        yield Fault(f"{name!r} is no anchor on the {case.path.reading} reading", (name,))
        return
    if anchor.side not in case.survey.friends:
        yield Fault(f"anchor {name!r} belongs to {anchor.side!r}, which is no friend", (name,))
    if anchor.access != "land":
        yield Fault(f"anchor {name!r} gives access by {anchor.access}, not by land", (name,))
    yield from _reaches_anchor(case, anchor)


def _reaches_anchor(case: PathCase, anchor: Anchor) -> Iterator[Fault]:
    shape, hop = case.survey.shape(anchor), case.last_hop()
    joins = shape.geom_type == "Point" or case.ends_with_a_line
    inside = case.survey.extent().buffer(-GRID_M, join_style="mitre")  # not what meets its edge
    on_map = areas_of(shape.intersection(inside))
    if shape.area and on_map.is_empty and not case.ends_with_a_line:
        yield Fault(f"no ground of anchor {anchor.id!r} is on the map", (anchor.id,))
    allowed = case.survey.parameters.join_m if joins else 0.0
    if hop.length > allowed + STRAY_M:
        yield Fault(f"the path ends {hop.length:.0f} m from anchor {anchor.id!r}", (anchor.id,))
    let = case.ground.passable
    if case.ends_with_a_line:  # it reaches an anchor on whatever ground, if the enemy's is not
        let = minus(hop.buffer(2 * SLACK_M), case.ground.hostile)
    if measure_stray(hop, let, SLACK_M) > STRAY_M:
        yield Fault(f"the ground at anchor {anchor.id!r} cannot be passed", (anchor.id,))


def legs_follow_on(case: PathCase) -> Iterator[Fault]:
    """Each leg starts where the one before it ends."""
    for number, (one, other) in enumerate(
        zip(case.path.legs, case.path.legs[1:], strict=False), start=1
    ):
        step = np.abs(one.points[-1] - other.points[0])
        step[0] = min(step[0], abs(step[0] - 360.0))
        if step.max() > SAME_PLACE_DEG:
            yield Fault(f"leg {number} does not start where leg {number - 1} ends")


def lengths_agree(case: PathCase) -> Iterator[Fault]:
    """The lengths stated are the lengths measured on the globe."""
    for number, leg in enumerate(case.path.legs):
        measured = length_on_globe_m(leg.points)
        if not same_length(measured, leg.length_m, len(leg.points)):
            yield Fault(f"leg {number} is {measured:.1f} m long, not {leg.length_m:.1f} m")
    total = sum(leg.length_m for leg in case.path.legs)
    if abs(total - case.path.length_m) > LENGTH_TOLERANCE_M + 0.06 * len(case.path.legs):
        yield Fault(f"the legs add up to {total:.1f} m, not {case.path.length_m:.1f} m")


def same_length(measured_m: float, stated_m: float, vertices: int) -> bool:
    """Tell whether two lengths differ by no more than rounding, vertex by vertex."""
    return abs(measured_m - stated_m) <= LENGTH_TOLERANCE_M + 0.001 * vertices + 1e-6 * measured_m


# -- what is said of it ----------------------------------------------------------------------


PATH_RULES = (
    starts_at_the_force,
    ends_at_a_friendly_anchor,
    legs_follow_on,
    lengths_agree,
    mode_is_kept,
    wheels_keep_to_routes,
    lines_carry_their_legs,
    ground_lets_through,
    ground_is_what_it_is_called,
    nothing_stands_across_it,
    it_passes_no_corner,
    evidence_is_really_there,
    fire_is_not_played_down,
    fire_is_not_invented,
    bottleneck_is_measured,
)
"""Everything asked of an open path, in the order it is asked."""

"""Is it a way out: every leg of an open path held against the map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from encircle.map.plane.projection import length_on_globe_m
from encircle.map.situation import Anchor, Barrier, Control, Crossing, Fire, Position, Route
from encircle.verifier.flood.flood import flood_of
from encircle.verifier.ground import (
    CORNER_M,
    GRID_M,
    POINT_M,
    SLACK_M,
    TOLERANCE_M,
    Ground,
    Lean,
    Region,
    Survey,
    areas_of,
    common,
    join,
    measure_gap,
    measure_stray,
    minus,
    parts_of,
    trace_of,
    union_of,
)
from encircle.verifier.parsing import READINGS, Bottleneck, Leg, OpenPath, rank_of_fire
from encircle.verifier.path.spans import course_of, spans_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Feature

LENGTH_TOLERANCE_M = 0.2
"""Two honest measurements of one length may differ by this; metres."""
SAME_PLACE_DEG = 1e-9
"""Ends that meet are equal but for the last bits; degrees."""
STRAY_M = SLACK_M
"""Length outside a tolerance that is still put down to rounding; metres."""
THIN_WALL_M = 0.01
"""Half the width a barrier drawn as a line is given where a way is held against it; metres."""
LOOKED_BESIDE_M = 2.0
"""Room looked for beside a way, past what it leads along; metres."""
_WIDTH_TOLERANCE = 0.002
_WIDTH_TOLERANCE_M = 5.0
_LOOKED_PAST_M = 100.0
_EDGE_M = 0.5
_RAYS = 36
_MORE_THAN_A_TOUCH_M = 2 * TOLERANCE_M
"""A leg that only touches ground comes this near to it for less than this, metres."""
_STRAIGHT_ACROSS_DEG = 20.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a certificate fails, and the features it concerns."""

    statement: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class PathCase:
    """An open path beside the map it is about."""

    path: OpenPath
    survey: Survey

    @property
    def ground(self) -> Ground:
        """The ground on the path's reading, drawn in the path's favour."""
        return self.survey.ground(self.path.reading, "open")

    @cached_property
    def called(self) -> dict[str, Region]:
        """Where a leg may be called what, however room for drawing is used."""
        leans: tuple[Lean, Lean] = ("open", "closed")
        grounds = [self.survey.ground(self.path.reading, lean) for lean in leans]
        seam = [part for g in grounds for part in parts_of(g.seam)]
        friendly = [*seam, *(g.friendly for g in grounds)]
        uncovered = [*seam, *(g.open for g in grounds)]
        return {
            "friendly": friendly,
            "open": uncovered,
            "friendly or open": [*friendly, *uncovered],
            "grey": [*seam, *(g.grey for g in grounds)],
        }

    @cached_property
    def spannable(self) -> BaseGeometry:
        """
        What a crossing may span: ground that lets through, and water nobody hostile holds.

        The map's edge is no wall: a crossing beside it may run over the grey beyond.
        """
        wet = minus(join(*_wide_obstacles(self)), self.ground.hostile, self.ground.neutral)
        beyond = [self.ground.nobody] if self.path.reading == "optimistic" else []
        return join(self.ground.passable, wet, self.ground.water, *beyond)

    def on_plane(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project a leg's positions; a leg is straight on the plane between them."""
        return self.survey.plane.points_to_metres(points)

    def trace(self, leg: Leg) -> BaseGeometry:
        """Draw a leg on the plane."""
        return trace_of(self.on_plane(leg.points))

    @cached_property
    def own_ground(self) -> list[BaseGeometry]:
        """The ground that hangs together with any place of the force, for a man on foot."""
        survey = self.survey
        shapes = [survey.shape(b) for b in survey.barriers(self.path.reading, "foot")]
        walls = [
            shape.buffer(SLACK_M / 2 + THIN_WALL_M) for shape in shapes
        ]  # past the map's edge too
        ground = minus(self.ground.passable.buffer(SLACK_M / 2), *walls)
        unit = survey.known.get(self.path.unit)
        places = survey.places(unit) if isinstance(unit, Position) else []
        starts = [Point(self.on_plane(self.path.legs[0].points[:1])[0]), *places]
        return [piece for piece in shapely.get_parts(ground) if _lies_at(piece, starts)]

    @cached_property
    def ground_leads_out(self) -> bool:
        """Tell whether ground leads from the force to an anchor without route or crossing."""
        survey = self.survey
        goals = [survey.shape(anchor) for anchor in survey.each(Anchor) if self.is_goal(anchor)]
        return any(piece.distance(goal) <= SLACK_M for piece in self.own_ground for goal in goals)

    @cached_property
    def ground_surely_leads_out(self) -> bool:
        """Tell whether it does so beyond doubt: past no corner thinner than drawing leaves room."""
        unit = self.survey.known.get(self.path.unit)
        flood = flood_of(self.survey, self.path.reading, "closed", "foot")
        here = flood.starts_of(unit) if isinstance(unit, Position) else set()
        return any(True for _ in flood.anchors_reached(here, "land"))

    def is_goal(self, anchor: Feature) -> bool:
        """Tell a land anchor of the force's friends that counts on the reading."""
        if not isinstance(anchor, Anchor) or anchor.access != "land":
            return False
        counts = self.survey.counts(anchor, self.path.reading)
        return counts and anchor.side in self.survey.friends

    @property
    def ends_with_a_line(self) -> bool:
        """Tell whether the path's last leg comes to an end of the route or crossing it names."""
        leg = self.path.legs[-1]
        line = self.survey.known.get(leg.evidence[0]) if leg.evidence else None
        if leg.by == "ground" or not isinstance(line, (Route, Crossing)):
            return False
        parts = shapely.get_parts(self.survey.shape(line))
        ends = [Point(p) for part in parts for p in shapely.get_coordinates(part)[[0, -1]]]
        last = Point(self.on_plane(leg.points[-1:])[0])
        return any(last.distance(end) <= SLACK_M for end in ends)

    def anchor_shape(self) -> BaseGeometry | None:
        """Draw the anchor, if there is one on this reading."""
        anchor = self.survey.known.get(self.path.anchor)
        return self.survey.shape(anchor) if isinstance(anchor, Anchor) else None

    def last_hop(self) -> BaseGeometry:
        """Draw the step from the path's end to the nearest point of the anchor."""
        end = Point(self.on_plane(self.path.legs[-1].points[-1:])[0])
        shape = self.anchor_shape()
        nearest = shapely.shortest_line(end, shape) if shape is not None else None
        return trace_of(shapely.get_coordinates(nearest if nearest is not None else end))


def _lies_at(piece: BaseGeometry, places: list[BaseGeometry]) -> bool:
    """Tell ground that a place is on, or that an area drawn has a share in."""
    return any(
        piece.intersection(place).area > SLACK_M if place.area else piece.distance(place) <= SLACK_M
        for place in places
    )


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


# -- how it travels --------------------------------------------------------------------------


def mode_is_kept(case: PathCase) -> Iterator[Fault]:
    """Every leg is travelled by the path's mode; a boat way walks to at least one boat."""
    mode = case.path.mode
    allowed = ("foot", "boat") if mode == "boat" else (mode,)
    for number, leg in enumerate(case.path.legs):
        if leg.mode not in allowed:
            yield Fault(f"leg {number} goes by {leg.mode}, the path by {mode}")
        if leg.mode == "boat" and leg.by != "crossing":
            yield Fault(f"leg {number} goes by boat and is no crossing")
    if mode == "boat" and not any(leg.mode == "boat" for leg in case.path.legs):
        yield Fault("the path goes by boat and takes none")


def wheels_keep_to_routes(case: PathCase) -> Iterator[Fault]:
    """Wheels and rail leave a route only on the ground the force itself holds."""
    left, own = True, own_ground_m(case)
    gone = 0.0
    for number, leg in enumerate(case.path.legs):
        left = left and leg.by == "ground"
        if leg.by != "ground" or leg.mode not in ("wheeled", "rail"):
            continue
        trace, drawn = case.trace(leg), drawn_force(case)
        length = minus_length(trace, drawn)
        gone += length if left else 0.0
        if not left and length > STRAY_M:
            yield Fault(f"leg {number} takes {leg.mode} off the routes")
        elif gone > own + 1.0:
            yield Fault(f"leg {number} goes {gone:.0f} m off the routes, past {own:.0f} m")


def drawn_force(case: PathCase) -> BaseGeometry | None:
    """Give the polygon of a force that is drawn as one."""
    unit = case.survey.known.get(case.path.unit)
    shape = case.survey.shape(unit) if unit is not None else None
    return shape if shape is not None and shape.geom_type == "Polygon" else None


def minus_length(trace: BaseGeometry, held: BaseGeometry | None) -> float:
    """Measure how much of a trace lies outside the ground a force is drawn on."""
    left = trace if held is None else trace.difference(held.buffer(TOLERANCE_M))
    return float(left.length)


def own_ground_m(case: PathCase) -> float:
    """Measure how far from its place the force goes without a road; metres."""
    unit = case.survey.known.get(case.path.unit)
    reach = case.survey.reach_m(unit, case.path.reading) if isinstance(unit, Position) else 0.0
    return max(case.survey.parameters.join_m, reach)


def lines_carry_their_legs(case: PathCase) -> Iterator[Fault]:
    """A leg by route or crossing lies on the one it names, which is open and carries the mode."""
    for number, leg in enumerate(case.path.legs):
        if leg.by == "ground":
            continue
        kind = Route if leg.by == "route" else Crossing
        first = case.survey.known.get(leg.evidence[0]) if leg.evidence else None
        if not isinstance(first, kind) and not (leg.by == "route" and isinstance(first, Crossing)):
            yield Fault(f"leg {number} names no {leg.by} first", leg.evidence[:1])
            continue
        if not _carries(case, leg, first):
            said = f"{first.id!r} does not carry {leg.mode} on the {case.path.reading} reading"
            yield Fault(f"leg {number}: {said}", (first.id,))
        elif leg.by == "route" and not _follows_route(case, leg, first):
            yield Fault(f"leg {number} does not lie on {first.id!r}", (first.id,))
        elif isinstance(first, Crossing) and leg.by == "crossing":
            yield from _follows_crossing(case, number, leg, first)


def _carries(case: PathCase, leg: Leg, line: Feature) -> bool:
    """Tell whether a line carries a leg; a boat's landing is walked."""
    landing = case.path.mode == "boat" and leg.by == "crossing" and leg.mode == "foot"
    near = landing and case.trace(leg).length <= case.survey.parameters.join_m
    modes = (leg.mode, "boat") if near else (leg.mode,)
    return any(case.survey.is_usable(line, case.path.reading, mode) for mode in modes)


def _follows_route(case: PathCase, leg: Leg, route: Feature) -> bool:
    trace = case.trace(leg)
    if isinstance(route, Route):
        shape = case.survey.shape(route)
        if measure_stray(trace, shape, TOLERANCE_M) <= STRAY_M:
            return True
    return _joins_ends(case, leg, trace)


def _joins_ends(case: PathCase, leg: Leg, trace: BaseGeometry) -> bool:
    """A route or crossing end joins what lies within `join_m`."""
    if trace.length > case.survey.parameters.join_m + 1.0:
        return False
    lines = [
        case.survey.shape(line)
        for line in map(case.survey.known.get, leg.evidence)
        if isinstance(line, (Route, Crossing))
        and case.survey.is_usable(line, case.path.reading, leg.mode)
    ]
    anchor = case.anchor_shape()
    if anchor is not None and leg is case.path.legs[-1]:
        lines.append(anchor)  # the path's last step may leave the road for the anchor
    ends = [Point(p) for p in case.on_plane(leg.points[[0, -1]])]
    touched = [{i for i, line in enumerate(lines) if end.distance(line) <= TOLERANCE_M}
               for end in ends]  # fmt: skip
    return all(touched) and (len(lines) == 1 or len(touched[0] | touched[1]) > 1)


def _follows_crossing(case: PathCase, number: int, leg: Leg, crossing: Crossing) -> Iterator[Fault]:
    trace, shape = case.trace(leg), case.survey.shape(crossing)
    near = case.survey.parameters.join_m + TOLERANCE_M
    spans = spans_of(case.survey, case.ground, crossing)
    straight = shape.geom_type == "Point" and _spans_straight(case, trace, shape, near)
    if not straight and not any(_lies_on_span(trace, span, near) for span in spans):
        yield Fault(f"leg {number} does not lie on crossing {crossing.id!r}", (crossing.id,))


def _lies_on_span(trace: BaseGeometry, span: BaseGeometry, near_m: float) -> bool:
    """A crossing is passed along its span; its ends join what lies near them."""
    ends = union_of(Point(p) for p in shapely.get_coordinates(span)[[0, -1]])
    away = trace.difference(span.buffer(TOLERANCE_M))
    return bool(away.is_empty or measure_stray(away, ends, near_m) <= STRAY_M)


def _spans_straight(
    case: PathCase, trace: BaseGeometry, place: BaseGeometry, near_m: float
) -> bool:
    """A point crossing joins what lies near it, or the two banks of the water it stands in."""
    if trace.hausdorff_distance(place) <= near_m:
        return True
    spans = [shape for shape in _wide_obstacles(case) if shape.distance(place) <= near_m]
    ends = shapely.get_coordinates(trace)[[0, -1]]
    straight = measure_stray(trace, trace_of(ends), TOLERANCE_M) <= STRAY_M
    if not straight or trace.distance(place) > near_m:
        return False
    return any(_goes_across(trace, span, place, near_m) for span in spans)


def _wide_obstacles(case: PathCase) -> list[BaseGeometry]:
    barriers = [case.survey.shape(b) for b in case.survey.each(Barrier)]
    return [areas_of(shape) for shape in barriers if shape.geom_type.endswith("Polygon")]


def _goes_across(
    trace: BaseGeometry, span: BaseGeometry, place: BaseGeometry, near_m: float
) -> bool:
    """A span runs from the nearest bank to the opposite one, not along the water."""
    wet = trace.intersection(span.buffer(TOLERANCE_M))
    if trace.length - wet.length > 2 * near_m:
        return False
    bank = np.asarray(shapely.shortest_line(place, span.boundary).coords)
    across, along = bank[1] - bank[0], np.diff(shapely.get_coordinates(trace)[[0, -1]], axis=0)[0]
    lengths = np.hypot(*across) * np.hypot(*along)
    if lengths > 0:
        turn = np.degrees(np.arccos(np.clip(abs(across @ along) / lengths, 0.0, 1.0)))
        if turn <= _STRAIGHT_ACROSS_DEG:
            return True
    return bool(trace.length <= 2 * _shortest_chord(span, place) + 2 * near_m)


def _shortest_chord(span: BaseGeometry, place: BaseGeometry) -> float:
    heart = shapely.shortest_line(place, span.buffer(-1.0)).coords[-1]
    far = span.length + 1.0
    chords = []
    for angle in np.linspace(0.0, np.pi, _RAYS, endpoint=False):
        ray = far * np.array([np.cos(angle), np.sin(angle)])
        cut = span.intersection(LineString([heart - ray, heart + ray]))
        chords += [p.length for p in shapely.get_parts(cut) if p.distance(Point(heart)) < 1.0]
    return min(chords, default=0.0)


# -- the ground under it ---------------------------------------------------------------------


def ground_lets_through(case: PathCase) -> Iterator[Fault]:
    """Every leg keeps to ground that is passable on the reading, all along."""
    for number, leg in enumerate(case.path.legs):
        region = case.spannable if leg.by == "crossing" else case.ground.passable
        stray = measure_stray(case.trace(leg), region, SLACK_M)
        if stray > STRAY_M:
            said = f"leg {number} runs {stray:.0f} m through ground that is not passable"
            yield Fault(f"{said} on the {case.path.reading} reading", leg.evidence)


def ground_is_what_it_is_called(case: PathCase) -> Iterator[Fault]:
    """The control named for each leg is what its ground is."""
    for number, leg in enumerate(case.path.legs):
        if leg.control == "crossing" and leg.by != "crossing":
            yield Fault(f"leg {number} is on the ground and calls it a crossing")
        elif leg.control != "crossing" and leg.by == "crossing":
            yield Fault(f"leg {number} is a crossing and calls it {leg.control} ground")
        elif leg.control == "grey" and case.path.reading == "pessimistic":
            yield Fault(f"leg {number} goes over grey ground on the pessimistic reading")
        elif leg.by != "crossing" and not _is_called_right(case, leg):
            yield Fault(f"leg {number} is not on {leg.control} ground", leg.evidence)


def _is_called_right(case: PathCase, leg: Leg) -> bool:
    trace, called = case.trace(leg), case.called
    if leg.control == "grey":  # a road leg is called after the worst ground it runs over
        sure_m = _measure_surely_ours(case, trace) if leg.by == "ground" else 0.0
        return _runs_over(trace, called["grey"]) and sure_m <= STRAY_M
    if leg.control == "friendly":
        return measure_stray(trace, called["friendly"], TOLERANCE_M) <= STRAY_M
    within = measure_stray(trace, called["friendly or open"], TOLERANCE_M) <= STRAY_M
    return within and _runs_over(trace, called["open"])


def _measure_surely_ours(case: PathCase, trace: BaseGeometry) -> float:
    """Measure how much of a trace lies well within passable ground that is not grey; metres."""
    around = trace.buffer(3 * TOLERANCE_M)
    leans: tuple[Lean, Lean] = ("open", "closed")
    for ground in (case.survey.ground(case.path.reading, lean) for lean in leans):
        ours = join(common(ground.friendly, around), common(ground.open, around))
        trace = trace.intersection(minus(ours, *parts_of(ground.seam)).buffer(-TOLERANCE_M))
    return float(trace.length)


def _touches(trace: BaseGeometry, region: Region) -> bool:
    return measure_gap(trace, region) <= TOLERANCE_M


def _runs_over(trace: BaseGeometry, region: Region) -> bool:
    """Tell a leg that goes over some ground from one that ends where it begins."""
    least_m = min(trace.length / 2, _MORE_THAN_A_TOUCH_M)
    return trace.length - measure_stray(trace, region, TOLERANCE_M) >= least_m


def nothing_stands_across_it(case: PathCase) -> Iterator[Fault]:
    """
    Between its crossings the way hangs together on ground that lets through, to its very end.

    Barriers and ground that is held are taken out together: where a river ends at the enemy's
    ground, or two drawings of it meet, there is no way round between them.
    """
    runs = list(_runs(case))
    for number, (mode, run) in enumerate(runs):
        ends = number == len(runs) - 1 and case.path.legs[-1].by != "crossing"
        goal = case.anchor_shape() if ends else None
        if _is_parted(case, mode, run, goal):
            gaps = _gaps(case, mode, run)
            barriers = case.survey.barriers(case.path.reading, mode)
            shut = [(b, case.survey.shape(b).difference(gaps)) for b in barriers]
            near = [b for b, wall in shut if wall.distance(run) <= SLACK_M]
            names = tuple(b.id for b in near)
            what = f"{near[0].type} {names[0]!r}" if near else "ground that is held"
            yield Fault(f"the way for {mode} leads over {what} without a crossing", names)


def _runs(case: PathCase) -> Iterator[tuple[str, BaseGeometry]]:
    """Give the stretches between crossings, each with its mode, the last hop included."""
    last = len(case.path.legs) - 1
    run: list[NDArray[np.float64]] = []
    mode = case.path.mode
    for number, leg in enumerate(case.path.legs):
        if leg.by == "crossing":
            if run:
                yield mode, trace_of(np.concatenate(run))
            run = []
            continue
        mode = leg.mode
        run.append(case.on_plane(leg.points))
        if number == last:
            run.append(shapely.get_coordinates(case.last_hop()))
    if run:
        yield mode, trace_of(np.concatenate(run))


def _gaps(case: PathCase, mode: str, run: BaseGeometry) -> BaseGeometry:
    """Draw the places near the path where a usable crossing opens barriers."""
    crossings = [
        case.survey.shape(line).buffer(case.survey.parameters.join_m + TOLERANCE_M)
        for line in case.survey.lines(case.path.reading, mode)
        if isinstance(line, Crossing)
    ]
    return join(*(gap for gap in crossings if gap.intersects(run)))


def _is_parted(case: PathCase, mode: str, run: BaseGeometry, goal: BaseGeometry | None) -> bool:
    """
    Tell whether a way's two ends lie apart once all that stops it is taken from a tube round it.

    A way that touches a wall, or runs along one, stays in one piece; one that crosses falls into
    two. A way that ends at ground of an anchor must get onto that ground, not to its edge alone.
    """
    survey, gaps = case.survey, _gaps(case, mode, run)
    left = _left_along(case, mode, run, SLACK_M)
    pieces = [p for p in shapely.get_parts(left) if p.geom_type == "Polygon"]
    start, end = (Point(p) for p in shapely.get_coordinates(run)[[0, -1]])
    own = [p for p in pieces if p.distance(start) <= SLACK_M]
    if goal is not None and case.ends_with_a_line:
        hop = case.last_hop()
        walls = (survey.shape(b) for b in survey.barriers(case.path.reading, mode))
        barred = hop.length > SLACK_M and any(hop.crosses(wall.difference(gaps)) for wall in walls)
        return barred or not any(p.distance(hop) <= SLACK_M for p in own)
    if goal is not None and goal.geom_type.endswith("Polygon"):
        # What lies behind the wall at its edge is not on the goal; a sliver may be no larger.
        near = run.buffer(SLACK_M, quad_segs=4).intersection(goal)
        least = min(SLACK_M * THIN_WALL_M, near.area / 2)
        return not any(p.intersection(goal).area > least for p in own)
    return not any(p.distance(end) <= SLACK_M for p in own)


def _left_along(
    case: PathCase, mode: str, run: BaseGeometry, room_m: float, thick_m: float = SLACK_M / 2
) -> BaseGeometry:
    """Draw the ground in a tube round a way, grown by half the slack, without what stops it."""
    tube = run.buffer(room_m, quad_segs=4)
    free = case.ground.passable.intersection(tube.envelope.buffer(1.0))
    left = tube.intersection(free.buffer(SLACK_M / 2, quad_segs=2))
    gaps = _gaps(case, mode, run)
    for barrier in case.survey.barriers(case.path.reading, mode):
        wall = case.survey.shape(barrier)
        if not wall.intersects(tube):
            continue
        if wall.geom_type.endswith("Polygon"):
            left = left.difference(wall.buffer(-SLACK_M / 2))
        else:
            # As wide as ground is grown: round its end there is no more room than there was.
            drawn = wall.buffer(thick_m + THIN_WALL_M, quad_segs=2)
            left = left.difference(drawn.difference(gaps))
    return left


def it_passes_no_corner(case: PathCase) -> Iterator[Fault]:
    """Nowhere does the way pass from ground to ground that only touches it at a point."""
    runs = list(_runs(case))
    for number, (mode, run) in enumerate(runs):
        ends = number == len(runs) - 1 and case.path.legs[-1].by != "crossing"
        goal = case.anchor_shape() if ends else None
        # Barriers are as thin as drawn: ground that is eroded again has no room round their ends.
        core = _left_along(case, mode, run, LOOKED_BESIDE_M, 0.0).buffer(-CORNER_M, quad_segs=2)
        pieces = [p for p in shapely.get_parts(core) if p.geom_type == "Polygon" and p.area]
        start, end = (Point(p) for p in shapely.get_coordinates(run)[[0, -1]])
        near_m = CORNER_M + SLACK_M  # so far from either bank lies a place drawn on a barrier
        here = [p.distance(start) <= near_m for p in pieces]
        there = [p.distance(end) <= near_m for p in pieces]
        if goal is not None and goal.area:
            there = [p.intersection(goal).area > 0 for p in pieces]
        if any(one and other for one, other in zip(here, there, strict=True)):
            continue
        # A crack that is long is a way, however thin: the map draws it. A point is none.
        steps = (shapely.shortest_line(one, other) for one, other in combinations(pieces, 2))
        if any(here) and any(
            step.length <= POINT_M and run.dwithin(step, SLACK_M) for step in steps
        ):
            yield Fault(f"the way for {mode} leads over a point where two grounds only touch")


# -- what is said of it ----------------------------------------------------------------------


def evidence_is_really_there(case: PathCase) -> Iterator[Fault]:
    """Every feature named for a leg speaks at the instant judged, and lies where the leg does."""
    for number, leg in enumerate(case.path.legs):
        trace = case.trace(leg)
        for name in leg.evidence:
            said = find_misplaced(case.survey, case.path.reading, case.ground, trace, name)
            if said:
                yield Fault(f"leg {number}: {said}", (name,))
        bare = leg.control == "friendly" and leg.by != "crossing" and not _names_a_friend(case, leg)
        if bare and not _lies_in_seam(case, trace):
            yield Fault(f"leg {number} is called friendly and names nothing friendly", leg.evidence)
        unnamed_m = _measure_unnamed(case, leg, trace) if leg.by != "crossing" else 0.0
        if unnamed_m > STRAY_M:
            said = f"leg {number} runs {unnamed_m:.0f} m over ground of which it names nothing"
            yield Fault(said, leg.evidence)


def _measure_unnamed(case: PathCase, leg: Leg, trace: BaseGeometry) -> float:
    """Measure how much of a leg lies on control polygons without one feature named that does."""
    survey, reading = case.survey, case.path.reading
    named = [survey.footprint(f, reading) for n in leg.evidence if (f := survey.known.get(n))]
    told = union_of(shape.buffer(TOLERANCE_M) for shape in named)
    left = trace.difference(told)
    if left.length <= STRAY_M:
        return 0.0
    painted = [
        common(survey.drawn(c, reading, "open"), survey.drawn(c, reading, "closed"))
        for c in survey.each(Control)
    ]
    painted = [shape for shape in painted if shape.intersects(left)]
    bare = left.intersection(union_of(shape.buffer(-TOLERANCE_M) for shape in painted))
    return measure_stray(bare, case.ground.seam, survey.parameters.seam_m) if bare.length else 0.0


def _lies_in_seam(case: PathCase, trace: BaseGeometry) -> bool:
    """A seam is friendly by what lies beside it; no polygon covers it."""
    return measure_stray(trace, case.ground.seam, TOLERANCE_M) <= STRAY_M


def _names_a_friend(case: PathCase, leg: Leg) -> bool:
    features = map(case.survey.known.get, leg.evidence)
    return any(
        (isinstance(f, Control) and f.holder in case.survey.friends)
        or (isinstance(f, (Position, Anchor)) and f.side in case.survey.friends)
        for f in features
    )


def find_misplaced(
    survey: Survey, reading: str, ground: Ground, trace: BaseGeometry, name: str
) -> str | None:
    """Say why a feature cannot be evidence for a stretch; None where it can."""
    feature = survey.known.get(name)
    if feature is None:
        return f"{name!r} is no evidence at the instant judged"
    near = TOLERANCE_M
    if isinstance(feature, (Route, Crossing)):
        gap = trace.distance(course_of(survey, ground, feature))
        near += survey.parameters.join_m
        return None if gap <= near else f"{name!r} lies {gap:.0f} m away"
    if _touches(trace, ground.seam):
        near += survey.parameters.seam_m
    footprint = survey.footprint(feature, "pessimistic")
    if reading == "optimistic":
        footprint = union_of([footprint, survey.footprint(feature, "optimistic")])
    gap = trace.distance(footprint)
    return None if gap <= near else f"{name!r} lies {gap:.0f} m away"


def fire_is_not_played_down(case: PathCase) -> Iterator[Fault]:
    """No leg is called safer than the fire mapped on it, and unmapped fire is not called none."""
    for number, leg in enumerate(case.path.legs):
        mapped = list(_mapped_fire(case, leg))
        worst = max((rank_of_fire(grade) for grade, _ in mapped), default=0.0)
        names = tuple(name for _, name in mapped)
        if rank_of_fire(leg.fire) < worst:
            yield Fault(f"leg {number} is called {leg.fire or 'unmapped'} under worse fire", names)
        elif leg.fire in ("F0", "F1") and not _is_graded_all_along(case, leg):
            yield Fault(f"leg {number} is called {leg.fire} where no fire is mapped")


def fire_is_not_invented(case: PathCase) -> Iterator[Fault]:
    """No leg is called worse than the worst fire mapped on it, nor mapped fire unmapped."""
    for number, leg in enumerate(case.path.legs):
        near = list(_grades_of_lines(case, leg))
        if leg.fire is None:
            if near or _lies_well_in_fire(case, leg):
                yield Fault(f"leg {number} is called unmapped, and fire is mapped all along it")
            continue
        near += [fire.grade for fire in _fires_at(case, leg) if _may_lie_under(case, leg, fire)]
        worst = max(map(rank_of_fire, near), default=-1.0)
        if rank_of_fire(leg.fire) > worst:
            yield Fault(f"leg {number} is called {leg.fire} and no such fire is mapped on it")


def _may_lie_under(case: PathCase, leg: Leg, fire: Fire) -> bool:
    """Tell a leg that runs under fire from one that only comes to its edge."""
    trace, zone = case.trace(leg), case.survey.shape(fire)
    if not trace.length:
        return bool(trace.distance(zone) <= SLACK_M)
    # Past the edge a leg runs on for more than the slack where it meets it at a flat angle.
    along_m = trace.intersection(zone.buffer(SLACK_M)).length
    within_m = trace.intersection(zone.buffer(2 * GRID_M)).length
    return bool(along_m >= trace.length / 2 or within_m >= SLACK_M)


def _grades_of_lines(case: PathCase, leg: Leg) -> Iterator[str]:
    """Give the grades of the routes and crossings that carry a leg, where they have any."""
    for name in leg.evidence if leg.by != "ground" else ():
        line = case.survey.known.get(name)
        if isinstance(line, (Route, Crossing)) and line.fire:
            yield line.fire


def _lies_well_in_fire(case: PathCase, leg: Leg) -> bool:
    """Tell a leg all of which surely runs under mapped fire."""
    zones = [case.survey.shape(fire).buffer(-SLACK_M) for fire in _fires_at(case, leg)]
    return bool(zones) and bool(union_of(zones).covers(case.trace(leg)))


def _is_graded_all_along(case: PathCase, leg: Leg) -> bool:
    """Tell a leg whose line states a grade, or that keeps to mapped fire, be it along its edge."""
    zones = [case.survey.shape(fire) for fire in _fires_at(case, leg)]
    stated = any(_grades_of_lines(case, leg))
    return stated or measure_stray(case.trace(leg), zones, SLACK_M) <= STRAY_M


def _fires_at(case: PathCase, leg: Leg) -> Iterator[Fire]:
    """Go through the enemy's fires that count against who travels a leg."""
    for fire in case.survey.each(Fire):
        hostile = fire.side not in case.survey.friends and leg.mode in fire.modes
        if hostile and case.survey.counts(fire, case.path.reading):
            yield fire


def _mapped_fire(case: PathCase, leg: Leg) -> Iterator[tuple[str, str]]:
    trace = case.trace(leg)
    for name in leg.evidence:
        line = case.survey.known.get(name)
        if leg.by != "ground" and isinstance(line, (Route, Crossing)) and line.fire:
            yield line.fire, name
            break
    for fire in _fires_at(case, leg):
        shape = case.survey.shape(fire)
        if shape.intersects(trace):
            under = trace.intersection(shape.buffer(-SLACK_M))
            if not under.is_empty and (trace.geom_type == "Point" or under.length > STRAY_M):
                yield fire.grade, fire.id


def bottleneck_is_measured(case: PathCase) -> Iterator[Fault]:
    """The bottleneck lies on its leg and is as wide as the ground there lets through."""
    neck = case.path.bottleneck
    if neck is None:
        return
    unknown = [name for name in neck.evidence if name not in case.survey.known]
    if unknown:
        yield Fault("the bottleneck names what is no evidence", tuple(unknown))
    if neck.leg is not None and neck.leg >= len(case.path.legs):
        yield Fault(f"the bottleneck is on leg {neck.leg}, which there is not")
    elif neck.at is not None:
        at = Point(case.on_plane(neck.at)[0])
        if neck.leg is not None and at.distance(case.trace(case.path.legs[neck.leg])) > TOLERANCE_M:
            yield Fault(f"the bottleneck does not lie on leg {neck.leg}")
        if neck.width_m is not None:
            yield from _is_as_wide(case, at, neck.width_m)
            yield from _is_pinched(case, at, neck)
    elif neck.width_m:
        yield Fault(f"the bottleneck is {neck.width_m:.0f} m wide and lies nowhere")


def _is_pinched(case: PathCase, at: BaseGeometry, neck: Bottleneck) -> Iterator[Fault]:
    """What the bottleneck is laid to comes as near to it as its walls do, seams between given."""
    width_m = neck.width_m or 0.0
    near_m = width_m / 2 + max(_WIDTH_TOLERANCE_M, _WIDTH_TOLERANCE * width_m)
    near_m += case.survey.parameters.seam_m
    for name in neck.evidence:
        feature = case.survey.known.get(name)
        if feature is None or at.dwithin(case.survey.shape(feature), near_m):
            continue  # told above; what is drawn there is there on one of the readings
        far_m = measure_gap(at, [case.survey.footprint(feature, reading) for reading in READINGS])
        if far_m > near_m:
            said = f"the bottleneck of {width_m:.0f} m is laid to {name!r}, {far_m:.0f} m away"
            yield Fault(said, (name,))


def _is_as_wide(case: PathCase, at: BaseGeometry, width_m: float) -> Iterator[Fault]:
    """Twice the way to the nearest wall, as near and as far as drawing leaves room for it."""
    far = width_m / 2 + case.survey.parameters.seam_m + _LOOKED_PAST_M
    low, high = (2 * _clearance(case, at, lean, far) for lean in ("closed", "open"))
    slack = max(_WIDTH_TOLERANCE_M, _WIDTH_TOLERANCE * width_m)
    if not low - slack <= width_m <= high + slack:
        yield Fault(f"the bottleneck is {low:.0f} to {high:.0f} m wide, not {width_m:.0f} m")


def _clearance(case: PathCase, at: BaseGeometry, lean: Lean, far_m: float) -> float:
    """Measure how far a place lies from what nobody walks on; the map's edge is no wall."""
    survey = case.survey
    ground = survey.ground(case.path.reading, lean)
    inside = survey.extent().buffer(-_EDGE_M)
    around = common(at.buffer(far_m), inside)
    solid = _without_cracks(minus(around, ground.passable))
    walls: list[BaseGeometry] = [solid]
    if lean == "closed":  # what is drawn thinner than a crack is drawn all the same
        held = (c for c in survey.known.values() if isinstance(c, Control))
        drawn = [c for c in held if survey.holder(c) in ("hostile", "neutral")]
        shapes = [common(survey.drawn(c, case.path.reading, lean), around) for c in drawn]
        slivers = [minus(shape, _without_cracks(shape)) for shape in shapes if not shape.is_empty]
        walls += [minus(sliver, ground.passable) for sliver in slivers]
        walls += _list_swallowed(case, drawn, around)
    barriers = survey.barriers(case.path.reading, "foot")
    walls += [shapely.intersection(survey.shape(b), inside) for b in barriers]
    return min(far_m, measure_gap(at, walls))


def _list_swallowed(
    case: PathCase, held: Sequence[Control], around: BaseGeometry
) -> list[BaseGeometry]:
    """List what is left of held ground beside all said against it, and the grid swallows."""
    survey, reading = case.survey, case.path.reading
    against = [
        *(survey.drawn(c, reading, "closed") for c in survey.each(Control)
          if survey.holder(c) in ("grey", "friendly")),
        *(survey.held(p, reading, "open") for p in survey.each(Position)),
    ]  # fmt: skip
    said = union_of(shapely.intersection(shape, around) for shape in against)
    left = (
        # Exactly as drawn: laid over each other on the grid, a strip of millimetres may vanish.
        shapely.difference(shapely.intersection(survey.drawn(c, reading, "closed"), around), said)
        for c in held
    )
    parts = [part for rest in left for part in shapely.get_parts(areas_of(rest))]
    return [part for part in parts if part.buffer(-2 * GRID_M).is_empty]


def _without_cracks(area: BaseGeometry) -> BaseGeometry:
    """Leave out what is no wider than the cracks that snapping to the grid opens."""
    return area.buffer(-2 * GRID_M).buffer(2 * GRID_M)


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

"""A way keeps to ground that lets it through, and passes nothing that stands across it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Point

from encircle.map.situation import Crossing
from encircle.verifier.ground import CORNER_M, POINT_M, RIM_M, SHARED_M, SLACK_M, TOLERANCE_M
from encircle.verifier.path.case import STRAY_M, THIN_WALL_M, Fault, PathCase
from encircle.verifier.regions import (
    Region,
    common,
    join,
    measure_gap,
    measure_stray,
    minus,
    parts_of,
    trace_of,
    union_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.drawing import Lean
    from encircle.verifier.reading.said import Leg


LOOKED_BESIDE_M = 2.0
"""Room looked for beside a way, past what it leads along; metres."""
_MORE_THAN_A_TOUCH_M = 2 * TOLERANCE_M
"""A leg that only touches ground comes this near to it for less than this, metres."""


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


def do_touch(trace: BaseGeometry, region: Region) -> bool:
    """Tell whether a leg touches some ground, but for rounding."""
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
            barriers = case.survey.barriers(case.path.reading, mode)
            shut = [(b, _shut(case, mode, run, case.survey.shape(b))) for b in barriers]
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


def _gaps(case: PathCase, mode: str, run: BaseGeometry, wall: BaseGeometry) -> BaseGeometry:
    """
    Draw the places near the path where a usable crossing opens a barrier.

    One that comes to barriers as it is drawn opens those alone; one at a point, or that comes to
    none, any as near as joins: which it was drawn for nobody can tell.
    """
    survey = case.survey
    near_m = survey.parameters.join_m + TOLERANCE_M
    walls = [survey.shape(barrier) for barrier in survey.barriers(case.path.reading, mode)]
    gaps = []
    for line in survey.lines(case.path.reading, mode):
        drawn = survey.shape(line)
        if isinstance(line, Crossing) and drawn.dwithin(run, near_m):
            is_told = drawn.length > 0 and any(drawn.dwithin(one, SLACK_M) for one in walls)
            if not is_told or drawn.dwithin(wall, SLACK_M):
                gaps.append(drawn.buffer(near_m))
    return join(*gaps)


def _shut(case: PathCase, mode: str, run: BaseGeometry, wall: BaseGeometry) -> BaseGeometry:
    """Draw what of a barrier no crossing near the path opens."""
    return wall.difference(_gaps(case, mode, run, wall))


def _is_parted(case: PathCase, mode: str, run: BaseGeometry, goal: BaseGeometry | None) -> bool:
    """
    Tell whether a way's two ends lie apart once all that stops it is taken from a tube round it.

    A way that touches a wall, or runs along one, stays in one piece; one that crosses falls into
    two. A way that ends at ground of an anchor must get onto that ground, not to its edge alone.
    """
    survey = case.survey
    left = _left_along(case, mode, run, SLACK_M)
    pieces = [p for p in shapely.get_parts(left) if p.geom_type == "Polygon"]
    start, end = (Point(p) for p in shapely.get_coordinates(run)[[0, -1]])
    own = [p for p in pieces if p.distance(start) <= SLACK_M]
    if goal is not None and case.ends_with_a_line:
        hop = case.last_hop()
        walls = (survey.shape(b) for b in survey.barriers(case.path.reading, mode))
        barred = hop.length > SLACK_M and any(
            hop.crosses(_shut(case, mode, run, wall)) for wall in walls
        )
        return barred or not any(p.distance(hop) <= SLACK_M for p in own)
    if goal is not None and goal.geom_type.endswith("Polygon"):
        # What lies behind the wall at its edge is not on the goal; a sliver may be no larger.
        near = run.buffer(SLACK_M, quad_segs=4).intersection(goal)
        least = min(SLACK_M * THIN_WALL_M, near.area / 2)
        return not any(p.intersection(goal).area > least for p in own)
    return not any(p.distance(end) <= SLACK_M for p in own)


def _left_along(  # noqa: PLR0913 - how wide what lets through and what stops are drawn
    case: PathCase,
    mode: str,
    run: BaseGeometry,
    room_m: float,
    thick_m: float = RIM_M,
    grown_m: float = RIM_M,
) -> BaseGeometry:
    """Draw the ground in a tube round a way, grown as all ground is, without what stops it."""
    tube = run.buffer(room_m, quad_segs=4)
    free = case.ground.passable.intersection(tube.envelope.buffer(1.0))
    left = tube.intersection(free.buffer(grown_m, quad_segs=2))
    water = []
    for barrier in case.survey.barriers(case.path.reading, mode):
        wall = case.survey.shape(barrier)
        if not wall.intersects(tube):
            continue
        if wall.geom_type.endswith("Polygon"):
            water.append(wall.intersection(tube.envelope.buffer(1.0)))
        else:
            # As wide as ground is grown: round its end there is no more room than there was.
            drawn = wall.buffer(thick_m + THIN_WALL_M, quad_segs=2)
            left = left.difference(drawn.difference(_gaps(case, mode, run, wall)))
    # Made smaller as one: each by itself would leave a way along the joint of two. As drawn, where
    # ground is taken as drawn: two lakes that touch leave no room between them.
    wet = union_of(water)
    return left.difference(wet.buffer(-SLACK_M / 2) if grown_m else wet)


def it_passes_no_corner(case: PathCase) -> Iterator[Fault]:
    """Nowhere does the way pass from ground to ground that only touches it at a point."""
    runs = list(_runs(case))
    for number, (mode, run) in enumerate(runs):
        ends = number == len(runs) - 1 and case.path.legs[-1].by != "crossing"
        goal = case.anchor_shape() if ends else None
        # Barriers are as thin as drawn: ground that is eroded again has no room round their ends.
        grown = _left_along(case, mode, run, LOOKED_BESIDE_M, 0.0)
        # What hangs together as drawn, be it by a crack, does not only touch.
        drawn = _left_along(case, mode, run, LOOKED_BESIDE_M, 0.0, 0.0)
        core = shapely.union(
            grown.buffer(-CORNER_M, quad_segs=2), drawn.buffer(-SHARED_M / 2, quad_segs=2)
        )
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

"""What a proof says of a way: the evidence it names, the fire it lies under, how narrow it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.map.situation import Anchor, Control, Crossing, Fire, Position, Route
from encircle.verifier.ground import SLACK_M, TOLERANCE_M, Survey
from encircle.verifier.path.case import STRAY_M, Fault, PathCase
from encircle.verifier.path.spans import SAME_ROAD_M, course_of, list_shared
from encircle.verifier.path.underfoot import do_touch
from encircle.verifier.reading.parsing import rank_of_fire
from encircle.verifier.reading.said import READINGS, Bottleneck, Leg
from encircle.verifier.regions import (
    GRID_M,
    areas_of,
    common,
    measure_gap,
    measure_stray,
    minus,
    union_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.drawing import Ground, Lean

_WIDTH_TOLERANCE = 0.002
_WIDTH_TOLERANCE_M = 5.0
_LOOKED_PAST_M = 100.0
_EDGE_M = 0.5


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
    if do_touch(trace, ground.seam):
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
    yield from (grade for grade, _ in _grades_beneath(case, leg))


def _grades_beneath(case: PathCase, leg: Leg) -> Iterator[tuple[str, str]]:
    """Give the grades of the routes a leg runs on, named or not: posted twice, it is one road."""
    survey, trace = case.survey, case.trace(leg)
    named = [r for n in leg.evidence if isinstance(r := survey.known.get(n), Route)]
    for route in survey.each(Route) if leg.by == "route" else ():
        if route.fire and survey.shape(route).dwithin(trace, SLACK_M):
            runs = [p for r in named for p in list_shared(survey.shape(r), survey.shape(route))]
            if trace.intersection(union_of(runs).buffer(SLACK_M)).length > SAME_ROAD_M:
                yield route.fire, route.id


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
    yield from _grades_beneath(case, leg)
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
    """
    List what the grid may swallow of what is left of held ground beside all said against it.

    It is a strip between two edges, or the tip of a wedge; of neutral ground, which is drawn as
    thick as the grid keeps, also the rim that this adds.
    """
    survey, reading = case.survey, case.path.reading
    against = [
        *(survey.drawn(c, reading, "closed") for c in survey.each(Control)
          if survey.holder(c) in ("grey", "friendly")),
        *(survey.held(p, reading, "open") for p in survey.each(Position)),
    ]  # fmt: skip
    said = union_of(shapely.intersection(shape, around) for shape in against)
    left = (
        # Exactly as drawn: laid over each other on the grid, a strip of millimetres may vanish.
        shapely.difference(shapely.intersection(drawn, around), said)
        for drawn in (
            survey.drawn_thick(c, reading, "closed") if survey.holder(c) == "neutral"
            else survey.drawn(c, reading, "closed")
            for c in held
        )
    )  # fmt: skip
    return [
        thin
        for rest in left
        for part in shapely.get_parts(areas_of(rest))
        for thin in shapely.get_parts(shapely.difference(part, _without_cracks(part)))
        if thin.area > 0
    ]


def _without_cracks(area: BaseGeometry) -> BaseGeometry:
    """Leave out what is no wider than the cracks that snapping to the grid opens."""
    return area.buffer(-2 * GRID_M).buffer(2 * GRID_M)

"""Every stretch of a ring is held by what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import box

from encircle.map.situation import Anchor, Barrier, Control, Position
from encircle.verifier.ground import BAND_M, SLACK_M, TOLERANCE_M, Survey
from encircle.verifier.path.case import STRAY_M, Fault
from encircle.verifier.path.said import find_misplaced
from encircle.verifier.regions import areas_of, common, measure_stray, minus, union_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.reading.said import Segment
    from encircle.verifier.ring.case import RingCase

EDGE_M = 25.0
"""A ring meets the edge of the map where it turns; along more of it, it says so; metres."""
SEA = "coast"
_HOLDER = {"hostile": "hostile", "neutral": "neutral"}


def segments_are_held(case: RingCase) -> Iterator[Fault]:
    """Each segment runs where its tag says, and the features it names hold it there."""
    for number, segment in enumerate(case.ring.segments):
        trace = case.trace(segment)
        said = _find_untrue_tag(case, segment, trace)
        if said:
            yield Fault(f"segment {number} is tagged {segment.by}: {said}", segment.evidence)
        for name in segment.evidence:
            misplaced = find_misplaced(case.survey, case.ring.reading, case.ground, trace, name)
            if misplaced:
                yield Fault(f"segment {number}: {misplaced}", (name,))


def _find_untrue_tag(case: RingCase, segment: Segment, trace: BaseGeometry) -> str | None:
    if segment.by == "grey" and case.ring.reading == "optimistic":
        return "grey ground lets through on the optimistic reading"
    if not segment.evidence and segment.by != "grey":
        return "it names nothing"
    if segment.by in ("barrier", "sea"):
        return _find_untrue_barrier(case, segment, trace)
    bare = segment.by == "grey" and not segment.evidence
    if bare or segment.on_edge:
        untrue = _find_untrue_edge(case, segment, trace)
        if untrue or segment.on_edge:
            return untrue
    stray = measure_stray(trace, case.called["nobody" if bare else segment.by], TOLERANCE_M)
    if stray > TOLERANCE_M:
        return f"{stray:.0f} m of it run past such ground"
    return _find_wrong_holder(case, segment, trace) if segment.evidence else None


def _find_untrue_edge(case: RingCase, segment: Segment, trace: BaseGeometry) -> str | None:
    """Say where the map's edge is taken for ground on it, or ground on it for the edge."""
    edge = union_of([case.survey.extent().boundary])
    if not segment.on_edge:
        along_m = shapely.intersection(trace, edge.buffer(SLACK_M)).length
        return None if along_m <= EDGE_M else f"{along_m:.0f} m of it are the edge of the map"
    if not (segment.by == "grey" and not segment.evidence):
        return "the edge of the map is no ground that anybody holds"
    off_m = measure_stray(trace, [edge.buffer(SLACK_M)], TOLERANCE_M)
    return f"{off_m:.0f} m of it are not the edge of the map" if off_m > TOLERANCE_M else None


def _find_wrong_holder(case: RingCase, segment: Segment, trace: BaseGeometry) -> str | None:
    """Say why the features named do not hold a segment as they are said to."""
    known = [f for name in segment.evidence if (f := case.survey.known.get(name)) is not None]
    holding = [f for f in known if _can_hold(case, f, segment.by)]
    if not holding:
        return "nothing it names holds ground so"
    # What is of its own side makes no ground grey but beside a word of another's.
    others = [f for f in holding if not _is_of_the_force_s_side(case.survey, f)]
    beside_m = case.survey.parameters.seam_m + TOLERANCE_M
    window = box(*trace.buffer(2 * beside_m, quad_segs=1).bounds)
    prints = union_of(
        case.survey.footprint(f, case.ring.reading).intersection(window) for f in others
    )
    wider = prints.buffer(beside_m)
    near = trace.buffer(5 * TOLERANCE_M)
    seam = case.ground.seam_closed.intersection(near).buffer(TOLERANCE_M)
    prints = union_of([prints, wider.intersection(seam)])
    if segment.by == "grey":
        prints = union_of([prints, case.ground.nobody])
    stray = measure_stray(trace, prints, TOLERANCE_M)
    if stray > TOLERANCE_M:
        # Where errors meet seams the kinder drawing lets through ground that the other does not:
        # how far a seam runs there is nobody's to say, and what it lies beside is a width away.
        kinder = case.survey.ground(case.ring.reading, "open").passable.intersection(near)
        prints = union_of([prints, wider.intersection(kinder.buffer(-TOLERANCE_M))])
        stray = measure_stray(trace, prints, TOLERANCE_M)
    return f"what it names leaves {stray:.0f} m of it unheld" if stray > TOLERANCE_M else None


def _is_of_the_force_s_side(survey: Survey, feature: object) -> bool:
    if isinstance(feature, Control):
        return survey.holder(feature) == "friendly"
    return isinstance(feature, (Position, Anchor)) and feature.side in survey.friends


def _can_hold(case: RingCase, feature: object, by: str) -> bool:
    survey = case.survey
    if isinstance(feature, Control):
        holder = survey.holder(feature)
        return by == "grey" or holder == _HOLDER[by]
    if isinstance(feature, Position):
        if feature.present == "withdrawn":
            return False
        sure = feature.basis != "reported" and survey.stands(feature)
        return by == "grey" or (by == "hostile" and sure and feature.side not in survey.friends)
    return by == "grey" and isinstance(feature, Anchor)


def _find_untrue_barrier(case: RingCase, segment: Segment, trace: BaseGeometry) -> str | None:
    known = [f for name in segment.evidence if (f := case.survey.known.get(name)) is not None]
    walls = [
        case.survey.shape(f)
        for f in known
        if isinstance(f, Barrier)
        and (f.type == SEA) == (segment.by == "sea")
        and case.survey.counts(f, case.ring.reading)
        and {"foot", "tracked"} <= set(f.blocks)
    ]
    if segment.by == "sea":
        seas = [f for f in known if isinstance(f, Anchor) and f.access == "sea"]
        walls += [case.survey.shape(f).intersection(case.ground.water) for f in seas]
    if not walls:
        return "nothing it names stops a man on foot"
    stray = measure_stray(trace, union_of(walls), TOLERANCE_M)
    return f"{stray:.0f} m of it run past what it names" if stray > TOLERANCE_M else None


def barriers_alone_hold_it(case: RingCase) -> Iterator[Fault]:
    """Where barriers alone are said to hold a ring, the enemy's ground comes nowhere to it."""
    if any(s.by not in ("barrier", "sea") for s in case.ring.segments if s.length_m > 0):
        return
    course = union_of(case.trace(segment) for segment in case.ring.segments)
    near = course.buffer(BAND_M, quad_segs=2)
    wide = [shape for b in _walls(case, "foot") if (shape := case.survey.shape(b)).area]
    kinder = case.survey.ground(case.ring.reading, "open").hostile
    held = minus(common(kinder, near), case.inside, *wide)
    along_m = course.intersection(held.buffer(SLACK_M / 2, quad_segs=2)).length
    if along_m > EDGE_M:
        said = f"the enemy's ground lies along {along_m:.0f} m of a ring laid to barriers alone"
        named = dict.fromkeys(name for s in case.ring.segments for name in s.evidence)
        yield Fault(said, tuple(named))


def ring_stands_on_walls(case: RingCase) -> Iterator[Fault]:
    """Nowhere does the ring run through ground that can be passed on foot or tracks."""
    traces = [case.trace(segment) for segment in case.ring.segments]
    band = areas_of(union_of(t.buffer(5 * TOLERANCE_M) for t in traces))
    local = areas_of(band.intersection(case.ground.passable))
    for mode in ("foot", "tracked"):
        walls = [_wall(case.survey.shape(b)) for b in _walls(case, mode)]
        free = minus(local, *(w for w in walls if w.intersects(local))).buffer(-TOLERANCE_M)
        for number, trace in enumerate(traces):
            gap = trace.intersection(free)
            if gap.length > STRAY_M or (trace.geom_type == "Point" and not gap.is_empty):
                said = f"segment {number} runs {gap.length:.0f} m through ground open on {mode}"
                yield Fault(said, case.ring.segments[number].evidence)


def _walls(case: RingCase, mode: str) -> list[Barrier]:
    return case.survey.barriers(case.ring.reading, mode)


def _wall(shape: BaseGeometry) -> BaseGeometry:
    return areas_of(shape.buffer(BAND_M))

"""Every way that leads out of a ring is told, and stopped by what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.map.situation import Barrier, Crossing, Route
from encircle.verifier.flood.access import FACILITIES
from encircle.verifier.flood.flood import STEP_M
from encircle.verifier.ground import SLACK_M, TOLERANCE_M
from encircle.verifier.path.case import Fault
from encircle.verifier.path.spans import course_of, spans_of
from encircle.verifier.reading.parsing import LAND_MODES
from encircle.verifier.regions import measure_gap, minus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.reading.said import Stop
    from encircle.verifier.ring.case import RingCase

TURN = 0.1
"""Radians that a line may be off which spans wide water from a point beside it: it hangs on a metre
of the bank, as that is rounded."""
LEAVES_M = SLACK_M
"""A route farther than this inside and farther than this outside leaves the ring; metres."""


def cut_set_is_whole(case: RingCase) -> Iterator[Fault]:
    """Every route and crossing that leaves the ring is in the cut set of its modes."""
    core, around = case.inside.buffer(-LEAVES_M), case.inside.buffer(LEAVES_M)
    beyond = minus(case.survey.extent(), around)
    for line in case.survey.known.values():
        if not isinstance(line, (Route, Crossing)) or _leads_off_the_map(line):
            continue
        shape = case.survey.shape(line)
        passes = core.intersects(shape) and not around.covers(shape)
        if isinstance(line, Crossing):
            passes &= not _goes_from_pocket_to_pocket(case, line)
            passes |= _leads_out_by_its_ends(case, line, beyond)
        for mode in set(line.modes) & set(LAND_MODES) if passes else ():
            if all(stop.id != line.id for stop in case.ring.cut_set.get(mode, ())):
                yield Fault(f"{line.id!r} leaves the ring and {mode} does not list it", (line.id,))


def _leads_off_the_map(line: Route | Crossing) -> bool:
    """A port or an airstrip is no way over the ground it is drawn on, as a line or not."""
    return isinstance(line, Crossing) and line.type in FACILITIES


def _goes_from_pocket_to_pocket(case: RingCase, crossing: Crossing) -> bool:
    """One gets on and off a crossing at its ends: with both inside, it leaves no ring."""
    return all(case.inside.covers(end) for end in _ends_of(case.survey.shape(crossing)))


def _leads_out_by_its_ends(case: RingCase, crossing: Crossing, beyond: BaseGeometry) -> bool:
    """
    Tell whether one gets on a crossing from the ring, as near as joins, and off it outside.

    However little of it lies inside. One drawn as a point, with nothing wide to span or a river
    drawn as a line there too, is passed there: whoever is as near on the other side is on it.
    """
    near_m = case.survey.parameters.join_m - STEP_M
    spans = spans_of(case.survey, case.ground, crossing)
    wide = [span for span in spans if span.length]
    for span in spans if not wide or _is_on_line(case, crossing) else wide:
        ends = _ends_of(span)
        off_m = 0.0 if span.length and not _is_on_line(case, crossing) else near_m
        for on, off in (ends, ends[::-1]):
            if case.inside.dwithin(on, near_m) and beyond.dwithin(off, off_m):
                return True
    return False


def _is_on_line(case: RingCase, crossing: Crossing) -> bool:
    """Tell whether a barrier drawn as a line runs where a crossing is: it is passed there too."""
    place, near_m = case.survey.shape(crossing), case.survey.parameters.join_m - STEP_M
    lines = (shape for b in case.survey.each(Barrier) if not (shape := case.survey.shape(b)).area)
    return any(shape.dwithin(place, near_m) for shape in lines)


def _ends_of(line: BaseGeometry) -> list[Point]:
    return [Point(p) for p in shapely.get_coordinates(line)[[0, -1]]]


def cut_set_is_true(case: RingCase) -> Iterator[Fault]:
    """Every entry of the cut set carries its mode, lies where it is said to, and is stopped."""
    for mode, stops in case.ring.cut_set.items():
        for stop in stops:
            line = case.survey.known.get(stop.id)
            if not isinstance(line, (Route, Crossing)) or mode not in line.modes:
                yield Fault(f"{stop.id!r} is no route or crossing for {mode}", (stop.id,))
                continue
            said = _find_untrue_stop(case, stop, line)
            if said:
                yield Fault(f"{stop.id!r} in the cut set for {mode}: {said}", (stop.id,))


def _find_untrue_stop(case: RingCase, stop: Stop, line: Route | Crossing) -> str | None:
    survey = case.survey
    at = Point(survey.plane.points_to_metres(stop.at)[0])
    join_m, seam_m = survey.parameters.join_m, survey.parameters.seam_m
    course = course_of(survey, case.ground, line)
    place = survey.shape(line)
    wide_m = at.distance(place) if isinstance(line, Crossing) and not place.length else 0.0
    if at.distance(course) > join_m + TOLERANCE_M + TURN * wide_m:
        return "it does not pass there"
    if isinstance(line, Route) and not case.inside.boundary.dwithin(at, TOLERANCE_M):
        return "it does not leave the ring there"
    if stop.because in case.stopping:
        near = course.intersection(at.buffer(join_m + seam_m + TOLERANCE_M))
        near_m = TOLERANCE_M
        near_m += join_m if isinstance(line, Crossing) else 0.0  # whoever gets off it is stopped
        if measure_gap(near, case.ground.seam_closed) <= near_m:
            near_m += seam_m  # a seam stops by what lies beside it
        met = measure_gap(near, case.stopping[stop.because]) <= near_m
        return None if met else f"it meets no {stop.because} ground there"
    if stop.because == "edge":
        return None if _runs_off_the_map(case, line, at) else "it does not run off the map there"
    if stop.because in ("barrier", "neutral_strip"):
        there = course if stop.because == "neutral_strip" else at
        near_m = join_m + TOLERANCE_M
        stopped = any(there.distance(shape) <= near_m for shape in _what_stops(case, stop.because))
        return None if stopped else f"no {stop.because.replace('_', ' ')} is near"
    return None if _is_so(case, stop.because, line) else f"it is not stopped by {stop.because}"


def _what_stops(case: RingCase, because: str) -> list[BaseGeometry]:
    """Draw all that may stop a route or crossing for a reason."""
    if because == "barrier":
        counted = (b for b in case.survey.each(Barrier) if case.survey.counts(b, case.ring.reading))
        return [*(case.survey.shape(barrier) for barrier in counted), case.ground.water]
    return [case.ground.neutral]


def _runs_off_the_map(case: RingCase, line: Route | Crossing, at: BaseGeometry) -> bool:
    """
    Tell whether a road, in use there and within the ring as far as there, goes on past the map.

    Whatever else would stop it on its way off has the ring, and not the map, end before the edge.
    """
    survey, area = case.survey, case.survey.extent()
    if not isinstance(line, Route) or not area.boundary.dwithin(at, TOLERANCE_M):
        return False
    course = survey.shape(line)
    here = (r for r in survey.each(Route) if survey.shape(r).dwithin(at, SLACK_M))
    in_use = any(survey.is_usable(r, case.ring.reading, mode) for r in here for mode in r.modes)
    within, beyond = course.intersection(case.inside), course.difference(area)
    return in_use and all(
        part.length > 0 and part.dwithin(at, TOLERANCE_M) for part in (within, beyond)
    )


def _is_so(case: RingCase, because: str, line: Route | Crossing) -> bool:
    unsure = line.state == "unknown" or case.survey.is_stale(line)
    permission = line.permission if isinstance(line, Crossing) else None
    return {
        "cut": line.state == "cut",
        "unknown": unsure and case.ring.reading == "pessimistic",
        "permission": permission == "enemy",
        "third_party": permission == "third_party",
        "tunnel": isinstance(line, Crossing) and line.type == "tunnel",
    }.get(because, False)

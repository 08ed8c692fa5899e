"""A way is kept in its mode, by lines that carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.map.situation import Crossing, Position, Route
from encircle.verifier.ground import TOLERANCE_M
from encircle.verifier.path.case import STRAY_M, Fault, PathCase
from encircle.verifier.path.spans import spans_of
from encircle.verifier.regions import measure_stray, union_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Feature
    from encircle.verifier.reading.said import Leg


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
    trace, near_m = case.trace(leg), case.survey.parameters.join_m + TOLERANCE_M
    spans = spans_of(case.survey, case.ground, crossing)
    if not any(_lies_on_span(trace, span, near_m) for span in spans):
        yield Fault(f"leg {number} does not lie on crossing {crossing.id!r}", (crossing.id,))


def _lies_on_span(trace: BaseGeometry, span: BaseGeometry, near_m: float) -> bool:
    """A crossing is passed along its span, got on and off at its ends: they join what is near."""
    ends = union_of(Point(p) for p in shapely.get_coordinates(span)[[0, -1]])
    if any(Point(p).distance(ends) > near_m for p in shapely.get_coordinates(trace)[[0, -1]]):
        return False
    away = trace.difference(span.buffer(TOLERANCE_M))
    return bool(away.is_empty or measure_stray(away, ends, near_m) <= STRAY_M)

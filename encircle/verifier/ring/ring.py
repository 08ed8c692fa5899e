"""Is it shut: every stretch of a closed ring held against the map, and nobody let through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import shapely
from shapely.geometry import LinearRing, Point, Polygon, box

from encircle.map.plane.projection import GEOD, length_on_globe_m
from encircle.map.situation import Anchor, Barrier, Control, Crossing, Position, Route
from encircle.verifier.flood.flood import FACILITIES, STEP_M, flood_of
from encircle.verifier.ground import (
    BAND_M,
    GRID_M,
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
    trace_of,
    union_of,
)
from encircle.verifier.parsing import LAND_MODES, ClosedRing, Segment, Stop
from encircle.verifier.path.path import SAME_PLACE_DEG, STRAY_M, Fault, find_misplaced, same_length
from encircle.verifier.path.spans import course_of, spans_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

AREA_TOLERANCE_KM2 = 0.011
"""An area is rounded to hundredths of a square kilometre."""
AREA_TOLERANCE = 0.005
"""The plane and the globe differ by no more than this share within 1,000 km."""
PINCH_M2 = 1.0
"""A ring whose rounding makes it touch itself encloses the same ground but for this; m2."""
LEAVES_M = SLACK_M
"""A route farther than this inside and farther than this outside leaves the ring; metres."""
BAND_LOOKED_AT_M = 200.0
"""Ground this far from the ring and its stops is looked at for what it is called; metres."""
EDGE_M = 25.0
"""A ring meets the edge of the map where it turns; along more of it, it says so; metres."""
SEA = "coast"
Drawn = TypeVar("Drawn")
_HOLDER = {"hostile": "hostile", "neutral": "neutral"}


@dataclass(frozen=True)
class RingCase:
    """A closed ring beside the map it is about."""

    ring: ClosedRing
    survey: Survey

    @property
    def ground(self) -> Ground:
        """The ground on the ring's reading, drawn in the ring's favour."""
        return self.survey.ground(self.ring.reading, "closed")

    @property
    def course(self) -> tuple[object, ...]:
        """What tells its course from that of another: rings that were read as one have one."""
        ring = self.ring
        ids = (id(ring.polygons), id(ring.segments))
        return ("course", *ids, ring.reading, ring.area_km2, ring.weakest)

    def _drawn_once(self, what: str, draw: Callable[[], Drawn]) -> Drawn:
        """Draw what depends on the course alone once for all who share it."""
        key = (what, *self.course)
        if key not in self.survey.drawings:
            self.survey.drawings[key] = draw()
        return cast("Drawn", self.survey.drawings[key])

    @cached_property
    def parts(self) -> list[list[NDArray[np.float64]]]:
        """The rings on the plane, polygon by polygon, the exterior first."""
        to_metres = self.survey.plane.points_to_metres
        return [[to_metres(part) for part in polygon] for polygon in self.ring.polygons]

    @property
    def exteriors(self) -> Iterator[NDArray[np.float64]]:
        """Give the outer rings on the plane, those that enclose anything."""
        return (p[0] for p in self.parts if p and np.ptp(p[0], axis=0).min() > 0)

    @cached_property
    def inside(self) -> BaseGeometry:
        """The ground the ring encloses."""
        return self._drawn_once("inside", self._draw_inside)

    def _draw_inside(self) -> BaseGeometry:
        return join(*(shapely.make_valid(Polygon(p[0], p[1:])) for p in self.parts if p))

    @cached_property
    def called(self) -> dict[str, Region]:
        """Where a segment may be tagged how, however room for drawing is used."""
        return self._drawn_once("called", self._draw_called)

    def _draw_called(self) -> dict[str, Region]:
        leans: tuple[Lean, Lean] = ("closed", "open")
        grounds = [self.survey.ground(self.ring.reading, lean) for lean in leans]
        band = union_of([self.inside.boundary]).buffer(BAND_LOOKED_AT_M, quad_segs=2)
        let, shut = (common(g.passable, band) for g in (grounds[1], grounds[0]))
        seam, nobody = [self.ground.seam_closed, minus(let, shut)], [g.nobody for g in grounds]
        return {
            "nobody": [*seam, *nobody],
            "grey": [*seam, *nobody, *(g.grey for g in grounds)],
            "hostile": [*seam, *(g.hostile for g in grounds)],
            "neutral": [*seam, *(g.neutral for g in grounds)],
        }

    @cached_property
    def stopping(self) -> dict[str, Region]:
        """The ground that stops a road: no seam is its own reason, what lies beside it is."""
        leans: tuple[Lean, Lean] = ("closed", "open")
        grounds = [self.survey.ground(self.ring.reading, lean) for lean in leans]
        return {
            "grey": [area for g in grounds for area in (g.grey, g.nobody)],
            "hostile": [g.hostile for g in grounds],
            "neutral": [g.neutral for g in grounds],
        }

    def trace(self, segment: Segment) -> BaseGeometry:
        """Draw a segment on the plane."""
        return trace_of(self.survey.plane.points_to_metres(segment.points))


# -- the shape of it -------------------------------------------------------------------------


def ring_is_simple(case: RingCase) -> Iterator[Fault]:
    """The ring is closed, does not cross itself, and its polygons do not overlap."""
    total = 0.0
    if not case.parts or not all(case.parts):
        yield Fault("the ring has no vertices")
        return
    for number, (polygon, degrees) in enumerate(zip(case.parts, case.ring.polygons, strict=True)):
        for part, given in zip(polygon, degrees, strict=True):
            if np.abs(given[0] - given[-1]).max() > SAME_PLACE_DEG:
                yield Fault(f"polygon {number} of the ring is not closed")
                return
            if np.ptp(part, axis=0).min() <= 0:
                yield Fault(f"polygon {number} of the ring encloses nothing")
                return
        shape = Polygon(polygon[0], polygon[1:])
        enclosed = _shoelace(polygon[0]) - sum(_shoelace(part) for part in polygon[1:])
        total += enclosed
        if not shape.is_valid and abs(shapely.make_valid(shape).area - enclosed) > PINCH_M2:
            yield Fault(f"polygon {number} of the ring crosses itself")
    outline_m = sum(float(Polygon(p[0], p[1:]).length) for p in case.parts)
    rounding = GRID_M * outline_m  # vertices are rounded, and areas united on a grid
    if abs(case.inside.area - total) > PINCH_M2 * len(case.parts) + rounding:
        yield Fault("the ring's polygons overlap")


def _shoelace(part: NDArray[np.float64]) -> float:
    x, y = (part - part[0]).T
    return float(abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2)


def ring_runs_counter_clockwise(case: RingCase) -> Iterator[Fault]:
    """The outer ring winds once round what it encloses, counter-clockwise."""
    for number, polygon in enumerate(case.parts):
        if polygon and not LinearRing(polygon[0]).is_ccw:
            yield Fault(f"polygon {number} of the ring runs clockwise")


def segments_make_up_the_ring(case: RingCase) -> Iterator[Fault]:
    """The segments, end to end, are exactly the ring."""
    chains: dict[tuple[int, int], list[Segment]] = {}
    for segment in case.ring.segments:
        chains.setdefault((segment.ring, segment.part), []).append(segment)
    wanted = {
        (i, j): part
        for i, polygon in enumerate(case.ring.polygons)
        for j, part in enumerate(polygon)
    }
    if chains.keys() != wanted.keys():
        yield Fault("the segments belong to other rings than those given")
        return
    for key, part in wanted.items():
        if not _make_up(chains[key], part):
            yield Fault(f"the segments do not add up to part {key[1]} of polygon {key[0]}")


def _make_up(chain: list[Segment], part: NDArray[np.float64]) -> bool:
    """Tell whether a chain is a ring vertex by vertex, from whichever vertex it starts."""
    for one, other in zip(chain, chain[1:] + chain[:1], strict=True):
        if np.abs(one.points[-1] - other.points[0]).max() > SAME_PLACE_DEG:
            return False
    walked = np.concatenate([segment.points[:-1] for segment in chain])
    vertices = part[:-1]
    if len(walked) != len(vertices):
        return False
    starts = np.flatnonzero(np.abs(vertices - walked[0]).max(axis=1) <= SAME_PLACE_DEG)
    turned = (np.roll(vertices, -int(start), axis=0) for start in starts[:8])
    return any(np.abs(t - walked).max() <= SAME_PLACE_DEG for t in turned)


def measures_agree(case: RingCase) -> Iterator[Fault]:
    """Lengths and area stated are those measured; the weakest segment is one of them."""
    for number, segment in enumerate(case.ring.segments):
        measured = length_on_globe_m(segment.points)
        if not same_length(measured, segment.length_m, len(segment.points)):
            said = f"segment {number} is {measured:.1f} m long, not {segment.length_m:.1f} m"
            yield Fault(said, segment.evidence)
    stated, areas = case.ring.area_km2, _areas_km2(case)
    if not any(abs(a - stated) <= AREA_TOLERANCE_KM2 + AREA_TOLERANCE * a for a in areas):
        yield Fault(f"the ring encloses {areas[0]:.2f} km², not {stated:.2f} km²")
    if case.ring.weakest >= len(case.ring.segments):
        yield Fault(f"segment {case.ring.weakest} is called weakest and does not exist")


def _areas_km2(case: RingCase) -> tuple[float, float]:
    on_globe = 0.0
    for polygon in case.ring.polygons:
        sizes = [abs(GEOD.polygon_area_perimeter(*part.T)[0]) for part in polygon]
        on_globe += sizes[0] - sum(sizes[1:])
    return case.inside.area / 1e6, on_globe / 1e6


# -- who is in and who is out ----------------------------------------------------------------


def force_is_inside(case: RingCase) -> Iterator[Fault]:
    """Every position named stands inside the ring."""
    around = case.inside.buffer(SLACK_M)
    for name in case.ring.units:
        unit = case.survey.known.get(name)
        if not isinstance(unit, Position) or unit.force != case.survey.situation.force:
            yield Fault(f"{name!r} is no position of the force", (name,))
        elif not _stands_in(case, unit, around):
            yield Fault(f"{name!r} stands outside the ring", (name,))
    if not case.ring.units:
        yield Fault("the ring is said to hold nobody")


def _stands_in(case: RingCase, unit: Position, around: BaseGeometry) -> bool:
    if not around.is_valid or around.is_empty or unit.geometry is None:
        return False
    shape = case.survey.shape(unit)
    if shape.geom_type.endswith("Point"):
        # Of several places, one on ground that nobody leaves may have no room for a ring at all.
        several = list(shapely.get_parts(shape))
        left = [place for place in several if not around.covers(place)]
        stuck = all(place.distance(case.ground.passable) > TOLERANCE_M for place in left)
        return not left or (len(left) < len(several) and stuck)
    free = minus(common(shape, case.ground.passable), *_sealed(case)).buffer(-TOLERANCE_M)
    if not free.is_empty:  # what of a drawn force is on ground it can pass must all be inside
        return minus(free, around).area <= PINCH_M2
    in_degrees = case.survey.plane.to_metres(unit.geometry.representative_point())
    middles = (shape.representative_point(), in_degrees)
    return bool(shape.intersects(around)) or any(around.covers(place) for place in middles)


def no_anchor_is_inside(case: RingCase) -> Iterator[Fault]:
    """No friendly land anchor lies inside the ring."""
    core = case.inside.buffer(-SLACK_M)
    for anchor in case.survey.known.values():
        if not _is_way_on(case, anchor):
            continue
        shape = case.survey.shape(anchor)
        if shape.geom_type != "Point":
            firm = minus(areas_of(shape.intersection(case.ground.passable)), *_sealed(case))
            shape = firm.buffer(-SLACK_M)
        if core.intersects(shape):
            yield Fault(f"anchor {anchor.id!r} lies inside the ring", (anchor.id,))


def _sealed(case: RingCase) -> list[BaseGeometry]:
    """Draw the polygons of barriers that let nobody on: no way leads on from there."""
    walls = case.survey.barriers(case.ring.reading, "foot")
    shut = [b for b in walls if {"tracked", "wheeled", "rail"} <= set(b.blocks)]
    return [areas_of(case.survey.shape(b)) for b in shut]


def _is_way_on(case: RingCase, feature: object) -> bool:
    return (
        isinstance(feature, Anchor)
        and feature.access == "land"
        and feature.side in case.survey.friends
        and case.survey.counts(feature, case.ring.reading)
    )


# -- what holds it ---------------------------------------------------------------------------


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


# -- who gets through ------------------------------------------------------------------------


def nobody_gets_out(case: RingCase) -> Iterator[Fault]:
    """No ground or crossing leads past the ring or to an anchor; wheels past it lead nowhere."""
    around = case.inside.buffer(TOLERANCE_M)
    known = map(case.survey.known.get, case.ring.units)
    units = [unit for unit in known if isinstance(unit, Position)]
    for mode in LAND_MODES:
        reading = case.ring.reading
        flood = flood_of(case.survey, reading, "closed", mode, past_the_edge=True)
        reached = flood.spread(units)
        for anchor in flood.anchors_reached(reached, "land"):
            yield Fault(f"{mode} gets to anchor {anchor.id!r}", (anchor.id,))
        for piece, via in reached.items():
            gone = not flood.pieces[piece].difference(around).is_empty
            # A road may lead past what holds feet and tracks: it is out where it comes to the
            # edge of the map, and at an anchor.
            if gone and (not flood.on_routes or flood.runs_off([piece])):
                by = f" by {via!r}" if via else ""
                yield Fault(f"{mode} gets out of the ring{by}", (via,) if via else ())
                break


# -- what is said of the ways out ------------------------------------------------------------


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

    However little of it lies inside. One drawn as a point, with nothing wide to span, is passed
    there: whoever is as near on the other side is on it.
    """
    near_m = case.survey.parameters.join_m - STEP_M
    for span in spans_of(case.survey, case.ground, crossing):
        ends = _ends_of(span)
        off_m = 0.0 if span.length else near_m
        for on, off in (ends, ends[::-1]):
            if case.inside.dwithin(on, near_m) and beyond.dwithin(off, off_m):
                return True
    return False


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
    if at.distance(course) > join_m + TOLERANCE_M:
        return "it does not pass there"
    if isinstance(line, Route) and not case.inside.boundary.dwithin(at, TOLERANCE_M):
        return "it does not leave the ring there"
    if stop.because in case.stopping:
        near = course.intersection(at.buffer(join_m + seam_m + TOLERANCE_M))
        seam = measure_gap(near, case.ground.seam_closed) <= TOLERANCE_M
        near_m = TOLERANCE_M + (seam_m if seam else 0.0)  # a seam stops by what lies beside it
        near_m += join_m if isinstance(line, Crossing) else 0.0  # whoever gets off it is stopped
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


RING_RULES = (
    ring_is_simple,
    ring_runs_counter_clockwise,
    segments_make_up_the_ring,
    measures_agree,
    force_is_inside,
    no_anchor_is_inside,
    segments_are_held,
    ring_stands_on_walls,
    nobody_gets_out,
    cut_set_is_whole,
    cut_set_is_true,
)
"""Everything asked of a closed ring, in the order it is asked."""
COURSE_RULES = (
    ring_is_simple,
    ring_runs_counter_clockwise,
    segments_make_up_the_ring,
    measures_agree,
    no_anchor_is_inside,
    segments_are_held,
    ring_stands_on_walls,
)
"""What is asked of its course alone, and so once where several share it."""

"""Is it shut: every stretch of a closed ring held against the map, and nobody let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LinearRing, Polygon

from encircle.map.plane.projection import GEOD, length_on_globe_m
from encircle.map.situation import Anchor, Position
from encircle.verifier.flood.flood import flood_of
from encircle.verifier.ground import SLACK_M, TOLERANCE_M
from encircle.verifier.path.case import Fault
from encircle.verifier.path.path import SAME_PLACE_DEG, same_length
from encircle.verifier.reading.parsing import LAND_MODES
from encircle.verifier.regions import GRID_M, areas_of, common, minus
from encircle.verifier.ring.holders import (
    barriers_alone_hold_it,
    ring_stands_on_walls,
    segments_are_held,
)
from encircle.verifier.ring.ways_out import cut_set_is_true, cut_set_is_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.reading.said import Segment
    from encircle.verifier.ring.case import RingCase

AREA_TOLERANCE_KM2 = 0.011
"""An area is rounded to hundredths of a square kilometre."""
AREA_TOLERANCE = 0.005
"""The plane and the globe differ by no more than this share within 1,000 km."""
PINCH_M2 = 1.0
"""A ring whose rounding makes it touch itself encloses the same ground but for this; m2."""


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
    on_map = common(shape, case.survey.extent())
    free = minus(common(on_map, case.ground.passable), *_sealed(case)).buffer(-TOLERANCE_M)
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


RING_RULES = (
    ring_is_simple,
    ring_runs_counter_clockwise,
    segments_make_up_the_ring,
    measures_agree,
    force_is_inside,
    no_anchor_is_inside,
    segments_are_held,
    barriers_alone_hold_it,
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
    barriers_alone_hold_it,
    ring_stands_on_walls,
)
"""What is asked of its course alone, and so once where several share it."""

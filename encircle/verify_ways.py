"""Are there so many ways out that share nothing, and no more: the count, the ways and the cut."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.situation import Anchor, Crossing, Position, Route
from encircle.verify_ground import TOLERANCE_M, union_of
from encircle.verify_parse import LAND_MODES
from encircle.verify_path import Fault, PathCase, drawn_force, own_ground_m
from encircle.verify_reach import Flood
from encircle.verify_spans import spans_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry


MOST_WAYS = 50
"""Pairs of ways are compared among this many."""


def disjoint_ways_are_disjoint(case: PathCase) -> Iterator[Fault]:
    """As many ways as counted share no route or crossing, and the cut meets each of them."""
    said = case.path.disjoint
    if len(said.ways) != said.count or len(said.cut) != said.count:
        given = f"{len(said.ways)} ways and a cut of {len(said.cut)}"
        yield Fault(f"{said.count} disjoint ways are counted, and {given} given")
    for way in said.ways:
        if not set(way) & set(said.cut):
            yield Fault("the cut misses a way", way)
    for one, other in combinations(said.ways[:MOST_WAYS], 2):
        shared = [name for name in sorted(set(one) & set(other))
                  if not _can_be_shared(case, name, same=set(one) == set(other))]  # fmt: skip
        if shared:
            yield Fault("two ways share a route or crossing", tuple(shared))
    yield from _count_on_one_road(case)
    yield from _lines_exist(case, sorted({*said.cut, *(n for way in said.ways for n in way)}))


def _needs_its_lines(case: PathCase) -> bool:
    """Tell whether a path is a way by route and crossing, so that the cut must meet it too."""
    if _is_at_hand(case):
        return False
    return case.path.mode in ("wheeled", "rail") or not case.ground_leads_out


def _is_at_hand(case: PathCase) -> bool:
    """Tell whether the force comes to the anchor on the ground it holds, by no road."""
    start, goal = Point(case.on_plane(case.path.legs[0].points[:1])[0]), case.anchor_shape()
    return goal is None or start.distance(goal) <= own_ground_m(case)


def _can_be_shared(case: PathCase, name: str, *, same: bool) -> bool:
    """A route may serve two ways by different stretches, if something stands or joins between."""
    survey, join_m = case.survey, case.survey.parameters.join_m
    route = survey.known.get(name)
    if not isinstance(route, Route):
        return False
    drawn = drawn_force(case)
    if drawn is not None and drawn.intersects(survey.shape(route)):
        return True  # a force drawn across a road goes either way on it
    marks = [f for f in survey.known.values() if isinstance(f, Anchor) or f.id == case.path.unit]
    others = [f for f in survey.known.values() if isinstance(f, (Route, Crossing)) and f != route]
    reach = max(join_m, own_ground_m(case))
    return any(
        _meets_midway(survey.shape(route), survey.shape(mark), reach if mark in marks else join_m)
        for mark in (marks if same else [*marks, *others])
    )


def _count_on_one_road(case: PathCase) -> Iterator[Fault]:
    """Where ground is not counted, one road alone gives a way for each stretch to an anchor."""
    ways = case.path.disjoint.ways
    for name in sorted({way[0] for way in ways if len(way) == 1 and ways.count(way) > 1}):
        route, counted = case.survey.known.get(name), ways.count((name,))
        if isinstance(route, Route) and case.ground_leads_out:
            most = _count_stretches(case, case.survey.shape(route))
            if counted > most:
                yield Fault(f"{counted} ways are counted on {name!r}, which has {most}", (name,))


def _count_stretches(case: PathCase, route: BaseGeometry) -> int:
    """Count the stretches of a route between a place of the force and an anchor next to it."""
    survey = case.survey
    unit, near_m = survey.known.get(case.path.unit), survey.parameters.join_m + TOLERANCE_M
    places = [*shapely.get_parts(survey.shape(unit))] if unit is not None else []
    goals = [survey.shape(a) for a in survey.each(Anchor) if case.is_goal(a)]
    goals = [goal for goal in goals if goal.distance(route) <= near_m]
    count = 0
    for line in shapely.get_parts(route):
        marks = [(line.project(p), 0) for place in places for p in _touching(line, place)]
        marks += [(line.project(p), 1) for goal in goals for p in _touching(line, goal)]
        kinds = [kind for _, kind in sorted(marks)]
        count += sum(one != other for one, other in pairwise(kinds))
        if line.is_ring:
            count += kinds[:1] != kinds[-1:]
    return count


def _nearest(line: BaseGeometry, shape: BaseGeometry) -> BaseGeometry:
    return Point(shapely.shortest_line(line, shape).coords[0])


def _touching(line: BaseGeometry, goal: BaseGeometry) -> list[BaseGeometry]:
    """Give the places where a line enters and leaves an anchor, else where it comes nearest."""
    inside = shapely.get_coordinates(line.intersection(goal))
    return [*map(Point, inside[[0, -1]])] if len(inside) else [_nearest(line, goal)]


def _meets_midway(line: BaseGeometry, mark: BaseGeometry, near_m: float) -> bool:
    """Tell whether something comes near a line, and nearest to it between its ends."""
    onto = shapely.shortest_line(line, mark)
    ends = union_of([line.boundary])
    if onto.length > near_m:
        return False
    return ends.is_empty or Point(onto.coords[0]).distance(ends) > TOLERANCE_M


def _lines_exist(case: PathCase, names: list[str]) -> Iterator[Fault]:
    for name in names:
        line = case.survey.known.get(name)
        modes = line.modes if isinstance(line, (Route, Crossing)) else ()
        if not any(case.survey.is_usable(line, case.path.reading, m) for m in modes if line):
            yield Fault(f"{name!r} is no route or crossing that can be used", (name,))


def ways_lead_out_and_the_cut_cuts(case: PathCase) -> Iterator[Fault]:
    """Each way leads from the force to an anchor in one mode throughout, and the cut ends them."""
    said = case.path.disjoint
    modes = {case.path.mode} if not said.ways else set(LAND_MODES)
    for way in said.ways[:MOST_WAYS]:
        found = {mode for mode in LAND_MODES if _leads_out(case, mode, frozenset(way))}
        if not found:
            yield Fault("a way that is counted leads to no anchor in any one mode", way)
        modes &= found
    if not modes:
        yield Fault("the ways that are counted have no mode in common")
    elif modes == {case.path.mode} and _needs_its_lines(case) and not _meets_path(case):
        yield Fault("the cut leaves the path itself open", said.cut)
    elif said.ways and all(_is_left_open(case, mode) for mode in sorted(modes)):
        yield Fault("the cut leaves a way open", said.cut)
    elif not said.ways and not _is_at_hand(case) and _is_left_open(case, case.path.mode):
        yield Fault("no way is counted, and one is there")


def _meets_path(case: PathCase) -> bool:
    taken = {leg.evidence[0] for leg in case.path.legs if leg.by != "ground" and leg.evidence}
    return not taken or bool(taken & set(case.path.disjoint.cut))


def _starts_from(case: PathCase) -> list[Position]:
    """Ways are counted for the position whose path it is."""
    unit = case.survey.known.get(case.path.unit)
    return [unit] if isinstance(unit, Position) else []


def _leads_out(case: PathCase, mode: str, lines: frozenset[str]) -> bool:
    """Tell whether by some lines alone a mode may come from the force to an anchor."""
    survey, reading = case.survey, case.path.reading
    needed = ("foot", "boat") if mode == "boat" else (mode,)
    known = [survey.known.get(name) for name in lines]
    if not all(any(survey.is_usable(f, reading, m) for m in needed) for f in known if f):
        return False
    units = _starts_from(case)
    if not units:
        return False
    if not case.ground_leads_out:
        flood = Flood(survey, reading, "open", mode, only=lines)
        return any(True for _ in flood.anchors_reached(flood.spread(units), "land"))
    # Open ground is not counted where it leads out: a way sets out on the nearest road, and only
    # from a crossing at the end of it does it go on over open ground.
    roads = Flood(survey, reading, "open", mode, only=lines, by_road=True)
    nearest = _nearest_road(case)
    reached = {**roads.spread(units), **(roads.spread_from([nearest]) if nearest else {})}
    if any(True for _ in roads.anchors_reached(reached, "land")):
        return True
    ground = Flood(survey, reading, "open", mode, only=lines)
    places = [roads.pieces[piece] for piece in reached]
    spans = [
        span
        for crossing in known
        if isinstance(crossing, Crossing)
        for span in spans_of(survey, case.ground, crossing)
        if any(span.distance(place) <= survey.parameters.join_m + TOLERANCE_M for place in places)
    ]
    return any(True for _ in ground.anchors_reached(ground.spread_from(spans), "land"))


def _nearest_road(case: PathCase) -> BaseGeometry | None:
    """Give the road nearest to the force, of those that feet or tracks get onto."""
    survey, unit = case.survey, case.survey.known[case.path.unit]
    free = case.ground.passable
    roads = [
        stretch
        for route in survey.each(Route)
        if any(survey.is_usable(route, case.path.reading, mode) for mode in ("foot", "tracked"))
        for stretch in shapely.get_parts(survey.shape(route).intersection(free))
        if stretch.length > 0
    ]
    if not roads:
        return None
    far = [road.distance(survey.shape(unit)) for road in roads]
    least_m = min(far) + survey.parameters.join_m
    return union_of(road for road, off in zip(roads, far, strict=True) if off <= least_m)


def _is_left_open(case: PathCase, mode: str) -> bool:
    """Tell whether a mode surely comes to an anchor though every line of the cut is lost."""
    survey, cut = case.survey, frozenset(case.path.disjoint.cut)
    by_road = case.ground_leads_out
    flood = Flood(survey, case.path.reading, "closed", mode, without=cut, by_road=by_road)
    reached = flood.spread(_starts_from(case))
    return any(True for _ in flood.anchors_reached(reached, "land"))


WAY_RULES = (disjoint_ways_are_disjoint, ways_lead_out_and_the_cut_cuts)
"""Everything asked of the ways that share nothing, in the order it is asked."""

"""
Are there so many ways out that share nothing, and no more: the count, the ways and the cut.

Long for one reason: ways that share nothing are counted by one search.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow
from shapely.geometry import LineString, MultiPoint, Point
from shapely.ops import substring

from encircle.map.situation import Anchor, Barrier, Crossing, Position, Route
from encircle.verifier.flood.access import FACILITIES
from encircle.verifier.flood.flood import Flood
from encircle.verifier.ground import BAND_M, SLACK_M, TOLERANCE_M
from encircle.verifier.path.case import Fault, PathCase
from encircle.verifier.path.spans import spans_of
from encircle.verifier.path.travel import drawn_force, own_ground_m
from encircle.verifier.reading.parsing import LAND_MODES
from encircle.verifier.reading.said import READINGS
from encircle.verifier.regions import GRID_M, minus, union_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Feature


Node = tuple[float, float]
"""A place where stretches of route meet, metres."""
MOST_JOINS = 3
"""Joins there may be between where a force gets onto a road and an anchor beside it."""
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
    roads = _Roads(case) if case.ground_leads_out and len(said.ways) > 1 else None
    for one, other in combinations(said.ways[:MOST_WAYS], 2):
        same = set(one) == set(other)
        if same and roads is not None and _are_all_routes(case, one):
            continue  # counted below
        shared = [name for name in sorted(set(one) & set(other))
                  if not _can_be_shared(case, name, same=same)]  # fmt: skip
        if shared:
            yield Fault("two ways share a route or crossing", tuple(shared))
        elif twice := _list_posted_twice(case, one, other):
            yield Fault("two ways lead over one crossing, posted twice", tuple(twice))
    if roads is not None:
        yield from _count_on_same_roads(case, roads)
    yield from _lines_exist(case, sorted({*said.cut, *(n for way in said.ways for n in way)}))


def _needs_its_lines(case: PathCase) -> bool:
    """Tell whether a path is a way by route and crossing, so that the cut must meet it too."""
    if _is_at_hand(case):
        return False
    return case.path.mode in ("wheeled", "rail") or not case.ground_leads_out


def _is_at_hand(case: PathCase) -> bool:
    """Tell whether the anchor, or a road that joins it there, lies within the force's own reach."""
    goal = case.anchor_shape()
    return goal is None or _lies_at_hand(case, goal)


def _lies_at_hand(case: PathCase, goal: BaseGeometry) -> bool:
    drawn = drawn_force(case)
    start = drawn if drawn is not None else Point(case.on_plane(case.path.legs[0].points[:1])[0])
    survey, own_m = case.survey, own_ground_m(case)
    near_m, own = survey.parameters.join_m + TOLERANCE_M, start.buffer(own_m + TOLERANCE_M)
    roads = (survey.shape(r) for r in survey.lines(case.path.reading, case.path.mode))
    at_hand = (road.intersection(own) for road in roads if road.distance(goal) <= near_m)
    return start.distance(goal) <= own_m or any(r.distance(goal) <= near_m for r in at_hand)


def _is_any_at_hand(case: PathCase) -> bool:
    """Tell whether an anchor lies at hand, be it that the best way leads to another."""
    goals = (case.survey.shape(a) for a in case.survey.each(Anchor) if case.is_goal(a))
    return _is_at_hand(case) or any(_lies_at_hand(case, goal) for goal in goals)


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


def _list_posted_twice(case: PathCase, one: Sequence[str], other: Sequence[str]) -> list[str]:
    """List the crossings on two ways that are one, of a kind and drawn alike, by other ids."""
    named = [
        {(c.type, case.survey.shape(c).normalize().wkb): name for name in way
         if isinstance(c := case.survey.known.get(name), Crossing)}
        for way in (one, other)
    ]  # fmt: skip
    alike = named[0].keys() & named[1].keys()
    return sorted({way[key] for way in named for key in alike})


def _are_all_routes(case: PathCase, way: Sequence[str]) -> bool:
    return all(isinstance(case.survey.known.get(name), Route) for name in way)


def _count_on_same_roads(case: PathCase, roads: _Roads) -> Iterator[Fault]:
    """Where ground is not counted, ways by the same ground of roads are as many as flow there."""
    known = case.survey.known
    ways = [
        way for way in case.path.disjoint.ways if any(isinstance(known.get(n), Route) for n in way)
    ]
    for part in _part_by_roads(ways, roads):
        names = frozenset(n for way in part for n in way if isinstance(known.get(n), Route))
        over = {n: feature for way in part for n in way
                if isinstance(feature := known.get(n), Crossing)}  # fmt: skip
        spans = [s for c in over.values() for s in spans_of(case.survey, case.ground, c)]
        if len(part) > 1 and len(part) > (most := roads.count_ways(names, spans)):
            on = " and ".join(map(repr, sorted(names)))
            said = f"{len(part)} ways are counted on {on}, which has {most}"
            yield Fault(said, (*sorted(names),))


def _part_by_roads(ways: list[tuple[str, ...]], roads: _Roads) -> list[list[tuple[str, ...]]]:
    """Part ways into those that run on the same ground, or by the end of the same road."""
    parts: list[tuple[set[object], list[tuple[str, ...]]]] = []
    for way in ways:
        # A stretch of both as short as a joint is wide is where two roads cross: no common ground.
        on = {id(s) for s in roads.list_on(way) if s.length > BAND_M} | {*way} & roads.tips.keys()
        met = [part for part in parts if part[0] & on]
        parts = [part for part in parts if not part[0] & on]
        parts.append((on.union(*(p[0] for p in met)), [way, *(w for p in met for w in p[1])]))
    return [part for _, part in parts]


class _Roads:
    """
    The routes of a map, cut where they meet each other, an outline, the force, an anchor or an end.

    Ways set out where the force gets onto a stretch within its own reach, and from the stretch
    nearest to it that open ground leads to; they end at the first anchor.
    """

    def __init__(self, case: PathCase) -> None:
        survey = case.survey
        self.join_m = survey.parameters.join_m
        self.near_m = self.join_m + TOLERANCE_M
        self.own_m = max(own_ground_m(case), survey.parameters.join_m) + TOLERANCE_M
        unit = survey.known.get(case.path.unit)
        self.places = [*shapely.get_parts(survey.shape(unit))] if unit is not None else []
        self.goals = [survey.shape(a) for a in survey.each(Anchor) if case.is_goal(a)]
        crossings = [c for c in survey.each(Crossing) if c.type not in FACILITIES]
        joining = [s for c in crossings for s in spans_of(survey, case.ground, c)]
        self.tips = {route.id: _tips_of(survey.shape(route)) for route in survey.each(Route)}
        self.joining = [tip for line in joining for tip in _tips_of(line)]
        self.joining += [tip for tips in self.tips.values() for tip in tips]
        shapes = [survey.shape(barrier) for barrier in survey.each(Barrier)]
        self.lines = [shape for shape in shapes if not shape.area]
        drawn = {f.id: _where_it_carries(case, f) for f in survey.each(Route)}
        self.routes = {name: line for name, line in drawn.items() if not line.is_empty}
        shapes = [survey.shape(f) for f in survey.known.values()]
        # Ground is parted by how far a position reaches too, on either reading, and roads with it.
        shapes += [survey.held(p, r, "open") for p in survey.each(Position) for r in READINGS]
        outlines = [s.boundary for s in shapes if s.geom_type.endswith("Polygon") and s.area]
        # A road that carries nobody cuts others where it meets them all the same. Whole roads are
        # laid, and not what of them carries beside them: of one road twice each corner is a joint.
        met = [survey.shape(route) for route in survey.each(Route)]
        noded = shapely.union_all([*met, *outlines], grid_size=GRID_M)
        whole = union_of(self.routes.values())
        lines = [part for part in shapely.get_parts(whole) if part.length]  # a point has no ends
        self.ends = shapely.get_parts(union_of(lines).boundary)
        self.stretches = [
            stretch
            for part in shapely.get_parts(noded)
            if part.length > GRID_M
            for stretch in self._cut(LineString(part.coords))
            if _middle_of(stretch).distance(whole) <= 2 * GRID_M
        ]
        self.starts = self._set_out(case) | {*self._get_on()}

    def _cut(self, run: LineString) -> Iterator[BaseGeometry]:
        """Cut a stretch where it ceases to carry, at anchors, barriers, joins, and the force."""
        marks = [(place, self.own_m) for place in self.places]
        marks += [(goal, self.near_m) for goal in self.goals]
        marks += [(end, self.join_m) for end in self.joining]
        marks += [(end, 2 * GRID_M) for end in self.ends]
        at = [run.project(_nearest(run, m)) for m, far in marks if run.distance(m) <= far]
        met = [run.intersection(line) for line in self.lines if run.intersects(line)]
        at += [run.project(Point(xy)) for xy in shapely.get_coordinates(met).tolist()]
        inner = sorted(a for a in at if GRID_M < a < run.length - GRID_M)
        for one, other in pairwise([0.0, *inner, run.length]):
            if other - one > GRID_M:
                yield substring(run, one, other)

    def _get_on(self) -> Iterator[Node]:
        for stretch in self.stretches:
            for place in self.places:
                if stretch.distance(place) <= self.own_m:
                    onto = _nearest(stretch, place)
                    yield from (e for e in _ends_of(stretch) if Point(e).distance(onto) <= BAND_M
                                or Point(e).distance(place) <= TOLERANCE_M)  # fmt: skip

    def _set_out(self, case: PathCase) -> set[Node]:
        """
        Part the stretches nearest to the force that ground leads to, and set out from there.

        Either way along them, and from both their ends: what is drawn on ground may part them
        nearer than here.
        """
        # By its middle: the next stretch on the other side of a barrier begins as near.
        led = [
            stretch
            for stretch in self.stretches
            if any(_middle_of(stretch).dwithin(ground, SLACK_M) for ground in case.own_ground)
        ]
        far = [min(s.distance(place) for place in self.places) for s in led]
        nearest = [s for s, away in zip(led, far, strict=True) if away <= min(far) + TOLERANCE_M]
        parted = [part for stretch in nearest for part in self._part(LineString(stretch.coords))]
        self.stretches = [*(s for s in self.stretches if s not in nearest), *parted]
        return {end for part in parted for end in _ends_of(part)}

    def _part(self, stretch: LineString) -> list[BaseGeometry]:
        """Part a stretch where it comes nearest to the force."""
        at = stretch.project(_nearest(stretch, min(self.places, key=stretch.distance)))
        parts = (substring(stretch, 0.0, at), substring(stretch, at, stretch.length))
        return [part for part in parts if part.length > GRID_M] or [stretch]

    def list_on(self, names: Iterable[str]) -> list[BaseGeometry]:
        """List the stretches that some routes run on."""
        route = union_of(self.routes[name] for name in names if name in self.routes)
        return [s for s in self.stretches if _middle_of(s).distance(route) <= 2 * GRID_M]

    def count_ways(self, names: frozenset[str], spans: Sequence[BaseGeometry] = ()) -> int:
        """
        Count the ways by some routes alone that share no stretch: the greatest flow.

        Either to where they come near an anchor, or to where they join it: they may run along it.
        Of several routes the end of one leads on to whatever it joins. Where ways go over
        crossings (`spans`), no more lead to these than lead on from them.
        """
        edges = [_ends_of(stretch) for stretch in self._list_once(self.list_on(names))]
        nodes = {node for ends in edges for node in ends}
        links = list(self._link(names, nodes)) if len(names) > 1 else []
        near = {n for n in nodes if any(Point(n).distance(g) <= self.near_m for g in self.goals)}
        over = {n for n in nodes if any(Point(n).distance(s) <= self.near_m for s in spans)}
        if over:  # to the crossings, and on from them
            return min(self._flow(edges, links, near | over), self._flow(edges, links, near, over))
        joined = set(filter(self._joins, near))
        return max(self._flow(edges, links, near), self._flow(edges, links, joined))

    def _link(self, names: frozenset[str], nodes: set[Node]) -> Iterator[set[Node]]:
        """Give what the end of each of some routes joins: the nodes it is at, and those near."""
        tips = [tip for name in sorted(names) for tip in self.tips.get(name, ())]
        for tip in tips:
            if any(tip.dwithin(Point(here), BAND_M) for here in nodes):
                yield {there for there in nodes if tip.dwithin(Point(there), self.near_m)}

    def _joins(self, node: Node) -> bool:
        """Tell the end of a road near an anchor, and a place on the anchor's own ground."""
        place = Point(node)
        return any(place.dwithin(end, BAND_M) for end in self.joining) or any(
            place.dwithin(goal, BAND_M if goal.area else self.near_m) for goal in self.goals
        )

    def _list_once(self, stretches: list[BaseGeometry]) -> list[BaseGeometry]:
        """Leave out what an outline on a road was taken for: the same stretch again."""
        once: dict[tuple[Node, ...], list[BaseGeometry]] = {}
        for stretch in stretches:
            same = once.setdefault(tuple(sorted(_ends_of(stretch))), [])
            if all(stretch.hausdorff_distance(other) > 2 * GRID_M for other in same):
                same.append(stretch)
        return [stretch for same in once.values() for stretch in same]

    def _flow(
        self,
        edges: list[tuple[Node, Node]],
        links: list[set[Node]],
        goals: set[Node],
        over: Collection[Node] = (),
    ) -> int:
        """Measure the greatest flow along edges, one by each link, from where one gets on."""
        nodes = sorted({node for ends in edges for node in ends})
        number = {node: i + 2 for i, node in enumerate(nodes)}  # 0 is the force, 1 the anchors
        begins = self.starts.union(over) & number.keys()
        number |= dict.fromkeys(begins, 0) | dict.fromkeys(goals, 1)
        pairs = [(number[a], number[b]) for a, b in edges]
        arcs = [*pairs, *(pair[::-1] for pair in pairs)]
        for i, met in enumerate(links):  # into the end of a road and out of it again
            into, out = len(nodes) + 2 + 2 * i, len(nodes) + 3 + 2 * i
            arcs += [
                (into, out),
                *((number[n], into) for n in met),
                *((out, number[n]) for n in met),
            ]
        arcs = [(u, v) for u, v in arcs if u != v]
        if not arcs:
            return 0
        u, v = np.array(arcs).T
        size = len(nodes) + 2 + 2 * len(links)
        graph = csr_array((np.ones(len(u), np.int32), (u, v)), shape=(size, size))
        graph.sum_duplicates()
        return int(maximum_flow(graph, 0, 1).flow_value)


def _where_it_carries(case: PathCase, route: Feature) -> BaseGeometry:
    """Draw where a route carries anybody: on ground that lets through, and in no water."""
    survey, reading = case.survey, case.path.reading
    modes = {mode for mode in LAND_MODES if survey.is_usable(route, reading, mode)}
    walls = [b for b in survey.known.values() if isinstance(b, Barrier) and modes <= {*b.blocks}]
    shut = [survey.shape(b) for b in walls if survey.counts(b, reading)]
    free = case.ground.passable.buffer(SLACK_M) if modes else LineString()
    return survey.shape(route).intersection(minus(free, *(s for s in shut if s.area)))


def _ends_of(stretch: BaseGeometry) -> tuple[Node, Node]:
    """Name the two ends of a stretch, to a decimetre: what is noded there meets there."""
    (a, b), (c, d) = np.round(shapely.get_coordinates(stretch)[[0, -1]], 1).tolist()
    return (a, b), (c, d)


def _tips_of(line: BaseGeometry) -> list[Point]:
    """Give the ends of a line, part by part."""
    parts = shapely.get_parts(line)
    return [Point(xy) for part in parts for xy in shapely.get_coordinates(part)[[0, -1]]]


def _middle_of(line: BaseGeometry) -> Point:
    return line.interpolate(0.5, normalized=True)


def _nearest(line: BaseGeometry, shape: BaseGeometry) -> Point:
    return Point(shapely.shortest_line(line, shape).coords[0])


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
    roads = [_Roads(case)] if said.ways and case.ground_leads_out else []
    # Where it is hard to say whether ground leads out, ways may be counted as if it did not.
    rules = [*roads, *([] if case.ground_surely_leads_out else [None])] or [None]
    for way in said.ways[:MOST_WAYS]:
        lines = frozenset(way)
        found = {m for m in LAND_MODES if any(_leads_out(case, m, lines, r) for r in rules)}
        if not found:
            yield Fault("a way that is counted leads to no anchor in any one mode", way)
        modes &= found
    if not modes:
        yield Fault("the ways that are counted have no mode in common")
    elif modes == {case.path.mode} and _needs_its_lines(case) and not _meets_path(case):
        yield Fault("the cut leaves the path itself open", said.cut)
    elif said.ways and all(_is_left_open(case, mode, {*said.cut}) for mode in sorted(modes)):
        yield Fault("the cut leaves a way open", said.cut)
    elif not said.ways and not _is_any_at_hand(case) and _is_left_open(case, case.path.mode, set()):
        yield Fault("no way is counted, and one is there")
    elif not said.ways and case.ground_leads_out and _leads_out_by_road(case):
        yield Fault("no way is counted, and one by road is there")
    elif said.ways:
        taken = {name for way in said.ways for name in way}
        more = [mode for mode in sorted(modes) if _is_left_open(case, mode, taken)]
        if more:
            yield Fault(f"one way more than is counted shares nothing with them, by {more[0]}")


def _leads_out_by_road(case: PathCase) -> bool:
    """
    Tell whether wheels or rail surely come out, from a road that the force gets onto elsewhere.

    The force has its anchor without a road to it only where it gets onto the road at the anchor.
    """
    if drawn_force(case) is not None:
        return False
    if not any(_is_left_open(case, mode, set()) for mode in ("wheeled", "rail")):
        return False
    roads = _Roads(case)
    return not any(
        _nearest(stretch, place).distance(goal) <= MOST_JOINS * roads.near_m
        for stretch in roads.stretches
        for place in roads.places
        if stretch.distance(place) <= roads.own_m
        for goal in roads.goals
    )


def _meets_path(case: PathCase) -> bool:
    taken = {leg.evidence[0] for leg in case.path.legs if leg.by != "ground" and leg.evidence}
    return not taken or bool(taken & set(case.path.disjoint.cut))


def _starts_from(case: PathCase) -> list[Position]:
    """Ways are counted for the position whose path it is."""
    unit = case.survey.known.get(case.path.unit)
    return [unit] if isinstance(unit, Position) else []


def _leads_out(case: PathCase, mode: str, lines: frozenset[str], network: _Roads | None) -> bool:
    """Tell whether by some lines alone a mode may come from the force to an anchor."""
    survey, reading = case.survey, case.path.reading
    needed = ("foot", "boat") if mode == "boat" else (mode,)
    known = [survey.known.get(name) for name in lines]
    if not all(any(survey.is_usable(f, reading, m) for m in needed) for f in known if f):
        return False
    units = _starts_from(case)
    if not units:
        return False
    if network is None:
        flood = Flood(survey, reading, "open", mode, only=lines)
        return any(True for _ in flood.anchors_reached(flood.spread(units), "land"))
    # Open ground is not counted where it leads out: a way sets out on the nearest road, and only
    # from a crossing at the end of it does it go on over open ground, as far as that is one.
    roads = Flood(survey, reading, "open", mode, only=lines, by_road=True)
    nearest = _nearest_road(case)
    reached = {**roads.spread(units), **(roads.spread_from([nearest]) if nearest else {})}
    if any(True for _ in roads.anchors_reached(reached, "land")):
        return True
    ground = Flood(survey, reading, "open", mode, only=lines, parted=True)
    near_m = survey.parameters.join_m + TOLERANCE_M
    led = [roads.pieces[piece] for piece in reached]
    starts = MultiPoint([*network.starts])
    spans = [
        span
        for crossing in known
        if isinstance(crossing, Crossing)
        for span in spans_of(survey, case.ground, crossing)
        if any(span.distance(place) <= near_m for place in led)
        or (network.starts and MultiPoint(_ends_of(span)).distance(starts) <= near_m)
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


def _is_left_open(case: PathCase, mode: str, lost: set[str]) -> bool:
    """Tell whether a mode surely comes to an anchor though some routes and crossings are lost."""
    survey, without = case.survey, frozenset(lost)
    by_road = case.ground_leads_out
    flood = Flood(survey, case.path.reading, "closed", mode, without=without, by_road=by_road)
    reached = flood.spread(_starts_from(case))
    return any(True for _ in flood.anchors_reached(reached, "land"))


WAY_RULES = (disjoint_ways_are_disjoint, ways_lead_out_and_the_cut_cuts)
"""Everything asked of the ways that share nothing, in the order it is asked."""

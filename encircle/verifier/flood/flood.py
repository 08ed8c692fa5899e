"""
Who can go where by one mode: the verifier floods the ground from a force, surely or perhaps.

Long for one reason: every spread is over one drawing, with one way of going on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING, TypeVar, cast

import shapely
from shapely.geometry import MultiPoint, Point, Polygon

from encircle.map.situation import Anchor, Crossing, Fire, Position, Route
from encircle.verifier.ground import (
    BAND_M,
    CORNER_M,
    POINT_M,
    RIM_M,
    SHARED_M,
    SLACK_M,
    TOLERANCE_M,
    Survey,
)
from encircle.verifier.path.spans import SAME_LINE_M, list_shared, spans_of
from encircle.verifier.reading.parsing import LAND_MODES, rank_of_fire
from encircle.verifier.reading.said import READINGS
from encircle.verifier.regions import (
    GRID_M,
    areas_of,
    common,
    join,
    measure_stray,
    minus,
    shrink,
    union_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.drawing import Ground, Lean
    from encircle.verifier.reading.said import Reading

Drawn = TypeVar("Drawn")
STRAY_M = SLACK_M / 10
"""Ground that may be entered, drawn twice, meets within this; metres."""
STEP_M = 1.0
"""A join is sure if it is this much shorter than it may be; metres."""


@dataclass
class Flood:
    """
    Pieces of passable ground, or stretches of route, and the crossings between them.

    Drawn `closed`, what it reaches is reached beyond doubt; drawn `open`, what it does not reach
    is beyond reach.
    """

    survey: Survey
    reading: Reading
    lean: Lean
    mode: str
    shun: float | None = None
    """Ground and lines under fire of this rank or worse are left out."""
    special: bool = False
    """Tunnels, strips of neutral ground and crossings by a third party's leave are taken too."""
    only: frozenset[str] | None = None
    """The only routes and crossings taken."""
    without: frozenset[str] = frozenset()
    """Routes and crossings not taken."""
    by_road: bool = False
    """Feet and tracks keep to routes too."""
    past_the_edge: bool = False
    """The edge of the map is no wall: what a ring shuts in must not come to it."""
    parted: bool = False
    """Ground hangs together no farther than the outlines drawn on it."""

    @property
    def sure(self) -> bool:
        """What it reaches is reached beyond doubt."""
        return self.lean == "closed"

    @property
    def on_routes(self) -> bool:
        """Rail and wheels keep to routes."""
        return self.by_road or self.mode in ("rail", "wheeled")

    @property
    def walk(self) -> str:
        """The mode that carries between crossings: a boat way is walked."""
        return "foot" if self.mode == "boat" else self.mode

    @cached_property
    def drawn(self) -> Ground:
        """The ground on the reading, drawn as the flood leans."""
        return self.survey.ground(self.reading, self.lean)

    @cached_property
    def ground(self) -> BaseGeometry:
        """The ground the mode may be on, barriers and fire that is shunned taken out."""
        return self._drawn_once("ground", self._draw_ground)

    def _drawn_once(self, what: str, draw: Callable[[], Drawn]) -> Drawn:
        """Draw what no choice of lines changes once for all floods of one kind."""
        walls = tuple(b.id for b in self.survey.barriers(self.reading, self.walk))
        fires = tuple(fire.id for fire in self._fires())
        key = (what, self.reading, self.lean, walls, fires, self.past_the_edge)
        if key not in self.survey.drawings:
            self.survey.drawings[key] = draw()
        return cast("Drawn", self.survey.drawings[key])

    def _draw_ground(self) -> BaseGeometry:
        barriers = self.survey.barriers(self.reading, self.walk)
        shapes = [self.survey.shape(barrier) for barrier in barriers]
        if self.sure:
            # A line has a width only here; water that is drawn is as wide as drawn, gaps and all.
            walls = [areas_of(s if s.area else s.buffer(BAND_M)) for s in shapes]
            free = self.drawn.passable
            if not self.past_the_edge:
                free = common(free, self.survey.extent())
            return minus(free, *walls, *self._under_fire(TOLERANCE_M))
        # First the water is taken out, then the ground grown: else it would grow along the shore.
        free = self._draw_dry(self.drawn.passable)
        lines = [shape.buffer(SLACK_M / 4) for shape in shapes if not shape.area]
        # nor past the end of a line, where the ground ends with it
        rim = minus(free.buffer(RIM_M), *(areas_of(s.buffer(SLACK_M)) for s in shapes))
        return minus(join(free, rim), *map(areas_of, lines))

    def _draw_dry(self, area: BaseGeometry) -> BaseGeometry:
        """Take from an area, as it is drawn, the water and what surely lies under fire."""
        shapes = map(self.survey.shape, self.survey.barriers(self.reading, self.walk))
        return minus(area, *(s for s in shapes if s.area > 0), *self._under_fire(-TOLERANCE_M))

    def _draw_wide(self, thin: BaseGeometry) -> list[BaseGeometry]:
        """Draw the ground about a place that is wider, before it is grown, than a touch."""
        window = thin.buffer(POINT_M, quad_segs=2)
        wide = self._draw_dry(common(self.drawn.passable, window)).buffer(-SHARED_M / 2)
        return polygons_of(wide)

    def _under_fire(self, spread_m: float) -> list[BaseGeometry]:
        return [self.survey.shape(fire).buffer(spread_m) for fire in self._fires()]

    def _fires(self) -> list[Fire]:
        return [
            fire
            for fire in self.survey.known.values()
            if isinstance(fire, Fire)
            and self.shun is not None
            and rank_of_fire(fire.grade) >= self.shun
            and fire.side not in self.survey.friends
            and self.walk in fire.modes
            and self.survey.counts(fire, self.reading)
        ]

    def _lines(self, mode: str) -> Iterator[Route | Crossing]:
        """Go through the routes and crossings that carry a mode and are taken."""
        for line in self.survey.known.values():
            if not isinstance(line, (Route, Crossing)) or line.id in self.without:
                continue
            usable = self.survey.is_usable(line, self.reading, mode)
            usable = usable or (self.special and self.survey.is_special(line, self.reading))
            named = self.only is None or line.id in self.only
            calm = self.shun is None or line.fire is None or rank_of_fire(line.fire) < self.shun
            if usable and named and calm:
                yield line

    @cached_property
    def pieces(self) -> list[BaseGeometry]:
        """The ground, or the stretches of route, that hang together for the mode."""
        if not self.on_routes:
            draw = self._draw_parted if self.parted else self._draw_pieces
            return self._drawn_once("parted" if self.parted else "pieces", draw)
        routes = (line for line in self._lines(self.walk) if isinstance(line, Route))
        lines = [self._left_of(self.survey.shape(route)) for route in routes]
        # A road along a boundary is on either side of it, and surely on neither.
        ground = self._drawn_once("firm", self._draw_firm) if self.sure else self.ground
        # Surely joined is only what meets: roads that run on beside each other do not.
        return polygons_of(
            union_of(lines).intersection(ground).buffer(GRID_M if self.sure else BAND_M / 2)
        )

    def _draw_firm(self) -> BaseGeometry:
        return self.ground.buffer(-SLACK_M / 2)

    def _draw_parted(self) -> list[BaseGeometry]:
        """
        Cut ground along what is drawn on it: areas, and how far positions reach on either reading.

        What may be drawn elsewhere than it stands parts nothing.
        """
        survey = self.survey
        sure = [f for f in survey.known.values() if not f.location_error_m]
        shapes = [survey.shape(feature) for feature in sure]
        held = (p for p in sure if isinstance(p, Position))
        shapes += [survey.held(p, reading, "open") for p in held for reading in READINGS]
        lines = [shape.boundary for shape in shapes if shape.area]
        return polygons_of(minus(self.ground, areas_of(union_of(lines).buffer(SLACK_M))))

    def _draw_pieces(self) -> list[BaseGeometry]:
        if self.sure:
            return polygons_of(self._drawn_once("firm", self._draw_firm))
        return [
            p for piece in polygons_of(self.ground) for p in part_at_points(piece, self._draw_wide)
        ]

    @cached_property
    def _shunned(self) -> set[str]:
        """The lines under fire that is shunned: posted twice, a road is under the worse of both."""
        if self.shun is None:
            return set()
        lines = self.survey.each_line() if self.sure else self.survey.each(Route)
        return {f.id for f in lines if f.fire and rank_of_fire(f.fire) >= self.shun}

    def _left_of(self, line: BaseGeometry) -> BaseGeometry:
        """Take from a route what runs on a line not taken: posted twice, it is lost as one."""
        for name in {*self.without, *self._shunned}:
            lost = self.survey.known.get(name)
            if isinstance(lost, (Route, Crossing)):
                # Perhaps it is another that runs close by; on the very same line it is none.
                perhaps = name in self._shunned and not self.sure
                near_m = SAME_LINE_M if perhaps else SLACK_M
                along = list_shared(line, self.survey.shape(lost), near_m)
                line = line.difference(union_of(along).buffer(near_m))
        return line

    # -- from piece to piece

    def starts_of(self, unit: Position) -> set[int]:
        """Find the pieces a position can set out on."""
        shape = self.survey.shape(unit)
        own_m = max(self.survey.parameters.join_m, self.survey.reach_m(unit, self.reading))
        if not self.sure:
            return self._near(shape, own_m + TOLERANCE_M if self.on_routes else TOLERANCE_M)
        if not self.on_routes and shape.geom_type != "Polygon":
            firm = [p for p in shapely.get_parts(shape) if self._stands_firmly(p)]
            return self._near(union_of(firm), SLACK_M / 2 + BAND_M)
        starts: set[int] = set()
        if shape.geom_type == "Polygon":
            core = common(shape, self.survey.extent()).buffer(-SLACK_M - BAND_M)
            starts = self._near(shape.representative_point() if core.is_empty else core, 0.0)
        for place in self.survey.places(unit) if self.on_routes else ():
            near = self._near(place, own_m - STEP_M) - starts
            if place.area:  # a road that comes into it at all is got onto in its core, or not
                near -= self._near(place, SLACK_M)
            starts |= {piece for piece in near if self._is_open_step(place, self.pieces[piece])}
        return starts

    def _stands_firmly(self, place: BaseGeometry) -> bool:
        """Tell whether a place is on ground that lets through, not a rounding beside it."""
        return bool(self.drawn.passable.covers(place.buffer(STRAY_M, quad_segs=2)))

    def _is_open_step(self, shape: BaseGeometry, piece: BaseGeometry) -> bool:
        step = shapely.shortest_line(shape, piece)
        barriers = self.survey.barriers(self.reading, self.walk)
        shut = [*map(self.survey.shape, barriers), *self._under_fire(TOLERANCE_M)]
        if any(step.intersects(shape) for shape in shut):
            return False
        # As a span: held ground twice as wide as the slack has all of it near ground on a side.
        return measure_stray(step, self.drawn.passable, STRAY_M) <= SLACK_M - 2 * STRAY_M

    def _near(self, shape: BaseGeometry, near_m: float) -> set[int]:
        if not self.pieces or shape.is_empty:
            return set()
        return set(map(int, self._tree.query(shape, predicate="dwithin", distance=near_m)))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        if self.on_routes:
            return shapely.STRtree(self.pieces)
        what = "parted tree" if self.parted else "tree"
        return self._drawn_once(what, lambda: shapely.STRtree(self.pieces))

    @cached_property
    def links(self) -> list[tuple[str, set[int]]]:
        """The crossings and road ends, each with the pieces it joins."""
        found = [(c.id, self._linked(c)) for c in self._crossings()]
        return [*found, *self._joined(), *self._end_to_end(dict(found))]

    def _end_to_end(self, linked: dict[str, set[int]]) -> Iterator[tuple[str, set[int]]]:
        """Find the crossings that lead on to one another, where no road lies between them."""
        lines = list(self._crossings()) if self.on_routes else []
        if len(lines) < 2:  # noqa: PLR2004 - one leads on to none
            return
        spans = [
            [s for s in spans_of(self.survey, self.drawn, line)
             if not self.sure or self._is_open_span(line, s)]
            for line in lines
        ]  # fmt: skip
        near_m = self.survey.parameters.join_m + TOLERANCE_M
        drawn = [union_of(map(ends_of, some)) for some in spans]
        pairs = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=near_m).T
        chains: list[set[str]] = []
        for one, other in pairs[pairs[:, 0] < pairs[:, 1]]:
            if not self.sure or self._leads_on(spans[one], spans[other]):
                chain = {lines[one].id, lines[other].id}
                chain.update(*(c for c in chains if c & chain))
                chains = [*(c for c in chains if not c & chain), chain]
        for chain in chains:
            yield min(chain), set().union(*(linked[name] for name in chain))

    def _leads_on(self, spans: list[BaseGeometry], further: list[BaseGeometry]) -> bool:
        """Tell whether a step from end to end is surely dry and free, and short enough."""
        walls = [self.survey.shape(b) for b in self.survey.barriers(self.reading, self.walk)]
        for one, other in product(spans, further):
            step = shapely.shortest_line(ends_of(one), ends_of(other))
            if (
                step.length <= self.survey.parameters.join_m - STEP_M
                and not any(step.intersects(wall) for wall in walls)
                and measure_stray(step, self._spannable, STRAY_M) <= SLACK_M - 2 * STRAY_M
            ):
                return True
        return False

    def spread(self, units: Iterable[Position]) -> dict[int, str | None]:
        """Find every piece that can be reached, and the crossing it was reached by."""
        return self._spread(set().union(*(self.starts_of(unit) for unit in units)))

    def spread_from(self, places: Iterable[BaseGeometry]) -> dict[int, str | None]:
        """Find every piece that can be reached from where some places touch the lines."""
        near_m = self.survey.parameters.join_m + TOLERANCE_M
        return self._spread(set().union(*(self._near(place, near_m) for place in places)))

    def _spread(self, starts: set[int]) -> dict[int, str | None]:
        reached: dict[int, str | None] = dict.fromkeys(starts)
        grew = True
        while grew:
            before = len(reached)
            for name, linked in self.links:
                if linked & reached.keys():
                    reached.update((piece, name) for piece in linked - reached.keys())
            grew = len(reached) > before
        return reached

    def _joined(self) -> Iterator[tuple[str, set[int]]]:
        """Find the stretches that the end of a route joins to others."""
        join_m = self.survey.parameters.join_m
        for line in self._lines(self.walk) if self.on_routes else ():
            if not isinstance(line, Route):
                continue
            for part in shapely.get_parts(self.survey.shape(line)):
                for end in (Point(p) for p in shapely.get_coordinates(part)[[0, -1]]):
                    near = self._near(end, join_m - STEP_M if self.sure else join_m + TOLERANCE_M)
                    if self.sure:
                        if end.coords[0] not in self._loose_ends:
                            continue
                        own = self._near(end, BAND_M)  # an end on ground that is held joins nothing
                        near = {i for i in near if own and self._is_open_step(end, self.pieces[i])}
                    if len(near) > 1:
                        yield line.id, near

    def _crossings(self) -> Iterator[Crossing]:
        modes = ("foot", "boat") if self.mode == "boat" else (self.mode,)
        lines = {line.id: line for mode in modes for line in self._lines(mode)}
        lost = [
            self.survey.shape(self.survey.known[n]) for n in self.without & {*self.survey.known}
        ]
        for line in lines.values():
            shape = self.survey.shape(line)
            twice = any(shape.hausdorff_distance(other) <= STEP_M for other in lost)
            if isinstance(line, Crossing) and not twice:
                yield line

    def _linked(self, crossing: Crossing) -> set[int]:
        """Find the pieces a crossing joins, beyond doubt or perhaps."""
        linked: set[int] = set()
        far_m = self.survey.parameters.join_m + TOLERANCE_M
        for span in spans_of(self.survey, self.drawn, crossing):
            if not self.sure:
                strip = self.drawn.neutral.buffer(-TOLERANCE_M)
                if self.special or not span.intersects(strip):
                    linked |= self._near(ends_of(span), far_m)
            elif self._is_open_span(crossing, span):
                linked |= self._linked_by(span)
        return linked

    def _is_open_span(self, crossing: Crossing, span: BaseGeometry) -> bool:
        if self.special and crossing.type == "tunnel":
            return True  # it passes under anything
        way = self._spannable
        if self.special:
            way = join(way, self.drawn.neutral)
        return measure_stray(span, way, STRAY_M) <= SLACK_M - 2 * STRAY_M

    def _linked_by(self, span: BaseGeometry) -> set[int]:
        ends = {Point(p) for p in shapely.get_coordinates(span)[[0, -1]]}
        return {piece for end in ends for piece in self._linked_at(end, span)}

    def _linked_at(self, end: BaseGeometry, span: BaseGeometry) -> set[int]:
        return {
            piece
            for piece in self._near(end, self.survey.parameters.join_m - STEP_M)
            if self._is_free_step(span, shapely.shortest_line(end, self.pieces[piece]))
        }

    def _is_free_step(self, span: BaseGeometry, step: BaseGeometry) -> bool:
        """Tell whether one surely steps from a crossing's end: over no barrier it does not span."""
        if measure_stray(step, self._spannable, STRAY_M) > SLACK_M - 2 * STRAY_M:
            return False
        barriers = self.survey.barriers(self.reading, self.walk)
        walls = [shape.buffer(SLACK_M) for shape in map(self.survey.shape, barriers)]
        spanned = [wall for wall in walls if wall.intersects(span)]
        if not spanned or not span.length:  # which of those near it was drawn for nobody can tell
            return True
        return not any(step.intersects(wall) for wall in walls if wall not in spanned)

    @cached_property
    def _spannable(self) -> BaseGeometry:
        """What a crossing may certainly span: passable ground, and water that is not hostile."""
        return self._drawn_once("spannable", self._draw_spannable)

    def _draw_spannable(self) -> BaseGeometry:
        grey = self.drawn.grey if self.reading == "pessimistic" else Polygon()
        water = [self.survey.shape(b) for b in self.survey.barriers(self.reading, self.walk)]
        wide = [shape for shape in water if shape.geom_type.endswith("Polygon")]
        wet = minus(join(*wide), self.drawn.hostile, self.drawn.neutral, grey)
        return join(self.drawn.passable, wet, self.drawn.water)

    # -- where it leads

    def anchors_reached(self, pieces: Iterable[int], *access: str) -> Iterator[Anchor]:
        """Go through the side's anchors of some kinds of access that a piece comes to."""
        reached = set(pieces)
        places = [self.pieces[piece] for piece in reached]
        for anchor in self.survey.known.values():
            if (
                isinstance(anchor, Anchor)
                and anchor.access in access
                and anchor.side in self.survey.friends
                and self.survey.counts(anchor, self.reading)
                and (
                    any(self._comes_to(place, anchor) for place in places)
                    or self._comes_off_at(reached, anchor)
                    or (self.special and self._comes_by_gate(reached, anchor))
                )
            ):
                yield anchor

    def _comes_off_at(self, reached: set[int], anchor: Anchor) -> bool:
        """Tell whether a crossing that is reached ends at an anchor, or as near as joins."""
        if anchor.access == "sea" or (self.sure and not self.on_routes):
            return False  # who walks comes to it over the ground about it
        shape, join_m = self.survey.shape(anchor), self.survey.parameters.join_m
        far_m = join_m - STEP_M if self.sure else join_m + TOLERANCE_M
        for crossing in self._crossings():
            for span in spans_of(self.survey, self.drawn, crossing):
                ends = [Point(p) for p in shapely.get_coordinates(span)[[0, -1]]]
                at = [end for end in ends if end.distance(shape) <= far_m]
                if at and not self.sure and reached & self._linked(crossing):
                    return True
                if (
                    at
                    and self.sure
                    and self._is_open_span(crossing, span)
                    and reached & self._linked_by(span)
                    and any(self._is_free_step(span, shapely.shortest_line(e, shape)) for e in at)
                ):
                    return True
        return False

    def _comes_by_gate(self, reached: set[int], anchor: Anchor) -> bool:
        """Tell whether a crossing leads on to an anchor abroad: nobody walks there but by it."""
        shape = self.survey.shape(anchor)
        join_m = self.survey.parameters.join_m
        for crossing in self._crossings():
            for span in spans_of(self.survey, self.drawn, crossing):
                ends = [Point(p) for p in shapely.get_coordinates(span)[[0, -1]]]
                for near, far in (ends, ends[::-1]):
                    if not self.sure:
                        at_hand = reached & self._near(near, join_m + TOLERANCE_M)
                        if at_hand and far.distance(shape) <= join_m + TOLERANCE_M:
                            return True
                        continue
                    step = shapely.shortest_line(far, shape)
                    abroad = self.drawn.neutral.buffer(-TOLERANCE_M)
                    if (
                        step.length <= join_m - STEP_M
                        and abroad.covers(Point(step.coords[-1]))
                        and measure_stray(step, join(self._spannable, abroad), TOLERANCE_M)
                        <= SLACK_M
                        and reached & self._linked_at(near, span)
                        and self._is_open_span(crossing, span)
                    ):
                        return True
        return False

    def _comes_to(self, place: BaseGeometry, anchor: Anchor) -> bool:
        shape = self.survey.shape(anchor)
        join_m = self.survey.parameters.join_m
        if not self.sure and (self.on_routes or anchor.access == "land"):
            within = self.parted and not self.on_routes and shape.area > 0
            off_m = place.distance(shape)
            return place.intersection(shape).area > 0 if within else off_m <= join_m + TOLERANCE_M
        if not self.sure:
            return self._may_meet(place, anchor)
        if not self.on_routes:
            firm = shape
            if anchor.access == "sea" and shape.geom_type != "Point":  # it is met at its shore
                water = common(shape, self.drawn.water)
                firm = minus(water, *self._no_water()).buffer(TOLERANCE_M)
                if place.intersection(shape.boundary).length > STEP_M:
                    return True  # ground goes on over the shore that is drawn
            met = place.intersection(firm)
            # Of a sliver thinner than the grid it is chance where any of it is left.
            firmly = met.area > SLACK_M and not met.buffer(-GRID_M).is_empty
            return firmly if shape.geom_type != "Point" else not met.is_empty
        if shape.geom_type != "Point":
            leads_in = place.intersection(shape).area > 2 * GRID_M * STEP_M
            return leads_in or any(  # a sea is met from its shore alone
                anchor.access != "sea"
                and end.distance(place) <= BAND_M
                and end.distance(shape) <= join_m - STEP_M
                and self._is_open_step(end, shape)
                for end in self._loose_ends.values()
            )
        here = self.drawn.passable.intersects(shape)
        return (
            here and place.distance(shape) <= join_m - STEP_M and self._is_open_step(shape, place)
        )

    @cached_property
    def _loose_ends(self) -> dict[tuple[float, ...], BaseGeometry]:
        """The ends of the routes taken where surely none begins that leads anybody on, by place."""
        routes = [r for r in self.survey.each(Route) if r.state != "cut"]
        tree = shapely.STRtree([self.survey.shape(route) for route in routes])
        loose: dict[tuple[float, ...], BaseGeometry] = {}
        for route in self._lines(self.walk):
            own = self.survey.shape(route)
            for part in shapely.get_parts(own) if isinstance(route, Route) else ():
                for end in (Point(p) for p in shapely.get_coordinates(part)[[0, -1]]):
                    near = tree.query(end, predicate="dwithin", distance=STEP_M).tolist()
                    alone = all(
                        routes[n] is route or not {*routes[n].modes} & {*route.modes} for n in near
                    )
                    about = own.intersection(end.buffer(STEP_M))
                    if alone and about.geom_type == "LineString" and about.length < 2 * STEP_M:
                        loose[end.coords[0]] = end
        return loose

    def _may_meet(self, place: BaseGeometry, anchor: Anchor) -> bool:
        """Tell whether ground may meet a shore or a base by nothing but itself."""
        shape, join_m = self.survey.shape(anchor), self.survey.parameters.join_m
        if place.distance(shape) > join_m + TOLERANCE_M:
            return False
        if anchor.access == "sea" and shape.area:
            ashore = place.difference(shape)
            held = (self.drawn.hostile, self.drawn.neutral)
            return self._touches(ashore, minus(shape, *held)) or self._touches(
                place, common(shape, self.drawn.water)
            )
        ends = (
            Point(p)
            for route in self._lines(self.walk)
            if isinstance(route, Route)
            for part in shapely.get_parts(self.survey.shape(route))
            for p in shapely.get_coordinates(part)[[0, -1]]
        )
        return self._touches(place, shape) or any(
            end.distance(place) <= TOLERANCE_M and end.distance(shape) <= join_m + TOLERANCE_M
            for end in ends
        )

    def _touches(self, place: BaseGeometry, other: BaseGeometry) -> bool:
        """Tell whether two shapes meet with no barrier between, room for drawing given."""
        walls = [self.survey.shape(b) for b in self.survey.barriers(self.reading, self.walk)]
        lines = [areas_of(wall.buffer(SLACK_M)) for wall in walls if not wall.area]
        wide = [wall for wall in walls if wall.area]
        met = minus(other.buffer(SLACK_M / 2), *wide, *lines)
        return bool(place.distance(met) <= STRAY_M)

    def _no_water(self) -> list[BaseGeometry]:
        """Draw what parts a shore from its sea: barriers, and ground of the enemy."""
        barriers = self.survey.barriers(self.reading, self.walk)
        parting = [self.survey.shape(barrier) for barrier in barriers]
        return [shape.buffer(3 * TOLERANCE_M) for shape in (*parting, self.drawn.hostile)]

    def runs_off(self, pieces: Iterable[int]) -> bool:
        """Tell whether a piece comes to the edge of the map."""
        edge = self.survey.extent().boundary
        return any(self.pieces[piece].distance(edge) <= TOLERANCE_M for piece in pieces)


def leads_to_land(flood: Flood, unit: Position) -> Anchor | None:
    """Give a land anchor that a position comes to by a flood's mode, if there is one."""
    return next(flood.anchors_reached(flood.spread([unit]), "land"), None)


def find_way_by(  # noqa: PLR0913 - a way is asked for by all of these
    survey: Survey,
    unit: Position,
    reading: Reading,
    lean: Lean,
    modes: Iterable[str] = LAND_MODES,
    shun: float | None = None,
) -> str | None:
    """Name a mode by which a position reaches a land anchor; None where there is none."""
    # What surely gets out gets out: only where that fails is it drawn whether it may.
    leans: tuple[Lean, ...] = ("closed", "open") if lean == "open" else ("closed",)
    for mode in modes:
        floods = (flood_of(survey, reading, each, mode, shun) for each in leans)
        if any(leads_to_land(flood, unit) is not None for flood in floods):
            return mode
    return None


def flood_of(  # noqa: PLR0913 - what a flood is told apart by
    survey: Survey,
    reading: Reading,
    lean: Lean,
    mode: str,
    shun: float | None = None,
    *,
    past_the_edge: bool = False,
) -> Flood:
    """Give the flood of a mode over all ground and lines; it is drawn once."""
    key = (reading, lean, mode, shun, past_the_edge)
    if key not in survey.floods:
        flood = Flood(survey, reading, lean, mode, shun, past_the_edge=past_the_edge)
        survey.floods[key] = flood
    return survey.floods[key]


def ends_of(line: BaseGeometry) -> BaseGeometry:
    """Give the two ends of a line, where alone a crossing is got on and off."""
    return MultiPoint(shapely.get_coordinates(line)[[0, -1]])


def polygons_of(area: BaseGeometry) -> list[BaseGeometry]:
    """List the polygons of an area."""
    return [p for p in shapely.get_parts(area) if p.geom_type == "Polygon" and not p.is_empty]


def part_at_points(
    piece: BaseGeometry, draw_wide: Callable[[BaseGeometry], list[BaseGeometry]]
) -> list[BaseGeometry]:
    """
    Part ground where its parts only touch at a point.

    Drawn large, two corners that touch grow together. A crack that is long stays a way, however
    thin: the map draws it; and so does a short one that is wider, as it is drawn, than a touch.
    """
    cores = polygons_of(shrink(piece, CORNER_M))
    if len(cores) < 2:  # noqa: PLR2004 - one part touches no other
        return [piece]
    grown = [core.buffer(CORNER_M + GRID_M) for core in cores]
    rest = polygons_of(shapely.difference(piece, union_of(grown)))
    tree = shapely.STRtree(grown)
    groups = [{number} for number in range(len(cores))]
    met = [{int(i) for i in tree.query(thin, "dwithin", GRID_M)} for thin in rest]
    for thin, one, other in ((t, *p) for t, m in zip(rest, met, strict=True)
                             for p in combinations(m, 2)):  # fmt: skip
        # By its own ends: elsewhere the two may touch at a point as well.
        ends = [shapely.intersection(cores[i], thin.buffer(POINT_M)) for i in (one, other)]
        if ends[0].distance(ends[1]) > POINT_M or any(
            w.intersects(cores[one]) and w.intersects(cores[other]) for w in draw_wide(thin)
        ):
            whole = set().union(*(group for group in groups if group & {one, other}))
            groups = [*(group for group in groups if not group & whole), whole]
    parts = []
    for group in groups:
        beside = [thin for thin, some in zip(rest, met, strict=True) if some & group]
        parts.append(union_of([*(grown[i] for i in group), *beside]))
    return [p for part in parts for p in polygons_of(part)]

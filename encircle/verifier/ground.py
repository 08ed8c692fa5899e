"""
What is on the map, by set algebra on whole polygons: the verifier's own view of it.

Long for one reason: the survey is one class, since every question it answers rests on the same
drawing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from encircle.map.plane.outline import grow
from encircle.map.plane.projection import Plane
from encircle.map.situation import (
    GREY_BASES,
    NEUTRAL,
    Anchor,
    Barrier,
    Claim,
    Control,
    Crossing,
    Feature,
    Fire,
    Position,
    Route,
    Situation,
)
from encircle.verifier.drawing import (
    BEYOND_M,
    DISC_SEGS,
    LEANS,
    OFFSET_ERROR,
    SEAM_SLACK,
    Drawing,
)
from encircle.verifier.reading.said import READINGS
from encircle.verifier.regions import (
    GRID_M,
    NOTHING,
    QUAD_SEGS,
    ROUND,
    areas_of,
    common,
    join,
    minus,
    union_of,
    with_slivers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from encircle.verifier.drawing import Ground, Holder, Lean
    from encircle.verifier.flood.flood import Flood
    from encircle.verifier.reading.said import Parameters, Reading

Kind = TypeVar("Kind", bound=Feature)

SLACK_M = 0.2
"""
The one slack: nothing that is wider than this is stepped over, and nothing narrower walked through.

It is what rounding, snapping to a grid of a centimetre and drawing twice may add up to, and far
below what the contract calls touching (`join_m`, `seam_m`). Metres. Source: convention here.
"""
RIM_M = SLACK_M / 2 + 0.75 * GRID_M
"""
Ground is grown by this, metres: what is as wide as the slack is stepped over, be it drawn one step
of the grid wider.
"""
TOLERANCE_M = 2.0
"""
Evidence lies at a stretch if it lies this near; metres. Source: convention here.

No way leads and no ring closes by it: it says only whether a name is given to the right place.
"""
CORNER_M = 1.5 * RIM_M
"""
Two square corners that touch are as wide as twice this where each is grown by the rim, or a
little less, and what shares five centimetres of boundary is wider; metres.
"""
SHARED_M = 5 * GRID_M
"""
Grounds that hang together by a strip as wide as this, as drawn, do not only touch. Two corners that
meet at a point overlap by four steps of the grid at most: each is drawn two thick at its tip.
Metres.
"""
POINT_M = 1.0
"""Grounds that touch at a point lie no farther apart than this, so drawn; metres."""
DISC_INNER, DISC_OUTER = 0.995, 1.001
"""Moving an outline draws round its corners with chords, between these shares of the distance."""
LOST_LEAST, LOST_SURELY = 0.985, 0.995
"""Shares of a drawn position on hostile ground from which it may be, and must be, called lost."""
FOCUS_M = 1_000.0
"""Seams are sought this much farther from a certificate than any rule looks; metres."""
GIVE_M = 0.5
"""Ground thinner than twice this is a crack between two drawings; metres."""
MARGIN_SHARE, MARGIN_LEAST_M = 0.1, 1_000.0
"""A map without an area of its own reaches this share of its longer side past what is drawn, and
at least so many metres. Source: contract, `area`."""
BAND_M = 0.25
"""Half the width a barrier drawn as a line is given; metres."""
REACH_M = {
    "squad": 50.0,
    "section": 50.0,
    "platoon": 200.0,
    "company": 500.0,
    "battalion": 1500.0,
    "regiment": 3000.0,
    "brigade": 4000.0,
    "division": 8000.0,
    "corps": 15_000.0,
    "army": 30_000.0,
}
"""Reach by echelon, metres. Source: the table every judgement prints as `default_reach_m`."""
REACH_UNKNOWN_M = 500.0
"""Reach of a position that states neither reach nor echelon, metres."""


@dataclass
class Outlines:
    """What is drawn of a map whatever the focus is, once for all surveys of it; metres."""

    shapes: dict[str, BaseGeometry] = field(default_factory=dict)
    footprints: dict[tuple[str, Reading], BaseGeometry] = field(default_factory=dict)
    controls: dict[tuple[object, ...], BaseGeometry] = field(default_factory=dict)
    """Control polygons and how far positions hold, by id and by what they are drawn for."""
    united: dict[tuple[object, ...], BaseGeometry] = field(default_factory=dict)
    """Control polygons of a holder."""
    assessed: dict[tuple[BaseGeometry, ...], dict[Holder, BaseGeometry]] = field(
        default_factory=dict
    )
    """What assessed and grey polygons say, by what they are."""
    ahead: dict[Lean, BaseGeometry] = field(default_factory=dict)
    unpainted: dict[tuple[Lean, bool], BaseGeometry] = field(default_factory=dict)
    extent: BaseGeometry | None = None
    followed: dict[tuple[object, ...], BaseGeometry] = field(default_factory=dict)
    """What follows from areas alone, by what was asked and of which areas."""

    def once(self, draw: Callable[..., BaseGeometry], *given: object) -> BaseGeometry:
        """Draw once what follows from what is given alone: readings ask the same of the same."""
        told = (digest(g) if isinstance(g, BaseGeometry) else g for g in given)
        key = (draw, *told)
        found = self.followed.get(key)
        if found is None:
            found = self.followed[key] = draw(*given)
        return found


@dataclass
class Survey:
    """A situation at its instant, on the plane, by the parameters of the judgement."""

    situation: Situation
    parameters: Parameters
    plane: Plane = field(init=False)
    known: dict[str, Feature] = field(init=False)
    """Every feature that speaks at the instant judged."""
    friends: frozenset[str] = field(init=False)
    focus: BaseGeometry | None = None
    """Ground that certificates speak of: seams elsewhere make no difference and are not sought."""
    floods: dict[tuple[object, ...], Flood] = field(init=False, default_factory=dict)
    """Who can go where, drawn once for each reading, leaning and mode."""
    drawings: dict[tuple[object, ...], object] = field(init=False, default_factory=dict)
    """What else is drawn once: the ground of a mode, its pieces, the horizon."""
    outlines: Outlines = field(default_factory=Outlines)
    _grounds: dict[tuple[Reading, Lean], Ground] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.plane = Plane(self.situation.origin)
        self.known = {f.id: f for f in self.situation.features if self._speaks(f)}
        sides = [p.side for p in self.situation.positions_of(self.situation.force)]
        self.friends = self.situation.friends_of(sides[0]) if sides else frozenset()

    # what speaks

    def _speaks(self, feature: Feature) -> bool:
        """Evidence from after the instant judged, or no longer valid, is left out."""
        as_of = self.situation.as_of
        claimed = isinstance(feature, Control) and feature.basis == "claimed"
        late = feature.observed_at is not None and feature.observed_at > as_of
        early = feature.valid_from is not None and feature.valid_from > as_of
        over = feature.valid_to is not None and feature.valid_to < as_of
        drawn = feature.geometry is not None and not isinstance(feature, Claim)
        return drawn and not (claimed or late or early or over)

    def is_stale(self, feature: Feature) -> bool:
        """Evidence dated longer before the instant than the parameter allows is uncertain."""
        if feature.dated is None:
            return False
        age = (self.situation.as_of - feature.dated).total_seconds()
        return age > self.parameters.stale_after_days * 86_400

    def shape(self, feature: Feature) -> BaseGeometry:
        """Project a feature to the plane."""
        if feature.id not in self.outlines.shapes:
            drawn = feature.geometry if feature.geometry is not None else NOTHING
            placed = _mended(self.plane.to_metres(drawn))
            self.outlines.shapes[feature.id] = self._moved(feature, placed)
        return self.outlines.shapes[feature.id]

    def _moved(self, feature: Feature, shape: BaseGeometry) -> BaseGeometry:
        """Move a crossing on to what it spans, if its place may be so far off; tie loose ends."""
        if isinstance(feature, Barrier) and "Line" in shape.geom_type:
            return self._tied(feature, shape)
        facility = isinstance(feature, Crossing) and feature.type in ("airstrip", "port")
        error_m = feature.location_error_m
        if not isinstance(feature, Crossing) or facility or not error_m or shape.is_empty:
            return shape
        spanned = [self.shape(b) for b in self.known.values() if isinstance(b, Barrier)]
        spanned += [
            self.shape(c)
            for c in self.known.values()
            if isinstance(c, Control) and self.holder(c) == "neutral"
        ]
        gaps = [shape.distance(other) for other in spanned if not other.is_empty]
        if not gaps or min(gaps) <= 0 or min(gaps) > error_m:
            return shape
        target = min((o for o in spanned if not o.is_empty), key=shape.distance)
        middle = shape if shape.geom_type == "Point" else shape.interpolate(0.5, normalized=True)
        from_, to = shapely.get_coordinates(shapely.shortest_line(middle, target))
        return shapely.transform(shape, lambda points: points + (to - from_))

    def _tied(self, barrier: Barrier, line: BaseGeometry) -> BaseGeometry:
        """Run a barrier's loose ends on to what stops too, where that is nearer than a seam."""
        area = self.extent()
        met = [area.boundary]
        for other in self.known.values():
            held = isinstance(other, Control) and self.holder(other) in ("hostile", "neutral")
            if held or (isinstance(other, Barrier) and other is not barrier):
                drawn = self.plane.to_metres(other.drawn)
                met.append(shapely.intersection(_mended(drawn), area))
        course = shapely.intersection(line, area)
        ends = shapely.get_parts(course.boundary)
        gaps = [
            min((shapely.shortest_line(end, m) for m in met if not m.is_empty), key=shapely.length)
            for end in ends
        ]
        ties = [gap for gap in gaps if GRID_M < gap.length < self.parameters.seam_m]
        return union_of([course, *ties]) if ties else line

    def places(self, position: Position) -> list[BaseGeometry]:
        """List the places of a position: its points, or the polygon drawn."""
        shape = self.shape(position)
        return [shape] if shape.geom_type == "Polygon" else list(shapely.get_parts(shape))

    def may_contradict(self, position: Position) -> bool:
        """A bare position has a place on hostile ground, drawn large, and none it surely leaves."""
        if not self.is_bare(position):
            return False
        places = self.places(position)
        lost = [self._share_lost(place, "closed") >= LOST_LEAST for place in places]
        others = [place for place, is_lost in zip(places, lost, strict=True) if not is_lost]
        return any(lost) and not (others and self._walks_out(others))

    def may_be_lost(self, position: Position) -> bool:
        """Every place of a position may lie on hostile ground."""
        return all(self._share_lost(p, "closed") >= LOST_LEAST for p in self.places(position))

    def must_contradict(self, position: Position, *, any_place: bool) -> bool:
        """A bare position lies deep in hostile ground with every place, or with any."""
        if not self.is_bare(position):
            return False
        lost = [self._share_lost(place, "open") >= LOST_SURELY for place in self.places(position)]
        return any(lost) if any_place else all(lost)

    def _walks_out(self, places: list[BaseGeometry]) -> bool:
        """From one of some places a walker reaches an anchor over sure ground, without a road."""
        free = self.ground("pessimistic", "closed").passable
        walls = join(
            *(self.shape(b).buffer(TOLERANCE_M) for b in self.barriers("pessimistic", "foot"))
        )
        parts = shapely.get_parts(minus(free, walls))
        anchors = [
            self.shape(a)
            for a in self.known.values()
            if isinstance(a, Anchor)
            and a.side in self.friends
            and a.access == "land"
            and self.counts(a, "pessimistic")
        ]
        return any(
            any(part.intersects(place) for place in places)
            and any(part.intersects(anchor) for anchor in anchors)
            for part in parts
        )

    def _share_lost(self, place: BaseGeometry, lean: Lean) -> float:
        """Measure the share of a place on ground that is hostile on both readings."""
        key = ("share lost", place, lean)
        if key not in self.drawings:
            window = place.buffer(self.parameters.seam_m + FOCUS_M, quad_segs=2)
            near = self.within(window.buffer(FOCUS_M, quad_segs=2))
            # Ground that one reading leaves free is not lost, whatever the other says.
            share = near.share_held(place, window, "optimistic", lean)
            if share:
                share = min(share, near.share_held(place, window, "pessimistic", lean))
            self.drawings[key] = share
        return cast("float", self.drawings[key])

    def share_held(
        self, place: BaseGeometry, window: BaseGeometry, reading: Reading, lean: Lean
    ) -> float:
        """Measure the share of a place on hostile ground of a reading, drawn in a window."""
        ground = self.ground(reading, lean)
        hostile = join(
            common(ground.hostile, window),
            minus(common(ground.seam_closed, window), ground.passable),
        ).buffer(TOLERANCE_M if lean == "closed" else -TOLERANCE_M)
        if place.geom_type != "Polygon":
            return float(hostile.covers(place))
        drawn = common(with_slivers(place), self.extent())
        return common(drawn, hostile).area / drawn.area if drawn.area else 0.0

    def each(self, kind: type[Kind]) -> Iterator[Kind]:
        """Go through the features of a kind that speak."""
        return (feature for feature in self.known.values() if isinstance(feature, kind))

    def each_line(self) -> Iterator[Route | Crossing]:
        """Go through the routes and crossings that speak."""
        return (line for line in self.known.values() if isinstance(line, (Route, Crossing)))

    def is_bare(self, position: Position) -> bool:
        """Only a word vouches for a friendly position: it does not outvote the map."""
        own = position.side in self.friends
        return own and (position.basis == "reported" or not (position.sources or position.reach_m))

    def stands(self, position: Position) -> bool:
        """Somebody is certainly there."""
        known = position.id in self.known and not self.is_stale(position)
        return known and position.present == "yes"

    def counts(self, feature: Feature, reading: Reading) -> bool:
        """Uncertain evidence counts for the force on one reading and against it on the other."""
        if feature.id not in self.known:
            return False
        if not self.is_stale(feature):
            return True
        if isinstance(feature, Anchor):
            return reading == "optimistic"
        return not isinstance(feature, (Barrier, Fire)) or reading == "pessimistic"

    # what lets through and what stops

    def is_usable(self, line: Feature, reading: Reading, mode: str) -> bool:
        """Tell whether a route or crossing carries a mode over land on a reading."""
        if not isinstance(line, (Route, Crossing)) or line.id not in self.known:
            return False
        unsure = line.state == "unknown" or self.is_stale(line)
        if isinstance(line, Crossing) and (
            line.permission is not None or line.type in ("tunnel", "airstrip", "port")
        ):
            return False
        passes = reading == "optimistic" if unsure else line.state == "open"
        return passes and mode in line.modes

    def is_in_use(self, line: Crossing, reading: Reading) -> bool:
        """Tell whether a crossing works on a reading, and not by the enemy's leave."""
        unsure = line.state == "unknown" or self.is_stale(line)
        passes = reading == "optimistic" if unsure else line.state == "open"
        return passes and line.id in self.known and line.permission != "enemy"

    def is_special(self, line: Feature, reading: Reading) -> bool:
        """Tell a tunnel, or a crossing by a third party's leave, that works on a reading."""
        if not isinstance(line, Crossing) or line.type in ("airstrip", "port"):
            return False
        named = line.type == "tunnel" or line.permission == "third_party"
        return named and self.is_in_use(line, reading)

    def lines(self, reading: Reading, mode: str) -> Iterator[Route | Crossing]:
        """Go through the routes and crossings that carry a mode on a reading."""
        for line in self.known.values():
            if isinstance(line, (Route, Crossing)) and self.is_usable(line, reading, mode):
                yield line

    def barriers(self, reading: Reading, mode: str) -> list[Barrier]:
        """List the barriers that stop a mode on a reading."""
        return [
            b
            for b in self.known.values()
            if isinstance(b, Barrier) and mode in b.blocks and self.counts(b, reading)
        ]

    def look_at(
        self, lines: Sequence[BaseGeometry], places: Sequence[BaseGeometry]
    ) -> BaseGeometry:
        """Draw the ground near the lines of certificates, and the places given: a focus."""
        far = FOCUS_M + 5 * (self.parameters.join_m + self.parameters.seam_m)
        ways = [self.shape(f) for f in self.known.values() if isinstance(f, (Route, Crossing))]
        near = [line.simplify(FOCUS_M / 10).buffer(far, quad_segs=2) for line in (*lines, *ways)]
        return areas_of(shapely.union_all([*near, *places]))

    def within(self, focus: BaseGeometry) -> Survey:
        """Give a survey of the same map with seams sought in a focus alone."""
        return replace(self, focus=focus)  # and with the same outlines

    # who holds what

    def reach_m(self, position: Position, reading: Reading) -> float:
        """Find how far a position holds the ground around it on a reading; may be negative."""
        friendly, grows = position.side in self.friends, reading == "pessimistic"
        error = position.location_error_m if not friendly else 0.0
        stated = position.reach_m
        drawn = position.geometry is not None and position.geometry.geom_type == "Polygon"
        if stated is None and drawn:
            stated = 0.0  # a polygon holds that polygon and no more
        if stated is None:
            usual = REACH_M.get(position.echelon or "", REACH_UNKNOWN_M)
            stated = usual * (1.5 if grows != friendly else 0.5)
        return stated + (error if grows else -error)

    def held(self, position: Position, reading: Reading, lean: Lean) -> BaseGeometry:
        """Draw the ground within a position's reach, large where that suits the leaning."""
        key = ("held", position.id, reading, lean)
        if key not in self.outlines.controls:
            self.outlines.controls[key] = self._draw_held(position, reading, lean)
        return self.outlines.controls[key]

    def _draw_held(self, position: Position, reading: Reading, lean: Lean) -> BaseGeometry:
        large = (position.side in self.friends) == (lean == "open")
        reach = self.reach_m(position, reading)
        shape = self.shape(position)
        if shape.geom_type.endswith("Polygon") and reach > 0:
            reach *= DISC_OUTER if large else DISC_INNER
        if reach < 0 and large:
            reach = 0.0
        held = areas_of(shape.buffer(reach, quad_segs=DISC_SEGS))
        return with_slivers(held) if large and shape.geom_type.endswith("Polygon") else held

    def drawn(self, control: Control, reading: Reading, lean: Lean) -> BaseGeometry:
        """Draw a control polygon, smaller or larger by its error."""
        key = (control.id, reading, lean) if self.moves(control) else (control.id,)
        if key not in self.outlines.controls:
            self.outlines.controls[key] = self._draw_control(control, reading, lean)
        return self.outlines.controls[key]

    def drawn_thick(self, control: Control, reading: Reading, lean: Lean) -> BaseGeometry:
        """Draw a control polygon so, its slivers as thick as the grid keeps."""
        key = ("thick", control.id, *((reading, lean) if self.moves(control) else ()))
        if key not in self.outlines.controls:
            self.outlines.controls[key] = with_slivers(self.drawn(control, reading, lean))
        return self.outlines.controls[key]

    def moves(self, control: Control) -> bool:
        """Tell whether the outline of a control polygon may be elsewhere than it is drawn."""
        holder = self.holder(control)
        at_home = holder == "friendly" and control.basis == "territory"
        return bool(control.location_error_m) and holder != "neutral" and not at_home

    def _draw_control(self, control: Control, reading: Reading, lean: Lean) -> BaseGeometry:
        """
        Move the outline of a control polygon by its error, where it may be elsewhere.

        The enemy's moves; grey is only ever larger, for whom that is worse; and ground of the
        force's side where nothing painted faces it, so that the front has no other line.
        """
        shape, error, holder = self.shape(control), control.location_error_m, self.holder(control)
        if not error or not self.moves(control):
            return areas_of(shape)
        if holder == "friendly":
            return self._drawn_friendly(shape, error, reading, lean)
        if reading == "pessimistic":
            share = DISC_INNER if lean == "open" else ROUND
            return areas_of(grow(shape, error * share, QUAD_SEGS))
        if holder == "grey":
            return areas_of(shape)
        share = ROUND if lean == "open" else DISC_INNER
        before = common(self.ahead(lean), shape.buffer(2 * error, quad_segs=2))
        return minus(shape, grow(before, error * share, QUAD_SEGS))

    def _drawn_friendly(
        self, shape: BaseGeometry, error: float, reading: Reading, lean: Lean
    ) -> BaseGeometry:
        """Draw ground of the force's side out to where unpainted ground may begin."""
        kind = lean == "open"
        share = ROUND if kind == (reading == "optimistic") else DISC_INNER
        if reading == "optimistic":
            over = self.unpainted(lean, enemys=True)
            grown = grow(shape, error * share, QUAD_SEGS)
            return areas_of(join(shape, common(grown, over)))
        before = common(self.unpainted(lean, enemys=False), shape.buffer(2 * error, quad_segs=2))
        return minus(shape, grow(before, error * share, QUAD_SEGS))

    def unpainted(self, lean: Lean, *, enemys: bool) -> BaseGeometry:
        """
        Draw ground that no assessed or grey polygon speaks of, and that is not the side's own.

        With `enemys` only his territory. What is as thin as a seam is left out, and what lies
        under water: as a whole where that suits the leaning, as little as may be where not.
        """
        key = (lean, enemys)
        if key not in self.outlines.unpainted:
            land = self._layer("hostile")
            if not enemys and self.situation.uncovered != "open":
                land = join(land, minus(self.extent(), self._layer("friendly")))
            taken = [self._layer(None), self._layer("neutral")]
            taken += [
                areas_of(self.shape(f)) for f in self.known.values() if isinstance(f, Barrier)
            ]
            bare = minus(common(land, self.extent()), *taken)
            large = (lean == "open") == enemys
            width = self.parameters.seam_m * (1 - SEAM_SLACK if large else 1 + SEAM_SLACK)
            half = max(width, 2 * GIVE_M) / 2
            wide = bare.buffer(-half).buffer(half * (1 + 2 * OFFSET_ERROR if large else 1))
            self.outlines.unpainted[key] = common(bare, wide)
        return self.outlines.unpainted[key]

    def _layer(self, holder: Holder | None) -> BaseGeometry:
        """Unite a holder's territory; None: all that is painted over territory."""
        controls = [f for f in self.known.values() if isinstance(f, Control)]
        on_top = [c.basis != "territory" or self.holder(c) == "grey" for c in controls]
        return join(
            *(
                areas_of(self.shape(c))
                for c, above in zip(controls, on_top, strict=True)
                if (above if holder is None else not above and self.holder(c) == holder)
            )
        )

    def ahead(self, lean: Lean) -> BaseGeometry:
        """
        Draw all that lies before the enemy's front.

        An error moves the front, whoever of the enemy stands at it; it parts no neighbours, nor
        what only a seam lies between, and the edge of the map is no front.
        """
        if lean not in self.outlines.ahead:
            inside = self.extent()
            around = box(*inside.buffer(BEYOND_M, join_style="mitre").bounds)
            held = join(*(areas_of(self.shape(f)) for f in self.known.values() if self._backs(f)))
            held = join(held, minus(around, inside))
            slack = SEAM_SLACK if lean == "closed" else -SEAM_SLACK
            half = max(self.parameters.seam_m * (1 + slack), 2 * GIVE_M) / 2
            faced = minus(join(*self._faced()), held).buffer(-GIVE_M).buffer(GIVE_M)
            behind = minus(held.buffer(half).buffer(-half), faced)
            self.outlines.ahead[lean] = minus(inside, behind, held)
        return self.outlines.ahead[lean]

    def _faced(self) -> Iterator[BaseGeometry]:
        """Give ground painted as friendly or grey: a front may face it, however thin it is."""
        for control in self.known.values():
            if isinstance(control, Control):
                holder = self.holder(control)
                if holder == "grey" or (holder == "friendly" and control.basis == "assessed"):
                    yield areas_of(self.shape(control))

    def _backs(self, feature: Feature) -> bool:
        """Tell what is no front: the enemy's other ground, neutral ground, and water."""
        if isinstance(feature, Control):
            return self.holder(feature) in ("hostile", "neutral")
        if isinstance(feature, Anchor):
            return feature.access == "sea"
        return isinstance(feature, Barrier) and self.counts(feature, "optimistic")

    def holder(self, control: Control) -> Holder:
        """Name who holds a control polygon; grey outranks every name."""
        if control.basis in GREY_BASES or control.holder is None or self.is_stale(control):
            return "grey"
        if control.holder == NEUTRAL:
            return "neutral"
        return "friendly" if control.holder in self.friends else "hostile"

    def footprint(self, feature: Feature, reading: Reading) -> BaseGeometry:
        """Draw where a feature says anything, as large as a reading allows."""
        key = (feature.id, reading)
        if key not in self.outlines.footprints:
            self.outlines.footprints[key] = self._footprint(feature, reading)
        return self.outlines.footprints[key]

    def _footprint(self, feature: Feature, reading: Reading) -> BaseGeometry:
        if isinstance(feature, Control):
            leans: list[Lean] = ["open", "closed"] if self.moves(feature) else ["open"]
            return join(*(self.drawn_thick(feature, reading, lean) for lean in leans))
        if isinstance(feature, Position):
            lean: Lean = "open" if feature.side in self.friends else "closed"
            return shapely.union(self.held(feature, reading, lean), self.shape(feature))
        return self.shape(feature)

    def ground(self, reading: Reading, lean: Lean) -> Ground:
        """Draw the ground on a reading."""
        key = (reading, lean)
        if key not in self._grounds:
            self._grounds[key] = Drawing(self, reading, lean).draw()
            if len(self._grounds) == len(READINGS) * len(LEANS):
                self.outlines.followed.clear()  # all is drawn: of a large map it is large too
        return self._grounds[key]

    def extent(self) -> BaseGeometry:
        """Draw the ground considered: the area; else the box of the features and a margin."""
        if self.outlines.extent is None:
            self.outlines.extent = self._draw_extent()
        return self.outlines.extent

    def _draw_extent(self) -> BaseGeometry:
        if self.situation.area is not None:
            return _mended(self.plane.to_metres(self.situation.area))
        features = list(self.known.values())
        if not features:  # all is of later: where it will be
            features = [f for f in self.situation.features if f.geometry is not None]
        drawn = [self.plane.to_metres(f.drawn) for f in features]
        if not drawn:
            return NOTHING
        left, bottom, right, top = shapely.total_bounds(np.asarray(drawn))
        margin = max(MARGIN_SHARE * max(right - left, top - bottom), MARGIN_LEAST_M)
        return box(left - margin, bottom - margin, right + margin, top + margin)


def digest(shape: BaseGeometry) -> bytes:
    """Shorten a shape to what no other shape shares."""
    return hashlib.sha256(shapely.to_wkb(shape)).digest()


def _mended(shape: BaseGeometry) -> BaseGeometry:
    """Mend a polygon that projecting has pinched by less than a rounding."""
    polygonal = shape.geom_type.endswith("Polygon")
    return areas_of(shapely.make_valid(shape)) if polygonal and not shape.is_valid else shape

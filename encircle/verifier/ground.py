"""
What is the ground, by set algebra on whole polygons: the verifier's own view of a map.

Long for one reason: the survey is one class, since every question it answers rests on the same
drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar, cast

import numpy as np
import shapely
from shapely.geometry import box

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
from encircle.verifier.regions import (
    GRID_M,
    NOTHING,
    QUAD_SEGS,
    ROUND,
    Region,
    areas_of,
    common,
    join,
    minus,
    union_of,
    with_slivers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.flood.flood import Flood
    from encircle.verifier.reading.said import Parameters, Reading

Corners = Literal["round", "mitre"]
Lean = Literal["open", "closed"]
"""Where drawing leaves room (a disc is drawn with corners, a seam has a mouth), which certificate
gets the benefit of the doubt: `open` draws passable ground large, `closed` draws it small."""
Holder = Literal["friendly", "hostile", "neutral", "grey"]
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
CORNER_M = 0.75 * SLACK_M
"""
Two square corners that touch are as wide as twice this where each is grown by half the slack, or a
little less, and what shares five centimetres of boundary is wider; metres.
"""
POINT_M = 1.0
"""Grounds that touch at a point lie no farther apart than this, so drawn; metres."""
SEAM_SLACK = 0.1
"""Share of the seam width within which two ways of measuring a thin part may differ."""
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
BEYOND_M = 50_000.0
"""Ground looked at beyond the edge of the map, where nobody knows anything; metres."""
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
OFFSET_ERROR = 0.01
"""Share of a distance by which GEOS, smoothing, misses the outline it moves by it."""
RIGHT_ANGLE = 1.5
"""Ratio of mitre to width up to which a corner is one, and past which it is a spike."""
DISC_SEGS = 8
"""Chords in a quarter of the circle round a place. Source: convention of the judgement."""


# -- set algebra -----------------------------------------------------------------------------


def _may_be_swallowed(area: BaseGeometry) -> bool:
    """Tell an area nowhere as wide as two steps of the grid: what is left of it there is chance."""
    return bool(area.area <= GRID_M * area.length and area.buffer(-GRID_M).is_empty)


# -- the survey ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground on one reading, as areas that do not overlap; metres."""

    friendly: BaseGeometry
    open: BaseGeometry
    grey: BaseGeometry
    neutral: BaseGeometry
    hostile: BaseGeometry
    water: BaseGeometry
    """Water of a sea anchor, where no control polygon speaks."""
    nobody: BaseGeometry
    """Grey because no polygon covers it, or because the map ends."""
    seam_open: BaseGeometry
    seam_closed: BaseGeometry
    passable: BaseGeometry
    """What may be entered if no barrier stands in the way."""

    @property
    def seam(self) -> Region:
        """Thin ground that takes its neighbours' state."""
        return (self.seam_open, self.seam_closed)


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
    _shapes: dict[str, BaseGeometry] = field(init=False, default_factory=dict)
    _footprints: dict[tuple[str, Reading], BaseGeometry] = field(init=False, default_factory=dict)
    _controls: dict[tuple[object, ...], BaseGeometry] = field(init=False, default_factory=dict)
    _grounds: dict[tuple[Reading, Lean], Ground] = field(init=False, default_factory=dict)
    _ahead: dict[Lean, BaseGeometry] = field(init=False, default_factory=dict)
    _unpainted: dict[tuple[Lean, bool], BaseGeometry] = field(init=False, default_factory=dict)

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
        if feature.id not in self._shapes:
            drawn = feature.geometry if feature.geometry is not None else NOTHING
            self._shapes[feature.id] = self._moved(feature, _mended(self.plane.to_metres(drawn)))
        return self._shapes[feature.id]

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
        spread = TOLERANCE_M if lean == "closed" else -TOLERANCE_M
        area = self.extent()
        shares = []
        for reading in ("optimistic", "pessimistic"):
            ground = self.ground(reading, lean)
            window = place.buffer(self.parameters.seam_m + FOCUS_M, quad_segs=2)
            hostile = join(
                common(ground.hostile, window),
                minus(common(ground.seam_closed, window), ground.passable),
            ).buffer(spread)
            if place.geom_type == "Polygon":
                drawn = common(with_slivers(place), area)
                size = drawn.area
                shares.append(common(drawn, hostile).area / size if size else 0.0)
            else:
                shares.append(float(hostile.covers(place)))
        return min(shares)

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

    def look_at(self, lines: Sequence[BaseGeometry], places: Sequence[BaseGeometry]) -> None:
        """Look for seams near the lines of certificates, and all over the places given."""
        far = FOCUS_M + 5 * (self.parameters.join_m + self.parameters.seam_m)
        ways = [self.shape(f) for f in self.known.values() if isinstance(f, (Route, Crossing))]
        near = [line.simplify(FOCUS_M / 10).buffer(far, quad_segs=2) for line in (*lines, *ways)]
        self.focus = areas_of(shapely.union_all([*near, *places]))

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
        if key not in self._controls:
            self._controls[key] = self._draw_control(control, reading, lean)
        return self._controls[key]

    def drawn_thick(self, control: Control, reading: Reading, lean: Lean) -> BaseGeometry:
        """Draw a control polygon so, its slivers as thick as the grid keeps."""
        key = ("thick", control.id, *((reading, lean) if self.moves(control) else ()))
        if key not in self._controls:
            self._controls[key] = with_slivers(self.drawn(control, reading, lean))
        return self._controls[key]

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
        if key not in self._unpainted:
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
            self._unpainted[key] = common(bare, wide)
        return self._unpainted[key]

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
        if lean not in self._ahead:
            inside = self.extent()
            around = box(*inside.buffer(BEYOND_M, join_style="mitre").bounds)
            held = join(*(areas_of(self.shape(f)) for f in self.known.values() if self._backs(f)))
            held = join(held, minus(around, inside))
            slack = SEAM_SLACK if lean == "closed" else -SEAM_SLACK
            half = max(self.parameters.seam_m * (1 + slack), 2 * GIVE_M) / 2
            faced = minus(join(*self._faced()), held).buffer(-GIVE_M).buffer(GIVE_M)
            behind = minus(held.buffer(half).buffer(-half), faced)
            self._ahead[lean] = minus(inside, behind, held)
        return self._ahead[lean]

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
        if key not in self._footprints:
            self._footprints[key] = self._footprint(feature, reading)
        return self._footprints[key]

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
            self._grounds[key] = _Drawing(self, reading, lean).draw()
        return self._grounds[key]

    def extent(self) -> BaseGeometry:
        """Draw the ground considered: the area; else the box of the features and a margin."""
        if self.situation.area is not None:
            return _mended(self.plane.to_metres(self.situation.area))
        drawn = [self.plane.to_metres(f.drawn) for f in self.known.values()]
        if not drawn:
            return NOTHING
        left, bottom, right, top = shapely.total_bounds(np.asarray(drawn))
        margin = max(MARGIN_SHARE * max(right - left, top - bottom), MARGIN_LEAST_M)
        return box(left - margin, bottom - margin, right + margin, top + margin)


def _mended(shape: BaseGeometry) -> BaseGeometry:
    """Mend a polygon that projecting has pinched by less than a rounding."""
    polygonal = shape.geom_type.endswith("Polygon")
    return areas_of(shapely.make_valid(shape)) if polygonal and not shape.is_valid else shape


# -- the rules of the ground, one after another ----------------------------------------------


@dataclass
class _Drawing:
    survey: Survey
    reading: Reading
    lean: Lean

    def draw(self) -> Ground:
        frame, inside = self._frame()
        spoken = self._assessed()
        spoken = {name: common(area, inside) for name, area in spoken.items()}
        rest = minus(inside, *spoken.values())
        silent, nobody = self._silent(rest)
        water = common(self._water(), rest)
        silent = {name: minus(area, water) for name, area in silent.items()}
        seam_open, seam_closed = self._all_seams(minus(self._bare(inside), water), silent)
        merged = {name: join(spoken[name], silent[name]) for name in spoken}
        for name in ("hostile", "neutral"):  # thin territory that lets through is no longer theirs
            merged[name] = minus(merged[name], seam_open)
        passable = self._passable(merged, silent["open"], seam_open, seam_closed)
        beyond = minus(frame, inside)
        if self.lean == "closed":
            passable = self._end_of_map(passable, beyond)
        return Ground(
            **merged,
            open=silent["open"],
            water=water,
            nobody=join(nobody, beyond),
            seam_open=seam_open,
            seam_closed=seam_closed,
            passable=passable,
        )

    def _frame(self) -> tuple[BaseGeometry, BaseGeometry]:
        inside = self.survey.extent()
        return box(*inside.buffer(BEYOND_M, join_style="mitre").bounds), inside

    def _controls(
        self, holder: Holder, *, territory: bool | None = None, slivers: bool = True
    ) -> BaseGeometry:
        """Unite the control polygons of a holder; with `territory`, of one layer."""
        thick = self._favours(holder)
        theirs = [
            c
            for c in self.survey.each(Control)
            if self.survey.holder(c) == holder and territory in (None, c.basis == "territory")
        ]
        if not slivers:
            drawn = ((c, self.survey.drawn(c, self.reading, self.lean)) for c in theirs)
            theirs = [c for c, area in drawn if not _may_be_swallowed(area)]
        as_drawn = () if not any(map(self.survey.moves, theirs)) else (self.reading, self.lean)
        key = ("united", holder, territory, thick, slivers, *as_drawn)
        if key not in self.survey.drawings:
            draw = self.survey.drawn_thick if thick else self.survey.drawn
            self.survey.drawings[key] = join(*(draw(c, self.reading, self.lean) for c in theirs))
        return cast("BaseGeometry", self.survey.drawings[key])

    def _bare(self, inside: BaseGeometry) -> BaseGeometry:
        """Draw what nothing is painted on: a sliver that the grid swallows parts no ground."""
        survey = self.survey
        painted = [
            areas_of(survey.drawn(c, self.reading, self.lean))
            for c in survey.each(Control)
            if c.basis != "territory" or survey.holder(c) == "grey"
        ]
        return minus(inside, join(*(area for area in painted if not _may_be_swallowed(area))))

    def _reaches(self, *, friendly: bool, sure: bool, bare: bool | None = None) -> BaseGeometry:
        """Unite the reaches of one party, certain or uncertain, those of bare words apart."""
        chosen = [
            p
            for p in self.survey.known.values()
            if isinstance(p, Position)
            and (p.side in self.survey.friends) == friendly
            and p.present != "withdrawn"
            and (p.basis != "reported" and self.survey.stands(p)) == sure
            and bare in (None, self.survey.is_bare(p))
        ]
        return join(*(self.survey.held(p, self.reading, self.lean) for p in chosen))

    def _anchors(self) -> BaseGeometry:
        """A friendly anchor's polygon says what a friendly word does; the sea is water."""
        keep = with_slivers if self.lean == "open" else areas_of
        return join(
            *(
                keep(areas_of(self.survey.shape(a)))
                for a in self.survey.known.values()
                if isinstance(a, Anchor)
                and a.side in self.survey.friends
                and a.access != "sea"
                and self.survey.counts(a, self.reading)
            )
        )

    def _assessed(self) -> dict[str, BaseGeometry]:
        """Where polygons speak: grey over all, then who is assessed to hold it."""
        grey = self._controls("grey")
        ours, theirs, neutral = (
            minus(self._controls(holder, territory=False), grey)
            for holder in ("friendly", "hostile", "neutral")
        )
        theirs_reach = join(*(self._reaches(friendly=False, sure=sure) for sure in (True, False)))
        ours_reach = join(
            *(self._reaches(friendly=True, sure=sure, bare=False) for sure in (True, False))
        )
        friendly, hostile = minus(ours, theirs, neutral), minus(theirs, ours)
        torn = common(ours, join(theirs, neutral))
        if self.lean == "closed":  # whether a reach greys hostile ground that is also called
            ours_reach = minus(ours_reach, neutral)  # neutral, the contract leaves open
        ours_reach = minus(ours_reach, self._seas())  # nobody walks out over a sea
        reached = join(common(friendly, theirs_reach), common(hostile, ours_reach))
        return {
            "friendly": minus(friendly, theirs_reach),
            "hostile": minus(hostile, ours_reach),
            "neutral": minus(neutral, ours, theirs),
            "grey": join(grey, torn, reached),
        }

    def _silent(self, rest: BaseGeometry) -> tuple[dict[str, BaseGeometry], BaseGeometry]:
        """Where no polygon speaks: reaches, then territory, then what uncovered ground is."""
        foreign = self._controls("hostile", territory=True)
        words = minus(
            join(self._reaches(friendly=True, sure=True, bare=True), self._anchors()), foreign
        )
        ours = join(self._reaches(friendly=True, sure=True, bare=False), words)
        theirs = self._reaches(friendly=False, sure=True)
        below = minus(rest, ours, theirs)
        home, neutral = (
            self._controls(holder, territory=True) for holder in ("friendly", "neutral")
        )
        bare = minus(below, home, foreign, neutral)
        unknown = self.survey.situation.uncovered == "unknown"
        friendly = join(
            common(rest, minus(ours, theirs)), common(below, minus(home, foreign, neutral))
        )
        hostile = join(common(rest, minus(theirs, ours)), common(below, minus(foreign, home)))
        grey = join(
            common(rest, common(ours, theirs)),
            *(common(below, common(home, other)) for other in (foreign, neutral)),
            bare if unknown else NOTHING,
        )
        silent = {
            "friendly": friendly,
            "hostile": hostile,
            "neutral": common(below, minus(neutral, home, foreign)),
            "grey": grey,
            "open": NOTHING if unknown else bare,
        }
        return self._greyed(silent), bare if unknown else NOTHING

    def _greyed(self, silent: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
        """An uncertain position only ever makes grey."""
        theirs = self._reaches(friendly=False, sure=False)
        words = self._reaches(friendly=True, sure=False, bare=True)
        words = minus(words, self._controls("hostile", territory=True))
        ours = join(self._reaches(friendly=True, sure=False, bare=False), words)
        doubted = join(
            common(join(silent["friendly"], silent["open"]), theirs),
            common(silent["hostile"], ours),
        )
        kept = {name: minus(area, doubted) for name, area in silent.items()}
        return {**kept, "grey": join(silent["grey"], doubted)}

    def _seas(self) -> BaseGeometry:
        """Unite the polygons of the force's sea anchors."""
        seas = [
            areas_of(self.survey.shape(a))
            for a in self.survey.known.values()
            if isinstance(a, Anchor)
            and a.access == "sea"
            and (a.side in self.survey.friends or self.lean == "closed")
        ]
        return join(*seas) if seas else NOTHING

    def _water(self) -> BaseGeometry:
        """Where no polygon speaks, a sea anchor's is water, but for friendly territory."""
        seas = self._seas()
        home = NOTHING if seas.is_empty else self._controls("friendly", territory=True)
        return minus(seas, home)

    def _all_seams(
        self, rest: BaseGeometry, silent: dict[str, BaseGeometry]
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """Seams run between polygons, and between a polygon and somebody's bare territory."""
        if self.survey.focus is not None:
            rest = common(rest, self.survey.focus)
        holders: tuple[Holder, ...] = ("friendly", "hostile", "neutral")
        bare = {h: common(rest, self._controls(h, territory=True)) for h in holders}
        nobody = minus(rest, *bare.values())
        width = self.survey.parameters.seam_m
        large, small = (
            {h: _firm(minus(area, merge(*_thin_either_way(area, width * share))))
             for h, area in bare.items()}
            for merge, share in ((common, 1 - SEAM_SLACK), (join, 1 + SEAM_SLACK))
        )  # fmt: skip
        free = join(silent["friendly"], silent["open"], silent["grey"])
        assessed = self._assessed_alone()
        beside = _Beside(assessed, large, small)
        found = [self._seams_of_nobody(nobody, beside, free)]
        for area in bare.values():
            # its own wide ground goes on past a seam, it lies not beside it
            apart = [{h: minus(a, area) for h, a in lands.items()} for lands in (large, small)]
            found.append(self._seams(area, _Beside(assessed, *apart), free))
        return join(*(let for let, _ in found)), join(*(stopped for _, stopped in found))

    def _seams_of_nobody(
        self, nobody: BaseGeometry, beside: _Beside, free: BaseGeometry
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """
        Find seams in nobody's ground, the front of the force's side taken back or not.

        Where it is taken back from ground that may have been kept, nobody's begins there, and is
        wide; where it is not, what is thin before it is a seam. For a ring it is one if it is on
        either drawing, for a path if it is on both.
        """
        let, stopped = self._seams(nobody, beside, free)
        most, least = self._ours_that_moves("open"), self._ours_that_moves("closed")
        kept = _firm(minus(most, least)) if self.reading == "pessimistic" else NOTHING
        if kept.is_empty:
            return let, stopped
        width = self.survey.parameters.seam_m * (1 + SEAM_SLACK)
        around = kept.buffer(3 * width, quad_segs=2)  # wide where it is cut off
        ring = self.lean == "closed"
        other = minus(common(nobody, around), kept) if ring else common(join(nobody, kept), around)
        _, may_stop = self._seams(other, beside, free)
        near = kept.buffer(width)
        if ring:
            return let, join(stopped, common(may_stop, near))
        return let, minus(stopped, minus(near, may_stop))

    def _ours_that_moves(self, lean: Lean) -> BaseGeometry:
        """Draw the ground of the force's side whose front an error moves."""
        moved = [c for c in self.survey.each(Control) if self.survey.moves(c)]
        ours = [c for c in moved if self.survey.holder(c) == "friendly"]
        return join(*(self.survey.drawn(c, self.reading, lean) for c in ours))

    def _assessed_alone(self) -> dict[Holder, BaseGeometry]:
        """Draw what assessed and grey polygons say, reaches left aside; slivers lie beside none."""
        grey = self._controls("grey", slivers=False)
        ours, theirs, neutral = (
            minus(self._controls(holder, territory=False, slivers=False), grey)
            for holder in ("friendly", "hostile", "neutral")
        )
        return {
            "friendly": minus(ours, theirs, neutral),
            "hostile": minus(theirs, ours),
            "neutral": minus(neutral, ours, theirs),
            "grey": join(grey, common(ours, join(theirs, neutral))),
        }

    def _part_by_reach(self, thin: BaseGeometry) -> Iterator[tuple[BaseGeometry, frozenset[str]]]:
        """Part thin ground by what positions and anchors say of it."""
        words = join(self._reaches(friendly=True, sure=True, bare=True), self._anchors())
        said = {
            "words": words,
            "doubtful words": self._reaches(friendly=True, sure=False, bare=True),
            "ours": self._reaches(friendly=True, sure=True, bare=False),
            "perhaps ours": self._reaches(friendly=True, sure=False, bare=False),
            "theirs": self._reaches(friendly=False, sure=True),
            "perhaps theirs": self._reaches(friendly=False, sure=False),
        }
        parts = [(thin, frozenset[str]())]
        for name, reach in said.items():
            cut = [(common(part, reach), minus(part, reach), heard) for part, heard in parts]
            parts = [(within, heard | {name}) for within, _, heard in cut if not within.is_empty]
            parts += [(outside, heard) for _, outside, heard in cut if not outside.is_empty]
        yield from parts

    def _favours(self, state: str) -> bool:
        """Tell whether more ground of a state suits the leaning."""
        lets = state == "friendly" or (state == "grey" and self.reading == "optimistic")
        return lets == (self.lean == "open")

    def _seams(
        self, rest: BaseGeometry, beside: _Beside, free: BaseGeometry
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """
        Thin ground between polygons takes their worse state, or their better one.

        It lies within the same reaches as they do, and they grey it as they grey them (ADR 0008):
        of a crack that runs out of a reach, what lies outside is beside ground that is not grey.
        Where it is hard to say whether ground is thin, what is `free` lets through if it is not.
        """
        width = self.survey.parameters.seam_m
        if width <= 0 or beside.is_nothing:
            return NOTHING, NOTHING
        wide = join(*_thin_either_way(rest, width * (1 + SEAM_SLACK)))
        if wide.is_empty:
            return NOTHING, NOTHING
        # What is thin by a narrow measure is thin by a wide one; at the rim rounding differs.
        narrow = common(wide, _surely_thin(rest, width))
        # With mitred corners a narrower disc may find thin what the stated one does not.
        mitred = _thin(rest, width, width * OFFSET_ERROR, "mitre")
        thin = join(common(narrow, mitred), common(wide, free))
        found = [
            self._seams_within(part, narrow, thin, self._as_in(heard, beside))
            for part, heard in self._part_by_reach(wide)
        ]
        return join(*(let for let, _ in found)), join(*(stopped for _, stopped in found))

    def _as_in(self, heard: frozenset[str], beside: _Beside) -> dict[str, BaseGeometry]:
        """Say what lies beside a seam, as it would be within the seam's own reaches."""
        states: dict[str, list[BaseGeometry]] = {}
        for holder, area in beside.assessed.items():
            states.setdefault(_find_assessed(holder, heard), []).append(area)
        for holder in beside.large:
            state = _find_territory(holder, heard)
            lands = beside.large if self._favours(state) else beside.small
            states.setdefault(state, []).append(lands[holder])
        return {state: join(*areas) for state, areas in states.items()}

    def _seams_within(
        self,
        wide: BaseGeometry,
        narrow: BaseGeometry,
        thin: BaseGeometry,
        around: Mapping[str, BaseGeometry],
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """Tell the seams that let through and those that stop, of thin ground within one reach."""
        width = self.survey.parameters.seam_m
        optimistic = self.reading == "optimistic"
        narrow, thin = common(narrow, wide), common(thin, wide)
        window = wide.buffer(2 * width, quad_segs=2)  # only what lies beside thin ground matters
        spoken = {state: common(area, window) for state, area in around.items()}
        letting = ("friendly", "grey") if optimistic else ("friendly",)
        ways = join(*(area for state, area in spoken.items() if state in letting))
        walls = join(*(area for state, area in spoken.items() if state not in letting))
        walls = minus(walls, ways) if optimistic else walls
        open_thin, closed_thin = (wide, narrow) if self.lean == "open" else (narrow, wide)
        let, stopped = _beside(open_thin, ways, width), _beside(closed_thin, walls, width)
        if self.lean == "open":
            if not optimistic:  # any wall beside it is the worse state, but for a rim
                let = minus(let, _beside(wide, walls, width * (1 - SEAM_SLACK)))
            return let, minus(stopped, let)
        if optimistic:  # a way beside it lets through, whatever wall lies there too, but at a rim
            stopped = minus(stopped, _beside(thin, ways, width * (1 - SEAM_SLACK)))
        return minus(let, stopped), stopped

    def _passable(
        self,
        merged: dict[str, BaseGeometry],
        uncovered: BaseGeometry,
        seam_open: BaseGeometry,
        seam_closed: BaseGeometry,
    ) -> BaseGeometry:
        grey = merged["grey"] if self.reading == "optimistic" else NOTHING
        ground = minus(join(merged["friendly"], uncovered, grey), seam_closed)
        return join(ground, seam_open)

    def _end_of_map(self, passable: BaseGeometry, beyond: BaseGeometry) -> BaseGeometry:
        """The map's edge is never a wall: past it the ground is grey."""
        if self.reading == "optimistic":
            return join(passable, beyond)
        return passable


@dataclass(frozen=True, slots=True)
class _Beside:
    """What may lie beside a seam: painted ground, and wide territory drawn large and small."""

    assessed: dict[Holder, BaseGeometry]
    large: dict[Holder, BaseGeometry]
    small: dict[Holder, BaseGeometry]

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing at all is drawn."""
        parts = (*self.assessed.values(), *self.large.values(), *self.small.values())
        return all(area.is_empty for area in parts)


def _find_assessed(holder: Holder, heard: frozenset[str]) -> Holder:
    """Say what ground assessed as a holder's is within reaches."""
    against = {"friendly": "theirs", "hostile": "ours"}.get(holder)
    doubted = against is not None and heard & {against, f"perhaps {against}"}
    return "grey" if doubted else holder


def _find_territory(holder: Holder, heard: frozenset[str]) -> Holder:
    """Say what bare territory of a holder is within reaches; a word is not heard on hostile one."""
    if holder != "hostile":
        renamed = {"words": "ours", "doubtful words": "perhaps ours"}
        heard = frozenset(renamed.get(said, said) for said in heard)
    ours, theirs = "ours" in heard, "theirs" in heard
    state: Holder = "friendly" if ours else "hostile" if theirs else holder
    against = {"friendly": "perhaps theirs", "hostile": "perhaps ours"}.get(state)
    return "grey" if (ours and theirs) or against in heard else state


def _thin_either_way(area: BaseGeometry, width_m: float) -> tuple[BaseGeometry, BaseGeometry]:
    """Find what a disc of some width cannot enter, its corners included, and without them."""
    room_m = width_m * OFFSET_ERROR
    return _thin(area, width_m, room_m, "round"), _thin(area, width_m, room_m, "mitre")


def _surely_thin(area: BaseGeometry, width_m: float) -> BaseGeometry:
    """Find what a disc smaller than some width, and drawn with few corners, cannot enter."""
    room_m = width_m * OFFSET_ERROR  # of the width itself: at a gap in a wall it is what decides
    ways: tuple[Corners, Corners] = ("round", "mitre")
    less_m = width_m * (1 - SEAM_SLACK)
    return common(*(_thin(area, less_m, room_m, corners, DISC_SEGS) for corners in ways))


def _thin(
    area: BaseGeometry, width_m: float, room_m: float, corners: Corners, quad_segs: int = 16
) -> BaseGeometry:
    """Find the parts of an area too thin for some width, with its corners or without."""
    half = width_m / 2
    # round, whichever corners: before a spike of a wall there is room
    core = area.buffer(-half, quad_segs=quad_segs)
    wide = core.buffer(half + room_m, join_style=corners, mitre_limit=RIGHT_ANGLE)
    return minus(area, wide)


def _firm(area: BaseGeometry) -> BaseGeometry:
    """Leave out the cracks that snapping to the grid opens along shared boundaries."""
    kept = [p for p in shapely.get_parts(area) if not p.buffer(-2 * GRID_M).is_empty]
    return areas_of(shapely.union_all(kept)) if kept else NOTHING


def _beside(thin: BaseGeometry, area: BaseGeometry, width_m: float) -> BaseGeometry:
    """Find the part of thin ground that lies within a width of an area."""
    if thin.is_empty or area.is_empty:
        return NOTHING
    local = common(area, thin.buffer(width_m * 1.2))
    return common(thin, local.buffer(width_m)) if not local.is_empty else NOTHING

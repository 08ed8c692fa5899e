"""Which lines on a map do not do what their drawer meant: the slips of drawing, nothing judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point

from encircle.map.counting import number_of
from encircle.map.evidence import admit
from encircle.map.naming import begin, call_features, join_words, list_names
from encircle.map.notices import Notice, gather
from encircle.map.options import Options
from encircle.map.plane.projection import Plane
from encircle.map.reach import is_bare
from encircle.map.situation import (
    GREY_BASES,
    NEUTRAL,
    Anchor,
    Barrier,
    Claim,
    Control,
    Crossing,
    Feature,
    Position,
    Route,
)
from encircle.map.slips.mending import find_folded, find_loose_ends, find_short_roads
from encircle.places import find_countries, find_places, list_outlines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.map.notices import Severity
    from encircle.map.situation import Situation

WATERS = ("river", "lake", "coast")
"""Barriers that are water: a road over one needs a crossing."""
SPANNING = ("bridge", "ford", "pontoon", "ferry")
"""Crossings that are there to pass something."""
NEAR_WATER_M = 500.0
"""A bridge this near to water that it does not reach was meant to span it, metres: what a pin on a
generic river line is off by, at most. Source: convention of this project."""
OFFSHORE_M = 1.0
"""Water a crossing's end stands in deeper than this, past what it joins, is not a bank, metres."""
SAME_M = 1.0
"""Two lines or bridges that nowhere differ by more than this are one, metres."""
SLIVER, WHOLLY = 0.01, 0.99
"""An anchor less than this share of which is on hostile ground is not told of, for edges are drawn
twice; one more than this share of which is lies wholly there."""
BESIDE_M = 1_000.0
"""An anchor this near to the ground of its side was meant to stand on it, metres: what a pin on a
town is off by. Source: convention of this project."""
FAR_SHARE = 3.0
"""A feature this many times as far off as the rest is wide lies on another map."""
FAR_LEAST_M = 100_000.0
"""And at least this far, metres: a supply base may lie a day's march behind the map."""
MOST_NAMES = 12
"""Names looked up to tell where a map lies."""
NEAR_DEG = 2.0
"""A place this near to a map may be on it, degrees."""
LEAST_SWAP_DEG = 5.0
"""Nearer to where longitude and latitude are the same, a swap cannot be told, degrees."""
HALF_TURN = 90.0
"""Longitudes within this could be latitudes, degrees."""


def inspect_situation(situation: Situation, options: Options | None = None) -> tuple[Notice, ...]:
    """
    Find the slips of drawing on a map: features, place, distance and remedy; nothing is judged.

    Parameters
    ----------
    situation
        The map.
    options
        Parameters it would be judged with.

    Returns
    -------
    notices
        The gravest first; none where every line does what it seems meant to do.

    Examples
    --------
    >>> from encircle import read
    >>> inspect_situation(read("fixtures/kursk-2025-03-14/situation.geojson"))
    ()
    """
    drawn = [f for f in situation.features if f.geometry is None or not f.geometry.is_empty]
    sheet = Sheet(replace(situation, features=tuple(drawn)), options or Options())
    return gather(notice for check in CHECKS for notice in check(sheet))


@dataclass(frozen=True)
class Sheet:
    """A map on the plane, as far as its slips are concerned."""

    situation: Situation
    options: Options
    plane: Plane = field(init=False)
    evidence: Evidence = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plane", Plane(self.situation.origin))
        object.__setattr__(self, "evidence", admit(self.situation, self.options))

    @cached_property
    def shapes(self) -> dict[str, BaseGeometry]:
        """Shapes of what speaks, on the plane, by id."""
        return {f.id: self.plane.to_metres(f.drawn) for f in self.evidence.speaking}

    @cached_property
    def force(self) -> list[Position]:
        """The positions of the force judged that speak and are not withdrawn."""
        mine = self.situation.positions_of(self.situation.force)
        return [p for p in mine if p.id in self.shapes and p.present != "withdrawn"]

    @cached_property
    def friends(self) -> frozenset[str]:
        """The sides that count as the force's own."""
        mine = self.situation.positions_of(self.situation.force)
        return self.situation.friends_of(mine[0].side) if mine else frozenset()

    @cached_property
    def controls(self) -> list[tuple[Control, str]]:
        """Control polygons that speak, with what they say: hostile, neutral, or something else."""
        return [(c, self._name_holder(c, certain)) for c, certain in self.evidence.of_kind(Control)]

    def _name_holder(self, control: Control, certain: bool) -> str:  # noqa: FBT001 - as of_kind gives it
        if control.basis in GREY_BASES or control.holder is None or not certain:
            return "else"
        if control.holder == NEUTRAL:
            return "neutral"
        above = "" if control.basis == "assessed" else " territory"
        return f"{'own' if control.holder in self.friends else 'hostile'}{above}"

    @cached_property
    def _control_tree(self) -> STRtree:
        return STRtree([self.shapes[c.id] for c, _ in self.controls])

    def find_holders(self, place: BaseGeometry) -> list[Control]:
        """
        Name the hostile polygons a place lies in, where nothing on the map says otherwise.

        Assessed ground outranks territory; ground that two polygons dispute is nobody's.
        """
        under = [self.controls[i] for i in self._control_tree.query(place, "intersects").tolist()]
        said = {what for _, what in under}
        layer = "hostile" if said & {"hostile", "own", "neutral"} else "hostile territory"
        if layer not in said or "else" in said or layer.replace("hostile", "own") in said:
            return []
        return [control for control, what in under if what == layer]

    def measure_held(self, place: BaseGeometry) -> tuple[list[Control], float]:
        """Name the hostile polygons that hold part of an area, as `find_holders`, and the share."""
        under = [self.controls[i] for i in self._control_tree.query(place, "intersects").tolist()]

        def unite(*names: str) -> BaseGeometry:
            return shapely.union_all([self.shapes[c.id] for c, what in under if what in names])

        bare = unite("hostile territory").difference(unite("own territory"))
        lost = {
            "hostile": unite("hostile").difference(unite("own", "else")),
            "hostile territory": bare.difference(unite("hostile", "own", "neutral", "else")),
        }
        lost = {what: ground.intersection(place) for what, ground in lost.items()}
        least = SLIVER * place.area
        held = [
            c
            for c, what in under
            if what in lost and self.shapes[c.id].intersection(lost[what]).area > least
        ]
        return held, sum(ground.area for ground in lost.values()) / place.area

    @cached_property
    def barriers(self) -> list[Barrier]:
        """Barriers that speak."""
        return [b for b, _ in self.evidence.of_kind(Barrier) if not self.shapes[b.id].is_empty]

    @cached_property
    def barrier_tree(self) -> STRtree:
        """Index of the barriers."""
        return STRtree([self.shapes[b.id] for b in self.barriers])

    @cached_property
    def crossings(self) -> list[Crossing]:
        """Crossings that speak."""
        return [c for c, _ in self.evidence.of_kind(Crossing)]

    @cached_property
    def crossing_tree(self) -> STRtree:
        """Index of the crossings."""
        return STRtree([self.shapes[c.id] for c in self.crossings])

    @cached_property
    def neutral(self) -> list[BaseGeometry]:
        """Neutral ground, which a crossing may span."""
        return [self.shapes[c.id] for c, what in self.controls if what == "neutral"]

    @cached_property
    def names(self) -> dict[str, str]:
        """What a reader calls the features, without their places: a slip tells its own."""
        return call_features(self.situation, placed=False)

    def call(self, feature: Feature) -> str:
        """Call a feature as a reader would."""
        return self.names[feature.id]

    def reach_of(self, crossing: Crossing) -> float:
        """Give the distance within which a crossing finds what it spans, metres."""
        return max(self.options.join_m, crossing.location_error_m)

    def name_side(self, side: str | None) -> str:
        """Give what a side is called."""
        return self.situation.side_name(str(side))

    def say_place(self, shape: BaseGeometry) -> str:
        """Say where something is, in degrees."""
        point = shape if shape.geom_type == "Point" else shape.representative_point()
        lon, lat = self.plane.points_to_degrees(shapely.get_coordinates(point))[0]
        return f"{lon:.4f}, {lat:.4f}"


def _tell(code: str, severity: Severity, statement: str, *features: str) -> Notice:
    return Notice(code, severity, begin(statement), features)


# -- on another map --------------------------------------------------------------------------


def find_far_away(sheet: Sheet) -> Iterator[Notice]:
    """Find single features that lie on another map, most often with lon and lat swapped."""
    drawn = [f for f in sheet.situation.features if f.geometry is not None and _bears_place(f)]
    area = sheet.situation.area
    for feature in drawn:
        frame = area if area is not None else _frame_others(drawn, feature)
        if frame is None or feature.drawn.intersects(frame):
            continue
        west, south, east, north = frame.bounds
        away_deg = feature.drawn.distance(frame)
        widest = max(east - west, north - south)
        if away_deg < (1.0 if area is not None else FAR_SHARE) * widest:
            continue
        away_m = _measure_away(feature.drawn, frame)
        if area is None and away_m < FAR_LEAST_M:
            continue
        turned = shapely.transform(feature.drawn, lambda lonlat: lonlat[:, ::-1])
        swapped = turned.distance(frame) <= widest
        why = (
            "Its longitude and latitude are swapped: write [lon, lat]."
            if swapped
            else "Is it meant? Mend its place, or leave it out."
        )
        yield _tell(
            "feature_far_away", "doubt" if swapped else "caution",
            f"{sheet.call(feature)} lies {away_m / 1000:.0f} km from the rest of the map. {why}",
            feature.id,
        )  # fmt: skip


def find_swapped_map(sheet: Sheet) -> Iterator[Notice]:
    """Find a whole map with longitude and latitude swapped: by its sides, or by its names."""
    lon, lat = sheet.situation.origin
    if abs(lon) > HALF_TURN or abs(lon - lat) < LEAST_SWAP_DEG:
        return
    why = _lies_in_a_side(sheet, lon, lat)
    if why is None:
        why = _lies_by_its_names(sheet, lon, lat)
    if why:
        yield _tell(
            "map_swapped", "doubt",
            f"Longitude and latitude of the whole map look swapped: it lies at {lon:.2f}, "
            f"{lat:.2f}, and {why} {lat:.2f}, {lon:.2f}. Write [lon, lat] everywhere.",
        )  # fmt: skip


def _lies_in_a_side(sheet: Sheet, lon: float, lat: float) -> str | None:
    """Say why a map lies in none of its countries, but turned it would; empty where it does."""
    known = [side.id for side in sheet.situation.sides if side.id in list_outlines()]
    if not known:
        return None
    if set(known) & set(find_countries(lon, lat)):
        return ""
    turned = [code for code in known if code in find_countries(lat, lon)]
    return f"{' and '.join(turned)} is at" if turned else None


def _lies_by_its_names(sheet: Sheet, lon: float, lat: float) -> str:
    """Say which names of a map are of places near where it would lie if it were turned."""
    names = [f.name for f in sheet.situation.features if f.name and _bears_place(f)]
    words = [word for name in names for word in re.split(r"[,;()]", name)[:1]]
    here = there = 0
    found = ""
    for word in dict.fromkeys(w.strip() for w in words[:MOST_NAMES]):
        places = find_places(word)
        near = any(_is_near(p.lon, p.lat, lon, lat) for p in places)
        here += near
        if not near and any(_is_near(p.lon, p.lat, lat, lon) for p in places):
            there += 1
            found = found or word
        if here:
            return ""
    return f"{found} is near" if there else ""


def _is_near(lon: float, lat: float, other_lon: float, other_lat: float) -> bool:
    return abs(lat - other_lat) < NEAR_DEG and abs(lon - other_lon) < NEAR_DEG


def _bears_place(feature: Feature) -> bool:
    elsewhere = isinstance(feature, Anchor) and feature.access != "land"
    return not elsewhere and not isinstance(feature, Claim)


def _frame_others(drawn: Sequence[Feature], one: Feature) -> BaseGeometry | None:
    """Frame the middle half of the other features: one or two far off do not move it."""
    others = np.array([f.drawn.bounds for f in drawn if f is not one])
    if len(others) < 4:  # noqa: PLR2004 - too few to tell which of them is far
        return None
    middles = (others[:, :2] + others[:, 2:]) / 2
    median = np.median(middles, axis=0)
    apart = np.abs(middles - median).max(axis=1)
    near = others[apart <= max(4 * float(np.median(apart)), 0.05)]
    frame: BaseGeometry = shapely.box(*near[:, :2].min(axis=0), *near[:, 2:].max(axis=0))
    return frame


def _measure_away(shape: BaseGeometry, frame: BaseGeometry) -> float:
    here, there = shapely.get_coordinates(shapely.shortest_line(shape, frame))
    plane = Plane((float(here[0]), float(here[1])))
    return float(np.hypot(*plane.points_to_metres([there])[0]))


def find_off_the_map(sheet: Sheet) -> Iterator[Notice]:
    """Find positions of the force, and its anchors, outside the area."""
    area = sheet.situation.area
    if area is None:
        return
    for position in sheet.force:
        if position.drawn.disjoint(area):
            yield _tell(
                "force_off_the_map", "caution",
                f"{sheet.call(position)} stands outside the area of the map: widen the area, or "
                "mend its place.", position.id,
            )  # fmt: skip
    for anchor in _list_land_anchors(sheet):
        if anchor.drawn.disjoint(area):
            yield _tell(
                "anchor_off_the_map", "caution",
                f"{sheet.call(anchor)} lies outside the area of the map and cannot be reached: "
                "widen the area.", anchor.id,
            )  # fmt: skip


# -- on whose ground -------------------------------------------------------------------------


def find_force_on_hostile_ground(sheet: Sheet) -> Iterator[Notice]:
    """Find positions of the force on ground the map gives to the enemy; alike ones are one slip."""
    alike: dict[tuple[tuple[str, ...], str, bool], dict[str, BaseGeometry]] = {}
    for position in sheet.force:
        weak = is_bare(position)
        vouched = position.sources and position.reach_m
        severity = "doubt" if weak or not vouched else "caution"
        for place, held in _find_lost_places(sheet, position):
            key = (tuple(c.id for c in held), severity, weak)
            alike.setdefault(key, {}).setdefault(position.id, place)
    holders = {c.id: sheet.name_side(c.holder) for c, _ in sheet.controls}
    for (held_by, severity, weak), places in alike.items():
        whose = " and ".join(dict.fromkeys(holders[name] for name in held_by))
        ids = list(places)
        stand = "stands" if len(ids) == 1 else "stand, the first of them,"
        why = (
            "only a word says that anybody is there, and it does not outvote the map"
            if weak
            else "the position and the map contradict each other"
        )
        yield _tell(
            "force_on_hostile_ground", "doubt" if severity == "doubt" else "caution",
            f"{list_names(ids, sheet.names)} {stand} at {sheet.say_place(places[ids[0]])} on "
            f"ground the map gives to {whose}: {why}. Mend the place, or the map.", *ids, *held_by,
        )  # fmt: skip


def _find_lost_places(
    sheet: Sheet, position: Position
) -> Iterator[tuple[BaseGeometry, list[Control]]]:
    shape = sheet.shapes[position.id]
    for place in [shape] if shape.geom_type == "Polygon" else shapely.get_parts(shape):
        point = place if place.geom_type == "Point" else place.representative_point()
        held = sheet.find_holders(point)
        if held and (place is point or _covers(sheet, held, place)):
            yield place, held


def _covers(sheet: Sheet, held: Sequence[Control], place: BaseGeometry) -> bool:
    return bool(shapely.union_all([sheet.shapes[c.id] for c in held]).covers(place))


def _list_land_anchors(sheet: Sheet) -> list[Anchor]:
    anchors = [a for a, _ in sheet.evidence.of_kind(Anchor)]
    return [a for a in anchors if a.side in sheet.friends and a.access == "land"]


def find_anchor_slips(sheet: Sheet) -> Iterator[Notice]:
    """Find anchors on ground that the enemy holds, or no land anchor at all."""
    anchors = _list_land_anchors(sheet)
    if not anchors:
        whose = sheet.name_side(sheet.force[0].side) if sheet.force else "the force"
        yield _tell(
            "no_anchor", "doubt",
            f"No land anchor of {whose} is drawn: nothing on this map counts as reached. Draw the "
            "friendly ground that has its own way onward as an anchor.",
        )  # fmt: skip
    lost = [(a, *told) for a in anchors if (told := _find_captors(sheet, a))]
    none_counts = len(lost) == len(anchors) and all(share > WHOLLY for _, _, share in lost)
    for anchor, held, share in lost:
        shape = sheet.shapes[anchor.id]
        whose = join_words([*dict.fromkeys(sheet.name_side(c.holder) for c in held)])
        name = sheet.call(anchor)
        what = f"{name} lies" if share > WHOLLY else f"{share * 100:.0f} % of {name} lies"
        yield _tell(
                "anchor_on_hostile_ground", "doubt" if none_counts else "caution",
                f"{what} at {sheet.say_place(shape)} on ground the map gives to {whose} "
                "and does not count: an anchor is friendly ground with its own way onward. Move "
                "it, or mend the map.", anchor.id, *(c.id for c in held),
            )  # fmt: skip


def find_anchors_beside(sheet: Sheet) -> Iterator[Notice]:
    """Find anchors drawn as a point a little off the ground of their side, where nobody speaks."""
    own = [sheet.shapes[c.id] for c, what in sheet.controls if what.startswith("own")]
    if not own or sheet.situation.uncovered == "open":
        return
    ground = shapely.union_all(own)
    for anchor in _list_land_anchors(sheet):
        shape = sheet.shapes[anchor.id]
        off_m = shape.distance(ground)
        spoken = any(sheet.shapes[c.id].intersects(shape) for c, _ in sheet.controls)
        if shape.geom_type == "Point" and 0 < off_m <= BESIDE_M and not spoken:
            yield _tell(
                "anchor_beside_its_ground", "caution",
                f"{sheet.call(anchor)} lies at {sheet.say_place(shape)}, {max(off_m, 1):.0f} m off "
                f"the ground of {sheet.name_side(anchor.side)}, where nobody says who holds the "
                "ground: it is reached only over that. Move it onto the ground, or draw the ground "
                "on to it.", anchor.id,
            )  # fmt: skip


def find_anchors_abroad(sheet: Sheet) -> Iterator[Notice]:
    """Find land anchors on neutral ground that no crossing leads to: nobody walks there."""
    for anchor in _list_land_anchors(sheet):
        shape = sheet.shapes[anchor.id]
        abroad = [n for n in sheet.neutral if n.covers(shape)]
        open_ = [c for c in sheet.crossings if c.state != "cut" and c.permission != "enemy"]
        near = [sheet.shapes[c.id] for c in open_]
        led = [g for n in abroad for g in near if n.dwithin(g, sheet.options.join_m)]
        if abroad and not led:
            yield _tell(
                "anchor_abroad", "caution",
                f"{sheet.call(anchor)} lies at {sheet.say_place(shape)} on neutral ground, and no "
                "crossing leads there: a route carries nobody over neutral ground, nor does its "
                "end join an anchor there. Draw the gate as a crossing that ends at it.", anchor.id,
            )  # fmt: skip


def _find_captors(sheet: Sheet, anchor: Anchor) -> tuple[list[Control], float] | None:
    """
    Name what gives an anchor's ground to the enemy, and the share of it.

    None: it counts as drawn, a sliver left aside; a gate that a road ends at counts.
    """
    shape = sheet.shapes[anchor.id]
    if shape.geom_type == "Point":
        held, share = sheet.find_holders(shape), 1.0
    else:
        held, share = sheet.measure_held(shape)
    return (held, share) if held and share > SLIVER and not _is_gate(sheet, shape) else None


def _is_gate(sheet: Sheet, shape: BaseGeometry) -> bool:
    """Tell an area whose edge a road comes to over ground of its own: it is reached there."""
    if shape.geom_type == "Point":
        return False
    for route, _ in sheet.evidence.of_kind(Route):
        ends = [Point(p) for p in shapely.get_coordinates(sheet.shapes[route.id])[[0, -1]]]
        near = [e for e in ends if shapely.dwithin(e, shape, sheet.options.join_m)]
        if route.state == "open" and any(not sheet.find_holders(end) for end in near):
            return True
    return False


# -- water and what spans it -----------------------------------------------------------------


def find_unbridged_routes(sheet: Sheet) -> Iterator[Notice]:
    """Find open routes that run over water where no crossing is drawn."""
    if not sheet.barriers:
        return
    for route, _ in sheet.evidence.of_kind(Route):
        shape = sheet.shapes[route.id]
        if route.state == "cut":
            continue
        for number in sheet.barrier_tree.query(shape, "intersects").tolist():
            barrier = sheet.barriers[number]
            if barrier.type not in WATERS or not set(route.modes) & set(barrier.blocks):
                continue
            met = shapely.intersection(shape, sheet.shapes[barrier.id])
            bare = [p for p in shapely.get_parts(met) if not _is_spanned(sheet, p)]
            if bare and not _ends_there(sheet, shape, bare):
                more = f", and at {number_of(len(bare) - 1, 'place')} more" if bare[1:] else ""
                yield _tell(
                    "route_over_water", "caution",
                    f"{sheet.call(route)} runs over {sheet.call(barrier)} at "
                    f"{sheet.say_place(bare[0])}{more} and no crossing is drawn there: nobody "
                    "passes. Draw the bridge, or say that there is none.", route.id, barrier.id,
                )  # fmt: skip


def _ends_there(sheet: Sheet, route: BaseGeometry, met: Sequence[BaseGeometry]) -> bool:
    """Tell a road that only touches its bank, or stops at it, from one that goes over."""
    ends = shapely.points(shapely.get_coordinates(route)[[0, -1]])
    return all(shapely.dwithin(ends, part, sheet.options.join_m).any() for part in met)


def _is_spanned(sheet: Sheet, part: BaseGeometry) -> bool:
    if not sheet.crossings:
        return False
    furthest = max(sheet.reach_of(c) for c in sheet.crossings)
    for number in sheet.crossing_tree.query(part, "dwithin", furthest).tolist():
        crossing = sheet.crossings[number]
        if sheet.shapes[crossing.id].distance(part) <= sheet.reach_of(crossing):
            return True
    return False


def find_idle_crossings(sheet: Sheet) -> Iterator[Notice]:
    """Find crossings that stand beside what they were meant to span, or end in it."""
    if not sheet.barriers:
        return
    for crossing in sheet.crossings:
        shape = sheet.shapes[crossing.id]
        if crossing.type not in SPANNING:
            continue
        yield from _find_beside(sheet, crossing, shape)
        if shape.geom_type != "Point":
            yield from _find_ends_in_water(sheet, crossing, shape)


def _find_beside(sheet: Sheet, crossing: Crossing, shape: BaseGeometry) -> Iterator[Notice]:
    reach = sheet.reach_of(crossing)
    spans = sheet.barrier_tree.query(shape, "dwithin", reach if shape.geom_type == "Point" else 0.0)
    if len(spans) or any(shape.distance(ground) <= reach for ground in sheet.neutral):
        return
    if shape.geom_type != "Point" and crossing.location_error_m > 0:
        found = sheet.barrier_tree.query(shape, "dwithin", crossing.location_error_m)
        if len(found):
            return
    nearest = int(sheet.barrier_tree.nearest(shape))
    barrier = sheet.barriers[nearest]
    away_m = float(shape.distance(sheet.shapes[barrier.id]))
    if away_m <= NEAR_WATER_M:
        yield _tell(
            "crossing_spans_nothing", "doubt",
            f"{sheet.call(crossing)} at {sheet.say_place(shape)} spans nothing: "
            f"{sheet.call(barrier)} runs {away_m:.0f} m beside it, and a crossing finds what lies "
            f"within {reach:.0f} m. Move it onto the {barrier.type}, or state how far its place "
            "may be off in location_error_m.", crossing.id, barrier.id,
        )  # fmt: skip


def _find_ends_in_water(sheet: Sheet, crossing: Crossing, shape: BaseGeometry) -> Iterator[Notice]:
    ends = [Point(end) for end in shapely.get_coordinates(shape)[[0, -1]]]
    for number in sheet.barrier_tree.query(shape, "intersects").tolist():
        barrier = sheet.barriers[number]
        water = sheet.shapes[barrier.id]
        if "Polygon" not in water.geom_type or barrier.type not in WATERS:
            continue
        for end in ends:
            deep_m = float(water.boundary.distance(end)) if water.contains(end) else 0.0
            if deep_m > sheet.options.join_m + OFFSHORE_M:
                yield _tell(
                    "crossing_ends_in_water", "doubt",
                    f"{sheet.call(crossing)} ends at {sheet.say_place(end)} in "
                    f"{sheet.call(barrier)}, {deep_m:.0f} m "
                    "from its bank: nobody lands there. Draw it from bank to bank.",
                    crossing.id, barrier.id,
                )  # fmt: skip


def find_tunnels_to_the_enemy(sheet: Sheet) -> Iterator[Notice]:
    """Find tunnels that come up on hostile ground."""
    for crossing in sheet.crossings:
        if crossing.type != "tunnel" or crossing.state == "cut":
            continue
        for end in map(Point, shapely.get_coordinates(sheet.shapes[crossing.id])[[0, -1]]):
            held = sheet.find_holders(end)
            if held:
                yield _tell(
                    "tunnel_on_hostile_ground", "doubt",
                    f"{sheet.call(crossing)} comes up at {sheet.say_place(end)} on ground the map "
                    f"gives to {sheet.name_side(held[0].holder)}: draw it to where its end really "
                    "is, or mend the map.",
                    crossing.id, held[0].id,
                )  # fmt: skip


# -- twice, and nobody -----------------------------------------------------------------------


def find_posted_twice(sheet: Sheet) -> Iterator[Notice]:
    """Find routes and crossings that are drawn twice: they are counted once."""
    for kind, what in ((Route, "line"), (Crossing, "crossing")):
        found: dict[tuple[object, ...], list[str]] = {}
        for feature, _ in sheet.evidence.of_kind(kind):
            found.setdefault(trace_key(feature, sheet.shapes[feature.id]), []).append(feature.id)
        for ids in found.values():
            if len(ids) > 1:
                yield _tell(
                    "posted_twice", "caution",
                    f"{_name_alike(sheet, ids)} are one {what} at "
                    f"{sheet.say_place(sheet.shapes[ids[0]])}, posted {len(ids)} times: counted "
                    "once. Leave the copies out, or name both "
                    "sources on one.", *ids,
                )  # fmt: skip


def _name_alike(sheet: Sheet, ids: Sequence[str]) -> str:
    """Name copies of one thing; copies of the same name are counted."""
    names = list(dict.fromkeys(sheet.names[name] for name in ids))
    return f"{names[0]} and its copies" if len(names) == 1 else list_names(ids, sheet.names)


def trace_key(feature: Feature, shape: BaseGeometry) -> tuple[object, ...]:
    """Name what a route or crossing is by what it carries and where it runs, either way."""
    points = np.round(shapely.get_coordinates(shape) / SAME_M).astype(int)
    forth, back = (tuple(map(tuple, p.tolist())) for p in (points, points[::-1]))
    kind = feature.type if isinstance(feature, Crossing) else "route"
    modes = feature.modes if isinstance(feature, (Route, Crossing)) else ()
    return (kind, tuple(sorted(modes)), min(forth, back))


def find_no_enemy(sheet: Sheet) -> Iterator[Notice]:
    """Find a map with barriers and nobody who could hold a ring."""
    if not sheet.friends or not sheet.barriers:
        return
    hostile = any("hostile" in what or what == "else" for _, what in sheet.controls)
    stands = any(p.side not in sheet.friends for p, _ in sheet.evidence.of_kind(Position))
    if not hostile and not stands:
        ids = [b.id for b in sheet.barriers]
        yield _tell(
            "no_enemy_drawn", "caution",
            f"Barriers are drawn ({list_names(ids, sheet.names)}) and no hostile ground: whatever "
            "closes the force in is barriers alone. Draw who holds the ground beyond them.", *ids,
        )  # fmt: skip


def find_misnamed(sheet: Sheet) -> Iterator[Notice]:
    """A property that is not read nearly names one that is: the door has told it."""
    yield from (n for n in sheet.situation.notices if n.code == "property_nearly_named")


CHECKS: tuple[Callable[[Sheet], Iterator[Notice]], ...] = (
    find_misnamed,
    find_swapped_map,
    find_far_away,
    find_off_the_map,
    find_force_on_hostile_ground,
    find_anchor_slips,
    find_anchors_abroad,
    find_anchors_beside,
    find_unbridged_routes,
    find_idle_crossings,
    find_tunnels_to_the_enemy,
    find_posted_twice,
    find_no_enemy,
    find_folded,
    find_loose_ends,
    find_short_roads,
)
"""Every slip that is looked for."""

"""As `encircle.inspect`."""

"""Lines that do not do what their drawer meant: routes, crossings, tunnels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.map.counting import number_of
from encircle.map.situation import Crossing, Route
from encircle.map.slips.sheet import Sheet, tell_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.notices import Notice


WATERS = ("river", "lake", "coast")
"""Barriers that are water: a road over one needs a crossing."""
SPANNING = ("bridge", "ford", "pontoon", "ferry")
"""Crossings that are there to pass something."""
NEAR_WATER_M = 500.0
"""A bridge this near to water that it does not reach was meant to span it, metres: what a pin on a
generic river line is off by, at most. Source: convention of this project."""
OFFSHORE_M = 1.0
"""Water a crossing's end stands in deeper than this, past what it joins, is not a bank, metres."""


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
                yield tell_of(
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
        yield tell_of(
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
                yield tell_of(
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
                yield tell_of(
                    "tunnel_on_hostile_ground", "doubt",
                    f"{sheet.call(crossing)} comes up at {sheet.say_place(end)} on ground the map "
                    f"gives to {sheet.name_side(held[0].holder)}: draw it to where its end really "
                    "is, or mend the map.",
                    crossing.id, held[0].id,
                )  # fmt: skip

"""Which lines on a map do not do what their drawer meant: the slips of drawing, nothing judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Point

from encircle.map.naming import join_words, list_names
from encircle.map.notices import Notice, gather
from encircle.map.options import Options
from encircle.map.reach import is_bare
from encircle.map.situation import Anchor, Control, Crossing, Feature, Position, Route
from encircle.map.slips.lines import (
    find_idle_crossings,
    find_tunnels_to_the_enemy,
    find_unbridged_routes,
)
from encircle.map.slips.mending import find_folded, find_loose_ends, find_short_roads
from encircle.map.slips.places import (
    find_dated_later,
    find_far_away,
    find_small_map,
    find_swapped_map,
)
from encircle.map.slips.sheet import SLIVER, WHOLLY, Sheet, tell_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Situation

SAME_M = 1.0
"""Two lines or bridges that nowhere differ by more than this are one, metres."""
BESIDE_M = 1_000.0
"""An anchor this near to the ground of its side was meant to stand on it, metres: what a pin on a
town is off by. Source: convention of this project."""


def inspect_situation(situation: Situation, options: Options | None = None) -> tuple[Notice, ...]:
    """
    Find the slips of drawing on a map: features, place, distance and remedy; nothing is judged.

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


# -- on another map --------------------------------------------------------------------------


def find_off_the_map(sheet: Sheet) -> Iterator[Notice]:
    """Find positions of the force, and its anchors, outside the area."""
    area = sheet.situation.area
    if area is None:
        return
    for position in sheet.force:
        if position.drawn.disjoint(area):
            yield tell_of(
                "force_off_the_map", "caution",
                f"{sheet.call(position)} stands outside the area of the map: widen the area, or "
                "mend its place.", position.id,
            )  # fmt: skip
    for anchor in _list_land_anchors(sheet):
        if anchor.drawn.disjoint(area):
            yield tell_of(
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
        yield tell_of(
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
        yield tell_of(
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
        yield tell_of(
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
            yield tell_of(
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
            yield tell_of(
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


# -- twice, and nobody -----------------------------------------------------------------------


def find_posted_twice(sheet: Sheet) -> Iterator[Notice]:
    """Find routes and crossings that are drawn twice: they are counted once."""
    for kind, what in ((Route, "line"), (Crossing, "crossing")):
        found: dict[tuple[object, ...], list[str]] = {}
        for feature, _ in sheet.evidence.of_kind(kind):
            found.setdefault(trace_key(feature, sheet.shapes[feature.id]), []).append(feature.id)
        for ids in found.values():
            if len(ids) > 1:
                yield tell_of(
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
        yield tell_of(
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
    find_dated_later,
    find_small_map,
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

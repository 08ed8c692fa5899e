"""Outlines mended, loose ends run on, and ends left as drawn short of what they seem to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Point

from encircle.map.naming import begin
from encircle.map.notices import Notice
from encircle.map.plane.fronts import TOUCH_M, find_gaps, find_ties
from encircle.map.situation import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.slips.sheet import Sheet

LEAST_LOSS_M2 = 1.0
"""What mending an outline may leave out before it is a loss; m2, as small as a seam's crumbs."""

SHORT_M = 300.0
"""An end so near to what lies ahead of it, and past the distance that joins them, may have been
meant to reach it, metres. Source: convention of this project, as for a bridge beside its water."""
AHEAD = 0.5
"""Cosine of the turn within which something lies ahead of an end: 60 degrees."""
LED_OVER = ("bridge", "ford", "pontoon", "ferry", "tunnel")
"""Crossings that a road leads to."""


def find_folded(sheet: Sheet) -> Iterator[Notice]:
    """Find polygons that cross themselves on the plane, so thin that an edge's bend folds them."""
    for feature in sheet.situation.features:
        if feature.id not in sheet.shapes or feature.geometry is None:
            continue
        fold = sheet.plane.find_fold(feature.geometry)
        if fold is None:
            continue
        (lon, lat), lost_m2 = fold
        gone = sheet.shapes[feature.id].is_empty
        what = (
            "has no area left: it is judged as if nobody had drawn it"
            if gone
            else f"was mended, by {lost_m2:.0f} m2"
        )
        yield Notice(
            "outline_mended", "caution" if gone or lost_m2 > LEAST_LOSS_M2 else "info",
            f"The outline of {sheet.names[feature.id]} crosses itself at {lon:.6f}, {lat:.6f} once "
            f"it is drawn in metres, and {what}. Draw its sides there apart, or leave the sliver "
            "out.",
            (feature.id,),
        )  # fmt: skip


def find_loose_ends(sheet: Sheet) -> Iterator[Notice]:
    """Find barriers that end short of what stops beside them: tied within a seam, open past it."""
    area = sheet.situation.area
    frame = [] if area is None else [sheet.plane.to_metres(area)]
    held = {c.id: sheet.shapes[c.id] for c, what in sheet.controls
            if what.startswith("hostile") or what == "neutral"}  # fmt: skip
    for barrier in sheet.barriers:
        line = sheet.shapes[barrier.id]
        if "Line" not in line.geom_type:
            continue
        others = {b.id: sheet.shapes[b.id] for b in sheet.barriers if b is not barrier}
        for whole in frame:
            line = shapely.intersection(line, whole)
        walls = [*held.values(), *others.values(), *(whole.boundary for whole in frame)]
        for gap in find_ties(line, walls, sheet.options.seam_m) if walls else ():
            end = Point(shapely.get_coordinates(gap)[0])
            yield Notice(
                "loose_end_tied", "info",
                f"{begin(sheet.names[barrier.id])} ends at {sheet.say_place(end)}, "
                f"{gap.length:.0f} m short of what stops there too: it is taken to run on to it, "
                "as a gap narrower than a seam is the drawing's. Draw it wider if there is a way "
                "through.", (barrier.id,),
            )  # fmt: skip
        named = {**held, **others}
        for gap in find_gaps(line, walls) if named else ():
            if sheet.options.seam_m <= gap.length <= SHORT_M and _lies_ahead(line, gap):
                yield from _tell_short_barrier(sheet, barrier.id, gap, named)


def _tell_short_barrier(
    sheet: Sheet, name: str, gap: BaseGeometry, named: dict[str, BaseGeometry]
) -> Iterator[Notice]:
    end, met = (Point(xy) for xy in shapely.get_coordinates(gap)[[0, -1]])
    other = min(named, key=lambda one: named[one].distance(met))
    if named[other].distance(met) > TOUCH_M:
        return  # the edge of the area is nearer
    yield Notice(
        "loose_end_open", "caution",
        f"{begin(sheet.names[name])} ends at {sheet.say_place(end)}, {gap.length:.0f} m short of "
        f"{sheet.names[other]}: that is wider than a seam of {sheet.options.seam_m:.0f} m, and one "
        "passes round its end there. Draw it on if it goes on; leave it if that is a way.",
        (name, other),
    )  # fmt: skip


def _lies_ahead(line: BaseGeometry, gap: BaseGeometry) -> bool:
    """Tell whether a line's end heads for what the gap leads to, and does not run beside it."""
    end, met = shapely.get_coordinates(gap)[[0, -1]]
    for part in shapely.get_parts(line):
        course = shapely.get_coordinates(part)
        for last, before in ((course[0], course[1]), (course[-1], course[-2])):
            if np.hypot(*(last - end)) <= TOUCH_M:
                along, onto = last - before, met - end
                return bool(along @ onto >= AHEAD * np.hypot(*along) * np.hypot(*onto))
    return False


def find_short_roads(sheet: Sheet) -> Iterator[Notice]:
    """Find open roads that end short of a crossing they head for, and so do not lead over it."""
    join_m = sheet.options.join_m
    roads = {r.id: sheet.shapes[r.id] for r, _ in sheet.evidence.of_kind(Route)}
    open_ = [c for c in sheet.crossings if c.type in LED_OVER and c.state != "cut"]
    for route, _ in sheet.evidence.of_kind(Route):
        line = roads[route.id]
        joined = [road for name, road in roads.items() if name != route.id]
        for crossing in open_ if route.state != "cut" else ():
            shape = sheet.shapes[crossing.id]
            if not set(route.modes) & set(crossing.modes) or line.dwithin(shape, join_m):
                continue
            for gap in find_gaps(line, _banks_of(sheet, shape)):
                end = Point(shapely.get_coordinates(gap)[0])
                loose = not any(road.dwithin(end, join_m) for road in joined)
                if join_m < gap.length <= SHORT_M and loose and _lies_ahead(line, gap):
                    yield Notice(
                        "road_short_of_crossing", "caution",
                        f"{begin(sheet.names[route.id])} ends at {sheet.say_place(end)}, "
                        f"{gap.length:.0f} m short of {sheet.names[crossing.id]}: a crossing joins "
                        f"what lies within {join_m:.0f} m, so it does not lead over it. Draw the "
                        "road on to the crossing, or leave it if it ends there.",
                        (route.id, crossing.id),
                    )  # fmt: skip


def _banks_of(sheet: Sheet, crossing: BaseGeometry) -> Sequence[BaseGeometry]:
    """Give where a crossing is got onto: its ends; of a point on wide water, both its banks."""
    if crossing.geom_type != "Point":
        return [Point(xy) for xy in shapely.get_coordinates(crossing)[[0, -1]]]
    near = sheet.barrier_tree.query(crossing, "dwithin", sheet.options.join_m).tolist()
    waters = [sheet.shapes[sheet.barriers[i].id] for i in near] if sheet.barriers else []
    # From a place on wide water the bank it is passed to is about as far as the nearest one.
    return [crossing.buffer(max(crossing.distance(w.boundary) for w in wide))
            if (wide := [w for w in waters if w.area]) else crossing]  # fmt: skip

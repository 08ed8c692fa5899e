"""What does a crossing drawn as a point span: from bank to bank, by the contract's own words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, Point

from encircle.map.plane.runs import find_runs
from encircle.map.situation import Barrier, Crossing, Route
from encircle.verifier.regions import areas_of, union_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.drawing import Ground
    from encircle.verifier.ground import Survey

SHORTEST_RUN_SHARE = 0.1
"""A road's run over water counts from this share of the joining distance; metres."""
SAME_LINE_M = 0.0001
"""Lines that were drawn as one lie within this of each other, by rounding; metres."""
SAME_ROAD_M = 2.0
"""Routes that run on one line for longer than this are one road there; metres."""
INSIDE_M = 1.0
"""A place nearer to its bank than this has no side of its own; metres."""


def spans_of(survey: Survey, ground: Ground, crossing: Crossing) -> list[BaseGeometry]:
    """
    Draw what a crossing spans.

    One drawn as a line spans that line. One drawn as a point on wide water, or on a wide strip of
    neutral ground, spans it from bank to bank: along each route that runs through it there (two
    that meet end to end over it are one), else straight across. Else it is passed at the point.
    """
    place = survey.shape(crossing)
    if place.geom_type != "Point":
        return [place]
    join_m = survey.parameters.join_m
    spans = [place]
    for sheet in _wide_sheets(survey, ground):
        if sheet.distance(place) <= join_m:
            roads = list(_roads_over(survey, sheet, place))
            spans += roads or [straight_across(sheet, place, join_m)]
    return spans


def _wide_sheets(survey: Survey, ground: Ground) -> Sequence[BaseGeometry]:
    waters = [areas_of(survey.shape(barrier)) for barrier in survey.each(Barrier)]
    return list(shapely.get_parts(union_of([*waters, ground.neutral])))


def _roads_over(survey: Survey, sheet: BaseGeometry, place: BaseGeometry) -> Iterator[BaseGeometry]:
    """Give the runs of roads there; two that meet end to end over the water are one road too."""
    join_m = survey.parameters.join_m
    runs = [
        shapely.normalize(run)
        for route in survey.each(Route)
        for run in find_runs(survey.shape(route), sheet)
    ]
    alone = {run.wkb: run for run in runs}
    short = [run for run in alone.values() if not _comes_ashore(run, sheet)]
    joined = shapely.get_parts(shapely.line_merge(MultiLineString(short)))
    for run in {**alone, **{(r := shapely.normalize(run)).wkb: r for run in joined}}.values():
        if run.length > SHORTEST_RUN_SHARE * join_m and run.distance(place) <= join_m:
            yield run


def _comes_ashore(run: BaseGeometry, sheet: BaseGeometry) -> bool:
    """Tell whether a run has both its ends on a bank; one that has not may go on as another."""
    ends = shapely.points(shapely.get_coordinates(run)[[0, -1]])
    return bool(shapely.dwithin(ends, sheet.boundary, INSIDE_M).all())


def straight_across(sheet: BaseGeometry, place: BaseGeometry, join_m: float) -> BaseGeometry:
    """Draw the line from the nearest bank through a place to the bank opposite."""
    bank = _end_of(shapely.shortest_line(place, sheet.boundary))
    towards = shapely.get_coordinates(place)[0] - bank
    if np.hypot(*towards) < INSIDE_M or not sheet.contains(place):
        heart = sheet.buffer(-INSIDE_M)
        if heart.is_empty or heart.distance(place) > 2 * join_m:  # it is wide elsewhere
            return place
        towards = _end_of(shapely.shortest_line(Point(bank), heart)) - bank
    left, bottom, right, top = sheet.bounds
    far = bank + towards / np.hypot(*towards) * math.hypot(right - left, top - bottom)
    runs = shapely.get_parts(sheet.intersection(LineString([bank, far])))
    over = [run for run in runs if "Line" in run.geom_type]
    return min(over, key=lambda run: run.distance(Point(bank)), default=place)


def _end_of(line: BaseGeometry) -> np.ndarray:
    return np.asarray(shapely.get_coordinates(line)[-1])


def list_shared(
    line: BaseGeometry, other: BaseGeometry, near_m: float = SAME_LINE_M
) -> list[BaseGeometry]:
    """List the runs along which two lines are one, and do not only meet at a flat angle."""
    same = line.intersection(other.buffer(near_m))
    return [run for run in shapely.get_parts(same) if run.length > SAME_ROAD_M]


def course_of(survey: Survey, ground: Ground, line: Route | Crossing) -> BaseGeometry:
    """Draw all that a route or crossing runs over."""
    if isinstance(line, Crossing):
        return union_of(spans_of(survey, ground, line))
    return survey.shape(line)

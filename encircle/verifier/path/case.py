"""What the rules of a way are asked of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.map.situation import Anchor, Barrier, Crossing, Position, Route
from encircle.verifier.flood.flood import flood_of
from encircle.verifier.ground import RIM_M, SLACK_M, Survey
from encircle.verifier.regions import Region, areas_of, join, minus, parts_of, trace_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Feature
    from encircle.verifier.drawing import Ground, Lean
    from encircle.verifier.reading.said import Leg, OpenPath

STRAY_M = SLACK_M
"""Length outside a tolerance that is still put down to rounding; metres."""
THIN_WALL_M = 0.01
"""Half the width a barrier drawn as a line is given where a way is held against it; metres."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a certificate fails, and the features it concerns."""

    statement: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class PathCase:
    """An open path beside the map it is about."""

    path: OpenPath
    survey: Survey

    @property
    def ground(self) -> Ground:
        """The ground on the path's reading, drawn in the path's favour."""
        return self.survey.ground(self.path.reading, "open")

    @cached_property
    def called(self) -> dict[str, Region]:
        """Where a leg may be called what, however room for drawing is used."""
        leans: tuple[Lean, Lean] = ("open", "closed")
        grounds = [self.survey.ground(self.path.reading, lean) for lean in leans]
        seam = [part for g in grounds for part in parts_of(g.seam)]
        friendly = [*seam, *(g.friendly for g in grounds)]
        uncovered = [*seam, *(g.open for g in grounds)]
        return {
            "friendly": friendly,
            "open": uncovered,
            "friendly or open": [*friendly, *uncovered],
            "grey": [*seam, *(g.grey for g in grounds)],
        }

    @cached_property
    def spannable(self) -> BaseGeometry:
        """
        What a crossing may span: ground that lets through, and water nobody hostile holds.

        The map's edge is no wall: a crossing beside it may run over the grey beyond.
        """
        wet = minus(join(*wide_obstacles(self)), self.ground.hostile, self.ground.neutral)
        beyond = [self.ground.nobody] if self.path.reading == "optimistic" else []
        return join(self.ground.passable, wet, self.ground.water, *beyond)

    def on_plane(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project a leg's positions; a leg is straight on the plane between them."""
        return self.survey.plane.points_to_metres(points)

    def trace(self, leg: Leg) -> BaseGeometry:
        """Draw a leg on the plane."""
        return trace_of(self.on_plane(leg.points))

    @cached_property
    def own_ground(self) -> list[BaseGeometry]:
        """The ground that hangs together with any place of the force, for a man on foot."""
        survey = self.survey
        shapes = [survey.shape(b) for b in survey.barriers(self.path.reading, "foot")]
        walls = [shape.buffer(RIM_M + THIN_WALL_M) for shape in shapes]  # past the map's edge too
        ground = minus(self.ground.passable.buffer(RIM_M), *walls)
        unit = survey.known.get(self.path.unit)
        places = survey.places(unit) if isinstance(unit, Position) else []
        starts = [Point(self.on_plane(self.path.legs[0].points[:1])[0]), *places]
        return [piece for piece in shapely.get_parts(ground) if _lies_at(piece, starts)]

    @cached_property
    def ground_leads_out(self) -> bool:
        """Tell whether ground leads from the force to an anchor without route or crossing."""
        survey = self.survey
        goals = [survey.shape(anchor) for anchor in survey.each(Anchor) if self.is_goal(anchor)]
        return any(piece.distance(goal) <= SLACK_M for piece in self.own_ground for goal in goals)

    @cached_property
    def ground_surely_leads_out(self) -> bool:
        """Tell whether it does so beyond doubt: past no corner thinner than drawing leaves room."""
        unit = self.survey.known.get(self.path.unit)
        flood = flood_of(self.survey, self.path.reading, "closed", "foot")
        here = flood.starts_of(unit) if isinstance(unit, Position) else set()
        return any(True for _ in flood.anchors_reached(here, "land"))

    def is_goal(self, anchor: Feature) -> bool:
        """Tell a land anchor of the force's friends that counts on the reading."""
        if not isinstance(anchor, Anchor) or anchor.access != "land":
            return False
        counts = self.survey.counts(anchor, self.path.reading)
        return counts and anchor.side in self.survey.friends

    @property
    def ends_with_a_line(self) -> bool:
        """Tell whether the path's last leg comes to an end of the route or crossing it names."""
        leg = self.path.legs[-1]
        line = self.survey.known.get(leg.evidence[0]) if leg.evidence else None
        if leg.by == "ground" or not isinstance(line, (Route, Crossing)):
            return False
        parts = shapely.get_parts(self.survey.shape(line))
        ends = [Point(p) for part in parts for p in shapely.get_coordinates(part)[[0, -1]]]
        last = Point(self.on_plane(leg.points[-1:])[0])
        return any(last.distance(end) <= SLACK_M for end in ends)

    def anchor_shape(self) -> BaseGeometry | None:
        """Draw the anchor, if there is one on this reading."""
        anchor = self.survey.known.get(self.path.anchor)
        return self.survey.shape(anchor) if isinstance(anchor, Anchor) else None

    def last_hop(self) -> BaseGeometry:
        """Draw the step from the path's end to the nearest point of the anchor."""
        end = Point(self.on_plane(self.path.legs[-1].points[-1:])[0])
        shape = self.anchor_shape()
        nearest = shapely.shortest_line(end, shape) if shape is not None else None
        return trace_of(shapely.get_coordinates(nearest if nearest is not None else end))


def _lies_at(piece: BaseGeometry, places: list[BaseGeometry]) -> bool:
    """Tell ground that a place is on, or that an area drawn has a share in."""
    return any(
        piece.intersection(place).area > SLACK_M if place.area else piece.distance(place) <= SLACK_M
        for place in places
    )


def wide_obstacles(case: PathCase) -> list[BaseGeometry]:
    """List barriers that are areas: lakes, wide rivers."""
    barriers = [case.survey.shape(b) for b in case.survey.each(Barrier)]
    return [areas_of(shape) for shape in barriers if shape.geom_type.endswith("Polygon")]

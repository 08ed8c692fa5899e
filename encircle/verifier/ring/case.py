"""What the rules of a ring are asked of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import shapely
from shapely.geometry import Polygon

from encircle.verifier.regions import Region, common, join, minus, trace_of, union_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.drawing import Ground, Lean
    from encircle.verifier.ground import Survey
    from encircle.verifier.reading.said import ClosedRing, Segment

BAND_LOOKED_AT_M = 200.0
"""Ground this far from the ring and its stops is looked at for what it is called; metres."""
Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class RingCase:
    """A closed ring beside the map it is about."""

    ring: ClosedRing
    survey: Survey
    drawn: dict[tuple[object, ...], object] = field(default_factory=dict)
    """What depends on a course alone: of the rings of one judgement, and of no other."""

    @property
    def ground(self) -> Ground:
        """The ground on the ring's reading, drawn in the ring's favour."""
        return self.survey.ground(self.ring.reading, "closed")

    @property
    def course(self) -> tuple[object, ...]:
        """What tells its course from that of another: rings that were read as one have one."""
        ring = self.ring
        ids = (id(ring.polygons), id(ring.segments))
        return ("course", *ids, ring.reading, ring.area_km2, ring.weakest)

    def _drawn_once(self, what: str, draw: Callable[[], Drawn]) -> Drawn:
        """Draw what depends on the course alone once for all who share it."""
        key = (what, *self.course)
        if key not in self.drawn:
            self.drawn[key] = draw()
        return cast("Drawn", self.drawn[key])

    @cached_property
    def parts(self) -> list[list[NDArray[np.float64]]]:
        """The rings on the plane, polygon by polygon, the exterior first."""
        to_metres = self.survey.plane.points_to_metres
        return [[to_metres(part) for part in polygon] for polygon in self.ring.polygons]

    @property
    def exteriors(self) -> Iterator[NDArray[np.float64]]:
        """Give the outer rings on the plane, those that enclose anything."""
        return (p[0] for p in self.parts if p and np.ptp(p[0], axis=0).min() > 0)

    @cached_property
    def inside(self) -> BaseGeometry:
        """The ground the ring encloses."""
        return self._drawn_once("inside", self._draw_inside)

    def _draw_inside(self) -> BaseGeometry:
        return join(*(shapely.make_valid(Polygon(p[0], p[1:])) for p in self.parts if p))

    @cached_property
    def called(self) -> dict[str, Region]:
        """Where a segment may be tagged how, however room for drawing is used."""
        return self._drawn_once("called", self._draw_called)

    def _draw_called(self) -> dict[str, Region]:
        leans: tuple[Lean, Lean] = ("closed", "open")
        grounds = [self.survey.ground(self.ring.reading, lean) for lean in leans]
        band = union_of([self.inside.boundary]).buffer(BAND_LOOKED_AT_M, quad_segs=2)
        let, shut = (common(g.passable, band) for g in (grounds[1], grounds[0]))
        seam, nobody = [self.ground.seam_closed, minus(let, shut)], [g.nobody for g in grounds]
        return {
            "nobody": [*seam, *nobody],
            "grey": [*seam, *nobody, *(g.grey for g in grounds)],
            "hostile": [*seam, *(g.hostile for g in grounds)],
            "neutral": [*seam, *(g.neutral for g in grounds)],
        }

    @cached_property
    def stopping(self) -> dict[str, Region]:
        """The ground that stops a road: no seam is its own reason, what lies beside it is."""
        leans: tuple[Lean, Lean] = ("closed", "open")
        grounds = [self.survey.ground(self.ring.reading, lean) for lean in leans]
        return {
            "grey": [area for g in grounds for area in (g.grey, g.nobody)],
            "hostile": [g.hostile for g in grounds],
            "neutral": [g.neutral for g in grounds],
        }

    def trace(self, segment: Segment) -> BaseGeometry:
        """Draw a segment on the plane."""
        return trace_of(self.survey.plane.points_to_metres(segment.points))

"""A map as the checks look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import shapely
from shapely import STRtree

from encircle.map.evidence import admit
from encircle.map.naming import begin, call_features
from encircle.map.notices import Notice
from encircle.map.plane.projection import Plane
from encircle.map.situation import (
    GREY_BASES,
    NEUTRAL,
    Barrier,
    Control,
    Crossing,
    Feature,
    Position,
)

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.map.notices import Severity
    from encircle.map.options import Options
    from encircle.map.situation import Situation

SLIVER, WHOLLY = 0.01, 0.99
"""An anchor less than this share of which is on hostile ground is not told of, for edges are drawn
twice; one more than this share of which is lies wholly there."""


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


def tell_of(code: str, severity: Severity, statement: str, *features: str) -> Notice:
    """Say of some features what looks like a slip."""
    return Notice(code, severity, begin(statement), features)

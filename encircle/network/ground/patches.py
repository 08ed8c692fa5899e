"""What is drawn on a map, feature by feature, before it becomes faces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import shapely

from encircle.map.reach import READINGS, Reading
from encircle.network.ground.states import (
    HOSTILE_GROUND,
    MODE_BITS,
    NEUTRAL_GROUND,
    PAINTED,
    Role,
    State,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from encircle.map.plane.projection import Plane
    from encircle.map.situation import Anchor, Barrier, Fire


@dataclass(frozen=True, slots=True)
class Patch:
    """One polygon on the plane and what it says, on the readings where it says it."""

    shape: BaseGeometry
    role: Role
    feature: str
    readings: tuple[Reading, ...] = READINGS
    gain: BaseGeometry | None = None
    """What of the shape is there by the error stated, in the force's favour."""


@dataclass(frozen=True, slots=True)
class Wall:
    """A barrier on the plane, and the modes it stops on each reading."""

    barrier: Barrier
    shape: BaseGeometry
    stops: dict[Reading, int]

    @property
    def is_line(self) -> bool:
        """Tell a river line from a lake."""
        return "Line" in self.shape.geom_type


@dataclass(frozen=True, slots=True)
class Zone:
    """Ground under hostile fire."""

    shape: BaseGeometry
    fire: Fire
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Drawing:
    """Everything on the plane before it is laid over each other."""

    plane: Plane
    side: str
    friends: frozenset[str]
    area: Polygon
    uncovered: State
    patches: tuple[Patch, ...]
    walls: tuple[Wall, ...]
    zones: tuple[Zone, ...]
    anchors: tuple[tuple[Anchor, BaseGeometry, tuple[Reading, ...]], ...]

    @cached_property
    def _control(self) -> dict[str, BaseGeometry]:
        """Control polygons on the plane, on whichever reading they are larger."""
        said = PAINTED | HOSTILE_GROUND | NEUTRAL_GROUND | Role.TERRITORY_FRIENDLY
        drawn: dict[str, list[BaseGeometry]] = {}
        for patch in self.patches:
            if patch.role & said:
                drawn.setdefault(patch.feature, []).append(patch.shape)
        return {name: shapely.union_all(shapes) for name, shapes in drawn.items()}

    def stop(self, walls: Iterable[int], reading: Reading) -> int:
        """Give the modes that barriers, by number, stop together on a reading."""
        bits = 0
        for wall in walls:
            bits |= self.walls[wall].stops[reading]
        return bits

    def measure_gap(self, feature: str, face: BaseGeometry) -> float:
        """Measure how far a control polygon lies from a face, metres."""
        return float(shapely.distance(self._control[feature], face))


def barrier_lines(drawing: Drawing, reading: Reading, mode: str) -> list[Wall]:
    """List the barrier lines that stop a mode on a reading."""
    bit = MODE_BITS[mode]
    return [w for w in drawing.walls if w.is_line and w.stops[reading] & bit]

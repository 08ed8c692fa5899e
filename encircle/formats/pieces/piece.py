"""What can be asked about on a map of control: a piece of held ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

LonLat = tuple[float, float]
Kind = Literal["pocket", "salient", "bridgehead", "front"]
Cut = Literal["border", "neck"]

FRONT = "front"
"""Id and kind of ground plainly joined to the rear: it is made for a place, with no neck."""

KIND_WORDS: dict[str, str] = {
    "pocket": "pocket",
    "salient": "salient",
    "bridgehead": "bridgehead",
    "front": "stretch of front",
}
"""What people call a kind."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Ground of one side, connected on the reading least kind to it."""

    id: str
    kind: Kind
    geometry: BaseGeometry
    """In degrees: its share abroad or beyond its neck, where it is joined to the rear."""
    area_km2: float
    area_uncertain_km2: float
    """How much more it is if the grey ground about it is the side's too."""
    joined: bool
    """Whether it hangs together with the side's rear, grey ground counted as hostile."""
    cut: Cut | None
    """Where it was parted from the rear it is joined to."""
    at: LonLat
    """The middle of its widest part."""
    nearest_place: str | None
    neck_m: float | None = None
    """Width of the neck it was cut at; None where cut otherwise."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Held ground that is no piece, and why."""

    at: LonLat
    area_km2: float
    because: Literal["ribbon", "scrap", "water", "border_sliver", "state_border"]
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on one map for one side."""

    pieces: tuple[Piece, ...]
    rejected: tuple[Rejection, ...]

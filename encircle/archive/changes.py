"""Where did ground change hands between two maps, by places and not by a file's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from encircle.formats.pieces.finding import find_middle, name_ground
from encircle.formats.pieces.held import flat_polygons, measure_km2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

Json = dict[str, Any]

LEAST_CHANGE_KM2 = 0.5
"""Less ground than this, km², is a line redrawn."""

MOST_CHANGES = 3
"""As many places are named in a sentence."""


@dataclass(frozen=True, slots=True)
class GroundChange:
    """Ground that changed hands between two maps, in one place."""

    was: str
    """`gained` or `lost`, as the side judged sees it."""
    area_km2: float
    at: tuple[float, float]
    nearest_place: str | None

    def __str__(self) -> str:
        by = self.nearest_place or f"({self.at[0]:.3f}, {self.at[1]:.3f})"
        area = f"{self.area_km2:.0f}" if self.area_km2 >= 10 else f"{self.area_km2:.1f}"  # noqa: PLR2004
        return f"{area} km² {self.was} by {by}"

    def to_dict(self) -> Json:
        """Give the change with where it was."""
        return {
            "was": self.was,
            "area_km2": round(self.area_km2, 2),
            "at": list(self.at),
            "nearest_place": self.nearest_place,
        }


def size_changes(lost: BaseGeometry, gained: BaseGeometry | None) -> Iterator[GroundChange]:
    """Name the largest changes, in degrees: at least `LEAST_CHANGE_KM2`, at most `MOST_CHANGES`."""
    parts = [("lost", part) for part in flat_polygons(lost)]
    parts += [("gained", part) for part in flat_polygons(gained)] if gained is not None else []
    sized = [(measure_km2(part), word, part) for word, part in parts]
    large = sorted((s for s in sized if s[0] >= LEAST_CHANGE_KM2), key=lambda s: -s[0])
    for area, word, part in large[:MOST_CHANGES]:
        at = find_middle(part)
        yield GroundChange(word, area, at, name_ground(part, at))

"""Which piece is it on another day, or on another mapper's map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.formats.pieces.held import Held, measure_km2, to_globe, to_plane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.pieces.piece import Piece

SAME_SHARE = 0.3
"""Two pieces are one on two days if they share this much of the smaller: what shrinks lies within
what it was, and what grows holds it."""

LEAST_LEFT_KM2 = 0.2
LEAST_LEFT_SHARE = 0.002
"""Less than this left of a piece, km² and of what it was, is nothing left: mappers' lines are
redrawn by as much from day to day."""


def follow(before: BaseGeometry, pieces: Sequence[Piece]) -> list[Piece]:
    """
    Follow ground to another day's pieces: the largest overlap first, then its fragments.

    Examples
    --------
    A piece followed to itself is itself: see tests/unit/test_pieces.py.
    """
    shared = [(measure_shared(before, piece.geometry), piece) for piece in pieces]
    kept = [(area, piece) for (area, share), piece in shared if share >= SAME_SHARE]
    return [piece for area, piece in sorted(kept, key=lambda k: (-round(k[0], 9), k[1].id))]


def measure_shared(one: BaseGeometry, other: BaseGeometry) -> tuple[float, float]:
    """Measure the ground two pieces share, square degrees, and its share of the smaller."""
    if not one.intersects(other):
        return 0.0, 0.0
    area = one.intersection(other).area
    return area, area / min(one.area, other.area)


def find_what_is_left(before: BaseGeometry, held: Held) -> BaseGeometry | None:
    """Find what of some ground a side still holds, joined or not; None if that is nothing."""
    was_m = to_plane(held.plane, before)
    left_m = held.ground_m.intersection(was_m)
    left = to_globe(held.plane, left_m)
    least = max(LEAST_LEFT_KM2, LEAST_LEFT_SHARE * measure_km2(before))
    return left if measure_km2(left) >= least else None

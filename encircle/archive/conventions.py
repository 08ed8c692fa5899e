"""What looks like a pocket and is only how a map was drawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Polygon, box

from encircle.formats.painted.painted import SINCE_2014
from encircle.formats.pieces.held import SEAM_M, flat_polygons

if TYPE_CHECKING:
    from encircle.formats.painted.ground import Ground
    from encircle.formats.pieces import Piece
    from encircle.formats.pieces.held import Held

RIBBONS_UNTIL = datetime(2022, 7, 1, tzinfo=UTC)
"""Until then mappers painted roads that a column had driven down, not areas. Source: the maps of
spring 2022, on which Kyiv's surroundings are ribbons."""

RIBBON_M = 2_000.0
"""What is painted narrower than this is such a ribbon, metres: a road and what is seen from it."""

CRIMEA = Polygon([
    (32.40, 44.30), (36.70, 44.30), (36.70, 45.50), (35.05, 45.60), (35.10, 46.20),
    (33.55, 46.20), (33.50, 46.05), (32.40, 45.70),
])  # fmt: skip
"""Crimea and the Syvash behind it, coarse, degrees. Nobody but Russia has held ground there since
2014: what a map leaves bare in it is a lagoon, a lake or a shore."""

SILENT_DEG = 0.001
"""Ground this near to where a map is silent is bounded by that silence, degrees: a seam's width."""


def find_convention(piece: Piece, ground: Ground, held: Held, as_of: datetime) -> str | None:
    """
    Say by which convention of its map ground looks shut in; None where it may be.

    Returns
    -------
    reason
        `map_convention`: its ring is ribbons along roads, or it was held by Russia before the war
        and is left bare. `map_silent`: what bounds it is ground of which the map says nothing.
    """
    if piece.joined:
        return None
    if is_left_bare(piece, held) or is_ring_of_ribbons(piece, held, as_of):
        return "map_convention"
    silent = ground.silent
    if not silent.is_empty and piece.geometry.dwithin(silent, SILENT_DEG):
        return "map_silent"
    return None


def is_left_bare(piece: Piece, held: Held) -> bool:
    """
    Tell whether ground is what Russia held before the war, which some maps leave bare.

    Only ground that nobody painted can be that.
    """
    unpainted = held.shares.unpainted
    middle = shapely.Point(piece.at)
    if held.side != "UA" or not unpainted.intersects(middle):
        return False
    towns = shapely.points(list(SINCE_2014.values()))
    return bool(CRIMEA.contains(middle) or shapely.intersects(piece.geometry, towns).any())


def is_ring_of_ribbons(piece: Piece, held: Held, as_of: datetime) -> bool:
    """
    Tell whether a pocket's ring is ribbons along roads, as mappers drew them in spring 2022.

    It is where the pocket hangs together with its rear once everything painted narrower than
    `RIBBON_M` is left out. On later maps a thin ring is a ring.
    """
    if as_of >= RIBBONS_UNTIL:
        return False
    ground_m = held.plane.to_metres(piece.geometry)
    half_m = RIBBON_M / 2
    around = box(*held.others_m.buffer(10 * RIBBON_M).bounds)
    wide_m = held.others_m.buffer(-half_m).buffer(half_m + SEAM_M)
    free_m = flat_polygons(around.difference(wide_m))
    rear_m = held.rear_m
    return any(part.intersects(ground_m) and part.intersects(rear_m) for part in free_m)

"""What is drawn of a question back: who holds what, and the pieces to choose from."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import mapping, shape

from encircle.errors import EncircleError
from encircle.formats.painted.situation import read_ground, situation_from_painted
from encircle.formats.pieces import FRONT, find_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.claims.asking.maps import GivenMap

Json = dict[str, Any]
GRID_DEG = 1e-6
"""A piece is drawn to a tenth of a metre, degrees."""


def draw_question(question: Json, maps: Sequence[GivenMap], side: str | None) -> Json:
    """
    Add to a question which force is meant what a person needs to see to choose.

    Parameters
    ----------
    question
        As it is asked back.
    side
        Whose force is meant.

    Returns
    -------
    question
        With the `geometry` of each piece, and as `ground` the map asked as a situation; as it
        was, where it is another question or the map draws no such thing.
    """
    given = next((m for m in maps if m.name == question.get("map") and m.painted), None)
    if question.get("question") != "which_force" or given is None or side is None:
        return question
    assert given.painted is not None  # noqa: S101 - the one that was looked for
    shapes = {p.id: p.geometry for p in find_pieces(read_ground(given.painted, given.border, side))}
    drawn: Json = dict(question)
    with suppress(EncircleError):  # ground that cannot be drawn is not shown, and is asked about
        drawn["ground"] = _draw_ground(given, question, side)
        # The front round a place is no piece of the whole map: it is made for the place.
        stands = (f for f in drawn["ground"]["features"] if f["properties"]["kind"] == "position")
        shapes.setdefault(FRONT, shapely.union_all([shape(f["geometry"]) for f in stands]))
    drawn["pieces"] = [_draw_piece(piece, shapes.get(piece["id"])) for piece in question["pieces"]]
    return drawn


def _draw_piece(piece: Json, geometry: BaseGeometry | None) -> Json:
    if geometry is None:
        return piece
    return {**piece, "geometry": mapping(shapely.set_precision(geometry, GRID_DEG))}


def _draw_ground(given: GivenMap, question: Json, side: str) -> Json:
    """Draw the map about the first piece, or about the place where it has none."""
    assert given.painted is not None  # noqa: S101 - as above
    place = question.get("place") or {}
    first = next((piece["id"] for piece in question["pieces"]), FRONT)
    return situation_from_painted(
        given.painted, given.border, force_at=[(place["lon"], place["lat"])] if place else [],
        force_in=first, as_of=given.as_of, side=side,
    )  # fmt: skip

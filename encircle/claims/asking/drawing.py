"""What is drawn of a question back: who holds what, and the pieces to choose from."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import mapping

from encircle.errors import EncircleError
from encircle.formats.painted.situation import read_ground, situation_from_painted
from encircle.formats.pieces import FRONT, find_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.claims.asking.maps import GivenMap

Json = dict[str, Any]


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
    pieces = [
        {**piece, "geometry": mapping(shapely.set_precision(shapes[piece["id"]], 1e-6))}
        if piece["id"] in shapes else piece
        for piece in question["pieces"]
    ]  # fmt: skip
    drawn: Json = {**question, "pieces": pieces}
    with suppress(EncircleError):  # ground that cannot be drawn is not shown, and is asked about
        drawn["ground"] = _draw_ground(given, question, side)
    return drawn


def _draw_ground(given: GivenMap, question: Json, side: str) -> Json:
    """Draw the map about the first piece, or about the place where it has none."""
    assert given.painted is not None  # noqa: S101 - as above
    place = question.get("place") or {}
    first = next((piece["id"] for piece in question["pieces"]), FRONT)
    return situation_from_painted(
        given.painted, given.border, force_at=[(place["lon"], place["lat"])] if place else [],
        force_in=first, as_of=given.as_of, side=side,
    )  # fmt: skip

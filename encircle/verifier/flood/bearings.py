"""How much of the horizon the enemy holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

from encircle.map.situation import Anchor
from encircle.verifier.ground import GIVE_M, Survey
from encircle.verifier.regions import areas_of, join

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.drawing import Lean


BEARINGS = 720
"""Bearings looked along."""


def share_hostile(survey: Survey, place: BaseGeometry, lean: Lean) -> float:
    """Measure the share of the compass on which the enemy is met first, optimistically."""
    hostile = _horizon(survey, lean)
    anchors = [
        survey.shape(a)
        for a in survey.known.values()
        if isinstance(a, Anchor) and a.side in survey.friends
    ]
    if hostile.intersects(place):
        return 1.0
    if any(anchor.intersects(place) for anchor in anchors):
        return 0.0
    first = _look_round(place, [hostile])
    end = _look_round(place, [survey.extent(), *(a for a in anchors if a.area > 0)])
    return float((first < end).mean())


def _horizon(survey: Survey, lean: Lean) -> BaseGeometry:
    """Draw what is met on the compass; a crack between two drawings hides no horizon."""
    key = ("horizon", lean)
    if key not in survey.drawings:
        ground = survey.ground("optimistic", lean)
        survey.drawings[key] = (
            join(ground.hostile, ground.seam_closed)
            if lean == "closed"
            else areas_of(ground.hostile.buffer(-GIVE_M, quad_segs=2).buffer(GIVE_M, quad_segs=2))
        )
    return cast("BaseGeometry", survey.drawings[key])


def _look_round(place: BaseGeometry, shapes: list[BaseGeometry]) -> np.ndarray:
    """Measure how far off an outline is met on each bearing, metres; infinite where none is."""
    met = np.full(BEARINGS, np.inf)
    rings = [ring for shape in shapes for ring in shapely.get_rings(shapely.get_parts(shape))]
    if not rings:
        return met
    eye = shapely.get_coordinates(place)[0]
    lines = (shapely.get_coordinates(ring) - eye for ring in rings)
    start, end = np.concatenate([np.stack([c[:-1], c[1:]], 1) for c in lines]).transpose(1, 0, 2)
    # Seen from the eye a side spans the bearings between its ends, the short way round.
    step = 2 * np.pi / BEARINGS
    first, last = (np.arctan2(p[:, 1], p[:, 0]) / step - 0.5 for p in (start, end))
    span = (last - first + BEARINGS / 2) % BEARINGS - BEARINGS / 2
    low, high = np.minimum(first, first + span), np.maximum(first, first + span)
    count = np.maximum(np.floor(high) - np.ceil(low) + 1, 0).astype(int)
    side = np.repeat(np.arange(len(start)), count)
    bearing = np.repeat(np.ceil(low).astype(int) - np.cumsum(count) + count, count)
    bearing += np.arange(len(side))
    turn = (bearing + 0.5) * step
    along = end[side] - start[side]
    across = np.cos(turn) * along[:, 1] - np.sin(turn) * along[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        off = (start[side, 0] * along[:, 1] - start[side, 1] * along[:, 0]) / across
    np.minimum.at(met, bearing[across != 0] % BEARINGS, off[across != 0])
    return met

"""Who is served by sea, by air or by a special way, as the map is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import shapely

from encircle.map.situation import Anchor, Barrier, Crossing, Position
from encircle.verifier.flood.flood import STEP_M, Flood, flood_of
from encircle.verifier.ground import SLACK_M, TOLERANCE_M, Survey
from encircle.verifier.path.spans import spans_of
from encircle.verifier.regions import join, minus

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.drawing import Lean
    from encircle.verifier.reading.said import Reading

FACILITIES = {"port": "sea", "airstrip": "air"}
"""What a facility gives, where its side has a base of the kind. Source: contract, 1."""


def find_access(
    survey: Survey, unit: Position, reading: Reading, lean: Lean, *, shut_in: bool = False
) -> dict[str, str]:
    """
    Name what gives a position sea, air or special access, by kind; `closed` only what surely.

    Of whom it is told that it is `shut_in`, no land anchor is reached but by a special way.
    """
    if not _may_be_served(survey):
        return {}
    flood = flood_of(survey, reading, lean, "boat")
    reached = list(flood.spread([unit]))
    found: dict[str, str] = {
        str(a.access): a.id for a in flood.anchors_reached(reached, "sea", "air", "special")
    }
    places = [flood.pieces[piece] for piece in reached]
    join_m = survey.parameters.join_m
    near_m = join_m - STEP_M if flood.sure else join_m + TOLERANCE_M
    for facility in survey.known.values():
        if not isinstance(facility, Crossing) or facility.type not in FACILITIES:
            continue
        access, shape = FACILITIES[facility.type], survey.shape(facility)
        steps = (shapely.shortest_line(shape, p) for p in places if p.distance(shape) <= near_m)
        at_hand = any(_lands(flood, step) for step in steps)
        based = any(
            isinstance(a, Anchor) and a.access == access and a.side in survey.friends
            and survey.counts(a, reading)
            for a in survey.known.values()
        )  # fmt: skip
        held = at_hand and based and _is_held(flood, shape)
        if at_hand and based and not held and survey.is_in_use(facility, reading):
            found[access if facility.permission is None else "special"] = facility.id
    special = _find_special(flood, unit, shut_in=shut_in)
    return {**found, **({"special": special} if special else {})}


def _is_held(flood: Flood, shape: BaseGeometry) -> bool:
    """Tell whether a facility comes to ground of the enemy, perhaps or surely: then he has it."""
    if flood.sure:
        return bool(flood.drawn.hostile.buffer(TOLERANCE_M).intersects(shape))
    wide = [b for b in flood.survey.each(Barrier) if flood.survey.shape(b).area]
    dry = minus(flood.drawn.hostile, *map(flood.survey.shape, wide))
    return bool(dry.buffer(-SLACK_M).intersects(shape))


def _may_be_served(survey: Survey) -> bool:
    """Tell whether anything on the map could serve anybody: most maps draw nothing of the kind."""
    return any(
        isinstance(f, Crossing) or (isinstance(f, Anchor) and f.access != "land")
        for f in survey.known.values()
    )


def _lands(flood: Flood, step: BaseGeometry) -> bool:
    """Tell whether a step from a facility comes ashore past no ground of the enemy, with room."""
    drawings, key = flood.survey.drawings, ("not ashore", flood.reading, flood.lean)
    if key not in drawings:
        drawings[key] = _draw_held(flood)
    held = cast("BaseGeometry", drawings[key])
    return float(step.intersection(held).length) <= (0.0 if flood.sure else STEP_M + SLACK_M)


def _draw_held(flood: Flood) -> BaseGeometry:
    """Draw the ground nobody comes ashore on: what is held, but for water that is not theirs."""
    grey = [flood.drawn.grey] if flood.reading == "pessimistic" else []
    wide = [b for b in flood.survey.each(Barrier) if flood.survey.shape(b).area]
    held = minus(join(flood.drawn.hostile, *grey), *(flood.survey.shape(b) for b in wide))
    return join(held, flood.drawn.hostile)


def _find_special(flood: Flood, unit: Position, *, shut_in: bool) -> str | None:
    """Name an anchor that only tunnels, neutral strips or a third party's leave lead to."""
    survey, reading = flood.survey, flood.reading
    lines = [f for f in survey.known.values() if isinstance(f, Crossing)]
    if not any(survey.is_special(f, reading) or _spans_strip(flood, f) for f in lines):
        return None
    further = Flood(survey, reading, flood.lean, "boat", special=True)
    kinds = ("land", "sea", "air", "special")
    # What is reached without it surely leaves no doubt that it is needed for the rest, or perhaps.
    other = flood_of(survey, reading, "open" if flood.sure else "closed", "boat")
    walked = kinds[1:] if shut_in and flood.sure else kinds
    near = {a.id for a in other.anchors_reached(other.spread([unit]), *walked)}
    far = (a.id for a in further.anchors_reached(further.spread([unit]), *kinds))
    return next((name for name in far if name not in near), None)


def _spans_strip(flood: Flood, crossing: Crossing) -> bool:
    spans = spans_of(flood.survey, flood.drawn, crossing)
    return any(span.intersects(flood.drawn.neutral) for span in spans)

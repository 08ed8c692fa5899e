"""What of a drawing is judged otherwise than it is written: outlines mended, loose ends run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.fronts import find_ties
from encircle.naming import begin
from encircle.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.slips import Sheet

LEAST_LOSS_M2 = 1.0
"""What mending an outline may leave out before it is a loss; m2, as small as a seam's crumbs."""


def find_folded(sheet: Sheet) -> Iterator[Notice]:
    """Find polygons that cross themselves on the plane, so thin that an edge's bend folds them."""
    for feature in sheet.situation.features:
        if feature.id not in sheet.shapes or feature.geometry is None:
            continue
        fold = sheet.plane.find_fold(feature.geometry)
        if fold is None:
            continue
        (lon, lat), lost_m2 = fold
        gone = sheet.shapes[feature.id].is_empty
        what = (
            "has no area left: it is judged as if nobody had drawn it"
            if gone
            else f"was mended, by {lost_m2:.0f} m2"
        )
        yield Notice(
            "outline_mended", "caution" if gone or lost_m2 > LEAST_LOSS_M2 else "info",
            f"The outline of {sheet.names[feature.id]} crosses itself at {lon:.6f}, {lat:.6f} once "
            f"it is drawn in metres, and {what}. Draw its sides there apart, or leave the sliver "
            "out.",
            (feature.id,),
        )  # fmt: skip


def find_loose_ends(sheet: Sheet) -> Iterator[Notice]:
    """Find barriers that end short of what stops beside them, by less than a seam."""
    area = sheet.situation.area
    frame = [] if area is None else [sheet.plane.to_metres(area)]
    held = [sheet.shapes[c.id] for c, what in sheet.controls
            if what.startswith("hostile") or what == "neutral"]  # fmt: skip
    for barrier in sheet.barriers:
        line = sheet.shapes[barrier.id]
        if "Line" not in line.geom_type:
            continue
        others = [sheet.shapes[b.id] for b in sheet.barriers if b is not barrier]
        for whole in frame:
            line = shapely.intersection(line, whole)
        walls = [*held, *others, *(whole.boundary for whole in frame)]
        for gap in find_ties(line, walls, sheet.options.seam_m) if walls else ():
            end = Point(shapely.get_coordinates(gap)[0])
            yield Notice(
                "loose_end_tied", "info",
                f"{begin(sheet.names[barrier.id])} ends at {sheet.say_place(end)}, "
                f"{gap.length:.0f} m short of what stops there too: it is taken to run on to it, "
                "as a gap narrower than a seam is the drawing's. Draw it wider if there is a way "
                "through.", (barrier.id,),
            )  # fmt: skip

"""Where does a line run over an area, followed as it is drawn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def find_runs(line: BaseGeometry, area: BaseGeometry) -> list[LineString]:
    """
    Give the runs of a line within an area, in the order it is drawn.

    An overlay would part the line where it crosses itself; here it goes on.

    Parameters
    ----------
    line
        A line of one or more parts, metres; anything else has no runs.
    area
        Polygons, metres; their edge belongs to them.
    """
    parts = [p for p in shapely.get_parts(line) if p.geom_type == "LineString" and not p.is_empty]
    shapely.prepare(area)
    runs: list[list[tuple[float, float]]] = []
    for part in parts:
        if shapely.covers(area, part):
            runs.append(list(part.coords))
            continue
        runs.append([])
        for start, end in pairwise(part.coords):
            for a, b in _stretches(start, end, area):
                if not runs[-1] or runs[-1][-1] != a:
                    runs.append([a])
                runs[-1].append(b)
    return [LineString(run) for run in runs if len(run) > 1]


def _stretches(
    start: tuple[float, ...], end: tuple[float, ...], area: BaseGeometry
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Give the stretches of one straight leg within an area, from its start on."""
    leg = LineString([start, end])
    if not shapely.intersects(area, leg):
        return []
    within = [p for p in shapely.get_parts(leg.intersection(area)) if p.length > 0.0]
    ends = [sorted(p.coords[:: len(p.coords) - 1], key=lambda c: _off(c, start)) for p in within]
    return sorted(((a, b) for a, b in ends), key=lambda stretch: _off(stretch[0], start))


def _off(place: tuple[float, ...], start: tuple[float, ...]) -> float:
    return float(np.hypot(place[0] - start[0], place[1] - start[1]))

"""A map drawn for one force: what speaks, the ground, and the places that join the routes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from encircle.errors import UnknownForceError
from encircle.map.evidence import admit
from encircle.map.options import Options
from encircle.map.plane.fronts import thicken_slivers
from encircle.map.plane.projection import Plane
from encircle.map.reach import READINGS, measure_reach
from encircle.map.supposition import suppose
from encircle.network.builder import build_network, find_discs, places_of
from encircle.network.ground.drawing import draw
from encircle.network.ground.ground import build_ground
from encircle.network.lines.lines import build_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.map.situation import Position, Situation
    from encircle.network.ground.ground import Ground
    from encircle.network.ground.patches import Drawing
    from encircle.network.lines.values import Stop
    from encircle.network.network import Network


@dataclass(frozen=True)
class Sheet:
    """A map drawn for one force: what speaks, the ground, and the places that join the routes."""

    evidence: Evidence
    shapes: list[tuple[Position, BaseGeometry]]
    outline: list[BaseGeometry]
    ground: Ground
    stops: list[Stop]
    network: Network


def build_network_of(situation: Situation, options: Options | None = None) -> Network:
    """
    Build the labelled network a situation is judged on, for reading or for saving.

    Examples
    --------
    >>> from encircle import read
    >>> G = build_network_of(read("fixtures/trap-tunnel-open/situation.geojson")).to_networkx()
    >>> G.is_multigraph()
    True
    """
    options = options or Options()
    supposed = suppose(situation, options.without, options.assume)
    evidence = admit(supposed, options)
    return draw_sheet(evidence, find_positions(supposed, evidence), options).network


def draw_sheet(evidence: Evidence, positions: Sequence[Position], options: Options) -> Sheet:
    """Draw the evidence, lay it over each other, and join ground and lines."""
    plane = Plane(evidence.situation.origin)
    drawing = draw(evidence, plane, positions[0].side, options)
    drawn = [(p, plane.to_metres(p.geometry)) for p in positions if p.geometry is not None]
    shapes = [(p, thicken_slivers(s) if s.geom_type == "Polygon" else s) for p, s in drawn]
    outline = _outline(shapes, options, drawing.area)
    ground = build_ground(drawing, outline)
    stops = list(_stops(shapes, drawing, options))
    lines = build_lines(evidence, ground, options.join_m, stops)
    network = build_network(ground, lines, shapes, options.join_m)
    return Sheet(evidence, shapes, outline, ground, stops, network)


def find_positions(situation: Situation, evidence: Evidence) -> list[Position]:
    """Find the force's positions that speak at the instant; failing those, all of them."""
    named = situation.positions_of(situation.force)
    if not named:
        raise UnknownForceError(situation.force, situation.forces)
    out = {f.id for f in (*evidence.later, *evidence.expired)}
    speaking = [p for p in named if p.id not in out]
    return speaking or [replace(p, present="unknown") for p in named]


def _stops(
    shapes: Sequence[tuple[Position, BaseGeometry]], drawing: Drawing, options: Options
) -> Iterator[Stop]:
    """Give the places that join the routes near them: the force's positions and its anchors."""
    for position, shape in shapes:
        reach_m = max(measure_reach(position, r, hostile=False) for r in READINGS)
        for place in [shape] if shape.geom_type == "Polygon" else places_of(shape):
            yield place, max(options.join_m, reach_m)
    for _, shape, _ in drawing.anchors:
        if shape.geom_type == "Point":
            yield shape, options.join_m


def _outline(
    shapes: Sequence[tuple[Position, BaseGeometry]], options: Options, area: BaseGeometry
) -> list[BaseGeometry]:
    """Draw the edge of the ground each position of the force stands on, for both readings."""
    outlines = [
        disc.boundary
        for position, shape in shapes
        for place in places_of(shape)
        for disc in find_discs(position, place, shape, options.join_m).values()
    ]
    clipped = [shapely.intersection(outline, area) for outline in outlines]
    return [line for line in clipped if "Line" in line.geom_type and not line.is_empty]

"""The ways that lead out of a ring, and what stops each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import Point

from encircle.network.ground.ground import ON_LINE_M
from encircle.network.ground.states import State, is_passable
from encircle.verdict.proof.path import DECIMALS
from encircle.verdict.values import CutSet, Exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.reach import Reading
    from encircle.network.ground.ground import Ground
    from encircle.network.isolation import Outlook, Searcher
    from encircle.network.lines.values import Piece
    from encircle.network.network import Network


def find_cut_set(
    searcher: Searcher, outlooks: Sequence[Outlook], pockets: Sequence[BaseGeometry]
) -> CutSet:
    """List per mode the routes and crossings that leave the ring, and why each leads nowhere."""
    network, reading = searcher.network, outlooks[0].reading
    whole = shapely.union_all(list(pockets))
    plane = network.ground.drawing.plane
    cut: dict[str, list[Exit]] = {m: [] for m in ("rail", "wheeled", "tracked", "foot", "boat")}
    for route, at, reason in _find_exits(network, whole, reading):
        place = np.round(plane.points_to_degrees([at])[0], DECIMALS).tolist()
        for mode in route.modes:
            if mode in cut:
                cut[mode].append(Exit(route.id, place, reason))
    return CutSet({mode: tuple(exits) for mode, exits in cut.items()})


def _find_exits(
    network: Network, whole: BaseGeometry, reading: Reading
) -> Iterator[tuple[Any, tuple[float, float], str]]:
    """Find where routes and crossings pass the ring outward."""
    skin, join_m = whole.boundary, network.join_m
    around = whole.buffer(ON_LINE_M, quad_segs=2)
    for piece in network.lines.pieces:
        if not shapely.dwithin(piece.line, skin, ON_LINE_M):
            continue
        beyond = shapely.difference(piece.line, whole)
        short = shapely.difference(beyond, around).length <= ON_LINE_M
        if short and (beyond.is_empty or not _goes_on_outside(network, piece, around)):
            continue  # at a flat angle it is on the ring a long way before it is out of it
        at = shapely.get_coordinates(shapely.shortest_line(beyond, skin))[0]
        for route in piece.routes:
            yield route, (float(at[0]), float(at[1])), piece.because[reading] or "barrier"
    yield from _find_ends_of_map(network, whole, reading)
    for span in network.lines.spans:
        if not shapely.dwithin(span.line, skin, join_m):
            continue
        reason: str | None = span.because[reading]
        where = _find_stopping_stretch(network.ground, span.line, reason, reading)
        if reason is None:
            reason, where = _find_obstacle(network, span.line, whole, reading)
        if reason:
            at = shapely.get_coordinates(shapely.shortest_line(where, skin))[0]
            yield span.crossing, (float(at[0]), float(at[1])), reason


def _goes_on_outside(network: Network, piece: Piece, around: BaseGeometry) -> bool:
    """
    Tell whether a road's piece on a ring is the last before it is well outside.

    Ground thinner than two decimetres stops a road on a piece as short; what follows begins clear
    of the ring and is no piece that passes it.
    """
    mine = {route.id for route in piece.routes}
    return any(
        other is not piece
        and {other.start, other.end} & {piece.start, piece.end}
        and mine & {route.id for route in other.routes}
        and not shapely.intersects(other.line, around)
        for other in network.lines.pieces
    )


def _find_ends_of_map(
    network: Network, whole: BaseGeometry, reading: Reading
) -> Iterator[tuple[Any, tuple[float, float], str]]:
    """Find where routes inside the ring run off the map: its edge is part of the ring there."""
    area, plane = network.ground.drawing.area, network.ground.drawing.plane
    around = area.buffer(ON_LINE_M)
    for piece in network.lines.pieces:
        ends = [Point(network.lines.junctions[end]) for end in (piece.start, piece.end)]
        out = [
            e for e in ends if e.dwithin(area.boundary, ON_LINE_M) and e.dwithin(whole, ON_LINE_M)
        ]
        if not out or shapely.difference(piece.line, whole).length > ON_LINE_M:
            continue
        for route in piece.routes:
            beyond = shapely.difference(plane.to_metres(route.drawn), around)
            for end in out:
                if end.dwithin(beyond, 3 * ON_LINE_M):
                    yield route, (end.x, end.y), piece.because[reading] or "edge"


def _find_stopping_stretch(
    ground: Ground, line: BaseGeometry, reason: str | None, reading: Reading
) -> BaseGeometry:
    """Find the part of a crossing that lies on the ground that stops it; else all of it."""
    stopping = {State[name.upper()] for name in ("hostile", "grey", "neutral") if name == reason}
    under = [f for f in ground.faces_under(line) if ground.state[reading][f] in stopping]
    stretch = shapely.intersection(line, ground.unite(under)) if under else line
    return line if stretch.is_empty else stretch


def _find_obstacle(
    network: Network, line: BaseGeometry, whole: BaseGeometry, reading: Reading
) -> tuple[str | None, BaseGeometry]:
    """Say what stops a usable crossing outside the ring, and where; None if it ends inside."""
    ground = network.ground
    ends = [Point(p) for p in shapely.get_coordinates(line)[[0, -1]]]
    end, near = ground.tree.query(ends, "dwithin", network.join_m)
    outside = [i for i, f in enumerate(near) if not whole.contains(ground.points[f])]
    for state in (State.HOSTILE, State.GREY, State.NEUTRAL):
        there = [i for i in outside if ground.state[reading][near[i]] == state]
        if there and not is_passable(state, reading):
            return state.name.lower(), shapely.union_all(
                [ends[i] for i in set(end[there].tolist())]
            )
    by_its_ends = any(e.dwithin(whole, network.join_m) for e in ends)
    if not outside or not (by_its_ends or line.intersects(whole)):
        return None, line  # nobody gets on it from inside
    walls = [wall.shape for wall in ground.drawing.walls if wall.stops[reading]]
    if any(shapely.dwithin(line, wall, network.join_m) for wall in walls):
        return "barrier", line
    return _find_ground_beyond(ground, line, whole, reading)


def _find_ground_beyond(
    ground: Ground, line: BaseGeometry, whole: BaseGeometry, reading: Reading
) -> tuple[str, BaseGeometry]:
    """Say what ground a crossing runs over past a ring, to whose ends nobody inside comes."""
    past = shapely.difference(line, whole)
    under = ground.faces_under(past)
    for state in (State.HOSTILE, State.GREY, State.NEUTRAL):
        faces = [f for f in under if ground.state[reading][f] == state]
        stretch = shapely.intersection(past, ground.unite(faces)) if faces else past
        if faces and not stretch.is_empty and not is_passable(state, reading):
            return state.name.lower(), stretch
    return "barrier", line

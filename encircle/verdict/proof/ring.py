"""The proofs: an open path, or a closed ring, small enough to check by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby, pairwise, permutations
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import Point, Polygon
from shapely.geometry.polygon import orient

from encircle.map.plane.fronts import GRID_M
from encircle.map.plane.projection import length_on_globe_m
from encircle.network.ground.ground import LEAST_RUN_M, ON_LINE_M, stretch_key
from encircle.network.ground.patches import barrier_lines
from encircle.network.ground.states import MODE_BITS, State, is_passable
from encircle.verdict.proof.cut_set import find_cut_set
from encircle.verdict.proof.path import DECIMALS
from encircle.verdict.values import ClosedRing, Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.plane.projection import Plane
    from encircle.map.reach import Reading
    from encircle.network.ground.ground import Ground
    from encircle.network.ground.patches import Wall
    from encircle.network.isolation import Outlook, Searcher
    from encircle.network.network import Network, Standing


LEAST_PROBED_M = 1.0
"""Stretches of a ring shorter than this are held by what touches them, metres."""

Tag = tuple[str, tuple[str, ...]]
UNKNOWN: Tag = ("grey", ())
EDGE: Tag = ("edge", ())
"""A ring runs along the edge of the map: grey beyond it, and told apart from grey on the map."""
"""What holds a piece of a ring, and the features that say so."""


# -- the closed ring -------------------------------------------------------------------------


def certify_closed(
    searcher: Searcher, outlooks: Sequence[Outlook], standings: Sequence[Standing]
) -> ClosedRing:
    """
    Draw the ring round everything the force can reach, each segment with what holds it.

    Parameters
    ----------
    outlooks
        One per position, all on one reading, all closed.
    """
    network, reading = searcher.network, outlooks[0].reading
    inside = _find_inside(network, outlooks)
    inside |= _find_hairs(network.ground, inside, reading)
    pockets = _fence(network, inside, standings)
    plane = network.ground.drawing.plane
    segments: list[Segment] = []
    polygons = []
    for number, (pocket, ground_of) in enumerate(pockets):
        rings = [pocket.exterior, *pocket.interiors]
        written = [_write_ring(network, ring, reading, inside, ground_of) for ring in rings]
        polygons.append([_close(parts) for parts in written])
        for part, parts in enumerate(written):
            segments += [replace(segment, ring=number, part=part) for segment in parts]
    return ClosedRing(
        reading=reading,
        units=tuple(dict.fromkeys(s.position.id for s in standings)),
        polygons=polygons,
        segments=tuple(segments),
        weakest=_find_weakest(segments),
        area_km2=round(sum(_area_km2(polygon, plane) for polygon in polygons), 2),
        cut_set=find_cut_set(searcher, outlooks, [pocket for pocket, _ in pockets]),
    )


def _find_inside(network: Network, outlooks: Sequence[Outlook]) -> set[int]:
    """Give the faces reached."""
    return {v for outlook in outlooks for v in outlook.enclosed if network.is_face(v)}


def _find_hairs(ground: Ground, inside: set[int], reading: Reading) -> set[int]:
    """
    Find the ground thinner than the slack that parts what is inside from what is inside.

    No ring runs along both sides of it: a crack that snapping leaves between two drawings holds
    nothing. What else lies beside it lets nobody through.
    """
    round_m = shapely.length(ground.faces)
    thin = set(np.flatnonzero(2 * shapely.area(ground.faces) < LEAST_RUN_M * round_m).tolist())
    carried = ground.carries(reading)
    shared_m: dict[int, float] = {}
    leaks = set()
    for (x, y, u, v), beside in ground.stretches.items():
        for hair, other in permutations(beside, 2):
            if hair not in thin or hair in inside:
                continue
            if other in inside:
                shared_m[hair] = shared_m.get(hair, 0.0) + GRID_M * math.hypot(u - x, v - y)
            elif carried[other]:
                leaks.add(hair)
    both = {h for h, long_m in shared_m.items() if long_m > round_m[h] / 2 + LEAST_PROBED_M}
    return both - leaks


def _fence(
    network: Network, inside: set[int], standings: Sequence[Standing]
) -> list[tuple[Polygon, int | None]]:
    """
    Fence the faces in: outer rings, and holes only where an anchor lies in them.

    A position on ground that is itself impassable is fenced in where it stands; that ground's
    face is given with the fence. Of what lies off the map, the map has nothing to fence.
    """
    whole = network.ground.unite(sorted(inside))
    anchors = [shape for anchor, shape in network.anchors.values() if anchor.access == "land"]
    pockets: list[tuple[Polygon, int | None]] = []
    for part in shapely.get_parts(whole):
        holes = [
            ring for ring in part.interiors
            if any(shapely.intersects(Polygon(ring), shape) for shape in anchors)
        ]  # fmt: skip
        pockets.append((orient(Polygon(part.exterior, holes)), None))
    alone: list[tuple[Polygon, int | None]] = [
        _fence_in_place(network, s)
        for s in standings
        if s.own_faces and not inside & set(s.own_faces) and not _is_held(network, inside, s)
    ]
    for face in dict.fromkeys(face for _, face in alone):  # two that stand together have one fence
        together = shapely.union_all([fence for fence, other in alone if other == face])
        pockets += [(orient(part), face) for part in shapely.get_parts(together)]
    outer: list[tuple[Polygon, int | None]] = []
    for pocket, face in sorted(pockets, key=lambda pocket: -pocket[0].area):
        if not any(shapely.covers(other, pocket) for other, _ in outer):
            outer.append((pocket, face))
    return outer


def _is_held(network: Network, inside: set[int], standing: Standing) -> bool:
    """Tell whether ground inside the ring is part of a force drawn as a polygon."""
    if not standing.is_drawn or not inside:
        return False
    points = network.ground.points[sorted(inside)]
    return bool(shapely.contains(standing.discs["optimistic"], points).any())


def _fence_in_place(network: Network, standing: Standing) -> tuple[Polygon, int]:
    face = standing.own_faces[0]
    posts = [shape for _, shape in network.anchors.values() if shape.geom_type == "Point"]
    outside = shapely.union_all([network.ground.faces[face].boundary, *posts])
    room = standing.place.distance(outside)
    return orient(standing.place.buffer(max(min(25.0, 0.9 * room), ON_LINE_M))), face


def _write_ring(
    network: Network,
    ring: BaseGeometry,
    reading: Reading,
    inside: set[int],
    ground_of: int | None,
) -> list[Segment]:
    """Write a ring as segments, each a run of boundary held by the same thing."""
    points = shapely.get_coordinates(ring)
    starts, ends = points[:-1], points[1:]
    if ground_of is None:
        beyond = _look_past_slivers(network.ground, starts, ends, reading, inside)
        sides = zip(starts, ends, beyond, strict=True)
        tags = [_tag(network, *side, reading, inside) for side in sides]
    else:
        tags = [_tag_face(network.ground, ground_of, reading)] * len(starts)
    held = _leave_out_crumbs(_fill_in(tags), np.hypot(*np.diff(points, axis=0).T).tolist())
    turn = next((i for i in range(len(held)) if held[i] != held[i - 1]), 0)
    points = np.vstack([points[turn:-1], points[: turn + 1]])
    held = held[turn:] + held[:turn]
    degrees = np.round(network.ground.drawing.plane.points_to_degrees(points), DECIMALS).tolist()
    degrees[-1] = degrees[0]
    turns = [0] + [i for i in range(1, len(held)) if held[i] != held[i - 1]] + [len(held)]
    return [_write_segment(degrees[a : b + 1], *held[a]) for a, b in pairwise(turns)]


def _fill_in(tags: Sequence[Tag | None]) -> list[Tag]:
    """Let a stretch where open ground only touches be held by what holds the stretch before."""
    known = [tag for tag in tags if tag is not None]
    held = known[-1] if known else UNKNOWN
    filled: list[Tag] = []
    for tag in tags:
        held = tag if tag is not None else held
        filled.append(held)
    return filled


def _leave_out_crumbs(held: Sequence[Tag], lengths_m: Sequence[float]) -> list[Tag]:
    """Let a run too short to lie anywhere be held by what holds the stretch before it."""
    kept: list[Tag | None] = []
    for tag, run in groupby(zip(held, lengths_m, strict=True), key=lambda pair: pair[0]):
        long_m = [length_m for _, length_m in run]
        kept += [tag if sum(long_m) > ON_LINE_M else None] * len(long_m)
    return _fill_in(kept) if any(kept) else [*held]


def _write_segment(points: list[list[float]], by: str, evidence: tuple[str, ...]) -> Segment:
    length_m, is_edge = round(length_on_globe_m(points), 1), by == EDGE[0]
    return Segment(points, "grey" if is_edge else by, evidence, length_m, is_edge)


def _tag(  # noqa: PLR0913 - a piece of the ring, and what lies beyond it
    network: Network,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    beyond: list[int],
    reading: Reading,
    inside: set[int],
) -> Tag | None:
    """
    Say what holds one piece of the ring: the ground outside it, or a barrier on it.

    None where two pieces of open ground only touch: too short a stretch to join them.
    """
    ground = network.ground
    outside = beyond or [f for f in _beside(ground, start, end) if f not in inside]
    state = State(int(ground.state[reading][outside[0]])) if outside else None
    if state == State.HOSTILE:
        return "hostile", tuple(ground.evidence_of(outside[0], reading))
    barrier = _barrier_on(ground, start, end, reading, outside)
    if barrier:
        return barrier
    is_free = state is not None and is_passable(state, reading)
    if is_free and not _walls_over(ground, outside[0], reading):
        return None
    return _tag_face(ground, outside[0], reading) if outside else _tag_nothing(ground, start, end)


def _look_past_slivers(
    ground: Ground,
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    reading: Reading,
    inside: set[int],
) -> list[list[int]]:
    """Give the ground a slack outside each piece, if it stops: a sliver before it holds nothing."""
    lengths_m = np.hypot(*(ends - starts).T)
    probed = np.flatnonzero(lengths_m >= LEAST_PROBED_M)
    along = (ends - starts)[probed]
    out = np.stack([along[:, 1], -along[:, 0]], axis=1) * (LEAST_RUN_M / lengths_m[probed, None])
    places = shapely.points((starts + ends)[probed] / 2 + out)  # what is enclosed is on the left
    beyond: list[list[int]] = [[] for _ in starts]
    state = ground.state[reading]
    for number, face in zip(*ground.tree.query(places, "within").tolist(), strict=True):
        if face not in inside and not is_passable(int(state[face]), reading):
            beyond[probed[number]].append(face)
    return beyond


def _tag_nothing(ground: Ground, start: NDArray[np.float64], end: NDArray[np.float64]) -> Tag:
    """Say what lies beside a stretch with no ground on its far side: the map's edge, as a rule."""
    middle = Point((np.asarray(start) + end) / 2)
    return EDGE if shapely.dwithin(ground.drawing.area.boundary, middle, ON_LINE_M) else UNKNOWN


def _tag_face(ground: Ground, face: int, reading: Reading) -> Tag:
    held = _walls_over(ground, face, reading)
    if held and is_passable(int(ground.state[reading][face]), reading):
        by = "sea" if all(w.barrier.type == "coast" for w in held) else "barrier"
        return by, tuple(w.barrier.id for w in held)
    state = State(int(ground.state[reading][face]))
    names = {State.GREY: "grey", State.NEUTRAL: "neutral", State.WATER: "sea"}
    return names.get(state, "hostile"), tuple(ground.evidence_of(face, reading))


def _walls_over(ground: Ground, face: int, reading: Reading) -> list[Wall]:
    """List the barriers drawn over ground that let nobody on it on foot."""
    walls = (ground.drawing.walls[i] for i in ground.enclosing.get(face, []))
    return [wall for wall in walls if wall.stops[reading] & MODE_BITS["foot"]]


def _beside(ground: Ground, start: NDArray[np.float64], end: NDArray[np.float64]) -> list[int]:
    found = ground.stretches.get(stretch_key(start, end))
    if found is None:  # the union ran two pieces of boundary into one
        middle = Point((np.asarray(start) + end) / 2)
        return ground.faces_at(middle)
    return list(found)


def _barrier_on(
    ground: Ground,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    reading: Reading,
    outside: Sequence[int],
) -> tuple[str, tuple[str, ...]] | None:
    middle = Point((np.asarray(start) + end) / 2)
    on = [w for w in barrier_lines(ground.drawing, reading, "foot")
          if shapely.dwithin(w.shape, middle, ON_LINE_M)]  # fmt: skip
    on += [wall for face in outside for wall in _walls_over(ground, face, reading)]
    if not on:
        return None
    by = "sea" if all(w.barrier.type == "coast" for w in on) else "barrier"
    return by, tuple(dict.fromkeys(w.barrier.id for w in on))


def _close(segments: Sequence[Segment]) -> list[list[float]]:
    points: list[list[float]] = []
    for segment in segments:
        points += segment.points[:-1]
    return [*points, points[0]]


def _area_km2(rings: list[list[list[float]]], plane: Plane) -> float:
    shell, *holes = [plane.points_to_metres(ring) for ring in rings]
    return float(Polygon(shell, holes).area / 1e6)


def _find_weakest(segments: Sequence[Segment]) -> int:
    """Name the segment to doubt first: grey before the rest, then the least evidence."""
    order = {"grey": 0, "barrier": 2, "sea": 2, "neutral": 3}
    ranked = [(order.get(s.by, 1), len(s.evidence), -s.length_m, i) for i, s in enumerate(segments)]
    return min(ranked)[-1]

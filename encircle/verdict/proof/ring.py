"""The proofs: an open path, or a closed ring, small enough to check by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby, pairwise, permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.polygon import orient

from encircle.map.plane.projection import length_on_globe_m
from encircle.network.ground.ground import (
    FIRE_MODES,
    FIRE_RANKS,
    GRID_M,
    LEAST_RUN_M,
    MODE_BITS,
    ON_LINE_M,
    State,
    barrier_lines,
    is_passable,
    stretch_key,
)
from encircle.network.isolation import count_disjoint_ways
from encircle.verdict.proof.passage import draw_passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.plane.projection import Plane
    from encircle.map.reach import Reading
    from encircle.network.ground.ground import Ground, Wall
    from encircle.network.isolation import Outlook, Searcher, Way
    from encircle.network.lines.lines import Piece
    from encircle.network.network import Edge, Network, Standing

DECIMALS = 9
"""Decimals of degrees in a certificate: a tenth of a millimetre."""

LEAST_PROBED_M = 1.0
"""Stretches of a ring shorter than this are held by what touches them, metres."""

Json = dict[str, Any]
Tag = tuple[str, tuple[str, ...]]
UNKNOWN: Tag = ("grey", ())
EDGE: Tag = ("edge", ())
"""A ring runs along the edge of the map: grey beyond it, and told apart from grey on the map."""
"""What holds a piece of a ring, and the features that say so."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """A stretch of a way of one kind, on the plane."""

    line: LineString
    by: str
    mode: str
    control: str
    fire: int
    evidence: tuple[str, ...]
    is_step: bool = False
    """It leads from a road's end to a road beside it, be it another stretch of the same."""

    def joins(self, other: _Leg) -> bool:
        """Tell whether two stretches differ in nothing but their place."""
        if self.is_step or other.is_step:
            return False
        return (self.by, self.mode, self.control, self.fire, self.evidence) == (
            other.by, other.mode, other.control, other.fire, other.evidence
        )  # fmt: skip


# -- the open path ---------------------------------------------------------------------------


def certify_open(searcher: Searcher, outlook: Outlook, standings: Sequence[Standing]) -> Json:
    """
    Draw the best way out as a path of legs, each with what it rests on.

    Returns
    -------
    certificate
        The contract's `open`: unit, anchor, mode, legs, length, bottleneck, disjoint ways.
    """
    network, way = searcher.network, outlook.best
    if way is None:
        message = "no open path can be drawn where none is open"
        raise AssertionError(message)
    legs = _merge(_draw_legs(network, way, standings))
    plane = network.ground.drawing.plane
    drawn = _write_legs(legs, plane)
    count, ways, cut = count_disjoint_ways(searcher, [outlook])
    anchor, _ = network.anchors[way.vertices[-1]]
    return {
        "reading": way.reading,
        "unit": _standing_of(way, standings).position.id,
        "anchor": anchor.id,
        "mode": way.mode,
        "legs": drawn,
        "length_m": round(sum(leg["length_m"] for leg in drawn), 1),
        "bottleneck": {"leg": None, "width_m": None, "at": None, "evidence": []},
        "disjoint": {"count": count, "ways": ways, "cut": cut},
    }


def _standing_of(way: Way, standings: Sequence[Standing]) -> Standing:
    return next(s for s in standings if s.vertex == way.vertices[0])


def _draw_legs(network: Network, way: Way, standings: Sequence[Standing]) -> Iterator[_Leg]:
    """Walk the way's edges; runs over open ground are drawn in one piece."""
    mode = "foot" if way.mode == "boat" else way.mode
    standing = _standing_of(way, standings)
    walker = _Walker(network, mode, way.reading, *_start_of(network, way, standing))
    for before, vertex, number in zip(way.vertices, way.vertices[1:], way.edges, strict=False):
        edge = network.edges[number]
        if edge.by == "ground":
            yield from walker.walk(vertex)
        else:
            taken = "boat" if number in way.boats else mode
            yield from walker.travel(edge, taken, forward=edge.u == before)
            walker.run = [vertex] if network.is_face(vertex) else []


def _start_of(network: Network, way: Way, standing: Standing) -> tuple[Point, list[int]]:
    """Say where a way starts, and on what ground: of a drawn force, where its first step is."""
    carried = network.ground.carries(way.reading)
    own = [face for face in standing.own_faces if carried[face]] or list(standing.own_faces)
    if not standing.is_drawn or not way.edges:
        return standing.place, own
    edge, second = network.edges[way.edges[0]], way.vertices[1]
    if network.is_face(second):
        if second in standing.own_faces:
            return standing.place, own
        return Point(network.ground.points[second]), []
    line = _line_of(network, edge, standing.place, forward=edge.u == way.vertices[0])
    start = Point(line.coords[0])
    return start, network.ground.faces_at(start)


@dataclass
class _Walker:
    """Follows a way edge by edge and says what each stretch of it rests on."""

    network: Network
    mode: str
    reading: Reading
    here: Point
    run: list[int]
    """Faces entered since the last route or crossing."""

    def walk(self, vertex: int) -> Iterator[_Leg]:
        """Go over open ground; draw it once something else begins."""
        if self.network.is_face(vertex):
            self.run.append(vertex)
        else:
            yield from self._flush(_place_of(self.network, vertex, self.run))

    def travel(self, edge: Edge, mode: str, *, forward: bool) -> Iterator[_Leg]:
        """Go along a route or over a crossing, after the ground that leads there."""
        line = _line_of(self.network, edge, self.here, forward=forward)
        first = Point(line.coords[0])
        if self.run and first.distance(self.here) > GRID_M:
            yield from self._flush(first)
        self.here = Point(line.coords[-1])
        if edge.by == "join" and self.network.names[edge.u].startswith("position:"):
            # A step of no length gets on where it stands: on the ground of the road itself.
            far = line.length > GRID_M
            faces = self.network.ground.faces_under(line) if far else ()
            yield from self._describe_ground(
                line, faces or self.network.lines.pieces[edge.ref].faces
            )
        else:
            yield _leg_of(self.network, edge, line, mode, self.reading)

    def _flush(self, goal: Point | None) -> Iterator[_Leg]:
        for leg in self._draw_ground(goal):
            self.here = Point(leg.line.coords[-1])
            yield leg

    def _draw_ground(self, goal: Point | None) -> list[_Leg]:
        """Draw a run over open ground, cut where it changes hands or comes under fire."""
        ground = self.network.ground
        if goal is not None and self.here.distance(goal) < GRID_M:
            line = LineString([self.here, goal])
        else:
            walls = barrier_lines(ground.drawing, self.reading, self.mode)
            line = draw_passage(ground, self.run, self.here, goal, walls)
        legs = self._describe_ground(line, self.run)
        if goal is None:  # it ends where the anchor's ground begins, and comes under the fire there
            end = line.coords[-1]
            legs.append(self._describe(LineString([end, end]), self.run[-1]))
        return legs

    def _describe_ground(self, line: LineString, faces: Sequence[int]) -> list[_Leg]:
        cut = _cut_by_faces(line, self.network.ground, faces)
        return [self._describe(part, face) for part, face in cut]

    def _describe(self, part: LineString, face: int) -> _Leg:
        ground = self.network.ground
        state = State(int(ground.state[self.reading][face]))
        rank = int(ground.fire[self.reading][face][FIRE_MODES.index(self.mode)])
        evidence = tuple(ground.evidence_of(face, self.reading))
        return _Leg(part, "ground", self.mode, state.name.lower(), rank, evidence)


def _place_of(network: Network, vertex: int, run: Sequence[int]) -> Point | None:
    """Give the point of a vertex that is not ground; None for an anchor that is ground itself."""
    if vertex in network.anchors:
        shape = network.anchors[vertex][1]
        if shape.geom_type == "Point":
            return Point(shape.coords[0])
        if not run or shape.intersects(network.ground.points[run[-1]]):
            return None
        return Point(shapely.point_on_surface(shape.intersection(network.ground.faces[run[-1]])))
    return Point(network.lines.junctions[vertex - len(network.ground.faces)])


def _line_of(network: Network, edge: Edge, here: Point, *, forward: bool) -> LineString:
    """Give the line an edge travels, in the direction travelled."""
    if edge.line is not None:
        line = edge.line
    elif edge.by == "route":
        line = network.lines.pieces[edge.ref].line
    elif edge.by == "crossing":
        line = network.lines.spans[edge.ref].line
    else:
        return LineString([here, here])
    points = shapely.get_coordinates(line)
    return LineString(points if forward else points[::-1])


def _leg_of(network: Network, edge: Edge, line: LineString, mode: str, reading: Reading) -> _Leg:
    """Say what a step by route, crossing or join rests on."""
    rank = edge.fire[reading][FIRE_MODES.index(mode)]
    evidence = tuple(network.evidence_of(edge, reading, MODE_BITS[mode]))
    if edge.by == "crossing" or edge.beside:
        return _Leg(line, "crossing", mode, "crossing", rank, evidence)
    if edge.ref < 0:
        return _Leg(line, "route", mode, "friendly", rank, evidence)
    faces = network.lines.pieces[edge.ref].faces
    if edge.by == "join":
        faces = tuple(network.ground.faces_along(line)) or faces
    states = [State(network.ground.state[reading][face]) for face in faces]
    state = min(states) if reading == "optimistic" and edge.by == "route" else max(states)
    return _Leg(line, "route", mode, state.name.lower(), rank, evidence, edge.after >= 0)


def _cut_by_faces(
    line: LineString, ground: Ground, run: Sequence[int]
) -> Iterator[tuple[LineString, int]]:
    if line.length < GRID_M:
        yield line, run[-1]
        return
    faces = list(dict.fromkeys(run))
    stops = {0.0, line.length}
    for face in faces:
        met = shapely.intersection(line, ground.faces[face].boundary)
        stops |= {line.project(Point(p)) for p in shapely.get_coordinates(met)}
    ordered = sorted(stops)
    cuts = [ordered[0]] + [b for a, b in pairwise(ordered) if b - a > GRID_M]
    cuts[-1] = line.length
    for a, b in pairwise(cuts):
        middle = line.interpolate((a + b) / 2)
        distances = shapely.distance(ground.faces[faces], middle)
        part = shapely.ops.substring(line, a, b)
        yield LineString(part.coords), faces[int(np.argmin(distances))]


def _merge(legs: Iterator[_Leg]) -> list[_Leg]:
    """Join neighbouring legs that differ in nothing but their place."""
    merged: list[_Leg] = []
    for leg in legs:
        touched = leg.line.length < GRID_M and leg.by != "crossing"
        if touched and merged and leg.fire <= max(one.fire for one in merged):
            continue
        if merged and _is_one_crossing(merged[-1], leg):
            if leg.line.length < GRID_M:
                continue
            if merged[-1].line.length < GRID_M:
                merged[-1] = leg
                continue
        if merged and merged[-1].joins(leg):
            points = [*merged[-1].line.coords, *list(leg.line.coords)[1:]]
            merged[-1] = _Leg(LineString(points), *(getattr(leg, n) for n in _Leg.__slots__[1:]))
        else:
            merged.append(leg)
    if len(merged) > 1 and merged[0].line.length < GRID_M and merged[0].by != "crossing":
        merged = merged[1:]
    return merged


def _is_one_crossing(one: _Leg, other: _Leg) -> bool:
    """Tell whether two stretches pass the same crossing: a step of no length on to it is none."""
    return one.by == other.by == "crossing" and one.evidence[0] == other.evidence[0]


def _write_legs(legs: Sequence[_Leg], plane: Plane) -> list[Json]:
    written: list[Json] = []
    for leg in legs:
        points = _to_degrees(leg.line, plane)
        if written:  # legs share their end points to the last digit
            points[0] = written[-1]["geometry"]["coordinates"][-1]
        written.append(
            {
                "geometry": {"type": "LineString", "coordinates": points},
                "by": leg.by,
                "mode": leg.mode,
                "control": leg.control,
                "fire": FIRE_RANKS[leg.fire],
                "evidence": list(leg.evidence),
                "length_m": round(length_on_globe_m(points), 1),
            }
        )
    return written


def _to_degrees(line: BaseGeometry, plane: Plane) -> list[list[float]]:
    degrees = plane.points_to_degrees(shapely.get_coordinates(line))
    written: list[list[float]] = np.round(degrees, DECIMALS).tolist()
    return written


# -- the closed ring -------------------------------------------------------------------------


def certify_closed(
    searcher: Searcher, outlooks: Sequence[Outlook], standings: Sequence[Standing]
) -> Json:
    """
    Draw the ring round everything the force can reach, each segment with what holds it.

    Parameters
    ----------
    searcher
        The network.
    outlooks
        One per position, all on one reading, all closed.
    standings
        The positions inside.

    Returns
    -------
    certificate
        The contract's `closed`: units, ring, segments, weakest, cut set per mode.
    """
    network, reading = searcher.network, outlooks[0].reading
    inside = _find_inside(network, outlooks)
    inside |= _find_hairs(network.ground, inside, reading)
    pockets = _fence(network, inside, standings)
    plane = network.ground.drawing.plane
    segments, polygons = [], []
    for number, (pocket, ground_of) in enumerate(pockets):
        rings = [pocket.exterior, *pocket.interiors]
        written = [_write_ring(network, ring, reading, inside, ground_of) for ring in rings]
        polygons.append([_close(parts) for parts in written])
        for part, parts in enumerate(written):
            segments += [{"ring": number, "part": part, **segment} for segment in parts]
    kind = "Polygon" if len(polygons) == 1 else "MultiPolygon"
    area = sum(_area_km2(polygon, plane) for polygon in polygons)
    return {
        "reading": reading,
        "units": list(dict.fromkeys(s.position.id for s in standings)),
        "ring": {"type": kind, "coordinates": polygons[0] if kind == "Polygon" else polygons},
        "segments": segments,
        "weakest": _find_weakest(segments),
        "area_km2": round(area, 2),
        "cut_set": find_cut_set(searcher, outlooks, [pocket for pocket, _ in pockets]),
    }


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
) -> list[Json]:
    """Write a ring as segments, each a run of boundary held by the same thing."""
    points = shapely.get_coordinates(ring)
    tags = [
        _tag(network, points[i], points[i + 1], reading, inside)
        if ground_of is None
        else _tag_face(network.ground, ground_of, reading)
        for i in range(len(points) - 1)
    ]
    held = _leave_out_crumbs(_fill_in(tags), np.hypot(*np.diff(points, axis=0).T).tolist())
    turn = next((i for i in range(len(held)) if held[i] != held[i - 1]), 0)
    points = np.vstack([points[turn:-1], points[: turn + 1]])
    held = held[turn:] + held[:turn]
    degrees = np.round(network.ground.drawing.plane.points_to_degrees(points), DECIMALS).tolist()
    degrees[-1] = degrees[0]
    starts = [0] + [i for i in range(1, len(held)) if held[i] != held[i - 1]] + [len(held)]
    return [_write_segment(degrees[a : b + 1], *held[a]) for a, b in pairwise(starts)]


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


def _write_segment(points: list[list[float]], by: str, evidence: tuple[str, ...]) -> Json:
    segment: Json = {
        "geometry": {"type": "LineString", "coordinates": points},
        "by": "grey" if by == EDGE[0] else by,
        "evidence": list(evidence),
        "length_m": round(length_on_globe_m(points), 1),
    }
    return {**segment, "edge_of_the_map": True} if by == EDGE[0] else segment


def _tag(
    network: Network,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    reading: Reading,
    inside: set[int],
) -> Tag | None:
    """
    Say what holds one piece of the ring: the ground outside it, or a barrier on it.

    None where two pieces of open ground only touch: too short a stretch to join them.
    """
    ground = network.ground
    outside = [f for f in _beside(ground, start, end) if f not in inside]
    outside = _look_past_sliver(ground, start, end, reading, inside) or outside
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


def _look_past_sliver(
    ground: Ground,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    reading: Reading,
    inside: set[int],
) -> list[int]:
    """Give the ground a slack outside a stretch, if it stops: a sliver before it holds nothing."""
    length_m = float(np.hypot(*(end - start)))
    if length_m < LEAST_PROBED_M:
        return []
    out = np.array([end[1] - start[1], start[0] - end[0]]) * (LEAST_RUN_M / length_m)
    place = Point((start + end) / 2 + out)  # a ring has what it encloses on its left
    found = [int(f) for f in ground.tree.query(place, "within")]
    stops = [f for f in found if not is_passable(int(ground.state[reading][f]), reading)]
    return [f for f in stops if f not in inside]


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


def _close(segments: Sequence[Json]) -> list[list[float]]:
    points: list[list[float]] = []
    for segment in segments:
        points += segment["geometry"]["coordinates"][:-1]
    return [*points, points[0]]


def _area_km2(rings: list[list[list[float]]], plane: Plane) -> float:
    shell, *holes = [plane.points_to_metres(ring) for ring in rings]
    return float(Polygon(shell, holes).area / 1e6)


def _find_weakest(segments: Sequence[Json]) -> int:
    """Name the segment to doubt first: grey before the rest, then the least evidence."""
    order = {"grey": 0, "barrier": 2, "sea": 2, "neutral": 3}
    ranked = [
        (order.get(s["by"], 1), len(s["evidence"]), -s["length_m"], i)
        for i, s in enumerate(segments)
    ]
    return min(ranked)[-1]


def find_cut_set(
    searcher: Searcher, outlooks: Sequence[Outlook], pockets: Sequence[BaseGeometry]
) -> dict[str, list[Json]]:
    """List per mode the routes and crossings that leave the ring, and why each leads nowhere."""
    network, reading = searcher.network, outlooks[0].reading
    whole = shapely.union_all(list(pockets))
    plane = network.ground.drawing.plane
    cut: dict[str, list[Json]] = {m: [] for m in ("rail", "wheeled", "tracked", "foot", "boat")}
    for route, at, reason in _find_exits(network, whole, reading):
        place = np.round(plane.points_to_degrees([at])[0], DECIMALS).tolist()
        for mode in route.modes:
            if mode in cut:
                cut[mode].append({"id": route.id, "at": place, "because": reason})
    return cut


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
    return ("barrier" if outside else None), line

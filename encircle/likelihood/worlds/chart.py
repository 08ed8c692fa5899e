"""
The network of everything drawn, each step with what it rests on: built once for all worlds.

Long for one reason: it reads each kind of join that the builder lays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point

from encircle.map.reach import READINGS, Reading
from encircle.network.builder import NetworkBuilder
from encircle.network.ground.ground import (
    GRID_M,
    LEAST_SHARED_M,
    ON_LINE_M,
    Ground,
)
from encircle.network.lines.crossings import list_stretches
from encircle.network.lines.lines import build_lines
from encircle.network.lines.values import LAND_BITS, ROUTE_BITS, Lines
from encircle.network.network import FREE, Network

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Doubts, Evidence
    from encircle.map.situation import Crossing, Position, Route
    from encircle.network.ground.patches import Drawing
    from encircle.network.lines.values import Grades, Piece, Stop
    from encircle.network.network import Edge, Standing

EVERY_LEVEL = 0b111
"""Levels of a shift as bits: smaller, as drawn, larger."""
CERTAIN = -1
"""In place of a feature's number: nothing is doubtful about it."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one feature says of a face, and at which levels of its shift it says so."""

    role: int
    feature: int
    shift: int = -1
    surely: int = EVERY_LEVEL
    """Levels at which it speaks."""
    perhaps: int = 0
    """Levels at which it may speak: the map was not drawn at that level."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    What a step of the network rests on: it carries what all of these carry together.

    `faces` are passed over ground, `pieces` along a route (any one of them), `span` over a
    crossing; `walls` must let it through, `under` be passable, `ashore` be no ground that a
    crossing never passes. `anchor` and `alone` name what must be there, and what must not.
    """

    u: int
    v: int
    faces: tuple[int, ...] = ()
    pieces: tuple[int, ...] = ()
    span: int = -1
    at_point: bool = False
    walls: tuple[int, ...] = ()
    under: tuple[int, ...] = ()
    ashore: tuple[int, ...] = ()
    anchor: int = -1
    rivals: tuple[int, ...] = ()
    """Pieces that must all be away: only a route's loose end is joined to its neighbour."""
    kind: str = "ground"
    readings: tuple[Reading, ...] = READINGS
    fire_faces: tuple[int, ...] = ()
    fire_pieces: tuple[int, ...] = ()
    fire_spans: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chart:
    """Everything drawn, as one network whose steps say what they rest on."""

    ground: Ground
    lines: Lines
    network: Network
    steps: tuple[Step, ...]
    words: dict[Reading, list[tuple[Word, ...]]]
    """What is said of each face, per reading."""
    walls: tuple[int, ...]
    """Feature of each wall."""
    routes: dict[str, int]
    """Feature of each route and crossing, anchor and fire, by id."""
    under_span: list[list[tuple[int, ...]]]
    """Faces under each span, stretch by stretch: those beside a boundary it runs on together."""
    zones: list[tuple[int, ...]]
    """Zones of fire over each face."""
    certain: frozenset[str]
    """Features that are not too old to rely on."""
    off_edge: frozenset[int]
    """Crossings that run over the edge of the map, by number."""

    def standings_of(self, position: Position) -> list[Standing]:
        """List the places a position stands at."""
        return [s for s in self.network.standings if s.position.id == position.id]


def build_chart(  # noqa: PLR0913 - the parts of a map
    evidence: Evidence,
    doubts: Doubts,
    ground: Ground,
    shapes: list[tuple[Position, BaseGeometry]],
    stops: Sequence[Stop],
    join_m: float,
    *,
    words: dict[Reading, list[tuple[Word, ...]]],
    absent: frozenset[str] = frozenset(),
    lines: Lines | None = None,
) -> Chart:
    """
    Lay the network of everything drawn, blind to who holds what.

    Parameters
    ----------
    evidence, doubts
        What speaks, and what of it may be wrong.
    ground
        The arrangement of all boundaries.
    shapes, stops, join_m
        As for the network that is judged.
    words
        What is said of each face.
    absent
        Features that are not there in the worlds this chart is for: what a crossing at a point
        spans depends on them.
    lines
        The lines of this evidence on this ground, where they are laid already.
    """
    number = {name: i for i, name in enumerate(doubts.rests_on)}
    known = tuple(w for w in ground.drawing.walls if w.is_line or w.barrier.id not in absent)
    lines = lines or build_lines(evidence, _with_walls(ground, known), join_m, stops)
    builder = _Surveyor(_permit(ground), _open(lines), join_m, set(doubts.rests_on))
    network = builder.build(shapes)
    speaking = {f.id for f in evidence.speaking}
    return Chart(
        ground=ground,
        lines=lines,
        network=network,
        steps=(*builder.list_steps(ground), *builder.list_sea_steps(ground)),
        words=words,
        walls=tuple(number.get(w.barrier.id, CERTAIN) for w in ground.drawing.walls),
        routes={name: number.get(name, CERTAIN) for name in speaking},
        under_span=[list_stretches(s.line, ground) for s in lines.spans],
        zones=_list_zones(ground),
        certain=frozenset(speaking - evidence.stale),
        off_edge=frozenset(
            n
            for n, s in enumerate(lines.spans)
            if not shapely.covers(ground.drawing.area.buffer(ON_LINE_M), s.line)
        ),
    )


def _with_walls(ground: Ground, walls: tuple[object, ...]) -> Ground:
    if len(walls) == len(ground.drawing.walls):
        return ground
    return replace(ground, drawing=replace(ground.drawing, walls=walls))  # type: ignore[arg-type]


def _permit(ground: Ground) -> Ground:
    """Let everybody pass everywhere, each pair of faces apart by the walls between them."""
    n = len(ground.faces)
    drawing: Drawing = ground.drawing
    nothing = dict.fromkeys(READINGS, 0)
    joins = np.array([pair for pair, _ in _join_apart(ground)], dtype=np.int64).reshape(-1, 2)
    open_ = {r: np.zeros(n, dtype=np.int64) for r in READINGS}
    walls = tuple(replace(w, stops=nothing) for w in drawing.walls)
    anchors = tuple((a, shape, readings) for a, shape, readings in drawing.anchors)
    return replace(
        ground,
        drawing=replace(drawing, walls=walls, anchors=anchors),
        state=open_,
        barred=open_,
        joins=joins,
        stopped={r: np.zeros(len(joins), dtype=np.int64) for r in READINGS},
    )


def _join_apart(ground: Ground) -> Iterator[tuple[tuple[int, int], tuple[int, ...]]]:
    """Join faces along shared stretches, apart by which barrier lines run on them."""
    keys = [key for key, beside in ground.stretches.items() if len(beside) == 2]  # noqa: PLR2004
    ends = np.array(keys, dtype=float).reshape(-1, 2, 2) * GRID_M
    lengths = np.hypot(*(ends[:, 1] - ends[:, 0]).T) if keys else np.empty(0)
    on: dict[int, list[int]] = {}
    lines = [(i, w) for i, w in enumerate(ground.drawing.walls) if w.is_line]
    if lines and keys:
        tree = STRtree(shapely.points(ends.mean(axis=1)))
        for i, wall in lines:
            for stretch in tree.query(wall.shape, "dwithin", ON_LINE_M).tolist():
                on.setdefault(stretch, []).append(i)
    shared: dict[tuple[tuple[int, int], tuple[int, ...]], float] = {}
    for stretch, (key, length_m) in enumerate(zip(keys, lengths.tolist(), strict=True)):
        low, high = sorted(ground.stretches[key])
        row = ((low, high), tuple(on.get(stretch, ())))
        shared[row] = shared.get(row, 0.0) + length_m
    yield from (row for row, length_m in shared.items() if length_m > LEAST_SHARED_M)


def _open(lines: Lines) -> Lines:
    """Let every route and crossing carry everything."""
    every = dict.fromkeys(READINGS, LAND_BITS)
    pieces = tuple(replace(p, carries=every) for p in lines.pieces)
    spans = tuple(replace(s, carries=every) for s in lines.spans)
    free = tuple((one, other, every) for one, other, _ in lines.over)
    return replace(lines, pieces=pieces, spans=spans, over=free)


def _list_zones(ground: Ground) -> list[tuple[int, ...]]:
    over: list[list[int]] = [[] for _ in ground.faces]
    if ground.drawing.zones:
        tree = STRtree(ground.points)
        for number, zone in enumerate(ground.drawing.zones):
            for face in tree.query(zone.shape, "intersects").tolist():
                over[face].append(number)
    return [tuple(zones) for zones in over]


class _Surveyor(NetworkBuilder):
    """Builds the network of everything, and reads off each edge what it rests on."""

    def __init__(self, ground: Ground, lines: Lines, join_m: float, doubtful: set[str]) -> None:
        super().__init__(ground, lines, join_m)
        self.doubtful = doubtful

    def _loose_ends(self) -> Iterator[tuple[Point, int, int]]:
        """
        Give every end that is loose in some world: with all that meets it away, and itself there.

        Where a route is merely cut by the boundaries of the ground it meets itself, and that end
        is never loose: on a map of many faces these are nearly all.
        """
        for number, piece in enumerate(self.lines.pieces):
            for end in dict.fromkeys((piece.start, piece.end)):
                vertex = self._junction(end)
                rivals = self._rivals(vertex, number)
                away = {r.id for rival in rivals for r in self.lines.pieces[rival].routes}
                if away <= self.doubtful and not away.issuperset(r.id for r in piece.routes):
                    yield Point(self.lines.junctions[end]), vertex, number

    def _pass(self, line: BaseGeometry, reading: Reading) -> int:  # noqa: ARG002 - everybody passes
        return ROUTE_BITS

    def _lands(self, line: BaseGeometry, reading: Reading) -> bool:  # noqa: ARG002 - as above
        return True

    def _worst_fire(
        self,
        line: BaseGeometry,  # noqa: ARG002 - as above
        faces: Sequence[int],  # noqa: ARG002
        lines: Iterable[Route | Crossing],  # noqa: ARG002
    ) -> Grades:
        return FREE  # a step says what fire it is under

    def _ends_abroad(self, line: BaseGeometry, reading: Reading) -> bool:  # noqa: ARG002
        """Let every anchor stand on neutral ground: who holds it is for the labels to say."""
        return True

    def list_steps(self, ground: Ground) -> Iterator[Step]:
        """Give a step for each edge built; `ground` has the barriers that were lifted."""
        self._real = ground
        self._rows = list(_join_apart(ground))
        self._along = [self._walls_along(piece) for piece in self.lines.pieces]
        self._moored = {v: i for i, v in enumerate(self.anchors)}
        self._at = {v: self._place_faces(shape) for v, (_, shape) in self.anchors.items()}
        self._spanned = {v: n for n, ends in self.span_ends.items() for v in ends}
        rows = iter(self._rows)
        over = iter(self.lines.between)
        route = -1
        for edge in self.edges:
            if edge.by == "route":
                route = edge.ref
            both_faces = edge.by == "ground" and max(edge.u, edge.v) < self.first_junction
            if both_faces:
                yield self._between_faces(edge, next(rows)[1])
            elif self._is_over(edge):
                yield self._over(edge, next(over))
            else:
                yield from self._read(edge, route)

    def _is_over(self, edge: Edge) -> bool:
        plain = edge.by == "join" and edge.line is None and edge.ref < 0
        return plain and edge.u not in self.anchors and edge.v not in self.anchors

    def _between_faces(self, edge: Edge, walls: tuple[int, ...]) -> Step:
        faces = (edge.u, edge.v)
        return Step(edge.u, edge.v, faces=faces, walls=walls, fire_faces=faces)

    def _over(self, edge: Edge, walls: Iterable[object]) -> Step:
        ids = {id(wall) for wall in walls}
        numbers = tuple(i for i, w in enumerate(self._real.drawing.walls) if id(w) in ids)
        return Step(edge.u, edge.v, walls=numbers, kind="over")

    def _read(self, edge: Edge, route: int) -> Iterator[Step]:
        """Say what an edge rests on, by what it joins."""
        u, v = edge.u, edge.v
        readings = tuple(r for r in READINGS if edge.carries[r])
        if edge.by == "route":
            yield Step(u, v, pieces=(edge.ref,), kind="route", fire_pieces=(edge.ref,))
        elif u in self.anchors or v in self.anchors:
            yield from self._read_mooring(edge, readings)
        elif edge.by == "crossing":
            yield self._read_crossing(edge)
        elif edge.by == "join" and u in self._spanned and edge.ref >= 0:
            yield self._land_on_piece(edge)
        elif edge.by == "join" and u in self._spanned:
            walls, under = self._stand_between(edge.line)
            spans = (self._spanned[u], self._spanned[v])
            yield Step(
                u, v, walls=walls, under=under, kind="ends", fire_faces=self._under(edge, under),
                fire_spans=spans,
            )  # fmt: skip
        elif edge.by == "join":
            yield self._read_link(edge, readings)
        elif v < self.first_junction:
            yield Step(u, v, faces=(v,), readings=readings, fire_faces=(v,))
        else:
            yield Step(u, v, faces=(u,), walls=self._along[route], fire_faces=(u,))

    def _read_crossing(self, edge: Edge) -> Step:
        spans = (edge.ref,)
        if edge.line is None:
            faces = tuple(self._real.faces_under(self.lines.spans[edge.ref].line))
            return Step(
                edge.u, edge.v, span=edge.ref, kind="span", fire_faces=faces, fire_spans=spans
            )
        ashore = tuple(self._real.faces_along(edge.line))
        return Step(
            edge.u, edge.v, faces=(edge.v,), span=edge.ref, ashore=ashore, kind="land",
            at_point=self._is_point(edge.ref), fire_faces=ashore or (edge.v,), fire_spans=spans,
        )  # fmt: skip

    def _land_on_piece(self, edge: Edge) -> Step:
        span = self._spanned[edge.u]
        ashore = tuple(self._real.faces_along(edge.line)) if edge.line is not None else ()
        faces = ashore or self.lines.pieces[edge.ref].faces
        return Step(
            edge.u, edge.v, pieces=(edge.ref,), span=span, ashore=ashore, kind="land",
            at_point=self._is_point(span), fire_faces=faces, fire_pieces=(edge.ref,),
            fire_spans=(span,),
        )  # fmt: skip

    def _read_link(self, edge: Edge, readings: tuple[Reading, ...]) -> Step:
        walls, under = self._stand_between(edge.line)
        rivals = self._rivals(edge.u, edge.after) if edge.after >= 0 else ()
        pieces = tuple(n for n in (edge.ref, edge.after) if n >= 0)
        return Step(
            edge.u, edge.v, pieces=pieces, walls=walls, under=under, rivals=rivals,
            kind="link", readings=readings, fire_pieces=pieces,
            fire_faces=self._under(edge, self.lines.pieces[edge.ref].faces),
        )  # fmt: skip

    def _read_mooring(self, edge: Edge, readings: tuple[Reading, ...]) -> Iterator[Step]:
        vertex = edge.u if edge.u in self.anchors else edge.v
        anchor, shape = self.anchors[vertex]
        number, at_point = self._moored[vertex], shape.geom_type == "Point"
        place = self._at[vertex] if at_point else ()
        if edge.by == "crossing":
            end = Point(shapely.get_coordinates(edge.line)[-1])
            yield Step(
                edge.u, edge.v, span=edge.ref, under=tuple(self._real.faces_at(end)),
                anchor=number, kind="gate", readings=readings, fire_spans=(edge.ref,),
            )  # fmt: skip
            return
        if anchor.access == "sea" and not at_point:
            return
        if edge.by == "ground":
            face = edge.v if edge.u == vertex else edge.u
            yield Step(
                edge.u, edge.v, faces=(face,), under=place, anchor=number, readings=readings,
                fire_faces=(face,),
            )  # fmt: skip
        elif edge.line is None:
            other = edge.u if edge.v == vertex else edge.v
            pieces = self._pieces_into(other, vertex)
            yield Step(edge.u, edge.v, pieces=pieces, anchor=number, kind="moor", readings=readings)
        else:
            walls, under = self._stand_between(edge.line)
            piece = self.lines.pieces[edge.ref]
            loose = self._rivals(edge.u, edge.ref) if edge.u != vertex else ()
            yield Step(
                edge.u, edge.v, pieces=(edge.ref,), walls=walls, under=(*under, *place),
                rivals=loose, anchor=number, kind="link", readings=readings,
                fire_faces=self._under(edge, piece.faces), fire_pieces=(edge.ref,),
            )  # fmt: skip

    def list_sea_steps(self, ground: Ground) -> Iterator[Step]:
        """Give the steps from land on to the water of a sea anchor."""
        for vertex, (anchor, shape) in self.anchors.items():
            if anchor.access != "sea" or shape.geom_type == "Point":
                continue
            readings = next(r for a, _, r in ground.drawing.anchors if a.id == anchor.id)
            water = shapely.intersects(shape, ground.points)
            for (u, v), walls in self._rows:
                for land, sea in ((u, v), (v, u)):
                    if water[sea]:
                        kind = "island" if water[land] else "sea"
                        yield Step(
                            vertex, land, faces=(land,), under=(sea,), walls=walls, kind=kind,
                            anchor=self._moored[vertex], readings=readings,
                        )  # fmt: skip

    # what a line meets

    def _is_point(self, span: int) -> bool:
        return self.lines.spans[span].line.geom_type == "Point"

    def _under(self, edge: Edge, faces: Sequence[int]) -> tuple[int, ...]:
        along = self._real.faces_along(edge.line) if edge.line is not None else []
        return tuple(along or faces)

    def _stand_between(self, line: BaseGeometry | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Give the walls a short link touches, and the faces it runs over."""
        if line is None:
            return (), ()
        walls = self._real.drawing.walls
        near = tuple(i for i, w in enumerate(walls) if shapely.dwithin(w.shape, line, ON_LINE_M))
        return near, tuple(self._real.faces_under(line)) if line.length else ()

    def _walls_along(self, piece: Piece) -> tuple[int, ...]:
        if len(piece.faces) < 2:  # noqa: PLR2004 - it runs inside one face
            return ()
        middle = piece.line.interpolate(0.5, normalized=True)
        walls = self._real.drawing.walls
        return tuple(
            i for i, w in enumerate(walls)
            if w.is_line and shapely.dwithin(w.shape, middle, ON_LINE_M)
        )  # fmt: skip

    def _place_faces(self, shape: BaseGeometry) -> tuple[int, ...]:
        if shape.geom_type != "Point":
            return ()
        return tuple(self._real.faces_at(Point(shape.coords[0])))

    @cached_property
    def _meeting(self) -> dict[tuple[float, float], list[int]]:
        meeting: dict[tuple[float, float], list[int]] = {}
        for number, piece in enumerate(self.lines.pieces):
            for end in (piece.start, piece.end):
                meeting.setdefault(self.lines.junctions[end], []).append(number)
        return meeting

    def _rivals(self, vertex: int, piece: int) -> tuple[int, ...]:
        """Give the pieces that make an end no loose one; the piece itself, where it is a loop."""
        met = self._meeting[self.lines.junctions[vertex - self.first_junction]]
        others = [n for n in met if n != piece]
        return tuple(others) + ((piece,) if met.count(piece) > 1 else ())

    def _pieces_into(self, junction: int, anchor: int) -> tuple[int, ...]:
        """Give the pieces that end at a junction beside an anchor and touch its ground."""
        shape = self.anchors[anchor][1]
        inside = set(np.flatnonzero(shapely.intersects(shape, self.ground.points)).tolist())
        number = junction - self.first_junction
        return tuple(
            n for n, p in enumerate(self.lines.pieces)
            if number in (p.start, p.end) and any(f in inside for f in p.faces)
        )  # fmt: skip


def list_words(
    ground: Ground, doubts: Doubts, levels: dict[int, tuple[int, int, tuple[Reading, ...]]]
) -> dict[Reading, list[tuple[Word, ...]]]:
    """
    List what is said of each face, per reading.

    Parameters
    ----------
    ground
        The arrangement; its patches cover the faces.
    doubts
        What may be wrong.
    levels
        For patches that speak at some levels of their feature's shift only: the levels at which
        they speak, those at which they may, and the readings.
    """
    number = {name: i for i, name in enumerate(doubts.rests_on)}
    patches = ground.drawing.patches
    said: dict[Reading, list[tuple[Word, ...]]] = {}
    for reading in READINGS:
        words: list[Word | None] = []
        for i, patch in enumerate(patches):
            surely, perhaps, readings = levels.get(i, (EVERY_LEVEL, 0, patch.readings))
            feature = number.get(patch.feature, CERTAIN)
            shift = doubts.shifted_by.get(patch.feature, -1)
            word = Word(int(patch.role), feature, shift, surely, perhaps)
            words.append(word if reading in readings else None)
        said[reading] = [
            tuple(dict.fromkeys(w for i in ground.members.get(face, ()) if (w := words[i])))
            for face in range(len(ground.faces))
        ]
    return said

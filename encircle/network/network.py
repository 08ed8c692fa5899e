"""Ground and lines as one labelled network: every question is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely

from encircle.map.reach import READINGS, Reading
from encircle.network.ground.ground import ON_LINE_M
from encircle.network.ground.states import COUNTED_HOSTILE, FIRE_MODES, FIRE_RANKS, MODE_BITS, State
from encircle.network.lines.values import LAND_BITS, LANDING, SPECIAL, Lines

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray
    from shapely.geometry import Point
    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Anchor, Position
    from encircle.network.ground.ground import Ground
    from encircle.network.lines.values import Bits, Grades

By = Literal["ground", "route", "crossing", "join"]
FREE: Grades = dict.fromkeys(READINGS, (0,) * len(FIRE_MODES))
"""Fire on an edge of no length of its own."""
Kind = Literal[
    "ground", "route", "over", "link", "span", "land", "ends", "gate", "moor", "sea", "island"
]  # fmt: skip


class Step(NamedTuple):
    """
    What an edge rests on: it carries what all of these carry together.

    `faces` are passed over ground, `pieces` along a route, `span` over a crossing; `walls` must let
    it through, `under` be passable, `ashore` be no ground that a crossing never passes. `anchor`
    numbers what must be there, `rivals` what must not. Fire bears on it by what lies on
    `fire_faces`, and by what the routes and crossings of `fire_pieces` and `fire_spans` state.
    """

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
    apart: bool = False
    """It carries only whom no road leads from one of the pieces to the other."""
    kind: Kind = "ground"
    readings: tuple[Reading, ...] = READINGS
    fire_faces: tuple[int, ...] = ()
    fire_pieces: tuple[int, ...] = ()
    fire_spans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """
    One step of a way: who travels it on each reading, what that rests on, under what fire, how far.

    `ref` numbers the piece or span travelled (-1: none); `line` is drawn where the step is
    neither of these nor open ground. A join may also start at the end of another piece, `after`,
    or of crossings, `beside`.
    """

    u: int
    v: int
    by: By
    carries: Bits
    rests: Step
    fire: Grades = field(default_factory=lambda: FREE)
    length_m: float = 0.0
    ref: int = -1
    line: BaseGeometry | None = None
    after: int = -1
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A position of the force, and the vertex it starts from."""

    position: Position
    place: Point
    vertex: int
    discs: dict[Reading, BaseGeometry]
    own_faces: tuple[int, ...]

    @property
    def is_drawn(self) -> bool:
        """Tell a force drawn as a polygon from one at a place."""
        shape = self.position.geometry
        return shape is not None and shape.geom_type == "Polygon"


@dataclass(frozen=True)
class Network:
    """
    The labelled network of one force's situation.

    Vertices are numbered: faces first, then junctions, ends of crossings, positions, anchors.
    """

    ground: Ground
    lines: Lines
    edges: tuple[Edge, ...]
    names: tuple[str, ...]
    standings: tuple[Standing, ...]
    anchors: dict[int, tuple[Anchor, BaseGeometry]]
    """Anchors by vertex."""
    span_ends: dict[int, tuple[int, int]]
    """Vertices of the two ends of each span."""
    join_m: float
    """What lies within this of a route's or crossing's end is joined to it, metres."""

    @cached_property
    def hostile_ground(self) -> dict[Reading, BaseGeometry]:
        """Ground that is hostile on each reading, in one piece; grey on the pessimistic."""
        state = self.ground.state
        return {r: self.ground.unite(np.isin(state[r], COUNTED_HOSTILE[r])) for r in READINGS}

    @cached_property
    def walls(self) -> dict[Reading, BaseGeometry]:
        """Ground nobody walks on each reading, in one piece."""
        foot = MODE_BITS["foot"]
        return {r: self.ground.unite((self.ground.carries(r) & foot) == 0) for r in READINGS}

    @cached_property
    def at_edge(self) -> frozenset[int]:
        """Vertices at the edge of the area: ground, and where routes run off the map."""
        faces = len(self.ground.faces)
        ends = shapely.points(np.array(self.lines.junctions, dtype=float).reshape(-1, 2))
        out = shapely.dwithin(ends, self.ground.drawing.area.boundary, ON_LINE_M)
        return frozenset(
            np.concatenate([np.flatnonzero(self.ground.on_edge), faces + np.flatnonzero(out)])
            .astype(int)
            .tolist()
        )

    @cached_property
    def at_hand(self) -> list[tuple[list[int], list[tuple[int, list[int]]]]]:
        """Per facility the faces it lies on, and those beside it with the faces in between."""
        ground, found = self.ground, []
        for place in (facility.place for facility in self.lines.facilities):
            beside = ground.tree.query(place, "dwithin", self.join_m).tolist()
            lines = [shapely.shortest_line(place, ground.faces[face]) for face in beside]
            walks = [(f, ground.faces_along(line)) for f, line in zip(beside, lines, strict=True)]
            found.append((ground.tree.query(place, "intersects").tolist(), walks))
        return found

    def adjacency(self) -> list[list[tuple[int, int]]]:
        """List for each vertex its (neighbour, edge) pairs, in both directions."""
        out: list[list[tuple[int, int]]] = [[] for _ in self.names]
        for number, edge in enumerate(self.edges):
            out[edge.u].append((edge.v, number))
            out[edge.v].append((edge.u, number))
        return out

    def is_face(self, vertex: int) -> bool:
        """Tell a face from the other vertices."""
        return vertex < len(self.ground.faces)

    def to_networkx(self) -> nx.MultiGraph[str]:
        """
        Give the network as a graph people can read and save as GraphML or JSON.

        Nodes carry `kind`, `holder` per reading and `at` in degrees; edges carry `by`, `modes`
        per reading, `fire`, `length_m` and `evidence`, all plain text and numbers.
        """
        import networkx as nx  # noqa: PLC0415 - a tenth of a second, and few ask for it

        G: nx.MultiGraph[str] = nx.MultiGraph(crs="WGS 84")
        for vertex, name in enumerate(self.names):
            G.add_node(name, **self._describe(vertex))
        for edge in self.edges:
            G.add_edge(self.names[edge.u], self.names[edge.v], **self._label(edge))
        return G

    def flat(self, reading: Reading) -> dict[str, NDArray[np.int64]]:
        """
        Give the same network as flat arrays (CSR) for kernels.

        Returns
        -------
        arrays
            `indptr` (n + 1,), `indices` (2m,), `edge` (2m,), `carries` (m,) mode bits.
        """
        u = np.array([e.u for e in self.edges] + [e.v for e in self.edges], dtype=np.int64)
        v = np.array([e.v for e in self.edges] + [e.u for e in self.edges], dtype=np.int64)
        order = np.argsort(u, kind="stable")
        counts = np.bincount(u, minlength=len(self.names))
        return {
            "indptr": np.concatenate([[0], np.cumsum(counts)]),
            "indices": v[order],
            "edge": order % max(len(self.edges), 1),
            "carries": np.array([e.carries[reading] for e in self.edges], dtype=np.int64),
        }

    def evidence_of(self, edge: Edge, reading: Reading, bits: int = LAND_BITS) -> list[str]:
        """
        Name the features a step rests on: what is travelled, then what holds the ground.

        Of routes that run together only those that carry any of the modes in `bits` are named.
        """
        if edge.by == "crossing":
            crossed = [self.lines.spans[edge.ref].crossing.id] if edge.ref >= 0 else []
            return list(dict.fromkeys([*crossed, *edge.beside]))
        pieces = [self.lines.pieces[n] for n in (edge.ref, edge.after) if n >= 0]
        ids = [*edge.beside, *(n for piece in pieces for n in piece.witnesses(reading, bits))]
        faces = {face for piece in pieces for face in piece.faces}
        faces |= {v for v in (edge.u, edge.v) if self.is_face(v)}
        if edge.line is not None:
            faces |= set(self.ground.faces_along(edge.line))
        for face in sorted(faces):
            ids += self.ground.evidence_of(face, reading)
        ids += [self.anchors[v][0].id for v in (edge.u, edge.v) if v in self.anchors]
        return list(dict.fromkeys(ids))

    def _describe(self, vertex: int) -> dict[str, str | float]:
        name = self.names[vertex]
        about: dict[str, str | float] = {"kind": name.split(":")[0]}
        if self.is_face(vertex):
            for reading in READINGS:
                about[reading] = State(self.ground.state[reading][vertex]).name.lower()
            about["area_km2"] = round(self.ground.faces[vertex].area / 1e6, 4)
        return about

    def _label(self, edge: Edge) -> dict[str, str | float]:
        label: dict[str, str | float] = {"by": edge.by, "length_m": round(edge.length_m, 1)}
        for reading in READINGS:
            label[f"modes_{reading}"] = " ".join(modes_of(edge.carries[reading]))
        ranks = [FIRE_RANKS[r] or "unmapped" for r in edge.fire["pessimistic"]]
        label["fire"] = " ".join(f"{m}:{g}" for m, g in zip(FIRE_MODES, ranks, strict=True))
        label["evidence"] = " ".join(self.evidence_of(edge, "pessimistic"))
        return label


def modes_of(bits: int) -> list[str]:
    """Spell mode bits out."""
    named = {**MODE_BITS, "special": SPECIAL, "landing": LANDING}
    return [mode for mode, bit in named.items() if bits & bit]

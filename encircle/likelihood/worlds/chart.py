"""The network of everything drawn, each step with what it rests on: built once for all worlds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import shapely
from shapely import STRtree

from encircle.map.reach import READINGS, Reading
from encircle.network.builder import build_network
from encircle.network.ground.ground import ON_LINE_M, Ground
from encircle.network.lines.crossings import list_stretches
from encircle.network.lines.lines import build_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Doubts, Evidence
    from encircle.map.situation import Position
    from encircle.network.lines.values import Lines, Stop
    from encircle.network.network import Network, Standing, Step

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


@dataclass(frozen=True)
class Chart:
    """Everything drawn, as one network whose steps say what they rest on."""

    ground: Ground
    lines: Lines
    network: Network
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

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What each edge of the network rests on, in its order."""
        return tuple(edge.rests for edge in self.network.edges)

    def starts_of(self, position: Position) -> tuple[int, ...]:
        """List the vertices a position starts from."""
        return tuple(s.vertex for s in self.standings_of(position))

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
    network = build_network(ground, lines, shapes, join_m, frozenset(doubts.rests_on))
    speaking = {f.id for f in evidence.speaking}
    return Chart(
        ground=ground,
        lines=lines,
        network=network,
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


def _list_zones(ground: Ground) -> list[tuple[int, ...]]:
    over: list[list[int]] = [[] for _ in ground.faces]
    if ground.drawing.zones:
        tree = STRtree(ground.points)
        for number, zone in enumerate(ground.drawing.zones):
            for face in tree.query(zone.shape, "intersects").tolist():
                over[face].append(number)
    return [tuple(zones) for zones in over]


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

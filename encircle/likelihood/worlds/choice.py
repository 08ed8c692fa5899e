"""Which variable to decide next: one that the way out rests on, and that may be taken away."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

import numpy as np

from encircle.likelihood.worlds.factoring import NeedsDetailError
from encircle.likelihood.worlds.world import ENDS, MODES, OPEN
from encircle.map.reach import READINGS
from encircle.network.ground.states import MODE_BITS
from encircle.network.lines.values import LANDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from encircle.likelihood.worlds.atlas import Atlas
    from encircle.likelihood.worlds.gazer import Gazer
    from encircle.likelihood.worlds.world import World
    from encircle.map.reach import Reading
    from encircle.map.situation import Position
    from encircle.network.network import Step

Variable = tuple[str, int]


class Chooser:
    """Chooses, for the positions asked about, what to decide next."""

    def __init__(self, atlas: Atlas, positions: Sequence[Position], *, by: str = "way") -> None:
        self.atlas, self.positions, self.by = atlas, positions, by
        self._rests: dict[int, list[frozenset[Variable]]] = {}
        self._widths: dict[int, list[int]] = {}

    def choose(self, world: World) -> Variable | None:
        """
        Name the variable to decide next; None where none is left.

        Raises
        ------
        NeedsDetailError
            If only a shift is left to decide, and its middle level is not drawn yet.
        """
        gazer = self.atlas.gazer(world)
        for tally in self._tallies(gazer, world):
            left = self._only_open(tally, world)
            if left:
                variable = max(left, key=lambda v: (v[0] == "item", left[v], self._doubt(v), v))
                if variable[0] == "shift" and not self.atlas.is_fine:
                    raise NeedsDetailError
                return variable
        return None

    def _tallies(self, gazer: Gazer, world: World) -> Iterable[Counter[Variable]]:
        """Count what the difference between best and worst rests on, the nearest cause first."""
        rests = self._list_rests(gazer)
        if self.by in ("way", "fire"):
            for position in self.positions:
                for reading in READINGS:
                    way = self._find_way_lost(gazer, world, reading, position)
                    yield Counter(v for step in way for v in rests[step])
        if self.by == "fire":
            for position in self.positions:
                yield Counter(self._list_fires(gazer, world, position))
        if self.by == "bearings":
            yield self._tally_faces(gazer, world)
        yield self._tally_steps(gazer, world, rests)
        yield Counter(v for step in rests for v in step)
        yield Counter(self._every())

    def _every(self) -> Iterable[Variable]:
        yield from (("item", n) for n in range(len(self.atlas.doubts.items)))
        yield from (("shift", n) for n in range(len(self.atlas.doubts.shifts)))

    def _only_open(self, tally: Counter[Variable], world: World) -> Counter[Variable]:
        return Counter({v: n for v, n in tally.items() if is_open(v, world)})

    def _doubt(self, variable: Variable) -> float:
        kind, number = variable
        if kind == "shift":
            return 0.0
        p = self.atlas.doubts.items[number].middle
        return p * (1.0 - p)

    def _find_way_lost(
        self, gazer: Gazer, world: World, reading: Reading, position: Position
    ) -> list[int]:
        """Give the steps of a way open at the best end that the worst end closes."""
        best, worst = (gazer.view(world, reading, end) for end in ENDS)
        for mode in MODES:
            if gazer.is_open(best, position, mode) and not gazer.is_open(worst, position, mode):
                bits = MODE_BITS[mode] | (MODE_BITS["foot"] | LANDING if mode == "boat" else 0)
                lost = [w & bits != b & bits for b, w in zip(
                    best.labels.carries, worst.labels.carries, strict=True)]  # fmt: skip
                way = find_way(gazer, best.labels.carries, position, bits, lost)
                return [step for step in way if lost[step]]
        return []

    def _list_fires(self, gazer: Gazer, world: World, position: Position) -> Iterator[Variable]:
        """Give the variables that fire on the ways of a position rests on."""
        for reading in READINGS:
            view = gazer.view(world, reading, "best")
            for mode in gazer.open_modes(view, position):
                bits = MODE_BITS[mode] | (MODE_BITS["foot"] | LANDING if mode == "boat" else 0)
                carries = view.labels.carries
                for step in find_way(gazer, carries, position, bits, [False] * len(carries)):
                    yield from self._rests_of_fire(gazer, step)

    def _rests_of_fire(self, gazer: Gazer, number: int) -> Iterator[Variable]:
        step, chart = gazer.chart.steps[number], gazer.chart
        pieces = [chart.lines.pieces[n] for n in (*step.pieces, *step.fire_pieces)]
        faces = {*step.fire_faces, *(face for piece in pieces for face in piece.faces)}
        names = {chart.ground.drawing.zones[z].fire.id for face in faces for z in chart.zones[face]}
        names |= {route.id for piece in pieces for route in piece.routes if route.fire}
        crossed = (chart.lines.spans[n].crossing for n in step.fire_spans)
        names |= {crossing.id for crossing in crossed if crossing.fire}
        for name in sorted(names):
            yield from _rests_of(gazer, name)

    def _tally_steps(
        self, gazer: Gazer, world: World, rests: list[frozenset[Variable]]
    ) -> Counter[Variable]:
        tally: Counter[Variable] = Counter()
        for reading in READINGS:
            best, worst = (gazer.label(world, reading, end) for end in ENDS)
            for step, (b, w) in enumerate(zip(best.carries, worst.carries, strict=True)):
                if b != w:
                    tally.update(rests[step])
        return tally

    def _tally_faces(self, gazer: Gazer, world: World) -> Counter[Variable]:
        """Count the bearings on which each variable has a say."""
        if id(gazer) not in self._widths:
            seen = [gazer.bearings.widths(position.id) for position in self.positions]
            self._widths[id(gazer)] = np.sum(seen, axis=0).tolist()
        tally: Counter[Variable] = Counter()
        for reading in READINGS:
            for face, kind in enumerate(gazer.label(world, reading, "best").faces):
                if kind.hostile[0] != kind.hostile[1]:
                    width = self._widths[id(gazer)][face]
                    tally.update(dict.fromkeys(_rests_of_face(gazer, face), width))
        return tally

    # what a step rests on

    def _list_rests(self, gazer: Gazer) -> list[frozenset[Variable]]:
        if id(gazer) not in self._rests:
            self._rests[id(gazer)] = list_rests(gazer)
        return self._rests[id(gazer)]


def is_open(variable: Variable, world: World) -> bool:
    """Tell whether a variable is not decided in a world."""
    kind, number = variable
    if kind == "item":
        return world.items[number] == OPEN
    return world.levels[number].bit_count() > 1


def find_way(
    gazer: Gazer, carries: Sequence[int], position: Position, bits: int, dear: Sequence[bool]
) -> list[int]:
    """Find a way from a position to a land anchor with few steps that are dear, as its steps."""
    anchors = gazer.chart.network.anchors
    land = {v for v, (a, _) in anchors.items() if a.access == "land"}
    starts = [s.vertex for s in gazer.chart.standings_of(position)]
    came: dict[int, tuple[int, int] | None] = dict.fromkeys(starts)
    cost = dict.fromkeys(starts, 0)
    queue = deque(starts)
    done: set[int] = set()
    while queue:
        here = queue.popleft()
        if here in done:
            continue
        done.add(here)
        if here in land:
            return _trace(came, here)
        if here in anchors:
            continue
        for there, step in gazer.out[here]:
            price = cost[here] + dear[step]
            blocked = there in gazer.starts and there not in starts
            if carries[step] & bits and not blocked and price < cost.get(there, len(carries)):
                cost[there] = price
                came[there] = (here, step)
                (queue.append if dear[step] else queue.appendleft)(there)
    return []


def _trace(came: dict[int, tuple[int, int] | None], end: int) -> list[int]:
    steps = []
    while (before := came[end]) is not None:
        end, step = before
        steps.append(step)
    return steps[::-1]


def list_rests(gazer: Gazer) -> list[frozenset[Variable]]:
    """List the variables each step rests on."""
    faces = [_rests_of_face(gazer, face) for face in range(len(gazer.chart.ground.faces))]
    return [frozenset(_rest(gazer, step, faces)) for step in gazer.chart.steps]


def _rest(gazer: Gazer, step: Step, faces: list[set[Variable]]) -> Iterable[Variable]:
    chart = gazer.chart
    pieces = [chart.lines.pieces[n] for n in (*step.pieces, *step.rivals, *step.fire_pieces)]
    walls: Sequence[int] = step.walls
    if step.apart:  # on where all roads lead
        pieces, walls = list(chart.lines.pieces), range(len(chart.walls))
    crossed = [n for n in (step.span, *step.fire_spans) if n >= 0]
    under = {*step.faces, *step.under, *step.ashore, *step.fire_faces}
    under |= {face for piece in pieces for face in piece.faces}
    under |= {face for n in crossed for faces in chart.under_span[n] for face in faces}
    for face in under:
        yield from faces[face]
    for piece in pieces:
        for route in piece.routes:
            yield from _rests_of(gazer, route.id)
    for number in crossed:
        yield from _rests_of(gazer, chart.lines.spans[number].crossing.id)
    for wall in walls:
        yield from _rests_of(gazer, chart.ground.drawing.walls[wall].barrier.id)
    if step.anchor >= 0:
        yield from _rests_of(gazer, chart.ground.drawing.anchors[step.anchor][0].id)


def _rests_of(gazer: Gazer, feature: str) -> Iterable[Variable]:
    yield from (("item", n) for n in gazer.doubts.rests_on.get(feature, ()))


def _rests_of_face(gazer: Gazer, face: int) -> set[Variable]:
    """Give the variables that who holds a face, what bars it and who fires on it rest on."""
    names = list(gazer.doubts.rests_on)
    found: set[Variable] = set()
    for reading in READINGS:
        for word in gazer.chart.words[reading][face]:
            if word.feature >= 0:
                found.update(_rests_of(gazer, names[word.feature]))
            if word.shift >= 0 and word.surely | word.perhaps:
                found.add(("shift", word.shift))
    for wall in gazer.chart.ground.enclosing.get(face, ()):
        found.update(_rests_of(gazer, gazer.chart.ground.drawing.walls[wall].barrier.id))
    for zone in gazer.chart.zones[face]:
        found.update(_rests_of(gazer, gazer.chart.ground.drawing.zones[zone].fire.id))
    return found

"""Which variable to decide next: one that the way out rests on, and that may be taken away."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

import numpy as np

from encircle.likelihood.worlds.answers import ROWS
from encircle.likelihood.worlds.factoring import NeedsDetailError
from encircle.likelihood.worlds.world import OPEN
from encircle.map.reach import READINGS
from encircle.network.reached import ASKED, LAND_MODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from encircle.likelihood.worlds.atlas import Atlas
    from encircle.likelihood.worlds.gazer import Gazer
    from encircle.likelihood.worlds.rests import Variable
    from encircle.likelihood.worlds.world import World
    from encircle.map.reach import Reading
    from encircle.map.situation import Position


class Chooser:
    """Chooses, for the positions asked about, what to decide next."""

    def __init__(self, atlas: Atlas, positions: Sequence[Position], *, by: str = "way") -> None:
        self.atlas, self.positions, self.by = atlas, positions, by

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
        rests = gazer.rests.of_steps
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
        view, (best, worst) = gazer.look(world), ROWS[reading]
        cases = view.cases(position)
        closed = cases[best].modes - cases[worst].modes
        for mode in (mode for mode in LAND_MODES if mode in closed):
            carried = view.labelling.carries & ASKED[mode]
            lost = (carried[best] != carried[worst]).tolist()
            way = find_way(gazer, carried[best].tolist(), position, lost)
            return [step for step in way if lost[step]]
        return []

    def _list_fires(self, gazer: Gazer, world: World, position: Position) -> Iterator[Variable]:
        """Give the variables that fire on the ways of a position rests on."""
        view = gazer.look(world)
        for best, _ in ROWS.values():
            for mode in view.cases(position)[best].modes:
                carried = (view.labelling.carries[best] & ASKED[mode]).tolist()
                for step in find_way(gazer, carried, position, [False] * len(carried)):
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
            yield from gazer.rests.of_feature(name)

    def _tally_steps(
        self, gazer: Gazer, world: World, rests: list[frozenset[Variable]]
    ) -> Counter[Variable]:
        tally: Counter[Variable] = Counter()
        carries = gazer.look(world).labelling.carries
        for best, worst in ROWS.values():
            for step in np.flatnonzero(carries[best] != carries[worst]).tolist():
                tally.update(rests[step])
        return tally

    def _tally_faces(self, gazer: Gazer, world: World) -> Counter[Variable]:
        """Count the bearings on which each variable has a say."""
        widths = sum(gazer.bearings.widths(p.id) for p in self.positions)
        variables, rests = gazer.rests.table_of_faces
        tally: Counter[Variable] = Counter()
        hostile = gazer.look(world).hostile
        for best, worst in ROWS.values():
            moot = hostile[best] != hostile[worst]
            seen, counts = (rests & moot).any(axis=1), rests @ (widths * moot)
            tally.update({variables[n]: int(counts[n]) for n in np.flatnonzero(seen)})
        return tally


def is_open(variable: Variable, world: World) -> bool:
    """Tell whether a variable is not decided in a world."""
    kind, number = variable
    if kind == "item":
        return world.items[number] == OPEN
    return world.levels[number].bit_count() > 1


def find_way(
    gazer: Gazer, carries: Sequence[int], position: Position, dear: Sequence[bool]
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
            if carries[step] and not blocked and price < cost.get(there, len(carries)):
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

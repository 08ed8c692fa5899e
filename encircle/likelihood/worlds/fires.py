"""Under what fire is the best way, at the least and at the most that the evidence allows."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from encircle.likelihood.worlds.chart import CERTAIN
from encircle.likelihood.worlds.gazer import Gazer, View
from encircle.likelihood.worlds.world import OPEN, TRUE, End
from encircle.network.ground.states import FIRE_MODES, FIRE_RANKS, MODE_BITS, UNMAPPED
from encircle.network.lines.values import combine_fire

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from encircle.likelihood.worlds.labels import Labels
    from encircle.map.reach import Reading
    from encircle.map.situation import Position
    from encircle.network.network import Step

    Ranks = NDArray[np.int64]
    Over = tuple[tuple[tuple[int, ...], ...], tuple[tuple[str, str], ...]]


class Fires:
    """Ranks the fire on the steps of one chart; remembers what it has ranked."""

    def __init__(self, gazer: Gazer) -> None:
        self.gazer, self.chart = gazer, gazer.chart
        self._best: dict[tuple[int, int, str], int | None] = {}
        self._fires: dict[tuple[bytes, Reading, End], Ranks] = {}
        self._limited: dict[tuple[int, int, str, int], View] = {}

    def find_best(self, view: View, position: Position) -> int | None:
        """Give the worst fire on the best way of a position; None where there is no way."""
        key = (view.labels.number, id(self._rank_steps(view.labels)), position.id)
        if key not in self._best:
            self._best[key] = self._search(view, position)
        return self._best[key]

    def _search(self, view: View, position: Position) -> int | None:
        open_ = self.gazer.open_modes(view, position)
        if not open_:
            return None
        for limit in range(len(FIRE_RANKS) - 1):
            if any(
                self.gazer.is_open(self._view_within(view, m, limit), position, m) for m in open_
            ):
                return limit
        return len(FIRE_RANKS) - 1

    def _view_within(self, view: View, mode: str, limit: int) -> View:
        """Search from the anchors by a mode, under no more than a grade of fire."""
        labels = view.labels
        ranks = self._rank_steps(labels)
        key = (labels.number, id(ranks), mode, limit)
        if key not in self._limited:
            carries = self._within(labels, ranks, mode, limit)
            number = self.gazer.numbers.setdefault(carries, len(self.gazer.numbers))
            found = self.gazer.search_back(carries, self.gazer.land_anchors(), (mode,))
            self._limited[key] = View(replace(labels, carries=carries, number=number), found)
        return self._limited[key]

    def _within(self, labels: Labels, ranks: Ranks, mode: str, limit: int) -> tuple[int, ...]:
        """Keep what a mode may use under no more than a grade of fire."""
        bits, boat = np.array(labels.carries), MODE_BITS["boat"]
        walk = FIRE_MODES.index("foot" if mode == "boat" else mode)
        spared = ranks[:, walk] <= limit
        afloat = (ranks[:, FIRE_MODES.index("boat")] <= limit) * (bits & boat)
        return tuple((np.where(spared, bits & ~boat, 0) | afloat).tolist())

    def _rank_steps(self, labels: Labels) -> Ranks:
        """Rank the fire on every step for every mode: the least possible, or the most."""
        distinct, which = self._fire_on
        there = bytes(labels.features[n] for n in self._firing)
        key = (there, labels.reading, labels.end)
        if key not in self._fires:
            rows = [[self._rank(fires, m, labels) for m in FIRE_MODES] for fires in distinct]
            self._fires[key] = np.array(rows)[which]
        return self._fires[key]

    @cached_property
    def _fire_on(self) -> tuple[list[Over | None], list[int]]:
        """Number the different fires that steps are under; None: a step of no length."""
        numbers: dict[Over | None, int] = {}
        which = []
        for step in self.chart.steps:
            free = step.kind in ("over", "moor")
            fires = None if free else self._list_fires(step)
            which.append(numbers.setdefault(fires, len(numbers)))
        return list(numbers), which

    @cached_property
    def _firing(self) -> list[int]:
        """Doubtful features that state a fire, or are one."""
        zones = [zone.fire.id for zone in self.chart.ground.drawing.zones]
        routes = [r.id for p in self.chart.lines.pieces for r in p.routes if r.fire]
        crossed = [s.crossing.id for s in self.chart.lines.spans if s.crossing.fire]
        numbers = (self.chart.routes.get(n, CERTAIN) for n in (*zones, *routes, *crossed))
        return sorted({n for n in numbers if n != CERTAIN})

    def _list_fires(self, step: Step) -> Over:
        """List the zones over each face of a step, and the fires its routes and crossings state."""
        faces = tuple(dict.fromkeys(self.chart.zones[face] for face in step.fire_faces))
        lines = [r for n in step.fire_pieces for r in self.chart.lines.pieces[n].routes]
        crossed = [self.chart.lines.spans[n].crossing for n in step.fire_spans]
        stated = [(r.id, r.fire) for r in lines if r.fire]
        stated += [(c.id, c.fire) for c in crossed if c.fire]
        return faces, tuple(stated)

    def _rank(self, fires: Over | None, mode: str, labels: Labels) -> int:
        """Rank the fire on a step for a mode; where some of it is in doubt, a bound."""
        if fires is None:
            return 0
        faces = [self._fires_over(zones, mode, labels) for zones in fires[0]]
        stated = [(FIRE_RANKS.index(grade), self.gazer.said(n, labels)) for n, grade in fires[1]]
        mapped = max((_weigh_fire(over, labels.end) for over in faces), default=UNMAPPED)
        told = _weigh_fire(stated, labels.end)
        if not any(there == OPEN for some in (*faces, stated) for _, there in some):
            return combine_fire(mapped, told)
        return min(mapped, told) if labels.end == "best" else max(mapped, told)

    def _fires_over(
        self, zones: tuple[int, ...], mode: str, labels: Labels
    ) -> list[tuple[int, int]]:
        """List the fires of zones that bear on a mode, and whether each is there."""
        drawn = (self.chart.ground.drawing.zones[n] for n in zones)
        return [
            (FIRE_RANKS.index(zone.fire.grade), self.gazer.said(zone.fire.id, labels))
            for zone in drawn
            if mode in zone.fire.modes and labels.reading in zone.readings
        ]


def _weigh_fire(fires: list[tuple[int, int]], end: End) -> int:
    """Give the worst of several fires; where some are in doubt, the least or the most it may be."""
    surely = [rank for rank, there in fires if there == TRUE]
    maybe = [rank for rank, there in fires if there == OPEN]
    least = max(surely) if surely else min([UNMAPPED, *maybe])
    most = max([*surely, *maybe] if surely else [UNMAPPED, *maybe])
    return least if end == "best" else most

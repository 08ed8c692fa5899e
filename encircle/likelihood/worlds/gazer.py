"""Worlds seen on one chart, each once: what is there, who reaches what, under what fire."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from weakref import proxy

import numpy as np

from encircle.likelihood.worlds.fires import Fires
from encircle.likelihood.worlds.labels import (
    CASES,
    COUNTED,
    FOE,
    OTHER_END,
    Labeller,
    Labelling,
    hold,
)
from encircle.likelihood.worlds.rests import Rests
from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE, World
from encircle.map.reach import is_bare
from encircle.network.isolation import list_served
from encircle.network.reached import WORST, Reached, carry_within, find_worst_fire, list_starts
from encircle.verdict.contradiction import covers_place, faces_of
from encircle.verdict.margins.exposure import BearingTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from encircle.likelihood.worlds.chart import Chart
    from encircle.map.evidence import Doubts
    from encircle.map.options import Options
    from encircle.map.situation import Position

    Bits = NDArray[np.uint8]
    Bools = NDArray[np.bool_]


class Gazer:
    """Looks at worlds on one chart; remembers what it has seen."""

    def __init__(self, chart: Chart, doubts: Doubts, options: Options) -> None:
        self.chart, self.doubts, self.options = chart, doubts, options
        self.labeller = Labeller(chart)
        self.fires = Fires(chart, self.labeller)
        self.rests = Rests(chart, doubts)
        self.out, self._groups = chart.network.adjacency(), list_starts(chart.network)
        self.starts = {s.vertex for s in chart.network.standings}
        self.looked = 0
        self._features: dict[World, bytes] = {}
        self._views: dict[tuple[bytes, tuple[int, ...]], View] = {}
        self._reached: dict[bytes, Reached] = {}
        self._shares: dict[tuple[bytes, str], float] = {}

    def features_of(self, world: World) -> bytes:
        """Say of each doubtful feature whether it is there in a world."""
        if world not in self._features:
            rests = self.doubts.rests_on.values()
            said = ([world.items[n] for n in numbers] for numbers in rests)
            self._features[world] = bytes(
                TRUE if TRUE in values else OPEN if OPEN in values else FALSE for values in said
            )
        return self._features[world]

    def look(self, world: World, features: bytes | None = None) -> View:
        """Look at a world; `features` stand in for those of the world."""
        key = (self.features_of(world) if features is None else features), world.levels
        if key not in self._views:
            self._views[key] = View(self, self.labeller.label(*key))
            self.looked += len(CASES)
        return self._views[key]

    def reach(self, carries: Bits) -> Reached:
        """Find who reaches what where steps carry so much."""
        key = carries.tobytes()
        if key not in self._reached:
            self._reached[key] = Reached(self.chart.network, self.out, carries, self._groups)
        return self._reached[key]

    @cached_property
    def bearings(self) -> BearingTable:
        """How far off each face lies on each bearing from each standing."""
        return BearingTable(self.chart.network)

    def share_hostile(self, hostile: Bools, anchors: Bools, position: str) -> float:
        """Measure the hostile share of the compass, where some faces are hostile."""
        key = hostile.tobytes() + anchors.tobytes(), position
        if key not in self._shares:
            self._shares[key] = self.bearings.share(position, hostile, anchors)
        return self._shares[key]


class View:
    """One world, or all that agree with it; a question that was answered is remembered."""

    def __init__(self, gazer: Gazer, labelling: Labelling) -> None:
        self.gazer: Gazer = proxy(gazer)  # it holds its views, not they it: all goes with it
        self.labelling = labelling
        self._reached: dict[int, Reached] = {}
        self._cases: dict[str, tuple[Case, ...]] = {}

    def reach(self, worst: int = WORST) -> Reached:
        """Find who reaches what; under no more than a grade of fire, by its rank."""
        if worst not in self._reached:
            carries = self.labelling.carries
            if worst < WORST:
                ranks = self.gazer.fires.rank_steps(self.labelling)
                carries = carry_within(carries, ranks, worst)
            self._reached[worst] = self.gazer.reach(carries)
        return self._reached[worst]

    def cases(self, position: Position) -> tuple[Case, ...]:
        """Give what each case is for a position, in the order of CASES."""
        if position.id not in self._cases:
            rows = range(len(CASES))
            self._cases[position.id] = tuple(Case(self, position, row) for row in rows)
        return self._cases[position.id]

    @cached_property
    def hostile(self) -> Bools:
        """(4, faces) which count as hostile on the compass: at the best end if they surely do."""
        return ~hold(self.labelling.states, ~COUNTED)

    def is_lost(self, position: Position) -> tuple[bool, bool]:
        """
        Tell whether the map gives a place of a bare position to the enemy: surely, and possibly.

        On ground hostile on one reading alone nothing is at odds.
        """
        if not is_bare(position):
            return False, False
        surely = possibly = False
        chart, states = self.gazer.chart, self.labelling.states
        for standing in chart.standings_of(position):
            faces = faces_of(chart.ground, standing)
            sure, maybe = states[:, faces] == FOE, states[:, faces] & FOE > 0
            surely |= covers_place(chart.ground, standing, faces, np.all(sure, axis=0))
            possibly |= covers_place(chart.ground, standing, faces, np.all(maybe, axis=0))
        return surely, possibly


class Case:
    """One position on one reading, at the best or the worst that is possible in a view."""

    def __init__(self, view: View, position: Position, row: int) -> None:
        self.view: View = proxy(view)  # it holds its cases
        self.position, self.row = position, row
        self._starts = view.gazer.chart.starts_of(position)

    @cached_property
    def modes(self) -> frozenset[str]:
        """The land modes by which there is a way."""
        return self.view.reach().modes(self._starts, self.row)

    @property
    def runs_off(self) -> bool:
        """Whether what is reached comes to the edge of the area."""
        return self.view.reach().runs_off(self._starts, self.row)

    @cached_property
    def fire(self) -> int | None:
        """The worst fire on the best way; None where there is no way."""
        return find_worst_fire(self.view.reach, self._starts, self.row, *self.modes)

    @cached_property
    def share_hostile(self) -> float:
        """The hostile share of the compass."""
        view = self.view
        anchors = view.labelling.helps[self.row, view.gazer.labeller.anchors]
        return view.gazer.share_hostile(view.hostile[self.row], anchors, self.position.id)

    @cached_property
    def has_access(self) -> bool:
        """
        Whether sea, landing air or a special way may be open.

        A way that is special in one case may be plain in another, and then leads there as well: in
        doubt any anchor reached is one at the best end, and none by a special way at the worst.
        """
        walked, far = self._find_anchors("walked"), self._find_anchors("far")
        anchors = self.view.gazer.chart.network.anchors
        if any(anchors[v][0].access != "land" for v in walked) or self._is_served():
            return True
        carries = self.view.labelling.carries
        if (carries[self.row] != carries[OTHER_END[self.row]]).any():
            return bool(far) and CASES[self.row][1] == "best"
        return bool(far - walked)

    def _find_anchors(self, asked: str) -> set[int]:
        reached, anchors = self.view.reach(), self.view.gazer.chart.network.anchors
        return {v for v in anchors if reached.is_reached(v, self._starts, self.row, asked)}

    def _is_served(self) -> bool:
        """Tell whether a facility serves the position."""
        view, row, reached = self.view, self.row, self.view.reach()
        landed, helps = view.labelling.landed[row], view.labelling.helps[row]
        served = list_served(
            view.gazer.chart.network,
            CASES[row][0],
            reaches=lambda face: reached.is_reached(face, self._starts, row),
            held=~hold(view.labelling.states, ~FOE)[row],
            lands=lambda faces: bool(landed[faces].all()),
            is_there=lambda name: bool(helps[view.gazer.labeller.number([name])].all()),
        )
        return any(True for _ in served)

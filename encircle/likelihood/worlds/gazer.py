"""Worlds seen on one chart, each once: what is there, who reaches what, under what fire."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from encircle.likelihood.worlds.fires import Fires
from encircle.likelihood.worlds.labels import AT, BEST, CASES, FOE, Labeller, Labelling
from encircle.likelihood.worlds.rests import Rests
from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE, World
from encircle.map.reach import is_bare
from encircle.network.ground.states import FIRE_RANKS
from encircle.network.reached import Reached
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
        self.out = chart.network.adjacency()
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
            self._reached[key] = Reached(self.chart.network, self.out, carries)
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

    @cached_property
    def facilities(self) -> list[tuple[list[int], list[tuple[int, list[int]]]]]:
        """The faces each facility lies on, and those beside it with what lies between."""
        ground, join_m = self.chart.ground, self.chart.network.join_m
        found = []
        for place in (facility.place for facility in self.chart.lines.facilities):
            beside = ground.tree.query(place, "dwithin", join_m).tolist()
            lines = [shapely.shortest_line(place, ground.faces[face]) for face in beside]
            walks = [(f, ground.faces_along(line)) for f, line in zip(beside, lines, strict=True)]
            found.append((ground.tree.query(place, "intersects").tolist(), walks))
        return found


class View:
    """One world, or all that agree with it: each question is asked of a case, as a row."""

    def __init__(self, gazer: Gazer, labelling: Labelling) -> None:
        self.gazer, self.labelling = gazer, labelling
        self._within: dict[int, Reached] = {}

    @cached_property
    def reached(self) -> Reached:
        """Who reaches what."""
        return self.gazer.reach(self.labelling.carries)

    def open_modes(self, position: Position, row: int) -> frozenset[str]:
        """Name the modes by which a position has a way."""
        return self.reached.modes(position.id, row)

    def find_fire(self, position: Position, row: int) -> int | None:
        """Give the worst fire on the best way of a position; None where there is no way."""
        if not self.open_modes(position, row):
            return None
        ranks = range(len(FIRE_RANKS))
        return next(n for n in ranks if self._reach_within(n).modes(position.id, row))

    def _reach_within(self, worst: int) -> Reached:
        """Find who reaches what under no more than a grade of fire, by its rank."""
        if worst not in self._within:
            carries = self.gazer.fires.carry_within(self.labelling, worst)
            self._within[worst] = self.gazer.reach(carries)
        return self._within[worst]

    def has_access(self, position: Position, row: int) -> tuple[bool, bool]:
        """
        Tell whether a position reaches anything besides land anchors.

        Returns
        -------
        plain, special
            An anchor or a facility of the sea or the air; any anchor, by a special way alone.
        """
        reached, anchors = self.reached, self.gazer.chart.network.anchors
        walked = {v for v in anchors if reached.is_reached(v, position.id, row)}
        plain = any(anchors[v][0].access != "land" for v in walked)
        special = any(reached.is_reached(v, position.id, row, "far") for v in set(anchors) - walked)
        return plain or self._is_served(position, row), special

    def leads_anywhere(self, position: Position, row: int) -> bool:
        """Tell whether any anchor is reached, by special ways too."""
        anchors = self.gazer.chart.network.anchors
        return any(self.reached.is_reached(v, position.id, row, "far") for v in anchors)

    def _is_served(self, position: Position, row: int) -> bool:
        """Tell whether a facility works that is at hand, and its side has a base."""
        chart, helps = self.gazer.chart, self.labelling.helps[row]
        reading = CASES[row][0]
        number = self.gazer.labeller.number
        for facility, faces in zip(chart.lines.facilities, self.gazer.facilities, strict=True):
            access = "sea" if facility.crossing.type == "port" else "air"
            bases = [
                anchor.id
                for anchor, _, readings in chart.ground.drawing.anchors
                if anchor.access == access and (facility.special or reading in readings)
            ]
            works = reading in facility.readings and helps[number([facility.crossing.id])].all()
            if works and helps[number(bases)].any() and self._is_at_hand(*faces, position, row):
                return True
        return False

    def _is_at_hand(
        self, on: list[int], beside: list[tuple[int, list[int]]], position: Position, row: int
    ) -> bool:
        """Tell whether a facility is at hand of ground reached, and no hostile ground between."""
        held, landed = self._held[row], self.labelling.landed[row]
        return not held[on].any() and any(
            self.reached.is_reached(face, position.id, row) and landed[ashore].all()
            for face, ashore in beside
        )

    @cached_property
    def _states(self) -> Bits:
        """What each face may be on each reading, as masks."""
        return self.gazer.labeller.kinds.states(self.labelling.kinds)

    @cached_property
    def _held(self) -> Bools:
        """Which faces the enemy holds, at the end of what is possible."""
        states = self._states[AT]
        return np.asarray(np.where(BEST, states == FOE, states & FOE > 0))

    @cached_property
    def hostile(self) -> Bools:
        """Which faces count as hostile on the compass, case by case."""
        return self.gazer.labeller.kinds.hostile(self.labelling.kinds)

    def share_hostile(self, position: Position, row: int) -> float:
        """Measure the hostile share of the compass, at the end of what is possible."""
        anchors = self.labelling.helps[row, self.gazer.labeller.anchors]
        return self.gazer.share_hostile(self.hostile[row], anchors, position.id)

    def is_lost(self, position: Position) -> tuple[bool, bool]:
        """
        Tell whether the map gives a place of a bare position to the enemy: surely, and possibly.

        On ground hostile on one reading alone nothing is at odds.
        """
        if not is_bare(position):
            return False, False
        surely = possibly = False
        chart, states = self.gazer.chart, self._states
        for standing in chart.standings_of(position):
            faces = faces_of(chart.ground, standing)
            sure, maybe = states[:, faces] == FOE, states[:, faces] & FOE > 0
            surely |= covers_place(chart.ground, standing, faces, np.all(sure, axis=0))
            possibly |= covers_place(chart.ground, standing, faces, np.all(maybe, axis=0))
        return surely, possibly

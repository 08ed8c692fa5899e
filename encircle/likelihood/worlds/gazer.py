"""Who reaches what in a world, or may in many at once."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from encircle.likelihood.worlds.chart import CERTAIN, EVERY_LEVEL, Chart, Word
from encircle.likelihood.worlds.labels import Labeller, Labels
from encircle.likelihood.worlds.possible import Possible, find_possible
from encircle.likelihood.worlds.rests import Rests
from encircle.likelihood.worlds.world import FALSE, MODES, OPEN, TRUE, End, World
from encircle.map.reach import READINGS, Reading, is_bare
from encircle.network.ground.states import MODE_BITS, State
from encircle.network.isolation import DRIVEN
from encircle.network.lines.values import LANDING, SPECIAL
from encircle.verdict.contradiction import covers_place, faces_of
from encircle.verdict.margins.exposure import BearingTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Doubts
    from encircle.map.options import Options
    from encircle.map.situation import Position

    Bools = NDArray[np.bool_]

WALKED = MODE_BITS["foot"] | MODE_BITS["boat"] | LANDING
"""What carries a walker, and one who takes a boat."""


@dataclass(frozen=True)
class View:
    """What one labelling lets each position reach."""

    labels: Labels
    reached_by: dict[str, tuple[frozenset[int], frozenset[int]]] = field(repr=False)
    """Per mode, the vertices from which an anchor is reached: without a boat, and with one."""


class Gazer:
    """Looks at worlds on one chart; remembers what it has seen."""

    def __init__(self, chart: Chart, doubts: Doubts, options: Options) -> None:
        self.chart, self.doubts, self.options = chart, doubts, options
        self.uncovered = chart.ground.drawing.uncovered
        self.out = chart.network.adjacency()
        self.starts = {s.vertex for s in chart.network.standings}
        self._boats = any("boat" in s.crossing.modes for s in chart.lines.spans)
        self._groups = {r: self._group(r) for r in READINGS}
        self._labels: dict[tuple[bytes, tuple[int, ...], Reading, End], Labels] = {}
        self.numbers: dict[tuple[int, ...], int] = {}
        self._views: dict[int, View] = {}
        self._open: dict[tuple[int, str], frozenset[str]] = {}
        self._spread: dict[tuple[int, str, int], set[int]] = {}
        self._said_in: dict[World, bytes] = {}
        self._shares: dict[tuple[bytes, str], float] = {}
        self._compass: dict[int, tuple[Bools, Bools, bytes]] = {}
        self._between: dict[tuple[BaseGeometry, int], tuple[int, ...]] = {}
        self.rests = Rests(chart, doubts)
        self.looked = 0

    def _group(self, reading: Reading) -> tuple[list[tuple[Word, ...]], list[int]]:
        """Number the different things said of faces; most faces share theirs with others."""
        distinct: dict[tuple[Word, ...], int] = {}
        which = [distinct.setdefault(w, len(distinct)) for w in self.chart.words[reading]]
        return list(distinct), which

    # what is there

    def features_of(self, world: World) -> bytes:
        """Say of each doubtful feature whether it is there in a world."""
        if world not in self._said_in:
            self._said_in[world] = self._say_features(world)
        return self._said_in[world]

    def _say_features(self, world: World) -> bytes:
        said = bytearray()
        for numbers in self.doubts.rests_on.values():
            values = [world.items[n] for n in numbers]
            said.append(TRUE if TRUE in values else OPEN if OPEN in values else FALSE)
        return bytes(said)

    def label(
        self, world: World, reading: Reading, end: End, features: bytes | None = None
    ) -> Labels:
        """Say what every step carries; `features` stand in for those of the world."""
        features = self.features_of(world) if features is None else features
        key = (features, world.levels, reading, end)
        if key not in self._labels:
            self._labels[key] = Labeller(self, features, world.levels, reading, end).label()
            self.looked += 1
        return self._labels[key]

    def face_kinds(
        self, features: bytes, levels: tuple[int, ...], reading: Reading
    ) -> tuple[Possible, ...]:
        """Say what each face may be."""
        distinct, which = self._groups[reading]
        kinds = [self._weigh(words, features, levels, reading) for words in distinct]
        return tuple(kinds[i] for i in which)

    def _weigh(
        self, words: tuple[Word, ...], features: bytes, levels: tuple[int, ...], reading: Reading
    ) -> Possible:
        said, doubtful = 0, set()
        for word in words:
            there = TRUE if word.feature == CERTAIN else features[word.feature]
            left = levels[word.shift] if word.shift >= 0 else EVERY_LEVEL
            if there == FALSE or not left & (word.surely | word.perhaps):
                continue
            if there == TRUE and not left & ~word.surely:
                said |= word.role
            else:
                doubtful.add(word.role)
        fresh = tuple(sorted(role for role in doubtful if role & ~said))
        return find_possible(said, fresh, reading, self.uncovered)

    # who reaches what

    def view(self, world: World, reading: Reading, end: End, features: bytes | None = None) -> View:
        """Search from the anchors, by each mode."""
        labels = self.label(world, reading, end, features)
        key = labels.number
        if key not in self._views:
            anchors = self.land_anchors()
            self._views[key] = View(labels, self.search_back(labels.carries, anchors))
        seen = self._views[key]
        return seen if seen.labels is labels else View(labels, seen.reached_by)

    def land_anchors(self) -> list[int]:
        """Give the vertices that count as reached by land."""
        return [v for v, (a, _) in self.chart.network.anchors.items() if a.access == "land"]

    def search_back(
        self, carries: Sequence[int], anchors: Sequence[int], modes: Sequence[str] = MODES
    ) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
        """Find from where an anchor is reached, by each mode."""
        found: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
        for mode in modes:
            if mode == "boat":
                if self._boats:
                    found[mode] = self._search_back_by_boat(carries, anchors)
                continue
            found[mode] = (frozenset(self._flood(anchors, carries, MODE_BITS[mode])), frozenset())
        return found

    def _flood(self, sources: Iterable[int], carries: Sequence[int], bits: int) -> set[int]:
        """Flood back from anchors; positions are no thoroughfare, nor are other anchors."""
        seen = set(sources)
        queue = list(seen)
        anchors, starts, out = self.chart.network.anchors, self.starts, self.out
        while queue:
            here = queue.pop()
            for there, step in out[here]:
                if carries[step] & bits and there not in seen and there not in starts:
                    seen.add(there)
                    if there not in anchors:
                        queue.append(there)
        return seen

    def _search_back_by_boat(
        self, carries: Sequence[int], anchors: Sequence[int]
    ) -> tuple[frozenset[int], frozenset[int]]:
        walk, boat = MODE_BITS["foot"] | LANDING, MODE_BITS["boat"]
        seen = {(a, False) for a in anchors}
        queue = deque(seen)
        while queue:
            here, afloat = queue.popleft()
            for there, step in self.out[here]:
                if there in self.starts or there in self.chart.network.anchors:
                    continue
                for bit, boards in ((walk, False), (boat, True)):
                    state = (there, afloat or boards)
                    if carries[step] & bit and state not in seen:
                        seen.add(state)
                        queue.append(state)
        dry = frozenset(v for v, afloat in seen if not afloat)
        return dry, frozenset(v for v, afloat in seen if afloat)

    def is_open(self, view: View, position: Position, mode: str) -> bool:
        """Tell whether a position has a way by a mode."""
        if mode not in view.reached_by:
            return False
        dry, afloat = view.reached_by[mode]
        carries = view.labels.carries
        for standing in self.chart.standings_of(position):
            for there, step in self.out[standing.vertex]:
                bits = carries[step]
                if mode != "boat" and bits & MODE_BITS[mode] and there in dry:
                    return True
                if mode == "boat" and (
                    (bits & (MODE_BITS["foot"] | LANDING) and there in afloat)
                    or (bits & MODE_BITS["boat"] and (there in dry or there in afloat))
                ):
                    return True
        return False

    def open_modes(self, view: View, position: Position) -> frozenset[str]:
        """Name the modes by which a position has a way."""
        key = (view.labels.number, position.id)
        if key not in self._open:
            self._open[key] = frozenset(m for m in MODES if self.is_open(view, position, m))
        return self._open[key]

    def spread(self, labels: Labels, position: Position, bits: int) -> set[int]:
        """Find every vertex a position reaches over steps that carry any of the modes."""
        key = (labels.number, position.id, bits)
        if key not in self._spread:
            self._spread[key] = self._spread_from(labels, position, bits)
        return self._spread[key]

    def _spread_from(self, labels: Labels, position: Position, bits: int) -> set[int]:
        starts = {s.vertex for s in self.chart.standings_of(position)}
        others, anchors = self.starts - starts, self.chart.network.anchors
        seen, queue = set(starts), list(starts)
        while queue:
            here = queue.pop()
            if here in anchors:
                continue
            for there, step in self.out[here]:
                if labels.carries[step] & bits and there not in seen and there not in others:
                    seen.add(there)
                    queue.append(there)
        return seen

    # access beyond land

    def has_access(self, labels: Labels, position: Position) -> tuple[set[str], bool]:
        """
        Tell what a position may reach besides land anchors.

        Returns
        -------
        ids, special
            Anchors and facilities of the sea and the air; whether a special way leads anywhere.
        """
        reached = self.spread(labels, position, WALKED)
        far = self.spread(labels, position, WALKED | SPECIAL)
        anchors = self.chart.network.anchors
        ids = {a.id for v, (a, _) in anchors.items() if v in reached and a.access != "land"}
        ids |= set(self._serve(labels, reached))
        return ids, bool((far - reached) & set(anchors))

    def _serve(self, labels: Labels, reached: set[int]) -> Iterator[str]:
        for facility in self.chart.lines.facilities:
            crossing = facility.crossing
            access = "sea" if crossing.type == "port" else "air"
            based = any(
                anchor.access == access
                and (facility.special or labels.reading in readings)
                and self.is_there(anchor.id, labels)
                for anchor, _, readings in self.chart.ground.drawing.anchors
            )
            works = labels.reading in facility.readings and self.is_there(crossing.id, labels)
            if based and works and self._is_at_hand(labels, facility.place, reached):
                yield crossing.id

    def is_there(self, name: str, labels: Labels) -> bool:
        """Tell whether something the force wants is there, at this end of what is possible."""
        number = self.chart.routes.get(name, CERTAIN)
        there = TRUE if number == CERTAIN else labels.features[number]
        return there == TRUE or (there == OPEN and labels.end == "best")

    def _is_at_hand(self, labels: Labels, place: BaseGeometry, reached: set[int]) -> bool:
        tree, join_m = self.chart.ground.tree, self.chart.network.join_m
        on = tree.query(place, "intersects").tolist()
        held = [
            State.HOSTILE in (kinds := labels.faces[f].states)
            and (labels.end == "worst" or len(kinds) == 1)
            for f in on
        ]
        beside = tree.query(place, "dwithin", join_m).tolist()
        return not any(held) and any(
            face in reached and self._lands(labels, self._walk_to(place, face)) for face in beside
        )

    def _walk_to(self, place: BaseGeometry, face: int) -> tuple[int, ...]:
        """List the faces between a place and ground beside it."""
        if (place, face) not in self._between:
            line = shapely.shortest_line(place, self.chart.ground.faces[face])
            self._between[place, face] = tuple(self.chart.ground.faces_along(line))
        return self._between[place, face]

    def _lands(self, labels: Labels, ashore: tuple[int, ...]) -> bool:
        """Tell whether a walk passes nothing that a crossing never passes; water is no bar."""
        strict, best = labels.reading == "pessimistic", labels.end == "best"
        for face in ashore:
            grey = strict and not (best and face in self.chart.ground.enclosing)
            bad = {State.HOSTILE, State.GREY} if grey else {State.HOSTILE}
            shut = [state in bad for state in labels.faces[face].states]
            if all(shut) if best else any(shut):
                return False
        return True

    def runs_off(self, labels: Labels, position: Position) -> bool:
        """Tell whether the ground or roads a position reaches come to the edge of the area."""
        at_edge = self.chart.network.at_edge
        modes = (WALKED, *(MODE_BITS[mode] for mode in DRIVEN))
        return any(not at_edge.isdisjoint(self.spread(labels, position, bits)) for bits in modes)

    def is_lost(self, labels: Sequence[Labels], position: Position) -> tuple[bool, bool]:
        """
        Tell whether the map gives a place of a bare position to the enemy: surely, and possibly.

        `labels` are those of both readings: on ground hostile on one alone nothing is at odds.
        """
        if not is_bare(position):
            return False, False
        surely = possibly = False
        ground = self.chart.ground
        for standing in self.chart.standings_of(position):
            faces = faces_of(ground, standing)
            kinds = [[one.faces[face].states for one in labels] for face in faces]
            sure = [all(some == {State.HOSTILE} for some in on) for on in kinds]
            maybe = [all(State.HOSTILE in some for some in on) for on in kinds]
            surely |= covers_place(ground, standing, faces, np.array(sure, dtype=bool))
            possibly |= covers_place(ground, standing, faces, np.array(maybe, dtype=bool))
        return surely, possibly

    # the compass

    def said(self, name: str, labels: Labels) -> int:
        """Tell whether a feature is there, not there, or open."""
        number = self.chart.routes.get(name, CERTAIN)
        return TRUE if number == CERTAIN else labels.features[number]

    @cached_property
    def bearings(self) -> BearingTable:
        """How far off each face lies on each bearing from each standing."""
        return BearingTable(self.chart.network)

    def share_hostile(self, labels: Labels, position: Position) -> float:
        """Measure the hostile share of the compass, at the labels' end of what is possible."""
        if id(labels) not in self._compass:
            which = 1 if labels.end == "best" else 0  # best for the force: only what surely is
            hostile = np.array([kind.hostile[which] for kind in labels.faces], dtype=bool)
            anchors = self.chart.ground.drawing.anchors
            there = np.array([self.is_there(a.id, labels) for a, _, _ in anchors], dtype=bool)
            self._compass[id(labels)] = (hostile, there, hostile.tobytes() + there.tobytes())
        hostile, there, seen = self._compass[id(labels)]
        if (seen, position.id) not in self._shares:
            self._shares[seen, position.id] = self.bearings.share(position.id, hostile, there)
        return self._shares[seen, position.id]

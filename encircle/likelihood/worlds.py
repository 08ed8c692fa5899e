"""What holds in a world, or in many at once: the best and the worst that its evidence allows."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Literal

import numpy as np

from encircle.exposure import BearingTable
from encircle.ground import FIRE_MODES, FIRE_RANKS, GROUND_BITS, MODE_BITS, UNMAPPED, State
from encircle.likelihood.chart import CERTAIN, EVERY_LEVEL, Chart, Step, Word
from encircle.likelihood.possible import Possible, find_possible
from encircle.lines import (
    FACILITIES,
    LANDING,
    LAND_BITS,
    ROUTE_BITS,
    SPECIAL,
    carried_ashore,
    combine_fire,
)
from encircle.reach import READINGS, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from encircle.evidence import Doubts
    from encircle.lines import Span
    from encircle.options import Options
    from encircle.situation import Position

Bools = "NDArray[np.bool_]"
Ranks = "NDArray[np.int64]"
"""Fire on every step for every mode, as ranks."""
Fires = tuple[tuple[tuple[int, ...], ...], tuple[tuple[str, str], ...]]
"""Zones over each face of a step, and the fires stated for what it runs on."""
End = Literal["best", "worst"]
"""For the force: whatever is in doubt turns out its way, or against it."""
ENDS: tuple[End, End] = ("best", "worst")
FALSE, TRUE, OPEN = 0, 1, 2
"""What a partial world says of a feature: not there, there, or not said."""
DEFINITIONS = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded")
WALKED = MODE_BITS["foot"] | MODE_BITS["boat"] | LANDING
VEHICLES = ("wheeled", "tracked")
MODES = ("wheeled", "tracked", "rail", "foot", "boat")
F2, F3 = FIRE_RANKS.index("F2"), FIRE_RANKS.index("F3")

Bounds = tuple[bool, bool]
"""Whether something holds surely, and whether it may hold."""


@dataclass(frozen=True, slots=True)
class World:
    """
    A world, or all worlds that agree on what is decided so far.

    `items` gives FALSE, TRUE or OPEN for each item, `levels` the levels left of each shift as bits.
    """

    items: tuple[int, ...]
    levels: tuple[int, ...]

    def settle(self, item: int, value: int) -> World:
        """Decide an item."""
        return World((*self.items[:item], value, *self.items[item + 1 :]), self.levels)

    def shift(self, number: int, level: int) -> World:
        """Decide a shift: 0 is smaller, 1 as drawn, 2 larger."""
        levels = (*self.levels[:number], 1 << level, *self.levels[number + 1 :])
        return World(self.items, levels)


@dataclass(frozen=True)
class Labels:
    """What every step carries on one reading, at one end of what is possible."""

    reading: Reading
    end: End
    number: int
    """The same for the same carries."""
    carries: tuple[int, ...]
    faces: tuple[Possible, ...]
    passable: tuple[bool, ...]
    features: bytes
    levels: tuple[int, ...]


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
        self.out: list[list[tuple[int, int]]] = [[] for _ in chart.network.names]
        for number, step in enumerate(chart.steps):
            self.out[step.u].append((step.v, number))
            self.out[step.v].append((step.u, number))
        self.starts = {s.vertex for s in chart.network.standings}
        self.anchor_vertices = list(chart.network.anchors)
        self.boats = any(
            step.kind == "span" and "boat" in chart.lines.spans[step.span].crossing.modes
            for step in chart.steps
        ) or any("boat" in s.crossing.modes for s in chart.lines.spans)
        self._groups = {r: self._group(r) for r in READINGS}
        self._labels: dict[tuple[bytes, tuple[int, ...], Reading, End], Labels] = {}
        self.numbers: dict[tuple[int, ...], int] = {}
        self._views: dict[int, View] = {}
        self._open: dict[tuple[int, str], frozenset[str]] = {}
        self._best_fire: dict[tuple[int, int, str], int | None] = {}
        self._fires: dict[tuple[bytes, Reading, End], Ranks] = {}
        self._limited: dict[tuple[int, int, str, int], View] = {}
        self._spread: dict[tuple[int, str, int], set[int]] = {}
        self._said_in: dict[World, bytes] = {}
        self._shares: dict[tuple[bytes, str], float] = {}
        self._compass: dict[int, tuple[Bools, Bools, bytes]] = {}
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
            self._labels[key] = _Labeller(self, features, world.levels, reading, end).label()
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

    def view(
        self, world: World, reading: Reading, end: End, features: bytes | None = None
    ) -> View:
        """Search from the anchors, by each mode."""
        labels = self.label(world, reading, end, features)
        key = labels.number
        if key not in self._views:
            anchors = self._land_anchors()
            self._views[key] = View(labels, self._search_back(labels.carries, anchors))
        seen = self._views[key]
        return seen if seen.labels is labels else View(labels, seen.reached_by)

    def _land_anchors(self) -> list[int]:
        return [v for v, (a, _) in self.chart.network.anchors.items() if a.access == "land"]

    def _search_back(
        self, carries: Sequence[int], anchors: Sequence[int], modes: Sequence[str] = MODES
    ) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
        found: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
        for mode in modes:
            if mode == "boat":
                if self.boats:
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

    def _is_at_hand(self, labels: Labels, place: object, reached: set[int]) -> bool:
        tree, join_m = self.chart.ground.tree, self.chart.network.join_m
        on = tree.query(place, "intersects").tolist()
        held = [
            State.HOSTILE in (kinds := labels.faces[f].states)
            and (labels.end == "worst" or len(kinds) == 1)
            for f in on
        ]
        beside = tree.query(place, "dwithin", join_m).tolist()
        return not any(held) and any(face in reached for face in beside)

    def runs_off(self, labels: Labels, position: Position) -> bool:
        """Tell whether the ground a position reaches touches the edge of the area."""
        walked = self.spread(labels, position, WALKED)
        driven = self.spread(labels, position, MODE_BITS["tracked"])
        faces = len(self.chart.ground.faces)
        on_edge = self.chart.ground.on_edge
        return any(on_edge[v] for v in walked | driven if v < faces)

    # fire and bearings

    def best_fire(self, view: View, position: Position) -> int | None:
        """Give the worst fire on the best way of a position; None where there is no way."""
        key = (view.labels.number, id(self._rank_steps(view.labels)), position.id)
        if key not in self._best_fire:
            self._best_fire[key] = self._find_best_fire(view, position)
        return self._best_fire[key]

    def open_modes(self, view: View, position: Position) -> frozenset[str]:
        """Name the modes by which a position has a way."""
        key = (view.labels.number, position.id)
        if key not in self._open:
            self._open[key] = frozenset(m for m in MODES if self.is_open(view, position, m))
        return self._open[key]

    def _find_best_fire(self, view: View, position: Position) -> int | None:
        open_ = self.open_modes(view, position)
        if not open_:
            return None
        for limit in range(len(FIRE_RANKS) - 1):
            if any(self.is_open(self._view_within(view, m, limit), position, m) for m in open_):
                return limit
        return len(FIRE_RANKS) - 1

    def _view_within(self, view: View, mode: str, limit: int) -> View:
        """Search from the anchors by a mode, under no more than a grade of fire."""
        labels = view.labels
        ranks = self._rank_steps(labels)
        key = (labels.number, id(ranks), mode, limit)
        if key not in self._limited:
            carries = self._within(labels, ranks, mode, limit)
            number = self.numbers.setdefault(carries, len(self.numbers))
            found = self._search_back(carries, self._land_anchors(), (mode,))
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
    def _fire_on(self) -> tuple[list[Fires | None], list[int]]:
        """Number the different fires that steps are under; None: a step of no length."""
        numbers: dict[Fires | None, int] = {}
        which = []
        for step in self.chart.steps:
            free = step.kind in ("over", "moor", "sea")
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

    def _list_fires(self, step: Step) -> Fires:
        """List the zones over each face of a step, and the fires its routes and crossings state."""
        faces = tuple(dict.fromkeys(self.chart.zones[face] for face in self._faces_of(step)))
        lines = [r for n in step.fire_pieces for r in self.chart.lines.pieces[n].routes]
        crossed = [self.chart.lines.spans[n].crossing for n in step.fire_spans]
        stated = tuple((one.id, one.fire) for one in (*lines, *crossed) if one.fire)
        return faces, stated

    def _rank(self, fires: Fires | None, mode: str, labels: Labels) -> int:
        """Rank the fire on a step for a mode; where some of it is in doubt, a bound."""
        if fires is None:
            return 0
        faces = [self._fires_over(zones, mode, labels) for zones in fires[0]]
        stated = [(FIRE_RANKS.index(grade), self._said(n, labels)) for n, grade in fires[1]]
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
            (FIRE_RANKS.index(zone.fire.grade), self._said(zone.fire.id, labels))
            for zone in drawn
            if mode in zone.fire.modes and labels.reading in zone.readings
        ]

    def _faces_of(self, step: Step) -> tuple[int, ...]:
        if step.kind == "route":
            return self.chart.lines.pieces[step.pieces[0]].faces
        return step.fire_faces

    def _said(self, name: str, labels: Labels) -> int:
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


def _weigh_fire(fires: list[tuple[int, int]], end: End) -> int:
    """Give the worst of several fires; where some are in doubt, the least or the most it may be."""
    surely = [rank for rank, there in fires if there == TRUE]
    maybe = [rank for rank, there in fires if there == OPEN]
    least = max(surely) if surely else min([UNMAPPED, *maybe])
    most = max([*surely, *maybe] if surely else [UNMAPPED, *maybe])
    return least if end == "best" else most


class _Labeller:
    """Labels every step of one chart once."""

    def __init__(
        self,
        gazer: Gazer,
        features: bytes,
        levels: tuple[int, ...],
        reading: Reading,
        end: End,
    ) -> None:
        self.chart, self.features, self.reading, self.end = gazer.chart, features, reading, end
        self.levels, self.numbers = levels, gazer.numbers
        self.best = end == "best"
        self.faces = gazer.face_kinds(features, levels, reading)
        which = 0 if self.best else 1
        self.passable = tuple(kind.passable[which] for kind in self.faces)
        self.afloat = tuple(kind.afloat[which] for kind in self.faces)
        self.stops = [self._stop(i) for i in range(len(self.chart.walls))]
        self.barred = self._bar()
        self.ground = [
            GROUND_BITS & ~barred if passed else 0
            for passed, barred in zip(self.passable, self.barred, strict=True)
        ]

    def label(self) -> Labels:
        lines = self.chart.lines
        self.pieces = [self._carry_piece(n) for n in range(len(lines.pieces))]
        self.spans = [self._carry_span(n) for n in range(len(lines.spans))]
        self.there = [
            self._is_there(a.id) and self.reading in readings
            for a, _, readings in self.chart.ground.drawing.anchors
        ]
        carries = tuple(self._carry(step) for step in self.chart.steps)
        number = self.numbers.setdefault(carries, len(self.numbers))
        return Labels(
            self.reading, self.end, number, carries, self.faces, self.passable, self.features,
            self.levels,
        )  # fmt: skip

    def _is_there(self, name: str) -> bool:
        """Tell whether something that helps the force is there, at this end."""
        number = self.chart.routes.get(name, CERTAIN)
        there = TRUE if number == CERTAIN else self.features[number]
        return there == TRUE or (there == OPEN and self.best)

    def _stop(self, wall: int) -> int:
        number = self.chart.walls[wall]
        there = TRUE if number == CERTAIN else self.features[number]
        if there == FALSE or (there == OPEN and self.best):
            return 0
        return self.chart.ground.drawing.walls[wall].stops[self.reading]

    def _bar(self) -> list[int]:
        barred = [0] * len(self.faces)
        for face, walls in self.chart.ground.enclosing.items():
            for wall in walls:
                barred[face] |= self.stops[wall]
        return barred

    def _carry_piece(self, number: int) -> int:
        piece = self.chart.lines.pieces[number]
        passed = [self.passable[face] for face in piece.faces]
        if not (any(passed) if self.reading == "optimistic" else all(passed)):
            return 0
        bits = 0
        for route in piece.routes:
            if self._is_there(route.id) and not self._is_closed(route.id, route.state):
                bits |= sum(MODE_BITS[mode] for mode in route.modes)
        barred = -1
        for face in piece.faces:
            barred &= self.barred[face]
        return bits & ~barred

    def _is_closed(self, name: str, state: str) -> bool:
        certain = name in self.chart.certain
        if state == "cut" and certain:
            return True
        return (state == "unknown" or not certain) and self.reading == "pessimistic"

    def _carry_span(self, number: int) -> int:
        span = self.chart.lines.spans[number]
        crossing = span.crossing
        if not self._is_there(crossing.id) or crossing.permission == "enemy":
            return 0
        if self._is_closed(crossing.id, crossing.state):
            return 0
        if crossing.type == "tunnel":
            return SPECIAL
        bits = [self._span_over(case, span) for case in self._list_cases(number, span)]
        return reduce(or_ if self.best else and_, bits)

    def _list_cases(self, number: int, span: Span) -> Iterator[frozenset[State]]:
        """List what a crossing may span, as sets of states: all together, best or worst."""
        under = self.chart.under_span[number]
        kinds = [self._spanned(face) for face in under]
        beyond = {State.GREY} if number in self.chart.off_edge else set()
        if span.line.geom_type == "Point" and len(under) > 1:  # its better side counts
            if all(len(kind) == 1 for kind in kinds):
                yield frozenset({min(beyond.union(*kinds))})
            else:
                yield from (frozenset({state, *beyond}) for kind in kinds for state in kind)
            return
        cases = {frozenset(beyond)}
        for kind in kinds:
            cases = {case | {state} for case in cases for state in kind}
        yield from cases

    def _spanned(self, face: int) -> frozenset[State]:
        """Give what a face may be to a crossing over it: water nobody holds is just water."""
        kind, enclosing = self.faces[face], self.chart.ground.enclosing.get(face, [])
        there = [self._said_of_wall(wall) for wall in enclosing]
        if TRUE in there:
            states = kind.spanned
        elif OPEN in there:
            states = kind.spanned | kind.states
        else:
            states = kind.states
        return frozenset(State.OPEN if s == State.WATER else s for s in states)

    def _said_of_wall(self, wall: int) -> int:
        number = self.chart.walls[wall]
        return TRUE if number == CERTAIN else self.features[number]

    def _span_over(self, states: frozenset[State], span: Span) -> int:
        if State.HOSTILE in states:
            return 0
        if State.GREY in states and self.reading == "pessimistic":
            return 0
        if span.crossing.permission == "third_party" or State.NEUTRAL in states:
            return SPECIAL
        return sum(MODE_BITS[mode] for mode in span.crossing.modes) & LAND_BITS

    def _lands(self, ashore: tuple[int, ...]) -> bool:
        """Tell whether a line ashore passes nothing that a crossing never passes."""
        for face in ashore:
            states = self._spanned(face)
            bad = {State.HOSTILE} | ({State.GREY} if self.reading == "pessimistic" else set())
            stopped = [state in bad for state in states]
            if all(stopped) if self.best else any(stopped):
                return False
        return True

    def _carry(self, step: Step) -> int:  # noqa: C901, PLR0911, PLR0912 - a case for each kind
        if self.reading not in step.readings:
            return 0
        if step.anchor >= 0 and not self.there[step.anchor]:
            return 0
        if step.rivals and not self._is_loose(step.rivals):
            return 0
        stopped = 0
        for wall in step.walls:
            stopped |= self.stops[wall]
        kind = step.kind
        if kind == "sea":
            open_water = self.afloat[step.under[0]]
            barred = (self.barred[step.under[0]] | stopped) & MODE_BITS["foot"]
            return self.ground[step.faces[0]] & MODE_BITS["foot"] if (
                open_water and not barred
            ) else 0
        for face in step.under:
            if not self.passable[face]:
                return 0
        if kind == "ground":
            bits = GROUND_BITS
            for face in step.faces:
                bits &= self.ground[face]
            return bits & ~stopped
        if kind == "over":
            return ROUTE_BITS & ~stopped
        if kind in ("route", "moor"):
            bits = 0
            for piece in step.pieces:
                bits |= self.pieces[piece]
            return bits
        if kind == "link":
            return self.pieces[step.pieces[0]] & ROUTE_BITS & ~stopped
        if kind == "span":
            return self.spans[step.span]
        if kind == "ends":
            bits = ROUTE_BITS & ~stopped
            return bits | SPECIAL if bits else 0
        return self._go_ashore(step)

    def _go_ashore(self, step: Step) -> int:
        if not self._lands(step.ashore):
            return 0
        if step.pieces:
            beside = self.pieces[step.pieces[0]] & ROUTE_BITS
        else:
            beside = self.ground[step.faces[0]] & GROUND_BITS
        carried = carried_ashore(self.spans[step.span], beside, at_point=step.at_point)
        return carried & ROUTE_BITS if step.pieces and step.at_point else carried

    def _is_loose(self, rivals: tuple[int, ...]) -> bool:
        """Tell whether no other route meets an end: surely, or possibly at the best end."""
        for number in rivals:
            for route in self.chart.lines.pieces[number].routes:
                there = self.features[self.chart.routes[route.id]]
                if there == TRUE or (there == OPEN and not self.best):
                    return False
        return True


# -- answers ---------------------------------------------------------------------------------


def answer(gazer: Gazer, world: World, position: Position) -> dict[str, tuple[Bounds, Bounds]]:
    """
    Answer the definitions for one position in all worlds that agree with `world`.

    Returns
    -------
    answers
        Per definition, first whether it holds on both readings, then whether it is not denied by
        both: each as (surely, possibly).
    """
    views = {(r, e): gazer.view(world, r, e) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    early = _end_early(gazer, views, open_, position)
    land = {r: _closed(open_, r, MODES) for r in READINGS}
    vehicle = {r: _closed(open_, r, VEHICLES) for r in READINGS}
    alone = {r: _all(land[r], _without_access(gazer, views, land, r, position)) for r in READINGS}
    return {
        "land_cut": _between(land, early),
        "vehicle_cut": _between(vehicle, early),
        "isolation": _between(alone, early),
    }


def answer_land(
    gazer: Gazer, world: World, position: Position, features: bytes
) -> tuple[Bounds, Bounds, Bounds]:
    """Answer `land_cut` as `answer` does, for other features, and whether the map ends early."""
    views = {(r, e): gazer.view(world, r, e, features) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    early = _end_early(gazer, views, open_, position)
    return (*_between({r: _closed(open_, r, MODES) for r in READINGS}, early), early)


def ends_early(gazer: Gazer, world: World, position: Position) -> bool:
    """Tell whether the map ends before the answer, in one world."""
    views = {(r, e): gazer.view(world, r, e) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    return _end_early(gazer, views, open_, position)[0]


def answer_surrounded(
    gazer: Gazer, world: World, position: Position
) -> tuple[Bounds, Bounds]:
    """Answer whether hostile ground lies on nearly all bearings, as `answer` does."""
    least = gazer.options.surrounded_share
    around: dict[Reading, Bounds] = {}
    for r in READINGS:
        surely, maybe = (
            gazer.share_hostile(gazer.label(world, r, end), position) >= least for end in ENDS
        )
        around[r] = (surely, maybe)
    return around["optimistic"], around["pessimistic"]


def answer_fire(gazer: Gazer, world: World, position: Position) -> tuple[Bounds, Bounds]:
    """Answer whether every way left is under heavy fire, as `answer` does."""
    views = {(r, e): gazer.view(world, r, e) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    early = _end_early(gazer, views, open_, position)
    says: dict[Reading, set[str]] = {}
    for r in READINGS:
        low, high = (gazer.best_fire(views[r, end], position) for end in ENDS)
        says[r] = _say_fire(low, high)
    cases = {_combine(one, other) for one in says["optimistic"] for other in says["pessimistic"]}
    yes, no = cases == {"yes"}, cases == {"no"}
    held = (yes and not early[1], "yes" in cases and not early[0])
    possible = (early[0] or "no" not in cases, early[1] or not no)
    return held, possible


def _say_fire(low: int | None, high: int | None) -> set[str]:
    """List what fire from the grade `low` to the grade `high` on the best way may say."""
    last = len(FIRE_RANKS)
    ranks = range(last if low is None else low, (last if high is None else high) + 1)
    return {
        "unknown" if rank == UNMAPPED else "yes" if rank >= F3 else "no" for rank in ranks
    }


def _combine(one: str, other: str) -> str:
    if "unknown" in (one, other):
        return "unknown"
    return one if one == other else "contested"


def _closed(
    open_: dict[tuple[Reading, End], frozenset[str]], reading: Reading, modes: Sequence[str]
) -> Bounds:
    """Tell whether none of some modes is open: surely, and possibly."""
    return (
        open_[reading, "best"].isdisjoint(modes),
        open_[reading, "worst"].isdisjoint(modes),
    )


def _end_early(
    gazer: Gazer,
    views: dict[tuple[Reading, End], View],
    open_: dict[tuple[Reading, End], frozenset[str]],
    position: Position,
) -> Bounds:
    """Tell whether the map ends before the answer: surely, and possibly."""
    if open_["optimistic", "worst"]:
        return False, False
    maybe = gazer.runs_off(views["optimistic", "best"].labels, position)
    closed = not open_["optimistic", "best"]
    surely = closed and gazer.runs_off(views["optimistic", "worst"].labels, position)
    return surely, maybe


def _without_access(
    gazer: Gazer,
    views: dict[tuple[Reading, End], View],
    land: dict[Reading, Bounds],
    reading: Reading,
    position: Position,
) -> Bounds:
    """Tell whether sea, landing air and special ways are all out of reach."""
    if not land[reading][1]:
        return False, False
    best, worst = (views[reading, end].labels for end in ENDS)
    ids, special = gazer.has_access(best, position)
    surely_ids, surely_special = gazer.has_access(worst, position)
    if best is not worst and best.number != worst.number:
        # A way that is special in one case may be plain in another, and then leads there as well.
        surely_special = False
        special = special or _reaches_any(gazer, best, position)
    return not (ids or special), not (surely_ids or surely_special)


def _reaches_any(gazer: Gazer, labels: Labels, position: Position) -> bool:
    far = gazer.spread(labels, position, WALKED | SPECIAL)
    return bool(far & set(gazer.chart.network.anchors))


def _all(one: Bounds, other: Bounds) -> Bounds:
    return one[0] and other[0], one[1] and other[1]


def _between(holds: dict[Reading, Bounds], early: Bounds) -> tuple[Bounds, Bounds]:
    """Answer yes where both readings hold, no where neither does; unknown where the map ends."""
    kind, strict = holds["optimistic"], holds["pessimistic"]
    yes = (kind[0] and not early[1], kind[1] and not early[0])
    not_no = (early[0] or strict[0], early[1] or strict[1])
    return yes, not_no


__all__ = ["DEFINITIONS", "FACILITIES", "Gazer", "World", "answer"]

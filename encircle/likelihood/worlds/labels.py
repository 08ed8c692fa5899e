"""What every step of a chart carries in a world: all steps at once, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import numpy as np

from encircle.likelihood.worlds.chart import EVERY_LEVEL
from encircle.likelihood.worlds.possible import ROLES, find_all, mask_of, states_of
from encircle.likelihood.worlds.world import ENDS, FALSE, OPEN, TRUE
from encircle.map.reach import READINGS
from encircle.network.ground.states import (
    COUNTED_HOSTILE,
    GROUND_BITS,
    MODE_BITS,
    State,
    is_passable,
)
from encircle.network.lines.crossings import (
    carried_ashore,
    carried_over,
    is_landed,
    is_on_boundary,
    led_by_gate,
)
from encircle.network.lines.values import ROUTE_BITS, SPECIAL, closed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from encircle.likelihood.worlds.chart import Chart
    from encircle.likelihood.worlds.world import End
    from encircle.map.reach import Reading
    from encircle.network.lines.values import Roads

    Bits = NDArray[np.uint8]
    Bools = NDArray[np.bool_]
    Numbers = NDArray[np.intp]

CASES: tuple[tuple[Reading, End], ...] = tuple((r, end) for r in READINGS for end in ENDS)
"""The rows of a labelling: each reading, at the best and at the worst that is possible."""
OTHER_END = tuple(CASES.index((r, ENDS[end == "best"])) for r, end in CASES)
AT = np.array([READINGS.index(reading) for reading, _ in CASES])
"""The reading of each row."""
BEST = np.array([[end == "best"] for _, end in CASES])
KIND = np.array([[reading == "optimistic"] for reading, _ in CASES])
FOOT, ALL = MODE_BITS["foot"], 0xFF
EACH = 0x01010101
"""One in each of the four bytes of a word."""
WET, BARE, FOE, STRIP = (
    np.uint8(mask_of([s])) for s in (State.WATER, State.OPEN, State.HOSTILE, State.NEUTRAL)
)


def _list_masks(holds: Callable[[State, Reading], bool]) -> Bits:
    """Give the states of which something holds on the reading of each row, as masks."""
    masks = [[mask_of(state for state in State if holds(state, r))] for r, _ in CASES]
    return np.array(masks, dtype=np.uint8)


def hold(states: Bits, some: np.uint8 | Bits) -> Bools:
    """Tell whether faces are in some states: perhaps at the best end, surely at the worst."""
    return np.asarray(np.where(BEST, states & some > 0, states & ~some == 0))


PASSED, LANDED = _list_masks(is_passable), _list_masks(is_landed)
COUNTED = _list_masks(lambda state, r: state in COUNTED_HOSTILE[r])
CARRIED_BY = {
    "ground": GROUND_BITS, "over": ROUTE_BITS, "link": ROUTE_BITS, "ends": ROUTE_BITS,
    "sea": FOOT, "island": FOOT,
}  # fmt: skip
"""What a step of a kind carries at most; the others, what they rest on carries."""


class Lists:
    """Lists of numbers, laid one after the other: what holds of the members, list by list."""

    def __init__(self, lists: Iterable[Iterable[int]]) -> None:
        kept = [list(one) for one in lists]
        lengths = np.array([len(one) for one in kept], dtype=np.intp)
        self.flat = np.array([n for one in kept for n in one], dtype=np.intp)
        self.ends = np.cumsum(lengths).tolist()
        self._size, self._filled = len(kept), np.flatnonzero(lengths)
        self._starts = (np.cumsum(lengths) - lengths)[self._filled]

    def join(self, how: np.ufunc, bits: Bits, empty: int) -> Bits:
        """
        Join the bits of each list's members; `empty` is what a list without any has.

        `bits` has a row for each case, (4, n): the four bytes of a member are joined as one word.
        """
        words = np.ascontiguousarray(bits.T).view(np.uint32)[:, 0]
        return self.join_words(how, words, empty * EACH).view(np.uint8).reshape(-1, len(CASES)).T

    def join_words(self, how: np.ufunc, words: NDArray[Any], empty: int) -> NDArray[Any]:
        """Join what the members of each list have, along the last axis."""
        joined = np.full((*words.shape[:-1], self._size), empty, dtype=words.dtype)
        if len(self._filled):
            joined[..., self._filled] = how.reduceat(words[..., self.flat], self._starts, axis=-1)
        return joined

    def any(self, holds: Bools) -> Bools:
        """Tell of each list and case whether something holds of any member."""
        return self.join(np.bitwise_or, holds.view(np.uint8), 0).view(np.bool_)

    def all(self, holds: Bools) -> Bools:
        """Tell of each list and case whether something holds of all members."""
        return self.join(np.bitwise_and, holds.view(np.uint8), 1).view(np.bool_)


@dataclass(frozen=True)
class Labelling:
    """What is there, and what every step carries, in all worlds that agree: a row for each case."""

    features: bytes
    """What is said of each doubtful feature."""
    helps: Bools
    """(4, features + 1) whether each is there, at this end, if the force wants it; certain last."""
    states: Bits
    """(4, faces) what each face may be, as masks of states."""
    landed: Bools
    """(4, faces) whether a crossing may come ashore on each."""
    carries: Bits
    """(4, steps) mode bits."""


class Labeller:
    """Holds what the steps of one chart rest on, and labels them all for any world."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._read_words()
        self._read_walls()
        self._read_lines()
        self._read_steps()
        self._spanned: dict[tuple[int, int, bytes], tuple[int, int]] = {}
        self._roads: dict[bytes, Roads] = {}

    # what there is to read, once

    def number(self, names: Iterable[str]) -> Numbers:
        """Number doubtful features; all that is certain shares the last number, -1."""
        return np.array([self.chart.routes.get(name, -1) for name in names], dtype=np.intp)

    def _read_words(self) -> None:
        """Number the different things said of faces; most faces share theirs with others."""
        distinct: dict[tuple[Any, ...], int] = {}
        said = [
            [distinct.setdefault((at, *words), len(distinct)) for words in self.chart.words[r]]
            for at, r in enumerate(READINGS)
        ]
        self._said_of = np.array(said, dtype=np.intp)
        self._said_at = np.array([some[0] for some in distinct], dtype=np.int64)
        different = {
            word: n
            for n, word in enumerate(dict.fromkeys(w for _, *some in distinct for w in some))
        }
        self._said = Lists([different[word] for word in some] for _, *some in distinct)
        table = [(w.role, w.feature, w.shift, w.surely, w.perhaps) for w in different]
        self._words = np.array(table, dtype=np.int64).reshape(-1, 5).T

    def _read_walls(self) -> None:
        ground = self.chart.ground
        stops = [[wall.stops[r] for wall in ground.drawing.walls] for r, _ in CASES]
        self._wall = np.array(self.chart.walls, dtype=np.intp)
        self._stops = np.array(stops, dtype=np.uint8)
        self._walled = np.array(list(ground.enclosing), dtype=np.intp)
        self._enclosing = Lists(ground.enclosing.values())

    def _read_lines(self) -> None:
        chart, lines = self.chart, self.chart.lines
        routes = list(
            {route.id: route for piece in lines.pieces for route in piece.routes}.values()
        )
        place = {route.id: n for n, route in enumerate(routes)}
        self._route = self.number(place)
        self._routes_of = Lists([place[r.id] for r in piece.routes] for piece in lines.pieces)
        modes = [
            [
                0 if closed_by(route.state, certain=route.id in chart.certain, reading=reading)
                else sum(MODE_BITS[mode] for mode in route.modes)
                for route in routes
            ]
            for reading, _ in CASES
        ]  # fmt: skip
        self._modes = np.array(modes, dtype=np.uint8)
        self._faces_of = Lists(piece.faces for piece in lines.pieces)
        self._crossing = self.number(span.crossing.id for span in lines.spans)
        self._under_span = Lists(
            dict.fromkeys(face for faces in stretches for face in faces)
            for stretches in chart.under_span
        )
        anchors = chart.ground.drawing.anchors
        self.anchors = self.number(anchor.id for anchor, _, _ in anchors)
        moored = [[*(r in on for _, _, on in anchors), True] for r, _ in CASES]
        self._moored = np.array(moored, dtype=bool)  # no anchor, the last, is always there

    def _read_steps(self) -> None:
        steps, pieces = self.chart.steps, self.chart.lines.pieces

        def of_kind(*kinds: str) -> Numbers:
            return np.array([n for n, s in enumerate(steps) if s.kind in kinds], dtype=np.intp)

        def mostly(kind: str, *, by_road: bool) -> int:
            return CARRIED_BY.get(
                kind, (ROUTE_BITS if by_road else GROUND_BITS) if kind == "land" else ALL
            )

        self._most = np.array(
            [mostly(s.kind, by_road=bool(s.pieces) or s.anchor >= 0) for s in steps], np.uint8
        )
        self._laid = np.array([[r in s.readings for s in steps] for r, _ in CASES], dtype=bool)
        self._anchored = np.array([s.anchor for s in steps], dtype=np.intp)
        self._faces, self._pieces = Lists(s.faces for s in steps), Lists(s.pieces for s in steps)
        self._walls = Lists(s.walls for s in steps)
        free = ("sea", "island", "gate")  # what is under these need not be passable
        self._under = Lists(() if s.kind in free else s.under for s in steps)
        self._contested = np.array([n for n, s in enumerate(steps) if s.rivals], dtype=np.intp)
        self._rivals = Lists(
            self.number(r.id for n in steps[number].rivals for r in pieces[n].routes)
            for number in self._contested
        )
        self._apart = [n for n, step in enumerate(steps) if step.apart]
        self._span = np.array([s.span for s in steps], dtype=np.intp)
        self._spans, self._over, self._ends = of_kind("span"), of_kind("over"), of_kind("ends")
        self._land, self._gates, self._shore = (
            of_kind("land"),
            of_kind("gate"),
            of_kind("sea", "island"),
        )
        self._ashore = Lists(steps[n].ashore for n in self._land)
        self._at_point = np.array([steps[n].at_point for n in self._land], dtype=bool)
        to_road = [steps[n].at_point and bool(steps[n].pieces) for n in self._land]
        self._stepped = np.where(to_road, ROUTE_BITS, ALL).astype(np.uint8)
        self._posts = Lists(steps[n].under for n in self._gates)
        self._water = np.array([steps[n].under[0] for n in self._shore], dtype=np.intp)
        self._is_island = np.array([steps[n].kind == "island" for n in self._shore], dtype=bool)

    # labelling

    def label(self, features: bytes, levels: Sequence[int]) -> Labelling:
        """
        Label every step.

        Parameters
        ----------
        features
            FALSE, TRUE or OPEN for each doubtful feature.
        levels
            For each shift the levels left, as bits.
        """
        there = np.frombuffer(features + bytes([TRUE]), dtype=np.uint8)
        helps = (there == TRUE) | ((there == OPEN) & BEST)
        harms = (there == TRUE) | ((there == OPEN) & ~BEST)
        states, spanned = self._find_states(there, levels)
        passable, landed = hold(states, PASSED), hold(spanned, LANDED)
        stops = np.where(harms[:, self._wall], self._stops, 0)
        barred = np.zeros(passable.shape, dtype=np.uint8)
        barred[:, self._walled] = self._enclosing.join(np.bitwise_or, stops, 0)
        ground = np.where(passable, GROUND_BITS & ~barred, 0).astype(np.uint8)
        pieces = self._carry_pieces(helps, passable, barred)
        spans = self._carry_spans(helps, spanned)
        carries = self._most & ~self._walls.join(np.bitwise_or, stops, 0)
        carries &= self._faces.join(np.bitwise_and, ground, ALL)
        carries &= self._pieces.join(np.bitwise_and, pieces, ALL)
        carries[:, self._spans] = spans[:, self._span[self._spans]]
        self._lay_landings(carries, spans, landed)
        self._lay_gates(carries, spans, spanned)
        self._lay_shores(carries, states, barred)
        moored = self._moored & helps[:, [*self.anchors, -1]]
        laid = self._laid & self._under.all(passable) & moored[:, self._anchored]
        laid[:, self._contested] &= ~self._rivals.any(harms)
        carries[~laid] = 0
        carries[:, self._ends] |= np.where(carries[:, self._ends], SPECIAL, 0).astype(np.uint8)
        self._part_roads(carries, pieces)
        return Labelling(features, helps, states, landed, carries)

    def _find_states(self, there: Bits, levels: Sequence[int]) -> tuple[Bits, Bits]:
        """Say what each face may be, and what it may be to a crossing over it, as masks."""
        role, speaker, shift, surely, perhaps = self._words
        said, left = there[speaker], np.array([*levels, EVERY_LEVEL])[shift]
        spoken = (said != FALSE) & (left & (surely | perhaps) != 0)
        sure = (said == TRUE) & (left & ~surely == 0)
        words = np.where(spoken, np.where(sure, role, role << ROLES), 0)
        uncovered = self.chart.ground.drawing.uncovered
        kinds = find_all(self._said.join_words(np.bitwise_or, words, 0), self._said_at, uncovered)
        states, over_water = kinds[:, self._said_of[AT]]
        bar = there[self._wall]
        wet, maybe = (
            self._enclosing.join_words(np.logical_or, bar == said, 0) for said in (TRUE, OPEN)
        )
        spanned, walled = states.copy(), states[:, self._walled]
        over = over_water[:, self._walled]
        spanned[:, self._walled] = np.where(wet, over, np.where(maybe, over | walled, walled))
        return states, np.where(spanned & WET, spanned & ~WET | BARE, spanned)

    def _carry_pieces(self, helps: Bools, passable: Bools, barred: Bits) -> Bits:
        passed = np.where(KIND, self._faces_of.any(passable), self._faces_of.all(passable))
        travelled = np.where(helps[:, self._route], self._modes, 0)
        bits = self._routes_of.join(np.bitwise_or, travelled, 0)
        bits &= ~self._faces_of.join(np.bitwise_and, barred, ALL)
        return np.where(passed, bits, 0).astype(np.uint8)

    def _carry_spans(self, helps: Bools, spanned: Bits) -> Bits:
        found = []
        for at, reading in enumerate(READINGS):
            seen = spanned[CASES.index((reading, "best")), self._under_span.flat].tobytes()
            starts = [0, *self._under_span.ends]
            for span, end in enumerate(self._under_span.ends):
                key = span, at, seen[starts[span] : end]
                if key not in self._spanned:
                    self._spanned[key] = self._carry_over(*key)
                found.append(self._spanned[key])
        told = np.array(found, dtype=np.uint8).reshape(len(READINGS), -1, len(ENDS))
        carried = told.transpose(0, 2, 1).reshape(len(CASES), -1)
        return np.where(helps[:, self._crossing], carried, 0).astype(np.uint8)

    def _carry_over(self, number: int, at: int, masks: bytes) -> tuple[int, int]:
        """Say what a crossing that is there carries, at best and at worst."""
        crossing = self.chart.lines.spans[number].crossing
        certain = crossing.id in self.chart.certain
        under = dict.fromkeys(face for faces in self.chart.under_span[number] for face in faces)
        seen = dict(zip(under, map(states_of, masks), strict=True))
        bits = [
            carried_over(crossing, case, READINGS[at], certain=certain)[0]
            for case in self._list_cases(number, seen)
        ]
        return reduce(or_, bits), reduce(and_, bits)

    def _list_cases(
        self, number: int, seen: dict[int, frozenset[State]]
    ) -> Iterator[frozenset[State]]:
        """List what a crossing may span, as sets of states: all together, best or worst."""
        stretches, span = self.chart.under_span[number], self.chart.lines.spans[number]
        beyond = {State.GREY} if number in self.chart.off_edge else set()
        if is_on_boundary(span.line, stretches):  # its better side counts
            yield from (frozenset({min({s, *beyond})}) for s in _best_of(stretches[0], seen))
            return
        cases = {frozenset(beyond)}
        for faces in stretches:
            cases = {case | {state} for case in cases for state in _best_of(faces, seen)}
        yield from cases

    def _lay_landings(self, carries: Bits, spans: Bits, landed: Bools) -> None:
        """Step between a crossing's end and the ground or road that lies within reach of it."""
        crossed, beside = spans[:, self._span[self._land]], carries[:, self._land]
        stepped = carried_ashore(crossed, beside, at_point=self._at_point) & self._stepped
        carries[:, self._land] = np.where(self._ashore.all(landed), stepped, 0)

    def _lay_gates(self, carries: Bits, spans: Bits, spanned: Bits) -> None:
        """Pass a gate whose post is neutral ground that nobody hostile holds."""
        if len(self._gates):
            free, neutral = hold(spanned, ~FOE), hold(spanned, STRIP)
            abroad = self._posts.all(free) & self._posts.any(neutral)
            led = led_by_gate(spans[:, self._span[self._gates]])
            carries[:, self._gates] = np.where(abroad, led, 0)

    def _lay_shores(self, carries: Bits, states: Bits, barred: Bits) -> None:
        """Reach the sea where it lies open; an island's shore, where there is nothing but water."""
        if len(self._shore):
            sea = np.where(self._is_island, WET, PASSED | WET)
            open_ = hold(states[:, self._water], sea) & (barred[:, self._water] & FOOT == 0)
            carries[:, self._shore] = np.where(open_, carries[:, self._shore], 0)

    def _part_roads(self, carries: Bits, pieces: Bits) -> None:
        """
        Keep of a stretch joined where no road leads what it helps.

        It helps most where the fewest roads lead on: those at the other end of what is possible.
        """
        for row, number in ((row, n) for n in self._apart for row in range(len(CASES))):
            if carries[row, number]:
                led, over = pieces[OTHER_END[row]], carries[OTHER_END[row], self._over]
                key = led.tobytes() + over.tobytes()
                if key not in self._roads:
                    self._roads[key] = self.chart.lines.join_roads(led.tolist(), over.tolist())
                joined = self.chart.steps[number].pieces
                carries[row, number] &= self.chart.lines.part(self._roads[key], *joined)


def _best_of(faces: Sequence[int], seen: dict[int, frozenset[State]]) -> set[State]:
    """Give what the best of some faces may be to a crossing over their boundary."""
    states = set(seen[faces[0]])
    for face in faces[1:]:
        states = {min(one, other) for one in states for other in seen[face]}
    return states

"""What every step of a chart carries, at the best and at the worst that the evidence allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from encircle.likelihood.worlds.chart import CERTAIN
from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE, End
from encircle.network.ground.states import GROUND_BITS, MODE_BITS, State
from encircle.network.lines.crossings import (
    carried_ashore,
    carried_over,
    is_landed,
    is_on_boundary,
    led_by_gate,
)
from encircle.network.lines.values import ROUTE_BITS, SPECIAL, closed_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.likelihood.worlds.gazer import Gazer
    from encircle.likelihood.worlds.possible import Possible
    from encircle.map.reach import Reading
    from encircle.network.lines.values import Roads, Span
    from encircle.network.network import Step


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


class Labeller:
    """Labels every step of one chart once."""

    def __init__(
        self,
        gazer: Gazer,
        features: bytes,
        levels: tuple[int, ...],
        reading: Reading,
        end: End,
    ) -> None:
        self.gazer = gazer
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
        """Label every step."""
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
            certain = route.id in self.chart.certain
            closed = closed_by(route.state, certain=certain, reading=self.reading)
            if self._is_there(route.id) and not closed:
                bits |= sum(MODE_BITS[mode] for mode in route.modes)
        barred = -1
        for face in piece.faces:
            barred &= self.barred[face]
        return bits & ~barred

    def _carry_span(self, number: int) -> int:
        span = self.chart.lines.spans[number]
        crossing = span.crossing
        if not self._is_there(crossing.id):
            return 0
        certain = crossing.id in self.chart.certain
        bits = [
            carried_over(crossing, case, self.reading, certain=certain)[0]
            for case in self._list_cases(number, span)
        ]
        return reduce(or_ if self.best else and_, bits)

    def _list_cases(self, number: int, span: Span) -> Iterator[frozenset[State]]:
        """List what a crossing may span, as sets of states: all together, best or worst."""
        stretches = self.chart.under_span[number]
        beyond = {State.GREY} if number in self.chart.off_edge else set()
        if is_on_boundary(span.line, stretches):  # its better side counts
            yield from (frozenset({min({s, *beyond})}) for s in self._best_of(stretches[0]))
            return
        cases = {frozenset(beyond)}
        for faces in stretches:
            cases = {case | {state} for case in cases for state in self._best_of(faces)}
        yield from cases

    def _best_of(self, faces: tuple[int, ...]) -> set[State]:
        """Give what the best of some faces may be to a crossing over their boundary."""
        states = set(self._spanned(faces[0]))
        for face in faces[1:]:
            states = {min(one, other) for one in states for other in self._spanned(face)}
        return states

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

    def _lands(self, ashore: tuple[int, ...]) -> bool:
        """Tell whether a line ashore passes nothing that a crossing never passes."""
        for face in ashore:
            landed = [is_landed(state, self.reading) for state in self._spanned(face)]
            if not (any(landed) if self.best else all(landed)):
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
        if kind in ("sea", "island"):
            states = self.faces[step.under[0]].states
            wet = State.WATER in states if self.best else states == {State.WATER}
            open_water = wet if kind == "island" else self.afloat[step.under[0]]
            barred = (self.barred[step.under[0]] | stopped) & MODE_BITS["foot"]
            return (
                self.ground[step.faces[0]] & MODE_BITS["foot"] if (open_water and not barred) else 0
            )
        if kind == "gate":
            return led_by_gate(self.spans[step.span]) if self._is_abroad(step.under) else 0
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
            bits = ROUTE_BITS & ~stopped
            for piece in step.pieces:
                bits &= self.pieces[piece]
            if step.apart and bits:
                bits &= self.chart.lines.part(self._joined, *step.pieces)
            return bits
        if kind == "span":
            return self.spans[step.span]
        if kind == "ends":
            bits = ROUTE_BITS & ~stopped
            return bits | SPECIAL if bits else 0
        return self._go_ashore(step)

    @cached_property
    def _joined(self) -> Roads:
        """
        Say what hangs together by roads at the other end of what is possible.

        A stretch joined where no road leads helps most where the fewest roads lead on.
        """
        other = Labeller(
            self.gazer, self.features, self.levels, self.reading, "worst" if self.best else "best"
        )
        lines = self.chart.lines
        pieces = [other._carry_piece(n) for n in range(len(lines.pieces))]
        over = [other._carry(step) for step in self.chart.steps if step.kind == "over"]
        return lines.join_roads(pieces, over)

    def _is_abroad(self, faces: tuple[int, ...]) -> bool:
        """Tell whether a place is neutral ground that nobody hostile holds."""
        kinds = [self._spanned(face) for face in faces]
        if self.best:
            free = all(kind != {State.HOSTILE} for kind in kinds)
            return free and any(State.NEUTRAL in kind for kind in kinds)
        free = all(State.HOSTILE not in kind for kind in kinds)
        return free and any(kind == {State.NEUTRAL} for kind in kinds)

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

"""What the steps and faces of a chart rest on: items of evidence, and shifts of boundaries."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from encircle.map.reach import READINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from encircle.likelihood.worlds.chart import Chart
    from encircle.map.evidence import Doubts
    from encircle.network.network import Step

Variable = tuple[str, int]
"""`("item", n)` or `("shift", n)`: what a world decides."""


class Rests:
    """Names the variables that each part of a chart rests on, each found once."""

    def __init__(self, chart: Chart, doubts: Doubts) -> None:
        self._chart, self._doubts = chart, doubts

    def of_feature(self, name: str) -> tuple[Variable, ...]:
        """Give the items that say whether a feature is there."""
        return tuple(("item", n) for n in self._doubts.rests_on.get(name, ()))

    @cached_property
    def of_faces(self) -> list[frozenset[Variable]]:
        """What who holds a face, what bars it and who fires on it rest on, face by face."""
        return [self._of_face(face) for face in range(len(self._chart.ground.faces))]

    @cached_property
    def table_of_faces(self) -> tuple[list[Variable], NDArray[np.bool_]]:
        """Give the variables that faces rest on, and on which of the faces each has a say."""
        variables = list(dict.fromkeys(v for face in self.of_faces for v in face))
        table = [[v in face for face in self.of_faces] for v in variables]
        return variables, np.array(table, dtype=bool).reshape(-1, len(self.of_faces))

    @cached_property
    def of_steps(self) -> list[frozenset[Variable]]:
        """What each step rests on."""
        return [frozenset(self._of_step(step)) for step in self._chart.steps]

    def _of_face(self, face: int) -> frozenset[Variable]:
        chart, drawing = self._chart, self._chart.ground.drawing
        found: set[Variable] = set()
        for reading in READINGS:
            for word in chart.words[reading][face]:
                if word.feature >= 0:
                    found.update(self._of_number[word.feature])
                if word.shift >= 0 and word.surely | word.perhaps:
                    found.add(("shift", word.shift))
        for wall in chart.ground.enclosing.get(face, ()):
            found.update(self.of_feature(drawing.walls[wall].barrier.id))
        for zone in chart.zones[face]:
            found.update(self.of_feature(drawing.zones[zone].fire.id))
        return frozenset(found)

    @cached_property
    def _of_number(self) -> list[tuple[Variable, ...]]:
        return [self.of_feature(name) for name in self._doubts.rests_on]

    def _of_step(self, step: Step) -> Iterable[Variable]:
        chart = self._chart
        pieces = [chart.lines.pieces[n] for n in (*step.pieces, *step.rivals, *step.fire_pieces)]
        walls: Sequence[int] = step.walls
        if step.apart:  # on where all roads lead
            pieces, walls = list(chart.lines.pieces), range(len(chart.walls))
        crossed = [n for n in (step.span, *step.fire_spans) if n >= 0]
        under = {*step.faces, *step.under, *step.ashore, *step.fire_faces}
        under |= {face for piece in pieces for face in piece.faces}
        under |= {face for n in crossed for faces in chart.under_span[n] for face in faces}
        for face in under:
            yield from self.of_faces[face]
        for piece in pieces:
            for route in piece.routes:
                yield from self.of_feature(route.id)
        for number in crossed:
            yield from self.of_feature(chart.lines.spans[number].crossing.id)
        for wall in walls:
            yield from self.of_feature(chart.ground.drawing.walls[wall].barrier.id)
        if step.anchor >= 0:
            yield from self.of_feature(chart.ground.drawing.anchors[step.anchor][0].id)

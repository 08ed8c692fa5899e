"""Charts for all worlds: one as a rule, more where what is spanned, or drawn, differs by world."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING

import shapely

from encircle.likelihood.worlds.chart import EVERY_LEVEL, Word, build_chart, list_words
from encircle.likelihood.worlds.gazer import Gazer
from encircle.likelihood.worlds.possible import find_possible, states_of
from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE, World
from encircle.map.reach import READINGS, Reading
from encircle.map.situation import Crossing, Position
from encircle.network.ground.drawing import draw, draw_reaches
from encircle.network.ground.ground import build_ground
from encircle.network.ground.states import BESIDE_SEAM, Role, State
from encircle.network.lines.crossings import FACILITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.likelihood.worlds.gazer import View
    from encircle.map.evidence import Doubts, Evidence
    from encircle.map.options import Options
    from encircle.network.ground.ground import Ground
    from encircle.network.ground.patches import Drawing, Patch
    from encircle.network.lines.values import Lines, Stop

    Level = tuple[int, int, tuple[Reading, ...]]

SMALLER, DRAWN, LARGER = 0b001, 0b010, 0b100
"""Levels of a shift."""
SEAMS = Role.SEAM | BESIDE_SEAM


class Atlas:
    """
    Gives each world the chart it is read on, and draws charts only when one is asked for.

    Two things make worlds differ in more than labels. What a crossing drawn as a point spans
    follows from water and neutral ground that may not be there: those items come first. And
    hostile ground as drawn, between the smaller and the larger that the readings use, is drawn
    only once a verdict is found to hang on it (`refine`).
    """

    def __init__(  # noqa: PLR0913 - the parts of a map
        self,
        evidence: Evidence,
        doubts: Doubts,
        ground: Ground,
        shapes: list[tuple[Position, BaseGeometry]],
        outline: Sequence[BaseGeometry],
        stops: Sequence[Stop],
        options: Options,
        lines: Lines,
    ) -> None:
        self.evidence, self.doubts, self.options = evidence, doubts, options
        self.lines: Lines | None = lines  # of the ground as it is judged
        self.shapes, self.outline, self.stops = shapes, outline, stops
        self.ground, self.levels = ground, dict(self._level_coarsely(ground.drawing))
        self.is_fine = not doubts.shifts
        self._gazers: dict[tuple[int, ...], Gazer] = {}
        self._looked = 0

    @property
    def looked(self) -> int:
        """How many labellings were made."""
        return self._looked + sum(gazer.looked for gazer in self._gazers.values())

    @property
    def gazers(self) -> list[Gazer]:
        """Every chart drawn so far; at least one."""
        if not self._gazers:
            world = self.start
            while (item := self.find_undecided(world)) is not None:
                world = world.settle(item, TRUE)
            self.gazer(world)
        return list(self._gazers.values())

    @cached_property
    def start(self) -> World:
        """All worlds: nothing decided but what is sure either way."""
        sure = [
            TRUE if item.low >= 1 else FALSE if item.high <= 0 else OPEN
            for item in self.doubts.items
        ]
        levels = [
            sum(1 << i for i, weight in enumerate(shift.weights) if weight > 0)
            for shift in self.doubts.shifts
        ]
        return World(tuple(sure), tuple(levels))

    @cached_property
    def first(self) -> tuple[int, ...]:
        """Items that must be decided before a chart can be drawn."""
        names = set(self._find_spanned())
        return tuple(
            number
            for number, item in enumerate(self.doubts.items)
            if not names.isdisjoint(item.features)
        )

    def find_undecided(self, world: World) -> int | None:
        """Name an item that must be decided first, if any is left."""
        return next((n for n in self.first if world.items[n] == OPEN), None)

    def is_drawn(self, world: World) -> bool:
        """Tell whether there is a chart to read a world on."""
        return self._key(world) in self._gazers

    def _key(self, world: World) -> tuple[int, ...]:
        return tuple(world.items[n] for n in self.first)

    def gazer(self, world: World) -> Gazer:
        """Give the chart a world is read on."""
        key = self._key(world)
        if key not in self._gazers:
            self._gazers[key] = self._draw_chart(world)
        return self._gazers[key]

    def look(self, world: World) -> View:
        """Look at a world on its chart."""
        return self.gazer(world).look(world)

    def refine(self) -> None:
        """Draw hostile ground as drawn too, not only smaller and larger by its error."""
        drawing, levels = self._draw_finely()
        self.ground, self.lines = build_ground(drawing, self.outline), None
        self.levels, self.is_fine = levels, True
        self._looked = self.looked
        self._gazers.clear()

    def _draw_chart(self, world: World) -> Gazer:
        words = list_words(self.ground, self.doubts, self.levels)
        absent = frozenset(
            name
            for name, numbers in self.doubts.rests_on.items()
            if all(world.items[n] == FALSE for n in numbers)
        )
        chart = build_chart(
            self.evidence, self.doubts, self._see_neutral(world, words), self.shapes, self.stops,
            self.options.join_m, words=words, absent=absent if self.first else frozenset(),
            lines=None if self.first else self.lines,
        )  # fmt: skip
        return Gazer(replace(chart, ground=self.ground), self.doubts, self.options)

    def _see_neutral(self, world: World, words: dict[Reading, list[tuple[Word, ...]]]) -> Ground:
        """Give the ground with the neutral faces of this world, for crossings to span."""
        if not self.first:
            return self.ground
        number = {name: i for i, name in enumerate(self.doubts.rests_on)}
        state = self.ground.state["optimistic"].copy()
        for face, said in enumerate(words["optimistic"]):
            if not self._may_be_neutral(said):
                continue
            names = [name for name, i in number.items() if any(w.feature == i for w in said)]
            gone = {
                number[n]
                for n in names
                if all(world.items[k] == FALSE for k in self.doubts.rests_on[n])
            }
            role = 0
            for word in said:
                role |= 0 if word.feature in gone else word.role
            states, _ = find_possible(role, 0, "optimistic", self.ground.drawing.uncovered)
            (state[face],) = states_of(states)
        return replace(self.ground, state={**self.ground.state, "optimistic": state})

    # what crossings span

    def _find_spanned(self) -> Iterator[str]:
        """Name the doubtful features on which it hangs what a crossing at a point spans."""
        points = [
            self.ground.drawing.plane.to_metres(c.drawn)
            for c, _ in self.evidence.of_kind(Crossing)
            if c.type not in FACILITIES and c.drawn.geom_type == "Point"
        ]
        if not points:
            return
        near = shapely.union_all(points).buffer(self.options.join_m)
        doubtful = list(self.doubts.rests_on)
        for wall in self.ground.drawing.walls:
            close = not wall.is_line and shapely.intersects(wall.shape, near)
            if close and wall.barrier.id in self.doubts.rests_on:
                yield wall.barrier.id
        words = list_words(self.ground, self.doubts, self.levels)["optimistic"]
        neutral = [f for f, said in enumerate(words) if self._may_be_neutral(said)]
        for face in self._list_joined(neutral, near):
            yield from (doubtful[w.feature] for w in words[face] if w.feature >= 0)

    def _list_joined(self, neutral: list[int], near: BaseGeometry) -> list[int]:
        """List the faces of neutral ground whose obstacle a crossing lies on or beside."""
        parts = shapely.get_parts(shapely.union_all(self.ground.faces[neutral]))
        beside = shapely.union_all(parts[shapely.intersects(parts, near)])
        return [face for face in neutral if shapely.covers(beside, self.ground.points[face])]

    def _may_be_neutral(self, said: tuple[Word, ...]) -> bool:
        """Tell whether ground is neutral in some world and something else in another."""
        certain = (w.role for w in said if w.feature < 0 and w.surely == EVERY_LEVEL)
        sure, spoken = reduce(or_, certain, 0), reduce(or_, (w.role for w in said), 0)
        uncovered = self.ground.drawing.uncovered
        states = states_of(find_possible(sure, spoken, "optimistic", uncovered)[0])
        return State.NEUTRAL in states and len(states) > 1

    # hostile ground smaller, as drawn, larger

    def _level_coarsely(self, drawing: Drawing) -> Iterator[tuple[int, Level]]:
        """
        Say at which levels the two drawings of the readings speak.

        What is drawn smaller lies within what is drawn, and that within what is drawn larger.
        """
        guessed = self._guessed()
        for i, patch in enumerate(drawing.patches):
            small = patch.readings == ("optimistic",)
            if patch.readings == READINGS:
                continue
            if patch.role & SEAMS:
                if self._moves(patch):
                    yield i, (SMALLER if small else LARGER, DRAWN, READINGS)
                elif len(self.doubts.shifts) == 0:
                    continue
                else:
                    yield i, (EVERY_LEVEL, 0, READINGS)
            elif patch.feature in self.doubts.shifted_by and small:
                yield i, (EVERY_LEVEL, 0, READINGS)
            elif patch.feature in guessed:
                yield i, (LARGER, DRAWN | SMALLER, ("pessimistic",))
            elif patch.feature in self.doubts.shifted_by:
                yield i, (LARGER, DRAWN, READINGS)

    def _guessed(self) -> set[str]:
        """Name the shifted positions whose reach is a guess: it differs by reading besides."""
        return {
            p.id
            for p, _ in self.evidence.of_kind(Position)
            if p.id in self.doubts.shifted_by
            and p.reach_m is None
            and p.drawn.geom_type != "Polygon"
        }

    def _moves(self, patch: Patch) -> bool:
        return patch.feature in self.doubts.shifted_by

    def _draw_finely(self) -> tuple[Drawing, dict[int, Level]]:
        """Draw everything at all three levels."""
        base = self.ground.drawing
        plane, side = base.plane, base.side
        middle = draw(self._move(0.0), plane, side, self.options).patches
        turned = draw_reaches(self._move(-1.0), plane, side)
        kept = [p for p in middle if self._moves(p) or p.role & SEAMS]
        flipped = [p for p in turned if p.feature in self.doubts.shifted_by and _is_reach(p)]
        patches = (*base.patches, *kept, *flipped)
        levels: dict[int, Level] = {}
        for i, patch in enumerate(patches):
            part = 0 if i < len(base.patches) else 1 if i < len(base.patches) + len(kept) else 2
            level = self._level_finely(patch, part)
            if level is not None:
                levels[i] = level
        return replace(base, patches=patches), levels

    def _level_finely(self, patch: Patch, part: int) -> Level | None:
        optimistic = patch.readings == ("optimistic",)
        if patch.role & SEAMS:
            if part == 0 and patch.readings == READINGS:
                return None
            at = DRAWN if part else SMALLER if optimistic else LARGER
            return (at if self._moves(patch) else EVERY_LEVEL), 0, READINGS
        if not self._moves(patch) or (part == 0 and patch.readings == READINGS):
            return None
        readings = patch.readings if _is_reach(patch) else READINGS
        if part == 1:
            return DRAWN | LARGER, 0, readings
        smaller = optimistic if part == 0 else not optimistic
        return (EVERY_LEVEL if smaller else LARGER), 0, readings

    def _move(self, factor: float) -> Evidence:
        """Give the evidence with location errors taken so many times."""
        speaking = tuple(
            replace(f, location_error_m=factor * f.location_error_m)
            if f.id in self.doubts.shifted_by
            else f
            for f in self.evidence.speaking
        )
        return replace(self.evidence, speaking=speaking)


def _is_reach(patch: Patch) -> bool:
    return bool(patch.role & (Role.REACH_HOSTILE | Role.DOUBT_HOSTILE))

"""How likely is it that a force is cut off: an interval for each definition and position."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from encircle.likelihood.terms import say_term
from encircle.likelihood.worlds.answers import (
    answer_cut,
    answer_fire,
    answer_one,
    answer_surrounded,
    end_early,
)
from encircle.likelihood.worlds.as_graph import bracket_roads
from encircle.likelihood.worlds.choice import Chooser
from encircle.likelihood.worlds.factoring import NeedsDetailError, Tree, take_apart
from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE
from encircle.map.deadline import Deadline
from encircle.verdict.definitions import CUT, DEFINITIONS
from encircle.verdict.values import Drawn, Interval, Weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from encircle.likelihood.worlds.as_graph import Solve
    from encircle.likelihood.worlds.atlas import Atlas
    from encircle.likelihood.worlds.gazer import Gazer
    from encircle.likelihood.worlds.world import Both, Bounds, Key, World
    from encircle.map.options import Options
    from encircle.map.situation import Position
    from encircle.reliability.solving import CutOff
    from encircle.verdict.values import Importance

UNKNOWN: Both = ((False, False), (True, True))
"""Answers to a question that the map cannot answer in any world."""
USUAL_STEPS = 2_000
"""Steps of a network up to which `most_worlds` holds; above, it falls as they rise."""
LEAST_WORLDS = 20
"""So many are looked at on the largest map."""
RARE = 1e-3
"""Probabilities below this keep four digits."""
NOISE = 1e-5
"""What floating point may leave over, in units of the last digit."""
ANSWERS = {
    "way": (answer_cut, tuple(CUT)),
    "fire": (answer_fire, ("fire_control",)),
    "bearings": (answer_surrounded, ("surrounded",)),
}
"""What is asked of a world, and the definitions it answers, by what decides them."""
GROUP = None
"""In place of a position's id: the group."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The positions a question is asked of."""

    there: tuple[Position, ...]
    """Those that can be answered for."""
    untold: tuple[str, ...]
    """Ids of those that cannot: perhaps not there, or off the map."""
    group: tuple[str, ...]
    """Ids of those that speak for the group."""


class Likelihood:
    """The worlds of one situation, taken apart question by question."""

    def __init__(
        self,
        atlas: Atlas,
        asked: Asked,
        options: Options,
        solve: Solve | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        self.atlas, self.asked, self.options = atlas, asked, options
        self._deadline = deadline or Deadline()
        self._solve = solve
        self._is_solved = False
        self._solved: tuple[CutOff, CutOff] | None = None
        self.group = self._take_apart(self._ask_group, "way")
        self._trees: dict[str, Tree] = {}

    # asking

    def _take_apart(self, ask: Callable[[World], dict[Key, Both]], by: str) -> Tree:
        """Take the worlds apart, with ground drawn as finely as the answer needs."""
        most = self._count_affordable()
        choose = Chooser(self.atlas, self.asked.there, by=by).choose
        try:
            return take_apart(self.atlas, ask, choose, most, self._is_over)
        except NeedsDetailError:
            self.atlas.refine()
            return take_apart(self.atlas, ask, choose, most, self._is_over)

    def _is_over(self) -> bool:
        over = self._deadline.is_over()
        if over:
            self._deadline.leave_out("part of the likelihood")
        return over

    def _count_affordable(self) -> int:
        """Count the worlds to look at: fewer on a map with more steps, where each takes longer."""
        most = self.options.most_worlds
        steps = max(len(gazer.chart.steps) for gazer in self.atlas.gazers) or 1
        return max(min(most, LEAST_WORLDS), int(most * min(1.0, USUAL_STEPS / steps)))

    def _ask_group(self, world: World) -> dict[Key, Both]:
        view = self.atlas.look(world)
        told = {p.id: {"land_cut": answer_one(view, p, "land_cut")} for p in self.asked.there}
        key = (GROUP, "land_cut")
        return {key: self._with_group(told, ("land_cut",))[key]}

    def _ask(self, by: str, world: World) -> dict[Key, Both]:
        view, (answer, definitions) = self.atlas.look(world), ANSWERS[by]
        return self._with_group({p.id: answer(view, p) for p in self.asked.there}, definitions)

    def _with_group(
        self, told: dict[str, dict[str, Both]], definitions: Sequence[str]
    ) -> dict[Key, Both]:
        """Add those nobody can answer for, and the group: all of it must be cut off."""
        found: dict[Key, Both] = {}
        for definition in definitions:
            found.update({(name, definition): row[definition] for name, row in told.items()})
            found.update({(name, definition): UNKNOWN for name in self.asked.untold})
            members = [found[name, definition] for name in self.asked.group]
            found[GROUP, definition] = (
                _every([held for held, _ in members]), _every([maybe for _, maybe in members])
            )  # fmt: skip
        return found

    def tree(self, definition: str) -> Tree:
        """Give the worlds taken apart for a definition."""
        by = {"fire_control": "fire", "surrounded": "bearings"}.get(definition, "way")
        if by not in self._trees:
            self._trees[by] = self._take_apart(partial(self._ask, by), by)
        return self._trees[by]

    # for pivots

    def ends_early(self, world: World) -> bool:
        """Tell whether nothing can be told of some position that is not free."""
        view = self.atlas.look(self._fill(world))
        return any(end_early(view, p)[0] for p in self.asked.there)

    def contradicts(self, world: World) -> bool:
        """Tell whether a world gives to the enemy a place that only a word vouches for."""
        view = self.atlas.look(self._fill(world))
        return any(view.is_lost(p)[0] for p in self.asked.there)

    def find_missing(self, wrong: frozenset[int], moved: frozenset[tuple[int, int]]) -> list[str]:
        """Name the features whose absence matters where some items are wrong."""
        world = self._fill(self.atlas.start)
        for item in wrong:
            world = world.settle(item, FALSE)
        for shift, level in moved:
            world = world.shift(shift, level)
        doubts, gazer = self.atlas.doubts, self.atlas.gazer(world)
        names = list(doubts.rests_on)
        there = bytearray(gazer.features_of(world))
        outcome = self._ask_features(gazer, world, bytes(there))
        for i, _ in enumerate(names):
            if there[i] == FALSE:
                there[i] = TRUE
                if self._ask_features(gazer, world, bytes(there)) != outcome:
                    there[i] = FALSE
        return [name for i, name in enumerate(names) if there[i] == FALSE]

    def _ask_features(self, gazer: Gazer, world: World, there: bytes) -> tuple[object, ...]:
        """Answer for the group as if just these features were there."""
        view = gazer.look(world, there)
        told = [answer_one(view, p, "land_cut") for p in self.asked.there]
        early = any(end_early(view, p)[0] for p in self.asked.there)
        return _every([one for one, _ in told]), _every([other for _, other in told]), early

    def _fill(self, world: World) -> World:
        """Take what is not decided as drawn."""
        items = tuple(TRUE if value == OPEN else value for value in world.items)
        levels = tuple(0b010 if left & 0b010 else left for left in world.levels)
        return type(world)(items, levels if self.atlas.is_fine else world.levels)

    # telling

    def weigh(self, importance: tuple[Importance, ...]) -> Weighed:
        """Tell how likely the group is cut off, and what moves that."""
        interval = say_interval(*self.bracket_group())
        drawn = self._solve_roads() if interval.method == "sampled" else None
        worlds = self.atlas.looked  # for this question: the other definitions take more
        told = self.by_definition(GROUP)
        return Weighed(interval, worlds, say_draw(*drawn) if drawn else None, told, importance)

    def bracket_group(self) -> tuple[float, float, str]:
        """
        Bracket how likely the group is cut off by land, and say by which method.

        Where the worlds were too many, and all that is in doubt is single stretches of road, a
        kernel may still know.
        """
        lower, upper, method = self._bracket(self.group, (GROUP, "land_cut"))
        found = self._solve_roads() if method == "bounds" else None
        if found is None:
            return lower, upper, method
        kind, strict = found
        drawn = "sampled" in (kind.method, strict.method)
        low, high = max(lower, kind.low), min(upper, strict.high)
        return low, high, "sampled" if drawn else "exact"

    def _solve_roads(self) -> tuple[CutOff, CutOff] | None:
        """Solve the graph of roads that is left, once: on either reading, where there is one."""
        if not self._is_solved:
            self._is_solved = True
            alone = len(self.asked.group) == 1 and len(self.asked.there) == 1
            start = self.atlas.start
            if self._solve is not None and alone and self.atlas.find_undecided(start) is None:
                gazer = self.atlas.gazer(start)
                self._solved = bracket_roads(gazer, start, self.asked.there[0], self._solve)
        return self._solved

    def _bracket(self, tree: Tree, key: Key) -> tuple[float, float, str]:
        return (*tree.bracket(key), "exact" if tree.is_whole else "bounds")

    def by_definition(self, name: str | None) -> dict[str, Interval]:
        """Give an interval per definition for one position, or for the group."""
        told = {}
        for definition in DEFINITIONS:
            tree = self.tree(definition)
            if definition == "land_cut" and name is GROUP:
                told[definition] = say_interval(*self.bracket_group())
            else:
                told[definition] = say_interval(*self._bracket(tree, (name, definition)))
        return told


def say_interval(lower: float, upper: float, method: str) -> Interval:
    """
    Say an interval outward to six decimals, rare ends to four digits, with its term.

    Examples
    --------
    >>> say_interval(0.0123456, 0.04, "exact")
    Interval(low=0.012345, high=0.04, term='almost no chance', method='exact')
    >>> say_interval(2.0001e-9, 3e-9, "bounds").low
    2e-09
    """
    least, most = max(0.0, _round(lower, math.floor)), min(1.0, _round(upper, math.ceil))
    return Interval(least, most, say_term(least, most), method)


def say_draw(kind: CutOff, strict: CutOff) -> Drawn:
    """Say how a likelihood was drawn: of the two readings, the one that took more worlds."""
    drawn = max(kind, strict, key=lambda found: found.worlds)
    return Drawn(drawn.level, [round(kind.p, 6), round(strict.p, 6)], drawn.worlds, drawn.seed)


def _round(p: float, towards: Callable[[float], int]) -> float:
    """Round to a side, what floating point alone left over put aside."""
    decimals = 6 if p >= RARE or p <= 0 else 3 - math.floor(math.log10(p))
    scaled = p * 10.0**decimals
    whole = round(scaled)
    kept = whole if abs(scaled - whole) < NOISE else towards(scaled)
    return round(kept / 10.0**decimals, decimals)


def _every(bounds: Sequence[Bounds]) -> Bounds:
    return all(surely for surely, _ in bounds), all(maybe for _, maybe in bounds)

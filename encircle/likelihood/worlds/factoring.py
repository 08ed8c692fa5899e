"""
How likely something is: worlds taken apart, item by item, as far as the answer needs.

At each node all evidence not yet decided is taken at its best and at its worst for the force. Where
both agree on an answer the node is done, whatever else is true in it. Otherwise one item is decided
both ways: one that the way out at the best end rests on, and that the worst end takes away. The
likeliest node comes first, so that stopping at any time leaves bounds, and the open rest is their
width. Where nothing is left open the probability is exact.

References
----------
.. [1] Moskowitz, F. (1958). The analysis of redundancy networks. AIEE Transactions 77, 627-632.
.. [2] Dotson, W. P.; Gobien, J. O. (1979). A new analysis technique for probabilistic graphs. IEEE
   Transactions on Circuits and Systems 26, 855-865: most probable states first, bounds any time.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE, Both, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from encircle.likelihood.worlds.atlas import Atlas
    from encircle.likelihood.worlds.world import Key
    from encircle.map.evidence import Doubts

    Answers = Mapping[Key, Both]
    Ask = Callable[[World], Answers]
    Choose = Callable[[World], tuple[str, int] | None]

UNSETTLED: Both = ((False, True), (False, True))
"""The answer to what was not looked at."""
NODES_PER_CHART = 10
"""A map whose crossings span what may not be there is drawn anew for each case; one drawing takes
as long as so many looks at it."""
STEPS_DRAWN = 10_000
"""So many steps are drawn anew in all."""
LEAST_CHARTS = 1
"""So many charts are drawn on the largest map."""
MOST_VERTICES = 10
"""With more grades than this that cannot be judged, their worst case is bounded, not searched."""


class NeedsDetailError(Exception):
    """The answer hangs on how far ground was drawn from where it ran; never leaves this package."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """Worlds in which every answer is settled, or that were left open when the budget ended."""

    world: World
    mass: float
    """Probability of these worlds, with grades that cannot be judged halfway."""
    answers: Answers


@dataclass(frozen=True)
class Tree:
    """All worlds, taken apart as far as the answers needed."""

    leaves: tuple[Leaf, ...]
    start: World
    doubts: Doubts
    nodes: int
    is_whole: bool
    """Every leaf is settled."""

    def bracket(self, key: Key) -> tuple[float, float]:
        """
        Give the least probability that an answer holds, and the greatest that it is not denied.

        Returns
        -------
        lower, upper
            Over the two readings, over the grades that cannot be judged, and over what was left
            open.
        """
        surely = [leaf for leaf in self.leaves if leaf.answers[key][0][0]]
        maybe = [leaf for leaf in self.leaves if leaf.answers[key][1][1]]
        return self._extreme(surely, low=True), self._extreme(maybe, low=False)

    def _extreme(self, leaves: list[Leaf], *, low: bool) -> float:
        """Give the least or the greatest mass of some leaves over the grades not known."""
        if not leaves:
            return 0.0
        if len(leaves) == len(self.leaves):
            return 1.0
        wide = [
            i for i, item in enumerate(self.doubts.items)
            if item.low < item.high and any(leaf.world.items[i] != OPEN for leaf in self.leaves)
        ]  # fmt: skip
        if len(wide) > MOST_VERTICES:
            return self._bound(leaves, wide, low=low)
        masses = [self._weigh(leaves, dict(zip(wide, corner, strict=True)))
                  for corner in itertools.product((False, True), repeat=len(wide))]  # fmt: skip
        return min(masses) if low else max(masses)

    def _weigh(self, leaves: list[Leaf], high: dict[int, bool]) -> float:
        """Weigh leaves; the mass is linear in every probability, so corners are extreme."""
        return sum(leaf_mass(leaf.world, self.start, self.doubts, high) for leaf in leaves)

    def _bound(self, leaves: list[Leaf], wide: list[int], *, low: bool) -> float:
        """Bound the mass from outside, each leaf taken at its own worst case."""

        def weigh(chosen: list[Leaf], *, least: bool) -> float:
            total = 0.0
            for leaf in chosen:
                high = {i: (leaf.world.items[i] == TRUE) != least for i in wide}
                total += leaf_mass(leaf.world, self.start, self.doubts, high)
            return total

        if low:
            rest = [leaf for leaf in self.leaves if leaf not in leaves]
            return max(weigh(leaves, least=True), 1.0 - weigh(rest, least=False))
        rest = [leaf for leaf in self.leaves if leaf not in leaves]
        return min(weigh(leaves, least=False), 1.0 - weigh(rest, least=True))


def leaf_mass(world: World, start: World, doubts: Doubts, high: Mapping[int, bool]) -> float:
    """Give the probability of all worlds that agree with one: products of independent items."""
    mass = 1.0
    for i, value in enumerate(world.items):
        if value == OPEN or start.items[i] != OPEN:
            continue
        item = doubts.items[i]
        p = item.middle if i not in high else item.high if high[i] else item.low
        mass *= p if value == TRUE else 1.0 - p
    for left, shift in zip(world.levels, doubts.shifts, strict=True):
        mass *= sum(weight for i, weight in enumerate(shift.weights) if left >> i & 1)
    return mass


def take_apart(
    atlas: Atlas, ask: Ask, choose: Choose, most: int, is_over: Callable[[], bool]
) -> Tree:
    """
    Take the worlds apart until every answer is settled, or `most` nodes were looked at.

    Parameters
    ----------
    atlas
        Where worlds are read.
    ask
        Gives the answers that hold in all worlds that agree with one.
    choose
        Names the variable to decide next, ("item" or "shift", number); None where none is left.
    most
        Nodes to look at.
    is_over
        Tells whether there is no time left: what is not settled then stays open.
    """
    doubts, start = atlas.doubts, atlas.start
    order = itertools.count()
    queue: list[tuple[float, int, World]] = []
    leaves: list[Leaf] = []
    nodes = 0
    is_whole = True
    answers: Answers | None = None
    steps = max(len(gazer.chart.steps) for gazer in atlas.gazers) or 1
    most_charts = max(LEAST_CHARTS, min(most // NODES_PER_CHART, STEPS_DRAWN // steps))

    def push(world: World) -> None:
        mass = leaf_mass(world, start, doubts, {})
        heapq.heappush(queue, (-mass, next(order), world))

    push(start)
    while queue:
        mass, _, world = heapq.heappop(queue)
        first = atlas.find_undecided(world)
        is_new = answers is not None and not atlas.is_drawn(world)
        if is_new and len(atlas.gazers) >= most_charts:
            is_whole = False
            leaves.append(Leaf(world, -mass, dict.fromkeys(answers or (), UNSETTLED)))
            continue
        if first is not None:
            for value in (TRUE, FALSE):
                push(world.settle(first, value))
            continue
        nodes += 1
        answers = ask(world)
        if is_settled(answers):
            leaves.append(Leaf(world, -mass, answers))
            continue
        variable = choose(world)
        if nodes + len(queue) >= most or variable is None or is_over():
            is_whole = False
            leaves.append(Leaf(world, -mass, answers))
            continue
        for child in split(world, variable):
            push(child)
    return Tree(tuple(leaves), start, doubts, nodes, is_whole)


def split(world: World, variable: tuple[str, int]) -> Iterator[World]:
    """Decide one variable every way it may be."""
    kind, number = variable
    if kind == "item":
        yield from (world.settle(number, value) for value in (TRUE, FALSE))
    else:
        left = world.levels[number]
        yield from (world.shift(number, level) for level in range(3) if left >> level & 1)


def is_settled(answers: Answers) -> bool:
    """Tell whether every answer is the same in all the worlds asked."""
    return all(sure == maybe for both in answers.values() for sure, maybe in both)

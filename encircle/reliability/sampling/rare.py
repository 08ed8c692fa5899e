"""How likely is it that a force is cut off, or connected, when that is very unlikely.

Drawing worlds as they come would need a hundred million of them to see one in a million a hundred
times. So a cut is drawn first, by its weight: the probability that all its edges are closed. Its
edges are closed and all others drawn as they come. A world in which the force is cut off is found
through every cut that is closed in it; with c pieces there are 2^(c-2) of those, since each piece
but those of the force and of its goal may count to either side. So

    P(cut off) = Z E[2^(2-c)],    Z = sum of the weights of all cuts,

without a bias and without a world left out. The other way round, a join is drawn: a way from the
force to its goal, and loops. It is opened and all other edges drawn. A world in which the force is
connected, with l open edges beyond those of a forest, is found through 2^l joins, so

    P(connected) = Z E[2^-l],    Z = sum of the weights of all joins.

Either estimate lies between 0 and Z, which is a bound in its own right. The relative variance is
small as long as few pieces, or few loops, come about by chance: where the event is rare.

References
----------
.. [1] Karp, R. M., Luby, M. (1985). Monte-Carlo algorithms for the planar multiterminal network
   reliability problem. Journal of Complexity 1. doi:10.1016/0885-064X(85)90021-4
.. [2] Agresti, A., Coull, B. A. (1998). Approximate is better than "exact" for interval estimation
   of binomial proportions. The American Statistician 52. doi:10.1080/00031305.1998.10480550
.. [3] Edwards, R. G., Sokal, A. D. (1988). Generalization of the Fortuin-Kasteleyn-Swendsen-Wang
   representation and Monte Carlo algorithm. Physical Review D 38. doi:10.1103/PhysRevD.38.2009
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.counting.exact import find_core_reliability
from encircle.reliability.counting.reductions import reduce_graph
from encircle.reliability.counting.sweep import (
    JOIN,
    LEAVE,
    PASS_ON,
    SOURCE,
    TARGET,
    measure_widths,
    plan_sweep,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from encircle.reliability.counting.exact import Bounds
    from encircle.reliability.counting.reductions import Core
    from encircle.reliability.counting.sweep import Sweep
    from encircle.reliability.graph import Graph

    OnStep = Callable[[object], None]

Z_95 = 1.959964
"""Standard deviations to either side that hold 95 % of a normal distribution."""

BATCH = 1_000
"""Worlds drawn between two looks at the error."""

FIRST_SAMPLES = 4 * BATCH
"""Worlds drawn before the error is looked at, lest a lucky start end the drawing."""

MOST_ODDS = 250_000_000
"""Odds kept for drawing; at 4 bytes each, 1 GB."""

LONGEST = 62
"""Bits of an integer that is not negative."""

EXACT_COST = 2e8
"""States to visit up to which a block is counted exactly instead of drawn: about 0.1 s."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability, from worlds drawn."""

    probability: float
    low: float
    """No less than this, in 19 of 20 estimates."""
    high: float
    """No more than this, in 19 of 20 estimates."""
    bound: float
    """No more than this for certain: the weight of all cuts, or of all joins."""
    samples: int
    """Worlds drawn; 0 where all blocks were counted exactly."""
    seed: int

    @property
    def relative_error(self) -> float:
        """Half the interval, as a share of the probability."""
        return (self.high - self.low) / 2 / self.probability if self.probability else 0.0


class TooWideError(ValueError):
    """No order keeps the frontier narrow enough for worlds to be drawn by weight."""

    def __init__(self, slots: int, odds: float) -> None:
        self.slots, self.odds = slots, odds
        super().__init__(
            f"a frontier of {slots - 2} vertices takes {odds:.1e} odds, more than "
            f"{MOST_ODDS:.1e}. Ask find_reliability for bounds, or reduce the graph first"
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """How long to draw."""

    seed: int = 0
    """The same seed gives the same estimate."""
    relative_error: float = 0.02
    """Half the interval, as a share of the estimate, at which drawing ends."""
    most_samples: int = 1_000_000
    """Worlds to draw in a block at most, once the first have been."""
    exact_cost: float = EXACT_COST
    """States to visit up to which a block is counted exactly; 0 draws every block."""


def estimate_cut_off(
    graph: Graph, drawing: Drawing = Drawing(), on_step: OnStep | None = None
) -> Estimate:
    """
    Estimate how likely no source reaches any target, where that is unlikely.

    Raises
    ------
    TooWideError
        If a block is too wide for its cuts to be drawn.
    """
    reduced = reduce_graph(graph)
    if reduced.cut_off:
        return Estimate(1.0, 1.0, 1.0, 1.0, 0, drawing.seed)
    links = [CutLink(core, drawing, n) for n, core in enumerate(reduced.blocks)]
    return _draw(links, _measure_cut_off, drawing, on_step)


def estimate_connected(
    graph: Graph, drawing: Drawing = Drawing(), on_step: OnStep | None = None
) -> Estimate:
    """
    Estimate how likely any source reaches any target, where that is unlikely.

    Parameters and errors are those of `estimate_cut_off`.
    """
    reduced = reduce_graph(graph)
    if reduced.cut_off:
        return Estimate(0.0, 0.0, 0.0, 0.0, 0, drawing.seed)
    links = [JoinLink(core, drawing, n) for n, core in enumerate(reduced.blocks)]
    return _draw(links, _measure_connected, drawing, on_step)


def _draw(
    links: Sequence[Link],
    measure: Callable[[Sequence[Link]], tuple[float, float]],
    drawing: Drawing,
    on_step: OnStep | None,
) -> Estimate:
    """Draw worlds of the block that is known least, until the whole is known well enough."""
    for link in links:
        while link.drawn and link.samples < FIRST_SAMPLES:
            link.draw()
    while True:
        probability, variance = measure(links)
        half = Z_95 * sqrt(variance)
        worst = max(links, key=Link.measure_doubt, default=None)
        if worst is None or half <= drawing.relative_error * probability:
            break
        if worst.samples >= drawing.most_samples:
            break
        worst.draw()
        if on_step:
            on_step(worst.samples)
    bounds = [link.bound for link in links]
    bound = min(1.0, sum(bounds) if measure is _measure_cut_off else float(np.prod(bounds)))
    low, high = min(1.0, max(0.0, probability - half)), min(probability + half, 1.0)
    probability = min(probability, 1.0)  # the mean of weights may come out above
    samples = sum(link.samples for link in links)
    return Estimate(probability, low, high, bound, samples, drawing.seed)


def _measure_cut_off(links: Sequence[Link]) -> tuple[float, float]:
    """Measure the probability that any link is cut, and the variance of that."""
    cut = np.array([min(link.value, 1.0) for link in links])
    if (cut >= 1).any():
        return 1.0, max(link.measure_variance() for link in links)
    crossed = np.prod(1 - cut)
    variance = sum(
        link.measure_variance() * (crossed / (1 - u)) ** 2
        for link, u in zip(links, cut, strict=True)
    )
    return -float(np.expm1(np.log1p(-cut).sum())), float(variance)


def _measure_connected(links: Sequence[Link]) -> tuple[float, float]:
    """Measure the probability that all links are crossed, and the variance of that."""
    crossed = float(np.prod([link.value for link in links]))
    variance = sum(link.measure_variance() * (crossed / link.value) ** 2 for link in links)
    return crossed, float(variance)


class Link:
    """One block, counted or drawn; `value` is the probability that is sought of it."""

    known = 0.0
    """What a direct edge alone makes of the value."""
    weight = 0.0
    """Of all that can be drawn, together."""

    def __init__(self, core: Core, drawing: Drawing, number: int) -> None:
        direct = core.u + core.v == SOURCE + TARGET
        self.core = core.keep(~direct)
        self.p_direct = float(core.p_open[direct].sum())
        self.scale = float(core.p_closed[direct].prod())
        self.samples, self.total, self.squares = 0, 0.0, 0.0
        self.batches = np.random.SeedSequence([drawing.seed, number])
        sweep = plan_sweep(self.core)
        self.drawn = sweep.cost > drawing.exact_cost
        if self.drawn:
            self.prepare(sweep)
            self.bound = min(1.0, self.known + self.scale * self.weight)
            self.value = self.bound
        else:
            self.value = self.bound = self.count(find_core_reliability(core))

    def prepare(self, sweep: Sweep) -> None:
        """Weigh all that can be drawn: `weight` and what drawing needs."""
        raise NotImplementedError

    def count(self, found: Bounds) -> float:
        """Give the value, where it could be counted."""
        raise NotImplementedError

    def draw_values(self, samples: int, seed: int) -> NDArray[np.float64]:
        """Draw worlds; the share of the weight that each stands for, 0 to 1; shape (samples,)."""
        raise NotImplementedError

    def draw(self) -> None:
        """Draw one batch of worlds more."""
        [child] = self.batches.spawn(1)
        found = self.draw_values(BATCH, int(child.generate_state(1)[0]))
        self.samples += len(found)
        self.total += float(found.sum())
        self.squares += float((found**2).sum())
        self.value = self.known + self.scale * self.weight * self.total / self.samples

    def measure_variance(self) -> float:
        """Measure the variance of the value."""
        if not self.drawn:
            return 0.0
        # Two at either end are added, lest values that happen to be all alike make the error
        # nothing.
        count = self.samples + 4
        spread = (self.squares + 2) / count - ((self.total + 2) / count) ** 2
        return float(spread / count * (self.scale * self.weight) ** 2)

    def measure_doubt(self) -> float:
        """Measure the relative variance, by which blocks are drawn in turn."""
        return self.measure_variance() / self.value**2 if self.value else 0.0

    def make_room(self, sweep: Sweep, sizes: NDArray[np.int64]) -> None:
        """Make room for the odds of each step."""
        needed = float(sizes.sum(dtype=np.float64))
        if needed > MOST_ODDS:
            raise TooWideError(sweep.slots, needed)
        self.offsets = np.cumsum(sizes) - sizes
        self.odds = np.empty(int(needed), np.float32)
        self.steps = sweep.list_columns()


class CutLink(Link):
    """A block, and all its cuts by weight."""

    def prepare(self, sweep: Sweep) -> None:
        """Weigh all cuts; their weight is no less than the probability of being cut off."""
        from encircle.reliability.sampling.cuts import weigh_cuts

        self.widths = measure_widths(sweep)
        half = 1 << (np.minimum(self.widths, LONGEST) - 1)
        self.make_room(sweep, np.where(sweep.kinds == JOIN, 0, half))
        self.weight = weigh_cuts(self.steps, self.widths, self.offsets, self.odds)

    def count(self, found: Bounds) -> float:
        """Give the probability of being cut off."""
        return found.cut_off

    def draw_values(self, samples: int, seed: int) -> NDArray[np.float64]:
        """Draw worlds; of c pieces, 2^(2-c)."""
        from encircle.reliability.sampling.cuts import draw_cuts

        pieces = np.empty(samples, np.int64)
        core = self.core
        draw_cuts(
            self.steps, self.widths, self.offsets, self.odds, core.order, core.u, core.v, seed,
            pieces,
        )  # fmt: skip
        values: NDArray[np.float64] = np.exp2(2.0 - pieces)
        return values


class JoinLink(Link):
    """A block, and all its joins by weight."""

    def prepare(self, sweep: Sweep) -> None:
        """Weigh all joins; their weight is no less than the probability of being connected."""
        from encircle.reliability.sampling.joins import weigh_joins

        self.known = self.p_direct
        widths = measure_widths(sweep) + 1
        room = 1 << np.minimum(widths, LONGEST)
        needed = np.where(sweep.kinds == LEAVE, room >> 1, room)
        self.make_room(sweep, np.where(sweep.kinds == PASS_ON, 0, needed))
        self.weight = weigh_joins(self.steps, widths, self.offsets, self.odds)

    def count(self, found: Bounds) -> float:
        """Give the probability of being connected."""
        return found.connected

    def draw_values(self, samples: int, seed: int) -> NDArray[np.float64]:
        """Draw worlds; of l loops, 2^-l."""
        from encircle.reliability.sampling.joins import draw_joins

        loops = np.empty(samples, np.int64)
        core = self.core
        draw_joins(self.steps, self.offsets, self.odds, core.order, core.u, core.v, seed, loops)
        values: NDArray[np.float64] = np.exp2(-loops.astype(np.float64))
        return values

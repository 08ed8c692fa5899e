"""How likely is it that a force is cut off, when that is very unlikely.

Drawing worlds as they come would need a hundred million of them to see one in a million a hundred
times. So a cut is drawn first, by its weight: the probability that all its edges are closed. Its
edges are closed and all others drawn as they come. A world in which the force is cut off is found
through every cut that is closed in it; with c pieces there are 2^(c-2) of those, since each piece
but those of the force and of its goal may count to either side. So

    P(cut off) = Z E[2^(2-c)],    Z = sum of the weights of all cuts,

without a bias and without a world left out. The estimate lies between 0 and Z, which is a bound in
its own right; its relative variance is small as long as few vertices stand alone by chance.

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

from encircle.likelihood.exact import find_core_reliability
from encircle.likelihood.reductions import reduce_graph
from encircle.likelihood.sweep import (
    LEAVE,
    PASS_ON,
    SOURCE,
    TARGET,
    measure_widths,
    plan_sweep,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from encircle.likelihood.graph import Graph
    from encircle.likelihood.reductions import Core
    from encircle.likelihood.sweep import Sweep

Z_95 = 1.959964
"""Standard deviations to either side that hold 95 % of a normal distribution."""

BATCH = 1_000
"""Worlds drawn between two looks at the error."""

FIRST_SAMPLES = 4 * BATCH
"""Worlds drawn before the error is looked at, lest a lucky start end the drawing."""

MOST_ODDS = 250_000_000
"""Odds of sides kept for drawing; at 4 bytes each, 1 GB."""

EXACT_COST = 2e8
"""States to visit up to which a block is counted exactly instead of drawn: about 0.1 s."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How likely the force is cut off, from worlds drawn."""

    cut_off: float
    """The probability."""
    low: float
    """No less than this, in 19 of 20 estimates."""
    high: float
    """No more than this, in 19 of 20 estimates."""
    bound: float
    """No more than this for certain: the weight of all cuts."""
    samples: int
    """Worlds drawn; 0 where all blocks were counted exactly."""
    seed: int

    @property
    def relative_error(self) -> float:
        """Half the interval, as a share of the probability."""
        return (self.high - self.low) / 2 / self.cut_off if self.cut_off else 0.0


class TooWideError(ValueError):
    """No order keeps the frontier narrow enough for cuts to be drawn by weight."""

    def __init__(self, slots: int, odds: int) -> None:
        self.slots, self.odds = slots, odds
        super().__init__(
            f"a frontier of {slots - 2} vertices takes {odds:.1e} odds of sides, more than "
            f"{MOST_ODDS:.1e}. Ask find_reliability for bounds, or reduce the graph first"
        )


def estimate_cut_off(  # noqa: PLR0913 - all but the graph have a default
    graph: Graph,
    *,
    seed: int = 0,
    relative_error: float = 0.02,
    most_samples: int = 1_000_000,
    exact_cost: float = EXACT_COST,
    on_step: Callable[[object], None] | None = None,
) -> Estimate:
    """
    Estimate how likely no source reaches any target.

    Parameters
    ----------
    graph
        Edges open independently of each other.
    seed
        The same seed gives the same estimate.
    relative_error
        Half the interval, as a share of the estimate, at which drawing ends.
    most_samples
        Worlds to draw in a block at most.
    exact_cost
        States to visit up to which a block is counted exactly; 0 draws every block.
    on_step
        Called after each batch of worlds.

    Raises
    ------
    TooWideError
        If a block is too wide for its cuts to be drawn.
    """
    reduced = reduce_graph(graph)
    if reduced.cut_off:
        return Estimate(1.0, 1.0, 1.0, 1.0, 0, seed)
    links = [_Link(core, seed + n, exact_cost) for n, core in enumerate(reduced.blocks)]
    for link in links:
        link.begin()
    while _measure(links)[1] > relative_error:
        worst = max(links, key=_Link.measure_variance)
        if worst.samples >= most_samples:
            break
        worst.draw()
        if on_step:
            on_step(worst.samples)
    cut_off, error, bound = _measure(links)
    half = cut_off * error
    samples = sum(link.samples for link in links)
    low, high = max(0.0, cut_off - half), min(cut_off + half, 1.0)
    return Estimate(cut_off, low, high, bound, samples, seed)


def _measure(links: list[_Link]) -> tuple[float, float, float]:
    """Measure the probability that any link is cut, its relative error, and its bound."""
    crossed = float(np.prod([1 - link.cut_off for link in links]))
    cut_off = -float(np.expm1(sum(np.log1p(-link.cut_off) for link in links)))
    variance = sum(
        link.measure_variance() * (crossed / (1 - link.cut_off)) ** 2
        for link in links
        if link.cut_off < 1
    )
    bound = min(1.0, sum(link.bound for link in links))
    return cut_off, Z_95 * sqrt(variance) / cut_off if cut_off else 0.0, bound


class _Link:
    """One block, counted or drawn."""

    def __init__(self, core: Core, seed: int, exact_cost: float) -> None:
        direct = core.u + core.v == SOURCE + TARGET
        self.core = core.keep(~direct)
        self.scale = float(np.prod(core.p_closed[direct]))
        self.samples, self.total, self.squares = 0, 0.0, 0.0
        self.batches = np.random.SeedSequence(seed)
        sweep = plan_sweep(self.core)
        self.drawn = sweep.cost > exact_cost
        if self.drawn:
            self.cuts = Cuts(self.core, sweep)
            self.bound = self.scale * min(1.0, self.cuts.weight)
            self.cut_off = self.bound
        else:
            self.cut_off = self.bound = find_core_reliability(core).cut_off

    def begin(self) -> None:
        """Draw enough to tell how much the worlds differ."""
        while self.drawn and self.samples < FIRST_SAMPLES:
            self.draw()

    def measure_variance(self) -> float:
        """Measure the variance of the estimate."""
        if not self.drawn:
            return 0.0
        # Values lie between 0 and 1. Two at either end are added, lest values that happen to be
        # all alike make the error nothing.
        count = self.samples + 4
        spread = (self.squares + 2) / count - ((self.total + 2) / count) ** 2
        return spread / count * (self.scale * self.cuts.weight) ** 2

    def draw(self) -> None:
        """Draw one batch of worlds more."""
        [child] = self.batches.spawn(1)
        found = self.cuts.draw(BATCH, int(child.generate_state(1)[0]))
        self.samples += len(found)
        self.total += float(found.sum())
        self.squares += float((found**2).sum())
        self.cut_off = self.scale * self.cuts.weight * self.total / self.samples


class Cuts:
    """All cuts of a core, by weight."""

    def __init__(self, core: Core, sweep: Sweep) -> None:
        self.core = core
        self.widths = measure_widths(sweep)
        leaves = (sweep.kinds == LEAVE) | (sweep.kinds == PASS_ON)
        sizes = np.where(leaves, 1 << (np.minimum(self.widths, 62) - 1), 0)
        needed = int(sizes.sum(dtype=np.float64))
        if needed > MOST_ODDS:
            raise TooWideError(sweep.slots, needed)
        self.offsets = np.cumsum(sizes) - sizes
        self.odds = np.empty(needed, np.float32)
        self.steps = (
            sweep.kinds, sweep.firsts, sweep.seconds, sweep.p_open, sweep.p_closed, sweep.edges
        )  # fmt: skip
        from encircle.likelihood.cuts import weigh_cuts  # noqa: PLC0415 - compiled

        self.weight = weigh_cuts(self.steps, self.widths, self.offsets, self.odds)
        """Sum of the weights of all cuts; no less than the probability of being cut off."""

    def draw(self, samples: int, seed: int) -> NDArray[np.float64]:
        """Draw worlds; 2^(2-c) for each, shape (samples,), whose mean by the weight is sought."""
        from encircle.likelihood.cuts import draw_cuts  # noqa: PLC0415 - compiled

        counts = np.empty(samples, np.int64)
        core = self.core
        draw_cuts(
            self.steps, self.widths, self.offsets, self.odds, core.order, core.u, core.v, seed,
            counts,
        )  # fmt: skip
        values: NDArray[np.float64] = np.exp2(2.0 - counts)
        return values

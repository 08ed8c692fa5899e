"""Kernels that draw joins at random, each as often as all its edges are likely to be open.

A join is a set of edges with an odd number of them at the force, an odd number at its goal, and an
even number at any other vertex: a way from one to the other, and loops. It weighs the product of
the probabilities that its edges are open. As with cuts, one sweep sums all weights and gives the
means to draw by weight: what it remembers of the frontier is which vertices have an odd number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import compiled
from encircle.reliability.counting.sweep import JOIN, LEAVE, PASS_ON, SOURCE, TARGET
from encircle.reliability.sampling.cuts import MOST_ODDS, find_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from encircle.reliability.sampling.cuts import Columns, Ints


@compiled
def mark(slot: int) -> int:
    """Give the bit of a slot: the force has the first, its goal none, since it follows from all."""
    if slot == SOURCE:
        return 1
    return 0 if slot == TARGET else 1 << (slot - 1)


@compiled
def weigh_joins(  # noqa: C901 - one loop over flat arrays
    steps: Columns, widths: Ints, offsets: Ints, odds: NDArray[np.float32]
) -> float:
    """
    Sum the weights of all joins, and note for each edge the odds that it is in one.

    Parameters
    ----------
    steps
        Columns of the sweep: kinds, firsts, seconds, p_open, p_closed, edges.
    widths
        Bits in use at each step, shape (k,).
    offsets
        Where the odds of a step begin, shape (k,).
    odds
        Filled: for each parity that the frontier has after the step, the weight with the edge by
        that without it. Empty, none are noted.
    """
    kinds, firsts, seconds, p_open, _, edges = steps
    weight = np.zeros(1 << widths.max())
    weight[0] = 1.0
    noting = len(odds) > 0
    for step in range(len(kinds)):
        bit, p, room = mark(firsts[step]), p_open[step], 1 << widths[step]
        if kinds[step] == PASS_ON:
            for high in range(bit, room, 2 * bit):
                for odd in range(high, high + bit):
                    weight[odd] *= p
            continue
        both = bit ^ mark(seconds[step])
        at = offsets[step]
        for high in range(0, room, 2 * bit):
            for even in range(high, high + bit):
                odd = even ^ both
                if edges[step] >= 0:
                    without, other = weight[even], weight[odd]
                    weight[even] = without + p * other
                    weight[odd] = other + p * without
                    if noting and kinds[step] == JOIN:
                        odds[at + even] = divide(p * other, without)
                        odds[at + odd] = divide(p * without, other)
                    elif noting:
                        odds[at] = divide(p * other, without)
                        at += 1
        if kinds[step] == LEAVE:
            for high in range(bit, room, 2 * bit):
                weight[high : high + bit] = 0.0
    return float(weight[1])


@compiled
def divide(one: float, other: float) -> float:
    """Divide, within what 32 bits hold."""
    return min(one / other, MOST_ODDS) if other > 0.0 else MOST_ODDS


@compiled
def draw_joins(  # noqa: PLR0913 - flat arrays
    steps: Columns, offsets: Ints, odds: NDArray[np.float32], order: int, u: Ints, v: Ints,
    seed: int, counts: Ints,
) -> None:  # fmt: skip
    """
    Draw a join, open its edges, draw all others, and count the loops; once for each of `counts`.

    `counts[i]` becomes the number of open edges beyond those of a forest, shape (samples,).
    """
    np.random.seed(seed)  # noqa: NPY002 - the generator of compiled code
    kinds, firsts, seconds, p_open, _, edges = steps
    parent = np.empty(order, np.int64)
    for sample in range(len(counts)):
        for vertex in range(order):
            parent[vertex] = vertex
        loops, parity = 0, 1
        for step in range(len(kinds) - 1, -1, -1):
            if edges[step] < 0:
                continue
            bit = mark(firsts[step])
            if kinds[step] == PASS_ON:
                joined = parity & bit != 0
            else:
                place = parity
                if kinds[step] == LEAVE:
                    place = (parity // (2 * bit)) * bit + parity % bit
                one = float(odds[offsets[step] + place])
                joined = np.random.random() * (1.0 + one) < one  # noqa: NPY002
                if joined:
                    parity ^= bit ^ mark(seconds[step])
            if not joined and np.random.random() >= p_open[step]:  # noqa: NPY002
                continue
            x, y = find_root(parent, u[edges[step]]), find_root(parent, v[edges[step]])
            if x == y:
                loops += 1
            else:
                parent[x] = y
        counts[sample] = loops

"""Kernels that draw cuts at random, each as often as all its edges are likely to be closed.

A cut is a choice of side for every vertex, with the force on side 0 and its goal on side 1. It
weighs the product of the probabilities that its edges are closed. The sum of all weights and the
means to draw by weight come from one sweep over the sides of the frontier: two to its width, where
the exact count needs four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import compiled
from encircle.reliability.counting.sweep import JOIN, LEAVE, PASS_ON, TARGET

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Columns = tuple[Ints, Ints, Ints, Floats, Floats, Ints]

FIRST_BIT = TARGET + 1
"""Slots of the force and the goal have no bit: their sides are known."""

MOST_ODDS = 1e37
"""What 32 bits hold with room to spare."""


@compiled
def is_apart(sides: int, a: int, b: int) -> bool:
    """Say whether two slots are on different sides."""
    side_a = sides >> (a - FIRST_BIT) & 1 if a > TARGET else a
    side_b = sides >> (b - FIRST_BIT) & 1 if b > TARGET else b
    return side_a != side_b


@compiled
def find_root(parent: Ints, vertex: int) -> int:
    """Find the vertex that stands for a piece, halving the way there."""
    while parent[vertex] != vertex:
        parent[vertex] = parent[parent[vertex]]
        vertex = parent[vertex]
    return vertex


@compiled
def weigh_cuts(  # noqa: C901, PLR0912 - one loop over flat arrays
    steps: Columns, widths: Ints, offsets: Ints, odds: NDArray[np.float32]
) -> float:
    """
    Sum the weights of all cuts, and note for each vertex that leaves the odds of its sides.

    Parameters
    ----------
    steps
        Columns of the sweep: kinds, firsts, seconds, p_open, p_closed, edges.
    widths
        Bits in use at each step, shape (k,).
    offsets
        Where the odds of a step begin, shape (k,).
    odds
        Filled: for each way the other bits are, the weight with the vertex on side 1 by that with
        it on side 0. Odds, not shares, since both sides may be very unlikely. Empty, none are
        noted.
    """
    kinds, firsts, seconds, _, p_closed, _ = steps
    weight = np.ones(1 << widths.max())
    held = 1
    noting = len(odds) > 0
    for step in range(len(kinds)):
        a, b, q = firsts[step], seconds[step], p_closed[step]
        room = 1 << widths[step]
        while held < room:
            weight[held : 2 * held] = weight[:held]
            held *= 2
        held = room
        if kinds[step] != PASS_ON and a != b:
            # A slot that nobody sits in holds both halves alike, so entering it costs nothing.
            if b <= TARGET:
                bit = 1 << (a - FIRST_BIT)
                for high in range(0, room, 2 * bit):
                    begin = high + (bit if b == 0 else 0)
                    for sides in range(begin, begin + bit):
                        weight[sides] *= q
            else:
                large = 1 << (max(a, b) - FIRST_BIT)
                small = 1 << (min(a, b) - FIRST_BIT)
                for high in range(0, room, 2 * large):
                    for middle in range(0, large, 2 * small):
                        for low in range(high + middle, high + middle + small):
                            weight[low + small] *= q
                            weight[low + large] *= q
        if kinds[step] == JOIN:
            continue
        bit = 1 << (a - FIRST_BIT)
        at = offsets[step]
        for high in range(0, room, 2 * bit):
            for sides in range(high, high + bit):
                zero, one = weight[sides], weight[sides + bit]
                if noting:
                    odds[at] = min(one / zero, MOST_ODDS) if zero > 0 else MOST_ODDS
                    at += 1
                if kinds[step] == LEAVE:
                    weight[sides] = weight[sides + bit] = zero + one
                else:
                    weight[sides] = zero + q * one
                    weight[sides + bit] = q * zero + one
    return float(weight[0])


@compiled
def draw_cuts(  # noqa: PLR0913 - flat arrays
    steps: Columns, widths: Ints, offsets: Ints, odds: NDArray[np.float32], order: int, u: Ints,
    v: Ints, seed: int, counts: Ints,
) -> None:  # fmt: skip
    """
    Draw a cut, close its edges, draw all others, and count the pieces; once for each of `counts`.

    `counts[i]` becomes the number of pieces that the open edges leave, shape (samples,).
    """
    np.random.seed(seed)  # noqa: NPY002 - the generator of compiled code
    kinds, firsts, seconds, _, p_closed, edges = steps
    parent = np.empty(order, np.int64)
    for sample in range(len(counts)):
        for vertex in range(order):
            parent[vertex] = vertex
        pieces = order
        sides = 0
        for step in range(len(kinds) - 1, -1, -1):
            a, b, q = firsts[step], seconds[step], p_closed[step]
            apart = False
            if kinds[step] != JOIN:
                place = a - FIRST_BIT
                bit = 1 << place
                after = sides >> place & 1
                rest = (sides >> (place + 1)) << place | (sides & (bit - 1))
                rest &= (1 << (widths[step] - 1)) - 1
                zero, one = 1.0, float(odds[offsets[step] + rest])
                if kinds[step] == PASS_ON:
                    if after:
                        zero = q
                    else:
                        one *= q
                drawn = 1 if np.random.random() * (zero + one) < one else 0  # noqa: NPY002
                sides = (sides & ~bit) | (drawn << place)
                apart = kinds[step] == PASS_ON and drawn != after
            if kinds[step] != PASS_ON:
                apart = is_apart(sides, a, b)
            edge = edges[step]
            if edge < 0 or apart or np.random.random() < q:  # noqa: NPY002
                continue
            x, y = find_root(parent, u[edge]), find_root(parent, v[edge])
            if x != y:
                parent[x] = y
                pieces -= 1
        counts[sample] = pieces

"""One force in many worlds: search depth first, and draw an edge when the search looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import njit
from encircle.reliability.kernels.random import GOLDEN, find_key, mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int32s = NDArray[np.int32]
    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]


SOURCE, TARGET = 1, 2
"""What a vertex is, as bits 30 and 31 of an arc that leads to it."""
HEAD_BITS, FLAG_SHIFT, DRAW_SHIFT = 0x3FFFFFFF, 30, 32
"""An arc in one word: 30 bits of head, 2 of flags, 32 of threshold."""
ALWAYS = 0xFFFFFFFF
"""Threshold of an edge that is open in every world; no draw of 32 bits is above it."""
UNBOUND = 2**62
"""A budget no search uses up."""


@njit()
def pack_arcs(
    indptr: Ints, head: Int32s, by: Int32s, threshold: Words, hops: Int32s, flags: NDArray[np.uint8]
) -> tuple[Words, Int32s]:
    """
    Pack each arc into a word and sort every row, the arc nearest the goal first.

    Returns
    -------
    arcs, edges
        Words of threshold, flags and head; and the edge of each.
    """
    arcs = np.empty(len(head), np.uint64)
    edges = np.empty(len(head), np.int32)
    for x in range(len(indptr) - 1):
        for at in range(indptr[x], indptr[x + 1]):
            y, edge = head[at], by[at] >> 1
            word = (
                (threshold[edge] << np.uint64(DRAW_SHIFT))
                | (np.uint64(flags[y]) << np.uint64(FLAG_SHIFT))
                | np.uint64(y)
            )
            to = at
            while to > indptr[x]:
                other = arcs[to - 1]
                there = hops[other & np.uint64(HEAD_BITS)]
                nearer = hops[y] < there or (hops[y] == there and word > other)
                if not nearer:
                    break
                arcs[to], edges[to] = other, edges[to - 1]
                to -= 1
            arcs[to], edges[to] = word, edge
    return arcs, edges


@njit()
def explore(
    indptr: Ints,
    arcs: Words,
    edges: Int32s,
    key: int,
    stamp: Int32s,
    other: Int32s,
    turn: int,
    pending: Int32s,
    top: int,
    met: int,
    wanted: int,
    budget: int,
) -> tuple[int, int, int]:
    """
    Search depth first, drawing each arc when it is first looked at, until all wanted is met.

    `key` is the world's: what an edge draws depends on world and edge alone, so that a search may
    be given up and another begun in the same world. `pending` holds, up to `top`, arcs not yet
    looked at: where each row goes on and where it ends. What the search from the other end has
    seen, by its marks in `other`, is all that is wanted; give `stamp` again where there is none.

    Returns
    -------
    met, top, left
        Flags of the vertices met, how much is still pending, what is left of the budget of draws.
    """
    while top > 0 and budget > 0 and (met & wanted) != wanted:
        at = pending[2 * top - 2]
        if at == pending[2 * top - 1]:
            top -= 1
            continue
        pending[2 * top - 2] = at + 1
        arc = arcs[at]
        y = np.int64(arc & np.uint64(HEAD_BITS))
        if stamp[y] == turn:
            continue
        budget -= 1
        word = mix(np.uint64(key) + np.uint64(edges[at]) * np.uint64(GOLDEN))
        if (word >> np.uint64(DRAW_SHIFT)) > (arc >> np.uint64(DRAW_SHIFT)):
            continue
        if other[y] == turn:
            met |= wanted
        stamp[y] = turn
        met |= np.int64((arc >> np.uint64(FLAG_SHIFT)) & np.uint64(3))
        pending[2 * top] = indptr[y]
        pending[2 * top + 1] = indptr[y + 1]
        top += 1
    return met, top, budget


@njit(inline="always")
def start_at(indptr: Ints, starts: Ints, stamp: Int32s, turn: int, pending: Int32s) -> int:
    """Begin a search at some vertices; give how much is pending."""
    top = 0
    for x in starts:
        if stamp[x] != turn:
            stamp[x] = turn
            pending[2 * top], pending[2 * top + 1] = indptr[x], indptr[x + 1]
            top += 1
    return top


@njit()
def search_worlds(
    indptr: Ints,
    arcs: Words,
    edges: Int32s,
    starts: Ints,
    goals: Ints,
    patience: int,
    seed: int,
    first: int,
    count: int,
    stamp: Int32s,
    turn: int,
    pending: Int32s,
) -> tuple[int, int, int]:
    """
    Count the worlds `first` to `first + count - 1` in which the starts reach a target.

    The search from the goals (all targets, or none where they are many) takes turns with that from
    the starts, `patience` draws to four times as many, then twice that, and so on: what is cut off
    at its far end is seen sooner from there.

    Parameters
    ----------
    stamp, turn
        Who was seen last by which search, shape (2, n), a row for each end; all at most `turn`.
    pending
        Room, shape (2, 2 n + 4).

    Returns
    -------
    reached, drawn, turn
        Worlds in which a target is reached, edges drawn in all of them, and the last search.
    """
    reached = drawn = 0
    for world in range(first, first + count):
        key = find_key(seed, world)
        turn += 1
        ahead = start_at(indptr, starts, stamp[0], turn, pending[0])
        back = start_at(indptr, goals, stamp[1], turn, pending[1])
        budget = patience if len(goals) > 0 else UNBOUND >> 2
        met = met_back = 0
        while True:
            if len(goals) > 0:
                met_back, back, left = explore(
                    indptr, arcs, edges, key, stamp[1], stamp[0], turn, pending[1], back, met_back,
                    SOURCE, budget,
                )  # fmt: skip
                drawn += budget - left
                if met_back & SOURCE or back == 0:
                    reached += met_back & SOURCE
                    break
            met, ahead, left = explore(
                indptr, arcs, edges, key, stamp[0], stamp[1], turn, pending[0], ahead, met, TARGET,
                4 * budget,
            )  # fmt: skip
            drawn += 4 * budget - left
            if met & TARGET or ahead == 0:
                reached += (met & TARGET) >> 1
                break
            budget *= 2
    return reached, drawn, turn

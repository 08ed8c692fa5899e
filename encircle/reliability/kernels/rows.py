"""Edges in rows of arcs, an arc being one direction of an edge: those of vertex x lie together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Int32s = NDArray[np.int32]
    Ints = NDArray[np.int64]


UNSEEN = np.int32(2**31 - 1)
"""Hops to a vertex that is not reached."""


@njit()
def build_rows(order: int, u: Ints, v: Ints, keep: Flags) -> tuple[Ints, Int32s, Int32s]:
    """
    Compress edges into rows of arcs; loops and edges not kept are left out.

    Returns
    -------
    indptr, head, by
        Where each row begins, shape (n + 1,); the vertex each arc leads to; its edge times two,
        plus one for an arc from v to u.
    """
    indptr = np.zeros(order + 2, np.int64)
    for e in range(len(u)):
        if keep[e] and u[e] != v[e]:
            indptr[u[e] + 2] += 1
            indptr[v[e] + 2] += 1
    for x in range(2, order + 2):
        indptr[x] += indptr[x - 1]
    head = np.empty(indptr[order + 1], np.int32)
    by = np.empty(indptr[order + 1], np.int32)
    for e in range(len(u)):
        if keep[e] and u[e] != v[e]:
            a, b = indptr[u[e] + 1], indptr[v[e] + 1]
            head[a], by[a] = v[e], 2 * e
            head[b], by[b] = u[e], 2 * e + 1
            indptr[u[e] + 1] += 1
            indptr[v[e] + 1] += 1
    return indptr[: order + 1], head, by


@njit()
def count_hops(indptr: Ints, head: Int32s, starts: Ints) -> Int32s:
    """Count the hops to every vertex from the nearest start, breadth first; shape (n,)."""
    order = len(indptr) - 1
    hops = np.full(order, UNSEEN, np.int32)
    queue = np.empty(order, np.int32)
    last = 0
    for x in starts:
        if hops[x] == UNSEEN:
            hops[x] = 0
            queue[last] = x
            last += 1
    first = 0
    while first < last:
        x = queue[first]
        first += 1
        for at in range(indptr[x], indptr[x + 1]):
            y = head[at]
            if hops[y] == UNSEEN:
                hops[y] = hops[x] + 1
                queue[last] = y
                last += 1
    return hops

"""One force behind a gate: edges, one of which every way must use, are drawn before a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import njit
from encircle.reliability.kernels.random import draw_share, find_key, seed_stream
from encircle.reliability.kernels.search import (
    ALWAYS,
    DRAW_SHIFT,
    FLAG_SHIFT,
    SOURCE,
    TARGET,
    UNBOUND,
    explore,
    start_at,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Int32s = NDArray[np.int32]
    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]


@njit()
def set_gate(arcs: Words, gate: Ints, arc_of: Ints, g: int, is_open: bool) -> None:
    """Write a gate edge's state into its two arcs: always open, or a way back to where it starts.

    `gate[g]` holds its inner and outer end and their flags; `arc_of[g]` where its two arcs lie.
    """
    inner, outer = gate[g, 0], gate[g, 1]
    for side in range(2):
        x = gate[g, side]
        y, flags = (outer, gate[g, 3]) if side == 0 else (inner, gate[g, 2])
        if is_open:
            head = (np.uint64(flags) << np.uint64(FLAG_SHIFT)) | np.uint64(y)
        else:
            head = np.uint64(x)
        arcs[arc_of[g, side]] = (np.uint64(ALWAYS) << np.uint64(DRAW_SHIFT)) | head


@njit()
def draw_gate(state: Words, p_open: Floats, closed_from: Floats, is_open: Flags) -> None:
    """Draw the states of a gate of which at least one edge is open.

    `closed_from[g]` is the probability that edge g and all after it are closed.
    """
    some = False
    for g in range(len(p_open)):
        p = p_open[g] if some else p_open[g] / (1.0 - closed_from[g])
        is_open[g] = draw_share(state) < p
        some |= is_open[g]
    if not some:  # rounding of the last quotient
        is_open[-1] = True


@njit()
def is_walled_in(stamp: Int32s, turn: int, gate: Ints, side: int, is_open: Flags) -> bool:
    """Tell whether a search that came to its end on one side came by no open edge of the gate."""
    for g in range(len(is_open)):
        if is_open[g] and stamp[gate[g, side]] == turn:
            return False
    return True


@njit()
def find_ends(
    indptr: Ints,
    arcs: Words,
    edges: Int32s,
    key: int,
    gate: Ints,
    side: int,
    asked: Flags,
    answer: Flags,
    enough: bool,
    stamp: Int32s,
    turn: int,
    pending: Int32s,
) -> tuple[int, int, int]:
    """
    Find which gate edges lead to a source (side 0) or a target (side 1) without the gate.

    `asked` says which edges are asked about; `answer` is written. With `enough` one will do.

    Returns
    -------
    drawn, turn, met_again
        Edges drawn, the last search, and how often an edge leads nowhere together with another.
    """
    base, drawn, wanted = turn, 0, SOURCE if side == 0 else TARGET
    met_again = 0
    for g in range(len(asked)):
        turn += 1
        answer[g] = False
        if not asked[g]:
            continue
        x = gate[g, side]
        if stamp[x] > base:  # an earlier edge's search came by, and ended the same way
            answer[g] = answer[stamp[x] - base - 1]
            met_again += not answer[g]
            continue
        stamp[x] = turn
        pending[0], pending[1] = indptr[x], indptr[x + 1]
        met, _, left = explore(
            indptr,
            arcs,
            edges,
            key,
            stamp,
            stamp,
            turn,
            pending,
            1,
            gate[g, 2 + side],
            wanted,
            UNBOUND,
        )
        drawn += UNBOUND - left
        answer[g] = (met & wanted) != 0
        if enough and answer[g]:
            break
    return drawn, base + len(asked), met_again


@njit()
def search_worlds_from_gate(
    indptr: Ints,
    arcs: Words,
    edges: Int32s,
    gate: Ints,
    arc_of: Ints,
    p_open: Floats,
    closed_from: Floats,
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
    Count the worlds with a way through a gate: edges, one of which every way must use.

    The gate is drawn first. Where all of it is closed the world is decided without a search. Else
    `patience` draws are spent at either end, to see whether it is cut off just there; then the
    search runs from the gate's open edges, outward for a target and inward for a source. A way
    may also wind out, in and out again: only where two open edges lead outward to the same place
    that is no target's, and then the whole is searched.

    Parameters and returns are those of `search_worlds`, and the gate's (see `draw_gate`).
    """
    state = np.empty(2, np.uint64)
    size = len(p_open)
    is_open, leads_out = np.empty(size, np.bool_), np.empty(size, np.bool_)
    leads_in = np.empty(size, np.bool_)
    reached = drawn = 0
    for g in range(size):
        set_gate(arcs, gate, arc_of, g, False)
    for world in range(first, first + count):
        seed_stream(state, seed, world)
        drawn += 1
        if draw_share(state) < closed_from[0]:
            continue
        draw_gate(state, p_open, closed_from, is_open)
        drawn += size
        key = find_key(seed, world)
        is_cut_off = False
        for side in range(2):
            here = starts if side == 0 else goals
            if len(here) == 0 or is_cut_off:
                continue
            turn += 1
            top = start_at(indptr, here, stamp, turn, pending)
            _, top, left = explore(
                indptr,
                arcs,
                edges,
                key,
                stamp,
                stamp,
                turn,
                pending,
                top,
                0,
                TARGET | SOURCE,
                patience,
            )
            drawn += patience - left
            is_cut_off = top == 0 and is_walled_in(stamp, turn, gate, side, is_open)
        if is_cut_off:
            continue
        rows = indptr, arcs, edges, key, gate
        looked, turn, met_again = find_ends(
            *rows,
            1,
            is_open,
            leads_out,
            False,
            stamp,
            turn,
            pending,
        )
        drawn += looked
        if not leads_out.any():
            continue
        looked, turn, _ = find_ends(
            *rows,
            0,
            leads_out,
            leads_in,
            True,
            stamp,
            turn,
            pending,
        )
        drawn += looked
        if leads_in.any():
            reached += 1
            continue
        if met_again == 0:
            continue
        for g in range(size):
            set_gate(arcs, gate, arc_of, g, is_open[g])
        turn += 1
        for g in range(size):
            x = gate[g, 1]
            if not leads_out[g] or stamp[x] == turn:
                continue
            stamp[x] = turn
            pending[0], pending[1] = indptr[x], indptr[x + 1]
            met, _, left = explore(
                indptr,
                arcs,
                edges,
                key,
                stamp,
                stamp,
                turn,
                pending,
                1,
                gate[g, 3],
                SOURCE,
                UNBOUND,
            )
            drawn += UNBOUND - left
            if met & SOURCE:
                reached += 1
                break
        for g in range(size):
            set_gate(arcs, gate, arc_of, g, False)
    return reached, drawn, turn


@njit()
def find_root(parent: Int32s, x: int) -> int:
    """Find the root of a cluster, halving the way to it."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@njit()
def find_strong_sides(
    order: int, u: Ints, v: Ints, strongest: Ints, sources: Ints, targets: Ints
) -> tuple[Flags, Flags]:
    """
    Join edges from the strongest on, and stop before the sources join the targets.

    Returns
    -------
    inside, outside
        The vertices joined to the sources, and to the targets, shape (n,). The edges that leave
        either are the weakest that any cut is made of.
    """
    parent = np.arange(order).astype(np.int32)
    a, b = sources[0], targets[0]
    for x in sources:
        parent[find_root(parent, x)] = find_root(parent, a)
    for x in targets:
        parent[find_root(parent, x)] = find_root(parent, b)
    for e in strongest:
        one, other = find_root(parent, u[e]), find_root(parent, v[e])
        inside, outside = find_root(parent, a), find_root(parent, b)
        if (one == inside and other == outside) or (one == outside and other == inside):
            break
        parent[one] = other
    inside, outside = find_root(parent, a), find_root(parent, b)
    near, far = np.zeros(order, np.bool_), np.zeros(order, np.bool_)
    for x in range(order):
        root = find_root(parent, x)
        near[x], far[x] = root == inside, root == outside
    return near, far

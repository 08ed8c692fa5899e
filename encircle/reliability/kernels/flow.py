"""Edge-disjoint ways and the cut that bars one more, by augmenting one way after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import njit
from encircle.reliability.kernels.rows import build_rows, count_hops

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.int8]
    Flags = NDArray[np.bool_]
    Int32s = NDArray[np.int32]
    Ints = NDArray[np.int64]


@njit()
def sort_row(indptr: Ints, head: Int32s, by: Int32s, hops: Int32s, x: int) -> None:
    """Sort the arcs of one vertex, the one nearest the targets first."""
    for at in range(indptr[x] + 1, indptr[x + 1]):
        y, edge = head[at], by[at]
        to = at
        while to > indptr[x] and hops[head[to - 1]] > hops[y]:
            head[to], by[to] = head[to - 1], by[to - 1]
            to -= 1
        head[to], by[to] = y, edge


@njit()
def augment(
    indptr: Ints,
    head: Int32s,
    by: Int32s,
    hops: Int32s,
    flow: Bytes,
    stamp: Int32s,
    turn: int,
    is_target: Flags,
    sources: Ints,
    row: Int32s,
    path: Int32s,
    seen: Int32s,
) -> tuple[bool, int]:
    """
    Send one more way from the sources to a target, if the residual graph has room for it.

    `stamp` is -1 for a vertex whose row was never sorted, else the last turn that saw it.

    Returns
    -------
    sent, count
        Whether it was sent; and how many vertices were seen, listed in `seen`.
    """
    count = 0
    for s in sources:
        if stamp[s] != turn:
            if stamp[s] < 0:
                sort_row(indptr, head, by, hops, s)
            stamp[s] = turn
            seen[count] = s
            count += 1
    starts = count
    for start in range(starts):
        depth = 0
        row[0] = indptr[seen[start]]
        x = seen[start]
        while depth >= 0:
            if row[depth] == indptr[x + 1]:
                depth -= 1
                if depth >= 0:
                    arc = by[path[depth]]
                    at = path[depth]
                    x = seen[start] if depth == 0 else head[path[depth - 1]]
                    row[depth] = at + 1
                continue
            at = row[depth]
            y, arc = head[at], by[at]
            forward = 1 - 2 * (arc & 1)
            if stamp[y] == turn or flow[arc >> 1] * forward >= 1:
                row[depth] += 1
                continue
            path[depth] = at
            if is_target[y]:
                for step in range(depth + 1):
                    arc = by[path[step]]
                    flow[arc >> 1] += 1 - 2 * (arc & 1)
                return True, count
            if stamp[y] < 0:
                sort_row(indptr, head, by, hops, y)
            stamp[y] = turn
            seen[count] = y
            count += 1
            depth += 1
            row[depth] = indptr[y]
            x = y
    return False, count


@njit()
def find_flow(
    order: int, u: Ints, v: Ints, keep: Flags, sources: Ints, targets: Ints
) -> tuple[Bytes, Ints, Int32s, Ints, Int32s, Int32s]:
    """
    Send as many edge-disjoint ways as there is room for, and find the edges that bar one more.

    Each way is searched depth first, towards the targets, and stops at the first.

    Returns
    -------
    flow, cut, inside, indptr, head, by
        Net flow of each edge from u to v, shape (m,); the edges of the cut; the vertices on the
        sources' side of it; and the rows.
    """
    indptr, head, by = build_rows(order, u, v, keep)
    hops = count_hops(indptr, head, targets)
    flow = np.zeros(len(u), np.int8)
    is_target = np.zeros(order, np.bool_)
    for t in targets:
        is_target[t] = True
    stamp = np.full(order, -1, np.int32)
    row = np.empty(order + 1, np.int32)
    path, seen = np.empty(order + 1, np.int32), np.empty(order, np.int32)
    turn, count, sent = 0, 0, True
    while sent:
        sent, count = augment(
            indptr, head, by, hops, flow, stamp, turn, is_target, sources, row, path, seen
        )
        turn += 1
    cut, crossing = np.empty(len(head), np.int64), 0
    for i in range(count):
        x = seen[i]
        for at in range(indptr[x], indptr[x + 1]):
            if stamp[head[at]] != turn - 1:
                cut[crossing] = by[at] >> 1
                crossing += 1
    return flow, cut[:crossing].copy(), seen[:count].copy(), indptr, head, by


@njit()
def follow_flow(
    flow: Bytes,
    count: int,
    indptr: Ints,
    head: Int32s,
    by: Int32s,
    sources: Ints,
    targets: Ints,
) -> tuple[Ints, Ints]:
    """
    Take a flow apart into ways without loops; the flow is used up.

    Returns
    -------
    edges, ends
        Edges of all ways, one way after the other; and where each way ends among them.
    """
    order = len(indptr) - 1
    is_target = np.zeros(order, np.bool_)
    for t in targets:
        is_target[t] = True
    at_step = np.full(order, -1, np.int32)
    edges = np.empty(len(flow), np.int64)
    steps = np.empty(len(flow) + 1, np.int32)
    ends = np.empty(count, np.int64)
    length = found = 0
    for s in sources:
        while found < count:
            begin, x, steps[0] = length, np.int32(s), s
            at_step[x] = 0
            while not is_target[x]:
                moved = False
                for at in range(indptr[x], indptr[x + 1]):
                    arc = by[at]
                    forward = 1 - 2 * (arc & 1)
                    if flow[arc >> 1] * forward > 0:
                        flow[arc >> 1] -= forward
                        x, moved = head[at], True
                        if at_step[x] >= 0:  # a loop: forget it
                            back = at_step[x]
                            for i in range(back + 1, length - begin + 1):
                                at_step[steps[i]] = -1
                            length = begin + back
                        else:
                            edges[length] = arc >> 1
                            length += 1
                            steps[length - begin] = x
                            at_step[x] = length - begin
                        break
                if not moved:
                    break
            for i in range(length - begin + 1):
                at_step[steps[i]] = -1
            if not is_target[x]:
                length = begin
                break
            ends[found] = length
            found += 1
    return edges[:length], ends[:found]

"""Strip a graph of what can be summed up: kernels of plain loops, run as they stand or compiled.

Vertex 0 is the force and vertex 1 its goal. No kernel here calls another, so that each can be
compiled by itself, and small graphs need no compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

TWO = 2
"""Edges of a vertex that can be drawn as one; and the first vertex that is not an end."""


def strip(  # noqa: C901, PLR0912, PLR0915 - one loop over linked lists, which a compiler takes whole
    order: int, u: Ints, v: Ints, p_open: Floats, p_closed: Floats
) -> NDArray[np.bool_]:
    """
    Drop dead ends, and draw two edges in series or side by side as one; in place.

    No two edges may join the same vertices, and none a vertex to itself. Both probabilities are
    kept, each as a sum of positive terms, so that neither loses its digits when it is small.

    Returns
    -------
    kept
        Which of the edges, rewritten in `u`, `v`, `p_open` and `p_closed`, are left; shape (m,).
    """
    size = len(u)
    kept = np.ones(size, np.bool_)
    degree = np.zeros(order, np.int64)
    first = np.full(order, -1, np.int64)
    # Half an edge is 2 e at u[e] and 2 e + 1 at v[e]; those of a vertex form a list both ways.
    after = np.full(2 * size, -1, np.int64)
    before = np.full(2 * size, -1, np.int64)
    for half in range(2 * size):
        at = u[half >> 1] if half & 1 == 0 else v[half >> 1]
        if first[at] >= 0:
            before[first[at]] = half
        after[half] = first[at]
        first[at] = half
        degree[at] += 1
    stack = np.empty(order + 4 * size + 4, np.int64)
    top = 0
    for vertex in range(TWO, order):
        if degree[vertex] <= TWO:
            stack[top] = vertex
            top += 1
    direct = -1
    for edge in range(size):
        if u[edge] + v[edge] == 1:
            direct = edge
    while top:
        top -= 1
        vertex = stack[top]
        if degree[vertex] == 0 or degree[vertex] > TWO:
            continue
        e = first[vertex] >> 1
        a = u[e] if first[vertex] & 1 else v[e]
        b = -1
        drop_e, drop_f = e, -1
        if degree[vertex] == TWO:
            second = after[first[vertex]]
            f = second >> 1
            b = u[f] if second & 1 else v[f]
            p_closed[e] = p_closed[e] + p_open[e] * p_closed[f]
            p_open[e] = p_open[e] * p_open[f]
            twin = -1
            if a + b == 1:
                twin = direct
            else:
                fewer, wanted = (a, b) if degree[a] < degree[b] else (b, a)
                half = first[fewer]
                while half >= 0:
                    if (u[half >> 1] if half & 1 else v[half >> 1]) == wanted:
                        twin = half >> 1
                        break
                    half = after[half]
            drop_f = f
            if twin >= 0:
                p_open[twin] = p_open[twin] + p_closed[twin] * p_open[e]
                p_closed[twin] = p_closed[twin] * p_closed[e]
            else:
                drop_e = -1
        for gone in (drop_e, drop_f):
            if gone < 0:
                continue
            kept[gone] = False
            for side in range(2):
                half = 2 * gone + side
                at = u[gone] if side == 0 else v[gone]
                if before[half] >= 0:
                    after[before[half]] = after[half]
                else:
                    first[at] = after[half]
                if after[half] >= 0:
                    before[after[half]] = before[half]
                degree[at] -= 1
        if drop_f >= 0 and drop_e < 0:
            # The edge from a to the vertex goes on to b.
            half = first[vertex]
            first[vertex] = -1
            degree[vertex] = 0
            if half & 1:
                v[e] = b
            else:
                u[e] = b
            before[half] = -1
            after[half] = first[b]
            if first[b] >= 0:
                before[first[b]] = half
            first[b] = half
            degree[b] += 1
            if a + b == 1:
                direct = e
        for end in (a, b):
            if end > 1 and degree[end] <= TWO:
                stack[top] = end
                top += 1
    return kept


def find_path_blocks(  # noqa: C901, PLR0912, PLR0915 - Tarjan's search without recursion
    order: int, u: Ints, v: Ints
) -> tuple[Ints, Ints]:
    """
    Find the blocks that a way from the force to its goal can lead through.

    The graph must hang together. A block is a part that no single vertex parts.

    Returns
    -------
    block
        For each edge, how far from the force its block is on the way to the goal, from 0; -1 for a
        block that lies off the way; shape (m,).
    joints
        The force, the vertices where a block meets the next, and the goal; shape (blocks + 1,).
    """
    size = len(u)
    start = np.zeros(order + 1, np.int64)
    for edge in range(size):
        start[u[edge] + 1] += 1
        start[v[edge] + 1] += 1
    for vertex in range(order):
        start[vertex + 1] += start[vertex]
    fill = start[:-1].copy()
    incident = np.empty(2 * size, np.int64)
    for edge in range(size):
        incident[fill[u[edge]]] = edge
        fill[u[edge]] += 1
        incident[fill[v[edge]]] = edge
        fill[v[edge]] += 1
    number = np.full(order, -1, np.int64)
    low = np.zeros(order, np.int64)
    parent = np.full(order, -1, np.int64)
    at = start[:-1].copy()
    block = np.full(size, -1, np.int64)
    path = np.empty(order, np.int64)
    edges = np.empty(size, np.int64)
    number[0] = 0
    path[0] = 0
    depth, top, clock, blocks = 1, 0, 1, 0
    while depth:
        vertex = path[depth - 1]
        if at[vertex] < start[vertex + 1]:
            edge = incident[at[vertex]]
            at[vertex] += 1
            other = u[edge] + v[edge] - vertex
            if number[other] < 0:
                parent[other] = edge
                number[other] = clock
                low[other] = clock
                clock += 1
                path[depth] = other
                depth += 1
                edges[top] = edge
                top += 1
            elif edge != parent[vertex] and number[other] < number[vertex]:
                low[vertex] = min(low[vertex], number[other])
                edges[top] = edge
                top += 1
            continue
        depth -= 1
        if depth == 0:
            break
        above = path[depth - 1]
        low[above] = min(low[above], low[vertex])
        if low[vertex] >= number[above]:
            while True:
                top -= 1
                block[edges[top]] = blocks
                if edges[top] == parent[vertex]:
                    break
            blocks += 1
    place = np.full(blocks, -1, np.int64)
    joints = np.empty(blocks + 1, np.int64)
    vertex, on_way, last = 1, 0, -1
    while vertex != 0:
        edge = parent[vertex]
        if block[edge] != last:
            last = block[edge]
            place[last] = on_way
            joints[on_way] = vertex
            on_way += 1
        vertex = u[edge] + v[edge] - vertex
    joints[on_way] = 0
    for edge in range(size):
        found = place[block[edge]]
        block[edge] = on_way - 1 - found if found >= 0 else -1
    return block, joints[: on_way + 1][::-1].copy()

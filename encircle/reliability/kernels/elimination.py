"""Many worlds at once, compiled: 512 worlds a word line, vertices eliminated instead of swept.

In any one world, who reaches whom among the remaining vertices stays the same when a vertex x is
taken out and every two of its neighbours a, b are joined by an edge that is open where both a-x
and x-b were: connectivity is a closed semiring, and this is Gaussian elimination over it. Done for
512 worlds at once an edge is 64 bytes and a join is `and`, `or`. Which joins are needed depends on
the graph alone, so they are found once and replayed for every block of worlds. Taking the vertex
of least degree first keeps a road network from filling up; what is left when every vertex has many
neighbours is swept to a fixed point over a list of the vertices that changed.

References
----------
.. [1] Carré, B. A. (1971). An algebra for network routing problems. IMA Journal of Applied
   Mathematics 7, 273-294.
.. [2] Markowitz, H. M. (1957). The elimination form of the inverse. Management Science 3, 255-269.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import njit
from encircle.reliability.kernels.random import draw, seed_stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int32s = NDArray[np.int32]
    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]

WORDS = 8
"""64-bit words of a line: 512 worlds, one cache line."""


@njit()
def grow(values: Int32s, least: int) -> Int32s:
    """Give an array at least so long, twice as long if it must grow."""
    if least <= len(values):
        return values
    longer = np.empty(max(2 * len(values), least), np.int32)
    longer[: len(values)] = values
    return longer


@njit()
def link(first: Int32s, nxt: Int32s, prv: Int32s, x: int, arc: int) -> None:
    """Put an arc at the head of a vertex's list."""
    prv[arc], nxt[arc] = -1, first[x]
    if first[x] >= 0:
        prv[first[x]] = arc
    first[x] = arc


@njit()
def unlink(first: Int32s, nxt: Int32s, prv: Int32s, x: int, arc: int) -> None:
    """Take an arc out of a vertex's list."""
    if prv[arc] >= 0:
        nxt[prv[arc]] = nxt[arc]
    else:
        first[x] = nxt[arc]
    if nxt[arc] >= 0:
        prv[nxt[arc]] = prv[arc]


@njit()
def queue_up(queues: Int32s, beside: Int32s, bucket: Int32s, x: int, degree: int) -> None:
    """Put a vertex last in the queue of its degree, if there is one.

    `queues` holds first and last of every queue, shape (2, most + 1); `beside` who stands before
    and after each vertex, shape (2, n); `bucket` the queue each stands in, or -1.
    """
    if degree >= queues.shape[1]:
        return
    last = queues[1, degree]
    beside[0, x], beside[1, x], bucket[x] = last, -1, degree
    if last >= 0:
        beside[1, last] = x
    else:
        queues[0, degree] = x
    queues[1, degree] = x


@njit()
def step_out(queues: Int32s, beside: Int32s, bucket: Int32s, x: int) -> None:
    """Take a vertex out of the queue it stands in, if it does."""
    degree = bucket[x]
    if degree < 0:
        return
    before, after = beside[0, x], beside[1, x]
    if before >= 0:
        beside[1, before] = after
    else:
        queues[0, degree] = after
    if after >= 0:
        beside[0, after] = before
    else:
        queues[1, degree] = before
    bucket[x] = -1


@njit()
def find_arc(first: Int32s, nxt: Int32s, tip: Int32s, x: int, y: int) -> int:
    """Find the arc from x to y; -1 if there is none."""
    arc = first[x]
    while arc >= 0 and tip[arc] != y:
        arc = nxt[arc]
    return int(arc)


@njit()
def plan_elimination(
    order: int, u: Int32s, v: Int32s, root: int, most: int
) -> tuple[Int32s, Ints, Int32s, Int32s, Ints, Int32s, int]:
    """
    Find the order of elimination and the joins it makes.

    The vertex of least degree is next; of equals the one that has waited longest, which keeps
    neighbours in memory together where the vertices were numbered along the map.

    Parameters
    ----------
    order, u, v
        A graph without loops and parallel edges.
    root
        The vertex never taken out: all targets in one.
    most
        Vertices with more neighbours than this stay.

    Returns
    -------
    taken, begins, near, by
        Vertices taken out, in order, then those that stay; where the neighbours of each begin; the
        neighbours; and the line of the edge to each.
    joins_begin, joins, lines
        Where the joins of each begin; the line each join is written to, -1 - line where the line
        is new; and how many lines there are, edges first.
    """
    size = 2 * len(u) + 16
    nxt, prv = np.empty(size, np.int32), np.empty(size, np.int32)
    tip, line = np.empty(size, np.int32), np.empty(size, np.int32)
    first, degree = np.full(order, -1, np.int32), np.zeros(order, np.int32)
    for e in range(len(u)):  # arcs lie in pairs: the way back of arc a is a ^ 1
        tip[2 * e], tip[2 * e + 1] = v[e], u[e]
        line[2 * e] = line[2 * e + 1] = e
        link(first, nxt, prv, u[e], 2 * e)
        link(first, nxt, prv, v[e], 2 * e + 1)
        degree[u[e]] += 1
        degree[v[e]] += 1
    used, free, lines = 2 * len(u), -1, len(u)
    queues = np.full((2, most + 1), -1, np.int32)
    beside, bucket = np.full((2, order), -1, np.int32), np.full(order, -1, np.int32)
    for x in range(order):
        if x != root:
            queue_up(queues, beside, bucket, x, degree[x])
    taken, count = np.empty(order, np.int32), 0
    begins, joins_begin = np.zeros(order + 1, np.int64), np.zeros(order + 1, np.int64)
    near, by, joins = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int32)
    nears = joined = least = 0
    while least <= most:
        x = queues[0, least]
        if x < 0:
            least += 1
            continue
        step_out(queues, beside, bucket, x)
        begin, arc = nears, first[x]
        near, by = grow(near, nears + least), grow(by, nears + least)
        while arc >= 0:
            near[nears], by[nears] = tip[arc], line[arc]
            nears += 1
            unlink(first, nxt, prv, tip[arc], arc ^ 1)
            degree[tip[arc]] -= 1
            after = nxt[arc]
            nxt[arc & ~1], free = free, arc & ~1
            arc = after
        joins = grow(joins, joined + least * least)
        for i in range(begin, nears):
            for j in range(i + 1, nears):
                p, q = near[i], near[j]
                if p == root or (q != root and degree[q] < degree[p]):
                    p, q = q, p
                arc = find_arc(first, nxt, tip, p, q)
                if arc >= 0:
                    joins[joined] = line[arc]
                    joined += 1
                    continue
                if free >= 0:
                    arc, free = free, nxt[free]
                else:
                    arc, used = used, used + 2
                    nxt, prv = grow(nxt, used), grow(prv, used)
                    tip, line = grow(tip, used), grow(line, used)
                tip[arc], tip[arc + 1] = q, p
                line[arc] = line[arc + 1] = lines
                link(first, nxt, prv, p, arc)
                link(first, nxt, prv, q, arc + 1)
                degree[p] += 1
                degree[q] += 1
                joins[joined] = -1 - lines
                joined, lines = joined + 1, lines + 1
        for i in range(begin, nears):
            y = near[i]
            if y != root and bucket[y] != degree[y]:
                step_out(queues, beside, bucket, y)
                queue_up(queues, beside, bucket, y, degree[y])
                least = min(least, degree[y])
        taken[count] = x
        degree[x] = -1
        count += 1
        begins[count], joins_begin[count] = nears, joined
    total = count
    for x in range(order):
        if degree[x] >= 0:
            near, by = grow(near, nears + degree[x]), grow(by, nears + degree[x])
            arc = first[x]
            while arc >= 0:
                near[nears], by[nears] = tip[arc], line[arc]
                nears, arc = nears + 1, nxt[arc]
            taken[total] = x
            total += 1
            begins[total] = nears
    return (
        taken[:total], begins[: total + 1], near[:nears], by[:nears],
        joins_begin[: count + 1], joins[:joined], lines,
    )  # fmt: skip


@njit()
def draw_lines(threshold: Words, into: Int32s, seed: int, block: int, lines: Words) -> None:
    """
    Draw whether each edge is open in each of 512 worlds, exactly, 64 worlds at once.

    A world's number is compared with the threshold bit by bit, the highest first, in all worlds of
    a word together, until every world has differed from it.

    Parameters
    ----------
    threshold
        The edge is open where 32 random bits are below it: 0 to 2**32, shape (m,).
    into
        Line each edge is laid onto, parallel edges onto one; -1 for an edge left out.
    lines
        Written, shape (lines, 8); the lines of `into` hold nothing yet.
    """
    state = np.empty(2, np.uint64)
    zero, one = np.uint64(0), np.uint64(1)
    full = ~zero
    for e in range(len(threshold)):
        limit, line = threshold[e], into[e]
        if line < 0:
            continue
        if limit >> np.uint64(32):
            lines[line, :] = full
            continue
        seed_stream(state, seed, block * len(threshold) + e)
        for w in range(WORDS):
            undecided, is_open = full, zero
            for bit in range(31, -1, -1):
                word = np.uint64(draw(state))
                if (limit >> np.uint64(bit)) & one:
                    is_open |= undecided & ~word
                    undecided &= word
                else:
                    undecided &= ~word
                if undecided == zero:
                    break
            lines[line, w] |= is_open


@njit()
def replay_joins(begins: Ints, by: Int32s, joins_begin: Ints, joins: Int32s, lines: Words) -> None:
    """Take the vertices out one by one in all worlds: write every join into its line."""
    for k in range(len(joins_begin) - 1):
        at = joins_begin[k]
        for i in range(begins[k], begins[k + 1]):
            a = by[i]
            a0, a1, a2, a3 = lines[a, 0], lines[a, 1], lines[a, 2], lines[a, 3]
            a4, a5, a6, a7 = lines[a, 4], lines[a, 5], lines[a, 6], lines[a, 7]
            for j in range(i + 1, begins[k + 1]):
                b, t = by[j], joins[at]
                at += 1
                if t < 0:
                    t = -1 - t
                    lines[t, 0], lines[t, 1] = a0 & lines[b, 0], a1 & lines[b, 1]
                    lines[t, 2], lines[t, 3] = a2 & lines[b, 2], a3 & lines[b, 3]
                    lines[t, 4], lines[t, 5] = a4 & lines[b, 4], a5 & lines[b, 5]
                    lines[t, 6], lines[t, 7] = a6 & lines[b, 6], a7 & lines[b, 7]
                else:
                    lines[t, 0] |= a0 & lines[b, 0]
                    lines[t, 1] |= a1 & lines[b, 1]
                    lines[t, 2] |= a2 & lines[b, 2]
                    lines[t, 3] |= a3 & lines[b, 3]
                    lines[t, 4] |= a4 & lines[b, 4]
                    lines[t, 5] |= a5 & lines[b, 5]
                    lines[t, 6] |= a6 & lines[b, 6]
                    lines[t, 7] |= a7 & lines[b, 7]


@njit()
def sweep_rest(
    count: int, taken: Int32s, begins: Ints, near: Int32s, by: Int32s, lines: Words, reach: Words
) -> int:
    """Spread through what was not taken out, over vertices that changed, until none does."""
    rest = len(taken) - count
    place = np.full(len(reach), -1, np.int32)
    for i in range(rest):
        place[taken[count + i]] = i
    queue = np.empty(rest + 1, np.int32)
    waits = np.zeros(rest, np.bool_)
    first, last, looked = 0, 0, 0
    for i in range(rest):
        if reach[taken[count + i], 0] != 0:
            queue[last], waits[i] = i, True
            last += 1
    while first != last:
        i = queue[first]
        first = first + 1 if first < rest else 0
        waits[i] = False
        x = taken[count + i]
        for at in range(begins[count + i], begins[count + i + 1]):
            y, s = near[at], by[at]
            looked += 1
            fresh = np.uint64(0)
            for w in range(WORDS):
                more = reach[x, w] & lines[s, w] & ~reach[y, w]
                reach[y, w] |= more
                fresh |= more
            if fresh and not waits[place[y]]:
                waits[place[y]] = True
                queue[last] = place[y]
                last = last + 1 if last < rest else 0
    return looked


@njit()
def spread_back(
    count: int, taken: Int32s, begins: Ints, near: Int32s, by: Int32s, lines: Words, reach: Words
) -> None:
    """Give the vertices taken out their answer, the last first: open to any neighbour reached."""
    for k in range(count - 1, -1, -1):
        r0 = r1 = r2 = r3 = r4 = r5 = r6 = r7 = np.uint64(0)
        for at in range(begins[k], begins[k + 1]):
            y, s = near[at], by[at]
            r0 |= reach[y, 0] & lines[s, 0]
            r1 |= reach[y, 1] & lines[s, 1]
            r2 |= reach[y, 2] & lines[s, 2]
            r3 |= reach[y, 3] & lines[s, 3]
            r4 |= reach[y, 4] & lines[s, 4]
            r5 |= reach[y, 5] & lines[s, 5]
            r6 |= reach[y, 6] & lines[s, 6]
            r7 |= reach[y, 7] & lines[s, 7]
        x = taken[k]
        reach[x, 0], reach[x, 1], reach[x, 2], reach[x, 3] = r0, r1, r2, r3
        reach[x, 4], reach[x, 5], reach[x, 6], reach[x, 7] = r4, r5, r6, r7


@njit()
def count_worlds(reach: Words, worlds: int, counts: Ints) -> None:
    """Add to each vertex the number of the first `worlds` worlds in which it is reached."""
    for x in range(len(counts)):
        total = 0
        for w in range(WORDS):
            left = min(64, worlds - 64 * w)
            if left <= 0:
                break
            b = reach[x, w]
            if left < 64:
                b &= (np.uint64(1) << np.uint64(left)) - np.uint64(1)
            b -= (b >> np.uint64(1)) & np.uint64(0x5555555555555555)
            b = (b & np.uint64(0x3333333333333333)) + (
                (b >> np.uint64(2)) & np.uint64(0x3333333333333333)
            )
            b = (b + (b >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
            total += np.int64((b * np.uint64(0x0101010101010101)) >> np.uint64(56))
        counts[x] += total

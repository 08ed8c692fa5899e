"""
In what order to draw the edges, so that few vertices are ever half drawn; and a plain sweep.

A sweep completes one vertex after another: it draws all edges of a vertex that are not drawn yet,
and forgets the vertex. What it remembers are the vertices of the frontier, which have some edges
drawn and some not. The force and its goal are remembered throughout and take no part in it, so
however many edges they have, the frontier grows no wider for them.

Long for one reason: the sweep and its two kinds of step share one table of states.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from encircle.reliability.counting.reductions import Core

    Ints = NDArray[np.int64]
    Columns = tuple[Ints, Ints, Ints, NDArray[np.float64], NDArray[np.float64], Ints]
    Neighbours = Sequence[Sequence[int]]

SOURCE, TARGET = 0, 1
"""The force and its goal: vertices of a core, and slots of a state."""

JOIN, PASS_ON, LEAVE = 0, 1, 2
"""Draw an edge between two slots; draw the last edge of a vertex, to one that takes its slot; draw
an edge between two slots and let the first leave (no edge where both are one slot)."""

KEY_SLOTS = 16
"""Slots in a key of 64 bits; two are taken by the force and its goal."""

GROWTH = 4.0
"""How many times more states one more vertex of the frontier means: partitions that do not cross
grow so (Catalan numbers), and the cores of maps are almost planar."""

MOST_DIGITS = 300
"""Widths are compared as powers of GROWTH below 10 to this; wider ones are alike hopeless."""

STARTS = 4
"""Neighbours of either end that are tried as the first of a sweep."""

PATIENCE = (0.0, 0.01, 0.02, 0.03)
"""How much a vertex of the frontier comes first for every vertex that came in after it. Found by
trying: on networks like roads, of 300 to 3,000 edges, each is at times the best."""

TRY_COST = 25_000.0
"""States that are visited in the time in which one edge is put in order, four times over: orders
are tried for no more than a quarter of the time that the best so far is going to take."""

FEWEST_TRIES = 8
"""Orders tried in any case, unless the core is very large."""

MOST_EFFORT = 500_000
"""Edges put in order at most, about a second."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to draw, step by step, as columns of shape (k,)."""

    kinds: NDArray[np.int64]
    """JOIN, PASS_ON or LEAVE."""
    firsts: NDArray[np.int64]
    """The slot of one end."""
    seconds: NDArray[np.int64]
    """The slot of the other."""
    p_open: NDArray[np.float64]
    p_closed: NDArray[np.float64]
    ends: NDArray[np.int64]
    """What a state must not have lost after the step: 1 the force, 2 the goal, 3 both."""
    edges: NDArray[np.int64]
    """The number of the edge in the core; -1 where a vertex leaves without one."""
    order: tuple[int, ...]
    """The vertices in the order in which they are completed."""
    slots: int
    """Slots needed, with those of the force and the goal."""
    cost: float
    """States to visit, roughly."""

    def __len__(self) -> int:
        return len(self.kinds)

    def list_columns(self) -> Columns:
        """List what a kernel that draws is given."""
        return self.kinds, self.firsts, self.seconds, self.p_open, self.p_closed, self.edges


def plan_sweep(core: Core, most_effort: float = MOST_EFFORT) -> Sweep:
    """Find an order that keeps the frontier narrow: the best of several, by the states to visit."""
    neighbours = list_neighbours(core)
    best: list[int] = []
    least = float("inf")
    for tried, order in enumerate(list_orders(core, neighbours)):
        cost = measure_cost(neighbours, order, least)
        if cost < least or not best:
            best, least = order, cost
        effort = (tried + 1) * core.size
        if (tried >= FEWEST_TRIES and effort * TRY_COST > least) or effort > most_effort:
            break
    return lay_out(core, best, least)


def list_neighbours(core: Core) -> list[list[int]]:
    """List the neighbours of each vertex, the two ends left out; empty for the ends."""
    neighbours: list[list[int]] = [[] for _ in range(core.order)]
    inner = (core.u > TARGET) & (core.v > TARGET)
    for a, b in zip(core.u[inner].tolist(), core.v[inner].tolist(), strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
    return neighbours


def list_orders(core: Core, neighbours: Neighbours) -> Iterator[list[int]]:
    """List orders worth trying, the most promising first; without an end."""
    near = [_find_neighbours(core, end) for end in (SOURCE, TARGET)]
    inner = np.arange(TARGET + 1, core.order)
    first = order_in_breadth(neighbours, near[SOURCE])
    yield first
    far = order_in_breadth(neighbours, first[-1:])
    starts = [near[SOURCE], far[-1:], near[TARGET], far[:1]]
    starts += [[vertex] for side in near if len(side) > 1 for vertex in side[:STARTS]]
    for start in starts:
        yield order_greedily(neighbours, start)
        yield order_in_breadth(neighbours, start)
    rng = np.random.default_rng(core.size)
    while len(inner):
        patience = PATIENCE[int(rng.integers(len(PATIENCE)))]
        whims = (rng.random(core.order) / 2).tolist()
        yield order_greedily(neighbours, [int(rng.choice(inner))], patience, whims)


def _find_neighbours(core: Core, end: int) -> list[int]:
    ends = np.concatenate([core.v[core.u == end], core.u[core.v == end]])
    return [int(vertex) for vertex in np.unique(ends) if vertex > TARGET]


def order_in_breadth(neighbours: Neighbours, starts: Iterable[int]) -> list[int]:
    """Order the vertices by how many edges they are from the nearest start."""
    order: list[int] = []
    seen = _mark_ends(neighbours)
    waiting = deque(starts)
    for vertex in waiting:
        seen[vertex] = 1
    rest = iter(range(TARGET + 1, len(neighbours)))
    while len(order) < len(neighbours) - 2:
        if not waiting:
            waiting.append(next(vertex for vertex in rest if not seen[vertex]))
            seen[waiting[0]] = 1
        vertex = waiting.popleft()
        order.append(vertex)
        for other in neighbours[vertex]:
            if not seen[other]:
                seen[other] = 1
                waiting.append(other)
    return order


def order_greedily(
    neighbours: Neighbours,
    starts: Iterable[int],
    patience: float = 0.0,
    whims: Sequence[float] | None = None,
) -> list[int]:
    """
    Order the vertices so that the next brings the fewest new ones in, the oldest of equals.

    With patience, a vertex that came in so many vertices later must bring in one fewer; a whim adds
    to what a vertex is thought to bring in.
    """
    order: list[int] = []
    seen = _mark_ends(neighbours)
    new = [len(others) for others in neighbours]
    done = bytearray(len(neighbours))
    waiting: list[tuple[float, int]] = []
    ages = list(whims or [0.0] * len(neighbours))
    hurry = patience or 0.5 / len(neighbours)
    entered = 0

    def enter(vertex: int) -> None:
        nonlocal entered
        seen[vertex] = 1
        ages[vertex] += hurry * entered
        entered += 1
        heappush(waiting, (new[vertex] + ages[vertex], vertex))
        for other in neighbours[vertex]:
            new[other] -= 1
            if seen[other] and not done[other]:
                heappush(waiting, (new[other] + ages[other], other))

    rest = iter((*starts, *range(TARGET + 1, len(neighbours))))
    while len(order) < len(neighbours) - 2:
        if not waiting:
            enter(next(vertex for vertex in rest if not seen[vertex]))
        _, vertex = heappop(waiting)
        if done[vertex]:
            continue
        done[vertex] = 1
        order.append(vertex)
        for other in neighbours[vertex]:
            if not seen[other]:
                enter(other)
    return order


def _mark_ends(neighbours: Neighbours) -> bytearray:
    seen = bytearray(len(neighbours))
    seen[SOURCE] = seen[TARGET] = 1
    return seen


def measure_cost(neighbours: Neighbours, order: Iterable[int], most: float) -> float:
    """Measure the states that a sweep in this order visits, roughly; beyond `most` no further."""
    widest = MOST_DIGITS / np.log10(GROWTH)
    entered = bytearray(len(neighbours))
    done = bytearray(len(neighbours))
    width, cost = 0, 0.0
    for vertex in order:
        if not entered[vertex]:
            entered[vertex] = 1
            width += 1
        steps = 0
        for other in neighbours[vertex]:
            if not done[other]:
                steps += 1
                if not entered[other]:
                    entered[other] = 1
                    width += 1
        done[vertex] = 1
        width -= 1
        cost += max(steps, 1) * GROWTH ** min(width + 1, widest)
        if cost > most:
            break
    return float(cost)


@dataclass(slots=True)
class _Layout:
    """The steps so far, and who sits where."""

    rows: list[tuple[int, int, int, float, float, int, int]] = field(default_factory=list)
    slot: dict[int, int] = field(default_factory=lambda: {SOURCE: SOURCE, TARGET: TARGET})
    vacant: list[int] = field(default_factory=list)
    slots: int = TARGET + 1

    def enter(self, vertex: int) -> None:
        """Give a vertex the lowest slot that nobody sits in."""
        if self.vacant:
            self.slot[vertex] = heappop(self.vacant)
        else:
            self.slot[vertex] = self.slots
            self.slots += 1

    def leave(self, vertex: int) -> None:
        heappush(self.vacant, self.slot.pop(vertex))


def lay_out(core: Core, order: Sequence[int], cost: float) -> Sweep:
    """Write down the steps that complete the vertices in this order."""
    edges = _list_edges(core)
    left = [len(edges[SOURCE]), len(edges[TARGET])]
    drawn = bytearray(core.size)
    layout = _Layout()
    for vertex in order:
        if vertex not in layout.slot:
            layout.enter(vertex)
        waiting = [edge for edge in edges[vertex] if not drawn[edge[1]]]
        # Edges to the ends come first, then those within the frontier, then those out of it.
        waiting.sort(key=lambda edge: 0 if edge[0] <= TARGET else 1 + (edge[0] not in layout.slot))
        _complete(layout, vertex, waiting, left)
        for _, number, _, _ in waiting:
            drawn[number] = 1
    columns = list(zip(*layout.rows, strict=True)) or [()] * 7
    kinds, firsts, seconds, ends, numbers = (
        np.array(columns[k], np.int64) for k in (0, 1, 2, 5, 6)
    )
    p_open, p_closed = (np.array(columns[k], np.float64) for k in (3, 4))
    return Sweep(
        kinds, firsts, seconds, p_open, p_closed, ends, numbers, tuple(order), layout.slots, cost
    )


Edge = tuple[int, int, float, float]
"""The other end, the number of the edge, and how likely it is open and closed."""


def _list_edges(core: Core) -> list[list[Edge]]:
    edges: list[list[Edge]] = [[] for _ in range(core.order)]
    columns = (core.u, core.v, core.p_open, core.p_closed)
    for number, (a, b, p, q) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        edges[a].append((b, number, p, q))
        edges[b].append((a, number, p, q))
    return edges


def _complete(layout: _Layout, vertex: int, waiting: list[Edge], left: list[int]) -> None:
    """Draw the edges of a vertex that wait, and let it leave with the last."""
    slot = layout.slot[vertex]
    for place, (other, edge, p, q) in enumerate(waiting):
        final = place == len(waiting) - 1
        ended = 0
        if other <= TARGET:
            left[other] -= 1
            ended = (left[other] == 0) << other
        if final:
            ended = (left[SOURCE] == 0) | (left[TARGET] == 0) << 1
        if final and other not in layout.slot:
            layout.slot[other] = layout.slot.pop(vertex)
            layout.rows.append((PASS_ON, slot, slot, p, q, ended, edge))
            return
        if other not in layout.slot:
            layout.enter(other)
        kind = LEAVE if final else JOIN
        layout.rows.append((kind, slot, layout.slot[other], p, q, ended, edge))
    if not waiting:
        ended = (left[SOURCE] == 0) | (left[TARGET] == 0) << 1
        layout.rows.append((LEAVE, slot, slot, 0.0, 1.0, ended, -1))
    layout.leave(vertex)


def sweep_plainly(
    sweep: Sweep, most_states: int, on_step: Callable[[object], None] | None = None
) -> tuple[float, float, int]:
    """
    Sweep over states of bytes: what the kernel does, for small cores and for wide ones.

    Gives the probability of having been connected, of having been cut off, and the most states
    there were. With more states than may be, the lightest are left out, and the two probabilities
    add up to less than one.
    """
    states = {bytes(range(sweep.slots)): 1.0}
    connected, cut_off, most = 0.0, 0.0, 1
    columns = (sweep.kinds, sweep.firsts, sweep.seconds, sweep.p_open, sweep.p_closed, sweep.ends)
    for step, (kind, a, b, p, q, ends) in enumerate(
        zip(*(c.tolist() for c in columns), strict=True)
    ):
        new: dict[bytes, float] = {}
        for state, share in states.items():
            for outcome, mass in _draw(state, kind, a, b, share * p, share * q):
                if mass <= 0:
                    continue
                if outcome is None:
                    connected += mass
                elif _is_dead(outcome, ends):
                    cut_off += mass
                else:
                    new[outcome] = new.get(outcome, 0.0) + mass
        most = max(most, len(new))
        if len(new) > most_states:
            new = dict(sorted(new.items(), key=lambda item: -item[1])[: max(1, most_states // 2)])
        states = new
        if on_step:
            on_step(step)
    return connected, cut_off, most


def _draw(  # noqa: PLR0913 - one row of a sweep
    state: bytes, kind: int, a: int, b: int, opened: float, closed: float
) -> tuple[tuple[bytes | None, float], ...]:
    """List what a state becomes; None once force and goal hang together."""
    if kind == PASS_ON:
        return (state, opened), (_take_out(state, a), closed)
    joined: bytes | None = state
    low, high = sorted((state[a], state[b]))
    if low != high:
        joined = state.replace(bytes([high]), bytes([low])) if high > TARGET else None
    if kind == LEAVE:
        return (joined and _take_out(joined, a), opened), (_take_out(state, a), closed)
    return (joined, opened), (state, closed)


def _take_out(state: bytes, slot: int) -> bytes:
    alone = bytes([slot])
    if state[slot] == slot:
        heir = state.find(slot, slot + 1)
        if heir < 0:
            return state
        state = state.replace(alone, bytes([heir]))
    return state[:slot] + alone + state[slot + 1 :]


def _is_dead(state: bytes, ends: int) -> bool:
    lost_force = ends & 1 and state.find(SOURCE, TARGET + 1) < 0
    return bool(lost_force or (ends & 2 and state.find(TARGET, TARGET + 1) < 0))


def narrow(core: Core, order: Sequence[int], width: int) -> Core:
    """
    Make a core narrow enough for a frontier of a width, by contracting edges that would widen it.

    Taken for open as they are, the ends hang together no less often than before.
    """
    edges = _list_edges(core)
    stands_for = list(range(core.order))
    entered, drawn = bytearray(core.order), bytearray(core.size)
    entered[SOURCE] = entered[TARGET] = 1
    kept = np.zeros(core.size, np.bool_)
    inside = 0

    def find(vertex: int) -> int:
        while stands_for[vertex] != vertex:
            vertex = stands_for[vertex]
        return vertex

    for vertex in order:
        if stands_for[vertex] != vertex:
            continue
        inside += not entered[vertex]
        entered[vertex] = 1
        for far, number, _, _ in edges[vertex]:
            other = find(far)
            if drawn[number] or other == vertex:
                continue
            drawn[number] = 1
            if not entered[other] and inside >= width:
                stands_for[other] = vertex
                edges[vertex] += edges[other]
                continue
            inside += not entered[other]
            entered[other] = 1
            kept[number] = True
        inside -= 1
    number_of = np.array([find(vertex) for vertex in range(core.order)])
    left = core.keep(kept)
    return replace(left, u=number_of[left.u], v=number_of[left.v])


def measure_widths(sweep: Sweep) -> NDArray[np.int64]:
    """Measure how many bits each step needs: those of the slots in use, up to the highest."""
    used: set[int] = set()
    widths = np.empty(len(sweep), np.int64)
    columns = (sweep.kinds, sweep.firsts, sweep.seconds)
    for step, (kind, a, b) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        used |= {slot for slot in (a, b) if slot > TARGET}
        widths[step] = max(used) - TARGET
        if kind == LEAVE:
            used.discard(a)
    return widths

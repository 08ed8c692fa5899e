"""The frontier sweep in machine code: states in 64 bits, and the probability of each.

A state says which vertices of the frontier hang together. A vertex of the frontier sits in a slot,
four bits of the key; the bits name the lowest slot of its block. Slot 0 is the force, slot 1 its
goal, so whatever hangs together with the force reads 0. A slot that nobody sits in names itself,
as does a vertex that hangs together with nothing: the two need no telling apart. So a partition
has one key, and joining two blocks or taking a vertex out of its block are a few operations on
whole words, without a loop.

Most steps leave one outcome of the edge under the key the state has already. They are done in
place: that share of the mass stays, the other moves to a key that the same step does not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import compiled
from encircle.reliability.counting.sweep import JOIN, LEAVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from encircle.reliability.counting.sweep import Sweep

    Keys = NDArray[np.uint64]
    Mass = NDArray[np.float64]
    Table = NDArray[np.int32]
    Columns = tuple[
        NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Mass, Mass, NDArray[np.int64]
    ]

EMPTY = np.uint64(0xFEDCBA9876543210)
"""The state in which every slot names itself."""

ONES = np.uint64(0x1111111111111111)
ORDER = np.uint64(0x0123456789ABCDEF)
SCATTER = np.uint64(0x9E3779B97F4A7C15)
NIBBLE = np.uint64(15)
ZERO, ONE, TWO, FOUR = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(4)
BEYOND_TERMINALS = np.uint64(0x1111111111111100)
LAST = np.uint64(60)
SMALLEST = 1024
"""States that the first table has room for."""

STRIDE = 64
"""Steps between two reports of progress."""


@compiled
def match(key: np.uint64, label: np.uint64) -> np.uint64:
    """Mark with its lowest bit each slot that reads the label."""
    differ = key ^ (label * ONES)
    differ |= differ >> ONE
    differ |= differ >> TWO
    return ~differ & ONES


@compiled
def take_out(key: np.uint64, slot: np.uint64) -> np.uint64:
    """Take the vertex in the slot out of its block."""
    at = slot * FOUR
    label = (key >> at) & NIBBLE
    if label != slot:
        return key ^ ((label ^ slot) << at)
    others = match(key, slot) ^ (ONE << at)
    heir = ((others & (~others + ONE)) * ORDER) >> LAST
    return key ^ (others * (slot ^ heir))


@compiled
def is_dead(key: np.uint64, ends: int) -> bool:
    """Say whether an end that no edge is left to has lost its last vertex of the frontier."""
    if ends & 1 and (match(key, ZERO) & BEYOND_TERMINALS) == ZERO:
        return True
    return bool(ends & 2 and (match(key, ONE) & BEYOND_TERMINALS) == ZERO)


@compiled
def add(  # noqa: PLR0913 - flat arrays
    keys: Keys, mass: Mass, table: Table, count: int, key: np.uint64, share: float
) -> int:
    """Add mass to a state, which is made if it is new; give how many there are."""
    mask = np.uint64(len(table) - 1)
    mixed = key * SCATTER
    at = (mixed ^ (mixed >> np.uint64(32))) & mask
    while True:
        found = table[at]
        if found < 0:
            table[at] = count
            keys[count] = key
            mass[count] = share
            return count + 1
        if keys[found] == key:
            mass[found] += share
            return count
        at = (at + ONE) & mask


@compiled
def grow(keys: Keys, mass: Mass, count: int) -> tuple[Keys, Mass, Table]:
    """Double the room."""
    room = 2 * len(keys)
    more_keys = np.empty(room, np.uint64)
    more_mass = np.empty(room, np.float64)
    more_keys[:count] = keys[:count]
    more_mass[:count] = mass[:count]
    return more_keys, more_mass, index(more_keys, count)


@compiled
def index(keys: Keys, count: int) -> Table:
    """Build the table of where each state is kept."""
    table = np.full(2 * len(keys), -1, np.int32)
    mask = np.uint64(len(table) - 1)
    for i in range(count):
        mixed = keys[i] * SCATTER
        at = (mixed ^ (mixed >> np.uint64(32))) & mask
        while table[at] >= 0:
            at = (at + ONE) & mask
        table[at] = i
    return table


@compiled
def join(  # noqa: PLR0913 - flat arrays
    keys: Keys, mass: Mass, table: Table, count: int, begin: int, end: int,
    a: np.uint64, b: np.uint64, p_open: float, p_closed: float, ends: int, decided: Mass,
) -> int:  # fmt: skip
    """Draw an edge between two slots, for the states from begin to end; in place."""
    shift_a, shift_b = a * FOUR, b * FOUR
    connected, cut_off = 0.0, 0.0
    for i in range(begin, end):
        key = keys[i]
        label_a, label_b = (key >> shift_a) & NIBBLE, (key >> shift_b) & NIBBLE
        share = mass[i]
        if label_a != label_b and share > 0.0:
            low, high = min(label_a, label_b), max(label_a, label_b)
            if high == ONE:
                connected += share * p_open
            else:
                joined = key ^ (match(key, high) * (low ^ high))
                count = add(keys, mass, table, count, joined, share * p_open)
            if ends and is_dead(key, ends):
                cut_off += share * p_closed
                mass[i] = 0.0
            else:
                mass[i] = share * p_closed
    decided[0] += connected
    decided[1] += cut_off
    return count


@compiled
def pass_on(  # noqa: PLR0913 - flat arrays
    keys: Keys, mass: Mass, table: Table, count: int, begin: int, end: int,
    slot: np.uint64, p_open: float, p_closed: float, ends: int, decided: Mass,
) -> int:  # fmt: skip
    """Draw the edge from a vertex that leaves to one that takes its slot; in place."""
    cut_off = 0.0
    for i in range(begin, end):
        key = keys[i]
        alone = take_out(key, slot)
        share = mass[i]
        if alone != key and share > 0.0:
            mass[i] = share * p_open
            if ends and is_dead(alone, ends):
                cut_off += share * p_closed
            else:
                count = add(keys, mass, table, count, alone, share * p_closed)
    decided[1] += cut_off
    return count


@compiled
def leave(  # noqa: PLR0913 - flat arrays
    keys: Keys, mass: Mass, begin: int, end: int, new_keys: Keys, new_mass: Mass, table: Table,
    count: int, a: np.uint64, b: np.uint64, p_open: float, p_closed: float, ends: int,
    decided: Mass,
) -> int:  # fmt: skip
    """Draw an edge between two slots, and let the vertex in the first leave; into new arrays."""
    shift_a, shift_b = a * FOUR, b * FOUR
    for i in range(begin, end):
        key, share = keys[i], mass[i]
        if share <= 0.0:
            continue
        label_a, label_b = (key >> shift_a) & NIBBLE, (key >> shift_b) & NIBBLE
        if label_a != label_b:
            low, high = min(label_a, label_b), max(label_a, label_b)
            if high == ONE:
                decided[0] += share * p_open
            elif p_open > 0.0:
                joined = take_out(key ^ (match(key, high) * (low ^ high)), a)
                if ends and is_dead(joined, ends):
                    decided[1] += share * p_open
                else:
                    count = add(new_keys, new_mass, table, count, joined, share * p_open)
            share *= p_closed
        alone = take_out(key, a)
        if ends and is_dead(alone, ends):
            decided[1] += share
        else:
            count = add(new_keys, new_mass, table, count, alone, share)
    return count


@compiled
def advance(  # noqa: PLR0913 - flat arrays
    steps: Columns, first: int, last: int, keys: Keys, mass: Mass, table: Table, count: int,
    most_states: int, decided: Mass,
) -> tuple[int, Keys, Mass, Table, int, int]:  # fmt: skip
    """
    Take steps from first to last, or until there are more states than may be.

    Gives the step reached, the states (keys, mass, table and count), and the most there
    were. Mass that is decided goes to `decided`: connected, cut off.
    """
    kinds, firsts, seconds, p_open, p_closed, ends = steps
    peak = count
    for step in range(first, last):
        if count > most_states:
            return step, keys, mass, table, count, peak
        a, b = np.uint64(firsts[step]), np.uint64(seconds[step])
        p, q, end = p_open[step], p_closed[step], ends[step]
        standing, begin = count, 0
        if kinds[step] == LEAVE:
            new_keys, new_mass = np.empty_like(keys), np.empty_like(mass)
            table[:] = -1
            count = 0
            while begin < standing:
                stop = min(standing, begin + (len(new_keys) - count) // 2)
                if stop == begin:
                    new_keys, new_mass, table = grow(new_keys, new_mass, count)
                    continue
                count = leave(
                    keys, mass, begin, stop, new_keys, new_mass, table, count, a, b, p, q, end,
                    decided,
                )  # fmt: skip
                begin = stop
            keys, mass = new_keys, new_mass
            peak = max(peak, count)
            continue
        while begin < standing:
            stop = min(standing, begin + len(keys) - count)
            if stop == begin:
                keys, mass, table = grow(keys, mass, count)
                continue
            if kinds[step] == JOIN:
                count = join(keys, mass, table, count, begin, stop, a, b, p, q, end, decided)
            else:
                count = pass_on(keys, mass, table, count, begin, stop, a, p, q, end, decided)
            begin = stop
        peak = max(peak, count)
    return last, keys, mass, table, count, peak


def run_sweep(
    sweep: Sweep, most_states: int, on_step: Callable[[object], None] | None = None
) -> tuple[float, float, int, bool]:
    """
    Sweep; connected, cut off, the most states there were, and whether none was given up.

    The sweep may need no more than KEY_SLOTS slots.
    """
    steps = (sweep.kinds, sweep.firsts, sweep.seconds, sweep.p_open, sweep.p_closed, sweep.ends)
    keys, mass = np.empty(SMALLEST, np.uint64), np.empty(SMALLEST, np.float64)
    keys[0], mass[0] = EMPTY, 1.0
    table = index(keys, 1)
    decided = np.zeros(2)
    count, step, most, whole = 1, 0, 1, True
    while step < len(sweep):
        last = min(len(sweep), step + STRIDE)
        reached, keys, mass, table, count, peak = advance(
            steps, step, last, keys, mass, table, count, most_states, decided
        )
        most = max(most, peak)
        if count > most_states:
            keys, mass, count = keep_heaviest(keys, mass, count, max(1, most_states // 2))
            table = index(keys, count)
            whole = False
        for done in range(step, reached):
            if on_step:
                on_step(done)
        step = reached
    return float(decided[0]), float(decided[1]), most, whole


def keep_heaviest(keys: Keys, mass: Mass, count: int, kept: int) -> tuple[Keys, Mass, int]:
    """Keep the states that weigh most, in arrays of the same room."""
    heaviest = np.argpartition(-mass[:count], kept)[:kept]
    keys[:kept], mass[:kept] = keys[heaviest], mass[heaviest]
    return keys, mass, kept

"""
Who reaches what: every position, by every mode, in one flood over the network.

What is asked, as a row for each labelling at hand, is a byte; the bytes of all rows and positions
are one number for each vertex, so that a step is taken for all of them at once.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from encircle.network.ground.states import FIRE_MODES, FIRE_RANKS, MODE_BITS
from encircle.network.lines.values import LANDING, SPECIAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from encircle.network.network import Network

LAND_MODES = ("wheeled", "tracked", "rail", "foot", "boat")
"""Modes a land way may have; the order in which equal ways are preferred."""
BOAT = MODE_BITS["boat"]
ASHORE = MODE_BITS["foot"] | LANDING
ASKED = {
    "rail": MODE_BITS["rail"], "wheeled": MODE_BITS["wheeled"], "tracked": MODE_BITS["tracked"],
    "foot": MODE_BITS["foot"], "ashore": ASHORE, "boat": ASHORE | BOAT,
    "walked": ASHORE | BOAT, "far": ASHORE | BOAT | SPECIAL,
}  # fmt: skip
"""What a step has to carry, any of it, so that it is taken: by each mode, before a boat is taken
(`ashore`) and once it was (`boat`); on foot and by boat at will; by special ways too."""
BIT = {asked: 1 << n for n, asked in enumerate(ASKED)}
AT_START = 0xFF ^ BIT["boat"]
BOARDING = BIT["boat"] // BIT["ashore"]
DRIVEN = ("tracked", "wheeled", "rail")
"""Land modes that are not walked."""
TOUCHES = BIT["walked"] | sum(BIT[mode] for mode in DRIVEN)
_PASSED = np.array(
    [sum(BIT[a] for a, bits in ASKED.items() if carried & bits) for carried in range(256)],
    dtype=np.uint8,
)
_BOARDED = np.array([BIT["boat"] if n & BOAT else 0 for n in range(256)], dtype=np.uint8)
_MODES = tuple(frozenset(mode for mode in LAND_MODES if told & BIT[mode]) for told in range(256))


CARRIED = np.array(
    [[MODE_BITS[mode] | (LANDING if mode == "foot" else 0)] for mode in FIRE_MODES], dtype=np.uint8
)
"""The bits of a step that the fire on each mode bears on."""
WORST = len(FIRE_RANKS) - 1
"""The rank of the worst fire: under no more than that is every step."""
Starts = tuple[int, ...]
"""The vertices that one position starts from."""


def list_starts(network: Network) -> tuple[Starts, ...]:
    """List the vertices that each position starts from."""
    starts: dict[str, Starts] = {}
    for standing in network.standings:
        name = standing.position.id
        starts[name] = (*starts.get(name, ()), standing.vertex)
    return tuple(starts.values())


def carry_within(
    carries: NDArray[np.uint8], ranks: NDArray[np.int64], worst: int
) -> NDArray[np.uint8]:
    """Give what steps carry under no more than a grade of fire: ranks are (rows, modes, steps)."""
    spared = ((ranks <= worst) * CARRIED).sum(axis=1, dtype=np.uint8)
    return np.asarray(carries & (spared | SPECIAL))


class Reached:
    """
    What each position reaches under each of some labellings.

    Parameters
    ----------
    network, out
        Whose steps, and each vertex's neighbours with the steps to them.
    carries
        (rows, steps) mode bits; a row for each labelling, at most 8.
    groups
        Who starts where; nobody passes through where another stands.

    Attributes
    ----------
    states
        For each vertex the bytes of who reaches it.
    """

    def __init__(
        self,
        network: Network,
        out: list[list[tuple[int, int]]],
        carries: NDArray[np.uint8],
        groups: Sequence[Starts],
    ) -> None:
        self.network = network
        first: dict[bytes, int] = {}  # rows that are alike are one
        same = [first.setdefault(row.tobytes(), n) for n, row in enumerate(carries)]
        kept = sorted(first.values())
        self._bits_of_row = [8 * kept.index(n) for n in same]
        self._width = 8 << (len(kept) - 1).bit_length()
        self._lanes = {starts: lane for lane, starts in enumerate(groups)}
        self.states = self._flood(out, carries[kept])

    def _flood(self, out: list[list[tuple[int, int]]], carries: NDArray[np.uint8]) -> list[int]:
        """Let everybody go as far as each may; positions of others are no thoroughfare."""
        width, lanes = self._width, len(self._lanes)
        each = sum(1 << width * lane for lane in range(lanes))
        row = sum(1 << bit for bit in range(0, width, 8))
        passed = [word * each for word in self._pack(_PASSED[carries])]
        boats = bool((carries & BOAT).any())
        boards = [word * each for word in self._pack(_BOARDED[carries])] if boats else []
        dry = each * row * BIT["ashore"]
        free = [(1 << width * lanes) - 1] * len(out)  # who has not been there yet
        pending = [0] * len(out)
        for standing in self.network.standings:
            free[standing.vertex] = 0
        queue = deque(vertex for starts in self._lanes for vertex in starts)
        for starts, lane in self._lanes.items():
            for vertex in starts:
                pending[vertex] = (row << width * lane) * AT_START
                free[vertex] = (row << width * lane) * BIT["boat"]
        states = list(pending)
        anchors = self.network.anchors
        while queue:
            here = queue.popleft()
            now, pending[here] = pending[here], 0
            aboard = (now & dry) * BOARDING if boats else 0
            for there, step in out[here]:
                left = free[there]
                new = now & passed[step] & left if left else 0
                if aboard:
                    new |= aboard & boards[step] & left
                if new:
                    free[there] = left ^ new
                    states[there] |= new
                    if there not in anchors:  # what lies behind one is not this map's business
                        if not pending[there]:
                            queue.append(there)
                        pending[there] |= new
        return states

    def _pack(self, bytes_: NDArray[np.uint8]) -> list[int]:
        """Put the bytes of all rows of a step into one number."""
        wide = np.zeros((bytes_.shape[1], self._width // 8), dtype=np.uint8)
        wide[:, : len(bytes_)] = bytes_.T
        packed: list[int] = wide.view(f"<u{self._width // 8}")[:, 0].tolist()
        return packed

    def _byte(self, word: int, starts: Starts, row: int) -> int:
        return word >> self._width * self._lanes[starts] + self._bits_of_row[row] & 0xFF

    def _any(self, vertices: Iterable[int]) -> int:
        told = 0
        for vertex in vertices:
            told |= self.states[vertex]
        return told

    @cached_property
    def _land(self) -> int:
        anchors = self.network.anchors.items()
        return self._any(v for v, (a, _) in anchors if a.access == "land")

    @cached_property
    def _edge(self) -> int:
        return self._any(self.network.at_edge)

    def modes(self, starts: Starts, row: int) -> frozenset[str]:
        """Name the modes by which a position has a way to a land anchor."""
        return _MODES[self._byte(self._land, starts, row)]

    def runs_off(self, starts: Starts, row: int) -> bool:
        """Tell whether what is reached comes to the edge of the area: ground, or a road."""
        return bool(self._byte(self._edge, starts, row) & TOUCHES)

    def is_reached(self, vertex: int, starts: Starts, row: int, asked: str = "walked") -> bool:
        """Tell whether a position reaches a vertex, of `ASKED` by what is asked."""
        return bool(self._byte(self.states[vertex], starts, row) & BIT[asked])

    def vertices(self, starts: Starts, row: int, asked: str = "walked") -> frozenset[int]:
        """Give all the vertices a position reaches."""
        bit = BIT[asked] << self._width * self._lanes[starts] + self._bits_of_row[row]
        return frozenset(v for v, told in enumerate(self.states) if told & bit)


def find_worst_fire(
    reach: Callable[[int], Reached], starts: Starts, row: int, *modes: str
) -> int | None:
    """
    Give the worst fire on the best way by any of some modes, as its rank; None if there is none.

    `reach` finds who reaches what under no more than a grade of fire, by its rank.
    """
    ranks = range(WORST + 1)
    return next((n for n in ranks if not reach(n).modes(starts, row).isdisjoint(modes)), None)

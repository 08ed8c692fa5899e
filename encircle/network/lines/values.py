"""Lines of communication: what they carry, on both readings, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
import shapely.ops
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from encircle.map.reach import Reading
from encircle.network.ground.states import MODE_BITS, UNMAPPED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry import LineString

    from encircle.map.situation import Crossing, Route
    from encircle.network.ground.patches import Wall

SPECIAL = 64
"""Bit of a way by tunnel, across a neutral strip, or by a third party's leave."""
LAND_BITS = sum(MODE_BITS[m] for m in ("rail", "wheeled", "tracked", "foot", "boat"))
LANDING = 128
"""Bit of the walk between a boat and the ground or road it lands at."""
ROUTE_BITS = LAND_BITS & ~MODE_BITS["boat"]
"""Modes that a join between routes may carry: a boat needs a crossing."""
STEP_M = 1.0
"""So far from its end a stretch of road is looked at to tell which side of a barrier it is on, and
where it is got onto, metres. Source: convention here."""
Reason = Literal[
    "hostile", "grey", "neutral", "barrier", "cut", "unknown", "permission", "tunnel",
    "neutral_strip", "third_party", "edge",
]  # fmt: skip
"""Why a route or crossing does not carry on."""
Stop = tuple[BaseGeometry, float]
"""A place, and how far from it a route joins it, metres."""
Bits = dict[Reading, int]
Roads = dict[int, "NDArray[np.int32]"]
"""Junctions numbered by what hangs together by roads, by the bit of the mode."""
Grades = dict[Reading, tuple[int, ...]]
"""Fire ranks by mode, in the order of FIRE_MODES."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of route inside one face."""

    line: LineString
    routes: tuple[Route, ...]
    faces: tuple[int, ...]
    start: int
    end: int
    carries: Bits
    fire: Grades
    because: dict[Reading, Reason | None]
    each: dict[Reading, tuple[int, ...]]
    """What each of the routes carries here, in their order."""

    @property
    def past_its_ends(self) -> BaseGeometry:
        """Give the stretch without its ends: one that ends at a bank is got onto beside it."""
        step_m = min(STEP_M, self.line.length / 3)
        return shapely.ops.substring(self.line, step_m, self.line.length - step_m)

    def carriers(self, reading: Reading, bits: int) -> list[str]:
        """Name the routes that carry any of the modes in `bits`."""
        pairs = zip(self.routes, self.each[reading], strict=True)
        return [route.id for route, carried in pairs if carried & bits]

    def witnesses(self, reading: Reading, bits: int) -> list[str]:
        """Name the routes that carry any of the modes in `bits`, then those that state a fire."""
        stating = [route.id for route in self.routes if route.fire]
        return [*self.carriers(reading, bits), *stating]


@dataclass(frozen=True, slots=True)
class Span:
    """What a crossing passes, from end to end; both ends are one where it is a point."""

    crossing: Crossing
    line: BaseGeometry
    carries: Bits
    fire: Grades
    because: dict[Reading, Reason | None]


@dataclass(frozen=True, slots=True)
class Facility:
    """An airstrip or port: where it lies, and on which readings it works."""

    crossing: Crossing
    place: BaseGeometry
    readings: tuple[Reading, ...]
    special: bool


@dataclass(frozen=True)
class Lines:
    """Pieces between junctions, spans of crossings, and facilities."""

    pieces: tuple[Piece, ...] = ()
    junctions: tuple[tuple[float, float], ...] = ()
    """Places of the junctions; one on a barrier stands once for each side of it."""
    over: tuple[tuple[int, int, Bits], ...] = ()
    """Pairs of junctions on either side of a barrier, and the modes that still pass."""
    between: tuple[tuple[Wall, ...], ...] = ()
    """The barriers between each such pair."""
    spans: tuple[Span, ...] = ()
    facilities: tuple[Facility, ...] = ()
    tree: STRtree = field(default_factory=lambda: STRtree([]), repr=False)

    def join_roads(self, pieces: Sequence[int], over: Sequence[int]) -> Roads:
        """
        Number the junctions by what hangs together by roads, for each mode that roads carry.

        `pieces` and `over` say what each piece carries, and each pair across a barrier.
        """
        from scipy.sparse import csr_array  # noqa: PLC0415
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

        ends = [(p.start, p.end) for p in self.pieces] + [(u, v) for u, v, _ in self.over]
        u, v = np.array(ends, dtype=np.int64).reshape(-1, 2).T
        carries = np.array([*pieces, *over], dtype=np.int64)
        size = len(self.junctions)
        hang: Roads = {}
        for bit in MODE_BITS.values():
            if bit & ROUTE_BITS:
                open_ = (carries & bit) > 0
                joined = csr_array((carries[open_], (u[open_], v[open_])), shape=(size, size))
                hang[bit] = connected_components(joined, directed=False)[1]
        return hang

    def part(self, roads: Roads, one: int, other: int) -> int:
        """Give the modes for which two pieces do not hang together by roads."""
        start, end = self.pieces[one].start, self.pieces[other].start
        return sum(bit for bit, number in roads.items() if number[start] != number[end])

    def near(self, place: BaseGeometry, within_m: float) -> list[int]:
        """List the pieces that lie within a distance of a place."""
        return sorted(int(i) for i in self.tree.query(place, "dwithin", within_m))


def combine_fire(mapped: int, stated: int) -> int:
    """Take the worse of two grades; where only one of them is mapped, that one."""
    if UNMAPPED in (mapped, stated):
        return stated if mapped == UNMAPPED else mapped
    return max(mapped, stated)


def closed_by(state: str, *, certain: bool, reading: Reading) -> Reason | None:
    """Say why a line of a state carries nobody on a reading, if it does not."""
    if state == "cut" and certain:
        return "cut"
    doubtful = state == "unknown" or not certain
    return "unknown" if doubtful and reading == "pessimistic" else None

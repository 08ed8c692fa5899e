"""Where all that is open is routes and crossings: the same question as a graph for the kernels."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from encircle.likelihood.worlds.answers import ROWS, end_early
from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE, World
from encircle.map.reach import READINGS
from encircle.network.ground.states import MODE_BITS
from encircle.network.lines.values import LAND_BITS
from encircle.reliability.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from encircle.likelihood.worlds.gazer import Gazer
    from encircle.map.reach import Reading
    from encircle.map.situation import Position
    from encircle.reliability.solving import CutOff

    Solve = Callable[[Graph], CutOff | None]

FOOT = MODE_BITS["foot"]
ENDS_OF_AN_EDGE = 2


def bracket_roads(
    gazer: Gazer, world: World, position: Position, solve: Solve
) -> tuple[CutOff, CutOff] | None:
    """
    Bracket how likely a position is cut off by land, where its ways are a graph of roads.

    Parameters
    ----------
    gazer, world
        Where the worlds are read, and what of them is decided already.
    position
        Whose ways.
    solve
        Says how likely a graph cuts the force off; None where it cannot.

    Returns
    -------
    optimistic, pessimistic
        How likely it is on either reading. None where the question is not of that kind, the map
        may end before the answer, or the graphs cannot be solved.
    """
    if end_early(gazer.look(world), position)[1]:
        return None
    graphs = [find_graph(gazer, world, reading, position) for reading in READINGS]
    kind, strict = graphs
    if kind is None or strict is None:
        return None
    found = solve(kind), solve(strict)
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def find_graph(gazer: Gazer, world: World, reading: Reading, position: Position) -> Graph | None:
    """
    Give the graph of independent edges in which a position reaches an anchor or does not.

    Parameters
    ----------
    gazer, world
        Where the worlds are read, and what of them is decided already.
    reading, position
        Whose ways, on which reading.

    Returns
    -------
    graph
        Connected with the probability that a way by land is open; None where the question is not
        of that kind: an open item touches more than one stretch of road, a stretch hangs on more
        than one open item, a way may be open to others than walkers, or a shift is not decided.

    Notes
    -----
    All steps that hang on one item are one edge, provided that they touch the rest of the network
    at two vertices at most, and that it opens all of them or closes all of them. Of a grade that
    cannot be judged the optimistic reading takes what opens most, the pessimistic what closes most.
    """
    best, worst = gazer.look(world).labelling.carries[[*ROWS[reading]]].tolist()
    if any(bits & LAND_BITS and not bits & FOOT for bits in best):
        return None
    if any(left.bit_count() > 1 for left in world.levels):
        return None
    sure = [i for i, bits in enumerate(worst) if bits & FOOT]
    stretches = _group(
        gazer, world, [i for i, b in enumerate(best) if b & FOOT and not worst[i] & FOOT]
    )
    if stretches is None:
        return None
    open_if = _settle_all(gazer, world, reading)
    for steps in stretches.values():
        cases = {(bool(open_if[0][i] & FOOT), bool(open_if[1][i] & FOOT)) for i in steps}
        if len(cases) != 1 or cases & {(True, True), (False, False)}:
            return None
    laid = gazer.chart.network.edges
    edges = [(laid[i].u, laid[i].v, 1.0) for i in sure]
    touched = {vertex for u, v, _ in edges for vertex in (u, v)}
    for item, steps in stretches.items():
        others = {
            vertex
            for other, those in stretches.items()
            if other != item
            for vertex in _vertices(gazer, those)
        }
        ends = _find_ends(gazer, steps, touched | others | _terminals(gazer, position))
        if ends is None:
            return None
        if len(ends) == ENDS_OF_AN_EDGE:
            p = _find_chance(gazer, item, reading, [open_if[right][steps[0]] for right in (0, 1)])
            edges.append((ends[0], ends[1], p))
    return _build(gazer, position, edges)


def _group(gazer: Gazer, world: World, doubtful: Iterable[int]) -> dict[int, list[int]] | None:
    """Group the steps in doubt by the one item each hangs on."""
    rests = gazer.rests.of_steps
    groups: dict[int, list[int]] = defaultdict(list)
    for step in doubtful:
        items = [n for kind, n in rests[step] if kind == "item" and world.items[n] == OPEN]
        if len(items) != 1:
            return None
        groups[items[0]].append(step)
    return groups


def _settle_all(gazer: Gazer, world: World, reading: Reading) -> list[list[int]]:
    """Give what every step carries with all that is open wrong, then with all of it right."""
    found = []
    for value in (FALSE, TRUE):
        settled = tuple(value if now == OPEN else now for now in world.items)
        view = gazer.look(World(settled, world.levels))
        found.append(view.labelling.carries[ROWS[reading][1]].tolist())
    return found


def _find_chance(gazer: Gazer, item: int, reading: Reading, carried: list[int]) -> float:
    """Give the probability that a stretch is open, on a reading."""
    likely = gazer.doubts.items[item]
    opens = bool(carried[1] & FOOT)
    low, high = (likely.low, likely.high) if opens else (1.0 - likely.high, 1.0 - likely.low)
    return high if reading == "optimistic" else low


def _vertices(gazer: Gazer, steps: Iterable[int]) -> set[int]:
    edges = gazer.chart.network.edges
    return {vertex for i in steps for vertex in (edges[i].u, edges[i].v)}


def _terminals(gazer: Gazer, position: Position) -> set[int]:
    anchors = {v for v, (a, _) in gazer.chart.network.anchors.items() if a.access == "land"}
    return anchors | {s.vertex for s in gazer.chart.standings_of(position)}


def _find_ends(gazer: Gazer, steps: list[int], outside: set[int]) -> list[int] | None:
    """Give the vertices at which some steps touch the rest: two that they join, or fewer."""
    ends = sorted(_vertices(gazer, steps) & outside)
    if len(ends) < ENDS_OF_AN_EDGE:
        return ends
    if len(ends) > ENDS_OF_AN_EDGE:
        return None
    seen, left = {ends[0]}, list(steps)
    while reached := [i for i in left if not seen.isdisjoint(_vertices(gazer, [i]))]:
        seen |= _vertices(gazer, reached)
        left = [i for i in left if i not in reached]
    return ends if ends[1] in seen else []


def _build(gazer: Gazer, position: Position, edges: list[tuple[int, int, float]]) -> Graph:
    """Put edges into arrays; other positions are no thoroughfare."""
    starts = {s.vertex for s in gazer.chart.standings_of(position)}
    others = gazer.starts - starts
    kept = [(u, v, p) for u, v, p in edges if u not in others and v not in others]
    anchors = sorted(_terminals(gazer, position) - starts)
    return Graph(
        order=len(gazer.chart.network.names),
        u=np.array([u for u, _, _ in kept], dtype=np.int64),
        v=np.array([v for _, v, _ in kept], dtype=np.int64),
        p_open=np.array([p for _, _, p in kept], dtype=np.float64),
        sources=np.array(sorted(starts), dtype=np.int64),
        targets=np.array(anchors, dtype=np.int64),
    )

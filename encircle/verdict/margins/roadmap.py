"""The ways that keep as far as they can from given points, drawn as a network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from encircle.verdict.margins.diagram import (
    Crossings,
    Diagram,
    End,
    Ground,
    Network,
    Steps,
    cut_edges,
    draw_diagram,
    follow_ring,
    turn,
)
from encircle.verdict.margins.obstacles import GRID_M, Way, draw_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.verdict.margins.obstacles import Wall

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Bools = NDArray[np.bool_]

MOST_STEPS = 200_000
"""From an end to more corners than this, those at the edge of the map are thinned out: the side of
a map is straight in degrees and bent on the plane, near a pole in thousands of short sides."""


class Course(NamedTuple):
    """A way through the Voronoi diagram: its nodes, and for each step its width and two sites."""

    path: Floats
    width_m: Floats
    sites: Ints
    diagram: Diagram

    @property
    def points(self) -> Floats:
        """The sites that it keeps away from."""
        return self.diagram.points

    def show_walls(self) -> Way:
        """Show the walls where it runs, and where it could leak through them."""
        if len(self.width_m) == 1 and is_same(self.path[0], self.path[1]):
            path: BaseGeometry = shapely.Point(self.path[0])
            steps = np.array([path])
        else:
            path = shapely.LineString(self.path)
            steps = draw_lines(self.path[:-1], self.path[1:])
        a, b = self.points[self.diagram.loose].transpose(1, 0, 2)
        long = np.hypot(*(b - a).T) >= self.narrowest_m
        middle = ((a + b) / 2)[long]
        return Way(path, steps, self.points[self.sites], self.diagram.loose_on[long], middle)

    @property
    def narrowest_m(self) -> float:
        """Tell the width of its narrowest step."""
        return float(self.width_m.min())


def is_same(a: Floats, b: Floats) -> bool:
    """Say whether two places are one."""
    return math.dist(a, b) <= GRID_M


def find_course(ground: Ground, wall: Wall, least_m: float) -> Course | None:
    """Find the way that keeps farthest from the wall's sites; None if none is this wide."""
    diagram = draw_diagram(wall).keep_wide(least_m)
    network = Network(diagram.points)
    network.add_nodes(diagram.nodes)
    inside = diagram.wide.copy()
    inside[inside] = shapely.contains_xy(ground.area, diagram.nodes[inside])
    u, v, sites, crossed = cut_edges(ground, diagram, network, inside)
    network.add_steps(u, v, sites)
    corners = follow_ring(ground, diagram, network, crossed)
    inner = np.flatnonzero(inside)
    own = _attach(ground, diagram, network, (inner, crossed, *corners))
    maybe = np.concatenate([inner, crossed.node, *own])
    ends = []
    for k, end in enumerate((ground.start, ground.goals)):
        on_side = (crossed.side >= ground.counts[k]) & (crossed.side < ground.counts[k + 1])
        sure = np.concatenate([crossed.node[on_side], own[k]])
        ends.append(_list_in_end(end, network, ground.inside, maybe, sure))
    return _choose_course(network, diagram, least_m, ends[0], ends[1])


def _list_cells(
    diagram: Diagram, nodes: tuple[Ints, Crossings, Ints, Ints], wanted: Ints
) -> tuple[Ints, Ints]:
    """List the corners of the wanted sites' cells in the area: nodes and sites, by site."""
    inside, crossed, corner, beside = nodes
    node = np.concatenate([np.repeat(inside, 3), np.repeat(crossed.node, 2), corner])
    site = np.concatenate(
        [diagram.corners[inside].ravel(), diagram.sites[crossed.edge].ravel(), beside]
    )
    is_wanted = np.zeros(len(diagram.points), bool)
    is_wanted[wanted] = True
    kept = np.flatnonzero(is_wanted[site])
    kept = kept[np.argsort(site[kept], kind="stable")]
    return node[kept], site[kept]


def _attach(
    ground: Ground, diagram: Diagram, network: Network, nodes: tuple[Ints, Crossings, Ints, Ints]
) -> list[Ints]:
    """Join the ends' corners to the corners of their cells, where no wall is between."""
    own = [network.add_nodes(end.points) for end in (ground.start, ground.goals)]
    numbers = np.concatenate(own)
    xy = np.concatenate(network.nodes)
    nearest = diagram.find_nearest(xy[numbers])
    low, high, node = _find_cells(diagram, nodes, nearest)
    if (high - low).sum() > MOST_STEPS:
        inside, crossed, corner, beside = nodes
        nodes = inside, crossed, corner[ground.turning], beside[ground.turning]
        low, high, node = _find_cells(diagram, nodes, nearest)
    u, v = np.repeat(numbers, high - low), node[_ranges(low, high)]
    p = np.repeat(nearest, high - low)
    free = ~_is_cut_at_site(diagram, p, xy[u], xy[v])
    if not ground.convex:
        free[free] = shapely.covers(ground.room, draw_lines(xy[u[free]], xy[v[free]]))
    network.add_steps(u[free], v[free], np.stack([p, p], axis=1)[free])
    return own


def _find_cells(
    diagram: Diagram, nodes: tuple[Ints, Crossings, Ints, Ints], nearest: Ints
) -> tuple[Ints, Ints, Ints]:
    """Find the corners of some sites' cells: the range of each in a list of nodes, and the list."""
    node, site = _list_cells(diagram, nodes, nearest)
    low, high = (np.searchsorted(site, nearest, side=s) for s in ("left", "right"))
    return low, high, node


def _ranges(low: Ints, high: Ints) -> Ints:
    """Join the ranges from each low to its high."""
    count = high - low
    start = np.repeat(low - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    return start + np.arange(count.sum())


def _is_cut_at_site(diagram: Diagram, p: Ints, a: Floats, b: Floats) -> Bools:
    """Say which steps from a to b cross a piece of wall that starts at their site p."""
    is_wanted = np.zeros(len(diagram.points), bool)
    is_wanted[p] = True
    both = np.concatenate([diagram.pairs, diagram.pairs[:, ::-1]])
    both = both[is_wanted[both[:, 0]]]
    both = both[np.argsort(both[:, 0], kind="stable")]
    low, high = (np.searchsorted(both[:, 0], p, side=s) for s in ("left", "right"))
    k = np.repeat(np.arange(len(p)), high - low)
    c, d = diagram.points[p[k]], diagram.points[both[_ranges(low, high), 1]]
    crossing = (turn(a[k], b[k], c) * turn(a[k], b[k], d) < 0) & (
        turn(c, d, a[k]) * turn(c, d, b[k]) < 0
    )
    cut = np.zeros(len(p), bool)
    cut[k[crossing]] = True
    return cut


def _list_in_end(end: End, network: Network, inside: BaseGeometry, maybe: Ints, sure: Ints) -> Ints:
    """List the nodes that stand in an end and in no wall."""
    nodes = np.concatenate(network.nodes)
    bounds = np.asarray(end.shape.bounds)
    xy = nodes[maybe]
    maybe = maybe[((xy >= bounds[:2]) & (xy <= bounds[2:])).all(axis=1)]
    maybe = maybe[shapely.intersects_xy(end.shape, nodes[maybe])]
    found = np.unique(np.concatenate([maybe, sure]))
    free: Ints = found[~shapely.contains_xy(inside, nodes[found])]
    return free


def _choose_course(
    network: Network, diagram: Diagram, least_m: float, start: Ints, goal: Ints
) -> Course | None:
    """Find the way through the network that is widest throughout."""
    steps, points = network.list_steps(least_m), diagram.points
    if not (len(start) and len(goal)):
        return None
    nodes = np.concatenate(network.nodes)
    ends = np.concatenate([start, goal])
    beside = diagram.find_nearest(nodes[ends])
    end_m = 2 * np.hypot(*(points[beside] - nodes[ends]).T)
    graph = Graph(steps, start, goal, end_m, network.size)
    way = graph.find_widest()
    if way is None:
        return None
    way = way[1:-1]
    if len(way) == 1:
        here = np.flatnonzero(ends == way[0])[:1]
        site = np.repeat(beside[here], 2)[None]
        return Course(nodes[way.repeat(2)], end_m[here], site, diagram)
    edge = graph.look_up(way)
    return Course(nodes[way], graph.width_m[edge], steps.sites[graph.step[edge]], diagram)


class Graph:
    """The steps as a sparse graph, with a source before all starts and a sink past all goals."""

    def __init__(self, steps: Steps, start: Ints, goal: Ints, end_m: Floats, size: int) -> None:
        self.source, self.sink, self.size = size, size + 1, size + 2
        ends = np.concatenate([start, goal])
        past = np.repeat([self.source, self.sink], [len(start), len(goal)])
        width_m = np.concatenate([steps.width_m, end_m])
        low = np.concatenate([np.minimum(steps.u, steps.v), ends])
        high = np.concatenate([np.maximum(steps.u, steps.v), past])
        order = np.argsort(low * self.size + high, kind="stable")
        key = (low * self.size + high)[order]
        # Of the steps that join the same two nodes the widest counts.
        first = np.flatnonzero(np.diff(key, prepend=-1))
        self.key, self.step = key[first], order[first]
        self.width_m = np.maximum.reduceat(width_m[order], first)
        widest = width_m[self.step] < self.width_m
        for k in np.flatnonzero(widest):
            same = order[first[k] : np.append(first, len(order))[k + 1]]
            self.step[k] = same[width_m[same].argmax()]

    def look_up(self, way: Ints) -> Ints:
        """Find the edge between each two neighbours on a way."""
        low, high = np.minimum(way[:-1], way[1:]), np.maximum(way[:-1], way[1:])
        return np.searchsorted(self.key, low * self.size + high)

    def find_widest(self) -> Ints | None:
        """Find the widest way from source to sink, along a maximum spanning tree."""
        from scipy.sparse import csr_array  # noqa: PLC0415
        from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree  # noqa: PLC0415

        rows = np.searchsorted(self.key, np.arange(self.size + 1) * self.size).astype(np.int32)
        columns = (self.key % self.size).astype(np.int32)
        graph = csr_array((-self.width_m, columns, rows), shape=(self.size, self.size))
        tree = minimum_spanning_tree(graph)
        _, back = breadth_first_order(tree, self.source, directed=False)
        return _walk_back(back, self.source, self.sink)


def _walk_back(back: NDArray[np.integer], source: int, sink: int) -> Ints | None:
    """List the nodes from source to sink by their predecessors."""
    if back[sink] < 0:
        return None
    before, way = back.tolist(), [sink]
    while way[-1] != source:
        way.append(before[way[-1]])
    return np.array(way[::-1])

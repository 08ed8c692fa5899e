"""The Voronoi diagram of what is in the way, cut where a traveller may pass."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from encircle.verdict.margins.obstacles import (
    GRID_M,
    draw_lines,
    is_among,
    is_convex,
    list_segments,
    measure_gap,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.spatial import cKDTree
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from encircle.verdict.margins.obstacles import Wall

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Bools = NDArray[np.bool_]

MANY_PAIRS = 100_000
"""Above this many pairs of edges and sides a tree finds those that meet."""
TURN_RAD = math.radians(5)
"""The edge turns so far between two corners that are kept then, radians."""


@dataclass(frozen=True)
class End:
    """Where a way may start or end: an area, its corners that stand free, and its sides."""

    shape: BaseGeometry
    points: Floats
    sides: Floats

    @classmethod
    def build(cls, shape: BaseGeometry, inside: BaseGeometry, area: Polygon) -> End:
        """Leave out the corners that stand outside the area or in a wall."""
        if not shapely.covers(area, shape):
            shape = shapely.intersection(shape, area)
        shapely.prepare(inside)
        if shapely.intersects(inside, shape):
            shape = shapely.difference(shape, inside)
        points = np.unique(shapely.get_coordinates(shape), axis=0)
        free = ~shapely.contains_xy(inside, points)
        shapely.prepare(shape)
        return cls(shape, points[free], list_segments(shape))


class Ground:
    """The area with both ends of the way, and the sides that edges may have to be cut at."""

    def __init__(self, area: Polygon, start: End, goals: End, inside: BaseGeometry) -> None:
        self.area, self.start, self.goals, self.inside = area, start, goals, inside
        self.convex = is_convex(area)
        self.room = area if self.convex else area.buffer(GRID_M)
        rings = [list_segments(ring) for ring in (area.exterior, *area.interiors)]
        self.sides = np.concatenate(rings)
        self.ring = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
        self.turning = _list_turning(self.sides, self.ring)
        self.all_sides = np.concatenate([self.sides, start.sides, goals.sides])
        self.counts = np.cumsum([len(part) for part in (self.sides, start.sides, goals.sides)])
        shapely.prepare([self.room, self.area, self.inside])


def _list_turning(sides: Floats, ring: Ints) -> Bools:
    """Tell at which starts of sides an edge has turned far enough since the last such one."""
    along = sides[:, 1] - sides[:, 0]
    turned = np.unwrap(np.arctan2(along[:, 1], along[:, 0])) // TURN_RAD
    return np.concatenate([[True], (np.diff(turned) != 0) | (np.diff(ring) != 0)])


class Diagram(NamedTuple):
    """The Voronoi diagram of the sites: a node in each triangle, an edge across each side."""

    points: Floats
    corners: Ints
    nodes: Floats
    edges: Ints
    sites: Ints
    blocked: Bools
    pairs: Ints
    loose: Ints
    loose_on: Ints
    tree: cKDTree
    wide: Bools

    def keep_wide(self, least_m: float) -> Diagram:
        """Leave out the nodes that no way of this width passes, and the edges between them."""
        if least_m <= 10 * GRID_M:
            return self
        radius_m = np.hypot(*(self.nodes - self.points[self.corners[:, 0]]).T)
        wide = 2 * radius_m >= least_m - 10 * GRID_M
        kept = wide[self.edges[:, 0]] | wide[self.edges[:, 1]]
        return self._replace(
            edges=self.edges[kept],
            sites=self.sites[kept],
            blocked=self.blocked[kept],
            wide=wide,
        )

    def find_nearest(self, xy: Floats) -> Ints:
        """Find the site nearest to each place."""
        _, nearest = self.tree.query(xy)
        return np.asarray(nearest, dtype=np.intp)


class Steps(NamedTuple):
    """Steps between numbered nodes, each with its width and the two sites it passes between."""

    u: Ints
    v: Ints
    width_m: Floats
    sites: Ints


class Network:
    """Nodes and steps of a roadmap, as it is put together."""

    def __init__(self, points: Floats) -> None:
        self.points = points
        self.nodes: list[Floats] = []
        self.size = 0
        self.steps: list[Steps] = []

    def add_nodes(self, xy: Floats) -> Ints:
        """Add nodes and return their numbers."""
        self.nodes.append(xy)
        self.size += len(xy)
        return np.arange(self.size - len(xy), self.size)

    def add_steps(self, u: Ints, v: Ints, sites: Ints) -> None:
        """Add steps; a step is as wide as twice its distance from the first of its sites."""
        nodes = np.concatenate(self.nodes)
        width_m = 2 * measure_gap(self.points[sites[:, 0]], nodes[u], nodes[v])
        self.steps.append(Steps(u, v, width_m, sites))

    def list_steps(self, least_m: float) -> Steps:
        """Put all steps together that are wider than this."""
        u, v, width_m, sites = (np.concatenate(column) for column in zip(*self.steps, strict=True))
        wide = width_m > least_m
        return Steps(u[wide], v[wide], width_m[wide], sites[wide])


def draw_diagram(wall: Wall) -> Diagram:
    """Draw the Voronoi diagram of the wall's sites, and mark the edges that cross a wall.

    A piece of wall counts if no site stands in the circle on it: then no other edge crosses it.
    The others are loose: an edge may leak through, but none wider than the piece is long.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415

    mesh, pairs, on = wall.draw_mesh()
    points = mesh.points
    key, wall_key = mesh.number_edges(mesh.across), mesh.number_edges(pairs)
    blocked = is_among(key, np.sort(wall_key))
    at = np.flatnonzero(blocked)
    for top in mesh.apexes.T:
        p, q, r = points[mesh.across[at, 0]], points[mesh.across[at, 1]], points[top[at]]
        blocked[at] &= np.einsum("ij,ij->i", p - r, q - r) >= 0
    loose = ~is_among(wall_key, np.sort(key[blocked]))
    firm, on = pairs[~loose], on[loose]
    return Diagram(
        points,
        mesh.corners,
        mesh.nodes,
        mesh.edges,
        mesh.across,
        blocked,
        firm,
        pairs[loose],
        on,
        cKDTree(points, compact_nodes=False, balanced_tree=False),
        np.ones(len(mesh.nodes), bool),
    )


class Crossings(NamedTuple):
    """Where edges of the diagram cross the area's edge or the sides of an end."""

    node: Ints
    xy: Floats
    edge: Ints
    share: Floats
    side: Ints
    side_share: Floats


def cut_edges(
    ground: Ground, diagram: Diagram, network: Network, inside: Bools
) -> tuple[Ints, Ints, Ints, Crossings]:
    """Cut the diagram's edges at the area's edge and at the ends; keep what lies in the area."""
    a, b = diagram.nodes[diagram.edges].transpose(1, 0, 2)
    both = inside[diagram.edges[:, 0]] & inside[diagram.edges[:, 1]]
    crossed = _cross(ground, network, diagram, np.flatnonzero(_may_cross(ground, both, a, b)))
    whole = both & ~diagram.blocked
    whole[crossed.edge] = False
    u, v, owner = _split(crossed, diagram.edges)
    nodes = np.concatenate(network.nodes)
    p, q = diagram.points[diagram.sites[owner]].transpose(1, 0, 2)
    # Of an edge that crosses a piece of wall, the parts on either side of it are kept.
    keep = ~diagram.blocked[owner] | (turn(p, q, nodes[u]) * turn(p, q, nodes[v]) > 0)
    keep[keep] = shapely.contains_xy(ground.area, (nodes[u[keep]] + nodes[v[keep]]) / 2)
    return (
        np.concatenate([diagram.edges[whole, 0], u[keep]]),
        np.concatenate([diagram.edges[whole, 1], v[keep]]),
        np.concatenate([diagram.sites[whole], diagram.sites[owner[keep]]]),
        crossed,
    )


def _split(crossed: Crossings, edges: Ints) -> tuple[Ints, Ints, Ints]:
    """Split each crossed edge at its crossings; a part has two nodes and the edge it is of."""
    edge = np.unique(crossed.edge)
    of = np.concatenate([crossed.edge, edge, edge])
    at = np.concatenate([crossed.share, np.full(len(edge), -1.0), np.full(len(edge), 2.0)])
    node = np.concatenate([crossed.node, edges[edge, 0], edges[edge, 1]])
    order = np.lexsort((at, of))
    of, node = of[order], node[order]
    same = of[1:] == of[:-1]
    return node[:-1][same], node[1:][same], of[1:][same]


def _may_cross(ground: Ground, inside: Bools, a: Floats, b: Floats) -> Bools:
    """Say which edges could cross a side: the others need no closer look."""
    may: Bools = ~inside if ground.convex else np.ones(len(a), bool)
    low, high = np.minimum(a, b), np.maximum(a, b)
    for end in (ground.start, ground.goals):
        if len(end.sides):
            bounds = np.asarray(end.shape.bounds)
            may |= ((low <= bounds[2:]) & (high >= bounds[:2])).all(axis=1)
    return may


def _cross(ground: Ground, network: Network, diagram: Diagram, edge: Ints) -> Crossings:
    """Find every place where these edges cross a side, and make it a node."""
    sides = ground.all_sides
    a, b = diagram.nodes[diagram.edges[edge]].transpose(1, 0, 2)
    k, side = _pair_boxes(a, b, sides)
    along, c = b[k] - a[k], sides[side, 1] - sides[side, 0]
    gap = sides[side, 0] - a[k]
    with np.errstate(divide="ignore", invalid="ignore"):
        det = along[:, 0] * c[:, 1] - along[:, 1] * c[:, 0]
        share = (gap[:, 0] * c[:, 1] - gap[:, 1] * c[:, 0]) / det
        side_share = (gap[:, 0] * along[:, 1] - gap[:, 1] * along[:, 0]) / det
    hit = (share >= 0) & (share <= 1) & (side_share >= 0) & (side_share <= 1)
    k, side, share, side_share = k[hit], side[hit], share[hit], side_share[hit]
    xy = sides[side, 0] + side_share[:, None] * (sides[side, 1] - sides[side, 0])
    return Crossings(network.add_nodes(xy), xy, edge[k], share, side, side_share)


def _pair_boxes(a: Floats, b: Floats, sides: Floats) -> tuple[Ints, Ints]:
    """Pair each edge with the sides whose boxes meet its own."""
    if len(a) * len(sides) > MANY_PAIRS:
        tree = shapely.STRtree(draw_lines(sides[:, 0], sides[:, 1]))
        k, side = tree.query(draw_lines(a, b))
        return k, side
    low, high = np.minimum(a, b)[:, None], np.maximum(a, b)[:, None]
    meets = (low <= sides.max(axis=1)) & (high >= sides.min(axis=1))
    k, side = np.nonzero(meets.all(axis=2))
    return k, side


def follow_ring(
    ground: Ground, diagram: Diagram, network: Network, crossed: Crossings
) -> tuple[Ints, Ints]:
    """Add the steps along the area's edge, where the nearest wall may be far."""
    on_ring = crossed.side < len(ground.sides)
    corner = network.add_nodes(ground.sides[:, 0])
    node = np.concatenate([corner, crossed.node[on_ring]])
    side = np.concatenate([np.arange(len(corner)), crossed.side[on_ring]])
    share = np.concatenate([np.zeros(len(corner)), crossed.side_share[on_ring]])
    order = np.lexsort((share, side))
    node, ring = node[order], ground.ring[side[order]]
    u, v = node, np.roll(node, -1)
    last = np.flatnonzero(ring != np.roll(ring, -1))
    if len(last):
        v[last] = node[np.concatenate([[0], last[:-1] + 1])]
    xy = np.concatenate(network.nodes)
    sites = diagram.find_nearest((xy[u] + xy[v]) / 2)
    network.add_steps(u, v, np.stack([sites, sites], axis=1))
    return corner, diagram.find_nearest(xy[corner])


def turn(a: Floats, b: Floats, c: Floats) -> Floats:
    """Say on which side of the line from a to b each c lies."""
    ab, ac = b - a, c - a
    side: Floats = np.sign(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    return side

"""How wide is the widest way through this ground, and where is it pinched?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array
    from scipy.spatial import cKDTree
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Bools = NDArray[np.bool_]

TOLERANCE_M = 0.5
"""A width is proven to within this many metres, or to RELATIVE_TOLERANCE if that is more."""
RELATIVE_TOLERANCE = 0.0005
"""The share of a width within which it is proven, where that is more than TOLERANCE_M."""
CLOSED_M = 0.05
"""A gap narrower than this, in metres, is a joint between two walls and no way."""
SITES_AT_FIRST = 1200
"""Wall vertices looked at in the first round; the others are looked at where a way comes near."""
ROUNDS = 60
"""Rounds of refinement after which the proven lower bound is returned as it stands."""
GRID_M = 1e-3
"""Wall points closer together than this are one point."""
JITTER_M = 1e-4
"""How far wall points are moved so that no four of them lie on one circle, in metres."""


class Pinch(NamedTuple):
    """The narrowest place of a way: what pinches it, where, and between which points."""

    by: str
    at: Floats
    chord: Floats


class WidestWay(NamedTuple):
    """The widest way: its width, how far below it the truth may lie, its pinch and its course."""

    width_m: float
    error_m: float
    pinch: Pinch | None
    path: Floats


CLOSED = WidestWay(0.0, 0.0, None, np.empty((0, 2)))


def find_widest_way(
    start: BaseGeometry,
    goals: BaseGeometry,
    lines: BaseGeometry,
    inside: BaseGeometry,
    area: Polygon,
) -> WidestWay:
    """
    Find the way from `start` to `goals` that keeps farthest from `lines`.

    Parameters
    ----------
    start, goals
        Points or polygons; the way starts and ends anywhere in them.
    lines
        Every line the way may not touch: the boundaries of the walls, and barriers.
    inside
        The walls themselves, so that no way starts or ends in one.
    area
        The way stays in it; its edge is no wall.

    Notes
    -----
    The walls are first replaced by points on them. The Voronoi diagram of the points, cut by the
    area's edge, holds the way that keeps farthest from the points, and fewer walls can only make a
    way wider: this is an upper bound. The way is then measured against the walls themselves.
    Where it comes too near one, that wall gets more points and the diagram is drawn again, until
    both agree. A piece of wall between two neighbouring points may not be crossed.

    References
    ----------
    .. [1] Bhattacharya, P., Gavrilova, M. L. (2008). Roadmap-based path planning: using the
       Voronoi diagram for a clearance-based shortest path. IEEE Robotics & Automation Magazine 15.
    """
    ground = Ground(area, End.build(start, inside, area), End.build(goals, inside, area), inside)
    wall = Wall(list_segments(lines), area)
    if not (len(ground.start.points) and len(ground.goals.points)):
        return CLOSED
    proven_m = 0.0
    for _ in range(ROUNDS):
        course = _find_course(ground, wall, proven_m)
        if course is None or course.narrowest_m < CLOSED_M:
            return CLOSED
        slack_m = max(TOLERANCE_M, RELATIVE_TOLERANCE * course.narrowest_m)
        way_m, is_new = wall.refine(course, slack_m)
        if way_m >= course.narrowest_m - slack_m or not is_new:
            break
        proven_m = max(proven_m, way_m - 10 * GRID_M)
    return _state(course, way_m)


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

    def draw_steps(self) -> NDArray[np.object_]:
        """Draw each step, as a line or as a point."""
        if len(self.path) == 2 and _is_same(*self.path):
            return shapely.points(self.path[:1])
        return shapely.linestrings(np.stack([self.path[:-1], self.path[1:]], axis=1))

    def list_gaps(self) -> tuple[Ints, Floats]:
        """List the pieces of wall so long that it could leak through them, and their middles."""
        a, b = self.points[self.diagram.loose].transpose(1, 0, 2)
        long = np.hypot(*(b - a).T) >= self.narrowest_m
        return self.diagram.loose_on[long], ((a + b) / 2)[long]

    @property
    def narrowest_m(self) -> float:
        """Tell the width of its narrowest step."""
        return float(self.width_m.min())


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
        if shapely.intersects(shape, inside):
            shape = shapely.difference(shape, inside)
        points = np.unique(shapely.get_coordinates(shape), axis=0)
        free = ~shapely.contains_xy(inside, points)
        shapely.prepare(shape)
        return cls(shape, points[free], list_segments(shape))


@dataclass(frozen=True)
class Ground:
    """The area with both ends of the way."""

    area: Polygon
    start: End
    goals: End
    inside: BaseGeometry
    convex: bool = field(init=False)
    sides: Floats = field(init=False)
    rings: Ints = field(init=False)
    room: BaseGeometry = field(init=False)

    def __post_init__(self) -> None:
        hull_m2 = self.area.convex_hull.area
        object.__setattr__(self, "convex", hull_m2 - self.area.area <= 1e-9 * hull_m2)
        room = self.area if self.convex else self.area.buffer(GRID_M)
        shapely.prepare([room, self.area, self.inside])
        object.__setattr__(self, "room", room)
        parts = [list_segments(r) for r in (self.area.exterior, *self.area.interiors)]
        object.__setattr__(self, "sides", np.concatenate(parts))
        object.__setattr__(self, "rings", np.repeat(np.arange(len(parts)), [len(p) for p in parts]))


def list_segments(shape: BaseGeometry) -> Floats:
    """List the straight pieces of every line and ring of a geometry, as (n, 2, 2)."""
    lines = shapely.get_parts(shape)
    if len(lines) and shapely.get_dimensions(lines[0]) == 2:
        lines = shapely.get_rings(lines)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    return np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)


class Wall:
    """The lines that a way may not touch, and the points that stand for them so far."""

    def __init__(self, segments: Floats, area: Polygon, *, every: bool = False) -> None:
        ends = np.round(segments.reshape(-1, 2) / GRID_M) * GRID_M
        keys, ids = np.unique(ends[:, 0] + 1j * ends[:, 1], return_inverse=True)
        self.vertices = np.stack([keys.real, keys.imag], axis=1)
        self.ends = ids.reshape(-1, 2)
        keep = self.ends[:, 0] != self.ends[:, 1]
        self.ends, self.segments = self.ends[keep], segments[keep]
        self.kept = keep
        self.tree = shapely.STRtree(shapely.linestrings(self.segments))
        self.chosen = np.zeros(len(self.vertices), bool)
        step = 1 if every else max(1, math.ceil(len(self.ends) / SITES_AT_FIRST))
        self.chosen[self.ends[::step].ravel()] = True
        self.cut_segment = np.empty(0, np.intp)
        self.cut_at = np.empty(0)
        self.far = _surround(np.concatenate([shapely.get_coordinates(area), self.vertices]))

    def list_sites(self) -> tuple[Floats, Ints, Ints]:
        """List the sites, the pairs joined by a straight wall, and the segment each pair is on."""
        a, b = self.segments[self.cut_segment].transpose(1, 0, 2)
        cuts = np.round((a + self.cut_at[:, None] * (b - a)) / GRID_M) * GRID_M
        chosen = np.flatnonzero(self.chosen)
        every = np.concatenate([self.vertices[chosen], cuts])
        keys, ids = np.unique(every[:, 0] + 1j * every[:, 1], return_inverse=True)
        site = np.full(len(self.vertices), -1)
        site[chosen] = ids[: len(chosen)]
        on = np.concatenate([np.repeat(np.arange(len(self.ends)), 2), self.cut_segment])
        at = np.concatenate([np.tile([0.0, 1.0], len(self.ends)), self.cut_at])
        who = np.concatenate([site[self.ends].ravel(), ids[len(chosen) :]])
        known = who >= 0
        on, at, who = on[known], at[known], who[known]
        order = np.lexsort((at, on))
        on, who = on[order], who[order]
        joined = (on[1:] == on[:-1]) & (who[1:] != who[:-1])
        pairs = np.sort(np.stack([who[:-1][joined], who[1:][joined]], axis=1), axis=1)
        return np.stack([keys.real, keys.imag], axis=1), pairs, on[:-1][joined]

    def refine(self, course: Course, slack_m: float) -> tuple[float, bool]:
        """
        Measure a course against the walls, and add wall points where it comes too near.

        Returns the proven width, and whether there were points to add.
        """
        if not len(self.segments):
            return math.inf, False
        steps, width_m = course.draw_steps(), course.narrowest_m
        step, on = self.tree.query(steps, "dwithin", width_m / 2)
        lines = self.tree.geometries[on]
        distance_m = shapely.distance(lines, steps[step])
        proven_m = min(2 * float(distance_m.min(initial=math.inf)), width_m)
        if proven_m >= width_m - slack_m:
            return proven_m, False
        wanted = [shapely.get_coordinates(shapely.shortest_line(lines, steps[step]))[::2]]
        wanted += [course.points[course.sites[step, k]] for k in (0, 1)]
        before = len(self.cut_at), self.chosen.sum()
        self.chosen[self.ends[on].ravel()] = True
        gaps, middle = course.list_gaps()
        self.cut(np.concatenate([on, on, on, gaps]), np.concatenate([*wanted, middle]))
        return proven_m, before != (len(self.cut_at), self.chosen.sum())

    def cut(self, on: Ints, wanted: Floats) -> None:
        """Add the points of these segments that lie nearest to the wanted ones."""
        a, b = self.segments[on].transpose(1, 0, 2)
        length_m = np.hypot(*(b - a).T)
        at = np.einsum("ij,ij->i", wanted - a, b - a) / length_m**2
        inner = (at * length_m > GRID_M) & ((1 - at) * length_m > GRID_M)
        on = np.concatenate([self.cut_segment, on[inner]])
        at = np.concatenate([self.cut_at, at[inner]])
        length_m = np.hypot(*(self.segments[on, 1] - self.segments[on, 0]).T)
        _, first = np.unique(on + 1j * np.round(at * length_m / (GRID_M * 5)), return_index=True)
        self.cut_segment, self.cut_at = on[first], at[first]


def _surround(xy: Floats) -> Floats:
    """Place four points so far out that no wall point is farther from any place in the area."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    reach = 10 * (high - low).max() + 1.0
    corners = np.array([[-1.0, -1.1], [1.2, -1.0], [1.0, 1.3], [-1.1, 1.0]])
    return (low + high) / 2 + reach * corners


def _state(course: Course, proven_m: float) -> WidestWay:
    """State the width of a course, how far it is proven, and where it is pinched."""
    if math.isinf(proven_m):
        return WidestWay(math.inf, 0.0, None, course.path)
    width_m = course.narrowest_m
    return WidestWay(width_m, width_m - proven_m, _find_pinch(course), course.path)


def _find_pinch(course: Course) -> Pinch:
    """Find the narrowest place of a course, and the wall points that make it so."""
    k = int(course.width_m.argmin())
    a, b = course.path[k : k + 2]
    p = course.points[course.sites[k, 0]]
    at = a + _nearest_share(p[None], a[None], b[None])[0] * (b - a)
    near = np.hypot(*(course.points - at).T) <= math.dist(p, at) * (1 + 1e-6) + GRID_M
    others = course.points[near]
    q = others[np.hypot(*(others - p).T).argmax()]
    if math.dist(p, q) >= 2 * math.dist(p, at) - 10 * GRID_M:
        return Pinch("walls", (p + q) / 2, np.stack([p, q]))
    by = "end" if _is_same(at, course.path[0]) or _is_same(at, course.path[-1]) else "edge"
    return Pinch(by, at, np.stack([p, at]))


def _is_same(a: Floats, b: Floats) -> bool:
    return math.dist(a, b) <= GRID_M


def _nearest_share(p: Floats, a: Floats, b: Floats) -> Floats:
    """Say how far along each segment from a to b the place nearest to p lies, from 0 to 1."""
    along = b - a
    length2 = np.einsum("ij,ij->i", along, along)
    dot = np.einsum("ij,ij->i", p - a, along)
    share: Floats = np.clip(dot / np.where(length2 > 0, length2, 1.0), 0.0, 1.0)
    return share[:, None]


def _clearance(p: Floats, a: Floats, b: Floats) -> Floats:
    """Measure the distance from each p to the segment from a to b."""
    near = a + _nearest_share(p, a, b) * (b - a)
    distance_m: Floats = np.hypot(*(near - p).T)
    return distance_m


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

    def find_nearest(self, xy: Floats) -> Ints:
        """Find the site nearest to each place."""
        nearest: Ints = self.tree.query(xy)[1].astype(np.intp)
        return nearest


def _draw_diagram(wall: Wall) -> Diagram:
    """Draw the Voronoi diagram of the wall's sites, and mark the edges that cross a wall.

    A piece of wall counts if no site stands in the circle on it: then no other edge crosses it.
    The others are loose: an edge may leak through, but none wider than the piece is long.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415

    sites, pairs, on = wall.list_sites()
    points = np.concatenate([sites, wall.far])
    mesh = triangulate(points)
    key, wall_key = number_edges(mesh.across, mesh.size), number_edges(pairs, mesh.size)
    blocked = np.isin(key, wall_key)
    at = np.flatnonzero(blocked)
    for top in mesh.apexes.T:
        p, q, r = points[mesh.across[at, 0]], points[mesh.across[at, 1]], points[top[at]]
        blocked[at] &= np.einsum("ij,ij->i", p - r, q - r) >= 0
    loose = ~np.isin(wall_key, key[blocked])
    firm, on = pairs[~loose], on[loose]
    return Diagram(
        points, mesh.corners, mesh.nodes, mesh.edges, mesh.across, blocked, firm, pairs[loose], on, cKDTree(points)
    )


class Mesh(NamedTuple):
    """Triangles by their corners, and each side that two triangles share."""

    corners: Ints
    edges: Ints
    across: Ints
    apexes: Ints
    nodes: Floats
    size: int


def triangulate(points: Floats) -> Mesh:
    """Draw the Delaunay triangulation of some points."""
    from scipy.spatial import Delaunay  # noqa: PLC0415  (0.3 s at import)

    jitter = np.random.default_rng(0).uniform(-JITTER_M, JITTER_M, points.shape)
    centre = points.mean(axis=0)
    moved = points - centre + jitter
    mesh = Delaunay(moved)
    corners, beside = mesh.simplices.astype(np.intp), mesh.neighbors
    here, side = np.nonzero(beside > np.arange(len(corners))[:, None])
    there = beside[here, side].astype(np.intp)
    across = np.stack([corners[here, (side + 1) % 3], corners[here, (side + 2) % 3]], axis=1)
    top = corners[here, side]
    apexes = np.stack([top, corners[there].sum(axis=1) - across.sum(axis=1)], axis=1)
    nodes = _find_circumcentres(moved[corners]) + centre
    return Mesh(corners, np.stack([here, there], axis=1), across, apexes, nodes, len(points))


def number_edges(pairs: Ints, size: int) -> Ints:
    """Give each pair of points one number, whichever comes first."""
    numbers: Ints = pairs.min(axis=1) * size + pairs.max(axis=1)
    return numbers


def _find_circumcentres(triangles: Floats) -> Floats:
    """Find the centre of the circle through the corners of each triangle."""
    a = triangles[:, 0]
    b, c = triangles[:, 1] - a, triangles[:, 2] - a
    twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    twice = np.where(twice == 0, 1e-9, twice)
    b2, c2 = np.einsum("ij,ij->i", b, b), np.einsum("ij,ij->i", c, c)
    x = (c[:, 1] * b2 - b[:, 1] * c2) / twice
    y = (b[:, 0] * c2 - c[:, 0] * b2) / twice
    return np.stack([x, y], axis=1) + a


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
        width_m = 2 * _clearance(self.points[sites[:, 0]], nodes[u], nodes[v])
        self.steps.append(Steps(u, v, width_m, sites))

    def list_steps(self, least_m: float) -> Steps:
        """Put all steps together that are wider than this."""
        steps = Steps(*(np.concatenate(column) for column in zip(*self.steps, strict=True)))
        return Steps(*(column[steps.width_m > least_m] for column in steps))


def _find_course(ground: Ground, wall: Wall, least_m: float) -> Course | None:
    """Find the way that keeps farthest from the wall's sites; None if there is none."""
    diagram = _draw_diagram(wall)
    network = Network(diagram.points)
    network.add_nodes(diagram.nodes)
    inside = shapely.contains_xy(ground.area, diagram.nodes)
    u, v, sites, crossed = _cut_edges(ground, diagram, network, inside)
    network.add_steps(u, v, sites)
    corners = _follow_ring(ground, diagram, network, crossed)
    ends = _attach_ends(ground, diagram, network, np.flatnonzero(inside), corners, crossed)
    return _choose_course(network, diagram, least_m, *ends)


class Crossings(NamedTuple):
    """Where edges of the diagram cross the area's edge or the sides of an end."""

    node: Ints
    xy: Floats
    edge: Ints
    share: Floats
    side: Ints
    side_share: Floats


def _list_sides(ground: Ground) -> tuple[Floats, Ints]:
    """List the area's edge and the sides of both ends, and how many of each there are."""
    parts = [ground.sides, ground.start.sides, ground.goals.sides]
    return np.concatenate(parts), np.cumsum([len(p) for p in parts])


def _cut_edges(
    ground: Ground, diagram: Diagram, network: Network, inside: Bools
) -> tuple[Ints, Ints, Ints, Crossings]:
    """Cut the diagram's edges at the area's edge and at the ends; keep what lies in the area."""
    a, b = diagram.nodes[diagram.edges].transpose(1, 0, 2)
    inside = inside[diagram.edges].all(axis=1)
    crossed = _cross(ground, network, diagram, np.flatnonzero(_may_cross(ground, inside, a, b)))
    whole = inside.copy()
    whole[crossed.edge] = False
    whole &= ~diagram.blocked
    order = np.lexsort((crossed.share, crossed.edge))
    edge, node = crossed.edge[order], crossed.node[order]
    cut, first = np.unique(edge, return_index=True)
    u = np.insert(node, first, diagram.edges[cut, 0])
    # After each crossing comes the next one on the same edge, or that edge's far end.
    last = np.append(edge[1:] != edge[:-1], True) if len(edge) else np.empty(0, bool)
    v = np.empty_like(u)
    starts = first + np.arange(len(first))
    is_start = np.zeros(len(u), bool)
    is_start[starts] = True
    v[is_start] = node[first]
    v[~is_start] = np.where(last, diagram.edges[edge, 1], np.append(node[1:], -1))
    owner = np.insert(edge, first, cut)
    nodes = np.concatenate(network.nodes)
    middle = (nodes[u] + nodes[v]) / 2
    p, q = diagram.points[diagram.sites[owner]].transpose(1, 0, 2)
    keep = ~diagram.blocked[owner] | (_turn(p, q, nodes[u]) * _turn(p, q, nodes[v]) > 0)
    keep[keep] = shapely.contains_xy(ground.area, middle[keep])
    whole_at = np.flatnonzero(whole)
    return (
        np.concatenate([diagram.edges[whole_at, 0], u[keep]]),
        np.concatenate([diagram.edges[whole_at, 1], v[keep]]),
        np.concatenate([diagram.sites[whole_at], diagram.sites[owner[keep]]]),
        crossed,
    )


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
    sides, _ = _list_sides(ground)
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
    if len(a) * len(sides) > 100_000:
        tree = shapely.STRtree(shapely.linestrings(sides))
        k, side = tree.query(shapely.linestrings(np.stack([a, b], axis=1)))
        return k, side
    low, high = np.minimum(a, b)[:, None], np.maximum(a, b)[:, None]
    meets = (low <= sides.max(axis=1)) & (high >= sides.min(axis=1))
    k, side = np.nonzero(meets.all(axis=2))
    return k, side


def _follow_ring(
    ground: Ground, diagram: Diagram, network: Network, crossed: Crossings
) -> tuple[Ints, Ints]:
    """Add the steps along the area's edge, where the nearest wall may be far."""
    on_ring = crossed.side < len(ground.sides)
    corner = network.add_nodes(ground.sides[:, 0])
    node = np.concatenate([corner, crossed.node[on_ring]])
    side = np.concatenate([np.arange(len(corner)), crossed.side[on_ring]])
    share = np.concatenate([np.zeros(len(corner)), crossed.side_share[on_ring]])
    order = np.lexsort((share, side))
    node, ring = node[order], ground.rings[side[order]]
    u, v = node, np.roll(node, -1)
    last = np.flatnonzero(ring != np.roll(ring, -1))
    if len(last):
        v[last] = node[np.concatenate([[0], last[:-1] + 1])]
    xy = np.concatenate(network.nodes)
    sites = diagram.find_nearest((xy[u] + xy[v]) / 2)
    network.add_steps(u, v, np.stack([sites, sites], axis=1))
    return corner, diagram.find_nearest(xy[corner])


def _attach_ends(
    ground: Ground,
    diagram: Diagram,
    network: Network,
    inside: Ints,
    corners: tuple[Ints, Ints],
    crossed: Crossings,
) -> tuple[Ints, Ints]:
    """Join the corners of both ends to the diagram, and list every node that stands in an end."""
    owner = np.concatenate([np.repeat(inside, 3), np.repeat(crossed.node, 2), corners[0]])
    site = np.concatenate(
        [diagram.corners[inside].ravel(), diagram.sites[crossed.edge].ravel(), corners[1]]
    )
    order = np.argsort(site, kind="stable")
    owner, site = owner[order], site[order]
    found = []
    for end in (ground.start, ground.goals):
        numbers = network.add_nodes(end.points)
        _attach(ground, diagram, network, numbers, owner, site)
        found.append(numbers)
    return (
        _list_in_end(ground, ground.start, network, found[0], inside, crossed, 0),
        _list_in_end(ground, ground.goals, network, found[1], inside, crossed, 1),
    )


def _attach(
    ground: Ground, diagram: Diagram, network: Network, numbers: Ints, owner: Ints, site: Ints
) -> None:
    """Join each point to the corners of its site's cell, unless a wall at the site is between."""
    nodes = np.concatenate(network.nodes)
    nearest = diagram.find_nearest(nodes[numbers])
    low, high = np.searchsorted(site, nearest), np.searchsorted(site, nearest, side="right")
    u = np.repeat(numbers, high - low)
    v = owner[_ranges(low, high)]
    p = np.repeat(nearest, high - low)
    free = ~_is_cut_at_site(diagram, p, nodes[u], nodes[v])
    if not ground.convex:
        steps = shapely.linestrings(np.stack([nodes[u], nodes[v]], axis=1))
        free &= shapely.covers(ground.room, steps)
    u, v, p = u[free], v[free], p[free]
    network.add_steps(u, v, np.stack([p, p], axis=1))


def _ranges(low: Ints, high: Ints) -> Ints:
    """Join the ranges from each low to its high."""
    count = high - low
    start = np.repeat(low - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    return start + np.arange(count.sum())


def _is_cut_at_site(diagram: Diagram, p: Ints, a: Floats, b: Floats) -> Bools:
    """Say which steps from a to b cross a piece of wall that starts at their site p."""
    both = np.concatenate([diagram.pairs, diagram.pairs[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    low, high = (np.searchsorted(both[:, 0], p, side=s) for s in ("left", "right"))
    k = np.repeat(np.arange(len(p)), high - low)
    c, d = diagram.points[p[k]], diagram.points[both[_ranges(low, high), 1]]
    crossing = (_turn(a[k], b[k], c) * _turn(a[k], b[k], d) < 0) & (
        _turn(c, d, a[k]) * _turn(c, d, b[k]) < 0
    )
    cut = np.zeros(len(p), bool)
    cut[k[crossing]] = True
    return cut


def _turn(a: Floats, b: Floats, c: Floats) -> Floats:
    """Say on which side of the line from a to b each c lies."""
    ab, ac = b - a, c - a
    side: Floats = np.sign(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    return side


def _list_in_end(
    ground: Ground,
    end: End,
    network: Network,
    own: Ints,
    inside: Ints,
    crossed: Crossings,
    which: int,
) -> Ints:
    """List the nodes that stand in an end and in no wall."""
    nodes = np.concatenate(network.nodes)
    _, bounds = _list_sides(ground)
    on_side = (crossed.side >= bounds[which]) & (crossed.side < bounds[which + 1])
    corners = np.arange(
        network.size - len(ground.start.points) - len(ground.goals.points), network.size
    )
    maybe = np.concatenate([inside, crossed.node, corners])
    maybe = maybe[shapely.intersects_xy(end.shape, nodes[maybe])]
    maybe = np.unique(np.concatenate([maybe, crossed.node[on_side], own]))
    result: Ints = maybe[~shapely.contains_xy(ground.inside, nodes[maybe])]
    return result


def _choose_course(
    network: Network, diagram: Diagram, least_m: float, start: Ints, goal: Ints
) -> Course | None:
    """Find the widest way through the network, and the shortest of those as wide."""
    steps, points = network.list_steps(least_m), diagram.points
    if not (len(start) and len(goal)):
        return None
    nodes = np.concatenate(network.nodes)
    ends = np.concatenate([start, goal])
    beside = diagram.find_nearest(nodes[ends])
    end_m = 2 * np.hypot(*(points[beside] - nodes[ends]).T)
    graph = Graph(steps, start, goal, end_m, network.size)
    widest = graph.find_widest()
    if widest is None:
        return None
    way = graph.find_shortest(float(graph.width_m[graph.look_up(widest)].min()), nodes)
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
    """The steps as a sparse graph, with one source before all starts and one sink past all goals."""

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

    def _build_matrix(self, weight: Floats, chosen: Bools | slice) -> csr_array[np.float64]:
        from scipy.sparse import csr_array  # noqa: PLC0415

        key = self.key[chosen]
        rows = np.searchsorted(key, np.arange(self.size + 1) * self.size).astype(np.int32)
        columns = (key % self.size).astype(np.int32)
        return csr_array((weight, columns, rows), shape=(self.size, self.size))

    def find_widest(self) -> Ints | None:
        """Find the widest way from source to sink, along a maximum spanning tree."""
        from scipy.sparse.csgraph import (  # noqa: PLC0415
            breadth_first_order,
            minimum_spanning_tree,
        )

        tree = minimum_spanning_tree(self._build_matrix(-self.width_m, slice(None)))
        _, back = breadth_first_order(tree, self.source, directed=False)
        return _walk_back(back, self.source, self.sink)

    def find_shortest(self, least_m: float, nodes: Floats) -> Ints | None:
        """Find the shortest way that is this wide."""
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        wide = self.width_m >= least_m
        xy = np.concatenate([nodes, np.zeros((2, 2))])
        tail, head = np.divmod(self.key[wide], self.size)
        length_m = np.hypot(*(xy[tail] - xy[head]).T)
        length_m[head >= self.source] = 0.0
        matrix = self._build_matrix(length_m + GRID_M, wide)
        _, back = dijkstra(matrix, directed=False, indices=self.source, return_predecessors=True)
        return _walk_back(back, self.source, self.sink)


def _walk_back(back: Ints, source: int, sink: int) -> Ints | None:
    """List the nodes from source to sink by their predecessors."""
    if back[sink] < 0:
        return None
    way = [sink]
    while way[-1] != source:
        way.append(int(back[way[-1]]))
    return np.array(way[::-1])

"""The least new front that would cut one piece of ground off from another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import MultiLineString, Polygon

from encircle.verdict.margins.obstacles import draw_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.verdict.margins.obstacles import Bools, Floats, Ints

GRID_M = 0.01
"""Lines are laid over each other on this grid, metres: as the boundaries of ground are."""
BARRIER_M = 0.05
"""Half the width a barrier line is given, metres: a strip of wall."""
EDGE_M = 1.0
"""A force at the edge of the area leaves so much room for a front, metres."""
DOT_M = 1.0
"""Radius of what stands for a shape without area, metres."""
PIECES = 600
"""The lines are cut into so many pieces of equal length at first: a front may end between two."""
FINER = 8
"""How many times as fine they are cut near the front found first."""
WIDER, LOOKS = 4.0, 4
"""How many times as far the nearest side is looked for where none was found, and how often."""
MOST_VERTICES = 6_000
"""Outlines of more vertices are drawn more coarsely at first."""


def find_new_front(
    start: BaseGeometry,
    goals: BaseGeometry,
    walls: BaseGeometry,
    lines: BaseGeometry | None,
    area: Polygon,
) -> MultiLineString | None:
    """
    Find the shortest lines that, with walls and lines, part `start` from `goals`.

    Parameters
    ----------
    start, goals
        Areas that do not meet. A front may run along their outlines, and not through them.
    walls
        Ground that parts already: a front in it costs nothing.
    lines
        Lines that part already.
    area
        The front stays in it, and outside it all ground hangs together.

    Returns
    -------
    front
        Empty if the two are parted already; None if they cannot be parted.

    Notes
    -----
    The ground between is cut into triangles that keep to every outline (a constrained Delaunay
    triangulation); the cheapest set of their sides that parts the two is a minimum cut with length
    as capacity. Near the front found so the outlines are cut finer, and it is looked for again;
    at last it is pulled tight. Vertices that stand in the middle of a straight line are left out
    before anything else: they say nothing.
    """
    solid = walls if lines is None else shapely.union(walls, lines.buffer(BARRIER_M))
    inner = area.buffer(-EDGE_M)  # a front may run between a force and the edge it stands at
    start, goals = _leave_out(start, solid, inner), _leave_out(goals, solid, area)
    thin = shapely.union_all([part for part in shapely.get_parts(goals) if _is_thin(part)])
    if not thin.is_empty:
        goals = shapely.union(goals, _thicken(thin, solid, area))
        start = shapely.difference(start, goals)
    elif _is_thin(start):
        start = shapely.difference(_thicken(start, solid, inner), goals)
    shapes = Shapes(start, goals, solid, area)
    if shapes.start.is_empty or shapes.goals.is_empty:
        return MultiLineString()
    outlines = shapes.draw_outlines()
    near_m = outlines.length / PIECES
    marked = _mark_narrows(outlines, near_m)
    cut = _find_cut(shapes, _cut_outlines(marked, near_m))
    if cut is not None and not len(cut):  # drawn coarsely, a narrow ground may be lost
        cut = _find_cut(shapes, shapely.segmentize(outlines, near_m))
    cuts = [cut]
    if cut is not None and len(cut):
        found = shapely.line_merge(shapely.union_all(draw_lines(cut[:, 0], cut[:, 1])))
        near = shapely.simplify(found, near_m / 2).buffer(2 * near_m, quad_segs=2)
        # which triangles there are is chance, by some percent: of two ways of cutting, the better
        cuts = [_find_cut(shapes, _cut_outlines(o, near_m, near)) for o in (outlines, marked)]
    fronts = [_draw_front(cut, shapes) for cut in cuts if cut is not None]
    return min(fronts, key=shapely.length, default=None)


def _draw_front(cut: Floats, shapes: Shapes) -> MultiLineString:
    """Pull a cut tight, and leave out what lies on ground that parts already."""
    front = MultiLineString([*_pull_tight(cut, shapes.start, shapes.goals, shapes.area)])
    return _keep_lines(shapely.difference(front, shapes.solid, grid_size=GRID_M))


def _keep_lines(front: BaseGeometry) -> MultiLineString:
    parts = shapely.get_parts(front)
    return MultiLineString([*parts[shapely.length(parts) > 0]])


def _leave_out(shape: BaseGeometry, solid: BaseGeometry, area: BaseGeometry) -> BaseGeometry:
    """Keep the areas of a shape that can be passed; where it has none a dot stands for it."""
    free = shapely.intersection(shape, area)
    if shapely.intersects(free, solid):
        free = shapely.difference(free, solid)
    if free.area > GRID_M or free.is_empty:
        return free
    dots = shapely.intersection(free.buffer(DOT_M, quad_segs=2), area)
    return shapely.difference(dots, solid)


def _is_thin(shape: BaseGeometry) -> bool:
    """Tell a shape that the grid may swallow."""
    return not shape.is_empty and bool(shape.buffer(-GRID_M).is_empty)


def _thicken(shape: BaseGeometry, solid: BaseGeometry, area: BaseGeometry) -> BaseGeometry:
    """Draw a sliver as thick as the grid keeps: whoever stands on it stands there all the same."""
    wide = shapely.intersection(shape.buffer(4 * GRID_M, quad_segs=2), area)
    return shapely.difference(wide, solid)


class Shapes(NamedTuple):
    """What is to be parted, what parts already, and where a front may run."""

    start: BaseGeometry
    goals: BaseGeometry
    solid: BaseGeometry
    area: Polygon

    def draw_outlines(self) -> BaseGeometry:
        """Draw every outline once, without the vertices in the middle of a straight line."""
        drawn = shapely.union_all([shapely.boundary(shape) for shape in self], grid_size=GRID_M)
        return shapely.simplify(shapely.line_merge(drawn), GRID_M)


def _mark_narrows(outlines: BaseGeometry, within_m: float) -> BaseGeometry:
    """
    Put into the side that faces each corner the nearest place to it.

    A gap narrower than a piece is as narrow as it is between a corner and a side: where the pieces
    end by chance it may look several times as wide, and another be taken for the least.
    """
    points, line = shapely.get_coordinates(shapely.get_parts(outlines), return_index=True)
    first = np.flatnonzero(line[1:] == line[:-1])
    a, b = points[first], points[first + 1]
    corners = np.unique(points, axis=0)
    side, share, feet = _find_feet(corners, a, b, within_m)
    order = np.argsort(np.concatenate([np.arange(len(points)), first[side] + share]))
    marked = np.concatenate([points, feet])[order]
    of_line = np.concatenate([line, line[first[side]]])[order]
    return MultiLineString([*np.asarray(shapely.linestrings(marked, indices=of_line))])


def _find_feet(
    corners: Floats, a: Floats, b: Floats, within_m: float
) -> tuple[Ints, Floats, Floats]:
    """
    Find the nearest place inside a side, from a to b, to each corner: the side, its share, itself.

    First close by, and farther off only for corners that found none: on the map of a whole theatre
    of war thousands of sides are within the distance of each.
    """
    tree = shapely.STRtree(draw_lines(a, b))
    long_m = np.hypot(*(b - a).T)
    found = []
    left = np.arange(len(corners))
    for radius_m in within_m / WIDER ** np.arange(LOOKS - 1, -1, -1.0):
        at, side = tree.query(shapely.points(corners[left]), "dwithin", radius_m)
        corner = left[at]
        along, from_a = b[side] - a[side], corners[corner] - a[side]
        share = np.einsum("ij,ij->i", from_a, along) / np.maximum(long_m[side], GRID_M) ** 2
        inner = share * long_m[side], (1 - share) * long_m[side]
        between = (inner[0] > GRID_M) & (inner[1] > GRID_M)
        corner, side, share = corner[between], side[between], share[between]
        feet = a[side] + share[:, None] * along[between]
        away_m = np.hypot(*(feet - corners[corner]).T)
        nearest = np.lexsort((away_m, corner))
        kept = nearest[np.unique(corner[nearest], return_index=True)[1]]
        found.append((corner[kept], side[kept], share[kept], feet[kept]))
        left = np.setdiff1d(left, corner)
    corner, side, share, feet = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(corner)
    return side[order], share[order], feet[order]


def _cut_outlines(
    outlines: BaseGeometry, piece_m: float, near: BaseGeometry | None = None
) -> BaseGeometry:
    """Cut lines into pieces of a length, and into finer ones near the front found before."""
    many = shapely.get_num_coordinates(outlines) > MOST_VERTICES
    if near is None:
        coarse = shapely.simplify(outlines, piece_m / FINER) if many else outlines
        return shapely.segmentize(coarse, piece_m)
    inside = shapely.segmentize(shapely.intersection(outlines, near), piece_m / FINER)
    outside = shapely.difference(outlines, near)
    outside = shapely.simplify(outside, piece_m / FINER) if many else outside
    return shapely.union_all([inside, shapely.segmentize(outside, piece_m)])


def _find_cut(shapes: Shapes, outlines: BaseGeometry) -> Floats | None:
    """Find the triangle sides of least total length that part start from goals; None if none do."""
    noded = shapely.union_all(outlines, grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    middle = shapely.point_on_surface(faces)
    shapely.prepare([*shapes])
    free = shapely.contains(shapes.area, middle) & ~shapely.contains(shapes.solid, middle)
    faces, middle = faces[free], middle[free]
    held = [shapely.contains(shape, middle) for shape in (shapes.start, shapes.goals)]
    sides, tile, face = _draw_tiles(faces, whole=held[0] | held[1])
    pairs, ends, alone = _join_tiles(sides, tile)
    length_m = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    owners = [
        *(np.flatnonzero(which[face]) for which in held),
        alone[0][_find_rim(alone[1].mean(axis=1), shapes.area)],
    ]
    chosen = _cut_least(pairs, length_m, owners, len(face))
    return None if chosen is None else ends[chosen]


def _find_rim(places: Floats, area: Polygon) -> Ints:
    """Find which places lie on the edge of an area: of a theatre of war it has many vertices."""
    inner = area.buffer(-4 * GRID_M)
    shapely.prepare(inner)
    outer = np.flatnonzero(~shapely.contains_xy(inner, places))
    edge = shapely.boundary(area)
    shapely.prepare(edge)
    found: Ints = outer[shapely.dwithin(edge, shapely.points(places[outer]), 2 * GRID_M)]
    return found


def _draw_tiles(faces: NDArray[np.object_], whole: Bools) -> tuple[Floats, Ints, Ints]:
    """
    Cut faces into triangles, but for those through which no front runs: each is one tile.

    Returns
    -------
    sides, tile, face
        End points of every side (n, 2, 2) and its tile (n,), face by face, a tile's inside to the
        right of each; then the face of each tile (m,).
    """
    parted, kept = np.flatnonzero(~whole), np.flatnonzero(whole)
    triangles = shapely.constrained_delaunay_triangles(faces[parted])
    corners, part = shapely.get_coordinates(triangles, return_index=True)
    corners, part = corners.reshape(-1, 4, 2), part[::4]  # each comes back to its first
    rings, of = shapely.get_rings(
        shapely.orient_polygons(faces[kept], exterior_cw=True), return_index=True
    )
    points, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    sides = np.concatenate([
        np.stack([corners[:, :3], corners[:, 1:]], axis=2).reshape(-1, 2, 2),
        np.stack([points[first], points[first + 1]], axis=1),
    ])  # fmt: skip
    tile = np.concatenate([np.repeat(np.arange(len(part)), 3), len(part) + of[ring[first]]])
    face = np.concatenate([parted[part], kept])
    order = np.argsort(face[tile], kind="stable")
    return sides[order], tile[order], face


def _join_tiles(sides: Floats, tile: Ints) -> tuple[Ints, Floats, tuple[Ints, Floats]]:
    """
    Find which tiles share a side.

    Returns
    -------
    pairs, ends, alone
        The two tiles at each shared side (n, 2) and its end points (n, 2, 2); then the tile at each
        side that is not shared (m,) and its end points (m, 2, 2).
    """
    units = np.round(sides / GRID_M)
    key = units[..., 0] + 1j * units[..., 1]
    _, number = np.unique(key, return_inverse=True)
    number = number.reshape(-1, 2)
    low, high = number.min(axis=1), number.max(axis=1)
    order = np.argsort(low * (number.max() + 1) + high, kind="stable")
    name = (low * (number.max() + 1) + high)[order]
    same = np.flatnonzero(name[1:] == name[:-1])
    single = np.ones(len(order), bool)
    single[same], single[same + 1] = False, False
    owner, sides = tile[order], sides[order]
    pairs = np.stack([owner[same], owner[same + 1]], axis=1)
    return pairs, sides[same], (owner[single], sides[single])


def _cut_least(edges: Ints, length_m: Floats, owners: list[Ints], count: int) -> Ints | None:
    """
    Choose the edges of least total length that part start from goals.

    `owners` are the triangles of the start, those of the goals, and those at the area's edge: what
    lies out there hangs together, and so does each of the other two.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow  # noqa: PLC0415

    size = count + len(owners)
    tails = np.concatenate(owners)
    heads = np.repeat(count + np.arange(len(owners)), [len(held) for held in owners])
    joined = csr_array((np.ones(len(tails)), (tails, heads)), shape=(size, size))
    count_joined, group = connected_components(joined, directed=False)
    source, sink = group[count], group[count + 1]
    if source == sink:
        return None
    u, v = group[edges].T
    open_ = np.flatnonzero(u != v)
    u, v = u[open_], v[open_]
    # Whole decimetres, and as many of them as fit: the flow is counted in 32 bits.
    unit_m = max(0.1, float(length_m[open_].sum()) / 2**30)
    capacity = np.maximum(1, np.round(length_m[open_] / unit_m)).astype(np.int32)
    graph = csr_array(
        (np.tile(capacity, 2), (np.concatenate([u, v]), np.concatenate([v, u]))),
        shape=(count_joined, count_joined),
    )
    graph.sum_duplicates()
    flow = maximum_flow(graph, source, sink).flow
    left = csr_array(graph - flow)
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached: Bools = np.zeros(count_joined, bool)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    crossing: Ints = open_[reached[u] != reached[v]]
    return crossing


def _pull_tight(
    cut: Floats, start: BaseGeometry, goals: BaseGeometry, area: Polygon
) -> NDArray[np.object_]:
    """Replace two sides of a triangle by the third, wherever no force, goal or edge is between."""
    room = area.buffer(2 * GRID_M)
    inner = [shape.buffer(-2 * GRID_M) for shape in (start, goals)]
    shapely.prepare([room, *inner])
    front = Front(cut)
    # Most corners are asked as they are cut: all at once. What is shortened makes new ones.
    asked = [(p, r, q) for r in front.beside for p, q in front.list_corners(r)]
    told = dict(zip(map(frozenset, asked), _hold_nothing(asked, room, *inner), strict=True))
    queue = list(front.beside)
    while queue:
        r = queue.pop()
        for p, q in front.list_corners(r):
            corners = frozenset((p, r, q))
            if corners not in told:
                (told[corners],) = _hold_nothing([(p, r, q)], room, *inner)
            if told[corners]:
                front.shorten(p, r, q)
                queue += [p, q, r]
                break
    return front.draw()


def _hold_nothing(
    corners: Sequence[tuple[complex, complex, complex]], room: BaseGeometry, *shapes: BaseGeometry
) -> list[bool]:
    """Say of each triangle whether it lies in the area and holds nothing of these shapes."""
    z = np.array(corners, dtype=complex).reshape(-1, 3)
    triangles = np.asarray(shapely.polygons(np.stack([z.real, z.imag], axis=-1)))
    clear = np.asarray(shapely.covers(room, triangles))
    for shape in shapes:
        clear[clear] = ~shapely.intersects(shape, triangles[clear])
    clear |= shapely.area(triangles) <= 0
    told: list[bool] = clear.tolist()
    return told


class Front:
    """The chords of a front, by the points they join; points are complex numbers."""

    def __init__(self, cut: Floats) -> None:
        self.beside: dict[complex, set[complex]] = {}
        for a, b in cut[..., 0] + 1j * cut[..., 1]:
            self._toggle(complex(a), complex(b))

    def _toggle(self, a: complex, b: complex) -> None:
        if a != b:
            for p, q in ((a, b), (b, a)):
                self.beside.setdefault(p, set()).symmetric_difference_update({q})

    def list_corners(self, r: complex) -> list[tuple[complex, complex]]:
        """List the pairs of chords that meet at a point."""
        near = sorted(self.beside[r], key=lambda z: (z.real, z.imag))
        return [(p, q) for i, p in enumerate(near) for q in near[i + 1 :]]

    def shorten(self, p: complex, r: complex, q: complex) -> None:
        """Replace p-r-q by p-q; a chord that is there twice cancels out."""
        self._toggle(p, r)
        self._toggle(r, q)
        self._toggle(p, q)

    def draw(self) -> NDArray[np.object_]:
        """Draw each chord once."""
        pairs = [(a, b) for a, near in self.beside.items() for b in near if _order(a) < _order(b)]
        ends = np.array(pairs, dtype=complex).reshape(-1, 2)
        xy = np.stack([ends.real, ends.imag], axis=-1)
        return draw_lines(xy[:, 0], xy[:, 1])


def _order(z: complex) -> tuple[float, float]:
    return z.real, z.imag

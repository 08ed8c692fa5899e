"""
How narrow is it, and how little would change it: the margins of one position.

Long for one reason: all margins of a position are measured from one view of the map.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Point

from encircle.map.naming import join_words
from encircle.map.notices import Notice
from encircle.map.plane.fronts import is_sliver
from encircle.map.reach import READINGS
from encircle.network.disjoint import count_disjoint_ways
from encircle.network.ground.patches import barrier_lines
from encircle.network.ground.states import FRIENDLY, HOSTILE_GROUND, MODE_BITS, Role, State
from encircle.network.isolation import leads_out_by_ground
from encircle.verdict.margins import margins
from encircle.verdict.margins.closing import BARRIER_M
from encircle.verdict.values import Margins, Opening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.reach import Reading
    from encircle.network.isolation import Outlook, Searcher
    from encircle.network.network import Network, Standing

FRIENDLY_GROUND = Role.ASSESSED_FRIENDLY | Role.TERRITORY_FRIENDLY
"""What the polygons of the force's own side say."""
PINCHED_WITHIN_M = 5.0
"""Evidence this near to the end of a pinching chord is what pinches, metres."""
ROOM_M = 2_000.0
"""How far the room about a place is looked at, metres: whoever stands there may move that far
before the ground counts as his way out. Source: convention, as in the necks measured by hand
(docs/method.md, Margins)."""
LEAST_TOLD_M = 0.1
"""Widths are told to a decimetre; an open one is at least that, metres."""
STRIP_M = 300.0
"""A strip that nobody painted, so wide at most, may be a gap between two drawings, metres."""
APART = 3.0
"""Force and anchor leave at least a third of the way between them to be measured."""


def measure_bearings(network: Network, standings: Sequence[Standing]) -> dict[Reading, float]:
    """Measure on what share of the compass hostile ground lies, on each reading."""
    anchors = shapely.union_all([shape for _, shape, _ in network.ground.drawing.anchors])
    seen = None if anchors.is_empty else anchors
    area = network.ground.drawing.area
    return {
        r: min(
            margins.share_hostile_bearings(s.place, network.hostile_ground[r], seen, area)
            for s in standings
        )
        for r in READINGS
    }


class BearingTable:
    """How far off each face is met on each bearing: the share for any choice of hostile faces."""

    def __init__(self, network: Network) -> None:
        ground = network.ground
        self._standings = network.standings
        anchors = [shape for _, shape, _ in ground.drawing.anchors]
        shapes = [*ground.faces, *anchors, ground.drawing.area]
        eyes = [s.place for s in network.standings]
        self._met = margins.look_round(eyes, shapes)
        self._faces = len(ground.faces)
        self._wide = [np.isfinite(met_m[: self._faces]).sum(axis=1) for met_m in self._met]
        self._in = [shapely.intersects(np.array(shapes[:-1], dtype=object), eye) for eye in eyes]

    def widths(self, position: str) -> NDArray[np.int64]:
        """Count the bearings on which each face is met from the places of a position."""
        pairs = zip(self._standings, self._wide, strict=True)
        return np.asarray(sum(wide for s, wide in pairs if s.position.id == position))

    def share(self, position: str, hostile: NDArray[np.bool_], anchors: NDArray[np.bool_]) -> float:
        """Give the hostile share of the compass, 0 to 1, at the place of a position least so."""
        n, there = self._faces, np.concatenate([hostile, anchors])
        shares = []
        for standing, met_m, within in zip(self._standings, self._met, self._in, strict=True):
            if standing.position.id != position:
                continue
            if (within[:n] & hostile).any():
                shares.append(1.0)
            elif (within & there).any():
                shares.append(0.0)
            else:
                first_m = met_m[:n][hostile].min(axis=0, initial=math.inf)
                end_m = met_m[n:][[*anchors, True]].min(axis=0)
                shares.append(float((first_m < end_m).mean()))
        return min(shares, default=0.0)


def measure_margins(
    searcher: Searcher,
    outlooks: dict[Reading, Outlook],
    standings: Sequence[Standing],
    bearings: dict[Reading, float],
    group: dict[Reading, list[Outlook]],
) -> Margins:
    """
    Measure neck, closing distance, disjoint routes and bearings; for a ring, what would open it.

    Routes are counted for the whole group, the rest is measured for its best-off position.

    Returns
    -------
    margins
        Lengths in metres: a neck of None has nothing to pinch it, a closing distance of None cannot
        be closed inside the area. Both are 0 on a reading that is closed, and None where only
        crossings lead out, or the map ends before the answer.
    """
    network = searcher.network
    by_ground = {r: leads_out_by_ground(searcher, outlooks[r]) for r in READINGS}
    ends = {r: _find_ends(network, outlooks[r], standings) for r in READINGS if by_ground[r]}
    necks = {r: _measure_neck(network, r, *ends[r]) for r in ends}
    if outlooks["pessimistic"].is_open and "optimistic" in necks:
        necks["optimistic"] = _measure_as_drawn(network, *ends["optimistic"]) or necks["optimistic"]
    early = outlooks["optimistic"].runs_off and not outlooks["optimistic"].is_open
    closed = {
        r: None if outlooks[r].is_open or (early and outlooks[r].runs_off) else 0.0
        for r in READINGS
    }
    closing = {
        r: _measure_closing(network, r, standings, *ends[r]) if r in ends else closed[r]
        for r in READINGS
    }
    # Ways of one position are ways of the group, though another that walks out needs none.
    routes = {
        r: max(count_disjoint_ways(searcher, some)[0] for some in (group[r], [outlooks[r]]))
        if outlooks[r].is_open
        else 0
        for r in READINGS
    }
    pinched = necks.get("pessimistic" if outlooks["pessimistic"].is_open else "optimistic")
    return Margins(
        {r: _neck_metres(necks[r].width_m) if r in necks else closed[r] for r in READINGS},
        _degrees(network, pinched.at) if pinched and pinched.at is not None else None,
        tuple(_pinching(network, pinched)) if pinched else (),
        closing,
        routes,
        {r: round(share, 4) for r, share in bearings.items()},
        _measure_opening(searcher, group),
    )


def tell_strips(
    network: Network, margins: Margins | None, seam_m: float, names: dict[str, str]
) -> Iterator[Notice]:
    """
    Tell strips that nobody painted, wider than a seam, on which a verdict hangs.

    Between two drawings such a strip may be no more than a gap. It leads out where the enemy holds
    both sides, and it closes the pessimistic ring where the force's side does.

    Parameters
    ----------
    network
        The network the margins were measured on.
    margins
        As `measure_margins` gives them; none, and nothing is told.
    seam_m
        What is thinner is a seam, metres.
    names
        What a reader calls the features, by id.
    """
    if margins is None:
        return
    at, opening = margins.neck_at, margins.opening
    reading: Reading = "pessimistic" if margins.necks_m["pessimistic"] else "optimistic"
    width_m = margins.necks_m[reading]
    if at and width_m and seam_m <= width_m <= STRIP_M and _is_bare(network, reading, at):
        beside = _find_beside(network, at, width_m, HOSTILE_GROUND)
        if len(beside) > 1:
            yield _tell_strip(
                f"The way out over ground is pinched to {width_m:.0f} m", at, beside,
                f"wider than a seam of {seam_m:.0f} m, it lets through", names,
            )  # fmt: skip
    if opening and seam_m <= opening.distance_m <= STRIP_M:
        middle = [sum(pair) / 2 for pair in zip(*opening.between, strict=True)]
        if not _is_bare(network, "pessimistic", middle):
            return
        beside = _find_beside(network, middle, opening.distance_m, FRIENDLY_GROUND)
        if len(beside) > 1:
            yield _tell_strip(
                f"The ring is closed by no more than {opening.distance_m:.0f} m", middle, beside,
                f"wider than a seam of {seam_m:.0f} m, it parts the force from its side", names,
            )  # fmt: skip


def _tell_strip(
    what: str, at: Sequence[float], beside: Sequence[str], why: str, names: dict[str, str]
) -> Notice:
    between = join_words([*dict.fromkeys(names[name] for name in beside)])
    return Notice(
        "unpainted_strip", "caution",
        f"{what} at {at[0]:.4f}, {at[1]:.4f} of a strip that nobody painted, between {between}: "
        f"{why}. If it is only the gap between two drawings, draw them up to each other; if it is "
        "ground, paint it.",
        tuple(beside),
    )  # fmt: skip


def _is_bare(network: Network, reading: Reading, at: Sequence[float]) -> bool:
    """Tell a place on ground of which no polygon and no reach says anything."""
    ground = network.ground
    faces = ground.faces_round(_place_on_plane(network, at))
    said = [ground.said[reading][face] for face in faces]
    return bool(faces) and any(not one & ~Role.SEAM for one in said)


def _find_beside(network: Network, at: Sequence[float], width_m: float, role: Role) -> list[str]:
    """Name the polygons of a role that a strip of a width has on its sides at a place."""
    place = _place_on_plane(network, at)
    patches = [p for p in network.ground.drawing.patches if p.feature and p.role & role]
    near = [p for p in patches if p.shape.distance(place) <= width_m / 2 + PINCHED_WITHIN_M]
    near.sort(key=lambda patch: float(patch.shape.distance(place)))
    return list(dict.fromkeys(p.feature for p in near))


def _place_on_plane(network: Network, at: Sequence[float]) -> Point:
    return Point(network.ground.drawing.plane.points_to_metres([at])[0])


def _metres(width: float | None) -> float | None:
    return None if width is None or not math.isfinite(width) else round(width, 1)


def _open_metres(width: float) -> float | None:
    """Tell a width on an open reading: 0 means closed, so what is thinner than is told is not 0."""
    told = _metres(width)
    return None if told is None else max(told, LEAST_TOLD_M)


def _neck_metres(width: float) -> float | None:
    """Tell a neck; where an anchor or a place lies on a wall itself, no disc gets away from it."""
    return _open_metres(width) if width else None


def _degrees(network: Network, at: Sequence[float]) -> list[float]:
    lon, lat = network.ground.drawing.plane.points_to_degrees([at])[0]
    return [round(float(lon), 5), round(float(lat), 5)]


def _barriers(network: Network, reading: Reading) -> BaseGeometry | None:
    """Unite the barrier lines nobody walks over on a reading."""
    lines = [w.shape for w in barrier_lines(network.ground.drawing, reading, "foot")]
    return shapely.union_all(lines) if lines else None


def _find_ends(
    network: Network, outlook: Outlook, standings: Sequence[Standing]
) -> tuple[BaseGeometry, list[BaseGeometry]]:
    """
    Give the ground held, where the way out starts, and the anchors' own ground, where it ends.

    The room at either end is no neck: an anchor that is only a dot counts with the clear ground
    about it, as far as the nearest wall. More hostile ground never makes that larger.
    """
    reached = [v for v in outlook.reached if network.is_face(v)]
    ground = network.ground.unite(reached)
    discs = shapely.union_all([s.discs[outlook.reading] for s in standings])
    held = shapely.intersection(ground, discs)
    anchors = [
        shape
        for vertex, (anchor, shape) in network.anchors.items()
        if anchor.access == "land" and vertex in outlook.reached
    ]
    places = shapely.union_all([s.place for s in standings])
    goals = [
        _find_room(network, outlook.reading, shape, places)
        if shape.geom_type == "Point"
        else _find_own_ground(network, shape, reached, ground)
        for shape in anchors
    ]
    start = held if held.area > 0 else MultiPoint([s.place for s in standings])
    return start, [goal for goal in goals if not goal.is_empty]


def _find_own_ground(
    network: Network, shape: BaseGeometry, reached: Sequence[int], ground: BaseGeometry
) -> BaseGeometry:
    """
    Give an anchor's own ground among what is reached, as the arrangement has it.

    As it is drawn it laps over its edges, onto ground beside it, by what snapping moves them. Of a
    sliver that the grid may swallow that is all there is.
    """
    if is_sliver(shape):
        return shapely.intersection(shape, ground)
    own = np.flatnonzero(shapely.intersects(shape, network.ground.points))
    return network.ground.unite(sorted(set(own.tolist()).intersection(reached)))


def _find_room(
    network: Network, reading: Reading, place: BaseGeometry, others: BaseGeometry
) -> BaseGeometry:
    """
    Draw the clear ground about a place: no wall and no barrier is nearer; itself if one is.

    It leaves something to be measured between it and what lies at the other end of the way.
    """
    lines = _barriers(network, reading)
    solid = [network.walls[reading], *([lines] if lines is not None else [])]
    most_m = min(ROOM_M, float(shapely.distance(place, others)) / APART)
    radius_m = min(most_m, *shapely.distance(solid, place))
    return place.buffer(radius_m, quad_segs=16) if radius_m > 0 else place


def _measure_neck(
    network: Network, reading: Reading, start: BaseGeometry, goals: Sequence[BaseGeometry]
) -> margins.Neck:
    walls, lines = network.walls[reading], _barriers(network, reading)
    return margins.measure_neck(start, goals, walls, lines, network.ground.drawing.area)


def _measure_as_drawn(
    network: Network, start: BaseGeometry, goals: Sequence[BaseGeometry]
) -> margins.Neck | None:
    """
    Measure a neck past what the force's own ground gains by an error; none where that alone is it.

    Where a way is open without it, ground that nobody drew makes the neck no wider: a slit along a
    border, thinner than the map is exact, would give the way the width of the country behind it.
    """
    drawing = network.ground.drawing
    gains = [patch.gain for patch in drawing.patches if patch.gain is not None]
    if not gains:
        return None
    walls = shapely.union_all([network.walls["optimistic"], *gains])
    lines = _barriers(network, "optimistic")
    neck = margins.measure_neck(start, goals, walls, lines, drawing.area)
    return neck if neck.width_m else None


def _measure_closing(
    network: Network,
    reading: Reading,
    standings: Sequence[Standing],
    start: BaseGeometry,
    goals: Sequence[BaseGeometry],
) -> float | None:
    """
    Measure the least new front between the ground held and the anchors.

    A front hangs on walls. Where the least is a loop that hangs on none, drawn close about the
    force, the clear room about the force is what it would have to go round: a front round a dot
    means nothing.
    """
    walls, lines = network.walls[reading], _barriers(network, reading)
    area, goal = network.ground.drawing.area, shapely.union_all(goals)
    if not any(shapely.intersects(goal, s.place) for s in standings):
        start = shapely.difference(start, goal)  # a reach may touch an anchor nobody stands on
    front = margins.find_closing_front(start, goals, walls, lines, area)
    places = [s.place for s in standings if not s.is_drawn]
    if front is not None and places and margins.is_loose(front, walls, lines):
        # Which triangles there are is chance, by some percent: one that hangs on the nearest walls
        # may be the least all the same.
        hung = margins.find_closing_front(
            shapely.union(start, _tie_to_walls(network, reading, places)), goals, walls, lines, area
        )
        if hung is not None and 0 < hung.length < front.length:
            return _open_metres(float(hung.length))
        rooms = [_find_room(network, reading, place, goal) for place in places]
        roomy = shapely.difference(shapely.union_all([start, *rooms]), goal)
        front = margins.find_closing_front(roomy, goals, walls, lines, area)
    return None if front is None else _open_metres(float(front.length))


def _tie_to_walls(
    network: Network, reading: Reading, places: Sequence[BaseGeometry]
) -> BaseGeometry:
    """Draw a strip from each place to the wall nearest to it: a loop round it hangs on that."""
    lines = _barriers(network, reading)
    solid = shapely.union_all([network.walls[reading], *([lines] if lines is not None else [])])
    return shapely.union_all(shapely.buffer(shapely.shortest_line(places, solid), BARRIER_M))


def _measure_opening(searcher: Searcher, group: dict[Reading, list[Outlook]]) -> Opening | None:
    """
    Measure the least friendly advance that would open the ring, on the reading kindest to it.

    The least over the units of the force; inside the map; over ground, past no barrier. None where
    there is no ring, where the map ends first, or where none but a crossing would open it.
    """
    closed = [r for r in READINGS if group[r] and not any(o.is_open for o in group[r])]
    early = any(o.runs_off and not o.is_open for o in group["optimistic"])
    if not closed or early:
        return None
    reading, network = closed[0], searcher.network
    reached = {v for outlook in group[reading] for v in outlook.reached if network.is_face(v)}
    behind = searcher.spread(searcher.land_anchors(), reading, MODE_BITS["foot"])
    behind |= _ground_of_anchors(searcher, reading)
    outside = [v for v in behind if network.is_face(v) and v not in reached]
    anchors = [shape for a, shape in network.anchors.values() if a.access == "land"]
    beyond = [network.ground.unite(outside), *anchors] if outside else anchors
    if not reached or not beyond:
        return None
    area = network.ground.drawing.area
    advance = margins.least_advance_to_open(
        network.ground.unite(sorted(reached)),
        shapely.intersection(shapely.union_all(beyond), area),
        _find_unfordable(network, reading),
    )
    if not math.isfinite(advance.length_m):
        return None
    ends = shapely.get_coordinates(advance.course)[[0, -1]]
    return Opening(round(advance.length_m, 1), [_degrees(network, end) for end in ends])


def _find_unfordable(network: Network, reading: Reading) -> BaseGeometry:
    """Unite what no advance passes, whoever holds it: water, barriers, neutral ground, the edge."""
    ground, foot = network.ground, MODE_BITS["foot"]
    barred = (ground.barred[reading] & foot) != 0
    barred |= np.isin(ground.state[reading], (State.NEUTRAL, State.WATER))
    lines = [ground.drawing.area.boundary, _barriers(network, reading)]
    strips = [line.buffer(BARRIER_M) for line in lines if line is not None]
    return shapely.union_all([ground.unite(barred), *strips])


def _ground_of_anchors(searcher: Searcher, reading: Reading) -> set[int]:
    """Find the ground that reaches a land anchor on foot."""
    starts = set()
    for vertex in searcher.land_anchors():
        for edge in searcher.network.edges:
            if vertex in (edge.u, edge.v) and edge.carries[reading] & MODE_BITS["foot"]:
                starts.add(edge.u if edge.v == vertex else edge.v)
    return searcher.spread(starts, reading, MODE_BITS["foot"])


def _pinching(network: Network, neck: margins.Neck) -> list[str]:
    """Name the evidence at the ends of the chord that pinches the way."""
    ids: list[str] = []
    for end in neck.chord or ():
        point = Point(end)
        near = [p for p in network.ground.drawing.patches if p.feature and not p.role & FRIENDLY]
        distances = [(p.shape.boundary.distance(point), p.feature) for p in near]
        distances += [(w.shape.distance(point), w.barrier.id) for w in network.ground.drawing.walls]
        ids += [name for distance, name in sorted(distances) if distance <= PINCHED_WITHIN_M][:2]
    return list(dict.fromkeys(ids))

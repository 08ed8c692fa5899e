"""How narrow is it, and how little would change it: the margins of one position."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Point

from encircle import margins
from encircle.ground import FRIENDLY, MODE_BITS, barrier_lines
from encircle.isolation import count_disjoint_ways, leads_out_by_ground
from encircle.reach import READINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.isolation import Outlook, Searcher
    from encircle.network import Network, Standing
    from encircle.reach import Reading

Json = dict[str, Any]
PINCHED_WITHIN_M = 5.0
"""Evidence this near to the end of a pinching chord is what pinches, metres."""


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
        self._met = [margins.look_round(eye, shapes) for eye in eyes]
        self._faces = len(ground.faces)
        self._in = [shapely.intersects(np.array(shapes[:-1], dtype=object), eye) for eye in eyes]

    def widths(self, position: str) -> NDArray[np.int64]:
        """Count the bearings on which each face is met from the places of a position."""
        met = [np.isfinite(met_m[: self._faces]).sum(axis=1)
               for s, met_m in zip(self._standings, self._met, strict=True)
               if s.position.id == position]  # fmt: skip
        return np.asarray(np.sum(met, axis=0, dtype=np.int64))

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
) -> Json:
    """
    Measure neck, closing distance, disjoint routes and bearings; for a ring, what would open it.

    Routes are counted for the whole group, the rest is measured for its best-off position.

    Returns
    -------
    margins
        As the contract's `margins`, lengths in metres: a neck of null has nothing to pinch it, a
        closing distance of null cannot be closed inside the area.
    """
    network = searcher.network
    by_ground = {r: leads_out_by_ground(searcher, outlooks[r]) for r in READINGS}
    necks = {
        r: _measure_neck(network, outlooks[r], standings) if by_ground[r] else None
        for r in READINGS
    }
    closing = {
        r: _measure_closing(network, outlooks[r], standings)
        if by_ground[r]
        else _closed_already(outlooks[r])
        for r in READINGS
    }
    routes = {
        r: count_disjoint_ways(searcher, group[r])[0] if outlooks[r].is_open else 0
        for r in READINGS
    }
    pinched = necks["pessimistic"] if outlooks["pessimistic"].is_open else necks["optimistic"]
    return {
        "neck_width_m": {
            **{r: _metres(neck.width_m if neck else 0.0) for r, neck in necks.items()},
            "at": _degrees(network, pinched.at) if pinched else None,
            "evidence": _pinching(network, pinched) if pinched else [],
        },
        "closing_distance_m": closing,
        "disjoint_routes": routes,
        "hostile_bearings": {r: round(share, 4) for r, share in bearings.items()},
        "opening_distance_m": _measure_opening(searcher, outlooks),
    }


def _metres(width: float | None) -> float | None:
    return None if width is None or not math.isfinite(width) else round(width, 1)


def _degrees(network: Network, at: tuple[float, float] | None) -> list[float] | None:
    if at is None:
        return None
    lon, lat = network.ground.drawing.plane.points_to_degrees([at])[0]
    return [round(float(lon), 5), round(float(lat), 5)]


def _barriers(network: Network, reading: Reading) -> BaseGeometry | None:
    """Unite the barrier lines nobody walks over on a reading."""
    lines = [w.shape for w in barrier_lines(network.ground.drawing, reading, "foot")]
    return shapely.union_all(lines) if lines else None


def _ends(
    network: Network, outlook: Outlook, standings: Sequence[Standing]
) -> tuple[BaseGeometry, list[BaseGeometry]]:
    """Give the ground held where the way may start, and the anchors where it may end."""
    discs = shapely.union_all([s.discs[outlook.reading] for s in standings])
    reached = [v for v in outlook.reached if network.is_face(v)]
    ground = network.ground.unite(reached)
    held = shapely.intersection(ground, discs)
    start = held if held.area > 0 else MultiPoint([s.place for s in standings])
    goals = []
    for vertex, (anchor, shape) in network.anchors.items():
        if anchor.access == "land" and vertex in outlook.reached:
            clear = shapely.intersection(shape, ground)
            goals.append(shape if shape.geom_type == "Point" else clear)
    return start, [g for g in goals if not g.is_empty]


def _measure_neck(
    network: Network, outlook: Outlook, standings: Sequence[Standing]
) -> margins.Neck | None:
    start, goals = _ends(network, outlook, standings)
    if not goals:
        return None
    walls, lines = network.walls[outlook.reading], _barriers(network, outlook.reading)
    return margins.measure_neck(start, goals, walls, lines, network.ground.drawing.area)


def _measure_closing(
    network: Network, outlook: Outlook, standings: Sequence[Standing]
) -> float | None:
    _, goals = _ends(network, outlook, standings)
    if not goals:
        return 0.0
    walls, lines = network.walls[outlook.reading], _barriers(network, outlook.reading)
    place = standings[0].place
    area = network.ground.drawing.area
    front = margins.find_closing_front(place, goals, walls, lines, area)
    return None if front is None else _metres(float(front.length))


def _closed_already(outlook: Outlook) -> float | None:
    """Where no open ground leads out, nothing more need be held to close it, or nobody knows."""
    return None if outlook.runs_off and not outlook.is_open else 0.0


def _measure_opening(searcher: Searcher, outlooks: dict[Reading, Outlook]) -> Json | None:
    """Measure the least friendly advance that would open a ring, on the reading kindest to it."""
    network = searcher.network
    closed = [reading for reading in READINGS if not outlooks[reading].is_open]
    if not closed:
        return None
    reading = closed[0]
    inside = [v for v in outlooks[reading].reached if network.is_face(v)]
    outside = [
        v
        for v in searcher.spread(searcher.land_anchors(), reading, MODE_BITS["foot"])
        | _ground_of_anchors(searcher, reading)
        if network.is_face(v) and v not in inside
    ]
    anchors = [shape for a, shape in network.anchors.values() if a.access == "land"]
    if not inside or not (outside or anchors):
        return None
    beyond = shapely.union_all([network.ground.unite(outside), *anchors])
    advance = margins.least_advance_to_open(network.ground.unite(inside), beyond, None)
    ends = [_degrees(network, p) for p in shapely.get_coordinates(advance.chord)]
    return {"distance_m": _metres(advance.length_m), "between": ends}


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

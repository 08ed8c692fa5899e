"""Where a force is said to stand on ground the map gives to the enemy: a dot against a map."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Point

from encircle.map.plane.projection import GEOD
from encircle.map.reach import READINGS, is_bare
from encircle.network.ground.states import MODE_BITS, State
from encircle.network.lines.values import LAND_BITS, LANDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.network.ground.ground import Ground
    from encircle.network.isolation import Searcher
    from encircle.network.network import Standing

WHOLLY = 0.99
"""Share of a drawn force on hostile ground from which it stands there wholly: what is left are
slivers along a front that two people drew. Source: convention of this project."""
LEAST_TOLD_KM2 = 0.01
"""Less of a drawn force than this is not told apart: a hectare is a sliver of a front."""
WINDS = (
    "north", "north-north-east", "north-east", "east-north-east",
    "east", "east-south-east", "south-east", "south-south-east",
    "south", "south-south-west", "south-west", "west-south-west",
    "west", "west-north-west", "north-west", "north-north-west",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldGround:
    """The nearest ground of a force's own side: how far, which way, how large, joined or not."""

    distance_m: float
    bearing_deg: float
    area_km2: float
    is_joined: bool

    def say(self) -> str:
        """
        Say it in a sentence.

        Examples
        --------
        >>> HeldGround(770.0, 285.0, 139.2, True).say()
        'The nearest ground of its own side lies 0.8 km to the west-north-west: 139 km² on this \
map, joined to its rear.'
        """
        joined = "joined to its rear" if self.is_joined else "not joined to its rear"
        return (
            f"The nearest ground of its own side lies {say_distance(self.distance_m)} to the "
            f"{name_wind(self.bearing_deg)}: {say_area(self.area_km2)} on this map, {joined}."
        )


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Places of a position that the map gives to the enemy, and what vouches for them."""

    wholly: bool
    """The position has no other place."""
    evidence: tuple[str, ...]
    """The features that give the ground to the enemy."""
    near: HeldGround | None
    """None: no ground of the force's own side is on the map."""

    def say(self) -> str:
        """Say where the force could be instead."""
        if self.near is None:
            return "No ground of its own side is on this map."
        return self.near.say()


def find_contradiction(searcher: Searcher, standings: Sequence[Standing]) -> Contradiction | None:
    """
    Find the places of one position that the map gives to the enemy on both readings.

    None where evidence vouches for the position: a source, a stated reach. None also where the
    ground is only grey, or hostile on one reading alone: that is no contradiction.
    """
    if not standings or not is_bare(standings[0].position):
        return None
    ground = searcher.network.ground
    lost = [s for s in standings if _is_lost(ground, s)]
    if not lost:
        return None
    faces = sorted({face for standing in lost for face in faces_of(ground, standing)})
    evidence = dict.fromkeys(i for face in faces for i in ground.evidence_of(face, "optimistic"))
    return Contradiction(len(lost) == len(standings), tuple(evidence), _find_near(searcher, lost))


def describe_apart(searcher: Searcher, standings: Sequence[Standing]) -> str:
    """
    Tell which places of one position are worse off than its best; empty where none is.

    A position at several places, or drawn as a polygon, is as well off as its best place.
    """
    if not standings:
        return ""
    if standings[0].is_drawn:
        return _describe_drawn(searcher, standings[0])
    if len(standings) < 2:  # noqa: PLR2004 - one place is the best
        return ""
    shut = [s for s in standings if not _leads_out(searcher, {s.vertex})]
    if not shut or len(shut) == len(standings):
        return ""
    plane = searcher.network.ground.drawing.plane
    places = plane.points_to_degrees([(s.place.x, s.place.y) for s in shut]).tolist()
    named = "; ".join(f"{lon:.4f}, {lat:.4f}" for lon, lat in places)
    return f"From {len(shut)} of {len(standings)} places no way by land is sure: {named}."


def _describe_drawn(searcher: Searcher, standing: Standing) -> str:
    network = searcher.network
    ground, shape = network.ground, standing.discs["optimistic"]
    faces = np.flatnonzero(shapely.contains(shape, ground.points))
    free = set(faces[ground.is_free(faces, "pessimistic")].tolist()) if len(faces) else set()
    told = []
    km2 = _measure_km2(ground, set(faces.tolist()) - free)
    if km2 >= LEAST_TOLD_KM2:
        told.append(f"{say_area(km2)} may be ground it cannot pass")
    pieces: list[set[int]] = []
    left = set(free)
    while left:
        piece = _spread_own(searcher, min(left), free)
        pieces.append(piece)
        left -= piece
    shut = [p for p in pieces if not _leads_out(searcher, p)]
    km2 = sum(_measure_km2(ground, piece) for piece in shut)
    if len(shut) < len(pieces) and km2 >= LEAST_TOLD_KM2:
        told.append(f"{say_area(km2)} has no sure way out by land")
    return f"Of the ground it is drawn on, {' and '.join(told)}." if told else ""


def _measure_km2(ground: Ground, faces: set[int]) -> float:
    return float(shapely.area(ground.faces[sorted(faces)]).sum()) / 1e6 if faces else 0.0


def _leads_out(searcher: Searcher, starts: set[int]) -> bool:
    spread = searcher.spread(starts, "pessimistic", LAND_BITS | LANDING)
    return bool(spread & searcher.land_anchors())


def _is_lost(ground: Ground, standing: Standing) -> bool:
    faces = faces_of(ground, standing)
    hostile = np.ones(len(faces), dtype=bool)
    for reading in READINGS:
        hostile &= ground.state[reading][faces] == State.HOSTILE
    return covers_place(ground, standing, faces, hostile)


def covers_place(
    ground: Ground, standing: Standing, faces: Sequence[int], hostile: NDArray[np.bool_]
) -> bool:
    """Tell whether the hostile ones of the faces of a place are the place, slivers left out."""
    if not len(faces):
        return False
    if not standing.is_drawn:
        return bool(hostile.all())
    areas = shapely.area(ground.faces[faces])
    return bool(areas[hostile].sum() >= WHOLLY * areas.sum())


def faces_of(ground: Ground, standing: Standing) -> list[int]:
    """List the faces a place touches, or those of which a drawn force is made."""
    if not standing.is_drawn:
        return list(standing.own_faces)
    inside = shapely.contains(standing.discs["optimistic"], ground.points)
    return np.flatnonzero(inside).tolist() or list(standing.own_faces)


def _find_near(searcher: Searcher, lost: Sequence[Standing]) -> HeldGround | None:
    """Measure the nearest ground that is surely the force's own side's, in one piece."""
    network = searcher.network
    ground = network.ground
    own = np.flatnonzero(ground.state["pessimistic"] == State.FRIENDLY)
    if not len(own):
        return None
    here = shapely.union_all([_place_of(s) for s in lost])
    away = shapely.distance(ground.faces[own], here)
    nearest = int(own[int(np.argmin(away))])
    piece = _spread_own(searcher, nearest, set(own.tolist()))
    line = shapely.shortest_line(here, ground.faces[nearest])
    (lon, lat), (to_lon, to_lat) = ground.drawing.plane.points_to_degrees(line.coords)
    bearing, _, distance_m = GEOD.inv(lon, lat, to_lon, to_lat)
    area_m2 = float(shapely.area(ground.faces[sorted(piece)]).sum())
    joined = _leads_out(searcher, piece)
    return HeldGround(float(distance_m), float(bearing) % 360, area_m2 / 1e6, joined)


def _place_of(standing: Standing) -> BaseGeometry:
    return standing.discs["optimistic"] if standing.is_drawn else Point(standing.place)


def _spread_own(searcher: Searcher, start: int, own: set[int]) -> set[int]:
    """Find the faces of friendly ground joined to one on foot, no barrier between."""
    ground, foot = searcher.network.ground, MODE_BITS["foot"]
    beside: dict[int, list[int]] = {}
    free = ground.stopped["pessimistic"] & foot == 0
    for u, v in ground.joins[free].tolist():
        if u in own and v in own:
            beside.setdefault(u, []).append(v)
            beside.setdefault(v, []).append(u)
    seen, queue = {start}, deque([start])
    while queue:
        for face in beside.get(queue.popleft(), []):
            if face not in seen:
                seen.add(face)
                queue.append(face)
    return seen


def name_wind(bearing_deg: float) -> str:
    """
    Name one of the sixteen winds.

    Examples
    --------
    >>> name_wind(285.0), name_wind(359.0)
    ('west-north-west', 'north')
    """
    return WINDS[round(bearing_deg / 22.5) % 16]


def say_distance(distance_m: float) -> str:
    """
    Say a distance as people do: metres below a kilometre's tenth, else kilometres.

    Examples
    --------
    >>> say_distance(40.0), say_distance(770.0), say_distance(21_400.0)
    ('40 m', '0.8 km', '21.4 km')
    """
    return f"{distance_m:.0f} m" if distance_m < 100 else f"{distance_m / 1000:.1f} km"  # noqa: PLR2004


def say_area(area_km2: float) -> str:
    """
    Say an area in square kilometres.

    Examples
    --------
    >>> say_area(0.4), say_area(139.2), say_area(3700.6)
    ('0.4 km²', '139 km²', '3,701 km²')
    """
    return f"{area_km2:.2g} km²" if area_km2 < 10 else f"{area_km2:,.0f} km²"  # noqa: PLR2004

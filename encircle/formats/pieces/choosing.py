"""Whose force is meant: the piece that a place or an id means, or a question back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import Point

from encircle.errors import InputFault, QuestionError, SituationError
from encircle.formats.pieces.piece import FRONT, KIND_WORDS, LonLat, Piece
from encircle.map.plane.projection import GEOD
from encircle.map.situation import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

NEAR_M = 15_000.0
"""A piece within this of a place may be meant by it, metres. Source: docs/contract.md, Whose
force?"""

FRONT_BESIDE_M = 5_000.0
"""Plainly joined ground is named beside a piece only if it is no more than this much farther off:
by every salient there is a front somewhere behind it."""

TOUCH_M = 50.0
"""A place this near to a piece stands on it: a seam's width."""


@dataclass(frozen=True, slots=True)
class Near:
    """A piece as seen from a place."""

    piece: Piece
    distance_m: float
    bearing_deg: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as the contract writes it."""
        piece = self.piece
        return {
            "id": piece.id,
            "kind": piece.kind,
            "distance_m": round(self.distance_m),
            "bearing_deg": round(self.bearing_deg) % 360,
            "area_km2": round(piece.area_km2, 1),
            "area_uncertain_km2": round(piece.area_uncertain_km2, 1),
            "joined": piece.joined,
            "nearest_place": piece.nearest_place,
        }


def see_from(place: LonLat, piece: Piece) -> Near:
    """Measure how far and where a piece lies from a place, along the ellipsoid."""
    here = Point(place)
    stretched = _stretch(piece.geometry, place)
    nearest = shapely.shortest_line(Point(0.0, 0.0), stretched)
    x, y = nearest.coords[-1]
    lon, lat = place[0] + x / _narrow(place), place[1] + y
    if piece.geometry.intersects(here):
        return Near(piece, 0.0, 0.0)
    bearing, _, distance = GEOD.inv(*place, lon, lat)
    return Near(piece, float(distance), float(bearing) % 360)


def _narrow(place: LonLat) -> float:
    """Give how much shorter a degree of longitude is than one of latitude at a place."""
    return max(0.01, cos(radians(place[1])))


def _stretch(geometry: BaseGeometry, place: LonLat) -> BaseGeometry:
    """Move a geometry in degrees so that the place is the origin and both axes are as long."""
    return shapely.transform(geometry, lambda c: (c - [place[0], place[1]]) * [_narrow(place), 1.0])


def list_near(place: LonLat, pieces: Sequence[Piece], front: Piece | None = None) -> list[Near]:
    """
    List the pieces a place may mean, the nearest first.

    Those within `NEAR_M`; if none is, the nearest one. The front round the place counts where no
    piece is much nearer.
    """
    seen = sorted((see_from(place, p) for p in pieces), key=lambda n: (n.distance_m, n.piece.id))
    near = [one for one in seen if one.distance_m <= NEAR_M]
    if front is not None:
        beside = see_from(place, front)
        nearest = near[0].distance_m if near else None
        if beside.distance_m <= NEAR_M and (
            nearest is None or beside.distance_m <= nearest + FRONT_BESIDE_M
        ):
            near = sorted([*near, beside], key=lambda n: (n.distance_m, n.piece.id))
        elif not near:
            seen = sorted([*seen, beside], key=lambda n: (n.distance_m, n.piece.id))
    return near or seen[:1]


def choose_piece(
    pieces: Sequence[Piece],
    answer: str | LonLat,
    *,
    front: Piece | None = None,
    side: str | None = None,
) -> Piece:
    """
    Choose the piece an answer means.

    Parameters
    ----------
    answer
        Id of a piece, or a place: the piece it stands on, else the one within `NEAR_M` where
        there is exactly one.
    front
        Plainly joined ground round the place, where some is asked for.

    Raises
    ------
    SituationError
        If no piece has the id; the ids are listed.
    QuestionError
        If the place means none or several.
    """
    known = [*pieces, *([front] if front is not None else [])]
    if isinstance(answer, str):
        for piece in known:
            if piece.id == answer:
                return piece
        raise _unknown(answer, known, side)
    standing = [one for one in (see_from(answer, p) for p in known) if one.distance_m <= TOUCH_M]
    if standing:
        return min(standing, key=lambda n: (n.distance_m, n.piece.id)).piece
    near = list_near(answer, pieces, front)
    if len(near) == 1 and near[0].distance_m <= NEAR_M:
        return near[0].piece
    raise ask_which_force(answer, None, None, pieces, front=front, side=side, is_held_known=False)


def _unknown(answer: str, known: Sequence[Piece], side: str | None) -> SituationError:
    of = f" of {side}" if side else ""
    if answer == FRONT:
        said = "the front is the ground round a place, and no place was given"
        return _fault(said, "Give the place too (--force-at PLACE)")
    listed = ", ".join(f"{p.id} ({describe(p)})" for p in known[:20])
    more = f" and {len(known) - 20} more" if len(known) > 20 else ""  # noqa: PLR2004 - as listed
    remedy = (
        f"Use one of {listed}{more}, or a place"
        if known
        else "The map shows no piece of it: name a place (LON,LAT or a name), to judge the front "
        "round it"
    )
    return _fault(f"no piece{of} on this map is called {answer!r}", remedy)


def _fault(message: str, remedy: str) -> SituationError:
    return SituationError([InputFault("/force_in", message, remedy)])


# -- asking back -----------------------------------------------------------------------------------


def ask_which_force(  # noqa: PLR0913 - the two last by name only
    place: LonLat,
    name: str | None,
    held_by: str | None,
    pieces: Sequence[Piece],
    *,
    front: Piece | None = None,
    side: str | None = None,
    is_held_known: bool = True,
) -> QuestionError:
    """
    Ask back which force is meant: a map of control shows ground, and no forces.

    Parameters
    ----------
    place, name
        Where the force was said to be, and what the place is called.
    held_by
        Whose ground it is on the map; None where that is nobody's for certain.
    front
        Plainly joined ground round the place.
    is_held_known
        Whether it was asked whose ground the place is on.
    """
    near = list_near(place, pieces, front)
    where: dict[str, Any] = {"lon": place[0], "lat": place[1]}
    if name:
        where = {"name": name, **where}
    document = {
        "question": "which_force",
        "place": where,
        "held_by": held_by,
        "pieces": [one.to_dict() for one in near],
        "answer_with": f"--force-in {near[0].piece.id}" if near else "--force-in PLACE",
    }
    called = name or f"({place[0]:g}, {place[1]:g})"
    return QuestionError(document, "\n".join(_ask(called, held_by, near, side, is_held_known)))


def _ask(
    called: str, held_by: str | None, near: Sequence[Near], side: str | None, is_held_known: bool,  # noqa: FBT001
) -> list[str]:  # fmt: skip
    of = f"of {side} " if side else ""
    if not is_held_known:
        lines = [f"{called} does not mean one piece of ground. Whose force is meant?"]
    elif held_by is None:
        lines = [
            f"{called} was given to nobody on this map, so no force can be placed there.",
            "Whose force is meant?",
        ]
    elif held_by == NEUTRAL:
        said = f"{called} lies in the sea or in a country that takes no part: no force {of}can be"
        lines = [f"{said} placed there.", "Whose force is meant?"]
    else:
        said = f"{called} was held by {held_by} on this map: nothing says that a force {of}"
        lines = [f"{said}stood there.", "Whose force is meant?"]
    if not near:
        return [*lines, f"The map shows no ground {of}that could be asked about."]
    if near[0].distance_m > NEAR_M:
        lines.append(f"No held ground {of}lies within {NEAR_M / 1e3:.0f} km; the nearest is:")
    lines += [f"  {tell(one)}: --force-in {one.piece.id}" for one in near]
    lines.append("  another place: --force-in PLACE (LON,LAT or a name)")
    lines.append("  only men in the town itself: then no map of control can tell.")
    return lines


def tell(one: Near) -> str:
    """
    Say for people what a piece is, seen from a place.

    Examples
    --------
    >>> from shapely.geometry import box
    >>> held = box(35.1, 51.1, 35.2, 51.2)
    >>> piece = Piece("salient-1", "salient", held, 78.0, 0.0, True, "border", (35.15, 51.15), None)
    >>> tell(see_from((35.27, 51.19), piece))
    '4.9 km west a salient of 78 km², joined to its rear'
    """
    piece = one.piece
    joined = "joined to its rear" if piece.joined else "not joined to its rear"
    said = f"{one.distance_m / 1e3:.1f} km {name_bearing(one.bearing_deg)} {describe(piece)}"
    return f"{said}, {joined}"


def describe(piece: Piece) -> str:
    """Say for people what a piece is: kind, area, place."""
    area = f"{piece.area_km2:.0f}" if piece.area_km2 >= 10 else f"{piece.area_km2:.1f}"  # noqa: PLR2004
    by = f" by {piece.nearest_place}" if piece.nearest_place else ""
    grey = piece.area_uncertain_km2
    more = f" ({grey:.0f} more if the grey ground is its own)" if grey >= 1 else ""
    return f"a {KIND_WORDS[piece.kind]} of {area} km²{by}{more}"


def drop_area(name: str) -> str:
    """
    Leave out of what a force is called how large its ground is: that is of one map and one day.

    Examples
    --------
    >>> drop_area("the Ukrainian force in the salient of 139 km² by Sudzha")
    'the Ukrainian force in the salient by Sudzha'
    """
    return re.sub(r" of [\d.]+ km²", "", name)


def name_bearing(bearing_deg: float) -> str:
    """
    Name a direction.

    Examples
    --------
    >>> name_bearing(285), name_bearing(359)
    ('west', 'north')
    """
    names = ("north", "north-east", "east", "south-east", "south", "south-west", "west",
             "north-west")  # fmt: skip
    return names[round(bearing_deg / 45.0) % 8]

"""Whose ground is asked about: the piece that a place means on one map, and on the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, shape

from encircle.claims.asking.where import NEAR_M, Where, fault, list_in_region, write_place
from encircle.errors import QuestionError, SituationError
from encircle.formats.painted.force import SameGround
from encircle.formats.painted.ground import HALF_WIDTHS_KM
from encircle.formats.painted.painted import read_border
from encircle.formats.painted.place import is_on_map
from encircle.formats.painted.situation import (
    draw_situation,
    label_of,
    read_ground,
    situation_from_painted,
)
from encircle.formats.pieces import FRONT, drop_area, find_pieces, list_near
from encircle.formats.pieces.choosing import tell
from encircle.map.door.reader import read_situation
from encircle.map.notices import Notice
from encircle.map.plane.projection import GEOD
from encircle.map.situation import Position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.claims.asking.maps import GivenMap
    from encircle.formats.pieces.choosing import Near
    from encircle.map.situation import Situation

Json = dict[str, Any]
LEAST_REACH_M = 1000 * HALF_WIDTHS_KM[0]
"""
A painted map speaks of places no farther from its paint than its paint is wide, and of all within
this; metres. Who paints a front leaves bare what lies behind it, and another front beyond as well,
of which bare ground says nothing. So wide is the least area that is judged, so that within it some
of the paint is in what is looked at.
"""
NEAR_PLACE_DEG = 0.3
"""A situation speaks of a place that lies within this of what it draws; degrees."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The force that is meant, as the first map that shows it draws it."""

    side: str
    geometry: BaseGeometry
    """Its ground, in degrees."""
    name: str | None
    shown_on: str
    """Name of that map."""
    document: Json
    """That map as a situation."""
    notices: tuple[Notice, ...] = ()
    """What is told of how it was found."""


def tell_off_paint(given: GivenMap, place: Where | None) -> str:
    """Say why a painted map says nothing of a place far from all it paints; empty: it may."""
    if given.painted is None or place is None or place.is_region or not given.painted.zones:
        return ""
    border = read_border(given.border).bounds if given.border is not None else None
    if not is_on_map(given.painted, border, (place.lon, place.lat)):
        return ""  # which is refused as a slip
    zones = shapely.union_all([zone.geometry for zone in given.painted.zones])
    west, south, east, north = zones.bounds
    _, _, across_m = GEOD.inv(west, south, east, north)
    lon, lat = shapely.shortest_line(Point(place.lon, place.lat), zones).coords[-1]
    _, _, away_m = GEOD.inv(place.lon, place.lat, lon, lat)
    if away_m <= max(LEAST_REACH_M, across_m):
        return ""
    return (
        f"{place} lies {away_m / 1e3:.0f} km from the nearest ground it paints, and what it paints "
        f"is {across_m / 1e3:.0f} km across: it is a map of other ground"
    )


def find_meant(
    maps: Sequence[GivenMap],
    place: Where | None,
    *,
    side: str,
    force_in: str | None,
    force: str,
) -> Meant:
    """
    Find the force on the first map that shows it, the nearest to the claim's time first.

    Raises
    ------
    QuestionError
        If the place is on ground that map gives to somebody else, or means several pieces.
    SituationError
        If no map knows the piece.
    """
    problems: list[SituationError | QuestionError] = []
    for given in maps:
        try:
            return _find_on(given, place, side, force_in, force)
        except QuestionError as question:
            if question.document.get("question") != "which_force" or _has_pieces(question):
                raise
            problems.append(question)
        except SituationError as error:
            problems.append(error)
    if not problems:
        raise fault("/maps", "no map shows who holds what", "Give a map of control")
    raise next((p for p in problems if isinstance(p, QuestionError)), problems[0])


def _has_pieces(question: QuestionError) -> bool:
    """Tell whether a question has a choice near by, so that this map shows what may be meant."""
    pieces = question.document.get("pieces") or ()
    if "region" in question.document:
        return bool(pieces)
    return any(p.get("distance_m", 0) <= NEAR_M for p in pieces)


def _find_on(
    given: GivenMap, place: Where | None, side: str, force_in: str | None, force: str
) -> Meant:
    """Find the force on one map, and draw that map as a situation about it."""
    assert given.painted is not None  # noqa: S101 - asked of paint only
    at = [(place.lon, place.lat)] if place else []
    if not at and force_in is None:
        raise fault("/place", "the claim names no place", "Say where (--place NAME or LON,LAT)")
    if place is not None and place.is_region and force_in is None:
        found = _find_in_region(given, place, side, force)
        if found is not None:
            return found
    try:
        document = _convert(given, at, force_in, side, force)
        if not _list_ground(document):  # plainly joined to its rear: the front about the place
            document = _convert(given, at, FRONT, side, force)
    except QuestionError as question:
        is_region = place is not None and not place.is_region and force_in is None
        if place is not None and is_region and not _has_pieces(question):
            found = _find_in_region(given, place, side, force)
            if found is not None:
                return found
        raise _name_place(question, place, given) from None
    except SituationError as error:  # a claim calls its place `place`
        faults = [
            replace(f, pointer=f.pointer.replace("/force_at", "/place")) for f in error.faults
        ]
        raise SituationError(faults) from None
    forces = document["situation"].get("forces") or [{}]
    ground = MultiPolygon(_list_ground(document))
    if place is not None and force_in is not None:
        _check_near(given, place, side, force_in, ground)
    return Meant(side, ground, forces[0].get("name"), given.name, document)


def _find_in_region(given: GivenMap, place: Where, side: str, force: str) -> Meant | None:
    """
    Find the force in the region that a place may mean: its one piece there.

    None: it has no piece there, and the place may be the town.

    Raises
    ------
    QuestionError
        If the side has several, or none where the region is meant for certain.
    """
    assert given.painted is not None  # noqa: S101 - asked of paint only
    pieces = find_pieces(read_ground(given.painted, given.border, side))
    within = list_in_region(place, pieces)
    if not within and not place.is_region:
        return None
    if len(within) != 1:
        raise _ask_which_in_region(given, place, side, within)
    [only] = within
    document = _convert(given, [], only.piece.id, side, force)
    said = (
        f"The force on the one ground of {side} {_say_region(place)} that {given.title} "
        "shows apart from its rear was taken (--place or --force-in gives another)"
    )
    why = f", for none of it lies within {NEAR_M / 1e3:.0f} km of the town of {place.name}"
    said += "." if place.is_region else f"{why}."
    notice = Notice("place_is_a_region", "caution", said)
    forces = document["situation"].get("forces") or [{}]
    ground = MultiPolygon(_list_ground(document))
    return Meant(side, ground, forces[0].get("name"), given.name, document, (notice,))


def _name_region(place: Where) -> str:
    return f"{place.name}" if place.is_region else f"{place.name} region"


def _say_region(place: Where) -> str:
    return place.at if place.is_region else f"in the {place.name} region"


def _ask_which_in_region(
    given: GivenMap, place: Where, side: str, within: Sequence[Near]
) -> QuestionError:
    """Ask back which of several pieces in a region is meant."""
    document = {
        "question": "which_force", "place": write_place(place), "region": _name_region(place),
        "held_by": None,
        "pieces": [near.to_dict() for near in within], "map": given.name,
        "answer_with": f"--force-in {within[0].piece.id}" if within else "--place PLACE",
    }  # fmt: skip
    lines = [
        f"{given.name}, {given.as_of:%Y-%m-%d}:",
        f"I{_say_region(place)[1:]} lie {len(within) or 'no'} pieces of ground of {side} apart.",
        "Whose force is meant?",
        *(f"  {tell(near)}: --force-in {near.piece.id}" for near in within),
        "  a town or another place: --place PLACE (LON,LAT or a name)",
    ]
    return QuestionError(document, "\n".join(lines))


def _check_near(
    given: GivenMap, place: Where, side: str, force_in: str, ground: BaseGeometry
) -> None:
    """
    Refuse an answer that none of the choices was: a piece named by its id, far from the place.

    Ids count over the whole map, so the same id is another side's, or another map's, elsewhere.
    """
    here = Point(place.lon, place.lat)
    lon, lat = shapely.shortest_line(here, ground).coords[-1]
    _, _, away_m = GEOD.inv(place.lon, place.lat, lon, lat)
    if away_m <= NEAR_M:
        return
    pieces = find_pieces(read_ground(given.painted, given.border, side))  # type: ignore[arg-type]
    known = {piece.id for piece in pieces}
    near = [one.piece.id for one in list_near((place.lon, place.lat), pieces)]
    near += [one.piece.id for one in list_in_region(place, pieces)]
    if force_in.strip().lower() in known and force_in.strip().lower() not in near:
        said = (
            f"{force_in} of {side} on {given.name} lies {away_m / 1e3:.0f} km from {place}, the "
            "place the claim names"
        )
        choices = " or ".join(f"--force-in {name}" for name in near) or "another --side"
        remedy = f"Give {choices}, or the place that is meant (--place)"
        raise fault("/force_in", said, remedy)


def _convert(
    given: GivenMap, at: Sequence[tuple[float, float]], force_in: str | None, side: str, force: str
) -> Json:
    assert given.painted is not None  # noqa: S101 - asked of paint only
    return situation_from_painted(
        given.painted, given.border, force_at=at, force_in=force_in, as_of=given.as_of,
        force=force, side=side,
    )  # fmt: skip


def _list_ground(document: Json) -> list[Polygon]:
    """List the ground of the force in a drawn map; a bare place has none."""
    drawn = [
        shape(f["geometry"]) for f in document["features"] if f["properties"]["kind"] == "position"
    ]
    return [p for s in drawn for p in shapely.get_parts(s) if isinstance(p, Polygon)]


def _name_place(question: QuestionError, place: Where | None, given: GivenMap) -> QuestionError:
    """Say in a question what the place is called, and which map it was asked of."""
    document = dict(question.document)
    if place is not None and document.get("question") == "which_force":
        document["place"] = {**(write_place(place) or {}), **(document.get("place") or {})}
        document["map"] = given.name
    words = question.words
    if place is not None and place.name:
        words = words.replace(f"({place.lon:g}, {place.lat:g})", place.name, 1)
    return QuestionError(document, f"{given.name}, {given.as_of:%Y-%m-%d}:\n{words}")


def draw_on(given: GivenMap, meant: Meant, force: str) -> Json:
    """Draw another map as a situation about the same force, found by overlap."""
    if given.name == meant.shown_on:
        return meant.document
    assert given.painted is not None  # noqa: S101 - asked of paint only
    ground = read_ground(given.painted, given.border, meant.side)
    same = SameGround(ground, label_of(given.painted, meant.side), meant.geometry)
    force_there = same.compare(drop_area(meant.name) if meant.name else None)
    return draw_situation(ground, given.border, force_there, given.as_of, force)


def read_drawn(document: Mapping[str, Any], name: str) -> Situation:
    """Read what was drawn, called by the file it was drawn from."""
    return replace(read_situation(dict(document)), id=name)


def speaks_of(situation: Situation, place: Where) -> bool:
    """
    Tell whether a situation's force stands in a region, or somebody of its side about a place.

    A map's area reaches to towns behind both fronts, of which it says nothing: it only counts
    where no force is drawn.
    """
    force = [f.geometry for f in situation.positions_of(situation.force) if f.geometry is not None]
    if place.region_of is not None and force and place.has(shapely.GeometryCollection(force)):
        return True
    if place.is_region and force:
        return False
    sides = {p.side for p in situation.positions_of(situation.force)}
    own = [
        f.geometry for f in situation.of_kind(Position)
        if f.side in sides and f.geometry is not None
    ]  # fmt: skip
    shapes = own or ([situation.area] if situation.area is not None else [])
    here = Point(place.lon, place.lat)
    return not shapes or min(drawn.distance(here) for drawn in shapes) <= NEAR_PLACE_DEG


def find_other_side(situation: Situation, side: str | None) -> str | None:
    """
    Find whose the force of a situation is, where that is not the side asked about.

    None: it is that side's or an ally's, or the situation calls its sides by other names.
    """
    known = {one.id.casefold(): one.id for one in situation.sides}
    asked = known.get((side or "").casefold())
    if asked is None:
        return None
    sides = {p.side for p in situation.positions_of(situation.force)}
    return None if sides & {asked, *situation.friends_of(asked)} or not sides else sides.pop()

"""Whose ground is asked about: the piece that a place means on one map, and on the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box, shape

from encircle.claims.asking.called import WHY_UNREAD
from encircle.errors import InputFault, QuestionError, SituationError
from encircle.formats.painted.ground import HALF_WIDTHS_KM
from encircle.formats.painted.painted import read_border
from encircle.formats.painted.place import find_front_line, is_on_map
from encircle.formats.painted.situation import (
    read_ground,
    situation_for_piece,
    situation_from_painted,
)
from encircle.formats.pieces import FRONT, drop_area, find_pieces, list_near, see_from
from encircle.formats.pieces.choosing import tell
from encircle.map.door.reader import read_situation
from encircle.map.notices import Notice
from encircle.map.plane.projection import GEOD
from encircle.map.situation import Position
from encircle.places import (
    find_known,
    find_places,
    find_region_called,
    lies_in_region,
    may_be_region,
    region_of_town,
    resolve_place,
    split_region,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.claims.asking.maps import GivenMap
    from encircle.claims.asking.named import Named
    from encircle.formats.pieces import Piece
    from encircle.formats.pieces.choosing import Near
    from encircle.map.situation import Situation
    from encircle.places import Place, Region

Json = dict[str, Any]
SIDES = ("UA", "RU")
SIDE_WORDS = {"UA": "Ukraine's", "RU": "Russia's"}
NEAR_M = 15_000.0
"""A piece within this of a place may be meant by it. Source: docs/contract.md, Whose force?"""
TOUCH_M = 50.0
"""A place so near to a piece stands on it: a seam's width."""
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
class Where:
    """The place asked about."""

    lon: float
    lat: float
    name: str | None = None
    region_of: Region | None = None
    """The region, where its name or that of a town may stand for it."""
    is_region: bool = False
    """Whether the region is meant for certain: its name was said with a word for one."""

    def __str__(self) -> str:
        return self.name or f"({self.lon:g}, {self.lat:g})"

    @property
    def at(self) -> str:
        """The place after its preposition: *at Sudzha*, *in the Kursk region*, *in Crimea*."""
        if not self.is_region:
            return f"at {self}"
        return f"in the {self}" if str(self).endswith((" region", "Donbas")) else f"in {self}"

    def has(self, shape: BaseGeometry) -> bool:
        """Tell whether what is drawn lies in the region that may be meant."""
        return self.region_of is not None and lies_in_region(shape, self.region_of)


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


def find_place(
    text: str | None,
    maps: Sequence[GivenMap],
    tell: Callable[[str], object] = lambda _: None,
) -> Where | None:
    """
    Find the place that a claim names: LON,LAT or a name, narrowed by what the maps draw.

    `tell` is called with a sentence where the front of the maps decided between namesakes.
    """
    if text is None:
        return None
    if region := find_region_called(text):
        return _see_region(region)
    is_labelled = "," in text and bool(find_places(text))  # as a remedy lists it: *Lyman, Donetsk*
    text, is_region = (text, False) if is_labelled else split_region(text)
    countries = _find_countries(maps)
    bounds = _find_bounds(maps)
    try:
        found = resolve_place(
            text, countries=countries, bounds=bounds, option="--place", tell=tell,
            front=lambda: _find_front(maps),
        )  # fmt: skip
    except SituationError:  # far behind what is painted, and within the country
        drawn = [read_border(m.border) for m in maps if m.border is not None]
        if bounds is None or not drawn:
            raise
        west, south, east, north = shapely.total_bounds([*drawn, box(*bounds)]).tolist()
        wide = west, south, east, north
        found = resolve_place(text, countries=countries, bounds=wide, option="--place")
    return _see(found, text, is_region=is_region)


def find_elsewhere(text: str | None) -> Where | None:
    """
    Find a place much claimed about, wherever it lies; none: the name is not one of theirs.

    Of other names many are a word at the start of a sentence, *At* and *Our*, and a village too.
    """
    if region := find_region_called(text or ""):
        return _see_region(region)
    name, is_region = split_region(text or "")
    found = find_places(name) if find_known(name) else []
    return _see(found[0], name, is_region=is_region) if found else None


def _see(found: Place, text: str, *, is_region: bool) -> Where:
    """Tell of a place whether the region called after it may be meant."""
    if not found.country:  # given in degrees
        return Where(found.lon, found.lat)
    region = region_of_town(found) if is_region or may_be_region(text) else None
    name = region.name if region and is_region else found.name
    return Where(found.lon, found.lat, name, region, is_region)


def _see_region(region: Region) -> Where:
    """Tell of a region where its seat is, whatever else is called so."""
    seats = find_places(region.town)
    seat = next(p for p in seats if (p.country, p.admin) in region.parts)
    return Where(seat.lon, seat.lat, region.name, region, is_region=True)


def _find_front(maps: Sequence[GivenMap]) -> BaseGeometry | None:
    """Find the front on the first map that shows one."""
    for given in maps:
        if given.painted is not None and given.border is not None:
            return find_front_line(given.painted, read_border(given.border))
    return None


def _find_countries(maps: Sequence[GivenMap]) -> tuple[str, ...] | None:
    """Find the countries whose places may be meant; None: any, for sides that are no countries."""
    sides = {side for m in maps if m.painted for side, _ in m.painted.sides}
    return tuple(sorted(sides)) if sides and sides <= set(SIDES) else None


def _find_bounds(maps: Sequence[GivenMap]) -> tuple[float, float, float, float] | None:
    drawn = [z.geometry for m in maps if m.painted for z in m.painted.zones]
    drawn += [m.situation.area for m in maps if m.situation and m.situation.area is not None]
    drawn += [f.geometry for m in maps if m.situation for f in m.situation.features
              if f.geometry is not None]  # fmt: skip
    if not drawn:
        return None
    west, south, east, north = shapely.total_bounds(drawn).tolist()
    return west - 1.0, south - 1.0, east + 1.0, north + 1.0


def choose_side(
    place: Where, maps: Sequence[GivenMap], force_in: str | None = None
) -> tuple[str, Notice]:
    """
    Choose whose force is meant where the claim does not say: of the one side with a piece near.

    Raises
    ------
    QuestionError
        If both sides have one, or neither.
    """
    for given in maps:
        near = {side: pieces for side in SIDES if (pieces := _list_pieces(given, side, place))}
        if not near:
            continue
        answer = (force_in or "").strip().lower()
        named = {one.piece.id for near_ in near.values() for one in near_} & {answer}
        for is_meant in (lambda n, ids=named: n.piece.id in ids, _stands_on, _is_apart, _is_near):
            sides = [side for side, pieces in near.items() if any(map(is_meant, pieces))]
            if len(sides) == 1:
                return sides[0], _tell_side(sides[0], place, given)
        break
    raise ask_which_side(place)


def _stands_on(near: Near) -> bool:
    """Tell whether the place is on the piece."""
    return near.distance_m <= TOUCH_M


def _is_apart(near: Near) -> bool:
    """Tell whether the piece is a force's by its nature: abroad, or joined to nothing."""
    return near.piece.cut == "border" or not near.piece.joined


def _is_near(near: Near) -> bool:
    """Tell whether the piece is near the place, as all that are listed are."""
    return near.distance_m <= NEAR_M


def _tell_side(side: str, place: Where, given: GivenMap) -> Notice:
    said = (
        f"The claim does not say whose force: {SIDE_WORDS[side]} was taken, for the ground it "
        f"holds at {place} or near it on {given.title} is that of a force apart (--side gives "
        "another)."
    )
    return Notice("side_taken", "caution", said)


def ask_which_side(place: Where | None, named: Named | None = None) -> QuestionError:
    """Ask back whose force is meant, by the words that told it where they cannot be read."""
    document = {
        "question": "which_side", "place": write_place(place),
        **({"named": named.words} if named else {}),
        "sides": [{"id": side, "name": SIDE_WORDS[side].removesuffix("'s")} for side in SIDES],
        "answer_with": f"--side {SIDES[0]}",
    }  # fmt: skip
    said = "The claim does not say whose force it is about."
    if named is not None:
        said = (
            f"The claim says that {named.words!r:.80} is cut off, and {WHY_UNREAD[named.relation]}."
        )
    lines = [said]
    lines += [f"  {SIDE_WORDS[side]}: --side {side}" for side in SIDES]
    return QuestionError(document, "\n".join(lines))


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


def write_place(place: Where | None) -> Json | None:
    """Write a place as the contract does."""
    if place is None:
        return None
    named = {"name": place.name} if place.name else {}
    return {**named, "lon": place.lon, "lat": place.lat}


def _list_pieces(given: GivenMap, side: str, place: Where) -> list[Near]:
    """List the pieces of a side that a place means; ground plainly joined to its rear is none."""
    if given.painted is None or side not in dict(given.painted.sides):
        return []
    pieces = find_pieces(read_ground(given.painted, given.border, side))
    near = [n for n in list_near((place.lon, place.lat), pieces) if _is_near(n)]
    if place.is_region or not near:
        return _list_in_region(place, pieces) or near
    return near


def _list_in_region(place: Where, pieces: Sequence[Piece]) -> list[Near]:
    """List the pieces in the region a place may mean, the nearest to its town first."""
    within = [see_from((place.lon, place.lat), p) for p in pieces if place.has(p.geometry)]
    return sorted(within, key=lambda near: (near.distance_m, near.piece.id))


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
        raise _fault("/maps", "no map shows who holds what", "Give a map of control")
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
        raise _fault("/place", "the claim names no place", "Say where (--place NAME or LON,LAT)")
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
    within = _list_in_region(place, pieces)
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
    near += [one.piece.id for one in _list_in_region(place, pieces)]
    if force_in.strip().lower() in known and force_in.strip().lower() not in near:
        said = (
            f"{force_in} of {side} on {given.name} lies {away_m / 1e3:.0f} km from {place}, the "
            "place the claim names"
        )
        choices = " or ".join(f"--force-in {name}" for name in near) or "another --side"
        remedy = f"Give {choices}, or the place that is meant (--place)"
        raise _fault("/force_in", said, remedy)


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
    return situation_for_piece(
        given.painted, given.border, meant.geometry, as_of=given.as_of, force=force,
        side=meant.side, name=drop_area(meant.name) if meant.name else None,
    )  # fmt: skip


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


def _fault(pointer: str, message: str, remedy: str) -> SituationError:
    return SituationError([InputFault(pointer, message, remedy)])

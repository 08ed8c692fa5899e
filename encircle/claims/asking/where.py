"""Where a question is about: a place, its front, and who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import box

from encircle.claims.asking.whose.called import WHY_UNREAD
from encircle.errors import InputFault, QuestionError, SituationError
from encircle.formats.painted.painted import read_border
from encircle.formats.painted.place import find_front_line
from encircle.formats.painted.situation import read_ground
from encircle.formats.pieces import find_pieces, list_near, see_from
from encircle.map.notices import Notice
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
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.claims.asking.maps import GivenMap
    from encircle.claims.asking.whose.named import Named
    from encircle.formats.pieces import Piece
    from encircle.formats.pieces.choosing import Near
    from encircle.places import Place, Region

Json = dict[str, Any]
SIDES = ("UA", "RU")
SIDE_WORDS = {"UA": "Ukraine's", "RU": "Russia's"}
NEAR_M = 15_000.0
"""A piece within this of a place may be meant by it. Source: docs/contract.md, Whose force?"""
TOUCH_M = 50.0
"""A place so near to a piece stands on it: a seam's width."""


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
        return list_in_region(place, pieces) or near
    return near


def list_in_region(place: Where, pieces: Sequence[Piece]) -> list[Near]:
    """List the pieces in the region a place may mean, the nearest to its town first."""
    within = [see_from((place.lon, place.lat), p) for p in pieces if place.has(p.geometry)]
    return sorted(within, key=lambda near: (near.distance_m, near.piece.id))


def fault(pointer: str, message: str, remedy: str) -> SituationError:
    """Refuse what a question says at one place, with the remedy."""
    return SituationError([InputFault(pointer, message, remedy)])

"""
What force is meant on a painted map: a piece of held ground, or a question back.

Long for one reason: how a force is found on painted ground is one sequence of attempts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from encircle.errors import QuestionError, SituationError, refusal
from encircle.formats.painted.place import check_place, find_front_line
from encircle.formats.painted.shapes import LonLat, box_round, cut
from encircle.formats.pieces import (
    FRONT,
    Piece,
    ask_which_force,
    choose_piece,
    describe,
    find_all,
    find_front,
    find_what_is_left,
    follow,
    read_held,
    read_pieces,
    see_from,
)
from encircle.formats.pieces.choosing import NEAR_M, TOUCH_M
from encircle.formats.pieces.held import flat_polygons, measure_km2, to_globe, to_plane
from encircle.formats.pieces.piece import KIND_WORDS
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted.ground import Ground
    from encircle.formats.pieces import Found, Held
    from encircle.map.plane.projection import Plane

INSET_M = 40.0
DETAIL_M = 15.0
"""A piece is drawn as a force this far inside what it holds, and no finer, metres: so that no edge
of it all but coincides with a painted one, whatever a millimetre of rounding does to either."""

LEAST_PART_SHARE = 0.02
LEAST_PART_KM2 = 0.2
"""Of a piece in several fragments, those smaller than this share of it and this area are not drawn
apart: they are specks beside it, and nobody's position."""

LEAST_UNSEEN_KM2 = 10.0
"""Ground that a map does not draw smaller than this hides no force, km²: a seam along a border."""

DEMONYMS = {"UA": "Ukrainian", "RU": "Russian"}

_ID = re.compile(rf"(pocket|salient|bridgehead|lens)-?\d+|{FRONT}", re.IGNORECASE)
_PAIR = re.compile(r"\s*[-+]?\d+(?:\.\d*)?\s*,\s*[-+]?\d+(?:\.\d*)?\s*")


@dataclass(frozen=True, slots=True)
class Force:
    """What a situation is drawn about."""

    shapes: tuple[BaseGeometry, ...]
    """Points or polygons in degrees, one position each."""
    note: str
    name: str | None = None
    """What a newspaper would call it."""
    short_name: str | None = None
    """The same without the area, for a series of days."""
    notices: tuple[Notice, ...] = ()
    is_gone: bool = False
    """Whether the ground is held no longer."""

    @property
    def ground(self) -> MultiPolygon:
        """Give the ground of it, without what is only a point."""
        return MultiPolygon([part for shape in self.shapes for part in flat_polygons(shape)])

    @property
    def corners(self) -> list[LonLat]:
        """Give two corners of the box round it."""
        west, south, east, north = shapely.total_bounds(list(self.shapes)).tolist()
        return [(west, south), (east, north)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a force was said to be."""

    at: LonLat
    name: str | None = None

    def __str__(self) -> str:
        return self.name or f"({self.at[0]:g}, {self.at[1]:g})"


def _say_where(place: Place) -> str:
    """Say where a dot stands by its own name, the nearest place's, or in degrees."""
    from encircle.places import nearest_place  # noqa: PLC0415 - only for names

    near = None if place.name else nearest_place(*place.at)
    return f"by {near.name if near else place.name}" if near or place.name else f"at {place}"


POINT_NOTE = (
    "Placed by hand: the map shows no positions. Reach 0: what the force holds is what the map "
    "paints."
)
PIECE_NOTE = (
    "Held ground of the side, drawn as a force: the map shows no positions. It holds this ground "
    f"and no more; drawn {INSET_M:.0f} m inside the painted line."
)


class ForceFinder:
    """Finds the force on one map, its pieces read once and only when they are needed."""

    def __init__(self, ground: Ground, label: str, window: Polygon | None = None) -> None:
        self.ground, self.window, self.side = ground, window, ground.side
        self.label = DEMONYMS.get(ground.side, label)
        self.taken: dict[str, Notice] = {}
        """What is told of places: which namesake was taken, what near by is not drawn."""

    @cached_property
    def held(self) -> Held:
        """What the side holds on the reading least kind to it."""
        return self._read[0]

    @cached_property
    def found(self) -> Found:
        """Its pieces, map-wide."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Held, Found]:
        if self.window is None:
            return read_pieces(self.ground)
        held = read_held(self.ground, self.window)
        return held, find_all(held)

    def find(self, force_at: Sequence[LonLat | str], force_in: LonLat | str | None) -> Force:
        """
        Find the force meant.

        Raises
        ------
        QuestionError
            If a place is not on ground of the side, or means several pieces or none.
        SituationError
            If a piece or a place is not known.
        """
        places = [self.resolve(given, "--force-at") for given in force_at]
        if force_in is not None:
            meant = self.draw_piece(self._choose(force_in, places))
        elif places:
            meant = self._stand(places)
        else:
            raise refusal(
                "no place of the force", "Say where it stands (--force-at LON,LAT)", "/force_at"
            )
        return replace(meant, notices=(*meant.notices, *self.taken.values()))

    def _tell_taken(self, said: str) -> None:
        self.taken[said] = Notice("place_by_the_front", "caution", said)

    def find_front_at(self, force_at: Sequence[LonLat | str]) -> Force:
        """Draw the plainly joined ground round the first of some places."""
        return self.find(force_at, FRONT)

    def resolve(self, given: LonLat | str, option: str) -> Place:
        """Find a place by LON,LAT or by name."""
        if not isinstance(given, str):
            lon, lat = (float(part) for part in given)
            return Place(self._check(lon, lat, option))
        if _PAIR.fullmatch(given):
            lon, lat = (float(part) for part in given.split(","))
            return Place(self._check(lon, lat, option))
        from encircle.places import resolve_place  # noqa: PLC0415 - only for names

        west, south, east, north = self.ground.painted_window().bounds
        try:
            found = resolve_place(
                given, bounds=(west, south, east, north), option=option, tell=self._tell_taken,
                front=lambda: find_front_line(self.ground.painted, self.ground.border),
            )  # fmt: skip
        except SituationError:
            if self.ground.border is None:
                raise
            # far behind what is painted, and within the country: the map knows whose it is
            w, s, e, n = self.ground.border.bounds
            wide = min(w, west), min(s, south), max(e, east), max(n, north)
            found = resolve_place(given, bounds=wide, option=option)
        return Place((found.lon, found.lat), found.name)

    def _check(self, lon: float, lat: float, option: str) -> LonLat:
        pointer = f"/{option.lstrip('-').replace('-', '_')}"
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - degrees
            raise refusal(f"({lon:g}, {lat:g}) is not a place", "Give LON,LAT in degrees", pointer)
        bounds = self.ground.border.bounds if self.ground.border is not None else None
        if self.ground.painted.zones:
            try:
                check_place(self.ground.painted, bounds, [(lon, lat)])
            except SituationError as error:
                faults = error.faults
                if not any(fault.feature for fault in faults):  # of the place, not of the map
                    faults = tuple(replace(fault, pointer=pointer) for fault in faults)
                raise SituationError(faults) from None
        return lon, lat

    def _choose(self, force_in: LonLat | str, places: Sequence[Place]) -> Piece:
        """Choose the piece that was named by id or place."""
        pieces = self.found.pieces
        if isinstance(force_in, str) and _ID.fullmatch(force_in.strip()):
            front = find_front(self.held, pieces, places[0].at) if places else None
            piece = choose_piece(pieces, force_in.strip().lower(), front=front, side=self.side)
            if places and piece is front:
                self._doubt_silence(places[0], piece)
            return piece
        place = self.resolve(force_in, "--force-in")
        front = find_front(self.held, pieces, place.at)
        piece = choose_piece(pieces, place.at, front=front, side=self.side)
        self._doubt_silence(place, piece)
        return piece

    def _doubt_silence(self, place: Place, piece: Piece) -> None:
        """Doubt a piece beside a place where another force may stand on ground not drawn."""
        unseen = self._tell_silence(place)
        if unseen and see_from(place.at, piece).distance_m > TOUCH_M:
            self.taken[unseen] = Notice("map_silent_near", "doubt", unseen)

    def _stand(self, places: Sequence[Place]) -> Force:
        """Take places on ground of the side for the pieces they stand on; ask of any other."""
        chosen: dict[str, Piece] = {}
        points: list[LonLat] = []
        notices: list[Notice] = []
        for place in places:
            piece, notice = self._stand_at(place)
            if piece is not None:
                chosen[piece.id] = piece
            else:
                points.append(place.at)
            notices += [notice] if notice else []
        drawn = [self.draw_piece(piece) for piece in chosen.values()]
        shapes = [shape for force in drawn for shape in force.shapes]
        notices += [notice for force in drawn for notice in force.notices]
        name = drawn[0].name if len(drawn) == 1 and not points else None
        if not drawn:
            name = self.name_force(_say_where(places[0]))
        note = PIECE_NOTE if drawn and not points else POINT_NOTE
        return Force(
            (*shapes, *map(Point, points)),
            note,
            name=name,
            short_name=drawn[0].short_name if drawn and name else name,
            notices=tuple(notices),
        )

    def _stand_at(self, place: Place) -> tuple[Piece | None, Notice | None]:
        """Find the piece a place stands on; none where it stands deep in plainly joined ground."""
        whose = self.ground.holder_at(Point(place.at))
        if whose == self.side:
            for piece in self.found.pieces:
                if see_from(place.at, piece).distance_m <= TOUCH_M:
                    return piece, None
            if self.held.to_metres(place.at).distance(self.held.rear_m) <= TOUCH_M:
                return None, None
            if not box(*self.held.window.bounds).contains(Point(place.at)):
                return None, None
        elif whose is None and self._is_open_silence(place):
            said = (
                f"The map says nothing of the ground at {place}: whoever stood there, it cannot "
                "tell. Ask a map that draws that ground."
            )
            return None, Notice("map_silent_there", "doubt", said)
        front = find_front(self.held, self.found.pieces, place.at)
        asked = ask_which_force(
            place.at, place.name, None if whose == self.side else whose, self.found.pieces,
            front=front, side=self.side,
        )  # fmt: skip
        unseen = self._tell_silence(place)
        raise QuestionError(asked.document, f"{asked.words}\n{unseen}") if unseen else asked

    def _tell_silence(self, place: Place) -> str:
        """Say what ground near a place the map does not draw: a force there is not seen on it."""
        near = cut(self.ground.silent, box_round([place.at], NEAR_M / 1e3))
        drawn = [zone.geometry for zone in self.ground.painted.zones]
        bare = near.difference(shapely.union_all([z for z in drawn if z.intersects(near)]))
        if near.is_empty or measure_km2(bare) < LEAST_UNSEEN_KM2:
            return ""
        return (
            f"This map says nothing of {_area(bare)} within {NEAR_M / 1e3:.0f} km of {place}: a "
            "force there would not be seen on it. Ask a map that draws that ground."
        )

    def _is_open_silence(self, place: Place) -> bool:
        """Tell whether a place is where the map is silent, and silence runs on to the rear."""
        here = Point(place.at)
        if not self.ground.is_silent_at(here) or self.ground.border is None:
            return False
        held = self.held
        kind_m = shapely.union_all([held.rear_m.buffer(50.0, quad_segs=2), held.grey_m])
        at_m = held.to_metres(place.at)
        return any(
            part.contains(at_m) and part.intersects(held.rear_m) for part in flat_polygons(kind_m)
        )

    # -- drawing -------------------------------------------------------------------------------

    def draw_piece(self, piece: Piece) -> Force:
        """Draw a piece as a force that holds that ground and no more."""
        shapes = draw_inside(piece.geometry, self.held.plane)
        told = _inform(f"The force is the ground it held: {self._tell(piece)}.")
        by = f" by {piece.nearest_place}" if piece.nearest_place else ""
        return Force(
            shapes,
            PIECE_NOTE,
            name=self.name_force(f"in {_the(piece)}"),
            short_name=self.name_force(f"in the {KIND_WORDS[piece.kind]}{by}"),
            notices=(told,),
        )

    def name_force(self, where: str) -> str:
        """Say what a newspaper would call a force."""
        if self.side in DEMONYMS:
            return f"the {self.label} force {where}"
        return f"the force of {self.label} {where}"

    @staticmethod
    def _tell(piece: Piece) -> str:
        joined = {
            "border": "joined to its rear, cut off here at the border of its own country",
            "neck": "joined to its rear, cut off here at its neck",
            None: "plainly joined to its rear" if piece.joined else "not joined to its rear",
        }[piece.cut]
        return f"{describe(piece)}, {joined}"


def _inform(said: str) -> Notice:
    return Notice("force_is_ground", "info", said)


def _the(piece: Piece) -> str:
    """
    Name a piece within a sentence.

    Examples
    --------
    >>> held = box(35.1, 51.1, 35.2, 51.2)
    >>> _the(Piece("p", "pocket", held, 4.2, 0.0, False, None, (35.1, 51.1), "Krynky"))
    'the pocket of 4.2 km² by Krynky'
    """
    return describe(piece).split(" (")[0].replace("a ", "the ", 1)


def draw_inside(geometry: BaseGeometry, plane: Plane) -> tuple[Polygon, ...]:
    """
    Draw ground as simple polygons strictly inside itself, in degrees, the largest first.

    What is too narrow for the inset is drawn with less of it; specks beside the whole are not.
    """
    ground_m = to_plane(plane, geometry)
    for inset_m in (INSET_M, INSET_M / 4, INSET_M / 40):
        inside_m = ground_m.buffer(-inset_m, quad_segs=2)
        fine_m = inside_m.simplify(DETAIL_M * inset_m / INSET_M)
        parts = sorted(flat_polygons(fine_m), key=lambda part: -part.area)
        if parts:
            least = min(LEAST_PART_KM2 * 1e6, LEAST_PART_SHARE * parts[0].area)
            kept = [part for part in parts if part.area >= least]
            return tuple(_rounded(plane.to_degrees(part)) for part in kept)
    raise refusal("the ground meant is thinner than can be drawn", "Name a larger piece")


def _rounded(part: BaseGeometry) -> Polygon:
    fixed = shapely.set_precision(part, 1e-7)
    return max(flat_polygons(fixed), key=lambda p: p.area)


# -- the same ground on another map or day ---------------------------------------------------------

AROUND_KM = 60.0
"""Ground looked at round a piece that is followed, km: it holds the necks of any salient."""

LEAST_LEFT_SHARE = 0.02
"""What a map leaves of the ground asked about, where less than this share of it is not the
enemy's, is nothing."""


class SameGround:
    """Finds a piece of one map again on another: a later day's, or another mapper's."""

    def __init__(self, ground: Ground, label: str, before: BaseGeometry) -> None:
        west, south, east, north = (float(c) for c in before.bounds)
        window = box_round([(west, south), (east, north)], AROUND_KM)
        self.finder = ForceFinder(ground, label, box(*window.intersection(ground.whole()).bounds))
        self.before = before

    def follow(self, name: str | None) -> tuple[Force, BaseGeometry | None]:
        """Find it on a later day by the same mapper: where it is gone, nobody is there."""
        again = self._find_again(name)
        if again is not None:
            return again
        shapes = draw_inside(self.before, self.finder.held.plane)
        said = (
            f"The ground is not held: of the {_area(self.before)} followed from another day "
            "nothing is the side's on this map, so nobody is there to be cut off."
        )
        notice = Notice("piece_gone", "info", said)
        gone = Force(shapes, "Where it was.", name=name, notices=(notice,), is_gone=True)
        return gone, None

    def compare(self, name: str | None) -> Force:
        """Find it on another mapper's map; where that draws none of it, take the same ground."""
        again = self._find_again(None, fallback=name)
        if again is not None:
            return again[0]
        held, ground = self.finder.held, self.finder.ground
        left_m = to_plane(held.plane, self.before).difference(self._hostile_m())
        left = to_globe(held.plane, left_m)
        is_left = measure_km2(left) >= LEAST_LEFT_SHARE * measure_km2(self.before)
        whose = dict(ground.painted.sides).get(ground.side, ground.side)
        said = f"This map draws no ground of {whose} where the force was said to be. "
        said += (
            f"It is judged at the same ground, {_area(left)} of which the map does not give to "
            "the enemy."
            if is_left
            else "It gives all of that ground to the enemy: map and force contradict each other."
        )
        notice = Notice("piece_not_drawn", "doubt", said)
        note = "Taken from another map: this one draws no ground of the side there."
        shapes = draw_inside(left if is_left else self.before, held.plane)
        return Force(shapes, note, name=name, notices=(notice,))

    def _find_again(
        self, name: str | None, *, fallback: str | None = None
    ) -> tuple[Force, BaseGeometry] | None:
        """Find the pieces it is here; without a name it is called as this map shows it."""
        pieces = follow(self.before, self.finder.found.pieces)
        if pieces:
            drawn = [self.finder.draw_piece(piece) for piece in pieces]
            shapes = tuple(shape for force in drawn for shape in force.shapes)
            told = tuple(notice for force in drawn for notice in force.notices)
            now = MultiPolygon([p for piece in pieces for p in flat_polygons(piece.geometry)])
            called = name or (drawn[0].name if len(drawn) == 1 else fallback)
            return Force(shapes, PIECE_NOTE, name=called, notices=told), now
        left = find_what_is_left(self.before, self.finder.held)
        if left is None:
            return None
        told = (_inform(f"The force is the ground still held of it: {_area(left)}."),)
        shapes = draw_inside(left, self.finder.held.plane)
        return Force(shapes, PIECE_NOTE, name=name or fallback, notices=told), left

    def _hostile_m(self) -> BaseGeometry:
        """Join what the map gives to somebody else for certain."""
        held = self.finder.held
        return to_plane(held.plane, self.finder.ground.hostile(held.window))


def _area(geometry: BaseGeometry) -> str:
    area = measure_km2(geometry)
    return f"{area:.0f} km²" if area >= 10 else f"{area:.1f} km²"  # noqa: PLR2004 - digits

"""
What readers without a key are shown of a case: what is old enough, and positions only so finely.

A case is no live map of who stands where. Its team sees all of it at once; anybody else sees what
was recorded a day ago, positions moved to the middle of a square kilometre, and judgements made on
that. The move is told, as a location error of each position and as a notice of the map.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import shapely

from encircle.errors import InputFault, SituationError
from encircle.map.door.contract import (
    KINDS,
    AssertionModel,
    NamedForceModel,
    NoticeModel,
    SideModel,
    SituationModel,
    SourceModel,
)
from encircle.map.door.spelling import parse_list, parse_object
from encircle.map.notices import Notice
from encircle.store.revisions import Entry, append, bounds_of, find_current, lock_case

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from pydantic import BaseModel
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy import Connection

    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

__all__ = [
    "Publication",
    "View",
    "coarsen",
    "grow",
    "make_public",
    "make_settings_public",
    "overlaps",
    "publish",
    "read_publication",
    "tell_public",
]

Json = dict[str, Any]
Box = tuple[float, float, float, float]
METRES_PER_DEGREE = 111_195.0
"""Of latitude, metres, on a sphere of the Earth's mean radius, 6,371,009 m (IUGG)."""
FARTHEST = 1.01 / math.sqrt(2)
"""How far the middle is from anywhere in its square, in sides: half a diagonal, and a hundredth for
rows that are wider at one edge and for the Earth, which is no sphere (0.45 %)."""
ROUNDED_M = 1.0
"""By which the middle is off as it is written, to five decimals, metres."""
WITHHELD = "Why is told to readers with a key: reasons give distances on the exact map."
"""Stands where a reason would."""
MOST_DELAY_H = 10 * 365 * 24
MOST_COARSE_M = 100_000
LEAST_COARSE_M = 10
"""Smaller squares are hardly larger than places are written: to five decimals, a metre."""
SUBJECT = "publication"


@dataclass(frozen=True, slots=True)
class Publication:
    """What of a case readers without a key are given."""

    open: bool = True
    """Whether they are given anything."""
    delay_h: float = 24.0
    """Hours until they are given what was recorded."""
    coarsen_m: float = 1000.0
    """Side of the squares to whose middle positions are moved, metres; 0: they are not."""

    def to_dict(self) -> Json:
        """Write it as HTTP answers it."""
        return asdict(self)

    def view(self, now: datetime) -> View:
        """
        Give what they are shown at an instant.

        Whole minutes, where there is a delay: whoever asks often is not answered anew each time.
        """
        then = now - timedelta(hours=self.delay_h)
        return View(then.replace(second=0, microsecond=0) if self.delay_h else then, self.coarsen_m)


@dataclass(frozen=True, slots=True)
class View:
    """What of a case somebody is shown: by default all of it."""

    until: datetime | None = None
    """What was recorded by then."""
    coarsen_m: float | None = None
    """To which positions are shown, metres; None: as they are, with all that was said of them."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is held back."""
        return self.until is None

    def cap(self, known_at: datetime | None) -> datetime | None:
        """Give the instant of which the knowledge is shown, where one was asked for."""
        if self.until is None or known_at is None:
            return known_at or self.until
        return min(known_at, self.until)

    def show(self, revision: Revision) -> Revision:
        """Show what was said, as finely as it may be."""
        body = revision.document
        if self.coarsen_m is None or body is None:
            return revision
        return replace(revision, body=orjson.dumps(make_public(body, self.coarsen_m)).decode())


def read_publication(
    connection: Connection,
    case_id: str,
    usual: Publication = Publication(),
) -> Publication:
    """Read what a case says of it; `usual` where it says nothing."""
    rows = find_current(connection, case_id, "access")
    said = replace(usual, **orjson.loads(rows[0].body)) if rows else usual
    finest = max(said.coarsen_m, LEAST_COARSE_M)  # kept of before smaller ones were refused
    return replace(said, coarsen_m=finest) if said.coarsen_m else said


def publish(  # noqa: PLR0913 - whose, what, by whom
    store: Store, case_id: str, terms: object, actor: str, why: str | None = None,
    now: datetime | None = None, expected: int | None = None,
) -> Revision:  # fmt: skip
    """
    Say what of a case readers without a key are given.

    Parameters
    ----------
    terms
        `{"open", "delay_h", "coarsen_m"}`; what is not said stays as it was said, or as is usual.
    why
        Needed where it was said before.
    expected
        Number of the revision that is changed; None: whichever is the latest, or none.

    Raises
    ------
    SituationError
        If the terms are none.
    ConflictError, WhyError, NotKeptError
        As the log says.
    """
    kept = _check(terms)
    with store.writing() as connection:
        lock_case(connection, case_id)
        there = find_current(connection, case_id, "access")
        kept = {**(orjson.loads(there[0].body) if there else {}), **kept}
        is_over = bool(there) or expected is not None
        entry = Entry("correct" if is_over else "post", "access", SUBJECT, kept, why, expected)
        return append(connection, case_id, [entry], actor, now)[0]


def _check(terms: object) -> Json:
    faults = []
    given: Json = terms if isinstance(terms, dict) else {"": terms}
    bounds = {"delay_h": MOST_DELAY_H, "coarsen_m": MOST_COARSE_M}
    for name, value in given.items():
        if name == "open":
            if not isinstance(value, bool):
                faults.append(
                    InputFault("/open", f"{value!r:.40} is no answer", "Give true or false")
                )
        elif name in bounds:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not 0 <= value <= bounds[name]:
                said = f"{value!r:.40} cannot be"
                faults.append(
                    InputFault(f"/{name}", said, f"Give a number from 0 to {bounds[name]}")
                )
            elif name == "coarsen_m" and 0 < value < LEAST_COARSE_M:
                said = f"squares of {value:g} m are smaller than places are written"
                remedy = f"Give {LEAST_COARSE_M} or more, or 0 to give positions as they are"
                faults.append(InputFault(f"/{name}", said, remedy))
        else:
            said = f"{name!r:.40} says nothing of what is shown"
            remedy = 'Give {"open": true, "delay_h": 24, "coarsen_m": 1000}'
            faults.append(InputFault(f"/{name}", said, remedy))
    if faults:
        raise SituationError(faults)
    return given


# -- what is told -----------------------------------------------------------------------------

UNTOLD = frozenset({"note", "track"})
"""Of what the contract knows of a feature: a team's notes, and what it calls one unit."""
PARTS: dict[str, type[BaseModel]] = {
    "sources": SourceModel, "asserts": AssertionModel, "sides": SideModel,
    "forces": NamedForceModel, "notices": NoticeModel,
}  # fmt: skip
"""Members that have members of their own, of which those are told that the contract knows."""
UNREAD = re.compile(r"^\W*[{\[]")
"""How a text of members begins, and no name of a source."""


def make_public(feature: Mapping[str, Any], side_m: float) -> Json:
    """
    Give a feature as readers without a key are shown it; its positions to so many metres.

    It says what the contract knows of its kind. A table's own columns may hold the place once more,
    to the metre.
    """
    said = feature.get("properties") or {}
    known = KINDS.get(str(said.get("kind")))
    fields = {*known.model.model_fields, "id"} - UNTOLD if known else {"kind"}
    return coarsen(
        {
            "type": "Feature",
            **({"id": feature["id"]} if "id" in feature else {}),
            "geometry": _strip(feature.get("geometry")),
            "properties": _tell_known(said, fields),
        },
        side_m,
    )


def make_settings_public(settings: Mapping[str, Any]) -> Json:
    """Give a case's settings as readers without a key are shown them: what the contract knows."""
    told = _tell_known(settings, SituationModel.model_fields)
    return {**told, "area": _strip(told["area"])} if isinstance(told.get("area"), dict) else told


def _tell_known(said: Mapping[str, Any], fields: Collection[str]) -> Json:
    told = {name: value for name, value in said.items() if name in fields}
    for name in told.keys() & PARTS.keys():
        told[name] = _tell_parts(name, told[name])
    return told


def _tell_parts(name: str, value: object) -> Any:  # noqa: ANN401 - as it was posted
    """Give of a member what the contract knows of its parts; read as the door reads it, if text."""
    fields, is_list = PARTS[name].model_fields, name != "asserts"
    try:
        read = parse_list(value) if is_list else parse_object(value)
    except ValueError:  # cut short: the door does not take it either
        return None
    if isinstance(read, list):
        return [_tell_part(one, fields) for one in map(parse_object, read) if _is_told(one)]
    return _tell_part(read, fields) if isinstance(read, dict) else None


def _tell_part(value: Any, fields: Collection[str]) -> Any:  # noqa: ANN401 - as it was posted
    if not isinstance(value, dict):
        return value
    return {name: part for name, part in value.items() if name in fields and _is_flat(part)}


def _is_told(part: object) -> bool:
    """Tell a part with members, or a name of one, from a text of members that could not be read."""
    return isinstance(part, dict) or (isinstance(part, str) and not UNREAD.match(part))


def _is_flat(value: object) -> bool:
    """Tell what has no members of its own, of which the contract knows none."""
    parts = value if isinstance(value, list) else [value]
    return not any(isinstance(part, dict | list) for part in parts)


def _strip(shape: Mapping[str, Any] | None) -> Json | None:
    """Take out of a shape what else stands in it, such as its box."""
    if not shape:
        return None
    match shape.get("geometries"):
        case [one]:  # kept before the one geometry of a collection was taken out of it
            return _strip(one)
    return {name: shape[name] for name in ("type", "coordinates") if name in shape}


# -- coarser ---------------------------------------------------------------------------------


def coarsen(feature: Mapping[str, Any], side_m: float) -> Json:
    """
    Move a position to the middle of its square, and say how far it may have been moved.

    What is not a position stays: ground, roads and fire are no unit. A position drawn as an area
    is given as what its corners bound once each is moved to the middle of its own square, or as
    these middles where that is no area: how large it is within the squares does not show.

    The same place always comes to the same middle, so that nothing is learnt by asking again.

    Examples
    --------
    >>> point = {"type": "Point", "coordinates": [35.2613, 51.0297]}
    >>> unit = {"geometry": point, "properties": {"kind": "position"}}
    >>> moved = coarsen(unit, 1000.0)
    >>> moved["geometry"]["coordinates"], moved["properties"]["location_error_m"]
    ([35.26356, 51.03197], 716.0)
    """
    said, shape = feature.get("properties") or {}, feature.get("geometry")
    box = bounds_of((shape or {}).get("coordinates"))
    if said.get("kind") != "position" or not shape or box is None or not side_m:
        return dict(feature)
    if shape["type"] == "Point":
        moved: Json = {"type": "Point", "coordinates": _middle(shape["coordinates"], side_m)}
    elif shape["type"] == "MultiPoint":
        places = sorted({tuple(_middle(place, side_m)) for place in shape["coordinates"]})
        moved = {"type": "MultiPoint", "coordinates": [list(place) for place in places]}
    else:
        moved = _move_corners(shape, side_m)
    own = said.get("location_error_m")
    error_m = (float(own) if isinstance(own, int | float) else 0.0) + side_m * FARTHEST + ROUNDED_M
    said = {**said, "location_error_m": float(math.ceil(error_m))}
    return {**feature, "geometry": moved, "properties": said}


def _move_corners(shape: Mapping[str, Any], side_m: float) -> Json:
    """
    Move every corner of an area to the middle of its square, and give what that draws.

    Nothing else of the shape is used: shapes whose corners lie in the same squares come to one.
    """
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    areas = [[[_middle(place, side_m) for place in ring] for ring in part] for part in parts]
    places = sorted({tuple(place) for rings in areas for ring in rings for place in ring})
    if len(places) == 1:
        return {"type": "Point", "coordinates": list(places[0])}
    area: BaseGeometry = shapely.MultiPoint(places).convex_hull
    if len(areas) == 1:
        hull, *holes = areas[0]
        drawn = shapely.get_parts([shapely.make_valid(shapely.Polygon(hull, holes))])
        whole = [part for part in drawn if part.geom_type == "Polygon"]
        area = whole[0] if len(whole) == 1 else area
    if not isinstance(area, shapely.Polygon) or area.area == 0:
        return {"type": "MultiPoint", "coordinates": [list(place) for place in places]}
    found = shapely.geometry.mapping(shapely.geometry.polygon.orient(area))
    return {"type": "Polygon", "coordinates": [[list(p) for p in r] for r in found["coordinates"]]}


def _middle(place: list[float], side_m: float) -> list[float]:
    """Give the middle of the square a place lies in; rows of squares begin at the equator."""
    tall = side_m / METRES_PER_DEGREE
    row = math.floor(place[1] / tall)
    lat = (row + 0.5) * tall
    # As many squares to a row as keep each about as wide as tall, and whole: none is cut at 180°.
    number = max(1, math.ceil(360 * math.cos(math.radians(min(abs(lat), 89.9))) / tall))
    column = math.floor((place[0] + 180) * number / 360) % number
    lon = (column + 0.5) * 360 / number - 180
    return [round(lon, 5), round(max(-90.0, min(90.0, lat)), 5)]


def grow(box: Box, side_m: float) -> Box:
    """Grow a box by as much as positions are moved, and more; degrees."""
    west, south, east, north = box
    tall = 2 * side_m / METRES_PER_DEGREE
    south, north = max(-90.0, south - tall), min(90.0, north + tall)
    wide = tall / max(math.cos(math.radians(max(abs(south), abs(north)))), 1e-9)
    if west <= east:
        return max(-180.0, west - wide), south, min(180.0, east + wide), north
    if west - east <= 2 * wide:  # across the date line, and now all round
        return -180.0, south, 180.0, north
    return west - wide, south, east + wide, north


def overlaps(bounds: Box | None, box: Box) -> bool:
    """Tell whether something between these bounds has a part in a box, as the store searches."""
    if bounds is None:
        return False
    west, south, east, north = box
    if bounds[1] > north or bounds[3] < south:
        return False
    if west > east or bounds[0] > bounds[2]:  # one of them across the date line, or both
        both = west > east and bounds[0] > bounds[2]
        return both or bounds[0] <= east or bounds[2] >= west
    return bounds[0] <= east and bounds[2] >= west


def tell_public(side_m: float, recorded_at: str) -> Notice:
    """Tell what is held back: what was recorded last of what is given, and how far it was moved."""
    said = (
        f"For readers without a key: the latest on this map was recorded on {recorded_at[:10]}; "
        "notes, tracks and a table's own columns are left out."
    )
    if not side_m:
        return Notice("public_view", "info", said)
    moved = (
        f"Positions are given to {side_m:g} m, and may have stood elsewhere in their square: what "
        "hangs on less is not decided by this map."
    )
    return Notice("positions_coarsened", "doubt", f"{said} {moved}")

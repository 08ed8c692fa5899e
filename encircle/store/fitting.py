"""
Whether all that stands in a case makes a map: what the door asks of a whole one.

It is asked before a row that would spoil it is kept. A force of two sides, two forces that look
alike, something far from all the rest: a row like that is sound by itself, and with it no verdict
is given on anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely
import sqlalchemy as sa

from encircle.errors import InputFault
from encircle.map.door.alike import fold_looks
from encircle.map.door.document import LIMITS
from encircle.map.door.spelling import is_absent
from encircle.map.plane.projection import Plane, unwrap
from encircle.store.geometry import list_places
from encircle.store.lines import LayerSaid, read_bodies, read_bounds, read_layers
from encircle.store.revisions import list_layer_numbers
from encircle.store.tables import revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    Points = NDArray[np.float64]

__all__ = ["find_misfits", "find_whole_misfits", "list_layers"]

Json = dict[str, Any]
MOST_ASKED = 20
"""Of a force as many positions are looked at for its side: those posted last."""


FORCES = sa.text("""
    WITH RECURSIVE named(force) AS (
        SELECT min(force) FROM revisions WHERE case_id = :case
        UNION ALL
        SELECT (SELECT min(r.force) FROM revisions AS r WHERE r.case_id = :case
                AND r.force > named.force) FROM named WHERE named.force IS NOT NULL
    ) SELECT force FROM named WHERE force IS NOT NULL
""")
"""Every force that a case ever named, each found by the index from the one before."""
FEW_POINTS = 16
"""So many are not worth thinning out."""
HALF_TURN = 180.0
"""Degrees: what is wider may lie on both sides of the date line, and is looked at by piece."""


@dataclass(slots=True)
class Known:
    """What a case says of its forces, as far as it was asked for."""

    allies: defaultdict[str, set[str]]
    named: dict[str, str]
    """Force to the side that the settings give it."""
    sides: dict[str, Counter[str]] = field(default_factory=dict)
    """Force to the sides of its positions."""
    looks: dict[str, str] = field(default_factory=dict)
    """How a force looks to the force that was there first."""


def find_misfits(  # noqa: PLR0913 - of which case, for what it stands
    connection: Connection, case_id: str, settings: Json, rows: Mapping[int, Json],
    subject: str = "", layer: str = "",
) -> dict[int, list[InputFault]]:  # fmt: skip
    """
    Find rows with which the map of all that stands could not be judged any more.

    Parameters
    ----------
    rows
        Features that pass the door by themselves, by their places in what was sent.
    subject, layer
        The observation, or the layer, that they stand for from now on.
    """
    layers = [said for name, said in list_layers(connection, case_id) if name != layer]
    known = _read_known(settings)
    forces = {force for force, _ in map(_read_force, rows.values()) if force}
    for name in _find_alike(connection, case_id, forces, subject):
        known.looks.setdefault(fold_looks(name), name)
    for said in layers:
        for force, laid in said.sides.items():
            known.sides.setdefault(force, Counter()).update(laid)
            known.looks.setdefault(fold_looks(force), force)
    found: dict[int, list[InputFault]] = {}
    for number, row in rows.items():
        force, side = _read_force(row)
        if force:
            sides = known.sides.setdefault(force, Counter())
            if not sides.total():
                sides.update(_list_sides(connection, case_id, force, subject))
            if faults := list(_find_force_faults(number, row, force, side, known)):
                found[number] = faults
                continue
            sides[side] += 1
            known.looks.setdefault(fold_looks(force), force)
    left = {number: row for number, row in rows.items() if number not in found}
    for number in _find_far(connection, case_id, settings, left, layers, subject):
        km = LIMITS.radius_m / 1000
        fault = f"more than {km:.0f} km from the middle of all that stands in the case"
        remedy = "Give the case an area (PUT its settings), or begin another case (are lon and lat "
        at = f"/features/{number}/geometry"
        found[number] = [
            InputFault(at, fault, f"{remedy}swapped?)", str(rows[number].get("id", "")))
        ]
    return found


def find_whole_misfits(settings: Json, rows: Mapping[int, Json]) -> dict[int, list[InputFault]]:
    """
    Find which of all the rows that stand do not fit settings that the case is to have.

    Of all of them together, under -1.
    """
    known = _read_known(settings)
    found = {}
    for number, row in rows.items():
        force, side = _read_force(row)
        if force:
            if faults := list(_find_force_faults(number, row, force, side, known)):
                found[number] = faults
                continue
            known.sides.setdefault(force, Counter())[side] += 1
            known.looks.setdefault(fold_looks(force), force)
    drawn = [_read_points(row) for row in rows.values()]
    if not settings.get("area") and drawn and not _is_near(np.concatenate(drawn)):
        said = "without an area, what stands in the case lies too far apart for one map"
        found.setdefault(-1, []).append(InputFault("/situation/area", said, "Keep an area"))
    return found


def list_layers(
    connection: Connection, case_id: str, known_at: str | None = None
) -> list[tuple[str, LayerSaid]]:
    """List the layers that stand, or stood, by their names, each as often as it has days."""
    numbers = list_layer_numbers(connection, case_id, known_at)
    said = read_layers(connection, [seq for seq, _ in numbers])
    return [(name, said[seq]) for seq, name in numbers if seq in said]


# -- forces ----------------------------------------------------------------------------------


def _read_known(settings: Json) -> Known:
    allies: defaultdict[str, set[str]] = defaultdict(set)
    for side in settings.get("sides") or ():
        for ally in () if is_absent(side.get("allies")) else side["allies"]:
            allies[str(side["id"])].add(str(ally))
            allies[str(ally)].add(str(side["id"]))
    named = {
        str(one["id"]): str(one["side"])
        for one in settings.get("forces") or () if not is_absent(one.get("side"))
    }  # fmt: skip
    return Known(allies, named)


def _read_force(row: Json) -> tuple[str, str]:
    """Read the force and the side of a position; nothing of what is none, or of no force."""
    said = row.get("properties") or {}
    force = said.get("force")
    if said.get("kind") != "position" or force in (None, ""):
        return "", ""
    return str(force), str(said.get("side"))


def _find_force_faults(
    number: int, row: Json, force: str, side: str, known: Known
) -> Iterator[InputFault]:
    at, name = f"/features/{number}/properties", str(row.get("id", ""))
    sides = known.sides.get(force) or Counter()
    own = sides.most_common(1)[0][0] if sides.total() else known.named.get(force, side)
    if side != own and side not in known.allies[own]:
        said = f"force {force!r} has positions of {own!r} in this case, and this is of {side!r}"
        if not sides.total():
            said = f"force {force!r} is of {own!r} in this case, and this position of {side!r}"
        yield InputFault(f"{at}/side", said, "Give each side's force its own id", name)
    other = known.looks.get(fold_looks(force), force)
    if other != force:
        said = f"the force {force!r} differs from {other!r} by case, blanks or letters alone"
        remedy = f"Write {other!r}, or give this force a name of its own"
        yield InputFault(f"{at}/force", said, remedy, name)


def _find_alike(
    connection: Connection, case_id: str, forces: set[str], subject: str
) -> Iterator[str]:
    """Find forces of positions that stand and look like some; of none, nothing is read."""
    looks = {fold_looks(force) for force in forces}
    named = connection.scalars(FORCES, {"case": case_id}).all() if looks else []
    for name in named:
        stands = fold_looks(name) in looks and list(_list_sides(connection, case_id, name, subject))
        if stands:
            yield name


def _list_sides(connection: Connection, case_id: str, force: str, subject: str) -> Iterator[str]:
    """List the sides of the positions of a force that stand, those posted last."""
    c = revisions.c
    asked = sa.select(c.side).where(
        c.case_id == case_id, c.force == force, c.what == "feature", c.kind == "position",
        c.act.in_(("post", "correct")), c.subject != subject, c.side.is_not(None), _is_last(),
    )  # fmt: skip
    yield from connection.scalars(asked.order_by(c.seq.desc()).limit(MOST_ASKED))


def _is_last() -> sa.ColumnElement[bool]:
    c, later = revisions.c, revisions.alias()
    return ~sa.exists().where(
        later.c.case_id == c.case_id, later.c.what == c.what, later.c.subject == c.subject,
        later.c.seq > c.seq,
    )  # fmt: skip


# -- how far ---------------------------------------------------------------------------------


def _find_far(  # noqa: PLR0913 - of what, in which case
    connection: Connection, case_id: str, settings: Json, rows: Mapping[int, Json],
    layers: Iterable[LayerSaid], subject: str,
) -> Iterator[int]:  # fmt: skip
    """Find rows too far from the rest for one plane; with an area, only the area counts."""
    drawn = {number: points for number, row in rows.items() if len(points := _read_points(row))}
    if settings.get("area") or not drawn:
        return
    laid = [_corners([said.bounds]) for said in layers if said.bounds is not None]
    ever = read_bounds(connection, case_id)
    corners = [*laid, *([_corners([ever])] if ever else []), *drawn.values()]
    whole = np.concatenate(corners)
    if np.ptp(whole[:, 0]) <= HALF_TURN and _is_near(_box(whole)):
        return
    stands = np.concatenate([*laid, _corners(_list_bounds(connection, case_id, subject))])
    stands = _thin(stands)
    if not len(stands):  # what is in the middle of what was sent is where it belongs
        sent = np.concatenate(list(drawn.values()))
        middle = np.median(np.column_stack([_unwrap(sent[:, 0]), sent[:, 1]]), axis=0)
        order = sorted(drawn, key=lambda number: _measure(drawn[number], middle))
    else:
        order = list(drawn)
    for number in order:
        more = np.concatenate([stands, drawn[number]])
        if not _is_near(drawn[number], more) or (_is_near(stands) and not _is_near(stands, more)):
            yield number
        else:
            stands = _thin(more)


def _thin(points: Points) -> Points:
    """Leave out what lies within the others: how wide they are hangs on the outermost alone."""
    if len(points) < FEW_POINTS or np.ptp(points[:, 0]) > HALF_TURN:  # beyond that, which are they?
        return points
    return shapely.get_coordinates(shapely.MultiPoint(points).convex_hull)


def _list_bounds(
    connection: Connection, case_id: str, subject: str
) -> list[tuple[float, float, float, float]]:
    """List the bounds of what stands, but for claims and for ground that is only claimed."""
    c = revisions.c
    asked = sa.select(c.seq, c.kind, c.west, c.south, c.east, c.north).where(
        c.case_id == case_id, c.what == "feature", c.west.is_not(None), c.kind != "claim",
        c.act.in_(("post", "correct")), c.subject != subject, _is_last(),
    )  # fmt: skip
    found = list(connection.execute(asked))
    ground = read_bodies(connection, [row.seq for row in found if row.kind == "control"])
    claimed = {
        seq for seq, body in ground.items()
        if orjson.loads(body)["properties"].get("basis") == "claimed"
    }  # fmt: skip
    return [(r.west, r.south, r.east, r.north) for r in found if r.seq not in claimed]


def _read_points(row: Json) -> Points:
    """Read the places of a row that counts for how wide a map is, longitudes and latitudes."""
    said = row.get("properties") or {}
    if said.get("kind") == "claim" or said.get("basis") == "claimed":
        return np.empty((0, 2))
    places = list(list_places((row.get("geometry") or {}).get("coordinates")))
    return np.asarray(places, dtype=float).reshape(-1, 2)


def _corners(boxes: Iterable[tuple[float, float, float, float] | None]) -> Points:
    ends = np.asarray([box for box in boxes if box is not None], dtype=float).reshape(-1, 4)
    return ends[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)


def _box(points: Points) -> Points:
    """Give the corners of a box round points."""
    low, high = points.min(axis=0), points.max(axis=0)
    return _corners([(low[0], low[1], high[0], high[1])])


def _is_near(points: Points, whole: Points | None = None) -> bool:
    """Tell whether points lie as near to the middle of a whole as one plane is wide."""
    whole = points if whole is None else whole
    if not len(points):
        return True
    lon, lat = _unwrap(whole[:, 0]), whole[:, 1]
    middle = ((lon.min() + lon.max()) / 2 + 180.0) % 360.0 - 180.0, (lat.min() + lat.max()) / 2
    metres = Plane((float(middle[0]), float(middle[1]))).points_to_metres(points)
    return bool(np.isfinite(metres).all() and np.hypot(*metres.T).max() <= LIMITS.radius_m)


def _unwrap(lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring longitudes, degrees, to one side of the date line: that of most of them."""
    turns = np.exp(1j * np.radians(lon)).mean()
    return unwrap(lon, float(np.degrees(np.angle(turns))))


def _measure(points: Points, middle: NDArray[np.float64]) -> float:
    """Give how many degrees the farthest of some points is off a place."""
    off = np.column_stack([unwrap(points[:, 0], float(middle[0])), points[:, 1]]) - middle
    return float(np.abs(off).max())

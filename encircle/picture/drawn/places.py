"""Where is it, drawn: towns by name, the piece of ground asked about, the country in a corner."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point, box

from encircle.picture.canvas import Xy, element, write_path
from encircle.picture.drawn.symbols import is_ground
from encircle.picture.labels import Label
from encircle.picture.scene import Scene, Town, stroke, swatch
from encircle.picture.tokens import INK
from encircle.places import nearest_place, places_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.places import Place

MOST_TOWNS = 9
"""Towns named on one map: more is an atlas, not a proof."""
TOWN_RANK = 40
NAMES_SINCE = 1992
"""The gazetteer has the names of today: on an earlier map Stalingrad would be Volgograd. By this
year most places that the end of the Soviet Union renamed had the name they have."""
NEAR_DEG, MOST_NEAR = 0.3, 300
"""A map is of a real place if it names one of the largest towns so near to it, degrees."""
DOT_PX = 3.2
LOCATOR_PX = (104.0, 72.0)
"""Size of the country in the corner; pixels of the map."""
LOCATOR_DETAIL_PX = 0.7
PIECE_WORDS = "The force: the ground judged"


def draw_piece(scene: Scene) -> Iterator[str]:
    """Draw the outline of the ground that is judged as a force, where a map shows no other."""
    for position in scene.situation.positions_of(scene.judgement.force):
        shape = scene.to_px(position.geometry)
        if is_ground(scene, position):
            d = write_path(shape)
            yield stroke(d, "#fff", 4.5, stroke_opacity="0.8")
            ink = scene.hue_of(position.side).ink
            yield stroke(d, ink, 2.4)
            scene.explain(PIECE_WORDS, swatch("none", ink, stroke_width=2.4))


def draw_towns(scene: Scene) -> Iterator[str]:
    """Name towns that no other name names, the most important first, none over another."""
    named = 0
    said = {word.casefold() for label in scene.labels for word in _split(" ".join(label.lines))}
    for town in scene.towns:
        if named == MOST_TOWNS:
            return
        if town.name.casefold() in said:
            continue
        at = scene.points([(town.lon, town.lat)])[0]
        if not scene.view.holds(at, -6.0) or (not town.must and _is_taken(scene, at)):
            continue
        drawn = scene.placer.place([_label(town, at)])
        if drawn:
            scene.placer.block(at, DOT_PX + 1, DOT_PX + 1)
            named += 1
            yield _draw_dot(at, must=town.must)
            yield from drawn


def find_town_beside(scene: Scene) -> BaseGeometry | None:
    """
    Find the town nearest to the middle of a map in view of which no town lies, in metres.

    None where the map is of no real place, or older than the names of the gazetteer.
    """
    window = _find_window(scene)
    if not _is_known(scene, window) or _list_places(window.bounds, 1):
        return None
    middle = window.centroid
    place = nearest_place(middle.x, middle.y)
    return scene.plane.to_metres(Point(place.lon, place.lat)) if place else None


def list_towns_seen(scene: Scene) -> tuple[Town, ...]:
    """List the towns in view, the largest first."""
    window = _find_window(scene)
    places = _list_places(window.bounds, MOST_TOWNS) if _is_known(scene, window) else []
    return tuple(Town(p.name, p.lon, p.lat) for p in places)


def _is_known(scene: Scene, window: BaseGeometry) -> bool:
    """Tell a map of a real place in a time whose names are known: one that names a town near it."""
    if scene.situation.as_of.year < NAMES_SINCE:
        return False
    names = [f.name for f in scene.situation.features] + [scene.situation.title]
    names += [force.name for force in scene.situation.named_forces]
    said = {word.casefold() for name in names if name for word in _split(name)}
    near = window.buffer(NEAR_DEG).bounds
    places = _list_places(near, MOST_NEAR)
    return any(name.casefold() in said for place in places for name in place.names)


def _list_places(bounds: tuple[float, float, float, float], most: int) -> list[Place]:
    west, south, east, north = bounds
    return places_within((west, max(south, -90.0), east, min(north, 90.0)), most)


def _split(name: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w’'-]{3,}", name)


def _label(town: Town, at: Xy) -> Label:
    weight = "bold" if town.must else None
    return Label((town.name,), (at,), TOWN_RANK, 12.0, "#222", weight, 5.0, must=town.must)


def _is_taken(scene: Scene, at: Xy) -> bool:
    x, y = at
    return any(left <= x <= right and top <= y <= bottom
               for left, top, right, bottom in scene.placer.taken)  # fmt: skip


def _draw_dot(at: Xy, *, must: bool) -> str:
    size = DOT_PX + 1 if must else DOT_PX
    return element(
        "circle", cx=at[0], cy=at[1], r=size, fill="#fff", stroke=INK, stroke_width=1.6 if must
        else 1.2,
    )  # fmt: skip


def draw_locator(scene: Scene) -> Iterator[str]:
    """Draw the country in a corner, with a box where the map lies in it."""
    if scene.country is None or scene.country.is_empty:
        return
    window = _find_window(scene)
    width, height = LOCATOR_PX
    left, top = _choose_corner(scene, width, height)
    scale, origin = _fit(shapely.union_all([scene.country.envelope, window]), width, height)

    def place(shape: BaseGeometry) -> BaseGeometry:
        west, north, squeeze = origin
        return shapely.transform(
            shape,
            lambda c: (
                c * (squeeze * scale, -scale)
                + (left + 5 - west * squeeze * scale, top + 5 + north * scale)
            ),
        )

    yield element("rect", x=left, y=top, width=width, height=height, fill="#fff",
                  fill_opacity="0.93", stroke="#555", stroke_width=0.8)  # fmt: skip
    country = place(scene.country).simplify(LOCATOR_DETAIL_PX)
    yield element("path", d=write_path(country), fill="#d9d9d4", stroke="#888", stroke_width=0.6)
    seen = place(window)
    if seen.area < 40:  # noqa: PLR2004 - a box too small to be seen
        seen = seen.centroid.buffer(3.2).envelope
    yield element("path", d=write_path(seen), fill="#c0201a", fill_opacity="0.25",
                  stroke="#c0201a", stroke_width=1.4)  # fmt: skip


def _find_window(scene: Scene) -> BaseGeometry:
    """Find the frame of the picture in degrees."""
    view = scene.view
    corners = [
        (view.left_m + x / view.px_per_m, view.top_m - y / view.px_per_m)
        for x, y in ((0, 0), (view.width, 0), (view.width, view.height), (0, view.height))
    ]
    west, south, east, north = scene.plane.to_degrees(shapely.MultiPoint(corners)).bounds
    return box(west, south, east, north)


def _fit(whole: BaseGeometry, width: float, height: float) -> tuple[float, tuple[float, ...]]:
    west, south, east, north = whole.bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = min((width - 10) / ((east - west) * squeeze), (height - 10) / (north - south))
    return scale, (west, north, squeeze)


def _choose_corner(scene: Scene, width: float, height: float) -> Xy:
    """Choose the corner with the least in it; the scale and the arrow to the north have theirs."""
    right, bottom = scene.view.width - width - 8, scene.view.height - height - 8
    corners = [(right, bottom), (8.0, 8.0), (right, 62.0), (8.0, bottom - 40)]
    dear = [*scene.placer.dear, *scene.placer.spared]

    def cost(corner: Xy) -> float:
        room = box(corner[0], corner[1], corner[0] + width, corner[1] + height)
        covered = sum(room.intersection(box(*taken)).area for taken in scene.placer.taken)
        crossed = sum(room.intersects(Point(step)) for step in dear)
        return covered + crossed * 60.0

    chosen = min(corners, key=cost)
    scene.placer.block((chosen[0] + width / 2, chosen[1] + height / 2), width / 2, height / 2)
    return chosen

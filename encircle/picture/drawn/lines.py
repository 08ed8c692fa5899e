"""Roads, railways and barriers as a picture draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString

from encircle.map.situation import Barrier, Route
from encircle.picture.canvas import Xy, element, number, write_path
from encircle.picture.labels import Label, shorten
from encircle.picture.scene import SWATCH_H, SWATCH_W, Scene, sample, stroke
from encircle.picture.tokens import INK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Feature

ROADS: dict[str | None, tuple[str, str]] = {
    None: (LIGHT["road"], "Road"),
    "F0": (LIGHT["road"], "Road"),
    "F1": (LIGHT["road"], "Road, fire F1 at most"),
    "F2": ("#a06a00", "Road under fire F2"),
    "F3": ("#d1481e", "Road under fire F3"),
    "F4": ("#8c1146", "Road under fire F4"),
}
BARRIERS = {
    "river": (LIGHT["water"], "River"),
    "coast": (LIGHT["water"], "Coast"),
    "lake": (LIGHT["water"], "Lake shore"),
    "cliff": ("#5a4632", "Cliff"),
    "minefield": ("#5a1a5a", "Minefield"),
    "border": (LIGHT["border"], "Border"),
}


def draw_walls(scene: Scene) -> Iterator[str]:
    """Draw the barriers that are lines."""
    for barrier, _ in scene.evidence.of_kind(Barrier):
        shape = scene.to_px(barrier.geometry)
        wet = barrier.type in ("river", "coast", "lake")
        if shape.is_empty or (wet and shape.area > 0):
            continue
        colour, name = BARRIERS[barrier.type]
        dash = {"border": "8 3 2 3", "minefield": "1.5 3"}.get(barrier.type)
        width = 3.2 if wet else 2.6
        yield stroke(write_path(shape), "#fff", width + 2.0, stroke_opacity="0.5")
        if shape.area > 0:
            yield element("path", d=write_path(shape), fill=colour, fill_opacity="0.45")
        yield stroke(write_path(shape), colour, width, stroke_dasharray=dash)
        scene.explain(
            f"{name}: passed only at a crossing",
            sample(
                lambda d, c=colour, w=width, s=dash: stroke(d, c, w, stroke_dasharray=s)  # type: ignore[misc]
            ),
        )
        _name_line(scene, barrier, shape, colour)


def _name_line(scene: Scene, feature: Feature, line: BaseGeometry, colour: str) -> None:
    inside = line.intersection(scene.view.frame.buffer(-20))
    if feature.name and inside.length > 60:  # noqa: PLR2004 - room for a name
        spots = (0.5, 0.3, 0.7, 0.15, 0.85)
        places = tuple((p.x, p.y) for p in (_spot(inside, k) for k in spots))
        lines = shorten(feature.name)
        scene.labels.append(Label(lines, places, 45, 12.0, colour, gap=3.0))


def _spot(line: BaseGeometry, share: float) -> shapely.Point:
    longest = max(
        (p for p in shapely.get_parts(line) if isinstance(p, LineString)),
        key=lambda p: p.length,
        default=None,
    )
    if longest is None:
        return line.representative_point()
    return longest.interpolate(share, normalized=True)


def draw_roads(scene: Scene) -> Iterator[str]:
    """Draw routes: coloured by fire, crossed where cut, dotted where nobody knows."""
    routes = [(r, scene.to_px(r.geometry), sure) for r, sure in scene.evidence.of_kind(Route)]
    for _, shape, _ in routes:
        yield stroke(write_path(shape), "#fff", 4.6, stroke_opacity="0.75")
    for route, shape, sure in routes:
        if shape.is_empty:
            continue
        state = route.state if sure else "unknown"
        yield from _draw_road(scene, route, shape, state)
        name = " ".join(shorten(route.name)) if route.name else ""
        if 0 < len(name) <= 4:  # noqa: PLR2004 - "R1", "A7"
            place = _spot(shape.intersection(scene.view.frame), 0.5)
            scene.labels.append(Label((name,), ((place.x, place.y),), 40, 12.0, "#333", "bold"))


def _draw_road(scene: Scene, route: Route, shape: BaseGeometry, state: str) -> Iterator[str]:
    colour, meaning = ROADS[route.fire]
    d = write_path(shape)
    if state == "cut":
        yield stroke(d, "#6a6a6a", 2.0, stroke_dasharray="6 4")
        yield _draw_crosses(shape)
        sign = sample(lambda d: stroke(d, "#6a6a6a", 2.0, stroke_dasharray="6 4"))
        scene.explain("Road or railway, cut", sign, _cross(SWATCH_W / 2, SWATCH_H / 2))
        return
    dash = "1.5 4" if state == "unknown" else None
    yield stroke(d, colour, 2.4, stroke_dasharray=dash)
    if "rail" in route.modes:
        yield stroke(d, colour, 6.0, stroke_dasharray="1.2 9")
        meaning = meaning.replace("Road", "Railway", 1)
    if state == "unknown":
        meaning += ", whether open unknown"
    scene.explain(
        meaning, sample(lambda d: stroke(d, colour, 2.4, stroke_dasharray=dash))
    )  # fmt: skip


CROSS_EVERY_PX = 90.0


def _draw_crosses(line: BaseGeometry) -> str:
    count = max(1, int(line.length // CROSS_EVERY_PX))
    spots = (line.interpolate((k + 0.5) / count, normalized=True) for k in range(count))
    return "".join(_cross(p.x, p.y) for p in spots)


def _cross(x: float, y: float, size: float = 4.5) -> str:
    s = number(size)
    t = number(2 * size)
    arms = f"M{number(x)} {number(y)}m-{s} -{s}l{t} {t}m0 -{t}l-{t} {t}"
    return stroke(arms, "#fff", 4.0) + stroke(arms, INK, 2.0)


def cross_out(place: Xy, size: float = 6.0) -> str:
    """Draw a cross over something that is cut."""
    return _cross(*place, size)

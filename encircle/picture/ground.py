"""Who holds what, drawn: ground, water, fire, anchors, barriers and roads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon

from encircle.map.naming import label_feature
from encircle.map.situation import GREY_BASES, NEUTRAL, Anchor, Barrier, Control, Fire, Route
from encircle.picture.canvas import Xy, element, number, wrap, write_path, write_text
from encircle.picture.colours import BLUE, choose_hues, draw_marks
from encircle.picture.colours import NEUTRAL as NEUTRAL_PAINT
from encircle.picture.labels import Label, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.map.plane.projection import Plane
    from encircle.map.situation import Feature, Situation
    from encircle.picture.canvas import View
    from encircle.picture.colours import Colours, Hue
    from encircle.picture.labels import Placer
    from encircle.verdict.judgement import Judgement

Role = Literal["friendly", "friendly_land", "hostile", "hostile_land", "neutral", "grey"]

PAPER = "#f7f6f2"
INK = "#1a1a1a"
WATER_EDGE = "#3b93ad"
ANCHOR = "#00694d"
FIRE = "#d96c00"
ROLES: tuple[Role, ...] = (
    "friendly_land", "hostile_land", "friendly", "hostile", "neutral", "grey",
)  # fmt: skip
"""What ground counts as, from the lowest drawn up."""

ROADS: dict[str | None, tuple[str, str]] = {
    None: ("#3a3a3a", "Road"),
    "F0": ("#3a3a3a", "Road"),
    "F1": ("#3a3a3a", "Road, fire F1 at most"),
    "F2": ("#a06a00", "Road under fire F2"),
    "F3": ("#d1481e", "Road under fire F3"),
    "F4": ("#8c1146", "Road under fire F4"),
}
BARRIERS = {
    "river": ("#2f6f9f", "River"),
    "coast": ("#2f6f9f", "Coast"),
    "lake": ("#2f6f9f", "Lake shore"),
    "cliff": ("#5a4632", "Cliff"),
    "minefield": ("#5a1a5a", "Minefield"),
    "border": ("#4a4a4a", "Border"),
}
SWATCH_W, SWATCH_H = 34.0, 16.0
FIRE_SPACING_PX = {"F1": 18.0, "F2": 11.0, "F3": 8.0, "F4": 6.0}
SPARED_SHARE, SPARED_STEP_PX = 0.25, 18.0
NAME_ROOM_PX = 34.0
"""A side's name is written over its ground where a circle of this radius fits; pixels."""


@dataclass(frozen=True, slots=True)
class Town:
    """A place to be named on the map."""

    name: str
    lon: float
    lat: float
    must: bool = False
    """The place that was asked about: named even where it is crowded."""


@dataclass(slots=True)
class Scene:
    """What every layer needs to know, and what the layers leave for the legend and the names."""

    judgement: Judgement
    situation: Situation
    evidence: Evidence
    plane: Plane
    view: View
    prefix: str
    placer: Placer
    labels: list[Label] = field(default_factory=list)
    legend: dict[str, str] = field(default_factory=dict)
    """What is said of each sign that occurs, and the sign."""
    seen: dict[int, BaseGeometry] = field(default_factory=dict)
    """Shapes turned into pixels already, by identity; the situation keeps them alive."""
    grounds: dict[tuple[Role, str], list[BaseGeometry]] = field(default_factory=dict)
    """The ground in view by what it counts as and who is said to hold it."""
    held: dict[str, BaseGeometry] = field(default_factory=dict)
    """The assessed ground in view by whose it is: friendly, hostile."""
    towns: tuple[Town, ...] = ()
    """Towns that may be named, the most important first."""
    is_close: bool = False
    """The picture shows what matters of a large map: the force's ground and the way's beginning."""
    colours: Colours = "judged"
    """By what each side has its colour."""
    country: BaseGeometry | None = None
    """The outline shown in the corner, with the view in it; in degrees."""

    def to_px(self, shape: BaseGeometry | None) -> BaseGeometry:
        """Turn a geometry in degrees into pixels, as far as it is in view."""
        if shape is None:
            return Polygon()
        if id(shape) not in self.seen:
            self.seen[id(shape)] = self.view.shape(self.plane.to_metres(shape))
        return self.seen[id(shape)]

    def points(self, lonlat: object) -> list[Xy]:
        """Turn coordinates into pixels."""
        return [self.view.point((x, y)) for x, y in self.plane.points_to_metres(lonlat)]

    def hue_of(self, side: str | None) -> Hue:
        """Give the colour and pattern of a side."""
        friends = self.situation.friends_of(self.judgement.side)
        known = [*(one.id for one in self.situation.sides), self.judgement.side]
        hues = choose_hues([*known, side] if side else known, self.colours, friends)
        return hues[side] if side else BLUE

    def paint(self, role: Role, holder: str) -> tuple[str, str]:
        """Give fill and outline of ground by what it counts as and who holds it."""
        if role == "grey":
            return f"url(#{self.prefix}grey)", "#777777"
        if role == "neutral":
            return f"url(#{self.prefix}neutral)", NEUTRAL_PAINT[1]
        hue, land = self.hue_of(holder), role.endswith("_land")
        return hue.fill(self.prefix, land=land), hue.land_edge if land else hue.edge

    def call(self, feature: Feature) -> str:
        """Give a feature's name, else what it is."""
        return label_feature(feature, self.situation)

    def explain(self, text: str, *sign: str) -> None:
        """Enter a sign in the legend, once."""
        self.legend.setdefault(text, "".join(sign))

    def is_friendly(self, side: str | None) -> bool:
        """Tell whether a side is the force's own or an ally."""
        return side in self.situation.friends_of(self.judgement.side)

    def name_side(self, side: str) -> str:
        """Give the side's name, else its id."""
        return self.situation.side_name(side)


def draw_patterns(prefix: str) -> str:
    """Define the hatchings: grey, water, anchor, fire by grade."""
    hatches = [
        _hatch(f"{prefix}grey", 6.0, 45, "#8a8a8a", 1.3, "#ececea"),
        _hatch(f"{prefix}open", 9.0, 45, "#dcdad3", 1.0, PAPER),
        _hatch(f"{prefix}anchor", 7.0, 45, ANCHOR, 2.2, None),
        *(
            _hatch(f"{prefix}{grade}", spacing, -45, FIRE, 0.55, None)
            for grade, spacing in FIRE_SPACING_PX.items()
        ),
    ]
    wave = element(
        "path", d="M0 4Q3 1 6 4T12 4", fill="none", stroke="#9cd0de", stroke_width=0.9
    )  # fmt: skip
    ground = element("rect", width=12.0, height=8.0, fill="#d9f0f5")
    water = element(
        "pattern", ground, wave, id=f"{prefix}water", width=12.0, height=8.0,
        patternUnits="userSpaceOnUse",
    )  # fmt: skip
    return element("defs", *hatches, water, *draw_marks(prefix))


def _hatch(  # noqa: PLR0913 - a hatching has these
    name: str, spacing: float, turn: int, stroke: str, width: float, ground: str | None
) -> str:
    base = [element("rect", width=spacing, height=spacing, fill=ground)] if ground else []
    line = element("path", d=f"M0 0V{number(spacing)}", stroke=stroke, stroke_width=width * 2)
    return element(
        "pattern", *base, line, id=name, width=spacing, height=spacing,
        patternUnits="userSpaceOnUse", patternTransform=f"rotate({turn})",
    )  # fmt: skip


def swatch(fill: str, stroke: str | None = None, **more: str | float | None) -> str:
    """Draw a patch for the legend."""
    return element(
        "rect", x=0.5, y=0.5, width=SWATCH_W - 1, height=SWATCH_H - 1, fill=fill, stroke=stroke,
        **more,
    )  # fmt: skip


def stroke(d: str, colour: str, width: float, **more: str | float | None) -> str:
    """Draw a line, round at the bends."""
    return element(
        "path", d=d, fill="none", stroke=colour, stroke_width=width, stroke_linejoin="round", **more
    )


def sample(*strokes: Callable[[str], str]) -> str:
    """Draw a length of line for the legend."""
    return "".join(draw(f"M1 {number(SWATCH_H / 2)}H{number(SWATCH_W - 1)}") for draw in strokes)


def draw_ground(scene: Scene) -> Iterator[str]:
    """Draw everything the ground is, from the bottom up."""
    yield from _draw_uncovered(scene)
    yield from _draw_sea_anchors(scene)
    yield from _draw_control(scene)
    yield from _draw_water(scene)
    yield from _draw_fire(scene)
    yield from _draw_anchors(scene)
    yield from _draw_claimed(scene)
    yield from _draw_walls(scene)
    yield from _draw_edge(scene)


def _draw_uncovered(scene: Scene) -> Iterator[str]:
    yield element("rect", width=scene.view.width, height=scene.view.height, fill=PAPER)
    if scene.situation.uncovered != "unknown":
        return
    area = scene.situation.area
    ground: BaseGeometry = scene.view.frame
    if area is not None:
        ground = scene.to_px(area).intersection(ground)
    fill = f"url(#{scene.prefix}open)"
    yield element("path", d=write_path(ground), fill=fill)
    said = (Control, Barrier, Anchor)
    drawn = [scene.to_px(f.geometry) for f in scene.evidence.speaking if isinstance(f, said)]
    if ground.difference(shapely.union_all(drawn)).area > scene.view.frame.area / 200:
        scene.explain("On no map: counts as unclear", swatch(fill, "#bbb"))


def find_role(scene: Scene, control: Control, *, certain: bool) -> Role:
    """Say what a piece of ground counts as on the map."""
    if control.basis in GREY_BASES or control.holder is None or not certain:
        return "grey"
    if control.holder == NEUTRAL:
        return "neutral"
    land = control.basis == "territory"
    if scene.is_friendly(control.holder):
        return "friendly_land" if land else "friendly"
    return "hostile_land" if land else "hostile"


def _draw_control(scene: Scene) -> Iterator[str]:
    grounds: dict[tuple[Role, str], list[BaseGeometry]] = {}
    for control, certain in scene.evidence.of_kind(Control):
        role = find_role(scene, control, certain=certain)
        shape = scene.to_px(control.geometry)
        if not shape.is_empty:
            grounds.setdefault((role, control.holder or ""), []).append(shape)
    for (role, holder), shapes in sorted(
        grounds.items(), key=lambda item: (ROLES.index(item[0][0]), item[0][1])
    ):
        yield _draw_holding(scene, role, holder, shapes)
        _explain_holding(scene, role, holder)
    for whose in ("friendly", "hostile"):
        shapes = [s for (role, _), those in grounds.items() for s in those if role == whose]
        scene.held[whose] = shapely.union_all(shapes)
    scene.grounds = grounds
    _spare(scene)


def _spare(scene: Scene) -> None:
    """Keep names off the ground in question, where that is a small part of the map."""
    ground = scene.held["friendly"].intersection(scene.view.frame)
    if ground.area < SPARED_SHARE * scene.view.frame.area:
        scene.placer.spared.extend((p.x, p.y) for p in _find_grid(ground, SPARED_STEP_PX))


def _find_grid(ground: BaseGeometry, step: float) -> NDArray[np.object_]:
    left, top, right, bottom = ground.bounds if not ground.is_empty else (0.0, 0.0, 0.0, 0.0)
    xs = np.arange(left + step / 2, right, step)
    ys = np.arange(top + step / 2, bottom, step)
    across, up = np.meshgrid(xs, ys)
    grid = np.asarray(shapely.points(across.ravel(), up.ravel()))
    return np.asarray(grid[shapely.contains(ground, grid)])


def _draw_holding(scene: Scene, role: Role, holder: str, shapes: list[BaseGeometry]) -> str:
    fill, edge = scene.paint(role, holder)
    dashed = "4 3" if role == "grey" else None
    return element(
        "path", d="".join(write_path(s) for s in shapes), fill=fill,
        fill_rule="evenodd" if len(shapes) == 1 else None, stroke=edge, stroke_width=1.0,
        stroke_dasharray=dashed, stroke_linejoin="round",
    )  # fmt: skip


def _explain_holding(scene: Scene, role: Role, holder: str) -> None:
    sign = swatch(*scene.paint(role, holder))
    if role == "grey":
        scene.explain(UNCLEAR_WORDS, sign)
    elif role == "neutral":
        scene.explain("Neutral ground", sign)
    elif role.endswith("_land"):
        scene.explain(f"Territory of {scene.name_side(holder)}", sign)
    else:
        name = re.sub(r"^The ", "the ", scene.name_side(holder))
        scene.explain(f"Held by {name}", sign)


def name_sides(scene: Scene) -> None:
    """Write each side's name over its ground, away from the proof, which is drawn by now."""
    anchors = [scene.to_px(a.geometry) for a, _ in scene.evidence.of_kind(Anchor)]
    for side in sorted(
        {holder for role, holder in scene.grounds if role not in ("grey", "neutral")}
    ):
        mine, others = [], list(anchors)
        for (role, holder), shapes in scene.grounds.items():
            if holder == side and role != "grey":
                mine += shapes
            elif "land" not in role:
                others += shapes
        places = _find_room(scene, mine, others)
        if places:
            colour = scene.hue_of(side).edge
            lines = tuple(wrap(scene.name_side(side).upper(), 15.0, 230.0, 3))
            scene.labels.append(
                Label(lines, tuple(places), 60, 15.0, colour, "bold", over=True, spacing=2.5)
            )


def _find_room(scene: Scene, mine: list[BaseGeometry], others: list[BaseGeometry]) -> list[Xy]:
    """Find places wide enough for a side's name, those with most room about them first."""
    ground = shapely.union_all(mine).intersection(scene.view.frame)
    free = ground.difference(shapely.union_all(others))
    inside = _find_grid(free, NAME_ROOM_PX)
    edges = shapely.union_all([free.boundary, MultiPoint(scene.placer.dear)])
    room = np.round(shapely.distance(edges, inside))
    order = np.argsort(-room, kind="stable")[:40]
    return [(inside[k].x, inside[k].y) for k in order if room[k] >= NAME_ROOM_PX * 0.8]


def _draw_sea_anchors(scene: Scene) -> Iterator[str]:
    for anchor, _ in scene.evidence.of_kind(Anchor):
        if anchor.access == "sea":
            yield from _draw_sheet(scene, scene.to_px(anchor.geometry))


def _draw_water(scene: Scene) -> Iterator[str]:
    for barrier, _ in scene.evidence.of_kind(Barrier):
        if barrier.type in ("river", "coast", "lake"):
            shape = scene.to_px(barrier.geometry)
            if shape.area > 0:
                yield from _draw_sheet(scene, shape)


def _draw_sheet(scene: Scene, shape: BaseGeometry) -> Iterator[str]:
    if shape.area > 0:
        fill = f"url(#{scene.prefix}water)"
        yield element(
            "path", d=write_path(shape), fill=fill, stroke=WATER_EDGE, stroke_width=1.2
        )  # fmt: skip
        scene.explain("Water", swatch(fill, WATER_EDGE))


def _draw_fire(scene: Scene) -> Iterator[str]:
    for fire, certain in scene.evidence.of_kind(Fire):
        shape = scene.to_px(fire.geometry)
        if shape.is_empty or not certain or scene.is_friendly(fire.side):
            continue
        fill = f"url(#{scene.prefix}{fire.grade})"
        yield element(
            "path", d=write_path(shape), fill=fill, stroke=FIRE,
            fill_opacity="0.4" if fire.grade == "F1" else "0.75",
            stroke_width=1.4, stroke_dasharray="2 3",
        )  # fmt: skip
        scene.explain(f"Fire {fire.grade}: {FIRE_WORDS[fire.grade]}", swatch(fill, FIRE))
        edge = shape.boundary.intersection(scene.view.frame.buffer(-14))
        places = tuple(
            (p.x, p.y) for p in (edge.interpolate(k / 12, normalized=True) for k in range(12))
        ) if not edge.is_empty else ()  # fmt: skip
        text = f"{fire.grade} fire"
        scene.labels.append(Label((text,), places, 50, 12.0, "#9a4a00", "bold", over=True))


ANCHOR_WORDS = "Anchor: friendly, with a way onward"
UNCLEAR_WORDS = "Unclear: nobody is sure who holds it"
FIRE_WORDS = {
    "F0": "none",
    "F1": "harassing",
    "F2": "observed, costly by day",
    "F3": "vehicles do not reliably survive",
    "F4": "nothing survives for long",
}


def _draw_anchors(scene: Scene) -> Iterator[str]:
    for anchor, _ in scene.evidence.of_kind(Anchor):
        if not scene.is_friendly(anchor.side):
            continue
        shape = scene.to_px(anchor.geometry)
        if shape.area > 0:
            fill = f"url(#{scene.prefix}anchor)"
            yield element(
                "path", d=write_path(shape), fill=fill, fill_opacity="0.55", stroke=ANCHOR,
                stroke_width=1.6,
            )  # fmt: skip
            sign = swatch(fill, ANCHOR, fill_opacity="0.6")
            scene.explain(ANCHOR_WORDS, sign)
            _name_anchor(scene, anchor, shape)
        elif anchor.geometry is not None and anchor.geometry.geom_type == "Point":
            yield from _draw_anchor_point(scene, anchor)


def _name_anchor(scene: Scene, anchor: Anchor, shape: BaseGeometry) -> None:
    seen = shape.intersection(scene.view.frame)
    if seen.area > 0:
        widest = max((p for p in shapely.get_parts(seen)), key=lambda p: p.area)
        middle = widest.representative_point()
        near = [(middle.x, middle.y + dy) for dy in (0, 22, -22, 44, -44)]
        scene.labels.append(
            Label(
                shorten(scene.call(anchor), 150.0, 14.0), tuple(near), 10, 14.0, ANCHOR,
                "bold", over=True, must=True,
            )
        )  # fmt: skip


def _draw_anchor_point(scene: Scene, anchor: Anchor) -> Iterator[str]:
    place = scene.points(anchor.geometry.coords)[0] if anchor.geometry is not None else (-99.0, 0)
    if scene.view.holds(place):
        yield draw_anchor_sign(place)
        scene.placer.block(place, 11, 11)
        sign = draw_anchor_sign((SWATCH_W / 2, SWATCH_H / 2))
        scene.explain(ANCHOR_WORDS, sign)
        name = shorten(scene.call(anchor), 150.0, 14.0)
        scene.labels.append(Label(name, (place,), 10, 14.0, ANCHOR, "bold", 12.0, must=True))


def draw_anchor_sign(place: Xy) -> str:
    """Draw an anchor that is a point: a green disc with a star of four points."""
    x, y = place
    star = (
        f"M{number(x)} {number(y - 6)}l2 4 4 2-4 2-2 4-2-4-4-2 4-2z"
    )  # fmt: skip
    disc = element("circle", cx=x, cy=y, r=9.0, fill=ANCHOR, stroke="#fff", stroke_width=1.5)
    return disc + element("path", d=star, fill="#fff")


def _draw_claimed(scene: Scene) -> Iterator[str]:
    left_out = {f.id for f in (*scene.evidence.later, *scene.evidence.expired)}
    for control in scene.situation.of_kind(Control):
        if control.basis != "claimed" or control.id in left_out:
            continue
        d = write_path(scene.to_px(control.geometry))
        colour = scene.hue_of(control.holder).edge
        if d:
            yield stroke(d, colour, 1.8, stroke_dasharray="7 4")
            who = scene.name_side(control.claimed_by or control.holder or "a party")
            sign = swatch("none", colour, stroke_width=1.8, stroke_dasharray="7 4")
            scene.explain(f"Only claimed by {who}: never counts", sign)


def _draw_walls(scene: Scene) -> Iterator[str]:
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


def _draw_edge(scene: Scene) -> Iterator[str]:
    area = scene.situation.area
    if area is None:
        return
    shape = scene.to_px(area)
    if shape.area > 0 and not shape.covers(scene.view.frame):
        d = write_path(shape.boundary)
        yield stroke(d, "#8d8d8d", 1.2, stroke_dasharray="1 4", stroke_linecap="round")
        line = sample(lambda d: stroke(d, "#8d8d8d", 1.2, stroke_dasharray="1 4"))
        scene.explain("Edge of the map: no way out", line)


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
    return stroke(arms, "#fff", 4.0) + stroke(arms, "#1a1a1a", 2.0)


def cross_out(place: Xy, size: float = 6.0) -> str:
    """Draw a cross over something that is cut."""
    return _cross(*place, size)


def write_mark(place: Xy, text: str, size: float, fill: str) -> str:
    """Write a letter or two inside a symbol."""
    x, y = place
    return write_text(x, y + size * 0.36, text, size, fill=fill, weight="bold", anchor="middle")

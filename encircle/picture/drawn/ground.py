"""Who holds what, drawn: ground, water, fire, anchors, barriers and roads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPoint

from encircle.map.situation import GREY_BASES, NEUTRAL, Anchor, Barrier, Control, Fire
from encircle.picture.canvas import Xy, element, number, wrap, write_path, write_text
from encircle.picture.drawn.lines import draw_walls
from encircle.picture.labels import Label, shorten
from encircle.picture.scene import (
    ANCHOR,
    FIRE,
    PAPER,
    SWATCH_H,
    SWATCH_W,
    WATER_EDGE,
    Role,
    Scene,
    sample,
    stroke,
    swatch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


ROLES: tuple[Role, ...] = (
    "friendly_land", "hostile_land", "friendly", "hostile", "neutral", "grey",
)  # fmt: skip
"""What ground counts as, from the lowest drawn up."""

SPARED_SHARE, SPARED_STEP_PX = 0.25, 18.0
NAME_ROOM_PX = 34.0
"""A side's name is written over its ground where a circle of this radius fits; pixels."""


def draw_ground(scene: Scene) -> Iterator[str]:
    """Draw everything the ground is, from the bottom up."""
    yield from _draw_uncovered(scene)
    yield from _draw_sea_anchors(scene)
    yield from _draw_control(scene)
    yield from _draw_water(scene)
    yield from _draw_fire(scene)
    yield from _draw_anchors(scene)
    yield from _draw_claimed(scene)
    yield from draw_walls(scene)
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
        scene.labels.append(Label((text,), places, 50, 12.0, FIRE, "bold", over=True))


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


def write_mark(place: Xy, text: str, size: float, fill: str) -> str:
    """Write a letter or two inside a symbol."""
    x, y = place
    return write_text(x, y + size * 0.36, text, size, fill=fill, weight="bold", anchor="middle")

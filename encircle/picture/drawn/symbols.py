"""Who stands where and what crosses, drawn: positions, their reach, bridges and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, Point

from encircle.map.reach import QUARTER_SEGMENTS, REACH_BY_ECHELON_M, REACH_UNSTATED_M
from encircle.map.situation import Crossing, Position
from encircle.picture.canvas import element, escape, number, write_path
from encircle.picture.drawn.ground import UNCLEAR_WORDS, write_mark
from encircle.picture.drawn.lines import cross_out
from encircle.picture.labels import Label, shorten
from encircle.picture.scene import ANCHOR, SWATCH_H, SWATCH_W, stroke, swatch
from encircle.picture.tokens import INK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.picture.canvas import Xy
    from encircle.picture.scene import Scene

MARKS = {
    "squad": "•", "section": "••", "platoon": "•••", "company": "I", "battalion": "II",
    "regiment": "III", "brigade": "X", "division": "XX", "corps": "XXX", "army": "XXXX",
}  # fmt: skip
"""Marks of size of a formation (APP-6)."""
HALF_W, HALF_H = 13.0, 8.0
CROWD = 40
"""Past so many symbols of the force, or of the others, they shrink and lose their names."""
FAINT = "#8a8a8a"
LEAST_GROUND_PX2 = 3_000.0
"""A force drawn as less ground than this is shown by a sign, so that it can be found."""

GLYPHS = {
    "bridge": "M-4.5 -4Q-2.5 -2 -2.5 0T-4.5 4M4.5 -4Q2.5 -2 2.5 0T4.5 4M-2.5 0H2.5",
    "pontoon": "M-4.5 -4Q-2.5 -2 -2.5 0T-4.5 4M4.5 -4Q2.5 -2 2.5 0T4.5 4M-2.5 0H2.5",
    "ferry": "M-5 0H5L3 3.5H-3ZM0 0V-4.5L3.5 -1",
    "ford": "M-5 -2Q-2.5 -5 0 -2T5 -2M-5 2.5Q-2.5 -.5 0 2.5T5 2.5",
    "tunnel": "M-4.5 4V0A4.5 4.5 0 0 1 4.5 0V4M-1.5 4V1A1.5 1.5 0 0 1 1.5 1V4",
    "airstrip": "M0 -5V5M-5 1L0 -1.5 5 1M-2 4.5L0 3.5 2 4.5",
    "port": "M0 -5V4.5M-2.5 -2.5H2.5M-4.5 1Q-4 4.5 0 4.5T4.5 1",
    "checkpoint": "M-3.5 5V-4M-3.5 -2.5H5M0 -3.5V-1.5",
}


def draw_reaches(scene: Scene) -> Iterator[str]:
    """Draw the ground each position holds: filled where it is sure, hatched where it is not."""
    grounds: dict[tuple[str, bool], list[BaseGeometry]] = {}
    for position, certain in scene.evidence.of_kind(Position):
        if position.present == "withdrawn" or position.geometry is None:
            continue
        place = scene.plane.to_metres(position.geometry)
        shape = scene.view.shape(place.buffer(_nominal_reach(position), QUARTER_SEGMENTS))
        if shape.area > 0:
            sure = certain and position.basis != "reported" and position.present == "yes"
            grounds.setdefault((position.side, sure), []).append(shape)
    for (side, sure), shapes in grounds.items():
        merged = [shapely.union_all(shapes)] if len(shapes) > CROWD else shapes
        for shape in merged:
            yield from _draw_reach(scene, shape, side, sure=sure)


def _nominal_reach(position: Position) -> float:
    if position.reach_m is not None:
        return position.reach_m
    if position.geometry is not None and position.geometry.geom_type == "Polygon":
        return 0.0
    return REACH_BY_ECHELON_M.get(position.echelon or "", REACH_UNSTATED_M)


def _draw_reach(scene: Scene, shape: BaseGeometry, side: str, *, sure: bool) -> Iterator[str]:
    friendly, hue = scene.is_friendly(side), scene.hue_of(side)
    colour = hue.edge
    own = scene.held["friendly" if friendly else "hostile"]
    theirs = scene.held["hostile" if friendly else "friendly"]
    fill = hue.fill(scene.prefix, land=False)
    whose = "friendly" if friendly else "hostile"
    if sure:
        bare = write_path(shape.difference(own).difference(theirs))
        yield element("path", d=bare, fill=fill, fill_opacity="0.5") if bare else ""
        scene.explain(
            f"Within reach of a {whose} position", swatch(fill, colour, fill_opacity="0.5", rx=8.0)
        )
    unclear = shape.intersection(theirs) if sure else shape.difference(own)
    if unclear.area > 1.0:
        hatch = f"url(#{scene.prefix}grey)"
        yield element("path", d=write_path(unclear), fill=hatch, fill_opacity="0.8")
        scene.explain(UNCLEAR_WORDS, swatch(hatch, LIGHT["hatch"]))
    dash = None if sure else "4 3"
    yield stroke(write_path(shape), colour, 0.9, stroke_dasharray=dash)


def draw_positions(scene: Scene) -> Iterator[str]:
    """Draw positions as symbols, the judged force last and strongest."""
    force = scene.judgement.force
    seen = [(p, sure, places) for p, sure, places in _list_positions(scene) if places]
    for own in (False, True):
        those = [item for item in seen if (item[0].force == force) == own]
        crowd = sum(len(places) for _, _, places in those) > CROWD
        for position, sure, places in those:
            yield from _draw_places(scene, position, places, sure=sure, crowd=crowd)
            _explain_position(scene, position, sure=sure)


def _draw_places(
    scene: Scene, position: Position, places: list[Xy], *, sure: bool, crowd: bool
) -> Iterator[str]:
    if crowd:
        yield _draw_dots(scene, position, places)
        return
    for place in places:
        yield _draw_position(scene, position, place, sure=sure)
        scene.placer.block(place, HALF_W + 1, HALF_H + 2)
    _name_position(scene, position, places)


def _draw_dots(scene: Scene, position: Position, places: list[Xy]) -> str:
    friendly = scene.is_friendly(position.side)
    dot = "m-4-2.5h8v5h-8z" if friendly else "m0-4.5l4.5 4.5-4.5 4.5-4.5-4.5z"
    d = "".join(f"M{number(x)} {number(y)}{dot}" for x, y in places)
    gone = position.present == "withdrawn"
    return element(
        "path", d=d, fill=FAINT if gone else _colour_sign(scene, position.side), stroke="#fff",
        stroke_width=0.7,
    )  # fmt: skip


def _list_positions(scene: Scene) -> Iterator[tuple[Position, bool, list[Xy]]]:
    for position, sure in scene.evidence.of_kind(Position):
        shape = position.geometry
        if shape is None:
            continue
        if is_ground(scene, position):
            continue  # drawn as the ground it is: no sign stands for a place in it
        parts = shapely.get_parts(shape)
        points = [p if isinstance(p, Point) else p.representative_point() for p in parts]
        places = scene.points([(p.x, p.y) for p in points]) if points else []
        yield position, sure, [place for place in places if scene.view.holds(place, -7.0)]


def is_ground(scene: Scene, position: Position) -> bool:
    """Tell a position that is ground on a map, not a formation at a place."""
    shape = scene.to_px(position.geometry)
    own = position.force == scene.judgement.force
    large = scene.is_close or (shape.area >= LEAST_GROUND_PX2 and position.echelon is None)
    return own and shape.area > 0 and large


def _draw_position(scene: Scene, position: Position, place: Xy, *, sure: bool) -> str:
    own = position.force == scene.judgement.force
    there = position.present == "yes" and position.basis != "reported" and sure
    friendly = scene.is_friendly(position.side)
    mark = "?" if not there else MARKS.get(position.echelon or "", "")
    gone = position.present == "withdrawn"
    symbol = _write_symbol(
        _colour_sign(scene, position.side), friendly=friendly, own=own, there=there, gone=gone,
        mark=mark,
    )  # fmt: skip
    x, y = place
    told = element("title", escape(scene.call(position)))
    return element("g", told, symbol, transform=f"translate({number(x)} {number(y)})")


def _colour_sign(scene: Scene, side: str) -> str:
    hue = scene.hue_of(side)
    return hue.ink if scene.is_friendly(side) else hue.edge


def _write_symbol(  # noqa: PLR0913 - all but one by name
    colour: str, *, friendly: bool, own: bool, there: bool, gone: bool, mark: str
) -> str:
    colour = FAINT if gone else colour
    solid = there and not gone and (own or not friendly)
    fill = colour if solid else "#ffffff"
    dash = None if there else "3 2"
    if friendly:
        d = f"M-{number(HALF_W)} -{number(HALF_H)}h26v16h-26z"
    else:
        d = "M0 -11.5L13.5 0 0 11.5 -13.5 0Z"
    frame = element(
        "path", d=d, fill=fill, stroke="#fff" if solid else colour, stroke_width=1.5,
        stroke_dasharray=dash,
    )  # fmt: skip
    size = 9.0 if friendly and len(mark) <= 3 else 7.5  # noqa: PLR2004 - "XXX" fits the frame
    letters = "#ffffff" if solid else colour
    shown = "–" if gone else mark
    return frame + (write_mark((0, 0), shown, size, letters) if shown else "")


def _name_position(scene: Scene, position: Position, places: list[Xy]) -> None:
    own = position.force == scene.judgement.force
    name = position.name or ("the force" if own and _is_alone(scene) else "")
    if not name:
        return  # its sign says what it is
    gone = position.present == "withdrawn"
    rank = 20 if own else 30
    rank += 4 if gone or position.basis == "reported" else 0
    scene.labels.append(
        Label(
            shorten(name), tuple(places[:3]), rank,
            13.0 if own else 12.0, "#5a5a5a" if gone else scene.hue_of(position.side).ink,
            "bold" if own else None, HALF_W + 2.5, HALF_W - HALF_H, must=own and not gone,
        )
    )  # fmt: skip


def _is_alone(scene: Scene) -> bool:
    return len(scene.situation.positions_of(scene.judgement.force)) == 1


def _explain_position(scene: Scene, position: Position, *, sure: bool) -> None:
    own = position.force == scene.judgement.force
    friendly = scene.is_friendly(position.side)
    there = position.present == "yes" and position.basis != "reported" and sure
    gone = position.present == "withdrawn"
    who = "The force judged" if own else "Friendly position" if friendly else "Hostile position"
    if gone:
        who += ", withdrawn"
    elif not there:
        who += ", not confirmed"
    symbol = _write_symbol(
        _colour_sign(scene, position.side), friendly=friendly, own=own, there=there, gone=gone,
        mark="" if there or gone else "?",
    )  # fmt: skip
    at = f"translate({number(SWATCH_W / 2)} {number(SWATCH_H / 2)}) scale(0.8)"
    scene.explain(who, element("g", symbol, transform=at))


def draw_crossings(scene: Scene) -> Iterator[str]:
    """Draw crossings: their span, and a disc with a sign by type; crossed out where cut."""
    access = _find_access(scene)
    for crossing, sure in scene.evidence.of_kind(Crossing):
        if crossing.geometry is None:
            continue
        span = scene.to_px(crossing.geometry)
        middle = _find_middle(crossing.geometry)
        place = scene.points([(middle.x, middle.y)])[0]
        if span.length > 0:
            yield _draw_span(crossing, write_path(span))
        if scene.view.holds(place, -5.0):
            state = crossing.state if sure else "unknown"
            used = crossing.id in access
            yield _draw_crossing(scene, crossing, place, state, used=used)
            scene.placer.block(place, 10, 10)
            _name_crossing(scene, crossing, place, used=used)
            _explain_crossing(scene, crossing, state, used=used)


def _find_middle(span: BaseGeometry) -> Point:
    if isinstance(span, LineString):
        return span.interpolate(0.5, normalized=True)
    return span.representative_point()


def _find_access(scene: Scene) -> frozenset[str]:
    """Name the crossings by which an encircled force can still be reached."""
    return frozenset(
        feature
        for finding in scene.judgement.findings
        if finding.rule == "encircled_with_access"
        for feature in finding.evidence
    )


def _draw_span(crossing: Crossing, d: str) -> str:
    dash = "6 4" if crossing.type in ("tunnel", "ferry") else None
    return stroke(d, INK, 5.0, stroke_dasharray=dash) + stroke(
        d, "#fff", 2.2, stroke_dasharray=dash
    )


def _draw_crossing(scene: Scene, crossing: Crossing, place: Xy, state: str, *, used: bool) -> str:
    x, y = place
    sign = _write_sign(crossing.type, state, used=used)
    told = element("title", escape(scene.call(crossing)))
    return element("g", told, sign, transform=f"translate({number(x)} {number(y)})")


def _write_sign(kind: str, state: str, *, used: bool) -> str:
    edge = ANCHOR if used else "#6a6a6a" if state == "cut" else INK
    disc = element(
        "circle", r=9.0, fill="#fff", stroke=edge, stroke_width=3.0 if used else 1.4,
        stroke_dasharray="2 2" if state == "unknown" else None,
    )  # fmt: skip
    glyph = stroke(GLYPHS[kind], edge, 1.4, stroke_linecap="round")
    return disc + glyph + (cross_out((0, 0)) if state == "cut" else "")


def _name_crossing(scene: Scene, crossing: Crossing, place: Xy, *, used: bool) -> None:
    if not crossing.name and not used:
        return
    colour = ANCHOR if used else "#333"
    weight = "bold" if used else None
    name = shorten(scene.call(crossing))
    scene.labels.append(
        Label(name, (place,), 18 if used else 35, 12.0, colour, weight, 11.0, must=used)
    )


def _explain_crossing(scene: Scene, crossing: Crossing, state: str, *, used: bool) -> None:
    text = crossing.type.capitalize()
    text += {"cut": ", cut", "unknown": ", whether open unknown", "open": ""}[state]
    text += ": the way in that is left" if used else ""
    at = f"translate({number(SWATCH_W / 2)} {number(SWATCH_H / 2)}) scale(0.85)"
    scene.explain(text, element("g", _write_sign(crossing.type, state, used=used), transform=at))

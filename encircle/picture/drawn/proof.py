"""
Why, drawn: the way that is open, the ring that is closed, the neck between.

Long for one reason: the way, the ring and their numbers are drawn to one legend.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point, Polygon, box, shape

from encircle.map.situation import Anchor
from encircle.picture.canvas import Xy, element, number, write_path
from encircle.picture.drawn.ground import ANCHOR_WORDS, draw_anchor_sign
from encircle.picture.labels import Label, shorten
from encircle.picture.scene import ANCHOR, SWATCH_H, SWATCH_W, Scene, sample, stroke
from encircle.picture.tokens import INK, LIGHT, LINES_PX, write_dash
from encircle.verdict.judgement import name_hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Feature
    from encircle.verdict.judgement import Judgement

Json = dict[str, Any]

WAY, UNDER_FIRE = LIGHT["way"], LIGHT["fire"]
UNCLEAR = write_dash("way_unclear")
HARD_FIRE = ("F3", "F4")
FIRE_ORDER = ("F0", "F1", None, "F2", "F3", "F4")
HELD_BY = {
    "hostile": "hostile ground", "barrier": "a barrier", "sea": "the sea",
    "neutral": "neutral ground", "grey": "unclear ground",
    "edge": "the edge of the map, which is no wall",
}  # fmt: skip
WET = ("barrier", "sea")
UNHELD = {"grey": "ring_unclear", "edge": "ring_unclear", "neutral": "neutral"}
"""Dash of a ring by what closes it, where nobody hostile does."""
MODE_WORDS = {
    "rail": "by rail",
    "wheeled": "for wheeled vehicles",
    "tracked": "for tracked vehicles, no road",
    "foot": "on foot only",
    "boat": "by boat",
}
MODE_OF_READING = {
    "open": {"optimistic": "Open if unclear ground is passable"},
    "closed": {"pessimistic": "Closed if unclear ground is hostile"},
}
ARROW_PX = 17.0
HEADING_INSET_PX = 14.0
"""A way that goes on outside the picture ends in an arrow this far inside its frame; pixels."""
HEADING_TOWN_M = 15_000.0
"""A way leads *to* a town that lies no further from it; metres."""
STEP_PX = 9.0
NECK = INK
LEAST_NECK_M = 10.0
"""A narrower neck is a gate in a barrier, drawn as a crossing; metres."""
NECK_SLACK = 2.2
"""A wall counts as pinching the neck up to so many times half its width: positions hold ground
round them, and readings differ."""
OPPOSITE = -0.3
"""Cosine of the least angle between two walls of one neck."""


def list_rings(judgement: Judgement) -> list[Json]:
    """List the rings to draw: the group's, else those of its positions that are cut off."""
    ring = judgement.judged.certificates.get("closed")
    if ring:
        return [ring]
    alone = [p.judged.certificates.get("closed") for p in judgement.positions]
    rings = [r for r, p in zip(alone, judgement.positions, strict=True) if r and p.judged.encircled]
    seen: dict[str, Json] = {str(r["ring"]["coordinates"]): r for r in rings}
    return list(seen.values())


def draw_proof(scene: Scene) -> Iterator[str]:
    """Draw the certificates of the judgement."""
    for ring in list_rings(scene.judgement):
        yield from _draw_ring(scene, ring)
    yield from _draw_relief(scene)
    path = scene.judgement.judged.certificates.get("open")
    if path:
        yield from _draw_neck(scene)
        yield from _draw_way(scene, path)
    yield from _point_to_anchor(scene)


def format_length(length_m: float) -> str:
    """
    Write a length as a newspaper would.

    Examples
    --------
    >>> format_length(850.0), format_length(5361.1), format_length(24_200.0)
    ('850 m', '5.4 km', '24 km')
    """
    if length_m < 1_000:  # noqa: PLR2004 - a kilometre
        return f"{length_m:.0f} m"
    km = length_m / 1000
    return f"{km:.1f} km" if km < 10 else f"{km:,.0f} km"  # noqa: PLR2004 - two figures


def _pixels(scene: Scene, geometry: Json) -> BaseGeometry:
    """Turn a line of a certificate into pixels; unwrapped, so never across the whole map."""
    return LineString(scene.points(geometry["coordinates"]))


def _in_view(scene: Scene, line: BaseGeometry) -> BaseGeometry:
    seen = line.intersection(scene.view.frame.buffer(20))
    return scene.view.simplify(seen)


def _draw_ring(scene: Scene, ring: Json) -> Iterator[str]:
    lines = [(name_hold(s), _pixels(scene, s["geometry"])) for s in ring["segments"]]
    inside = scene.view.simplify(_inside(scene, ring))
    for _, line in lines:
        scene.placer.dear.extend(_steps(line))
        d = write_path(_in_view(scene, line))
        halo = LINES_PX["ring_halo"]
        yield stroke(d, LIGHT["halo"], halo, stroke_opacity="0.85", stroke_linecap="round")
    for by, line in lines:
        seen = _in_view(scene, line)
        yield from _ring_strokes(by, write_path(seen))
        if by == "hostile":
            yield _draw_teeth(seen, inside)
        sign = sample(partial(_draw_held, by))
        teeth = _draw_teeth(SWATCH, SWATCH_INSIDE) if by == "hostile" else ""
        scene.explain(f"Ring closed by {HELD_BY[by]}", sign + teeth)
    _call_out_ring(scene, ring, [line for _, line in lines])


def _inside(scene: Scene, ring: Json) -> BaseGeometry:
    """Give the ground inside a ring, in pixels."""
    drawn = shape(ring["ring"])
    parts = [Polygon(scene.points(part.exterior.coords)) for part in shapely.get_parts(drawn)]
    return shapely.union_all([part.buffer(0) for part in parts])


def _draw_held(by: str, d: str) -> str:
    return "".join(_ring_strokes(by, d))


def _ring_strokes(by: str, d: str) -> Iterator[str]:
    """Draw a piece of a ring by what closes it: water in its core, nobody's ground in its gaps."""
    if by in WET:
        yield stroke(d, LIGHT["ring"], LINES_PX["ring_wet"])
        yield stroke(d, LIGHT["sea"], LINES_PX["core"], stroke_dasharray=write_dash("core"))
        return
    dash = write_dash(UNHELD[by]) if by in UNHELD else None
    yield stroke(d, LIGHT["ring"], LINES_PX["ring"], stroke_dasharray=dash)


SWATCH = LineString([(1.0, SWATCH_H / 2), (SWATCH_W - 1, SWATCH_H / 2)])
SWATCH_INSIDE = box(0.0, -SWATCH_H, SWATCH_W, SWATCH_H / 2)


def _draw_teeth(line: BaseGeometry, inside: BaseGeometry) -> str:
    """Draw teeth along a piece of a ring, towards whoever it closes in."""
    size, step = LINES_PX["tooth"], LINES_PX["teeth"]
    drawn = []
    for part in (p for p in shapely.get_parts(line) if p.geom_type == "LineString"):
        for k in range(int(part.length // step)):
            at = (k + 0.5) * part.length / max(1, int(part.length // step))
            (ax, ay), (bx, by) = (
                part.interpolate(at + side * size / 2).coords[0] for side in (-1, 1)
            )
            wide = math.hypot(bx - ax, by - ay)
            if wide == 0:
                continue
            mx, my = (ax + bx) / 2, (ay + by) / 2
            nx, ny = -(by - ay) / wide * size, (bx - ax) / wide * size
            if not inside.contains(Point(mx + nx, my + ny)):
                nx, ny = -nx, -ny
            corners = ((ax, ay), (mx + nx, my + ny), (bx, by))
            drawn.append("M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + "Z")
    return element("path", d="".join(drawn), fill=LIGHT["ring"]) if drawn else ""


def _steps(line: BaseGeometry) -> list[Xy]:
    count = max(2, int(line.length // STEP_PX))
    points = (line.interpolate(k / (count - 1), normalized=True) for k in range(count))
    return [(p.x, p.y) for p in points]


def _call_out_ring(scene: Scene, ring: Json, lines: list[BaseGeometry]) -> None:
    places = [
        place
        for place in (p for line in lines for p in _steps(line))
        if scene.view.holds(place, -8.0)
    ]
    every = max(1, len(places) // 24)
    if not places:
        return
    head = MODE_OF_READING["closed"].get(ring["reading"], "Ring closed")
    if scene.judgement.judged.certificates.get("closed") is None:
        head = "Cut off"
    pockets = ring["ring"]["coordinates"] if ring["ring"]["type"] == "MultiPolygon" else [0]
    inside = f"{ring['area_km2']:,.0f} km² inside" if ring["area_km2"] >= 1 else ""
    if len(pockets) > 1:
        inside = f"{len(pockets)} pockets, {inside}".strip(" ,")
    text = tuple(line for line in (head, inside, _say_held(ring)) if line)
    scene.labels.append(
        Label(text, tuple(places[::every]), 5, 13.0, INK, "bold", 14.0, must=True, border=INK)
    )


def _say_held(ring: Json) -> str:
    """Say what closes the ring, in shares of its length."""
    lengths: dict[str, float] = {}
    for segment in ring["segments"]:
        by = name_hold(segment)
        lengths[by] = lengths.get(by, 0.0) + segment["length_m"]
    whole = sum(lengths.values()) or 1.0
    shares = sorted(lengths.items(), key=lambda item: (-item[1], item[0]))
    if len(shares) == 1:
        return f"by {HELD_BY[shares[0][0]]}"
    return "by " + ", ".join(f"{HELD_BY[b]} {m / whole:.0%}" for b, m in shares[:2])


def _draw_way(scene: Scene, path: Json) -> Iterator[str]:
    legs = [(leg, _pixels(scene, leg["geometry"])) for leg in path["legs"]]
    for leg, line in legs:
        scene.placer.dear.extend(_steps(line))
        d = write_path(_in_view(scene, line))
        if leg["fire"] in HARD_FIRE:
            yield _draw_ticks(d)
            _explain_hard_fire(scene)
        yield stroke(d, "#fff", 9.0, stroke_linecap="round")
    for leg, line in legs:
        dash = UNCLEAR if leg["control"] == "grey" else None
        yield stroke(write_path(_in_view(scene, line)), WAY, 5.0, stroke_dasharray=dash)
        if dash:
            grey = sample(lambda d: stroke(d, WAY, 5.0, stroke_dasharray=UNCLEAR))
            scene.explain("Way out over unclear ground", grey)
        else:
            sure = path["reading"] == "pessimistic"
            words = "Way out that was open" if sure else "Way out over ground that is clear"
            scene.explain(words, sample(lambda d: stroke(d, WAY, 5.0)))
    points = [(xy[0], xy[1]) for _, line in legs for xy in line.coords]
    inside = _leave_frame(scene, points)
    scene.placer.tips.append((inside or points)[-1])
    if inside is None:
        yield _draw_arrow(points, _is_point(scene, path["anchor"]))
    else:
        yield _draw_arrow(inside, at_point=False)
        _say_heading(scene, points, inside[-1])
    _call_out_way(scene, path, [line for _, line in legs])


def _leave_frame(scene: Scene, points: list[Xy]) -> list[Xy] | None:
    """Cut a way where it leaves the picture for good; None: it ends inside."""
    if scene.view.holds(points[-1]) or not any(scene.view.holds(p) for p in points):
        return None
    seen = LineString(points).intersection(scene.view.frame.buffer(-HEADING_INSET_PX))
    parts = [part for part in shapely.get_parts(seen) if part.geom_type == "LineString"]
    first = parts[0] if parts else None
    return [(x, y) for x, y in first.coords] if first is not None and first.length > 1 else None


def _say_heading(scene: Scene, points: list[Xy], edge: Xy) -> None:
    """Say at the frame where the way goes on to: the first town behind it that is known."""
    ahead = LineString(points)
    beyond = shapely.ops.substring(ahead, ahead.project(Point(edge)), ahead.length)
    near_px = HEADING_TOWN_M * scene.view.px_per_m
    places = [(town, scene.points([(town.lon, town.lat)])[0]) for town in scene.towns]
    onward = [(town, at) for town, at in places
              if not scene.view.holds(at) and beyond.distance(Point(at)) <= near_px]  # fmt: skip
    where = onward[0][0].name if onward else "the rear"
    rest = format_length(beyond.length / scene.view.px_per_m)
    text = f"to {where}" if onward else f"to {where}, {rest}"
    scene.labels.append(Label((text,), (edge,), 3, 13.0, WAY, "bold", 12.0, must=True))


def _draw_ticks(d: str) -> str:
    """Draw ticks across a way under fire; its halo is laid over their middle."""
    across = LINES_PX["way_halo"] + 2 * LINES_PX["tick"]
    thick = LINES_PX["tick_width"]
    gaps = f"{thick:g} {LINES_PX['ticks'] - thick:g}"
    return stroke(d, UNDER_FIRE, across, stroke_dasharray=gaps)


def _explain_hard_fire(scene: Scene) -> None:
    under = sample(
        _draw_ticks,
        lambda d: stroke(d, "#fff", 9.0),
        lambda d: stroke(d, WAY, 5.0),
    )
    scene.explain("Way out under fire F3 or F4", under)


def _is_point(scene: Scene, anchor: str) -> bool:
    return any(
        f.id == anchor and f.geometry is not None and f.geometry.geom_type == "Point"
        for f in scene.situation.features
    )


def _draw_arrow(points: list[Xy], at_point: bool) -> str:  # noqa: FBT001 - said at the call
    tip = np.asarray(points[-1])
    back = next((np.asarray(p) for p in reversed(points) if np.hypot(*(tip - p)) >= ARROW_PX), None)
    if back is None:
        return element(
            "circle", cx=float(tip[0]), cy=float(tip[1]), r=16.0, fill="none", stroke=WAY,
            stroke_width=4.0,
        )  # fmt: skip
    ahead = (tip - back) / np.hypot(*(tip - back))
    tip = tip - ahead * (18.0 if at_point else 0.0)
    return draw_arrow_head((float(tip[0]), float(tip[1])), ahead, WAY, ARROW_PX)


def draw_arrow_head(tip: Xy, along: Any, colour: str, size: float) -> str:  # noqa: ANN401 - vector
    """Draw the head of an arrow that points along a vector."""
    ahead = np.asarray(along, dtype=float) / np.hypot(*along)
    aside = np.array([-ahead[1], ahead[0]])
    at = np.asarray(tip)
    front, base = at + ahead * size * 0.45, at - ahead * size * 0.55
    corners = [front, base + aside * size * 0.6, base - aside * size * 0.6]
    d = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + "Z"
    return element(
        "path", d=d, fill=colour, stroke="#fff", stroke_width=1.5, stroke_linejoin="round"
    )


def _call_out_way(scene: Scene, path: Json, lines: list[BaseGeometry]) -> None:
    places = [xy for line in lines for xy in _steps(line) if scene.view.holds(xy, -8.0)]
    if not places:
        return
    every = max(1, len(places) // 20)
    start = len(places) // 2
    ordered = places[start::every] + places[:start:every]
    worst = max((leg["fire"] for leg in path["legs"]), key=FIRE_ORDER.index)
    head = MODE_OF_READING["open"].get(path["reading"], "Way out open")
    how = f"{format_length(path['length_m'])} {MODE_WORDS[path['mode']]}"
    if path["length_m"] == 0:
        how = "stands on its anchor"
    fire = f"under fire up to {worst}" if worst else "fire not mapped"
    fire = "under no fire" if worst == "F0" else fire
    text: tuple[str, ...] = (head, how, fire)
    if scene.is_close:  # a card is read at arm's length
        text = (head, how.split(",")[0]) if fire == "fire not mapped" else (head, how, fire)
    scene.labels.append(
        Label(text, tuple(ordered), 4, 13.0, WAY, "bold", 16.0, must=True, border=WAY)
    )


def _draw_neck(scene: Scene) -> Iterator[str]:
    neck = scene.judgement.margins.get("neck_width_m") or {}
    widths = [w for w in (neck.get("pessimistic"), neck.get("optimistic")) if w]
    if not widths or widths[0] < LEAST_NECK_M or not neck.get("at"):
        return
    at = scene.points([neck["at"]])[0]
    if not scene.view.holds(at):
        return
    half = widths[0] / 2 * scene.view.px_per_m
    aims = _aim(scene, neck.get("evidence") or [], at, half)
    ends = [(at[0] + v[0] * half, at[1] + v[1] * half) for v in aims]
    yield from _draw_bar(at, ends, half)
    scene.placer.dear.extend(_steps(LineString([*ends[:1], at, *ends[1:], at])))
    words = "Neck: the narrowest place"
    scene.explain(words if scene.is_close else "Neck of the widest way out", _neck_sign())
    shown = " to ".join(dict.fromkeys(format_length(w) for w in sorted(widths)))
    scene.labels.append(
        Label((f"Neck {shown}",), (at, *ends), 6, 13.0, NECK, "bold", 12.0, must=True, border=NECK)
    )


def _draw_bar(at: Xy, ends: list[Xy], half: float) -> Iterator[str]:
    """Draw the neck as a bar between two walls, or as a circle where only one is near."""
    if len(ends) < 2:  # noqa: PLR2004 - two walls
        yield element(
            "circle", cx=at[0], cy=at[1], r=half, fill="none", stroke=NECK, stroke_width=1.3,
            stroke_dasharray="6 4", stroke_opacity="0.6",
        )  # fmt: skip
    for end in ends:
        d = f"M{number(at[0])} {number(at[1])}L{number(end[0])} {number(end[1])}"
        yield stroke(d, "#fff", 5.0)
        yield stroke(d, NECK, 2.4)
    for end in ends:
        yield draw_arrow_head(end, np.subtract(end, at), NECK, min(10.0, half))


def _neck_sign() -> str:
    line = sample(lambda d: stroke(d, NECK, 2.4))
    y = SWATCH_H / 2
    heads = (draw_arrow_head((x, y), (way, 0), NECK, 9.0) for x, way in ((4, -1), (30, 1)))
    return line + "".join(heads)


def _aim(scene: Scene, evidence: list[str], at: Xy, half: float) -> list[Any]:
    """Aim from the neck at what pinches it: the nearest wall, and the one opposite if any."""
    features = {f.id: f for f in scene.situation.features}
    aims = []
    for feature in (features[name] for name in evidence if name in features):
        away = _look(scene, feature, at)
        distance = float(np.hypot(*away))
        side = getattr(feature, "holder", None) or getattr(feature, "side", None)
        if 0 < distance <= NECK_SLACK * half + 2 and not scene.is_friendly(side):
            aims.append((distance, away / distance))
    if not aims or half < 2:  # noqa: PLR2004 - pixels
        return []
    first = min(aims, key=lambda aim: aim[0])[1]
    opposite = min((aim[1] for aim in aims), key=lambda v: float(v @ first))
    return [first, opposite] if float(opposite @ first) < OPPOSITE else [first]


def _look(scene: Scene, feature: Feature, at: Xy) -> Any:  # noqa: ANN401 - vector
    """Look from a place to the nearest edge of a feature."""
    drawn = scene.to_px(feature.geometry)
    edge = drawn.boundary if drawn.area > 0 else drawn
    if edge.is_empty:
        return np.array([0.0, 0.0])
    nearest = shapely.shortest_line(Point(at), edge).coords[1]
    return np.subtract(nearest, at)


def _draw_relief(scene: Scene) -> Iterator[str]:
    """Draw how far friends outside would have to come."""
    gap = scene.judgement.margins.get("opening_distance_m")
    if not gap or not gap.get("between") or not scene.judgement.encircled:
        return
    ends = scene.points(gap["between"])
    line = LineString(ends)
    if not all(scene.view.holds(end) for end in ends) or line.length < 2 * ARROW_PX:
        return
    d = write_path(line)
    yield stroke(d, "#fff", 4.0)
    yield stroke(d, "#444", 1.8, stroke_dasharray="5 3")
    text = f"{format_length(gap['distance_m'])} would open the ring"
    scene.explain(
        "Advance that would open the ring",
        sample(lambda d: stroke(d, "#444", 1.8, stroke_dasharray="5 3")),
    )
    spots = tuple((p.x, p.y) for p in (line.interpolate(k, normalized=True) for k in (0.5, 0.7)))
    scene.labels.append(Label((text,), spots, 12, 12.0, "#333", "bold", 5.0, must=True))


def _point_to_anchor(scene: Scene) -> Iterator[str]:
    """Where no anchor is in view, point to the nearest, unless the way out leads there."""
    if scene.is_close and scene.judgement.judged.certificates.get("open"):
        return
    anchors = [
        (scene.plane.to_metres(a.geometry), a)
        for a, _ in scene.evidence.of_kind(Anchor)
        if a.geometry is not None and a.access == "land" and scene.is_friendly(a.side)
    ]
    centre = Point(_centre_m(scene))
    if not anchors or any(_is_seen(scene, ground) for ground, _ in anchors):
        return
    ground, anchor = min(anchors, key=lambda pair: pair[0].distance(centre))
    nearest = ground.interpolate(0) if ground.length and not ground.area else ground.centroid
    target = scene.view.point((nearest.x, nearest.y))
    line = LineString([(scene.view.width / 2, scene.view.height / 2), target])
    end = line.intersection(scene.view.frame.buffer(-16)).coords[-1]
    along = np.subtract(target, line.coords[0])
    scene.placer.tips.append((end[0], end[1]))
    yield draw_arrow_head((end[0], end[1]), along, ANCHOR, 18.0)
    away = format_length(min(ground.distance(p) for p in _list_force(scene)))
    text = (*shorten(scene.call(anchor), 150.0, 13.0), f"{away} off")
    scene.labels.append(Label(text, ((end[0], end[1]),), 11, 13.0, ANCHOR, "bold", 12.0, must=True))
    sign = draw_anchor_sign((SWATCH_W / 2, SWATCH_H / 2))
    scene.explain(ANCHOR_WORDS, sign)


def _list_force(scene: Scene) -> list[BaseGeometry]:
    """List where the force stands, metres; the middle of the map where nobody is there."""
    force = scene.situation.positions_of(scene.judgement.force)
    places = [scene.plane.to_metres(p.geometry) for p in force if p.geometry is not None]
    return places or [Point(_centre_m(scene))]


def _centre_m(scene: Scene) -> Xy:
    view = scene.view
    x = view.left_m + view.width / 2 / view.px_per_m
    return x, view.top_m - view.height / 2 / view.px_per_m


def _is_seen(scene: Scene, ground_m: BaseGeometry) -> bool:
    if ground_m.geom_type == "Point":
        return scene.view.holds(scene.view.point((ground_m.coords[0][0], ground_m.coords[0][1])))
    return bool(scene.view.shape(ground_m).intersects(scene.view.frame))


def list_places(judgement: Judgement) -> Iterator[list[list[float]]]:
    """Give the coordinates of everything the proof shows."""
    for ring in list_rings(judgement):
        for segment in ring["segments"]:
            yield segment["geometry"]["coordinates"]
    path = judgement.judged.certificates.get("open")
    for leg in path["legs"] if path else ():
        yield [list(xy) for xy in shape(leg["geometry"]).coords]

"""A judgement as a picture a newspaper could print: the map, the proof, and what it says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import MultiPoint, Point, box

from encircle.map.evidence import admit
from encircle.map.options import Options
from encircle.map.plane.projection import Plane
from encircle.map.situation import Anchor, Control
from encircle.picture.canvas import (
    FONT,
    View,
    element,
    escape,
    measure_text,
    number,
    wrap,
    wrap_evenly,
    write_text,
)
from encircle.picture.closeup import choose_close_view
from encircle.picture.ground import (
    INK,
    SWATCH_H,
    SWATCH_W,
    Scene,
    draw_ground,
    draw_patterns,
    draw_roads,
    name_sides,
)  # fmt: skip
from encircle.picture.labels import Placer
from encircle.picture.places import (
    draw_locator,
    draw_piece,
    draw_towns,
    find_town_beside,
    list_towns_seen,
)
from encircle.picture.proof import ARROW_PX, draw_proof, format_length, list_places
from encircle.picture.symbols import draw_crossings, draw_positions, draw_reaches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Situation
    from encircle.picture.colours import Colours
    from encircle.picture.ground import Town
    from encircle.verdict.judgement import Judgement

MARGIN_PX = 18.0
LOWEST, HIGHEST = 0.52, 0.74
"""Height of the map as a share of its width, at least and at most."""
PADDING = 0.13
"""Ground shown round what matters, as a share of its size."""
WHOLE_FACTOR, BARE_FACTOR = 1.5, 2.2
"""The whole map is shown where it is no larger than so many times what matters; a map without an
area of its own is only as large as what is on it, so more of it is shown."""
ANCHOR_FACTOR, ANCHOR_FACTOR_BARE = 0.95, 1.3
"""The nearest anchor is brought into view if it lies no further than so many sizes away; a little
further where nobody drew who holds the ground, since nothing else shows where friends are."""
TOWN_ROOM = 0.06
"""Room left round a town that a view was widened for, as a share of the view."""
LEAST_VIEW_M, MOST_REACH_M = 1_500.0, 50_000.0
TOLERANCES_PX = (0.35, 1.0, 2.5, 5.0)
MOST_BYTES = 450_000
"""A picture larger than this is drawn again more coarsely; bytes."""
LEGEND_ROW_PX, LEGEND_COLUMN_PX = 22.0, 290.0

CHIPS = {
    "C0": "#00694d", "C1": "#00694d", "C2": "#8a5a00", "C3": "#5a5a5a",
    "E1": "#9a3412", "E2": "#7a1212", "N": "#4a4a4a", "U": "#4a4a4a",
}  # fmt: skip
STRENGTH = {
    "not_encircled": "The way out is drawn so that it holds even if all unclear ground is hostile.",
    "encircled": (
        "The ring is drawn so that it holds even if all unclear ground, and every doubtful metre, "
        "favours the force."
    ),
    "contested": (
        "Both proofs are drawn: the way out if all unclear ground is passable, the ring if all of "
        "it is hostile."
    ),
}
QUESTIONS = {
    "land_cut": "cut off by land",
    "vehicle_cut": "cut off for vehicles",
    "fire_control": "every way under fire control",
    "isolation": "isolated by land, sea and air",
    "surrounded": "hostile ground on nearly all sides",
}


def draw_svg(
    judgement: Judgement,
    situation: Situation,
    *,
    width_px: int = 960,
    bare: bool = False,
    colours: Colours = "judged",
) -> str:
    """
    Draw a judgement on its map, as one self-contained SVG document.

    The way that was open is a thick green arrow, the ring that was closed a thick dark line
    coloured by what closes it. No scripts, no outside references; the same judgement always gives
    the same bytes.

    Parameters
    ----------
    judgement
        What was judged; its certificates are drawn.
    situation
        The map it was judged on.
    width_px
        Width of the picture; the height follows from the ground. At least 480.
    bare
        The map alone, without words round it: for a page of many.
    colours
        `judged`: the force judged and its friends are blue, all others vermilion. `side`: each side
        has a colour of its own, the same whoever is judged.

    Returns
    -------
    svg
        The document, with an XML declaration, to be written as UTF-8.
    """
    svg = ""
    for tolerance in TOLERANCES_PX:
        svg = _draw_sheet(
            judgement, situation, float(max(480, width_px)), tolerance, bare=bare, colours=colours
        )
        if len(svg.encode()) <= MOST_BYTES:
            break
    return svg


@dataclass(frozen=True)
class Plan:
    """A map drawn to a size, without words round it."""

    scene: Scene
    svg: str
    """The inside of an element of that size, in pixels."""


def draw_plan(  # noqa: PLR0913 - all but three by name
    judgement: Judgement,
    situation: Situation,
    size_px: tuple[float, float],
    *,
    towns: Sequence[Town] = (),
    country: BaseGeometry | None = None,
    tolerance: float = TOLERANCES_PX[0],
    colours: Colours = "judged",
) -> Plan:
    """
    Draw what matters of a large map to an exact size: the force's ground, and how the way begins.

    Parameters
    ----------
    judgement, situation
        What was judged, and the map.
    size_px
        Width and height.
    towns
        Places that may be named, the most important first.
    country
        Outline to show in a corner, in degrees.
    tolerance
        How much detail is left out, in pixels.
    colours
        As `draw_svg` takes them.
    """
    width, height = size_px
    scene = _set_scene(judgement, situation, width, tolerance)
    scene.view = choose_close_view(judgement, situation, scene.plane, size_px, towns, tolerance)
    scene.placer = Placer(width, height)
    scene.towns, scene.country, scene.is_close = tuple(towns), country, True
    scene.colours = colours
    return Plan(scene, "".join(_draw_map(scene)))


def _draw_sheet(  # noqa: PLR0913 - half of them by name
    judgement: Judgement,
    situation: Situation,
    width: float,
    tolerance: float,
    *,
    bare: bool,
    colours: Colours,
) -> str:
    scene = _set_scene(judgement, situation, width - 2 * MARGIN_PX, tolerance)
    scene.colours = colours
    scene.view = _show_town(scene)
    scene.placer = Placer(scene.view.width, scene.view.height)
    scene.towns = list_towns_seen(scene)
    map_ = "".join(_draw_map(scene))
    if bare:
        frame = _frame_map(scene, map_, MARGIN_PX)
        return _write_document(scene, [frame], width, scene.view.height + 2 * MARGIN_PX)
    head, top = _draw_head(scene, width)
    legend, below = _draw_legend(scene, top + scene.view.height + 14.0, width)
    foot, height = _draw_foot(scene, below, width)
    frame = _frame_map(scene, map_, top)
    return _write_document(scene, [head, frame, legend, foot], width, height)


def _set_scene(judgement: Judgement, situation: Situation, width: float, tolerance: float) -> Scene:
    chosen = judgement.provenance.get("parameters", {}).get("stale_after_days")
    evidence = admit(situation, Options() if chosen is None else Options(stale_after_days=chosen))
    plane = Plane(situation.origin)
    view = _choose_view(judgement, situation, plane, width, tolerance)
    prefix = f"e{escape(situation.sha256[:8]) or '0'}-"
    return Scene(
        judgement, situation, evidence, plane, view, prefix, Placer(view.width, view.height)
    )


def _choose_view(
    judgement: Judgement, situation: Situation, plane: Plane, width: float, tolerance: float
) -> View:
    """Zoom to the force, the proof and the nearest anchor; to the whole map if that is near."""
    matters = _find_matters(judgement, situation, plane)
    left, bottom, right, top = matters.bounds
    least = max(LEAST_VIEW_M, *(x * PADDING for x in (right - left, top - bottom)))
    pad = max((right - left), (top - bottom)) * PADDING
    pad = max(pad, (least - max(right - left, top - bottom)) / 2)
    seen = box(left - pad, bottom - pad, right + pad, top + pad)
    whole = _find_whole(situation, plane)
    factor = BARE_FACTOR if situation.area is None else WHOLE_FACTOR
    if whole is not None and _is_near(whole, seen, factor):
        inside = whole.covers(matters)
        return _fit(whole.bounds if inside else seen.union(whole).bounds, width, tolerance)
    return _fit(seen.bounds, width, tolerance)


def _show_town(scene: Scene) -> View:
    """Widen a view that shows no town to the nearest one: a reader must see where it is."""
    town = find_town_beside(scene)
    if town is None:
        return scene.view
    view = scene.view
    right, bottom = view.width / view.px_per_m, view.height / view.px_per_m
    seen = box(view.left_m, view.top_m - bottom, view.left_m + right, view.top_m)
    room = town.buffer(TOWN_ROOM * max(right, bottom, seen.distance(town)))
    return _fit(seen.union(room).bounds, view.width, view.tolerance_px)


def _is_near(whole: BaseGeometry, seen: BaseGeometry, factor: float) -> bool:
    a, b = whole.bounds, seen.bounds
    return max(a[2] - a[0], a[3] - a[1]) <= factor * max(b[2] - b[0], b[3] - b[1])


def _find_matters(judgement: Judgement, situation: Situation, plane: Plane) -> BaseGeometry:
    places = [plane.points_to_metres(line) for line in list_places(judgement)]
    shapes: list[BaseGeometry] = [MultiPoint(p) for p in places]
    shapes += [
        plane.to_metres(p.geometry).buffer(min(max(p.reach_m or 0.0, 1.0), MOST_REACH_M))
        for p in situation.positions_of(judgement.force)
        if p.geometry is not None and p.present != "withdrawn"
    ]
    if not shapes:
        drawn = [plane.to_metres(f.geometry) for f in situation.features if f.geometry is not None]
        shapes = drawn or [Point(0, 0)]
    matters = shapely.union_all(shapes).envelope
    return shapely.union_all([matters, *_find_near_anchors(matters, situation, judgement, plane)])


def _find_near_anchors(
    matters: BaseGeometry, situation: Situation, judgement: Judgement, plane: Plane
) -> list[BaseGeometry]:
    """Find the near side of the nearest anchor, and who would relieve the force."""
    left, bottom, right, top = matters.bounds
    size = max(right - left, top - bottom, LEAST_VIEW_M)
    friends = situation.friends_of(judgement.side)
    grounds = [
        plane.to_metres(a.geometry)
        for a in situation.of_kind(Anchor)
        if a.geometry is not None and a.access == "land" and a.side in friends
    ]
    near = sorted(grounds, key=lambda g: g.distance(matters))[:1]
    factor = ANCHOR_FACTOR if situation.of_kind(Control) else ANCHOR_FACTOR_BARE
    if any(list_places(judgement)):
        near = [g for g in near if g.distance(matters) <= factor * size]
    found = [g.intersection(matters.buffer(g.distance(matters) + size * 0.12)) for g in near]
    gap = judgement.margins.get("opening_distance_m") or {}
    if judgement.encircled and gap.get("between"):
        ends = MultiPoint(plane.points_to_metres(gap["between"]))
        found += [ends] if ends.distance(matters) + ends.length <= 2 * size and all(
            p.distance(matters) <= ANCHOR_FACTOR * size for p in ends.geoms
        ) else []  # fmt: skip
    return found


def _find_whole(situation: Situation, plane: Plane) -> BaseGeometry | None:
    if situation.area is not None:
        return plane.to_metres(situation.area)
    drawn = [plane.to_metres(f.geometry) for f in situation.features if f.geometry is not None]
    if not drawn:
        return None
    left, bottom, right, top = shapely.total_bounds(drawn)
    pad = 0.12 * max(right - left, top - bottom, LEAST_VIEW_M)
    return box(left - pad, bottom - pad, right + pad, top + pad)


def _fit(bounds: tuple[float, float, float, float], width: float, tolerance: float) -> View:
    left, bottom, right, top = bounds
    across, down = max(right - left, 1.0), max(top - bottom, 1.0)
    share = min(max(down / across, LOWEST), HIGHEST)
    full = max(across, down / share)
    tall = full * share
    x = (left + right) / 2 - full / 2
    y = (bottom + top) / 2 + tall / 2
    return View(x, y, width / full, width, round(width * share), tolerance)


def _draw_map(scene: Scene) -> Iterator[str]:
    yield from draw_ground(scene)
    yield from draw_reaches(scene)
    yield from draw_piece(scene)
    yield from draw_roads(scene)
    yield from draw_proof(scene)
    yield from draw_crossings(scene)
    yield from draw_positions(scene)
    name_sides(scene)
    scale_x, north_x = _choose_corners(scene)
    yield from scene.placer.place(scene.labels)
    yield from draw_towns(scene)
    yield from draw_locator(scene)
    yield from _draw_scale(scene, scale_x)
    yield _draw_north(north_x)


SCALE_PX = (108.0, 20.0)
NORTH_PX = (20.0, 28.0)
"""Half the width and height of the room that the scale and the north sign take."""


def _choose_corners(scene: Scene) -> tuple[float, float]:
    """Choose where the scale begins and where north is drawn, off the head of every arrow."""
    view, tips = scene.view, scene.placer.tips
    (wide, high), (aside, down) = SCALE_PX, NORTH_PX

    def is_free(x: float, y: float, half_width: float, half_height: float) -> bool:
        return not any(
            abs(tip[0] - x) < half_width + ARROW_PX and abs(tip[1] - y) < half_height + ARROW_PX
            for tip in tips
        )

    below, above = view.height - high - 2, down + 4
    scales = [(x, below) for x in (wide + 2, view.width - wide - 2)]
    norths = [(x, above) for x in (view.width - 24, 24.0)]
    scale = next((at for at in scales if is_free(*at, wide, high)), scales[0])
    north = next((at for at in norths if is_free(*at, aside, down)), norths[0])
    scene.placer.block(north, aside, down)
    scene.placer.block(scale, wide, high)
    return scale[0] - wide + 12, north[0]


def _draw_scale(scene: Scene, x: float) -> Iterator[str]:
    length_m = _choose_round(150.0 / scene.view.px_per_m)
    length = length_m * scene.view.px_per_m
    y = scene.view.height - 14.0
    yield element(
        "rect", x=x - 8, y=y - 24, width=length + 20, height=32.0, fill="#fff", fill_opacity="0.85"
    )
    for start, fill in ((0.0, INK), (0.5, "#fff")):
        yield element(
            "rect", x=x + start * length, y=y - 4, width=length / 2, height=5.0, fill=fill,
            stroke=INK, stroke_width=1.0,
        )  # fmt: skip
    text = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"  # noqa: PLR2004
    yield write_text(x, y - 9, "0", 11.0)
    yield write_text(x + length, y - 9, text, 11.0, anchor="end")


def _choose_round(length_m: float) -> float:
    """Choose the largest of 1, 2, 5, 10 ... not longer than a length."""
    power = 10.0 ** math.floor(math.log10(length_m))
    return max(k * power for k in (1, 2, 5) if k * power <= length_m * 1.0001)


def _draw_north(x: float) -> str:
    back = element(
        "rect", x=x - 14, y=8.0, width=28.0, height=46.0, fill="#fff", fill_opacity="0.85"
    )
    needle = element("path", d=f"M{number(x)} 12l7 22-7-5-7 5z", fill=INK)
    return back + needle + write_text(x, 49, "N", 13.0, weight="bold", anchor="middle")


def _frame_map(scene: Scene, drawn: str, top: float) -> str:
    view = scene.view
    inner = element(
        "svg", drawn, x=MARGIN_PX, y=top, width=view.width, height=view.height, overflow="hidden"
    )
    edge = element(
        "rect", x=MARGIN_PX, y=top, width=view.width, height=view.height, fill="none", stroke=INK,
        stroke_width=1.2,
    )  # fmt: skip
    return inner + edge


def _title(scene: Scene) -> str:
    situation = scene.situation
    return scene.judgement.title or situation.title or scene.judgement.headline


def _draw_head(scene: Scene, width: float) -> tuple[str, float]:
    """Draw the title, the headline and the status; say where the map begins."""
    inside = width - 2 * MARGIN_PX
    status = scene.judgement.status
    chip = f"{status.code} · {status.label}"
    chip_width = measure_text(chip, 14.0, bold=True) + 22
    parts = [
        element(
            "rect", x=MARGIN_PX, y=MARGIN_PX, width=chip_width, height=25.0, rx=3.0,
            fill=CHIPS[status.code],
        ),
        write_text(MARGIN_PX + 11, MARGIN_PX + 17.5, chip, 14.0, fill="#fff", weight="bold"),
        write_text(
            width - MARGIN_PX, MARGIN_PX + 17.5, _write_time(scene), 14.0, fill="#444", anchor="end"
        ),
    ]  # fmt: skip
    y = MARGIN_PX + 25.0
    for line in wrap(_title(scene), 25.0, inside, 2, bold=True):
        y += 30.0
        parts.append(write_text(MARGIN_PX, y, line, 25.0, weight="bold"))
    headline = scene.judgement.headline or status.label
    for line in wrap_evenly(headline[:1].upper() + headline[1:], 16.0, inside, 3):
        y += 22.0
        parts.append(write_text(MARGIN_PX, y, line, 16.0, fill="#333"))
    return "".join(parts), y + 14.0


def _write_time(scene: Scene) -> str:
    as_of = scene.situation.as_of
    return f"As of {as_of.day} {as_of:%B} {as_of.year:04d}, {as_of:%H:%M} UTC"


def _draw_legend(scene: Scene, top: float, width: float) -> tuple[str, float]:
    """Draw what the signs mean, in columns; say where the legend ends."""
    inside = width - 2 * MARGIN_PX
    columns = max(1, int((inside + 20) // LEGEND_COLUMN_PX))
    entries = order_legend(scene)
    rows = math.ceil(len(entries) / columns)
    column = inside / columns
    parts = []
    for index, (text, sign) in enumerate(entries):
        x = MARGIN_PX + index // rows * column
        y = top + index % rows * LEGEND_ROW_PX
        lines = wrap(text, 12.0, column - SWATCH_W - 18, 2)
        size, up = (12.0, 0.0) if len(lines) == 1 else (9.5, 5.0)
        words = (
            write_text(SWATCH_W + 8, SWATCH_H / 2 + 4.5 - up + 10.0 * row, line, size)
            for row, line in enumerate(lines)
        )
        at = f"translate({number(x)} {number(y)})"
        parts.append(element("g", sign, *words, transform=at))
    return "".join(parts), top + rows * LEGEND_ROW_PX


FIRST = (
    "Way out", "Ring", "Neck", "Advance", "Anchor", "The force", "Friendly", "Hostile", "Unclear",
    "Held",
)  # fmt: skip
"""The legend begins with what proves the verdict, then the ground it hangs on."""


def order_legend(scene: Scene) -> list[tuple[str, str]]:
    """Order what the signs mean, the proof first."""

    def rank(entry: tuple[str, str]) -> int:
        return next((i for i, word in enumerate(FIRST) if entry[0].startswith(word)), len(FIRST))

    return sorted(scene.legend.items(), key=rank)


def _draw_foot(scene: Scene, top: float, width: float) -> tuple[str, float]:
    inside = width - 2 * MARGIN_PX
    y = top + 6.0
    parts = [
        element(
            "path", d=f"M{number(MARGIN_PX)} {number(y)}h{number(inside)}", stroke="#999",
            stroke_width=0.8,
        )
    ]  # fmt: skip
    said = (
        (_write_strength(scene), INK),
        *_write_notices(scene),
        (_write_definitions(scene), INK),
        (write_source(scene), "#555"),
    )
    for text, fill in said:
        for line in wrap(text, 12.0, inside, MOST_LINES) if text else ():
            y += 17.0
            parts.append(write_text(MARGIN_PX, y, line, 12.0, fill=fill))
    return "".join(parts), y + MARGIN_PX - 4


MOST_LINES = 4
"""Lines of the foot that one sentence may fill."""
MOST_NOTICES = 6
"""Notices told at the foot; the rest are counted."""
DOUBT_INK = "#9a1c1c"


def _write_notices(scene: Scene) -> Iterator[tuple[str, str]]:
    """Say what must be told beside the verdict: doubts first, then cautions."""
    grave = [n for n in scene.judgement.notices if n.severity != "info"]
    for notice in grave[:MOST_NOTICES]:
        doubt = notice.severity == "doubt"
        lead = "In doubt: " if doubt else "Notice: "
        yield f"{lead}{notice.statement}", DOUBT_INK if doubt else INK
    more = len(grave) - MOST_NOTICES
    if more > 0:
        yield f"And {more} more notice{'' if more == 1 else 's'} with the judgement.", INK


def _write_strength(scene: Scene) -> str:
    """Say on which reading of the map the proof was drawn."""
    return STRENGTH.get(scene.judgement.verdict, "")


def _write_definitions(scene: Scene) -> str:
    answers = scene.judgement.judged.definitions
    said = (f"{QUESTIONS[name]}: {answer}" for name, answer in answers.items())
    return "Is it … " + " · ".join(said)


def write_source(scene: Scene) -> str:
    """Say of when the map is, what was judged, and by what."""
    judgement = scene.judgement
    origins = {s.id for f in scene.evidence.speaking for s in f.sources}
    count = f"{len(origins)} source{'' if len(origins) == 1 else 's'}"
    digest = judgement.provenance.get("input_sha256", "")[:12]
    return (
        f"{_write_time(scene)} · {judgement.status.code} {judgement.status.label} · confidence "
        f"{judgement.confidence.get('level', 'unknown')} · {count} · "
        f"{judgement.provenance.get('engine', 'encircle')} · input {digest}"
        f"{' · names of towns: GeoNames (CC BY 4.0)' if scene.towns and not scene.is_close else ''}"
    )


def describe(scene: Scene) -> str:
    """Say in words what the picture shows."""
    certificates = scene.judgement.judged.certificates
    parts = [scene.judgement.headline, f"Status {scene.judgement.status.label}."]
    named = {feature.id: scene.call(feature) for feature in scene.situation.features}
    if path := certificates.get("open"):
        unit, anchor = (named[path[end]] for end in ("unit", "anchor"))
        parts.append(
            f"A green arrow shows the way out, {format_length(path['length_m'])} from "
            f"{unit} to {anchor}."
        )
    if ring := certificates.get("closed"):
        parts.append(
            f"A dark line shows the closed ring, {ring['area_km2']:g} square kilometres inside."
        )
    return " ".join([*parts, _write_definitions(scene) + "."])


def _write_document(scene: Scene, body: list[str], width: float, height: float) -> str:
    title, told = f"{scene.prefix}title", f"{scene.prefix}desc"
    document = element(
        "svg",
        element("title", escape(_title(scene)), id=title),
        element("desc", escape(describe(scene)), id=told),
        draw_patterns(scene.prefix),
        element("rect", width=width, height=height, fill="#fff"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{title} {told}",
        font_family=FONT,
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'

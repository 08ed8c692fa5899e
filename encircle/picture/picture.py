"""A judgement as a picture a newspaper could print: the map, the proof, and what it says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.map.evidence import admit
from encircle.map.options import Options
from encircle.map.plane.projection import Plane
from encircle.picture.canvas import element, escape, number, write_document, write_text
from encircle.picture.closeup import choose_close_view
from encircle.picture.drawn.ground import draw_ground, name_sides
from encircle.picture.drawn.lines import draw_roads
from encircle.picture.drawn.places import draw_locator, draw_piece, draw_towns, list_towns_seen
from encircle.picture.drawn.proof import ARROW_PX, draw_proof, format_length
from encircle.picture.drawn.symbols import draw_crossings, draw_positions, draw_reaches
from encircle.picture.frame import (
    MARGIN_PX,
    draw_foot,
    draw_head,
    draw_legend,
    frame_map,
    title_of,
    write_definitions,
)
from encircle.picture.labels import Placer
from encircle.picture.scene import Scene, draw_patterns
from encircle.picture.tokens import INK
from encircle.picture.view import choose_view, show_town

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Situation
    from encircle.picture.colours import Colours
    from encircle.picture.scene import Town
    from encircle.verdict.judgement import Judgement

TOLERANCES_PX = (0.35, 1.0, 2.5, 5.0)
MOST_BYTES = 450_000
"""A picture larger than this is drawn again more coarsely; bytes."""


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
    towns
        Places that may be named, the most important first.
    country
        Outline to show in a corner, in degrees.
    tolerance
        How much detail is left out, in pixels.
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
    scene.view = show_town(scene)
    scene.placer = Placer(scene.view.width, scene.view.height)
    scene.towns = list_towns_seen(scene)
    map_ = "".join(_draw_map(scene))
    if bare:
        frame = frame_map(scene, map_, MARGIN_PX)
        return _write_document(scene, [frame], width, scene.view.height + 2 * MARGIN_PX)
    head, top = draw_head(scene, width)
    legend, below = draw_legend(scene, top + scene.view.height + 14.0, width)
    foot, height = draw_foot(scene, below, width)
    frame = frame_map(scene, map_, top)
    return _write_document(scene, [head, frame, legend, foot], width, height)


def _set_scene(judgement: Judgement, situation: Situation, width: float, tolerance: float) -> Scene:
    chosen = judgement.provenance.get("parameters", {}).get("stale_after_days")
    evidence = admit(situation, Options() if chosen is None else Options(stale_after_days=chosen))
    plane = Plane(situation.origin)
    view = choose_view(judgement, situation, plane, width, tolerance)
    prefix = f"e{escape(situation.sha256[:8]) or '0'}-"
    return Scene(
        judgement, situation, evidence, plane, view, prefix, Placer(view.width, view.height)
    )


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
    return " ".join([*parts, write_definitions(scene) + "."])


def _write_document(scene: Scene, body: list[str], width: float, height: float) -> str:
    title, told = f"{scene.prefix}title", f"{scene.prefix}desc"
    head = (
        element("title", escape(title_of(scene)), id=title),
        element("desc", escape(describe(scene)), id=told),
        draw_patterns(scene.prefix),
    )
    return write_document((width, height), head, body, f"{title} {told}")

"""What every layer of a picture draws on: the view, the ink, the legend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from shapely.geometry import Polygon

from encircle.map.naming import label_feature
from encircle.picture.canvas import Xy, element, number
from encircle.picture.colours import BLUE, choose_hues, draw_marks
from encircle.picture.colours import NEUTRAL as NEUTRAL_PAINT
from encircle.picture.tokens import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from encircle.map.evidence import Evidence
    from encircle.map.plane.projection import Plane
    from encircle.map.situation import Feature, Situation
    from encircle.picture.canvas import View
    from encircle.picture.colours import Colours, Hue
    from encircle.picture.labels import Label, Placer
    from encircle.verdict.judgement import Judgement

Role = Literal["friendly", "friendly_land", "hostile", "hostile_land", "neutral", "grey"]
PAPER, WATER_EDGE = LIGHT["paper"], LIGHT["sea_line"]
ANCHOR, FIRE = LIGHT["way"], LIGHT["fire"]
SWATCH_W, SWATCH_H = 34.0, 16.0
FIRE_SPACING_PX = {"F1": 18.0, "F2": 11.0, "F3": 8.0, "F4": 6.0}


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
            return f"url(#{self.prefix}grey)", LIGHT["hatch"]
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
        _hatch(f"{prefix}grey", 7.0, 45, LIGHT["hatch"], 0.8, LIGHT["unclear"]),
        _hatch(f"{prefix}open", 9.0, 45, "#dcdad3", 1.0, PAPER),
        _hatch(f"{prefix}anchor", 7.0, 45, ANCHOR, 2.2, None),
        *(
            _hatch(f"{prefix}{grade}", spacing, -45, FIRE, 0.55, None)
            for grade, spacing in FIRE_SPACING_PX.items()
        ),
    ]
    wave = element(
        "path", d="M0 4Q3 1 6 4T12 4", fill="none", stroke=WATER_EDGE, stroke_width=0.9,
        stroke_opacity="0.45",
    )  # fmt: skip
    ground = element("rect", width=12.0, height=8.0, fill=LIGHT["sea"])
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

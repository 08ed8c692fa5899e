"""Which colour and which pattern the ground of a party is drawn in; it holds in grey print too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from encircle.picture.canvas import element, number
from encircle.picture.tokens import TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Colours = Literal["judged", "side"]
"""By what colours are given: blue to the force judged and its friends, or to each side its own."""
COLOURS: tuple[Colours, ...] = get_args(Colours)
Mark = Literal["dots", "lines", "crosses", "rings"]


@dataclass(frozen=True, slots=True)
class Hue:
    """How the ground, the signs and the name of one party look."""

    name: str
    held: str
    """Fill of the ground it holds."""
    land: str
    """Fill of its territory, where nobody is said to hold it otherwise."""
    edge: str
    land_edge: str
    ink: str
    """Its signs and the names of its troops."""
    mark: Mark | None
    """The pattern on its ground, which tells it apart where there are no colours."""

    def fill(self, prefix: str, *, land: bool) -> str:
        """Give the paint of its ground, as SVG names it."""
        if self.mark is None:
            return self.land if land else self.held
        return f"url(#{prefix}{self.name}{'-land' if land else ''})"


BLUE, VERMILION, OLIVE, VIOLET = (Hue(name, **told) for name, told in TOKENS["hues"].items())
HUES = (BLUE, VERMILION, OLIVE, VIOLET)
"""In the order in which sides take them. Blue and vermilion are told apart by any eye (Okabe and
Ito, 2008); every other one has a pattern, for print without colour."""
OF_SIDE = {
    side: next(hue for hue in HUES if hue.name == name) for side, name in TOKENS["of_side"].items()
}
"""Sides whose colour newspapers agree on."""
LEAST_APART = 12.0
"""Lightness (CIE 1976 L*, 0 to 100) in which two paints without a pattern must differ to be told
apart in grey. Source: a step that newsprint still holds, convention of this project."""
NEUTRAL: tuple[str, str] = (TOKENS["neutral"]["held"], TOKENS["neutral"]["edge"])
NEUTRAL_MARK: Mark = TOKENS["neutral"]["mark"]
MARK_STEP_PX = 7.0


def choose_hues(sides: Iterable[str], colours: Colours, friends: frozenset[str]) -> dict[str, Hue]:
    """
    Give each side its hue.

    Parameters
    ----------
    colours
        `judged`: blue for the force judged and its friends, vermilion for all others. `side`: the
        same for a side whoever is judged; Ukraine is blue and Russia vermilion, the others take
        what is left in the order of their ids.

    Examples
    --------
    >>> {side: hue.name for side, hue in choose_hues(["UA", "RU"], "judged", {"RU"}).items()}
    {'UA': 'vermilion', 'RU': 'blue'}
    >>> {side: hue.name for side, hue in choose_hues(["UA", "RU"], "side", {"RU"}).items()}
    {'UA': 'blue', 'RU': 'vermilion'}
    """
    if colours == "judged":
        return {side: BLUE if side in friends else VERMILION for side in sides}
    named = list(dict.fromkeys(sides))
    taken = {side: OF_SIDE[side] for side in named if side in OF_SIDE}
    left = [hue for hue in HUES if hue not in taken.values()] or list(HUES)
    others = sorted(side for side in named if side not in taken)
    return taken | {side: left[i % len(left)] for i, side in enumerate(others)}


def draw_marks(prefix: str) -> Iterator[str]:
    """Define the patterns of the hues, and that of neutral ground."""
    for hue in HUES:
        if hue.mark:
            yield _draw_mark(f"{prefix}{hue.name}", hue.mark, hue.edge, hue.held)
            yield _draw_mark(f"{prefix}{hue.name}-land", hue.mark, hue.land_edge, hue.land)
    yield _draw_mark(f"{prefix}neutral", NEUTRAL_MARK, NEUTRAL[1], NEUTRAL[0])


def _draw_mark(name: str, mark: Mark, ink: str, ground: str) -> str:
    step = MARK_STEP_PX
    half, low, high = (number(step * share) for share in (0.5, 0.3, 0.7))
    sign = {
        "dots": element("circle", cx=step / 2, cy=step / 2, r=0.8, fill=ink, fill_opacity="0.75"),
        "lines": element("path", d=f"M0 {half}h{number(step)}", stroke=ink, stroke_width=0.7),
        "crosses": element(
            "path", d=f"M{half} {low}V{high}M{low} {half}H{high}", stroke=ink, stroke_width=0.8
        ),
        "rings": element(
            "circle", cx=step / 2, cy=step / 2, r=1.5, fill="none", stroke=ink, stroke_width=0.6
        ),
    }[mark]
    base = element("rect", width=step, height=step, fill=ground)
    return element(
        "pattern", base, sign, id=name, width=step, height=step, patternUnits="userSpaceOnUse"
    )


def measure_lightness(colour: str) -> float:
    """
    Measure the lightness of a colour on paper: CIE 1976 L*, 0 black to 100 white.

    Examples
    --------
    >>> round(measure_lightness("#ffffff")), round(measure_lightness("#777777"))
    (100, 50)
    """
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]  # noqa: PLR2004 - sRGB
    y = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27

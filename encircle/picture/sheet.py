"""A verdict as a card to share or print: claim, verdict, map, legend, source, at an exact size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from encircle.picture.canvas import (
    element,
    escape,
    measure_text,
    number,
    wrap,
    write_document,
    write_text,
)
from encircle.picture.frame import order_legend
from encircle.picture.picture import draw_plan
from encircle.picture.scene import SWATCH_H, SWATCH_W, draw_patterns
from encircle.picture.tokens import CHROME, INK, TONES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Situation
    from encircle.picture.colours import Colours
    from encircle.picture.picture import Plan
    from encircle.picture.scene import Town
    from encircle.verdict.judgement import Judgement

Shape = Literal["landscape", "portrait"]
SOFT = CHROME["ink2"]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands round the map."""

    title: str
    """What was claimed."""
    verdict: str
    told: str
    """The verdict in a sentence."""
    rows: tuple[tuple[str, str], ...] = ()
    """One row a map: its name and day, and what it says."""
    notices: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where what stands; pixels."""

    size: tuple[float, float]
    map_at: tuple[float, float, float, float]
    """Left, top, width, height."""
    zoom: float
    """How many times larger than in its own pixels the map is drawn, so that it can be read."""
    column: tuple[float, float, float, float]
    """Where the words stand: left, top, width, bottom."""
    sizes: dict[str, float]
    lines: dict[str, int]
    legend_at: tuple[float, float, float] | None = None
    """Left, top and width of the legend; None: below the words."""
    legend_columns: int = 1
    most_legend: int = 7
    flows: bool = False
    """The map begins where the words end, and its bottom stays."""

    def place_map(self, below: float) -> tuple[float, float, float, float]:
        """Place the map under words that end there: left, top, width, height."""
        left, top, width, height = self.map_at
        if not self.flows:
            return self.map_at
        return left, below, width, top + height - below


LAYOUTS: dict[Shape, Layout] = {
    "landscape": Layout(
        size=(1200, 675), map_at=(486, 20, 694, 594), zoom=1.5, column=(28, 24, 434, 612),
        sizes={"title": 22, "verdict": 36, "told": 20, "row": 16, "notice": 14, "source": 13,
               "legend": 15},
        lines={"title": 4, "verdict": 2, "told": 5, "rows": 5, "notice": 2, "source": 1},
        most_legend=9,
    ),
    "portrait": Layout(
        size=(1080, 1350), map_at=(28, 478, 1024, 610), zoom=1.9, column=(28, 28, 1024, 462),
        sizes={"title": 30, "verdict": 50, "told": 27, "row": 22, "notice": 18, "source": 17,
               "legend": 20},
        lines={"title": 3, "verdict": 1, "told": 3, "rows": 5, "notice": 2, "source": 2},
        legend_at=(28, 1104, 1024), legend_columns=2, most_legend=8, flows=True,
    ),
}  # fmt: skip
"""The two sizes that social networks and feeds show whole."""
PAGE_PX = (400.0, 400.0)
"""The map of a page, in its own pixels: a telephone is 390 wide, so nothing shrinks there."""


def draw_sheet(  # noqa: PLR0913 - all but four by name
    judgement: Judgement,
    situation: Situation,
    words: Words,
    shape: Shape,
    *,
    towns: Sequence[Town] = (),
    country: BaseGeometry | None = None,
    colours: Colours = "judged",
) -> str:
    """
    Draw a card of an exact size.

    Parameters
    ----------
    shape
        `landscape` is 1200 x 675, `portrait` 1080 x 1350 pixels.
    """
    layout = LAYOUTS[shape]
    column = _Column(layout)
    column.write_words(words)
    placed = layout.place_map(column.y + layout.sizes["row"])
    _, _, width, height = placed
    plan = draw_plan(
        judgement, situation, (width / layout.zoom, height / layout.zoom), towns=towns,
        country=country, colours=colours,
    )  # fmt: skip
    parts = [*column.parts, _frame(plan, *placed), *_draw_legend(plan, layout, column.y)]
    parts += _draw_foot(words, layout)
    return _write_document(plan, words, layout.size, parts)


def draw_page_map(
    judgement: Judgement,
    situation: Situation,
    *,
    towns: Sequence[Town] = (),
    country: BaseGeometry | None = None,
    colours: Colours = "judged",
) -> str:
    """Draw the map of a page with its legend below, legible on a telephone."""
    width, height = PAGE_PX
    plan = draw_plan(
        judgement, situation, PAGE_PX, towns=towns, country=country, tolerance=0.6, colours=colours
    )
    entries = order_legend(plan.scene)
    parts = [_frame(plan, 0.5, 0.5, width - 1, height - 1)]
    y = height + 10.0
    for text, sign in entries:
        parts.append(_legend_row(4, y, text, sign, 12.0, width - 8))
        y += 21.0
    words = Words(judgement.headline or "", "", "")
    return _write_document(plan, words, (width, y + 2), parts)


@dataclass(slots=True)
class _Column:
    """Words written one under another, as far as there is room."""

    layout: Layout
    parts: list[str] = field(default_factory=list)
    y: float = 0.0

    def write_words(self, words: Words) -> None:
        left, top, width, _ = self.layout.column
        sizes, lines = self.layout.sizes, self.layout.lines
        self.y = top
        self._lines(f"“{words.title}”", sizes["title"], lines["title"], SOFT, style="italic")
        self.y += sizes["title"] * 0.55
        self.parts.append(
            element("rect", x=left, y=self.y, width=7.0, height=self._height(words.verdict),
                    fill=INK)
        )  # fmt: skip
        self._lines(words.verdict, sizes["verdict"], lines["verdict"], INK,
                    weight="bold", inset=18.0)  # fmt: skip
        self.y += sizes["told"] * 0.35
        self._lines(words.told, sizes["told"], lines["told"], INK)
        self.y += sizes["row"] * 0.5
        self._rows(words.rows, width)

    def _height(self, verdict: str) -> float:
        size, width = self.layout.sizes["verdict"], self.layout.column[2] - 18
        rows = wrap(verdict, size, width, self.layout.lines["verdict"], bold=True)
        return len(rows) * size * 1.18

    def _lines(  # noqa: PLR0913 - a block of type has these
        self, text: str, size: float, most: int, fill: str, *, weight: str | None = None,
        style: str | None = None, inset: float = 0.0,
    ) -> None:  # fmt: skip
        left, _, width, bottom = self.layout.column
        for line in wrap(text, size, width - inset, most, bold=weight is not None):
            if self.y + size * 1.18 > bottom:
                return
            self.y += size * 1.18
            self.parts.append(
                write_text(left + inset, self.y - size * 0.25, line, size, fill=fill,
                           weight=weight, style=style)
            )  # fmt: skip

    def _rows(self, rows: Sequence[tuple[str, str]], width: float) -> None:
        left, _, _, bottom = self.layout.column
        size, most = self.layout.sizes["row"], self.layout.lines["rows"]
        shown = list(rows) if len(rows) <= most else list(rows[: most - 1])
        for name, said in shown:
            if self.y + size * 1.4 > bottom:
                return
            self.y += size * 1.4
            room = width - measure_text(said, size, bold=True) - 12
            line = wrap(name, size, max(room, width * 0.4), 1)[0]
            self.parts.append(write_text(left, self.y, line, size, fill=SOFT))
            self.parts.append(write_text(left + width, self.y, said, size, weight="bold",
                                         anchor="end"))  # fmt: skip
            rule = f"M{number(left)} {number(self.y + size * 0.38)}h{number(width)}"
            self.parts.append(element("path", d=rule, stroke=CHROME["line"], stroke_width=0.8))
        if len(rows) > len(shown):
            self.y += size * 1.4
            more = f"and {len(rows) - len(shown)} more maps"
            self.parts.append(write_text(left, self.y, more, size, fill=SOFT))


def _frame(plan: Plan, left: float, top: float, width: float, height: float) -> str:
    view = plan.scene.view
    inner = element(
        "svg", plan.svg, x=left, y=top, width=width, height=height, overflow="hidden",
        viewBox=f"0 0 {number(view.width)} {number(view.height)}", preserveAspectRatio="none",
    )  # fmt: skip
    edge = element("rect", x=left, y=top, width=width, height=height, fill="none", stroke=INK,
                   stroke_width=1.4)  # fmt: skip
    return inner + edge


def _draw_legend(plan: Plan, layout: Layout, below: float) -> list[str]:
    """Draw the first entries of the legend where there is room for them."""
    size = layout.sizes["legend"]
    step = size * 1.45
    left, _, width, bottom = layout.column
    top = below + size
    if layout.legend_at:
        left, top, width = layout.legend_at
        bottom = layout.size[1]
    columns = layout.legend_columns
    rows = max(0, int((bottom - top) // step))
    entries = order_legend(plan.scene)[: min(layout.most_legend, rows * columns)]
    each = width / columns
    per = -(-len(entries) // columns)
    return [
        _legend_row(left + i // per * each, top + i % per * step, text, sign, size, each - 14)
        for i, (text, sign) in enumerate(entries)
    ]


def _legend_row(  # noqa: PLR0913 - a row has these
    x: float, y: float, text: str, sign: str, size: float, width: float
) -> str:
    scale = size / 12.0
    line = wrap(text, size, width - (SWATCH_W + 10) * scale, 1)[0]
    drawn = element("g", sign, transform=f"translate({number(x)} {number(y)}) scale({scale:.2f})")
    at = y + (SWATCH_H / 2 + 4.5) * scale
    return drawn + write_text(x + (SWATCH_W + 8) * scale, at, line, size)


def _draw_foot(words: Words, layout: Layout) -> list[str]:
    """Write the notices and the source along the bottom."""
    width, height = layout.size
    left, inside = layout.column[0], width - 2 * layout.column[0]
    note, source = layout.sizes["notice"], layout.sizes["source"]
    lines = wrap(words.source, source, inside, layout.lines["source"])
    said = " ".join(words.notices)
    above = wrap(said, note, inside, layout.lines["notice"]) if said else []
    y = height - 12.0 - len(lines) * source * 1.25 - len(above) * note * 1.25
    parts = []
    for line in above:
        y += note * 1.25
        parts.append(write_text(left, y, line, note, fill=TONES["closed"]))
    for line in lines:
        y += source * 1.25
        parts.append(write_text(left, y, line, source, fill=SOFT))
    return parts


def _write_document(
    plan: Plan, words: Words, size: tuple[float, float], parts: Sequence[str]
) -> str:
    prefix = plan.scene.prefix
    told = " ".join(filter(None, [words.verdict, words.told, words.title]))
    head = element("title", escape(told), id=f"{prefix}title"), draw_patterns(prefix)
    return write_document(size, head, parts, f"{prefix}title")

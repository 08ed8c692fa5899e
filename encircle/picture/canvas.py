"""What is a line of SVG: safe text, elements, and metres turned into pixels."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from encircle.picture.tokens import INK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

Xy = tuple[float, float]

FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
BLEED_PX = 24.0
"""Shapes run on this far past the frame, so that it cuts their outlines off clean; pixels."""
SPECK_PX2 = 0.8
"""Pieces of ground smaller than this are not drawn; square pixels."""
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What XML forbids, what shows nothing, and what would turn the direction of writing round."""


def clean(text: str) -> str:
    r"""
    Make text fit for one line of XML: no control characters, single spaces.

    Examples
    --------
    >>> clean('a\x00b  c')
    'ab c'
    """
    return " ".join(UNPRINTABLE.sub("", re.sub(r"[\t\r\n\x85\u2028\u2029]", " ", text)).split())


def escape(text: str) -> str:
    """
    Escape text for an element or a quoted attribute.

    Examples
    --------
    >>> escape('<b a="1">&')
    '&lt;b a=&quot;1&quot;&gt;&amp;'
    """
    safe = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace('"', "&quot;").replace("'", "&#39;")


def number(value: float) -> str:
    """
    Write a number of pixels to a tenth.

    Examples
    --------
    >>> number(12.04), number(-0.01)
    ('12', '0')
    """
    text = f"{value:.1f}"
    return {"-0.0": "0"}.get(text, text.removesuffix(".0"))


def element(tag: str, *children: str, **attributes: str | float | None) -> str:
    """
    Write an element; children are markup already, attributes are escaped here.

    Examples
    --------
    >>> element("g", element("path", d="M0 0"), stroke_width=2)
    '<g stroke-width="2"><path d="M0 0"/></g>'
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="'
        f'{escape(value) if isinstance(value, str) else number(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def write_document(
    size: tuple[float, float], head: Iterable[str], body: Iterable[str], labelled_by: str
) -> str:
    """Write a whole picture, drawn on white; `head` is what is not drawn: title and patterns."""
    width, height = size
    document = element(
        "svg",
        *head,
        element("rect", width=width, height=height, fill="#fff"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=labelled_by,
        font_family=FONT,
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'


def write_text(  # noqa: PLR0913 - a line of type has these
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    fill: str = INK,
    weight: str | None = None,
    anchor: str | None = None,
    halo: str | None = None,
    spacing: float | None = None,
    style: str | None = None,
) -> str:
    """
    Write one line of type; `halo` is the colour that sets it off from the map.

    The halo is a line of its own beneath: not every reader of SVG can paint it first.
    """
    placed = {
        "x": x, "y": y, "font_size": size, "font_weight": weight, "font_style": style,
        "text_anchor": anchor, "letter_spacing": spacing,
    }  # fmt: skip
    line = element("text", escape(text), **placed, fill=fill)
    if halo is None:
        return line
    beneath = element(
        "text", escape(text), **placed, fill=halo, stroke=halo, stroke_width=3.0,
        stroke_linejoin="round", aria_hidden="true",
    )  # fmt: skip
    return beneath + line


NARROW, CAPITAL, BROAD, SQUARE = 0.36, 0.77, 1.0, 1.0
"""Widths of letters in ems by class, any other letter: 0.64. They are those of DejaVu Sans, the
broadest of the fonts asked for, so that words stay inside their boxes wherever they are read."""


def measure_text(text: str, size: float, *, bold: bool = False) -> float:
    """
    Estimate how wide a line of type runs, in pixels; errs wide.

    Examples
    --------
    >>> f"{measure_text('Sumy', 10):.1f} px"
    '30.5 px'
    """
    # rounded once, not letter by letter: Python 3.12 began to add floats more exactly than 3.11
    ems = math.fsum(_measure_letter(c) for c in text)
    return ems * size * (1.06 if bold else 1.0)


def _measure_letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return SQUARE
    if letter in "iIjlftr.,:;'|!()[] -·":
        return NARROW
    if letter in "mwMW@%—":
        return BROAD
    return CAPITAL if letter.isupper() else 0.64


def wrap(text: str, size: float, width: float, lines: int, *, bold: bool = False) -> list[str]:
    """
    Break text into at most so many lines of a width in pixels; what is left over becomes "…".

    Examples
    --------
    >>> wrap("one two three four", 10, 60, 2)
    ['one two', 'three four']
    """
    rows = [""]
    for word in _split_words(clean(text), size, width, bold=bold):
        longer = f"{rows[-1]} {word}".strip()
        if measure_text(longer, size, bold=bold) <= width or not rows[-1]:
            rows[-1] = longer
        else:
            rows.append(word)
    if len(rows) <= lines:
        return rows
    last = rows[lines - 1]
    while last and measure_text(last + "…", size, bold=bold) > width:
        last = last[:-1]
    return [*rows[: lines - 1], last.rstrip(" ,;:") + "…"]


def wrap_evenly(text: str, size: float, width: float, lines: int) -> list[str]:
    """
    Wrap a text so that its last line is no orphan: as many lines, each as short as may be.

    Examples
    --------
    >>> wrap_evenly("nobody was quite sure of it", 10, 130, 2)
    ['nobody was', 'quite sure of it']
    """
    full = wrap(text, size, width, lines)
    best = full
    for share in range(95, 45, -5):
        tried = wrap(text, size, width * share / 100, lines)
        if len(tried) > len(full) or tried[-1].endswith("…") != full[-1].endswith("…"):
            break
        best = tried
    return best


def _split_words(text: str, size: float, width: float, *, bold: bool) -> Iterator[str]:
    """Give the words, those longer than a line in pieces."""
    most = max(4, int(width / (size * 0.75)))
    for word in text.split(" "):
        if measure_text(word, size, bold=bold) <= width:
            yield word
        else:
            yield from (word[i : i + most] for i in range(0, len(word), most))


@dataclass(frozen=True, slots=True)
class View:
    """
    The piece of the plane that is drawn, and how large.

    Examples
    --------
    >>> view = View(0.0, 1000.0, 0.5, 400.0, 300.0)
    >>> view.point((100.0, 900.0))
    (50.0, 50.0)
    """

    left_m: float
    top_m: float
    px_per_m: float
    width: float
    height: float
    tolerance_px: float = 0.35

    @property
    def frame(self) -> Polygon:
        """The frame, in pixels."""
        return box(0, 0, self.width, self.height)

    def point(self, place_m: Xy) -> Xy:
        """Turn a place in metres into pixels."""
        x, y = place_m
        return (x - self.left_m) * self.px_per_m, (self.top_m - y) * self.px_per_m

    def holds(self, place: Xy, margin: float = 0.0) -> bool:
        """Tell whether a place in pixels lies in the frame."""
        x, y = place
        across = -margin <= x <= self.width + margin
        return across and -margin <= y <= self.height + margin

    def shape(self, shape_m: BaseGeometry) -> BaseGeometry:
        """Turn a shape in metres into pixels: clipped to the frame, simplified, specks dropped."""
        sound = shape_m if shape_m.is_valid else shapely.make_valid(shape_m)
        bleed = BLEED_PX / self.px_per_m
        right = self.left_m + self.width / self.px_per_m
        bottom = self.top_m - self.height / self.px_per_m
        window = box(
            self.left_m - bleed, bottom - bleed, right + bleed, self.top_m + bleed
        )  # fmt: skip
        return self.simplify(shapely.transform(sound.intersection(window), self._scale))

    def simplify(self, shape: BaseGeometry) -> BaseGeometry:
        """Leave out what no eye could see at this size."""
        return shape.simplify(self.tolerance_px)

    def _scale(self, metres: np.ndarray) -> np.ndarray:
        x = (metres[:, 0] - self.left_m) * self.px_per_m
        return np.column_stack([x, (self.top_m - metres[:, 1]) * self.px_per_m])


def write_path(shape: BaseGeometry) -> str:
    """
    Write a shape in pixels as path data; points are left out, and specks of ground.

    Examples
    --------
    >>> write_path(LineString([(0, 0), (5.04, 1)]))
    'M0 0L5 1'
    """
    return "".join(_write_paths(shape))


def _write_paths(shape: BaseGeometry) -> Iterator[str]:
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon):
            if part.area >= SPECK_PX2:
                for ring in (part.exterior, *part.interiors):
                    yield _write_line(ring.coords[:-1]) + "Z"
        elif isinstance(part, LineString):
            yield _write_line(part.coords)
        elif not isinstance(part, Point):
            yield from _write_paths(part)


def _write_line(places: object) -> str:
    written: list[str] = []
    for x, y in np.asarray(places)[:, :2]:
        pair = f"{number(x)} {number(y)}"
        if not written or written[-1] != pair:
            written.append(pair)
    return "M" + "L".join(written)

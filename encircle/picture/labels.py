"""Where does a name go on a map without covering another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from encircle.picture.canvas import element, measure_text, number, wrap, wrap_evenly, write_text
from encircle.picture.tokens import INK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from encircle.picture.canvas import Xy

Box = tuple[float, float, float, float]

LEADING = 1.18
PAD_PX = 3.0
EDGE_PX = 5.0
"""No name comes closer to the frame; pixels."""
DIRECTIONS: tuple[Xy, ...] = (
    (1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1),
)  # fmt: skip
"""Where a name is tried round its place, in the order of preference."""
FURTHER_PX = (0.0, 16.0, 36.0, 62.0, 95.0)
"""How much further out a name that must be shown is tried; pixels. From the second on it is tied
to its place by a thin line."""
OVER_WEIGHT = 12
"""A name that may stand anywhere on its ground has less excuse to cover a line."""
COST_OF_ORDER = 0.4
COST_OF_DISTANCE = 4.0
COST_OF_OVERLAP = 400.0
"""What a candidate pays, against one for each step of a line that matters which it covers."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name that wants to stand at one of some places, in pixels."""

    lines: tuple[str, ...]
    places: tuple[Xy, ...]
    rank: int
    """The lowest goes first."""
    size: float = 12.0
    fill: str = INK
    weight: str | None = None
    gap: float = 4.0
    flat: float = 0.0
    """How much less room the symbol takes above and below than at its sides; pixels."""
    over: bool = False
    """Centred on its place rather than beside it."""
    must: bool = False
    """Shown even where it has to cover something."""
    border: str | None = None
    """A boxed label: a statement, not a name."""
    spacing: float | None = None

    @property
    def extent(self) -> Xy:
        """How wide and high it is, in pixels."""
        bold = self.weight is not None
        widths = [
            measure_text(line, self.size, bold=bold) + (self.spacing or 0.0) * len(line)
            for line in self.lines
        ]
        pad = 2 * PAD_PX + (6.0 if self.border else 0.0)
        return max(widths) + pad, len(self.lines) * self.size * LEADING + pad - 2.0


ROOMIER = 1.2
"""A name too long for two lines is set on three, each so much wider."""
_SMALL_WORDS = re.compile(r"(?: (?:of|the|and|at|in|by|to|on|near|below|from|a|an|with))+…$")
"""What a name cut short must not end in."""


def shorten(name: str, width: float = 120.0, size: float = 12.0) -> tuple[str, ...]:
    """
    Shorten a name for the map: what stands before a comma or bracket, on two lines, at most three.

    Examples
    --------
    >>> shorten("VIII Corps, northern edge")
    ('VIII Corps',)
    """
    first = name
    for mark in (",", ";", " (", ":"):
        first = first.split(mark, 1)[0].strip() or first
    lines = wrap(first, size, width, 2)
    if lines[-1].endswith("…"):
        lines = wrap_evenly(first, size, width * ROOMIER, 3)
    lines[-1] = _SMALL_WORDS.sub("…", lines[-1])
    return tuple(lines)


@dataclass(slots=True)
class Placer:
    """Places names one after another; greedy, hence the same every time."""

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)
    dear: list[Xy] = field(default_factory=list)
    """Steps along lines that a name should not cover: the way out, the ring."""
    tips: list[Xy] = field(default_factory=list)
    """Heads of arrows, which nothing may hide."""
    spared: list[Xy] = field(default_factory=list)
    """Steps over the ground in question, which a boxed statement should not cover."""

    def block(self, place: Xy, half_width: float, half_height: float) -> None:
        """Keep names off a symbol."""
        x, y = place
        self.taken.append((x - half_width, y - half_height, x + half_width, y + half_height))

    def place(self, labels: Iterable[Label]) -> list[str]:
        """Draw the labels that find room, the more important first."""
        drawn = []
        for label in sorted(labels, key=lambda label: label.rank):
            steps = self.dear * OVER_WEIGHT if label.over else self.dear
            steps = [*steps, *self.spared] if label.border else steps
            found = self._find_box(label, np.asarray(steps, dtype=float).reshape(-1, 2))
            if found is not None:
                self.taken.append(found[0])
                drawn.append(_draw(label, *found))
        return drawn

    def _find_box(self, label: Label, steps: np.ndarray) -> tuple[Box, Xy] | None:
        best, least = None, COST_OF_OVERLAP if not label.must else float("inf")
        for cost, candidate, place in _list_candidates(label):
            total = cost + self._price(candidate, steps)
            if self._is_inside(candidate) and total < least:
                best, least = (candidate, place), total
        return best

    def _price(self, candidate: Box, steps: np.ndarray) -> float:
        overlaps = sum(_overlap(candidate, other) for other in self.taken)
        left, top, right, bottom = candidate
        x, y = steps[:, 0], steps[:, 1]
        covered = np.sum((x > left) & (x < right) & (y > top) & (y < bottom))
        return float(covered) + (COST_OF_OVERLAP + overlaps if overlaps else 0.0)

    def _is_inside(self, candidate: Box) -> bool:
        left, top, right, bottom = candidate
        across = left >= EDGE_PX and right <= self.width - EDGE_PX
        return across and top >= EDGE_PX and bottom <= self.height - EDGE_PX


def _overlap(a: Box, b: Box) -> float:
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across * down if across > 0 and down > 0 else 0.0


def _list_candidates(label: Label) -> Iterator[tuple[float, Box, Xy]]:
    for index, place in enumerate(label.places):
        price = index * COST_OF_ORDER
        if label.over:
            yield price, _box_at(label, place, (0, 0), 0.0), place
            continue
        for step, further in enumerate(FURTHER_PX if label.must else FURTHER_PX[:1]):
            for order, direction in enumerate(DIRECTIONS):
                cost = price + order * COST_OF_ORDER + step * COST_OF_DISTANCE
                yield cost, _box_at(label, place, direction, label.gap + further), place


def _box_at(label: Label, place: Xy, direction: Xy, gap: float) -> Box:
    width, height = label.extent
    slant = 0.75 if all(direction) else 1.0
    x = place[0] + direction[0] * (width / 2 + gap * slant)
    y = place[1] + direction[1] * (height / 2 + (gap - label.flat) * slant)
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _draw(label: Label, at: Box, place: Xy) -> str:
    left, top, right, bottom = at
    near = (min(max(place[0], left), right), min(max(place[1], top), bottom))
    apart = ((near[0] - place[0]) ** 2 + (near[1] - place[1]) ** 2) ** 0.5
    parts = []
    if not label.over and (apart > label.gap + FURTHER_PX[1] / 2 or (label.border and apart > 0)):
        start = _leave_symbol(place, near, 0.0 if label.border else label.gap)
        ends = f"M{number(start[0])} {number(start[1])}L{number(near[0])} {number(near[1])}"
        parts.append(element("path", d=ends, stroke=label.border or "#333", stroke_width=1.0))
    if label.border:
        parts.append(
            element(
                "rect", x=left, y=top, width=right - left, height=bottom - top, rx=2.0,
                fill="#fff", fill_opacity="0.94", stroke=label.border, stroke_width=1.4,
            )
        )  # fmt: skip
    return "".join([*parts, *_write_lines(label, at)])


def _leave_symbol(place: Xy, near: Xy, gap: float) -> Xy:
    """Begin a line at the edge of a symbol rather than in its middle."""
    x, y = near[0] - place[0], near[1] - place[1]
    share = min(0.7, gap / max(1.0, (x * x + y * y) ** 0.5))
    return place[0] + x * share, place[1] + y * share


def _write_lines(label: Label, at: Box) -> Iterator[str]:
    left, top, right, bottom = at
    first = (top + bottom) / 2 - (len(label.lines) - 1) * label.size * LEADING / 2
    for row, line in enumerate(label.lines):
        yield write_text(
            (left + right) / 2,
            first + row * label.size * LEADING + label.size * 0.35,
            line,
            label.size,
            fill=label.fill,
            weight=label.weight,
            anchor="middle",
            halo=None if label.border else "#fff",
            spacing=label.spacing,
        )

"""What does a series look like: a strip of the days, the neck and the ground held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from encircle.picture.canvas import FONT, element, escape, measure_text, number, write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from encircle.archive.timeline import Timeline

WIDTH, HEIGHT = 1200.0, 675.0
LEFT, RIGHT, TOP = 92.0, 36.0, 132.0
STRIP_H, PANEL_H, GAP = 44.0, 156.0, 54.0

INK, FAINT, GRID, PAPER = "#1a1a1a", "#5c5c5c", "#dcdcdc", "#ffffff"
NECK, NECK_KIND, AREA = "#0b5394", "#8ab4dc", "#4a7d3a"
COLOURS = {
    "C0": "#dbe9d5", "C1": "#b9d7ac", "C2": "#f3dc9a", "C3": "#c9b8dc", "E1": "#e5967c",
    "E2": "#c4402f", "N": "#e4e4e4", "U": "#ffffff",
}  # fmt: skip
"""Of each status: green open, yellow under fire, violet undecided, red shut, grey nobody there.
The code stands in each run, so that no colour has to be told from another."""

LABEL_LEAST_PX = 24.0
"""A run of days narrower than this is too narrow for its code."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Turns instants into pixels."""

    first: float
    last: float

    def at(self, instant: float) -> float:
        span = self.last - self.first or 1.0
        return LEFT + (instant - self.first) / span * (WIDTH - LEFT - RIGHT)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one map says, for a picture of many: widths in metres, an area in square kilometres."""

    as_of: str
    code: str
    label: str
    neck_width_m: Mapping[str, float | None]
    area_km2: float | None

    @property
    def second(self) -> float:
        """The instant of the map, seconds."""
        return datetime.fromisoformat(self.as_of).timestamp()


def draw_strip(series: Timeline) -> str:
    """
    Draw a series as one SVG: the status of each day, the width of the neck, the ground held.

    Where a map says nothing of a figure (a force given as points holds no ground of its own), its
    line is broken.
    """
    marks = [
        Mark(
            moment.as_of,
            moment.judgement.status.code,
            moment.judgement.status.label,
            moment.judgement.margins.get("neck_width_m") or {},
            moment.area_km2,
        )
        for moment in series.moments
    ]
    return draw_marks(marks, series.name[:1].upper() + series.name[1:], _sum_up(series))


def draw_marks(marks: Sequence[Mark], name: str, said: str) -> str:
    """Draw what maps in the order of their instants say of one force or piece, as one SVG."""
    scale = _Scale(marks[0].second, marks[-1].second)
    strip_y = TOP
    neck_y = strip_y + STRIP_H + GAP
    area_y = neck_y + PANEL_H + GAP
    title = f"{name}, {marks[0].as_of[:10]} to {marks[-1].as_of[:10]}"
    drawn = [
        element("title", escape(title)),
        element("rect", x="0", y="0", width=WIDTH, height=HEIGHT, fill=PAPER),
        write_text(LEFT, 48, title, 24, fill=INK, weight="600"),
        write_text(LEFT, 78, said, 16, fill=FAINT),
        write_text(LEFT, strip_y - 12, "Status on each map", 14, fill=INK, weight="600"),
        *_draw_runs(marks, scale, strip_y),
        *_draw_panel(marks, scale, neck_y, "Width of the neck, km", _NECKS),
        *_draw_panel(marks, scale, area_y, "Ground held, km²", _AREAS),
        *_draw_months(marks, scale, area_y + PANEL_H),
        write_text(LEFT, HEIGHT - 22, _LEGEND, 12, fill=FAINT),
    ]
    return element(
        "svg", *drawn, xmlns="http://www.w3.org/2000/svg", role="img", font_family=FONT,
        viewBox=f"0 0 {number(WIDTH)} {number(HEIGHT)}",
    )  # fmt: skip


_LEGEND = (
    "Dark line: unclear ground counted as hostile; light line: as passable. What happened between "
    "two maps they do not say."
)


def _sum_up(series: Timeline) -> str:
    spans = series.spans_of("encircled")
    said = "; ".join(f"{a[:10]} to {b[:10]}" if a != b else a[:10] for a, b in spans)
    maps = f"{len(series.moments)} map{'' if len(series.moments) == 1 else 's'}"
    return f"Encircled: {said} ({maps})." if said else f"Encircled on none of {maps}."


def _draw_runs(marks: Sequence[Mark], scale: _Scale, y: float) -> Iterator[str]:
    """Draw each run of one status from the middle of the gap before to that after it."""
    runs: list[tuple[str, float, float]] = []
    for number_, mark in enumerate(marks):
        here = mark.second
        before = marks[number_ - 1].second if number_ else here
        after = marks[number_ + 1].second if number_ + 1 < len(marks) else here
        code = mark.code
        span = (before + here) / 2, (here + after) / 2
        if runs and runs[-1][0] == code:
            runs[-1] = code, runs[-1][1], span[1]
        else:
            runs.append((code, *span))
    words = {m.code: m.label for m in marks}
    for run, start, end in runs:
        x, right = scale.at(start), scale.at(end)
        width = max(right - x, 3.0)
        yield element("rect", x=x, y=y, width=width, height=STRIP_H, fill=COLOURS[run],
                      stroke=FAINT)  # fmt: skip
        if width >= LABEL_LEAST_PX:
            said = f"{words[run]} ({run})"
            label = said if measure_text(said, 15, bold=True) + 16 <= width else run
            yield write_text(
                x + width / 2, y + 28, label, 15, fill=INK, weight="600", anchor="middle"
            )


_NECKS = (("neck", "optimistic", NECK_KIND), ("neck", "pessimistic", NECK))
_AREAS = (("area", "", AREA),)


def _draw_panel(
    marks: Sequence[Mark],
    scale: _Scale,
    y: float,
    title: str,
    lines: Sequence[tuple[str, str, str]],
) -> Iterator[str]:
    """Draw one panel: a grid from nought to a round number, and its lines."""
    values = [[_value(m, what, which) for m in marks] for what, which, _ in lines]
    top = _round_up(max((v for row in values for v in row if v is not None), default=1.0))
    yield write_text(LEFT, y - 12, title, 14, fill=INK, weight="600")
    for step in range(5):
        level = top * step / 4
        at = y + PANEL_H - PANEL_H * step / 4
        yield element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=at, y2=at, stroke=GRID)
        yield write_text(LEFT - 8, at + 5, f"{level:g}", 13, fill=FAINT, anchor="end")
    for row, (_, _, colour) in zip(values, lines, strict=True):
        run: list[str] = []
        for mark, value in zip(marks, row, strict=True):
            if value is None:
                yield from _polyline(run, colour)
                run = []
                continue
            x, at = scale.at(mark.second), y + PANEL_H - PANEL_H * value / top
            run.append(f"{number(x)},{number(at)}")
            yield element("circle", cx=x, cy=at, r=2.4, fill=colour)
        yield from _polyline(run, colour)


def _polyline(points: Sequence[str], colour: str) -> Iterator[str]:
    if len(points) > 1:
        yield element("polyline", points=" ".join(points), fill="none", stroke=colour,
                      stroke_width=2.5)  # fmt: skip


def _value(mark: Mark, what: str, which: str) -> float | None:
    if what == "area":
        return mark.area_km2
    width = mark.neck_width_m.get(which)
    return None if width is None else float(width) / 1000


def _round_up(value: float) -> float:
    """
    Find the end of a scale: a round number at or above a value.

    Examples
    --------
    >>> _round_up(438.0), _round_up(8.15), _round_up(0.0)
    (600.0, 10.0, 1.0)
    """
    size = 1.0
    while size * 10 < value:
        size *= 10
    while size >= value > 0 and size > 0.01:  # noqa: PLR2004 - finer is not measured
        size /= 10
    return next((size * k for k in (1, 2, 4, 6, 8, 10) if size * k >= value), 1.0) if value else 1.0


def _draw_months(marks: Sequence[Mark], scale: _Scale, y: float) -> Iterator[str]:
    """Write the days below: the first of each month, or where there are few maps, each."""
    last = -1e9
    seen = ""
    for mark in marks:
        x, day = scale.at(mark.second), mark.as_of[:10]
        if day[:7] == seen and x - last < (WIDTH - LEFT) / 8:
            continue
        if x - last < 84:  # noqa: PLR2004 - as wide as a day is written
            continue
        seen, last = day[:7], x
        yield element("line", x1=x, x2=x, y1=y, y2=y + 6, stroke=FAINT)
        yield write_text(x, y + 22, day, 13, fill=FAINT, anchor="middle")

"""What does a whole archive look like: each piece a row, its days coloured by what was judged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from encircle.archive.timeline_picture import COLOURS
from encircle.picture.canvas import FONT, element, escape, measure_text, write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.archive.linking import Sight, Story

WIDTH, LEFT, RIGHT, TOP, ROW_H, FOOT = 1200.0, 330.0, 36.0, 108.0, 30.0, 92.0
BAR_H = 20.0
INK, FAINT, GRID, PAPER = "#1a1a1a", "#5c5c5c", "#dcdcdc", "#ffffff"

MOST_ROWS = 40
"""More rows are no picture: the largest are drawn, pockets before all, and the rest counted."""

LEAST_PX = 4.0
"""A single day is drawn at least this wide."""

DAY_S = 86_400.0

LEGEND = (
    ("C0", "open"), ("C1", "open, salient"), ("C2", "under fire"), ("C3", "contested"),
    ("E1", "encircled, with access"), ("E2", "encircled"), ("U", "cannot be told"),
)  # fmt: skip


def draw_stories(stories: Sequence[Story], title: str) -> str:
    """
    Draw the pieces of an archive as one SVG.

    A bar goes on while map after map shows the piece; its colour is the status judged, and where
    it is a pocket it has a dark edge.
    """
    rows = _choose(stories)
    first = min((_second(s.sights[0]) for s in rows), default=0.0)
    last = max((_second(s.last) for s in rows), default=DAY_S)
    height = TOP + ROW_H * len(rows) + FOOT
    left_out = len(stories) - len(rows)
    more = f" The largest {len(rows)}; {left_out} smaller ones are not drawn." if left_out else ""
    pockets = sum("pocket" in s.kinds for s in stories)
    said = f"{len(stories)} pieces followed, {pockets} of them a pocket on some day.{more}"
    drawn = [
        element("title", escape(title)),
        element("rect", x="0", y="0", width=WIDTH, height=height, fill=PAPER),
        write_text(24, 42, title, 22, fill=INK, weight="600"),
        write_text(24, 70, said, 15, fill=FAINT),
        *_draw_months(first, last, TOP + ROW_H * len(rows)),
    ]
    for number, story in enumerate(rows):
        drawn += _draw_row(story, TOP + ROW_H * number, first, last)
    drawn += _draw_legend(height - 24)
    return element(
        "svg", *drawn, xmlns="http://www.w3.org/2000/svg", role="img", font_family=FONT,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
    )  # fmt: skip


def _choose(stories: Sequence[Story]) -> list[Story]:
    """Choose the rows: pockets first, then the larger; in order of time within each."""
    ranked = sorted(
        stories, key=lambda s: ("pocket" not in s.kinds, -s.largest.piece.area_km2, s.id)
    )
    return sorted(
        ranked[:MOST_ROWS], key=lambda s: ("pocket" not in s.kinds, s.sights[0].as_of, s.id)
    )


def _second(sight: Sight) -> float:
    return datetime.fromisoformat(sight.as_of).timestamp()


def _at(second: float, first: float, last: float) -> float:
    return LEFT + (second - first) / ((last - first) or DAY_S) * (WIDTH - LEFT - RIGHT)


def _draw_row(story: Story, y: float, first: float, last: float) -> Iterator[str]:
    piece = story.largest.piece
    by = piece.nearest_place or f"{piece.at[0]:.2f}, {piece.at[1]:.2f}"
    kind = "pocket" if "pocket" in story.kinds else story.kinds[0]
    label = f"{story.side} {kind} by {by}, {piece.area_km2:.3g} km²"
    while measure_text(label, 14) > LEFT - 36:
        label = label[:-2].rstrip() + "…"
    yield write_text(LEFT - 12, y + 16, label, 14, fill=INK, anchor="end")
    sights = story.sights
    for number, sight in enumerate(sights):
        start = _second(sight)
        end = _second(sights[number + 1]) if number + 1 < len(sights) else start
        x = _at(start, first, last)
        width = max(_at(end, first, last) - x, LEAST_PX)
        shut = sight.piece.kind == "pocket"
        yield element(
            "rect", x=x, y=y + 2, width=width, height=BAR_H,
            fill=COLOURS[sight.piece.proved.status["code"]],
        )  # fmt: skip
        if shut:
            yield element("rect", x=x, y=y + BAR_H - 1, width=width, height=3.0, fill=INK)


def _draw_months(first: float, last: float, bottom: float) -> Iterator[str]:
    """Write the months below, as many as there is room for."""
    begin, end = (datetime.fromtimestamp(s, UTC) for s in (first, last))
    months = (end.year - begin.year) * 12 + end.month - begin.month
    step = max(1, -(-months // 9))
    for number in range(1, months + 1, step):
        year, month = divmod(begin.month - 1 + number, 12)
        day = f"{begin.year + year}-{month + 1:02}-01"
        x = _at(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp(), first, last)
        if LEFT <= x <= WIDTH - RIGHT:
            yield element("line", x1=x, x2=x, y1=TOP - 6, y2=bottom + 6, stroke=GRID)
            yield write_text(x, bottom + 24, day[:7], 13, fill=FAINT, anchor="middle")


def _draw_legend(y: float) -> Iterator[str]:
    x = 24.0
    for code, said in LEGEND:
        yield element("rect", x=x, y=y - 12, width=16.0, height=14.0, fill=COLOURS[code],
                      stroke=FAINT)  # fmt: skip
        yield write_text(x + 22, y, said, 13, fill=FAINT)
        x += 40 + measure_text(said, 13)
    yield element("rect", x=x, y=y - 3, width=16.0, height=3.0, fill=INK)
    yield write_text(x + 22, y, "a pocket on that day", 13, fill=FAINT)

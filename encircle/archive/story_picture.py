"""What does a whole archive look like: each piece a row, its days coloured by what was judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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

SHORT_S = 75 * DAY_S
"""Over a shorter time single days are written below, over a longer one months."""

MOST_DAYS = 9

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
        *_draw_days(first, last, TOP + ROW_H * len(rows)),
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
    piece = story.most_telling.piece
    by = piece.nearest_place or f"{piece.at[0]:.2f}, {piece.at[1]:.2f}"
    kind = "pocket" if "pocket" in story.kinds else story.kinds[0]
    label = f"{story.side} {kind} by {by}, {piece.area_km2:.3g} km²"
    while measure_text(label, 14) > LEFT - 36:
        label = label[:-2].rstrip() + "…"
    yield write_text(LEFT - 12, y + 16, label, 14, fill=INK, anchor="end")
    for code, shut, start, end in _join_runs(story):
        x = _at(start, first, last)
        width = max(_at(end, first, last) - x, LEAST_PX)
        yield element("rect", x=x, y=y + 2, width=width, height=BAR_H, fill=COLOURS[code])
        if shut:
            yield element("rect", x=x, y=y + BAR_H - 1, width=width, height=3.0, fill=INK)


def _join_runs(story: Story) -> list[tuple[str, bool, float, float]]:
    """Join the days in a row of one status: status, whether a pocket, first second, last."""
    runs: list[tuple[str, bool, float, float]] = []
    for sight in story.sights:
        now = sight.piece.proved.status["code"], sight.piece.kind == "pocket"
        here = _second(sight)
        if runs:
            runs[-1] = (*runs[-1][:3], here)
        if not runs or runs[-1][:2] != now:
            runs.append((*now, here, here))
    return runs


def _draw_days(first: float, last: float, bottom: float) -> Iterator[str]:
    """Write the days below, as many as there is room for: the first of months over a long time."""
    for day in _choose_days(first, last):
        x = _at(day.timestamp(), first, last)
        said = f"{day:%Y-%m-%d}" if last - first < SHORT_S else f"{day:%Y-%m}"
        yield element("line", x1=x, x2=x, y1=TOP - 6, y2=bottom + 6, stroke=GRID)
        yield write_text(x, bottom + 24, said, 13, fill=FAINT, anchor="middle")


def _choose_days(first: float, last: float) -> list[datetime]:
    begin = datetime.fromtimestamp(first, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [begin + timedelta(days=n) for n in range(int((last - first) / DAY_S) + 2)]
    if last - first >= SHORT_S:
        days = [day for day in days if day.day == 1]
    inside = [day for day in days if first <= day.timestamp() <= last]
    return inside[:: max(1, -(-len(inside) // MOST_DAYS))]


def _draw_legend(y: float) -> Iterator[str]:
    x = 24.0
    for code, said in LEGEND:
        yield element("rect", x=x, y=y - 12, width=16.0, height=14.0, fill=COLOURS[code],
                      stroke=FAINT)  # fmt: skip
        yield write_text(x + 22, y, said, 13, fill=FAINT)
        x += 40 + measure_text(said, 13)
    yield element("rect", x=x, y=y - 3, width=16.0, height=3.0, fill=INK)
    yield write_text(x + 22, y, "a pocket on that day", 13, fill=FAINT)

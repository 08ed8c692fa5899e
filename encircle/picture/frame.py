"""What stands round the map: head, legend, foot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from encircle.map.days import say_day
from encircle.picture.canvas import element, measure_text, number, wrap, wrap_evenly, write_text
from encircle.picture.scene import SWATCH_H, SWATCH_W, Scene
from encircle.picture.tokens import INK, LIGHT, TONES
from encircle.verdict.judgement import WORDINGS
from encircle.verdict.saying import say_supposed

if TYPE_CHECKING:
    from collections.abc import Iterator


MARGIN_PX = 18.0
LEGEND_ROW_PX, LEGEND_COLUMN_PX = 22.0, 290.0
CHIPS = {
    "C0": "open", "C1": "open", "C2": "open", "C3": "contested", "E1": "closed", "E2": "closed",
    "N": "none", "U": "none",
}  # fmt: skip
"""Status to the tone it is told in; as the page tells it."""
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


def frame_map(scene: Scene, drawn: str, top: float) -> str:
    """Set the map into its frame, so that nothing runs over the edge."""
    view = scene.view
    inner = element(
        "svg", drawn, x=MARGIN_PX, y=top, width=view.width, height=view.height, overflow="hidden"
    )
    edge = element(
        "rect", x=MARGIN_PX, y=top, width=view.width, height=view.height, fill="none", stroke=INK,
        stroke_width=1.2,
    )  # fmt: skip
    return inner + edge


def title_of(scene: Scene) -> str:
    """Name the picture: by the judgement, the situation or the verdict."""
    situation = scene.situation
    return scene.judgement.title or situation.title or scene.judgement.headline


def draw_head(scene: Scene, width: float) -> tuple[str, float]:
    """Draw the title, the headline and the status; say where the map begins."""
    inside = width - 2 * MARGIN_PX
    status = scene.judgement.status
    chip = f"{status.code} · {status.label}"
    chip_width = measure_text(chip, 14.0, bold=True) + 22
    parts = [
        element(
            "rect", x=MARGIN_PX, y=MARGIN_PX, width=chip_width, height=25.0, rx=3.0,
            fill=TONES[CHIPS[status.code]],
        ),
        write_text(MARGIN_PX + 11, MARGIN_PX + 17.5, chip, 14.0, fill="#fff", weight="bold"),
        write_text(
            width - MARGIN_PX, MARGIN_PX + 17.5, _write_time(scene), 14.0, fill="#444", anchor="end"
        ),
    ]  # fmt: skip
    y = MARGIN_PX + 25.0
    supposed = say_supposed(scene.judgement)
    for line in wrap(supposed, 16.0, inside, MOST_LINES, bold=True) if supposed else ():
        y += 22.0
        parts.append(write_text(MARGIN_PX, y, line, 16.0, fill=LIGHT["what_if"], weight="bold"))
    for line in wrap(title_of(scene), 25.0, inside, 2, bold=True):
        y += 30.0
        parts.append(write_text(MARGIN_PX, y, line, 25.0, weight="bold"))
    headline = scene.judgement.headline or status.label
    for line in wrap_evenly(headline[:1].upper() + headline[1:], 16.0, inside, 3):
        y += 22.0
        parts.append(write_text(MARGIN_PX, y, line, 16.0, fill="#333"))
    return "".join(parts), y + 14.0


def _write_time(scene: Scene) -> str:
    as_of = scene.situation.as_of
    return f"As of {say_day(as_of)}, {as_of:%H:%M} UTC"


def draw_legend(scene: Scene, top: float, width: float) -> tuple[str, float]:
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


def draw_foot(scene: Scene, top: float, width: float) -> tuple[str, float]:
    """Draw the answers, the notices and the source; say where the picture ends."""
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
        (write_definitions(scene), INK),
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
DOUBT_INK = TONES["closed"]


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


def write_definitions(scene: Scene) -> str:
    """Write the answers of all definitions in one line."""
    answers = scene.judgement.judged.definitions
    said = (f"{WORDINGS[name].label}: {answer}" for name, answer in answers.items())
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

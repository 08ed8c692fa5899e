"""A folder of pages to look through: each pocket with its pictures, its series and its proof."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from encircle.archive.story_picture import draw_stories
from encircle.archive.timeline_picture import Mark, draw_marks
from encircle.map.door.reader import read_situation
from encircle.picture.picture import draw_svg
from encircle.verdict.judgement import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from encircle.archive.linking import Sight, Story
    from encircle.archive.scan import DrawnPiece

Json = dict[str, Any]

WORST_FIRST = ("E2", "E1", "C3", "C2", "C1", "C0", "U", "N")
"""Statuses, the most closed first."""

DAYS = ("first", "worst", "last")


@dataclass(frozen=True, slots=True)
class Shown:
    """One day of a piece on its page: when, which of its days, the picture and the proof."""

    day: str
    which: str
    picture: Markup
    label: str
    situation: str
    judgement: str


def list_pockets(stories: Sequence[Story]) -> list[Story]:
    """List what was a pocket on some map: each has a page."""
    return [story for story in stories if "pocket" in story.kinds]


def choose_days(story: Story) -> dict[str, list[str]]:
    """
    Choose the first, the worst and the last day of a piece: instants, with what each of them is.

    The worst is the day of the most closed status; of several, that of the narrowest neck, and of
    the smallest ground.
    """
    worst = min(story.sights, key=_rank)
    chosen: dict[str, list[str]] = {}
    for which, sight in zip(DAYS, (story.sights[0], worst, story.last), strict=True):
        chosen.setdefault(sight.as_of, []).append(which)
    return chosen


def _rank(sight: Sight) -> tuple[int, float, float]:
    proved = sight.piece.proved
    neck = (proved.neck_width_m or {}).get("pessimistic")
    closed = WORST_FIRST.index(proved.status["code"])
    return closed, float("inf") if neck is None else float(neck), sight.piece.area_km2


def write_gallery(
    stories: Sequence[Story],
    drawn: Mapping[tuple[str, str], Mapping[str, DrawnPiece]],
    notices: Sequence[str] = (),
) -> Iterator[tuple[str, bytes]]:
    """
    Write the pages of an archive and the files they point to.

    Parameters
    ----------
    stories
        What was followed; what was a pocket on some map has a page.
    drawn
        Of each piece (mapper and story), by instant, what `draw_pieces` drew of its days chosen.
    notices
        What is to be said of the archive as a whole: maps that could not be read.

    Yields
    ------
    name, raw
        What the file is called within the folder, and what is in it.
    """
    pockets = list_pockets(stories)
    pages = []
    for story in pockets:
        own = drawn.get((story.mapper, story.id), {})
        name = _name(story)
        shown = []
        for as_of, which in choose_days(story).items():
            if (piece := own.get(as_of)) is None:
                continue
            files = f"{name}/{piece.name}"
            yield f"{files}.situation.geojson", write_json(piece.situation)
            yield f"{files}.judgement.json", piece.judgement.to_json()
            picture = Markup(draw_svg(piece.judgement, read_situation(piece.situation)))  # noqa: S704 - drawn and escaped here
            label = piece.judgement.status.label
            shown.append(
                Shown(as_of[:10], " and ".join(which), picture, label,
                      f"{files}.situation.geojson", f"{files}.judgement.json")
            )  # fmt: skip
        page = {
            "story": story, "title": _title(story), "shown": shown,
            "series": Markup(_draw_series(story)),  # noqa: S704 - drawn and escaped here
        }  # fmt: skip
        yield f"{name}.html", _template("pocket.html").render(page).encode()
        days = [s.as_of[:10] for s in story.sights if s.piece.kind == "pocket"]
        pages.append({"href": f"{name}.html", "title": _title(story), "story": story, "days": days,
                      "shown": [day for day in shown if "worst" in day.which]})  # fmt: skip
    strip = Markup(draw_stories(stories, _say_days(stories))) if stories else None  # noqa: S704 - drawn and escaped here
    whole = {
        "title": _say_days(stories), "pages": pages, "strip": strip, "notices": notices,
        "others": len(stories) - len(pockets),
    }  # fmt: skip
    yield "index.html", _template("archive.html").render(whole).encode()


def _name(story: Story) -> str:
    """Name the files of a piece: letters and digits that every system keeps."""
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{story.mapper}-{story.id}").strip("-")


def _title(story: Story) -> str:
    piece = story.most_telling.piece
    by = piece.nearest_place or f"{piece.at[1]:.3f}° N {piece.at[0]:.3f}° E"
    return f"{story.side} pocket by {by}"


def _say_days(stories: Sequence[Story]) -> str:
    days = sorted(sight.as_of[:10] for story in stories for sight in story.sights)
    return f"Pockets and salients, {days[0]} to {days[-1]}" if days else "Pockets and salients"


def _draw_series(story: Story) -> str:
    marks = [
        Mark(
            sight.as_of,
            sight.piece.proved.status["code"],
            sight.piece.proved.status["label"],
            sight.piece.proved.neck_width_m or {},
            sight.piece.area_km2,
        )
        for sight in story.sights
    ]
    pocket = sum(sight.piece.kind == "pocket" for sight in story.sights)
    return draw_marks(marks, _title(story), f"A pocket on {pocket} of {len(marks)} maps.")


@lru_cache(maxsize=1)
def _load() -> Environment:
    return Environment(
        loader=PackageLoader("encircle.archive"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> Any:  # noqa: ANN401 - a template of jinja2
    return _load().get_template(name)

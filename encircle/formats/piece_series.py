"""What became of a piece of held ground, day by day, on maps of any known kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from encircle.errors import QuestionError, SituationError
from encircle.formats.painted.force import Force, ForceFinder, SameGround
from encircle.formats.painted.situation import draw_situation, label_of, read_ground, tell_far
from encircle.formats.pieces.choosing import NEAR_M
from encircle.formats.pieces.held import flat_polygons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted.shapes import LonLat
    from encircle.formats.publishers.presets import DatedMap

Json = dict[str, Any]


def draw_series(  # noqa: PLR0913 - all but one by name
    maps: Iterable[DatedMap],
    *,
    force_in: LonLat | str | None = None,
    force_at: Sequence[LonLat | str] = (),
    side: str = "UA",
    force: str = "force",
    on_drawn: Callable[[Json], object] = lambda _: None,
) -> list[Json]:
    """
    Draw one situation a map about a piece that is chosen once and followed by overlap.

    Returns
    -------
    situations
        In order of time. Where the ground is not held, the force is drawn as withdrawn from where
        it was last.

    Raises
    ------
    QuestionError, SituationError
        If no map shows one piece that is meant: as on the first map.

    Notes
    -----
    The piece is chosen on the first map that shows it, and followed from there from each map to
    the next, and back from there to the maps before.
    """
    ordered = sorted(maps, key=lambda m: m.as_of)
    first, meant = _choose_on_first(ordered, force_at, force_in, side)
    start, name = meant.ground, meant.short_name
    meant = replace(meant, name=name)
    shown = ordered[first]
    ground = read_ground(shown.painted, shown.border, side)
    drawn = draw_situation(ground, shown.border, meant, shown.as_of, force)
    on_drawn(drawn)

    def follow(days: Sequence[DatedMap]) -> Iterator[Json]:
        held: BaseGeometry = start
        for day in days:
            ground = read_ground(day.painted, day.border, side)
            again, now = SameGround(ground, label_of(day.painted, side), held).follow(name)
            document = draw_situation(ground, day.border, again, day.as_of, force)
            held = now if now is not None else held
            on_drawn(document)
            yield document

    before = list(follow(ordered[:first][::-1]))[::-1]
    return [*before, drawn, *follow(ordered[first + 1 :])]


def _choose_on_first(
    ordered: Sequence[DatedMap],
    force_at: Sequence[LonLat | str],
    force_in: LonLat | str | None,
    side: str,
) -> tuple[int, Force]:
    """Choose the piece on the first map that shows it; raise as the first map does if none."""
    refused: QuestionError | SituationError | None = None
    for number, day in enumerate(ordered):
        ground = read_ground(day.painted, day.border, side)
        finder = ForceFinder(ground, label_of(day.painted, side))
        try:
            meant = tell_far(finder, finder.find(force_at, force_in), force_at, force_in)
        except QuestionError as question:
            near = [p for p in question.document.get("pieces", []) if p["distance_m"] <= NEAR_M]
            if near or question.document["question"] != "which_force":
                raise
            refused = refused or question
        except SituationError as error:
            refused = refused or error
        else:
            if not any(flat_polygons(shape) for shape in meant.shapes):  # plainly joined ground
                meant = finder.find_front_at(force_at)
            return number, meant
    assert refused is not None  # noqa: S101 - a command has at least one map
    raise refused

"""Whether a verdict holds with one origin of its evidence left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.likelihood.worlds.answers import answer_one
from encircle.likelihood.worlds.atlas import Atlas
from encircle.likelihood.worlds.world import FALSE, TRUE, World
from encircle.map.evidence import Doubts, Item, Origin, list_origins, origin_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.map.options import Options
    from encircle.map.situation import Position
    from encircle.network.sheet import Sheet

SUSPECT = 0.99
"""Where no graded evidence can turn a verdict, every feature is taken to be right with this
probability, so that the fewest that turn it come first; no such number is printed."""


def suspect_all(sheet: Sheet, options: Options) -> Atlas:
    """Chart a map on which each feature but the force's own may be wrong by itself."""
    own = {p.id for p, _ in sheet.shapes}
    names = [f.id for f in sheet.evidence.speaking if f.id not in own]
    items = tuple(Item(name, "feature", SUSPECT, SUSPECT, (name,)) for name in names)
    doubts = Doubts(items, (), {name: (i,) for i, name in enumerate(names)}, {})
    return build_atlas(sheet, doubts, options)


def build_atlas(sheet: Sheet, doubts: Doubts, options: Options) -> Atlas:
    """Chart a map that was drawn for a judgement."""
    return Atlas(
        sheet.evidence, doubts, sheet.ground, sheet.shapes, sheet.outline, sheet.stops, options,
        sheet.network.lines,
    )  # fmt: skip


def leave_out_origins(
    sheet: Sheet, suspects: Atlas, asked: Sequence[Position]
) -> tuple[Origin, ...]:
    """
    Ask for each origin whether the verdict is the same with all left out that rests on it alone.

    The force stands where it is reported all the while. The frame of the map and its seams are
    drawn once, with all evidence.

    Parameters
    ----------
    asked
        The positions that speak for the force; it is cut off if all of them are.
    """
    own = {p.id for p, _ in sheet.shapes}
    speaking = [f for f in sheet.evidence.speaking if f.id not in own]
    titles = {origin_of(s): s.title or s.id for f in speaking for s in f.sources}
    number = {item.id: i for i, item in enumerate(suspects.doubts.items)}
    whole = World((TRUE,) * len(number), suspects.start.levels)
    verdict = decide_in(suspects, whole, asked)
    found = []
    for origin, gone in list_origins(speaking).items():
        world = whole
        for name in gone:
            world = world.settle(number[name], FALSE)
        holds = not gone or decide_in(suspects, world, asked) == verdict
        found.append(Origin(origin, titles.get(origin, origin), gone, holds))
    return tuple(found)


def decide_in(suspects: Atlas, world: World, asked: Sequence[Position]) -> tuple[bool, bool]:
    """Tell whether a force is cut off on both readings in a world, and whether not both deny it."""
    view = suspects.look(world)
    told = []
    for position in asked:
        alone = len(view.gazer.chart.standings_of(position)) == 1
        if alone and view.is_lost(position)[0]:
            told.append((False, True))  # all of it stands on ground of the enemy, by a word alone
            continue
        (held, _), (not_denied, _) = answer_one(view, position, "land_cut")
        told.append((held, not_denied))
    return all(held for held, _ in told), all(not_denied for _, not_denied in told)

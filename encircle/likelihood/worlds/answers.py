"""Answers to the definitions of being cut off: what holds surely, and what may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.likelihood.worlds.gazer import WALKED
from encircle.likelihood.worlds.world import ENDS, MODES, VEHICLES
from encircle.map.reach import READINGS
from encircle.network.ground.states import FIRE_RANKS, UNMAPPED
from encircle.network.lines.values import SPECIAL
from encircle.verdict.facts import F3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.likelihood.worlds.fires import Fires
    from encircle.likelihood.worlds.gazer import Gazer, View
    from encircle.likelihood.worlds.labels import Labels
    from encircle.likelihood.worlds.world import Both, Bounds, End, World
    from encircle.map.reach import Reading
    from encircle.map.situation import Position


def answer(gazer: Gazer, world: World, position: Position) -> dict[str, Both]:
    """
    Answer the definitions for one position in all worlds that agree with `world`.

    Returns
    -------
    answers
        Per definition, first whether it holds on both readings, then whether it is not denied by
        both: each as (surely, possibly).
    """
    views = {(r, e): gazer.view(world, r, e) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    early = _end_early(gazer, views, open_, position)
    land = {r: _closed(open_, r, MODES) for r in READINGS}
    vehicle = {r: _closed(open_, r, VEHICLES) for r in READINGS}
    alone = {r: _all(land[r], _without_access(gazer, views, land, r, position)) for r in READINGS}
    return {
        "land_cut": _between(land, early),
        "vehicle_cut": _between(vehicle, early),
        "isolation": _between(alone, early),
    }


def answer_land(
    gazer: Gazer, world: World, position: Position, features: bytes
) -> tuple[Bounds, Bounds, Bounds]:
    """Answer `land_cut` as `answer` does, for other features, and whether the map ends early."""
    views = {(r, e): gazer.view(world, r, e, features) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    early = _end_early(gazer, views, open_, position)
    return (*_between({r: _closed(open_, r, MODES) for r in READINGS}, early), early)


def ends_early(gazer: Gazer, world: World, position: Position) -> bool:
    """Tell whether nothing can be told of a position that is not free, in one world."""
    views = {(r, e): gazer.view(world, r, e) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    return _end_early(gazer, views, open_, position)[0]


def answer_surrounded(gazer: Gazer, world: World, position: Position) -> Both:
    """Answer whether hostile ground lies on nearly all bearings, as `answer` does."""
    least = gazer.options.surrounded_share
    around: dict[Reading, Bounds] = {}
    for r in READINGS:
        surely, maybe = (
            gazer.share_hostile(gazer.label(world, r, end), position) >= least for end in ENDS
        )
        around[r] = (surely, maybe)
    return around["optimistic"], around["pessimistic"]


def answer_fire(fires: Fires, world: World, position: Position) -> Both:
    """Answer whether every way left is under heavy fire, as `answer` does."""
    gazer = fires.gazer
    views = {(r, e): gazer.view(world, r, e) for r in READINGS for e in ENDS}
    open_ = {key: gazer.open_modes(view, position) for key, view in views.items()}
    early = _end_early(gazer, views, open_, position)
    says: dict[Reading, set[str]] = {}
    for r in READINGS:
        low, high = (fires.find_best(views[r, end], position) for end in ENDS)
        says[r] = _say_fire(low, high)
    cases = {_combine(one, other) for one in says["optimistic"] for other in says["pessimistic"]}
    yes, no = cases == {"yes"}, cases == {"no"}
    held = (yes and not early[1], "yes" in cases and not early[0])
    possible = (early[0] or "no" not in cases, early[1] or not no)
    return held, possible


def _say_fire(low: int | None, high: int | None) -> set[str]:
    """List what fire from the grade `low` to the grade `high` on the best way may say."""
    last = len(FIRE_RANKS)
    ranks = range(last if low is None else low, (last if high is None else high) + 1)
    return {"unknown" if rank == UNMAPPED else "yes" if rank >= F3 else "no" for rank in ranks}


def _combine(one: str, other: str) -> str:
    if "unknown" in (one, other):
        return "unknown"
    return one if one == other else "contested"


def _closed(
    open_: dict[tuple[Reading, End], frozenset[str]], reading: Reading, modes: Sequence[str]
) -> Bounds:
    """Tell whether none of some modes is open: surely, and possibly."""
    return (
        open_[reading, "best"].isdisjoint(modes),
        open_[reading, "worst"].isdisjoint(modes),
    )


def _end_early(
    gazer: Gazer,
    views: dict[tuple[Reading, End], View],
    open_: dict[tuple[Reading, End], frozenset[str]],
    position: Position,
) -> Bounds:
    """
    Tell whether nothing can be told of a position that is not free: surely, and possibly.

    The map ends before the answer, or only a word says that anybody is where the enemy is.
    """
    if open_["optimistic", "worst"]:
        return False, False
    labels = [views[reading, "best"].labels for reading in READINGS]
    lost, may_be_lost = gazer.is_lost(labels, position)
    maybe = gazer.runs_off(views["optimistic", "best"].labels, position)
    closed = not open_["optimistic", "best"]
    surely = closed and gazer.runs_off(views["optimistic", "worst"].labels, position)
    return surely or (closed and lost), maybe or may_be_lost


def _without_access(
    gazer: Gazer,
    views: dict[tuple[Reading, End], View],
    land: dict[Reading, Bounds],
    reading: Reading,
    position: Position,
) -> Bounds:
    """Tell whether sea, landing air and special ways are all out of reach."""
    if not land[reading][1]:
        return False, False
    best, worst = (views[reading, end].labels for end in ENDS)
    ids, special = gazer.has_access(best, position)
    surely_ids, surely_special = gazer.has_access(worst, position)
    if best is not worst and best.number != worst.number:
        # A way that is special in one case may be plain in another, and then leads there as well.
        surely_special = False
        special = special or _reaches_any(gazer, best, position)
    return not (ids or special), not (surely_ids or surely_special)


def _reaches_any(gazer: Gazer, labels: Labels, position: Position) -> bool:
    far = gazer.spread(labels, position, WALKED | SPECIAL)
    return bool(far & set(gazer.chart.network.anchors))


def is_lost(gazer: Gazer, world: World, position: Position) -> bool:
    """Tell whether only a word says, in one world, that anybody is where the enemy is."""
    labels = [gazer.view(world, reading, "best").labels for reading in READINGS]
    return gazer.is_lost(labels, position)[0]


def _all(one: Bounds, other: Bounds) -> Bounds:
    return one[0] and other[0], one[1] and other[1]


def _between(holds: dict[Reading, Bounds], early: Bounds) -> Both:
    """Answer yes where both readings hold, no where neither does; unknown where the map ends."""
    kind, strict = holds["optimistic"], holds["pessimistic"]
    yes = (kind[0] and not early[1], kind[1] and not early[0])
    not_no = (early[0] or strict[0], early[1] or strict[1])
    return yes, not_no

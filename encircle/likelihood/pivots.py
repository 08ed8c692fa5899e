"""
What would have to be wrong for the verdict to be another, and what is worth checking next.

Long for one reason: what would turn a verdict is told in three ways from one tree of worlds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from encircle.likelihood.worlds.factoring import leaf_mass
from encircle.likelihood.worlds.world import FALSE, OPEN, TRUE
from encircle.map.evidence import origin_of
from encircle.map.naming import call_source, join_words, list_names
from encircle.verdict.values import Importance, Pivot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from encircle.likelihood.measure import Likelihood
    from encircle.likelihood.worlds.factoring import Leaf, Tree
    from encircle.likelihood.worlds.world import World
    from encircle.map.evidence import Doubts, Item
    from encircle.verdict.judgement import Judged
    from encircle.verdict.values import Margins

Outcome = Literal["encircled", "not_encircled", "contested", "indeterminate"]
GROUP_KEY = (None, "land_cut")
MOST_PIVOTS = 3
"""As many are told: the likeliest."""
MOST_NAMED = 3
"""As many features are named in a sentence; the rest are counted."""
LEAST_IMPORTANCE = 0.0005
"""What moves the chance by less than this is not worth a sentence."""
AS_DRAWN = 0b010
"""The level of a shift, as a bit, at which a boundary runs where it is drawn."""
LEVEL_WORDS = {0: "smaller", 2: "larger"}


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from the map as drawn: items that are wrong, and ground that ran elsewhere."""

    wrong: frozenset[int]
    moved: frozenset[tuple[int, int]]
    outcome: Outcome
    contradicts: bool = False
    """Nothing can be told because only a word says that anybody is where the enemy is."""

    def is_beyond(self, other: Change, opposite: str) -> bool:
        """Tell whether another change gives as much with less that is otherwise."""
        within = other.wrong <= self.wrong and other.moved <= self.moved
        same = other.wrong == self.wrong and other.moved == self.moved
        as_much = other.outcome == self.outcome or self.outcome != opposite
        return within and not same and as_much


def find_changes(likelihood: Likelihood, verdict: str) -> list[Change]:
    """
    Find the least changes to the map that give another verdict, the likeliest first.

    Those after which the map ends before the answer come last.

    The worlds taken apart hold them all: a leaf's decided items are all its verdict hangs on, so a
    least set of wrong items is the set of one leaf.
    """
    tree = likelihood.group
    found: list[Change] = []
    for leaf in tree.leaves:
        outcome = find_outcome(likelihood, leaf)
        if outcome is None or outcome == verdict:
            continue
        lost = outcome == "indeterminate" and likelihood.contradicts(leaf.world)
        change = Change(_list_wrong(leaf, tree), _list_moved(leaf), outcome, lost)
        if change.wrong or change.moved or _is_as_drawn(leaf):
            found.append(change)
    opposite = find_opposite(verdict)
    least = [c for c in found if not any(c.is_beyond(other, opposite) for other in found)]
    doubts = tree.doubts
    unique = {(c.wrong, c.moved): c for c in least}
    return sorted(unique.values(), key=lambda change: _rank(change, doubts))


def _rank(change: Change, doubts: Doubts) -> tuple[bool, float, list[int]]:
    """Rank the likelier change first; to lose the answer is less than to have another."""
    lost = change.outcome == "indeterminate"
    return lost, -find_chance(change, doubts)[2], sorted(change.wrong)


def find_opposite(verdict: str) -> str:
    """Name the verdict most unlike another."""
    return "not_encircled" if verdict == "encircled" else "encircled"


def _list_wrong(leaf: Leaf, tree: Tree) -> frozenset[int]:
    pairs = zip(leaf.world.items, tree.start.items, strict=True)
    return frozenset(i for i, (now, then) in enumerate(pairs) if now == FALSE and then == OPEN)


def _list_moved(leaf: Leaf) -> frozenset[tuple[int, int]]:
    """List the shifts decided otherwise than as drawn."""
    single = {0b001: 0, 0b100: 2}
    return frozenset(
        (i, single[left]) for i, left in enumerate(leaf.world.levels) if left in single
    )


def _is_as_drawn(leaf: Leaf) -> bool:
    """Tell whether boundaries may run where they are drawn: their error alone made the verdict."""
    levels = leaf.world.levels
    return bool(levels) and all(left & AS_DRAWN for left in levels)


def find_outcome(likelihood: Likelihood, leaf: Leaf) -> Outcome | None:
    """Give the verdict in all the worlds of a leaf; None where it was left open."""
    (held, may_hold), (denied, may_deny) = leaf.answers[GROUP_KEY]
    if held != may_hold or denied != may_deny:
        return None
    if held:
        return "encircled"
    if not denied:
        return "not_encircled"
    return "indeterminate" if likelihood.ends_early(leaf.world) else "contested"


def find_chance(change: Change, doubts: Doubts) -> tuple[float, float, float]:
    """Give the least and the greatest probability of a change, and the one halfway."""
    low = high = middle = 1.0
    for i in change.wrong:
        item = doubts.items[i]
        low, high = low * (1 - item.high), high * (1 - item.low)
        middle *= 1 - item.middle
    weight = math.prod(doubts.shifts[i].weights[level] for i, level in change.moved)
    return low * weight, high * weight, middle * weight


def tell_pivots(
    likelihood: Likelihood,
    verdict: str,
    names: Mapping[str, str],
    *,
    certain: bool = False,
    stated: AbstractSet[str] = frozenset(),
) -> Iterator[Pivot]:
    """
    Write the likeliest changes as the contract's pivots.

    Where the evidence is certain the fewest features are named, and no probability; those that have
    one, of 0 or 1, are `stated` so.
    """
    doubts = likelihood.group.doubts
    changes = find_changes(likelihood, verdict)
    opposite = find_opposite(verdict)
    told = changes[:MOST_PIVOTS]
    farther = next((c for c in changes if c.outcome == opposite), None)
    if farther is not None and farther not in told:
        told = [*told[: MOST_PIVOTS - 1], farther]
    for change in told:
        if certain:
            yield _write_suspicion(change, doubts, names, stated)
            continue
        if not (change.wrong or change.moved):
            yield _write_as_drawn(change, likelihood)
            continue
        low, high, middle = find_chance(change, doubts)
        gone = likelihood.find_missing(change.wrong, change.moved)
        shifted = [n for i, _ in sorted(change.moved) for n in doubts.shifts[i].features]
        yield Pivot(
            tuple(dict.fromkeys([*gone, *shifted])),
            change.outcome,
            _state(change, gone, likelihood, names, middle),
            _round(middle),
            [_round(low), _round(high)] if low != high else None,
            wrong=tuple(doubts.items[i].id for i in sorted(change.wrong)),
        )


def _write_as_drawn(change: Change, likelihood: Likelihood) -> Pivot:
    """Say what holds where boundaries run as drawn, by no more of their error than that takes."""
    tree = likelihood.group
    shifts = tree.doubts.shifts
    p = sum(
        math.prod(
            sum(weight for level, weight in enumerate(shift.weights) if left >> level & 1)
            for shift, left in zip(shifts, leaf.world.levels, strict=True)
        )
        for leaf in tree.leaves
        if not _list_wrong(leaf, tree) and find_outcome(likelihood, leaf) == change.outcome
    )
    outcome = {
        "encircled": "the force is encircled", "not_encircled": "a way out is open",
        "contested": "it hangs on unknown ground whether a way out is open",
        "indeterminate": "the map ends before the answer",
    }[change.outcome]  # fmt: skip
    return Pivot(
        tuple(dict.fromkeys(name for shift in shifts for name in shift.features)),
        change.outcome,
        f"With the boundaries where they are drawn {outcome}; by the errors stated for them that "
        f"has a chance of {say_percent(p)}, if all the rest is right.",
        _round(p),
        wrong=(),
        as_drawn=True,
    )


def _write_suspicion(
    change: Change, doubts: Doubts, names: Mapping[str, str], stated: AbstractSet[str]
) -> Pivot:
    """Name drawn things that nobody doubts, and that would all have to be wrong."""
    ids = tuple(doubts.items[i].id for i in sorted(change.wrong))
    would = {
        "encircled": "the force would be encircled",
        "not_encircled": "a way out would be open",
        "contested": "it would hang on unknown ground whether a way out is open",
        "indeterminate": "only a word would say that anybody is there"
        if change.contradicts
        else "the map would end before the answer",
    }[change.outcome]
    were = "were" if len(ids) > 1 else "was"
    so = "nobody graded that" if stated.isdisjoint(ids) else "stated probabilities leave that out"
    said = f"If {_name(ids, names)} {were} not there, {would}; {so}."
    return Pivot(ids, change.outcome, said, wrong=ids)


def tell_missing(
    judged: Judged, margins: Margins | None, pivots: Sequence[Pivot]
) -> Iterator[Pivot]:
    """Say what would have to be there where nothing drawn, if wrong, gives the opposite verdict."""
    opposite = "not_encircled" if judged.encircled else "encircled"
    if judged.encircled is None or any(p.would_make == opposite for p in pivots):
        return
    if judged.encircled:
        gap, ring = margins.opening if margins else None, judged.proof.ring
        held = {part.by for part in ring.segments} if ring else set()
        if gap is None and held & {"barrier", "sea"}:
            needed = "a crossing that nobody drew would have to be there"
        else:
            far = f", at least {gap.distance_m / 1000:.1f} km of it" if gap else ""
            needed = f"friendly ground that nobody drew would have to be there{far}"
        text = f"Nothing drawn here, if wrong, would open a way out on both readings: {needed}."
    else:
        front_m = margins.closing_m["pessimistic"] if margins else None
        far = f", along at least {front_m / 1000:.1f} km of front" if front_m else ""
        text = (
            "Nothing drawn here, if wrong, would encircle the force on both readings: hostile "
            f"ground that nobody drew would have to be there{far}."
        )
    yield Pivot((), opposite, text, wrong=())


def _round(p: float) -> float:
    return float(f"{p:.4g}")


def _state(
    change: Change, gone: Sequence[str], likelihood: Likelihood, names: Mapping[str, str], p: float
) -> str:
    """Say in one sentence what would have to be wrong."""
    doubts = likelihood.group.doubts
    wrong = [describe_item(doubts.items[i], names) for i in sorted(change.wrong)]
    fallen = any(doubts.items[i].kind == "origin" for i in change.wrong)
    them = "it" if len(wrong) == 1 else "them"
    so = f", and with {them} {_name(gone, names)}" if gone and fallen else ""
    moved = [
        f"ground drawn by {_call_drawer(doubts, i, names)} is {LEVEL_WORDS[level]} by the error "
        "stated"
        for i, level in sorted(change.moved)
    ]
    chance = f"a chance of {say_percent(p)}"
    lead = {
        "encircled": "For the force to be encircled", "not_encircled": "For a way out to be open",
    }.get(change.outcome)  # fmt: skip
    if lead:
        told = [f"{join_words(wrong)} would {_have_to_be_wrong(len(wrong))}{so}"] if wrong else []
        told += [f"it would have to be that {m}" for m in moved]
        return f"{lead}, {' and '.join(told)}: {chance}."
    told = [f"{join_words(wrong)} {_are_wrong(len(wrong))}{so}"] if wrong else []
    end = (
        "only a word says that anybody is there, on ground of the enemy"
        if change.contradicts
        else "the map ends before the answer"
        if change.outcome == "indeterminate"
        else "it hangs on unknown ground whether a way out is open"
    )
    return f"If {' and '.join([*told, *moved])}, {end}: {chance}."


def _have_to_be_wrong(count: int) -> str:
    return "have to be wrong" if count == 1 else f"{_both(count)} have to be wrong"


def _are_wrong(count: int) -> str:
    return "is wrong" if count == 1 else f"are {_both(count)} wrong"


def _both(count: int) -> str:
    return "both" if count == 2 else "all"  # noqa: PLR2004


def describe_item(item: Item, names: Mapping[str, str]) -> str:
    """Name an item as an analyst would: the source with its grade, or the feature."""
    if item.kind == "feature":
        return names.get(item.id, item.id)
    source = item.sources[0]
    grade = f"{source.reliability or 'F'}{source.credibility or 6}"
    return f"{call_source(source)} ({grade})"


def _call_drawer(doubts: Doubts, number: int, names: Mapping[str, str]) -> str:
    """Call whoever drew ground with an error: the source, or the ground where no source is told."""
    shift = doubts.shifts[number]
    sources = (s for item in doubts.items for s in item.sources if origin_of(s) == shift.id)
    return next(map(call_source, sources), names.get(shift.id, shift.id))


def _name(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return list_names(ids, names, MOST_NAMED)


def say_percent(p: float) -> str:
    """
    Say a probability as people do: rare ones as one in so many.

    Examples
    --------
    >>> say_percent(0.12), say_percent(0.0144), say_percent(0.0001)
    ('12 %', '1.4 %', '1 in 10,000')
    """
    if p <= 0:
        return "0 %"
    if p < 0.001:  # noqa: PLR2004 - a tenth of a percent
        return f"1 in {float(f'{1 / p:.2g}'):,.0f}"
    if p > 0.999:  # noqa: PLR2004
        return "more than 99.9 %"
    return f"{p * 100:.2g} %" if p < 0.995 else f"{p * 100:.1f} %"  # noqa: PLR2004


# -- what to look at next --------------------------------------------------------------------


def tell_importance(likelihood: Likelihood, names: Mapping[str, str]) -> tuple[Importance, ...]:
    """
    Rank the items by how much the chance of encirclement moves with each of them.

    References
    ----------
    .. [1] Birnbaum, Z. W. (1969). On the importance of different components in a multicomponent
       system. In: Multivariate Analysis II, 581-592.
    """
    tree = likelihood.group
    told = []
    for number, item in enumerate(tree.doubts.items):
        if tree.start.items[number] != OPEN:
            continue
        weight, which = _measure_importance(tree, number)
        if weight >= LEAST_IMPORTANCE:
            said = _state_importance(describe_item(item, names), weight, which)
            told.append(Importance(list(item.features), item.id, round(weight, 4), said))
    return tuple(sorted(told, key=lambda one: (-one.importance, one.item)))


def _measure_importance(tree: Tree, number: int) -> tuple[float, int]:
    """
    Give the greatest move of the chance as an item goes from wrong to right, and which it is.

    1 and 2 are the chance that encirclement is sure, up and down; 3 and 4 that it cannot be
    excluded.
    """
    moves = []
    for which in (0, 1):
        mass = {FALSE: 0.0, TRUE: 0.0}
        for leaf in tree.leaves:
            holds = leaf.answers[GROUP_KEY][which][0]
            for value in (FALSE, TRUE):
                if holds and leaf.world.items[number] in (OPEN, value):
                    mass[value] += _mass_without(leaf.world, tree, number)
        moves.append(mass[TRUE] - mass[FALSE])
    which = 0 if abs(moves[0]) >= abs(moves[1]) else 1
    return abs(moves[which]), 1 + 2 * which + (moves[which] < 0)


def _mass_without(world: World, tree: Tree, number: int) -> float:
    free = world.settle(number, OPEN)
    return leaf_mass(free, tree.start, tree.doubts, {})


def _state_importance(item: str, weight: float, which: int) -> str:
    chance = (
        "the chance that it is encircled on both readings"
        if which <= 2  # noqa: PLR2004 - see _measure_importance
        else "the chance of encirclement that cannot be excluded"
    )
    higher = "lower" if which % 2 else "higher"
    points = f"{weight * 100:.2g}" if weight < 0.995 else "100"  # noqa: PLR2004
    return f"Were {item} wrong, {chance} would be {points} points {higher}."

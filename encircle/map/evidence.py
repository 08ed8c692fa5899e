"""Which evidence speaks at the instant judged, and how surely."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeVar

from encircle.map.situation import (
    GREY_BASES,
    NEUTRAL,
    Anchor,
    Barrier,
    Claim,
    Control,
    Feature,
    Position,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.map.options import Options
    from encircle.map.situation import Situation

F = TypeVar("F", bound=Feature)
UNNAMED = ""
"""In place of an origin: what names no source goes back to whoever drew the map."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features that speak at `as_of`; stale ones speak in doubt."""

    situation: Situation
    speaking: tuple[Feature, ...]
    later: tuple[Feature, ...]
    """Observed after the instant judged: left out."""
    expired: tuple[Feature, ...]
    """Valid at another time: left out."""
    stale: frozenset[str]
    """Ids of features dated too long before the instant judged."""

    def of_kind(self, kind: type[F]) -> Iterator[tuple[F, bool]]:
        """Give each speaking feature of a kind with whether it is certain (not stale)."""
        for feature in self.speaking:
            if isinstance(feature, kind):
                yield feature, feature.id not in self.stale


def admit(situation: Situation, options: Options) -> Evidence:
    """Sort the features of a situation into speaking, later, expired and stale."""
    as_of = situation.as_of
    later = [f for f in situation.features if f.observed_at and f.observed_at > as_of]
    seen = [f for f in situation.features if not (f.observed_at and f.observed_at > as_of)]
    expired = [f for f in seen if not f.speaks_at(as_of)]
    out = {f.id for f in (*later, *expired)}
    speaking = [f for f in situation.features if f.id not in out and _bears_on_map(f)]
    oldest = timedelta(days=options.stale_after_days)
    stale = frozenset(f.id for f in speaking if f.dated and as_of - f.dated > oldest)
    return Evidence(situation, tuple(speaking), tuple(later), tuple(expired), stale)


def _bears_on_map(feature: Feature) -> bool:
    """Claims, and ground that is only claimed, never change the map that is judged."""
    claimed = isinstance(feature, Control) and feature.basis == "claimed"
    return not (claimed or isinstance(feature, Claim)) and feature.geometry is not None


# -- how surely ------------------------------------------------------------------------------

RELIABILITIES = "ABCDE"
CREDIBILITIES = (1, 2, 3, 4, 5)
TERRAIN = ("river", "coast", "lake", "cliff", "border")
"""Barriers that lie where they lie, whoever draws them."""
UNGRADED = (0.03, 0.97)
"""What evidence without a grade may be worth, 0 to 1: the worst grade to the best, as F and 6."""
"""Grades that say something; F and 6 mean that it cannot be judged (AJP-2.1)."""


@dataclass(frozen=True, slots=True)
class Item:
    """
    One thing that is right or wrong: a random variable of the likelihood.

    An origin of evidence, with whom everything that rests on it stands or falls, or a feature that
    states its own probability, with its echoes.
    """

    id: str
    kind: Literal["origin", "feature"]
    low: float
    """Probability that it is right, 0 to 1: the lowest of the grades that may apply."""
    high: float
    """The highest of them; the same as `low` where the grade is known."""
    features: tuple[str, ...]
    """Ids of the features that rest on it."""
    sources: tuple[Source, ...] = ()

    @property
    def middle(self) -> float:
        """Midway between the two probabilities."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Shift:
    """How far an origin drew hostile ground from where it ran: one variable of three levels."""

    id: str
    weights: tuple[float, float, float]
    """Probabilities that the ground is smaller by the error, as drawn, or larger by it."""
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    """What may be wrong with the evidence that speaks, and which feature rests on what."""

    items: tuple[Item, ...]
    shifts: tuple[Shift, ...]
    rests_on: dict[str, tuple[int, ...]]
    """Items by feature: it is there if any of them is right. A feature not named is certain."""
    shifted_by: dict[str, int]
    """Shift by feature, where the feature has a location error that counts."""


def find_doubts(
    evidence: Evidence, force: str, friends: frozenset[str], options: Options
) -> Doubts:
    """
    Find what may be wrong with the evidence, and how likely each of it is right.

    The force's own positions are certain here: the question is asked of it where it is reported.
    So are borders, terrain and anchors that name no source: they frame the question, and report
    nothing.
    What else bears no grade cannot be judged, as F and 6: it may be nearly anything. Where nothing
    at all is graded there is no item.

    Parameters
    ----------
    force, friends
        The force judged, and the sides that count as its own.
    options
        With the probabilities of the grades.
    """
    speaking = [f for f in evidence.speaking if not (isinstance(f, Position) and f.force == force)]
    stated = [f for f in speaking if f.probability is not None]
    other = [f for f in speaking if f.probability is None and not is_frame(f)]
    some = bool(stated) or any(_is_graded(s) for f in other for s in f.sources)
    origins = _doubt_origins([f for f in other if f.sources], options) if some else ()
    bare = _list_ungraded([f for f in other if not f.sources]) if some else ()
    items: list[Item] = []
    rests_on: dict[str, list[int]] = {}
    for item in (*_list_stated(stated), *origins, *bare):
        for name in item.features:
            rests_on.setdefault(name, []).append(len(items))
        items.append(item)
    shifts = _list_shifts(speaking, friends, options)
    return Doubts(
        items=tuple(items),
        shifts=shifts,
        rests_on={name: tuple(numbers) for name, numbers in rests_on.items()},
        shifted_by={name: i for i, shift in enumerate(shifts) for name in shift.features},
    )


def measure_grade(source: Source, options: Options) -> tuple[float, float]:
    """
    Give the lowest and the highest probability that a source's grades may mean, 0 to 1.

    Examples
    --------
    >>> from encircle.map.options import Options
    >>> measure_grade(Source("map", reliability="B", credibility=2), Options())
    (0.88, 0.88)
    >>> measure_grade(Source("rumour", reliability="F", credibility=6), Options())
    (0.03, 0.97)
    """
    known = source.reliability or ""
    letters = known if known and known in RELIABILITIES else RELIABILITIES
    numbers = [n for n in CREDIBILITIES if n == source.credibility] or CREDIBILITIES
    may_apply = [options.grades[f"{letter}{number}"] for letter in letters for number in numbers]
    return min(may_apply), max(may_apply)


def _is_graded(source: Source) -> bool:
    return source.reliability is not None or source.credibility is not None


def origin_of(source: Source) -> str:
    """Name whom a source retells; itself where it says nothing of that."""
    return source.origin or source.id


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom evidence goes back to, and whether the verdict holds without."""

    id: str
    title: str
    features: tuple[str, ...]
    """Ids of the features that rest on it alone: they go with it."""
    holds: bool


def list_origins(features: Sequence[Feature]) -> dict[str, tuple[str, ...]]:
    """
    List the origins of evidence, each with the features that nobody else vouches for.

    Borders, terrain and anchors that name no source frame the question and report nothing; what
    else names none goes back to one origin, `UNNAMED`.
    """
    alone: dict[str, list[str]] = {}
    for feature in features:
        if is_frame(feature):
            continue
        origins = {origin_of(source) for source in feature.sources} or {UNNAMED}
        for origin in origins:
            alone.setdefault(origin, []).extend([feature.id] if len(origins) == 1 else [])
    return {origin: tuple(names) for origin, names in alone.items()}


def list_witnesses(positions: Sequence[Position]) -> tuple[Origin, ...]:
    """List who says that nobody is there any more: it holds without one where another says so."""
    told = {origin_of(s): s.title or s.id for p in positions for s in p.sources}
    told = told or {UNNAMED: UNNAMED}
    return tuple(Origin(origin, title, (), len(told) > 1) for origin, title in told.items())


def _doubt_origins(features: Sequence[Feature], options: Options) -> Iterator[Item]:
    """Give one item for each origin that features rest on, however many sources retell it."""
    resting: dict[str, dict[str, None]] = {}
    retold: dict[str, dict[str, Source]] = {}
    for feature in features:
        for source in feature.sources:
            resting.setdefault(origin_of(source), {})[feature.id] = None
            retold.setdefault(origin_of(source), {})[source.id] = source
    for origin, names in resting.items():
        sources = tuple(retold[origin].values())
        grades = [measure_grade(source, options) for source in sources]
        low, high = min(low for low, _ in grades), max(high for _, high in grades)
        yield Item(origin, "origin", low, high, tuple(names), sources)


def is_frame(feature: Feature) -> bool:
    """Tell what frames the question and is no report: borders, terrain, and where the rear lies."""
    border = isinstance(feature, Control) and feature.basis == "territory"
    terrain = isinstance(feature, Barrier) and feature.type in TERRAIN
    return (border or terrain or isinstance(feature, Anchor)) and not feature.sources


def _list_ungraded(features: Sequence[Feature]) -> Iterator[Item]:
    """Give one item for each feature that nobody vouches for, with its echoes."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for feature in features:
        groups.setdefault(_what_it_says(feature), []).append(feature.id)
    for names in groups.values():
        yield Item(names[0], "feature", *UNGRADED, tuple(names))


def _list_stated(features: Sequence[Feature]) -> Iterator[Item]:
    """Give one item for each feature that states its probability, with its echoes."""
    groups: list[tuple[tuple[object, ...], set[str], list[Feature]]] = []
    for feature in features:
        said, origins = _what_it_says(feature), set(map(origin_of, feature.sources))
        echoed = [g for g in groups if g[0] == said and g[1] & origins]
        merged = [f for g in echoed for f in g[2]]
        groups = [g for g in groups if g not in echoed]
        groups.append((said, origins.union(*(g[1] for g in echoed)), [*merged, feature]))
    for _, _, group in groups:
        stated = [f.probability for f in group if f.probability is not None]
        sources = {s.id: s for f in group for s in f.sources}
        names = tuple(f.id for f in group)
        kept = tuple(sources.values())
        yield Item(group[0].id, "feature", min(stated), max(stated), names, kept)


TOLD_APART = frozenset(
    {"id", "pointer", "name", "sources", "note", "observed_at", "reported_at", "geometry",
     "probability"}
)  # fmt: skip
"""Fields in which two echoes of one statement may differ."""


def _what_it_says(feature: Feature) -> tuple[object, ...]:
    """Give kind, place and assertion of a feature: what makes another one its echo."""
    place = feature.geometry.normalize().wkb if feature.geometry is not None else b""
    said = tuple(getattr(feature, f.name) for f in fields(feature) if f.name not in TOLD_APART)
    return (type(feature).__name__, place, *map(repr, said))


def _list_shifts(
    features: Sequence[Feature], friends: frozenset[str], options: Options
) -> tuple[Shift, ...]:
    """Give one shift for each origin that drew hostile ground with a location error."""
    moved: dict[str, list[str]] = {}
    for feature in features:
        if feature.location_error_m > 0 and _is_hostile(feature, friends):
            origin = origin_of(feature.sources[0]) if feature.sources else feature.id
            moved.setdefault(origin, []).append(feature.id)
    return tuple(
        Shift(origin, options.location_weights, tuple(names)) for origin, names in moved.items()
    )


def _is_hostile(feature: Feature, friends: frozenset[str]) -> bool:
    if isinstance(feature, Position):
        return feature.side not in friends
    if not isinstance(feature, Control) or feature.holder in (None, NEUTRAL):
        return False
    return feature.holder not in friends and feature.basis not in GREY_BASES

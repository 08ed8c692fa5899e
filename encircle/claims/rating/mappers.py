"""Who drew a map: told by the origin of what it rests on, not by the side it favours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.map.situation import Anchor, Claim, Control

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from encircle.map.situation import Feature, Situation

OUTLINE = "border"
"""Origin of a country's outline under a painted map: it tells nothing of who painted it."""
NOBODY_KNOWN = "unnamed"
"""What the hand is called that drew a map without a source and without a side."""


@dataclass(frozen=True, slots=True)
class Mapper:
    """Whose hand a map is of."""

    name: str
    """The origin that most of its assessed ground rests on, such as `deepstate`."""
    origins: frozenset[str] = frozenset()
    """Every origin that some of it rests on."""
    side: str | None = None
    """The side whose cause it serves, where that is known."""

    def is_same(self, other: Mapper) -> bool:
        """
        Tell whether two maps are of one hand.

        They are where what one chiefly rests on is among what the other rests on: an atlas drawn
        from several accounts leans now on one, now on another. Maps that openly serve different
        sides are not of one hand, whatever both cite.

        Examples
        --------
        >>> isw, deepstate = (Mapper(name, frozenset({name})) for name in ("isw", "deepstate"))
        >>> isw.is_same(isw), isw.is_same(deepstate)
        (True, False)
        """
        if None not in (self.side, other.side) and self.side != other.side:
            return False
        if not self.origins or not other.origins:
            return self == other
        return self.name in other.origins or other.name in self.origins


def find_mapper(situation: Situation) -> Mapper:
    """
    Tell whose hand a map is of.

    The origin of the sources that its assessed ground rests on; of a map without any, of those of
    its other evidence; else the side it serves; else nobody known, one hand for all such maps.
    Whose country it is (`territory`) and what somebody merely claims tell nothing of the mapper.
    """
    count = _count_origins(_list_assessed(situation)) or _count_origins(_list_rest(situation))
    if count:
        most = max(count.values())
        chief = min(origin for origin, times in count.items() if times == most)
        return Mapper(chief, frozenset(count), situation.mapper_side)
    return Mapper(situation.mapper_side or NOBODY_KNOWN, side=situation.mapper_side)


def group_by_mapper(maps: Sequence[Situation], numbers: Iterable[int]) -> list[list[int]]:
    """Put the numbers of maps of one hand together, in the order of the numbers."""
    groups: list[tuple[Mapper, list[int]]] = []
    for number in numbers:
        mapper = find_mapper(maps[number])
        mine = next((group for of, group in groups if of.is_same(mapper)), None)
        if mine is None:
            groups.append((mapper, [number]))
        else:
            mine.append(number)
    return [group for _, group in groups]


def _list_assessed(situation: Situation) -> list[Feature]:
    told = ("territory", "claimed")
    return [c for c in situation.of_kind(Control) if c.basis not in told]


def _list_rest(situation: Situation) -> list[Feature]:
    return [f for f in situation.features if not isinstance(f, Control | Claim | Anchor)]


def _count_origins(features: Iterable[Feature]) -> Counter[str]:
    origins = (s.origin or s.id for f in features for s in f.sources)
    return Counter(origin for origin in origins if origin != OUTLINE)

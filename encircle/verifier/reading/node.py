"""A place in a document that is read with suspicion."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from encircle.verifier.reading.said import Segment

MOST_VERTICES = 2_000_000
"""
A judgement with more vertices than this is refused unread, a ring that several share counted once.

It is twice what a map may have: a ring runs along drawn lines, and is told whole and by segments.
"""
MOST_ITEMS = 1_000_000
"""Lists longer than this, of anything, are refused unread: no map has as many vertices."""
T = TypeVar("T")


class UnreadableError(ValueError):
    """Some member of a judgement is not what the contract says; never leaves the verifier."""


Course: TypeAlias = "tuple[tuple[tuple[NDArray[np.float64], ...], ...], tuple[Segment, ...]]"
"""The polygons of a ring, and its segments."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document and where it stands (RFC 6901)."""

    value: object
    pointer: str = ""
    spent: list[int] = field(default_factory=lambda: [0])
    courses: list[tuple[object, Course]] = field(default_factory=list)
    """Rings read before, as they stand there: the positions of one pocket all have the same."""

    def fail(self, wanted: str) -> UnreadableError:
        """Say what stands here instead of what was wanted."""
        return UnreadableError(f"{self.pointer or '/'} is not {wanted}")

    def object(self) -> Mapping[str, Any]:
        """Take an object."""
        if not isinstance(self.value, Mapping):
            raise self.fail("an object")
        return self.value

    def __getitem__(self, name: str) -> Node:
        return Node(self.object().get(name), f"{self.pointer}/{name}", self.spent, self.courses)

    def items(self) -> list[Node]:
        """Take a list, not too long."""
        if not isinstance(self.value, (list, tuple)) or len(self.value) > MOST_ITEMS:
            raise self.fail(f"a list of at most {MOST_ITEMS}")
        at = (f"{self.pointer}/{number}" for number in range(len(self.value)))
        return [Node(v, a, self.spent, self.courses) for v, a in zip(self.value, at, strict=True)]

    def maybe(self, take: Callable[[Node], T]) -> T | None:
        """Take something, or null."""
        return None if self.value is None else take(self)

    def text(self) -> str:
        """Take text."""
        if not isinstance(self.value, str):
            raise self.fail("text")
        return self.value

    def one_of(self, words: tuple[str, ...]) -> str:
        """Take one of some words."""
        if not isinstance(self.value, str) or self.value not in words:
            raise self.fail(f"one of {', '.join(words)}")
        return self.value

    def true(self) -> bool:
        """Read the word true, which is said where it holds and left out where not."""
        if self.value is not True:
            raise self.fail("true")
        return True

    def number(self) -> float:
        """Take a finite number that is not negative."""
        number = self.signed()
        if number < 0:
            raise self.fail("a finite number, zero or more")
        return number

    def signed(self) -> float:
        """Take a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.fail("a number")
        try:
            number = float(self.value)
        except OverflowError:
            raise self.fail("a number of sane size") from None
        if not math.isfinite(number):
            raise self.fail("a finite number")
        return number

    def index(self) -> int:
        """Take a count or an index."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
            raise self.fail("a whole number, zero or more")
        return self.value

    def ids(self) -> tuple[str, ...]:
        """Take a list of feature ids."""
        return tuple(item.text() for item in self.items())

    def words(self) -> dict[str, str]:
        """Take an object whose members are text."""
        return {name: self[name].text() for name in self.object()}

    def points(self, least: int) -> NDArray[np.float64]:
        """Take a list of positions, `(lon, lat)` in degrees."""
        items = self.items()
        self.spent[0] += len(items)
        if self.spent[0] > MOST_VERTICES:
            raise UnreadableError(f"the judgement has more than {MOST_VERTICES} vertices")
        if len(items) < least:
            raise self.fail(f"a list of at least {least} positions")
        return np.asarray([item.position() for item in items], dtype=float)

    def position(self) -> tuple[float, float]:
        """Take one position."""
        pair = self.value
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:  # noqa: PLR2004 - lon and lat
            raise self.fail("a position [lon, lat]")
        for number, bound in zip(pair, (180.0, 90.0), strict=True):
            sound = isinstance(number, (int, float)) and not isinstance(number, bool)
            if not sound or not -bound <= number <= bound:
                raise self.fail("a position [lon, lat] in degrees")
        return float(pair[0]), float(pair[1])

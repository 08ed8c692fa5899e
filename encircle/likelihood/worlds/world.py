"""A world: what of the evidence is right; or all worlds that agree on some of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

End = Literal["best", "worst"]
"""For the force: whatever is in doubt turns out its way, or against it."""
ENDS: tuple[End, End] = ("best", "worst")
FALSE, TRUE, OPEN = 0, 1, 2
"""What a partial world says of a feature: not there, there, or not said."""

Bounds = tuple[bool, bool]
"""Whether something holds surely, and whether it may hold."""
Both = tuple[Bounds, Bounds]
"""Whether something holds on both readings, and whether not both deny it."""
Key = tuple[str | None, str]
"""A question: a position's id, or None for the group, and a definition."""


@dataclass(frozen=True, slots=True)
class World:
    """
    A world, or all worlds that agree on what is decided so far.

    `items` gives FALSE, TRUE or OPEN for each item, `levels` the levels left of each shift as bits.
    """

    items: tuple[int, ...]
    levels: tuple[int, ...]

    def settle(self, item: int, value: int) -> World:
        """Decide an item."""
        return World((*self.items[:item], value, *self.items[item + 1 :]), self.levels)

    def shift(self, number: int, level: int) -> World:
        """Decide a shift: 0 is smaller, 1 as drawn, 2 larger."""
        levels = (*self.levels[:number], 1 << level, *self.levels[number + 1 :])
        return World(self.items, levels)

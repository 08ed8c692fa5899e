"""How long a judgement may take, and what was left out so that it took no longer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from encircle.map.naming import join_words
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT_OUT = "left_out_for_time"
"""The notice that parts of a judgement are not there, since it was to be done by a deadline."""


class Deadline:
    """
    A time by which a judgement is to be done: what comes later is left out, and told.

    Parameters
    ----------
    seconds
        From now, wall clock; None: as long as it takes.
    whatever
        Parts that are done however long they take.

    Examples
    --------
    >>> deadline = Deadline(0)
    >>> deadline.allows("the margins")
    False
    >>> [notice.statement for notice in deadline.tell()]
    ['Left out, since the judgement was to take no longer than 0 s: the margins. Allow more time.']
    """

    def __init__(
        self, seconds: float | None = None, *, whatever: frozenset[str] = frozenset()
    ) -> None:
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if seconds is not None and not (is_number and seconds >= 0):
            raise ValueError(f"a deadline is a number of seconds from 0 on, not {seconds!r}")
        self._seconds = seconds
        self._whatever = whatever
        self._began = time.monotonic()
        self._left_out: dict[str, None] = {}

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, 0 at least; None: as many as it takes."""
        if self._seconds is None:
            return None
        return max(0.0, self._began + self._seconds - time.monotonic())

    def is_over(self) -> bool:
        """Tell whether the time is over."""
        return self.left_s == 0

    def allows(self, part: str) -> bool:
        """Tell whether there is time left for a part; if not, it is left out, and noted."""
        if self.is_over() and part not in self._whatever:
            self.leave_out(part)
            return False
        return True

    def leave_out(self, part: str) -> None:
        """Note a part that was begun and is not whole, or that was not begun."""
        self._left_out[part] = None

    def tell(self) -> Iterator[Notice]:
        """Tell what was left out; what is there says nothing else for it."""
        if self._left_out:
            yield Notice(
                LEFT_OUT,
                "caution",
                "Left out, since the judgement was to take no longer than "
                f"{self._seconds:g} s: {join_words(list(self._left_out))}. Allow more time.",
            )

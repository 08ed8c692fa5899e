"""
What of a case stands: the latest line of every subject that was not taken back.

Taken from the log line by line, so that what stands after a post is what stood before it and the
lines of the post. What was said is not here: of a unit seen a thousand times it is read once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from encircle.store.lines import Line

__all__ = ["DAY", "Chosen", "Standing"]

DAY = len("2025-03-14")
COUNTED = ("post", "correct")
"""Acts after which a subject is counted."""

MIDNIGHT = "T00:00:00.000000Z"
Named = dict[str, "Line"]
Unit = tuple[str | None, str | None, str]
"""Its side, its force and its track."""


class Day(dict[str, "Line"]):
    """Sightings of a unit on one day, by their names."""

    _first: tuple[int, list[str]] | None = None

    def __setitem__(self, name: str, line: Line) -> None:
        self._first = None
        super().__setitem__(name, line)

    def __delitem__(self, name: str) -> None:
        self._first = None
        super().__delitem__(name)

    def name_first(self, most: int) -> list[str]:
        """Give so many of the names, in order: found once, until a sighting comes or goes."""
        if self._first is None or self._first[0] != most:
            self._first = most, nsmallest(most, self)
        return self._first[1]


@dataclass(slots=True)
class Chosen:
    """What speaks at an instant, and the names of what does not, by reason."""

    layers: list[Line] = field(default_factory=list)
    features: list[list[Line]] = field(default_factory=list)
    """An observation, or all sightings of a unit on its last day, the latest last."""
    later: list[str] = field(default_factory=list)
    redacted: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    """Layers for every day, beside which one of a day counts: laid so before that was refused."""
    superseded: int = 0
    superseded_first: list[str] = field(default_factory=list)
    """Of these, as many as are named, in the order of their names."""


class Standing:
    """What stands at the end of a log, or at any line of it, by what it is."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self.named: defaultdict[str, Named] = defaultdict(dict)
        """Features, layers, settings and the like, by their names."""
        self._alone: Named = {}
        """Features that speak for themselves."""
        self._tracks: defaultdict[Unit, defaultdict[str, Day]] = defaultdict(
            lambda: defaultdict(Day)
        )
        """Sightings of a unit, by their day; each side and each force numbers its own."""
        self.take(lines)

    def take(self, lines: Iterable[Line]) -> None:
        """Go on by the lines that follow."""
        for line in lines:
            self.drop(line.what, line.subject)
            self._put(line)

    def go_back(self, lines: Sequence[Line], end: int) -> None:
        """Go back to what stood after the first `end` of the lines, whose end this stands at."""
        gone = {(line.what, line.subject) for line in lines[end:]}
        for what, name in gone:
            self.drop(what, name)
        # What was corrected or taken back stood otherwise before: by its last line of then.
        left = gone - {(line.what, line.subject) for line in lines[end:] if line.act == "post"}
        for line in (lines[number] for number in range(end - 1, -1, -1)):
            if not left:
                break
            if (line.what, line.subject) in left:
                left.remove((line.what, line.subject))
                self._put(line)

    def _put(self, line: Line) -> None:
        if line.act in COUNTED:
            self.named[line.what][line.subject] = line
            if line.what == "feature":
                self._find_place(line)[line.subject] = line

    def drop(self, what: str, name: str) -> None:
        """Forget what stands under a name."""
        before = self.named[what].pop(name, None)
        if before is not None and what == "feature":
            del self._find_place(before)[name]

    def _find_place(self, line: Line) -> Named:
        if line.track is None or line.kind != "position":
            return self._alone
        return self._tracks[line.side, line.force, line.track][_seen(line)[:DAY]]

    def choose(self, then: str, most_named: int) -> Chosen:
        """
        Choose what speaks at an instant.

        Parameters
        ----------
        then
            As `write_instant` writes it.
        most_named
            As many names of what is superseded are given.
        """
        chosen = Chosen()
        self._choose_layers(then, chosen)
        for line in self._alone.values():
            if not line.is_there:
                chosen.redacted.append(line.subject)
            elif line.spoken is not None and line.spoken > then:
                # Where nobody says when it was seen, by when it was reported: the door itself looks
                # at the first only.
                chosen.later.append(line.subject)
            else:
                chosen.features.append([line])
        over: list[Day] = []
        for days in self._tracks.values():
            over += _choose_sightings(days, then, chosen)
        chosen.superseded = sum(map(len, over))
        named = chain.from_iterable(day.name_first(most_named) for day in over)
        chosen.superseded_first = nsmallest(most_named, named)
        return chosen

    def _choose_layers(self, then: str, chosen: Chosen) -> None:
        """Of each layer the latest day that is not after the instant; or the one without a day."""
        latest: dict[str | None, Line] = {}
        for line in self.named["layer"].values():
            before = latest.get(line.track)
            if not line.is_there:
                chosen.redacted.append(line.subject)
            elif line.spoken is not None and line.spoken > then:
                chosen.later.append(line.subject)
            elif before is None or (before.spoken or "") < (line.spoken or ""):
                latest[line.track] = line
        chosen.undated = [
            line.subject
            for line in self.named["layer"].values()
            if line.is_there and line.spoken is None and latest[line.track] is not line
        ]
        chosen.layers = list(latest.values())


def _choose_sightings(days: dict[str, Day], then: str, chosen: Chosen) -> Iterator[Day]:
    """Choose those of the last day that is not after the instant, and give those before it."""
    is_chosen = False
    for day in sorted(days, reverse=True):
        told = days[day]
        if day >= then[:DAY]:  # also below a chosen day: a sighting that says no time counts always
            later = {name for name, line in told.items() if (line.spoken or "") > then}
            chosen.later += later
            told = Day((name, line) for name, line in told.items() if name not in later)
        if is_chosen:
            yield told
            continue
        seen = told.values()
        if seen:
            is_chosen = True
            chosen.features.append(sorted(seen, key=lambda line: (_rank(line), line.seq)))


def _seen(line: Line) -> str:
    """When a sighting speaks of; of one that says no time, when it was posted."""
    return line.spoken or line.recorded_at


def _rank(line: Line) -> str:
    """Order the sightings of a day: of one that names the day alone nothing later is known."""
    seen = _seen(line)
    return f"{seen[:DAY]}T24" if line.spoken and seen.endswith(MIDNIGHT) else seen

"""The maps in hand: which of them speak of a claim's time, and what each shows of a force."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import shapely

from encircle.claims.rating.facts import Ruling
from encircle.claims.rating.mappers import find_mapper, group_by_mapper
from encircle.errors import EncircleError
from encircle.judge import judge
from encircle.map.options import Options
from encircle.map.situation import Control, Position
from encircle.verdict.judgement import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from encircle.claims.rating.mappers import Mapper
    from encircle.map.situation import Definition, Feature, Situation
    from encircle.verdict.judgement import Judged, Judgement

    Key = tuple[int, str]
    """Number of a map, and the force judged on it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A map that could not be judged, and why."""

    reason: str


@dataclass
class Material:
    """Situations in the order given; each force on each is judged once, when it is first asked."""

    maps: Sequence[Situation]
    options: Options = field(default_factory=Options)
    _judged: dict[Key, Judgement | Failed] = field(default_factory=dict)
    _layered: dict[tuple[int, str, str], Ruling | None] = field(default_factory=dict)
    _mappers: dict[int, Mapper] = field(default_factory=dict)

    def judge_ahead(
        self,
        wanted: Iterable[Key],
        processes: int = 1,
        on_judged: Callable[[object], None] = lambda _: None,
    ) -> None:
        """Judge what is sure to be asked, on several processes; one that fails spoils no other."""
        keys = [key for key in dict.fromkeys(wanted) if key not in self._judged]
        asked = [(self.maps[number], force, self.options) for number, force in keys]
        if processes < 2 or len(keys) < 2:  # noqa: PLR2004 - nothing to share out
            for key, work in zip(keys, asked, strict=True):
                self._judged[key] = judge_force(work)
                on_judged(key)
            return
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - few checks need one

        with ProcessPoolExecutor(processes) as pool:
            for key, judged in zip(keys, pool.map(judge_force, asked), strict=True):
                self._judged[key] = judged
                on_judged(key)

    # which maps

    def find_force(self, number: int, name: str) -> str | None:
        """Find the force a name means on a map: a force, the force of a position, or none."""
        situation = self.maps[number]
        if name in situation.forces:
            return name
        return next((p.force for p in situation.of_kind(Position) if p.id == name), None)

    def find_knowing(self, name: str) -> list[int]:
        """List the maps that know a force, by time."""
        known = [n for n in range(len(self.maps)) if self.find_force(n, name)]
        return sorted(known, key=lambda n: self.maps[n].as_of)

    def list_forces(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Name every force that some of the maps know."""
        return tuple(dict.fromkeys(f for n in numbers for f in self.maps[n].forces))

    def name_of(self, number: int) -> str:
        """Name a map: its id, else its number in the order given."""
        return self.maps[number].id or f"map-{number + 1}"

    # what they show

    def rule(self, number: int, name: str) -> Ruling | None:
        """Say what a map shows of a force, or of the position of that name; None: nothing."""
        force = self.find_force(number, name)
        if force is None:
            return None
        key = (number, force)
        if key not in self._judged:
            self.judge_ahead([key])
        judgement = self._judged[key]
        if isinstance(judgement, Failed):
            return None
        part = None if name in self.maps[number].forces else name
        return self._make_ruling(number, judgement, part)

    def why_not(self, number: int, name: str) -> str:
        """Say why a map that knows the force shows nothing of it."""
        judged = self._judged.get((number, self.find_force(number, name) or ""))
        return judged.reason if isinstance(judged, Failed) else ""

    def rule_with_claims(self, number: int, name: str, side: str) -> Ruling | None:
        """Say what a map shows if all that a side claims is held; None: it claims nothing there."""
        force = self.find_force(number, name)
        key = (number, name, side)
        if force is None or not _list_claimed(self.maps[number], side):
            return None
        if key not in self._layered:
            judged = judge_force((lay_claims(self.maps[number], side), force, self.options))
            part = None if name in self.maps[number].forces else name
            self._layered[key] = (
                None if isinstance(judged, Failed) else self._make_ruling(number, judged, part)
            )
        return self._layered[key]

    def find_like(self, number: int, name: str, definition: Definition) -> tuple[str, ...]:
        """Name positions of a force, and other forces of its side, for which a definition holds."""
        ruling = self.rule(number, name)
        if ruling is None:
            return ()
        parts = [] if ruling.is_part else [(p.id, p.judged) for p in ruling.judgement.positions]
        found = [i for i, judged in parts if _holds(judged, definition)]
        if found:
            return tuple(found)
        friends = self.maps[number].friends_of(ruling.judgement.side)
        same = {p.force for p in self.maps[number].of_kind(Position) if p.side in friends}
        others = [f for f in self.maps[number].forces if f in same and f != ruling.judgement.force]
        rulings = [(other, self.rule(number, other)) for other in others]
        return tuple(f for f, r in rulings if r is not None and _holds(r.judged, definition))

    def _make_ruling(self, number: int, judgement: Judgement, part: str | None) -> Ruling:
        judged = judgement.judged
        if part is not None:
            judged = next((p.judged for p in judgement.positions if p.id == part), judged)
        return Ruling(
            self.name_of(number),
            self.maps[number].as_of,
            judgement,
            judged,
            part is not None,
            self.options.salient_share,
        )

    # of which time

    def find_nearest(self, numbers: Sequence[int], instant: datetime, home: int | None) -> int:
        """
        Find the map a claim is held against.

        A claim that stands on a map is held against that one, unless another is of the very day it
        speaks of. Any other claim is held against the nearest in time; of equals the earlier.
        """

        def distance(number: int) -> tuple[timedelta, datetime]:
            as_of = self.maps[number].as_of
            return abs(as_of - instant), as_of

        same_day = [n for n in numbers if self.maps[n].as_of.date() == instant.date()]
        if home in numbers and (home in same_day or not same_day):
            return int(home or 0)
        return min(same_day or numbers, key=distance)

    def find_of_day(self, numbers: Sequence[int], nearest: int) -> list[int]:
        """List the maps of the same day (UTC) as the nearest, that one first."""
        day = self.maps[nearest].as_of.date()
        same = [n for n in numbers if n != nearest and self.maps[n].as_of.date() == day]
        return [nearest, *same]

    def find_neighbours(
        self, numbers: Sequence[int], instant: datetime, of_day: Sequence[int]
    ) -> list[int]:
        """
        List the nearest map before and after an instant, of each mapper who has none of the day.

        Mappers are told apart by the origin of what their maps rest on (see `mappers`); no map is
        further away than evidence may be old.
        """
        furthest = timedelta(days=self.options.stale_after_days)
        heard = [self.mapper_of(n) for n in of_day]
        found = []
        for theirs in group_by_mapper(self.maps, numbers):
            if any(self.mapper_of(n).is_same(mapper) for n in theirs for mapper in heard):
                continue
            near = [n for n in theirs if abs(self.maps[n].as_of - instant) <= furthest]
            before = [n for n in near if self.maps[n].as_of <= instant]
            after = [n for n in near if self.maps[n].as_of > instant]
            found += [*before[-1:], *after[:1]]
        return found

    def mapper_of(self, number: int) -> Mapper:
        """Tell whose hand a map is of."""
        if number not in self._mappers:
            self._mappers[number] = find_mapper(self.maps[number])
        return self._mappers[number]


def judge_force(work: tuple[Situation, str, Options]) -> Judgement | Failed:
    """Judge one force on one map; a map that cannot be judged says why."""
    situation, force, options = work
    try:
        return judge(replace(situation, force=force), options)
    except (EncircleError, shapely.errors.GEOSException, ArithmeticError) as error:
        return Failed(str(error))


def lay_claims(situation: Situation, side: str) -> Situation:
    """Take as held all that a side claims, whatever else the map says of that ground."""
    claimed = _list_claimed(situation, side)
    ground = shapely.union_all([c.drawn for c in claimed])
    kept = [f for f in _clip(situation, ground) if f not in claimed]
    held = [replace(c, basis="assessed", claimed_by=None) for c in claimed]
    return replace(situation, features=(*kept, *held))


def _clip(situation: Situation, ground: shapely.Geometry) -> Iterator[Feature]:
    """Take a piece of ground out of every control polygon."""
    for feature in situation.features:
        if not isinstance(feature, Control) or feature.basis == "claimed":
            yield feature
            continue
        rest = shapely.difference(feature.drawn, ground)
        areas = [part for part in shapely.get_parts(rest) if part.geom_type == "Polygon"]
        if areas:
            yield replace(feature, geometry=shapely.union_all(areas))


def _list_claimed(situation: Situation, side: str) -> list[Control]:
    controls = situation.of_kind(Control)
    return [c for c in controls if c.basis == "claimed" and c.claimed_by == side]


def _holds(judged: Judged, definition: Definition) -> bool:
    if definition == "no_force":
        return judged.status is STATUSES["N"]
    return judged.definitions[definition] == "yes"

"""One force over many dated maps: when each definition came true, and what changed at each turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import box

from encircle.archive.changes import GroundChange, size_changes
from encircle.errors import EncircleError
from encircle.formats.pieces.held import flat_polygons, measure_km2
from encircle.judge import judge
from encircle.map.naming import list_names
from encircle.map.situation import Control

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.map.options import Options
    from encircle.map.situation import Feature, Situation
    from encircle.verdict.judgement import Answer, Judgement

Json = dict[str, Any]
ENCIRCLED = "encircled"
"""The question beside the five definitions: was the verdict *encircled*."""


class SameInstantError(EncircleError, ValueError):
    """Two maps of a series speak of one instant."""

    def __init__(self, instant: str) -> None:
        super().__init__(
            f"two maps speak of {instant}: a series has one map an instant; give --as-of in the "
            "files, or leave one out"
        )


class OtherForceError(EncircleError, ValueError):
    """Two maps of a series judge different forces."""

    def __init__(self, one: Moment, other: Moment) -> None:
        super().__init__(
            f'the map of {one.as_of} judges the force "{one.situation.force}", that of '
            f'{other.as_of} "{other.situation.force}": a series is of one force; name it with '
            "--force, call it the same in each file, or leave one out"
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """One dated map of a series, judged."""

    situation: Situation
    judgement: Judgement

    @property
    def as_of(self) -> str:
        """The instant judged, UTC."""
        return self.judgement.as_of

    @property
    def ground(self) -> BaseGeometry | None:
        """The ground the force is drawn as, in degrees; None where it is drawn as points."""
        drawn = [
            part
            for position in self.situation.positions_of(self.situation.force)
            if position.geometry is not None and position.present != "withdrawn"
            for part in flat_polygons(position.geometry)
        ]
        return shapely.union_all(drawn) if drawn else None

    @property
    def area_km2(self) -> float | None:
        """How much ground the force is drawn as, km²; 0 where nobody is left."""
        if self.judgement.verdict == "no_force":
            return 0.0
        ground = self.ground
        return None if ground is None else measure_km2(ground)

    def answer(self, question: str) -> Answer:
        """Answer a definition, or whether the force was encircled."""
        if question != ENCIRCLED:
            return self.judgement.judged.definitions[question]
        held = self.judgement.encircled
        return "unknown" if held is None else "yes" if held else "no"

    def to_dict(self) -> Json:
        """Give the moment's line in the series."""
        judgement = self.judgement
        return {
            "situation": self.situation.id,
            "as_of": self.as_of,
            "verdict": judgement.verdict,
            "status": judgement.status.to_dict(),
            "definitions": dict(judgement.judged.definitions),
            "cut_off": judgement.cut_off,
            "headline": judgement.headline,
            "neck_width_m": judgement.margins.get("neck_width_m"),
            "area_km2": None if self.area_km2 is None else round(self.area_km2, 2),
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """Two neighbouring moments with another status: what was new, gone or other between them."""

    before: Moment
    after: Moment
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    decides: tuple[str, ...]
    """Those of them on which the proof of either moment rests."""
    ground: tuple[GroundChange, ...] = ()
    """Where ground changed hands near the force, the largest first."""

    @property
    def statement(self) -> str:
        """One sentence: from which status to which, and on what evidence."""
        one, other = (m.judgement.status for m in (self.before, self.after))
        days = f"Between {self.before.as_of[:10]} and {self.after.as_of[:10]}"
        names = {**self.before.judgement.names, **self.after.judgement.names}
        told = ", ".join(map(str, self.ground)) or list_names(self.decides, names)
        on = f": what changed is {told}" if told else ""
        was, now = (f"{status.label.lower()} ({status.code})" for status in (one, other))
        return f"{days} {was} became {now}{on}."

    def to_dict(self) -> Json:
        """Give the turn with the ids of its evidence."""
        return {
            "from": self.before.as_of,
            "to": self.after.as_of,
            "from_code": self.before.judgement.status.code,
            "to_code": self.after.judgement.status.code,
            "changed": {
                "added": list(self.added),
                "removed": list(self.removed),
                "altered": list(self.altered),
            },
            "decides": list(self.decides),
            "ground": [change.to_dict() for change in self.ground],
            "statement": self.statement,
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """The judgement of a series: its moments in order, its turns, and when what was true."""

    force: str
    moments: tuple[Moment, ...]
    turns: tuple[Turn, ...] = field(default=())

    @property
    def name(self) -> str:
        """What the force is called: the name a map gives it, else its id."""
        names = (m.situation.name_of(self.force) for m in self.moments)
        return next((name for name in names if name), self.force)

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions answered: the verdict, and each definition."""
        return (ENCIRCLED, *self.moments[0].judgement.judged.definitions)

    def spans_of(self, question: str) -> list[tuple[str, str]]:
        """List the runs of maps on which a question is answered yes: (first, last) instants."""
        spans: list[list[str]] = []
        before = False
        for moment in self.moments:
            now = moment.answer(question) == "yes"
            if now and before:
                spans[-1][1] = moment.as_of
            elif now:
                spans.append([moment.as_of, moment.as_of])
            before = now
        return [(first, last) for first, last in spans]

    def to_dict(self) -> Json:
        """Give the series as one document."""
        return {
            "force": self.force,
            "name": self.name,
            "moments": [moment.to_dict() for moment in self.moments],
            "turns": [turn.to_dict() for turn in self.turns],
            "true": {question: self._when(question) for question in self.questions},
        }

    def _when(self, question: str) -> Json:
        spans = self.spans_of(question)
        return {
            "first_true": spans[0][0] if spans else None,
            "last_true": spans[-1][1] if spans else None,
            "spans": [list(span) for span in spans],
        }


def judge_series(
    situations: Iterable[Situation],
    options: Options | None = None,
    *,
    on_judged: Callable[[Moment], None] = lambda _: None,
) -> Timeline:
    """
    Judge one force on many dated maps.

    Parameters
    ----------
    situations
        Maps of one force, in any order; each is judged at its own `as_of`.

    Returns
    -------
    timeline
        A turn is named wherever the status changes from one map to the next. First and last true
        are the dates of maps: what happened between two maps, they do not say.

    Raises
    ------
    SameInstantError
        If two maps speak of one instant.
    OtherForceError
        If two maps judge different forces.
    """
    moments = []
    for situation in sorted(situations, key=lambda s: s.as_of):
        moments.append(Moment(situation, judge(situation, options)))
        on_judged(moments[-1])
    return build_timeline(moments)


def build_timeline(moments: Sequence[Moment]) -> Timeline:
    """Put judged maps in order and find the turns between them."""
    ordered = tuple(sorted(moments, key=lambda m: m.situation.as_of))
    for one, other in pairwise(ordered):
        if one.situation.as_of == other.situation.as_of:
            raise SameInstantError(one.as_of)
        if one.situation.force != other.situation.force:
            raise OtherForceError(one, other)
    turns = tuple(
        _compare(one, other)
        for one, other in pairwise(ordered)
        if one.judgement.status != other.judgement.status
    )
    return Timeline(ordered[0].situation.force if ordered else "", ordered, turns)


def _compare(before: Moment, after: Moment) -> Turn:
    old, new = ({f.id: f for f in m.situation.features} for m in (before, after))
    added = [i for i in new if i not in old]
    removed = [i for i in old if i not in new]
    altered = [i for i in new if i in old and not _is_same(old[i], new[i])]
    cited = set(_list_cited(before.judgement)) | set(_list_cited(after.judgement))
    decides = [i for i in (*added, *removed, *altered) if i in cited]
    ground = tuple(_find_changes(before, after))
    return Turn(before, after, tuple(added), tuple(removed), tuple(altered), tuple(decides), ground)


NEAR_DEG = 0.4
"""Ground farther than this from the force, degrees, some 30 to 45 km, is another story."""


def _find_changes(before: Moment, after: Moment) -> Iterator[GroundChange]:
    """
    Find where ground changed hands near the force, by places and not by a file's numbers.

    What the force is drawn as is compared where it is drawn as ground; else what the maps give
    to others for certain.
    """
    was, now = before.ground, after.ground
    if was is not None and (now is not None or after.judgement.verdict == "no_force"):
        lost = was if now is None else was.difference(now)
        gained = None if now is None else now.difference(was)
    else:
        theirs = [_clip_hostile(moment, before) for moment in (before, after)]
        lost, gained = theirs[1].difference(theirs[0]), theirs[0].difference(theirs[1])
    yield from size_changes(lost, gained)


def _clip_hostile(moment: Moment, near: Moment) -> BaseGeometry:
    """Join the ground a map gives to others than the side judged, about the force."""
    situation = moment.situation
    places = [p.geometry for p in near.situation.positions_of(situation.force) if p.geometry]
    window = box(*shapely.total_bounds(places)).buffer(NEAR_DEG, join_style="mitre")
    theirs = [
        feature.drawn
        for feature in situation.features
        if isinstance(feature, Control)
        and feature.basis == "assessed"
        and feature.holder not in (None, moment.judgement.side)
    ]
    valid = [shape for shape in theirs if shape.intersects(window)]
    return shapely.intersection(shapely.union_all(valid), window)


def _is_same(one: Feature, other: Feature) -> bool:
    """Tell whether two features say the same; when they were seen does not count."""
    left, right = (
        {name: getattr(f, name) for name in _fields_of(f) if name not in NOT_SAID}
        for f in (one, other)
    )
    return type(one) is type(other) and left == right


NOT_SAID = frozenset(
    {"pointer", "name", "note", "sources", "observed_at", "reported_at", "valid_from", "valid_to"}
)
"""What of a feature may differ while it says the same of the ground."""


def _fields_of(feature: Feature) -> Iterator[str]:
    return iter(type(feature).__dataclass_fields__)


def _list_cited(judgement: Judgement) -> Iterator[str]:
    """List the evidence a judgement's proofs and its deciding finding rest on."""
    yield from judgement.judged.proof.cite()
    for finding in judgement.findings:
        if finding.decides:
            yield from finding.evidence

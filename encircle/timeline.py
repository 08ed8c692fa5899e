"""One force over many dated maps: when each definition came true, and what changed at each turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from encircle.errors import EncircleError
from encircle.judge import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from encircle.judgement import Answer, Judgement
    from encircle.options import Options
    from encircle.situation import Feature, Situation

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


@dataclass(frozen=True, slots=True)
class Moment:
    """One dated map of a series, judged."""

    situation: Situation
    judgement: Judgement

    @property
    def as_of(self) -> str:
        """The instant judged, UTC."""
        return self.judgement.as_of

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

    @property
    def statement(self) -> str:
        """One sentence: from which status to which, and on what evidence."""
        one, other = (m.judgement.status for m in (self.before, self.after))
        days = f"Between {self.before.as_of[:10]} and {self.after.as_of[:10]}"
        on = f": what changed is {', '.join(self.decides)}" if self.decides else ""
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
            "statement": self.statement,
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """The judgement of a series: its moments in order, its turns, and when what was true."""

    force: str
    moments: tuple[Moment, ...]
    turns: tuple[Turn, ...] = field(default=())

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
    options
        Parameters, the same for all.
    on_judged
        Called after each map, for showing progress.

    Returns
    -------
    timeline
        A turn is named wherever the status changes from one map to the next. First and last true
        are the dates of maps: what happened between two maps, they do not say.

    Raises
    ------
    SameInstantError
        If two maps speak of one instant.
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
    return Turn(before, after, tuple(added), tuple(removed), tuple(altered), tuple(decides))


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
    path, ring = (judgement.judged.certificates[way] for way in ("open", "closed"))
    for leg in path["legs"] if path else ():
        yield from leg["evidence"]
    for segment in ring["segments"] if ring else ():
        yield from segment["evidence"]
    for cuts in ring["cut_set"].values() if ring else ():
        yield from (cut["id"] for cut in cuts)
    for finding in judgement.findings:
        if finding.decides:
            yield from finding.evidence

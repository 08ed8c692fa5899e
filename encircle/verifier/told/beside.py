"""What is told beside a verdict: names and confidence, as far as the map gives them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.map.naming import call_features
from encircle.map.situation import Anchor, Position
from encircle.verifier.path.case import Fault
from encircle.verifier.told.notices import notices_due_are_told, notices_have_their_form
from encircle.verifier.told.sentences import is_gainsaid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.map.situation import Situation, Source
    from encircle.verifier.ground import Survey
    from encircle.verifier.reading.said import Confidence, Said

LEVELS = ("low", "moderate", "high")
WHOLE_M = 1000.0
"""Metres that boundaries are moved by where confidence is graded. Source: contract, Confidence."""
WEAK_RELIABILITY, WEAK_CREDIBILITY = ("D", "E"), (4, 5)
UNJUDGED_RELIABILITY, UNJUDGED_CREDIBILITY = (None, "F"), (None, 6)
"""Admiralty grades that are doubtful, and those nobody could give. Source: AJP-2.1."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told beside the verdict, and the map: as drawn, and as judged."""

    said: Said
    drawn: Situation
    survey: Survey

    @property
    def speaking(self) -> list[Position]:
        """The positions one of which speaks for the force: those there, else perhaps, else all."""
        survey = self.survey
        force = survey.situation.positions_of(survey.situation.force)
        present = [p for p in force if p.present != "withdrawn"]
        return [p for p in force if survey.stands(p)] or present or force

    @property
    def land_anchors(self) -> list[Anchor]:
        """The anchors that could be reached by land."""
        survey = self.survey
        return [a for a in survey.each(Anchor) if a.access == "land" and a.side in survey.friends]


def names_are_those_of_the_map(beside: Beside) -> Iterator[Fault]:
    """What features, and the force, are called is what the map calls them."""
    drawn = beside.drawn
    due = {drawn.force: drawn.name_of(drawn.force), **call_features(drawn)}
    for name, told in beside.said.names.items():
        if told != due.get(name):
            its = repr(due[name]) if due.get(name) else "nothing of that id on the map has a name"
            yield Fault(f"{name!r} is called {told!r:.120}: {its}", (name,))


# -- confidence --------------------------------------------------------------------------------


def confidence_is_what_follows(beside: Beside) -> Iterator[Fault]:
    """Confidence is low where the map does not settle it, or speaks against it, and no lower."""
    said, told = beside.said, beside.said.confidence
    if told is None:
        return
    if told.level not in LEVELS:
        yield Fault(f"confidence is {told.level!r:.40}")
        return
    thin = told.moved_m is not None and told.moved_m < WHOLE_M
    low = _find_low(said, told, thin=thin)
    if low and told.level != "low":
        yield Fault(f"{low}, and confidence is {told.level}")
    if not low and told.level == "low" and said.whole.code != "N":
        yield Fault("confidence is low, and nothing that is told makes it so")
    if told.level == "high":
        yield from (Fault(f"{why}, and confidence is high") for why in _keep_down(beside, told))
    yield from _hold_room(said, told)


def _find_low(said: Said, told: Confidence, *, thin: bool) -> str:
    """Say why confidence is low; empty where nothing makes it so."""
    if any(notice.severity == "doubt" for notice in said.notices):
        return "a notice is a doubt"
    if said.whole.code in ("U", "C3"):
        return "the map does not settle it"
    late = (n.statement for n in said.notices if n.code == "left_out_for_time")
    if any("the confidence" in statement for statement in late):
        return "there was no time to look into it"
    if is_gainsaid(said):
        return "the likelihood speaks against the verdict"
    hangs = told.holds is not None and told.holds[0] < told.holds[1]
    return "it hangs on one origin and on boundaries" if hangs and thin else ""


def _keep_down(beside: Beside, told: Confidence) -> Iterator[str]:
    """Say what keeps confidence from being high, of what can be told without judging again."""
    survey, said = beside.survey, beside.said
    known = [*survey.known.values()]
    if told.holds is None or told.holds[0] < told.holds[1]:
        yield "it is not said to hold without each origin"
    if told.moved_m is None or told.moved_m < WHOLE_M:
        yield f"it is not said to hold with boundaries {WHOLE_M:.0f} m out"
    if any(map(survey.is_stale, known)):
        yield "some evidence is too old to rely on"
    if all(p.basis == "sketch" or survey.is_bare(p) for p in beside.speaking):
        yield "only a word or a sketch places the force"
    sources = [source for feature in known for source in feature.sources]
    if len({source.origin or source.id for source in sources}) < 2:  # noqa: PLR2004 - one is not two
        yield "no two origins are on the map"
    if not any(s.reliability or s.credibility for s in sources):
        yield "no source is graded"
    if not any(feature.dated for feature in known):
        yield "no evidence is dated"
    named = set(_list_named(said))
    doubtful = {s.id for f in known if f.id in named for s in f.sources if _is_doubtful(s)}
    if doubtful:
        yield f"the proof rests on {', '.join(sorted(doubtful)):.120}, doubtful or unjudged"
    low, high = said.p_encircled or (0.0, 1.0)
    if said.p_encircled and not (low > 0.5 if said.whole.encircled else high < 0.5):  # noqa: PLR2004
        yield "the likelihood does not bear the verdict out"


def _list_named(said: Said) -> Iterator[str]:
    """List the features that the force's proof names."""
    path, ring = said.whole.open, said.whole.closed
    if path is not None:
        yield from (name for leg in path.legs for name in leg.evidence)
    if ring is not None:
        yield from (name for segment in ring.segments for name in segment.evidence)
        yield from (stop.id for stops in ring.cut_set.values() for stop in stops)


def _is_doubtful(source: Source) -> bool:
    """Tell a source that is graded, and doubtful, or of which a part could not be judged."""
    if not (source.reliability or source.credibility):
        return False
    return source.reliability in (
        *WEAK_RELIABILITY,
        *UNJUDGED_RELIABILITY,
    ) or source.credibility in (*WEAK_CREDIBILITY, *UNJUDGED_CREDIBILITY)


def _hold_room(said: Said, told: Confidence) -> Iterator[Fault]:
    """How far boundaries may be out is half the neck, and no more than half of what closes."""
    if told.holds is not None and told.holds[0] > told.holds[1]:
        yield Fault(f"it is said to hold without {told.holds[0]} of {told.holds[1]} origins")
    if told.moved_m is None:
        return
    whole, margins = said.whole, said.margins
    most = WHOLE_M
    neck_m = margins.necks.get("pessimistic")
    by_neck = whole.verdict == "not_encircled" and margins.at is not None and neck_m is not None
    if by_neck:
        most = min(most, math.floor((neck_m or 0.0) / 2))
    elif whole.verdict == "encircled" and margins.opening_m is not None:
        most = min(most, math.floor(margins.opening_m / 2))
    if whole.verdict in ("indeterminate", "contested"):
        yield Fault(f"{whole.verdict} is said to hold with boundaries {told.moved_m:.0f} m out")
    elif told.moved_m > most or (by_neck and told.moved_m != most):
        yield Fault(f"it is said to hold with boundaries {told.moved_m:.0f} m out, not {most:.0f}")


BESIDE_RULES = (
    names_are_those_of_the_map,
    notices_have_their_form,
    notices_due_are_told,
    confidence_is_what_follows,
)
"""Everything asked of what is told beside the verdict, in the order it is asked."""

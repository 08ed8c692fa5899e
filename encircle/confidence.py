"""How good is the evidence: confidence, kept apart from likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from shapely.geometry import Point

from encircle.contradiction import say_distance
from encircle.counting import number_of
from encircle.ground import UNMAPPED
from encircle.naming import begin, call_features, call_source, join_words
from encircle.reach import is_bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.judgement import Judged
    from encircle.notices import Notice
    from encircle.rules import Facts
    from encircle.situation import Crossing, Feature, Source

Level = Literal["high", "moderate", "low"]
LEVELS: tuple[Level, ...] = ("low", "moderate", "high")
WEAK_RELIABILITY = frozenset("DE")
WEAK_CREDIBILITY = 4
"""Admiralty grades from which evidence is doubtful (AJP-2.1): D, E; 4, 5. F and 6 mean that it
cannot be judged, which is unknown, not worst."""
BOUNDARY_ERROR_M = 1000.0
"""How far a boundary may be drawn from where it ran, metres: what two careful mappers of one front
differ by. Source: docs/method.md, maps differ by kilometres and agree on topology."""


def assess_confidence(facts: Facts, judged: Judged, margins: dict[str, Any]) -> dict[str, Any]:
    """
    Grade the evidence as high, moderate or low, with the reasons.

    Confidence speaks of the quality of the evidence, never of how likely the verdict is; the two
    are not to be read in one sentence (ICD 203).
    """
    reasons = [*_list_reasons(facts, judged), *_list_thin_places(facts, judged, margins)]
    level = min((weight for weight, _ in reasons), default=2)
    said = [text for _, text in reasons]
    if not said:
        said = ["Both readings agree, and all evidence is dated, graded and recent."]
    return {"level": LEVELS[level], "because": said}


def hold_down(confidence: dict[str, Any], notices: Sequence[Notice]) -> dict[str, Any]:
    """Keep confidence low where a notice is a doubt, and give its sentence first."""
    doubts = [notice.statement for notice in notices if notice.severity == "doubt"]
    if not doubts:
        return confidence
    told = confidence["because"] if confidence["level"] != "high" else []
    return {**confidence, "level": "low", "because": [*doubts, *told]}


def _list_reasons(facts: Facts, judged: Judged) -> Iterator[tuple[int, str]]:
    if judged.status.code in ("U", "C3"):
        yield 0, "The map does not settle the question: what nobody knows decides it."
    yield from _list_bare_words(facts)
    if facts.evidence.stale:
        yield 1, f"{number_of(len(facts.evidence.stale), 'feature', 'is')} too old to rely on."
    speaking = facts.evidence.speaking
    cited = {s.id: s for f in speaking for s in f.sources}
    graded = [s for s in cited.values() if s.reliability or s.credibility]
    if not cited:
        yield 1, "No source is named."
    elif not graded:
        yield 1, "No source is graded for reliability and credibility."
    weak = [s for s in graded if _is_weak(s.reliability, s.credibility)]
    if weak:
        yield 1, f"Doubtful sources: {_call_sources(weak)}."
    unjudged = [s for s in graded if s.reliability in (None, "F") or s.credibility in (None, 6)]
    if unjudged:
        yield 1, f"Sources that nobody could judge: {_call_sources(unjudged)}."
    origins = {s.origin or s.id for s in cited.values()}
    if cited and len(origins) == 1:
        yield 1, "All evidence goes back to one origin."
    if not any(f.dated for f in speaking):
        yield 1, "No evidence is dated."
    way = facts.pessimistic.best
    if way is not None and way.fire == UNMAPPED:
        yield 1, "Fire is not mapped on the best way."


def _call_sources(sources: Sequence[Source]) -> str:
    return join_words(sorted({call_source(source) for source in sources}))


def _list_bare_words(facts: Facts) -> Iterator[tuple[int, str]]:
    """Say what vouches for the place of the position that speaks, where that is little."""
    if facts.contradiction:
        yield 0, "The position and the map contradict each other."
    elif facts.position.basis == "sketch":
        yield 1, f"{begin(_call(facts, facts.position))} was placed by hand, from written accounts."
    elif is_bare(facts.position) and (facts.position.geometry or Point()).geom_type == "Polygon":
        yield 1, "That anybody stood on the ground judged is taken from the map alone."
    elif is_bare(facts.position):
        yield 1, f"Only a word says that {_call(facts, facts.position)} is where it is drawn."


def _call(facts: Facts, feature: Feature) -> str:
    return call_features(facts.evidence.situation)[feature.id]


def _list_thin_places(
    facts: Facts, judged: Judged, margins: dict[str, Any]
) -> Iterator[tuple[int, str]]:
    """Say where boundaries drawn a little otherwise would turn the verdict."""
    if not margins:
        return
    out = f"boundaries {BOUNDARY_ERROR_M / 1000:g} km out could"
    if judged.encircled is False:
        neck = margins["neck_width_m"]
        neck_m = neck["pessimistic"]
        if neck["at"] and neck_m is not None and neck_m < 2 * BOUNDARY_ERROR_M:
            yield 1, f"The way out is {say_distance(neck_m)} wide at its narrowest: {out} close it."
        elif not neck["at"]:
            for crossing, away_m in dict(_find_crossings(facts)).items():
                if away_m < BOUNDARY_ERROR_M:
                    name = begin(_call(facts, crossing))
                    far = say_distance(away_m)
                    yield 1, f"{name}, on the way out, is {far} from the enemy: {out} cut it."
    gap = margins.get("opening_distance_m")
    if judged.encircled and gap and gap["distance_m"] < 2 * BOUNDARY_ERROR_M:
        thin = gap["distance_m"]
        thick = (
            f"{say_distance(thin)} thick at its thinnest" if thin >= 1 else "no more than a line"
        )
        yield 1, f"The ring is {thick}: {out} open it."


def _find_crossings(facts: Facts) -> Iterator[tuple[Crossing, float]]:
    """Find the crossings on the best way out, and how far hostile ground is from each, metres."""
    network, way = facts.network, facts.pessimistic.best
    hostile = network.hostile_ground["pessimistic"]
    for edge in (network.edges[e] for e in (way.edges if way else ())):
        if edge.by == "crossing" and edge.ref >= 0:
            span = network.lines.spans[edge.ref]
            yield span.crossing, float(span.line.distance(hostile))


def _is_weak(reliability: str | None, credibility: int | None) -> bool:
    doubtful = credibility is not None and WEAK_CREDIBILITY <= credibility < 6  # noqa: PLR2004 - F and 6
    return reliability in WEAK_RELIABILITY or doubtful

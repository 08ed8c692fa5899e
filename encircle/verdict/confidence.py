"""How good is the evidence: confidence, kept apart from likelihood."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.map.counting import number_of
from encircle.map.evidence import UNNAMED, origin_of
from encircle.map.naming import begin, call_features, call_source, join_words
from encircle.map.notices import Notice
from encircle.map.reach import is_bare
from encircle.map.situation import Position
from encircle.network.ground.states import FRIENDLY
from encircle.verdict.chances import say_chance
from encircle.verdict.contradiction import say_distance
from encircle.verdict.values import Confidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from encircle.map.evidence import Origin
    from encircle.map.situation import Crossing, Feature, Source
    from encircle.verdict.facts import Facts
    from encircle.verdict.judgement import Judged, Verdict
    from encircle.verdict.values import Level, Margins, Weighed

LEVELS: tuple[Level, ...] = ("low", "moderate", "high")
WEAK_RELIABILITY = frozenset("DE")
WEAK_CREDIBILITY = 4
"""Admiralty grades from which evidence is doubtful (AJP-2.1): D, E; 4, 5. F and 6 mean that it
cannot be judged, which is unknown, not worst."""
BOUNDARY_ERROR_M = 1000.0
"""How far a boundary may be drawn from where it ran, metres: what two careful mappers of one front
differ by. Source: docs/method.md, maps differ by kilometres and agree on topology."""
SMALLER_M = (500.0, 250.0, 100.0)
"""Errors tried where a ring does not stand a kilometre, metres: each about half the one before."""
MOST_NAMED = 3
"""As many origins are named in a sentence; more are counted."""
EVEN = 0.5
"""A likelihood on the other side of this speaks against a verdict."""
AGAINST = "likelihood_against_verdict"
"""The notice that a verdict is what the map shows, and its evidence is too weak to bear it."""


def assess_confidence(
    facts: Facts,
    judged: Judged,
    margins: Margins | None,
    origins: Sequence[Origin] | None,
    holds_moved: Callable[[float], bool],
) -> Confidence:
    """
    Grade as high, moderate or low how firmly a verdict stands on its evidence, with the reasons.

    It is high only if the verdict holds with any one origin left out and with all boundaries a
    kilometre out, and nothing is stale or in doubt; moderate if it hangs on one origin or on one
    kilometre; else low. It never speaks of how likely the verdict is (ICD 203).

    Parameters
    ----------
    facts, judged, margins
        What is known of the position that speaks, its judgement, and its margins.
    origins
        The origins of the evidence, each with whether the verdict holds without; None where
        nothing can be told of the force.
    holds_moved
        Tells whether the verdict is the same with boundaries so many metres further out.

    Returns
    -------
    confidence
        `holds_moved_m` in metres, `BOUNDARY_ERROR_M` at most.
    """
    hangs = list(_list_hanging(origins or ()))
    moved_m, thin = _measure_room(facts, judged, margins, holds_moved)
    reasons = [*_list_reasons(facts, judged, margins), *((1, text) for text in (*hangs, *thin))]
    level = min((weight for weight, _ in reasons), default=2)
    if hangs and thin:
        level = 0
    said = [text for _, text in reasons]
    if not said:
        count = number_of(len(origins or ()), "origin")
        out = f"{BOUNDARY_ERROR_M / 1000:g} km out"
        said = [f"It holds with any one of its {count} left out, and with all boundaries {out}."]
    held = None if origins is None else (sum(origin.holds for origin in origins), len(origins))
    return Confidence(LEVELS[level], tuple(said), held, moved_m)


def hold_down(confidence: Confidence, notices: Sequence[Notice]) -> Confidence:
    """Keep confidence low where a notice is a doubt, and give its sentence first."""
    doubts = [notice.statement for notice in notices if notice.severity == "doubt"]
    return confidence.keep_to("low", *doubts) if doubts else confidence


def speaks_against(verdict: Verdict, weighed: Weighed | None) -> bool:
    """
    Tell whether the likelihood speaks against the verdict: all of it lies on the other side.

    Against a verdict of contested it speaks where all of it lies on one side: the map leaves open
    what its evidence does not.
    """
    if weighed is None or verdict in ("indeterminate", "no_force"):
        return False
    low, high = weighed.interval.low, weighed.interval.high
    rather = {"encircled": (False, True), "not_encircled": (True, False), "contested": (True, True)}
    for_it, against_it = rather[verdict]
    return (for_it and low > EVEN) or (against_it and high < EVEN)


def reconcile(
    verdict: Verdict, weighed: Weighed | None, confidence: Confidence
) -> tuple[Confidence, tuple[Notice, ...]]:
    """
    Let verdict, likelihood and confidence be told together without contradicting each other.

    Each is right by its own rule: the verdict takes the map as drawn, and the likelihood takes it
    apart. Where the two part a notice says why, and confidence is low; where the likelihood bears
    the verdict out only in part, confidence is no more than moderate.
    """
    if weighed is None or verdict in ("indeterminate", "no_force"):
        return confidence, ()
    low, high = weighed.interval.low, weighed.interval.high
    if speaks_against(verdict, weighed):
        said = _say_why(verdict, weighed.interval.term, low, high)
        lowered = confidence.keep_to("low", "The likelihood speaks against the verdict.")
        return lowered, (Notice(AGAINST, "caution", said),)
    borne = low > EVEN if verdict == "encircled" else high < EVEN
    if confidence.level == "high" and not borne:
        return confidence.keep_to("moderate", "The likelihood does not bear the verdict out."), ()
    return confidence, ()


def _say_why(verdict: str, term: str, low: float, high: float) -> str:
    """Say why the likelihood is not what the verdict would lead to expect."""
    chance = say_chance(term, low, high)
    if chance == term:  # the map as drawn is itself stated to be wrong
        chance = f"{term}, by probabilities stated as 0 or 1"
    wrong = "each piece of evidence it rests on may be wrong"
    says = {
        "encircled": "On this map the ring is closed. But it is only as good as all that closes "
        f"it together, and {wrong}",
        "not_encircled": f"On this map a way out is open. But {wrong}, and then the enemy may "
        "stand on it",
        "contested": "On this map it hangs on ground nobody is sure of. But errors and grades say "
        "more than the map does",
    }[verdict]
    return f"{says}: that the force was encircled is {chance}."


def _list_hanging(origins: Sequence[Origin]) -> Iterator[str]:
    """Say on whom the verdict hangs: without their word it is another."""
    needed = [origin for origin in origins if not origin.holds]
    named = [f"“{origin.title}”" for origin in needed if origin.id != UNNAMED]
    if len(named) > MOST_NAMED:
        yield f"It hangs on each of {len(named)} origins: without any one it would not hold."
    elif named:
        yield f"It hangs on {' and on '.join(named)}: without that alone it would not hold."
    if len(named) < len(needed):
        yield "It hangs on what names no source: without that it would not hold."


def _list_reasons(
    facts: Facts, judged: Judged, margins: Margins | None
) -> Iterator[tuple[int, str]]:
    """Say what keeps confidence down, each with the level it keeps it to: 0 low, 1 moderate."""
    if judged.status.code in ("U", "C3"):
        yield 0, "The map does not settle the question: what nobody knows decides it."
    yield from _list_bare_words(facts)
    if facts.evidence.stale:
        yield 1, f"{number_of(len(facts.evidence.stale), 'feature', 'is')} too old to rely on."
    rests = _find_vouching(facts, judged, margins)
    cited = {s.id: s for f in rests for s in f.sources}
    origins = {origin_of(source) for source in cited.values()}
    if not origins:
        yield 1, "What it rests on names no source."
    elif len(origins) == 1:
        yield 1, "All evidence it rests on goes back to one origin."
    graded = [s for s in cited.values() if s.reliability or s.credibility]
    if cited and not graded:
        yield 1, "No source is graded for reliability and credibility."
    weak = [s for s in graded if _is_weak(s.reliability, s.credibility)]
    if weak:
        yield 1, f"Doubtful sources: {_call_sources(weak)}."
    unjudged = [s for s in graded if s.reliability in (None, "F") or s.credibility in (None, 6)]
    if unjudged:
        yield 1, f"Sources that nobody could judge: {_call_sources(unjudged)}."
    if not any(feature.dated for feature in rests):
        yield 1, "No evidence it rests on is dated."


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


def _find_vouching(facts: Facts, judged: Judged, margins: Margins | None) -> list[Feature]:
    """
    Find the evidence a proof rests on, and what draws the enemy where a way is narrowest.

    What lies elsewhere vouches for nothing here, however many drew it. Where nobody is there any
    more the word of that is all; where nothing is proved, all the map.
    """
    speaking = facts.evidence.speaking
    if judged.status.code == "N":
        return [f for f in speaking if isinstance(f, Position) and f.force == facts.position.force]
    if judged.encircled is None:
        return list(speaking)
    path, names = judged.proof.path, set(judged.proof.cite())
    drawing, neck_m = facts.network.ground.drawing, None
    if path and margins and margins.neck_at:
        neck_m = margins.necks_m["pessimistic"]
    if margins and neck_m is not None:
        at = Point(drawing.plane.points_to_metres([margins.neck_at])[0])
        near_m = neck_m / 2 + BOUNDARY_ERROR_M
        names |= {
            patch.feature
            for patch in drawing.patches
            if not patch.role & FRIENDLY and shapely.dwithin(patch.shape, at, near_m)
        }
    return [f for f in speaking if f.id in names]


def _measure_room(
    facts: Facts, judged: Judged, margins: Margins | None, holds_moved: Callable[[float], bool]
) -> tuple[float | None, list[str]]:
    """
    Measure how far all boundaries may be out with the verdict the same, and say where it is less.

    A way stays open while boundaries come no nearer than half its narrowest place, and a crossing
    while none comes over it; a ring stays closed while the ground that holds it is not eaten up
    from both sides. Two posts that hold the ground between them lose it sooner than that: where
    the ring is thick enough the map is drawn again.
    """
    whole = BOUNDARY_ERROR_M
    if judged.status.code == "N":
        return whole, []
    if judged.encircled is None or not margins:
        return None, []
    out = f"boundaries {whole / 1000:g} km out could"
    if judged.encircled:
        gap = margins.opening
        room_m = min(whole, _floor(gap.distance_m / 2)) if gap else whole
        thin = f"Drawn {whole / 1000:g} km smaller, the ground that closes the ring leaves a gap."
        if gap and room_m < whole:
            gap_m = gap.distance_m
            thick = (
                f"{say_distance(gap_m)} thick at its thinnest"
                if gap_m >= 1
                else "no more than a line"
            )
            thin = f"The ring is {thick}: {out} open it."
        if room_m == whole or _is_held_by_posts(facts, judged):
            tried = (m for m in (room_m, *SMALLER_M) if m <= room_m)
            room_m = next((m for m in tried if holds_moved(m)), 0.0)
        return room_m, [thin] if room_m < whole else []
    neck_m = margins.necks_m["pessimistic"]
    if margins.neck_at and neck_m is not None:
        room_m = neck_m / 2
        thin = f"The way out is {say_distance(neck_m)} wide at its narrowest: {out} close it."
        return _floor(min(whole, room_m)), [thin] if room_m < whole else []
    near = {c: m for c, m in _find_crossings(facts) if not margins.neck_at and m < whole}
    told = [
        f"{begin(_call(facts, crossing))}, on the way out, is {say_distance(away_m)} from the "
        f"enemy: {out} cut it."
        for crossing, away_m in near.items()
    ]
    return _floor(min(near.values(), default=whole)), told


def _is_held_by_posts(facts: Facts, judged: Judged) -> bool:
    """Tell whether positions, by the ground round them, are part of what closes a ring."""
    names = judged.proof.ring.evidence if judged.proof.ring else ()
    return any(position.id in names for position, _ in facts.evidence.of_kind(Position))


def _floor(metres: float) -> float:
    return float(math.floor(metres))


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

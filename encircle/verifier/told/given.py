"""Does a judgement give what it was asked for, and what does it leave away or leave empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.map.naming import call_features
from encircle.map.situation import Anchor, Barrier, Control, Position
from encircle.verifier.path.case import Fault
from encircle.verifier.told.codes import CONTRADICTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.map.situation import Feature, Situation
    from encircle.verifier.reading.said import Ruling, Said
    from encircle.verifier.told.beside import Beside

TERRAIN = ("river", "coast", "lake", "cliff", "border")
"""Barriers that lie where they lie, whoever draws them. Source: contract, Likelihood."""
DECIDED = ("encircled", "not_encircled")
MARGINS, CONFIDENCE = "the margins", "the confidence"
PIVOTS, LIKELIHOOD = "what would turn the verdict", "the likelihood"
"""What a judgement by a deadline may leave out, as its notice calls it."""


def what_was_asked_for_is_given(beside: Beside) -> Iterator[Fault]:
    """Margins, pivots and likelihood are given as far as they were asked for and time allowed."""
    said, late = beside.said, set(_list_late(beside.said))
    most_worlds = said.options.get("most_worlds")
    if not isinstance(most_worlds, (int, float)):
        return  # drawn by hand: by which options it was judged is told as left away
    if "pivots" in said.left_away and PIVOTS not in late:
        yield Fault("no pivots are given, and no notice says that they were left out")
    if said.margins.is_empty and MARGINS not in late and _is_told(said.whole):
        yield Fault("no margins are given, and no notice says that they were left out")
    if most_worlds <= 0 or LIKELIHOOD in late or not is_likelihood_due(beside):
        return
    if not said.has_likelihood:
        yield Fault("no likelihood is given, and no notice says that it was left out")
        return
    for part in said.parts:
        if not part.has_likelihood and part.told_as.get("present") != "withdrawn":
            name = part.id or ""
            yield Fault(f"no likelihood is given of {name!r}, and of the force one is", (name,))


def confidence_is_given_where_the_map_settles_it(beside: Beside) -> Iterator[Fault]:
    """How far confidence holds is told where the map settles the question."""
    said, told = beside.said, beside.said.confidence
    if told is None or CONFIDENCE in _list_late(said):
        return
    null = {"holds_without": told.holds is None, "holds_moved_m": told.moved_m is None}
    null = {n: is_null and f"confidence.{n}" not in said.left_away for n, is_null in null.items()}
    if null["holds_without"] and _is_told(said.whole):
        yield Fault("it is not said how many origins can be left out")
    if null["holds_moved_m"] and said.whole.verdict in DECIDED and not said.margins.is_empty:
        yield Fault("it is not said how far boundaries may be out")


def evidence_not_used_is_told(beside: Beside) -> Iterator[Fault]:
    """Evidence that is claimed, stale, later or over is told as such, and no other evidence is."""
    said, survey = beside.said, beside.survey
    if said.whole.because is None:
        return
    features, as_of = survey.situation.features, survey.situation.as_of
    later = {f.id for f in features if f.observed_at is not None and f.observed_at > as_of}
    due = {
        "claims_not_counted": {
            f.id for f in features if isinstance(f, Control) and f.basis == "claimed"
        },
        "stale_evidence": {f.id for f in survey.known.values() if survey.is_stale(f)},
        "evidence_after_as_of": later,
        "evidence_of_another_time": {
            f.id for f in features
            if f.id not in later and (
                (f.valid_from is not None and f.valid_from > as_of)
                or (f.valid_to is not None and f.valid_to < as_of))
        },
    }  # fmt: skip
    for rule, names in due.items():
        told = {*said.rules.get(rule, ())}
        if names - told:
            yield Fault(f"{rule!r} is not told of what it is so", (*sorted(names - told),))
        if told - names:
            yield Fault(f"{rule!r} is told of what it is not so", (*sorted(told - names),))


GIVEN_RULES = (
    what_was_asked_for_is_given,
    confidence_is_given_where_the_map_settles_it,
    evidence_not_used_is_told,
)
"""Everything asked of what could be taken away, in the order it is asked."""


def list_left_away(beside: Beside) -> tuple[str, ...]:
    """
    List the members that a judgement leaves away, or leaves empty where it could say something.

    Returns
    -------
    members
        Their places, `[]` standing for each item of a list: `units[].because.statement`.
    """
    return (*dict.fromkeys(_list_left_away(beside)),)


def _list_left_away(beside: Beside) -> Iterator[str]:
    said, drawn = beside.said, beside.drawn
    yield from said.left_away
    if said.title is None and drawn.title is not None:
        yield "title"
    if said.situation is None and drawn.id is not None:
        yield "provenance.situation"
    if set(_list_due_names(said, drawn)) - said.names.keys():
        yield "names"
    if said.cut_off is not None and said.cut_off.of and said.cut_off.weight_share is None:
        yield "cut_off.weight_share"
    if said.margins.is_empty and said.whole.code != "N" and said.whole.because != CONTRADICTION:
        yield "margins"
    if not said.has_likelihood and is_likelihood_due(beside):
        yield "likelihood"
    if said.has_likelihood and any(
        not p.has_likelihood and p.told_as.get("present") != "withdrawn" for p in said.parts
    ):
        yield "units[].likelihood"
    if not said.has_pivots and said.whole.code not in ("N", "U"):
        yield "pivots"


def _list_due_names(said: Said, drawn: Situation) -> Iterator[str]:
    """List what has a name on the map and stands anywhere in the judgement."""
    called = {drawn.force: drawn.name_of(drawn.force), **call_features(drawn)}
    return (name for name, words in called.items() if words and name in said.texts)


def is_likelihood_due(beside: Beside) -> bool:
    """Tell whether a likelihood can be told: somebody can be told of, and something is graded."""
    there = any(map(_is_told, beside.said.parts))
    return there and any(map(_is_graded, _list_doubted(beside)))


def _list_doubted(beside: Beside) -> Iterator[Feature]:
    """List the evidence that may be wrong: the force's own positions frame the question."""
    for feature in beside.survey.known.values():
        own = isinstance(feature, Position) and feature.force == beside.survey.situation.force
        if not own:
            yield feature


def _is_graded(feature: Feature) -> bool:
    if feature.probability is not None:
        return True
    border = isinstance(feature, Control) and feature.basis == "territory"
    terrain = isinstance(feature, Barrier) and feature.type in TERRAIN
    if (border or terrain or isinstance(feature, Anchor)) and not feature.sources:
        return False
    return any(s.reliability is not None or s.credibility is not None for s in feature.sources)


def _is_told(ruling: Ruling) -> bool:
    """Tell whether anything can be told by the map of the force, or a position, as it is said."""
    if ruling.because == CONTRADICTION:
        return False
    return ruling.code not in ("N", "U") or ruling.because == "map_ends_first"


def _list_late(said: Said) -> Iterator[str]:
    """List what a notice says was left out for want of time."""
    late = [notice.statement for notice in said.notices if notice.code == "left_out_for_time"]
    for part in (MARGINS, CONFIDENCE, PIVOTS, LIKELIHOOD):
        if any(part in statement for statement in late):
            yield part

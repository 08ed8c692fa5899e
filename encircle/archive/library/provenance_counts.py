"""What a library rests on, counted: the same figures before and after a change of its sources."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from encircle.archive.library.provenance import AUTHORS, SHOWS_FIRE, Provenance, heavy_fire, shows
from encircle.map.situation import Claim, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from encircle.archive.library.scenarios import Scenario


def count_provenance(scenarios: Iterable[tuple[Scenario, str]]) -> dict[str, Counter[str]]:
    """
    Count what a library rests on.

    Parameters
    ----------
    scenarios
        Each scenario with the text of its SOURCES.md.

    Returns
    -------
    counts
        By subject: `rows` by kind of origin, `positions` by basis, `fire` (F3 and F4) by what
        bears it out, `states` by confidence, `answers` by what the record allows, `claims` by
        side and outcome.
    """
    counts: dict[str, Counter[str]] = {subject: Counter() for subject in _COUNTED}
    for scenario, text in scenarios:
        provenance = Provenance(text)
        for subject, count in _COUNTED.items():
            counts[subject].update(count(scenario, provenance))
    return counts


def _count_fire(scenario: Scenario, _: Provenance) -> Iterator[str]:
    listed = {source["id"]: source for source in scenario.heading.get("sources", [])}
    for feature in heavy_fire(scenario.situation):
        if shows(feature, SHOWS_FIRE, listed):
            yield "a source that shows fire"
        elif AUTHORS in {s.id for s in feature.sources}:
            yield "author's judgement"
        else:
            yield "a source not known to show fire"


def _count_answers(scenario: Scenario, _: Provenance) -> Iterator[str]:
    yield {True: "closed", False: "open", None: "contested, or nobody left"}[scenario.truth]


def _count_claims(scenario: Scenario, _: Provenance) -> Iterator[str]:
    """Sort each claim by who makes it, what it says, and the ratings the record allows."""
    allowed = scenario.expected.get("claims", {})
    for claim in scenario.situation.of_kind(Claim):
        ratings = set(allowed.get(claim.id, ()))
        if ratings and ratings <= {"supported"}:
            outcome = "supported"
        elif ratings and ratings <= {"contradicted", "unsupported", "overstated"}:
            outcome = "refuted or overstated"
        else:
            outcome = "open"
        side = claim.claimant_side
        who = side if side in COUNTED_SIDES else "another party" if side else "an outsider"
        said = {"yes": "affirms", "no": "denies"}
        yield f"{who} {said.get(str(claim.asserts.get('value')), 'says neither')}: {outcome}"


COUNTED_SIDES = ("RU", "UA")
"""Sides whose claims are counted apart: those of the war most claims of the library are about."""
_COUNTED: dict[str, Callable[[Scenario, Provenance], Iterable[str]]] = {
    "rows": lambda _, provenance: map(provenance.kind_of, provenance.rows),
    "positions": lambda scenario, _: (p.basis for p in scenario.situation.of_kind(Position)),
    "fire": _count_fire,
    "states": lambda scenario, _: [scenario.expected.get("history", {}).get("confidence", "")],
    "answers": _count_answers,
    "claims": _count_claims,
}

"""What is said of a group, from what is said of its units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely

from encircle.map.reach import READINGS, Reading
from encircle.network.isolation import Searcher, leads_out_by_ground
from encircle.network.reached import LAND_MODES
from encircle.verdict.judgement import BARRIERS_ALONE, BEST_OFF_FIRST, Finding, Judged
from encircle.verdict.proof.ring import certify_closed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.map.situation import Position
    from encircle.network.network import Network, Standing
    from encircle.verdict.facts import Facts

Json = dict[str, Any]


def standings_of(network: Network, position: Position) -> list[Standing]:
    """List the places where a position stands."""
    return [s for s in network.standings if s.position.id == position.id]


def find_speaking(all_facts: Sequence[Facts]) -> list[int]:
    """Find who speaks for the group: who is surely there, else may be there, else all."""
    present = [i for i, facts in enumerate(all_facts) if not facts.is_gone]
    sure = [i for i in present if not all_facts[i].is_doubtful]
    return sure or present or list(range(len(all_facts)))


def rank_among_units(facts: Facts, judged: Judged, searcher: Searcher) -> tuple[Any, ...]:
    """
    Rank a position by how well off it is, the best first; by nothing that its name decides.

    Of equal status the one with more ways open, by land and then otherwise; then the one that needs
    no bridge, the heaviest, the one with the shortest way out; a place on the map settles the rest.
    """
    openness = ("open", "contested", "unknown", "closed", "none", "enemy_leave")
    land = [openness.index(judged.axes.land[mode]) for mode in LAND_MODES]
    access = [openness.index(open_) for open_ in judged.axes.access.values()]
    answers = tuple(judged.definitions.values())
    way = facts.pessimistic.best or facts.optimistic.best
    bridged = [not leads_out_by_ground(searcher, facts.outlooks[r]) for r in READINGS]
    return (
        BEST_OFF_FIRST.index(judged.status.code),
        sum(land), land, sum(access), access, answers, bridged, -facts.position.weight,
        way.length_m if way else 0.0,
        shapely.normalize(facts.position.geometry).wkt if facts.position.geometry else "",
    )  # fmt: skip


def close_round_all(
    judged: Sequence[Judged],
    sure: Sequence[int],
    best: int,
    all_facts: Sequence[Facts],
    searcher: Searcher,
) -> Judged:
    """Give the group its best-off position's judgement, a ring drawn round every position."""
    whole = judged[best]
    if not whole.proof.ring or len(sure) < 2:  # noqa: PLR2004 - a single position
        return whole
    reading: Reading = "optimistic" if whole.encircled else "pessimistic"
    outlooks = [all_facts[i].outlooks[reading] for i in sure]
    standings = [s for i in sure for s in standings_of(searcher.network, all_facts[i].position)]
    if any(outlook.is_open for outlook in outlooks):
        return whole
    ring = certify_closed(searcher, outlooks, standings)
    return replace(whole, proof=replace(whole.proof, ring=ring))


def tell_barriers_alone(judged: Judged, facts: Facts) -> Iterator[Finding]:
    """Say where a ring is held by water and cliffs and by nobody."""
    ring = judged.proof.ring
    if not ring or not judged.encircled:
        return
    if not {part.by for part in ring.segments if part.length_m > 0} <= {"barrier", "sea"}:
        return
    drawn = not facts.network.hostile_ground["optimistic"].is_empty
    where = "no hostile ground is part of it" if drawn else "no hostile ground is drawn"
    yield Finding(
        BARRIERS_ALONE,
        f"The ring is held by barriers alone; {where}.",
        ring.evidence,
        reference="docs/contract.md, Drawing slips",
    )


def count_cut_off(
    all_facts: Sequence[Facts], judged: Sequence[Judged], sure: Sequence[int]
) -> Json:
    """Count the positions cut off, and their share of the weight."""
    cut = [i for i in sure if judged[i].encircled]
    weight = sum(all_facts[i].position.weight for i in sure)
    lost = sum(all_facts[i].position.weight for i in cut)
    share = round(lost / weight, 4) if weight else None
    return {"units": len(cut), "of": len(sure), "weight_share": share}

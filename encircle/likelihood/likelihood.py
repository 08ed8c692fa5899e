"""A judgement's likelihood and pivots."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from encircle.likelihood.leaving_out import build_atlas
from encircle.likelihood.measure import Asked, Likelihood
from encircle.likelihood.pivots import tell_importance, tell_missing, tell_pivots
from encircle.map.evidence import find_doubts
from encircle.map.naming import call_features
from encircle.reliability.counting.exact import PLAIN_COST
from encircle.reliability.solving import QUICK_VISITS, solve_graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.likelihood.worlds.atlas import Atlas
    from encircle.map.deadline import Deadline
    from encircle.map.options import Options
    from encircle.network.sheet import Sheet
    from encircle.reliability.graph import Graph
    from encircle.reliability.solving import CutOff
    from encircle.verdict.facts import Facts
    from encircle.verdict.judgement import Judged
    from encircle.verdict.values import Interval, Margins, Pivot, Weighed

MOST_SUSPECTS = 30
"""Partial worlds looked at for them."""


@dataclass(frozen=True, slots=True)
class Case:
    """What was found before anything was weighed."""

    judged: Judged
    margins: Margins | None
    pivots: tuple[Pivot, ...]

    def tell_missing(self, pivots: Sequence[Pivot]) -> Iterator[Pivot]:
        """Say what nobody drew and would turn it, where nothing told so far does."""
        return tell_missing(self.judged, self.margins, (*self.pivots, *pivots))


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a group and of each of its positions."""

    group: Weighed | None = None
    positions: dict[str, dict[str, Interval]] = field(default_factory=dict)
    pivots: tuple[Pivot, ...] = ()


def tell_likelihood(  # noqa: PLR0913 - the parts of a judgement
    sheet: Sheet,
    suspects: Atlas,
    case: Case,
    all_facts: Sequence[Facts],
    speaking: Sequence[Facts],
    options: Options,
    deadline: Deadline,
) -> Told:
    """
    Say how likely a force is cut off, what would have to be wrong, and what to look at next.

    Parameters
    ----------
    suspects
        The chart on which every feature may be wrong, from `suspect_all`.
    all_facts, speaking
        What is known of each position, and of those that speak for the group.
    deadline
        When it is over, worlds that were not looked at are left open: intervals are wider.
    """
    if case.judged.status.code == "N" or options.most_worlds <= 0:
        return Told()
    doubts = find_doubts(
        sheet.evidence, sheet.evidence.situation.force, sheet.ground.drawing.friends, options
    )
    asked = _list_asked(all_facts, speaking)
    there = [f for f in all_facts if not f.is_gone]
    if not doubts.items or not asked.there:  # nothing graded, or nothing to tell
        return Told(pivots=_suspect(sheet, suspects, case, asked, options, deadline))
    likelihood = Likelihood(
        build_atlas(sheet, doubts, options), asked, options,
        lambda graph: _solve(graph, options), deadline,
    )  # fmt: skip
    called = call_features(sheet.evidence.situation)
    pivots = tuple(tell_pivots(likelihood, case.judged.status.verdict, called))
    if not pivots and case.judged.status.code in ("C0", "C1", "C2", "E1", "E2"):
        pivots = _suspect(sheet, suspects, case, asked, options, deadline)
    return Told(
        likelihood.weigh(tell_importance(likelihood, called)),
        {f.position.id: likelihood.by_definition(f.position.id) for f in there},
        (*pivots, *(case.tell_missing(pivots) if likelihood.group.is_whole else ())),
    )


def _solve(graph: Graph, options: Options) -> CutOff | None:
    """Solve a graph of roads, with compiled code only where worlds may be drawn."""
    visits = QUICK_VISITS if options.samples else PLAIN_COST
    return solve_graph(graph, options.samples, options.seed, most_visits=visits)


def _list_asked(all_facts: Sequence[Facts], speaking: Sequence[Facts]) -> Asked:
    told = [f for f in all_facts if not f.is_untold]
    there = tuple(f.position for f in told)
    names = {p.id for p in there}
    untold = tuple(f.position.id for f in all_facts if f.position.id not in names)
    return Asked(there, untold, tuple(f.position.id for f in speaking))


def _suspect(  # noqa: PLR0913 - as above
    sheet: Sheet,
    suspects: Atlas,
    case: Case,
    asked: Asked,
    options: Options,
    deadline: Deadline,
) -> tuple[Pivot, ...]:
    """Find the fewest features whose absence would turn a verdict that nothing graded can turn."""
    if not asked.there or case.judged.encircled is None:
        return ()
    few = replace(options, most_worlds=min(MOST_SUSPECTS, options.most_worlds))
    likelihood = Likelihood(suspects, asked, few, deadline=deadline)
    called = call_features(sheet.evidence.situation)
    stated = {f.id for f in sheet.evidence.situation.features if f.probability is not None}
    pivots = tuple(
        tell_pivots(likelihood, case.judged.status.verdict, called, certain=True, stated=stated)
    )
    return (*pivots, *(case.tell_missing(pivots) if likelihood.group.is_whole else ()))

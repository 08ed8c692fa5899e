"""What the rules are asked of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from encircle.network.ground.states import FIRE_RANKS
from encircle.verdict.judgement import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from encircle.map.evidence import Evidence
    from encircle.map.options import Options
    from encircle.map.reach import Reading
    from encircle.map.situation import Position
    from encircle.network.isolation import Outlook
    from encircle.network.network import Network
    from encircle.verdict.contradiction import Contradiction


F2, F3 = FIRE_RANKS.index("F2"), FIRE_RANKS.index("F3")


@dataclass(frozen=True)
class Facts:
    """What is known of one position when the rules are asked."""

    position: Position
    certain: bool
    """The position is not stale."""
    evidence: Evidence
    network: Network
    options: Options
    outlooks: dict[Reading, Outlook]
    bearings: dict[Reading, float]
    lost: Contradiction | None = None
    """Places of the position that the map gives to the enemy, if nothing but a word speaks for it.
    """
    depots: tuple[str, ...] = ()
    """Anchors reached that lie inside a ring which shuts out the side's others."""
    apart: str = ""
    """Its places that are worse off than the best, told."""

    @property
    def optimistic(self) -> Outlook:
        """The reading that gives the force the benefit of every doubt."""
        return self.outlooks["optimistic"]

    @property
    def pessimistic(self) -> Outlook:
        """The reading that gives it none."""
        return self.outlooks["pessimistic"]

    @property
    def is_gone(self) -> bool:
        """Tell whether the position has been given up."""
        return self.position.present == "withdrawn"

    @property
    def is_doubtful(self) -> bool:
        """Tell whether nobody knows that the position is still held."""
        return self.position.present == "unknown" or not self.certain

    @property
    def is_off_map(self) -> bool:
        """Tell whether the position, or a place by which it may get out, is not on the map."""
        mine = [s for s in self.network.standings if s.position.id == self.position.id]
        on_map = [bool(s.own_faces) for s in mine]
        return not any(on_map) or not (all(on_map) or self.optimistic.is_open)

    @property
    def contradiction(self) -> Contradiction | None:
        """What the map says against a position that only a word vouches for."""
        return (
            self.lost if self.lost and (self.lost.wholly or not self.optimistic.is_open) else None
        )

    @property
    def is_untold(self) -> bool:
        """Tell whether nothing can be said of the position: no ground it stands on is known."""
        return self.is_gone or self.is_doubtful or self.is_off_map or self.contradiction is not None

    @property
    def ends_early(self) -> bool:
        """Tell whether the map ends before the answer."""
        return self.optimistic.runs_off and not self.optimistic.is_open

    @property
    def has_access(self) -> bool:
        """Tell whether sea, landing air or a special way may be open."""
        return self.optimistic.has_access


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule saw: the features, and what it adds to its sentence."""

    evidence: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a table; of those that decide something, the first that applies does."""

    name: str
    sentence: str
    reference: str
    see: Callable[[Any], Seen | None]
    says: Any = None
    """What it decides; None: it only adds a finding."""


def rule(reference: str, says: str | None = None) -> Callable[[Callable[[Any], Seen | None]], Rule]:
    """Make a rule of a function, whose docstring is the sentence it asserts."""

    def build(see: Callable[[Any], Seen | None]) -> Rule:
        return Rule(see.__name__, " ".join((see.__doc__ or "").split()), reference, see, says)

    return build


def ask_in_order(rules: Iterable[Rule], facts: object) -> tuple[Any, tuple[Finding, ...]]:
    """Ask the rules of a table in order: what the first that decides says, and all found."""
    said = None
    findings: list[Finding] = []
    for one in rules:
        if said and one.says:
            continue
        seen = one.see(facts)
        if seen is None:
            continue
        said = said or one.says
        statement = f"{one.sentence} {seen.detail}".strip()
        decides = one.says is not None
        findings.append(Finding(one.name, statement, seen.evidence, decides, one.reference))
    if said is None:
        message = "the rules leave no case out"
        raise AssertionError(message)
    return said, tuple(findings)

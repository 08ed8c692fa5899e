"""What comes of a question: what every map shows, the rating, and what may be quoted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from encircle.notices import Notice, gather

if TYPE_CHECKING:
    from datetime import datetime

    from encircle.asking.force import Where
    from encircle.asking.question import Asked
    from encircle.claims.answer import CheckedClaim, MapRating
    from encircle.situation import Situation

Json = dict[str, Any]
Lean = Literal["open", "closed", "undecided"]
LEAN: dict[str, Lean] = {"not_encircled": "open", "encircled": "closed"}
"""What a verdict says of the ring; any other leaves it undecided."""


@dataclass(frozen=True, slots=True)
class AskedMap:
    """One map that was given: what it shows of the force, or why it was not used."""

    name: str
    mapper: str
    mapper_side: str | None
    as_of: datetime
    used: bool
    because: str
    rated: MapRating | None = None
    situation: Situation | None = None
    document: Json | None = None
    """The map as a situation about the force, which `verify` checks the judgement against."""

    @property
    def judgement(self) -> Json | None:
        """What was judged on it."""
        if self.rated is None or self.rated.ruling is None:
            return None
        return self.rated.ruling.judgement.to_dict()

    @property
    def lean(self) -> Lean | None:
        """Whether a way was open on it; None where it was not used."""
        if self.rated is None or self.rated.ruling is None:
            return None
        return LEAN.get(self.rated.ruling.judged.status.verdict, "undecided")

    def to_dict(self) -> Json:
        """Give the map as the contract writes it."""
        return {
            "map": self.name,
            "mapper": self.mapper,
            "mapper_side": self.mapper_side,
            "as_of": f"{self.as_of:%Y-%m-%dT%H:%M:%SZ}",
            "used": self.used,
            "because": self.because,
            "judgement": self.judgement,
            "rating": self.rated.rating if self.rated else None,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to one question."""

    asked: Asked
    place: Where | None
    maps: tuple[AskedMap, ...]
    checked: CheckedClaim
    more: tuple[Notice, ...] = field(default_factory=tuple)

    @property
    def rating(self) -> str:
        """How far the maps bear the claim out."""
        return self.checked.rating

    @property
    def agreement(self) -> dict[Lean, int]:
        """How many of the maps used show a way open, a ring closed, or neither for certain."""
        leans = [m.lean for m in self.maps if m.lean]
        every: tuple[Lean, ...] = ("open", "closed", "undecided")
        return {lean: leans.count(lean) for lean in every}

    @property
    def carrier(self) -> AskedMap | None:
        """The map that carries the rating."""
        shown = self.checked.shown
        if shown is None:
            return next((m for m in self.maps if m.judgement), None)
        return next((m for m in self.maps if m.rated and m.rated.ruling is shown), None) or next(
            (m for m in self.maps if m.name == shown.map_id), None
        )

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Everything to be told beside the verdict, the gravest first."""
        judged = [m.rated.ruling.judgement for m in self.maps if m.rated and m.rated.ruling]
        theirs = [n for j in judged for n in getattr(j, "notices", ())]
        return gather([*self.more, *self.asked.notices, *theirs])

    @property
    def quote(self) -> str:
        """One line to quote: who said what, the rating, why, and what is in doubt."""
        doubts = [n.statement for n in self.notices if n.severity == "doubt"]
        return " ".join([self.checked.quote, *doubts])

    def to_dict(self) -> Json:
        """Give the answer as the contract writes it."""
        return {
            "claim": self.write_claim(),
            "question": None,
            "maps": [m.to_dict() for m in self.maps],
            "rating": self.rating,
            "agreement": dict(self.agreement),
            "quote": self.quote,
        }

    def write_claim(self) -> Json:
        """Write the claim as it was understood, with what should be told of that."""
        claim = self.asked.to_dict()
        claim["asserts"] = {
            **claim["asserts"], "force": self.checked.asserted.force,
        }  # fmt: skip
        claim["because"] = [finding.to_dict() for finding in self.checked.findings]
        claim["number"] = self.checked.number
        claim["notices"] = [n.to_dict() for n in (*self.more, *self.asked.notices)]
        return claim


def write_question(asked: Asked | None, question: Json) -> Json:
    """Write a question back as the contract has it: nothing is judged."""
    return {
        "claim": asked.to_dict() if asked else None,
        "question": question,
        "maps": [],
        "rating": None,
        "agreement": None,
        "quote": None,
    }

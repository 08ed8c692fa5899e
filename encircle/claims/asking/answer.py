"""What comes of a question: what every map shows, the rating, and what may be quoted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from encircle.map.days import say_day, write_instant
from encircle.map.notices import Notice, gather

if TYPE_CHECKING:
    from datetime import datetime

    from encircle.claims.asking.question import Asked
    from encircle.claims.asking.where import Where
    from encircle.claims.rating.answer import CheckedClaim, MapRating
    from encircle.map.situation import Situation

Json = dict[str, Any]
Lean = Literal["open", "closed", "undecided"]
LEAN: dict[str, Lean] = {"not_encircled": "open", "encircled": "closed"}
"""What a verdict says of the ring; any other leaves it undecided."""


@dataclass(frozen=True, slots=True)
class AskedMap:
    """One map that was given: what it shows of the force, or why it was not used."""

    name: str
    title: str
    """What its maker calls it."""
    mapper: str
    mapper_side: str | None
    as_of: datetime
    used: bool
    because: str
    rated: MapRating | None = None
    situation: Situation | None = None
    document: Json | None = None
    """The map as a situation about the force, which `verify` checks the judgement against."""
    is_drawn: bool = False
    """It was drawn for the question out of somebody's paint; else it was given as a situation."""

    @property
    def dated(self) -> str:
        """What its maker calls it, and its day."""
        return f"{self.title}, {say_day(self.as_of)}"

    @property
    def judgement(self) -> Json | None:
        """What was judged on it."""
        if self.rated is None or self.rated.ruling is None:
            return None
        told = self.rated.ruling.judgement.to_dict()
        # Among the maps asked it goes by its file; beside its own map, by what that calls itself.
        named = ((self.document or {}).get("situation") or {}).get("id")
        return {**told, "provenance": {**told["provenance"], "situation": named}}

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What its makers, its readers and the judgement say beside it."""
        if self.rated is None or self.rated.ruling is None:
            return ()
        of_map = self.situation.notices if self.situation else ()
        return gather([*of_map, *getattr(self.rated.ruling.judgement, "notices", ())])

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
            "as_of": write_instant(self.as_of),
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
        """
        How many maps show a way open, a ring closed, or neither for certain.

        Maps of one mapper and instant that show the same are one: no file speaks twice.
        """
        told = {(m.mapper, m.mapper_side, m.as_of, m.lean) for m in self.maps}
        leans = [lean for *_, lean in told if lean]
        every: tuple[Lean, ...] = ("open", "closed", "undecided")
        return {lean: leans.count(lean) for lean in every}

    @property
    def carrier(self) -> AskedMap | None:
        """The map that is shown: the one whose proof carries the rating, else the first of it."""
        judged = [m for m in self.maps if m.rated and m.rated.ruling]
        carrying = [m for m in judged if m.rated and m.rated.ruling is self.checked.shown]
        if carrying:
            return carrying[0]
        counted = [m for m in judged if m.rated and m.rated.is_of_day]
        agreeing = [m for m in counted if m.rated and m.rated.rating == self.rating]
        return next(iter([*agreeing, *counted, *judged]), None)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Everything to be told beside the verdict, the gravest first; each names its map."""
        told: dict[Notice, list[str]] = {}
        for given in self.maps:
            for notice in given.notices:
                told.setdefault(notice, []).append(given.dated)
        theirs = [_name(notice, names) for notice, names in told.items()]
        return gather([*self.more, *self.asked.notices, *theirs])

    @property
    def quote(self) -> str:
        """One line to quote: who said what, the rating, why, and what it rests on in doubt."""
        counted = [m for m in self.maps if m.rated and m.rated.is_of_day]
        doubts = [
            _name(n, [m.dated]).statement
            for m in counted for n in m.notices if n.severity == "doubt"
        ]  # fmt: skip
        return " ".join([self.checked.quote, *dict.fromkeys(doubts)])

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

    def to_shown(self) -> Json:
        """
        Give the answer with what a map shows of it.

        Each map has its `title` and the `situation` that was judged, which `verify` checks the
        judgement against; `shown` is the place in the list of the one that carries the rating, and
        `notices` are those of the whole, the gravest first.
        """
        maps = [
            {**m.to_dict(), "title": m.title, "situation": m.document if m.judgement else None}
            for m in self.maps
        ]
        shown = next((n for n, m in enumerate(self.maps) if m is self.carrier), None)
        notices = [notice.to_dict() for notice in self.notices]
        at = self.place
        place = {"lon": at.lon, "lat": at.lat, "name": at.name} if at else None
        return {
            **self.to_dict(), "maps": maps, "shown": shown, "notices": notices, "place": place,
        }  # fmt: skip

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


def _name(notice: Notice, names: list[str]) -> Notice:
    """Say of which map a notice is, where it is of one and does not say so itself."""
    if len(names) != 1 or names[0] in notice.statement:
        return notice
    return replace(notice, statement=f"{names[0]}: {notice.statement}")


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

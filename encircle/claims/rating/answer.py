"""What comes of claims held against maps: a rating with its reasons, or what cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from encircle.claims.rating.line import CANNOT_SAY, cite_maps, name_way
from encircle.map.days import say_day
from encircle.verdict.judgement import Finding

if TYPE_CHECKING:
    from datetime import datetime

    from encircle.claims.rating.facts import Ruling
    from encircle.claims.rating.mappers import Mapper
    from encircle.claims.rating.rules import Rating
    from encircle.errors import InputFault
    from encircle.map.notices import Notice
    from encircle.map.situation import Assertion, Claim

Json = dict[str, Any]
IN_BRIEF = (
    "force",
    "side",
    "as_of",
    "verdict",
    "encircled",
    "status",
    "headline",
    "definitions",
    "notices",
)
"""Members of a judgement that are left in brief."""
REFERENCE = "docs/contract.md, Claims"
UNRATED = frozenset({"asserts_nothing", "force_unknown", "no_map_of_the_time"})
"""Rules that say why a claim was held against no map: a mended id or date, or a person's reading,
may rate it any way."""
MOST_QUOTED = 3
"""As many doubts stand in the line to quote; the rest are counted there, and told beside it."""


@dataclass(frozen=True, slots=True)
class FaultyClaim:
    """A claim that cannot be read, and everything wrong with it."""

    id: str
    faults: tuple[InputFault, ...]
    source: str | None = None
    """The file it stands in."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim, and where it stands."""

    claim: Claim
    home: int | None = None
    """Number of the map it is a feature of."""
    source: str | None = None
    """The file it stands in."""
    verbatim: bool = True
    """The words are the claimant's own; else they are how another tells what he said."""


@dataclass(frozen=True, slots=True)
class MapRating:
    """What one map makes of a claim."""

    number: int
    ruling: Ruling | None
    rating: Rating
    findings: tuple[Finding, ...]
    is_of_day: bool
    mapper: Mapper
    name: str
    away_days: int = 0
    """How many days its day is after that of the claim; negative: before."""

    @property
    def mapper_side(self) -> str | None:
        """The side whose cause the mapper serves, where that is known."""
        return self.mapper.side

    @property
    def use(self) -> str:
        """Say what the map counts for."""
        when = _say_away(self.away_days)
        if self.is_of_day:
            return "It is of the day." if not self.away_days else f"It is the nearest, {when}."
        return f"It is its mapper's nearest, {when}: told, and not counted in the rating."

    @property
    def speaks(self) -> bool:
        """Tell whether the map can say anything of the claim."""
        return self.rating != "unverifiable" and not self.is_blank

    @property
    def is_blank(self) -> bool:
        """
        Tell whether the answer hangs on ground that nobody drew, and on nothing else.

        Such a map is silent where others speak: ground painted grey is somebody's doubt, bare
        ground is nobody's word.
        """
        path = self.ruling.proof.path if self.ruling else None
        if self.ruling is None or self.ruling.judged.status.code != "C3" or not path:
            return False
        return not any(leg.control == "grey" and leg.evidence for leg in path.legs)

    def to_dict(self) -> Json:
        """Give the map's line in the answer."""
        ruling = self.ruling
        return {
            "situation": self.name,
            "as_of": _write_instant(ruling.as_of) if ruling else None,
            "mapper": self.mapper.name,
            "mapper_side": self.mapper_side,
            "of_the_day": self.is_of_day,
            "used": True,
            "use": self.use,
            "rating": self.rating,
            "status": ruling.judged.status.code if ruling else None,
            "rule": self.findings[0].rule,
            "because": self.findings[0].statement,
        }


@dataclass(frozen=True, slots=True)
class UnusedMap:
    """A map that was given and says nothing of a claim, and why."""

    number: int
    name: str
    as_of: datetime
    mapper: Mapper
    why: str

    def to_dict(self) -> Json:
        """Give the map's line in the answer."""
        return {
            "situation": self.name,
            "as_of": _write_instant(self.as_of),
            "mapper": self.mapper.name,
            "mapper_side": self.mapper.side,
            "of_the_day": False,
            "used": False,
            "use": self.why,
            "rating": None,
            "status": None,
            "rule": None,
            "because": self.why,
        }


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim rated, with every reason."""

    statement: Statement
    asserted: Assertion
    rating: Rating
    findings: tuple[Finding, ...]
    maps: tuple[MapRating, ...] = ()
    matrix: dict[str, Rating] = field(default_factory=dict)
    shown: Ruling | None = None
    """The map that carries the rating."""
    unused: tuple[UnusedMap, ...] = ()
    """The maps that were given and not used."""

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.statement.claim.id

    @property
    def source(self) -> str | None:
        """The file the claim stands in."""
        return self.statement.source

    @property
    def is_unrated(self) -> bool:
        """Tell a claim that could not be held against any map: unread, or of a force unknown."""
        return self.findings[0].rule in UNRATED

    @property
    def number(self) -> Json | None:
        """The rating of a head count, apart from that of the map; None where none is claimed."""
        if self.asserted.number is None:
            return None
        because = Finding(
            "no_head_count",
            "A map of control counts no heads: weights of positions are shares, not numbers.",
            reference=REFERENCE,
        )
        number = self.asserted.number
        return {"claimed": number, "rating": "unverifiable", "because": because.to_dict()}

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What must be told beside the rating: the notices of the map that carries it."""
        return self.shown.judgement.notices if self.shown else ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """Sentences without which the rating must not be told."""
        return tuple(n.statement for n in self.notices if n.severity == "doubt")

    @property
    def quote(self) -> str:
        """One line a journalist can quote."""
        claim = self.statement.claim
        who = claim.claimant or "Somebody"
        when = f", {say_day(claim.made_at)}" if claim.made_at else ""
        words = claim.statement or ""
        stop = "" if words.endswith((".", "!", "?", "…")) else "."
        said = f': "{words}{stop}"' if self.statement.verbatim else f", as told: {words}{stop}"
        shown = (self.shown.judgement.headline, name_way(self.shown)) if self.shown else ()
        cited = (cite_maps(self.maps), CANNOT_SAY) if self.shown else ()
        rated = name_rating(self.rating)
        more = len(self.doubts[MOST_QUOTED:])
        last = [f"And {more} doubts more." if more > 1 else "And one doubt more."] if more else []
        told = " ".join([*self.doubts[:MOST_QUOTED], *last])
        doubted = f" In doubt: {told}" if told else ""
        parts = [f"{who}{when}{said if words else ''} Rated {rated}.",
                 self.findings[0].statement, *shown, *cited]  # fmt: skip
        return f"{' '.join(part for part in parts if part)}{doubted}"

    def to_dict(self, *, brief: bool = False) -> Json:
        """Give the claim as the contract writes it; in brief, its judgement in a few members."""
        judgement = self.shown.judgement.to_dict() if self.shown else None
        if brief and judgement:
            judgement = {name: judgement[name] for name in IN_BRIEF}
        return {
            "id": self.id,
            "rating": self.rating,
            "definition": self.asserted.definition,
            "because": [finding.to_dict() for finding in self.findings],
            "judgement": judgement,
            "claim": write_claim(self.statement, self.asserted),
            "matrix": dict(self.matrix),
            "number": self.number,
            "maps": [*(m.to_dict() for m in self.maps), *(m.to_dict() for m in self.unused)],
            "quote": self.quote,
            "notices": [notice.to_dict() for notice in self.notices],
        }


@dataclass(frozen=True, slots=True)
class ClaimChecks:
    """Every claim in the order given: rated, or what is wrong with it."""

    entries: tuple[CheckedClaim | FaultyClaim, ...]

    @property
    def checked(self) -> list[CheckedClaim]:
        """The claims that were rated."""
        return [e for e in self.entries if isinstance(e, CheckedClaim)]

    @property
    def faulty(self) -> list[FaultyClaim]:
        """The claims that could not be read."""
        return [e for e in self.entries if isinstance(e, FaultyClaim)]

    def to_dict(self, *, brief: bool = False) -> Json:
        """Give the answer as the contract writes it."""
        return {"claims": [e.to_dict(brief=brief) if isinstance(e, CheckedClaim)
                           else _tell_faulty(e) for e in self.entries]}  # fmt: skip


def _say_away(days: int) -> str:
    if not days:
        return "of the day of the claim"
    count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f"{count} {'after' if days > 0 else 'before'} the claim"


def name_rating(rating: str) -> str:
    """
    Name a rating in words.

    Examples
    --------
    >>> name_rating("supported_weaker_definition")
    'supported under a weaker definition'
    """
    return rating.replace("supported_weaker", "supported under a weaker").replace("_", " ")


def write_claim(statement: Statement, asserted: Assertion) -> Json:
    """Write a claim as it was understood."""
    claim = statement.claim
    return {
        "claimant": claim.claimant,
        "claimant_side": claim.claimant_side,
        "made_at": _write_instant(claim.made_at) if claim.made_at else None,
        "statement": claim.statement,
        "verbatim": statement.verbatim,
        "url": claim.url,
        "archive_url": claim.archive_url,
        "asserts": {
            "force": asserted.force,
            "definition": asserted.definition,
            "value": "yes" if asserted.holds else "no",
            "number": asserted.number,
            "tense": asserted.tense,
            "hedged": asserted.hedged,
        },
    }


def _tell_faulty(entry: FaultyClaim) -> Json:
    errors = [{"pointer": f.pointer, "detail": f.message, "remedy": f.remedy, "feature": f.feature}
              for f in entry.faults]  # fmt: skip
    return {"id": entry.id, "rating": None, "definition": None, "because": [], "errors": errors}


def _write_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")

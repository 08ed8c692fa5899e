"""The shape a checked claim must have to be published: every member that is read, strictly."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from encircle.map.door.contract import Instant  # noqa: TC001 - pydantic reads it
from encircle.map.options import Options
from encircle.map.situation import Assumed  # noqa: TC001 - pydantic reads it

Json = dict[str, Any]


class Part(BaseModel):
    """Part of a document: members that are not read may be anything."""

    model_config = ConfigDict(extra="ignore", strict=True)


class Leg(Part):
    """A leg of a path."""

    length_m: float
    by: str
    control: str
    fire: str | None = None
    evidence: list[str] = Field(default_factory=list)


class Disjoint(Part):
    """How many separate routes lead out."""

    count: int


class Path(Part):
    """A certificate of a way out."""

    reading: str
    mode: str
    unit: str
    anchor: str
    length_m: float
    disjoint: Disjoint
    legs: list[Leg]


class Segment(Part):
    """A stretch of a ring."""

    by: str
    length_m: float
    evidence: list[str] = Field(default_factory=list)


class Ring(Part):
    """A certificate of a closed ring."""

    reading: str
    units: list[str]
    area_km2: float
    segments: list[Segment]
    weakest: int = 0

    @model_validator(mode="after")
    def _name_a_segment(self) -> Self:
        if self.segments and not 0 <= self.weakest < len(self.segments):
            message = f"weakest names segment {self.weakest}, and there are {len(self.segments)}"
            raise ValueError(message)
        return self


class Certificates(Part):
    """The proofs."""

    open: Path | None = None
    closed: Ring | None = None


class Parameters(Part):
    """The parameters a judgement was made with."""

    stale_after_days: float = 0.0
    join_m: float = 0.0
    seam_m: float = 0.0
    surrounded_share: float = 0.0
    salient_share: float = 0.0
    grades: dict[str, float] = Field(default_factory=dict)
    location_weights: list[float] = Field(default_factory=list)
    most_worlds: int = 0
    samples: int = 0
    seed: int = 0
    without: list[str] = Field(default_factory=list)
    assume: dict[str, Assumed] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        choose_options(self.model_dump(exclude_unset=True))
        return self


def choose_options(parameters: Json) -> Options:
    """
    Give the options that printed parameters stand for; those not printed are the default.

    Raises
    ------
    OptionsError
        If one of them cannot be used.
    """
    return Options(**{name: parameters[name] for name in Options.__slots__ if name in parameters})


class Provenance(Part):
    """What judged, and on what."""

    engine: str | None = None
    input_sha256: str | None = None
    parameters: Parameters | None = None


class Status(Part):
    """The status judged."""

    code: str | None = None


class Pivot(Part):
    """What would turn the verdict."""

    statement: str | None = None


class Confidence(Part):
    """How good the evidence is."""

    level: str = ""
    because: list[str] = Field(default_factory=list)


class Readings(Part):
    """A margin on both readings."""

    pessimistic: float | None = None


class Margins(Part):
    """How close it was."""

    closing_distance_m: Readings | None = None


class Judgement(Part):
    """The judgement that carries a rating."""

    title: str | None = None
    force: str | None = None
    as_of: Instant | None = None
    headline: str | None = None
    verdict: str | None = None
    status: Status | None = None
    definitions: dict[str, str] | None = None
    certificates: Certificates | None = None
    pivots: list[Pivot] | None = None
    confidence: Confidence | None = None
    margins: Margins | None = None
    provenance: Provenance | None = None


class Asserts(Part):
    """What a claim asserts."""

    force: str | None = None
    definition: str | None = None
    value: str | None = None
    number: float | None = None
    tense: str | None = None
    hedged: bool | None = None


class Said(Part):
    """The claim as it was understood."""

    asserts: Asserts | None = None


class Finding(Part):
    """A reason of a rating."""

    rule: str = ""
    statement: str = ""
    evidence: list[str] | None = None
    decides: bool | None = None
    reference: str | None = None


class OnMap(Part):
    """What one map makes of a claim."""

    map: str | None = None
    situation: str | None = None
    as_of: str | None = None
    rating: str | None = None
    mapper_side: str | None = None


class Told(Part):
    """What must be told beside a rating."""

    code: str = ""
    severity: str = "caution"
    statement: str = ""


class Entry(Part):
    """A checked claim."""

    notices: list[Told] | None = None

    claim: Said | None = None
    because: list[Finding] | None = None
    maps: list[OnMap] | None = None
    matrix: dict[str, str] | None = None
    judgement: Judgement | None = None

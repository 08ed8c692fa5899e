"""The shapes of requests and answers, as models and in the OpenAPI document."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from encircle import Options
from encircle.map.options import GRADES, LOCATION_WEIGHTS

Json = dict[str, Any]
Text = Annotated[str, Field(strict=True)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Span = Annotated[float, Field(strict=True, ge=0, le=1_000)]
Grade = Annotated[str, Field(pattern="^[A-E][1-5]$")]
Days = Annotated[float, Field(strict=True, ge=0, le=36_525)]
VerdictWord = Literal["encircled", "not_encircled", "contested", "indeterminate", "no_force"]
StatusCode = Literal["C0", "C1", "C2", "C3", "E1", "E2", "N", "U"]

EXAMPLE_SITUATION: Json = {
    "type": "FeatureCollection",
    "situation": {
        "id": "example",
        "title": "A force on its own ground, with a road to its rear",
        "as_of": "2025-03-14T12:00:00Z",
        "sides": [{"id": "A"}, {"id": "B"}],
        "force": "group",
    },
    "features": [
        {
            "type": "Feature",
            "id": "ground",
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[35.0, 51.0], [35.2, 51.0], [35.2, 51.05], [35.0, 51.05], [35.0, 51.0]]
                ],
            },
            "properties": {"kind": "control", "holder": "A", "basis": "assessed"},
        },
        {
            "type": "Feature",
            "id": "stand",
            "geometry": {"type": "Point", "coordinates": [35.05, 51.02]},
            "properties": {"kind": "position", "side": "A", "force": "group", "reach_m": 500},
        },
        {
            "type": "Feature",
            "id": "rear",
            "geometry": {"type": "Point", "coordinates": [35.15, 51.02]},
            "properties": {"kind": "anchor", "side": "A", "access": "land"},
        },
        {
            "type": "Feature",
            "id": "road",
            "geometry": {
                "type": "LineString",
                "coordinates": [[35.05, 51.02], [35.15, 51.02]],
            },
            "properties": {"kind": "route", "modes": ["wheeled"], "fire": "F1"},
        },
    ],
}
"""Small, and judged once by every worker before it takes work."""

SITUATION_SCHEMA: Json = {
    "title": "Situation",
    "type": "object",
    "description": (
        "An RFC 7946 FeatureCollection in WGS 84 with one foreign member, `situation`. Every "
        "feature has an id of its own and says in `properties.kind` what it is: position, control, "
        "anchor, route, crossing, barrier, fire or claim. Foreign members are ignored."
    ),
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
        "situation": {"type": "object"},
    },
    "additionalProperties": True,
}
Situation = Annotated[dict[str, Any], Field(json_schema_extra=SITUATION_SCHEMA)]


class Closed(BaseModel):
    """A request: members it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class OptionsBody(Closed):
    """Parameters of a judgement; every judgement prints those it was made with."""

    stale_after_days: Days = Field(30.0, description="Evidence older than this is uncertain; days.")
    join_m: Span = Field(30.0, description="A route's end joins what lies within this; metres.")
    seam_m: Span = Field(50.0, description="Unpainted ground thinner than this is a seam; metres.")
    surrounded_share: Share = Field(
        0.95, description="Share of the compass on which hostile ground means surrounded."
    )
    salient_share: Share = Field(
        0.5, description="Share of the compass past which an open force stands in a salient."
    )

    grades: dict[Grade, Share] = Field(
        default_factory=lambda: dict(GRADES),
        description="Probability that evidence of an Admiralty grade is right.",
    )
    location_weights: tuple[Share, Share, Share] = Field(
        LOCATION_WEIGHTS,
        description="Weights of hostile ground smaller by its location error, as drawn, larger.",
    )
    most_worlds: Annotated[int, Field(strict=True, ge=0, le=10_000)] = Field(
        300, description="Partial worlds looked at for the likelihood; 0 leaves it out."
    )
    samples: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = Field(
        0, description="Worlds drawn where roads are all that is open and too many to count."
    )
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)] = Field(
        0, description="Same seed, same draw."
    )
    without: tuple[Text, ...] = Field((), description="Ids of features judged as if not drawn.")
    assume: dict[str, StrictBool] = Field(
        default_factory=dict, description="Ids of features taken as right, or as not there."
    )

    def to_options(self) -> Options:
        """Give the library's own options."""
        return Options(**{each.name: getattr(self, each.name) for each in fields(Options)})


class JudgementRequest(Closed):
    """A situation to judge."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"situation": EXAMPLE_SITUATION}]})

    situation: Situation
    force: Text | None = Field(None, description="Stands in for `situation.force`.")
    as_of: Text | None = Field(
        None,
        description="Stands in for `situation.as_of`; RFC 3339.",
        examples=["2025-03-14T12:00:00Z"],
    )
    options: OptionsBody | None = None


class BareRequest(JudgementRequest):
    """A situation that stands for the whole request; faults are told from its own top."""


class VerificationRequest(Closed):
    """A judgement to check against the situation it is about."""

    judgement: dict[str, Any]
    situation: Situation
    force: Text | None = Field(None, description="Stands in for `situation.force`.")
    as_of: Text | None = Field(None, description="Stands in for `situation.as_of`; RFC 3339.")


EXAMPLE_CLAIM: Json = {
    "id": "claim",
    "claimant": "A spokesman",
    "claimant_side": "B",
    "made_at": "2025-03-14T09:00:00Z",
    "statement": "The group is surrounded.",
    "asserts": {"force": "group", "definition": "land_cut", "value": "yes"},
}


class ClaimChecksRequest(Closed):
    """Claims, and the maps to hold them against."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"situations": [EXAMPLE_SITUATION], "claims": [EXAMPLE_CLAIM]}]
        }
    )

    situation: Situation | None = Field(None, description="One map; or give `situations`.")
    situations: Annotated[list[Situation], Field(min_length=1, max_length=100)] | None = Field(
        None, description="Maps, of one day or many, by one mapper or several."
    )
    claims: Annotated[list[Any], Field(max_length=1_000)] | None = Field(
        None, description="Claims, as docs/contract.md has them; by default those on the maps."
    )
    options: OptionsBody | None = Field(
        None,
        description="As of a judgement, but `most_worlds` is 0 unless given: no rating rests on a "
        "likelihood.",
    )
    brief: bool = Field(default=False, description="Leave proofs and axes out of each judgement.")


class StatusBody(BaseModel):
    """One of the eight statuses."""

    code: StatusCode
    name: str
    label: str


class JudgementBody(BaseModel):
    """Verdict, reasons, margins and proofs."""

    force: str
    side: str
    as_of: str
    title: str | None
    verdict: VerdictWord
    encircled: bool | None
    status: StatusBody
    headline: str
    definitions: dict[str, Literal["yes", "no", "contested", "unknown"]]
    axes: Json
    cut_off: Json
    units: list[Json]
    margins: Json
    likelihood: Json | None
    confidence: Json
    certificates: Json
    pivots: list[Json]
    findings: list[Json]
    notices: list[Json]
    what_if: Json | None
    names: dict[str, str]
    provenance: Json


class InspectionBody(BaseModel):
    """What the map's makers noted, and the slips found on it."""

    situation: str | None
    notices: list[Json]


class ClaimChecksBody(BaseModel):
    """Every claim in the order given: rated, or with its errors and a rating of null."""

    claims: list[Json]


class CheckBody(BaseModel):
    """One thing checked."""

    name: str
    holds: bool
    statement: str
    features: list[str]


class VerificationBody(BaseModel):
    """What a judgement's certificates are worth."""

    holds: bool
    checks: list[CheckBody]
    proved: dict[str, Any] | None = Field(description="Of whom, when and on what terms.")
    not_checked: list[str]
    sentence: str


class ScenarioBody(BaseModel):
    """A historical or made-up situation, and what is known of it."""

    id: str
    title: str
    as_of: str | None
    force: str | None
    verdict: VerdictWord | None = Field(description="What history, or its author, says.")
    acceptable: list[StatusCode]
    error: str | None = Field(description="What it is refused for, where it is no situation.")


class RuleBody(BaseModel):
    """One rule of judgement, in the order they are asked."""

    rule: str
    statement: str
    reference: str
    decides: bool
    status: StatusBody | None
    verdict: VerdictWord | None


class WelcomeBody(BaseModel):
    """Where to begin."""

    service: str
    version: str
    description: str
    openapi: str
    try_: str = Field(alias="try", description="A resource that answers at once.")


class StateBody(BaseModel):
    """Whether the service lives, or is ready."""

    status: Literal["ok"]


class FaultBody(BaseModel):
    """One thing wrong with a request."""

    pointer: str = Field(description="JSON pointer (RFC 6901) into the body; empty for all of it.")
    detail: str
    remedy: str
    feature: str | None


class ProblemBody(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultBody] | None = Field(None, description="Everything wrong with the input.")

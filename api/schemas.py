"""The shapes of requests and answers, as models and in the OpenAPI document."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from typing_extensions import TypeAliasType

from encircle.map.options import CHOICES, Options

if TYPE_CHECKING:
    import dataclasses

    from encircle.map.options import Choice

Json = dict[str, Any]
Text = Annotated[str, Field(strict=True)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Grade = Annotated[str, Field(pattern="^[A-E][1-5]$")]
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
Situation = TypeAliasType(
    "Situation", Annotated[dict[str, Any], Field(json_schema_extra=SITUATION_SCHEMA)]
)
"""Named, so that the document has it once: who generates a client stumbles over it otherwise."""


class Closed(BaseModel):
    """A request: members it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


def _refuse_number(given: object) -> object:
    """Refuse 1 and 0, which Python takes for true and false."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        raise ValueError("write true or false")  # noqa: TRY004 - a fault of the input, not of ours
    return given


Supposed = Annotated[Literal[True, False, "hostile", "passable"], BeforeValidator(_refuse_number)]
"""What a feature is taken as."""
HELD: dict[str, object] = {
    "grades": dict[Grade, Share],
    "location_weights": tuple[Share, Share, Share],
    "without": tuple[Text, ...],
    "assume": dict[str, Supposed],
}
"""What options hold that are no numbers, read as strictly as numbers are."""


def _declare(option: dataclasses.Field[Any], hint: object) -> tuple[Any, Any]:
    """Declare a member of a request: the library's option, and no more of it than is served."""
    choice: Choice = option.metadata["choice"]
    makes, value = option.default_factory, option.default
    given: Json = {"default": value} if makes is MISSING else {"default_factory": makes}
    if option.name not in HELD:
        most = choice.most if choice.most_served is None else choice.most_served
        hint = Annotated[hint, Field(strict=True, ge=choice.least, le=most)]
    return HELD.get(option.name, hint), Field(description=f"{choice.help}.", **given)


_HINTS = get_type_hints(Options)
_MEMBERS: Json = {each.name: _declare(each, _HINTS[each.name]) for each in fields(Options)}
_Declared: Any = create_model("_Declared", __base__=Closed, **_MEMBERS)


class OptionsBody(_Declared):  # its members are those of Options
    """Parameters of a judgement; every judgement prints those it was made with."""

    def to_options(self) -> Options:
        """Give the library's own options."""
        return Options(**{name: getattr(self, name) for name in CHOICES})


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

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"situation": EXAMPLE_SITUATION, "judgement": {"as": "POST /v1/judgements answered it"}}
    ]})  # fmt: skip

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

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "id": "kursk-2025-03-14", "title": "Kursk salient", "as_of": "2025-03-14T18:00:00Z",
        "force": "kursk-group", "verdict": "not_encircled", "acceptable": ["C2"], "error": None,
    }]})  # fmt: skip

    id: str
    title: str
    as_of: str | None
    force: str | None
    verdict: VerdictWord | None = Field(description="What history, or its author, says.")
    acceptable: list[StatusCode]
    error: str | None = Field(description="What it is refused for, where it is no situation.")


class PlaceBody(BaseModel):
    """A town or village."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "name": "Sudzha", "admin": "Kursk", "country": "RU", "lon": 35.27117, "lat": 51.19076,
        "population": 6036, "label": "Sudzha, Kursk, RU",
    }]})  # fmt: skip

    name: str
    admin: str = Field(description="The region; empty where none is told.")
    country: str
    lon: float
    lat: float
    population: int = Field(description="0 where none is told.")
    label: str = Field(description="As people tell it from its namesakes.")


class RuleBody(BaseModel):
    """One rule of judgement, in the order they are asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "rule": "no_force", "statement": "The map names no position of the force.",
        "reference": "docs/contract.md", "decides": True, "verdict": "no_force",
        "status": {"code": "N", "name": "no_force", "label": "No force"},
    }]})  # fmt: skip

    rule: str
    statement: str
    reference: str
    decides: bool
    status: StatusBody | None
    verdict: VerdictWord | None


class WelcomeBody(BaseModel):
    """Where to begin."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "service": "encircle", "version": "0.2.0", "openapi": "/openapi.json",
        "description": "Is this force cut off?", "try": "/v1/scenarios",
    }]})  # fmt: skip

    service: str
    version: str
    description: str
    openapi: str
    try_: str = Field(alias="try", description="A resource that answers at once.")


class StateBody(BaseModel):
    """Whether the service lives, or is ready."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"]


class ReadyBody(StateBody):
    """That the service is ready, and what it keeps cases in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok", "store": "SQLite"}]})

    store: str = Field(examples=["SQLite", "PostgreSQL with PostGIS"])


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

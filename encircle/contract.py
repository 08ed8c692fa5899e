"""What each kind of feature may say: the contract, as models and as a JSON Schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from encircle import situation as nouns
from encircle.notices import Severity  # noqa: TC001 - pydantic reads it


def parse_instant(value: object) -> object:
    """Take RFC 3339, or a bare date, as an instant in UTC."""
    if not isinstance(value, str):
        raise ValueError(  # noqa: TRY004 - pydantic collects these
            "a time is written as text, like 2025-03-14T12:00:00Z"
        )
    instant = datetime.fromisoformat(value.strip())
    try:
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time outside the years 1 to 9999") from None


def _parse_permission(value: object) -> object:
    return {True: "enemy", False: None}.get(value, value) if isinstance(value, bool) else value


Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Length = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1_000_000)]
Text = Annotated[str, Field(strict=True)]
Name = Annotated[str, Field(strict=True, min_length=1)]
Modes = Annotated[list[nouns.Mode], Field(min_length=1)]


class _Open(BaseModel):
    """Foreign members are kept in the document and ignored here (RFC 7946 6.1)."""

    model_config = ConfigDict(extra="ignore", strict=False)


class SourceModel(_Open):
    """A source of evidence, graded on the Admiralty scale."""

    id: Name | None = None
    title: Text | None = None
    url: Text | None = None
    archive_url: Text | None = None
    sha256: Text | None = None
    accessed_at: Text | None = None
    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    credibility: Annotated[int, Field(strict=True, ge=1, le=6)] | None = None
    origin: Text | None = None


class CommonModel(_Open):
    """What every feature may say."""

    name: Text | None = None
    sources: list[Name | SourceModel] | None = None
    observed_at: Instant | None = None
    reported_at: Instant | None = None
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    probability: Annotated[float, Field(strict=True, ge=0, le=1)] | None = None
    location_error_m: Length | None = None
    note: Text | None = None


class PositionModel(CommonModel):
    """A `position`: somebody stands here."""

    kind: Literal["position"]
    side: Name
    force: Name | None = None
    echelon: nouns.Echelon | None = None
    reach_m: Length | None = None
    basis: nouns.PositionBasis | None = None
    present: nouns.Presence | None = None
    weight: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)] | None = None


class ControlModel(CommonModel):
    """A `control` polygon: who holds this ground."""

    kind: Literal["control"]
    holder: Name | None
    basis: nouns.Basis
    claimed_by: Name | None = None


class AnchorModel(CommonModel):
    """An `anchor`: ground that counts as reached."""

    kind: Literal["anchor"]
    side: Name
    access: nouns.Access | None = None


class RouteModel(CommonModel):
    """A `route`: a road, track or railway."""

    kind: Literal["route"]
    modes: Modes | None = None
    state: nouns.State | None = None
    fire: nouns.FireGrade | None = None
    surface: Text | None = None
    capacity: Number | Text | None = None


class CrossingModel(CommonModel):
    """A `crossing`: a bridge, ferry, tunnel, airstrip."""

    kind: Literal["crossing"]
    type: nouns.CrossingType
    modes: Modes | None = None
    state: nouns.State | None = None
    fire: nouns.FireGrade | None = None
    permission: Annotated[nouns.Permission | None, BeforeValidator(_parse_permission)] = None


class BarrierModel(CommonModel):
    """A `barrier`: passed only at a crossing."""

    kind: Literal["barrier"]
    type: nouns.BarrierType
    blocks: list[nouns.Mode] | None = None


class FireModel(CommonModel):
    """A `fire` polygon: who fires there, and how hard."""

    kind: Literal["fire"]
    side: Name
    grade: nouns.FireGrade
    modes: Modes | None = None


class ClaimModel(CommonModel):
    """A `claim`: what somebody said."""

    kind: Literal["claim"]
    claimant: Text | None = None
    claimant_side: Name | None = None
    made_at: Instant | None = None
    statement: Text | None = None
    url: Text | None = None
    archive_url: Text | None = None
    asserts: dict[str, Any] | None = None


def _parse_holds(value: object) -> object:
    words = {"yes": True, "true": True, "no": False, "false": False}
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


class AssertionModel(_Open):
    """What a claim asserts."""

    force: Name | None = None
    definition: nouns.Definition | None = None
    value: Annotated[Literal[True, False], BeforeValidator(_parse_holds)] | None = None
    number: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)] | None = None
    tense: nouns.Tense | None = None
    hedged: Annotated[bool, Field(strict=True)] | None = None


def parse_assertion(asserts: object) -> nouns.Assertion:
    """
    Read what a claim asserts; `value` is yes where it is missing.

    Raises
    ------
    ValidationError
        If a member is of the wrong type or an unknown word.

    Examples
    --------
    >>> parse_assertion({"force": "group", "definition": "land_cut", "value": "no"}).holds
    False
    """
    given = AssertionModel.model_validate(asserts).model_dump(exclude_none=True)
    return nouns.Assertion(holds=given.pop("value", True), **given)


class SideModel(_Open):
    """A party to the fighting."""

    id: Name
    name: Text | None = None
    allies: list[Name] | None = None


class NamedForceModel(_Open):
    """What a newspaper would call a force."""

    id: Name
    name: Text | None = None
    side: Name | None = None


class NoticeModel(_Open):
    """What whoever made the map could not do."""

    code: Name
    severity: Severity
    statement: Name
    features: list[Text] | None = None


class SituationModel(_Open):
    """The foreign member `situation` of the collection."""

    id: Name | None = None
    title: Text | None = None
    as_of: Text | None = None
    sides: list[SideModel] | None = None
    force: Name | None = None
    area: dict[str, Any] | None = None
    uncovered: Literal["unknown", "open"] | None = None
    mapper_side: Name | None = None
    sources: list[SourceModel] | None = None
    forces: list[NamedForceModel] | None = None
    notices: list[Name | NoticeModel] | None = None


LINES = ("LineString", "MultiLineString")
AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of feature: its model, the noun it becomes, the geometries it may have."""

    model: type[CommonModel]
    noun: type[nouns.Feature]
    geometries: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "position": Kind(PositionModel, nouns.Position, ("Point", "MultiPoint", "Polygon")),
    "control": Kind(ControlModel, nouns.Control, AREAS),
    "anchor": Kind(AnchorModel, nouns.Anchor, ("Point", "Polygon")),
    "route": Kind(RouteModel, nouns.Route, LINES),
    "crossing": Kind(CrossingModel, nouns.Crossing, ("Point", "LineString")),
    "barrier": Kind(BarrierModel, nouns.Barrier, (*LINES, *AREAS)),
    "fire": Kind(FireModel, nouns.Fire, AREAS),
    "claim": Kind(
        ClaimModel,
        nouns.Claim,
        ("Point", "MultiPoint", *LINES, *AREAS),
    ),
}

_WHEELS: tuple[nouns.Mode, ...] = ("wheeled", "tracked", "foot")
CROSSING_MODES: dict[str, tuple[nouns.Mode, ...]] = {
    "bridge": _WHEELS,
    "pontoon": _WHEELS,
    "tunnel": _WHEELS,
    "checkpoint": _WHEELS,
    "ferry": ("boat",),
    "ford": ("tracked", "foot"),
    "airstrip": ("air",),
    "port": ("boat",),
}
"""What a crossing carries where it does not say: a ferry without a word on vehicles is a boat."""


def input_schema() -> dict[str, Any]:
    """Give the JSON Schema of a situation, as the models above state it."""
    definitions = {kind: known.model.model_json_schema() for kind, known in KINDS.items()}
    features = [
        {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"const": "Feature"},
                "id": {"type": "string", "minLength": 1},
                "geometry": {"properties": {"type": {"enum": list(KINDS[kind].geometries)}}},
                "properties": schema,
            },
        }
        for kind, schema in definitions.items()
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Encircle situation",
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "situation": SituationModel.model_json_schema(),
            "features": {"type": "array", "items": {"anyOf": features}},
        },
    }

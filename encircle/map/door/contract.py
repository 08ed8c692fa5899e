"""
What each kind of feature may say: the contract, as models and as a JSON Schema.

Long for one reason: it is the contract, class by class.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from encircle.map import situation as nouns
from encircle.map.door.spelling import (
    drop_absent,
    is_absent,
    parse_list,
    parse_object,
    parse_truth,
    read_id,
    read_time,
)
from encircle.map.notices import Severity, fold

if TYPE_CHECKING:
    from collections.abc import Iterator


AS_RFC_3339 = "Write it as RFC 3339, like 2025-03-14T12:00:00Z"


def parse_instant(value: object) -> object:
    """Take RFC 3339, or a bare date, as an instant in UTC."""
    return read_time(value)


def parse_day_or_instant(text: str) -> datetime:
    """
    Take a bare day as its noon, UTC, and anything longer as an instant.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> parse_day_or_instant("2025-03-14").isoformat()
    '2025-03-14T12:00:00+00:00'
    """
    instant = cast("datetime", parse_instant(text))
    is_day = len(text.strip()) <= len("2025-03-14")
    return instant.replace(hour=12) if is_day else instant


def parse_end(text: str) -> datetime:
    """
    Take a bare day as its last instant, UTC, and anything longer as the instant it is.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> parse_end("2025-03-14").isoformat()
    '2025-03-14T23:59:59.999999+00:00'
    """
    instant = cast("datetime", parse_instant(text))
    is_day = re.fullmatch(r"\s*[\d/-]{8,10}\s*", text)
    return datetime.combine(instant, time.max, UTC) if is_day else instant


def _parse_permission(value: object) -> object:
    read = parse_truth(value)
    return {True: "enemy", False: None}[read] if isinstance(read, bool) else value


def _parse_modes(value: object) -> object:
    """Read modes of travel; in a text, blanks and strokes part them too: no mode has any."""
    read = parse_list(value)
    if not isinstance(value, str) or not isinstance(read, list):
        return read
    texts = [item for item in read if isinstance(item, str)]
    return [mode for text in texts for mode in re.split(r"[\s/+]+", text) if mode] + [
        item for item in read if not isinstance(item, str)
    ]


def _parse_id(value: object) -> object:
    """Take a number for its text, as an id is; anything else stays as it is."""
    return read_id(value) or value


def _parse_whole(value: object) -> object:
    """Take 2.0 for 2: a column with gaps is a column of fractions to pandas."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Length = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1_000_000)]
Text = Annotated[str, Field(strict=True)]
Called = Annotated[str, Field(strict=True), AfterValidator(fold)]
Name = Annotated[str, Field(strict=True, min_length=1)]
Id = Annotated[str, BeforeValidator(_parse_id, json_schema_input_type=str | float),
               Field(strict=True, min_length=1)]  # fmt: skip
"""A name that a table may have taken for a number: 47 is "47"."""
ModeList = Annotated[
    list[nouns.Mode],
    BeforeValidator(_parse_modes, json_schema_input_type=list[nouns.Mode] | str),
]
Modes = Annotated[ModeList, Field(min_length=1)]


class _Open(BaseModel):
    """Foreign members are kept in the document and ignored here (RFC 7946 6.1)."""

    model_config = ConfigDict(extra="ignore", strict=False)
    means_something: ClassVar[frozenset[str]] = frozenset()
    """Members of which null is a statement."""

    @model_validator(mode="before")
    @classmethod
    def _drop_absent(cls, given: object) -> object:
        """Take null and empty text for what is not there: a table has every column in every row."""
        if not isinstance(given, dict):
            return given
        kept = dict.fromkeys(cls.means_something & given.keys())
        return {**kept, **drop_absent(given)}


class SourceModel(_Open):
    """A source of evidence, graded on the Admiralty scale."""

    id: Id | None = None
    title: Called | None = None
    url: Text | None = None
    archive_url: Text | None = None
    sha256: Text | None = None
    accessed_at: Text | None = None
    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    credibility: (
        Annotated[int, BeforeValidator(_parse_whole), Field(strict=True, ge=1, le=6)] | None
    ) = None
    origin: Text | None = None


Cited = Annotated[
    list[Id | SourceModel],
    BeforeValidator(parse_list, json_schema_input_type=list[Id | SourceModel] | str),
]


class CommonModel(_Open):
    """What every feature may say."""

    name: Annotated[Id, AfterValidator(fold)] | None = None
    sources: Cited | None = None
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
    side: Id
    force: Id | None = None
    echelon: nouns.Echelon | None = None
    reach_m: Length | None = None
    basis: nouns.PositionBasis | None = None
    present: nouns.Presence | None = None
    weight: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)] | None = None


class ControlModel(CommonModel):
    """A `control` polygon: who holds this ground."""

    means_something = frozenset({"holder"})

    kind: Literal["control"]
    holder: Id | None
    basis: nouns.Basis
    claimed_by: Id | None = None


class AnchorModel(CommonModel):
    """An `anchor`: ground that counts as reached."""

    kind: Literal["anchor"]
    side: Id
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
    blocks: ModeList | None = None


class FireModel(CommonModel):
    """A `fire` polygon: who fires there, and how hard."""

    kind: Literal["fire"]
    side: Id
    grade: nouns.FireGrade
    modes: Modes | None = None


class ClaimModel(CommonModel):
    """A `claim`: what somebody said."""

    kind: Literal["claim"]
    claimant: Text | None = None
    claimant_side: Id | None = None
    made_at: Instant | None = None
    statement: Text | None = None
    url: Text | None = None
    archive_url: Text | None = None
    asserts: (
        Annotated[
            dict[str, Any],
            BeforeValidator(parse_object, json_schema_input_type=dict[str, Any] | str),
        ]
        | None
    ) = None


class AssertionModel(_Open):
    """What a claim asserts."""

    force: Id | None = None
    definition: nouns.Definition | None = None
    value: Annotated[Literal[True, False], BeforeValidator(parse_truth)] | None = None
    number: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)] | None = None
    tense: nouns.Tense | None = None
    hedged: Annotated[bool, BeforeValidator(parse_truth), Field(strict=True)] | None = None


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

    id: Id
    name: Called | None = None
    allies: list[Id] | None = None


class NamedForceModel(_Open):
    """What a newspaper would call a force."""

    id: Id
    name: Called | None = None
    side: Id | None = None


class NoticeModel(_Open):
    """What whoever made the map could not do."""

    code: Name
    severity: Severity
    statement: Name
    features: list[Text] | None = None


class SituationModel(_Open):
    """The foreign member `situation` of the collection."""

    id: Id | None = None
    title: Called | None = None
    as_of: Text | None = None
    sides: list[SideModel] | None = None
    force: Id | None = None
    area: dict[str, Any] | None = None
    uncovered: Literal["unknown", "open"] | None = None
    mapper_side: Id | None = None
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

    @property
    def written_as(self) -> tuple[str, ...]:
        """Types it may be written as: layers of a GIS promote each to its Multi, of one part."""
        promoted = (f"Multi{kind}" for kind in self.geometries if not kind.startswith("Multi"))
        return tuple(dict.fromkeys([*self.geometries, *promoted]))

    def find_unused(self, properties: dict[str, Any]) -> Iterator[str]:
        """Find properties that are not read and nearly name one that is, and is not there."""
        for written, value in properties.items():
            if written in KNOWN_PROPERTIES or is_absent(value) or not isinstance(written, str):
                continue
            meant = name_nearest(written)
            if meant in self.model.model_fields and is_absent(properties.get(meant)):
                yield written

    def find_strange(self, properties: dict[str, Any]) -> Iterator[str]:
        """Find properties that say something and are read of other kinds only."""
        for written, value in properties.items():
            elsewhere = written in KNOWN_PROPERTIES and written not in self.model.model_fields
            if elsewhere and written not in TELLING_NOTHING and value and not is_absent(value):
                yield written  # 0 and false are what a table fills a column with


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

KNOWN_PROPERTIES = frozenset(
    name for kind in KINDS.values() for name in kind.model.model_fields
) | {"id"}  # fmt: skip
"""Every property that some kind of feature may have."""
TELLING_NOTHING = frozenset({"id", "name", "note", "statement", "url", "archive_url", "surface"})
"""Properties that change no verdict."""
NEAR = 0.8
"""Likeness of two names (difflib) from which one may be a slip for the other: `forse`, `mode`."""
CUT_TO = 10
"""Letters that a Shapefile keeps of a name. Source: dBASE III, field descriptor."""


def name_nearest(written: str) -> str | None:
    """
    Name the property that another nearly names; None where it is far from all.

    Examples
    --------
    >>> name_nearest("forse"), name_nearest("location_e"), name_nearest("marker-color")
    ('force', 'location_error_m', None)
    """
    plain = written.strip().lower()
    if plain in KNOWN_PROPERTIES:
        return plain
    return None if len(plain) > LONGEST else _find_near(plain)


LONGEST = int(max(map(len, KNOWN_PROPERTIES)) * (2 / NEAR - 1))
"""Letters of the longest name that is near any: of a longer one more than a fifth is not in it."""


@lru_cache(256)  # every feature of a map that has such a property has it
def _find_near(plain: str) -> str | None:
    cut = sorted(n for n in KNOWN_PROPERTIES if len(plain) == CUT_TO and n.startswith(plain))
    return next(iter([*cut, *get_close_matches(plain, sorted(KNOWN_PROPERTIES), 1, NEAR)]), None)


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
    situation = SituationModel.model_json_schema()
    # What a model calls by name, `#/$defs/…` seeks at the top of the whole.
    named: dict[str, Any] = {}
    for schema in (situation, *definitions.values()):
        named |= schema.pop("$defs", {})
    features = [
        {
            "type": "object",
            "required": ["type", "geometry", "properties"],
            "properties": {
                "type": {"const": "Feature"},
                "id": {"type": ["string", "number"], "minLength": 1},
                "geometry": {"properties": {"type": {"enum": list(KINDS[kind].written_as)}}},
                "properties": schema,
            },
            "anyOf": [
                {"required": ["id"]},
                {"properties": {"properties": {"required": ["id"]}}},
            ],
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
            "situation": situation,
            "features": {"type": "array", "items": {"anyOf": features}},
        },
        "$defs": named,
    }

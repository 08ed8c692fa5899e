"""The shapes of what is posted to a case and answered of it, and an example of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from encircle.store.checking import ID
from encircle.store.publishing import MOST_COARSE_M, MOST_DELAY_H

from .schemas import EXAMPLE_CLAIM, EXAMPLE_SITUATION, Closed, StatusCode, Text, VerdictWord

Json = dict[str, Any]
SETTINGS: Json = {
    name: value for name, value in EXAMPLE_SITUATION["situation"].items() if name != "id"
}
CASE = "example"
FEATURE: Json = EXAMPLE_SITUATION["features"][1]
"""The position of the example; `OTHERS` is what it stands on."""
OTHERS: Json = {"type": "FeatureCollection", "features": [
    feature for feature in EXAMPLE_SITUATION["features"] if feature is not FEATURE
]}  # fmt: skip
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AT = "2025-03-14T12:00:00.000000Z"
BRIEF: Json = {"id": FEATURE["id"], "revision": 1, "recorded_at": AT, "hash": HASH}
REVISION: Json = {
    **BRIEF, "act": "post", "by": "anna", "why": None, "why_sha256": None,
    "body_sha256": HASH, "previous": HASH,
    "body": FEATURE,
}  # fmt: skip
CHANGE: Json = {
    "force": "group", "was": None, "is": {"verdict": "not_encircled", "status": "C1"},
    "because": ["A road leads to the rear."],
}  # fmt: skip
TERMS: Json = {"open": True, "delay_h": 24, "coarsen_m": 1000}
WATCH: Json = {"force": "group", "condition": "neck_width_m < 3000"}
WATCHED: Json = {
    **WATCH, "id": "5f0c1d", "case_id": CASE, "url": None, "actor": "anna", "created_at": AT,
    "held": None, "ended_at": None,
}  # fmt: skip
RATING: Json = {
    "rating": "contradicted", "definition": "land_cut", "because": ["A road leads to the rear."],
    "as_of": AT, "input_sha256": HASH, "engine": "encircle 0.2.0", "recorded_at": AT,
}  # fmt: skip
KEPT: Json = {
    "id": HASH, "force": "group", "as_of": "2025-03-14T12:00:00Z", "known_at": AT,
    "verdict": "not_encircled", "status": "C1", "input_sha256": HASH, "engine": "encircle 0.2.0",
    "by": "anna", "recorded_at": AT,
}  # fmt: skip
CLAIM: Json = {
    "type": "Feature", "id": "claim", "geometry": None,
    "properties": {"kind": "claim", **{k: v for k, v in EXAMPLE_CLAIM.items() if k != "id"}},
}  # fmt: skip


def _show(*examples: Json, extra: Literal["allow", "forbid", "ignore"] = "ignore") -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(examples)}, extra=extra)


# -- what is asked ---------------------------------------------------------------------------

CaseName = Annotated[Text, Field(json_schema_extra={"pattern": f"^{ID.pattern}$"})]


class CaseRequest(Closed):
    """A case to begin."""

    model_config = _show({"id": CASE, "situation": SETTINGS}, extra="forbid")

    id: CaseName | None = Field(None, description="Or the id of the settings.")
    situation: Json = Field(
        default_factory=dict,
        description="The member `situation` of its maps: title, sides, force, sources, area.",
    )


class SettingsRequest(Closed):
    """Other settings for a case."""

    model_config = _show({"situation": SETTINGS, "why": "the force has a name"}, extra="forbid")

    situation: Json
    why: Text | None = Field(None, description="The reason; or `?why=`.")


class PublicationRequest(Closed):
    """What of a case readers without a key are given; what is not said stays as it was."""

    model_config = _show({**TERMS, "why": "the offensive is over"}, extra="forbid")

    open: bool = Field(default=True, strict=True, description="Whether they are given anything.")
    delay_h: float = Field(
        24, strict=True, ge=0, le=MOST_DELAY_H, description="Hours until it is given."
    )
    coarsen_m: float = Field(
        1000,
        strict=True,
        ge=0,
        le=MOST_COARSE_M,
        description="To which positions are given, metres.",
    )
    why: Text | None = Field(None, description="The reason, where it was said before; or `?why=`.")


class FeatureBody(BaseModel):
    """A GeoJSON Feature, as docs/contract.md has it; one without an id is given one."""

    model_config = _show(FEATURE, extra="allow")

    type: Literal["Feature"]
    id: str | int | None = None
    geometry: Json | None = None
    properties: Json | None = None


class CollectionBody(BaseModel):
    """A GeoJSON FeatureCollection: each row is kept, or refused by itself."""

    model_config = _show(OTHERS, extra="allow")

    type: Literal["FeatureCollection"]
    features: list[Any]


class CorrectionRequest(BaseModel):
    """A Feature as it should be, and why."""

    model_config = _show({"feature": FEATURE, "why": "the place was read again"}, extra="allow")

    feature: FeatureBody
    why: str | None = Field(None, description="The reason; or `?why=`.")


class LayerRequest(CollectionBody):
    """A layer; `situation.as_of` is its day."""

    model_config = _show(
        {"type": "FeatureCollection", "situation": {"as_of": "2025-03-14"},
         "features": [{**OTHERS["features"][0], "id": "control-of-the-day"}]},
        extra="allow",
    )  # fmt: skip

    situation: Json | None = None
    why: str | None = Field(None, description="Why it is laid again.")


class ClaimRequest(BaseModel):
    """A claim: its properties alone, or a Feature of kind `claim`."""

    model_config = _show(EXAMPLE_CLAIM, extra="allow")


class WatchRequest(Closed):
    """What somebody wants to be told of a force."""

    model_config = _show(WATCH, extra="forbid")

    force: Text
    condition: Text = Field(description="`status == E2`, `neck_width_m < 3000`.")
    url: Text | None = Field(None, description="Where to be told, https; or in the list alone.")


# -- what is answered ------------------------------------------------------------------------


class BriefBody(BaseModel):
    """That something was recorded."""

    id: str
    revision: int
    recorded_at: str
    hash: str


class RevisionBody(BriefBody):
    """One line of the log."""

    act: Literal["post", "correct", "retract", "redact"]
    hash: str | None = None  # type: ignore[assignment]
    by: str | None = Field(None, description="Who, and the hashes: to who has a key.")
    why: str | None = None
    why_sha256: str | None = Field(None, description="The hash of the reason, in `hash` too.")
    body_sha256: str | None = None
    previous: str | None = Field(None, description="The hash of the line before.")
    body: Json | None = Field(description="What was said; null where it was taken back.")


class CaseRevisedBody(BaseModel):
    """A case that was begun, or has other settings."""

    model_config = _show({"id": CASE, "revision": {**REVISION, "id": CASE, "body": SETTINGS}})

    id: str
    revision: RevisionBody
    changes: list[ChangeBody] | None = Field(None, description="What other settings changed.")
    notices: list[str] | None = None


class PublicationBody(BaseModel):
    """What of a case readers without a key are given."""

    model_config = _show({**TERMS, "revision": 0})

    open: bool = Field(description="Whether they are given anything.")
    delay_h: float = Field(description="Hours until they are given what was recorded.")
    coarsen_m: float = Field(description="Side of the squares that positions are given to, metres.")
    revision: int = Field(description="Its number, in ETags `p2`; 0: what is usual, nobody said.")


class CaseLineBody(BaseModel):
    """That there is a case."""

    id: str
    created_at: str
    by: str | None = Field(None, description="To who has a key.")


class CasesBody(BaseModel):
    """The cases, in the order they were begun."""

    model_config = _show({"cases": [{"id": CASE, "created_at": AT, "by": "anna"}]})

    cases: list[CaseLineBody]


class CaseBody(BaseModel):
    """A case's settings."""

    model_config = _show(
        {"id": CASE, "situation": SETTINGS, "publication": {**TERMS, "revision": 0}}
    )

    id: str
    situation: Json
    publication: PublicationBody


class PublishedBody(BaseModel):
    """What was said of it, and the line of the log."""

    model_config = _show({"id": CASE, "publication": TERMS, "revision": BRIEF})

    id: str
    publication: Json
    revision: BriefBody


class RefusedBody(BaseModel):
    """A row that was not kept."""

    row: int = Field(
        description="Of a collection its place in `features`, from 0, as in `pointer`; of a table "
        "(`text/csv`) its row as a spreadsheet numbers it: the headings are row 1."
    )
    detail: str
    remedy: str
    pointer: str


class VerdictBody(BaseModel):
    """A verdict in short."""

    verdict: VerdictWord
    status: StatusCode


class ChangeBody(BaseModel):
    """What became of the verdict on a force."""

    force: str
    was: VerdictBody | None
    is_: VerdictBody | None = Field(alias="is")
    because: list[str]


Changes = Annotated[
    list[ChangeBody] | None,
    Field(description="null: it is kept, and there was no time to judge it; ask for the judgement"),
]


class PostedBody(BaseModel):
    """What became of each row, and what that changed."""

    model_config = _show({"accepted": [BRIEF], "refused": [], "changes": [CHANGE]})

    accepted: list[BriefBody]
    refused: list[RefusedBody]
    notices: list[str] | None = Field(
        None, description="What was not used of a table; why the map cannot be judged."
    )
    changes: Changes


class ObservationsBody(BaseModel):
    """A page of observations: a GeoJSON FeatureCollection."""

    model_config = _show({
        "type": "FeatureCollection", "features": [FEATURE], "next": None,
        "revisions": {FEATURE["id"]: 1},
    })  # fmt: skip

    type: Literal["FeatureCollection"]
    features: list[FeatureBody]
    next: str | None
    revisions: dict[str, int]


class RevisionsBody(BaseModel):
    """The log of an observation, the oldest first."""

    model_config = _show({"revisions": [REVISION], "next": None})

    revisions: list[RevisionBody]
    next: str | None


class RevisedBody(BaseModel):
    """A revision, and what it changed."""

    model_config = _show({"revision": REVISION, "changes": [CHANGE]})

    revision: RevisionBody
    changes: Changes
    notices: list[str] | None = None


class LaidBody(BaseModel):
    """A layer that was laid, and what it changed."""

    model_config = _show({"revision": {**BRIEF, "id": "control@2025-03-14"}, "changes": []})

    revision: BriefBody
    changes: Changes
    notices: list[str] | None = None


class MapBody(CollectionBody):
    """A situation, as POST /v1/judgements takes it."""

    model_config = _show(EXAMPLE_SITUATION, extra="allow")

    situation: Json


class TimelineBody(BaseModel):
    """A force through the days."""

    model_config = ConfigDict(extra="allow")

    moments: list[Json]
    without_the_force: list[str]


class RatingBody(BaseModel):
    """One rating of a claim."""

    rating: str | None
    definition: str | None
    because: list[str]
    as_of: str
    input_sha256: str | None
    engine: str
    recorded_at: str


class AgainBody(BaseModel):
    """A claim of the case that says the same, and why it is taken for the same."""

    id: str
    because: str


class ClaimBody(BaseModel):
    """A claim, its rating, and how it was rated before."""

    model_config = _show({"claim": CLAIM, "rating": RATING, "log": [RATING]})

    claim: FeatureBody
    rating: RatingBody | None
    log: list[RatingBody]
    problem: Json | None = Field(None, description="Why it could not be rated.")
    again: list[AgainBody] = Field([], description="Claims of the case that say the same.")


class KeptBody(BaseModel):
    """A judgement of the record, without its document."""

    model_config = _show(KEPT)

    id: str = Field(description="Digest of the document.")
    force: str
    as_of: str
    known_at: str = Field(description="What was recorded by then is on its map.")
    verdict: VerdictWord
    status: StatusCode
    input_sha256: str
    engine: str
    by: str
    recorded_at: str


class RecordBody(BaseModel):
    """Judgements as they were given, the latest first."""

    model_config = _show({"judgements": [KEPT]})

    judgements: list[KeptBody]


class ClaimLineBody(BaseModel):
    """A claim with its latest rating."""

    id: str
    claim: FeatureBody
    rating: RatingBody | None


class ClaimsBody(BaseModel):
    """The claims of a case."""

    model_config = _show({"claims": [{"id": "claim", "claim": CLAIM, "rating": RATING}]})

    claims: list[ClaimLineBody]


class WatchBody(BaseModel):
    """A watch."""

    id: str
    case_id: str
    force: str
    condition: str
    url: str | None
    actor: str
    created_at: str
    held: bool | None
    ended_at: str | None


class WatchBegunBody(WatchBody):
    """A watch, with the secret by which what it sends is signed: it is shown this once."""

    model_config = _show({**WATCHED, "secret": "shown once"})

    secret: str


class WatchLineBody(WatchBody):
    """A watch, with what it sent, is to send and gave up."""

    deliveries: list[Json]


class WatchesBody(BaseModel):
    """The watches of a case."""

    model_config = _show({"watches": [{**WATCHED, "deliveries": []}]})

    watches: list[WatchLineBody]


class AuditLineBody(RevisionBody):
    """One line of the whole log."""

    body: Json | None = Field(None, description="What was said; left out where that is asked.")
    seq: int
    what: Literal["feature", "layer", "settings", "access"]


class AuditBody(BaseModel):
    """The log, the oldest first."""

    model_config = _show({"revisions": [{**REVISION, "seq": 1, "what": "feature"}], "next": None})

    revisions: list[AuditLineBody]
    next: str | None


# -- OGC API - Features ----------------------------------------------------------------------


class LinkBody(BaseModel):
    """Where something is."""

    href: str
    rel: str
    type: str
    title: str


LINK: Json = {"href": "http://localhost:8000/ogc", "rel": "self", "type": "application/json",
              "title": "This page"}  # fmt: skip


class LandingBody(BaseModel):
    """Where everything is."""

    model_config = _show({"title": "Encircle: cases", "description": "", "links": [LINK]})

    title: str
    description: str
    links: list[LinkBody]


class ConformanceBody(BaseModel):
    """What of the standard is answered."""

    model_config = _show(
        {"conformsTo": ["http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"]}
    )

    conformsTo: list[str]  # noqa: N815 - the standard's own


LAYER: Json = {
    "id": f"{CASE}.positions", "title": "positions", "description": "positions",
    "itemType": "feature", "crs": [], "extent": {}, "links": [LINK],
}  # fmt: skip


class OgcCollectionBody(BaseModel):
    """A layer of a case."""

    model_config = _show(LAYER)

    id: str
    title: str
    description: str
    itemType: Literal["feature"]  # noqa: N815 - the standard's own
    crs: list[str]
    extent: Json
    links: list[LinkBody]


class OgcCollectionsBody(BaseModel):
    """Every layer of every case."""

    model_config = _show({"links": [LINK], "collections": [LAYER]})

    links: list[LinkBody]
    collections: list[OgcCollectionBody]


class OgcFeaturesBody(BaseModel):
    """A page of a layer."""

    model_config = _show({"type": "FeatureCollection", "features": [FEATURE], "links": [LINK],
                          "numberReturned": 1, "timeStamp": "2025-03-14T12:00:00Z"})  # fmt: skip

    type: Literal["FeatureCollection"]
    features: list[FeatureBody]
    links: list[LinkBody]
    numberReturned: int  # noqa: N815 - the standard's own
    timeStamp: str  # noqa: N815 - the standard's own


class OgcFeatureBody(FeatureBody):
    """A feature of a layer."""

    model_config = _show({**FEATURE, "links": [LINK]}, extra="allow")

    links: list[LinkBody]

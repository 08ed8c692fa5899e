"""The case file: what analysts post, correct and take back, and what it says on any day."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Header, Path, Query, Request, Response

from encircle.errors import SituationError
from encircle.formats.tables.writing import write_positions
from encircle.store.assembling import assemble, find_instant, list_days
from encircle.store.casefile import (
    lay_layer,
    lift,
    list_cases,
    make_case,
    post,
    post_table,
    read_settings,
    retract,
    revise,
    settle,
)
from encircle.store.changes import list_changes, note_changes, write_atom
from encircle.store.ratings import Rated, list_ratings, note_rating
from encircle.store.revisions import (
    GoneError,
    NotKeptError,
    Wanted,
    list_revisions,
    search,
    write_instant,
)
from encircle.store.watches import (
    Watch,
    end_watch,
    list_deliveries,
    list_watches,
    make_watch,
)
from encircle.version import __version__

from ..case_schemas import (
    CASE,
    FEATURE,
    WATCHED,
    AuditBody,
    CaseBody,
    CaseRequest,
    CaseRevisedBody,
    CasesBody,
    ClaimBody,
    ClaimRequest,
    ClaimsBody,
    CollectionBody,
    CorrectionRequest,
    FeatureBody,
    LaidBody,
    LayerRequest,
    MapBody,
    ObservationsBody,
    PostedBody,
    RevisedBody,
    RevisionBody,
    RevisionsBody,
    SettingsRequest,
    TimelineBody,
    WatchBegunBody,
    WatchesBody,
    WatchRequest,
)
from ..cases import (
    CallerDep,
    keep,
    parse_as,
    parse_object,
    read_features,
    read_instant,
    read_kept,
    read_match,
    read_wanted,
    read_why,
)
from ..content import choose_type, says_type
from ..documentation import UNCHANGED, document_answer, document_body, document_problems
from ..schemas import EXAMPLE_CLAIM, JudgementBody
from ..service import Service, ServiceDep, find_service, pass_on
from .judgements import TYPES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.assembling import Assembled
    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

Json = dict[str, Any]
router = APIRouter(prefix="/v1/cases", tags=["cases"])
MOST_DAYS = 30
"""Days judged at one request: some half a second each."""
GEOJSON, CSV = "application/geo+json", "text/csv"
CaseId = Annotated[str, Path(description="Id of a case.", examples=[CASE])]
Name = Annotated[str, Path(description="Id of an observation.", examples=[FEATURE["id"]])]
ClaimName = Annotated[str, Path(description="Id of a claim.", examples=[EXAMPLE_CLAIM["id"]])]
Layer = Annotated[str, Path(description="What the layer is called.", examples=["control"])]
Force = Annotated[str, Path(description="Id of a force.", examples=["group"])]
WatchName = Annotated[str, Path(description="Id of a watch.", examples=[WATCHED["id"]])]
TEXT: Json = {"schema": {"type": "string"}}
TABLE = "name,lat,lon,side,date\nAlpha,51.02,35.06,A,2025-03-13\n"
AsOf = Annotated[str | None, Query(description="The instant that is judged; now by default.")]
Between = Annotated[
    str | None, Query(alias="datetime", description="An instant, or from/to; .. is open.")
]
Why = Annotated[
    str | None,
    Query(description="The reason, where no body says it.", examples=["it was read wrongly"]),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The `ETag` of what is corrected.", examples=['"1"']),
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="The `ETag` of what is known.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="Sent again under it, a post is not done again.",
    ),
]
KnownAt = Annotated[str | None, Query(description="What was known by then; all by default.")]
READING = document_problems(401, 403, 404, 422)
WRITING = document_problems(400, 401, 403, 404, 409, 410, 413, 415, 422, 503)
CORRECTING = {**WRITING, **document_problems(428)}


@router.post(
    "", status_code=201, summary="Begin a case", response_class=Response,
    responses={**WRITING, 201: document_answer(CaseRevisedBody)},
    openapi_extra=document_body(CaseRequest),
)  # fmt: skip
async def begin_case(request: Request, service: ServiceDep, caller: CallerDep) -> Response:
    """Begin a case: `{"id", "situation": {"title", "sides", …}}`."""
    body = parse_as(CaseRequest, await service.read_body(request))
    settings = body.situation
    name = body.id or str(settings.get("id") or "")
    who = caller.check("editor", name or "*")
    made = await keep(partial(make_case, service.store, name, settings, who))
    headers = {"Location": f"/v1/cases/{name}", "ETag": f'"{made.number}"'}
    return _answer({"id": name, "revision": made.to_dict()}, 201, headers)


@router.get("", summary="List the cases", response_class=Response,
            responses={**READING, 200: document_answer(CasesBody)})  # fmt: skip
async def show_cases(service: ServiceDep, caller: CallerDep) -> Response:
    """List the cases the caller may read."""
    rows = await read_kept(service.store, list_cases)
    may = [row for row in rows if caller.may("reader", row["id"])]
    return _answer({"cases": may})


@router.get("/{case_id}", summary="Read a case's settings", response_class=Response,
            responses={**READING, 200: document_answer(CaseBody)})  # fmt: skip
async def show_case(case_id: CaseId, service: ServiceDep, caller: CallerDep) -> Response:
    """Give the settings as they stand: the member `situation` of the case's maps."""
    caller.check("reader", case_id)
    settings = await read_kept(service.store, read_settings, case_id)
    return _answer({"id": case_id, "situation": settings})


@router.put(
    "/{case_id}", summary="Give a case other settings", response_class=Response,
    responses={**CORRECTING, 200: document_answer(CaseRevisedBody)},
    openapi_extra=document_body(SettingsRequest),
)  # fmt: skip
async def change_case(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    if_match: IfMatch = None, why: Why = None,
) -> Response:  # fmt: skip
    """Correct the settings: `{"situation": {…}, "why": "…"}`, with `If-Match`."""
    who = caller.check("editor", case_id)
    body = parse_as(SettingsRequest, await service.read_body(request))
    number, reason = read_match(if_match), why or body.why or ""
    made = await keep(partial(settle, service.store, case_id, body.situation, who, reason, number))
    return _answer(
        {"id": case_id, "revision": made.to_dict()}, headers={"ETag": f'"{made.number}"'}
    )


# -- observations ----------------------------------------------------------------------------


@router.post(
    "/{case_id}/observations", status_code=201, summary="Post observations",
    response_class=Response,
    responses={
        **WRITING, 201: document_answer(PostedBody),
        200: document_answer(PostedBody, description="Nothing was posted: there were no rows."),
        422: {**WRITING[422], "content": {
            **WRITING[422]["content"], **document_answer(PostedBody)["content"],
        }},
    },
    openapi_extra=document_body(FeatureBody, CollectionBody, also={CSV: {
        "schema": {"type": "string"}, "example": TABLE,
    }}),
)  # fmt: skip
async def post_observations(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    *, atomic: bool = False, as_of: AsOf = None, side: str | None = None, force: str | None = None,
    rows_side: str | None = None, idempotency_key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """
    Post one Feature, a FeatureCollection or a table (`text/csv`): each row is kept, or refused.

    Of a table, rows of `side` that name no force are of `force`, and `rows_side` is the side of
    rows that name none.

    `changes` says what that does to the verdict on each force of the case.
    """
    who = caller.check("contributor", case_id)
    raw = await service.read_body(request, CSV)
    if says_type(request.headers) == CSV:
        work = partial(
            post_table,
            service.store,
            case_id,
            raw,
            who,
            side=side,
            force=force,
            rows_side=rows_side,
        )
    else:
        work = partial(post, service.store, case_id, read_features(raw), who)
    before = await _judge_briefly(service, case_id, as_of)
    posted = await keep(partial(work, atomic=atomic, key=idempotency_key))
    by = posted.accepted[-1] if posted.accepted else None
    changes = await _note(request, case_id, as_of, before, by)
    answer = {**posted.to_dict(), "changes": changes}
    status = 201 if answer["accepted"] else 422 if answer["refused"] else 200
    headers = {} if posted.before is None else {"Idempotent-Replayed": "true"}
    return _answer(answer, status, headers)


@router.get("/{case_id}/observations", summary="Search the observations",
            response_class=Response, responses={
    **READING, **document_problems(406),
    200: document_answer(ObservationsBody, GEOJSON, "application/json", also={CSV: TEXT}),
})  # fmt: skip
async def find_observations(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    kind: str | None = None, force: str | None = None,
    bbox: Annotated[str | None, Query(description="west,south,east,north, degrees")] = None,
    between: Between = None,
    known_at: KnownAt = None, cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> Response:  # fmt: skip
    """Give the observations that stand, page by page: GeoJSON, or CSV by `Accept`."""
    caller.check("reader", case_id)
    media_type = choose_type(request.headers.get("accept"), (GEOJSON, "application/json", CSV))
    wanted = read_wanted(bbox, between, known_at, kind=kind, force=force)
    found = await read_kept(
        service.store, search_known, case_id, wanted, after=cursor, most=limit + 1
    )
    page, rest = found[:limit], found[limit:]
    features = [revision.document for revision in page]
    following = (
        str(request.url.include_query_params(cursor=page[-1].subject).query) if rest else None
    )
    headers = {"Vary": "Accept"}
    if following:
        following = f"/v1/cases/{case_id}/observations?{following}"
        headers["Link"] = f'<{following}>; rel="next"'
    if media_type == CSV:
        settings = await read_kept(service.store, read_settings, case_id)
        table: Json = {"type": "FeatureCollection", "situation": settings, "features": features}
        return Response(write_positions(table), 200, headers, "text/csv; charset=utf-8")
    document: Json = {"type": "FeatureCollection", "features": features, "next": following,
                "revisions": {revision.subject: revision.number for revision in page}}  # fmt: skip
    return Response(orjson.dumps(document), 200, headers, media_type)


@router.get("/{case_id}/observations/{name}", summary="Read an observation",
            response_class=Response,
            responses={**READING, **document_problems(410),
                       200: document_answer(RevisionBody)})  # fmt: skip
async def read_observation(
    case_id: CaseId, name: Name, service: ServiceDep, caller: CallerDep
) -> Response:
    """Give an observation as it stands, its revision as `ETag`; 410 where it was taken back."""
    caller.check("reader", case_id)
    last = (await _read_log(service.store, case_id, name))[-1]
    if last.act in ("retract", "redact"):
        raise GoneError(f"{name!r} was taken back ({last.why}); its /revisions say what it was")
    return _answer(last.to_dict(), headers={"ETag": f'"{last.number}"'})


@router.get("/{case_id}/observations/{name}/revisions", summary="Who said what when",
            response_class=Response,
            responses={**READING, 200: document_answer(RevisionsBody)})  # fmt: skip
async def read_revisions(
    case_id: CaseId, name: Name, service: ServiceDep, caller: CallerDep
) -> Response:
    """Give every revision of an observation, the oldest first."""
    caller.check("reader", case_id)
    log = await _read_log(service.store, case_id, name)
    return _answer({"revisions": [revision.to_dict() for revision in log]})


@router.put(
    "/{case_id}/observations/{name}", summary="Correct an observation", response_class=Response,
    responses={**CORRECTING, 200: document_answer(RevisedBody)},
    openapi_extra=document_body(CorrectionRequest, FeatureBody),
)  # fmt: skip
async def correct_observation(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Name, request: Request, service: ServiceDep, caller: CallerDep,
    as_of: AsOf = None, if_match: IfMatch = None, why: Why = None,
) -> Response:  # fmt: skip
    """Correct it with `If-Match` and a reason (`why`): a Feature, or `{"feature", "why"}`."""
    caller.check("contributor", case_id)  # before it is told whether there is such a one
    body = parse_object(await service.read_body(request))
    feature = body.get("feature", body)
    log = await _read_log(service.store, case_id, name)
    who = caller.check(_role_for(log, caller.name), case_id)
    number, reason = read_match(if_match), read_why(why, body)
    before = await _judge_briefly(service, case_id, as_of)
    made = await keep(partial(revise, service.store, case_id, name, feature, who, reason, number))
    changes = await _note(request, case_id, as_of, before, made)
    answer = {"revision": made.to_dict(), "changes": changes}
    return _answer(answer, headers={"ETag": f'"{made.number}"'})


@router.delete(
    "/{case_id}/observations/{name}", summary="Take an observation back",
    response_class=Response, responses={**WRITING, 200: document_answer(RevisedBody)},
)  # fmt: skip
async def take_back_observation(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Name, request: Request, service: ServiceDep, caller: CallerDep,
    *, redact: bool = False, as_of: AsOf = None, why: Why = None,
) -> Response:  # fmt: skip
    """
    Retract it, with a reason (`why`): it is counted no more, and stays to be read.

    With `redact` what was said goes from every revision; who said it when, and its hash, stay.
    """
    caller.check("contributor", case_id)
    raw = await service.read_body(request)
    reason = read_why(why, parse_object(raw) if raw else {})
    log = await _read_log(service.store, case_id, name)
    who = caller.check("admin" if redact else _role_for(log, caller.name), case_id)
    before = await _judge_briefly(service, case_id, as_of)
    made = await keep(partial(retract, service.store, case_id, name, who, reason, redact=redact))
    changes = await _note(request, case_id, as_of, before, made)
    return _answer({"revision": made.to_dict(), "changes": changes})


@router.put(
    "/{case_id}/layers/{name}", summary="Lay a layer under the case", response_class=Response,
    responses={**WRITING, 200: document_answer(LaidBody)},
    openapi_extra=document_body(LayerRequest),
)  # fmt: skip
async def put_layer(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Layer, request: Request, service: ServiceDep, caller: CallerDep,
    as_of: AsOf = None, why: Why = None,
) -> Response:  # fmt: skip
    """Lay a control map of a day, roads or borders: a FeatureCollection; anew with `why`."""
    who = caller.check("editor", case_id)
    body = parse_object(await service.read_body(request))
    reason = read_why(why, body) or None
    before = await _judge_briefly(service, case_id, as_of)
    made = await keep(partial(lay_layer, service.store, case_id, name, body, who, reason))
    changes = await _note(request, case_id, as_of, before, made)
    return _answer({"revision": made.brief(), "changes": changes})


# -- what it says ----------------------------------------------------------------------------


@router.get("/{case_id}/situation", summary="The map of an instant", response_class=Response,
            responses={**READING, **UNCHANGED, 200: document_answer(MapBody, GEOJSON)})  # fmt: skip
async def read_situation_of(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, service: ServiceDep, caller: CallerDep,
    as_of: AsOf = None, known_at: KnownAt = None, if_none_match: IfNoneMatch = None,
) -> Response:  # fmt: skip
    """Put the case together as of one instant, as known at another; any GIS tool opens it."""
    caller.check("reader", case_id)
    found = await _assemble(service.store, case_id, as_of, known_at)
    return _unless_known(if_none_match, found.raw, GEOJSON)


@router.get("/{case_id}/forces/{force}/judgement", summary="Judge a force of the case",
            response_class=Response, responses={
    **READING, **UNCHANGED, **document_problems(406, 413, 503),
    200: document_answer(JudgementBody, also={
        name: TEXT for name in TYPES if name != "application/json"}),
})  # fmt: skip
async def judge_force(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, force: Force, request: Request, service: ServiceDep, caller: CallerDep,
    as_of: AsOf = None, known_at: KnownAt = None, if_none_match: IfNoneMatch = None,
) -> Response:  # fmt: skip
    """Judge it, with reasons and proof; as JSON, layers, SVG or a page by `Accept`."""
    caller.check("reader", case_id)
    media_type = choose_type(request.headers.get("accept"), tuple(TYPES))
    found = await _assemble(service.store, case_id, as_of, known_at)
    body = b'{"force":%s,"situation":%s}' % (orjson.dumps(force), found.raw)
    tag = _tag(body, media_type)
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    response = pass_on(await service.ask(TYPES[media_type], body), media_type)
    response.headers["Vary"] = "Accept"
    if response.status_code == 200:  # noqa: PLR2004 - OK
        response.headers["ETag"] = tag
    return response


@router.get("/{case_id}/forces/{force}/timeline", summary="A force through the days",
            response_class=Response, responses={
    **READING, **document_problems(413, 503), 200: document_answer(TimelineBody),
})  # fmt: skip
async def judge_days(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, force: Force, service: ServiceDep, caller: CallerDep,
    since: Annotated[str | None, Query(description="First day; the first there is.")] = None,
    until: Annotated[str | None, Query(description="Last day; the last there is.")] = None,
    known_at: KnownAt = None,
) -> Response:  # fmt: skip
    """
    Judge it on every day of which the case has something new: its turns, and when what was true.

    The latest thirty of them; `next` names the day before, to ask on from.
    """
    caller.check("reader", case_id)
    first, last = read_instant(since, "since"), read_instant(until, "until")
    known = read_instant(known_at, "known_at")
    work = partial(_map_days, case_id=case_id, first=first, last=last, known_at=known)
    maps, following = await read_kept(service.store, work)
    if not maps:
        raise NotKeptError(f"case {case_id!r} has nothing of those days")
    body = b'{"force":%s,"situations":[%s]}' % (orjson.dumps(force), b",".join(maps))
    response = pass_on(await service.ask(b"t", body))
    if following:
        response.headers["Link"] = f'<?until={following}>; rel="next"'
    return response


@router.post(
    "/{case_id}/claims", status_code=201, summary="Keep a claim", response_class=Response,
    responses={**WRITING, 201: document_answer(ClaimBody)},
    openapi_extra=document_body(ClaimRequest),
)  # fmt: skip
async def post_claim(
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep
) -> Response:
    """Keep a claim, a Feature of kind `claim` or its properties alone, and rate it."""
    who = caller.check("contributor", case_id)
    body = parse_object(await service.read_body(request))
    if body.get("type") != "Feature":
        said = {name: value for name, value in body.items() if name != "id"}
        body = {"type": "Feature", "id": body.get("id"), "geometry": None,
                "properties": {"kind": "claim", **said}}  # fmt: skip
    posted = await keep(partial(post, service.store, case_id, [body], who, atomic=True))
    if posted.refused:
        raise SituationError([lift(fault) for fault in posted.refused[0].faults])
    name = posted.accepted[0].subject
    answer = await _rate(service, case_id, name)
    return _answer(answer, 201, {"Location": f"/v1/cases/{case_id}/claims/{name}"})


@router.get("/{case_id}/claims", summary="List the claims", response_class=Response,
            responses={**READING, 200: document_answer(ClaimsBody)})  # fmt: skip
async def list_claims(case_id: CaseId, service: ServiceDep, caller: CallerDep) -> Response:
    """Give every claim of the case with its latest rating, as it was noted."""
    caller.check("reader", case_id)
    return _answer({"claims": await read_kept(service.store, _list_claims, case_id)})


@router.get(
    "/{case_id}/claims/{name}",
    summary="A claim, its rating, and how it was rated before",
    response_class=Response,
    responses={**READING, **document_problems(503), 200: document_answer(ClaimBody)},
)
async def read_claim(
    case_id: CaseId, name: ClaimName, service: ServiceDep, caller: CallerDep
) -> Response:
    """Rate it by what is known now, and give the log: a rating that changed stays to be read."""
    caller.check("reader", case_id)
    return _answer(await _rate(service, case_id, name))


@router.get("/{case_id}/changes.atom", summary="What changed, as a feed",
            response_class=Response, responses={
    **READING, **UNCHANGED,
    200: {"description": "An Atom feed.", "content": {"application/atom+xml": TEXT}},
})  # fmt: skip
async def read_changes(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    force: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    if_none_match: IfNoneMatch = None,
) -> Response:  # fmt: skip
    """Give every change of a verdict, the latest first; corrections are called so."""
    caller.check("reader", case_id)
    found = await read_kept(service.store, list_changes, case_id, force, limit)
    settings = await read_kept(service.store, read_settings, case_id)
    title = str(settings.get("title") or case_id)
    feed = write_atom(case_id, title, str(request.url), found)
    return _unless_known(if_none_match, feed, "application/atom+xml; charset=utf-8")


@router.post(
    "/{case_id}/watches", status_code=201, summary="Watch a force", response_class=Response,
    responses={**WRITING, 201: document_answer(WatchBegunBody)},
    openapi_extra=document_body(WatchRequest),
)  # fmt: skip
async def begin_watch(
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep
) -> Response:
    """Watch a force: `{"force", "condition", "url"?}`; the secret in the answer is shown once."""
    who = caller.check("editor", case_id)
    body = parse_as(WatchRequest, await service.read_body(request))
    watch, secret = await keep(partial(_begin_watch, service.store, case_id, body, who))
    request.app.state.sender.note(case_id)
    return _answer({**watch.to_dict(), "secret": secret}, 201)


@router.get("/{case_id}/watches", summary="List the watches", response_class=Response,
            responses={**READING, 200: document_answer(WatchesBody)})  # fmt: skip
async def show_watches(case_id: CaseId, service: ServiceDep, caller: CallerDep) -> Response:
    """Give every watch of the case, with what it sent, is to send and gave up."""
    caller.check("editor", case_id)
    return _answer({"watches": await read_kept(service.store, _list_watches, case_id)})


@router.delete("/{case_id}/watches/{name}", status_code=204, summary="End a watch",
               response_class=Response, responses=READING)  # fmt: skip
async def finish_watch(
    case_id: CaseId, name: WatchName, service: ServiceDep, caller: CallerDep
) -> Response:
    """End a watch; what it had still to tell is not told any more."""
    caller.check("editor", case_id)
    await keep(partial(_end_watch, service.store, case_id, name))
    return Response(status_code=204)


@router.get("/{case_id}/audit", summary="The whole log", response_class=Response,
            responses={**READING, 200: document_answer(AuditBody)})  # fmt: skip
async def read_audit(
    case_id: CaseId, service: ServiceDep, caller: CallerDep,
    after: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:  # fmt: skip
    """Give the log from the oldest revision on: each with the hash of the one before."""
    caller.check("reader", case_id)
    log = await read_kept(service.store, list_revisions, case_id, after=after, most=limit)
    following = (
        f"/v1/cases/{case_id}/audit?after={log[-1].seq}&limit={limit}"
        if len(log) == limit
        else None
    )
    return _answer(
        {
            "revisions": [{"seq": r.seq, "what": r.what, **r.to_dict()} for r in log],
            "next": following,
        }
    )


# -- parts -----------------------------------------------------------------------------------


def _answer(document: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(document), status, headers, "application/json")


def search_known(
    connection: Connection, /, case_id: str, wanted: Wanted, **page: Any,  # noqa: ANN401
) -> list[Revision]:  # fmt: skip
    """Search a case that there is: an unknown one has no empty list."""
    read_settings(connection, case_id)
    return search(connection, case_id, wanted, **page)


def _begin_watch(store: Store, case_id: str, asked: WatchRequest, actor: str) -> tuple[Watch, str]:
    with store.writing() as connection:
        read_settings(connection, case_id)
        return make_watch(connection, case_id, asked.force, asked.condition, actor, asked.url)


def _end_watch(store: Store, case_id: str, name: str) -> None:
    with store.writing() as connection:
        end_watch(connection, case_id, name)


def _list_watches(connection: Connection, case_id: str) -> list[Json]:
    read_settings(connection, case_id)
    return [
        {**watch.to_dict(), "deliveries": list_deliveries(connection, watch.id)}
        for watch in list_watches(connection, case_id)
    ]


async def _read_log(store: Store, case_id: str, name: str) -> list[Revision]:
    log: list[Revision] = await read_kept(store, list_revisions, case_id, subject=name)
    found = [revision for revision in log if revision.what == "feature"]
    if not found:
        raise NotKeptError(f"there is no observation {name!r} in case {case_id!r}")
    return found


def _role_for(log: list[Revision], name: str | None) -> str:
    """Who posted something may correct it; what others posted takes an editor."""
    return "contributor" if log[0].actor == name else "editor"


async def _assemble(
    store: Store, case_id: str, as_of: str | None, known_at: str | None
) -> Assembled:
    then, known = read_instant(as_of, "as_of"), read_instant(known_at, "known_at")
    return await read_kept(store, assemble, case_id, then, known)


def _map_days(
    connection: Connection, case_id: str, first: datetime | None, last: datetime | None,
    known_at: datetime | None,
) -> tuple[list[bytes], str | None]:  # fmt: skip
    """Put the map of each day together, the latest `MOST_DAYS`; and name the day before them."""
    days = [
        day
        for day in list_days(connection, case_id, known_at)
        if (first is None or day >= first) and (last is None or day <= last)
    ]
    earlier = days[:-MOST_DAYS]
    maps = [assemble(connection, case_id, day, known_at).raw for day in days[-MOST_DAYS:]]
    return maps, earlier[-1].date().isoformat() if earlier else None


async def _judge_briefly(service: Service, case_id: str, as_of: str | None) -> Json:
    """Judge every force of the case, or none where there is no map to judge yet."""
    found = await _assemble(service.store, case_id, as_of, None)
    return await service.judge_briefly(found.raw)


async def _note(
    request: Request, case_id: str, as_of: str | None, before: Json, by: Revision | None
) -> list[Json]:
    """Judge anew after a revision, and note what it changed."""
    if by is None:
        return []
    service = find_service(request)
    request.app.state.sender.note(case_id)
    changes = _compare(before, await _judge_briefly(service, case_id, as_of))
    if changes:
        await keep(partial(_note_all, service.store, case_id, changes, by, as_of))
    return changes


def _note_all(
    store: Store, case_id: str, found: list[Json], by: Revision, as_of: str | None
) -> None:
    with store.writing() as connection:
        then = read_instant(as_of, "as_of") or find_instant(connection, case_id)
        note_changes(connection, case_id, found, by, write_instant(then))


async def _rate(service: Service, case_id: str, name: str) -> Json:
    """Hold a claim against the map of the day it speaks of, and note a rating that differs."""
    log = await _read_log(service.store, case_id, name)
    feature = log[-1].document
    if feature is None or feature["properties"].get("kind") != "claim":
        raise NotKeptError(f"there is no claim {name!r} in case {case_id!r}")
    made_at = feature["properties"].get("made_at")
    found = await _assemble(service.store, case_id, made_at, None)
    answer = await service.ask(b"c", b'{"brief":true,"situations":[%s]}' % found.raw)
    if answer.status != 200:  # noqa: PLR2004 - OK
        return {"claim": feature, "rating": None, "problem": orjson.loads(answer.body), "log": []}
    one = next(claim for claim in orjson.loads(answer.body)["claims"] if claim["id"] == name)
    because = [finding["statement"] for finding in one.get("because", ()) if finding["decides"]]
    then = read_instant(made_at, "made_at")
    if then is None:
        then = await read_kept(service.store, find_instant, case_id)
    rated = Rated(
        one.get("rating"), one.get("definition"), because, write_instant(then),
        hashlib.sha256(found.raw).hexdigest(), f"encircle {__version__}",
    )  # fmt: skip
    kept = await keep(partial(_keep_rating, service.store, case_id, name, rated))
    return {"claim": feature, "rating": kept[-1].to_dict(), "log": [one.to_dict() for one in kept]}


def _keep_rating(store: Store, case_id: str, name: str, rated: Rated) -> list[Rated]:
    with store.writing() as connection:
        return note_rating(connection, case_id, name, rated, datetime.now(UTC))


def _list_claims(connection: Connection, case_id: str) -> list[Json]:
    read_settings(connection, case_id)
    found = search(connection, case_id, Wanted(kind="claim"), most=10_000)
    told = []
    for revision in found:
        log = list_ratings(connection, case_id, revision.subject)
        told.append({"id": revision.subject, "claim": revision.document,
                     "rating": log[-1].to_dict() if log else None})  # fmt: skip
    return told


def _compare(before: Json, after: Json) -> list[Json]:
    """Say what is otherwise now, force by force."""
    changes = []
    for force in sorted(before.keys() | after.keys()):
        was, now = before.get(force), after.get(force)
        if (was and (was["verdict"], was["status"])) == (now and (now["verdict"], now["status"])):
            continue
        because = now["because"] if now else ["No position of the force is left on the map."]
        changes.append({"force": force, "was": _short(was), "is": _short(now), "because": because})
    return changes


def _short(status: Json | None) -> Json | None:
    return status and {"verdict": status["verdict"], "status": status["status"]}


def _tag(body: bytes, media_type: str) -> str:
    return f'"{hashlib.sha256(body + media_type.encode()).hexdigest()[:32]}"'


def _unless_known(known: str | None, body: bytes, media_type: str) -> Response:
    tag = _tag(body, "")
    if known == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, headers={"ETag": tag}, media_type=media_type)

"""What analysts post, correct and take back, and the layers under it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from encircle.errors import InputFault
from encircle.formats.tables.writing import write_positions
from encircle.store import laying
from encircle.store.casefile import post, post_table, retract, revise
from encircle.store.geometry import tell_unpacked
from encircle.store.laying import lay_layer, name_unread
from encircle.store.revisions import (
    GoneError,
)

from ..case_answers import (
    address,
    find_role,
    read_latest_shown,
    read_log,
    read_settings_shown,
    search_shown,
    write_answer,
)
from ..case_parameters import (
    CORRECTING,
    CSV,
    GEOJSON,
    READING,
    TABLE,
    TEXT,
    WRITING,
    XLSX,
    AsOf,
    Between,
    CaseId,
    IdempotencyKey,
    IfMatch,
    IfStill,
    KnownAt,
    Layer,
    LayerDay,
    Name,
    Why,
)
from ..case_schemas import (
    CollectionBody,
    CorrectionRequest,
    FeatureBody,
    LaidBody,
    LayerRequest,
    ObservationsBody,
    PostedBody,
    RevisedBody,
    RevisionBody,
    RevisionsBody,
)
from ..cases import (
    CallerDep,
    keep,
    look,
    parse_object,
    read_features,
    read_instant,
    read_kept,
    read_match,
    read_wanted,
    read_why,
    settle,
)
from ..content import choose_type, says_type
from ..documentation import document_answer, document_body, document_problems
from ..errors import RequestError
from ..service import ServiceDep, pass_on
from ..strict import Strict
from ..telling import TellerDep, tell
from ..wording import say_over_http

if TYPE_CHECKING:
    from encircle.store.casefile import Posted

Json = dict[str, Any]
router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=Strict)


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
    }, XLSX: {
        "schema": {"type": "string", "format": "binary"}, "example": "the bytes of a workbook",
    }}),
)  # fmt: skip
async def post_observations(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    teller: TellerDep, *, atomic: bool = False, as_of: AsOf = None, side: str | None = None,
    force: str | None = None, rows_side: str | None = None, idempotency_key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """
    Post one Feature, a FeatureCollection or a table (CSV, XLSX): each row is kept, or refused.

    Of a table, rows of `side` that name no force are of `force`, and `rows_side` is the side of
    rows that name none.

    `changes` says what that does to the verdict on each force of the case.
    """
    who = caller.check("contributor", case_id)
    raw = await service.read_body(request, CSV, XLSX)
    kind, unread = says_type(request.headers), list[str]()
    wishes = {"side": side, "force": force, "rows_side": rows_side}
    _check_wishes(wishes, is_table=kind in (CSV, XLSX))
    if kind == XLSX:
        written = await service.ask(b"x", raw)
        if written.status != HTTPStatus.OK:
            return pass_on(written)
        table = orjson.loads(written.body)
        kind, raw, unread = CSV, table["table"].encode(), table["notices"]
    if kind == CSV:
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
        features, unread = read_features(raw)
        work = partial(post, service.store, case_id, features, who)
    before = await teller.look(case_id, as_of)
    posted = await keep(partial(work, atomic=atomic, key=idempotency_key))
    if posted.before is not None:
        told = await teller.tell_again(case_id, posted.before, before)
    else:
        told = await tell(request, case_id, before, *posted.accepted)
    answer = {**_say(posted), **told}
    if notices := [*unread, *posted.notices, *told.get("notices", ())]:
        answer["notices"] = [say_over_http(notice) for notice in notices]
    status = 201 if answer["accepted"] else 422 if answer["refused"] else 200
    headers = {} if posted.before is None else {"Idempotent-Replayed": "true"}
    return write_answer(answer, status, headers)


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
    view = await look(service, caller, case_id)
    media_type = choose_type(request.headers.get("accept"), (GEOJSON, "application/json", CSV))
    wanted = read_wanted(bbox, between, known_at, kind=kind, force=force)
    await settle(service.store, case_id, read_instant(known_at, "known_at"))
    found = await read_kept(
        service.store, search_shown, case_id, wanted, view, after=cursor, most=limit + 1
    )
    page, rest = found[:limit], found[limit:]
    features = [revision.document for revision in page]
    following = (
        str(request.url.include_query_params(cursor=page[-1].subject).query) if rest else None
    )
    headers = {"Vary": "Accept"}
    if following:
        following = f"{address('cases', case_id, 'observations')}?{following}"
        headers["Link"] = f'<{following}>; rel="next"'
    if media_type == CSV:
        settings = await read_kept(service.store, read_settings_shown, case_id, view)
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
    view = await look(service, caller, case_id)
    last = await read_latest_shown(service.store, case_id, name, view)
    if last.act in ("retract", "redact") or last.body is None:  # redacted, which no delay holds up
        why = f" ({last.why})" if view.is_whole else ""
        raise GoneError(f"{name!r} was taken back{why}; its /revisions say what it was")
    told = last.to_dict() if view.is_whole else last.tell_public()
    return write_answer(told, headers={"ETag": f'"{last.number}"'})


@router.get("/{case_id}/observations/{name}/revisions", summary="Who said what when",
            response_class=Response,
            responses={**READING, 200: document_answer(RevisionsBody)})  # fmt: skip
async def read_revisions(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Name, service: ServiceDep, caller: CallerDep,
    after: Annotated[int, Query(ge=0, lt=2**31, description="A revision's number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> Response:  # fmt: skip
    """Give the revisions of an observation, the oldest first, page by page."""
    caller.check("reader", case_id)
    log = await read_log(service.store, case_id, name, after=after, most=limit)
    at = address("cases", case_id, "observations", name, "revisions")
    following = f"{at}?after={log[-1].number}&limit={limit}" if len(log) == limit else None
    return write_answer({"revisions": [one.to_dict() for one in log], "next": following})


@router.put(
    "/{case_id}/observations/{name}", summary="Correct an observation", response_class=Response,
    responses={**CORRECTING, 200: document_answer(RevisedBody)},
    openapi_extra=document_body(CorrectionRequest, FeatureBody),
)  # fmt: skip
async def correct_observation(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Name, request: Request, service: ServiceDep, caller: CallerDep,
    teller: TellerDep, as_of: AsOf = None, if_match: IfMatch = None, why: Why = None,
) -> Response:  # fmt: skip
    """Correct it with `If-Match` and a reason (`why`): a Feature, or `{"feature", "why"}`."""
    caller.check("contributor", case_id)  # before it is told whether there is such a one
    body = parse_object(await service.read_body(request))
    feature = body.get("feature", body)
    who = caller.check(await find_role(service.store, case_id, name, caller.name), case_id)
    number, reason = read_match(if_match), read_why(why, body)
    before = await teller.look(case_id, as_of)
    made = await keep(partial(revise, service.store, case_id, name, feature, who, reason, number))
    told = await tell(request, case_id, before, made)
    if notices := tell_unpacked([feature]):
        told["notices"] = [*notices, *told.get("notices", ())]
    answer = {"revision": made.to_dict(), **told}
    return write_answer(answer, headers={"ETag": f'"{made.number}"'})


@router.delete(
    "/{case_id}/observations/{name}", summary="Take an observation back",
    response_class=Response, responses={**CORRECTING, 200: document_answer(RevisedBody)},
)  # fmt: skip
async def take_back_observation(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Name, request: Request, service: ServiceDep, caller: CallerDep,
    teller: TellerDep, *, redact: bool = False, as_of: AsOf = None, if_match: IfStill = None,
    why: Why = None,
) -> Response:  # fmt: skip
    """
    Retract it, with a reason (`why`): it is counted no more, and stays to be read.

    With `If-Match` only if nobody was there before. With `redact` what was said goes from every
    revision; who said it when, and its hash, stay.
    """
    caller.check("contributor", case_id)
    raw = await service.read_body(request)
    reason = read_why(why, parse_object(raw) if raw else {})
    role = await find_role(service.store, case_id, name, caller.name)
    who = caller.check("admin" if redact else role, case_id)
    number = None if if_match is None else read_match(if_match)
    before = await teller.look(case_id, as_of)
    made = await keep(partial(
        retract, service.store, case_id, name, who, reason, expected=number, redact=redact
    ))  # fmt: skip
    told = await tell(request, case_id, before, made)
    return write_answer({"revision": made.to_dict(), **told})


@router.put(
    "/{case_id}/layers/{name}", summary="Lay a layer under the case", response_class=Response,
    responses={**CORRECTING, 200: document_answer(LaidBody)},
    openapi_extra=document_body(LayerRequest),
)  # fmt: skip
async def put_layer(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Layer, request: Request, service: ServiceDep, caller: CallerDep,
    teller: TellerDep, as_of: AsOf = None, if_match: IfStill = None, why: Why = None,
) -> Response:  # fmt: skip
    """
    Lay a control map of a day, roads or borders: a FeatureCollection; anew with `why`.

    With `If-Match` only over the revision that it names, the `ETag` of the answer to who laid it.
    """
    who = caller.check("editor", case_id)
    body = parse_object(await service.read_body(request))
    reason = read_why(why, body) or None
    number = None if if_match is None else read_match(if_match)
    before = await teller.look(case_id, as_of)
    work = partial(lay_layer, service.store, case_id, name, body, who, reason)
    made = await keep(partial(work, expected=number))
    told = await tell(request, case_id, before, made)
    if unread := name_unread(body):
        said = f"Not read: {', '.join(unread)}. A layer is its features, and their day; sides, "
        said += "sources and the like are the case's settings, changed by PUT."
        told["notices"] = [said, *told.get("notices", ())]
    if notices := tell_unpacked(body["features"]):
        told["notices"] = [*notices, *told.get("notices", ())]
    return write_answer({"revision": made.brief(), **told}, headers={"ETag": f'"{made.number}"'})


@router.delete(
    "/{case_id}/layers/{name}", summary="Take a layer back", response_class=Response,
    responses={**CORRECTING, 200: document_answer(LaidBody)},
)  # fmt: skip
async def take_back_layer(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, name: Layer, request: Request, service: ServiceDep, caller: CallerDep,
    teller: TellerDep, *, day: LayerDay = None, redact: bool = False, as_of: AsOf = None,
    if_match: IfStill = None, why: Why = None,
) -> Response:  # fmt: skip
    """
    Take a layer of a day back, or the one for every day, with a reason (`why`).

    The day before counts again, and it stays in the log; with `redact` its words do not.
    """
    who = caller.check("admin" if redact else "editor", case_id)
    raw = await service.read_body(request)
    reason = read_why(why, parse_object(raw) if raw else {})
    number = None if if_match is None else read_match(if_match)
    before = await teller.look(case_id, as_of)
    work = partial(laying.take_back_layer, service.store, case_id, name, day, who, reason)
    made = await keep(partial(work, expected=number, redact=redact))
    told = await tell(request, case_id, before, made)
    return write_answer({"revision": made.brief(), **told})


# -- parts -----------------------------------------------------------------------------------


def _say(posted: Posted) -> Json:
    """Say what became of the rows of a post, in the words of HTTP."""
    answer = posted.to_dict()
    refused = [{**row, "remedy": say_over_http(row["remedy"])} for row in answer["refused"]]
    return {**answer, "refused": refused}


def _check_wishes(asked: dict[str, str | None], *, is_table: bool) -> None:
    """Refuse wishes for a table's rows that none would be read by."""
    given = [name for name, value in asked.items() if value is not None]
    faults = []
    if not is_table:
        remedy = "Say it in each feature, or send text/csv"
        faults = [InputFault(f"?{name}", "this is read of a table alone", remedy) for name in given]
    elif asked["force"] is not None and asked["side"] is None:
        said = "the force of which side's rows?"
        faults = [InputFault("?force", said, "Name the side, too: ?side=UA&force=group")]
    if faults:
        raise RequestError(faults)

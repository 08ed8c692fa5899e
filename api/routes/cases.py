"""Cases: begun, given other settings, published, and their whole log."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from encircle.store.publishing import publish
from encircle.store.revisions import (
    list_revisions,
)
from encircle.store.settings import list_cases, make_case, settle

from ..case_answers import (
    address,
    read_case_shown,
    write_answer,
)
from ..case_parameters import (
    CORRECTING,
    READING,
    WRITING,
    CaseId,
    IfMatch,
    IfStill,
    Why,
)
from ..case_schemas import (
    AuditBody,
    CaseBody,
    CaseRequest,
    CaseRevisedBody,
    CasesBody,
    PublicationRequest,
    PublishedBody,
    SettingsRequest,
)
from ..cases import (
    LARGEST,
    Caller,
    CallerDep,
    is_shown,
    keep,
    look,
    parse_as,
    read_kept,
    read_match,
    read_public_match,
)
from ..documentation import document_answer, document_body
from ..errors import write_tag
from ..service import ServiceDep  # noqa: TC001 - the framework reads it
from ..strict import Strict
from ..telling import TellerDep, tell

if TYPE_CHECKING:
    from sqlalchemy import Connection


Json = dict[str, Any]
router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=Strict)


@router.post(
    "", status_code=201, summary="Begin a case", response_class=Response,
    responses={**WRITING, 201: document_answer(CaseRevisedBody)},
    openapi_extra=document_body(CaseRequest),
)  # fmt: skip
async def begin_case(request: Request, service: ServiceDep, caller: CallerDep) -> Response:
    """Begin a case: `{"id", "situation": {"title", "sides", …}}`."""
    caller.check_known()
    body = parse_as(CaseRequest, await service.read_body(request))
    settings = body.situation
    name = body.id or str(settings.get("id") or "")
    who = caller.check("editor", name or "*")
    made = await keep(partial(make_case, service.store, name, settings, who))
    headers = {"Location": address("cases", name), "ETag": f'"{made.number}"'}
    return write_answer({"id": name, "revision": made.to_dict()}, 201, headers)


@router.get("", summary="List the cases", response_class=Response,
            responses={**READING, 200: document_answer(CasesBody)})  # fmt: skip
async def show_cases(service: ServiceDep, caller: CallerDep) -> Response:
    """List the cases of which the caller may read something."""
    return write_answer({"cases": await read_kept(service.store, _list_shown, caller)})


@router.get("/{case_id}", summary="Read a case's settings", response_class=Response,
            responses={**READING, 200: document_answer(CaseBody)})  # fmt: skip
async def show_case(case_id: CaseId, service: ServiceDep, caller: CallerDep) -> Response:
    """
    Give the settings as they stand, the member `situation` of the case's maps, and what is public.

    Either is changed with the `ETag` of this: `"3-p2"` is of settings at 3 and publication at 2.
    """
    view = await look(service, caller, case_id)
    answer, tag = await read_kept(service.store, read_case_shown, case_id, view, caller.usual)
    return write_answer(answer, headers={"ETag": tag})


@router.put(
    "/{case_id}", summary="Give a case other settings", response_class=Response,
    responses={**CORRECTING, 200: document_answer(CaseRevisedBody)},
    openapi_extra=document_body(SettingsRequest),
)  # fmt: skip
async def change_case(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    teller: TellerDep, *, redact: bool = False, if_match: IfMatch = None, why: Why = None,
) -> Response:  # fmt: skip
    """
    Correct the settings: `{"situation": {…}, "why": "…"}`, with `If-Match`.

    With `redact` what they said before goes from every revision.
    """
    who = caller.check("admin" if redact else "editor", case_id)
    body = parse_as(SettingsRequest, await service.read_body(request))
    number, reason = read_match(if_match, of_case=True), why or body.why or ""
    before = await teller.look(case_id, None)
    work = partial(settle, service.store, case_id, body.situation, who, reason, number)
    made = await keep(partial(work, redact=redact))
    told = await tell(request, case_id, before, *made)
    answer = {"id": case_id, "revision": made[-1].to_dict(), **told}
    return write_answer(answer, headers={"ETag": f'"{made[-1].number}"'})


@router.put(
    "/{case_id}/publication", summary="Say what is given to readers without a key",
    response_class=Response, responses={**CORRECTING, 200: document_answer(PublishedBody)},
    openapi_extra=document_body(PublicationRequest),
)  # fmt: skip
async def publish_case(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    if_match: IfStill = None, why: Why = None,
) -> Response:  # fmt: skip
    """
    Say what of the case readers without a key are given: `{"open", "delay_h", "coarsen_m"}`.

    A day late, and positions to a kilometre, where nothing is said. A change takes `why`; with
    `If-Match` it is made only if nobody was there before: `"p2"`, the `ETag` of this answer, or
    that of the case, `"3-p2"`; `"p0"` where nobody said anything yet.
    """
    who = caller.check("admin", case_id)
    body = parse_as(PublicationRequest, await service.read_body(request))
    terms = body.model_dump(exclude_unset=True, exclude={"why"})
    number = None if if_match is None else read_public_match(if_match)
    work = partial(publish, service.store, case_id, terms, who, why or body.why, expected=number)
    made = await keep(work)
    told = {"id": case_id, "publication": made.document, "revision": made.brief()}
    return write_answer(told, headers={"ETag": write_tag(made.number, made.what)})


@router.get("/{case_id}/audit", summary="The whole log", response_class=Response,
            responses={**READING, 200: document_answer(AuditBody)})  # fmt: skip
async def read_audit(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, service: ServiceDep, caller: CallerDep,
    after: Annotated[int, Query(ge=0, lt=LARGEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    *, brief: Annotated[bool, Query(description="Leave out what was said (`body`).")] = False,
) -> Response:  # fmt: skip
    """Give the log from the oldest revision on: each with the hash of the one before."""
    caller.check("reader", case_id)
    log = await read_kept(
        service.store, list_revisions, case_id, after=after, most=limit, is_brief=brief
    )
    more = "&brief=true" if brief else ""
    where = address("cases", case_id, "audit")
    at = f"{where}?after={log[-1].seq}&limit={limit}{more}" if log else None
    lines = [{"seq": line.seq, "what": line.what, **line.to_dict()} for line in log]
    if brief:
        for line in lines:
            del line["body"]
    return write_answer({"revisions": lines, "next": at if len(log) == limit else None})


# -- parts -----------------------------------------------------------------------------------


def _list_shown(connection: Connection, caller: Caller) -> list[Json]:
    """List cases with who began them, or without to whoever is no reader of them."""
    shown = []
    for row in list_cases(connection):
        if caller.may("reader", row["id"]):
            shown.append(row)
        elif is_shown(connection, caller, row["id"]):
            shown.append({name: value for name, value in row.items() if name != "by"})
    return shown

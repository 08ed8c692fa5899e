"""Watches: what somebody wants to be told of a force."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from encircle.store.settings import read_settings
from encircle.store.watches import (
    Watch,
    end_watch,
    list_deliveries,
    list_watches,
    make_watch,
)

from ..case_answers import (
    write_answer,
)
from ..case_parameters import (
    READING,
    WRITING,
    CaseId,
    WatchName,
)
from ..case_schemas import (
    WatchBegunBody,
    WatchesBody,
    WatchRequest,
)
from ..cases import (
    CallerDep,
    keep,
    parse_as,
    read_kept,
)
from ..documentation import document_answer, document_body
from ..sender import check_url
from ..service import ServiceDep  # noqa: TC001 - the framework reads it
from ..strict import Strict

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.opening import Store

Json = dict[str, Any]
router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=Strict)


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
    if body.url is not None:
        check_url(body.url)
    watch, secret = await keep(partial(_begin_watch, service.store, case_id, body, who))
    request.app.state.sender.note(case_id)
    return write_answer({**watch.to_dict(), "secret": secret}, 201)


@router.get("/{case_id}/watches", summary="List the watches", response_class=Response,
            responses={**READING, 200: document_answer(WatchesBody)})  # fmt: skip
async def show_watches(case_id: CaseId, service: ServiceDep, caller: CallerDep) -> Response:
    """Give every watch of the case, with what it sent, is to send and gave up."""
    caller.check("editor", case_id)
    return write_answer({"watches": await read_kept(service.store, _list_watches, case_id)})


@router.delete("/{case_id}/watches/{name}", status_code=204, summary="End a watch",
               response_class=Response, responses=READING)  # fmt: skip
async def finish_watch(
    case_id: CaseId, name: WatchName, service: ServiceDep, caller: CallerDep
) -> Response:
    """End a watch; what it had still to tell is not told any more."""
    caller.check("editor", case_id)
    await keep(partial(_end_watch, service.store, case_id, name))
    return Response(status_code=204)


# -- parts -----------------------------------------------------------------------------------


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

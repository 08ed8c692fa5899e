"""Claims kept in a case, and rated again when evidence changes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter, Request, Response

from encircle.claims.matching import Said, find_again
from encircle.errors import InputFault, SituationError
from encircle.map.door import spelling
from encircle.map.door.contract import parse_assertion
from encircle.map.situation import Assertion
from encircle.store.casefile import post
from encircle.store.checking import lift
from encircle.store.publishing import WITHHELD
from encircle.store.ratings import list_latest, list_ratings
from encircle.store.revisions import NotKeptError, read_written, write_instant
from encircle.store.searching import Wanted

from ..case_answers import (
    address,
    read_latest_shown,
    read_log,
    search_shown,
    write_answer,
)
from ..case_parameters import (
    READING,
    WRITING,
    CaseId,
    ClaimName,
    IdempotencyKey,
)
from ..case_schemas import (
    ClaimBody,
    ClaimRequest,
    ClaimsBody,
)
from ..cases import (
    CallerDep,
    keep,
    look,
    parse_object,
    read_kept,
)
from ..documentation import document_answer, document_body, document_problems
from ..errors import RequestError, TakenBackError, describe, find_rule
from ..rating import MOST_CLAIMS, is_claim, rate_claim
from ..service import Service, ServiceDep  # noqa: TC001 - the framework reads it
from ..strict import Strict
from ..telling import find_teller

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.casefile import Posted
    from encircle.store.publishing import View
    from encircle.store.ratings import Rated
    from encircle.store.revisions import Revision

Json = dict[str, Any]
router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=Strict)


@router.post(
    "/{case_id}/claims", status_code=201, summary="Keep a claim", response_class=Response,
    responses={**WRITING, 201: document_answer(ClaimBody)},
    openapi_extra=document_body(ClaimRequest),
)  # fmt: skip
async def post_claim(
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    idempotency_key: IdempotencyKey = None,
) -> Response:  # fmt: skip
    """Keep a claim, a Feature of kind `claim` or its properties alone, and rate it."""
    who = caller.check("contributor", case_id)
    body = parse_object(await service.read_body(request))
    if body.get("type") != "Feature":
        said = {name: value for name, value in body.items() if name != "id"}
        body = {"type": "Feature", "id": body.get("id"), "geometry": None,
                "properties": {"kind": "claim", **said}}  # fmt: skip
    _check_kind(body)
    work = partial(post, service.store, case_id, [body], who, atomic=True, key=idempotency_key)
    posted = await keep(work)
    told = posted.to_dict()
    if told["refused"]:
        raise SituationError(_list_faults(posted))
    name = told["accepted"][0]["id"]
    answer: Json = {"claim": {**body, "id": name}, "rating": None, "log": [], "again": []}
    try:
        answer["claim"] = (await read_latest_shown(service.store, case_id, name)).document
        answer |= await rate_claim(service, case_id, name)
        view = await look(service, caller, case_id)
        answer["again"] = await read_kept(service.store, _find_again, case_id, name, view)
    except Exception as error:  # noqa: BLE001 - it is kept, and nothing may say that it is not
        answer["problem"] = orjson.loads(describe(error).body)
        if find_rule(error).status == HTTPStatus.INTERNAL_SERVER_ERROR:
            find_teller(request).note_fault(error, case_id)
    headers = {"Location": address("cases", case_id, "claims", name)}
    if posted.before is not None:
        headers["Idempotent-Replayed"] = "true"
    return write_answer(answer, 201, headers)


@router.get("/{case_id}/claims", summary="List the claims", response_class=Response,
            responses={**READING, 200: document_answer(ClaimsBody)})  # fmt: skip
async def list_claims(case_id: CaseId, service: ServiceDep, caller: CallerDep) -> Response:
    """Give every claim of the case with its latest rating, as it was noted."""
    view = await look(service, caller, case_id)
    return write_answer({"claims": await read_kept(service.store, _list_claims, case_id, view)})


@router.get(
    "/{case_id}/claims/{name}",
    summary="A claim, its rating, and how it was rated before",
    response_class=Response,
    responses={**READING, **document_problems(410, 503), 200: document_answer(ClaimBody)},
)
async def read_claim(
    case_id: CaseId, name: ClaimName, service: ServiceDep, caller: CallerDep
) -> Response:
    """
    Rate it by what is known now, and give the log: a rating that changed stays to be read.

    Of one that was taken back, too: 410, with the log.
    """
    view = await look(service, caller, case_id)
    await _check_there(service, case_id, name, view)
    # What the team has not noted yet is not rated anew for others: they read what was noted.
    answer = (
        await rate_claim(service, case_id, name)
        if view.is_whole
        else await read_kept(service.store, _read_noted, case_id, name, view)
    )
    answer["again"] = await read_kept(service.store, _find_again, case_id, name, view)
    return write_answer(answer)


# -- parts -----------------------------------------------------------------------------------


def _check_kind(body: Json) -> None:
    """Refuse what is no claim before any of it is kept."""
    said = body.get("properties")
    kind = said.get("kind") if isinstance(said, dict) else None
    if kind != "claim":
        fault = f"a feature of kind {kind!r:.80} is no claim"
        remedy = 'Post it to /observations, or give {"kind": "claim", "statement": ...}'
        raise RequestError([InputFault("/properties/kind", fault, remedy)])


def _list_faults(posted: Posted) -> list[InputFault]:
    """List what is wrong with a claim that was refused, now or when the same was sent before."""
    if posted.before is None:
        return [lift(fault) for fault in posted.refused[0].faults]
    told = posted.before["refused"]
    return [lift(InputFault(one["pointer"], one["detail"], one["remedy"])) for one in told]


async def _check_there(service: Service, case_id: str, name: str, view: View) -> None:
    """
    Tell a claim that was taken back, or is something else by now, as that.

    Raises
    ------
    TakenBackError
        If it was, with its log where that may still be read.
    NotKeptError
        If nothing is called so.
    """
    last = await read_latest_shown(service.store, case_id, name, view)
    is_gone = last.act in ("retract", "redact") or last.body is None
    if not is_gone and is_claim(last):
        return
    rated = await read_kept(service.store, list_ratings, case_id, name, view.until)
    log = await read_log(service.store, case_id, name)
    until = write_instant(view.until) if view.until else "~"
    if not rated and not any(is_claim(one) for one in log if one.recorded_at <= until):
        raise NotKeptError(f"there is no claim {name!r} in case {case_id!r}")
    why = f" ({last.why})" if view.is_whole else ""
    is_redacted = last.act != "retract" and is_gone
    told = [] if is_redacted else [_tell(one, view) for one in rated]
    said = "was taken back" if is_gone else "is none any more: something else is called so"
    raise TakenBackError(f"the claim {name!r} {said}{why}", told)


def _list_claims(connection: Connection, case_id: str, view: View) -> list[Json]:
    found = search_shown(connection, case_id, Wanted(kind="claim"), view, most=MOST_CLAIMS)
    rated = list_latest(connection, case_id, view.until)
    return [
        {"id": revision.subject, "claim": revision.document,
         "rating": _tell(rated[revision.subject], view) if revision.subject in rated else None}
        for revision in found
    ]  # fmt: skip


def _find_again(connection: Connection, case_id: str, name: str, view: View) -> list[Json]:
    """Find the claims of the case that say the same as one, of those that may be seen."""
    found = search_shown(connection, case_id, Wanted(kind="claim"), view, most=MOST_CLAIMS)
    said = {revision.subject: _read_said(revision) for revision in found}
    mine = said.pop(name, None)
    return [asdict(again) for again in find_again(mine, said.values())] if mine else []


def _read_said(revision: Revision) -> Said:
    told = (revision.document or {}).get("properties") or {}
    made_at = read_written(told.get("made_at"))
    try:
        asserts = parse_assertion(spelling.parse_object(told.get("asserts") or {}))
    except ValueError:  # of words no map answers to
        asserts = Assertion()
    return Said(
        revision.subject, told.get("claimant"), told.get("statement"), asserts.definition,
        "yes" if asserts.holds else "no", asserts.tense,
        datetime.fromisoformat(made_at).date() if made_at else None,
    )  # fmt: skip


def _tell(rated: Rated, view: View) -> Json:
    return rated.to_dict() if view.is_whole else _tell_public(rated)


def _tell_public(rated: Rated) -> Json:
    """Tell a rating without what gives away the exact map: its digest, and distances on it."""
    return {**rated.to_dict(), "because": [WITHHELD], "input_sha256": None}


def _read_noted(connection: Connection, case_id: str, name: str, view: View) -> Json:
    found = search_shown(connection, case_id, Wanted(kind="claim", subject=name), view)
    if not found:
        raise NotKeptError(f"there is no claim {name!r} in case {case_id!r}")
    log = [_tell_public(one) for one in list_ratings(connection, case_id, name, view.until)]
    return {"claim": found[0].document, "rating": log[-1] if log else None, "log": log}

"""Claims kept in a case, and rated again when evidence changes."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter, Request, Response

from encircle.claims.matching import Said, find_again
from encircle.errors import SituationError
from encircle.store.assembling import find_instant
from encircle.store.casefile import post
from encircle.store.checking import lift
from encircle.store.publishing import WITHHELD
from encircle.store.ratings import Rated, list_latest, list_ratings, note_rating
from encircle.store.revisions import NotKeptError, write_instant
from encircle.store.searching import Wanted
from encircle.version import __version__

from ..case_answers import (
    assemble_shown,
    read_latest_shown,
    search_shown,
    write_answer,
)
from ..case_parameters import (
    READING,
    WRITING,
    CaseId,
    ClaimName,
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
    read_instant,
    read_kept,
)
from ..documentation import document_answer, document_body, document_problems
from ..errors import TooSlowError, UnavailableError, describe
from ..service import Service, ServiceDep  # noqa: TC001 - the framework reads it

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.opening import Store
    from encircle.store.publishing import View
    from encircle.store.revisions import Revision

Json = dict[str, Any]
router = APIRouter(prefix="/v1/cases", tags=["cases"])


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
    try:
        answer = await _rate(service, case_id, name)
    except (UnavailableError, TooSlowError) as error:  # it is kept, and rated when it is read
        problem = orjson.loads(describe(error).body)
        answer = {"claim": posted.accepted[0].document, "rating": None, "problem": problem,
                  "log": []}  # fmt: skip
    view = await look(service, caller, case_id)
    answer["again"] = await read_kept(service.store, _find_again, case_id, name, view)
    return write_answer(answer, 201, {"Location": f"/v1/cases/{case_id}/claims/{name}"})


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
    responses={**READING, **document_problems(503), 200: document_answer(ClaimBody)},
)
async def read_claim(
    case_id: CaseId, name: ClaimName, service: ServiceDep, caller: CallerDep
) -> Response:
    """Rate it by what is known now, and give the log: a rating that changed stays to be read."""
    view = await look(service, caller, case_id)
    # What the team has not noted yet is not rated anew for others: they read what was noted.
    answer = (
        await _rate(service, case_id, name)
        if view.is_whole
        else await read_kept(service.store, _read_noted, case_id, name, view)
    )
    answer["again"] = await read_kept(service.store, _find_again, case_id, name, view)
    return write_answer(answer)


# -- parts -----------------------------------------------------------------------------------


async def _rate(service: Service, case_id: str, name: str) -> Json:
    """Hold a claim against the map of the day it speaks of, and note a rating that differs."""
    feature = (await read_latest_shown(service.store, case_id, name)).document
    if feature is None or feature["properties"].get("kind") != "claim":
        raise NotKeptError(f"there is no claim {name!r} in case {case_id!r}")
    made_at = feature["properties"].get("made_at")
    found = await assemble_shown(service.store, case_id, made_at, None, claim=name)
    answer = await service.ask(b"c", b'{"brief":true,"situations":[%s]}' % found.judged)
    if answer.status != 200:  # noqa: PLR2004 - OK
        return {"claim": feature, "rating": None, "problem": orjson.loads(answer.body), "log": []}
    rated_ones = (claim for claim in orjson.loads(answer.body)["claims"] if claim["id"] == name)
    one = next(rated_ones, None)
    if one is None:  # it says that it was heard after it was made; or was taken back meanwhile
        known = [
            line.to_dict() for line in await read_kept(service.store, list_ratings, case_id, name)
        ]
        told = describe(NotKeptError(f"the map of {made_at or 'now'} does not have the claim yet"))
        return {"claim": feature, "rating": None, "problem": orjson.loads(told.body), "log": known}
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


def _list_claims(connection: Connection, case_id: str, view: View) -> list[Json]:
    found = search_shown(connection, case_id, Wanted(kind="claim"), view, most=10_000)
    rated = list_latest(connection, case_id, view.until)
    return [
        {"id": revision.subject, "claim": revision.document,
         "rating": _tell(rated[revision.subject], view) if revision.subject in rated else None}
        for revision in found
    ]  # fmt: skip


def _find_again(connection: Connection, case_id: str, name: str, view: View) -> list[Json]:
    """Find the claims of the case that say the same as one, of those that may be seen."""
    found = search_shown(connection, case_id, Wanted(kind="claim"), view, most=10_000)
    said = {revision.subject: _read_said(revision) for revision in found}
    mine = said.pop(name, None)
    return [asdict(again) for again in find_again(mine, said.values())] if mine else []


def _read_said(revision: Revision) -> Said:
    told = (revision.document or {}).get("properties") or {}
    asserts = told.get("asserts") or {}
    made_at = read_instant(told.get("made_at"), "made_at")
    return Said(
        revision.subject, told.get("claimant"), told.get("statement"), asserts.get("definition"),
        asserts.get("value") or "yes", asserts.get("tense") or "present",
        made_at.date() if made_at else None,
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

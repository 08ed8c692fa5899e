"""What a case says of a force: on any day, as known on any other; and what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request, Response

from encircle.store.assembling import assemble, list_days
from encircle.store.changes import (
    is_force_known,
    list_changes,
    tell_changes,
    tell_ratings,
    write_atom,
)
from encircle.store.publishing import WITHHELD
from encircle.store.ratings import list_ratings
from encircle.store.record import Kept, keep_judgement, list_kept, read_kept_judgement
from encircle.store.revisions import (
    NotKeptError,
    read_latest,
    write_instant,
)
from encircle.store.settings import read_settings

from ..case_answers import (
    address,
    assemble_shown,
    tag_of,
    unless_known,
    write_answer,
)
from ..case_parameters import (
    GEOJSON,
    READING,
    TEXT,
    AsOf,
    CaseId,
    Force,
    IfNoneMatch,
    KeptName,
    KnownAt,
)
from ..case_schemas import (
    KeptBody,
    MapBody,
    RecordBody,
    TimelineBody,
)
from ..cases import (
    CallerDep,
    keep,
    look,
    read_instant,
    read_kept,
    read_known,
    settle,
)
from ..content import choose_type
from ..documentation import UNCHANGED, document_answer, document_problems
from ..manners import names
from ..schemas import JudgementBody
from ..service import ServiceDep, pass_on
from ..strict import Strict
from .judgements import TYPES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

Json = dict[str, Any]
MOST_DAYS = 30
"""Days judged at one request: some half a second each."""
router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=Strict)


@router.get("/{case_id}/situation", summary="The map of an instant", response_class=Response,
            responses={**READING, **UNCHANGED, 200: document_answer(MapBody, GEOJSON)})  # fmt: skip
async def read_situation_of(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, service: ServiceDep, caller: CallerDep,
    as_of: AsOf = None, known_at: KnownAt = None, if_none_match: IfNoneMatch = None,
) -> Response:  # fmt: skip
    """Put the case together as of one instant, as known at another; any GIS tool opens it."""
    view = await look(service, caller, case_id)
    found = await assemble_shown(service.store, case_id, as_of, known_at, view)
    return unless_known(if_none_match, found.raw, GEOJSON)


@router.get("/{case_id}/forces/{force:path}/judgement", summary="Judge a force of the case",
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
    view = await look(service, caller, case_id)
    media_type = choose_type(request.headers.get("accept"), tuple(TYPES))
    found = await assemble_shown(service.store, case_id, as_of, known_at, view)
    body = b'{"force":%s,"situation":%s}' % (orjson.dumps(force), found.raw)
    tag = tag_of(body, media_type)
    if names(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response = pass_on(await service.ask(TYPES[media_type], body), media_type)
    response.headers["Vary"] = "Accept"
    if response.status_code == 200:  # noqa: PLR2004 - OK
        response.headers["ETag"] = tag
    return response


@router.post("/{case_id}/forces/{force:path}/judgement", summary="Keep a judgement as it is given",
             status_code=201, response_class=Response, responses={
    **READING, **document_problems(409, 503), 201: document_answer(KeptBody),
})  # fmt: skip
async def keep_force_judgement(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, force: Force, service: ServiceDep, caller: CallerDep,
    as_of: AsOf = None, known_at: KnownAt = None,
) -> Response:  # fmt: skip
    """Judge it, and keep what is given: it stays, whatever is learnt or programmed later."""
    who = caller.check("editor", case_id)
    now = datetime.now(UTC)
    known = read_known(known_at) or now
    then = read_instant(as_of, "as_of")
    await settle(service.store, case_id, known)
    found = await read_kept(service.store, assemble, case_id, then, known)
    body = b'{"force":%s,"situation":%s}' % (orjson.dumps(force), found.raw)
    answer = await service.ask(b"j", body)
    if answer.status != 200:  # noqa: PLR2004 - OK
        return pass_on(answer)
    kept = await keep(partial(_keep, service.store, case_id, answer.body, known, who, now))
    where = address("cases", case_id, "judgements", kept.id)
    return write_answer(kept.to_dict(), 201, {"Location": where})


@router.get("/{case_id}/judgements", summary="The judgements kept", response_class=Response,
            responses={**READING, 200: document_answer(RecordBody)})  # fmt: skip
async def list_judgements(case_id: CaseId, service: ServiceDep, caller: CallerDep) -> Response:
    """List the judgements that were kept as they were given, the latest first."""
    caller.check("reader", case_id)
    return write_answer({"judgements": await read_kept(service.store, _list_kept, case_id)})


@router.get("/{case_id}/judgements/{name}", summary="A judgement as it was given",
            response_class=Response,
            responses={**READING, **UNCHANGED, **document_problems(410),
                       200: document_answer(JudgementBody)})  # fmt: skip
async def read_judgement(
    case_id: CaseId, name: KeptName, service: ServiceDep, caller: CallerDep,
    if_none_match: IfNoneMatch = None,
) -> Response:  # fmt: skip
    """Give a judgement of the record; its map is the case's as of its day, known as it says."""
    caller.check("reader", case_id)
    body = await read_kept(service.store, read_kept_judgement, case_id, name)
    return unless_known(if_none_match, body.encode(), "application/json")


@router.get("/{case_id}/forces/{force:path}/timeline", summary="A force through the days",
            response_class=Response, responses={
    **READING, **document_problems(413, 503), 200: document_answer(TimelineBody),
})  # fmt: skip
async def judge_days(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, force: Force, request: Request, service: ServiceDep, caller: CallerDep,
    since: Annotated[str | None, Query(description="First day; the first there is.")] = None,
    until: Annotated[str | None, Query(description="Last day; the last there is.")] = None,
    known_at: KnownAt = None,
) -> Response:  # fmt: skip
    """
    Judge it on every day of which the case has something new: its turns, and when what was true.

    The latest thirty of them; `next` names the day before, to ask on from.
    """
    view = await look(service, caller, case_id)
    first, last = read_instant(since, "since"), read_instant(until, "until")
    known = view.cap(read_known(known_at))
    await settle(service.store, case_id, known)
    work = partial(
        _map_days, case_id=case_id, first=first, last=last, known_at=known,
        coarsen_m=view.coarsen_m,
    )  # fmt: skip
    maps, following = await read_kept(service.store, work)
    if not maps:
        raise NotKeptError(f"case {case_id!r} has nothing of those days")
    body = b'{"force":%s,"situations":[%s]}' % (orjson.dumps(force), b",".join(maps))
    response = pass_on(await service.ask(b"t", body))
    if following:
        asked = request.url.include_query_params(until=following).query
        where = address("cases", case_id, "forces", force, "timeline")
        response.headers["Link"] = f'<{where}?{asked}>; rel="next"'
    return response


@router.get("/{case_id}/changes.atom", summary="What changed, as a feed",
            response_class=Response, responses={
    **READING, **UNCHANGED,
    200: {"description": "An Atom feed.", "content": {"application/atom+xml": TEXT}},
})  # fmt: skip
async def read_changes(  # noqa: PLR0913 - the parts of a request
    case_id: CaseId, request: Request, service: ServiceDep, caller: CallerDep,
    force: str | None = None,
    claim: Annotated[str | None, Query(description="Of this claim, how it was rated.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100, if_none_match: IfNoneMatch = None,
) -> Response:  # fmt: skip
    """Give every change of a verdict, the latest first; corrections are called so."""
    view = await look(service, caller, case_id)
    settings = await read_kept(service.store, read_settings, case_id, view.until)
    title = str(settings.get("title") or case_id)
    by = write_instant(view.until) if view.until else None
    of = ""
    if claim is None:
        found = await read_kept(service.store, list_changes, case_id, force, limit, view.until)
        if force is not None:
            of = f":force:{quote(force, safe='')}"
            known = await read_kept(service.store, is_force_known, case_id, force, by)
            if not found and not known:
                raise NotKeptError(f"there is no force {force!r} in case {case_id!r}")
        items = tell_changes(found)
    else:
        of = f":claim:{quote(claim, safe='')}"
        log = await read_kept(service.store, list_ratings, case_id, claim, view.until)
        latest = await read_kept(service.store, read_latest, case_id, "feature", claim, by)
        if latest is None or (not log and not _is_claim(latest)):
            raise NotKeptError(f"there is no claim {claim!r} in case {case_id!r}")
        items = tell_ratings(claim, log)[:limit]
    if not view.is_whole:  # reasons tell distances on the exact map
        items = [replace(item, content=WITHHELD) for item in items]
    where = f"{str(request.base_url).rstrip('/')}{address('cases', case_id, 'changes.atom')}"
    asked = f"?{request.url.query}" if request.url.query else ""
    feed = write_atom(case_id, title, f"{where}{asked}", items, of)
    return unless_known(if_none_match, feed, "application/atom+xml; charset=utf-8")


# -- parts -----------------------------------------------------------------------------------


def _is_claim(revision: Revision) -> bool:
    """Tell a claim; of what was taken back, nobody says any more that it was none."""
    said = (revision.document or {}).get("properties") or {"kind": "claim"}
    return bool(said.get("kind") == "claim")


def _keep(  # noqa: PLR0913 - whose, what, by whom, since when
    store: Store, case_id: str, raw: bytes, known_at: datetime, actor: str, begun: datetime
) -> Kept:
    now = datetime.now(UTC)
    with store.writing() as connection:
        return keep_judgement(connection, case_id, raw, known_at, actor, now, begun)


def _list_kept(connection: Connection, case_id: str) -> list[Json]:
    read_settings(connection, case_id)
    return [kept.to_dict() for kept in list_kept(connection, case_id)]


def _map_days(  # noqa: PLR0913 - whose, of when
    connection: Connection, case_id: str, first: datetime | None, last: datetime | None,
    known_at: datetime | None, coarsen_m: float | None,
) -> tuple[list[bytes], str | None]:  # fmt: skip
    """Put the map of each day together, the latest `MOST_DAYS`; and name the day before them."""
    days = [
        day
        for day in list_days(connection, case_id, known_at)
        if (first is None or day >= first) and (last is None or day <= last)
    ]
    earlier = days[:-MOST_DAYS]
    maps = [
        assemble(connection, case_id, day, known_at, coarsen_m).raw for day in days[-MOST_DAYS:]
    ]
    return maps, earlier[-1].date().isoformat() if earlier else None

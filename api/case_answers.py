"""What the resources of the case file share: what is shown of it, and what a revision changed."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import Request, Response

from encircle.store.assembling import assemble, find_instant
from encircle.store.casefile import (
    read_settings,
)
from encircle.store.changes import note_changes
from encircle.store.publishing import View, grow, overlaps
from encircle.store.revisions import (
    NotKeptError,
    Wanted,
    list_revisions,
    search,
    write_instant,
)

from .cases import (
    keep,
    read_instant,
    read_kept,
)
from .errors import UnavailableError
from .manners import names
from .service import Brief, Service, find_service

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Connection

    from encircle.store.assembling import Assembled
    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

Json = dict[str, Any]
GONE = "No position of the force is left on the map."
PAUSES_S = (0.5, 1.0, 2.0)
"""Between two askings for the judgement after a revision, where every worker is taken; seconds."""
WHOLE = View()
"""All of a case: to write to it takes more than to read it."""


def write_answer(
    document: Json, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a document, as JSON."""
    return Response(orjson.dumps(document), status, headers, "application/json")


def search_shown(
    connection: Connection, /, case_id: str, wanted: Wanted, view: View, **page: Any,  # noqa: ANN401
) -> list[Revision]:  # fmt: skip
    """
    Search a case that there is, an unknown one has no empty list; `show` gives what of it is shown.

    Where positions are moved, so far round the box as they may have been.
    """
    read_settings(connection, case_id)
    if view.until is not None:
        known = write_instant(view.until)
        wanted = replace(wanted, known_at=min(wanted.known_at or known, known))
    if view.coarsen_m and wanted.bbox:
        wanted = replace(wanted, bbox=grow(wanted.bbox, view.coarsen_m))
    return search(connection, case_id, wanted, **page)


def show(found: list[Revision], wanted: Wanted, view: View) -> list[Revision]:
    """
    Show what was found as finely as it may be; where it was moved, what lies in the box then.

    A box asked for again and again, ever smaller, must not say more than the square does.
    """
    shown = [view.show(revision) for revision in found]
    if not view.coarsen_m or wanted.bbox is None:
        return shown
    box = wanted.bbox
    return [revision for revision in shown if overlaps(revision.bounds, box)]


async def read_log(store: Store, case_id: str, name: str, view: View = WHOLE) -> list[Revision]:
    """
    Read every revision of an observation that is shown, the oldest first.

    Raises
    ------
    NotKeptError
        If there is none.
    """
    log: list[Revision] = await read_kept(store, list_revisions, case_id, subject=name)
    until = write_instant(view.until) if view.until else "~"
    found = [view.show(r) for r in log if r.what == "feature" and r.recorded_at <= until]
    if not found:
        raise NotKeptError(f"there is no observation {name!r} in case {case_id!r}")
    return found


async def assemble_shown(
    store: Store, case_id: str, as_of: str | None, known_at: str | None, view: View = WHOLE
) -> Assembled:
    """Put the case together as it is shown; raises as `assemble` does."""
    then, known = read_instant(as_of, "as_of"), read_instant(known_at, "known_at")
    return await read_kept(store, assemble, case_id, then, view.cap(known), view.coarsen_m)


async def judge_briefly(service: Service, case_id: str, as_of: str | None) -> Brief:
    """
    Judge every force of the case as it stands, or say why not.

    Raises
    ------
    UnavailableError
        If no worker has time now.
    """
    found = await assemble_shown(service.store, case_id, as_of, None)
    return await service.judge_briefly(found.raw, case_id)


async def note_changes_of(
    request: Request, case_id: str, as_of: str | None, before: Brief, by: Revision | None
) -> Json:
    """
    Judge anew after a revision, and note what it changed.

    The revision is kept by now, so that nothing here may be told as if it were not.

    Returns
    -------
    told
        The member `changes`, null where there was no time to judge; and `notices`, which say so, or
        why the map cannot be judged.
    """
    if by is None:
        return {"changes": []}
    service = find_service(request)
    request.app.state.sender.note(case_id)
    after = before
    if before.is_known:
        after = await _insist(partial(judge_briefly, service, case_id, as_of))
    if not after.is_known:
        said = f"It was kept, and what it changes was not worked out: {after.problem}."
        return {"changes": None, "notices": [said]}
    changes = _compare(before, after)
    if changes:
        await keep(partial(_note_all, service.store, case_id, changes, by, as_of))
    notices = [f"The case cannot be judged as it stands: {after.problem}."] if after.problem else []
    return {"changes": changes, **({"notices": notices} if notices else {})}


async def _insist(judge: Callable[[], Awaitable[Brief]]) -> Brief:
    """Ask for a judgement again where every worker is taken, and then do without."""
    said = ""
    for pause_s in (*PAUSES_S, None):
        try:
            return await judge()
        except UnavailableError as error:
            said = str(error)
            if pause_s is not None:
                await asyncio.sleep(pause_s)
    return Brief({}, said, is_known=False)


def _note_all(
    store: Store, case_id: str, found: list[Json], by: Revision, as_of: str | None
) -> None:
    with store.writing() as connection:
        then = read_instant(as_of, "as_of") or find_instant(connection, case_id)
        note_changes(connection, case_id, found, by, write_instant(then))


def _compare(before: Brief, after: Brief) -> list[Json]:
    """Say what is otherwise now, force by force."""
    changes = []
    for force in sorted(before.statuses.keys() | after.statuses.keys()):
        was, now = before.statuses.get(force), after.statuses.get(force)
        if (was and (was["verdict"], was["status"])) == (now and (now["verdict"], now["status"])):
            continue
        gone = f"The map cannot be judged: {after.problem}." if after.problem else GONE
        because = now["because"] if now else [gone]
        changes.append({"force": force, "was": _short(was), "is": _short(now), "because": because})
    return changes


def _short(status: Json | None) -> Json | None:
    return status and {"verdict": status["verdict"], "status": status["status"]}


def tag_of(body: bytes, media_type: str) -> str:
    """Give the ETag of what is answered to a body, in a form."""
    return f'"{hashlib.sha256(body + media_type.encode()).hexdigest()[:32]}"'


def unless_known(known: str | None, body: bytes, media_type: str) -> Response:
    """Answer with a body, or that it is what the caller knows (304)."""
    tag = tag_of(body, "")
    if names(known, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, headers={"ETag": tag}, media_type=media_type)

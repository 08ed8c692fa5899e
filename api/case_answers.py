"""What the resources of the case file share: what is shown of it, and what a revision changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson
from fastapi import Response

from encircle.store.assembling import assemble
from encircle.store.publishing import (
    SUBJECT,
    Publication,
    View,
    grow,
    make_settings_public,
    overlaps,
    read_publication,
)
from encircle.store.revisions import (
    NotKeptError,
    find_author,
    list_revisions,
    read_latest,
    write_instant,
)
from encircle.store.searching import Wanted, search
from encircle.store.settings import read_numbered, read_settings

from .cases import (
    read_instant,
    read_kept,
    read_known,
    settle,
)
from .errors import PUBLIC_MARK
from .manners import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from encircle.store.assembling import Assembled
    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

Json = dict[str, Any]
WHOLE = View()
"""All of a case: to write to it takes more than to read it."""
MANY = 500
"""Observations read at one time, where not all that is found is shown."""


def address(*parts: str) -> str:
    """
    Give the address of a resource, whatever its parts are called.

    Examples
    --------
    >>> address("cases", "справа", "claims", "a b")
    '/v1/cases/%D1%81%D0%BF%D1%80%D0%B0%D0%B2%D0%B0/claims/a%20b'
    """
    return "/".join(("/v1", *(quote(part, safe="") for part in parts)))


def write_answer(
    document: Json, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a document, as JSON."""
    return Response(orjson.dumps(document), status, headers, "application/json")


def read_settings_shown(connection: Connection, /, case_id: str, view: View) -> Json:
    """Read a case's settings as they are shown; raises as `read_settings` does."""
    settings = read_settings(connection, case_id, view.until)
    return settings if view.is_whole else make_settings_public(settings)


def read_case_shown(
    connection: Connection, /, case_id: str, view: View, usual: Publication
) -> tuple[Json, str]:
    """
    Read a case's settings and what of it is public, as they are shown, and their ETag.

    Raises
    ------
    NotKeptError
        If there is no such case.
    """
    number, settings = read_numbered(connection, case_id, view.until)
    # The number first: who comes between is told of, rather than undone.
    said = read_latest(connection, case_id, "access", SUBJECT)
    revision = said.number if said else 0
    terms = read_publication(connection, case_id, usual).to_dict()
    answer = {
        "id": case_id,
        "situation": settings if view.is_whole else make_settings_public(settings),
        "publication": {**terms, "revision": revision},
    }
    return answer, f'"{number}-{PUBLIC_MARK}{revision}"'


def search_shown(  # noqa: PLR0913 - as `search`
    connection: Connection, /, case_id: str, wanted: Wanted, view: View, *,
    after: str = "", skip: int = 0, most: int = 100,
) -> list[Revision]:  # fmt: skip
    """
    Search a case that there is, an unknown one has no empty list; give it as it is shown.

    Pages are of what is shown, and of nothing else: where positions are moved the store is asked
    for what may have been moved into the box, and what lies in it then is counted.
    """
    read_settings(connection, case_id)
    if view.until is not None:
        known = write_instant(view.until)
        wanted = replace(wanted, known_at=min(wanted.known_at or known, known))
    if view.coarsen_m and wanted.bbox:
        moved = _search_moved(connection, case_id, wanted, view, after)
        return list(islice(moved, skip, skip + most))
    found = search(connection, case_id, wanted, after=after, skip=skip, most=most)
    return [view.show(revision) for revision in found]


def _search_moved(
    connection: Connection, case_id: str, wanted: Wanted, view: View, after: str
) -> Iterator[Revision]:
    """Give what lies in a box as it is shown: so far round it as it may have been is searched."""
    if wanted.bbox is None or view.coarsen_m is None:
        return
    wide = replace(wanted, bbox=grow(wanted.bbox, view.coarsen_m))
    while found := search(connection, case_id, wide, after=after, most=MANY):
        for revision in map(view.show, found):
            if overlaps(revision.bounds, wanted.bbox):
                yield revision
        after = found[-1].subject


async def read_latest_shown(store: Store, case_id: str, name: str, view: View = WHOLE) -> Revision:
    """
    Read the latest revision of an observation that is shown.

    Raises
    ------
    NotKeptError
        If there is none.
    """
    until = write_instant(view.until) if view.until else None
    found = await read_kept(store, read_latest, case_id, "feature", name, until)
    if found is None:
        raise _say_none(case_id, name)
    return view.show(found)


async def read_log(
    store: Store, case_id: str, name: str, *, after: int = 0, most: int = 1000
) -> list[Revision]:
    """
    Read the revisions of an observation, the oldest first, after one of a number.

    Raises
    ------
    NotKeptError
        If there is none.
    """
    found: list[Revision] = await read_kept(
        store, list_revisions, case_id, name, "feature", after_number=after, most=most
    )
    if not found and not after:
        raise _say_none(case_id, name)
    return found


async def find_role(store: Store, case_id: str, name: str, actor: str | None) -> str:
    """Find what revising an observation takes: of others, more; raises as `read_log` does."""
    author = await read_kept(store, find_author, case_id, "feature", name)
    if author is None:
        raise _say_none(case_id, name)
    return "contributor" if author == actor else "editor"


def _say_none(case_id: str, name: str) -> NotKeptError:
    return NotKeptError(f"there is no observation {name!r} in case {case_id!r}")


async def assemble_shown(  # noqa: PLR0913 - as `assemble`
    store: Store, case_id: str, as_of: str | None, known_at: str | None, view: View = WHOLE,
    claim: str | None = None, *, with_claims: bool = True,
) -> Assembled:  # fmt: skip
    """Put the case together as it is shown; raises as `assemble` does."""
    then, known = read_instant(as_of, "as_of"), read_known(known_at)
    await settle(store, case_id, known)
    return await read_kept(
        store, assemble, case_id, then, view.cap(known), view.coarsen_m, claim=claim,
        with_claims=with_claims,
    )  # fmt: skip


def tag_of(body: bytes, media_type: str) -> str:
    """Give the ETag of what is answered to a body, in a form."""
    return f'"{hashlib.sha256(body + media_type.encode()).hexdigest()[:32]}"'


def unless_known(known: str | None, body: bytes, media_type: str) -> Response:
    """Answer with a body, or that it is what the caller knows (304)."""
    tag = tag_of(body, "")
    if names(known, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, headers={"ETag": tag}, media_type=media_type)

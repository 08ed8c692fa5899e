"""Claims of a case are held against its maps: as they are read, and again as evidence changes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from encircle.map.door.spelling import is_absent
from encircle.store.assembling import find_instant
from encircle.store.ratings import Rated, list_ratings, note_rating
from encircle.store.revisions import NotKeptError, lock_case, write_instant
from encircle.store.searching import Wanted, search
from encircle.version import __version__

from .case_answers import assemble_shown, read_latest_shown
from .cases import keep, read_instant, read_kept
from .errors import describe

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from encircle.store.assembling import Assembled
    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

    from .service import Service

Json = dict[str, Any]
MOST_CLAIMS = 10_000
"""Of one case."""


def is_claim(revision: Revision) -> bool:
    """Tell whether a revision says a claim."""
    said = (revision.document or {}).get("properties") or {}
    return bool(said.get("kind") == "claim")


def list_claims(connection: Connection, case_id: str) -> list[Revision]:
    """List the claims that stand in a case."""
    return search(connection, case_id, Wanted(kind="claim"), most=MOST_CLAIMS)


async def find_map(service: Service, case_id: str, claim: Revision) -> Assembled:
    """Put together the map of the day a claim speaks of."""
    made_at = find_day(claim)
    return await assemble_shown(service.store, case_id, made_at, None, claim=claim.subject)


async def find_evidence(service: Service, case_id: str, day: str | None) -> Assembled:
    """Put together what all claims made on a day are held against: that map, and no claim on it."""
    return await assemble_shown(service.store, case_id, day, None, with_claims=False)


async def rate_claim(service: Service, case_id: str, name: str) -> Json:
    """
    Hold a claim against the map of the day it speaks of, and note a rating that differs.

    Raises
    ------
    NotKeptError
        If there is no such claim.
    UnavailableError, TooSlowError
        If it could not be rated now.
    """
    claim = await read_latest_shown(service.store, case_id, name)
    if not is_claim(claim):
        raise NotKeptError(f"there is no claim {name!r} in case {case_id!r}")
    return await rate_on(service, case_id, claim, await find_map(service, case_id, claim))


async def rate_on(service: Service, case_id: str, claim: Revision, found: Assembled) -> Json:
    """Hold a claim against a map, note a rating that differs, and answer as HTTP does."""
    name, feature, made_at = claim.subject, claim.document, find_day(claim)
    answer = await service.ask(b"c", b'{"brief":true,"situations":[%s]}' % found.judged)
    if answer.status != 200:  # noqa: PLR2004 - OK
        return {"claim": feature, "rating": None, "problem": orjson.loads(answer.body), "log": []}
    rated_ones = (one for one in orjson.loads(answer.body)["claims"] if one["id"] == name)
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
    kept = await keep(
        partial(_keep_rating, service.store, case_id, name, rated, is_dated=found.is_dated)
    )
    return {"claim": feature, "rating": kept[-1].to_dict(), "log": [one.to_dict() for one in kept]}


def find_day(claim: Revision) -> str | None:
    """Find when a claim was made, as it says; None: it does not, or by a blank as tables do."""
    said = (claim.document or {}).get("properties") or {}
    made_at = said.get("made_at")
    return None if is_absent(made_at) else str(made_at)


def _keep_rating(
    store: Store, case_id: str, name: str, rated: Rated, *, is_dated: bool
) -> list[Rated]:
    """
    Note a rating that differs.

    Where neither the claim nor its case has a day each instant is another, and says nothing new.
    """
    with store.writing() as connection:
        lock_case(connection, case_id)  # of two who rate it at one time one notes it
        log = list_ratings(connection, case_id, name)
        if not is_dated and log and _say(log[-1]) == _say(rated):
            return log
        return note_rating(connection, case_id, name, rated, datetime.now(UTC))


def _say(rated: Rated) -> tuple[str | None, str | None]:
    return rated.rating, rated.definition

"""Who may do what in a case, and what a request to it says."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, TypeVar

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from pydantic import BaseModel

from encircle.errors import InputFault
from encircle.map.door.contract import parse_instant
from encircle.store.checking import check_collection
from encircle.store.clock import wait_until_settled
from encircle.store.keys import LOCAL, are_there_keys, find_actor, is_loopback
from encircle.store.publishing import Publication, View, read_publication
from encircle.store.revisions import ConflictError, NotKeptError, write_instant
from encircle.store.searching import Wanted
from encircle.store.settings import read_settings

from .errors import (
    PUBLIC_MARK,
    ForbiddenError,
    NoKeyError,
    PreconditionError,
    RequestError,
)
from .service import find_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

    from encircle.store.keys import Actor
    from encircle.store.opening import Store

    from .service import Service

Result = TypeVar("Result")
Asked = ParamSpec("Asked")
Model = TypeVar("Model", bound=BaseModel)
LOST = re.compile("[\\x00\\ud800-\\udfff]")
"""No UTF-8 writes the one, no PostgreSQL the other."""
LARGEST = 2**63
"""Integers from here on have no 64 bits. Source: orjson."""
REMEDY = "Write it as RFC 3339, like 2025-03-14T12:00:00Z; in an address a + is written %2B"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks, and what they may do."""

    name: str | None
    actor: Actor | None
    is_local: bool
    """From this machine, while nobody has a key."""
    usual: Publication = field(default_factory=Publication)
    """What readers without a key are given, where a case does not say."""

    def may(self, role: str, case_id: str) -> bool:
        """Tell whether the caller may do what takes a role."""
        return self.is_local or (self.actor is not None and self.actor.may(role, case_id))

    def check(self, role: str, case_id: str) -> str:
        """
        Give the caller's name, if it may do what takes a role.

        Raises
        ------
        NoKeyError
            If a key is needed and none was sent, or one that does not count.
        ForbiddenError
            If the key may do less.
        """
        if self.is_local:
            return LOCAL
        if self.actor is None:
            raise NoKeyError
        if not self.actor.may(role, case_id):
            raise ForbiddenError(self.actor.name, role, case_id)
        return self.actor.name

    def check_known(self) -> None:
        """
        Read nothing of what a stranger sends where it would be refused anyhow.

        Raises
        ------
        NoKeyError
            If a key is needed and none was sent.
        """
        if self.name is None:
            raise NoKeyError

    def look(self, connection: Connection, case_id: str, now: datetime | None = None) -> View:
        """
        Give what of a case the caller is shown: all of it to who may read it, else what is public.

        Raises
        ------
        NoKeyError, ForbiddenError
            If nothing of it is public; or if there is no such case.
        """
        if self.may("reader", case_id):
            return View()
        view = read_publication(connection, case_id, self.usual).view(now or datetime.now(UTC))
        with suppress(NotKeptError):
            # A case that is shut, one that is too young and one that is not are told alike.
            read_settings(connection, case_id, view.until)
            if read_publication(connection, case_id, self.usual).open:
                return view
        self.check("reader", case_id)
        raise NoKeyError


async def look(service: Service, caller: Caller, case_id: str) -> View:
    """Find what of a case the caller is shown; raises as `Caller.look` does."""
    if caller.may("reader", case_id):
        return View()
    view = await read_kept(service.store, caller.look, case_id)
    await settle(service.store, case_id, view.until)
    return view


async def settle(store: Store, case_id: str, known_at: datetime | None) -> None:
    """Wait for whoever writes what will have been known at an instant; None: nobody asks."""
    if known_at is not None:
        await run_sync(wait_until_settled, store, case_id, known_at)


def is_shown(connection: Connection, caller: Caller, case_id: str) -> bool:
    """Tell whether the caller is shown anything of a case that there is."""
    try:
        caller.look(connection, case_id)
    except (NoKeyError, ForbiddenError):
        return False
    return True


async def find_caller(request: Request) -> Caller:
    """Find who asks: by a key, or from this machine as long as nobody has one."""
    for part, text in (*request.path_params.items(), *request.query_params.items()):
        if "\0" in text:
            raise RequestError([InputFault(f"?{part}", "a NUL", "Take that character out")])
    service = find_service(request)
    given = _read_key(request.headers.get("authorization", ""))
    actor, keyed = await run_sync(_look_up, service.store, given)
    is_local = not keyed and _is_loopback(request)
    if given and actor is None and not is_local:
        raise NoKeyError
    name = actor.name if actor else LOCAL if is_local else None
    return Caller(name, actor, is_local, service.settings.public)


def _read_key(shown: str) -> str:
    """Read the key out of a header `Authorization` (RFC 6750, 2.1)."""
    scheme, _, key = shown.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


async def name_actor(store: Store, shown: str) -> str | None:
    """Name whose key a header `Authorization` shows; None: nobody's."""
    actor, _ = await run_sync(_look_up, store, _read_key(shown))
    return actor.name if actor else None


def _look_up(store: Store, key: str) -> tuple[Actor | None, bool]:
    with store.reading() as connection:
        return find_actor(connection, key) if key else None, are_there_keys(connection)


def _is_loopback(request: Request) -> bool:
    """
    Tell whether this machine itself asks, under a name of its own.

    A page from elsewhere whose name was made to stand for this machine asks under that name.
    """
    if request.client is None or not is_loopback(request.client.host):
        return False
    return is_loopback(request.url.hostname or "")


CallerDep = Annotated[Caller, Depends(find_caller)]


async def keep(work: Callable[[], Result]) -> Result:
    """Have a thread of its own wait for the database."""
    return await run_sync(work)


async def read_kept(
    store: Store, work: Callable[Concatenate[Connection, Asked], Result],
    *args: Asked.args, **named: Asked.kwargs,
) -> Result:  # fmt: skip
    """Have a thread of its own ask the database; `work` is given a connection first."""
    return await run_sync(lambda: _read(store, work, *args, **named))


def _read(
    store: Store, work: Callable[Concatenate[Connection, Asked], Result],
    *args: Asked.args, **named: Asked.kwargs,
) -> Result:  # fmt: skip
    with store.reading() as connection:
        return work(connection, *args, **named)


def parse_object(raw: bytes) -> dict[str, Any]:
    """
    Parse a body that is an object.

    Raises
    ------
    UnreadableError, RequestError
        If it is no JSON, or no object.
    """
    from .bodies import parse_plain  # noqa: PLC0415 - it brings the engine

    return check_kept(parse_plain(raw))


def parse_as(model: type[Model], raw: bytes) -> Model:
    """
    Parse a body that has the form of a model.

    Raises
    ------
    UnreadableError, RequestError
        If it is no JSON, or not of that form.
    """
    from .bodies import parse_body  # noqa: PLC0415 - it brings the engine

    parsed = parse_body(raw, model)
    check_kept(parsed.model_dump())
    return parsed


def check_kept(body: dict[str, Any]) -> dict[str, Any]:
    """
    Give a body back of which all can be kept as it was said.

    Raises
    ------
    RequestError
        If it holds a number or a text that no database keeps.
    """
    if faults := list(_find_unkept(body, "")):
        raise RequestError(faults)
    return body


def _find_unkept(value: object, pointer: str) -> Iterator[InputFault]:
    if isinstance(value, str):
        if LOST.search(value):
            said = "a text with a NUL or half a surrogate pair, which no database keeps"
            yield InputFault(pointer, said, "Take that character out")
    elif isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in parts:
            at = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
            if isinstance(name, str):
                yield from _find_unkept(name, at)
            yield from _find_unkept(part, at)
    elif isinstance(value, float | int) and not -LARGEST <= value < LARGEST:
        said = f"{value:.4g} is larger than is kept exactly"
        yield InputFault(pointer, said, "Write it as a text, or leave it out")


def read_features(raw: bytes) -> tuple[list[Any], list[str]]:
    """
    Read one Feature, or the features of a collection; and what of a whole map is not read.

    Raises
    ------
    UnreadableError, RequestError
        If it is no JSON, or neither.
    """
    body = parse_object(raw)
    features = body.get("features") if body.get("type") == "FeatureCollection" else [body]
    check_collection(body)
    if not isinstance(features, list):
        remedy = 'Give a Feature, or {"type": "FeatureCollection", "features": [...]}'
        raise RequestError([InputFault("/features", "no list of features", remedy)])
    unread = "Not read: the member `situation`. A case has settings of its own, changed by PUT."
    return features, [unread] if "situation" in body else []


def read_instant(text: str | None, name: str) -> datetime | None:
    """
    Read an instant of the query; a bare day is its end, as in a file.

    Raises
    ------
    RequestError
        If it is none.
    """
    if text is None:
        return None
    try:
        read = parse_instant(text)
    except (ValueError, OverflowError):
        read = None
    if not isinstance(read, datetime):
        said = f"{text!r:.80} is no instant"
        fault = InputFault(f"?{name}", said, REMEDY)
        raise RequestError([fault])
    whole_day = re.fullmatch(r"\s*[\d/-]{8,10}\s*", text)
    return datetime.combine(read, datetime.max.time(), UTC) if whole_day else read


def read_known(text: str | None) -> datetime | None:
    """
    Read as of which instant's knowledge is asked.

    Raises
    ------
    RequestError
        If it is none, or still to come: what is answered for it now would be another then.
    """
    read = read_instant(text, "known_at")
    if read is not None and read > datetime.now(UTC):
        said = f"{text!r:.80} is still to come, and nobody knows what will be known"
        remedy = "Give an instant that is past (a bare day is its end), or leave it out: all by now"
        raise RequestError([InputFault("?known_at", said, remedy)])
    return read


def read_match(given: str | None, *, of_case: bool = False) -> int:
    """
    Read which revision a correction corrects.

    Parameters
    ----------
    of_case
        Whether it is a case's settings, which are read with what is public (`"3-p2"`).

    Raises
    ------
    PreconditionError
        If the request does not say.
    """
    written = (given or "").strip()
    beside = rf"(?:-{PUBLIC_MARK}\d{{1,9}})?" if of_case else ""
    found = re.fullmatch(rf'"(\d{{1,9}}){beside}(?:-gzip)?"|(\d{{1,9}})', written)
    if found is None:
        raise PreconditionError(written)
    return int(found[1] or found[2])


def read_public_match(given: str) -> int:
    """
    Read which revision of what is public is changed: of `"p2"`, or of a case's `"3-p2"`.

    Raises
    ------
    PreconditionError
        If it is weak, or none.
    ConflictError
        If it is of something else, such as a case's settings: their number is another.
    """
    written = given.strip()
    if written.startswith("W/") or not written:
        raise PreconditionError(written)
    found = re.fullmatch(rf'"(?:\d{{1,9}}-)?{PUBLIC_MARK}(\d{{1,9}})(?:-gzip)?"', written)
    if found is None:
        said = f"{written:.40} is no ETag of what is public, which is as "
        said += f'"{PUBLIC_MARK}2": give that of GET /v1/cases/{{id}} or of the last answer here'
        raise ConflictError(said, 0, "access")
    return int(found[1])


def read_why(asked: str | None, body: Mapping[str, Any]) -> str:
    """Read the reason, from the query or the body; the log refuses none."""
    return str(asked or body.get("why") or "")


def read_wanted(
    bbox: str | None, between: str | None, known_at: str | None = None, **named: str | None
) -> Wanted:
    """
    Read which observations are asked for.

    Parameters
    ----------
    bbox, between, known_at
        As the query writes them.
    named
        Kind, shape or force that is asked for.

    Raises
    ------
    RequestError
        If a box or an instant cannot be read.
    """
    since, until = _read_between(between)
    known = read_known(known_at)
    return Wanted(
        bbox=_read_box(bbox), since=since, until=until,
        known_at=write_instant(known) if known else None, **named,
    )  # fmt: skip


def _read_box(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        ends = [float(part) for part in text.split(",")]
        if len(ends) == 6:  # noqa: PLR2004 - with heights, which nothing here has
            del ends[2::3]
        west, south, east, north = ends
    except ValueError:
        west = south = east = north = math.nan
    if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004
        said = f"{text!r:.80} is no box"
        fault = InputFault(
            "?bbox", said, "Write west,south,east,north in degrees: 34.5,50.9,35.8,51.5"
        )
        raise RequestError([fault])
    return west, south, east, north


OF_GDAL = re.compile(r"^(\d{4}-\d\d-\d\d)T$")
"""A day of a filter, as GDAL asks for it (seen of 3.12)."""


def _read_between(text: str | None) -> tuple[str | None, str | None]:
    """Read an instant or an interval, from/to with .. for open, as OGC API - Features has it."""
    if text is None:
        return None, None
    first, slash, last = (OF_GDAL.sub(r"\1", end) for end in text.partition("/"))
    if not slash:
        last = first
    ends = [None if end in ("", "..") else read_instant(end, "datetime") for end in (first, last)]
    if len(first) <= len("2025-03-14") and ends[0] is not None:  # a bare day begins at midnight
        ends[0] = ends[0].replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = (write_instant(end) if end else None for end in ends)
    return since, until

"""
What watches have to tell is sent: signed, to public addresses by https, and never where it is led.

Who may post a watch chooses where this service calls. So the name is resolved once, every address
it has must be public, and the connection goes to that very address; an answer that leads elsewhere
is a failure like any other.
"""

from __future__ import annotations

import asyncio
import http.client
import ipaddress
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from anyio.to_thread import run_sync

from encircle.errors import InputFault, SituationError
from encircle.store.assembling import assemble
from encircle.store.opening import StoreBusyError
from encircle.store.watches import (
    Due,
    list_watched,
    list_watches,
    look,
    note_attempt,
    read_hook,
    sign,
    take_due,
)

from .errors import RequestError, TooSlowError, UnavailableError
from .logs import build_logger, trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from .service import Service

TIMEOUT_S = 10.0
"""For connecting, and for each answer, seconds."""
PAUSE_S = 2.0
"""Between two looks into the outbox, seconds."""
DEBOUNCE = timedelta(seconds=30)
"""After a revision a case is looked at no sooner: analysts post in bursts."""
RETRY = timedelta(minutes=10)
"""What took too long, or failed, is looked at no sooner again."""
ANSWER_BYTES = 1024

INNER = tuple(map(ipaddress.ip_network, (
    "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "fec0::/10", "192.0.0.0/24",
    "192.88.99.0/24",
)))  # fmt: skip
"""Called global by Python 3.11, and not where a translator stands (RFC 2765, RFC 4291, RFC 6052,
RFC 7526, RFC 8215), at a site (RFC 3879), or where a cloud keeps its secrets (RFC 6890)."""


class NotSentError(Exception):
    """It could not be sent, and the message says why."""


def is_public(address: str) -> bool:
    """
    Tell an address that anybody on the internet reaches, and that leads nowhere else.

    Examples
    --------
    >>> [is_public(one) for one in ("93.184.216.34", "10.0.0.1", "64:ff9b::7f00:1", "fe80::1%eth0")]
    [True, False, False, False]
    """
    place = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(place, "ipv4_mapped", None) or getattr(place, "sixtofour", None) or place
    is_inner = any(place in network for network in INNER)
    return place.is_global and inner.is_global and not place.is_multicast and not is_inner


def check_url(url: str) -> None:
    """
    Refuse an address to be told at that is within, as it is written; a name is looked up later.

    Raises
    ------
    RequestError
        If it is.
    SituationError
        If it is no address that can be called.
    """
    host = read_hook(url).host
    with suppress(ValueError):
        if not is_public(host):
            fault = InputFault("/url", f"{host} is not public", "Give an address others reach")
            raise RequestError([fault])


def resolve(host: str, port: int) -> str:
    """
    Give the address a name stands for.

    Raises
    ------
    NotSentError
        If it has none, or one that is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotSentError(f"{host} has no address: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_public(address):
            raise NotSentError(f"{host} is at {address}, which is not public")
    if not addresses:
        raise NotSentError(f"{host} has no address")
    return addresses[0]


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, under the name it was resolved from."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT_S)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[attr-defined]


def post(due: Due, find: Callable[[str, int], str] = resolve, connect: Any = _Pinned) -> None:  # noqa: ANN401
    """
    Send one thing.

    Raises
    ------
    NotSentError
        If it was not taken: no public address, no answer, or another answer than 2xx.
    """
    try:
        hook = read_hook(due.url)
    except SituationError as error:  # kept before it was refused
        raise NotSentError(f"{error.faults[0].message}; {error.faults[0].remedy}") from error
    connection = connect(hook.host, hook.port, find(hook.host, hook.port))
    headers = {
        "Content-Type": "application/json", "User-Agent": "encircle",
        "Encircle-Signature": sign(due.secret, due.body, int(time.time())),
        "Idempotency-Key": str(due.id),
    }  # fmt: skip
    try:
        connection.request("POST", hook.target, due.body.encode(), headers)
        answer = connection.getresponse()
        answer.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NotSentError(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - a success
        raise NotSentError(f"answered {answer.status}")


@dataclass
class Sender:
    """Looks at cases that changed, and sends what is in the outbox, while the service runs."""

    service: Service
    send: Callable[[Due], None] = post
    debounce: timedelta = DEBOUNCE
    changed: dict[str, datetime] = field(default_factory=dict)
    """Cases to be looked at, and not before when."""
    _task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin, with what was posted before the service ended and nobody looked at."""
        now = datetime.now(UTC)
        with self.service.store.reading() as connection:
            self.changed = dict.fromkeys(list_watched(connection), now)
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """End; what was not sent is sent after the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def note(self, case_id: str) -> None:
        """Have a case looked at after a while: it changed."""
        self._plan(case_id, datetime.now(UTC) + self.debounce)

    async def _run(self) -> None:
        while True:
            try:
                await self.step(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - one fault must not end all that follows
                self._note_fault(error)
            await asyncio.sleep(PAUSE_S)

    async def step(self, now: datetime) -> None:
        """Look at what changed long enough ago, and send what is due."""
        for case_id in [name for name, at in self.changed.items() if at <= now]:
            del self.changed[case_id]
            wait = await self._look_alone(case_id, now)
            if wait is not None:
                self._plan(case_id, now + wait)
        for due in await run_sync(self._take, now):
            error = await run_sync(self._try, due)
            await run_sync(self._note, due, error)

    async def _look_alone(self, case_id: str, now: datetime) -> timedelta | None:
        """Look at a case; tell after how long again, where something was not judged."""
        try:
            return await self._look(case_id, now)
        except StoreBusyError:
            return self.debounce
        except Exception as error:  # noqa: BLE001 - one case's fault is no other's
            self._note_fault(error, case=case_id)
            return RETRY

    async def _look(self, case_id: str, now: datetime) -> timedelta | None:
        watches, raw = await run_sync(self._read, case_id)
        judgements, waits = {}, list[timedelta]()
        for force in dict.fromkeys(watch.force for watch in watches):
            options = b'{"most_worlds":0}'
            body = b'{"force":%s,"options":%s,"situation":%s}' % (orjson.dumps(force), options, raw)
            try:
                answer = await self.service.ask(b"j", body)
            except UnavailableError:  # every worker is taken
                waits.append(self.debounce)
                break
            except TooSlowError:
                waits.append(RETRY)
                continue
            if answer.status == HTTPStatus.OK:
                judgements[force] = orjson.loads(answer.body)
            elif answer.status != HTTPStatus.UNPROCESSABLE_ENTITY:  # not the map's fault
                waits.append(RETRY)
        await run_sync(self._write, case_id, judgements, now)
        return min(waits, default=None)

    def _plan(self, case_id: str, at: datetime) -> None:
        """Have a case looked at, no sooner than it is to be already."""
        self.changed[case_id] = min(at, self.changed.get(case_id, at))

    def _note_fault(self, error: Exception, **of: str) -> None:
        """Tell whoever runs the service what failed, and where."""
        self.service.metrics.faults.inc()
        build_logger().error("sender", error=type(error).__name__, trace=trace(error), **of)

    def _read(self, case_id: str) -> tuple[list[Any], bytes]:
        with self.service.store.reading() as connection:
            watches = list_watches(connection, case_id, going_on=True)
            return watches, assemble(connection, case_id).raw if watches else b""

    def _write(self, case_id: str, judgements: dict[str, Any], now: datetime) -> None:
        with self.service.store.writing() as connection:
            look(connection, case_id, judgements, now)

    def _take(self, now: datetime) -> list[Due]:
        with self.service.store.reading() as connection:
            return take_due(connection, now)

    def _try(self, due: Due) -> str | None:
        try:
            self.send(due)
        except NotSentError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - what cannot be sent keeps no other waiting
            self._note_fault(error)
            return f"a fault of the service: {type(error).__name__}"
        return None

    def _note(self, due: Due, error: str | None) -> None:
        with self.service.store.writing() as connection:
            note_attempt(connection, due, error, datetime.now(UTC))

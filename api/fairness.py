"""No one caller takes all: a bucket of requests, one of seconds of work, a share of the queue."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from .access import describe_as_response
from .errors import TooManyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .settings import Settings

WINDOW_S = 60.0
"""A bucket that was emptied is full again after this, seconds."""
MOST_CALLERS = 10_000
"""Callers remembered; of more, whoever was seen longest ago is forgotten: full again."""
KNOWN_S = 10.0
"""So long it is remembered whose a key is, seconds."""
WORKED = re.compile(rb"work;dur=([0-9.]+)")
FREE = ("/healthz", "/readyz", "/metrics")
"""Asked by machines that watch over this one."""


@dataclass(slots=True)
class Bucket:
    """What a caller has left; it fills by itself."""

    size: float
    left: float
    at: float

    def fill(self, now: float) -> None:
        """Let it fill up to now."""
        self.left = min(self.size, self.left + (now - self.at) * self.size / WINDOW_S)
        self.at = now

    def wait_s(self) -> int:
        """How long until something is in it again, whole seconds; 0 where there is."""
        return 0 if self.left > 0 else math.ceil(-self.left * WINDOW_S / self.size) or 1


@dataclass(slots=True)
class Caller:
    """A key, or an address."""

    requests: Bucket
    seconds: Bucket
    at_once: int = 0


class Fairness:
    """
    ASGI middleware: 429 for whoever asks for more than his part (RFC 6585, 4).

    Work is paid for when it is done, by the seconds it took: a bucket may fall below nothing, and
    is waited for until it is above again.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, whose: Callable[[str], Awaitable[str | None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._app = app
        self._settings = settings
        self._whose = whose
        self._clock = clock
        self._known: OrderedDict[str, tuple[str | None, float]] = OrderedDict()
        self._callers: OrderedDict[str, Caller] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or tell when to come again."""
        if scope["type"] != "http" or scope["path"] in FREE or not self._settings.fair_requests:
            await self._app(scope, receive, send)
            return
        caller, now = self._find(await self._name(scope)), self._clock()
        for bucket in (caller.requests, caller.seconds):
            bucket.fill(now)
        wait_s = max(caller.requests.wait_s(), caller.seconds.wait_s())
        if caller.at_once >= self._settings.fair_share:
            wait_s = max(wait_s, 1)
        if wait_s:
            await describe_as_response(TooManyError(wait_s))(
                scope, receive, self._tell(caller, send)
            )
            return
        caller.requests.left -= 1
        caller.at_once += 1
        try:
            await self._app(scope, receive, self._tell(caller, send))
        finally:
            caller.at_once -= 1

    async def _name(self, scope: Scope) -> str:
        """
        Name a caller by its key, or by its address where it shows none that counts.

        Else whoever makes up a key for each request would be somebody new each time.
        """
        shown = Headers(scope=scope).get("authorization", "")
        if not shown:
            return _locate(scope)
        name, now = hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest(), self._clock()
        known = self._known.get(name)
        if known is None or known[1] <= now:
            known = self._known[name] = (await self._whose(shown), now + KNOWN_S)
            if len(self._known) > MOST_CALLERS:
                self._known.popitem(last=False)
        return _locate(scope) if known[0] is None else f"key {known[0]}"

    def _find(self, name: str) -> Caller:
        caller = self._callers.get(name)
        if caller is None:
            now, settings = self._clock(), self._settings
            requests, seconds = float(settings.fair_requests), settings.fair_seconds
            caller = Caller(Bucket(requests, requests, now), Bucket(seconds, seconds, now))
            self._callers[name] = caller
            if len(self._callers) > MOST_CALLERS:
                self._callers.popitem(last=False)
        self._callers.move_to_end(name)
        return caller

    def _tell(self, caller: Caller, send: Send) -> Send:
        """Take what the work took out of the bucket, and say in the head what is left."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                for key, value in message.get("headers", ()):
                    found = WORKED.search(value) if key == b"server-timing" else None
                    if found:
                        caller.seconds.left -= float(found[1]) / 1000
                left = math.floor(max(0.0, caller.requests.left))
                said = f'"requests";r={left};t={math.ceil(WINDOW_S)}'
                policy = f'"requests";q={self._settings.fair_requests};w={WINDOW_S:.0f}'
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"ratelimit", said.encode()), (b"ratelimit-policy", policy.encode()),
                ]  # fmt: skip
            await send(message)

        return send_on


def _locate(scope: Scope) -> str:
    """Name a caller by its address, of IPv6 the network."""
    host = scope["client"][0] if scope.get("client") else ""
    return ":".join(host.split(":")[:4]) if ":" in host else host

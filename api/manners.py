"""
What every resource keeps to: its own names, its own pages, HEAD as GET, and what is long packed.

A browser carries requests of pages from elsewhere. It tells where they come from (`Origin`), and
under which name it looked this service up (`Host`): a name that was made to stand for this machine
(DNS rebinding) is not one of ours.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware

from encircle.store.keys import is_loopback

from .access import describe_as_response
from .errors import ForeignOriginError, MisdirectedError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY = "*"
LEAST_BYTES = 1_400
"""Shorter answers go in one packet as they are."""
LEVEL = 5
"""Of gzip, 1 to 9: past it a judgement gets hardly shorter, and takes longer."""
READS = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing (RFC 9110, 9.2.1)."""


class Addressed:
    """
    ASGI middleware: refuses what is meant for another name (421), or sent by another site (403).

    An address in figures is always ours: no name stands in between. Further names are those of
    this machine and those the operator gives.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], origins: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = {name.lower() for name in (*hosts, socket.gethostname())}
        self._origins = set(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "http" and (error := self._find_fault(scope)) is not None:
            await describe_as_response(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _find_fault(self, scope: Scope) -> Exception | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host"), headers.get("origin")
        if host is not None and not self._is_ours(host):
            return MisdirectedError(host)
        if origin is None or scope["method"] in READS or {origin, ANY} & self._origins:
            return None
        return None if origin.partition("://")[2] == host else ForeignOriginError(origin)

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if ANY in self._hosts or name in self._hosts or is_loopback(name):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


class HeadAsGet:
    """ASGI middleware: answers HEAD wherever GET is answered (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; all but HEAD pass through."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        as_get = {**scope, "method": "GET"}
        try:
            await self._app(as_get, receive, send_head)
        finally:
            scope.update({key: as_get[key] for key in ("route", "endpoint") if key in as_get})


PACKED_TAG = '-gzip"'
"""How the ETag of what is packed ends."""


class Packed:
    """
    ASGI middleware: packs what is long, for who takes it (RFC 9110, 8.4.1.3), and marks its ETag.

    A strong ETag stands for the very bytes (RFC 9110, 8.8.1), which packed are others; a weak one
    would match nothing that is to be corrected (13.1.1).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._pack = GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                tag = headers.get("etag", "")
                if "content-encoding" in headers and tag.startswith('"'):
                    headers["etag"] = tag[:-1] + PACKED_TAG
            await send(message)

        await self._pack(scope, receive, send_on)


def names(given: str | None, tag: str) -> bool:
    """
    Tell whether `If-None-Match` names an ETag, weak or strong, packed or not (RFC 9110, 13.1.2).

    Examples
    --------
    >>> given = ('"a"', 'W/"a"', '"a-gzip"', '"b", "a"', "*", '"b"', None)
    >>> [names(one, '"a"') for one in given]
    [True, True, True, True, True, False, False]
    """
    listed = [one.strip().removeprefix("W/") for one in (given or "").split(",")]
    listed = [f'{one.removesuffix(PACKED_TAG)}"' if one.endswith(PACKED_TAG) else one
              for one in listed]  # fmt: skip
    return tag in listed or listed == ["*"]

"""Whoever hangs up is worked for no longer; whoever sends slowly, or too much, is told so."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from .errors import BusyError, TooSlowBodyError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HungUpError(Exception):
    """Whoever asked is gone."""


class HangUp:
    """
    ASGI middleware: stops answering a request as soon as its connection is closed.

    It alone hears what comes, one message ahead of who reads: so a body is taken no faster than it
    is read, and the end of the connection is heard while work goes on. Work that is stopped leaves
    the queue, or takes its worker with it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or leave off."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        heard: asyncio.Queue[Message] = asyncio.Queue(1)
        gone = asyncio.Event()

        async def listen() -> None:
            while not gone.is_set():
                message = await receive()
                if message["type"] == "http.disconnect":
                    gone.set()
                await heard.put(message)

        async def hear() -> Message:
            if gone.is_set() and heard.empty():
                return {"type": "http.disconnect"}
            return await heard.get()

        listener = asyncio.create_task(listen())
        answering = asyncio.ensure_future(self._app(scope, hear, send))
        leaving = asyncio.create_task(gone.wait())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                answering.cancel()
                with suppress(asyncio.CancelledError):
                    await answering
                raise HungUpError
            await answering
        finally:
            for task in (listener, leaving, answering):
                task.cancel()
            await asyncio.gather(listener, leaving, answering, return_exceptions=True)


class Intake:
    """
    What is being read of all requests together, and for how long.

    Parameters
    ----------
    most_bytes
        Of all bodies that are being read at one time.
    most_s
        From the first byte of a body to its last, seconds.
    """

    def __init__(self, most_bytes: int, most_s: float) -> None:
        self.most_s = most_s
        self.left = most_bytes

    def take(self, size: int) -> None:
        """
        Make room for more.

        Raises
        ------
        BusyError
            If others have it.
        """
        if size > self.left:
            raise BusyError
        self.left -= size

    def give_back(self, size: int) -> None:
        """Make room again for what was taken."""
        self.left += size

    def limit(self) -> asyncio.Timeout:
        """Limit how long a body may take."""
        return asyncio.timeout(self.most_s)

    def tell_slow(self) -> TooSlowBodyError:
        """Say that it took too long."""
        return TooSlowBodyError(self.most_s)

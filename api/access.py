"""The outermost layer: counts and logs every request, and lets no error through as a traceback."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from .errors import PROBLEM_JSON, describe
from .logs import build_logger, trace
from .patience import HungUpError
from .tracing import TRACE, Spans, begin_trace, note_answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .metrics import Metrics

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
GONE = 499
"""Status logged, and never sent, where the caller hung up."""


def describe_as_response(error: BaseException) -> Response:
    """Tell an error as a response."""
    problem = describe(error)
    return Response(problem.body, problem.status, problem.headers, PROBLEM_JSON)


@dataclass(slots=True)
class Exchange:
    """One request on its way through."""

    send_on: Send
    name: str
    """What the request is called."""
    status: int = 0

    async def send(self, message: Message) -> None:
        """Pass a message on, and keep the status."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            nosniff = (b"x-content-type-options", b"nosniff")
            named = (b"x-request-id", self.name.encode("ascii"))
            message["headers"] = [*message.get("headers", ()), nosniff, named]
        await self.send_on(message)


class Access:
    """ASGI middleware; logs no body, no query and no address."""

    def __init__(self, app: ASGIApp, metrics: Metrics, spans: Spans) -> None:
        self._app = app
        self._metrics = metrics
        self._spans = spans
        self._logger = build_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other scopes pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, start = Headers(scope=scope), time.perf_counter()
        with self._spans.of_request(headers) as span:
            trace_id, name = begin_trace(headers, self._spans)
            exchange = Exchange(send, name)
            with self._metrics.in_flight.track_inprogress():
                await self._answer(exchange, scope, receive)
            self._note(scope, exchange, trace_id, time.perf_counter() - start, span)

    async def _answer(self, exchange: Exchange, scope: Scope, receive: Receive) -> None:
        try:
            await self._app(scope, receive, exchange.send)
        except (ClientDisconnect, HungUpError):
            exchange.status = GONE
        except Exception as error:
            name = type(error).__name__
            self._metrics.faults.inc()
            self._logger.error(  # noqa: TRY400 - no message
                "fault", request=TRACE.get(), error=name, trace=trace(error)
            )
            if exchange.status:
                raise
            await describe_as_response(error)(scope, receive, exchange.send)

    def _note(
        self, scope: Scope, exchange: Exchange, trace_id: str, seconds: float, span: object
    ) -> None:
        status = exchange.status
        # As it is documented: that slashes may stand in a part is no part of its name.
        route = getattr(scope.get("route"), "path", "unmatched").replace(":path}", "}")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(route, method, str(status)).inc()
        note_answer(span, method, route, status)
        self._logger.info(
            "request", request=trace_id, name=exchange.name, method=method, route=route,
            status=status, ms=round(seconds * 1000, 2),
        )  # fmt: skip

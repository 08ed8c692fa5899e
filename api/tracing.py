"""
One request by one name: from the header it came with, through the worker, into every log.

Where the environment says to whom, it is told as spans of OpenTelemetry, too. A span holds what the
log holds: a route's template, a status, times; no query, no address, nothing that was asked.
"""

from __future__ import annotations

import os
import re
import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from encircle.version import __version__

from .settings import StartError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.datastructures import Headers

TRACE: ContextVar[str] = ContextVar("encircle_trace", default="0" * 32)
"""The trace that is at hand: 32 hexadecimal digits, as the W3C writes them."""
TRACEPARENT = re.compile(
    r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)
"""Source: W3C Trace Context, 3.2. A later version may say more behind."""
OWN_NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""What a request may call itself, `X-Request-Id`: it stands in our log and in our answer."""


NOT_OF_OUR_FRAMEWORK: Any = dict.fromkeys(("tracing", "metrics", "logs", "auto_configure"), False)
"""FastAPI's own telemetry is off: it would tell the path and the query of each request."""
TOLD_BY = {"otlp": "otlp_proto_http", "console": "console"}
"""Value of `OTEL_TRACES_EXPORTER` to the name under which a package offers its exporter."""


def begin_trace(headers: Headers, spans: Spans) -> tuple[str, str]:
    """
    Begin, or go on with, a request's trace.

    Returns
    -------
    trace, name
        The trace; and what the request is called in the answer: as it called itself, or the trace.

    References
    ----------
    .. [1] W3C Trace Context, https://www.w3.org/TR/trace-context/
    """
    found = TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    trace = spans.trace or (found[1] if found else uuid.uuid4().hex)
    TRACE.set(trace)
    own = headers.get("x-request-id", "")
    return trace, own if OWN_NAME.fullmatch(own) else trace


class Spans:
    """
    What is told of requests and of the work in them to OpenTelemetry; or, without it, to nobody.

    References
    ----------
    .. [1] OpenTelemetry, Semantic conventions for HTTP spans,
       https://opentelemetry.io/docs/specs/semconv/http/http-spans/
    """

    def __init__(self, provider: Any = None) -> None:  # noqa: ANN401 - of a package that may lack
        self._provider = provider
        self._tracer = provider.get_tracer("encircle", __version__) if provider else None

    @property
    def trace(self) -> str | None:
        """The trace of the span that is open, as 32 hexadecimal digits."""
        if self._tracer is None:
            return None
        from opentelemetry.trace import get_current_span  # noqa: PLC0415 - it may lack

        return f"{get_current_span().get_span_context().trace_id:032x}"

    @contextmanager
    def of_request(self, headers: Headers) -> Iterator[Any]:
        """Open the span of a request, below the caller's (`traceparent`)."""
        if self._tracer is None:
            yield None
            return
        from opentelemetry.trace import SpanKind  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        above = TraceContextTextMapPropagator().extract(headers)
        with self._tracer.start_as_current_span("request", above, SpanKind.SERVER) as span:
            yield span

    @contextmanager
    def of_work(self, name: str) -> Iterator[Any]:
        """Open the span of what a worker does, waiting for one included."""
        if self._tracer is None:
            yield None
            return
        # Whatever an error says may quote what was asked: its kind alone is told.
        told = {"record_exception": False, "set_status_on_exception": False}
        with self._tracer.start_as_current_span(name, **told) as span:
            yield span

    def close(self) -> None:
        """Tell what was not told yet."""
        if self._provider is not None:
            self._provider.shutdown()


def note_answer(span: Any, method: str, route: str, status: int) -> None:  # noqa: ANN401
    """Say in a request's span what it was and how it was answered."""
    if span is not None:
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route})
        _note_status(span, status)


def note_work(span: Any, status: int, worked_s: float) -> None:  # noqa: ANN401
    """Say in the span of a worker's work how long it took, seconds, and how it ended."""
    if span is not None:
        span.set_attribute("encircle.worked_s", worked_s)
        _note_status(span, status)


def _note_status(span: Any, status: int) -> None:  # noqa: ANN401
    """Mark what failed by this service's own fault as an error, and nothing else."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415

    span.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.set_status(StatusCode.ERROR)
        span.set_attribute("error.type", str(status))


def open_spans(environment: Mapping[str, str] | None = None) -> Spans:
    """
    Open what spans are told to, as OpenTelemetry's own variables say; nothing, where they do not.

    `OTEL_TRACES_EXPORTER` (otlp, console, none), `OTEL_EXPORTER_OTLP_ENDPOINT` and the others of
    the SDK: resource, sampler, batches.

    Raises
    ------
    StartError
        If they name an exporter that is not installed here.

    References
    ----------
    .. [1] https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    said = os.environ if environment is None else environment
    to = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    name = said.get("OTEL_TRACES_EXPORTER") or ("otlp" if any(map(said.get, to)) else "none")
    if name == "none" or said.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return Spans()
    group = "opentelemetry_traces_exporter"
    try:
        (offered,) = entry_points(group=group, name=TOLD_BY.get(name, name))
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        exporter = offered.load()()
    except (ValueError, ImportError) as error:
        remedy = "install the extra otel (pip install '.[otel]'), or set OTEL_TRACES_EXPORTER=none"
        raise StartError(
            f"spans cannot be told to {name!r}, which is not here: {remedy}"
        ) from error
    own = {"service.version": __version__}
    if "OTEL_SERVICE_NAME" not in said:
        own["service.name"] = "encircle"
    provider = TracerProvider(resource=Resource.create(own))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Spans(provider)

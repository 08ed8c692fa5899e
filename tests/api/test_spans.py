"""Spans of OpenTelemetry: told where the environment says so, below the caller's; and no more."""

import json
import os
import subprocess
import sys

import pytest

from api.settings import StartError
from api.tracing import Spans, open_spans
from tests.api.conftest import _serve

sdk = pytest.importorskip(
    "opentelemetry.sdk.trace", reason="the extra otel is not installed (pip install '.[otel]')"
)
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture(scope="module")
def told():
    """A service whose spans are kept in memory: a client of it, and what gives the spans."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept, provider = InMemorySpanExporter(), sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    with _serve(Spans(provider)) as client:
        yield client, kept


@pytest.fixture
def ask(told):
    """Asks, and gives the answer and what was told of it."""
    client, kept = told

    def asks(*words, **more):
        kept.clear()
        answer = client.request(*words, **more)
        return answer, kept.get_finished_spans()

    return asks


def test_a_judgement_is_a_span_below_its_request_and_that_below_the_caller(ask, situation, capsys):
    parent = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
    answer, (work, request) = ask(
        "POST", "/v1/judgements", json={"situation": situation}, headers=parent
    )
    assert answer.status_code == 200
    assert (work.name, request.name) == ("judge", "POST /v1/judgements")
    assert work.parent.span_id == request.context.span_id
    assert f"{request.parent.span_id:016x}" == CALLER
    assert {f"{span.context.trace_id:032x}" for span in (work, request)} == {TRACE}
    assert 0 < work.attributes["encircle.worked_s"] < (work.end_time - work.start_time) / 1e9
    assert request.attributes["http.response.status_code"] == 200
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["request"] == TRACE


def test_without_a_caller_the_log_names_the_trace_of_the_span(ask, capsys):
    answer, (request,) = ask("GET", "/healthz")
    trace = f"{request.context.trace_id:032x}"
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["request"] == trace
    assert answer.headers["x-request-id"] == trace


@pytest.mark.parametrize(
    ("words", "name", "status"),
    [
        (("GET", "/v1/cases/a-secret/observations?bbox=1,2,3,4"), "/v1/cases/{case_id}", 401),
        (("GET", "/nowhere/a-secret"), "unmatched", 404),
        (("POST", "/v1/judgements?x=a-secret"), "/v1/judgements", 422),
    ],
)
def test_nothing_that_was_asked_is_told_and_a_callers_fault_is_no_error(ask, words, name, status):
    answer, spans = ask(*words, content=b'{"a-secret": 1}' if words[0] == "POST" else None)
    assert answer.status_code == status
    assert name in spans[-1].name
    said = " ".join(span.to_json() for span in spans)
    assert "a-secret" not in said
    assert "bbox" not in said
    assert "testclient" not in said
    assert all(span.status.status_code.name == "UNSET" for span in spans)


def test_a_fault_of_the_service_is_an_error_without_its_words(ask, told, monkeypatch):
    client, _ = told

    async def break_down(*_):
        raise RuntimeError("a-secret")

    monkeypatch.setattr(type(client.app.state.service.pool), "ask", break_down)
    answer, (work, request) = ask("POST", "/v1/judgements", content=b"{}")
    assert answer.status_code == 500
    assert request.status.status_code.name == "ERROR"
    assert "a-secret" not in work.to_json() + request.to_json()


@pytest.mark.parametrize(
    "said",
    [
        {}, {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:1"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:1"},
    ],
)  # fmt: skip
def test_nobody_is_told_unless_the_environment_says_whom(said):
    assert open_spans(said).trace is None


def test_an_endpoint_is_enough():
    spans = open_spans({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:1"})
    assert spans.trace is not None
    spans.close()


def test_the_console_is_told_too():
    order = (
        "from api.tracing import open_spans\n"
        "spans = open_spans()\n"
        "with spans.of_work('judge'): pass\n"
        "spans.close()"
    )
    said = {**os.environ, "OTEL_TRACES_EXPORTER": "console"}
    done = subprocess.run([sys.executable, "-c", order], check=True, capture_output=True, env=said)  # noqa: S603
    span = json.loads(done.stdout)
    assert span["name"] == "judge"
    assert span["resource"]["attributes"]["service.name"] == "encircle"


def test_an_exporter_that_is_not_here_is_refused():
    with pytest.raises(StartError, match="OTEL_TRACES_EXPORTER=none"):
        open_spans({"OTEL_TRACES_EXPORTER": "zipkin"})


def test_the_sdk_is_not_loaded_where_nobody_is_told():
    order = (
        "import sys; from api.main import create_app; from api.settings import Settings; "
        "create_app(Settings(workers=1)); "
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", order], check=False)  # noqa: S603
    assert done.returncode == 0


def test_the_framework_tells_nobody_by_itself():
    """Not even a provider of the whole process: it would be told each path and query."""
    order = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient
from api.main import create_app
from api.settings import Settings
kept, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)
client = TestClient(create_app(Settings(workers=1)), "http://localhost")
assert client.get("/healthz?a-secret").status_code == 200
assert not kept.get_finished_spans(), [span.to_json() for span in kept.get_finished_spans()]
"""
    subprocess.run([sys.executable, "-c", order], check=True)  # noqa: S603

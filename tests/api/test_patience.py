"""Who hangs up is worked for no longer; who sends slowly or without end keeps nobody waiting."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import uvicorn
from prometheus_client import generate_latest

from api.healthy import main as healthy
from api.main import create_app
from api.pool import Answer
from api.settings import Settings, _count_cpus
from encircle import __version__

START_S = 60


@contextlib.contextmanager
def listening(**settings):
    """Serve on loopback, in a thread of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(Settings(**{"workers": 1, "timeout_s": 30.0, **settings}))
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + START_S
    while (
        ask(port, b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[:12]
        != b"HTTP/1.1 200"
    ):
        assert time.monotonic() < end
        time.sleep(0.1)
    yield port, app
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def ask(port, raw):
    try:
        with socket.create_connection(("127.0.0.1", port), 60) as to:
            to.sendall(raw)
            got = b""
            while piece := to.recv(65536):
                got += piece
            return got
    except OSError:
        return b""


def post(body, *, length=None):
    size = len(body) if length is None else length
    head = (
        "POST /v1/judgements HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        f"Content-Length: {size}",
    )
    return "\r\n".join((*head, "", "")).encode() + body


def test_of_those_who_hang_up_nobody_keeps_the_next_waiting(endless, situation):
    with listening(timeout_s=120.0) as (port, app):
        for _ in range(4):  # one at work, three in the queue
            with socket.create_connection(("127.0.0.1", port)) as gone:
                gone.sendall(post(json.dumps({"situation": endless}).encode()))
                time.sleep(0.3)
        before = time.monotonic()
        answer = ask(port, post(json.dumps({"situation": situation}).encode()))
        assert answer.startswith(b"HTTP/1.1 200")
        assert time.monotonic() - before < 30  # a worker starts anew; endless takes minutes
        assert app.state.service.pool.waiting == 0


def test_a_body_that_does_not_come_is_given_up_and_the_others_are_answered(situation):
    with listening(body_timeout_s=1.0) as (port, _):
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(30)]
        for one in slow:
            one.sendall(post(b"{", length=1000))
        answer = ask(port, post(json.dumps({"situation": situation}).encode()))
        assert answer.startswith(b"HTTP/1.1 200")
        told = {one.recv(65536)[:12] for one in slow}
        assert told == {b"HTTP/1.1 408"}
        for one in slow:
            one.close()


def test_of_all_bodies_together_no_more_is_read_than_there_is_room_for(situation):
    with listening(intake_bytes=300_000) as (port, app):
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        for one in held:
            one.sendall(post(b" " * 140_000, length=200_000))
        time.sleep(0.5)
        refused = ask(port, post(b" " * 100_000))
        assert refused.startswith(b"HTTP/1.1 503")
        for one in held:
            one.close()
        time.sleep(0.5)
        assert app.state.service.intake.left == 300_000
        answer = ask(port, post(json.dumps({"situation": situation}).encode()))
        assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("text", "cpus"), [("100000 100000", 1), ("150000 100000", 2), ("max 100000", None), ("", None)]
)
def test_workers_are_as_many_as_the_quota_lets_run(tmp_path, text, cpus):
    (tmp_path / "cpu.max").write_text(text)
    unbound = _count_cpus(tmp_path / "none")
    assert _count_cpus(tmp_path / "cpu.max") == min(unbound, cpus or unbound)


def test_a_request_is_called_by_its_trace_in_answer_and_log(client, capsys):
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = f"00-{trace}-b7ad6b7169203331-01"
    told = client.get("/healthz", headers={"traceparent": parent, "X-Request-Id": "mine-7"})
    assert told.headers["x-request-id"] == "mine-7"
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["request"], line["name"]) == (trace, "mine-7")
    for wrong in ("no name", "x" * 65, "a\u00e9"):
        headers = {"X-Request-Id": wrong.encode("latin-1"), "traceparent": "00-0-0-0"}
        name = client.get("/healthz", headers=headers).headers["x-request-id"]
        assert len(name) == 32


def measured(app):
    """What the counters say, by name and labels."""
    found = app.state.service.metrics.registry.collect()
    return {
        (sample.name.removeprefix("encircle_"), *sample.labels.values()): sample.value
        for metric in found
        for sample in metric.samples
    }


def wait_until(app, **wanted):
    """Wait until the counters say so."""
    end = time.monotonic() + START_S
    while wanted != (told := {name: measured(app)[name,] for name in wanted}):
        assert time.monotonic() < end, told
        time.sleep(0.1)


def test_what_is_measured_tells_waiting_from_work(serve, situation):
    with serve() as client, ThreadPoolExecutor(4) as threads:
        said = {"situation": situation}
        list(threads.map(lambda _: client.post("/v1/judgements", json=said), range(4)))
        told = measured(client.app)
    waited, worked = told["wait_seconds_sum",], told["work_seconds_sum", "judge"]
    # Four at once for one worker: the second waits for one, the third for two, the last for three.
    assert waited > worked / 2 > 0
    assert told["judgement_seconds_sum", "judge"] >= waited + worked
    assert told["wait_seconds_count",] == told["work_seconds_count", "judge"] == 4
    assert (told["queue_length",], told["workers_busy",]) == (0, 0)


def test_queue_busy_workers_and_what_was_started_anew_are_measured(situation, endless):
    body = json.dumps({"situation": endless}).encode()
    with listening(timeout_s=20) as (port, app):
        one, two = (socket.create_connection(("127.0.0.1", port)) for _ in range(2))
        one.sendall(post(body))
        wait_until(app, workers_busy=1, queue_length=0)
        two.sendall(post(body))
        wait_until(app, workers_busy=1, queue_length=1)
        two.close()
        wait_until(app, workers_busy=1, queue_length=0)
        one.close()
        wait_until(app, workers_busy=0, queue_length=0, workers_restarted_total=1)
        assert ask(port, post(json.dumps({"situation": situation}).encode())).startswith(
            b"HTTP/1.1 200"
        )
        assert measured(app)["workers_started_total",] == 2


def test_a_fault_in_a_worker_is_counted_too():
    class Broken:
        async def ask(self, *_):
            return Answer(500, 0, 0.1, b"{}")

    service = create_app(Settings(workers=1)).state.service
    asyncio.run(replace(service, pool=Broken()).ask(b"j", b""))
    assert "encircle_faults_total 1.0" in generate_latest(service.metrics.registry).decode()


def test_what_runs_is_told(client):
    (line,) = [
        line for line in client.get("/metrics").text.splitlines()
        if line.startswith("encircle_build_info{")
    ]  # fmt: skip
    assert f'version="{__version__}"' in line


def test_whoever_watches_over_the_service_is_told_whether_it_can_take_work():
    with listening() as (port, app):
        assert healthy(port) is None
        app.state.service.pool._open = False  # noqa: SLF001 - as while it ends
        assert "no worker is ready" in healthy(port)
        app.state.service.pool._open = True  # noqa: SLF001
    assert f"nobody answers on port {port}" in healthy(port)

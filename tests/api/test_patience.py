"""Who hangs up is worked for no longer; who sends slowly or without end keeps nobody waiting."""

import contextlib
import json
import socket
import threading
import time

import pytest
import uvicorn

from api.main import create_app
from api.settings import Settings, _count_cpus

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


def test_what_is_measured_tells_waiting_from_work(client, judge, situation):
    judge({"situation": situation})
    told = client.get("/metrics").text
    for name in ("encircle_wait_seconds_count", "encircle_queue_length", "encircle_workers_busy",
                 "encircle_workers_started_total", "encircle_faults_total",
                 "encircle_build_info"):  # fmt: skip
        assert name in told

"""What was tried against the service: an honest client is served meanwhile."""

import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from itertools import product

import pytest

from api import sender
from api.schemas import EXAMPLE_SITUATION
from api.sender import NotSentError, post
from api.worker import LEADS_ELSEWHERE
from encircle.store.watches import Due
from tests.api.test_cases import KURSK, named
from tests.api.test_patience import ask, listening
from tests.thorough import thorough

GOAL_S = 2.0
"""In which an honest client is served, on a machine that has nothing else to do."""
QUIET_TIMES = 20
"""On a busy one: so many times what the same takes while nobody attacks."""
SMALL = json.dumps({"situation": EXAMPLE_SITUATION}).encode()
QUOTES = b'"' + b'\\"' * 32_000
"""64 KB: a string that never ends, which a careless reader scans once for every quote in it."""


def write(body, path="/v1/judgements", *, host="localhost", length=None, kind="application/json"):
    head = (f"POST {path} HTTP/1.1", f"Host: {host}", "Connection: close",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body) if length is None else length}")  # fmt: skip
    return "\r\n".join((*head, "", "")).encode("latin-1") + body


def status(answer):
    return int(answer[9:12] or 0)


def serve_honest(port, times=4):
    """What an honest client does: judge a small map, and post one position; the time of each."""
    took = []
    for number in range(times):
        feature = {**named("ua-gornal"), "id": f"honest-{time.monotonic_ns()}-{number}"}
        for raw in (write(SMALL), write(json.dumps(feature).encode(), "/v1/cases/c/observations")):
            before = time.monotonic()
            answer = ask(port, raw)
            took.append(time.monotonic() - before)
            assert status(answer) in (200, 201), answer[:300]
    return took


@contextmanager
def attacked(**settings):
    """A service with a case, and how long an honest client may wait on this machine today."""
    with listening(workers=2, **settings) as (port, app):
        made = {"id": "c", "situation": KURSK["situation"]}
        assert status(ask(port, write(json.dumps(made).encode(), "/v1/cases"))) == 201
        quiet = statistics.median(serve_honest(port))
        yield port, app, max(GOAL_S, QUIET_TIMES * quiet)


@thorough
def test_callers_who_send_quotes_without_an_end(kept):
    told, over = [], threading.Event()

    def attack(port):
        while not over.is_set():
            for path, kind in (
                ("/v1/judgements", "application/json"), ("/v1/cases", "application/json"),
                ("/v1/cases/c/observations", "application/geo+json"),
                ("/v1/cases/c/observations", "text/csv"),
            ):  # fmt: skip
                told.append(status(ask(port, write(QUOTES, path, kind=kind))))

    with attacked(**kept) as (port, _, most_s):
        callers = [threading.Thread(target=attack, args=(port,)) for _ in range(2)]
        for one in callers:
            one.start()
        try:
            took = serve_honest(port, 8)
        finally:
            over.set()
            for one in callers:
                one.join()
    assert max(took) < most_s, took
    assert len(told) > 8
    assert set(told) <= {400, 422}


@thorough
def test_a_hundred_uploads_that_never_end(kept):
    with attacked(**kept) as (port, app, most_s):
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        try:
            for number, one in enumerate(slow):
                path = ("/v1/judgements", "/v1/cases/c/observations")[number % 2]
                one.sendall(write(b"{" * 1000, path, length=10**6))
            took = serve_honest(port)
            held = app.state.service.settings.intake_bytes - app.state.service.intake.left
            assert held >= 100 * 1000  # they are being read all the while
        finally:
            for one in slow:
                one.close()
    assert max(took) < most_s, took


@thorough
def test_eighteen_who_hang_up_on_what_would_take_minutes(endless, kept):
    body = json.dumps({"situation": endless}).encode()
    with attacked(timeout_s=120.0, **kept) as (port, app, most_s):
        for number in range(18):
            with socket.create_connection(("127.0.0.1", port)) as gone:
                gone.sendall(write(body))
                time.sleep(0.5 if number < 2 else 0.02)  # two are at work, the others wait
        before = time.monotonic()
        first = serve_honest(port, 1)
        restart_s = time.monotonic() - before
        took = serve_honest(port)
        assert app.state.service.pool.waiting == 0
    assert max(took) < most_s, took
    # Whoever comes at once waits for a worker to start: its packages are read anew.
    assert restart_s < most_s + START_S, first


START_S = 20.0
"""For two workers to start at one time on a busy machine; one alone has 1.5 s of work."""


FORGED = ('evil.example"><script>alert(1)</script>', "evil.example", "127.0.0.1:1@evil.example")


def test_a_forged_host_is_written_nowhere_but_in_json():
    with listening() as (port, _):
        for host, path in product(FORGED, ("/", "/ogc", "/ogc/collections", "/v1/cases")):
            raw = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            answer = ask(port, raw.encode("latin-1"))
            head = answer.partition(b"\r\n\r\n")[0].lower()
            assert status(answer) == 421
            assert b"evil" not in head
            assert b"content-type: application/problem+json" in head
            assert b"x-content-type-options: nosniff" in head


INNER = (
    "localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0",  # noqa: S104 - not to be bound to
    "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1", "fc00::1", "ff02::1",
    "169.254.169.254", "192.0.0.192", "192.0.0.8", "192.88.99.1", "198.18.0.1", "240.0.0.1",
    "255.255.255.255", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "64:ff9b:1::7f00:1",
)  # fmt: skip
"""This machine and the networks within, in every spelling the system's resolver reads."""


@pytest.mark.parametrize("host", INNER)
def test_no_spelling_of_an_inner_address_is_called(monkeypatch, host):
    opened = []
    monkeypatch.setattr(sender.socket, "create_connection", lambda *told: opened.append(told))
    named = f"[{host}]" if ":" in host else host
    with pytest.raises(NotSentError):
        post(Due(1, f"https://{named}/hook", "s", "{}", 0))
    assert opened == []


def test_a_name_that_leads_within_is_not_called_nor_one_that_leads_there_the_second_time(
    monkeypatch,
):
    asked, opened = [], []
    answers = {"inner.example": ["10.0.0.1"], "both.example": ["93.184.216.34", "::1"],
               "turns.example": ["93.184.216.34"]}  # fmt: skip

    def look_up(host, port, **_):
        asked.append(host)
        found = answers[host]
        if host == "turns.example":
            answers[host] = ["127.0.0.1"]  # DNS rebinding: public once, then within
        return [(socket.AF_INET, 1, 6, "", (one, port)) for one in found]

    def open_to(place, _):
        opened.append(place[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(sender.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(sender.socket, "create_connection", open_to)
    for host in answers:
        with pytest.raises(NotSentError):
            post(Due(1, f"https://{host}/hook", "s", "{}", 0))
    assert opened == ["93.184.216.34"]  # of turns.example, whose first answer was looked at
    assert asked.count("turns.example") == 1


def test_no_file_has_a_worker_open_another_or_ask_another_host():
    asked = (
        "import json, api.worker; api.worker.refuse_drivers(); import pyogrio; "
        "print(json.dumps([*pyogrio.list_drivers()]))"
    )
    done = subprocess.run(  # noqa: S603 - this interpreter, with words written here
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    left = set(json.loads(done.stdout))
    assert not left & set(LEADS_ELSEWHERE)
    assert {"GPKG", "FlatGeobuf", "ESRI Shapefile"} <= left

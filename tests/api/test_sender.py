"""Where this service calls is chosen by whoever posts a watch: to public addresses, by https."""

import asyncio
import http.client
import socket
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import ClassVar

import orjson
import pytest

from api import sender
from api.errors import BusyError, StoppedError, TooSlowError
from api.metrics import Metrics
from api.sender import DEBOUNCE, RETRY, NotSentError, Sender, post, resolve
from encircle.store.opening import open_store
from encircle.store.settings import make_case
from encircle.store.watches import Due, end_watch, list_deliveries, list_watches, make_watch

DUE = Due(7, "https://example.org:8443/hook?x=1", "secret", '{"a":1}', 0)


class Connection:
    """What was asked, and the answer that is to be given."""

    asked: ClassVar[list] = []
    answers = 204

    def __init__(self, host, port, address):
        self.at = (host, port, address)

    def request(self, *asked):
        type(self).asked.append((self.at, *asked))

    def getresponse(self):
        if isinstance(self.answers, Exception):
            raise self.answers
        answer = type("Answer", (), {"status": self.answers, "read": lambda *_: b""})
        return answer()

    def close(self):
        """Nothing is open."""


def give(answers):
    return type("Given", (Connection,), {"answers": answers, "asked": []})


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "172.16.0.1", "0.0.0.1", "::1",
     "fd00::1", "fe80::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_no_address_within_is_called(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    public = (socket.AF_INET, 1, 6, "", ("93.184.216.34", 443))
    inner = (family, 1, 6, "", (address, 443))
    monkeypatch.setattr(sender.socket, "getaddrinfo", lambda *_, **__: [public, inner])
    with pytest.raises(NotSentError, match="not public"):
        resolve("example.org", 443)


def test_a_public_address_is_called_and_a_name_without_one_is_told(monkeypatch):
    public = (socket.AF_INET, 1, 6, "", ("93.184.216.34", 443))
    monkeypatch.setattr(sender.socket, "getaddrinfo", lambda *_, **__: [public])
    assert resolve("example.org", 443) == "93.184.216.34"

    def fail(*_, **__):
        raise socket.gaierror("nobody knows it")

    monkeypatch.setattr(sender.socket, "getaddrinfo", fail)
    with pytest.raises(NotSentError, match="no address"):
        resolve("example.invalid", 443)


def test_what_is_sent_is_signed_and_goes_to_the_address_that_was_looked_at():
    connection = give(204)
    post(DUE, lambda *_: "93.184.216.34", connection)
    ((at, method, path, body, headers),) = connection.asked
    assert (at, method, path) == (("example.org", 8443, "93.184.216.34"), "POST", "/hook?x=1")
    assert body == DUE.body.encode()
    assert headers["Encircle-Signature"].startswith("t=")
    assert headers["Idempotency-Key"] == "7"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (301, "answered 301"), (307, "answered 307"), (500, "answered 500"), (404, "answered 404"),
        (TimeoutError("too long"), "TimeoutError"),
        (http.client.BadStatusLine("x"), "BadStatusLine"),
    ],
)  # fmt: skip
def test_another_answer_is_a_failure_and_leads_nowhere(answers, said):
    connection = give(answers)
    with pytest.raises(NotSentError, match=said):
        post(DUE, lambda *_: "93.184.216.34", connection)
    assert len(connection.asked) == 1


@pytest.mark.parametrize("url", ["http://example.org/", "https:///x", "file:///etc/passwd"])
def test_nothing_but_https_is_called(url):
    with pytest.raises(NotSentError, match="https"):
        post(Due(1, url, "s", "{}", 0), lambda *_: "93.184.216.34", give(204))


def test_what_nobody_looked_at_before_the_end_is_looked_at_after_a_start():
    store = open_store()
    settings = {"sides": [{"id": "UA"}], "force": "f"}
    for name in ("watched", "not", "ended"):
        make_case(store, name, settings, "anna")
    with store.writing() as connection:
        make_watch(connection, "watched", "f", "status == E2", "anna")
        over, _ = make_watch(connection, "ended", "f", "status == E2", "anna")
        end_watch(connection, "ended", over.id)
    sender = Sender(SimpleNamespace(store=store))

    async def begin():
        sender.open()
        await sender.close()

    asyncio.run(begin())
    assert list(sender.changed) == ["watched"]


def test_what_was_kept_and_cannot_be_called_is_not_sent():
    for url in ("https://example.org:99999/", "https://a..org/", "https://example.org/привет"):
        with pytest.raises(NotSentError, match=r"no address|percent-encoded"):
            post(Due(1, url, "s", "{}", 0), lambda *_: "93.184.216.34", give(204))


# -- one at a time ---------------------------------------------------------------------------

NOW = datetime(2025, 3, 14, 12, tzinfo=UTC)
JUDGED = {"verdict": "encircled", "status": {"code": "E2"}, "headline": "H", "as_of": "2025-03-14"}


class Service:
    """A store, and answers that are to be given in turn, the last of them for good."""

    def __init__(self, *answers):
        self.store = open_store()
        self.answers = list(answers)
        self.asked = []
        self.metrics = Metrics()

    async def ask(self, _, body):
        self.asked.append(body)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(status=answer, body=orjson.dumps(JUDGED))

    def begin(self, name, *forces, url="https://example.org/hook"):
        make_case(self.store, name, {"sides": [{"id": "UA"}]}, "anna")
        with self.store.writing() as connection:
            return [
                make_watch(connection, name, force, "status == E2", "anna", url, NOW)[0]
                for force in forces
            ]

    def list_held(self, name):
        with self.store.reading() as connection:
            return [watch.held for watch in list_watches(connection, name)]

    @property
    def faults(self):
        return self.metrics.faults._value.get()  # noqa: SLF001 - no other way


def step(sender, at=NOW):
    asyncio.run(sender.step(at))


@pytest.mark.parametrize(
    ("answer", "wait"),
    [(BusyError(), DEBOUNCE), (StoppedError(), DEBOUNCE), (TooSlowError(20), RETRY), (413, RETRY),
     (500, RETRY), (ValueError(), RETRY)],
    ids=str,
)  # fmt: skip
def test_what_could_not_be_looked_at_is_looked_at_again_and_told(answer, wait):
    service = Service(answer, 200)
    service.begin("c", "f")
    sent = []
    sender = Sender(service, send=sent.append, changed={"c": NOW})
    step(sender)
    assert (service.list_held("c"), sent) == ([None], [])
    assert sender.changed == {"c": NOW + wait}
    step(sender, NOW + wait)
    assert (service.list_held("c"), len(sent)) == ([True], 1)
    assert sender.changed == {}
    assert service.faults == isinstance(answer, ValueError)


def test_one_case_that_fails_keeps_no_other_waiting_nor_one_force_another():
    service = Service(TooSlowError(20), 200)
    service.begin("c", "f", "g")
    service.begin("d", "f")
    sent = []
    sender = Sender(service, send=sent.append, changed={"gone": NOW, "c": NOW, "d": NOW})
    step(sender)
    assert (service.list_held("c"), service.list_held("d")) == ([None, True], [True])
    assert len(sent) == 2
    assert sender.changed == {"c": NOW + RETRY}


def test_a_case_that_changes_meanwhile_is_not_looked_at_later_for_that():
    sender = Sender(Service(200), changed={"c": NOW + timedelta(days=999_999)})
    sender.note("c")
    assert sender.changed["c"] <= datetime.now(UTC) + DEBOUNCE


def test_what_cannot_be_sent_keeps_no_other_waiting():
    service, sent = Service(200), []
    service.begin("c", "f", "g")

    def send(due):
        sent.append(due)
        if len(sent) == 1:
            raise UnicodeError

    sender = Sender(service, send=send, changed={"c": NOW})
    step(sender)
    assert len(sent) == 2
    with service.store.reading() as connection:
        told = [list_deliveries(connection, one.id)[0] for one in list_watches(connection, "c")]
    assert sorted((one["status"], one["error"]) for one in told) == [
        ("sent", None), ("waiting", "a fault of the service: UnicodeError"),
    ]  # fmt: skip
    assert service.faults == 1

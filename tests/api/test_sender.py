"""Where this service calls is chosen by whoever posts a watch: to public addresses, by https."""

import asyncio
import http.client
import socket
from types import SimpleNamespace
from typing import ClassVar

import pytest

from api import sender
from api.sender import NotSentError, Sender, post, resolve
from encircle.store.opening import open_store
from encircle.store.settings import make_case
from encircle.store.watches import Due, end_watch, make_watch

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

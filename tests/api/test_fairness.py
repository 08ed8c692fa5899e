"""Whoever asks for more than his part waits; the others do not."""

import asyncio

import pytest

from api.fairness import WINDOW_S, Fairness
from api.settings import Settings


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


async def whose(shown):
    return {"Bearer a": "anna"}.get(shown)


def build(worked_s=0.0, clock=None, **settings):
    """A service whose every answer took so long, and what it was asked."""

    async def app(_scope, _receive, send):
        timing = (b"server-timing", f"work;dur={worked_s * 1000:.2f}".encode())
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": 200, "headers": [timing]})
        await send({"type": "http.response.body", "body": b"done"})

    chosen = {"fair_requests": 5, "fair_seconds": 10.0, "fair_share": 2, **settings}
    return Fairness(app, Settings(**chosen), whose, clock or Clock())


async def ask(fairness, client="192.0.2.1", path="/v1/rules", key=None):
    headers = [(b"authorization", key.encode())] if key else []
    scope = {
        "type": "http",
        "path": path,
        "headers": headers,
        "client": (client, 1),
        "method": "GET",
    }
    heard = []

    async def send(message):
        heard.append(message)

    await fairness(scope, None, send)
    return heard[0]["status"], dict(heard[0]["headers"])


def statuses(fairness, *askings):
    async def all_of_them():
        return [(await ask(fairness, **one))[0] for one in askings]

    return asyncio.run(all_of_them())


def test_a_bucket_of_requests_empties_and_fills():
    clock = Clock()
    fairness = build(clock=clock)
    assert statuses(fairness, *[{}] * 7) == [200] * 5 + [429] * 2
    clock.now = WINDOW_S / 5  # one in five
    assert statuses(fairness, {}, {}) == [200, 429]


def test_work_is_paid_by_the_seconds_it_took():
    clock = Clock()
    fairness = build(worked_s=30.0, clock=clock, fair_requests=1000)
    assert statuses(fairness, {}, {}) == [200, 429]  # 10 s of which 30 were taken
    _, headers = asyncio.run(ask(fairness))
    assert int(headers[b"retry-after"]) == 2 * WINDOW_S
    clock.now = 2 * WINDOW_S + 1
    assert statuses(fairness, {}) == [200]


def test_others_are_not_kept_waiting_and_a_key_is_a_caller_wherever_it_comes_from():
    fairness = build(fair_requests=1)
    askings = [
        {}, {}, {"client": "192.0.2.2"},
        {"key": "Bearer a"}, {"key": "Bearer a", "client": "192.0.2.9"},
        {"client": "2001:db8:0:1::5"}, {"client": "2001:db8:0:1::6"}, {"path": "/healthz"},
    ]  # fmt: skip
    assert statuses(fairness, *askings) == [200, 429, 200, 200, 429, 200, 429, 200]


def test_whoever_makes_up_keys_is_one_caller():
    fairness = build(fair_requests=1)
    askings = [{"key": f"Bearer {n}"} for n in range(3)]
    assert statuses(fairness, *askings) == [200, 429, 429]


def test_nobody_has_more_than_a_share_at_one_time():
    async def together():
        fairness = build(fair_requests=100)
        return [status for status, _ in await asyncio.gather(*(ask(fairness) for _ in range(5)))]

    assert sorted(asyncio.run(together())) == [200, 200, 429, 429, 429]


@pytest.mark.parametrize("times", [1, 6])
def test_what_is_left_is_told(times):
    async def several():
        fairness = build()
        return [(await ask(fairness))[1] for _ in range(times)][-1]

    headers = asyncio.run(several())
    assert headers[b"ratelimit"].decode() == f'"requests";r={max(0, 5 - times)};t=60'
    assert headers[b"ratelimit-policy"] == b'"requests";q=5;w=60'


def test_without_a_limit_nothing_is_counted():
    assert statuses(build(fair_requests=0), *[{}] * 50) == [200] * 50


def test_callers_are_forgotten_before_memory_is_full(monkeypatch):
    monkeypatch.setattr("api.fairness.MOST_CALLERS", 3)
    fairness = build(fair_requests=1)
    askings = [{"client": f"192.0.2.{n}"} for n in (1, 2, 3, 4, 1, 4)]
    assert statuses(fairness, *askings) == [200, 200, 200, 200, 200, 429]

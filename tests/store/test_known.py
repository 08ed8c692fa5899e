"""What was known at an instant: once it was answered, the answer never changes."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from encircle.store import clock
from encircle.store.assembling import assemble
from encircle.store.casefile import post, retract, revise
from encircle.store.clock import wait_until_settled
from encircle.store.laying import lay_layer
from encircle.store.revisions import Entry, append, list_revisions
from encircle.store.settings import make_case, read_settings, settle
from tests.store.test_casefile import NOON, SETTINGS, position


@pytest.fixture
def case(store):
    make_case(store, "c", SETTINGS, "anna", NOON)
    return store


def known(store, at):
    """What of a case was known at an instant, as it is answered."""
    wait_until_settled(store, "c", at)
    with store.reading() as connection:
        return assemble(connection, "c", NOON, at).raw


def test_whoever_asks_waits_for_what_is_being_written(case):
    post(case, "c", [position("q")], "ben", now=NOON + timedelta(days=1))
    written, let_go = Event(), Event()

    def write():
        with case.writing() as connection:
            append(connection, "c", [Entry("post", "feature", "p", position("p"))], "ben")
            written.set()
            let_go.wait(20)

    with ThreadPoolExecutor(3) as threads:
        writing = threads.submit(write)
        try:
            assert written.wait(20)
            now = datetime.now(UTC)
            asked = threads.submit(known, case, now)
            with pytest.raises(TimeoutError):
                asked.result(0.3)
            # Of an instant that no writer can reach any more nobody waits.
            assert threads.submit(known, case, NOON).result(10)
        finally:
            let_go.set()
        writing.result(20)
        answer = asked.result(20)
    assert b'"id":"p"' in answer
    assert known(case, now) == answer


def test_the_answer_of_an_instant_never_changes(case):
    """Many post, correct, take back and lay at one time, and are asked all the while."""
    road = {"type": "FeatureCollection", "features": []}

    def write(seed):
        mixed = random.Random(seed)  # noqa: S311 - an order, no secret
        for number in range(4):
            name = f"{seed}-{number}"
            rows = [position(f"{name}-{row}", 35 + row / 100) for row in range(20)]
            post(case, "c", rows, "ben")
            first = rows[0]["id"]
            if mixed.random() < 0.5:
                revise(case, "c", first, position(first, 35.1), "ben", "moved", 1)
            else:
                retract(case, "c", first, "ben", "another unit")
            lay_layer(case, "c", f"roads-{name}", road, "ben")

    def ask(_):
        now = datetime.now(UTC)
        return now, known(case, now)

    with ThreadPoolExecutor(6) as threads:
        writing = [threads.submit(write, seed) for seed in range(3)]
        answers = []
        while not all(done.done() for done in writing):
            answers += threads.map(ask, range(3))
        for done in writing:
            done.result()
    assert len({raw for _, raw in answers}) > 3
    for at, raw in answers:
        assert known(case, at) == raw


def test_settings_given_after_a_redaction_change_nothing_that_was_known(case):
    titles = ("secret", "clean", "third", "fourth", "fifth")
    known_at, answers = {}, []
    for number, title in enumerate(titles):
        said, now = {**SETTINGS, "title": title}, NOON + timedelta(hours=number + 1)
        settle(case, "c", said, "anna", "w", now=now, redact=title in ("clean", "fourth"))
        known_at[title] = now + timedelta(minutes=1)
        told = [json.loads(known(case, at))["situation"]["title"] for at in known_at.values()]
        with case.reading() as connection:
            shown = [read_settings(connection, "c", at)["title"] for at in known_at.values()]
        assert told == shown
        answers.append(told)
    assert answers == [
        ["secret"], ["clean"] * 2, ["clean", "clean", "third"], ["fourth"] * 4,
        ["fourth"] * 4 + ["fifth"],
    ]  # fmt: skip


def test_a_clock_that_is_set_back_changes_no_answer(case, monkeypatch):
    shown = [datetime(2031, 1, 1, tzinfo=UTC)]
    monkeypatch.setattr(clock, "_read_clock", lambda _: shown[0])
    post(case, "c", [position("p")], "ben")
    before = known(case, shown[0])
    latest, shown[0] = shown[0], datetime(2030, 1, 1, tzinfo=UTC)
    post(case, "c", [position("q")], "ben")
    assert known(case, latest) == before
    with case.reading() as connection:
        told = [line.recorded_at for line in list_revisions(connection, "c")]
    assert told[1:] == ["2031-01-01T00:00:00.000000Z", "2031-01-01T00:00:00.000001Z"]


def test_a_service_ahead_of_its_database_waits_for_it(case, monkeypatch):
    waited = []
    monkeypatch.setattr(clock.time, "sleep", waited.append)
    wait_until_settled(case, "c", datetime.now(UTC) + timedelta(seconds=2))
    assert 1 < waited[0] <= 2

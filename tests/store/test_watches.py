"""A watch tells when its condition turns, once; what it tells is sent, or seen to be given up."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from encircle import SituationError
from encircle.store.revisions import NotKeptError
from encircle.store.settings import make_case
from encircle.store.watches import (
    BACK_OFF,
    end_watch,
    list_deliveries,
    list_watches,
    look,
    make_watch,
    note_attempt,
    parse_condition,
    read_hook,
    sign,
    take_due,
)

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
URL = "https://example.org/hook"


def judged(code="C2", neck=5000.0, **definitions):
    return {
        "status": {"code": code}, "verdict": "not_encircled", "definitions": definitions,
        "margins": {"neck_width_m": {"pessimistic": neck, "optimistic": 9000.0}},
        "headline": "H", "as_of": "2025-03-14",
    }  # fmt: skip


@pytest.fixture
def case(store):
    make_case(store, "c", {"sides": [{"id": "A"}]}, "anna", NOON)
    return store


def watch(store, condition="status == E2", url=URL, force="g"):
    with store.writing() as connection:
        return make_watch(connection, "c", force, condition, "ed", url, NOON)


def looked(store, *judgements):
    told = []
    for number, judgement in enumerate(judgements):
        with store.writing() as connection:
            at = NOON + timedelta(minutes=number)
            told.append([w.id for w in look(connection, "c", {"g": judgement}, at)])
    return told


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("status == C2", True), ("status != C2", False), ("verdict == encircled", False),
        ("land_cut == no", True), ("isolation == no", None), ("neck_width_m < 5000.5", True),
        ("neck_width_m >= 5001", False), ("closing_distance_m < 1", None),
    ],
)  # fmt: skip
def test_a_condition_holds_or_not_or_nothing_is_said_of_it(condition, holds):
    assert parse_condition(condition).holds(judged(land_cut="no")) is holds


@pytest.mark.parametrize(
    "text", ["", "status", "status = E2", "status < E2", "neck_width_m < wide", "weather == rain",
             "neck_width_m < 1e9", "status == E2 or 1", "__import__ == os"],
)  # fmt: skip
def test_what_is_no_condition_is_refused_with_those_that_are(text):
    with pytest.raises(SituationError, match="NAME == VALUE"):
        parse_condition(text)


@pytest.mark.parametrize(
    "address",
    ["", "http://example.org", "https://", "ftp://x", "https://a@b/", "x", "https://[",
     "https://[::1", "https://[x]/", "https://example.org:99999/hook", "https://example.org:abc/h",
     "https://example.org:0/", f"https://{'a' * 64}.org/", "https://a..org/", "https://.org/",
     f"https://{'a.' * 130}org/", "https://example.org/привет", "https://example.org/\x7f",
     "https://a%41.org/", "https://a\\b/"],
)  # fmt: skip
def test_only_an_address_that_can_be_called_by_https_is_told(case, address):
    with pytest.raises(SituationError, match=r"https|percent-encoded") as refused:
        watch(case, url=address)
    assert refused.value.faults[0].pointer == "/url"


@pytest.mark.parametrize(
    ("address", "hook"),
    [
        ("https://example.org", ("example.org", 443, "/")),
        ("https://example.org?a=b#c", ("example.org", 443, "/?a=b")),
        ("https://[2606:4700::1111]:8443/x", ("2606:4700::1111", 8443, "/x")),
        ("https://приклад.укр/%D0%BF", ("xn--80aikifvh.xn--j1amh", 443, "/%D0%BF")),
    ],
)
def test_an_address_is_taken_apart_as_it_is_called(address, hook):
    found = read_hook(address)
    assert (found.host, found.port, found.target) == hook


def test_what_no_store_keeps_of_a_watch_is_refused(case):
    for asked in ({"force": "f" * 201}, {"condition": "status == " + "a" * 200}):
        with pytest.raises(SituationError, match="characters"):
            watch(case, **asked)
    one, _ = watch(case, " " * 200 + "status == E2")
    assert one.condition == "status == E2"


def test_what_a_watch_sent_is_listed_as_json_writes_it(case):
    """Every name is a text of its own: the driver's are of a kind that no writer of JSON takes."""
    one, _ = watch(case)
    looked(case, judged("E2"))
    with case.reading() as connection:
        (told,) = orjson.loads(orjson.dumps(list_deliveries(connection, one.id)))
    assert told["body"]["holds"] is True
    assert told.keys() == {"status", "attempts", "next_at", "error", "recorded_at", "body"}


def test_a_watch_tells_when_it_turns_and_not_each_time(case):
    one, _ = watch(case)
    told = looked(case, judged("C2"), judged("C1"), judged("E2"), judged("E2"), judged("C1"))
    assert told == [[], [], [one.id], [], [one.id]]
    with case.reading() as connection:
        sent = [delivery["body"]["holds"] for delivery in list_deliveries(connection, one.id)]
        due = take_due(connection, NOON + timedelta(hours=1))
    assert sent == [False, True]  # the latest first
    assert [thing.url for thing in due] == [URL, URL]
    assert looked(case, judged("U"), None) == [[], []]  # of a force that is not told of, nothing


def test_what_holds_when_the_watch_begins_is_told_once(case):
    one, _ = watch(case, "neck_width_m < 6000")
    assert looked(case, judged(), judged(neck=5500.0)) == [[one.id], []]


def test_what_is_not_taken_is_sent_ever_more_rarely_and_seen_to_be_given_up(case):
    one, _ = watch(case)
    looked(case, judged("E2"))
    now, waits = NOON, []
    for _ in range(len(BACK_OFF) + 1):
        with case.writing() as connection:
            (due,) = take_due(connection, now)
            assert take_due(connection, now - timedelta(seconds=1)) == []
            status = note_attempt(connection, due, "answered 500", now)
            (told,) = list_deliveries(connection, one.id)
        waits.append(datetime.fromisoformat(told["next_at"]) - now)
        now = datetime.fromisoformat(told["next_at"])
    assert waits == [*BACK_OFF, timedelta()]
    assert (status, told["error"], told["attempts"]) == (
        "given up",
        "answered 500",
        len(BACK_OFF) + 1,
    )
    with case.reading() as connection:
        assert take_due(connection, now + timedelta(days=9)) == []


def test_what_was_sent_is_not_sent_again(case):
    watch(case)
    looked(case, judged("E2"))
    with case.writing() as connection:
        (due,) = take_due(connection, NOON)
        assert note_attempt(connection, due, None, NOON) == "sent"
        assert take_due(connection, NOON + timedelta(days=9)) == []


def test_a_watch_that_was_ended_tells_no_more(case):
    one, _ = watch(case)
    looked(case, judged("E2"))
    with case.writing() as connection:
        end_watch(connection, "c", one.id, NOON)
        assert take_due(connection, NOON + timedelta(days=1)) == []
        assert list_watches(connection, "c", going_on=True) == []
        with pytest.raises(NotKeptError, match="goes on"):
            end_watch(connection, "c", one.id)
    assert looked(case, judged("C2"), judged("E2")) == [[], []]


def test_a_signature_is_of_the_body_the_secret_and_the_time():
    assert len({sign("s", "a", 1), sign("s", "b", 1), sign("t", "a", 1), sign("s", "a", 2)}) == 4

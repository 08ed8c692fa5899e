"""What posts change: told once, to the post that did it, however many post at one time."""

import itertools
import json
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from starlette.testclient import TestClient

from api.errors import BusyError
from api.main import create_app
from api.pool import Answer
from api.settings import Settings
from api.telling import _name_evidence
from encircle.store.assembling import Assembled
from encircle.store.changes import list_changes
from encircle.store.ratings import list_ratings
from tests.api.test_cases import BASE, HERE, KURSK, Taken, named

FORCE = "kursk-group"
COUNT = itertools.count()
LATER = timedelta(days=1)


@pytest.fixture(scope="module")
def local():
    with TestClient(create_app(Settings(workers=2, timeout_s=60)), BASE, client=HERE) as client:
        yield client


@pytest.fixture
def case(local):
    """The address of the case of Kursk, filled."""
    name = f"changes-{next(COUNT)}"
    made = local.post("/v1/cases", json={"id": name, "situation": KURSK["situation"]})
    case = made.headers["location"]
    assert local.post(f"{case}/observations", json=KURSK).status_code == 201
    return case


def read_feed(local, case):
    """What the feed says of the force, the oldest first."""
    store = local.app.state.service.store
    with store.reading() as connection:
        found = list_changes(connection, case.rpartition("/")[2], FORCE)
    return found[::-1]


def read_log(local, case):
    return local.get(f"{case}/audit", params={"limit": 1000}).json()["revisions"]


def step(local, at=LATER):
    teller = local.app.state.teller
    local.portal.call(teller.step, datetime.now(UTC) + at)


def test_of_those_who_post_at_one_time_each_is_told_its_own_change_alone(local, case):
    """In the order of the log, each change of a verdict begins where the one before it ended."""
    told, barrier = {}, threading.Barrier(4)

    def work(number):
        barrier.wait()
        for turn in range(3):
            anchor = {**named("anchor-sumy"), "id": f"anchor-{number}-{turn}"}
            for answer in (
                local.post(f"{case}/observations", json=anchor),
                local.delete(f"{case}/observations/{anchor['id']}", params={"why": "moved"}),
            ):
                body = answer.json()
                assert answer.status_code in (200, 201), body
                made = body.get("revision") or body["accepted"][0]
                told[made["hash"]] = body["changes"]

    # Without the anchors that stand there, each that is posted opens the way, and the last that
    # goes shuts it: who does which, hangs on who was there at that moment.
    for one in KURSK["features"]:
        if one["properties"]["kind"] == "anchor":
            local.delete(f"{case}/observations/{one['id']}", params={"why": "w"})
    callers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    assert len(told) == 24
    assert all(changes is not None for changes in told.values())

    order = {line["hash"]: number for number, line in enumerate(read_log(local, case))}
    feed = sorted(read_feed(local, case), key=lambda change: order[change.revision])
    for before, change in itertools.pairwise(feed):
        assert change.was == before.now
    assert max(Counter(change.revision for change in feed).values()) == 1
    by_post = {change.revision: [change.to_dict()] for change in feed if change.revision in told}
    assert {name: changes for name, changes in told.items() if changes} == by_post
    assert len(by_post) >= 2


def test_what_nobody_had_time_to_judge_the_feed_is_told_later_and_once(local, case, monkeypatch):
    monkeypatch.setattr("api.telling.PAUSES_S", (0.0,))
    pool, head = local.app.state.service.pool, {"Idempotency-Key": f"late-{next(COUNT)}"}
    before = len(read_feed(local, case))
    ground = {**named("anchor-sumy"), "id": "x", "geometry": {
        "type": "Polygon", "coordinates": [[[33, 50], [37, 50], [37, 52.5], [33, 52.5], [33, 50]]],
    }, "properties": {"kind": "control", "holder": "RU", "basis": "assessed"}}  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(pool, "ask", Taken(pool, BusyError(), 0).ask)
        told = local.post(f"{case}/observations", json=ground, headers=head).json()
        assert told["changes"] is None
        assert "was not worked out" in told["notices"][0]
        step(local)  # no worker has time yet
        assert len(read_feed(local, case)) == before
    again = local.post(f"{case}/observations", json=ground, headers=head).json()
    assert again["changes"] is None
    assert "still being worked out" in again["notices"][0]
    step(local, timedelta(0))  # it is left to whoever answers it for a while
    assert len(read_feed(local, case)) == before
    step(local)
    (late,) = read_feed(local, case)[before:]
    assert late.revision == told["accepted"][0]["hash"]
    assert late.was["verdict"] == "not_encircled"
    assert late.now["verdict"] != "not_encircled"
    again = local.post(f"{case}/observations", json=ground, headers=head).json()
    assert again["changes"] == [late.to_dict()]
    step(local)
    assert len(read_feed(local, case)) == before + 1
    feed = ET.fromstring(local.get(f"{case}/changes.atom").content)  # noqa: S314 - ours
    assert late.statement in [
        title.text for title in feed.iter("{http://www.w3.org/2005/Atom}title")
    ]


def test_what_was_kept_before_a_crash_is_told_after_it(tmp_path, monkeypatch):
    monkeypatch.setattr("api.telling.PAUSES_S", ())
    database = str(tmp_path / "case.sqlite")
    settings = Settings(workers=1, timeout_s=60, database=database)
    with TestClient(create_app(settings), BASE, client=HERE) as client:
        client.post("/v1/cases", json={"id": "c", "situation": KURSK["situation"]})
        pool = client.app.state.service.pool
        with monkeypatch.context() as patch:  # the process ends before it judged
            patch.setattr(pool, "ask", Taken(pool, BusyError(), 1).ask)
            told = client.post("/v1/cases/c/observations", json=KURSK)
        assert (told.status_code, told.json()["changes"]) == (201, None)
    with TestClient(create_app(settings), BASE, client=HERE) as client:
        assert read_feed(client, "/v1/cases/c") == []
        step(client)
        (change,) = read_feed(client, "/v1/cases/c")
    assert (change.was, change.now["status"]) == (None, "C2")


def test_a_post_that_changed_nothing_is_written_down_as_told(local, case):
    claim = {**named("claim-putin-isolation"), "id": "another"}
    told = local.post(f"{case}/observations", json=claim).json()
    assert told["changes"] == []
    step(local)
    teller, asked = local.app.state.teller, []
    teller.service.pool.ask, ask = (lambda *told: asked.append(told)), teller.service.pool.ask
    try:
        step(local)
    finally:
        teller.service.pool.ask = ask
    assert asked == []


def test_what_no_verdict_hangs_on_is_not_judged(local, case, monkeypatch):
    """A claim changes no map, nor does a sighting of before the last of its unit."""
    seen = {**named("ua-gornal"), "id": "s2"}
    seen["properties"] = {**seen["properties"], "track": "u", "observed_at": "2025-03-13T12:00:00Z"}
    local.post(f"{case}/observations", json=seen)
    old = {**seen, "id": "s1"}
    old["properties"] = {**seen["properties"], "observed_at": "2025-03-01T12:00:00Z"}
    pool = local.app.state.service.pool
    monkeypatch.setattr(pool, "ask", Taken(pool, AssertionError("judged again"), 0).ask)
    claim = {**named("claim-putin-isolation"), "id": "claim-2"}
    for row in (old, claim):
        told = local.post(f"{case}/observations", json=row)
        assert (told.status_code, told.json()["changes"]) == (201, []), told.text
    noticed = json.loads(local.get(f"{case}/situation").content)["situation"]["notices"]
    assert any("s1" in notice["statement"] for notice in noticed)


@pytest.mark.parametrize("instant", ["1990-01-01", "2025-03-15T12:00:00Z"])
def test_the_feed_is_told_as_of_the_cases_own_instant_whatever_was_asked(local, case, instant):
    """Neither is a retraction hidden by a day on which it changes nothing, nor a day made up."""
    at, asked = f"{case}/observations/anchor-sumy", {"as_of": instant, "why": "w"}
    before = len(read_feed(local, case))
    told = local.delete(at, params=asked).json()
    (change,) = read_feed(local, case)[before:]
    assert (change.was["status"], change.now["status"]) == ("C2", "U")
    assert change.as_of == "2025-03-14T18:00:00.000000Z"
    if instant < "2025":
        assert told["changes"] == []
    step(local)
    assert len(read_feed(local, case)) == before + 1


def test_sent_again_with_an_instant_a_post_is_answered_as_of_it(local, case):
    head = {"Idempotency-Key": f"asked-{next(COUNT)}"}
    ground = {"type": "Feature", "id": "late", "geometry": {
        "type": "Polygon", "coordinates": [[[33, 50], [37, 50], [37, 52.5], [33, 52.5], [33, 50]]],
    }, "properties": {"kind": "control", "holder": "RU", "basis": "assessed",
                      "valid_from": "2025-03-20"}}  # fmt: skip
    before = len(read_feed(local, case))
    first, again = (
        local.post(f"{case}/observations", json=ground, headers=head,
                   params={"as_of": "2025-03-21"}).json()
        for _ in range(2)
    )  # fmt: skip
    assert first["changes"]
    assert again["changes"] == first["changes"]
    assert len(read_feed(local, case)) == before


def test_a_map_that_no_worker_can_judge_is_given_up_and_keeps_no_other_waiting(
    local, case, monkeypatch
):
    service, tried = local.app.state.service, []
    ask, before = service.pool.ask, len(read_feed(local, case))
    giant = {**named("ua-gornal"), "id": "giant"}

    async def need_memory(kind, raw):
        if b'"giant"' not in raw:
            return await ask(kind, raw)
        tried.append(kind)
        return Answer(413, 0, 0.0, b'{"status": 413}')

    monkeypatch.setattr(service.pool, "ask", need_memory)
    told = local.post(f"{case}/observations", json=giant).json()
    assert (told["changes"], len(tried)) == (None, 1)
    assert "more memory" in told["notices"][-1]
    with monkeypatch.context() as patch:
        patch.setattr("api.telling.PAUSES_S", ())
        for _ in range(3):
            step(local)
    assert tried == [b"s"]  # it is not tried every time, nor for each claim
    monkeypatch.setattr("api.telling.RETRY_S", 0.0)
    monkeypatch.setattr("api.service.SLOW_S", 0.0)
    local.app.state.teller._later.clear()  # noqa: SLF001 - as after a while
    service._slow.clear()  # noqa: SLF001
    for _ in range(4):
        step(local)
    (given_up,) = read_feed(local, case)[before:]
    assert (given_up.was["status"], given_up.now) == ("C2", None)
    assert "cannot be judged: it needs more memory" in given_up.because[0]
    seen = tried.count(b"s")
    step(local)
    assert tried.count(b"s") == seen  # nor ever again
    # What follows is told, too: that it is still not known, and that it is known again.
    local.post(f"{case}/observations", json={**giant, "id": "next"})
    step(local)
    assert read_feed(local, case)[-1].statement == f"{FORCE} on 2025-03-14: not judged"
    local.delete(f"{case}/observations/giant", params={"why": "w"})
    step(local)
    back = read_feed(local, case)[-1]
    assert (back.was, back.now["status"]) == (None, "C2")


def rate_log(local, case, name):
    store = local.app.state.service.store
    with store.reading() as connection:
        return [one.rating for one in list_ratings(connection, case.rpartition("/")[2], name)]


def test_claims_are_rated_again_when_evidence_changes_though_nobody_reads_them(
    local, case, monkeypatch
):
    claim = {**named("claim-putin-isolation"), "id": "told"}
    assert local.post(f"{case}/claims", json=claim).json()["rating"]["rating"] == "contradicted"
    local.delete(f"{case}/observations/anchor-sumy", params={"why": "w"})
    step(local)
    rated = rate_log(local, case, "told")
    assert len(rated) == 2
    assert rated[1] != "contradicted"
    listed = {one["id"]: one["rating"] for one in local.get(f"{case}/claims").json()["claims"]}
    assert listed["told"]["rating"] == rated[1]
    feed = local.get(f"{case}/changes.atom", params={"claim": "told"}).text
    assert "Correction: told" in feed
    # Another revision that changes no map of the claim's day asks no worker, and puts together one
    # map for all claims of the day.
    teller, asked = local.app.state.teller, []
    monkeypatch.setattr("api.telling.find_map", lambda *told: asked.append(told))
    late = {**named("ua-gornal"), "id": "late"}
    late["properties"] = {**late["properties"], "observed_at": "2035-01-01"}
    local.post(f"{case}/observations", json=late)
    teller.service.pool.ask, ask = (lambda *told: asked.append(told)), teller.service.pool.ask
    try:
        step(local)
    finally:
        teller.service.pool.ask = ask
    assert asked == []
    assert rate_log(local, case, "told") == rated
    monkeypatch.undo()
    # A claim that is corrected is rated anew, whatever stands.
    said = claim["properties"]
    asserts = {**said["asserts"], "definition": "land_cut", "value": "no"}
    feature = {**claim, "properties": {**said, "asserts": asserts}}
    told = local.put(f"{case}/observations/told?why=read+again", json=feature,
                     headers={"If-Match": '"1"'})  # fmt: skip
    assert told.status_code == 200, told.text
    step(local)
    assert len(rate_log(local, case, "told")) == len(rated) + 1
    rated = rate_log(local, case, "told")
    # Taken back, it is gone, and how it was rated stays to be read.
    local.delete(f"{case}/observations/told", params={"why": "no such speech"})
    gone = local.get(f"{case}/claims/told")
    assert gone.status_code == 410
    assert "no such speech" in gone.json()["detail"]
    assert [one["rating"] for one in gone.json()["log"]] == rated
    local.delete(f"{case}/observations/told", params={"why": "a name", "redact": True})
    gone = local.get(f"{case}/claims/told")
    assert (gone.status_code, gone.json()["log"]) == (410, [])


def test_a_rating_that_a_reader_had_noted_between_two_looks_does_not_stay(local, case):
    """The evidence is there and back, and the rater sees what it saw before."""
    claim = {**named("claim-putin-isolation"), "id": "flip"}
    anchor = named("anchor-sumy")
    local.post(f"{case}/claims", json=claim)
    step(local)
    before = rate_log(local, case, "flip")
    local.delete(f"{case}/observations/anchor-sumy", params={"why": "w"})
    local.get(f"{case}/claims/flip")
    local.post(f"{case}/observations", json=anchor)
    assert rate_log(local, case, "flip")[-1] != before[-1]
    step(local)
    assert rate_log(local, case, "flip")[-1] == before[-1]


def test_evidence_without_a_day_is_told_by_all_but_the_clock():
    def name(as_of, **said):
        whole = orjson.dumps({"type": "FeatureCollection",
                              "situation": {"as_of": as_of, **said}})[:-1]  # fmt: skip
        raw = whole + b',"features":[]}'
        return _name_evidence(Assembled(raw, raw, datetime.now(UTC), is_dated=False))

    assert name("2025-03-14", force="a") == name("2025-03-15", force="a")
    assert name("2025-03-14", force="a") != name("2025-03-14", force="b")


def test_what_is_no_claim_is_refused_before_it_is_kept(local, case, assert_problem):
    before = len(read_log(local, case))
    for body in ({**named("ua-gornal"), "id": "x"}, {"kind": "position", "id": "x"},
                 {"type": "Feature", "id": "x", "geometry": None, "properties": None}):  # fmt: skip
        problem = assert_problem(local.post(f"{case}/claims", json=body), 422)
        assert problem["errors"][0]["pointer"] == "/properties/kind"
    assert len(read_log(local, case)) == before


def test_a_claim_sent_again_under_its_key_is_not_kept_twice(local, case, assert_problem):
    head = {"Idempotency-Key": f"claim-{next(COUNT)}"}
    claim = {"claimant": "X", "statement": "They are surrounded.", "made_at": "2025-03-14"}
    first, again = (local.post(f"{case}/claims", json=claim, headers=head) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["rating"] == first.json()["rating"]
    assert [line["act"] for line in read_log(local, case)].count("post") == len(
        KURSK["features"]
    ) + 2
    wrong, head = {"id": "w", "claimant": 5}, {"Idempotency-Key": f"claim-{next(COUNT)}"}
    told = [assert_problem(local.post(f"{case}/claims", json=wrong, headers=head), 422)
            for _ in range(2)]  # fmt: skip
    assert told[0]["errors"][0]["pointer"] == told[1]["errors"][0]["pointer"]

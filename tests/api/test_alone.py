"""What is wrong in one case, one claim, one watch is told there, and keeps nothing else waiting."""

import copy
import itertools
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote

import pytest

from api.schemas import EXAMPLE_CLAIM, EXAMPLE_SITUATION
from encircle.store.changes import list_changes
from encircle.store.ratings import list_ratings
from encircle.store.revisions import Entry, append, begin_case
from encircle.store.tellings import list_untold
from tests.api.test_cases import local

__all__ = ["local"]
SETTINGS = EXAMPLE_SITUATION["situation"]
ROWS = {"type": "FeatureCollection", "features": [
    {**row, "properties": {**row["properties"], "observed_at": "2025-03-13"}}
    for row in EXAMPLE_SITUATION["features"]
]}  # fmt: skip
FORCE = "group"
COUNT = itertools.count()
LATER = timedelta(days=1)
UNREADABLE = "2025-03"


def store_of(local):
    return local.app.state.service.store


def begin(local, **members):
    """Begin a case as the store would have kept it before its settings were looked at so well."""
    name = f"alone-{next(COUNT)}"
    with store_of(local).writing() as connection:
        begin_case(connection, name, {**SETTINGS, **members}, "anna")
    return f"/v1/cases/{name}"


@pytest.fixture
def case(local):
    return begin(local)


def name_of(case):
    return case.rpartition("/")[2]


def keep(local, case, row):
    """Keep a row that is refused by now."""
    with store_of(local).writing() as connection:
        entry = Entry("post", "feature", row["id"], row)
        append(connection, name_of(case), [entry], "anna")


def put(local, case, settings):
    head = {"If-Match": '"1"'}
    return local.put(case, params={"why": "w"}, json={"situation": settings}, headers=head)


def step(local):
    local.portal.call(local.app.state.teller.step, datetime.now(UTC) + LATER)


def faults(local):
    return local.app.state.service.metrics.faults._value.get()  # noqa: SLF001 - no other way


# -- the instant of a case -------------------------------------------------------------------


def test_an_instant_of_a_case_that_nobody_can_read_is_refused_before_it_is_kept(
    local, case, assert_problem
):
    settings = {**SETTINGS, "as_of": UNREADABLE}
    made = local.post("/v1/cases", json={"id": f"new-{next(COUNT)}", "situation": settings})
    for answer in (made, put(local, case, settings)):
        (fault,) = assert_problem(answer, 422)["errors"]
        assert fault["pointer"] == "/situation/as_of"
        assert "leave it out" in fault["remedy"]
    assert local.get(case).json()["situation"] == SETTINGS


@pytest.mark.parametrize("as_of", [" ", UNREADABLE])
def test_a_case_that_was_kept_with_no_instant_is_read_posted_to_and_mended(local, as_of):
    case = begin(local, as_of=as_of)
    posted = local.post(f"{case}/observations", json=ROWS)
    assert posted.status_code == 201, posted.text
    judgement = local.get(f"{case}/forces/{FORCE}/judgement")
    if as_of == UNREADABLE:
        assert judgement.status_code == 422
        assert judgement.json()["errors"][0]["pointer"].endswith("/situation/as_of")
        assert any("not an instant" in said for said in posted.json()["notices"])
    else:
        assert judgement.status_code == 200, judgement.text
    assert local.post(f"{case}/claims", json=EXAMPLE_CLAIM).status_code == 201
    for where in ("situation", f"forces/{FORCE}/timeline", "claims", "claims/claim",
                  f"forces/{FORCE}/judgement?as_of=2025-03-14"):  # fmt: skip
        assert local.get(f"{case}/{where}").status_code == 200, where
    gone = local.delete(f"{case}/observations/road", params={"why": "w"})
    assert gone.status_code == 200, gone.text
    assert put(local, case, SETTINGS).status_code == 200
    assert local.get(f"{case}/forces/{FORCE}/judgement").json()["status"]["code"]


@pytest.mark.parametrize("name", ["sides", "forces"])
def test_a_blank_member_of_settings_is_none(local, name):
    settings = {**SETTINGS, name: " "}
    made = local.post("/v1/cases", json={"id": f"blank-{name}", "situation": settings})
    assert made.status_code == 201, made.text
    case = made.headers["location"]
    table, head = "name,lat,lon,side\nAlpha,51.02,35.05,A\n", {"Content-Type": "text/csv"}
    told = local.post(f"{case}/observations", content=table, headers=head)
    assert told.status_code == 201, told.text
    assert put(local, case, {**settings, "title": "y"}).status_code == 200
    assert put(local, case, {**SETTINGS, "title": "z"}).status_code == 409
    assert local.get(f"{case}/situation").status_code == 200


# -- what is told when there is time ---------------------------------------------------------


def test_a_fault_of_one_case_leaves_no_other_untold_and_is_counted(local, case, monkeypatch):
    """Posts of a case that cannot be told wait; those of others are told."""
    teller, bad = type(local.app.state.teller), begin(local)
    monkeypatch.setattr("api.telling.PAUSES_S", ())
    before = faults(local)

    async def fail_at_once(*_):
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(teller, "_judge_both", fail_at_once)
        for one in (bad, case):
            told = local.post(f"{one}/observations", json=ROWS)
            assert told.status_code == 201  # it was kept
            assert told.json()["changes"] is None
            assert any("still being worked out" in said for said in told.json()["notices"])
    assert faults(local) == before + 2
    judge = teller._judge  # noqa: SLF001 - the one place all is judged at

    async def fail(self, case_id, *rest):
        if case_id == name_of(bad):
            raise ValueError
        return await judge(self, case_id, *rest)

    monkeypatch.setattr(teller, "_judge", fail)
    for _ in range(3):
        step(local)
    with store_of(local).reading() as connection:
        untold = {post.case_id for post in list_untold(connection, datetime.now(UTC) + LATER)}
        assert list_changes(connection, name_of(case), FORCE)
    assert name_of(bad) in untold
    assert name_of(case) not in untold
    assert faults(local) == before + 3  # not tried again at once


# -- claims ----------------------------------------------------------------------------------


def test_a_claim_with_a_blank_for_its_day_is_one_without_and_hides_no_other(local, case):
    local.post(f"{case}/observations", json=ROWS)
    blank = local.post(f"{case}/claims", json={**EXAMPLE_CLAIM, "id": "blank", "made_at": " "})
    assert blank.status_code == 201, blank.text
    assert blank.json()["rating"] is not None
    sound = local.post(f"{case}/claims", json=EXAMPLE_CLAIM)
    assert sound.status_code == 201, sound.text
    assert [one["id"] for one in sound.json()["again"]] == ["blank"]
    for name in ("blank", "claim"):
        assert local.get(f"{case}/claims/{name}").json()["rating"] is not None


def test_what_a_claim_asserts_is_read_as_the_door_reads_it(local, case):
    """As a table writes it, a text; and a denial is one however no is written."""
    asserts = '{"force": "group", "definition": "land_cut", "value": "yes"}'
    local.post(f"{case}/observations", json=ROWS)
    text = local.post(f"{case}/claims", json={**EXAMPLE_CLAIM, "id": "text", "asserts": asserts})
    assert text.status_code == 201, text.text
    denial = copy.deepcopy(EXAMPLE_CLAIM) | {"id": "denial"}
    denial["asserts"]["value"] = False
    assert local.post(f"{case}/claims", json=denial).json()["again"] == []
    again = local.post(f"{case}/claims", json=EXAMPLE_CLAIM).json()["again"]
    assert [one["id"] for one in again] == ["text"]


def test_a_claim_that_is_kept_is_told_as_kept_whatever_fails_then(local, case, monkeypatch):
    async def fail(*_):
        raise ValueError

    before = faults(local)
    with monkeypatch.context() as patch:
        patch.setattr("api.routes.case_claims.rate_claim", fail)
        made = local.post(f"{case}/claims", json=EXAMPLE_CLAIM)
    assert made.status_code == 201
    assert made.json()["claim"]["id"] == "claim"
    assert made.json()["problem"]["status"] == 500
    assert faults(local) == before + 1
    assert local.get(made.headers["location"]).status_code == 200


def test_a_claim_that_cannot_be_rated_keeps_no_other_from_it(local, case, monkeypatch):
    local.post(f"{case}/observations", json=ROWS)
    for name in ("a", "b", "c"):
        claim = {"kind": "claim", **{k: v for k, v in EXAMPLE_CLAIM.items() if k != "id"}}
        keep(local, case, {"type": "Feature", "id": name, "geometry": None, "properties": claim})
    teller, before = type(local.app.state.teller), faults(local)
    rate = teller._rate  # noqa: SLF001 - the one place each is rated at

    async def fail(self, case_id, claim, *found):
        if (case_id, claim.subject) == (name_of(case), "b"):
            raise ValueError
        return await rate(self, case_id, claim, *found)

    monkeypatch.setattr(teller, "_rate", fail)
    for _ in range(3):
        step(local)
    with store_of(local).reading() as connection:
        rated = [n for n in "abc" if list_ratings(connection, name_of(case), n)]
    assert rated == ["a", "c"]
    assert faults(local) >= before + 1


@pytest.mark.parametrize("kinds", [("claim", "position"), ("position", "claim")])
def test_no_correction_makes_a_claim_of_something_or_something_of_a_claim(
    local, case, assert_problem, kinds
):
    """It would be gone, with the log of its ratings, and nobody would have taken it back."""
    said = {name: EXAMPLE_CLAIM[name] for name in ("statement", "made_at", "asserts")}
    place = {"type": "Point", "coordinates": [35.05, 51.02]}
    rows = {
        "claim": {"type": "Feature", "geometry": None, "properties": {"kind": "claim", **said}},
        "position": {"type": "Feature", "geometry": place,
                     "properties": {"kind": "position", "side": "A", "force": FORCE}},
    }  # fmt: skip
    was, to = (rows[kind] for kind in kinds)
    assert local.post(f"{case}/observations", json={**was, "id": "cc"}).status_code == 201
    asked = {"params": {"why": "x"}, "headers": {"If-Match": '"1"'}}
    (fault,) = assert_problem(local.put(f"{case}/observations/cc", json=to, **asked), 422)["errors"]
    assert (fault["pointer"], fault["feature"]) == ("/properties/kind", "cc")
    assert "Take it back" in fault["remedy"]
    assert local.put(f"{case}/observations/cc", json=was, **asked).status_code == 200
    ground = {"type": "Feature", "geometry": place, "properties": {"kind": "anchor", "side": "A"}}
    if kinds[0] == "position":  # what is drawn may turn out to be something else that is drawn
        asked["headers"] = {"If-Match": '"2"'}
        assert local.put(f"{case}/observations/cc", json=ground, **asked).status_code == 200


def test_a_claim_that_was_made_something_else_is_gone_with_its_log(local, case, assert_problem):
    """By a correction, before that was refused; or taken back, and its id given to another."""
    local.post(f"{case}/observations", json=ROWS)
    assert local.post(f"{case}/claims", json=EXAMPLE_CLAIM).status_code == 201
    unit = {**ROWS["features"][1], "id": "claim"}
    with store_of(local).writing() as connection:
        append(connection, name_of(case), [Entry("correct", "feature", "claim", unit, "x")], "anna")
    told = assert_problem(local.get(f"{case}/claims/claim"), 410)
    assert "something else" in told["detail"]
    assert len(told["log"]) == 1
    assert_problem(local.get(f"{case}/claims/stand"), 404)


def test_a_layer_whose_day_was_redacted_is_laid_under_another_name(local, case, assert_problem):
    layer = {"type": "FeatureCollection", "situation": {"as_of": "2025-03-12"},
             "features": [ROWS["features"][0]]}  # fmt: skip
    assert local.put(f"{case}/layers/day", json=layer).status_code == 200
    asked = {"day": "2025-03-12", "redact": "true", "why": "private"}
    assert local.delete(f"{case}/layers/day", params=asked).status_code == 200
    for why in ({}, {"why": "again"}):
        told = assert_problem(local.put(f"{case}/layers/day", json=layer, params=why), 410)
        assert "was redacted" in told["detail"]
        assert "under another name" in told["detail"]
    assert local.put(f"{case}/layers/day-anew", json=layer).status_code == 200


# -- what a force is called ------------------------------------------------------------------


def test_a_force_is_found_whatever_it_is_called(local, case):
    """Each address that is told of leads to it, and to no other force."""
    names = ["1st/2nd Bn", "a/judgement", "a//b/../c", "/", "?", "100%", "3-тя / 5-та"]
    for number, name in enumerate(names):
        unit = copy.deepcopy(ROWS["features"][1]) | {"id": f"u{number}"}
        unit["properties"]["force"] = name
        assert local.post(f"{case}/observations", json=unit).status_code == 201
    for name in names:
        at = f"{case}/forces/{quote(name, safe='')}"
        told = local.get(f"{at}/judgement")
        assert (told.status_code, told.json().get("force")) == (200, name)
    at = f"{case}/forces/{quote(names[0], safe='')}"
    timeline = local.get(f"{at}/timeline")
    assert (timeline.status_code, timeline.json()["force"]) == (200, names[0])
    assert local.post(f"{at}/judgement").json()["force"] == names[0]
    links = re.findall(r'href="([^"]*/judgement[^"]*)"', local.get(f"{case}/changes.atom").text)
    assert any("1st%2F2nd%20Bn" in link for link in links)
    assert {local.get(unescape(link)).status_code for link in links} == {200}
    counted = 'route="/v1/cases/{case_id}/forces/{force}/judgement",status="200"'
    assert counted in local.get("/metrics").text
    for nobody in ("", "nobody", "a", "judgement"):
        assert local.get(f"{case}/forces/{nobody}/judgement").status_code in (404, 422)


@pytest.mark.parametrize("name", [".", "..", "a\nb", "f" * 201], ids=len)
def test_a_force_that_no_address_leads_to_is_refused(local, case, name):
    unit = copy.deepcopy(ROWS["features"][1])
    unit["properties"]["force"] = name
    (refused,) = local.post(f"{case}/observations", json=unit).json()["refused"]
    assert refused["pointer"] == "/features/0/properties/force"
    laid = local.put(f"{case}/layers/units", json={"type": "FeatureCollection", "features": [unit]})
    assert laid.json()["errors"][0]["pointer"] == "/features/0/properties/force"

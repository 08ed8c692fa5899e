"""What addresses of the case file are made of, ask, and lead on to."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.api.test_cases import KURSK, case, local, named

__all__ = ["case", "local"]
CASE, CLAIM = "справа", "твердження №1?"


def test_whatever_it_is_called_each_address_that_is_told_leads_to_it(local):
    made = local.post("/v1/cases", json={"id": CASE, "situation": KURSK["situation"]})
    assert made.status_code == 201, made.text
    case = made.headers["location"]
    assert case == f"/v1/cases/{quote(CASE)}"
    assert local.get(case).json()["id"] == CASE
    local.post(f"{case}/observations", json={"type": "FeatureCollection", "features": [
        {**named("ua-gornal"), "id": f"позиція {number}"} for number in range(3)
    ]})  # fmt: skip
    claim = {**named("claim-putin-isolation"), "id": CLAIM}
    made = local.post(f"{case}/claims", json=claim)
    assert made.status_code == 201, made.text
    assert local.get(made.headers["location"]).json()["claim"]["id"] == CLAIM
    page = local.get(f"{case}/observations", params={"limit": 2})
    (link,) = re.findall("<(.*)>", page.headers["link"])
    assert link == page.json()["next"]
    assert len(local.get(link).json()["features"]) == 2
    audit = local.get(f"{case}/audit", params={"limit": 1}).json()
    assert local.get(audit["next"]).status_code == 200
    for one in local.get("/ogc/collections").json()["collections"]:
        if not one["id"].startswith(CASE):
            continue
        for link in one["links"]:
            assert link["href"].isascii()
            assert local.get(link["href"]).status_code == 200
    address, found = f"/ogc/collections/{CASE}.positions/items?limit=2", []
    while address:
        page = local.get(address).json()
        links = {link["rel"]: link["href"] for link in page["links"]}
        assert all(href.isascii() for href in links.values())
        assert local.get(links["self"]).json()["features"] == page["features"]
        found += page["features"]
        address = links.get("next")
    assert len(found) == 3
    alone = local.get(f"/ogc/collections/{CASE}.positions/items/позиція 1").json()
    for link in alone["links"]:
        assert link["href"].isascii()
        assert local.get(link["href"]).status_code == 200
    assert quote(CASE) in local.get(f"{case}/changes.atom").text


def test_the_days_before_are_linked_with_all_that_was_asked(local, case, monkeypatch):
    monkeypatch.setattr("api.routes.forces.MOST_DAYS", 1)
    rows = [{**named("ua-gornal"), "id": f"d{day}"} for day in range(1, 4)]
    for day, row in enumerate(rows, 1):
        row["properties"] = {**row["properties"], "observed_at": f"2025-03-0{day}T12:00:00Z"}
    told = local.post(f"{case}/observations", json={**KURSK, "features": rows}).json()
    known = told["accepted"][-1]["recorded_at"]
    force = rows[0]["properties"]["force"]
    asked = {"since": "2025-03-01", "known_at": known}
    days = local.get(f"{case}/forces/{force}/timeline", params=asked)
    assert days.status_code == 200, days.text
    (link,) = re.findall("<(.*)>", days.headers["link"])
    assert parse_qs(urlsplit(link).query) == {
        "since": ["2025-03-01"], "known_at": [known], "until": ["2025-03-02"],
    }  # fmt: skip
    again = local.get(link)
    assert again.status_code == 200
    assert "until=2025-03-01" in again.headers["link"]


def test_what_was_known_at_an_instant_to_come_is_not_answered(local, case, assert_problem):
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    for path in ("situation", "observations", "forces/f/judgement", "forces/f/timeline"):
        problem = assert_problem(local.get(f"{case}/{path}", params={"known_at": later}), 422)
        (error,) = problem["errors"]
        assert error["pointer"] == "?known_at"
        assert "past" in error["remedy"]
    keep = local.post(f"{case}/forces/f/judgement", params={"known_at": later})
    assert assert_problem(keep, 422)["errors"][0]["pointer"] == "?known_at"


@pytest.mark.parametrize(
    ("path", "name"),
    [("", "known_at"), ("/claims", "known_at"), ("/claims/c", "known_at"), ("/audit", "know_at"),
     ("/situation", "asof"), ("/observations", "bbx"), ("/changes.atom", "forc")],
)  # fmt: skip
def test_a_parameter_that_a_resource_does_not_have_is_refused_by_name(
    local, case, assert_problem, path, name
):
    problem = assert_problem(local.get(f"{case}{path}", params={name: "2025-03-14"}), 422)
    assert [error["pointer"] for error in problem["errors"]] == [f"?{name}"]


def test_nothing_is_posted_where_a_parameter_is_misspelt(local, case, assert_problem):
    answer = local.post(f"{case}/observations", json=named("ua-gornal"), params={"atomc": "true"})
    assert assert_problem(answer, 422)["errors"][0]["pointer"] == "?atomc"
    assert local.get(f"{case}/observations").json()["features"] == []


def test_of_two_who_take_back_or_correct_one_revision_the_second_is_told(local, case):
    local.post(f"{case}/observations", json=named("ua-gornal"))
    at, why = f"{case}/observations/ua-gornal", {"why": "w"}
    head = {"If-Match": local.get(at).headers["etag"]}
    corrected = {"feature": named("ua-gornal"), "why": "seen better"}
    assert local.put(at, json=corrected, headers=head).status_code == 200
    lost = local.delete(at, params=why, headers=head)
    assert (lost.status_code, lost.headers["etag"]) == (409, '"2"')
    assert local.delete(at, params=why, headers={"If-Match": 'W/"2"'}).status_code == 428
    assert local.delete(at, params=why, headers={"If-Match": '"2"'}).status_code == 200


def test_wishes_for_rows_that_no_row_is_read_by_are_refused(local, case, assert_problem):
    table, head = (
        "name,lat,lon,side,date\nA,51.1,35.2,UA,2025-03-13\n",
        {"Content-Type": "text/csv"},
    )
    at = f"{case}/observations"
    alone = local.post(at, content=table, headers=head, params={"force": "kursk-group"})
    (error,) = assert_problem(alone, 422)["errors"]
    assert error["pointer"] == "?force"
    assert "side" in error["remedy"]
    rows = local.post(at, json=named("ua-gornal"), params={"force": "g", "side": "UA"})
    told = {error["pointer"] for error in assert_problem(rows, 422)["errors"]}
    assert told == {"?force", "?side"}
    both = local.post(at, content=table, headers=head, params={"force": "g", "side": "UA"})
    assert both.status_code == 201
    (feature,) = local.get(at).json()["features"]
    assert feature["properties"]["force"] == "g"

"""What a case keeps, asked over HTTP on a store of each kind: its latest, its log, its layers."""

import xml.etree.ElementTree as ET

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from encircle.store.revisions import Entry, append, check_log, list_revisions

BASE = "http://localhost"
HERE = ("127.0.0.1", 50000)
CASE = "/v1/cases/c"
ATOM = "{http://www.w3.org/2005/Atom}"
SITUATION = {"title": "A salient", "as_of": "2025-03-14T12:00:00Z", "force": "group",
             "sides": [{"id": "A"}, {"id": "B"}]}  # fmt: skip


@pytest.fixture
def local(kept):
    """A service with one case, in which nobody has a key, asked from this machine."""
    with TestClient(
        create_app(Settings(workers=1, timeout_s=60, **kept)), BASE, client=HERE
    ) as client:
        made = client.post("/v1/cases", json={"id": "c", "situation": SITUATION})
        assert made.status_code == 201
        yield client


def position(number, lon=35.2, lat=51.1, **said):
    place = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": number, "geometry": place,
            "properties": {"kind": "position", "side": "A", "force": "group", **said}}  # fmt: skip


def post(client, *features):
    found = client.post(f"{CASE}/observations",
                        json={"type": "FeatureCollection", "features": list(features)})  # fmt: skip
    return found.json()


def test_after_a_thousand_revisions_the_latest_is_told_and_corrected(local):
    post(local, position("p"))
    entries = [
        Entry("correct", "feature", "p", position("p", 35 + number / 1e5), "moved")
        for number in range(1001)
    ] + [
        Entry("correct", "settings", "c", {**SITUATION, "title": str(n)}, "w") for n in range(1001)
    ]
    with local.app.state.service.store.writing() as connection:
        append(connection, "c", entries, "local")
    at = f"{CASE}/observations/p"
    read = local.get(at)
    assert (read.json()["revision"], read.headers["etag"]) == (1002, '"1002"')
    said = {"feature": position("p"), "why": "back"}
    put = local.put(at, json=said, headers={"If-Match": read.headers["etag"]})
    assert (put.status_code, put.headers["etag"]) == (200, '"1003"')
    tag = local.get(CASE).headers["etag"]
    assert tag == '"1002-p0"'
    other = {"situation": SITUATION, "why": "back"}
    assert local.put(CASE, json=other, headers={"If-Match": tag}).status_code == 200

    numbers, following = [], f"{at}/revisions"
    while following:
        page = local.get(following).json()
        numbers += [one["revision"] for one in page["revisions"]]
        following = page["next"]
    assert numbers == list(range(1, 1004))
    assert local.delete(f"{at}?why=another").status_code == 200
    assert local.get(at).status_code == 410


def layer(holder, day=None):
    ring = [[[35, 51], [36, 51], [36, 52], [35, 52], [35, 51]]]
    shape = {"type": "Polygon", "coordinates": ring}
    ground = {"type": "Feature", "id": "ground", "geometry": shape,
              "properties": {"kind": "control", "holder": holder, "basis": "assessed"}}  # fmt: skip
    document = {"type": "FeatureCollection", "features": [ground]}
    return {**document, "situation": {"as_of": day}} if day else document


def test_a_layer_of_a_day_is_taken_back_and_the_day_before_counts_again(local):
    at = f"{CASE}/layers/control"
    for holder, day in (("A", "2025-03-12"), ("B", "2025-03-13")):
        assert local.put(at, json=layer(holder, day)).status_code == 200

    def holders():
        found = local.get(f"{CASE}/situation").json()["features"]
        return [feature["properties"]["holder"] for feature in found]

    assert holders() == ["B"]
    known = local.get(f"{CASE}/audit").json()["revisions"][-1]["recorded_at"]
    assert local.delete(f"{at}?day=2025-03-13").status_code == 422  # no reason
    assert local.delete(f"{at}?why=w").status_code == 404  # there is none without a day
    assert local.delete(f"{at}?day=2025-W11&why=w").status_code == 422
    gone = local.delete(f"{at}?day=2025-03-13&why=wrong", headers={"If-Match": '"2"'})
    assert gone.status_code == 409
    gone = local.delete(f"{at}?day=2025-03-13&why=the+other+army", headers={"If-Match": '"1"'})
    assert (gone.status_code, gone.json()["revision"]["id"]) == (200, "control@2025-03-13")
    assert holders() == ["A"]
    assert local.delete(f"{at}?day=2025-03-13&why=w").status_code == 410
    then = local.get(f"{CASE}/situation", params={"known_at": known}).json()["features"]
    assert then[0]["properties"]["holder"] == "B"
    line = local.get(f"{CASE}/audit").json()["revisions"][-1]
    assert (line["act"], line["why"]) == ("retract", "the other army")
    assert local.put(at, json=layer("B", "2025-03-13")).json()["revision"]["revision"] == 3
    assert holders() == ["B"]


def test_what_is_redacted_of_layers_settings_and_reasons_is_nowhere(local):
    secret = "Ivan Petrov"  # noqa: S105 - whom nobody must read of
    told = layer("A", "2025-03-12")
    told["features"][0]["properties"]["name"] = secret
    local.put(f"{CASE}/layers/control", json=told)
    local.put(f"{CASE}/layers/control", json={**told, "why": secret})
    post(local, position("p", name=secret))
    moved = {"feature": position("p", 35.3), "why": f"not {secret}"}
    local.put(f"{CASE}/observations/p", json=moved, headers={"If-Match": '"1"'})
    named = {"situation": {**SITUATION, "title": secret}, "why": f"by {secret}"}
    assert local.put(CASE, json=named, headers={"If-Match": '"1"'}).status_code == 200
    assert secret in local.get(f"{CASE}/audit").text
    known = local.get(f"{CASE}/audit").json()["revisions"][-1]["recorded_at"]

    for at in ("observations/p?", "layers/control?day=2025-03-12&"):
        done = local.delete(f"{CASE}/{at}redact=true&why=private")
        assert done.status_code == 200
    plain = {"situation": SITUATION, "why": "private"}
    done = local.put(f"{CASE}?redact=true", json=plain, headers={"If-Match": '"2"'})
    assert done.status_code == 200, done.text
    assert done.headers["etag"] == '"4"'
    for at in ("/audit", "", "/situation", f"/situation?known_at={known}", "/observations",
               "/observations/p/revisions", "/changes.atom"):  # fmt: skip
        answer = local.get(f"{CASE}{at}")
        assert answer.status_code == 200
        assert secret not in answer.text, at
    with local.app.state.service.store.reading() as connection:
        assert check_log(list_revisions(connection, "c")) == []
    again = post(local, position("p"))["refused"]
    assert "was redacted" in again[0]["detail"]


def test_what_was_taken_back_by_mistake_is_posted_again(local):
    post(local, position("p"))
    assert local.delete(f"{CASE}/observations/p?why=a+mistake").status_code == 200
    again = post(local, position("p", 35.3))
    assert (again["refused"], again["accepted"][0]["revision"]) == ([], 3)
    assert local.get(f"{CASE}/observations/p").headers["etag"] == '"3"'
    assert len(local.get(f"{CASE}/situation").json()["features"]) == 1


def test_each_feed_is_one_of_its_own_and_of_what_is_not_there_is_none(local):
    post(local, position("p"))
    claim = {"id": "c1", "claimant": "A spokesman", "statement": "Cut off.",
             "asserts": {"force": "group", "definition": "land_cut", "value": "yes"}}  # fmt: skip
    assert local.post(f"{CASE}/claims", json=claim).status_code == 201
    at = f"{CASE}/changes.atom"
    ids = set()
    for query in ("", "?force=group", "?claim=c1"):
        feed = ET.fromstring(local.get(f"{at}{query}").content)  # noqa: S314 - our own
        ids.add(feed.findtext(f"{ATOM}id"))
        links = {link.get("rel"): link.get("href") for link in feed.iterfind(f"{ATOM}link")}
        assert links["self"] == f"{BASE}{at}{query}"
        for entry in feed.iterfind(f"{ATOM}entry/{ATOM}link"):
            assert entry.get("href").startswith(f"{BASE}{CASE}/")
    assert len(ids) == 3
    for query in ("?force=none", "?claim=none", "?claim=p"):
        assert local.get(f"{at}{query}").status_code == 404


def test_a_reason_in_which_nobody_sees_anything_is_none_and_a_week_is_no_instant(local):
    post(local, position("p"))
    for why in ("", " ", "\u200b\u200b", "\u2060", "\u3164"):
        gone = local.delete(f"{CASE}/observations/p", params={"why": why})
        assert gone.status_code == 422, repr(why)
    assert local.get(f"{CASE}/observations/p").status_code == 200
    for when in ("2025-W11", "2025W112", "2025-W11-2T12:00:00Z"):
        for name in ("as_of", "known_at"):
            assert local.get(f"{CASE}/situation", params={name: when}).status_code == 422
        refused = post(local, position("q", observed_at=when))["refused"]
        assert "week" in refused[0]["detail"]

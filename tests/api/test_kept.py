"""What a case keeps, asked over HTTP on a store of each kind: its latest, its log, its layers."""

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from encircle.store.revisions import Entry, append

BASE = "http://localhost"
HERE = ("127.0.0.1", 50000)
CASE = "/v1/cases/c"
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


def position(name, lon=35.2, lat=51.1, **said):
    place = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": name, "geometry": place,
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
    assert tag == '"1002"'
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

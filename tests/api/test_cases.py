"""The case file over HTTP: posted by several, judged on any day, corrected by one at a time."""

import hashlib
import io
import itertools
import json
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import encircle
from api.case_parameters import XLSX
from api.errors import BusyError, StoppedError, TooSlowError
from api.main import create_app
from api.settings import Settings

FIXTURES = Path(__file__).parents[2] / "fixtures"
KURSK = json.loads((FIXTURES / "kursk-2025-03-14" / "situation.geojson").read_bytes())
BASE = "http://localhost"
HERE = ("127.0.0.1", 50000)
COUNT = itertools.count()


@pytest.fixture(scope="module")
def local():
    """A service in which nobody has a key, asked from this machine."""
    with TestClient(create_app(Settings(workers=1, timeout_s=60)), BASE, client=HERE) as client:
        yield client


@pytest.fixture
def case(local):
    """The address of an empty case of Kursk."""
    name = f"kursk-{next(COUNT)}"
    made = local.post("/v1/cases", json={"id": name, "situation": KURSK["situation"]})
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/cases/{name}"
    return made.headers["location"]


def named(name):
    return next(feature for feature in KURSK["features"] if feature["id"] == name)


def test_kursk_is_posted_judged_and_judged_again_after_a_retraction(local, case):
    posted = local.post(f"{case}/observations", json=KURSK).json()
    assert len(posted["accepted"]) == len(KURSK["features"])
    assert posted["refused"] == []
    first = next(change for change in posted["changes"] if change["force"] == "kursk-group")
    assert (first["was"], first["is"]["status"]) == (None, "C2")
    assert first["because"]

    judged = local.get(f"{case}/forces/kursk-group/judgement")
    assert judged.json()["status"]["code"] == "C2"
    tag = judged.headers["etag"]
    again = local.get(f"{case}/forces/kursk-group/judgement", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    known = posted["accepted"][-1]["recorded_at"]

    gone = local.delete(f"{case}/observations/anchor-sumy", params={"why": "across the border"})
    assert gone.status_code == 200
    change = next(one for one in gone.json()["changes"] if one["force"] == "kursk-group")
    assert (change["was"]["status"], change["is"]["status"]) == ("C2", "U")
    now = local.get(f"{case}/forces/kursk-group/judgement").json()
    then = local.get(f"{case}/forces/kursk-group/judgement", params={"known_at": known}).json()
    assert (now["status"]["code"], then["status"]["code"]) == ("U", "C2")
    verified = local.post("/v1/judgements/verify", json={
        "judgement": then,
        "situation": local.get(f"{case}/situation", params={"known_at": known}).json(),
    })  # fmt: skip
    assert verified.json()["holds"] is True
    assert local.delete(f"{case}/observations/anchor-sumy", params={"why": "w"}).status_code == 410

    acts = [
        line["act"]
        for line in local.get(f"{case}/audit", params={"limit": 1000}).json()["revisions"]
    ]
    assert acts == ["post"] * (1 + len(KURSK["features"])) + ["retract"]


def test_of_two_who_correct_one_revision_the_second_is_told(local, case):
    local.post(f"{case}/observations", json=named("r1-sudzha"))
    at = f"{case}/observations/r1-sudzha"
    tag = local.get(at).headers["etag"]
    cut = {**named("r1-sudzha"), "properties": {**named("r1-sudzha")["properties"], "state": "cut"}}
    said = {"feature": cut, "why": "the bridge is down"}
    assert local.put(at, json=said).status_code == 428
    assert local.put(at, json=cut, headers={"If-Match": tag}).status_code == 422  # no reason
    won = local.put(at, json=said, headers={"If-Match": tag})
    assert (won.status_code, won.headers["etag"]) == (200, '"2"')
    lost = local.put(at, json=said, headers={"If-Match": tag})
    assert (lost.status_code, lost.headers["etag"]) == (409, '"2"')
    log = local.get(f"{at}/revisions").json()["revisions"]
    assert [(one["revision"], one["act"], one["why"]) for one in log] == [
        (1, "post", None), (2, "correct", "the bridge is down"),
    ]  # fmt: skip


def test_what_is_sent_again_is_not_done_again(local, case):
    rows = {"type": "FeatureCollection", "features": [named("ua-gornal"), named("ua-guevo")]}
    first = local.post(f"{case}/observations", json=rows, headers={"Idempotency-Key": "a"})
    again = local.post(f"{case}/observations", json=rows, headers={"Idempotency-Key": "a"})
    assert again.json()["accepted"] == first.json()["accepted"]
    assert again.headers["idempotent-replayed"] == "true"
    other = local.post(
        f"{case}/observations", json=named("r2-guevo"), headers={"Idempotency-Key": "a"}
    )
    assert (other.status_code, other.json()["type"]) == (422, "urn:encircle:problem:key-reused")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/v1/cases/none", None, 404),
        ("get", "{case}/observations/none", None, 404),
        ("get", "{case}/situation?as_of=noon", None, 422),
        ("get", "{case}/forces/none/judgement", None, 422),
        ("post", "{case}/observations", b"[1]", 422),
        ("post", "{case}/observations", b"{", 400),
        ("post", "/v1/cases", b'{"id": "a b"}', 422),
        ("post", "/v1/cases", b'{"id": "x", "situation": 5}', 422),
        ("put", "{case}/layers/roads", b'{"type": "FeatureCollection"}', 422),
        ("delete", "{case}/observations/none?why=w", None, 404),
    ],
)
def test_what_cannot_be_done_is_a_problem_with_a_remedy(  # noqa: PLR0913
    local, case, method, path, body, status
):
    asked = local.request(method, path.format(case=case), content=body)
    assert asked.status_code == status, asked.text
    assert asked.headers["content-type"] == "application/problem+json"


def test_without_keys_only_this_machine_writes(local):
    far = TestClient(local.app, BASE, client=("203.0.113.7", 1))
    assert far.post("/v1/cases", json={"id": "x", "situation": {}}).status_code == 401


def test_observations_are_searched_page_by_page_as_geojson_and_csv(local, case):
    local.post(f"{case}/observations", json=KURSK)
    at = f"{case}/observations"

    def ids(**asked):
        return [feature["id"] for feature in local.get(at, params=asked).json()["features"]]

    every = sorted(feature["id"] for feature in KURSK["features"])
    assert ids() == every
    pages, address = [], f"{at}?limit=7"
    while address:
        page = local.get(address).json()
        pages.append([feature["id"] for feature in page["features"]])
        address = page["next"]
    assert [len(page) for page in pages] == [7] * 5 + [5]
    assert [name for page in pages for name in page] == every
    assert ids(kind="anchor") == ["anchor-sumy"]
    assert ids(force="kursk-group") == sorted(
        f["id"] for f in KURSK["features"] if f["properties"].get("force") == "kursk-group"
    )
    assert "anchor-sumy" in ids(bbox="34,50,35,51.5")
    assert "anchor-sumy" not in ids(bbox="35.1,51,36,52")
    times = {"observed_at", "reported_at", "valid_from", "valid_to"}
    undated = sorted(f["id"] for f in KURSK["features"] if not times & f["properties"].keys())
    assert ids(datetime="1999-01-01/1999-12-31") == undated != every
    assert ids(datetime="../..") == every
    assert ids(known_at="2020-01-01T00:00:00Z") == []
    table = local.get(at, params={"kind": "position"}, headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert "ua-gornal" in table.text
    for wrong in ({"bbox": "1,2,3"}, {"bbox": "0,9,1,3"}, {"datetime": "now"}, {"limit": 0}):
        assert local.get(at, params=wrong).status_code == 422
    assert local.get("/v1/cases/none/observations").status_code == 404


def test_a_table_is_posted_row_by_row(local, case):
    local.post(f"{case}/observations", json=KURSK)
    table = (
        "id;name;lat;lon;side;date;source\n"
        "a1;Alpha;51.1;35.2;UA;2025-03-14;https://example.org/1\n"
        "a2;Bravo;99;35.2;UA;2025-03-14;\n"
        "a3;Charlie;51.2;35.3;XX;14.03.2025;\n"
        "r1-sudzha;Delta;51.2;35.3;RU;14.03.2025;\n"
    )
    at, head = f"{case}/observations", {"Content-Type": "text/csv"}
    named = {"side": "UA", "force": "kursk-group"}
    posted = local.post(at, content=table, headers=head, params=named)
    assert posted.status_code == 201
    assert [row["id"] for row in posted.json()["accepted"]] == ["a1"]
    told = {row["row"]: row["detail"] for row in posted.json()["refused"]}
    assert sorted(told) == [3, 4, 5]
    assert "99" in told[3]
    assert "XX" in told[4]
    assert "already" in told[5]
    kept = local.get(f"{at}/a1").json()["body"]["properties"]
    assert (kept["force"], kept["sources"][0]["url"]) == ("kursk-group", "https://example.org/1")
    assert posted.json()["notices"]  # what the positions rest on, no column says
    again = local.post(at, content=table, headers=head, params={"atomic": "true"})
    assert (again.status_code, again.json()["accepted"]) == (422, [])
    nameless = "lat,lon,side,date\n51.1,35.2,UA,2025-03-13\n"
    for _ in range(2):  # the second row of another day's table is another sighting
        assert len(local.post(at, content=nameless, headers=head).json()["accepted"]) == 1
    none = local.post(at, content="a,b\n1,2\n", headers=head)
    assert (none.status_code, none.headers["content-type"]) == (422, "application/problem+json")


def test_a_force_is_followed_through_the_days_of_a_case(local, case):
    local.post(f"{case}/observations", json=KURSK)
    road = named("r1-sudzha")
    days = {"2025-03-10": "open", "2025-03-20": "cut"}
    for day, state in days.items():
        said = {**road["properties"], "state": state, "observed_at": day}
        local.post(f"{case}/observations", json={**road, "id": f"r-{day}", "properties": said})
    told = local.get(f"{case}/forces/kursk-group/timeline").json()
    judged = [moment["as_of"][:10] for moment in told["moments"]]
    assert judged == sorted(set(judged))
    without = {day[:10] for day in told["without_the_force"]}
    assert days.keys() <= without.union(judged)
    assert local.get(f"{case}/forces/none/timeline").status_code == 422
    assert local.get(f"{case}/forces/kursk-group/timeline?until=1999-01-01").status_code == 404


def test_what_changed_is_a_feed_and_what_is_taken_back_a_correction(local, case):
    assert b"<entry>" not in local.get(f"{case}/changes.atom").content
    local.post(f"{case}/observations", json=KURSK)
    local.delete(f"{case}/observations/anchor-sumy", params={"why": "w"})
    told = local.get(f"{case}/changes.atom", params={"force": "kursk-group"})
    assert told.headers["content-type"].startswith("application/atom+xml")
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(told.content)  # noqa: S314 - our own
    titles = [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]
    assert titles == [
        "Correction: kursk-group on 2025-03-14: not encircled (C2) becomes indeterminate (U)",
        "kursk-group on 2025-03-14: not judged becomes not encircled (C2)",
    ]
    again = local.get(
        f"{case}/changes.atom", params={"force": "kursk-group"},
        headers={"If-None-Match": told.headers["etag"]},
    )  # fmt: skip
    assert again.status_code == 304


def test_a_claim_is_kept_rated_and_rated_otherwise_when_evidence_changes(local, case):
    evidence = [f for f in KURSK["features"] if f["properties"]["kind"] != "claim"]
    local.post(f"{case}/observations", json={**KURSK, "features": evidence})
    claim = named("claim-putin-isolation")
    made = local.post(f"{case}/claims", json=claim)
    assert made.status_code == 201, made.text
    assert made.json()["rating"]["rating"] == "contradicted"
    at = made.headers["location"]
    assert [one["rating"] for one in local.get(at).json()["log"]] == ["contradicted"]
    local.delete(f"{case}/observations/anchor-sumy", params={"why": "w"})
    told = local.get(at).json()
    assert [one["rating"] for one in told["log"]] == ["contradicted", told["rating"]["rating"]]
    assert told["rating"]["rating"] != "contradicted"
    listed = local.get(f"{case}/claims").json()["claims"]
    assert [(one["id"], one["rating"]) for one in listed] == [(claim["id"], told["rating"])]
    assert local.get(f"{case}/claims/ua-gornal").status_code == 404
    plain = {"claimant": "X", "statement": "They are surrounded.", "made_at": "2025-03-14",
             "asserts": {"force": "kursk-group", "definition": "surrounded",
                         "value": "yes"}}  # fmt: skip
    assert local.post(f"{case}/claims", json=plain).status_code == 201
    assert local.post(f"{case}/claims", json={"claimant": 5}).status_code == 422


def test_a_claim_made_again_is_told_of_the_first_and_its_denial_is_not(local, case):
    evidence = [f for f in KURSK["features"] if f["properties"]["kind"] != "claim"]
    local.post(f"{case}/observations", json={**KURSK, "features": evidence})
    first = named("claim-putin-isolation")["properties"]
    said = {name: value for name, value in first.items() if name != "kind"}
    made = local.post(f"{case}/claims", json={"id": "first", **said}).json()
    assert made["again"] == []
    again = {"id": "again", **said, "statement": "Они изолированы."}
    made = local.post(f"{case}/claims", json=again).json()
    assert [one["id"] for one in made["again"]] == ["first"]
    denied = {**again, "id": "denied", "asserts": {**said["asserts"], "value": "no"}}
    assert local.post(f"{case}/claims", json=denied).json()["again"] == []
    read = local.get(f"{case}/claims/first").json()
    assert [one["id"] for one in read["again"]] == ["again"]
    assert "same claimant" in read["again"][0]["because"]


def test_the_feed_of_a_claim_tells_its_ratings_and_corrections(local, case):
    local.post(f"{case}/observations", json=KURSK)
    asserts = {"force": "kursk-group", "definition": "land_cut", "value": "yes"}
    claim = {"claimant": "A spokesman", "made_at": "2025-03-14", "statement": "Surrounded.",
             "asserts": asserts}  # fmt: skip
    where = local.post(f"{case}/claims", json={"id": "said/so?", **claim})
    assert where.status_code == 422  # a slash cannot stand in an address
    local.post(f"{case}/claims", json={"id": "said so & more", **claim})
    local.delete(f"{case}/observations/anchor-sumy", params={"why": "w"})
    name = "said%20so%20%26%20more"
    rated = [one["rating"] for one in local.get(f"{case}/claims/{name}").json()["log"]]
    feed = ET.fromstring(local.get(f"{case}/changes.atom?claim={name}&force=a/b").content)  # noqa: S314
    atom = "{http://www.w3.org/2005/Atom}"
    entries = [*feed.iter(f"{atom}entry")]
    titles = [entry.findtext(f"{atom}title") for entry in entries]
    assert titles[-1] == f"said so & more: {rated[0]}"
    assert len(titles) == len(rated) == 2
    assert titles[0] == f"Correction: said so & more: {rated[1]} (before: {rated[0]})"
    assert local.get(entries[0].find(f"{atom}link").get("href")).status_code == 200


def test_a_judgement_is_kept_as_it_was_given_and_its_map_can_be_put_together_again(local, case):
    local.post(f"{case}/observations", json=KURSK)
    made = local.post(f"{case}/forces/kursk-group/judgement")
    assert made.status_code == 201
    kept = made.json()
    where = made.headers["Location"]
    local.delete(f"{case}/observations/ua-gornal?why=another+unit")
    told = local.get(where)
    assert told.headers["ETag"]
    assert hashlib.sha256(told.content).hexdigest() == kept["id"]
    judgement = told.json()
    asked = {"as_of": kept["as_of"], "known_at": kept["known_at"]}
    situation = local.get(f"{case}/situation", params=asked).json()
    assert encircle.read(situation).sha256 == kept["input_sha256"]
    body = {"judgement": judgement, "situation": situation}
    assert local.post("/v1/judgements/verify", json=body).json()["holds"]
    assert local.get(f"{case}/judgements").json()["judgements"] == [kept]
    assert local.get(f"{case}/judgements/{'0' * 64}").status_code == 404


@pytest.mark.parametrize(
    ("value", "said"),
    [(2**64, "larger"), (-(2**70), "larger"), ("\ud800", "half a surrogate"), ("a\0b", "NUL"),
     ({"\udfff": 1}, "half a surrogate")],
)  # fmt: skip
def test_what_no_database_keeps_is_refused_with_its_place(local, case, assert_problem, value, said):
    feature = {**named("ua-gornal"), "more": {"a/b": [0, value]}}
    for method, at, body in (
        ("post", f"{case}/observations", feature),
        ("post", f"{case}/claims", {**named("claim-putin-isolation"), "more": {"a/b": [0, value]}}),
        ("put", f"{case}/layers/l", {"type": "FeatureCollection", "features": [feature]}),
        ("post", "/v1/cases", {"id": "n", "situation": {"more": {"a/b": [0, value]}}}),
    ):
        asked = local.request(method, at, content=json.dumps(body).encode())
        (fault,) = assert_problem(asked, 422)["errors"]
        assert said in fault["detail"]
        assert "/more/a~1b/1" in fault["pointer"]
    assert local.get(f"{case}/observations").json()["features"] == []


def test_a_nul_in_an_address_or_a_table_is_refused(local, case, assert_problem):
    assert_problem(local.get(f"{case}/observations/%00"), 422)
    assert_problem(local.get(f"{case}/observations?kind=%00"), 422)
    assert_problem(local.get("/ogc/collections/%00.positions"), 400)
    table = b"name,lat,lon,side,date\nA\0,51,35,UA,2025-03-13\n"
    head = {"Content-Type": "text/csv"}
    assert_problem(local.post(f"{case}/observations", content=table, headers=head), 422)


def test_what_was_taken_back_is_gone_and_its_revisions_are_not(local, case, assert_problem):
    local.post(f"{case}/observations", json=named("ua-gornal"))
    at = f"{case}/observations/ua-gornal"
    local.delete(at, params={"why": "seen elsewhere"})
    assert "seen elsewhere" in assert_problem(local.get(at), 410)["detail"]
    assert len(local.get(f"{at}/revisions").json()["revisions"]) == 2


class Taken:
    """Workers that do the first so many pieces of work, and then have no time."""

    def __init__(self, pool, error, first):
        self.ask_on, self.error, self.left = pool.ask, error, first

    async def ask(self, kind, raw):
        self.left -= 1
        if self.left < 0:
            raise self.error
        return await self.ask_on(kind, raw)


@pytest.mark.parametrize("error", [BusyError(), StoppedError(), TooSlowError(20)], ids=repr)
def test_what_is_kept_is_acknowledged_though_there_is_no_time_to_judge(
    local, case, monkeypatch, error
):
    monkeypatch.setattr("api.telling.PAUSES_S", (0.0,))
    pool = local.app.state.service.pool
    for body, path in ((KURSK, "observations"), (named("claim-putin-isolation"), "claims")):
        row = {**body, "id": "another"} if path == "claims" else body
        local.app.state.service._brief.clear()  # noqa: SLF001 - as after a start
        with monkeypatch.context() as patch:
            patch.setattr(pool, "ask", Taken(pool, error, 1 if path != "claims" else 0).ask)
            told = local.post(f"{case}/{path}", json=row)
        assert told.status_code == 201, told.text
        assert told.json()["changes" if path != "claims" else "rating"] is None
    kept = {one["id"] for one in local.get(f"{case}/observations").json()["features"]}
    assert kept == {"another", *(feature["id"] for feature in KURSK["features"])}
    assert local.get(f"{case}/claims/another").json()["rating"] is not None


def test_where_no_worker_has_time_nothing_is_kept_and_a_map_that_takes_too_long_is(
    local, case, monkeypatch
):
    pool = local.app.state.service.pool
    local.post(f"{case}/observations", json=named("ua-gornal"))
    for error, status in ((BusyError(), 503), (TooSlowError(20), 201)):
        with monkeypatch.context() as patch:
            patch.setattr(pool, "ask", Taken(pool, error, 0).ask)
            local.app.state.service._brief.clear()  # noqa: SLF001 - as after a start
            told = local.post(f"{case}/observations", json=named("ua-guevo"))
            assert told.status_code == status
        there = local.get(f"{case}/observations/ua-guevo").status_code
        assert there == (200 if status == 201 else 404)


def test_a_store_that_is_locked_is_told_as_busy_and_not_as_a_fault(
    tmp_path, monkeypatch, assert_problem
):
    monkeypatch.setattr("encircle.store.opening.WAIT_MS", 200)
    file = tmp_path / "case.sqlite"
    app = create_app(Settings(workers=1, database=str(file)))
    with TestClient(app, BASE, client=HERE) as client:
        begun = {"id": "c", "situation": KURSK["situation"]}
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            told = client.post("/v1/cases", json=begun)
            assert "locked" in assert_problem(told, 503)["detail"]
            assert int(told.headers["retry-after"]) > 0
            other.execute("ROLLBACK")
        assert client.post("/v1/cases", json=begun).status_code == 201


@pytest.mark.parametrize("wrong", [{"coarsen_m": False}, {"delay_h": "0"}, {"open": "yes"}])
def test_what_strangers_are_given_is_not_read_from_a_value_of_another_kind(local, case, wrong):
    told = local.put(f"{case}/publication", json={**wrong, "why": "w"})
    assert told.status_code == 422


def test_a_unit_that_expired_and_nothing_else_is_judged_as_one_that_cannot_be_told(local):
    case = f"/v1/cases/gone-{next(COUNT)}"
    settings = {"as_of": "2025-03-20", "force": "g", "sides": [{"id": "UA"}, {"id": "RU"}]}
    assert local.post("/v1/cases", json={"id": case[10:], "situation": settings}).is_success
    said = {"kind": "position", "side": "UA", "force": "g", "observed_at": "2025-03-10",
            "valid_to": "2025-03-12"}  # fmt: skip
    place = {"type": "Point", "coordinates": [35.2, 51.1]}
    unit = {"type": "Feature", "id": "a", "geometry": place, "properties": said}
    posted = local.post(f"{case}/observations", json=unit)
    assert [change["is"]["status"] for change in posted.json()["changes"]] == ["U"]
    judged = local.get(f"{case}/forces/g/judgement")
    assert judged.json()["status"]["code"] == "U"
    for kind in ("text/html", "image/svg+xml", "application/geo+json"):
        assert local.get(f"{case}/forces/g/judgement", headers={"Accept": kind}).is_success, kind
    days = local.get(f"{case}/forces/g/timeline")
    assert days.is_success, days.text
    situation = local.get(f"{case}/situation").json()
    assert local.post("/v1/judgements", json=situation).json()["status"]["code"] == "U"
    asked = {"judgement": judged.json(), "situation": situation}
    assert local.post("/v1/judgements/verify", json=asked).json()["holds"]


SEEN = ("name,lat,lon,side,force,track,date\n", "T,51.15,35.2,UA,g,u1,2025-03-10\n",
        "T,51.25,35.2,UA,g,u1,2025-03-12\n")  # fmt: skip
TABLE = {"Content-Type": "text/csv"}
UNPACKED = {"Accept-Encoding": "identity"}


def places(local, case, day):
    found = local.get(f"{case}/situation", params={"as_of": day}).json()["features"]
    return [feature["geometry"]["coordinates"] for feature in found]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("tables", [1, 2], ids=["one table", "a table a day"])
def test_a_tables_track_is_kept_and_the_latest_sighting_speaks(local, case, tables, kind):
    at = f"{case}/observations"
    sent = [SEEN] if tables == 1 else [SEEN[:2], (SEEN[0], SEEN[2])]
    names = []
    for lines in sent:
        content, head = "".join(lines).encode(), TABLE
        if kind == "xlsx":
            openpyxl = pytest.importorskip("openpyxl")
            book = openpyxl.Workbook()
            for line in lines:
                book.active.append(line.strip().split(","))
            book.save(written := io.BytesIO())
            content, head = written.getvalue(), {"Content-Type": XLSX}
        posted = local.post(at, content=content, headers=head).json()
        names += [row["id"] for row in posted["accepted"]]
    kept = [local.get(f"{at}/{name}").json()["body"]["properties"] for name in names]
    assert [(said["track"], "valid_to" in said) for said in kept] == [("u1", False)] * 2
    assert places(local, case, "2025-03-11") == [[35.2, 51.15]]
    assert places(local, case, "2025-03-13") == [[35.2, 51.25]]
    # Taken back, the second leaves the unit where it was seen first.
    assert local.delete(f"{at}/{names[1]}", params={"why": "another unit"}).is_success
    assert places(local, case, "2025-03-13") == [[35.2, 51.15]]


def test_what_leaves_as_a_table_comes_in_again_as_it_was(local, case):
    at = f"{case}/observations"
    local.post(at, content="".join(SEEN), headers=TABLE)
    table = local.get(at, headers={"Accept": "text/csv"}).text
    other = f"/v1/cases/again-{next(COUNT)}"
    local.post("/v1/cases", json={"id": other[10:], "situation": KURSK["situation"]})
    assert len(local.post(f"{other}/observations", content=table, headers=TABLE)
               .json()["accepted"]) == 2  # fmt: skip
    assert local.get(f"{other}/observations", headers={"Accept": "text/csv"}).text == table
    first, second = (local.get(f"{one}/observations").json()["features"] for one in (case, other))
    assert first == second


def test_of_two_who_lay_one_layer_over_another_the_second_is_told(local, case, assert_problem):
    at, ground = f"{case}/layers/c", {"type": "FeatureCollection", "features": []}

    def lay(why, tag=None, at=at):
        head = {} if tag is None else {"If-Match": tag}
        return local.put(at, params={"why": why}, json=ground, headers=head)

    first = local.put(at, json=ground)
    assert first.headers["etag"] == '"1"'
    assert lay("anna", '"1"').headers["etag"] == '"2"'
    refused = assert_problem(lay("ben", '"1"'), 409)
    assert "somebody was there before you" in refused["detail"]
    assert lay("a script, each day").headers["etag"] == '"3"'  # who does not ask is not told
    assert_problem(lay("ben", 'W/"3"'), 428)
    assert_problem(lay("ben", '"1"', f"{case}/layers/none"), 404)
    local.delete(at, params={"why": "wrong"})
    assert_problem(lay("ben", '"3"'), 410)
    # Where its number is to be read: in the log, that of a retraction, too.
    last = local.get(f"{case}/audit", params={"brief": True}).json()["revisions"][-1]
    assert (last["what"], last["id"], last["act"]) == ("layer", "c", "retract")
    assert lay("ben", f'"{last["revision"]}"').headers["etag"] == '"5"'
    local.delete(at, params={"why": "wrong"})
    assert lay("ben").headers["etag"] == '"7"'


def test_of_two_who_say_what_is_public_the_second_is_told(local, case, assert_problem):
    def say(hours, tag=None):
        head = {} if tag is None else {"If-Match": tag}
        return local.put(f"{case}/publication", json={"delay_h": hours, "why": "new"}, headers=head)

    assert_problem(say(1, '"p1"'), 404)
    read = local.get(case, headers=UNPACKED)
    assert (read.json()["publication"]["revision"], read.headers["etag"]) == (0, '"1-p0"')
    assert say(1, read.headers["etag"]).headers["etag"] == '"p1"'  # nobody had said anything
    assert_problem(say(9, '"p0"'), 409)
    assert say(2, '"p1"').headers["etag"] == '"p2"'
    late = say(3, '"p1"')
    assert_problem(late, 409)
    assert late.headers["etag"] == '"p2"'
    assert_problem(say(3, 'W/"p2"'), 428)
    assert say(4).json()["publication"]["delay_h"] == 4


def test_the_number_of_the_settings_undoes_no_shutting(local, case, assert_problem):
    def say(tag, **terms):
        terms = {**terms, "why": "w"}
        return local.put(f"{case}/publication", json=terms, headers={"If-Match": tag})

    assert local.put(f"{case}/publication", json={"delay_h": 48}).status_code == 200
    read = local.get(case, headers=UNPACKED)
    assert read.headers["etag"] == '"1-p1"'
    shut = say(read.headers["etag"], open=False)
    assert (shut.status_code, shut.headers["etag"]) == (200, '"p2"')
    assert local.get(case, headers=UNPACKED).headers["etag"] == '"1-p2"'  # for its body is another
    told = {"situation": read.json()["situation"], "why": "w"}
    # What is public changed meanwhile, the settings did not: nothing of theirs is lost.
    done = local.put(case, json=told, headers={"If-Match": read.headers["etag"], **UNPACKED})
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    for tag in (done.headers["etag"], read.headers["etag"], "2", '"x"', "*"):
        refused = assert_problem(say(tag, open=True), 409)
    assert 'as "p2": give that of GET' in refused["detail"]
    assert local.get(case).json()["publication"]["open"] is False
    assert_problem(local.put(case, json=told, headers={"If-Match": '"p2"'}), 428)
    assert local.put(case, json=told, headers={"If-Match": '"2-p2-gzip"'}).status_code == 200

"""What a post changes is told truly: also where the map cannot be judged, or not in time."""

import io

import pytest
from sqlalchemy.exc import OperationalError

from api.case_parameters import XLSX
from api.errors import TooSlowError
from encircle.store import casefile
from tests.api.test_cases import KURSK, case, local, named

__all__ = ["case", "local"]
FORCE = "kursk-group"


@pytest.fixture
def filled(local, case):
    assert local.post(f"{case}/observations", json=KURSK).json()["refused"] == []
    return case


def wrong(name="wrong"):
    """A position of the force that is said to be the enemy's."""
    feature = next(one for one in KURSK["features"] if one["properties"].get("force") == FORCE)
    return {**feature, "id": name, "properties": {**feature["properties"], "side": "RU"}}


def test_a_row_that_would_make_the_map_unjudgeable_is_refused(local, filled):
    refused = local.post(f"{filled}/observations", json=wrong())
    assert refused.status_code == 422
    assert refused.json()["changes"] == []


def test_a_row_that_makes_the_map_unjudgeable_all_the_same_is_told_so(local, filled, monkeypatch):
    monkeypatch.setattr("encircle.store.casefile.find_misfits", lambda *_, **__: {})
    told = local.post(f"{filled}/observations", json=wrong()).json()
    (change,) = [one for one in told["changes"] if one["force"] == FORCE]
    assert (change["was"]["status"], change["is"]) == ("C2", None)
    assert "cannot be judged" in change["because"][0]
    again = local.post(f"{filled}/observations", json=wrong("again")).json()
    assert again["changes"] == []
    assert any("cannot be judged" in said for said in again["notices"])
    local.delete(f"{filled}/observations/again", params={"why": "misread"})
    back = local.delete(f"{filled}/observations/wrong", params={"why": "misread"}).json()
    (change,) = [one for one in back["changes"] if one["force"] == FORCE]
    assert (change["was"], change["is"]["status"]) == (None, "C2")
    assert "notices" not in back


def test_other_settings_tell_what_they_change_and_fit_what_was_posted(local, filled):
    read = local.get(filled)
    head = {"If-Match": read.headers["ETag"]}
    settings = read.json()["situation"]
    enemy = next(side["id"] for side in settings["sides"] if side["id"] == "RU")
    allies = {**settings, "sides": [{**s, "allies": [enemy]} if s["id"] != enemy else s
                                    for s in settings["sides"]]}  # fmt: skip
    told = local.put(filled, json={"situation": allies, "why": "w"}, headers=head)
    assert told.status_code == 200, told.text
    changed = {one["force"]: one["is"] for one in told.json()["changes"]}
    assert changed[FORCE]["status"] != "C2"
    head = {"If-Match": told.headers["ETag"]}
    alone = {**settings, "sides": [{"id": "XX"}]}
    refused = local.put(filled, json={"situation": alone, "why": "w"}, headers=head)
    assert refused.status_code == 422
    assert refused.json()["errors"]
    assert local.get(filled).json()["situation"] == allies


def test_what_cannot_be_judged_in_time_is_kept_and_not_tried_again(local, case, monkeypatch):
    service, asked = local.app.state.service, []

    async def ask(_, kind, _raw):
        asked.append(kind)
        raise TooSlowError(20)

    monkeypatch.setattr(type(service), "ask", ask)
    for number in range(3):
        feature = {**named("ua-gornal"), "id": f"row-{number}"}
        told = local.post(f"{case}/observations", json=feature)
        assert told.status_code == 201
        assert told.json()["changes"] is None
        assert any("was not worked out" in said for said in told.json()["notices"])
    gone = local.delete(f"{case}/observations/row-0", params={"why": "w"})
    assert gone.status_code == 200
    assert asked == [b"s"]


def test_a_table_sent_twice_is_told(local, case):
    table = "name,lat,lon,side,date\nAlpha,51.15,35.2,UA,2025-03-13\nBeta,51.1,35.2,UA,2025-03-13\n"
    head = {"Content-Type": "text/csv"}
    first = local.post(f"{case}/observations", content=table, headers=head).json()
    assert not any("already" in said for said in first.get("notices", ()))
    again = local.post(f"{case}/observations", content=table, headers=head).json()
    assert len(again["accepted"]) == 2
    assert any("2 rows of what stands here already" in said for said in again["notices"])


def deep(levels):
    return [] if levels == 0 else [deep(levels - 1)]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"id": "a/b"}, "/features/0/id"), ({"id": ".."}, "/features/0/id"),
        ({"id": "."}, "/features/0/id"), ({"id": "a\u202eb"}, "/features/0/id"),
        ({"id": "x" * 201}, "/features/0/id"),
        ({"force": "f" * 201}, "/features/0/properties/force"),
        ({"track": {"a": 1}}, "/features/0/properties/track"),
        ({"more": deep(58)}, "/features/0"),
    ],
)  # fmt: skip
def test_what_could_never_be_found_or_judged_again_is_refused(local, case, changed, pointer):
    feature = named("ua-gornal")
    said = {name: value for name, value in changed.items() if name != "id"}
    sent = {
        **feature,
        "id": changed.get("id", "fine"),
        "properties": {**feature["properties"], **said},
    }
    answer = local.post(f"{case}/observations", json=sent)
    assert answer.status_code == 422
    (refused,) = answer.json()["refused"]
    assert refused["pointer"] == pointer
    assert refused["remedy"]


def test_a_full_disk_is_told_as_one(local, case, monkeypatch):
    def fail(*_):
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr(casefile, "append", fail)
    answer = local.post(f"{case}/observations", json=named("ua-gornal"))
    assert answer.status_code == 503
    assert "disk is full" in answer.json()["detail"]
    assert "insert" not in answer.text


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://[64:ff9b::7f00:1]/h", "https://10.1.2.3", "https://[", "",
     "https://example.org:99999/hook", "https://example.org/привет"],
)  # fmt: skip
def test_a_watch_that_would_call_within_or_nowhere_is_refused_at_once(local, filled, url):
    asked = {"force": FORCE, "condition": "status == E2", "url": url}
    answer = local.post(f"{filled}/watches", json=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/url"


def test_a_page_of_a_case_runs_no_script(local, filled):
    for kind in ("text/html", "image/svg+xml"):
        where = f"{filled}/forces/{FORCE}/judgement"
        page = local.get(where, headers={"Accept": kind})
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_what_is_dated_later_than_the_case_is_told(local, case):
    feature = named("ua-gornal")
    late = {**feature, "properties": {**feature["properties"], "observed_at": "2035-01-01"}}
    told = local.post(f"{case}/observations", json=late).json()
    assert any("later than the instant judged (ua-gornal)" in said for said in told["notices"])
    told = local.post(f"{case}/observations", json={**feature, "id": "in-time"}).json()
    assert not any("later than" in said for said in told.get("notices", ()))


def test_a_plus_in_an_address_is_told(local, filled):
    answer = local.get(f"{filled}/situation?as_of=2025-03-14T12:00:00+01:00")
    assert answer.status_code == 422
    assert "%2B" in answer.json()["errors"][0]["remedy"]


@pytest.mark.parametrize("order", ["utf-16", "utf-16-be"])
def test_a_spreadsheets_unicode_text_is_a_table(local, case, order):
    mark = "\ufeff" if order == "utf-16-be" else ""
    table = f"{mark}name\tlat\tlon\tside\tdate\nСуджа\t51,19\t35,27\tUA\t13.03.2025\n"
    head = {"Content-Type": "text/csv"}
    told = local.post(f"{case}/observations", content=table.encode(order), headers=head).json()
    (kept,) = told["accepted"]
    said = local.get(f"{case}/observations/{kept['id']}").json()["body"]
    assert said["properties"]["name"] == "Суджа"
    assert said["geometry"]["coordinates"] == [35.27, 51.19]


def test_a_row_without_a_side_is_told_in_the_words_of_http(local, case):
    table = "name,lat,lon,side,date\nAlpha,51.15,35.2,,2025-03-13\nBeta,51.1,35.2,UA,2025-03-13\n"
    head = {"Content-Type": "text/csv"}
    told = local.post(f"{case}/observations", content=table, headers=head).json()
    (refused,) = told["refused"]
    assert "?rows_side=" in refused["remedy"]
    assert "--" not in refused["remedy"]


def test_a_workbook_is_posted_as_a_table_is_and_its_rows_have_its_numbers(local, case):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["name", "lat", "lon", "side"], [], ["Суджа", 51.19, 35.27, "UA"], ["B", "x", 35]):
        book.active.append(row)
    book.save(raw := io.BytesIO())
    head = {"Content-Type": XLSX, "Idempotency-Key": "once"}
    told = local.post(f"{case}/observations", content=raw.getvalue(), headers=head)
    (kept,) = told.json()["accepted"]
    assert told.json()["refused"][0]["row"] == 4
    assert local.get(f"{case}/observations/{kept['id']}").json()["body"]["geometry"]["coordinates"]
    again = local.post(f"{case}/observations", content=raw.getvalue(), headers=head)
    assert again.headers["Idempotent-Replayed"] == "true"
    broken = local.post(f"{case}/observations", content=b"PK\3\4", headers=head)
    assert broken.status_code == 422
    assert broken.json()["errors"][0]["remedy"]


def test_a_number_no_database_counts_to_is_refused(local, filled):
    name = filled.rpartition("/")[2]
    assert local.get(f"{filled}/audit?after={2**64}").status_code == 422
    assert local.get(f"/ogc/collections/{name}.routes/items?offset={2**64}").status_code == 400
    assert local.get(f"{filled}/audit?after={2**63 - 1}").json()["revisions"] == []


def test_the_log_is_paged_through_whole_and_its_lines_may_be_brief(local, filled):
    whole = local.get(f"{filled}/audit?limit=1000").json()["revisions"]
    found, path = [], f"{filled}/audit?limit=2&brief=true"
    while path:
        told = local.get(path).json()
        found += told["revisions"]
        path = told["next"]
    assert len(whole) > 2
    assert found == [{k: v for k, v in line.items() if k != "body"} for line in whole]


def test_of_a_whole_map_that_is_posted_what_is_not_read_is_told(local, case):
    told = local.post(f"{case}/observations", json=KURSK).json()
    assert any("Not read: the member `situation`" in said for said in told["notices"])
    alone = local.post(f"{case}/observations", json={**named("ua-gornal"), "id": "alone"}).json()
    assert not any("Not read" in said for said in alone.get("notices", ()))


TABLES = {
    "a side that is not on the map": "name,lat,lon,side,date\nA,51.1,35.2,XX,2025-03-13\n",
    "no side": "name,lat,lon,side,date\nA,51.1,35.2,,2025-03-13\n",
    "no column of sides": "name,lat,lon,date\nA,51.1,35.2,2025-03-13\n",
    "no place": "name,side,date\nA,UA,2025-03-13\n",
    "no basis": "name,lat,lon,side,date\nA,51.1,35.2,UA,2025-03-13\n",
    "exchanged": "name,lat,lon,side\n" + "".join(
        f"A{n},{51 + n / 100},{35 + n / 100},UA\n" for n in range(8)) + "B,35.05,51.05,UA\n",
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_no_remedy_for_a_table_names_an_option_of_the_command_line(local, case, table):
    head = {"Content-Type": "text/csv"}
    answer = local.post(f"{case}/observations", content=table, headers=head)
    told = answer.json()
    remedies = [one["remedy"] for one in (*told.get("refused", ()), *told.get("errors", ()))]
    said = [*remedies, *told.get("notices", ())]
    assert said
    assert not [text for text in said if "--" in text]


@pytest.mark.parametrize("asked", [{"claim": "It is encircled.", "side": "XX"},
                                   {"claim": "Encircled.", "definition": "sea_cut"},
                                   {"claim": "They are surrounded.", "claim_number": 3}],
                         ids=str)  # fmt: skip
def test_no_remedy_for_a_question_names_one_either(local, asked):
    answer = local.post("/v1/questions", json={"maps": [KURSK], **asked})
    assert answer.status_code == 422, answer.text
    assert not [one for one in answer.json()["errors"] if "--" in one["remedy"]]


def test_a_row_is_numbered_as_whoever_sent_it_counts(local, case):
    far = {**named("ua-gornal"), "geometry": {"type": "Point", "coordinates": [500, 51]}}
    rows = {"type": "FeatureCollection", "features": [named("ua-guevo"), far]}
    (refused,) = local.post(f"{case}/observations", json=rows).json()["refused"]
    assert refused["row"] == 1
    assert refused["pointer"].startswith("/features/1/")
    table = "name,lat,lon,side,date\nA,51.1,35.2,UA,2025-03-13\nB,51.1,35.2,XX,2025-03-13\n"
    head = {"Content-Type": "text/csv"}
    (refused,) = local.post(f"{case}/observations", content=table, headers=head).json()["refused"]
    assert refused["row"] == 3  # as a spreadsheet numbers it
    described = local.get("/openapi.json").json()["components"]["schemas"]["RefusedBody"]
    assert "from 0" in described["properties"]["row"]["description"]


def test_a_weak_etag_matches_nothing(local, case):
    local.post(f"{case}/observations", json=named("ua-gornal"))
    at = f"{case}/observations/ua-gornal"
    body = {"feature": named("ua-gornal"), "why": "seen better"}
    weak = local.put(at, json=body, headers={"If-Match": 'W/"1"'})
    assert weak.status_code == 428
    assert "weak" in weak.json()["detail"]
    for tag in ('"1"', '"2-gzip"'):  # as it was read, plain or packed
        assert local.put(at, json=body, headers={"If-Match": tag}).status_code == 200


LAYER = {"type": "FeatureCollection", "features": []}


def test_of_a_layer_what_is_not_read_is_told(local, case):
    whole = {**LAYER, "name": "roads", "situation": {**KURSK["situation"], "as_of": "2025-03-01"}}
    told = local.put(f"{case}/layers/roads", json=whole).json()
    (said,) = [one for one in told["notices"] if one.startswith("Not read")]
    for member in ("name", "situation.sides", "situation.force", "situation.title"):
        assert member in said
    assert "as_of" not in said
    bare = {**LAYER, "situation": {"as_of": "2025-03-02"}}
    told = local.put(f"{case}/layers/roads", json=bare).json()
    assert not [one for one in told.get("notices", ()) if one.startswith("Not read")]


@pytest.mark.parametrize("day", ["noon", 20250314, "14.03.2025", [], "x/y"], ids=str)
def test_a_layer_of_no_day_is_refused(local, case, day):
    answer = local.put(f"{case}/layers/l", json={**LAYER, "situation": {"as_of": day}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/situation/as_of"


@pytest.mark.parametrize(
    ("day", "name"),
    [("2025/03/14", "l@2025-03-14"), (None, "l"), ("", "l"),
     ("2025-03-14T23:00:00-05:00", "l@2025-03-14")],
)  # fmt: skip
def test_what_a_layer_is_called_can_stand_in_an_address(local, case, day, name):
    answer = local.put(f"{case}/layers/l", json={**LAYER, "situation": {"as_of": day}})
    assert answer.json()["revision"]["id"] == name


@pytest.mark.parametrize("name", ["%2E%2E", "%2e", "a%20b"])
def test_a_layer_of_a_name_that_cannot_is_refused(local, case, name):
    assert local.put(f"{case}/layers/{name}", json=LAYER).status_code in (404, 405, 422)


@pytest.mark.parametrize(
    ("mark", "said"),
    [({"crs": {"type": "name", "properties": {"name": "EPSG:4284"}}}, "not WGS 84"),
     ({"exceededTransferLimit": True}, "cut short")],
)  # fmt: skip
def test_a_collection_is_refused_where_a_file_is(local, case, mark, said):
    rows = {"type": "FeatureCollection", "features": [named("ua-gornal")], **mark}
    for answer in (
        local.post(f"{case}/observations", json=rows), local.put(f"{case}/layers/l", json=rows),
    ):  # fmt: skip
        assert answer.status_code == 422
        assert said in answer.json()["errors"][0]["detail"]


def test_a_claim_heard_after_it_was_made_is_kept_and_its_rating_is_no_fault(local, filled):
    claim = {"id": "late", "claimant": "A spokesman", "made_at": "2025-03-13",
             "reported_at": "2025-03-14", "statement": "Surrounded.",
             "asserts": {"force": FORCE, "definition": "land_cut", "value": "yes"}}  # fmt: skip
    made = local.post(f"{filled}/claims", json=claim)
    assert made.status_code == 201, made.text
    told = local.get(f"{filled}/claims/late")
    assert told.status_code == 200
    assert told.json()["rating"] is None
    assert "does not have the claim yet" in told.json()["problem"]["detail"]

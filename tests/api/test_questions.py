"""POST /v1/questions: an answer, a question back with 409, and what a wrong request is told."""

import base64
import gzip
import json
import re

import pytest

from api.questions import EXAMPLE_QUESTION, MOST_MAPS
from tests.unit.formats.test_control_kml import two_sided

MAP = {"name": "Control_25_03_01.kml", "content": two_sided().decode()}
QUESTION = {
    "claim": "5,000 Ukrainian soldiers are completely surrounded.",
    "maps": [MAP], "place": "34.2,51.1", "made_at": "2025-03-01",
}  # fmt: skip


@pytest.fixture
def ask(client):
    return lambda request: client.post("/v1/questions", content=json.dumps(request).encode())


def test_a_question_is_answered_from_a_map_as_the_command_answers_it(ask):
    response = ask(QUESTION)
    assert response.status_code == 200
    told = response.json()
    assert list(told) == ["claim", "question", "maps", "rating", "agreement", "quote"]
    assert told["rating"] == "contradicted"
    assert told["maps"][0]["map"] == MAP["name"]


def test_the_example_of_the_documentation_is_answered(ask):
    assert ask(EXAMPLE_QUESTION).status_code == 200


def test_a_place_on_enemy_ground_is_asked_back(ask):
    response = ask(QUESTION | {"place": "34.2,51.25"})
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["question"]["question"] == "which_force"
    assert (told["status"], told["rating"], told["maps"]) == (409, None, [])
    again = {"place": "34.2,51.25", "force_in": told["question"]["pieces"][0]["id"]}
    assert ask(QUESTION | again).status_code == 200


def test_a_situation_may_stand_in_the_list_by_itself(ask):
    bare = {**EXAMPLE_QUESTION, "maps": [EXAMPLE_QUESTION["maps"][0]["content"]]}
    assert ask(bare).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        pytest.param({"maps": []}, "/maps", id="no map"),
        pytest.param({"maps": [MAP] * (MOST_MAPS + 1)}, "/maps", id="too many maps"),
        pytest.param({"maps": [{"name": "a", "content": 5}]}, "/maps/0/content", id="a number"),
        pytest.param({"maps": [{"name": "a", "content": "x,y"}]}, "/maps/0", id="no map at all"),
        pytest.param(
            {"maps": [MAP | {"preset": "isw"}]}, "/maps/0", id="a member of a map unknown"
        ),
        pytest.param({"claim": "Fine weather."}, "/claim", id="no claim"),
        pytest.param({"claim": ""}, "/claim", id="nothing said"),
        pytest.param({"definition": "doomed"}, "/definition", id="no definition"),
        pytest.param({"made_at": "yesterday"}, "/made_at", id="no day"),
        pytest.param({"colour": "red"}, "/colour", id="a member nobody knows"),
        pytest.param({"claim_number": 7}, "/claim_number", id="no such claim"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(ask, wrong, pointer):
    response = ask(QUESTION | wrong)
    assert response.status_code == 422
    assert pointer in [fault["pointer"][: len(pointer)] for fault in response.json()["errors"]]


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_past_the_calendar_is_refused(ask, when):
    response = ask(EXAMPLE_QUESTION | {"made_at": when})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/made_at"


@pytest.mark.parametrize("value", ["1" * 30, '"\\ud800"', "[" * 300 + "]" * 300], ids=len)
def test_a_map_that_says_what_few_can_write_is_read_as_its_file_is(client, value):
    """An integer of more than 64 bits, half a surrogate pair, and what is nested very deep."""
    body = (
        '{"claim": "They are surrounded.", "maps": [{"type": "FeatureCollection", "features": %s}]}'
    )
    answer = client.post("/v1/questions", content=(body % f"[{value}]").encode())
    assert answer.status_code in (400, 422), answer.text


def test_one_map_given_twice_counts_once_and_is_listed_twice(ask):
    told = ask(EXAMPLE_QUESTION | {"maps": EXAMPLE_QUESTION["maps"] * 2}).json()
    assert len(told["maps"]) == 2
    assert told["agreement"] == {"open": 1, "closed": 0, "undecided": 0}


def test_a_place_that_cannot_be_told_is_not_passed_over_in_silence(ask):
    told = ask(EXAMPLE_QUESTION | {"place": "Nowhere-xyz"}).json()
    assert "place_not_found" in [notice["code"] for notice in told["claim"]["notices"]]


@pytest.mark.parametrize("member", ["force_in", "side"])
def test_what_would_do_nothing_for_a_situation_is_refused(ask, member):
    response = ask(EXAMPLE_QUESTION | {member: "salient-1"})
    assert response.status_code == 422
    [fault] = response.json()["errors"]
    assert fault["pointer"] == f"/{member}"


def test_a_body_of_another_type_is_told_as_the_openapi_document_says(client):
    response = client.post("/v1/questions", content=b"a,b", headers={"Content-Type": "image/png"})
    assert response.status_code == 415
    said = client.get("/openapi.json").json()["paths"]["/v1/questions"]["post"]["responses"]
    assert set(said) == {
        "200",
        "400",
        "405",
        "406",
        "408",
        "409",
        "413",
        "415",
        "422",
        "429",
        "503",
    }


def test_every_route_that_reads_a_body_documents_what_is_wrong_with_one(client):
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        if "requestBody" in methods.get("post", {}):
            missing = {"400", "405", "408", "413", "415", "422", "429", "503"} - set(
                methods["post"]["responses"]
            )
            assert not missing, path


@pytest.mark.parametrize("given", ["Nowherograd", "10,10", "200,100", "51.1,34.2", "Lymanychi"])
@pytest.mark.parametrize("member", ["place", "force_in"])
def test_what_is_wrong_with_a_place_names_the_member_it_came_in(ask, assert_problem, member, given):
    told = assert_problem(ask(QUESTION | {member: given}), 422)
    assert {fault["pointer"] for fault in told["errors"]} == {f"/{member}"}


@pytest.mark.parametrize(
    "wrong", [{"side": "XX"}, {"force_in": "salient-9"}, {"force_in": ""}, {"place": ""}]
)
def test_a_member_that_fits_no_map_is_named(ask, assert_problem, wrong):
    told = assert_problem(ask(QUESTION | wrong), 422)
    assert [fault["pointer"] for fault in told["errors"]] == [f"/{next(iter(wrong))}"]


def test_a_list_is_told_what_a_question_is_made_of(client, assert_problem):
    told = assert_problem(client.post("/v1/questions", content=b"[]"), 422)
    assert told["errors"][0]["remedy"] == 'Give {"claim": ..., "maps": ...}'
    told = assert_problem(client.post("/v1/judgements", content=b"[]"), 422)
    assert told["errors"][0]["remedy"] == 'Give {"situation": ...}'


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"])
def test_a_mark_of_byte_order_alone_is_not_called_empty(client, assert_problem, raw):
    told = assert_problem(client.post("/v1/questions", content=raw), 400)
    assert "without a single letter" in told["errors"][0]["detail"]


def test_with_maps_an_answer_has_what_a_map_shows_and_a_verifier_checks(ask, client):
    told = ask(QUESTION | {"with_maps": True}).json()
    [only] = told["maps"]
    assert told["shown"] == 0
    assert only["title"]
    checked = {"situation": only["situation"], "judgement": only["judgement"]}
    response = client.post("/v1/judgements/verify", content=json.dumps(checked).encode())
    assert response.json()["holds"] is True
    assert told["place"] == {"lon": 34.2, "lat": 51.1, "name": None}
    assert {notice["severity"] for notice in told["notices"]} <= {"doubt", "caution", "info"}
    plain = ask(QUESTION).json()
    assert {key: told[key] for key in ("claim", "rating", "agreement", "quote")} == {
        key: plain[key] for key in ("claim", "rating", "agreement", "quote")
    }


def test_with_maps_a_question_back_has_the_ground_and_the_pieces(ask):
    asked = ask(QUESTION | {"place": "34.2,51.25", "with_maps": True}).json()["question"]
    assert asked["ground"]["type"] == "FeatureCollection"
    assert {f["properties"]["kind"] for f in asked["ground"]["features"]} >= {"control"}
    for piece in asked["pieces"]:
        assert piece["geometry"]["type"] in ("Polygon", "MultiPolygon")
    plain = ask(QUESTION | {"place": "34.2,51.25"}).json()["question"]
    assert "ground" not in plain
    bare = [{k: v for k, v in piece.items() if k != "geometry"} for piece in asked["pieces"]]
    assert plain["pieces"] == bare


def test_a_file_that_is_no_text_comes_in_base64(ask):
    packed = gzip.compress(MAP["content"].encode())
    maps = [{"name": MAP["name"], "base64": base64.b64encode(packed).decode()}]
    assert ask(QUESTION | {"maps": maps}).json()["rating"] == ask(QUESTION).json()["rating"]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"name": "a.kmz", "base64": "no base64!"}, id="not base64"),
        pytest.param({"name": "a.kmz", "base64": 5}, id="a number"),
        pytest.param({"base64": "aGk="}, id="no name"),
        pytest.param({"name": "a", "base64": "aGk=", "content": "x"}, id="both"),
    ],
)
def test_base64_that_is_none_is_told_with_its_place(ask, assert_problem, entry):
    problem = assert_problem(ask(QUESTION | {"maps": [entry]}), 422)
    assert problem["errors"][0]["pointer"].startswith("/maps/0")


@pytest.mark.parametrize(
    ("accept", "begins"),
    [("text/html", "<!doctype html"), ("image/svg+xml", "<?xml"), ("application/ld+json", "{")],
)
def test_an_answer_comes_as_page_card_and_claimreview(client, accept, begins):
    response = client.post(
        "/v1/questions", content=json.dumps(QUESTION).encode(), headers={"Accept": accept}
    )
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(accept)
    assert response.text.lower().lstrip().startswith(begins)
    if accept == "application/ld+json":
        assert response.json()["@type"] == "ClaimReview"
        assert response.json()["reviewRating"]["alternateName"] == "Contradicted"


def test_a_card_has_the_shape_asked_for(client):
    sizes = {}
    for shape in ("landscape", "portrait"):
        body = json.dumps(QUESTION | {"card": shape}).encode()
        answer = client.post("/v1/questions", content=body, headers={"Accept": "image/svg+xml"})
        sizes[shape] = re.search(r'width="(\d+)" height="(\d+)"', answer.text).groups()
    assert sizes == {"landscape": ("1200", "675"), "portrait": ("1080", "1350")}


ROWS = "name,lat,lon,date\nAlpha,51.1,34.2,2025-02-28\n"


def test_a_table_is_laid_over_the_map_and_what_it_leaves_open_is_asked_by_its_member(ask):
    request = QUESTION | {"maps": [MAP, {"name": "rows.csv", "content": ROWS}], "with_maps": True}
    [fault] = ask(request).json()["errors"]
    assert fault["pointer"] == "/maps/1"
    assert "rows_side" in fault["remedy"]
    told = ask(request | {"rows_side": "UA"}).json()
    assert told["maps"][0]["situation"]["features"][-1]["id"] == "rows-2"


def test_positions_alone_are_a_map_with_the_rear_that_is_named(ask):
    alone = {"claim": QUESTION["claim"], "maps": [{"name": "rows.csv", "content": ROWS}]}
    alone |= {"rows_side": "UA"}
    [fault] = ask(alone).json()["errors"]
    assert "`anchor_at`" in fault["remedy"]
    assert ask(alone | {"anchor_at": ["34.8,50.91"]}).status_code == 200
    for wrong in ("200,50", "1,2,3"):
        [fault] = ask(alone | {"anchor_at": [wrong]}).json()["errors"]
        assert fault["pointer"] == "/anchor_at/0"

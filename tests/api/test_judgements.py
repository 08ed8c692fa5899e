"""POST /v1/judgements: what comes back for a sound map, and for every kind of wrong one."""

import json
import sys
from dataclasses import fields

import pytest

from api.schemas import OptionsBody
from api.worker import answer
from encircle import Options, read
from encircle import judge as judge_here

LONG = "1" * 5_000


def _pointers(problem):
    return [fault["pointer"] for fault in problem["errors"]]


def test_a_judgement_is_the_librarys_own(judge, read_fixture):
    situation = read_fixture("trap-grey-held")
    response = judge({"situation": situation})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == json.loads(judge_here(read(situation)).to_json())


def test_the_document_is_judged_as_it_was_written(judge, situation):
    digest = judge({"situation": situation}).json()["provenance"]["input_sha256"]
    assert digest == read(situation).sha256


def test_force_and_instant_stand_in_for_the_situations_own(judge, situation):
    del situation["situation"]["as_of"], situation["situation"]["force"]
    response = judge({"situation": situation, "force": "group", "as_of": "2025-03-15T06:00:00Z"})
    assert response.status_code == 200
    assert response.json()["force"] == "group"
    assert response.json()["as_of"].startswith("2025-03-15T06:00:00")


def test_options_are_taken_and_printed(judge, situation):
    response = judge({"situation": situation, "options": {"join_m": 25, "seam_m": 10.5}})
    parameters = response.json()["provenance"]["parameters"]
    assert (parameters["join_m"], parameters["seam_m"]) == (25, 10.5)
    assert parameters["stale_after_days"] == Options().stale_after_days


def test_the_service_offers_every_option_with_the_librarys_default():
    assert OptionsBody().to_options() == Options()
    assert set(OptionsBody.model_fields) == {each.name for each in fields(Options)}


def test_what_if_is_asked_by_options(judge, situation):
    options = {"without": ["road"], "assume": {"ground": True}}
    body = judge({"situation": situation, "options": options}).json()
    assert body["provenance"]["parameters"]["without"] == ["road"]
    assert body["what_if"]["base"]["verdict"] == "not_encircled"
    changed = {"member": "fire_control", "from": "no", "to": "unknown"}
    assert changed in body["what_if"]["changed"]


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        pytest.param({"without": ["nothing"]}, "/options", id="an id nobody has"),
        pytest.param({"assume": {"road": "yes"}}, "/options/assume/road", id="neither true nor so"),
        pytest.param({"grades": {"F6": 0.5}}, "/options/grades/F6/[key]", id="no such grade"),
        pytest.param(
            {"location_weights": [0, 0, 0]}, "/options/location_weights", id="weights of nothing"
        ),
    ],
)
def test_options_that_cannot_be_used_are_refused(judge, situation, options, pointer):
    response = judge({"situation": situation, "options": options})
    assert response.status_code == 422
    assert pointer in _pointers(response.json())


def test_members_may_be_null(judge, situation):
    request = {"situation": situation, "force": None, "as_of": None, "options": None}
    assert judge(request).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"\xff\xfe{}", id="not UTF-8"),
        pytest.param(b'{"situation": NaN}', id="NaN"),
        pytest.param(b'{"situation": -Infinity}', id="minus infinity"),
        pytest.param(b"a=1&b=2", id="a form"),
        pytest.param(b"\x1f\x8b\x08\x00", id="compressed"),
        pytest.param(b"{} {}", id="two objects"),
    ],
)
def test_a_body_that_is_no_json_is_a_400(judge, assert_problem, body):
    assert _pointers(assert_problem(judge(body), 400)) == [""]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"text"', id="text"),
        pytest.param(b'{"situation": {}, "situation": {}}', id="a member twice"),
        pytest.param(b'{"situation": {"a": 1, "a": 2}}', id="a member twice, deeper"),
        pytest.param(b'{"situation": ' + b"[" * 70 + b"]" * 70 + b"}", id="nested deep"),
        pytest.param(b"[" * 100_000, id="nested very deep, unclosed"),
        pytest.param(b'{"a":' * 50_000 + b"1" + b"}" * 50_000, id="objects nested very deep"),
        pytest.param(b'{"situation": ' + LONG.encode() + b"}", id="thousands of digits"),
        pytest.param(b"{}", id="empty"),
        pytest.param(b'{"situation": null}', id="null situation"),
        pytest.param(b'{"situation": []}', id="a list for a situation"),
        pytest.param(b'{"situation": {}}', id="an empty situation"),
    ],
)
def test_a_body_that_is_json_and_wrong_is_a_422(judge, assert_problem, body):
    assert_problem(judge(body), 422)


def test_a_bare_collection_is_judged_as_if_it_were_wrapped(judge, situation):
    assert judge(situation).json() == judge({"situation": situation}).json()


def test_what_is_wrong_with_a_bare_collection_is_told_from_its_own_top(
    judge, assert_problem, situation
):
    situation["features"][0]["properties"]["holder"] = "Z"
    pointers = _pointers(assert_problem(judge(situation), 422))
    assert "/features/0/properties/holder" in pointers


@pytest.mark.parametrize("path", ["/v1/judgements/verify", "/v1/claim-checks"])
def test_a_bare_collection_is_no_request_where_more_is_asked(
    client, assert_problem, situation, path
):
    problem = assert_problem(client.post(path, json=situation), 422)
    assert "Wrap it" in problem["errors"][0]["remedy"]


def test_every_fault_is_told_at_once_from_the_top_of_the_body(judge, assert_problem, situation):
    situation["features"][0]["properties"]["holder"] = "Z"
    situation["features"][1]["geometry"]["coordinates"] = [35.05, 98]
    request = {"situation": situation, "colour": 1, "options": {"join_m": -1, "seam": 1}}
    pointers = _pointers(assert_problem(judge(request), 422))
    assert set(pointers) == {
        "/colour",
        "/options/join_m",
        "/options/seam",
        "/situation/features/0/properties/holder",
        "/situation/features/1/geometry/coordinates/1",
    }


def test_a_fault_names_its_feature(judge, assert_problem, situation):
    situation["features"][1]["geometry"]["coordinates"] = [35.05, 98]
    (fault,) = assert_problem(judge({"situation": situation}), 422)["errors"]
    assert fault["feature"] == "stand"
    assert "latitude" in fault["detail"].lower()


@pytest.mark.parametrize(
    ("stand_in", "pointer"),
    [
        pytest.param({"as_of": "tomorrow"}, "/as_of", id="an instant of the request's own"),
        pytest.param({"force": "nobody"}, "/force", id="a force of the request's own"),
        pytest.param({}, "/situation/situation/as_of", id="an instant of the situation's"),
    ],
)
def test_a_fault_stands_where_the_caller_wrote_it(
    judge, assert_problem, situation, stand_in, pointer
):
    if not stand_in:
        situation["situation"]["as_of"] = "tomorrow"
    problem = assert_problem(judge({"situation": situation, **stand_in}), 422)
    assert _pointers(problem) == [pointer]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"join_m": "30"}, id="text for a number"),
        pytest.param({"join_m": True}, id="truth for a number"),
        pytest.param({"join_m": 1e308}, id="very far"),
        pytest.param({"stale_after_days": 10**400}, id="a very large integer"),
        pytest.param({"salient_share": 1.1}, id="more than all"),
        pytest.param([], id="a list"),
    ],
)
def test_options_out_of_range_are_refused(judge, assert_problem, situation, options):
    problem = assert_problem(judge({"situation": situation, "options": options}), 422)
    assert all(pointer.startswith("/options") for pointer in _pointers(problem))


@pytest.mark.parametrize("value", [0, 1, 1_000], ids="{} m".format)
def test_the_ends_of_an_options_range_are_judged(judge, situation, value):
    options = {"join_m": value, "seam_m": value}
    assert judge({"situation": situation, "options": options}).status_code == 200


def test_half_a_surrogate_pair_in_a_foreign_member_is_carried(judge, situation):
    body = json.dumps({"situation": situation}).replace('"example"', '"example", "x": "\\ud800"')
    assert judge(body.encode()).status_code == 200


@pytest.mark.parametrize(
    "place",
    ['"id": "road"', '"title": "A force on', '"side": "A"', '"force": "group"', '"kind": "route"'],
)
def test_half_a_surrogate_pair_in_a_name_never_breaks_the_answer(judge, situation, place):
    text = json.dumps({"situation": situation})
    assert place in text
    spoilt = text.replace(place, place[:-1] + "\\ud800" + place[-1:], 1)
    response = judge(spoilt.encode())
    assert response.status_code in {200, 422}
    response.json()


def test_half_a_surrogate_pair_as_a_member_is_told(judge, assert_problem, situation):
    text = json.dumps({"situation": situation})
    assert_problem(judge(text.replace("{", '{"\\udfff": 1, ', 1).encode()), 422)


def test_a_huge_coordinate_is_told(judge, assert_problem, situation):
    situation["features"][1]["geometry"]["coordinates"] = [10**300, 51.02]
    pointers = _pointers(assert_problem(judge({"situation": situation}), 422))
    assert pointers == ["/situation/features/1/geometry/coordinates/0"]


def test_of_thousands_of_faults_some_hundred_are_told_and_the_rest_counted(
    judge, assert_problem, situation
):
    situation["features"] += [{"properties": {"kind": "route"}}] * 1_500
    problem = assert_problem(judge({"situation": situation}), 422)
    assert 100 < len(problem["errors"]) <= 1_000
    assert problem["errors"][-1]["detail"] == f"and {1_501 - len(problem['errors'])} faults more"


def test_asking_in_another_way_says_which(client, assert_problem):
    response = client.get("/v1/judgements")
    assert_problem(response, 405)
    assert response.headers["allow"] == "POST"


PARTS = {
    "application/vnd.google-earth.kml+xml": b"<?xml",
    "application/geopackage+sqlite3": b"SQLite format 3\0",
}
"""Type to how a file of it begins. Source: OGC 12-007r2, and 12-128r18, 1.1.1.1.1."""


@pytest.mark.parametrize("media_type", PARTS)
def test_layers_are_given_as_files_of_other_programs(client, situation, media_type):
    if "geopackage" in media_type:
        pytest.importorskip("pyogrio")
    response = client.post(
        "/v1/judgements", json={"situation": situation}, headers={"accept": media_type}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.content.startswith(PARTS[media_type])
    assert b"way_out" in response.content or b"way out" in response.content


@pytest.mark.parametrize(
    "media_type",
    ["application/vnd.google-earth.kml+xml", "application/geo+json", "image/svg+xml", "text/html"],
)
def test_a_file_of_what_is_only_supposed_says_so(client, situation, media_type):
    asked = {"situation": situation, "options": {"without": ["road"]}}
    accept = {"accept": media_type}
    told = client.post("/v1/judgements", json=asked, headers=accept).text
    plain = client.post("/v1/judgements", json={"situation": situation}, headers=accept).text
    assert "This is what if: the map without" in told
    assert "what if" not in plain


def test_what_is_not_installed_here_is_said_with_its_remedy(situation, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    raw = json.dumps({"situation": situation}).encode()
    status, _, body = answer(b"l", raw)
    fault = json.loads(body)["errors"][0]
    assert status == 422
    assert "needs pyogrio" in fault["detail"]
    assert "pip install" in fault["remedy"]

"""POST /v1/claim-checks: claims rated in a batch, and what a wrong request is told."""

import copy
import json

import pytest

from encircle import check_claims, read


@pytest.fixture
def check(client):
    return lambda request: client.post("/v1/claim-checks", content=json.dumps(request).encode())


@pytest.fixture
def claim():
    return {
        "id": "ring",
        "claimant_side": "B",
        "made_at": "2025-03-14T09:00:00Z",
        "statement": "The group is surrounded.",
        "asserts": {"force": "group", "definition": "land_cut", "value": "yes"},
    }


def pointers(problem):
    return [fault["pointer"] for fault in problem["errors"]]


def test_the_answer_is_the_librarys_own(check, read_fixture):
    document = read_fixture("trap-numbers-open")
    response = check({"situation": document})
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(check_claims([read(document)]).to_dict()))


def test_one_map_or_several(check, situation, claim):
    alone = check({"situation": situation, "claims": [claim]}).json()
    listed = check({"situations": [situation], "claims": [claim]}).json()
    assert alone == listed
    assert alone["claims"][0]["rating"] == "contradicted"


def test_a_thousand_claims_in_one_batch_and_one_bad_one(check, situation, claim):
    claims = [{**claim, "id": f"claim-{number}"} for number in range(1000)]
    claims[7] = {"id": "bad", "asserts": {"definition": "nearly"}}
    response = check({"situations": [situation], "claims": claims, "brief": True})
    ratings = [answer["rating"] for answer in response.json()["claims"]]
    assert ratings == ["contradicted"] * 7 + [None] + ["contradicted"] * 992
    errors = response.json()["claims"][7]["errors"]
    assert [error["pointer"] for error in errors] == ["/claims/7/asserts/definition"]


def test_options_reach_the_judgement(check, situation, claim):
    response = check({"situation": situation, "claims": [claim], "options": {"join_m": 25}})
    judgement = response.json()["claims"][0]["judgement"]
    assert judgement["provenance"]["parameters"]["join_m"] == 25


def test_too_many_claims_are_refused(check, situation, claim, assert_problem):
    problem = assert_problem(check({"situation": situation, "claims": [claim] * 1001}), 422)
    assert pointers(problem) == ["/claims"]


def test_claims_of_which_none_can_be_read_are_refused_with_every_error(
    check, situation, assert_problem
):
    claims = [{"asserts": {"definition": "nearly"}}, 5]
    problem = assert_problem(check({"situation": situation, "claims": claims}), 422)
    assert pointers(problem) == ["/claims/0/asserts/definition", "/claims/1"]


def test_every_wrong_map_is_told_with_its_place(check, situation, assert_problem):
    spoilt = copy.deepcopy(situation)
    del spoilt["features"][0]["id"]
    problem = assert_problem(check({"situations": [spoilt, situation, {"type": "x"}]}), 422)
    assert "/situations/0/features/0/id" in pointers(problem)
    assert "/situations/2/type" in pointers(problem)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no map"),
        pytest.param({"situations": []}, id="an empty list"),
        pytest.param({"situation": None, "situations": None}, id="null twice"),
        pytest.param({"situations": "all"}, id="text"),
        pytest.param({"situations": [{}], "claim": []}, id="an unknown member"),
    ],
)
def test_a_request_without_maps_is_a_422(check, assert_problem, body):
    assert assert_problem(check(body), 422)["errors"]


def test_a_map_both_ways_is_a_422(check, situation, assert_problem):
    problem = assert_problem(check({"situation": situation, "situations": [situation]}), 422)
    assert pointers(problem) == ["/situations"]


def test_the_openapi_example_is_answered(client, check):
    paths = client.get("/openapi.json").json()["paths"]
    example = paths["/v1/claim-checks"]["post"]["requestBody"]["content"]["application/json"]
    response = check(example["example"])
    assert response.status_code == 200
    assert response.json()["claims"][0]["rating"] == "contradicted"


def test_a_likelihood_is_weighed_only_where_it_is_asked_for(check, situation, claim):
    def weighed(**options):
        answer = check({"situation": situation, "claims": [claim], "options": options}).json()
        return answer["claims"][0]["judgement"]["likelihood"]

    for feature in situation["features"]:
        feature["properties"]["probability"] = 0.9
    assert weighed() is None
    assert weighed(stale_after_days=10) is None
    assert weighed(most_worlds=300) is not None

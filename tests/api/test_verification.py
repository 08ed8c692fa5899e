"""POST /v1/judgements/verify: the certificates of a judgement, checked apart."""

import json

import pytest


@pytest.fixture
def verify(client):
    def post(request):
        return client.post("/v1/judgements/verify", content=json.dumps(request).encode())

    return post


@pytest.fixture
def judgement(judge, situation):
    return judge({"situation": situation}).json()


def test_a_judgement_of_this_service_holds(verify, judgement, situation):
    response = verify({"judgement": judgement, "situation": situation})
    assert response.status_code == 200
    assert response.json()["holds"] is True
    assert all(check["holds"] for check in response.json()["checks"])


def test_a_judgement_that_was_changed_does_not_hold(verify, judgement, situation):
    judgement["verdict"] = "encircled"
    response = verify({"judgement": judgement, "situation": situation})
    assert response.status_code == 200
    assert response.json()["holds"] is False
    assert [check for check in response.json()["checks"] if not check["holds"]]


def test_a_judgement_of_another_map_does_not_hold(verify, judgement, situation):
    situation["features"][1]["properties"]["reach_m"] = 501
    response = verify({"judgement": judgement, "situation": situation})
    assert response.json()["holds"] is False


def test_the_instant_may_stand_beside(verify, judge, situation):
    as_of = "2025-03-15T00:00:00Z"
    judgement = judge({"situation": situation, "as_of": as_of}).json()
    assert verify({"judgement": judgement, "situation": situation}).json()["holds"] is False
    request = {"judgement": judgement, "situation": situation, "as_of": as_of}
    assert verify(request).json()["holds"] is True


@pytest.mark.parametrize(
    "judgement",
    [
        pytest.param({}, id="empty"),
        pytest.param({"verdict": []}, id="a list for a verdict"),
        pytest.param({"certificates": {"open": {"legs": [None]}}}, id="no leg"),
        pytest.param({"units": "\ud800"}, id="half a surrogate pair"),
        pytest.param({"as_of": 10**400}, id="a very large integer"),
    ],
)
def test_whatever_is_no_judgement_does_not_hold(verify, situation, judgement):
    response = verify({"judgement": judgement, "situation": situation})
    assert response.status_code == 200
    assert response.json()["holds"] is False


@pytest.mark.parametrize(
    ("request_", "pointers"),
    [
        pytest.param({}, {"/judgement", "/situation"}, id="nothing"),
        pytest.param({"judgement": [], "situation": {}}, {"/judgement"}, id="a list"),
        pytest.param({"judgement": {}, "x": 1}, {"/situation", "/x"}, id="an unknown member"),
    ],
)
def test_a_wrong_request_is_a_422(verify, assert_problem, request_, pointers):
    problem = assert_problem(verify(request_), 422)
    assert pointers <= {fault["pointer"] for fault in problem["errors"]}

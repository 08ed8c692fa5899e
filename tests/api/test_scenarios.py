"""GET /v1/scenarios: the list, the maps, and their judgements."""

from xml.etree.ElementTree import fromstring

import pytest

from api.catalogue import read_catalogue
from encircle.archive.library.scenarios import ScenarioError

MEMBERS = {"id", "title", "as_of", "force", "verdict", "acceptable", "error"}


@pytest.fixture
def listed(client):
    return client.get("/v1/scenarios").json()


def test_the_list_has_every_fixture(listed):
    ids = [scenario["id"] for scenario in listed]
    assert "kursk-2025-03-14" in ids
    assert ids == sorted(ids)
    assert all(scenario.keys() == MEMBERS for scenario in listed)


def test_a_scenario_says_what_is_expected(listed):
    kursk = next(scenario for scenario in listed if scenario["id"] == "kursk-2025-03-14")
    assert kursk["verdict"] == "not_encircled"
    assert kursk["acceptable"] == ["C2"]
    assert kursk["force"] == "kursk-group"


def test_a_situation_is_geojson_and_can_be_judged(client, judge):
    response = client.get("/v1/scenarios/trap-grey-held")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/geo+json"
    assert judge({"situation": response.json()}).status_code == 200


def test_a_scenarios_judgement_is_that_of_its_situation(client, judge):
    situation = client.get("/v1/scenarios/trap-grey-held").json()
    response = client.get("/v1/scenarios/trap-grey-held/judgement")
    assert response.status_code == 200
    assert response.json() == judge({"situation": situation}).json()


def test_a_scenario_is_judged_once(client):
    def count():
        lines = client.get("/metrics").text.splitlines()
        wanted = 'encircle_judgement_seconds_count{work="judge"}'
        return next(float(line.split()[-1]) for line in lines if line.startswith(wanted))

    first = client.get("/v1/scenarios/trap-grey-infiltration/judgement")
    judged = count()
    assert client.get("/v1/scenarios/trap-grey-infiltration/judgement").content == first.content
    assert count() == judged


def test_a_scenarios_judgement_can_be_seen(client):
    response = client.get("/v1/scenarios/trap-grey-held/judgement.svg")
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/svg+xml"
    assert fromstring(response.content).tag.endswith("}svg")  # noqa: S314 - our own picture


def test_a_scenario_that_is_no_situation_says_why(client, listed, assert_problem):
    for scenario in (each for each in listed if each["error"]):
        response = client.get(f"/v1/scenarios/{scenario['id']}/judgement")
        problem = assert_problem(response, 422)
        assert any(scenario["error"] in fault["detail"] for fault in problem["errors"])


@pytest.mark.parametrize("name", ["nope", "..", "%2e%2e%2fapi", "kursk-2025-03-14%00", "KURSK"])
@pytest.mark.parametrize("tail", ["", "/judgement", "/judgement.svg"])
def test_an_unknown_scenario_is_a_404(client, assert_problem, name, tail):
    assert_problem(client.get(f"/v1/scenarios/{name}{tail}"), 404)


def test_without_fixtures_there_are_no_scenarios(tmp_path):
    assert read_catalogue(tmp_path).list() == []
    assert read_catalogue(None).list() == []


def test_a_folder_of_scenarios_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="no such folder"):
        read_catalogue(tmp_path / "absent")

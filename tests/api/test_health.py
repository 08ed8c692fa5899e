"""Alive, ready, measured; and what happens to paths nobody serves."""

import html
import json
import re

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.settings import Settings


def test_alive(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_a_service_without_a_worker_lives_and_is_not_ready(assert_problem):
    client = TestClient(
        create_app(Settings(workers=1)), "http://localhost"
    )  # not entered: no worker is started
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert_problem(response, 503)
    assert int(response.headers["retry-after"]) > 0


def test_who_is_ready_says_what_cases_are_kept_in(client):
    assert client.get("/readyz").json() == {"status": "ok", "store": "SQLite in memory"}


def test_requests_are_counted_by_template_and_status(client):
    client.get("/v1/scenarios/nowhere")
    client.get("/nowhere")
    text = client.get("/metrics").text
    assert '{method="GET",route="/v1/scenarios/{name}",status="404"}' in text
    assert '{method="GET",route="unmatched",status="404"}' in text
    assert "nowhere" not in text


@pytest.mark.parametrize(
    "name", ["requests_total", "judgement_seconds_bucket", "requests_in_flight", "jobs_killed"]
)
def test_each_metric_is_there(client, judge, situation, name):
    judge({"situation": situation})
    assert f"encircle_{name}" in client.get("/metrics").text


@pytest.mark.parametrize("path", ["/v1", "/v1/judgements/", "/redoc", "/v1/scenarios/a/b/c"])
def test_a_path_nobody_serves_is_a_404(client, assert_problem, path):
    assert_problem(client.get(path), 404)


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_who_asks_the_root_is_told_where_to_begin(client, path):
    begin = client.get(path).json()
    assert client.get(begin["openapi"]).status_code == 200
    assert client.get(begin["try"]).status_code == 200


def test_the_page_of_documentation_has_every_operation_and_no_script(client):
    answer = client.get("/docs", headers={"Accept": "text/html,*/*;q=0.5"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    page = html.unescape(answer.text)
    paths = client.get("/openapi.json").json()["paths"]
    asked = [f"{how.upper()} {path}" for path, said in paths.items() for how in said]
    assert len(asked) > 20
    assert [each for each in asked if f"<code>{each}</code>" not in page] == []
    # Nothing but the contract is loaded or linked to: no script, no font, no picture.
    assert re.findall(r"<(?:script|link|img|iframe)|\bon\w+=|url\(|@import", answer.text) == []
    assert re.findall(r'(?:href|src)="([^"]*)"', answer.text) == ["/openapi.json"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/rules", "/v1/scenarios", "/openapi.json"])
def test_a_head_is_a_get_without_its_body(client, path):
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_a_head_of_what_is_not_there_is_a_404_and_of_what_is_posted_a_405(client):
    assert client.head("/nowhere").status_code == 404
    assert client.head("/v1/judgements").status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/v1/rules", "/v1/scenarios"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_asking_in_another_way_says_which(client, assert_problem, method, path):
    response = client.request(method, path)
    assert_problem(response, 405)
    assert "GET" in response.headers["allow"]


def test_the_log_is_json_and_holds_nothing_that_was_asked(client, capsys):
    client.post("/v1/judgements?secret=1", content=b'{"secret": 1}')
    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert (logged["route"], logged["status"]) == ("/v1/judgements", 422)
    assert logged["ms"] > 0
    assert "secret" not in line

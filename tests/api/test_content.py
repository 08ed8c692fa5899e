"""In which form a body comes, in which an answer goes, and which pages may ask."""

import gzip
import json

import pytest

from encircle import judge, read

KURSK = "kursk-2025-03-14"


def post(client, body, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/judgements", content=body, headers=named)


@pytest.fixture
def body(situation):
    return json.dumps(situation).encode()


@pytest.mark.parametrize(
    "name",
    ["application/json", "application/geo+json; charset=utf-8", "application/vnd.geo+json",
     "APPLICATION/JSON", "application/x-www-form-urlencoded"],
)  # fmt: skip
def test_json_and_geojson_are_read(client, body, name):
    assert post(client, body, content_type=name).status_code == 200


@pytest.mark.parametrize("name", ["text/csv", "application/xml", "multipart/form-data; boundary=x"])
def test_what_says_that_it_is_something_else_is_a_415(client, assert_problem, body, name):
    problem = assert_problem(post(client, body, content_type=name), 415)
    assert "application/json" in problem["detail"]


def test_a_form_is_a_415(client, assert_problem):
    answer = post(client, b"situation=1", content_type="application/x-www-form-urlencoded")
    assert_problem(answer, 415)


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, lambda raw: gzip.compress(raw[:90]) + gzip.compress(raw[90:])],
    ids=["one", "two members"],
)
def test_a_zipped_body_is_read(client, body, pack):
    zipped = post(client, pack(body), content_encoding="gzip")
    assert zipped.json() == post(client, body).json()


def test_a_gzip_that_does_not_say_so_is_read_and_one_cut_short_is_called_so(
    client, assert_problem, body
):
    assert post(client, gzip.compress(body)).json() == post(client, body).json()
    problem = assert_problem(post(client, gzip.compress(body)[:-9]), 400)
    assert "the gzip is cut short" in str(problem)
    assert "Send it again, whole" in str(problem)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda raw: raw, id="not zipped at all"),
        pytest.param(lambda raw: gzip.compress(raw)[:-9], id="cut short"),
        pytest.param(lambda raw: gzip.compress(raw)[:-5] + b"12345", id="a wrong sum"),
        pytest.param(lambda _: b"", id="empty"),
    ],
)
def test_a_broken_zip_is_a_400(client, assert_problem, body, spoil):
    assert_problem(post(client, spoil(body), content_encoding="gzip"), 400)


def test_a_small_body_that_unpacks_into_a_large_one_is_a_413(serve, assert_problem):
    with serve(max_body_bytes=100_000) as client:
        bomb = gzip.compress(b" " * 50_000_000)
        assert len(bomb) < 100_000
        assert_problem(post(client, bomb, content_encoding="gzip"), 413)


@pytest.mark.parametrize("name", ["br", "deflate", "gzip, gzip"])
def test_another_packing_is_a_415_that_says_which_is_read(client, assert_problem, body, name):
    answer = post(client, body, content_encoding=name)
    assert_problem(answer, 415)
    assert answer.headers["accept-encoding"] == "gzip"


def test_layers_are_answered_to_who_wants_geojson(client, read_fixture):
    body = json.dumps(read_fixture(KURSK)).encode()
    answer = post(client, body, accept="application/geo+json")
    assert answer.headers["content-type"] == "application/geo+json"
    wanted = judge(read(f"fixtures/{KURSK}/situation.geojson")).to_geojson()
    assert answer.json() == json.loads(json.dumps(wanted))


@pytest.mark.parametrize(
    ("accept", "media_type", "begins"),
    [
        ("image/svg+xml", "image/svg+xml", "<?xml"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8", "<!DOCTYPE"),
        ("*/*", "application/json", "{"),
        ("application/json;q=0.1, text/html;q=0", "application/json", "{"),
        ("", "application/json", "{"),
    ],
)
def test_the_answer_has_the_type_that_is_wanted_most(client, body, accept, media_type, begins):
    answer = post(client, body, accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.text.startswith(begins)
    assert "<script" not in answer.text


def test_a_type_there_is_none_of_is_a_406(client, assert_problem, body):
    assert_problem(post(client, body, accept="application/pdf"), 406)


def test_what_is_wrong_is_a_problem_document_whatever_is_wanted(client, assert_problem):
    assert_problem(post(client, b"{}", accept="text/html"), 422)


PREFLIGHT = {"Origin": "https://map.example.org", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "content-type"}  # fmt: skip


def test_no_page_of_another_site_may_ask_unless_it_is_listed(client):
    assert client.options("/v1/judgements", headers=PREFLIGHT).status_code == 405
    answer = client.get("/v1/rules", headers={"Origin": "https://map.example.org"})
    assert "access-control-allow-origin" not in answer.headers


def test_a_listed_page_may_ask_and_no_other(serve, situation):
    with serve(cors_origins=("https://map.example.org",)) as client:
        before = client.options("/v1/judgements", headers=PREFLIGHT)
        assert before.status_code == 200
        assert before.headers["access-control-allow-origin"] == PREFLIGHT["Origin"]
        answer = client.post("/v1/judgements", json=situation, headers=PREFLIGHT)
        assert answer.headers["access-control-allow-origin"] == PREFLIGHT["Origin"]
        stranger = {**PREFLIGHT, "Origin": "https://evil.example"}
        refused = client.options("/v1/judgements", headers=stranger)
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers

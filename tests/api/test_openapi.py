"""The OpenAPI document: an example of every operation, which the service answers."""

import json
import os
import subprocess
import sys

import jsonschema
import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from tests.api.test_cases import HERE
from tests.api.test_patience import listening
from tests.thorough import thorough

DOCUMENT = create_app().openapi()
OPERATIONS = {
    told["operationId"]: (method, path, told)
    for path, methods in DOCUMENT["paths"].items()
    for method, told in methods.items()
}
FIRST = ("judge_situation", "begin_case", "begin_watch", "post_observations", "put_layer",
         "post_claim", "keep_force_judgement")  # fmt: skip
"""What others rest on; and what takes back comes last."""


def check(value, schema):
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def read_examples(told):
    """The examples of what is sent: of the body, and of each parameter that has one."""
    content = told.get("requestBody", {}).get("content", {})
    bodies = {kind: said["example"] for kind, said in content.items()}
    parameters = {}
    for one in told.get("parameters", ()):
        for shown in one["schema"].get("examples", ()):
            parameters[one["in"], one["name"]] = shown
    return bodies, parameters


def find_success(told):
    status = min(status for status in told["responses"] if status.startswith("2"))
    return int(status), told["responses"][status].get("content", {})


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_an_example_that_is_valid(name):
    _, _, told = OPERATIONS[name]
    bodies, parameters = read_examples(told)
    for kind, example in bodies.items():
        check(example, told["requestBody"]["content"][kind]["schema"])
    for one in told.get("parameters", ()):
        key = one["in"], one["name"]
        assert key in parameters or not one["required"]
        if key in parameters:
            check(parameters[key], one["schema"])
    _, content = find_success(told)
    shown = [said for said in content.values() if "example" in said]
    for said in shown:
        check(said["example"], said["schema"])
    assert bodies or parameters or shown or name in ("get_metrics", "describe_api")


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_one_and_its_examples_are_valid(name):
    schema = DOCUMENT["components"]["schemas"][name]
    jsonschema.Draft202012Validator.check_schema(schema)
    for example in schema.get("examples", ()):
        check(example, schema)


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named <= DOCUMENT["components"]["schemas"].keys()


def build_request(name, /, **changed):
    """The request that is an operation's example."""
    method, path, told = OPERATIONS[name]
    bodies, parameters = read_examples(told)
    found = {"path": {}, "header": {}, "query": {}}
    for (where, key), value in parameters.items():
        found[where][key] = value
    found["path"] |= changed
    body = bodies.get("application/json")
    return {"method": method, "url": path.format(**found["path"]), "json": body,
            "headers": found["header"], "params": found["query"]}  # fmt: skip


def order(name):
    method = OPERATIONS[name][0]
    return (name not in FIRST, method == "delete", FIRST.index(name) if name in FIRST else 0)


@pytest.fixture(scope="module")
def local():
    with TestClient(
        create_app(Settings(workers=1, timeout_s=60)), "http://localhost", client=HERE
    ) as client:
        yield client


def test_the_examples_are_answered_as_is_documented(local):
    """Sent in order, every example of the document has the answer that the document says."""
    told_of = {}
    for name in sorted(OPERATIONS, key=order):
        asked = build_request(name)
        if name == "verify_judgement":
            asked["json"] = {**asked["json"], "judgement": told_of["judge_situation"]}
        if name == "finish_watch":
            asked = build_request(name, name=told_of["begin_watch"]["id"])
        if name == "read_judgement":
            asked = build_request(name, name=told_of["keep_force_judgement"]["id"])
        answer = local.request(**asked)
        told = OPERATIONS[name][2]
        status, content = find_success(told)
        if name == "post_observations":
            status, content = 201, told["responses"]["201"]["content"]
        assert answer.status_code == status, (name, answer.text)
        kind = answer.headers.get("content-type", "")
        kind = kind if kind in content else kind.partition(";")[0]
        assert kind in content or not content, name
        if kind.endswith("json"):
            told_of[name] = answer.json()
            check(told_of[name], content[kind].get("schema", {}))
    assert told_of["verify_judgement"]["holds"] is True
    assert told_of["post_observations"]["refused"] == []


def test_what_an_address_says_wrongly_is_a_problem_too(local, assert_problem):
    problem = assert_problem(local.get("/v1/cases/c/audit?limit=none"), 422)
    assert problem["errors"][0]["pointer"] == "?limit"
    assert problem["errors"][0]["remedy"]


GENERATOR = "openapi_python_client"
PYTHON = os.environ.get("ENCIRCLE_CLIENT_PYTHON") or sys.executable
"""A Python that has it, in an environment of its own: it takes older versions of ours."""
USE = """
import importlib, json, pathlib, sys

bodies, port = json.loads(sys.argv[1]), sys.argv[2]
folder = pathlib.Path("generated_client")
found = {path.stem: path.parent.name for path in folder.glob("api/*/*.py")}
call = lambda name: importlib.import_module(f"generated_client.api.{found[name]}.{name}")
models = importlib.import_module("generated_client.models")
build = lambda name, model: getattr(models, model).from_dict(bodies[name])
Client = importlib.import_module("generated_client").Client
with Client(f"http://127.0.0.1:{port}") as client:
    begun = call("begin_case").sync(client=client, body=build("begin_case", "CaseRequest"))
    posted = call("post_observations").sync(
        begun.id, client=client, body=build("post_observations", "FeatureBody")
    )
    judged = call("judge_force").sync_detailed(begun.id, "group", client=client)
    none = call("show_case").sync("none", client=client)
print(json.dumps({
    "operations": sorted(found), "accepted": [one.id for one in posted.accepted],
    "changed": [[one.force, one.is_.status] for one in posted.changes],
    "judged": judged.parsed.status.code, "none": none.status,
}))
"""


def run(folder, *words):
    done = subprocess.run([PYTHON, *words], cwd=folder, capture_output=True, check=False, text=True)  # noqa: S603 - our own command
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def has_generator(tmp_path):
    code = f"import importlib.util as u; print(u.find_spec({GENERATOR!r}) is not None)"
    if run(tmp_path, "-c", code).strip() != "True":
        pytest.skip("no openapi-python-client: ENCIRCLE_CLIENT_PYTHON names a Python that has it")


@thorough
@pytest.mark.usefixtures("has_generator")
def test_a_generated_client_has_every_operation_and_posts_and_reads(tmp_path):
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "settings.yaml").write_text("post_hooks: []\n")
    told = run(tmp_path, "-m", GENERATOR, "generate", "--meta", "none", "--path", "openapi.json",
               "--config", "settings.yaml", "--output-path", "generated_client")  # fmt: skip
    assert "will not be generated" not in told
    bodies = {name: read_examples(OPERATIONS[name][2])[0]["application/json"]
              for name in ("begin_case", "post_observations")}  # fmt: skip
    with listening(timeout_s=60.0) as (port, _):
        used = json.loads(run(tmp_path, "-c", USE, json.dumps(bodies), str(port)))
    assert OPERATIONS.keys() <= set(used["operations"])
    assert used["accepted"] == ["stand"]
    assert used["changed"] == [["group", used["judged"]]]
    assert used["none"] == 404


def test_a_resource_tells_every_way_it_may_be_asked(local):
    told = local.patch("/v1/cases/example/observations/stand")
    assert (told.status_code, told.headers["allow"]) == (405, "DELETE, GET, HEAD, PUT")
    assert local.patch("/v1/judgements").headers["allow"] == "POST"

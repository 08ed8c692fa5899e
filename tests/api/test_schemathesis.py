"""Whatever is asked: no server error, and no answer the OpenAPI document does not know."""

import copy
import os
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import CHECKS

from api.case_parameters import XLSX
from api.main import create_app
from api.settings import Settings
from encircle.store.keys import make_key
from tests.store.conftest import empty_database
from tests.thorough import thorough

EXAMPLES = int(os.environ.get("ENCIRCLE_FUZZ_EXAMPLES", "12"))
"""Requests tried for each operation; more in CI."""
pytestmark = pytest.mark.filterwarnings("default")


CASES = "^/(v1/cases|ogc)"
WAIT_S = 120
"""For an answer, where the machine is busy."""
STEPS = 20
"""Requests of one story, each made of what those before were answered."""
CHOSEN = schemathesis.Config.from_dict({"checks": {"positive_data_acceptance": {"enabled": False}}})
"""What a sound situation is, JSON Schema cannot say: rings, sides, ids. So what the schema lets
through may still be a 422, with the reasons. Every other check is made."""
schemathesis.serializer.alias(XLSX, "application/octet-stream")
tried = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def serve(app):
    """Serve on a free port of the loopback, in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not app.state.service.pool.is_ready:
            assert thread.is_alive()
            time.sleep(0.1)
        host, port = listener.getsockname()
        yield f"http://{host}:{port}"
        server.should_exit = True
        thread.join()


def build(**settings):
    return create_app(Settings(workers=2, timeout_s=60, **settings))


@pytest.fixture(scope="module")
def served():
    """Where nobody has a key."""
    with serve(build()) as address:
        yield address


@pytest.fixture(scope="module")
def keyed():
    """Where an admin has one."""
    with keying(build()) as served:
        yield served


@pytest.fixture(scope="module")
def served_on(server):
    """Where nobody has a key, and cases are kept on a server."""
    with empty_database(server) as database, serve(build(database=database)) as address:
        yield address


@pytest.fixture(scope="module")
def keyed_on(server):
    """Where an admin has one, and cases are kept on a server."""
    with empty_database(server) as database, keying(build(database=database)) as served:
        yield served


@contextmanager
def keying(app):
    with app.state.service.store.writing() as connection:
        key = make_key(connection, "anna", "admin")
    with serve(app) as address:
        yield address, {"Authorization": f"Bearer {key}"}


def need_key(document):
    """
    Say of whatever writes that it takes a key: so it is where there are keys.

    Who reads without one is shown what is public, and told of nothing else (404).
    """
    document = copy.deepcopy(document)
    for methods in document["paths"].values():
        for method, told in methods.items():
            if "security" in told and method != "get":
                told["security"] = [one for one in told["security"] if one]
    return document


DOCUMENT = build().openapi()
schema = schemathesis.openapi.from_dict(DOCUMENT, config=CHOSEN)
keyed_schema = schemathesis.openapi.from_dict(need_key(DOCUMENT), config=CHOSEN)


@thorough
@schema.parametrize()
@tried
def test_every_answer_is_documented(case, served):
    case.call_and_validate(base_url=served, timeout=WAIT_S)


@thorough
@keyed_schema.include(path_regex=CASES).parametrize()
@tried
def test_every_answer_is_documented_where_there_are_keys(case, keyed):
    address, headers = keyed
    case.call_and_validate(base_url=address, headers=headers, timeout=WAIT_S)


@thorough
@keyed_schema.include(path_regex=CASES).parametrize()
@tried
def test_every_answer_is_documented_where_cases_are_kept_on_a_server(case, keyed_on):
    address, headers = keyed_on
    case.call_and_validate(base_url=address, headers=headers, timeout=WAIT_S)


@thorough
def test_no_story_of_requests_ends_in_an_answer_that_is_not_documented(served):
    tell(schema, served)


@thorough
def test_no_story_does_where_there_are_keys(keyed):
    tell(keyed_schema, *keyed)


@thorough
def test_no_story_does_where_cases_are_kept_on_a_server(served_on):
    tell(schema, served_on)


def tell(told, address, headers=None):
    """Run stories: what is posted is read, corrected and taken back by those that follow."""

    class Story(told.as_state_machine()):
        def get_call_kwargs(self, case):  # noqa: ARG002 - the tool's own form
            return {"base_url": address, "headers": headers or {}, "timeout": WAIT_S}

    for left in (2, 1, 0):
        try:
            Story.run(settings=settings(tried, stateful_step_count=STEPS))
        except FlakyStrategyDefinition:  # the tool's own: it could not draw a story twice alike
            if not left:
                raise
        else:
            return


def test_the_checks_know_of_server_errors():
    assert "not_a_server_error" in {check.__name__ for check in CHECKS.get_all()}

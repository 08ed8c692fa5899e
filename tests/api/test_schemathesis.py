"""Whatever is asked: no server error, and no answer the OpenAPI document does not know."""

import os
import socket
import threading
import time

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.main import create_app
from api.settings import Settings
from tests.thorough import thorough

EXAMPLES = int(os.environ.get("ENCIRCLE_FUZZ_EXAMPLES", "12"))
"""Requests tried for each operation; more in CI."""
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def served():
    """Serve on a free port of the loopback, in a thread."""
    app = create_app(Settings(workers=2, timeout_s=60))
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


schema = schemathesis.openapi.from_dict(create_app().openapi())


@thorough
@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case, served):
    # What a sound situation is, JSON Schema cannot say: rings, sides, ids. So what the schema
    # lets through may still be a 422, with the reasons.
    case.call_and_validate(base_url=served, excluded_checks=[positive_data_acceptance])


def test_the_checks_know_of_server_errors():
    assert "not_a_server_error" in {check.__name__ for check in CHECKS.get_all()}

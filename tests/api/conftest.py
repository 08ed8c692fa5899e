"""One service for the whole run; tests that break theirs start their own."""

import copy
import json
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.schemas import EXAMPLE_SITUATION
from api.settings import Settings
from tests.store.conftest import empty_database, server  # noqa: F401 - a fixture

START_S = 60
FIXTURES = Path(__file__).parents[2] / "fixtures"


@contextmanager
def _serve(spans=None, **settings):
    """Serve in this process and wait for the first worker."""
    with TestClient(
        create_app(Settings(**{"workers": 1, **settings}), spans), "http://localhost"
    ) as client:
        _wait_until_ready(client)
        yield client


def _wait_until_ready(client):
    end = time.monotonic() + START_S
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < end, "no worker became ready"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def client():
    with _serve(timeout_s=60) as client:
        yield client


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request):
    """The settings of a store of each kind, empty: in memory, and on a server of our own."""
    if request.param == "sqlite":
        yield {}
        return
    with empty_database(request.getfixturevalue("server")) as address:
        yield {"database": address}


@pytest.fixture
def serve():
    return _serve


@pytest.fixture
def wait_until_ready():
    return _wait_until_ready


@pytest.fixture
def situation():
    """A force on its own ground, with a road to its rear; each test has its own to spoil."""
    return copy.deepcopy(EXAMPLE_SITUATION)


@pytest.fixture
def judge(client):
    """Post a judgement request: an object, or a body as it stands."""

    def post(request):
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return client.post("/v1/judgements", content=body)

    return post


@pytest.fixture
def read_fixture():
    def read(name):
        return json.loads((FIXTURES / name / "situation.geojson").read_bytes())

    return read


@pytest.fixture
def endless():
    """A map of thousands of overlapping squares: sound, and far too much for a second."""
    situation = copy.deepcopy(EXAMPLE_SITUATION)
    for number in range(2_500):
        x, y = 35.0 + (number % 50) * 0.004, 51.0 + (number // 50) * 0.001
        ring = [[x, y], [x + 0.03, y], [x + 0.03, y + 0.02], [x, y + 0.02], [x, y]]
        holder = "AB"[number % 2]
        situation["features"].append(
            {
                "type": "Feature",
                "id": f"square-{number}",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"kind": "control", "holder": holder, "basis": "assessed"},
            }
        )
    return situation


@pytest.fixture
def assert_problem():
    """Check a problem document's shape, and give it back."""

    def check(response, status):
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert problem["status"] == status
        assert {"type", "title", "detail"} <= problem.keys()
        assert "Traceback" not in response.text
        for fault in problem.get("errors", ()):
            assert fault.keys() == {"pointer", "detail", "remedy", "feature"}
            assert fault["detail"]
            assert fault["remedy"]
        return problem

    return check

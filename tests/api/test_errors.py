"""The one table: each error, its status, and nothing of the machine behind it."""

import json

import pytest

from api import errors
from encircle.errors import CertificateError, InputFault, SituationError, UnknownForceError

FAULT = InputFault("/a", "wrong", "Mend it", "f1")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(errors.UnreadableError([FAULT]), 400, id="unreadable"),
        pytest.param(errors.UnknownScenarioError("x"), 404, id="no such scenario"),
        pytest.param(errors.TooLargeError(1), 413, id="too large"),
        pytest.param(MemoryError(), 413, id="out of memory"),
        pytest.param(SituationError([FAULT]), 422, id="no situation"),
        pytest.param(UnknownForceError("x", []), 422, id="its child"),
        pytest.param(CertificateError("no"), 422, id="no judgement"),
        pytest.param(errors.BusyError(), 503, id="busy"),
        pytest.param(errors.TooSlowError(1), 422, id="too slow"),
        pytest.param(errors.TooSlowBodyError(1), 408, id="slow body"),
        pytest.param(RuntimeError("a secret"), 500, id="nobody foresaw it"),
    ],
)
def test_the_nearest_class_decides(error, status):
    problem = errors.describe(error)
    assert problem.status == status == json.loads(problem.body)["status"]
    assert ("Retry-After" in problem.headers) == (status == 503)
    assert b"secret" not in problem.body


def test_a_fault_is_told_with_its_place_and_remedy():
    told = json.loads(errors.describe(SituationError([FAULT])).body)["errors"]
    assert told == [{"pointer": "/a", "detail": "wrong", "remedy": "Mend it", "feature": "f1"}]


def test_text_that_no_encoding_holds_is_spelt_out():
    fault = InputFault("/\ud800", "wrong", "Mend it")
    assert b"\\\\ud800" in errors.describe(SituationError([fault])).body

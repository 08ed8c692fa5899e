"""Too large, too slow, too many: the service says so, and answers the next one."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.thorough import thorough


def _workers():
    """Find the workers this process has started."""
    children = Path("/proc/self/task").glob("*/children")
    pids = [int(pid) for path in children for pid in path.read_text().split()]
    return {pid for pid in pids if b"api.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def _post(client, situation):
    return client.post("/v1/judgements", content=json.dumps({"situation": situation}).encode())


def _stream(size):
    """Send a body piece by piece, so that no head says how long it is."""
    for _ in range(size // 1_000):
        yield b" " * 1_000


def test_a_body_over_the_limit_is_a_413(serve, assert_problem, situation):
    with serve(max_body_bytes=10_000) as client:
        assert_problem(client.post("/v1/judgements", content=b" " * 10_001), 413)
        assert_problem(client.post("/v1/judgements", content=_stream(20_000)), 413)
        assert_problem(client.post("/v1/judgements", content=_stream(10_000)), 400)
        assert _post(client, situation).status_code == 200


@thorough
def test_what_takes_too_long_is_stopped_and_the_next_one_answered(
    serve, wait_until_ready, assert_problem, situation, endless
):
    with serve(timeout_s=1.0) as client:
        before = time.monotonic()
        response = _post(client, endless)
        assert time.monotonic() - before < 5
        problem = assert_problem(response, 422)
        assert problem["type"].endswith("too-slow")
        assert "retry-after" not in response.headers  # it would take as long again
        assert 'encircle_jobs_killed_total{reason="too-slow"} 1.0' in client.get("/metrics").text
        wait_until_ready(client)
        assert _post(client, situation).status_code == 200


@thorough
def test_who_comes_while_all_are_busy_is_told_to_come_back(serve, assert_problem, endless):
    with serve(timeout_s=3.0, queue=0) as client, ThreadPoolExecutor() as threads:
        slow = threads.submit(_post, client, endless)
        time.sleep(1.0)
        before = time.monotonic()
        response = _post(client, {})
        assert time.monotonic() - before < 1
        assert assert_problem(response, 503)["type"].endswith("busy")
        assert int(response.headers["retry-after"]) > 0
        assert client.get("/healthz").status_code == 200
        assert_problem(slow.result(), 422)


def test_who_waits_in_the_queue_is_answered(serve, situation):
    with serve(timeout_s=30.0) as client, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: _post(client, situation), range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux only")


@thorough
@needs_proc
def test_a_worker_that_dies_is_replaced(serve, wait_until_ready, assert_problem, endless):
    others = _workers()
    with serve(timeout_s=20.0) as client, ThreadPoolExecutor() as threads:
        (worker,) = _workers() - others
        answer = threads.submit(_post, client, endless)
        time.sleep(1.0)
        os.kill(worker, signal.SIGKILL)
        assert assert_problem(answer.result(), 503)["type"].endswith("stopped")
        wait_until_ready(client)
        assert _post(client, {}).status_code == 422
        assert _workers() - others != {worker}


@needs_proc
def test_a_service_that_ends_leaves_no_worker(serve):
    others = _workers()
    with serve(workers=2):
        assert _workers() - others
    assert not _workers() - others


@thorough
@needs_proc
def test_what_needs_too_much_memory_is_told(serve, wait_until_ready, situation):
    large = {**situation, "note": [[0]] * 2_000_000}
    with serve(worker_memory_bytes=600 * 2**20, max_body_bytes=2**25, timeout_s=30) as client:
        response = _post(client, large)
        assert response.status_code in {413, 503}  # or it brings the worker down
        wait_until_ready(client)
        assert _post(client, situation).status_code == 200


def test_what_there_is_no_time_for_is_left_out_and_told(situation):
    """By the worker alone: verdict and proof come in time, and the rest is named."""
    from api import worker

    raw = json.dumps({"situation": situation}).encode()
    status, _, body = worker.answer(b"j", raw, 0.0)
    told = json.loads(body)
    assert status == 200
    assert told["likelihood"] is None
    assert "left_out_for_time" in [notice["code"] for notice in told["notices"]]
    whole = json.loads(worker.answer(b"j", raw)[2])
    assert told["status"] == whole["status"]

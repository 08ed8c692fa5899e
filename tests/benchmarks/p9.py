"""P9: a 50 KB situation judged over HTTP, p50 within 50 ms and p99 within 150 ms.

One caller after another, on the loopback, against a service of one worker in processes of its own.
Ours, the library alone in this process (the peer) and a service that only reads the body take
turns. What ours takes beyond the work its answer owns to (Server-Timing) is the service's own
share; the goal for it is half the rate of the service that only reads. The map is the Kursk
salient, its lines cut finer until it has 50 KB; cutting moves nothing, so the verdict is that of
the map as drawn. Beside it is told how long `judge` takes of the map as drawn, in this process.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import shapely
from starlette.requests import Request
from starlette.responses import Response

import encircle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

GOAL_P50_MS, GOAL_P99_MS, GOAL_SHARE = 50.0, 150.0, 0.5
SIZE_BYTES = 50_000
REPEATS = int(os.environ.get("ENCIRCLE_P9_REPEATS", "60"))
WARM_UP, JUDGED = 3, 5
START_S = 60.0
FIXTURE = Path("fixtures/kursk-2025-03-14/situation.geojson")

Json = dict[str, Any]


async def read_only(
    scope: Json, receive: Callable[[], Awaitable[Json]], send: Callable[[Json], Awaitable[None]]
) -> None:
    """Serve one thing: read the body and say how long it was."""
    if scope["type"] != "http":
        return
    body = await Request(scope, receive).body()
    await Response(b"%d" % len(body))(scope, receive, send)


def build_situation() -> Json:
    """Cut the lines of a map finer, until it has the size asked for."""
    drawn = json.loads(FIXTURE.read_bytes())
    step = 1.0
    while len(write(cut_finer(drawn, step))) < SIZE_BYTES:
        step *= 0.9
    return cut_finer(drawn, step)


def cut_finer(drawn: Json, step_deg: float) -> Json:
    features = []
    for feature in drawn["features"]:
        geometry = feature["geometry"]
        if geometry is not None:
            shape = shapely.segmentize(shapely.geometry.shape(geometry), step_deg)
            geometry = shapely.geometry.mapping(shape)
        features.append({**feature, "geometry": geometry})
    return {**drawn, "features": features}


def write(situation: Json) -> bytes:
    return json.dumps({"situation": situation}).encode()


@contextmanager
def serve(app: str, *options: str, **environment: str) -> Iterator[HTTPConnection]:
    """Serve in a process of its own on a free port, until it is done with."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "uvicorn", app, *options, "--port", str(port),
         "--no-access-log", "--log-level", "error"],
        env={**os.environ, "ENCIRCLE_WORKERS": "1", "ENCIRCLE_TIMEOUT_S": "60", **environment},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    connection = HTTPConnection("127.0.0.1", port, timeout=START_S)
    try:
        wait_for(connection)
        yield connection
    finally:
        connection.close()
        process.terminate()
        process.wait()


def wait_for(connection: HTTPConnection) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            if ask(connection, "GET", "/readyz")[0] == 200:
                return
        except OSError:
            connection.close()
        time.sleep(0.1)
    raise TimeoutError


def ask(
    connection: HTTPConnection, method: str, path: str, body: bytes | None = None
) -> tuple[int, bytes, float]:
    """Ask for an answer: its status, its body, and how long it was worked on; milliseconds."""
    connection.request(method, path, body)
    response = connection.getresponse()
    worked_ms = response.getheader("Server-Timing", "work;dur=0").rpartition("=")[2]
    return response.status, response.read(), float(worked_ms)


def judge_here(body: bytes) -> bytes:
    return encircle.judge(encircle.read(json.loads(body)["situation"])).to_json()


def measure(turns: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Take turns, so that a busy machine slows all alike; milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(WARM_UP + REPEATS):
        for name, turn in turns.items():
            start = time.perf_counter()
            turn()
            if number >= WARM_UP:
                times[name].append((time.perf_counter() - start) * 1000)
    return times


def measure_judge() -> float:
    """Measure the processor time of one judgement in this process, milliseconds, warm."""
    situation = encircle.read(FIXTURE)
    times = []
    for _ in range(WARM_UP + JUDGED):
        begun = time.process_time()
        encircle.judge(situation)
        times.append((time.process_time() - begun) * 1000)
    return median(times[WARM_UP:])


def is_correct(answer: bytes, here: bytes) -> bool:
    """Hold the answer against the library's, and its status against the map's as drawn."""
    drawn = encircle.judge(encircle.read(FIXTURE))
    said = json.loads(answer)
    return said == json.loads(here) and said["status"]["code"] == drawn.status.code


def main() -> int:
    body = write(build_situation())
    with (
        serve("api.main:create_app", "--factory") as ours,
        serve("tests.benchmarks.p9:read_only") as reader,
    ):
        correct = is_correct(ask(ours, "POST", "/v1/judgements", body)[1], judge_here(body))
        worked: list[float] = []
        times = measure(
            {
                "ours": lambda: worked.append(ask(ours, "POST", "/v1/judgements", body)[2]),
                "peer": lambda: judge_here(body),
                "read": lambda: ask(reader, "POST", "/", body),
            }
        )
    p50, peer, read = (median(times[name]) for name in ("ours", "peer", "read"))
    p99 = quantiles(times["ours"], n=100, method="inclusive")[98]
    own_ms = median(a - b for a, b in zip(times["ours"], worked[WARM_UP:], strict=True))
    judge_ms = measure_judge()
    line = {
        "goal": "P9",
        "ours": round(p50, 2),
        "peer": round(peer, 2),
        "ratio": round(peer / p50, 2),
        "correct": correct,
        "reached": correct and p50 <= GOAL_P50_MS and p99 <= GOAL_P99_MS,
        "judge_ms": round(judge_ms, 1),
        "judge_reached": judge_ms <= GOAL_P50_MS,
        "p99": round(p99, 2),
        "own_ms": round(own_ms, 2),
        "read_only_ms": round(read, 2),
        "own_share_reached": own_ms * GOAL_SHARE <= read,
        "bytes": len(body),
        "requests": REPEATS,
    }
    print(json.dumps(line))
    return 0 if correct else 1

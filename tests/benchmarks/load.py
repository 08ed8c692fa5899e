"""The case file under a mixed load: sixteen clients for a minute, or for as many seconds as asked.

    python -m tests.benchmarks.load 3600
    python -m tests.benchmarks.load 600 postgresql://user@host/empty

They post one by one, in batches, as tables and as layers; correct and take back; search, judge,
rate claims, read feeds, logs and maps. Each line printed is a minute: requests by status, p50 and
p99 of all and of posts, the memory of the service and of its workers, and how many writes that were
acknowledged were found in the log by then. The last line is the whole: any write that is lost, any
answer of 500 with what was asked, and how the last minutes compare with the first.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from api.schemas import EXAMPLE_SITUATION
from encircle.store.opening import open_store
from encircle.store.revisions import list_revisions
from tests.benchmarks.p9 import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from encircle.store.opening import Store

CLIENTS, SECONDS, MINUTE_S = 16, 60.0, 60.0
CASE = "/v1/cases/c"
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
UNITS = 10
MOST_FAULTS = 20
SERVER_ERROR = 500
EXPECTED = {200, 201, 304, 404, 409, 410, 503}
"""Answers that this load asks for: 404 for what was taken back, 503 where every worker is taken."""
APP = ("api.main:create_app", "--factory")

Json = dict[str, Any]


def sight(number: int, unit: int, force: str = "group") -> Json:
    """A sighting of a unit, later than those of smaller numbers."""
    seen = FIRST + timedelta(minutes=number)
    place = [35.01 + 0.0003 * unit % 0.05, 51.01 + 0.0001 * (number % 300)]
    return {
        "type": "Feature", "id": f"s{number}-{unit}",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {"kind": "position", "side": "A", "force": force, "track": f"unit-{unit}",
                       "reach_m": 200, "observed_at": seen.isoformat(), "basis": "reported"},
    }  # fmt: skip


def wrap(features: list[Json]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def begin(connection: HTTPConnection) -> None:
    """Begin the case with a small map."""
    made = {"id": "c", "situation": EXAMPLE_SITUATION["situation"]}
    for path, body in (
        ("/v1/cases", json.dumps(made).encode()),
        (f"{CASE}/observations", wrap(EXAMPLE_SITUATION["features"])),
    ):
        connection.request("POST", path, body)
        answer = connection.getresponse()
        told = answer.read()
        assert answer.status == 201, told


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what it is called in the counts."""

    name: str
    method: str
    path: str
    body: bytes | None = None
    headers: Json = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    """Of what it posts."""


class Client(threading.Thread):
    """Asks one thing after another until the time is over."""

    def __init__(self, port: int, number: int, end: float) -> None:
        super().__init__(daemon=True)
        self.port, self.number, self.end = port, number, end
        self.choose = random.Random(number)  # noqa: S311 - an order, no secret
        self.step = 0
        self.standing: list[str] = []
        """Ids of its own that it has posted and not touched since."""
        self.rows: list[str] = []
        """Of its tables, what stands."""
        self.times: list[tuple[float, str, float, int]] = []
        """When, what, how long (ms), and with which status."""
        self.acknowledged: set[str] = set()
        """Hashes of the revisions it was answered."""
        self.sent: set[str] = set()
        self.answered: set[str] = set()
        """Ids of what it sent, and of what was acknowledged of it."""
        self.faults: list[Json] = []
        self.refusals: list[Json] = []
        self.asking: dict[Callable[[], Asked], int] = {
            self.post_one: 30, self.post_batch: 6, self.post_table: 4, self.correct: 8,
            self.take_back: 6, self.lay: 2, self.post_claim: 3, self.read: 41,
        }  # fmt: skip

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        while time.monotonic() < self.end:
            self.step += 1
            asked = self.choose.choices([*self.asking], [*self.asking.values()])[0]()
            self.sent |= set(asked.ids)
            begun = time.monotonic()
            try:
                connection.request(asked.method, asked.path, asked.body, asked.headers)
                answer = connection.getresponse()
                status, body = answer.status, answer.read()
            except (OSError, HTTPException) as error:
                connection.close()
                status, body = 0, repr(error).encode()
            ended = time.monotonic()
            self.times.append((ended, asked.name, (ended - begun) * 1000, status))
            self.note(asked, status, body)
        connection.close()

    def note(self, asked: Asked, status: int, body: bytes) -> None:
        if status in (0, SERVER_ERROR) or status not in EXPECTED:
            told = self.faults if status in (0, SERVER_ERROR) else self.refusals
            told.append({"asked": f"{asked.method} {asked.path}", "status": status,
                         "answer": body[:300].decode("utf-8", "replace")})  # fmt: skip
        if asked.method == "GET" or status not in (200, 201):
            return
        told = json.loads(body)
        made = [*told.get("accepted", ()), *([told["revision"]] if "revision" in told else ())]
        self.acknowledged |= {one["hash"] for one in made}
        if asked.name == "post_table":
            self.rows += [one["id"] for one in made]
        elif asked.name.startswith("post"):
            self.standing += [one["id"] for one in made]
            self.answered |= {one["id"] for one in made}

    # -- what is asked

    def number_next(self) -> int:
        return CLIENTS * self.step + self.number

    def post_one(self) -> Asked:
        row = sight(self.number_next(), self.number % UNITS)
        body, ids = json.dumps(row).encode(), (row["id"],)
        key = {"Idempotency-Key": f"{self.number}-{self.step}"} if self.step % 3 == 0 else {}
        return Asked("post", "POST", f"{CASE}/observations", body, key, ids)

    def post_batch(self) -> Asked:
        rows = [sight(CLIENTS * self.number_next() + n, n % UNITS) for n in range(CLIENTS)]
        rows = [{**row, "id": f"b{row['id']}"} for row in rows]
        ids = tuple(row["id"] for row in rows)
        return Asked("post_batch", "POST", f"{CASE}/observations", wrap(rows), {}, ids)

    def post_table(self) -> Asked:
        """A row of a table; or that the last one is taken back, so that the map stays as large."""
        if self.rows:
            path = f"{CASE}/observations/{self.rows.pop()}?why=written+twice"
            return Asked("take_back", "DELETE", path)
        body = f"name,lat,lon,side,date\nT{self.step},51.02,35.01,A,2024-01-05".encode()
        path = f"{CASE}/observations?side=A&force=group"
        return Asked("post_table", "POST", path, body, {"Content-Type": "text/csv"})

    def take_own(self) -> str:
        """One of its own that stands; or one that is not there."""
        if not self.standing:
            return "none"
        return self.standing.pop(self.choose.randrange(len(self.standing)))

    def correct(self) -> Asked:
        name = self.take_own()
        row = sight(self.number_next(), self.number % UNITS)
        del row["id"]
        body = json.dumps({"feature": row, "why": "seen better"}).encode()
        path = f"{CASE}/observations/{name}"
        return Asked("correct", "PUT", path, body, {"If-Match": '"1"'})

    def take_back(self) -> Asked:
        path = f"{CASE}/observations/{self.take_own()}?why=another+unit"
        return Asked("take_back", "DELETE", path)

    def lay(self) -> Asked:
        """Ground far behind, of a day: laid by several, again and again."""
        day = 1 + self.step % 20
        ring = [[34.5, 50.5], [34.6, 50.5], [34.6, 50.6], [34.5, 50.6], [34.5, 50.5]]
        ground = {
            "type": "Feature", "id": f"far-{self.number % 4}-{day}",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"kind": "control", "holder": "A", "basis": "assessed"},
        }  # fmt: skip
        whole = {"type": "FeatureCollection", "features": [ground],
                 "situation": {"as_of": f"2024-01-{day:02}T00:00:00Z"}}  # fmt: skip
        path = f"{CASE}/layers/far-{self.number % 4}?why=drawn+anew"
        return Asked("lay", "PUT", path, json.dumps(whole).encode())

    def post_claim(self) -> Asked:
        asserts = {"force": "group", "definition": "land_cut", "value": "yes"}
        body = {"id": f"claim-{self.number}-{self.step}", "claimant": "A spokesman",
                "made_at": "2024-01-02", "statement": "Cut off.", "asserts": asserts}  # fmt: skip
        return Asked("claim", "POST", f"{CASE}/claims", json.dumps(body).encode())

    def read(self) -> Asked:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        path = self.choose.choice((
            f"{CASE}/observations?limit=100", f"{CASE}/observations?bbox=35,51,35.05,51.02",
            f"{CASE}/forces/group/judgement", f"{CASE}/forces/group/judgement", CASE,
            f"{CASE}/situation", f"{CASE}/situation?known_at={now}",
            f"{CASE}/changes.atom", f"{CASE}/audit?limit=100", f"{CASE}/claims",
            f"{CASE}/forces/group/timeline?since=2024-01-01&until=2024-01-02", f"{CASE}/watches",
            "/ogc/collections/c.positions/items?limit=100", "/v1/cases", "/readyz", "/metrics",
        ))  # fmt: skip
        return Asked(path.partition("?")[0].rpartition("/")[2], "GET", path)


# -- minute by minute ------------------------------------------------------------------------


def read_memory() -> tuple[int, int]:
    """The memory of the service and of its workers, bytes; 0 where the system tells none."""
    page = os.sysconf("SC_PAGE_SIZE")

    def measure(pid: int) -> tuple[int, list[int]]:
        children = []
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            children += [int(child) for child in path.read_text().split()]
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page, children

    service, workers = 0, 0
    try:
        for pid in measure(os.getpid())[1]:
            own, left = measure(pid)
            service += own
            while left:
                own, more = measure(left.pop())
                workers, left = workers + own, left + more
    except OSError:  # one of them just ended
        pass
    return service, workers


class Log:
    """What the log has of the writes, read from the store itself."""

    def __init__(self, store: Store) -> None:
        self.store, self.after = store, 0
        self.hashes: set[str] = set()
        self.posted: set[str] = set()

    def read_on(self) -> None:
        with self.store.reading() as connection:
            while log := list_revisions(connection, "c", after=self.after, most=5_000):
                self.hashes |= {line.hash for line in log}
                self.posted |= {line.subject for line in log if line.act == "post"}
                self.after = log[-1].seq


def tell_times(times: list[tuple[float, str, float, int]]) -> Json:
    """Counts, p50 and p99 of some requests, milliseconds."""
    told: Json = {"requests": len(times)}
    for name, wanted in (("", ""), ("post_", "post")):
        took = [ms for _, asked, ms, _ in times if not wanted or asked == wanted]
        if len(took) > 1:
            p99 = quantiles(took, n=100, method="inclusive")[98]
            told |= {f"{name}p50_ms": round(median(took)), f"{name}p99_ms": round(p99)}
    statuses = Counter(status for *_, status in times)
    return told | {"statuses": dict(sorted(statuses.items()))}


def run(port: int, database: str, seconds: float) -> Json:
    """Have the clients work for some seconds, print each minute, and give the whole."""
    store = open_store(database)
    log, begun, minutes = Log(store), time.monotonic(), []
    clients = [Client(port, number, begun + seconds) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    while (since := time.monotonic()) < begun + seconds:
        time.sleep(min(MINUTE_S, begun + seconds - since))
        acknowledged = set().union(*(client.acknowledged.copy() for client in clients))
        log.read_on()
        service, workers = read_memory()
        done = [one for client in clients for one in client.times.copy() if since <= one[0]]
        minutes.append({
            "minute": len(minutes) + 1, **tell_times(done), "acknowledged": len(acknowledged),
            "found": len(acknowledged & log.hashes), "service_mb": round(service / 2**20),
            "workers_mb": round(workers / 2**20), "lines": len(log.hashes),
        })  # fmt: skip
        print(json.dumps(minutes[-1]), flush=True)
    for client in clients:
        client.join()
    log.read_on()
    store.close()
    acknowledged = set().union(*(client.acknowledged for client in clients))
    sent = set().union(*(client.sent for client in clients))
    answered = set().union(*(client.answered for client in clients))
    faults = [fault for client in clients for fault in client.faults]
    return {
        **tell_times([one for client in clients for one in client.times]),
        "acknowledged": len(acknowledged), "lost": len(acknowledged - log.hashes),
        "kept_unacknowledged": len((sent & log.posted) - answered),
        "faults": len(faults), "first_faults": faults[:MOST_FAULTS],
        "first_refusals": [one for client in clients for one in client.refusals][:MOST_FAULTS],
        "by_name": dict(Counter(name for c in clients for _, name, _, _ in c.times)),
        **_compare(minutes),
    }  # fmt: skip


def _compare(minutes: list[Json]) -> Json:
    """Hold the last tenth of the minutes against the first, the very first left out."""
    whole = minutes[1:-1] if len(minutes) > 3 else minutes
    part = max(1, len(whole) // 10)
    return {
        f"{name}_last_to_first": round(
            median(m.get(name, 0) for m in whole[-part:])
            / max(1, median(m.get(name, 0) for m in whole[:part])), 2,
        )
        for name in ("p50_ms", "p99_ms", "service_mb", "workers_mb")
    }  # fmt: skip


def main(seconds: float = SECONDS, database: str = "") -> int:
    with tempfile.TemporaryDirectory() as folder:
        database = database or str(Path(folder) / "case.sqlite")
        with serve(*APP, ENCIRCLE_DATABASE=database, ENCIRCLE_WORKERS="2") as connection:
            begin(connection)
            whole = run(connection.port, database, seconds)
    print(json.dumps({"load": seconds, **whole}))
    return 1 if whole["lost"] or whole["faults"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2]), *sys.argv[2:3]))

"""What was acknowledged is there, whoever dies; and of many who correct one revision, one wins."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime

import pytest

from encircle.store.casefile import post
from encircle.store.opening import open_store
from encircle.store.revisions import check_log, list_revisions
from encircle.store.settings import make_case
from tests.store.test_case_machine import SETTINGS, sighting
from tests.thorough import thorough

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
CORRECT = """
    import json, sys
    from encircle.store.casefile import revise
    from encircle.store.opening import open_store
    from encircle.store.revisions import ConflictError

    feature = json.loads(sys.argv[2])
    store = open_store(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        revise(store, "c", "p1", feature, sys.argv[3], "it moved", 1)
        print("won")
    except ConflictError as error:
        print("lost", error.number)
"""
WRITE = """
    import json, sys
    from encircle.store.casefile import post
    from encircle.store.opening import open_store

    store, pattern = open_store(sys.argv[1]), sys.argv[2]
    for number in range(int(sys.argv[3]), 1_000_000):
        names = [f"n{number}-{part}" for part in range(3)]  # three at once: all or none
        post(store, "c", [json.loads(pattern.replace("NAME", name)) for name in names], "w")
        print(number, flush=True)
"""


def start(code, *words):
    return subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", textwrap.dedent(code), *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("many", [4, pytest.param(16, marks=thorough)])
def test_of_many_corrections_of_one_revision_one_wins(url, many):
    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)
    post(store, "c", [sighting("p1", None, 0, 0)], "anna", now=NOON)
    writers = [
        start(CORRECT, url, json.dumps(sighting("p1", None, 0, reach)), f"w{reach}")
        for reach in range(many)
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate()[0].strip() for writer in writers]
    assert sorted(said) == ["lost 2"] * (many - 1) + ["won"]
    with store.reading() as connection:
        log = list_revisions(connection, "c")
    assert check_log(log) == []
    assert [line.number for line in log if line.subject == "p1"] == [1, 2]
    store.close()


KILLS = int(os.environ.get("ENCIRCLE_KILLS", "15"))
"""Moments at which a writer is killed in `.ci/run`; each takes most of a second."""


@pytest.mark.parametrize("times", [2, pytest.param(KILLS, marks=thorough)])
def test_whoever_is_killed_keeps_what_was_acknowledged_and_no_half_of_anything(url, times):
    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)
    pattern = json.dumps(sighting("NAME", None, 0, 0))
    acknowledged, first = set(), 0
    chance = random.Random(7)  # noqa: S311 - a moment, no secret
    for _ in range(times):
        writer = start(WRITE, url, pattern, str(first))
        acknowledged.add(int(writer.stdout.readline()))  # it writes
        time.sleep(chance.uniform(0, 0.15))
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged |= {int(line) for line in writer.stdout.read().split()}
        writer.communicate()
        with store.reading() as connection:
            log = list_revisions(connection, "c", most=1_000_000)
        assert check_log(log) == []
        kept = {line.subject for line in log if line.what == "feature"}
        numbers = {int(name[1:].partition("-")[0]) for name in kept}
        assert kept == {f"n{number}-{part}" for number in numbers for part in range(3)}
        assert acknowledged <= numbers
        assert len(numbers - acknowledged) <= times  # written, but nobody was told any more
        first = max(numbers) + 1
    store.close()

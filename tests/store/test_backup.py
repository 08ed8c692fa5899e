"""A backup made while others write, and what is restored from it: the commands of the page, run."""

import os
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from encircle import judge, read
from encircle.store.assembling import assemble
from encircle.store.casefile import post, retract
from encircle.store.opening import open_store
from encircle.store.revisions import check_log, list_revisions
from encircle.store.settings import make_case
from tests.store.conftest import find_programs
from tests.store.test_geometry import KURSK, install

PAGE = Path(__file__).resolve().parents[2] / "docs" / "case-file.md"
SQLITE, POSTGRESQL = re.findall(
    r"<!-- backup:begin -->\n```sh\n(.*?)```\n<!-- backup:end -->",
    PAGE.read_text("utf-8"),
    re.DOTALL,
)
AS_OF = datetime(2025, 3, 14, 18, tzinfo=UTC)


def run(commands, folder, **said):
    programs = str(find_programs() or Path(sys.executable).parent)
    paths = os.pathsep.join((programs, os.environ["PATH"]))
    done = subprocess.run(  # noqa: S603 - our own page
        ["/bin/bash", "-euc", commands], check=False, capture_output=True, cwd=folder,
        env={**os.environ, "PATH": paths, **said},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


def fill(store):
    make_case(store, "c", KURSK["situation"], "anna")
    post(store, "c", KURSK["features"], "anna")
    retract(store, "c", KURSK["features"][0]["id"], "ben", "another unit")


def position(number):
    point = {"type": "Point", "coordinates": [35.2, 51.1]}
    return {"type": "Feature", "id": f"w{number}", "geometry": point,
            "properties": {"kind": "position", "side": "UA", "reach_m": number + 1}}  # fmt: skip


class Writer(threading.Thread):
    """Posts one observation after another until it is told to stop."""

    def __init__(self, store):
        super().__init__(daemon=True)
        self.store, self.acknowledged, self.enough = store, 0, threading.Event()

    def run(self):
        while not self.enough.is_set():
            assert post(self.store, "c", [position(self.acknowledged)], "anna").accepted
            self.acknowledged += 1


def read_log(store):
    with store.reading() as connection:
        return list_revisions(connection, "c", most=100_000)


def judged(store, known_at):
    with store.reading() as connection:
        return judge(read(assemble(connection, "c", AS_OF, known_at).document)).to_dict()


def back_up_while_writing(store, commands, folder, **said):
    """Run the page's commands while somebody writes: what was acknowledged before, and after."""
    writer = Writer(store)
    writer.start()
    while writer.acknowledged < 5:
        assert writer.is_alive()
    before = writer.acknowledged
    run(commands, folder, **said)
    after = writer.acknowledged
    writer.enough.set()
    writer.join(30)
    assert not writer.is_alive()
    assert writer.acknowledged >= after
    return before


def check_copy(store, copy, before):
    """The copy is the log up to some moment of the backup; it goes on, and it cannot be changed."""
    log, whole = read_log(copy), read_log(store)
    assert check_log(log) == []
    assert log == whole[: len(log)]
    assert {line.subject for line in log} >= {f"w{number}" for number in range(before)}
    known_at = datetime.fromisoformat(log[len(KURSK["features"])].recorded_at)
    assert judged(copy, known_at) == judged(store, known_at)
    assert post(copy, "c", [{**position(0), "id": "after"}], "anna").accepted
    assert check_log(read_log(copy)) == []
    for order in ("UPDATE revisions SET why = 'other'", "DELETE FROM revisions"):
        with pytest.raises(DBAPIError, match="append only"), copy.writing() as connection:
            connection.execute(sa.text(order))


def test_a_file_is_copied_while_it_is_written_to(tmp_path):
    store = open_store(tmp_path / "encircle.sqlite")
    fill(store)
    before = back_up_while_writing(store, SQLITE, tmp_path)
    copy = open_store(tmp_path / "copy.sqlite")
    check_copy(store, copy, before)
    copy.close()
    store.close()


@pytest.mark.parametrize("kind", ["without PostGIS", "with PostGIS"])
def test_a_database_is_dumped_while_it_is_written_to_and_restored(
    kind, database, another, tmp_path
):
    if find_programs("pg_dump", "pg_restore") is None:
        pytest.skip("pg_dump is not installed here (Debian: postgresql-client)")
    if kind == "with PostGIS":
        install(database)
    store = open_store(database)
    fill(store)
    before = back_up_while_writing(store, POSTGRESQL, tmp_path, STORE=database, COPY=another)
    copy = open_store(another)
    assert copy.kind == store.kind == f"PostgreSQL {kind}"
    check_copy(store, copy, before)
    copy.close()
    store.close()

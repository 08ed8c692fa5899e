"""Whoever forges a store behind its back is found by a command."""

import json
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from encircle.cli.main import app
from encircle.store.casefile import post, retract, revise
from encircle.store.opening import open_store
from encircle.store.settings import make_case
from tests.store.test_casefile import NOON, SETTINGS, position


def check(store, *options):
    return CliRunner().invoke(app, ["store", "check", str(store), *options])


@pytest.fixture
def path(tmp_path):
    store = open_store(tmp_path / "c.sqlite")
    for case in "cd":
        make_case(store, case, SETTINGS, "anna", NOON)
        post(store, case, [position("p", note="a name"), position("q")], "ben", now=NOON)
        revise(store, case, "q", position("q", 35.3), "ben", "it moved", now=NOON)
        retract(store, case, "p", "ben", "private", redact=True, now=NOON)
    store.close()
    return tmp_path / "c.sqlite"


def test_a_store_that_nobody_forged_holds(path):
    before = path.read_bytes()
    found = check(path)
    assert (found.exit_code, found.stderr.strip()) == (0, "")
    assert found.stdout.count("5 lines hold") == 2
    assert path.read_bytes() == before
    told = json.loads(check(path, "--json").stdout)["cases"]
    assert [(one["case"], one["faults"]) for one in told] == [("c", []), ("d", [])]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("UPDATE revisions SET actor = 'eve' WHERE seq = 7", "revision 7 (feature 'p', number 1)"),
        ("UPDATE revisions SET why = 'x' WHERE act = 'correct' AND case_id = 'd'", "the reason of"),
        ("UPDATE revisions SET body = '{}' WHERE seq = 8", "the body of revision 8"),
        ("UPDATE revisions SET body = NULL WHERE seq = 8", "the body of revision 8"),
        ("DELETE FROM revisions WHERE seq = 7", "does not follow the one before it"),
    ],
)
def test_whoever_forges_a_line_is_named_with_it(path, order, said):
    with closing(sqlite3.connect(path)) as theirs:
        for (name,) in theirs.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            theirs.execute(f"DROP TRIGGER {name}")
        theirs.execute(order)
        theirs.commit()
    found = check(path)
    assert found.exit_code == 2
    assert "case d: " in found.stderr
    assert said in found.stderr
    assert "case c: 5 lines hold" in found.stdout


def test_what_is_no_store_is_not_made_one(tmp_path):
    found = check(tmp_path / "none.sqlite")
    assert found.exit_code == 2
    assert "no store" in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_something_else_is_refused_with_what_helps(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    found = check(tmp_path / "notes.txt")
    assert found.exit_code == 2
    assert "cannot be read: file is not a database. Name a store" in found.stderr

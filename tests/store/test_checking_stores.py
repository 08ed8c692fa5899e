"""Whoever forges a store behind its back is found by a command."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from encircle.cli.main import app
from encircle.store.auditing import list_lines, name_miscopied
from encircle.store.casefile import post, retract, revise
from encircle.store.laying import lay_layer, take_back_layer
from encircle.store.opening import open_store
from encircle.store.publishing import publish
from encircle.store.record import keep_judgement
from encircle.store.settings import make_case, settle
from encircle.store.tables import judgements
from tests.store.test_casefile import NOON, SETTINGS, position
from tests.store.test_record import RAW


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
        with store.writing() as connection:
            keep_judgement(connection, case, RAW, NOON, "anna", NOON)
    store.close()
    return tmp_path / "c.sqlite"


def forge(path, order):
    """Write behind the back of what keeps a store from being changed."""
    with closing(sqlite3.connect(path)) as theirs:
        for (name,) in theirs.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            theirs.execute(f"DROP TRIGGER {name}")
        theirs.execute(order)
        theirs.commit()


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
        ("UPDATE revisions SET body = '{' WHERE seq = 8", "the body of revision 8"),
        (
            """UPDATE revisions SET body = '{"id":"eve",' || substr(body, 2) WHERE seq = 8""",
            "the body of revision 8",
        ),
        (
            """UPDATE revisions SET body = replace(body, '"kind"', '"kind":"fire","kind"')
            WHERE seq = 9""",
            "the body of revision 9",
        ),
        ("DELETE FROM revisions WHERE seq = 7", "does not follow the one before it"),
        ("UPDATE revisions SET seen_at = '2030' WHERE seq = 8", "searched by another seen_at than"),
        ("UPDATE revisions SET side = 'B', force = 'x' WHERE seq = 9", "another side, force"),
        ("UPDATE revisions SET west = west + 1 WHERE seq = 8", "another west"),
        ("UPDATE revisions SET track = 'u' WHERE seq = 7", "another track"),
        (
            "UPDATE judgements SET body = replace(body, 'C1', 'E1') WHERE case_id = 'd'",
            "its digest",
        ),
        (
            "UPDATE judgements SET verdict = 'encircled' WHERE case_id = 'd'",
            "listed with a verdict",
        ),
    ],
)
def test_whoever_forges_a_line_is_named_with_it(path, order, said):
    forge(path, order)
    found = check(path)
    assert found.exit_code == 2
    assert "case d: " in found.stderr
    assert said in found.stderr
    assert "case c: 5 lines hold, 1 judgement too" in found.stdout


def test_a_judgement_that_is_gone_without_a_redaction_is_told(tmp_path):
    store = open_store(tmp_path / "c.sqlite")
    make_case(store, "c", SETTINGS, "anna", NOON)
    with store.writing() as connection:
        keep_judgement(connection, "c", RAW, NOON, "anna", NOON)
    store.close()
    forge(tmp_path / "c.sqlite", "UPDATE judgements SET body = NULL")
    found = check(tmp_path / "c.sqlite")
    assert (found.exit_code, "is gone, and nothing was redacted" in found.stderr) == (2, True)


@pytest.mark.parametrize("what", ["feature", "settings", "layer"])
def test_a_judgement_is_gone_only_with_what_stood_on_its_map(tmp_path, what):
    store = open_store(tmp_path / "c.sqlite")
    make_case(store, "c", SETTINGS, "anna", NOON)
    hours = [NOON + timedelta(hours=number) for number in range(6)]
    ground = {"type": "FeatureCollection", "features": []}
    post(store, "c", [position("p")], "ben", now=hours[1])
    lay_layer(store, "c", "l", ground, "ben", now=hours[1])

    def keep(number):
        raw = json.dumps({**json.loads(RAW), "n": number}).encode()
        with store.writing() as connection:
            keep_judgement(connection, "c", raw, hours[number], "anna", hours[number])

    keep(0)  # before it was posted
    keep(2)
    if what == "feature":
        retract(store, "c", "p", "ben", "private", redact=True, now=hours[3])
    elif what == "layer":
        take_back_layer(store, "c", "l", None, "ben", "private", redact=True, now=hours[3])
    else:
        settle(store, "c", SETTINGS, "ben", "private", now=hours[3], redact=True)
        settle(store, "c", {**SETTINGS, "title": "x"}, "ben", "named", now=hours[5])
    keep(4)
    with store.reading() as connection:
        rows = connection.execute(sa.select(judgements).order_by(judgements.c.seq)).all()
    store.close()
    assert [row.body is None for row in rows] == [what == "settings", True, False]
    assert check(tmp_path / "c.sqlite").exit_code == 0
    forge(tmp_path / "c.sqlite", "UPDATE judgements SET body = NULL")
    found = check(tmp_path / "c.sqlite")
    assert found.exit_code == 2
    told = [row.id for row in rows if f"{row.id!r} of the record is gone" in found.stderr]
    on_none = [rows[2].id] if what == "settings" else [rows[0].id, rows[2].id]
    assert told == on_none


def test_a_line_without_the_hash_of_its_reason_is_told_where_others_have_one(tmp_path):
    store = open_store(tmp_path / "c.sqlite")
    for case in "cd":
        make_case(store, case, SETTINGS, "anna", NOON)
        post(store, case, [position("p")], "ben", now=NOON)
        revise(store, case, "p", position("p", 35.3), "ben", "it moved", now=NOON)
        retract(store, case, "p", "ben", "private", redact=True, now=NOON)
    store.close()
    assert check(tmp_path / "c.sqlite").exit_code == 0
    forged = "why = '', why_sha256 = NULL, actor = 'mallory'"
    forge(tmp_path / "c.sqlite", f"UPDATE revisions SET {forged} WHERE act = 'correct'")  # noqa: S608
    found = check(tmp_path / "c.sqlite")
    assert found.exit_code == 2
    assert "case d: the hash of the reason of revision 7 (feature 'p', number 2)" in found.stderr
    # Of the first of all nothing tells it from one that was written before reasons had hashes.
    assert "case c: 4 lines hold" in found.stdout
    said = "  by the next line's word alone, for their reasons were redacted and had no hash: "
    assert f"{said}revision 3 (feature 'p', number 2)" in found.stdout


def test_every_kind_of_line_is_searched_by_what_it_says(store):
    across = {"type": "LineString", "coordinates": [[179.5, 10], [-179.5, 15]]}
    road = {"type": "Feature", "id": "r", "geometry": across, "properties": {"kind": "route"}}
    layer = {"type": "FeatureCollection", "features": [], "situation": {"as_of": "2025-03-10"}}
    make_case(store, "c", SETTINGS, "anna", NOON)
    make_case(store, "pacific", SETTINGS, "anna", NOON)
    assert post(store, "pacific", [road], "ben", now=NOON).accepted
    unit = position("p", track="u", observed_at="2025-03-10", valid_to="2025-03-12")
    assert post(store, "c", [unit], "ben", now=NOON).accepted
    lay_layer(store, "c", "l", layer, "anna", now=NOON)
    lay_layer(store, "c", "l", layer, "anna", "again", now=NOON)
    take_back_layer(store, "c", "l", "2025-03-10", "anna", "wrong", now=NOON)
    take_back_layer(store, "c", "l", "2025-03-10", "anna", "secret", redact=True, now=NOON)
    retract(store, "c", "p", "ben", "twice", now=NOON)
    publish(store, "c", {"open": False}, "anna", now=NOON)
    with store.reading() as connection:
        lines = [*list_lines(connection, "pacific", 0, 9), *list_lines(connection, "c", 0, 9)]
    assert {(line.what, line.act) for line, _ in lines} > {("layer", "redact"), ("access", "post")}
    assert [name_miscopied(*one) for one in lines] == [[]] * len(lines)


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

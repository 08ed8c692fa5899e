"""The log of a case: append only, in one chain, of two corrections one wins."""

import gc
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from encircle.store.opening import StoreError, open_store
from encircle.store.redacting import TOLD_NO_MORE
from encircle.store.revisions import (
    AGAIN,
    CaseExistsError,
    ConflictError,
    Entry,
    GoneError,
    NotKeptError,
    WhyError,
    append,
    begin_case,
    check_log,
    find_current,
    list_revisions,
    write_instant,
)
from encircle.store.tables import cases, ratings

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)


def feature(name, **properties):
    point = {"type": "Point", "coordinates": [35.2, 51.1]}
    return {"type": "Feature", "id": name, "geometry": point,
            "properties": {"kind": "position", "side": "A", **properties}}  # fmt: skip


@pytest.fixture
def case(store):
    with store.writing() as connection:
        begin_case(connection, "c", {"sides": [{"id": "A"}]}, "anna", NOON)
    return store


def record(store, *entries, at=NOON, actor="anna"):
    with store.writing() as connection:
        return append(connection, "c", entries, actor, at)


def log(store):
    with store.reading() as connection:
        return list_revisions(connection, "c")


def test_a_revision_never_changes_and_never_goes(case):
    record(case, Entry("post", "feature", "p", feature("p")))
    before = log(case)
    for order in (
        "UPDATE revisions SET why = 'other'", "UPDATE revisions SET body = NULL",
        "UPDATE revisions SET actor = 'ben' WHERE number = 1", "DELETE FROM revisions",
        "UPDATE revisions SET recorded_at = '2020'", "DELETE FROM revisions WHERE act = 'post'",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="append only"), case.writing() as connection:
            connection.execute(sa.text(order))
    assert log(case) == before


def test_what_is_redacted_is_gone_and_the_log_still_holds(case):
    record(case, Entry("post", "feature", "p", feature("p", note="a name")))
    record(case, Entry("correct", "feature", "p", feature("p", note="his name"), "spelling"))
    record(case, Entry("redact", "feature", "p", why="a private person"))
    lines = log(case)
    assert [line.body for line in lines[1:]] == [None] * 3
    assert [line.actor for line in lines] == ["anna"] * 4
    assert check_log(lines) == []
    with pytest.raises(DBAPIError, match="append only"), case.writing() as connection:
        connection.execute(sa.text("UPDATE revisions SET body = '{}' WHERE subject = 'p'"))


def test_what_is_redacted_is_gone_from_the_reasons_too(case):
    """Of a log of before that had no hashes of reasons the rest of the chain still holds."""
    record(case, Entry("post", "feature", "p", feature("p", note="a name")))
    record(case, Entry("correct", "feature", "p", feature("p"), "it is Ivan Petrov's house"))
    record(case, Entry("redact", "feature", "p", why="a private person"))
    lines = log(case)
    assert [line.why for line in lines[1:]] == [None, "", "a private person"]
    assert check_log(lines) == []
    # Whoever empties what was not redacted is found.
    assert "is gone" in check_log(lines[:-1])[0]
    spoiled = replace(lines[2], actor="ben")
    assert check_log([*lines[:2], spoiled, lines[3]]) != []


@pytest.mark.parametrize("table", ["changes", "ratings"])
def test_what_was_told_is_not_changed_or_dropped(case, table):
    note = {
        "changes": "(case_id, force, is_correction, because, as_of, recorded_at, revision) "
                   "SELECT 'c', 'g', FALSE, '[]', '', '', hash FROM revisions",
        "ratings": "(case_id, claim, because, as_of, input_sha256, engine, recorded_at) "
                   "VALUES ('c', 'k', '[]', '', '', '', '')",
    }[table]  # fmt: skip
    with case.writing() as connection:
        connection.execute(sa.text(f"INSERT INTO {table} {note}"))
    for order in (f"UPDATE {table} SET because = ''", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(DBAPIError, match="append only"), case.writing() as connection:
            connection.execute(sa.text(order))


@pytest.mark.parametrize("table", ["changes", "ratings"])
def test_of_what_was_told_the_words_of_what_is_redacted_go_and_nothing_else(case, table):
    said = feature("p")
    said["properties"]["name"] = "Petrov's house"
    record(case, Entry("post", "feature", "p", said))
    rows = {
        "named": '["A force at Petrov\'s house is cut off.", "By day."]', "called": '["p is."]',
        "within": '["Petrov\'s houses stand, as depots do."]', "other": '["By night."]',
        "road": '["Open ground or a road runs off the map, 7 km on."]',
    }  # fmt: skip
    for name in ("road", "7"):
        record(case, Entry("post", "feature", name, {**feature(name), "properties": {
            **feature(name)["properties"], "name": name}}))  # fmt: skip
    head = {
        "changes": "(case_id, force, is_correction, because, as_of, recorded_at, revision) "
                   "SELECT 'c', :name, FALSE, :told, '', '', hash FROM revisions WHERE number = 1 "
                   "AND subject = 'p'",
        "ratings": "(case_id, claim, because, as_of, input_sha256, engine, recorded_at) "
                   "VALUES ('c', :name, :told, '', '', '', '')",
    }[table]  # fmt: skip
    with case.writing() as connection:
        for name, told in rows.items():
            connection.execute(sa.text(f"INSERT INTO {table} {head}"), {"name": name, "told": told})
    empty = f"UPDATE {table} SET because = '{TOLD_NO_MORE}'"  # noqa: S608
    with pytest.raises(DBAPIError, match="append only"), case.writing() as connection:
        connection.execute(sa.text(empty))  # nothing is redacted yet
    for name in ("p", "road", "7"):
        record(case, Entry("redact", "feature", name, why="a private person"))
    with case.reading() as connection:
        named = "force" if table == "changes" else "claim"
        told = dict(connection.execute(sa.text(f"SELECT {named}, because FROM {table}")).all())  # noqa: S608
    assert told == rows | {"named": TOLD_NO_MORE}, "what a thing is called stays in the log"
    for order in (f"{empty}, as_of = 'x'", f"UPDATE {table} SET because = '[]'"):  # noqa: S608
        with pytest.raises(DBAPIError, match="append only"), case.writing() as connection:
            connection.execute(sa.text(order))


def test_words_that_new_settings_say_again_stay_where_they_were_told(case):
    told = '["Anna and B hold the road."]'
    settings = {"sides": [{"id": "A", "name": "Anna"}], "title": "Ivan Petrov"}
    record(case, Entry("correct", "settings", "c", settings, "title"))
    with case.writing() as connection:
        for said in (told, '["Ivan Petrov."]'):
            row = {"case_id": "c", "claim": "k", "because": said, "as_of": "", "input_sha256": "",
                   "engine": "", "recorded_at": ""}  # fmt: skip
            connection.execute(ratings.insert(), row)
    record(case, Entry("redact", "settings", "c", why="a private person"),
           Entry("correct", "settings", "c", {**settings, "title": "T"}, "title"))  # fmt: skip
    with case.reading() as connection:
        assert [*connection.scalars(sa.select(ratings.c.because))] == [told, TOLD_NO_MORE]


def test_sqlite_does_not_replace_a_row_either(tmp_path):
    """Nor whoever opens the file with a program of their own."""
    store = open_store(tmp_path / "c.sqlite")
    with store.writing() as connection:
        begin_case(connection, "c", {"sides": [{"id": "A"}]}, "anna", NOON)
    record(store, Entry("post", "feature", "p", feature("p")))
    before = log(store)
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as theirs:
        names = [row[1] for row in theirs.execute("PRAGMA table_info(revisions)")]
        for other in ({"body": "'{}'"}, {"seq": "99"}, {"seq": "99", "hash": "'x'"}):
            said = ", ".join(other.get(name, f'"{name}"') for name in names)
            with pytest.raises(sqlite3.IntegrityError, match="append only"):
                theirs.execute(
                    f"REPLACE INTO revisions SELECT {said} FROM revisions WHERE number = 1"  # noqa: S608
                )
    assert log(store) == before


def test_what_was_taken_back_may_be_posted_again_and_what_was_redacted_may_not(case):
    record(case, Entry("post", "feature", "p", feature("p")))
    record(case, Entry("retract", "feature", "p", why="another unit"))
    again = record(case, Entry("post", "feature", "p", feature("p", reach_m=1)))[0]
    assert (again.number, again.act, again.why) == (3, "correct", AGAIN)
    record(case, Entry("redact", "feature", "p", why="a private person"))
    with pytest.raises(GoneError, match=r"was redacted, .* another id"):
        record(case, Entry("post", "feature", "p", feature("p")))


@pytest.mark.parametrize("change", ["why", "actor", "body", "recorded_at", "number", "subject"])
def test_whoever_goes_round_the_database_is_found(case, change):
    record(case, Entry("post", "feature", "p", feature("p")))
    record(case, Entry("correct", "feature", "p", feature("p", reach_m=500), "it moved"))
    lines = log(case)
    assert check_log(lines) == []
    other = {"number": 7, "body": '{"type": "Feature"}'}.get(change, "2024-01-01T00:00:00.000000Z")
    spoiled = replace(lines[1], **{change: other})
    assert check_log([lines[0], spoiled, *lines[2:]]) != []


def test_a_line_taken_out_or_moved_is_found(case):
    for name in "pqr":
        record(case, Entry("post", "feature", name, feature(name)))
    lines = log(case)
    assert (
        check_log(lines[:-1]) == []
    )  # the end alone can be cut: what was published names the hash
    assert check_log([lines[0], *lines[2:]]) != []
    assert check_log([lines[0], lines[2], lines[1], lines[3]]) != []


def test_the_clock_never_goes_back(case):
    first = record(case, Entry("post", "feature", "p", feature("p")), at=NOON + timedelta(hours=1))
    then = record(case, Entry("post", "feature", "q", feature("q")), at=NOON - timedelta(days=3))
    assert then[0].recorded_at == first[0].recorded_at


@pytest.mark.parametrize(
    ("entry", "error", "said"),
    [
        (Entry("post", "feature", "p", feature("p")), ConflictError, "already, at revision 1"),
        (Entry("correct", "feature", "p", feature("p")), WhyError, "takes a reason"),
        (Entry("correct", "feature", "p", feature("p"), "  "), WhyError, "takes a reason"),
        (Entry("correct", "feature", "p", feature("p"), "w", 2), ConflictError, "at revision 1"),
        (Entry("correct", "feature", "q", feature("q"), "w"), NotKeptError, "no feature 'q'"),
        (Entry("retract", "feature", "gone", why="w"), GoneError, "was retracted"),
        (Entry("correct", "feature", "gone", feature("gone"), "w"), GoneError, "was retracted"),
    ],
)
def test_what_the_log_does_not_allow_is_refused_and_nothing_is_kept(case, entry, error, said):
    record(case, Entry("post", "feature", "p", feature("p")))
    record(case, Entry("post", "feature", "gone", feature("gone")))
    record(case, Entry("retract", "feature", "gone", why="it was another unit"))
    before = log(case)
    with pytest.raises(error, match=re.escape(said)):
        record(case, Entry("post", "feature", "z", feature("z")), entry)
    assert log(case) == before


def test_a_case_is_begun_once_and_an_unknown_one_is_named(case):
    with pytest.raises(CaseExistsError, match="'c' already"), case.writing() as connection:
        begin_case(connection, "c", {}, "ben", NOON)
    with pytest.raises(NotKeptError, match="no case 'd'"), case.writing() as connection:
        append(connection, "d", [Entry("post", "feature", "p", feature("p"))], "ben", NOON)


def test_the_latest_of_each_that_was_not_taken_back_stands(case):
    record(case, *(Entry("post", "feature", name, feature(name)) for name in "pqr"))
    record(
        case, Entry("correct", "feature", "q", feature("q", reach_m=1), "w"), at=NOON + timedelta(1)
    )
    record(case, Entry("retract", "feature", "r", why="w"), at=NOON + timedelta(2))
    with case.reading() as connection:
        now = find_current(connection, "c", "feature")
        noon = find_current(connection, "c", "feature", "2025-03-14T12:00:00.000000Z")
    assert [(row.subject, "reach_m" in row.body) for row in now] == [("p", False), ("q", True)]
    assert [(row.subject, "reach_m" in row.body) for row in noon] == [
        ("p", False), ("q", False), ("r", False),
    ]  # fmt: skip


def test_a_store_of_a_later_version_is_not_touched(url):
    store = open_store(url)
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="later version"):
        open_store(url)


@pytest.mark.parametrize(
    "address", ["mysql://root@localhost/x", "no such://x", "sqlite:////no/such/folder/x.db"]
)
def test_what_is_no_store_is_refused(address):
    with pytest.raises(StoreError):
        open_store(address)


def test_the_tables_are_as_the_steps_make_them_and_each_step_goes_back(store):
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    from encircle.store.opening import MIGRATIONS
    from encircle.store.tables import metadata

    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
        command.upgrade(config, "head")
        assert connection.execute(sa.select(cases)).all() == []


def test_somebody_elses_file_is_not_written_to(tmp_path):
    path = tmp_path / "theirs.sqlite"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE invoices (id)")
    theirs.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="invoices"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["sqlite://", "x.sqlite"])
def test_a_store_that_nobody_closed_is_closed_when_it_is_forgotten(name, tmp_path):
    store = open_store(name if "://" in name else tmp_path / name)
    with store.reading() as connection:
        plain = connection.connection.dbapi_connection
    del store, connection
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        plain.execute("SELECT 1")


def test_an_instant_of_any_year_stands_as_text_where_it_stands_in_time():
    instants = [datetime(year, 1, 1, tzinfo=UTC) for year in (1, 999, 1000, 2025, 9999)]
    written = [write_instant(instant) for instant in instants]
    assert sorted(written) == written
    assert {len(text) for text in written} == {len("2025-01-01T00:00:00.000000Z")}

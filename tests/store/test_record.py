"""The record: a judgement stays as it was given."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from encircle.store.casefile import post, retract
from encircle.store.record import keep_judgement, list_kept, read_kept_judgement
from encircle.store.revisions import GoneError, NotKeptError
from encircle.store.settings import make_case
from encircle.store.tables import judgements

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
SETTINGS = {"sides": [{"id": "UA"}, {"id": "RU"}], "force": "f"}
DOCUMENT = {
    "force": "f", "as_of": "2025-03-14T12:00:00Z", "verdict": "not_encircled",
    "status": {"code": "C1"}, "provenance": {"input_sha256": "0" * 64, "engine": "encircle 0"},
}  # fmt: skip
RAW = json.dumps(DOCUMENT).encode()


def unit(name):
    place = {"type": "Point", "coordinates": [35.2, 51.0]}
    said = {"kind": "position", "side": "UA", "force": "f", "basis": "reported"}
    return {"type": "Feature", "id": name, "geometry": place, "properties": said}


@pytest.fixture
def kept(store):
    make_case(store, "c", SETTINGS, "anna", NOW)
    post(store, "c", [unit("first")], "anna", now=NOW)
    with store.writing() as connection:
        return keep_judgement(connection, "c", RAW, NOW + timedelta(hours=1), "anna", NOW)


def read(store, name):
    with store.reading() as connection:
        return read_kept_judgement(connection, "c", name)


def test_what_is_kept_is_given_as_it_was_by_its_digest(store, kept):
    assert kept.id == hashlib.sha256(RAW).hexdigest()
    assert read(store, kept.id).encode() == RAW
    with store.writing() as connection:
        again = keep_judgement(connection, "c", RAW, NOW + timedelta(days=1), "bohdan", NOW)
    assert again == kept
    with store.reading() as connection:
        assert list_kept(connection, "c") == [kept]
    with pytest.raises(NotKeptError):
        read(store, "0" * 64)


def test_the_database_itself_changes_and_drops_none(store, kept):
    for statement in (
        judgements.update().values(verdict="encircled"),
        judgements.update().values(body="{}"),
        judgements.delete(),
    ):
        with pytest.raises(DBAPIError, match="append only"), store.writing() as connection:
            connection.execute(statement)
    if store.engine.dialect.name != "sqlite":
        with pytest.raises(DBAPIError, match="append only"), store.writing() as connection:
            connection.execute(sa.text("TRUNCATE judgements"))
    assert read(store, kept.id).encode() == RAW


def test_what_is_redacted_is_gone_from_what_was_kept_with_it_on_the_map(store, kept):
    post(store, "c", [unit("later")], "anna", now=NOW + timedelta(hours=2))
    retract(store, "c", "later", "anna", "a private person", redact=True)
    assert read(store, kept.id).encode() == RAW  # it was not on that map
    retract(store, "c", "first", "anna", "a private person")
    assert read(store, kept.id).encode() == RAW  # taken back, and to be read
    retract(store, "c", "first", "anna", "a private person", redact=True)
    with pytest.raises(GoneError, match="redacted"):
        read(store, kept.id)
    with store.reading() as connection:
        assert list_kept(connection, "c") == [kept]

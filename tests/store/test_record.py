"""The record: a judgement stays as it was given."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from encircle.store.casefile import post, retract
from encircle.store.laying import lay_layer, take_back_layer
from encircle.store.record import keep_judgement, list_kept, read_kept_judgement
from encircle.store.revisions import ConflictError, GoneError, NotKeptError
from encircle.store.settings import make_case, settle
from encircle.store.tables import judgements

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
SETTINGS = {"sides": [{"id": "UA"}, {"id": "RU"}], "force": "f"}
DOCUMENT = {
    "force": "f", "as_of": "2025-03-14T12:00:00Z", "verdict": "not_encircled",
    "status": {"code": "C1"}, "provenance": {"input_sha256": "0" * 64, "engine": "encircle 0"},
}  # fmt: skip
RAW = json.dumps(DOCUMENT).encode()


def unit(name, **more):
    place = {"type": "Point", "coordinates": [35.2, 51.0]}
    said = {"kind": "position", "side": "UA", "force": "f", "basis": "reported", **more}
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


@pytest.mark.parametrize("what", ["retracted", "later", "seen again", "a layer of before"])
def test_what_was_not_on_the_map_takes_no_judgement_with_it(store, what):
    """Of what was redacted only those judgements go whose map had it."""
    make_case(store, "c", SETTINGS, "anna", NOW)
    post(store, "c", [unit("other")], "anna", now=NOW)
    if what == "a layer of before":
        for day in ("2025-03-10", "2025-03-12"):
            laid = {"type": "FeatureCollection", "features": [], "situation": {"as_of": day}}
            lay_layer(store, "c", "l", laid, "anna", now=NOW)
    else:
        said = {"later": {"observed_at": "2025-03-15"}}.get(what, {"observed_at": "2025-03-10"})
        rows = [unit("x", track="u", **said)]
        rows += [unit("y", track="u", observed_at="2025-03-12")] if what == "seen again" else []
        assert len(post(store, "c", rows, "anna", now=NOW).accepted) == len(rows)
    with store.writing() as connection:
        before = keep_judgement(connection, "c", judged("before"), NOW, "anna", NOW)
    if what == "retracted":
        retract(store, "c", "x", "anna", "wrong", now=NOW + timedelta(hours=1))
    with store.writing() as connection:
        then = NOW + timedelta(hours=2)
        kept = keep_judgement(connection, "c", judged("after"), then, "anna", NOW)
    if what == "a layer of before":
        take_back_layer(store, "c", "l", "2025-03-10", "anna", "private", redact=True)
    else:
        retract(store, "c", "x", "anna", "private", redact=True)
    assert read(store, kept.id)
    if what == "retracted":
        with pytest.raises(GoneError):
            read(store, before.id)
    else:
        assert read(store, before.id)


def judged(headline, **more):
    return json.dumps({**DOCUMENT, "headline": headline, **more}).encode()


@pytest.mark.parametrize("what", ["alone", "with another", "a layer", "settings", "that second"])
def test_what_was_on_the_map_takes_every_judgement_with_it(store, what):
    make_case(store, "c", SETTINGS, "anna", NOW)
    if what == "a layer":
        laid = {"type": "FeatureCollection", "features": [], "situation": {"as_of": "2025-03-10"}}
        lay_layer(store, "c", "l", laid, "anna", now=NOW)
    else:
        at = "2025-03-14T12:00:00.7Z" if what == "that second" else "2025-03-10"
        rows = [unit("x", track="u", observed_at=at)]
        rows += [unit("y", track="u", observed_at=at)] if what == "with another" else []
        assert len(post(store, "c", rows, "anna", now=NOW).accepted) == len(rows)
    with store.writing() as connection:
        kept = keep_judgement(connection, "c", RAW, NOW, "anna", NOW)
    if what == "a layer":
        take_back_layer(store, "c", "l", "2025-03-10", "anna", "private", redact=True)
    elif what == "settings":
        settle(store, "c", {**SETTINGS, "title": "T"}, "anna", "private", redact=True)
    else:
        retract(store, "c", "x", "anna", "private", redact=True)
    with pytest.raises(GoneError):
        read(store, kept.id)
    # What is judged anew is judged without it, and kept; another document under its digest is not.
    with pytest.raises(DBAPIError, match="append only"), store.writing() as connection:
        connection.execute(judgements.update().values(verdict="encircled", body=RAW.decode()))
    if store.engine.dialect.name != "sqlite":
        with pytest.raises(DBAPIError, match="append only"), store.writing() as connection:
            connection.execute(judgements.update().values(body="{}"))
    with store.writing() as connection:
        again = keep_judgement(connection, "c", RAW, NOW, "anna", NOW)
    assert (again, read(store, kept.id).encode()) == (kept, RAW)


def test_what_was_judged_while_something_was_redacted_is_not_kept(store):
    make_case(store, "c", SETTINGS, "anna", NOW)
    post(store, "c", [unit("x")], "anna", now=NOW)
    begun = NOW + timedelta(hours=1)
    retract(store, "c", "x", "anna", "private", redact=True, now=begun + timedelta(seconds=1))
    later = NOW + timedelta(hours=2)
    with pytest.raises(ConflictError, match="Ask for it again"), store.writing() as connection:
        keep_judgement(connection, "c", RAW, begun, "anna", later, begun)
    with store.writing() as connection:
        assert keep_judgement(connection, "c", RAW, begun, "anna", later, later)

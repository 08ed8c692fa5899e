"""What a post changed is told once, and what is untold is found: after a crash, too."""

from datetime import UTC, datetime, timedelta

import pytest

from encircle.store.casefile import post, retract
from encircle.store.changes import list_changes
from encircle.store.laying import lay_layer
from encircle.store.opening import open_store
from encircle.store.publishing import publish
from encircle.store.revisions import list_revisions, write_instant
from encircle.store.settings import make_case, settle
from encircle.store.tellings import find_told, list_untold, mark_told, tell_post

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
AT = write_instant(NOON)
SETTINGS = {"title": "T", "sides": [{"id": "A"}, {"id": "B"}]}
CHANGE = {
    "force": "g",
    "was": None,
    "is": {"verdict": "encircled", "status": "E2"},
    "because": ["x"],
}


def unit(name):
    return {"type": "Feature", "id": name, "geometry": {"type": "Point", "coordinates": [35, 51]},
            "properties": {"kind": "position", "side": "A", "force": "g"}}  # fmt: skip


def untold(store, until=LATER):
    with store.reading() as connection:
        return list_untold(connection, until)


@pytest.fixture
def case(store):
    make_case(store, "c", SETTINGS, "anna", NOON)
    return store


def test_each_post_is_one_from_its_first_line_to_its_last_and_only_what_changes_maps(case):
    post(case, "c", [unit("p"), unit("q")], "anna", now=NOON)
    retract(case, "c", "p", "anna", "w", now=NOON)
    empty = {"type": "FeatureCollection", "features": []}
    lay_layer(case, "c", "roads", empty, "anna", now=NOON)
    settle(case, "c", {**SETTINGS, "title": "U"}, "anna", "w", now=NOON)
    publish(case, "c", {"delay_h": 1}, "anna", now=NOON)
    post(case, "c", [{"type": "Feature"}], "anna", now=NOON)  # refused: nothing is kept
    found = [(one.first.subject, one.last.subject) for one in untold(case)]
    assert found == [("p", "q"), ("p", "p"), ("roads", "roads"), ("c", "c")]
    assert untold(case, NOON - timedelta(seconds=1)) == []
    with case.reading() as connection:
        hashes = [line.hash for line in list_revisions(connection, "c")]
    before = [hashes[hashes.index(one.first.hash) - 1] for one in untold(case)]
    assert [one.first.previous for one in untold(case)] == before


def test_who_tells_second_tells_nothing(case):
    post(case, "c", [unit("p")], "anna", now=NOON)
    (one,) = untold(case)
    for is_first in (True, False):
        with case.writing() as connection:
            assert tell_post(connection, one, [CHANGE], AT, LATER) is is_first
    assert untold(case) == []
    with case.reading() as connection:
        (change,) = list_changes(connection, "c")
        assert find_told(connection, "c", one.last.hash) == (one.first.seq, [change])
    assert change.to_dict() == CHANGE


def test_what_is_not_written_whole_is_not_told(case):
    post(case, "c", [unit("p")], "anna", now=NOON)
    (one,) = untold(case)

    def break_off():
        with case.writing() as connection:
            tell_post(connection, one, [CHANGE], AT, LATER)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert untold(case) == [one]
    with case.reading() as connection:
        assert find_told(connection, "c", one.last.hash) == (one.first.seq, None)
        assert list_changes(connection, "c") == []


def test_many_that_changed_nothing_are_marked_at_once(case):
    for number in range(4):
        post(case, "c", [unit(f"p{number}")], "anna", now=NOON)
    first, *rest = untold(case)
    with case.writing() as connection:
        mark_told(connection, {one.first.seq for one in rest}, LATER)
    assert untold(case) == [first]


def test_what_was_posted_before_is_not_told_again_by_a_later_version(url):
    from alembic import command
    from alembic.config import Config

    from encircle.store.opening import MIGRATIONS

    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)
    post(store, "c", [unit("p")], "anna", now=NOON)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    store.close()
    store = open_store(url)
    assert untold(store) == []
    post(store, "c", [unit("q")], "anna", now=NOON)
    assert [one.first.subject for one in untold(store)] == ["q"]
    store.close()


def test_a_case_of_many_posts_keeps_no_other_waiting(case):
    for number in range(5):
        post(case, "c", [unit(f"p{number}")], "anna", now=NOON)
    for name in ("d", "e"):
        make_case(case, name, SETTINGS, "anna", NOON)
        post(case, name, [unit("p")], "anna", now=NOON)
    with case.reading() as connection:
        found = list_untold(connection, LATER, 4)
        rest = list_untold(connection, LATER, 4, {"c"})
    assert [one.case_id for one in found] == ["c", "d", "e", "c"]
    assert [one.first.subject for one in found if one.case_id == "c"] == ["p0", "p1"]
    assert [one.case_id for one in rest] == ["d", "e"]

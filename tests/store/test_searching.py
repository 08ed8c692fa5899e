"""What stands here already is found by its place and its time, as a slow look finds it."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encircle.map.door.canonical import digest
from encircle.store.casefile import post, retract, revise
from encircle.store.lines import read_bounds
from encircle.store.opening import open_store
from encircle.store.searching import Wanted, find_alike, search
from encircle.store.settings import make_case

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
SETTINGS = {"title": "T", "sides": [{"id": "A"}]}
SHAPES = st.sampled_from([
    None, {"type": "Point", "coordinates": [35, 51]},
    {"type": "Point", "coordinates": [35.0, 51.0]}, {"type": "Point", "coordinates": [35.1, 51]},
    {"type": "LineString", "coordinates": [[35, 51], [35.1, 51]]},
])  # fmt: skip
SAID = st.fixed_dictionaries({}, optional={
    "observed_at": st.sampled_from(
        ["2025-03-13T12:00:00Z", "2025-03-13T14:00:00+02:00", "2025-03-12"]
    ),
    "name": st.sampled_from(["Alpha", "Beta"]), "track": st.just("u"),
})  # fmt: skip


def say(row):
    """What a row says, whatever it is called."""
    return digest([row.get("geometry"), row["properties"]])


@st.composite
def rows(draw):
    listed = []
    for number in range(draw(st.integers(1, 6))):
        shape, said = draw(SHAPES), draw(SAID)
        if shape is None:
            said = {"kind": "claim", "claimant": "A spokesman", "made_at": "2025-03-14",
                    "statement": said.get("name", "Cut off.")}  # fmt: skip
        elif shape["type"] == "Point":
            said = {"kind": "position", "side": "A", **said}
        else:
            said = {"kind": "route", **{k: v for k, v in said.items() if k != "track"}}
        listed.append({"type": "Feature", "id": f"r{number}", "geometry": shape,
                       "properties": said})  # fmt: skip
    return listed


@given(rows(), rows(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_says_the_same_is_among_what_is_found(standing, new, data):
    store = open_store()
    make_case(store, "c", SETTINGS, "anna", NOON)
    assert not post(store, "c", standing, "anna", now=NOON).refused
    gone = data.draw(st.sampled_from(standing))["id"]
    retract(store, "c", gone, "anna", "w", now=NOON)
    with store.reading() as connection:
        found = {name for name, _ in find_alike(connection, "c", new)}
    same = {row["id"] for row in standing if say(row) in set(map(say, new))} - {gone}
    assert same <= found
    assert gone not in found
    store.close()


@pytest.mark.parametrize("alike", [True, False])
def test_what_stands_elsewhere_or_was_seen_at_another_time_is_not_read(url, alike):
    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)

    def row(name, day, lon=35.0):
        said = {"kind": "position", "side": "A", "observed_at": f"2025-03-{day}"}
        return {"type": "Feature", "id": name, "properties": said,
                "geometry": {"type": "Point", "coordinates": [lon, 51]}}  # fmt: skip

    post(store, "c", [row("a", 12), row("b", 13), row("c", 12, 35.5)], "anna", now=NOON)
    with store.reading() as connection:
        found = find_alike(connection, "c", [row("new", 12 if alike else 11)])
    assert [name for name, _ in found] == (["a"] if alike else [])
    store.close()


def ring(west, east):
    return [[[west, 10], [east, 10], [east, 15], [west, 15], [west, 10]]]


ACROSS = {
    "cut": {"type": "MultiPolygon", "coordinates": [ring(179, 180), ring(-180, -179)]},
    "line": {"type": "LineString", "coordinates": [[179.5, 10], [-179.5, 15]]},
    "back": {"type": "LineString", "coordinates": [[-179.5, 10], [179.5, 15]]},
    "points": {"type": "MultiPoint", "coordinates": [[179.7, 12], [-179.7, 12]]},
    "whole": {"type": "Polygon", "coordinates": ring(179, -179)},
    "east": {"type": "Point", "coordinates": [-179.8, 12]},
    "far": {"type": "Polygon", "coordinates": ring(170, 171)},
}


@pytest.mark.parametrize(
    ("box", "names"),
    [
        ((-10, 5, 10, 15), []),
        ((-178, 5, 178, 20), ["far"]),
        ((179.6, 11, 179.9, 13), ["back", "cut", "line", "points", "whole"]),
        ((-179.9, 11, -179.6, 13), ["back", "cut", "east", "line", "points", "whole"]),
        ((179.9, 5, -179.9, 20), ["back", "cut", "line", "points", "whole"]),
        ((179.9, 16, -179.9, 20), []),
        ((-180, -90, 180, 90), sorted(ACROSS)),
    ],
)
def test_what_lies_across_the_date_line_is_found_there_and_nowhere_else(url, box, names):
    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)
    position, ground = {"kind": "position", "side": "A"}, {"kind": "control", "holder": "A"}
    said = {"Line": {"kind": "route"}, "Poly": {**ground, "basis": "assessed"}}
    rows = [
        {"type": "Feature", "id": name, "geometry": shape,
         "properties": said.get(shape["type"].removeprefix("Multi")[:4], position)}
        for name, shape in ACROSS.items()
    ]  # fmt: skip
    assert post(store, "c", rows, "anna", now=NOON).refused == []
    with store.reading() as connection:
        found = search(connection, "c", Wanted(bbox=box))
    assert [line.subject for line in found] == names
    store.close()


TIMES = {
    "week": {"valid_from": "2025-03-01", "valid_to": "2025-03-05"},
    "since": {"valid_from": "2025-03-01"},
    "until": {"valid_to": "2025-03-05"},
    "seen": {"observed_at": "2025-03-03T09:00:00Z", "reported_at": "2025-03-09"},
    "heard": {"reported_at": "2025-03-09"},
    "both": {"observed_at": "2025-03-07", "valid_to": "2025-03-09"},
    "undated": {},
}


@pytest.mark.parametrize(
    ("since", "until", "names"),
    [
        ("2025-03-03T00", "2025-03-03T23", ["seen", "since", "undated", "until", "week"]),
        ("2025-03-03T12", "2025-03-03T12", ["since", "undated", "until", "week"]),
        (None, "2025-02-01T00", ["undated", "until"]),
        ("2025-03-08T00", "2025-03-08T23", ["both", "since", "undated"]),
        ("2025-03-05T00", "2025-03-05T00", ["since", "undated", "until", "week"]),
        ("2025-03-09T00", None, ["both", "heard", "since", "undated"]),
        (None, None, sorted(TIMES)),
    ],
)
def test_what_speaks_of_a_part_of_the_time_asked_for_is_found(url, since, until, names):
    """As OGC API - Features has it, 7.15.4: intervals that meet."""
    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)
    rows = [
        {"type": "Feature", "id": name, "geometry": {"type": "Point", "coordinates": [35, 51]},
         "properties": {"kind": "position", "side": "A", **said}}
        for name, said in TIMES.items()
    ]  # fmt: skip
    assert post(store, "c", rows, "anna", now=NOON).refused == []
    ends = (text and f"{text}:00:00.000000Z" for text in (since, until))
    with store.reading() as connection:
        found = search(connection, "c", Wanted(**dict(zip(("since", "until"), ends, strict=True))))
    assert [line.subject for line in found] == names
    store.close()


@given(st.lists(st.lists(st.tuples(st.integers(-180, 180), st.integers(-89, 89)), max_size=3),
                max_size=4))  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_bounds_read_on_are_those_of_all_that_was_posted(posts):
    store = open_store()
    make_case(store, "c", {**SETTINGS, "area": {"type": "Polygon", "coordinates": ring(-9, 9)}},
              "anna", NOON)  # fmt: skip
    places = []
    for number, listed in enumerate(posts):
        said = {"kind": "claim", "claimant": "A", "made_at": "2025-03-14", "statement": "Cut."}
        claim = {"type": "Feature", "id": f"claim{number}", "properties": said,
                 "geometry": {"type": "Point", "coordinates": [-179, -89]}}  # fmt: skip
        rows = [
            {"type": "Feature", "id": f"r{number}-{n}", "properties": {"kind": "route"},
             "geometry": {"type": "LineString", "coordinates": [[lon, lat], [lon, lat + 1]]}}
            for n, (lon, lat) in enumerate(listed)
        ]  # fmt: skip
        assert not post(store, "c", [claim, *rows], "anna", now=NOON).refused
        places += [(lon, y) for lon, lat in listed for y in (lat, lat + 1)]
        ends = list(zip(*places, strict=True))
        with store.reading() as connection:
            found = read_bounds(connection, "c")
        assert found == ((*map(min, ends), *map(max, ends)) if ends else None)
    store.close()


ASKED_BY_CASE = re.compile(r"SCAN revisions|SEARCH revisions USING INDEX .*\(case_id=\?"
                           r"( AND what=\?)?( AND kind[>=]\?)?\)$")  # fmt: skip


def test_no_post_reads_the_whole_log(tmp_path):
    """One that does takes longer with every line that is kept, and all other writers wait."""
    store = open_store(f"sqlite:///{tmp_path / 'encircle.sqlite'}")
    make_case(store, "c", SETTINGS, "anna", NOON)
    said = {"kind": "position", "side": "A", "observed_at": "2025-03-13", "track": "u"}
    rows = [
        {"type": "Feature", "id": f"r{n}", "properties": said,
         "geometry": {"type": "Point", "coordinates": [35 + n / 10, 51]}}
        for n in range(3)
    ]  # fmt: skip
    asked = []

    def note(conn, cursor, statement, parameters, context, executemany):  # noqa: ARG001, PLR0913
        asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    post(store, "c", rows[:1], "anna", now=NOON)
    post(store, "c", rows[1:], "anna", now=NOON)
    revise(store, "c", "r0", rows[0], "anna", why="seen better", expected=1, now=NOON)
    retract(store, "c", "r1", "anna", "another unit", now=NOON)
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
    questions = [(s, p) for s, p in asked if s.startswith("SELECT") and "revisions" in s]
    assert len(questions) > 10
    with store.reading() as connection:
        for statement, given in questions:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            steps = [row[3] for row in plan]
            is_last = "ORDER BY revisions.seq DESC" in " ".join(statement.split())
            assert is_last or not any(map(ASKED_BY_CASE.search, steps)), (statement, steps)
    store.close()

"""What stands: gone on with line by line, it is what it would be if it were made anew each time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import encircle
from encircle.store.assembling import assemble, list_days
from encircle.store.casefile import post, retract, revise
from encircle.store.laying import lay_layer
from encircle.store.lines import LINES, Line, Lines, hold_standing
from encircle.store.opening import open_store
from encircle.store.revisions import (
    Entry,
    NotKeptError,
    append,
    list_revisions,
    write_instant,
)
from encircle.store.settings import make_case
from encircle.store.standing import Standing

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
SETTINGS = {"title": "T", "as_of": "2025-03-15T12:00:00Z", "sides": [{"id": "A"}, {"id": "B"}]}
TIMES = st.none() | st.integers(-30, 30).map(
    lambda hours: write_instant(NOON + timedelta(0, hours * 3600))
)
UNITS = st.sampled_from([None, "u1", "u2"])


def choose_slowly(lines, then):
    """The oracle: of every subject its latest line, of every unit its latest day, one by one."""
    latest = {}
    for line in lines:
        latest[line.what, line.subject] = line
    standing = [line for line in latest.values() if line.act in ("post", "correct")]
    there = [line for line in standing if line.is_there]
    in_time = [line for line in there if line.spoken is None or line.spoken <= then]
    seen = [line for line in in_time if line.track and line.kind == "position"]

    def day(line):
        return (line.spoken or line.recorded_at)[:10]

    def unit(line):
        return line.side, line.force, line.track

    last = {unit(line): max(day(o) for o in seen if unit(o) == unit(line)) for line in seen}
    over = [line for line in seen if day(line) != last[unit(line)]]
    return {
        "speaks": {line.seq for line in in_time if line not in over},
        "redacted": {line.subject for line in standing if not line.is_there},
        "later": {line.subject for line in there if line not in in_time},
        "superseded": {line.subject for line in over},
    }  # fmt: skip


def tell(chosen):
    return {
        "speaks": {line.seq for seen in chosen.features for line in seen},
        "redacted": set(chosen.redacted), "later": set(chosen.later),
        "superseded": set(chosen.superseded_first),
    }  # fmt: skip


@st.composite
def logs(draw):
    """Lines as a log may have them: nothing follows what was taken back but its redaction."""
    lines, acts = [], {}
    for seq in range(1, draw(st.integers(1, 25)) + 1):
        name = draw(st.sampled_from("pqrst"))
        before = acts.get(name)
        if before == "redact":
            continue
        follow = {None: ["post"], "retract": ["redact"]}
        act = draw(st.sampled_from(follow.get(before, ["correct", "retract", "redact"])))
        if act == "redact":  # it goes from the lines before, too
            lines = [
                line._replace(kind=None, track=None, spoken=None, side=None, is_there=False)
                if line.subject == name else line for line in lines
            ]  # fmt: skip
        acts[name] = act
        says = act in ("post", "correct")
        kind, track = draw(st.sampled_from(["position", "route"])), draw(UNITS)
        lines.append(Line(
            seq, "feature", name, act, kind if says else None, track if says else None,
            draw(TIMES) if says else None, write_instant(NOON + timedelta(hours=seq)), says,
            side=draw(st.sampled_from("AB")) if says else None,
        ))  # fmt: skip
    return lines


@given(logs(), st.data())
@settings(max_examples=150, deadline=None)
def test_what_speaks_is_what_the_oracle_says_however_the_log_was_read(lines, data):
    then = write_instant(NOON + timedelta(hours=data.draw(st.integers(-30, 30))))
    first = data.draw(st.integers(0, len(lines)))
    standing = Standing(lines[:first])
    standing.take(lines[first:])
    for one in (standing, Standing(lines)):
        one.go_back(lines, first)
        assert tell(one.choose(then, 99)) == choose_slowly(lines[:first], then)
        one.take(lines[first:])
        chosen = one.choose(then, 99)
        assert tell(chosen) == choose_slowly(lines, then)
        assert chosen.superseded == len(chosen.superseded_first)


def sighting(name, hours, **said):
    at = (NOON + timedelta(hours=hours)).isoformat()
    return {"type": "Feature", "id": name, "geometry": {"type": "Point", "coordinates": [35, 51]},
            "properties": {"kind": "position", "side": "A", "force": "g", "observed_at": at,
                           "track": "u", **said}}  # fmt: skip


def put(store, last=None, known_at=None):
    with store.reading() as connection:
        return assemble(connection, "c", last=last, known_at=known_at).raw


def test_a_case_is_put_together_as_it_was_after_any_line(url):
    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)
    then = []

    def note():
        with store.reading() as connection:
            then.append((list_revisions(connection, "c")[-1].seq, put(store)))

    for number in range(4):
        post(store, "c", [sighting(f"s{number}", 6 * number)], "anna", now=NOON)
        note()
    revise(store, "c", "s3", sighting("s3", 30), "ben", "it was a day later", now=NOON)
    note()
    area = {"type": "Polygon", "coordinates": [[[35, 51], [36, 51], [36, 52], [35, 51]]]}
    ground = {"type": "Feature", "id": "g", "geometry": area,
              "properties": {"kind": "control", "holder": "A", "basis": "assessed"}}  # fmt: skip
    lay_layer(store, "c", "control", {"type": "FeatureCollection", "features": [ground]}, "ben")
    note()
    retract(store, "c", "s0", "ben", "another unit", now=NOON)
    note()
    fresh = open_store(url)
    for last, raw in then:
        assert put(store, last) == put(fresh, last) == raw
    assert len({raw for _, raw in then}) == len(then)
    retract(store, "c", "s2", "ben", "a name", redact=True, now=NOON)
    assert b'"id":"s2"' in then[2][1]
    for last, _ in then[2:]:
        for one in (store, fresh):
            assert b'"id":"s2"' not in put(one, last)
            assert b"redacted since" in put(one, last)
    fresh.close()
    store.close()


def test_what_is_not_yet_kept_is_not_kept_in_mind(url):
    store = open_store(url)
    make_case(store, "c", SETTINGS, "anna", NOON)
    before = put(store)

    class ChangedMindError(Exception):
        pass

    def begin():
        with store.writing() as connection:
            entry = Entry("post", "feature", "p", sighting("p", 0))
            append(connection, "c", [entry], "anna", NOON)
            with hold_standing(connection, "c") as standing:
                assert "p" in standing.named["feature"]
            raise ChangedMindError

    with pytest.raises(ChangedMindError):
        begin()
    assert put(store) == before
    assert post(store, "c", [sighting("q", 0)], "anna").accepted
    with store.reading() as connection, hold_standing(connection, "c") as standing:
        assert standing.named["feature"].keys() == {"q"}
    assert b'"id":"q"' in put(store)
    store.close()


def test_a_case_that_is_not_is_not_kept_in_mind(url):
    store = open_store(url)
    with store.reading() as connection:
        for number in range(3):
            with pytest.raises(NotKeptError):
                assemble(connection, f"none-{number}")
        assert not connection.get_execution_options()[LINES]._logs  # noqa: SLF001
    store.close()


def test_no_more_is_kept_in_mind_than_is_allowed(url):
    store = open_store(url)
    lines = Lines(most=5)
    for name in "abc":
        make_case(store, name, SETTINGS, "anna", NOON)
        post(store, name, [sighting(f"s{n}", n) for n in range(3)], "anna")
    with store.reading() as connection:
        for name in ("a", "none", "b", "c"):
            with lines.hold(connection, name) as log:
                assert len(log.lines) == (0 if name == "none" else 4)
            assert list(lines._logs) == [name] * (name != "none") or name == "none"  # noqa: SLF001
    store.close()


def test_what_is_later_than_asked_is_not_superseded_by_a_sighting_that_says_no_time():
    """That counts always, and its day is that of its post, after what was posted of later."""
    undated, later = (
        Line(seq, "feature", name, "post", "position", "u1", spoken, "2025-03-20T00:00:00Z",
             is_there=True)
        for seq, name, spoken in ((1, "p", None), (2, "q", "2025-03-18T00:00:00Z"))
    )  # fmt: skip
    chosen = Standing([undated, later]).choose("2025-03-14T00:00:00Z", 9)
    assert (chosen.later, chosen.superseded) == (["q"], 0)
    assert chosen.features == [[undated]]


def at(name, **said):
    place = {"type": "Point", "coordinates": [35.2, 51.1]}
    return {"type": "Feature", "id": name, "geometry": place,
            "properties": {"kind": "position", "side": "A", "force": "group", **said}}  # fmt: skip


@pytest.mark.parametrize("layered", [False, True])
def test_the_days_on_which_something_begins_or_ends_are_days_of_something_new(store, layered):
    make_case(store, "c", SETTINGS, "anna", NOON)
    ring = [[35, 51], [36, 51], [36, 52], [35, 52], [35, 51]]
    times = [
        {"valid_from": "2025-03-01", "valid_to": "2025-03-05"},
        {"valid_from": "2025-03-10T09:00:00Z", "valid_to": "2025-03-11T23:59:59.999999Z"},
        {"observed_at": "2025-03-01", "valid_from": "2025-03-07", "valid_to": "2125-01-01"},
    ]
    ground = [
        {"type": "Feature", "id": f"g{number}",
         "geometry": {"type": "Polygon", "coordinates": [ring]},
         "properties": {"kind": "control", "holder": "A", "basis": "assessed", **said}}
        for number, said in enumerate(times)
    ]  # fmt: skip
    rows = [at("p", observed_at="2025-03-02"), *([] if layered else ground)]
    assert post(store, "c", rows, "ben", now=NOON).refused == []
    if layered:
        lay_layer(store, "c", "g", {"type": "FeatureCollection", "features": ground}, "b", now=NOON)
    with store.reading() as connection:
        days = list_days(connection, "c")
    assert [day.day for day in days] == [1, 2, 5, 7, 10, 12]
    # An oracle: what the door takes of the map of every day changes on those days alone.
    spoken = {}
    for day in range(1, 15):
        then = datetime(2025, 3, day, 23, 59, 59, 999999, tzinfo=UTC)
        with store.reading() as connection:
            document = assemble(connection, "c", then).document
        document["features"].append(at("always"))
        map_ = encircle.read(document)
        spoken[day] = {f.id for f in map_.features if f.speaks_at(then)}
    turns = [day for day in range(2, 15) if spoken[day] != spoken[day - 1]]
    assert turns == [2, 5, 7, 10, 12]


def speaking(store, *features):
    make_case(store, "c", SETTINGS, "anna", NOON)
    assert post(store, "c", features, "ben", now=NOON).refused == []
    with store.reading() as connection:
        found = assemble(connection, "c").document["features"]
    return {feature["id"]: feature["properties"] for feature in found}


def test_a_track_is_of_a_side_and_a_force(store):
    rows = [
        at("a", track="1", observed_at="2025-03-12"),
        at("b", track="1", observed_at="2025-03-13", side="B", force="others"),
        at("c", track="1", observed_at="2025-03-14", force="second"),
        at("d", track="1", observed_at="2025-03-13"),
    ]
    assert speaking(store, *rows).keys() == {"b", "c", "d"}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("hour", ["09:00:00", "15:00:00"])
def test_a_withdrawal_of_a_day_ends_what_was_seen_on_it_at_any_hour(store, hour, order):
    rows = [
        at("seen", track="1", observed_at=f"2025-03-13T{hour}Z"),
        at("gone", track="1", observed_at="2025-03-13", present="withdrawn"),
    ]
    found = speaking(store, *rows[::order])
    assert [said["present"] for said in found.values()] == ["withdrawn"]


def test_what_is_valid_to_the_end_of_all_days_ends_on_none(store):
    make_case(store, "c", SETTINGS, "anna", NOON)
    end = {"type": "Feature", "id": "p", "geometry": {"type": "Point", "coordinates": [35.2, 51.1]},
           "properties": {"kind": "position", "side": "A", "valid_from": "2025-03-01",
                          "valid_to": "9999-12-31T23:59:59.999999Z"}}  # fmt: skip
    assert not post(store, "c", [end], "anna", now=NOON).refused
    with store.reading() as connection:
        assert [day.date().isoformat() for day in list_days(connection, "c")] == ["2025-03-01"]


def test_what_was_to_come_when_it_was_known_is_not_listed_later_either(store):
    """The days as known at an instant stay what they were, whatever the clock says by now."""
    make_case(store, "c", SETTINGS, "anna", NOON)
    held = at("p", valid_from="2025-03-01", valid_to="2025-03-20T12:00:00Z")
    ground = {"type": "Feature", "id": "g", "geometry": {"type": "Polygon", "coordinates": [
        [[35, 51], [35.5, 51], [35.5, 51.5], [35, 51.5], [35, 51]]]},
        "properties": {"kind": "control", "holder": "A", "basis": "assessed",
                       "valid_from": "2025-03-18"}}  # fmt: skip
    assert not post(store, "c", [held], "anna", now=NOON).refused
    lay_layer(store, "c", "l", {"features": [ground]}, "anna", now=NOON)
    with store.reading() as connection:
        known, now = (
            [day.date().isoformat() for day in list_days(connection, "c", at)]
            for at in (NOON + timedelta(hours=1), None)
        )
    assert known == ["2025-03-01"]
    assert now == ["2025-03-01", "2025-03-18", "2025-03-20"]


def test_the_sources_of_two_sightings_are_joined_as_the_door_reads_them(store):
    """As tables write them, too: one text for several, and a blank for none."""
    rows = [
        at("a", track="1", observed_at="2025-03-13T08:00:00Z", sources="s1, s2"),
        at("b", track="1", observed_at="2025-03-13T09:00:00Z", sources=" "),
        at("c", track="1", observed_at="2025-03-13T10:00:00Z", sources=["s3", "s1"]),
    ]
    (told,) = speaking(store, *rows).values()
    assert sorted(told["sources"]) == ["s1", "s2", "s3"]

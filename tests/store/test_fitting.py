"""What is sound by itself and would leave the whole case without a verdict is not kept."""

import time

import pytest

import encircle
from encircle import SituationError
from encircle.store.casefile import post, retract, revise
from encircle.store.laying import lay_layer
from encircle.store.settings import make_case, settle
from tests.store.test_casefile import NOON, SETTINGS, assembled, position

ANCHOR = {"type": "Feature", "id": "rear", "geometry": {"type": "Point", "coordinates": [35, 51.2]},
          "properties": {"kind": "anchor", "side": "A"}}  # fmt: skip


@pytest.fixture
def case(store):
    make_case(store, "c", SETTINGS, "anna", NOON)
    assert post(store, "c", [position("p"), ANCHOR], "ben", now=NOON).refused == []
    return store


def judge(store):
    return encircle.judge(encircle.read(assembled(store)))


def at(name, lon, lat, **said):
    return {**position(name, **said), "geometry": {"type": "Point", "coordinates": [lon, lat]}}


def route(name):
    line = {"type": "LineString", "coordinates": [[35.1, 51.1], [35.2, 51.2]]}
    return {"type": "Feature", "id": name, "geometry": line, "properties": {"kind": "route"}}


def layer(*features):
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.mark.parametrize(
    ("row", "said", "pointer"),
    [
        (position("q", side="B"), "positions of 'A' in this case", "/features/0/properties/side"),
        (position("q", force="Group"), "differs from 'group'", "/features/0/properties/force"),
        (at("q", 51.2, 35.1), "more than 1000 km", "/features/0/geometry"),
        (at("q", -170, 51.1, force="other"), "more than 1000 km", "/features/0/geometry"),
    ],
)
def test_a_row_that_would_spoil_the_case_is_refused_and_the_case_is_judged(
    case, row, said, pointer
):
    before = judge(case).to_dict()
    posted = post(case, "c", [row, position("r", 35.21)], "ben", now=NOON)
    assert [revision.subject for revision in posted.accepted] == ["r"]
    told = posted.refused[0].to_dict()
    assert said in told["detail"]
    assert told["remedy"]
    assert told["pointer"] == pointer
    assert judge(case).verdict == before["verdict"]
    with pytest.raises(SituationError, match=said[:12]):
        revise(case, "c", "r", {**row, "id": "r"}, "ben", "moved", now=NOON)
    with pytest.raises(SituationError, match=said[:12]):
        lay_layer(case, "c", "units", layer(row), "ben", now=NOON)
    judge(case)


def test_rows_of_one_post_are_held_against_each_other(store):
    make_case(store, "c", SETTINGS, "anna", NOON)
    far, alike = at("far", 80, 20), position("alike", force="GROUP")
    rows = [far, position("p"), position("q", 35.3), ANCHOR, position("b", side="B"), alike]
    posted = post(store, "c", rows, "ben", now=NOON)
    assert [refused.row for refused in posted.refused] == [0, 4, 5]
    judge(store)


def test_what_stood_alone_may_be_corrected_or_replaced(case):
    """It is not held against itself; nor is anything against what was taken back."""
    revise(case, "c", "p", position("p", side="B"), "ben", "it is theirs", now=NOON)
    retract(case, "c", "p", "ben", "nobody was there", now=NOON)
    assert post(case, "c", [position("q")], "ben", now=NOON).refused == []
    judge(case)


def test_an_ally_may_be_of_the_force(store):
    sides = [{"id": "A", "allies": ["C"]}, {"id": "B"}, {"id": "C"}]
    make_case(store, "c", {**SETTINGS, "sides": sides}, "anna", NOON)
    rows = [position("p"), position("q", side="C"), position("r", side="B")]
    posted = post(store, "c", rows, "ben", now=NOON)
    assert [refused.row for refused in posted.refused] == [2]


def test_two_layers_do_not_share_a_feature(case):
    day = {**layer(route("r1")), "situation": {"as_of": "2025-03-09"}}
    lay_layer(case, "c", "roads", day, "ben", now=NOON)
    with pytest.raises(SituationError, match="'r1' is a feature's of the layer 'roads'") as refused:
        lay_layer(case, "c", "rails", layer(route("r2"), route("r1")), "ben", now=NOON)
    assert [fault.pointer for fault in refused.value.faults] == ["/features/1/id"]
    day = {**layer(route("r1")), "situation": {"as_of": "2025-03-10"}}
    lay_layer(case, "c", "roads", day, "ben", now=NOON)  # of one layer a single day counts
    judge(case)


def test_with_an_area_only_the_area_counts_and_it_is_not_taken_away_then(case):
    ring = [[35, 51], [36, 51], [36, 52], [35, 52], [35, 51]]
    area = {"type": "Polygon", "coordinates": [ring]}
    settle(case, "c", {**SETTINGS, "area": area}, "anna", "an area", now=NOON)
    assert post(case, "c", [at("far", 80, 20, force="far")], "ben", now=NOON).refused == []
    judge(case)
    with pytest.raises(SituationError, match="too far apart"):
        settle(case, "c", SETTINGS, "anna", "none", now=NOON)


def test_settings_do_not_give_a_force_another_side(case):
    named = [{"id": "group", "side": "B", "name": "The group"}]
    with pytest.raises(SituationError, match="of 'B' in this case"):
        settle(case, "c", {**SETTINGS, "forces": named}, "anna", "named", now=NOON)
    judge(case)


def test_a_case_across_the_date_line_is_as_wide_as_it_is(store):
    make_case(store, "c", SETTINGS, "anna", NOON)
    rows = [at("p", 179.5, 51), at("q", -179.5, 51), at("zero", 0, 51)]
    posted = post(store, "c", rows, "ben", now=NOON)
    assert [refused.row for refused in posted.refused] == [2]
    assert [refused.row for refused in post(store, "c", [rows[2]], "ben", now=NOON).refused] == [0]


def test_a_row_far_from_thousands_is_found_without_holding_the_others_up(case):
    """Each row was held against all that stands: a swapped one among 300 took half a minute."""
    near = [at(f"n{number}", 35 + number % 90 / 100, 51 + number // 90 / 100, force="other")
            for number in range(3000)]  # fmt: skip
    assert not post(case, "c", near, "ben", now=NOON).refused
    rows = [at(f"m{number}", 35.5, 51.2, force="other") for number in range(300)]
    rows[150] = at("swapped", 51.2, 35.5, force="other")
    begun = time.process_time()
    posted = post(case, "c", rows, "ben", now=NOON)
    assert [one.row for one in posted.refused] == [150]
    assert time.process_time() - begun < 5

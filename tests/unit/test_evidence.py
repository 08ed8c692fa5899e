"""What may be wrong with the evidence: items, grades, echoes and shifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shapely.geometry import LineString, Point, box

from encircle.map.evidence import admit, find_doubts, measure_grade
from encircle.map.options import GRADES, Options
from encircle.map.situation import Anchor, Control, Position, Route, Side, Situation, Source

AS_OF = datetime(2025, 3, 14, tzinfo=UTC)
MAP = Source("map", reliability="B", credibility=2, origin="mapper")
RETOLD = Source("retold", reliability="B", credibility=2, origin="mapper")
OTHER = Source("other", reliability="A", credibility=1)
RUMOUR = Source("rumour", reliability="F", credibility=6)
PLAIN = Source("plain")
FORCE = Position(id="force", geometry=Point(0, 0), side="B", force="f", sources=(MAP,))


def doubts_of(*features, **options):
    chosen = Options(**options)
    situation = Situation(
        as_of=AS_OF, features=(FORCE, *features), sides=(Side("B"), Side("R")), force="f"
    )
    evidence = admit(situation, chosen)
    return find_doubts(evidence, "f", frozenset({"B"}), chosen)


def road(name="road", **properties):
    return Route(id=name, geometry=LineString([(0, 0), (1, 0)]), **properties)


def red(name="red", **properties):
    ground = {"geometry": box(0, 0, 1, 1), "holder": "R", "basis": "assessed"}
    return Control(id=name, **{**ground, **properties})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(MAP, (GRADES["B2"], GRADES["B2"]), id="both graded"),
        pytest.param(RUMOUR, (GRADES["E5"], GRADES["A1"]), id="neither can be judged"),
        pytest.param(
            Source("s", reliability="F", credibility=2), (GRADES["E2"], GRADES["A2"]),
            id="reliability cannot be judged",
        ),
        pytest.param(
            Source("s", reliability="C"), (GRADES["C5"], GRADES["C1"]), id="credibility missing"
        ),
    ],
)  # fmt: skip
def test_a_grade_that_cannot_be_judged_is_wide_and_not_low(source, expected):
    assert measure_grade(source, Options()) == expected


def test_the_table_rises_on_both_axes():
    for better, worse in zip("ABCD", "BCDE", strict=True):
        assert all(GRADES[f"{better}{n}"] > GRADES[f"{worse}{n}"] for n in range(1, 6))
    assert all(GRADES[f"{a}{n}"] > GRADES[f"{a}{n + 1}"] for a in "ABCDE" for n in range(1, 5))


def test_everything_of_one_origin_stands_or_falls_together():
    doubts = doubts_of(road(sources=(MAP,)), red(sources=(RETOLD,)))
    (item,) = doubts.items
    assert (item.id, item.features, item.low) == ("mapper", ("road", "red"), GRADES["B2"])


def test_a_feature_of_two_origins_rests_on_either():
    doubts = doubts_of(road(sources=(MAP, OTHER)))
    assert [item.id for item in doubts.items] == ["mapper", "other"]
    assert doubts.rests_on == {"road": (0, 1)}


def test_a_stated_probability_overrides_grades():
    doubts = doubts_of(road(sources=(MAP,), probability=0.3))
    (item,) = doubts.items
    assert (item.id, item.kind, item.low, item.high) == ("road", "feature", 0.3, 0.3)


def test_echoes_of_one_origin_are_one_item():
    echoes = [road(n, sources=(s,), probability=0.3) for n, s in (("a", MAP), ("b", RETOLD))]
    (item,) = doubts_of(*echoes).items
    assert item.features == ("a", "b")


def test_the_same_statement_of_another_origin_is_another_item():
    twice = [road(n, sources=(s,), probability=0.3) for n, s in (("a", MAP), ("b", OTHER))]
    assert len(doubts_of(*twice).items) == 2


def test_ungraded_evidence_is_taken_as_stated():
    assert doubts_of(road(sources=(PLAIN,)), red()).items == ()


@pytest.mark.parametrize("half", [{"reliability": "C"}, {"credibility": 3}])
def test_half_a_grade_is_one(half):
    (item,) = doubts_of(road(sources=(Source("half", **half),))).items
    assert item.features == ("road",)
    assert item.low < item.high


@pytest.mark.parametrize(
    ("basis", "speaks"), [("assessed", True), ("contested", True), ("claimed", False)]
)
def test_ground_that_is_only_claimed_does_not_speak(basis, speaks):
    situation = Situation(
        as_of=AS_OF, features=(FORCE, red(basis=basis)), sides=(Side("B"), Side("R")), force="f"
    )
    assert ("red" in {f.id for f in admit(situation, Options()).speaking}) == speaks


@pytest.mark.parametrize(("hours", "stale"), [(0, False), (1, True)])
def test_evidence_of_the_oldest_day_allowed_still_counts(hours, stale):
    seen = AS_OF - timedelta(days=30, hours=hours)
    situation = Situation(
        as_of=AS_OF, features=(FORCE, road(observed_at=seen)), sides=(Side("B"),), force="f"
    )
    assert ("road" in admit(situation, Options(stale_after_days=30)).stale) == stale


def test_an_ungraded_source_beside_a_graded_one_cannot_be_judged():
    doubts = doubts_of(road(sources=(MAP, PLAIN)))
    assert (doubts.items[1].low, doubts.items[1].high) == (GRADES["E5"], GRADES["A1"])


def test_the_forces_own_positions_are_certain():
    assert "force" not in doubts_of(road(sources=(MAP,))).rests_on


def test_location_errors_of_one_origin_are_one_shift():
    ground = [red(n, sources=(MAP,), location_error_m=500) for n in ("one", "two")]
    (shift,) = doubts_of(*ground).shifts
    assert (shift.id, shift.features) == ("mapper", ("one", "two"))


@pytest.mark.parametrize(
    "feature",
    [
        pytest.param(red(holder="B", location_error_m=500), id="own ground"),
        pytest.param(red(basis="contested", location_error_m=500), id="grey ground"),
        pytest.param(
            Anchor(id="rear", geometry=Point(1, 1), side="B", location_error_m=500), id="an anchor"
        ),
    ],
)
def test_other_location_errors_move_nothing(feature):
    assert doubts_of(feature).shifts == ()


def test_the_callers_grades_replace_the_projects():
    doubts = doubts_of(road(sources=(MAP,)), grades={"B2": 0.5})
    assert doubts.items[0].low == 0.5

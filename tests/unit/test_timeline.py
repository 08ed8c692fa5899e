import pytest

from encircle import read
from encircle.archive.timeline import OtherForceError, SameInstantError, judge_series
from encircle.archive.timeline_picture import draw_strip
from tests.thorough import thorough
from tests.unit.test_baselines import blue, box, build, force, red

DAYS = ("2024-05-01T12:00:00Z", "2024-05-02T12:00:00Z", "2024-05-03T12:00:00Z")
RING = red("ring", box(-200, -200, 200, 200))
ANCHOR = "base", box(150, -20, 190, 20), {"kind": "anchor", "side": "BLUE"}


def on(day, *features):
    return build(force(), *features, ANCHOR, force="f", as_of=day)


def closed(day, **more):
    return on(
        day,
        RING,
        blue("pocket", box(-20, -20, 20, 20)),
        red("base-ground", box(140, -30, 200, 30)),
        **more,
    )


def opened(day):
    return on(day, red("north", box(-200, 30, 200, 200)), blue("ground", box(-200, -200, 200, 30)))


def test_a_series_says_when_what_was_true_and_what_changed():
    series = judge_series([opened(DAYS[2]), closed(DAYS[1]), opened(DAYS[0])])
    assert [m.judgement.encircled for m in series.moments] == [False, True, False]
    assert series.spans_of("encircled") == [(DAYS[1], DAYS[1])]
    first, second = series.turns
    assert (first.added, first.removed) == (("ring", "pocket", "base-ground"), ("north", "ground"))
    assert "ring" in first.decides
    assert "ground" in second.decides
    assert first.statement.startswith("Between 2024-05-01 and 2024-05-02 ")


def test_a_corridor_that_closes_again_gives_two_spans():
    days = [*DAYS, "2024-05-04T12:00:00Z"]
    maps = [closed(days[0]), closed(days[1]), opened(days[2]), closed(days[3])]
    report = judge_series(maps).to_dict()
    assert report["true"]["land_cut"] == {
        "first_true": days[0],
        "last_true": days[3],
        "spans": [[days[0], days[1]], [days[3], days[3]]],
    }


def test_seen_on_another_day_is_no_change():
    series = judge_series([opened(DAYS[0]), opened(DAYS[1])])
    assert series.turns == ()


def test_maps_of_different_forces_are_refused_by_name():
    other = build(force(force="g"), RING, ANCHOR, force="g", as_of=DAYS[1])
    with pytest.raises(OtherForceError, match=r'"f".*"g".*--force'):
        judge_series([closed(DAYS[0]), other])


def test_two_maps_of_one_instant_are_refused():
    with pytest.raises(SameInstantError, match="one map an instant"):
        judge_series([opened(DAYS[0]), closed(DAYS[0])])


def test_progress_is_told_map_by_map():
    told = []
    judge_series([opened(day) for day in DAYS], on_judged=told.append)
    assert [moment.as_of for moment in told] == list(DAYS)


@thorough
def test_tobruk_was_relieved_and_cut_off_again():
    days = ("04-14", "11-26", "11-28", "12-01", "12-11")
    series = judge_series(read(f"fixtures/tobruk-1941-{d}/situation.geojson") for d in days)
    spans = [[a[:10], b[:10]] for a, b in series.spans_of("land_cut")]
    assert spans == [["1941-04-14", "1941-11-26"], ["1941-12-01", "1941-12-01"]]


def test_the_strip_says_in_words_what_each_code_means_where_there_is_room():
    drawn = draw_strip(judge_series([opened(DAYS[0]), closed(DAYS[1]), closed(DAYS[2])]))
    ring = judge_series([closed(DAYS[1])]).moments[0].judgement.status
    assert f"{ring.label} ({ring.code})" in drawn
    assert "(1 map)" in draw_strip(judge_series([closed(DAYS[1])]))

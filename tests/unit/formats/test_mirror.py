"""The public mirror of DeepStateMap: held by Russia, grey not told apart, and no other's map."""

from datetime import UTC, datetime

import pytest
from shapely.geometry import MultiPolygon, box, mapping

from encircle.errors import QuestionError, SituationError
from encircle.formats.painted.situation import situation_from_painted
from encircle.formats.publishers.mirror import is_mirror, paint_mirror

GROUND = MultiPolygon([box(37.0, 47.0, 38.0, 48.0), box(36.0, 47.0, 36.5, 47.5)])
NAME = "deepstatemap_data_20251210.geojson"


def day(properties=None, geometry=GROUND):
    feature = {"type": "Feature", "properties": properties, "geometry": mapping(geometry)}
    return {
        "type": "FeatureCollection",
        "name": NAME.removesuffix(".geojson"),
        "features": [feature],
    }


@pytest.mark.parametrize("document", [day(), day({}), day({"fid": 1}), mapping(GROUND)])
def test_all_of_it_is_held_by_russia_and_said_to_tell_no_grey(document):
    painted = paint_mirror(document, NAME)
    assert {(zone.holder, zone.basis) for zone in painted.zones} == {("RU", "assessed")}
    told = {notice.code: notice.severity for notice in painted.notices}
    assert told["grey_not_told_apart"] == "caution"
    assert painted.dated == "2025-12-10"


def test_it_is_deepstate_s_map_and_nobody_else_s():
    (source,) = paint_mirror(day(), NAME).sources
    assert source["origin"] == "deepstate"
    assert source["title"] == "DeepStateMap, by its public mirror"
    assert "understandingwar" not in str(source)


def test_what_ukraine_held_inside_russia_is_not_on_it_and_counts_as_unknown():
    painted = paint_mirror(day(), NAME)
    assert painted.silent.intersects(box(34.9, 51.1, 35.0, 51.2))
    assert "silent_abroad" in {notice.code for notice in painted.notices}


def test_the_day_may_stand_in_the_layer_s_own_name():
    assert paint_mirror(day(), "download.geojson").dated == "2025-12-10"


@pytest.mark.parametrize("properties", [{"fill": "#a52714"}, {"layer_type": "Assessed"}])
def test_a_map_that_says_what_it_paints_is_no_mirror(properties):
    assert not is_mirror(day(properties))
    with pytest.raises(SituationError, match="properties"):
        paint_mirror(day(properties))


def silent_there(force_in):
    """Draw a map of the ground about Sudzha, which the mirror leaves out, and give its notices."""
    painted = paint_mirror(day(geometry=MultiPolygon([box(35.4, 51.0, 35.6, 51.3)])), NAME)
    outline = mapping(box(30.0, 48.0, 36.0, 51.0))
    document = situation_from_painted(
        painted, outline, as_of=datetime(2025, 12, 10, 12, tzinfo=UTC), force_in=force_in
    )
    return [n for n in document["situation"]["notices"] if n["code"] == "map_silent_near"]


def test_a_force_that_the_map_would_not_show_is_not_taken_for_a_front_beside_it_in_silence():
    [told] = silent_there("35.27,51.05")
    assert told["severity"] == "doubt"
    assert "says nothing of" in told["statement"]
    assert silent_there("35.27,50.9") == []


def test_whoever_is_asked_back_hears_what_the_map_does_not_draw():
    painted = paint_mirror(day(geometry=MultiPolygon([box(35.4, 51.0, 35.6, 51.3)])), NAME)
    outline = mapping(box(30.0, 48.0, 36.0, 51.0))
    with pytest.raises(QuestionError, match="This map says nothing of"):
        situation_from_painted(
            painted, outline, as_of=datetime(2025, 12, 10, 12, tzinfo=UTC), force_at=[(35.5, 51.1)]
        )

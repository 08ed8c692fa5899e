"""One door to every kind of map: its day, and which option fits which kind."""

import json
import re
from datetime import datetime

import pytest
from shapely.geometry import box, mapping

from encircle.errors import SituationError
from encircle.formats.painted.painted import SINCE_2014, SINCE_2022
from encircle.formats.publishers.presets import MapFile, convert_map, read_map
from encircle.judge import judge
from encircle.map.door.reader import read_situation
from encircle.picture.picture import draw_svg
from tests.unit.formats.test_control_kml import two_sided
from tests.unit.formats.test_liveuamap import SALIENT, feature, wrapped

BORDER = mapping(box(30.0, 48.0, 36.0, 51.0))
PLACE = (34.2, 51.1)
LIVEUAMAP = json.dumps(wrapped(feature("losses", SALIENT))).encode()


def convert(preset, name, raw, border=BORDER, **options):
    return convert_map(preset, [MapFile(name, raw)], border, force_at=[PLACE], **options)


@pytest.mark.parametrize(
    ("preset", "name", "raw", "day"),
    [
        pytest.param("control-kml", "Control_25_03_01.kml", two_sided(), "2025-03-01", id="KML"),
        pytest.param("liveuamap", "2025-03-14.json", LIVEUAMAP, "2025-03-14", id="Liveuamap"),
        pytest.param("liveuamap", "map.json", LIVEUAMAP, "2025-03-13", id="the map's own day"),
        pytest.param("liveuamap", "2025-02-30.json", LIVEUAMAP, "2025-03-13", id="no such day"),
    ],
)
def test_the_day_is_taken_from_the_name_else_from_the_map_at_noon(preset, name, raw, day):
    whole = convert(preset, name, raw)["situation"]
    assert whole["as_of"] == f"{day}T12:00:00Z"
    assert any("without an hour" in notice["statement"] for notice in whole["notices"])


def test_who_the_mapper_stands_by_may_be_said():
    document = convert("liveuamap", "2025-03-14.json", LIVEUAMAP, mapper_side="UA")
    assert document["situation"]["mapper_side"] == "UA"
    assert "mapper_side" not in convert("liveuamap", "2025-03-14.json", LIVEUAMAP)["situation"]


@pytest.mark.parametrize(
    ("preset", "options", "said"),
    [
        pytest.param(
            "owl", {}, "Use one of deepstate, mirror, control-kml, isw, liveuamap", id="kind"
        ),
        pytest.param("liveuamap", {"holders": ["#ru=RU"]}, "control-kml only", id="holder"),
        pytest.param("control-kml", {"holders": ["RU"]}, "MARK=SIDE", id="no rule"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(preset, options, said):
    with pytest.raises(SituationError, match=said):
        convert(preset, "2025-03-14.json", two_sided(), **options)


def test_a_map_without_a_day_is_refused():
    with pytest.raises(SituationError, match="--as-of"):
        convert("control-kml", "map.kml", two_sided())


def test_a_day_in_the_name_of_a_map_of_several_a_day_is_the_remedy():
    held = feature("held", SALIENT)
    held["properties"] = {"name": "Окуповано /// Occupied /// status", "fill": "#a52714"}
    raw = json.dumps({"type": "FeatureCollection", "features": [held]}).encode()
    with pytest.raises(SituationError, match="--as-of 2022-08-15T12:00:00Z"):
        convert("deepstate", "2022-08-15.geojson", raw)


def test_only_isw_s_map_is_several_files():
    files = [MapFile("2025-03-14.json", LIVEUAMAP)] * 2
    with pytest.raises(SituationError, match="isw only"):
        convert_map("liveuamap", files, BORDER, force_at=[PLACE])


FAR = (33.5, 49.0)


def codes_of(document):
    return {notice["code"] for notice in document["situation"]["notices"]}


def test_a_place_far_from_the_ground_that_was_named_for_the_force_is_told():
    raw, name = two_sided(), "Control_25_03_01.kml"
    near = convert_map(None, [MapFile(name, raw)], BORDER, force_at=[PLACE], force_in=PLACE)
    far = convert_map(None, [MapFile(name, raw)], BORDER, force_at=[FAR], force_in=PLACE)
    assert "place_far_from_the_piece" not in codes_of(near)
    assert "place_far_from_the_piece" in codes_of(far)
    [told] = [n for n in far["situation"]["notices"] if n["code"] == "place_far_from_the_piece"]
    assert "(33.5, 49)" in told["statement"]
    assert "--force-in" in told["statement"]


def test_a_name_that_several_places_bear_is_taken_by_the_front_and_told():
    """The map's own front decides between two Avdiivkas, and the situation says which was taken."""
    outline = mapping(box(31.0, 46.0, 38.5, 52.5))
    lost = mapping(box(37.9, 47.0, 38.5, 49.0))
    raw = json.dumps(
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": lost, "properties": {"fill": "#a52714", "name": "x"}},
            {"type": "Feature", "geometry": mapping(box(31.1, 52.2, 31.4, 52.4)),
             "properties": {"fill": "#bcaaa4", "name": "y"}},
        ]}
    ).encode()  # fmt: skip
    files = [MapFile("2024-02-01_1706788800.geojson", raw)]
    document = convert_map("deepstate", files, outline, force_at=["Avdiivka"])
    [told] = [n for n in document["situation"]["notices"] if n["code"] == "place_by_the_front"]
    assert told["statement"].startswith("'Avdiivka' was taken for Avdiivka, Donetsk, UA")
    assert "Chernihiv" in told["statement"]


# -- whole or cut short --------------------------------------------------------------------------


def snapshot(places, points=(), **properties):
    """Draw a snapshot that paints a square round each place, and points by name."""
    squares = [
        {
            "type": "Feature",
            "properties": {"fill": "#a52714", "name": "/// Occupied", **properties},
            "geometry": mapping(box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)),
        }
        for lon, lat in places
    ]
    pins = [
        {
            "type": "Feature",
            "properties": {"name": name, **properties},
            "geometry": {"type": "Point", "coordinates": [37.0, 48.0]},
        }
        for name in points
    ]
    return json.dumps({"type": "FeatureCollection", "features": squares + pins}).encode()


def tell_incomplete(raw, day="2025-03-14"):
    as_of = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    painted = read_map("deepstate", [MapFile("map.geojson", raw)], as_of=as_of).painted
    told = [n for n in painted.notices if n.code == "map_incomplete"]
    assert all(n.severity == "doubt" for n in told)
    return " ".join(n.statement for n in told)


PLACES = {**SINCE_2014, **SINCE_2022}
POINTS = [*(f"Аеродром {n} /// Airfield" for n in range(48)), "205-а окрема мотострілецька бригада"]


def test_a_map_that_shows_every_place_of_the_war_is_whole():
    assert not tell_incomplete(snapshot(PLACES.values()))
    assert not tell_incomplete(snapshot(PLACES.values(), POINTS, styleUrl="#poly"))


@pytest.mark.parametrize("missing", PLACES)
def test_each_place_left_bare_is_named_with_the_remedy(missing):
    said = tell_incomplete(snapshot(at for name, at in PLACES.items() if name != missing))
    assert f"ground at {missing}, and this one" in said
    assert "Download it again, whole" in said


def test_what_was_taken_in_2022_is_not_looked_for_before():
    raw = snapshot(SINCE_2014.values())
    assert not tell_incomplete(raw, "2022-03-01")
    assert "Mariupol" in tell_incomplete(raw, "2022-08-01")


@pytest.mark.parametrize("kept", [0, 5, 19])
def test_the_maker_s_own_file_without_its_points_was_cut_short(kept):
    said = tell_incomplete(snapshot(PLACES.values(), POINTS[:kept], styleUrl="#poly"))
    assert f"airfields as points (here {kept})" in said
    assert "brigades" in said


def test_layers_that_are_of_a_part_are_not_asked_for_the_whole():
    raw = snapshot([(35.0, 51.2)], layer_type="kursk_russian_advances")
    painted = read_map("isw", [MapFile("2025-03-12.geojson", raw)]).painted
    assert "map_incomplete" not in {n.code for n in painted.notices}
    control = read_map(
        "isw", [MapFile("20250312_RussianAssessedCoT.geojson", snapshot([(35, 51)]))]
    )
    assert "map_incomplete" in {n.code for n in control.painted.notices}


# -- what is drawn is called by name ---------------------------------------------------------------


def test_what_is_drawn_by_rule_has_a_name_a_reader_understands():
    drawn = convert("control-kml", "Control_25_03_01.kml", two_sided())
    named = {f["properties"]["kind"]: f["properties"].get("name") for f in drawn["features"]}
    assert (named["anchor"], named["position"]) == ("rear of Ukraine", "the force")
    given = convert("control-kml", "Control_25_03_01.kml", two_sided(), anchor_at=[(33.5, 50.5)])
    names = [f["properties"]["name"] for f in given["features"]
             if f["properties"]["kind"] == "anchor"]  # fmt: skip
    assert names == ["rear of Ukraine, 33.5, 50.5"]


def test_a_picture_of_a_drawn_map_shows_no_bare_id():
    read = read_situation(convert("control-kml", "Control_25_03_01.kml", two_sided()))
    picture = draw_svg(judge(read), read)
    assert "rear of Ukraine" in picture
    assert not re.search(r">[^<]*(anchor|position)-[0-9]", picture)


# -- a river that is not drawn -------------------------------------------------------------------


def drawn_across(bare):
    """Draw a Russian bridgehead over ground that the map leaves bare, its rear to the south."""
    ground = box(32.0, 48.5, 42.0, 50.7).difference(bare)
    features = [
        {"type": "Feature", "properties": {"fill": "#a52714"}, "geometry": mapping(part)}
        for part in getattr(ground, "geoms", [ground])
    ]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    border = mapping(box(30.0, 44.0, 38.0, 52.0))
    as_of = datetime.fromisoformat("2022-08-15T12:00:00+00:00")
    document = convert_map("deepstate", [MapFile("map.geojson", raw)], border, as_of=as_of,
                           force_at=[(34.0, 50.6)], side="RU")  # fmt: skip
    told = [n for n in document["situation"]["notices"] if n["code"] == "strip_left_bare"]
    assert all(notice["severity"] == "doubt" for notice in told)
    return bool(told)


@pytest.mark.parametrize(
    ("bare", "is_river"),
    [
        pytest.param(box(31.0, 50.49, 35.8, 50.5), True, id="a kilometre wide, a ford in the east"),
        pytest.param(box(32.5, 50.45, 35.8, 50.5), False, id="five kilometres: no river's bed"),
        pytest.param(box(33.96, 50.49, 34.04, 50.5), False, id="six kilometres long"),
        pytest.param(box(31.0, 50.4997, 35.8, 50.5), False, id="a seam of thirty metres"),
        pytest.param(box(34.6, 50.49, 35.8, 50.5), False, id="beside the way"),
        pytest.param(box(20.0, 40.0, 20.1, 40.1), False, id="none"),
    ],
)
def test_a_strip_left_bare_across_the_way_is_doubted_as_a_river(bare, is_river):
    assert drawn_across(bare) == is_river

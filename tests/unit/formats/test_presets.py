"""One door to every kind of map: its day, and which option fits which kind."""

import json

import pytest
from shapely.geometry import box, mapping

from encircle.errors import SituationError
from encircle.formats.presets import MapFile, convert_map
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

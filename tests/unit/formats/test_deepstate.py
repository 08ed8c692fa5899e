"""DeepStateMap snapshots drawn by hand: what the paint, the names and the border come to."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import shapely
from shapely.geometry import Point, box, mapping, shape

from encircle.errors import QuestionError, SituationError
from encircle.formats.publishers.deepstate import (
    LOCATION_ERROR_M,
    measure_ground_abroad,
    paint_deepstate,
    parse_snapshot_time,
    read_snapshot,
    situation_from_deepstate,
)
from encircle.map.door.reader import read_situation

AS_OF = datetime(2025, 3, 14, 12, tzinfo=UTC)
BORDER = mapping(box(30.0, 48.0, 36.0, 51.0))
"""A country with a straight border: everything north of 51 degrees is Russia's."""

SALIENT = box(34.0, 51.0, 34.4, 51.2)
SUDZHA = (34.2, 51.1)
RUSSIAN = box(30.0, 51.0, 40.0, 53.0).difference(SALIENT)


def feature(geometry, fill, name="х /// Occupied /// key"):
    drawn = geometry if isinstance(geometry, dict) else mapping(geometry)
    return {"type": "Feature", "geometry": drawn, "properties": {"fill": fill, "name": name}}


def held(geometry=SALIENT):
    return feature(geometry, "#01579b", "Звільнено /// Liberated\xa0/// geoJSON.status.dismissed\n")


def occupied(geometry):
    return feature(geometry, "#a52714")


def snapshot(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def convert(*features, border=BORDER, force_at=(SUDZHA,), as_of=AS_OF, **options):
    return situation_from_deepstate(
        snapshot(*features), border, force_at=force_at, as_of=as_of, **options
    )


def by_id(situation):
    return {f["id"]: f for f in situation["features"]}


def of_kind(situation, kind):
    return [f for f in situation["features"] if f["properties"]["kind"] == kind]


def notices(situation):
    return "\n".join(notice["statement"] for notice in situation["situation"]["notices"])


# -- the paint


@pytest.mark.parametrize(
    ("fill", "name", "holder", "basis"),
    [
        pytest.param("#a52714", "Occupied", "RU", "assessed", id="occupied"),
        pytest.param("#880e4f", "Occupied Crimea", "RU", "assessed", id="Crimea"),
        pytest.param("#000000", "CADR and CALR", "RU", "assessed", id="the Donbas, early"),
        pytest.param("#bcaaa4", "Unknown status", None, "unknown", id="unknown"),
        pytest.param("#bdbdbd", "Contested", None, "unknown", id="contested"),
        pytest.param("#757575", "Contensed", None, "unknown", id="contested, misspelt"),
        pytest.param("#0f9d58", "Liberated 25.03", "UA", "assessed", id="liberated"),
        pytest.param("#0288d1", "Taken back", "UA", "assessed", id="taken back"),
        pytest.param("#0097a7", "Recaptured", "UA", "assessed", id="recaptured"),
        pytest.param("#01579B", "Liberated", "UA", "assessed", id="inside Russia, upper case"),
    ],
)
def test_the_fill_says_who_holds_the_ground(fill, name, holder, basis):
    patch = feature(box(34.5, 50.8, 34.8, 51.0), fill, f"назва /// {name} /// key")
    situation = convert(held(), patch)
    properties = by_id(situation)["deepstate-1"]["properties"]
    assert (properties["holder"], properties["basis"]) == (holder, basis)
    assert properties["name"] == name
    assert "the fill decides" not in notices(situation)


@pytest.mark.parametrize(
    ("fill", "name", "said"),
    [
        pytest.param("#0288d1", "Спірна /// Contested", "says unknown", id="contested in blue"),
        pytest.param("#bcaaa4", "а /// Liberated", "says liberated", id="liberated in grey"),
        pytest.param("#0f9d58", "а /// Occupied", "says occupied", id="occupied in green"),
        pytest.param("#a52714", "Багатокутник 12", "nothing of status", id="a working title"),
        pytest.param("#a52714", None, "nothing of status", id="no name"),
    ],
)
def test_a_name_that_disagrees_is_told_and_the_fill_decides(fill, name, said):
    read = read_snapshot(snapshot(feature(SALIENT, fill, name)))
    assert read.patches[0].fill == fill
    assert any(said in str(n) and "the fill decides" in str(n) for n in read.notices)


def test_a_name_without_english_is_read_in_ukrainian():
    read = read_snapshot(snapshot(feature(SALIENT, "#0f9d58", "Звільнено")))
    assert read.notices == ()
    assert read.patches[0].name == "Звільнено"


def test_satire_is_left_out_and_counted():
    situation = convert(held(), feature(box(20.0, 54.0, 22.0, 55.0), "#ff5252"))
    assert "deepstate-1" not in by_id(situation)
    assert "1 polygon with fill #ff5252" in notices(situation)


@pytest.mark.parametrize(
    ("fill", "name", "basis", "holder", "code"),
    [
        pytest.param("#ce93d8", "а /// Occupied", "assessed", "RU", "fill_read_by_name", id="name"),
        pytest.param("#ce93d8", "а /// Under Wagner", "unknown", None, "fill_unknown", id="none"),
        pytest.param(None, None, "unknown", None, "fill_unknown", id="no fill, no name"),
        pytest.param(
            "#ff5252", "а /// Occupied", "unknown", None, "fill_unknown", id="satire here"
        ),
    ],
)
def test_ground_in_a_fill_of_no_legend_is_never_left_out(fill, name, basis, holder, code):
    read = paint_deepstate(snapshot(held(), feature(box(34.5, 51.0, 34.9, 51.2), fill, name)))
    zone = read.zones[1]
    assert (zone.basis, zone.holder) == (basis, holder)
    (told,) = [n for n in read.notices if n.code == code]
    assert told.features == ("deepstate-1",)
    assert told.severity == ("doubt" if holder is None else "caution")


def test_ground_in_a_fill_of_no_legend_far_from_the_war_casts_no_doubt():
    read = read_snapshot(snapshot(held(), feature(box(44.0, 5.0, 46.0, 7.0), "#fbc02d", "x")))
    assert [n.severity for n in read.notices if n.code == "fill_unknown"] == ["caution"]


def test_points_and_lines_are_left_out_and_counted():
    arrow = feature(Point(34.2, 51.1), "#a52714", "Direction of attack")
    line = feature({"type": "LineString", "coordinates": [[34, 51], [35, 51]]}, "#a52714")
    situation = convert(held(), arrow, arrow, line)
    assert "2 points and 1 line were left out" in notices(situation)
    assert [f["id"] for f in of_kind(situation, "position")] == ["position-1"]


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "Polygon", "coordinates": [[[1, 2]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [2, 3], ["a", "b"]]]},
        {"type": "Nonsense"},
        {},
    ],
)
def test_a_broken_geometry_is_refused_by_feature(broken):
    bad = feature(SALIENT, "#a52714") | {"geometry": broken, "id": "zone 7"}
    with pytest.raises(SituationError, match=r"feature 1 \('zone 7'\).*cannot be read") as refused:
        convert(held(), bad)
    assert all(fault.remedy for fault in refused.value.faults)


@pytest.mark.parametrize("empty", [None, {"type": "Polygon", "coordinates": []}])
def test_a_feature_without_a_geometry_paints_nothing_and_is_told(empty):
    bad = feature(SALIENT, "#a52714") | {"geometry": empty}
    assert "1 feature without a geometry" in notices(convert(held(), bad))


# -- geometry


def test_z_is_dropped_with_a_notice():
    situation = convert(held(shapely.force_3d(SALIENT)))
    assert "heights were dropped from 1 feature" in notices(situation)
    assert not shape(by_id(situation)["deepstate-0"]["geometry"]).has_z


def test_a_geometry_collection_becomes_a_multipolygon():
    parts = [mapping(box(34.0, 51.0, 34.1, 51.1)), mapping(box(34.2, 51.0, 34.3, 51.1))]
    collection = {"type": "GeometryCollection", "geometries": [*parts, mapping(Point(34, 51))]}
    drawn = by_id(convert(held(collection)))["deepstate-0"]["geometry"]
    assert drawn["type"] == "MultiPolygon"
    assert shape(drawn).area == pytest.approx(0.02)


def test_a_collection_of_neighbours_is_joined_and_not_called_mended():
    parts = [mapping(box(34.0, 51.0, 34.2, 51.2)), mapping(box(34.2, 51.0, 34.4, 51.2))]
    situation = convert(held({"type": "GeometryCollection", "geometries": parts}))
    assert shape(by_id(situation)["deepstate-0"]["geometry"]).equals(SALIENT)
    assert "mended" not in notices(situation)


def test_an_invalid_polygon_is_mended_by_structure_and_named():
    bow = [[34.0, 51.0], [34.4, 51.2], [34.4, 51.0], [34.0, 51.2], [34.0, 51.0]]
    situation = convert(held(), held({"type": "Polygon", "coordinates": [bow]}))
    drawn = shape(by_id(situation)["deepstate-1"]["geometry"])
    assert drawn.is_valid
    assert drawn.area == pytest.approx(0.04)
    assert "geoJSON.status.dismissed') crossed or touched itself" in notices(situation)


def test_rings_follow_the_right_hand_rule():
    clockwise = shapely.orient_polygons(
        SALIENT.difference(box(34.1, 51.05, 34.2, 51.1)), exterior_cw=True
    )
    for found in of_kind(convert(held(clockwise)), "control"):
        for part in getattr(shape(found["geometry"]), "geoms", [shape(found["geometry"])]):
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)


def test_vertices_stay_exactly_where_the_mapper_put_them():
    ring = [(34.0, 51.0), (34.4123457, 51.0000001), (34.3, 51.2765432), (34.0, 51.0)]
    neighbour = [
        (34.4123457, 51.0000001),
        (34.5, 51.2),
        (34.3, 51.2765432),
        (34.4123457, 51.0000001),
    ]
    found = by_id(convert(held(shapely.Polygon(ring)), occupied(shapely.Polygon(neighbour))))
    drawn = [shapely.get_coordinates(shape(found[f"deepstate-{i}"]["geometry"])) for i in (0, 1)]
    assert {tuple(c) for c in drawn[0]} == set(ring)
    assert {tuple(c) for c in drawn[1]} == set(neighbour)


def test_paint_outside_the_area_is_cropped_and_the_area_is_written():
    situation = convert(held(), occupied(box(30.0, 51.2, 40.0, 53.0)))
    area = shape(situation["situation"]["area"])
    assert area.contains(Point(SUDZHA))
    for found in situation["features"]:
        assert area.buffer(1e-6).contains(shape(found["geometry"]))


# -- territory


def test_unpainted_ground_is_split_by_the_border():
    found = by_id(convert(held()))
    assert found["territory-UA"]["properties"]["basis"] == "territory"
    assert shape(found["territory-UA"]["geometry"]).bounds[3] == 51.0
    assert shape(found["territory-RU"]["geometry"]).bounds[1] == 51.0
    assert "territory-neutral" not in found


def test_the_sea_and_third_countries_are_neutral():
    coast = mapping(box(29.0, 46.5, 36.0, 51.0))
    patch = feature(box(31.0, 46.5, 31.2, 46.6), "#0f9d58", "а /// Liberated")
    situation = convert(patch, border=coast, force_at=[(31.0, 46.6)])
    assert by_id(situation)["territory-neutral"]["properties"]["holder"] == "neutral"
    assert "territory-RU" not in by_id(situation)
    assert "neutral" in notices(situation)


@pytest.mark.parametrize(
    "border",
    [
        pytest.param(BORDER, id="a geometry"),
        pytest.param({"type": "Feature", "properties": None, "geometry": BORDER}, id="a feature"),
        pytest.param(
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "properties": {"name": "west"}, "geometry": mapping(half)}
                    for half in (box(30, 48, 33, 51), box(33, 48, 36, 51))
                ],
            },
            id="a collection",
        ),
    ],
)
def test_the_border_may_come_in_any_wrapping(border):
    ground = shape(by_id(convert(held(), border=border))["territory-UA"]["geometry"])
    assert ground.bounds[3] == 51.0


# -- anchors


def test_the_rear_lies_deep_in_the_force_s_own_country():
    anchors = of_kind(convert(held()), "anchor")
    assert anchors
    for anchor in anchors:
        assert anchor["geometry"]["type"] == "Polygon"
        assert shape(anchor["geometry"]).distance(RUSSIAN) > 0.13  # 15 km
        assert anchor["properties"]["side"] == "UA"
        assert "15 km" in anchor["properties"]["note"]


def test_the_rear_of_the_other_side_is_the_mirror():
    situation = convert(held(), side="RU", force_at=[(34.2, 51.4)])
    for anchor in of_kind(situation, "anchor"):
        assert shape(anchor["geometry"]).bounds[1] > 51.0 + 0.13
        assert shape(anchor["geometry"]).distance(SALIENT) > 0.13
        assert anchor["properties"]["side"] == "RU"


def test_a_pocket_is_never_a_rear_however_large():
    ring = box(30.5, 48.5, 35.5, 51.0).difference(box(32.0, 49.2, 34.5, 50.4))
    with pytest.raises(SituationError, match="no rear of UA"):
        convert(occupied(ring), force_at=[(33.0, 49.8)], area_km=60.0)


def test_ground_beyond_the_enemy_s_is_no_rear_where_the_country_is_cut_in_two():
    wall = occupied(box(33.0, 48.0, 33.2, 51.0))  # the west is the larger piece
    anchors = of_kind(convert(wall, force_at=[(33.5, 49.5)], area_km=80.0), "anchor")
    assert anchors
    assert all(shape(anchor["geometry"]).bounds[2] < 33.0 for anchor in anchors)


def test_the_area_grows_until_it_holds_a_rear():
    wide = occupied(box(33.0, 50.0, 35.4, 51.0))
    near = convert(held())
    far = convert(held(), wide)
    width = [shape(s["situation"]["area"]).bounds[2] for s in (near, far)]
    assert width[1] > width[0]
    assert of_kind(far, "anchor")


def test_an_area_stated_too_small_is_refused_with_the_remedy():
    with pytest.raises(SituationError, match="--anchor-at"):
        convert(held(), area_km=5.0)


def test_an_anchor_may_be_given_by_hand_and_the_area_holds_it():
    situation = convert(held(), anchor_at=[(34.2, 49.0)], area_km=20.0)
    (anchor,) = of_kind(situation, "anchor")
    assert anchor["geometry"] == {"type": "Point", "coordinates": (34.2, 49.0)}
    assert shape(situation["situation"]["area"]).contains(Point(34.2, 49.0))


@pytest.mark.parametrize(
    "place", [pytest.param((34.2, 51.5), id="Russian"), pytest.param((34.5, 50.95), id="grey")]
)
def test_an_anchor_on_ground_not_held_is_refused(place):
    grey = feature(box(34.4, 50.9, 34.6, 51.0), "#bcaaa4", "а /// Unknown status")
    with pytest.raises(SituationError, match="not on ground joined to the rear"):
        convert(held(), grey, anchor_at=[place])


# -- the force, the document, the errors


def test_a_place_in_a_salient_means_the_salient_and_no_more():
    situation = convert(held(), force="kursk", force_at=[SUDZHA, (34.3, 51.05)])
    (position,) = of_kind(situation, "position")
    drawn = shape(position["geometry"])
    assert drawn.within(SALIENT)
    assert drawn.area == pytest.approx(SALIENT.area, rel=0.01)
    assert position["properties"]["force"] == "kursk"
    assert position["properties"]["reach_m"] == 0.0
    (named,) = situation["situation"]["forces"]
    assert named["id"] == "kursk"
    assert named["side"] == "UA"
    assert named["name"].startswith("the Ukrainian force in the salient of 62")


def test_a_place_on_ground_plainly_joined_stands_where_it_was_put():
    situation = convert(held(), force_at=[(33.0, 50.9)])
    (position,) = of_kind(situation, "position")
    assert position["geometry"]["coordinates"] == (33.0, 50.9)
    assert position["properties"]["basis"] == "reported"


@pytest.mark.parametrize(
    ("place", "whose", "named"),
    [
        pytest.param((34.2, 51.25), "RU", ["salient-1"], id="unpainted, beyond the border"),
        pytest.param((34.5, 50.95), None, ["front", "salient-1"], id="grey"),
        pytest.param((34.2, 51.6), "RU", ["salient-1"], id="nothing near"),
    ],
)
def test_a_place_on_ground_not_its_own_is_asked_back(place, whose, named):
    grey = feature(box(34.4, 50.9, 34.6, 51.0), "#bcaaa4", "а /// Unknown status")
    with pytest.raises(QuestionError) as asked:
        convert(held(), grey, force_at=[place])
    document = asked.value.document
    assert document["question"] == "which_force"
    assert document["held_by"] == whose
    assert [piece["id"] for piece in document["pieces"]] == named
    assert document["answer_with"] == f"--force-in {named[0]}"
    answered = convert(held(), grey, force_at=[place], force_in=named[0])
    assert of_kind(answered, "position")[0]["geometry"]["type"] == "Polygon"


def test_the_situation_is_one_the_door_accepts():
    situation = read_situation(json.dumps(convert(held(), occupied(box(34, 51.2, 35, 52)))))
    assert situation.as_of == AS_OF
    assert situation.force == "force"
    assert {s.id for s in situation.sides} == {"UA", "RU"}


def test_a_time_in_another_zone_is_written_in_utc():
    kyiv = datetime(2025, 3, 14, 14, tzinfo=timezone(timedelta(hours=2)))
    for as_of in (kyiv, AS_OF.replace(tzinfo=None)):
        assert convert(held(), as_of=as_of)["situation"]["as_of"] == "2025-03-14T12:00:00Z"


def test_the_api_s_envelope_is_opened():
    wrapped = {"id": 1741941622, "map": snapshot(held())}
    assert len(read_snapshot(wrapped).patches) == 1


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param({"type": "FeatureCollection"}, "no list of features", id="no features"),
        pytest.param(snapshot(), "no polygon with a fill", id="empty"),
        pytest.param(snapshot(feature(SALIENT, None)), "no polygon with a fill", id="no fills"),
        pytest.param({"map": 3}, "no list of features", id="a wrong envelope"),
    ],
)
def test_what_is_no_snapshot_is_refused(document, said):
    with pytest.raises(SituationError, match=said):
        read_snapshot(document)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"side": "XX"}, "not on this map", id="side"),
        pytest.param({"force_at": []}, "no place of the force", id="no place"),
        pytest.param({"force_at": [(51.1, 134.2)]}, "not a place", id="lat and lon swapped"),
        pytest.param({"border": {"type": "Feature"}}, "no polygon", id="border of nothing"),
        pytest.param({"border": mapping(Point(34, 51))}, "no polygon", id="border a point"),
    ],
)
def test_bad_options_are_refused(options, said):
    with pytest.raises(SituationError, match=said):
        convert(held(), **options)


@pytest.mark.parametrize(
    ("name", "instant"),
    [
        ("2025-03-14_1741941622.geojson", "2025-03-14T08:40:22+00:00"),
        ("a/b/1659357805.geojson", "2022-08-01T12:43:25+00:00"),
        ("2025-03-14.geojson", None),
        ("17419416221.geojson", None),
    ],
)
def test_a_snapshot_s_time_is_read_from_its_name(name, instant):
    found = parse_snapshot_time(name)
    assert (found.isoformat() if found else None) == instant


# -- measuring


def test_ground_abroad_is_measured_outside_the_border():
    (piece,) = measure_ground_abroad(snapshot(held(box(34.0, 50.9, 34.4, 51.2))), BORDER)
    assert piece.area_km2 == pytest.approx(28.0 * 22.25, rel=0.01)
    assert piece.shared_border_km == pytest.approx(28.0, rel=0.02)


def test_border_lost_or_grey_on_the_home_side_is_not_shared():
    grey = feature(box(34.1, 50.9, 34.2, 51.0001), "#bcaaa4", "а /// Unknown status")
    (piece,) = measure_ground_abroad(snapshot(held(), grey), BORDER)
    assert piece.shared_border_km == pytest.approx(21.0, rel=0.02)


def test_nothing_held_abroad_measures_as_nothing():
    assert measure_ground_abroad(snapshot(occupied(SALIENT)), BORDER) == []


def test_every_painted_boundary_is_as_good_as_the_mapper_grey_ones_too():
    west, grey = (
        box(35.0, 50.6, 35.1, 50.8),
        feature(box(35.1, 50.6, 35.15, 50.8), "#bcaaa4", "х /// Unknown status /// key"),
    )
    situation = convert(held(), occupied(west), grey)
    errors = {
        f["id"]: f["properties"].get("location_error_m")
        for f in of_kind(situation, "control")
        if f["properties"]["basis"] != "territory"
    }
    assert len(errors) == 3
    assert set(errors.values()) == {LOCATION_ERROR_M}
    assert "narrower than 600 m is contested" in str(notices(situation))
    lands = [f for f in of_kind(situation, "control") if f["properties"]["basis"] == "territory"]
    assert lands
    assert not any("location_error_m" in f["properties"] for f in lands)

"""ISW's layers drawn by hand: each on its own basis, and silence where a layer is silent."""

import json
from datetime import UTC, datetime

import pytest
import shapely
from shapely.geometry import Point, box, mapping, shape

from encircle import judge
from encircle.errors import QuestionError, SituationError
from encircle.formats.painted.situation import situation_from_painted
from encircle.formats.publishers.isw import LayerFile, paint_isw
from encircle.map.door.reader import read_situation

AS_OF = datetime(2025, 3, 12, 12, tzinfo=UTC)
BORDER = mapping(box(30.0, 48.0, 36.0, 51.0))
SUDZHA = (35.2, 51.1)
RETAKEN = box(34.5, 51.2, 35.9, 51.9)


def layer(*shapes, name="20250312_RussianAssessedCoTinUkraine.geojson", basis=None, **properties):
    features = [
        {"type": "Feature", "properties": properties, "geometry": s and mapping(s)} for s in shapes
    ]
    return LayerFile(name, {"type": "FeatureCollection", "features": features}, basis)


def kursk(*shapes, **properties):
    return layer(
        *shapes, name="2025-03-12.geojson", layer_type="kursk_russian_advances", **properties
    )


def convert(*files, force_at=SUDZHA, **options):
    return situation_from_painted(
        paint_isw(files), BORDER, force_at=[force_at], as_of=AS_OF, **options
    )


def zone_of(file):
    (zone,) = paint_isw([file]).zones
    return zone


@pytest.mark.parametrize(
    ("name", "basis", "holder"),
    [
        ("20220815_RussianAssessedCoTinUkraine.geojson", "assessed", "RU"),
        ("UkraineControlMapAO30JAN2023.geojson", "assessed", "RU"),
        ("20220815_RussianAssessedAdvanceinUkraine.geojson", "advance", "RU"),
        ("Assessed_Russian_Advances.geojson", "advance", "RU"),
        ("20220815_RussianClaimedCoTinUkraine.geojson", "claimed", "RU"),
        ("20220815_UkrainianClaimedCounterOffensives.geojson", "claimed", "UA"),
    ],
)
def test_the_name_of_a_layer_tells_its_basis(name, basis, holder):
    zone = zone_of(layer(RETAKEN, name=name))
    assert (zone.basis, zone.holder) == (basis, holder)


@pytest.mark.parametrize(
    ("said", "basis", "holder"),
    [
        ("Assessed Russian-controlled Ukrainian Territory", "assessed", "RU"),
        ("Ukrainian territory under Russian control", "assessed", "RU"),
        ("Ukrainian territory occupied by Russia", "assessed", "RU"),
        ("Assessed Ukrainian-controlled Russian territory", "assessed", "UA"),
        ("AssessedRussianInfiltrationAreasinUkraine", "infiltration", "RU"),
        ("VIEW_RussiaCoTinUkraine_V3", "assessed", "RU"),
        ("VIEW_ClaimedRussianTerritoryinUkraine_V2", "claimed", "RU"),
        ("VIEW_ClaimedUkrainianCounteroffensives_V2", "claimed", "UA"),
        ("Assessed Russian Advances in Ukraine", "advance", "RU"),
        ("Assessed Ukrainian Advances in Russia", "advance", "UA"),
        ("Claimed Limit of Ukrainian Advance in Russia", "claimed", "UA"),
        ("Significant fighting in the past 24 hours", "contested", "RU"),
    ],
)
def test_what_a_feature_says_of_itself_counts_whatever_the_file_is_called(said, basis, holder):
    for member in ("layer_type", "layer", "Layer", "title"):
        zone = zone_of(layer(RETAKEN, name="20230520.geojson", **{member: said}))
        assert (zone.basis, zone.holder) == (basis, holder)
    assert zone_of(layer(RETAKEN, layer_type=said)).basis == basis


def test_a_day_in_one_file_is_read_feature_by_feature():
    says = ("VIEW_RussiaCoTinUkraine_V3", "ClaimedUkrainianCounteroffensives", "Partisans")
    shapes = (RETAKEN, box(36, 49, 37, 50), box(37, 49, 38, 50))
    files = [layer(shape, layer=said) for shape, said in zip(shapes, says, strict=True)]
    features = [feature for file in files for feature in file.document["features"]]
    day = LayerFile("20230520.geojson", {"type": "FeatureCollection", "features": features})
    zones = paint_isw([day]).zones
    assert [(z.basis, z.holder) for z in zones] == [("assessed", "RU"), ("claimed", "UA")]


@pytest.mark.parametrize(
    ("file", "remedy"),
    [
        pytest.param(layer(RETAKEN, layer="Evacuation zone"), "BASIS=FILE", id="another layer"),
        pytest.param(layer(RETAKEN, layer="Claimed Control"), "claimed-ru=FILE", id="whose claim"),
        pytest.param(
            layer(RETAKEN, layer="Russian Claims of Ukrainian Losses"), "claimed-ua", id="both"
        ),
    ],
)
def test_what_cannot_be_told_is_refused_by_feature(file, remedy):
    unnamed = LayerFile("day.geojson", file.document)
    with pytest.raises(SituationError, match="feature 0") as refused:
        paint_isw([unnamed])
    assert remedy in refused.value.faults[0].remedy


@pytest.mark.parametrize(
    ("stated", "basis", "holder"),
    [
        ("claimed-ua", "claimed", "UA"),
        ("claimed-ru", "claimed", "RU"),
        ("assessed-ua", "assessed", "UA"),
        ("infiltration", "infiltration", "RU"),
    ],
)
def test_whose_it_is_may_be_stated(stated, basis, holder):
    zone = zone_of(layer(RETAKEN, name="a.geojson", basis=stated))
    assert (zone.basis, zone.holder) == (basis, holder)


def test_a_stated_basis_does_not_turn_claims_into_control():
    file = layer(RETAKEN, name="a.geojson", basis="assessed", layer="ClaimedRussianTerritory")
    painted = paint_isw([file])
    assert painted.zones[0].basis == "claimed"
    assert "basis_overruled" in {notice.code for notice in painted.notices}


def test_a_stated_basis_wins_over_the_name():
    assert zone_of(layer(RETAKEN, name="x_Claimed.geojson", basis="assessed")).basis == "assessed"


def test_partisans_hold_no_ground():
    partisans = layer(RETAKEN, name="UkrainianReportedPartisanWarfare.geojson")
    painted = paint_isw([layer(RETAKEN), partisans])
    assert len(painted.zones) == 1
    assert any("left out: no control" in str(notice) for notice in painted.notices)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        pytest.param(layer(RETAKEN, name="a.geojson"), "BASIS=FILE", id="a name that says nothing"),
        pytest.param(layer(RETAKEN, basis="sure"), "not known", id="a basis that is none"),
        pytest.param(layer(None), "no layer paints", id="nothing painted"),
        pytest.param(LayerFile("CoT.json", {}), "no list of features", id="no collection"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(file, said):
    with pytest.raises(SituationError, match=said):
        paint_isw([file])


def test_claims_are_on_the_map_and_change_nothing():
    claimed = layer(box(34.0, 50.0, 36.0, 51.0), name="RussianClaimed.geojson")
    place = (35.2, 50.6)
    documents = [convert(layer(RETAKEN), *more, force_at=place) for more in ([], [claimed])]
    drawn = [f for f in documents[1]["features"] if f["properties"].get("basis") == "claimed"]
    assert drawn[0]["properties"]["claimed_by"] == "RU"
    anchors = [
        [f["geometry"] for f in d["features"] if f["id"].startswith("anchor")] for d in documents
    ]
    assert anchors[0] == anchors[1]
    assert not any(
        "stands on ground" in n["statement"] for n in documents[1]["situation"]["notices"]
    )
    codes = [judge(read_situation(json.dumps(d))).status.code for d in documents]
    assert codes[0] == codes[1]


def test_advances_are_grey():
    advance = layer(box(34.0, 50.0, 36.0, 50.9), name="RussianAssessedAdvance.geojson")
    with pytest.raises(QuestionError) as asked:
        convert(layer(RETAKEN), advance, force_at=(35.2, 50.5))
    assert asked.value.document["held_by"] is None


def test_null_geometries_heights_and_features_drawn_twice_are_told():
    painted = paint_isw([layer(None, shapely.force_3d(RETAKEN), RETAKEN, Point(35, 51))])
    said = "\n".join(map(str, painted.notices))
    assert "1 feature without a geometry" in said
    assert "heights were dropped from 1 feature" in said
    assert "1 polygon drawn twice and counted once" in said
    assert "1 point was left out: it paints no ground" in said
    assert len(painted.zones) == 1


def test_what_russia_retook_says_nothing_of_what_is_left():
    """Neither open nor closed is proved: the ground between is unknown on this map."""
    document = convert(kursk(RETAKEN))
    assert document["situation"]["uncovered"] == "unknown"
    drawn = [f for f in document["features"] if f["properties"]["kind"] == "control"]
    assert not any(shape(f["geometry"]).contains(Point(SUDZHA)) for f in drawn)
    judgement = judge(read_situation(json.dumps(document)))
    assert judgement.verdict == "contested"
    assert judgement.judged.definitions["land_cut"] == "contested"


def test_a_dot_where_the_map_is_silent_is_asked_back_if_silence_does_not_run_on_to_the_rear():
    wall = box(34.6, 50.9, 35.8, 51.02).union(RETAKEN).union(box(34.6, 50.9, 34.7, 51.3))
    wall = wall.union(box(35.7, 50.9, 35.8, 51.3))
    with pytest.raises(QuestionError) as asked:
        convert(kursk(wall))
    assert asked.value.document["held_by"] is None


def test_russia_far_from_the_salient_is_still_russia():
    territory = {
        f["id"]: shape(f["geometry"])
        for f in convert(kursk(RETAKEN), area_km=110.0)["features"]
        if f["id"].startswith("territory")
    }
    assert territory["territory-RU"].contains(Point(36.3, 51.5))
    assert not territory["territory-RU"].contains(Point(35.5, 51.1))


def test_the_day_a_layer_gives_itself_is_kept():
    assert paint_isw([kursk(RETAKEN, date="2025-03-12T00:00:00")]).dated == "2025-03-12"
    assert paint_isw([kursk(RETAKEN, date="soon")]).dated is None


def test_what_is_merely_claimed_bears_no_error():
    claimed = layer(box(34.0, 50.0, 36.0, 51.0), name="RussianClaimed.geojson")
    document = convert(layer(box(35.6, 50.3, 36.0, 50.9)), claimed, force_at=(35.2, 50.6))
    errors = {
        f["properties"]["basis"]: f["properties"].get("location_error_m")
        for f in document["features"]
        if f["properties"]["kind"] == "control" and f["properties"]["basis"] != "territory"
    }
    assert errors == {"assessed": 500.0, "claimed": None}

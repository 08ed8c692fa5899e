import json
from copy import deepcopy

import pytest

from encircle.errors import SituationError, UnknownForceError
from encircle.map.door.reader import Limits, read_situation
from encircle.map.situation import Barrier

SQUARE = [[[35, 50], [36, 50], [36, 51], [35, 51], [35, 50]]]


def feature(name, geometry, **properties):
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def point(lon, lat, *more):
    return {"type": "Point", "coordinates": [lon, lat, *more]}


@pytest.fixture
def document():
    return {
        "type": "FeatureCollection",
        "situation": {"as_of": "2025-03-14T12:00:00Z", "sides": [{"id": "A"}, {"id": "B"}]},
        "features": [
            feature("force", point(35.5, 50.5), kind="position", side="A", force="f"),
            feature(
                "ground",
                {"type": "Polygon", "coordinates": deepcopy(SQUARE)},
                kind="control",
                holder="A",
                basis="assessed",
            ),
        ],
    }


def faults_of(document, **given):
    with pytest.raises(SituationError) as caught:
        read_situation(document, **given)
    return caught.value.faults


def pointers_of(document, **given):
    return {fault.pointer for fault in faults_of(document, **given)}


def test_every_fault_is_told_at_once_with_its_feature_and_a_remedy(document):
    document["features"][0]["properties"].update(echelon="horde", observed_at="soon")
    document["features"][1]["geometry"]["coordinates"] = [
        [[35, 50], [36, 51], [36, 50], [35, 51], [35, 50]]
    ]
    document["features"].append(feature("ground", point(35, "50"), kind="post"))
    del document["situation"]["as_of"]
    faults = faults_of(document)
    assert {f.pointer for f in faults} == {
        "/features/0/properties/echelon",
        "/features/0/properties/observed_at",
        "/features/1/geometry/coordinates",
        "/features/2/properties/kind",
        "/features/2/geometry/coordinates/1",
        "/features/2/id",
        "/situation/as_of",
    }
    assert all(fault.remedy for fault in faults)
    assert {f.feature for f in faults} == {"force", "ground", None}


@pytest.mark.parametrize(
    ("coordinates", "place"),
    [
        pytest.param([50.5, 135.5], "1", id="lon and lat swapped"),
        pytest.param([181, 50], "0", id="longitude past the antimeridian"),
        pytest.param([True, 50], "0", id="a truth value"),
        pytest.param([float("nan"), 50], "0", id="not a number"),
        pytest.param([float("inf"), 50], "0", id="infinity"),
        pytest.param([10**400, 50], "0", id="a number past every float"),
    ],
)
def test_a_bad_number_is_refused_where_it_stands(document, coordinates, place):
    document["features"][0]["geometry"]["coordinates"] = coordinates
    assert f"/features/0/geometry/coordinates/{place}" in pointers_of(document)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param(b'{"type": "x", "type": "y"}', "twice", id="a member twice"),
        pytest.param(b'{"type": NaN}', "NaN", id="NaN"),
        pytest.param(b"[" * 100, "nested", id="too deep"),
        pytest.param(b"[]", "not an object", id="a list"),
        pytest.param(b'{"a": "\xe9"}', "UTF-8", id="not UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param(b'{"type": "FeatureCollection",}', "line 1", id="not JSON, with the place"),
        pytest.param("\ud800", "Unicode", id="half a surrogate pair"),
    ],
)
def test_text_that_is_not_strict_json_is_refused(text, word):
    assert word in faults_of(text)[0].message


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        pytest.param(("properties", "side"), "C", "/features/0/properties/side", id="side"),
        pytest.param(("properties", "reach_m"), -1, "/features/0/properties/reach_m", id="reach"),
        pytest.param(("properties", "reach_m"), "9", "/features/0/properties/reach_m", id="text"),
        pytest.param(("id",), True, "/features/0/id", id="id a truth value"),
        pytest.param(("id",), ["a"], "/features/0/id", id="id a list"),
        pytest.param(("geometry",), None, "/features/0/geometry/type", id="no geometry"),
        pytest.param(("properties",), None, "/features/0/properties", id="no properties"),
    ],
)
def test_a_wrong_member_is_refused_where_it_stands(document, path, value, pointer):
    target = document["features"][0]
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert pointer in pointers_of(document)


def test_an_unclosed_ring_and_parts_that_overlap_are_refused(document):
    document["features"][1]["geometry"]["coordinates"][0].pop()
    assert "/features/1/geometry/coordinates/0" in pointers_of(document)
    document["features"][1]["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [SQUARE, [[[35.5, 50.5], [37, 50.5], [37, 52], [35.5, 52], [35.5, 50.5]]]],
    }
    assert "/features/1/geometry/coordinates" in pointers_of(document)


def test_z_is_dropped_with_a_notice_and_foreign_members_do_no_harm(document):
    document["features"][0]["geometry"]["coordinates"].append(120.0)
    document["features"][0]["properties"]["marker-color"] = {"deep": ["x"]}
    document["bbox"] = [0, 0, 1, 1]
    situation = read_situation(document)
    assert not situation.features[0].geometry.has_z
    assert [notice.code for notice in situation.notices] == ["z_dropped"]


def test_a_tool_that_drops_the_foreign_member_does_not_break_the_input(document):
    del document["situation"]
    situation = read_situation(document, as_of="2025-03-14", force="f")
    assert {side.id for side in situation.sides} == {"A"}
    assert situation.as_of.isoformat().startswith("2025-03-14T23:59:59")


def test_an_unknown_force_names_the_known_ones(document):
    with pytest.raises(UnknownForceError, match="'f'"):
        read_situation(document, force="g")


def test_another_reference_system_is_refused_and_crs84_is_not(document):
    document["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    read_situation(document)
    document["crs"]["properties"]["name"] = "EPSG:3857"
    assert pointers_of(document) == {"/crs"}


def test_a_map_too_wide_for_one_plane_is_refused_unless_an_area_is_given(document):
    document["features"].append(
        feature("far", point(-170, 10), kind="position", side="B", force="g")
    )
    document["situation"]["force"] = "f"
    assert pointers_of(document) == {"/features"}
    document["situation"]["area"] = {"type": "Polygon", "coordinates": SQUARE}
    assert read_situation(document).area.area == pytest.approx(1.0)


def test_limits_are_kept(document):
    assert pointers_of(document, limits=Limits(features=1)) == {"/features"}
    assert pointers_of(document, limits=Limits(vertices=3)) == {"/features"}
    assert faults_of(json.dumps(document), limits=Limits(bytes=10))[0].message.startswith("4")


def test_the_digest_sees_content_and_not_layout(document):
    plain = read_situation(json.dumps(document)).sha256
    assert read_situation(json.dumps(document, indent=3, sort_keys=True)).sha256 == plain
    document["features"][0]["properties"]["note"] = "x"
    assert read_situation(document).sha256 != plain


def test_a_border_that_stops_nobody_is_drawn_as_such(document):
    line = {"type": "LineString", "coordinates": [[35.1, 50.9], [35.1, 51.2]]}
    border = {"kind": "barrier", "type": "border", "blocks": []}
    document["features"].append(
        {"type": "Feature", "id": "border", "geometry": line, "properties": border}
    )
    assert read_situation(document).of_kind(Barrier)[0].blocks == ()


def test_a_time_that_ends_before_it_begins_is_refused(document):
    properties = document["features"][1]["properties"]
    properties.update(valid_from="2025-03-14T06:00:00Z", valid_to="2025-03-14")
    (fault,) = faults_of(document)
    assert (fault.pointer, fault.feature) == ("/features/1/properties/valid_to", "ground")
    assert fault.remedy.startswith("Swap the two")
    properties["valid_to"] = properties["valid_from"]
    assert len(read_situation(document).features) == 2

"""One reader of GeoJSON maps: everything is read, or refused by feature, or told."""

import gzip
import json

import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, mapping

from encircle.errors import SituationError
from encircle.formats.painted.layers import read_layer
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import Limits

GROUND = box(34.0, 51.0, 34.4, 51.2)


def feature(shape=GROUND, **members):
    drawn = shape if isinstance(shape, (dict, type(None))) else mapping(shape)
    return {"type": "Feature", "properties": {}, "geometry": drawn} | members


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features)} | members


def told(document):
    return {notice.code: notice for notice in read_layer(document, "layer").notices}


def fault_of(document):
    with pytest.raises(SituationError) as refused:
        read_layer(document, "layer")
    (fault,) = refused.value.faults
    assert fault.remedy
    return fault


# -- the whole layer


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"exceededTransferLimit": True}, id="ArcGIS"),
        pytest.param({"properties": {"exceededTransferLimit": True}}, id="ArcGIS, f=geojson"),
        pytest.param({"numberMatched": 5000, "numberReturned": 1}, id="OGC API"),
        pytest.param({"totalFeatures": 9, "numberReturned": 1}, id="GeoServer"),
        pytest.param({"links": [{"rel": "next", "href": "x"}]}, id="a link"),
        pytest.param({"next": "https://example.org/?page=2"}, id="a next page"),
    ],
)
def test_a_page_cut_short_is_refused(members):
    assert "cut short" in fault_of(collection(feature(), **members)).message
    assert "cut short" in fault_of({"value": collection(feature(), **members)}).message


@pytest.mark.parametrize(
    "members",
    [
        {"exceededTransferLimit": False},
        {"numberMatched": 1, "numberReturned": 1},
        {"totalFeatures": "unknown", "next": None},
        {"links": [{"rel": "self"}]},
    ],
)
def test_a_whole_layer_is_read(members):
    assert len(read_layer(collection(feature(), **members), "layer").features) == 1


def test_a_page_of_the_size_that_services_cut_is_told():
    shapes = [feature(box(34 + n / 1e4, 51, 34 + (n + 0.5) / 1e4, 52)) for n in range(1000)]
    assert told(collection(*shapes))["page_of_round_size"].severity == "caution"


CRS = {"type": "name", "properties": {"name": "EPSG:4284"}}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(collection(feature(), crs=CRS), id="collection"),
        pytest.param({"value": collection(feature(), crs=CRS)}, id="envelope"),
        pytest.param({"crs": CRS, "map": collection(feature())}, id="round it"),
        pytest.param(collection(feature(crs=CRS)), id="feature"),
        pytest.param(collection(feature(mapping(GROUND) | {"crs": CRS})), id="geometry"),
    ],
)
def test_another_crs_is_refused_by_name_wherever_it_stands(document):
    assert "EPSG:4284" in fault_of(document).message


@pytest.mark.parametrize("member", ["map", "value", "geojson", "data"])
def test_a_layer_is_found_in_its_envelopes(member):
    layer = collection(feature())
    for document in ({member: layer}, {"result": {member: layer}}, {member: json.dumps(layer)}):
        assert len(read_layer(document, "layer").features) == 1


def test_esri_json_is_called_by_its_name():
    esri = {"features": [{"attributes": {}, "geometry": {"rings": [[[0, 0], [1, 0], [1, 1]]]}}]}
    assert "f=geojson" in fault_of(esri).remedy


# -- its features


def test_every_feature_that_cannot_be_read_is_refused_at_once_with_its_place():
    open_ring = {"type": "Polygon", "coordinates": [[[34, 51], [35, 51], [35, 52], [34, 52]]]}
    metres = mapping(box(3.8e6, 6.6e6, 3.9e6, 6.7e6))
    document = collection(
        feature(), feature(open_ring, id=7), feature(metres, properties={"name": "north"}), None
    )
    with pytest.raises(SituationError) as refused:
        read_layer({"value": document}, "layer")
    first, second, third = refused.value.faults
    assert first.pointer.startswith("/value/features/1/geometry/")
    assert "feature 1 ('7'), near (34, 51)" in first.message
    assert "feature 2 ('north')" in second.message
    assert "metres. Reproject" in second.remedy
    assert "feature 3: cannot be read: not a Feature" in third.message


def test_a_feature_without_a_geometry_member_is_refused():
    bad = {"type": "Feature", "properties": {}, "geom": mapping(GROUND)}
    assert "no `geometry` member" in fault_of(collection(feature(), bad)).message


@pytest.mark.parametrize("height", [None, 0, 120.5])
def test_heights_on_some_points_are_dropped(height):
    drawn = json.loads(json.dumps(mapping(GROUND)))
    drawn["coordinates"][0][1].append(height)
    document = collection(feature(drawn))
    assert read_layer(document, "layer").features[0].geometry.equals(GROUND)
    assert told(document)["z_dropped"].severity == "info"


def test_what_paints_nothing_is_told():
    flat = Polygon([(34, 51), (35, 51), (36, 51)])
    zone = LineString(GROUND.exterior.coords)
    document = collection(feature(), feature(None), feature(flat), feature(Point(34, 51)),
                          feature(zone, id="west"))  # fmt: skip
    notices = told(document)
    assert {"no_geometry", "no_area", "no_ground", "zones_as_lines"} <= set(notices)
    assert "'west'" in notices["zones_as_lines"].statement
    assert len(read_layer(document, "layer").features) == 1


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        pytest.param(LineString(GROUND.exterior.coords), "closed lines", id="zones as lines"),
        pytest.param(Point(34, 51), "positions", id="points"),
        pytest.param(None, "no geometry", id="nothing"),
    ],
)
def test_why_nothing_is_painted_is_known(shape, said):
    assert said in read_layer(collection(feature(shape)), "layer").empty_because


def test_a_part_inside_another_is_a_doubt():
    drawn = MultiPolygon([GROUND, box(34.1, 51.05, 34.2, 51.1)])
    assert told(collection(feature(drawn)))["part_inside_part"].severity == "doubt"


def test_a_mending_that_changes_the_area_is_a_caution():
    bow = Polygon([(34.0, 51.0), (34.4, 51.2), (34.4, 51.0), (34.0, 51.2)])
    assert told(collection(feature(bow)))["ring_mended"].severity == "caution"


# -- gzip


def test_gzip_is_unpacked_however_often_and_in_however_many_members():
    assert unwrap(gzip.compress(b"{}") + gzip.compress(b" ")) == b"{} "
    assert unwrap(gzip.compress(gzip.compress(b"{}"))) == b"{}"
    assert unwrap(b"{}") == b"{}"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(gzip.compress(bytes(10**6)), "unpacks to more", id="a bomb"),
        pytest.param(gzip.compress(b"{}" * 99)[:-9], "cut short", id="cut short"),
        pytest.param(b"\x1f\x8bnonsense", "cannot be read", id="broken"),
        pytest.param(gzip.compress(b"{}") + b"PK", "something follows", id="more"),
    ],
)
def test_a_gzip_that_cannot_be_trusted_is_refused(raw, said):
    with pytest.raises(SituationError, match=said):
        unwrap(raw, Limits(bytes=10**5))

"""The door takes what GIS tools leave, and calls the rest by its name."""

import json
from copy import deepcopy

import numpy as np
import pytest

import encircle
from encircle.errors import MissingFileError, SituationError
from encircle.map.door.coordinates import CoordinateWalk
from encircle.map.door.reader import FEW, read_situation

SQUARE = [[[35, 50], [36, 50], [36, 51], [35, 51], [35, 50]]]
EAST = [[[36.1, 50], [36.2, 50], [36.2, 51], [36.1, 51], [36.1, 50]]]
LINE = [[35.1, 50.5], [35.9, 50.5]]


def feature(name, geometry, **properties):
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def drawn(kind, coordinates):
    return {"type": kind, "coordinates": coordinates}


@pytest.fixture
def document():
    sides = [{"id": "A", "allies": ["C"]}, {"id": "B"}, {"id": "C"}]
    return {
        "type": "FeatureCollection",
        "situation": {
            "as_of": "2025-03-14T12:00:00Z",
            "sides": sides,
            "sources": [{"id": "m"}, {"id": "map, of sorts"}],
        },
        "features": [
            feature("force", drawn("Point", [35.5, 50.5]), kind="position", side="A", force="f"),
            feature("ground", drawn("Polygon", deepcopy(SQUARE)), kind="control", holder="A",
                    basis="assessed"),
            feature("road", drawn("LineString", deepcopy(LINE)), kind="route"),
            feature("bridge", drawn("Point", [35.5, 50.5]), kind="crossing", type="bridge"),
            feature("rear", drawn("Point", [35.9, 50.5]), kind="anchor", side="A"),
        ],
    }  # fmt: skip


def faults_of(document, **given):
    with pytest.raises(SituationError) as caught:
        read_situation(document, **given)
    assert all(fault.remedy for fault in caught.value.faults)
    return caught.value.faults


def only_fault(document, **given):
    (fault,) = faults_of(document, **given)
    return fault


def say(document, number, **properties):
    document["features"][number]["properties"].update(properties)
    return read_situation(document).features[number]


# -- ids ---------------------------------------------------------------------------------------


def test_numbers_are_ids_and_a_property_stands_in_for_a_missing_one(document):
    document["features"][0]["id"] = 3
    document["features"][1]["id"] = 4.0
    for number, stands_in in ((2, "road"), (3, 7)):
        del document["features"][number]["id"]
        document["features"][number]["properties"]["id"] = stands_in
    document["features"][4].update(id=None)
    document["features"][4]["properties"]["id"] = "rear"
    read = read_situation(document)
    assert [f.id for f in read.features] == ["3", "4", "road", "7", "rear"]


@pytest.mark.parametrize("column", ["ID", "@id", "fid", "OBJECTID"])
def test_an_id_is_found_in_the_column_a_tool_keeps_it_in(document, column):
    for number, one in enumerate(document["features"]):
        one["properties"][column] = number
        del one["id"]
    assert [f.id for f in read_situation(document).features] == list("01234")


def test_ids_numbered_anew_are_told(document):
    for number, one in enumerate(document["features"]):
        one["properties"]["id"] = one["id"]
        one["id"] = str(number)
    (notice,) = read_situation(document).notices
    assert (notice.code, notice.severity) == ("ids_differ", "info")
    assert "'0' by its id and 'force' by its property (and 4 more)" in notice.statement


def test_three_and_the_text_3_are_one_id(document):
    document["features"][0]["id"], document["features"][1]["id"] = 3, "3"
    assert only_fault(document).pointer == "/features/1/id"


def test_a_map_without_ids_is_told_once(document):
    document["features"] *= 2
    document["features"] = [{**f, "id": None} for f in document["features"]]
    assert "none of 10 features has an id" in only_fault(document).message


@pytest.mark.parametrize("member", ["side", "force"])
def test_a_name_that_a_table_took_for_a_number_is_its_text(document, member):
    document["situation"]["sides"].append({"id": 47})
    assert getattr(say(document, 0, **{member: 47}), member) == "47"


# -- values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['["wheeled","foot"]', "wheeled,foot", "wheeled foot", "['wheeled' 'foot']",
             "(2:wheeled,foot)", "{wheeled,foot}", "wheeled/foot"],
)  # fmt: skip
def test_modes_are_read_however_a_table_wrote_them(document, text):
    assert say(document, 2, modes=text).modes == ("wheeled", "foot")
    barrier = feature("river", drawn("LineString", LINE), kind="barrier", type="river", blocks=text)
    document["features"].append(barrier)
    assert read_situation(document).features[-1].blocks == ("wheeled", "foot")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("m", ["m"]),
        ("(1:m)", ["m"]),
        ("map, of sorts", ["map, of sorts"]),
        ('[{"id": "own", "reliability": "B", "credibility": 2.0}]', ["own"]),
        ("{'id': 'own'}", ["own"]),
    ],
)
def test_sources_are_read_from_text_and_an_id_with_a_comma_is_one(document, text, ids):
    assert [source.id for source in say(document, 0, sources=text).sources] == ids


def test_a_claims_assertion_is_read_from_text(document):
    asserts = {"force": "f", "definition": "land_cut", "value": 1}
    claim = feature("c", drawn("Point", []), kind="claim", asserts=json.dumps(asserts))
    document["features"].append(claim)
    read = read_situation(document).features[-1]
    assert read.asserts == asserts
    assert read.geometry is None


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_null_and_empty_text_are_absent(document, nothing):
    read = say(document, 0, echelon=nothing, reach_m=nothing, present=nothing, basis=nothing,
               sources=nothing, observed_at=nothing, probability=nothing)  # fmt: skip
    assert (read.basis, read.present, read.reach_m) == ("geolocated", "yes", None)
    assert say(document, 2, fire=nothing, modes=nothing, state=nothing).state == "open"
    assert "Add `side`" in only_fault(sideless(document, nothing)).remedy


def sideless(document, nothing):
    document["features"][0]["properties"]["side"] = nothing
    return document


def test_null_is_a_holder_and_a_lost_one_is_not_taken_for_it(document):
    assert say(document, 1, holder=None).holder is None
    assert say(document, 1, holder="", basis="contested").holder is None
    document["features"][1]["properties"].update(holder="", basis="assessed")
    assert only_fault(document).pointer == "/features/1/properties/holder"
    del document["features"][1]["properties"]["holder"]
    assert "holder" in only_fault(document).remedy


@pytest.mark.parametrize(
    ("written", "remedy"),
    [("500", "Write 500 without quotes"), ("1,5", "Write 1.5 without quotes"),
     ("500 m", "Write 500 without quotes"), ("far", "Write a number"), (True, "Write a number")],
)  # fmt: skip
def test_a_number_as_text_is_refused_with_the_remedy(document, written, remedy):
    document["features"][0]["properties"]["reach_m"] = written
    fault = only_fault(document)
    assert (fault.remedy, fault.feature) == (remedy, "force")


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (True, "enemy"),
        (1, "enemy"),
        ("true", "enemy"),
        ("enemy", "enemy"),
        (0, None),
        (False, None),
    ],
)
def test_permission_is_read_as_a_table_writes_truth(document, written, means):
    assert say(document, 3, permission=written).permission == means


def test_the_instant_judged_is_read_as_gis_tools_rewrite_it(document):
    document["situation"]["as_of"] = "2025/03/14 12:00:00+00"
    assert read_situation(document).as_of.isoformat() == "2025-03-14T12:00:00+00:00"
    assert read_situation(document, as_of="2025/03/14").as_of.hour == 23


# -- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant", "severity"),
    [("location_e", "location_error_m", "doubt"), ("forse", "force", "doubt"),
     ("observed_a", "observed_at", "doubt"), ("Reach_M", "reach_m", "doubt"),
     ("Name", "name", "caution")],
)  # fmt: skip
def test_a_property_nearly_named_is_told_and_not_guessed(document, written, meant, severity):
    document["features"][0]["properties"].pop("force")
    document["features"][0]["properties"][written] = "f"
    document["features"].append(
        feature("other", drawn("Point", [35.2, 50.5]), kind="position", side="A", force="f")
    )
    (notice,) = read_situation(document).notices
    assert notice.code == "property_nearly_named"
    assert (notice.severity, notice.features) == (severity, ("force",))
    assert repr(meant) in notice.statement
    assert ("ten letters" in notice.statement) == (len(written) == 10 and written != meant)


def test_foreign_properties_and_empty_columns_are_no_slips(document):
    read = say(document, 0, **{"marker-color": "#f00", "forse": None, "fid": 3, "holder": None})
    assert not document["situation"].get("notices")
    assert read_situation(document).notices == ()
    assert read.force == "f"


def test_a_kind_in_capitals_is_hinted_at(document):
    document["features"][0]["properties"]["Kind"] = document["features"][0]["properties"].pop(
        "kind"
    )
    assert "'Kind'" in only_fault(document).remedy


# -- geometry ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kind", "coordinates"),
    [
        pytest.param(0, "MultiPoint", [[35.5, 50.5]], id="position"),
        pytest.param(0, "MultiPolygon", [SQUARE], id="position drawn"),
        pytest.param(1, "MultiPolygon", [SQUARE], id="control"),
        pytest.param(2, "MultiLineString", [LINE], id="route"),
        pytest.param(3, "MultiPoint", [[35.5, 50.5]], id="crossing"),
        pytest.param(3, "MultiLineString", [LINE], id="crossing drawn"),
        pytest.param(4, "MultiPolygon", [SQUARE], id="anchor"),
    ],
)
def test_a_layer_that_promotes_shapes_changes_nothing(document, number, kind, coordinates):
    document["features"][number]["geometry"] = drawn(kind.removeprefix("Multi"), coordinates[0])
    alone = read_situation(document).features[number]
    document["features"][number]["geometry"] = drawn(kind, coordinates)
    assert read_situation(document).features[number] == alone
    collection = {"type": "GeometryCollection", "geometries": [drawn(kind, coordinates)]}
    document["features"][number]["geometry"] = collection
    assert read_situation(document).features[number] == alone


@pytest.mark.parametrize(
    ("number", "kind", "coordinates"),
    [
        pytest.param(0, "MultiPolygon", [SQUARE, EAST], id="position"),
        pytest.param(4, "MultiPoint", LINE, id="anchor"),
        pytest.param(3, "MultiLineString", [LINE, [[35, 50.2], [36, 50.2]]], id="crossing"),
    ],
)
def test_several_parts_are_refused_where_one_is_meant(document, number, kind, coordinates):
    document["features"][number]["geometry"] = drawn(kind, coordinates)
    fault = only_fault(document)
    assert "2 parts" in fault.message
    assert "feature of its own" in fault.remedy


@pytest.mark.parametrize(
    "ring",
    [
        [[35.1, 50.5]] * 4,
        [[35.1, 50.5], [35.2, 50.6], [35.3, 50.7], [35.1, 50.5]],
        [[35.1, 50.5], [35.2, 50.5], [35.1, 50.5], [35.1, 50.5]],
    ],
    ids=["a point", "a slope", "there and back"],
)
@pytest.mark.parametrize("hole", [False, True], ids=["ground", "hole"])
def test_a_ring_without_area_is_refused_by_feature(document, ring, hole):
    rings = [*deepcopy(SQUARE), ring] if hole else [ring]
    document["features"][1]["geometry"]["coordinates"] = rings
    fault = only_fault(document)
    assert fault.message == "the ring has no area"
    assert fault.pointer == f"/features/1/geometry/coordinates/{int(hole)}"
    assert fault.feature == "ground"


@pytest.mark.parametrize("place", ["document", "feature", "geometry"])
def test_another_reference_system_is_refused_wherever_it_is_said(document, place):
    holder = {
        "document": document,
        "feature": document["features"][0],
        "geometry": document["features"][0]["geometry"],
    }[place]
    holder["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4284"}}
    assert "EPSG:4284 (Pulkovo 1942)" in only_fault(document).message
    holder["crs"] = {"type": "EPSG", "properties": {"code": 4326}}
    read_situation(document)


def test_a_file_in_metres_is_refused_in_a_few_lines(document):
    ring = [[3_900_000 + x, 6_500_000 + y] for x, y in ((0, 0), (9, 0), (9, 9), (0, 9), (0, 0))]
    document["features"] = [
        feature(
            f"g{n}", drawn("Polygon", [ring * 20]), kind="control", holder="A", basis="assessed"
        )
        for n in range(100)
    ]
    faults = faults_of(document)
    assert "look like metres" in faults[0].remedy
    assert sum(fault.feature == "g0" for fault in faults) == FEW + 1
    assert len(faults) == 100 * (FEW + 1)


# -- the whole ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark",
    [
        {"exceededTransferLimit": True},
        {"properties": {"exceededTransferLimit": True}},
        {"numberMatched": 5300, "numberReturned": 5},
        {"links": [{"rel": "self", "href": "x"}, {"rel": "next", "href": "y"}]},
    ],
    ids=str,
)
def test_a_page_cut_short_is_no_map(document, mark):
    document.update(mark)
    assert "cut short" in only_fault(document).message


def test_an_empty_collection_is_refused(document):
    document["features"] = []
    assert only_fault(document).message == "nothing is drawn"


def test_forces_are_named_once_and_of_a_side_on_the_map(document):
    document["situation"]["forces"] = [{"id": "f", "name": "The group", "side": "A"}]
    assert read_situation(document).name_of("f") == "The group"
    document["situation"]["forces"] += [{"id": "f", "side": "X"}, {"id": "g", "side": "B"}]
    assert {f.pointer for f in faults_of(document)} == {
        "/situation/forces/1/id",
        "/situation/forces/1/side",
    }
    document["situation"]["forces"] = [{"id": "f", "side": "B"}]
    assert only_fault(document).pointer == "/situation/forces/0/side"


def test_a_file_of_others_is_called_by_its_name_in_one_refusal():
    points = [
        {
            "type": "Feature",
            "geometry": drawn("Point", [35.5, 50.5]),
            "properties": {"unit": str(n)},
        }
        for n in range(300)
    ]
    for source in ({"type": "FeatureCollection", "features": points}, drawn("Point", [35, 51])):
        for given in (source, json.dumps(source), json.dumps(source).encode()):
            fault = only_fault(given)
            assert fault.message.startswith("not a situation in GeoJSON but ")


def test_a_situation_half_done_is_told_once_what_it_lacks(document):
    document["features"] *= 3
    document["features"] = [deepcopy(f) for f in document["features"]]
    for number, one in enumerate(document["features"]):
        one["id"] = str(number)
        if number > 2:
            one["properties"].pop("kind")
    fault = faults_of(document)[0]
    assert "12 of 15 features" in fault.message or "not a situation" in fault.message


@pytest.mark.parametrize(
    ("source", "error", "word"),
    [
        pytest.param("file", MissingFileError, "no such file", id="no file"),
        pytest.param("kursk-2025-03-14", FileNotFoundError, "fixtures", id="a scenario"),
        pytest.param("encircle", MissingFileError, "a folder", id="a folder"),
        pytest.param("x\0y", MissingFileError, "no such file", id="no name"),
        pytest.param(123, TypeError, "a path", id="a number"),
        pytest.param(b"\x1f\x8b\x08", SituationError, "gzip", id="gzip"),
        pytest.param(b"lat,lon\n51,35\n", SituationError, "CSV", id="a table"),
        pytest.param('{"type":'.encode("utf-16"), SituationError, "UTF-16", id="UTF-16"),
        pytest.param(b"", SituationError, "empty", id="nothing"),
    ],
)
def test_what_is_no_situation_is_refused_with_the_way_on(source, error, word):
    with pytest.raises(error) as caught:
        encircle.read(source)
    assert word.lower() in str(caught.value).lower()


def test_what_pandas_holds_is_read_as_what_json_would_hold(document):
    plain = read_situation(document)
    row = document["features"][2]["properties"]
    row.update(modes=np.array(["wheeled", "tracked", "foot"]), location_error_m=np.float64(0.0))
    document["features"][2]["id"] = "road"
    document["features"][2]["geometry"]["coordinates"] = tuple(map(tuple, LINE))
    read = read_situation(document)
    assert read.features == plain.features
    assert read.sha256


def test_an_object_within_itself_is_refused(document):
    document["note"] = {"again": document}
    assert "within itself" in only_fault(document).message


def test_a_path_is_not_judged_unread():
    with pytest.raises(TypeError, match="read"):
        encircle.judge("file.geojson")


@pytest.mark.parametrize("odd", [None, True, 36, "a", float("nan"), 190.0, [36.0]])
def test_positions_taken_at_once_are_those_taken_one_by_one(odd):
    """Plain rings are taken at once; a height on the first position has them walked one by one."""
    ring = [[35.0, 50.0], [36.0, 50.0], [36.0, 51.0], [35.0, 50.0]]
    ring[2][0] = odd
    walked = [[35.0, 50.0, 0.0], *ring[1:]]
    told = []
    for written in (ring, walked):
        faults = []
        walk = CoordinateWalk(lambda *fault, kept=faults: kept.append(fault))
        told.append((walk.take([written], "/c", "Polygon"), faults, walk.vertices))
    assert told[0] == told[1]
    assert bool(told[0][1]) == (odd != 36 or odd is True)

"""The layers of a judgement, and the files other tools open; read back by GDAL."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

import pyarrow.parquet
import pyogrio
import pytest
from shapely.geometry import Point, shape

from encircle import Options, judge, read
from encircle.picture.export.export import ExportError, export
from encircle.picture.export.layer_files import Layer, Row, dump_layers, dump_parquet
from encircle.picture.export.layers import LAYERS

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
OPEN, CLOSED, CONTESTED = "kursk-2025-03-14", "trap-grey-held", "trap-grey-band"


@pytest.fixture(scope="module", params=[OPEN, CLOSED])
def judgement(request):
    return judge(read(f"fixtures/{request.param}/situation.geojson"))


def layers_of(collection):
    return {feature["properties"]["layer"] for feature in collection["features"]}


def test_the_proof_is_drawn_as_it_stands_in_the_certificate(judgement):
    drawn = judgement.to_geojson()["features"]
    way, ring = judgement.certificates["open"], judgement.certificates["closed"]
    for layer, geometries in (
        ("way_out", [leg["geometry"] for leg in way["legs"]] if way else []),
        ("ring", [part["geometry"] for part in ring["segments"]] if ring else []),
        ("pocket", [ring["ring"]] if ring else []),
    ):
        told = [f["geometry"] for f in drawn if f["properties"]["layer"] == layer]
        assert [shape(g).wkt for g in told] == [shape(g).wkt for g in geometries]


def test_every_feature_of_the_map_is_in_a_layer(judgement):
    drawn = {f["properties"]["id"] for f in judgement.to_geojson()["features"]}
    claims = {f.id for f in judgement.situation.features if type(f).__name__ == "Claim"}
    assert {f.id for f in judgement.situation.features} - claims <= drawn


def test_properties_are_flat_and_their_ids_unlike(judgement):
    features = judgement.to_geojson()["features"]
    for feature in features:
        assert feature["properties"]["layer"] in LAYERS
        for value in feature["properties"].values():
            assert value is None or isinstance(value, str | int | float | bool)
    assert len({feature["id"] for feature in features}) == len(features)
    json.dumps(features, allow_nan=False)


def test_a_judgement_alone_draws_its_proof_and_names_what_is_cut(judgement):
    alone = replace(judgement, situation=None).to_geojson()
    assert layers_of(alone) <= {"way_out", "ring", "pocket", "neck", "opening", "cut"}
    assert layers_of(alone) & {"way_out", "ring"}
    with_map = replace(judgement, situation=None).to_geojson(judgement.situation)
    assert with_map == judgement.to_geojson()


def test_what_leaves_a_ring_is_drawn_where_it_is_stopped_and_why():
    told = judge(read("fixtures/arnhem-1944-09-20/situation.geojson"), Options(most_worlds=0))
    stops = [s for some in told.certificates["closed"]["cut_set"].values() for s in some]
    cut = [f for f in told.to_geojson()["features"] if f["properties"]["layer"] == "cut"]
    drawn = {(f["properties"]["feature"], f["properties"]["because"]) for f in cut}
    assert stops
    assert drawn == {(stop["id"], stop["because"]) for stop in stops}
    assert {tuple(f["geometry"]["coordinates"]) for f in cut} == {tuple(s["at"]) for s in stops}


def test_a_judgement_is_a_map_to_whoever_asks_for_one(judgement):
    assert judgement.__geo_interface__ == judgement.to_geojson()


def test_a_shape_across_the_antimeridian_is_cut_there():
    situation = read("fixtures/trap-grey-held/situation.geojson")
    document = json.loads(Path("fixtures/trap-grey-held/situation.geojson").read_text())

    def shift(node):
        if isinstance(node, list) and len(node) == 2 and isinstance(node[0], float | int):
            return [(node[0] + 144.05 + 180) % 360 - 180, node[1]]
        return [shift(part) for part in node] if isinstance(node, list) else node

    for feature in document["features"]:
        if feature["geometry"]:
            feature["geometry"]["coordinates"] = shift(feature["geometry"]["coordinates"])
    if "area" in document["situation"]:
        document["situation"]["area"]["coordinates"] = shift(
            document["situation"]["area"]["coordinates"]
        )
    across = judge(read(document))
    assert across.verdict == judge(situation).verdict
    for feature in across.to_geojson()["features"]:
        if feature["geometry"]:
            west, _, east, _ = shape(feature["geometry"]).bounds
            assert -180 <= west <= east <= 180
    areas = [
        sum(shape(f["geometry"]).area for f in j.to_geojson()["features"] if f["geometry"])
        for j in (across, judge(situation))
    ]
    assert areas[0] == pytest.approx(areas[1], rel=0.02)


@pytest.mark.parametrize("suffix", [".gpkg", ".kml"])
def test_gdal_reads_back_every_layer_with_every_feature(judgement, suffix, tmp_path):
    pyogrio = pytest.importorskip("pyogrio", reason="the extra `gis` is not installed")
    path = tmp_path / f"out{suffix}"
    path.write_bytes(export(judgement, suffix))
    collection = judgement.to_geojson()
    names = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert {name.replace(" ", "_") for name in names} == layers_of(collection)
    for name in names:
        meta, _, geometry, fields = pyogrio.raw.read(path, layer=name)
        wanted = [
            f for f in collection["features"] if f["properties"]["layer"] == name.replace(" ", "_")
        ]
        assert len(geometry) == len(wanted)
        if suffix == ".gpkg":
            told = dict(zip(meta["fields"], fields, strict=True))
            assert list(told["feature_id"]) == [f["properties"]["id"] for f in wanted]
            assert meta["crs"] == "EPSG:4326"


def test_geopandas_reads_a_judgement_back_as_geojson(judgement, tmp_path):
    pyogrio = pytest.importorskip("pyogrio", reason="the extra `gis` is not installed")
    path = tmp_path / "out.geojson"
    path.write_bytes(export(judgement, ".geojson"))
    assert pyogrio.read_info(path)["features"] == len(judgement.to_geojson()["features"])


def test_the_table_has_a_line_for_each_unit_and_no_formula(judgement):
    forged = replace(
        judgement, positions=tuple(replace(p, name="=cmd|calc") for p in judgement.positions)
    )
    rows = list(csv.DictReader(io.StringIO(export(forged, ".csv").decode())))
    assert [row["unit"] for row in rows] == [p.id for p in judgement.units]
    assert [row["status"] for row in rows] == [p.judged.status.code for p in judgement.units]
    assert {row["name"] for row in rows} == {"'=cmd|calc"}


def test_an_unknown_ending_is_refused_with_those_that_are_known(judgement):
    with pytest.raises(ExportError, match=r"\.gpkg"):
        export(judgement, ".shp")


def test_a_picture_needs_the_map(judgement):
    with pytest.raises(ExportError, match="situation"):
        export(replace(judgement, situation=None), ".svg")


def test_kml_holds_nothing_xml_forbids(judgement):
    from defusedxml.ElementTree import fromstring

    forged = replace(judgement, headline="a\x00b\x0b<c>&\ud83d", title=None)
    assert "<c>&" in fromstring(export(forged, ".kml"))[0].findtext("{*}description")


LATE = [
    Row({"id": "a", "area_km2": 1}, Point(30, 50)),
    Row({"id": "b", "length_m": 2.5, "seen": datetime(2024, 12, 1, tzinfo=UTC)}, Point(31, 50)),
]
"""The second says what the first does not, and does not say what the first does."""


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
def test_what_only_a_later_feature_says_has_a_column(tmp_path, suffix):
    path = tmp_path / f"late{suffix}"
    path.write_bytes(dump_layers(suffix, [Layer("late", LATE)]))
    meta, _, _, columns = pyogrio.raw.read(path)
    told = dict(zip(meta["fields"], columns, strict=True))
    assert [*meta["fields"]] == ["feature_id", "area_km2", "length_m", "seen"]
    first, second = (int((told["feature_id"] == name).argmax()) for name in "ab")
    assert (told["area_km2"][first], told["length_m"][second]) == (1, 2.5)
    assert isnan(told["area_km2"][second])
    assert isnan(told["length_m"][first])
    assert str(told["seen"][second]).startswith("2024-12-01T00:00:00")


def test_a_later_feature_s_column_is_in_a_geoparquet_too():
    table = pyarrow.parquet.read_table(io.BytesIO(dump_parquet(Layer("late", LATE))))
    assert table.column("length_m").to_pylist() == [None, 2.5]
    assert table.column("area_km2").to_pylist() == [1, None]

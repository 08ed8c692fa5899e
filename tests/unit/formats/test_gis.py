"""A GIS file comes back as the situation it was, or the refusal names the system or the file."""

import io
import json
import os
import random
import warnings
import zipfile
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from encircle import judge
from encircle.claims.composing.compose import compose
from encircle.claims.composing.plan import Plan
from encircle.errors import EncircleError, SituationError
from encircle.formats.gis import read_gis, write_gpkg
from encircle.formats.publishers.guests import Given
from encircle.map.door.reader import read_situation

pyogrio = pytest.importorskip("pyogrio")
SCALE = min(int(os.environ.get("ENCIRCLE_FUZZ", "30")), 300)


def polygon(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(name, geometry, **properties):
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


SITUATION = {
    "type": "FeatureCollection",
    "situation": {"as_of": "2025-03-14T12:00:00Z", "force": "group"},
    "features": [
        feature("own", polygon(35, 51, 35.2, 51.05), kind="control", holder="A", basis="assessed"),
        feature("theirs", polygon(35, 51.05, 35.2, 51.15), kind="control", holder="B",
                basis="assessed", location_error_m=200, observed_at="2025-03-13T06:00:00Z"),
        feature("unit", {"type": "Point", "coordinates": [35.1, 51.02]}, kind="position", side="A",
                force="group", echelon="brigade", basis="reported"),
        feature("road", {"type": "LineString", "coordinates": [[35.1, 51.02], [35.01, 51.01]]},
                kind="route", modes=["wheeled", "foot"], probability=0.5),
        feature("rear", {"type": "Point", "coordinates": [35.01, 51.01]}, kind="anchor", side="A"),
    ],
}  # fmt: skip


@pytest.fixture
def package(tmp_path):
    path = tmp_path / "s.gpkg"
    write_gpkg(SITUATION, path)
    return path


def test_ground_of_a_null_holder_comes_back_as_nobodys(tmp_path):
    grey = feature("grey", polygon(35.2, 51, 35.3, 51.05), kind="control", holder=None,
                   basis="unknown")  # fmt: skip
    path = tmp_path / "g.gpkg"
    write_gpkg({**SITUATION, "features": [*SITUATION["features"], grey]}, path)
    plan = {"as_of": datetime(2025, 3, 14, 12, tzinfo=UTC), "force": "group"}
    found = read_situation(convert(path, **plan))
    assert [f.holder for f in found.features if f.id == "grey"] == [None]


def convert(path, **plan):
    return compose([Given(path.name, path.read_bytes(), None, path)],
                   Plan(**plan))  # fmt: skip


def test_a_situation_saved_as_a_geopackage_comes_back_the_same(package):
    from encircle.map.door.contract import parse_instant

    back = convert(package, as_of=parse_instant("2025-03-14T12:00:00Z"), force="group")
    assert {f["id"] for f in back["features"]} == {f["id"] for f in SITUATION["features"]}
    before, after = judge(read_situation(SITUATION)), judge(read_situation(back))
    assert (before.verdict, before.status.code) == (after.verdict, after.status.code)
    assert before.margins == after.margins


def write(path, shapes, crs="EPSG:4326", **columns):
    wkb = np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object)
    data = [np.array(values, dtype=object) for values in columns.values()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a shapefile cuts names: that is what is tested
        pyogrio.raw.write(str(path), wkb, data, np.array(list(columns), dtype=object), crs=crs,
                          geometry_type=shapes[0].geom_type)  # fmt: skip


PLACES = [shapely.Point(35.0, 51.0), shapely.Point(35.1, 51.1)]


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".fgb"])
def test_points_in_a_gis_file_are_positions(tmp_path, suffix):
    path = tmp_path / f"units{suffix}"
    write(path, PLACES, side=["UA", "RU"], unit=["a", "b"], observed_at=["2025-03-14"] * 2)
    document = convert(path, anchor_at=[(34.0, 51.0)])
    positions = [f for f in document["features"] if f["properties"]["kind"] == "position"]
    assert {p["properties"]["side"] for p in positions} == {"UA", "RU"}
    assert document["situation"]["as_of"].startswith("2025-03-14")


def test_names_that_a_shapefile_cut_short_are_given_back(tmp_path):
    path = tmp_path / "units.shp"
    write(path, PLACES, side=["UA", "RU"], observed_at=["2025-03-14"] * 2)
    (layer,) = read_gis(path.read_bytes(), path.name, "shapefile", path)
    assert "observed_at" in layer.document["features"][0]["properties"]
    assert "ten letters" in str(layer.notices[0])


def test_a_zipped_shapefile_is_read(tmp_path):
    write(tmp_path / "units.shp", PLACES, side=["UA", "RU"])
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for part in tmp_path.glob("units.*"):
            archive.write(part, part.name)
    (layer,) = read_gis(kept.getvalue(), "units.zip", "shapefile")
    assert len(layer.document["features"]) == 2


def test_a_shapefile_without_its_parts_says_so(tmp_path):
    write(tmp_path / "units.shp", PLACES, side=["UA", "RU"])
    raw = (tmp_path / "units.shp").read_bytes()
    with pytest.raises(SituationError, match=r"\.dbf"):
        read_gis(raw, "units.shp", "shapefile")


@pytest.mark.parametrize("crs", ["EPSG:32636", "EPSG:3857", "EPSG:4284"])
def test_another_system_is_refused_by_name(tmp_path, crs):
    path = tmp_path / "units.gpkg"
    write(path, [shapely.Point(1, 2)], crs=crs, side=["UA"])
    with pytest.raises(SituationError, match=crs):
        read_gis(path.read_bytes(), path.name, "geopackage", path)


def test_what_is_missing_in_a_cell_is_absent(tmp_path):
    path = tmp_path / "units.gpkg"
    write(path, PLACES, side=["UA", None], note=[None, ""])
    (layer,) = read_gis(path.read_bytes(), path.name, "geopackage", path)
    assert layer.document["features"][1]["properties"].get("side") is None


def test_a_missing_package_is_named_with_a_command_that_works(monkeypatch, package):
    import sys

    monkeypatch.setitem(sys.modules, "pyogrio", None)
    with pytest.raises(SituationError, match="pip install pyogrio"):
        read_gis(package.read_bytes(), "s.gpkg", "geopackage", package)


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
def test_whatever_a_gis_file_suffers_it_is_read_or_refused(tmp_path, suffix):
    path = tmp_path / f"units{suffix}"
    write(path, PLACES, side=["UA", "RU"])
    whole, luck = path.read_bytes(), random.Random(6)  # noqa: S311 - no secret
    kind = {".gpkg": "geopackage", ".fgb": "flatgeobuf"}[suffix]
    for _ in range(SCALE // 3):
        raw = bytearray(whole)
        for _ in range(luck.randint(1, 6)):
            raw[luck.randrange(len(raw))] = luck.randrange(256)
        if luck.random() < 0.3:
            del raw[luck.randrange(len(raw)) :]
        try:
            layers = read_gis(bytes(raw), path.name, kind)
        except EncircleError:
            continue
        json.dumps([layer.document for layer in layers])

"""Every kind of file that people bring is called by its name, and told what reads it."""

import bz2
import gzip
import io
import json
import random
import sqlite3
import time
import zipfile
from typing import get_args

import pytest

from encircle.map.recognise import FileKind, Guest, recognise

KYIV_ROUND = [[22, 45], [40, 45], [40, 52], [22, 52], [22, 45]]
SQUARE = [[36.2, 48.7], [36.8, 48.7], [36.8, 49.3], [36.2, 49.3], [36.2, 48.7]]


def collection(*features, **members):
    return {"type": "FeatureCollection", **members, "features": list(features)}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(ring=SQUARE):
    return {"type": "Polygon", "coordinates": [ring]}


def multi(ring=SQUARE):
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


def point(lon=35.2, lat=51.1):
    return {"type": "Point", "coordinates": [lon, lat]}


LINE = {"type": "LineString", "coordinates": [[35.0, 51.0], [35.1, 51.0]]}
SITUATION = collection(
    feature(point(), kind="position", side="UA"), situation={"as_of": "2025-03-14T12:00:00Z"}
)


def js(value):
    return json.dumps(value, ensure_ascii=False).encode()


def zipped(*names, content=b"x"):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return kept.getvalue()


def database(statement, application=b""):
    kept = sqlite3.connect(":memory:")
    kept.execute(statement)
    raw = bytearray(kept.serialize())
    kept.close()
    if application:
        raw[68:72] = application
    return bytes(raw)


KML = '<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = "<Placemark><Point><coordinates>35,51</coordinates></Point></Placemark>"
PROSE = "They are surrounded, he said, and added that nobody, not one, would get out.\n" * 3
CSV = b"name,lat,lon\na,51.1,35.2\nb,51.2,35.3\n"
ACLED = (
    b"event_id_cnty,event_date,actor1,latitude,longitude,notes\n"
    b'UKR1,14 March 2025,Forces,51.19,35.27,"On 14 March, forces..."\n'
)

INSTANCES: dict[str, list[tuple[bytes, str]]] = {
    "situation": [
        (js(SITUATION), ""),
        (js(collection(feature(polygon(), kind="control", holder="A", basis="assessed"))), ""),
        (b"\xef\xbb\xbf" + js(SITUATION), "map.json"),
        (js(SITUATION).replace(b"35.2", b"NaN"), ""),
        (js(collection(feature(point(), kind="anchor", side="X"))), "deepstate.kml"),
    ],
    "deepstate": [
        (js(collection(feature(polygon(), fill="#a52714", name="x"))), ""),
        (js({"id": 1741941622, "map": collection(feature(polygon(), fill="#a52714"))}), ""),
        (js(collection(feature(polygon(), name="Окуповано /// Occupied /// key"))), "x.json"),
        (js({"id": 1, "datetime": "14.03", "map": collection(feature(point(), name="x"))}), ""),
    ],
    "mirror": [
        (js(collection(feature(multi()))), "20250314.geojson"),
        (js(collection(feature(multi()), name="deepstatemap_data_20250314")), "x.geojson"),
        (js(collection(feature(multi(), date="2025-03-14"))), "deepstatemap_data_20250314.geojson"),
        (js(feature(multi())), "a.geojson"),
    ],
    "isw": [
        (js(collection(feature(polygon(), FID=1))), "20220815_RussianAssessedCoTinUkraine.geojson"),
        (js(collection(feature(polygon(), layer_type="kursk_russian_advances"))), "a.geojson"),
        (js(collection(feature(polygon(), OBJECTID=3, Shape__Area=1.5))), "download.geojson"),
        (js(collection(feature(polygon(), layer="VIEW_RussiaCoTinUkraine_V3"))), ""),
    ],
    "liveuamap": [
        (js({"value": collection(feature(polygon(), type="gains"))}), ""),
        (js({"value": collection()}), ""),
        (js(collection(feature(polygon(), type="nochange", date="2025-03-13"))), "x.json"),
    ],
    "kml": [
        (KML.format(PLACEMARK).encode(), "a.kml"),
        (b'<!-- made by <us> --><k:kml xmlns:k="http://www.opengis.net/kml/2.2"/>', ""),
        (KML.format("").encode("utf-16"), "a.txt"),
        (b"\xef\xbb\xbf  <kml><NetworkLink/></kml>", ""),
    ],
    "kmz": [
        (zipped("doc.kml"), "a.kmz"),
        (zipped("files/icon.png", "My map.kml"), "a.zip"),
        (zipped("doc.kml", "second.KML"), ""),
    ],
    "table": [
        (CSV, "a.csv"),
        (b"lat;lon;side\n51,19;35,27;UA\n51,2;35,3;RU\n", "a.txt"),
        (ACLED, "download"),
        ("\ufeffname\tlat\tlng\nСуджа\t51.1\t35.2\n".encode("utf-16"), "a.csv"),
        ("сторона;широта;долгота\nРФ;51,1;35,2\n".encode("cp1251"), "a.csv"),
        (b"grid|side\n36U VB 12345 67890|UA\n", ""),
        (b'lat,lng,type,notes\n51,35,Brigade,"two\nlines, and more"\n51,35,Army,\n', ""),
        (b"lat,lon\n", ""),
    ],
    "spreadsheet": [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx"),
        (zipped("xl/workbook.xml", "xl/worksheets/sheet1.xml"), ""),
        (zipped("docProps/app.xml", "xl/workbook.xml"), "map.geojson"),
    ],
    "records": [
        (js([{"date": "2022-02-24", "latitude": 49.2, "longitude": 38.9}]), ""),
        (js({"data": [{"event_date": "x", "latitude": "51", "longitude": "35"}]}), "acled.json"),
        (js([{"name": "a", "coordinates": "51.19, 35.27"}]), ""),
    ],
    "osm_pbf": [
        (b"\x00\x00\x00\x0e\n\tOSMHeader\x18\x10", "a.osm.pbf"),
        (b"\x00\x00\x00\x0d\n\tOSMHeader\x18\x7c", ""),
        (b"\x00\x00\x00\x0e\n\tOSMHeader\x18\xff", "a.geojson"),
    ],
    "osm_xml": [
        (b'<?xml version="1.0"?><osm version="0.6"></osm>', "a.osm"),
        (gzip.compress(b'<osm version="0.6"></osm>'), "a.osm.gz"),
        (bz2.compress(b'<osm version="0.6"></osm>'), "a.osm.bz2"),
        (b"<osmChange/>", ""),
    ],
    "overpass": [
        (js({"version": 0.6, "generator": "Overpass API", "elements": []}), ""),
        (js({"osm3s": {}, "elements": [{"type": "node", "lat": 1, "lon": 2}]}), ""),
        (js({"version": 0.6, "elements": [{"type": "way"}]}), "a.json"),
    ],
    "geopackage": [
        (database("create table gpkg_contents (a)"), "a.gpkg"),
        (database("create table x (a)", b"GPKG"), ""),
        (database("create table gpkg_contents (a)", b"GP10"), "a.csv"),
    ],
    "shapefile": [
        (b"\x00\x00\x27\x0a" + bytes(96), "a.shp"),
        (zipped("a.shp", "a.dbf", "a.shx"), "a.zip"),
        (b"\x00\x00\x27\x0a" + bytes(96), ""),
        (b"\x03\x7d\x01\x01" + bytes(60), "a.dbf"),
    ],
    "flatgeobuf": [
        (b"fgb\x03fgb\x00" + bytes(20), "a.fgb"),
        (b"fgb\x03fgb\x01", ""),
        (b"fgb\x03fgb\x00\x01", "a.geojson"),
    ],
    "gzip": [
        (gzip.compress(js(SITUATION)), "a.geojson.gz"),
        (gzip.compress(CSV), "a.csv.gz"),
        (gzip.compress(gzip.compress(CSV)), ""),
        (gzip.compress(js(SITUATION))[:-9], ""),
    ],
    "zip": [
        (zipped("a.csv", content=CSV), "a.zip"),
        (zipped("a.txt", "b.txt"), ""),
        (zipped(), ""),
        (zipped("a.gdb/x.gdbtable"), ""),
        (zipped("a.kml")[:40], "a.kmz"),
    ],
    "packed": [
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), ""),
        (b"Rar!\x1a\x07\x01", "a.rar"),
        (bytes(257) + b"ustar" + bytes(200), "a.tar"),
        (bz2.compress(CSV), "a.csv.bz2"),
        (b"PAR1" + bytes(20), ""),
    ],
    "geojson_lines": [
        (js(feature(point())) + b"\n" + js(feature(point())) + b"\n", "a.geojsonl"),
        (b"\x1e" + js(feature(point())) + b"\n\x1e" + js(feature(point())), "a.geojsons"),
        (js(feature(point())) + b"\r\n\r\n" + js(feature(point(), kind="position")), ""),
    ],
    "esri_json": [
        (js({"geometryType": "esriGeometryPolygon", "features": []}), ""),
        (js({"features": [{"attributes": {}, "geometry": {"rings": [SQUARE]}}]}), ""),
        (js({"rings": [SQUARE], "spatialReference": {"wkid": 4326}}), "a.json"),
    ],
    "umap": [
        (js({"type": "umap", "layers": []}), "a.umap"),
        (js({"type": "umap", "layers": [SITUATION]}), "a.geojson"),
        (js({"uri": "x", "type": "umap"}), ""),
    ],
    "topojson": [
        (js({"type": "Topology", "objects": {}, "arcs": []}), ""),
        (js({"arcs": [], "type": "Topology"}), "a.geojson"),
        (js({"type": "Topology", "transform": {}, "objects": {"a": 1}}), "a.json"),
    ],
    "gpx": [
        (b"<gpx/>", ""), (b'<?xml version="1.0"?><gpx version="1.1"></gpx>', "a.gpx"),
        (b"<!-- x --><gpx>", "a.xml"),
    ],
    "judgement": [
        (js({"verdict": "encircled", "status": {"code": "E2"}, "certificates": {}}), ""),
        (js({"verdict": "contested", "status": {}}), ""),
        (js({"force": "x", "verdict": "no_force", "certificates": {}}), "judgement.json"),
    ],
    "claims": [
        (js({"claims": [{"id": "c", "statement": "x"}]}), ""),
        (js({"claims": [{"id": "c", "rating": "contradicted"}]}), "checked.json"),
        (js([{"asserts": {"definition": "land_cut"}}]), ""),
        (b"id,claimant,Made At,statement\nc,Spokesman,2022-03-01,They are cut off\n", ""),
        (b"Link,Archive status,Archive location,Upload timestamp\nhttps://t.example,ok,x,y\n", ""),
    ],
    "border": [
        (js(collection(feature(multi(KYIV_ROUND)))), "x.geojson"),
        (js(polygon()), "border.geojson"),
        (js(collection(feature(polygon(), ISO_A3="POL", ADMIN="Poland"))), "x.json"),
        (js(feature(polygon())), ""),
    ],
    "points": [
        (js(collection(feature(point(), unit="1st", icon="SHGPUCIZ--AI"))), "units.geojson"),
        (js(point()), ""),
        (js(collection(feature({"type": "MultiPoint", "coordinates": [[35, 51]]}))), ""),
        (js(collection(feature(point()), feature(point()), feature(polygon()))), ""),
    ],
    "lines": [
        (js(collection(feature(LINE, fid=9092))), ""),
        (js(collection(feature(LINE, highway="primary"), feature(point()))), ""),
        (js(feature({"type": "MultiLineString", "coordinates": [LINE["coordinates"]]})), ""),
    ],
    "ground": [
        (js(collection(feature(polygon(), who="them"), feature(polygon(), who="us"))), ""),
        (js(collection(feature(polygon(), stroke="#555555"))), "map.geojson"),
        (js(collection(feature(polygon(), Name="Zone 1"), feature(point()))), ""),
    ],
    "text": [
        (PROSE.encode(), "a.txt"),
        ("Вони оточені, сказав він.".encode("cp1251"), ""),
        (b"POLYGON ((35 51, 36 51, 36 52, 35 51))", ""),
        (b"# A heading\n\nSome words, and more.\n", "a.md"),
        (b"surrounded", ""),
    ],
    "html": [
        (b"<!DOCTYPE html><html></html>", ""), (b"\n <html><head>", "map.geojson"),
        (b"<!-- saved --><!doctype HTML>", ""), (b"<rss version='2.0'/>", ""),
    ],
    "pdf": [(b"%PDF-1.7\n", ""), (b"%PDF-1.4", "map.geojson"), (b"%PDF-2.0 \xff\xfe", "a.pdf")],
    "image": [
        (b"\x89PNG\r\n\x1a\n" + bytes(9), ""), (b"\xff\xd8\xff\xe0" + bytes(9), "map.kml"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ""), (b"II*\x00" + bytes(9), "a.tif"), (b"<svg/>", ""),
    ],
    "office": [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), "a.xls"),
        (zipped("word/document.xml"), "a.docx"),
        (zipped("mimetype", "content.xml"), "a.ods"),
        (b"{\\rtf1\\ansi They are surrounded}", "a.rtf"),
    ],
    "utf16": [
        (json.dumps(SITUATION).encode("utf-16"), "a.geojson"),
        (json.dumps(SITUATION).encode("utf-16-le"), ""),
        (PROSE.encode("utf-16-be"), ""),
    ],
    "empty": [(b"", "a.geojson"), (b" \r\n\t", ""), (b"\xef\xbb\xbf\n", "a.csv")],
    "broken_json": [
        (js(SITUATION)[:-20], ""), (b'{"type": "FeatureCollection", "features": [,]}', ""),
        (b"[" * 200_000, ""), (b"{'type': 'FeatureCollection'}", "a.geojson"),
    ],
    "json": [
        (b'{"hello": 1}', ""), (b"[1, 2]", ""), (js(collection()), ""),
        (js({"error": {"code": 400, "message": "Invalid token"}}), ""),
        (b'var states = {"type": "FeatureCollection"};', "a.js"),
        (js([feature(point())]), ""),
    ],
    "unknown": [
        (bytes(range(256)) * 2, ""), (b"\x00\x01\x02\x03", "a.geojson"),
        (database("create table x (a)"), "a.sqlite"), (b"<wfs:FeatureCollection/>", "a.gml"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "raw", "name"),
    [
        pytest.param(kind, raw, name, id=f"{kind} {number}")
        for kind, instances in INSTANCES.items()
        for number, (raw, name) in enumerate(instances)
    ],
)
def test_a_file_is_called_by_what_is_in_it(kind, raw, name):
    guest = recognise(raw, name)
    assert guest.kind == kind, guest
    assert guest.label
    assert guest.remedy


def test_every_kind_has_three_instances():
    assert {
        kind: len(INSTANCES.get(kind, [])) >= 3 for kind in get_args(FileKind)
    } == dict.fromkeys(get_args(FileKind), True)


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        pytest.param(gzip.compress(CSV), "a.csv.gz", "gunzip a.csv.gz", id="gzip"),
        pytest.param(KML.format("").encode(), "a b.kml", "encircle convert 'a b.kml'", id="KML"),
        pytest.param(js({"type": "umap"}), "a.umap", "GeoJSON", id="uMap"),
        pytest.param(js({"geometryType": "esriGeometryPoint"}), "", "f=geojson", id="Esri"),
        pytest.param(b"%PDF-", "", "CSV", id="PDF"),
    ],
)
def test_the_remedy_is_a_command_that_works(raw, name, said):
    assert said in recognise(raw, name).remedy


def test_what_is_packed_is_told_by_what_is_in_it():
    assert recognise(gzip.compress(CSV)).label == "gzip: a table (CSV, 3 columns)"
    assert recognise(zipped("a.csv", content=CSV)).label.startswith("a ZIP of one file: a table")


def bomb():
    return gzip.compress(bytes(40 * 1024 * 1024), compresslevel=1)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"<" * 500_000, id="angle brackets"),
        pytest.param(b"<!--" * 100_000, id="comments"),
        pytest.param(b'{"a":' * 100_000, id="deep JSON"),
        pytest.param(b'"' * 300_000, id="quotes"),
        pytest.param(b"," * 500_000, id="commas"),
        pytest.param(b"a," * 250_000 + b"\n" + b"b;" * 9, id="a wide row"),
        pytest.param(b"lat,lon\n" + b'"' + b"x" * 500_000, id="an open quote"),
        pytest.param(b" " * 1_000_000, id="spaces"),
        pytest.param(b"\xff" * 500_000, id="no letters"),
        pytest.param(b"var " + b" " * 500_000, id="a script"),
        pytest.param(b"\x00" * 500_000, id="zeros"),
    ],
)
def test_a_hostile_file_costs_little(raw):
    begun = time.process_time()
    assert isinstance(recognise(raw), Guest)
    assert time.process_time() - begun < 1.0


def test_a_bomb_is_not_unpacked():
    begun = time.process_time()
    assert recognise(bomb()).kind == "gzip"
    assert time.process_time() - begun < 5.0


def test_whatever_the_bytes_something_is_said():
    luck = random.Random(7)  # noqa: S311 - no secret
    pool = [raw for instances in INSTANCES.values() for raw, _ in instances if len(raw) < 50_000]
    for _ in range(400):
        raw = bytearray(luck.choice(pool))
        for _ in range(luck.randint(0, 8)):
            if raw:
                raw[luck.randrange(len(raw))] = luck.randrange(256)
        cut = bytes(raw[: luck.randint(0, len(raw))])
        assert recognise(cut, "x.geojson").label


def test_a_gzip_cut_short_is_called_so_and_not_to_be_unpacked():
    found = recognise(gzip.compress(js(SITUATION))[:-9], "a.geojson.gz")
    assert found.label == "a gzip that is cut short"
    assert "Download it again" in found.remedy
    assert "gunzip" not in found.remedy

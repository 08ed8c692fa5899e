"""What is given beside the maps of a question: laid over each of them, or refused by name."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from encircle.claims.asking.ask import ask
from encircle.claims.asking.question import Corrections
from encircle.claims.composing.plan import Plan
from encircle.errors import SituationError
from encircle.formats.gis import write_gpkg
from encircle.formats.publishers.presets import MapFile
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.unit.asking.test_asking import BORDER, DAY, HELD, MAP

FIXTURE = Path(__file__).resolve().parents[3] / "fixtures" / "kursk-2025-03-14"
SITUATION = json.loads((FIXTURE / "situation.geojson").read_bytes())
DRAWN = MapFile("kursk.geojson", json.dumps(SITUATION).encode())
SAID = "The Ukrainian troops are completely surrounded."
ROWS = "name,lat,lon,side,date\nAlpha,51.15,35.2,UA,2025-03-13\nBravo,51.2,35.25,RU,2025-03-13\n"
NEAR = "name,lat,lon,side,date\nAlpha,51.1,34.2,UA,2025-02-28\nFar,48.0,37.8,UA,2025-02-28\n"
ROAD = {
    "type": "FeatureCollection",
    "features": [{
        "type": "Feature", "properties": {"highway": "primary", "name": "R1"},
        "geometry": {"type": "LineString", "coordinates": [[34.1, 51.0], [34.3, 51.1]]},
    }],
}  # fmt: skip


def table(rows=ROWS, name="positions.csv"):
    return MapFile(name, rows.encode())


def put(*files, plan=None, as_of=None, **corrections):
    return ask(
        SAID, files, corrections=Corrections(**corrections), plan=plan, as_of=as_of, border=None
    )


def put_painted(*files, plan=None):
    given = Corrections(made_at=DAY, place=HELD)
    return ask(SAID, [MAP, *files], corrections=given, plan=plan, border=BORDER)


def ids(answer, at=0):
    return [f["id"] for f in answer.maps[at].document["features"]]


def refused(*files, plan=None):
    with pytest.raises(SituationError) as error:
        put(*files, plan=plan)
    return error.value.faults


def test_a_table_is_laid_over_a_situation_and_the_proof_holds_of_both_together():
    answer = put(DRAWN, table())
    assert ids(answer) == [*ids(put(DRAWN)), "positions-2", "positions-3"]
    [row] = answer.maps
    assert verify(row.judgement, read_situation(row.document)).holds
    assert any(n.code == "laid_over_each_map" for n in answer.notices)


def test_positions_and_roads_are_laid_over_a_painted_map_and_what_lies_off_it_is_told():
    roads = MapFile("roads.geojson", json.dumps(ROAD).encode())
    answer = put_painted(table(NEAR), roads)
    assert {"positions-2", "roads-1"} <= {*ids(answer)}
    assert "positions-3" not in ids(answer)
    assert any(n.code == "positions_off_the_ground" for n in answer.notices)


def test_positions_without_a_map_are_one_where_the_rear_is_said():
    [fault] = refused(table())
    assert "--anchor-at" in fault.remedy
    answer = put(table(), plan=Plan(anchor_at=["Sumy"]))
    assert answer.maps[0].used
    assert answer.maps[0].name == "positions.geojson"


def test_every_row_that_cannot_be_read_is_told_by_its_file_or_left_out_on_demand():
    broken = table(ROWS.replace("51.15", "x"))
    faults = refused(DRAWN, broken)
    assert faults[0].pointer == "/maps/1"
    assert "row 2" in faults[0].feature
    assert ids(put(DRAWN, broken, plan=Plan(keep_good=True)))[-1] == "positions-3"


def test_whose_the_rows_are_is_asked_and_taken():
    bare = table("name,lat,lon,date\nAlpha,51.15,35.2,2025-03-13\n")
    [fault] = refused(DRAWN, bare)
    assert "--rows-side" in fault.remedy
    answer = put(DRAWN, bare, plan=Plan(rows_side="RU"))
    assert answer.maps[0].document["features"][-1]["properties"]["side"] == "RU"


def test_a_geopackage_of_a_situation_is_the_map_and_the_side_asked_about_says_whose_force(tmp_path):
    pytest.importorskip("pyogrio")
    path = tmp_path / "kursk.gpkg"
    write_gpkg(SITUATION, path)
    answer = put(MapFile("kursk.gpkg", path.read_bytes()))
    assert answer.maps[0].judgement["verdict"] == put(DRAWN).maps[0].judgement["verdict"]
    assert answer.maps[0].judgement["force"] == "kursk-group"


def pack_shapefile(tmp_path, document):
    pyogrio = pytest.importorskip("pyogrio")
    source = tmp_path / "roads.geojson"
    source.write_text(json.dumps(document))
    meta, _, shapes, columns = pyogrio.raw.read(source)
    pyogrio.raw.write(
        tmp_path / "roads.shp", shapes, columns, meta["fields"], driver="ESRI Shapefile",
        geometry_type="LineString", crs="EPSG:4326",
    )  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("roads.[!g]*"):
            archive.write(part, part.name)
    return packed.getvalue()


def test_a_zipped_shapefile_of_roads_is_laid_over_the_map(tmp_path):
    answer = put_painted(MapFile("roads.zip", pack_shapefile(tmp_path, ROAD)))
    assert any(f["properties"]["kind"] == "route" for f in answer.maps[0].document["features"])


def test_a_border_is_used_for_the_map_it_parts_and_two_are_refused():
    outline = json.dumps({
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"name": "Ukraine"}, "geometry": BORDER}],
    }).encode()  # fmt: skip
    border = MapFile("border.geojson", outline)
    given = Corrections(made_at=DAY, place=HELD)
    plain = ask(SAID, [MAP], corrections=given, border=BORDER)
    dropped = ask(SAID, [MAP, border], corrections=given)
    assert dropped.maps[0].judgement["verdict"] == plain.maps[0].judgement["verdict"]
    with pytest.raises(SituationError, match="two borders"):
        ask(SAID, [MAP, border, border], corrections=given)


def test_a_workbook_is_read_as_a_table():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in ROWS.strip().split("\n"):
        book.active.append(row.split(","))
    raw = io.BytesIO()
    book.save(raw)
    assert ids(put(DRAWN, MapFile("positions.xlsx", raw.getvalue())))[-1] == "positions-3"


PINS = b"""<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>
<name>Alpha</name><ExtendedData><Data name="side"><value>UA</value></Data></ExtendedData>
<Point><coordinates>35.2,51.15</coordinates></Point></Placemark></Document></kml>"""


def test_a_kml_of_pins_is_a_table_and_no_map():
    assert ids(put(DRAWN, MapFile("pins.kml", PINS)))[-1].startswith("pins-")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (MapFile("x.png", b"\x89PNG\r\n\x1a\n" + bytes(64)), "a picture (PNG)"),
        (MapFile("two.zip", b"PK\x05\x06" + bytes(18)), "ZIP"),
        (MapFile("broken.gpkg", b"SQLite format 3\0" + bytes(200)), "broken.gpkg"),
        (MapFile("broken.xlsx", b"PK\x03\x04" + bytes(60)), "broken.xlsx"),
    ],
)
def test_what_nobody_can_read_is_refused_by_its_name_beside_a_map(file, said):
    faults = refused(DRAWN, file)
    assert said in faults[0].message
    assert file.name in faults[0].message
    assert faults[0].pointer.startswith("/maps/1")
    assert faults[0].remedy


def test_what_would_do_nothing_is_refused():
    assert "does nothing" in refused(DRAWN, plan=Plan(rows_side="RU"))[0].message
    assert refused(DRAWN, plan=Plan(anchor_at=["Sumy"]))[0].pointer == "/anchor_at"


def test_roads_alone_are_no_map():
    [fault] = refused(MapFile("roads.geojson", json.dumps(ROAD).encode()))
    assert "nobody stands on it" in fault.message

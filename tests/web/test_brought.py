"""What is dropped besides maps, and what is taken away: read, written, or refused by name."""

import io
import json
import sqlite3
from pathlib import Path

import pytest

from encircle.formats.gis import write_gpkg
from tests.unit.asking.test_beside import pack_shapefile
from tests.web.test_browser import HOSTILE, KURSK, TROOPS, ask
from tests.web.test_worked import SMALL

pytestmark = pytest.mark.browser
ROWS = "name,lat,lon,side,date\nAlpha,51.15,35.2,UA,2025-03-13\nBravo,51.2,35.25,RU,2025-03-13\n"
FORCE = "The force is completely surrounded."
FEW = "name,lat,lon,side,date\nAlpha,48.76,35.91,BLUE,2024-05-09\n"
ROAD = {
    "type": "FeatureCollection",
    "features": [{
        "type": "Feature", "properties": {"highway": "primary", "name": "The new road"},
        "geometry": {"type": "LineString", "coordinates": [[35.1, 51.1], [35.2, 51.15]]},
    }],
}  # fmt: skip


def file(name, raw, kind="application/octet-stream"):
    return {
        "name": name,
        "mimeType": kind,
        "buffer": raw if isinstance(raw, bytes) else raw.encode(),
    }


def map_file():
    return file("kursk.geojson", KURSK.read_bytes())


def small():
    return file("small.geojson", SMALL.read_bytes())


def names_on(page):
    page.wait_for_selector(".verdict")
    return page.locator("#features b").all_text_contents()


def workbook(rows):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows.strip().split("\n"):
        book.active.append(row.split(","))
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_a_map_a_workbook_and_a_zipped_shapefile_are_dropped_at_once(open_page, tmp_path):
    page = open_page()
    files = [map_file(), file("positions.xlsx", workbook(ROWS)),
             file("roads.zip", pack_shapefile(tmp_path, ROAD))]  # fmt: skip
    ask(page, TROOPS, files)
    assert {"Alpha", "Bravo", "The new road"} <= {*names_on(page)}
    page.click("#to-proof")
    page.click("#verify")
    page.wait_for_selector("#checks")
    assert "The proof holds" in page.inner_text("h1")


def test_a_geopackage_is_a_map_and_two_tables_of_one_name_are_two(open_page, tmp_path):
    pytest.importorskip("pyogrio")
    path = tmp_path / "kursk.gpkg"
    write_gpkg(json.loads(KURSK.read_bytes()), path)
    cyrillic = ROWS.replace("Alpha", "Альфа").encode("cp1251")
    page = open_page()
    page.fill("#claim", TROOPS)
    page.set_input_files("#files", [file("kursk.gpkg", path.read_bytes()), file("rows.csv", ROWS)])
    page.set_input_files("#files", [file("rows.csv", cyrillic)])
    assert page.locator(".files span").all_text_contents() == [
        "kursk.gpkg", "rows.csv", "rows (2).csv",
    ]  # fmt: skip
    page.click("#check")
    assert {"Alpha", "Альфа"} <= {*names_on(page)}


def test_what_a_table_leaves_open_is_said_by_the_name_of_its_field_and_answered_there(open_page):
    page = open_page()
    bare = file("rows.csv", "name,lat,lon,date\nAlpha,51.15,35.2,2025-03-13\n")
    ask(page, TROOPS, [bare])
    page.wait_for_selector(".trouble")
    assert "“Whose all rows of a table are”" in page.inner_text(".trouble")
    page.fill("#rows_side", "UA")
    page.click("#check")
    page.wait_for_selector(".trouble li:has-text('counts as reached')")
    page.fill("#anchor_at", "Sumy")
    page.click("#check")
    assert "Alpha" in names_on(page)


def test_one_file_that_cannot_be_read_is_refused_and_none_is_left_out_in_silence(open_page):
    page = open_page()
    broken = [
        file("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(99)),
        file("torn.gpkg", b"SQLite format 3\0"), file("rows.csv", FEW.replace("48.76", "north")),
    ]  # fmt: skip
    for one, said in zip(
        broken, ["A picture holds", "Give a GeoPackage", "Write deg"], strict=True
    ):
        ask(page, FORCE, [small(), one])
        page.wait_for_selector(".waiting", state="detached")
        page.wait_for_selector(".trouble")
        assert one["name"] in page.inner_text(".trouble")
        assert said in page.inner_text(".trouble")
        for _ in range(page.locator(".files button").count()):
            page.locator(".files button").first.click()


def test_hostile_names_in_tables_and_of_files_are_text(open_page):
    page = open_page()
    quoted = HOSTILE.replace('"', '""')
    rows = FEW.replace("Alpha", f'"{quoted}"').replace("side", "side,note", 1)
    rows = rows.replace("BLUE,", f'BLUE,"{quoted}",')
    ask(page, FORCE, [small(), file(f"{HOSTILE}.csv", rows)])
    assert HOSTILE in names_on(page)
    page.click("#to-doubt")
    page.locator("#features button", has_text="<img").first.click()
    page.wait_for_selector("#card")
    assert page.evaluate("window.hurt") is None
    assert page.locator("img[src='x']").count() == 0


def taken(page, button):
    with page.expect_download() as started:
        page.click(button)
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def test_the_situation_with_its_proof_is_taken_as_geopackage_and_kml(open_page, tmp_path):
    pytest.importorskip("pyogrio")
    page = open_page("#/case/trap-grey-held")
    page.click("#export summary")
    name, raw = taken(page, "#get-gpkg")
    assert name.endswith(".gpkg")
    (tmp_path / name).write_bytes(raw)
    with sqlite3.connect(tmp_path / name) as opened:
        layers = {row[0] for row in opened.execute("SELECT table_name FROM gpkg_contents")}
    assert {"ground", "force"} <= layers
    assert layers & {"ring", "way_out"}
    name, raw = taken(page, "#get-kml")
    assert name.endswith(".kml")
    assert b"<Placemark>" in raw
    for button, size in (("#get-landscape", [1200, 675]), ("#get-portrait", [1080, 1350])):
        _, raw = taken(page, button)
        assert [int.from_bytes(raw[at : at + 4]) for at in (16, 20)] == size


def test_where_the_extra_is_missing_the_page_says_what_to_install(open_page):
    page = open_page("#/case/trap-grey-held")
    fault = {
        "pointer": "", "detail": "a GeoPackage needs pyogrio, which is not installed",
        "remedy": "pip install pyogrio", "feature": None,
    }  # fmt: skip
    problem = {"type": "", "title": "", "status": 422, "detail": "", "errors": [fault]}
    page.wait_for_selector(".verdict")
    page.route(
        "**/v1/judgements",
        lambda route: route.fulfill(
            status=422, content_type="application/problem+json", body=json.dumps(problem)
        ),
    )
    page.click("#export summary")
    page.click("#get-gpkg")
    page.wait_for_selector("#export-menu [role=status]:has-text('pip install pyogrio')")

"""A table of positions comes in row by row, and every row that does not is told."""

import csv
import io
import json
import os
import random
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from encircle.errors import EncircleError, SituationError
from encircle.formats.tables.columns import Wording, parse_mapping
from encircle.formats.tables.positions import Wishes, read_table
from encircle.formats.tables.sheets import write_sheet
from encircle.map.recognise import recognise

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SCALE = min(int(os.environ.get("ENCIRCLE_FUZZ", "30")), 300)

ROWS = [
    {"name": "HQ, north", "lat": "51.24", "lon": "35.05", "side": "UA", "force": "kursk",
     "echelon": "brigade", "date": "2025-03-14", "source": "https://t.me/a/1", "grade": "B2"},
    {"name": "two\nlines", "lat": "51.25", "lon": "35.06", "side": "RU", "force": "",
     "echelon": "", "date": "2025-03-13", "source": "a newspaper", "grade": ""},
    {"name": "third", "lat": "51.26", "lon": "35.07", "side": "RU", "force": "",
     "echelon": "Полк", "date": "", "source": "", "grade": ""},
]  # fmt: skip


def write(rows=ROWS, delimiter=",", encoding="utf-8"):
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, rows[0].keys(), delimiter=delimiter)
    lines.writeheader()
    lines.writerows(rows)
    return text.getvalue().encode(encoding)


def read(raw, name="positions.csv", **wishes):
    return read_table(raw, name, recognise(raw, name).kind, Wishes(**wishes))


def places(reading):
    return [tuple(f["geometry"]["coordinates"]) for f in reading.features]


EXPECTED = [(35.05, 51.24), (35.06, 51.25), (35.07, 51.26)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_table_is_read_however_it_is_parted_and_spelt(delimiter, encoding):
    reading = read(write(delimiter=delimiter, encoding=encoding))
    assert places(reading) == EXPECTED
    assert reading.features[2]["properties"]["echelon"] == "regiment"
    assert reading.features[1]["properties"]["name"] == "two\nlines"


def test_decimal_commas_stand_beside_semicolons():
    rows = [{**row, "lat": row["lat"].replace(".", ","), "lon": row["lon"].replace(".", ",")}
            for row in ROWS]  # fmt: skip
    assert places(read(write(rows, ";"))) == EXPECTED


def test_excels_hint_for_the_delimiter_is_read():
    assert places(read(b"sep=;\r\n" + write(delimiter=";"), "a.csv")) == EXPECTED


def test_a_title_above_the_headings_is_passed_over_and_told():
    reading = read(b"Positions of the week,,,,,,,,\n" + write())
    assert places(reading) == EXPECTED
    assert "not used" in reading.notices[0].statement


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("Latitude", "LNG"), ("широта", "довгота"), ("Breite", "Länge"), ("Y", "X"),
     ("gps_lat", "gps_lon"), ("Lat (N)", "Lon (E)")],
)  # fmt: skip
def test_columns_are_known_by_many_names(lat, lon):
    rows = [{"side": "UA", lon: row["lon"], lat: row["lat"]} for row in ROWS]
    if lat.startswith("Lat ("):
        wording = Wording({"lat": lat, "lon": lon})
        assert places(read(write(rows), wording=wording)) == EXPECTED
    else:
        assert places(read(write(rows))) == EXPECTED


def test_a_column_of_places_is_found_by_what_is_in_it():
    rows = [{"side": "UA", "where": f"{row['lat']}, {row['lon']}"} for row in ROWS]
    reading = read(write(rows))
    assert places(reading) == EXPECTED
    assert any("'where'" in line for line in reading.told)


def workbook(rows, **sheets):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Positions"
    for row in rows:
        book.active.append(row)
    for title, lines in sheets.items():
        other = book.create_sheet(title)
        for line in lines:
            other.append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_workbook_is_read_with_its_numbers_and_days():
    raw = workbook(
        [["side", "lat", "lon", "date"], ["UA", 51.24, 35.05, datetime(2025, 3, 14)],  # noqa: DTZ001
         ["RU", "51,25", "35,06", 45730]],
        Notes=[["nothing here"]],
    )  # fmt: skip
    reading = read(raw, "a.xlsx")
    assert places(reading) == EXPECTED[:2]
    assert {f["properties"]["observed_at"] for f in reading.features} == {"2025-03-14"}
    assert any("Notes" in notice.statement for notice in reading.notices)


def test_two_sheets_of_places_are_asked_about():
    raw = workbook([["lat", "lon", "side"], [51, 35, "UA"]], Second=[["lat", "lon"], [51, 35]])
    with pytest.raises(SituationError, match="--sheet"):
        read(raw, "a.xlsx")
    assert len(read(raw, "a.xlsx", sheet="Positions").features) == 1


def test_a_workbook_written_as_csv_is_read_as_the_workbook_is_row_by_row():
    raw = workbook(
        [["Positions of the week"], [], ["name", "side", "lat", "lon", "date"],
         ['two\nlines, and "quotes"', "UA", 51.24, "35,05", datetime(2025, 3, 14)],  # noqa: DTZ001
         [], ["Bravo", "RU", 51, 35.06, 45730], ["Torn", "UA", "north", 35.05, None, "beyond"]],
        Notes=[["nothing here"]],
    )  # fmt: skip
    text, notices = write_sheet(raw, "a.xlsx")
    written, direct = read(text.encode(), "a.csv"), read(raw, "a.xlsx")
    assert places(written) == places(direct)
    assert [*written.rows_of.values()] == [*direct.rows_of.values()]
    assert [*written.rows_of.values()][:2] == [4, 6]
    assert written.bad_rows == direct.bad_rows == [7]
    assert any("Notes" in notice.statement for notice in notices)


def test_a_number_that_excel_made_a_day_is_told():
    raw = workbook([["lat", "lon", "side"], [datetime(2025, 3, 14), 35.1, "UA"]])  # noqa: DTZ001
    assert "no angle" in str(read(raw, "a.xlsx").faults[0][1])


KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>Russian</name>
<Placemark><name>A</name><TimeStamp><when>2025-03-14</when></TimeStamp><ExtendedData>
<Data name="side"><value>RU</value></Data></ExtendedData>
<Point><coordinates>35.05,51.24,0</coordinates></Point></Placemark></Folder>
<Placemark><name>B</name><ExtendedData><SchemaData><SimpleData name="side">UA</SimpleData>
</SchemaData></ExtendedData><Point><coordinates> 35.06,51.25 </coordinates></Point></Placemark>
<Placemark><name>C</name><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>
</Document></kml>"""


def test_a_kml_of_points_is_a_table_and_what_is_no_point_is_told():
    reading = read(KML.encode(), "a.kml")
    assert places(reading) == EXPECTED[:2]
    assert reading.bad_rows == [3]
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("doc.kml", KML)
    assert places(read(kept.getvalue(), "a.kmz")) == EXPECTED[:2]


def test_points_and_lists_are_tables_too():
    features = [
        {"type": "Feature", "id": n, "properties": {"side": "UA", "unit": "1st"},
         "geometry": {"type": "Point", "coordinates": [*place, None]}}
        for n, place in enumerate(EXPECTED)
    ]  # fmt: skip
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert places(read(raw, "a.geojson")) == EXPECTED
    rows = [{"lat": lat, "lng": lon, "side": "ru"} for lon, lat in EXPECTED]
    assert places(read(json.dumps({"data": rows}).encode(), "a.json")) == EXPECTED


# -- row by row ---------------------------------------------------------------------------------


def ring(count=12):
    luck = random.Random(2)  # noqa: S311 - no secret
    return [{"lat": f"{51 + luck.random():.4f}", "lon": f"{35 + luck.random():.4f}", "side": "RU"}
            for _ in range(count)]  # fmt: skip


@pytest.mark.parametrize("wrong", [(3,), (0, 7), (1, 2, 11)])
def test_swapped_rows_are_told_by_row_and_kept_only_as_told(wrong):
    rows = ring()
    for at in wrong:
        rows[at]["lat"], rows[at]["lon"] = rows[at]["lon"], rows[at]["lat"]
    reading = read(write(rows))
    numbers = [at + 2 for at in wrong]
    assert reading.bad_rows == numbers
    assert all("--swap-row" in str(fault) for _, fault in reading.faults)
    told = read(write(rows), swap=frozenset(numbers))
    assert told.faults == []
    assert places(told) == places(read(write(ring())))


def test_a_row_far_off_for_another_reason_is_kept_with_a_doubt():
    rows = [*ring(), {"lat": "-33.9", "lon": "151.2", "side": "RU"}]
    reading = read(write(rows))
    assert len(reading.features) == 13
    assert any(notice.severity == "doubt" for notice in reading.notices)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        pytest.param("side", "", "no side", id="no side"),
        pytest.param("side", "unknown", "is none", id="unknown side"),
        pytest.param("lat", "", "alone is no place", id="no latitude"),
        pytest.param("lat", "north", "no angle", id="words"),
        pytest.param("lat", "NaN", "no angle", id="NaN"),
        pytest.param("lat", "5124000", "no angle", id="metres"),
        pytest.param("date", "03/04/2025", "can be", id="ambiguous day"),
        pytest.param("date", "soon", "no date", id="no day"),
        pytest.param("reach_m", "far", "not known", id="reach"),
        pytest.param("grade", "Z9", "not known", id="grade"),
    ],
)
def test_what_a_row_lacks_is_a_row_and_a_remedy(column, cell, said):
    rows = [{**row, "reach_m": "500", "grade": "A1"} for row in ROWS]
    rows[1][column] = cell
    reading = read(write(rows, ";"))
    assert reading.bad_rows == [3]  # the line where the row begins
    assert said in str(reading.faults[0][1])
    assert "row 3" in str(reading.faults[0][1])
    assert reading.faults[0][1].remedy
    assert len(reading.features) == 2


def test_every_fault_is_told_at_once():
    rows = [{**ROWS[0], "side": "", "lat": "x"}, {**ROWS[1], "date": "never"}]
    assert len(read(write(rows)).faults) == 3


def test_two_places_in_one_row_must_agree():
    rows = [{"lat": "51.24", "lon": "35.05", "mgrs": "36U XB 58410 74120", "side": "UA"}]
    assert "differ" in str(read(write(rows)).faults[0][1])


def test_a_row_of_more_cells_than_headings_is_told():
    raw = b"name,lat,lon,side\na,51,24,35,05,UA\nb,51.2,35.1,UA\n"
    reading = read(raw)
    assert reading.bad_rows == [2]
    assert "6 cells" in str(reading.faults[0][1])


def test_cells_and_columns_not_used_are_told():
    rows = [{**row, "colour": "red", "status": "draft"} for row in ROWS]
    rows[0]["echelon"] = "many"
    said = " ".join(notice.statement for notice in read(write(rows)).notices)
    assert "colour" in said
    assert "'status'" in said
    assert "many" in said


def test_sides_are_matched_to_those_of_the_map():
    rows = [{**row, "side": side} for row, side in zip(ROWS, ("friendly", "ВС РФ", "enemy"),
                                                       strict=True)]  # fmt: skip
    known = {"UA": "Ukraine", "RU": "Russia"}
    reading = read(write(rows), known_sides=known, side="UA")
    assert [f["properties"]["side"] for f in reading.features] == ["UA", "RU", "RU"]


def test_a_side_the_map_does_not_know_is_asked_about():
    rows = [{**ROWS[0], "side": "Wagner"}]
    known = {"UA": "Ukraine", "RU": "Russia"}
    assert "--side-as" in str(read(write(rows), known_sides=known).faults[0][1])
    told = read(write(rows), known_sides=known, wording=Wording(sides={"wagner": "RU"}))
    assert told.features[0]["properties"]["side"] == "RU"


def test_a_table_without_sides_is_asked_about():
    rows = [{"lat": "51", "lon": "35"}]
    with pytest.raises(SituationError, match="--rows-side"):
        read(write(rows))
    assert read(write(rows), all_side="RU").features[0]["properties"]["side"] == "RU"
    assert read(write(rows), gives="claims").features[0]["properties"]["kind"] == "claim"


def test_a_mapping_file_names_columns_and_sides():
    wording = parse_mapping(b'[columns]\nside = "Seite"\n[sides]\nRot = "RU"\n', "a.toml")
    rows = [{"lat": "51", "lon": "35", "Seite": "Rot"}]
    assert read(write(rows), wording=wording).features[0]["properties"]["side"] == "RU"


def test_a_mapping_that_names_no_column_says_which_there_are():
    with pytest.raises(SituationError, match="It has name, lat"):
        read(write(), wording=Wording({"side": "Seite"}))


def test_a_row_repeated_word_for_word_counts_once():
    reading = read(write([*ROWS, ROWS[0]]))
    assert len(reading.features) == 3
    assert len(reading.passed) == 1


def test_sources_and_grades_are_kept():
    reading = read(write())
    first = reading.sources[0]
    assert (first["url"], first["reliability"], first["credibility"]) == (
        "https://t.me/a/1",
        "B",
        2,
    )
    assert reading.sources[1]["title"] == "a newspaper"
    assert reading.features[2]["properties"].get("sources") is None


# -- exports that many people have --------------------------------------------------------------


def test_events_come_in_as_claims_that_change_no_map():
    raw = (
        b"event_id_cnty,event_date,event_type,actor1,latitude,longitude,source,notes\n"
        b'UKR1,14 March 2025,Battles,Forces of A,51.19,35.27,Src,"On 14 March, forces..."\n'
    )
    feature = read(raw, "acled.csv").features[0]
    assert feature["properties"]["kind"] == "claim"
    assert feature["properties"]["made_at"] == "2025-03-14"
    ucdp = (
        b"id,side_a,side_b,date_start,latitude,longitude,source_article\n1,A,B,2025-03-14,51,35,x\n"
    )
    assert read(ucdp, "ged.csv").features[0]["properties"]["kind"] == "claim"


def test_a_sighting_with_a_side_is_a_position():
    raw = b'date,faction,coordinates,geolocation\n2025-03-14,Russia,"51.19, 35.27",https://x.y/z\n'
    said = read(raw, "g.csv").features[0]["properties"]
    assert (said["kind"], said["side"], said["basis"]) == ("position", "RU", "geolocated")


def test_the_latest_sighting_of_a_unit_speaks():
    head = b"date,lat,lng,icon,type,strength,unit,unitnumber,subordinate_to,country\n"
    rows = (
        b"2022-04-01,50.1,36.1,SSGPUCA---AK,HQ,Army,1st,1,West,ru\n"
        b"2022-04-09,49.1,37.1,SSGPUCA---AK,HQ,Army,1st,1,West,ru\n"
    )
    first, last = (f["properties"] for f in read(head + rows, "units.csv").features)
    assert first["valid_to"] == "2022-04-08T23:59:59Z"
    assert "valid_to" not in last
    kept = read(head + rows, "units.csv", keeps_tracks=True).features
    assert [f["properties"]["track"] for f in kept] == ["1st 1 ru"] * 2
    assert not any("valid_to" in f["properties"] for f in kept)


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "count"), [("units/units_all.csv", 2269), ("events/bellingcat_incidents.json", 2514)]
)
def test_the_archives_come_in_whole(file, count):
    path = SHARED / file
    if not path.exists():
        pytest.skip(f"{file} is not beside the project")
    reading = read(path.read_bytes(), path.name)
    assert reading.faults == []
    assert len(reading.features) + len(reading.passed) == count


# -- corrupted ----------------------------------------------------------------------------------

BASES = {
    "a.csv": write(),
    "b.csv": write(delimiter=";", encoding="cp1251"),
    "c.json": json.dumps(ROWS, ensure_ascii=False).encode(),
    "d.geojson": json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"side": "UA"},
         "geometry": {"type": "Point", "coordinates": list(place)}} for place in EXPECTED]}).encode(),  # noqa: E501
    "e.kml": KML.encode(),
}  # fmt: skip


def corrupt(raw, luck):
    """Change a few bytes, cut, double, or exchange pieces."""
    body = bytearray(raw)
    for _ in range(luck.randint(1, 4)):
        if not body:
            break
        at, to = sorted(luck.randrange(len(body)) for _ in range(2))
        what = luck.randrange(6)
        if what == 0:
            body[at] = luck.randrange(256)
        elif what == 1:
            del body[at : at + luck.randint(1, 9)]
        elif what == 2:
            body[at:at] = body[at:to][:60]
        elif what == 3:
            body[at:at] = luck.choice(
                [b'"', b",", b";", b"\n", b"NaN", b"1e999", b"-", b"<a>", b"{"]
            )
        elif what == 4:
            body = body[:to] or body
        else:
            body[at : at + 1] = luck.choice([b"\x00", b"\xff", "°".encode(), b"'", b"\r"])
    return bytes(body)


def count_rows(reading):
    """Count rows by their numbers, apart from what the reader says of them."""
    return len(reading.features) + len(reading.bad_rows) + len(reading.passed)


def count_lines(raw):
    """Count the filled rows of a CSV by itself."""
    return (
        sum(any(cell.strip() for cell in row) for row in csv.reader(io.StringIO(raw.decode()))) - 1
    )


@pytest.mark.parametrize("name", BASES)
def test_whatever_a_table_suffers_no_row_is_lost_in_silence(name):
    luck = random.Random(name)  # noqa: S311 - no secret
    for _ in range(SCALE):
        raw = corrupt(BASES[name], luck)
        kind = recognise(raw, name).kind
        kind = kind if kind in ("table", "records", "points", "kml") else (
            {"csv": "table", "json": "records", "geojson": "points", "kml": "kml"}[name.split(".")[1]])  # fmt: skip  # noqa: E501
        try:
            reading = read_table(raw, name, kind, Wishes(all_side="UA"))
        except EncircleError:
            continue
        assert count_rows(reading) == reading.rows


def test_rows_read_and_rows_told_are_the_rows_of_the_file():
    luck = random.Random(9)  # noqa: S311 - no secret
    for _ in range(SCALE):
        rows = [dict(row) for row in ring(luck.randint(5, 20))]
        for row in rows:
            if luck.random() < 0.3:
                row[luck.choice(list(row))] = luck.choice(["", "x", "NaN", "1e400", "999", "12,5"])
        raw = write(rows)
        assert count_rows(read(raw)) == count_lines(raw)


def test_whatever_a_workbook_suffers_it_is_read_whole_or_refused():
    whole = workbook([["side", "lat", "lon"], *(["UA", 51 + n / 10, 35] for n in range(5))])
    luck = random.Random(8)  # noqa: S311 - no secret
    for _ in range(SCALE):
        raw = bytearray(whole)
        for _ in range(luck.randint(1, 4)):
            raw[luck.randrange(len(raw))] = luck.randrange(256)
        if luck.random() < 0.2:
            del raw[luck.randrange(len(raw)) :]
        try:
            reading = read_table(bytes(raw), "a.xlsx", "spreadsheet", Wishes())
        except EncircleError:
            continue
        assert count_rows(reading) == reading.rows == 5


def test_a_word_for_a_side_that_nobody_knows_is_told_beside_sides_that_are_known():
    rows = [ROWS[0], ROWS[1], {**ROWS[2], "side": "Wagner"}]
    (told,) = [n for n in read(write(rows)).notices if "further side" in n.statement]
    assert (told.code, told.severity) == ("table_sides_strange", "doubt")
    assert "'Wagner'" in told.statement
    assert "--side-as 'Wagner=RU'" in told.statement
    assert not [n for n in read(write()).notices if n.code == "table_sides_strange"]
    said = Wording(sides={"Wagner": "RU"})
    assert not [n for n in read(write(rows), wording=said).notices if "further" in n.statement]
    own = [
        {**row, "side": side} for row, side in zip(ROWS, ("Reds", "Greens", "Reds"), strict=True)
    ]
    assert not [n for n in read(write(own)).notices if n.code == "table_sides_strange"]

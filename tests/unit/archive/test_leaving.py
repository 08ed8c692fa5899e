"""Every piece with its days, as other tools open it; and pages to look through."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pyarrow.parquet
import pyogrio
import pytest
import shapely

from encircle.archive.export import INSTANTS, export_rows, list_notices, list_rows
from encircle.archive.gallery import choose_days, write_gallery
from encircle.archive.linking import link
from encircle.archive.scan import draw_pieces, scan_files
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.unit.archive.drawn_maps import BORDER, CORRIDOR, RING, file_of

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
OPEN = (RING.difference(CORRIDOR), "RU")
GREY = (CORRIDOR.intersection(RING), None)
SHUT = (RING, "RU")
DAYS = {
    "2024-12-01": (OPEN,),
    "2024-12-03": (OPEN, GREY),
    "2024-12-04": (SHUT,),
    "2024-12-08": (OPEN, GREY),
}
MISSING = ["NaT", "None"]
KML = {"k": "http://www.opengis.net/kml/2.2"}


@pytest.fixture(scope="module")
def files():
    return {day: file_of(day, *drawn) for day, drawn in DAYS.items()}


@pytest.fixture(scope="module")
def scans(files):
    return [s for file in files.values() for s in scan_files([file], side="UA", border=BORDER)]


@pytest.fixture(scope="module")
def stories(scans):
    return link(scans)


@pytest.fixture(scope="module")
def rows(scans, stories):
    return list_rows(scans, stories)


def test_a_piece_is_shown_until_the_next_map_and_the_last_without_end(rows):
    days = [(row.said["as_of"][:10], (row.said["until"] or "")[:10]) for row in rows]
    assert days == [("2024-12-01", "2024-12-03"), ("2024-12-03", "2024-12-04"),
                    ("2024-12-04", "2024-12-08"), ("2024-12-08", "")]  # fmt: skip
    assert len({row.said["story"] for row in rows}) == 1


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
def test_gdal_reads_back_every_piece_with_its_columns(rows, suffix, tmp_path):
    path = tmp_path / f"pieces{suffix}"
    path.write_bytes(export_rows(rows, suffix))
    meta, _, geometry, columns = pyogrio.raw.read(path)
    told = dict(zip(meta["fields"], columns, strict=True))
    order = sorted(range(len(rows)), key=lambda n: told["as_of"][n])  # its index orders FlatGeobuf
    assert meta["crs"] == "EPSG:4326"
    for n, row in zip(order, rows, strict=True):
        for name, value in row.said.items():
            kept = told["feature_id" if name == "id" else name][n]
            if name in INSTANTS:
                assert str(kept) in ([value.removesuffix("Z") + ".000"] if value else MISSING)
                continue
            assert kept == (pytest.approx(value) if isinstance(value, float) else value), name
        assert shapely.from_wkb(geometry[n]).equals(row.geometry)


def test_a_geoparquet_is_read_back_with_its_types_and_its_metadata(rows):
    table = pyarrow.parquet.read_table(io.BytesIO(export_rows(rows, ".parquet")))
    said = json.loads(table.schema.metadata[b"geo"])
    column = said["columns"][said["primary_column"]]
    assert (said["version"], column["encoding"]) == ("1.1.0", "WKB")
    shapes = shapely.from_wkb(table.column("geometry").to_pylist())
    assert set(column["geometry_types"]) == {s.geom_type for s in shapes}
    assert column["bbox"] == pytest.approx(list(shapely.total_bounds(shapes)))
    assert str(table.schema.field("area_km2").type) == "double"
    until = [at and at.isoformat() for at in table.column("until").to_pylist()]
    assert until == [(row.said["until"] or "").replace("Z", "+00:00") or None for row in rows]
    assert all(s.equals(row.geometry) for s, row in zip(shapes, rows, strict=True))


def test_a_kml_shows_each_piece_on_its_days(rows):
    root = ET.fromstring(export_rows(rows, ".kml"))  # noqa: S314 - written here
    styles = {one.get("id") for one in root.iterfind(".//k:Style", KML)}
    marks = root.findall(".//k:Placemark", KML)
    spans = [
        tuple(m.findtext(f"k:TimeSpan/k:{end}", None, KML) for end in ("begin", "end"))
        for m in marks
    ]
    assert spans == [(row.said["as_of"], row.said["until"]) for row in rows]
    assert {m.findtext("k:styleUrl", None, KML)[1:] for m in marks} <= styles
    rings = [m.findtext(".//k:outerBoundaryIs//k:coordinates", None, KML) for m in marks]
    for ring, row in zip(rings, rows, strict=True):
        places = [tuple(map(float, pair.split(","))) for pair in ring.split()]
        assert shapely.Polygon(places).hausdorff_distance(row.geometry) < 2e-7  # as written


def read_layer(raw, suffix, tmp_path):
    """Give a layer's column names with their kinds, and its features' columns."""
    path = tmp_path / f"read{suffix}"
    path.write_bytes(raw)
    meta, _, _, columns = pyogrio.raw.read(path, layer="pieces")
    kinds = dict(zip(meta["fields"], meta["ogr_types"], strict=True))
    return kinds, dict(zip(meta["fields"], columns, strict=True))


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
def test_nothing_found_is_a_layer_with_the_columns_that_pieces_have(rows, suffix, tmp_path):
    full, _ = read_layer(export_rows(rows, suffix), suffix, tmp_path)
    kinds, columns = read_layer(export_rows([], suffix), suffix, tmp_path)
    assert kinds == full
    assert kinds["until"] == "OFTDateTime"
    assert all(len(values) == 0 for values in columns.values())


def test_nothing_found_is_a_geoparquet_and_a_table_of_no_row_and_is_said_in_a_kml(rows):
    full = pyarrow.parquet.read_table(io.BytesIO(export_rows(rows, ".parquet")))
    empty = pyarrow.parquet.read_table(io.BytesIO(export_rows([], ".parquet")))
    assert empty.schema.equals(full.schema)
    assert empty.num_rows == 0
    assert "bbox" not in json.loads(empty.schema.metadata[b"geo"])["columns"]["geometry"]
    heads = [export_rows(some, ".csv").decode().splitlines() for some in ([], rows)]
    assert heads[0] == heads[1][:1]
    root = ET.fromstring(export_rows([], ".kml"))  # noqa: S314 - written here
    assert root.findtext(".//k:description", None, KML) == "No piece was found."
    assert json.loads(export_rows([], ".geojson"))["features"] == []


def test_a_column_is_of_its_kind_though_no_piece_has_a_value(rows, tmp_path):
    (last,) = [row for row in rows if row.said["until"] is None]
    kinds, _ = read_layer(export_rows([last], ".fgb"), ".fgb", tmp_path)
    assert kinds["until"] == "OFTDateTime"


# -- what is told of the maps ------------------------------------------------------------------

DOUBT = {"code": "edge", "severity": "doubt", "statement": "The border is kilometres off."}
CAUTION = {"code": "old", "severity": "caution", "statement": "Drawn <a> week late."}
BARE = "2024-12-02"


@pytest.fixture(scope="module")
def doubted(scans):
    """Of four maps the first says two things; a fifth shows nothing, and a sixth is none."""
    first = replace(scans[0], notices=(DOUBT, CAUTION))
    bare = replace(scans[0], map="bare.geojson", as_of=f"{BARE}T12:00:00Z", pieces=(),
                   notices=(DOUBT,))  # fmt: skip
    told = [first, *(replace(scan, notices=()) for scan in scans[1:]), bare]
    return list_rows(told, link(told)), list_notices(told, {"bad.geojson": ["No map. Fetch it."]})


TOLD = "Doubt: The border is kilometres off. Caution: Drawn <a> week late."
DESCRIBED = [
    "Doubt, of 2 maps: The border is kilometres off.",
    "Caution, of 1 map: Drawn <a> week late.",
    "bad.geojson is not in what was found: No map. Fetch it.",
]


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb"])
def test_a_layer_tells_what_is_told_of_its_maps(doubted, suffix, tmp_path):
    _, columns = read_layer(export_rows(doubted[0], suffix, doubted[1]), suffix, tmp_path)
    notices = [columns["notices"][n] for n in columns["as_of"].argsort()]
    assert notices == [TOLD, None, None, None]
    path = tmp_path / f"read{suffix}"
    if suffix == ".fgb":
        said = pyogrio.read_info(path)["layer_metadata"]["DESCRIPTION"]
        assert said.splitlines() == DESCRIBED
    else:
        meta, _, geometry, columns = pyogrio.raw.read(path, layer="notices")
        assert geometry is None
        table = dict(zip(meta["fields"], columns, strict=True))
        assert len(table["code"]) == 4
        assert {str(at)[:10] for at in table["as_of"][table["code"] == "edge"]} == {
            "2024-12-01", BARE,
        }  # fmt: skip
        assert [*table["map"][table["code"] == "map_not_read"]] == ["bad.geojson"]


def test_the_other_files_tell_it_too(doubted):
    rows, notices = doubted
    table = pyarrow.parquet.read_table(io.BytesIO(export_rows(rows, ".parquet", notices)))
    assert table.column("notices").to_pylist() == [TOLD, None, None, None]
    assert json.loads(table.schema.metadata[b"encircle"])["notices"] == notices
    assert json.loads(export_rows(rows, ".geojson", notices))["notices"] == notices
    root = ET.fromstring(export_rows(rows, ".kml", notices))  # noqa: S314 - written here
    assert root.findtext("k:Document/k:description", None, KML) == " ".join(DESCRIBED)
    told = root.findall(".//k:Placemark//k:Data[@name='notices']/k:value", KML)
    assert [one.text for one in told] == [TOLD]


def test_a_table_has_a_row_for_what_is_told_of_a_map_without_a_piece(doubted):
    said = [*csv.DictReader(io.StringIO(export_rows(doubted[0], ".csv", doubted[1]).decode()))]
    assert [row["notices"] for row in said[:4]] == [TOLD, "", "", ""]
    assert [(row["map"], row["as_of"][:10], row["id"]) for row in said[4:]] == [
        ("bare.geojson", BARE, ""), ("bad.geojson", "", ""),
    ]  # fmt: skip
    assert [row["notices"] for row in said[4:]] == [
        "Doubt: The border is kilometres off.", f"Doubt: {DESCRIBED[-1]}",
    ]  # fmt: skip


def test_what_is_told_of_a_map_is_told_once_for_both_its_sides(scans):
    told = replace(scans[0], notices=(DOUBT,))
    assert len(list_notices([told, replace(told, side="RU")], {})) == 1


def test_a_pocket_is_called_by_what_it_was_as_one(stories):
    """Not by the ground, larger and elsewhere, that it was a part of as a salient."""
    (story,) = stories
    salient = max(story.sights, key=lambda s: s.piece.kind == "salient")
    wide = replace(salient.piece, area_km2=900.0, nearest_place="Elsewhere")
    wider = replace(story, sights=[replace(salient, piece=wide), *story.sights[1:]])
    pages = dict(write_gallery([wider], {}))
    index = pages["index.html"].decode()
    assert "A pocket on 3 of 4 maps, 2024-12-03 to 2024-12-08" in index
    assert "Elsewhere" not in index


# -- pages -----------------------------------------------------------------------------------


def test_the_worst_day_is_that_of_the_most_closed_status(stories):
    (story,) = stories
    days = {day[:10]: which for day, which in choose_days(story).items()}
    assert days == {"2024-12-01": ["first"], "2024-12-04": ["worst"], "2024-12-08": ["last"]}


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.asked = [], []

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "a":
            self.found.append(said["href"])
        self.asked += [v for k, v in attrs if k in ("src", "xlink:href") and v]


@pytest.fixture(scope="module")
def gallery(files, stories):
    drawn = {}
    for story in stories:
        own = drawn.setdefault((story.mapper, story.id), {})
        for sight in story.sights:
            if sight.as_of not in choose_days(story):
                continue
            wanted = {("UA", sight.piece.id)}
            for piece in draw_pieces([files[sight.as_of[:10]]], border=BORDER, wanted=wanted):
                own[sight.as_of] = piece
    return dict(write_gallery(stories, drawn, ["a.geojson could not be read: <b>no map</b>"]))


def test_every_link_of_the_pages_leads_to_a_file_and_nothing_is_fetched(gallery):
    for name, raw in gallery.items():
        if name.endswith(".html"):
            links = Links()
            links.feed(raw.decode())
            assert links.found
            assert set(links.found) <= set(gallery)
            assert not links.asked
            assert b"<script" not in raw
            assert not re.search(rb"(?:src|href)=[\"']https?:", raw)


def test_what_could_not_be_read_is_told_and_what_it_says_is_no_markup(gallery):
    index = gallery["index.html"].decode()
    assert "a.geojson could not be read: &lt;b&gt;no map&lt;/b&gt;" in index
    assert "UA pocket" in index


def test_the_proofs_beside_a_page_hold(gallery):
    judgements = [name for name in gallery if name.endswith(".judgement.json")]
    assert len(judgements) == 3
    for name in judgements:
        situation = read_situation(gallery[name.replace(".judgement.json", ".situation.geojson")])
        assert verify(json.loads(gallery[name]), situation).holds


def test_a_place_with_markup_in_its_name_is_written_out(stories):
    (story,) = stories
    sights = list(story.sights)
    hostile = "<img src=x onerror=alert(1)>"

    try:
        story.sights[:] = [
            replace(s, piece=replace(s.piece, nearest_place=hostile)) for s in sights
        ]
        pages = dict(write_gallery(stories, {}))
    finally:
        story.sights[:] = sights
    for raw in pages.values():
        assert b"<img" not in raw


def test_no_cell_of_a_table_is_a_formula(rows):
    hostile = replace(rows[0], said=rows[0].said | {"map": '=HYPERLINK("http://x")'})
    (_, first) = csv.reader(io.StringIO(export_rows([hostile], ".csv").decode()))
    assert first[0].startswith("'=")

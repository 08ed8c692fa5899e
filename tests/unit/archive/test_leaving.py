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

from encircle.archive.export import INSTANTS, WRITERS, export_rows, list_rows
from encircle.archive.gallery import choose_days, write_gallery
from encircle.archive.linking import link
from encircle.archive.scan import draw_pieces, scan_files
from encircle.map.door.reader import read_situation
from encircle.picture.export.layer_files import ExportError
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


def test_nothing_found_is_an_empty_table_and_no_layer():
    assert export_rows([], ".csv") == b""
    for suffix in (".gpkg", ".fgb", ".parquet"):
        with pytest.raises(ExportError, match="no piece was found"):
            export_rows([], suffix)
    assert b"<Placemark" not in export_rows([], ".kml")
    assert set(WRITERS) >= {".csv", ".geojson", ".gpkg", ".fgb", ".parquet", ".kml"}


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

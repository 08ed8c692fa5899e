"""Pieces followed from map to map, and the files and archives that maps come in."""

import json
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from shapely.affinity import translate
from shapely.geometry import box
from typer.testing import CliRunner

from encircle.archive import files
from encircle.archive.files import group_layers, list_maps
from encircle.archive.linking import date_pieces, find_stale, link
from encircle.archive.proving import NO_REAR
from encircle.archive.scan import Scan, ScannedPiece
from encircle.cli.main import app
from encircle.cli.terminal import write
from encircle.errors import SituationError
from tests.unit.archive.drawn_maps import BORDER, CORRIDOR, RING, file_of

OPEN = replace(NO_REAR, verdict="not_encircled", status={"code": "C1"})
SHUT = replace(NO_REAR, verdict="encircled", status={"code": "E2"})
DAYS = [f"2024-12-{day:02}T12:00:00Z" for day in range(1, 9)]
GROUND = box(33.0, 49.0, 33.4, 49.2)
WEST, EAST = box(33.0, 49.0, 33.3, 49.2), box(33.32, 49.0, 33.4, 49.2)


def piece(shape, kind="salient", proved=OPEN, name="p"):
    at = round(shape.centroid.x, 4), round(shape.centroid.y, 4)
    return ScannedPiece(name, kind, shape, at, "Town", 100 * shape.area, 0.0,
                        kind != "pocket", proved)  # fmt: skip


def days(*shown, drawings=None):
    scans = []
    for number, pieces in enumerate(shown):
        named = tuple(replace(p, id=f"p-{n}") for n, p in enumerate(pieces))
        drawing = drawings[number] if drawings else str(number)
        scans.append(Scan(f"m{number}", "m", DAYS[number], "UA", named, (), {}, drawing=drawing))
    return scans


def events(stories):
    return [(s.id, e.what, e.after[8:10], e.with_) for s in stories for e in s.events]


def test_a_piece_is_born_goes_on_and_is_gone():
    stories = link(days([], [piece(GROUND)], [piece(translate(GROUND, 0.01))], []))
    assert events(stories) == [("story-1", "born", "02", None), ("story-1", "gone", "04", None)]
    assert [s.as_of for s in stories[0].sights] == DAYS[1:3]


def test_the_larger_part_goes_on_and_the_other_splits_off_and_merges_again():
    whole, parts = [piece(GROUND)], [piece(WEST), piece(EAST)]
    stories = link(days(whole, parts, whole))
    assert events(stories) == [
        ("story-1", "born", "01", None),
        ("story-2", "split", "02", "story-1"),
        ("story-2", "merged", "03", "story-1"),
    ]
    assert len(stories[0].sights) == 3


def test_a_ring_that_closes_and_opens_is_told_on_the_days_it_does():
    shut = [piece(GROUND, "pocket", SHUT)]
    scans = days([piece(GROUND)], shut, shut, [piece(GROUND)])
    stories = link(scans)
    assert events(stories)[1:] == [
        ("story-1", "closed", "02", None), ("story-1", "opened", "04", None),
    ]  # fmt: skip
    dated = date_pieces(scans, stories)
    assert [s.pieces[0].since for s in dated] == [DAYS[0], DAYS[1], DAYS[1], DAYS[3]]


def test_what_shifts_by_a_brigade_s_sector_has_moved():
    far = translate(GROUND, 0.09)
    assert ("story-1", "moved", "02", None) in events(link(days([piece(GROUND)], [piece(far)])))


def test_sides_and_mappers_are_followed_apart():
    scans = days([piece(GROUND)], [piece(GROUND)])
    other = [replace(s, mapper="n") for s in scans] + [replace(s, side="RU") for s in scans]
    stories = link([*scans, *other])
    assert [(s.mapper, s.side, len(s.sights)) for s in stories] == [
        ("m", "RU", 2), ("m", "UA", 2), ("n", "UA", 2),
    ]  # fmt: skip


def test_the_order_in_which_maps_are_given_changes_nothing():
    scans = days([piece(GROUND)], [piece(WEST), piece(EAST)], [piece(EAST)], [])
    assert [s.to_dict() for s in link(scans[::-1])] == [s.to_dict() for s in link(scans)]


def test_a_map_that_only_redates_the_one_before_is_told():
    stale = find_stale(days([], [], [], [], drawings="aaba"))
    assert stale == {("m", "m1", DAYS[1], "UA"): DAYS[0]}


# -- files and archives --------------------------------------------------------------------------


def maps():
    return [
        file_of("2024-12-15", (RING, "RU")),
        file_of("2024-12-13", (RING.difference(CORRIDOR), "RU")),
        file_of("2024-12-14", (RING, "RU"), begin=2),
    ]


@pytest.fixture
def places(tmp_path):
    """Lay the same maps into a folder, a tar and a zip."""
    folder = tmp_path / "maps"
    folder.mkdir()
    for file in maps():
        (folder / file.name).write_bytes(file.raw)
    (folder / "README.md").write_text("no map")
    for packing in ("xz", "gz"):
        with tarfile.open(tmp_path / f"maps.tar.{packing}", f"w:{packing}") as archive:
            archive.add(folder, arcname="2024")
    with zipfile.ZipFile(tmp_path / "maps.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return tmp_path


@pytest.mark.parametrize("name", ["maps", "maps.tar.xz", "maps.tar.gz", "maps.zip"])
def test_maps_of_a_folder_and_an_archive_come_in_order_of_time(places, name):
    with list_maps([str(places / name)]) as listing:
        assert [e.dated.day for e in listing.entries] == [13, 14, 15]
        assert {e.file_name: e.read() for e in listing.entries} == {f.name: f.raw for f in maps()}
    assert [one.rpartition("/")[2].rpartition(":")[2] for one in listing.passed_over] == [
        "README.md"
    ]


def test_an_archive_cut_short_is_refused(places):
    raw = (places / "maps.tar.xz").read_bytes()
    (places / "cut.tar.xz").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(SituationError, match=r"cannot be read to its end|whole"):
        list_maps([str(places / "cut.tar.xz")])
    with pytest.raises(SituationError, match="is not there"):
        list_maps([str(places / "none")])


@pytest.mark.parametrize("name", ["maps.tar.gz", "maps.zip"])
def test_what_is_larger_than_may_be_read_is_refused_before_it_is_unpacked(
    places, name, monkeypatch
):
    monkeypatch.setattr(files, "LIMITS", replace(files.LIMITS, bytes=100))
    with pytest.raises(SituationError, match="more than the 100 that are read"):
        list_maps([str(places / name)])


def test_the_layers_of_a_day_of_isw_are_one_map(tmp_path):
    said = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"layer": "Assessed Russian Control"}, "geometry": None},
    ]}  # fmt: skip
    for name in ("20220815_RussianAssessedCoTinUkraine", "20220815_RussianAssessedAdvance"):
        (tmp_path / f"{name}.geojson").write_text(json.dumps(said))
    (tmp_path / "1734559084.geojson").write_text("{}")
    groups = list(group_layers(list_maps([str(tmp_path)]).entries))
    assert sorted(len(group) for group in groups) in ([1, 2], [1, 1, 1])


# -- the command ---------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path):
    border = tmp_path / "border.geojson"
    border.write_text(json.dumps(BORDER))

    def invoke(*words):
        given = [str(word) for word in words]
        cache = [] if "--fresh" in given else ["--cache", str(tmp_path / "kept")]
        return CliRunner().invoke(app, ["scan", *given, *cache, "--border", str(border)])

    return invoke


def test_an_archive_is_told_as_one_document_a_line_and_twice_the_same(run, places):
    done = run(places / "maps.tar.xz", "--side", "UA", "--json")
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(d["as_of"][:10], [p["kind"] for p in d["pieces"]]) for d in lines] == [
        ("2024-12-13", ["salient"]), ("2024-12-14", ["pocket"]), ("2024-12-15", ["pocket"]),
    ]  # fmt: skip
    assert [d.get("same_as", "")[:10] for d in lines] == ["", "", "2024-12-14"]
    assert [d["pieces"][0]["since"][:10] for d in lines] == [
        "2024-12-13", "2024-12-14", "2024-12-14",
    ]  # fmt: skip
    assert run(places / "maps.zip", "--side", "UA", "--json").stdout == done.stdout


def test_one_map_is_one_document_and_people_get_words(run, places):
    (file,) = [f for f in maps() if f.name.endswith(str(file_of("2024-12-15").name))]
    one = run(places / "maps" / file.name, "--side", "UA", "--json")
    assert json.loads(one.stdout)["pieces"][0]["kind"] == "pocket"
    told = run(places / "maps" / file.name, "--side", "UA")
    assert "pocket-1: pocket of 162 km²" in told.stdout
    assert "encircled (E2)" in told.stdout


def test_the_same_map_in_two_places_counts_once_and_two_of_one_instant_are_told(run, places):
    done = run(places / "maps", places / "maps.zip", "--side", "UA", "--json")
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 3
    other = file_of("2024-12-15", (RING.difference(CORRIDOR), "RU"))
    (places / "other").mkdir()
    (places / "other" / other.name).write_bytes(other.raw)
    done = run(places / "maps", places / "other", "--side", "UA", "--json")
    assert done.exit_code == 2
    assert "two maps speak of 2024-12-15" in done.stderr


def test_a_map_that_cannot_be_read_is_told_and_the_rest_is_done(run, places):
    bad = places / "maps" / "1734350000.geojson"
    bad.write_text('{"type": "FeatureCollection", "features": [')
    done = run(places / "maps", "--side", "UA", "--json")
    assert done.exit_code == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 4
    assert lines[-1]["map"].endswith(bad.name)
    assert lines[-1]["errors"]
    assert bad.name in done.stderr


def test_what_is_written_tells_the_same(run, places, tmp_path):
    table, layer = tmp_path / "p.csv", tmp_path / "p.geojson"
    done = run(places / "maps", "--side", "UA", "--out", table, "--out", layer)
    assert done.exit_code == 0
    rows = table.read_text().splitlines()
    features = json.loads(layer.read_text())["features"]
    assert len(rows) - 1 == len(features) == 3
    assert rows[0].startswith("map,mapper,as_of,side,id,kind,since")
    assert "pocket and" not in done.stdout.splitlines()[0]
    assert run(places / "maps", "--out", tmp_path / "p.docx").exit_code == 2


def test_an_output_that_fails_is_told_and_the_others_are_written(run, places, tmp_path):
    table, pages = tmp_path / "p.csv", tmp_path / "pages"
    nowhere, taken = tmp_path / "none" / "p.fgb", tmp_path / "taken"
    taken.mkdir()
    outputs = ["--out", nowhere, "--out", table, "--gallery", pages]
    done = run(places / "maps", "--side", "UA", "--json", *outputs)
    assert done.exit_code == 2
    assert f"error: cannot write {nowhere}" in done.stderr
    assert len(table.read_text().splitlines()) == 4
    assert "Doubt, of 3 maps: DeepStateMap is not whole" in (pages / "index.html").read_text()
    assert len(done.stdout.splitlines()) == 3
    table.unlink()
    done = run(places / "maps", "--side", "UA", "--gallery", table / "x", "--out", table)
    assert (done.exit_code, table.exists()) == (2, True)


def test_a_disk_that_is_full_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "p.csv"
    path.write_text("before")
    path.chmod(0o640)

    def write_half(self, raw):
        with self.open("wb") as file:
            file.write(raw[: len(raw) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", write_half)
        with pytest.raises(typer.Exit):
            write(path, b"after, and more")
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["p.csv"]
    write(path, b"after")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("after", 0o640)


def test_what_is_written_through_a_link_is_written_where_it_leads(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write(tmp_path / "link.csv", b"rows")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"rows"
    write(Path("/dev/null"), b"rows")
    assert not Path("/dev/null").is_file()


def test_proofs_are_written_for_the_verifier(run, places, tmp_path):
    folder = tmp_path / "proofs"
    name = file_of("2024-12-15").name
    assert run(places / "maps" / name, "--side", "UA", "--proofs", folder).exit_code == 0
    written = sorted(path.name for path in folder.iterdir())
    assert written == [
        "2024-12-15T120000-deepstate-UA-pocket-1.judgement.json",
        "2024-12-15T120000-deepstate-UA-pocket-1.situation.geojson",
    ]
    done = CliRunner().invoke(app, ["verify", *(str(folder / one) for one in written)])
    assert done.exit_code == 0, done.output


def test_standard_input_is_a_map_and_nothing_dates_this_one():
    raw = file_of("2024-12-15", (RING, "RU")).raw
    done = CliRunner().invoke(app, ["scan", "-", "--fresh"], input=raw)
    assert done.exit_code == 2
    assert "Give the instant" in done.stderr


def test_a_member_of_an_archive_that_is_broken_is_a_map_that_cannot_be_read(run, places):
    with zipfile.ZipFile(places / "maps.zip") as archive:
        at = archive.infolist()[0].header_offset + 120
    raw = bytearray((places / "maps.zip").read_bytes())
    raw[at : at + 8] = bytes(255 - byte for byte in raw[at : at + 8])
    (places / "maps.zip").write_bytes(raw)
    done = run(places / "maps.zip", "--side", "UA", "--json")
    assert done.exit_code == 2, done.output
    assert "cannot be read to its end" in done.stderr
    assert len(done.stdout.splitlines()) == 3


def test_maps_of_two_mappers_that_are_called_alike_are_two():
    one = days([], [], drawings="aa")
    other = [replace(scan, mapper="n") for scan in days([], [], drawings="ab")]
    assert {key[0] for key in find_stale([*one, *other])} == {one[0].mapper}

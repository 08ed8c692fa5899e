"""Every piece of an archive followed by one command: in words, rows and a picture."""

import csv
import io
import json
from pathlib import Path

import pytest
from shapely.affinity import translate
from typer.testing import CliRunner

from encircle.archive.linking import link
from encircle.archive.story_picture import MOST_ROWS, draw_stories
from encircle.cli.main import app
from tests.unit.archive.drawn_maps import BORDER, CORRIDOR, RING, file_of
from tests.unit.archive.test_linking import GROUND, SHUT, days, piece


@pytest.fixture
def follow(tmp_path):
    """Run the command over a folder of three days: open, shut, open again."""
    border, folder = tmp_path / "border.geojson", tmp_path / "maps"
    border.write_text(json.dumps(BORDER))
    folder.mkdir()
    for day, ring in (
        ("2024-12-13", RING.difference(CORRIDOR)),
        ("2024-12-14", RING),
        ("2024-12-15", RING.difference(CORRIDOR)),
    ):
        file = file_of(day, (ring, "RU"))
        (folder / file.name).write_bytes(file.raw)

    def invoke(*words):
        given = ["timeline", str(folder), "--border", str(border), *map(str, words)]
        if "--force-in" not in words:
            given += ["--cache", str(tmp_path / "kept")]
        return CliRunner().invoke(app, given)

    return invoke


def test_with_no_force_named_every_piece_is_followed(follow):
    done = follow("--side", "UA", "--json")
    assert done.exit_code == 0, done.output
    (story,) = json.loads(done.stdout)["stories"]
    assert [s["kind"] for s in story["series"]] == ["salient", "pocket", "salient"]
    assert [(e["event"], e["to"][:10]) for e in story["events"]] == [
        ("born", "2024-12-13"), ("closed", "2024-12-14"), ("opened", "2024-12-15"),
    ]  # fmt: skip
    assert "closed in between 2024-12-13 and 2024-12-14" in follow("--side", "UA").stdout


def test_what_is_doubted_of_the_maps_is_told_in_words_documents_and_rows(follow, tmp_path):
    """These are drawn by hand and lack what every whole map of their kind shows."""
    table = tmp_path / "s.csv"
    said = follow("--side", "UA", "--out", table)
    doubt = "DeepStateMap is not whole"
    assert said.stdout.startswith(f"Doubt, of 3 maps: {doubt}")
    notices = json.loads(follow("--side", "UA", "--json").stdout)["notices"]
    assert [(n["as_of"][:10], n["severity"]) for n in notices if doubt in n["statement"]] == [
        ("2024-12-13", "doubt"), ("2024-12-14", "doubt"), ("2024-12-15", "doubt"),
    ]  # fmt: skip
    rows = [*csv.DictReader(io.StringIO(table.read_text()))]
    assert all(f"Doubt: {doubt}" in row["notices"] for row in rows)


def test_the_series_is_written_as_a_table_as_lines_and_as_a_picture(follow, tmp_path):
    table, lines, drawn = (tmp_path / f"s.{ending}" for ending in ("csv", "jsonl", "svg"))
    done = follow("--side", "UA", "--out", table, "--out", lines, "--svg", drawn)
    assert done.exit_code == 0, done.output
    assert len(table.read_text().splitlines()) == 1 + 3
    assert [json.loads(line)["status"] for line in lines.read_text().splitlines()] == [
        "C1", "E2", "C1",
    ]  # fmt: skip
    assert "1 pieces followed, 1 of them a pocket" in drawn.read_text()
    assert follow("--out", tmp_path / "s.xlsx").exit_code == 2


def test_one_force_is_followed_over_an_archive_too(follow, tmp_path):
    table = tmp_path / "one.csv"
    done = follow("--force-in", "33.5,49.3", "--out", table, "--json")
    assert done.exit_code == 0, done.output
    codes = [m["status"]["code"] for m in json.loads(done.stdout)["moments"]]
    assert codes == ["C1", "E2", "C1"]
    assert [row.split(",")[2] for row in table.read_text().splitlines()[1:]] == codes


def test_options_of_the_other_use_are_refused(follow):
    done = follow("--force-in", "33.5,49.3", "--fresh")
    assert done.exit_code == 2
    assert "--fresh would do nothing" in done.stderr


KURSK = "fixtures/kursk-2025-03-14/situation.geojson"
NO_MAPS = {
    "1734100000.geojson": b'{"type": "nothing"}',
    "1734100001.geojson": b'{"type": "FeatureCollection", "features": [',
    "1734100002.geojson": b"",
    "1734100003.geojson.gz": b"\x1f\x8bno gzip",
}


@pytest.mark.parametrize("words", [(), ("--force-in", "33.5,49.3")], ids=["every piece", "one"])
def test_what_is_no_map_is_told_by_its_name_and_the_rest_is_followed(follow, tmp_path, words):
    whole = json.loads(follow("--side", "UA", "--json", *words).stdout)
    for name, raw in NO_MAPS.items():
        (tmp_path / "maps" / name).write_bytes(raw)
    done = follow("--side", "UA", "--json", *words)
    assert done.exit_code == 2, done.output
    said = json.loads(done.stdout)
    assert {Path(name).name for name in said.pop("errors")} == {*NO_MAPS}
    for name in NO_MAPS:
        assert f"{name}: " in done.stderr
    parts = ("moments", "turns") if words else ("stories", "stale")
    assert {part: said[part] for part in parts} == {part: whole[part] for part in parts}


def test_of_situations_too_what_is_none_is_told_and_the_rest_judged(tmp_path):
    bad = tmp_path / "bad.geojson"
    bad.write_bytes(NO_MAPS["1734100000.geojson"])
    done = CliRunner().invoke(app, ["timeline", KURSK, str(bad), "--json"])
    assert done.exit_code == 2
    assert f"error: {bad}: at /type: not a FeatureCollection" in done.stderr
    assert [m["verdict"] for m in json.loads(done.stdout)["moments"]] == ["not_encircled"]
    for words in ((), ("--force-in", "33.5,49.3")):
        done = CliRunner().invoke(app, ["timeline", str(bad), *words])
        assert (done.exit_code, done.stdout) == (2, "")
        assert str(bad) in done.stderr


def test_a_series_that_cannot_be_written_leaves_the_others(follow, tmp_path):
    table, nowhere = tmp_path / "s.csv", tmp_path / "none" / "s.svg"
    for words in ((), ("--force-in", "33.5,49.3")):
        done = follow("--side", "UA", "--svg", nowhere, "--out", table, *words)
        assert done.exit_code == 2
        assert f"cannot write {nowhere}" in done.stderr
        assert len(table.read_text().splitlines()) == 4
        assert done.stdout
        table.unlink()


def test_what_became_of_a_pocket_that_is_gone_is_looked_up(tmp_path):
    border = tmp_path / "border.geojson"
    border.write_text(json.dumps(BORDER))
    for number, after in enumerate((RING.convex_hull, RING.intersection(CORRIDOR))):
        folder = tmp_path / f"maps{number}"
        folder.mkdir()
        for file in (file_of("2024-12-14", (RING, "RU")), file_of("2024-12-15", (after, "RU"))):
            (folder / file.name).write_bytes(file.raw)
        done = CliRunner().invoke(
            app, ["timeline", str(folder), "--border", str(border), "--side", "UA", "--json",
                  "--cache", str(tmp_path / "kept")]
        )  # fmt: skip
        (story,) = json.loads(done.stdout)["stories"]
        event = story["events"][-1]
        assert event["event"] == "gone"
        assert event["left_share"] == pytest.approx(number, abs=0.02)
        assert ("mostly lost", "joined to its rear")[number] in event["statement"]


def test_a_picture_has_a_row_for_each_piece_and_counts_what_it_leaves_out():
    shut = piece(GROUND, "pocket", SHUT)
    drawn = draw_stories(link(days([shut], [piece(GROUND)])), "Two days")
    assert drawn.count("UA pocket by Town") == 1
    assert "are not drawn" not in drawn
    apart = [piece(translate(GROUND, n, 0)) for n in range(MOST_ROWS + 3)]
    assert "3 smaller ones are not drawn" in draw_stories(link(days(apart)), "A day")

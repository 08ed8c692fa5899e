"""The command over a road map: what it says, and that its proof holds."""

import json

import pytest
from typer.testing import CliRunner

from encircle.cli.main import app
from encircle.cli.roads import show_steps

WEST, MIDDLE, NORTH, EAST = [35.0, 51.0], [35.1, 51.0], [35.1, 51.05], [35.2, 51.0]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def roads(tmp_path):
    """Two ways from west to east, and one road that leads nowhere."""
    path = tmp_path / "roads.geojson"
    lines = [[WEST, MIDDLE], [MIDDLE, EAST], [WEST, NORTH], [NORTH, EAST], [[36, 51], [36.1, 51]]]
    features = [
        {"type": "Feature", "id": f"road-{number}", "properties": {"p": 0.5},
         "geometry": {"type": "LineString", "coordinates": line}}
        for number, line in enumerate(lines)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def run(roads):
    def ask(*words, goal="35.2,51.0"):
        given = ["roads", str(roads), "--from", "35.0,51.0", "--to", goal, *map(str, words)]
        return CliRunner().invoke(app, given)

    return ask


def test_two_ways_of_two_stretches_are_judged_as_arithmetic_says(run):
    """Each way is open with 1/4, so the place is cut off with 9/16."""
    done = run("--p-open", "p", "--json", "--samples", 20_000)
    said = json.loads(done.stdout)
    low, high = said["likelihood_cut_off"]["interval"]
    assert said["reachable"]
    assert low == high == 9 / 16
    assert said["disjoint_ways"] == len(said["cut"]) == len(said["ways"]) == 2
    assert said["certificate_faults"] == []
    assert {tuple(way["roads"]) for way in said["ways"]} == {
        ("road-0", "road-1"), ("road-2", "road-3"),
    }  # fmt: skip


def test_json_is_one_document_and_the_same_every_time(run):
    first, again = (run("--json").stdout for _ in range(2))
    assert first == again


def test_a_place_no_road_leads_to_is_cut_off_for_certain(run):
    said = json.loads(run("--json", goal="36.1,51.0").stdout)
    assert not said["reachable"]
    assert said["likelihood_cut_off"]["interval"] == [1.0, 1.0]
    assert said["likelihood_cut_off"]["worlds"] == 0
    assert said["disjoint_ways"] == 0


def test_hostile_ground_closes_the_roads_on_it(run, tmp_path):
    ring = [[35.04, 50.9], [35.06, 50.9], [35.06, 51.01], [35.04, 51.01], [35.04, 50.9]]
    path = tmp_path / "hostile.geojson"
    feature = {"type": "Feature", "properties": {},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    said = json.loads(run("--json", "--hostile", path).stdout)
    assert said["network"]["closed_by_ground"] == 1
    assert [way["roads"] for way in said["ways"]] == [["road-2", "road-3"]]


def test_in_words_it_gives_likelihood_proof_and_network(run):
    text = run().stdout
    assert "Reachable by road." in text
    assert "Likelihood of being cut off" in text
    assert "  exact\n" in text
    assert "2 ways share no stretch; the loss of these 2 closes all:" in text
    assert "The proof holds." in text
    assert "in 2 parts" in text


def test_a_place_far_from_any_road_is_refused_and_pointed_out_where_it_is_meant(run):
    refused = run(goal="35.3,51.0")
    assert refused.exit_code == 2
    assert "km from the nearest road" in refused.stderr
    assert "--most-away-m" in refused.stderr
    assert "km from the nearest road" in run("--most-away-m", 50_000, goal="35.3,51.0").stdout


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--p-open", "1.5"), id="no probability"),
        pytest.param(("--to", "here"), id="no place"),
        pytest.param(("--hostile", "no-such-file"), id="no ground"),
        pytest.param(("--to", "35.0,51.0"), id="the place itself"),
    ],
)
def test_what_cannot_be_asked_ends_with_two(run, words):
    done = run(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "error: " in done.stderr


def test_steps_are_shown_without_a_known_end(capsys):
    with show_steps("Reading roads") as step:
        step(1000)
    assert capsys.readouterr().out == ""


def test_roads_that_rest_on_one_report_are_open_or_closed_together(run, roads):
    """Both ways hang on one report, so the place is cut off where that is wrong: with 1/2."""
    document = json.loads(roads.read_text())
    for feature in document["features"][:4]:
        feature["properties"]["report"] = "a telegram"
    roads.write_text(json.dumps(document))
    words = ("--p-open", "p", "--json")
    alone = json.loads(run(*words).stdout)
    said = json.loads(run(*words, "--shared", "report").stdout)
    assert said["likelihood_cut_off"]["interval"] == [0.5, 0.5]
    assert alone["likelihood_cut_off"]["interval"] == [9 / 16, 9 / 16]
    assert said["disjoint_ways"] == alone["disjoint_ways"]
    nothing = json.loads(run(*words, "--shared", "no such property").stdout)
    assert nothing["likelihood_cut_off"] == alone["likelihood_cut_off"]


@pytest.mark.parametrize("other", [("--per-km",), ("--everywhere", "points.geojson")])
def test_what_is_shared_excludes_what_would_say_otherwise(run, other):
    done = run("--shared", "report", *other)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"--shared and {other[0]} exclude each other" in done.stderr


def test_everywhere_gives_each_junction_its_interval(run, tmp_path):
    path = tmp_path / "points.geojson"
    assert run("--p-open", "p", "--samples", 4000, "--everywhere", path).exit_code == 0
    points = {
        tuple(feature["geometry"]["coordinates"]): feature["properties"]
        for feature in json.loads(path.read_text())["features"]
    }
    assert len(points) == 6
    assert points[35.2, 51.0]["p_cut_off"] == 0
    assert points[36.0, 51.0]["p_cut_off"] == 1
    # the middle reaches east with 1/2, or back and round with 1/8 of the rest
    assert points[35.1, 51.0]["low"] < 1 - (1 / 2 + 1 / 16) < points[35.1, 51.0]["high"]
    assert all(p["low"] <= p["p_cut_off"] <= p["high"] for p in points.values())

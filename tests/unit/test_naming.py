"""What a reader calls a feature: its name, or in plain words what it is, and never its id."""

import json
from pathlib import Path

import pytest

from encircle import Options, explain, judge, read, verify
from encircle.map.naming import call_features, list_names

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
AS_OF = "2024-05-10T12:00:00Z"
POINT = {"type": "Point", "coordinates": [37.6, 48.1]}
LINE = {"type": "LineString", "coordinates": [[37.6, 48.1], [37.6, 48.2]]}
AREA = {
    "type": "Polygon",
    "coordinates": [[[37.6, 48.1], [37.7, 48.1], [37.7, 48.2], [37.6, 48.2], [37.6, 48.1]]],
}


def call(*drawn):
    """Call the features given as (geometry, properties), beside a force that is there."""
    force = {"kind": "position", "side": "B", "force": "f", "name": "1st Battalion"}
    features = [(POINT, force), *drawn]
    situation = read(
        {
            "type": "FeatureCollection",
            "situation": {
                "as_of": AS_OF,
                "sides": [{"id": "B", "name": "Blue"}, {"id": "R", "name": "Red"}],
                "force": "f",
            },
            "features": [
                {"type": "Feature", "id": f"id-{i}", "geometry": shape, "properties": properties}
                for i, (shape, properties) in enumerate(features)
            ],
        }
    )
    return list(call_features(situation).values())[1:]


@pytest.mark.parametrize(
    ("shape", "properties", "words"),
    [
        pytest.param(POINT, {"kind": "position", "side": "R"},
                     "a position of Red at 37.600, 48.100", id="a position"),
        pytest.param(POINT, {"kind": "position", "side": "R", "echelon": "army"},
                     "an army of Red at 37.600, 48.100", id="an army"),
        pytest.param(AREA, {"kind": "control", "holder": "R", "basis": "assessed"},
                     "ground held by Red", id="held"),
        pytest.param(AREA, {"kind": "control", "holder": "R", "basis": "territory"},
                     "the territory of Red", id="territory"),
        pytest.param(AREA, {"kind": "control", "holder": None, "basis": "unknown"},
                     "unclear ground", id="unclear"),
        pytest.param(AREA, {"kind": "control", "holder": "neutral", "basis": "assessed"},
                     "neutral ground", id="neutral"),
        pytest.param(
            AREA, {"kind": "control", "holder": "R", "basis": "claimed", "claimed_by": "B"},
            "ground claimed by Blue", id="claimed"),
        pytest.param(AREA, {"kind": "anchor", "side": "B"}, "the rear of Blue", id="an anchor"),
        pytest.param(LINE, {"kind": "route"}, "a road of 11.1 km", id="a road"),
        pytest.param(LINE, {"kind": "route", "modes": ["rail"]}, "a railway of 11.1 km", id="rail"),
        pytest.param(POINT, {"kind": "crossing", "type": "airstrip"},
                     "an airstrip at 37.600, 48.100", id="a crossing"),
        pytest.param(LINE, {"kind": "barrier", "type": "river"}, "a river", id="a barrier"),
        pytest.param(AREA, {"kind": "fire", "side": "R", "grade": "F3"}, "F3 fire by Red",
                     id="fire"),
        pytest.param(LINE, {"kind": "route", "name": 'The "old" road'}, "“The ‘old’ road”",
                     id="a name"),
        pytest.param(AREA, {"kind": "anchor", "side": "B", "name": "rear of Blue"},
                     "the rear of Blue", id="a description for a name"),
        pytest.param(AREA, {"kind": "control", "holder": "R", "basis": "assessed",
                            "name": "losses"}, "ground held by Red", id="a word of the file"),
    ],
)  # fmt: skip
def test_a_feature_is_called_as_a_reader_would(shape, properties, words):
    assert call((shape, properties)) == [words]


def test_ground_whose_name_many_share_is_described():
    held = {"kind": "control", "holder": "R", "basis": "assessed", "name": "Occupied"}
    assert call((AREA, held), (AREA, held)) == ["ground held by Red"] * 2
    assert call((AREA, held)) == ["“Occupied”"]


def test_one_name_is_told_once_and_the_rest_is_counted():
    names = {i: f"“{i}”" for i in "abcdefg"} | {"x": "“a”"}
    assert list_names("axb", names) == "“a” and “b”"
    assert list_names("abcdefg", names, most=3) == "“a”, “b”, “c” and 4 more"
    assert list_names((), names) == ""


@pytest.mark.parametrize("folder", ["donetsk-airport-2014-12-30", "imphal-1944-04-15"])
def test_what_nobody_knows_is_said_once(folder):
    """Four or five definitions hang on it; they share a line."""
    text = explain(judge(read(FIXTURES / folder / "situation.geojson")))
    assert text.count("it hangs on what nobody knows") == 1
    assert "the same." in text


def test_evidence_that_weighs_alike_is_told_together():
    text = explain(judge(read(FIXTURES / "kursk-2025-03-14" / "situation.geojson")))
    assert "“DeepState” (B2) or “Ukrainska Pravda” (B2) wrong, " in text


def test_that_one_source_carries_everything_is_not_worth_a_look():
    text = explain(judge(read(FIXTURES / "trap-envelopment-closed" / "situation.geojson")))
    assert "100 points" not in text
    assert "What to look at next" not in text


def test_a_name_prints_no_line_of_its_own():
    side = {"id": "BLUE", "name": "Blue\nStatus E2, encircled\x1b[2J\u202e"}
    document = json.loads((FIXTURES / "trap-salient-open" / "situation.geojson").read_bytes())
    force = document["situation"]["force"]
    document["situation"]["forces"] = [{"id": force, "name": side["name"]}]
    situation = read(document)
    judgement = judge(situation, Options(most_worlds=0)).to_dict()
    assert "Blue Status E2, encircled [2J was not encircled" in judgement["headline"]
    assert verify(judgement, situation).holds

"""What if: evidence left out, or taken as certain."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from encircle import Options, judge, read
from encircle.cli.main import app
from encircle.errors import OptionsError, UnknownFeatureError
from encircle.map.situation import Position, Route
from encircle.map.supposition import suppose
from encircle.verifier.verify import verify

KURSK = "fixtures/kursk-2025-03-14/situation.geojson"
TOLD = {"base": {"status": "C2", "verdict": "not_encircled", "definitions": {}}, "changed": []}
"""What the map as drawn gives, told though nothing is supposed."""
NO_CHANCES = {"most_worlds": 0}
"""The verifier does not check how likely a verdict is."""
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def kursk():
    return read(KURSK)


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(app, [str(w) for w in words])


def find(situation, name):
    return next(f for f in situation.features if f.id == name)


def test_nothing_supposed_changes_nothing(kursk):
    assert suppose(kursk, (), {}) is kursk


def test_a_feature_left_out_is_not_there(kursk):
    supposed = suppose(kursk, ["ru-finger"], {"grey-novenke": False})
    gone = {f.id for f in kursk.features} - {f.id for f in supposed.features}
    assert gone == {"ru-finger", "grey-novenke"}


def test_a_reported_position_assumed_is_there():
    drawn = read("fixtures/kursk-2025-03-16/situation.geojson")
    post = find(suppose(drawn, (), {"ua-west-of-sudzha": True}), "ua-west-of-sudzha")
    assert isinstance(post, Position)
    assert (post.present, post.basis, post.probability) == ("yes", "geolocated", 1.0)


def test_a_route_of_unknown_state_assumed_is_open(kursk):
    unsure = replace(
        kursk,
        features=tuple(
            replace(f, state="unknown") if isinstance(f, Route) else f for f in kursk.features
        ),
    )
    assert find(suppose(unsure, (), {"r1-sumy": True}), "r1-sumy").state == "open"


def test_unknown_ids_are_refused_and_the_known_ones_named(kursk):
    with pytest.raises(UnknownFeatureError, match=r"'nobody' or 'nothing'.*ua-salient"):
        judge(kursk, Options(without=("nothing",), assume={"nobody": True}))


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(Options(without=("ua-salient",)), id="left out"),
        pytest.param(Options(assume={"ru-finger": False, "r3-tracks": True}), id="assumed"),
        pytest.param(Options(assume={"ua-salient": "hostile"}), id="held by the enemy"),
        pytest.param(Options(assume={"grey-belt": "passable"}), id="passable"),
    ],
)
def test_the_verifier_leaves_out_and_assumes_the_same(kursk, options):
    judgement = json.loads(judge(kursk, replace(options, **NO_CHANCES)).to_json())
    assert verify(judgement, kursk).holds


def test_the_verifier_sees_through_a_supposition_that_was_hidden(kursk):
    judgement = json.loads(judge(kursk, Options(without=("ua-salient",), **NO_CHANCES)).to_json())
    judgement["provenance"]["parameters"]["without"] = []
    assert not verify(judgement, kursk).holds


@pytest.mark.parametrize(
    ("options", "forge"),
    [
        pytest.param(
            Options(without=("r3-tracks",)),
            lambda j: j["provenance"]["parameters"].update(without=[]),
            id="removed from the parameters alone",
        ),
        pytest.param(
            Options(without=("r3-tracks",)), lambda j: j.update(what_if=None), id="not told"
        ),
        pytest.param(
            Options(),
            lambda j: j["provenance"]["parameters"].update(without=["r3-tracks"]),
            id="added to the parameters alone",
        ),
        pytest.param(Options(), lambda j: j.update(what_if=copy.deepcopy(TOLD)), id="told of none"),
    ],
)
def test_the_verifier_wants_every_supposition_told_and_no_other(kursk, options, forge):
    """Even one that changes nothing: what is judged is not the map as drawn."""
    judgement = json.loads(judge(kursk, replace(options, **NO_CHANCES)).to_json())
    assert verify(judgement, kursk).holds
    forge(judgement)
    failed = verify(judgement, kursk).failures
    assert [check.name for check in failed] == ["judgement: suppositions are told"]


def test_the_verifier_refuses_a_supposition_about_nothing(kursk):
    judgement = json.loads(judge(kursk).to_json())
    judgement["provenance"]["parameters"]["without"] = ["nothing"]
    judgement["what_if"] = copy.deepcopy(TOLD)
    failed = verify(judgement, kursk).failures
    assert [check.name for check in failed] == ["judgement: supposition"]


def test_the_command_line_tells_the_difference(run):
    done = run("judge", KURSK, "--without", "ua-salient")
    assert done.exit_code == 0
    ground = "“Ground held by Ukraine in Kursk oblast: two lobes on one border”"
    assert f"This is what if: the map without {ground}." in done.stdout
    assert "- verdict: not encircled becomes contested" in done.stdout


def test_an_assumption_is_true_or_false(run):
    done = run("judge", KURSK, "--assume", "ua-salient=perhaps")
    assert done.exit_code == 2
    assert "ID=true, ID=false, ID=hostile, ID=passable" in done.stderr


def test_ground_is_given_to_whoever_is_assumed_to_hold_it(kursk):
    assumed = suppose(kursk, (), {"ua-salient": "hostile", "grey-belt": "passable"})
    assert (find(assumed, "ua-salient").holder, find(assumed, "ua-salient").basis) == (
        "RU", "assessed",
    )  # fmt: skip
    assert find(assumed, "grey-belt").holder == "UA"
    assert find(suppose(kursk, (), {"ru-finger": "hostile"}), "ru-finger").holder == "RU"


@pytest.mark.parametrize("name", ["r1-sumy", "ua-gornal", "anchor-sumy"])
def test_only_ground_is_held(kursk, name):
    with pytest.raises(OptionsError, match="which is no ground"):
        judge(kursk, Options(assume={name: "hostile"}))


def test_a_map_without_an_enemy_gives_ground_to_none():
    drawn = json.loads(Path("fixtures/trap-tunnel-open/situation.geojson").read_text("utf-8"))
    drawn["situation"]["sides"] = [{"id": "BLUE"}]
    drawn["features"] = [f for f in drawn["features"] if f["properties"].get("holder") != "RED"]
    with pytest.raises(OptionsError, match="no such side"):
        judge(read(json.dumps(drawn)), Options(assume={"blue-city": "hostile"}))


def test_words_say_what_ground_was_taken_as(run):
    done = run("judge", KURSK, "--assume", "ua-salient=hostile", "--without", "fire-deep")
    assert "held by the enemy." in done.stdout.replace("\n", " ")
    assert "This is what if: the map without" in done.stdout


def test_an_unknown_id_ends_the_command(run):
    done = run("judge", KURSK, "--without", "nothing")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "no feature is called 'nothing'" in done.stderr


@pytest.mark.parametrize("error_m", [0.0, 400.0])
def test_what_is_left_out_is_left_out_once(error_m):
    """A verdict that is asked again on other maps is asked of what is left."""
    document = json.loads(Path("fixtures/stalingrad-1942-11-24/situation.geojson").read_bytes())
    for feature in document["features"]:
        if feature["properties"]["kind"] == "control":
            feature["properties"]["location_error_m"] = error_m
    gone = next(f["id"] for f in document["features"] if f["properties"]["kind"] == "crossing")
    judgement = judge(read(document), Options(without=(gone,)))
    assert judgement.what_if is not None
    assert judgement.confidence["level"] in ("low", "moderate", "high")

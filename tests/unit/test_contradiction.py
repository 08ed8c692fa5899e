"""A dot against a map: what cannot be told, what it names, and what no forger gets past."""

from __future__ import annotations

import copy
import json

import pytest

import encircle
from encircle.verdict.judgement import CONTRADICTION
from tests.property.strategies import AS_OF, box, draw_plan, point

QUICK = encircle.Options(most_worlds=0)
SOURCE = [{"id": "photo", "title": "a picture"}]
AT_HOME, WITH_THE_ENEMY, UNPAINTED = (2000, 40), (-2000, 40), (2000, 4000)


def feature(name, geometry, kind, **says):
    properties = {"kind": kind, **says}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def draw(*positions, uncovered="unknown"):
    """Draw home in the east, the enemy in the west, and what is asked about."""
    features = [
        feature("home", box(0, -3000, 6000, 3000), "control", holder="BLUE", basis="assessed"),
        feature("foe", box(-6000, -3000, 0, 3000), "control", holder="RED", basis="assessed"),
        feature("rear", box(5000, -500, 5900, 500), "anchor", side="BLUE"),
        *positions,
    ]
    whole = {
        "as_of": AS_OF,
        "sides": [{"id": "BLUE", "name": "Blue"}, {"id": "RED"}],
        "force": "us",
        "uncovered": uncovered,
        "area": box(-6000, -6000, 6000, 6000),
    }
    return draw_plan({"type": "FeatureCollection", "situation": whole, "features": features})


def stand(at, name="unit", **says):
    geometry = at if isinstance(at, dict) else point(*at)
    return feature(name, geometry, "position", side="BLUE", force="us", **says)


def judge(*positions, **whole):
    situation = encircle.read(draw(*positions, **whole))
    judgement = encircle.judge(situation, QUICK)
    verification = encircle.verify(json.loads(judgement.to_json()), situation)
    assert verification.holds, [check.statement for check in verification.failures]
    return judgement


@pytest.mark.parametrize(
    ("says", "code"),
    [
        pytest.param({"basis": "reported"}, "U", id="reported"),
        pytest.param({"basis": "reported", "reach_m": 500}, "U", id="reported with a reach"),
        pytest.param({"basis": "reported", "sources": SOURCE}, "U", id="reported by a source"),
        pytest.param({}, "U", id="neither source nor reach"),
        pytest.param({"echelon": "brigade"}, "U", id="an echelon is no reach"),
        pytest.param({"reach_m": 0}, "U", id="a reach of nothing"),
        pytest.param({"basis": "sketch"}, "U", id="a sketch without a source"),
        pytest.param({"reach_m": 300}, "E2", id="a reach stated"),
        pytest.param({"sources": SOURCE}, "E2", id="a source"),
        pytest.param({"basis": "sketch", "sources": SOURCE}, "E2", id="a sketch with a source"),
    ],
)
def test_only_evidence_outvotes_the_map(says, code):
    judgement = judge(stand(WITH_THE_ENEMY, **says))
    assert judgement.status.code == code
    if code == "U":
        assert judgement.findings[0].rule == CONTRADICTION
        assert set(judgement.judged.definitions.values()) == {"unknown"}
        assert judgement.margins == {}
        assert judgement.likelihood is None
        assert judgement.confidence["level"] == "low"


def test_the_finding_names_the_nearest_ground_of_its_own_side():
    said = judge(stand(WITH_THE_ENEMY, basis="reported")).findings[0].statement
    assert "2.0 km to the east: 36 km² on this map, joined to its rear" in said


@pytest.mark.parametrize(
    ("at", "uncovered", "code"),
    [
        pytest.param(AT_HOME, "unknown", "C0", id="on its own ground"),
        pytest.param(UNPAINTED, "unknown", "C3", id="on ground nobody painted"),
        pytest.param(UNPAINTED, "open", "C0", id="on open ground"),
    ],
)
def test_a_bare_position_that_contradicts_nothing_is_judged(at, uncovered, code):
    judgement = judge(stand(at, basis="reported"), uncovered=uncovered)
    assert judgement.status.code == code
    assert judgement.findings[0].rule != CONTRADICTION


def test_ground_too_old_to_rely_on_contradicts_nobody():
    document = draw(stand(WITH_THE_ENEMY, basis="reported"))
    document["features"][1]["properties"]["observed_at"] = "2024-01-01"
    judgement = encircle.judge(encircle.read(document), QUICK)
    assert judgement.findings[0].rule != CONTRADICTION
    assert judgement.encircled is not True


def test_one_contradicted_position_takes_nothing_from_an_open_group():
    lost = stand(WITH_THE_ENEMY, "lost", basis="reported")
    assert judge(stand(AT_HOME, sources=SOURCE), lost).status.code == "C0"


def test_one_contradicted_position_keeps_a_group_from_being_called_encircled():
    cut = stand((-3000, 700), "cut", sources=SOURCE, reach_m=200)
    assert judge(cut).status.code == "E2"
    assert judge(cut, stand(WITH_THE_ENEMY, "lost", basis="reported")).status.code == "U"


def test_a_position_at_several_places_is_as_well_off_as_its_best():
    places = {"type": "MultiPoint", "coordinates": [list(WITH_THE_ENEMY), list(AT_HOME)]}
    judgement = judge(stand(places, basis="reported"))
    assert judgement.status.code == "C0"
    assert "places_apart" in {finding.rule for finding in judgement.findings}


def test_a_drawn_force_is_contradicted_only_where_all_of_it_is():
    assert judge(stand(box(-3000, -500, -1000, 500))).status.code == "U"
    assert judge(stand(box(-3000, -500, 1000, 500))).status.code == "C0"


# -- forgeries -------------------------------------------------------------------------------


def forge(document, change):
    situation = encircle.read(document)
    judgement = json.loads(encircle.judge(situation, QUICK).to_json())
    forged = copy.deepcopy(judgement)
    change(forged)
    return encircle.verify(forged, situation)


def call_contradicted(judgement):
    reason = {"rule": CONTRADICTION, "statement": "x", "evidence": [], "decides": True}
    for ruling in (judgement, *judgement["units"]):
        ruling.update(
            verdict="indeterminate",
            encircled=None,
            status={"code": "U", "name": "indeterminate", "label": ""},
            certificates={"open": None, "closed": None},
            because=reason,
        )
        ruling["definitions"] = dict.fromkeys(ruling["definitions"], "unknown")
        ruling["axes"]["land"] = dict.fromkeys(ruling["axes"]["land"], "unknown")
    judgement["findings"] = [reason]


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(stand(AT_HOME, basis="reported"), id="on friendly ground"),
        pytest.param(stand(WITH_THE_ENEMY, sources=SOURCE), id="with evidence"),
        pytest.param(stand(UNPAINTED, basis="reported"), id="on ground nobody knows"),
    ],
)
def test_no_forger_calls_a_position_contradicted_that_is_not(unit):
    assert not forge(draw(unit), call_contradicted).holds


def test_no_forger_calls_a_dot_on_enemy_ground_encircled():
    honest = judge(stand(WITH_THE_ENEMY, sources=SOURCE, reach_m=100))
    ring = json.loads(honest.to_json())

    def call_encircled(judgement):
        digest = judgement["provenance"]["input_sha256"]
        judgement.clear()
        judgement.update(copy.deepcopy(ring))
        judgement["provenance"]["input_sha256"] = digest

    document = draw(stand(WITH_THE_ENEMY, basis="reported", reach_m=100))
    assert not forge(document, call_encircled).holds


def test_no_forger_calls_an_encircled_force_impossible_to_tell():
    document = draw(stand(WITH_THE_ENEMY, sources=SOURCE, reach_m=100))

    def call_untold(judgement):
        call_contradicted(judgement)
        for ruling in judgement["units"]:
            ruling["because"] = {**ruling["because"], "rule": "map_ends_first"}
        judgement["findings"][0]["rule"] = "map_ends_first"

    assert not forge(document, call_untold).holds


def test_a_claim_is_never_supported_by_a_dot():
    document = draw(stand(WITH_THE_ENEMY, basis="reported"))
    asserts = {"force": "us", "definition": "land_cut", "value": True}
    document["features"].append(
        feature("claim", None, "claim", claimant="RED", statement="Surrounded.", asserts=asserts)
    )
    [checked] = encircle.check_claims([encircle.read(document)]).checked
    assert checked.rating == "unverifiable"
    assert "contradict each other" in checked.findings[0].statement
    assert any("only a word" in doubt for doubt in checked.doubts)
    assert checked.doubts[0] in checked.quote
    assert checked.to_dict()["notices"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"force": "others"}, id="of another force"),
        pytest.param({"force": None}, id="of no force"),
        pytest.param({"force": "friends", "side": "GREEN", "basis": "reported"}, id="of an ally"),
        pytest.param({"force": "others", "echelon": "army"}, id="an army"),
    ],
)
def test_two_bare_words_vouch_for_each_other_no_more_than_one_does(other):
    second = stand(WITH_THE_ENEMY, "second")
    second["properties"] |= other
    document = draw(stand(WITH_THE_ENEMY, basis="reported"), second)
    document["situation"]["sides"].append({"id": "GREEN", "allies": ["BLUE"]})
    situation = encircle.read(document)
    judgement = encircle.judge(situation, QUICK)
    assert judgement.findings[0].rule == CONTRADICTION
    assert encircle.verify(judgement, situation).holds


def test_a_place_that_only_a_reach_vouches_for_keeps_confidence_low():
    judgement = judge(stand(WITH_THE_ENEMY, reach_m=1))
    assert [notice.severity for notice in judgement.notices] == ["doubt"]
    assert judgement.confidence["level"] == "low"


def test_likelihood_counts_no_world_that_contradicts_a_bare_position_as_encirclement():
    document = draw(stand(AT_HOME, basis="reported"))
    document["situation"]["sources"] = [{"id": "map", "reliability": "B", "credibility": 2}]
    home = document["features"][0]["properties"]
    home["sources"] = ["map"]
    land = feature("land", box(-6000, -3000, 6000, 3000), "control", holder="RED")
    land["properties"]["basis"] = "territory"
    document["features"].append(draw_plan({**document, "features": [land]})["features"][0])
    judgement = encircle.judge(encircle.read(document))
    assert judgement.verdict == "not_encircled"
    assert judgement.likelihood["p_encircled"][0] == 0
    assert {pivot.would_make for pivot in judgement.pivots} == {"indeterminate", "encircled"}
    told = [p.statement for p in judgement.pivots if p.would_make == "indeterminate"]
    assert "only a word says that anybody is there" in told[0]


def test_a_place_from_which_a_walker_gets_out_cannot_be_forged_into_a_contradiction():
    places = {"type": "MultiPoint", "coordinates": [list(WITH_THE_ENEMY), list(AT_HOME)]}
    situation = encircle.read(draw(stand(places, basis="reported")))
    forged = encircle.judge(situation, QUICK).to_dict()
    lost = encircle.judge(encircle.read(draw(stand(WITH_THE_ENEMY, basis="reported"))), QUICK)
    told = lost.to_dict()
    for name in ("verdict", "encircled", "status", "definitions", "axes", "certificates"):
        forged[name] = forged["units"][0][name] = told[name]
    forged["findings"], forged["units"][0]["because"] = (
        told["findings"],
        told["units"][0]["because"],
    )
    failures = encircle.verify(forged, situation).failures
    assert any("does not" in check.statement for check in failures)

"""What a judgement says of the force follows from what it says of its positions: rule by rule."""

import copy
import json
from functools import cache

import pytest

import encircle
from encircle.verifier.ground import Survey
from encircle.verifier.reading.parsing import parse_judgement
from encircle.verifier.told.words import STATUSES
from encircle.verifier.whole import (
    Whole,
    cut_off_is_counted,
    nobody_is_left_where_nobody_is_judged,
    parts_prove_themselves,
    positions_are_all_judged,
    whole_follows_from_parts,
    whole_speaks_as_its_best_part,
)
from tests.property.strategies import box
from tests.unit.test_contradiction import AT_HOME, QUICK, SOURCE, draw, feature, stand

CUT = (-3000, 700)


@cache
def judge(one="yes", other="yes"):
    """Judge a force of two positions, the first cut off by the enemy, the second at home."""
    cut = stand(CUT, "cut", sources=SOURCE, reach_m=200, present=one)
    home = stand(AT_HOME, "home-unit", sources=SOURCE, reach_m=200, present=other)
    pocket = feature("pocket", box(-3500, 200, -2500, 1200), "control", holder="BLUE",
                     basis="assessed")  # fmt: skip
    situation = encircle.read(draw(pocket, cut, home))
    return situation, json.loads(encircle.judge(situation, QUICK).to_json())


def ask(rule, situation, said):
    parsed = parse_judgement(said)
    return [*rule(Whole(parsed, Survey(situation, parsed.parameters)))]


@pytest.mark.parametrize(
    ("present", "codes", "allowed"),
    [
        pytest.param(("yes", "yes"), ("E2", "C0"), {"C0"}, id="the best-off sets it"),
        pytest.param(("yes", "yes"), ("E2", "U"), {"U"}, id="one untold keeps a ring from all"),
        pytest.param(("yes", "unknown"), ("E2", "C0"), {"E2", "C0"}, id="the other may be there"),
        pytest.param(("yes", "unknown"), ("E2", "N"), {"E2"}, id="the other may be there, or not"),
        pytest.param(("yes", "withdrawn"), ("E2", "N"), {"E2"}, id="the other is gone"),
        pytest.param(("unknown", "unknown"), ("E2", "C0"), {"U"}, id="who knows who is there"),
        pytest.param(("withdrawn", "withdrawn"), ("N", "N"), {"N"}, id="all gone"),
    ],
)
def test_the_best_off_of_who_is_there_sets_the_status(present, codes, allowed):
    situation, honest = judge(*present)
    said = copy.deepcopy(honest)
    by_id = {part["id"]: part for part in said["units"]}
    for name, code in zip(("cut", "home-unit"), codes, strict=True):
        by_id[name]["status"]["code"] = code
    taken = set()
    for code in STATUSES:
        said["status"]["code"] = code
        if not ask(whole_follows_from_parts, situation, said):
            taken.add(code)
    assert taken == allowed


@pytest.mark.parametrize("present", [("yes", "yes"), ("yes", "unknown"), ("unknown", "withdrawn")])
def test_the_engines_own_word_is_taken(present):
    situation, honest = judge(*present)
    for rule in (
        whole_follows_from_parts, nobody_is_left_where_nobody_is_judged, parts_prove_themselves,
        positions_are_all_judged,
    ):  # fmt: skip
        assert ask(rule, situation, honest) == []


@pytest.mark.parametrize(
    ("present", "name", "refused"),
    [
        pytest.param(("yes", "yes"), "cut", True, id="there"),
        pytest.param(("yes", "unknown"), "home-unit", False, id="perhaps there"),
        pytest.param(("yes", "withdrawn"), "home-unit", False, id="gone"),
    ],
)
def test_a_position_that_is_there_is_not_gone(present, name, refused):
    situation, honest = judge(*present)
    said = copy.deepcopy(honest)
    (part,) = [part for part in said["units"] if part["id"] == name]
    part["status"]["code"] = "N"
    faults = ask(nobody_is_left_where_nobody_is_judged, situation, said)
    assert [fault.features for fault in faults] == ([(name,)] if refused else [])


def test_a_position_is_judged_once():
    situation, honest = judge()
    said = copy.deepcopy(honest)
    said["units"].append(copy.deepcopy(said["units"][0]))
    (fault,) = ask(positions_are_all_judged, situation, said)
    assert "twice" in fault.statement


def test_the_ring_of_a_position_holds_it():
    situation, honest = judge()
    said = copy.deepcopy(honest)
    (part,) = [part for part in said["units"] if part["id"] == "cut"]
    part["certificates"]["closed"]["units"] = ["home-unit"]
    (fault,) = ask(parts_prove_themselves, situation, said)
    assert fault.features == ("cut",)


@pytest.mark.parametrize("grade", ["F0", "F1", "F4", None])
def test_a_force_that_is_gone_is_under_the_fire_that_a_position_tells(grade):
    """Another position of its status tells none, which is not the same as any."""
    situation, honest = judge("withdrawn", "withdrawn")
    said = copy.deepcopy(honest)
    none = {"best": None, "by_mode": {}}
    under = {"best": "F3", "by_mode": {"foot": "F3"}}
    for part, fire in zip(said["units"], (none, under), strict=True):
        part["axes"]["fire"] = fire
    said["axes"]["fire"] = under
    assert ask(whole_speaks_as_its_best_part, situation, said) == []
    said["axes"]["fire"] = {"best": grade, "by_mode": {"foot": grade}}
    assert len(ask(whole_speaks_as_its_best_part, situation, said)) == 1


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0, 7.0])
def test_of_nobody_no_share_is_cut_off(share):
    situation, honest = judge("unknown", "unknown")
    said = copy.deepcopy(honest)
    assert said["cut_off"]["weight_share"] is None
    assert ask(cut_off_is_counted, situation, said) == []
    said["cut_off"]["weight_share"] = share
    assert len(ask(cut_off_is_counted, situation, said)) == 1

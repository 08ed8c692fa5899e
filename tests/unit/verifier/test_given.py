"""What a judgement was asked for it gives, or says that there was no time for it."""

import json
from functools import cache

import pytest

import encircle
from tests.property.strategies import box
from tests.unit.test_contradiction import AT_HOME, draw, feature, stand

GRADED = [{"id": "s", "title": "S", "reliability": "B", "credibility": 2}]
CALLED = {
    "margins": "the margins", "pivots": "what would turn the verdict",
    "likelihood": "the likelihood",
}  # fmt: skip
"""Member to what the notice of a deadline calls it."""


@cache
def judge():
    home = stand(AT_HOME, "home-unit", sources=GRADED, reach_m=200)
    pocket = feature("pocket", box(-3500, 200, -2500, 1200), "control", holder="BLUE",
                     basis="assessed", sources=GRADED)  # fmt: skip
    situation = encircle.read(draw(pocket, home))
    return situation, encircle.judge(situation).to_json()


def without(member, **notices):
    situation, honest = judge()
    said = json.loads(honest)
    assert said.pop(member)
    return encircle.verify({**said, **notices}, situation)


@pytest.mark.parametrize("member", CALLED)
def test_what_was_asked_for_is_not_taken_away_in_silence(member):
    told = without(member)
    assert not told.holds
    assert all("no notice says" in check.statement for check in told.failures)


@pytest.mark.parametrize("member", CALLED)
def test_what_there_was_no_time_for_is_told_and_holds(member):
    situation, _ = judge()
    late = json.loads(encircle.judge(situation, deadline_s=1e-9).to_json())
    assert not late.get(member)
    told = encircle.verify(late, situation)
    assert told.holds, [check.statement for check in told.failures]
    notice = next(n for n in late["notices"] if n["code"] == "left_out_for_time")
    assert CALLED[member] in notice["statement"]
    late["notices"].remove(notice)
    assert not encircle.verify(late, situation).holds

"""Which notices a judgement may give by itself, and where they are due."""

import ast
import json
from functools import cache
from pathlib import Path

import pytest

import encircle
from encircle.verifier.told.notices import FRAMES, SEVERITIES

PACKAGE = Path(encircle.__file__).parent
JUDGING = ("judge.py", "map/deadline.py", "map/slips/*.py", "verdict/*.py", "verdict/*/*.py")
"""Where notices are given in judging; those of importers are the map's own."""
LATER = "2035-03-01T00:00:00Z"


def feature(name, kind, at, **says):
    geometry = {"type": "Point", "coordinates": at}
    said = {"kind": kind, "side": "A", **says}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": said}


@cache
def judge(across_deg, observed_at=None):
    """Judge a force and its depot so far apart; a sighting of the enemy is dated."""
    told = {"observed_at": observed_at} if observed_at else {}
    features = [
        feature("us", "position", [35, 51], force="us", reach_m=1),
        feature("depot", "anchor", [35, 51 + across_deg]),
        feature("them", "position", [35, 51 + across_deg / 2], **{"side": "B", **told}),
    ]
    whole = {"as_of": "2025-03-14T12:00:00Z", "force": "us", "sides": [{"id": "A"}, {"id": "B"}]}
    document = {"type": "FeatureCollection", "situation": whole, "features": features}
    situation = encircle.read(document)
    return situation, encircle.judge(situation).to_json()


def verify(case, change=lambda notice: notice):
    """Verify a judgement with each notice changed, or left out where nothing is left of it."""
    situation, honest = case
    said = json.loads(honest)
    said["notices"] = [changed for notice in said["notices"] if (changed := change(notice))]
    return encircle.verify(said, situation)


def codes_of(case):
    return {notice["code"] for notice in json.loads(case[1])["notices"]}


def test_every_notice_that_judging_gives_is_known_to_the_verifier():
    calls = [
        call
        for pattern in JUDGING
        for path in PACKAGE.glob(pattern)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Notice", "tell_of")
    ]
    given = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(given) > 20
    assert given <= FRAMES.keys() == SEVERITIES.keys()


DOUBTED = [("map_small_for_seams", (0.001, None)), ("dated_far_later", (0.1, LATER))]
MISSTATED = {"map_small_for_seams": ("111 m", "9 m"), "dated_far_later": ("10 years", "3 years")}
"""What is told of such a map, and what would be false."""


@pytest.mark.parametrize(("code", "case"), DOUBTED)
def test_what_is_doubted_of_a_map_is_told_as_it_is(code, case):
    case, (said, false) = judge(*case), MISSTATED[code]
    assert code in codes_of(case)
    assert verify(case).holds, [check.statement for check in verify(case).failures]

    def misstate(notice):
        assert notice["code"] != code or said in notice["statement"]
        return {**notice, "statement": notice["statement"].replace(said, false)}

    assert not verify(case, misstate).holds


@pytest.mark.parametrize(("code", "case"), DOUBTED)
def test_what_is_to_be_doubted_of_a_map_is_told_there_and_only_there(code, case):
    case, plain = judge(*case), judge(0.1)
    left_out = verify(case, lambda notice: None if notice["code"] == code else notice)
    assert any(f"{code!r} is not told" in check.statement for check in left_out.failures)
    notices = json.loads(case[1])["notices"]
    situation, honest = plain
    assert code not in codes_of(plain)
    added = {**json.loads(honest), "notices": notices}
    added["confidence"]["level"] = "low"
    told = encircle.verify(added, situation).failures
    assert any("and it is not so" in check.statement for check in told)

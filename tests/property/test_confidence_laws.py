"""Laws of confidence: each docstring is one, tried on random maps and on all fixtures."""

from __future__ import annotations

import copy
import importlib
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from encircle import Options, judge, read
from encircle.errors import SituationError
from encircle.likelihood.leaving_out import leave_out_origins, suspect_all
from encircle.map.door.reader import read_situation
from encircle.map.situation import Control, Position
from encircle.verdict.confidence import AGAINST, BOUNDARY_ERROR_M, EVEN
from encircle.verdict.group import find_speaking
from tests.property.strategies import SETTINGS, draw_plan, line, plans
from tests.thorough import thorough

pytestmark = pytest.mark.property

judging = importlib.import_module("encircle.judge")
SEEDS = st.integers(0, 2**32 - 1)
LEVELS = ("low", "moderate", "high")
FEW = Options(most_worlds=60)
QUICK = Options(most_worlds=0)
FIXTURES = sorted(
    path
    for path in (Path(__file__).parents[2] / "fixtures").glob("*/situation.geojson")
    if '"error"' not in (path.parent / "expected.json").read_text("utf-8")  # refused at the door
)
GRADES = (("A", 1), ("B", 2), ("B", 2), ("C", 3), ("D", 4), ("F", 6))


def one_source_each(document, seed):
    """Give each feature that is not the force's own a source of its own, graded."""
    rng = random.Random(seed)  # noqa: S311
    document = copy.deepcopy(document)
    sources = []
    for number, feature in enumerate(document["features"]):
        if feature["properties"].get("force") == "the-force":
            continue
        letter, digit = rng.choice(GRADES)
        sources.append({"id": f"s{number}", "reliability": letter, "credibility": digit})
        feature["properties"]["sources"] = [f"s{number}"]
        feature["properties"].setdefault("observed_at", "2025-03-13T00:00:00Z")
    document["situation"]["sources"] = sources
    return document


def read_or_skip(document):
    try:
        return read_situation(document)
    except SituationError:
        assume(condition=False)
        raise


def check(judgement):
    """Hold verdict, likelihood and confidence against each other."""
    told, confidence = judgement.likelihood, judgement.confidence
    low, high = told["p_encircled"] if told else (0.0, 1.0)
    against = {
        "encircled": high < EVEN, "not_encircled": low > EVEN,
        "contested": high < EVEN or low > EVEN,
    }.get(judgement.verdict, False)  # fmt: skip
    notices = [n.statement for n in judgement.notices if n.code == AGAINST]
    assert (", on this map, " in judgement.headline) == against
    assert len(notices) == against
    if against:
        assert confidence["level"] == "low"
        assert told["term"] in notices[0]
    held, moved_m = confidence["holds_without"], confidence["holds_moved_m"]
    hangs = held is None or held["origins"] < held["of"]
    thin = moved_m is None or moved_m < BOUNDARY_ERROR_M
    if confidence["level"] == "high":
        assert not hangs
        assert not thin
        assert judgement.encircled is not None or judgement.verdict == "no_force"
        assert not any(n.severity == "doubt" for n in judgement.notices)
        assert not any(f.rule == "stale_evidence" for f in judgement.findings)
        if told:
            assert low > EVEN if judgement.encircled else high < EVEN
    if hangs and thin:
        assert confidence["level"] == "low"
    assert confidence["because"]


@SETTINGS
@given(plans(), SEEDS)
def test_nothing_told_contradicts_the_rest(plan, seed):
    """Where the likelihood speaks against the verdict it is said why; high means that it holds."""
    check(judge(read_or_skip(one_source_each(draw_plan(plan), seed)), FEW))


@thorough
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_no_fixture_contradicts_itself(path):
    """The same on every state of the library."""
    check(judge(read(path)))


@pytest.mark.parametrize("path", FIXTURES[::10], ids=lambda path: path.parent.name)
def test_a_tenth_of_the_fixtures_do_not_contradict_themselves(path):
    """The same on some of them, in every run: of those that test_fixtures has judged."""
    check(judge(read(path)))


@SETTINGS
@given(plans())
def test_what_touches_nothing_raises_no_confidence(plan):
    """A road in a corner, by another hand, joined to nothing, makes nothing firmer."""
    document = draw_plan(plan)
    sources = [{"id": "map", "reliability": "B", "credibility": 2}]
    document["situation"]["sources"] = sources
    for feature in document["features"]:
        feature["properties"]["sources"] = ["map"]
    before = judge(read_or_skip(document), QUICK)
    lone = {
        "type": "Feature", "id": "far road", "geometry": line((-6700, -6700), (-6650, -6650)),
        "properties": {"kind": "route", "sources": ["other"], "observed_at": "2025-03-13"},
    }  # fmt: skip
    more = copy.deepcopy(document)
    more["features"] += draw_plan({**plan, "features": [lone]})["features"]
    more["situation"]["sources"] = [*sources, {"id": "other", "reliability": "A", "credibility": 1}]
    after = judge(read_or_skip(more), QUICK)
    assume(after.status == before.status)
    levels = [LEVELS.index(each.confidence["level"]) for each in (before, after)]
    assert levels[1] <= levels[0] <= LEVELS.index("moderate")


@SETTINGS
@given(plans(), SEEDS)
def test_an_origin_left_out_is_a_map_without_it(plan, seed):
    """Left out of the chart, evidence is as if nobody had drawn it."""
    situation = read_or_skip(one_source_each(draw_plan(plan), seed))
    options = Options(seam_m=0.0, most_worlds=0)
    sheet, _, all_facts = judging._look(situation, options)  # noqa: SLF001 - the engine's own part
    speaking = [all_facts[i] for i in find_speaking(all_facts)]
    asked = [f.position for f in speaking if not f.is_untold]
    assume(asked and len(asked) == len(speaking))
    area = sheet.ground.drawing.plane.to_degrees(sheet.ground.drawing.area)
    framed = replace(situation, area=area)
    verdict = judging.find_status(framed, options).verdict
    settled = ("encircled", "not_encircled")
    for origin in leave_out_origins(sheet, suspect_all(sheet, options), asked):
        kept = tuple(f for f in framed.features if f.id not in origin.features)
        now = judging.find_status(replace(framed, features=kept), options).verdict
        if verdict in settled or now in settled:
            assert origin.holds == (now == verdict), origin


@SETTINGS
@given(plans())
def test_a_verdict_holds_as_far_as_it_says(plan):
    """Boundaries out by less than what it says give no opposite verdict, and keep a ring closed."""
    situation = read_or_skip(draw_plan(plan))
    judgement = judge(situation, QUICK)
    moved_m = judgement.confidence["holds_moved_m"]
    assume(judgement.encircled is not None and moved_m)
    out = tuple(
        replace(f, location_error_m=f.location_error_m + moved_m - 1.0)
        if isinstance(f, Control | Position) else f
        for f in situation.features
    )  # fmt: skip
    now = judging.find_status(replace(situation, features=out), QUICK).verdict
    if judgement.encircled:
        assert now == "encircled"
    else:
        assert now != "encircled"

"""How likely: values known in closed form, and what a judgement tells of them."""

from __future__ import annotations

import re

import pytest

from encircle import Options, explain, judge, read, verify
from encircle.map.evidence import UNGRADED
from encircle.map.options import GRADES

AS_OF = "2025-03-14T12:00:00Z"
B2, C3 = GRADES["B2"], GRADES["C3"]


def point(x, y):
    return {"type": "Point", "coordinates": [35 + x / 100, 50 + y / 100]}


def line(*places):
    return {"type": "LineString", "coordinates": [point(*p)["coordinates"] for p in places]}


def box(west, south, east, north):
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[point(*p)["coordinates"] for p in ring]]}


def feature(name, geometry, kind, **properties):
    return {
        "type": "Feature", "id": name, "geometry": geometry,
        "properties": {"kind": kind, **properties},
    }  # fmt: skip


SOURCES = [
    {"id": "map", "title": "Map of the day", "reliability": "B", "credibility": 2, "origin": "m"},
    {"id": "echo", "reliability": "B", "credibility": 2, "origin": "m"},
    {"id": "men", "title": "Men on the spot", "reliability": "C", "credibility": 3},
    {"id": "rumour", "reliability": "F", "credibility": 6},
]
MOAT = line((-5, -5), (5, -5), (5, 5), (-5, 5), (-5, -5))
"""A river all round the force."""


def situation(*features, **whole):
    base = [
        feature("force", point(0, 0), "position", side="B", force="f", reach_m=100),
        feature("rear", point(18, 0), "anchor", side="B"),
        feature("moat", MOAT, "barrier", type="river"),
    ]
    about = {
        "as_of": AS_OF, "sides": [{"id": "B"}, {"id": "R"}], "force": "f", "uncovered": "open",
        "sources": SOURCES, "area": box(-20, -20, 20, 20), **whole,
    }  # fmt: skip
    return {"type": "FeatureCollection", "situation": about, "features": [*base, *features]}


def bridge(name, y, **properties):
    return feature(name, line((4.5, y), (5.5, y)), "crossing", type="bridge", **properties)


def chance(*features, options=None, **whole):
    judgement = judge(read(situation(*features, **whole)), options)
    return judgement.likelihood["p_encircled"]


def test_two_independent_bridges_must_both_be_gone():
    p = chance(bridge("one", 1, probability=0.9), bridge("two", 2, probability=0.8))
    assert p == pytest.approx([0.02, 0.02])


def test_a_rare_chance_keeps_its_digits():
    p = chance(bridge("one", 1, probability=0.99999), bridge("two", 2, probability=0.9998))
    assert p == pytest.approx([2e-9, 2e-9], rel=1e-3)


def test_two_bridges_of_one_origin_fall_together():
    p = chance(bridge("one", 1, sources=["map"]), bridge("two", 2, sources=["echo"]))
    assert p == pytest.approx([1 - B2, 1 - B2])


def test_two_bridges_that_share_one_of_two_origins():
    p = chance(bridge("one", 1, sources=["map", "men"]), bridge("two", 2, sources=["men"]))
    assert p == pytest.approx([(1 - B2) * (1 - C3)] * 2)


def test_a_barrier_that_may_not_be_there():
    features = [feature("dike", MOAT, "barrier", type="minefield", probability=0.3)]
    document = situation(*features)
    document["features"] = [f for f in document["features"] if f["id"] != "moat"]
    assert judge(read(document)).likelihood["p_encircled"] == pytest.approx([0.3, 0.3])


def test_a_grade_that_cannot_be_judged_gives_a_wide_interval():
    p = chance(bridge("one", 1, sources=["rumour"]))
    assert p == pytest.approx([1 - GRADES["A1"], 1 - GRADES["E5"]])


def test_what_nobody_knows_widens_the_interval():
    p = chance(bridge("one", 1, probability=0.9, state="unknown"))
    assert p == pytest.approx([0.1, 1.0])


def test_evidence_stated_to_be_right_gives_nought_or_one():
    assert chance(bridge("one", 1, probability=1.0)) == [0.0, 0.0]
    assert chance(bridge("one", 1, probability=0.0)) == [1.0, 1.0]
    assert chance(bridge("one", 1, state="unknown", probability=1.0)) == [0.0, 1.0]


ONE_NUMBER = re.compile(r"\((0|100|\S*e[+-]\d+) %")


@pytest.mark.parametrize("p", [0.0, 1e-9, 1e-5, 0.5, 0.99996, 0.999999, 1 - 1e-9, 1.0])
@pytest.mark.parametrize("state", ["open", "cut"])
def test_no_probability_stated_makes_the_words_give_all_or_none_of_it(p, state):
    """ICD 203: *almost certain* and *almost no chance*, and never 100 % or 0 % of it."""
    drawn = read(situation(bridge("one", 1, probability=p, state=state)))
    judgement = judge(drawn)
    assert not ONE_NUMBER.search(explain(judgement))
    checked = verify(judgement, drawn)
    assert checked.holds, checked.sentence
    against = [n.statement for n in judgement.notices if n.code == "likelihood_against_verdict"]
    assert bool(against) == (state == "open" and p < 0.5)
    assert any("by probabilities stated as 0 or 1" in said for said in against) == (
        bool(against) and p == 0.0
    )


def test_nobody_is_said_not_to_have_graded_what_is_stated():
    told = judge(read(situation(bridge("one", 1, probability=1.0))))
    said = [pivot.statement for pivot in told.pivots if "one" in pivot.evidence]
    assert said
    assert all("stated probabilities leave that out" in each for each in said)


@pytest.mark.parametrize("state", ["open", "cut", "unknown"])
def test_where_nothing_is_graded_there_is_no_likelihood(state):
    judgement = judge(read(situation(bridge("one", 1, state=state))))
    assert judgement.likelihood is None
    assert "No likelihood: nothing here is graded." in explain(judgement)


def test_what_bears_no_grade_beside_what_does_is_never_certain():
    p = chance(bridge("one", 1), bridge("two", 2, probability=0.5))
    assert p == pytest.approx([0.5 * (1 - UNGRADED[1]), 0.5 * (1 - UNGRADED[0])])


def wall(east, **properties):
    """Draw hostile ground from the river's inner bank over the one bridge's far end."""
    return feature(
        "red", box(east, -6, 10, 6), "control", holder="R", basis="assessed", **properties
    )


def test_a_location_error_is_three_levels_of_one_shift():
    """Hostile ground ends 1 km short of the bridge: only drawn 2 km larger does it reach it."""
    shifted = wall(7.0, location_error_m=2000, probability=1.0)
    document = situation(bridge("one", 0, probability=1.0), shifted, uncovered="open")
    told = judge(read(document))
    assert told.likelihood["p_encircled"] == pytest.approx([1 / 6, 1 / 6], abs=1e-6)
    assert told.status.code == "C3"


def test_a_group_is_cut_off_only_if_every_position_is():
    outside = feature("free", point(10, 0), "position", side="B", force="f", reach_m=100)
    judgement = judge(read(situation(bridge("one", 1, probability=0.9), outside)))
    assert judgement.likelihood["p_encircled"] == [0.0, 0.0]
    by_position = {p.id: p.likelihood["land_cut"]["p"] for p in judgement.positions}
    assert by_position["force"] == pytest.approx([0.1, 0.1])
    assert by_position["free"] == [0.0, 0.0]


def test_nobody_there_has_no_likelihood():
    document = situation(bridge("one", 1, probability=0.5))
    document["features"][0]["properties"]["present"] = "withdrawn"
    judgement = judge(read(document))
    assert judgement.likelihood is None
    assert judgement.positions[0].likelihood is None


def test_a_force_that_may_be_gone_cannot_be_told():
    document = situation(bridge("one", 1, probability=0.5))
    document["features"][0]["properties"]["present"] = "unknown"
    judgement = judge(read(document))
    assert judgement.likelihood is None
    assert "No likelihood: the map does not tell" in explain(judgement)


def test_a_budget_that_ends_leaves_bounds_that_hold():
    bridges = [bridge(f"b{i}", i, probability=0.6) for i in range(-4, 5)]
    exact = judge(read(situation(*bridges))).likelihood
    early = judge(read(situation(*bridges)), Options(most_worlds=4)).likelihood
    assert (exact["method"], early["method"]) == ("exact", "bounds")
    assert early["p_encircled"][0] <= exact["p_encircled"][0] == pytest.approx(0.4**9, abs=2e-6)
    assert exact["p_encircled"][1] <= early["p_encircled"][1]


def test_no_worlds_leave_the_likelihood_out():
    judgement = judge(read(situation(bridge("one", 1))), Options(most_worlds=0))
    assert judgement.likelihood is None


def test_the_parameters_are_printed_and_can_be_changed():
    document = situation(bridge("one", 1, sources=["map"]))
    judgement = judge(read(document), Options(grades={"B2": 0.25}))
    parameters = judgement.provenance["parameters"]
    assert (parameters["grades"]["B2"], parameters["grades"]["A1"]) == (0.25, GRADES["A1"])
    assert judgement.likelihood["p_encircled"] == pytest.approx([0.75, 0.75])


# -- what would have to be wrong -------------------------------------------------------------


def test_the_pivot_names_both_bridges():
    judgement = judge(
        read(situation(bridge("one", 1, probability=0.9), bridge("two", 2, probability=0.8)))
    )
    (pivot,) = judgement.pivots
    assert pivot.would_make == "encircled"
    assert sorted(pivot.evidence) == ["one", "two"]
    assert pivot.probability == pytest.approx(0.02)
    assert pivot.statement.startswith(
        "For the force to be encircled, a bridge at 35.045, 50.010 and a bridge at 35.045, 50.020 "
        "would both"
    )


def test_pivots_name_the_sources_that_must_be_wrong():
    second = feature("pass", point(18, 5), "anchor", side="B")
    bridges = bridge("one", 1, sources=["map"]), bridge("two", 2, sources=["map", "men"])
    judgement = judge(read(situation(second, *bridges)))
    (pivot,) = judgement.pivots
    assert pivot.probability == pytest.approx((1 - B2) * (1 - C3), rel=1e-3)
    assert pivot.wrong == ("m", "men")
    assert "“Map of the day” (B2) and “Men on the spot” (C3)" in pivot.statement


def test_where_nothing_graded_turns_it_what_is_drawn_does():
    judgement = judge(read(situation(bridge("one", 1), bridge("two", 2))))
    assert {p.probability for p in judgement.pivots} == {None}
    assert ["one", "two"] in [sorted(p.evidence) for p in judgement.pivots]
    closed = judge(read(situation()))
    assert [p.evidence for p in closed.pivots] == [("moat",)]


def test_importance_is_birnbaums():
    likelihood = judge(
        read(situation(bridge("one", 1, probability=0.9), bridge("two", 2, probability=0.8)))
    ).likelihood
    ranked = [(row["item"], row["importance"]) for row in likelihood["importance"]]
    assert ranked == [("one", pytest.approx(0.2)), ("two", pytest.approx(0.1))]


def test_the_explanation_keeps_likelihood_and_confidence_apart():
    text = explain(judge(read(situation(bridge("one", 1, probability=0.9)))))
    assert "Likelihood that it was encircled: very unlikely (10 %)." in text
    assert not any("Likelihood" in line and "onfidence" in line for line in text.splitlines())


def test_confidence_names_the_sources_that_nobody_could_judge():
    judgement = judge(read(situation(bridge("one", 1, sources=["rumour"]))))
    assert "Sources that nobody could judge: “rumour”." in judgement.confidence["because"]


# -- what if ---------------------------------------------------------------------------------


def test_leaving_a_bridge_out_closes_the_ring():
    document = read(situation(bridge("one", 1, probability=0.9)))
    judgement = judge(document, Options(without=("one",)))
    assert judgement.verdict == "encircled"
    assert judgement.what_if["base"]["verdict"] == "not_encircled"
    changed = {row["member"]: (row["from"], row["to"]) for row in judgement.what_if["changed"]}
    assert changed["land_cut"] == ("no", "yes")
    assert changed["p_encircled"] == ([0.1, 0.1], None)


def test_assuming_a_bridge_makes_it_certain_and_open():
    document = read(situation(bridge("one", 1, probability=0.9, state="unknown")))
    judgement = judge(document, Options(assume={"one": True}))
    assert judgement.verdict == "not_encircled"
    assert judgement.likelihood["p_encircled"] == [0.0, 0.0]


def test_assumed_false_is_the_same_as_left_out():
    document = read(situation(bridge("one", 1, probability=0.9)))
    gone = judge(document, Options(assume={"one": False})).to_dict()
    left = judge(document, Options(without=("one",))).to_dict()
    for judgement in (gone, left):
        del judgement["provenance"]
    assert gone == left

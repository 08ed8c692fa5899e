"""Each rule of the rating on the map it was made for."""

import json
from functools import cache
from pathlib import Path

import pytest

from encircle import check_claims, read
from encircle.claims.claims_file import read_rows
from encircle.claims.rating.facts import DEFINITIONS, Ruling, prove
from encircle.claims.rating.rating import RULES, list_claim_rules
from encircle.claims.rating.rules import RATINGS
from encircle.judge import judge
from encircle.map.situation import Position

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
DAY = "2024-05-10T12:00:00Z"
OPEN, CLOSED, FIRE, GREY, GONE = (
    "trap-salient-open",
    "trap-salient-closed",
    "trap-belt-under-fire-f3",
    "trap-grey-unknown",
    "trap-empty-bag",
)


@cache
def state(name, as_of=None):
    return read(FIXTURES / name / "situation.geojson", as_of=as_of)


def check(*states, made_at=DAY, force="garrison", **asserts):
    """Rate one claim against states, each a name or a pair of name and instant."""
    maps = [state(*([s] if isinstance(s, str) else s)) for s in states]
    row = {"id": "it", "made_at": made_at, "asserts": {"force": force, **asserts}}
    checks = check_claims(maps, read_rows([("/0", row)]))
    assert not checks.faulty
    return checks.checked[0]


def told(checked):
    return [finding.rule for finding in checked.findings]


RATED = [
    pytest.param(CLOSED, {"definition": "land_cut"}, "supported", "holds", id="a ring"),
    pytest.param(OPEN, {"definition": "land_cut"}, "contradicted", "refuted", id="a way out"),
    pytest.param(OPEN, {"definition": "land_cut", "value": "no"}, "supported", "holds",
                 id="a denial of no ring"),
    pytest.param(CLOSED, {"definition": "land_cut", "value": "no"}, "contradicted", "refuted",
                 id="a denial of a ring"),
    pytest.param(FIRE, {"definition": "land_cut"}, "contradicted", "refuted",
                 id="fire cuts no land"),
    pytest.param(FIRE, {"definition": "fire_control"}, "supported", "holds",
                 id="operational encirclement"),
    pytest.param(FIRE, {"definition": "surrounded"}, "supported_weaker_definition",
                 "holds_by_a_weaker_definition", id="surrounded by fire"),
    pytest.param(FIRE, {"definition": "land_cut", "hedged": True}, "supported_weaker_definition",
                 "holds_by_a_weaker_definition", id="virtually cut off, by fire"),
    pytest.param(FIRE, {"definition": "fire_control", "value": "no"}, "overstated",
                 "denies_too_much", id="no threat"),
    pytest.param(OPEN, {"definition": "land_cut", "hedged": True}, "overstated",
                 "true_in_a_lesser_degree", id="almost cut off, in a salient"),
    pytest.param("trap-ring-of-claims", {"definition": "surrounded"}, "overstated",
                 "true_in_a_lesser_degree", id="surrounded, in a salient"),
    pytest.param("trap-coast-with-ships", {"definition": "isolation"},
                 "supported_weaker_definition", "holds_by_a_weaker_definition",
                 id="isolated, with ships"),
    pytest.param("trap-coast-with-ships", {"definition": "isolation", "value": "no"},
                 "supported", "holds", id="not isolated, with ships"),
    pytest.param(OPEN, {"definition": "fire_control"}, "unverifiable", "cannot_be_told",
                 id="fire nobody mapped"),
    pytest.param(GREY, {"definition": "land_cut"}, "unsupported", "grey_ground_decides",
                 id="grey ground"),
    pytest.param(GREY, {"definition": "land_cut", "value": "no"}, "unsupported",
                 "grey_ground_decides", id="a denial on grey ground"),
    pytest.param("trap-map-edge-ring", {"definition": "land_cut"}, "unverifiable",
                 "cannot_be_told", id="the map ends first"),
    pytest.param(GONE, {"definition": "land_cut"}, "unverifiable", "nobody_to_cut_off",
                 id="nobody there"),
    pytest.param(GONE, {"definition": "land_cut", "value": "no"}, "unverifiable",
                 "nobody_to_cut_off", id="nobody there, and how they left unknown"),
    pytest.param(GONE, {"definition": "no_force"}, "supported", "holds", id="they are gone"),
    pytest.param(GONE, {"definition": "no_force", "value": "no"}, "contradicted", "refuted",
                 id="they are not gone"),
    pytest.param(OPEN, {"definition": "no_force"}, "contradicted", "refuted",
                 id="they are gone, and are there"),
    pytest.param(CLOSED, {"definition": "no_force", "value": "no"}, "supported", "holds",
                 id="they hold out"),
    pytest.param(OPEN, {"definition": "vehicle_cut", "value": "no"}, "supported", "holds",
                 id="vehicles get through"),
    pytest.param("trap-river-foot-on-ruins", {"definition": "vehicle_cut"}, "supported", "holds",
                 id="no vehicle gets through"),
    pytest.param("trap-river-foot-on-ruins", {"definition": "land_cut"}, "overstated",
                 "true_in_a_lesser_degree", id="only feet get through"),
    pytest.param("trap-river-foot-on-ruins", {"definition": "vehicle_cut", "value": "no"},
                 "overstated", "denies_too_much", id="a denial that vehicles are cut off"),
    pytest.param(OPEN, {}, "unverifiable", "asserts_nothing", id="no definition"),
    pytest.param(OPEN, {"number": 500}, "unverifiable", "asserts_nothing", id="only a number"),
    pytest.param(OPEN, {"definition": "land_cut", "tense": "conditional"}, "unverifiable",
                 "states_a_condition", id="if they are blocked"),
    pytest.param(OPEN, {"definition": "land_cut", "tense": "future"}, "unverifiable",
                 "forecast_not_due", id="a forecast, no later map"),
    pytest.param(CLOSED, {"definition": "land_cut", "tense": "future"}, "supported",
                 "forecast_came_true", id="a forecast of what is so already"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asserts", "rating", "rule"), RATED)
def test_a_claim_on_one_map(name, asserts, rating, rule):
    checked = check(name, **asserts)
    assert (checked.rating, told(checked)[0]) == (rating, rule)
    assert checked.findings[0].decides


LATER, TOO_LATE = "2024-05-20T12:00:00Z", "2024-05-30T12:00:00Z"
NEXT = "2024-05-12T20:00:00Z"
IN_TIME = [
    pytest.param([OPEN, (CLOSED, LATER)], {}, "premature", "said_too_early", id="ten days early"),
    pytest.param([OPEN, (CLOSED, TOO_LATE)], {}, "contradicted", "refuted", id="twenty days early"),
    pytest.param([(OPEN, LATER), CLOSED], {"made_at": LATER}, "misattributed",
                 "out_of_date", id="out of date"),
    pytest.param([CLOSED, (OPEN, LATER)], {"value": "no"}, "contradicted", "refuted",
                 id="relief that comes later excuses no denial"),
    pytest.param([OPEN, (CLOSED, LATER)], {"tense": "future"}, "supported", "forecast_came_true",
                 id="a forecast that came true"),
    pytest.param([OPEN, (OPEN, LATER)], {"tense": "future"}, "unsupported",
                 "forecast_did_not_come_true", id="a forecast that did not"),
    pytest.param([OPEN, (CLOSED, TOO_LATE)], {"tense": "future"}, "unverifiable",
                 "forecast_not_due", id="a forecast, the next map too late"),
    pytest.param([OPEN, (OPEN, LATER)], {"tense": "future", "value": "no"}, "supported",
                 "forecast_came_true", id="a forecast that nothing would happen, and nothing did"),
    pytest.param([OPEN, (CLOSED, LATER)], {"tense": "future", "value": "no"}, "unsupported",
                 "forecast_did_not_come_true", id="a forecast that nothing would happen"),
    pytest.param([OPEN, (CLOSED, LATER)], {"tense": "conditional"}, "unverifiable",
                 "states_a_condition", id="a condition that came about"),
    pytest.param([(GONE, LATER), CLOSED], {"made_at": LATER}, "misattributed", "ring_is_over",
                 id="the ring is over, they are gone"),
    pytest.param([(GONE, LATER), OPEN], {"made_at": LATER, "value": "no"}, "supported",
                 "left_unringed", id="they left by an open way"),
    pytest.param([(GONE, LATER), OPEN], {"made_at": LATER}, "unsupported",
                 "left_before", id="they had left"),
    pytest.param([(GONE, LATER), CLOSED], {"made_at": LATER, "value": "no"}, "unsupported",
                 "left_before",
                 id="a denial of a ring that is over"),
    pytest.param([OPEN, (CLOSED, NEXT)], {"made_at": "2024-05-11T08:00:00Z"}, "unsupported",
                 "turned_meanwhile", id="it turned between two maps"),
    pytest.param([OPEN, (CLOSED, NEXT)], {"made_at": "2024-05-11T23:00:00Z", "value": "no"},
                 "misattributed", "overtaken", id="overtaken by the next map"),
    pytest.param([OPEN, (CLOSED, NEXT)], {"made_at": "2024-05-12T08:00:00Z", "value": "no"},
                 "contradicted", "refuted", id="a ring closed that day is denied"),
]  # fmt: skip


@pytest.mark.parametrize(("states", "asserts", "rating", "rule"), IN_TIME)
def test_a_claim_among_dated_maps(states, asserts, rating, rule):
    checked = check(*states, definition="land_cut", **asserts)
    assert (checked.rating, told(checked)[0]) == (rating, rule), checked.findings[0].statement


def test_a_forecast_is_proved_on_the_map_that_fulfils_it():
    checked = check(OPEN, (CLOSED, LATER), definition="land_cut", tense="future")
    assert checked.shown.proof.ring


def test_what_is_true_of_an_outpost_is_misattributed_to_the_corps():
    checked = check("trap-group-outpost-cut", force="corps", definition="land_cut")
    assert checked.rating == "misattributed"
    assert checked.findings[0].evidence == ("outpost",)
    assert "some_were_cut_off" in told(checked)


def test_a_position_may_be_the_force_of_a_claim():
    checked = check("trap-group-outpost-cut", force="outpost", definition="land_cut")
    assert checked.rating == "supported"


def test_a_force_that_no_map_knows_is_unverifiable_and_the_known_are_named():
    checked = check(OPEN, force="rumour-brigade", definition="land_cut")
    assert (checked.rating, told(checked)) == ("unverifiable", ["force_unknown"])
    assert "garrison" in checked.findings[0].statement
    assert checked.to_dict()["judgement"] is None


def test_a_number_is_rated_apart_from_the_ring():
    checked = check(CLOSED, definition="land_cut", number=6800)
    assert checked.rating == "supported"
    assert (checked.number["claimed"], checked.number["rating"]) == (6800, "unverifiable")
    assert check(CLOSED, definition="land_cut").number is None


def test_the_matrix_says_what_the_words_would_be_by_every_definition():
    matrix = check(FIRE, definition="land_cut").matrix
    assert set(matrix) == set(DEFINITIONS)
    assert (matrix["land_cut"], matrix["fire_control"]) == ("contradicted", "supported")


def test_hostile_ground_on_all_sides_is_said_to_be_no_ring():
    checked = check(OPEN, definition="surrounded")
    assert checked.rating == "supported"
    assert "surrounded_and_open" in told(checked)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        pytest.param([OPEN, (CLOSED, LATER)], "held on the map of 20 May 2024", id="came about"),
        pytest.param([OPEN, (OPEN, LATER)], "did not hold", id="did not"),
        pytest.param([OPEN], "No map in hand", id="nobody knows"),
    ],
)
def test_whether_a_condition_came_about_is_told(states, said):
    checked = check(*states, definition="land_cut", tense="conditional")
    assert said in checked.findings[0].statement


def test_hedged_words_are_told():
    assert "words_are_hedged" in told(check(CLOSED, definition="land_cut", hedged=True))


def rate_with_side(name, side):
    row = {"made_at": DAY, "claimant_side": side,
           "asserts": {"force": "garrison", "definition": "land_cut"}}  # fmt: skip
    return check_claims([state(name)], read_rows([("/0", row)])).checked[0]


def test_a_claim_that_rests_on_its_own_sides_claims_says_so():
    checked = rate_with_side("trap-ring-of-claims", "RED")
    assert checked.rating == "contradicted"
    assert "rests_on_own_claims" in told(checked)
    assert not {"rests_on_own_claims", "open_on_own_claims"} & set(
        told(rate_with_side("trap-ring-of-claims", "BLUE"))
    )


def test_a_claim_that_even_its_own_sides_claims_leave_open_says_so():
    document = json.loads((FIXTURES / OPEN / "situation.geojson").read_bytes())
    patch = {"type": "Polygon", "coordinates": [
        [[34.1, 49.1], [34.11, 49.1], [34.11, 49.11], [34.1, 49.11], [34.1, 49.1]]]}  # fmt: skip
    claimed = {"kind": "control", "holder": "RED", "basis": "claimed", "claimed_by": "RED"}
    document["features"].append(
        {"type": "Feature", "id": "boast", "geometry": patch, "properties": claimed}
    )
    row = {"claimant_side": "RED", "made_at": DAY,
           "asserts": {"force": "garrison", "definition": "land_cut"}}  # fmt: skip
    checked = check_claims([read(document)], read_rows([("/0", row)])).checked[0]
    assert (checked.rating, told(checked)[-1]) == ("contradicted", "open_on_own_claims")


# -- the table and its proofs ----------------------------------------------------------------


def test_every_rating_has_a_rule_and_every_rule_a_sentence():
    rules = list_claim_rules()
    assert {rule["rating"] for rule in rules} == {*RATINGS, None}
    assert all(rule["statement"].endswith(".") and rule["reference"] for rule in rules)
    assert len({rule["rule"] for rule in rules}) == len(RULES)


def test_every_rule_was_asked_for_above():
    shown = {param.values[3] for param in (*RATED, *IN_TIME)}
    others = {"true_of_another", "force_unknown", "no_map_of_the_time", "unproven"}
    assert {rule.name for rule in RULES if rule.says} - others == shown


def ruling(name):
    judgement = judge(state(name))
    return Ruling(name, state(name).as_of, judgement, judgement.judged)


@pytest.mark.parametrize(
    ("name", "definition", "holds", "is_proved"),
    [
        pytest.param(CLOSED, "land_cut", True, True, id="a ring proves a cut"),
        pytest.param(CLOSED, "fire_control", True, True, id="a ring proves fire control"),
        pytest.param(OPEN, "land_cut", True, False, id="a path proves no cut"),
        pytest.param(OPEN, "land_cut", False, True, id="a path proves a way"),
        pytest.param(FIRE, "fire_control", True, True, id="legs under fire prove fire control"),
        pytest.param(OPEN, "fire_control", True, False, id="legs under no fire do not"),
        pytest.param(FIRE, "fire_control", False, False, id="legs under fire deny it not"),
        pytest.param(GREY, "land_cut", True, False, id="grey ground proves no ring"),
        pytest.param(GREY, "land_cut", False, False, id="grey ground proves no way"),
        pytest.param(GONE, "no_force", True, True, id="withdrawn positions prove it"),
        pytest.param(GONE, "land_cut", True, False, id="nobody proves no ring"),
    ],
)
def test_what_proves_what(name, definition, holds, is_proved):
    assert (prove(definition, holds=holds, ruling=ruling(name)) is not None) is is_proved


def test_what_a_proof_cites_is_on_the_map():
    checked = check(OPEN, definition="land_cut")
    assert set(checked.findings[0].evidence) <= {f.id for f in state(OPEN).features}
    assert any(isinstance(f, Position) for f in state(OPEN).features)

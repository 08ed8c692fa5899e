"""A chronology of claims: whole, sourced, and one truth with the maps its claims stand on."""

import json
from collections import defaultdict
from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
CHRONOLOGIES = sorted(path.parent for path in FIXTURES.glob("*/claims.json"))
RATINGS = {
    "supported", "supported_weaker_definition", "premature", "overstated", "misattributed",
    "contradicted", "unsupported", "unverifiable",
}  # fmt: skip
"""The eight ratings of a claim. Source: docs/glossary.md."""
DEFINITIONS = {
    "land_cut",
    "vehicle_cut",
    "fire_control",
    "isolation",
    "surrounded",
    "no_force",
}
EIGHTEEN = 18
"""Statements on Kursk that the record rates; one may be two claims."""

pytestmark = pytest.mark.parametrize("folder", CHRONOLOGIES, ids=lambda path: path.name)


def read(path):
    return json.loads(path.read_bytes())


def claims_of(folder):
    return read(folder / "claims.json")["claims"]


def expected_of(folder):
    return read(folder / "expected.json")


def claims_on_maps(folder):
    for name in expected_of(folder)["situations"]:
        allowed = read(FIXTURES / name / "expected.json").get("claims", {})
        for feature in read(FIXTURES / name / "situation.geojson")["features"]:
            if feature["properties"]["kind"] == "claim":
                yield name, feature, allowed.get(feature["id"])


def test_it_holds_its_three_files(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {"claims.json", "expected.json", "SOURCES.md"}


def test_every_claim_says_who_said_what_when_and_of_whom(folder):
    claims = claims_of(folder)
    assert len(claims) >= EIGHTEEN
    assert len({claim["id"] for claim in claims}) == len(claims)
    for claim in claims:
        assert claim["claimant"]
        assert claim["statement"]
        assert datetime.fromisoformat(claim["made_at"]).tzinfo
        asserts = claim["asserts"]
        assert asserts["force"]
        assert asserts["definition"] in DEFINITIONS
        assert asserts["value"] in {"yes", "no"}
        assert asserts.get("tense", "present") in {"present", "future", "conditional"}


def test_claims_stand_in_the_order_they_were_made(folder):
    instants = [claim["made_at"] for claim in claims_of(folder)]
    assert instants == sorted(instants)


def test_every_claim_has_a_list_of_ratings_and_a_line_in_the_sources(folder):
    expected = expected_of(folder)["claims"]
    sources = (folder / "SOURCES.md").read_text("utf-8")
    assert list(expected) == [claim["id"] for claim in claims_of(folder)]
    for name, allowed in expected.items():
        assert allowed
        assert set(allowed) <= RATINGS
        assert f"`{name}`" in sources


def test_a_claim_on_a_map_is_the_one_in_the_chronology_word_for_word(folder):
    known = {claim["id"]: claim for claim in claims_of(folder)}
    expected = expected_of(folder)["claims"]
    found = list(claims_on_maps(folder))
    assert found
    for name, feature, allowed in found:
        said = {k: v for k, v in feature["properties"].items() if k != "kind"}
        assert {"id": feature["id"], **said} == known[feature["id"]], name
        assert allowed == expected[feature["id"]], name


def test_the_same_assertion_at_the_same_time_has_a_rating_in_common_whoever_made_it(folder):
    """Fairness: within a fortnight, the same words of one force are rated by one rule."""
    expected = expected_of(folder)["claims"]
    alike = defaultdict(list)
    for claim in claims_of(folder):
        asserts = {k: v for k, v in claim["asserts"].items() if k != "number"}
        alike[json.dumps(asserts, sort_keys=True)].append(claim)
    pairs = [pair for claims in alike.values() for pair in combinations(claims, 2)]
    assert pairs
    for one, other in pairs:
        between = datetime.fromisoformat(other["made_at"]) - datetime.fromisoformat(one["made_at"])
        if between.days <= 14:
            assert set(expected[one["id"]]) & set(expected[other["id"]]), (one["id"], other["id"])

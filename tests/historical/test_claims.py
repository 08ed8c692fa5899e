"""Every claim in the library is rated as history allows, with the proof that its rating needs."""

import importlib.util
import json
import re
from functools import cache
from pathlib import Path

import pytest

from encircle import check_claims
from encircle.archive.library.scenarios import read_library
from encircle.claims.claims_file import read_claims
from encircle.claims.rating.rules import RATINGS
from encircle.map.situation import Claim
from encircle.verdict.values import Proof
from tests.thorough import thorough

pytestmark = pytest.mark.historical
ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
TRAP_SERIES = re.compile(r"trap-(last-road|future-claim)-.*")
"""Traps told in several drawings of one place."""
RINGS = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded")


CHRONOLOGIES = {path.parent.name for path in FIXTURES.glob("*/claims.json")}


@cache
def library():
    return {s.id: s for s in read_library(FIXTURES) if not s.error}


def series_of(scenario):
    """Name what a scenario is told together with: its place, its trap, else itself."""
    if scenario.is_history:
        return scenario.place
    series = TRAP_SERIES.fullmatch(scenario.id)
    return series[1] if series else scenario.id


@cache
def rated_together(folders):
    """Rate the claims of several states of one place, each with all others as material."""
    checks = check_claims([library()[folder].situation for folder in folders])
    assert not checks.faulty
    return {(folders[c.statement.home], c.id): c for c in checks.checked}


@cache
def rated_chronology(folder):
    """Rate the claims of a chronology against all the maps it names."""
    names = json.loads((FIXTURES / folder / "expected.json").read_bytes())["situations"]
    claims = read_claims((FIXTURES / folder / "claims.json").read_bytes(), "claims.json")
    checks = check_claims([library()[name].situation for name in names], claims)
    assert not checks.faulty
    return {c.id: c for c in checks.checked}


def rated(folder):
    """
    Rate the claims of a state, with all dated states of the place as material.

    A series of traps is told as it would be lived: what a later drawing shows is not known yet.
    """
    if folder in CHRONOLOGIES:
        return rated_chronology(folder)
    scenario = library()[folder]
    same = [s for s in library().values() if series_of(s) == series_of(scenario)]
    if not scenario.is_history:
        same = [s for s in same if s.situation.as_of <= scenario.situation.as_of]
    together = rated_together(tuple(s.id for s in same))
    return {claim: c for (state, claim), c in together.items() if state == folder}


def place_of(folder):
    return series_of(library()[folder]) if folder in library() else folder


SERIES = list(dict.fromkeys(map(place_of, sorted({*library(), *CHRONOLOGIES}))))
KEPT = {place for number, place in enumerate(SERIES) if place == "kursk" or number % 5 == 0}
"""Places whose claims are rated each time; a place costs as much for one claim as for all."""


CLAIMS = [
    pytest.param(
        folder.name, claim, allowed, id=f"{folder.name} {claim}",
        marks=() if place_of(folder.name) in KEPT else thorough,
    )
    for folder in sorted(FIXTURES.iterdir())
    if folder.is_dir()
    for claim, allowed in json.loads((folder / "expected.json").read_bytes())
    .get("claims", {})
    .items()
]  # fmt: skip


def test_every_claim_of_the_library_has_a_list_of_ratings():
    """History says of each what it may be rated; none is left to the engine alone."""
    listed = {tuple(param.values[:2]) for param in CLAIMS}
    on_maps = {(s.id, claim.id) for s in library().values()
               for claim in s.situation.of_kind(Claim)}  # fmt: skip
    told = {(folder, claim["id"]) for folder in CHRONOLOGIES for claim in
            json.loads((FIXTURES / folder / "claims.json").read_bytes())["claims"]}  # fmt: skip
    assert listed == on_maps | told
    assert all(param.values[2] for param in CLAIMS)


@pytest.mark.parametrize(("folder", "claim", "allowed"), CLAIMS)
def test_a_claim_is_rated_as_history_allows(folder, claim, allowed):
    checked = rated(folder)[claim]
    assert checked.rating in allowed, checked.findings[0].statement
    assert set(allowed) <= set(RATINGS)


@pytest.mark.parametrize(
    ("folder", "claim"), [pytest.param(*p.values[:2], id=p.id, marks=p.marks) for p in CLAIMS]
)
def test_a_rating_comes_with_its_proof(folder, claim):
    checked = rated(folder)[claim]
    says_ring = checked.asserted.holds and checked.asserted.definition in RINGS
    proof = checked.shown.proof if checked.shown else Proof()
    if checked.rating == "contradicted":
        assert proof.path or (not says_ring and proof.ring)
        assert checked.findings[0].evidence
    if checked.rating == "supported" and says_ring:
        by_fire = proof.path and any(leg.fire in ("F3", "F4") for leg in proof.path.legs)
        assert proof.ring or (checked.asserted.definition == "fire_control" and by_fire)


@thorough
def test_the_library_shows_every_rating():
    folders = {param.values[0] for param in CLAIMS}
    seen = {checked.rating for folder in folders for checked in rated(folder).values()}
    assert seen == set(RATINGS)


KURSK = {
    ("kursk-2025-03-12", "claim-gerasimov"): "contradicted",
    ("kursk-2025-03-14", "claim-putin-isolation"): "contradicted",
    ("kursk-2025-03-14", "claim-putin-fire"): "supported",
    ("kursk-2025-03-14", "claim-trump"): "contradicted",
    ("kursk-2025-03-14", "claim-ua-no-ring"): "supported",
    ("kursk-2025-03-14", "claim-ua-no-threat"): "supported",
    ("kursk-2025-03-16", "claim-22nd-mrr"): "unverifiable",
    ("kursk-2025-03-20", "claim-intelligence"): "supported",
}
"""Ratings of the record, where the list of what is allowed leaves more than one."""


@pytest.mark.parametrize(("folder", "claim"), KURSK)
def test_the_claims_about_kursk_are_rated_as_the_record_says(folder, claim):
    assert rated(folder)[claim].rating == KURSK[folder, claim]


def test_a_ring_that_fire_alone_would_make_is_told_beside_the_contradiction():
    gerasimov = rated("kursk-2025-03-12")["claim-gerasimov"]
    assert gerasimov.matrix["fire_control"] == "supported"
    assert "holds_otherwise" in {f.rule for f in gerasimov.findings}


def test_of_a_condition_nothing_is_said_by_another_definition():
    condition = rated_chronology("kursk-chronology")["claim-putin-if-blocked"]
    assert "holds_otherwise" not in {f.rule for f in condition.findings}


@thorough
def test_the_page_of_fairness_says_what_was_rated():
    spec = importlib.util.spec_from_file_location("page", ROOT / "docs" / "fairness_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rated, maps = module.rate_all(FIXTURES)
    places = {f: library()[f].place if f in library() else f for f, _ in rated}
    said = [(places[folder], c.id, c.statement.claim.made_at, c.statement.claim.statement)
            for (folder, _), c in rated.items()]  # fmt: skip
    assert len(said) == len(set(said)), "a claim is counted twice for one place"
    for chronology in CHRONOLOGIES:
        told = {claim for folder, claim in rated if folder == chronology}
        claims = json.loads((FIXTURES / chronology / "claims.json").read_bytes())["claims"]
        assert told == {claim["id"] for claim in claims}
    page = (ROOT / "docs" / "fairness.md").read_text("utf-8")
    stale = page != module.write_page(rated, maps)
    assert not stale, "run `python docs/fairness_page.py`"

"""Every state says where it comes from, in a form a reader can follow to the texts themselves."""

import json
from pathlib import Path

import pytest

from encircle import read
from encircle.archive.library.drafting import find_mistakes
from encircle.archive.library.provenance import Provenance, find_faults_of_text
from encircle.archive.library.scenarios import ALTERNATIVE, SOURCES, read_chronologies, read_library
from encircle.claims.words.agreement import find_disagreement
from encircle.map.situation import Control
from tests.thorough import every

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
STATES = {scenario.id: scenario for scenario in read_library(FIXTURES) if scenario.is_history}
CHRONOLOGIES = [chronology.id for chronology in read_chronologies(FIXTURES)]


def provenance_of(name):
    return Provenance((FIXTURES / name / SOURCES).read_text("utf-8"))


@pytest.mark.parametrize("name", every(4, STATES))
def test_a_reader_can_follow_every_number_to_its_source(name):
    mistakes = find_mistakes(FIXTURES / name)
    assert [str(m) for m in mistakes if m.name == "provenance"] == []


@pytest.mark.parametrize("name", [n for n in STATES if (FIXTURES / n / ALTERNATIVE).is_file()])
def test_a_second_drawing_is_as_inexact_as_the_rows_it_shares_with_the_first(name):
    provenance = provenance_of(name)
    for ground in read(FIXTURES / name / ALTERNATIVE).of_kind(Control):
        assert ground.location_error_m == (
            provenance.error_of(ground.id) or ground.location_error_m
        )


@pytest.mark.parametrize("name", CHRONOLOGIES)
def test_a_reader_can_follow_every_word_to_who_printed_it(name):
    claims = json.loads((FIXTURES / name / "claims.json").read_bytes())["claims"]
    provenance = provenance_of(name)
    faults = list(find_faults_of_text(provenance, claims=[claim["id"] for claim in claims]))
    assert faults == []
    filed = {claim["id"]: find_disagreement(claim) for claim in claims}
    assert {
        name: fault
        for name, fault in filed.items()
        if fault and "Lexicon:" not in provenance.said_of(name)
    } == {}


@pytest.mark.parametrize("name", CHRONOLOGIES)
def test_two_readers_have_followed_every_word_or_it_says_who_could_not(name):
    provenance = provenance_of(name)
    assert [r.key for r in provenance.references.values() if r.reached == "Read."] == []
    claims = json.loads((FIXTURES / name / "claims.json").read_bytes())["claims"]
    rows = {row.feature: row for row in provenance.rows}
    for claim in claims:
        row = rows[f"`{claim['id']}`"]
        seen = {provenance.references[key].reached for key in row.keys}
        assert "Read by two." in seen or "reader: not reached" in row.origin, claim["id"]


def test_no_state_is_in_the_old_form():
    assert [name for name in (*STATES, *CHRONOLOGIES) if provenance_of(name).is_old] == []

"""Every state says where it comes from, in a form a reader can follow to the texts themselves."""

import json
import re
from pathlib import Path

import pytest

from encircle.drafting import find_mistakes
from encircle.formats.scenarios import SOURCES, read_chronologies, read_library
from encircle.provenance import Provenance, find_faults_of_text
from encircle.words.agreement import find_disagreement

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
STATES = {scenario.id: scenario for scenario in read_library(FIXTURES) if scenario.is_history}
CHRONOLOGIES = [chronology.id for chronology in read_chronologies(FIXTURES)]
NOT_YET = re.compile(
    "aleppo|arnhem|avdiivka|bakhmut|balakliia|bastogne|chernihiv|deir-ez-zor|demyansk|"
    "dien-bien-phu|donetsk|dunkirk|gorazde|ilovaisk|imphal|izium|khe-sanh|kherson|kholm|kiev|"
    "korsun|kyiv|lille|minsk|mosul|raqqa|ruhr|sarajevo|"
    "srebrenica|stalingrad|tobruk|velyka|vitebsk|zepa|zolote"
)
"""Places whose states are still in the old form; a place leaves this list and never comes back."""
DONE = [name for name in STATES if not NOT_YET.match(name)]
OLD = [name for name in (*STATES, *CHRONOLOGIES) if NOT_YET.match(name)]


def provenance_of(name):
    return Provenance((FIXTURES / name / SOURCES).read_text("utf-8"))


@pytest.mark.parametrize("name", DONE)
def test_a_reader_can_follow_every_number_to_its_source(name):
    mistakes = find_mistakes(FIXTURES / name)
    assert [str(m) for m in mistakes if m.name == "provenance"] == []


@pytest.mark.parametrize("name", [n for n in CHRONOLOGIES if not NOT_YET.match(n)])
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


@pytest.mark.parametrize("name", OLD)
def test_the_list_of_the_old_form_holds_nothing_redone(name):
    assert provenance_of(name).is_old, f"{name} is in the new form: take it off NOT_YET"

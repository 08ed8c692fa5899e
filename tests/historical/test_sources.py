"""Every state says where it comes from, in a form a reader can follow to the texts themselves."""

import json
from pathlib import Path

import pytest

from encircle.drafting import find_mistakes
from encircle.formats.scenarios import SOURCES, read_chronologies, read_library
from encircle.provenance import Provenance, find_faults_of_text
from encircle.words.agreement import find_disagreement
from tests.thorough import every

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
STATES = {scenario.id: scenario for scenario in read_library(FIXTURES) if scenario.is_history}
CHRONOLOGIES = [chronology.id for chronology in read_chronologies(FIXTURES)]
NOT_YET = frozenset((
    "gorazde-1995-06-01", "ilovaisk-2014-08-29", "izium-2022-09-09", "kherson-2022-10-05",
    "kherson-2022-11-08", "kyiv-2022-02-27", "lyman-2022-10-01", "mosul-2017-03-02",
    "mosul-2017-03-13", "pokrovsk-2025-10-28", "raqqa-2017-06-28", "raqqa-2017-06-30",
    "sarajevo-1993-07-15", "sarajevo-1993-08-15", "sievierodonetsk-2022-06-14",
    "srebrenica-1995-06-01", "velyka-novosilka-2025-01-15", "zepa-1995-06-01", "zolote-2022-06-20",
    "zolote-2022-06-21", "zolote-2022-06-24",
))  # fmt: skip
"""States in which a claim still lacks its words, or fire a source that shows it: each leaves this
list once it passes, and none comes back."""
DONE = [name for name in STATES if name not in NOT_YET]


def provenance_of(name):
    return Provenance((FIXTURES / name / SOURCES).read_text("utf-8"))


@pytest.mark.parametrize("name", every(4, DONE))
def test_a_reader_can_follow_every_number_to_its_source(name):
    mistakes = find_mistakes(FIXTURES / name)
    assert [str(m) for m in mistakes if m.name == "provenance"] == []


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


@pytest.mark.parametrize("name", every(4, sorted(NOT_YET)))
def test_the_list_of_what_is_not_done_holds_nothing_done(name):
    mistakes = find_mistakes(FIXTURES / name)
    assert [m for m in mistakes if m.name == "provenance"], f"{name} passes: take it off NOT_YET"


def test_no_state_is_in_the_old_form():
    assert [name for name in (*STATES, *CHRONOLOGIES) if provenance_of(name).is_old] == []

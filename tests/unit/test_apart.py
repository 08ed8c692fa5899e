"""Two places, two speakers, another time, a number, nobody armed: each by its construction."""

import json
from datetime import date
from pathlib import Path

import pytest

from encircle.claims.words.extraction import propose_claims

TABLE = json.loads((Path(__file__).parents[1] / "texts" / "apart.json").read_text("utf-8"))
WRITTEN = date(2025, 3, 14)
READ = {"two places": 56, "two speakers": 30, "anaphora": 23}
"""So many claims are read of a kind, and not left to a person."""


def told(entry):
    """What is asserted, by the kind of table: what is left to a person asserts nothing."""
    proposed = propose_claims(entry["text"], WRITTEN)
    if entry["kind"] == "numbers":
        return [claim.number for claim in proposed]
    read = [claim for claim in proposed if claim.unread is None and claim.tense == "present"]
    if entry["kind"] == "two places":
        return [[claim.place, claim.value] for claim in read]
    if entry["kind"] in ("two speakers", "anaphora"):
        return [[claim.claimant, claim.value] for claim in read]
    return [claim.value for claim in read]


@pytest.mark.parametrize("entry", TABLE, ids=[entry["text"] for entry in TABLE])
def test_nothing_is_asserted_but_what_may_be(entry):
    asserted = told(entry)
    assert all(one in entry["may"] for one in asserted)
    assert asserted or entry["kind"] != "numbers"


@pytest.mark.parametrize("kind", READ)
def test_what_can_be_told_apart_is_read_and_not_left(kind):
    assert sum(len(told(entry)) for entry in TABLE if entry["kind"] == kind) >= READ[kind]


@pytest.mark.parametrize("kind", sorted({entry["kind"] for entry in TABLE}))
def test_each_kind_is_tried_in_every_language(kind):
    """Half of each table was written after what it tries had been mended for the other half."""
    of_kind = [entry for entry in TABLE if entry["kind"] == kind]
    for held_out in (False, True):
        languages = {entry["language"] for entry in of_kind if entry["held_out"] is held_out}
        assert languages == {"en", "uk", "ru", "de"}


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("Troops in Sudzha are surrounded, those in Vovchansk are not.",
         [("Sudzha", "yes"), ("Vovchansk", "no")]),
        ("Troops in Sudzha are surrounded and so are those in Vovchansk.",
         [("Sudzha", "yes"), ("Vovchansk", "yes")]),
        ("Troops in Sudzha are surrounded, in Vovchansk there is no relief.", [("Sudzha", "yes")]),
        ("Войска в Судже окружены, в Волчанске подкреплений нет.", [("Sudzha", "yes")]),
        ("Troops in Sudzha, Kursk region, are surrounded.", [("Sudzha", "yes")]),
        ("Kyiv's troops in Sudzha are surrounded.", [("Sudzha", "yes")]),
        ("Ukrainian troops are surrounded in Kursk, and Kyiv knows it.", [("Kursk", "yes")]),
        ("The troops between Sudzha and Guevo are surrounded.", [(None, "left")]),
    ],
)  # fmt: skip
def test_each_clause_has_its_own_place(said, claims):
    got = [(c.place, "left" if c.unread else c.value) for c in propose_claims(said, WRITTEN)]
    assert got == claims


def test_why_a_claim_is_left_is_written_beside_it():
    said = "In 1943 the 6th Army was encircled at Stalingrad."
    [claim] = (c.to_claim(1, "force") for c in propose_claims(said, WRITTEN))
    assert claim["asserts"] == {"force": "force"}
    assert claim["made_at"] is None
    assert (claim["proposed"]["unread"], claim["proposed"]["unread_as"]) == ("In 1943", "time")


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("It was November 1950. The Marines at Chosin were surrounded.", ["time"]),
        ("It was November 1950. The Marines at Chosin were surrounded on 14 March 2025.", [None]),
        ("In March 2025 Ukrainian troops at Sudzha were surrounded.", [None]),
        ("Ukrainian troops at Sudzha have been surrounded since last week.", [None]),
        ("The army, founded in 1991, is surrounded at Sudzha.", [None]),
        ("Ukrainian troops at Sudzha were surrounded in 2,000 places.", [None]),
        ("A group of 1800 men is surrounded at Sudzha.", [None]),
        ("In 1943 the army was encircled at Stalingrad. That is false.", ["time"]),
    ],
)
def test_another_time_is_told_from_the_time_of_the_text(said, times):
    claims = propose_claims(said, WRITTEN)
    assert [c.unread_as if c.unread else None for c in claims] == times


def test_words_that_name_a_source_are_no_town():
    said = "Laut Moskau sind die Truppen in Sudscha eingekesselt, laut Kiew nicht."
    told = [(c.claimant, c.value, c.place, c.unread) for c in propose_claims(said, WRITTEN)]
    assert told == [("Moskau", "yes", "Sudzha", None), ("Kiew", "no", "Sudzha", None)]


def test_a_sentence_that_takes_back_leaves_what_another_said_his():
    said = "Putin said the troops in Kursk were encircled. {}"
    first, second = propose_claims(said.format("They are not."), WRITTEN)
    assert (first.claimant, first.value, first.unread) == ("Vladimir Putin", "yes", None)
    assert (second.claimant, second.value, second.statement) == (None, "no", "They are not.")
    [only] = propose_claims(said.format("They are not afraid."), WRITTEN)
    assert only.value == "yes"


@pytest.mark.parametrize("denial", [". Kyiv denied it.", ", something Kyiv denies."])
def test_who_denies_what_is_left_open_leaves_it_open(denial):
    said = f"Moscow says the 6th Army was encircled at Stalingrad in 1943{denial}"
    claims = propose_claims(said, WRITTEN)
    assert [c.value for c in claims] == ["yes", "no"]
    assert all(c.unread.startswith("in 1943") and c.unread_as == "time" for c in claims)

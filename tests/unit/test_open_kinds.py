"""What is easily misread, by kind: `open.json`, whose `may` is all that may be asserted."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from encircle.claims.words.extraction import propose_claims

TABLE = json.loads((Path(__file__).parents[1] / "texts" / "open.json").read_text("utf-8"))
WRITTEN = date(2025, 3, 14)
READ = {
    "time": 22, "where he spoke": 86, "clause": 64, "presupposed": 12, "answer": 52,
    "headline": 55, "exception": 3,
}  # fmt: skip
"""Of so many sentences all is read, of those of a kind that say something that may be asserted."""
ASKED_OF = {
    "time": lambda claim: [claim.value, claim.made_on],
    "where he spoke": lambda claim: [claim.place, claim.value],
    "clause": lambda claim: [claim.place, claim.value],
    "exception": lambda claim: [claim.value, claim.hedged],
}


def told(entry):
    """What is asserted: what is left to a person asserts nothing."""
    look = ASKED_OF.get(entry["kind"], lambda claim: [claim.value])
    claims = propose_claims(entry["text"], WRITTEN)
    return [look(c) for c in claims if c.unread is None and c.tense == "present"]


@pytest.mark.parametrize("kind", READ)
def test_nothing_is_asserted_but_what_may_be(kind):
    wrong = {}
    read = 0
    for entry in (e for e in TABLE if e["kind"] == kind):
        asserted = told(entry)
        if any(one not in entry["may"] for one in asserted):
            wrong[entry["text"]] = asserted
        read += bool(entry["may"]) and asserted != []
    assert wrong == {}
    assert read >= READ[kind]


def test_each_kind_is_tried_in_every_language_and_at_first_sight():
    """The second set was written after the first was read right, the third after the second."""
    tried = Counter((entry["kind"], entry["language"], entry["set"]) for entry in TABLE)
    kinds = {entry["kind"] for entry in TABLE}
    wanted = {(k, code, n) for k in kinds for code in ("en", "uk", "ru", "de") for n in (1, 2, 3)}
    assert kinds == set(READ)
    assert set(tried) == wanted


@pytest.mark.parametrize(
    ("said", "written", "day"),
    [
        ("In March Ukrainian troops at Sudzha were surrounded.", date(2025, 3, 14), "2025-03-14"),
        ("In March Ukrainian troops at Sudzha were surrounded.", date(2025, 4, 14), None),
        ("In March Ukrainian troops at Sudzha were surrounded.", None, None),
        ("In March 2025 Ukrainian troops at Sudzha were surrounded.", date(2025, 11, 30), None),
        ("On 9 March Ukrainian troops at Sudzha were surrounded.", date(2025, 4, 14), "2025-03-09"),
    ],
)
def test_a_month_is_no_day_unless_it_is_that_of_the_text(said, written, day):
    [claim] = propose_claims(said, written)
    assert claim.made_on == day
    assert (claim.unread_as if claim.unread else None) == (None if day else "time")


def test_the_month_in_which_one_spoke_is_not_that_of_the_next_sentence():
    said = "Putin said in February that troops in Kursk were surrounded. Kyiv said they were not."
    said += " The troops in Sudzha were surrounded, soldiers say."
    claims = propose_claims(said, WRITTEN)
    assert [(c.made_on, c.unread) for c in claims if c.claimant == "soldiers"] == [
        ("2025-03-14", None)
    ]


@pytest.mark.parametrize(
    ("said", "claimant", "statement"),
    [
        ("Are the troops at Sudzha cut off? No.", None, "Are the troops at Sudzha cut off? No."),
        ("Are the troops at Sudzha cut off? “No,” Syrskyi said.", "Oleksandr Syrskyi",
         "Are the troops at Sudzha cut off? “No,” Syrskyi said."),
        ("Asked whether the troops at Sudzha were cut off, Zelensky said no.", "Volodymyr Zelensky",
         "Asked whether the troops at Sudzha were cut off, Zelensky said no."),
        ("Putin said nothing new. Are the troops at Sudzha cut off? “No.”", "Vladimir Putin",
         "Are the troops at Sudzha cut off? “No.”"),
    ],
)  # fmt: skip
def test_an_answer_is_the_claim_of_who_gives_it_with_what_was_asked(said, claimant, statement):
    [claim] = propose_claims(said, WRITTEN)
    assert (claim.claimant, claim.value, claim.verbatim) == (claimant, "no", False)
    assert claim.statement == statement
    assert said[claim.start : claim.end] == claim.sentence


@pytest.mark.parametrize(
    "said",
    [
        "Are 2,000 soldiers at Sudzha not cut off? Yes.",
        "Are the soldiers at Sudzha surrounded or isolated? Yes.",
        "Are the soldiers at Sudzha almost surrounded? No.",
        "Are the soldiers at Sudzha cut off? No, worse than that.",
    ],
)
def test_what_answers_nothing_plainly_is_left_to_a_person(said):
    claims = propose_claims(said, WRITTEN)
    assert claims
    assert all(claim.unread for claim in claims)


def test_an_answer_is_read_right_after_its_question_and_nowhere_else():
    said = "Are the soldiers at Sudzha cut off? Rain fell. No."
    assert propose_claims(said, WRITTEN) == []
    assert propose_claims("Are the soldiers at Sudzha cut off? No.", WRITTEN, asking=True)[0].value


def test_where_somebody_spoke_is_hidden_from_who_looks_for_the_place():
    [claim] = propose_claims("Speaking in Sumy, Syrskyi said the garrison was not surrounded.")
    assert (claim.place, claim.claimant) == (None, "Oleksandr Syrskyi")
    assert "Sumy" not in claim.heard
    assert len(claim.heard) == len(claim.sentence)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Kyiv denies that the encircled troops at Sudzha have surrendered.", "encircled troops"),
        ("No unit at Sudzha is surrounded except the 80th brigade.", "except"),
        ("Ни одна часть под Суджей не окружена, кроме 80-й бригады.", "кроме"),
    ],
)
def test_why_a_denial_is_left_is_written_beside_it(said, words):
    [claim] = propose_claims(said, WRITTEN)
    assert (claim.unread, claim.unread_as, claim.value) == (words, "denial", "no")


@pytest.mark.parametrize(
    "said",
    [
        "Without exception, no troops at Sudzha are surrounded.",
        "Besides, the troops at Sudzha are not surrounded.",
        "Кроме того, войска под Суджей не окружены.",
        "Крім того, війська під Суджею не оточені.",
        "Bis auf weiteres sind die Truppen bei Sudscha nicht eingekesselt.",
    ],
)
def test_what_excepts_nobody_leaves_a_denial_read(said):
    assert [(c.value, c.unread) for c in propose_claims(said, WRITTEN)] == [("no", None)]


def test_a_question_counts_no_day_twice():
    said = "On 9 March he left. A day later he asked whether the troops at Sudzha were surrounded. "
    said += "“No,” Syrskyi said. A day later Putin said that the troops at Sudzha were surrounded."
    claims = propose_claims(said, WRITTEN)
    assert [(c.value, c.made_on) for c in claims] == [("no", "2025-03-10"), ("yes", "2025-03-11")]

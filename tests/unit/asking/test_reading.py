"""What a typed sentence is understood to ask, and what is told of that."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from encircle.claims.asking.question import Corrections, read_question
from encircle.errors import QuestionError, SituationError

DAY = Corrections(made_at=datetime(2025, 3, 14, 12, tzinfo=UTC))


def list_codes(said, given=DAY):
    return [notice.code for notice in read_question(said, given).notices]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Speaking in Sumy, Syrskyi said the garrison was not surrounded.", None),
        ("Speaking in Sumy, Syrskyi said the garrison of Sudzha was not surrounded.", "Sudzha"),
        ("Soldiers in Sudzha say they are not surrounded.", "Sudzha"),
    ],
)
def test_where_somebody_spoke_is_not_asked_about(said, place):
    assert read_question(said, DAY).place == place


def test_a_question_answered_is_the_claim_of_who_answers():
    read = read_question("Are the troops at Sudzha surrounded? “No,” Syrskyi said.", DAY)
    assert (read.claim.claimant, read.claim.asserts["value"]) == ("Oleksandr Syrskyi", "no")


@pytest.mark.parametrize(
    "asked",
    [
        "Are the Ukrainians encircled at Sudzha?",
        "Are the Ukrainians not encircled at Sudzha?",
        "Had the Ukrainians been encircled at Sudzha?",
        "Putin asked whether the Ukrainians are encircled at Sudzha.",
        "Чи оточені українці під Суджею?",
        "Окружены ли ВСУ под Суджей?",
        "Sind die Ukrainer bei Sudscha eingekesselt?",
    ],
)
def test_a_question_is_judged_as_the_claim_it_asks_about_and_nobody_makes_it(asked):
    read = read_question(asked, DAY)
    assert (read.side, read.place, read.claim.claimant) == ("UA", "Sudzha", None)
    assert (read.claim.asserts["value"], read.claim.asserts["tense"]) == ("yes", "present")
    [notice] = read.notices
    assert notice.statement.startswith("A question: judged as the claim that the force is cut off")
    denied = read_question(asked, Corrections(value="no"))
    assert denied.claim.asserts["value"] == "no"
    assert "the force is not cut off" in denied.notices[0].statement


def test_a_question_beside_a_claim_is_none():
    said = "Ukrainian troops at Sudzha are encircled. Are they cut off?"
    assert list_codes(said) == []


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("Who is encircled at Sudzha?", "who"),
        ("How many Ukrainians are encircled at Sudzha?", "how"),
        ("Скільки українців оточені під Суджею?", "скільки"),
        ("Когда ВСУ были окружены под Суджей?", "когда"),
        ("Wie viele Ukrainer sind bei Sudscha eingekesselt?", "wie"),
    ],
)
def test_a_question_without_yes_or_no_is_refused(asked, word):
    with pytest.raises(SituationError, match=f"a question of '{word}'"):
        read_question(asked)


@pytest.mark.parametrize(
    "said",
    [
        "Nobody denies that they are encircled at Sudzha.",
        "There are rumours about the encirclement of Ukrainian troops at Sudzha.",
    ],
)
def test_words_that_claim_nothing_are_not_said_to_be_missing(said):
    with pytest.raises(SituationError, match="was found in the claim, but nothing is plainly"):
        read_question(said)


def test_what_has_ended_is_told_to_be_judged_as_a_denial():
    said = "Ukrainian troops at Sudzha were encircled but broke out."
    assert list_codes(said) == ["ended_by_then"]
    assert list_codes(said, Corrections(value="yes")) == []


def test_a_part_is_told():
    said = "Less than half of the Ukrainian troops at Sudzha are encircled."
    assert list_codes(said) == ["part_of_the_force"]


@pytest.mark.parametrize(
    "said",
    [
        "UA at Sudzha and RU at Vovchansk are encircled.",
        "Ukrainian troops at Sudzha and Russian troops at Vovchansk are encircled.",
        "Украинские войска под Суджей и российские под Волчанском окружены.",
        "Ukrainian troops at Sudzha or Vovchansk are encircled.",
    ],
)
def test_of_two_places_that_cannot_be_parted_none_is_taken(said):
    with pytest.raises(SituationError, match="several places"):
        read_question(said, DAY)
    given = Corrections(place="Sudzha", value="yes")
    assert read_question(said, given).side is None
    assert read_question(said, replace(given, side="UA")).side == "UA"


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("Ukrainian troops at Sudzha are encircled, those at Vovchansk are not.",
         {"Sudzha": "yes", "Vovchansk": "no"}),
        ("Ukrainian troops at Sudzha are not encircled, but those at Vovchansk are.",
         {"Sudzha": "no", "Vovchansk": "yes"}),
    ],
)  # fmt: skip
def test_each_clause_is_asked_of_its_own_place(said, claims):
    with pytest.raises(QuestionError):
        read_question(said, DAY)
    for place, value in claims.items():
        read = read_question(said, replace(DAY, place=place))
        assert (read.place, read.claim.asserts["value"], read.side) == (place, value, "UA")
        assert place in read.heard
        assert not any(other in read.heard for other in set(claims) - {place})


@pytest.mark.parametrize(("place", "side"), [("Vovchansk", "RU"), ("Sudzha", "UA")])
def test_each_clause_is_asked_of_its_own_side(place, side):
    said = "Russian troops at Vovchansk are encircled, Ukrainian troops at Sudzha are not."
    assert read_question(said, replace(DAY, place=place)).side == side


def test_a_claim_of_long_ago_is_judged_as_of_its_own_day():
    read = read_question("On 14 August 2024 Ukrainian troops at Sudzha were encircled.", DAY)
    assert str(read.claim.made_at.date()) == "2024-08-14"
    assert "judged as of that day" in read.notices[0].statement


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("On 14 August 2024 Ukrainian troops at Sudzha were encircled.", ["other_day"]),
        ("Am 14. August 2024 waren die Ukrainer bei Sudscha eingekesselt.", ["other_day"]),
        ("14 августа 2024 года ВСУ под Суджей были окружены.", ["other_day"]),
        ("14 серпня 2024 року ЗСУ під Суджею були оточені.", ["other_day"]),
        ("On 2 March 2025 Ukrainian troops at Sudzha were encircled.", ["other_day"]),
        ("On 14 March 2025 Ukrainian troops at Sudzha were encircled.", []),
        ("Ukrainian troops at Sudzha were encircled yesterday.", ["other_day"]),
        ("Ukrainian troops at Sudzha are encircled today.", []),
        ("On 14 March Ukrainian troops at Sudzha were encircled.", []),
        ("Ukrainian troops at Sudzha have been encircled since 10 March 2025.", []),
    ],
)
def test_another_day_than_the_one_given_is_told(said, codes):
    assert list_codes(said) == codes

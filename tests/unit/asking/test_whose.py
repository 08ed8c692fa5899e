"""Whose force is told as cut off, in four languages, active and passive."""

from datetime import UTC, datetime

import pytest

from encircle.claims.asking.question import Corrections, read_question
from encircle.claims.asking.whose.whose import find_side
from encircle.claims.words.extraction import propose_claims
from encircle.errors import QuestionError, SituationError

SAID = [
    ("5,000 Ukrainian soldiers at Sudzha are completely surrounded by the Russian army.", "UA"),
    ("Russian forces have encircled Ukrainian troops in Sudzha.", "UA"),
    ("Ukrainian forces surrounded the Russian garrison in Izium.", "RU"),
    ("Kyiv's troops are trapped in Pokrovsk, he added.", "UA"),
    ("Russian troops at Izium are surrounded.", "RU"),
    ("5,000 soldiers at Kupiansk are surrounded.", None),
    ("The Ukrainian army is encircled near Sudzha, the Russian defence ministry said.", "UA"),
    ("5000 українських солдатів під Суджею повністю оточені російською армією.", "UA"),
    ("Російські війська під Ізюмом оточені українською армією.", "RU"),
    ("Російські війська оточили українські підрозділи в Суджі.", "UA"),
    ("5000 украинских солдат под Суджей полностью окружены российскими войсками.", "UA"),
    ("ВСУ в Покровске окружены.", "UA"),
    ("Российские войска окружили украинских солдат под Суджей.", "UA"),
    ("5000 ukrainische Soldaten sind bei Sudscha von russischen Truppen eingekesselt.", "UA"),
    ("Ukrainische Truppen haben russische Soldaten bei Isjum eingekesselt.", "RU"),
    ("Russian forces have encircled Pokrovsk.", "UA"),
    ("Russian troops encircled Pokrovsk, the ministry said.", "UA"),
    ("Russia has encircled Pokrovsk and Myrnohrad.", "UA"),
    ("Российские войска окружили Покровск.", "UA"),
    ("Російські війська оточили Покровськ.", "UA"),
    ("Ukrainian forces have surrounded Vovchansk.", "RU"),
    ("Russische Truppen haben Pokrowsk eingekesselt.", "UA"),
    ("Pokrovsk has been encircled by Russian forces.", "UA"),
    ("Покровск окружён российскими войсками.", "UA"),
    ("Russian troops are surrounded in Vovchansk.", "RU"),
    ("Російські війська оточені у Вовчанську.", "RU"),
    ("Российские войска окружены в Волчанске.", "RU"),
    ("The Ukrainian army is encircled in Bakhmut", "UA"),
    ("The Russian army completed the encirclement of Bakhmut.", "UA"),
    ("The encirclement of Russian troops in Lyman is complete.", "RU"),
    ("Pokrovsk is surrounded by the Russians.", "UA"),
    ("Russia claims Pokrovsk is surrounded.", None),
    ("Pokrowsk wurde von russischen Truppen eingekesselt.", "UA"),
    ("ВСУ окружили Волчанск.", "RU"),
    ("ВСУ окружены в Судже.", "UA"),
    ("Russland hat Pokrowsk eingekesselt.", "UA"),
    ("Russian forces trapped in Vovchansk are surrendering.", "RU"),
    ("Ukrainian troops cut off in Kursk", "UA"),
    ("Putin said the Russian army had Ukrainian units in Kursk encircled.", "UA"),
    ("Русские войска окружены ВСУ под Суджей", "RU"),
    ("Русские окружены украинцами под Суджей", "RU"),
    ("ВСУ окружены русскими под Суджей", "UA"),
    ("Українські війська оточені Вагнером у Бахмуті", "UA"),
    ("Під Суджею росіяни оточені Силами оборони України", "RU"),
    ("Под Суджей окружены ВСУ российскими войсками", "UA"),
    ("Российские войска в окружении под Суджей, сообщают ВСУ", "RU"),
    ("Russian troops encircled near Sudzha, Ukrainian forces say.", None),
    ("Russian troops surrounded near Sudzha as Ukrainian troops advance.", None),
    ("Ukrainian troops, not Russian troops, are encircled at Sudzha.", "UA"),
    ("It is the Russians, not the Ukrainians, who are encircled at Sudzha", "RU"),
    ("Ukrainian and Russian forces are both encircled at Sudzha", None),
    ("Niemand von den ukrainischen Truppen bei Sudscha ist eingekesselt.", "UA"),
    ("Ukrainische Truppen haben Angst, in Pokrowsk eingekesselt zu werden.", "UA"),
]


@pytest.mark.parametrize(("said", "side"), SAID, ids=[said for said, _ in SAID])
def test_the_side_is_the_one_that_is_cut_off(said, side):
    claim = propose_claims(said)[0]
    start = claim.phrase_start - claim.start
    assert find_side(claim.sentence, start, start + len(claim.phrase)) == side


ANSWERED = [
    ("None of the Ukrainian troops at Sudzha is encircled.", "no"),
    ("Nobody is encircled at Sudzha, Ukrainian forces say.", "no"),
    ("Niemand von den ukrainischen Truppen bei Sudscha ist eingekesselt.", "no"),
    ("No Ukrainian troops are encircled at Sudzha, not even near Guyevo.", "no"),
    ("It is false that nobody is encircled at Sudzha.", "yes"),
    ("It is not true that the Ukrainians at Sudzha are not surrounded.", "yes"),
    ("No Ukrainian soldier at Sudzha is not encircled.", "yes"),
    ("Неправда, что украинские войска под Суджей не окружены.", "yes"),
    ("Неправда, що українські війська під Суджею не оточені.", "yes"),
    ("Es stimmt nicht, dass ukrainische Truppen bei Sudscha nicht eingekesselt sind.", "yes"),
    ("Никто из украинских солдат под Суджей не окружён.", "no"),
]


@pytest.mark.parametrize(("said", "value"), ANSWERED, ids=[said for said, _ in ANSWERED])
def test_what_is_denied_twice_is_asserted(said, value):
    assert [claim.value for claim in propose_claims(said)] == [value]


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("Ukrainian troops at Sudzha and Pokrovsk are encircled.", ["Sudzha", "Pokrovsk"]),
        ("Українські війська в Бахмуті та під Покровськом оточені.", ["Bakhmut", "Pokrovsk"]),
        ("Ukrainian troops at Sudzha, Pokrovsk and Bakhmut are encircled.",
         ["Sudzha", "Pokrovsk", "Bakhmut"]),
    ],
)  # fmt: skip
def test_which_of_several_towns_in_one_breath_is_asked_back(said, places):
    with pytest.raises(QuestionError) as asked:
        read_question(said)
    claims = asked.value.document["claims"]
    assert [claim["place"] for claim in claims] == places
    assert f"{said} [{places[1]}]" in asked.value.words
    assert [claim["sentence"] for claim in claims] == [f"{said} [{place}]" for place in places]
    assert read_question(said, Corrections(place=places[1])).place == places[1]
    assert read_question(said, Corrections(claim=2)).place == places[1]


def test_who_speaks_together_is_no_town():
    said = "Putin and Trump said the Ukrainian troops at Sudzha are encircled."
    assert read_question(said).place == "Sudzha"


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("Russian troops were encircled at Sudzha in 1943.", 1943),
        ("In August 2024 Ukrainian troops at Sudzha were encircled.", 2024),
    ],
)
def test_a_year_without_a_day_is_asked_for_and_is_no_head_count(said, year):
    for given in (None, Corrections(made_at=datetime(2025, 3, 14, 12, tzinfo=UTC), value="yes")):
        with pytest.raises(SituationError, match="no day"):
            read_question(said, given)
    asked = read_question(said, Corrections(made_at=datetime(year, 8, 15, 12, tzinfo=UTC)))
    assert "number" not in asked.claim.asserts


def test_a_head_count_and_a_whole_date_stay():
    said = "2,000 Ukrainian soldiers at Sudzha were surrounded on 14 March 2025."
    assert read_question(said).claim.asserts["number"] == 2000

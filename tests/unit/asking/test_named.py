"""A force named by words that are no side's of the map is never the map's own."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from encircle.claims.asking.ask import ask
from encircle.claims.asking.question import Corrections, read_question
from encircle.claims.asking.whose.named import find_named
from encircle.claims.words.extraction import propose_claims
from encircle.errors import QuestionError
from encircle.formats.publishers.presets import MapFile
from tests.unit.asking.test_asking import put

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
RELATIVE = [
    ("The enemy is surrounded at Sudzha.", "enemy"),
    ("Occupiers at Sudzha are surrounded.", "enemy"),
    ("Enemy troops at Sudzha, surrounded for days, are surrendering.", "enemy"),
    ("We have surrounded the enemy at Sudzha.", "enemy"),
    ("The encirclement of the enemy at Sudzha is complete.", "enemy"),
    ("Surrounded at Sudzha: the enemy.", "enemy"),
    ("The enemy is surrounded at Sudzha, Ukrainian forces say.", "enemy"),
    ("Our troops at Sudzha are surrounded.", "own"),
    ("The enemy says that our troops at Sudzha are surrounded.", "own"),
    ("Противник под Суджей окружён.", "enemy"),
    ("Под Суджей окружён противник.", "enemy"),
    ("Войска противника под Суджей окружены.", "enemy"),
    ("Окружение противника под Суджей завершено.", "enemy"),
    ("Оккупанты под Суджей окружены.", "enemy"),
    ("Противник окружил наши войска под Суджей.", "own"),
    ("Наши под Суджей окружены.", "own"),
    ("Ворог під Суджею оточений.", "enemy"),
    ("Окупанти під Суджею оточені.", "enemy"),
    ("Наші оточили ворога під Суджею.", "enemy"),
    ("Наші війська під Суджею оточені.", "own"),
    ("Der Feind ist bei Sudscha eingekesselt.", "enemy"),
    ("Bei Sudscha ist der Gegner eingekesselt.", "enemy"),
    ("Die Besatzer bei Sudscha sind eingekesselt.", "enemy"),
    ("Unsere Truppen bei Sudscha sind vom Feind eingekesselt.", "own"),
]
NAMED = [
    "Wagner is surrounded at Sudzha.",
    "Wagner fighters at Sudzha are surrounded.",
    "ISIS at Sudzha is surrounded.",
    "The RSF at Sudzha are surrounded.",
    "The Viet Minh at Sudzha are surrounded.",
    "North Korean troops at Sudzha are surrounded.",
    "Hundreds of North Koreans are surrounded at Sudzha.",
    "NATO troops at Sudzha are surrounded.",
    "Foreign mercenaries at Sudzha are surrounded.",
    "The Red Army at Sudzha is surrounded.",
    "Северокорейские солдаты под Суджей окружены.",
    "Кадыровцы под Суджей окружены.",
    "Боевики ИГИЛ под Суджей окружены.",
    "Вагнерівці під Суджею оточені.",
    "Північнокорейські війська під Суджею оточені.",
    "Die Nordkoreaner sind bei Sudscha eingekesselt.",
    "Wagner-Söldner bei Sudscha sind eingekesselt.",
]
UNNAMED = [
    "Ukrainian troops at Sudzha are surrounded by the enemy.",
    "The enemy has surrounded Ukrainian troops at Sudzha.",
    "The enemy failed to surround Bakhmut.",
    "Bakhmut is surrounded by the enemy.",
    "The SDF has been able to completely encircle Sudzha.",
    "Units of Wagner have practically surrounded Bakhmut.",
    "Sudzha has been under a tight RSF siege since April.",
    "Thousands of troops at Sudzha are surrounded.",
    "Remaining soldiers at Sudzha are surrounded.",
    "Elite Ukrainian units at Sudzha are surrounded.",
    "The 47th Brigade at Sudzha is encircled.",
    "The Sudzha garrison is surrounded.",
    "The Kursk group is surrounded.",
    "Ukrainian troops in the Donbas are surrounded.",
    "Украинские войска в ДНР окружены.",
    "Ukrainian troops in the DPR are surrounded.",
    "NATO says that troops at Sudzha are surrounded.",
    "ВСУ под Суджей окружены противником.",
    "ВСУ под Суджей в окружении противника.",
    "Морские пехотинцы под Суджей окружены.",
    "Курская группировка окружена.",
    "Ворог оточив українські війська під Суджею.",
    "Der Feind hat ukrainische Truppen bei Sudscha eingekesselt.",
    "Ukrainische Truppen bei Sudscha sind vom Feind eingekesselt.",
]


def find(said):
    claim = propose_claims(said)[0]
    start = claim.phrase_start - claim.start
    return find_named(claim.sentence, start, start + len(claim.phrase), claim.language)


@pytest.mark.parametrize(("said", "relation"), RELATIVE, ids=[said for said, _ in RELATIVE])
def test_relative_words_are_read_of_whoever_is_cut_off(said, relation):
    named = find(said)
    assert named is not None
    assert named.relation == relation


@pytest.mark.parametrize("said", NAMED)
def test_a_name_of_neither_side_is_kept(said):
    named = find(said)
    assert named is not None
    assert named.relation == "name"
    assert named.words in said


@pytest.mark.parametrize("said", UNNAMED)
def test_who_cuts_off_and_what_says_nothing_of_whose_it_is_are_none(said):
    assert find(said) is None


@pytest.mark.parametrize(("said", "relation"), RELATIVE, ids=[said for said, _ in RELATIVE])
@pytest.mark.parametrize(("speaker", "other"), [("UA", "RU"), ("RU", "UA")])
def test_relative_words_turn_with_the_speaker(said, relation, speaker, other):
    asked = read_question(said, Corrections(claimant_side=speaker))
    assert asked.side == (speaker if relation == "own" else other)


def test_a_speaker_named_in_the_text_is_known():
    assert read_question("Zelensky said the enemy at Sudzha is surrounded.").side == "RU"
    assert read_question("Путин заявил, что противник под Суджей окружён.").side == "UA"


# -- on maps ------------------------------------------------------------------------------------


def ask_of(scenario, said, **given):
    raw = (FIXTURES / scenario / "situation.geojson").read_bytes()
    day = datetime.fromisoformat(json.loads(raw)["situation"]["as_of"])
    return ask(said, [MapFile("s.geojson", raw)], corrections=Corrections(made_at=day, **given))


@pytest.mark.parametrize("said", [*NAMED[::4], *(said for said, _ in RELATIVE[::5])])
def test_no_situation_lends_its_own_force(said):
    answer = ask_of("kursk-2025-03-14", said)
    assert (answer.rating, answer.maps[0].used) == ("unverifiable", False)
    assert "the claim says that" in answer.maps[0].because
    assert "--side" in answer.maps[0].because
    assert ask_of("kursk-2025-03-14", said, side="UA").maps[0].used


@pytest.mark.parametrize("said", ["The enemy is surrounded.", "Wagner fighters are surrounded."])
def test_a_painted_map_asks_back_and_names_the_word(said):
    with pytest.raises(QuestionError) as asked:
        put(said)
    question = asked.value.document["question"]
    assert question["question"] == "which_side"
    assert question["named"] in said
    assert question["named"] in str(asked.value)
    assert put(said, side="UA").rating == "contradicted"


def test_a_painted_map_reads_the_enemy_of_a_known_speaker():
    assert put("The enemy is surrounded.", claimant_side="RU").rating == "contradicted"


@pytest.mark.parametrize(
    ("scenario", "said", "used"),
    [
        ("el-fasher-2025-09-30", "RSF troops at El Fasher are besieged.", False),
        ("el-fasher-2025-09-30", "The Sudanese army in El Fasher is besieged by the RSF.", True),
        ("raqqa-2017-06-30", "ISIS in Raqqa is surrounded.", True),
        ("raqqa-2017-06-30", "The SDF in Raqqa is surrounded.", False),
        ("raqqa-2017-06-30", "YPG fighters in Raqqa are surrounded.", False),
        ("dien-bien-phu-1954-04-01", "The Viet Minh at Dien Bien Phu are encircled.", False),
        ("dien-bien-phu-1954-04-01", "The French at Dien Bien Phu are encircled.", True),
        ("stalingrad-1942-11-24", "Italian troops at Stalingrad are encircled.", False),
        ("stalingrad-1942-11-24", "Russian troops at Stalingrad are encircled.", False),
        ("stalingrad-1942-11-24", "The Red Army at Stalingrad is encircled.", False),
        ("stalingrad-1942-11-24", "The Wehrmacht at Stalingrad is encircled.", True),
        ("stalingrad-1942-11-24", "Sowjetische Truppen bei Stalingrad sind eingekesselt.", False),
        ("stalingrad-1942-11-24", "Deutsche Truppen bei Stalingrad sind eingekesselt.", True),
        ("stalingrad-1942-11-24", "Советские войска под Сталинградом окружены.", False),
        ("stalingrad-1942-11-24", "Немецкие войска под Сталинградом окружены.", True),
        ("bastogne-1944-12-24", "The U.S.A. forces in Bastogne have been encircled.", True),
        ("bastogne-1944-12-24", "American paratroopers at Bastogne are surrounded.", True),
        ("metz-1870-09-03", "Prussian troops at Metz are surrounded.", False),
        ("plevna-1877-11-04", "Osman Pasha's army is surrounded at Plevna.", True),
        ("mariupol-2022-03-03", "The Azov Regiment in Mariupol is surrounded.", True),
        ("aleppo-2016-07-17", "Government forces in Aleppo are besieged.", False),
        ("aleppo-2016-07-17", "Rebels in Aleppo are besieged.", True),
    ],
)
def test_a_map_knows_its_sides_by_their_names_in_any_language(scenario, said, used):
    answer = ask_of(scenario, said)
    assert answer.maps[0].used == used
    assert (answer.rating == "unverifiable") != used


@pytest.mark.parametrize(("speaker", "used"), [("DE", False), ("SU", True), (None, False)])
def test_an_enemy_is_a_map_s_where_it_knows_the_speaker(speaker, used):
    answer = ask_of("stalingrad-1942-11-24", "The enemy at Stalingrad is encircled.",
                    claimant_side=speaker)  # fmt: skip
    assert answer.maps[0].used == used


def test_a_written_claim_is_read_alike():
    asserts = {"definition": "land_cut", "value": "yes"}
    written = {"statement": "The enemy is surrounded at Sudzha.", "asserts": asserts}
    assert read_question(written).named.relation == "enemy"
    assert read_question({**written, "claimant_side": "UA"}).side == "RU"

"""What is proposed, held against labels made by hand; `tests/texts/README.md` says how."""

import json
from datetime import date
from pathlib import Path

import pytest

from encircle.claims.words.extraction import propose_claims
from encircle.claims.words.lexicon import fold
from encircle.claims.words.sentences import LONGEST_SENTENCE, split_sentences

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "tests" / "texts"
ARTICLES = json.loads((TEXTS / "labels.json").read_text("utf-8"))
SETS = ("sentences", "sentences-later", "sentences-last")
INNOCENT = ("innocent", "innocent-later", "innocent-last")


def list_sentences():
    for name in SETS:
        for text, claims in json.loads((TEXTS / f"{name}.json").read_text("utf-8")):
            yield pytest.param(text, claims, id=text[:60])


def list_innocent():
    for name in INNOCENT:
        for texts in json.loads((TEXTS / f"{name}.json").read_text("utf-8")).values():
            yield from texts


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_gives_who_said_what_when(name):
    label = ARTICLES[name]
    text = (TEXTS / name).read_text("utf-8")
    proposals = propose_claims(text, date.fromisoformat(label["written"]))
    got = [
        [p.claimant, p.claimant_side, p.made_on, p.definition, p.value, p.tense, p.number]
        for p in proposals
    ]
    assert sorted(map(str, got)) == sorted(map(str, label["claims"]))


def first_places(text):
    """A list of places is labelled as one claim, and proposed as one for each of them."""
    of_phrase = {}
    for p in propose_claims(text):
        of_phrase.setdefault((p.phrase_start, p.statement), p.place)
    return of_phrase.values()


@pytest.mark.parametrize(("text", "claims"), list(list_sentences()))
def test_a_sentence_gives_its_claims(text, claims):
    got = [
        [p.claimant, p.definition, p.value, p.tense, p.hedged]
        for p in propose_claims(text)
        if p.place in (None, *first_places(text))
    ]
    assert sorted(map(str, got)) == sorted(map(str, claims))


@pytest.mark.parametrize("text", sorted(set(list_innocent())))
def test_what_is_not_about_forces_proposes_nothing(text):
    assert propose_claims(text) == []


def test_every_proposal_stands_where_it_says():
    text = (TEXTS / "kursk.en.txt").read_text("utf-8")
    for p in propose_claims(text):
        assert text[p.start : p.end] == p.sentence
        assert text[p.phrase_start : p.phrase_start + len(p.phrase)] == p.phrase
        assert p.start <= p.phrase_start < p.end
        assert p.statement in p.sentence


def list_texts():
    yield from ((TEXTS / name).read_text("utf-8") for name in ARTICLES)
    for name in SETS:
        yield from (text for text, _ in json.loads((TEXTS / f"{name}.json").read_text("utf-8")))


def test_no_statement_is_cut_off_from_what_turns_it_round():
    turned = 0
    for text in list_texts():
        for p in propose_claims(text):
            for word in p.because:
                if word not in ("denied", "doubt", "if") and "(" not in word:
                    assert word in fold(p.statement), (word, p.statement)
                    turned += 1
    assert turned > 60


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        pytest.param("Putin told the press on Monday that the army was encircled.",
                     "the army was encircled", id="after that"),
        pytest.param('"The army is encircled," Putin said.', "The army is encircled", id="quoted"),
        pytest.param("Putin said there was no proof that the army was encircled.",
                     "there was no proof that the army was encircled", id="with its negation"),
        pytest.param("Putin denied that the army was encircled.",
                     "Putin denied that the army was encircled.", id="a denial, whole"),
        pytest.param("The army was encircled.", "The army was encircled.", id="nobody's"),
        pytest.param("The army was encircled, Putin said.", "The army was encircled", id="before"),
        pytest.param("Am Montag sagte Putin, die Armee sei eingekesselt.",
                     "die Armee sei eingekesselt", id="after the name"),
    ],
)  # fmt: skip
def test_a_statement_is_what_was_said(text, statement):
    assert [p.statement for p in propose_claims(text)] == [statement]


def test_a_pronoun_is_the_speaker_named_last():
    text = "Gerasimov spoke to Putin. Putin said nothing new. He added that the army was encircled."
    assert [p.claimant for p in propose_claims(text)] == ["Vladimir Putin"]


def test_a_short_name_is_the_longer_one_named_before():
    text = 'Rodion Kudriashov said the brigade was not cut off. "We hold," Kudriashov said, adding '
    text += "that his troops were not encircled."
    assert {p.claimant for p in propose_claims(text)} == {"Rodion Kudriashov"}


def test_who_tells_what_another_said_is_kept():
    [claim] = propose_claims("According to Reuters, Putin said that the troops were surrounded.")
    assert (claim.claimant, claim.via) == ("Vladimir Putin", "Reuters")


def test_the_same_words_for_other_things_are_named():
    [claim] = propose_claims("Prigozhin said that Bakhmut was in operational encirclement.")
    assert claim.also == ("land_cut",)
    assert claim.place == "Bakhmut"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        pytest.param("Thousands of soldiers are surrounded.", 2000, id="thousands"),
        pytest.param("Up to 2,000 men are surrounded in Hirske.", 2000, id="digits"),
        pytest.param("Twenty thousand Russian soldiers are surrounded.", 20000, id="in words"),
        pytest.param("Six thousand eight hundred soldiers are encircled.", 6800, id="more words"),
        pytest.param("More than a hundred soldiers are surrounded.", 100, id="a hundred"),
        pytest.param("Several hundred soldiers are surrounded.", 200, id="several hundred"),
        pytest.param("Four battalions are surrounded.", None, id="battalions are not people"),
        pytest.param("The 22nd brigade is surrounded.", None, id="a number in a name"),
        pytest.param("До 10 тисяч військових оточені.", 10000, id="Ukrainian"),
        pytest.param("Сотни солдат окружены.", 200, id="Russian"),
        pytest.param("Rund 3.500 Soldaten sind eingekesselt.", 3500, id="German"),
        pytest.param("On 14 March 2025 2,000 soldiers were encircled.", 2000, id="after a date"),
        pytest.param("In March 2025 2,000 soldiers were encircled.", 2000, id="after a month"),
        pytest.param("On 2025-03-14 2000 soldiers were encircled.", 2000, id="after an ISO date"),
        pytest.param("14 марта 2025 года 2000 солдат были окружены.", 2000, id="Russian date"),
        pytest.param("14 березня 2025 року 2000 солдатів були оточені.", 2000, id="its year"),
        pytest.param("Am 14. März 2025 waren 2000 Soldaten eingekesselt.", 2000, id="German date"),
        pytest.param("In August 2024 soldiers were encircled.", None, id="a year is none"),
        pytest.param("Every soldier except 200 is encircled.", None, id="who is excepted"),
        pytest.param("All but 200 of the soldiers are encircled.", None, id="all but"),
        pytest.param("Все солдаты, кроме 200, окружены.", None, id="excepted in Russian"),
        pytest.param("Усі солдати, крім 200, оточені.", None, id="excepted in Ukrainian"),
        pytest.param("Alle Soldaten bis auf 200 sind eingekesselt.", None, id="in German"),
        pytest.param("200 of the 5,000 soldiers are encircled.", 200, id="of all"),
    ],
)
def test_a_number_of_people_is_read_at_its_least(said, number):
    assert [p.number for p in propose_claims(said)] == [number]


@pytest.mark.parametrize(
    ("said", "definitions"),
    [
        pytest.param("The road to Vuhledar is cut, the brigade said.", ["vehicle_cut"], id="way"),
        pytest.param("The brigade on the road to Pokrovsk is cut off.", ["land_cut"], id="on it"),
        pytest.param("Ukrainian troops on the roads are cut off.", ["land_cut"], id="on roads"),
        pytest.param("The army's railway budget was cut.", [], id="money"),
        pytest.param("The road was cut through the forest by the army.", [], id="built"),
        pytest.param("The brigade was on the road when power was cut.", [], id="power"),
        pytest.param("Russian troops control all the roads.", ["vehicle_cut"], id="all ways held"),
        pytest.param("Police control all the roads into the fair.", [], id="police"),
        pytest.param("A mouse was caught in a trap.", [], id="a mouse"),
    ],
)
def test_a_way_is_cut_and_not_who_stands_on_it(said, definitions):
    assert [p.definition for p in propose_claims(said)] == definitions


@pytest.mark.parametrize(
    ("who", "definitions"),
    [
        ("Units of the private military company Wagner", ["land_cut"]),
        ("Soldiers of private military companies", ["land_cut"]),
        ("The insurance company", []),
    ],
)
def test_a_company_that_is_named_as_armed_is_no_trade(who, definitions):
    said = f"{who} surrounded Bakhmut in the morning."
    assert [p.definition for p in propose_claims(said)] == definitions


def test_a_proposal_is_an_entry_of_a_claims_file():
    [proposal] = propose_claims("Putin said that the troops were blocked.", date(2025, 3, 14))
    claim = proposal.to_claim(1, "kursk-group")
    assert claim["made_at"] == "2025-03-14T12:00:00Z"
    assert claim["asserts"] == {
        "force": "kursk-group", "definition": "land_cut", "value": "yes", "tense": "present",
        "hedged": False,
    }  # fmt: skip
    assert "rating" not in json.dumps(claim)


def test_claims_of_the_library_are_read_as_their_maps_take_them():
    """Statements written for another purpose, by their definition and answer; nothing is tuned."""
    right = proposed = wanted = 0
    for path in sorted((ROOT / "fixtures").glob("*/situation.geojson")):
        if path.parent.name.startswith("trap-"):
            continue
        for feature in json.loads(path.read_text("utf-8"))["features"]:
            claim = feature["properties"]
            asserts = claim.get("asserts") or {} if claim.get("kind") == "claim" else {}
            if asserts.get("definition") in (None, "no_force"):
                continue
            wanted += 1
            got = [(p.definition, p.value) for p in propose_claims(claim["statement"])]
            proposed += bool(got)
            right += (asserts["definition"], asserts["value"]) in got
    assert wanted > 110
    assert right / proposed >= 0.9
    assert right / wanted >= 0.75


@pytest.mark.parametrize(
    ("text", "claimant", "statement"),
    [
        pytest.param(
            "Russian forces encircled the brigade, the chief of staff, Valery Gerasimov, said.",
            "Valery Gerasimov", "Russian forces encircled the brigade", id="a name in apposition",
        ),
        pytest.param(
            "The US president called on Putin to spare the surrounded soldiers.",
            None, "The US president called on Putin to spare the surrounded soldiers.",
            id="called on is not called",
        ),
        pytest.param(
            "Речник угруповання «Схід» Григорій Шаповал сказав, що оточення немає.",
            "Григорій Шаповал", "оточення немає", id="a unit's name in quotation marks",
        ),
        pytest.param(
            "Kiew wies das zurück: Es gebe keine Einkesselung der Truppen.",
            "Kiew", "Es gebe keine Einkesselung der Truppen", id="a verb before the colon",
        ),
        pytest.param(
            "Putin: troops surrounded in Kursk", "Vladimir Putin", "troops surrounded in Kursk",
            id="a headline",
        ),
    ],
)  # fmt: skip
def test_forms_met_in_newspapers(text, claimant, statement):
    [proposal] = propose_claims(text)
    assert (proposal.claimant, proposal.statement) == (claimant, statement)


@pytest.mark.parametrize("noise", ["said ", "surrounded ", "last road ", "Putin's claim that "])
def test_a_text_of_noise_is_read_in_pieces(noise):
    """No sentence is longer than a sentence can be, so that reading stays linear."""
    assert max(len(s.text) for s in split_sentences(noise * 500)) <= LONGEST_SENTENCE
    propose_claims(noise * 100)


@pytest.mark.parametrize(
    ("text", "claimant"),
    [
        ("Трамп со слов Путина повторил, что солдаты окружены.", "Donald Trump"),
        ("Трамп зі слів Путіна заявив, що військові оточені.", "Donald Trump"),
        ("Со слов Путина, солдаты окружены.", "Vladimir Putin"),
        ("Солдаты в Курской области окружены, со слов Путина.", "Vladimir Putin"),
    ],
)
def test_on_the_word_of_somebody(text, claimant):
    [proposal] = propose_claims(text)
    assert (proposal.claimant, proposal.via) == (claimant, None)


@pytest.mark.parametrize(
    ("text", "hedged", "doubt"),
    [
        ("The brigade is encircled.", False, None),
        ("The brigade is reportedly encircled.", False, "reportedly"),
        ("The brigade appears to be encircled.", False, "appears to"),
        ("The brigade is virtually encircled.", True, None),
        ("The brigade is almost encircled.", True, None),
        ("The brigade is reportedly almost encircled.", True, "reportedly"),
        ("The brigade is semi-encircled.", True, None),
        ("Бригада якобы окружена.", False, "якобы"),
        ("Бригада фактически окружена.", True, None),
        ("Бригада нібито оточена.", False, "нібито"),
        ("Бригада майже оточена.", True, None),
        ("Die Brigade ist angeblich eingekesselt.", False, "angeblich"),
        ("Die Brigade ist so gut wie eingekesselt.", True, None),
    ],
)
def test_a_reserve_takes_back_of_the_degree_and_a_doubt_does_not(text, hedged, doubt):
    """Source: docs/contract.md, Claims, `hedged`."""
    [proposal] = propose_claims(text)
    claim = proposal.to_claim(1, None)
    assert (claim["asserts"]["hedged"], claim["proposed"]["doubt"]) == (hedged, doubt)


# -- a force by any of its names -------------------------------------------------------------------

CUT_OFF = (
    "Russian troops on the right bank near Kherson are cut off.",
    "The group is surrounded.",
    "The garrison is cut off.",
    "The grouping has been encircled.",
    "The force is trapped.",
    "The contingent near Sudzha is in a cauldron.",
    "Ukrainian forces in Kursk are in a pocket.",
    "The Kursk group is trapped.",
    "The grouping near Sudzha is in a pocket.",
    "The contingent is cut off from supplies.",
    "The brigade is caught in a cauldron.",
    "The garrison of Pokrovsk is trapped in a pocket.",
    "Our troops are in a cauldron.",
    "Russian troops near Kherson are trapped.",
    "The battalion is cut off.",
    "A Ukrainian contingent was cut off.",
    "Thousands of troops are in a cauldron near Pokrovsk.",
    "The whole grouping found itself in a pocket.",
    "The Pokrovsk garrison is surrounded.",
    "The Russian grouping is in an encirclement.",
    "The force is cut off.",
    "The force in Kursk is cut off.",
    "The corps has been cut off.",
    "Die Gruppierung ist eingekesselt.",
    "Die Garnison ist abgeschnitten.",
    "Die russischen Truppen am rechten Ufer bei Cherson sind abgeschnitten.",
    "Die Gruppe ist umzingelt.",
    "Das Kontingent sitzt im Kessel.",
    "Die Truppen sitzen in der Falle.",
    "Die Truppen sind im Kessel.",
    "Die Garnison sitzt in einem Kessel.",
    "Die Einheit ist eingeschlossen.",
    "Der Verband ist abgeschnitten.",
    "Группировка окружена.",
    "Гарнизон отрезан.",
    "Российские войска на правом берегу под Херсоном отрезаны.",
    "Группировка в котле.",
    "Группировка в Курской области оказалась в котле.",
    "Войска попали в котёл.",
    "Контингент в окружении.",
    "Войска в ловушке.",
    "Гарнизон Покровска заблокирован.",
    "Группа окружена.",
    "Силы ВСУ зажаты в мешке.",
    "Бригада находится в котле.",
    "Угруповання оточене.",
    "Гарнізон відрізаний.",
    "Російські війська на правому березі під Херсоном відрізані.",
    "Угруповання в котлі.",
    "Війська потрапили в котел.",
    "Контингент в оточенні.",
    "Війська у пастці.",
    "Гарнізон Покровська заблоковано.",
    "Група оточена.",
    "Сили опинилися в мішку.",
    "Бригада перебуває в котлі.",
    "Ukrainian troops on the road to Pokrovsk are cut off.",
    "Russian soldiers across the river are trapped.",
    "Putin said the group is surrounded.",
    "The whole group was cut off.",
    "Die ganze Gruppe ist umzingelt.",
    "Вся группа полностью окружена.",
    "Вся група повністю оточена.",
)
NOT_FORCES = (
    "The group is surrounded by fans.",
    "The band is trapped in a contract.",
    "The family is trapped.",
    "The group of tourists is cut off by the flood.",
    "Tourists were trapped in the cave.",
    "The village is cut off by snow.",
    "The soldier had a letter in a pocket.",
    "The house is surrounded by trees.",
    "The miners are trapped.",
    "The troops cooked soup in a cauldron.",
    "The soldiers were trapped in traffic.",
    "The electricity was cut off.",
    "The force of the wind cut off the branch.",
    "A climbing group was trapped on the mountain.",
    "The police force is trapped in bureaucracy.",
    "The parliamentary group is surrounded by scandal.",
    "Die Gruppe ist von Fans umringt.",
    "Die Wandergruppe ist vom Hochwasser eingeschlossen.",
    "Der Soldat hatte einen Brief in der Tasche.",
    "Die Suppe ist im Kessel.",
    "Die Soldaten kochten Suppe im Kessel.",
    "Die Touristengruppe ist abgeschnitten.",
    "Группа туристов отрезана от мира лавиной.",
    "Солдаты варили кашу в котле.",
    "Группа окружена поклонниками.",
    "Село отрезано паводком.",
    "Рабочая группа окружена тайной.",
    "Мышь в ловушке.",
    "Група туристів відрізана паводком.",
    "Солдати варили кашу в котлі.",
    "Робоча група оточена таємницею.",
    "Гурт оточений фанатами.",
    "Група оточена шанувальниками.",
    "Миша у пастці.",
    "The group is trapped in the basement.",
    "The bank is surrounded.",
    "The tourists on the right bank are cut off.",
    "A group of students is trapped.",
    "The house on the hill is surrounded.",
    "Die Gruppe ist im Keller eingeschlossen.",
    "Группа студентов отрезана.",
    "Група студентів оточена.",
)


@pytest.mark.parametrize("text", CUT_OFF)
def test_a_force_is_known_by_any_of_its_names(text):
    [claim] = propose_claims(text)
    assert (claim.definition, claim.value, claim.tense) == ("land_cut", "yes", "present")


@pytest.mark.parametrize("text", NOT_FORCES)
def test_no_group_of_another_kind_is_taken_for_a_force(text):
    assert propose_claims(text) == []


DENIED = (
    "The soldiers at Sudzha are anything but encircled.",
    "The soldiers at Sudzha are far from encircled.",
    "The soldiers at Sudzha are by no means encircled.",
    "The soldiers at Sudzha are advancing rather than encircled.",
    "Die Truppen bei Sudscha sind alles andere als eingekesselt.",
    "Die Truppen bei Sudscha sind weit davon entfernt, eingekesselt zu sein.",
    "Die Truppen bei Sudscha sind keineswegs eingekesselt.",
    "Войска под Суджей далеко не окружены.",
    "Войска под Суджей далеки от окружения.",
    "Війська під Суджею аж ніяк не оточені.",
    "Війська під Суджею далекі від оточення.",
)
ENDED = (
    "The soldiers at Sudzha were encircled yesterday but broke out.",
    "The soldiers at Sudzha had been encircled until relieved.",
    "The soldiers at Sudzha were encircled until they surrendered.",
    "The soldiers at Sudzha were encircled but no longer.",
    "The soldiers at Sudzha are no longer encircled.",
    "The soldiers at Sudzha used to be encircled.",
    "The soldiers at Sudzha were encircled. They have since broken out.",
    "Войска под Суджей были окружены. Они прорвались.",
    "The encircled soldiers at Sudzha were relieved.",
    "The soldiers at Sudzha broke the encirclement.",
    "The encirclement of the soldiers at Sudzha was broken.",
    "The encirclement of the soldiers at Sudzha has since been lifted.",
    "Putin said that the soldiers at Sudzha had been encircled but had broken out.",
    "Die Truppen bei Sudscha waren eingekesselt, konnten aber ausbrechen.",
    "Die Truppen bei Sudscha waren eingekesselt, sind es aber nicht mehr.",
    "Die Truppen bei Sudscha waren bis gestern eingekesselt.",
    "Die Einkesselung der Truppen bei Sudscha wurde durchbrochen.",
    "Die Truppen bei Sudscha sind aus der Einkesselung ausgebrochen.",
    "Die eingekesselten Truppen bei Sudscha sind ausgebrochen.",
    "Окружённые войска под Суджей прорвались.",
    "Войска под Суджей были окружены, но сумели вырваться.",
    "Війська під Суджею були деблоковані з оточення.",
    "The soldiers at Sudzha have withdrawn from the encirclement.",
    "Войска под Суджей были окружены, но прорвались.",
    "Раньше войска под Суджей были окружены.",
    "Войска под Суджей прорвали окружение.",
    "Окружение войск под Суджей прорвано.",
    "Війська під Суджею були оточені, але вирвалися.",
    "Війська під Суджею більше не оточені.",
    "Оточення військ під Суджею прорвано.",
)
LASTING = (
    "The soldiers at Sudzha are encircled, and trying to break out.",
    "The soldiers at Sudzha are encircled but have not broken out.",
    "The soldiers at Sudzha are encircled and no longer have supplies.",
    "The soldiers at Sudzha are encircled after fire broke out.",
    "The soldiers at Sudzha are encircled until further notice.",
    "The soldiers at Sudzha were not encircled until Tuesday.",
    "The soldiers at Sudzha were left encircled.",
    "The soldiers at Sudzha were encircled. They have not broken out.",
    "The soldiers at Sudzha were encircled. Two hundred escaped.",
    "The soldiers at Sudzha are not just encircled, they are starving.",
    "The encirclement of the soldiers at Sudzha has not been broken.",
    "Russian forces completed the encirclement of Sudzha after the front was broken.",
    "Russian forces broke through and encircled the soldiers at Sudzha.",
    "Die Truppen bei Sudscha sind eingekesselt, konnten aber nicht ausbrechen.",
    "Die Truppen bei Sudscha sind nicht nur eingekesselt, sie hungern.",
    "Die eingekesselten Truppen bei Sudscha wollen ausbrechen.",
    "Die Truppen bei Sudscha sind eingekesselt, aber ausbrechen konnten sie nicht.",
    "Sie wollen die eingekesselten Truppen bei Sudscha befreien.",
    "Войска под Суджей окружены, но прорваться не смогли.",
    "Окружённые войска под Суджей пытаются вырваться.",
    "Оточені війська під Суджею намагаються вирватися.",
    "The soldiers at Sudzha are nothing short of encircled.",
    "There is no doubt that the soldiers at Sudzha are encircled.",
    "Es besteht kein Zweifel, dass die Truppen bei Sudscha eingekesselt sind.",
    "Нет сомнений, что войска под Суджей окружены.",
    "Немає сумнівів, що війська під Суджею оточені.",
    "The officers at Sudzha are encircled and have been relieved of command.",
    "Войска под Суджей окружены и не прорвались.",
    "Российские войска прорвались и окружили солдат под Суджей.",
    "Війська під Суджею оточені, але не вирвалися.",
)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        *((said, "no") for said in (*DENIED, *ENDED)),
        *((said, "yes") for said in LASTING),
    ],
)
def test_what_is_no_longer_so_is_denied_and_what_lasts_is_not(said, value):
    assert [p.value for p in propose_claims(said)] == [value]


NOT_DENIED = (
    "The soldiers at Sudzha are not retreating and are encircled.",
    "The soldiers at Sudzha did not withdraw and are now encircled.",
    "The soldiers at Sudzha have no ammunition and remain encircled.",
    "The soldiers at Sudzha cannot withdraw and are encircled.",
    "Солдаты под Суджей не отступают и окружены.",
    "Солдаты под Суджей не отступили и теперь окружены.",
    "Солдаты под Суджей не имеют боеприпасов и остаются в окружении.",
    "Солдати під Суджею не відступають і оточені.",
    "Солдати під Суджею не мають боєприпасів і перебувають в оточенні.",
    "Die Truppen bei Sudscha ziehen sich nicht zurück und sind eingekesselt.",
    "Die Truppen bei Sudscha haben keine Munition und sind eingekesselt.",
)
"""What is denied before *and* is denied of the first clause alone."""
BOTH_DENIED = (
    "It is not true that the soldiers at Sudzha are retreating and are encircled.",
    "The soldiers at Sudzha are not surrounded and cut off.",
    "The soldiers at Sudzha are not, and never were, encircled.",
    "The soldiers at Sudzha withdrew to avoid being outflanked and encircled.",
    "Неправда, что солдаты под Суджей отступают и окружены.",
    "Солдаты под Суджей не окружены и не отрезаны.",
    "Противнику не удалось прорваться и окружить солдат под Суджей.",
    "Солдати під Суджею не оточені і відрізані.",
    "Die Truppen bei Sudscha sind nicht eingekesselt und abgeschnitten.",
)
LEFT_OPEN = (
    "The soldiers at Sudzha are not beaten and encircled.",
    "No soldiers at Sudzha have withdrawn and are encircled.",
    "Солдаты под Суджей не были разбиты и окружены.",
    "Солдати під Суджею не були розбиті і оточені.",
    "Die Truppen bei Sudscha sind nicht abgezogen und eingekesselt.",
)


@pytest.mark.parametrize(
    ("said", "values"),
    [
        *((said, ["yes"]) for said in NOT_DENIED),
        *((said, ["no"]) for said in BOTH_DENIED),
        *((said, []) for said in LEFT_OPEN),
    ],
)
def test_not_goes_behind_and_only_where_the_words_take_it_there(said, values):
    assert [p.value for p in propose_claims(said)] == values


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Russian troops are encircled, as Kyiv says.", "Kyiv"),
        ("Russian troops are encircled and not withdrawing, as Kyiv says.", None),
        ("Russian troops are encircled, not withdrawing, as Kyiv claims.", None),
        ("Russian troops are encircled and aren't free, as Kyiv says.", None),
        ("Russian troops are encircled and not, as Kyiv says, withdrawing.", None),
        ("Russian troops are not encircled as Kyiv says.", None),
        ("Russian troops are encircled, contrary to what Moscow says.", None),
        ("Whatever Moscow says, Russian troops are encircled.", None),
        ("Российские войска окружены, как говорит Киев.", "Киев"),
        ("Российские войска окружены, а не отступают, как говорит Киев.", None),
        ("Российские войска окружены и не отступают, как заявил Сырский.", None),
        ("Вопреки тому, что говорит Москва, российские войска окружены.", None),
        ("Російські війська оточені, як стверджує Київ.", "Київ"),
        ("Російські війська оточені, а не відступають, як каже Москва.", None),
        ("Попри те, що каже Москва, російські війська оточені.", None),
        ("Die russischen Truppen sind eingekesselt, wie Kiew sagt.", "Kiew"),
        ("Die russischen Truppen sind eingekesselt und nicht frei, wie Kiew sagt.", None),
        ("Anders als Moskau sagt, sind die russischen Truppen eingekesselt.", None),
    ],
)
def test_as_somebody_says_makes_nobody_claim_what_it_may_not_speak_of(said, who):
    [claim] = propose_claims(said)
    assert claim.claimant == who


def test_all_but_encircled_is_almost_encircled():
    [claim] = propose_claims("The soldiers at Sudzha are all but encircled.")
    assert (claim.value, claim.definition, claim.hedged, claim.part) == (
        "yes", "surrounded", True, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("The soldiers at Sudzha are encircled.",
         ("Some of the soldiers at Sudzha are encircled.",
          "Less than half of the soldiers at Sudzha are encircled.",
          "Two of five brigades at Sudzha are encircled.",
          "40% of the soldiers at Sudzha are encircled.",
          "Not all soldiers at Sudzha are encircled.",
          "Every soldier at Sudzha except 200 is encircled.",
          "The soldiers at Sudzha are encircled, except 200 men.",
          "Russian forces have encircled some of the soldiers at Sudzha.")),
        ("Some 2,000 soldiers at Sudzha are encircled.", ()),
        ("Die Truppen bei Sudscha sind eingekesselt.",
         ("Ein Teil der Truppen bei Sudscha ist eingekesselt.",
          "Weniger als die Hälfte der Truppen bei Sudscha ist eingekesselt.",
          "Zwei von fünf Brigaden bei Sudscha sind eingekesselt.",
          "Alle Soldaten bis auf 200 sind bei Sudscha eingekesselt.")),
        ("Einige tausend Soldaten bei Sudscha sind eingekesselt.", ()),
        ("Войска под Суджей окружены.",
         ("Часть войск под Суджей окружена.",
          "Меньше половины солдат под Суджей окружены.",
          "Две из пяти бригад под Суджей окружены.",
          "Все солдаты под Суджей, кроме 200, окружены.")),
        ("Війська під Суджею оточені.",
         ("Частина військ під Суджею оточена.",
          "Менше половини солдатів під Суджею оточені.",
          "Дві з п'яти бригад під Суджею оточені.",
          "Усі солдати під Суджею, крім 200, оточені.")),
    ],
)  # fmt: skip
def test_a_part_of_a_force_is_not_all_of_it(whole, parts):
    [claim] = propose_claims(whole)
    assert (claim.part, claim.hedged) == (None, False)
    for said in parts:
        [claim] = propose_claims(said)
        assert claim.part
        assert claim.hedged, said


QUESTIONS = (
    "Are the Ukrainians encircled at Sudzha?",
    "Aren't the Ukrainians encircled at Sudzha?",
    "Чи оточені українці під Суджею?",
    "Окружены ли ВСУ под Суджей?",
    "Sind die Ukrainer bei Sudscha eingekesselt?",
)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_question_claims_nothing_unless_it_is_asked_about(asked):
    assert propose_claims(asked) == []
    [claim] = propose_claims(asked, asking=True)
    assert (claim.claimant, claim.value, claim.tense) == (None, "yes", "present")
    assert propose_claims("The soldiers at Sudzha are encircled.", asking=True) == []

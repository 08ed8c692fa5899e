import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from encircle.claims.words.lexicon import (
    LANGUAGES,
    PLACES,
    SPEAKERS,
    detect_language,
    find_places,
    find_speakers,
    find_uses,
    list_lexicon,
)
from encircle.claims.words.lexicon.entry import compile_phrase

ROOT = Path(__file__).parents[2]
EXAMPLES = [
    pytest.param("en", "The garrison is completely surrounded", "land_cut", id="surrounded"),
    pytest.param("en", "The army is blocked", "land_cut", id="blocked"),
    pytest.param("en", "They are in operational encirclement", "fire_control", id="operational"),
    pytest.param("en", "The brigade was cut off", "land_cut", id="cut off"),
    pytest.param("en", "Lyman is semi-encircled", "surrounded", id="semi-encircled"),
    pytest.param("en", "a real cauldron", "land_cut", id="cauldron"),
    pytest.param("en", "they sat in the Demyansk kessel", "land_cut", id="kessel"),
    pytest.param("en", "full gunfire control", "fire_control", id="gunfire control"),
    pytest.param("en", "in full isolation", "isolation", id="isolation"),
    pytest.param("en", "attacked from all sides", "surrounded", id="all sides"),
    pytest.param("en", "The supply road has been cut", "vehicle_cut", id="supply road"),
    pytest.param("en", "The last road out has been cut", "land_cut", id="last road"),
    pytest.param("en", "These highways are cut", "vehicle_cut", id="highways"),
    pytest.param("en", "The road to the town has been cut", "vehicle_cut", id="road to a town"),
    pytest.param("en", "They control all the roads", "vehicle_cut", id="all the roads"),
    pytest.param("en", "caught like rats in a trap", "land_cut", id="in a trap"),
    pytest.param("uk", "війська оточені", "land_cut", id="оточені"),
    pytest.param("uk", "бригада в оточенні", "land_cut", id="в оточенні"),
    pytest.param("uk", "місто в напівоточенні", "surrounded", id="напівоточення"),
    pytest.param("uk", "в оперативному оточенні", "fire_control", id="оперативне оточення"),
    pytest.param("uk", "під вогневим контролем", "fire_control", id="вогневий контроль"),
    pytest.param("ru", "войска окружены", "land_cut", id="окружены"),
    pytest.param("ru", "гарнизон окружён", "land_cut", id="окружён, with its dots"),
    pytest.param("ru", "группировка в котле", "land_cut", id="в котле"),
    pytest.param("ru", "оперативное окружение", "fire_control", id="оперативное окружение"),
    pytest.param("ru", "город в полуокружении", "surrounded", id="полуокружение"),
    pytest.param("ru", "под полным огневым контролем", "fire_control", id="огневой контроль"),
    pytest.param("de", "die Truppen sind eingekesselt", "land_cut", id="eingekesselt"),
    pytest.param("de", "die Brigade ist abgeschnitten", "land_cut", id="abgeschnitten"),
    pytest.param("de", "die Stadt ist halb eingeschlossen", "surrounded", id="halb"),
    pytest.param("de", "operativ eingekreist", "fire_control", id="operativ"),
]


@pytest.mark.parametrize(("code", "text", "definition"), EXAMPLES)
def test_a_phrase_means_its_definition(code, text, definition):
    assert [use.term.definition for use in find_uses(text, code)] == [definition]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_finds_itself(code):
    for term in LANGUAGES[code].terms:
        plain = re.sub(r"\[[^\]]*\]|…|!\w+$", " ", term.phrase)
        plain = re.sub(r"\(([^|)]*)\|?[^)]*\)", r"\1", plain).replace("*", "")
        assert re.search(compile_phrase(term.phrase), " ".join(plain.split())), term.phrase


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_list_of_a_language_is_a_tuple_of_words(code):
    language = LANGUAGES[code]
    for field in fields(language):
        words = getattr(language, field.name)
        if isinstance(words, tuple) and field.name != "terms":
            assert all(isinstance(word, str) and word.strip() == word for word in words), field.name
            assert all(words), field.name
            assert len(set(words)) == len(words), field.name
    assert len(language.months) == 12
    assert len(language.weekdays) == 7


def test_every_entry_names_its_source_and_nothing_is_entered_twice():
    entries = list_lexicon()
    assert all(len(str(entry["source"])) > 20 for entry in entries)
    phrases = [(entry["language"], entry["phrase"]) for entry in entries]
    assert len(set(phrases)) == len(phrases)
    assert {entry["language"] for entry in entries} == {"en", "uk", "ru", "de"}


def test_the_longer_phrase_wins_over_the_one_inside_it():
    [use] = find_uses("an operational encirclement", "en")
    assert use.term.phrase.startswith("operational*")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("Artyomovsk", ["Bakhmut"], id="English, the Russian side's name"),
        pytest.param("Artemivsk", ["Bakhmut"], id="English, the Soviet name"),
        pytest.param("в Димитрове", ["Myrnohrad"], id="Russian, locative"),
        pytest.param("у Мирнограді", ["Myrnohrad"], id="Ukrainian, locative"),
        pytest.param("под Красноармейском", ["Pokrovsk"], id="Russian, instrumental"),
        pytest.param("гарнизон Угледара", ["Vuhledar"], id="Russian, genitive"),
        pytest.param("біля Куп'янська", ["Kupiansk"], id="Ukrainian, an apostrophe"),
        pytest.param("біля Куп’янська", ["Kupiansk"], id="Ukrainian, another apostrophe"),
        pytest.param("Kupyansk und Pokrowsk", ["Kupiansk", "Pokrovsk"], id="German, two"),
        pytest.param("из Часова Яра", ["Chasiv Yar"], id="two words, both in the genitive"),
        pytest.param("в Часовом Яре", ["Chasiv Yar"], id="two words, both declined"),
        pytest.param("sumy of numbers", [], id="no capital, no name"),
        pytest.param("Lymanski's", [], id="the beginning of a longer word"),
    ],
)
def test_a_place_is_known_by_any_of_its_names(text, names):
    assert [mention.place.name for mention in find_places(text)] == names


def test_places_and_speakers_are_entered_once():
    assert len({place.name for place in PLACES}) == len(PLACES)
    assert len({speaker.name for speaker in SPEAKERS}) == len(SPEAKERS)
    stems = [stem for place in PLACES for stem in set(place.stems)]
    assert len(set(stems)) == len(stems)


@pytest.mark.parametrize(
    "text", ["Путіна", "Путин", "Putin", "Putins", "Путиным"], ids=lambda text: text
)
def test_a_speaker_is_known_in_any_case(text):
    [(_, _, who)] = find_speakers(text)
    assert (who.name, who.side) == ("Vladimir Putin", "RU")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The troops are not encircled.", "en"),
        ("Війська не оточені.", "uk"),
        ("Войска не окружены.", "ru"),
        ("Die Truppen sind nicht eingekesselt.", "de"),
        ("Лиман в полуокружении, признал Пушилин.", "ru"),
        ("Лиман у напівоточенні, визнав Пушилін.", "uk"),
        ("Kein Kessel in Pokrowsk", "de"),
        ("Garnison in Pokrowsk umzingelt", "de"),
        ("Die Truppen in Sudscha seien umzingelt, sagte Putin in Kursk.", "de"),
        ("Soldaten in Falle", "de"),
        ("Soldiers die in Kursk encirclement", "en"),
        ("Kyiv hat-tip: no pocket", "en"),
        ("Блокада Покровська", "uk"),
        ("军队被包围", None),
        ("1234 …", None),
    ],
)
def test_the_language_of_a_sentence_is_told(text, code):
    assert detect_language(text) == code


def test_the_page_of_the_lexicon_is_current():
    page = (ROOT / "docs" / "lexicon.md").read_text("utf-8")
    for entry in list_lexicon():
        assert str(entry["phrase"]).replace("|", "\\|") in page


SHARED = ROOT.parent / "shared" / "data" / "gazetteer" / "ukraine-cities.json"


@pytest.mark.real
@pytest.mark.skipif(not SHARED.exists(), reason="the gazetteer is kept beside the project")
def test_places_are_spelt_as_the_gazetteer_spells_them():
    features = json.loads(SHARED.read_text("utf-8"))["features"]
    spelt = {feature["properties"]["name"] for feature in features}
    known = {place.name for place in PLACES}
    assert len(known & spelt) >= 12, sorted(known - spelt)

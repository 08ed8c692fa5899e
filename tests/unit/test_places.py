"""A name finds its place, however it is written; none is guessed."""

from __future__ import annotations

import random
import time

import pytest
from shapely.geometry import LineString

from encircle.errors import QuestionError, SituationError
from encircle.places import (
    find_places,
    nearest_place,
    places_within,
    resolve_place,
    suggest_places,
)
from encircle.places.known import KNOWN
from encircle.places.letters import fold_name, key_of, read_keys
from encircle.places.listing import find_country, read_about, read_place

THEATRE = ("UA", "RU")
DONBAS = (36.0, 47.0, 39.0, 49.5)

CASES = {
    # nominative, then the other five of Ukrainian
    "Bakhmut": "Бахмут Бахмута Бахмуту Бахмутом Бахмуті",
    "Kurakhove": "Курахове Курахового Кураховому Кураховим",
    "Vuhledar": "Вугледар Вугледара Вугледару Вугледаром Вугледарі",
    "Toretsk": "Торецьк Торецька Торецьку Торецьком",
    "Siversk": "Сіверськ Сіверська Сіверську Сіверськом",
    "Kupiansk": "Куп'янськ Куп’янська Куп'янську Купʼянськом",
    "Izium": "Ізюм Ізюма Ізюму Ізюмом Ізюмі",
    "Kreminna": "Кремінна Кремінної Кремінній Кремінну Кремінною",
    "Svatove": "Сватове Сватового Сватовому Сватовим",
    "Huliaipole": "Гуляйполе Гуляйполя Гуляйполю Гуляйполем Гуляйполі",
    "Kherson": "Херсон Херсона Херсону Херсоном Херсоні",
    "Kharkiv": "Харків Харкова Харкову Харковом Харкові",
    "Kyiv": "Київ Києва Києву Києвом Києві",
    "Sumy": "Суми Сум Сумам Сумами Сумах",
    "Krynky": "Кринки Кринок Кринкам Кринками Кринках",
    "Chasiv Yar": "Часів_Яр Часового_Яру Часовому_Яру Часовим_Яром Часовому_Ярі",
    "Velyka Novosilka": "Велика_Новосілка Великої_Новосілки Великій_Новосілці Велику_Новосілку",
    "Kryvyi Rih": "Кривий_Ріг Кривого_Рогу Кривому_Рогу Кривим_Рогом Кривому_Розі",
    "Myrnohrad": "Мирноград Мирнограда Мирнограду Мирноградом Мирнограді",
    "Mariupol": "Маріуполь Маріуполя Маріуполю Маріуполем Маріуполі",
    "Ternopil": "Тернопіль Тернополя Тернополю Тернополем Тернополі",
    "Selydove": "Селидове Селидового Селидовому Селидовим",
    "Kostiantynivka": "Костянтинівка Костянтинівки Костянтинівці Костянтинівку Костянтинівкою",
    "Lysychansk": "Лисичанськ Лисичанська Лисичанську Лисичанськом",
    "Vovchansk": "Вовчанськ Вовчанська Вовчанську Вовчанськом",
    "Odesa": "Одеса Одеси Одесі Одесу Одесою",
    "Poltava": "Полтава Полтави Полтаві Полтаву Полтавою",
    "Cherkasy": "Черкаси Черкас Черкасам Черкасами Черкасах",
    "Zaporizhzhia": "Запоріжжя Запоріжжю Запоріжжям Запоріжжі",
    "Dobropillia": "Добропілля Добропіллю Добропіллям Добропіллі",
    "Debaltseve": "Дебальцеве Дебальцевого Дебальцевому Дебальцевим",
    "Brovary": "Бровари Броварів Броварам Броварами Броварах",
    "Berdiansk": "Бердянськ Бердянська Бердянську Бердянськом",
    "Melitopol": "Мелітополь Мелітополя Мелітополю Мелітополем Мелітополі",
}
RUSSIAN = {
    "Sudzha": "Суджа Суджи Судже Суджу Суджей",
    "Bakhmut": "Артёмовск/UA Бахмут Бахмута Бахмуту Бахмутом Бахмуте",
    "Kurakhove": "Курахово Курахова Курахову Кураховом Курахове Кураховое",
    "Vuhledar": "Угледар Угледара Угледару Угледаром Угледаре",
    "Kupiansk": "Купянск Купянска Купянску Купянском Купянске",
    "Chasiv Yar": "Часов_Яр Часова_Яра Часову_Яру Часовом_Яре Часовым_Яром",
    "Velyka Novosilka": "Великая_Новосёлка Великой_Новоселки Великой_Новосёлке Великую_Новосёлку",
    "Rylsk": "Рыльск Рыльска Рыльску Рыльском Рыльске",
    "Belgorod": "Белгород Белгорода Белгороду Белгородом Белгороде",
    "Kursk": "Курск Курска Курску Курском Курске",
    "Voronezh": "Воронеж Воронежа Воронежу Воронежем Воронеже",
    "Grozny": "Грозный Грозного Грозному Грозным Грозном",
    "Shebekino": "Шебекино Шебекина Шебекину Шебекином",
    "Kherson": "Херсон Херсона Херсону Херсоном Херсоне",
    "Kharkiv": "Харьков Харькова Харькову Харьковом Харькове",
    "Myrnohrad": "Димитров Димитрова Димитрове Димитровом",
}


@pytest.mark.parametrize("table", [CASES, RUSSIAN], ids=["ukrainian", "russian"])
def test_every_case_of_a_name_finds_the_place(table: dict[str, str]) -> None:
    lost = []
    for name, forms in table.items():
        for form in forms.split():
            written, _, country = form.replace("_", " ").partition("/")
            found = find_places(written, countries=[country] if country else THEATRE)
            if not found or key_of(found[0].name) != key_of(name):
                lost.append((name, written, [place.label for place in found][:3]))
    assert not lost


@pytest.mark.parametrize("written", ["Bachmut", "Bakhmut's", "Bachmuts", "the Bakhmut", "BAKHMUT",
                                     "bahmut", "バフムート", "Artemivsk", " Bakhmut "])  # fmt: skip
def test_bakhmut_is_found_in_other_languages(written: str) -> None:
    assert find_places(written, countries=["UA"])[0].name == "Bakhmut"


@pytest.mark.parametrize(
    ("written", "country"),
    [("Aleppo", "SY"), ("حلب", "SY"), ("Алеппо", "SY"), ("الموصل", "IQ"), ("Mossul", "IQ"),
     ("Sarajevo", "BA"), ("Сараево", "BA"), ("Stalingrad", "RU"), ("Dien Bien Phu", "VN"),
     ("Tobruk", "LY"), ("Gaza", "PS"), ("Deir ez-Zor", "SY"), ("Goražde", "BA"),
     ("Łódź", "PL"), ("Lodz", "PL"), ("İzmir", "TR"), ("IZMIR", "TR")],
)  # fmt: skip
def test_places_of_other_wars_are_found(written: str, country: str) -> None:
    assert country in {place.country for place in find_places(written)[:1]}


def test_every_listed_name_finds_its_place() -> None:
    rng = random.Random(7)  # noqa: S311 - a sample, no secret
    for row in rng.sample(range(read_about()["places"]), 60):
        place = read_place(row)
        for name in rng.sample(place.names, min(3, len(place.names))):
            near = [(p.lon, p.lat) for p in find_places(name, countries=[place.country])]
            assert any(abs(x - place.lon) < 0.03 and abs(y - place.lat) < 0.03 for x, y in near), (
                name,
                place,
            )


def test_folding_twice_changes_nothing_and_the_key_is_among_the_keys_read() -> None:
    rng = random.Random(11)  # noqa: S311 - a sample, no secret
    for row in rng.sample(range(read_about()["places"]), 100):
        for name in read_place(row).names:
            assert fold_name(fold_name(name)) == fold_name(name), name
            assert key_of(name) in read_keys(name), name


def test_no_name_finds_a_place_outside_the_countries_asked_for() -> None:
    rng = random.Random(3)  # noqa: S311 - a sample, no secret
    for row in rng.sample(range(read_about()["places"]), 100):
        found = find_places(read_place(row).name, countries=["UA"])
        assert {place.country for place in found} <= {"UA"}, row


def test_every_row_knows_its_country() -> None:
    for country, row in read_about()["starts"].items():
        assert find_country(row) == country


NO_TOWNS = {"Donetsk airport", "Azovstal", "Ruhr", "Hornal", "Guevo", "Malaya Loknya"}
"""Spoken of, but no town of 500 people."""
TOWNS = [known.name for known in KNOWN if known.name not in NO_TOWNS]


@pytest.mark.parametrize("name", TOWNS)
def test_the_lexicon_and_the_gazetteer_agree(name: str) -> None:
    assert find_places(name)


def test_another_letter_is_another_place() -> None:
    """Sudzha in a Russian case is not Sudche in Volyn, which romanises alike."""
    assert [p.country for p in find_places("Судже", countries=THEATRE)] == ["RU"]


def test_several_places_of_one_name_are_asked_about() -> None:
    with pytest.raises(QuestionError) as asked:
        resolve_place("Lyman", countries=THEATRE)
    document = asked.value.document
    assert document["question"] == "which_place"
    assert len(document["places"]) >= 3
    assert {"name", "admin", "country", "lon", "lat", "population"} == set(document["places"][0])
    assert document["answer_with"] == "--place LON,LAT"
    assert "--place 37.8084,48.9901" in asked.value.words


@pytest.mark.parametrize(("name", "most"), [("Lyman", 12), ("Lyman", 2), ("Uspenivka", 1)])
def test_a_list_of_namesakes_says_how_many_more_and_how_to_give_one_not_listed(
    monkeypatch, name, most
) -> None:
    monkeypatch.setattr("encircle.places.resolve.MOST_ASKED", most)
    with pytest.raises(QuestionError) as asked:
        resolve_place(name, countries=THEATRE)
    document = asked.value.document
    every = find_places(name, countries=THEATRE)
    assert document["left_off"] == len(every) - len(document["places"])
    assert (f"and {document['left_off']} more" in asked.value.words) == bool(document["left_off"])
    *_, last = asked.value.words.splitlines()
    assert "not listed: --place LON,LAT" in last
    assert last.strip() == document["another"]


def test_the_map_narrows_a_name() -> None:
    assert resolve_place("Pokrovsk", countries=THEATRE, bounds=DONBAS).admin == "Donetsk"
    assert resolve_place("Avdiivka", bounds=DONBAS, countries=THEATRE).admin == "Donetsk"


def test_what_is_near_narrows_a_name() -> None:
    assert resolve_place("Lyman", countries=["UA"], near=(37.8, 49.0)).population > 10_000
    with pytest.raises(QuestionError):
        resolve_place("Lyman", countries=["UA"], near=(33.0, 48.0))


@pytest.mark.parametrize("size", [1, 10])
def test_population_never_decides_between_two_left(size: int) -> None:
    with pytest.raises(QuestionError) as asked:
        resolve_place("Donetsk", countries=THEATRE)
    populations = [place["population"] for place in asked.value.document["places"]]
    assert populations[0] > size * populations[-1]


def test_a_mistyped_name_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(SituationError, match="Did you mean Sudzha"):
        resolve_place("Sudhza", countries=["RU"])


def test_a_village_too_small_is_refused_with_the_remedy() -> None:
    with pytest.raises(SituationError, match=r"fewer than 500 people.*--force-at LON,LAT"):
        resolve_place("Xyzzyivka", countries=["UA"], option="--force-at")


def test_a_place_off_the_map_is_refused() -> None:
    with pytest.raises(SituationError, match="does not lie within the map"):
        resolve_place("Odesa", bounds=DONBAS, countries=THEATRE)


@pytest.mark.parametrize(
    "written",
    ["35.27,51.19", "35.27, 51.19", "(35.27 51.19)", "35.27;51.19", "51.19N 35.27E",
     "51.19N,35.27E", "N51.19 E35.27", "35.27E 51.19N",
     "51°11'24\"N 35°16'12\"E", "51° 11′ 24″ N, 35° 16′ 12″ E",
     "51,19° N 35,27° E"],
)  # fmt: skip
def test_coordinates_are_read_as_people_write_them(written: str) -> None:
    place = resolve_place(written, bounds=(30, 45, 40, 53))
    assert (place.lon, place.lat) == pytest.approx((35.27, 51.19), abs=1e-6)


@pytest.mark.parametrize(("written", "bounds"), [("51.19,35.27", (30, 45, 40, 53)),
                                                 ("51.19,135.27", None)])  # fmt: skip
def test_swapped_coordinates_are_refused_with_the_remedy(written, bounds) -> None:
    with pytest.raises(SituationError, match=r"longitude first: --place 1?35\.27,51\.19"):
        resolve_place(written, bounds=bounds)


@pytest.mark.parametrize("written", ["", "  ", "200,95", "'", "ь", "—", "\t", "\x00"])
def test_what_names_nothing_is_refused(written: str) -> None:
    with pytest.raises(SituationError):
        resolve_place(written)


def test_the_nearest_place_is_the_nearest() -> None:
    place = nearest_place(35.28, 51.2)
    assert place is not None
    assert place.name == "Sudzha"
    assert nearest_place(-30.0, 30.0) is None


def test_the_largest_places_come_first_and_lie_within() -> None:
    found = places_within(DONBAS, 8)
    assert found[0].name == "Donetsk"
    assert [p.population for p in found] == sorted((p.population for p in found), reverse=True)
    assert all(36 <= p.lon <= 39 and 47 <= p.lat <= 49.5 for p in found)
    assert places_within((179.0, -20, -179.0, -15), 1)[0].country == "FJ"


def test_looking_up_takes_no_time_once_loaded() -> None:
    find_places("Sudzha", countries=THEATRE)
    nearest_place(35.0, 50.0)
    started = time.process_time()
    for name in ("Покровськом", "Kurakhove", "Авдеевке"):
        find_places(name, countries=THEATRE)
    nearest_place(37.2, 48.2)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("name", ["Lviv", "Nikopol", "Vinnytsia", "Mykolaiv", "Kyiv"])
def test_a_town_is_called_by_its_own_spelling_and_not_by_a_russian_one_read_as_ukrainian(name):
    assert find_places(name, countries=("UA",))[0].name == name


# -- the front, and slips of typing ----------------------------------------------------------------

FRONT = LineString([(34.3, 47.5), (35.8, 47.4), (37.2, 47.8), (37.8, 48.2), (38.0, 48.6)])


@pytest.mark.parametrize(("name", "region"), [("Avdiivka", "Donetsk"), ("Donetsk", "Donetsk"),
                                              ("Nikopol", "Dnipropetrovsk")])  # fmt: skip
def test_of_namesakes_the_one_by_the_front_is_meant_and_told(name: str, region: str) -> None:
    with pytest.raises(QuestionError):
        resolve_place(name, countries=THEATRE)
    told: list[str] = []
    place = resolve_place(name, countries=THEATRE, front=lambda: FRONT, tell=told.append)
    assert (place.name, place.admin) == (name, region)
    [said] = told
    assert place.label in said
    others = [p for p in find_places(name, countries=THEATRE) if p != place]
    assert others
    assert all(p.label in said for p in others)


def test_two_namesakes_by_the_front_or_none_are_asked_about() -> None:
    both = LineString([(p.lon, p.lat) for p in find_places("Avdiivka", countries=THEATRE)])
    for front in (both, LineString([(24, 49), (25, 50)]), LineString(), None):
        with pytest.raises(QuestionError):
            resolve_place("Avdiivka", countries=THEATRE, front=lambda drawn=front: drawn)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Robotyne", "Robotyne"), ("Работино", "Robotyne"), ("Роботиному", "Robotyne"),
        ("Klishchiivka", "Klishchiivka"), ("Синьківку", "Synkivka"),
    ],
)  # fmt: skip
def test_a_village_much_claimed_about_is_found(written: str, name: str) -> None:
    assert resolve_place(written, countries=THEATRE).name == name
    assert find_places(written, countries=("FR",)) == []


@pytest.mark.parametrize("name", ["Bakhmut", "Pokrovsk", "Kurakhove", "Mariupol", "Robotyne",
                                  "Kostiantynivka", "Бахмут", "Покровськ"])  # fmt: skip
def test_two_letters_exchanged_are_put_right(name: str) -> None:
    """Wherever in a name two neighbours change places, the place is suggested first, or found."""
    [place, *_] = find_places(name, countries=("UA",))
    for i in range(len(name) - 1):
        written = name[:i] + name[i + 1] + name[i] + name[i + 2 :]
        found = find_places(written, countries=("UA",)) or suggest_places(
            written, countries=("UA",)
        )
        assert place in found[:3], written


def test_one_letter_too_many_is_left_out() -> None:
    assert suggest_places("Авдіїквка", countries=THEATRE)[0].name == "Avdiivka"
    assert suggest_places("Kurakhrove", countries=THEATRE)[0].name == "Kurakhove"

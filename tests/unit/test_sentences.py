from datetime import date

import pytest

from encircle.claims.words.days import find_days
from encircle.claims.words.sentences import find_quotes, split_sentences


def split(text):
    return [sentence.text for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="three ends"),
        pytest.param("Gen. Ivanov left.", ["Gen. Ivanov left."], id="a rank"),
        pytest.param("V. Putin left.", ["V. Putin left."], id="an initial"),
        pytest.param("The U.S. Army left.", ["The U.S. Army left."], id="a state"),
        pytest.param("Am 14. März war es so.", ["Am 14. März war es so."], id="a German date"),
        pytest.param("До 10 тис. військових.", ["До 10 тис. військових."], id="thousands, short"),
        pytest.param('He said: "No. Never." Then.', ['He said: "No.', 'Never."', "Then."], id="q"),
        pytest.param("Headline\n\nA text.", ["Headline", "A text."], id="a headline"),
        pytest.param("A headline\nAn article begins.", ["A headline", "An article begins."],
                     id="a headline on the line before"),
        pytest.param("", [], id="nothing"),
        pytest.param(" \n\t\n ", [], id="nothing but space"),
    ],
)  # fmt: skip
def test_a_text_is_split_into_sentences(text, sentences):
    assert split(text) == sentences


def test_lines_broken_for_width_are_one_paragraph():
    text = (
        "On 14 March the president said that the soldiers of the brigade in\n"
        "Kursk had been surrounded by his army. The General Staff of the other\n"
        "country denied it.\n"
    )
    assert len(split(text)) == 2


def test_a_sentence_knows_where_it_stands():
    text = "Вступ. «Ми не в оточенні»,\nсказав він.  Кінець."
    for sentence in split_sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text


def test_quotes_of_four_kinds_are_found():
    text = 'a "one" b «two» c „three“ d “four” e'
    assert [text[q.start : q.end] for q in find_quotes(text)] == ["one", "two", "three", "four"]


def test_a_quotation_that_is_never_closed_ends_with_its_paragraph():
    text = "He said: “They are here\n\nNext."
    assert [text[q.start : q.end] for q in find_quotes(text)] == ["They are here"]


@pytest.mark.parametrize(
    ("code", "text", "days"),
    [
        pytest.param("en", "On 14 March he spoke.", ["2025-03-14"], id="day, month"),
        pytest.param("en", "March 14, 2024 was cold.", ["2024-03-14"], id="month, day, year"),
        pytest.param("en", "on 30 December", ["2024-12-30"], id="last year's, if not yet come"),
        pytest.param("en", "on Friday", ["2025-03-14"], id="the last such weekday"),
        pytest.param("en", "said yesterday", ["2025-03-19"], id="yesterday"),
        pytest.param("en", "2025-03-14 and 12.03.2025", ["2025-03-14", "2025-03-12"], id="digits"),
        pytest.param("en", "on 12 March; two days later", ["2025-03-12", "2025-03-14"], id="later"),
        pytest.param("en", "30 February", [None], id="no such day"),
        pytest.param("en", "14 marines", [], id="no month"),
        pytest.param("uk", "14 березня 2025 року", ["2025-03-14"], id="Ukrainian"),
        pytest.param("ru", "14 марта; на следующий день", ["2025-03-14", "2025-03-15"], id="ru"),
        pytest.param("de", "am 14. März", ["2025-03-14"], id="German"),
    ],
)
def test_days_are_found(code, text, days):
    found = find_days(text, code, date(2025, 3, 20))
    assert [str(day.when) if day.when else None for day in found] == days


def test_a_day_without_a_year_stays_open_where_nobody_says_when_it_was_written():
    assert [day.when for day in find_days("on 14 March", "en", None)] == [None]


def test_the_end_of_all_days_is_no_error():
    assert find_days("9999-12-31; a day later", "en", date(1, 1, 1))[-1].when is None

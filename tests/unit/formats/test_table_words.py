"""Words and dates in cells mean what whoever wrote them meant, or are told."""

import pytest

from encircle.formats.tables.days import read_days
from encircle.formats.tables.words import (
    find_echelon,
    find_side,
    read_grade,
    read_length,
    read_sidc,
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-14", "2025-03-14"), ("14.03.2025", "2025-03-14"), ("14.3.25", "2025-03-14"),
        ("2025/03/14", "2025-03-14"), ("20250314", "2025-03-14"), ("14 March 2025", "2025-03-14"),
        ("March 14, 2025", "2025-03-14"), ("14-Mar-2025", "2025-03-14"),
        ("14 березня 2025 року", "2025-03-14"), ("14 марта 2025 г.", "2025-03-14"),
        ("14. März 2025", "2025-03-14"), ("45730", "2025-03-14"), ("45730.5", "2025-03-14T12:00:00Z"),  # noqa: E501
        ("1741953600", "2025-03-14T12:00:00Z"), ("1741953600000", "2025-03-14T12:00:00Z"),
        ("2025-03-14T12:00:00Z", "2025-03-14T12:00:00Z"),
        ("2025-03-14 14:00:00+02:00", "2025-03-14T12:00:00Z"),
        ("14.03.2025 12:00", "2025-03-14T12:00:00Z"), ("14/03/2025", "2025-03-14"),
        ("03/14/2025 02:30 PM", "2025-03-14T14:30:00Z"), ("Friday, 14 March 2025", "2025-03-14"),
        ("2025-03-14T12:00:00.123456Z", "2025-03-14T12:00:00Z"),
    ],
)  # fmt: skip
def test_one_day_is_read_however_it_is_written(text, day):
    assert read_days([(1, text)]).read == {1: day}


@pytest.mark.parametrize(
    "text", ["yesterday", "31.02.2025", "2025-13-01", "14", "14 Foo 2025", "99999", "2025", "1e9"]
)
def test_what_is_no_day_is_told(text):
    days = read_days([(7, text)])
    assert days.read == {}
    assert list(days.faults) == [7]


def test_slashes_are_read_as_the_whole_column_says():
    assert read_days([(1, "03/04/2025"), (2, "25/04/2025")]).read[1] == "2025-04-03"
    assert read_days([(1, "03/04/2025"), (2, "04/25/2025")]).read[1] == "2025-03-04"


def test_slashes_that_nothing_settles_are_refused():
    assert "can be" in read_days([(1, "03/04/2025"), (2, "05/06/2025")]).faults[1]


def test_slashes_of_both_orders_are_refused():
    days = read_days([(1, "03/04/2025"), (2, "25/04/2025"), (3, "04/25/2025")])
    assert set(days.faults) == {1, 2, 3}


def test_the_same_day_and_month_needs_no_order():
    assert read_days([(1, "04/04/2025")]).read == {1: "2025-04-04"}


@pytest.mark.parametrize(
    ("word", "side"),
    [
        ("РФ", "RU"), ("Russian Federation", "RU"), ("ua", "UA"), ("Ukrainian forces", "UA"),
        ("ЗСУ", "UA"), ("Blue", "friendly"), ("ENEMY", "hostile"), ("противник", "hostile"),
        ("Wagner", None), ("", None),
    ],
)  # fmt: skip
def test_a_side_is_known_by_many_names(word, side):
    assert find_side(word) == side


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("SHGPUCIZ--AI", ("hostile", "division")), ("SFGPUCIZ---H---", ("friendly", "brigade")),
        ("SUGP-------F", (None, "battalion")), ("10061000181211000000", ("hostile", "brigade")),
        ("10031000161211000000", ("friendly", "battalion")), ("brigade", None), ("", None),
    ],
)  # fmt: skip
def test_a_symbol_says_side_and_echelon(code, read):
    assert read_sidc(code) == read


@pytest.mark.parametrize(
    ("text", "metres"),
    [("500", 500), ("±500 m", 500), ("0,5 км", 500), ("1.5km", 1500), ("1 500", 1500), ("2 mi", 3218.688),  # noqa: E501
     ("~300m", 300), ("-5", None), ("near", None), ("1e3", None)],
)  # fmt: skip
def test_a_length_is_read_with_its_unit(text, metres):
    assert read_length(text) == metres


def test_grades_and_echelons():
    assert [read_grade(t) for t in ("B2", "b-2", "В 2", "B7", "G1")] == [
        ("B", 2), ("B", 2), ("B", 2), None, None,
    ]  # fmt: skip
    assert [find_echelon(t) for t in ("бригада", "BTG", "Army", "many")] == [
        "brigade", "battalion", "army", None,
    ]  # fmt: skip

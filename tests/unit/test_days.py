"""Days are written alike on every machine."""

import calendar
from datetime import date

from encircle.map.days import say_day


def test_every_month_has_its_english_name():
    said = [say_day(date(2025, month, 9)) for month in range(1, 13)]
    # Until a program chooses a locale, Python's is C, and its months are English.
    assert said == [f"9 {name} 2025" for name in calendar.month_name[1:]]

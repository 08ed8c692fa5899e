"""encircle/map/options.py: one declaration, from which Python, commands and service derive."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest
import typer

from api.schemas import OptionsBody
from encircle.cli.main import app
from encircle.errors import OptionsError
from encircle.map.days import MONTHS, say_day, write_instant
from encircle.map.options import CHOICES, COUNTS, Options

BOUNDED = [name for name, choice in CHOICES.items() if choice.least is not None]


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_out_of_bounds_is_refused_by_the_name_of_its_option(name):
    choice = CHOICES[name]
    wrong = [choice.least - 1, math.nan] + ([choice.most + 1] if choice.most else [])
    for value in wrong:
        with pytest.raises(OptionsError, match=name):
            Options(**{name: value})
    assert getattr(Options(**{name: choice.least}), name) == choice.least


@pytest.mark.parametrize("name", list(CHOICES))
@pytest.mark.parametrize("value", [None, "3", True, [None], {"A1": None}, {"x": "y"}, math.inf])
def test_what_is_of_another_kind_is_refused_by_the_name_of_its_option(name, value):
    with pytest.raises(OptionsError, match=name):
        Options(**{name: value})


def test_what_counts_is_whole():
    for name in COUNTS:
        with pytest.raises(OptionsError, match=f"{name} cannot be used. Give a whole number"):
            Options(**{name: 2.5})


@pytest.mark.parametrize("command", ["judge", "check"])
def test_the_command_line_takes_options_as_the_library_declares_them(command):
    declared = {p.name: p for p in typer.main.get_command(app).commands[command].params}
    shared = [name for name in BOUNDED if name in declared]
    assert "stale_after_days" in shared
    for name in shared:
        option, choice = declared[name], CHOICES[name]
        assert (option.min, option.max, option.help) == (choice.least, choice.most, choice.help)
        assert option.default in (getattr(Options(), name), None, 0)


def test_the_service_says_of_an_option_what_the_library_says():
    members = OptionsBody.model_json_schema()["properties"]
    assert list(members) == list(CHOICES)
    for name, choice in CHOICES.items():
        assert members[name]["description"] == f"{choice.help}."
        most = choice.most if choice.most_served is None else choice.most_served
        if choice.least is not None:
            assert (members[name]["minimum"], members[name]["maximum"]) == (choice.least, most)


def test_days_are_written_alike_wherever_the_page_is_made():
    assert say_day(date(2025, 3, 14)) == "14 March 2025"
    assert [say_day(date(2025, n, 1)).split()[1] for n in range(1, 13)] == list(MONTHS)
    assert write_instant(datetime(2025, 3, 14, 12, tzinfo=UTC)) == "2025-03-14T12:00:00Z"

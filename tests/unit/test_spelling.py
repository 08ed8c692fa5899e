import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encircle.map.door.spelling import (
    drop_absent,
    parse_list,
    parse_object,
    parse_truth,
    read_id,
    read_time,
)

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
IDS = st.from_regex(r"[a-zа-яé0-9][a-zа-яé0-9_:. -]{0,12}[a-zа-яé0-9]", fullmatch=True)
WAYS = {
    "JSON": json.dumps,
    "JSON, as it is": lambda ids: json.dumps(ids, ensure_ascii=False, separators=(",", ":")),
    "JSON twice": lambda ids: json.dumps(json.dumps(ids)),
    "Python": str,
    "NumPy": lambda ids: f"[{' '.join(map(repr, ids))}]",
    "NumPy on lines": lambda ids: f"[{chr(10).join(map(repr, ids))}]",
    "GDAL": lambda ids: f"({len(ids)}:{','.join(ids)})",
    "commas": ",".join,
    "commas and blanks": ", ".join,
    "semicolons": ";".join,
    "strokes": " | ".join,
    "Postgres": lambda ids: f"{{{','.join(ids)}}}",
    "Postgres, quoted": lambda ids: "{" + ",".join(f'"{i}"' for i in ids) + "}",
    "a list of one text": lambda ids: [f"[{' '.join(map(repr, ids))}]"],
    "a list": list,
}


@pytest.mark.parametrize("way", WAYS)
@given(ids=st.lists(IDS, min_size=1, max_size=5))
@settings(max_examples=40)
def test_a_list_is_read_however_a_table_wrote_it(way, ids):
    """Whatever a tool made of a list of ids, the same ids are read from it."""
    assert parse_list(WAYS[way](ids)) == ids


@pytest.mark.parametrize(
    "text",
    [
        "(3:wheeled,foot)",
        "(4:rail,wheeled,...)",
        '["wheeled","fo',
        '[{"id": "m", "title": "cut of',
        "['a' {'id': 'b'}]",
        "{'a': ",
    ],
)
def test_a_list_cut_short_is_never_read_as_a_shorter_one(text):
    with pytest.raises(ValueError, match="list"):
        parse_list(text)


@pytest.mark.parametrize(
    "text", ["[" * 5000, "[-" * 4000 + "1", '["' * 9000, "{" * 10**6, "'" * 999]
)
def test_hostile_texts_are_refused_or_left(text):
    """No text makes the reader of lists crash."""
    try:
        read = parse_list(text)
    except ValueError:
        return
    assert isinstance(read, (list, str))


def test_objects_are_read_from_text_and_sources_stay_objects():
    claim = {"force": "f", "definition": "land_cut", "value": True, "number": 5000}
    assert parse_object(json.dumps(claim)) == parse_object(str(claim)) == claim
    sources = [{"id": "m", "title": "A map, of sorts"}]
    assert parse_list(json.dumps(sources)) == parse_list(str(sources)) == sources
    assert parse_list(json.dumps(sources[0])) == parse_list(sources[0]) == sources


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-14T12:00:00Z",
        "2025-03-14T12:00:00z",
        "2025/03/14 12:00:00+00",
        "2025/03/14 12:00:00",
        "2025/03/14 12:00:00.000",
        "2025-03-14T12:00:00.000",
        "2025-03-14T12:00:00.000000000Z",
        "2025-03-14 12:00:00+00:00",
        "2025-03-14 12:00:00 UTC",
        "2025-03-14 12:00:00 +0000 UTC",
        "2025-03-14T14:00:00+02:00",
        "2025-03-14T14:00:00+02:00[Europe/Kyiv]",
        "2025-03-14T12:00:00Z[UTC]",
        " 2025-03-14T12:00 ",
        datetime(2025, 3, 14, 12),  # noqa: DTZ001 - as pandas has it
    ],
    ids=str,
)
def test_a_time_is_read_as_gis_tools_rewrite_it(written):
    assert read_time(written) == NOON


@pytest.mark.parametrize(
    "written",
    [
        "14.03.2025",
        "03/14/2025",
        "2025-03-14T12:00:00[Europe/Kyiv]",
        "2025-03-14T12:00:00+02:00Z",
        "2025-13-01",
        "soon",
        "",
        0,
        True,
        "9999-12-31T23:59:59-23:59",
    ],
    ids=str,
)
def test_what_could_be_two_times_or_none_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        read_time(written)


def test_milliseconds_are_named_and_not_guessed():
    with pytest.raises(ValueError, match="write 2025-03-14T12:00:00Z"):
        read_time(1741953600000)


def test_a_number_is_an_id_by_its_digits():
    assert [read_id(v) for v in (3, 3.0, -1, 0, 1.5, "3", "r 1")] == [
        "3",
        "3",
        "-1",
        "0",
        "1.5",
        "3",
        "r 1",
    ]
    assert not any(map(read_id, (True, None, "", [], float("nan"), float("inf"), 10**5000)))


def test_truth_is_read_from_tables_and_other_words_are_left():
    assert [parse_truth(v) for v in (1, 0, 1.0, "TRUE", " no ", False)] == [
        True, False, True, True, False, False,
    ]  # fmt: skip
    assert [parse_truth(v) for v in ("enemy", 2, None)] == ["enemy", 2, None]


def test_what_is_empty_is_absent_and_numpy_is_plain():
    row = {"a": None, "b": " ", "c": np.float64(2.0), "d": np.array(["x", "y"]), "e": 0, "f": False}
    assert drop_absent(row) == {"c": 2.0, "d": ["x", "y"], "e": 0, "f": False}

"""Files of claims: JSON and CSV as people save them, and everything wrong told at once."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encircle.claims.claims_file import COLUMNS, ClaimsFileError, read_claims
from encircle.claims.rating.answer import FaultyClaim, Statement
from encircle.map.door.contract import parse_assertion
from encircle.map.situation import Assertion

HEAD = (
    "id,claimant,claimant_side,made_at,statement,url,archive_url,"
    "force,definition,value,number,tense"
)
LINE = (
    'a,"A, voice",RED,2024-05-10T09:00:00Z,"He said ""shut in""",https://a.test,,'
    "garrison,land_cut,yes,2 000,present"
)


def read_one(text, encoding="utf-8"):
    (entry,) = read_claims(text.encode(encoding))
    return entry


def test_a_line_of_csv_is_a_claim():
    claim = read_one(f"{HEAD}\n{LINE}\n").claim
    assert (claim.id, claim.claimant, claim.claimant_side) == ("a", "A, voice", "RED")
    assert claim.statement == 'He said "shut in"'
    assert claim.made_at.isoformat() == "2024-05-10T09:00:00+00:00"
    assert claim.archive_url is None
    assert parse_assertion(claim.asserts) == Assertion("garrison", "land_cut", number=2000.0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"\ufeff{HEAD}\n{LINE}", id="byte order mark"),
        pytest.param(f"{HEAD}\r\n{LINE}\r\n", id="lines as Windows ends them"),
        pytest.param(f"{HEAD.upper()}\n{LINE}", id="names in capitals"),
        pytest.param(f"{HEAD}\n\n{LINE}\n , \n", id="empty lines"),
        pytest.param("id;definition;force\na;land_cut;garrison", id="semicolons, few columns"),
        pytest.param("id\tdefinition\tforce\na\tland_cut\tgarrison", id="tabs"),
        pytest.param("note,id,definition,force\nmine,a,land_cut,garrison", id="an unknown column"),
        pytest.param('[{"id": "a", "asserts": {"force": "garrison", "definition": "land_cut"}}]',
                     id="a JSON list"),
        pytest.param('{"claims": [{"id": "a", "force": "garrison", "definition": "land_cut"}]}',
                     id="JSON, flat, wrapped"),
        pytest.param('\ufeff [{"id": "a", "definition": "land_cut", '
                     '"asserts": {"force": "garrison"}}]',
                     id="JSON, half and half"),
    ],
)  # fmt: skip
def test_the_same_claim_however_it_was_saved(text):
    claim = read_one(text).claim
    assert claim.id == "a"
    asserted = parse_assertion(claim.asserts)
    assert (asserted.force, asserted.definition, asserted.holds) == ("garrison", "land_cut", True)


def test_a_claim_without_an_id_is_named_by_its_place():
    read = read_claims(b"force,definition\nx,land_cut\ny,land_cut\n")
    assert [entry.claim.id for entry in read] == ["claim-1", "claim-2"]
    assert [entry.claim.pointer for entry in read] == ["line 2", "line 3"]


def test_everything_wrong_with_a_row_is_told_with_place_and_remedy():
    entry = read_one("id,made_at,definition,value,number,tense,force\n"
                     "a,yesterday,nearly,perhaps,many,past,x\n")  # fmt: skip
    assert isinstance(entry, FaultyClaim)
    assert {fault.pointer for fault in entry.faults} == {
        "line 2/made_at", "line 2/definition", "line 2/value", "line 2/number", "line 2/tense",
    }  # fmt: skip
    assert all(fault.remedy and fault.feature == "a" for fault in entry.faults)


def test_a_bad_row_spoils_no_other():
    read = read_claims(json.dumps([{"id": "a"}, 7, {"id": ["x"]}, {"id": 5}, {"id": "a"}]).encode())
    assert [type(entry) for entry in read] == [
        Statement, FaultyClaim, FaultyClaim, Statement, FaultyClaim,
    ]  # fmt: skip
    assert read[3].claim.id == "5"
    assert "taken" in read[4].faults[0].message


@pytest.mark.parametrize(
    ("value", "holds"),
    [("yes", True), ("No", False), (True, True), (False, False), ("true", True), (None, True)],
)
def test_yes_and_no_are_read_as_people_write_them(value, holds):
    assert parse_assertion({"value": value}).holds is holds


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        pytest.param(b"", "no column", id="nothing"),
        pytest.param(b"a,b\n1,2\n", "Begin with a line of names", id="no known column"),
        pytest.param(b"\xff\xfeforce", "UTF-8", id="another encoding"),
        pytest.param(b'{"claims": 5}', "no list", id="no list"),
        pytest.param(b'{"claim": []}', "no list", id="another member"),
        pytest.param(b'[{"id": "a"', "JSON", id="half a JSON"),
        pytest.param(b'[{"id": "a", "id": "b"}]', "twice", id="a member twice"),
        pytest.param(b'force,definition\n"x,land_cut\n', "CSV", id="an open quote"),
        pytest.param(b"force,force\nx,y\n", "two columns", id="a column twice"),
    ],
)
def test_a_file_without_claims_is_refused_with_its_name(raw, word):
    with pytest.raises(ClaimsFileError, match=word) as caught:
        read_claims(raw, "the-file")
    assert "the-file" in str(caught.value)


@pytest.mark.parametrize(
    "number", ["2000", "2 000", "2,000", "2.000", "2’000", "~2000", "about 2,000", "понад 2 000"]
)
def test_a_head_count_is_read_as_people_write_it(number):
    entry = read_one(f'id;definition;number\na;land_cut;"{number}"\n')
    assert entry.claim.asserts["number"] == 2000
    [entry] = read_claims(json.dumps([{"id": "a", "asserts": {"number": number}}]).encode())
    assert entry.claim.asserts["number"] == 2000


@pytest.mark.parametrize("number", ["2.0000", "2,5", "-4", "1e3", "many", "２", "2000-3000"])
def test_a_head_count_that_can_be_read_in_two_ways_is_refused(number):
    entry = read_one(f"id;definition;number\na;land_cut;{number}\n")
    assert [fault.pointer for fault in entry.faults] == ["line 2/number"]


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from((*COLUMNS, "asserts", "x")), inner, max_size=6),
    max_leaves=30,
))  # fmt: skip
@settings(deadline=None)
def test_no_json_is_too_strange_to_be_told_what_is_wrong_with_it(value):
    try:
        read = read_claims(json.dumps({"claims": value}).encode())
    except ClaimsFileError:
        return
    assert len({e.id if isinstance(e, FaultyClaim) else e.claim.id for e in read}) <= len(read)
    assert all(entry.faults for entry in read if isinstance(entry, FaultyClaim))


@given(st.binary())
@settings(deadline=None)
def test_no_bytes_are_too_strange(raw):
    with suppress(ClaimsFileError):
        read_claims(raw)


def test_an_empty_list_is_no_error():
    assert read_claims(b"[]") == []
    assert read_claims(b"force,definition\n") == []


def test_every_column_is_told_in_the_remedy():
    with pytest.raises(ClaimsFileError) as caught:
        read_claims(b"x,y\n")
    assert all(column in str(caught.value) for column in COLUMNS)

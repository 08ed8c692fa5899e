import csv
import io

import pytest

from encircle.claims.publishing.checked import parse_checked
from encircle.claims.publishing.corrections import Log
from encircle.claims.publishing.table import COLUMNS, build_rows, write_csv
from encircle.errors import CheckedClaimsError
from tests.unit.checked_claims import check


def read_back(raw):
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")))


def test_a_row_says_everything_flat():
    [row] = read_back(write_csv(build_rows(parse_checked([check()]))))
    assert tuple(row) == COLUMNS
    assert row["claim"] == "Thousands of Ukrainian troops are completely surrounded."
    assert (row["claimant"], row["date"], row["definition"]) == (
        "Donald Trump", "2025-03-14", "land_cut",
    )  # fmt: skip
    assert (row["rating"], row["score"], row["verdict"], row["status"]) == (
        "contradicted", "1", "not_encircled", "C2",
    )  # fmt: skip
    assert row["map"] == "kursk-2025-03-14"
    assert row["maps"] == "one: contradicted; two: contradicted"
    assert row["url"] == "https://example.org/post"


def test_a_row_keeps_the_earlier_ratings():
    log = Log().record(parse_checked([check()]), "2025-04-01T10:00:00Z")
    log = log.record(parse_checked([check("overstated")]), "2025-04-03T10:00:00Z")
    [row] = build_rows(parse_checked([check("overstated")]), log)
    assert row["earlier_ratings"] == "contradicted"
    assert row["first_published"] == "2025-04-01T10:00:00Z"
    assert row["last_changed"] == "2025-04-03T10:00:00Z"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", '=HYPERLINK("http://x")'],
)  # fmt: skip
def test_a_text_that_looks_like_a_formula_is_text(text):
    entry = check(claim={"statement": text, "claimant": text}, quote=text)
    [row] = read_back(write_csv(build_rows(parse_checked([entry]))))
    assert row["claim"].startswith("'")
    assert row["claimant"].startswith("'")


def test_quotes_and_line_ends_stay_in_their_cell():
    text = 'He said: "so,\nand so"; Україна'
    [row] = read_back(write_csv(build_rows(parse_checked([check(quote=text)]))))
    assert row["quote"] == text


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        pytest.param(b"{", "/", id="not JSON"),
        pytest.param(b"{}", "/claims", id="no claims"),
        pytest.param([1], "/claims/0", id="a number"),
        pytest.param([{"rating": "true"}], "/claims/0/rating", id="no such rating"),
        pytest.param([{"rating": "supported", "claim": {"made_at": "soon"}}],
                     "/claims/0/claim/made_at", id="no such instant"),
    ],
)  # fmt: skip
def test_what_is_no_check_is_refused_with_its_place(document, pointer):
    with pytest.raises(CheckedClaimsError, match=pointer):
        parse_checked(document)


def test_every_fault_is_told_at_once():
    with pytest.raises(CheckedClaimsError) as caught:
        parse_checked([{"rating": "a"}, {"rating": "b"}])
    assert len(caught.value.faults) == 2


def test_a_claim_that_could_not_be_read_is_left_out():
    faulty = {"id": "x", "rating": None, "errors": [{"detail": "…"}]}
    assert [c.id for c in parse_checked([faulty, check()])] == ["claim-trump"]

"""Tables of claims as people bring them: names nearly named, other tools' columns, local dates."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from encircle.claims.claims_file import read_claims, read_claims_file
from encircle.claims.rating.answer import FaultyClaim
from encircle.cli.main import app

KURSK = "fixtures/kursk-2025-03-14/situation.geojson"
DAY = datetime(2025, 3, 14, tzinfo=UTC)


def read_one(head, line):
    (entry,) = read_claims(f"{head}\n{line}\n".encode())
    return entry


@pytest.mark.parametrize(
    "head",
    ["ID,Made At,Statement,Archive URL", "id,MADE_AT,statement,archive-url",
     " Id , made at ,Text Content,Archive location", "claim_id,Upload timestamp,Claim,Archived_URL",
     "uid,date,claimReviewed,archiveUrl", "event_id_cnty,event_date,notes,Wayback"],
)  # fmt: skip
@pytest.mark.parametrize(
    "day", ["2025-03-14", "14.03.2025", "14 March 2025", "14 марта 2025", "14/03/2025", "14.3.25"]
)
def test_a_column_nearly_named_is_taken_and_its_date_read(head, day):
    claim = read_one(head, f"c1,{day},They are cut off,https://a.example/1").claim
    assert (claim.id, claim.statement) == ("c1", "They are cut off")
    assert claim.archive_url == "https://a.example/1"
    assert claim.made_at == DAY


def test_our_own_name_is_preferred_to_a_synonym_and_the_other_column_is_told():
    read = read_claims_file(b"date,made_at,statement\n2020-01-01,2025-03-14,x\n")
    assert read.claims[0].claim.made_at == DAY
    assert [n.statement for n in read.notices] == ["Columns not used: date."]


def test_what_is_taken_for_what_and_what_is_not_used_is_told():
    read = read_claims_file(b"Link,Text Content,Hash\nhttps://a.example,x,abc\n")
    told = " ".join(notice.statement for notice in read.notices)
    assert "'Link' as url" in told
    assert "not used: Hash" in told


@pytest.mark.parametrize("day", ["03/04/2025", "soon", "31.02.2025", "13/13/2025"])
def test_a_date_that_is_none_or_could_be_two_is_a_fault_and_never_undated(day):
    entry = read_one("made_at,statement,definition", f"{day},x,land_cut")
    assert isinstance(entry, FaultyClaim)
    assert entry.faults[0].pointer.endswith("/made_at")
    assert "2025-03-14" in entry.faults[0].remedy


def test_a_column_of_dates_tells_the_day_from_the_month():
    raw = b"made_at,statement\n03/14/2025,x\n03/04/2025,y\n"
    months = [entry.claim.made_at.month for entry in read_claims(raw)]
    assert months == [3, 3]


@pytest.mark.parametrize("wrap", [lambda r: [r], lambda r: {"@graph": [r]}, lambda r: r],
                         ids=["list", "graph", "alone"])  # fmt: skip
def test_a_claimreview_is_the_claim_it_is_about(wrap):
    review = {
        "@context": "https://schema.org", "@type": "ClaimReview", "datePublished": "2025-03-20",
        "claimReviewed": "They are cut off",
        "itemReviewed": {"author": {"@type": "Person", "name": "A president"},
                         "datePublished": "2025-03-14",
                         "appearance": [{"url": "https://a.example/1"}]},
    }  # fmt: skip
    (entry,) = read_claims(json.dumps(wrap(review)).encode())
    claim = entry.claim
    assert (claim.statement, claim.claimant) == ("They are cut off", "A president")
    assert (claim.made_at, claim.url) == (DAY, "https://a.example/1")


def test_members_nearly_named_in_json_are_taken_too():
    (entry,) = read_claims(b'[{"Made At": "14.03.2025", "Claimant Side": "RU", "statement": "x"}]')
    assert (entry.claim.made_at, entry.claim.claimant_side) == (DAY, "RU")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'[{"statement": "x", "number": "many"}]', id="json"),
        pytest.param(b'statement,number\nx,"5,00"\n', id="csv"),
    ],
)
def test_a_number_that_is_text_is_a_fault_with_the_remedy(raw):
    (entry,) = read_claims(raw)
    assert "in digits" in entry.faults[0].remedy


def test_an_item_that_cannot_be_read_never_leaves_the_run_green(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text(
        "id,made_at,statement,force,definition\n"
        "good,2025-03-14,x,kursk-group,fire_control\nbad,soon,y,kursk-group,land_cut\n"
    )
    words = ["check", KURSK, "--claims", str(path), "--fail-on", "contradicted"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "bad" in done.stderr
    path.write_text(path.read_text() + "false,2025-03-14,z,kursk-group,land_cut\n")
    assert CliRunner().invoke(app, words).exit_code == 1

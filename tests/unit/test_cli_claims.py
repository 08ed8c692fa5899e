"""encircle check: exit codes, one document on standard output, reports for pipelines."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from encircle.cli.main import app

OPEN = "fixtures/trap-numbers-open/situation.geojson"
CLOSED = "fixtures/trap-numbers-closed/situation.geojson"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def run():
    return lambda *words, **given: CliRunner().invoke(app, [str(w) for w in words], **given)


@pytest.fixture
def claims(tmp_path):
    def save(text, name="claims.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return save


RING = "id,force,definition,made_at\nring,garrison,land_cut,2024-05-10\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param((OPEN,), 0, id="nothing fails unless it is asked to"),
        pytest.param((OPEN, "--fail-on", "contradicted"), 1, id="a rating that fails"),
        pytest.param((OPEN, "--fail-on", "premature,contradicted"), 1, id="a list"),
        pytest.param((OPEN, "--fail-on", "premature", "--fail-on", "unverifiable"), 1, id="twice"),
        pytest.param((OPEN, "--fail-on", "false"), 2, id="no rating"),
        pytest.param(("no-such-file",), 2, id="no map"),
        pytest.param((OPEN, "--claims", "no-such-file"), 2, id="no claims"),
        pytest.param(("-", "--claims", "-"), 2, id="standard input twice"),
    ],
)
def test_exit_codes(run, words, code):
    done = run("check", *words)
    assert done.exit_code == code
    assert (done.stdout == "") is (code == 2)
    assert bool(done.stderr.strip()) or code != 2


@pytest.mark.parametrize(
    ("rows", "rating", "code"),
    [
        pytest.param("ring,garrison,land_cut,2024-05-10\n", "contradicted", 0, id="a true claim"),
        pytest.param("ring,garrison,land_cut,2024-05-10\n", "supported", 1, id="as named"),
        pytest.param("heads,garrison,,2024-05-10\n", "contradicted", 2, id="asserts nothing"),
        pytest.param("ring,garison,land_cut,2024-05-10\n", "contradicted", 2, id="id misspelt"),
        pytest.param(
            "ring,garrison,land_cut,2024-05-10\nx,y,land_cut,\n", "supported", 1, id="both"
        ),
    ],
)
def test_what_is_held_against_no_map_never_leaves_the_run_green(run, claims, rows, rating, code):
    path = claims(f"id,force,definition,made_at\n{rows}")
    done = run("check", CLOSED, "--claims", path, "--fail-on", rating)
    assert done.exit_code == code
    assert ("not rated" in done.stderr) is (code == 2)


@pytest.mark.parametrize("text", ["", "[]", '{"claims": []}', RING.splitlines()[0] + "\n"])
def test_a_gate_over_no_claims_is_never_green(run, claims, text):
    path = claims(text or "id,force,definition\n")
    assert run("check", OPEN, "--claims", path, "--fail-on", "contradicted").exit_code == 2


@pytest.mark.parametrize("value", ["", ",", ",maybe"])
def test_a_denial_without_a_value_is_not_taken_for_its_opposite(run, claims, value):
    rows = f"ring,garrison,land_cut,They are not surrounded{value}\n"
    path = claims(f"id,force,definition,statement,value\n{rows}")
    done = run("check", CLOSED, "--claims", path, "--fail-on", "contradicted")
    assert done.exit_code == 2
    assert "value" in done.stderr


def test_json_is_one_document_and_nothing_else(run):
    answers = json.loads(run("check", OPEN, "--json").stdout)["claims"]
    assert {a["id"]: a["rating"] for a in answers} == {
        "c-number": "contradicted", "c-plain": "contradicted", "c-only-number": "unverifiable",
    }  # fmt: skip


def test_claims_of_a_file_stand_in_for_those_on_the_map(run, claims):
    done = run("check", OPEN, CLOSED, "--claims", claims(RING), "--json", "--brief")
    (answer,) = json.loads(done.stdout)["claims"]
    assert answer["id"] == "ring"
    assert answer["rating"] == "unsupported"
    assert len(answer["maps"]) == 2
    assert "certificates" not in answer["judgement"]


def test_claims_come_from_standard_input_too(run):
    done = run("check", CLOSED, "--claims", "-", "--json", input=RING.encode())
    assert json.loads(done.stdout)["claims"][0]["rating"] == "supported"


def test_a_bad_claim_is_told_and_the_rest_are_rated(run, claims):
    path = claims(RING + "bad,garrison,nearly,2024-05-10\n")
    done = run("check", CLOSED, "--claims", path, "--json")
    assert done.exit_code == 0
    assert [a["rating"] for a in json.loads(done.stdout)["claims"]] == ["supported", None]
    assert "line 3/definition" in done.stderr


def test_claims_of_which_none_can_be_read_are_bad_input(run, claims):
    path = claims("id,force,definition\nbad,garrison,nearly\nworse,garrison,rather\n")
    done = run("check", CLOSED, "--claims", path, "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "line 2" in done.stderr
    assert "line 3" in done.stderr


def test_every_bad_map_is_named(run, claims):
    wrong = claims("{}", "wrong.geojson")
    done = run("check", wrong, OPEN, claims("[]", "worse.geojson"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "wrong.geojson" in done.stderr
    assert "worse.geojson" in done.stderr


def test_reports_are_written_for_pipelines(run, tmp_path):
    report = tmp_path / "report.xml"
    done = run("check", OPEN, "--fail-on", "contradicted", "--junit", report, "--github")
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    marked = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert len(marked) == 2
    assert f"file={OPEN}" in marked[0]


def test_annotations_keep_out_of_the_document(run):
    done = run("check", OPEN, "--fail-on", "contradicted", "--github", "--json")
    assert json.loads(done.stdout)["claims"]
    assert "::error " in done.stderr


def test_words_say_the_rating_the_line_to_quote_and_the_sum(run):
    said = run("check", OPEN).stdout
    assert "c-plain: contradicted" in said
    assert "3 claims rated: 2 contradicted, 1 unverifiable." in said
    assert "The number is unverifiable" in said


def test_a_likelihood_is_weighed_only_where_it_is_asked_for(run):
    """No rating rests on it, so it may be left out and changes none."""
    without = json.loads(run("check", OPEN, "--json").stdout)["claims"]
    weighed = json.loads(run("check", OPEN, "--json", "--most-worlds", 300).stdout)["claims"]
    assert [c["rating"] for c in without] == [c["rating"] for c in weighed]
    told = [c["judgement"]["likelihood"] for c in without if c["judgement"]]
    assert told == [None] * len(told)
    assert all(c["judgement"]["likelihood"] for c in weighed if c["judgement"])


@pytest.mark.parametrize("words", [("--json",), ("--json", "--brief"), ()])
def test_half_a_surrogate_pair_in_a_claim_on_a_map_is_printed_as_it_can_be(run, tmp_path, words):
    document = json.loads(Path(OPEN).read_bytes())
    (claim, *_) = [f for f in document["features"] if f["properties"]["kind"] == "claim"]
    claim["properties"]["statement"] = "Surrounded \ud83d."
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps(document), "ascii")
    done = run("check", path, *words)
    assert done.exit_code == 0, done.exception
    if words:
        assert json.loads(done.stdout)["claims"][0]["claim"]["statement"] == r"Surrounded \ud83d."

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from encircle.claims.words.unread import find_unread_languages
from encircle.cli.main import app
from tests.unit.checked_claims import check, situation_path

TEXTS = Path(__file__).parents[1] / "texts"
KURSK = str(TEXTS / "kursk.en.txt")


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, ["claims", *arguments], input=stdin)


@pytest.fixture
def checked(tmp_path):
    path = tmp_path / "checked.json"
    path.write_text(json.dumps({"claims": [check()]}))
    return path


def test_extract_prints_proposals_and_no_rating():
    result = run("extract", KURSK, "--date", "2025-03-21")
    assert result.exit_code == 0
    assert "Donald Trump, 2025-03-14: land_cut yes, present, 2,000 or more" in result.stdout
    assert "17 claims proposed, for you to confirm. None is rated." in result.stdout


def test_extract_prints_one_json_document():
    result = run("extract", KURSK, "--json", "--date", "2025-03-21", "--force", "kursk-group")
    claims = json.loads(result.stdout)["claims"]
    assert len(claims) == 17
    assert {claim["asserts"]["force"] for claim in claims} == {"kursk-group"}
    assert all({"sentence", "start", "end"} <= set(claim["proposed"]) for claim in claims)


def test_extract_prints_a_claims_file_as_csv():
    result = run("extract", KURSK, "--csv", "--date", "2025-03-21")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 17
    assert {"id", "claimant", "claimant_side", "made_at", "statement", "url", "archive_url",
            "force", "definition", "value", "number", "tense"} <= set(rows[0])  # fmt: skip


def test_extract_reads_standard_input():
    result = run("extract", "-", "--json", stdin="Die Truppen sind eingekesselt.")
    assert [c["asserts"]["definition"] for c in json.loads(result.stdout)["claims"]] == ["land_cut"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        pytest.param(["extract", "nowhere.txt"], None, "cannot read nowhere.txt", id="no file"),
        pytest.param(["extract", "-", "--date", "soon"], "x", "is not a day", id="no day"),
        pytest.param(["extract", "-", "--json", "--csv"], "x", "exclude each other", id="both"),
        pytest.param(["extract", "-"], b"\xff\xfe\xff", "is not UTF-8", id="not text"),
        pytest.param(["publish", "-"], "[]", "nothing to write", id="nowhere to write"),
        pytest.param(["publish", "-", "--csv", "x.csv"], "{", "not JSON", id="not JSON"),
        pytest.param(["publish", "-", "--csv", "x.csv"], "[]", "no checked claim", id="no claim"),
        pytest.param(["publish", "-", "--csv", "x.csv"],
                     json.dumps([check(judgement={"certificates": {"open": 1}})]),
                     "at /claims/0/judgement/certificates/open", id="a malformed judgement"),
        pytest.param(["publish", "-", "--csv", "x.csv", "--at", "soon"],
                     '[{"rating": "supported"}]', "is not an instant", id="no instant"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_on_standard_error_alone(arguments, stdin, said):
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_lexicon_prints_every_entry():
    entries = json.loads(run("lexicon", "--json").stdout)["entries"]
    assert len(entries) == len(run("lexicon").stdout.splitlines())


def test_publish_writes_every_form(checked, tmp_path):
    names = {"--html": "a.html", "--claimreview": "a.jsonld", "--csv": "a.csv", "--rows": "a.json",
             "--log": "log.jsonl"}  # fmt: skip
    targets = [word for name, file in names.items() for word in (name, str(tmp_path / file))]
    map_ = str(situation_path("kursk-2025-03-14"))
    result = run("publish", str(checked), "--situation", map_, *targets, "--author", "A newsroom",
                 "--at", "2025-04-01T10:00:00Z")  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert "<svg" in (tmp_path / "a.html").read_text("utf-8")
    assert json.loads((tmp_path / "a.jsonld").read_bytes())["@type"] == "ClaimReview"
    assert json.loads((tmp_path / "a.json").read_bytes())["claims"][0]["rating"] == "contradicted"
    assert "First published on 1 April 2025" in result.stderr


def test_a_log_is_only_ever_added_to(checked, tmp_path):
    log = tmp_path / "log.jsonl"
    run("publish", str(checked), "--log", str(log), "--at", "2025-04-01T10:00:00Z")
    first = log.read_bytes()
    run("publish", str(checked), "--log", str(log), "--at", "2025-04-02T10:00:00Z")
    assert log.read_bytes() == first
    checked.write_text(json.dumps({"claims": [check("overstated")]}))
    result = run("publish", str(checked), "--log", str(log), "--at", "2025-04-03T10:00:00Z")
    assert log.read_bytes().startswith(first)
    assert len(log.read_bytes().splitlines()) == 2
    assert "rated overstated, before that contradicted" in result.stderr


def test_a_log_that_was_tampered_with_stops_the_command(checked, tmp_path):
    log = tmp_path / "log.jsonl"
    run("publish", str(checked), "--log", str(log))
    log.write_bytes(log.read_bytes().replace(b"Donald", b"Ronald") + log.read_bytes())
    result = run("publish", str(checked), "--log", str(log))
    assert result.exit_code == 2
    assert "does not follow from the one before" in result.stderr


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Les troupes ukrainiennes à Koursk sont encerclées, a déclaré Poutine.", "French"),
        ("Wojska ukraińskie pod Kurskiem są okrążone, powiedział Putin.", "Polish"),
        ("Las tropas ucranianas en Kursk están rodeadas, dijo Putin.", "Spanish"),
    ],
)
def test_a_language_that_is_not_read_is_told_and_is_no_empty_answer(tmp_path, said, name):
    path = tmp_path / "article.txt"
    path.write_text(said, "utf-8")
    done = CliRunner().invoke(app, ["claims", "extract", str(path)])
    assert done.exit_code == 2
    assert f"{name} is not read" in done.stderr
    path.write_text(f"{said}\n\nPutin said that the troops at Sudzha are surrounded.", "utf-8")
    done = CliRunner().invoke(app, ["claims", "extract", str(path), "--json"])
    document = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (len(document["claims"]), document["unread_languages"][0]["name"]) == (1, name)
    assert f"{name} is not read" in done.stderr


def test_a_claim_that_was_checked_before_is_told_with_its_rating(tmp_path):
    article, claims, log = (tmp_path / n for n in ("a.txt", "claims.json", "log.jsonl"))
    article.write_text("On 14 March 2025 Putin said that the Ukrainian troops in Kursk region were "
                       "completely blocked.", "utf-8")  # fmt: skip
    run = CliRunner()
    first = run.invoke(app, ["claims", "extract", str(article), "--json", "--force", "kursk-group"])
    claims.write_text(first.stdout, "utf-8")
    kursk = "fixtures/kursk-2025-03-14/situation.geojson"
    checked = run.invoke(app, ["check", kursk, "--claims", str(claims), "--json", "--brief"])
    (tmp_path / "checked.json").write_text(checked.stdout, "utf-8")
    run.invoke(app, ["claims", "publish", str(tmp_path / "checked.json"), "--log", str(log)])
    article.write_text("15 марта 2025 года Путин заявил, что украинские войска в Курской области "
                       "заблокированы.", "utf-8")  # fmt: skip
    again = run.invoke(app, ["claims", "extract", str(article), "--json", "--log", str(log)])
    [claim] = json.loads(again.stdout)["claims"]
    [known] = claim["proposed"]["again"]
    assert known["rating"] == "contradicted"
    assert known["because"] == "The same claimant asserted the same a day before."
    told = run.invoke(app, ["claims", "extract", str(article), "--log", str(log)])
    assert "Checked before, and rated contradicted" in told.stdout


def test_a_review_without_an_address_is_told(checked, tmp_path):
    told = run("publish", str(checked), "--claimreview", str(tmp_path / "a.jsonld"))
    assert "has no url" in told.stderr
    address = ("--page-url", "https://example.org/checks")
    told = run("publish", str(checked), "--claimreview", str(tmp_path / "a.jsonld"), *address)
    assert "has no url" not in told.stderr


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("Ils sont encerclés.", 1),
        ("Encerclés!", 1),
        ("The troops at Sudzha are surrounded.\n\nIls sont encerclés.", 1),
        ("Sudzha\n\n14 March 2025\n\nBy John Smith\n\nThe troops at Sudzha are surrounded.", 0),
        ("Sie sind umzingelt.", 0),
        ("Вони оточені.", 0),
    ],
)
def test_a_paragraph_too_short_to_tell_its_language_is_told_as_unread(text, paragraphs):
    unread = find_unread_languages(text)
    assert sum(one["paragraphs"] for one in unread) == paragraphs
    assert {one["language"] for one in unread} <= {"und"}


def test_why_a_claim_is_left_is_told(tmp_path):
    article = tmp_path / "a.txt"
    article.write_text("In 1943 the 6th Army was encircled at Stalingrad.")
    assert "“In 1943” is another time" in run("extract", str(article)).stdout

"""What is written is true: generated pages are current, links lead somewhere, names are told."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from jsonschema.exceptions import best_match

from encircle import check_claims, judge, list_rules, read
from encircle.claims.claims_file import COLUMNS
from encircle.claims.rating.facts import DEFINITIONS
from encircle.claims.rating.rating import list_claim_rules
from encircle.claims.rating.rules import RATINGS
from encircle.map.door.contract import KINDS, AssertionModel, SituationModel, SourceModel
from encircle.map.options import Options
from encircle.network.lines.values import Reason
from encircle.network.reached import LAND_MODES
from encircle.verdict.judgement import STATUSES, Answer, Verdict
from tests.thorough import thorough

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md",
         ROOT / "fixtures" / "README.md",
         *DOCS.glob("*.md"), *DECISIONS]  # fmt: skip
CONTRACT = (DOCS / "contract.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = """\
python3 -m venv .venv && .venv/bin/pip install -q '.[test]' && \
.venv/bin/encircle judge fixtures/kursk-2025-03-14/situation.geojson
.venv/bin/python -m pytest -q -n 2 --dist loadfile
"""


def load_refresh():
    spec = importlib.util.spec_from_file_location("refresh", DOCS / "refresh.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current():
    stale = load_refresh().find_stale()
    assert not stale, f"run `python docs/refresh.py`: {', '.join(stale)} are out of date"


@pytest.mark.real
def test_the_words_of_published_maps_are_current():
    """As the maps give them; they are not shipped, so it is told where they are missing."""
    refresh = load_refresh()
    if not refresh.SHARED.exists():
        pytest.skip(f"no maps at {refresh.SHARED}: their words on the page were not compared")
    page = refresh.EXAMPLES.read_text("utf-8")
    assert refresh.write_published(page) == page


def test_the_page_of_examples_holds_twenty():
    refresh = load_refresh()
    page = refresh.EXAMPLES.read_text("utf-8")
    assert page.count("```text\n") == 20
    assert len(refresh.PUBLISHED) == 6
    for title, folders in refresh.HISTORY.items():
        assert f"## {title}\n" in page
        assert all(f"[{folder}](../fixtures/{folder}/SOURCES.md)" in page for folder in folders)


def test_a_page_without_its_markers_is_refused():
    with pytest.raises(ValueError, match="markers of 'rules'"):
        load_refresh().fill("a page", "rules", "text")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    text = page.read_text("utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for target in (t for t in targets if not t.startswith(("http://", "https://"))):
        file, _, anchor = target.partition("#")
        place = page if not file else (page.parent / file).resolve()
        assert place.exists(), target
        if anchor:
            there = place.read_text("utf-8")
            titles = re.findall(r"^#+ (.+)$", there, flags=re.MULTILINE)
            named = set(re.findall(r'<a id="([^"]+)">', there))
            assert anchor in named | {t.lower().replace(" ", "-") for t in titles}, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_page_names_a_place_on_one_machine(page):
    assert not re.search(r"(?<![\w.])/(work|root|home|tmp|usr)/", page.read_text("utf-8"))


def names_of_the_contract():
    yield from KINDS
    for kind in KINDS.values():
        yield from kind.model.model_fields
    yield from SituationModel.model_fields
    yield from SourceModel.model_fields
    yield from (status.name for status in STATUSES.values())
    yield from (*get_args(Verdict), *get_args(Answer), *get_args(Reason), *LAND_MODES)
    yield from (*Options.__slots__, *AssertionModel.model_fields, *RATINGS, *DEFINITIONS)
    yield from COLUMNS


@pytest.mark.parametrize("name", sorted(set(names_of_the_contract())))
def test_the_contract_tells_every_name(name):
    assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", CONTRACT)


@pytest.mark.parametrize(
    "folder",
    ["kursk-2025-03-14", "trap-grey-unknown", "stalingrad-1942-11-24", "trap-salient-closed"],
)
def test_the_contract_tells_every_member_of_a_judgement(folder):
    judgement = judge(read(ROOT / "fixtures" / folder / "situation.geojson")).to_dict()
    proofs = [proof for proof in judgement["certificates"].values() if proof]
    told = [judgement, judgement["units"][0], judgement["axes"], judgement["margins"], *proofs]
    told += [part for proof in proofs for part in (proof.get("legs") or proof["segments"])]
    told += [*judgement["findings"], *judgement["pivots"], judgement["provenance"]]
    told += [judgement["definitions"], judgement["cut_off"], judgement["confidence"]]
    told += [proof["disjoint"] for proof in proofs if "disjoint" in proof]
    missing = {name for part in told for name in part if not re.search(rf"\b{name}\b", CONTRACT)}
    assert not missing


def test_the_contract_tells_every_member_of_a_checked_claim():
    checks = check_claims([read(ROOT / "fixtures" / "kursk-2025-03-14" / "situation.geojson")])
    answers = checks.to_dict()["claims"]
    told = [part for a in answers for part in (a, a["claim"], a["number"] or {}, *a["maps"])]
    missing = {name for part in told for name in part if not re.search(rf"\b{name}\b", CONTRACT)}
    assert not missing


def test_the_contract_s_own_example_is_a_situation():
    example = re.search(r"```json\n(.*?)```", CONTRACT, re.DOTALL)[1]
    assert judge(read(example)).verdict == "not_encircled"


def test_the_schema_is_json_schema_and_holds_every_kind():
    schema = json.loads((DOCS / "contract.schema.json").read_bytes())
    told = [f["properties"]["properties"]["properties"]["kind"]["const"]
            for f in schema["properties"]["features"]["items"]["anyOf"]]  # fmt: skip
    assert told == list(KINDS)


def test_the_schema_takes_every_situation_of_history_and_refuses_a_side_without_an_id():
    schema = json.loads((DOCS / "contract.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    documents = [json.loads(path.read_bytes())
                 for path in sorted((ROOT / "fixtures").glob("*/situation.geojson"))
                 if not path.parent.name.startswith("trap-")]  # fmt: skip
    assert [best_match(check.iter_errors(d)) for d in documents if not check.is_valid(d)] == []
    named = next(d for d in documents if d["situation"].get("sides"))
    del named["situation"]["sides"][0]["id"]
    assert not check.is_valid(named)


def test_the_readme_begins_with_the_two_commands():
    assert f"```sh\n{COMMANDS}```" in README


def test_the_readme_s_python_runs_and_says_what_its_comment_says(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.startswith("not_encircled C2\n")
    assert "# not_encircled C2" in code


def test_the_method_tells_every_rule():
    method = (DOCS / "method.md").read_text("utf-8")
    assert all(f"| `{rule['rule']}` | {rule['statement']} |" in method for rule in list_rules())


def test_the_method_tells_every_rule_for_claims():
    method = (DOCS / "method.md").read_text("utf-8")
    told = (f"| `{rule['rule']}` | {rule['statement']} |" for rule in list_claim_rules())
    assert all(row in method for row in told)


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_half_a_page_in_four_parts(page):
    text = page.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Status", "Context", "Decision", "Consequences",
    ]  # fmt: skip
    assert text.startswith(f"# {page.name[:4]}. ")
    assert len(text.splitlines()) <= 40


@thorough
@pytest.mark.parametrize(
    ("name", "before", "written"),
    [("nightly-check", "exit code 1\n", "nightly/report.xml"), ("tutorial", "", "mine.svg")],
)
def test_a_page_of_commands_runs_as_it_is_written(tmp_path, name, before, written):
    """Every shell block of the page, in a folder with the fixtures and the command."""
    page = (DOCS / f"{name}.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    shims = tmp_path / "bin"
    shims.mkdir()
    for command, words in {"encircle": "-m encircle.cli.main", "python3": ""}.items():
        (shims / command).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        (shims / command).chmod(0o755)
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    paths = {"PATH": f"{shims}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 - our own page
        ["bash", "-euc", "\n".join(blocks)],  # noqa: S607 - our own page
        cwd=tmp_path, env={**os.environ, **paths}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    promised = "".join(re.findall(r"```text\n(.*?)```", page, re.DOTALL))
    assert done.stdout.strip() == f"{before}{promised}".strip()
    assert (tmp_path / written).exists()

"""The page on the case file runs as it is written."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.test_patience import listening

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "case-file.md").read_text("utf-8")
BLOCKS = re.findall(r"<!-- runs:begin -->\n```sh\n(.*?)```\n<!-- runs:end -->", PAGE, re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed here")
def test_the_page_on_the_case_file_runs_as_it_is_written():
    answers = []
    with listening(timeout_s=60.0) as (port, _):
        for block in BLOCKS:
            told = block.replace("localhost:8000", f"127.0.0.1:{port}").replace(
                "curl -s", "curl -sf -w '\\n----\\n'"
            )
            done = subprocess.run(  # noqa: S603 - the page's own words
                ["/bin/sh", "-ec", told], cwd=ROOT, capture_output=True, check=False, text=True
            )
            assert done.returncode == 0, (told, done.stderr, done.stdout[-500:])
            answers.append(done.stdout.split("\n----\n"))
    begun, posted, sighting, table, judged, *_ = answers[0]
    assert json.loads(begun)["id"] == "kursk"
    assert json.loads(posted)["refused"] == []
    assert len(json.loads(sighting)["accepted"]) == len(json.loads(table)["accepted"]) == 1
    assert json.loads(judged)["status"]["code"] == "C2"
    assert "<feed" in answers[1][3]
    assert json.loads(answers[2][0])["rating"]["rating"] == "contradicted"
    assert json.loads(answers[2][1])["condition"] == "neck_width_m < 3000"


def test_every_role_stands_on_the_page():
    from encircle.store.tables import ROLES

    short = PAGE.partition("<!-- operations:begin -->")[0]
    assert re.findall(r"^\| (\w+) \| (?!may)", short, re.MULTILINE) == ["none", *ROLES]

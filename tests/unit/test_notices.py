"""A notice from elsewhere is one line of words, wherever it is told."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import encircle
from encircle.cli.main import app
from encircle.errors import SituationError
from encircle.map.notices import fold
from encircle.verdict.judgement import write_json
from tests.unit.test_contradiction import AT_HOME, SOURCE, draw, stand

NASTY = "first\n::error::second\x1b]8;;http://x\x07\u202ethird\u2028\x00"


def test_a_notice_steers_no_terminal_and_begins_no_line():
    document = draw(stand(AT_HOME, sources=SOURCE))
    document["situation"]["notices"] = [
        NASTY,
        {"code": "c", "severity": "doubt", "statement": NASTY},
    ]
    situation = encircle.read(document)
    for notice in situation.notices:
        assert notice.statement == "first ::error::second ]8;;http://x third"


def test_a_notice_without_a_visible_character_is_still_told():
    assert fold("\x00\n\u202e") == "(nothing to read)"


def test_what_is_wrong_with_a_notice_is_told_at_its_place():
    document = draw(stand(AT_HOME, sources=SOURCE))
    document["situation"] |= {"notices": [{"code": "c", "severity": "fatal", "statement": "x"}]}
    document["situation"]["title"] = {"not": "a text"}
    with pytest.raises(SituationError) as caught:
        encircle.read(document)
    pointers = {fault.pointer for fault in caught.value.faults}
    assert pointers == {"/situation/notices/0/severity", "/situation/title"}


def test_no_text_of_a_map_steers_the_terminal(tmp_path):
    document = draw(stand(AT_HOME, sources=SOURCE))
    document["situation"]["title"] = "A \x1b]0;title\x07 map"
    path = tmp_path / "map.geojson"
    path.write_bytes(write_json(document))
    told = CliRunner().invoke(app, ["judge", str(path), "--most-worlds", "0"])
    assert told.exit_code == 0
    assert "\x1b" not in told.stdout
    assert "\x07" not in told.stdout


@pytest.mark.parametrize("forge", [{"notices": []}, {"confidence": {"level": "high"}}])
def test_no_forger_leaves_a_doubt_of_the_map_out(forge):
    document = draw(stand(AT_HOME, sources=SOURCE))
    document["situation"]["notices"] = [{"code": "c", "severity": "doubt", "statement": "Half."}]
    situation = encircle.read(document)
    judgement = encircle.judge(situation, encircle.Options(most_worlds=0)).to_dict()
    assert encircle.verify(judgement, situation).holds
    assert not encircle.verify(judgement | forge, situation).holds

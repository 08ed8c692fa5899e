"""Every fixture is judged as history, or the contract, says it must be; a case is a folder."""

import json
from functools import cache
from pathlib import Path

import pytest

from encircle import Options, SituationError, inspect, judge, read
from encircle.archive.library.drafting import find_mistakes
from encircle.archive.library.history import find_differences
from encircle.archive.library.scenarios import ALTERNATIVE
from encircle.map.situation import Claim
from encircle.verifier.verify import verify
from tests.thorough import every

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PLACES = [path for path in FIXTURES.iterdir() if path.is_dir()]
FOLDERS = sorted(path.name for path in PLACES if not (path / "claims.json").exists())
"""Situations; a chronology of claims is none (see test_chronologies.py)."""
CHECKED = {
    "force", "as_of", "verdict", "acceptable", "definitions", "units", "margins", "claims",
    "history",
}  # fmt: skip
DEMANDED = {
    "encircled": {"open": None, "closed": "optimistic"},
    "not_encircled": {"open": "pessimistic", "closed": None},
    "contested": {"open": "optimistic", "closed": "pessimistic"},
    "no_force": {"open": None, "closed": None},
    "indeterminate": {"open": None, "closed": None},
}
"""The certificates a verdict comes with, and the reading each is drawn on. Source: the contract."""


def expected_of(folder):
    return json.loads((FIXTURES / folder / "expected.json").read_bytes())


@cache
def judged(folder):
    situation = read(FIXTURES / folder / "situation.geojson")
    return situation, json.loads(judge(situation).to_json())


REFUSED = [folder for folder in FOLDERS if "error" in expected_of(folder)]
JUDGED = [folder for folder in FOLDERS if folder not in REFUSED]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_where_it_comes_from_and_what_it_expects(folder):
    place = FIXTURES / folder
    assert {path.name for path in place.iterdir()} - {ALTERNATIVE} == {
        "situation.geojson", "expected.json", "SOURCES.md",
    }  # fmt: skip
    assert (place / "SOURCES.md").read_text("utf-8").strip()
    expected = expected_of(folder)
    assert expected["history"]["note"]
    assert expected["history"]["confidence"]
    assert "error" in expected or set(expected) <= CHECKED


@pytest.mark.historical
@pytest.mark.parametrize("folder", REFUSED)
def test_what_is_no_situation_is_refused_by_name(folder):
    with pytest.raises(SituationError, match=expected_of(folder)["error"]):
        read(FIXTURES / folder / "situation.geojson")


@pytest.mark.historical
@pytest.mark.parametrize("folder", every(5, JUDGED))
def test_the_judgement_is_one_that_history_allows(folder):
    _, judgement = judged(folder)
    assert list(find_differences(expected_of(folder), judgement)) == []


@pytest.mark.historical
@pytest.mark.parametrize("folder", every(5, JUDGED))
def test_a_verdict_comes_with_the_proofs_it_demands(folder):
    _, judgement = judged(folder)
    for ruling in (judgement, *judgement["units"]):
        proofs = ruling["certificates"]
        found = {name: proof and proof["reading"] for name, proof in proofs.items()}
        assert found == DEMANDED[ruling["verdict"]], ruling.get("id", "the force")


@pytest.mark.historical
@pytest.mark.parametrize("folder", every(5, JUDGED))
def test_the_proofs_hold_without_the_engine(folder):
    situation, judgement = judged(folder)
    verification = verify(judgement, situation)
    assert [(c.name, c.statement, c.features) for c in verification.failures] == []
    assert verification.holds


@pytest.mark.parametrize("folder", [f for f in JUDGED if "claims" in expected_of(f)])
def test_every_claim_that_is_rated_is_on_the_map(folder):
    situation = read(FIXTURES / folder / "situation.geojson")
    assert set(expected_of(folder)["claims"]) <= {c.id for c in situation.of_kind(Claim)}


REDRAWN = [folder for folder in FOLDERS if (FIXTURES / folder / ALTERNATIVE).is_file()]


@cache
def judged_again(folder):
    again = read(FIXTURES / folder / ALTERNATIVE)
    return again, json.loads(judge(again, Options(most_worlds=0)).to_json())


@pytest.mark.historical
@pytest.mark.parametrize("folder", every(5, REDRAWN))
def test_a_state_drawn_again_from_the_sources_alone_has_the_same_verdict(folder):
    _, again = judged_again(folder)
    _, judgement = judged(folder)
    assert again["status"]["code"] in expected_of(folder)["acceptable"]
    assert again["verdict"] == judgement["verdict"]
    settled = expected_of(folder).get("definitions", {})
    assert {name: again["definitions"][name] for name in settled} == settled


@pytest.mark.historical
@pytest.mark.parametrize("folder", every(5, REDRAWN))
def test_a_second_drawing_has_no_slip_and_its_proofs_hold_without_the_engine(folder):
    situation, again = judged_again(folder)
    assert [notice.statement for notice in inspect(situation)] == []
    verification = verify(again, situation)
    assert [(c.name, c.statement, c.features) for c in verification.failures] == []
    assert verification.holds


@pytest.mark.parametrize("folder", REDRAWN)
def test_a_second_drawing_is_of_the_same_state_and_no_copy_of_the_first(folder):
    place = FIXTURES / folder
    first, again = (
        json.loads((place / name).read_bytes()) for name in ("situation.geojson", ALTERNATIVE)
    )
    headings = [document["situation"] for document in (first, again)]
    ids, days = zip(*((head["id"], head["as_of"][:10]) for head in headings), strict=True)
    assert ids == (folder, folder)
    assert days[0] == days[1]
    outlines = [
        {
            json.dumps(feature["geometry"]["coordinates"])
            for feature in document["features"]
            if feature["properties"]["kind"] == "control"
        }
        for document in (first, again)
    ]
    assert not outlines[0] & outlines[1]


def test_fifteen_states_were_drawn_again():
    assert len(REDRAWN) >= 15


@pytest.mark.historical
@pytest.mark.parametrize("folder", every(8, [f for f in JUDGED if not f.startswith("trap-")]))
def test_a_drawing_has_none_of_the_mistakes_people_make(folder):
    mistakes = find_mistakes(FIXTURES / folder)
    # where it comes from is asked of every state, in test_sources.py
    assert [str(m) for m in mistakes if m.is_mistake and m.name != "provenance"] == []


TRAPS = {
    "salient called encirclement", "ring of claims", "grey as enemy", "border counted as anchor",
    "neutral ground", "coast without ships", "river with blown bridges", "pocket split in two",
    "encircler encircled", "force astride the line", "foot at night only", "corridor under fire",
    "corridor by enemy leave", "tunnel", "air bridge", "relief column short of contact",
    "moving pocket", "empty bag", "group versus sub-unit", "stale map", "claim about the future",
    "envelopment or turning movement reported as encirclement",
    "own officials claiming encirclement", '"last road cut" announced three times',
    "place aliases", "corridor reopened and closed again", "numbers versus topology",
}  # fmt: skip
"""Mistakes a battle can lead a judge into. Three more are of drawings, not of battles (the map's
edge, lon and lat swapped, junk layers): drawn cases and maps made by others show those."""


def test_every_trap_occurs_in_history():
    dated = [f for f in FOLDERS if f[-10:-6].isdigit()]
    shown = {trap for f in dated for trap in expected_of(f)["history"].get("traps", ())}
    assert shown == TRAPS

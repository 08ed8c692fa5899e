"""Laws of what a reader is told: names and no ids, nothing twice, no word too strong."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from encircle import draw_svg, explain, judge, read
from encircle.verdict.explain import OF_THE_WAY
from tests.thorough import every

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FOLDERS = sorted(
    path.parent.name
    for path in FIXTURES.glob("*/expected.json")
    if "error" not in json.loads(path.read_bytes()) and not (path.parent / "claims.json").exists()
)
SOME = every(40, FOLDERS)
NONSENSE = "qz"
"""Every id of a map renamed begins with it; no word of any language does."""


def rename(document):
    """Give every feature, force and source an id that means nothing, in the order of the old."""
    situation, features = document["situation"], document["features"]
    old = {f["id"] for f in features} | {s["id"] for s in situation.get("sources", ())}
    forces = {f["properties"].get("force") for f in features} | {situation["force"]}
    named = sorted(str(name) for name in old | forces - {None})
    new = {name: f"{NONSENSE}{number:04}x" for number, name in enumerate(named)}
    situation["force"] = new[situation["force"]]
    for one in (*situation.get("sources", ()), *situation.get("forces", ())):
        one["id"] = new.get(one["id"], f"{NONSENSE}none")
    for feature in features:
        said = feature["properties"]
        feature["id"] = new[feature["id"]]
        if "force" in said:
            said["force"] = new[said["force"]]
        if "sources" in said:
            said["sources"] = [new[s] if isinstance(s, str) else s for s in said["sources"]]
        asserts = said.get("asserts") or {}
        if asserts.get("force"):
            asserts["force"] = new.get(asserts["force"], asserts["force"])
    return document


@cache
def load(folder):
    return json.loads((FIXTURES / folder / "situation.geojson").read_bytes())


@cache
def judge_folder(folder):
    return judge(read(json.dumps(load(folder))))


@cache
def judge_renamed(folder):
    return judge(read(json.dumps(rename(json.loads(json.dumps(load(folder)))))))


@pytest.mark.parametrize("folder", SOME)
def test_a_judgement_says_the_same_whatever_the_ids(folder):
    """A reader meets names; ids are the drawer's, for the drawer."""
    assert explain(judge_renamed(folder)) == explain(judge_folder(folder))


@pytest.mark.parametrize("folder", SOME)
def test_no_line_of_a_judgement_says_what_another_said(folder):
    for ids in (False, True):
        lines = [line for line in explain(judge_folder(folder), ids=ids).splitlines() if line]
        assert len(lines) == len(set(lines))


@pytest.mark.parametrize("folder", SOME)
def test_every_id_a_judgement_rests_on_can_be_had_in_words(folder):
    judgement = judge_renamed(folder)
    text = explain(judgement, ids=True)
    evidence = [i for f in judgement.findings for i in f.evidence if f.rule not in OF_THE_WAY]
    evidence += [i for pivot in judgement.pivots for i in pivot.evidence]
    for proof in filter(None, judgement.certificates.values()):
        parts = proof.get("legs") or proof.get("segments") or ()
        evidence += [i for part in parts for i in part["evidence"]]
    missing = [i for i in evidence if i not in text]
    assert not missing


@pytest.mark.parametrize("folder", SOME)
def test_nothing_is_called_certain(folder):
    """The scale ends at *almost certain*; what is so on both readings is said so, no more."""
    text = explain(judge_folder(folder)).replace("almost certain", "")
    assert not re.search(r"\b(un)?certain(ly)?\b", text)


@pytest.mark.parametrize("folder", SOME)
def test_the_document_calls_what_it_points_at_by_name(folder):
    judgement = judge_renamed(folder)
    document = judgement.to_dict()
    pointed = set(re.findall(rf"{NONSENSE}\d+x", json.dumps(document)))
    features = {f.id for f in judgement.situation.features}
    assert set(document["names"]) - {judgement.force} == pointed & features - {judgement.force}
    assert all(NONSENSE not in words for words in document["names"].values())


@pytest.mark.parametrize("folder", every(50, FOLDERS))
def test_no_picture_shows_an_id(folder):
    judgement = judge_renamed(folder)
    assert NONSENSE not in draw_svg(judgement, judgement.situation)

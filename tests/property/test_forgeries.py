"""No forger passes: lies about a judgement, and maps in which it is false by a little."""

import copy
import json
import os
from pathlib import Path

import pytest

import encircle
from encircle import Options
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.property.forged_judgements import fall_silent
from tests.property.mutants import FORGERS, MAP_FORGERS

COUNT = int(os.environ.get("ENCIRCLE_FORGED_MAPS", "1"))
"""Maps each forger is tried on, at least."""
LIBRARY = Path("fixtures")
PREY = [
    "trap-neutral-ground-checkpoint", "kholm-1942-03-01", "raqqa-2017-06-28", "izium-2022-09-09",
    "kyiv-2022-03-10", "mariupol-2022-04-12", "dunkirk-1940-05-25", "kursk-2025-03-14",
]  # fmt: skip
"""With a special way, isolated, interdicted, a salient, connected, isolated by the sea, with access
by sea, contested by supposition. What is soonest verified comes first: a forgery is as false on a
small map."""
OPTIONS = {"kursk-2025-03-14": Options(most_worlds=0, without=("ua-salient",))}
HONEST = {}


def honest(folder):
    """Judge a map of the library, once; one of them is judged by supposition."""
    if folder not in HONEST:
        document = json.loads((LIBRARY / folder / "situation.geojson").read_text())
        options = OPTIONS.get(folder, Options(most_worlds=0))
        judgement = encircle.judge(read_situation(document), options)
        HONEST[folder] = document, json.loads(judgement.to_json())
    return copy.deepcopy(HONEST[folder])


def folders():
    others = sorted(p.parent.name for p in LIBRARY.glob("*/situation.geojson"))
    others.remove("trap-lonlat-swapped")  # no situation
    return [*PREY, *(name for name in others if name not in PREY)]


@pytest.mark.property
@pytest.mark.parametrize("forge", [*FORGERS, *MAP_FORGERS], ids=lambda forge: forge.__name__)
def test_no_forger_passes(forge):
    """Each is refused wherever it finds something to forge, and finds it somewhere."""
    found = 0
    for folder in folders() if COUNT > 1 else PREY:
        document, said = honest(folder)
        before = copy.deepcopy(said)
        drawn = copy.deepcopy(document)
        if found >= COUNT or forge(said, document) is False:
            continue
        if (said, document) == (before, drawn):
            continue
        found += 1
        situation = read_situation(document)
        said["provenance"]["input_sha256"] = situation.sha256
        assert not verify(fall_silent(said), situation).holds, folder
    assert found, "nothing to forge on any map"


@pytest.mark.parametrize("folder", PREY)
def test_untouched_they_hold(folder):
    document, said = honest(folder)
    assert not verify(said, read_situation(document)).failures

"""A position sketched by hand is a position."""

import copy
import json

import pytest

from encircle.judge import judge
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.property.strategies import situation_of

pytestmark = pytest.mark.property

SAME = ("verdict", "status", "definitions", "axes", "margins", "certificates")


@pytest.mark.parametrize("seed", range(2))
def test_a_sketched_position_holds_what_a_geolocated_one_holds(seed):
    """`basis: sketch` changes no verdict, margin or proof, and the proof is verified."""
    document = situation_of(seed)
    sketched = copy.deepcopy(document)
    for feature in sketched["features"]:
        says = feature["properties"]
        if says["kind"] == "position" and says.get("basis", "geolocated") == "geolocated":
            says["basis"] = "sketch"
    situation = read_situation(sketched)
    before, after = judge(read_situation(document)).to_dict(), judge(situation).to_dict()
    assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}
    assert verify(json.loads(json.dumps(after)), situation).holds

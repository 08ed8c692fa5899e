"""What of the evidence comes onto the plane: whose anchors, how sure a position, which fire."""

import pytest

import encircle
from encircle.network.ground.states import Role
from encircle.network.sheet import build_network_of
from tests.property.strategies import box
from tests.unit.test_contradiction import AT_HOME, SOURCE, WITH_THE_ENEMY, draw, feature, stand

UNIT = stand(AT_HOME, sources=SOURCE)
POCKET = (box(-3000, -500, -2000, 500), (-2500, 40))
"""Own ground in the enemy's, and a place on it."""


def draw_ground(*features):
    return build_network_of(encircle.read(draw(UNIT, *features))).ground.drawing


@pytest.mark.parametrize("shape", [box(-2200, 200, -2100, 300), box(500, 500, 600, 600)])
def test_an_anchor_of_the_enemy_is_none_of_ours(shape):
    drawing = draw_ground(feature("theirs", shape, "anchor", side="RED"))
    assert [anchor.id for anchor, *_ in drawing.anchors] == ["rear"]
    assert "theirs" not in {patch.feature for patch in drawing.patches}


def test_a_depot_of_the_enemy_supplies_nobody_cut_off():
    shape, at = POCKET
    pocket = feature("pocket", shape, "control", holder="BLUE", basis="assessed")
    unit = stand(at, sources=SOURCE, reach_m=100)
    depot = feature("theirs", box(-2300, -400, -2200, -300), "anchor", side="RED")
    for features in ((pocket, unit), (pocket, unit, depot)):
        assert encircle.judge(encircle.read(draw(*features))).status.code == "E2"
    depot["properties"]["side"] = "BLUE"
    assert encircle.judge(encircle.read(draw(pocket, unit, depot))).status.code != "E2"


@pytest.mark.parametrize(
    ("says", "role"),
    [
        pytest.param({}, Role.REACH_HOSTILE, id="there"),
        pytest.param({"present": "unknown"}, Role.DOUBT_HOSTILE, id="perhaps there"),
        pytest.param({"basis": "reported"}, Role.DOUBT_HOSTILE, id="only reported"),
        pytest.param({"observed_at": "2024-01-01"}, Role.DOUBT_HOSTILE, id="seen long ago"),
        pytest.param({"present": "withdrawn"}, None, id="gone"),
    ],
)
def test_only_who_is_certainly_there_holds_what_he_reaches(says, role):
    foe = stand(WITH_THE_ENEMY, "scout", reach_m=300, sources=SOURCE, **says)
    foe["properties"] |= {"side": "RED", "force": "them"}
    roles = {patch.role for patch in draw_ground(foe).patches if patch.feature == "scout"}
    assert roles == (set() if role is None else {role})


@pytest.mark.parametrize(
    ("says", "readings"),
    [
        pytest.param({}, {"optimistic", "pessimistic"}, id="mapped"),
        pytest.param({"observed_at": "2024-01-01"}, {"pessimistic"}, id="mapped long ago"),
    ],
)
def test_fire_in_doubt_burns_on_the_pessimistic_reading_alone(says, readings):
    fire = feature("fire", box(3000, -500, 4000, 500), "fire", side="RED", grade="F3", **says)
    (zone,) = draw_ground(fire).zones
    assert set(zone.readings) == readings

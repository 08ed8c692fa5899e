"""When an open force is in no salient, and whose word of the compass counts."""

import pytest

import encircle
from tests.property.strategies import box
from tests.unit.test_contradiction import SOURCE, feature, judge, stand

HOME, FOE = (400, 40), "RED"


def grounds(holder, basis):
    shapes = {"north": box(0, 3000, 6000, 6000), "south": box(0, -6000, 6000, -3000)}
    return [
        feature(name, shape, "control", holder=holder, basis=basis)
        for name, shape in shapes.items()
    ]


@pytest.mark.parametrize(
    ("holder", "basis", "code"),
    [
        pytest.param("BLUE", "assessed", "C0", id="ours on three sides"),
        pytest.param(None, "unknown", "C0", id="unknown on two sides is no enemy there"),
        pytest.param(FOE, "assessed", "C1", id="the enemy on three sides"),
    ],
)
def test_only_known_enemies_make_a_salient(holder, basis, code):
    """The share of the compass is that of the optimistic reading (docs/decisions/0011)."""
    unit = stand(HOME, sources=SOURCE, reach_m=100)
    judgement = judge(unit, *grounds(holder, basis))
    share = judgement.margins["hostile_bearings"]
    assert (share["optimistic"] > encircle.Options().salient_share) == (holder == FOE)
    assert (share["pessimistic"] > encircle.Options().salient_share) == (holder != "BLUE")
    assert judgement.status.code == code

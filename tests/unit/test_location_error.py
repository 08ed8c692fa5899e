"""How far off a boundary may be: a way or a ring narrower than that is contested, and says so."""

import pytest
from shapely import union_all
from shapely.geometry import box, mapping

from encircle import judge, verify
from encircle.map.door.reader import read_situation
from encircle.verdict.explain import explain

M = 1 / 111_250  # a metre of latitude, degrees
AREA = box(60.0, 50.0, 60.4, 50.2)
POCKET, REAR = box(60.02, 50.05, 60.12, 50.15), box(60.2, 50.0, 60.4, 50.2)


def strip(width_m):
    """Draw the ground between pocket and rear, so wide."""
    return box(60.12, 50.1 - width_m / 2 * M, 60.2, 50.1 + width_m / 2 * M)


def draw(*controls, territory=(), uncovered="unknown", graded=False):
    """Draw a force in the pocket, its depot in the rear, and what is given of the ground."""
    force = {"kind": "position", "side": "B", "force": "f", "reach_m": 0, "basis": "geolocated"}
    rows = [("force", box(60.05, 50.09, 60.07, 50.11), force),
            ("depot", box(60.3, 50.05, 60.38, 50.15), {"kind": "anchor", "side": "B"})]  # fmt: skip
    for number, (shape, says) in enumerate(controls):
        rows.append((f"ground-{number}", shape, {"kind": "control", **says}))
    for side, shape in territory:
        says = {"kind": "control", "holder": side, "basis": "territory"}
        rows.append((f"land-{side}", shape, says))
    whole = {"as_of": "2025-01-15", "uncovered": uncovered, "area": mapping(AREA),
             "sides": [{"id": "B"}, {"id": "R"}],
             "sources": [{"id": "map", "reliability": "B", "credibility": 2}]}  # fmt: skip
    features = [
        {"type": "Feature", "id": n, "geometry": mapping(s),
         "properties": {**p, **({"sources": ["map"]} if graded else {})}}
        for n, s, p in rows
    ]  # fmt: skip
    return read_situation({"type": "FeatureCollection", "situation": whole, "features": features})


def judged(situation):
    judgement = judge(situation)
    assert verify(judgement.to_dict(), situation).holds
    return judgement


OURS = {"holder": "B", "basis": "assessed", "location_error_m": 300}
THEIRS = {"holder": "R", "basis": "assessed", "location_error_m": 300}
NOBODYS = {"holder": None, "basis": "unknown", "location_error_m": 300}


@pytest.mark.parametrize("width_m", [97, 297, 700])
@pytest.mark.parametrize("around", ["hostile", "grey", "their country", "nobody's"])
def test_a_corridor_narrower_than_the_error_is_contested(width_m, around):
    """Whatever lies beside it: the enemy's ground, painted or by the border, or nobody's."""
    free = union_all([POCKET, strip(width_m), REAR])
    beside = AREA.difference(free)
    painted = {"hostile": [(beside, THEIRS)], "grey": [(beside, NOBODYS)]}.get(around, [])
    land = [("R", AREA)] if around == "their country" else []
    judgement = judged(draw((free, OURS), *painted, territory=land))
    assert judgement.verdict == ("contested" if width_m < 600 else "not_encircled")
    if width_m < 600:
        assert "It hangs on the errors stated for" in explain(judgement)
        assert "0.0 km of ground nobody is sure of" not in explain(judgement)


@pytest.mark.parametrize("width_m", [97, 297, 700])
@pytest.mark.parametrize("around", ["hostile", "their country"])
def test_a_ring_thinner_than_the_error_is_contested(width_m, around):
    """The same the other way: a strip of the enemy's between pocket and rear."""
    gate = box(60.12, 50.0, 60.12 + width_m * M / 0.6416, 50.2)  # cos of the latitude
    rear = AREA.difference(box(60.0, 50.0, gate.bounds[2], 50.2))
    beside = box(60.0, 50.0, gate.bounds[2], 50.2).difference(POCKET)
    painted = [(beside, THEIRS)] if around == "hostile" else []
    land = [("R", AREA)] if around == "their country" else []
    situation = draw((POCKET, OURS), (rear, OURS), *painted, territory=land)
    assert judged(situation).status.code == ("C3" if width_m < 600 else "E2")


def test_the_error_of_one_front_counts_once():
    """Where both sides of a front are painted only the enemy's line moves."""
    free = union_all([POCKET, strip(700), REAR])
    situation = draw((free, OURS), (AREA.difference(free), {**THEIRS, "location_error_m": 0}))
    assert judged(situation).status.code == "C1"
    assert judged(situation).margins["neck_width_m"]["pessimistic"] == pytest.approx(700, abs=5)


def test_a_seam_is_no_front():
    """Friendly ground keeps its width along a crack between two drawings."""
    free = union_all([POCKET, strip(700), REAR])
    crack = box(60.14, 50.0, 60.14 + 20 * M / 0.6416, 50.2).intersection(free)
    situation = draw((free.difference(crack), OURS), territory=[("R", AREA.difference(free))])
    assert judged(situation).status.code == "C1"


def test_what_holds_as_drawn_is_said_with_its_chance():
    """Of the features, and where they are graded with what that is worth."""
    free = union_all([POCKET, strip(436), REAR])
    judgement = judged(draw((free, OURS), (AREA.difference(free), THEIRS), graded=True))
    assert judgement.status.code == "C3"
    told = [p for p in judgement.pivots if p.as_drawn]
    assert {p.would_make for p in told} == {"not_encircled"}
    assert [p.probability for p in told] == [None, pytest.approx(5 / 6, abs=1e-3)]
    assert not any("smaller by the error" in p.statement for p in judgement.pivots)

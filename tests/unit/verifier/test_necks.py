"""Is a neck as wide as told, where no more than the tip of a wedge pinches it."""

import pytest

import encircle

QUICK = encircle.Options(most_worlds=0)


def area(name, kind, *corners, **says):
    drawn = {"type": "Polygon", "coordinates": [[*map(list, (*corners, corners[0]))]]}
    return {"type": "Feature", "id": name, "geometry": drawn, "properties": {"kind": kind, **says}}


def beside_a_force():
    """Hostile ground under the edge of a drawn force: a wedge of it comes out, ever wider."""
    corner, west = (-70.77151, -51.56925), (-70.81497, -51.57039)
    return [
        area("grey", "control", (-70.81, -51.57), (-71.09, -51.59), (-71.14, -51.66),
             holder=None, basis="contested"),
        area("wedge", "control", corner, west, (-70.71726, -52.3529),
             holder="RED", basis="assessed"),
        area("unit", "position", corner, west, (-70.79607, -51.84918), (-70.75234, -51.84803),
             side="BLUE", force="us", reach_m=1),
        area("rear", "anchor", (-70.81, -51.57), (-70.88, -50.66), (-70.83, -50.66), side="BLUE"),
    ]  # fmt: skip


def under_held_ground():
    """Neutral ground under ground of its own: the grid keeps a tip of it, drawn thick, beside."""
    tip, shared = (14.95, -81.0), (14.97, -81.14)
    unit = {
        "type": "Feature",
        "id": "unit",
        "geometry": {"type": "Point", "coordinates": [15.14, -81.0]},
        "properties": {"kind": "position", "side": "BLUE", "force": "us", "reach_m": 0},
    }
    road = {
        "type": "Feature",
        "id": "road",
        "geometry": {"type": "LineString", "coordinates": [[14.65, -80.9], [14.86, -80.9]]},
        "properties": {"kind": "route", "state": "unknown"},
    }
    return [
        area("strip", "control", tip, shared, (15.0, -81.15), holder="neutral", basis="assessed"),
        area("own", "control", tip, shared, (15.27, -81.0), holder="BLUE", basis="assessed"),
        area("rear", "anchor", (14.46, -80.97), (14.44, -80.98), (14.84, -81.06), side="BLUE"),
        unit, road,
    ]  # fmt: skip


def judge(features):
    whole = {"as_of": "2025-03-14T12:00:00Z", "force": "us",
             "sides": [{"id": "BLUE"}, {"id": "RED"}]}  # fmt: skip
    document = {"type": "FeatureCollection", "situation": whole, "features": features}
    situation = encircle.read(document)
    return situation, encircle.judge(situation, QUICK).to_dict()


@pytest.mark.parametrize("draw", [beside_a_force, under_held_ground])
def test_a_neck_is_pinched_by_the_tip_of_a_wedge(draw):
    situation, judgement = judge(draw())
    assert judgement["margins"]["neck_width_m"]["optimistic"]
    assert not encircle.verify(judgement, situation).failures


@pytest.mark.parametrize(
    ("draw", "share"), [(beside_a_force, 0.9), (beside_a_force, 1.1), (under_held_ground, 0.9)]
)
def test_and_is_no_wider_or_narrower_than_that(draw, share):
    situation, judgement = judge(draw())
    neck = judgement["certificates"]["open"]["bottleneck"]
    neck["width_m"] = round(neck["width_m"] * share, 1)
    judgement["margins"]["neck_width_m"]["optimistic"] = neck["width_m"]
    told = encircle.verify(judgement, situation).failures
    assert any("m wide, not" in check.statement for check in told)

"""A ring along the edge of the map is told as the edge, and neither as ground nor as a wall."""

import copy

import pytest
from shapely.geometry import box, mapping

from encircle import judge, verify
from encircle.map.door.reader import read_situation
from encircle.picture.picture import draw_svg
from encircle.verdict.explain import explain

AREA = box(60.0, 50.0, 60.4, 50.2)
POCKET, GREY, REAR = (
    box(60.0, 50.08, 60.1, 50.12),
    box(60.1, 50.08, 60.12, 50.12),
    box(60.12, 50.0, 60.4, 50.2),
)


def draw(pocket=POCKET):
    """Draw a pocket at the western edge, and a rear beyond a strip that nobody knows about."""
    ring = AREA.difference(pocket.union(GREY).union(REAR))
    rows = [
        ("pocket", pocket, {"kind": "control", "holder": "B", "basis": "assessed"}),
        ("strip", GREY, {"kind": "control", "holder": None, "basis": "unknown"}),
        ("held", REAR, {"kind": "control", "holder": "B", "basis": "assessed"}),
        ("ring", ring, {"kind": "control", "holder": "R", "basis": "assessed"}),
        ("force", pocket.centroid, {"kind": "position", "side": "B", "force": "f", "reach_m": 500}),
        ("rear", box(60.3, 50.05, 60.38, 50.15), {"kind": "anchor", "side": "B"}),
    ]
    features = [
        {"type": "Feature", "id": n, "geometry": mapping(s), "properties": p} for n, s, p in rows
    ]
    whole = {"as_of": "2025-01-15", "area": mapping(AREA)}
    return read_situation({"type": "FeatureCollection", "situation": whole, "features": features})


def edges(judgement):
    ring = judgement["certificates"]["closed"]
    return [s for s in ring["segments"] if s.get("edge_of_the_map")]


def test_the_stretch_along_the_edge_is_told_apart_from_grey_ground():
    situation = draw()
    judgement = judge(situation)
    told = judgement.to_dict()
    assert judgement.status.code == "C3"
    (stretch,) = edges(told)
    assert (stretch["by"], stretch["evidence"]) == ("grey", [])
    assert {round(lon, 6) for lon, _ in stretch["geometry"]["coordinates"]} == {60.0}
    assert stretch["length_m"] == pytest.approx(4450, abs=20)
    ground = [s for s in told["certificates"]["closed"]["segments"] if s["by"] == "grey"]
    assert [s["evidence"] for s in ground if s is not stretch] == [["strip"]]
    assert told["margins"]["closing_distance_m"]["pessimistic"] == 0.0
    assert verify(told, situation).holds


def test_words_and_picture_name_the_edge():
    situation = draw()
    judgement = judge(situation)
    assert "the edge of the map (4.4 km)" in explain(judgement)
    assert "an edge is no wall" in explain(judgement)
    assert "the edge of the map, which is no wall" in draw_svg(judgement, situation)


def test_a_ring_inside_the_map_has_no_such_stretch():
    judgement = judge(draw(box(60.02, 50.08, 60.1, 50.12))).to_dict()
    assert judgement["status"]["code"] == "C3"
    assert not edges(judgement)


@pytest.mark.parametrize("forge", ["hidden", "elsewhere", "not true"])
def test_the_edge_can_neither_be_hidden_nor_invented(forge):
    situation = draw()
    told = copy.deepcopy(judge(situation).to_dict())
    for where in (told, *told["units"]):
        for segment in where["certificates"]["closed"]["segments"]:
            if forge == "hidden":
                segment.pop("edge_of_the_map", None)
            elif forge == "elsewhere" and segment["evidence"] == ["strip"]:
                segment |= {"edge_of_the_map": True, "evidence": []}
            elif forge == "not true" and "edge_of_the_map" in segment:
                segment["edge_of_the_map"] = "yes"
    assert not verify(told, situation).holds

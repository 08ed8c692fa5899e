"""A ring along the edge of the map is told as the edge, and neither as ground nor as a wall."""

import copy

import pytest
from shapely.geometry import MultiPoint, box, mapping

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


OVER = {"valid_to": "2025-01-10"}
LATER = {"observed_at": "2025-02-01"}
HERE = box(60.0, 50.0, 60.1, 50.1)
CLAIMED = {"kind": "control", "holder": "R", "basis": "claimed"}


@pytest.mark.parametrize(
    ("shape", "says", "others"),
    [
        pytest.param(HERE.centroid, OVER, [], id="a point, over"),
        pytest.param(HERE.centroid, LATER, [], id="a point, later"),
        pytest.param(HERE, OVER, [], id="ground, over"),
        pytest.param(HERE.boundary.interpolate([0.0, 0.1]), OVER, [], id="two points, over"),
        pytest.param(HERE.centroid, OVER, [("claimed", HERE, CLAIMED)], id="only claimed ground"),
        pytest.param(HERE.centroid, {**OVER, "present": "withdrawn"}, [], id="withdrawn, and over"),
    ],
)
@pytest.mark.parametrize("whole", [{}, {"area": mapping(AREA)}], ids=["no area", "an area"])
def test_a_map_on_which_nothing_speaks_is_judged_as_one_that_cannot_tell(
    shape, says, others, whole
):
    shape = MultiPoint(list(shape)) if not hasattr(shape, "geom_type") else shape
    rows = [("force", shape, {"kind": "position", "side": "B", "force": "f", **says}), *others]
    features = [
        {"type": "Feature", "id": n, "geometry": mapping(s), "properties": p} for n, s, p in rows
    ]
    settings = {"as_of": "2025-01-15", **whole}
    situation = read_situation(
        {"type": "FeatureCollection", "situation": settings, "features": features}
    )
    judgement = judge(situation)
    assert (judgement.verdict, judgement.status.code) == ("indeterminate", "U")
    report = verify(judgement.to_dict(), situation)
    assert report.holds, report.summary
    assert "<svg" in draw_svg(judgement, situation)
    assert "whether the force is still there cannot be told" in explain(judgement)


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

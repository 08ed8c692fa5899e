"""What only touches is no way: tips of ground, corners of lakes, the two parts of a river."""

import copy
from math import cos, radians

import pytest

import encircle
from encircle.verifier.flood.flood import find_way_by
from encircle.verifier.ground import Survey
from encircle.verifier.reading.parsing import parse_judgement

QUICK = encircle.Options(most_worlds=0)
LON, LAT = 34.0, 50.0
METRE = 1 / 111_320


def place(x, y):
    return [LON + x * METRE / cos(radians(LAT)), LAT + y * METRE]


def area(name, kind, *corners, **says):
    ring = [place(*corner) for corner in (*corners, corners[0])]
    return feature(name, kind, {"type": "Polygon", "coordinates": [ring]}, **says)


def box(name, kind, left, bottom, right, top, **says):  # noqa: PLR0913 - its four sides
    return area(name, kind, (left, bottom), (right, bottom), (right, top), (left, top), **says)


def feature(name, kind, geometry, **says):
    return {"type": "Feature", "id": name, "geometry": geometry,
            "properties": {"kind": kind, **says}}  # fmt: skip


def unit(x, y):
    at = {"type": "Point", "coordinates": place(x, y)}
    return feature("unit", "position", at, side="A", force="us", reach_m=1)


def read(half_x, half_y, *features, uncovered="open"):
    corners = ((-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y))
    frame = area("frame", "control", *corners)["geometry"]
    whole = {"as_of": "2025-03-14T12:00:00Z", "force": "us", "sides": [{"id": "A"}, {"id": "B"}],
             "uncovered": uncovered, "area": frame}  # fmt: skip
    return encircle.read({"type": "FeatureCollection", "situation": whole, "features": [*features]})


def list_failed(judgement, situation):
    failures = encircle.verify(judgement, situation).failures
    return {check.name.rpartition(": ")[2] for check in failures}


@pytest.mark.parametrize(("half", "seam_m"), [(300, 50), (500, 0), (900, 0)])
def test_two_tips_that_touch_lead_nobody_across(half, seam_m):
    """Each is drawn two centimetres thick at its tip, so they overlap by up to four."""
    held = {"holder": "A", "basis": "assessed"}
    situation = read(
        2400, 2900,
        area("south", "control", (0, 0), (-half, -2000), (half, -2000), **held),
        area("north", "control", (0, 0), (half, 2000), (-half, 2000), **held),
        box("all", "control", -2500, -3000, 2500, 3000, holder="B", basis="territory"),
        unit(0, -1500), box("rear", "anchor", -20, 1700, 20, 1800, side="A"), uncovered="unknown",
    )  # fmt: skip
    options = encircle.Options(most_worlds=0, seam_m=seam_m)
    judgement = encircle.judge(situation, options).to_dict()
    assert judgement["status"]["code"] == "E2"
    survey = Survey(situation, parse_judgement(judgement).parameters)
    assert find_way_by(survey, survey.known["unit"], "pessimistic", "open") is None


def squares(over):
    """Draw two squares on ground of the enemy, whose corners overlap by so much."""
    held = {"holder": "A", "basis": "assessed"}
    return read(
        2900, 2900, unit(-900, -900), box("rear", "anchor", 800, 800, 900, 900, side="A"),
        box("south", "control", -1000, -1000, over, over, **held),
        box("north", "control", -over, -over, 1000, 1000, **held),
        box("all", "control", -3000, -3000, 3000, 3000, holder="B", basis="territory"),
    )  # fmt: skip


def test_two_squares_that_touch_at_a_corner_lead_nobody_across():
    """The corners of the enemy's ground between them are no seams."""
    situation = squares(0)
    true = encircle.judge(situation, QUICK).to_dict()
    assert true["status"]["code"] == "E2"
    assert encircle.verify(true, situation).holds
    forged = encircle.judge(squares(10), QUICK).to_dict()
    forged["provenance"], forged["confidence"] = true["provenance"], true["confidence"]
    for part in (forged, *forged["units"]):
        neck = part["certificates"]["open"]["bottleneck"]
        neck["width_m"] = 0.0
        if part.get("margins"):
            part["margins"]["neck_width_m"] |= {"optimistic": 0.0, "pessimistic": 0.0,
                                                "at": neck["at"]}  # fmt: skip
    assert "modes are open as told" in list_failed(forged, situation)


def river(gap, half):
    """Draw two parts of a river, so far from a joint along the way, and fire on the ways round."""
    fire = {"side": "B", "grade": "F3", "modes": ["foot", "tracked", "wheeled"]}
    return read(
        4900, 4900, unit(-600, 0), box("rear", "anchor", 580, -20, 620, 20, side="A"),
        box("north", "barrier", -half, gap, half, 3000, type="river"),
        box("south", "barrier", -half, -3000, half, -gap, type="river"),
        box("home", "control", -5000, -5000, 5000, 5000, holder="A", basis="assessed"),
        box("fire", "fire", 10 - half, 2500, half - 10, 5500, **fire),
        box("more", "fire", 10 - half, -5500, half - 10, -2500, **fire),
    )  # fmt: skip


@pytest.mark.parametrize("half", [30, 100])
def test_no_way_runs_along_the_joint_of_a_river_s_two_parts(half):
    situation, parted = river(0, half), river(30, half)
    true = encircle.judge(situation, QUICK).to_dict()
    assert encircle.verify(true, situation).holds
    forged = encircle.judge(parted, QUICK).to_dict()
    forged["provenance"], forged["names"] = true["provenance"], true["names"]
    for part in (forged, *forged["units"]):
        way = part["certificates"]["open"]
        leg = copy.deepcopy(way["legs"][0])
        leg["geometry"]["coordinates"] = [place(-600, 0), place(0, 0), place(581, 0)]
        leg |= {"length_m": 1183.3, "evidence": ["home"], "control": "friendly"}
        way |= {"legs": [leg], "length_m": 1183.3}
    assert "nothing stands across it" in list_failed(forged, situation)


def test_no_way_runs_between_two_lakes_that_touch():
    """Each lake made ten centimetres smaller left room that nobody drew."""
    lakes = (("west", (-3000, 3000), (0, 3000), (0, 0), (-3000, 0)),
             ("east", (0, 0), (3000, 0), (3000, -3000), (0, -3000)))  # fmt: skip
    home = box("home", "control", -5000, -5000, 5000, 5000, holder="A", basis="assessed")
    situation = read(
        4900, 4900, unit(-400, -400), box("rear", "anchor", 380, 380, 420, 420, side="A"), home,
        *(area(name, "barrier", *corners, type="lake") for name, *corners in lakes),
    )  # fmt: skip
    judgement = encircle.judge(situation, QUICK).to_dict()
    assert encircle.verify(judgement, situation).holds
    for part in (judgement, *judgement["units"]):
        way = part["certificates"]["open"]
        assert way["length_m"] > 6000
        leg = copy.deepcopy(way["legs"][0])
        leg["geometry"]["coordinates"] = [place(-400, -400), place(0, 0), place(381, 381)]
        leg |= {"length_m": 1104.5, "evidence": ["home"], "control": "friendly"}
        way |= {"legs": [leg], "length_m": 1104.5}
    assert "it passes no corner" in list_failed(judgement, situation)

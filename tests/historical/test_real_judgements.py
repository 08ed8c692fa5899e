"""Maps made by others, judged: the Kursk salient of March 2025, and a ring drawn round Sudzha.

A place where the ground Ukraine held abroad is widest means the whole salient, and the salient is
judged as all of that ground. Necks are measured with true circles and seams of 50 m: erosion by
discs on the same maps, from the same ground, gave 8.2, 8.2, 6.0 / 8.2 and 5.8 km, and other
people's own measures, by other ways from other starts, 8.4 to 8.5, 8.2 to 8.5, 6.4 to 8.5 and
5.0 km: from inside its southern lobe the neck of 20 March is narrower.
"""

import json
from functools import cache

import pytest
from shapely.geometry import Point, mapping

import encircle
from encircle.formats.publishers.deepstate import (
    LOCATION_ERROR_M,
    parse_snapshot_time,
    situation_from_deepstate,
)
from tests.historical.test_real_maps import BORDER, SAMPLES, SHARED, border

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]

WIDEST = {
    "2025-03-07_1741387566": (35.2696, 51.2255),
    "2025-03-12_1741781084": (35.1928, 51.1789),
    "2025-03-14_1741941622": (35.1928, 51.1789),
    "2025-03-20_1742507523": (35.2133, 51.0788),
}
NECKS_KM = {
    "2025-03-07_1741387566": (8.1, 8.1),
    "2025-03-12_1741781084": (8.1, 8.1),
    "2025-03-14_1741941622": (6.0, 8.1),
    "2025-03-20_1742507523": (5.8, 5.8),
}
SUDZHA = (35.272, 51.191)


@cache
def convert(name):
    snapshot = json.loads((SAMPLES / f"{name}.geojson").read_bytes())
    return situation_from_deepstate(
        snapshot, border(), force_at=[WIDEST[name]], as_of=parse_snapshot_time(name)
    )


@cache
def judged(name):
    """Judge once; how likely it was is asked of the first map only, for it takes the longest."""
    situation = encircle.read(convert(name))
    worlds = encircle.Options().most_worlds if name == next(iter(WIDEST)) else 0
    return situation, encircle.judge(situation, encircle.Options(most_worlds=worlds))


@pytest.mark.parametrize("name", WIDEST)
def test_the_kursk_salient_was_open_on_both_readings(name):
    situation, found = judged(name)
    judgement = found.to_dict()
    assert judgement["verdict"] == "not_encircled"
    assert judgement["definitions"]["land_cut"] == "no"
    assert encircle.verify(judgement, situation).holds


@cache
def judged_as_drawn(name):
    """Judge the map as if its lines were exact, as others measured it."""
    document = json.loads(json.dumps(convert(name)))
    for feature in document["features"]:
        feature["properties"].pop("location_error_m", None)
    return encircle.judge(encircle.read(document), encircle.Options(most_worlds=0))


@pytest.mark.parametrize("name", WIDEST)
def test_the_neck_as_drawn_is_the_one_measured_by_erosion(name):
    neck = judged_as_drawn(name).margins["neck_width_m"]
    pessimistic, optimistic = NECKS_KM[name]
    assert neck["pessimistic"] / 1000 == pytest.approx(pessimistic, abs=0.3)
    assert neck["optimistic"] / 1000 == pytest.approx(optimistic, abs=0.3)


@pytest.mark.parametrize("name", WIDEST)
def test_the_error_of_the_map_narrows_the_neck_from_both_sides(name):
    """And widens it on the other reading, by as much at least: a strip at the border may go."""
    drawn, told = (j.margins["neck_width_m"] for j in (judged_as_drawn(name), judged(name)[1]))
    twice = 2 * LOCATION_ERROR_M
    assert told["pessimistic"] == pytest.approx(drawn["pessimistic"] - twice, abs=60)
    assert told["optimistic"] >= drawn["optimistic"]


@pytest.mark.parametrize("radius_deg", [0.03, 0.06])
def test_a_ring_drawn_round_sudzha_encircles_and_its_proof_holds(radius_deg):
    """The same real map with an occupied ring in it: the force inside is cut off."""
    document = json.loads(json.dumps(convert("2025-03-07_1741387566")))
    centre = Point(SUDZHA)
    ring = centre.buffer(radius_deg + 0.01).difference(centre.buffer(radius_deg))
    hole = mapping(ring)
    kept = [f for f in document["features"] if f["properties"]["kind"] != "position"]
    painted = [f for f in kept if f["properties"].get("basis") in ("assessed", "unknown")]
    for feature in painted:
        cut = encircle.read(document)
        shape = next(f.geometry for f in cut.features if f.id == feature["id"])
        feature["geometry"] = mapping(shape.difference(centre.buffer(radius_deg + 0.01)))
    kept = [f for f in kept if f["geometry"].get("coordinates")]
    inside = mapping(centre.buffer(radius_deg))
    kept += [
        control("ring", hole, "RU"),
        control("pocket", inside, "UA"),
        {
            "type": "Feature",
            "id": "garrison",
            "geometry": mapping(centre),
            "properties": {"kind": "position", "side": "UA", "force": "force", "reach_m": 100},
        },
    ]
    document["features"] = kept
    situation = encircle.read(document)
    judgement = encircle.judge(situation).to_dict()
    assert judgement["status"]["code"] == "E2"
    verification = encircle.verify(judgement, situation)
    assert verification.holds, [c.statement for c in verification.checks if not c.holds]


def control(name, geometry, holder):
    properties = {"kind": "control", "holder": holder, "basis": "assessed"}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}

"""A force drawn as a polygon, as every piece of a map is: judged without fail, and proven."""

from __future__ import annotations

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

import encircle
from tests.property.strategies import FRIENDS, HALF_M, SETTINGS, box, draw_plan, random_plan

QUICK = encircle.Options(most_worlds=0)


def draw_force(seed):
    """Draw a random map on which the force is drawn as polygons, across whatever is there."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    plan = random_plan(rng)
    for feature in plan["features"]:
        said = feature["properties"]
        if said["kind"] != "position" or said.get("force") != "the-force":
            continue
        x, y = feature["geometry"]["coordinates"]
        west, east = (rng.choice((150, 600, 1500, 3300)) + 37 for _ in "we")
        south, north = (rng.choice((150, 600, 1500, 3300)) + 41 for _ in "sn")
        drawn = box(x - west, y - south, x + east, y + north)
        if rng.random() < 0.4:
            ring = drawn["coordinates"][0]
            ring[1] = [ring[1][0] - 60, ring[1][1] + 70]
            ring.insert(3, [x + 11, y + north + 400])
        feature["geometry"] = drawn
        for name in ("echelon", "location_error_m"):
            said.pop(name, None)
        if rng.random() < 0.7:
            said.pop("reach_m", None)
        if rng.random() < 0.5:
            said["sources"] = [{"id": "map-a", "title": "a map"}]
    return draw_plan(plan)


@settings(SETTINGS)
@given(st.integers(0, 2**32 - 1))
def test_a_force_drawn_as_a_polygon_is_judged_and_its_proof_holds(seed):
    """A piece across a front, a river or the edge of the map: a judgement, and it holds."""
    situation = encircle.read(draw_force(seed))
    judgement = encircle.judge(situation, QUICK)
    verification = encircle.verify(json.loads(judgement.to_json()), situation)
    assert verification.holds, [check.statement for check in verification.failures]


@settings(SETTINGS)
@given(st.integers(0, 2**32 - 1))
def test_a_drawn_force_wholly_on_hostile_ground_is_never_encircled_by_its_word_alone(seed):
    """Only a word says that anybody is there: it cannot be told."""
    document = draw_force(seed)
    document["features"].append(
        draw_plan(
            {
                "type": "FeatureCollection",
                "situation": dict(document["situation"]),
                "features": [
                    {
                        "type": "Feature",
                        "id": "all-red",
                        "geometry": box(*[-2 * HALF_M] * 2, *[2 * HALF_M] * 2),
                        "properties": {"kind": "control", "holder": "RED", "basis": "assessed"},
                    }
                ],
            }
        )["features"][0]
    )
    kept = []
    for feature in document["features"]:
        said = feature["properties"]
        if said["kind"] == "control" and feature["id"] != "all-red":
            continue
        own = said.get("force") == "the-force"
        holds = said["kind"] == "position" or (feature["geometry"] or {}).get("type") == "Polygon"
        if said["kind"] in ("position", "anchor") and said["side"] in FRIENDS and holds and not own:
            continue  # what others hold is grey ground: then there is more than a word
        if said["kind"] == "position" and own:
            said.update(basis="reported", present="yes")
            said.pop("observed_at", None)
        kept.append(feature)
    document["features"] = kept
    judgement = encircle.judge(encircle.read(document), QUICK)
    assert judgement.verdict in ("indeterminate", "no_force")

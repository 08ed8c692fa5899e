"""Slips of drawing, looked for and not judged."""

from encircle import inspect, read


def test_a_sound_map_has_none(client, situation):
    answer = client.post("/v1/inspections", json=situation)
    assert answer.status_code == 200
    wanted = [notice.to_dict() for notice in inspect(read(situation))]
    assert answer.json()["notices"] == wanted


def test_a_force_on_ground_of_the_enemy_is_told(client, situation):
    situation["features"][0]["properties"]["holder"] = "B"
    notices = client.post("/v1/inspections", json={"situation": situation}).json()["notices"]
    assert {"code", "severity", "statement"} <= notices[0].keys()
    assert any("stand" in notice.get("features", ()) for notice in notices)


def test_what_is_no_map_is_refused_as_everywhere(client, assert_problem):
    assert_problem(client.post("/v1/inspections", json={"situation": {}}), 422)

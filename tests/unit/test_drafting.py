import json
import shutil

import pytest

from encircle import judge, read
from encircle.archive.library.drafting import draft_scenario, find_mistakes

KURSK = "kursk-2025-03-14"


@pytest.fixture
def copy(tmp_path):
    """Copy a scenario, let its situation be changed, and give the mistakes found."""

    def find(change, folder=KURSK):
        place = tmp_path / folder
        shutil.copytree(f"fixtures/{folder}", place)
        if not (chronology := tmp_path / "kursk-chronology").exists():
            shutil.copytree("fixtures/kursk-chronology", chronology)
        path = place / "situation.geojson"
        document = json.loads(path.read_bytes())
        change(document)
        path.write_text(json.dumps(document), "utf-8")
        return {(m.name, m.features) for m in find_mistakes(place) if m.is_mistake}

    return find


def feature(document, name):
    return next(f for f in document["features"] if f["id"] == name)


def test_a_draft_can_be_judged_and_is_known_for_a_draft(tmp_path):
    files = draft_scenario(
        "somewhere-1999-01-02", side="AA", enemy="BB", force="f", at=(20, 44), anchor_at=(20.5, 44)
    )
    folder = tmp_path / "somewhere-1999-01-02"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    assert judge(read(folder / "situation.geojson")).encircled is False
    assert {m.name for m in find_mistakes(folder) if m.is_mistake} == {
        "expected", "draft", "provenance",
    }  # fmt: skip


def test_a_finished_scenario_has_no_mistake(copy):
    assert copy(len) == set()


def test_lon_and_lat_swapped_in_one_feature(copy):
    def swap(document):
        at = feature(document, "ua-guevo")["geometry"]["coordinates"]
        at.reverse()

    assert ("feature_far_away", ("ua-guevo",)) in copy(swap)


def test_a_force_off_the_map(copy):
    def move(document):
        feature(document, "ua-guevo")["geometry"]["coordinates"] = [37.5, 51.0]

    assert ("force_off_the_map", ("ua-guevo",)) in copy(move)


def test_an_anchor_on_hostile_ground(copy):
    def move(document):
        ring = [[35.27, 51.25], [35.3, 51.25], [35.3, 51.27], [35.27, 51.27], [35.27, 51.25]]
        feature(document, "anchor-sumy")["geometry"]["coordinates"] = [ring]

    assert ("anchor_on_hostile_ground", ("anchor-sumy", "ru-kursk", "ru-sudzha")) in copy(move)


def test_a_slit_nobody_painted(copy):
    def nudge(document):
        for ring in feature(document, "ru-sudzha")["geometry"]["coordinates"]:
            ring[:] = [[lon + 0.004, lat] for lon, lat in ring]

    assert "slit" in {name for name, _ in copy(nudge)}


def test_a_ring_closed_only_by_the_edge_of_the_map(copy):
    def crop(document):
        document["features"] = [
            f for f in document["features"] if f["properties"]["kind"] != "anchor"
        ]

    assert {name for name, _ in copy(crop)} >= {"no_anchor", "map-edge"}


def test_what_the_door_refuses_comes_alone(copy):
    def spoil(document):
        feature(document, "ua-guevo")["geometry"]["coordinates"] = [35.2, 151.0]

    assert {name for name, _ in copy(spoil)} == {"unreadable"}

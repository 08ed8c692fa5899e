"""Roads within a distance come in as routes and crossings, and what does not is counted."""

import json
import os
import random
from pathlib import Path

import pytest
from shapely.geometry import Point

from encircle.errors import EncircleError, SituationError
from encircle.formats.routes import routes
from encircle.formats.routes.routes import read_roads

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SCALE = min(int(os.environ.get("ENCIRCLE_FUZZ", "30")), 300)
HERE = [Point(35.0, 51.0)]


def line(*places, **properties):
    drawn = {"type": "LineString", "coordinates": [list(p) for p in places]}
    return {"type": "Feature", "properties": properties, "geometry": drawn}


def read(*features, kind="lines", near=HERE, within_km=30.0):
    document = features[0] if kind == "overpass" else {
        "type": "FeatureCollection", "features": list(features)}  # fmt: skip
    return read_roads(json.dumps(document).encode(), "roads.geojson", kind, near, within_km)


def only(roads):
    (feature,) = roads.features
    return feature["properties"]


A, B, C = (35.0, 51.0), (35.1, 51.0), (35.2, 51.0)


@pytest.mark.parametrize(
    ("tags", "kind", "modes"),
    [
        ({"highway": "primary"}, "route", ["wheeled", "tracked", "foot"]),
        ({"highway": "track", "tracktype": "grade5"}, "route", ["tracked", "foot"]),
        ({"highway": "residential", "smoothness": "impassable"}, "route", ["tracked", "foot"]),
        ({"railway": "rail"}, "route", ["rail"]),
        ({"highway": "secondary", "bridge": "yes"}, "crossing", ["wheeled", "tracked", "foot"]),
        ({"railway": "rail", "bridge": "viaduct"}, "crossing", ["rail"]),
        ({"route": "ferry"}, "crossing", ["boat"]),
        ({"highway": "track", "ford": "yes"}, "crossing", ["wheeled", "tracked", "foot"]),
        ({"highway": "secondary", "bridge": "no"}, "route", ["wheeled", "tracked", "foot"]),
        ({"highway": "['residential', 'trunk']"}, "route", ["wheeled", "tracked", "foot"]),
        ({"fid": 9}, "route", ["wheeled", "tracked", "foot"]),
        ({"other_tags": '"highway"=>"primary","bridge"=>"yes"'}, "crossing",
         ["wheeled", "tracked", "foot"]),
    ],
)  # fmt: skip
def test_a_tag_says_what_travels(tags, kind, modes):
    said = only(read(line(A, B, **tags)))
    assert (said["kind"], said["modes"]) == (kind, modes)


def test_a_destroyed_road_is_cut():
    assert only(read(line(A, B, **{"destroyed:highway": "primary"})))["state"] == "cut"


def test_a_street_posted_there_and_back_is_one():
    roads = read(line(A, B, highway="primary"), line(B, A, highway="primary"),
                 line(A, B, highway="primary"))  # fmt: skip
    assert len(roads.features) == 1
    assert sum(roads.told.values()) == 2


def test_what_lies_further_off_is_left_out_and_counted():
    far = line((36.0, 51.0), (36.1, 51.0), highway="primary")
    roads = read(line(A, B, highway="primary"), far)
    assert len(roads.features) == 1
    assert "further than 30 km" in str(roads.notices[-1])
    assert len(read(line(A, B, highway="primary"), far, within_km=100).features) == 2


def test_footpaths_and_points_are_counted():
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": A}}
    roads = read(line(A, B, highway="primary"), line(A, C, highway="footway"), point)
    assert roads.read == 3
    assert len(roads.features) + sum(roads.told.values()) == 3


def test_rivers_are_no_roads():
    with pytest.raises(SituationError, match="waterway"):
        read(line(A, B, waterway="river"))


def test_the_largest_roads_are_kept_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr(routes, "MOST_ROADS", 2)
    streets = [line(A, (35.0 + n / 100, 51.01), highway="service") for n in range(1, 5)]
    roads = read(*streets, line(A, B, highway="trunk"))
    assert len(roads.features) == 2
    assert any("trunk" in f["properties"]["note"] for f in roads.features)
    assert "3 are beyond the 2 largest" in str(roads.notices[-1])


def test_a_line_that_cannot_be_read_is_refused_by_its_number():
    with pytest.raises(SituationError, match="feature 2"):
        read(line(A, B, highway="primary"), line(A, (3500, 51.0), highway="primary"))


def test_another_system_is_refused_by_name():
    document = {"type": "FeatureCollection", "features": [line(A, B)],
                "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}  # fmt: skip
    with pytest.raises(SituationError, match="EPSG:3857"):
        read_roads(json.dumps(document).encode(), "r.geojson", "lines", HERE)


def test_overpass_gives_ways_with_nodes_or_with_geometry():
    nodes = [{"type": "node", "id": n, "lon": p[0], "lat": p[1]} for n, p in enumerate((A, B))]
    way = {"type": "way", "id": 7, "nodes": [0, 1], "tags": {"highway": "primary"}}
    assert len(read({"elements": [*nodes, way]}, kind="overpass").features) == 1
    drawn = {**way, "nodes": [], "geometry": [{"lon": p[0], "lat": p[1]} for p in (A, B)]}
    assert len(read({"elements": [drawn]}, kind="overpass").features) == 1
    with pytest.raises(SituationError, match="out geom"):
        read({"elements": [way]}, kind="overpass")


def test_an_answer_of_overpass_that_ran_out_of_time_is_refused():
    with pytest.raises(SituationError, match="cut short"):
        read({"elements": [], "remark": "runtime error: Query timed out"}, kind="overpass")


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "place"), [("andorra.osm.pbf", (1.52, 42.51)), ("monaco.osm.gz", (7.42, 43.74))]
)
def test_an_extract_of_osm_gives_roads_and_bridges(file, place):
    path = SHARED / "roads" / file
    if not path.exists():
        pytest.skip(f"{file} is not beside the project")
    kind = "osm_pbf" if file.endswith("pbf") else "osm_xml"
    roads = read_roads(path.read_bytes(), file, kind, [Point(place)], 2.0)
    assert {"route", "crossing"} == {f["properties"]["kind"] for f in roads.features}
    assert len(roads.features) + sum(roads.told.values()) == roads.read


def test_whatever_a_file_of_roads_suffers_no_line_is_lost_in_silence():
    luck = random.Random(4)  # noqa: S311 - no secret
    whole = json.dumps({"type": "FeatureCollection", "features": [
        line(A, B, highway="primary"), line(B, C, highway="track", bridge="yes")]}).encode()  # fmt: skip  # noqa: E501
    for _ in range(SCALE):
        raw = bytearray(whole)
        for _ in range(luck.randint(1, 3)):
            at = luck.randrange(len(raw))
            raw[at : at + luck.randint(0, 3)] = luck.choice(
                [b"", b"9", b"-", b"]", b"null", b"NaN"]
            )
        try:
            roads = read_roads(bytes(raw), "r.geojson", "lines", [], 30.0)
        except EncircleError:
            continue
        assert len(roads.features) + sum(roads.told.values()) == len(json.loads(raw)["features"])

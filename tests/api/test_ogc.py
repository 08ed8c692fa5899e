"""Every case as layers of OGC API - Features, by its requirements and by what GIS read it with."""

import json
import subprocess
import sys
import urllib.request

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from tests.api.test_cases import BASE, HERE, KURSK
from tests.api.test_patience import listening

COLLECTIONS = "/ogc/collections"
GEOJSON = "application/geo+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SHAPES = {"positions": "Point", "routes": "LineString", "ground": "Polygon"}
SETTINGS = {"id": "kursk", "situation": KURSK["situation"]}


@pytest.fixture(scope="module")
def kept():
    """A service that keeps the case of Kursk."""
    with TestClient(create_app(Settings(workers=1, timeout_s=60)), BASE, client=HERE) as client:
        assert client.post("/v1/cases", json=SETTINGS).status_code == 201
        assert client.post("/v1/cases/kursk/observations", json=KURSK).json()["refused"] == []
        yield client


def of_shape(layer):
    return sorted(
        feature["id"] for feature in KURSK["features"]
        if (feature["geometry"] or {"type": ""})["type"].endswith(SHAPES[layer])
    )  # fmt: skip


def read_links(document):
    return {link["rel"]: link for link in document["links"]}


def read_items(kept, layer, **asked):
    answer = kept.get(f"{COLLECTIONS}/kursk.{layer}/items", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(kept, layer, **asked):
    return [feature["id"] for feature in read_items(kept, layer, **asked)["features"]]


def test_from_the_landing_page_everything_is_reached(kept):
    links = read_links(kept.get("/ogc").json())
    assert {"self", "service-desc", "conformance", "data"} <= links.keys()
    for link in links.values():
        answer = kept.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == link["type"]
    classes = kept.get(links["conformance"]["href"]).json()["conformsTo"]
    assert [name.rpartition("/")[2] for name in classes] == ["core", "geojson", "oas30"]
    told = kept.get(links["data"]["href"]).json()["collections"]
    assert [one["id"] for one in told] == [f"kursk.{layer}" for layer in SHAPES]
    for one in told:
        mine = read_links(one)
        assert kept.get(mine["self"]["href"]).json() == one
        answer = kept.get(mine["items"]["href"])
        assert answer.headers["content-type"] == mine["items"]["type"] == GEOJSON
        assert one["crs"] == [CRS84]


def test_what_is_under_ogc_is_described_as_openapi_3_0(kept):
    document = kept.get("/ogc/api").json()
    assert document["openapi"].startswith("3.0.")
    whole = kept.get("/openapi.json").json()
    assert document["paths"].keys() == {path for path in whole["paths"] if path.startswith("/ogc")}
    text = json.dumps(document)
    assert "$ref" not in text
    for word in ('"null"', '"anyOf"', '"const"', '"examples"'):  # 3.0 has none of them here
        assert word not in text
    items = document["paths"]["/ogc/collections/{collection}/items"]["get"]
    told = {one["name"]: one["schema"] for one in items["parameters"]}
    assert {"bbox", "datetime", "limit", "offset"} <= told.keys()
    assert (told["limit"]["minimum"], told["limit"]["maximum"]) == (1, 10_000)


@pytest.mark.parametrize("layer", SHAPES)
def test_a_layer_has_the_features_of_its_shape_and_each_by_itself(kept, layer):
    answer = kept.get(f"{COLLECTIONS}/kursk.{layer}/items")
    assert answer.headers["content-type"] == GEOJSON
    assert answer.headers["content-crs"] == f"<{CRS84}>"
    page = answer.json()
    assert [feature["id"] for feature in page["features"]] == of_shape(layer)
    assert page["numberReturned"] == len(page["features"])
    assert page["timeStamp"].endswith("Z")
    first = page["features"][0]
    assert first["geometry"]["type"] == f"Multi{SHAPES[layer]}"
    assert not any(isinstance(value, dict | list) for value in first["properties"].values())
    alone = kept.get(f"{COLLECTIONS}/kursk.{layer}/items/{first['id']}")
    assert alone.headers["content-crs"] == f"<{CRS84}>"
    assert {name: alone.json()[name] for name in first} == first
    assert {"self", "collection"} <= read_links(alone.json()).keys()


@pytest.mark.parametrize("limit", [1, 4, 10_000, 10_001, 10**30])
def test_next_leads_through_every_page_once(kept, limit):
    found, address = [], f"{COLLECTIONS}/kursk.positions/items?limit={limit}"
    while address:
        page = kept.get(address).json()
        assert len(page["features"]) <= limit
        found += [feature["id"] for feature in page["features"]]
        address = read_links(page).get("next", {}).get("href")
    assert found == of_shape("positions")


def test_a_box_gives_what_has_a_part_in_it(kept):
    every = of_shape("positions")
    assert ids(kept, "positions", bbox="-180,-90,180,90") == every
    assert ids(kept, "positions", bbox="-180,-90,-9000,180,90,9000") == every  # with heights
    west, east = (ids(kept, "positions", bbox=box) for box in ("30,50,35,53", "35,50,40,53"))
    assert west
    assert east
    assert sorted(west + east) == every
    assert ids(kept, "positions", bbox="170,50,-170,53") == []  # across the date line
    assert ids(kept, "positions", bbox="34,50,-170,53") == ids(
        kept, "positions", bbox="34,50,180,53"
    )


def test_an_interval_gives_what_speaks_in_it(kept):
    every = of_shape("positions")
    for whole in ("../..", "1990-01-01T00:00:00Z/..", "../2100-01-01T00:00:00Z"):
        assert ids(kept, "positions", datetime=whole) == every
    before = ids(kept, "positions", datetime="../2025-03-13T23:59:59Z")
    after = ids(kept, "positions", datetime="2025-03-14T00:00:00Z/..")
    assert sorted(before + after) == every
    assert ids(kept, "positions", datetime="1990-01-01T00:00:00Z") == []
    for day, found in {"2025-03-13": every, "2025-03-14": [], "../2025-03-13": every,
                       "2025-03-14/..": []}.items():  # fmt: skip
        as_gdal_writes_it = "/".join(end if end == ".." else f"{end}T" for end in day.split("/"))
        for asked in (day, as_gdal_writes_it):
            assert ids(kept, "positions", datetime=asked) == found, asked


def test_more_than_the_most_is_cut_to_it_and_not_refused(kept, monkeypatch):
    monkeypatch.setattr("api.routes.ogc.MOST", 2)
    page = read_items(kept, "positions", limit=3)
    assert page["numberReturned"] == 2
    following = read_links(page)["next"]["href"]
    assert kept.get(following).json()["features"][0]["id"] == of_shape("positions")[2]


@pytest.mark.parametrize(
    "asked",
    [{"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "0,9,1,3"}, {"bbox": "0,0,0,0,0"},
     {"datetime": "noon"}, {"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"datetime": "T"},
     {"datetime": "2025-03-14TT"}, {"offset": "-1"}, {"unknown": "1"}, {"kind": "position"}],
)  # fmt: skip
def test_what_is_no_parameter_or_no_value_of_one_is_a_400(kept, assert_problem, asked):
    (name,) = asked
    answer = kept.get(f"{COLLECTIONS}/kursk.positions/items", params=asked)
    assert assert_problem(answer, 400)["errors"][0]["pointer"].startswith(f"?{name}")


@pytest.mark.parametrize("path", ["/ogc", "/ogc/conformance", COLLECTIONS, "/ogc/api"])
def test_no_other_resource_takes_a_parameter(kept, assert_problem, path):
    assert_problem(kept.get(path, params={"unknown": "1"}), 400)


@pytest.mark.parametrize(
    "path",
    ["none.positions", "kursk.none", "kursk", "none.positions/items", "kursk.positions/items/none",
     "kursk.routes/items/ua-gornal", "kursk.positions/items/anchor-sumy"],
)  # fmt: skip
def test_what_is_not_there_is_a_404(kept, assert_problem, path):
    assert_problem(kept.get(f"{COLLECTIONS}/{path}"), 404)


def test_what_was_taken_back_is_on_no_layer(kept):
    feature = {**KURSK["features"][0], "id": "gone", "geometry": {
        "type": "Point", "coordinates": [35, 51]}, "properties": {
        "kind": "position", "side": "UA"}}  # fmt: skip
    kept.post("/v1/cases/kursk/observations", json=feature)
    at = f"{COLLECTIONS}/kursk.positions/items/gone"
    assert kept.get(at).status_code == 200
    kept.delete("/v1/cases/kursk/observations/gone", params={"why": "w"})
    assert kept.get(at).status_code == 404
    assert "gone" not in ids(kept, "positions")


READ = """
import json, sys, pyogrio, shapely
source = sys.argv[1]
found = {"where": [len(pyogrio.raw.read(source, layer="kursk.positions", where=where)[2])
                   for where in sys.argv[2:]]}
for name, shape in pyogrio.list_layers(source):
    meta, _, shapes, columns = pyogrio.raw.read(source, layer=name)
    ids = dict(zip(meta["fields"], columns))["id"]
    bounds = shapely.total_bounds(shapely.from_wkb(shapes))
    found[str(name)] = [str(shape), sorted(ids), [round(one) for one in bounds]]
print(json.dumps(found))
"""


WHERE = {"observed_at > '2025-03-01'": True, "observed_at < '2025-03-14T12:00:00Z'": True,
         "observed_at >= '2025-03-12' AND observed_at <= '2025-03-14'": True,
         "observed_at = '1990-01-01'": False}  # fmt: skip
"""Filters of times, to whether they find anything."""


def test_gdal_lists_the_layers_and_reads_them(tmp_path):
    """What QGIS reads with, over the network; apart, for GDAL lets no other thread answer it."""
    pyogrio = pytest.importorskip("pyogrio", reason="pyogrio (extra gis) is not installed")
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("this GDAL was built without OGC API - Features")
    script = tmp_path / "read.py"
    script.write_text(READ)
    with listening(timeout_s=60.0) as (port, _):
        base = f"http://127.0.0.1:{port}"
        for path, body in (("", SETTINGS), ("/kursk/observations", KURSK)):
            head = {"Content-Type": "application/json"}
            asked = urllib.request.Request(  # noqa: S310 - our own address
                f"{base}/v1/cases{path}", json.dumps(body).encode(), head
            )
            urllib.request.urlopen(asked, timeout=60).close()  # noqa: S310
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, script, f"OAPIF:{base}/ogc", *WHERE],
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [count > 0 for count in found.pop("where")] == list(WHERE.values())
    assert found.keys() == {f"kursk.{layer}" for layer in SHAPES}
    for layer, shape in SHAPES.items():
        assert found[f"kursk.{layer}"][:2] == [f"Multi{shape}", of_shape(layer)]
        west, south, east, north = found[f"kursk.{layer}"][2]
        assert 33 <= west <= east <= 39  # longitude first
        assert 49 <= south <= north <= 53


def test_what_was_laid_is_said_to_be_elsewhere_and_is_there(kept):
    """A layer of a case is on its map and in no collection: each says so, and where to look."""
    shape = {"type": "LineString", "coordinates": [[35.2, 51.1], [35.3, 51.2]]}
    road = {"type": "Feature", "id": "laid", "geometry": shape, "properties": {"kind": "route"}}
    whole = {"type": "FeatureCollection", "features": [road]}
    assert kept.put("/v1/cases/kursk/layers/roads", json=whole).status_code == 200
    assert "laid" not in ids(kept, "routes")
    told = kept.get(f"{COLLECTIONS}/kursk.routes").json()["description"]
    assert "what was laid under the case is on its map, /v1/cases/kursk/situation" in told
    there = kept.get(told.partition(", ")[2].rpartition(", ")[2]).json()["features"]
    assert "laid" in [feature["id"] for feature in there]

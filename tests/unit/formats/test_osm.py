"""Road maps made by others: read, noded, refused with a remedy."""

import builtins
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from encircle.errors import SituationError
from encircle.formats.routes.osm import read_polygons, read_road_lines
from encircle.formats.routes.routes import read_roads
from encircle.roads.road_network import build_road_network

osmium = pytest.importorskip("osmium")
DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "roads"

NODES = {1: (7.0, 43.0), 2: (7.001, 43.0), 3: (7.002, 43.0), 4: (7.001, 43.001), 5: (7.001, 43.0)}
"""Node 5 lies on node 2 and is not it: a bridge."""


def write_osm(path, ways, nodes=NODES):
    places = "".join(f'<node id="{i}" lon="{x}" lat="{y}"/>' for i, (x, y) in nodes.items())
    drawn = "".join(
        f'<way id="{i}">' + "".join(f'<nd ref="{n}"/>' for n in refs)
        + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items()) + "</way>"
        for i, (refs, tags) in enumerate(ways, start=1)
    )  # fmt: skip
    text = f'<osm version="0.6">{places}{drawn}</osm>'
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def write_lines(path, *lines, **properties):
    features = [
        {"type": "Feature", "properties": properties,
         "geometry": {"type": "LineString", "coordinates": line}}
        for line in lines
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize("name", ["roads.osm", "roads.osm.gz"])
def test_ways_meet_at_shared_nodes_and_nowhere_else(tmp_path, name):
    ways = [((1, 2, 3), {"highway": "primary", "name": "High Street"}),
            ((4, 2), {"highway": "track"}), ((4, 5), {"highway": "service"}),
            ((1, 4), {"highway": "footway"})]  # fmt: skip
    lines = read_road_lines(write_osm(tmp_path / name, ways))
    assert lines.names == ("way/1 High Street", "way/2", "way/3")
    network = build_road_network(lines)
    assert len(network.u) == 4
    assert len(network.lonlat) == 5
    assert network.length_m.sum() == pytest.approx(163 + 2 * 111.1, rel=0.01)


def test_a_way_that_leaves_the_extract_is_broken_there_and_it_is_said(tmp_path):
    ways = [((1, 2, 99, 3, 4), {"highway": "primary"})]
    lines = read_road_lines(write_osm(tmp_path / "roads.osm", ways))
    assert len(lines.p_open) == 2
    assert "1 place outside the extract" in lines.notices[0]


def test_a_tag_may_hold_the_probability(tmp_path):
    ways = [((1, 2), {"highway": "road", "p": "0.3"}), ((2, 3), {"highway": "road"})]
    network = build_road_network(read_road_lines(write_osm(tmp_path / "roads.osm", ways), "p"))
    assert sorted(network.find_p_open(0.9, per_km=False).tolist()) == [0.3, 0.9]


def test_a_probability_by_the_kilometre_falls_with_length(tmp_path):
    path = write_lines(tmp_path / "roads.geojson", [[7.0, 43.0], [7.0, 43.1]])
    network = build_road_network(read_road_lines(path))
    km = network.length_m[0] / 1000
    assert network.find_p_open(0.9, per_km=True)[0] == pytest.approx(0.9**km)


def test_a_place_asked_for_does_not_change_how_likely_its_stretch_is_open(tmp_path):
    path = write_lines(tmp_path / "roads.geojson", [[7.0, 43.0], [7.0, 43.1]])
    network = build_road_network(read_road_lines(path), [(7.001, 43.02), (6.999, 43.07)])
    p_open = network.find_p_open(0.9, per_km=False)
    assert len(p_open) == 3
    assert np.prod(p_open) == pytest.approx(0.9)
    assert [round(landing.distance_m, -1) for landing in network.landings] == [80, 80]


def test_loose_ends_meet_ends_and_sides_within_the_tolerance(tmp_path):
    """A gap of 8 m to a side, one of 16 m to an end; lines that only cross do not meet."""
    path = write_lines(
        tmp_path / "roads.geojson",
        [[7.0, 43.0], [7.01, 43.0]],
        [[7.005, 43.0000720], [7.005, 43.01]],
        [[7.0102, 43.0], [7.02, 43.0]],
        [[7.015, 42.99], [7.015, 43.01]],
    )
    lines = read_road_lines(path)
    parts = [build_road_network(lines, (), gap).count_parts()[0] for gap in (0, 10, 20)]
    assert parts == [4, 3, 2]
    assert build_road_network(lines, (), 20).joined == 3


def test_ground_closes_the_stretches_it_lies_on_and_no_other(tmp_path):
    line = [[7.0, 43.0], [7.01, 43.0], [7.02, 43.0]]
    path = write_lines(tmp_path / "r.geojson", line, *[[p, [p[0], 43.01]] for p in line])
    network = build_road_network(read_road_lines(path))
    ground = [shapely.box(7.012, 42.9, 7.016, 43.1), shapely.box(6.9, 43.005, 7.001, 43.1)]
    touched = network.find_touched(ground)
    middles = (network.lonlat[network.u] + network.lonlat[network.v]) / 2
    expected = [
        any(shapely.LineString([network.lonlat[u], network.lonlat[v]]).intersects(g)
            for g in ground)
        for u, v in zip(network.u, network.v, strict=True)
    ]  # fmt: skip
    assert touched.tolist() == expected
    assert touched.sum() == 2, middles[touched]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "not JSON", id="no JSON"),
        pytest.param("[]", "no features", id="a list"),
        pytest.param('{"features": []}', "no road", id="nothing"),
        pytest.param('{"features": [null]}', "no feature", id="no feature"),
        pytest.param('{"features": [{"geometry": null}]}', "no road", id="no lines"),
        pytest.param(
            '{"features": [{"geometry": {"type": "LineString", "coordinates": '
            "[[1, 95], [1, 2]]}}]}",
            "latitude 95 out of range", id="off the globe",
        ),
        pytest.param(
            '{"features": [{"geometry": {"type": "LineString", "coordinates": '
            '[["a", 1], [1, 2]]}}]}',
            "not a number", id="a word",
        ),
        pytest.param(
            '{"features": [{"geometry": {"type": "LineString", "coordinates": [1, 2]}}]}',
            "not a position", id="a bare place",
        ),
        pytest.param(
            '{"features": [{"geometry": {"type": "MultiLineString", "coordinates": [3]}}]}',
            "no coordinates", id="no part",
        ),
        pytest.param(
            '{"features": [{"properties": {"p": 3}, "geometry": '
            '{"type": "LineString", "coordinates": [[1, 2], [1, 3]]}}]}',
            "from 0 to 1", id="no probability",
        ),
    ],
)  # fmt: skip
def test_what_is_no_road_map_is_refused_with_a_remedy(tmp_path, text, said):
    path = tmp_path / "roads.geojson"
    path.write_text(text)
    with pytest.raises(SituationError, match=said):
        read_road_lines(path, "p")


def test_heights_on_some_places_do_no_harm(tmp_path):
    path = write_lines(tmp_path / "roads.geojson", [[7, 43, 120.5], [7.1, 43]])
    assert read_road_lines(path).lonlat.tolist() == [[7, 43], [7.1, 43]]


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        pytest.param({"type": "LineString", "coordinates": [[1, 2]]}, "at least 2", id="one place"),
        pytest.param(
            {"type": "LineString", "coordinates": [["1", "2"], ["1", "3"]]}, "text", id="text"
        ),
        pytest.param({"type": "LineString"}, "coordinates", id="no coordinates"),
        pytest.param({"type": "Circle", "coordinates": [[1, 2]]}, "Circle", id="another kind"),
    ],
)
def test_a_road_that_cannot_be_read_is_refused_by_its_name(tmp_path, geometry, said):
    path = write_lines(tmp_path / "roads.geojson", [[1, 2], [1, 3]])
    document = json.loads(path.read_text())
    document["features"].append({"type": "Feature", "id": "broken", "geometry": geometry})
    path.write_text(json.dumps(document))
    with pytest.raises(SituationError, match=said) as refused:
        read_road_lines(path)
    assert refused.value.faults[0].feature == "broken"
    assert refused.value.faults[0].pointer.startswith("/features/1/geometry")


def test_lines_in_a_collection_are_read(tmp_path):
    path = write_lines(tmp_path / "roads.geojson", [[1, 2], [1, 3]])
    document = json.loads(path.read_text())
    line = document["features"][0]["geometry"]
    document["features"][0]["geometry"] = {"type": "GeometryCollection", "geometries": [line]}
    path.write_text(json.dumps(document))
    assert read_road_lines(path).lonlat.tolist() == [[1, 2], [1, 3]]


@pytest.mark.parametrize("read", [read_road_lines, read_polygons])
def test_a_road_map_in_another_system_is_refused_by_its_name(tmp_path, read):
    path = write_lines(tmp_path / "roads.geojson", [[1, 2], [1, 3]])
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4284"}}
    path.write_text(json.dumps({**json.loads(path.read_text()), "crs": crs}))
    with pytest.raises(SituationError, match="4284"):
        read(path)


def test_a_place_far_from_every_road_is_refused_with_its_distance(tmp_path):
    lines = read_road_lines(write_lines(tmp_path / "roads.geojson", [[35.0, 51.0], [35.1, 51.0]]))
    with pytest.raises(SituationError, match=r"35\.27,51\.19 lies 24\.\d km") as refused:
        build_road_network(lines, [(35.0, 51.0), (35.27, 51.19), (34.0, 51.0)])
    assert len(refused.value.faults) == 2
    assert "--most-away-m" in refused.value.faults[0].remedy
    far = build_road_network(lines, [(35.27, 51.19)], most_away_m=30_000)
    assert far.landings[0].distance_m == pytest.approx(24_200, abs=300)


def test_a_broken_osm_file_is_refused(tmp_path):
    path = tmp_path / "roads.osm.pbf"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(SituationError, match="not OpenStreetMap"):
        read_road_lines(path)


@pytest.mark.parametrize("lon", ["35.0x", "far", "35.0:05Z"])
def test_a_node_with_a_broken_place_is_refused(tmp_path, lon):
    path = write_osm(tmp_path / "roads.osm", [((1, 2), {"highway": "primary"})])
    spoilt = path.read_text("utf-8").replace(f'lon="{NODES[1][0]}"', f'lon="{lon}"', 1)
    path.write_text(spoilt, "utf-8")
    with pytest.raises(SituationError, match="not OpenStreetMap"):
        read_road_lines(path)
    with pytest.raises(SituationError, match="not OpenStreetMap"):
        read_roads(spoilt.encode(), "roads.osm", "osm_xml", None, 30.0)


def test_without_osmium_the_remedy_is_named(tmp_path, monkeypatch):
    plain = builtins.__import__

    def lack(name, *rest):
        if name == "osmium":
            raise ModuleNotFoundError(name)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", lack)
    with pytest.raises(SituationError, match="pip install osmium"):
        read_road_lines(write_osm(tmp_path / "roads.osm", []))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for name in ("roads.osm", "roads.geojson"):
        with pytest.raises(SituationError, match="cannot read"):
            read_road_lines(tmp_path / name)
    with pytest.raises(SituationError, match="cannot read"):
        read_polygons(tmp_path / "ground.geojson")


def test_ground_without_polygons_is_refused(tmp_path):
    path = write_lines(tmp_path / "ground.geojson", [[7, 43], [7.1, 43]])
    with pytest.raises(SituationError, match="no polygon"):
        read_polygons(path)


@pytest.mark.real
@pytest.mark.skipif(not DATA.exists(), reason="the real roads lie beside the project, not in it")
@pytest.mark.parametrize(
    ("name", "tolerance_m", "least_share", "least_km"),
    [("andorra.osm.pbf", 0, 0.95, 500), ("monaco.osm.gz", 0, 0.95, 50),
     ("ukraine_trunk_roads.geojson", 1000, 0.7, 20_000)],
)  # fmt: skip
def test_real_roads_hang_together(name, tolerance_m, least_share, least_km):
    network = build_road_network(read_road_lines(DATA / name), (), tolerance_m)
    assert network.count_parts()[1] >= least_share
    assert network.length_m.sum() / 1000 >= least_km
    assert network.length_m.min() > 0.01  # rounding makes no stretch of road


@pytest.mark.real
@pytest.mark.skipif(not DATA.exists(), reason="the real roads lie beside the project, not in it")
def test_trunk_roads_fall_apart_without_a_tolerance():
    """As measured by others: 1,613 ends of lines, the largest part of 162 of them."""
    lines = read_road_lines(DATA / "ukraine_trunk_roads.geojson")
    ends = np.unique(lines.lonlat[np.r_[lines.begins[:-1], lines.begins[1:] - 1]], axis=0)
    assert len(ends) == 1613
    parts, share = build_road_network(lines).count_parts()
    assert parts > 100
    assert share < 0.2

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from shapely.geometry import LineString

import encircle
from encircle.map.reach import READINGS
from encircle.network.disjoint import count_disjoint_ways
from encircle.network.ground.states import MODE_BITS
from encircle.network.isolation import Searcher, leads_out_by_ground, look_out
from encircle.network.lines.lines import _leave_out_doubles
from encircle.network.sheet import build_network_of


def network_of(fixture):
    return build_network_of(encircle.read(f"fixtures/{fixture}/situation.geojson"))


@pytest.fixture(scope="module")
def kursk():
    return network_of("kursk-2025-03-14")


def test_the_graph_people_read_survives_saving(kursk, tmp_path):
    G = kursk.to_networkx()
    nx.write_graphml(G, tmp_path / "kursk.graphml")
    saved = nx.read_graphml(tmp_path / "kursk.graphml", force_multigraph=True)
    assert (len(saved), saved.number_of_edges()) == (len(G), G.number_of_edges())
    assert nx.node_link_graph(nx.node_link_data(G, edges="edges"), edges="edges").nodes == G.nodes


def test_every_step_over_ground_or_road_names_its_evidence(kursk):
    unnamed = [
        (u, v)
        for u, v, label in kursk.to_networkx().edges(data=True)
        if label["by"] in ("route", "crossing") and not label["evidence"]
    ]
    assert not unnamed


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("mode", ["wheeled", "tracked", "foot"])
@pytest.mark.parametrize(
    "fixture", ["kursk-2025-03-14", "trap-river-bridge-standing", "trap-tunnel-open"]
)
def test_the_flat_twin_reaches_what_the_network_reaches(fixture, reading, mode):
    """Plain connectivity on the arrays equals the search on the objects."""
    network = network_of(fixture)
    flat = network.flat(reading)
    start = network.standings[0].vertex
    barred = set(network.anchors) | {s.vertex for s in network.standings}
    seen, stack = {start}, [start]
    while stack:
        here = stack.pop()
        if here in network.anchors:
            continue
        for i in range(flat["indptr"][here], flat["indptr"][here + 1]):
            there = int(flat["indices"][i])
            carried = flat["carries"][flat["edge"][i]] & MODE_BITS[mode]
            passes = there not in barred or there in network.anchors
            if carried and passes and there not in seen:
                seen.add(there)
                stack.append(there)
    assert seen == Searcher(network).spread([start], reading, MODE_BITS[mode])


def test_the_optimistic_reading_contains_the_pessimistic_edge_by_edge(kursk):
    ends = ("position:", "anchor:")  # these are joined to the ground reading by reading
    moving = [e for e in kursk.edges if not kursk.names[e.u].startswith(ends)]
    hopeful = np.array([e.carries["optimistic"] for e in moving])
    fearful = np.array([e.carries["pessimistic"] for e in moving])
    assert np.all(fearful & ~hopeful == 0)


@pytest.mark.parametrize(
    ("fixture", "count", "by_ground"),
    [
        pytest.param("trap-river-bridge-standing", 1, False, id="one bridge"),
        pytest.param("trap-border-gate-open", 1, False, id="one gate"),
        pytest.param("trap-salient-open", 0, True, id="open ground, no route"),
    ],
)
def test_separate_ways_out_are_counted(fixture, count, by_ground):
    network = network_of(fixture)
    searcher = Searcher(network)
    outlook = look_out(searcher, list(network.standings), "pessimistic")
    found, ways, cut = count_disjoint_ways(searcher, [outlook])
    assert (found, len(ways), len(cut)) == (count, count, count)
    assert leads_out_by_ground(searcher, outlook) == by_ground


@pytest.mark.parametrize("beside_deg", [4e-7, 2e-7])
def test_a_boundary_that_runs_beside_a_road_is_no_stretch_of_it(beside_deg):
    """However near: else a road with a boundary beside it would be two ways out."""
    document = json.loads(Path("fixtures/trap-salient-open/situation.geojson").read_text("utf-8"))
    force = next(f for f in document["features"] if f["properties"]["kind"] == "position")
    lon, lat = np.reshape(force["geometry"]["coordinates"], (-1, 2))[0].tolist()
    road, strip = [[lon, lat], [lon + 0.01, lat]], lat + beside_deg
    ring = [[lon, strip], [lon + 0.01, strip], [lon + 0.01, lat + 1e-4], [lon, lat + 1e-4]]
    side = force["properties"]["side"]
    for name, kind, drawn in (
        (
            "strip",
            {"kind": "control", "holder": side, "basis": "assessed"},
            ("Polygon", [[*ring, ring[0]]]),
        ),
        ("road", {"kind": "route"}, ("LineString", road)),
    ):
        geometry = dict(zip(("type", "coordinates"), drawn, strict=True))
        document["features"].append(
            {"type": "Feature", "id": name, "geometry": geometry, "properties": kind}
        )
    network = build_network_of(encircle.read(document))
    (line,) = (r.drawn for r in encircle.read(document).features if r.id == "road")
    drawn_m = network.ground.drawing.plane.to_metres(line).length
    pieces = [p.line.length for p in network.lines.pieces if "road" in [r.id for r in p.routes]]
    assert sum(pieces) == pytest.approx(drawn_m, abs=0.5)


def test_a_stretch_beside_others_of_its_road_is_laid_once():
    """A boundary nearer than the grid, noded elsewhere, was taken for a second road there."""
    bent = [LineString([(0, 0), (0.0, 0.07)]), LineString([(0, 0.07), (0.22, 3.57)])]
    straight = LineString([(0, 0), (0.2202, 3.5702)])
    apart = LineString([(0, 0), (0.3, 1.8), (0.22, 3.57)])
    parts = np.array([*bent, straight, apart, straight])
    of_route = {0: [1, 2], 1: [1], 2: [1], 3: [1], 4: [3]}
    _leave_out_doubles(parts, of_route)
    assert of_route == {0: [1, 2], 1: [1], 3: [1], 4: [3]}


def test_an_anchor_that_the_grid_swallows_in_part_stands_on_all_it_runs_over():
    """Which crumbs of a sliver the grid keeps is rounding: its tip is on friendly ground too."""

    def feature(name, kind, geometry, **says):
        properties = {"kind": kind, **says}
        return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}

    def box(x, y, X, Y):
        return {"type": "Polygon", "coordinates": [[[x, y], [X, y], [X, Y], [x, Y], [x, y]]]}

    wedge = [[0.005, 0.002], [0.03, 0.002 - 7e-8], [0.03, 0.002 + 7e-8], [0.005, 0.002]]
    situation = encircle.read(
        {
            "type": "FeatureCollection",
            "situation": {
                "id": "wedge",
                "as_of": "2025-03-14T12:00:00Z",
                "force": "us",
                "sides": [{"id": "BLUE"}, {"id": "RED"}],
                "area": box(-0.04, -0.04, 0.04, 0.04),
            },
            "features": [
                feature("home", "control", box(-0.01, -0.01, 0.01, 0.01),
                        holder="BLUE", basis="assessed"),
                feature("ring", "control",
                        {"type": "Polygon", "coordinates": [
                            box(-0.04, -0.04, 0.04, 0.04)["coordinates"][0],
                            box(-0.01, -0.01, 0.01, 0.01)["coordinates"][0],
                        ]}, holder="RED", basis="assessed"),
                feature("us-1", "position", {"type": "Point", "coordinates": [-0.005, 0.0]},
                        side="BLUE", force="us"),
                feature("rear", "anchor", {"type": "Polygon", "coordinates": [wedge]}, side="BLUE"),
            ],
        }
    )  # fmt: skip
    network = build_network_of(situation)
    ((_, drawn),) = network.anchors.values()
    kept = [point for point in network.ground.points if drawn.intersects(point)]
    assert kept  # a crumb, at the thick end
    outlook = look_out(Searcher(network), list(network.standings), "pessimistic")
    assert outlook.is_open
    judgement = encircle.judge(situation)
    assert not encircle.verify(judgement, situation).failures

import copy
import json
import math
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from shapely import transform, union_all
from shapely.geometry import LineString, Point, Polygon, box, mapping, shape

import encircle
from encircle import judge
from encircle.picture import picture
from encircle.picture.picture import draw_svg
from encircle.picture.sheet import draw_page_map
from encircle.picture.tokens import LIGHT
from tests.thorough import every, thorough
from tests.unit.test_baselines import M, blue, build, red
from tests.unit.test_baselines import box as ring_box

FIXTURES = Path(__file__).parents[2] / "fixtures"
NO_CHANCES = encircle.Options(most_worlds=0)
"""No picture shows how likely a verdict is."""
SVG = "{http://www.w3.org/2000/svg}"
WAY, RING = LIGHT["way"], LIGHT["ring"]
HOSTILE_NAMES = [
    pytest.param("<script>alert(1)</script>", id="a script"),
    pytest.param("\"><image href='http://x.test/a.png'/>", id="an attribute broken out of"),
    pytest.param("R&D &amp; ]]> <!-- --", id="entities and comments"),
    pytest.param("a\x00b\x1b[31m\x7f\u202ec\ufffe\u2028d", id="control characters"),
    pytest.param("</svg><svg onload=x", id="the end of the document"),
    pytest.param("W" * 3000, id="no space to break at"),
    pytest.param("  \t\n ", id="nothing but space"),
    pytest.param("Донбас 巴斯托涅 باستون " * 9, id="other alphabets"),
]


def read_document(name):
    return json.loads((FIXTURES / name / "situation.geojson").read_text(encoding="utf-8"))


def draw(document, **options):
    situation = encircle.read(document)
    return draw_svg(encircle.judge(situation, NO_CHANCES), situation, **options)


def parse(svg):
    return ET.fromstring(svg.encode())  # noqa: S314 - our own output


def write_words(svg):
    return " ".join("".join(node.itertext()) for node in parse(svg).iter(f"{SVG}text"))


def count_strokes(svg, colour, width):
    return sum(
        node.get("stroke") == colour and node.get("stroke-width") == width
        for node in parse(svg).iter(f"{SVG}path")
    )


@pytest.fixture(scope="module")
def kursk():
    return draw(read_document("kursk-2025-03-14"))


@pytest.mark.parametrize(
    ("name", "code", "way", "ring"),
    [
        pytest.param("trap-group-outpost-cut", "C0", True, True, id="open, one position cut off"),
        pytest.param("kursk-2024-10-24", "C1", True, False, id="a salient"),
        pytest.param("kursk-2025-03-14", "C2", True, False, id="interdicted"),
        pytest.param("trap-ring-of-positions-reported", "C3", True, True, id="contested: both"),
        pytest.param("dunkirk-1940-05-25", "E1", False, True, id="encircled, the sea behind"),
        pytest.param("mariupol-2022-04-12", "E2", False, True, id="two pockets"),
        pytest.param("bastogne-1944-12-22", "E2", False, True, id="positions only"),
        pytest.param("trap-relief-column-short", "E2", False, True, id="across the antimeridian"),
        pytest.param("trap-map-edge-ring", "U", False, False, id="the map ends"),
    ],
)
def test_a_picture_shows_the_proof_of_its_verdict(name, code, way, ring):
    svg = draw(read_document(name))
    assert f"{code} · " in write_words(svg)
    assert (count_strokes(svg, WAY, "5") > 0) == way
    assert (count_strokes(svg, RING, "4.6") > 0) == ring


def test_the_proof_lies_inside_the_frame():
    svg = draw(read_document("trap-relief-column-short"))
    drawn = [
        node.get("d")
        for node in parse(svg).iter(f"{SVG}path")
        if node.get("stroke") == RING and node.get("stroke-width") == "4.6"
    ]
    pixels = [float(number) for d in drawn for number in re.findall(r"-?\d+\.?\d*", d)]
    assert min(pixels) > 0
    assert max(pixels) < 960


def test_a_way_under_hard_fire_has_ticks_across_it(kursk):
    assert count_strokes(kursk, LIGHT["fire"], "21") >= 2
    assert "under fire up to F3" in write_words(kursk)


def test_the_neck_is_marked_with_its_width(kursk):
    assert re.search(r"Neck 5\.\d km to 8\.\d km", write_words(kursk))


def test_an_open_airfield_is_named_as_the_way_in_that_is_left():
    words = write_words(draw(read_document("stalingrad-1942-11-24")))
    assert "Airstrip: the way in that is left" in words
    assert "Pitomnik airfield" in words


def test_a_ring_says_what_closes_it():
    words = write_words(draw(read_document("dunkirk-1940-05-25")))
    assert re.search(r"by hostile ground \d+%, the sea \d+%", words)


def test_the_picture_says_what_when_and_by_which_definition(kursk):
    words = write_words(kursk)
    assert "The Kursk salient on the day it was called surrounded" in words
    assert "As of 14 March 2025, 18:00 UTC" in words
    assert "C2 · Open but interdicted" in words
    assert "cut off by land: no" in words
    assert "every way under fire control: yes" in words


def test_the_legend_explains_only_what_occurs(kursk):
    words = write_words(kursk)
    assert "Held by Ukraine" in words
    assert "Neutral ground" not in words
    assert "Ring closed" not in words


def test_claimed_ground_is_an_outline_and_says_that_it_never_counts():
    assert "Only claimed by" in write_words(draw(read_document("kursk-counterfactual-k2b")))


def test_the_picture_can_be_heard_as_well_as_seen(kursk):
    root = parse(kursk)
    assert root.get("role") == "img"
    told = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
    assert root.get("aria-labelledby").split() == [node.get("id") for node in told]
    assert "green arrow shows the way out" in told[1].text


@pytest.mark.parametrize("name", every(6, sorted(p.name for p in FIXTURES.glob("*-19*"))))
def test_every_picture_of_history_is_well_formed_and_small(name):
    svg = draw(read_document(name))
    values = [v for node in parse(svg).iter() for v in node.attrib.values()]
    assert not [v for v in values if re.search(r"\b(nan|inf)\b", v.lower())]
    assert len(svg.encode()) < 150_000


def test_the_same_judgement_always_gives_the_same_bytes(kursk):
    assert draw(read_document("kursk-2025-03-14")) == kursk


def check_nothing_is_fetched(svg):
    tags = {node.tag.removeprefix(SVG) for node in parse(svg).iter()}
    assert tags <= {
        "svg", "title", "desc", "defs", "pattern", "g", "path", "rect", "circle", "text",
    }  # fmt: skip
    names = {name for node in parse(svg).iter() for name in node.attrib}
    assert not [name for name in names if "href" in name or name.startswith("on")]
    assert not re.search(r"url\((?!#)", svg)
    assert "<!" not in svg


def test_nothing_outside_the_document_is_referred_to(kursk):
    check_nothing_is_fetched(kursk)
    assert set(re.findall(r"url\(#([^)]+)\)", kursk)) <= set(re.findall(r' id="([^"]+)"', kursk))


def rename_everything(document, name):
    renamed = copy.deepcopy(document)
    renamed["situation"]["title"] = name
    for side in renamed["situation"]["sides"]:
        side["name"] = name
    for feature in renamed["features"]:
        feature["properties"]["name"] = name
    return renamed


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("fixture", ["kursk-counterfactual-k2b", "trap-tunnel-open"])
def test_hostile_names_stay_text(fixture, name):
    svg = draw(rename_everything(read_document(fixture), name))
    check_nothing_is_fetched(svg)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ufffe\uffff]", svg)
    svg.encode("utf-8")


def test_hostile_ids_stay_text():
    text = json.dumps(read_document("kursk-2025-03-14"))
    text = text.replace("ua-rubanshchina", "<script>").replace("kursk-group", "</desc>&")
    text = text.replace("anchor-sumy", "\\\"'><a href=x>")
    check_nothing_is_fetched(draw(json.loads(text)))


@pytest.mark.parametrize("width", [480, 960, 1600])
def test_a_picture_is_as_wide_as_asked(width):
    root = parse(draw(read_document("trap-tunnel-open"), width_px=width))
    assert root.get("width") == str(width)
    assert root.get("viewBox").split()[2] == str(width)


def test_names_do_not_cover_each_other(kursk):
    boxes = [
        tuple(float(node.get(key)) for key in ("x", "y", "width", "height"))
        for node in parse(kursk).iter(f"{SVG}rect")
        if node.get("rx") == "2"
    ]
    assert len(boxes) == 2
    (ax, ay, aw, ah), (bx, by, bw, bh) = boxes
    assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay


def test_a_picture_too_large_is_drawn_more_coarsely(monkeypatch):
    document = read_document("bastogne-1944-12-22")
    fine = draw(document)
    monkeypatch.setattr(picture, "MOST_BYTES", len(fine.encode()) - 1)
    assert len(draw(document)) < len(fine)


def test_a_situation_of_one_point_can_be_drawn():
    document = {
        "type": "FeatureCollection",
        "situation": {"as_of": "2024-05-10T12:00:00Z", "force": "post"},
        "features": [
            {
                "type": "Feature",
                "id": "only",
                "geometry": {"type": "Point", "coordinates": [10, 50]},
                "properties": {"kind": "position", "side": "A", "force": "post"},
            }
        ],
    }
    parse(draw(document))


@thorough
def test_many_positions_shrink_and_lose_their_names():
    document = read_document("trap-ring-of-positions-reported")
    pattern = next(f for f in document["features"] if f["id"] == "red-00")
    lon, lat = pattern["geometry"]["coordinates"]
    for index in range(60):
        extra = copy.deepcopy(pattern)
        extra["id"] = f"more-{index}"
        extra["geometry"]["coordinates"] = [lon + index / 2000, lat]
        document["features"].append(extra)
    svg = draw(document)
    assert svg.count("l4.5 4.5-4.5 4.5-4.5-4.5z") > 60
    assert "more-7" not in write_words(svg)


def find_boxes(svg):
    """Find the white rooms of the scale and the north sign, and the heads of the ways out."""
    rooms, heads = [], []
    for one in parse(svg).iter():
        if one.tag.endswith("rect") and one.get("fill-opacity") == "0.85":
            x, y, w, h = (float(one.get(name)) for name in ("x", "y", "width", "height"))
            rooms.append(box(x, y, x + w, y + h))
        if one.tag.endswith("path") and one.get("fill") == WAY and one.get("stroke") == "#fff":
            corners = re.findall(r"(-?[\d.]+) (-?[\d.]+)", one.get("d"))
            heads.append(Polygon([(float(x), float(y)) for x, y in corners]))
    return rooms, heads


@pytest.mark.parametrize("bearing_deg", [42, 48, 132, 222, 240, 252])
def test_no_head_of_an_arrow_lies_under_the_scale_or_the_north_sign(bearing_deg):
    """Wherever the way out leaves the frame, its head is seen: the signs go to another corner."""
    along = math.radians(bearing_deg)
    x, y = 580 * math.cos(along), 580 * math.sin(along)
    ground = union_all([LineString([(0, 0), (x, y)]).buffer(12), Point(0, 0).buffer(60)])
    whole = shape(ring_box(-650, -650, 650, 650))
    held = transform(ground, lambda c: c * M).intersection(whole)
    stands = mapping(transform(Point(0, 0).buffer(50), lambda c: c * M))
    situation = build(
        ("force", stands, {"kind": "position", "side": "BLUE", "force": "f"}),
        red("ring", mapping(whole.difference(held))), blue("way", mapping(held)),
        ("base", ring_box(x - 8, y - 8, x + 8, y + 8), {"kind": "anchor", "side": "BLUE"}),
        force="f", area=mapping(whole),
    )  # fmt: skip
    rooms, heads = find_boxes(draw_page_map(judge(situation, NO_CHANCES), situation))
    assert len(rooms) == 2
    assert heads
    assert not any(room.intersects(head) for room in rooms for head in heads)

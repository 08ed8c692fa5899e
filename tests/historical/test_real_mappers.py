"""Maps by other hands than DeepState's, kept beside the project: every one converted and judged.

Areas and widths of DeepState's nearest snapshot, measured the same way (held ground abroad on the
ellipsoid; the neck from its widest place): 1 March 2025 396 km² and 8.1 km; 1 April 69 km² and
3.6 / 4.8 km; 14 March 139.6 km² and 6.0 / 8.1 km. The mappers differ by kilometres and agree that
the way was open.
"""

import json
from functools import cache

import pytest
import shapely
from shapely.geometry import box

import encircle
from encircle.formats.painted.painted import measure_km2, read_border
from encircle.formats.painted.shapes import polygons_of
from encircle.formats.publishers.presets import PRESETS, Asked, MapFile, convert_map
from tests.historical.test_real_maps import BORDER, GUEVO, KHERSON, SHARED, border

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]

KURSK = box(34.5, 50.9, 35.9, 51.6)
AVDIIVKA, BAKHMUT, ROBOTYNE = (37.745, 48.139), (38.0, 48.59), (35.835, 47.45)
SALIENT = (35.1928, 51.1789)
"""Where DeepState's salient of 12-14 March 2025 is widest."""

ISW_DAY = [
    f"isw-2022-08-15/20220815_{layer}.geojson"
    for layer in (
        "RussianAssessedCoTinUkraine",
        "RussianAssessedAdvanceinUkraine",
        "RussianClaimedCoTinUkraine",
        "UkrainianClaimedCounterOffensives",
        "UkrainianReportedPartisanWarfare",
    )
]
ISW_KURSK = ["03-07", "03-08", "03-09", "03-11", "03-12", "03-20", "03-27"]


def files(names):
    return [MapFile((SHARED / name).name, (SHARED / name).read_bytes()) for name in names]


@cache
def convert(preset, names, place, side="UA", outline=border):
    return convert_map(preset, files(names), outline(), force_at=[place], side=side)


QUICK = encircle.Options(most_worlds=0)
"""Verdict, neck and proof are asked here; a likelihood takes the longest."""


def judged(document):
    situation = encircle.read(json.dumps(document))
    judgement = encircle.judge(situation, QUICK)
    return situation, judgement


def judge_as_drawn(document):
    """Judge a map as if its lines were exact, as necks were measured on it."""
    drawn = json.loads(json.dumps(document))
    for feature in drawn["features"]:
        feature["properties"].pop("location_error_m", None)
    return judged(drawn)[1]


@cache
def held_abroad(preset, name):
    zones = PRESETS[preset](files([name]), Asked()).zones
    mine = shapely.union_all([z.geometry for z in zones if z.held_by == "UA"])
    others = shapely.union_all([z.geometry for z in zones if z.held_by != "UA"])
    return polygons_of((mine & KURSK) - read_border(border()) - others)


def widest_place(ground):
    largest = max(ground.geoms, key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.0005)
    return tuple(round(c, 4) for c in circle.coords[0])


@pytest.mark.parametrize(
    ("preset", "names", "place", "side", "code"),
    [
        pytest.param("control-kml", ("Control_23_09_03",), ROBOTYNE, "UA", "C1", id="KML, 2023-09"),
        pytest.param("control-kml", ("Control_24_02_01",), AVDIIVKA, "UA", "C1", id="KML, 2024-02"),
        pytest.param("control-kml", ("Control_24_03_01",), (37.8, 48.0), "RU", "C0", id="KML, RU"),
        pytest.param("isw", tuple(ISW_DAY), KHERSON, "RU", "C0", id="ISW, Kherson"),
        pytest.param("isw", tuple(ISW_DAY), BAKHMUT, "UA", "C1", id="ISW, Bakhmut"),
        pytest.param(
            "liveuamap", ("liveuamap/2022-08-15.json",), BAKHMUT, "UA", "C1", id="Liveuamap"
        ),
        pytest.param(
            "liveuamap", ("liveuamap/2024-02-16.json",), AVDIIVKA, "UA", "C1", id="Liveuamap, 2024"
        ),
    ],
)
def test_every_map_becomes_a_situation_and_is_judged(preset, names, place, side, code):
    if preset == "control-kml":
        names = tuple(f"adverse-kml/{name}.kml" for name in names)
    document = convert(preset, names, place, side)
    assert not any("stands on ground" in n["statement"] for n in document["situation"]["notices"])
    situation, judgement = judged(document)
    assert judgement.status.code == code
    verification = encircle.verify(judgement.to_dict(), situation)
    assert not verification.failures


@pytest.mark.parametrize(
    ("name", "held_km2", "necks_km"),
    [
        pytest.param("Control_25_03_01", 505.9, (18.7, 14.4), id="1 March"),
        pytest.param("Control_25_04_01", 97.4, (14.9, 6.0), id="1 April"),
        pytest.param("Control_25_05_10", 33.1, (1.8, 1.8), id="10 May"),
    ],
)
@pytest.mark.parametrize("outline", [border, lambda: None], ids=["border", "no border"])
def test_the_russian_side_s_mapper_shows_the_kursk_force_with_a_way_out(
    name, held_km2, necks_km, outline
):
    """With a border the force is all the ground abroad; without one, the place in it."""
    path = f"adverse-kml/{name}.kml"
    ground = held_abroad("control-kml", path)
    document = convert("control-kml", (path,), widest_place(ground), outline=outline)
    assert document["situation"]["mapper_side"] == "RU"
    assert measure_km2(ground) == pytest.approx(held_km2, rel=0.03)
    situation, judgement = judged(document)
    assert judgement.verdict == "not_encircled"
    assert judgement.judged.definitions["land_cut"] == "no"
    assert judgement.judged.proof.path.reading == "pessimistic"
    assert encircle.verify(judgement.to_dict(), situation).holds
    neck = judge_as_drawn(document).margins["neck_width_m"]
    neck_km = necks_km[0 if outline is border else 1]
    assert neck["pessimistic"] / 1000 == pytest.approx(neck_km, abs=0.3)


@pytest.mark.parametrize("day", ISW_KURSK)
def test_isw_s_layer_never_supports_that_the_kursk_force_was_cut_off(day):
    document = convert("isw", (f"isw-kursk/2025-{day}.geojson",), SALIENT)
    situation, judgement = judged(document)
    assert judgement.verdict == "contested"
    assert judgement.judged.definitions["land_cut"] == "contested"
    assert encircle.verify(judgement.to_dict(), situation).holds
    said = "\n".join(n["statement"] for n in document["situation"]["notices"])
    assert "not what Ukraine held" in said


@pytest.mark.parametrize("day", ["03-07", "03-08"])
def test_isw_s_ring_that_crosses_itself_keeps_its_area(day):
    document = convert("isw", (f"isw-kursk/2025-{day}.geojson",), SALIENT)
    (said,) = [
        n["statement"] for n in document["situation"]["notices"] if n["code"] == "ring_mended"
    ]
    drawn, mended = (float(part.split(" km²")[0].split()[-1]) for part in said.split(" as ")[:2])
    assert abs(mended - drawn) < 0.02


def test_liveuamap_s_losses_are_the_kursk_salient_and_it_was_open():
    path = "liveuamap/2025-03-14.json"
    ground = held_abroad("liveuamap", path)
    assert measure_km2(ground) == pytest.approx(125.6, rel=0.03)
    situation, judgement = judged(convert("liveuamap", (path,), widest_place(ground)))
    assert judgement.verdict == "not_encircled"
    assert encircle.verify(judgement.to_dict(), situation).holds


def test_a_force_in_the_southern_lobe_is_open_on_the_same_map():
    _, judgement = judged(convert("liveuamap", ("liveuamap/2025-03-14.json",), GUEVO))
    assert judgement.verdict == "not_encircled"

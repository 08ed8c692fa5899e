"""Maps made by others, kept beside the project: converted, and measured against figures known."""

import io
import json
import tarfile
from functools import cache
from pathlib import Path

import pytest
import shapely
from shapely.geometry import Point, box, mapping, shape

from encircle.errors import QuestionError
from encircle.formats.painted.shapes import polygons_of
from encircle.formats.publishers.deepstate import (
    measure_ground_abroad,
    parse_snapshot_time,
    situation_from_deepstate,
)
from encircle.formats.publishers.presets import MapFile, convert_map, read_map
from encircle.map.door.reader import read_situation

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
BORDER = SHARED / "borders" / "ukraine_domain.geojson"
SAMPLES = SHARED / "deepstate" / "samples"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]

SUDZHA, GUEVO, KHERSON = (35.272, 51.191), (35.269, 51.092), (32.62, 46.64)

BAKHMUT_HELD = (True, False, False)  # lost in May 2023
SUDZHA_HELD = (False, True, True)  # taken in August 2024
GUEVO_HELD = (True, True, False)  # lost in April 2025

SAMPLE_NAMES = [
    pytest.param("2022-08-15_1660513442", "RU", KHERSON, id="2022-08-15, Kherson"),
    pytest.param("2024-10-24_1729802322", "UA", SUDZHA, id="2024-10-24, Kursk"),
    pytest.param("2025-03-07_1741387566", "UA", SUDZHA, id="2025-03-07, Kursk"),
    pytest.param("2025-03-12_1741781084", "UA", GUEVO, id="2025-03-12, Kursk"),
    pytest.param("2025-03-14_1741941622", "UA", GUEVO, id="2025-03-14, Kursk"),
    pytest.param("2025-03-20_1742507523", "UA", GUEVO, id="2025-03-20, Kursk"),
]

ARCHIVES = [
    pytest.param("2022-08.tar.xz", 27, "RU", KHERSON, (True, True, True), id="August 2022"),
    pytest.param("2023.tar.xz", 359, "UA", (37.97, 48.59), BAKHMUT_HELD, id="2023, Bakhmut"),
    pytest.param("2024-08_2024-12.tar.xz", 144, "UA", SUDZHA, SUDZHA_HELD, id="autumn 2024, Kursk"),
    pytest.param("2025-02_2025-04.tar.xz", 91, "UA", GUEVO, GUEVO_HELD, id="spring 2025, Kursk"),
]
"""Archive, how many snapshots, side, place, and whether that side held it on the first, the middle
and the last of them."""


@cache
def border():
    return json.loads(BORDER.read_bytes())


def sample(name):
    return json.loads((SAMPLES / f"{name}.geojson").read_bytes())


def convert(snapshot, name, side, place):
    return situation_from_deepstate(
        snapshot, border(), force_at=[place], as_of=parse_snapshot_time(name), side=side
    )


def check(document, side):
    """Assert what holds of every conversion, and return the situation read from it."""
    text = json.dumps(document)
    assert len(text) < 600_000
    situation = read_situation(text)
    anchors = [f for f in document["features"] if f["properties"]["kind"] == "anchor"]
    assert anchors
    hostile = [
        shape(f["geometry"])
        for f in document["features"]
        if f["properties"]["kind"] == "control"
        and f["properties"]["basis"] != "territory"
        and f["properties"]["holder"] != side
    ]
    for anchor in anchors:
        assert not any(ground.intersects(shape(anchor["geometry"])) for ground in hostile)
    return situation


@pytest.mark.parametrize(("name", "side", "place"), SAMPLE_NAMES)
def test_every_sample_becomes_a_situation(name, side, place):
    situation = check(convert(sample(name), f"{name}.geojson", side, place), side)
    assert situation.as_of == parse_snapshot_time(name)


@pytest.mark.parametrize(("archive", "count", "side", "place", "held"), ARCHIVES)
def test_snapshots_across_each_archive_become_situations_or_ask_back(
    archive, count, side, place, held
):
    raw = (SHARED / "deepstate" / archive).read_bytes()
    wanted = dict(zip((0, count // 2, count - 1), held, strict=True))
    with tarfile.open(fileobj=io.BytesIO(raw)) as members:
        files = [m for m in members if m.isfile()]
        assert len(files) == count
        for number, member in ((i, files[i]) for i in sorted(wanted)):
            snapshot = json.loads(members.extractfile(member).read())
            if wanted[number]:
                check(convert(snapshot, member.name, side, place), side)
                continue
            with pytest.raises(QuestionError, match="held by RU on this map"):
                convert(snapshot, member.name, side, place)


@pytest.mark.parametrize(
    ("name", "held_km2", "shared_km"),
    [
        pytest.param("2025-03-07_1741387566", 335.8, 42.0, id="2025-03-07"),
        pytest.param("2025-03-12_1741781084", 138.4, 38.9, id="2025-03-12"),
        pytest.param("2025-03-14_1741941622", 138.4, 38.9, id="2025-03-14"),
        pytest.param("2025-03-20_1742507523", 79.1, 35.8, id="2025-03-20"),
    ],
)
def test_the_kursk_salient_measures_as_others_measured_it(name, held_km2, shared_km):
    salient = measure_ground_abroad(sample(name), border())[0]
    assert salient.area_km2 == pytest.approx(held_km2, rel=0.03)
    assert salient.shared_border_km == pytest.approx(shared_km, rel=0.03)


def test_the_rear_of_the_kursk_salient_lies_behind_sumy_s_border():
    name = "2025-03-14_1741941622"
    document = convert(sample(name), name, "UA", GUEVO)
    kinds = {f["id"]: f for f in document["features"]}
    home = shape(kinds["territory-UA"]["geometry"])
    assert home.contains(shape(kinds["anchor-1"]["geometry"]))
    assert shape(document["situation"]["area"]).contains(Point(34.8, 50.907))  # Sumy


# -- whole or cut short --------------------------------------------------------------------------


def tell_incomplete(name, raw):
    painted = read_map(None, [MapFile(name, raw)]).painted
    return [n.statement for n in painted.notices if n.code == "map_incomplete"]


WHOLE = [
    *SAMPLES.glob("*.geojson"),
    *(SHARED / "deepstate-mirror").glob("*.geojson"),
    *(SHARED / "liveuamap").glob("*.json"),
    *(SHARED / "isw-kursk").glob("*.geojson"),
    *(SHARED / "isw-2022-08-15").glob("*Russian*.geojson"),
]


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_no_map_as_its_maker_published_it_is_called_incomplete(path):
    assert not tell_incomplete(path.name, path.read_bytes())


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.geojson")), ids=lambda path: path.stem)
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 0.85])
def test_a_snapshot_cut_short_is_in_doubt(path, share):
    whole = json.loads(path.read_bytes())
    features = whole["features"]
    cut = {**whole, "features": features[: int(len(features) * share)]}
    (said,) = tell_incomplete(path.name, json.dumps(cut).encode())
    assert "Download it again" in said


@pytest.mark.parametrize(
    "path",
    [*(SHARED / "deepstate-mirror").glob("*.geojson"), *(SHARED / "liveuamap").glob("*.json"),
     *(SHARED / "isw-2022-08-15").glob("*RussianAssessedCoT*")],
    ids=lambda path: path.stem,
)  # fmt: skip
def test_a_map_cropped_to_the_north_is_in_doubt_and_names_what_is_missing(path):
    written = json.loads(path.read_bytes())
    inner = written.get("value", written)
    north = box(20.0, 49.0, 45.0, 60.0)
    for feature in inner["features"]:
        if feature.get("geometry"):
            ground = shapely.make_valid(shape(feature["geometry"])).intersection(north)
            feature["geometry"] = mapping(polygons_of(ground)) if ground.area else None
    (said,) = tell_incomplete(path.name, json.dumps(written).encode())
    assert "Mariupol" in said
    assert "Starobilsk" not in said


@pytest.mark.parametrize(
    ("day", "side", "place", "doubted"),
    [
        pytest.param("2022-08-15_1660513442", "RU", KHERSON, True, id="the Dnipro by Kherson"),
        pytest.param("2022-08-15_1660513442", "RU", (35.4, 47.3), False, id="the steppe"),
        pytest.param("2025-03-14_1741941622", "UA", GUEVO, False, id="Kursk"),
    ],
)
def test_a_bank_across_a_wide_river_that_is_not_drawn_is_in_doubt(day, side, place, doubted):
    path = SAMPLES / f"{day}.geojson"
    file = MapFile(path.name, path.read_bytes())
    document = convert_map("deepstate", [file], force_at=[place], side=side)
    told = {notice["code"]: notice["severity"] for notice in document["situation"]["notices"]}
    assert told.get("strip_left_bare") == ("doubt" if doubted else None)

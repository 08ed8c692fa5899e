"""Archives made by others: the pockets known by hand are found, and nothing else is called one."""

import json
import tarfile
from datetime import UTC, datetime

import pytest
from shapely.geometry import Point

from encircle.archive.scan import draw_pieces, scan_files
from encircle.formats.publishers.presets import MapFile
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.historical.test_real_maps import SAMPLES, SHARED

ARCHIVES = SHARED / "deepstate"
MIRROR = SHARED / "deepstate-mirror" / "deepstatemap_data_20250314.geojson"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not ARCHIVES.exists(), reason=f"no archives at {SHARED}: they are not shipped"
    ),
]

NEAR_DEG = 0.03


def read_day(archive, day):
    """Read the last snapshot of a day from an archive."""
    with tarfile.open(ARCHIVES / archive) as members:
        names = {m.name: m for m in members.getmembers() if m.isfile()}
        seconds = {n: int(n.rpartition("/")[2][:10]) for n in names}
        of_day = [
            n for n, s in seconds.items() if f"{datetime.fromtimestamp(s, UTC):%Y-%m-%d}" == day
        ]
        name = max(of_day, key=seconds.__getitem__)
        return MapFile(name.rpartition("/")[2], members.extractfile(names[name]).read())


KNOWN = [
    pytest.param("2023.tar.xz", "2023-10-18", (32.843, 46.672), 4.2, id="Pishchanivka-Poima"),
    pytest.param("2024-08_2024-12.tar.xz", "2024-12-12", (37.271, 47.908), 4.8, id="Uspenivka"),
    pytest.param("2024-08_2024-12.tar.xz", "2024-12-18", (36.795, 47.781), 2.3, id="Staromaiorske"),
]
"""Measured by hand from the maps: place, km². Source: the figures that lie beside the archives."""


@pytest.mark.parametrize(("archive", "day", "place", "area_km2"), KNOWN)
def test_a_pocket_known_by_hand_is_the_only_one_of_its_day(archive, day, place, area_km2):
    file = read_day(archive, day)
    pockets = [p for one in scan_files([file]) for p in one.pieces if p.kind == "pocket"]
    (pocket,) = pockets
    assert Point(pocket.at).distance(Point(place)) < NEAR_DEG
    assert pocket.area_km2 == pytest.approx(area_km2, rel=0.1)
    assert pocket.proved.verdict == "contested"
    (drawn,) = draw_pieces([file])
    said = json.loads(drawn.judgement.to_json())
    assert verify(said, read_situation(drawn.situation)).holds


KURSK = {
    "2025-03-07": (335.8, 8.4),
    "2025-03-12": (138.4, 8.2),
    "2025-03-14": (138.4, 6.4),
    "2025-03-20": (79.1, 5.0),
}
"""Held, km², and neck with grey hostile, km. Source: as above."""


@pytest.mark.parametrize("day", KURSK)
def test_kursk_is_one_salient_as_large_and_as_wide_at_its_neck_as_measured(day):
    area_km2, neck_km = KURSK[day]
    path = next(iter(SAMPLES.glob(f"{day}_*.geojson")), None)
    if path is None:
        file = read_day("2025-02_2025-04.tar.xz", day)
    else:
        file = MapFile(path.name, path.read_bytes())
    (found,) = scan_files([file], side="UA")
    (kursk,) = (p for p in found.pieces if p.area_km2 > 50 and p.at[1] > 51)
    assert kursk.kind == "salient"
    assert kursk.proved.verdict == "not_encircled"
    assert kursk.area_km2 == pytest.approx(area_km2, rel=0.03)
    told = kursk.proved.neck_width_m["pessimistic"]
    # the boundaries' error, 300 m on either side, is taken off here and was not by hand; as drawn
    # the neck of 14 March is 6.0 km here (docs/beside-real-maps.md) and was 6.4 there
    assert neck_km - 0.6 - 0.5 < told / 1000 < neck_km + 0.3
    assert [p.kind for p in found.pieces if p.kind == "pocket"] == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(["liveuamap/2025-03-14.json"], id="liveuamap, Donetsk left bare"),
        pytest.param(["deepstate-mirror/deepstatemap_data_20250314.geojson"], id="the mirror"),
        pytest.param(
            ["isw-2022-08-15/20220815_RussianAssessedCoTinUkraine.geojson",
             "isw-2022-08-15/20220815_RussianAssessedAdvanceinUkraine.geojson"],
            id="ISW, the lagoons left bare",
        ),
        pytest.param(["adverse-kml/Control_25_04_01.kml"], id="a mapper close to Russia"),
    ],
)  # fmt: skip
def test_lagoons_and_what_maps_leave_bare_are_no_pockets(files):
    read = [MapFile(name.rpartition("/")[2], (SHARED / name).read_bytes()) for name in files]
    pockets = [p.at for one in scan_files(read) for p in one.pieces if p.kind == "pocket"]
    assert pockets == []

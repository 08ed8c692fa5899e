"""Which ground a claim means: no speaker's city, a region by any name, and none off the paint."""

import pytest
import shapely

from encircle.claims.asking.force import LEAST_REACH_M, tell_off_paint
from encircle.claims.asking.maps import read_maps
from encircle.claims.asking.question import read_question
from encircle.claims.asking.where import Where, find_place
from encircle.formats.publishers.presets import MapFile
from encircle.map.plane.projection import GEOD
from encircle.places import find_places, find_region_called, resolve_place
from tests.unit.asking.test_asking import BORDER, DAY, put
from tests.unit.asking.test_named import ask_of
from tests.unit.formats.test_control_kml import RU, UA, UA_STYLE, kml, placemark, ring

SPOKEN = [
    ("Киев опровергает окружение под Гуево.", "Guevo"),
    ("London denies that Ukrainian troops near Guevo are encircled.", "Guevo"),
    ("Moscow says Ukrainian troops near Sudzha are surrounded.", "Sudzha"),
    ("Moscow: Ukrainian troops near Sudzha surrounded.", "Sudzha"),
    ("Ukrainian troops near Sudzha are surrounded, officials in Kyiv said.", "Sudzha"),
    ("Українські війська під Суджею оточені, заявили в Москві.", "Sudzha"),
    ("В Москве заявили, что украинские войска под Суджей окружены.", "Sudzha"),
    ("Kiew bestreitet, dass ukrainische Truppen bei Sudscha eingekesselt sind.", "Sudzha"),
    ("Washington says Ukrainian troops are surrounded.", None),
    ("Київ заперечує, що українські війська оточені.", None),
    ("Ukrainian troops in Kyiv are surrounded, Moscow says.", "Kyiv"),
    ("Ukrainian troops in Kyiv are surrounded.", "Kyiv"),
    ("Kyiv is surrounded by Russian troops.", "Kyiv"),
    ("Киев окружён российскими войсками.", "Kyiv"),
    ("Soldiers in Sudzha say they are surrounded.", "Sudzha"),
]


@pytest.mark.parametrize(("said", "place"), SPOKEN, ids=[said for said, _ in SPOKEN])
def test_no_speaker_s_city_is_the_place(said, place):
    assert read_question(said).place == place


REGIONS = [
    ("Українські війська в Харківській області оточені.", "Kharkiv region"),
    ("Украинские войска в Харьковской области окружены.", "Kharkiv region"),
    ("Украинские войска в Сумской области окружены.", "Sumy region"),
    ("Українські війська на Сумщині оточені.", "Sumy region"),
    ("Украинские войска в Запорожской области окружены.", "Zaporizhzhia region"),
    ("Українські війська в Чернігівській області оточені.", "Chernihiv region"),
    ("Российские войска в Белгородской области окружены.", "Belgorod region"),
    ("Ukrainische Truppen im Gebiet Sumy sind eingekesselt.", "Sumy region"),
    ("Ukrainian troops in Kursk oblast are surrounded.", "Kursk region"),
    ("Украинские войска на Донбассе окружены.", "Donbas"),
    ("Ukrainian troops in the Donbas are surrounded.", "Donbas"),
    ("Ukrainian troops in eastern Ukraine are surrounded.", "eastern Ukraine"),
    ("Українські війська на сході України оточені.", "eastern Ukraine"),
    ("Russian troops in Crimea are surrounded.", "Crimea"),
    ("Російські війська в Криму оточені.", "Crimea"),
    ("Ukrainian troops at Sudzha in Kursk oblast are surrounded.", "Sudzha"),
    ("Украинские войска под Суджей в Курской области окружены.", "Sudzha"),
    ("Ukrainian troops at Vovchansk in Kharkiv oblast are surrounded.", "Vovchansk"),
    ("Украинские войска под Тёткино в Курской области окружены.", "Тёткино"),
    ("Ukrainian troops in Sumy are surrounded.", "Sumy"),
]


@pytest.mark.parametrize(("said", "place"), REGIONS, ids=[said for said, _ in REGIONS])
def test_a_region_is_read_by_any_of_its_names_unless_a_town_is_told(said, place):
    assert read_question(said).place == place


@pytest.mark.parametrize("name", sorted({p for _, p in REGIONS if find_region_called(p)}))
def test_a_region_s_seat_lies_in_it(name):
    region, place = find_region_called(name), find_place(name, [])
    assert place.is_region
    assert any(
        (p.country, p.admin) in region.parts and (p.lon, p.lat) == (place.lon, place.lat)
        for p in find_places(region.town)
    )


@pytest.mark.parametrize(
    ("scenario", "said", "used"),
    [
        ("kursk-2025-03-14", "Українські війська в Харківській області оточені.", False),
        ("kursk-2025-03-14", "Украинские войска в Сумской области окружены.", False),
        ("kursk-2025-03-14", "Ukrainian troops in Sumy are surrounded.", False),
        ("kursk-2025-03-14", "Ukrainian troops in the Donbas are surrounded.", False),
        ("kursk-2025-03-14", "Ukrainian troops in Crimea are surrounded.", False),
        ("kursk-2025-03-14", "Украинские войска в Курской области окружены.", True),
        ("kursk-2025-03-12", "The Sudzha-Sumy road is under the fire control of the enemy.", True),
        ("balakliia-2022-09-07", "Російські війська в Харківській області оточені.", True),
        ("pokrovsk-2025-10-28", "Украинские войска на Донбассе окружены.", True),
        ("pokrovsk-2025-10-28", "Ukrainian troops in eastern Ukraine are surrounded.", True),
        ("demyansk-1942-03-01", "The German army at Staraya Russa is trapped.", True),
    ],
)
def test_a_map_speaks_of_the_regions_and_towns_where_its_side_stands(scenario, said, used):
    answer = ask_of(scenario, said)
    assert answer.maps[0].used == used
    assert (answer.rating == "unverifiable") != used


@pytest.mark.parametrize("name", ["Kharkiv", "Lyman", "Sudzha", "Mykolaiv", "Vovchansk"])
def test_every_place_is_found_again_by_what_a_remedy_calls_it(name):
    for place in find_places(name, countries=("UA", "RU")):
        told = f"{place.label} ({place.lon:.4g},{place.lat:.4g})"
        found = resolve_place(told)
        assert (found.lon, found.lat) == (place.lon, place.lat)
        assert place in find_places(place.label)


def paint_little():
    """Paint a salient and those before it, some 90 km across, and nothing of the country behind."""
    before = f"<MultiGeometry>{ring(33.6, 51.2, 34.8, 51.4)}</MultiGeometry>"
    salient = placemark(ring(34, 51, 34.4, 51.2), "u", UA)
    raw = kml(UA_STYLE, salient, placemark(before, "r", RU))
    return MapFile("Control_25_03_01.kml", raw)


@pytest.mark.parametrize("bearing", [0, 90, 200, 315])
@pytest.mark.parametrize("times", [0.2, 0.9, 1.6, 2.0])
def test_a_painted_map_says_nothing_farther_from_its_paint_than_its_paint_is_wide(bearing, times):
    [given] = read_maps([paint_little()], DAY, BORDER)
    zones = shapely.union_all([zone.geometry for zone in given.painted.zones])
    west, south, east, north = zones.bounds
    across_m = GEOD.inv(west, south, east, north)[2]
    assert across_m > LEAST_REACH_M
    lon, lat, _ = GEOD.fwd(34.2, 51.2, bearing, times * across_m)
    here = shapely.Point(lon, lat)
    away_m = GEOD.inv(lon, lat, *shapely.shortest_line(here, zones).coords[-1])[2]
    why = tell_off_paint(given, Where(lon, lat))
    assert bool(why) == (away_m > across_m)
    assert not why or f"{away_m / 1e3:.0f} km from the nearest ground it paints" in why


@pytest.mark.parametrize(("place", "used"), [("34.2,51.1", True), ("34.2,48.5", False)])
def test_a_place_far_from_all_paint_is_unverifiable_and_told_how_far(place, used):
    said = "Ukrainian soldiers are surrounded."
    answer = put(said, files=(paint_little(),), place=place, side="UA")
    assert answer.maps[0].used == used
    assert (answer.rating == "unverifiable") != used
    assert used or "km from the nearest ground it paints" in answer.maps[0].because

"""A place is read however it is written, or refused with the reason and a remedy."""

import random

import mgrs
import pytest
from pyproj import Transformer

from encircle.formats.tables.angles import PlaceError, read_angle, read_pair
from encircle.formats.tables.grids import place_utm, read_mgrs
from encircle.formats.tables.places import place_of, read_place

SUDZHA = (51.19, 35.27)


@pytest.mark.parametrize(
    "text",
    [
        "51.19, 35.27", "51,19; 35,27", "51,19 35,27", "51,19, 35,27", "51.19,35.27",
        "51.19 35.27", "(51.19, 35.27)", "51.19/35.27", "51.19° N, 35.27° E", "N51.19 E35.27",
        "51.19N35.27E", "35.27E, 51.19N", "51°11'24\"N 35°16'12\"E", "51º11′24″ N, 35º16′12″ E",
        "N51°11'24\" E35°16'12\"", "51°11.4'N 35°16.2'E", "51 11 24 35 16 12",
        "51°11'24\" с.ш. 35°16'12\" в.д.", "51°11′24″ пн. ш. 35°16′12″ сх. д.",
        "511124N 0351612E", "511124.0N0351612.0E", "51d11m24s N 35d16m12s E", "51:11:24, 35:16:12", "51 11 24N  35 16 12E",  # noqa: E501
        "51° 11′ 24″ Nord, 35° 16′ 12″ Ost", "\u200e51.19\u00a0N, 35.27\u202fE",
        "POINT (35.27 51.19)", "POINT Z (35.27 51.19 180)", "SRID=4326;POINT(35.27 51.19)",
        '{"type": "Point", "coordinates": [35.27, 51.19]}', "geo:51.19,35.27",
        "https://www.google.com/maps/@51.19,35.27,15z",
        "https://www.google.com/maps/place/X/@51.2,35.3,9z/data=!3d51.19!4d35.27",
        "https://maps.google.com/?q=51.19,35.27", "https://www.openstreetmap.org/#map=15/51.19/35.27",
        "https://www.openstreetmap.org/?mlat=51.19&mlon=35.27#map=9/50.0/30.0",
        "https://yandex.ru/maps/?ll=35.27%2C51.19&z=14", "https://deepstatemap.live/#15/51.19/35.27",
        "https://maps.apple.com/?ll=51.19,35.27", "36U 658629 5673406",
    ],
)  # fmt: skip
def test_one_place_is_read_however_it_is_written(text):
    found = read_place(text)
    assert (found.lat, found.lon) == pytest.approx(SUDZHA, abs=1e-4)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("51.19", "35.27"), ("51,19", "35,27"), ("51.19°", "35.27°"), ("51°11'24\"N", "35,27"),
        ("51 11 24", "35 16 12"), ("N 51 11.4", "E 35 16.2"), ("51.19 N", "35.27 E"),
        ("+51.19", "+35.27"), ("51,19", "35°16′12″ в.д."),
    ],
)  # fmt: skip
def test_two_cells_are_read_each_in_its_own_way(lat, lon):
    found = place_of(lat, lon)
    assert (found.lat, found.lon) == pytest.approx(SUDZHA, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "no place", id="nothing"),
        pytest.param("near Sudzha", "no place", id="words"),
        pytest.param("51.19", "no place", id="one number"),
        pytest.param("51.19, 35.27, 120", "no place", id="three numbers"),
        pytest.param("0, 0", "know no place", id="null island"),
        pytest.param("120.5, 35.2", "beyond 90", id="latitude too large"),
        pytest.param("51°75'N 35°10'E", "no place", id="minutes"),
        pytest.param("-51.19 S, 35.27", "no place", id="a sign and a letter"),
        pytest.param("XB 58410 74120", "no square", id="MGRS without zone"),
        pytest.param("36U XB 584 7412", "no square", id="odd digits"),
        pytest.param("36U AB 58410 74120", "no square", id="wrong band"),
        pytest.param("SRID=3857;POINT(1 2)", "EPSG:3857", id="another system"),
        pytest.param("POINT (3526 5119)", "range", id="metres"),
        pytest.param("LINESTRING (35 51, 36 51)", "no place", id="a line"),
        pytest.param("https://maps.app.goo.gl/abc", "no coordinates", id="short link"),
        pytest.param("9G3Q57RC+XX", "plus code", id="plus code"),
        pytest.param("filled.count.soap", "three words", id="three words"),
        pytest.param("1" * 5000, "no place", id="long"),
        pytest.param("POINT (" * 500, "geometry", id="broken WKT"),
    ],
)
def test_what_is_no_place_is_refused_with_a_remedy(text, reason):
    with pytest.raises(PlaceError) as refused:
        read_place(text)
    assert reason in refused.value.reason
    assert refused.value.remedy


def test_a_latitude_that_calls_itself_longitude_is_refused():
    with pytest.raises(PlaceError, match="swapped"):
        place_of("35.27 E", "51.19 N")


def write_dms(value, letters):
    letter, size = letters[value < 0], abs(value)
    degrees, rest = divmod(round(size * 3600, 2), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{degrees:.0f}°{minutes:.0f}'{seconds:.2f}\"{letter}"


def test_every_place_comes_back_from_every_way_of_writing_it():
    luck, grid = random.Random(5), mgrs.MGRS()  # noqa: S311 - no secret
    for _ in range(150):
        lat, lon = luck.uniform(-79, 79), luck.uniform(-179, 179)
        decimal = read_pair(f"{lat:.6f}, {lon:.6f}")
        assert [a.degrees for a in decimal] == pytest.approx([lat, lon], abs=1e-6)
        found = read_place(f"{write_dms(lat, 'NS')} {write_dms(lon, 'EW')}")
        assert (found.lat, found.lon) == pytest.approx((lat, lon), abs=4e-6)
        east, north, _ = read_mgrs(grid.toMGRS(lat, lon))
        assert (north, east) == pytest.approx((lat, lon), abs=3e-4)


@pytest.mark.parametrize(("digits", "side_m"), [(5, 1), (4, 10), (3, 100), (2, 1000), (1, 10_000)])
def test_a_square_of_the_grid_holds_its_middle_within_half_its_diagonal(digits, side_m):
    easting, northing = "58629"[:digits], "73406"[:digits]
    _, _, error_m = read_mgrs(f"36U XB {easting} {northing}")
    assert error_m == pytest.approx(side_m / 2**0.5)


@pytest.mark.parametrize("zone", ["36U", "36N", "36 N", "UTM 36N", "zone 36", "EPSG:32636"])
def test_a_zone_of_utm_is_read_however_it_is_named(zone):
    lon, lat = Transformer.from_crs(32636, 4326, always_xy=True).transform(658_629, 5_673_406)
    assert place_utm(zone, 658_629, 5_673_406) == pytest.approx((lon, lat), abs=1e-8)


def test_the_letter_s_is_the_band_where_the_northing_lies_in_it():
    assert place_utm("36S", 700_000, 4_000_000)[1] > 0
    assert place_utm("36S", 700_000, 6_000_000)[1] < 0


def test_an_angle_costs_little_however_long():
    for text in ("1" * 100_000, "5 " * 50_000, "°'\"" * 50_000, "N" * 100_000):
        with pytest.raises(PlaceError):
            read_angle(text)
        with pytest.raises(PlaceError):
            read_pair(text)

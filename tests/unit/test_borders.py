"""An outline is good to ten metres, and the sea is where the land is not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from encircle.errors import SituationError
from encircle.map.plane.projection import Plane
from encircle.places import (
    describe_outline,
    describe_sea,
    find_countries,
    list_outlines,
    read_outline,
    read_sea,
)
from encircle.places.packing import pack_polygons, unpack_polygons

MAPPERS = Path(__file__).resolve().parents[3] / "shared/data/borders/ukraine_domain.geojson"
STRETCH = shapely.box(34.2, 50.3, 35.8, 51.6)
"""Sumy and Kursk, where the mappers' own line is spliced in: elsewhere the two part in places."""


@pytest.mark.real
def test_the_outline_lies_within_ten_metres_of_the_mappers_line() -> None:
    if not MAPPERS.exists():
        pytest.skip("the mappers' line is not beside the project")
    feature = json.loads(MAPPERS.read_text())
    feature = feature["features"][0] if "features" in feature else feature
    plane = Plane((35.5, 51.2))
    line = shapely.boundary(shape(feature.get("geometry", feature)))
    corners = shapely.get_coordinates(shapely.intersection(line, STRETCH))
    outline = shapely.intersection(shapely.boundary(read_outline("UA")), STRETCH.buffer(0.2))
    ours = shapely.transform(outline, plane.points_to_metres)
    apart = shapely.distance(shapely.points(plane.points_to_metres(corners)), ours)
    told = (len(apart), np.median(apart), np.max(apart))
    assert np.quantile(apart, 0.98) < 10, told
    assert np.median(apart) < 1, told


def test_ukraines_outline_is_that_of_1991() -> None:
    ukraine = read_outline()
    for lon, lat in ((34.10, 44.95), (38.0, 48.0), (39.3, 48.6), (33.52, 44.6), (22.3, 48.6)):
        assert shapely.contains_xy(ukraine, lon, lat)
    for lon, lat in ((35.27, 51.19), (36.59, 50.6), (28.83, 47.02), (37.0, 45.1)):
        assert not shapely.contains_xy(ukraine, lon, lat)


def test_every_outline_is_valid_and_described() -> None:
    for code in ("UA", "RU", "SY", "PS", "AZ", "AM", "SD", "BA", "VN", "XK", "TW"):
        if code in list_outlines():
            assert read_outline(code).is_valid, code
    assert len(list_outlines()) > 240
    assert "Open Database License" in describe_outline("ua")["license"]


@pytest.mark.parametrize("code", ["", "XX", "Ukraine", "UKR"])
def test_an_unknown_country_is_refused_with_the_remedy(code: str) -> None:
    with pytest.raises(SituationError, match="--border"):
        read_outline(code)


def test_a_place_lies_in_its_country() -> None:
    assert find_countries(36.23, 49.99) == ("UA",)
    assert find_countries(36.59, 50.6) == ("RU",)


def test_what_is_packed_comes_back_to_the_grid() -> None:
    shell = shapely.Point(35, 51).buffer(2).difference(shapely.Point(35, 51).buffer(0.5))
    both = shapely.MultiPolygon([shell, shapely.box(-170, -60, -169, -59)])
    back = unpack_polygons(pack_polygons(both, 1e6), 1e6)
    assert np.abs(shapely.get_coordinates(back) - shapely.get_coordinates(both)).max() <= 5.1e-7


@pytest.mark.parametrize(
    ("lon", "lat", "wet"),
    [(31.0, 46.0, True), (33.0, 43.5, True), (30.60, 46.45, False), (34.1, 44.95, False),
     (36.5, 46.3, True), (37.55, 47.1, False), (35.0, 48.46, False), (33.5, 44.4, True),
     (14.4, 35.9, False), (18.0, 35.0, True), (23.96, 32.0, False), (24.0, 32.3, True)],
)  # fmt: skip
def test_the_sea_is_wet_and_the_land_is_dry(lon: float, lat: float, wet: bool) -> None:  # noqa: FBT001
    sea = read_sea((lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1))
    assert bool(shapely.intersects_xy(sea, lon, lat)) is wet


def test_the_sea_of_a_window_does_not_depend_on_the_window() -> None:
    whole = read_sea((28.0, 43.0, 38.0, 48.0))
    part = (31.3, 44.2, 34.4, 46.9)
    again = shapely.intersection(whole, shapely.box(*part))
    assert read_sea(part).symmetric_difference(again).area < 1e-9
    assert whole.is_valid


@pytest.mark.parametrize(("lon", "lat"), [(31.8, 46.4), (32.9, 46.1), (35.25, 46.23)])
def test_lagoons_that_no_mapper_draws_are_sea(lon: float, lat: float) -> None:
    assert shapely.intersects_xy(read_sea((31.0, 45.5, 36.0, 47.0)), lon, lat)


@pytest.mark.parametrize(("lon", "lat"), [(32.62, 46.62), (33.1, 46.75), (34.46, 47.4)])
def test_rivers_and_reservoirs_are_no_sea(lon: float, lat: float) -> None:
    assert read_sea((lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)).is_empty


def test_no_sea_far_inland() -> None:
    assert read_sea((34.0, 50.0, 37.0, 52.0)).is_empty
    assert describe_sea()["license"]


def test_no_window_is_refused() -> None:
    with pytest.raises(SituationError, match="west, south, east, north"):
        read_sea((35.0, 50.0, 34.0, 51.0))


def test_an_outline_is_read_quickly() -> None:
    read_outline.cache_clear()
    list_outlines()
    started = time.process_time()
    read_outline("UA")
    assert time.process_time() - started < 0.25

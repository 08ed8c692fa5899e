"""The base map and the places: what they draw, what they are told not to be."""

import pytest
import shapely
from shapely.geometry import shape

from api.base_map import STEPS_DEG, find_bounds, has_square
from encircle.places import read_outline, read_sea


def layers(client, level, column, row):
    response = client.get(f"/v1/base/{level}/{column}/{row}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/geo+json"
    assert "max-age" in response.headers["cache-control"]
    assert "OpenStreetMap" in response.json()["credit"]
    drawn = {}
    for feature in response.json()["features"]:
        drawn.setdefault(feature["properties"]["layer"], []).append(feature)
    return drawn


def test_the_front_at_sudzha_has_its_border_and_its_town(client):
    drawn = layers(client, 2, 430, 282)
    assert "Sudzha" in {place["properties"]["name"] for place in drawn["place"]}
    [border] = drawn["border"]
    west, south, east, north = find_bounds(2, 430, 282)
    own = shapely.clip_by_rect(read_outline("UA").boundary, west, south, east, north)
    assert shape(border["geometry"]).hausdorff_distance(own) < 0.01
    assert "sea" not in drawn


def test_the_sea_is_where_the_coastline_puts_it(client):
    [sea] = layers(client, 1, 105, 68)["sea"]
    drawn, own = shape(sea["geometry"]), read_sea(find_bounds(1, 105, 68))
    assert drawn.symmetric_difference(own).area < 0.02 * own.area


@pytest.mark.parametrize("level", range(len(STEPS_DEG)))
def test_the_squares_of_a_level_cover_the_world_once(level):
    columns = next(n for n in range(10_000) if not has_square(level, n, 0))
    rows = next(n for n in range(10_000) if not has_square(level, 0, n))
    assert find_bounds(level, 0, 0)[:2] == (-180.0, -90.0)
    assert find_bounds(level, columns - 1, rows - 1)[2:] == (180.0, 90.0)
    assert find_bounds(level, 0, 0)[2] == find_bounds(level, 1, 0)[0]


@pytest.mark.parametrize(
    "path", ["0/45/0", "2/0/360", "3/0/0", "0/-1/0", "0/a/0", "1/180/0", "0/0/23"]
)
def test_a_square_that_is_none_is_told(client, path):
    assert client.get(f"/v1/base/{path}").status_code in (404, 422)


@pytest.mark.parametrize("name", ["Sudzha", "Суджа", "Sudhza"])
def test_a_place_is_found_in_any_alphabet_and_through_a_slip(client, name):
    found = client.get("/v1/places", params={"called": name}).json()
    assert found[0]["name"] == "Sudzha"
    assert found[0]["label"].startswith("Sudzha, ")


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "'; drop table", "\u202e", "x" * 120]
)
def test_what_is_no_place_is_none(client, name):
    response = client.get("/v1/places", params={"called": name})
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize("name", ["", "x" * 121])
def test_a_name_has_a_length(client, name):
    assert client.get("/v1/places", params={"called": name}).status_code in (400, 422)

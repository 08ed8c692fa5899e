import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping, shape

from encircle.formats.coordinates import UnreadableError, read_geometry

RING = [[36.2, 49.1], [36.8, 49.1], [36.8, 49.3], [36.2, 49.3], [36.2, 49.1]]
DRAWN = [
    pytest.param("Point", [36.2, 49.1], id="point"),
    pytest.param("MultiPoint", RING[:2], id="points"),
    pytest.param("LineString", RING[:3], id="line"),
    pytest.param("MultiLineString", [RING[:2], RING[2:4]], id="lines"),
    pytest.param("Polygon", [RING], id="polygon"),
    pytest.param("MultiPolygon", [[RING]], id="polygons"),
]


def raised(coordinates, put, rng):
    """Put heights, or nulls in their place, on some of the positions."""
    if isinstance(coordinates[0], float):
        return [*coordinates, *put] if rng.random() < 0.5 else coordinates
    return [raised(item, put, rng) for item in coordinates]


def why(written):
    with pytest.raises(UnreadableError) as caught:
        read_geometry(written)
    assert caught.value.remedy
    return caught.value.reason, caught.value.pointer


@pytest.mark.parametrize(("kind", "coordinates"), DRAWN)
@pytest.mark.parametrize("put", [[120.0], [None], [120, 7], [None, None], ["120"]], ids=str)
@given(rng=st.randoms())
@settings(max_examples=5)
def test_heights_on_any_of_the_positions_change_nothing(kind, coordinates, put, rng):
    """A geometry is the same whichever of its positions have heights, and whatever they are."""
    flat = {"type": kind, "coordinates": coordinates}
    high = {"type": kind, "coordinates": raised(coordinates, put, rng)}
    read = read_geometry(high)
    assert read.geometry.equals_exact(shape(flat), 0)
    assert not read.geometry.has_z
    assert read.has_z == (json.dumps(high) != json.dumps(flat))


def test_a_collection_is_read_with_what_it_holds():
    inner = {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "coordinates": [RING]}],
    }
    point = {"type": "Point", "coordinates": [36, 49, 3]}
    read = read_geometry({"type": "GeometryCollection", "geometries": [point, inner]})
    assert [g.geom_type for g in read.geometry.geoms] == ["Point", "GeometryCollection"]
    assert read.has_z
    assert read.geometry.geoms[1].area > 0


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon", "LineString", "Point"])
def test_an_empty_list_is_nothing_drawn(kind):
    assert read_geometry({"type": kind, "coordinates": []}).geometry.is_empty
    assert read_geometry(mapping(shape({"type": kind, "coordinates": []}))).geometry.is_empty


@pytest.mark.parametrize(
    ("written", "word", "pointer"),
    [
        (None, "no geometry", ""),
        ([], "no geometry", ""),
        ({"rings": [RING]}, "no geometry", ""),
        ({"type": "polygon", "coordinates": [RING]}, "'polygon'", "/type"),
        ({"type": "Polygon"}, "no coordinates", "/coordinates"),
        ({"type": "Polygon", "coordinates": {}}, "no coordinates", "/coordinates"),
        ({"type": "Polygon", "coordinates": RING}, "2 positions", "/coordinates/0"),
        ({"type": "Polygon", "coordinates": [RING[:-1]]}, "not closed", "/coordinates/0"),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, "3 positions", "/coordinates/0"),
        ({"type": "MultiPolygon", "coordinates": [[RING], []]}, "no coor", "/coordinates/1"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "1 position", "/coordinates"),
        ({"type": "LineString", "coordinates": [[1, 2], [1]]}, "not a po", "/coordinates/1"),
        ({"type": "LineString", "coordinates": [[1, 2], "1,2"]}, "not a po", "/coordinates/1"),
        ({"type": "Point", "coordinates": [36, None]}, "not a number", "/coordinates/1"),
        ({"type": "Point", "coordinates": ["36.2", 49]}, "text '36.2'", "/coordinates/0"),
        ({"type": "Point", "coordinates": [36, float("nan")]}, "nan", "/coordinates/1"),
        ({"type": "Point", "coordinates": [float("inf"), 9]}, "inf", "/coordinates/0"),
        ({"type": "Point", "coordinates": [10**400, 9]}, "longitude", "/coordinates/0"),
        ({"type": "Point", "coordinates": [36, 149]}, "latitude 149", "/coordinates/1"),
        ({"type": "Point", "coordinates": [4029000, 9]}, "longitude", "/coordinates/0"),
        ({"type": "GeometryCollection"}, "no list", "/geometries"),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "Point"}]},
            "no coordinates",
            "/geometries/0/coordinates",
        ),
        (
            {
                "type": "Point",
                "coordinates": [36, 49],
                "crs": {"type": "name", "properties": {"name": "EPSG:4284"}},
            },
            "Pulkovo",
            "/crs",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_with_its_place(written, word, pointer):
    reason, place = why(written)
    assert word in reason
    assert place == pointer


def test_metres_in_a_file_of_degrees_are_called_so():
    with pytest.raises(UnreadableError, match="look like metres"):
        read_geometry({"type": "Point", "coordinates": [4029000.1, 6270000.0]})


def test_collections_without_end_are_refused():
    ring = {"type": "GeometryCollection", "geometries": []}
    ring["geometries"].append(ring)
    assert "too deep" in why(ring)[0]

"""Readers without a key: what is old enough, and positions only so finely."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

import encircle
from encircle.errors import SituationError
from encircle.store.assembling import assemble
from encircle.store.casefile import post
from encircle.store.opening import open_store
from encircle.store.publishing import (
    Publication,
    coarsen,
    grow,
    make_public,
    make_settings_public,
    overlaps,
    publish,
    read_publication,
)
from encircle.store.revisions import WhyError
from encircle.store.settings import make_case

EARTH = Geod(ellps="WGS84")
LON, LAT = st.floats(-180, 180), st.floats(-85, 85)
SIDE = st.sampled_from([10.0, 250.0, 1000.0, 20_000.0])
NOW = datetime(2026, 1, 10, 12, 0, 30, tzinfo=UTC)


def point(lon, lat, **said):
    place = {"type": "Point", "coordinates": [lon, lat]}
    said = {"kind": "position", "side": "UA", **said}
    return {"type": "Feature", "id": "unit", "geometry": place, "properties": said}


def place(feature):
    return feature["geometry"]["coordinates"]


@given(LON, LAT, SIDE, st.sampled_from([None, 300.0]))
def test_a_position_is_moved_no_farther_than_its_error_says(lon, lat, side_m, own):
    said = {} if own is None else {"location_error_m": own}
    moved = coarsen(point(lon, lat, **said), side_m)
    _, _, metres = EARTH.inv(lon, lat, *place(moved))
    assert metres <= moved["properties"]["location_error_m"] - (own or 0)


@given(LON, LAT, SIDE)
def test_asked_again_nothing_more_is_learnt(lon, lat, side_m):
    once = coarsen(point(lon, lat), side_m)
    assert place(coarsen(once, side_m)) == place(once)


@given(LON, LAT, st.floats(-1, 1), st.floats(-1, 1))
def test_a_box_finds_what_its_square_lies_in_and_the_store_is_asked_for_all_of_it(lon, lat, dx, dy):
    moved = coarsen(point(lon, lat), 1000.0)
    x, y = place(moved)
    box = (
        max(-180, x - abs(dx)),
        max(-90, y - abs(dy)),
        min(180, x + abs(dx)),
        min(90, y + abs(dy)),
    )
    assert overlaps((x, y, x, y), box)
    near_date_line = abs(abs(x) - 180) < 0.2 or abs(abs(lon) - 180) < 0.2
    assert near_date_line or overlaps((lon, lat, lon, lat), grow(box, 1000.0))


def test_ground_stays_a_small_area_is_a_point_and_a_large_one_is_coarse():
    square = [[0.0, 0.0], [0.002, 0.0], [0.002, 0.002], [0.0, 0.0]]
    area = {
        "properties": {"kind": "position"},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    assert coarsen(area, 1000.0)["geometry"]["type"] == "Point"
    large = coarsen(area, 100.0)["geometry"]
    assert large["type"] == "Polygon"
    assert large != area["geometry"]
    for kind in ("ground", "route", "fire", "anchor"):
        other = point(35.2613, 51.0297)
        other["properties"]["kind"] = kind
        assert coarsen(other, 1000.0) == other
    nowhere = {"geometry": None, "properties": {"kind": "position"}}
    assert coarsen(nowhere, 1000.0) == nowhere


def area(*corners):
    ring = [list(corner) for corner in (*corners, corners[0])]
    return {**point(0, 0), "geometry": {"type": "Polygon", "coordinates": [ring]}}


CORNERS = st.lists(
    st.tuples(st.floats(35, 35.2), st.floats(51, 51.1)), min_size=1, max_size=6, unique=True
)
ENDS = [(35.0, 51.0), (35.2, 51.1)]
"""Corners that every area has: it is larger than a square."""


@settings(max_examples=25, deadline=None)
@given(CORNERS, st.data())
def test_areas_whose_corners_lie_in_the_same_squares_are_shown_alike(corners, data):
    """Of a position of any shape nothing finer than its squares is told; and the door reads it."""
    middles = [tuple(place(coarsen(point(*one), 1000.0))) for one in (*ENDS, *corners)]
    within = st.floats(-0.003, 0.003)  # from the middle of a square of 0.009 by 0.014
    moved = [(x + data.draw(within), y + data.draw(within)) for x, y in middles]
    shown, other = (coarsen(area(*each), 1000.0) for each in (middles, moved))
    assert shown["geometry"] == other["geometry"]
    (found,) = encircle.read(write(shown)).features
    assert found.location_error_m == 716.0


def test_whether_an_area_is_smaller_than_a_square_hangs_on_no_exact_corner():
    """Corners in the same two squares: once a little nearer each other, once farther apart."""
    west, east = (
        place(coarsen(point(35.26, 51.03), 1000.0)),
        place(coarsen(point(35.275, 51.03), 1000.0)),
    )
    shown = [
        coarsen(area(*((x + dx, west[1] + dy) for x, dx in ((west[0], by), (east[0], -by))
                       for dy in (0, 0.0005))), 1000.0)["geometry"]
        for by in (0.0001, 0.0045)
    ]  # fmt: skip
    assert shown[0] == shown[1]


def write(feature):
    feature["properties"]["force"] = "f"
    ground = {"title": "T", "as_of": "2025-03-14", "sides": [{"id": "UA"}, {"id": "RU"}]}
    return {"type": "FeatureCollection", "situation": ground, "features": [feature]}


def test_a_strip_of_a_few_metres_is_not_shown_as_it_is():
    strip = area((35.0001, 51.00001), (35.0261, 51.00001), (35.0261, 51.00007), (35.0001, 51.00007))
    shown = coarsen(strip, 1000.0)["geometry"]
    assert shown["type"] == "MultiPoint"
    assert not {tuple(one) for one in shown["coordinates"]} & {
        tuple(one) for one in strip["geometry"]["coordinates"][0]
    }


def test_of_what_a_feature_and_a_case_say_only_what_the_contract_knows_is_told():
    source = {"id": "s", "url": "https://example.org", "note": "our man in Sumy"}
    said = {"kind": "position", "side": "UA", "sources": [source, "other"], "statement": "x",
            "note": "n", "track": "t"}  # fmt: skip
    told = make_public({"type": "Feature", "geometry": None, "properties": said}, 0.0)["properties"]
    assert told == {"kind": "position", "side": "UA",
                    "sources": [{"id": "s", "url": "https://example.org"}, "other"]}  # fmt: skip
    settings = {"title": "T", "note": "n", "analyst": "anna", "sources": [source],
                "sides": [{"id": "UA", "name": "U", "note": "n"}]}  # fmt: skip
    assert make_settings_public(settings) == {
        "title": "T", "sources": [{"id": "s", "url": "https://example.org"}],
        "sides": [{"id": "UA", "name": "U"}],
    }  # fmt: skip


def test_places_of_one_square_are_one():
    many = point(0, 0)
    many["geometry"] = {
        "type": "MultiPoint",
        "coordinates": [[35.2613, 51.03], [35.2614, 51.03], [35.4, 51.03]],
    }
    assert len(place(coarsen(many, 1000.0))) == 2


@pytest.fixture
def store():
    store = open_store()
    settings = {"title": "A pocket", "sides": [{"id": "UA"}, {"id": "RU"}], "force": "f"}
    make_case(store, "c", settings, "anna", NOW - timedelta(days=9))
    return store


def test_what_is_public_is_told_with_the_map_and_read_by_the_door(store):
    post(store, "c", [point(35.2613, 51.0297, force="f")], "anna", now=NOW - timedelta(days=3))
    late = {**point(35.3, 51.1, force="f"), "id": "late"}
    post(store, "c", [late], "anna", now=NOW - timedelta(hours=2))
    view = Publication().view(NOW)
    with store.reading() as connection:
        found = assemble(connection, "c", None, view.cap(None), view.coarsen_m)
    assert [feature["id"] for feature in found.document["features"]] == ["unit"]
    situation = encircle.read(found.raw)
    assert [notice.code for notice in situation.notices] == ["positions_coarsened"]
    assert situation.features[0].location_error_m == 716.0
    assert found.document["situation"]["as_of"] == "2026-01-09T12:00:00Z"


def test_nobody_without_a_key_is_shown_more_than_is_known_by_then():
    view = Publication(delay_h=24).view(NOW)
    assert view.until == datetime(2026, 1, 9, 12, tzinfo=UTC)
    assert view.cap(NOW) == view.until == view.cap(None)
    assert view.cap(view.until - timedelta(days=1)) == view.until - timedelta(days=1)


def test_a_case_says_itself_what_is_public_and_why_it_says_otherwise(store):
    with store.reading() as connection:
        assert read_publication(connection, "c") == Publication()
    publish(store, "c", {"open": False}, "anna")
    with pytest.raises(WhyError):
        publish(store, "c", {"delay_h": 48}, "anna")
    publish(store, "c", {"delay_h": 48}, "anna", "the offensive is over")
    with store.reading() as connection:
        assert read_publication(connection, "c", Publication(coarsen_m=5000)) == Publication(
            open=False, delay_h=48, coarsen_m=5000
        )


def test_a_setting_that_is_not_named_stays_as_it_was(store):
    publish(store, "c", {"delay_h": 72, "coarsen_m": 5000}, "anna")
    publish(store, "c", {"open": False}, "anna", "w")
    publish(store, "c", {"open": True}, "anna", "w")
    with store.reading() as connection:
        assert read_publication(connection, "c") == Publication(delay_h=72, coarsen_m=5000)


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ([], "/"), ({"open": "yes"}, "/open"), ({"delay_h": -1}, "/delay_h"),
        ({"delay_h": True}, "/delay_h"), ({"coarsen_m": 1e9}, "/coarsen_m"),
        ({"coarsen_m": 1e-300}, "/coarsen_m"), ({"coarsen_m": 9.9}, "/coarsen_m"),
        ({"delay": 1}, "/delay"),
    ],
)  # fmt: skip
def test_terms_that_are_none_are_refused_with_their_remedy(store, terms, pointer):
    with pytest.raises(SituationError) as refused:
        publish(store, "c", terms, "anna")
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert refused.value.faults[0].remedy


def test_a_map_whose_positions_stay_says_all_the_same_what_is_left_out(store):
    post(store, "c", [point(35.2613, 51.0297, note="ours")], "anna", now=NOW - timedelta(days=3))
    with store.reading() as connection:
        found = assemble(connection, "c", None, NOW, 0.0).document
    (notice,) = found["situation"]["notices"]
    assert (notice["code"], notice["severity"]) == ("public_view", "info")
    assert "note" not in found["features"][0]["properties"]
    assert place(found["features"][0]) == [35.2613, 51.0297]


PLACE = "51.187654, 35.212345"
SOURCE = {"url": "https://example.org/1", "analyst": "Bob", "seen_at": PLACE, "title": {"x": PLACE}}
TOLD = [{"url": "https://example.org/1"}]


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ([SOURCE], TOLD), (SOURCE, TOLD), (json.dumps([SOURCE]), TOLD), (json.dumps(SOURCE), TOLD),
        ([json.dumps(SOURCE)], TOLD), (json.dumps([json.dumps(SOURCE)]), TOLD),
        (json.dumps(json.dumps([SOURCE])), TOLD), (str([SOURCE]), TOLD), ('[{"url": ', None),
        (["Map 7", SOURCE], ["Map 7", *TOLD]), ("Map 7", ["Map 7"]),
    ],
)  # fmt: skip
def test_what_is_not_told_of_a_source_is_not_told_of_one_that_came_as_text(sources, told):
    """A GIS reads nested members as text, and a correction from there keeps them so."""
    claim = {"kind": "claim", "asserts": json.dumps({"force": "g", "remark": PLACE, "value": "no"})}
    shown = make_public({"geometry": None, "properties": {**claim, "sources": sources}}, 0.0)
    assert shown["properties"]["asserts"] == {"force": "g", "value": "no"}
    unit = make_public(
        {"geometry": None, "properties": {"kind": "position", "sources": sources}}, 0
    )
    assert unit["properties"]["sources"] == told
    assert PLACE not in json.dumps([shown, unit])

"""Readers without a key: what is old enough, and positions only so finely."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
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


def test_ground_stays_a_small_area_is_a_point_and_a_large_one_stays():
    square = [[0.0, 0.0], [0.002, 0.0], [0.002, 0.002], [0.0, 0.0]]
    area = {
        "properties": {"kind": "position"},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    assert coarsen(area, 1000.0)["geometry"]["type"] == "Point"
    assert coarsen(area, 100.0)["geometry"] == area["geometry"]
    for kind in ("ground", "route", "fire", "anchor"):
        other = point(35.2613, 51.0297)
        other["properties"]["kind"] = kind
        assert coarsen(other, 1000.0) == other
    nowhere = {"geometry": None, "properties": {"kind": "position"}}
    assert coarsen(nowhere, 1000.0) == nowhere


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
            delay_h=48, coarsen_m=5000
        )


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ([], "/"), ({"open": "yes"}, "/open"), ({"delay_h": -1}, "/delay_h"),
        ({"delay_h": True}, "/delay_h"), ({"coarsen_m": 1e9}, "/coarsen_m"),
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

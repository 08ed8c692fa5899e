"""Whatever a map paints, it becomes a situation the door accepts, or is refused with a remedy."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box, mapping, shape

from encircle.errors import QuestionError, SituationError
from encircle.formats.painted.layers import read_layer
from encircle.formats.painted.painted import PaintedMap, Zone, mend
from encircle.formats.painted.shapes import polygons_of
from encircle.formats.painted.situation import situation_from_painted
from encircle.map.door.reader import read_situation

pytestmark = pytest.mark.property

SETTINGS = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
CONVERSIONS = settings(SETTINGS, max_examples=int(os.environ.get("ENCIRCLE_EXAMPLES", "8")))
"""A conversion looks for every piece of the map: a third of a second each."""
AS_OF = datetime(2025, 3, 14, 12, tzinfo=UTC)
BORDER = mapping(box(30.0, 48.0, 36.0, 51.0))
PLACE = (34.2, 51.1)
SOURCE = {"id": "map", "title": "A map"}

rings = st.lists(
    st.tuples(st.integers(-6, 12), st.integers(-6, 6)), min_size=3, max_size=8, unique=True
).map(lambda points: [(34.0 + x / 15, 51.0 + y / 20) for x, y in points])
holders = st.sampled_from(["UA", "RU", None])


def paint(drawn):
    zones = []
    for number, (ring, holder) in enumerate(drawn):
        geometry, _ = mend(polygons_of(Polygon(ring)), f"zone {number}")
        basis = "assessed" if holder else "unknown"
        zones.append(Zone(f"map-{number}", geometry, holder, basis, "map"))
    kept = tuple(zone for zone in zones if not zone.geometry.is_empty)
    return PaintedMap("map", "A map", kept, (SOURCE,))


def convert(painted, border):
    """Convert, or give the refusal: a force whose whole rear is lost has no anchor."""
    try:
        return situation_from_painted(painted, border, force_at=[PLACE], as_of=AS_OF, area_km=60.0)
    except (SituationError, QuestionError) as refused:
        return str(refused)


@CONVERSIONS
@given(st.lists(st.tuples(rings, holders), min_size=1, max_size=5), st.sampled_from([BORDER, None]))
def test_a_conversion_is_a_situation_or_a_refusal(drawn, border):
    done = convert(paint(drawn), border)
    if isinstance(done, str):
        assert "no rear of UA" in done or "Whose force is meant?" in done
    else:
        assert read_situation(done).force == "force"


@CONVERSIONS
@given(st.lists(st.tuples(rings, holders), min_size=1, max_size=5))
def test_an_anchor_never_lies_on_ground_the_side_does_not_hold(drawn):
    painted = paint(drawn)
    done = convert(painted, BORDER)
    for feature in done["features"] if isinstance(done, dict) else ():
        if feature["properties"]["kind"] == "anchor":
            for zone in painted.zones:
                if zone.held_by != "UA":
                    overlap = shape(feature["geometry"]) & zone.geometry
                    assert overlap.area == 0


@SETTINGS
@given(st.lists(rings, min_size=1, max_size=4))
def test_mending_keeps_the_line_and_tells_what_it_did(drawn):
    """A boundary after mending was a boundary before; only rings that cross are touched."""
    for ring in drawn:
        whole = polygons_of(Polygon(ring))
        mended, said = mend(whole, "ring")
        assert mended.is_valid
        assert mended.boundary.difference(whole.boundary.buffer(1e-9)).is_empty
        assert bool(said) != whole.is_valid


@SETTINGS
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["features", "geometry", "type", "coordinates", "properties"]),
                inner,
            )
        ),
        max_leaves=20,
    )
)
def test_a_layer_of_anything_never_breaks_the_reader(inside):
    document = inside if isinstance(inside, dict) else {"features": inside}
    remedies = ["none needed"]
    try:
        read_layer(document, "layer")
    except SituationError as refused:
        remedies = [fault.remedy for fault in refused.faults]
    assert all(remedies)

"""Whatever is called KML: it is read, or refused with a remedy; nothing else happens."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from encircle.errors import SituationError
from encircle.formats.kml.control import HolderRule, paint_control_kml
from encircle.formats.kml.kml import read_kml
from tests.unit.formats.test_kml import kml, placemark, polygon

pytestmark = pytest.mark.property

SETTINGS = settings(
    max_examples=min(int(os.environ.get("ENCIRCLE_FUZZ", "60")), 200),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

SEED = kml(
    "<Folder><name>Control</name>",
    placemark(polygon("34,51 34.4,51,0 34.4,51.2 34,51", "34.1,51.05 34.2,51.05 34.2,51.1")),
    "</Folder>",
    placemark(name="b", extra="<styleUrl>#map</styleUrl>"),
)
TAGS = (
    "kml", "Document", "Folder", "Placemark", "MultiGeometry", "Polygon", "outerBoundaryIs",
    "innerBoundaryIs", "LinearRing", "coordinates", "Style", "StyleMap", "Pair", "key",
    "styleUrl", "PolyStyle", "color", "name", "visibility", "NetworkLink",
)  # fmt: skip

texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["normal", "#a", "a", "ff0000ff", "34,51 35,51 35,52 34,51", "nan,inf", "0"]),
).map(lambda text: "".join(c for c in text if c.isprintable() and c not in "<&>"))
elements = st.recursive(
    texts,
    lambda inner: st.builds(
        lambda tag, name, parts: f'<{tag} id="{name}">{"".join(parts)}</{tag}>',
        st.sampled_from(TAGS),
        st.sampled_from(["a", "b", ""]),
        st.lists(inner, max_size=5),
    ),
    max_leaves=40,
)
rings = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9).map(
    lambda points: " ".join(f"{34 + x / 10},{51 + y / 10}" for x, y in points)
)


def try_to_read(raw):
    """Read, or be refused; a refusal names what is wrong and the remedy."""
    faults = ()
    try:
        read_kml(raw)
    except SituationError as refused:
        faults = refused.faults or (None,)
    assert all(fault and fault.message and fault.remedy for fault in faults)
    return faults


@SETTINGS
@given(st.binary(max_size=400))
@example(b"PK\x03\x04" + b"\x00" * 40)
@example(b"<?xml version='1.0' encoding='utf-16'?><kml/>")
@example(b"<kml>\xed\xa0\x80</kml>")
def test_arbitrary_bytes_never_break_the_reader(raw):
    try_to_read(raw)


@SETTINGS
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=12))
def test_a_file_with_wrong_bytes_in_it_never_breaks_the_reader(changes):
    raw = bytearray(SEED)
    for place, byte in changes:
        raw[place] = byte
    try_to_read(bytes(raw))


@SETTINGS
@given(st.integers(0, len(SEED)))
def test_a_file_cut_short_never_breaks_the_reader(length):
    try_to_read(SEED[:length])


@SETTINGS
@given(elements)
def test_elements_in_any_order_never_break_the_reader(inside):
    try_to_read(kml(inside))


@SETTINGS
@given(st.lists(texts, min_size=1, max_size=4))
def test_bad_coordinates_name_their_placemark(written):
    raw = kml(*(placemark(polygon(text), name=f"zone {n}") for n, text in enumerate(written)))
    names = {f"zone {n}" for n in range(len(written))}
    assert all(fault.feature in names for fault in try_to_read(raw))


@SETTINGS
@given(st.lists(rings, min_size=1, max_size=4))
def test_zones_are_valid_and_lie_on_lines_that_were_drawn(drawn):
    """Mending splits rings; it never draws a boundary where none was."""
    raw = kml(*map(placemark, map(polygon, drawn)))
    try:
        painted = paint_control_kml(raw, [HolderRule("#ru", "RU")])
    except SituationError:
        return
    lines = {f"kml-{p.index}": p.geometry.boundary for p in read_kml(raw).placemarks}
    for zone in painted.zones:
        line = lines[zone.id]
        assert zone.geometry.is_valid
        assert zone.geometry.boundary.difference(line.buffer(1e-9)).is_empty

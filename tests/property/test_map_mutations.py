"""
A spoilt map is refused or read whole: never a crash, never a silently thinner map.

What the file paints is measured by another reader, which knows nothing of kinds, sides or styles:
every polygon it finds anywhere in the text.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import sys
import warnings
import zipfile
from collections import Counter
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box, mapping

from encircle.errors import SituationError
from encircle.formats.kml.control import HolderRule, paint_control_kml
from encircle.formats.painted.place import check_place
from encircle.formats.painted.shapes import polygons_of
from encircle.formats.publishers.deepstate import paint_deepstate
from encircle.formats.publishers.isw import LayerFile, paint_isw
from encircle.formats.publishers.liveuamap import paint_liveuamap
from encircle.formats.publishers.mirror import paint_mirror
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import parse_document
from tests.property import mutants
from tests.unit.formats.test_kml import kml, placemark, polygon

pytestmark = pytest.mark.property

VARIANTS = min(int(os.environ.get("ENCIRCLE_FUZZ", "30")), 1000)
AS_OF = datetime(2025, 3, 14, 12, tzinfo=UTC)
BORDER = (22.0, 44.0, 40.0, 52.5)
PLACE = (34.2, 51.1)

LEFT_OUT = frozenset({"zones_of_another_time", "zones_stamped_otherwise"})
"""Notices that say of polygons that they were left out, on purpose."""

SALIENT = box(34.0, 51.0, 34.4, 51.2)
HELD = Polygon(
    [(37.0, 47.0), (38.0, 47.0), (38.0, 48.0), (37.0, 48.0)],
    [[(37.2, 47.2), (37.4, 47.2), (37.4, 47.4), (37.2, 47.4)]],
)
TWO = MultiPolygon([box(35.0, 49.0, 35.5, 49.5), box(36.0, 49.0, 36.5, 49.5)])


def feature(shape, number, **properties):
    drawn = json.loads(json.dumps(mapping(shape)))
    return {"type": "Feature", "id": number, "properties": properties, "geometry": drawn}


def collection(*features, **members):
    return {"type": "FeatureCollection", **members, "features": list(features)}


JSON_MAPS = {
    "deepstate": collection(
        feature(SALIENT, 1, fill="#01579b", name="Звільнено /// Liberated"),
        feature(HELD, 2, fill="#a52714", name="Окуповано /// Occupied"),
        feature(TWO, 3, fill="#bcaaa4", name="Невідомо /// Unknown status"),
        feature(box(20.0, 54.0, 22.0, 55.0), 4, fill="#ff5252", name="East Prussia"),
        feature(shapely.Point(34.1, 51.1), 5, name="A brigade"),
    ),
    "mirror": collection(feature(MultiPolygon([HELD, *TWO.geoms]), 1), name="deepstatemap"),
    "isw": collection(
        feature(HELD, 1, layer_type="Assessed Russian-controlled Ukrainian Territory"),
        feature(TWO, 2, layer="AssessedRussianAdvanceinUkraine"),
        feature(SALIENT, 3, layer="VIEW_ClaimedUkrainianCounteroffensives_V2"),
    ),
    "liveuamap": {
        "value": collection(
            feature(HELD, 1, type="nochange", date="2025-03-13"),
            feature(TWO, 2, type="gains", date="2025-03-13"),
            feature(SALIENT, 3, type="losses", date="2025-03-13"),
        )
    },
}
PAINTERS = {
    "deepstate": paint_deepstate,
    "mirror": paint_mirror,
    "isw": lambda document: paint_isw([LayerFile("20250314_Assessed.geojson", document)]),
    "liveuamap": paint_liveuamap,
}


def ring_text(ring):
    return " ".join(f"{lon},{lat},0" for lon, lat in ring.coords)


def zone(shape, name, style):
    parts = [
        polygon(ring_text(part.exterior), *map(ring_text, part.interiors))
        for part in polygons_of(shape).geoms
    ]
    inside = f"<MultiGeometry>{''.join(parts)}</MultiGeometry>"
    return placemark(inside, name, f"<styleUrl>#{style}</styleUrl>")


UA_STYLE = '<Style id="ua"><PolyStyle><color>23ff0000</color></PolyStyle></Style>'
KML = kml(
    UA_STYLE,
    zone(HELD, "held", "ru"),
    f"<Folder><name>North</name>{zone(TWO, 'two', 'map')}</Folder>",
    zone(SALIENT, "salient", "ua"),
)
RULES = [HolderRule("#ru", "RU"), HolderRule("#ua", "UA")]


# -- the other reader ----------------------------------------------------------------------------


def valid(shells):
    """Join polygons as drawn; what has no three corners has no ground."""
    parts = [
        shapely.make_valid(Polygon(s[0], [h for h in s[1:] if len(h) > 3]), method="structure")
        for s in shells
        if s and len(s[0]) > 3
    ]
    return polygons_of(shapely.union_all([polygons_of(part) for part in parts]))


def ground_in_json(value):
    """Find every polygon in a document, whatever stands round it."""
    return valid(list(_shells(value)))


def _is_satire(value):
    """Tell what the legend of a snapshot leaves out: ground far away in the fill of satire."""
    said = value.get("properties")
    fill = said.get("fill") if isinstance(said, dict) else None
    drawn = value.get("geometry")
    far = isinstance(drawn, dict) and not valid(_shells(drawn)).intersects(box(*BORDER))
    return isinstance(fill, str) and fill.strip().lower() == "#ff5252" and far


def _shells(value):
    if isinstance(value, dict):
        if _is_satire(value):
            return
        kind, drawn = value.get("type"), value.get("coordinates")
        if kind in ("Polygon", "MultiPolygon") and isinstance(drawn, list):
            for shell in [drawn] if kind == "Polygon" else drawn:
                yield [[p[:2] for p in ring] for ring in shell]
        for inner in value.values():
            yield from _shells(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shells(inner)


def ground_in_kml(*texts):
    """Find every polygon in documents, whatever stands round it."""
    shells = []
    for text in texts:
        for element in ET.fromstring(text).iter():  # noqa: S314 - our own
            if mutants.local(element).lower() == "polygon":
                holes = _rings_in(e for e in element if mutants.local(e) == "innerBoundaryIs")
                outer = _rings_in(e for e in element if mutants.local(e) != "innerBoundaryIs")
                shells += [[ring, *holes] for ring in outer]
    return valid(shells)


def _rings_in(boundaries):
    return [r for boundary in boundaries for r in map(_ring, boundary.iter()) if r]


def _ring(element):
    if mutants.local(element).lower() != "coordinates":
        return None
    text = re.sub(r"\s*,\s*", ",", element.text or "")
    ring = [tuple(map(float, p.split(",")[:2])) for p in text.split()]
    return [*ring, ring[0]] if ring else None


# -- the law -------------------------------------------------------------------------------------


def try_to_paint(painter, raw):
    """Paint, and look where it lies; or give the faults, each with its remedy."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            painted = painter(raw)
            check_place(painted, BORDER, [PLACE])
        except SituationError as refused:
            faults, painted = refused.faults, None
        else:
            return painted
    assert faults
    assert all(fault.message and fault.remedy for fault in faults)
    return painted


def check_law(painted, ground):
    """Refused, or all of what the file paints is on the map or told as left out, and no more."""
    if painted is None:
        return "refused"
    assert all(zone.geometry.is_valid and not zone.geometry.is_empty for zone in painted.zones)
    assert all(n.code and n.statement for n in painted.notices)
    drawn = shapely.union_all([zone.geometry for zone in painted.zones])
    assert drawn.difference(ground.buffer(1e-9)).area < 1e-9, "more than the file paints"
    lost = ground.difference(drawn.buffer(1e-9)).area
    told = {notice.code for notice in painted.notices}
    assert lost < 1e-9 or told & LEFT_OUT, f"{lost:.6f} square degrees lost in silence: {told}"
    return "told" if lost > 1e-9 else "whole"


def dice_of(name):
    return random.Random(name)  # noqa: S311 - the same variants every time


def tell(kind, seen):
    """Say what became of the variants (pytest -rP); a harness that only refuses is none."""
    sys.stdout.write(f"{kind}: {dict(seen)}\n")
    assert seen["whole"]
    assert seen["refused"]


@pytest.mark.parametrize("kind", JSON_MAPS)
def test_a_spoilt_geojson_map_is_refused_or_read_whole(kind):
    seen = Counter()
    for number in range(VARIANTS):
        dice = dice_of(f"{kind} {number}")
        raw = mutants.spoil_json(dice, JSON_MAPS[kind])
        painted = try_to_paint(lambda raw: PAINTERS[kind](parse_document(unwrap(raw))), raw)
        ground = ground_in_json(json.loads(unwrap(raw))) if painted else None
        seen[check_law(painted, ground)] += 1
    tell(kind, seen)


def test_a_spoilt_kml_is_refused_or_read_whole():
    seen = Counter()
    for number in range(VARIANTS):
        raw = mutants.spoil_xml(dice_of(f"kml {number}"), KML)
        painted = try_to_paint(lambda raw: paint_control_kml(raw, RULES, as_of=AS_OF), raw)
        seen[check_law(painted, ground_in_kml(unwrap(raw)) if painted else None)] += 1
    tell("kml", seen)


def test_a_spoilt_kmz_is_refused_or_read_whole():
    seen = Counter()
    for number in range(VARIANTS):
        dice = dice_of(f"kmz {number}")
        count = dice.randint(1, 3)
        documents = [
            mutants.spoil_xml(dice, KML) if dice.random() < 0.6 else KML for _ in range(count)
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a name twice in a zip
            raw = mutants.spoil_bytes(dice, mutants.pack(dice, documents))
        painted = try_to_paint(lambda raw: paint_control_kml(raw, RULES, as_of=AS_OF), raw)
        seen[check_law(painted, ground_in_kml(*_members(raw)) if painted else None)] += 1
    tell("kmz", seen)


def _members(raw):
    plain = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        for entry in archive.infolist():
            if entry.filename.lower().endswith(".kml") and "__MACOSX" not in entry.filename:
                yield archive.read(entry)


def test_the_maps_as_they_are_are_read_whole():
    for kind, document in JSON_MAPS.items():
        ground = ground_in_json(document)
        assert check_law(PAINTERS[kind](document), ground) == "whole"
    assert check_law(paint_control_kml(KML, RULES, as_of=AS_OF), ground_in_kml(KML)) == "whole"

import pytest

from encircle.map.door.crs import check_crs

NAMES = [
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:ogc:def:crs:OGC::CRS84",
    "URN:OGC:DEF:CRS:OGC:1.3:CRS84",
    "urn:ogc:def:crs:OGC:1.3:CRS84h",
    "urn:ogc:def:crs:EPSG::4326",
    "urn:ogc:def:crs:EPSG:8.5:4326",
    "urn:x-ogc:def:crs:EPSG:4326",
    "http://www.opengis.net/def/crs/EPSG/0/4326",
    "https://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "http://www.opengis.net/def/crs/OGC/0/CRS84/",
    "http://www.opengis.net/gml/srs/epsg.xml#4326",
    "EPSG:4326",
    "epsg:4326",
    " EPSG:4326 ",
    "OGC:CRS84",
    "CRS84",
    "WGS 84",
    "WGS84",
    "GCS_WGS_1984",
]
OTHERS = [
    ("EPSG:14326", "EPSG:14326"),
    ("EPSG:43260", "EPSG:43260"),
    ("EPSG:4284", "EPSG:4284 (Pulkovo 1942)"),
    ("urn:ogc:def:crs:EPSG::3857", "EPSG:3857 (WGS 84 / Pseudo-Mercator)"),
    ("http://www.opengis.net/def/crs/EPSG/0/4284", "EPSG:4284 (Pulkovo 1942)"),
    ("urn:ogc:def:crs:OGC:1.3:CRS83", "urn:ogc:def:crs:OGC:1.3:CRS83"),
    ("WGS 84 / UTM zone 37N", "WGS 84 / UTM zone 37N"),
    ('GEOGCS["Pulkovo 1942",DATUM["x"]]', "WKT of 'Pulkovo 1942'"),
    ("EPSG:4326x", "EPSG:4326x"),
    ("EPSG:4326 or so", "EPSG:4326 or so"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("member", ["name", "urn", "href"])
def test_wgs_84_is_known_by_any_of_its_names(name, member):
    assert check_crs(name) is None
    assert check_crs({"type": "name", "properties": {member: name}}) is None


@pytest.mark.parametrize(
    "crs",
    [
        None,
        4326,
        4326.0,
        {"type": "EPSG", "properties": {"code": 4326}},
        {"type": "EPSG", "properties": {"code": "4326"}},
        {"wkid": 4326, "latestWkid": 4326},
    ],
    ids=str,
)
def test_a_code_for_wgs_84_is_a_name_too(crs):
    assert check_crs(crs) is None


@pytest.mark.parametrize(("name", "called"), OTHERS)
def test_any_other_system_is_called_by_its_name(name, called):
    assert check_crs({"type": "name", "properties": {"name": name}}) == called


@pytest.mark.parametrize(
    "crs",
    [
        {},
        "",
        [],
        True,
        0,
        10**30,
        {"properties": None},
        {"type": "EPSG", "properties": {"code": 4284}},
        {"type": "EPSG", "properties": {"code": True}},
        {"wkid": 102100, "latestWkid": 3857},
        {"type": "name", "properties": {"name": None}},
        "x" * 10_000,
    ],
    ids=lambda crs: str(crs)[:60],
)
def test_what_names_no_system_known_is_never_taken_for_wgs_84(crs):
    called = check_crs(crs)
    assert called
    assert len(called) <= 100

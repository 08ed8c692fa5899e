"""Maps of control zones in KML: whose each zone is, by rules."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely.geometry import box, mapping, shape

from encircle.errors import SituationError
from encircle.formats.kml.control import HolderRule, paint_control_kml, parse_rule
from encircle.formats.painted.situation import situation_from_painted
from encircle.map.door.reader import read_situation
from encircle.picture.export.export import ExportError, list_rules, write_situation_kml
from tests.unit.formats.test_kml import kml, placemark, polygon

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
AS_OF = datetime(2025, 3, 1, 12, tzinfo=UTC)
BORDER = mapping(box(30.0, 48.0, 36.0, 51.0))
UA_STYLE = '<Style id="ua"><PolyStyle><color>23ff0000</color></PolyStyle></Style>'
UA, RU = "<styleUrl>#ua</styleUrl>", "<styleUrl>#ru</styleUrl>"


def ring(west, south, east, north):
    return polygon(f"{west},{south} {east},{south} {east},{north} {west},{north} {west},{south}")


def two_sided():
    home = f"<MultiGeometry>{ring(30, 48, 36, 51)}{ring(34, 51, 34.4, 51.2)}</MultiGeometry>"
    abroad = f"<MultiGeometry>{ring(30, 51.2, 36, 55)}{ring(30, 51, 34, 51.2)}</MultiGeometry>"
    return kml(UA_STYLE, placemark(home, "u", UA), placemark(abroad, "r", RU))


def convert(painted, border=BORDER, **options):
    return situation_from_painted(
        painted, border, **{"force_at": [(34.2, 51.1)], "as_of": AS_OF} | options
    )


def by_id(document):
    return {feature["id"]: feature for feature in document["features"]}


def test_the_styles_of_the_mapper_say_whose_it_is_and_the_map_says_whose_map_it_is():
    document = convert(paint_control_kml(two_sided()))
    found = by_id(document)
    assert found["kml-0"]["properties"]["holder"] == "UA"
    assert found["kml-1"]["properties"]["holder"] == "RU"
    assert found["kml-0"]["properties"]["basis"] == "assessed"
    assert document["situation"]["mapper_side"] == "RU"
    assert read_situation(json.dumps(document)).as_of == AS_OF


def test_a_map_that_paints_both_sides_needs_no_border():
    document = convert(paint_control_kml(two_sided()), border=None)
    found = by_id(document)
    assert not any(name.startswith("territory") for name in found)
    assert shape(found["anchor-1"]["geometry"]).bounds[3] < 51.0 - 0.05
    said = [notice["statement"] for notice in document["situation"]["notices"]]
    assert "No border was given: unpainted ground is unknown." in said
    assert [s["id"] for s in document["situation"]["sources"]] == ["control-kml"]
    read_situation(json.dumps(document))


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param("#ru", id="style"),
        pytest.param("#RU", id="style, other letters"),
        pytest.param("ff0000", id="colour on the screen"),
        pytest.param("Occupied", id="folder"),
        pytest.param("zone", id="name"),
    ],
)
def test_a_rule_knows_a_zone_by_any_of_its_marks(mark):
    raw = kml(f"<Folder><name>Occupied</name>{placemark()}</Folder>")
    (zone,) = paint_control_kml(raw, [HolderRule(mark, "RU")]).zones
    assert zone.holder == "RU"
    assert zone.said == {"mark": mark}


def test_the_first_rule_that_fits_decides():
    rules = [HolderRule("zone", "unknown"), HolderRule("#ru", "RU")]
    (zone,) = paint_control_kml(kml(placemark()), rules).zones
    assert (zone.holder, zone.basis, zone.held_by) == (None, "unknown", None)


def test_other_wars_have_other_sides():
    raw = kml(placemark(name="a"), placemark(ring(35, 51, 36, 52), name="b"))
    painted = paint_control_kml(raw, [HolderRule("a", "blue"), HolderRule("b", "neutral")])
    assert painted.sides == (("blue", "blue"),)
    assert painted.mapper_side is None
    with pytest.raises(SituationError, match="--border"):
        convert(painted, side="blue")


def test_what_fits_no_rule_is_unknown_ground_and_named():
    other = ring(35, 51, 36, 52)
    raw = kml(placemark(), placemark(other, name="arrow", extra=""), placemark(name="old"))
    painted = paint_control_kml(raw, [HolderRule("old", "skip"), HolderRule("#ru", "RU")])
    assert [(zone.id, zone.basis) for zone in painted.zones] == [
        ("kml-0", "assessed"),
        ("kml-1", "unknown"),
    ]
    said = "\n".join(map(str, painted.notices))
    assert "Placemark 'arrow' (map, arrow) fits no rule" in said
    assert [n.severity for n in painted.notices if n.code == "fits_no_rule"] == ["doubt"]
    assert "1 placemark was left out, as the rules say" in said


def test_a_rule_that_nothing_bears_is_told():
    painted = paint_control_kml(kml(placemark()))
    assert "No placemark bears '#ua': nothing was given to UA." in map(str, painted.notices)


def test_a_map_that_fits_no_rule_is_refused_with_the_marks_it_has():
    with pytest.raises(SituationError, match="--holder") as refused:
        paint_control_kml(kml(placemark(name="Zone 7")), [HolderRule("#x", "RU")])
    assert "'#ru'" in str(refused.value)
    assert "'Zone 7'" in str(refused.value)


def test_a_ring_that_crosses_itself_is_split_without_moving_it_and_its_area_is_told():
    bow = polygon("34,51 34.4,51.2 34.4,51 34,51.2 34,51")
    painted = paint_control_kml(kml(placemark(bow)))
    (zone,) = painted.zones
    assert zone.geometry.is_valid
    assert zone.geometry.area == pytest.approx(0.04)
    (said,) = [str(n) for n in painted.notices if n.code == "ring_mended"]
    assert "no boundary moved" in said
    assert "km² as drawn" in said


@pytest.mark.parametrize("text", ["RU", "=RU", "#ru=", ""])
def test_a_rule_that_is_none_is_refused(text):
    with pytest.raises(SituationError, match="MARK=SIDE"):
        parse_rule(text)


def test_a_mark_may_hold_an_equals_sign():
    assert parse_rule("a=b=RU") == HolderRule("a=b", "RU")


# -- marks


def data(**values):
    inside = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in values.items())
    return f"<ExtendedData>{inside}</ExtendedData>"


def simple(schema, **values):
    inside = "".join(f'<SimpleData name="{k}">{v}</SimpleData>' for k, v in values.items())
    return f'<ExtendedData><SchemaData schemaUrl="#{schema}">{inside}</SchemaData></ExtendedData>'


ARRAY = (
    '<ExtendedData><SchemaData schemaUrl="#s"><SimpleArrayData name="side"><value>RU</value>'
    "</SimpleArrayData></SchemaData></ExtendedData>"
)
OWN_NAMES = '<ExtendedData xmlns:our="urn:x"><our:side>RU</our:side></ExtendedData>'


@pytest.mark.parametrize(
    ("mark", "extra"),
    [
        pytest.param("RU", data(side="RU"), id="a value"),
        pytest.param("side=RU", ARRAY, id="an array of values"),
        pytest.param("side=RU", OWN_NAMES, id="a namespace of its own"),
        pytest.param("side=RU", data(side="RU"), id="a name and value"),
        pytest.param("ru", simple("a.schema", holder="RU"), id="GDAL's data"),
        pytest.param("RU held", simple("RU held.schema", note="x"), id="GDAL's layer"),
        pytest.param("RU_held.schema", simple("RU_held.schema", note="x"), id="a schema"),
        pytest.param("Russian", "", id="a document in the document"),
        pytest.param("*", "", id="anything else"),
    ],
)
def test_a_rule_knows_a_zone_by_its_data_its_layer_or_as_anything_else(mark, extra):
    raw = kml(f"<Document><name>Russian</name>{placemark(extra=extra)}</Document>")
    (zone,) = paint_control_kml(raw, [HolderRule(mark, "RU")]).zones
    assert zone.holder == "RU"


def test_anything_else_comes_last_wherever_it_is_written():
    raw = kml(UA_STYLE, placemark(name="a", extra=UA), placemark(ring(35, 51, 36, 52), name="b"))
    painted = paint_control_kml(raw, [parse_rule("*=RU"), parse_rule("#ua=UA")])
    assert [zone.holder for zone in painted.zones] == ["UA", "RU"]


# -- why nothing is painted


LINK = "<NetworkLink><name>Live</name><Link><href>https://example.org/m.kml</href></Link></NetworkLink>"
LINE = placemark("<LineString><coordinates>34,51 35,51 35,52 34,51</coordinates></LineString>")
POINT = placemark("<Point><coordinates>34,51</coordinates></Point>")


@pytest.mark.parametrize(
    ("inside", "said", "remedy"),
    [
        pytest.param(LINK, "https://example.org/m.kml", "without the network link", id="a link"),
        pytest.param(LINE, "drawn as lines", "polygons", id="lines"),
        pytest.param(POINT, "positions", "beside a map of control", id="points"),
        pytest.param("", "nothing paints ground", "polygons of control", id="nothing"),
        pytest.param(placemark(extra=""), "no control zone fits", "MARK=SIDE", id="no mark"),
    ],
)
def test_a_refusal_says_why_nothing_is_painted_and_what_to_do(inside, said, remedy):
    with pytest.raises(SituationError, match=said) as refused:
        paint_control_kml(kml(inside), [HolderRule("#x", "RU")])
    assert remedy in refused.value.faults[0].remedy


def test_a_link_beside_zones_and_a_closed_line_beside_them_are_doubts():
    painted = paint_control_kml(kml(placemark(), LINK, LINE))
    doubts = {notice.code for notice in painted.notices if notice.severity == "doubt"}
    assert {"link_not_followed", "zones_as_lines"} <= doubts


# -- a situation written as KML comes back ---------------------------------------------------------


def read_back(document):
    rules = [parse_rule(rule.removeprefix("--holder ").strip("'")) for rule in list_rules(document)]
    return paint_control_kml(write_situation_kml(document), rules)


def areas(zones):
    """Add up the ground of each holder and certainty, in square degrees."""
    total = {}
    for holder, basis, geometry in zones:
        said = holder if basis == "assessed" else None
        total[said] = total.get(said, 0.0) + geometry.area
    return total


@pytest.mark.parametrize("name", ["kursk-2025-03-14", "bakhmut-2023-05-15", "trap-salient-open"])
def test_a_situation_written_as_kml_comes_back_with_its_area_and_sides(name):
    document = json.loads((FIXTURES / name / "situation.geojson").read_text("utf-8"))
    painted = read_back(document)
    before = areas(
        (f["properties"].get("holder"), f["properties"]["basis"], shape(f["geometry"]))
        for f in document["features"]
        if f["properties"]["kind"] == "control"
        and f["properties"]["basis"] not in ("territory", "claimed")
    )
    after = areas((z.holder, z.basis, z.geometry) for z in painted.zones)
    assert after == pytest.approx(before, rel=1e-6)
    assert painted.mapper_side is None


def test_a_situation_written_as_kml_is_not_taken_for_another_mapper_s_map():
    document = json.loads((FIXTURES / "kursk-2025-03-14" / "situation.geojson").read_text("utf-8"))
    with pytest.raises(SituationError, match="held="):
        paint_control_kml(write_situation_kml(document))


@pytest.mark.parametrize("side", ["unknown", "skip", "none", "a=b"])
def test_a_side_that_could_not_be_read_back_is_refused(side):
    document = convert(paint_control_kml(two_sided()))
    document["features"][0]["properties"]["holder"] = side
    with pytest.raises(ExportError, match=side):
        write_situation_kml(document)

"""KML drawn by hand: folders, styles and colours kept, bombs and links refused, rings read."""

import io
import re
import zipfile

import pytest

from encircle.errors import SituationError
from encircle.formats.kml.kml import read_kml
from encircle.map.door.reader import Limits

RING = "34,51 34.4,51 34.4,51.2 34,51.2 34,51"
STYLES = """
<Style id="ru"><LineStyle><color>ff0000</color></LineStyle>
  <PolyStyle><color>230000ff</color></PolyStyle></Style>
<Style id="plain"><LineStyle><color>ff00ff00</color></LineStyle></Style>
<Style id="hollow"><LineStyle><color>ffff0000</color></LineStyle>
  <PolyStyle><color>ff0000ff</color><fill>0</fill></PolyStyle></Style>
<StyleMap id="map"><Pair><key>highlight</key><styleUrl>#plain</styleUrl></Pair>
  <Pair><key>normal</key><styleUrl>#ru</styleUrl></Pair></StyleMap>
<StyleMap id="own"><Pair><key>normal</key>
  <Style><PolyStyle><color>ff112233</color></PolyStyle></Style></Pair></StyleMap>
<StyleMap id="a"><Pair><key>normal</key><styleUrl>#b</styleUrl></Pair></StyleMap>
<StyleMap id="b"><Pair><key>normal</key><styleUrl>#a</styleUrl></Pair></StyleMap>
"""


def polygon(ring=RING, *holes):
    inner = "".join(
        f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing>"
        "</innerBoundaryIs>"
        for hole in holes
    )
    return (
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
        f"</outerBoundaryIs>{inner}</Polygon>"
    )


def placemark(inside=None, name="zone", extra="<styleUrl>#ru</styleUrl>"):
    return f"<Placemark><name>{name}</name>{extra}{inside or polygon()}</Placemark>"


def kml(*inside, namespace="http://www.opengis.net/kml/2.2"):
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    body = "".join(inside)
    return f"<kml{xmlns}><Document><name>map</name>{STYLES}{body}</Document></kml>".encode()


def only(raw):
    (found,) = read_kml(raw).placemarks
    return found


def notices(raw):
    return "\n".join(map(str, read_kml(raw).notices))


# -- who and where


@pytest.mark.parametrize("namespace", ["http://www.opengis.net/kml/2.2", "", "urn:any"])
def test_the_namespace_does_not_matter(namespace):
    assert only(kml(placemark(), namespace=namespace)).name == "zone"


def test_the_folders_round_a_placemark_are_kept():
    inner = f"<Folder><name>  2025\n March </name>{placemark()}</Folder>"
    found = only(kml(f"<Folder><name>Control</name>{inner}</Folder>"))
    assert found.folders == ("Control", "2025 March")
    assert found.path == "Control/2025 March/zone"


def test_placemarks_keep_the_file_s_order():
    names = [str(n) for n in range(5)]
    folder = f"<Folder><name>f</name>{placemark(name='1')}{placemark(name='2')}</Folder>"
    raw = kml(placemark(name="0"), folder, placemark(name="3"), placemark(name="4"))
    read = read_kml(raw).placemarks
    assert [p.name for p in read] == names
    assert [p.index for p in read] == list(range(5))


@pytest.mark.parametrize(
    ("extra", "styles", "colour"),
    [
        pytest.param("<styleUrl>#ru</styleUrl>", ("#ru",), "ff0000", id="a style"),
        pytest.param("<styleUrl>ru</styleUrl>", ("#ru",), "ff0000", id="a style, no sharp"),
        pytest.param("<styleUrl>#map</styleUrl>", ("#map", "#ru"), "ff0000", id="a map of styles"),
        pytest.param("<styleUrl>#own</styleUrl>", ("#own",), "332211", id="a style in a map"),
        pytest.param("<styleUrl>#plain</styleUrl>", ("#plain",), "00ff00", id="an outline only"),
        pytest.param("<styleUrl>#hollow</styleUrl>", ("#hollow",), "0000ff", id="not filled"),
        pytest.param("<styleUrl>#a</styleUrl>", None, None, id="round in a circle"),
        pytest.param(
            "<styleUrl>#none</styleUrl>", ("#none",), None, id="a style that is not there"
        ),
        pytest.param("<styleUrl>x.kml#ru</styleUrl>", (), None, id="a style in another file"),
        pytest.param("", (), None, id="no style"),
        pytest.param(
            "<Style><PolyStyle><color>ff00ffff</color></PolyStyle></Style><styleUrl>#ru</styleUrl>",
            ("#ru",),
            "ffff00",
            id="its own style wins",
        ),
    ],
)
def test_style_and_colour_are_resolved(extra, styles, colour):
    paint = only(kml(placemark(extra=extra))).paint
    assert paint.colour == colour
    assert styles is None or paint.styles == styles


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("<styleUrl>#none</styleUrl>", "'#none' is not in the file"),
        ("<styleUrl>x.kml#ru</styleUrl>", "in another file, which was not opened"),
        ("<Style><PolyStyle><color>blue</color></PolyStyle></Style>", "'blue' is not aabbggrr"),
    ],
)
def test_a_style_that_cannot_be_read_is_told(extra, said):
    assert said in notices(kml(placemark(extra=extra)))


def painted_in(*inside):
    return [(p.name, p.paint.colour) for p in read_kml(kml(*inside)).placemarks]


def document(colour, name):
    style = f'<Style id="poly"><PolyStyle><color>{colour}</color></PolyStyle></Style>'
    zone = placemark(name=name, extra="<styleUrl>#poly</styleUrl>")
    return f"<Document>{style}{zone}</Document>"


def test_a_style_is_that_of_its_own_document():
    both = document("ff0000ff", "a"), document("ffff0000", "b")
    assert painted_in(*both) == [("a", "ff0000"), ("b", "0000ff")]


def test_a_style_of_another_document_is_taken_where_it_is_one_and_told():
    zone = placemark(extra="<styleUrl>#poly</styleUrl>")
    assert painted_in(document("ff0000ff", "a"), zone)[1] == ("zone", "ff0000")
    assert "another Document" in notices(kml(document("ff0000ff", "a"), zone))


def test_a_style_that_is_there_twice_with_two_colours_is_not_guessed():
    both = document("ff0000ff", "a"), document("ffff0000", "b")
    zone = placemark(extra="<styleUrl>#poly</styleUrl>")
    assert painted_in(*both, zone)[2] == ("zone", None)
    assert "there twice with two colours" in notices(kml(*both, zone))


@pytest.mark.parametrize(
    ("own", "colour"),
    [
        pytest.param("<LineStyle><color>ff00ff00</color></LineStyle>", "ff0000", id="its outline"),
        pytest.param("<PolyStyle><outline>0</outline></PolyStyle>", "ff0000", id="no outline"),
        pytest.param("<PolyStyle><color>ff00ffff</color></PolyStyle>", "ffff00", id="its ground"),
        pytest.param("<PolyStyle><fill>0</fill></PolyStyle>", "0000ff", id="not filled"),
        pytest.param("<IconStyle/>", "ff0000", id="an icon"),
    ],
)
def test_a_placemark_s_own_style_lies_over_the_one_it_names(own, colour):
    extra = f"<Style>{own}</Style><styleUrl>#ru</styleUrl>"
    assert only(kml(placemark(extra=extra))).paint.colour == colour


def test_a_cascading_style_is_followed():
    inside = "<Style><PolyStyle><color>ff0000ff</color></PolyStyle></Style>"
    style = (
        '<gx:CascadingStyle xmlns:gx="http://www.google.com/kml/ext/2.2" '
        f'xmlns:kml="http://www.opengis.net/kml/2.2" kml:id="__managed">{inside}'
        '</gx:CascadingStyle><StyleMap id="m"><Pair><key>normal</key>'
        "<styleUrl>#__managed</styleUrl></Pair></StyleMap>"
    )
    assert painted_in(style, placemark(extra="<styleUrl>#m</styleUrl>")) == [("zone", "ff0000")]


def test_a_random_colour_is_no_mark():
    style = (
        "<Style><PolyStyle><color>ff0000ff</color><colorMode>random</colorMode></PolyStyle></Style>"
    )
    assert painted_in(placemark(extra=style)) == [("zone", None)]


# -- rings


def test_holes_are_holes():
    hole = "34.1,51.05 34.2,51.05 34.2,51.1 34.1,51.1 34.1,51.05"
    (area,) = only(kml(placemark(polygon(RING, hole)))).geometry.geoms
    assert len(area.interiors) == 1
    assert area.area == pytest.approx(0.4 * 0.2 - 0.1 * 0.05)


def test_polygons_are_found_however_deep():
    inside = f"<MultiGeometry><MultiGeometry>{polygon()}</MultiGeometry>{polygon()}</MultiGeometry>"
    assert len(only(kml(placemark(inside))).geometry.geoms) == 2


def test_heights_are_dropped_with_a_notice():
    raw = kml(placemark(polygon("34,51,120 34.4,51,0 34.4,51.2,0.0 34,51,120")))
    assert not only(raw).geometry.has_z
    assert "Heights were dropped from 2 positions" in notices(raw)


def test_blanks_after_commas_are_read():
    raw = kml(placemark(polygon("34, 51, 0\n 34.4, 51, 0 34.4 ,51.2 34, 51, 0")))
    assert only(raw).geometry.area == pytest.approx(0.04)


def test_a_ring_left_open_is_closed_with_a_notice():
    raw = kml(placemark(polygon("34,51 34.4,51 34.4,51.2 34,51.2")))
    assert only(raw).geometry.area == pytest.approx(0.08)
    assert "A ring of 'zone' was not closed" in notices(raw)


def test_a_ring_without_area_is_left_out_with_a_notice():
    raw = kml(placemark(), placemark(polygon("34,51 34.4,51"), name="line"))
    assert only(raw).name == "zone"
    assert "A ring of 'line' has fewer than 4 positions" in notices(raw)


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        pytest.param("34, 51, 35, 52", "'34,' is not a position", id="a chain of commas"),
        pytest.param("34,51 nan,51 34,51", "'nan,51' is not a position", id="not a number"),
        pytest.param("34,51 1_0,51 34,51", "'1_0,51' is not a position", id="an underscore"),
        pytest.param("34,51 ٣٤,51 34,51", "is not a position", id="other digits"),
        pytest.param("34 51", "'34' is not a position", id="no commas"),
        pytest.param("51,134 51,134.4 51.2,134", "'51,134' is out of range", id="lat first"),
        pytest.param("1e999,51 34,51", "out of range", id="infinite"),
    ],
)
def test_coordinates_that_cannot_be_read_are_refused_by_the_placemark_s_name(ring, said):
    raw = kml("<Folder><name>Control</name>", placemark(polygon(ring), name="salient"), "</Folder>")
    with pytest.raises(SituationError) as refused:
        read_kml(raw)
    (fault,) = refused.value.faults
    assert said in fault.message
    assert fault.feature == "Control/salient"
    assert fault.remedy


def test_every_fault_is_told_at_once():
    bad = polygon("x")
    with pytest.raises(SituationError) as refused:
        read_kml(kml(placemark(bad, name="a"), placemark(), placemark(bad, name="b")))
    assert [fault.feature for fault in refused.value.faults] == ["a", "b"]


def test_two_outer_rings_in_one_polygon_are_refused():
    outer = polygon().removeprefix("<Polygon>").removesuffix("</Polygon>")
    with pytest.raises(SituationError, match="2 outer rings"):
        read_kml(kml(placemark(f"<Polygon>{outer}{outer}</Polygon>")))


# -- what is left out


def test_what_paints_no_ground_is_counted():
    link = "<NetworkLink><Link><href>http://example.org/more.kml</href></Link></NetworkLink>"
    point = placemark("<Point><coordinates>34,51</coordinates></Point>")
    line = placemark("<LineString><coordinates>34,51 35,51</coordinates></LineString>")
    overlay = "<GroundOverlay><name>scan</name></GroundOverlay>"
    hidden = placemark(extra="<visibility>0</visibility>")
    said = notices(kml(link, point, point, line, overlay, hidden))
    assert "1 network links were not followed" in said
    assert "2 Point were left out" in said
    assert "1 LineString were left out" in said
    assert "1 pictures laid over" in said
    assert "1 placemarks or folders are hidden" in said


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param(f"<Wrapper>{placemark()}</Wrapper>", id="a placemark in a stranger"),
        pytest.param(placemark(polygon().replace("outerBoundaryIs", "outer")), id="a strange ring"),
        pytest.param(placemark(polygon().replace("Polygon>", "polygon>")), id="small letters"),
        pytest.param(f"<Placemark>{placemark()}</Placemark>", id="a placemark in a placemark"),
    ],
)
def test_coordinates_that_stand_where_kml_has_none_are_refused(inside):
    with pytest.raises(SituationError, match="stands where KML has none"):
        read_kml(kml(placemark(), inside))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_encodings_are_read(encoding):
    text = kml(placemark(name="Зона")).decode()
    raw = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding)
    assert only(raw).name == "Зона"


# -- foreign text


BOMB = b"""<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<kml><Document><name>&c;</name></Document></kml>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<kml><Document><name>&x;</name></Document></kml>"""


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(BOMB, "a DTD or an entity", id="a bomb"),
        pytest.param(EXTERNAL, "a DTD or an entity", id="an external entity"),
        pytest.param(b'<!DOCTYPE kml SYSTEM "x.dtd"><kml/>', "a DTD", id="a DTD alone"),
        pytest.param(b"", "not XML", id="nothing"),
        pytest.param(b"<kml><Document>", "not XML", id="half a file"),
        pytest.param(b"\xff\xfe\x00", "not XML", id="bytes"),
        pytest.param(b'<?xml version="1.0" encoding="ebcdic-x"?><kml/>', "not", id="an encoding"),
        pytest.param(b"<html/>", "no KML", id="another format"),
        pytest.param(b"PK\x03\x04rubbish", "zip cannot be read", id="half a zip"),
    ],
)
def test_what_is_no_kml_is_refused_with_a_remedy(raw, said):
    with pytest.raises(SituationError, match=said) as refused:
        read_kml(raw)
    assert all(fault.remedy for fault in refused.value.faults)


def zipped(name, content):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def test_a_kmz_is_opened():
    assert only(zipped("doc.kml", kml(placemark()))).name == "zone"


def archive(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as opened:
        for name, content in members.items():
            opened.writestr(name.replace("__", "/"), content)
    return held.getvalue()


OTHER = placemark(polygon("35,51 35.4,51 35.4,51.2 35,51.2 35,51"), name="other")


def test_all_documents_of_a_kmz_are_read_and_named():
    link = "<NetworkLink><Link><href>files/b.kml</href></Link></NetworkLink>"
    raw = archive(files__b=b"x", **{"files__b.kml": kml(OTHER), "doc.kml": kml(placemark(), link)})
    read = read_kml(raw)
    assert [p.name for p in read.placemarks] == ["zone", "other"]
    assert [p.documents[0] for p in read.placemarks] == ["doc.kml", "files/b.kml"]
    assert not read.links
    assert "files/b.kml" in notices(raw)


def test_a_kmz_in_a_kmz_is_opened():
    raw = archive(**{"doc.kml": kml(placemark()), "in.kmz": archive(**{"doc.kml": kml(OTHER)})})
    assert [p.name for p in read_kml(raw).placemarks] == ["zone", "other"]


def test_a_document_of_a_kmz_that_cannot_be_read_is_refused_by_name():
    raw = archive(**{"doc.kml": kml(placemark()), "b.kml": b"<kml>"})
    with pytest.raises(SituationError, match=r"b\.kml"):
        read_kml(raw)


def test_the_shadows_a_mac_leaves_are_no_documents():
    raw = archive(**{"doc.kml": kml(placemark()), "__MACOSX/._doc.kml": b"\0\5"})
    assert only(raw).name == "zone"


def test_a_style_in_another_document_of_the_kmz_is_found():
    zone = placemark(extra="<styleUrl>styles.kml#far</styleUrl>")
    style = '<Style id="far"><PolyStyle><color>ff123456</color></PolyStyle></Style>'
    raw = archive(**{"doc.kml": kml(zone), "styles.kml": kml(style)})
    assert only(raw).paint.colour == "563412"


def test_a_zip_without_kml_is_refused():
    with pytest.raises(SituationError, match=re.escape("without a .kml file")):
        read_kml(zipped("a.txt", b"x"))


@pytest.mark.parametrize(
    ("raw", "limits", "said"),
    [
        pytest.param(kml(placemark()), Limits(bytes=100), "more than 100 bytes", id="bytes"),
        pytest.param(
            zipped("doc.kml", kml(placemark()) + b" " * 10**6),
            Limits(bytes=10**5),
            "more than 100000 bytes",
            id="a zip bomb",
        ),
        pytest.param(kml("<Folder>" * 70, "</Folder>" * 70), Limits(), "nested deeper", id="depth"),
        pytest.param(
            kml(placemark() * 3), Limits(features=2), "more than 2 place", id="placemarks"
        ),
        pytest.param(kml(placemark()), Limits(vertices=4), "more than 4 vertices", id="vertices"),
    ],
)
def test_a_file_too_large_is_refused(raw, limits, said):
    with pytest.raises(SituationError, match=said):
        read_kml(raw, limits)

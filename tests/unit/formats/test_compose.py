"""Many files make one situation, each called by its name, or the refusal says which and why."""

import gzip
import io
import json
import zipfile
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from encircle import judge
from encircle.claims.composing.compose import compose
from encircle.claims.composing.plan import NEEDS, Plan
from encircle.errors import SituationError
from encircle.formats.publishers.guests import Given
from encircle.formats.tables.columns import Wording
from encircle.formats.tables.writing import write_positions
from encircle.map.door.reader import read_situation

HEAD = "name,lat,lon,side,force,date,source\n"
TABLE = HEAD + (
    "HQ,49.50,33.00,UA,grp,2022-08-15,https://t.me/a/1\n"
    "first,49.60,33.10,RU,,2022-08-15,https://t.me/a/2\n"
    "second,49.40,33.10,RU,,2022-08-14,https://t.me/a/3\n"
)
ANCHOR = {"anchor_at": [(32.5, 49.5)]}


def polygon(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def line(*places, **properties):
    return feature({"type": "LineString", "coordinates": [list(p) for p in places]}, **properties)


BORDER = feature(polygon(30, 46, 38, 52), name="Ukraine")
MAP = collection(feature(polygon(33.5, 46.5, 37.5, 51.5), FID=1))
MAP_NAME = "20220815_RussianAssessedCoTinUkraine.geojson"
ROADS = collection(
    line((33.0, 49.5), (32.7, 49.5), highway="primary", name="M1"),
    line((32.7, 49.5), (33.0, 49.5), highway="primary", name="M1"),
    line((32.7, 49.5), (32.69, 49.5), highway="primary", bridge="yes"),
    line((36.0, 47.0), (36.1, 47.0), highway="primary"),
    line((33.0, 49.5), (33.01, 49.5), highway="footway"),
)


def given(value, name):
    raw = value.encode() if isinstance(value, str) else value
    raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    return Given(name, raw)


def make(*files, **plan):
    said = []
    document = compose([given(*file) for file in files], Plan(**plan), said.append)
    return document, said


def kinds(document):
    return [f["properties"]["kind"] for f in document["features"]]


def codes(document):
    return {n["code"] for n in document["situation"].get("notices", []) if isinstance(n, dict)}


def test_positions_alone_make_a_situation_that_can_be_judged():
    document, said = make((TABLE, "p.csv"), **ANCHOR)
    assert "3 rows: 3 positions, 0 not read" in said[1]
    assert document["situation"]["uncovered"] == "open"
    assert document["situation"]["force"] == "grp"
    assert document["situation"]["as_of"] == "2022-08-15T12:00:00Z"
    assert judge(read_situation(document)).verdict == "not_encircled"


def test_positions_of_a_table_are_judged_as_those_drawn_by_hand():
    document, _ = make((TABLE, "p.csv"), **ANCHOR)
    drawn = {
        "type": "FeatureCollection",
        "situation": {"as_of": "2022-08-15T12:00:00Z", "force": "grp", "uncovered": "open"},
        "features": [
            {"type": "Feature", "id": "a", "geometry": {"type": "Point", "coordinates": [33.0, 49.5]},  # noqa: E501
             "properties": {"kind": "position", "side": "UA", "force": "grp"}},
            {"type": "Feature", "id": "b", "geometry": {"type": "Point", "coordinates": [33.1, 49.6]},  # noqa: E501
             "properties": {"kind": "position", "side": "RU"}},
            {"type": "Feature", "id": "c", "geometry": {"type": "Point", "coordinates": [33.1, 49.4]},  # noqa: E501
             "properties": {"kind": "position", "side": "RU"}},
            {"type": "Feature", "id": "d", "geometry": {"type": "Point", "coordinates": [32.5, 49.5]},  # noqa: E501
             "properties": {"kind": "anchor", "side": "UA"}},
        ],
    }  # fmt: skip
    ours, theirs = judge(read_situation(document)), judge(read_situation(drawn))
    assert ours.status.code == theirs.status.code
    assert ours.verdict == theirs.verdict


def exchange(table):
    rows = [row.split(",") for row in table.strip().split("\n")]
    return "\n".join(",".join([r[0], r[2], r[1], *r[3:]] if at else r) for at, r in enumerate(rows))


def test_a_table_exchanged_throughout_is_refused():
    with pytest.raises(SituationError, match="exchanged"):
        make((exchange(TABLE), "p.csv"), anchor_at=[(32.5, 49.5)])
    hostile = "\n".join(row for row in exchange(TABLE).split("\n") if ",UA," not in row)
    with pytest.raises(SituationError, match="exchanged"):
        make((MAP, MAP_NAME), (hostile, "p.csv"), (BORDER, "border.geojson"),
             force_at=[(33.0, 49.5)])  # fmt: skip


def test_without_a_rear_the_remedy_says_how_to_give_one():
    with pytest.raises(SituationError, match="--anchor-at"):
        make((TABLE, "p.csv"))


def test_bad_rows_refuse_the_whole_and_good_ones_are_kept_as_told():
    bad = TABLE + "third,49.5,,RU,,2022-08-15,\nfourth,49.5,33.2,,,2022-08-15,\n"
    with pytest.raises(SituationError) as refused:
        make((bad, "p.csv"), **ANCHOR)
    assert len(refused.value.faults) == 3
    assert "--keep-good" in str(refused.value)
    document, _ = make((bad, "p.csv"), keep_good=True, **ANCHOR)
    assert kinds(document).count("position") == 3
    assert "table_rows_left_out" in codes(document)


def test_a_map_positions_roads_and_a_border_make_one_situation():
    document, said = make(
        (MAP, MAP_NAME), (TABLE, "p.csv"), (ROADS, "roads.geojson"), (BORDER, "border.geojson")
    )
    assert {"control", "position", "anchor", "route", "crossing"} <= set(kinds(document))
    assert kinds(document).count("route") == 1
    assert kinds(document).count("crossing") == 1
    assert document["situation"]["force"] == "grp"
    ours = [f for f in document["features"] if f["properties"].get("force") == "grp"]
    assert [f["properties"]["name"] for f in ours] == ["HQ"]
    assert len([line for line in said if "layer of ISW" in line]) == 1
    assert judge(read_situation(document)).verdict


def test_where_rows_name_no_force_the_side_is_the_force():
    bare = TABLE.replace(",grp,", ",,")
    document, _ = make((bare, "p.csv"), **ANCHOR)
    forces = {f["properties"].get("force") for f in document["features"]}
    assert document["situation"]["force"] in forces


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(
            [(MAP, MAP_NAME), (collection(feature(polygon(33, 49, 34, 50), fill="#a52714")), "d.json")],  # noqa: E501
            "encircle ask", id="two mappers",
        ),
        pytest.param(
            [(collection(feature(polygon(33, 49, 34, 50), fill="#a52714")), "2025-03-14_1741941622.json"),  # noqa: E501
             (collection(feature(polygon(33, 49, 34, 50), fill="#a52714")), "2025-03-20_1742507523.json")],  # noqa: E501
            "timeline", id="two days",
        ),
        pytest.param([(ROADS, "roads.geojson")], "encircle convert MAP", id="roads alone"),
        pytest.param([("%PDF-1.7", "a.pdf")], "a PDF", id="PDF"),
        pytest.param([({"type": "umap"}, "a.umap")], "uMap", id="uMap"),
        pytest.param([("", "a.csv")], "an empty file", id="empty"),
        pytest.param([({"geometryType": "esriGeometryPoint"}, "a.json")], "f=geojson", id="Esri"),
        pytest.param([("They are surrounded, he said.", "a.txt")], "claims extract", id="text"),
        pytest.param([(TABLE, "p.csv"), (BORDER, "b.geojson"), (BORDER, "c.geojson")], "two borders",  # noqa: E501
                     id="two borders"),
    ],
)  # fmt: skip
def test_files_that_make_no_situation_are_called_by_their_names(files, said):
    with pytest.raises(SituationError, match=said):
        make(*files, **ANCHOR)


def test_what_is_packed_is_unpacked():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("p.csv", TABLE)
    plain = make((TABLE, "p.csv"), **ANCHOR)[0]
    assert make((gzip.compress(TABLE.encode()), "p.csv.gz"), **ANCHOR)[0] == plain
    assert make((kept.getvalue(), "p.zip"), **ANCHOR)[0] == plain


def test_a_gzip_cut_short_is_refused():
    with pytest.raises(SituationError, match="cut short"):
        make((gzip.compress(TABLE.encode() * 50)[:-20], "p.csv.gz"), **ANCHOR)


def test_features_a_line_are_a_situation():
    document, _ = make((TABLE, "p.csv"), **ANCHOR)
    lines = "\n".join(json.dumps(f) for f in document["features"])
    again, _ = make((lines, "p.geojsonl"), as_of=datetime(2022, 8, 15, 12, tzinfo=UTC))
    assert kinds(again) == kinds(document)


def test_positions_come_in_beside_a_situation_that_has_a_force():
    base, _ = make((TABLE, "p.csv"), **ANCHOR)
    more = "lat,lon,side,date\n49.55,33.2,Russia,2022-08-15\n49.51,33.01,UA,2022-08-15\n"
    document, _ = make((base, "s.geojson"), (more, "more.csv"))
    assert document["situation"]["force"] == "grp"
    fresh = [f["properties"] for f in document["features"] if f["id"].startswith("more")]
    assert [(said["side"], said.get("force")) for said in fresh] == [("RU", None), ("UA", None)]


def test_reports_come_in_without_a_force_or_a_rear():
    events = "event_date,event_type,actor1,latitude,longitude,notes\n14 March 2025,B,A,51,35,x\n"
    document, _ = make((events, "acled.csv"))
    assert kinds(document) == ["claim"]


def test_posts_of_auto_archiver_come_in_as_claims():
    posts = (
        "Link,Archive status,Archive location,Upload timestamp,Text Content\n"
        "https://t.me/1,ok,https://arch/1,2025-03-14T09:00:00Z,They are surrounded\n"
    )
    with pytest.raises(SituationError, match="encircle check"):
        make((posts, "archive.csv"))
    document, _ = make((TABLE, "p.csv"), (posts, "archive.csv"), **ANCHOR)
    said = document["features"][kinds(document).index("claim")]["properties"]
    assert (said["kind"], said["statement"]) == ("claim", "They are surrounded")
    assert (said["url"], said["archive_url"]) == ("https://t.me/1", "https://arch/1")
    assert "claim_without_place" not in codes(document)


def test_claims_come_in_beside_a_map():
    claims = "id,claimant,statement,force,definition\nc1,Spokesman,They are cut off,grp,land_cut\n"
    document, _ = make((TABLE, "p.csv"), (claims, "c.csv"), **ANCHOR)
    claim = document["features"][kinds(document).index("claim")]
    assert claim["properties"]["asserts"]["definition"] == "land_cut"


def test_positions_go_out_as_a_table_and_come_back():
    document, _ = make((TABLE, "p.csv"), **ANCHOR)
    again, _ = make((write_positions(document), "q.csv"), **ANCHOR)
    first, second = (
        [(f["geometry"], f["properties"]["side"]) for f in d["features"]] if d else None
        for d in ({"features": [f for f in document["features"] if f["properties"]["kind"] == "position"]},  # noqa: E501
                  {"features": [f for f in again["features"] if f["properties"]["kind"] == "position"]})  # noqa: E501
    )  # fmt: skip
    assert first == second


def test_the_order_of_files_changes_nothing():
    files = [(MAP, MAP_NAME), (TABLE, "p.csv"), (ROADS, "roads.geojson"), (BORDER, "b.geojson")]
    one, other = make(*files)[0], make(*reversed(files))[0]
    assert sorted(map(json.dumps, one["features"])) == sorted(map(json.dumps, other["features"]))


# -- what is said of no file given ---------------------------------------------------------------

SITUATION = {
    "type": "FeatureCollection",
    "situation": {"as_of": "2022-08-15T12:00:00Z", "sides": [{"id": "UA"}, {"id": "RU"}],
                  "uncovered": "open"},
    "features": [
        {"type": "Feature", "id": "a", "geometry": {"type": "Point", "coordinates": [33.0, 49.5]},
         "properties": {"kind": "position", "side": "UA", "force": "grp"}},
        {"type": "Feature", "id": "d", "geometry": {"type": "Point", "coordinates": [32.5, 49.5]},
         "properties": {"kind": "anchor", "side": "UA"}},
    ],
}  # fmt: skip
IDLE_OF_A_SITUATION = {
    "--force-in": {"force_in": "salient-1"},
    "--side": {"side": "RU"},
    "--area-km": {"area_km": 20.0},
    "--border": {"border": BORDER},
    "--holder": {"holders": ["#ru=RU"]},
    "--mapper-side": {"mapper_side": "RU"},
    "--preset": {"preset": "deepstate"},
    "--preset table": {"preset": "table"},
    "--column": {"wording": Wording({"lat": "breite"})},
    "--side-as": {"wording": Wording({}, {"blau": "UA"})},
    "--rows-side": {"rows_side": "UA"},
    "--rows-as": {"rows_as": "claims"},
    "--basis": {"basis": "sketch"},
    "--swap-row": {"swap": frozenset({3})},
    "--sheet": {"sheet": "Blatt 1"},
    "--keep-good": {"keep_good": True},
    "--within-km": {"within_km": 30.0},
}


@pytest.mark.parametrize("option", IDLE_OF_A_SITUATION)
def test_an_option_that_speaks_of_no_file_given_is_refused_by_its_name(option):
    make((SITUATION, "s.geojson"))
    with pytest.raises(SituationError, match=f"^at /: {option} .*does nothing here") as caught:
        make((SITUATION, "s.geojson"), **IDLE_OF_A_SITUATION[option])
    assert [option.split()[0] in fault.remedy for fault in caught.value.faults] == [True]


def test_every_idle_option_is_told_at_once():
    every = {"force_in": "salient-1", "area_km": 20.0, "keep_good": True, "within_km": 3.0}
    with pytest.raises(SituationError) as caught:
        make((SITUATION, "s.geojson"), **every)
    assert len(caught.value.faults) == len(every)


def test_every_member_of_a_plan_is_used_by_every_input_or_needs_a_kind_of_file():
    """A new option says what it speaks of, or it would be ignored where that is not given."""
    everywhere = {"preset", "force_at", "anchor_at", "force", "as_of"}
    needing = {need.member for need in NEEDS}
    assert {member.name for member in fields(Plan)} == everywhere | needing


def test_a_force_that_no_position_belongs_to_is_refused():
    with pytest.raises(SituationError, match="no position belongs to force 'nobody'"):
        make((SITUATION, "s.geojson"), force="nobody")
    assert make((SITUATION, "s.geojson"), force="grp")[0]["situation"]["force"] == "grp"


def test_whose_a_place_given_beside_a_situation_is():
    document, _ = make((SITUATION, "s.geojson"), force_at=[(33.1, 49.5)], side="RU", force="them")
    assert document["features"][-1]["properties"]["side"] == "RU"


def test_what_a_table_cannot_use_is_refused():
    with pytest.raises(SituationError, match="--sheet Blatt does nothing here: no workbook"):
        make((TABLE, "p.csv"), sheet="Blatt", **ANCHOR)
    with pytest.raises(SituationError, match=r"--swap-row does nothing here.* row 99"):
        make((TABLE, "p.csv"), swap=frozenset({99}), **ANCHOR)


def test_a_border_without_a_map_and_a_basis_of_a_situation_are_refused():
    with pytest.raises(SituationError, match=r"b\.geojson is a border, which does nothing here"):
        make((TABLE, "p.csv"), (BORDER, "b.geojson"), **ANCHOR)
    told = Given("s.geojson", json.dumps(SITUATION).encode(), "claimed")
    with pytest.raises(SituationError, match=r"claimed= before s\.geojson does nothing"):
        compose([told], Plan())

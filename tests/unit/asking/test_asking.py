"""From a sentence and a map to an answer, or to a question back; on a map drawn for it."""

import html
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely.geometry import box, mapping

from encircle.claims.asking.ask import ask
from encircle.claims.asking.folder import build_files, slug
from encircle.claims.asking.question import Corrections, read_question
from encircle.claims.asking.telling import tell
from encircle.errors import QuestionError, SituationError
from encircle.formats.publishers.presets import MapFile
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.unit.formats.test_control_kml import two_sided

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
BORDER = mapping(box(30.0, 48.0, 36.0, 51.0))
SAID = "5,000 Ukrainian soldiers are completely surrounded by the Russian army."
DAY = datetime(2025, 3, 1, 12, tzinfo=UTC)
HELD, LOST = "34.2,51.1", "34.2,51.25"
MAP = MapFile("Control_25_03_01.kml", two_sided())


def put(said=SAID, files=(MAP,), force_in=None, **corrections):
    given = Corrections(**{"made_at": DAY, "place": HELD} | corrections)
    return ask(said, files, corrections=given, force_in=force_in, border=BORDER)


@pytest.fixture(scope="module")
def answer():
    return put()


def test_a_salient_that_is_joined_contradicts_the_claim(answer):
    told = answer.to_dict()
    assert list(told) == ["claim", "question", "maps", "rating", "agreement", "quote"]
    assert (told["rating"], told["question"]) == ("contradicted", None)
    assert told["agreement"] == {"open": 1, "closed": 0, "undecided": 0}
    [row] = told["maps"]
    assert row["used"]
    assert row["map"] == MAP.name
    assert row["judgement"]["verdict"] == "not_encircled"
    assert told["claim"]["asserts"]["number"] == 5000


def test_the_answer_is_told_in_three_lines_and_a_row_for_each_map(answer):
    lines = tell(answer).splitlines()
    assert lines[0].startswith("Contradicted: ")
    assert any(line.startswith(MAP.name) for line in lines)
    assert "What would have to be wrong:" in lines


def test_what_was_drawn_for_the_question_is_told_by_name_and_never_by_id(answer, files):
    ids = {f["id"] for m in answer.maps for f in m.document["features"]}
    page = re.sub(r"(?s)<(svg|script|style).*?</\1>", "", files["index.html"].decode())
    for told in (tell(answer), page):
        assert not [
            name for name in ids if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", told)
        ]
        assert "gives to Ukraine" in told or "unpainted ground in Ukraine" in told


def test_the_page_says_each_notice_once_and_whose_data_it_is_made_with(answer, files):
    page = html.unescape(files["index.html"].decode())
    for notice in answer.notices:
        assert page.count(notice.statement) == 1, notice
    assert "© OpenStreetMap contributors" in page
    assert "Open Database License" in page
    assert "GeoNames (geonames.org), CC BY 4.0" in page
    assert "OpenStreetMap contributors" in files["map.svg"].decode()


def test_the_page_shows_the_proof_of_the_map_it_shows():
    twin = MapFile("Control_25_02_28.kml", two_sided())
    answer = put(files=(twin, MAP))
    carrier = answer.carrier
    assert carrier.rated.ruling is answer.checked.shown
    assert carrier.name == MAP.name


def test_areas_are_told_in_square_kilometres(answer):
    assert "km2" not in tell(answer)
    assert "km²" in tell(answer)


def test_a_place_on_enemy_ground_is_asked_back_and_nothing_is_judged():
    with pytest.raises(QuestionError) as asked:
        put(place=LOST)
    document = asked.value.document
    question = document["question"]
    assert (question["question"], question["held_by"]) == ("which_force", "RU")
    assert document["maps"] == []
    assert document["rating"] is None
    assert question["answer_with"].startswith("--force-in ")
    name = question["pieces"][0]["id"]
    assert put(place=LOST, force_in=name).rating == "contradicted"


def test_a_piece_named_by_its_id_that_lies_far_from_the_place_is_refused(monkeypatch):
    """An id counts over the whole map: elsewhere it is another force's."""
    monkeypatch.setattr("encircle.claims.asking.where.NEAR_M", -1.0)
    monkeypatch.setattr("encircle.claims.asking.force.NEAR_M", -1.0)
    monkeypatch.setattr("encircle.claims.asking.force.list_near", lambda *_: [])
    with pytest.raises(SituationError, match="km from"):
        put(force_in="salient-1")


def test_a_map_of_another_time_is_listed_with_the_reason():
    old = MapFile("Control_24_12_01.kml", two_sided())
    told = put(files=(MAP, old)).to_dict()
    assert [row["used"] for row in told["maps"]] == [True, False]
    assert "90 days before the claim" in told["maps"][1]["because"]


def test_no_map_of_the_time_is_an_answer_too():
    told = put(made_at=datetime(2026, 1, 1, tzinfo=UTC)).to_dict()
    assert told["rating"] == "unverifiable"
    assert told["agreement"] == {"open": 0, "closed": 0, "undecided": 0}
    assert not told["maps"][0]["used"]


def test_an_undated_claim_is_taken_of_the_latest_map_and_says_so():
    told = put(made_at=None).to_dict()
    assert told["claim"]["made_at"] == "2025-03-01T12:00:00Z"
    assert any("undated" in notice["statement"] for notice in told["claim"]["notices"])


def test_a_denial_is_supported_by_the_same_map():
    assert put("The Ukrainian soldiers are not encircled.").rating == "supported"


def test_whose_force_it_is_is_taken_from_the_only_piece_near_and_told():
    told = put("5,000 soldiers are surrounded.").to_dict()
    assert told["claim"]["side"] == "UA"
    assert any(n["code"] == "side_taken" for n in told["claim"]["notices"])


def test_a_situation_is_a_map_too_and_its_force_is_judged():
    raw = (FIXTURES / "trap-salient-open" / "situation.geojson").read_bytes()
    as_of = read_situation(raw).as_of
    answer = ask("The force is surrounded.", [MapFile("s.geojson", raw)],
                 corrections=Corrections(made_at=as_of))  # fmt: skip
    assert answer.rating == "contradicted"


def test_a_piece_is_told_of_each_map_as_that_map_shows_it():
    """Area and kind are of one map: another, which shows less ground, says how much."""
    smaller = two_sided().replace(b"34.4,51.2", b"34.4,51.1").replace(b"34,51.2", b"34,51.1")
    answer = put(files=(MAP, MapFile("Control_25_03_02.kml", smaller)))
    names = [m.document["situation"]["forces"][0]["name"] for m in answer.maps]
    areas = [float(re.search(r"of ([\d.]+) km²", name)[1]) for name in names]
    assert areas[0] == pytest.approx(2 * areas[1], rel=0.1)
    judged = [(m.judgement["headline"], name) for m, name in zip(answer.maps, names, strict=True)
              if m.judgement]  # fmt: skip
    assert judged
    assert all(name in headline for headline, name in judged)


# -- what would do nothing --------------------------------------------------------------------

KURSK = (FIXTURES / "kursk-2025-03-14" / "situation.geojson").read_bytes()


def ask_kursk(said=SAID, **given):
    side = given.pop("side", None)
    corrections = Corrections(made_at=read_situation(KURSK).as_of, side=side)
    return ask(said, [MapFile("s.geojson", KURSK)], corrections=corrections, **given)


@pytest.mark.parametrize(
    ("pointer", "given"),
    [
        pytest.param("/force_in", {"force_in": "salient-1"}, id="a piece"),
        pytest.param("/border", {"border": BORDER}, id="a border"),
        pytest.param("/side", {"side": "BLUE"}, id="a side of no map"),
    ],
)
def test_what_no_situation_can_use_is_refused_by_its_name(pointer, given):
    with pytest.raises(SituationError, match=pointer[1:]) as caught:
        ask_kursk(**given)
    [fault] = caught.value.faults
    assert fault.pointer == pointer
    assert f"--{pointer[1:].replace('_', '-')}" in fault.remedy


def test_a_situation_about_the_other_side_is_not_taken_for_the_claims():
    said = "5,000 Russian soldiers at Sudzha are completely surrounded."
    answer = ask_kursk(said)
    assert (answer.rating, answer.maps[0].used) == ("unverifiable", False)
    assert "of UA" in answer.maps[0].because
    assert "--side UA" in answer.maps[0].because
    assert ask_kursk(said, side="UA").rating == "contradicted"
    assert ask_kursk(said.replace("Russian", "Ukrainian")).rating == "contradicted"


def test_an_instant_that_no_map_needs_is_told():
    told = ask_kursk(as_of=DAY)
    assert "as_of_not_used" in {n.code for n in told.asked.notices}
    assert "as_of_not_used" not in {n.code for n in ask_kursk().asked.notices}


def test_a_side_that_a_situation_does_not_know_is_told():
    raw = (FIXTURES / "trap-salient-open" / "situation.geojson").read_bytes()
    corrections = Corrections(made_at=read_situation(raw).as_of)
    answer = ask(SAID, [MapFile("s.geojson", raw)], corrections=corrections)
    assert "side_not_on_the_map" in {n.code for n in answer.asked.notices}


def test_another_claim_than_the_one_written_down_is_refused():
    written = {"statement": SAID, "asserts": {"definition": "land_cut", "value": "yes"}}
    with pytest.raises(SituationError, match="there is no claim 2"):
        read_question(written, Corrections(claim=2))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(b"", "an empty file", id="empty"),
        pytest.param(b"%PDF-1.4\n", "PDF", id="a print of a map"),
        pytest.param(b'{"type": "FeatureCollection"', "bad.geojson", id="broken JSON"),
    ],
)
def test_what_is_no_map_is_called_by_its_name(raw, said):
    with pytest.raises(SituationError, match=said) as error:
        put(files=(MAP, MapFile("bad.geojson", raw)))
    assert error.value.faults[0].pointer.startswith("/maps/1")


# -- the question ---------------------------------------------------------------------------


def test_a_text_without_a_claim_names_the_option_that_helps():
    with pytest.raises(SituationError, match="--definition land_cut"):
        read_question("The weather at Sudzha was fine.")
    asked = read_question("They are done for.", Corrections(definition="land_cut"))
    assert asked.claim.asserts == {"definition": "land_cut", "value": "yes"}


def test_a_text_with_several_claims_asks_which():
    text = (
        "Putin said that Ukrainian troops in Kursk are surrounded.\n\n"
        "The General Staff of Ukraine said that the soldiers are not encircled."
    )
    with pytest.raises(QuestionError) as asked:
        read_question(text)
    assert asked.value.document["question"] == "which_claim"
    assert len(asked.value.document["claims"]) == 2
    second = read_question(text, Corrections(claim=2))
    assert second.claim.asserts["value"] == "no"
    with pytest.raises(SituationError, match="1 to 2"):
        read_question(text, Corrections(claim=3))


def test_a_year_is_no_head_count():
    said = "Putin said on 14 March 2025 that Ukrainian troops in Kursk are surrounded."
    assert "number" not in read_question(said).claim.asserts


def test_what_a_person_says_is_laid_over_what_was_understood():
    given = Corrections(
        claimant="A voice", definition="isolation", value="no", number=300.0, side="RU"
    )
    asked = read_question(SAID, given)
    assert asked.claim.claimant == "A voice"
    assert (asked.side, asked.claim.asserts["definition"]) == ("RU", "isolation")
    assert (asked.claim.asserts["value"], asked.claim.asserts["number"]) == ("no", 300.0)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"definition": "doomed"}, id="a definition nobody has"),
        pytest.param({"value": "perhaps"}, id="neither yes nor no"),
        pytest.param({"number": -5.0}, id="fewer than nobody"),
    ],
)
def test_a_correction_that_is_none_is_refused(given):
    with pytest.raises(SituationError):
        read_question(SAID, Corrections(**given))


# -- what is written ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(answer):
    return build_files(answer)


def test_the_page_runs_nothing_and_fetches_nothing(files):
    page = files["index.html"].decode()
    assert "<h1>Contradicted: “5,000 Ukrainian soldiers" in page
    assert not re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?\s*(?:https?:|//|data:)", page)
    assert "<script>" not in page
    assert MAP.name in page
    assert "What would have to be wrong" in page


def test_where_the_page_is_linked_its_verdict_and_its_card_are_shown(files):
    page = files["index.html"].decode()
    told = dict(
        re.findall(r'<meta (?:property|name)="(og:[a-z:]+|twitter:card)" content="(.*)">', page)
    )
    assert told["og:title"] in page.split("<h1>")[1]
    assert told["og:image"] == "map-1200x675.png"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "675")
    assert told["og:description"].startswith("On 1 March 2025 the Ukrainian force")


def test_each_judgement_written_is_verified_against_the_map_written_beside_it(files):
    names = [name for name in files if name.endswith(".judgement.json")]
    assert names
    for name in names:
        judgement = json.loads(files[name])
        situation = read_situation(files[name.replace(".judgement.json", ".geojson")])
        assert verify(judgement, situation).holds


def test_a_card_has_the_size_asked_for(files):
    assert 'viewBox="0 0 1200 675"' in files["map.svg"].decode()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a b.geojson", "карта.kml", ".", "", "x" * 300]
)
def test_a_map_s_name_never_leads_out_of_the_folder(name):
    written = slug(name)
    assert written
    assert not set(written) & set("/\\\0")
    assert len(written) <= 60
    assert not written.startswith(".")


# -- a region is no town --------------------------------------------------------------------

OF_KURSK = MapFile(
    "kursk.geojson", (FIXTURES / "kursk-2025-03-14" / "situation.geojson").read_bytes()
)


def put_of_kursk(said):
    given = Corrections(made_at=datetime(2025, 3, 14, 12, tzinfo=UTC))
    return ask(said, [OF_KURSK], corrections=given)


@pytest.mark.parametrize(
    "said",
    [
        "Thousands of Ukrainian troops in Kursk oblast are completely surrounded.",
        "Ukrainian troops in the Kursk region are encircled.",
        "Ukrainian troops in Kursk are completely surrounded.",
        "В Курской области украинские войска полностью окружены.",
        "Українські війська на Курщині оточені.",
    ],
)
def test_a_claim_about_a_region_is_held_against_a_map_of_a_force_in_it(said):
    answer = put_of_kursk(said)
    assert (answer.rating, answer.maps[0].used) == ("contradicted", True)


@pytest.mark.parametrize("place", ["Bakhmut", "Donetsk oblast", "Kherson", "the Kherson region"])
def test_a_map_of_one_place_says_nothing_of_a_force_at_another(place):
    answer = put_of_kursk(f"Ukrainian troops in {place} are completely surrounded.")
    assert (answer.rating, answer.maps[0].used) == ("unverifiable", False)
    assert "does not draw the ground" in answer.maps[0].because


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("At this very moment, thousands of Ukrainian troops are completely surrounded.", None),
        ("Our troops say that the Ukrainians are encircled.", None),
        ("Moscow says that Kyiv lost: Ukrainian troops are encircled in Sudzha.", "Sudzha"),
    ],
)
def test_no_first_word_and_no_speaker_s_city_takes_a_map_from_its_claim(said, place):
    answer = put_of_kursk(said)
    assert answer.maps[0].used
    assert (answer.place.name if answer.place else None) == place


def test_a_history_claim_is_held_against_the_map_of_its_own_ground():
    given = Corrections(made_at=datetime(2022, 3, 25, 12, tzinfo=UTC), place="Chernihiv")
    folder = FIXTURES / "chernihiv-2022-03-25" / "situation.geojson"
    said = "As a result, Kyiv, Kharkiv, Chernihiv, Sumy and Mykolaiv are blocked by Russian troops."
    answer = ask(said, [MapFile("c.geojson", folder.read_bytes())], corrections=given)
    assert (answer.rating, answer.place.name) == ("overstated", "Chernihiv")


STALINGRAD = MapFile(
    "stalingrad.geojson", (FIXTURES / "stalingrad-1942-11-24" / "situation.geojson").read_bytes()
)


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ("Soviet troops at Stalingrad are encircled.", "unverifiable"),
        ("German troops at Stalingrad are encircled.", "supported"),
        ("The Sixth Army at Stalingrad is encircled by Soviet troops.", "supported"),
        ("Soviet troops have encircled the Sixth Army at Stalingrad.", "supported"),
    ],
)
def test_whose_force_is_cut_off_is_read_by_what_a_map_calls_its_sides(said, rating):
    assert ask(said, [STALINGRAD]).rating == rating


def test_the_one_piece_in_a_region_is_the_force_meant_and_that_is_told():
    answer = put(place="Sumy region")
    assert answer.rating == "contradicted"
    assert "place_is_a_region" in [notice.code for notice in answer.notices]


def test_a_region_without_a_piece_is_asked_about_and_never_answered_by_its_town():
    with pytest.raises(QuestionError) as asked:
        put(place="Kursk oblast", side="RU")
    question = asked.value.document["question"]
    assert (question["question"], question["region"]) == ("which_force", "Kursk region")
    assert question["answer_with"] == "--place PLACE"

"""Claims against several maps: mappers of one day, other days, files of claims, what goes wrong."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from encircle import check_claims, read
from encircle.claims.claims_file import read_rows
from encircle.claims.rating.answer import FaultyClaim, Statement
from encircle.claims.rating.checks import (
    NoMapError,
    count_judgements,
    list_claims,
    list_claims_once,
)
from encircle.claims.rating.mappers import find_mapper
from encircle.claims.rating.material import Failed, Material, judge_force, lay_claims
from encircle.map.options import Options
from encircle.map.situation import Claim, Control

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
DAY = "2024-05-10T12:00:00Z"
OPEN, CLOSED, GREY, FIRE, GONE = (
    "trap-salient-open", "trap-salient-closed", "trap-grey-unknown", "trap-belt-under-fire-f3",
    "trap-map-edge-ring",
)  # fmt: skip


@cache
def mapped(name, mapper_side=None, as_of=DAY, own_id=None, origin=None):
    document = json.loads((FIXTURES / name / "situation.geojson").read_bytes())
    document["situation"]["as_of"] = as_of
    document["situation"]["id"] = own_id or name
    if mapper_side:
        document["situation"]["mapper_side"] = mapper_side
    for source in document["situation"]["sources"]:
        source["origin"] = origin or (f"of-{mapper_side}" if mapper_side else source["id"])
    return read(document)


def claim(**told):
    asserts = {"force": "garrison", "definition": "land_cut", **told.pop("asserts", {})}
    return {"made_at": DAY, "claimant_side": "RED", **told, "asserts": asserts}


def check(maps, *rows, **options):
    named = ((f"/{number}", row) for number, row in enumerate(rows))
    return check_claims(maps, read_rows(named), **options)


def told(checked):
    return {finding.rule: finding.statement for finding in checked.findings}


AGREEMENT = [
    pytest.param([OPEN, FIRE], "contradicted", id="all contradict"),
    pytest.param([CLOSED, CLOSED], "supported", id="all support"),
    pytest.param([OPEN, CLOSED], "unsupported", id="one of each: they disagree"),
    pytest.param([OPEN, GREY], "unsupported", id="contradicted only if every map contradicts"),
    pytest.param([CLOSED, GREY], "unsupported", id="supported only if no map leaves it open"),
    pytest.param([OPEN, GONE], "contradicted", id="a map that cannot tell does not dissent"),
    pytest.param([CLOSED, GONE], "supported", id="nor does it from support"),
]


@pytest.mark.parametrize(("names", "rating"), AGREEMENT)
def test_maps_of_one_day_are_taken_together(names, rating):
    maps = [mapped(name, own_id=f"map-{n}") for n, name in enumerate(names)]
    for order in (maps, maps[::-1]):
        checked = check(order, claim()).checked[0]
        assert checked.rating == rating
        assert len(checked.maps) == 2
        assert all(rated.is_of_day for rated in checked.maps)
        assert {"maps_of_the_day", "maps_disagree"} & set(told(checked))


def test_what_is_left_standing_on_every_map_is_the_least_of_it():
    maps = [mapped(FIRE), mapped("trap-ring-of-claims")]
    checked = check(maps, claim(asserts={"definition": "surrounded"})).checked[0]
    assert {r.rating for r in checked.maps} == {"supported_weaker_definition", "overstated"}
    assert checked.rating == "overstated"
    assert checked.shown.map_id == "trap-ring-of-claims"


def test_a_disagreement_is_the_finding_that_decides():
    checked = check([mapped(OPEN), mapped(CLOSED)], claim()).checked[0]
    assert checked.findings[0].rule == "maps_disagree"
    assert [finding.rule for finding in checked.findings if finding.decides] == ["maps_disagree"]
    assert "maps_of_the_day" not in told(checked)
    assert all(name in checked.findings[0].statement for name in (OPEN, CLOSED))


def test_dissent_names_the_map():
    checked = check([mapped(OPEN), mapped(GONE)], claim()).checked[0]
    assert GONE in told(checked)["maps_of_the_day"]


def test_a_claim_contradicted_on_its_own_sides_map_says_so():
    maps = [mapped(FIRE), mapped(OPEN, "RED")]
    checked = check(maps, claim()).checked[0]
    assert checked.rating == "contradicted"
    assert OPEN in told(checked)["own_side_s_map"]
    other = check(maps, claim(claimant_side="BLUE")).checked[0]
    assert "own_side_s_map" not in told(other)


def test_a_mapper_without_a_map_of_the_day_speaks_by_the_nearest_before_and_after():
    maps = [
        mapped(FIRE),
        mapped(OPEN, "RED", "2024-05-12T12:00:00Z", "after"),
        mapped(OPEN, "RED", "2024-05-10T23:00:00Z", "same-day"),
        mapped(OPEN, "RED", "2024-06-30T12:00:00Z", "far"),
    ]
    beside = [maps[0], maps[1], maps[3]]
    checked = check(beside, claim()).checked[0]
    assert [(r.name, r.is_of_day) for r in checked.maps] == [(FIRE, True), ("after", False)]
    assert "nearest" in told(checked)["own_side_s_map"]
    with_day = check(maps, claim()).checked[0]
    assert [r.name for r in with_day.maps] == [FIRE, "same-day"]


def test_only_the_same_mappers_later_map_makes_a_claim_premature():
    later = "2024-05-14T12:00:00Z"
    own = [mapped(OPEN, "BLUE"), mapped(CLOSED, "BLUE", later, "later")]
    assert check(own, claim()).checked[0].rating == "premature"
    other = [mapped(OPEN, "BLUE"), mapped(CLOSED, "RED", later, "later")]
    checked = check(other, claim()).checked[0]
    assert checked.rating == "contradicted"
    assert "later of 2024-05-14: supported" in told(checked)["maps_of_other_days"]


def test_a_second_map_of_the_same_day_is_dissent_and_no_later_day():
    evening = mapped(CLOSED, as_of="2024-05-10T23:00:00Z")
    checked = check([mapped(OPEN), evening], claim()).checked[0]
    assert {r.rating for r in checked.maps} == {"contradicted", "supported"}


def test_a_neighbours_map_does_not_change_the_rating_of_the_day():
    maps = [mapped(GREY), mapped(CLOSED, "RED", "2024-05-12T12:00:00Z", "after")]
    assert check(maps, claim()).checked[0].rating == "unsupported"


def test_two_neutral_mappers_are_two():
    """The second does not silence the first on other days, though neither serves a side."""
    maps = [mapped(FIRE, origin="one"), mapped(OPEN, None, "2024-05-12T12:00:00Z", "two", "two")]
    checked = check(maps, claim()).checked[0]
    assert [(m.mapper.name, m.is_of_day) for m in checked.maps] == [("one", True), ("two", False)]


def test_every_map_given_is_listed_with_the_reason_it_is_not_used():
    other = "trap-group-outpost-cut"
    maps = [mapped(OPEN), mapped(OPEN, None, "2024-05-12T12:00:00Z", "later"),
            mapped(OPEN, None, "2024-08-12T12:00:00Z", "far"), mapped(other)]  # fmt: skip
    listed = check(maps, claim()).to_dict()["claims"][0]["maps"]
    said = {m["situation"]: (m["used"], m["use"]) for m in listed}
    assert len(said) == 4
    assert said[OPEN][0]
    assert "2 days after" in said["later"][1]
    assert "further away" in said["far"][1]
    assert "does not know the force" in said[other][1]


def test_maps_of_one_origin_that_serve_different_sides_are_of_two_hands():
    red, blue = (mapped(OPEN, side, origin="one") for side in ("RED", "BLUE"))
    assert not find_mapper(red).is_same(find_mapper(blue))
    assert find_mapper(red).is_same(find_mapper(mapped(OPEN, origin="one")))


def test_a_claim_far_from_every_map_is_unverifiable():
    checked = check([mapped(OPEN)], claim(made_at="2024-09-01T12:00:00Z")).checked[0]
    assert (checked.rating, checked.findings[0].rule) == ("unverifiable", "no_map_of_the_time")
    assert "10 May 2024" in checked.findings[0].statement


@pytest.mark.parametrize("made_at", ["0001-01-01", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("tense", ["present", "future", "conditional"])
def test_a_date_at_the_end_of_time_spoils_nothing(made_at, tense):
    maps = [mapped(OPEN), mapped(CLOSED, as_of="2024-05-20T12:00:00Z")]
    row = claim(made_at=made_at, asserts={"tense": tense})
    assert check(maps, row).checked[0].rating == "unverifiable"
    bare = Claim(id="c", geometry=None, made_at=read_rows([("/0", row)])[0].claim.made_at,
                 asserts=row["asserts"])  # fmt: skip
    assert check_claims(maps, [Statement(bare, home) for home in (0, 1)]).checked


def test_an_undated_claim_is_held_against_the_latest_map():
    maps = [mapped(OPEN), mapped(CLOSED, as_of="2024-05-20T12:00:00Z")]
    checked = check(maps, claim(made_at=None)).checked[0]
    assert checked.rating == "supported"
    assert "undated" in told(checked)


def test_a_map_of_another_day_is_told():
    checked = check([mapped(OPEN)], claim(made_at="2024-05-11T12:00:00Z")).checked[0]
    assert "1 day before" in told(checked)["map_of_another_day"]


def test_a_claim_of_a_map_is_about_that_map():
    """Made weeks later about the days before: its own map speaks, not the nearest to the words."""
    document = json.loads((FIXTURES / "khe-sanh-1968-03-01" / "situation.geojson").read_bytes())
    looking_back = {
        "kind": "claim", "claimant": "a magazine", "made_at": "1968-04-19T00:00:00Z",
        "statement": "The Marines at Khe Sanh had been cut off since January.",
        "asserts": {"force": "26th-marines", "definition": "land_cut", "value": "yes"},
    }  # fmt: skip
    claim = {"type": "Feature", "id": "back", "geometry": None, "properties": looking_back}
    document["features"].append(claim)
    later = read(FIXTURES / "khe-sanh-1968-04-12" / "situation.geojson")
    checks = {c.id: c for c in check_claims([read(document), later]).checked}
    assert checks["back"].rating == "supported"


# -- what goes wrong -------------------------------------------------------------------------


def test_one_bad_claim_does_not_spoil_the_others():
    good = claim(id="good")
    bad = {"id": "bad", "asserts": {"definition": "nearly", "number": -1}}
    checks = check([mapped(OPEN)], good, bad, claim(id="other", asserts={"value": "no"}))
    answers = checks.to_dict()["claims"]
    assert [a["rating"] for a in answers] == ["contradicted", None, "supported"]
    assert {e["pointer"] for e in answers[1]["errors"]} == {
        "/1/asserts/definition", "/1/asserts/number",
    }  # fmt: skip
    assert all(e["remedy"] for e in answers[1]["errors"])


def test_a_bad_claim_on_a_map_is_told_with_its_place():
    document = json.loads((FIXTURES / OPEN / "situation.geojson").read_bytes())
    wrong = {"kind": "claim", "asserts": {"value": "perhaps"}}
    document["features"].append(
        {"type": "Feature", "id": "wrong", "geometry": None, "properties": wrong}
    )
    checks = check_claims([read(document)])
    pointer = f"/features/{len(document['features']) - 1}/properties/asserts/value"
    assert [f.pointer for entry in checks.faulty for f in entry.faults] == [pointer]


def test_a_map_that_cannot_be_judged_makes_a_claim_unverifiable(monkeypatch):
    from encircle.claims.rating import material as module
    from encircle.errors import EncircleError

    def fail(*_):
        message = "the ground is too wild"
        raise EncircleError(message)

    monkeypatch.setattr(module, "judge", fail)
    checked = check([mapped(OPEN)], claim()).checked[0]
    assert (checked.rating, checked.findings[0].rule) == ("unverifiable", "no_map_of_the_time")
    assert "too wild" in checked.findings[0].statement


def test_no_map_is_no_check():
    with pytest.raises(NoMapError, match="give at least one"):
        check_claims([], [])


def test_a_claim_that_names_no_force_speaks_of_the_only_one():
    nameless = {"made_at": DAY, "asserts": {"definition": "land_cut"}}
    assert check([mapped(OPEN), mapped(FIRE)], nameless).checked[0].rating == "contradicted"
    several = [mapped(OPEN), mapped("trap-group-outpost-cut")]
    checked = check(several, nameless).checked[0]
    assert (checked.rating, checked.findings[0].rule) == ("unverifiable", "force_unknown")
    assert "corps" in checked.findings[0].statement


def test_bare_claims_are_taken_too():
    given = Claim(id="bare", geometry=None, asserts={"definition": "land_cut"})
    assert check_claims([mapped(CLOSED)], [given]).checked[0].rating == "supported"


# -- the work --------------------------------------------------------------------------------


@pytest.mark.anew
def test_two_processes_give_the_same_answer_and_every_judgement_is_counted():
    maps = [mapped(OPEN), mapped(CLOSED, as_of="2024-05-20T12:00:00Z"),
            mapped(FIRE, as_of="2024-05-15T12:00:00Z")]  # fmt: skip
    rows = [claim(id=str(n), asserts={"definition": d}) for n, d in
            enumerate(("land_cut", "fire_control", "surrounded"))]  # fmt: skip
    seen = []
    one = check(maps, *rows).to_dict()
    two = check(maps, *rows, processes=2, on_judged=seen.append).to_dict()
    assert one == two
    assert len(seen) == 3


def test_each_force_is_judged_once_on_each_map(monkeypatch):
    from encircle.claims.rating import material as module

    judged = []
    monkeypatch.setattr(
        module, "judge_force", lambda work: judged.append(work) or judge_force(work)
    )
    rows = [claim(id=str(n), asserts={"definition": "surrounded"}) for n in range(20)]
    check([mapped(OPEN), mapped(FIRE)], *rows)
    plain = [work for work in judged if work[0] in (mapped(OPEN), mapped(FIRE))]
    assert len(plain) == 2


def test_what_will_be_judged_is_counted_ahead():
    rows = [claim(), {**claim(), "asserts": {"number": 5}}, claim(asserts={"force": "nobody"})]
    entries = read_rows((f"/{n}", row) for n, row in enumerate(rows))
    assert count_judgements([mapped(OPEN), mapped(FIRE)], entries) == 2


def test_a_force_is_found_by_its_own_name_or_by_a_positions():
    material = Material([mapped("trap-group-outpost-cut")])
    found = [material.find_force(0, name) for name in ("corps", "outpost", "rumour")]
    assert found == ["corps", "corps", None]


def test_an_unjudged_map_says_why():
    failed = judge_force((mapped(OPEN), "nobody", Options()))
    assert isinstance(failed, Failed)
    assert "nobody" in failed.reason


def test_laying_claims_over_a_map_moves_no_other_ground():
    situation = mapped("trap-ring-of-claims")
    laid = lay_claims(situation, "RED")
    claimed = next(c for c in situation.of_kind(Control) if c.basis == "claimed")
    held = next(c for c in laid.of_kind(Control) if c.id == claimed.id)
    assert held.basis == "assessed"
    assert held.geometry.equals(claimed.geometry)
    for control in laid.of_kind(Control):
        if control.id != claimed.id:
            assert control.drawn.intersection(claimed.drawn).area < 1e-12
    assert {f.id for f in laid.features} <= {f.id for f in situation.features}


# -- written ---------------------------------------------------------------------------------


def test_a_checked_claim_is_written_as_the_contract_says():
    document = check([mapped(OPEN)], claim(statement="They are shut in.", claimant="A voice",
                                           url="https://a.test", archive_url="https://b.test"),
                     ).to_dict()["claims"][0]  # fmt: skip
    assert list(document) == [
        "id", "rating", "definition", "because", "judgement", "claim", "matrix", "number", "maps",
        "quote", "notices",
    ]  # fmt: skip
    assert document["claim"]["archive_url"] == "https://b.test"
    assert document["claim"]["asserts"]["value"] == "yes"
    assert document["maps"][0].keys() == {
        "situation", "as_of", "mapper", "mapper_side", "of_the_day", "used", "use", "rating",
        "status", "rule", "because",
    }  # fmt: skip
    assert document["judgement"]["certificates"]["open"]
    assert json.loads(json.dumps(document)) == document


def test_in_brief_the_judgement_comes_without_its_proofs():
    document = check([mapped(OPEN)], claim()).to_dict(brief=True)["claims"][0]
    assert "certificates" not in document["judgement"]
    assert document["judgement"]["headline"]


def test_the_line_to_quote_is_one_line_with_who_when_what_and_why():
    checked = check([mapped(OPEN)], claim(claimant="A voice", statement="All is lost.")).checked[0]
    assert "\n" not in checked.quote
    for part in ("A voice", "10 May 2024", "All is lost.", "contradicted", "was not encircled"):
        assert part in checked.quote


def test_the_line_to_quote_names_the_road_and_the_map_and_what_it_cannot_say():
    maps = [read(FIXTURES / "kursk-2025-03-14" / "situation.geojson")]
    listed = check_claims(maps, list_claims(maps)).checked
    [line] = [one.quote for one in listed if one.id == "claim-trump"]
    for part in (
        "by “R1, Rubanshchina by Oleshnya to the border”", "to “Sumy”",
        "Map: DeepState, map of control, snapshot of 14 March 2025",
        "(https://deepstatemap.live/api/history/1741941622/geojson)", "counts no people",
        ': "At this very moment',
    ):  # fmt: skip
        assert part in line
    assert not any(re.search(r"\bproves?\b", one.quote) for one in listed)


def test_indirect_speech_is_told_without_quotation_marks():
    told = claim(claimant="A voice", statement="they are shut in", proposed={"verbatim": False})
    checked = check([mapped(OPEN)], told).checked[0]
    assert "A voice, 10 May 2024, as told: they are shut in. Rated" in checked.quote
    assert '"' not in checked.quote
    assert checked.to_dict()["claim"]["verbatim"] is False


def test_a_claim_that_stands_on_two_maps_is_one_of_the_map_nearest_to_its_day():
    days = ("12", "14", "16")
    maps = [read(FIXTURES / f"kursk-2025-03-{day}" / "situation.geojson") for day in days]
    listed = list_claims_once(maps)
    homes = {s.claim.id: s.home for s in listed}
    assert len(listed) == len(homes)
    assert homes["claim-gerasimov"] == 0
    assert [s.claim.id for s in list_claims_once([maps[1], maps[0]])].count("claim-gerasimov") == 1
    undated = [replace(m, features=tuple(replace(f, made_at=None) if isinstance(f, Claim) else f
                                         for f in m.features)) for m in maps]  # fmt: skip
    assert len(list_claims_once(undated)) > len(listed)


def test_claims_on_maps_are_listed_with_their_map():
    listed = list_claims([mapped(OPEN), mapped("trap-numbers-open")])
    assert {s.home for s in listed} == {1}
    assert all(isinstance(s, Statement) and not isinstance(s, FaultyClaim) for s in listed)

"""Claims about Kursk held against the maps that others published, kept beside the project."""

import json
from functools import cache
from pathlib import Path

import pytest

from encircle import check_claims, verify
from encircle.claims.claims_file import read_claims, read_rows
from encircle.errors import QuestionError
from encircle.formats.publishers.deepstate import parse_snapshot_time, situation_from_deepstate
from encircle.formats.publishers.presets import convert_map
from encircle.map.door.reader import read_situation
from tests.historical.test_real_mappers import ISW_KURSK, files
from tests.historical.test_real_maps import BORDER, GUEVO, SAMPLES, SHARED, border

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]
OAKS = (35.205, 51.165)
"""Rubanshchina: the northern lobe; Guevo stands in the southern."""
DAYS = ("2025-03-07_1741387566", "2025-03-12_1741781084", "2025-03-14_1741941622",
        "2025-03-20_1742507523")  # fmt: skip
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
OF_A_RING = ("land_cut", "vehicle_cut", "isolation", "surrounded")


def standing(convert):
    """Convert with the force where the map gives it ground: a place that is grey is asked back."""
    try:
        return convert([OAKS, GUEVO])
    except QuestionError:
        return convert([GUEVO])


@cache
def published(name):
    snapshot = json.loads((SAMPLES / f"{name}.geojson").read_bytes())
    document = standing(
        lambda places: situation_from_deepstate(
            snapshot, border(), force_at=places, as_of=parse_snapshot_time(name),
            force="kursk-group", side="UA",
        )
    )  # fmt: skip
    document["situation"] |= {"id": name[:10], "mapper_side": "UA"}
    return read_situation(document)


def claim(side, made_at, **asserts):
    told = {"claimant_side": side, "made_at": made_at}
    return {**told, "asserts": {"force": "kursk-group", **asserts}}


CLAIMS = [
    pytest.param("RU", "2025-03-12T15:00:00Z", {"definition": "land_cut"}, "contradicted",
                 id="Gerasimov: surrounded"),
    pytest.param("RU", "2025-03-13T16:00:00Z", {"definition": "isolation"}, "contradicted",
                 id="Putin: full isolation"),
    pytest.param("RU", "2025-03-13T16:00:00Z", {"definition": "fire_control"}, "unverifiable",
                 id="Putin: fire control, and no fire is mapped"),
    pytest.param("RU", "2025-03-13T16:00:00Z", {"definition": "land_cut", "tense": "conditional"},
                 "unverifiable", id="Putin: if they are blocked"),
    pytest.param(None, "2025-03-14T11:30:00Z", {"definition": "land_cut", "number": 2000},
                 "contradicted", id="Trump: completely surrounded"),
    pytest.param("UA", "2025-03-14T11:00:00Z", {"definition": "land_cut", "value": "no"},
                 "supported", id="General Staff: untrue"),
]  # fmt: skip


@pytest.mark.parametrize(("side", "made_at", "asserts", "rating"), CLAIMS)
def test_a_claim_on_the_published_map(side, made_at, asserts, rating):
    row = claim(side, made_at, **asserts)
    checked = check_claims([published(day) for day in DAYS], read_rows([("/0", row)])).checked[0]
    assert checked.rating == rating, checked.findings[0].statement
    if rating == "contradicted":
        assert checked.shown.proof.path
        assert abs((checked.shown.as_of - checked.statement.claim.made_at).days) <= 1


# -- the chronology, on several mappers' maps ------------------------------------------------


@cache
def made_by(preset, name, places):
    """Convert one map of another mapper; the force stands where that map gives it ground."""
    document = convert_map(
        preset, files([name]), border(), force_at=list(places), force="kursk-group", side="UA"
    )
    return read_situation(document)


@cache
def mappers():
    """Give DeepState's maps, the nearest of the Russian side's mapper, and ISW's layers."""
    return (
        *(published(day) for day in DAYS),
        made_by("control-kml", "adverse-kml/Control_25_03_01.kml", (OAKS, GUEVO)),
        made_by("control-kml", "adverse-kml/Control_25_04_01.kml", (GUEVO,)),
        *(made_by("isw", f"isw-kursk/2025-{day}.geojson", (OAKS, GUEVO)) for day in ISW_KURSK),
    )


def chronology():
    return read_claims((FIXTURES / "kursk-chronology" / "claims.json").read_bytes())


@cache
def on_all_maps():
    checks = check_claims(mappers(), chronology())
    assert not checks.faulty
    return {checked.id: checked for checked in checks.checked}


@cache
def under_fire():
    """Rate the chronology on DeepState's ground of 14 March, with the roads and fire recorded."""
    fixture = json.loads((FIXTURES / "kursk-2025-03-14" / "situation.geojson").read_bytes())
    snapshot = json.loads((SAMPLES / f"{DAYS[2]}.geojson").read_bytes())
    document = situation_from_deepstate(
        snapshot, border(), force_at=[OAKS, GUEVO], as_of=parse_snapshot_time(DAYS[2]),
        force="kursk-group", side="UA",
    )  # fmt: skip
    document["situation"]["sources"] = fixture["situation"]["sources"]
    document["features"] += [
        f for f in fixture["features"] if f["properties"]["kind"] in ("route", "crossing", "fire")
    ]
    checks = check_claims([read_situation(document)], chronology())
    return {checked.id: checked for checked in checks.checked}


def by_mapper(checked):
    return {rated.name: rated.rating for rated in checked.maps}


@pytest.mark.parametrize("name", ["claim-trump", "claim-putin-isolation"])
def test_a_ring_is_contradicted_by_both_sides_mappers_and_supported_by_none(name):
    checked = on_all_maps()[name]
    said = by_mapper(checked)
    assert checked.rating == "contradicted"
    assert said["2025-03-14"] == "contradicted"
    assert said["kml-2025-03-01-kursk-group"] == "contradicted"
    assert said["kml-2025-04-01-kursk-group"] == "contradicted"
    assert {r for m, r in said.items() if m.startswith("isw")} == {"unsupported"}
    for rated in checked.maps:
        if rated.rating == "contradicted":
            judgement, situation = rated.ruling.judgement.to_dict(), mappers()[rated.number]
            assert judgement["certificates"]["open"]["reading"] == "pessimistic"
            assert verify(judgement, situation).holds


@pytest.mark.parametrize("day", ISW_KURSK)
def test_isw_s_layer_supports_no_claim_of_a_ring_and_refutes_none(day):
    layer = made_by("isw", f"isw-kursk/2025-{day}.geojson", (OAKS, GUEVO))
    checked = check_claims([layer], chronology()).checked
    rings = [c for c in checked if c.asserted.definition in OF_A_RING and c.asserted.holds]
    assert {c.rating for c in rings} <= {"unsupported", "unverifiable"}
    assert "unsupported" in {c.rating for c in rings}


OWN = "contradicted even on the claimant's own side's map"
EVEN_THERE = ["claim-gerasimov", "claim-gerasimov-isolated", "claim-putin-isolation"]


@pytest.mark.parametrize("name", EVEN_THERE)
def test_a_russian_claim_of_a_ring_is_contradicted_even_on_its_own_side_s_map(name):
    (said,) = [f for f in on_all_maps()[name].findings if f.rule == "own_side_s_map"]
    assert OWN in said.statement
    assert "kml-2025-03-01-kursk-group of 2025-03-01" in said.statement
    assert "kml-2025-04-01-kursk-group of 2025-04-01, the nearest there are" in said.statement


def test_only_a_claim_with_a_side_that_its_side_s_maps_refute_is_told_so():
    told = {name for name, checked in on_all_maps().items()
            if any(f.rule == "own_side_s_map" for f in checked.findings)}  # fmt: skip
    assert told == {*EVEN_THERE, "claim-medic", "claim-gerasimov-liberated"}


def test_where_nobody_mapped_fire_no_claim_of_fire_is_rated():
    for name in ("claim-putin-fire", "claim-soldiers"):
        checked = on_all_maps()[name]
        assert checked.rating == "unverifiable"
        assert set(by_mapper(checked).values()) == {"unverifiable"}


UNDER_FIRE = {
    "claim-soldiers": "supported",
    "claim-gerasimov": "contradicted",
    "claim-putin-isolation": "contradicted",
    "claim-putin-fire": "supported",
    "claim-putin-blocked": "unverifiable",
    "claim-trump": "contradicted",
    "claim-ua-no-ring": "supported",
    "claim-ua-no-threat": "unverifiable",  # what may come, on the map of one day
}


@pytest.mark.parametrize("name", UNDER_FIRE)
def test_with_the_fire_recorded_each_side_is_held_to_its_words_by_the_same_rules(name):
    assert under_fire()[name].rating == UNDER_FIRE[name]


def test_putin_on_13_march_holds_only_as_fire_control():
    checked = under_fire()["claim-putin-isolation"]
    assert checked.matrix["land_cut"] == checked.matrix["isolation"] == "contradicted"
    assert checked.matrix["fire_control"] == "supported"
    (otherwise,) = [f for f in checked.findings if f.rule == "holds_otherwise"]
    assert "fire control" in otherwise.statement


def test_a_condition_is_told_what_became_of_it():
    checked = on_all_maps()["claim-putin-if-blocked"]
    assert checked.rating == "unverifiable"
    assert "Up to the map of 20 March 2025 it did not hold." in checked.findings[0].statement
    assert "holds_otherwise" not in {f.rule for f in checked.findings}


def test_a_layer_that_leaves_the_ground_in_question_bare_does_not_dissent():
    """DeepState's map of 12 March refutes it; ISW's layer of that day draws nothing there."""
    checked = on_all_maps()["claim-gerasimov"]
    assert checked.rating == "contradicted"
    (said,) = [f for f in checked.findings if f.rule == "maps_of_the_day"]
    assert "not so isw-2025-03-12-kursk-group (unsupported)" in said.statement

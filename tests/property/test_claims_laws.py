"""Laws of the rating of claims: fairness, and no rating without its proof."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encircle import check_claims, read
from encircle.claims.claims_file import read_rows
from encircle.claims.rating.facts import DEFINITIONS, PREMATURE_DAYS
from encircle.claims.rating.rules import RATINGS
from tests.property.strategies import SETTINGS, situations
from tests.thorough import every, thorough

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
JUDGED = sorted(
    place.name
    for place in FIXTURES.iterdir()
    if (place / "situation.geojson").is_file()
    and "error" not in json.loads((place / "expected.json").read_bytes())
)
CHRONOLOGIES = sorted(path.parent.name for path in FIXTURES.glob("*/claims.json"))
RINGS = ("land_cut", "isolation")


@cache
def document_of(folder):
    return json.loads((FIXTURES / folder / "situation.geojson").read_bytes())


def paint(value, swap):
    """Give every side another's name, wherever the name stands."""
    if isinstance(value, dict):
        return {key: paint(item, swap) for key, item in value.items()}
    if isinstance(value, list):
        return [paint(item, swap) for item in value]
    return swap.get(value, value) if isinstance(value, str) else value


def list_rows(document, side):
    """List the claims on a map, and one of each definition and value about its force."""
    own = [{"id": f["id"], **f["properties"]} for f in document["features"]
           if f["properties"]["kind"] == "claim"]  # fmt: skip
    situation = read(document)
    for definition in DEFINITIONS:
        for value in ("yes", "no"):
            asserts = {"force": situation.force, "definition": definition, "value": value}
            row = {"id": f"{definition} {value}", "asserts": asserts, "claimant_side": side}
            own.append({**row, "made_at": situation.as_of.isoformat()})
    return own


def rating_of(document, side):
    """Rate claims on a map: rating, rules and matrix of each, without any name."""
    rows = ((f"/{n}", row) for n, row in enumerate(list_rows(document, side)))
    checks = check_claims([read(document)], read_rows(rows))
    assert not checks.faulty
    return [(c.id, c.rating, [f.rule for f in c.findings], c.matrix) for c in checks.checked]


@pytest.mark.historical
@pytest.mark.property
@pytest.mark.parametrize("folder", every(48, JUDGED))
def test_swapping_the_colours_changes_no_rating(folder):
    """The same rules for every side: swapping the colours swaps nothing but the names."""
    document = document_of(folder)
    sides = [side["id"] for side in document["situation"]["sides"]]
    swap = dict(zip(sides, [*sides[1:], sides[0]], strict=True))
    mirrored = paint(document, swap)
    assert mirrored["situation"]["sides"] != document["situation"]["sides"]
    assert rating_of(mirrored, swap[sides[0]]) == rating_of(document, sides[0])


@thorough
@pytest.mark.historical
@pytest.mark.property
@pytest.mark.parametrize("folder", CHRONOLOGIES)
def test_swapping_the_colours_of_a_chronology_changes_no_rating(folder):
    """On all its maps at once, each the other side's own, the same words are rated the same."""
    names = json.loads((FIXTURES / folder / "expected.json").read_bytes())["situations"]
    claims = json.loads((FIXTURES / folder / "claims.json").read_bytes())["claims"]
    documents = [document_of(name) for name in names]
    sides = sorted({side["id"] for d in documents for side in d["situation"]["sides"]})
    for mapper in (None, *sides):
        rated = []
        for swap in ({}, dict(zip(sides, [*sides[1:], sides[0]], strict=True))):
            maps = [{**paint(d, swap), "situation": {**paint(d, swap)["situation"],
                     "mapper_side": swap.get(mapper, mapper)}} for d in documents]  # fmt: skip
            rows = ((f"/claims/{n}", paint(row, swap)) for n, row in enumerate(claims))
            checks = check_claims(map(read, maps), read_rows(rows))
            assert not checks.faulty
            rated.append([(c.id, c.rating, [f.rule for f in c.findings], c.matrix)
                          for c in checks.checked])  # fmt: skip
        assert rated[0] == rated[1]
        assert any("own_side_s_map" in rules for _, _, rules, _ in rated[0]) is (mapper is not None)


def claim_rows(force):
    asserts = st.fixed_dictionaries(
        {
            "force": st.just(force),
            "definition": st.sampled_from(DEFINITIONS),
            "value": st.sampled_from(("yes", "no")),
            "tense": st.sampled_from(("present", "future", "conditional")),
            "hedged": st.booleans(),
        }
    )
    return st.lists(asserts, min_size=1, max_size=4)


@st.composite
def claims_on_maps(draw):
    document = draw(situations())
    rows = draw(claim_rows(read(document).force))
    return document, rows


def rate_all(document, rows):
    situation = read(document)
    made_at = situation.as_of.isoformat()
    named = [(f"/{n}", {"made_at": made_at, "asserts": row}) for n, row in enumerate(rows)]
    return check_claims([situation], read_rows(named)).checked


@pytest.mark.property
@SETTINGS
@given(claims_on_maps())
def test_no_claim_is_contradicted_without_an_open_path_or_a_closed_ring(drawn):
    """Never contradicted without the proof of the opposite."""
    for checked in rate_all(*drawn):
        proof = checked.shown.proof
        if checked.rating == "contradicted" and checked.asserted.holds:
            by_presence = checked.asserted.definition == "no_force" and proof.ring
            assert proof.path or by_presence
        if checked.rating == "contradicted" and not checked.asserted.holds:
            assert proof.ring or checked.shown.is_gone


@pytest.mark.property
@SETTINGS
@given(claims_on_maps())
def test_no_claim_of_a_ring_is_supported_without_one(drawn):
    """Never supported without a ring; a weaker definition has a proof of its own."""
    for checked in rate_all(*drawn):
        if checked.rating != "supported" or not checked.asserted.holds:
            continue
        proof = checked.shown.proof
        if checked.asserted.definition in RINGS:
            assert proof.ring
            assert not proof.path
        if checked.asserted.definition == "fire_control":
            assert proof.ring or {"F3", "F4"} & {leg.fire for leg in proof.path.legs}


@pytest.mark.property
@SETTINGS
@given(claims_on_maps())
def test_a_claim_and_its_denial_are_never_both_supported(drawn):
    """One of a statement and its opposite is not borne out."""
    document, rows = drawn
    present = [{**row, "tense": "present"} for row in rows]
    denied = [{**row, "value": "no" if row["value"] == "yes" else "yes"} for row in present]
    for one, other in zip(rate_all(document, present), rate_all(document, denied), strict=True):
        assert {one.rating, other.rating} != {"supported"}
        if one.rating == "contradicted":
            assert other.rating == "supported"


@pytest.mark.property
@SETTINGS
@given(claims_on_maps())
def test_nothing_but_the_present_is_contradicted(drawn):
    """A forecast or a condition is never told from present fact."""
    for checked in rate_all(*drawn):
        if checked.asserted.tense == "conditional":
            assert checked.rating == "unverifiable"
        if checked.asserted.tense == "future":
            assert checked.rating in ("supported", "unsupported", "unverifiable")


@pytest.mark.property
@SETTINGS
@given(claims_on_maps())
def test_the_matrix_agrees_with_the_rating(drawn):
    """The matrix holds the claim's own rating, and one for every other definition."""
    for checked in rate_all(*drawn):
        assert checked.matrix[checked.asserted.definition] == checked.rating
        assert set(checked.matrix) == set(DEFINITIONS)
        assert set(checked.matrix.values()) <= set(RATINGS)


@pytest.mark.property
@SETTINGS
@given(claims_on_maps(), st.permutations(range(4)))
def test_the_order_of_claims_changes_no_rating(drawn, order):
    """A claim is rated by itself, whatever stands beside it."""
    document, rows = drawn
    picked = [number for number in order if number < len(rows)]
    alone = [rate_all(document, [row])[0].rating for row in rows]
    together = [c.rating for c in rate_all(document, [rows[number] for number in picked])]
    assert together == [alone[number] for number in picked]


@pytest.mark.property
@pytest.mark.parametrize("days", range(1, PREMATURE_DAYS + 3))
def test_premature_ends_after_its_days(days):
    """What comes true later than that was false, and not merely early."""
    before = document_of("trap-salient-open")
    after = document_of("trap-salient-closed")
    day = "2024-05-10T12:00:00Z"
    came = f"2024-05-{10 + days}T12:00:00Z"
    situations = [read(before, as_of=day), read(after, as_of=came)]
    row = {"made_at": day, "asserts": {"force": situations[0].force, "definition": "land_cut"}}
    rating = check_claims(situations, read_rows([("/0", row)])).checked[0].rating
    assert rating == ("premature" if days <= PREMATURE_DAYS else "contradicted")

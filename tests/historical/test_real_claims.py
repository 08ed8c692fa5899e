"""Claims about Kursk held against the map DeepState published, where it lies beside the project."""

import json
from functools import cache

import pytest

from encircle import check_claims
from encircle.formats.claims_file import read_rows
from encircle.formats.deepstate import parse_snapshot_time, situation_from_deepstate
from encircle.geojson import read_situation
from tests.historical.test_real_maps import BORDER, GUEVO, SAMPLES, SHARED, border

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]
OAKS = (35.205, 51.165)
"""Rubanshchina: the northern lobe; Guevo stands in the southern."""
DAYS = ("2025-03-07_1741387566", "2025-03-12_1741781084", "2025-03-14_1741941622",
        "2025-03-20_1742507523")  # fmt: skip


@cache
def published(name):
    snapshot = json.loads((SAMPLES / f"{name}.geojson").read_bytes())
    document = situation_from_deepstate(
        snapshot, border(), force_at=[OAKS, GUEVO], as_of=parse_snapshot_time(name),
        force="kursk-group", side="UA",
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
        assert checked.shown.proofs["open"]
        assert abs((checked.shown.as_of - checked.statement.claim.made_at).days) <= 1

"""What a judgement is made of, written at the edge as the contract has it."""

from dataclasses import FrozenInstanceError

import pytest

import encircle
from encircle.verdict.values import Confidence, Drawn, Interval, Weighed

HELD = Confidence("moderate", ("one", "two"), (1, 3), 250.0)


@pytest.mark.parametrize(
    ("level", "to", "because"),
    [
        ("moderate", "low", ("why", "one", "two")),
        ("low", "low", ("why", "one", "two")),
        ("high", "low", ("why",)),
        ("high", "moderate", ("why",)),
    ],
)
def test_confidence_is_kept_down_and_what_made_it_high_is_not_told(level, to, because):
    kept = Confidence(level, HELD.because, (1, 3), 250.0).keep_to(to, "why")
    assert (kept.level, kept.because) == (to, because)
    assert (kept.holds_without, kept.holds_moved_m) == ((1, 3), 250.0)


def test_confidence_is_written_as_the_contract_has_it():
    assert HELD.to_dict() == {
        "level": "moderate", "because": ["one", "two"],
        "holds_without": {"origins": 1, "of": 3}, "holds_moved_m": 250.0,
    }  # fmt: skip
    assert Confidence("low", ()).to_dict()["holds_without"] is None


def test_only_a_likelihood_that_was_drawn_says_how():
    interval = Interval(0.25, 0.5, "unlikely", "exact")
    told = Weighed(interval, 7, None, {"land_cut": interval}, ())
    said = {
        "p_encircled": [0.25, 0.5], "term": "unlikely", "scale": "ICD 203", "method": "exact",
        "worlds": 7, "importance": [],
        "by_definition": {"land_cut": {"p": [0.25, 0.5], "term": "unlikely", "method": "exact"}},
    }  # fmt: skip
    assert told.to_dict() == said
    drawn = Drawn(0.95, [0.3, 0.4], 1000, 1)
    how = {"confidence_interval": 0.95, "p_drawn": [0.3, 0.4], "samples": 1000, "seed": 1}
    assert Weighed(interval, 7, drawn, told.by_definition, ()).to_dict() == said | how


def test_whoever_spoils_what_he_was_handed_spoils_no_judgement():
    judgement = encircle.judge(encircle.read("fixtures/trap-grey-unknown/situation.geojson"))
    before = judgement.to_dict()
    judgement.confidence["because"].clear()
    judgement.margins["neck_width_m"]["evidence"].append("another")
    judgement.likelihood["importance"].append("another")
    assert judgement.to_dict() == before
    with pytest.raises(FrozenInstanceError):
        judgement.graded.level = "high"

"""A judgement that must be done by a deadline has its verdict and its proof, and tells the rest."""

from itertools import count

import pytest

import encircle
from encircle.map import deadline as timing
from encircle.verifier.verify import Verifier

MAPS = {
    "a way out under fire": "kursk-2025-03-14",
    "a ring": "trap-tunnel-open",
    "a road in doubt": "trap-grey-unknown",
    "a ring with sea": "tobruk-1941-12-01",
}
PROVEN = ("verdict", "status", "definitions", "axes", "certificates", "cut_off", "headline")


def situation_of(name):
    return encircle.read(f"fixtures/{name}/situation.geojson")


def without_neck(certificates):
    """The neck is a margin, written into the proof once it is measured."""
    path = certificates["open"]
    return {**certificates, "open": path and {**path, "bottleneck": None}}


@pytest.fixture(params=MAPS.values(), ids=MAPS, scope="module")
def whole(request):
    situation = situation_of(request.param)
    return situation, encircle.judge(situation).to_dict()


def test_with_no_time_at_all_the_verdict_is_proven(whole):
    situation, all_of_it = whole
    told = encircle.judge(situation, deadline_s=0).to_dict()
    assert told["margins"] == {}
    assert told["likelihood"] is None
    assert told["pivots"] == []
    assert told["confidence"]["level"] == "low"
    for member in ("verdict", "status", "definitions", "axes", "cut_off"):
        assert told[member] == all_of_it[member]
    assert without_neck(told["certificates"]) == without_neck(all_of_it["certificates"])
    said = [n["statement"] for n in told["notices"] if n["code"] == timing.LEFT_OUT]
    assert told["confidence"]["because"][0] == "There was no time to look into it."
    assert "the margins, the confidence, what would turn the verdict and the likelihood" in said[0]
    assert encircle.verify(told, situation).holds


def test_whatever_the_deadline_the_verdict_is_the_same_and_the_proof_holds(whole, monkeypatch):
    """Law: time only adds; the clock is turned by hand, so that each stage is the last in turn."""
    situation, all_of_it = whole
    verifier = Verifier(situation)
    left = set()
    for ticks in (1, 2, 3, 4, 5, 7, 20):
        clock = count()
        monkeypatch.setattr(timing.time, "monotonic", lambda clock=clock: float(next(clock)))
        told = encircle.judge(situation, deadline_s=ticks).to_dict()
        monkeypatch.undo()
        assert told["status"] == all_of_it["status"]
        assert verifier.verify(told).holds
        said = [n["statement"] for n in told["notices"] if n["code"] == timing.LEFT_OUT]
        left.update(said)
        if not said:
            assert told["likelihood"] == all_of_it["likelihood"]
    assert len(left) > 1


def test_with_time_enough_nothing_is_left_out(whole):
    situation, all_of_it = whole
    assert encircle.judge(situation, deadline_s=600.0).to_dict() == all_of_it


@pytest.mark.parametrize("seconds", [-1, float("nan"), "2", True])
def test_what_is_no_number_of_seconds_is_refused(seconds):
    with pytest.raises(ValueError, match="deadline"):
        encircle.judge(situation_of("trap-tunnel-open"), deadline_s=seconds)


def test_what_is_left_out_is_in_the_words(whole):
    situation, _ = whole
    assert "Left out, since" in encircle.explain(encircle.judge(situation, deadline_s=0))

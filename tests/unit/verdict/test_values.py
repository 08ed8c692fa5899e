"""encircle/verdict/values.py: what a judgement is made of, and the documents made of it."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest

import encircle
from encircle.verdict.values import Bottleneck, ClosedRing, CutSet, Pivot, Proof, Segment

MAPS = ("trap-tunnel-open", "kursk-2025-03-14", "stalingrad-1942-11-24")


@pytest.fixture(scope="module", params=MAPS)
def judged(request):
    situation = encircle.read(f"fixtures/{request.param}/situation.geojson")
    return encircle.judge(situation, encircle.Options(most_worlds=0))


def list_evidence(value):
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("evidence", "id"):
                yield from [item] if isinstance(item, str) else item
            else:
                yield from list_evidence(item)
    elif isinstance(value, list):
        for item in value:
            yield from list_evidence(item)


def test_a_proof_cites_what_its_document_names(judged):
    proof = judged.judged.proof
    document = proof.to_dict()
    bottleneck = document["open"].pop("bottleneck") if document["open"] else {}
    assert set(proof.cite()) == set(list_evidence(document))
    assert set(bottleneck.get("evidence", ())) <= {f.id for f in judged.situation.features}


def test_documents_are_json_and_the_same_each_time(judged):
    document = judged.to_dict()
    assert document["certificates"] == judged.certificates == judged.judged.proof.to_dict()
    assert document["axes"] == judged.axes == judged.judged.axes.to_dict()
    assert json.loads(judged.to_json()) == document


def test_values_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Proof().path = None
    with pytest.raises(FrozenInstanceError):
        Bottleneck().width_m = 1.0


def test_only_the_edge_of_the_map_is_told_apart_from_grey():
    line = [[0.0, 0.0], [1.0, 0.0]]
    grey, edge = (Segment(line, "grey", (), 1.0, is_edge) for is_edge in (False, True))
    assert (grey.held_by, edge.held_by) == ("grey", "edge")
    assert "edge_of_the_map" not in grey.to_dict()
    assert edge.to_dict()["edge_of_the_map"] is True


@pytest.mark.parametrize(("count", "kind"), [(1, "Polygon"), (2, "MultiPolygon")])
def test_several_rings_are_one_multipolygon(count, kind):
    ring = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    closed = ClosedRing("optimistic", ("a",), [[ring]] * count, (), 0, 1.0, CutSet({}))
    assert closed.to_dict()["ring"]["type"] == kind


def test_a_pivot_says_only_what_is_known_of_it():
    plain = Pivot(("road",), "encircled", "It would.")
    assert list(plain.to_dict()) == ["evidence", "would_make", "probability", "statement"]
    graded = Pivot((), "encircled", "It would.", 0.2, [0.1, 0.3], ("map",), as_drawn=True)
    assert graded.to_dict()["wrong"] == ["map"]
    assert graded.to_dict()["probability_range"] == [0.1, 0.3]
    assert graded.to_dict()["as_drawn"] is True

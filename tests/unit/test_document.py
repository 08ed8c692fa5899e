import json
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from encircle.errors import SituationError
from encircle.map.door import document
from encircle.map.door.document import LIMITS, measure_depth, parse_document


def count_depth(raw):
    """Count as one would by hand, a byte at a time."""
    deepest = depth = 0
    inside = escaped = False
    for byte in raw:
        if byte == ord('"') and not escaped:
            inside = not inside
        escaped = byte == ord("\\") and not escaped
        if not inside:
            depth += (byte in b"[{") - (byte in b"]}")
            deepest = max(deepest, depth)
    return deepest


@pytest.mark.parametrize("chunk", [1, 3, 2**20])
@given(raw=st.lists(st.sampled_from([b'"', b"\\", b"[", b"{", b"]", b"}", b"a"])).map(b"".join))
@example(raw=b'"\\"[')
@example(raw=b'["\\\\\\"[[" , [[]]')
def test_depth_is_counted_as_by_hand(chunk, raw):
    """However the text is cut up, brackets are counted outside strings and nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "CHUNK", chunk)
        assert measure_depth(raw) == count_depth(raw)


@pytest.mark.parametrize("unit", [b'\\"', b'"', b"\\", b'"\\', b"["], ids=str)
def test_counting_looks_at_every_byte_once(unit, monkeypatch):
    """The bytes handed to numpy grow as the text does, whatever the text is."""
    looked_at = []
    real = np.frombuffer
    monkeypatch.setattr(document, "CHUNK", 4096)
    monkeypatch.setattr(
        document.np, "frombuffer", lambda *a, **k: looked_at.append(k["count"]) or real(*a, **k)
    )
    raw = unit * 50_000
    measure_depth(raw)
    assert sum(looked_at) == len(raw)


def why(raw):
    with pytest.raises(SituationError) as caught:
        parse_document(raw)
    return str(caught.value)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n", "empty", id="white space"),
        pytest.param(b"[" * 10**6, "nested deeper", id="a depth bomb"),
        pytest.param(b'{"a":' * 10**5 + b"1" + b"}" * 10**5, "nested deeper", id="objects"),
        pytest.param(b'{"a": ' + b"9" * 100_000 + b"}", "not strict JSON", id="a huge integer"),
        pytest.param(b'{"a": {"b": 1, "b": 1}}', "'b' twice", id="a member twice"),
        pytest.param(b'{"a": -Infinity}', "not a JSON number", id="infinity"),
        pytest.param(b'{"a": "\t"}', "line 1", id="a bare tab in a text"),
    ],
)
def test_hostile_text_is_refused_with_a_reason(raw, word):
    assert word in why(raw)


def test_a_text_past_the_limit_is_refused_unread():
    assert "more than" in why(b" " * (LIMITS.bytes + 1))


def test_a_half_surrogate_in_a_text_is_let_through_to_the_door():
    read = parse_document(json.dumps({"a": "\ud800"}))
    assert read == {"a": "\ud800"}


def test_the_limit_of_depth_lies_well_within_what_python_can_nest():
    assert LIMITS.depth < sys.getrecursionlimit() / 4
